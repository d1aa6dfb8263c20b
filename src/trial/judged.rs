//! The examples of one rule, judged: those with the same parameters, moment and reach in one go.

use super::{
    RuleTrial,
    branches::Branches,
    grouped,
    kinds::{Kind, Kinds, lines, spec},
    verdicts,
};
use crate::{
    diagnostic::Diagnostic,
    engine::{
        Bench, Filter, FindingEncoder, FindingSink, Judge, Judging, PlanColumn, SourceAsk, SourcePlan,
        Tracer, Wanted, WindowPass, Windows, Work, plan_source, sweep_windows,
    },
    expr::Cause,
    finding::{Alike, Finding},
    ingest::{self, Block, Decoder, Fault, Opened, Reader, ReaderOptions, Want},
    project::Project,
    record::{Batch, Origin, Value},
    rule::{Effective, Example, Outcome, Pack, Reach, Rule},
    sorting::Spill,
    wording,
};
use std::sync::{Arc, Mutex, PoisonError};

/// What the engine says of one example.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// `None` where the rule could not be planned, or its record not be read.
    pub(super) outcome: Option<Outcome>,
    /// The fields that the rule reads.
    pub(super) values: Vec<(String, Value)>,
    /// The field that was missing, and whether it was there but unreadable.
    pub(super) missing: Option<(String, bool)>,
    /// Why it could not be computed.
    pub(super) error: Option<Cause>,
    /// The first conjunct that was false.
    pub(super) conjunct: Option<String>,
    /// What the script said.
    pub(super) reason: Option<String>,
    /// Cells that could not be read: field and text.
    pub(super) bad_cells: Vec<(String, String)>,
    /// Why there is no verdict.
    pub(super) wrong: Vec<Diagnostic>,
}

/// Examples that are judged by one plan.
pub(super) struct Variant {
    params: Vec<(String, Value)>,
    as_of: i64,
    /// Whether the record says on which day it was: then the rule must be in force on it.
    dated: bool,
    examples: Vec<usize>,
}

/// Tries a rule on its examples.
pub(super) fn try_rule(
    project: &Project,
    kinds: &Kinds<'_>,
    pack: &Pack,
    rule: &Rule,
    as_of: i64,
) -> RuleTrial {
    let mut own = rule.clone();
    for param in &mut own.params {
        param.value = param.own.clone();
    }
    let mut judged: Vec<Judged> = rule.examples.iter().map(|_| Judged::default()).collect();
    let mut branches = Branches::default();
    if let Some(kind) = kinds.get(&rule.on).filter(|_| !rule.examples.is_empty()) {
        let trying = Trying { project, kind, pack, rule: &own };
        for variant in trying.variants(as_of) {
            trying.judge(&variant, &mut judged, &mut branches);
        }
    }
    let examples = verdicts::of_rule(project, kinds.get(&rule.on), &own, judged);
    RuleTrial { rule: Arc::new(own), examples, branches: branches.done() }
}

pub(super) struct Trying<'a> {
    pub(super) project: &'a Project,
    kind: &'a Kind<'a>,
    pack: &'a Pack,
    rule: &'a Rule,
}

