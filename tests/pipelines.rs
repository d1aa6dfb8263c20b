//! The pipelines of `samples/pipelines` do what they say: their commands are run as they stand there, in a folder like
//! that of a repository, and every file that a later step takes up is there.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{copy, root, run, sample};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn pipeline(name: &str) -> String {
    fs::read_to_string(root().join("samples/pipelines").join(name)).unwrap()
}

/// The command lines of a pipeline that ask us for something.
fn commands(text: &str) -> Vec<&str> {
    let lines = text.lines().map(|it| it.trim().trim_start_matches("- "));
    let lines = lines.map(|it| it.trim_start_matches("run: ").trim_start_matches("entry: "));
    lines.filter(|it| it.starts_with("touchstone ")).collect()
}

/// A repository whose project has findings that are known.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&sample("support-desk"), &folder.path().join("desk"));
    let first_day = pipeline("github.yml");
    let first_day = first_day.split('`').find(|it| it.starts_with("touchstone baseline write")).unwrap();
    let arguments: Vec<&str> = first_day.split_whitespace().skip(1).collect();
    assert_eq!(run(folder.path(), &arguments).code, 0);
    folder
}

/// Runs a command line as a shell does; gives its exit code and what it said.
fn shell(folder: &Path, line: &str) -> (i32, String) {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_touchstone"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("PATH", path).env("LC_ALL", "C");
    let done = command.env("GITHUB_STEP_SUMMARY", folder.join("step-summary.md")).output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn what_pipelines_run_passes_with_known_findings_and_fails_with_a_new_one() {
    let produced = [
        ("github.yml", 3, &["findings.sarif", "step-summary.md"][..]),
        ("gitlab.yml", 3, &["gl-code-quality-report.json", "report.xml", "report.xlsx"][..]),
        ("pre-commit.yaml", 2, &[][..]),
    ];
    for (name, count, files) in produced {
        let (text, folder) = (pipeline(name), repository());
        let (lines, folder) = (commands(&text), folder.path());
        assert_eq!(lines.len(), count, "{name}: {lines:?}");
        for line in &lines {
            let (code, said) = shell(folder, line);
            assert_eq!(code, 0, "{name}: {line}\n{said}");
        }
        for file in files {
            assert!(fs::metadata(folder.join(file)).unwrap().len() > 0, "{name}: {file}");
            assert!(
                file.starts_with("step-summary") || text.matches(file).count() >= 2,
                "{name} takes up {file}"
            );
        }
        let Some(audit) = lines.iter().find(|it| it.contains(" audit ")) else { continue };
        let known = folder.join("desk/known.txt");
        // The first finding is one that fails the gate.
        let text = fs::read_to_string(&known).unwrap();
        let kept = text.lines().filter(|it| !it.contains("settlement-signed"));
        fs::write(&known, kept.collect::<Vec<_>>().join("\n") + "\n").unwrap();
        assert_eq!(shell(folder, audit).0, 1, "{name}");
    }
}

/// A key that is misspelt would be passed over by the service without a word.
#[test]
fn pipelines_are_read_as_yaml_where_python_can() {
    let check =
        "import sys, yaml\nfor it in sys.argv[1:]: assert isinstance(yaml.safe_load(open(it)), dict), it";
    let files = ["github.yml", "gitlab.yml", "pre-commit.yaml"];
    let paths = files.map(|it| root().join("samples/pipelines").join(it));
    let done = Command::new("python3").arg("-c").arg(check).args(paths).output();
    if let Ok(done) = done {
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() || said.contains("No module named"), "{said}");
    }
}
