//! The calendar against a slow one that shares no code with it: random calendars in zones with all
//! kinds of clock changes, over spans of minutes to years.
//!
//! Cases are the same in every run; `PROPTEST_CASES` asks for more of them. That the harness can fail
//! is a test too: oracles with a deliberate mistake must be noticed.

mod oracle;

use super::{
    Calendar, CalendarSpec, Clock, DayEnd, DayKind, HolidayScope, Hours, Roll, StartAt, Terms, Zone,
    days_from_civil, parse_iso_date, parse_iso_time,
};
use crate::record::{Amount, Decimal, MICROS_PER_SECOND};
use jiff::tz::TimeZone;
use oracle::{MISTAKES, Mistake, Oracle};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

const ZONES: [&str; 9] = [
    "UTC",
    "Asia/Shanghai",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/Sao_Paulo",
    "Africa/Casablanca",
];

#[derive(Clone, Debug)]
struct Case {
    zone: &'static str,
    spec: CalendarSpec,
    from: i64,
    to: i64,
    amount: i64,
    days: i64,
}

/// Hours of a day in quarters: mostly those of an office, sometimes overnight.
fn hours() -> impl Strategy<Value = Vec<Hours>> {
    let one = (0..96_i64, 1..96_i64)
        .prop_filter_map("no hours", |(start, len)| Hours::new(start * 900, (start + len) % 97 * 900));
    vec(one, 0..3)
}

fn case() -> impl Strategy<Value = Case> {
    let week = || proptest::array::uniform7(hours());
    let dates = || vec(0..1200_i64, 0..25);
    let dated = || vec((0..1200_i64, hours()), 0..6);
    let place = (0..ZONES.len(), 0..900 * 86_400_i64, 0..3_u32);
    // Minutes to days mostly, up to two years.
    let power = prop_oneof![8 => 10..20_u32, 2 => 20..24_u32, 1 => 24..27_u32];
    let span = (power, any::<u32>(), 0..400_000_i64, 0..9_i64);
    (place, week(), dates(), dated(), week(), dated(), any::<[bool; 3]>(), span).prop_map(
        |(
            (zone, start, third),
            hours,
            dates,
            days,
            breaks,
            dated_breaks,
            flags,
            (power, within, amount, count),
        )| {
            let first = days_from_civil(2022, 1, 1);
            // Overrides mostly meet a holiday: which of them wins is the question.
            let met = days.iter().map(|it| it.0).collect::<Vec<_>>();
            let dates = dates.into_iter().chain(met).map(|it| first + it);
            let yearly = [(12, 25), (1, 1), (2, 29)].into_iter().take(third as usize).collect();
            let at =
                |all: Vec<(i64, Vec<Hours>)>| all.into_iter().map(|(day, it)| (first + day, it)).collect();
            let spec = CalendarSpec {
                hours,
                holidays: dates.collect(),
                yearly,
                days: at(days),
                breaks: if flags[0] { breaks } else { Default::default() },
                dated_breaks: at(dated_breaks),
                holiday_scope: if flags[1] { HolidayScope::Day } else { HolidayScope::Shift },
                ..CalendarSpec::default()
            };
            let from = (first * 86_400 + start) * MICROS_PER_SECOND + i64::from(flags[2]) * 7;
            let length = (i64::from(within) * MICROS_PER_SECOND) >> (32 - power);
            Case {
                zone: ZONES[zone],
                spec,
                from,
                to: from + length,
                amount: amount * MICROS_PER_SECOND,
                days: count,
            }
        },
    )
}

