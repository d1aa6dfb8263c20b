//! Cells of one field become one typed column.

use super::{
    cell,
    clock::{TimeFormat, WallClock},
    coder::Coder,
    json::{self, Kind},
};
use crate::record::{Amount, Bitmap, Column, Decimal, Element, ListColumn, TextColumn, Type, Values, View};
use std::collections::HashSet;

/// The view of a missing cell.
pub(super) const ABSENT: View = View { start: u32::MAX, len: 0 };

#[inline]
pub(super) fn is_absent(view: View) -> bool {
    view.start == u32::MAX
}

/// How the cells of a wanted field are read.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    /// Index into the schema's fields.
    pub(super) field: usize,
    /// Which run of cells it reads.
    pub(super) slot: usize,
    pub(super) ty: Type,
    pub(super) reading: Reading,
}

/// What a lane does with a cell.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    Bool,
    Int,
    Float,
    Decimal,
    Date(TimeFormat),
    Time(TimeFormat),
    Duration,
    Amount,
    Text {
        /// Codes while the texts are few.
        coder: Option<Coder>,
        /// The closed list of a choice.
        choices: Option<HashSet<Box<[u8]>>>,
    },
    List {
        element: Element,
        separator: String,
        /// Cells that begin with a bracket are JSON arrays.
        in_json: bool,
    },
}

/// What lanes share while a block is decoded.
pub(super) struct Shared<'a> {
    /// Everything that cells point into.
    pub(super) text: &'a str,
    /// What had to be put together anew; it will stand after `text`.
    pub(super) extra: &'a mut String,
    pub(super) clock: &'a mut WallClock,
    /// Records whose cell cannot be read.
    pub(super) bad: &'a mut Vec<u32>,
}

/// The vector inside `values`, made new if another kind stands there.
macro_rules! vector {
    ($values:expr, $kind:ident) => {{
        let old = std::mem::replace($values, Values::Bool(Bitmap::default()));
        *$values = Values::$kind(if let Values::$kind(it) = old { it } else { Vec::new() });
        let Values::$kind(it) = $values else { return };
        it
    }};
}

impl Lane {
    /// Fills `column` from `cells`.
    pub(super) fn fill(&mut self, cells: &[View], column: &mut Column, shared: &mut Shared<'_>) {
        column.ty = self.ty;
        column.valid.reset(cells.len(), true);
        column.unreadable = None;
        shared.bad.clear();
        let text = shared.text.as_bytes();
        let Column { values, valid, .. } = column;
        let mut run = Run { cells, text, valid, bad: shared.bad };
        match &mut self.reading {
            Reading::Bool => {
                let mut bits = Bitmap::default();
                if let Values::Bool(old) = values {
                    std::mem::swap(old, &mut bits);
                }
                bits.reset(cells.len(), false);
                run.each(cell::bool, |index, it| {
                    if it {
                        bits.set(index, true)
                    }
                });
                *values = Values::Bool(bits);
            }
            Reading::Int => run.push(vector!(values, Int), 0, cell::int),
            Reading::Float => run.push(vector!(values, Float), 0.0, cell::float),
            Reading::Decimal => run.push(vector!(values, Decimal), Decimal::ZERO, cell::decimal),
            Reading::Duration => run.push(vector!(values, Int), 0, cell::duration),
            Reading::Amount => {
                let read = |it: &[u8]| std::str::from_utf8(it).ok()?.parse().ok();
                run.push(vector!(values, Amount), Amount::Open(0), read);
            }
            Reading::Date(format) => run.push(vector!(values, Int), 0, |it| format.date(cell::trim(it))),
            Reading::Time(format) => {
                let clock = &mut *shared.clock;
                run.push(vector!(values, Int), 0, |it| Some(clock.instant(format.time(cell::trim(it))?)));
            }
            Reading::Text { coder, choices } => fill_text(coder, choices.as_ref(), values, &mut run),
            Reading::List { element, separator, in_json } => {
                fill_lists(*element, separator, *in_json, values, &mut run, shared.extra);
            }
        }
        for index in shared.bad.iter() {
            column.valid.set(*index as usize, false);
        }
    }
}

/// The cells of a column, and what becomes of those without a value.
struct Run<'a> {
    cells: &'a [View],
    text: &'a [u8],
    valid: &'a mut Bitmap,
    bad: &'a mut Vec<u32>,
}

impl Run<'_> {
    /// Reads every cell that is there and hands its value on.
    #[inline]
    fn each<T>(&mut self, mut read: impl FnMut(&[u8]) -> Option<T>, mut take: impl FnMut(usize, T)) {
        for (index, view) in self.cells.iter().enumerate() {
            if is_absent(*view) {
                self.valid.set(index, false);
                continue;
            }
            let start = view.start as usize;
            match read(&self.text[start..start + view.len as usize]) {
                Some(value) => take(index, value),
                None => self.bad.push(index as u32),
            }
        }
    }

    /// Reads every cell into `out`, with `blank` where there is no value.
    #[inline]
    fn push<T: Copy>(&mut self, out: &mut Vec<T>, blank: T, read: impl FnMut(&[u8]) -> Option<T>) {
        out.clear();
        out.resize(self.cells.len(), blank);
        self.each(read, |index, value| out[index] = value);
    }
}

