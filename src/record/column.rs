//! Typed columns with validity.

use super::{Amount, Bitmap, Element, Type, Value};
use rust_decimal::Decimal;
use std::{collections::HashMap, sync::Arc};

/// Where a text stands in its batch's buffer: byte offset and byte length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// First byte.
    pub start: u32,
    /// Number of bytes.
    pub len: u32,
}

impl View {
    /// The text in `buffer`.
    #[inline]
    #[must_use]
    pub fn of(self, buffer: &str) -> &str {
        buffer.get(self.start as usize..self.start as usize + self.len as usize).unwrap_or("")
    }
}

/// The distinct texts of a coded column. It only grows: a code keeps its text for the whole run.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    texts: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u16>,
}

impl Dictionary {
    /// More distinct texts than this are not worth a dictionary.
    pub const LEN_MAX: usize = 4096;

    /// The code of `text`, new if need be; `None` once the dictionary is full.
    pub fn code(&mut self, text: &str) -> Option<u16> {
        if let Some(code) = self.codes.get(text) {
            return Some(*code);
        }
        if self.texts.len() >= Self::LEN_MAX {
            return None;
        }
        let code = u16::try_from(self.texts.len()).ok()?;
        let shared: Arc<str> = text.into();
        self.texts.push(shared.clone());
        self.codes.insert(shared, code);
        Some(code)
    }

    /// The code of `text` if it is known.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u16> {
        self.codes.get(text).copied()
    }

    /// The text of `code`.
    #[inline]
    #[must_use]
    pub fn text(&self, code: u16) -> &str {
        self.texts.get(usize::from(code)).map_or("", |it| it)
    }

    /// All texts, by code.
    #[must_use]
    pub fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }
}

/// Texts of a column.
#[derive(Clone, Debug)]
pub enum TextColumn {
    /// Codes into a dictionary; the code of a missing value is 0 and means nothing.
    Coded(Vec<u16>, Dictionary),
    /// Views into the batch's buffer.
    Views(Vec<View>),
    /// Views into a buffer of the column's own: a derived field.
    Owned(Vec<View>, String),
}

/// Lists of a column: the elements of record `i` are `ends[i - 1]..ends[i]` of `elements`.
#[derive(Clone, Debug)]
pub struct ListColumn {
    /// Where each record's list ends in `elements`.
    pub ends: Vec<u32>,
    /// All elements, none of them missing.
    pub elements: Values,
}

impl ListColumn {
    /// Where the elements of record `index` stand.
    #[inline]
    #[must_use]
    pub fn range(&self, index: usize) -> std::ops::Range<usize> {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        start..self.ends[index] as usize
    }
}

/// The values of a column. A missing value's place holds something of the type that means nothing.
#[derive(Clone, Debug)]
pub enum Values {
    /// `bool`.
    Bool(Bitmap),
    /// `int`; `time` and `duration` in microseconds; `date` in days.
    Int(Vec<i64>),
    /// `float`.
    Float(Vec<f64>),
    /// `decimal`.
    Decimal(Vec<Decimal>),
    /// `text` and choices.
    Text(TextColumn),
    /// `amount`.
    Amount(Vec<Amount>),
    /// `list`.
    List(Box<ListColumn>),
}

impl Values {
    /// Empty values for `ty`; text starts as views.
    #[must_use]
    pub fn new(ty: Type) -> Self {
        match ty {
            Type::Bool => Self::Bool(Bitmap::default()),
            Type::Int | Type::Date | Type::Time | Type::Duration => Self::Int(Vec::new()),
            Type::Float => Self::Float(Vec::new()),
            Type::Decimal => Self::Decimal(Vec::new()),
            Type::Text => Self::Text(TextColumn::Views(Vec::new())),
            Type::Amount => Self::Amount(Vec::new()),
            Type::List(element) => {
                Self::List(Box::new(ListColumn { ends: Vec::new(), elements: Self::new(element.as_type()) }))
            }
        }
    }

    /// Appends a value; where it is not of the type, something that means nothing, and gives false.
    fn push(&mut self, value: &Value) -> bool {
        match (self, value) {
            (Self::Bool(bits), Value::Bool(it)) => bits.push(*it),
            (Self::Int(all), Value::Int(it) | Value::Date(it) | Value::Time(it) | Value::Duration(it)) => {
                all.push(*it);
            }
            (Self::Float(all), Value::Float(it)) => all.push(*it),
            (Self::Decimal(all), Value::Decimal(it)) => all.push(*it),
            (Self::Text(TextColumn::Owned(views, own)), Value::Text(it)) => {
                let start = u32::try_from(own.len()).unwrap_or(u32::MAX);
                views.push(View { start, len: u32::try_from(it.len()).unwrap_or_default() });
                own.push_str(it);
            }
            (Self::Amount(all), Value::Amount(it)) => all.push(*it),
            (Self::List(list), Value::List(elements)) => {
                for element in elements {
                    list.elements.push(element);
                }
                let len = list.ends.last().copied().unwrap_or_default() as usize + elements.len();
                list.ends.push(u32::try_from(len).unwrap_or(u32::MAX));
            }
            (values, _) => {
                values.push_nothing();
                return false;
            }
        }
        true
    }

