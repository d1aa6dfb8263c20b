//! The records of a source, one after the other or judged all together, for commands that look at more
//! than an audit's findings.

use super::{
    audit::internal, cases::OpenedSource, plans::PlannedSource, source_run::temporary, weave::Records,
    windows::windows,
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Place},
    engine::{
        Batches, Bench, FindingEncoder, FindingSink, PlanColumn, RunError, SourcePlan, Wanted, key_in,
        run_source,
    },
    finding::{Alike, Finding},
    ingest::FaultKind,
    promise,
    record::Batch,
    rule::Outcome,
    sorting::Spill,
    wording,
};
use std::sync::{Arc, atomic::AtomicBool};

/// Outcomes and nothing else.
pub(super) struct OutcomesOnly;

impl FindingSink for OutcomesOnly {
    fn wanted(&self) -> Wanted {
        Wanted { outcomes: true, ..Wanted::default() }
    }

    fn outputs(&self) -> usize {
        0
    }

    fn encoder(&self) -> Box<dyn FindingEncoder + '_> {
        Box::new(self)
    }
}

impl FindingEncoder for &OutcomesOnly {
    fn encode(&mut self, _: &[(Alike, Finding<'_>)], _: &mut [Vec<u8>]) {}
}

/// The outcomes of a source's records by planned rule and by reported promise, in record order.
#[derive(Default)]
pub(super) struct Outcomes {
    pub(super) by_rule: Vec<Vec<Outcome>>,
    pub(super) by_promise: Vec<Vec<Option<promise::Outcome>>>,
    pub(super) records: u64,
    /// Rows that could not be read, and cells.
    pub(super) rejected: u64,
    pub(super) bad_cells: u64,
}

/// What windows may hold in memory.
const WINDOW_BYTES: usize = 64 << 20;

/// The bench for a plan: its windows are reckoned.
pub(super) fn bench<'a>(
    opened: &Arc<OpenedSource>,
    plan: &SourcePlan,
    zone: &'a Zone,
) -> Result<Bench<'a>, Box<Diagnostic>> {
    let spill = Spill { bytes_max: WINDOW_BYTES, make: temporary };
    let windows = windows(opened, plan, 1, spill, &AtomicBool::new(false))?;
    Ok(Bench::new(opened.files.iter().map(|it| it.shown.clone()).collect(), zone, windows))
}

/// Judges every record.
pub(super) fn outcomes(
    opened: &Arc<OpenedSource>,
    plan: &SourcePlan,
    zone: &Zone,
    threads: usize,
) -> Result<Outcomes, Box<Diagnostic>> {
    let files = Records::new(opened, &plan.columns)?;
    let bench = bench(opened, plan, zone)?;
    let judging = bench.judging(plan, &OutcomesOnly);
    let promises = plan.promises.iter().filter(|it| it.is_reported).count();
    let mut all = Outcomes {
        by_rule: vec![Vec::new(); plan.rules.len()],
        by_promise: vec![Vec::new(); promises],
        ..Outcomes::default()
    };
    let source = &files;
    let never = AtomicBool::new(false);
    let ended = run_source(&source, &judging, threads, &never, |result, faults| {
        all.records += result.records;
        for (all, more) in all.by_rule.iter_mut().zip(&result.outcomes) {
            all.extend_from_slice(more);
        }
        for (all, more) in all.by_promise.iter_mut().zip(&result.clocks) {
            all.extend_from_slice(more);
        }
        for fault in faults {
            let is_cell = fault.kind == FaultKind::BadCell;
            *if is_cell { &mut all.bad_cells } else { &mut all.rejected } += 1;
        }
        Ok(())
    });
    match ended {
        Ok(_) => Ok(all),
        Err(RunError::Data(diagnostic)) => Err(diagnostic),
        Err(RunError::Write(error)) => Err(internal(&error.to_string())),
        Err(RunError::Panic(said)) => Err(internal(&said)),
    }
}

/// Reads columns of all records block by block, in order.
pub(super) fn each_batch(
    opened: &Arc<OpenedSource>,
    columns: &[PlanColumn],
    mut each: impl FnMut(&mut Batch, &[crate::ingest::Fault]) -> Result<bool, Box<Diagnostic>>,
) -> Result<(), Box<Diagnostic>> {
    let files = Records::new(opened, columns)?;
    let source = &files;
    let mut worker = source.worker();
    let mut batch = Batch::default();
    while let Some((_, faults)) = source.next(&mut worker, &mut batch)? {
        if !each(&mut batch, &faults)? {
            break;
        }
    }
    Ok(())
}

/// Who a record is: its key, else its origin, and its subjects.
pub(super) struct Who {
    pub(super) key: String,
    pub(super) subjects: Vec<String>,
}

/// Tells who the records with these numbers are, which rise.
pub(super) fn who(source: &PlannedSource, records: &[u64]) -> Result<Vec<Who>, Box<Diagnostic>> {
    let PlannedSource { opened, plan } = source;
    let asked: Vec<u32> = plan.key.iter().copied().chain(plan.subject.iter().map(|it| it.1)).collect();
    // Levels that are derived fields take whatever they are derived from; else only what is asked for is read.
    let read: Option<Vec<PlanColumn>> =
        asked.iter().map(|it| plan.columns.get(*it as usize).copied()).collect();
    let at = if read.is_some() { (0..).take(asked.len()).collect() } else { asked };
    let (keys, levels) = at.split_at(plan.key.len());
    let mut found = Vec::new();
    let (mut next, mut joined) = (records.iter().peekable(), String::new());
    each_batch(opened, read.as_ref().unwrap_or(&plan.columns), |batch, _| {
        if read.is_none() {
            plan.derive(batch);
        }
        while let Some(record) = next.next_if(|it| **it < batch.first_record + batch.len as u64) {
            let row = usize::try_from(record - batch.first_record).unwrap_or_default();
            let file = opened.files.get(batch.origin(row).file as usize).map_or("", |it| it.shown.as_str());
            let origin = || format!("{file}:{}", batch.rows[row]);
            let key = key_in(keys, batch, row, &mut joined).map_or_else(origin, str::to_owned);
            let level = |it: &u32| batch.columns[*it as usize].text(row, &batch.text).unwrap_or_default();
            let subjects = levels.iter().map(|it| level(it).to_owned()).collect();
            found.push(Who { key, subjects });
        }
        Ok(next.peek().is_some())
    })?;
    Ok(found)
}

/// What is said, as a warning, of data that could not be read; nothing where all could.
pub(super) fn faults_of_data(source: &str, rejected: u64, bad_cells: u64) -> Option<Diagnostic> {
    let place = Place::File(source.into());
    (rejected + bad_cells > 0).then(|| {
        Diagnostic::warning(wording::DATA_FAULTS)
            .with("rejected", rejected.to_string())
            .with("cells", bad_cells.to_string())
            .at(place)
            .help(wording::HELP_DATA_FAULTS)
    })
}
