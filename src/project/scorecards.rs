//! `[[scorecard]]`: who is scored over which time, and what costs or earns points.

use super::{
    Source,
    pack::Draft,
    read::{Entry, File, Reader, Sink, suggest},
    values::{number_text, number_where},
};
use crate::{
    diagnostic::{Diagnostic, Place},
    rule::{Critical, Item, Period, Reach, Scope, Scorecard, Scored, Section, Weighting, WithoutEvidence},
    wording,
};

/// Weights add up to so much.
const WHOLE: f64 = 100.0;
/// Sums of weights written with decimals may be off by so much.
const WEIGHT_SLACK: f64 = 1e-9;

/// What an item may say beside what it looks at.
const RULE_KEYS: &[&str] = &["deduct", "bonus", "cap", "per", "fault", "critical", "critical_cap"];
const PROMISE_KEYS: &[&str] =
    &["scale", "weight", "min", "deduct", "cap", "per", "fault", "critical", "critical_cap"];
const METRIC_KEYS: &[&str] = &["on", "max", "scale", "weight", "min"];
const FIELD_KEYS: &[&str] = &["on", "max", "scale", "weight", "critical_below", "critical_cap"];

/// Reads one scorecard of `pack`. `None` where something it cannot be without is missing or wrong.
pub(super) fn read(mut table: Reader<'_>, pack: &str) -> Option<Scorecard> {
    let file = table.file;
    let id = table.required_id("id");
    let title = table.user_text("title");
    let subject = table.required_id("subject");
    let periods = Period::ALL.map(|it| (it.name(), it));
    let period = table.one_of("period", &periods).unwrap_or(Period::Month);
    let scopes = [("record", Scope::Record), ("subject", Scope::Subject)];
    let scope = table.one_of("per", &scopes).unwrap_or(Scope::Record);
    let mut limit = |key, default| table.entry(key).map_or(Some(default), |it| number(&it));
    let (base, floor, ceiling) = (limit("base", WHOLE), limit("floor", 0.0), limit("ceiling", WHOLE));
    let min_records = table.entry("min_records").map_or(Some(1), |it| count(&it));
    let weightings = [("section", Weighting::Section), ("points", Weighting::Points)];
    let weighting = table.one_of("weighting", &weightings).unwrap_or(Weighting::Section);
    let choices = [("exclude", WithoutEvidence::Exclude), ("deduct", WithoutEvidence::Deduct)];
    let without_evidence = table.one_of("missing", &choices).unwrap_or(WithoutEvidence::Exclude);
    let grades = table.entry("grades").map_or(Some(Vec::new()), |it| grades(&it));
    let sections = table.required("section").map(|it| it.tables()).unwrap_or_default();
    let count = sections.len();
    let sections: Vec<Section> = sections.into_iter().filter_map(section).collect();
    let place = table.place();
    let is_whole = sections.len() == count && check_weights(&sections, file, &place);
    table.finish();
    let (id, subject) = (id?, subject?);
    let title = if title.is_empty() { crate::wording::UserText::same(&id.text) } else { title };
    is_whole.then_some(())?;
    Some(Scorecard {
        id: format!("{pack}/{}", id.text),
        title,
        subject: (subject.text, file.place(subject.span)),
        period,
        scope,
        base: base?,
        floor: floor?,
        ceiling: ceiling?,
        min_records: min_records?,
        weighting,
        without_evidence,
        grades: grades?,
        sections,
        place,
        id_place: file.place(id.span),
    })
}

fn check_weights(sections: &[Section], file: &File<'_>, place: &Place) -> bool {
    let sum: f64 = sections.iter().map(|it| it.weight).sum();
    let is_whole = (sum - WHOLE).abs() <= WEIGHT_SLACK;
    if !is_whole && !sections.is_empty() {
        let sum = format!("{}", (sum * 1e6).round() / 1e6);
        let said = Diagnostic::error(wording::WEIGHTS_NOT_100).with("sum", sum).at(place.clone());
        file.report(said.help(wording::HELP_WEIGHTS));
    }
    is_whole
}

