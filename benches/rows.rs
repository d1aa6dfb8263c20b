//! What a rule costs row by row, beside the best that Rhai's own evaluator reaches with the same
//! meaning (a missing value is never compared): operators overloaded for every pair of types, or the
//! script rewritten so that every field goes through a check. See `benches/README.md`.
#![expect(clippy::print_stderr, reason = "figures are for who runs it")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot prepare its files has failed")]

#[path = "../tests/support/mod.rs"]
mod support;

use rhai::{AST, Dynamic, Engine, EvalAltResult, ImmutableString, OptimizationLevel, Scope};
use std::{any::TypeId, fmt::Write as _, fs, path::Path, time::Instant};
use support::Subject;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RECORDS: usize = 20_000;
const ROUNDS: usize = 9;

/// Rules as people write them, each with the fields it reads.
const RULES: [(&str, &str, &[&str]); 5] = [
    ("comparison", r#"m <= 240 && channel != "walk-in" && n > 0"#, &["m", "channel", "n"]),
    (
        "text",
        r#"channel.len() >= 2 && !channel.contains("x") && tier in ["vip", "gold", "plain"]"#,
        &["channel", "tier"],
    ),
    ("switch", r#"switch tier { "vip" => m <= 30, "gold" => m <= 60, _ => m <= 240 }"#, &["tier", "m"]),
    ("loop", "let late = 0; for score in scores { if score < 3 { late += 1; } } late <= 2", &["scores"]),
    ("closure", "scores.filter(|it| it < 3).len() <= 2", &["scores"]),
];

struct Record {
    m: Option<i64>,
    n: Option<i64>,
    channel: &'static str,
    tier: &'static str,
    scores: Vec<i64>,
}

fn records() -> Vec<Record> {
    let mut seed = 7_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut record = |_: usize| Record {
        m: Some(next(400).cast_signed()).filter(|it| it % 20 != 0),
        n: Some(next(9).cast_signed()),
        channel: ["phone", "walk-in", "chat", "电话"][usize::try_from(next(4)).unwrap()],
        tier: ["vip", "gold", "plain"][usize::try_from(next(3)).unwrap()],
        scores: (0..next(6)).map(|_| next(5).cast_signed() + 1).collect(),
    };
    (0..RECORDS).map(&mut record).collect()
}

fn product(records: &[Record]) -> Vec<f64> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rows");
    fs::create_dir_all(folder.join("rules")).unwrap();
    let mut lines = String::new();
    for (key, it) in records.iter().enumerate() {
        let number = |it: Option<i64>| it.map_or("null".to_owned(), |it| it.to_string());
        let _ = writeln!(
            lines,
            r#"{{"id":"{key}","m":{},"n":{},"channel":"{}","tier":"{}","scores":{:?}}}"#,
            number(it.m),
            number(it.n),
            it.channel,
            it.tier,
            it.scores
        );
    }
    fs::write(folder.join("records.ndjson"), lines).unwrap();
    let project = "[project]\nname = \"Rows\"\ntimezone = \"UTC\"\npacks = [\"./rules\"]\n[[source]]\nid = \"records\"\npath = \"records.ndjson\"\nkey = \"id\"\nkind = \"record\"\n[source.fields]\nscores = { type = \"list\", of = \"int\" }\n";
    fs::write(folder.join("audit.toml"), project).unwrap();
    let mut pack = "[pack]\nid = \"pack\"\ntitle = \"Rows\"\n".to_owned();
    for (name, script, _) in RULES {
        let _ = write!(
            pack,
            "[[rule]]\nid = \"{name}\"\ntitle = \"{name}\"\non = \"record\"\nseverity = \"minor\"\nscript = '''{script}'''\n"
        );
    }
    fs::write(folder.join("rules/pack.toml"), pack).unwrap();
    let subject = Subject::load(&folder).unwrap();
    RULES
        .iter()
        .map(|(name, ..)| {
            let plan = subject.plan(&[format!("pack/{name}")], true).unwrap();
            let mut batches = subject.batches(&plan).unwrap();
            median(|| drop(std::hint::black_box(subject.judge(&plan, &mut batches, false))))
        })
        .collect()
}

/// The median of some rounds, in nanoseconds a record.
fn median(mut code: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            code();
            started.elapsed().as_secs_f64() * 1e9 / RECORDS as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn missing<T>() -> Result<T, Box<EvalAltResult>> {
    Err("missing".into())
}

fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.set_optimization_level(OptimizationLevel::Full);
    engine.set_max_operations(1_000_000);
    engine.set_max_call_levels(32);
    engine
}

/// An overload of each operator for each pair of types with a missing value among them.
fn overloaded() -> Engine {
    let mut engine = engine();
    engine.set_fast_operators(false);
    let unit = TypeId::of::<()>();
    let others = [
        TypeId::of::<bool>(),
        TypeId::of::<i64>(),
        TypeId::of::<f64>(),
        TypeId::of::<ImmutableString>(),
        TypeId::of::<rhai::Array>(),
        unit,
    ];
    for operator in ["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "contains"] {
        for other in others {
            for types in [[unit, other], [other, unit]] {
                engine.register_raw_fn(operator, types, |_, _| missing::<bool>());
            }
        }
    }
    engine
}

/// An engine for scripts in which every field goes through `known`.
fn checked() -> Engine {
    let mut engine = engine();
    engine.register_fn("known", |it: Dynamic| if it.is_unit() { missing() } else { Ok(it) });
    engine
}

fn with_checks(script: &str, fields: &[&str]) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let flush = |word: &mut String, out: &mut String| {
        if fields.contains(&word.as_str()) {
            let _ = write!(out, "known({word})");
        } else {
            out.push_str(word);
        }
        word.clear();
    };
    for letter in script.chars() {
        if letter.is_alphanumeric() || letter == '_' {
            word.push(letter);
        } else {
            flush(&mut word, &mut out);
            out.push(letter);
        }
    }
    flush(&mut word, &mut out);
    out
}