/// How the calendar differs from the oracle on a case.
fn differ(case: &Case, mistake: Mistake) -> Option<String> {
    let day = |micros: i64| micros.div_euclid(86_400 * MICROS_PER_SECOND);
    let (first, last) = (day(case.from) - 3, day(case.to) + 60);
    let zone = Zone::named(case.zone).unwrap();
    let calendar = Calendar::between(case.spec.clone(), zone, first, last);
    let oracle = Oracle { spec: &case.spec, zone: TimeZone::get(case.zone).unwrap(), mistake };
    let end = calendar.reach().end;
    let told = |what: &str, found: Option<i64>, expected: Option<i64>| {
        (found != expected).then(|| format!("{what}: {found:?}, expected {expected:?}"))
    };
    let open = oracle.open_between(case.from, case.to);
    let (next, after) = (oracle.next_open(case.from, end), oracle.after(case.from, case.amount.max(1), end));
    let clock = Clock::Calendar(&calendar);
    let latest = after.filter(|it| *it < end).and_then(|it| match oracle.next_open(it, end) {
        Some(next) if next > it && oracle.open_between(it - 1, it) > 0 => Some(next),
        Some(_) => Some(it),
        None => None,
    });
    let spans = calendar.open_spans(case.from, case.to).iter().map(|it| it.1 - it.0).sum();
    told("open", calendar.open_between(case.from, case.to), Some(open))
        .or_else(|| told("spans", Some(spans), Some(open)))
        .or_else(|| told("next", calendar.next_open(case.from), next))
        .or_else(|| told("after", calendar.after(case.from, case.amount.max(1)), after))
        .or_else(|| told("latest", latest.and(after.and_then(|it| calendar.latest(it))), latest))
        .or_else(|| {
            let next = next?;
            [DayEnd::SameTime, DayEnd::Close].into_iter().find_map(|day_end| {
                let amount = Amount::BusinessDays(Decimal::from(case.days + 1));
                let found = clock.due(next, amount, Terms { day_end, ..Terms::default() })?;
                told("days", Some(found), oracle.business_days(next, case.days + 1, day_end == DayEnd::Close))
            })
        })
}