fn section(mut table: Reader<'_>) -> Option<Section> {
    let id = table.required_id("id");
    let title = table.user_text("title");
    let weight = table.required("weight").and_then(|it| points(&it));
    let items = table.required("items").and_then(|it| it.list());
    table.finish();
    let count = items.as_ref().map_or(0, Vec::len);
    let items: Vec<Item> = items.into_iter().flatten().filter_map(|it| item(it.table()?)).collect();
    let id = id?;
    let title = if title.is_empty() { crate::wording::UserText::same(&id.text) } else { title };
    (items.len() == count).then_some(())?;
    Some(Section { id: id.text, title, weight: weight?, items })
}

fn item(mut table: Reader<'_>) -> Option<Item> {
    let file = table.file;
    let place = table.place();
    let entries = ["rule", "promise", "metric", "field"].map(|it| table.entry(it));
    if entries.iter().flatten().count() != 1 {
        let said = Diagnostic::error(wording::ITEM_UNCLEAR).at(place);
        file.report(said.help(wording::HELP_ITEM));
        return None;
    }
    let [rule, promise, metric, field] = entries;
    let (of, keys) = if let Some(entry) = rule {
        (entry.text().map(|it| Scored::Rule(it.text)), RULE_KEYS)
    } else if let Some(entry) = promise {
        (entry.text().map(|it| Scored::Promise(promise_id(&it.text))), PROMISE_KEYS)
    } else if let Some(entry) = metric {
        (entry.script().map(Scored::Metric), METRIC_KEYS)
    } else {
        (field.and_then(|it| it.text()).map(|it| Scored::Field(it.text)), FIELD_KEYS)
    };
    let mut fits = true;
    for entry in table.entries() {
        let is_other = [RULE_KEYS, PROMISE_KEYS, METRIC_KEYS, FIELD_KEYS].concat().contains(&&*entry.key);
        if is_other && !keys.contains(&entry.key.as_str()) {
            fits = false;
            let said = Diagnostic::error(wording::ITEM_KEY_UNFIT).with("name", &entry.key);
            let said = said.at(file.place(entry.key_span.clone()));
            file.report(said.help_with(wording::HELP_ITEM_KEYS, vec![("names", keys.join(", "))]));
        }
    }
    let item = values(&mut table, of, place);
    table.finish();
    let item = item.filter(|_| fits)?;
    let gives = item.deduct.is_some() || item.bonus.is_some() || item.critical.is_some();
    if matches!(item.of, Scored::Rule(_)) && !gives {
        let said = Diagnostic::error(wording::ITEM_WITHOUT_POINTS).at(item.place);
        file.report(said.help(wording::HELP_ITEM_POINTS));
        return None;
    }
    Some(item)
}

/// What else an item says.
fn values(table: &mut Reader<'_>, of: Option<Scored>, place: Place) -> Option<Item> {
    let mut amount = |key| table.entry(key).map_or(Some(None), |it| points(&it).map(Some));
    let (deduct, bonus, cap) = (amount("deduct"), amount("bonus"), amount("cap"));
    let (per, critical_cap, max) = (amount("per"), amount("critical_cap"), amount("max"));
    let (critical_below, weight) = (amount("critical_below"), amount("weight"));
    let fault = table.text("fault").map(|it| it.text);
    let critical = table.entry("critical").map_or(Some(None), |it| critical(&it));
    let scale = table.entry("scale").map_or(Some(Vec::new()), |it| scale(&it));
    let min = table.entry("min").map_or(Some(1), |it| count(&it));
    let on = table.text("on").map(|it| (it.text, table.file.place(it.span)));
    Some(Item {
        of: of?,
        deduct: deduct?,
        bonus: bonus?,
        cap: cap?,
        per: per?,
        fault,
        critical: critical?,
        critical_cap: critical_cap?.unwrap_or(0.0),
        critical_below: critical_below?,
        max: max?,
        scale: scale?,
        weight: weight?.unwrap_or(1.0),
        min: min?,
        on,
        place,
    })
}

/// `<pack>/<promise>` is short for `<pack>/promise:<promise>`.
fn promise_id(text: &str) -> String {
    match text.split_once('/') {
        Some((pack, id)) if !id.starts_with("promise:") => format!("{pack}/promise:{id}"),
        _ => text.to_owned(),
    }
}