fn rhai(engine: &Engine, ast: &AST, fields: &[&str], records: &[Record]) -> f64 {
    let arrays: Vec<rhai::Array> =
        records.iter().map(|it| it.scores.iter().map(|it| Dynamic::from(*it)).collect()).collect();
    median(|| {
        let mut passed = 0;
        for (record, scores) in records.iter().zip(&arrays) {
            let mut scope = Scope::new();
            for field in fields {
                let value: Dynamic = match *field {
                    "m" => record.m.map_or(Dynamic::UNIT, Dynamic::from),
                    "n" => record.n.map_or(Dynamic::UNIT, Dynamic::from),
                    "channel" => record.channel.into(),
                    "tier" => record.tier.into(),
                    _ => scores.clone().into(),
                };
                scope.push_constant_dynamic(*field, value);
            }
            passed += i32::from(engine.eval_ast_with_scope::<bool>(&mut scope, ast).unwrap_or(false));
        }
        std::hint::black_box(passed);
    })
}

fn main() {
    // `cargo test` runs benchmarks too: then there is nothing to measure.
    if std::env::args().any(|it| it == "--test") || !std::env::args().any(|it| it == "--bench") {
        return;
    }
    let records = records();
    let ours = product(&records);
    let (overloaded, checked) = (overloaded(), checked());
    eprintln!("nanoseconds a record           product  overloads  rewriting  product / best of Rhai");
    for ((name, script, fields), ours) in RULES.iter().zip(ours) {
        let first = rhai(&overloaded, &overloaded.compile(script).unwrap(), fields, &records);
        let ast = checked.compile(with_checks(script, fields)).unwrap();
        let second = rhai(&checked, &ast, fields, &records);
        let ratio = ours / first.min(second);
        eprintln!("{name:28} {ours:9.0} {first:10.0} {second:10.0} {ratio:9.2}");
    }
}