fn fill_text(
    coder: &mut Option<Coder>,
    choices: Option<&HashSet<Box<[u8]>>>,
    values: &mut Values,
    run: &mut Run<'_>,
) {
    let old = std::mem::replace(values, Values::Int(Vec::new()));
    let mut column = if let Values::Text(column) = old { column } else { TextColumn::Views(Vec::new()) };
    let coded = coder.as_mut().is_some_and(|it| fill_codes(it, &mut column, run));
    if !coded {
        *coder = None;
        let mut views = match column {
            TextColumn::Views(views) => views,
            TextColumn::Coded(..) | TextColumn::Owned(..) => Vec::new(),
        };
        views.clear();
        views.extend_from_slice(run.cells);
        for (index, _) in run.cells.iter().enumerate().filter(|(_, it)| is_absent(**it)) {
            run.valid.set(index, false);
        }
        column = TextColumn::Views(views);
    }
    if let Some(choices) = choices {
        run.each(|it| choices.contains(it).then_some(()), |_, ()| ());
    }
    *values = Values::Text(column);
}

/// False when there are too many distinct texts.
fn fill_codes(coder: &mut Coder, column: &mut TextColumn, run: &mut Run<'_>) -> bool {
    if !matches!(column, TextColumn::Coded(..)) {
        *column = TextColumn::Coded(Vec::new(), crate::record::Dictionary::default());
    }
    let TextColumn::Coded(codes, dictionary) = column else { return false };
    codes.clear();
    codes.resize(run.cells.len(), 0);
    for (code, (index, view)) in codes.iter_mut().zip(run.cells.iter().enumerate()) {
        if is_absent(*view) {
            run.valid.set(index, false);
        } else if let Some(found) = coder.code(run.text, view.start as usize, view.len as usize) {
            *code = found;
        } else {
            return false;
        }
    }
    coder.share(dictionary);
    true
}

fn fill_lists(
    element: Element,
    separator: &str,
    in_json: bool,
    values: &mut Values,
    run: &mut Run<'_>,
    extra: &mut String,
) {
    let old = std::mem::replace(values, Values::Int(Vec::new()));
    let new = || Box::new(ListColumn { ends: Vec::new(), elements: Values::Int(Vec::new()) });
    let mut list = if let Values::List(list) = old { list } else { new() };
    let base = run.text.len();
    let mut elements = Elements {
        ty: element,
        values: Values::new(element.as_type()),
        count: 0,
        text: run.text,
        base,
        extra,
    };
    list.ends.clear();
    for (index, view) in run.cells.iter().enumerate() {
        if is_absent(*view) {
            run.valid.set(index, false);
        } else {
            let before = elements.count;
            let (start, end) = (view.start as usize, view.start as usize + view.len as usize);
            let read = if in_json && run.text[start..end].starts_with(b"[") {
                elements.push_array(start, end)
            } else {
                elements.push_split(start, end, separator)
            };
            if read.is_none() {
                elements.truncate(before);
                run.bad.push(index as u32);
            }
        }
        list.ends.push(elements.count as u32);
    }
    list.elements = elements.values;
    *values = Values::List(list);
}

/// The elements of a column's lists.
struct Elements<'a> {
    ty: Element,
    values: Values,
    count: usize,
    text: &'a [u8],
    base: usize,
    extra: &'a mut String,
}

impl Elements<'_> {
    fn push_split(&mut self, start: usize, end: usize, separator: &str) -> Option<()> {
        let cell = std::str::from_utf8(&self.text[start..end]).ok()?;
        let mut at = start;
        for part in cell.split(separator) {
            let trimmed = part.trim_ascii();
            if !trimmed.is_empty() {
                let from = at + (part.len() - part.trim_ascii_start().len());
                let view = View { start: from as u32, len: trimmed.len() as u32 };
                self.push(trimmed.as_bytes(), view)?;
            }
            at += part.len() + separator.len();
        }
        Some(())
    }

    fn push_array(&mut self, start: usize, end: usize) -> Option<()> {
        let mut result = Some(());
        let text = self.text;
        json::array(&text[..end], start, |token| {
            if token.kind == Kind::Null || result.is_none() {
                return;
            }
            let raw = &text[token.start..token.end];
            if !token.escaped {
                let view = View { start: token.start as u32, len: raw.len() as u32 };
                result = self.push(raw, view);
                return;
            }
            let from = self.extra.len();
            let unescaped = std::str::from_utf8(raw).ok().and_then(|it| json::unescape(it, self.extra));
            let piece = self.extra[from..].to_owned();
            let view = View { start: (self.base + from) as u32, len: piece.len() as u32 };
            result = unescaped.and_then(|()| self.push(piece.as_bytes(), view));
        })
        .ok()?;
        result
    }

    fn push(&mut self, element: &[u8], view: View) -> Option<()> {
        match (&mut self.values, self.ty) {
            (Values::Bool(bits), Element::Bool) => bits.push(cell::bool(element)?),
            (Values::Int(all), Element::Int) => all.push(cell::int(element)?),
            (Values::Float(all), Element::Float) => all.push(cell::float(element)?),
            (Values::Text(TextColumn::Views(all)), Element::Text) => all.push(view),
            _ => return None,
        }
        self.count += 1;
        Some(())
    }

    fn truncate(&mut self, count: usize) {
        self.count = count;
        match &mut self.values {
            Values::Bool(bits) => {
                let kept: Vec<bool> = (0..count).map(|it| bits.get(it)).collect();
                bits.clear();
                kept.into_iter().for_each(|it| bits.push(it));
            }
            Values::Int(all) => all.truncate(count),
            Values::Float(all) => all.truncate(count),
            Values::Text(TextColumn::Views(all)) => all.truncate(count),
            Values::Text(TextColumn::Coded(..) | TextColumn::Owned(..)) | Values::Decimal(_) | Values::Amount(_) | Values::List(_) => {}
        }
    }
}
