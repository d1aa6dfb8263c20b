//! Judging a block: rules over chunks of its records, findings in record order.

use super::{Duplicates, PlannedRule, RisingKeys, SourcePlan};
use crate::{
    audit::{Audit, OutcomeCounts, OwnedFinding, Unassessed},
    calendar::Zone,
    expr::{CHUNK_LEN, Cause, Evaluator, Faults, Mask, Scratch, append_to_column},
    finding::{Evidence, Finding, FindingOrigin, Fingerprint, Standing},
    record::{Batch, Column, MICROS_PER_SECOND, TextColumn, Type, Values},
    rule::{Effective, MissingPolicy, Outcome, Severity},
    script::{ColumnRule, Form, RowRule, RowRunner, RowVerdict},
};
use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};
use xxhash_rust::xxh3::xxh3_64;

/// What is read of each finding; the rest is not computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Findings at all.
    pub findings: bool,
    /// Messages.
    pub message: bool,
    /// Evidence.
    pub evidence: bool,
    /// Fingerprints.
    pub id: bool,
    /// Subjects.
    pub subject: bool,
    /// The worst findings, whole.
    pub worst: bool,
}

/// Where findings go: encoded on the worker that found them, one buffer an output.
pub trait FindingSink: Sync {
    /// What the outputs read.
    fn wanted(&self) -> Wanted;
    /// Number of outputs.
    fn outputs(&self) -> usize;
    /// Appends a finding to each output's buffer.
    fn encode(&self, finding: &Finding<'_>, buffers: &mut [Vec<u8>]);
}

/// What all workers share while a source is judged.
pub struct Judging<'a> {
    /// The plan.
    pub plan: &'a SourcePlan,
    /// Where findings go.
    pub sink: &'a dyn FindingSink,
    /// Records known to share their key.
    pub duplicates: &'a Duplicates,
    /// The files' paths as shown, by number.
    pub files: &'a [String],
    /// The project's zone.
    pub zone: &'a Zone,
    /// Findings committed so far by severity: once there are enough of a severity or worse, later
    /// blocks need not keep any for "the worst findings".
    pub committed: &'a [AtomicU64; 4],
}

/// What came of a block.
#[derive(Debug, Default)]
pub struct BlockResult {
    /// Which of the source's files it is from.
    pub file: u32,
    /// Records judged.
    pub records: u64,
    /// Records without a key.
    pub keyless: u64,
    /// Outcomes by planned rule; `not_applicable` is left at 0: what is none of the others.
    pub counts: Vec<OutcomeCounts>,
    /// Findings by planned rule.
    pub findings: Vec<u64>,
    /// Findings by severity, in the order of [`Severity::ALL`].
    pub by_severity: [u64; 4],
    /// Findings encoded, by output.
    pub outputs: Vec<Vec<u8>>,
    /// Records without a verdict, by number of the planned rule; at most so many of each rule.
    pub unassessed: Vec<(usize, Unassessed)>,
    /// Records that could not be computed: planned rule, key, cause, row.
    pub errors: Vec<(usize, String, Cause, u64)>,
    /// Candidates for the worst findings.
    pub worst: Vec<OwnedFinding>,
    /// Hashes of all keys that are there.
    pub key_hashes: Vec<u64>,
    /// The keys, where each is greater than the one before.
    pub rising_keys: Option<RisingKeys>,
}

/// What a rule says of a chunk.
struct Verdicts {
    /// Rows with a finding.
    findings: Mask,
    /// Rows that failed at each conjunct.
    deciders: Vec<Mask>,
    /// What scripts said of rows.
    reasons: Vec<(usize, Box<str>)>,
    /// Rows without a verdict.
    faults: Faults,
}

/// One worker's judge.
pub struct Judge<'a> {
    judging: &'a Judging<'a>,
    scratch: Scratch,
    runner: Option<RowRunner>,
    /// How much the last block put out, by output: about what the next one will.
    sizes: Vec<usize>,
}

impl<'a> Judge<'a> {
    /// Gets ready.
    #[must_use]
    pub fn new(judging: &'a Judging<'a>) -> Self {
        let by_rows = judging.plan.rules.iter().any(|it| matches!(it.compiled.form, Form::Rows(_)));
        let runner = by_rows.then(|| RowRunner::new(&judging.plan.program, &judging.plan.registry));
        Self { judging, scratch: Scratch::default(), runner, sizes: vec![0; judging.sink.outputs()] }
    }

