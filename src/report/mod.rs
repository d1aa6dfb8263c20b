//! An audit as people and tools read it: one file a format, one signature.
//!
//! Nothing outside this file asks which format it is. Formats render what the audit holds: they
//! judge nothing and leave nothing out that counts. All text from data passes through `escape`,
//! so that it never becomes a formula, markup or a command.

mod baseline;
mod csv;
mod digest;
mod encode;
mod escape;
mod github;
mod gitlab;
mod groups;
mod json;
mod junit;
mod junit_audit;
mod layout;
mod markdown;
mod ndjson;
mod places;
mod ready;
mod sarif;
mod schema;
mod scores;
mod terminal;
#[cfg(test)]
mod tests;
mod xlsx;

pub use baseline::Known;
pub(crate) use csv::csv_row;
pub use csv::{Column, columns};
pub(crate) use escape::visible;
pub use junit::{Case, Ending, Suite, junit};
pub(crate) use layout::{Style, cut, width, wrap};
pub use places::Places;
pub use ready::Ready;
pub use schema::{Described, schema};
pub use scores::{score_entry, score_json, score_line};

use crate::{audit::Audit, calendar::Zone, wording::Lang};
use std::{
    io::{self, Read, Write},
    path::Path,
};

/// The formats of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The summary that people see.
    Terminal,
    /// One object with everything.
    Json,
    /// One finding a line.
    Ndjson,
    /// One finding a line, for spreadsheets.
    Csv,
    /// A comment on a pull request.
    Markdown,
    /// Alerts of code scanning.
    Sarif,
    /// Results of tests: a case a rule.
    Junit,
    /// A Code Quality report.
    Gitlab,
    /// Annotations of a workflow.
    Github,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// All, in the order of the help.
    pub const ALL: [Self; 10] = [
        Self::Terminal,
        Self::Json,
        Self::Ndjson,
        Self::Csv,
        Self::Markdown,
        Self::Sarif,
        Self::Junit,
        Self::Gitlab,
        Self::Github,
        Self::Xlsx,
    ];

    /// The name that `--format` and `FORMAT:FILE` take.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Gitlab => "gitlab",
            Self::Github => "github",
            Self::Xlsx => "xlsx",
        }
    }

    /// The endings of its files.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Terminal => &["txt"],
            Self::Json => &["json"],
            Self::Ndjson => &["ndjson", "jsonl"],
            Self::Csv => &["csv"],
            Self::Markdown => &["md", "markdown"],
            Self::Sarif => &["sarif"],
            Self::Junit => &["xml"],
            // A file of these is asked for by FORMAT:FILE.
            Self::Gitlab | Self::Github => &[],
            Self::Xlsx => &["xlsx"],
        }
    }

    /// False where it is nothing that a terminal can show.
    #[must_use]
    pub const fn is_text(self) -> bool {
        !matches!(self, Self::Xlsx)
    }

    /// Reads a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The format of a file, by its ending in any case; `None` where it says nothing.
    #[must_use]
    pub fn from_ending(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|it| it.endings().contains(&ending.as_str()))
    }
}

/// The writer of a format.
#[must_use]
pub fn report(format: Format, setting: Setting) -> Box<dyn Report> {
    match format {
        Format::Terminal => Box::new(terminal::Terminal::new(setting)),
        Format::Json => Box::new(json::Json::new(setting)),
        Format::Ndjson => Box::new(ndjson::Ndjson::new(setting)),
        Format::Csv => Box::new(csv::Csv::new(setting)),
        Format::Markdown => Box::new(markdown::Markdown::new(setting)),
        Format::Sarif => Box::new(sarif::Sarif::new(setting)),
        Format::Junit => Box::new(junit_audit::JunitAudit::new(setting)),
        Format::Gitlab => Box::new(gitlab::Gitlab::new(setting)),
        Format::Github => Box::new(github::Github::new(setting)),
        Format::Xlsx => Box::new(xlsx::Xlsx::new(setting)),
    }
}

