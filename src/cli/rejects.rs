//! `--rejects FILE`: every bad cell and rejected row, one a line.

use super::output::{Sync, beside, keep};
use crate::ingest::{Fault, FaultKind, Opened};
use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// The file of rejects in the making.
pub(super) struct Rejects {
    out: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Rejects {
    /// Opens it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut out = BufWriter::new(beside(path)?);
        out.write_all(b"source,file,row,column,kind,detail,text\n")?;
        Ok(Self { out, path: path.to_owned() })
    }

    /// Where to come back to.
    pub(super) fn mark(&mut self) -> io::Result<u64> {
        use std::io::Seek;
        self.out.stream_position()
    }

    /// Forgets what was added since.
    pub(super) fn rewind(&mut self, mark: u64) -> io::Result<()> {
        use std::io::{Seek, SeekFrom};
        self.out.flush()?;
        self.out.get_ref().as_file().set_len(mark)?;
        self.out.seek(SeekFrom::Start(mark)).map(drop)
    }

    /// Adds faults.
    pub(super) fn add(&mut self, opened: &Opened, faults: &[Fault]) -> io::Result<()> {
        for fault in faults {
            let file = opened.files.get(fault.file as usize).map_or("", |it| it.shown.as_str());
            let column =
                fault.field.and_then(|it| opened.schema.fields.get(it)).map_or("", |it| it.from.as_str());
            let (kind, detail) = kind(fault);
            let row = fault.row.to_string();
            let cells = [opened.spec.id.as_str(), file, &row, column, kind, &detail, &fault.text];
            let line = cells.map(quoted).join(",");
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Gives it its name.
    pub(super) fn finish(self) -> io::Result<PathBuf> {
        keep(self.out.into_inner().map_err(io::IntoInnerError::into_error)?, &self.path, Sync::Disk)?;
        Ok(self.path)
    }
}

/// The name of a fault's kind in files, and what else is to say.
fn kind(fault: &Fault) -> (&'static str, String) {
    match fault.kind {
        FaultKind::BadCell => ("bad_cell", fault.detail.clone()),
        FaultKind::FieldCount { found, expected } => {
            ("rejected_row", format!("{found} fields instead of {expected}"))
        }
        FaultKind::BadJson => ("rejected_row", fault.detail.clone()),
        FaultKind::OpenQuote => ("rejected_row", "open quote".to_owned()),
        FaultKind::TooLarge => ("rejected_row", "too large".to_owned()),
    }
}

/// A CSV cell (RFC 4180) that no spreadsheet takes for a formula.
fn quoted(text: &str) -> String {
    let guarded =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}
