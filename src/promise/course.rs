//! Clocks on cases: reopened after they stopped, and with targets that change while they run (SEMANTICS, 4.6 and
//! 4.7). Each run becomes a [`Reading`] of its own; the one that stands worst speaks for the promise.

use super::{
    Begun, Carried, Fault, Lack, Outcome, Paused, Reading, State, Target,
    clock::{cut, open_without},
    judge,
};
use crate::calendar::{Clock, Reopening, Retargeting};

/// The runs of a clock, and how long they were open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cycles {
    /// How many there are; 0 where nothing is known.
    pub count: i64,
    /// The longest, in microseconds of open time.
    pub worst: Option<i64>,
    /// The last.
    pub last: Option<i64>,
    /// All together.
    pub total: Option<i64>,
}

/// What is promised from a moment on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term<'a> {
    /// Since when; the first may hold from the beginning of time.
    pub(super) from: i64,
    pub(super) target: Target,
    pub(super) clock: Clock<'a>,
}

/// A clock on a case, before it is known which of its runs speaks.
pub(super) struct Course<'a, 't> {
    /// Start, first stop and conventions; its target and clock are those that hold unless `terms` say otherwise.
    pub(super) base: Reading<'a>,
    /// Stops and reopenings by turns, beginning with a stop; empty where it was never stopped or is not looked at.
    pub(super) turns: &'t [i64],
    pub(super) reopening: Reopening,
    /// How many pauses are written: a closed case is the one after.
    pub(super) pauses_written: usize,
    pub(super) terms: &'t [Term<'a>],
    pub(super) retargeting: Retargeting,
}

/// One run: from when to when.
#[derive(Clone, Copy)]
struct Run {
    start: i64,
    stop: Option<i64>,
    begun: Begun,
}

