//! The result of an audit, in plain data.

use super::{Found, ScoreResult};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Said},
    finding::{Evidence, Finding, FindingOrigin, Fingerprint, KnownFinding, Standing, value_text},
    measure::wilson,
    record::Value,
    rule::{Outcome, Rule, Severity, Waived, Waiver},
    wording::Lang,
};
use std::sync::Arc;

/// How many records had which outcome under a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCounts {
    /// The check held.
    pub pass: u64,
    /// It did not.
    pub fail: u64,
    /// The rule did not look.
    pub not_applicable: u64,
    /// A value was missing.
    pub no_evidence: u64,
    /// It could not be computed.
    pub error: u64,
}

impl OutcomeCounts {
    /// The count of `outcome`.
    #[must_use]
    pub fn get(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Pass => self.pass,
            Outcome::Fail => self.fail,
            Outcome::NotApplicable => self.not_applicable,
            Outcome::NoEvidence => self.no_evidence,
            Outcome::Error => self.error,
        }
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.not_applicable += other.not_applicable;
        self.no_evidence += other.no_evidence;
        self.error += other.error;
    }

    /// Records with a verdict.
    #[must_use]
    pub fn assessed(&self) -> u64 {
        self.pass + self.fail
    }

    /// passed / (passed + failed); `None` where nothing has a verdict.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub fn rate(&self) -> Option<f64> {
        (self.assessed() > 0).then(|| self.pass as f64 / self.assessed() as f64)
    }

    /// Records that the rule looked at.
    #[must_use]
    pub fn applicable(&self) -> u64 {
        self.assessed() + self.no_evidence + self.error
    }

    /// assessed / (assessed + no evidence + error); `None` where the rule looked at nothing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub fn coverage(&self) -> Option<f64> {
        (self.applicable() > 0).then(|| self.assessed() as f64 / self.applicable() as f64)
    }
}

/// How a rule was evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Path {
    /// Lowered to column expressions.
    Vectorised,
    /// Row by row in Rhai, because of this.
    Interpreted(String),
}

impl Path {
    /// The name in files.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Vectorised => "vectorised",
            Self::Interpreted(_) => "interpreted",
        }
    }
}

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The source's id.
    pub source: String,
    /// The path below the project folder.
    pub file: String,
    /// Size in bytes on disk.
    pub bytes: u64,
    /// Records judged.
    pub records: u64,
    /// Rows that could not be split into fields.
    pub rejected: u64,
    /// Cells that could not be read as their type.
    pub bad_cells: u64,
}

/// Counts over the whole audit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Records judged.
    pub records: u64,
    /// Rows that could not be split into fields.
    pub rejected: u64,
    /// Cells that could not be read as their type.
    pub bad_cells: u64,
    /// Records without a key.
    pub keyless: u64,
    /// Records that share their key with another.
    pub duplicate_keys: u64,
    /// Rules in force.
    pub rules: u64,
    /// Records times rules that were evaluated.
    pub evaluations: u64,
    /// Outcomes of all evaluations.
    pub outcomes: OutcomeCounts,
    /// Findings by severity, in the order of [`Severity::ALL`].
    pub findings: [Found; 4],
}

impl Summary {
    /// Findings of `severity`.
    #[must_use]
    pub fn findings_of(&self, severity: Severity) -> Found {
        let at = Severity::ALL.iter().position(|it| *it == severity);
        at.map_or_else(Found::default, |at| self.findings[at])
    }

    /// Findings of all severities.
    #[must_use]
    pub fn found(&self) -> Found {
        self.findings.into_iter().sum()
    }
}

/// What a rule came to.
#[derive(Clone, Debug)]
pub struct RuleResult {
    /// The rule; of several versions the last.
    pub rule: Arc<Rule>,
    /// How it was evaluated.
    pub path: Path,
    /// Its outcomes: of records; for a rule over groups of groups, and of the records that are in none.
    pub outcomes: OutcomeCounts,
    /// Its findings.
    pub findings: Found,
    /// For a rule over groups how many there were.
    pub groups: Option<GroupCounts>,
    /// For a rule over windows how many of them reach before the first record.
    pub windows_reaching: u64,
}

