//! Clocks on the records of a batch.

use super::{
    Begun, Cycles, Fault, Marks, OpenTimes, Outcome, Paused, Reading, State, Target,
    course::{Course, Term},
    direct::{Direct, MarksOf},
    judge,
    sheet::{Block, Sheet, bits},
};
use crate::{
    calendar::{Calendar, Clock, Reopening, Retargeting, Terms, Zone},
    record::{Amount, Batch, Column, Dictionary, Type, Value, Values},
};
use std::sync::Arc;

/// Where the target of a record comes from; numbers are columns of the batch.
#[derive(Clone, Debug)]
pub enum TargetInput {
    /// The same for all.
    Amount(Amount),
    /// The column holds the number of the amount.
    Rows(u32, Vec<Amount>),
    /// A column of amounts.
    Amounts(u32),
    /// A column of durations: open time.
    Durations(u32),
    /// A column of due instants.
    Instants(u32),
}

/// Which calendar counts.
#[derive(Clone, Debug)]
pub enum CalendarInput {
    /// Every hour.
    Always,
    /// The same for all.
    One(Arc<Calendar>),
    /// The column holds the id.
    Named(u32, Vec<(String, Arc<Calendar>)>),
}

/// Where pauses are read.
#[derive(Clone, Copy, Debug)]
pub enum PauseInput {
    /// In columns of instants: when a pause begins, and when it ends.
    Span(u32, Option<u32>),
    /// In a column of lists: beginnings and ends by turns.
    Spells(u32),
}

/// What becomes of a clock whose case is opened again.
#[derive(Clone, Copy, Debug)]
pub struct CycleInput {
    /// The column of lists: stops and reopenings by turns.
    pub turns: u32,
    /// The policy.
    pub reopening: Reopening,
}

/// What becomes of a clock whose target changes: columns of lists, one element a change; the first may tell what
/// holds before any.
#[derive(Clone, Copy, Debug)]
pub struct ChangeInput {
    /// When it changes.
    pub at: u32,
    /// The targets, of the kind that the plan says, if not always the same.
    pub targets: Option<u32>,
    /// The ids of calendars, if not always the same.
    pub calendars: Option<u32>,
    /// The policy.
    pub retargeting: Retargeting,
}

/// A promise, ready to be judged on the records of a source.
#[derive(Clone, Debug)]
pub struct ClockPlan {
    /// The column that is true where the promise is given.
    pub when: Option<u32>,
    /// The column of the start.
    pub start: u32,
    /// The column of the stop.
    pub stop: u32,
    /// The target.
    pub target: TargetInput,
    /// The calendar.
    pub calendar: CalendarInput,
    /// The pauses.
    pub pauses: Vec<PauseInput>,
    /// What reopens it.
    pub cycles: Option<CycleInput>,
    /// What changes its target.
    pub changes: Option<ChangeInput>,
    /// The conventions.
    pub terms: Terms,
    /// From which share of the target an open clock is at risk.
    pub warn_at: f64,
    /// The zone of days where there is no calendar.
    pub zone: Zone,
    /// "Now".
    pub as_of: i64,
    /// The names of outcomes, by their number.
    pub outcomes: Dictionary,
    /// False where nobody reads more than the outcome: then the other columns hold nothing.
    pub times_are_read: bool,
    /// Someone reads how many runs there were, and how long.
    pub cycles_are_read: bool,
}

/// How many records stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By [`Outcome::ALL`].
    pub outcomes: [u64; 5],
    /// Records without an outcome.
    pub no_evidence: u64,
    /// Of these, records that reach beyond their calendar.
    pub beyond: u64,
}

/// Why a record has no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Nothing in this column; the flag tells that it could not be read.
    Value(u32, bool),
    /// The target in this column is below 0.
    Negative(u32),
    /// The text in this column is the id of no calendar.
    Calendar(u32),
    /// A pause, by its number, ends before it begins.
    Pause(usize),
    /// The clock itself.
    Clock(Fault),
}

/// What a clock reads of a record.
#[derive(Debug)]
pub struct Read<'a> {
    /// Of several runs, the one that stands worst.
    pub reading: Reading<'a>,
    /// What it lacks.
    pub lack: Option<Lack>,
    /// Of its runs; `None` where there is only this one.
    pub cycles: Option<Cycles>,
}

/// How a promise stands on a record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// What is known.
    pub state: State,
    /// Why there is no outcome.
    pub lack: Option<Lack>,
    /// The run that speaks has stopped.
    pub stopped: bool,
    /// Of all runs.
    pub cycles: Cycles,
}

impl Standing {
    fn of(outcome: Outcome) -> Self {
        let state = State { outcome: Some(outcome), ..State::default() };
        Self { state, ..Self::default() }
    }
}

/// Whether a promise is in force on a record.
pub type InForce<'a> = &'a dyn Fn(usize) -> Result<bool, Lack>;

