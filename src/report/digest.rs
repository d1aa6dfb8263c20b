//! What the formats for people pick from an audit, and how they write figures: totals per source
//! and severity, rules worth showing, worst first.

use super::escape::visible;
use crate::{
    audit::{Audit, Gate, GatePart, GateVerdict, OutcomeCounts, OwnedFinding, PromiseResult, RuleResult},
    calendar::hours_text,
    finding::{Standing, put_digits},
    record::MICROS_PER_SECOND,
    rule::Severity,
    wording::{self, Lang, Wording},
};
use std::cmp::Reverse;

/// What was read of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SourceTotal<'a> {
    pub(super) source: &'a str,
    pub(super) files: u64,
    pub(super) records: u64,
    pub(super) rejected: u64,
    pub(super) bad_cells: u64,
}

/// Totals per source, in the order in which the audit names them.
pub(super) fn sources(audit: &Audit) -> Vec<SourceTotal<'_>> {
    let mut totals: Vec<SourceTotal<'_>> = Vec::new();
    for input in &audit.inputs {
        let known = totals.iter().position(|it| it.source == input.source);
        let at = known.unwrap_or_else(|| {
            totals.push(SourceTotal { source: &input.source, ..SourceTotal::default() });
            totals.len() - 1
        });
        let total = &mut totals[at];
        total.files += 1;
        total.records += input.records;
        total.rejected += input.rejected;
        total.bad_cells += input.bad_cells;
    }
    totals
}

/// Outcomes and findings of all rules of one severity.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeverityTotal {
    pub(super) severity: Severity,
    pub(super) outcomes: OutcomeCounts,
    pub(super) findings: u64,
}

/// Totals of the severities that have a rule or a finding, worst first.
pub(super) fn severities(audit: &Audit) -> Vec<SeverityTotal> {
    let total = |severity| {
        let rules = || audit.rules.iter().filter(|it| it.rule.severity == severity);
        let findings = audit.summary.findings_of(severity).all();
        let mut outcomes = OutcomeCounts::default();
        rules().for_each(|it| outcomes.merge(&it.outcomes));
        (findings > 0 || rules().next().is_some()).then_some(SeverityTotal { severity, outcomes, findings })
    };
    Severity::ALL.into_iter().filter_map(total).collect()
}

/// Rules with findings or problems: the worst severity first, then the most findings, then the
/// audit's order.
pub(super) fn loud_rules(audit: &Audit) -> Vec<&RuleResult> {
    let loud =
        |it: &&RuleResult| it.findings.all() > 0 || it.outcomes.error > 0 || it.outcomes.no_evidence > 0;
    let mut rules: Vec<&RuleResult> = audit.rules.iter().filter(loud).collect();
    rules.sort_by_key(|it| {
        (Reverse(it.rule.severity), Reverse(it.findings.all()), Reverse(it.outcomes.error))
    });
    rules
}

/// What people are told of a promise: its kept rate with interval and n, how its clocks stand, how long
/// they ran.
pub(super) fn promise(it: &PromiseResult, lang: Lang) -> [String; 3] {
    let share = |share: f64| format!("{:.1} %", share * 100.0);
    let n = count(it.n());
    let rate = match it.kept_rate().zip(it.interval()) {
        Some((rate, [low, high])) => {
            let interval = format!("{:.1}–{}", low * 100.0, share(high));
            wording::PROMISE_RATE.fill(lang, &[("rate", share(rate)), ("interval", interval), ("n", n)])
        }
        None => wording::PROMISE_NO_RATE.text(lang).to_owned(),
    };
    let counts = [
        (wording::KEPT, it.kept),
        (wording::BREACHED, it.breached),
        (wording::RUNNING, it.running),
        (wording::AT_RISK, it.at_risk),
        (wording::WITHOUT_EVIDENCE, it.no_evidence),
    ];
    let counts = counts.map(|(word, number)| format!("{} {}", word.text(lang), count(number))).join(" · ");
    #[expect(clippy::cast_possible_truncation, reason = "spans of time below 2^53 microseconds")]
    let hours = |seconds: f64| hours_text((seconds / 60.0).round() as i64 * 60 * MICROS_PER_SECOND);
    let mut times = Vec::new();
    if let Some([median, p90]) = it.open_elapsed {
        times.push(format!("{} {}", wording::PROMISE_MEDIAN.text(lang), hours(median)));
        times.push(format!("{} {}", wording::PROMISE_P90.text(lang), hours(p90)));
    }
    times.extend(it.coverage.map(|it| format!("{} {}", wording::COVERAGE.text(lang), share(it))));
    [rate, counts, times.join(" · ")]
}

