//! The wanted cells of a block, as views into its text.

use super::{
    csv::{Grid, Reject, Shape},
    decode::cut,
    feed::Block,
    json::{self, Kind, Token},
    lane::ABSENT,
    layout::Layout,
    quotes::{Dialect, unquote},
    reader::Reader,
    spec::{Fault, FaultKind, Format},
};
use crate::record::View;
use std::collections::HashMap;

/// What a worker must know about the files to find cells in their blocks.
#[derive(Debug)]
pub(super) struct Plan {
    /// For each file and slot the column, in CSV.
    columns: Vec<Vec<Option<usize>>>,
    missing: Missing,
    keys: Keys,
}

impl Plan {
    pub(super) fn new(reader: &Reader) -> Self {
        let opened = &reader.opened;
        let names: Vec<&str> =
            reader.slots.iter().map(|it| opened.schema.fields[*it].from.as_str()).collect();
        let column = |layout: &Layout, name: &&str| layout.columns.iter().position(|it| it.from == **name);
        let columns =
            opened.layouts.iter().map(|layout| names.iter().map(|it| column(layout, it)).collect()).collect();
        Self { columns, missing: Missing::new(&opened.spec.missing), keys: Keys::new(&names) }
    }
}

/// The tokens that mean a missing value.
#[derive(Debug)]
struct Missing {
    /// A bit for each length that a token has; the highest one for all longer ones.
    lens: u64,
    tokens: Vec<Vec<u8>>,
}

impl Missing {
    fn new(tokens: &[String]) -> Self {
        let lens = tokens.iter().fold(0, |lens, it| lens | 1 << it.len().min(63));
        Self { lens, tokens: tokens.iter().map(|it| it.as_bytes().to_vec()).collect() }
    }

    /// Makes the views of tokens absent.
    fn apply(&self, views: &mut [View], text: &[u8]) {
        if self.lens == 0 {
            return;
        }
        for view in views {
            if self.lens >> view.len.min(63) & 1 == 1 && view.start != ABSENT.start {
                let start = view.start as usize;
                let cell = &text[start..start + view.len as usize];
                if self.tokens.iter().any(|it| it == cell) {
                    *view = ABSENT;
                }
            }
        }
    }
}

/// The wanted keys of JSON objects.
#[derive(Debug)]
struct Keys {
    names: Vec<String>,
    by_name: HashMap<Vec<u8>, usize>,
    /// Slots whose name has a dot: they may reach into objects.
    dotted: Vec<usize>,
    /// The keys of the last object in order, each with its slot: the next one is mostly alike.
    order: Vec<(Vec<u8>, Option<usize>)>,
}

impl Keys {
    fn new(names: &[&str]) -> Self {
        Self {
            names: names.iter().map(|it| (*it).to_owned()).collect(),
            by_name: names.iter().enumerate().map(|(slot, it)| (it.as_bytes().to_vec(), slot)).collect(),
            dotted: (0..names.len()).filter(|it| names[*it].contains('.')).collect(),
            order: Vec::new(),
        }
    }

    /// The slot of the `nth` key of an object.
    #[inline]
    fn slot(&mut self, nth: usize, key: &[u8], escaped: bool) -> Option<usize> {
        if let Some((expected, slot)) = self.order.get(nth)
            && expected == key
        {
            return *slot;
        }
        self.learn(nth, key, escaped)
    }

    #[cold]
    fn learn(&mut self, nth: usize, key: &[u8], escaped: bool) -> Option<usize> {
        let mut plain = String::new();
        let slot = if escaped {
            json::unescape(std::str::from_utf8(key).ok()?, &mut plain)?;
            self.by_name.get(plain.as_bytes()).copied()
        } else {
            self.by_name.get(key).copied()
        };
        // An object with very many keys is no reason to remember them all.
        if nth < 4096 {
            self.order.resize_with(self.order.len().max(nth + 1), Default::default);
            self.order[nth] = (key.to_vec(), slot);
        }
        slot
    }
}

