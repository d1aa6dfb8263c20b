//! Running the product over real records, and what must hold of every run.

use super::oracle::{Record, Table};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The moment as of which everything is judged.
const AS_OF: &str = "2016-01-13T00:00:00";

/// The folder of real records, which is not part of the source: `../shared`, or what
/// `TOUCHSTONE_SHARED` names.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("TOUCHSTONE_SHARED").map_or_else(beside, PathBuf::from);
    let data = shared.join("data").join(name);
    if data.is_dir() {
        return Some(data);
    }
    eprintln!("skipped: there are no real records `{name}` (TOUCHSTONE_SHARED may name their folder)");
    None
}

/// What an audit of a project said.
pub(crate) struct Trial {
    pub(crate) report: Value,
    findings: Vec<Value>,
}

/// What an oracle says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Pass,
    Fail,
    NotApplicable,
    NoEvidence,
}

pub(crate) use Verdict::{Fail, NoEvidence, NotApplicable, Pass};

/// A verdict where all that is asked was there.
pub(crate) fn is(holds: bool) -> Verdict {
    if holds { Pass } else { Fail }
}

/// A verdict on what may be missing.
pub(crate) fn known(holds: Option<bool>) -> Verdict {
    holds.map_or(NoEvidence, is)
}

impl Trial {
    /// Audits the project `tests/real/<name>` with copies of `files`: with one, two and seven
    /// threads, which must give the same bytes, and row by row, which must give the same findings.
    pub(crate) fn run(name: &str, data: &Path, files: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join(name);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real").join(name), &project);
        fs::create_dir(project.join("data")).unwrap();
        for file in files {
            fs::copy(data.join(file), project.join("data").join(file)).unwrap();
        }
        let plain = audit(&project, "plain", &[]);
        for threads in ["1", "2", "7"] {
            let other = audit(&project, threads, &["--threads", threads]);
            for (one, other) in plain.iter().zip(&other) {
                assert!(one == other, "{name}: {threads} threads change the bytes");
            }
        }
        let report = json(&plain[0]);
        let by_rows = audit(&project, "rows", &["--row-by-row"]);
        assert!(plain[1] == by_rows[1] && plain[2] == by_rows[2], "{name}: row by row has other findings");
        let (rows_report, ways) = (json(&by_rows[0]), |it: &Value| it["path"].as_str().map(str::to_owned));
        for (one, other) in list(&report["rules"]).iter().zip(list(&rows_report["rules"])) {
            assert_eq!(
                (&one["id"], &one["outcomes"]),
                (&other["id"], &other["outcomes"]),
                "{name}, row by row"
            );
            assert_eq!(ways(other).as_deref(), Some("interpreted"));
        }
        assert_eq!(report["unassessed"], rows_report["unassessed"], "{name}, row by row");
        let findings = list(&report["findings"]).to_vec();
        let trial = Self { report, findings };
        trial.adds_up(name, &plain);
        trial
    }

