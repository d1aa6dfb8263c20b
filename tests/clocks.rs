//! Clocks as other systems know them: `tests/data/clocks.jsonl`, one life cycle a line, each with its
//! source. What happened is told as events. They are judged twice: as the fields that a record without steps
//! has (start, stop, pauses, "now"; rows that cannot be told so are listed with the reason), and as a case
//! with a log, by the command line.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{project_of, run};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write as _, fs};
use touchstone::{
    calendar::{Calendar, CalendarSpec, Clock, Terms, WEEKDAYS, Zone, parse_iso_date, parse_iso_time},
    promise::{Begun, Outcome, Paused, Reading, Target, judge},
    record::{Amount, MICROS_PER_SECOND},
};

const CASES: &str = include_str!("data/clocks.jsonl");

/// Rows that need the steps of a case: fields do not hold them.
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
    pauses: Vec<Paused>,
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
                pauses.push(Paused { from, to: at(event), number: 0 });
                since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    // A pause that nothing ends lasts until the stop, or until now.
    let end = stop.unwrap_or(as_of);
    pauses.extend(since.filter(|it| *it <= end).map(|from| Paused { from, to: end, number: 0 }));
    Fields { start, stop, pauses, as_of }
}

/// A clock, judged; lengths of time in microseconds.
#[derive(Debug)]
struct Judged {
    name: String,
    outcome: String,
    due: Option<i64>,
    due_latest: Option<i64>,
    open: Option<i64>,
    /// What is left, or below 0 what is over.
    margin: Option<i64>,
    held: i64,
    worst: Option<i64>,
}

fn judged(case: &Value) -> Vec<Judged> {
    let (calendar, always) = (calendar(case), Zone::named("UTC").unwrap());
    let clock = calendar.as_ref().map_or(Clock::Always(&always), Clock::Calendar);
    let one = |(name, target): (&String, &Value)| {
        let Fields { start, stop, pauses, as_of } = fields(case, name);
        let target = if target.is_string() {
            Target::Fixed(instant(target))
        } else {
            // A window has no target: only its time is asked for.
            Target::Amount(Amount::Open(target.as_i64().map_or(i64::MAX / 4, |it| it * MINUTE)))
        };
        let (terms, begun, carried, warn_at) = (Terms::default(), Begun::Start, None, 0.8);
        let pauses = pauses.as_slice();
        let reading = Reading { start, begun, stop, target, pauses, carried, clock, terms, warn_at, as_of };
        let (state, fault) = judge(&reading);
        // A window's target lies beyond every calendar, and is not asked for.
        assert!(fault.is_none() || name == "window", "{} {name}: {fault:?}", case["id"]);
        let due_latest = match target {
            Target::Fixed(due) => Some(due),
            Target::Amount(_) => state.due.and_then(|it| clock.latest(it)),
        };
        let held = clock.open_between(start, stop.unwrap_or(as_of)).unwrap() - state.open.unwrap();
        Judged {
            name: name.clone(),
            outcome: state.outcome.map_or("", Outcome::name).to_owned(),
            due: state.due,
            due_latest,
            open: state.open,
            margin: state.remaining.zip(state.overrun).map(|(left, over)| left - over),
            held,
            worst: state.open,
        }
    };
    clocks(case).map(one).collect()
}

/// The clocks of a case, each with its target.
fn clocks(case: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let all = case["clock"].as_object().unwrap().iter();
    all.filter(|it| !["pause_states", "kind"].contains(&it.0.as_str()))
}

