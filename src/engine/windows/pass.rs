//! The pass that reckons windows: records filed by key and moment, swept, and the figures kept by record.

use super::{
    PlannedWindow, Windows,
    store::{self, Filling},
    sweep::{Argument, Sweep},
};
use crate::{
    engine::{
        SourcePlan,
        groups::{Lane, put_value},
        prepare::{derive, promised},
        run::Work,
    },
    expr::{CHUNK_LEN, Evaluator, Scratch},
    promise::Watch,
    record::Batch,
    script::{Aggregate, RowRunner},
    sorting::{Merge, Sorter, Spill, Temporary},
};
use std::io;

/// One worker's records.
pub struct WindowPart {
    sorter: Sorter<Temporary>,
    /// Of each window the first moment.
    first: Vec<Option<i64>>,
    /// Records so far, of all workers: one more than the greatest number.
    records: u64,
}

/// Files the records of blocks.
pub struct WindowPass<'a> {
    plan: &'a SourcePlan,
    part: WindowPart,
    scratch: Scratch,
    watch: Watch,
    runner: Option<RowRunner>,
}

impl<'a> WindowPass<'a> {
    /// Gets ready, within one worker's memory.
    #[must_use]
    pub fn new(plan: &'a SourcePlan, spill: Spill) -> Self {
        let sorter = Sorter::new(spill.bytes_max, spill.make);
        let part = WindowPart { sorter, first: vec![None; plan.windows.len()], records: 0 };
        let by_rows = plan.windows.iter().any(|it| it.by_rows);
        let runner = by_rows.then(|| RowRunner::new(&plan.program));
        Self { plan, part, scratch: Scratch::default(), watch: Watch::default(), runner }
    }

    /// What it has filed.
    #[must_use]
    pub fn done(self) -> WindowPart {
        self.part
    }

    fn file(&mut self, batch: &Batch) -> io::Result<()> {
        let plan = self.plan;
        let mut evaluator = Evaluator::new(&plan.program, batch, &mut self.scratch);
        let (mut key, mut payload) = (Vec::new(), Vec::new());
        let mut low = 0;
        while evaluator.go_to(low) {
            let all = *evaluator.all();
            for (number, window) in plan.windows.iter().enumerate() {
                let mut lanes = Vec::new();
                for argument in window.calls.iter().filter_map(|it| it.argument.as_ref()) {
                    lanes.push(Lane::new(argument, &mut evaluator, self.runner.as_ref(), batch, &all));
                }
                let errors: Vec<_> = lanes.iter().map(|it| it.faults.split().1).collect();
                for row in all.rows() {
                    let Some(at) = window.moment(batch, low + row) else { continue };
                    let first = &mut self.part.first[number];
                    *first = Some(first.map_or(at, |it| it.min(at)));
                    if !window.key(number, batch, low + row, &mut key) {
                        continue;
                    }
                    payload.clear();
                    let calls = window.calls.iter().filter(|it| it.argument.is_some());
                    let mut bytes = Vec::new();
                    for ((call, lane), errors) in calls.zip(&lanes).zip(&errors) {
                        bytes.clear();
                        argument(call.of.aggregate, lane, row, errors.get(row), &mut bytes)
                            .write(&mut payload);
                    }
                    let record = batch.first_record + (low + row) as u64;
                    self.part.sorter.push(&key, at, record, &payload)?;
                }
            }
            low += CHUNK_LEN;
        }
        self.part.records = self.part.records.max(batch.first_record + batch.len as u64);
        Ok(())
    }
}

/// What a record gives an aggregate; `bytes` holds it where it is a value to be told from others.
fn argument<'b>(
    aggregate: Aggregate,
    lane: &Lane<'_>,
    row: usize,
    is_error: bool,
    bytes: &'b mut Vec<u8>,
) -> Argument<'b> {
    if !lane.there.get(row) {
        return if is_error { Argument::Error } else { Argument::Missing };
    }
    match aggregate {
        Aggregate::Count | Aggregate::Rate => lane.truth(row).map_or(Argument::Error, Argument::Truth),
        Aggregate::Distinct => {
            lane.put(row, bytes);
            Argument::Bytes(bytes)
        }
        Aggregate::Kano(_) => lane.kano(row).map_or(Argument::Missing, Argument::Number),
        Aggregate::Sum
        | Aggregate::Mean
        | Aggregate::Nps
        | Aggregate::Min
        | Aggregate::Max
        | Aggregate::Median
        | Aggregate::Percentile(_) => lane.number(row).map_or(Argument::Error, Argument::Number),
    }
}

