//! Row numbers across blocks: each block learns from the one before it where it starts.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Passes counts from block to block, in order, while the blocks are decoded in parallel.
#[derive(Debug, Default)]
pub(super) struct Chain {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The sequence number of the block whose turn it is.
    next: u64,
    /// The row of its file that the next block starts with.
    row: u64,
    /// Records of the whole source so far.
    records: u64,
    /// A block was dropped before it told its counts, so that nobody after it can know theirs.
    broken: bool,
}

/// Where a block starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Its first row's number in the file.
    pub(super) row: u64,
    /// Its first record's number in the source.
    pub(super) record: u64,
}

impl Chain {
    /// True once the chain cannot go on.
    pub(super) fn is_broken(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).broken
    }
}

/// A block's place in the chain. Dropping it unused (a worker gave up or panicked) breaks the
/// chain, so that the workers waiting behind it stop instead of waiting for ever.
#[derive(Debug)]
pub(super) struct Ticket {
    chain: Arc<Chain>,
    sequence: u64,
    /// The row that the block starts with, where it is the first of its file.
    first_row: Option<u64>,
    used: bool,
}

impl Ticket {
    pub(super) fn new(chain: Arc<Chain>, sequence: u64, first_row: Option<u64>) -> Self {
        Self { chain, sequence, first_row, used: false }
    }

    /// Waits for the block before, tells this block's counts to the next one, and says where this
    /// block starts; `None` if the chain is broken.
    pub(super) fn pass(mut self, rows: u64, records: u64) -> Option<Start> {
        let mut state = self.chain.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.next != self.sequence && !state.broken {
            state = self.chain.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.broken {
            return None;
        }
        let start = Start { row: self.first_row.unwrap_or(state.row), record: state.records };
        state.row = start.row + rows;
        state.records += records;
        state.next += 1;
        drop(state);
        self.used = true;
        self.chain.moved.notify_all();
        Some(start)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.used {
            self.chain.state.lock().unwrap_or_else(PoisonError::into_inner).broken = true;
            self.chain.moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_pass_in_order_whoever_comes_first() {
        let chain = Arc::new(Chain::default());
        let ticket = |sequence| Ticket::new(chain.clone(), sequence, (sequence == 0).then_some(2));
        let (first, second) = (ticket(0), ticket(1));
        let later = std::thread::spawn(move || second.pass(5, 5));
        assert_eq!(first.pass(3, 2), Some(Start { row: 2, record: 0 }));
        assert_eq!(later.join().unwrap(), Some(Start { row: 5, record: 2 }));
    }

    #[test]
    fn a_lost_block_stops_those_behind_it() {
        let chain = Arc::new(Chain::default());
        let second = Ticket::new(chain.clone(), 1, None);
        drop(Ticket::new(chain.clone(), 0, None));
        assert_eq!(second.pass(1, 1), None);
        assert!(chain.is_broken());
    }
}
