//! From verdicts to findings: put together from a batch's columns, encoded, listed.

use super::{
    BlockResult, FindingEncoder, Judging, PlannedPromise, PlannedRule, Wanted, judge::Verdicts, told,
};
use crate::{
    audit::{Audit, OwnedFinding, Unassessed},
    expr::Cause,
    finding::{
        Alike, ByNumber, Evidence, Finding, FindingOrigin, Fingerprint, Fingerprints, Shown, Standing,
    },
    promise::Lack,
    record::{Batch, Origin},
    rule::{Outcome, Rule, Severity},
};
use std::{fmt::Write as _, sync::atomic::Ordering};

/// Puts findings together and hands them out.
pub(super) struct Writer<'a: 'b, 'b> {
    judging: &'a Judging<'a>,
    batch: &'b Batch,
    wanted: Wanted,
    parts: Parts<'b>,
    /// How many candidates for the worst findings are still of use, by severity.
    room: [u64; 4],
    listed: Vec<usize>,
    ids: ByNumber<Fingerprints>,
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

impl<'a: 'b, 'b> Writer<'a, 'b> {
    /// Gets ready for the findings of so many rules and promises.
    pub(super) fn new(judging: &'a Judging<'a>, batch: &'b Batch, rules: usize) -> Self {
        let room = judging.room_for_worst();
        let listed = vec![0; rules * 2];
        Self {
            judging,
            batch,
            wanted: judging.sink.wanted(),
            parts: Parts::default(),
            room,
            listed,
            ids: ByNumber::new(),
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
            let mut key = String::new();
            self.put_key(low + row, &mut key);
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
        for (row, lack) in lacks.iter().take(Audit::UNASSESSED_MAX) {
            let (field, unreadable) = told::lack(promise, &self.judging.plan.column_names, *lack);
            let mut key = String::new();
            self.put_key(*row, &mut key);
            let rule = promise.as_rule.rule.id.clone();
            let record = self.batch.first_record + *row as u64;
            result.unassessed.push((number, Unassessed { rule, key, field, unreadable, record }));
        }
    }

    /// Appends the key of a record; its origin, and is false, where it has none.
    pub(super) fn put_key(&self, row: usize, out: &mut String) -> bool {
        let has_key = self.judging.plan.put_key(self.batch, row, out);
        if !has_key {
            let origin = self.batch.origin(row);
            // Writing to a string does not fail.
            let _ = write!(out, "{}:{}", self.file(origin), origin.row);
        }
        has_key
    }

    fn file(&self, origin: Origin) -> &'a str {
        self.judging.files.get(origin.file as usize).map_or("", String::as_str)
    }

    /// Hands findings out, in their order, and counts them by where they stand.
    ///
    /// They are put together one after the other and then encoded one format after the other: each format's code and
    /// buffer stay near meanwhile.
    pub(super) fn findings<'v>(
        &mut self,
        hits: impl ExactSizeIterator<Item = Hit<'a, 'v>>,
        (encoder, result): (&mut (dyn FindingEncoder + '_), &mut BlockResult),
    ) where
        'a: 'v,
    {
        let mut parts = std::mem::take(&mut self.parts);
        parts.clear();
        let mut pending = Vec::with_capacity(hits.len());
        pending.extend(hits.filter_map(|it| self.pending(it, &mut parts, result)));
        let findings = self.together(&pending, &parts);
        if self.wanted.findings {
            encoder.encode(&findings, &mut result.outputs);
        }
        for (it, (_, finding)) in pending.iter().zip(&findings).filter(|it| it.0.for_worst) {
            let record = self.batch.first_record + it.hit.at as u64;
            result.worst.push(owned(finding, it.hit.judged.as_rule(), record));
        }
        drop(findings);
        self.parts = parts;
    }

    /// Notes what a finding is put together from; nothing where nobody wants to know.
    fn pending<'v>(
        &mut self,
        hit: Hit<'a, 'v>,
        parts: &mut Parts<'b>,
        result: &mut BlockResult,
    ) -> Option<Pending<'a, 'v>>
    where
        'a: 'v,
    {
        let Hit { number, judged, verdicts, row, at } = hit;
        let severity = judged.as_rule().rule.severity;
        let severity = Severity::ALL.iter().position(|it| *it == severity).unwrap_or(0);
        let standing = self.standing(hit, &mut parts.scratch, result);
        result.findings[number].add(standing, !verdicts.faults.dead.get(row));
        result.new_by_severity[severity] += u64::from(standing == Standing::New);
        // What is excused or known is not among the worst.
        let for_worst = self.wanted.worst && self.room[severity] > 0 && standing == Standing::New;
        if !self.wanted.findings && !for_worst {
            return None;
        }
        self.room[severity] -= u64::from(for_worst);
        if (self.wanted.message || for_worst) && judged.message().is_none() {
            self.message(hit, &mut parts.messages);
        }
        if self.wanted.subject || for_worst {
            self.subject(at, &mut parts.subjects);
        }
        if self.wanted.evidence || for_worst {
            self.fields(hit, &mut parts.fields);
        }
        let has_key = self.put_key(at, &mut parts.keys);
        Some(Pending { hit, standing, for_worst, has_key, ends: parts.ends() })
    }

    /// Puts findings together from their parts.
    fn together<'f>(
        &mut self,
        pending: &'f [Pending<'a, '_>],
        parts: &'f Parts<'b>,
    ) -> Vec<(Alike, Finding<'f>)> {
        let mut begins = Ends::default();
        let one = |it: &'f Pending<'a, '_>| {
            let (from, to) = (std::mem::replace(&mut begins, it.ends), it.ends);
            let Pending { hit, standing, for_worst, has_key, .. } = *it;
            let Hit { number, judged, verdicts, row, at } = hit;
            let (rule, key) = (&judged.as_rule().rule, &parts.keys[from.keys..to.keys]);
            let is_grounded = self.wanted.evidence || for_worst;
            let grounds = if is_grounded { self.grounds(hit) } else { Evidence::default() };
            let fields: &'f [(&'f str, Shown<'f>)] = &parts.fields[from.fields..to.fields];
            let subject: &'f [(&'f str, &'f str)] = &parts.subjects[from.subjects..to.subjects];
            let (origin, ordinal) = (self.batch.origin(at), self.ordinal(at));
            let is_waived = standing == Standing::Waived;
            let waivers = &self.judging.plan.waivers;
            let finding = Finding {
                id: if self.wanted.id || for_worst {
                    self.id(number, rule, key, ordinal)
                } else {
                    Fingerprint(0)
                },
                rule,
                key,
                subject: subject.into(),
                outcome: if verdicts.faults.dead.get(row) { Outcome::NoEvidence } else { Outcome::Fail },
                message: judged.message().unwrap_or(&parts.messages[from.messages..to.messages]),
                evidence: Evidence { fields: fields.into(), ..grounds },
                origin: FindingOrigin { file: self.file(origin), sheet: None, row: origin.row },
                standing,
                waiver: is_waived.then(|| waivers.of_row(number, (key, row), verdicts)).flatten(),
                unstable: ordinal.is_some() || !has_key,
            };
            let class = Alike::class(number, finding.outcome, standing);
            let (names, message) = (matches!(judged, Judged::Rule(_)), judged.message().is_some());
            (Alike { class, file: origin.file, names, message }, finding)
        };
        pending.iter().map(one).collect()
    }

    /// Appends what it says.
    fn message(&self, hit: Hit<'a, '_>, out: &mut String) {
        match hit.judged {
            Judged::Rule(planned) => planned.message.write(self.batch, hit.at, self.judging.zone, out),
            Judged::Promise(promise) => told::message(promise, self.judging, self.batch, hit.at, out),
        }
    }

    /// Appends who is scored.
    fn subject(&self, at: usize, out: &mut Vec<(&'b str, &'b str)>) {
        let batch = self.batch;
        let text = |column: u32| batch.columns[column as usize].text(at, &batch.text).unwrap_or_default();
        out.extend(self.judging.plan.subject.iter().map(|(level, column)| (level.as_str(), text(*column))));
    }

    /// Among records that share their key the number of one; `None` of a key that stands once.
    fn ordinal(&self, at: usize) -> Option<u64> {
        self.judging.duplicates.ordinals.get(&(self.batch.first_record + at as u64)).copied()
    }

    /// The fingerprint of a rule's finding on a record.
    fn id(&mut self, number: usize, rule: &Rule, key: &str, ordinal: Option<u64>) -> Fingerprint {
        let new = || Fingerprints::new(&self.judging.plan.id, &rule.id);
        self.ids.get(number, new).of(key, ordinal.unwrap_or(0))
    }

    /// Where a finding stands: waived beats known.
    fn standing(&mut self, hit: Hit<'a, '_>, scratch: &mut String, result: &mut BlockResult) -> Standing {
        let Hit { number, judged, verdicts, row, at } = hit;
        let is_waived = verdicts.waived.get(row);
        let Some(baseline) = self.judging.baseline.filter(|_| !is_waived) else {
            return if is_waived { Standing::Waived } else { Standing::New };
        };
        scratch.clear();
        self.put_key(at, scratch);
        let id = self.id(number, &judged.as_rule().rule, scratch, self.ordinal(at));
        match baseline.number(id) {
            Some(number) => {
                result.known.push(number);
                Standing::Known
            }
            None => Standing::New,
        }
    }

    /// Appends the fields that a verdict rests on.
    fn fields(&self, hit: Hit<'a, '_>, out: &mut Vec<(&'b str, Shown<'b>)>) {
        match hit.judged {
            Judged::Rule(planned) => {
                let value =
                    |column: &u32| self.batch.columns[*column as usize].value(hit.at, &self.batch.text);
                let names = planned.evidence_names.iter().map(String::as_str);
                out.extend(names.zip(planned.compiled.evidence.iter().map(value)));
            }
            Judged::Promise(promise) => out.append(&mut told::fields(promise, self.batch, hit.at)),
        }
    }

    /// What a verdict rests on, besides the fields.
    fn grounds<'v>(&self, hit: Hit<'a, 'v>) -> Evidence<'v>
    where
        'a: 'v,
    {
        let Hit { judged, verdicts, row, .. } = hit;
        let planned = match judged {
            Judged::Rule(planned) => planned,
            Judged::Promise(promise) => {
                return Evidence { rule_hash: &promise.as_rule.hash, ..Evidence::default() };
            }
        };
        let decider = verdicts.deciders.iter().position(|it| it.get(row));
        let missing = verdicts.faults.cause(row).and_then(|it| it.missing(&self.judging.plan.column_names));
        let reason = verdicts.reasons.iter().find(|(of, _)| *of == row);
        Evidence {
            fields: (&[]).into(),
            conjunct: decider.and_then(|it| planned.compiled.form.conjunct_text(it)),
            missing,
            reason: reason.map(|(_, why)| &**why),
            rule_hash: &planned.hash,
        }
    }
}

