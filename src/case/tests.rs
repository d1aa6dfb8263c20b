//! Figures of cases, a line each.

use super::{EventLog, Fetched, LogBuilder, Measure, Moment, Part, Reckoning, Which};
use crate::{
    record::{Origin, Value},
    sorting::Spill,
};

const HOUR: i64 = 3_600 * 1_000_000;

/// A case as `step@hour:actor …`, held to what a measure makes of it.
fn figure(events: &str, measure: &Measure) -> Value {
    let mut log = LogBuilder::new(Spill::never());
    for (row, event) in (1..).zip(events.split_whitespace()) {
        let (step, rest) = event.split_once('@').unwrap();
        let (hour, actor) = rest.split_once(':').map_or((rest, None), |it| (it.0, Some(it.1)));
        let at = hour.parse::<i64>().ok().map(|it| it * HOUR);
        log.push(
            Some("C"),
            at,
            (step, actor),
            &[Value::Int(row)],
            Origin { file: 0, row: row.unsigned_abs() },
        )
        .unwrap();
    }
    let log = log.finish().unwrap();
    let mut fetched = Fetched::default();
    let case = log.case("C").map(|it| log.fetch(it, &mut fetched).unwrap());
    let fields = ["row".to_owned()];
    Reckoning::new(&log, measure, &fields, |_| None, 100 * HOUR)
        .of(case.map(|it| fetched.of(it)).unwrap_or_default(), &Value::Time(2 * HOUR))
}

#[test]
fn figures_of_a_case() {
    let text = |it: &str| it.to_owned();
    let of = |which, step: &str, part| Measure::Of(which, text(step), part);
    let pair = |make: fn(String, String) -> Measure, a: &str, b: &str| make(text(a), text(b));
    let followed = |within| Measure::FollowedBy(text("a"), text("b"), within);
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    let hours = |it: i64| Value::Duration(it * HOUR);
    let cases = [
        ("a@1 b@2 a@3", Measure::Count(text("a")), Value::Int(2)),
        ("a@1", Measure::Count(text("z")), Value::Int(0)),
        ("b@2 a@3 a@1", of(Which::First, "a", Part::At), Value::Time(HOUR)),
        ("a@1:x a@3:y", of(Which::Last, "a", Part::Actor), Value::Text("y".into())),
        ("a@1", of(Which::Last, "b", Part::At), Value::Missing),
        // Events of one moment keep the order of rows.
        ("a@1 b@1 a@1", of(Which::Last, "a", Part::Field(text("row"))), Value::Int(3)),
        ("b@0 a@1 b@4 b@6", pair(Measure::Between, "a", "b"), hours(3)),
        ("b@0 a@1", pair(Measure::Between, "a", "b"), Value::Missing),
        ("a@1 b@2 c@3", Measure::InOrder(vec![text("a"), text("b"), text("c")]), yes.clone()),
        ("a@1 c@2 b@3", Measure::InOrder(vec![text("a"), text("b"), text("c")]), no.clone()),
        ("a@1 c@2", Measure::InOrder(vec![text("a"), text("b"), text("c")]), no.clone()),
        ("a@1 b@4 a@5 b@6", followed(Some(3 * HOUR)), yes.clone()),
        ("a@1 b@5", followed(Some(3 * HOUR)), no.clone()),
        ("a@1 b@2 a@3", followed(None), no.clone()),
        ("b@2", followed(None), yes.clone()),
        // The log ends at 100: time is not yet up.
        ("a@99", followed(Some(3 * HOUR)), Value::Missing),
        ("a@90", followed(Some(3 * HOUR)), no.clone()),
        ("a@1 b@2", pair(Measure::Precedes, "a", "b"), yes.clone()),
        ("b@1 a@2", pair(Measure::Precedes, "a", "b"), no.clone()),
        ("b@1", pair(Measure::Precedes, "a", "b"), no.clone()),
        ("c@1", pair(Measure::Precedes, "a", "b"), yes.clone()),
        ("a@1 b@2", pair(Measure::NeverAfter, "a", "b"), yes.clone()),
        ("a@1 b@2 a@3", pair(Measure::NeverAfter, "a", "b"), no),
        ("a@1 a@2", Measure::Exactly(text("a"), 2), yes),
        ("t@1:x n@2:z r@3:y", Measure::OwnerAt(Moment::Field(text("closed_at"))), Value::Text("z".into())),
        ("t@3:x", Measure::OwnerAt(Moment::Field(text("closed_at"))), Value::Missing),
        ("t@1:x n@2 r@3:y", Measure::OwnerAt(Moment::Step(Which::First, text("n"))), Value::Text("x".into())),
        ("t@1:x n@2:x r@3:y q@4:x", Measure::HandOffs, Value::Int(2)),
        ("a@1 b@5 c@6", Measure::IdleMax(None), hours(4)),
        ("a@1", Measure::IdleMax(None), Value::Missing),
    ];
    for (events, measure, expected) in cases {
        assert_eq!(figure(events, &measure), expected, "{events} {measure:?}");
    }
}