/// What is wrong with the answers to a case.
fn faults(case: &Value, all: &[Judged]) -> Vec<String> {
    let expected = case["expected"].as_object().unwrap();
    let of = |name: &str| all.iter().find(|it| it.name == name).unwrap();
    // The clock that figures without a name are about.
    let about =
        expected.keys().find_map(|key| all.iter().find(|it| key.strip_prefix(&it.name) == Some("_minutes")));
    let about = about.unwrap_or(&all[all.len() - 1]);
    let minutes = |it: &Value| it.as_i64().unwrap() * MINUTE;
    let mut wrong = Vec::new();
    for (key, value) in expected {
        let holds = match key.as_str() {
            "due" if value.is_object() => value.as_object().unwrap().iter().all(|(name, due)| {
                // Where a case tells both conventions, `due` is the next opening.
                let next_opening = expected.contains_key("due_close_convention");
                let found = if next_opening { of(name).due_latest } else { of(name).due };
                found == Some(instant(due))
            }),
            "due" | "due_close_convention" => about.due == Some(instant(value)),
            "next_due" => all.iter().filter_map(|it| it.due).min() == Some(instant(value)),
            "margin" => about.margin == Some(minutes(value)),
            "update_minutes_worst" => about.worst == Some(minutes(value)),
            // That system shows no due instant between two runs; ours keeps that of the run that stands worst.
            "update_due" => value.is_null() && about.due.is_some(),
            "hold_minutes" => about.held == minutes(value),
            "status" => match value.as_str().unwrap() {
                "Failed" | "missed" => all.iter().any(|it| it.outcome == "breached"),
                "Resolution Due" => {
                    of("solution").outcome == "running" && of("first_response").outcome == "kept"
                }
                other => panic!("{}: a status `{other}`", case["id"]),
            },
            "minutes" | "update_minutes" | "solution_minutes" => about.open == Some(minutes(value)),
            other => panic!("{}: `{other}` is expected", case["id"]),
        };
        if !holds {
            wrong.push(format!("{} {key} {value}: {all:?}", case["id"]));
        }
    }
    wrong
}

