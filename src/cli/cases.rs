//! Sources as they are opened: files alone, or files and a log of events that makes cases of them.

use super::{
    batches::{Files, Worker},
    plans::ask,
    source_run::fault_diagnostic,
};
use crate::{
    audit::{Audit, Input},
    calendar::Calendar,
    case::{EventLog, LogBuilder, Measure, Reckoning},
    diagnostic::{Diagnostic, nearest},
    engine::{Batches, PlanColumn, SourceAsk},
    ingest::{self, Fault, FaultKind, Opened},
    project::{Events, Project, Source},
    record::{Batch, Column, Field, Schema, Type, Value, Values},
    rule::{DeclaredCalendar, Pack, Promise, Reach, Rule, Scored, Script, Target},
    script::StepCalls,
    wording,
};
use std::{
    collections::HashMap,
    ops::Deref,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// Cases without records of their own are handed out so many at once.
const CASES_AT_ONCE: usize = 4096;
/// Steps that are named where one is not known.
const STEPS_MAX: usize = 12;

/// A source whose schema is frozen: that of its files, and behind it what its rules ask about steps.
pub(super) struct OpenedSource {
    opened: Arc<Opened>,
    /// Of the records that rules see.
    pub(super) schema: Schema,
    /// The packs, with names in place of questions about steps.
    pub(super) packs: Vec<Pack>,
    /// Derived fields, likewise.
    pub(super) derive: Vec<(String, Script)>,
    /// The questions.
    pub(super) steps: StepCalls,
    cases: Option<CaseSource>,
}

impl Deref for OpenedSource {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        &self.opened
    }
}

/// Where cases come from.
struct CaseSource {
    events: Arc<Opened>,
    /// The numbers of the log's fields: case, activity, time, actor.
    names: [Option<usize>; 4],
    /// Fields of the log that are asked for besides.
    asked: Vec<String>,
    alone: bool,
    /// The field of the case id among the records' own.
    key: usize,
    /// Fields before those of questions.
    own: usize,
    calendars: HashMap<String, Arc<Calendar>>,
    as_of: i64,
    log: OnceLock<Result<Read, Diagnostic>>,
}

/// The log once it is read.
struct Read {
    log: EventLog,
    diagnostics: Vec<Diagnostic>,
    inputs: Vec<Input>,
    /// By number of the case id: some record has it.
    seen: Vec<AtomicBool>,
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
    let Some(events) = &source.events else {
        let (opened, diagnostics) = ingest::open(&source.spec);
        let opened = opened.map(|opened| OpenedSource {
            schema: opened.schema.clone(),
            opened: Arc::new(opened),
            packs: packs.to_vec(),
            derive,
            steps: StepCalls::default(),
            cases: None,
        });
        return (opened, diagnostics);
    };
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
    let calendars = project.calendars.iter().map(|it| it.id.as_str()).collect();
    let mut cutting = Cutting { log: &log.schema, calendars, steps: StepCalls::default(), wrong: Vec::new() };
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
        let opened = OpenedSource { schema, opened: Arc::new(opened), packs, derive, steps, cases: None };
        return (Some(opened), diagnostics);
    };
    let mut asked: Vec<String> =
        steps.calls.iter().filter_map(|it| it.measure.field().map(str::to_owned)).collect();
    asked.sort();
    asked.dedup();
    let mut calendars = HashMap::new();
    for call in &steps.calls {
        if let Measure::IdleMax(Some(id)) = &call.measure
            && let Some(declared) = project.calendars.iter().find(|it| it.id == *id)
        {
            calendars.entry(id.clone()).or_insert_with(|| Arc::new(declared.ready()));
        }
    }
    let cases = CaseSource {
        events: Arc::new(log),
        names,
        asked,
        alone: events.alone,
        key,
        own,
        calendars,
        as_of,
        log: OnceLock::new(),
    };
    let cases = Some(cases);
    (Some(OpenedSource { schema, opened: Arc::new(opened), packs, derive, steps, cases }), diagnostics)
}

/// The schema of cases that are no more than what their events say: their id.
fn of_events_alone(source: &Source) -> Schema {
    let key = source.key.first().map_or("case", |it| it.text.as_str());
    Schema { fields: vec![field(key, Type::Text)] }
}

