//! Judging a block: rules over chunks of its records, findings in record order.

use super::{
    Duplicates, PlannedPromise, PlannedRule, PlannedWindow, SourcePlan, Windows,
    cards::{CardFolder, PlannedCard},
    group_verdicts::{GroupFolder, GroupPart},
    keys::{RisingKeys, hash_keys},
    prepare::{derive, promised},
    writer::{Hit, Judged, Writer},
};
use crate::{
    audit::{Found, OutcomeCounts, OwnedFinding, Unassessed},
    calendar::Zone,
    expr::{CHUNK_LEN, Cause, Evaluator, Faults, Mask, Scratch},
    finding::{Alike, Baseline, Finding},
    promise::{self, Counts, OpenTimes, Parts, Watch},
    record::{Batch, Column, MICROS_PER_SECOND, Origin, TextColumn, Type, Value, Values},
    rule::{Effective, MissingPolicy, Outcome},
    script::{ColumnRule, Form, RowRule, RowRunner, RowVerdict},
    sorting::Spill,
};
use std::{
    io,
    sync::atomic::{AtomicBool, AtomicU64},
};

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
    /// The outcome of every record under every rule.
    pub outcomes: bool,
}

/// Where findings go: encoded on the worker that found them, one buffer an output.
pub trait FindingSink: Sync {
    /// What the outputs read.
    fn wanted(&self) -> Wanted;
    /// Number of outputs.
    fn outputs(&self) -> usize;
    /// What a worker encodes with while it works on a source.
    fn encoder(&self) -> Box<dyn FindingEncoder + '_>;
}

