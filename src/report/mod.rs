//! An audit as people and tools read it: one file a format, one signature.

use crate::{audit::Audit, calendar::Zone, finding::Finding, wording::Lang};
use std::io::{self, Read, Write};

/// What every format needs to know.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The language of texts.
    pub lang: Lang,
    /// The zone that times are printed in.
    pub zone: Zone,
    /// Columns of CSV; all if empty.
    pub columns: Vec<String>,
    /// Whether CSV starts with a byte order mark, for spreadsheets.
    pub bom: bool,
}

/// What a format reads of each finding; the rest is not computed.
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

/// One output format. Findings are encoded on the worker that found them, into the block's own
/// buffer, and buffers are joined in record order; so an encoded finding must not depend on the
/// one before it.
pub trait Report: Send + Sync {
    /// What it reads of each finding.
    fn needs(&self) -> Needs;

    /// True where the output is [`Report::begin`], the findings, and nothing after them, so that it
    /// can be written while the audit runs.
    fn streams(&self) -> bool;

    /// What comes before the findings.
    ///
    /// # Errors
    /// Whatever writing gives.
    fn begin(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Appends one finding.
    fn finding(&self, finding: &Finding<'_>, out: &mut Vec<u8>);

    /// Writes the whole report, where it does not stream; `findings` gives the encoded findings, joined.
    ///
    /// # Errors
    /// Whatever reading and writing give.
    fn finish(&self, audit: &Audit, findings: &mut dyn Read, out: &mut dyn Write) -> io::Result<()>;
}
