//! Properties of the source itself: who may name whom, what each room may touch, how large a file
//! may grow, whether the guides tell the truth. A rule that is not checked here is only a wish.
//!
//! The checks read plain text, so the checker is tested itself: bad source text must be caught.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Every room, lowest first, and the rooms it may name. The table is the architecture: a room may
/// list only rooms above it in the table, so the graph cannot have a cycle.
#[rustfmt::skip] // A table.
const LAYERS: &[(&str, &[&str])] = &[
    // The core: pure values and functions.
    ("wording",    &[]),
    ("record",     &[]),
    ("measure",    &[]),
    ("sorting",    &[]),
    ("calendar",   &["record"]),
    ("diagnostic", &["wording"]),
    ("expr",       &["wording", "record", "measure", "calendar"]),
    ("rule",       &["wording", "record", "calendar", "diagnostic"]),
    ("promise",    &["record", "calendar"]),
    ("case",       &["record", "sorting", "calendar"]),
    ("script",     &["wording", "record", "calendar", "diagnostic", "expr", "rule", "case", "measure"]),
    ("finding",    &["wording", "record", "calendar", "rule"]),
    ("score",      &["diagnostic", "wording", "rule"]),
    ("audit",      &["wording", "record", "calendar", "diagnostic", "rule", "promise", "finding", "score", "measure"]),
    ("engine",     &["wording", "record", "calendar", "diagnostic", "expr", "rule", "promise", "script", "finding", "score", "audit", "measure", "sorting"]),
    // The edges: files in, text out.
    ("ingest",     &["wording", "record", "calendar", "diagnostic"]),
    ("project",    &["wording", "record", "calendar", "diagnostic", "rule", "ingest"]),
    ("report",     &["wording", "record", "calendar", "diagnostic", "rule", "finding", "score", "audit"]),
    // Rules tried on their own examples.
    ("trial",      &["wording", "record", "diagnostic", "calendar", "expr", "rule", "case", "script", "finding", "audit", "engine",
                     "ingest", "project", "sorting"]),
    // The front end: it wires the rest together and is named by nobody.
    ("cli",        &["wording", "record", "calendar", "diagnostic", "expr", "rule", "promise", "case", "script", "finding", "score", "audit",
                     "engine", "ingest", "project", "report", "trial", "measure", "sorting"]),
];

/// Paths and macros that only the named rooms may use. Unit tests may use any.
#[rustfmt::skip] // A table.
const CONFINED: &[(&str, &[&str])] = &[
    ("rhai",           &["script"]),
    ("clap",           &["cli"]),
    ("clap_complete",  &["cli"]),
    ("indicatif",      &["cli"]),
    ("ctrlc",          &["cli"]),
    ("tempfile",       &["cli"]),
    ("rustix",         &["cli"]),
    ("rust_xlsxwriter", &["report"]),
    ("toml",           &["project", "ingest"]),
    ("annotate_snippets", &["diagnostic"]),
    ("rayon",          &["engine", "ingest", "cli"]),
    ("std::thread",    &["engine", "ingest", "cli"]),
    ("std::fs",        &["ingest", "project", "cli"]),
    ("std::env",       &["cli"]),
    ("std::process",   &["cli"]),
    ("std::net",       &[]),
    ("println!",       &["cli"]),
    ("eprintln!",      &["cli"]),
    ("print!",         &["cli"]),
    ("eprint!",        &["cli"]),
    ("Instant::now",   &["cli"]),
    ("SystemTime::now", &["cli"]),
    ("Timestamp::now", &["cli"]),
    ("Zoned::now",     &["cli"]),
];

const FILE_LINES_MAX: usize = 600;

#[test]
fn layers_are_listed_lowest_first() {
    for (index, (name, allowed)) in LAYERS.iter().enumerate() {
        for lower in *allowed {
            let is_below = LAYERS[..index].iter().any(|(below, _)| below == lower);
            assert!(is_below, "{name} lists {lower}, which is not below it");
        }
    }
}

