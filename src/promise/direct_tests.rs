//! The direct way says what the general one says, on records of every kind.

use super::{CalendarInput, ClockPlan, Lack, Marks, OpenTimes, Parts, TargetInput, direct::Direct};
use crate::{
    calendar::{Calendar, CalendarSpec, StartAt, Terms, Zone, days_from_civil},
    record::{Amount, Batch, Bitmap, Column, Dictionary, MICROS_PER_SECOND, TextColumn, Type, Values},
};
use std::sync::Arc;

const RECORDS: usize = 5_000;
const HOUR: i64 = 3_600 * MICROS_PER_SECOND;

/// A linear congruence: the same records on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i64::try_from(self.0 >> 33).unwrap() % bound
    }

    /// A column in which one value of twenty is missing, and half of these could not be read.
    fn column(&mut self, ty: Type, values: Values) -> Column {
        let (mut valid, mut unreadable) = (Bitmap::default(), Bitmap::default());
        for _ in 0..RECORDS {
            let draw = self.below(40);
            valid.push(draw > 1);
            unreadable.push(draw == 0);
        }
        Column { ty, values, valid, unreadable: Some(unreadable) }
    }
}

/// Mornings and afternoons, or nights, of the year 2026 only: some clocks run beyond.
fn calendar(hours: &[&str]) -> Arc<Calendar> {
    let mut spec = CalendarSpec::default();
    for day in &mut spec.hours[..5] {
        *day = hours.iter().map(|it| it.parse().unwrap()).collect();
    }
    let zone = Zone::named("Europe/Berlin").unwrap();
    let (first, last) = (days_from_civil(2026, 1, 1), days_from_civil(2026, 12, 31));
    Arc::new(Calendar::between(spec, zone, first, last))
}

/// Columns: start, stop, when, row of a table, duration, amount, calendar.
fn records() -> Batch {
    let mut random = Random(7);
    let first = days_from_civil(2025, 12, 28) * 24 * HOUR;
    let starts: Vec<i64> = (0..RECORDS).map(|_| first + random.below(380 * 24) * HOUR / 4 * 4).collect();
    // On the quarter of an hour, so that many fall on an opening, a closing or the due instant.
    let stops = starts.iter().map(|it| it + (random.below(400) - 20) * HOUR / 4).collect();
    let mut when = Bitmap::default();
    (0..RECORDS).for_each(|_| when.push(random.below(5) > 0));
    let rows = (0..RECORDS).map(|_| random.below(8)).collect();
    let durations = (0..RECORDS).map(|_| (random.below(60) - 3) * HOUR / 4).collect();
    let amounts = ["0h", "15m", "4h", "1.5h", "1bd", "2d"].map(|it| it.parse::<Amount>().unwrap());
    let amounts = (0..RECORDS).map(|_| amounts[usize::try_from(random.below(6)).unwrap()]).collect();
    let mut names = Dictionary::default();
    for name in ["day", "night", "none"] {
        names.code(name);
    }
    let codes = (0..RECORDS).map(|_| u16::try_from(random.below(3)).unwrap()).collect();
    let columns = vec![
        random.column(Type::Time, Values::Int(starts)),
        random.column(Type::Time, Values::Int(stops)),
        random.column(Type::Bool, Values::Bool(when)),
        random.column(Type::Int, Values::Int(rows)),
        random.column(Type::Duration, Values::Int(durations)),
        random.column(Type::Amount, Values::Amount(amounts)),
        random.column(Type::Text, Values::Text(TextColumn::Coded(codes, names))),
    ];
    Batch { len: RECORDS, columns, ..Batch::default() }
}

/// All that a promise says, as text: values that are not valid mean nothing.
fn said(parts: &Parts) -> String {
    let row = |row: usize| {
        parts.columns.iter().map(move |it| it.value(row, "")).collect::<Vec<crate::record::Value>>()
    };
    let rows = (0..RECORDS).map(row).collect::<Vec<_>>();
    format!("{:?} {:?} {:?} {rows:?}", parts.counts, parts.lacks, parts.breached)
}

#[test]
fn both_ways_say_the_same() {
    let batch = records();
    let (day, night) = (calendar(&["09:00-12:00", "13:30-18:00"]), calendar(&["22:00-06:00"]));
    let named = vec![("day".to_owned(), day.clone()), ("night".to_owned(), night.clone())];
    let calendars = [
        CalendarInput::Always,
        CalendarInput::One(day),
        CalendarInput::One(night),
        CalendarInput::Named(6, named),
    ];
    let amounts = ["0h", "4h", "20h", "1bd", "3bd", "30d", "1.5bd"].map(|it| it.parse().unwrap());
    let targets = [
        TargetInput::Amount(amounts[0]),
        TargetInput::Amount(amounts[1]),
        TargetInput::Amount(amounts[4]),
        TargetInput::Amount(amounts[5]),
        TargetInput::Amount(amounts[6]),
        TargetInput::Rows(3, amounts.to_vec()),
        TargetInput::Durations(4),
        TargetInput::Amounts(5),
    ];
    let mut outcomes = [0; 5];
    let mut marks = Marks::default();
    for (calendar, target) in calendars.iter().flat_map(|it| targets.iter().map(move |to| (it, to))) {
        for (when, start_at, times_are_read) in [
            (None, None, true),
            (None, None, false),
            (Some(2), Some(StartAt::AsIs), true),
            (Some(2), None, false),
            (None, Some(StartAt::NextOpen), true),
        ] {
            let plan = ClockPlan {
                when,
                start: 0,
                stop: 1,
                target: target.clone(),
                calendar: calendar.clone(),
                pauses: Vec::new(),
                cycles: None,
                changes: None,
                cycles_are_read: false,
                terms: Terms { start_at, ..Terms::default() },
                warn_at: 0.8,
                zone: Zone::utc(),
                as_of: days_from_civil(2026, 7, 1) * 24 * HOUR,
                outcomes: ClockPlan::outcome_names(),
                times_are_read,
            };
            let in_force = |row: usize| match row % 11 {
                0 => Err(Lack::Value(0, false)),
                1 => Ok(false),
                _ => Ok(true),
            };
            let marks = plan.marks(&batch, &mut marks);
            let direct = Direct::new(&plan, &batch, marks).expect("a usual clock");
            let mut open = [(); 2].map(|()| OpenTimes::default());
            let fast = plan.run_by(&batch, Some(&direct), &mut open[0], Some(&in_force));
            let slow = plan.run_by(&batch, None, &mut open[1], Some(&in_force));
            let told = format!("{calendar:?} {target:?} {when:?} {start_at:?} {times_are_read}");
            assert_eq!(said(&fast), said(&slow), "{told}");
            let quantiles =
                [[0.0, 0.1], [0.3, 0.5], [0.9, 1.0]].map(|it| open.each_ref().map(|of| of.quantiles(it)));
            assert!(quantiles.iter().all(|[fast, slow]| fast == slow), "{told} {quantiles:?}");
            assert_eq!(open[0].count(), open[1].count(), "{told}");
            for (all, count) in outcomes.iter_mut().zip(fast.counts.outcomes) {
                *all += count;
            }
        }
    }
    assert!(outcomes.iter().all(|it| *it > 0), "{outcomes:?}");
}
