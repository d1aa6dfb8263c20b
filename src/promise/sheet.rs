//! The columns of a promise as they come to be, block by block.

use super::{Counts, Fault, Lack, OpenTimes, Outcome, Parts, Standing};
use crate::record::{Bitmap, Dictionary, TextColumn, Values};

/// What is known of a block of records, before it goes to the columns.
pub(super) struct Block {
    codes: [u16; Self::LEN],
    /// One bit a record whose clock is breached, or is still open and at risk.
    breached: u64,
    at_risk: u64,
    /// In the order of [`Parts::NAMES`] from the one after the outcome on.
    times: [[i64; Self::LEN]; 5],
    /// The open times of clocks that have stopped, one after the other.
    open: [i64; Self::LEN],
    open_len: usize,
}

impl Default for Block {
    fn default() -> Self {
        let none = [0; Self::LEN];
        Self { codes: [0; Self::LEN], breached: 0, at_risk: 0, times: [none; 5], open: none, open_len: 0 }
    }
}

impl Block {
    /// A word of a bitmap.
    pub(super) const LEN: usize = 64;

    /// Notes an outcome; whoever notes it counts it.
    #[inline]
    pub(super) fn outcome(&mut self, at: usize, outcome: Outcome) {
        self.codes[at] = outcome as u16;
        self.breached |= u64::from(outcome == Outcome::Breached) << at;
        self.at_risk |= u64::from(outcome == Outcome::AtRisk) << at;
    }

    #[inline]
    pub(super) fn times(&mut self, at: usize, times: [i64; 5]) {
        for (column, time) in self.times.iter_mut().zip(times) {
            column[at] = time;
        }
    }

    /// Notes an open time if the clock has stopped.
    #[inline]
    pub(super) fn open(&mut self, open: i64, stopped: bool) {
        // Without a branch: the place is written again if it is not taken.
        self.open[self.open_len % Self::LEN] = open;
        self.open_len += usize::from(stopped);
    }
}

/// The records of a word that are set, by their place in it.
pub(super) fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = word.trailing_zeros() as usize;
        word &= word.wrapping_sub(1);
        (at < Block::LEN).then_some(at)
    })
}

/// The columns of a promise as they come to be.
pub(super) struct Sheet<'o> {
    codes: Vec<u16>,
    times: [Vec<i64>; 5],
    /// Of the outcome, then of the times. Nearly all records have everything: what is missing is taken out.
    valid: [Bitmap; 6],
    /// What is known of all runs, one row a record; empty where nobody reads it.
    cycles: [Vec<i64>; 4],
    cycles_valid: [Bitmap; 4],
    breached: Vec<u64>,
    counts: Counts,
    lacks: Vec<(usize, Lack)>,
    open: &'o mut OpenTimes,
    /// Someone reads the times; else their columns stay empty.
    with_times: bool,
    with_cycles: bool,
}

impl<'o> Sheet<'o> {
    pub(super) fn new(len: usize, (with_times, with_cycles): (bool, bool), open: &'o mut OpenTimes) -> Self {
        let full = |there: bool| {
            let mut bits = Bitmap::default();
            bits.reset(len, there);
            bits
        };
        let times_len = if with_times { len } else { 0 };
        Self {
            codes: Vec::with_capacity(len),
            times: std::array::from_fn(|_| Vec::with_capacity(times_len)),
            valid: std::array::from_fn(|number| full(number == 0 || with_times)),
            breached: Vec::with_capacity(len.div_ceil(Block::LEN)),
            counts: Counts::default(),
            lacks: Vec::new(),
            open,
            with_times,
            with_cycles,
            cycles: std::array::from_fn(|_| vec![0; if with_cycles { len } else { 0 }]),
            cycles_valid: std::array::from_fn(|_| full(false)),
        }
    }

    /// Counts the records of a block that were judged directly, of which some have `stopped`.
    #[inline]
    pub(super) fn count(&mut self, judged: u64, stopped: u64, block: &Block) {
        let open = judged & !block.breached & !stopped;
        for (outcome, records) in [
            (Outcome::Breached, judged & block.breached),
            (Outcome::Kept, judged & !block.breached & stopped),
            (Outcome::AtRisk, open & block.at_risk),
            (Outcome::Running, open & !block.at_risk),
        ] {
            self.counts.outcomes[outcome as usize] += u64::from(records.count_ones());
        }
    }

    /// Enters what is known of a record that went the general way.
    pub(super) fn enter(&mut self, (row, at): (usize, usize), block: &mut Block, standing: &Standing) {
        let Standing { state, lack, stopped, cycles } = standing;
        if self.with_cycles && state.outcome.is_some() && cycles.count > 0 {
            let known = [Some(cycles.count), cycles.worst, cycles.last, cycles.total];
            for (number, value) in known.into_iter().enumerate() {
                self.cycles[number][row] = value.unwrap_or_default();
                self.cycles_valid[number].set(row, value.is_some());
            }
        }
        match state.outcome {
            Some(outcome) => block.outcome(at, outcome),
            None => block.codes[at] = 0,
        }
        let times = [state.due, state.open, state.elapsed, state.overrun, state.remaining];
        let known = std::iter::once(state.outcome.is_some()).chain(times.map(|it| it.is_some()));
        for (valid, _) in self.valid.iter_mut().zip(known).filter(|it| !it.1) {
            valid.set(row, false);
        }
        block.times(at, times.map(Option::unwrap_or_default));
        match lack {
            None => {
                self.counts.outcomes[usize::from(block.codes[at])] += 1;
                block.open(state.open.unwrap_or_default(), *stopped && state.open.is_some());
            }
            Some(lack) => {
                self.counts.no_evidence += 1;
                self.counts.beyond += u64::from(*lack == Lack::Clock(Fault::BeyondCalendar));
                self.lacks.push((row, *lack));
            }
        }
    }

    /// Enters the records of the block at `low` on which the promise is not given.
    pub(super) fn not_given(&mut self, low: usize, records: u64, block: &mut Block) {
        self.counts.outcomes[Outcome::NotApplicable as usize] += u64::from(records.count_ones());
        for at in bits(records) {
            block.outcome(at, Outcome::NotApplicable);
            if self.with_times {
                block.times(at, [0; 5]);
                self.valid[1..].iter_mut().for_each(|it| it.set(low + at, false));
            }
        }
    }

    /// Takes the first `len` records of a block, and leaves it empty.
    pub(super) fn take(&mut self, block: &mut Block, len: usize) {
        self.codes.extend_from_slice(&block.codes[..len]);
        if self.with_times {
            for (values, times) in self.times.iter_mut().zip(&block.times) {
                values.extend_from_slice(&times[..len]);
            }
        }
        self.breached.push(block.breached);
        self.open.extend(&block.open[..block.open_len]);
        (block.breached, block.at_risk, block.open_len) = (0, 0, 0);
    }

    pub(super) fn finish(self, outcomes: &Dictionary) -> Parts {
        let codes = Values::Text(TextColumn::Coded(self.codes, outcomes.clone()));
        let times = self.times.into_iter().chain(self.cycles).map(Values::Int);
        let valid = self.valid.into_iter().chain(self.cycles_valid);
        let columns = std::iter::once(codes).chain(times).zip(valid).zip(Parts::NAMES);
        let columns = columns.map(|((values, valid), (_, ty))| crate::record::Column {
            ty,
            values,
            valid,
            unreadable: None,
        });
        Parts { columns: columns.collect(), breached: self.breached, counts: self.counts, lacks: self.lacks }
    }
}