    /// Appends something that means nothing, in the place of a missing value.
    fn push_nothing(&mut self) {
        match self {
            Self::Bool(bits) => bits.push(false),
            Self::Int(all) => all.push(0),
            Self::Float(all) => all.push(0.0),
            Self::Decimal(all) => all.push(Decimal::ZERO),
            Self::Text(TextColumn::Coded(codes, _)) => codes.push(0),
            Self::Text(TextColumn::Views(views) | TextColumn::Owned(views, _)) => views.push(View::default()),
            Self::Amount(all) => all.push(Amount::Open(0)),
            Self::List(list) => list.ends.push(list.ends.last().copied().unwrap_or_default()),
        }
    }

    /// The value at `index`, read as `ty`; `buffer` holds the texts.
    #[must_use]
    pub fn value<'a, T: From<&'a str>>(&'a self, ty: Type, index: usize, buffer: &'a str) -> Value<T> {
        match self {
            Self::Bool(bits) => Value::Bool(bits.get(index)),
            Self::Int(values) => match ty {
                Type::Date => Value::Date(values[index]),
                Type::Time => Value::Time(values[index]),
                Type::Duration => Value::Duration(values[index]),
                Type::Int
                | Type::Bool
                | Type::Float
                | Type::Decimal
                | Type::Text
                | Type::Amount
                | Type::List(_) => Value::Int(values[index]),
            },
            Self::Float(values) => Value::Float(values[index]),
            Self::Decimal(values) => Value::Decimal(values[index]),
            Self::Text(TextColumn::Coded(codes, dictionary)) => {
                Value::Text(dictionary.text(codes[index]).into())
            }
            Self::Text(TextColumn::Views(views)) => Value::Text(views[index].of(buffer).into()),
            Self::Text(TextColumn::Owned(views, own)) => Value::Text(views[index].of(own).into()),
            Self::Amount(values) => Value::Amount(values[index]),
            Self::List(list) => {
                let element = if let Type::List(element) = ty { element } else { Element::Text };
                let one = |at| list.elements.value(element.as_type(), at, buffer);
                Value::List(list.range(index).map(one).collect())
            }
        }
    }
}

/// One field's values in a batch.
#[derive(Clone, Debug)]
pub struct Column {
    /// The type of its values.
    pub ty: Type,
    /// The values.
    pub values: Values,
    /// Set where there is a value.
    pub valid: Bitmap,
    /// Set where the cell could not be read as its type; `None` when all could.
    pub unreadable: Option<Bitmap>,
}

impl Column {
    /// An empty column of `ty`.
    #[must_use]
    pub fn new(ty: Type) -> Self {
        Self { ty, values: Values::new(ty), valid: Bitmap::default(), unreadable: None }
    }

    /// A column of these values; those that are not of the type are missing there.
    #[must_use]
    pub fn of_values<'v>(ty: Type, values: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut column = Self::new(ty);
        let own = || Values::Text(TextColumn::Owned(Vec::new(), String::new()));
        match (ty, &mut column.values) {
            (Type::Text, values) => *values = own(),
            (Type::List(Element::Text), Values::List(list)) => list.elements = own(),
            _ => {}
        }
        let mut unreadable = Bitmap::default();
        for value in values {
            let is_there = column.values.push(value);
            column.valid.push(is_there);
            unreadable.push(*value == Value::Unreadable);
        }
        column.unreadable = unreadable.words().iter().any(|it| *it != 0).then_some(unreadable);
        column
    }

    /// The value of record `index`; `buffer` is the batch's text.
    #[must_use]
    pub fn value<'a, T: From<&'a str>>(&'a self, index: usize, buffer: &'a str) -> Value<T> {
        if self.valid.get(index) {
            self.values.value(self.ty, index, buffer)
        } else if self.unreadable.as_ref().is_some_and(|it| it.get(index)) {
            Value::Unreadable
        } else {
            Value::Missing
        }
    }

    /// The text of record `index` without copying it; `None` where missing or not text.
    #[must_use]
    pub fn text<'a>(&'a self, index: usize, buffer: &'a str) -> Option<&'a str> {
        if !self.valid.get(index) {
            return None;
        }
        match &self.values {
            Values::Text(TextColumn::Coded(codes, dictionary)) => Some(dictionary.text(codes[index])),
            Values::Text(TextColumn::Views(views)) => Some(views[index].of(buffer)),
            Values::Text(TextColumn::Owned(views, own)) => Some(views[index].of(own)),
            Values::Bool(_)
            | Values::Int(_)
            | Values::Float(_)
            | Values::Decimal(_)
            | Values::Amount(_)
            | Values::List(_) => None,
        }
    }
}