impl RuleResult {
    /// Records that the rule looked at; of a rule over groups the groups, those with too few records for a
    /// verdict aside, and where no record was in any, the records.
    pub(super) fn met(&self) -> u64 {
        match &self.groups {
            None => self.outcomes.applicable(),
            Some(counts) if counts.groups == 0 => counts.without_group,
            Some(counts) => {
                self.outcomes.applicable().saturating_sub(counts.below_min + counts.without_group)
            }
        }
    }
}

/// How many groups a rule met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupCounts {
    /// Groups.
    pub groups: u64,
    /// Of these the ones with too few records for a verdict.
    pub below_min: u64,
    /// What is too few.
    pub min: u64,
    /// Records that are in no group.
    pub without_group: u64,
}

impl GroupResult {
    /// Decimals of figures for people.
    pub const DECIMALS: u32 = 4;

    /// A group's values of `count` expressions joined with `|`; `*` where groups were put together.
    #[must_use]
    pub fn key(values: &[Value], count: usize, zone: &Zone) -> String {
        let part = |number: usize| {
            values.get(number).map_or_else(|| "*".to_owned(), |it| value_text(it, zone, Lang::En))
        };
        if count == 0 { "*".to_owned() } else { (0..count).map(part).collect::<Vec<_>>().join("|") }
    }
}

/// What a rule over groups says of one.
#[derive(Clone, Debug)]
pub struct GroupResult {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The source of its records.
    pub source: Arc<str>,
    /// The expressions that make the groups, as written.
    pub names: Arc<[String]>,
    /// Its values; missing from some point on where groups were put together.
    pub values: Vec<Value>,
    /// Its number in the order of groups.
    pub number: u64,
    /// Its records.
    pub records: u64,
    /// What was compared, or the first aggregate; missing where it has no value.
    pub figure: Value,
    /// The records behind the figure.
    pub n: u64,
    /// The share of the group's records that are behind it.
    pub coverage: Option<f64>,
    /// The 95 % interval of a rate or a mean.
    pub interval: Option<[Value; 2]>,
    /// What the figure was compared with.
    pub limit: Option<Value>,
    /// The verdict.
    pub outcome: Outcome,
    /// All aggregates, as written.
    pub texts: Arc<[String]>,
    /// Their values, and the n of each.
    pub figures: Vec<(Value, u64)>,
}

/// What a promise came to.
#[derive(Clone, Debug)]
pub struct PromiseResult {
    /// The promise, as the rule that its breaches are findings of.
    pub rule: Arc<Rule>,
    /// Clocks that stopped in time.
    pub kept: u64,
    /// Clocks that did not, and those that still run and are late already.
    pub breached: u64,
    /// Clocks that still run.
    pub running: u64,
    /// Of those that still run and are not late, the ones whose time is nearly up.
    pub at_risk: u64,
    /// Records without a start or a target, or with a fault.
    pub no_evidence: u64,
    /// Records on which the promise is not given.
    pub not_applicable: u64,
    /// Findings: breaches, and what is without evidence where that is to be found.
    pub findings: Found,
    /// The share of records with an outcome; `None` where the promise was given on none.
    pub coverage: Option<f64>,
    /// Median and 90th percentile of the open time of the clocks that have stopped, in seconds.
    pub open_elapsed: Option<[f64; 2]>,
}

impl PromiseResult {
    /// What the kept rate is out of: clocks that were kept or breached.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.kept + self.breached
    }

    /// kept / (kept + breached).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub fn kept_rate(&self) -> Option<f64> {
        (self.n() > 0).then(|| self.kept as f64 / self.n() as f64)
    }

    /// kept / (kept + breached), excused breaches aside.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub fn kept_rate_unexcused(&self) -> Option<f64> {
        let n = self.n() - self.findings.waived_fails.min(self.breached);
        (n > 0).then(|| self.kept as f64 / n as f64)
    }

    /// The 95 % interval of the kept rate.
    #[must_use]
    pub fn interval(&self) -> Option<[f64; 2]> {
        wilson(self.kept, self.n())
    }
}

