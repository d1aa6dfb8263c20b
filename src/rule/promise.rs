//! Promises as declared.

use super::{Effective, Script, Severity};
use crate::{
    calendar::{Reopening, Retargeting, Terms},
    diagnostic::Place,
    record::Amount,
    wording::UserText,
};

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

/// When a clock stands still.
#[derive(Clone, Debug, PartialEq)]
pub enum Pause {
    /// From the one instant to the other: where the first is missing there is no pause, where the second is missing
    /// it lasts.
    Span(Script, Option<Script>),
    /// While a condition on the events of a case holds.
    While(OfEvents),
}

/// What is read off the events of a case: an expression, or where its answers stand once a source is opened.
#[derive(Clone, Debug, PartialEq)]
pub struct OfEvents {
    /// As written.
    pub script: Script,
    /// The field that holds the answers; `None` where no events have been looked at.
    pub field: Option<String>,
}

impl OfEvents {
    /// Nothing has been looked at yet.
    #[must_use]
    pub fn new(script: Script) -> Self {
        Self { script, field: None }
    }
}

/// What becomes of a clock when its case is opened again.
#[derive(Clone, Debug, PartialEq)]
pub struct Reopen {
    /// The step that opens it again.
    pub step: String,
    /// The step that stops it.
    pub stop: String,
    /// What becomes of the clock.
    pub policy: Reopening,
    /// The field that holds stops and reopenings by turns.
    pub turns: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// What becomes of a clock when its target changes.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetChange {
    /// The step at which it may change.
    pub step: String,
    /// What becomes of the clock.
    pub policy: Retargeting,
    /// The fields that hold when it changes, the targets and the calendars, once a source is opened.
    pub fields: Option<ChangeFields>,
    /// Where it stands.
    pub place: Place,
}

/// Where the changes of a target stand: lists, one element a change.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeFields {
    /// When.
    pub at: String,
    /// The targets, if not always the same.
    pub targets: Option<String>,
    /// The ids of calendars, if not always the same.
    pub calendars: Option<String>,
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
    /// What becomes of it when its case is opened again.
    pub reopen: Option<Reopen>,
    /// What becomes of it when its target changes.
    pub target_change: Option<TargetChange>,
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
        let pauses = self.pauses.iter().flat_map(|it| match it {
            Pause::Span(from, to) => vec![from].into_iter().chain(to),
            Pause::While(of_events) => vec![&of_events.script].into_iter().chain(&None),
        });
        let parts = self.when.iter().chain([&self.start, &self.stop]).chain(target);
        parts.chain(&self.calendar).chain(pauses)
    }

    /// The fields in which answers about the events of its case stand.
    pub fn fields_of_events(&self) -> impl Iterator<Item = &String> {
        let pauses = self.pauses.iter().filter_map(|it| match it {
            Pause::While(of_events) => of_events.field.as_ref(),
            Pause::Span(..) => None,
        });
        let changes = self.target_change.iter().filter_map(|it| it.fields.as_ref());
        let changes = changes.flat_map(|it| [Some(&it.at), it.targets.as_ref(), it.calendars.as_ref()]);
        pauses.chain(self.reopen.iter().filter_map(|it| it.turns.as_ref())).chain(changes.flatten())
    }
}
