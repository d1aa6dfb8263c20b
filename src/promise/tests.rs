//! SEMANTICS, section 4, case by case.

use super::{Begun, Event, Fault, Outcome, Paused, Reading, Target, judge, timeline};
use crate::{
    calendar::{Calendar, CalendarSpec, Clock, DayEnd, Terms, Zone, parse_iso_date},
    record::MICROS_PER_SECOND,
};

/// Monday to Friday 09:00-12:00 and 13:30-18:00 in Shanghai; 2026-03-05, a Thursday, is a holiday.
fn office() -> Calendar {
    let mut spec = CalendarSpec::default();
    for day in &mut spec.hours[..5] {
        *day = vec!["09:00-12:00".parse().unwrap(), "13:30-18:00".parse().unwrap()];
    }
    spec.holidays.insert(parse_iso_date("2026-03-05").unwrap());
    let day = |text: &str| parse_iso_date(text).unwrap();
    Calendar::between(spec, Zone::named("Asia/Shanghai").unwrap(), day("2026-01-01"), day("2026-12-31"))
}

/// `02 10:00` is the second of March 2026, a Monday, on the clock of Shanghai.
fn at(text: &str) -> i64 {
    let zone = Zone::named("Asia/Shanghai").unwrap();
    zone.instant(&format!("2026-03-{}", text.replace(' ', "T"))).unwrap()
}

struct Case {
    start: &'static str,
    stop: &'static str,
    target: &'static str,
    pauses: &'static [(&'static str, &'static str)],
    as_of: &'static str,
    close: bool,
}

const PLAIN: Case =
    Case { start: "02 10:00", stop: "", target: "4h", pauses: &[], as_of: "31 09:00", close: false };

impl Case {
    fn with<T>(&self, clock: Clock<'_>, then: impl FnOnce(&Reading<'_>) -> T) -> T {
        let pause = |(number, it): (usize, &(&str, &str))| Paused { from: at(it.0), to: at(it.1), number };
        let pauses: Vec<Paused> = self.pauses.iter().enumerate().map(pause).collect();
        let target = match self.target.parse() {
            Ok(amount) => Target::Amount(amount),
            Err(_) => Target::Fixed(at(self.target)),
        };
        let day_end = if self.close { DayEnd::Close } else { DayEnd::SameTime };
        then(&Reading {
            start: at(self.start),
            begun: Begun::Start,
            carried: None,
            stop: (!self.stop.is_empty()).then(|| at(self.stop)),
            target,
            pauses: &pauses,
            clock,
            terms: Terms { day_end, ..Terms::default() },
            warn_at: 0.8,
            as_of: at(self.as_of),
        })
    }

    /// Outcome, due instant, minutes of open time and of overrun.
    #[track_caller]
    fn is(&self, outcome: Outcome, due: &str, open: i64, overrun: i64) {
        let calendar = office();
        let (state, fault) = self.with(Clock::Calendar(&calendar), judge);
        let minutes = |it: Option<i64>| it.map(|it| it / 60 / MICROS_PER_SECOND);
        assert_eq!(fault, None);
        assert_eq!(
            (state.outcome, state.due, minutes(state.open), minutes(state.overrun)),
            (Some(outcome), Some(at(due)), Some(open), Some(overrun))
        );
    }
}

#[test]
fn equal_is_kept_and_greater_is_not() {
    Case { stop: "02 15:30", ..PLAIN }.is(Outcome::Kept, "02 15:30", 240, 0);
    Case { stop: "02 15:31", ..PLAIN }.is(Outcome::Breached, "02 15:30", 241, 1);
    // Due at a closing: the next opening is as good, a minute later is not.
    let night = Case { start: "02 16:00", target: "2h", ..PLAIN };
    Case { stop: "03 09:00", ..night }.is(Outcome::Kept, "02 18:00", 120, 0);
    Case { stop: "03 09:01", ..night }.is(Outcome::Breached, "02 18:00", 121, 1);
}

#[test]
fn days_are_due_at_an_instant() {
    // The second working day after Wednesday is Monday: Thursday is a holiday.
    let days = Case { start: "04 10:00", target: "2bd", ..PLAIN };
    Case { stop: "09 10:00", ..days }.is(Outcome::Kept, "09 10:00", 900, 0);
    Case { stop: "09 10:01", ..days }.is(Outcome::Breached, "09 10:00", 901, 1);
    Case { stop: "09 18:00", close: true, ..days }.is(Outcome::Kept, "09 18:00", 1290, 0);
    Case { stop: "06 10:00", target: "2d", ..days }.is(Outcome::Kept, "06 10:00", 450, 0);
    Case { stop: "06 09:00", target: "06 08:59", ..days }.is(Outcome::Breached, "06 08:59", 390, 1);
}

