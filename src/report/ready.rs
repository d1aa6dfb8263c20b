//! A finding ready to be encoded: what several formats want of it, made once for all of them.

use super::escape::{FINGERPRINT_LEN, Plain, fingerprint};
use crate::{
    finding::{Alike, Digits, Finding, Sink, digits},
    record::Value,
};

/// See the file's head.
#[derive(Debug)]
pub struct Ready<'r, 'f> {
    pub(super) finding: &'r Finding<'f>,
    pub(super) alike: Alike,
    pub(super) key: Plain,
    pub(super) message: Plain,
    /// Of all names of those who are scored.
    pub(super) subject: Plain,
    /// Of all texts among the values of the evidence.
    pub(super) values: Plain,
    id: [u8; FINGERPRINT_LEN],
    row: Digits,
}

impl<'r, 'f> Ready<'r, 'f> {
    /// A finding, and what it has in common with others.
    #[must_use]
    pub fn new(finding: &'r Finding<'f>, alike: Alike) -> Self {
        Self {
            finding,
            alike,
            key: Plain::of(finding.key),
            message: Plain::of(finding.message),
            subject: finding.subject.iter().map(|it| Plain::of(it.1)).fold(Plain::YES, Plain::and),
            values: finding.evidence.fields.iter().map(|it| plain(&it.1)).fold(Plain::YES, Plain::and),
            id: fingerprint(finding.id),
            row: digits(finding.origin.row, 1),
        }
    }

    /// Appends the fingerprint.
    #[inline]
    pub(super) fn put_id(&self, out: &mut Vec<u8>) {
        out.put_ascii(&self.id);
    }

    /// Appends the row.
    #[inline]
    pub(super) fn put_row(&self, out: &mut Vec<u8>) {
        let (text, len) = &self.row;
        out.put_first(text, *len);
    }
}

/// What stands in the way of a value as it is written: only texts and lists can hold anything.
fn plain<T: AsRef<str>>(value: &Value<T>) -> Plain {
    match value {
        Value::Text(text) => Plain::of(text.as_ref()),
        // Commas stand between its elements.
        Value::List(all) => Plain { csv: false, ..all.iter().map(plain).fold(Plain::YES, Plain::and) },
        Value::Missing
        | Value::Unreadable
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Duration(_)
        | Value::Amount(_) => Plain::YES,
    }
}