/// A record that a rule could not judge for want of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unassessed {
    /// The rule's id.
    pub rule: String,
    /// The record's key.
    pub key: String,
    /// The field that was missing or unreadable.
    pub field: String,
    /// True where the value was there but could not be read.
    pub unreadable: bool,
    /// The record's number in its source, from 0.
    pub record: u64,
}

/// Whether a gate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateVerdict {
    /// It holds.
    Held,
    /// It does not.
    Failed,
}

impl GateVerdict {
    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Failed => "failed",
        }
    }
}

/// What a waiver came to.
#[derive(Clone, Debug)]
pub struct WaiverResult {
    /// The waiver.
    pub waiver: Waiver,
    /// True where its time was over.
    pub expired: bool,
    /// How many findings it excuses.
    pub findings: u64,
    /// How many findings its rule has in all; `None` where it was not judged.
    pub of: Option<u64>,
}

impl WaiverResult {
    /// A condition that excuses more findings than this, and [`Self::BROAD_SHARE`] of all, is broad.
    pub const BROAD_MIN: u64 = 10;
    /// Half of the rule's findings.
    pub const BROAD_SHARE: f64 = 0.5;

    /// True where it was good and excused nothing of what was judged.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        !self.expired && self.findings == 0 && self.of.is_some()
    }

    /// True where it excuses so many of its rule's findings by a condition that the rule hardly means anything.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub fn is_broad(&self) -> bool {
        let share = |of: u64| self.findings as f64 >= Self::BROAD_SHARE * of as f64;
        let is_condition = matches!(self.waiver.of, Waived::Where(_));
        is_condition && self.findings > Self::BROAD_MIN && self.of.is_some_and(share)
    }
}

/// How the findings stand against a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaselineResult {
    /// What is known and no longer found: fixed, in the order of the file.
    pub fixed: Vec<KnownFinding>,
    /// Rules with more findings than the baseline allows them, with both counts: found, allowed.
    pub over_budget: Vec<(String, u64, u64)>,
}

/// A condition over the whole result.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// Its id: `fail-on:critical`, `assessed`.
    pub id: String,
    /// What must hold, as written; `None` of the gates that every audit has.
    pub check: Option<String>,
    /// What was found; not a number where it does not exist.
    pub figure: f64,
    /// How it is compared with the limit: `<=`; `None` where the check is no comparison.
    pub relation: Option<&'static str>,
    /// What it is compared with; not a number where there is none.
    pub limit: f64,
    /// Whether it holds.
    pub verdict: GateVerdict,
    /// What the figure is about, for people: ids of rules that could assess nothing.
    pub about: Vec<String>,
    /// Why there is no figure, or no verdict on it.
    pub reason: Option<Said>,
    /// The comparisons of a check that is made of several; figure, relation and limit above are those of the first
    /// that does not hold, else of the first.
    pub parts: Vec<GatePart>,
}

/// One of the comparisons that a gate is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct GatePart {
    /// What is compared, as written: `kept("first-response")`.
    pub text: String,
    /// As in [`Gate`].
    pub figure: f64,
    /// As in [`Gate`].
    pub relation: &'static str,
    /// As in [`Gate`].
    pub limit: f64,
    /// Whether it holds.
    pub verdict: GateVerdict,
}

