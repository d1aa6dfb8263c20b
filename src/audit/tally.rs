//! Counting: block results merged in order into the result of an audit.

use super::{
    Audit, Found, Gate, GateVerdict, GroupResult, Input, OutcomeCounts, OwnedFinding, Path, PromiseResult,
    RuleResult, Scores, Summary, Unassessed,
};
use crate::{
    diagnostic::Diagnostic,
    promise::{Counts, OpenTimes},
    rule::{Outcome, Rule, Severity},
    wording::{self, Wording},
};
use std::{collections::HashMap, sync::Arc};

/// A rule id's counts.
#[derive(Clone, Debug)]
struct RuleTally {
    result: RuleResult,
    /// How many records without a verdict are listed.
    unassessed: usize,
    /// Records of the sources that it was judged on.
    records: u64,
    /// For a promise how its clocks stand.
    clocks: Option<Clocks>,
    /// For a rule over groups those that are listed: that fail, and others.
    groups: [Vec<GroupResult>; 2],
}

/// Groups that a rule has judged.
#[derive(Debug, Default)]
pub struct Judged {
    /// Their outcomes.
    pub counts: OutcomeCounts,
    /// Groups with too few records for a verdict.
    pub below_min: u64,
    /// Findings.
    pub findings: Found,
    /// How many of them each waiver excuses.
    pub waived: Vec<u64>,
    /// Those of the baseline that were met, by number.
    pub known: Vec<u32>,
    /// Candidates for the worst findings.
    pub worst: Vec<OwnedFinding>,
    /// How many groups.
    pub met: u64,
    /// Those that are worth listing, each with its number among all.
    pub groups: Vec<(u64, GroupResult)>,
    /// Keys of groups that could not be computed, with the reason.
    pub errors: Vec<(String, (Wording, String))>,
}

/// How the clocks of a promise stand.
#[derive(Clone, Debug, Default)]
struct Clocks {
    outcomes: [u64; 5],
    open: OpenTimes,
    /// Records that reach beyond their calendar.
    beyond: u64,
}

/// What an audit has come to so far. Cloning it is cheap beside a source: the state before a source
/// is kept, should the source have to be judged again.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    rules: Vec<RuleTally>,
    /// Numbers of rules by id.
    numbers: HashMap<String, usize>,
    /// Counts over all sources.
    pub summary: Summary,
    /// The files read.
    pub inputs: Vec<Input>,
    /// Complaints about data and about single records.
    pub diagnostics: Vec<Diagnostic>,
    /// Scores in the making.
    pub scores: Scores,
    /// How many findings each waiver excuses.
    pub waived: Vec<u64>,
    /// Those of the baseline that were met, by number.
    known: std::collections::HashSet<u32>,
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
    pub findings: &'a [Found],
    /// How many findings each waiver excuses.
    pub waived: &'a [u64],
    /// Those of the baseline that were met, by number.
    pub known: &'a [u32],
    /// By planned rule on records the windows that reach before the first record.
    pub reaching: &'a [u64],
    /// Candidates for the worst findings.
    pub worst: Vec<OwnedFinding>,
    /// How the promises stand, numbered after the rules.
    pub promises: &'a [Counts],
    /// Records without a verdict, by planned rule.
    pub unassessed: Vec<(usize, Unassessed)>,
}

impl Tally {
    /// The number of a rule id; several versions of a rule share it.
    pub fn rule(&mut self, rule: &Arc<Rule>, path: &Path) -> usize {
        if let Some(known) = self.numbers.get(&rule.id).copied() {
            self.rules[known].result.rule = rule.clone();
            return known;
        }
        let result = RuleResult {
            rule: rule.clone(),
            path: path.clone(),
            outcomes: OutcomeCounts::default(),
            findings: Found::default(),
            groups: None,
            windows_reaching: 0,
        };
        self.numbers.insert(rule.id.clone(), self.rules.len());
        self.rules.push(RuleTally {
            result,
            unassessed: 0,
            records: 0,
            clocks: None,
            groups: Default::default(),
        });
        self.rules.len() - 1
    }

    /// The number of a promise, whose breaches are findings of `rule`.
    pub fn promise(&mut self, rule: &Arc<Rule>) -> usize {
        let number = self.rule(rule, &Path::Vectorised);
        self.rules[number].clocks.get_or_insert_default();
        number
    }

