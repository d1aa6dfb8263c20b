//! The workers' groups put together: items come by rule, level and key; of each group first its states, then
//! the arguments that did not stay in memory.

use super::{
    bytes,
    key::{from_ordered_bits, values_of_key},
    state::{Beyond, Cell, Figure, Tally, neighbours},
    sum::{Kind, Number},
    table::{Grouping, Table, item_key},
    worst::{Names, Worst},
};
use crate::{
    record::Value,
    script::Aggregate,
    sorting::{Merge, Sorter, Temporary},
};
use std::{collections::BTreeMap, io, sync::Arc};

/// A group with its figures.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Group {
    /// The number of its rule.
    pub(in crate::engine) rule: usize,
    /// Its values; fewer where groups were put together.
    pub(in crate::engine) key: Vec<Value>,
    /// Its records.
    pub(in crate::engine) records: u64,
    /// Its figures, one an aggregate.
    pub(in crate::engine) figures: Vec<Figure>,
}

/// What is known of a group so far.
struct Pending {
    rule: u16,
    level: usize,
    /// The bytes of its values.
    key: Vec<u8>,
    records: u64,
    cells: Vec<Cell>,
    /// One for each aggregate that names its worst records.
    worst: Vec<Worst>,
    /// Their keys.
    names: Arc<Names>,
    /// The aggregate whose arguments are being read.
    reading: Option<(usize, Reading)>,
    beyond: Vec<Beyond>,
}

/// Arguments beyond memory, as they come by.
enum Reading {
    Ordered(Ordered),
    Different { at: i64, seen: Vec<Vec<u8>>, more: u64 },
}

/// Looks for two of the numbers that come by in order; those in memory are put between them.
struct Ordered {
    kind: Kind,
    memory: std::vec::IntoIter<Number>,
    next: Option<Number>,
    wanted: [u64; 2],
    count: u64,
    found: [Option<Number>; 2],
    /// Numbers whose order is not yet known: money that is alike as floats.
    run: Vec<Number>,
}

impl Ordered {
    fn new(cell: &mut Cell, aggregate: Aggregate, kind: Kind) -> Self {
        let (low, high, _) = neighbours(cell.n, aggregate);
        let memory: Vec<Number> =
            if let Tally::Values(all) = &mut cell.tally { all.sorted(kind).collect() } else { Vec::new() };
        let mut memory = memory.into_iter();
        let next = memory.next();
        Self { kind, memory, next, wanted: [low, high], count: 0, found: [None; 2], run: Vec::new() }
    }

    fn count_one(&mut self, number: Number) {
        for (wanted, found) in self.wanted.iter().zip(&mut self.found) {
            if *wanted == self.count {
                *found = Some(number);
            }
        }
        self.count += 1;
    }

    fn pass(&mut self, number: Number) {
        while let Some(next) = self.next.filter(|it| it.in_order(&number).is_lt()) {
            self.count_one(next);
            self.next = self.memory.next();
        }
        self.count_one(number);
    }

    fn end_run(&mut self) {
        let mut run = std::mem::take(&mut self.run);
        run.sort_by(Number::in_order);
        run.into_iter().for_each(|it| self.pass(it));
    }

    fn take(&mut self, at: i64, payload: &[u8]) {
        let number = match self.kind {
            Kind::Int => Number::Int(at),
            Kind::Float => Number::Float(from_ordered_bits(at)),
            Kind::Decimal => match Number::read(&mut &*payload, Kind::Decimal) {
                Some(number) => number,
                None => return,
            },
        };
        if self.run.last().is_some_and(|it| it.ordered() != at) {
            self.end_run();
        }
        if self.kind == Kind::Decimal {
            self.run.push(number);
        } else {
            self.pass(number);
        }
    }

    fn finish(mut self) -> Beyond {
        self.end_run();
        while let Some(next) = self.next.take() {
            self.count_one(next);
            self.next = self.memory.next();
        }
        let [low, high] = self.found;
        Beyond { neighbours: low.zip(high), different: 0 }
    }
}

impl Pending {
    fn new(rule: u16, level: usize, key: &[u8], grouping: &Grouping) -> Self {
        let cells = grouping.calls.iter().map(|it| Cell::new(it.of)).collect();
        let beyond = vec![Beyond::default(); grouping.calls.len()];
        let (worst, names) = (vec![Worst::default(); grouping.naming()], Arc::default());
        Self { rule, level, key: key.to_vec(), records: 0, cells, worst, names, reading: None, beyond }
    }

