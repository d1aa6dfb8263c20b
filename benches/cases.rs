//! What it costs to put cases together from a log and to ask ten questions about the steps of each, beside the cost
//! of sorting the same keys: one thread, events already read. See `benches/README.md`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement prints what it found")]

use std::{fmt::Write as _, hint::black_box, time::Instant};
use touchstone::{
    case::{Fetched, LogBuilder, Measure, Part, Reckoning, Which},
    record::{Origin, Value},
    sorting::Spill,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Events of a case.
const EVENTS_A_CASE: usize = 10;
/// Bytes of a case's id.
const ID_LEN: usize = 9;
const STEPS: [&str; 6] = ["accept", "handle", "transfer", "reply", "follow-up", "archive"];
const PEOPLE: [&str; 5] = ["Li", "Wu", "Zhao", "Chen", "Sun"];

/// The questions of ten rules.
fn questions() -> Vec<Measure> {
    let text = |it: &str| it.to_owned();
    vec![
        Measure::Count(text("reply")),
        Measure::Of(Which::First, text("accept"), Part::At),
        Measure::Of(Which::Last, text("reply"), Part::Actor),
        Measure::Between(text("accept"), text("reply")),
        Measure::InOrder(vec![text("accept"), text("handle"), text("reply"), text("archive")]),
        Measure::FollowedBy(text("transfer"), text("reply"), Some(4 * 3_600_000_000)),
        Measure::Precedes(text("handle"), text("reply")),
        Measure::NeverAfter(text("reply"), text("archive")),
        Measure::HandOffs,
        Measure::IdleMax(None),
    ]
}

fn main() {
    let wanted = std::env::var("EVENTS").ok().and_then(|it| it.parse().ok()).unwrap_or(10_000_000_usize);
    let cases = wanted / EVENTS_A_CASE;
    // As a log has them: in order of time, so that the events of a case stand far apart.
    let mut state = 42_u64;
    let mut dice = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0)
    };
    // An id stands in each event, as in the block of a file that has just been read.
    let mut text = String::with_capacity(wanted * ID_LEN);
    for _ in 0..wanted {
        write!(text, "C-{:07}", dice() % cases).unwrap();
    }
    let id = |event: usize| &text[event * ID_LEN..(event + 1) * ID_LEN];
    let at = |event: usize| i64::try_from(event).unwrap() * 1_000_000;

    let started = Instant::now();
    let mut keys: Vec<(&str, i64)> = (0..wanted).map(|it| (id(it), at(it))).collect();
    keys.sort_unstable();
    black_box(&keys);
    let sorting = started.elapsed();
    drop(keys);

    let started = Instant::now();
    let mut log = LogBuilder::new(Spill::never());
    for number in 0..wanted {
        let (step, actor) = (STEPS[number * 7 % STEPS.len()], PEOPLE[number % 3 + number % 2]);
        let origin = Origin { file: 0, row: number as u64 + 2 };
        log.push(Some(id(number)), Some(at(number)), (step, Some(actor)), &[], origin).unwrap();
    }
    let read = started.elapsed();
    let log = log.finish().unwrap();
    let assembled = started.elapsed();
    let questions = questions();
    let reckonings: Vec<Reckoning<'_>> =
        questions.iter().map(|it| Reckoning::new(&log, it, &[], |_| None, i64::MAX)).collect();
    for case in 0..log.cases() {
        let mut fetched = Fetched::default();
        let range = log.fetch(case, &mut fetched).unwrap();
        for reckoning in &reckonings {
            black_box(reckoning.of(fetched.of(range.clone()), &Value::Missing));
        }
    }
    let asked = started.elapsed();
    println!("events: {wanted}, cases: {}", log.cases());
    println!("sorting the keys:        {:.2} s", sorting.as_secs_f64());
    println!("events taken in:         {:.2} s", read.as_secs_f64());
    println!("cases put together:      {:.2} s", assembled.as_secs_f64());
    println!("and ten questions asked: {:.2} s", asked.as_secs_f64());
    println!("ratio: {:.2} (limit 2)", asked.as_secs_f64() / sorting.as_secs_f64());
}
