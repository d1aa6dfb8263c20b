//! `touchstone rules`: the standard as a list; `handbook.rs` writes it as a handbook.

use super::{exit, functions, handbook::handbook, plans::begin, print};
use crate::{
    project::Project,
    rule::Severity,
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// Lists the rules of a project; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    if matches.get_flag("functions") {
        let json = matches.get_one::<String>("format").is_some_and(|it| it == "json");
        let out = if json { functions::json() } else { functions::text(lang) };
        return if print(out.as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD };
    }
    let (loaded, voice) = begin(matches, asked, lang);
    let lang = voice.lang;
    let wrong = voice.complain(&loaded.diagnostics, &loaded.sources, false);
    let Some(project) = loaded.project.filter(|_| !wrong) else { return exit::NOT_AS_ASKED };
    let out = if matches.get_flag("docs") { handbook(&project, lang) } else { list(&project, lang) };
    if print(out.as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD }
}

fn list(project: &Project, lang: Lang) -> String {
    let mut out = String::new();
    let mut all: Vec<(&str, Severity, &str, &str)> = Vec::new();
    for pack in &project.packs {
        all.extend(
            pack.rules.iter().map(|it| (it.id.as_str(), it.severity, it.on.as_str(), it.title.get(lang))),
        );
        let promises = pack.promises.iter();
        all.extend(promises.map(|it| (it.id.as_str(), it.severity, it.on.as_str(), it.title.get(lang))));
    }
    let ids = all.iter().map(|it| it.0.width()).max().unwrap_or(0);
    let severities = all.iter().map(|it| it.1.wording().text(lang).width()).max().unwrap_or(0);
    let kinds = all.iter().map(|it| it.2.width()).max().unwrap_or(0);
    let padded =
        |text: &str, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(text.width())));
    for (id, severity, on, title) in all {
        let severity = severity.wording().text(lang);
        line(
            &mut out,
            &format!("{}  {}  {}  {title}", padded(id, ids), padded(severity, severities), padded(on, kinds)),
        );
    }
    for (rule, reason) in &project.disabled {
        line(
            &mut out,
            &format!("{}  {}", padded(rule, ids), wording::DISABLED.fill(lang, &[("reason", reason)])),
        );
    }
    out
}

fn line(out: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{text}");
}
