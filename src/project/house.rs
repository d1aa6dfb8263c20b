//! A project's changes to its packs: `[params."pack/rule"]`, `[rules."pack/rule"]` and `--set`.

use super::{
    pack::Draft,
    promises,
    read::{Entry, Sink, suggest},
    rules::severities,
    values,
};
use crate::{
    calendar::Zone,
    diagnostic::Diagnostic,
    record::Value,
    rule::{Param, ParamOrigin, Promise, Rule, Severity},
    wording,
};
use toml::{Spanned, de::DeValue};

/// The changes as written.
#[derive(Default)]
pub(super) struct House<'a> {
    /// The tables of `[params]`, by rule.
    pub(super) params: Vec<Entry<'a>>,
    /// The tables of `[rules]`, by rule.
    pub(super) rules: Vec<Entry<'a>>,
}

/// Makes the project's changes. The rules that it switches off are taken out of their packs and
/// given back with the reasons.
pub(super) fn apply(house: &House<'_>, drafts: &mut [Draft], zone: &Zone) -> Vec<(String, String)> {
    for entry in &house.params {
        params(entry, drafts, zone);
    }
    let mut disabled = Vec::new();
    for entry in &house.rules {
        if let Some(reason) = change(entry, drafts) {
            disabled.push((entry.key.clone(), reason));
        }
    }
    for draft in drafts {
        let is_on = |rule: &Rule| !disabled.iter().any(|it| it.0 == rule.id);
        let keep: Vec<bool> = draft.pack.rules.iter().map(is_on).collect();
        let (mut rules, mut ids) = (keep.iter().copied(), keep.iter().copied());
        draft.pack.rules.retain(|_| rules.next().unwrap_or(true));
        draft.rule_ids.retain(|_| ids.next().unwrap_or(true));
        draft.pack.promises.retain(|promise| !disabled.iter().any(|it| it.0 == promise.id));
    }
    disabled
}

/// All versions of the rule called `id`; `Err` where there is none: with a complaint, or without
/// where a rule of that name may hide behind errors told already.
fn find<'d>(id: &str, drafts: &'d mut [Draft]) -> Result<Vec<&'d mut Rule>, Option<Box<Diagnostic>>> {
    let pack = id.split_once('/').map_or(id, |it| it.0);
    let hidden = drafts.iter().any(|it| {
        it.unreadable.iter().any(|it| it == id)
            || (it.broken && (it.pack.id == pack || it.pack.id.is_empty()))
    });
    let known: Vec<String> = drafts.iter().flat_map(|it| &it.pack.rules).map(|it| it.id.clone()).collect();
    let promises: Vec<String> =
        drafts.iter().flat_map(|it| &it.pack.promises).map(|it| it.id.clone()).collect();
    let found: Vec<&mut Rule> =
        drafts.iter_mut().flat_map(|it| &mut it.pack.rules).filter(|it| it.id == id).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let is_promise = id.contains("/promise:");
    let code = if is_promise { wording::UNKNOWN_PROMISE } else { wording::UNKNOWN_RULE };
    let known = if is_promise { promises } else { known };
    let said = Diagnostic::error(code).with("name", id);
    let said = if id.contains('/') { said } else { said.help(wording::HELP_FULL_ID) };
    let whole = known.iter().find(|it| it.split_once('/').is_some_and(|it| it.1 == id));
    let said = match whole {
        Some(whole) => said.help_with(wording::DID_YOU_MEAN, vec![("name", whole.clone())]),
        None => suggest(said, id, known.iter().map(String::as_str)),
    };
    Err((!hidden).then(|| Box::new(said)))
}

/// The rules that an entry's key names.
fn rules_of<'d>(entry: &Entry<'_>, drafts: &'d mut [Draft]) -> Option<Vec<&'d mut Rule>> {
    match find(&entry.key, drafts) {
        Ok(found) => Some(found),
        Err(said) => {
            if let Some(said) = said {
                entry.file.report(said.at(entry.file.place(entry.key_span.clone())));
            }
            None
        }
    }
}

fn params(entry: &Entry<'_>, drafts: &mut [Draft], zone: &Zone) {
    let Some(table) = entry.table() else { return };
    let Some(mut rules) = rules_of(entry, drafts) else { return };
    for change in table.entries() {
        let place = change.file.place(change.key_span.clone());
        let Some(value) = values::value(&change, zone) else { continue };
        match set(&mut rules, &change.key, &ParamOrigin::House, |old| values::fit(value.clone(), old)) {
            Ok(()) => {
                for param in rules.iter_mut().flat_map(|it| &mut it.params).filter(|it| it.name == change.key)
                {
                    param.place = place.clone();
                }
            }
            Err(said) => {
                let place = if said.code == wording::PARAM_TYPE.id { change.place() } else { place };
                change.file.report(said.at(place));
            }
        }
    }
}

