//! A workbook (Office Open XML, ECMA-376) for people who sort, filter and print: a summary, all findings with their
//! fields in columns, rules, promises, scorecards with their points, groups, what was not assessed, waivers, and on
//! request a sheet for each subject. Text is never a formula; what a sheet cannot hold is told on the first one.

mod cell;
mod findings;
mod sheet;
mod tables;

use super::{Encoder, Needs, Ready, Report, Setting};
use crate::audit::Audit;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use sheet::{Looks, Names};
use std::{
    any::Any,
    io::{self, Read, Write},
    panic::{self, AssertUnwindSafe, catch_unwind},
};

/// See the file's head.
pub(super) struct Xlsx {
    setting: Setting,
    collected: findings::Collected,
}

impl Xlsx {
    pub(super) fn new(setting: Setting) -> Self {
        Self { setting, collected: findings::Collected::default() }
    }

    fn write(
        &self,
        audit: &Audit,
        findings: &mut dyn Read,
        out: &mut (dyn Write + Send),
    ) -> Result<(), XlsxError> {
        let (mut book, looks, mut names) = (Workbook::new(), Looks::new(), Names::default());
        book.set_properties(&properties(audit)?);
        // Findings repeat themselves: a higher level takes twice the time and saves a few percent.
        book.set_zip_compression_level(3);
        // The first sheet is written last, since it tells what the others could not hold.
        let summary = names.unique(crate::wording::SHEET_SUMMARY.text(self.setting.lang));
        let seen = self.collected.get();
        let parts = (audit, &seen, &self.setting);
        let written = findings::write(&mut book, &looks, &mut names, parts, findings)?;
        let others = tables::all(&mut book, &looks, &mut names, audit, &self.setting)?;
        let first = tables::summary(&mut book, &looks, &summary, audit, &self.setting, &written.told)?;
        let sheets = std::iter::once(first).chain(written.all).chain(others).chain(written.subjects);
        for sheet in sheets {
            book.push_worksheet(sheet);
        }
        book.save_to_writer(out)
    }
}

/// Who made it, and when: as of the audit, so that the same audit gives the same bytes.
fn properties(audit: &Audit) -> Result<DocProperties, XlsxError> {
    let moment = ExcelDateTime::from_timestamp(audit.as_of.div_euclid(crate::record::MICROS_PER_SECOND))?;
    Ok(DocProperties::new().set_title(&audit.project).set_author("Touchstone").set_creation_datetime(&moment))
}

impl Report for Xlsx {
    fn needs(&self) -> Needs {
        Needs::ALL
    }

    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(self)
    }

    /// The library panics where a disk is full, and what a panic says is held back meanwhile: see [`quietly`].
    fn goes_alone(&self) -> bool {
        true
    }

    fn finish(&self, audit: &Audit, findings: &mut dyn Read, out: &mut (dyn Write + Send)) -> io::Result<()> {
        match quietly(|| self.write(audit, findings, out)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(XlsxError::IoError(error))) => Err(error),
            Ok(Err(error)) => Err(io::Error::other(error)),
            Err(said) => Err(given_up(&*said)),
        }
    }
}

impl Encoder for &Xlsx {
    fn finding(&mut self, ready: &Ready<'_, '_>, out: &mut Vec<u8>) {
        findings::encode(ready.finding, &self.setting, &self.collected, out);
    }
}

/// Runs what may give up by a panic: the library does where its temporary files cannot be written. Nothing else
/// runs by now whose panic would go unheard.
fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let done = catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    done
}

/// Why the library gave up; the system's reason stands in its text.
fn given_up(said: &(dyn Any + Send)) -> io::Error {
    let text = said.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| said.downcast_ref::<&str>().copied()).unwrap_or_default();
    if text.contains("StorageFull") {
        return io::Error::new(io::ErrorKind::StorageFull, "no space left for temporary files (see TMPDIR)");
    }
    io::Error::other(text.to_owned())
}