    /// Judges the records of a batch; derived fields are appended to its columns.
    pub fn judge(&mut self, batch: &mut Batch) -> BlockResult {
        self.derive(batch);
        let rules = self.judging.plan.rules.len();
        let mut result = BlockResult {
            file: batch.file,
            records: batch.len as u64,
            counts: vec![OutcomeCounts::default(); rules],
            findings: vec![0; rules],
            outputs: self.sizes.iter().map(|it| Vec::with_capacity(it + it / 8)).collect(),
            ..BlockResult::default()
        };
        let batch = &*batch;
        self.hash_keys(batch, &mut result);
        let plan = self.judging.plan;
        let mut writer = Writer::new(self.judging, batch);
        let mut evaluator = Evaluator::new(&plan.program, batch, &mut self.scratch);
        let mut verdicts: Vec<Verdicts> = Vec::with_capacity(rules);
        let mut low = 0;
        while evaluator.go_to(low) {
            verdicts.clear();
            let mut any = Mask::NONE;
            for (number, planned) in plan.rules.iter().enumerate() {
                let verdict = judge_chunk(planned, &mut evaluator, self.runner.as_ref(), plan, batch, &mut result.counts[number]);
                any = any.or(&verdict.findings);
                result.findings[number] += verdict.findings.count() as u64;
                writer.list(number, planned, &verdict, low, &mut result);
                verdicts.push(verdict);
            }
            for row in any.rows() {
                for (number, verdict) in verdicts.iter().enumerate() {
                    if verdict.findings.get(row) {
                        writer.finding(&plan.rules[number], verdict, row, low + row, &mut result);
                    }
                }
            }
            low += CHUNK_LEN;
        }
        self.sizes = result.outputs.iter().map(Vec::len).collect();
        result
    }

    fn derive(&mut self, batch: &mut Batch) {
        let plan = self.judging.plan;
        for (node, ty) in &plan.derived {
            let mut column = Column::new(*ty);
            if *ty == Type::Text {
                column.values = Values::Text(TextColumn::Owned(Vec::new(), String::new()));
            }
            let mut evaluator = Evaluator::new(&plan.program, batch, &mut self.scratch);
            let mut low = 0;
            while evaluator.go_to(low) {
                append_to_column(&mut evaluator, *node, &mut column);
                low += CHUNK_LEN;
            }
            batch.columns.push(column);
        }
    }

    fn hash_keys(&self, batch: &Batch, result: &mut BlockResult) {
        let plan = self.judging.plan;
        if plan.key.is_empty() {
            return;
        }
        result.key_hashes.reserve(batch.len);
        let mut joined = String::new();
        let (mut first, mut last, mut rising) = (String::new(), String::new(), true);
        for row in 0..batch.len {
            let Some(key) = plan.key_of(batch, row, &mut joined) else {
                result.keyless += 1;
                continue;
            };
            if result.key_hashes.is_empty() {
                key.clone_into(&mut first);
            } else if rising && *key <= *last {
                rising = false;
            }
            if rising {
                key.clone_into(&mut last);
            }
            result.key_hashes.push(key_hash(key));
        }
        result.rising_keys = rising.then_some(RisingKeys { first, last });
    }
}

/// 64 bits of XXH3 over a key, for the check of duplicates.
#[must_use]
pub fn key_hash(key: &str) -> u64 {
    xxh3_64(key.as_bytes())
}

impl SourcePlan {
    /// Whether every part of a record's key is there.
    fn has_key(&self, batch: &Batch, row: usize) -> bool {
        !self.key.is_empty() && self.key.iter().all(|it| batch.columns[*it as usize].valid.get(row))
    }

    /// A record's key as written, the parts of a list key joined with `|`; `None` where a part is
    /// missing or the source has no key.
    pub fn key_of<'t>(&self, batch: &'t Batch, row: usize, joined: &'t mut String) -> Option<&'t str> {
        if let [only] = self.key.as_slice() {
            return batch.columns[*only as usize].text(row, &batch.text);
        }
        joined.clear();
        for (number, column) in self.key.iter().enumerate() {
            if number > 0 {
                joined.push('|');
            }
            joined.push_str(batch.columns[*column as usize].text(row, &batch.text)?);
        }
        (!self.key.is_empty()).then_some(joined.as_str())
    }
}

