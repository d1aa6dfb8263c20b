//! Counting: block results merged in order into the result of an audit.

use super::{
    Audit, Gate, GateVerdict, Input, OutcomeCounts, OwnedFinding, Path, RuleResult, Summary, Unassessed,
};
use crate::{
    diagnostic::Diagnostic,
    rule::{Rule, Severity},
};
use std::sync::Arc;

/// A rule id's counts.
#[derive(Clone, Debug)]
struct RuleTally {
    result: RuleResult,
    /// How many records without a verdict are listed.
    unassessed: usize,
    /// Records of the sources that it was judged on.
    records: u64,
}

/// What an audit has come to so far. Cloning it is cheap beside a source: the state before a source
/// is kept, should the source have to be judged again.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    rules: Vec<RuleTally>,
    /// Counts over all sources.
    pub summary: Summary,
    /// The files read.
    pub inputs: Vec<Input>,
    /// Complaints about data and about single records.
    pub diagnostics: Vec<Diagnostic>,
    worst: Vec<(usize, OwnedFinding)>,
    unassessed: Vec<(usize, usize, Unassessed)>,
    sources: usize,
}

/// A block's part in the tally, by the numbers that [`Tally::rule`] gave.
#[derive(Debug)]
pub struct Block<'a> {
    /// For each planned rule its number here.
    pub rules: &'a [usize],
    /// Outcomes by planned rule, without `not_applicable`.
    pub counts: &'a [OutcomeCounts],
    /// Findings by planned rule.
    pub findings: &'a [u64],
    /// Findings by severity.
    pub by_severity: [u64; 4],
    /// Candidates for the worst findings.
    pub worst: Vec<OwnedFinding>,
    /// Records without a verdict, by planned rule.
    pub unassessed: Vec<(usize, Unassessed)>,
}

impl Tally {
    /// The number of a rule id; several versions of a rule share it.
    pub fn rule(&mut self, rule: &Arc<Rule>, path: &Path) -> usize {
        if let Some(known) = self.rules.iter().position(|it| it.result.rule.id == rule.id) {
            self.rules[known].result.rule = rule.clone();
            return known;
        }
        let result = RuleResult {
            rule: rule.clone(),
            path: path.clone(),
            outcomes: OutcomeCounts::default(),
            findings: 0,
        };
        self.rules.push(RuleTally { result, unassessed: 0, records: 0 });
        self.rules.len() - 1
    }

    /// The id of a rule by its number.
    #[must_use]
    pub fn rule_id(&self, number: usize) -> &str {
        self.rules.get(number).map_or("", |it| it.result.rule.id.as_str())
    }

    /// Takes in a block; blocks come in record order.
    pub fn add(&mut self, block: Block<'_>) {
        for (number, rule) in block.rules.iter().enumerate() {
            self.rules[*rule].result.outcomes.merge(&block.counts[number]);
            self.rules[*rule].result.findings += block.findings[number];
        }
        for (sum, more) in self.summary.findings.iter_mut().zip(block.by_severity) {
            *sum += more;
        }
        for (planned, unassessed) in block.unassessed {
            let rule = block.rules[planned];
            if self.rules[rule].unassessed < Audit::UNASSESSED_MAX {
                self.rules[rule].unassessed += 1;
                self.unassessed.push((self.sources, rule, unassessed));
            }
        }
        let source = self.sources;
        self.worst.extend(block.worst.into_iter().map(|it| (source, it)));
        if self.worst.len() > 4 * Audit::WORST_MAX {
            self.cut_worst();
        }
    }

    /// Ends a source of `records` records judged by `rules`: what is no other outcome is not applicable.
    pub fn end_source(&mut self, rules: &[usize], records: u64) {
        let mut ids = rules.to_vec();
        ids.sort_unstable();
        ids.dedup();
        for id in &ids {
            let rule = &mut self.rules[*id];
            // A rule that looks at several sources has their records together.
            rule.records += records;
            rule.result.outcomes.not_applicable =
                rule.records.saturating_sub(rule.result.outcomes.applicable());
        }
        self.summary.records += records;
        self.summary.evaluations += records * ids.len() as u64;
        self.sources += 1;
    }

    fn cut_worst(&mut self) {
        // Stable: within a record the order of rules stays.
        self.worst.sort_by_key(|(source, it)| (std::cmp::Reverse(it.rule.severity), *source, it.record));
        self.worst.truncate(Audit::WORST_MAX);
    }

    /// Findings so far of each severity, in the order of [`Severity::ALL`].
    #[must_use]
    pub fn findings(&self) -> [u64; 4] {
        self.summary.findings
    }

    /// The gates, reckoned: no finding of `fail_on` or worse, and no rule that met applicable records
    /// and could assess none.
    #[must_use]
    pub fn gates(&self, fail_on: Severity) -> Vec<Gate> {
        let found: u64 = Severity::ALL
            .iter()
            .zip(self.summary.findings)
            .filter(|(it, _)| **it >= fail_on)
            .map(|(_, n)| n)
            .sum();
        let blind =
            |it: &&RuleTally| it.result.outcomes.applicable() > 0 && it.result.outcomes.assessed() == 0;
        let blind: Vec<String> =
            self.rules.iter().filter(blind).map(|it| it.result.rule.id.clone()).collect();
        let gate = |id: String, figure: u64, about: Vec<String>| Gate {
            id,
            figure: as_figure(figure),
            limit: 0.0,
            verdict: if figure == 0 { GateVerdict::Held } else { GateVerdict::Failed },
            about,
        };
        vec![
            gate(format!("fail-on:{}", fail_on.name()), found, Vec::new()),
            gate("assessed".to_owned(), blind.len() as u64, blind),
        ]
    }

    /// Fills an audit's counts, rules, worst findings and lists.
    pub fn finish(mut self, audit: &mut Audit) {
        self.cut_worst();
        self.unassessed.sort_by_key(|(source, rule, it)| (*source, it.record, *rule));
        self.summary.rules = self.rules.len() as u64;
        for rule in &self.rules {
            self.summary.outcomes.merge(&rule.result.outcomes);
        }
        audit.summary = self.summary;
        audit.inputs = self.inputs;
        audit.rules = self.rules.into_iter().map(|it| it.result).collect();
        audit.worst = self.worst.into_iter().map(|it| it.1).collect();
        audit.unassessed = self.unassessed.into_iter().map(|it| it.2).collect();
        audit.diagnostics = self.diagnostics;
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn as_figure(count: u64) -> f64 {
    count as f64
}
