//! Scorecards, as written: who is scored over which time, and what costs or earns points.

use super::Script;
use crate::{
    calendar::{format_date, format_month, format_quarter, format_week, format_year},
    diagnostic::Place,
    wording::UserText,
};

/// Over which time a score is reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Each day.
    Day,
    /// Each week (ISO 8601).
    Week,
    /// Each month.
    Month,
    /// Each quarter.
    Quarter,
    /// Each year.
    Year,
    /// All records together.
    All,
}

impl Period {
    /// All periods.
    pub const ALL: [Self; 6] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year, Self::All];

    /// The name in files; but for `all` also the function that gives it for a time or a date.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::All => "all",
        }
    }

    /// The period of a date, in days since 1970-01-01.
    #[must_use]
    pub fn text(self, day: i64) -> String {
        match self {
            Self::Day => format_date(day),
            Self::Week => format_week(day),
            Self::Month => format_month(day),
            Self::Quarter => format_quarter(day),
            Self::Year => format_year(day),
            Self::All => self.name().to_owned(),
        }
    }
}

/// What is scored first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each record; scores of records are averaged.
    Record,
    /// The subject: faults are counted over its period.
    Subject,
}

/// How sections come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// The weighted mean of what sections have reached of their own points.
    Section,
    /// The weight of a section multiplies the points of its items.
    Points,
}

impl Weighting {
    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Points => "points",
        }
    }
}

/// What a record without evidence costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutEvidence {
    /// Nothing: the item leaves the base.
    Exclude,
    /// The points of the item.
    Deduct,
}

/// A scorecard.
#[derive(Clone, Debug)]
pub struct Scorecard {
    /// `<pack>/<scorecard>`.
    pub id: String,
    /// What it is called; the id where nothing is said.
    pub title: UserText,
    /// The level of `subject` that is scored: `agent`.
    pub subject: (String, Place),
    /// Over which time.
    pub period: Period,
    /// What is scored first.
    pub scope: Scope,
    /// Full marks.
    pub base: f64,
    /// No score is below.
    pub floor: f64,
    /// No score is above.
    pub ceiling: f64,
    /// A score from fewer records is provisional.
    pub min_records: u64,
    /// How sections come together.
    pub weighting: Weighting,
    /// What a record without evidence costs.
    pub without_evidence: WithoutEvidence,
    /// From which score on which grade is given, from the highest down.
    pub grades: Vec<(f64, String)>,
    /// The sections; their weights add up to 100.
    pub sections: Vec<Section>,
    /// Where its table stands.
    pub place: Place,
    /// Where its id stands.
    pub id_place: Place,
}

/// A part of a scorecard.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// What it is called; the id where nothing is said.
    pub title: UserText,
    /// Its share of 100.
    pub weight: f64,
    /// What is looked at.
    pub items: Vec<Item>,
}

/// What an item looks at.
#[derive(Clone, Debug)]
pub enum Scored {
    /// The verdicts of a rule, by its id.
    Rule(String),
    /// A promise, by its id, `<pack>/promise:<promise>`.
    Promise(String),
    /// An aggregate over the subject's records of a kind.
    Metric(Script),
    /// A number that an evaluator has filled in.
    Field(String),
}

impl Scored {
    /// The item in reports.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Rule(text) | Self::Promise(text) | Self::Field(text) => text,
            Self::Metric(script) => script.text.trim(),
        }
    }
}

/// Whose score a critical item takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Critical {
    /// That of the record, where records are scored.
    Record,
    /// That of the subject.
    Period,
}

/// What costs or earns points.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it looks at.
    pub of: Scored,
    /// Points that a fault costs.
    pub deduct: Option<f64>,
    /// Points that the item earns beyond full marks.
    pub bonus: Option<f64>,
    /// Deductions of a record, or of the period where subjects are scored, end here; bonuses of a period do.
    pub cap: Option<f64>,
    /// Deductions are per so many records.
    pub per: Option<f64>,
    /// One fault costs once: of items that name the same, the dearest.
    pub fault: Option<String>,
    /// A fault takes the whole score.
    pub critical: Option<Critical>,
    /// What a critical item leaves of the score; 0 unless told.
    pub critical_cap: f64,
    /// A value below is critical.
    pub critical_below: Option<f64>,
    /// The value for full marks, or the points of the item.
    pub max: Option<f64>,
    /// Values with what they are worth, 0 to 100, in rising order of values; linear between them.
    pub scale: Vec<(f64, f64)>,
    /// Its weight among the measured items of its section.
    pub weight: f64,
    /// From fewer records there is no value.
    pub min: u64,
    /// The kind of record that it is about, where that does not follow.
    pub on: Option<(String, Place)>,
    /// Where it stands.
    pub place: Place,
}

impl Item {
    /// How much of full marks a value reaches, from 0 to 1.
    #[must_use]
    pub fn share(&self, value: f64) -> f64 {
        let Some(first) = self.scale.first() else {
            return (value / self.max.unwrap_or(1.0)).clamp(0.0, 1.0);
        };
        let last = self.scale[self.scale.len() - 1];
        let at = match self.scale.iter().position(|it| it.0 >= value) {
            Some(0) => first.1,
            None => last.1,
            Some(next) => {
                let ((x0, y0), (x1, y1)) = (self.scale[next - 1], self.scale[next]);
                y0 + (y1 - y0) * (value - x0) / (x1 - x0)
            }
        };
        at / 100.0
    }
}
