//! The small parts that rules are made of.

use crate::{
    calendar::{Calendar, CalendarSpec, Zone},
    diagnostic::Place,
    record::{Type, Value},
    wording::{self, Wording},
};
use std::{ops::Range, sync::Arc};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; costs nothing.
    Info,
    /// A small fault.
    Minor,
    /// A serious fault.
    Major,
    /// Must never happen.
    Critical,
}

impl Severity {
    /// All, worst first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::Major, Self::Minor, Self::Info];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Info => "info",
        }
    }

    /// The name for readers.
    #[must_use]
    pub const fn wording(self) -> Wording {
        match self {
            Self::Critical => wording::CRITICAL,
            Self::Major => wording::MAJOR,
            Self::Minor => wording::MINOR,
            Self::Info => wording::INFO,
        }
    }

    /// Reads a name in files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// What a rule says of a record (SEMANTICS, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The check holds.
    Pass,
    /// The check does not hold: a finding.
    Fail,
    /// The rule does not look at this record.
    NotApplicable,
    /// A value that was needed is missing.
    NoEvidence,
    /// The rule could not be computed.
    Error,
}

impl Outcome {
    /// All, in the order of reports.
    pub const ALL: [Self; 5] = [Self::Pass, Self::Fail, Self::NotApplicable, Self::NoEvidence, Self::Error];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not_applicable",
            Self::NoEvidence => "no_evidence",
            Self::Error => "error",
        }
    }

    /// The name for readers.
    #[must_use]
    pub const fn wording(self) -> Wording {
        match self {
            Self::Pass => wording::PASS,
            Self::Fail => wording::FAIL,
            Self::NotApplicable => wording::NOT_APPLICABLE,
            Self::NoEvidence => wording::NO_EVIDENCE,
            Self::Error => wording::ERROR_OUTCOME,
        }
    }
}

/// What becomes of a record whose `check` needed a missing value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MissingPolicy {
    /// It is counted as `no_evidence` and listed.
    #[default]
    Skip,
    /// It is also a finding, whose outcome stays `no_evidence`.
    Fail,
}

/// The dates on which a rule is in force, both inclusive, in days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Effective {
    /// First day; `None` is ever since.
    pub from: Option<i64>,
    /// Last day; `None` is for ever.
    pub to: Option<i64>,
}

impl Effective {
    /// Whether the rule is in force on a day.
    #[must_use]
    pub fn includes(&self, day: i64) -> bool {
        self.from.is_none_or(|it| day >= it) && self.to.is_none_or(|it| day <= it)
    }

    /// True where the rule is always in force.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// A piece of Rhai inside a TOML string, or in a file of its own, with the way back to its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The text as Rhai reads it, TOML's escapes undone.
    pub text: String,
    /// The file it stands in, as shown.
    pub file: Arc<str>,
    /// Where runs of `text` stand in the file: (first byte in `text`, first byte in the file), in
    /// rising order; the first run starts at byte 0 of `text`. An escape is a run of its own. Where
    /// bytes of the file give no text (a line-ending backslash, the closing quotes), two runs start
    /// at the same byte of `text`: what stands before ends at the first, the rest starts at the last.
    pub runs: Vec<(usize, usize)>,
}

impl Script {
    /// The bytes of the file that hold `range` of the text.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Range<usize> {
        let start = self.byte_in_file(range.start);
        let end = if range.end <= range.start {
            start
        } else if let Some((_, in_file)) = self.runs.iter().find(|(byte, _)| *byte == range.end) {
            // An escape that ends here is spanned whole.
            *in_file
        } else {
            self.byte_in_file(range.end - 1) + 1
        };
        start..end.max(start)
    }

    fn byte_in_file(&self, byte: usize) -> usize {
        let run = self.runs.iter().rev().find(|(start, _)| *start <= byte);
        run.map_or(byte, |(start, in_file)| in_file + (byte - start))
    }

    /// The place of `range` of the text.
    #[must_use]
    pub fn place(&self, range: Range<usize>) -> Place {
        Place::Text { file: self.file.clone(), span: self.span(range) }
    }
}

/// A file of a pack's function library: `lib/<name>.rhai`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryFile {
    /// Its name below `lib`, without the ending.
    pub name: String,
    /// What stands in it.
    pub script: Script,
}

/// Who set a parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamOrigin {
    /// The rule itself.
    Rule,
    /// The project's `[params]`.
    House,
    /// `--set` on the command line.
    CommandLine,
}

/// A named value of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The name that the rule's expressions use.
    pub name: String,
    /// Its value: bool, int, float, text, date, or a list of one of these.
    pub value: Value,
    /// The value that the rule itself gives it, whatever the project sets.
    pub own: Value,
    /// Where the value comes from.
    pub set_by: ParamOrigin,
    /// Where it stands.
    pub place: Place,
}

/// A word list for `contains_any` and `count_any`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrases {
    /// The name that rules use.
    pub id: String,
    /// The words.
    pub words: Vec<String>,
    /// True where case and width (full-width letters) do not matter; `fold = true`.
    pub fold: bool,
    /// Where it stands.
    pub place: Place,
}

/// What a row of a decision table asks of one input.
#[derive(Clone, Debug, PartialEq)]
pub enum TableCell {
    /// `*`: anything that is there.
    Any,
    /// Exactly this value.
    Is(Value),
    /// One of these values.
    OneOf(Vec<Value>),
    /// Within these bounds, of which there is at least one.
    Within(Vec<(Bound, Value)>),
}

/// A bound of a range in a decision table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `<=`
    AtMost,
    /// `<`
    Below,
}

impl TableCell {
    /// The values that it names.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let (one, bounds): (&[Value], &[(Bound, Value)]) = match self {
            Self::Any => (&[], &[]),
            Self::Is(value) => (std::slice::from_ref(value), &[]),
            Self::OneOf(values) => (values, &[]),
            Self::Within(bounds) => (&[], bounds),
        };
        one.iter().chain(bounds.iter().map(|it| &it.1))
    }
}

/// A row of a decision table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// One cell an input.
    pub cells: Vec<TableCell>,
    /// Where each cell stands.
    pub places: Vec<Place>,
    /// What the table answers.
    pub output: Value,
    /// Where it stands.
    pub place: Place,
}

/// A decision table: the first row whose cells all match answers. Read in rules as a function
/// of its inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its id; rules call it in snake_case.
    pub id: String,
    /// The names of its inputs, for people.
    pub inputs: Vec<String>,
    /// The type of its answers.
    pub output: Type,
    /// Its rows, in order.
    pub rows: Vec<TableRow>,
    /// Where it stands.
    pub place: Place,
}

/// A business calendar of the project. It is got ready where it is used.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredCalendar {
    /// Its id.
    pub id: String,
    /// What it says.
    pub spec: CalendarSpec,
    /// The zone of its wall clock.
    pub zone: Zone,
    /// Where it stands.
    pub place: Place,
}

impl DeclaredCalendar {
    /// The calendar, ready to be asked.
    #[must_use]
    pub fn ready(&self) -> Calendar {
        Calendar::new(self.spec.clone(), self.zone.clone())
    }
}
