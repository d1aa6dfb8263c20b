//! Every command of the READMEs is run and gives the output that stands there; the first project
//! is made from the files that are shown.
//!
//! In a `console` block, lines that begin with `$ ` are commands and what follows is their output, both streams as a
//! terminal shows them; a line `…` stands for any lines. `echo $?` gives the exit code of the
//! command before it. A block after a line that ends with a path in backquotes and a colon is
//! that file. Times taken and the moment of the run are not compared.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

mod common;

use common::{copy, root, touchstone};
use std::{
    fs,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// What a command printed and its exit code.
struct Said {
    text: String,
    code: i32,
}

struct Block<'a> {
    kind: &'a str,
    /// The last line of text before it.
    before: &'a str,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let (mut all, mut before) = (Vec::new(), "");
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let lines = lines.by_ref().take_while(|it| *it != "```").collect();
            all.push(Block { kind, before, lines });
        } else if !line.is_empty() {
            before = line;
        }
    }
    all
}

/// `` `first/audit.toml`: `` names a file.
fn file_named(line: &str) -> Option<&str> {
    let line = line.strip_suffix(':').or_else(|| line.strip_suffix('：'))?;
    line.strip_suffix('`')?.rsplit('`').next()
}

/// Runs a command line of the README in `folder`; `None` for those that only the reader runs.
fn run(line: &str, folder: &Path) -> Option<Said> {
    if ["cargo test", "cargo install --path .", "cargo build --release"].contains(&line) {
        return None;
    }
    let arguments = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("touchstone "));
    let arguments = arguments.unwrap_or_else(|| panic!("this test cannot run `{line}`"));
    let mut both = tempfile::tempfile().unwrap();
    let mut command = touchstone(folder);
    command.args(words(arguments));
    command.stdout(both.try_clone().unwrap()).stderr(both.try_clone().unwrap());
    let code = command.status().unwrap().code().unwrap();
    let mut text = String::new();
    both.seek(SeekFrom::Start(0)).unwrap();
    both.read_to_string(&mut text).unwrap();
    Some(Said { text, code })
}

/// The words of a command line as a shell takes them: what stands in single quotes is one. What a shell would take for
/// its own outside of them is no command that a reader could run.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
            continue;
        }
        assert!(!part.contains(['(', ')', '&', ';', '|', '<', '>', '*', '$', '`']), "not quoted: {line}");
        words.extend(part.split_whitespace().map(str::to_owned));
    }
    words
}

/// Without what differs from run to run.
fn settled(text: &str) -> String {
    let moment = regex::Regex::new(r"(as of|审核时点) \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?").unwrap();
    moment.replace(&common::without_times(text), "$1 [moment]").into_owned()
}

/// True where `shown`, with `…` for any lines, is what was said.
fn matches(shown: &[&str], said: &[&str]) -> bool {
    match shown.split_first() {
        None => said.is_empty(),
        Some((&"…", rest)) => (0..=said.len()).any(|skip| matches(rest, &said[skip..])),
        Some((line, rest)) => said.first() == Some(line) && matches(rest, &said[1..]),
    }
}

fn compare(command: &str, shown: &[&str], said: &str) {
    let (shown, said) = (settled(&shown.join("\n")), settled(said));
    let as_lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (shown_lines, said_lines) = (as_lines(&shown), as_lines(&said));
    let borrowed = |lines: &[String]| lines.iter().map(String::as_str).collect::<Vec<&str>>().join("\n");
    let same = matches(
        &shown_lines.iter().map(String::as_str).collect::<Vec<_>>(),
        &said_lines.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    assert!(
        same,
        "$ {command}\n---- stands there\n{}\n---- is said\n{}",
        borrowed(&shown_lines),
        borrowed(&said_lines)
    );
}

fn check(readme: &str) {
    let text = fs::read_to_string(root().join(readme)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("samples"), &folder.path().join("samples"));
    let (mut commands, mut files) = (0, 0);
    let mut code = None;
    for block in blocks(&text) {
        match block.kind {
            "console" => {
                let mut rest = &block.lines[..];
                while let Some((line, after)) = rest.split_first() {
                    let command = line
                        .strip_prefix("$ ")
                        .unwrap_or_else(|| panic!("{readme}: no command before {line}"));
                    let end = after.iter().position(|it| it.starts_with("$ ")).unwrap_or(after.len());
                    let shown = &after[..end];
                    rest = &after[end..];
                    commands += 1;
                    if command == "echo $?" {
                        assert_eq!(shown, [code.take().map(|it: i32| it.to_string()).unwrap()]);
                    } else if let Some(said) = run(command, folder.path()) {
                        compare(command, shown, &said.text);
                        code = Some(said.code);
                    }
                }
            }
            "sh" => {
                for line in block.lines.iter().filter(|it| !it.is_empty() && !it.starts_with('#')) {
                    commands += 1;
                    if let Some(said) = run(line, folder.path()) {
                        assert_eq!(said.code, 0, "{line}: {}", said.text);
                    }
                }
            }
            _ => {
                let file = file_named(block.before)
                    .unwrap_or_else(|| panic!("{readme}: a block of no file: {:?}", block.lines));
                let path = folder.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, block.lines.join("\n") + "\n").unwrap();
                files += 1;
            }
        }
    }
    assert!(commands >= 7 && files >= 4, "{readme}: {commands} commands, {files} files");
}

#[test]
fn what_stands_in_the_readme_is_so() {
    check("README.md");
}

#[test]
fn what_stands_in_the_chinese_readme_is_so() {
    check("README.zh.md");
}

/// Both say the same: the same headings, blocks, tables and links.
#[test]
fn both_readmes_have_the_same_shape() {
    let shape = |name: &str| {
        let text = fs::read_to_string(root().join(name)).unwrap();
        let rows = text.lines().filter(|it| it.starts_with('|')).count();
        let headings =
            text.lines().filter(|it| it.starts_with('#')).map(|it| it.find(' ')).collect::<Vec<_>>();
        let kinds = blocks(&text).iter().map(|it| it.kind.to_owned()).collect::<Vec<_>>();
        let links = text.matches("](").count();
        (rows, headings, kinds, links)
    };
    assert_eq!(shape("README.md"), shape("README.zh.md"));
}

/// The files that the READMEs link to exist.
#[test]
fn links_lead_somewhere() {
    for name in ["README.md", "README.zh.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        for link in text.split("](").skip(1).filter_map(|it| it.split(')').next()) {
            assert!(root().join(link).exists(), "{name} links to {link}");
        }
    }
}

#[test]
fn a_cut_matches_any_lines_and_nothing_else_does() {
    let said = ["a", "b", "c", "d"];
    for (shown, wanted) in [
        (&["a", "b", "c", "d"][..], true),
        (&["…", "c", "d"], true),
        (&["a", "…", "d"], true),
        (&["a", "…"], true),
        (&["a", "…", "c", "…"], true),
        (&["a", "b"], false),
        (&["b", "…"], false),
        (&["a", "…", "e"], false),
        (&["…", "c", "…", "b", "…"], false),
    ] {
        assert_eq!(matches(shown, &said), wanted, "{shown:?}");
    }
    assert_eq!(file_named("`first/audit.toml`:"), Some("first/audit.toml"));
    assert_eq!(file_named("See this:"), None);
}