fn critical(entry: &Entry<'_>) -> Option<Option<Critical>> {
    let raw = entry.value.get_ref();
    match (raw.as_bool(), raw.as_str()) {
        (Some(true), _) => Some(Some(Critical::Record)),
        (Some(false), _) => Some(None),
        (_, Some("period")) => Some(Some(Critical::Period)),
        _ => {
            entry.wrong_type(wording::WANTS_CRITICAL);
            None
        }
    }
}

/// A number.
fn number(entry: &Entry<'_>) -> Option<f64> {
    number_where(entry, wording::WANTS_NUMBER, |it: &f64| it.is_finite())
}

fn plain(entry: &Entry<'_>) -> Option<f64> {
    number_text(entry.value.get_ref()).and_then(|it| it.parse::<f64>().ok()).filter(|it| it.is_finite())
}

/// A number of 0 or more.
fn points(entry: &Entry<'_>) -> Option<f64> {
    let found = number(entry)?;
    if found < 0.0 {
        let said = Diagnostic::error(wording::BAD_POINTS).with("name", &entry.key).at(entry.place());
        entry.file.report(said.help(wording::HELP_POINTS));
        return None;
    }
    Some(found)
}

fn count(entry: &Entry<'_>) -> Option<u64> {
    number_where(entry, wording::WANTS_NUMBER, |_| true)
}

/// Pairs of numbers, or of a number and a text.
fn pairs<'a>(entry: &Entry<'a>) -> Option<Vec<[Entry<'a>; 2]>> {
    let list = |it: &Entry<'a>| it.value.get_ref().as_array().and_then(|_| it.list());
    let pair = |it: Entry<'a>| -> Option<[Entry<'a>; 2]> { list(&it)?.try_into().ok() };
    let all = list(entry)?;
    let count = all.len();
    let all: Vec<_> = all.into_iter().filter_map(pair).collect();
    (all.len() == count && count > 0).then_some(all)
}

fn scale(entry: &Entry<'_>) -> Option<Vec<(f64, f64)>> {
    let all: Option<Vec<(f64, f64)>> =
        pairs(entry).and_then(|all| all.iter().map(|[x, y]| Some((plain(x)?, plain(y)?))).collect());
    let worth = |it: &(f64, f64)| (0.0..=100.0).contains(&it.1);
    let Some(all) = all.filter(|all| all.iter().all(worth)) else {
        let said = Diagnostic::error(wording::SCALE_UNREADABLE).at(entry.place());
        entry.file.report(said.help(wording::HELP_SCALE));
        return None;
    };
    let steps = || all.windows(2).map(|it| (it[1].0 - it[0].0, it[1].1 - it[0].1));
    let goes_one_way = steps().all(|it| it.1 >= 0.0) || steps().all(|it| it.1 <= 0.0);
    if !goes_one_way || steps().any(|it| it.0 <= 0.0) {
        let said = Diagnostic::error(wording::SCALE_NOT_MONOTONE).at(entry.place());
        entry.file.report(said.help(wording::HELP_SCALE_ORDER));
        return None;
    }
    Some(all)
}

fn grades(entry: &Entry<'_>) -> Option<Vec<(f64, String)>> {
    let all: Option<Vec<(f64, String)>> = pairs(entry).and_then(|all| {
        all.iter()
            .map(|[from, name]| Some((plain(from)?, name.value.get_ref().as_str()?.to_owned())))
            .collect()
    });
    match all.filter(|all| all.windows(2).all(|it| it[0].0 > it[1].0)) {
        Some(all) => Some(all),
        None => {
            let said = Diagnostic::error(wording::GRADES_NOT_FALLING).at(entry.place());
            entry.file.report(said.help(wording::HELP_GRADES));
            None
        }
    }
}

