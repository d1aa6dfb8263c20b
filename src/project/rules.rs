//! `[[rule]]` and its examples.

use super::{
    names,
    pack::Reading,
    reach,
    read::{Entry, Reader, Text, suggest},
    source::stays_below,
    values,
};
use crate::{
    calendar::parse_iso_time,
    diagnostic::{Diagnostic, Place, nearest},
    record::Value,
    rule::{
        Effective, Example, MissingPolicy, Outcome, Param, ParamOrigin, Rule, Script, Severity, Template,
    },
    wording::{self, UserText},
};
use std::{ops::Range, sync::Arc};
use toml::de::DeValue;

/// Parasuraman, Zeithaml and Berry (1988), SERVQUAL: the five dimensions of service quality.
const DIMENSIONS: [&str; 5] = ["tangibles", "empathy", "responsiveness", "assurance", "reliability"];

type Message = ((Template, Template), (Script, Script));

/// Severities by name, for [`Reader::one_of`].
pub(super) fn severities() -> [(&'static str, Severity); 4] {
    Severity::ALL.map(|it| (it.name(), it))
}

/// Reads one rule of `pack`; with it the bytes of its id. The rule is `None` where something it
/// cannot be without is missing or wrong.
pub(super) fn read(
    mut table: Reader<'_>,
    pack: &str,
    reading: &mut Reading<'_>,
) -> Option<(String, Option<Rule>, Place)> {
    let file = table.file;
    let id = table.required_id("id");
    let title = table.required("title").and_then(|it| it.user_text()).map(|it| it.0);
    let on = table.required_id("on").map(|it| it.text);
    let severity = table.required("severity").and_then(|_| table.one_of("severity", &severities()));
    let dimension = dimension(&mut table);
    let touchpoint = table.text("touchpoint").map(|it| it.text);
    let source = table.text("source").map(|it| it.text);
    let effective = effective(&mut table);
    let params = params(&mut table, reading);
    let when = table.entry("when").and_then(|it| it.script());
    let check = check(&mut table, reading);
    let message = table.entry("message").and_then(|it| message(&it));
    let (why, fix) = (table.user_text("why"), table.user_text("fix"));
    let policies = [("skip", MissingPolicy::Skip), ("fail", MissingPolicy::Fail)];
    let missing = table.one_of("missing", &policies).unwrap_or_default();
    let examples = table.entry("example").map(|it| it.tables()).unwrap_or_default();
    let examples = examples.into_iter().filter_map(|it| example(it, &params, reading)).collect();
    let reach = reach::read(&mut table);
    let place = table.place();
    table.finish();
    let id = id?;
    let id_place = file.place(id.span);
    let full_id = format!("{pack}/{}", id.text);
    let (templates, message_scripts) = message.map_or((None, None), |it| (Some(it.0), Some(it.1)));
    let rule = || -> Option<Rule> {
        Some(Rule {
            id: full_id.clone(),
            title: title?,
            on: on?,
            severity: severity?,
            dimension,
            touchpoint,
            source,
            effective,
            params,
            reach: reach?,
            when,
            check: check?,
            message: templates,
            why,
            fix,
            missing,
            examples,
            house_reason: None,
            place,
            message_scripts,
        })
    };
    let rule = rule();
    Some((full_id, rule, id_place))
}

/// Any text may be a dimension; one that looks like a slip of the pen is a warning.
pub(super) fn dimension(table: &mut Reader<'_>) -> Option<String> {
    let text = table.text("dimension")?;
    if !DIMENSIONS.contains(&text.text.as_str())
        && let Some(meant) =
            nearest(&text.text, DIMENSIONS).filter(|it| strsim::levenshtein(it, &text.text) <= 3)
    {
        let said = Diagnostic::warning(wording::ODD_DIMENSION).with("text", &text.text);
        let said = said.help_with(wording::DID_YOU_MEAN, vec![("name", meant.to_owned())]);
        table.file.report(said.at(table.file.place(text.span)));
    }
    Some(text.text)
}

pub(super) fn effective(table: &mut Reader<'_>) -> Effective {
    let Some(entry) = table.entry("effective") else { return Effective::default() };
    let Some(mut range) = entry.table() else { return Effective::default() };
    let from = range.entry("from").and_then(|it| it.date());
    let to = range.entry("to").and_then(|it| it.date());
    range.finish();
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        entry.error(wording::EFFECTIVE_REVERSED);
    }
    Effective { from, to }
}

