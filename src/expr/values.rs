//! What an expression gives for the rows of a chunk.

use super::Mask;
use crate::record::{Decimal, Dictionary, ListColumn, View};
use std::{rc::Rc, sync::Arc};

/// Numbers of a chunk: one for all rows, a slice of a column, or computed.
#[derive(Clone, Debug)]
pub enum Numbers<'b, T> {
    /// The same for every row.
    One(T),
    /// A column's.
    Slice(&'b [T]),
    /// Computed here.
    Owned(Rc<Vec<T>>),
}

impl<T: Copy> Numbers<'_, T> {
    /// The number of a row.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> T {
        match self {
            Self::One(one) => *one,
            Self::Slice(slice) => slice[row],
            Self::Owned(owned) => owned[row],
        }
    }
}

/// Texts of a chunk.
#[derive(Clone, Debug)]
pub enum Texts<'b> {
    /// The same for every row.
    One(Arc<str>),
    /// Codes into a dictionary.
    Coded(&'b [u16], &'b Dictionary),
    /// Views into the batch's text.
    Views(&'b [View], &'b str),
    /// Computed here.
    Owned(Rc<(Vec<View>, String)>),
}

impl Texts<'_> {
    /// The text of a row.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        match self {
            Self::One(one) => one,
            Self::Coded(codes, dictionary) => dictionary.text(codes[row]),
            Self::Views(views, buffer) => views[row].of(buffer),
            Self::Owned(owned) => owned.0[row].of(&owned.1),
        }
    }
}

/// The values of a chunk's rows. Where a row is absent or dropped out, its value means nothing.
#[derive(Clone, Debug)]
pub enum Vals<'b> {
    /// `bool`.
    Bool(Mask),
    /// `int`, `date`, `time`, `duration`.
    Int(Numbers<'b, i64>),
    /// `float`.
    Float(Numbers<'b, f64>),
    /// `decimal`.
    Decimal(Numbers<'b, Decimal>),
    /// `text`.
    Text(Texts<'b>),
    /// `list`: the column and the chunk's first row in it.
    List(&'b ListColumn, &'b str, usize),
}

/// Rows whose value is not there, and the field that it should have come from.
#[derive(Clone, Debug)]
pub struct Absent {
    /// Which rows.
    pub rows: Mask,
    /// The batch column.
    pub column: u32,
    /// True where it is there but could not be read.
    pub unreadable: bool,
}

/// Values with the rows that have none.
#[derive(Clone, Debug)]
pub struct Evaluated<'b> {
    /// The values.
    pub vals: Vals<'b>,
    /// The rows without one; row sets do not overlap.
    pub absent: Vec<Absent>,
}

impl<'b> Evaluated<'b> {
    /// Values that are all there.
    #[must_use]
    pub fn whole(vals: Vals<'b>) -> Self {
        Self { vals, absent: Vec::new() }
    }

    /// The rows without a value; unreadable ones only if asked.
    #[must_use]
    pub fn missing(&self, unreadable: bool) -> Mask {
        let wanted = self.absent.iter().filter(|it| it.unreadable == unreadable);
        wanted.fold(Mask::NONE, |all, it| all.or(&it.rows))
    }
}