/// The cells of one block.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// Number of records.
    pub(super) len: usize,
    /// All rows of the block, also rejected and blank ones.
    pub(super) row_count: u64,
    /// Which row of the block each record is; empty where every row is a record.
    pub(super) rows: Vec<u64>,
    /// For each slot the cell of every record.
    pub(super) views: Vec<Vec<View>>,
    /// For each slot the records whose cell holds bytes that mean nothing.
    pub(super) damaged: Vec<Vec<u32>>,
    rejects: Vec<(Reject, String)>,
    grid: Grid,
    is_grid: bool,
    /// Where malformed bytes became U+FFFD.
    replaced: Vec<u32>,
    /// For each of them the end of the malformed bytes, and by how much the text has grown there.
    shifts: Vec<(u32, u32)>,
    extra: String,
    quoted: Vec<Vec<u32>>,
}

impl Cells {
    /// Splits a block into records and gives its text; `spare` is memory for it. The views are
    /// there after [`Cells::finish`].
    pub(super) fn split(
        &mut self,
        plan: &mut Plan,
        layout: &Layout,
        block: &mut Block,
        spare: &mut Vec<u8>,
    ) -> String {
        let slots = plan.keys.names.len();
        self.views.resize_with(slots, Vec::new);
        self.damaged.resize_with(slots, Vec::new);
        self.views.iter_mut().for_each(Vec::clear);
        self.damaged.iter_mut().for_each(Vec::clear);
        self.rows.clear();
        self.rejects.clear();
        self.extra.clear();
        let text = self.take_text(std::mem::take(&mut block.bytes), spare);
        for line in &mut block.broken {
            (line.start, line.end) = (self.moved(line.start), self.moved(line.end));
        }
        for (start, end) in &mut block.elements {
            (*start, *end) = (self.moved(*start), self.moved(*end));
        }
        self.is_grid = matches!(layout.format, Format::Csv | Format::Tsv);
        if self.is_grid {
            let (dialect, width) = (layout.dialect, layout.columns.len());
            let shape = Shape { dialect, width, regular: block.regular, broken: &block.broken };
            self.grid.fill(text.as_bytes(), shape);
            self.len = self.grid.len();
            self.row_count = self.grid.row_count;
            std::mem::swap(&mut self.rows, &mut self.grid.rows);
            self.rejects.extend(self.grid.rejects.iter().map(|it| (*it, String::new())));
        } else {
            self.split_json(&mut plan.keys, &text, block, layout.format);
        }
        text
    }

