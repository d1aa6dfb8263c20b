//! One clock on one record.

use crate::{
    calendar::{Clock, Roll, Terms},
    record::Amount,
};

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Stopped in time.
    Kept,
    /// Stopped too late, or not yet stopped and too late already.
    Breached,
    /// Not yet stopped.
    Running,
    /// Not yet stopped, and most of the target is gone.
    AtRisk,
    /// The promise is not given on this record.
    NotApplicable,
}

impl Outcome {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Kept, Self::Breached, Self::Running, Self::AtRisk, Self::NotApplicable];

    /// The name in rules and files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Breached => "breached",
            Self::Running => "running",
            Self::AtRisk => "at_risk",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// How much time there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An amount from the start.
    Amount(Amount),
    /// A due instant, which nothing moves.
    Fixed(i64),
}

/// A stretch of time in which a clock stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Paused {
    /// When it begins.
    pub from: i64,
    /// When it ends.
    pub to: i64,
    /// Which of the promise's pauses it is, by number; the number after the last is a case that was closed.
    pub number: usize,
}

/// What began the run of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Begun {
    /// Its start.
    #[default]
    Start,
    /// The case was opened again.
    Reopened,
    /// The target changed.
    Changed,
}

/// Open time that was counted before the target changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// When the target changed.
    pub at: i64,
    /// How much had been counted by then.
    pub open: i64,
}

/// What a clock reads of a record, instants in microseconds UTC.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// When it starts.
    pub start: i64,
    /// What that is.
    pub begun: Begun,
    /// When it stops; `None` where it has not.
    pub stop: Option<i64>,
    /// How much time there is.
    pub target: Target,
    /// Pauses as they are written: each begins before it ends.
    pub pauses: &'a [Paused],
    /// What was counted before the target changed, where that is carried over.
    pub carried: Option<Carried>,
    /// Which time counts.
    pub clock: Clock<'a>,
    /// The conventions.
    pub terms: Terms,
    /// From which share of the target an open clock is at risk.
    pub warn_at: f64,
    /// "Now".
    pub as_of: i64,
}

/// Why a clock has no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It stops before it starts.
    StopBeforeStart,
    /// The calendar does not know the years that the clock runs in.
    BeyondCalendar,
    /// Business days without a calendar.
    NoCalendar,
}

/// What is known of a clock, all in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct State {
    /// How it stands; `None` with a fault.
    pub outcome: Option<Outcome>,
    /// When the target is up: a closing where it falls on one.
    pub due: Option<i64>,
    /// Time that counted, pauses left out.
    pub open: Option<i64>,
    /// All time from start to stop.
    pub elapsed: Option<i64>,
    /// How much too late; 0 in time.
    pub overrun: Option<i64>,
    /// How much time is left; 0 when it is up.
    pub remaining: Option<i64>,
}

/// Judges a clock. With a fault, what is known all the same stands beside it.
#[must_use]
pub fn judge(reading: &Reading<'_>) -> (State, Option<Fault>) {
    let mut state = State::default();
    let Reading { start, clock, target, .. } = *reading;
    if matches!(target, Target::Amount(Amount::BusinessDays(_))) && matches!(clock, Clock::Always(_)) {
        return (state, Some(Fault::NoCalendar));
    }
    let end = reading.stop.unwrap_or(reading.as_of.max(start));
    let pauses = cut(reading.pauses, start, end);
    let pauses = pauses.as_slice();
    state.due = due(reading, pauses);
    if end < start {
        return (state, Some(Fault::StopBeforeStart));
    }
    state.elapsed = Some(end - start);
    state.open = match reading.carried {
        None => open_without(clock, start, end, pauses),
        Some(carried) => open_without(clock, carried.at, end, pauses).map(|it| carried.open + it),
    };
    let (spent, target_span) = match (target, state.open, state.due) {
        (Target::Amount(Amount::Open(target)), Some(open), _) => (open, target),
        (Target::Amount(_) | Target::Fixed(_), _, Some(due)) => (end - start, due - start),
        _ => return (state, Some(Fault::BeyondCalendar)),
    };
    state.overrun = Some((spent - target_span).max(0));
    state.remaining = Some((target_span - spent).max(0));
    let before = || uncounted(reading);
    state.outcome = Some(outcome(spent, target_span, reading.stop.is_some(), reading.warn_at, before));
    (state, None)
}

/// Open time between two instants outside of pauses, which are in order and apart from each other. `None` beyond the calendar.
pub(super) fn open_without(clock: Clock<'_>, from: i64, to: i64, pauses: &[(i64, i64)]) -> Option<i64> {
    let first = pauses.partition_point(|it| it.1 <= from);
    let inside = pauses[first..].iter().take_while(|it| it.0 < to);
    let inside = inside.map(|it| (it.0.max(from), it.1.min(to))).filter(|it| it.0 < it.1);
    let paused: Option<i64> = inside.map(|it| clock.open_between(it.0, it.1)).sum();
    Some(clock.open_between(from, to)? - paused?)
}

