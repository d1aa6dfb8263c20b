//! Examples with `events`: what rules ask about their steps is reckoned first, and stands in the example's record.

use super::PackTrial;
use crate::{
    calendar::Calendar,
    case::{EventLog, Fetched, LogBuilder, Reckoning},
    diagnostic::Diagnostic,
    ingest::{GivenField, SourceSpec},
    project::{Events, Project, Source},
    record::{Element, Field, Origin, Schema, Type, Value},
    rule::{Example, Reach, Rule, Script},
    script::StepCalls,
    sorting::Spill,
};
use std::{collections::BTreeMap, io, sync::Arc};

/// The names that an event's parts have in examples where no source says otherwise.
const STEP: &[&str] = &["step", "activity"];
const AT: &[&str] = &["at", "time"];
const ACTOR: &[&str] = &["actor", "who"];

/// The case of an example.
const CASE: &str = "example";

/// A project whose rules ask nothing about steps any more.
pub(super) struct Prepared {
    pub(super) project: Project,
    /// The questions, by kind of record.
    asked: BTreeMap<String, StepCalls>,
}

/// Prepares a project; `None` where no rule asks about steps.
pub(super) fn prepared(project: &Project, as_of: i64) -> Option<Prepared> {
    let mut own = project.clone();
    let mut asked: BTreeMap<String, StepCalls> = BTreeMap::new();
    let calendars: Vec<&str> = project.calendars.iter().map(|it| it.id.as_str()).collect();
    let kinds: Vec<String> = own.packs.iter().flat_map(|it| &it.rules).map(|it| it.on.clone()).collect();
    for kind in kinds {
        if asked.contains_key(&kind) {
            continue;
        }
        let source = project.sources.iter().find(|it| it.kind == kind);
        let rules = || project.packs.iter().flat_map(|it| &it.rules).filter(|it| it.on == kind);
        let has_events = source.is_some_and(|it| it.events.is_some());
        if !has_events && rules().flat_map(|it| &it.examples).all(|it| it.events.is_empty()) {
            continue;
        }
        let parts = Parts::new(source.and_then(|it| it.events.as_ref()));
        let log = schema(rules());
        let mut steps = StepCalls::default();
        let all = own.packs.iter_mut().flat_map(|it| &mut it.rules).filter(|it| it.on == kind);
        all.for_each(|rule| cut(rule, &mut steps, &log, &calendars));
        let all = own.packs.iter_mut().flat_map(|it| &mut it.rules).filter(|it| it.on == kind);
        for example in all.flat_map(|it| &mut it.examples) {
            let moment = example.as_of.as_deref().and_then(|it| project.zone.instant(it)).unwrap_or(as_of);
            complete(example, &steps, &parts, (project, moment));
        }
        declare(&mut own, &kind, &steps);
        asked.insert(kind, steps);
    }
    asked.retain(|_, it| !it.calls.is_empty());
    (!asked.is_empty()).then_some(Prepared { project: own, asked })
}

impl Prepared {
    /// Trials with questions as they were written.
    pub(super) fn as_written(&self, mut trials: Vec<PackTrial>) -> Vec<PackTrial> {
        for rule in trials.iter_mut().flat_map(|it| &mut it.rules) {
            let Some(steps) = self.asked.get(&rule.rule.on) else { continue };
            let own = Arc::make_mut(&mut rule.rule);
            for script in own.when.iter_mut().chain([&mut own.check]) {
                script.text = steps.as_written(&script.text);
            }
            let shown = |said: &mut Diagnostic| *said = said.clone().rewritten(|it| steps.as_written(it));
            rule.branches.iter_mut().for_each(|it| shown(&mut it.diagnostic));
            for example in &mut rule.examples {
                example.values.iter_mut().for_each(|it| it.0 = steps.as_written(&it.0));
                example.diagnostics.iter_mut().for_each(shown);
            }
        }
        trials
    }
}

/// Which fields of an event are its step, its time and who acted.
struct Parts<'a> {
    step: Vec<&'a str>,
    at: Vec<&'a str>,
    actor: Vec<&'a str>,
}

impl<'a> Parts<'a> {
    fn new(events: Option<&'a Events>) -> Self {
        let with = |own: Option<&'a str>, usual: &[&'static str]| {
            own.into_iter().chain(usual.iter().copied()).collect::<Vec<&'a str>>()
        };
        Self {
            step: with(events.map(|it| it.activity.text.as_str()), STEP),
            at: with(events.map(|it| it.at.text.as_str()), AT),
            actor: with(events.and_then(|it| it.actor.as_ref()).map(|it| it.text.as_str()), ACTOR),
        }
    }
}

fn cut(rule: &mut Rule, steps: &mut StepCalls, log: &Schema, calendars: &[&str]) {
    let mut one = |script: &mut Script| {
        // What is wrong with a question is told where the rule is planned.
        if let Ok(cut) = steps.cut(script, (log, None), calendars) {
            *script = cut;
        }
    };
    rule.when.iter_mut().for_each(&mut one);
    one(&mut rule.check);
    if let Reach::Groups(per) = &mut rule.reach {
        per.by.iter_mut().for_each(&mut one);
    }
}