fn params(table: &mut Reader<'_>, reading: &Reading<'_>) -> Vec<Param> {
    let Some(table) = table.entry("params").and_then(|it| it.table()) else { return Vec::new() };
    let mut out = Vec::new();
    for entry in table.entries() {
        if !names::is_name(&entry.key) {
            let reserved = names::RESERVED.contains(&entry.key.as_str());
            let code = if reserved { wording::RESERVED_NAME } else { wording::BAD_NAME };
            entry.file.error(code, &entry.key, entry.key_span.clone());
        }
        let place = entry.file.place(entry.key_span.clone());
        if let Some(value) = values::value(&entry, reading.zone) {
            out.push(Param { name: entry.key, own: value.clone(), value, set_by: ParamOrigin::Rule, place });
        }
    }
    out
}

/// Exactly one of `check` and `script`.
fn check(table: &mut Reader<'_>, reading: &mut Reading<'_>) -> Option<Script> {
    match (table.entry("check"), table.entry("script")) {
        (Some(check), None) => check.script(),
        (None, Some(script)) => {
            let text = script.text()?;
            let is_file = !text.text.contains('\n') && text.text.ends_with(".rhai");
            if is_file { script_file(&script, &text, reading) } else { script.script() }
        }
        (Some(check), Some(script)) => {
            let said = Diagnostic::error(wording::CHECK_AND_SCRIPT).at(check.file.place(script.key_span));
            check.file.report(said.also(check.file.place(check.key_span), wording::FIRST_HERE));
            None
        }
        (None, None) => {
            let said =
                Diagnostic::error(wording::MISSING_KEY).with("name", "check").with("table", &table.name);
            table.file.report(said.help(wording::HELP_CHECK).at(table.place()));
            None
        }
    }
}

fn script_file(entry: &Entry<'_>, text: &Text, reading: &mut Reading<'_>) -> Option<Script> {
    if !stays_below(&text.text) {
        entry.file.error(wording::PATH_LEAVES, &text.text, text.span.clone());
        return None;
    }
    match reading.home.read(&text.text) {
        Ok((shown, script)) => {
            let script: Arc<str> = script.into();
            reading.sources.insert(shown.clone(), script.clone());
            if script.trim().is_empty() {
                entry.error(wording::EMPTY_TEXT);
                return None;
            }
            Some(Script { text: script.to_string(), file: shown, runs: vec![(0, 0)] })
        }
        Err(said) => {
            entry.file.report(said.at(entry.file.place(text.span.clone())));
            None
        }
    }
}

fn message(entry: &Entry<'_>) -> Option<Message> {
    let (_, [en, zh]): (UserText, _) = entry.user_text()?;
    let (en, zh) = (en.clone().or_else(|| zh.clone())?, zh.or(en)?);
    let first = template(entry, &en);
    let second = if en.span == zh.span { first.clone() } else { template(entry, &zh) };
    let ((en, en_script), (zh, zh_script)) = (first?, second?);
    Some(((en, zh), (en_script, zh_script)))
}

fn template(entry: &Entry<'_>, text: &Text) -> Option<(Template, Script)> {
    let script = entry.file.script(text);
    match Template::parse(&text.text) {
        Ok(template) => Some((template, script)),
        Err(error) => {
            let span: Range<usize> = script.span(error.0..error.0 + 1);
            let said = Diagnostic::error(wording::BAD_TEMPLATE).at(entry.file.place(span));
            entry.file.report(said.help(wording::HELP_BRACES));
            None
        }
    }
}

