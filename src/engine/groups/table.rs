//! One worker's groups: chunks are folded into them, and they are handed on as items of a sorter.

use super::{
    bytes,
    key::as_float,
    lane::Lane,
    pages::Pages,
    state::{Aggregation, Beyond, Cell, Figure, Tally, Values},
    sum::Number,
    worst::{Names, Worst},
};
use crate::{
    expr::{Cause, Evaluator, Faults, Mask},
    record::{Batch, Value},
    script::{Aggregate, CompiledValue, RowRunner},
    sorting::{Keys, Sorter, Temporary},
};
use std::{io, sync::Arc};
use xxhash_rust::xxh3::xxh3_64;

/// Which records are the worst of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Side {
    /// Those for which the condition is true.
    True,
    /// Those for which it is false.
    False,
    /// Those with the largest arguments.
    Large,
    /// Those with the smallest.
    Small,
}

/// One aggregate of an expression over groups.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Call {
    pub(in crate::engine) of: Aggregation,
    /// Over what; nothing for `count()`.
    pub(in crate::engine) argument: Option<CompiledValue>,
    /// Which records are named, if any.
    pub(in crate::engine) worst: Option<Side>,
}

/// How records are put into groups, and what is reckoned over them.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Grouping {
    pub(in crate::engine) per: Vec<CompiledValue>,
    pub(in crate::engine) calls: Vec<Call>,
    /// Whether groups are put together again, without their last value, and so on to a group of all.
    pub(in crate::engine) rollup: bool,
}

impl Grouping {
    /// How often values are taken off the end of a group's key.
    pub(super) fn levels(&self) -> usize {
        if self.rollup { self.per.len() } else { 0 }
    }

    /// How many aggregates name their worst records.
    pub(super) fn naming(&self) -> usize {
        self.calls.iter().filter(|it| it.worst.is_some()).count()
    }

    /// What the aggregates of a group of so many records have come to; `worst` is one for each that names its own.
    pub(super) fn figures(
        &self,
        records: u64,
        cells: impl Iterator<Item = (Cell, Beyond)>,
        (worst, names): (&[Worst], &Arc<Names>),
    ) -> Vec<Figure> {
        let mut worst = worst.iter();
        let finish = |((cell, beyond), call): ((Cell, Beyond), &Call)| {
            let worst = call.worst.and_then(|_| Some((*worst.next()?, Arc::clone(names))));
            cell.finish(call.of, beyond, records, worst)
        };
        cells.zip(&self.calls).map(finish).collect()
    }

    /// The number of an aggregate among those that name their worst records.
    fn naming_number(&self, call: usize) -> usize {
        self.calls[..call].iter().filter(|it| it.worst.is_some()).count()
    }
}

/// The groups of a worker.
#[derive(Debug, Default)]
pub(in crate::engine) struct Table {
    keys: Keys,
    records: Vec<u64>,
    /// For each group one for each call.
    cells: Pages<Cell>,
    /// For each group one for each call that names its worst records.
    worst: Pages<Worst>,
    /// Their keys.
    names: Names,
    /// Bytes held by what grows with records.
    grown: usize,
    /// The group of each row of the chunk.
    numbers: Vec<u32>,
    /// The keys of the rows of the chunk, one behind the other, and of each its hash and its end.
    chunk_keys: Vec<u8>,
    chunk_hashes: Vec<(u64, usize)>,
    scratch: Vec<u8>,
    /// Keys of the chunk's rows, where they were asked for.
    text: String,
    asked: Vec<Option<Asked>>,
}

/// The key of a row: its bytes in the text of the chunk, and where it stands in `names`, once it is there.
#[derive(Clone, Copy, Debug)]
struct Asked {
    start: usize,
    end: usize,
    name: Option<u32>,
}

/// A cell with a sum.
const CELL_BYTES: usize = size_of::<Cell>() + 64;
/// Rows, or groups, of which all that is far off in memory is asked for at once: then it comes while the next is asked
/// for. Of more, the first would be gone again when its turn comes.
const ROWS_AT_ONCE: usize = 64;
/// What a group costs beside its cells and key.
const GROUP_BYTES: usize = 48;

/// What is asked of a chunk.
pub(in crate::engine) struct Chunk<'e, 'b, 'p> {
    pub(in crate::engine) evaluator: &'e mut Evaluator<'b, 'p>,
    pub(in crate::engine) runner: Option<&'e RowRunner>,
    pub(in crate::engine) batch: &'b Batch,
    /// Writes the key of a record, by its row in the batch.
    pub(in crate::engine) name: &'e dyn Fn(usize, &mut String),
}

