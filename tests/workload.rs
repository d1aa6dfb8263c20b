//! The speed workload of `../shared/bench`: its findings equal those of an oracle that goes row by
//! row, and of DuckDB where Python has it, whatever the threads, files, format and evaluator.
//!
//! Needs the shared folder (`TOUCHSTONE_SHARED`, else `../shared`) and python3; skipped otherwise.
#![expect(clippy::unwrap_used, reason = "a test that cannot prepare its files has failed")]

use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const DEFAULT_SEED: u64 = 20_261_122;
const SEEDS: [u64; 3] = [DEFAULT_SEED, 7, 424_242];
const ROWS: usize = 20_000;

// ---- the files

/// Tickets of one seed, as CSV and as NDJSON.
struct Workload {
    csv: PathBuf,
    ndjson: PathBuf,
}

fn shared() -> PathBuf {
    let given = std::env::var_os("TOUCHSTONE_SHARED").map(PathBuf::from);
    given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"))
}

fn python(arguments: &[&std::ffi::OsStr]) -> bool {
    Command::new("python3").args(arguments).output().is_ok_and(|it| it.status.success())
}

/// Generated once a generator and kept with the build's other files; `None` where there is no generator.
fn generated(seed: u64, rows: usize) -> Option<Workload> {
    let generator = shared().join("bench/generate.py");
    let text = fs::read(&generator).ok()?;
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("workload-{:016x}-{seed}-{rows}", hasher.finish()));
    let in_folder =
        |folder: &Path| Workload { csv: folder.join("tickets.csv"), ndjson: folder.join("tickets.ndjson") };
    if !folder.exists() {
        let parent = folder.parent().unwrap();
        fs::create_dir_all(parent).unwrap();
        let making = tempfile::tempdir_in(parent).unwrap();
        let files = in_folder(making.path());
        let (rows, seed) = (rows.to_string(), seed.to_string());
        let done = python(&[
            generator.as_ref(),
            rows.as_ref(),
            files.csv.as_ref(),
            "--ndjson".as_ref(),
            files.ndjson.as_ref(),
            "--seed".as_ref(),
            seed.as_ref(),
        ]);
        if !done {
            return None;
        }
        // Another process may have been faster.
        drop(fs::rename(making.path(), &folder));
    }
    Some(in_folder(&folder))
}

fn workloads() -> &'static [Workload] {
    static ALL: OnceLock<Vec<Workload>> = OnceLock::new();
    ALL.get_or_init(|| {
        let all: Option<Vec<Workload>> = SEEDS.iter().map(|it| generated(*it, ROWS)).collect();
        all.unwrap_or_else(|| {
            // Not through the test's captured output: who runs the tests must see it.
            let said =
                "skipped: the speed workload needs python3 and the shared folder (TOUCHSTONE_SHARED)\n";
            std::io::stderr().write_all(said.as_bytes()).unwrap();
            Vec::new()
        })
    })
}

// ---- the audit

/// What a run wrote.
struct Written {
    csv: String,
    ndjson: String,
    json: Value,
}

/// Where the records are.
enum Input<'a> {
    Whole(&'a Path),
    /// So many files.
    Split(&'a Path, usize),
}

/// Audits the tickets as `../shared/bench/project` says.
fn audit(input: &Input<'_>, options: &[&str]) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let project = shared().join("bench/project");
    let mut settings = fs::read_to_string(project.join("audit.toml")).unwrap();
    fs::create_dir(folder.path().join("rules")).unwrap();
    for file in ["pack.toml", "workload.toml"] {
        fs::write(
            folder.path().join("rules").join(file),
            fs::read(project.join("rules").join(file)).unwrap(),
        )
        .unwrap();
    }
    match input {
        Input::Whole(file) => {
            let ending = file.extension().unwrap().to_str().unwrap();
            settings = settings.replace("tickets.csv", &format!("tickets.{ending}"));
            fs::copy(file, folder.path().join(format!("tickets.{ending}"))).unwrap();
        }
        Input::Split(file, parts) => {
            settings = settings.replace("tickets.csv", "tickets-*.csv");
            split(file, folder.path(), *parts);
        }
    }
    fs::write(folder.path().join("audit.toml"), settings).unwrap();
    let outputs = ["csv", "ndjson", "json"].map(|it| folder.path().join(format!("out.{it}")));
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
    command
        .arg("audit")
        .arg(folder.path())
        .args(["--quiet", "--as-of", "2026-03-31T00:00:00Z"])
        .args(options);
    for output in &outputs {
        command.arg("-o").arg(output);
    }
    let run = command.output().unwrap();
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&run.stderr));
    let [csv, ndjson, json] = outputs.map(|it| fs::read_to_string(it).unwrap());
    Written { csv, ndjson, json: serde_json::from_str(&json).unwrap() }
}

