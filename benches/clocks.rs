//! What calendars and promises cost on one thread. See `benches/README.md`.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot prepare its calendar has failed")]

use divan::{Bencher, black_box, counter::ItemsCount};
use std::sync::Arc;
use touchstone::{
    calendar::{Calendar, CalendarSpec, Terms, Zone, days_from_civil, parse_iso_date},
    promise::{CalendarInput, ClockPlan, Marks, OpenTimes, TargetInput},
    record::{Batch, Bitmap, Column, MICROS_PER_SECOND, Type, Values},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RECORDS: usize = 100_000;

fn main() {
    divan::main();
}

/// Two years of an office with holidays and a clock that is changed.
fn office() -> Calendar {
    let mut spec = CalendarSpec::default();
    for day in &mut spec.hours[..5] {
        *day = vec!["09:00-12:00".parse().unwrap(), "13:30-18:00".parse().unwrap()];
    }
    for day in
        ["2025-01-01", "2025-04-18", "2025-05-01", "2025-12-25", "2026-01-01", "2026-04-03", "2026-05-01"]
    {
        spec.holidays.insert(parse_iso_date(day).unwrap());
    }
    let zone = Zone::named("Europe/Berlin").unwrap();
    Calendar::between(spec, zone, days_from_civil(2025, 1, 1), days_from_civil(2026, 12, 31))
}

/// Starts all over two years, and stops up to two weeks later; a few tenths of records are open.
fn times() -> (Vec<i64>, Vec<i64>) {
    let first = days_from_civil(2025, 1, 6) * 86_400 * MICROS_PER_SECOND;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i64::try_from((state >> 33) % below).unwrap()
    };
    let starts: Vec<i64> = (0..RECORDS).map(|_| first + next(690 * 86_400) * MICROS_PER_SECOND).collect();
    let stops = starts.iter().map(|it| it + next(14 * 86_400) * MICROS_PER_SECOND).collect();
    (starts, stops)
}

#[divan::bench]
fn open_between(bencher: Bencher) {
    let (calendar, (starts, stops)) = (office(), times());
    let mut out = Vec::with_capacity(RECORDS);
    bencher.counter(ItemsCount::new(RECORDS)).bench_local(|| {
        out.clear();
        calendar.open_between_all(black_box(&starts), &stops, &mut out, |_| ());
    });
}

/// With the times that rules read of it, and with no more than its outcome.
#[divan::bench(args = [true, false])]
fn promise_with_table(bencher: Bencher, times_are_read: bool) {
    let (starts, stops) = times();
    let rows = (0..RECORDS).map(|it| i64::try_from(it % 3).unwrap()).collect();
    let column = |ty, values: Vec<i64>| {
        let mut valid = Bitmap::default();
        valid.reset(RECORDS, true);
        Column { ty, values: Values::Int(values), valid, unreadable: None }
    };
    let columns = vec![column(Type::Time, starts), column(Type::Time, stops), column(Type::Int, rows)];
    let batch = Batch { len: RECORDS, columns, ..Batch::default() };
    let amounts = ["30m", "4h", "20h"].map(|it| it.parse().unwrap());
    let plan = ClockPlan {
        when: None,
        start: 0,
        stop: 1,
        target: TargetInput::Rows(2, amounts.to_vec()),
        calendar: CalendarInput::One(Arc::new(office())),
        pauses: Vec::new(),
        cycles: None,
        changes: None,
        cycles_are_read: false,
        terms: Terms::default(),
        warn_at: 0.8,
        zone: Zone::utc(),
        as_of: days_from_civil(2026, 12, 1) * 86_400 * MICROS_PER_SECOND,
        outcomes: ClockPlan::outcome_names(),
        times_are_read,
    };
    let (mut marks, mut open) = (Marks::default(), OpenTimes::default());
    bencher.counter(ItemsCount::new(RECORDS)).bench_local(|| {
        marks.forget();
        plan.run(black_box(&batch), &mut marks, &mut open, None)
    });
}
