//! From verdicts to findings: put together from a batch's columns, encoded, listed.

use super::{
    BlockResult, FindingEncoder, Judging, PlannedPromise, PlannedRule, Wanted,
    judge::{Judged, Verdicts},
    told,
};
use crate::{
    audit::{Audit, OwnedFinding, Unassessed},
    expr::Cause,
    finding::{Alike, Evidence, Finding, FindingOrigin, Fingerprint, Fingerprints, Shown, Standing},
    promise::Lack,
    record::Batch,
    rule::{Outcome, Rule, Severity},
};
use std::{fmt::Write as _, sync::atomic::Ordering};

/// Puts findings together and hands them out.
pub(super) struct Writer<'a, 'b> {
    judging: &'a Judging<'a>,
    batch: &'b Batch,
    wanted: Wanted,
    message: String,
    joined: String,
    fields: Vec<(&'a str, Shown<'b>)>,
    subject: Vec<(&'a str, &'b str)>,
    /// How many candidates for the worst findings are still of use, by severity.
    room: [u64; 4],
    listed: Vec<usize>,
    /// By rule's number, once it has a finding.
    ids: Vec<Option<Fingerprints>>,
}

impl Judging<'_> {
    /// How many candidates for the worst findings are still of use, by severity.
    pub(super) fn room_for_worst(&self) -> [u64; 4] {
        let mut before = 0;
        self.committed.each_ref().map(|committed| {
            before += committed.load(Ordering::Relaxed);
            (Audit::WORST_MAX as u64).saturating_sub(before)
        })
    }
}

impl<'a, 'b> Writer<'a, 'b> {
    /// Gets ready for the findings of so many rules and promises.
    pub(super) fn new(judging: &'a Judging<'a>, batch: &'b Batch, rules: usize) -> Self {
        let room = judging.room_for_worst();
        let listed = vec![0; rules * 2];
        Self {
            judging,
            batch,
            wanted: judging.sink.wanted(),
            message: String::new(),
            joined: String::new(),
            fields: Vec::new(),
            subject: Vec::new(),
            room,
            listed,
            ids: Vec::new(),
        }
    }

