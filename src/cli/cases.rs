//! Sources as they are opened: files alone, or files and a log of events that makes cases of them.

use super::{
    audit::{self, cannot_spool},
    batches::Files,
    courses::{self, Courses},
    joins::{self, JoinSource},
    plans::ask,
    source_run::{fault_diagnostic, temporary},
};
use crate::{
    audit::{Audit, Input},
    calendar::Calendar,
    case::{EventLog, LogBuilder, Measure},
    diagnostic::{Diagnostic, nearest},
    engine::{Batches, PlanColumn, SourceAsk},
    ingest::{self, FaultKind, Opened},
    project::{Events, Project, Source},
    record::{Batch, Field, Schema, Type, Values},
    rule::{DeclaredCalendar, Pack, Pause, Promise, Reach, Rule, Scored, Script, Target},
    script::StepCalls,
    sorting::Spill,
    wording,
};
use std::{
    collections::HashMap,
    ops::Deref,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

/// Steps that are named where one is not known.
const STEPS_MAX: usize = 12;

/// What a log may hold in memory where no bound is given.
const EVENT_BYTES: usize = 1 << 30;

/// A source whose schema is frozen: that of its files, and behind it what its rules ask about steps.
pub(super) struct OpenedSource {
    pub(super) opened: Arc<Opened>,
    /// Of the records that rules see.
    pub(super) schema: Schema,
    /// The packs, with names in place of questions about steps.
    pub(super) packs: Vec<Pack>,
    /// Derived fields, likewise.
    pub(super) derive: Vec<(String, Script)>,
    /// The questions.
    pub(super) steps: StepCalls,
    cases: Option<CaseSource>,
    pub(super) joins: Vec<JoinSource>,
}

impl Deref for OpenedSource {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        &self.opened
    }
}

/// Where cases come from.
pub(super) struct CaseSource {
    pub(super) events: Arc<Opened>,
    /// The numbers of the log's fields: case, activity, time, actor.
    pub(super) names: [Option<usize>; 4],
    /// Steps by what they are called in the log, where that is something else.
    steps: HashMap<String, String>,
    /// Fields of the log that are asked for besides.
    pub(super) asked: Vec<String>,
    pub(super) alone: bool,
    /// What promises read of the courses of cases.
    pub(super) courses: Courses,
    /// The field of the case id among the records' own.
    pub(super) key: usize,
    /// Fields before those of questions, behind which stand those of courses.
    pub(super) own: usize,
    pub(super) calendars: HashMap<String, Arc<Calendar>>,
    pub(super) as_of: i64,
    log: OnceLock<Result<Read, Diagnostic>>,
}

/// The log once it is read.
pub(super) struct Read {
    pub(super) log: EventLog,
    diagnostics: Vec<Diagnostic>,
    inputs: Vec<Input>,
    /// By number of the case: some record has its id.
    pub(super) seen: Vec<AtomicBool>,
}

