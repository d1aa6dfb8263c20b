//! Clocks on the records of a batch.

use super::{
    Fault, Marks, OpenTimes, Outcome, Reading, State, Target,
    direct::{Direct, MarksOf},
    judge,
    sheet::{Block, Sheet, bits},
};
use crate::{
    calendar::{Calendar, Clock, Terms, Zone},
    record::{Amount, Batch, Column, Dictionary, Type, Values},
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

/// A pair of columns of instants.
#[derive(Clone, Copy, Debug)]
pub struct PauseInput {
    /// When a pause begins.
    pub from: u32,
    /// When it ends.
    pub to: Option<u32>,
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
    /// What rules read of a promise, and the types.
    pub const NAMES: [(&'static str, Type); 6] = [
        ("outcome", Type::Text),
        ("due", Type::Time),
        ("open", Type::Duration),
        ("elapsed", Type::Duration),
        ("overrun", Type::Duration),
        ("remaining", Type::Duration),
    ];
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
        let mut sheet = Sheet::new(batch.len, self.times_are_read, open);
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
                let (state, lack) = match in_force.map_or(Ok(true), |it| it(row)) {
                    Ok(true) => self.state(batch, row, &mut pauses),
                    Ok(false) => (not_applicable(), None),
                    Err(lack) => (State::default(), Some(lack)),
                };
                let stopped = instant(&batch.columns[self.stop as usize], row).is_ok();
                sheet.enter((row, at), &mut block, &state, lack, stopped);
            }
            sheet.take(&mut block, len);
        }
        sheet.finish(&self.outcomes)
    }

    /// How the promise stands on one record.
    fn state(&self, batch: &Batch, row: usize, pauses: &mut Vec<(i64, i64)>) -> (State, Option<Lack>) {
        match self.reading(batch, row, pauses) {
            Ok(None) => (not_applicable(), None),
            Ok(Some((reading, lack))) => {
                let (mut state, fault) = judge(&reading);
                let lack = lack.or(fault.map(Lack::Clock));
                if lack.is_some() {
                    // What depends on a stop that cannot be read is not known.
                    state = State { due: state.due, ..State::default() };
                }
                (state, lack)
            }
            Err(lack) => (State::default(), Some(lack)),
        }
    }

    /// What the clock reads of a record; `None` where the promise is not given on it. With a lack
    /// beside it, only the due instant follows from it.
    ///
    /// # Errors
    /// There is no start or no target.
    pub fn reading<'a>(
        &'a self,
        batch: &Batch,
        row: usize,
        pauses: &'a mut Vec<(i64, i64)>,
    ) -> Result<Option<(Reading<'a>, Option<Lack>)>, Lack> {
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
        let target = self.target(batch, row)?;
        let clock = self.clock(batch, row)?;
        let mut lack = None;
        let stop = match instant(column(self.stop), row) {
            Ok(stop) => Some(stop),
            Err(true) => {
                lack = Some(Lack::Value(self.stop, true));
                None
            }
            Err(false) => None,
        };
        pauses.clear();
        let end = stop.unwrap_or(self.as_of.max(start));
        for (number, pause) in self.pauses.iter().enumerate() {
            let from = match instant(column(pause.from), row) {
                Ok(from) => from,
                Err(false) => continue,
                Err(true) => {
                    lack = lack.or(Some(Lack::Value(pause.from, true)));
                    continue;
                }
            };
            let to = match pause.to.map(|it| (it, instant(column(it), row))) {
                Some((_, Ok(to))) => to,
                None | Some((_, Err(false))) => end.max(from),
                Some((number, Err(true))) => {
                    lack = lack.or(Some(Lack::Value(number, true)));
                    continue;
                }
            };
            if to < from {
                lack = lack.or(Some(Lack::Pause(number)));
                continue;
            }
            pauses.push((from, to));
        }
        let Self { terms, warn_at, as_of, .. } = *self;
        Ok(Some((Reading { start, stop, target, pauses, clock, terms, warn_at, as_of }, lack)))
    }

    fn target(&self, batch: &Batch, row: usize) -> Result<Target, Lack> {
        let value = |number: u32| {
            instant(&batch.columns[number as usize], row).map_err(|bad| Lack::Value(number, bad))
        };
        match &self.target {
            TargetInput::Amount(amount) => Ok(Target::Amount(*amount)),
            TargetInput::Rows(number, amounts) => {
                let at = usize::try_from(value(*number)?).ok().and_then(|it| amounts.get(it));
                at.map(|it| Target::Amount(*it)).ok_or(Lack::Value(*number, false))
            }
            TargetInput::Durations(number) => match value(*number)? {
                negative if negative < 0 => Err(Lack::Negative(*number)),
                open => Ok(Target::Amount(Amount::Open(open))),
            },
            TargetInput::Instants(number) => value(*number).map(Target::Fixed),
            TargetInput::Amounts(number) => {
                let column = &batch.columns[*number as usize];
                match (&column.values, column.valid.get(row)) {
                    (Values::Amount(amounts), true) => Ok(Target::Amount(amounts[row])),
                    _ => Err(Lack::Value(*number, is_unreadable(column, row))),
                }
            }
        }
    }

    pub(super) fn clock(&self, batch: &Batch, row: usize) -> Result<Clock<'_>, Lack> {
        match &self.calendar {
            CalendarInput::Always => Ok(Clock::Always(&self.zone)),
            CalendarInput::One(calendar) => Ok(Clock::Calendar(calendar)),
            CalendarInput::Named(number, all) => {
                let column = &batch.columns[*number as usize];
                let Some(id) = column.text(row, &batch.text) else {
                    return Err(Lack::Value(*number, is_unreadable(column, row)));
                };
                let found = all.iter().find(|it| it.0 == id);
                found.map(|it| Clock::Calendar(&it.1)).ok_or(Lack::Calendar(*number))
            }
        }
    }
}

fn not_applicable() -> State {
    State { outcome: Some(Outcome::NotApplicable), ..State::default() }
}