    fn is(&self, rule: u16, level: usize, key: &[u8]) -> bool {
        self.rule == rule && self.level == level && self.key == key
    }

    fn add(&mut self, records: u64, cells: &[Cell], (worst, names): (&[Worst], &Names), grouping: &Grouping) {
        self.records += records;
        let own = Arc::make_mut(&mut self.names);
        self.worst.iter_mut().zip(worst).for_each(|(mine, theirs)| mine.merge(own, theirs, names));
        own.sweep(self.worst.iter_mut());
        for ((mine, theirs), call) in self.cells.iter_mut().zip(cells).zip(&grouping.calls) {
            mine.merge(theirs, call.of);
        }
    }

    fn end_reading(&mut self) {
        if let Some((call, reading)) = self.reading.take() {
            self.beyond[call] = match reading {
                Reading::Ordered(ordered) => ordered.finish(),
                Reading::Different { more, .. } => Beyond { neighbours: None, different: more },
            };
        }
    }

    /// An argument of the aggregate `call`.
    fn read(&mut self, call: usize, at: i64, payload: &[u8], grouping: &Grouping) {
        if self.reading.as_ref().is_none_or(|it| it.0 != call) {
            self.end_reading();
            let of = grouping.calls[call].of;
            let reading = if of.aggregate == Aggregate::Distinct {
                Reading::Different { at, seen: Vec::new(), more: 0 }
            } else {
                Reading::Ordered(Ordered::new(&mut self.cells[call], of.aggregate, of.kind()))
            };
            self.reading = Some((call, reading));
        }
        let known =
            if let Tally::Different(keys) = &self.cells[call].tally { keys.contains(payload) } else { false };
        match &mut self.reading {
            Some((_, Reading::Ordered(ordered))) => ordered.take(at, payload),
            Some((_, Reading::Different { at: before, seen, more })) => {
                if at != *before {
                    seen.clear();
                    *before = at;
                }
                if !known && !seen.iter().any(|it| it == payload) {
                    seen.push(payload.to_vec());
                    *more += 1;
                }
            }
            None => {}
        }
    }

    fn finish(mut self, grouping: &Grouping) -> Group {
        self.end_reading();
        let count = grouping.per.len() - self.level;
        let key = values_of_key(&self.key, count).map(|it| it.0).unwrap_or_default();
        let cells = self.cells.into_iter().zip(self.beyond);
        let figures = grouping.figures(self.records, cells, (&self.worst, &self.names));
        Group { rule: usize::from(self.rule), key, records: self.records, figures }
    }
}

/// Puts the groups of all workers together; they come by rule, level, and the order of their values.
///
/// # Errors
/// A temporary file cannot be read, or what stands in it is not what was written; or what `each` gives.
pub(in crate::engine) fn merge(
    sorters: Vec<Sorter<Temporary>>,
    groupings: &[&Grouping],
    each: &mut dyn FnMut(Group) -> io::Result<()>,
) -> io::Result<()> {
    let mut merge = Merge::new(sorters)?;
    let mut merging = Merging { groupings, current: None, parents: BTreeMap::new(), each };
    while let Some(item) = merge.next_item()? {
        merging.take(item.key, item.at, item.payload)?;
    }
    merging.finish_up_to(None)
}

/// As [`merge`], of groups that are all in memory: those of one rule, of each worker.
///
/// # Errors
/// What `each` gives.
pub(in crate::engine) fn merge_tables(
    rule: u16,
    tables: Vec<Table>,
    grouping: &Grouping,
    each: &mut dyn FnMut(Group) -> io::Result<()>,
) -> io::Result<()> {
    let mut tables = tables.into_iter();
    let mut all = tables.next().unwrap_or_default();
    tables.for_each(|it| all.absorb(it, grouping));
    let groupings: Vec<&Grouping> = std::iter::repeat_n(grouping, usize::from(rule) + 1).collect();
    let mut merging = Merging { groupings: &groupings, current: None, parents: BTreeMap::new(), each };
    all.each_in_order(|key, records, cells, worst, names| {
        if grouping.levels() == 0 {
            let cells = cells.iter_mut().map(|it| (it.take(), Beyond::default()));
            let figures = grouping.figures(records, cells, (worst, names));
            let key = values_of_key(key, grouping.per.len()).map(|it| it.0).unwrap_or_default();
            return (merging.each)(Group { rule: usize::from(rule), key, records, figures });
        }
        let cells: Vec<Cell> = cells.iter_mut().map(Cell::take).collect();
        let beyond = vec![Beyond::default(); cells.len()];
        let (key, worst, names) = (key.to_vec(), worst.to_vec(), Arc::clone(names));
        let reading = None;
        merging.current =
            Some(Pending { rule, level: 0, key, records, cells, worst, names, reading, beyond });
        merging.end_current()
    })?;
    merging.finish_up_to(None)
}