/// Judges the evaluator's chunk by one rule.
fn judge_chunk(
    planned: &PlannedRule,
    evaluator: &mut Evaluator<'_, '_>,
    runner: Option<&RowRunner>,
    plan: &SourcePlan,
    batch: &Batch,
    counts: &mut OutcomeCounts,
) -> Verdicts {
    let (active, mut faults) = in_force(planned, evaluator, plan, batch);
    let mut verdicts = Verdicts { findings: Mask::NONE, deciders: Vec::new(), reasons: Vec::new(), faults: Faults::default() };
    let before_check;
    let pass = match &planned.compiled.form {
        Form::Columns(rule) => {
            evaluator.faults = std::mem::take(&mut faults);
            let pass = columns(rule, evaluator, &active, &mut verdicts);
            before_check = pass.1;
            verdicts.faults = evaluator.take_faults();
            pass.0
        }
        Form::Rows(rule) => {
            verdicts.faults = faults;
            let pass = rows(rule, runner, batch, evaluator.low(), &active, &mut verdicts);
            before_check = pass.1;
            pass.0
        }
    };
    let failed = verdicts.deciders.iter().fold(Mask::NONE, |all, it| all.or(it));
    let (missing, error) = verdicts.faults.split();
    counts.pass += pass.count() as u64;
    counts.fail += failed.count() as u64;
    counts.no_evidence += missing.count() as u64;
    counts.error += error.count() as u64;
    verdicts.findings = failed;
    if planned.rule.missing == MissingPolicy::Fail {
        verdicts.findings = failed.or(&missing.without(&before_check));
    }
    verdicts
}

/// The rows on whose date the rule is in force; those without a date drop out.
fn in_force(planned: &PlannedRule, evaluator: &Evaluator<'_, '_>, plan: &SourcePlan, batch: &Batch) -> (Mask, Faults) {
    let effective: &Effective = &planned.rule.effective;
    let mut faults = Faults::default();
    let (false, Some((column, ty))) = (effective.is_always(), plan.date) else { return (*evaluator.all(), faults) };
    let date = &batch.columns[column as usize];
    let Values::Int(values) = &date.values else { return (*evaluator.all(), faults) };
    let low = evaluator.low();
    let day = |row: usize| {
        let value = values[low + row];
        if ty == Type::Time { plan.program.zone.to_local(value).div_euclid(86_400 * MICROS_PER_SECOND) } else { value }
    };
    let valid = |row: &usize| date.valid.get(low + row);
    let mut active = Mask::NONE;
    for row in evaluator.all().rows().filter(valid) {
        let day = day(row);
        if effective.from.is_none_or(|it| day >= it) && effective.to.is_none_or(|it| day <= it) {
            active.insert(row);
        }
    }
    for row in evaluator.all().rows().filter(|row| !valid(row)) {
        let unreadable = date.unreadable.as_ref().is_some_and(|it| it.get(low + row));
        let mut one = Mask::NONE;
        one.insert(row);
        faults.add(&one, if unreadable { Cause::Unreadable { column } } else { Cause::Missing { column } });
    }
    (active, faults)
}

/// Rows that pass, and rows that dropped out before `check`.
fn columns(rule: &ColumnRule, evaluator: &mut Evaluator<'_, '_>, active: &Mask, verdicts: &mut Verdicts) -> (Mask, Mask) {
    let mut left = match rule.when {
        Some(when) => evaluator.test(when, active),
        None => active.without(&evaluator.faults.dead),
    };
    let before_check = evaluator.faults.dead;
    for conjunct in &rule.conjuncts {
        if left.is_none() {
            break;
        }
        let holds = evaluator.test(conjunct.node, &left);
        verdicts.deciders.push(left.without(&holds).without(&evaluator.faults.dead));
        left = holds;
    }
    (left, before_check)
}