/// All findings of the audit.
pub(super) fn findings(audit: &Audit) -> u64 {
    audit.summary.found().all()
}

/// Findings that are neither known nor waived: the worst are among them.
pub(super) fn new_findings(audit: &Audit) -> u64 {
    audit.summary.found().new
}

/// How findings stand, where some are known or waived or a baseline says that some are fixed.
pub(super) fn standings(audit: &Audit, lang: Lang) -> Option<String> {
    let found = audit.summary.found();
    if found.new == found.all() && audit.baseline.is_none() {
        return None;
    }
    let arguments = [("new", found.new), ("known", found.known), ("waived", found.waived)];
    let line = wording::STANDINGS.fill(lang, &arguments.map(|(name, number)| (name, count(number))));
    Some(match &audit.baseline {
        None => line,
        Some(it) => {
            let fixed = count(it.fixed.len() as u64);
            wording::STANDINGS_FIXED.fill(lang, &[("line", line), ("fixed", fixed)])
        }
    })
}

/// Gates that do not hold.
pub(super) fn failed_gates(audit: &Audit) -> Vec<&Gate> {
    audit.gates.iter().filter(|it| it.verdict == GateVerdict::Failed).collect()
}

/// One sentence on the gates.
pub(super) fn verdict(audit: &Audit, lang: Lang) -> String {
    match (failed_gates(audit).len(), audit.gates.len()) {
        (_, 0) => wording::GATES_NONE.text(lang).to_owned(),
        (0, _) => wording::GATES_HOLD.text(lang).to_owned(),
        (failed, all) => {
            wording::GATES_FAILED.fill(lang, &[("failed", failed.to_string()), ("count", all.to_string())])
        }
    }
}

/// One line of totals.
pub(super) fn counts_line(audit: &Audit, lang: Lang) -> String {
    let summary = &audit.summary;
    let arguments = [
        ("records", count(summary.records)),
        ("rules", count(summary.rules)),
        ("findings", count(findings(audit))),
        ("coverage", coverage(&summary.outcomes, lang)),
    ];
    wording::COUNTS_LINE.fill(lang, &arguments)
}

/// The word for a gate's verdict.
pub(super) const fn gate_wording(verdict: GateVerdict) -> Wording {
    match verdict {
        GateVerdict::Held => wording::HELD,
        GateVerdict::Failed => wording::NOT_HELD,
    }
}

/// The word for a standing that must be told; new findings go without saying.
pub(super) const fn standing_wording(finding: &OwnedFinding) -> Option<Wording> {
    match finding.standing {
        Standing::New => None,
        Standing::Known => Some(wording::STANDING_KNOWN),
        Standing::Waived => Some(wording::STANDING_WAIVED),
    }
}

/// A message that says which record it is about.
pub(super) fn keyed(key: &str, message: &str) -> String {
    with_key(key, message).concat()
}

/// The parts of a message that says which record it is about.
pub(super) fn with_key<'t>(key: &'t str, message: &'t str) -> [&'t str; 3] {
    // The last byte tells most keys from what the message says, and is found faster.
    let may_have = key.as_bytes().last().is_none_or(|it| memchr::memchr(*it, message.as_bytes()).is_some());
    if !may_have || memchr::memmem::find(message.as_bytes(), key.as_bytes()).is_none() {
        [key, ": ", message]
    } else {
        ["", "", message]
    }
}

/// `file:row`, harmless; nothing of a finding about a group.
pub(super) fn place(it: &OwnedFinding) -> String {
    if it.row == 0 { String::new() } else { format!("{}:{}", visible(&it.file), it.row) }
}

/// `1,234,567`.
pub(super) fn count(number: u64) -> String {
    let mut digits = String::new();
    put_digits(&mut digits, number, 1);
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Like [`count`], but from ten millions on `12.3M` or `1,234万`, rounded down, where columns are
/// narrow.
pub(super) fn count_short(number: u64, lang: Lang) -> String {
    if number < 10_000_000 {
        return count(number);
    }
    let unit = wording::LARGE_UNIT.text(lang);
    match lang {
        Lang::En => format!("{}.{}{unit}", count(number / 1_000_000), number / 100_000 % 10),
        Lang::Zh => format!("{}{unit}", count(number / 10_000)),
    }
}

/// `98.4%`, rounded down, so that only what is whole is called 100 %; a dash where the rule looked
/// at nothing.
pub(super) fn coverage(counts: &OutcomeCounts, lang: Lang) -> String {
    let (part, whole) = (u128::from(counts.assessed()), u128::from(counts.applicable()));
    match (part * 1000).checked_div(whole) {
        None => wording::NOTHING_APPLICABLE.text(lang).to_owned(),
        Some(tenths) => format!("{}.{}%", tenths / 10, tenths % 10),
    }
}

/// What is told of a gate in a table: itself, then the comparisons that it is made of, where there are several.
pub(super) struct GateLine<'a> {
    /// The gate, or what is compared.
    pub(super) name: &'a str,
    pub(super) is_part: bool,
    /// Not a number where it does not exist, or parts tell.
    pub(super) figure: f64,
    /// The figure and its limit as people read them: `0.93` and `≥ 0.95`; no limit where nothing is compared.
    pub(super) texts: (String, String),
    pub(super) verdict: GateVerdict,
}