/// No ticket has a line break in it.
fn split(file: &Path, folder: &Path, parts: usize) {
    let text = fs::read_to_string(file).unwrap();
    let (header, records) = text.split_once('\n').unwrap();
    let lines: Vec<&str> = records.split_inclusive('\n').collect();
    for (number, part) in lines.chunks(lines.len().div_ceil(parts)).enumerate() {
        fs::write(folder.join(format!("tickets-{number}.csv")), format!("{header}\n{}", part.concat()))
            .unwrap();
    }
}

/// The findings of NDJSON with their origins taken out.
fn without_origins(ndjson: &str) -> Vec<Value> {
    let read = |line: &str| {
        let mut finding: Value = serde_json::from_str(line).unwrap();
        finding.as_object_mut().unwrap().remove("origin").unwrap();
        finding
    };
    ndjson.lines().map(read).collect()
}

/// Everything but what depends on the files.
fn without_files(json: &Value) -> Value {
    let mut json = json.clone();
    let report = json.as_object_mut().unwrap();
    for part in ["inputs", "diagnostics"] {
        report.remove(part).unwrap();
    }
    for finding in report["findings"].as_array_mut().unwrap() {
        finding.as_object_mut().unwrap().remove("origin").unwrap();
    }
    json
}

/// `key,rule` of each finding.
fn pairs(ndjson: &str) -> Vec<(String, String)> {
    let one = |finding: &Value| {
        let rule = finding["rule"].as_str().unwrap().strip_prefix("workload/").unwrap();
        (finding["key"].as_str().unwrap().to_owned(), rule.to_owned())
    };
    without_origins(ndjson).iter().map(one).collect()
}

// ---- the oracle

/// A ticket, read without any of the code under test.
struct Ticket<'a> {
    tier: &'a str,
    channel: &'a str,
    priority: &'a str,
    team: &'a str,
    transfers: i64,
    reopened: bool,
    csat: Option<i64>,
    greeting: bool,
    closing: bool,
    signed: bool,
    claim: f64,
    transcript: &'a str,
    resolved: bool,
    /// Seconds from opening to the first response, and to the solution.
    replied: Option<i64>,
    solved: Option<i64>,
}

impl<'a> Ticket<'a> {
    fn new(cells: &'a [String], columns: &BTreeMap<&str, usize>) -> Self {
        let cell = |name: &str| cells[columns[name]].as_str();
        let is = |name: &str| match cell(name) {
            "true" => true,
            "false" => false,
            other => panic!("{other} is no bool"),
        };
        let opened = seconds(cell("opened_at"));
        let since = |name: &str| (!cell(name).is_empty()).then(|| seconds(cell(name)) - opened);
        let csat = cell("csat");
        Self {
            tier: cell("tier"),
            channel: cell("channel"),
            priority: cell("priority"),
            team: cell("team"),
            transfers: cell("transfers").parse().unwrap(),
            reopened: is("reopened"),
            csat: (!csat.is_empty()).then(|| csat.parse().unwrap()),
            greeting: is("greeting_ok"),
            closing: is("closing_ok"),
            signed: is("evidence_signed"),
            claim: cell("claim_amount").parse().unwrap(),
            transcript: cell("transcript"),
            resolved: !cell("resolved_at").is_empty(),
            replied: since("first_response_at"),
            solved: since("resolved_at"),
        }
    }

    /// The minutes of the table `reply-limit`.
    fn limit(&self) -> i64 {
        match self.tier {
            "platinum" => 15,
            "gold" => 30,
            "silver" => 60,
            _ => 120,
        }
    }

    fn late(&self, priority: &str, times: i64) -> bool {
        self.priority == priority && self.replied.is_none_or(|it| it > self.limit() * 60 * times)
    }

    fn slow(&self, seconds: i64) -> bool {
        self.solved.is_some_and(|it| it > seconds)
    }

