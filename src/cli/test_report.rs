//! The results of `touchstone test` for people and tools.

use crate::{
    diagnostic::{Diagnostic, Level, Place, Sources, render},
    report::{Case, Ending, Style, Suite, junit, visible},
    rule::Outcome,
    trial::{ExampleTrial, PackTrial},
    wording::{self, Lang},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many names a line lists.
const NAMES_MAX: usize = 8;

/// What a run of examples came to.
pub(super) struct TestReport {
    pub(super) project: String,
    pub(super) packs: Vec<PackTrial>,
    /// The share of rules that must have examples.
    pub(super) min_coverage: Option<f64>,
    pub(super) lang: Lang,
}

impl TestReport {
    fn examples(&self) -> impl Iterator<Item = &ExampleTrial> {
        self.packs.iter().flat_map(PackTrial::examples)
    }

    fn failed(&self) -> usize {
        self.examples().filter(|it| !it.holds()).count()
    }

    /// Rules by id, and whether they have an example; versions of a rule are one.
    fn rules(&self) -> BTreeMap<&str, bool> {
        let mut all = BTreeMap::new();
        for rule in self.packs.iter().flat_map(|it| &it.rules) {
            *all.entry(rule.rule.id.as_str()).or_default() |= !rule.examples.is_empty();
        }
        all
    }

    fn coverage(&self) -> (usize, usize, f64) {
        let rules = self.rules();
        let covered = rules.values().filter(|it| **it).count();
        (covered, rules.len(), share(covered, rules.len()))
    }

    fn is_covered(&self) -> bool {
        self.min_coverage.is_none_or(|it| self.coverage().2 >= it)
    }

    /// Whether all is as expected and asked.
    pub(super) fn holds(&self) -> bool {
        self.failed() == 0 && self.is_covered()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rules are far below 2^53")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// `97.5 %`, never rounded up to all.
fn percent(share: f64) -> String {
    let shown = format!("{:.1}", (share * 1000.0).floor() / 10.0);
    format!("{} %", shown.trim_end_matches(".0"))
}

/// The results for a terminal: short when all is well.
pub(super) fn terminal(report: &TestReport, sources: &Sources, colour: bool, quiet: bool) -> String {
    let lang = report.lang;
    let mut out = String::new();
    for example in report.examples() {
        for said in example.diagnostics.iter().filter(|it| it.level > Level::Note || !quiet) {
            out.push_str(&render(said, sources, lang, colour));
            out.push('\n');
        }
    }
    if !quiet {
        for pack in &report.packs {
            pack_line(pack, lang, colour, &mut out);
        }
        let bare: Vec<&str> = report.rules().into_iter().filter(|it| !it.1).map(|it| it.0).collect();
        if !bare.is_empty() {
            line(
                &wording::TEST_NO_EXAMPLE.fill(lang, &[("rules", listed(&bare, lang))]),
                Style::Yellow,
                colour,
                &mut out,
            );
        }
        let (covered, count, share) = report.coverage();
        let arguments =
            [("covered", covered.to_string()), ("count", count.to_string()), ("share", percent(share))];
        line(&wording::TEST_COVERAGE.fill(lang, &arguments), Style::Plain, colour, &mut out);
    }
    if let Some(wanted) = report.min_coverage.filter(|_| !report.is_covered()) {
        let arguments = [("share", percent(report.coverage().2)), ("wanted", percent(wanted))];
        line(&wording::TEST_BELOW.fill(lang, &arguments), Style::Red, colour, &mut out);
    }
    let (failed, examples) = (report.failed(), report.examples().count().to_string());
    if failed > 0 {
        let arguments = [("examples", examples), ("failed", failed.to_string())];
        line(&wording::TEST_SUMMARY_FAILS.fill(lang, &arguments), Style::Red, colour, &mut out);
    } else if !quiet {
        line(
            &wording::TEST_SUMMARY_HOLDS.fill(lang, &[("examples", examples)]),
            Style::Green,
            colour,
            &mut out,
        );
    }
    out
}

fn line(text: &str, style: Style, colour: bool, out: &mut String) {
    style.paint(&visible(text), colour, out);
    out.push('\n');
}

fn pack_line(pack: &PackTrial, lang: Lang, colour: bool, out: &mut String) {
    let examples = pack.examples().count();
    if examples == 0 {
        return;
    }
    let failed = pack.examples().filter(|it| !it.holds()).count();
    let rules = pack.rules.iter().filter(|it| !it.examples.is_empty()).count();
    let arguments = [
        ("pack", pack.id.clone()),
        ("examples", examples.to_string()),
        ("rules", rules.to_string()),
        ("failed", failed.to_string()),
    ];
    let (said, style) = match failed {
        0 => (wording::TEST_PACK_HOLDS, Style::Plain),
        _ => (wording::TEST_PACK_FAILS, Style::Red),
    };
    line(&said.fill(lang, &arguments), style, colour, out);
}

fn listed(names: &[&str], lang: Lang) -> String {
    let shown =
        names.iter().take(NAMES_MAX).copied().collect::<Vec<_>>().join(wording::LIST_COMMA.text(lang));
    match names.len().saturating_sub(NAMES_MAX) {
        0 => shown,
        more => wording::TEST_MORE.fill(lang, &[("names", shown), ("count", more.to_string())]),
    }
}

/// The file and line of a place.
pub(super) fn file_and_line(place: &Place, sources: &Sources) -> (String, Option<usize>) {
    match place {
        Place::Text { file, span } => {
            let before = sources.get(file).and_then(|it| it.get(..span.start));
            (file.to_string(), before.map(|it| it.matches('\n').count() + 1))
        }
        Place::Record { file, row, .. } => (file.to_string(), usize::try_from(*row).ok()),
        Place::File(file) => (file.to_string(), None),
    }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    schema: &'static str,
    project: &'a str,
    holds: bool,
    examples: usize,
    failed: usize,
    rules: JsonCoverage,
    packs: Vec<JsonPack<'a>>,
}

#[derive(Serialize)]
struct JsonCoverage {
    count: usize,
    covered: usize,
    coverage: f64,
    min_coverage: Option<f64>,
}

#[derive(Serialize)]
struct JsonPack<'a> {
    id: &'a str,
    rules: Vec<JsonRule<'a>>,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    id: &'a str,
    title: &'a str,
    examples: Vec<JsonExample<'a>>,
}

#[derive(Serialize)]
struct JsonExample<'a> {
    name: &'a str,
    expect: &'static str,
    found: Option<&'static str>,
    holds: bool,
    file: String,
    line: Option<usize>,
    diagnostics: Vec<JsonDiagnostic>,
}

#[derive(Serialize)]
struct JsonDiagnostic {
    code: &'static str,
    message: String,
    help: Vec<String>,
}

/// The results as one JSON object.
pub(super) fn json(report: &TestReport, sources: &Sources) -> String {
    let lang = report.lang;
    let diagnostic = |it: &Diagnostic| JsonDiagnostic {
        code: it.code,
        message: it.message(lang),
        help: it.help.iter().map(|it| it.text(lang)).collect(),
    };
    let example = |it| {
        let ExampleTrial { example, found, diagnostics, .. }: &ExampleTrial = it;
        let (file, line) = file_and_line(&example.place, sources);
        JsonExample {
            name: &example.name,
            expect: example.expect.name(),
            found: found.map(Outcome::name),
            holds: it.holds(),
            file,
            line,
            diagnostics: diagnostics.iter().map(diagnostic).collect(),
        }
    };
    let packs = report.packs.iter().map(|pack| JsonPack {
        id: &pack.id,
        rules: pack
            .rules
            .iter()
            .map(|it| JsonRule {
                id: &it.rule.id,
                title: it.rule.title.get(lang),
                examples: it.examples.iter().map(example).collect(),
            })
            .collect(),
    });
    let (covered, count, coverage) = report.coverage();
    let whole = JsonReport {
        schema: "touchstone.test/1",
        project: &report.project,
        holds: report.holds(),
        examples: report.examples().count(),
        failed: report.failed(),
        rules: JsonCoverage { count, covered, coverage, min_coverage: report.min_coverage },
        packs: packs.collect(),
    };
    pretty(&whole)
}

/// A value as indented JSON, the last line ended.
pub(super) fn pretty<T: Serialize>(value: &T) -> String {
    // What is written here has text keys and finite numbers only, which cannot fail.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// The results in JUnit's XML: a suite a pack, a case an example.
pub(super) fn junit_text(report: &TestReport, sources: &Sources) -> String {
    let case = |class: &str, it: &ExampleTrial| {
        let errors: Vec<&Diagnostic> = it.diagnostics.iter().filter(|it| it.is_error()).collect();
        let everything: String = errors.iter().map(|it| render(it, sources, report.lang, false)).collect();
        let ending = errors.first().map_or(Ending::Passed, |first| {
            let parts = (first.code.to_owned(), first.message(report.lang), everything);
            match it.found {
                Some(_) => Ending::Failed(parts.0, parts.1, parts.2),
                None => Ending::Broken(parts.0, parts.1, parts.2),
            }
        });
        Case { class: class.to_owned(), name: it.example.name.clone(), ending }
    };
    let suite = |pack: &PackTrial| {
        let rules = pack.rules.iter();
        let cases = rules.flat_map(|rule| rule.examples.iter().map(|it| case(&rule.rule.id, it)));
        Suite { name: pack.id.clone(), cases: cases.collect() }
    };
    let mut suites: Vec<Suite> = report.packs.iter().map(suite).collect();
    if let Some(wanted) = report.min_coverage.filter(|_| !report.is_covered()) {
        let arguments = [("share", percent(report.coverage().2)), ("wanted", percent(wanted))];
        let said = wording::TEST_BELOW.fill(report.lang, &arguments);
        let ending = Ending::Failed("min-coverage".into(), said.clone(), said);
        let case = Case { class: report.project.clone(), name: "--min-coverage".into(), ending };
        suites.push(Suite { name: "coverage".into(), cases: vec![case] });
    }
    junit(&report.project, &suites)
}