/// The fields of events, typed by what examples say.
fn schema<'r>(rules: impl Iterator<Item = &'r Rule>) -> Schema {
    let mut fields: Vec<Field> = Vec::new();
    for (name, value) in rules.flat_map(|it| &it.examples).flat_map(|it| it.events.iter().flatten()) {
        let Some(ty) = type_of(value).filter(|_| fields.iter().all(|it| it.name != *name)) else { continue };
        let (name, from, choices) = (name.clone(), name.clone(), Vec::new());
        fields.push(Field { name, from, ty, choices, format: None, separator: None, inferred: true });
    }
    Schema { fields }
}

fn type_of(value: &Value) -> Option<Type> {
    Some(match value {
        Value::Missing | Value::Unreadable => return None,
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::Int,
        Value::Float(_) => Type::Float,
        Value::Decimal(_) => Type::Decimal,
        Value::Text(_) => Type::Text,
        Value::Date(_) => Type::Date,
        Value::Time(_) => Type::Time,
        Value::Duration(_) => Type::Duration,
        Value::Amount(_) => Type::Amount,
        Value::List(_) => Type::List(Element::Text),
    })
}

/// Answers the questions for an example's case, in its record.
fn complete(example: &mut Example, steps: &StepCalls, parts: &Parts<'_>, (project, as_of): (&Project, i64)) {
    let asked: Vec<String> =
        steps.calls.iter().filter_map(|it| it.measure.field().map(str::to_owned)).collect();
    // Nothing leaves memory here, so nothing fails.
    let Ok(log) = log(example, parts, &asked, project) else { return };
    let mut fetched = Fetched::default();
    let case = log.case(CASE).and_then(|it| log.fetch(it, &mut fetched).ok());
    let case = case.map(|it| fetched.of(it)).unwrap_or_default();
    let calendar = |id: &str| -> Option<Arc<Calendar>> {
        project.calendars.iter().find(|it| it.id == id).map(|it| Arc::new(it.ready()))
    };
    for call in &steps.calls {
        let field = call.measure.record_field();
        let of_record = field.and_then(|name| example.record.iter().find(|it| it.0 == name));
        let of_record = match of_record.map(|it| &it.1) {
            Some(Value::Text(text)) => project.zone.instant(text).map_or(Value::Missing, Value::Time),
            Some(other) => other.clone(),
            None => Value::Missing,
        };
        let reckoning = Reckoning::new(&log, &call.measure, &asked, calendar, as_of);
        let value = reckoning.of(case, &of_record);
        if value.is_there() {
            example.record.push((call.name.clone(), value));
            example.field_places.push(example.place.clone());
        }
    }
}

fn log(example: &Example, parts: &Parts<'_>, asked: &[String], project: &Project) -> io::Result<EventLog> {
    let mut log = LogBuilder::new(Spill::never());
    for (row, event) in (1..).zip(&example.events) {
        let value = |names: &[&str]| {
            names.iter().find_map(|name| event.iter().find(|it| it.0 == *name)).map(|it| &it.1)
        };
        let text = |value: Option<&Value>| match value {
            Some(Value::Text(text)) => Some(text.to_string()),
            _ => None,
        };
        let at = match value(&parts.at) {
            Some(Value::Time(at)) => Some(*at),
            Some(Value::Text(text)) => project.zone.instant(text),
            _ => None,
        };
        let fields = asked.iter().map(|name| value(&[name]).cloned().unwrap_or(Value::Missing));
        let fields: Vec<Value> = fields.collect();
        let (step, actor) = (text(value(&parts.step)).unwrap_or_default(), text(value(&parts.actor)));
        log.push(Some(CASE), at, (&step, actor.as_deref()), &fields, Origin { file: 0, row })?;
    }
    log.finish()
}

/// Gives the questions their types among the fields of a kind's source; a kind without one gets one.
fn declare(project: &mut Project, kind: &str, steps: &StepCalls) {
    let given = |it: &crate::script::StepCall| GivenField {
        name: it.name.clone(),
        from: None,
        ty: Some(it.ty),
        choices: Vec::new(),
        format: None,
        separator: None,
        place: project.place.clone(),
    };
    let fields: Vec<GivenField> = steps.calls.iter().map(given).collect();
    if let Some(source) = project.sources.iter_mut().find(|it| it.kind == kind) {
        source.spec.fields.extend(fields);
        return;
    }
    let spec = SourceSpec::plain(kind, &project.root, "", project.zone.clone());
    project.sources.push(Source {
        id: kind.to_owned(),
        kind: kind.to_owned(),
        spec: SourceSpec { fields, ..spec },
        key: Vec::new(),
        date: None,
        subject: Vec::new(),
        derive: Vec::new(),
        joins: Vec::new(),
        events: None,
    });
}