    /// The rules that the ticket breaks, in their order: `duckdb_audit.py` in Rust.
    #[expect(clippy::cast_precision_loss, reason = "as in the SQL")]
    fn broken(&self) -> Vec<&'static str> {
        let taboo = ["don't know", "no way", "not my problem", "calm down", "whatever you say"];
        let points = |lost: bool, points: i64| if lost { points } else { 0 };
        let conduct = points(self.greeting, 20) + points(self.closing, 20) + points(self.signed, 20);
        let handling = 100
            - self.transfers * 5
            - points(self.reopened, 15)
            - points(!self.greeting, 10)
            - points(!self.closing, 10);
        let customer = self.csat.map(|it| it * 20 - self.transfers * 5 - points(self.reopened, 10));
        let speed = self.replied.zip(self.solved).map(|(replied, solved)| {
            100.0 - replied as f64 / 60.0 * 5.0 / self.limit() as f64 - solved as f64 / 60.0 * 0.01
        });
        let rules = [
            ("s1", ["phone", "chat"].contains(&self.channel) && !(self.greeting && self.closing)),
            ("s2", self.transfers > 2),
            ("s3", taboo.iter().any(|it| self.transcript.contains(it))),
            ("s4", self.claim > 500.0 && !self.signed),
            ("s5", self.resolved && self.replied.is_none()),
            ("s6", self.csat.is_some_and(|it| it <= 2) && !(self.signed || self.claim == 0.0)),
            ("s7", ["phone", "email"].contains(&self.channel) && self.transcript.chars().count() < 40),
            ("s8", self.priority == "P1" && !(self.team == "escalation" || self.transfers == 0)),
            ("r1", self.late("P1", 1)),
            ("r2", self.late("P2", 2)),
            ("r3", self.late("P3", 4)),
            ("r4", self.late("P4", 8)),
            ("r5", self.tier == "platinum" && self.slow(14_400)),
            ("r6", self.tier == "gold" && self.slow(28_800)),
            (
                "r7",
                ["silver", "bronze"].contains(&self.tier)
                    && self.slow(if self.priority == "P1" { 57_600 } else { 172_800 }),
            ),
            ("r8", self.channel == "chat" && self.replied.is_some_and(|it| it > 600)),
            ("a1", handling < 80),
            ("a2", customer.is_some_and(|it| it < 40)),
            ("a3", speed.is_some_and(|it| it < 50.0)),
            ("a4", conduct + self.csat.unwrap_or(3) * 8 < if self.tier == "platinum" { 60 } else { 50 }),
        ];
        rules.into_iter().filter(|it| it.1).map(|it| it.0).collect()
    }
}

/// Seconds since a fixed moment, of `2025-01-31 12:34:56` (days by Hinnant's `days_from_civil`).
fn seconds(text: &str) -> i64 {
    let parts: Vec<i64> = text.split(['-', ' ', ':']).map(|it| it.parse().unwrap()).collect();
    let [year, month, day, hour, minute, second] = parts[..] else { panic!("{text} is no time") };
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    ((days * 24 + hour) * 60 + minute) * 60 + second
}

/// The cells of a line (RFC 4180, no line breaks inside).
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                cell.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(letter),
        }
    }
    cells.push(cell);
    cells
}

fn oracle(csv: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(csv).unwrap();
    let mut lines = text.lines();
    let header = cells(lines.next().unwrap());
    let columns: BTreeMap<&str, usize> =
        header.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let mut pairs = Vec::new();
    for line in lines {
        let cells = cells(line);
        let broken = Ticket::new(&cells, &columns).broken();
        pairs.extend(broken.into_iter().map(|rule| (cells[columns["id"]].clone(), rule.to_owned())));
    }
    pairs
}

