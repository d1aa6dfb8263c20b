//! Findings: what an audit says about records.

mod baseline;
mod fingerprint;
mod value_text;

pub use baseline::{Baseline, KnownFinding};
pub use fingerprint::{Fingerprint, Fingerprints};
pub(crate) use value_text::{
    Digits, Sink, day_of, digits, pair, put_civil, put_date, put_digits, put_int, put_short, put_value_text,
};
pub use value_text::{literal_text, rounded, value_text};

use crate::{
    record::Value,
    rule::{Outcome, Reach, Rule, Waiver},
    wording::Lang,
};
use std::borrow::Cow;

/// Where a finding stands against baseline and waivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Not seen before.
    New,
    /// In the baseline.
    Known,
    /// Excused by a waiver.
    Waived,
}

impl Standing {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::New, Self::Known, Self::Waived];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Waived => "waived",
        }
    }
}

/// A value that is shown where it stands.
pub type Shown<'a> = Value<Cow<'a, str>>;

/// What a verdict rests on.
#[derive(Clone, Debug, Default)]
pub struct Evidence<'a> {
    /// Each field that `check` names, with its value, in the order of the check.
    pub fields: Cow<'a, [(&'a str, Shown<'a>)]>,
    /// The first top-level conjunct of `check` that is false, as written; the missing field's
    /// name stands in `missing` instead where a value was not there.
    pub conjunct: Option<&'a str>,
    /// The field that was missing, for a finding of outcome `no_evidence`.
    pub missing: Option<&'a str>,
    /// Why the script said `fail(...)`.
    pub reason: Option<&'a str>,
    /// The hash of the rule's text, 16 hexadecimal digits.
    pub rule_hash: &'a str,
}

/// Where the record of a finding stands, for people; no file and row 0 where it is about a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingOrigin<'a> {
    /// The file's path, below the project folder.
    pub file: &'a str,
    /// The sheet, where the format has any.
    pub sheet: Option<&'a str>,
    /// The row, as in [`crate::record::Origin`].
    pub row: u64,
}

/// One finding, borrowed from the batch it was found in. Parameters stand in `rule.params`.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// What stays the same from audit to audit.
    pub id: Fingerprint,
    /// The rule.
    pub rule: &'a Rule,
    /// The key of the record as written; the parts of a list key joined with `|`; for a record
    /// without a key its origin, `file:row`.
    pub key: &'a str,
    /// Who is scored: the level (`agent`, `team`) and its value as written, in the source's order.
    pub subject: Cow<'a, [(&'a str, &'a str)]>,
    /// `fail`, or `no_evidence` where the rule says `missing = "fail"`.
    pub outcome: Outcome,
    /// What it says, in the report's language.
    pub message: &'a str,
    /// What it rests on; empty when no output asks for evidence.
    pub evidence: Evidence<'a>,
    /// Where the record stands.
    pub origin: FindingOrigin<'a>,
    /// Against baseline and waivers.
    pub standing: Standing,
    /// What excuses it, where it is waived.
    pub waiver: Option<&'a Waiver>,
    /// True where the record has no key, or shares it: the fingerprint may change.
    pub unstable: bool,
}

/// What a finding has in common with others that one encoder gets: it is encoded once, and told by numbers instead of
/// being compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alike {
    /// A number that its rule, outcome and standing alone have: see [`Alike::class`].
    pub class: usize,
    /// A number that its file and sheet alone have.
    pub file: u32,
    /// True where the levels of its subject and the fields of its evidence have the names that they have in all findings
    /// of its rule of which this is true.
    pub names: bool,
    /// True where all findings of its rule say the same.
    pub message: bool,
}

impl Alike {
    /// The class of a finding whose rule alone has a number.
    #[must_use]
    pub const fn class(rule: usize, outcome: Outcome, standing: Standing) -> usize {
        let lacks = matches!(outcome, Outcome::NoEvidence) as usize;
        (rule * 2 + lacks) * Standing::ALL.len() + standing as usize
    }
}

/// What findings of a class, or of a rule, have in common, by its number.
pub(crate) struct ByNumber<T>(Vec<Option<Box<T>>>);

impl<T> ByNumber<T> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Of a number; made with the first finding that has it.
    #[inline]
    pub(crate) fn get(&mut self, number: usize, make: impl FnOnce() -> T) -> &mut T {
        if self.0.len() <= number {
            self.0.resize_with(number + 1, || None);
        }
        self.0[number].get_or_insert_with(|| Box::new(make()))
    }

    /// All there is.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = T> {
        std::mem::take(&mut self.0).into_iter().flatten().map(|it| *it)
    }
}

impl Finding<'_> {
    /// What it is about: the kind of record, or `group`.
    #[must_use]
    pub fn kind(&self) -> &str {
        if matches!(self.rule.reach, Reach::Groups(_)) { "group" } else { &self.rule.on }
    }

    /// The rule's title in `lang`.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        self.rule.title.get(lang)
    }
}
