//! What is told of a breached promise: its message, and its time line as evidence.

use super::{Judging, PlannedPromise};
use crate::{
    calendar::hours_text,
    finding::{Shown, value_text},
    promise::{Begun, Event, Fault, Lack, Read, State, Target, judge, timeline},
    record::{Amount, Batch, Value},
    wording,
};

/// What a record lacks, as a field, and whether it is there but cannot be read.
pub(super) fn lack(promise: &PlannedPromise, columns: &[String], lack: Lack) -> (String, bool) {
    let name = |column: u32| columns.get(column as usize).cloned().unwrap_or_default();
    let (start, stop) = &promise.moments;
    match lack {
        Lack::Value(column, unreadable) => (name(column), unreadable),
        Lack::Calendar(column) | Lack::Negative(column) => (name(column), true),
        Lack::Pause(number) => {
            let (from, to) = promise.pause_names.get(number).cloned().unwrap_or_default();
            (format!("{to} < {from}"), true)
        }
        Lack::Clock(Fault::StopBeforeStart) => (format!("{stop} < {start}"), true),
        Lack::Clock(Fault::BeyondCalendar | Fault::NoCalendar) => (promise.calendar_ids.join(", "), false),
    }
}

/// The reading of a record with a verdict, and what came of it.
fn with_state<T>(
    promise: &PlannedPromise,
    batch: &Batch,
    row: usize,
    then: impl FnOnce(&Read<'_>, &State) -> T,
) -> Option<T> {
    let mut pauses = Vec::new();
    let read = promise.clock.reading(batch, row, &mut pauses).ok()??;
    let state = judge(&read.reading).0;
    Some(then(&read, &state))
}

/// Appends how much too late it was.
pub(super) fn message(
    promise: &PlannedPromise,
    judging: &Judging<'_>,
    batch: &Batch,
    row: usize,
    out: &mut String,
) {
    let lang = judging.plan.lang;
    let title = promise.as_rule.rule.title.get(lang).to_owned();
    let said = with_state(promise, batch, row, |Read { reading, .. }, state| {
        let overrun = hours_text(state.overrun.unwrap_or(0));
        let stopped = reading.stop.is_some();
        if let Target::Amount(Amount::Open(target)) = reading.target {
            let wording = if stopped { wording::BREACH_OPEN } else { wording::BREACH_OPEN_STILL };
            let open = hours_text(state.open.unwrap_or(0));
            let target = hours_text(target);
            let told = [("title", title.clone()), ("open", open), ("target", target), ("overrun", overrun)];
            return wording.fill(lang, &told);
        }
        let due: Value = state.due.map_or(Value::Missing, Value::Time);
        let wording = if stopped { wording::BREACH_DUE } else { wording::BREACH_DUE_STILL };
        let due = value_text(&due, judging.zone, lang);
        wording.fill(lang, &[("title", title.clone()), ("due", due), ("overrun", overrun)])
    });
    out.push_str(&said.unwrap_or(title));
}

/// So many points of pauses are told at each end of a time line.
const PAUSES_TOLD: usize = 20;

const fn is_of_pause(event: Event) -> bool {
    matches!(event, Event::PauseBegins(_) | Event::PauseEnds(_))
}

/// The time line, then the lengths.
pub(super) fn fields<'e>(
    promise: &'e PlannedPromise,
    batch: &Batch,
    row: usize,
) -> Vec<(&'e str, Shown<'e>)> {
    let fields = with_state(promise, batch, row, |Read { reading, cycles, .. }, state| {
        let mut fields: Vec<(&'e str, Shown<'e>)> = Vec::new();
        let line = timeline(reading, state);
        // Of many pauses the first and the last are told.
        let pauses = line.iter().filter(|it| is_of_pause(it.1)).count();
        let mut number = 0;
        for (at, event) in line {
            if is_of_pause(event) {
                number += 1;
                if number > PAUSES_TOLD && number + PAUSES_TOLD <= pauses {
                    continue;
                }
            }
            let name = match event {
                Event::Start => match reading.begun {
                    Begun::Start => promise.moments.0.as_str(),
                    Begun::Reopened => promise.pause_names.last().map_or("", |it| &it.1),
                    Begun::Changed => "target_changes",
                },
                Event::TargetChanges => "target_changes",
                Event::Stop => promise.moments.1.as_str(),
                Event::CountsFrom => "counts_from",
                Event::Due => "due",
                Event::DueLatest => "due_latest",
                Event::PauseBegins(number) => promise.pause_names.get(number).map_or("", |it| &it.0),
                Event::PauseEnds(number) => match promise.pause_names.get(number) {
                    Some((_, to)) if !to.is_empty() => to,
                    _ => "pause_ends",
                },
            };
            fields.push((name, Value::Time(at)));
        }
        match reading.target {
            Target::Amount(amount) => fields.push(("target", Value::Amount(amount))),
            Target::Fixed(_) => {}
        }
        let lengths = [("open", state.open), ("elapsed", state.elapsed), ("overrun", state.overrun)];
        for (name, length) in lengths {
            fields.extend(length.map(|it| (name, Value::Text(hours_text(it).into()))));
        }
        let untold = pauses.saturating_sub(2 * PAUSES_TOLD);
        if untold > 0 {
            fields.push(("pauses_not_told", Value::Int(i64::try_from(untold).unwrap_or(i64::MAX))));
        }
        if let Some(cycles) = cycles.filter(|it| it.count > 1) {
            fields.push(("cycles", Value::Int(cycles.count)));
            let lengths = [("worst", cycles.worst), ("last", cycles.last), ("total", cycles.total)];
            for (name, length) in lengths {
                fields.extend(length.map(|it| (name, Value::Text(hours_text(it).into()))));
            }
        }
        fields
    });
    fields.unwrap_or_default()
}