#[test]
fn events_without_case_or_time_are_counted() {
    let mut log = LogBuilder::new(Spill::never());
    let origin = Origin { file: 0, row: 1 };
    log.push(None, Some(1), ("a", None), &[], origin).unwrap();
    log.push(Some("C"), None, ("a", None), &[], origin).unwrap();
    log.push(Some("C"), Some(1), ("a", None), &[], origin).unwrap();
    log.push(Some("C"), Some(1), ("b", None), &[], origin).unwrap();
    let log = log.finish().unwrap();
    let left = log.left();
    assert_eq!((left.without_case, left.without_time, left.ties, log.len()), (1, 1, 1, 2));
    assert_eq!((log.steps(), log.cases(), log.is_empty()), (vec!["a", "b"], 1, false));
}

/// A log that holds so little in memory that it is filed, or all of it.
fn logged(events: &[(u8, i64, u8)], filed: bool) -> EventLog {
    let make: fn() -> std::io::Result<crate::sorting::Temporary> =
        || Ok(Box::new(std::io::Cursor::new(Vec::new())));
    let bytes_max = if filed { 0 } else { usize::MAX };
    let mut log = LogBuilder::new(Spill { bytes_max, make });
    for (row, (case, at, step)) in (0..).zip(events) {
        // Long ids and texts: a few thousand events fill the least run.
        let (case, step) = (format!("case number {case:0>40}"), format!("step {step}"));
        let fields = [Value::Int(*at), Value::Text("x".repeat(usize::from(*at as u8 % 7)).into())];
        log.push(Some(&case), Some(*at), (&step, Some("Li")), &fields, Origin { file: 1, row }).unwrap();
    }
    log.finish().unwrap()
}

#[test]
fn a_log_in_a_file_is_the_log_in_memory() {
    let events: Vec<(u8, i64, u8)> =
        (0..6_000_i64).map(|it| ((it * 7919 % 251) as u8, it * 31 % 97, (it % 5) as u8)).collect();
    let (memory, file) = (logged(&events, false), logged(&events, true));
    assert_eq!((memory.cases(), memory.len(), memory.left()), (file.cases(), file.len(), file.left()));
    assert_eq!(memory.steps(), file.steps());
    assert!(format!("{file:?}").contains("6000"));
    let (mut one, mut other) = (Fetched::default(), Fetched::default());
    // In any order, and again.
    for case in (0..memory.cases()).rev().chain(0..9) {
        let id = memory.id(case);
        assert_eq!((file.id(case), file.case(id), memory.case(id)), (id, Some(case), Some(case)));
        let (a, b) = (memory.fetch(case, &mut one).unwrap(), file.fetch(case, &mut other).unwrap());
        let told = |fetched: &Fetched, range: std::ops::Range<usize>, log: &EventLog| -> Vec<String> {
            let events = fetched.of(range);
            let one = |at: usize| {
                let event = events[at];
                format!(
                    "{} {} {:?} {:?}",
                    event.at,
                    log.text(event.step),
                    event.origin,
                    [events.field(at, 0), events.field(at, 1), events.field(at, 2)]
                )
            };
            (0..events.len()).map(one).collect()
        };
        let (a, b) = (told(&one, a, &memory), told(&other, b, &file));
        assert!(a == b && a.len() > 10, "{a:?} {b:?}");
    }
    assert_eq!(file.case("no such case"), None);
}
