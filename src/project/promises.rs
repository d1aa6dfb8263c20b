//! `[[promise]]`: what is promised, from when to when, and how much time there is.

use super::{
    read::{Entry, Reader, Text},
    rules::{dimension, effective, severities},
};
use crate::{
    calendar::{DayEnd, Reopening, Retargeting, Roll, StartAt, Terms},
    diagnostic::Diagnostic,
    record::Amount,
    rule::{OfEvents, Pause, Promise, Reopen, Script, Severity, Target, TargetChange, snake_case},
    wording,
};
use toml::de::DeValue;

/// The share of the target from which an open clock is at risk, unless told.
const WARN_AT: f64 = 0.8;

/// Reads one promise of `pack`. `None` where something it cannot be without is missing or wrong.
pub(super) fn read(mut table: Reader<'_>, pack: &str) -> Option<Promise> {
    let file = table.file;
    let id = table.required_id("id");
    let title = table.required("title").and_then(|it| it.user_text()).map(|it| it.0);
    let on = table.required_id("on").map(|it| it.text);
    let when = table.entry("when").and_then(|it| it.script());
    let effective = effective(&mut table);
    let start = table.required("start").and_then(|it| moment(&it));
    let stop_entry = table.required("stop");
    let stop = stop_entry.as_ref().and_then(moment);
    let target = table.required("target").and_then(|it| target(&it));
    let calendar = table.entry("calendar").and_then(|it| it.script());
    let pauses = table.entry("pause").map(|it| pauses(&it)).unwrap_or(Some(Vec::new()));
    let (reopen, target_change) = (table.entry("reopen"), table.entry("target_change"));
    let reopen = reopen.map(|it| reopening(&it, stop_entry.as_ref()));
    let target_change = target_change.map(|it| retargeting(&it));
    let terms = terms(&mut table);
    let warn_at = table.entry("warn_at").map_or(Some(WARN_AT), |it| share(&it));
    let severity = table.one_of("severity", &severities()).unwrap_or(Severity::Major);
    let dimension = dimension(&mut table);
    let touchpoint = table.text("touchpoint").map(|it| it.text);
    let source = table.text("source").map(|it| it.text);
    let (why, fix) = (table.user_text("why"), table.user_text("fix"));
    let place = table.place();
    table.finish();
    let id = id?;
    Some(Promise {
        name: snake_case(&id.text),
        id: format!("{pack}/promise:{}", id.text),
        title: title?,
        on: on?,
        when,
        effective,
        start: start?,
        stop: stop?,
        target: target?,
        calendar,
        pauses: pauses?,
        // Whatever is wrong with it has been told.
        reopen: reopen.map_or(Some(None), |it| it.map(Some))?,
        target_change: target_change.map_or(Some(None), |it| it.map(Some))?,
        terms,
        warn_at: warn_at?,
        severity,
        dimension,
        touchpoint,
        source,
        why,
        fix,
        house_reason: None,
        place,
        id_place: file.place(id.span),
    })
}

/// A field, an expression, or the moment of a step: `{ step = "accept", which = "last" }`.
fn moment(entry: &Entry<'_>) -> Option<Script> {
    if entry.value.get_ref().as_table().is_none() {
        return entry.script();
    }
    let mut table = entry.table()?;
    let step = table.required_text("step");
    let which = table.one_of("which", &[("first", "first"), ("last", "last")]).unwrap_or("first");
    table.finish();
    let text = format!("{which}(\"{}\").at", step?.text);
    Some(Script { text, file: entry.file.shown.clone(), runs: vec![(0, entry.span().start)] })
}

/// `reopen = { on = { step = "reopen" }, policy = "resume" }`; the clock stops at a step, too: at which one, the
/// entry of its stop says.
fn reopening(entry: &Entry<'_>, stop: Option<&Entry<'_>>) -> Option<Reopen> {
    let policies =
        [("resume", Reopening::Resume), ("restart", Reopening::Restart), ("ignore", Reopening::Ignore)];
    let (step, policy) = on_step(entry, &policies, Reopening::Resume)?;
    let stop = stop?;
    let plain = stop.value.get_ref().as_table().filter(|it| !it.contains_key("which"));
    let Some(by) = plain.and_then(|it| it.get("step")).and_then(|it| it.get_ref().as_str()) else {
        let said = Diagnostic::error(wording::REOPEN_STOP).at(stop.place());
        entry.file.report(said.help(wording::HELP_REOPEN_STOP));
        return None;
    };
    Some(Reopen { step, stop: by.to_owned(), policy, turns: None, place: entry.place() })
}

/// `target_change = { on = { step = "priority" }, policy = "recompute" }`
fn retargeting(entry: &Entry<'_>) -> Option<TargetChange> {
    let policies = [
        ("recompute", Retargeting::Recompute),
        ("carry", Retargeting::Carry),
        ("restart", Retargeting::Restart),
    ];
    let (step, policy) = on_step(entry, &policies, Retargeting::Recompute)?;
    Some(TargetChange { step, policy, fields: None, place: entry.place() })
}

/// A step and what is done at it.
fn on_step<P: Copy>(entry: &Entry<'_>, policies: &[(&'static str, P)], usual: P) -> Option<(String, P)> {
    let mut table = entry.table()?;
    let step = table.required("on").and_then(|it| {
        let mut on = it.table()?;
        let step = on.required_text("step");
        on.finish();
        step
    });
    let policy = if table.has("policy") { table.one_of("policy", policies) } else { Some(usual) };
    table.finish();
    Some((step?.text, policy?))
}

