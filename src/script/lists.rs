//! `sum`, `mean`, `min`, `max`, `any` and `all` over a list, row by row, with the meaning that the columns give them.

use super::{
    sandbox::{Answer, fault, mark, register_absences},
    values::{Absence, Mark},
};
use crate::expr::{Cause, Fold, fold_floats};
use rhai::{Dynamic, Engine, EvalAltResult};
use std::any::TypeId;

/// Makes them known to an engine.
pub(super) fn register_lists(engine: &mut Engine) {
    for (name, how) in [("sum", Fold::Sum), ("mean", Fold::Mean), ("min", Fold::Min), ("max", Fold::Max)] {
        engine.register_fn(name, move |list: rhai::Array| fold(how, &list));
    }
    for name in ["sum", "mean", "min", "max", "any", "all"] {
        register_absences(engine, name, &[TypeId::of::<rhai::Array>()]);
    }
    engine
        .register_fn("any", |list: rhai::Array| Ok::<_, Box<EvalAltResult>>(truths(&list)?.contains(&true)));
    engine.register_fn("all", |list: rhai::Array| {
        Ok::<_, Box<EvalAltResult>>(!truths(&list)?.contains(&false))
    });
}

/// A list as truths; a missing element leaves no evidence.
fn truths(list: &[Dynamic]) -> Answer<Vec<bool>> {
    present(list)?;
    let truth = |it: &Dynamic| {
        it.as_bool().or_else(|found| fault(Cause::Script(format!("{found} in a list of truths").into())))
    };
    list.iter().map(truth).collect()
}

fn present(list: &[Dynamic]) -> Answer<()> {
    list.iter().find_map(Absence::of).map_or(Ok(()), |absence| Err(mark(Mark::Absent(absence))))
}

/// Ints stay ints unless a float is among them; a missing element leaves no evidence.
fn fold(how: Fold, list: &[Dynamic]) -> Answer<Dynamic> {
    present(list)?;
    if let Some(other) = list.iter().find(|it| !it.is_int() && !it.is_float()) {
        return fault(Cause::Script(format!("{} in a list of numbers", other.type_name()).into()));
    }
    if list.is_empty() && how != Fold::Sum {
        return fault(Cause::Script("empty list".into()));
    }
    let ints: Option<Vec<i64>> = list.iter().map(|it| it.as_int().ok()).collect();
    if let (Some(ints), true) = (ints, how != Fold::Mean) {
        let mut all = ints.into_iter();
        let result = match how {
            Fold::Min => all.min(),
            Fold::Max => all.max(),
            Fold::Len | Fold::Mean | Fold::Sum => all.try_fold(0_i64, i64::checked_add),
        };
        return result.map_or_else(|| fault(Cause::Overflow), |it| Ok(it.into()));
    }
    let result = fold_floats(how, list.iter().map(super::sandbox::float));
    if result.is_finite() { Ok(result.into()) } else { fault(Cause::NotFinite) }
}

#[cfg(test)]
#[expect(clippy::wildcard_enum_match_arm, reason = "Rhai's list of errors is open")]
mod tests {
    use super::*;

    fn answer(text: &str) -> Result<String, String> {
        let mut engine = Engine::new_raw();
        register_lists(&mut engine);
        let said = engine.eval_expression::<Dynamic>(text);
        said.map(|it| it.to_string()).map_err(|error| match *error {
            EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => told(*inner),
            other => told(other),
        })
    }

    fn told(error: EvalAltResult) -> String {
        match error {
            EvalAltResult::ErrorRuntime(value, _) => format!("{:?}", value.cast::<Mark>()),
            other => other.to_string(),
        }
    }

    #[test]
    fn lists_are_reckoned() {
        for (text, wanted) in [
            ("sum([1, 2, 4])", "7"),
            ("sum([1, 0.5])", "1.5"),
            ("sum([])", "0"),
            ("mean([1, 2])", "1.5"),
            ("min([3, 1, 2])", "1"),
            ("max([3, 1.5, 2])", "3.0"),
            ("any([1 > 2, 2 > 1])", "true"),
            ("all([1 > 2, 2 > 1])", "false"),
            ("any([])", "false"),
            ("all([])", "true"),
        ] {
            assert_eq!(answer(text), Ok(wanted.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_reckoned_says_why() {
        for (text, wanted) in [
            ("mean([])", "empty list"),
            ("sum([9223372036854775807, 1])", "Overflow"),
            ("sum([1e308, 1e308])", "NotFinite"),
            ("sum([1, \"2\"])", "string in a list of numbers"),
            ("max([1, ()])", "Absent"),
            ("any([true, ()])", "Absent"),
            ("all([1])", "i64 in a list of truths"),
        ] {
            let said = answer(text);
            assert!(said.as_ref().is_err_and(|it| it.contains(wanted)), "{text}: {said:?}");
        }
    }
}