/// DuckDB's findings, where Python has it.
fn duckdb(csv: &Path) -> Option<Vec<(String, String)>> {
    if !python(&["-c".as_ref(), "import duckdb".as_ref()]) {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let script = shared().join("bench/duckdb_audit.py");
    assert!(
        python(&[script.as_ref(), csv.as_ref(), out.as_ref(), "2".as_ref()]),
        "the script of DuckDB failed"
    );
    let text = fs::read_to_string(out).unwrap();
    let pair =
        |line: &str| line.split_once(',').map(|(key, rule)| (key.to_owned(), rule.to_owned())).unwrap();
    Some(text.lines().map(pair).collect())
}

// ---- the claims

#[test]
fn findings_equal_those_of_the_oracles() {
    for workload in workloads() {
        let found = pairs(&audit(&Input::Whole(&workload.csv), &[]).ndjson);
        let expected = oracle(&workload.csv);
        assert!(found.len() > ROWS / 3, "only {} findings", found.len());
        assert!(found == expected, "{:?}", found.iter().zip(&expected).find(|(a, b)| a != b));
        if let Some(mut others) = duckdb(&workload.csv) {
            let mut found = found;
            found.sort_unstable();
            others.sort_unstable();
            assert!(found == others, "{:?}", found.iter().zip(&others).find(|(a, b)| a != b));
        }
    }
}

#[test]
fn the_known_counts_hold_for_the_default_seed() {
    // From ../shared/bench/README.md: 100,000 rows.
    let known = [
        ("s1", 6490),
        ("s2", 6025),
        ("s3", 2978),
        ("s4", 1034),
        ("s5", 2745),
        ("s6", 172),
        ("s7", 2359),
        ("s8", 209),
        ("r1", 394),
        ("r2", 1091),
        ("r3", 3771),
        ("r4", 2220),
        ("r5", 599),
        ("r6", 1238),
        ("r7", 4334),
        ("r8", 1545),
        ("a1", 2667),
        ("a2", 4966),
        ("a3", 2562),
        ("a4", 1260),
    ];
    if workloads().is_empty() {
        return;
    }
    let workload = generated(DEFAULT_SEED, 100_000).unwrap();
    let written = audit(&Input::Whole(&workload.csv), &[]);
    assert_eq!(written.ndjson.lines().count(), 48_659);
    let rules = written.json["rules"].as_array().unwrap();
    let found: Vec<(&str, u64)> = rules
        .iter()
        .map(|it| {
            (it["id"].as_str().unwrap().strip_prefix("workload/").unwrap(), it["findings"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(found, known);
}

#[test]
fn every_rule_is_vectorised() {
    let Some(workload) = workloads().first() else { return };
    let written = audit(&Input::Whole(&workload.csv), &[]);
    let rules = written.json["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 20);
    for rule in rules {
        assert_eq!(rule["path"], "vectorised", "{}", rule["id"]);
    }
}

#[test]
fn bytes_do_not_depend_on_the_number_of_threads() {
    for workload in workloads() {
        let [one, two, seven] =
            ["1", "2", "7"].map(|it| audit(&Input::Whole(&workload.csv), &["--threads", it]));
        for other in [two, seven] {
            assert!(one.csv == other.csv && one.ndjson == other.ndjson && one.json == other.json);
        }
    }
}

#[test]
fn findings_do_not_depend_on_the_split_over_files() {
    for workload in workloads() {
        let whole = audit(&Input::Whole(&workload.csv), &[]);
        let split = audit(&Input::Split(&workload.csv, 5), &["--threads", "3"]);
        assert_eq!(split.json["inputs"].as_array().unwrap().len(), 5);
        assert!(without_origins(&whole.ndjson) == without_origins(&split.ndjson));
        assert_eq!(without_files(&whole.json), without_files(&split.json));
        let columns = [
            "--columns",
            "id,rule,severity,dimension,kind,key,subject,outcome,message,evidence,standing,points",
        ];
        let [whole, split] =
            [Input::Whole(&workload.csv), Input::Split(&workload.csv, 5)].map(|it| audit(&it, &columns));
        assert!(whole.csv == split.csv);
    }
}

#[test]
fn row_by_row_says_the_same() {
    for workload in workloads() {
        let columns = audit(&Input::Whole(&workload.csv), &[]);
        let rows = audit(&Input::Whole(&workload.csv), &["--row-by-row"]);
        assert!(columns.ndjson == rows.ndjson && columns.csv == rows.csv);
        let counts = |written: &Written| -> Vec<Value> {
            written.json["rules"].as_array().unwrap().iter().map(|it| it["outcomes"].clone()).collect()
        };
        assert_eq!(counts(&columns), counts(&rows));
        assert!(rows.json["rules"].as_array().unwrap().iter().all(|it| it["path"] == "interpreted"));
        assert_eq!(columns.json["summary"], rows.json["summary"]);
    }
}

#[test]
fn ndjson_says_the_same_as_csv() {
    for workload in workloads() {
        let csv = audit(&Input::Whole(&workload.csv), &[]);
        let ndjson = audit(&Input::Whole(&workload.ndjson), &[]);
        assert!(without_origins(&csv.ndjson) == without_origins(&ndjson.ndjson));
    }
}
