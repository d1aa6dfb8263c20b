//! One promise, one record: what its clock read, which time counted, and so how it stands.

use super::{
    Voice,
    audit::internal,
    plans::{Planned, PlannedSource},
    records::{bench, each_batch},
    test_report::shown_place,
    verdict::{Messages, date_of, found},
};
use crate::{
    calendar::{Clock, Zone},
    diagnostic::Diagnostic,
    engine::{Judge, PlannedPromise},
    project::Project,
    promise::{
        Begun, CalendarInput, Cycles, Event, Fault, Lack, Outcome, Read, Reading, State, Target, TargetInput,
        cut, judge, timeline,
    },
    record::{Batch, Value},
    rule::{self, DeclaredCalendar, Pack, Promise, Rule},
    wording::{self, Lang, Wording},
};
use clap::ArgMatches;

/// The clocks of one promise on the records with one key.
pub(super) struct ClockVerdicts<'a> {
    pub(super) project: &'a Project,
    pub(super) as_of: i64,
    pub(super) lang: Lang,
    pub(super) all: Vec<ClockVerdict<'a>>,
}

/// A clock on a record with everything that it rests on.
pub(super) struct ClockVerdict<'a> {
    pub(super) source: &'a str,
    pub(super) rule: &'a Rule,
    pub(super) hash: &'a str,
    pub(super) key: Option<String>,
    pub(super) file: &'a str,
    pub(super) row: u64,
    /// `None` without evidence.
    pub(super) outcome: Option<Outcome>,
    /// The record's own day.
    pub(super) date: Option<i64>,
    pub(super) message: Option<String>,
    /// Why there is no evidence.
    pub(super) lack: Option<String>,
    /// The field that it is for.
    pub(super) missing: Option<String>,
    pub(super) target: Option<Target>,
    /// Where the target comes from.
    pub(super) target_from: String,
    pub(super) target_place: String,
    pub(super) calendar: Option<(&'a DeclaredCalendar, String)>,
    /// Every hour counts: the promise has no calendar.
    pub(super) counts_always: bool,
    pub(super) state: State,
    /// Of all runs of a clock that had several.
    pub(super) cycles: Option<Cycles>,
    pub(super) due_latest: Option<i64>,
    pub(super) line: Vec<Mark>,
    /// The wall clock on which the line is told.
    pub(super) zone: &'a Zone,
}

impl ClockVerdict<'_> {
    /// Whether the promise is in force on the record's day.
    pub(super) fn is_in_force(&self) -> bool {
        self.date.is_none_or(|day| self.rule.effective.includes(day))
    }
}

/// What stands on a time line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Something happens; with the field that tells it.
    Point(i64, Happens, String),
    /// Time of one kind passes.
    Span(i64, i64, Passes),
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happens {
    Clock(Event),
    /// The instant up to which an open clock is judged.
    Now,
}

/// Which kind of time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passes {
    /// It counts.
    Open,
    /// It would count, but the clock stands still.
    Paused,
    /// Before the target changed, so much of it counted.
    Carried(i64),
    /// It counts, and the target is up.
    Over,
    /// It is left until the target is up.
    Left,
    /// It does not count.
    Closed,
}

/// Judges the records that are asked for.
pub(super) fn explained<'a>(
    matches: &ArgMatches,
    planned: &'a Planned,
    voice: Voice,
) -> Result<ClockVerdicts<'a>, Box<Diagnostic>> {
    let key = matches.get_one::<String>("record").cloned().unwrap_or_default();
    let project = &planned.project;
    let mut all = Vec::new();
    for (source, records) in
        found(planned, &key, voice.lang, |it| it.promises.iter().any(|it| it.is_reported))?
    {
        let PlannedSource { opened, plan } = source;
        let bench = bench(opened, plan, &project.zone)?;
        let kept = Messages::default();
        let judging = bench.judging(plan, &kept);
        let mut judge = Judge::new(&judging);
        let mut next = records.iter().peekable();
        each_batch(opened, &plan.columns, |batch, _| {
            let end = batch.first_record + batch.len as u64;
            if next.peek().is_some_and(|it| **it < end) {
                judge.judge(batch);
                let messages = kept.take();
                while let Some(record) = next.next_if(|it| **it < end) {
                    let row = usize::try_from(record - batch.first_record).unwrap_or_default();
                    for promise in plan.promises.iter().filter(|it| it.is_reported) {
                        let id = &promise.as_rule.rule.id;
                        let declared = project.packs.iter().find_map(|pack| {
                            pack.promises.iter().find(|it| it.id == *id).map(|it| (pack, it))
                        });
                        let (pack, declared) = declared.ok_or_else(|| internal("a promise of no pack"))?;
                        let told =
                            Told { planned, source, promise, pack, declared, batch, row, lang: voice.lang };
                        all.push(told.verdict(&messages));
                    }
                }
            }
            Ok(next.peek().is_some())
        })?;
    }
    Ok(ClockVerdicts { project, as_of: planned.as_of, lang: voice.lang, all })
}

