//! Waivers, as written: findings that somebody has excused for a time, with a reason.

use super::Script;
use crate::diagnostic::Place;

/// Which records a waiver is about.
#[derive(Clone, Debug)]
pub enum Waived {
    /// The one with this key; the parts of a list key joined with `|`.
    Key(String),
    /// Those for which this is true.
    Where(Script),
}

/// One waiver.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The full id of the rule or promise.
    pub rule: String,
    /// Which records.
    pub of: Waived,
    /// Why.
    pub reason: String,
    /// Who has allowed it.
    pub approver: String,
    /// The last day that it is good for, in days since 1970-01-01.
    pub expires: i64,
    /// Where it stands.
    pub place: Place,
    /// Where its rule is named.
    pub rule_place: Place,
}

impl Waiver {
    /// Its selector, as people read it.
    #[must_use]
    pub fn selector(&self) -> &str {
        match &self.of {
            Waived::Key(key) => key,
            Waived::Where(script) => script.text.trim(),
        }
    }
}