#[test]
fn source_is_tidy() {
    let files = rust_files(Path::new("src"));
    assert!(files.len() > LAYERS.len(), "run from the folder of Cargo.toml");
    let mut faults = Vec::new();
    for path in files {
        faults.extend(faults_of(&path, &fs::read_to_string(&path).unwrap(), is_test_only(&path)));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// What the table allows and nobody uses is a door left open.
#[test]
fn every_allowed_dependency_is_used() {
    let mut used: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in rust_files(Path::new("src")) {
        let Some(room) = room_of(&path) else { continue };
        let names = paths_in(&code_only(&fs::read_to_string(&path).unwrap())).into_iter();
        used.entry(room).or_default().extend(names.filter_map(|it| room_named(&it)));
    }
    let mut faults = Vec::new();
    for (room, allowed) in LAYERS {
        for lower in *allowed {
            if !used.get(*room).is_some_and(|it| it.iter().any(|name| name == lower)) {
                faults.push(format!("`{room}` may name `{lower}` and does not: take it off the list"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The code map names every room, and every path that a guide names exists.
#[test]
fn guides_match_the_tree() {
    let mut faults = Vec::new();
    let map = fs::read_to_string("src/README.md").unwrap();
    for (room, _) in LAYERS {
        if !map.contains(&format!("`src/{room}/`")) {
            faults.push(format!("src/README.md does not mention `src/{room}/`"));
        }
    }
    for guide in ["README.md", "CHANGELOG.md", "src/README.md", "rules/README.md", "tests/README.md"] {
        let Ok(text) = fs::read_to_string(guide) else { continue };
        for quoted in text.split('`').skip(1).step_by(2) {
            let is_path =
                ["src/", "rules/", "samples/", "tests/", ".ci/"].iter().any(|it| quoted.starts_with(it));
            if is_path && !quoted.contains(['<', '*', ' ']) && !Path::new(quoted).exists() {
                faults.push(format!("{guide} names `{quoted}`, which does not exist"));
            }
        }
    }
    let about = fs::read_to_string("tests/README.md").unwrap();
    for path in rust_files(Path::new("tests")) {
        if path.parent() == Some(Path::new("tests")) && !about.contains(&format!("`{}`", slashed(&path))) {
            faults.push(format!("tests/README.md does not mention `{}`", slashed(&path)));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// All that is wrong with one file.
fn faults_of(path: &Path, text: &str, test_only: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let at = slashed(path);
    let mut fault = |what: String| faults.push(format!("{at}: {what}"));
    if !text.starts_with("//!") {
        fault("start with a `//!` line that says what the file is for".into());
    }
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        fault(format!("{lines} lines, split it (limit {FILE_LINES_MAX})"));
    }
    let Some(room) = room_of(path) else { return faults };
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == room) else {
        fault(format!("room `{room}` is missing from LAYERS"));
        return faults;
    };
    if test_only {
        return faults;
    }
    let code = code_only(text);
    let paths = paths_in(&code);
    for name in paths.iter().filter_map(|it| room_named(it)) {
        if name != room && LAYERS.iter().any(|(known, _)| *known == name) && !allowed.contains(&name.as_str())
        {
            fault(format!("`{room}` must not name `{name}`"));
        }
    }
    for (what, homes) in CONFINED {
        let is_used = if what.ends_with('!') {
            has_macro(&code, what)
        } else {
            paths.iter().any(|it| goes_through(it, what))
        };
        if is_used && !homes.contains(&room.as_str()) {
            fault(format!("`{what}` belongs in {homes:?} only"));
        }
    }
    if supers_max(&code) > depth_in_room(path) {
        fault("name other rooms from `crate::`, so that this test sees them".into());
    }
    faults
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|it| it.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// `src/engine/plan.rs` and `src/engine.rs` both belong to `engine`; the crate roots to none.
fn room_of(path: &Path) -> Option<String> {
    let first = path.components().nth(1)?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(name, "lib" | "main")).then(|| name.to_owned())
}

/// Compiled for tests only: whatever lies in a folder `tests`, and what the `mod.rs` beside it says so of.
fn is_test_only(path: &Path) -> bool {
    let in_tests = path.components().skip(1).any(|it| it.as_os_str() == "tests");
    let beside = fs::read_to_string(path.with_file_name("mod.rs")).unwrap_or_default();
    let name = path.file_stem().unwrap().to_string_lossy();
    in_tests || test_modules(&unquoted(&beside)).iter().any(|it| **it == *name)
}

/// The names in `#[cfg(test)] mod name;`.
fn test_modules(code: &str) -> Vec<&str> {
    let items = code.split("#[cfg(test)]").skip(1).filter_map(|it| it.trim_start().strip_prefix("mod "));
    items.filter_map(|it| it.split_once(';')).map(|it| it.0).filter(|it| !it.contains('{')).collect()
}

/// How many `super::` lead to the room's own `mod.rs`: 0 there, 1 in the files beside it.
fn depth_in_room(path: &Path) -> usize {
    let inside = path.components().count().saturating_sub(2);
    if path.ends_with("mod.rs") { inside.saturating_sub(1) } else { inside }
}

/// The longest run of `super::` in a row.
fn supers_max(code: &str) -> usize {
    let run = |rest: &str| rest.split("super::").take_while(|it| it.is_empty()).count();
    code.match_indices("super::").map(|(at, _)| run(&code[at..])).max().unwrap_or(0)
}

/// The code without comments, without what stands in quotes, and without unit tests, which may
/// reach anywhere.
fn code_only(text: &str) -> String {
    let mut code = unquoted(text);
    while let Some(start) = code.find("#[cfg(test)]") {
        let end = start + item_len(&code[start..]);
        code.replace_range(start..end, "");
    }
    code
}

/// The length of the item at the start of `code`: to its `;`, or to the bracket that closes it.
fn item_len(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, letter) in code.char_indices() {
        match letter {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && letter == '}' {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// The code with comments gone, and strings and letters emptied, so that brackets can be counted.
fn unquoted(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let behind_name = code.ends_with(|it: char| it.is_alphanumeric() || it == '_');
        let skipped = match letter {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment_len(rest),
            '"' => quoted_len(rest, '"'),
            'r' if !behind_name || code.ends_with('b') => raw_string_len(rest),
            // `'a'` and `'\n'`, but not the lifetime `'a`.
            '\'' if rest.starts_with("'\\") || rest.chars().nth(2) == Some('\'') => quoted_len(rest, '\''),
            _ => 0,
        };
        if skipped == 0 {
            code.push(letter);
            rest = &rest[letter.len_utf8()..];
        } else {
            code.push_str(if letter == '"' || letter == 'r' { "\"\"" } else { " " });
            rest = &rest[skipped..];
        }
    }
    code
}

fn block_comment_len(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// From a quote to the one that closes it.
fn quoted_len(rest: &str, quote: char) -> usize {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter == quote {
            return at + 1;
        }
    }
    rest.len()
}

/// `r"…"` and `r#"…"#`; 0 if it is none.
fn raw_string_len(rest: &str) -> usize {
    let hashes = rest[1..].chars().take_while(|it| *it == '#').count();
    let Some(body) = rest[1 + hashes..].strip_prefix('"') else { return 0 };
    let close = format!("\"{}", "#".repeat(hashes));
    body.find(&close).map_or(rest.len(), |at| rest.len() - body.len() + at + close.len())
}

/// Every path in the code, with groups opened up: `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`.
fn paths_in(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == ':';
    let mut at = 0;
    while let Some(start) = code[at..].find(is_part).map(|it| at + it) {
        let len = code[start..].find(|it| !is_part(it)).unwrap_or(code.len() - start);
        let path = &code[start..start + len];
        at = start + len;
        if path.ends_with("::") && code[at..].starts_with('{') {
            at += group(path, &code[at..], &mut found);
        } else if path.contains("::") {
            found.push(path.trim_end_matches(':').to_owned());
        }
    }
    found
}

/// Opens up a group, which begins with its bracket, behind `prefix`; gives its length.
fn group(prefix: &str, code: &str, found: &mut Vec<String>) -> usize {
    let mut item = String::new();
    let mut at = 1;
    while let Some(letter) = code[at..].chars().next() {
        match letter {
            '{' => {
                at += group(&format!("{prefix}{}", item.trim()), &code[at..], found);
                item.clear();
                continue;
            }
            ',' | '}' => {
                if !item.trim().is_empty() {
                    found.push(format!("{prefix}{}", item.trim()));
                }
                item.clear();
                if letter == '}' {
                    return at + 1;
                }
            }
            _ => item.push(letter),
        }
        at += letter.len_utf8();
    }
    at
}

/// The room that a path names.
fn room_named(path: &str) -> Option<String> {
    let rest = path.strip_prefix("crate::").or_else(|| path.strip_prefix("touchstone::"))?;
    let name: String = rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// Whether a path begins with the parts of `what`, or for a function of a type has them anywhere.
fn goes_through(path: &str, what: &str) -> bool {
    let path = format!("::{}::", path.trim_start_matches("::").split(" as ").next().unwrap_or_default());
    let what = format!("::{what}::");
    if what.contains("::now") { path.contains(&what) } else { path.starts_with(&what) }
}

/// Whether the macro is called; `print!` is not part of `eprint!`.
fn has_macro(code: &str, name: &str) -> bool {
    let is_start = |at: usize| !code[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_');
    code.match_indices(name).any(|(at, _)| is_start(at))
}

fn faults_in(path: &str, code: &str) -> String {
    faults_of(Path::new(path), &format!("//! A fixture.\n{code}"), false).join("\n")
}

#[test]
fn bad_source_is_caught() {
    let long = "\n".repeat(FILE_LINES_MAX);
    let cases = [
        ("src/record/a.rs", "use crate::rule::Rule;", "must not name `rule`"),
        (
            "src/record/a.rs",
            "use crate::{\n    record::Value,\n    rule::{Rule, Pack},\n};",
            "must not name `rule`",
        ),
        ("src/record/a.rs", "fn f() -> crate::rule::Rule { todo!() }", "must not name `rule`"),
        ("src/record/a.rs", "use touchstone::rule::Rule;", "must not name `rule`"),
        ("src/report/mod.rs", "use crate::cli::run;", "must not name `cli`"),
        // Code behind a test is still code.
        ("src/record/mod.rs", "#[cfg(test)]\nmod tests;\nuse crate::rule::Rule;", "must not name `rule`"),
        (
            "src/record/a.rs",
            "#[cfg(test)]\nmod tests { fn f() { g(\"}\") } }\nuse crate::rule::Rule;",
            "must not name `rule`",
        ),
        // A slash in a text does not begin a comment.
        (
            "src/record/a.rs",
            "const URL: &str = \"https://a\"; use crate::rule::Rule;",
            "must not name `rule`",
        ),
        ("src/record/a.rs", "const Q: char = '\"'; use crate::rule::Rule;", "must not name `rule`"),
        ("src/unheard/a.rs", "", "missing from LAYERS"),
        ("src/expr/a.rs", "use rhai::Engine;", "`rhai` belongs in [\"script\"] only"),
        ("src/report/a.rs", "use std::{collections::HashMap, fs};", "`std::fs` belongs"),
        ("src/report/a.rs", "use std::{\n    fs::{self, File},\n};", "`std::fs` belongs"),
        ("src/report/a.rs", "use std::{env as e, io};", "`std::env` belongs"),
        ("src/engine/a.rs", "fn f() { println!(\"{}\", 1) }", "`println!` belongs"),
        ("src/engine/a.rs", "let start = std::time::Instant::now();", "`Instant::now` belongs"),
        ("src/engine/a.rs", "let start = cell.get_or_init(Timestamp::now);", "`Timestamp::now` belongs"),
        ("src/expr/a.rs", "use rayon::prelude::*;", "`rayon` belongs"),
        ("src/expr/mod.rs", "use super::rule::Rule;", "from `crate::`"),
        ("src/expr/a.rs", "use super::super::rule::Rule;", "from `crate::`"),
        ("src/expr/kernels/mod.rs", "use super::super::rule::Rule;", "from `crate::`"),
        ("src/expr/a.rs", &long, "split it"),
    ];
    for (path, code, expected) in cases {
        let said = faults_in(path, code);
        assert!(said.contains(expected), "{path}: {code:?} gives {said:?}, not {expected:?}");
    }
    let said = faults_of(Path::new("src/expr/a.rs"), "use crate::record::Value;\n", false).join("\n");
    assert!(said.contains("start with a `//!`"), "{said}");
}

#[test]
fn good_source_is_left_alone() {
    let cases = [
        ("src/rule/a.rs", "use crate::{record::Value, rule::Script};\nuse super::Pack;"),
        ("src/record/a.rs", "// Unlike crate::rule::Rule, and never println!.\n/* crate::rule */"),
        (
            "src/record/a.rs",
            "const A: &str = \"crate::rule::Rule\"; const B: &str = r#\"std::fs::read \"println!(\" \"#;",
        ),
        (
            "src/record/a.rs",
            "fn f<'a>(it: &'a str) -> char { '}' }\n#[cfg(test)]\nmod tests { use crate::rule::Rule; }",
        ),
        ("src/expr/kernels/number.rs", "use super::super::Mask;"),
        ("src/report/a.rs", "fn std_fs() { writeln!(out, \"\") }"),
        ("src/lib.rs", "pub mod expr;"),
        ("src/main.rs", "fn main() { touchstone::cli::main() }"),
    ];
    for (path, code) in cases {
        assert_eq!(faults_in(path, code), "", "{path}: {code:?}");
    }
    let test = "//! A fixture.\nuse crate::rule::Rule; fn f() { println!(\"\") }";
    assert_eq!(faults_of(Path::new("src/record/tests.rs"), test, true), Vec::<String>::new());
    assert_eq!(test_modules("#[cfg(test)]\nmod tests;\nmod a;\n#[cfg(test)]\nmod b { mod c; }"), ["tests"]);
    assert!(
        is_test_only(Path::new("src/expr/tests/draw.rs")) && is_test_only(Path::new("src/report/tests.rs"))
    );
    assert!(!is_test_only(Path::new("src/report/csv.rs")));
}