/// The columns of a promise, in the order of [`Parts::NAMES`], and what they say together.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The columns.
    pub columns: Vec<Column>,
    /// One bit a record that is breached, in words as those of a [`crate::record::Bitmap`].
    pub breached: Vec<u64>,
    /// Counts.
    pub counts: Counts,
    /// Records without an outcome, in order, and why.
    pub lacks: Vec<(usize, Lack)>,
}

impl Parts {
    /// What rules read of a promise, and the types: how it stands, then what is known of all its runs.
    pub const NAMES: [(&'static str, Type); 10] = [
        ("outcome", Type::Text),
        ("due", Type::Time),
        ("open", Type::Duration),
        ("elapsed", Type::Duration),
        ("overrun", Type::Duration),
        ("remaining", Type::Duration),
        ("cycles", Type::Int),
        ("worst", Type::Duration),
        ("last", Type::Duration),
        ("total", Type::Duration),
    ];
    /// The first of these, by number, about all runs.
    pub const CYCLES: usize = 6;
}

/// The instant in a column; `Err` where there is none, with whether it could not be read.
#[inline]
fn instant(column: &Column, row: usize) -> Result<i64, bool> {
    if let (Values::Int(values), true) = (&column.values, column.valid.get(row)) {
        return Ok(values[row]);
    }
    Err(is_unreadable(column, row))
}

#[inline]
fn is_unreadable(column: &Column, row: usize) -> bool {
    column.unreadable.as_ref().is_some_and(|it| it.get(row))
}

impl ClockPlan {
    /// The outcomes as a dictionary.
    #[must_use]
    pub fn outcome_names() -> Dictionary {
        let mut names = Dictionary::default();
        for outcome in Outcome::ALL {
            names.code(outcome.name());
        }
        names
    }

    /// Judges all records of a batch. `marks` are those of the batch; `open` takes the open times of clocks that
    /// have stopped; `in_force` tells, if not always, whether the promise is in force on a record's date, or which
    /// column that would have told is empty.
    pub fn run(
        &self,
        batch: &Batch,
        marks: &mut Marks,
        open: &mut OpenTimes,
        in_force: Option<InForce<'_>>,
    ) -> Parts {
        let marks = self.marks(batch, marks);
        self.run_by(batch, Direct::new(self, batch, marks).as_ref(), open, in_force)
    }