/// Gives the parameter `name` a value in every version of a rule that has it, or says what is wrong.
fn set(
    rules: &mut [&mut Rule],
    name: &str,
    origin: &ParamOrigin,
    fit: impl Fn(&Value) -> Option<Value>,
) -> Result<(), Box<Diagnostic>> {
    let mut known: Vec<String> = rules.iter().flat_map(|it| &it.params).map(|it| it.name.clone()).collect();
    let all: Vec<&mut Param> =
        rules.iter_mut().flat_map(|it| &mut it.params).filter(|it| it.name == name).collect();
    if all.is_empty() {
        known.sort();
        known.dedup();
        let said = Diagnostic::error(wording::UNKNOWN_PARAM).with("name", name);
        let said = suggest(said, name, known.iter().map(String::as_str));
        let none = known.is_empty();
        let said =
            if none { said } else { said.help_with(wording::KNOWN_KEYS, vec![("names", known.join(", "))]) };
        return Err(Box::new(said));
    }
    for param in all {
        let Some(value) = fit(&param.value) else {
            let said = Diagnostic::error(wording::PARAM_TYPE).with("name", name);
            return Err(Box::new(said.also(param.place.clone(), wording::GIVEN_HERE)));
        };
        param.value = value;
        param.set_by = origin.clone();
    }
    Ok(())
}

/// One table of `[rules]`. Gives the reason where the rule is switched off.
fn change(entry: &Entry<'_>, drafts: &mut [Draft]) -> Option<String> {
    let mut table = entry.table()?;
    let enabled = table.bool("enabled");
    let severity: Option<Severity> = table.one_of("severity", &severities());
    let promise = promise_of(&entry.key, drafts).is_some();
    // Of a promise the house also says how much time there is, and by which calendar.
    let target = if promise { table.entry("target").and_then(|it| promises::target(&it)) } else { None };
    let calendar = if promise { table.entry("calendar").and_then(|it| it.script()) } else { None };
    let reason = table.entry("reason");
    if reason.is_none() {
        let said = Diagnostic::error(wording::MISSING_KEY).with("name", "reason").with("table", &entry.key);
        table.file.report(said.help(wording::HELP_REASON).at(table.place()));
    }
    let reason = reason.and_then(|it| {
        let text = it.text()?;
        if text.text.trim().is_empty() {
            it.error(wording::EMPTY_TEXT);
        }
        Some(text.text)
    });
    table.finish();
    if let Some(promise) = promise_of(&entry.key, drafts) {
        let reason = reason?;
        promise.severity = severity.unwrap_or(promise.severity);
        promise.target = target.unwrap_or_else(|| promise.target.clone());
        promise.calendar = calendar.or_else(|| promise.calendar.take());
        promise.house_reason = Some(reason.clone());
        return (enabled == Some(false)).then_some(reason);
    }
    let mut rules = rules_of(entry, drafts)?;
    let reason = reason?;
    for rule in &mut rules {
        if let Some(severity) = severity {
            rule.severity = severity;
        }
        rule.house_reason = Some(reason.clone());
    }
    (enabled == Some(false)).then_some(reason)
}

/// The promise that a full id (`pack/promise:id`) names.
fn promise_of<'d>(id: &str, drafts: &'d mut [Draft]) -> Option<&'d mut Promise> {
    drafts.iter_mut().flat_map(|it| &mut it.pack.promises).find(|it| it.id == id)
}

/// Makes the changes of `--set`; complaints have no place.
pub(super) fn set_from_command_line(
    wishes: &[String],
    drafts: &mut [Draft],
    disabled: &[(String, String)],
    zone: &Zone,
    sink: &Sink,
) {
    for wish in wishes {
        if let Err(Some(said)) = set_one(wish, drafts, disabled, zone) {
            let is_told = said.code == wording::BAD_SET.id;
            let said =
                if is_told { *said } else { said.help_with(wording::HELP_SET, vec![("text", wish.clone())]) };
            sink.borrow_mut().push(said);
        }
    }
}

fn set_one(
    wish: &str,
    drafts: &mut [Draft],
    disabled: &[(String, String)],
    zone: &Zone,
) -> Result<(), Option<Box<Diagnostic>>> {
    let parts =
        wish.split_once('=').and_then(|(name, value)| Some((name.trim().rsplit_once('.')?, value.trim())));
    let Some(((rule, param), raw)) = parts else {
        return Err(Some(Box::new(Diagnostic::error(wording::BAD_SET).with("text", wish))));
    };
    if disabled.iter().any(|it| it.0 == rule) {
        return Err(Some(Box::new(Diagnostic::error(wording::SET_DISABLED).with("name", rule))));
    }
    let mut rules = find(rule, drafts)?;
    let as_text = || Value::Text(raw.into());
    // A file of its own, whose complaints nobody hears: what is no TOML value is text.
    let mut read = as_text();
    let unheard = Sink::default();
    let file = super::read::File { shown: "--set".into(), text: raw, sink: &unheard, quiet: true };
    if let Ok(parsed) = DeValue::parse(raw) {
        let parsed: Spanned<DeValue<'_>> = parsed;
        let entry = Entry { file: &file, key: param.to_owned(), key_span: 0..0, value: &parsed };
        if let Some(value) = values::value(&entry, zone) {
            read = value;
        }
    }
    let fit = |old: &Value| {
        let meant = matches!(old, Value::Text(_)) && !matches!(read, Value::Text(_));
        values::fit(if meant { as_text() } else { read.clone() }, old)
    };
    set(&mut rules, param, &ParamOrigin::CommandLine, fit).map_err(Some)
}