/// What every format needs to know.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The language of texts.
    pub lang: Lang,
    /// The zone that times are printed in.
    pub zone: Zone,
    /// Columns of CSV, in this order; all if empty. [`columns`] reads their names.
    pub columns: Vec<Column>,
    /// Whether CSV starts with a byte order mark, for spreadsheets.
    pub bom: bool,
    /// Whether the terminal summary is coloured.
    pub colour: bool,
    /// The columns of the terminal that the summary may fill; 80 where that is not known. Fewer
    /// than 60 are taken as 60, more than 120 as 120.
    pub width: usize,
    /// Where files and rules stand.
    pub places: Places,
    /// Whether the findings are compared with a baseline.
    pub with_baseline: bool,
    /// The level whose subjects have a sheet each in a workbook.
    pub sheet_per: Option<String>,
}

impl Setting {
    /// English or Chinese in `zone`; plain, 80 columns wide, all columns of CSV.
    #[must_use]
    pub fn plain(lang: Lang, zone: Zone) -> Self {
        Self {
            lang,
            zone,
            columns: Vec::new(),
            bom: false,
            colour: false,
            width: 80,
            places: Places::default(),
            with_baseline: false,
            sheet_per: None,
        }
    }
}

/// What a format reads of each finding; the rest is not computed. The audit's worst findings
/// always have everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The message.
    pub message: bool,
    /// The evidence.
    pub evidence: bool,
    /// Any finding at all: `false` for formats made of the audit's totals and worst findings.
    pub findings: bool,
    /// The fingerprint.
    pub id: bool,
    /// The subjects.
    pub subject: bool,
}

impl Needs {
    /// Everything there is.
    pub const ALL: Self = Self { message: true, evidence: true, findings: true, id: true, subject: true };

    /// What either reads.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            message: self.message || other.message,
            evidence: self.evidence || other.evidence,
            findings: self.findings || other.findings,
            id: self.id || other.id,
            subject: self.subject || other.subject,
        }
    }
}

/// Forms of findings that several formats have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JSON object.
    Json,
}

/// What joins the findings of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Joints {
    /// Before each. A comma or the end of a line that it begins with does not stand before the first of all.
    pub before: &'static str,
    /// After each.
    pub after: &'static str,
    /// After the last, where there is any.
    pub end: &'static str,
}

impl Joints {
    /// A finding a line.
    pub const LINES: Self = Self { before: "", after: "\n", end: "" };
}

/// Encodes the findings of one worker. It may keep what they have in common, but a finding's bytes do not depend on
/// those before it: buffers are joined in record order, whoever filled them.
pub trait Encoder {
    /// Appends a finding without what joins it to others, or nothing where the report leaves it out.
    fn finding(&mut self, ready: &Ready<'_, '_>, out: &mut Vec<u8>);
}

/// Encodes nothing: the format is made of totals and worst findings.
struct Nothing;

impl Encoder for Nothing {
    fn finding(&mut self, _: &Ready<'_, '_>, _: &mut Vec<u8>) {}
}

/// One output format. Findings are encoded on the worker that found them, into the block's own
/// buffer.
pub trait Report: Send + Sync {
    /// What it reads of each finding; nothing where it is made of totals and worst findings.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// How findings stand in it, where it is [`Report::head`], the findings and [`Report::tail`], so that it can be
    /// written while the audit runs. `None` where [`Report::finish`] puts it together.
    fn joints(&self) -> Option<Joints> {
        None
    }

    /// The form that findings are encoded in, where other formats have the same: each finding is then encoded once for
    /// all of them.
    fn form(&self) -> Option<Form> {
        None
    }

    /// True where nothing else may be written meanwhile.
    fn goes_alone(&self) -> bool {
        false
    }

    /// How far its encoders have got, where that matters: something to come back to by [`Report::rewind`].
    fn mark(&self) -> usize {
        0
    }

    /// Forgets the encoders that are done since a mark: their findings are judged again.
    fn rewind(&self, _mark: usize) {}

    /// What comes before the findings; `None` as long as there is no audit to tell it by.
    fn head(&self, _audit: Option<&Audit>) -> Option<Vec<u8>> {
        Some(Vec::new())
    }

    /// What comes after the findings.
    fn tail(&self, _audit: &Audit) -> Vec<u8> {
        Vec::new()
    }

    /// What a worker encodes findings with while it works on a source.
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(Nothing)
    }

    /// Writes the whole report, where it has no joints; `findings` gives the encoded findings, joined.
    ///
    /// # Errors
    /// Whatever reading and writing give.
    fn finish(
        &self,
        _audit: &Audit,
        _findings: &mut dyn Read,
        _out: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        debug_assert!(self.joints().is_some(), "what is put together at the end has something to write");
        Ok(())
    }
}