impl Trying<'_> {
    fn variants(&self, now: i64) -> Vec<Variant> {
        let date = self.kind.source.and_then(|it| it.date.as_ref());
        let mut all: Vec<Variant> = Vec::new();
        for (number, example) in self.rule.examples.iter().enumerate() {
            let moment = example.as_of.as_deref().and_then(|it| self.project.zone.instant(it));
            let as_of = moment.unwrap_or(now);
            let has = |name: &str| example.record.iter().any(|it| it.0 == name);
            let dated = !self.rule.effective.is_always() && date.is_some_and(|it| has(&it.text));
            let params = example.params.clone();
            // Records of other examples would be in its groups and windows.
            let alone = !matches!(self.rule.reach, Reach::Record);
            let same =
                |it: &&mut Variant| !alone && it.params == params && it.as_of == as_of && it.dated == dated;
            match all.iter_mut().find(same) {
                Some(variant) => variant.examples.push(number),
                None => all.push(Variant { params, as_of, dated, examples: vec![number] }),
            }
        }
        all
    }

    fn judge(&self, variant: &Variant, judged: &mut [Judged], branches: &mut Branches) {
        let examples: Vec<&Example> = variant.examples.iter().map(|it| &self.rule.examples[*it]).collect();
        match self.outcomes(variant, &examples, branches) {
            Ok(found) => {
                for (number, one) in variant.examples.iter().zip(found) {
                    judged[*number] = one;
                }
            }
            Err(wrong) => {
                for number in &variant.examples {
                    judged[*number].wrong.clone_from(&wrong);
                }
            }
        }
    }

    fn outcomes(
        &self,
        variant: &Variant,
        examples: &[&Example],
        branches: &mut Branches,
    ) -> Result<Vec<Judged>, Vec<Diagnostic>> {
        if let ([example], Reach::Groups(_)) = (examples, &self.rule.reach) {
            return grouped::judged(self, variant, example).map(|it| vec![it]);
        }
        let opened = self.opened(examples.iter().map(|it| lines(it)).collect())?;
        let plan = self.plan(variant, &opened, false)?;
        let (mut batches, faults) = read(&opened, &plan.columns).map_err(|it| vec![*it])?;
        let windows = reckoned(&plan, &batches).map_err(|it| vec![it])?;
        let sink = Kept::default();
        let bench = Bench::new(Vec::new(), &self.project.zone, windows);
        let judging = bench.judging(&plan, &sink);
        let told = told(&judging, &mut batches, &faults, &opened, sink.kept());
        let traced = self.plan(variant, &opened, true)?;
        let tracer = Tracer::new(&traced);
        for batch in &batches {
            for trace in (0..batch.len).filter_map(|row| tracer.trace(0, batch, row)) {
                branches.add(self.rule, &trace);
            }
        }
        // Of records before the one that is meant, nothing is told.
        Ok(if matches!(self.rule.reach, Reach::Record) {
            told
        } else {
            told.into_iter().next_back().into_iter().collect()
        })
    }

    /// Records in memory, typed as their kind is.
    pub(super) fn opened(&self, text: String) -> Result<Arc<Opened>, Vec<Diagnostic>> {
        let fields = self.kind.fields.clone();
        let (opened, diagnostics) = ingest::open(&spec(self.project, self.kind.source, text, fields));
        Ok(Arc::new(opened.ok_or_else(|| errors(diagnostics))?))
    }

    pub(super) fn plan(
        &self,
        variant: &Variant,
        opened: &Opened,
        row_by_row: bool,
    ) -> Result<SourcePlan, Vec<Diagnostic>> {
        let mut rule = self.rule.clone();
        for param in &mut rule.params {
            if let Some((_, value)) = variant.params.iter().find(|it| it.0 == param.name) {
                param.value = value.clone();
            }
        }
        if !variant.dated {
            rule.effective = Effective::default();
        }
        if let (Reach::Groups(per), [only]) = (&mut rule.reach, &variant.examples[..]) {
            per.min = self.rule.examples[*only].min;
        }
        let pack = self.pack.with_rules(vec![rule]);
        let source = self.kind.source;
        let is_there = |name: &str| opened.schema.position(name).is_some();
        let derive = source.iter().flat_map(|it| &it.derive).filter(|it| !is_there(&it.name.text));
        let date = source.and_then(|it| it.date.as_ref()).filter(|_| variant.dated);
        let ask = SourceAsk {
            id: "examples".into(),
            kind: self.rule.on.clone(),
            key: Vec::new(),
            date: date.map(|it| (it.text.clone(), it.place.clone())),
            subject: Vec::new(),
            derive: derive.map(|it| (it.name.text.clone(), it.script.clone())).collect(),
            calendars: self.project.calendars.clone(),
            waivers: Vec::new(),
        };
        let filter = Filter { without_promises: true, ..Filter::default() };
        let setting = (&self.project.zone, variant.as_of, self.project.lang);
        let (plan, diagnostics) = plan_source(&ask, &opened.schema, &[pack], setting, &filter, row_by_row);
        plan.ok_or_else(|| errors(diagnostics))
    }
}

/// The figures of windows over a few records.
fn reckoned(plan: &SourcePlan, batches: &[Batch]) -> Result<Windows, Diagnostic> {
    let mut pass = WindowPass::new(plan, Spill::never());
    let filed: std::io::Result<()> = batches.iter().try_for_each(|it| pass.block(&mut it.clone()));
    filed
        .and_then(|()| sweep_windows(plan, vec![pass.done()], Spill::never()))
        .map_err(|error| Diagnostic::error(wording::INTERNAL).with("reason", error.to_string()))
}

