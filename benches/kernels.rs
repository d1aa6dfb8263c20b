//! What judging costs on one thread: records are decoded once and judged again and again, without
//! findings being written. See `benches/README.md`.
#![expect(clippy::print_stderr, reason = "figures are for who runs it")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot prepare its files has failed")]

#[path = "../tests/support/mod.rs"]
mod support;

use divan::{Bencher, counter::ItemsCount};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use support::Subject;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Records that rules over columns see, and those that Rhai sees.
const RECORDS: usize = 100_000;
const RECORDS_BY_ROWS: usize = 2_000;
/// The rules of the workload, and those of the large set.
const RULES: usize = 20;
const RULES_MANY: usize = 500;

fn main() {
    if shared().join("bench/generate.py").exists() {
        // An item is one rule on one record: 1/(items a second) is the cost of that.
        divan::main();
    }
}

fn shared() -> PathBuf {
    let given = std::env::var_os("TOUCHSTONE_SHARED").map(PathBuf::from);
    given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"))
}

/// The workload's project over so many records, its rules so often that there are `rules` of them.
fn subject(records: usize, rules: usize) -> Subject {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kernels-{records}-{rules}"));
    fs::create_dir_all(folder.join("rules")).unwrap();
    let tickets = folder.join("tickets.csv");
    if !tickets.exists() {
        let part = folder.join("tickets.part");
        let generator = shared().join("bench/generate.py");
        let made = Command::new("python3").arg(generator).arg(records.to_string()).arg(&part).status();
        assert!(made.is_ok_and(|it| it.success()), "python3 could not generate the workload");
        fs::rename(part, tickets).unwrap();
    }
    let project = shared().join("bench/project");
    fs::write(folder.join("audit.toml"), fs::read(project.join("audit.toml")).unwrap()).unwrap();
    fs::write(folder.join("rules/pack.toml"), fs::read(project.join("rules/pack.toml")).unwrap()).unwrap();
    let pack = fs::read_to_string(project.join("rules/workload.toml")).unwrap();
    fs::write(folder.join("rules/workload.toml"), repeated(&pack, rules)).unwrap();
    Subject::load(&folder).unwrap()
}

/// The rules again and again under ids of their own, each time with other numbers in them, so that
/// no expression with a number is reckoned once for all.
fn repeated(pack: &str, rules: usize) -> String {
    let (head, first) = pack.split_once("[[rule]]").unwrap();
    let all: Vec<&str> = first.split("[[rule]]").collect();
    let mut text = head.to_owned();
    for number in 0..rules {
        let (round, rule) = (number / all.len(), all[number % all.len()]);
        text.push_str("[[rule]]");
        if round == 0 {
            text.push_str(rule);
            continue;
        }
        for line in rule.lines() {
            if let Some(id) = line.strip_prefix("id = \"") {
                let _ = writeln!(text, "id = \"{}-{round}\"", id.trim_end_matches('"'));
            } else if line.starts_with("check = ") {
                let _ = writeln!(text, "{}", with_other_numbers(line, round));
            } else {
                let _ = writeln!(text, "{line}");
            }
        }
    }
    text
}

/// The last number of a line, larger by `more`.
fn with_other_numbers(line: &str, more: usize) -> String {
    let Some(end) = line.rfind(|it: char| it.is_ascii_digit()).map(|it| it + 1) else {
        return line.to_owned();
    };
    let start = line[..end].rfind(|it: char| !it.is_ascii_digit()).map_or(0, |it| it + 1);
    match line[start..end].parse::<usize>() {
        Ok(number) => format!("{}{}{}", &line[..start], number + more, &line[end..]),
        Err(_) => line.to_owned(),
    }
}

fn judged(bencher: Bencher<'_, '_>, subject: &Subject, records: usize, rules: usize, row_by_row: bool) {
    let plan = subject.plan(&[], row_by_row).unwrap();
    assert_eq!(plan.rules.len(), rules);
    let mut batches = subject.batches(&plan).unwrap();
    bencher
        .counter(ItemsCount::new(records * rules))
        .bench_local(|| subject.judge(&plan, &mut batches, false));
}

#[divan::bench(sample_count = 20)]
fn twenty_rules_over_columns(bencher: Bencher<'_, '_>) {
    static SUBJECT: OnceLock<Subject> = OnceLock::new();
    judged(bencher, SUBJECT.get_or_init(|| subject(RECORDS, RULES)), RECORDS, RULES, false);
}

#[divan::bench(sample_count = 10)]
fn five_hundred_rules_over_columns(bencher: Bencher<'_, '_>) {
    static SUBJECT: OnceLock<Subject> = OnceLock::new();
    judged(bencher, SUBJECT.get_or_init(|| subject(RECORDS, RULES_MANY)), RECORDS, RULES_MANY, false);
}

#[divan::bench(sample_count = 10)]
fn twenty_rules_row_by_row(bencher: Bencher<'_, '_>) {
    static SUBJECT: OnceLock<Subject> = OnceLock::new();
    judged(bencher, SUBJECT.get_or_init(|| subject(RECORDS_BY_ROWS, RULES)), RECORDS_BY_ROWS, RULES, true);
}

/// The same in words: nanoseconds a record and rule.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn summary() {
    for (name, records, rules, row_by_row) in [
        ("20 rules over columns", RECORDS, RULES, false),
        ("500 rules over columns", RECORDS, RULES_MANY, false),
        ("20 rules row by row", RECORDS_BY_ROWS, RULES, true),
    ] {
        let subject = subject(records, rules);
        let plan = subject.plan(&[], row_by_row).unwrap();
        let mut batches = subject.batches(&plan).unwrap();
        let mut times: Vec<f64> = (0..7)
            .map(|_| {
                let started = std::time::Instant::now();
                divan::black_box(subject.judge(&plan, &mut batches, false));
                started.elapsed().as_secs_f64() * 1e9 / (records * rules) as f64
            })
            .collect();
        times.sort_by(f64::total_cmp);
        eprintln!(
            "{name}: {:.2} ns a record and rule (least {:.2}, most {:.2})",
            times[3], times[0], times[6]
        );
    }
}