/// The lines of a gate.
pub(super) fn gate_lines(gate: &Gate) -> Vec<GateLine<'_>> {
    let mut own = GateLine {
        name: &gate.id,
        is_part: false,
        figure: gate.figure,
        texts: figures(gate.figure, gate.relation, gate.limit),
        verdict: gate.verdict,
    };
    if !gate.parts.is_empty() {
        (own.figure, own.texts) = (f64::NAN, (String::new(), String::new()));
    }
    std::iter::once(own).chain(gate.parts.iter().map(part_line)).collect()
}

fn part_line(it: &GatePart) -> GateLine<'_> {
    GateLine {
        name: &it.text,
        is_part: true,
        figure: it.figure,
        texts: figures(it.figure, Some(it.relation), it.limit),
        verdict: it.verdict,
    }
}

/// The figures of a gate with their limits, on one line; of one with parts those that do not hold.
pub(super) fn gate_line(gate: &Gate) -> String {
    let failed = |it: &GateLine<'_>| it.is_part && it.verdict == GateVerdict::Failed;
    let line = |it: GateLine<'_>| format!("{} {} {}", it.name, it.texts.0, it.texts.1);
    let parts: Vec<String> = gate_lines(gate).into_iter().filter(failed).map(line).collect();
    if parts.is_empty() {
        let (figure, limit) = figures(gate.figure, gate.relation, gate.limit);
        return format!("{figure} {limit}");
    }
    parts.join("; ")
}

/// A figure, and its limit as people read it: `≥ 0.95`; nothing where it compares nothing.
fn figures(figure: f64, relation: Option<&str>, limit: f64) -> (String, String) {
    let (figure, limit) = numbers(figure, limit);
    let sign = match relation {
        None => return (figure, String::new()),
        Some("<=") => "≤",
        Some(">=") => "≥",
        Some("==") => "=",
        Some("!=") => "≠",
        Some(other) => other,
    };
    (figure, format!("{sign} {limit}"))
}

/// A figure and its limit: whole numbers as counts, others with as many decimals (four at
/// least) as tell the two apart.
fn numbers(figure: f64, limit: f64) -> (String, String) {
    let texts = (figure_text(figure), figure_text(limit));
    if texts.0 == texts.1 && figure.to_bits() != limit.to_bits() {
        return (figure.to_string(), limit.to_string());
    }
    texts
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be a whole number below 2^53"
)]
fn figure_text(figure: f64) -> String {
    if figure.is_finite() && figure.fract().abs() < f64::EPSILON && (0.0..9e15).contains(&figure) {
        return count(figure as u64);
    }
    if !figure.is_finite() {
        return wording::NOTHING_APPLICABLE.en.to_owned();
    }
    let text = format!("{figure:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
        assert_eq!(count_short(9_999_999, Lang::En), "9,999,999");
        assert_eq!(count_short(123_456_789, Lang::En), "123.4M");
        assert_eq!(count_short(123_456_789, Lang::Zh), "12,345万");
        assert_eq!(numbers(0.949_999_9, 0.95), ("0.9499999".into(), "0.95".into()));
        assert_eq!(numbers(1234.0, 0.0), ("1,234".into(), "0".into()));
        assert_eq!(numbers(f64::NAN, 0.5), ("–".into(), "0.5".into()));
    }

    #[test]
    fn coverage_is_never_rounded_up() {
        let counts = |pass, no_evidence| OutcomeCounts { pass, no_evidence, ..OutcomeCounts::default() };
        assert_eq!(coverage(&counts(99_999, 1), Lang::En), "99.9%");
        assert_eq!(coverage(&counts(5, 0), Lang::En), "100.0%");
        assert_eq!(coverage(&counts(0, 5), Lang::En), "0.0%");
        assert_eq!(coverage(&counts(0, 0), Lang::En), "–");
    }
}