    /// The number of a rule over groups, which wants `min` records of each.
    pub fn groups(&mut self, rule: &Arc<Rule>, path: &Path, min: u64) -> usize {
        let number = self.rule(rule, path);
        self.rules[number].result.groups.get_or_insert_default().min = min;
        number
    }

    /// Takes in groups that the rule with this number has judged; they come in order.
    pub fn add_groups(&mut self, rule: usize, judged: Judged) {
        let tally = &mut self.rules[rule];
        tally.result.outcomes.merge(&judged.counts);
        tally.result.findings.merge(&judged.findings);
        let severity = severity_number(tally.result.rule.severity);
        self.summary.findings[severity].merge(&judged.findings);
        if let Some(counts) = &mut tally.result.groups {
            counts.below_min += judged.below_min;
            let before = counts.groups;
            counts.groups += judged.met;
            for (number, mut group) in judged.groups {
                group.number = before + number;
                let listed = &mut tally.groups[usize::from(group.outcome != Outcome::Fail)];
                if listed.len() < Audit::GROUPS_MAX {
                    listed.push(group);
                }
            }
        }
        self.add_standings(&judged.waived, &judged.known);
        self.add_worst(judged.worst);
    }

    /// Takes in how long clocks were open that have stopped, by promise, in any order.
    pub fn add_open_times(&mut self, promises: &[usize], times: &[OpenTimes]) {
        for (number, times) in promises.iter().zip(times) {
            if let Some(clocks) = &mut self.rules[*number].clocks {
                clocks.open.merge(times);
            }
        }
    }

    fn add_standings(&mut self, waived: &[u64], known: &[u32]) {
        self.waived.resize(self.waived.len().max(waived.len()), 0);
        self.waived.iter_mut().zip(waived).for_each(|(sum, more)| *sum += more);
        self.known.extend(known);
    }

    /// True where a finding of the baseline, by its number, was met.
    #[must_use]
    pub fn has_met(&self, known: u32) -> bool {
        self.known.contains(&known)
    }

    fn add_worst(&mut self, worst: Vec<OwnedFinding>) {
        let source = self.sources;
        self.worst.extend(worst.into_iter().map(|it| (source, it)));
        if self.worst.len() > 4 * Audit::WORST_MAX {
            self.cut_worst();
        }
    }

    /// The id of a rule by its number.
    #[must_use]
    pub fn rule_id(&self, number: usize) -> &str {
        self.rules.get(number).map_or("", |it| it.result.rule.id.as_str())
    }

    /// Takes in a block; blocks come in record order.
    pub fn add(&mut self, block: Block<'_>) {
        for (number, rule) in block.rules.iter().enumerate() {
            let result = &mut self.rules[*rule].result;
            result.outcomes.merge(&block.counts[number]);
            result.findings.merge(&block.findings[number]);
            self.summary.findings[severity_number(result.rule.severity)].merge(&block.findings[number]);
            if let Some(groups) = &mut result.groups {
                groups.without_group += block.counts[number].no_evidence;
            }
            result.windows_reaching += block.reaching.get(number).copied().unwrap_or_default();
        }
        let first = block.rules.len() - block.promises.len();
        for (number, counts) in block.rules[first..].iter().zip(block.promises) {
            if let Some(clocks) = &mut self.rules[*number].clocks {
                clocks.outcomes.iter_mut().zip(counts.outcomes).for_each(|(sum, more)| *sum += more);
                clocks.beyond += counts.beyond;
            }
        }
        self.add_standings(block.waived, block.known);
        for (planned, unassessed) in block.unassessed {
            let rule = block.rules[planned];
            if self.rules[rule].unassessed < Audit::UNASSESSED_MAX {
                self.rules[rule].unassessed += 1;
                self.unassessed.push((self.sources, rule, unassessed));
            }
        }
        self.add_worst(block.worst);
    }

    /// Ends a source of `records` records judged by `rules`: what is no other outcome is not applicable.
    pub fn end_source(&mut self, rules: &[usize], records: u64) {
        let mut ids = rules.to_vec();
        ids.sort_unstable();
        ids.dedup();
        for id in &ids {
            let rule = &mut self.rules[*id];
            if rule.result.groups.is_some() {
                continue;
            }
            // A rule that looks at several sources has their records together.
            rule.records += records;
            rule.result.outcomes.not_applicable =
                rule.records.saturating_sub(rule.result.outcomes.applicable());
        }
        self.summary.records += records;
        let rules = ids.iter().filter(|it| self.rules[**it].clocks.is_none()).count();
        self.summary.evaluations += records * rules as u64;
        self.sources += 1;
    }

