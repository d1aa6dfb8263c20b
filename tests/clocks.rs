//! Clocks as other systems know them: `tests/data/clocks.jsonl`, one life cycle a line, each with its
//! source. What happened is told as events; here they become the fields that a record without steps
//! has: start, stop, pauses, "now". Rows that cannot be told so are listed with the reason.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first thing it cannot read")]

use serde_json::Value;
use touchstone::{
    calendar::{Calendar, CalendarSpec, Clock, Terms, WEEKDAYS, Zone, parse_iso_date, parse_iso_time},
    promise::{Outcome, Reading, State, Target, judge},
    record::{Amount, MICROS_PER_SECOND},
};

const CASES: &str = include_str!("data/clocks.jsonl");

/// Rows that need the steps of a case.
const NEED_EVENTS: [(&str, &str); 1] =
    [("CK-007", "a clock with two cycles, of which the longest counts: fields hold one start and one stop")];

const MINUTE: i64 = 60 * MICROS_PER_SECOND;

/// An instant, or minutes since one.
fn instant(value: &Value) -> i64 {
    let Some(text) = value.as_str() else { return value.as_i64().unwrap() * MINUTE };
    let time = parse_iso_time(text).unwrap();
    time.local - time.offset.unwrap() * MICROS_PER_SECOND
}

/// The hours; `None` where every hour counts.
fn calendar(case: &Value) -> Option<Calendar> {
    let mut spec = CalendarSpec::default();
    for (day, list) in case["calendar"]["hours"].as_object()? {
        let one = |it: &Value| format!("{}-{}", it[0].as_str().unwrap(), it[1].as_str().unwrap());
        let hours = list.as_array().unwrap().iter().map(|it| one(it).parse().unwrap());
        spec.hours[WEEKDAYS.iter().position(|it| it == day).unwrap()] = hours.collect();
    }
    for day in case["calendar"]["holidays"].as_array().into_iter().flatten() {
        spec.holidays.insert(parse_iso_date(day.as_str().unwrap()).unwrap());
    }
    let day = instant(&case["events"][0][0]).div_euclid(24 * 60 * MINUTE);
    let zone = Zone::named(case["calendar"]["timezone"].as_str().unwrap()).unwrap();
    Some(Calendar::between(spec, zone, day - 10, day + 40))
}

/// The fields of a record on which the events are told.
struct Fields {
    start: i64,
    stop: Option<i64>,
    pauses: Vec<(i64, i64)>,
    as_of: i64,
}