impl<'a> Course<'a, '_> {
    /// The closed spans of a case that goes on once it is opened again: they do not count.
    pub(super) fn closed(&self) -> impl Iterator<Item = Paused> {
        let turns = if self.reopening == Reopening::Resume { self.turns } else { &[] };
        let number = self.pauses_written;
        turns.chunks_exact(2).map(move |it| Paused { from: it[0], to: it[1], number })
    }

    /// The run that speaks for the promise, what it lacks, and what is known of all runs. `pauses` are those of the
    /// record with the closed spans among them; of several runs each is given its own, in order and joined.
    pub(super) fn reading(&self, pauses: &'a mut Vec<Paused>) -> (Reading<'a>, Option<Lack>, Cycles) {
        if self.turns.len() > 1 && self.reopening == Reopening::Restart {
            join(pauses);
        }
        let pauses: &'a [Paused] = pauses;
        let mut worst: Option<(Reading<'a>, State, Option<Fault>)> = None;
        let mut cycles = Cycles { total: Some(0), ..Cycles::default() };
        for run in self.runs() {
            let (reading, lack) = self.of_run(run, self.of_its_own(run, pauses));
            let (state, fault) = judge(&reading);
            cycles.add(state.open);
            let fault = fault.or(lack);
            let is_worse = worst.as_ref().is_none_or(|(_, known, faulty)| {
                faulty.is_none() && (fault.is_some() || rank(&state) > rank(known))
            });
            if is_worse {
                worst = Some((reading, state, fault));
            }
        }
        if self.reopening == Reopening::Resume && self.turns.len() > 1 {
            cycles = self.parts(pauses);
        }
        let (reading, fault) = worst.map_or((self.base, None), |it| (it.0, it.2));
        (reading, fault.map(Lack::Clock), cycles)
    }

    fn runs(&self) -> Vec<Run> {
        let first = Run { start: self.base.start, stop: self.base.stop, begun: Begun::Start };
        match self.reopening {
            _ if self.turns.is_empty() => vec![first],
            Reopening::Ignore => vec![first],
            // A case that is open again has not stopped.
            Reopening::Resume => {
                let is_closed = self.turns.len() % 2 == 1;
                vec![Run { stop: self.turns.last().copied().filter(|_| is_closed), ..first }]
            }
            Reopening::Restart => {
                let mut runs = vec![first];
                for pair in self.turns[1..].chunks(2) {
                    runs.push(Run { start: pair[0], stop: pair.get(1).copied(), begun: Begun::Reopened });
                }
                runs
            }
        }
    }

    /// The pauses that lie in a run of several.
    fn of_its_own<'p>(&self, run: Run, pauses: &'p [Paused]) -> &'p [Paused] {
        if self.turns.len() < 2 || self.reopening != Reopening::Restart {
            return pauses;
        }
        let first = pauses.partition_point(|it| it.to <= run.start);
        let end = run.stop.unwrap_or(i64::MAX);
        let count = pauses[first..].partition_point(|it| it.from < end);
        &pauses[first..first + count]
    }

    /// A run with the target that counts for it.
    fn of_run(&self, run: Run, pauses: &'a [Paused]) -> (Reading<'a>, Option<Fault>) {
        let Run { start, stop, begun } = run;
        let mut reading = Reading { start, stop, begun, pauses, ..self.base };
        // The first stop lies before the start: of the later ones nothing follows.
        let reversed = self.turns.first().is_some_and(|it| *it < self.base.start);
        let fault = reversed.then_some(Fault::StopBeforeStart);
        let end = stop.unwrap_or(reading.as_of.max(start));
        // At one instant the stop comes first: what changes then changes nothing any more.
        let count = self.terms.partition_point(|it| it.from <= start || it.from < end);
        let first = self.terms.partition_point(|it| it.from <= start).saturating_sub(1);
        let terms = &self.terms[first.min(count)..count];
        let Some(last) = terms.last() else { return (reading, fault) };
        (reading.target, reading.clock) = (last.target, last.clock);
        if last.from <= start {
            return (reading, fault);
        }
        match self.retargeting {
            Retargeting::Recompute => {}
            Retargeting::Restart => (reading.start, reading.begun) = (last.from, Begun::Changed),
            Retargeting::Carry => {
                let spans = cut(pauses, start, end);
                let mut open = Some(0);
                for (number, term) in terms.iter().enumerate() {
                    let to = terms.get(number + 1).map_or(last.from, |it| it.from).max(start);
                    // What holds before the first change, where that is not known, is counted as after it.
                    let from = if number == 0 { start } else { term.from.max(start) };
                    let more = open_without(term.clock, from, to, &spans);
                    open = open.zip(more).map(|(open, more)| open + more);
                }
                match open {
                    Some(open) => reading.carried = Some(Carried { at: last.from, open }),
                    None => return (reading, fault.or(Some(Fault::BeyondCalendar))),
                }
            }
        }
        (reading, fault)
    }

    /// The stretches in which a case that goes on was open.
    fn parts(&self, pauses: &[Paused]) -> Cycles {
        let mut cycles = Cycles { total: Some(0), ..Cycles::default() };
        let mut from = self.base.start;
        let now = [self.base.as_of.max(from)];
        let rest: &[i64] = if self.turns.len().is_multiple_of(2) { &now } else { &[] };
        let ends: Vec<i64> = self.turns.iter().chain(rest).copied().collect();
        let spans = cut(pauses, from, ends.last().copied().unwrap_or(from));
        for pair in ends.chunks(2) {
            cycles.add(open_without(self.base.clock, from, pair[0], &spans));
            from = pair.get(1).copied().unwrap_or(from);
        }
        cycles
    }
}

/// Puts pauses in order and joins those that touch.
fn join(pauses: &mut Vec<Paused>) {
    pauses.sort_unstable();
    pauses.dedup_by(|next, kept| {
        let touches = next.from <= kept.to;
        if touches {
            kept.to = kept.to.max(next.to);
        }
        touches
    });
}

impl Cycles {
    /// Those of a clock with one run.
    pub(super) fn of_one(state: &State) -> Self {
        Self { count: 1, worst: state.open, last: state.open, total: state.open }
    }

    fn add(&mut self, open: Option<i64>) {
        let is_first = self.count == 0;
        self.count += 1;
        self.last = open;
        self.worst = if is_first { open } else { self.worst.zip(open).map(|(one, other)| one.max(other)) };
        self.total = self.total.zip(open).map(|(all, more)| all + more);
    }
}

/// How badly a run stands: a breach before what is still open before what is kept; then by how much.
fn rank(state: &State) -> (u8, i64, i64) {
    let outcome = match state.outcome {
        Some(Outcome::Breached) => 3,
        Some(Outcome::AtRisk) => 2,
        Some(Outcome::Running) => 1,
        Some(Outcome::Kept | Outcome::NotApplicable) | None => 0,
    };
    let left = state.remaining.unwrap_or(i64::MAX);
    (outcome, state.overrun.unwrap_or(0), left.saturating_neg())
}
