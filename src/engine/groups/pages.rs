//! What is kept of groups, so many things of each. They stand in pages, so that room for more never moves what is
//! there: of groups by the million, moving costs more than all the reckoning.

/// Groups on a page.
const PAGE_LEN: usize = 1 << 10;

/// So many things a group.
#[derive(Debug)]
pub(super) struct Pages<T> {
    width: usize,
    pages: Vec<Vec<T>>,
    groups: usize,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { width: 0, pages: Vec::new(), groups: 0 }
    }
}

impl<T> Pages<T> {
    /// How many things there are.
    pub(super) fn len(&self) -> usize {
        self.groups * self.width
    }

    /// Appends a group's things, as many as every other's.
    pub(super) fn push(&mut self, width: usize, things: impl Iterator<Item = T>) {
        self.width = width;
        if self.groups.is_multiple_of(PAGE_LEN) {
            // The first page begins small: most rules have few groups.
            let room = if self.groups == 0 { 0 } else { PAGE_LEN * width };
            self.pages.push(Vec::with_capacity(room));
        }
        if let Some(page) = self.pages.last_mut() {
            page.extend(things);
        }
        self.groups += 1;
    }

    /// Those of a group.
    #[inline]
    pub(super) fn of(&mut self, group: usize) -> &mut [T] {
        let at = group % PAGE_LEN * self.width;
        &mut self.pages[group / PAGE_LEN][at..at + self.width]
    }

    /// Reads something of what is kept of these groups; gives what means nothing.
    pub(super) fn touch(&self, groups: impl Iterator<Item = u32>, some: impl Fn(&T) -> u64) -> u64 {
        let one = |group: u32| {
            let group = group as usize;
            let at = group % PAGE_LEN * self.width;
            self.pages[group / PAGE_LEN][at..at + self.width].iter().fold(0, |all, it| all ^ some(it))
        };
        groups.fold(0, |all, it| all ^ one(it))
    }

    /// All, in order.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.pages.iter_mut().flatten()
    }

    /// All, in order.
    pub(super) fn into_all(self) -> impl Iterator<Item = T> {
        self.pages.into_iter().flatten()
    }
}