/// Opens a source; `more` are expressions that are asked beside its rules.
pub(super) fn open(
    source: &Source,
    project: &Project,
    packs: &[Pack],
    as_of: i64,
    more: &mut [&mut Script],
) -> (Option<OpenedSource>, Vec<Diagnostic>) {
    let derive = source.derive.iter().map(|it| (it.name.text.clone(), it.script.clone())).collect();
    let Some(events) = &source.events else { return without_events(source, project, packs, derive) };
    let (log, mut diagnostics) = ingest::open(&events.spec);
    let Some(log) = log else { return (None, diagnostics) };
    let opened = if events.alone {
        let mut opened = log.clone();
        opened.spec = source.spec.clone();
        Some(opened)
    } else {
        let (opened, mut found) = ingest::open(&source.spec);
        diagnostics.append(&mut found);
        opened
    };
    let Some(opened) = opened else { return (None, diagnostics) };
    let names = names(events, &log, &mut diagnostics);
    let mut schema = if events.alone { of_events_alone(source) } else { opened.schema.clone() };
    let key = source.key.first().and_then(|it| schema.position(&it.text));
    let joins = joins::open(&source.joins, project, &mut schema, &mut diagnostics);
    let calendars = project.calendars.iter().map(|it| it.id.as_str()).collect();
    let (steps, wrong) = (StepCalls::default(), Vec::new());
    let mut cutting = Cutting { log: &log.schema, records: &schema, calendars, steps, wrong };
    let mut packs = packs.to_vec();
    packs.iter_mut().for_each(|it| cutting.pack(it, &source.kind));
    let mut derive: Vec<(String, Script)> = derive;
    derive.iter_mut().for_each(|it| cutting.script(&mut it.1));
    more.iter_mut().for_each(|it| cutting.script(it));
    let Cutting { steps, mut wrong, .. } = cutting;
    diagnostics.append(&mut wrong);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
    }
    let own = schema.fields.len();
    schema.fields.extend(steps.calls.iter().map(|it| field(&it.name, it.ty)));
    let (Some(names), Some(key)) = (names, key.or(events.alone.then_some(0))) else {
        // A key that is no field is told where the source is planned.
        if diagnostics.iter().any(Diagnostic::is_error) {
            return (None, diagnostics);
        }
        let opened =
            OpenedSource { schema, opened: Arc::new(opened), packs, derive, steps, cases: None, joins };
        return (Some(opened), diagnostics);
    };
    let mut asked: Vec<String> =
        steps.calls.iter().filter_map(|it| it.measure.field().map(str::to_owned)).collect();
    asked.sort();
    asked.dedup();
    let setting = courses::Setting {
        events,
        log: &log.schema,
        schema: &schema,
        ask: SourceAsk { derive: derive.clone(), ..ask(source, &project.calendars) },
        setting: (&project.zone, as_of),
        calendars: &project.calendars,
    };
    let (courses, mut wrong) = Courses::plan(&mut packs, &setting, &mut asked);
    diagnostics.append(&mut wrong);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
    }
    schema.fields.extend(courses.fields());
    let cases = CaseSource {
        events: Arc::new(log),
        names,
        steps: events.steps.iter().cloned().collect(),
        asked,
        alone: events.alone,
        courses,
        key,
        own,
        calendars: calendars_of(&steps, project),
        as_of,
        log: OnceLock::new(),
    };
    let cases = Some(cases);
    (Some(OpenedSource { schema, opened: Arc::new(opened), packs, derive, steps, cases, joins }), diagnostics)
}

/// Opens a source whose records are no cases.
fn without_events(
    source: &Source,
    project: &Project,
    packs: &[Pack],
    derive: Vec<(String, Script)>,
) -> (Option<OpenedSource>, Vec<Diagnostic>) {
    let (opened, mut diagnostics) = ingest::open(&source.spec);
    let Some(opened) = opened else { return (None, diagnostics) };
    let mut schema = opened.schema.clone();
    let joins = joins::open(&source.joins, project, &mut schema, &mut diagnostics);
    let (opened, packs, steps) = (Arc::new(opened), packs.to_vec(), StepCalls::default());
    (Some(OpenedSource { schema, opened, packs, derive, steps, cases: None, joins }), diagnostics)
}

/// The calendars that questions name, ready.
fn calendars_of(steps: &StepCalls, project: &Project) -> HashMap<String, Arc<Calendar>> {
    let mut calendars = HashMap::new();
    for call in &steps.calls {
        if let Measure::IdleMax(Some(id)) = &call.measure
            && let Some(declared) = project.calendars.iter().find(|it| it.id == *id)
        {
            calendars.entry(id.clone()).or_insert_with(|| Arc::new(declared.ready()));
        }
    }
    calendars
}

/// The schema of cases that are no more than what their events say: their id.
fn of_events_alone(source: &Source) -> Schema {
    let key = source.key.first().map_or("case", |it| it.text.as_str());
    Schema { fields: vec![field(key, Type::Text)] }
}

pub(super) fn field(name: &str, ty: Type) -> Field {
    Field {
        name: name.to_owned(),
        from: name.to_owned(),
        ty,
        choices: Vec::new(),
        format: None,
        separator: None,
        inferred: false,
    }
}

/// The numbers of the fields that `events` names: case, activity, time, actor.
fn names(events: &Events, log: &Opened, diagnostics: &mut Vec<Diagnostic>) -> Option<[Option<usize>; 4]> {
    let fields = [
        ("case", Some(&events.case)),
        ("activity", Some(&events.activity)),
        ("at", Some(&events.at)),
        ("actor", events.actor.as_ref()),
    ];
    let before = diagnostics.len();
    let numbers = fields.map(|(key, name)| {
        let name = name?;
        let found = log.schema.position(&name.text);
        if found.is_none() {
            let said = Diagnostic::error(wording::EVENTS_FIELD).with("key", key).with("name", &name.text);
            let known: Vec<&str> = log.schema.fields.iter().map(|it| it.name.as_str()).collect();
            let said = match nearest(&name.text, known.iter().copied()) {
                Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                None => said.help_with(wording::HELP_EVENT_FIELDS, vec![("names", known.join(", "))]),
            };
            diagnostics.push(said.at(name.place.clone()));
        }
        found
    });
    let time = numbers[2].map(|it| log.schema.fields[it].ty);
    if let Some(found) = time.filter(|it| *it != Type::Time) {
        let said = Diagnostic::error(wording::EVENTS_TIME).with("name", &events.at.text);
        let said = said.with("found", found.name()).at(events.at.place.clone());
        let help = vec![("name", events.at.text.clone())];
        diagnostics.push(said.help_with(wording::HELP_EVENTS_TIME, help));
    }
    (diagnostics.len() == before).then_some(numbers)
}