fn field(name: &str, ty: Type) -> Field {
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
    calendars: Vec<&'a str>,
    steps: StepCalls,
    wrong: Vec<Diagnostic>,
}

impl Cutting<'_> {
    fn script(&mut self, script: &mut Script) {
        match self.steps.cut(script, self.log, &self.calendars) {
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
            self.script(&mut pause.from);
            pause.to.iter_mut().for_each(|it| self.script(it));
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

    /// The events, read once.
    fn read(&self) -> Result<Option<(&CaseSource, &Read)>, Box<Diagnostic>> {
        let Some(cases) = &self.cases else { return Ok(None) };
        match cases.log.get_or_init(|| cases.read(self)) {
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
    fn read(&self, source: &OpenedSource) -> Result<Read, Diagnostic> {
        let want = |field: usize, as_written: bool| PlanColumn { field, as_written, coded: false };
        let [case, activity, at, actor] = self.names;
        let named = [(case, true), (activity, true), (at, false), (actor, true)];
        let mut columns: Vec<PlanColumn> =
            named.iter().filter_map(|(field, as_written)| Some(want((*field)?, *as_written))).collect();
        let first = columns.len();
        let asked = self.asked.iter().filter_map(|it| self.events.schema.position(it));
        columns.extend(asked.map(|it| want(it, false)));
        let files = Files::new(&self.events, &columns).map_err(|it| *it)?;
        let mut log = LogBuilder::default();
        let (mut diagnostics, mut inputs) =
            (Vec::new(), inputs(&self.events, &format!("{}.events", source.spec.id)));
        let reader = &files;
        let (mut worker, mut batch) = (reader.worker(), Batch::default());
        while let Some((_, faults)) = reader.next(&mut worker, &mut batch).map_err(|it| *it)? {
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
                let fields = (first..columns.len()).map(|it| batch.value(it, row)).collect();
                let step = text(1, row).unwrap_or_default();
                log.push(text(0, row), at, (step, actor), fields, batch.origin(row));
            }
        }
        let log = log.finish();
        diagnostics.append(&mut self.told(source, &log));
        let seen = log.ids().iter().map(|_| AtomicBool::new(false)).collect();
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
        for step in source.steps.calls.iter().flat_map(|it| it.measure.steps()) {
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

/// Where a planned column comes from.
#[derive(Clone, Copy, Debug)]
enum From {
    /// The records' own file, by the place among the columns read of it.
    File(usize),
    /// The case id, where there are no records.
    Id,
    /// A question, by number.
    Step(usize),
}

/// The records of a source: of its files, or cases.
pub(super) struct Records<'a> {
    files: Option<Files>,
    cases: Option<Cases<'a>>,
}

struct Cases<'a> {
    read: &'a Read,
    columns: Vec<(From, Type)>,
    reckonings: Vec<(usize, Reckoning<'a>)>,
    /// Of cases without records the next to be handed out.
    next: AtomicUsize,
}

impl<'a> Records<'a> {
    /// Reads the planned columns of a source.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) fn new(source: &'a OpenedSource, columns: &[PlanColumn]) -> Result<Self, Box<Diagnostic>> {
        let Some((cases, read)) = source.read()? else {
            return Ok(Self { files: Some(Files::new(&source.opened, columns)?), cases: None });
        };
        let mut own: Vec<PlanColumn> = Vec::new();
        let mut from = Vec::new();
        let mut reckonings: Vec<(usize, Reckoning<'a>)> = Vec::new();
        for column in columns {
            let ty = if column.as_written { Type::Text } else { source.schema.fields[column.field].ty };
            from.push((
                match column.field.checked_sub(cases.own) {
                    Some(number) => {
                        if reckonings.iter().all(|it| it.0 != number) {
                            let measure = &source.steps.calls[number].measure;
                            let calendar = |id: &str| cases.calendars.get(id).cloned();
                            let one = Reckoning::new(&read.log, measure, &cases.asked, calendar, cases.as_of);
                            reckonings.push((number, one));
                        }
                        From::Step(number)
                    }
                    None if cases.alone => From::Id,
                    None => {
                        own.push(*column);
                        From::File(own.len() - 1)
                    }
                },
                ty,
            ));
        }
        let files = if cases.alone {
            None
        } else {
            // The id comes last, and is taken off again.
            own.push(PlanColumn { field: cases.key, as_written: true, coded: false });
            Some(Files::new(&source.opened, &own)?)
        };
        let cases = Cases { read, columns: from, reckonings, next: AtomicUsize::new(0) };
        Ok(Self { files, cases: Some(cases) })
    }

    /// Bytes of the records' files, and how many of them are read.
    pub(super) fn bytes(&self) -> (u64, u64) {
        self.files.as_ref().map_or((0, 0), |it| (it.reader.bytes_total(), it.reader.bytes_read()))
    }
}

/// What a worker keeps.
pub(super) struct RecordWorker<'a>(Option<Worker<'a>>);

impl<'a> Batches for &'a Records<'_> {
    type Worker = RecordWorker<'a>;
    type Faults = Vec<Fault>;

    fn worker(&self) -> RecordWorker<'a> {
        RecordWorker(self.files.as_ref().map(|files| {
            let files: &'a Files = files;
            (&files).worker()
        }))
    }

    fn next(
        &self,
        worker: &mut RecordWorker<'a>,
        batch: &mut Batch,
    ) -> Result<Option<(u64, Vec<Fault>)>, Box<Diagnostic>> {
        let read = match (&self.files, &mut worker.0) {
            (Some(files), Some(worker)) => (&files).next(worker, batch)?,
            _ => self.cases.as_ref().and_then(|it| it.alone(batch)).map(|it| (it, Vec::new())),
        };
        if let (Some(_), Some(cases)) = (&read, &self.cases) {
            cases.complete(batch, self.files.is_some());
        }
        Ok(read)
    }
}

impl Cases<'_> {
    /// The next cases that have no records: their ids in a column, each at its first event.
    fn alone(&self, batch: &mut Batch) -> Option<u64> {
        let ids = self.read.log.ids();
        let first = self.next.fetch_add(CASES_AT_ONCE, Ordering::Relaxed);
        let ids = &ids[first.min(ids.len())..(first + CASES_AT_ONCE).min(ids.len())];
        if ids.is_empty() {
            return None;
        }
        let first_event =
            |id: &str| self.read.log.events(id).iter().map(|it| it.origin).min_by_key(|it| (it.file, it.row));
        let values: Vec<Value> = ids.iter().map(|it| Value::Text(it.clone())).collect();
        *batch = Batch {
            len: ids.len(),
            columns: vec![Column::of_values(Type::Text, &values)],
            rows: ids.iter().map(|it| first_event(it).map_or(0, |it| it.row)).collect(),
            first_record: first as u64,
            ..Batch::default()
        };
        Some((first / CASES_AT_ONCE) as u64)
    }

    /// Puts the columns of a batch, whose last is the case id, in the planned order, those of questions among them.
    fn complete(&self, batch: &mut Batch, of_files: bool) {
        let Some(id) = batch.columns.pop() else { return };
        let ids: Vec<Option<&str>> = (0..batch.len).map(|row| id.text(row, &batch.text)).collect();
        let log = &self.read.log;
        for id in ids.iter().flatten() {
            if let Ok(number) = log.ids().binary_search_by(|it| (**it).cmp(id)) {
                self.read.seen[number].store(true, Ordering::Relaxed);
            }
        }
        let reckoned: HashMap<usize, Vec<Value>> = self
            .reckonings
            .iter()
            .map(|(number, reckoning)| {
                let of = |id: &Option<&str>| id.map_or(Value::Missing, |it| reckoning.of(log.events(it)));
                (*number, ids.iter().map(of).collect())
            })
            .collect();
        let own = std::mem::take(&mut batch.columns);
        let column = |(from, ty): &(From, Type)| match from {
            From::File(number) if of_files => own[*number].clone(),
            From::File(_) | From::Id => id.clone(),
            From::Step(number) => Column::of_values(*ty, &reckoned[number]),
        };
        batch.columns = self.columns.iter().map(column).collect();
    }
}
