//! The records of a source as the engine's source of batches: columns of its files, and woven in between answers about
//! the steps of cases and fields of partners.

use super::{
    audit::cannot_spool,
    batches::{Files, Worker},
    cases::{CaseSource, OpenedSource, Read},
    joins::Joined,
};
use crate::{
    case::{CaseEvents, Fetched, Reckoning},
    diagnostic::Diagnostic,
    engine::{Batches, PlanColumn},
    ingest::Fault,
    record::{Batch, Column, Type, Value},
};
use std::{
    collections::HashMap,
    io,
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Cases without records of their own are handed out so many at once.
const CASES_AT_ONCE: usize = 4096;

/// Where a planned column comes from.
#[derive(Clone, Copy, Debug)]
enum From {
    /// The records' own file, by the place among the columns read of it; where cases have no records, their id.
    Own(usize),
    /// A question, by number.
    Step(usize),
    /// A list about the course of a case, by number.
    Course(usize),
    /// A field of a partner: the join, and the place among the fields asked of it.
    Joined(usize, usize),
}

/// The records of a source: of its files, or cases, with what stands beside them.
pub(super) struct Records<'a> {
    files: Option<Files>,
    /// Of cases without records the next to be handed out.
    next: AtomicUsize,
    log: Option<&'a Read>,
    weave: Option<Weave<'a>>,
    id: &'a str,
}