    /// Lists rows that a rule could not judge.
    pub(super) fn list(
        &mut self,
        number: usize,
        planned: &PlannedRule,
        verdicts: &Verdicts,
        low: usize,
        result: &mut BlockResult,
    ) {
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
            let (slot, max) = match cause.is_missing() {
                true => (number * 2, Audit::UNASSESSED_MAX),
                false => (number * 2 + 1, Audit::DIAGNOSTICS_MAX),
            };
            if self.listed[slot] >= max {
                continue;
            }
            self.listed[slot] += 1;
            let key = self.key(low + row, &mut scratch).to_owned();
            if let Some(field) = cause.missing(&self.judging.plan.column_names) {
                let (unreadable, field) = (matches!(cause, Cause::Unreadable { .. }), field.to_owned());
                let (rule, record) = (planned.rule.id.clone(), self.batch.first_record + (low + row) as u64);
                result.unassessed.push((number, Unassessed { rule, key, field, unreadable, record }));
            } else {
                result.errors.push((number, key, cause.clone(), self.batch.origin(low + row)));
            }
        }
    }

    /// Lists records on which a promise has no outcome.
    pub(super) fn list_lacks(
        &mut self,
        number: usize,
        promise: &PlannedPromise,
        lacks: &[(usize, Lack)],
        result: &mut BlockResult,
    ) {
        let mut scratch = String::new();
        for (row, lack) in lacks.iter().take(Audit::UNASSESSED_MAX) {
            let (field, unreadable) = told::lack(promise, &self.judging.plan.column_names, *lack);
            let key = self.key(*row, &mut scratch).to_owned();
            let rule = promise.as_rule.rule.id.clone();
            let record = self.batch.first_record + *row as u64;
            result.unassessed.push((number, Unassessed { rule, key, field, unreadable, record }));
        }
    }

    /// The key of a record; its origin where it has none.
    fn key<'t>(&'t self, row: usize, scratch: &'t mut String) -> &'t str {
        if self.judging.plan.has_key(self.batch, row) {
            return self.judging.plan.key_of(self.batch, row, scratch).unwrap_or_default();
        }
        scratch.clear();
        // Writing to a string does not fail.
        let _ = write!(scratch, "{}:{}", self.file(row), self.batch.rows[row]);
        scratch
    }

    /// Appends the key of a record; its origin where it has none.
    pub(super) fn name_of(&self, row: usize, out: &mut String) {
        let mut scratch = String::new();
        out.push_str(self.key(row, &mut scratch));
    }

    fn file(&self, row: usize) -> &'a str {
        self.judging.files.get(self.batch.origin(row).file as usize).map_or("", String::as_str)
    }

    /// Hands a finding out, of a rule by its number in the plan, on a row of the chunk that stands at another of the
    /// batch; gives where it stands.
    pub(super) fn finding(
        &mut self,
        (number, judged): (usize, Judged<'a>),
        verdicts: &Verdicts,
        (row, at): (usize, usize),
        (encoder, result): (&mut (dyn FindingEncoder + '_), &mut BlockResult),
    ) -> Standing {
        let planned = match judged {
            Judged::Rule(planned) => planned,
            Judged::Promise(promise) => &promise.as_rule,
        };
        let (rule, plan) = (&planned.rule, self.judging.plan);
        let severity = Severity::ALL.iter().position(|it| *it == rule.severity).unwrap_or(0);
        let standing = self.standing(rule, verdicts.waived.get(row), at, result);
        result.new_by_severity[severity] += u64::from(standing == Standing::New);
        // What is excused or known is not among the worst.
        let for_worst = self.wanted.worst && self.room[severity] > 0 && standing == Standing::New;
        if !self.wanted.findings && !for_worst {
            return standing;
        }
        let (mut message, mut joined) = (std::mem::take(&mut self.message), std::mem::take(&mut self.joined));
        let (mut fields, mut subject) = (std::mem::take(&mut self.fields), std::mem::take(&mut self.subject));
        message.clear();
        if self.wanted.message || for_worst {
            match judged {
                Judged::Rule(_) => planned.message.write(self.batch, at, self.judging.zone, &mut message),
                Judged::Promise(promise) => {
                    told::message(promise, self.judging, self.batch, at, &mut message)
                }
            }
        }
        let ordinal = self.ordinal(at);
        let unstable = ordinal.is_some() || !plan.has_key(self.batch, at);
        let mut ids = std::mem::take(&mut self.ids);
        let key = self.key(at, &mut joined);
        let evidence = if self.wanted.evidence || for_worst {
            match judged {
                Judged::Rule(_) => {
                    self.fields(planned, at, &mut fields);
                    self.evidence(planned, verdicts, row, &fields)
                }
                Judged::Promise(promise) => told::evidence(promise, self.batch, at),
            }
        } else {
            Evidence::default()
        };
        subject.clear();
        if self.wanted.subject || for_worst {
            self.subject(at, &mut subject);
        }
        let id = if self.wanted.id || for_worst {
            of_rule(&mut ids, number, &plan.id, &rule.id).of(key, ordinal.unwrap_or(0))
        } else {
            Fingerprint(0)
        };
        let is_waived = standing == Standing::Waived;
        let waiver = is_waived.then(|| plan.waivers.of_row(number, (key, row), verdicts)).flatten();
        let finding = Finding {
            id,
            rule,
            key,
            subject: (&*subject).into(),
            outcome: if verdicts.faults.dead.get(row) { Outcome::NoEvidence } else { Outcome::Fail },
            message: &message,
            evidence,
            origin: FindingOrigin { file: self.file(at), sheet: None, row: self.batch.rows[at] },
            standing,
            waiver,
            unstable,
        };
        if self.wanted.findings {
            let names = matches!(judged, Judged::Rule(_));
            let alike = Alike { rule: number, file: self.batch.origin(at).file, names };
            encoder.encode(alike, &finding, &mut result.outputs);
        }
        if for_worst {
            result.worst.push(owned(&finding, planned, self.batch.first_record + at as u64));
            self.room[severity] -= 1;
        }
        (self.message, self.joined) = (message, joined);
        (self.fields, self.subject, self.ids) = (fields, subject, ids);
        standing
    }

    /// Who is scored, in place of what is there.
    fn subject(&self, at: usize, out: &mut Vec<(&'a str, &'b str)>) {
        let batch = self.batch;
        let text = |column: u32| batch.columns[column as usize].text(at, &batch.text).unwrap_or_default();
        out.clear();
        out.extend(self.judging.plan.subject.iter().map(|(level, column)| (level.as_str(), text(*column))));
    }

    /// The values that a rule looks at, in place of what is there.
    fn fields(&self, planned: &'a PlannedRule, at: usize, out: &mut Vec<(&'a str, Shown<'b>)>) {
        let batch = self.batch;
        let value = |column: &u32| batch.columns[*column as usize].value(at, &batch.text);
        let names = planned.evidence_names.iter().map(String::as_str);
        out.clear();
        out.extend(names.zip(planned.compiled.evidence.iter().map(value)));
    }

    /// Among records that share their key the number of one; `None` of a key that stands once.
    fn ordinal(&self, at: usize) -> Option<u64> {
        self.judging.duplicates.ordinals.get(&(self.batch.first_record + at as u64)).copied()
    }

    /// Where a finding stands: waived beats known.
    fn standing(&self, rule: &Rule, is_waived: bool, at: usize, result: &mut BlockResult) -> Standing {
        let Some(baseline) = self.judging.baseline.filter(|_| !is_waived) else {
            return if is_waived { Standing::Waived } else { Standing::New };
        };
        let mut scratch = String::new();
        let key = self.key(at, &mut scratch);
        let ordinal = self.ordinal(at).unwrap_or(0);
        let id = Fingerprint::of_record(&self.judging.plan.id, &rule.id, key, ordinal);
        match baseline.number(id) {
            Some(number) => {
                result.known.push(number);
                Standing::Known
            }
            None => Standing::New,
        }
    }

    fn evidence<'e>(
        &self,
        planned: &'e PlannedRule,
        verdicts: &'e Verdicts,
        row: usize,
        fields: &'e [(&'e str, Shown<'e>)],
    ) -> Evidence<'e>
    where
        'a: 'e,
    {
        let decider = verdicts.deciders.iter().position(|it| it.get(row));
        let missing = verdicts.faults.cause(row).and_then(|it| it.missing(&self.judging.plan.column_names));
        let reason = verdicts.reasons.iter().find(|(of, _)| *of == row);
        Evidence {
            fields: fields.into(),
            conjunct: decider.and_then(|it| planned.compiled.form.conjunct_text(it)),
            missing,
            reason: reason.map(|(_, why)| &**why),
            rule_hash: &planned.hash,
        }
    }
}

/// The fingerprints of a rule by its number.
fn of_rule<'i>(
    all: &'i mut Vec<Option<Fingerprints>>,
    number: usize,
    source: &str,
    rule: &str,
) -> &'i mut Fingerprints {
    if all.len() <= number {
        all.resize_with(number + 1, || None);
    }
    all[number].get_or_insert_with(|| Fingerprints::new(source, rule))
}

pub(super) fn owned(finding: &Finding<'_>, planned: &PlannedRule, record: u64) -> OwnedFinding {
    let own = |it: &&str| (*it).to_owned();
    OwnedFinding {
        id: finding.id,
        rule: planned.rule.clone(),
        key: finding.key.to_owned(),
        subject: finding.subject.iter().map(|(level, who)| (own(level), own(who))).collect(),
        outcome: finding.outcome,
        message: finding.message.to_owned(),
        fields: finding.evidence.fields.iter().map(|(name, value)| (own(name), value.with_texts())).collect(),
        conjunct: finding.evidence.conjunct.map(str::to_owned),
        missing: finding.evidence.missing.map(str::to_owned),
        reason: finding.evidence.reason.map(str::to_owned),
        file: finding.origin.file.to_owned(),
        row: finding.origin.row,
        standing: finding.standing,
        unstable: finding.unstable,
        record,
    }
}