/// How a clock stands that has spent so much of its target. An open one is at risk when most of what
/// counts of the target is gone; `before` tells how much does not count.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "spans of time below 2^53 microseconds: 285 years")]
pub(super) fn outcome(
    spent: i64,
    target: i64,
    stopped: bool,
    warn_at: f64,
    before: impl FnOnce() -> i64,
) -> Outcome {
    if spent > target {
        return Outcome::Breached;
    }
    if stopped {
        return Outcome::Kept;
    }
    let before = before();
    if (spent - before) as f64 >= warn_at * (target - before) as f64 {
        Outcome::AtRisk
    } else {
        Outcome::Running
    }
}

/// Where the target is a span of all time, how much of it passes before it counts: until the next opening.
fn uncounted(reading: &Reading<'_>) -> i64 {
    match reading.target {
        Target::Amount(Amount::Open(_)) | Target::Fixed(_) => 0,
        Target::Amount(amount) => {
            let from = reading.clock.counts_from(reading.start, amount, reading.terms);
            from.map_or(0, |it| it - reading.start)
        }
    }
}

/// When the target is up, pauses counted in. `None` beyond the calendar's reach.
fn due(reading: &Reading<'_>, pauses: &[(i64, i64)]) -> Option<i64> {
    let Reading { start, clock, terms, .. } = *reading;
    let amount = match reading.target {
        Target::Fixed(due) => return Some(due),
        Target::Amount(amount) => amount,
    };
    if pauses.is_empty() && reading.carried.is_none() {
        return clock.due(start, amount, terms);
    }
    let due = if let Amount::Open(target) = amount {
        // Time counts from pause to pause until the target is up.
        let (start, target) = reading.carried.map_or((start, target), |it| (it.at, target - it.open));
        if target <= 0 && reading.carried.is_some() {
            return Some(start);
        }
        let mut from = clock.counts_from(start, amount, terms)?;
        let mut left = target;
        for pause in pauses.iter().filter(|it| it.1 > start) {
            let before = clock.open_between(from, pause.0)?;
            if left <= before {
                break;
            }
            left -= before;
            from = from.max(pause.1);
        }
        clock.after(from, left)?
    } else {
        let mut due = clock.due(start, amount, Terms { roll: Roll::Stay, ..terms })?;
        // A pause that begins once the promise is due moves nothing: what is broken stays broken.
        for pause in pauses {
            if pause.0 >= due {
                break;
            }
            due = match amount {
                Amount::Days(_) => due.checked_add(pause.1 - pause.0)?,
                Amount::BusinessDays(_) | Amount::Open(_) => match clock.open_between(pause.0, pause.1)? {
                    0 => due,
                    paused => clock.after(due, paused)?,
                },
            };
        }
        due
    };
    clock.rolled(due, terms)
}

/// Pauses in order, joined and cut to a clock's run.
#[must_use]
pub fn cut(pauses: &[Paused], start: i64, end: i64) -> Vec<(i64, i64)> {
    let all = pauses.iter().map(|it| (it.from.max(start), it.to.min(end))).filter(|it| it.0 < it.1);
    let mut all: Vec<(i64, i64)> = all.collect();
    all.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::with_capacity(all.len());
    for pause in all {
        match joined.last_mut() {
            Some(last) if pause.0 <= last.1 => last.1 = last.1.max(pause.1),
            _ => joined.push(pause),
        }
    }
    joined
}

/// A point on a clock's time line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// The clock stops.
    Stop,
    /// A pause begins, of the pair with this number.
    PauseBegins(usize),
    /// A pause ends.
    PauseEnds(usize),
    /// The clock starts.
    Start,
    /// The target changes; what was counted until then is carried over.
    TargetChanges,
    /// It begins to count, where that is later.
    CountsFrom,
    /// The target is up.
    Due,
    /// The last instant that is as good.
    DueLatest,
}

/// What happened when, in order of time.
#[must_use]
pub fn timeline(reading: &Reading<'_>, state: &State) -> Vec<(i64, Event)> {
    let mut line = vec![(reading.start, Event::Start)];
    if let Target::Amount(amount) = reading.target {
        let from = reading.clock.counts_from(reading.start, amount, reading.terms);
        line.extend(from.filter(|it| *it != reading.start).map(|it| (it, Event::CountsFrom)));
    }
    line.extend(reading.carried.map(|it| (it.at, Event::TargetChanges)));
    let end = reading.stop.unwrap_or(reading.as_of.max(reading.start));
    // Pauses of another run of the clock are not told.
    for pause in reading.pauses.iter().filter(|it| it.from <= end && it.to >= reading.start) {
        line.push((pause.from, Event::PauseBegins(pause.number)));
        line.push((pause.to, Event::PauseEnds(pause.number)));
    }
    if let Some(due) = state.due {
        line.push((due, Event::Due));
        let fixed = matches!(reading.target, Target::Fixed(_));
        let latest = if fixed { None } else { reading.clock.latest(due) };
        line.extend(latest.filter(|it| *it != due).map(|it| (it, Event::DueLatest)));
    }
    line.extend(reading.stop.map(|it| (it, Event::Stop)));
    line.sort_unstable();
    line
}