fn search(count_min: u32, shrink: u32, mistake: Mistake) -> Result<(), Box<TestError<Case>>> {
    let asked = ProptestConfig::default();
    let config = ProptestConfig {
        cases: asked.cases.max(count_min),
        failure_persistence: None,
        max_shrink_iters: shrink,
        ..asked
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let run =
        runner.run(&case(), |case| differ(&case, mistake).map_or(Ok(()), |it| Err(TestCaseError::fail(it))));
    run.map_err(Box::new)
}

#[test]
fn agrees_with_the_oracle() {
    if let Err(error) = search(300, 500, Mistake::None) {
        panic!("{error}");
    }
}

#[test]
fn the_harness_can_fail() {
    for mistake in MISTAKES {
        assert!(search(300, 0, mistake).is_err(), "{mistake:?} was not noticed");
    }
}

fn calendar(hours: &str, zone: &str, change: impl FnOnce(&mut CalendarSpec)) -> Calendar {
    let mut spec = CalendarSpec::default();
    for day in &mut spec.hours[..5] {
        *day = hours.split(' ').map(|it| it.parse().unwrap()).collect();
    }
    change(&mut spec);
    let span =
        if spec.china { None } else { Some((days_from_civil(2025, 1, 1), days_from_civil(2027, 12, 31))) };
    let zone = Zone::named(zone).unwrap();
    match span {
        Some((first, last)) => Calendar::between(spec, zone, first, last),
        None => Calendar::new(spec, zone),
    }
}

fn at(calendar: &Calendar, text: &str) -> i64 {
    calendar.zone().to_utc(parse_iso_time(text).unwrap().local).0
}

/// Each row: start, amount, terms, due. 2026-03-02 was a Monday.
#[test]
fn amounts_fall_due() {
    let office = calendar("09:00-12:00 13:30-18:00", "Asia/Shanghai", |spec| {
        spec.holidays.insert(parse_iso_date("2026-03-05").unwrap());
    });
    let close = Terms { day_end: DayEnd::Close, ..Terms::default() };
    let as_is = Terms { start_at: Some(StartAt::AsIs), ..Terms::default() };
    let next = Terms { start_at: Some(StartAt::NextOpen), ..Terms::default() };
    let roll = Terms { roll: Roll::NextOpen, ..Terms::default() };
    let plain = Terms::default();
    for (start, amount, terms, due) in [
        ("2026-03-02T11:00", "2h", plain, "2026-03-02T14:30"),
        ("2026-03-02T11:00", "1h", plain, "2026-03-02T12:00"),
        ("2026-03-02T11:00", "1h", roll, "2026-03-02T13:30"),
        ("2026-03-02T20:00", "0h", plain, "2026-03-03T09:00"),
        ("2026-03-02T10:15", "1bd", plain, "2026-03-03T10:15"),
        ("2026-03-02T20:00", "1bd", plain, "2026-03-04T09:00"),
        ("2026-03-02T20:00", "1bd", as_is, "2026-03-03T20:00"),
        // Thursday is a holiday, then the weekend.
        ("2026-03-04T10:15", "2bd", plain, "2026-03-09T10:15"),
        ("2026-03-04T10:15", "2bd", close, "2026-03-09T18:00"),
        ("2026-03-04T10:15", "0bd", close, "2026-03-04T18:00"),
        ("2026-03-02T10:15", "1.5bd", plain, "2026-03-03T15:30"),
        ("2026-03-04T20:00", "1d", plain, "2026-03-05T20:00"),
        ("2026-03-04T20:00", "1d", roll, "2026-03-06T09:00"),
        ("2026-03-04T20:00", "1d", next, "2026-03-07T09:00"),
        ("2026-03-04T20:00", "1.5d", plain, "2026-03-06T08:00"),
        ("2026-03-05T20:00", "1d", close, "2026-03-06T18:00"),
    ] {
        let clock = Clock::Calendar(&office);
        let found = clock.due(at(&office, start), amount.parse().unwrap(), terms).unwrap();
        assert_eq!(found, at(&office, due), "{start} + {amount} {terms:?}");
    }
}

/// A night belongs to the day that its shift starts on.
#[test]
fn business_days_of_a_night_shift() {
    let nights = calendar("22:00-06:00", "Europe/Berlin", |_| ());
    let clock = Clock::Calendar(&nights);
    // 02:00 on Saturday belongs to Friday; the next business day is Monday, whose 02:00 is on Tuesday.
    let due = clock.due(at(&nights, "2026-03-07T02:00"), "1bd".parse().unwrap(), Terms::default());
    assert_eq!(due, Some(at(&nights, "2026-03-10T02:00")));
}

#[test]
fn make_up_days_have_the_hours_of_a_working_day() {
    let china = calendar("09:00-12:00 13:30-18:00", "Asia/Shanghai", |spec| {
        spec.china = true;
        spec.breaks[0] = vec!["10:00-10:15".parse().unwrap()];
        spec.days.insert(parse_iso_date("2026-02-28").unwrap(), vec!["09:00-12:00".parse().unwrap()]);
    });
    let day = |text: &str| {
        let (kind, hours) = china.day(parse_iso_date(text).unwrap());
        (kind, hours.iter().map(|it| it.end - it.start).sum::<i64>())
    };
    assert_eq!(day("2026-02-13"), (DayKind::Weekly, 27_000));
    assert_eq!(day("2026-02-14"), (DayKind::MakeUp, 26_100));
    assert_eq!(day("2026-02-17"), (DayKind::Holiday, 0));
    assert_eq!(day("2026-02-28"), (DayKind::Special, 10_800));
    // What the table does not hold is not guessed.
    let beyond = at(&china, "2027-01-04T10:00");
    assert_eq!(china.open_between(at(&china, "2026-12-31T10:00"), beyond), None);
    assert_eq!(china.after(at(&china, "2026-12-31T17:00"), 7200 * MICROS_PER_SECOND), None);
    assert_eq!(china.next_open(beyond), None);
}

#[test]
fn years_that_the_project_lists_go_on_behind_the_table() {
    let listed = calendar("09:00-18:00", "Asia/Shanghai", |spec| {
        spec.china = true;
        spec.holidays.insert(parse_iso_date("2027-01-01").unwrap());
    });
    assert!(listed.next_open(at(&listed, "2027-06-01T10:00")).is_some());
    assert!(listed.next_open(at(&listed, "2028-06-01T10:00")).is_none());
}

#[test]
fn a_calendar_that_never_opens_has_no_answers_but_zero() {
    let never = Calendar::between(CalendarSpec::default(), Zone::utc(), 20_000, 20_100);
    let now = 20_010 * 86_400 * MICROS_PER_SECOND;
    assert!(never.never_opens());
    assert_eq!(never.open_between(now, now + 1_000_000), Some(0));
    assert_eq!((never.next_open(now), never.after(now, 1), never.latest(now)), (None, None, Some(now)));
}