#[test]
fn every_clock_that_fields_can_tell_holds() {
    let cases = cases();
    for (id, reason) in NEED_EVENTS {
        assert!(cases.iter().any(|it| it["id"] == id), "{id} is no case ({reason})");
    }
    let told = cases.iter().filter(|case| NEED_EVENTS.iter().all(|it| case["id"] != it.0));
    let wrong: Vec<String> = told.flat_map(|it| faults(it, &judged(it))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn cases() -> Vec<Value> {
    let cases: Vec<Value> = CASES.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(cases.len(), 11);
    cases
}

/// A case as a log: an event's step is what it says, or the state that it leads to.
fn log(case: &Value) -> String {
    let mut log = "case,step,time,state\n".to_owned();
    for event in case["events"].as_array().unwrap() {
        let at = zone_less(instant(&event[0]));
        let (kind, state) = (event[1].as_str().unwrap(), event[2].as_str().unwrap_or_default());
        let ends_in_itself = ["closed", "pause", "resume"].contains(&kind);
        let state = if ends_in_itself { kind } else { state };
        let step = if kind == "state" { state } else { kind };
        writeln!(log, "C,{step},{at},{state}").unwrap();
    }
    log
}

/// An instant as ISO 8601 in UTC.
fn zone_less(instant: i64) -> String {
    touchstone::calendar::format_time(instant, 0)
}

/// A promise for each clock of a case, and the calendar that it counts by.
fn promises(case: &Value) -> (String, String) {
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let mut calendar = String::new();
    if let Some(hours) = case["calendar"]["hours"].as_object() {
        let mut days = BTreeMap::new();
        for (day, list) in hours {
            let one = |it: &Value| format!("{}-{}", text(&it[0]), text(&it[1]));
            days.insert(day.clone(), list.as_array().unwrap().iter().map(one).collect::<Vec<_>>());
        }
        let days: Vec<String> = days.iter().map(|(day, hours)| format!("{day} = {hours:?}")).collect();
        let holidays = case["calendar"]["holidays"]
            .as_array()
            .map_or("[]".to_owned(), |it| Value::from(it.clone()).to_string());
        let zone = text(&case["calendar"]["timezone"]);
        calendar = format!(
            "[[calendar]]\nid = \"desk\"\ntimezone = \"{zone}\"\nhours = {{ {} }}\nholidays = {holidays}\n",
            days.join(", ")
        );
    }
    let mut promises = String::new();
    for (name, target) in clocks(case) {
        let moment = |at: usize| format!("'time(\"{}\")'", text(&case["clock"][name][at]));
        let steps = |it: &[&str]| {
            let found = case["events"].as_array().unwrap().iter().find_map(|event| {
                let said = [event[1].as_str(), event[2].as_str()];
                it.iter().find(|step| said.contains(&Some(**step)))
            });
            format!("{{ step = \"{}\" }}", found.unwrap_or(&it[0]))
        };
        let (start, stop, more) = match name.as_str() {
            "window" => (moment(0), moment(1), ""),
            "first_response" => (steps(&["created"]), steps(&["agent_message", "Replied"]), ""),
            "update" => (
                steps(&["customer_message"]),
                steps(&["agent_message"]),
                "reopen = { on = { step = \"customer_message\" }, policy = \"restart\" }\n",
            ),
            "solution" => (steps(&["created"]), steps(&["closed", "Resolved"]), ""),
            _ => (steps(&["start"]), steps(&["closed"]), ""),
        };
        let target = match target {
            Value::String(at) => format!("'time(\"{at}\")'"),
            Value::Number(minutes) => format!("\"{minutes}m\""),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => "\"1000h\"".to_owned(),
        };
        let id = name.replace('_', "-");
        write!(
            promises,
            "[[promise]]\nid = \"{id}\"\ntitle = \"{id}\"\non = \"case\"\nstart = {start}\nstop = {stop}\n\
             target = {target}\n{more}"
        )
        .unwrap();
        if !calendar.is_empty() {
            promises.push_str("calendar = \"desk\"\n");
        }
        let states: Vec<String> =
            case["clock"]["pause_states"].as_array().into_iter().flatten().map(text).collect();
        let states = if states.is_empty() { vec!["pause".to_owned()] } else { states };
        writeln!(promises, "pause = [{{ while = 'state in {states:?}' }}]").unwrap();
    }
    (calendar, promises)
}

/// The clocks of a case as the command line judges them.
fn judged_on_events(case: &Value) -> Vec<Judged> {
    let (calendar, promises) = promises(case);
    let audit = format!(
        "[project]\nname = \"Clocks\"\ntimezone = \"UTC\"\npacks = [\"./rules\"]\n\n[[source]]\nid = \"case\"\n\
         key = \"case\"\nevents = {{ path = \"events.csv\", case = \"case\", activity = \"step\", at = \"time\" }}\n\n{calendar}"
    );
    let folder = project_of(&audit, &[], &promises);
    fs::write(folder.path().join("events.csv"), log(case)).unwrap();
    let as_of = zone_less(instant(&case["events"].as_array().unwrap().last().unwrap()[0]));
    let one = |(name, _): (&String, &Value)| {
        let rule = format!("desk/promise:{}", name.replace('_', "-"));
        let told = run(
            folder.path(),
            &["explain", "--rule", &rule, "--record", "C", "--as-of", &as_of, "--format", "json"],
        );
        assert_eq!(told.code, 0, "{} {rule}: {}", case["id"], told.err);
        let told: Value = serde_json::from_str(&told.out).unwrap();
        let told = &told["records"][0];
        let length = |name: &str| told[name].as_f64().map(|it| (it * 1e6) as i64);
        let moment = |name: &str| told[name].is_string().then(|| instant(&told[name]));
        let paused = told["intervals"].as_array().unwrap().iter().filter(|it| it["kind"] == "paused");
        Judged {
            name: name.clone(),
            outcome: told["outcome"].as_str().unwrap().to_owned(),
            due: moment("due"),
            due_latest: moment("due_latest"),
            open: length("open_seconds"),
            margin: length("remaining_seconds")
                .zip(length("overrun_seconds"))
                .map(|(left, over)| left - over),
            held: paused.map(|it| it["seconds"].as_i64().unwrap() * MICROS_PER_SECOND).sum(),
            worst: told["cycles"]["worst_seconds"].as_i64().map(|it| it * MICROS_PER_SECOND),
        }
    };
    clocks(case).map(one).collect()
}

#[test]
fn every_clock_holds_on_events() {
    let wrong: Vec<String> = cases().iter().flat_map(|it| faults(it, &judged_on_events(it))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
