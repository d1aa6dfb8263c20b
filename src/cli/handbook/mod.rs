//! The handbook of the standard, in Markdown: rules, promises and the calendars that they count by.

use super::functions;
use crate::{
    finding::value_text,
    project::Project,
    rule::{Pack, Reach, Rule, Severity},
    wording::{self, Lang, Wording},
};
use std::fmt::Write as _;

mod calendar;
mod promise;

use calendar::calendars;

/// The handbook of the standard, in Markdown.
pub(super) fn handbook(project: &Project, lang: Lang) -> String {
    let mut out = String::new();
    line(&mut out, &format!("# {}", wording::HANDBOOK.fill(lang, &[("project", &project.name)])));
    for pack in &project.packs {
        chapter(pack, project, lang, &mut out);
    }
    calendars(project, lang, &mut out);
    functions::chapter(lang, &mut out);
    out
}

fn chapter(pack: &Pack, project: &Project, lang: Lang, out: &mut String) {
    line(out, &format!("\n## {}", pack.title.get(lang)));
    for rule in &pack.rules {
        article(rule, project, lang, out);
    }
    for promise in &pack.promises {
        promise::article(promise, pack, project, lang, out);
    }
}

fn article(rule: &Rule, project: &Project, lang: Lang, out: &mut String) {
    let filed = [&rule.dimension, &rule.touchpoint];
    head(out, rule.title.get(lang), (&rule.id, rule.severity, &rule.on), filed, lang);
    if let Some(when) = &rule.when {
        code(out, wording::HANDBOOK_WHEN, &when.text, lang);
    }
    if let Some((heading, text)) = reach(&rule.reach, lang) {
        fact(out, heading, &text, lang);
    }
    code(out, wording::HANDBOOK_CHECK, &rule.check.text, lang);
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
        fact(out, *heading, text, lang);
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

/// The head of an article: its title, then its id, how much it matters, what it looks at and where it is filed.
fn head(
    out: &mut String,
    title: &str,
    (id, severity, on): (&str, Severity, &str),
    filed: [&Option<String>; 2],
    lang: Lang,
) {
    line(out, &format!("\n### {title}\n"));
    let mut facts = vec![format!("`{id}`"), severity.wording().text(lang).to_owned(), on.to_owned()];
    facts.extend(filed.into_iter().flatten().cloned());
    line(out, &facts.join(" · "));
}

fn code(out: &mut String, heading: Wording, text: &str, lang: Lang) {
    line(out, &format!("\n{}:\n\n```rhai\n{}\n```", heading.text(lang), text.trim()));
}

fn fact(out: &mut String, heading: Wording, text: &str, lang: Lang) {
    line(out, &format!("\n**{}**: {text}", heading.text(lang)));
}

fn line(out: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{text}");
}
