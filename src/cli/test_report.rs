//! The results of `touchstone test` for people and tools.

use crate::{
    diagnostic::{Diagnostic, Level, Place, Sources, render},
    report::{Case, Ending, Style, Suite, junit, visible},
    rule::Outcome,
    trial::{Branch, ExampleTrial, PackTrial},
    wording::{self, Lang},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many names a line lists.
const NAMES_MAX: usize = 8;
/// How many branches that no example takes are told.
const BRANCHES_MAX: usize = 8;

/// What a run of examples came to.
pub(super) struct TestReport {
    pub(super) project: String,
    pub(super) packs: Vec<PackTrial>,
    /// The share of rules that must have examples.
    pub(super) min_coverage: Option<f64>,
    /// The share of branches that must be exercised.
    pub(super) min_branches: Option<f64>,
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

    fn branches(&self) -> impl Iterator<Item = &Branch> {
        self.packs.iter().flat_map(|it| &it.rules).flat_map(|it| &it.branches)
    }

    fn branch_coverage(&self) -> (usize, usize, f64) {
        let (seen, count) = (self.branches().filter(|it| it.seen).count(), self.branches().count());
        (seen, count, share(seen, count))
    }

    /// What is asked for and not reached, in words.
    fn shortfalls(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (said, wanted, is) in [
            (wording::TEST_BELOW, self.min_coverage, self.coverage().2),
            (wording::TEST_BELOW_BRANCHES, self.min_branches, self.branch_coverage().2),
        ] {
            if let Some(wanted) = wanted.filter(|it| is < *it) {
                all.push(said.fill(self.lang, &[("share", percent(is)), ("wanted", percent(wanted))]));
            }
        }
        all
    }

    /// Whether all is as expected and asked.
    pub(super) fn holds(&self) -> bool {
        self.failed() == 0 && self.shortfalls().is_empty()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rules are far below 2^53")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// `97.5 %`, never rounded up to all.
pub(super) fn percent(share: f64) -> String {
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
        branch_lines(report, sources, colour, &mut out);
        for (said, (covered, count, share)) in
            [(wording::TEST_COVERAGE, report.coverage()), (wording::TEST_BRANCHES, report.branch_coverage())]
        {
            let (covered, count) = (covered.to_string(), count.to_string());
            let arguments = [("covered", covered), ("count", count), ("share", percent(share))];
            line(&said.fill(lang, &arguments), Style::Plain, colour, &mut out);
        }
    }
    for said in report.shortfalls() {
        line(&said, Style::Red, colour, &mut out);
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

/// The branches that no example takes, one in two lines.
fn branch_lines(report: &TestReport, sources: &Sources, colour: bool, out: &mut String) {
    let lang = report.lang;
    let mut idle: Vec<&Diagnostic> = Vec::new();
    for rule in report.packs.iter().flat_map(|it| &it.rules) {
        let first = idle.len();
        for said in rule.branches.iter().filter(|it| !it.seen).map(|it| &it.diagnostic) {
            // One example may exercise several branches: the first is told.
            if idle[first..].iter().all(|it| it.help != said.help) {
                idle.push(said);
            }
        }
    }
    for said in idle.iter().take(BRANCHES_MAX) {
        let place = said.place.as_ref().map(|it| shown_place(it, sources)).unwrap_or_default();
        let place = format!("{place}{}", wording::PLACE_COLON.text(lang));
        Style::Dim.paint(&visible(&place), colour, out);
        line(&said.message(lang), Style::Yellow, colour, out);
        for help in &said.help {
            line(&format!("    {}", help.text(lang)), Style::Plain, colour, out);
        }
    }
    let more = idle.len().saturating_sub(BRANCHES_MAX);
    if more > 0 {
        let said = wording::TEST_MORE_BRANCHES.fill(lang, &[("count", more.to_string())]);
        line(&said, Style::Plain, colour, out);
    }
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

/// A place as `file:line`.
pub(super) fn shown_place(place: &Place, sources: &Sources) -> String {
    let (file, line) = file_and_line(place, sources);
    line.map_or(file.clone(), |line| format!("{file}:{line}"))
}

#[derive(Serialize)]
struct JsonReport<'a> {
    schema: &'static str,
    project: &'a str,
    holds: bool,
    examples: usize,
    failed: usize,
    rules: JsonCoverage,
    branches: JsonCoverage,
    packs: Vec<JsonPack<'a>>,
}

#[derive(Serialize)]
struct JsonCoverage {
    count: usize,
    covered: usize,
    coverage: f64,
    asked: Option<f64>,
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
    branches: JsonCoverage,
    not_exercised: Vec<JsonBranch>,
}

#[derive(Serialize)]
struct JsonBranch {
    file: String,
    line: Option<usize>,
    #[serde(flatten)]
    says: JsonDiagnostic,
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
    let branch = |it: &Branch| {
        let place = it.diagnostic.place.as_ref();
        let (file, line) = place.map(|it| file_and_line(it, sources)).unwrap_or_default();
        JsonBranch { file, line, says: diagnostic(&it.diagnostic) }
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
                branches: {
                    let covered = it.branches.iter().filter(|it| it.seen).count();
                    let count = it.branches.len();
                    JsonCoverage { count, covered, coverage: share(covered, count), asked: None }
                },
                not_exercised: it.branches.iter().filter(|it| !it.seen).map(branch).collect(),
            })
            .collect(),
    });
    let coverage = |(covered, count, coverage): (usize, usize, f64), asked: Option<f64>| JsonCoverage {
        count,
        covered,
        coverage,
        asked,
    };
    let whole = JsonReport {
        schema: "touchstone.test/1",
        project: &report.project,
        holds: report.holds(),
        examples: report.examples().count(),
        failed: report.failed(),
        rules: coverage(report.coverage(), report.min_coverage),
        branches: coverage(report.branch_coverage(), report.min_branches),
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
    let short = report.shortfalls().into_iter().map(|said| Case {
        class: report.project.clone(),
        name: said.clone(),
        ending: Ending::Failed("coverage".into(), said.clone(), said),
    });
    let cases: Vec<Case> = short.collect();
    if !cases.is_empty() {
        suites.push(Suite { name: "coverage".into(), cases });
    }
    junit(&report.project, &suites)
}