pub(super) fn target(entry: &Entry<'_>) -> Option<Target> {
    match entry.value.get_ref() {
        DeValue::Table(_) => {
            let mut table = entry.table()?;
            let id = table.required_text("table");
            table.finish();
            id.map(|id| Target::Table(id.text, entry.file.place(id.span)))
        }
        DeValue::String(_) => {
            let text = entry.text()?;
            match text.text.parse::<Amount>() {
                Ok(amount) => Some(Target::Amount(amount, entry.place())),
                Err(_) if looks_like_amount(&text) => {
                    no_amount(entry, &text.text);
                    None
                }
                Err(_) => entry.script().map(Target::Expression),
            }
        }
        DeValue::Integer(number) => {
            bare(entry, number.as_str());
            None
        }
        DeValue::Float(number) => {
            bare(entry, number.as_str());
            None
        }
        DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) => {
            entry.wrong_type(wording::WANTS_TARGET);
            None
        }
    }
}

/// Digits with or without a unit: an amount is meant, not an expression.
fn looks_like_amount(text: &Text) -> bool {
    let rest = text.text.trim().trim_start_matches(['-', '+']);
    let rest = rest.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.' || it == ' ');
    let is_plain =
        rest.len() < text.text.trim().len() && rest.chars().all(|it| it.is_alphabetic() || it == '.');
    is_plain || meant(&text.text).is_some()
}

/// The unit that people write otherwise.
fn unit(text: &str) -> Option<&'static str> {
    Some(match text.to_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" | "秒" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" | "分钟" | "分" => "m",
        "h" | "hour" | "hours" | "hr" | "hrs" | "小时" => "h",
        "d" | "day" | "days" | "天" => "d",
        "bd" | "wd" | "workday" | "workdays" | "businessday" | "businessdays" | "个工作日" | "工作日" => {
            "bd"
        }
        _ => return None,
    })
}

/// The amount that is meant by one that is written as none: `4 hours`, `3h30m`, `1,5h`, `3:30`, `bd3`.
fn meant(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|it| !it.is_whitespace() && *it != '-').collect();
    let plain = plain.replace(',', ".");
    let is_number = |it: &str| !it.is_empty() && it.parse::<f64>().is_ok_and(f64::is_finite);
    let split = plain.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(plain.len());
    let (number, rest) = plain.split_at(split);
    if let Some(unit) = unit(rest).filter(|_| is_number(number)) {
        return Some(format!("{number}{unit}"));
    }
    // Hours and minutes, by their letters or as a clock shows them.
    let hours_and_minutes = rest.strip_prefix(':').or_else(|| {
        let minutes = rest.strip_prefix(['h', 'H'])?;
        minutes.strip_suffix("min").or_else(|| minutes.strip_suffix(['m', 'M']))
    });
    if let (Some(minutes), Ok(hours)) = (hours_and_minutes, number.parse::<u32>()) {
        let minutes = minutes.parse::<u32>().ok().filter(|it| *it < 60)?;
        return Some(match (60 * hours + minutes, minutes) {
            (_, 0) => format!("{hours}h"),
            (_, 15) => format!("{hours}.25h"),
            (_, 30) => format!("{hours}.5h"),
            (_, 45) => format!("{hours}.75h"),
            (all, _) => format!("{all}m"),
        });
    }
    // The unit before the number.
    let start = plain.find(|it: char| it.is_ascii_digit())?;
    let (before, number) = plain.split_at(start);
    unit(before).filter(|_| is_number(number)).map(|unit| format!("{number}{unit}"))
}

fn no_amount(entry: &Entry<'_>, text: &str) {
    let said = Diagnostic::error(wording::BAD_AMOUNT).with("text", text).at(entry.place());
    let said = match meant(text) {
        Some(meant) => said.help_with(wording::DID_YOU_MEAN, vec![("name", meant)]),
        None => said,
    };
    entry.file.report(said.help(wording::HELP_AMOUNT));
}

fn bare(entry: &Entry<'_>, number: &str) {
    let said = Diagnostic::error(wording::BARE_TARGET).with("text", number).at(entry.place());
    entry.file.report(said.help_with(wording::HELP_BARE_TARGET, vec![("text", number.to_owned())]));
}

fn pauses(entry: &Entry<'_>) -> Option<Vec<Pause>> {
    let mut all = Some(Vec::new());
    for item in entry.list()? {
        let Some(mut table) = item.table() else {
            all = None;
            continue;
        };
        let pause = if table.has("while") {
            let script = table.entry("while").and_then(|it| it.script());
            script.map(|it| Pause::While(OfEvents::new(it)))
        } else {
            let from = table.required("from").and_then(|it| it.script());
            let to = table.entry("to").and_then(|it| it.script());
            from.map(|from| Pause::Span(from, to))
        };
        table.finish();
        match (pause, &mut all) {
            (Some(pause), Some(all)) => all.push(pause),
            _ => all = None,
        }
    }
    all
}

fn terms(table: &mut Reader<'_>) -> Terms {
    let ends = [("same_time", DayEnd::SameTime), ("close", DayEnd::Close)];
    let starts = [("next_open", StartAt::NextOpen), ("as_is", StartAt::AsIs)];
    let rolls = [("none", Roll::Stay), ("next_open", Roll::NextOpen)];
    Terms {
        day_end: table.one_of("day_end", &ends).unwrap_or_default(),
        start_at: table.one_of("start_at", &starts),
        roll: table.one_of("roll", &rolls).unwrap_or_default(),
    }
}

/// A number above 0 and up to 1.
fn share(entry: &Entry<'_>) -> Option<f64> {
    let raw = entry.value.get_ref();
    let text = raw.as_float().map(|it| it.as_str()).or_else(|| raw.as_integer().map(|it| it.as_str()));
    let found = text.and_then(|it| it.parse::<f64>().ok()).filter(|it| *it > 0.0 && *it <= 1.0);
    if found.is_none() {
        entry.wrong_type(wording::WANTS_SHARE);
    }
    found
}
