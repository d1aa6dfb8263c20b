//! A log of events, grouped by case and ordered by time.

use crate::record::{Origin, Value};
use std::{collections::HashMap, sync::Arc};

/// One event of a case.
#[derive(Clone, Debug)]
pub struct Event {
    /// When it was, in microseconds UTC.
    pub at: i64,
    /// The number of its step among all.
    pub step: u32,
    /// The number of who did it among all.
    pub actor: Option<u32>,
    /// Other fields, in the order in which they were asked for.
    pub fields: Box<[Value]>,
    /// Where it stands.
    pub origin: Origin,
}

/// Events that belong to no case, or cannot be put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Without a case id.
    pub without_case: u64,
    /// Without a time.
    pub without_time: u64,
    /// Of a case's events those at the moment of the one before.
    pub ties: u64,
}

/// A log as it is read.
#[derive(Debug, Default)]
pub struct LogBuilder {
    names: Names,
    cases: HashMap<Box<str>, Vec<Event>>,
    /// What was left out so far.
    pub left: Left,
}

/// Texts by number.
#[derive(Debug, Default)]
struct Names {
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let shared: Arc<str> = text.into();
        self.texts.push(shared.clone());
        self.numbers.insert(shared, number);
        number
    }
}

impl LogBuilder {
    /// Takes an event in, in the order of files and rows. Without an id or a time it is only counted; without a
    /// step it is an event of the step "".
    pub fn push(
        &mut self,
        case: Option<&str>,
        at: Option<i64>,
        (step, actor): (&str, Option<&str>),
        fields: Box<[Value]>,
        origin: Origin,
    ) {
        let Some(case) = case else {
            self.left.without_case += 1;
            return;
        };
        let Some(at) = at else {
            self.left.without_time += 1;
            return;
        };
        let step = self.names.number(step);
        let actor = actor.map(|it| self.names.number(it));
        let event = Event { at, step, actor, fields, origin };
        match self.cases.get_mut(case) {
            Some(events) => events.push(event),
            None => drop(self.cases.insert(case.into(), vec![event])),
        }
    }

    /// The log, each case in the order of time; events of one moment keep the order of files and rows.
    #[must_use]
    pub fn finish(mut self) -> EventLog {
        let mut ids: Vec<Box<str>> = self.cases.keys().cloned().collect();
        ids.sort_unstable();
        for id in &ids {
            let Some(events) = self.cases.get_mut(id) else { continue };
            events.sort_by_key(|it| it.at);
            self.left.ties += events.windows(2).filter(|it| it[0].at == it[1].at).count() as u64;
        }
        EventLog {
            texts: self.names.texts,
            numbers: self.names.numbers,
            ids,
            cases: self.cases,
            left: self.left,
        }
    }
}

/// A log of events by case.
#[derive(Debug, Default)]
pub struct EventLog {
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    ids: Vec<Box<str>>,
    cases: HashMap<Box<str>, Vec<Event>>,
    left: Left,
}

impl EventLog {
    /// The ids of all cases, sorted.
    #[must_use]
    pub fn ids(&self) -> &[Box<str>] {
        &self.ids
    }

    /// The events of a case; none where the log does not know it.
    #[must_use]
    pub fn events(&self, case: &str) -> &[Event] {
        self.cases.get(case).map_or(&[], Vec::as_slice)
    }

    /// What was left out.
    #[must_use]
    pub fn left(&self) -> Left {
        self.left
    }

    /// The number of a step or an actor; `None` where no event has it.
    #[must_use]
    pub fn number(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// A step or an actor by its number.
    #[must_use]
    pub fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |it| it)
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cases.values().map(Vec::len).sum()
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// All steps that events have, sorted.
    #[must_use]
    pub fn steps(&self) -> Vec<&str> {
        let mut numbers: Vec<u32> = self.cases.values().flatten().map(|it| it.step).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut steps: Vec<&str> = numbers.into_iter().map(|it| self.text(it)).collect();
        steps.sort_unstable();
        steps
    }
}
