//! Row-by-row evaluation: one Rhai engine a worker, with outcome, error and evidence as the columns
//! would give them (SEMANTICS 2.4).

use super::{
    Registry, RowRule,
    compile::RowScript,
    sandbox::{mark, register_absences, runner},
    tokens::{TokenKind, Tokens},
    values::{Absence, Mark, Unreadable, of_column, to_dynamic},
};
use crate::{
    expr::{Cause, Comparison, Constant, Program},
    record::{Batch, Decimal, Type},
};
use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Position, Scope};
use std::{
    any::TypeId,
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What a rule says of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowVerdict {
    /// The check holds.
    Pass,
    /// It does not: the number of the first false conjunct, and what `fail(...)` said.
    Fail(usize, Option<Box<str>>),
    /// The rule does not look at the record.
    NotApplicable,
    /// There is no verdict; whether it was `when` that gave none, and why.
    Fault(bool, Cause),
}

/// Runs scripts; one a worker.
pub struct RowRunner {
    engine: Engine,
    /// The pack whose lists and tables are seen.
    pack: Arc<Mutex<String>>,
}

impl RowRunner {
    /// Gets an engine ready for the lists and tables of a program.
    #[must_use]
    pub fn new(program: &Arc<Program>, registry: &Registry) -> Self {
        let mut engine = runner(program);
        let pack = Arc::new(Mutex::new(String::new()));
        register_phrases(&mut engine, program, registry, &pack);
        register_tables(&mut engine, program, registry, &pack);
        Self { engine, pack }
    }

    /// Judges one record.
    pub fn judge(&self, rule: &RowRule, batch: &Batch, row: usize) -> RowVerdict {
        rule.pack.clone_into(&mut self.pack.lock().unwrap_or_else(PoisonError::into_inner));
        let mut scope = Scope::new();
        for (name, column) in &rule.reads {
            scope
                .push_constant_dynamic(name.as_str(), of_column(batch.value(*column as usize, row), *column));
        }
        for (name, value) in &rule.params {
            scope.push_constant_dynamic(name.as_str(), to_dynamic(value.clone()));
        }
        scope.push_constant_dynamic("as_of", Dynamic::from(super::values::Instant(rule.as_of)));
        let fields = scope.len();
        if let Some(when) = &rule.when {
            match self.run(when, &mut scope) {
                Ok(true) => {}
                Ok(false) => return RowVerdict::NotApplicable,
                Err(error) => match self.classify(*error, when, rule, batch, row) {
                    Mark::Pass => {}
                    Mark::Fail(_) | Mark::NotApplicable => return RowVerdict::NotApplicable,
                    Mark::Fault(cause) => return RowVerdict::Fault(true, cause),
                    Mark::Absent(_) => return RowVerdict::Fault(true, Cause::Missing { column: 0 }),
                },
            }
        }
        for (number, conjunct) in rule.conjuncts.iter().enumerate() {
            scope.rewind(fields);
            match self.run(conjunct, &mut scope) {
                Ok(true) => {}
                Ok(false) => return RowVerdict::Fail(number, None),
                Err(error) => match self.classify(*error, conjunct, rule, batch, row) {
                    Mark::Pass => {}
                    Mark::Fail(why) => {
                        return RowVerdict::Fail(number, Some(why).filter(|it| !it.is_empty()));
                    }
                    Mark::NotApplicable => return RowVerdict::NotApplicable,
                    Mark::Fault(cause) => return RowVerdict::Fault(false, cause),
                    Mark::Absent(_) => return RowVerdict::Fault(false, Cause::Missing { column: 0 }),
                },
            }
        }
        RowVerdict::Pass
    }

    fn run(&self, script: &RowScript, scope: &mut Scope<'_>) -> Result<bool, Box<EvalAltResult>> {
        let result = self.engine.eval_ast_with_scope::<Dynamic>(scope, &script.ast)?;
        if let Some(absence) = Absence::of(&result) {
            return Err(mark(Mark::Absent(absence)));
        }
        result.as_bool().map_err(|found| mark(Mark::Fault(Cause::NotBool(found.into()))))
    }

    /// What an error means, a missing value traced to its field.
    fn classify(
        &self,
        error: EvalAltResult,
        script: &RowScript,
        rule: &RowRule,
        batch: &Batch,
        row: usize,
    ) -> Mark {
        let (found, position) = meaning(error);
        match found {
            Mark::Absent(Absence(Some(column))) => Mark::Fault(absent(batch, column, row)),
            Mark::Absent(Absence(None)) => Mark::Fault(blame(position, script, rule, batch, row)),
            other @ (Mark::Fault(_) | Mark::Pass | Mark::Fail(_) | Mark::NotApplicable) => other,
        }
    }
}

/// The meaning of an error, and where it happened.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "Rhai's enum is not exhaustive: what it adds is an error of the script"
)]
fn meaning(error: EvalAltResult) -> (Mark, Position) {
    let position = error.position();
    // Rhai does not always use the name under which a type is registered.
    let is_absent =
        |name: &str| matches!(name, "()" | "unreadable") || name == std::any::type_name::<Unreadable>();
    let absent = Mark::Absent(Absence(None));
    let fault = |cause| Mark::Fault(cause);
    let text = |error: &EvalAltResult| {
        let mut bare = error.to_string();
        if let Some(at) = bare.rfind(" (line ") {
            bare.truncate(at);
        }
        bare
    };
    let mark = match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => return meaning(*inner),
        EvalAltResult::ErrorRuntime(value, _) | EvalAltResult::ErrorTerminated(value, _) => {
            match value.clone().try_cast::<Mark>() {
                Some(mark) => mark,
                None => fault(Cause::Script(value.to_string().into())),
            }
        }
        EvalAltResult::ErrorMismatchDataType(_, ref actual, _) if is_absent(actual) => absent,
        // `name (type, ())`: a missing value among the arguments.
        EvalAltResult::ErrorFunctionNotFound(ref signature, _) if takes_absent(signature) => absent,
        EvalAltResult::ErrorFor(_) => absent,
        EvalAltResult::ErrorIndexingType(ref what, _) | EvalAltResult::ErrorDotExpr(ref what, _)
            if what.contains("()") =>
        {
            absent
        }
        EvalAltResult::ErrorArithmetic(ref what, _) if what.contains("zero") => fault(Cause::DivisionByZero),
        EvalAltResult::ErrorArithmetic(..) => fault(Cause::Overflow),
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorTooManyVariables(_)
        | EvalAltResult::ErrorStackOverflow(_)
        | EvalAltResult::ErrorDataTooLarge(..) => fault(Cause::Limit(text(&error).into())),
        other => fault(Cause::Script(text(&other).into())),
    };
    (mark, position)
}

