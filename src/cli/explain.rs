//! `touchstone explain CODE`: what a complaint means, with a wrong example and a right one. With `--rule`
//! and `--record` it is a verdict that is explained.

use super::{Voice, exit, plans::colour, print, score_verdict, verdict};
use crate::{
    diagnostic::{Diagnostic, Sources, nearest},
    report::{Style, width, wrap},
    wording::{
        self, Lang, Wording,
        explain::{Page, codes, pages, texts_of},
    },
};
use clap::ArgMatches;
use std::path::PathBuf;

/// Columns of text; examples are indented and may be wider.
const COLUMNS: usize = 80;

/// Explains the code of the command line, or lists all of them; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    if matches.contains_id("rule") {
        return verdict::run(matches, asked, lang);
    }
    if matches.contains_id("scorecard") {
        return score_verdict::run(matches, asked, lang);
    }
    let voice = Voice::new(lang, colour(matches));
    let Some(code) = matches.get_one::<PathBuf>("path") else { return done(&list(lang)) };
    let code = code.to_string_lossy().into_owned();
    match pages().find(|it| it.code == code) {
        Some(page) => done(&explained(page, lang, voice.colour)),
        None => {
            let mut said = Diagnostic::error(wording::UNKNOWN_CODE).with("name", code.clone());
            if let Some(near) = nearest(&code, codes().iter().map(|it| it.id)) {
                said = said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]);
            }
            let said = said.help(wording::EXPLAIN_ALL).help(wording::HELP_EXPLAIN_VERDICT);
            voice.complain(&[said], &Sources::default(), true);
            exit::NOT_AS_ASKED
        }
    }
}

fn done(text: &str) -> u8 {
    if print(text.as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD }
}

/// All codes, each with what it says.
fn list(lang: Lang) -> String {
    let codes = codes();
    let widest = codes.iter().map(|it| it.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for code in codes {
        let said = general(code.says, lang);
        for (number, line) in wrap(&said, COLUMNS - widest - 2).into_iter().enumerate() {
            let head = if number == 0 { code.id } else { "" };
            out.push_str(&format!("{head:widest$}  {line}\n"));
        }
    }
    out.push_str(&format!("\n{}\n", wording::EXPLAIN_LIST.text(lang)));
    out
}

/// A page as lines of text.
fn explained(page: &Page, lang: Lang, colour: bool) -> String {
    let mut out = String::new();
    Style::Bold.paint(page.code, colour, &mut out);
    out.push_str("\n\n");
    paragraph(page.why.text(lang), "", &mut out);
    heading(wording::EXPLAIN_SAYS, lang, colour, &mut out);
    for text in texts_of(page.code) {
        paragraph(&general(text, lang), "    ", &mut out);
    }
    let examples = [(wording::EXPLAIN_WRONG, page.wrong(lang)), (wording::EXPLAIN_RIGHT, page.right(lang))];
    for (title, text) in examples.into_iter().filter(|it| !it.1.is_empty()) {
        heading(title, lang, colour, &mut out);
        example(&text, colour, &mut out);
    }
    out
}

fn heading(text: Wording, lang: Lang, colour: bool, out: &mut String) {
    out.push('\n');
    Style::Bold.paint(text.text(lang), colour, out);
    out.push('\n');
}

fn paragraph(text: &str, indent: &str, out: &mut String) {
    for line in wrap(text, COLUMNS - indent.len()) {
        out.push_str(&format!("{indent}{line}\n"));
    }
}

/// A message without its arguments: `…` stands for each.
fn general(text: Wording, lang: Lang) -> String {
    let mut out = String::new();
    for (number, part) in text.text(lang).split(['{', '}']).enumerate() {
        out.push_str(if number % 2 == 0 { part } else { "…" });
    }
    out
}

/// An example, carets below the place that the complaint points at.
fn example(text: &str, colour: bool, out: &mut String) {
    for line in text.lines() {
        let plain = line.replace(['⟦', '⟧'], "");
        out.push_str(format!("    {plain}").trim_end());
        out.push('\n');
        if let Some((before, rest)) = line.split_once('⟦') {
            let marked = rest.split('⟧').next().unwrap_or_default();
            out.push_str(&" ".repeat(4 + width(before)));
            Style::Red.paint(&"^".repeat(width(marked).max(1)), colour, out);
            out.push('\n');
        }
    }
}
