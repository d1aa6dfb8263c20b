//! One finding a line, each a JSON object of its own (NDJSON), written while the audit runs.

use super::{Form, Needs, Report, Setting, encode};
use crate::{audit::Audit, finding::Finding};
use std::io::{self, Read, Write};

/// See the file's head.
pub(super) struct Ndjson {
    setting: Setting,
}

impl Ndjson {
    pub(super) fn new(setting: Setting) -> Self {
        Self { setting }
    }
}

impl Report for Ndjson {
    fn needs(&self) -> Needs {
        Needs::ALL
    }

    fn streams(&self) -> bool {
        true
    }

    fn form(&self) -> Option<Form> {
        Some(Form::JsonLines)
    }

    fn finding(&self, finding: &Finding<'_>, out: &mut Vec<u8>) {
        encode::finding_line(out, finding, &self.setting);
    }

    fn finish(
        &self,
        _audit: &Audit,
        _findings: &mut dyn Read,
        _out: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        Ok(())
    }
}