#[test]
fn pauses_do_not_count() {
    // Two pauses that overlap are one; what lies outside hours moves nothing.
    let paused = Case {
        pauses: &[("02 11:00", "02 11:30"), ("02 11:15", "02 14:00"), ("02 18:00", "02 20:00")],
        ..PLAIN
    };
    Case { stop: "02 17:00", ..paused }.is(Outcome::Kept, "02 17:00", 240, 0);
    Case { stop: "02 17:01", ..paused }.is(Outcome::Breached, "02 17:00", 241, 1);
    // Business days move by the paused open time, calendar days by the paused time.
    let days = Case { start: "02 10:00", pauses: &[("02 17:00", "03 10:00")], stop: "04 12:00", ..PLAIN };
    Case { target: "2bd", ..days }.is(Outcome::Kept, "04 12:00", 900, 0);
    Case { target: "1d", ..days }.is(Outcome::Breached, "04 03:00", 900, 9 * 60);
    // A fixed instant never moves.
    Case { target: "03 10:00", ..days }.is(Outcome::Breached, "03 10:00", 900, 26 * 60);
    // What is broken stays broken: a pause that begins later mends nothing.
    let late = Case { target: "1bd", stop: "04 12:00", pauses: &[("03 11:00", "04 11:00")], ..PLAIN };
    late.is(Outcome::Breached, "03 10:00", 570, 26 * 60);
    // Born paused, never run: what is paused until the stop moves the due instant.
    Case { pauses: &[("02 10:00", "03 10:00")], stop: "02 12:00", ..PLAIN }.is(
        Outcome::Kept,
        "02 17:30",
        0,
        0,
    );
}

#[test]
fn open_clocks_are_judged_as_if_stopped_now() {
    Case { as_of: "02 13:00", ..PLAIN }.is(Outcome::Running, "02 15:30", 120, 0);
    // 3 h 12 min is four fifths of the target.
    Case { as_of: "02 14:41", ..PLAIN }.is(Outcome::Running, "02 15:30", 191, 0);
    Case { as_of: "02 14:42", ..PLAIN }.is(Outcome::AtRisk, "02 15:30", 192, 0);
    Case { as_of: "02 15:30", ..PLAIN }.is(Outcome::AtRisk, "02 15:30", 240, 0);
    Case { as_of: "02 15:31", ..PLAIN }.is(Outcome::Breached, "02 15:30", 241, 1);
    // Of the span from start to due: 48 hours, and 38.4 of them.
    let days = Case { target: "2bd", ..PLAIN };
    Case { as_of: "04 00:23", ..days }.is(Outcome::Running, "04 10:00", 840, 0);
    Case { as_of: "04 00:24", ..days }.is(Outcome::AtRisk, "04 10:00", 840, 0);
    Case { as_of: "01 00:00", ..PLAIN }.is(Outcome::Running, "02 15:30", 0, 0);
}

#[test]
fn faults_leave_what_is_known() {
    let calendar = office();
    let clock = Clock::Calendar(&calendar);
    let (state, fault) = Case { stop: "01 10:00", ..PLAIN }.with(clock, judge);
    assert_eq!((state.outcome, state.due, fault), (None, Some(at("02 15:30")), Some(Fault::StopBeforeStart)));
    let zone = Zone::named("Asia/Shanghai").unwrap();
    let (state, fault) = Case { target: "1bd", ..PLAIN }.with(Clock::Always(&zone), judge);
    assert_eq!((state.outcome, fault), (None, Some(Fault::NoCalendar)));
    let long = Case { target: "3000h", ..PLAIN };
    let (state, fault) = long.with(clock, judge);
    assert_eq!((state.outcome, state.due, fault), (Some(Outcome::Running), None, None));
}

#[test]
fn a_time_line_is_in_order() {
    let calendar = office();
    let case = Case {
        start: "02 08:00",
        stop: "03 09:30",
        target: "6h",
        pauses: &[("02 10:00", "02 11:30")],
        ..PLAIN
    };
    let line = case.with(Clock::Calendar(&calendar), |it| timeline(it, &judge(it).0));
    let expected = [
        ("02 08:00", Event::Start),
        ("02 09:00", Event::CountsFrom),
        ("02 10:00", Event::PauseBegins(0)),
        ("02 11:30", Event::PauseEnds(0)),
        ("02 18:00", Event::Due),
        ("03 09:00", Event::DueLatest),
        ("03 09:30", Event::Stop),
    ];
    assert_eq!(line, expected.map(|(when, what)| (at(when), what)));
}
