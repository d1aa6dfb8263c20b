//! Figures of a case from its events.

use super::{CaseEvents, Event, EventLog, Measure, Moment, Part, Which};
use crate::{calendar::Calendar, record::Value};
use std::sync::Arc;

/// A measure, ready to be reckoned over a log: its steps by number.
#[derive(Debug)]
pub struct Reckoning<'a> {
    log: &'a EventLog,
    measure: &'a Measure,
    /// The numbers of its steps; `None` where no event has one.
    steps: Vec<Option<u32>>,
    /// The place of the field that it reads among those asked for.
    field: usize,
    calendar: Option<Arc<Calendar>>,
    as_of: i64,
}

impl<'a> Reckoning<'a> {
    /// Gets ready; `fields` are the fields of the log that were asked for, `calendars` those of the project.
    #[must_use]
    pub fn new(
        log: &'a EventLog,
        measure: &'a Measure,
        fields: &[String],
        calendars: impl Fn(&str) -> Option<Arc<Calendar>>,
        as_of: i64,
    ) -> Self {
        let steps = measure.steps().iter().map(|it| log.number(it)).collect();
        let field = measure.field().and_then(|name| fields.iter().position(|it| it == name));
        let calendar = match measure {
            Measure::IdleMax(Some(id)) => calendars(id),
            Measure::IdleMax(None)
            | Measure::Count(_)
            | Measure::Of(..)
            | Measure::Between(..)
            | Measure::InOrder(_)
            | Measure::FollowedBy(..)
            | Measure::Precedes(..)
            | Measure::NeverAfter(..)
            | Measure::Exactly(..)
            | Measure::OwnerAt(..)
            | Measure::HandOffs => None,
        };
        Self { log, measure, steps, field: field.unwrap_or(usize::MAX), calendar, as_of }
    }

    /// The field of the case's record that it reads.
    #[must_use]
    pub fn record_field(&self) -> Option<&str> {
        self.measure.record_field()
    }

    /// The value for a case with these events; `of_record` is what the case's record holds in the field that is read
    /// of it.
    #[must_use]
    pub fn of(&self, case: CaseEvents<'_>, of_record: &Value) -> Value {
        let events = case.events();
        let int = |count: usize| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
        let first = |number: usize| self.position(events, number, Which::First);
        match self.measure {
            Measure::Count(_) => int(self.all(events, 0).count()),
            Measure::Exactly(_, wanted) => Value::Bool(self.all(events, 0).count() as u64 == *wanted),
            Measure::Of(which, _, part) => {
                let at = self.position(events, 0, *which);
                at.map_or(Value::Missing, |at| self.part(case, at, part))
            }
            Measure::Between(..) => {
                let Some(start) = first(0) else { return Value::Missing };
                let end = events[start..].iter().find(|it| Some(it.step) == self.steps[1]);
                end.map_or(Value::Missing, |it| Value::Duration(it.at - events[start].at))
            }
            Measure::InOrder(all) => {
                let places: Vec<Option<usize>> = (0..all.len()).map(first).collect();
                Value::Bool(places.iter().all(Option::is_some) && places.windows(2).all(|it| it[0] <= it[1]))
            }
            Measure::FollowedBy(_, _, within) => self.followed_by(events, *within),
            Measure::Precedes(..) => match (first(0), first(1)) {
                (_, None) => Value::Bool(true),
                (None, Some(_)) => Value::Bool(false),
                (Some(one), Some(other)) => Value::Bool(one <= other),
            },
            Measure::NeverAfter(..) => match (self.position(events, 0, Which::Last), first(1)) {
                (Some(last), Some(end)) => Value::Bool(last <= end),
                (None, _) | (_, None) => Value::Bool(true),
            },
            Measure::OwnerAt(moment) => {
                let moment = match (moment, of_record) {
                    (Moment::Step(which, _), _) => self.position(events, 0, *which).map(|it| events[it].at),
                    (Moment::Field(_), Value::Time(at)) => Some(*at),
                    (Moment::Field(_), Value::Unreadable) => return Value::Unreadable,
                    (Moment::Field(_), _) => None,
                };
                let Some(moment) = moment else { return Value::Missing };
                let up_to = events.iter().take_while(|it| it.at <= moment);
                let actor = up_to.filter_map(|it| it.actor).last();
                actor.map_or(Value::Missing, |it| Value::Text(self.log.text(it).into()))
            }
            Measure::HandOffs => {
                let actors: Vec<u32> = events.iter().filter_map(|it| it.actor).collect();
                int(actors.windows(2).filter(|it| it[0] != it[1]).count())
            }
            Measure::IdleMax(id) => {
                let between = |pair: &[Event]| match (&self.calendar, id) {
                    (Some(calendar), _) => calendar.open_between(pair[0].at, pair[1].at),
                    (None, None) => Some(pair[1].at - pair[0].at),
                    (None, Some(_)) => None,
                };
                // One span beyond the calendar leaves nothing to be said of the longest.
                let all: Option<Vec<i64>> = events.windows(2).map(between).collect();
                all.and_then(|it| it.into_iter().max()).map_or(Value::Missing, Value::Duration)
            }
        }
    }

    /// The events of a step, by the step's number in the measure.
    fn all<'e>(
        &self,
        events: &'e [Event],
        number: usize,
    ) -> impl DoubleEndedIterator<Item = (usize, &'e Event)> {
        let step = self.steps[number];
        events.iter().enumerate().filter(move |it| step == Some(it.1.step))
    }

    fn position(&self, events: &[Event], number: usize, which: Which) -> Option<usize> {
        let mut all = self.all(events, number);
        let found = match which {
            Which::First => all.next(),
            Which::Last => all.next_back(),
        };
        found.map(|it| it.0)
    }

    fn part(&self, case: CaseEvents<'_>, at: usize, part: &Part) -> Value {
        let event = &case[at];
        match part {
            Part::At => Value::Time(event.at),
            Part::Actor => event.actor.map_or(Value::Missing, |it| Value::Text(self.log.text(it).into())),
            Part::Field(_) => case.field(at, self.field).cloned().unwrap_or(Value::Missing),
        }
    }

    /// After each event of the first step comes one of the second in time; where time is not yet up, nobody knows.
    fn followed_by(&self, events: &[Event], within: Option<i64>) -> Value {
        let (mut is_open, mut next) = (false, None);
        // From the last to the first: so the next of the second step is always known.
        for event in events.iter().rev() {
            let late = |until: i64| within.is_some_and(|it| until - event.at > it);
            if Some(event.step) == self.steps[0] {
                match next {
                    Some(next) if late(next) => return Value::Bool(false),
                    Some(_) => {}
                    None if within.is_none() || late(self.as_of) => return Value::Bool(false),
                    None => is_open = true,
                }
            }
            if Some(event.step) == self.steps[1] {
                next = Some(event.at);
            }
        }
        if is_open { Value::Missing } else { Value::Bool(true) }
    }
}
