//! Blocks become batches.

use super::{
    cells::{Cells, Plan},
    clock::WallClock,
    feed::Block,
    lane::{Lane, Shared, is_absent},
    reader::Reader,
    spec::{Fault, FaultKind},
};
use crate::record::{Batch, Bitmap, Column, View};

/// Turns blocks into batches. One a worker: it keeps dictionaries, which only grow, and scratch.
pub struct Decoder {
    lanes: Vec<Lane>,
    plan: Plan,
    cells: Cells,
    clock: WallClock,
    bad: Vec<u32>,
    /// Wall times that a change of the clock skipped, over all blocks so far.
    pub skipped_times: u64,
    /// Wall times that a change of the clock repeated.
    pub repeated_times: u64,
}

/// The text of a fault is cut after this many characters.
const FAULT_TEXT_CHARS: usize = 200;

impl Decoder {
    /// A decoder for the blocks of `reader`.
    #[must_use]
    pub fn new(reader: &Reader) -> Self {
        Self {
            lanes: reader.lanes.clone(),
            plan: Plan::new(reader),
            cells: Cells::default(),
            clock: WallClock::new(&reader.opened.spec.zone),
            bad: Vec::new(),
            skipped_times: 0,
            repeated_times: 0,
        }
    }

    /// Fills `batch` with the records of `block`, columns in the order of the reader's wants, and
    /// appends what is wrong to `faults`, in the order of rows.
    ///
    /// Waits until the block before has been split. If a worker dropped that one undecoded, the
    /// batch stays empty, and the reader hands out no more blocks.
    pub fn decode(&mut self, reader: &Reader, block: &mut Block, batch: &mut Batch, faults: &mut Vec<Fault>) {
        let ticket = block.ticket.take();
        batch.len = 0;
        batch.rows.clear();
        batch.columns.resize_with(self.lanes.len(), || Column::new(crate::record::Type::Text));
        let mut old = std::mem::take(&mut batch.text).into_bytes();
        let file = block.file as usize;
        let layout = &reader.opened.layouts[file];
        let text = self.cells.split(&mut self.plan, layout, block, &mut old);
        let start = ticket.and_then(|it| it.pass(self.cells.row_count, self.cells.len as u64));
        let Some(start) = start else {
            block.bytes = text.into_bytes();
            return;
        };
        batch.text = text;
        batch.file = block.file;
        batch.first_record = start.record;
        batch.len = self.cells.len;
        if self.cells.rows.is_empty() {
            batch.rows.extend(start.row..start.row + self.cells.len as u64);
        } else {
            batch.rows.extend(self.cells.rows.iter().map(|it| start.row + it));
        }
        self.cells.finish(&self.plan, layout, file, &mut batch.text);
        let mut found: Vec<Fault> = self.cells.rejected(&batch.text, start.row, block.file);
        self.fill_columns(batch, &mut found);
        self.skipped_times = self.clock.skipped;
        self.repeated_times = self.clock.repeated;
        found.sort_by_key(|it| it.row);
        faults.append(&mut found);
        // The batch keeps the block's text; the block gets the memory of the batch's last one.
        old.clear();
        block.bytes = old;
    }

    fn fill_columns(&mut self, batch: &mut Batch, faults: &mut Vec<Fault>) {
        let mut extra = String::new();
        for (lane, column) in self.lanes.iter_mut().zip(&mut batch.columns) {
            let cells = &self.cells.views[lane.slot];
            let mut shared =
                Shared { text: &batch.text, extra: &mut extra, clock: &mut self.clock, bad: &mut self.bad };
            lane.fill(cells, column, &mut shared);
            for index in &self.cells.damaged[lane.slot] {
                if column.valid.get(*index as usize) {
                    column.valid.set(*index as usize, false);
                    self.bad.push(*index);
                }
            }
            if self.bad.is_empty() {
                continue;
            }
            let mut unreadable = Bitmap::default();
            unreadable.reset(batch.len, false);
            for index in &self.bad {
                let index = *index as usize;
                unreadable.set(index, true);
                faults.push(Fault {
                    kind: FaultKind::BadCell,
                    file: batch.file,
                    row: batch.rows[index],
                    field: Some(lane.field),
                    text: fault_text(cells[index], &batch.text),
                    detail: String::new(),
                });
            }
            column.unreadable = Some(unreadable);
        }
        batch.text.push_str(&extra);
    }
}

fn fault_text(view: View, text: &str) -> String {
    if is_absent(view) { String::new() } else { cut(view.of(text)) }
}

/// The beginning of a text that goes into a fault.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(FAULT_TEXT_CHARS).collect()
}