/// What a finding is about.
#[derive(Clone, Copy)]
pub(super) enum Judged<'a> {
    Rule(&'a PlannedRule),
    Promise(&'a PlannedPromise),
}

impl<'a> Judged<'a> {
    /// As a rule.
    pub(super) const fn as_rule(self) -> &'a PlannedRule {
        match self {
            Self::Rule(planned) => planned,
            Self::Promise(promise) => &promise.as_rule,
        }
    }

    /// What all its findings say, where they say the same.
    fn message(self) -> Option<&'a str> {
        match self {
            Self::Rule(planned) => planned.message.fixed(),
            Self::Promise(_) => None,
        }
    }
}

/// A verdict that is a finding.
#[derive(Clone, Copy)]
pub(super) struct Hit<'a, 'v> {
    /// Of its rule in the plan.
    pub(super) number: usize,
    pub(super) judged: Judged<'a>,
    pub(super) verdicts: &'v Verdicts,
    /// In the chunk.
    pub(super) row: usize,
    /// In the batch.
    pub(super) at: usize,
}

/// What a finding is put together from, besides its parts.
struct Pending<'a, 'v> {
    hit: Hit<'a, 'v>,
    standing: Standing,
    for_worst: bool,
    has_key: bool,
    ends: Ends,
}

/// Parts of several findings, one after the other.
#[derive(Default)]
struct Parts<'b> {
    keys: String,
    messages: String,
    fields: Vec<(&'b str, Shown<'b>)>,
    subjects: Vec<(&'b str, &'b str)>,
    /// To put a key together that only its fingerprint is wanted of.
    scratch: String,
}

/// Where those of a finding end.
#[derive(Clone, Copy, Default)]
struct Ends {
    keys: usize,
    messages: usize,
    fields: usize,
    subjects: usize,
}

impl Parts<'_> {
    fn clear(&mut self) {
        self.keys.clear();
        self.messages.clear();
        self.fields.clear();
        self.subjects.clear();
    }

    const fn ends(&self) -> Ends {
        let Self { keys, messages, fields, subjects, .. } = self;
        Ends { keys: keys.len(), messages: messages.len(), fields: fields.len(), subjects: subjects.len() }
    }
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