struct Merging<'a> {
    groupings: &'a [&'a Grouping],
    current: Option<Pending>,
    /// Groups put together, by the keys of their items.
    parents: BTreeMap<Vec<u8>, Pending>,
    each: &'a mut dyn FnMut(Group) -> io::Result<()>,
}

impl Merging<'_> {
    fn take(&mut self, key: &[u8], at: i64, payload: &[u8]) -> io::Result<()> {
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        let ([a, b, c, d], rest) = key.split_first_chunk::<4>().ok_or_else(broken)?;
        let (rule, level) = (u16::from_be_bytes([*a, *b]), usize::from(u16::from_be_bytes([*c, *d])));
        let grouping = *self.groupings.get(usize::from(rule)).ok_or_else(broken)?;
        let count = grouping.per.len().checked_sub(level).ok_or_else(broken)?;
        let (_, len) = values_of_key(rest, count).ok_or_else(broken)?;
        let (own, call) = rest.split_at(len);
        if !self.current.as_ref().is_some_and(|it| it.is(rule, level, own)) {
            self.end_current()?;
            let item = item_key(rule, level, own, None);
            self.finish_up_to(Some(&item))?;
            let known = self.parents.remove(&item);
            self.current = Some(known.unwrap_or_else(|| Pending::new(rule, level, own, grouping)));
        }
        let Some(current) = &mut self.current else { return Ok(()) };
        match call {
            [] => {
                let mut bytes = payload;
                let records = bytes::take(&mut bytes).ok_or_else(broken)?;
                let cells = grouping.calls.iter().map(|it| Cell::read(&mut bytes, it.of));
                let cells = cells.collect::<Option<Vec<_>>>().ok_or_else(broken)?;
                let mut names = Names::default();
                let worst = (0..grouping.naming()).map(|_| Worst::read(&mut bytes, &mut names));
                let worst = worst.collect::<Option<Vec<_>>>().ok_or_else(broken)?;
                current.add(records, &cells, (&worst, &names), grouping);
            }
            [a, b] => {
                let call = usize::from(u16::from_be_bytes([*a, *b]));
                if call >= grouping.calls.len() {
                    return Err(broken());
                }
                current.read(call, at, payload, grouping);
            }
            _ => return Err(broken()),
        }
        Ok(())
    }

    /// The group under work is whole: it goes into those that it is put together in, and out.
    fn end_current(&mut self) -> io::Result<()> {
        let Some(group) = self.current.take() else { return Ok(()) };
        let grouping = self.groupings[usize::from(group.rule)];
        if group.level == 0 {
            for level in 1..=grouping.levels() {
                let (_, len) = values_of_key(&group.key, grouping.per.len() - level).unwrap_or_default();
                let item = item_key(group.rule, level, &group.key[..len], None);
                let new = || Pending::new(group.rule, level, &group.key[..len], grouping);
                let parent = self.parents.entry(item).or_insert_with(new);
                parent.add(group.records, &group.cells, (&group.worst, &group.names), grouping);
            }
        }
        (self.each)(group.finish(grouping))
    }

    /// Groups put together that come before an item's; all of them at the end.
    fn finish_up_to(&mut self, item: Option<&[u8]>) -> io::Result<()> {
        if item.is_none() {
            self.end_current()?;
        }
        while let Some(first) = self.parents.first_entry() {
            if item.is_some_and(|it| first.key().as_slice() >= it) {
                break;
            }
            let group = first.remove();
            let grouping = self.groupings[usize::from(group.rule)];
            (self.each)(group.finish(grouping))?;
        }
        Ok(())
    }
}