    fn cut_worst(&mut self) {
        // Stable: within a record the order of rules stays.
        self.worst.sort_by_key(|(source, it)| (std::cmp::Reverse(it.rule.severity), *source, it.record));
        self.worst.truncate(Audit::WORST_MAX);
    }

    /// New findings so far of each severity, in the order of [`Severity::ALL`].
    #[must_use]
    pub fn findings(&self) -> [u64; 4] {
        self.summary.findings.map(|it| it.new)
    }

    /// The gates that every audit has, reckoned: no new finding of `fail_on` or worse, where that is asked, and no
    /// rule that met applicable records and could assess none.
    #[must_use]
    pub fn gates(&self, fail_on: Option<Severity>) -> Vec<Gate> {
        let found = |least: Severity| {
            let found = Severity::ALL.iter().zip(self.summary.findings).filter(|(it, _)| **it >= least);
            found.map(|(_, n)| n.new).sum()
        };
        let blind = |it: &&RuleTally| it.result.met() > 0 && it.result.outcomes.assessed() == 0;
        let blind: Vec<String> =
            self.rules.iter().filter(blind).map(|it| it.result.rule.id.clone()).collect();
        let gate = |id: String, figure: u64, about: Vec<String>| Gate {
            id,
            check: None,
            figure: as_figure(figure),
            relation: Some("<="),
            limit: 0.0,
            verdict: if figure == 0 { GateVerdict::Held } else { GateVerdict::Failed },
            about,
            reason: None,
            parts: Vec::new(),
        };
        let by_severity = fail_on.map(|it| gate(format!("fail-on:{}", it.name()), found(it), Vec::new()));
        by_severity.into_iter().chain([gate("assessed".to_owned(), blind.len() as u64, blind)]).collect()
    }

    /// Fills an audit's counts, rules, worst findings and lists.
    pub fn finish(mut self, audit: &mut Audit) {
        self.cut_worst();
        self.unassessed.sort_by_key(|(source, rule, it)| (*source, it.record, *rule));
        let (promises, rules): (Vec<_>, Vec<_>) = self.rules.into_iter().partition(|it| it.clocks.is_some());
        self.summary.rules = rules.len() as u64;
        for rule in &rules {
            self.summary.outcomes.merge(&rule.result.outcomes);
        }
        for promise in &promises {
            let beyond = promise.clocks.as_ref().map_or(0, |it| it.beyond);
            if beyond > 0 {
                let said = Diagnostic::warning(wording::REACHED_BEYOND).with("count", beyond.to_string());
                let said = said.with("name", &promise.result.rule.id).at(promise.result.rule.place.clone());
                self.diagnostics.push(said.help(wording::HELP_BEYOND));
            }
        }
        let mut rules = rules;
        for rule in &mut rules {
            let [failing, others] = std::mem::take(&mut rule.groups);
            let room = Audit::GROUPS_MAX - failing.len();
            let mut listed: Vec<GroupResult> =
                failing.into_iter().chain(others.into_iter().take(room)).collect();
            listed.sort_by_key(|it| it.number);
            audit.groups.append(&mut listed);
        }
        audit.promises = promises.into_iter().map(promise_result).collect();
        audit.summary = self.summary;
        audit.inputs = self.inputs;
        audit.rules = rules.into_iter().map(|it| it.result).collect();
        audit.worst = self.worst.into_iter().map(|it| it.1).collect();
        audit.unassessed = self.unassessed.into_iter().map(|it| it.2).collect();
        audit.diagnostics = self.diagnostics;
    }
}

fn severity_number(severity: Severity) -> usize {
    Severity::ALL.iter().position(|it| *it == severity).unwrap_or(0)
}

fn promise_result(tally: RuleTally) -> PromiseResult {
    let clocks = tally.clocks.unwrap_or_default();
    let [kept, breached, running, at_risk, _] = clocks.outcomes;
    let outcomes = tally.result.outcomes;
    PromiseResult {
        rule: tally.result.rule,
        kept,
        breached,
        running,
        at_risk,
        no_evidence: outcomes.no_evidence,
        not_applicable: outcomes.not_applicable,
        findings: tally.result.findings,
        coverage: outcomes.coverage(),
        open_elapsed: clocks.open.quantiles([0.5, 0.9]),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn as_figure(count: u64) -> f64 {
    count as f64
}