impl PlannedWindow {
    /// The key that a record is filed under; false where a part of it is missing.
    fn key(&self, number: usize, batch: &Batch, row: usize, key: &mut Vec<u8>) -> bool {
        key.clear();
        key.extend_from_slice(&u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes());
        for column in &self.of {
            let column = &batch.columns[*column as usize];
            if !column.valid.get(row) {
                return false;
            }
            match column.text(row, &batch.text) {
                Some(text) => {
                    key.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
                    key.extend_from_slice(text.as_bytes());
                }
                None => put_value(key, &column.value(row, &batch.text)),
            }
        }
        true
    }
}

impl Work for WindowPass<'_> {
    type Result = ();
    type Spare = ();

    fn block(&mut self, batch: &mut Batch) -> io::Result<()> {
        derive(&self.plan.derived, &self.plan.program, &mut self.scratch, batch);
        promised(self.plan, batch, &mut self.watch);
        self.file(batch)
    }

    fn recycle(&mut self, _: Option<()>) {}

    fn spare((): &mut ()) {}
}

/// Sweeps what all workers have filed; the figures of the windows, by record, stay within the bound of memory.
///
/// # Errors
/// A temporary file cannot be read or written.
pub fn sweep_windows(plan: &SourcePlan, parts: Vec<WindowPart>, spill: Spill) -> io::Result<Windows> {
    let records = parts.iter().map(|it| it.records).max().unwrap_or_default();
    let mut first: Vec<Option<i64>> = vec![None; plan.windows.len()];
    for part in &parts {
        for (first, own) in first.iter_mut().zip(&part.first) {
            *first = [*first, *own].into_iter().flatten().min();
        }
    }
    // Half of it is for the figures, which stay while the records are judged.
    let spill = spill.part(2 * plan.windows.len());
    let mut merge = Merge::new(parts.into_iter().map(|it| it.sorter).collect())?;
    let new = |it: &PlannedWindow| Filling::new(&it.types, records, spill);
    let mut fillings: Vec<Filling> = plan.windows.iter().map(new).collect();
    let mut current: Option<Moving<'_>> = None;
    while let Some(item) = merge.next_item()? {
        if current.as_ref().is_none_or(|it| it.key != item.key) {
            if let Some(mut ended) = current.take() {
                ended.settle(&mut fillings[ended.number])?;
            }
            let number = item.key.first_chunk::<2>().map_or(0, |it| usize::from(u16::from_be_bytes(*it)));
            current = plan.windows.get(number).map(|window| Moving::new(number, window, item.key));
        }
        if let Some(moving) = &mut current {
            if moving.at != Some(item.at) {
                moving.settle(&mut fillings[moving.number])?;
                moving.at = Some(item.at);
                moving.sweep.move_to(item.at);
            }
            moving.sweep.enter(item.at, item.payload);
            moving.waiting.push(item.order);
        }
    }
    if let Some(mut ended) = current {
        ended.settle(&mut fillings[ended.number])?;
    }
    let stores = fillings.into_iter().map(Filling::finish).collect::<io::Result<Vec<_>>>()?;
    Ok(Windows { all: stores.into_iter().zip(first).collect() })
}

/// The window of one key on its way.
struct Moving<'a> {
    number: usize,
    window: &'a PlannedWindow,
    key: Vec<u8>,
    sweep: Sweep,
    at: Option<i64>,
    /// Records of the same moment: each has all of them in its window.
    waiting: Vec<u64>,
    figures: Vec<u8>,
}

impl<'a> Moving<'a> {
    fn new(number: usize, window: &'a PlannedWindow, key: &[u8]) -> Self {
        let calls: Vec<_> = window.calls.iter().map(|it| (it.of, it.argument.is_none())).collect();
        let sweep = Sweep::new(window.last, &calls);
        let (waiting, figures) = (Vec::new(), Vec::new());
        Self { number, window, key: key.to_vec(), sweep, at: None, waiting, figures }
    }

    /// The records of the moment get their figures.
    fn settle(&mut self, filling: &mut Filling) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.figures.clear();
        for (value, ty) in self.sweep.figures().zip(&self.window.types) {
            store::put(&mut self.figures, &value, *ty);
        }
        for record in self.waiting.drain(..) {
            filling.put(record, &self.figures)?;
        }
        Ok(())
    }
}