fn errors(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.retain(Diagnostic::is_error);
    diagnostics
}

/// All records; so few that they are one block.
pub(super) fn read(
    opened: &Arc<Opened>,
    columns: &[PlanColumn],
) -> Result<(Vec<Batch>, Vec<Fault>), Box<Diagnostic>> {
    let want = |it: &PlanColumn| Want { field: it.field, as_written: it.as_written, coded: it.coded };
    let wants = columns.iter().map(want).collect();
    let reader = Reader::new(Arc::clone(opened), wants, ReaderOptions::default()).map_err(Box::new)?;
    let (mut decoder, mut block) = (Decoder::new(&reader), Block::default());
    let (mut batches, mut faults) = (Vec::new(), Vec::new());
    while reader.next_block(&mut block).map_err(Box::new)? {
        let mut batch = Batch::default();
        decoder.decode(&reader, &mut block, &mut batch, &mut faults);
        batches.push(batch);
    }
    Ok((batches, faults))
}

fn told(
    judging: &Judging<'_>,
    batches: &mut [Batch],
    faults: &[Fault],
    opened: &Opened,
    failed: &Mutex<Vec<Failed>>,
) -> Vec<Judged> {
    let plan = judging.plan;
    let mut judge = Judge::new(judging);
    let mut all = Vec::new();
    for batch in batches {
        let result = judge.judge(batch);
        let first = all.len();
        for row in 0..batch.len {
            let columns = plan.column_names.iter().enumerate().filter(|(_, name)| !name.is_empty());
            all.push(Judged {
                outcome: result.outcomes.first().and_then(|it| it.get(row)).copied(),
                values: columns.map(|(column, name)| (name.clone(), batch.value(column, row))).collect(),
                ..Judged::default()
            });
        }
        for (_, unassessed) in result.unassessed {
            let row = usize::try_from(unassessed.record - batch.first_record).unwrap_or(usize::MAX);
            if let Some(one) = all.get_mut(first + row) {
                one.missing = Some((unassessed.field, unassessed.unreadable));
            }
        }
        let at = |row: u64| batch.rows.iter().position(|it| *it == row).map(|it| first + it);
        for (_, _, cause, Origin { row, .. }) in result.errors {
            if let Some(one) = at(row).and_then(|it| all.get_mut(it)) {
                one.error = Some(cause);
            }
        }
        for failed in failed.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            if let Some(one) = at(failed.row).and_then(|it| all.get_mut(it)) {
                (one.conjunct, one.reason) = (failed.conjunct, failed.reason);
            }
        }
        for fault in faults {
            let field = fault.field.and_then(|it| opened.schema.fields.get(it));
            if let (Some(field), Some(one)) = (field, at(fault.row).and_then(|it| all.get_mut(it))) {
                one.bad_cells.push((field.name.clone(), fault.text.clone()));
            }
        }
    }
    all
}

/// What a finding says of its record.
pub(super) struct Failed {
    row: u64,
    pub(super) conjunct: Option<String>,
    reason: Option<String>,
}

/// Keeps what findings say.
#[derive(Default)]
pub(super) struct Kept(Mutex<Vec<Failed>>);

impl Kept {
    pub(super) fn kept(&self) -> &Mutex<Vec<Failed>> {
        &self.0
    }
}

impl FindingSink for Kept {
    fn wanted(&self) -> Wanted {
        Wanted { findings: true, evidence: true, outcomes: true, ..Wanted::default() }
    }

    fn outputs(&self) -> usize {
        0
    }

    fn encoder(&self) -> Box<dyn FindingEncoder + '_> {
        Box::new(self)
    }
}

impl FindingEncoder for &Kept {
    fn encode(&mut self, findings: &[(Alike, Finding<'_>)], _: &mut [Vec<u8>]) {
        let failed = findings.iter().map(|(_, it)| Failed {
            row: it.origin.row,
            conjunct: it.evidence.conjunct.map(str::to_owned),
            reason: it.evidence.reason.map(str::to_owned),
        });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(failed);
    }
}