/// Whether a missing value is among the types of `name (type, type)`.
fn takes_absent(signature: &str) -> bool {
    let types = signature.split_once(" (").map_or("", |it| it.1);
    let types = types.strip_suffix(')').unwrap_or(types);
    types.split(", ").any(|it| matches!(it, "()" | "unreadable"))
}

/// What is wrong with a field that is not there.
fn absent(batch: &Batch, column: u32, row: usize) -> Cause {
    let unreadable = batch.columns[column as usize].unreadable.as_ref().is_some_and(|it| it.get(row));
    if unreadable { Cause::Unreadable { column } } else { Cause::Missing { column } }
}

/// The field that was missing where Rhai does not tell the value: of those that are, the operand
/// nearest to where it happened.
fn blame(position: Position, script: &RowScript, rule: &RowRule, batch: &Batch, row: usize) -> Cause {
    let gone: Vec<(&str, Cause)> = rule
        .reads
        .iter()
        .filter_map(|(name, column)| {
            let values = &batch.columns[*column as usize];
            if values.valid.get(row) {
                return None;
            }
            Some((name.as_str(), absent(batch, *column, row)))
        })
        .collect();
    let tokens = Tokens::new(&script.text);
    let at = match (position.line(), position.position()) {
        (Some(line), Some(column)) => tokens.byte(line, column),
        _ => 0,
    };
    let names: Vec<_> = tokens.code().filter(|it| it.kind == TokenKind::Name).collect();
    let cause_of = |name: &str| gone.iter().find(|(gone, _)| *gone == name).map(|(_, cause)| cause.clone());
    // The left operand ends right before the operator; a function's arguments follow its name.
    let before =
        tokens.code().take_while(|it| it.range.start < at).last().and_then(|it| cause_of(tokens.text(it)));
    let after = || names.iter().filter(|it| it.range.start >= at).find_map(|it| cause_of(tokens.text(it)));
    let first = || gone.first().map(|(_, cause)| cause.clone());
    before.or_else(after).or_else(first).unwrap_or_else(|| Cause::Script("()".into()))
}

