//! A small sound project, and something broken laid over it: an excerpt of audit.toml, of a rule, of the data.

use super::{Run, root, run};
use std::{fs, path::Path};

/// What a rule has that does not say otherwise.
const RULE: [(&str, &str); 4] =
    [("id", "\"rule\""), ("title", "\"Answered soon\""), ("on", "\"ticket\""), ("severity", "\"minor\"")];

/// A project with an excerpt laid over it.
pub(crate) struct Broken {
    folder: tempfile::TempDir,
    command: Vec<String>,
}

/// One complaint as it is shown.
#[derive(Debug)]
pub(crate) struct Complaint {
    /// `unknown-field`
    pub(crate) code: String,
    /// `rules/desk/rules.toml:6:10`, without line or column where there is none.
    pub(crate) place: String,
    /// What stands over the carets.
    pub(crate) under: String,
    /// The help lines.
    pub(crate) help: Vec<String>,
}

impl Broken {
    /// Lays `excerpt` over the base, whose files `translate` has put into its language.
    pub(crate) fn new(excerpt: &str, translate: impl Fn(&str) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = vec!["audit".to_owned(), "--quiet".to_owned()];
        for name in ["audit.toml", "data/tickets.csv", "rules/desk/pack.toml"] {
            let text = fs::read_to_string(root().join("tests/broken/base").join(name)).unwrap();
            write(folder.path(), name, &translate(&text));
        }
        for (name, text) in parts(excerpt) {
            if let Some(line) = name.strip_prefix("$ touchstone ") {
                command = line.split(' ').map(str::to_owned).collect();
                continue;
            }
            let (name, whole) = match name.strip_suffix(" (the whole file)") {
                Some(name) => (name, true),
                None => (name.as_str(), false),
            };
            let path = folder.path().join(name);
            let before = fs::read_to_string(&path).unwrap_or_default();
            let text = text.replace(['⟦', '⟧'], "");
            let text = match name {
                "audit.toml" if !whole && !text.contains("name = ") => merged(&before, &text),
                "rules/desk/rules.toml" => rules(&text, &translate),
                "data/tickets.csv" if !whole => joined(&before, &text),
                _ => text,
            };
            write(folder.path(), name, &text);
        }
        Self { folder, command }
    }