    /// How far the one calendar has come at starts and at stops.
    pub(super) fn marks<'m>(&self, batch: &Batch, marks: &'m mut Marks) -> MarksOf<'m> {
        let CalendarInput::One(calendar) = &self.calendar else { return None };
        let starts = marks.reckon(batch, self.start, calendar)?;
        let stops = marks.reckon(batch, self.stop, calendar)?;
        Some((marks.get(starts), marks.get(stops)))
    }

    /// Judges blocks of records: directly those that have everything the usual clock needs, the others
    /// one by one.
    pub(super) fn run_by(
        &self,
        batch: &Batch,
        direct: Option<&Direct<'_>>,
        open: &mut OpenTimes,
        in_force: Option<InForce<'_>>,
    ) -> Parts {
        let mut sheet = Sheet::new(batch.len, (self.times_are_read, self.cycles_are_read), open);
        let mut block = Block::default();
        let mut pauses = Vec::new();
        for low in (0..batch.len).step_by(Block::LEN) {
            let len = (batch.len - low).min(Block::LEN);
            let all = u64::MAX >> (Block::LEN - len);
            let given = in_force.map_or(all, |it| {
                (0..len).fold(0, |given, at| given | u64::from(it(low + at) == Ok(true)) << at)
            });
            let mut rest = all;
            if let Some(direct) = direct {
                let (ready, not_given) = direct.ready(low);
                let (judged, stopped) = direct.judge(low, len, ready & given, &mut block);
                sheet.count(judged, stopped, &block);
                sheet.not_given(low, not_given & given, &mut block);
                rest &= !(judged | not_given & given);
            }
            for at in bits(rest) {
                let row = low + at;
                let standing = match in_force.map_or(Ok(true), |it| it(row)) {
                    Ok(true) => self.standing(batch, row, &mut pauses),
                    Ok(false) => Standing::of(Outcome::NotApplicable),
                    Err(lack) => Standing { lack: Some(lack), ..Standing::default() },
                };
                sheet.enter((row, at), &mut block, &standing);
            }
            sheet.take(&mut block, len);
        }
        sheet.finish(&self.outcomes)
    }

    /// How the promise stands on one record.
    pub fn standing(&self, batch: &Batch, row: usize, pauses: &mut Vec<Paused>) -> Standing {
        match self.reading(batch, row, pauses) {
            Ok(None) => Standing::of(Outcome::NotApplicable),
            Ok(Some(Read { reading, lack, cycles })) => {
                let (state, fault) = judge(&reading);
                let lack = lack.or(fault.map(Lack::Clock));
                if lack.is_some() {
                    // What depends on a stop that cannot be read is not known.
                    let state = State { due: state.due, ..State::default() };
                    return Standing { state, lack, ..Standing::default() };
                }
                let cycles = cycles.unwrap_or_else(|| Cycles::of_one(&state));
                Standing { state, lack, stopped: reading.stop.is_some(), cycles }
            }
            Err(lack) => Standing { lack: Some(lack), ..Standing::default() },
        }
    }

    /// What the clock reads of a record, of several runs the one that stands worst; `None` where the promise is not
    /// given on it. With a lack beside it, only the due instant follows from it.
    ///
    /// # Errors
    /// There is no start or no target.
    pub fn reading<'a>(
        &'a self,
        batch: &Batch,
        row: usize,
        pauses: &'a mut Vec<Paused>,
    ) -> Result<Option<Read<'a>>, Lack> {
        let column = |number: u32| &batch.columns[number as usize];
        let value = |number: u32| instant(column(number), row).map_err(|bad| Lack::Value(number, bad));
        if let Some(when) = self.when {
            let given = column(when);
            if !given.valid.get(row) {
                return Err(Lack::Value(when, is_unreadable(given, row)));
            }
            if matches!(&given.values, Values::Bool(bits) if !bits.get(row)) {
                return Ok(None);
            }
        }
        let start = value(self.start)?;
        let terms = self.changed_terms(batch, row)?;
        let (target, clock) = match (&self.changes, terms.last()) {
            (Some(_), Some(term)) => (term.target, term.clock),
            _ => (self.target(batch, row)?, self.clock(batch, row)?),
        };
        let mut lack = None;
        let stop = match instant(column(self.stop), row) {
            Ok(stop) => Some(stop),
            Err(true) => {
                lack = Some(Lack::Value(self.stop, true));
                None
            }
            Err(false) => None,
        };
        let turns = self.cycles.map_or(Ok(&[][..]), |it| instants(column(it.turns), row, it.turns))?;
        // A clock that is opened again may run on after its first stop.
        let end = if turns.len() > 1 { self.as_of.max(start) } else { stop.unwrap_or(self.as_of.max(start)) };
        lack = lack.or(self.pauses(batch, row, end, pauses).err());
        let (begun, carried) = (Begun::Start, None);
        let Self { warn_at, as_of, .. } = *self;
        let base = Reading {
            start,
            begun,
            stop,
            target,
            pauses: &[],
            carried,
            clock,
            terms: self.terms,
            warn_at,
            as_of,
        };
        if turns.len() < 2 && self.changes.is_none() {
            return Ok(Some(Read { reading: Reading { pauses, ..base }, lack, cycles: None }));
        }
        let course = Course {
            base,
            turns,
            reopening: self.cycles.map_or(Reopening::Ignore, |it| it.reopening),
            pauses_written: self.pauses.len(),
            terms: &terms,
            retargeting: self.changes.map_or(Retargeting::Recompute, |it| it.retargeting),
        };
        pauses.extend(course.closed());
        let (reading, fault, cycles) = course.reading(pauses);
        Ok(Some(Read { reading, lack: lack.or(fault), cycles: Some(cycles) }))
    }

    /// Fetches the pauses of a record; those that are not yet over last until `end`. All that can be read are there
    /// even if one cannot.
    fn pauses(&self, batch: &Batch, row: usize, end: i64, pauses: &mut Vec<Paused>) -> Result<(), Lack> {
        let column = |number: u32| &batch.columns[number as usize];
        pauses.clear();
        let mut found = Ok(());
        for (number, pause) in self.pauses.iter().enumerate() {
            let one = match *pause {
                PauseInput::Spells(spells) => instants(column(spells), row, spells).map(|all| {
                    pauses.extend(all.chunks(2).map(|it| {
                        let to = it.get(1).copied().unwrap_or(end.max(it[0]));
                        Paused { from: it[0], to, number }
                    }));
                }),
                PauseInput::Span(from, to) => span(batch, row, (from, to), end).and_then(|it| match it {
                    Some((from, to)) if to < from => Err(Lack::Pause(number)),
                    Some((from, to)) => {
                        pauses.push(Paused { from, to, number });
                        Ok(())
                    }
                    None => Ok(()),
                }),
            };
            found = found.and(one);
        }
        found
    }

    /// What is promised from when on, in order of time; empty where nothing changes.
    fn changed_terms<'a>(&'a self, batch: &Batch, row: usize) -> Result<Vec<Term<'a>>, Lack> {
        let Some(changes) = &self.changes else { return Ok(Vec::new()) };
        let column = |number: u32| &batch.columns[number as usize];
        let list = |number: u32| match (&column(number).values, column(number).valid.get(row)) {
            (Values::List(list), true) => Ok((list, list.range(row).start)),
            _ => Err(Lack::Value(number, is_unreadable(column(number), row))),
        };
        let times = instants(column(changes.at), row, changes.at)?;
        let targets = changes.targets.map(list).transpose()?;
        let calendars = changes.calendars.map(list).transpose()?;
        let mut terms = Vec::with_capacity(times.len());
        for (number, from) in times.iter().enumerate() {
            let target = match (targets, changes.targets) {
                (Some((list, first)), Some(column)) => {
                    self.target_in(&list.elements, first + number, column)?
                }
                _ => self.target(batch, row)?,
            };
            let clock = match (calendars, changes.calendars) {
                (Some((list, first)), Some(column)) => {
                    let id: Value = list.elements.value(Type::Text, first + number, &batch.text);
                    let Value::Text(id) = id else { return Err(Lack::Value(column, false)) };
                    self.clock_named(&id).ok_or(Lack::Calendar(column))?
                }
                _ => self.clock(batch, row)?,
            };
            terms.push(Term { from: *from, target, clock });
        }
        Ok(terms)
    }

    fn target(&self, batch: &Batch, row: usize) -> Result<Target, Lack> {
        let number = match &self.target {
            TargetInput::Amount(amount) => return Ok(Target::Amount(*amount)),
            TargetInput::Rows(number, _)
            | TargetInput::Durations(number)
            | TargetInput::Instants(number)
            | TargetInput::Amounts(number) => *number,
        };
        let column = &batch.columns[number as usize];
        if !column.valid.get(row) {
            return Err(Lack::Value(number, is_unreadable(column, row)));
        }
        self.target_in(&column.values, row, number)
    }

    /// The target among these values, which stand in a column of this number.
    fn target_in(&self, values: &Values, at: usize, column: u32) -> Result<Target, Lack> {
        match (&self.target, values) {
            (TargetInput::Rows(_, amounts), Values::Int(rows)) => {
                let amount = usize::try_from(rows[at]).ok().and_then(|it| amounts.get(it));
                amount.map(|it| Target::Amount(*it)).ok_or(Lack::Value(column, false))
            }
            (TargetInput::Durations(_), Values::Int(lengths)) => match lengths[at] {
                negative if negative < 0 => Err(Lack::Negative(column)),
                open => Ok(Target::Amount(Amount::Open(open))),
            },
            (TargetInput::Instants(_), Values::Int(instants)) => Ok(Target::Fixed(instants[at])),
            (TargetInput::Amounts(_), Values::Amount(amounts)) => Ok(Target::Amount(amounts[at])),
            _ => Err(Lack::Value(column, false)),
        }
    }

    pub(super) fn clock(&self, batch: &Batch, row: usize) -> Result<Clock<'_>, Lack> {
        match &self.calendar {
            CalendarInput::Always => Ok(Clock::Always(&self.zone)),
            CalendarInput::One(calendar) => Ok(Clock::Calendar(calendar)),
            CalendarInput::Named(number, _) => {
                let column = &batch.columns[*number as usize];
                let Some(id) = column.text(row, &batch.text) else {
                    return Err(Lack::Value(*number, is_unreadable(column, row)));
                };
                self.clock_named(id).ok_or(Lack::Calendar(*number))
            }
        }
    }

    fn clock_named(&self, id: &str) -> Option<Clock<'_>> {
        let CalendarInput::Named(_, all) = &self.calendar else { return None };
        all.iter().find(|it| it.0 == id).map(|it| Clock::Calendar(&it.1))
    }
}

/// A pause between two columns; `None` where none begins.
fn span(
    batch: &Batch,
    row: usize,
    (from, to): (u32, Option<u32>),
    end: i64,
) -> Result<Option<(i64, i64)>, Lack> {
    let read = |number: u32| instant(&batch.columns[number as usize], row);
    let from = match read(from) {
        Ok(from) => from,
        Err(false) => return Ok(None),
        Err(true) => return Err(Lack::Value(from, true)),
    };
    match to.map(|it| (it, read(it))) {
        Some((_, Ok(to))) => Ok(Some((from, to))),
        None | Some((_, Err(false))) => Ok(Some((from, end.max(from)))),
        Some((number, Err(true))) => Err(Lack::Value(number, true)),
    }
}

/// The instants of a list; none where the record has no such list.
fn instants(column: &Column, row: usize, number: u32) -> Result<&[i64], Lack> {
    match (&column.values, column.valid.get(row)) {
        (Values::List(list), true) => {
            let all = if let Values::Int(all) = &list.elements { all.get(list.range(row)) } else { None };
            Ok(all.unwrap_or_default())
        }
        _ if is_unreadable(column, row) => Err(Lack::Value(number, true)),
        _ => Ok(&[]),
    }
}