/// Columns that are not in the files, woven in.
struct Weave<'a> {
    /// Those that are planned, then those that only courses are read from.
    columns: Vec<(From, Type)>,
    /// How many are planned.
    planned: usize,
    /// The fields behind the planned ones.
    more: Vec<usize>,
    cases: Option<&'a CaseSource>,
    /// The column of the case id among those read.
    id: Option<usize>,
    reckonings: Vec<(usize, Reckoning<'a>)>,
    /// Fields of records that questions read, each with its column among those read.
    record_fields: Vec<(&'a str, usize)>,
    joins: Vec<Joined<'a>>,
}

impl<'a> Records<'a> {
    /// Reads the planned columns of a source.
    ///
    /// # Errors
    /// A file that cannot be read; a reference that has a key twice.
    pub(super) fn new(source: &'a OpenedSource, columns: &[PlanColumn]) -> Result<Self, Box<Diagnostic>> {
        let read = source.read()?;
        let (next, id) = (AtomicUsize::new(0), source.spec.id.as_str());
        if read.is_none() && source.joins.is_empty() {
            let files = Some(Files::new(&source.opened, columns)?);
            return Ok(Self { files, next, log: None, weave: None, id });
        }
        let alone = read.as_ref().is_some_and(|it| it.0.alone);
        let mut own: Vec<PlanColumn> = Vec::new();
        let mut asked: Vec<Vec<(usize, bool)>> = vec![Vec::new(); source.joins.len()];
        let mut from = Vec::new();
        let mut reckonings: Vec<(usize, Reckoning<'a>)> = Vec::new();
        // What courses are read from stands behind what is planned.
        let more = read.as_ref().map_or_else(Vec::new, |it| read_by_courses(source, it.0, columns));
        let extra: Vec<PlanColumn> =
            more.iter().map(|field| PlanColumn { field: *field, as_written: false, coded: false }).collect();
        for column in columns.iter().chain(&extra) {
            let ty = if column.as_written { Type::Text } else { source.schema.fields[column.field].ty };
            let joined =
                source.joins.iter().enumerate().find_map(|(at, join)| Some((at, join.field(column.field)?)));
            let step = read.as_ref().and_then(|(cases, _)| column.field.checked_sub(cases.own));
            from.push((
                match (joined, step, &read) {
                    (Some((join, field)), ..) => {
                        asked[join].push((field, column.as_written));
                        From::Joined(join, asked[join].len() - 1)
                    }
                    (None, Some(number), Some(_)) if number >= source.steps.calls.len() => {
                        From::Course(number - source.steps.calls.len())
                    }
                    (None, Some(number), Some((cases, read))) => {
                        if reckonings.iter().all(|it| it.0 != number) {
                            reckonings.push((number, cases.reckoning(source, read, number)));
                        }
                        From::Step(number)
                    }
                    // Cases without records have their id, and nothing else.
                    _ if alone => From::Own(0),
                    _ => {
                        own.push(*column);
                        From::Own(own.len() - 1)
                    }
                },
                ty,
            ));
        }
        let mut record_fields = Vec::new();
        for name in reckonings.iter().filter_map(|it| source.steps.calls[it.0].measure.record_field()) {
            let Some(field) = source.opened.schema.position(name).filter(|_| !alone) else { continue };
            own.push(PlanColumn { field, as_written: false, coded: false });
            record_fields.push((name, own.len() - 1));
        }
        // What is only looked up by comes last.
        let mut look_up = |field: usize| {
            own.push(PlanColumn { field, as_written: true, coded: false });
            own.len() - 1
        };
        let id_column = read.as_ref().map(|it| if alone { 0 } else { look_up(it.0.key) });
        let mut joins = Vec::new();
        for (join, fields) in source.joins.iter().zip(asked).filter(|it| !it.1.is_empty()) {
            let field = |name: &String| source.schema.position(name).unwrap_or_default();
            let on = join.on.iter().map(|it| if alone { 0 } else { look_up(field(&it.0)) });
            let on = on.map(|it| u32::try_from(it).unwrap_or(u32::MAX)).collect();
            joins.push(Joined::new(join, &fields, on)?);
        }
        renumber(&mut from, source.joins.len());
        let files = if alone { None } else { Some(Files::new(&source.opened, &own)?) };
        let (cases, planned) = (read.as_ref().map(|it| it.0), columns.len());
        let weave = Some(Weave {
            columns: from,
            planned,
            more,
            cases,
            id: id_column,
            reckonings,
            record_fields,
            joins,
        });
        Ok(Self { files, next, log: read.map(|it| it.1), weave, id })
    }

    /// Bytes of the records' files, and how many of them are read.
    pub(super) fn bytes(&self) -> (u64, u64) {
        self.files.as_ref().map_or((0, 0), |it| (it.reader.bytes_total(), it.reader.bytes_read()))
    }

    /// What is told of joins, once all records have been read.
    pub(super) fn told(&self) -> Vec<Diagnostic> {
        self.weave.iter().flat_map(|it| &it.joins).filter_map(|it| it.told(self.id)).collect()
    }

    /// The next cases that have no records: their ids in a column, each at its first event.
    fn alone(&self, batch: &mut Batch) -> Result<Option<u64>, Box<Diagnostic>> {
        let Some(read) = self.log else { return Ok(None) };
        let log = &read.log;
        let first = self.next.fetch_add(CASES_AT_ONCE, Ordering::Relaxed).min(log.cases());
        let cases = first..(first + CASES_AT_ONCE).min(log.cases());
        if cases.is_empty() {
            return Ok(None);
        }
        let (mut rows, mut files) = (Vec::with_capacity(cases.len()), Vec::with_capacity(cases.len()));
        let mut fetched = Fetched::default();
        for case in cases.clone() {
            let range = log.fetch(case, &mut fetched).map_err(|it| cannot_spool("", &it))?;
            let origins = fetched.of(range).iter().map(|it| it.origin).min_by_key(|it| (it.file, it.row));
            rows.push(origins.map_or(0, |it| it.row));
            files.push(origins.map_or(0, |it| it.file));
        }
        let values: Vec<Value> = cases.clone().map(|it| Value::Text(log.id(it).into())).collect();
        *batch = Batch {
            len: cases.len(),
            columns: vec![Column::of_values(Type::Text, &values)],
            rows,
            files,
            first_record: first as u64,
            ..Batch::default()
        };
        Ok(Some((first / CASES_AT_ONCE) as u64))
    }
}

impl CaseSource {
    fn reckoning<'a>(&'a self, source: &'a OpenedSource, read: &'a Read, number: usize) -> Reckoning<'a> {
        let measure = &source.steps.calls[number].measure;
        let calendar = |id: &str| self.calendars.get(id).cloned();
        Reckoning::new(&read.log, measure, &self.asked, calendar, self.as_of)
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
            files.worker()
        }))
    }

    fn next(
        &self,
        worker: &mut RecordWorker<'a>,
        batch: &mut Batch,
    ) -> Result<Option<(u64, Vec<Fault>)>, Box<Diagnostic>> {
        let read = match (&self.files, &mut worker.0) {
            (Some(files), Some(worker)) => files.next(worker, batch)?,
            _ => self.alone(batch)?.map(|it| (it, Vec::new())),
        };
        if let (Some(_), Some(weave)) = (&read, &self.weave) {
            weave.complete(batch, self.log).map_err(|it| cannot_spool("", &it))?;
        }
        Ok(read)
    }
}