fn register_phrases(
    engine: &mut Engine,
    program: &Arc<Program>,
    registry: &Registry,
    pack: &Arc<Mutex<String>>,
) {
    let lists: Arc<BTreeMap<(String, String), u32>> = Arc::new(
        registry.phrase_ids.iter().map(|(pack, id, number)| ((pack.clone(), id.clone()), *number)).collect(),
    );
    let two_texts = [TypeId::of::<ImmutableString>(); 2];
    for name in ["contains_any", "count_any", "matches"] {
        register_absences(engine, name, &two_texts);
    }
    for count in [false, true] {
        let (lists, program, pack) = (lists.clone(), program.clone(), pack.clone());
        let name = if count { "count_any" } else { "contains_any" };
        engine.register_fn(
            name,
            move |text: ImmutableString, id: ImmutableString| -> Result<Dynamic, Box<EvalAltResult>> {
                let pack = pack.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let number = lists.get(&(pack, id.to_string()));
                let Some(matcher) = number.and_then(|it| program.phrases.get(*it as usize)) else {
                    return Err(mark(Mark::Fault(Cause::Script(format!("no phrase list {id}").into()))));
                };
                let mut scratch = String::new();
                Ok(if count {
                    matcher.count_in(&text, &mut scratch).into()
                } else {
                    matcher.is_in(&text, &mut scratch).into()
                })
            },
        );
    }
    engine.register_fn(
        "matches",
        |text: ImmutableString, pattern: ImmutableString| -> Result<bool, Box<EvalAltResult>> {
            let regex = regex::RegexBuilder::new(&pattern).size_limit(1 << 20).build();
            let regex = regex.map_err(|error| mark(Mark::Fault(Cause::Script(error.to_string().into()))))?;
            Ok(regex.is_match(&text))
        },
    );
    let zone = program.zone.clone();
    engine.register_fn("time", move |text: ImmutableString| -> Result<Dynamic, Box<EvalAltResult>> {
        let time = super::lower::read_time(&text, &zone);
        time.map(|it| Dynamic::from(super::values::Instant(it))).ok_or_else(|| unreadable_literal(&text))
    });
    engine.register_fn("date", |text: ImmutableString| -> Result<Dynamic, Box<EvalAltResult>> {
        let date = crate::calendar::parse_iso_date(&text);
        date.map(|it| Dynamic::from(super::values::Day(it))).ok_or_else(|| unreadable_literal(&text))
    });
}

fn unreadable_literal(text: &str) -> Box<EvalAltResult> {
    mark(Mark::Fault(Cause::Script(text.into())))
}

/// Tables by pack: id of the pack and number of the table.
type OfPacks = Vec<(String, u32)>;

fn register_tables(
    engine: &mut Engine,
    program: &Arc<Program>,
    registry: &Registry,
    pack: &Arc<Mutex<String>>,
) {
    let mut by_signature: BTreeMap<(String, Vec<&'static str>), OfPacks> = BTreeMap::new();
    for (of, name, number) in &registry.table_names {
        let types = program.tables[*number as usize].inputs.iter().map(|it| it.name()).collect();
        by_signature.entry((name.clone(), types)).or_default().push((of.clone(), *number));
    }
    for ((name, _), tables) in by_signature {
        let Some((_, number)) = tables.first() else { continue };
        let types: Vec<TypeId> =
            program.tables[*number as usize].inputs.iter().map(|it| super::sandbox::type_id(*it)).collect();
        let (program, pack) = (program.clone(), pack.clone());
        register_absences(engine, &name, &types);
        engine.register_raw_fn(name, types, move |_, args| {
            let pack = pack.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let number =
                tables.iter().find(|(of, _)| *of == pack).or_else(|| tables.first()).map_or(0, |it| it.1);
            let table = &program.tables[number as usize];
            let row = table.row(|input, wanted| is(args[input], wanted));
            let answer = row.and_then(|it| table.answers.get(it));
            answer
                .map(|it| constant(it, table.output))
                .ok_or_else(|| mark(Mark::Fault(Cause::TableGap(table.id.as_str().into()))))
        });
    }
}

fn is(value: &Dynamic, wanted: &Constant) -> bool {
    match wanted {
        Constant::Bool(wanted) => value.as_bool() == Ok(*wanted),
        Constant::Int(wanted) => super::sandbox::int(value) == *wanted,
        Constant::Float(wanted) => {
            Comparison::Equal.holds(&super::sandbox::float(value), &f64::from_bits(*wanted))
        }
        Constant::Decimal(wanted) => super::sandbox::decimal(value) == *wanted,
        Constant::Text(wanted) => *super::sandbox::text(value) == **wanted,
    }
}

fn constant(constant: &Constant, ty: Type) -> Dynamic {
    match constant {
        Constant::Bool(it) => (*it).into(),
        Constant::Int(it) => super::sandbox::typed_int(ty, *it),
        Constant::Float(it) => f64::from_bits(*it).into(),
        Constant::Decimal(it) => money(*it),
        Constant::Text(it) => it.to_string().into(),
    }
}

fn money(it: Decimal) -> Dynamic {
    Dynamic::from(super::values::Money(it))
}