/// Cuts the questions about steps out of what looks at a source's records.
struct Cutting<'a> {
    log: &'a Schema,
    records: &'a Schema,
    calendars: Vec<&'a str>,
    steps: StepCalls,
    wrong: Vec<Diagnostic>,
}

impl Cutting<'_> {
    fn script(&mut self, script: &mut Script) {
        match self.steps.cut(script, (self.log, Some(self.records)), &self.calendars) {
            Ok(cut) => *script = cut,
            Err(mut wrong) => self.wrong.append(&mut wrong),
        }
    }

    fn pack(&mut self, pack: &mut Pack, kind: &str) {
        pack.rules.iter_mut().filter(|it| it.on == kind).for_each(|it| self.rule(it));
        pack.promises.iter_mut().filter(|it| it.on == kind).for_each(|it| self.promise(it));
        let items = pack.scorecards.iter_mut().flat_map(|it| &mut it.sections).flat_map(|it| &mut it.items);
        for item in items.filter(|it| it.on.as_ref().is_some_and(|on| on.0 == kind)) {
            if let Scored::Metric(script) = &mut item.of {
                self.script(script);
            }
        }
    }

    fn rule(&mut self, rule: &mut Rule) {
        rule.when.iter_mut().for_each(|it| self.script(it));
        self.script(&mut rule.check);
        if let Reach::Groups(per) = &mut rule.reach {
            per.by.iter_mut().for_each(|it| self.script(it));
        }
    }

    fn promise(&mut self, promise: &mut Promise) {
        let (when, calendar) = (promise.when.iter_mut(), promise.calendar.iter_mut());
        when.chain(calendar).chain([&mut promise.start, &mut promise.stop]).for_each(|it| self.script(it));
        for pause in &mut promise.pauses {
            let Pause::Span(from, to) = pause else { continue };
            self.script(from);
            to.iter_mut().for_each(|it| self.script(it));
        }
        if let Target::Expression(script) = &mut promise.target {
            self.script(script);
        }
    }
}

impl OpenedSource {
    /// What planning is told of it.
    pub(super) fn ask(&self, source: &Source, calendars: &[DeclaredCalendar]) -> SourceAsk {
        SourceAsk { derive: self.derive.clone(), ..ask(source, calendars) }
    }

    /// A complaint with questions as they were written.
    pub(super) fn told(&self, said: Diagnostic) -> Diagnostic {
        said.rewritten(|it| self.steps.as_written(it))
    }

    /// Reads the events, if there are any, before they are asked for: within a bound of memory, and until someone
    /// wants an end of it.
    pub(super) fn read_events(
        &self,
        bytes_max: usize,
        cancelled: &AtomicBool,
    ) -> Result<(), Box<Diagnostic>> {
        let Some(cases) = &self.cases else { return Ok(()) };
        let read = cases.log.get_or_init(|| cases.read(self, bytes_max, cancelled));
        read.as_ref().map(|_| ()).map_err(|it| Box::new(it.clone()))
    }

    /// The events, read once.
    pub(super) fn read(&self) -> Result<Option<(&CaseSource, &Read)>, Box<Diagnostic>> {
        let Some(cases) = &self.cases else { return Ok(None) };
        match cases.log.get_or_init(|| cases.read(self, EVENT_BYTES, &AtomicBool::new(false))) {
            Ok(read) => Ok(Some((cases, read))),
            Err(said) => Err(Box::new(said.clone())),
        }
    }

    /// What is told of the events, once the cases have been judged, and the files that they were in.
    pub(super) fn events_told(&self) -> (Vec<Diagnostic>, Vec<Input>) {
        let Ok(Some((cases, read))) = self.read() else { return (Vec::new(), Vec::new()) };
        let mut diagnostics = read.diagnostics.clone();
        let stray = read.seen.iter().filter(|it| !it.load(Ordering::Relaxed)).count();
        if !cases.alone && stray > 0 {
            let said = Diagnostic::warning(wording::EVENTS_STRAY).with("source", self.spec.id.clone());
            diagnostics.push(said.with("count", stray.to_string()).help(wording::HELP_STRAY));
        }
        (diagnostics, read.inputs.clone())
    }
}

