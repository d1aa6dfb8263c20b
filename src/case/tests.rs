//! Figures of cases, a line each.

use super::{LogBuilder, Measure, Moment, Part, Reckoning, Which};
use crate::record::{Origin, Value};

const HOUR: i64 = 3_600 * 1_000_000;

/// A case as `step@hour:actor …`, held to what a measure makes of it.
fn figure(events: &str, measure: &Measure) -> Value {
    let mut log = LogBuilder::default();
    for (row, event) in (1..).zip(events.split_whitespace()) {
        let (step, rest) = event.split_once('@').unwrap();
        let (hour, actor) = rest.split_once(':').map_or((rest, None), |it| (it.0, Some(it.1)));
        let at = hour.parse::<i64>().ok().map(|it| it * HOUR);
        log.push(
            Some("C"),
            at,
            (step, actor),
            Box::from([Value::Int(row)]),
            Origin { file: 0, row: row.unsigned_abs() },
        );
    }
    let log = log.finish();
    let fields = ["row".to_owned()];
    Reckoning::new(&log, measure, &fields, |_| None, 100 * HOUR).of(log.events("C"), &Value::Time(2 * HOUR))
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
    let mut log = LogBuilder::default();
    let origin = Origin { file: 0, row: 1 };
    log.push(None, Some(1), ("a", None), Box::default(), origin);
    log.push(Some("C"), None, ("a", None), Box::default(), origin);
    log.push(Some("C"), Some(1), ("a", None), Box::default(), origin);
    log.push(Some("C"), Some(1), ("b", None), Box::default(), origin);
    let log = log.finish();
    let left = log.left();
    assert_eq!((left.without_case, left.without_time, left.ties, log.len()), (1, 1, 1, 2));
    assert_eq!((log.steps(), log.ids().len(), log.is_empty()), (vec!["a", "b"], 1, false));
}
