//! Promises as declared.

use super::{Effective, Script, Severity};
use crate::{calendar::Terms, diagnostic::Place, record::Amount, wording::UserText};

/// How much time a promise gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// Always the same.
    Amount(Amount, Place),
    /// What a decision table answers, its inputs read from the fields of their names.
    Table(String, Place),
    /// An expression: a duration is open time, a time a fixed due instant; or a field of amounts.
    Expression(Script),
}

impl Target {
    /// As written: an amount, the id of a table, an expression.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Amount(amount, _) => amount.to_string(),
            Self::Table(id, _) => id.clone(),
            Self::Expression(script) => script.text.trim().to_owned(),
        }
    }
}

/// A pause, from the one instant to the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Pause {
    /// When it begins; where it is missing there is no pause.
    pub from: Script,
    /// When it ends; where it is missing it lasts.
    pub to: Option<Script>,
}

/// A promise: a clock with a target.
#[derive(Clone, Debug)]
pub struct Promise {
    /// `<pack>/promise:<id>`, as findings name it.
    pub id: String,
    /// The name in rules: its id in snake_case.
    pub name: String,
    /// What is promised, in one line.
    pub title: UserText,
    /// The kind of record that it is given on.
    pub on: String,
    /// On which records; on all when left out.
    pub when: Option<Script>,
    /// When it is in force, by the record's own date.
    pub effective: Effective,
    /// When the clock starts.
    pub start: Script,
    /// When it stops.
    pub stop: Script,
    /// How much time there is.
    pub target: Target,
    /// The id of a calendar, or an expression that gives one; every hour counts when left out.
    pub calendar: Option<Script>,
    /// When the clock stands still.
    pub pauses: Vec<Pause>,
    /// By which conventions the target is reckoned.
    pub terms: Terms,
    /// From which share of the target an open clock is at risk.
    pub warn_at: f64,
    /// How much a breach matters.
    pub severity: Severity,
    /// The quality dimension it is filed under.
    pub dimension: Option<String>,
    /// The moment of contact it is filed under.
    pub touchpoint: Option<String>,
    /// The clause of the standard that it comes from.
    pub source: Option<String>,
    /// Why it is given.
    pub why: UserText,
    /// What should be done to keep it.
    pub fix: UserText,
    /// Why the project changed it.
    pub house_reason: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// Where its id stands.
    pub id_place: Place,
}

impl Promise {
    /// Its texts that may name fields.
    pub fn scripts(&self) -> impl Iterator<Item = &Script> {
        let target = if let Target::Expression(script) = &self.target { Some(script) } else { None };
        let pauses = self.pauses.iter().flat_map(|it| std::iter::once(&it.from).chain(&it.to));
        let parts = self.when.iter().chain([&self.start, &self.stop]).chain(target);
        parts.chain(&self.calendar).chain(pauses)
    }
}