fn rows(
    rule: &RowRule,
    runner: Option<&RowRunner>,
    batch: &Batch,
    low: usize,
    active: &Mask,
    verdicts: &mut Verdicts,
) -> (Mask, Mask) {
    let (mut pass, mut before_check) = (Mask::NONE, verdicts.faults.dead);
    let Some(runner) = runner else { return (pass, before_check) };
    for row in active.without(&verdicts.faults.dead).rows() {
        match runner.judge(rule, batch, low + row) {
            RowVerdict::Pass => pass.insert(row),
            RowVerdict::NotApplicable => {}
            RowVerdict::Fail(conjunct, reason) => {
                while verdicts.deciders.len() <= conjunct {
                    verdicts.deciders.push(Mask::NONE);
                }
                verdicts.deciders[conjunct].insert(row);
                verdicts.reasons.extend(reason.map(|it| (row, it)));
            }
            RowVerdict::Fault(in_when, cause) => {
                let mut one = Mask::NONE;
                one.insert(row);
                verdicts.faults.add(&one, cause);
                if in_when {
                    before_check.insert(row);
                }
            }
        }
    }
    (pass, before_check)
}

/// Puts findings together and hands them out.
struct Writer<'a, 'b> {
    judging: &'a Judging<'a>,
    batch: &'b Batch,
    wanted: Wanted,
    message: String,
    joined: String,
    /// How many candidates for the worst findings are still of use, by severity.
    room: [u64; 4],
    listed: Vec<usize>,
}

impl<'a, 'b> Writer<'a, 'b> {
    fn new(judging: &'a Judging<'a>, batch: &'b Batch) -> Self {
        let mut room = [0; 4];
        let mut before = 0;
        for (room, committed) in room.iter_mut().zip(judging.committed) {
            before += committed.load(Ordering::Relaxed);
            *room = (Audit::WORST_MAX as u64).saturating_sub(before);
        }
        let listed = vec![0; judging.plan.rules.len() * 2];
        Self { judging, batch, wanted: judging.sink.wanted(), message: String::new(), joined: String::new(), room, listed }
    }

    /// Lists rows that a rule could not judge.
    fn list(&mut self, number: usize, planned: &PlannedRule, verdicts: &Verdicts, low: usize, result: &mut BlockResult) {
        if verdicts.faults.list.is_empty() {
            return;
        }
        let mut scratch = String::new();
        let mut faults: Vec<(usize, &Cause)> = Vec::new();
        for fault in &verdicts.faults.list {
            faults.extend(fault.rows.rows().map(|row| (row, &fault.cause)));
        }
        // In record order, so that what is listed does not depend on where chunks begin.
        faults.sort_unstable_by_key(|it| it.0);
        for (row, cause) in faults {
            match cause {
                Cause::Missing { column } | Cause::Unreadable { column } => {
                    if self.listed[number * 2] < Audit::UNASSESSED_MAX {
                        self.listed[number * 2] += 1;
                        let field = self.judging.plan.column_names.get(*column as usize).cloned().unwrap_or_default();
                        let unreadable = matches!(cause, Cause::Unreadable { .. });
                        let rule = planned.rule.id.clone();
                        let key = self.key(low + row, &mut scratch).to_owned();
                        let record = self.batch.first_record + (low + row) as u64;
                        result.unassessed.push((number, Unassessed { rule, key, field, unreadable, record }));
                    }
                }
                cause => {
                    if self.listed[number * 2 + 1] < Audit::DIAGNOSTICS_MAX {
                        self.listed[number * 2 + 1] += 1;
                        let key = self.key(low + row, &mut scratch).to_owned();
                        result.errors.push((number, key, cause.clone(), self.batch.rows[low + row]));
                    }
                }
            }
        }
    }

    /// The key of a record; its origin where it has none.
    fn key<'t>(&'t self, row: usize, scratch: &'t mut String) -> &'t str {
        if self.judging.plan.has_key(self.batch, row) {
            return self.judging.plan.key_of(self.batch, row, scratch).unwrap_or_default();
        }
        scratch.clear();
        // Writing to a string does not fail.
        let _ = write!(scratch, "{}:{}", self.file(), self.batch.rows[row]);
        scratch
    }

