//! How far a calendar's clock has come at the instants of a column: several promises start or stop by the same
//! column under the same calendar, and ask for it once.

use crate::{calendar::Calendar, record::Batch, record::Values};
use std::sync::Arc;

/// Open time before the instants of columns, kept by a worker from batch to batch for its memory.
#[derive(Debug, Default)]
pub struct Marks(Vec<Mark>);

#[derive(Debug)]
struct Mark {
    column: u32,
    calendar: Arc<Calendar>,
    /// By record, in microseconds; see [`Calendar::open_before_all`].
    before: Vec<i64>,
    /// Of the batch at hand.
    is_known: bool,
}

impl Marks {
    /// Gets ready for another batch.
    pub fn forget(&mut self) {
        self.0.iter_mut().for_each(|it| it.is_known = false);
    }

    /// The number of a column's marks; `None` where it holds no instants.
    pub(super) fn reckon(&mut self, batch: &Batch, column: u32, calendar: &Arc<Calendar>) -> Option<usize> {
        let Values::Int(instants) = &batch.columns[column as usize].values else { return None };
        let is_it = |it: &Mark| it.column == column && Arc::ptr_eq(&it.calendar, calendar);
        let at = self.0.iter().position(is_it).unwrap_or_else(|| {
            self.0.push(Mark { column, calendar: calendar.clone(), before: Vec::new(), is_known: false });
            self.0.len() - 1
        });
        let mark = &mut self.0[at];
        if !mark.is_known {
            calendar.open_before_all(instants, &mut mark.before);
            mark.is_known = true;
        }
        Some(at)
    }

    /// Marks by their number.
    pub(super) fn get(&self, number: usize) -> &[i64] {
        &self.0[number].before
    }
}