    /// The folder of the project.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the command, `audit` unless the excerpt says otherwise.
    pub(crate) fn run(&self, lang: &str, more: &[String]) -> Run {
        let mut arguments: Vec<&str> = self.command.iter().map(String::as_str).collect();
        arguments.extend(more.iter().map(String::as_str));
        arguments.extend(["--lang", lang]);
        if arguments[0] == "audit" && !arguments.contains(&"--as-of") {
            arguments.extend(["--as-of", super::AS_OF]);
        }
        run(self.path(), &arguments)
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// An excerpt taken apart at its headers: `# FILE` and `$ command`.
pub(crate) fn parts(excerpt: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = vec![("rules/desk/rules.toml".to_owned(), String::new())];
    for line in excerpt.lines() {
        let is_file = line.starts_with("# ") && line.contains(['/', '.']);
        if is_file || line.starts_with("$ ") {
            parts.push((line.trim_start_matches("# ").to_owned(), String::new()));
        } else if let Some(last) = parts.last_mut() {
            last.1.push_str(line);
            last.1.push('\n');
        }
    }
    parts.retain(|it| it.0.starts_with('$') || it.0.contains("whole file") || !it.1.trim().is_empty());
    parts
}

/// Blocks of TOML: the header of each, and its lines.
fn blocks(text: &str) -> Vec<(String, Vec<String>)> {
    let mut blocks = vec![(String::new(), Vec::new())];
    for line in text.lines() {
        if line.starts_with('[') && line.trim_end().ends_with(']') {
            blocks.push((line.to_owned(), Vec::new()));
        } else if let Some(last) = blocks.last_mut() {
            last.1.push(line.to_owned());
        }
    }
    blocks
}

fn key(line: &str) -> Option<&str> {
    line.split_once('=').map(|it| it.0.trim())
}

/// `base` with the settings of `text` in place of its own; new headers come last.
fn merged(base: &str, text: &str) -> String {
    let mut all = blocks(base);
    for (header, lines) in blocks(text) {
        match all.iter_mut().find(|it| it.0 == header) {
            Some(block) => {
                block.1.retain(|it| !lines.iter().any(|line| key(line).is_some() && key(line) == key(it)));
                block.1.extend(lines);
            }
            None => all.push((header, lines)),
        }
    }
    shown(all)
}

fn shown(blocks: Vec<(String, Vec<String>)>) -> String {
    let lines = blocks.into_iter().flat_map(|(header, lines)| std::iter::once(header).chain(lines));
    lines.filter(|it| !it.is_empty()).map(|it| it + "\n").collect()
}

/// A file of rules: keys of a rule before any header, or rules with what each lacks.
fn rules(text: &str, translate: &impl Fn(&str) -> String) -> String {
    let mut all = blocks(text);
    if all[0].1.iter().any(|it| !it.trim().is_empty()) {
        all[0].0 = "[[rule]]".to_owned();
    }
    for (header, lines) in &mut all {
        if header == "[[rule]]" {
            let given: Vec<String> = lines.iter().filter_map(|it| key(it)).map(str::to_owned).collect();
            let lacks = |it: &&(&str, &str)| {
                !given.iter().any(|key| key == it.0) && !lines.concat().contains(&format!("# no {}", it.0))
            };
            let defaults: Vec<String> = RULE
                .iter()
                .filter(lacks)
                .map(|(key, value)| translate(&format!("{key} = {value}")))
                .collect();
            lines.splice(0..0, defaults);
        }
    }
    shown(all)
}

/// Rows of a table: the columns given, behind those of the base that are not.
fn joined(base: &str, text: &str) -> String {
    let base: Vec<Vec<&str>> = base.lines().map(|it| it.split(',').collect()).collect();
    let given: Vec<&str> = text.lines().next().unwrap_or_default().split(',').collect();
    let kept: Vec<usize> = (0..base[0].len()).filter(|it| !given.contains(&base[0][*it])).collect();
    let row = |(number, line): (usize, &str)| {
        let from = &base[if number == 0 { 0 } else { 1 + (number - 1) % (base.len() - 1) }];
        kept.iter().map(|it| from[*it].to_owned() + ",").collect::<String>() + line + "\n"
    };
    text.lines().enumerate().map(row).collect()
}

/// What stands on standard error, taken apart.
pub(crate) fn complaints(text: &str) -> Vec<Complaint> {
    let mut all: Vec<Complaint> = Vec::new();
    let mut line = "";
    for shown in text.lines() {
        let head = ["error[", "warning[", "note[", "错误[", "警告[", "提示["];
        if let Some(rest) = head.iter().find_map(|it| shown.strip_prefix(it)) {
            let code = rest.split(']').next().unwrap_or_default().to_owned();
            all.push(Complaint { code, place: String::new(), under: String::new(), help: Vec::new() });
            continue;
        }
        let Some(last) = all.last_mut() else { continue };
        let trimmed = shown.trim_start();
        if let Some(place) = trimmed.strip_prefix("--> ") {
            if last.place.is_empty() {
                last.place = place.to_owned();
            }
        } else if let Some(help) = ["= help: ", "= 帮助："].iter().find_map(|it| trimmed.strip_prefix(it))
        {
            last.help.push(help.to_owned());
        } else if let Some(carets) = trimmed.strip_prefix("| ").filter(|it| it.contains('^')) {
            if last.under.is_empty() {
                last.under = under(line, carets);
            }
        } else if let Some((_, code)) = shown.split_once(" | ") {
            line = code;
        }
    }
    all
}

/// The characters of a line that carets stand under.
fn under(line: &str, carets: &str) -> String {
    let from = carets.find('^').unwrap_or(0);
    let to = carets.rfind('^').map_or(0, |it| it + 1);
    let mut column = 0;
    let mut found = String::new();
    for letter in line.chars() {
        if (from..to).contains(&column) {
            found.push(letter);
        }
        column += unicode_width::UnicodeWidthChar::width(letter).unwrap_or(0);
    }
    found
}