    fn file(&self) -> &'a str {
        self.judging.files.get(self.batch.file as usize).map_or("", String::as_str)
    }

    fn finding(&mut self, planned: &PlannedRule, verdicts: &Verdicts, row: usize, at: usize, result: &mut BlockResult) {
        let rule = &planned.rule;
        let severity = Severity::ALL.iter().position(|it| *it == rule.severity).unwrap_or(0);
        result.by_severity[severity] += 1;
        let for_worst = self.wanted.worst && self.room[severity] > 0;
        if !self.wanted.findings && !for_worst {
            return;
        }
        let plan = self.judging.plan;
        let (mut message, mut joined) = (std::mem::take(&mut self.message), std::mem::take(&mut self.joined));
        message.clear();
        if self.wanted.message || for_worst {
            planned.message.write(self.batch, at, self.judging.zone, &mut message);
        }
        let ordinal = self.judging.duplicates.ordinals.get(&(self.batch.first_record + at as u64)).copied();
        let unstable = ordinal.is_some() || !plan.has_key(self.batch, at);
        let key = self.key(at, &mut joined);
        let evidence = if self.wanted.evidence || for_worst { self.evidence(planned, verdicts, row, at) } else { Evidence::default() };
        let text = |column: u32| self.batch.columns[column as usize].text(at, &self.batch.text).unwrap_or_default();
        let subject = if self.wanted.subject || for_worst {
            plan.subject.iter().map(|(level, column)| (level.as_str(), text(*column))).collect()
        } else {
            Vec::new()
        };
        let id = if self.wanted.id || for_worst { Fingerprint::of_record(&plan.id, &rule.id, key, ordinal.unwrap_or(0)) } else { Fingerprint(0) };
        let finding = Finding {
            id,
            rule,
            key,
            subject,
            outcome: if verdicts.faults.dead.get(row) { Outcome::NoEvidence } else { Outcome::Fail },
            message: &message,
            evidence,
            origin: FindingOrigin { file: self.file(), sheet: None, row: self.batch.rows[at] },
            standing: Standing::New,
            unstable,
        };
        if self.wanted.findings {
            self.judging.sink.encode(&finding, &mut result.outputs);
        }
        if for_worst {
            result.worst.push(owned(&finding, planned, self.batch.first_record + at as u64));
            self.room[severity] -= 1;
        }
        (self.message, self.joined) = (message, joined);
    }

    fn evidence<'e>(&self, planned: &'e PlannedRule, verdicts: &Verdicts, row: usize, at: usize) -> Evidence<'e>
    where
        'a: 'e,
    {
        let value = |column: &u32| self.batch.columns[*column as usize].value(at, &self.batch.text);
        let names = planned.evidence_names.iter().map(String::as_str);
        let decider = verdicts.deciders.iter().position(|it| it.get(row));
        let missing = match verdicts.faults.cause(row) {
            Some(Cause::Missing { column } | Cause::Unreadable { column }) => Some(*column as usize),
            _ => None,
        };
        let reason = verdicts.reasons.iter().find(|(of, _)| *of == row);
        Evidence {
            fields: names.zip(planned.compiled.evidence.iter().map(value)).collect(),
            conjunct: decider.and_then(|it| planned.compiled.form.conjunct_text(it)),
            missing: missing.and_then(|it| self.judging.plan.column_names.get(it)).map(String::as_str),
            reason: reason.map(|(_, why)| why.to_string()),
            rule_hash: &planned.hash,
        }
    }
}

fn owned(finding: &Finding<'_>, planned: &PlannedRule, record: u64) -> OwnedFinding {
    let own = |it: &&str| (*it).to_owned();
    OwnedFinding {
        id: finding.id,
        rule: planned.rule.clone(),
        key: finding.key.to_owned(),
        subject: finding.subject.iter().map(|(level, who)| (own(level), own(who))).collect(),
        outcome: finding.outcome,
        message: finding.message.to_owned(),
        fields: finding.evidence.fields.iter().map(|(name, value)| (own(name), value.clone())).collect(),
        conjunct: finding.evidence.conjunct.map(str::to_owned),
        missing: finding.evidence.missing.map(str::to_owned),
        reason: finding.evidence.reason.clone(),
        file: finding.origin.file.to_owned(),
        row: finding.origin.row,
        standing: finding.standing,
        unstable: finding.unstable,
        record,
    }
}