impl Weave<'_> {
    /// Puts the columns of a batch in the planned order, those of questions and partners among them.
    fn complete(&self, batch: &mut Batch, read: Option<&Read>) -> io::Result<()> {
        let mut fetched = Fetched::default();
        let is_asked =
            !self.reckonings.is_empty() || self.columns.iter().any(|it| matches!(it.0, From::Course(_)));
        let cases = match (self.id, read) {
            (Some(id), Some(read)) => events((batch, id), read, is_asked, &mut fetched)?,
            _ => Vec::new(),
        };
        let cases: Vec<CaseAt<'_>> = cases.iter().map(|it| case_at(it, &fetched)).collect();
        let one =
            |(number, reckoning): &(usize, Reckoning<'_>)| (*number, self.reckoned(reckoning, &cases, batch));
        let reckoned: HashMap<usize, Vec<Value>> = self.reckonings.iter().map(one).collect();
        let partners: Vec<Vec<Option<usize>>> = self.joins.iter().map(|it| it.partners(batch)).collect();
        let column = |(from, ty): &(From, Type)| match from {
            From::Own(number) => batch.columns[*number].clone(),
            From::Step(number) => Column::of_values(*ty, &reckoned[number]),
            From::Joined(join, number) => self.joins[*join].column(*number, *ty, &partners[*join]),
            // Put in once all others are there.
            From::Course(_) => Column::new(*ty),
        };
        let mut columns: Vec<Column> = self.columns.iter().map(column).collect();
        self.put_courses(&mut columns, &cases, read, &batch.text);
        columns.truncate(self.planned);
        batch.columns = columns;
        Ok(())
    }

    /// The answers to a question for these cases.
    fn reckoned(&self, reckoning: &Reckoning<'_>, cases: &[CaseAt<'_>], batch: &Batch) -> Vec<Value> {
        // What is read of the records stands behind what is planned, as written in their files.
        let field =
            reckoning.record_field().and_then(|it| self.record_fields.iter().find(|known| known.0 == it));
        let column = field.map(|it| &batch.columns[it.1]);
        let one = |(row, it): (usize, &CaseAt<'_>)| {
            let of_record = column.map_or(Value::Missing, |it| it.value(row, &batch.text));
            it.1.map_or(Value::Missing, |it| reckoning.of(it, &of_record))
        };
        cases.iter().enumerate().map(one).collect()
    }

    /// Puts the lists about the courses of these cases in their places.
    fn put_courses(&self, columns: &mut [Column], cases: &[CaseAt<'_>], read: Option<&Read>, text: &str) {
        let (Some(source), Some(read)) = (self.cases, read) else { return };
        let places = (0..self.planned).filter_map(|at| match self.columns[at].0 {
            From::Course(number) => Some((at, number)),
            From::Own(_) | From::Step(_) | From::Joined(..) => None,
        });
        let (places, numbers): (Vec<usize>, Vec<usize>) = places.unzip();
        if places.is_empty() {
            return;
        }
        let found = {
            let own = |field: usize| {
                let at = self.more.binary_search(&field).ok()?;
                columns.get(self.planned + at)
            };
            let cases: Vec<(&str, CaseEvents<'_>)> =
                cases.iter().map(|(id, events)| (*id, events.unwrap_or_default())).collect();
            source.courses.columns(&numbers, (&read.log, &cases), &own, text)
        };
        for (at, column) in places.into_iter().zip(found) {
            columns[at] = column;
        }
    }
}

/// Joins that nothing is asked of are left out: the others move up.
fn renumber(from: &mut [(From, Type)], joins: usize) {
    let is_asked = |at: usize, all: &[(From, Type)]| {
        all.iter().any(|it| matches!(it.0, From::Joined(join, _) if join == at))
    };
    let asked: Vec<usize> = (0..joins).filter(|it| is_asked(*it, from)).collect();
    for (from, _) in from {
        if let From::Joined(join, _) = from {
            *join = asked.iter().position(|it| it == join).unwrap_or_default();
        }
    }
}

/// The fields of records from which the planned lists about courses are read, sorted.
fn read_by_courses(source: &OpenedSource, cases: &CaseSource, columns: &[PlanColumn]) -> Vec<usize> {
    let first = cases.own + source.steps.calls.len();
    let courses = columns.iter().filter_map(|it| it.field.checked_sub(first));
    let mut fields: Vec<usize> = courses.flat_map(|it| cases.courses.own_fields(it)).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// The id of a record's case, and its events; `None` where the record has no id.
type CaseAt<'a> = (&'a str, Option<CaseEvents<'a>>);

/// The id of a record's case, and where its events were fetched to; `None` without events.
type FetchedAt<'a> = Option<(&'a str, Option<Range<usize>>)>;

/// Fetches the events of the records of a batch, whose ids stand in a column, if anything is asked of them.
fn events<'r>(
    (batch, id): (&'r Batch, usize),
    read: &Read,
    is_asked: bool,
    fetched: &mut Fetched,
) -> io::Result<Vec<FetchedAt<'r>>> {
    let id = &batch.columns[id];
    let one = |row: usize| {
        let Some(id) = id.text(row, &batch.text) else { return Ok(None) };
        let Some(case) = read.log.case(id) else { return Ok(Some((id, None))) };
        read.seen[case].store(true, Ordering::Relaxed);
        let range = if is_asked { Some(read.log.fetch(case, fetched)?) } else { None };
        Ok(Some((id, range)))
    };
    (0..batch.len).map(one).collect()
}

fn case_at<'f>(at: &FetchedAt<'f>, fetched: &'f Fetched) -> CaseAt<'f> {
    let Some((id, range)) = at else { return ("", None) };
    (*id, Some(range.clone().map(|it| fetched.of(it)).unwrap_or_default()))
}