    /// What holds of every report.
    fn adds_up(&self, name: &str, [_, csv, ndjson]: &[Vec<u8>; 3]) {
        let summary = &self.report["summary"];
        for none in ["rejected", "bad_cells", "keyless"] {
            assert_eq!(summary[none], 0, "{name}: {none}");
        }
        let inputs = list(&self.report["inputs"]);
        assert_eq!(number(&summary["records"]), inputs.iter().map(|it| number(&it["records"])).sum::<u64>());
        let mut sums: BTreeMap<String, u64> = BTreeMap::new();
        for rule in list(&self.report["rules"]) {
            for (outcome, count) in rule["outcomes"].as_object().unwrap() {
                *sums.entry(outcome.clone()).or_default() += number(count);
            }
            let of_rule = self.findings.iter().filter(|it| it["rule"] == rule["id"]).count();
            assert_eq!(number(&rule["findings"]), of_rule as u64, "{name}: findings of {}", rule["id"]);
        }
        assert_eq!(sums["error"], 0, "{name}: {}", self.report["diagnostics"]);
        assert_eq!(number(&summary["evaluations"]), sums.values().sum::<u64>());
        for (outcome, count) in &sums {
            assert_eq!(number(&summary["outcomes"][outcome]), *count, "{name}: {outcome}");
        }
        let ids: HashSet<&str> = self.findings.iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), self.findings.len(), "{name}: two findings have one fingerprint");
        let lines: Vec<Value> =
            String::from_utf8_lossy(ndjson).lines().map(|it| json(it.as_bytes())).collect();
        assert!(lines == self.findings, "{name}: ndjson and json hold other findings");
        let csv = Table::of([("findings.csv", String::from_utf8(csv.clone()).unwrap())].into_iter());
        assert_eq!(csv.records.len(), self.findings.len());
        for (record, finding) in csv.records.iter().zip(&self.findings) {
            for column in ["id", "rule", "key", "outcome"] {
                assert_eq!(unguarded(&record.cells[csv.at(column)]), finding[column], "{name}: csv");
            }
        }
    }

    /// The rule says of every record of `table` what `judge` says: the counts agree, and the
    /// findings are the very records, with the key that `key` gives. `tells_missing`: the rule has
    /// `missing = "fail"`. Gives the counts of pass, fail, not applicable and no evidence.
    pub(crate) fn holds(
        &self,
        rule: &str,
        table: &Table,
        key: impl Fn(&Record) -> String,
        tells_missing: bool,
        judge: impl Fn(&Record) -> Verdict,
    ) -> [u64; 4] {
        let rule = format!("house/{rule}");
        let mut counts = [0; 4];
        let mut wanted = Vec::new();
        for record in &table.records {
            let verdict = judge(record);
            counts[verdict as usize] += 1;
            let outcome = match verdict {
                Fail => "fail",
                NoEvidence if tells_missing => "no_evidence",
                Pass | NotApplicable | NoEvidence => continue,
            };
            wanted.push((record.file.as_str(), record.row, key(record), outcome));
        }
        let outcomes = &self.rule(&rule)["outcomes"];
        let found = ["pass", "fail", "not_applicable", "no_evidence"].map(|it| number(&outcomes[it]));
        let findings = self.findings.iter().filter(|it| it["rule"] == rule.as_str());
        let findings: Vec<_> = findings
            .map(|it| {
                let origin = &it["origin"];
                let text = |it: &'_ Value| it.as_str().unwrap().to_owned();
                (text(&origin["file"]), number(&origin["row"]), text(&it["key"]), text(&it["outcome"]))
            })
            .collect();
        let mut found_too: Vec<_> = findings
            .iter()
            .map(|(file, row, key, outcome)| (file.as_str(), *row, key.clone(), outcome.as_str()))
            .collect();
        wanted.sort();
        found_too.sort();
        let other = wanted.iter().zip(&found_too).find(|(one, other)| one != other);
        assert_eq!(found, counts, "{rule}: first other record {other:?}");
        assert_eq!(counts.iter().sum::<u64>(), table.records.len() as u64, "{rule}");
        assert!(wanted == found_too, "{rule}: other records: {other:?}");
        counts
    }

    pub(crate) fn rule(&self, id: &str) -> &Value {
        list(&self.report["rules"]).iter().find(|it| it["id"] == id).unwrap_or_else(|| panic!("no rule {id}"))
    }

    /// `records × rules`, source by source.
    pub(crate) fn evaluations(&self, sources: &[(&Table, u64)]) {
        let wanted: u64 = sources.iter().map(|(table, rules)| table.records.len() as u64 * rules).sum();
        assert_eq!(number(&self.report["summary"]["evaluations"]), wanted);
        let rules: u64 = sources.iter().map(|it| it.1).sum();
        assert_eq!(number(&self.report["summary"]["rules"]), rules);
        let records: u64 = sources.iter().map(|it| it.0.records.len() as u64).sum();
        assert_eq!(number(&self.report["summary"]["records"]), records);
    }

    /// The value of a field that the finding of a rule on a record tells, by key.
    pub(crate) fn told<'a>(&'a self, rule: &str, field: &str) -> BTreeMap<&'a str, &'a Value> {
        let rule = format!("house/{rule}");
        let of_rule = self.findings.iter().filter(|it| it["rule"] == rule.as_str());
        of_rule.map(|it| (it["key"].as_str().unwrap(), &it["evidence"]["fields"][field])).collect()
    }
}

/// Runs the product; gives the reports in JSON, CSV and NDJSON.
fn audit(project: &Path, name: &str, more: &[&str]) -> [Vec<u8>; 3] {
    let out = ["json", "csv", "ndjson"].map(|it| project.with_file_name(format!("{name}.{it}")));
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
    command.arg("audit").arg(project).args(["--as-of", AS_OF, "--quiet", "--no-progress"]).args(more);
    for file in &out {
        command.arg("-o").arg(file);
    }
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(matches!(done.status.code(), Some(0 | 1)), "{name}: {}\n{said}", done.status);
    out.map(|it| fs::read(it).unwrap())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A cell of a report without what keeps spreadsheets from taking it for a formula.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}