    /// The bytes as text. Bytes that are no UTF-8 become U+FFFD, and their places are noted.
    fn take_text(&mut self, bytes: Vec<u8>, spare: &mut Vec<u8>) -> String {
        self.replaced.clear();
        self.shifts.clear();
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => return text,
            Err(error) => error.into_bytes(),
        };
        let mut text = String::with_capacity(bytes.len() + 64);
        let mut read = 0;
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            read += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                self.replaced.push(text.len() as u32);
                text.push(char::REPLACEMENT_CHARACTER);
                read += chunk.invalid().len();
                self.shifts.push((read as u32, (text.len() - read) as u32));
            }
        }
        *spare = bytes;
        text
    }

    /// Where a position of the bytes stands in the text, which replacing has lengthened.
    fn moved(&self, position: u32) -> u32 {
        let before = self.shifts.partition_point(|(end, _)| *end <= position);
        position + before.checked_sub(1).map_or(0, |it| self.shifts[it].1)
    }

    /// Finds the views of every slot.
    pub(super) fn finish(&mut self, plan: &Plan, layout: &Layout, file: usize, text: &mut String) {
        if self.is_grid {
            let columns = &plan.columns[file];
            self.sort_quoted(columns, layout.columns.len());
            for (slot, column) in columns.iter().enumerate() {
                match column {
                    Some(column) => self.fill_slot(slot, *column, text, layout.dialect),
                    None => self.views[slot].resize(self.len, ABSENT),
                }
            }
        }
        text.push_str(&self.extra);
        for views in &mut self.views {
            plan.missing.apply(views, text.as_bytes());
        }
    }

    /// Sorts the cells with quotes by slot.
    fn sort_quoted(&mut self, columns: &[Option<usize>], width: usize) {
        self.quoted.resize_with(width, Vec::new);
        self.quoted.iter_mut().for_each(Vec::clear);
        if self.grid.quoted.is_empty() {
            return;
        }
        let mut wanted = vec![false; width];
        columns.iter().flatten().for_each(|it| wanted[*it] = true);
        for cell in &self.grid.quoted {
            let (row, column) = (*cell / width as u32, *cell as usize % width);
            if wanted[column] {
                self.quoted[column].push(row);
            }
        }
    }

    fn fill_slot(&mut self, slot: usize, column: usize, text: &str, dialect: Dialect) {
        let width = self.grid.width;
        let views = &mut self.views[slot];
        views.reserve(self.len);
        let rows = self.grid.ends().chunks_exact(width);
        let view =
            |start: u32, end: u32| if start == end { ABSENT } else { View { start, len: end - start } };
        let bytes = text.as_bytes();
        let last = column + 1 == width;
        if last {
            let start = |(row, first): (&[u32], &u32)| if column == 0 { *first } else { row[column - 1] + 1 };
            views.extend(rows.zip(&self.grid.starts).map(|(row, first)| {
                let (start, end) = (start((row, first)), row[column]);
                let carriage = end > start && bytes[end as usize - 1] == b'\r';
                view(start, end - u32::from(carriage))
            }));
        } else if column == 0 {
            views.extend(rows.zip(&self.grid.starts).map(|(row, first)| view(*first, row[0])));
        } else {
            views.extend(rows.map(|row| view(row[column - 1] + 1, row[column])));
        }
        if !self.replaced.is_empty() {
            for (index, view) in self.views[slot].iter().enumerate() {
                if holds(&self.replaced, *view) {
                    self.damaged[slot].push(index as u32);
                }
            }
        }
        for row in &self.quoted[column] {
            let view = &mut self.views[slot][*row as usize];
            let cell = view.of(text);
            *view = match unquote(cell, dialect) {
                Ok(range) if range.is_empty() => ABSENT,
                Ok(range) => View { start: view.start + range.start as u32, len: range.len() as u32 },
                Err(anew) if anew.is_empty() => ABSENT,
                Err(anew) => {
                    let start = (text.len() + self.extra.len()) as u32;
                    self.extra.push_str(&anew);
                    View { start, len: anew.len() as u32 }
                }
            };
        }
    }

    /// Reads the objects of a JSON block.
    fn split_json(&mut self, keys: &mut Keys, text: &str, block: &Block, format: Format) {
        self.len = 0;
        self.row_count = 0;
        let bytes = text.as_bytes();
        let mut all_records = true;
        if format == Format::Ndjson {
            let mut start = 0;
            let mut broken = block.broken.iter().peekable();
            for newline in memchr::memchr_iter(b'\n', bytes) {
                let too_large = broken.next_if(|it| it.start as usize == start).is_some();
                let blank = bytes[start..newline].trim_ascii().is_empty();
                all_records &= !blank && !too_large;
                if too_large {
                    self.reject(FaultKind::TooLarge, start, newline, String::new());
                } else if !blank {
                    all_records &= self.push_object(keys, text, start, newline);
                }
                self.row_count += 1;
                start = newline + 1;
            }
        } else {
            for (start, end) in &block.elements {
                all_records &= self.push_object(keys, text, *start as usize, *end as usize);
                self.row_count += 1;
            }
        }
        if all_records {
            self.rows.clear();
        }
    }

    fn reject(&mut self, kind: FaultKind, start: usize, end: usize, detail: String) {
        let reject = Reject { row: self.row_count, kind, start: start as u32, end: end as u32 };
        self.rejects.push((reject, detail));
    }

    /// Reads one object; false if it is none.
    fn push_object(&mut self, keys: &mut Keys, text: &str, start: usize, end: usize) -> bool {
        let bytes = &text.as_bytes()[..end];
        let index = self.len;
        for views in &mut self.views {
            views.push(ABSENT);
        }
        let mut nth = 0;
        let from = json::skip_space(bytes, start);
        let read = json::object(bytes, from, |key, value| {
            let slot = keys.slot(nth, &bytes[key.start..key.end], key.escaped);
            nth += 1;
            if let Some(slot) = slot {
                self.set(slot, index, value, text);
            }
        });
        if read.is_ok_and(|it| json::skip_space(bytes, it) == end) {
            for slot in &keys.dotted {
                if self.views[*slot][index] == ABSENT
                    && let Some(value) = reach(bytes, from, &keys.names[*slot])
                {
                    self.set(*slot, index, value, text);
                }
            }
            self.len += 1;
            self.rows.push(self.row_count);
            return true;
        }
        self.views.iter_mut().for_each(|it| it.truncate(index));
        for damaged in &mut self.damaged {
            while damaged.last() == Some(&(index as u32)) {
                damaged.pop();
            }
        }
        self.reject(FaultKind::BadJson, start, end, complaint(&text[start..end]));
        false
    }

    #[inline]
    fn set(&mut self, slot: usize, index: usize, value: Token, text: &str) {
        let mut view = View { start: value.start as u32, len: (value.end - value.start) as u32 };
        let mut damaged = !self.replaced.is_empty() && holds(&self.replaced, view);
        if value.kind == Kind::Null {
            view = ABSENT;
        } else if value.escaped {
            let from = self.extra.len();
            if json::unescape(&text[value.start..value.end], &mut self.extra).is_some() {
                view = View { start: (text.len() + from) as u32, len: (self.extra.len() - from) as u32 };
            } else {
                // Half of a surrogate pair is no character.
                self.extra.truncate(from);
                damaged = true;
            }
        }
        self.views[slot][index] = view;
        if damaged {
            self.damaged[slot].push(index as u32);
        }
    }

    /// The rows that could not be split.
    pub(super) fn rejected(&self, text: &str, first_row: u64, file: u32) -> Vec<Fault> {
        let fault = |(reject, detail): &(Reject, String)| Fault {
            kind: reject.kind,
            file,
            row: first_row + reject.row,
            field: None,
            text: cut(View { start: reject.start, len: reject.end - reject.start }.of(text)),
            detail: detail.clone(),
        };
        self.rejects.iter().map(fault).collect()
    }
}

/// True if a replaced character lies in the view.
fn holds(replaced: &[u32], view: View) -> bool {
    let first = replaced.partition_point(|it| *it < view.start);
    replaced.get(first).is_some_and(|it| *it < view.start.saturating_add(view.len))
}

/// The value that a dotted path reaches in the object at `at`; a key with the dots in it comes first.
pub(super) fn reach(text: &[u8], at: usize, path: &str) -> Option<Token> {
    let (mut whole, mut inner) = (None, None);
    json::object(text, at, |key, value| {
        let raw = &text[key.start..key.end];
        if raw == path.as_bytes() {
            whole = Some(value);
        } else if value.kind == Kind::Object
            && let Some(rest) = path.as_bytes().strip_prefix(raw).and_then(|it| it.strip_prefix(b"."))
            && let Ok(rest) = std::str::from_utf8(rest)
        {
            inner = Some((value, rest));
        }
    })
    .ok()?;
    whole.or_else(|| inner.and_then(|(value, rest)| reach(text, value.start, rest)))
}

/// What serde_json says about a text that is no JSON object.
fn complaint(text: &str) -> String {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => "not an object".to_owned(),
        Err(error) => {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            format!("column {}: {message}", error.column())
        }
    }
}