/// A finding kept beyond its batch, for "the worst findings".
#[derive(Clone, Debug)]
pub struct OwnedFinding {
    /// As in [`Finding`].
    pub id: Fingerprint,
    /// The rule.
    pub rule: Arc<Rule>,
    /// The record's key.
    pub key: String,
    /// Who is scored.
    pub subject: Vec<(String, String)>,
    /// The outcome.
    pub outcome: Outcome,
    /// What it says.
    pub message: String,
    /// Fields and values.
    pub fields: Vec<(String, Value)>,
    /// The first false conjunct.
    pub conjunct: Option<String>,
    /// The missing field.
    pub missing: Option<String>,
    /// What the script said.
    pub reason: Option<String>,
    /// The file.
    pub file: String,
    /// The row.
    pub row: u64,
    /// Against baseline and waivers.
    pub standing: Standing,
    /// Whether the fingerprint may change.
    pub unstable: bool,
    /// The record's number in its source, from 0.
    pub record: u64,
}

impl OwnedFinding {
    /// The finding as outputs take it; `rule_hash` is not kept, and none is waived.
    #[must_use]
    pub fn as_finding(&self) -> Finding<'_> {
        Finding {
            id: self.id,
            rule: &self.rule,
            key: &self.key,
            subject: self.subject.iter().map(|(level, who)| (level.as_str(), who.as_str())).collect(),
            outcome: self.outcome,
            message: &self.message,
            evidence: Evidence {
                fields: self.fields.iter().map(|(name, value)| (name.as_str(), value.with_texts())).collect(),
                conjunct: self.conjunct.as_deref(),
                missing: self.missing.as_deref(),
                reason: self.reason.as_deref(),
                rule_hash: "",
            },
            origin: FindingOrigin { file: &self.file, sheet: None, row: self.row },
            standing: self.standing,
            waiver: None,
            unstable: self.unstable,
        }
    }
}

/// All that came of an audit, but for the findings themselves: these are encoded block by block
/// while the audit runs, and handed to the report as they are.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The project's name.
    pub project: String,
    /// The project's zone, in which times are printed.
    pub zone: Zone,
    /// The moment the audit is held at, in microseconds since 1970 UTC.
    pub as_of: i64,
    /// The files that were read.
    pub inputs: Vec<Input>,
    /// Counts.
    pub summary: Summary,
    /// One entry a rule id, in the order of packs and files.
    pub rules: Vec<RuleResult>,
    /// The promises, in the order of packs and files.
    pub promises: Vec<PromiseResult>,
    /// What rules over groups say of them, in the order of rules and groups: of each rule at most
    /// [`Audit::GROUPS_MAX`], those that fail first of all.
    pub groups: Vec<GroupResult>,
    /// The scores, by scorecard, period, level and name.
    pub scores: Vec<ScoreResult>,
    /// The gates.
    pub gates: Vec<Gate>,
    /// The waivers, in the order of their files.
    pub waivers: Vec<WaiverResult>,
    /// How the findings stand against a baseline, where there is one.
    pub baseline: Option<BaselineResult>,
    /// The worst findings: severity first, then source and record order. At most
    /// [`Audit::WORST_MAX`].
    pub worst: Vec<OwnedFinding>,
    /// Records that rules could not judge, in order of source and record, at most
    /// [`Audit::UNASSESSED_MAX`] of each rule; `summary.outcomes.no_evidence` counts all.
    pub unassessed: Vec<Unassessed>,
    /// Everything worth telling about the user's files and errors of single records, in order,
    /// at most [`Audit::DIAGNOSTICS_MAX`] of each kind of data fault.
    pub diagnostics: Vec<Diagnostic>,
}

impl Audit {
    /// How many of the worst findings are kept.
    pub const WORST_MAX: usize = 100;
    /// How many unassessed records of each rule are kept.
    pub const UNASSESSED_MAX: usize = 100;
    /// How many groups of each rule are kept.
    pub const GROUPS_MAX: usize = 10_000;
    /// How many diagnostics of each kind of data fault are kept.
    pub const DIAGNOSTICS_MAX: usize = 100;

    /// True where every gate holds.
    #[must_use]
    pub fn gates_hold(&self) -> bool {
        self.gates.iter().all(|it| it.verdict == GateVerdict::Held)
    }
}