impl CaseSource {
    fn read(
        &self,
        source: &OpenedSource,
        bytes_max: usize,
        cancelled: &AtomicBool,
    ) -> Result<Read, Diagnostic> {
        let want = |field: usize, as_written: bool| PlanColumn { field, as_written, coded: false };
        let [case, activity, at, actor] = self.names;
        let named = [(case, true), (activity, true), (at, false), (actor, true)];
        let mut columns: Vec<PlanColumn> =
            named.iter().filter_map(|(field, as_written)| Some(want((*field)?, *as_written))).collect();
        let first = columns.len();
        let asked = self.asked.iter().filter_map(|it| self.events.schema.position(it));
        columns.extend(asked.map(|it| want(it, false)));
        let files = Files::new(&self.events, &columns).map_err(|it| *it)?;
        let mut log = LogBuilder::new(Spill { bytes_max, make: temporary });
        let (mut diagnostics, mut inputs) =
            (Vec::new(), inputs(&self.events, &format!("{}.events", source.spec.id)));
        let reader = &files;
        let (mut worker, mut batch, mut fields) = (reader.worker(), Batch::default(), Vec::new());
        while let Some((_, faults)) = reader.next(&mut worker, &mut batch).map_err(|it| *it)? {
            if cancelled.load(Ordering::Relaxed) {
                return Err(*audit::cancelled());
            }
            inputs[batch.file as usize].records += batch.len as u64;
            for fault in &faults {
                let input = &mut inputs[fault.file as usize];
                let is_cell = fault.kind == FaultKind::BadCell;
                *if is_cell { &mut input.bad_cells } else { &mut input.rejected } += 1;
                if diagnostics.len() < Audit::DIAGNOSTICS_MAX {
                    diagnostics.push(fault_diagnostic(&self.events, fault));
                }
            }
            let text = |column: usize, row: usize| batch.columns[column].text(row, &batch.text);
            for row in 0..batch.len {
                let at = match (&batch.columns[2].values, batch.columns[2].valid.get(row)) {
                    (Values::Int(values), true) => Some(values[row]),
                    _ => None,
                };
                let actor = actor.and_then(|_| text(3, row));
                fields.clear();
                fields.extend((first..columns.len()).map(|it| batch.value(it, row)));
                let step = text(1, row).unwrap_or_default();
                let step = self.steps.get(step).map_or(step, String::as_str);
                let pushed = log.push(text(0, row), at, (step, actor), &fields, batch.origin(row));
                pushed.map_err(|it| *cannot_spool("", &it))?;
            }
        }
        let log = log.finish().map_err(|it| *cannot_spool("", &it))?;
        diagnostics.append(&mut self.told(source, &log));
        let seen = (0..log.cases()).map(|_| AtomicBool::new(false)).collect();
        Ok(Read { log, diagnostics, inputs, seen })
    }

    /// What is told of a log: what was left out, and steps that no event has.
    fn told(&self, source: &OpenedSource, log: &EventLog) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let (left, id) = (log.left(), source.spec.id.clone());
        if left.without_case + left.without_time > 0 {
            let said = Diagnostic::warning(wording::EVENTS_LEFT).with("source", id.clone());
            let said = said.with("without_case", left.without_case.to_string());
            diagnostics.push(said.with("without_time", left.without_time.to_string()));
        }
        if left.ties > 0 {
            let said = Diagnostic::note(wording::EVENTS_TIES).with("source", id);
            diagnostics.push(said.with("count", left.ties.to_string()));
        }
        let steps = log.steps();
        let mut unknown: Vec<&str> = Vec::new();
        let asked = source.steps.calls.iter().flat_map(|it| it.measure.steps());
        for step in asked.chain(self.courses.steps()) {
            if !steps.contains(&step) && !unknown.contains(&step) {
                unknown.push(step);
            }
        }
        for step in unknown {
            let said = Diagnostic::warning(wording::UNKNOWN_STEP).with("name", step);
            let names = steps.iter().take(STEPS_MAX).copied().collect::<Vec<_>>().join(", ");
            diagnostics.push(match nearest(step, steps.iter().copied()) {
                Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                None => said.help_with(wording::HELP_STEPS, vec![("names", names)]),
            });
        }
        diagnostics
    }
}

fn inputs(events: &Opened, source: &str) -> Vec<Input> {
    let input = |it: &ingest::FileInfo| Input {
        source: source.to_owned(),
        file: it.shown.clone(),
        bytes: it.bytes,
        records: 0,
        rejected: 0,
        bad_cells: 0,
    };
    events.files.iter().map(input).collect()
}