/// What could not be taken in of a chunk.
pub(in crate::engine) struct Folded {
    /// Rows in no group.
    pub(in crate::engine) without_group: Mask,
    /// Those with the reason, and rows that an aggregate left out because its argument could not be computed.
    pub(in crate::engine) faults: Faults,
}

impl Table {
    /// Bytes held, about.
    pub(in crate::engine) fn bytes_held(&self) -> usize {
        let groups = self.keys.bytes_held() + self.records.len() * GROUP_BYTES;
        let worst = self.worst.len() * size_of::<Worst>() + self.names.bytes_held();
        groups + self.cells.len() * CELL_BYTES + worst + self.grown
    }

    /// Takes in the rows of `active`.
    pub(in crate::engine) fn fold(
        &mut self,
        grouping: &Grouping,
        chunk: &mut Chunk<'_, '_, '_>,
        active: &Mask,
    ) -> Folded {
        let mut faults = Faults::default();
        let mut left = *active;
        let mut lanes = Vec::with_capacity(grouping.per.len());
        for per in &grouping.per {
            let lane = Lane::new(per, chunk.evaluator, chunk.runner, chunk.batch, &left);
            left = lane.there;
            lane.faults.list.iter().for_each(|it| faults.add(&it.rows, it.cause.clone()));
            lanes.push(lane);
        }
        let without_group = faults.dead;
        let mut arguments: Vec<Option<Lane<'_>>> = Vec::with_capacity(grouping.calls.len());
        for call in &grouping.calls {
            let lane = |it| Lane::new(it, chunk.evaluator, chunk.runner, chunk.batch, &left);
            arguments.push(call.argument.as_ref().map(lane));
        }
        self.text.clear();
        self.asked.clear();
        self.asked.resize(crate::expr::CHUNK_LEN, None);
        self.numbers.resize(crate::expr::CHUNK_LEN, 0);
        let rows: Vec<usize> = left.rows().collect();
        let mut unfit = vec![Mask::NONE; grouping.calls.len()];
        for rows in rows.chunks(ROWS_AT_ONCE) {
            self.names.settle();
            self.enter(grouping, &lanes, rows);
            let numbers = || rows.iter().map(|it| self.numbers[*it]);
            std::hint::black_box((
                self.cells.touch(numbers(), |it| it.n),
                self.worst.touch(numbers(), Worst::len),
            ));
            for ((number, lane), unfit) in arguments.iter().enumerate().zip(&mut unfit) {
                match lane {
                    Some(lane) => self.take_in(grouping, number, (lane, rows), chunk, unfit),
                    None => self.count(number, rows),
                }
            }
        }
        for (number, (lane, unfit)) in arguments.into_iter().zip(&unfit).enumerate() {
            let Some(mut lane) = lane else { continue };
            let aggregate = format!("{:?}", grouping.calls[number].of.aggregate).to_lowercase();
            lane.faults.add(unfit, Cause::Unfit(aggregate.into()));
            self.leave_out(number, (&lane.faults, &left), chunk);
            let errors = lane.faults.list.iter().filter(|it| !it.cause.is_missing());
            errors.for_each(|it| faults.add(&it.rows, it.cause.clone()));
        }
        self.names.sweep(self.worst.all_mut());
        Folded { without_group, faults }
    }

