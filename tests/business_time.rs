//! Business time as other systems and reference libraries know it: `tests/data/business_time.jsonl`, one case a
//! line, each with its source. `normative` rows must hold to the microsecond; of the others, which
//! come from systems that reckon differently, the row's `reference` holds our answer.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

use serde_json::Value;
use touchstone::{
    calendar::{
        Calendar, CalendarSpec, Clock, HolidayScope, Hours, Terms, WEEKDAYS, Zone, parse_iso_date,
        parse_iso_time,
    },
    record::{Amount, MICROS_PER_SECOND},
};

const CASES: &str = include_str!("data/business_time.jsonl");

fn instant(text: &str) -> i64 {
    let time = parse_iso_time(text).unwrap();
    time.local - time.offset.unwrap() * MICROS_PER_SECOND
}

fn hours(list: &Value) -> Vec<Hours> {
    let one =
        |it: &Value| format!("{}-{}", it[0].as_str().unwrap(), it[1].as_str().unwrap()).parse().unwrap();
    list.as_array().unwrap().iter().map(one).collect()
}

fn calendar(case: &Value) -> Calendar {
    let mut spec = CalendarSpec::default();
    for (day, list) in case["hours"].as_object().unwrap() {
        spec.hours[WEEKDAYS.iter().position(|it| it == day).unwrap()] = hours(list);
    }
    for day in case["holidays"].as_array().into_iter().flatten() {
        match day.as_str().unwrap().split('-').collect::<Vec<_>>().as_slice() {
            ["*", month, day] => drop(spec.yearly.insert((month.parse().unwrap(), day.parse().unwrap()))),
            _ => drop(spec.holidays.insert(parse_iso_date(day.as_str().unwrap()).unwrap())),
        }
    }
    for (day, list) in case["date_hours"].as_object().into_iter().flatten() {
        spec.days.insert(parse_iso_date(day).unwrap(), hours(list));
    }
    for (day, list) in case["breaks"].as_object().into_iter().flatten() {
        spec.dated_breaks.insert(parse_iso_date(day).unwrap(), hours(list));
    }
    if case["holiday_scope"] == "calendar_day" {
        spec.holiday_scope = HolidayScope::Day;
    }
    let around = |key: &str| case[key].as_str().map(|it| instant(it).div_euclid(86_400 * MICROS_PER_SECOND));
    let first = around("start").unwrap();
    let last = around("end").or_else(|| around("expected")).unwrap();
    let zone = Zone::named(case["timezone"].as_str().unwrap()).unwrap();
    Calendar::between(spec, zone, first.min(last) - 10, first.max(last) + 40)
}

/// What is wrong with the answers to a case.
fn fault(case: &Value) -> Option<String> {
    let calendar = calendar(case);
    let start = instant(case["start"].as_str().unwrap());
    let normative = case["status"] == "normative";
    if case["op"] == "elapsed" {
        let open = calendar.open_between(start, instant(case["end"].as_str().unwrap())).unwrap();
        let seconds = if normative { &case["expected_seconds"] } else { &case["reference"]["wall_seconds"] };
        let expected = (seconds.as_f64().unwrap() * 1e6).round() as i64;
        return (open != expected).then(|| format!("open {open}, expected {expected}"));
    }
    let clock = Clock::Calendar(&calendar);
    let amount = (case["amount_seconds"].as_f64().unwrap() * 1e6).round() as i64;
    let due = clock.due(start, Amount::Open(amount), Terms::default()).unwrap();
    let latest = clock.latest(due).unwrap();
    let expected = |key: &str| case["reference"][key].as_str().map(instant).unwrap();
    let mut told = vec![("due", due, expected("close")), ("due_latest", latest, expected("open"))];
    let written = instant(case["expected"].as_str().unwrap());
    told.push(if normative { ("due", due, written) } else { ("due_latest", latest, written) });
    let wrong = told.into_iter().find(|(_, found, expected)| found != expected);
    wrong.map(|(what, found, expected)| format!("{what} {found}, expected {expected}"))
}

#[test]
fn every_case_holds() {
    let cases: Vec<Value> = CASES.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(cases.len(), 178);
    let faults: Vec<String> =
        cases.iter().filter_map(|it| Some(format!("{} {}", it["id"], fault(it)?))).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
}