fn example(mut table: Reader<'_>, params: &[Param], reading: &Reading<'_>) -> Option<Example> {
    let name = table.required_text("name").map(|it| it.text);
    let events = table.entry("events").map(|it| it.tables()).unwrap_or_default();
    let events: Vec<_> = events.iter().map(|it| pairs(it, reading).0).collect();
    let records = records(&mut table, reading);
    let min = table.entry("min").and_then(|it| reach::count(&it)).unwrap_or(1);
    let outcomes = Outcome::ALL.map(|it| (it.name(), it));
    let expect_place = table.entry("expect").map(|it| it.place());
    let expect = table.required("expect").and_then(|_| table.one_of("expect", &outcomes));
    let own = table.entry("params").and_then(|it| it.table());
    let own = own.map(|it| example_params(&it, params, reading)).unwrap_or_default();
    let as_of = table.entry("as_of").and_then(|it| as_of(&it));
    let place = table.place();
    table.finish();
    let mut records = records?;
    let (record, field_places) = records.pop()?;
    Some(Example {
        name: name?,
        record,
        events,
        before: records.into_iter().map(|it| it.0).collect(),
        min: min.max(1),
        expect: expect?,
        params: own,
        as_of,
        expect_place: expect_place.unwrap_or_else(|| place.clone()),
        place,
        field_places,
    })
}

type Fields = (Vec<(String, Value)>, Vec<Place>);

/// `record`, or for rules that look beyond one record `records`, of which the last is meant.
fn records(table: &mut Reader<'_>, reading: &Reading<'_>) -> Option<Vec<Fields>> {
    let one = table.entry("record");
    let Some(all) = table.entry("records") else {
        if one.is_none() && table.has("events") {
            return Some(vec![(Vec::new(), Vec::new())]);
        }
        return table.required("record").and_then(|it| it.table()).map(|it| vec![pairs(&it, reading)]);
    };
    if let Some(one) = one {
        let said = Diagnostic::error(wording::RECORD_AND_RECORDS).at(all.file.place(all.key_span.clone()));
        all.file.report(said.also(one.file.place(one.key_span), wording::FIRST_HERE));
        return None;
    }
    let tables = all.tables();
    if tables.is_empty() {
        all.error(wording::EMPTY_LIST);
    }
    Some(tables.iter().map(|it| pairs(it, reading)).collect())
}

/// The fields of a record, and where their names stand.
fn pairs(table: &Reader<'_>, reading: &Reading<'_>) -> Fields {
    let pair = |it: Entry<'_>| {
        let place = it.file.place(it.key_span.clone());
        values::value(&it, reading.zone).map(|value| ((it.key, value), place))
    };
    let mut all: Fields = (Vec::new(), Vec::new());
    for entry in table.entries() {
        // The fields of a partner: `agent = { years = 3 }` is read as `agent.years`.
        if entry.value.get_ref().is_table() {
            let Some(partner) = entry.table() else { continue };
            let (fields, places) = pairs(&partner, reading);
            all.0.extend(fields.into_iter().map(|(name, value)| (format!("{}.{name}", entry.key), value)));
            all.1.extend(places);
            continue;
        }
        if let Some((field, place)) = pair(entry) {
            all.0.push(field);
            all.1.push(place);
        }
    }
    all
}

fn example_params(table: &Reader<'_>, params: &[Param], reading: &Reading<'_>) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    for entry in table.entries() {
        let Some(param) = params.iter().find(|it| it.name == entry.key) else {
            let said = Diagnostic::error(wording::UNKNOWN_PARAM).with("name", &entry.key);
            let said = suggest(said, &entry.key, params.iter().map(|it| it.name.as_str()));
            entry.file.report(said.at(entry.file.place(entry.key_span.clone())));
            continue;
        };
        let Some(value) = values::value(&entry, reading.zone) else { continue };
        match values::fit(value, &param.value) {
            Some(value) => out.push((entry.key, value)),
            None => {
                let said = Diagnostic::error(wording::PARAM_TYPE).with("name", &entry.key).at(entry.place());
                entry.file.report(said.also(param.place.clone(), wording::GIVEN_HERE));
            }
        }
    }
    out
}

/// A moment as written: ISO text, or a TOML date or time.
fn as_of(entry: &Entry<'_>) -> Option<String> {
    let text = match entry.value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(it) => it.to_string(),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => String::new(),
    };
    if parse_iso_time(&text).is_none() {
        entry.wrong_type(wording::WANTS_TIME);
        return None;
    }
    Some(text)
}