fn fields(case: &Value, clock: &str) -> Fields {
    let events = case["events"].as_array().unwrap();
    let kind = |it: &Value| it[1].as_str().unwrap().to_owned();
    // The state that an event leads to; what starts and ends a pause outright counts as one.
    let state = |it: &Value| match kind(it).as_str() {
        "created" | "state" => it[2].as_str().map(str::to_owned),
        other => ["closed", "pause", "resume"].contains(&other).then(|| other.to_owned()),
    };
    let at = |it: &Value| instant(&it[0]);
    let first = |holds: &dyn Fn(&Value) -> bool| events.iter().find(|it| holds(it)).map(at);
    let (start, stop) = match clock {
        "window" => (instant(&case["clock"]["window"][0]), Some(instant(&case["clock"]["window"][1]))),
        "first_response" => (
            at(&events[0]),
            first(&|it| kind(it) == "agent_message" || state(it).as_deref() == Some("Replied")),
        ),
        "update" => {
            (first(&|it| kind(it) == "customer_message").unwrap(), first(&|it| kind(it) == "agent_message"))
        }
        "solution" => (
            at(&events[0]),
            first(&|it| ["closed", "Resolved"].contains(&state(it).unwrap_or_default().as_str())),
        ),
        "target_date" => (at(&events[0]), None),
        other => panic!("{}: a clock `{other}`", case["id"]),
    };
    let as_of = at(events.last().unwrap());
    let holds_clock = |state: &str| {
        let listed = case["clock"]["pause_states"].as_array().into_iter().flatten().any(|it| it == state);
        listed || state == "pause"
    };
    let mut pauses = Vec::new();
    let mut since = None;
    for event in events {
        let Some(state) = state(event) else { continue };
        match (since, holds_clock(&state)) {
            (None, true) => since = Some(at(event)),
            (Some(from), false) => {
                pauses.push((from, at(event)));
                since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    // A pause that nothing ends lasts until the stop, or until now.
    let end = stop.unwrap_or(as_of);
    pauses.extend(since.filter(|it| *it <= end).map(|it| (it, end)));
    Fields { start, stop, pauses, as_of }
}

/// A clock, judged.
struct Judged {
    name: String,
    state: State,
    due_latest: Option<i64>,
    held: i64,
}

fn judged(case: &Value) -> Vec<Judged> {
    let (calendar, always) = (calendar(case), Zone::named("UTC").unwrap());
    let clock = calendar.as_ref().map_or(Clock::Always(&always), Clock::Calendar);
    let clocks = case["clock"].as_object().unwrap().iter();
    let clocks = clocks.filter(|it| !["pause_states", "kind"].contains(&it.0.as_str()));
    let one = |(name, target): (&String, &Value)| {
        let Fields { start, stop, pauses, as_of } = fields(case, name);
        let target = if target.is_string() {
            Target::Fixed(instant(target))
        } else {
            // A window has no target: only its time is asked for.
            Target::Amount(Amount::Open(target.as_i64().map_or(i64::MAX / 4, |it| it * MINUTE)))
        };
        let terms = Terms::default();
        let reading = Reading { start, stop, target, pauses: &pauses, clock, terms, warn_at: 0.8, as_of };
        let (state, fault) = judge(&reading);
        // A window's target lies beyond every calendar, and is not asked for.
        assert!(fault.is_none() || name == "window", "{} {name}: {fault:?}", case["id"]);
        let due_latest = match target {
            Target::Fixed(due) => Some(due),
            Target::Amount(_) => state.due.and_then(|it| clock.latest(it)),
        };
        let held = clock.open_between(start, stop.unwrap_or(as_of)).unwrap() - state.open.unwrap();
        Judged { name: name.clone(), state, due_latest, held }
    };
    clocks.map(one).collect()
}

/// What is wrong with the answers to a case.
fn faults(case: &Value) -> Vec<String> {
    let all = judged(case);
    let expected = case["expected"].as_object().unwrap();
    let of = |name: &str| all.iter().find(|it| it.name == name).unwrap();
    // The clock that figures without a name are about.
    let about =
        expected.keys().find_map(|key| all.iter().find(|it| key.strip_prefix(&it.name) == Some("_minutes")));
    let about = about.unwrap_or(&all[all.len() - 1]);
    let outcome = |it: &Judged| it.state.outcome.unwrap();
    let minutes = |it: &Value| it.as_i64().unwrap() * MINUTE;
    let mut wrong = Vec::new();
    for (key, value) in expected {
        let holds = match key.as_str() {
            "due" if value.is_object() => value.as_object().unwrap().iter().all(|(name, due)| {
                // Where a case tells both conventions, `due` is the next opening.
                let next_opening = expected.contains_key("due_close_convention");
                let found = if next_opening { of(name).due_latest } else { of(name).state.due };
                found == Some(instant(due))
            }),
            "due" => about.state.due == Some(instant(value)),
            "due_close_convention" => about.state.due == Some(instant(value)),
            "next_due" => all.iter().filter_map(|it| it.state.due).min() == Some(instant(value)),
            "margin" => about.state.remaining.unwrap() - about.state.overrun.unwrap() == minutes(value),
            "hold_minutes" => about.held == minutes(value),
            "status" => match value.as_str().unwrap() {
                "Failed" | "missed" => all.iter().any(|it| outcome(it) == Outcome::Breached),
                "Resolution Due" => {
                    outcome(of("solution")) == Outcome::Running
                        && outcome(of("first_response")) == Outcome::Kept
                }
                other => panic!("{}: a status `{other}`", case["id"]),
            },
            "minutes" | "update_minutes" | "solution_minutes" => about.state.open == Some(minutes(value)),
            other => panic!("{}: `{other}` is expected", case["id"]),
        };
        if !holds {
            let found: Vec<_> = all.iter().map(|it| (&it.name, it.state, it.due_latest, it.held)).collect();
            wrong.push(format!("{} {key} {value}: {found:?}", case["id"]));
        }
    }
    wrong
}

#[test]
fn every_clock_that_fields_can_tell_holds() {
    let cases: Vec<Value> = CASES.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(cases.len(), 11);
    for (id, reason) in NEED_EVENTS {
        assert!(cases.iter().any(|it| it["id"] == id), "{id} is no case ({reason})");
    }
    let told = cases.iter().filter(|case| NEED_EVENTS.iter().all(|it| case["id"] != it.0));
    let wrong: Vec<String> = told.flat_map(faults).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
