//! Rules with mistakes, data that are broken and inputs that mean harm: each is answered with a
//! place, a reason and an exit code, in both languages, and never with a panic. See the README of
//! `tests/corpus/data`.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

mod common;

use common::{audit, copy, names, root, without_times};
use std::{fs, path::Path};

const HEADER: &str = "ticket_id,opened_at,first_reply_at,resolved_at,tier,transfers,amount,signed,reply\n";

/// Lays the case over the base.
fn laid_out(case: &Path) -> tempfile::TempDir {
    let folder = common::desk();
    copy(case, folder.path());
    let remove = folder.path().join("remove");
    for name in fs::read_to_string(&remove).unwrap_or_default().lines() {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    drop(fs::remove_file(remove));
    folder
}

/// What is said about the project, in both languages.
fn said(folder: &Path) -> String {
    let before = everything(folder);
    let mut shown = String::new();
    for lang in ["en", "zh"] {
        let run = audit(folder, &["--quiet", "--lang", lang]);
        assert!([0, 1, 2].contains(&run.code), "exit code {}: {}", run.code, run.err);
        assert_eq!(run.out, "", "--quiet prints nothing on standard output");
        let escapes = run.err.chars().any(|it| it.is_control() && it != '\n');
        assert!(!escapes, "control characters reach the terminal: {:?}", run.err);
        shown.push_str(&format!("---- {lang}, exit code {}\n{}", run.code, without_times(&run.err)));
    }
    assert_eq!(everything(folder), before, "the audit leaves no files behind");
    shown
}

fn everything(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for name in names(folder) {
        let below = folder.join(&name);
        if below.is_dir() {
            all.extend(everything(&below).into_iter().map(|it| format!("{name}/{it}")));
        }
        all.push(name);
    }
    all
}

fn snapshot(name: &str, shown: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "corpus/data" }, {
        insta::assert_snapshot!(name, shown);
    });
}

#[test]
fn broken_inputs_are_explained() {
    let corpus = root().join("tests/corpus/data");
    let cases: Vec<String> =
        names(&corpus).into_iter().filter(|it| !it.starts_with('_') && corpus.join(it).is_dir()).collect();
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    for name in cases {
        snapshot(&name, &said(laid_out(&corpus.join(&name)).path()));
    }
}

#[test]
fn the_base_has_nothing_wrong() {
    let run = audit(common::desk().path(), &["--quiet"]);
    assert_eq!((run.code, without_times(&run.err).as_str()), (0, ""));
}

#[test]
fn inputs_of_unusual_sizes() {
    let huge = |bytes: usize| {
        format!(
            "{HEADER}T-1,2026-03-02 09:00,,,vip,0,1.00,true,{}\nT-2,,,,vip,3,1.00,true,x\n",
            "a".repeat(bytes)
        )
    };
    let deep = |open: &str, close: &str| {
        let nest = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        let others = "\"opened_at\":null,\"first_reply_at\":null,\"resolved_at\":null,\"tier\":null,\"amount\":null,\"signed\":null";
        let record = |id: u8, reply: &str| {
            format!("{{\"ticket_id\":\"T-{id}\",{others},\"transfers\":{id},\"reply\":{reply}}}\n")
        };
        record(1, &nest) + &record(2, "\"x\"")
    };
    let wide = format!("{}{}\n{}\n", HEADER.trim_end(), ",x".repeat(5000), ",".repeat(5008));
    let name = "n".repeat(300);
    let rule = format!(
        "[[rule]]\nid = \"long\"\ntitle = \"Long\"\non = \"ticket\"\nseverity = \"minor\"\ncheck = '{name} > 1'\n"
    );
    let cases = [
        ("made-cell-of-4-mib", "data/tickets.csv", huge(4 << 20)),
        ("made-cell-of-20-mib", "data/tickets.csv", huge(20 << 20)),
        ("made-deep-lists", "data/tickets.ndjson", deep("[", "]")),
        ("made-deep-objects", "data/tickets.ndjson", deep("{\"a\":", "}").replace(":}", ":1}")),
        ("made-deep-json", "data/tickets.json", format!("[{}]", deep("[", "]").replace("}\n{", "},{"))),
        ("made-5000-columns", "data/tickets.csv", wide),
        ("made-long-name", "rules/desk.toml", rule),
        ("made-long-line", "data/tickets.csv", "x".repeat(3 << 20)),
    ];
    for (name, file, text) in cases {
        let folder = common::desk();
        if file.starts_with("data/") {
            fs::remove_file(folder.path().join("data/tickets.csv")).unwrap();
        }
        fs::write(folder.path().join(file), text).unwrap();
        snapshot(name, &said(folder.path()));
    }
}

#[test]
fn a_folder_without_files() {
    let folder = common::desk();
    fs::remove_file(folder.path().join("data/tickets.csv")).unwrap();
    fs::create_dir(folder.path().join("data/nested")).unwrap();
    snapshot("made-no-files", &said(folder.path()));
}

// What the system says of them differs from one to another.
#[cfg(target_os = "linux")]
#[test]
fn links_that_lead_nowhere() {
    let folder = common::desk();
    let data = folder.path().join("data");
    std::os::unix::fs::symlink("tickets2.csv", data.join("tickets2.csv")).unwrap();
    std::os::unix::fs::symlink("gone.csv", data.join("tickets3.csv")).unwrap();
    snapshot("made-broken-links", &said(folder.path()));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = common::desk();
    let file = folder.path().join("data/tickets.csv");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_ok() {
        #[expect(clippy::print_stderr, reason = "whoever runs the tests should know what was not tested")]
        {
            eprintln!("skipped: this user may read every file");
        }
        return;
    }
    snapshot("made-unreadable-file", &said(folder.path()));
}