    /// Finds or makes the group of each row.
    fn enter(&mut self, grouping: &Grouping, lanes: &[Lane<'_>], rows: &[usize]) {
        self.chunk_keys.clear();
        self.chunk_hashes.clear();
        for row in rows {
            let start = self.chunk_keys.len();
            lanes.iter().for_each(|it| it.put(*row, &mut self.chunk_keys));
            let hash = Keys::hash(&self.chunk_keys[start..]);
            self.chunk_hashes.push((hash, self.chunk_keys.len()));
        }
        self.keys.touch(self.chunk_hashes.iter().map(|it| it.0));
        let mut start = 0;
        for (row, (hash, end)) in rows.iter().zip(&self.chunk_hashes) {
            let number = self.keys.number_by(&self.chunk_keys[start..*end], *hash);
            start = *end;
            if number as usize == self.records.len() {
                self.records.push(0);
                let calls = &grouping.calls;
                self.cells.push(calls.len(), calls.iter().map(|it| Cell::new(it.of)));
                let naming = grouping.naming();
                self.worst.push(naming, std::iter::repeat_n(Worst::default(), naming));
            }
            self.records[number as usize] += 1;
            self.numbers[*row] = number;
        }
    }

    /// Counts rows for an aggregate without an argument.
    fn count(&mut self, number: usize, rows: &[usize]) {
        for row in rows {
            let cell = &mut self.cells.of(self.numbers[*row] as usize)[number];
            cell.n += 1;
            if let Tally::Hits(hits) = &mut cell.tally {
                *hits += 1;
            }
        }
    }

    fn take_in(
        &mut self,
        grouping: &Grouping,
        number: usize,
        (lane, rows): (&Lane<'_>, &[usize]),
        chunk: &Chunk<'_, '_, '_>,
        unfit: &mut Mask,
    ) {
        let call = &grouping.calls[number];
        let of = call.of;
        let naming = grouping.naming_number(number);
        for row in rows.iter().copied().filter(|it| lane.there.get(*it)) {
            let cell = &mut self.cells.of(self.numbers[row] as usize)[number];
            let badness = match of.aggregate {
                Aggregate::Count | Aggregate::Rate => {
                    let Some(truth) = lane.truth(row) else {
                        unfit.insert(row);
                        continue;
                    };
                    if let Tally::Hits(hits) = &mut cell.tally {
                        *hits += u64::from(truth);
                    }
                    let is_bad = call.worst == Some(if truth { Side::True } else { Side::False });
                    is_bad.then_some(0)
                }
                Aggregate::Distinct => {
                    self.scratch.clear();
                    lane.put(row, &mut self.scratch);
                    if let Tally::Different(keys) = &mut cell.tally {
                        let before = keys.bytes_held();
                        keys.number(&self.scratch);
                        self.grown += keys.bytes_held() - before;
                    }
                    None
                }
                Aggregate::Sum
                | Aggregate::Mean
                | Aggregate::Nps
                | Aggregate::Min
                | Aggregate::Max
                | Aggregate::Median
                | Aggregate::Percentile(_)
                | Aggregate::Kano(_) => {
                    let is_class = matches!(of.aggregate, Aggregate::Kano(_));
                    let Some(it) = (if is_class { lane.kano(row) } else { lane.number(row) }) else {
                        // What is no answer has no class: it is left out as one that is missing.
                        if !is_class {
                            unfit.insert(row);
                        }
                        continue;
                    };
                    if matches!(cell.tally, Tally::Values(_)) {
                        self.grown += 16;
                    }
                    cell.tally.add(it, of.aggregate);
                    call.worst.map(|side| if side == Side::Large { it.ordered() } else { !it.ordered() })
                }
            };
            cell.n += 1;
            let Some(badness) = badness else { continue };
            let worst = &mut self.worst.of(self.numbers[row] as usize)[naming];
            if !worst.admits(badness) {
                continue;
            }
            let asked = self.asked[row].get_or_insert_with(|| {
                let start = self.text.len();
                (chunk.name)(chunk.evaluator.low() + row, &mut self.text);
                Asked { start, end: self.text.len(), name: None }
            });
            let key = &self.text[asked.start..asked.end];
            if let Some(at) = worst.place(badness, key.as_bytes(), &self.names) {
                let name = *asked.name.get_or_insert_with(|| self.names.push(key.as_bytes()));
                worst.put(at, badness, name, &mut self.names);
            }
        }
    }

    /// Counts rows whose argument could not be computed.
    fn leave_out(&mut self, number: usize, (faults, rows): (&Faults, &Mask), chunk: &Chunk<'_, '_, '_>) {
        for fault in faults.list.iter().filter(|it| !it.cause.is_missing()) {
            for row in fault.rows.and(rows).rows() {
                let record = chunk.batch.first_record + (chunk.evaluator.low() + row) as u64;
                self.cells.of(self.numbers[row] as usize)[number].add_error(record, &fault.cause);
            }
        }
    }

    /// The groups with what was reckoned, in the order of their values, where no other worker has any.
    pub(in crate::engine) fn into_groups(self, grouping: &Grouping) -> Vec<(Vec<Value>, u64, Vec<Figure>)> {
        let mut all = Vec::new();
        let each = |key: &[u8], records, cells: &mut [Cell], worst: &[Worst], names: &Arc<Names>| {
            let values = super::key::values_of_key(key, grouping.per.len()).unwrap_or_default().0;
            let cells = cells.iter_mut().map(|it| (it.take(), Beyond::default()));
            all.push((values, records, grouping.figures(records, cells, (worst, names))));
            Ok(())
        };
        // Nothing of it can fail.
        drop(self.each_in_order(each));
        all
    }

    /// Takes another worker's groups in.
    pub(in crate::engine) fn absorb(&mut self, other: Self, grouping: &Grouping) {
        let (calls, naming) = (grouping.calls.len(), grouping.naming());
        let (mut cells, mut worst) = (other.cells.into_all(), other.worst.into_all());
        for (number, records) in (0..).zip(other.records) {
            let own = self.keys.number(other.keys.get(number)) as usize;
            let theirs = cells.by_ref().take(calls);
            if own == self.records.len() {
                self.records.push(records);
                self.cells.push(calls, theirs);
                self.worst.push(naming, std::iter::repeat_n(Worst::default(), naming));
            } else {
                self.records[own] += records;
                let mine = self.cells.of(own).iter_mut().zip(&grouping.calls);
                mine.zip(theirs).for_each(|((mine, it), theirs)| mine.merge(&theirs, it.of));
            }
            let mine = self.worst.of(own).iter_mut();
            for (mine, theirs) in mine.zip(worst.by_ref().take(naming)) {
                mine.merge(&mut self.names, &theirs, &other.names);
            }
        }
    }

    /// The groups in the order of their values: key, records, cells to be taken, and the worst records with their names.
    pub(super) fn each_in_order(
        self,
        mut each: impl FnMut(&[u8], u64, &mut [Cell], &[Worst], &Arc<Names>) -> io::Result<()>,
    ) -> io::Result<()> {
        let Self { keys, records, mut cells, mut worst, names, .. } = self;
        let names = Arc::new(names);
        for numbers in keys.sorted().chunks(ROWS_AT_ONCE) {
            let all = || numbers.iter().copied();
            std::hint::black_box((cells.touch(all(), |it| it.n), worst.touch(all(), Worst::len)));
            for number in numbers {
                let at = *number as usize;
                each(keys.get(*number), records[at], cells.of(at), worst.of(at), &names)?;
            }
        }
        Ok(())
    }

    /// Hands all groups to a sorter, under the number of their rule. The arguments of quantiles and different
    /// values become items of their own, so that one group may have more than memory holds.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub(in crate::engine) fn hand_over(
        &mut self,
        rule: u16,
        grouping: &Grouping,
        sorter: &mut Sorter<Temporary>,
    ) -> io::Result<()> {
        let table = std::mem::take(self);
        let calls = grouping.calls.len();
        let mut payload = Vec::new();
        let (mut cells, mut worst) = (table.cells.into_all(), table.worst.into_all());
        for (number, records) in (0..).zip(table.records) {
            let key = table.keys.get(number);
            payload.clear();
            bytes::put(&mut payload, records);
            let mut own: Vec<Cell> = cells.by_ref().take(calls).collect();
            for (call, cell) in own.iter_mut().enumerate() {
                drain_cell(cell, call, (rule, grouping, key), sorter)?;
            }
            own.iter().for_each(|it| it.write(&mut payload));
            worst.by_ref().take(grouping.naming()).for_each(|it| it.write(&table.names, &mut payload));
            sorter.push(&item_key(rule, 0, key, None), i64::MIN, 0, &payload)?;
        }
        Ok(())
    }
}

/// Makes items of a cell's arguments, for its group and for all groups that it is put together in.
fn drain_cell(
    cell: &mut Cell,
    call: usize,
    (rule, grouping, key): (u16, &Grouping, &[u8]),
    sorter: &mut Sorter<Temporary>,
) -> io::Result<()> {
    let of = grouping.calls[call].of;
    for level in 0..=grouping.levels() {
        let (_, len) = super::key::values_of_key(key, grouping.per.len() - level).unwrap_or_default();
        let own = item_key(rule, level, &key[..len], Some(call));
        match &mut cell.tally {
            Tally::Values(Values::Words(all)) => {
                for word in all.iter() {
                    sorter.push(&own, *word, 0, &[])?;
                }
            }
            Tally::Values(Values::Decimals(all)) => {
                for number in all.iter() {
                    let at = Number::Decimal(*number).ordered();
                    debug_assert_eq!(at, super::key::ordered_bits(as_float(*number)));
                    sorter.push(&own, at, 0, &number.serialize())?;
                }
            }
            Tally::Different(keys) => {
                for value in keys.all() {
                    sorter.push(&own, xxh3_64(value).cast_signed(), 0, value)?;
                }
            }
            Tally::Hits(_) | Tally::Sum(_) | Tally::Mean(..) | Tally::Extreme(_) | Tally::Classes(_) => {
                return Ok(());
            }
        }
    }
    cell.tally = Tally::new(of);
    Ok(())
}

/// Rule, how many values were taken off, the values; behind them, for arguments, the aggregate.
pub(super) fn item_key(rule: u16, level: usize, key: &[u8], call: Option<usize>) -> Vec<u8> {
    let mut out = Vec::with_capacity(key.len() + 6);
    out.extend_from_slice(&rule.to_be_bytes());
    out.extend_from_slice(&u16::try_from(level).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(key);
    if let Some(call) = call {
        out.extend_from_slice(&u16::try_from(call).unwrap_or(u16::MAX).to_be_bytes());
    }
    out
}