/// Encodes the findings of one worker.
pub trait FindingEncoder {
    /// Appends findings to each output's buffer. Their rules' numbers are those in the plan: rules on records, then
    /// those over groups, then promises.
    fn encode(&mut self, findings: &[(Alike, Finding<'_>)], buffers: &mut [Vec<u8>]);
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
    /// True once keys are known not to rise: then every block's are hashed.
    pub hash_keys: &'a AtomicBool,
    /// What one worker may hold of groups, and where the rest goes.
    pub spill: Spill,
    /// The figures of the plan's windows.
    pub windows: &'a Windows,
    /// Findings that are known.
    pub baseline: Option<&'a Baseline>,
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
    /// Outcomes by planned rule and record, where they are wanted.
    pub outcomes: Vec<Vec<Outcome>>,
    /// The outcome of every record under every reported promise, where they are wanted; `None` without one.
    pub clocks: Vec<Vec<Option<promise::Outcome>>>,
    /// Findings by planned rule.
    pub findings: Vec<Found>,
    /// How many findings each waiver excuses; none without waivers.
    pub waived: Vec<u64>,
    /// Those of the baseline that were met, by number.
    pub known: Vec<u32>,
    /// By planned rule the judged records whose window reaches before the first record.
    pub reaching: Vec<u64>,
    /// How the reported promises stand. In `counts`, `findings` and the lists rules over groups are numbered
    /// after the other rules, and promises after those.
    pub promises: Vec<Counts>,
    /// By scorecard the records that count for nobody.
    pub unscored: Vec<u64>,
    /// New findings by severity, in the order of [`crate::rule::Severity::ALL`].
    pub new_by_severity: [u64; 4],
    /// Findings encoded, by output.
    pub outputs: Vec<Vec<u8>>,
    /// Records without a verdict, by number of the planned rule; at most so many of each rule.
    pub unassessed: Vec<(usize, Unassessed)>,
    /// Records that could not be computed: planned rule, key, cause, row.
    pub errors: Vec<(usize, String, Cause, Origin)>,
    /// Candidates for the worst findings.
    pub worst: Vec<OwnedFinding>,
    /// Hashes of all keys that are there; none where they rise and that is all there is to know.
    pub key_hashes: Vec<u64>,
    /// The keys, where each is greater than the one before.
    pub rising_keys: Option<RisingKeys>,
}

/// What a rule says of a chunk.
pub(super) struct Verdicts {
    /// Rows that pass.
    pub(super) pass: Mask,
    /// Rows with a finding.
    pub(super) findings: Mask,
    /// Of these the ones that are waived.
    pub(super) waived: Mask,
    /// Which of them a condition excuses, by the waiver's number.
    pub(super) waived_by: Vec<(u32, Mask)>,
    /// Rows that failed at each conjunct.
    pub(super) deciders: Vec<Mask>,
    /// What scripts said of rows.
    pub(super) reasons: Vec<(usize, Box<str>)>,
    /// Rows without a verdict.
    pub(super) faults: Faults,
}

impl Verdicts {
    /// Nothing but rows without a verdict.
    pub(super) fn of(faults: Faults) -> Self {
        Self {
            pass: Mask::NONE,
            findings: Mask::NONE,
            waived: Mask::NONE,
            waived_by: Vec::new(),
            deciders: Vec::new(),
            reasons: Vec::new(),
            faults,
        }
    }

    /// Rows that fail.
    pub(super) fn failed(&self) -> Mask {
        self.deciders.iter().fold(Mask::NONE, |all, it| all.or(it))
    }

    /// Notes the outcome of each row; `not_applicable` is left as it stands.
    fn outcomes(&self, rows: &mut [Outcome]) {
        let (missing, error) = self.faults.split();
        let failed = self.failed();
        let kinds = [
            (self.pass, Outcome::Pass),
            (failed, Outcome::Fail),
            (missing, Outcome::NoEvidence),
            (error, Outcome::Error),
        ];
        for (mask, outcome) in kinds {
            for row in mask.rows() {
                rows[row] = outcome;
            }
        }
    }
}

/// Buffers of a block that was committed, to be filled anew.
#[derive(Debug, Default)]
pub struct Spare {
    /// For findings, by output.
    pub outputs: Vec<Vec<u8>>,
}

/// What a worker has once there are no more records.
pub struct WorkerPart {
    /// Its groups.
    pub groups: GroupPart,
    /// The open times of clocks that have stopped, by reported promise; none where it met no records.
    pub open_times: Vec<OpenTimes>,
}

/// One worker's judge.
pub struct Judge<'a> {
    judging: &'a Judging<'a>,
    scratch: Scratch,
    runner: Option<RowRunner>,
    /// What is left of a block that was committed.
    spare: Spare,
    /// How many bytes an output has taken of a block: buffers that do not grow leave none behind.
    expected: Vec<usize>,
    groups: GroupFolder<'a>,
    cards: CardFolder<'a>,
    watch: Watch,
    encoder: Box<dyn FindingEncoder + 'a>,
    /// Why figures of windows could not be read.
    failed: Option<io::Error>,
}

impl<'a> Judge<'a> {
    /// Gets ready.
    #[must_use]
    pub fn new(judging: &'a Judging<'a>) -> Self {
        let plan = judging.plan;
        let by_rows = plan.rules.iter().any(|it| matches!(it.compiled.form, Form::Rows(_)));
        let by_rows = by_rows
            || plan.groups.iter().any(|it| it.reason.is_some())
            || plan.cards.iter().any(PlannedCard::runs_by_rows)
            || plan.waivers.runs_by_rows();
        let runner = by_rows.then(|| RowRunner::new(&plan.program));
        let groups = GroupFolder::new(judging);
        let (scratch, spare, watch) = (Scratch::default(), Spare::default(), Watch::default());
        let cards = CardFolder::new(judging);
        let encoder = judging.sink.encoder();
        let expected = Vec::new();
        Self { judging, scratch, runner, spare, expected, groups, cards, watch, encoder, failed: None }
    }

    /// Hands what groups hold beyond the worker's memory to a temporary file.
    ///
    /// # Errors
    /// It cannot be written, or that of windows could not be read.
    pub fn relieve(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.groups.relieve()
    }

    /// What the worker has, to be put together with what the others have.
    ///
    /// # Errors
    /// A temporary file cannot be written.
    pub fn into_part(self) -> io::Result<WorkerPart> {
        let all = self.judging.plan.promises.iter().zip(self.watch.open);
        let open_times = all.filter(|it| it.0.is_reported).map(|it| it.1).collect();
        Ok(WorkerPart { groups: self.groups.done()?, open_times })
    }

    /// Judges the records of a batch; derived fields are appended to its columns.
    pub fn judge(&mut self, batch: &mut Batch) -> BlockResult {
        self.cards.begin();
        let mut result = self.judge_rules(batch);
        if !self.judging.plan.cards.is_empty() {
            result.unscored = self.cards.fold(batch, self.runner.as_ref(), self.groups.cards());
        }
        result
    }

    fn judge_rules(&mut self, batch: &mut Batch) -> BlockResult {
        let plan = self.judging.plan;
        derive(&plan.derived, &plan.program, &mut self.scratch, batch);
        let promised = promised(plan, batch, &mut self.watch);
        self.add_windows(batch);
        let first_promise = plan.rules.len() + plan.groups.len();
        let rules = first_promise + promised.len();
        let mut result = BlockResult {
            file: batch.file,
            records: batch.len as u64,
            counts: vec![OutcomeCounts::default(); rules],
            findings: vec![Found::default(); rules],
            waived: plan.waivers.no_hits(),
            reaching: vec![0; plan.rules.len()],
            outputs: std::mem::take(&mut self.spare.outputs),
            ..BlockResult::default()
        };
        result.outputs.resize_with(self.judging.sink.outputs(), Vec::new);
        result.outputs.iter_mut().zip(&self.expected).for_each(|(output, len)| output.reserve(*len));
        let batch = &*batch;
        hash_keys(self.judging, batch, &mut result);
        let mut writer = Writer::new(self.judging, batch, rules);
        for (number, (promise, parts)) in (first_promise..).zip(&promised) {
            result.counts[number] = counts_of(&parts.counts);
            writer.list_lacks(number, promise, &parts.lacks, &mut result);
        }
        let mut evaluator = Evaluator::new(&plan.program, batch, &mut self.scratch);
        let mut verdicts: Vec<Verdicts> = Vec::with_capacity(rules);
        if self.judging.sink.wanted().outcomes {
            result.outcomes = vec![vec![Outcome::NotApplicable; batch.len]; plan.rules.len()];
            result.clocks = promised.iter().map(|(promise, _)| outcomes_of(promise, batch)).collect();
        }
        let mut low = 0;
        while evaluator.go_to(low) {
            verdicts.clear();
            for (number, planned) in plan.rules.iter().enumerate() {
                let mut verdict = judge_chunk(
                    planned,
                    &mut evaluator,
                    self.runner.as_ref(),
                    plan,
                    batch,
                    &mut result.counts[number],
                );
                if let Some(window) = planned.window {
                    let of = (window, &plan.windows[window]);
                    let rows = verdict.pass.or(&verdict.failed());
                    result.reaching[number] += self.judging.windows.reaching(of, batch, low, &rows);
                }
                let tools = (&mut evaluator, self.runner.as_ref());
                plan.waivers.excuse(number, &mut verdict, tools, (batch, &writer), &mut result.waived);
                self.cards.note(number, &verdict);
                writer.list(number, planned, &verdict, low, &mut result);
                if let Some(outcomes) = result.outcomes.get_mut(number) {
                    verdict.outcomes(&mut outcomes[low..]);
                }
                verdicts.push(verdict);
            }
            self.groups.fold(&mut evaluator, self.runner.as_ref(), batch, &mut writer, &mut result);
            for (number, (promise, parts)) in (first_promise..).zip(&promised) {
                let mut verdict = breaches(parts, low);
                let tools = (&mut evaluator, self.runner.as_ref());
                plan.waivers.excuse(number, &mut verdict, tools, (batch, &writer), &mut result.waived);
                self.cards.note_promise(promise.first_column, &verdict.waived);
                verdicts.push(verdict);
            }
            for hits in in_record_order(&verdicts).chunks(FINDINGS_AT_ONCE) {
                let hits = hits.iter().map(|(row, of)| {
                    let (judged, number) = match of.checked_sub(plan.rules.len()) {
                        Some(of) => (Judged::Promise(promised[of].0), first_promise + of),
                        None => (Judged::Rule(&plan.rules[*of]), *of),
                    };
                    Hit { number, judged, verdicts: &verdicts[*of], row: *row, at: low + row }
                });
                writer.findings(hits, (&mut *self.encoder, &mut result));
            }
            low += CHUNK_LEN;
        }
        result.promises = promised.into_iter().map(|(_, parts)| parts.counts).collect();
        // With some room, since no block is quite like the one before.
        self.expected = result.outputs.iter().map(|it| it.len() + it.len() / 8).collect();
        result
    }

    /// Appends the columns of windows.
    fn add_windows(&mut self, batch: &mut Batch) {
        match self.judging.windows.columns(batch) {
            Ok(mut columns) => batch.columns.append(&mut columns),
            Err(error) => {
                // Told once the block is done; until then the figures are missing.
                self.failed = Some(error);
                let types = self.judging.plan.windows.iter().flat_map(PlannedWindow::types);
                let missing =
                    |ty: &Type| Column::of_values(*ty, std::iter::repeat_n(&Value::Missing, batch.len));
                let mut columns = types.map(missing).collect();
                batch.columns.append(&mut columns);
            }
        }
    }

    /// Takes buffers back, to be filled anew.
    pub fn recycle(&mut self, spare: Option<Spare>) {
        self.spare = spare.unwrap_or_default();
        self.spare.outputs.iter_mut().for_each(Vec::clear);
    }
}

/// So many findings are encoded at once: enough that a format's code and buffer stay near, and little enough that
/// their parts do.
const FINDINGS_AT_ONCE: usize = 64;

/// The outcomes of a promise as a rule's: open clocks that are in time count as passed.
fn counts_of(counts: &Counts) -> OutcomeCounts {
    let [kept, breached, running, at_risk, not_applicable] = counts.outcomes;
    OutcomeCounts {
        pass: kept + running + at_risk,
        fail: breached,
        not_applicable,
        no_evidence: counts.no_evidence,
        error: 0,
    }
}

/// The outcome of a promise for every record.
fn outcomes_of(promise: &PlannedPromise, batch: &Batch) -> Vec<Option<promise::Outcome>> {
    let column = &batch.columns[promise.first_column as usize];
    let Values::Text(TextColumn::Coded(codes, _)) = &column.values else { return Vec::new() };
    let outcome = |row: usize| promise::Outcome::ALL.get(usize::from(codes[row])).copied();
    (0..batch.len).map(|row| outcome(row).filter(|_| column.valid.get(row))).collect()
}

/// The breaches of a promise in the chunk that starts at `low`.
fn breaches(parts: &Parts, low: usize) -> Verdicts {
    let breached = Mask::from_words(&parts.breached[low / 64..]);
    Verdicts { findings: breached, ..Verdicts::of(Faults::default()) }
}

/// The findings of a chunk as (row, rule), by row and within it by rule. A counting sort: looking at
/// every rule for every row would cost more than the findings themselves.
fn in_record_order(verdicts: &[Verdicts]) -> Vec<(usize, usize)> {
    let mut next = [0_u32; CHUNK_LEN + 1];
    for verdict in verdicts {
        for row in verdict.findings.rows() {
            next[row + 1] += 1;
        }
    }
    for row in 0..CHUNK_LEN {
        next[row + 1] += next[row];
    }
    let mut sorted = vec![(0_usize, 0_usize); next[CHUNK_LEN] as usize];
    for (number, verdict) in verdicts.iter().enumerate() {
        for row in verdict.findings.rows() {
            sorted[next[row] as usize] = (row, number);
            next[row] += 1;
        }
    }
    sorted
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
    let (active, faults) = in_force(planned, evaluator, plan, batch);
    let window = planned.window.map(|it| &plan.windows[it]);
    judge_rows((planned, window), evaluator, runner, batch, (&active, faults), counts)
}

/// Judges rows of the evaluator's chunk by one rule; those of `faults` have dropped out before.
pub(super) fn judge_rows(
    (planned, window): (&PlannedRule, Option<&PlannedWindow>),
    evaluator: &mut Evaluator<'_, '_>,
    runner: Option<&RowRunner>,
    batch: &Batch,
    (active, mut faults): (&Mask, Faults),
    counts: &mut OutcomeCounts,
) -> Verdicts {
    let mut verdicts = Verdicts::of(Faults::default());
    let before_check;
    let pass = match &planned.compiled.form {
        Form::Columns(rule) => {
            evaluator.faults = std::mem::take(&mut faults);
            let pass = columns(rule, evaluator, active, (batch, window), &mut verdicts);
            before_check = pass.1;
            verdicts.faults = evaluator.take_faults();
            pass.0
        }
        Form::Rows(rule) => {
            verdicts.faults = faults;
            let pass = rows(rule, runner, (batch, window), evaluator.low(), active, &mut verdicts);
            before_check = pass.1;
            pass.0
        }
    };
    let failed = verdicts.failed();
    let (missing, error) = verdicts.faults.split();
    counts.pass += pass.count() as u64;
    counts.fail += failed.count() as u64;
    counts.no_evidence += missing.count() as u64;
    counts.error += error.count() as u64;
    verdicts.pass = pass;
    verdicts.findings = failed;
    if planned.rule.missing == MissingPolicy::Fail {
        verdicts.findings = failed.or(&missing.without(&before_check));
    }
    verdicts
}

/// The rows on whose date the rule is in force; those without a date drop out.
pub(super) fn in_force(
    planned: &PlannedRule,
    evaluator: &Evaluator<'_, '_>,
    plan: &SourcePlan,
    batch: &Batch,
) -> (Mask, Faults) {
    let effective: &Effective = &planned.rule.effective;
    let mut faults = Faults::default();
    let (false, Some((column, ty))) = (effective.is_always(), plan.date) else {
        return (*evaluator.all(), faults);
    };
    let date = &batch.columns[column as usize];
    let Values::Int(values) = &date.values else { return (*evaluator.all(), faults) };
    let low = evaluator.low();
    let day = |row: usize| {
        let value = values[low + row];
        if ty == Type::Time {
            plan.program.zone.to_local(value).div_euclid(86_400 * MICROS_PER_SECOND)
        } else {
            value
        }
    };
    let valid = |row: &usize| date.valid.get(low + row);
    let mut active = Mask::NONE;
    for row in evaluator.all().rows().filter(valid) {
        let day = day(row);
        if effective.includes(day) {
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
fn columns(
    rule: &ColumnRule,
    evaluator: &mut Evaluator<'_, '_>,
    active: &Mask,
    (batch, window): (&Batch, Option<&PlannedWindow>),
    verdicts: &mut Verdicts,
) -> (Mask, Mask) {
    let mut left = match rule.when {
        Some(when) => evaluator.test(when, active),
        None => active.without(&evaluator.faults.dead),
    };
    let before_check = evaluator.faults.dead;
    if let Some(window) = window {
        let lacking = window.lacking(batch, evaluator.low(), &left);
        lacking.into_iter().for_each(|(rows, cause)| evaluator.faults.add(&rows, cause));
        left = left.without(&evaluator.faults.dead);
    }
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
    (batch, window): (&Batch, Option<&PlannedWindow>),
    low: usize,
    active: &Mask,
    verdicts: &mut Verdicts,
) -> (Mask, Mask) {
    let (mut pass, mut before_check) = (Mask::NONE, verdicts.faults.dead);
    let Some(runner) = runner else { return (pass, before_check) };
    let active = active.without(&verdicts.faults.dead);
    let mut lacking = Faults::default();
    for (rows, cause) in window.iter().flat_map(|it| it.lacking(batch, low, &active)) {
        lacking.add(&rows, cause);
    }
    for row in active.rows() {
        let verdict = runner.judge(rule, batch, low + row);
        // `when` decides before the window is asked for.
        let is_asked = !matches!(verdict, RowVerdict::NotApplicable | RowVerdict::Fault(true, _));
        let lacks = lacking.cause(row).filter(|_| is_asked);
        match lacks.map_or(verdict, |it| RowVerdict::Fault(false, it.clone())) {
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
