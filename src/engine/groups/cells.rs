//! The cells of groups, by group and call. They stand in pages, so that room for more never moves what is there:
//! of groups by the million, moving costs more than all the reckoning.

use super::state::Cell;

/// Groups on a page.
const PAGE_LEN: usize = 1 << 10;

/// So many cells a group.
#[derive(Debug, Default)]
pub(super) struct Cells {
    calls: usize,
    pages: Vec<Vec<Cell>>,
    groups: usize,
}

impl Cells {
    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.groups * self.calls
    }

    /// Appends a group's cells, as many as every other's.
    pub(super) fn push(&mut self, calls: usize, cells: impl Iterator<Item = Cell>) {
        self.calls = calls;
        if self.groups.is_multiple_of(PAGE_LEN) {
            // The first page begins small: most rules have few groups.
            let room = if self.groups == 0 { 0 } else { PAGE_LEN * calls };
            self.pages.push(Vec::with_capacity(room));
        }
        if let Some(page) = self.pages.last_mut() {
            page.extend(cells);
        }
        self.groups += 1;
    }

    /// The cells of a group.
    #[inline]
    pub(super) fn of(&mut self, group: usize) -> &mut [Cell] {
        let at = group % PAGE_LEN * self.calls;
        &mut self.pages[group / PAGE_LEN][at..at + self.calls]
    }

    /// Reads something of the cells of these groups; gives what means nothing.
    pub(super) fn touch(&self, groups: impl Iterator<Item = u32>) -> u64 {
        let one = |group: u32| {
            let group = group as usize;
            let at = group % PAGE_LEN * self.calls;
            let cells = &self.pages[group / PAGE_LEN][at..at + self.calls];
            cells.iter().fold(0, |all, it| all ^ it.n ^ it.worst.len())
        };
        groups.fold(0, |all, it| all ^ one(it))
    }

    /// The same of what their cells point to.
    pub(super) fn touch_worst(&self, groups: impl Iterator<Item = u32>) -> u8 {
        let one = |group: u32| {
            let group = group as usize;
            let at = group % PAGE_LEN * self.calls;
            let cells = &self.pages[group / PAGE_LEN][at..at + self.calls];
            cells.iter().fold(0, |all, it| all ^ it.worst.first_byte())
        };
        groups.fold(0, |all, it| all ^ one(it))
    }

    /// All cells, in order.
    pub(super) fn into_all(self) -> impl Iterator<Item = Cell> {
        self.pages.into_iter().flatten()
    }
}
