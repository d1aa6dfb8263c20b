//! Questions about the steps of a case, found by their tokens and cut out: names of their own length stand in
//! for them, so that both evaluators read them as fields and every place keeps its bytes.

use super::{
    aggregates::arguments,
    tokens::{TokenKind, Tokens},
};
use crate::{
    case::{Measure, Moment, Part, Which},
    diagnostic::{Diagnostic, nearest},
    record::{Amount, Schema, Type},
    rule::Script,
    wording::{self, Wording},
};
use std::ops::Range;

/// A function of steps, for people.
#[derive(Clone, Copy, Debug)]
pub struct StepEntry {
    /// Its name.
    pub name: &'static str,
    /// Its Chinese name.
    pub alias: &'static str,
    /// How it is written.
    pub signature: &'static str,
    /// Where it may stand.
    pub example: &'static str,
    /// What it gives.
    pub en: &'static str,
    /// What it gives, in Chinese.
    pub zh: &'static str,
}

const fn entry(
    [name, alias]: [&'static str; 2],
    [signature, example]: [&'static str; 2],
    [en, zh]: [&'static str; 2],
) -> StepEntry {
    StepEntry { name, alias, signature, example, en, zh }
}

/// All functions of steps. A log is taken as complete: a step that it does not hold has not happened.
#[rustfmt::skip] // A table.
pub const STEPS: [StepEntry; 12] = [
    entry(["count", "计数"], ["count(\"step\") -> int", "count(\"reply\") >= 1"],
        ["how often the step was taken", "该步骤发生的次数"]),
    entry(["first", "首次"], ["first(\"step\").at -> time; .actor; .FIELD", "first(\"accept\").at - opened_at <= hours(1)"],
        ["the first event of the step: its time, who did it, or another field of the log; missing without one", "该步骤首次发生的时间、经办人或日志的其他字段；没有则缺失"]),
    entry(["last", "末次"], ["last(\"step\").at -> time; .actor; .FIELD", "last(\"reply\").actor == owner"],
        ["the last event of the step", "该步骤最后一次发生的时间、经办人或其他字段"]),
    entry(["between", "间隔"], ["between(\"a\", \"b\") -> duration", "between(\"accept\", \"reply\") <= hours(24)"],
        ["from the first a to the first b at or after it; missing where one is not there", "从首个 a 到其后首个 b 的时长；缺其一则缺失"]),
    entry(["in_order", "按序"], ["in_order([\"a\", \"b\", …]) -> bool", "in_order([\"accept\", \"handle\", \"reply\"])"],
        ["all were taken, each for the first time not before the one before it", "各步骤都发生，且首次发生依次在后"]),
    entry(["followed_by", "随后有"], ["followed_by(\"a\", \"b\"); followed_by(\"a\", \"b\", \"4h\") -> bool", "followed_by(\"escalate\", \"reply\", \"4h\")"],
        ["after each a comes a b, within so much real time; missing while the time is not yet up", "每个 a 之后都有 b（在给定的实际时间内）；时间未到则缺失"]),
    entry(["precedes", "先于"], ["precedes(\"a\", \"b\") -> bool", "precedes(\"verify\", \"pay\")"],
        ["no b was taken before the first a", "首个 a 之前没有 b"]),
    entry(["never_after", "之后无"], ["never_after(\"a\", \"b\") -> bool", "never_after(\"reply\", \"archive\")"],
        ["no a was taken after the first b", "首个 b 之后再没有 a"]),
    entry(["exactly", "恰好"], ["exactly(\"step\", n) -> bool", "exactly(\"archive\", 1)"],
        ["the step was taken n times", "该步骤恰好发生 n 次"]),
    entry(["owner_at", "时任"], ["owner_at(first(\"step\").at); owner_at(FIELD) -> text", "owner_at(closed_at) == owner"],
        ["who acted last up to the moment of a step, or of a field of the record; missing where nobody is named", "到该步骤（或记录中某个时间字段）之时最后的经办人；没有则缺失"]),
    entry(["hand_offs", "转手次数"], ["hand_offs() -> int", "hand_offs() <= 2"],
        ["how often another took over", "经办人更换的次数"]),
    entry(["idle_max", "最长停滞"], ["idle_max(); idle_max(\"calendar\") -> duration", "idle_max(\"office\") <= hours(16)"],
        ["the longest time in which nothing happened, by a calendar's open hours or by all hours; missing below two events", "相邻两步之间最长的间隔，按工作日历或按全部时间；不足两步则缺失"]),
];

/// A question that was cut out.
#[derive(Clone, Debug)]
pub struct StepCall {
    /// The name that stands in for it.
    pub name: String,
    /// As written.
    pub text: String,
    /// What is asked.
    pub measure: Measure,
    /// The type of its values.
    pub ty: Type,
}

/// All questions that the rules of a source ask.
#[derive(Clone, Debug, Default)]
pub struct StepCalls {
    /// In the order in which they were met, one for each name.
    pub calls: Vec<StepCall>,
}

fn entry_of(name: &str) -> Option<&'static StepEntry> {
    STEPS.iter().find(|it| it.name == name || it.alias == name)
}

impl StepCalls {
    /// A script with names in place of its questions, byte for byte as long; `log` is the schema of the events,
    /// `records` that of the cases' own records where it is known, `calendars` are the project's.
    ///
    /// # Errors
    /// Questions that are not written as such.
    pub fn cut(
        &mut self,
        script: &Script,
        (log, records): (&Schema, Option<&Schema>),
        calendars: &[&str],
    ) -> Result<Script, Vec<Diagnostic>> {
        let tokens = Tokens::new(&script.text);
        let all: Vec<(TokenKind, Range<usize>)> =
            tokens.with_interpolated().map(|it| (it.kind, it.range)).collect();
        let text = |at: usize| all.get(at).map_or("", |it| &script.text[it.1.clone()]);
        let (mut outer, mut wrong) = (script.text.clone(), Vec::new());
        let mut at = 0;
        while at < all.len() {
            let entry = entry_of(text(at)).filter(|_| all[at].0 == TokenKind::Name);
            let is_call = entry.is_some() && text(at + 1) == "(" && (at == 0 || text(at - 1) != ".");
            let found = if is_call { arguments(&all, script, at + 1) } else { None };
            let (Some(entry), Some((arguments, end))) = (entry, found) else {
                at += 1;
                continue;
            };
            let written: Vec<&str> = arguments.iter().map(|it| &script.text[it.clone()]).collect();
            // `count(condition)` and `count()` are about groups.
            if entry.name == "count" && written.first().is_none_or(|it| literal(it).is_none()) {
                at += 1;
                continue;
            }
            let is_event = matches!(entry.name, "first" | "last");
            let part = if is_event && text(end + 1) == "." { Some(text(end + 2)) } else { None };
            let end = if part.is_some() { end + 2 } else { end };
            let range = all[at].1.start..all[end].1.end;
            match self.call(entry, &written, part, (log, records, calendars), &script.text[range.clone()]) {
                Ok(name) => outer.replace_range(range, &name),
                Err(said) => wrong.push(said.at(script.place(range))),
            }
            at = end + 1;
        }
        if wrong.is_empty() { Ok(Script { text: outer, ..script.clone() }) } else { Err(wrong) }
    }

    /// The name that stands for a question; equal questions of one length share one.
    fn call(
        &mut self,
        entry: &StepEntry,
        arguments: &[&str],
        part: Option<&str>,
        (log, records, calendars): (&Schema, Option<&Schema>, &[&str]),
        text: &str,
    ) -> Result<String, Diagnostic> {
        let unfit = || {
            let said = Diagnostic::error(wording::STEP_ARGUMENTS).with("name", entry.name);
            said.help_with(wording::HELP_STEP_ARGUMENTS, vec![("text", entry.signature.to_owned())])
        };
        let measure = measure(entry.name, arguments, part).ok_or_else(unfit)?;
        if let Measure::IdleMax(Some(id)) = &measure
            && !calendars.contains(&id.as_str())
        {
            let said = Diagnostic::error(wording::UNKNOWN_CALENDAR).with("name", id.clone());
            return Err(suggested(said, id, calendars, wording::HELP_CALENDAR_IDS));
        }
        let Some(ty) = measure.ty(log) else {
            let name = measure.field().unwrap_or_default();
            let known: Vec<&str> = log.fields.iter().map(|it| it.name.as_str()).collect();
            let said = Diagnostic::error(wording::UNKNOWN_EVENT_FIELD).with("name", name);
            return Err(suggested(said, name, &known, wording::HELP_EVENT_FIELDS));
        };
        if let (Some(name), Some(records)) = (measure.record_field(), records) {
            moment_of_record(name, records)?;
        }
        if let Some(known) = self.calls.iter().find(|it| it.measure == measure && it.name.len() == text.len())
        {
            return Ok(known.name.clone());
        }
        let width = text.len();
        let name = format!("{:_<width$}", format!("step{}", self.calls.len()));
        self.calls.push(StepCall { name: name.clone(), text: text.to_owned(), measure, ty });
        Ok(name)
    }

    /// A text with the questions as they were written.
    #[must_use]
    pub fn as_written(&self, text: &str) -> String {
        if !text.contains("step") {
            return text.to_owned();
        }
        self.calls.iter().fold(text.to_owned(), |text, it| text.replace(&it.name, &it.text))
    }
}

/// Complains about a field that records do not have, or that holds no time.
fn moment_of_record(name: &str, records: &Schema) -> Result<(), Diagnostic> {
    let times = records.fields.iter().filter(|it| it.ty == Type::Time).map(|it| it.name.as_str());
    match records.field(name).map(|it| it.ty) {
        Some(Type::Time) => Ok(()),
        Some(found) => {
            let said = Diagnostic::error(wording::NOT_A_MOMENT).with("name", "owner_at");
            Err(said.with("found", found.name()))
        }
        None => {
            let said = Diagnostic::error(wording::UNKNOWN_EVENT_FIELD).with("name", name);
            Err(suggested(said, name, &times.collect::<Vec<_>>(), wording::HELP_EVENT_FIELDS))
        }
    }
}

fn suggested(said: Diagnostic, name: &str, known: &[&str], all: Wording) -> Diagnostic {
    let said = match nearest(name, known.iter().copied()) {
        Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
        None => said,
    };
    if known.is_empty() { said } else { said.help_with(all, vec![("names", known.join(", "))]) }
}

/// The text of a literal.
pub(super) fn literal(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then(|| inner.to_owned())
}

/// The texts of a list of literals.
fn literals(text: &str) -> Option<Vec<String>> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    let all: Option<Vec<String>> = inner.split(',').filter(|it| !it.trim().is_empty()).map(literal).collect();
    all.filter(|it| it.len() >= 2)
}

/// What a call asks; `None` where it is not written as such.
fn measure(name: &str, arguments: &[&str], part: Option<&str>) -> Option<Measure> {
    let text = |at: usize| literal(arguments.get(at)?);
    let none_left = |len: usize| (arguments.len() == len).then_some(());
    match name {
        "count" => none_left(1).and(Some(Measure::Count(text(0)?))),
        "first" | "last" => {
            none_left(1)?;
            let which = if name == "first" { Which::First } else { Which::Last };
            let part = match part? {
                "at" | "时间" => Part::At,
                "actor" | "经办人" => Part::Actor,
                other => Part::Field(other.to_owned()),
            };
            Some(Measure::Of(which, text(0)?, part))
        }
        "between" => none_left(2).and(Some(Measure::Between(text(0)?, text(1)?))),
        "in_order" => none_left(1).and(Some(Measure::InOrder(literals(arguments.first()?)?))),
        "followed_by" => {
            let within = match arguments.get(2) {
                None => None,
                // Whole days of a log are 24 hours.
                Some(_) => match text(2)?.parse::<Amount>().ok()? {
                    Amount::Open(micros) => Some(micros),
                    Amount::Days(days) => {
                        let hours = rust_decimal::prelude::ToPrimitive::to_i64(
                            &(days * crate::record::Decimal::from(24)),
                        )?;
                        Some(hours * 3_600 * crate::record::MICROS_PER_SECOND)
                    }
                    Amount::BusinessDays(_) => return None,
                },
            };
            (arguments.len() <= 3).then_some(Measure::FollowedBy(text(0)?, text(1)?, within))
        }
        "precedes" => none_left(2).and(Some(Measure::Precedes(text(0)?, text(1)?))),
        "never_after" => none_left(2).and(Some(Measure::NeverAfter(text(0)?, text(1)?))),
        "exactly" => none_left(2).and(Some(Measure::Exactly(text(0)?, arguments[1].trim().parse().ok()?))),
        "owner_at" => {
            none_left(1)?;
            let inner = arguments[0].trim();
            let is_name = |it: char| it.is_alphanumeric() || it == '_';
            if !inner.is_empty() && inner.chars().all(is_name) {
                return Some(Measure::OwnerAt(Moment::Field(inner.to_owned())));
            }
            let (which, rest) = match inner.strip_prefix("first").or_else(|| inner.strip_prefix("首次")) {
                Some(rest) => (Which::First, rest),
                None => (Which::Last, inner.strip_prefix("last").or_else(|| inner.strip_prefix("末次"))?),
            };
            let (step, part) = rest.trim().strip_prefix('(')?.split_once(')')?;
            matches!(part.trim().strip_prefix('.')?.trim(), "at" | "时间").then_some(())?;
            Some(Measure::OwnerAt(Moment::Step(which, literal(step)?)))
        }
        "hand_offs" => none_left(0).and(Some(Measure::HandOffs)),
        "idle_max" => match arguments {
            [] => Some(Measure::IdleMax(None)),
            [_] => Some(Measure::IdleMax(Some(text(0)?))),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_cut_out() {
        let text = "count(\"reply\") >= 1 && first(\"accept\").at - opened_at < hours(1) && count(\"reply\") < 9 && count(x) > 0";
        let script = Script { text: text.into(), file: "EXPR".into(), runs: vec![(0, 0)] };
        let mut calls = StepCalls::default();
        let cut = calls.cut(&script, (&Schema { fields: Vec::new() }, None), &[]).unwrap();
        assert_eq!(cut.text.len(), text.len());
        assert_eq!(calls.calls.len(), 2);
        assert!(cut.text.ends_with("count(x) > 0"), "{}", cut.text);
        assert_eq!(calls.as_written(&cut.text), text);
        let wrong = [
            "first(\"a\")",
            "count(\"a\", 2)",
            "in_order(\"a\")",
            "exactly(\"a\", x)",
            "between(\"a\")",
            "owner_at(t + 1)",
        ];
        for text in wrong {
            let script = Script { text: text.into(), ..script.clone() };
            assert!(calls.cut(&script, (&Schema { fields: Vec::new() }, None), &[]).is_err(), "{text}");
        }
    }
}
