//! `touchstone rules`: the standard as a list, or as a handbook.

use super::{exit, functions, plans::begin, print};
use crate::{
    finding::value_text,
    project::Project,
    rule::{Pack, Reach, Rule, Severity},
    wording::{self, Lang, Wording},
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

/// The handbook of the standard, in Markdown.
fn handbook(project: &Project, lang: Lang) -> String {
    let mut out = String::new();
    line(&mut out, &format!("# {}", wording::HANDBOOK.fill(lang, &[("project", &project.name)])));
    for pack in &project.packs {
        chapter(pack, project, lang, &mut out);
    }
    functions::chapter(lang, &mut out);
    out
}

fn chapter(pack: &Pack, project: &Project, lang: Lang, out: &mut String) {
    line(out, &format!("\n## {}", pack.title.get(lang)));
    for rule in &pack.rules {
        article(rule, project, lang, out);
    }
}

fn article(rule: &Rule, project: &Project, lang: Lang, out: &mut String) {
    line(out, &format!("\n### {}\n", rule.title.get(lang)));
    let mut facts =
        vec![format!("`{}`", rule.id), rule.severity.wording().text(lang).to_owned(), rule.on.clone()];
    facts.extend(rule.dimension.clone());
    facts.extend(rule.touchpoint.clone());
    line(out, &facts.join(" · "));
    let code = |heading: crate::wording::Wording, text: &str| {
        format!("\n{}:\n\n```rhai\n{}\n```", heading.text(lang), text.trim())
    };
    if let Some(when) = &rule.when {
        line(out, &code(wording::HANDBOOK_WHEN, &when.text));
    }
    if let Some((heading, text)) = reach(&rule.reach, lang) {
        line(out, &format!("\n**{}**: {text}", heading.text(lang)));
    }
    line(out, &code(wording::HANDBOOK_CHECK, &rule.check.text));
    let param =
        |it: &crate::rule::Param| format!("`{}` = {}", it.name, value_text(&it.value, &project.zone, lang));
    let params = rule.params.iter().map(param).collect::<Vec<_>>().join(", ");
    let said = [
        (wording::HANDBOOK_PARAMS, params),
        (wording::HANDBOOK_WHY, rule.why.get(lang).to_owned()),
        (wording::HANDBOOK_FIX, rule.fix.get(lang).to_owned()),
        (wording::HANDBOOK_SOURCE, rule.source.clone().unwrap_or_default()),
    ];
    for (heading, text) in said.iter().filter(|it| !it.1.is_empty()) {
        line(out, &format!("\n**{}**: {text}", heading.text(lang)));
    }
    if !rule.examples.is_empty() {
        line(out, &format!("\n**{}**:\n", wording::HANDBOOK_EXAMPLES.text(lang)));
        for example in &rule.examples {
            line(out, &format!("- {}: {}", example.name, example.expect.wording().text(lang)));
        }
    }
}

/// How far a rule looks, where that is beyond one record.
fn reach(reach: &Reach, lang: Lang) -> Option<(Wording, String)> {
    let comma = wording::LIST_COMMA.text(lang);
    match reach {
        Reach::Record => None,
        Reach::Groups(per) => {
            let by: Vec<String> = per.by.iter().map(|it| format!("`{}`", it.text.trim())).collect();
            let mut text = by.join(comma);
            if by.is_empty() {
                wording::HANDBOOK_PER_ALL.text(lang).clone_into(&mut text);
            }
            if per.min > 1 {
                text = wording::HANDBOOK_PER_MIN.fill(lang, &[("by", text), ("min", per.min.to_string())]);
            }
            if per.rollup {
                text = wording::HANDBOOK_ROLLUP.fill(lang, &[("by", text)]);
            }
            Some((wording::HANDBOOK_PER, text))
        }
        Reach::Window(within) => {
            let of: Vec<String> = within.of.iter().map(|it| format!("`{}`", it.0)).collect();
            let time = format!("`{}`", within.time.0);
            let arguments = [("of", of.join(comma)), ("last", within.last_text.clone()), ("time", time)];
            Some((wording::HANDBOOK_WITHIN, wording::HANDBOOK_WINDOW.fill(lang, &arguments)))
        }
    }
}

fn line(out: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{text}");
}
