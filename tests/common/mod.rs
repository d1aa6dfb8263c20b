//! What the tests of the command line share: running the built binary in a settled environment.
#![allow(dead_code, reason = "each test file uses its own part of this one")]
#![expect(clippy::unwrap_used, reason = "a test that cannot run the binary has failed")]

pub(crate) mod broken;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The moment every audit of the tests is held at.
pub(crate) const AS_OF: &str = "2026-04-01";

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The binary, in `folder`, with 80 columns, no colour and no language of its own.
pub(crate) fn touchstone(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
    command.current_dir(folder).env("COLUMNS", "80").env("NO_COLOR", "1").env("LC_ALL", "C");
    command
}

/// Runs `touchstone ARGUMENTS…` in `folder`.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Run {
    ended(touchstone(folder).args(arguments).output().unwrap())
}

/// Runs `touchstone audit --as-of 2026-04-01 ARGUMENTS…` in `folder`.
pub(crate) fn audit(folder: &Path, arguments: &[&str]) -> Run {
    run(folder, &[&["audit", "--as-of", AS_OF], arguments].concat())
}

/// What became of a command; its two outputs are text, and it did not panic.
pub(crate) fn ended(output: Output) -> Run {
    let run = Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder under `samples`.
pub(crate) fn sample(name: &str) -> PathBuf {
    root().join("samples").join(name)
}

/// Copies a folder with all that is in it; what is there already is overwritten.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy, in a folder that goes away with its handle, of the small project that the corpus of
/// broken inputs starts from: three tickets, four rules, one minor finding.
pub(crate) fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("tests/corpus/data/_base"), folder.path());
    folder
}

/// `text` with the seconds that a run took blotted out.
pub(crate) fn without_times(text: &str) -> String {
    let seconds = regex::Regex::new(r"\d+\.\d\d( s\b| 秒)").unwrap();
    seconds.replace_all(text, "[seconds]$1").into_owned()
}

/// The lines of a CSV below its header, cells split; quotes may hold commas and line breaks.
pub(crate) fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim_end_matches('\r').to_owned());
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(cell.is_empty() && row.is_empty(), "the last line is not ended");
    rows.drain(1..).collect()
}

/// Three columns of a CSV as a set.
pub(crate) fn triples(text: &str, columns: [usize; 3]) -> BTreeSet<[String; 3]> {
    csv(text).into_iter().map(|row| columns.map(|it| row[it].clone())).collect()
}

/// The files of a folder by name, hidden ones too.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A project with one pack, which holds `rules`: audit.toml as given, records by the names of their files.
pub(crate) fn project_of(audit: &str, records: &[(&str, &str)], rules: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("audit.toml"), audit).unwrap();
    for (name, text) in records {
        fs::write(folder.path().join(name), text).unwrap();
    }
    fs::create_dir(folder.path().join("rules")).unwrap();
    fs::write(folder.path().join("rules/pack.toml"), format!("[pack]\nid = \"desk\"\n{rules}")).unwrap();
    folder
}

/// The JSON report of an audit that may meet errors: as written, and read.
pub(crate) fn report(folder: &Path, arguments: &[&str]) -> (String, serde_json::Value) {
    let run = audit(folder, &[&["--format", "json", "--allow-errors"], arguments].concat());
    let json = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}{}", run.out, run.err));
    (run.out, json)
}

/// Runs a script of `tests/data` with Python; says so where there is none, or it lacks what the
/// script needs.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub(crate) fn held(folder: &Path, script: &str, arguments: &[&str]) {
    let own = root().join("target/ci-python/bin/python");
    let python = if own.exists() { own } else { PathBuf::from("python3") };
    let mut command = Command::new(python);
    command.arg(root().join("tests/data").join(script)).args(arguments);
    let Ok(output) = command.current_dir(folder).output() else {
        eprintln!("skipped: there is no python3");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    match output.status.code() {
        Some(3) => eprintln!("skipped: python3 lacks a package that {script} needs"),
        code => assert_eq!(code, Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr)),
    }
    eprintln!("{said}");
}

/// A list of texts in a table of cases.
pub(crate) fn texts(list: &toml::Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// Numbers that look random and are always the same.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, usize::try_from(self.below(last as u64 + 1)).unwrap());
        }
    }
}