/// A promise and a record of a batch on which it has been judged.
struct Told<'a, 'b> {
    planned: &'a Planned,
    source: &'a PlannedSource,
    promise: &'a PlannedPromise,
    pack: &'a Pack,
    declared: &'a Promise,
    batch: &'b Batch,
    row: usize,
    lang: Lang,
}

impl<'a> Told<'a, '_> {
    fn verdict(&self, messages: &[(u64, String)]) -> ClockVerdict<'a> {
        let Self { planned, source, promise, batch, row, .. } = *self;
        let PlannedSource { opened, plan } = source;
        let outcome = batch.columns[promise.first_column as usize].text(row, &batch.text);
        let outcome = outcome.and_then(|name| Outcome::ALL.into_iter().find(|it| it.name() == name));
        let mut pauses = Vec::new();
        let mut calendar = self.calendar();
        let zone = calendar.as_ref().map_or(&planned.project.zone, |it| &it.0.zone);
        let (mut target, mut state, mut line, mut due_latest) = (None, State::default(), Vec::new(), None);
        let mut cycles = None;
        let mut lack = match promise.clock.reading(batch, row, &mut pauses) {
            _ if outcome == Some(Outcome::NotApplicable) => None,
            Ok(None) => None,
            Err(lack) => Some(lack),
            Ok(Some(Read { reading, lack, cycles: of_runs })) => {
                let (found, fault) = judge(&reading);
                let lack = lack.or(fault.map(Lack::Clock));
                target = Some(reading.target);
                calendar = calendar.or_else(|| self.calendar_of(&reading));
                // What depends on a stop that cannot be read is not known.
                state = if lack.is_some() { State { due: found.due, ..State::default() } } else { found };
                due_latest = latest(&reading, &found);
                cycles = of_runs.filter(|it| it.count > 1 && lack.is_none());
                line = self.line(&reading, &found, due_latest, lack.is_none());
                lack
            }
        };
        if outcome.is_none() && lack.is_none() {
            // All is there but the date by which the promise is in force.
            lack = plan.date.map(|(column, _)| Lack::Value(column, false));
        }
        let (target_from, target_place) = self.target();
        let origin = batch.rows.get(row).copied().unwrap_or_default();
        let message = messages.iter().find(|it| it.0 == origin && outcome == Some(Outcome::Breached));
        let (lack, missing) = lack.map(|it| self.lack(it)).unzip();
        let mut joined = String::new();
        ClockVerdict {
            source: &plan.id,
            rule: &promise.as_rule.rule,
            hash: &promise.as_rule.hash,
            key: plan.key_of(batch, row, &mut joined).map(str::to_owned),
            file: opened.files.get(batch.origin(row).file as usize).map_or("", |it| it.shown.as_str()),
            row: origin,
            outcome,
            date: date_of(source, batch, row, &planned.project.zone),
            message: message.map(|it| it.1.clone()),
            lack,
            missing: missing.flatten(),
            target,
            target_from,
            target_place,
            calendar,
            counts_always: matches!(promise.clock.calendar, CalendarInput::Always),
            state,
            cycles,
            due_latest,
            line,
            zone,
        }
    }

    /// What a target is and where it stands: an amount, a row of a table, an expression.
    fn target(&self) -> (String, String) {
        let texts = &self.planned.texts;
        match &self.declared.target {
            rule::Target::Amount(_, place) => (String::new(), shown_place(place, texts)),
            rule::Target::Expression(script) => {
                (script.text.trim().to_owned(), shown_place(&script.place(0..script.text.len()), texts))
            }
            rule::Target::Table(id, place) => {
                let row = if let TargetInput::Rows(column, _) = self.promise.clock.target
                    && let Value::Int(row) = self.batch.value(column as usize, self.row)
                {
                    usize::try_from(row).ok()
                } else {
                    None
                };
                let table = self.pack.tables.iter().find(|it| it.id == *id);
                match (row, table) {
                    (Some(row), Some(table)) if row < table.rows.len() => {
                        let said = [("name", id.clone()), ("row", (row + 1).to_string())];
                        let from = wording::EXPLAIN_TABLE_ROW.fill(self.lang, &said);
                        (from, shown_place(&table.rows[row].place, texts))
                    }
                    _ => (id.clone(), shown_place(place, texts)),
                }
            }
        }
    }

    /// The calendar that counts on this record, and where it stands.
    fn calendar(&self) -> Option<(&'a DeclaredCalendar, String)> {
        let id = match &self.promise.clock.calendar {
            CalendarInput::Always => None,
            CalendarInput::One(_) => self.promise.calendar_ids.first().map(String::as_str),
            CalendarInput::Named(column, _) => {
                self.batch.columns[*column as usize].text(self.row, &self.batch.text)
            }
        };
        self.declared_calendar(id?)
    }

    /// The calendar of the run that speaks, where it changes with the target.
    fn calendar_of(&self, reading: &Reading<'_>) -> Option<(&'a DeclaredCalendar, String)> {
        let (CalendarInput::Named(_, all), Clock::Calendar(used)) =
            (&self.promise.clock.calendar, reading.clock)
        else {
            return None;
        };
        self.declared_calendar(&all.iter().find(|it| std::ptr::eq(&raw const *it.1, used))?.0)
    }

    fn declared_calendar(&self, id: &str) -> Option<(&'a DeclaredCalendar, String)> {
        let declared = self.planned.project.calendars.iter().find(|it| it.id == id)?;
        Some((declared, shown_place(&declared.place, &self.planned.texts)))
    }

    /// Why there is no evidence, and for want of which field.
    fn lack(&self, lack: Lack) -> (String, Option<String>) {
        let name =
            |column: u32| self.source.plan.column_names.get(column as usize).cloned().unwrap_or_default();
        let (start, stop) = self.promise.moments.clone();
        let (said, arguments, missing): (Wording, Vec<(&str, String)>, _) = match lack {
            Lack::Value(column, unreadable) => {
                let said = if unreadable { wording::HELP_UNREADABLE } else { wording::HELP_MISSING };
                (said, vec![("name", name(column))], Some(name(column)))
            }
            Lack::Negative(column) => {
                (wording::CLOCK_NEGATIVE, vec![("name", name(column))], Some(name(column)))
            }
            Lack::Calendar(column) => {
                let text = self.batch.columns[column as usize].text(self.row, &self.batch.text);
                let text = text.unwrap_or_default().to_owned();
                (wording::UNKNOWN_CALENDAR.says, vec![("name", text)], Some(name(column)))
            }
            Lack::Pause(number) => {
                let (from, to) = self.promise.pause_names.get(number).cloned().unwrap_or_default();
                (wording::CLOCK_REVERSED, vec![("first", to), ("second", from)], None)
            }
            Lack::Clock(Fault::StopBeforeStart) => {
                (wording::CLOCK_REVERSED, vec![("first", stop), ("second", start)], None)
            }
            Lack::Clock(Fault::BeyondCalendar | Fault::NoCalendar) => {
                let ids = self.promise.calendar_ids.join(", ");
                (wording::CLOCK_BEYOND, vec![("name", ids)], None)
            }
        };
        (said.fill(self.lang, &arguments), missing)
    }

    /// What happened and which time passed, in order.
    fn line(
        &self,
        reading: &Reading<'_>,
        state: &State,
        due_latest: Option<i64>,
        is_sound: bool,
    ) -> Vec<Mark> {
        let end = reading.stop.unwrap_or(reading.as_of.max(reading.start));
        let mut events: Vec<(i64, Happens)> = timeline(reading, state)
            .into_iter()
            // A pause that ends with the clock is not ended by anything of its own.
            .filter(|(at, event)| !(matches!(event, Event::PauseEnds(_)) && *at == end))
            .map(|(at, event)| (at, Happens::Clock(event)))
            .collect();
        if reading.stop.is_none() {
            events.push((end, Happens::Now));
            events.sort_by_key(|it| it.0);
        }
        let last = end.max(state.due.unwrap_or(end)).max(due_latest.unwrap_or(end));
        let spans = if is_sound { passes(reading, state, end, last) } else { Vec::new() };
        let mut line = Vec::new();
        let mut events = events.into_iter().peekable();
        for (from, to, kind) in spans {
            // A stretch of time is told in parts where something happens within it.
            let mut from = from;
            while let Some((at, happens)) = events.next_if(|it| it.0 < to) {
                if at > from {
                    line.push(Mark::Span(from, at, kind));
                    from = at;
                }
                line.push(Mark::Point(at, happens, self.field(happens, reading.begun)));
            }
            line.push(Mark::Span(from, to, kind));
        }
        let point = |(at, happens)| Mark::Point(at, happens, self.field(happens, reading.begun));
        line.extend(events.map(point));
        line
    }

    fn change_step(&self) -> String {
        self.declared.target_change.as_ref().map_or_else(String::new, |it| it.step.clone())
    }

    /// The field that an event is read from.
    fn field(&self, happens: Happens, begun: Begun) -> String {
        let pause = |number: usize| self.promise.pause_names.get(number).cloned().unwrap_or_default();
        match happens {
            Happens::Clock(Event::Start) => match begun {
                Begun::Start => self.promise.moments.0.clone(),
                Begun::Reopened => {
                    self.promise.pause_names.last().map_or_else(String::new, |it| it.1.clone())
                }
                Begun::Changed => self.change_step(),
            },
            Happens::Clock(Event::TargetChanges) => self.change_step(),
            Happens::Clock(Event::Stop) => self.promise.moments.1.clone(),
            Happens::Clock(Event::PauseBegins(number)) => pause(number).0,
            Happens::Clock(Event::PauseEnds(number)) => pause(number).1,
            Happens::Clock(Event::CountsFrom | Event::Due | Event::DueLatest) | Happens::Now => String::new(),
        }
    }
}

