//! The figures of windows by record: in memory up to a bound, in a temporary file beyond it.

use crate::{
    engine::groups::{Kind, Number},
    record::{Column, Type, Value},
    sorting::{Merge, Sorter, Spill, Temporary},
};
use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    sync::{Mutex, PoisonError},
};

const MISSING: u8 = 0;
const THERE: u8 = 1;
const UNREADABLE: u8 = 2;

/// Bytes of one figure.
pub(super) fn width(ty: Type) -> usize {
    if ty == Type::Decimal { 17 } else { 9 }
}

/// Appends a figure, with zeros up to its width.
pub(super) fn put(out: &mut Vec<u8>, value: &Value, ty: Type) {
    let end = out.len() + width(ty);
    match Number::of(value) {
        Some(number) => {
            out.push(THERE);
            number.write(out);
        }
        None => out.push(if *value == Value::Unreadable { UNREADABLE } else { MISSING }),
    }
    out.resize(end, 0);
}

fn take(bytes: &[u8], ty: Type) -> Value {
    let Some((tag, mut rest)) = bytes.split_first() else { return Value::Missing };
    let number = if *tag == THERE { Number::read(&mut rest, Kind::of(Some(ty))) } else { None };
    match number {
        Some(number) => number.value(Some(ty)),
        None if *tag == UNREADABLE => Value::Unreadable,
        None => Value::Missing,
    }
}

enum Held {
    Memory(Vec<u8>),
    File(Mutex<Temporary>, u64),
}

/// The figures of one rule's windows.
pub(super) struct Store {
    types: Vec<Type>,
    width: usize,
    held: Held,
}

impl Store {
    /// The figures of records `first..first + len`, a column an aggregate.
    pub(super) fn columns(&self, first: u64, len: usize) -> io::Result<Vec<Column>> {
        let (start, size) = (first * self.width as u64, len * self.width);
        let mut read = Vec::new();
        let bytes = match &self.held {
            Held::Memory(all) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX).min(all.len());
                &all[start..(start + size).min(all.len())]
            }
            Held::File(file, total) => {
                let there = usize::try_from(total.saturating_sub(start)).unwrap_or(usize::MAX).min(size);
                read.resize(there, 0);
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(start))?;
                file.read_exact(&mut read)?;
                &read
            }
        };
        let mut at = 0;
        let mut columns = Vec::new();
        for ty in &self.types {
            let one = |row: usize| {
                let from = row * self.width + at;
                bytes.get(from..from + width(*ty)).map_or(Value::Missing, |it| take(it, *ty))
            };
            let values: Vec<Value> = (0..len).map(one).collect();
            columns.push(Column::of_values(*ty, &values));
            at += width(*ty);
        }
        Ok(columns)
    }
}

/// Takes the figures of one rule's windows in, in any order of records.
pub(super) struct Filling {
    types: Vec<Type>,
    width: usize,
    memory: Vec<u8>,
    sorter: Option<Sorter<Temporary>>,
    spill: Spill,
}

impl Filling {
    /// For so many records, within a bound of memory.
    pub(super) fn new(types: &[Type], records: u64, spill: Spill) -> Self {
        let width = types.iter().map(|it| width(*it)).sum();
        let size = usize::try_from(records).unwrap_or(usize::MAX).saturating_mul(width);
        let fits = size <= spill.bytes_max;
        Self {
            types: types.to_vec(),
            width,
            memory: if fits { vec![MISSING; size] } else { Vec::new() },
            sorter: (!fits).then(|| Sorter::new(spill.bytes_max, spill.make)),
            spill,
        }
    }

    pub(super) fn put(&mut self, record: u64, figures: &[u8]) -> io::Result<()> {
        if let Some(sorter) = &mut self.sorter {
            return sorter.push(&[], record.cast_signed(), 0, figures);
        }
        let start = usize::try_from(record).unwrap_or(usize::MAX).saturating_mul(self.width);
        if let Some(place) = self.memory.get_mut(start..start.saturating_add(self.width)) {
            place.copy_from_slice(figures);
        }
        Ok(())
    }

    /// The figures, to be read by record.
    pub(super) fn finish(self) -> io::Result<Store> {
        let Self { types, width, memory, sorter, spill } = self;
        let Some(sorter) = sorter else { return Ok(Store { types, width, held: Held::Memory(memory) }) };
        let mut file = (spill.make)()?;
        let mut buffer = Vec::with_capacity(BUFFER + width);
        let mut merge = Merge::new(vec![sorter])?;
        let (mut next, mut total) = (0_i64, 0_u64);
        while let Some(item) = merge.next_item()? {
            // Records without a window are missing.
            while next < item.at {
                buffer.resize(buffer.len() + width, MISSING);
                next += 1;
                total += flushed(&mut file, &mut buffer, BUFFER)?;
            }
            buffer.extend_from_slice(item.payload);
            next += 1;
            total += flushed(&mut file, &mut buffer, BUFFER)?;
        }
        total += flushed(&mut file, &mut buffer, 0)?;
        Ok(Store { types, width, held: Held::File(Mutex::new(file), total) })
    }
}

const BUFFER: usize = 1 << 16;

/// Writes a buffer that has reached a size; gives the bytes written.
fn flushed(file: &mut Temporary, buffer: &mut Vec<u8>, size: usize) -> io::Result<u64> {
    if buffer.len() < size || buffer.is_empty() {
        return Ok(0);
    }
    file.write_all(buffer)?;
    let written = buffer.len() as u64;
    buffer.clear();
    Ok(written)
}
