//! The course of a case, as clocks read it: stops and reopenings, states that hold for a while, changes.

use super::{Event, EventLog};

/// When something began to hold and ceased to, by turns; `holds` tells of each event whether it holds after it. What
/// holds at the end has no end.
#[must_use]
pub fn spells(events: &[Event], holds: impl IntoIterator<Item = bool>) -> Vec<i64> {
    let mut spells: Vec<i64> = Vec::new();
    for (event, holds) in events.iter().zip(holds) {
        match (spells.len() % 2 == 1, holds) {
            // What held for no time did not hold.
            (true, false) if spells.last() == Some(&event.at) => drop(spells.pop()),
            (true, false) | (false, true) => spells.push(event.at),
            (true, true) | (false, false) => {}
        }
    }
    spells
}

impl EventLog {
    /// When a case was stopped and opened again, by turns, beginning with a stop. Events of one moment count in their
    /// order.
    #[must_use]
    pub fn turns(&self, events: &[Event], stop: &str, reopen: &str) -> Vec<i64> {
        let (stop, reopen) = (self.number(stop), self.number(reopen));
        let mut turns = Vec::new();
        for event in events {
            let wanted = if turns.len() % 2 == 0 { stop } else { reopen };
            if wanted == Some(event.step) {
                turns.push(event.at);
            }
        }
        turns
    }

    /// The events after which something is looked at: the last one before the first of a step, with whom it begins,
    /// then all of that step. Each with the moment since when it counts.
    #[must_use]
    pub fn changes(&self, events: &[Event], step: &str) -> Vec<(i64, usize)> {
        let step = self.number(step);
        let of_step = |it: &Event| step == Some(it.step);
        let first = events.iter().position(of_step).unwrap_or(events.len());
        let before = first.checked_sub(1).map(|it| (i64::MIN, it));
        let changes = events.iter().enumerate().filter(|it| of_step(it.1));
        before.into_iter().chain(changes.map(|(number, it)| (it.at, number))).collect()
    }
}