fn latest(reading: &Reading<'_>, state: &State) -> Option<i64> {
    match reading.target {
        Target::Fixed(due) => Some(due),
        Target::Amount(_) => state.due.and_then(|it| reading.clock.latest(it)),
    }
}

/// Which time passes from the start to `last`, in stretches; `end` is the stop, or now.
fn passes(reading: &Reading<'_>, state: &State, end: i64, last: i64) -> Vec<(i64, i64, Passes)> {
    let clock: &Clock<'_> = &reading.clock;
    let open = clock.open_spans(reading.start, last);
    let due = state.due.unwrap_or(last);
    let mut edges: Vec<i64> = vec![reading.start, end, due, last];
    edges.extend(open.iter().flat_map(|it| [it.0, it.1]));
    edges.extend(reading.pauses.iter().flat_map(|it| [it.from, it.to]));
    // What was counted before the target changed is carried over as a whole.
    let first = reading.carried.map_or(reading.start, |it| it.at);
    edges.push(first);
    edges.retain(|it| (first..=last).contains(it));
    edges.sort_unstable();
    edges.dedup();
    let paused = cut(reading.pauses, i64::MIN, i64::MAX);
    let carried = reading.carried.map(|it| (reading.start, it.at, Passes::Carried(it.open)));
    let mut all: Vec<(i64, i64, Passes)> = carried.into_iter().collect();
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let at = open.partition_point(|it| it.1 <= from);
        let is_open = open.get(at).is_some_and(|it| it.0 <= from);
        let at = paused.partition_point(|it| it.1 <= from);
        let is_paused = paused.get(at).is_some_and(|it| it.0 <= from && to <= it.1);
        let kind = match () {
            () if !is_open => Passes::Closed,
            () if from >= end => Passes::Left,
            () if is_paused => Passes::Paused,
            () if from >= due => Passes::Over,
            () => Passes::Open,
        };
        match all.last_mut() {
            Some(before) if before.2 == kind && before.1 == from => before.1 = to,
            _ => all.push((from, to, kind)),
        }
    }
    all
}