/// What must hold between scorecards, the rules that they look at and the sources of the project.
pub(super) fn check(sources: &[Source], drafts: &[Draft], disabled: &[(String, String)], sink: &Sink) {
    let mut said = Vec::new();
    for card in drafts.iter().flat_map(|it| &it.pack.scorecards) {
        let levels = || sources.iter().flat_map(|it| it.subject.iter().map(|it| it.0.as_str()));
        if !levels().any(|it| it == card.subject.0) {
            let unknown = Diagnostic::error(wording::UNKNOWN_SUBJECT).with("name", &card.subject.0);
            let unknown = suggest(unknown.at(card.subject.1.clone()), &card.subject.0, levels());
            let mut names: Vec<&str> = levels().collect();
            names.sort_unstable();
            names.dedup();
            let names = vec![("name", card.subject.0.clone()), ("names", names.join(", "))];
            said.push(unknown.help_with(wording::HELP_SUBJECT, names));
            continue;
        }
        said.extend(levels_differ(card, sources));
        for item in card.sections.iter().flat_map(|it| &it.items) {
            said.extend(wrong_item(item, &card.subject.0, (sources, drafts, disabled)));
        }
    }
    sink.borrow_mut().extend(said);
}

/// Sources that do not say the same of who holds whom.
fn levels_differ(card: &Scorecard, sources: &[Source]) -> Option<Diagnostic> {
    let level = &card.subject.0;
    let above = |it: &Source| -> Option<Vec<String>> {
        let at = it.subject.iter().position(|it| it.0 == *level)?;
        Some(it.subject[at..].iter().map(|it| it.0.clone()).collect())
    };
    let all: Vec<(&Source, Vec<String>)> = sources.iter().filter_map(|it| Some((it, above(it)?))).collect();
    let (first, levels) = all.first()?;
    let (other, _) = all.iter().find(|it| it.1 != *levels)?;
    let said = Diagnostic::error(wording::LEVELS_DIFFER).with("level", level);
    let said = said.with("first", &first.id).with("second", &other.id).at(card.subject.1.clone());
    Some(said.help(wording::HELP_LEVELS_DIFFER))
}

/// What is wrong with what an item looks at.
fn wrong_item(
    item: &Item,
    level: &str,
    (sources, drafts, disabled): (&[Source], &[Draft], &[(String, String)]),
) -> Option<Diagnostic> {
    let rules = || drafts.iter().flat_map(|it| &it.pack.rules);
    let promises = || drafts.iter().flat_map(|it| &it.pack.promises);
    let unknown = |name: &str, known: Vec<&str>| {
        let said = Diagnostic::error(wording::UNKNOWN_SCORED).with("name", name).at(item.place.clone());
        Some(suggest(said, name, known))
    };
    let kind = match &item.of {
        Scored::Rule(id) | Scored::Promise(id) if disabled.iter().any(|it| it.0 == *id) => return None,
        Scored::Rule(id) => {
            let Some(rule) = rules().find(|it| it.id == *id) else {
                let hidden = drafts.iter().any(|it| it.broken || it.unreadable.contains(id));
                return if hidden { None } else { unknown(id, rules().map(|it| it.id.as_str()).collect()) };
            };
            if matches!(rule.reach, Reach::Groups(_)) {
                let said = Diagnostic::error(wording::GROUPS_SCORED).with("name", id);
                return Some(said.at(item.place.clone()).help(wording::HELP_GROUPS_SCORED));
            }
            &rule.on
        }
        Scored::Promise(id) => match promises().find(|it| it.id == *id) {
            Some(promise) => &promise.on,
            None => return unknown(id, promises().map(|it| it.id.as_str()).collect()),
        },
        Scored::Metric(_) | Scored::Field(_) => match &item.on {
            Some((kind, _)) => kind,
            None => {
                let said = Diagnostic::error(wording::FIELD_OF_WHAT).with("name", item.of.text());
                return Some(said.at(item.place.clone()).help(wording::HELP_FIELD_OF));
            }
        },
    };
    let of_kind: Vec<&Source> = sources.iter().filter(|it| it.kind == *kind).collect();
    if of_kind.is_empty() {
        return unknown(kind, sources.iter().map(|it| it.kind.as_str()).collect());
    }
    let knows = |it: &&&Source| it.subject.iter().any(|it| it.0 == level);
    (of_kind.iter().filter(knows).count() < of_kind.len()).then(|| {
        let said = Diagnostic::error(wording::SCORED_WITHOUT_SUBJECT).with("name", item.of.text());
        let names = vec![("level", level.to_owned()), ("kind", kind.clone())];
        let said = said.with("level", level).at(item.place.clone());
        said.help_with(wording::HELP_SCORED_SUBJECT, names)
    })
}
