//! Reports to files and standard output. A file is written under a temporary name beside it, brought to disk and
//! then renamed, so that nobody ever sees half a report and a failed audit or machine loses nothing. `--no-sync`
//! does not wait for the disk.

use super::early_sync::EarlySync;
use crate::{
    audit::Audit,
    diagnostic::{Diagnostic, Place},
    engine::{FindingEncoder, FindingSink, Wanted},
    finding::Finding,
    report::{Encoder, Format, Report, Setting, report},
    wording,
};
use rayon::prelude::*;
use std::{
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};
use tempfile::{NamedTempFile, SpooledTempFile};

/// Encoded findings are held in memory up to here, in a temporary file beyond.
const SPOOL_BYTES: usize = 1 << 20;

/// Findings as they were encoded, joined.
enum Spool {
    /// Joined later with what stands around them.
    Apart(SpooledTempFile),
    /// The report itself, where it streams to a file.
    Whole(NamedTempFile, Option<EarlySync>),
    /// What was [`Self::Whole`], under its own name.
    Named(std::fs::File),
}

impl Spool {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Apart(file) => file.write_all(bytes),
            Self::Named(file) => file.write_all(bytes),
            Self::Whole(file, early) => {
                file.write_all(bytes)?;
                early.iter_mut().for_each(|it| it.written(bytes.len()));
                Ok(())
            }
        }
    }

    fn position(&mut self) -> io::Result<u64> {
        match self {
            Self::Apart(file) => file.stream_position(),
            Self::Whole(file, _) => file.stream_position(),
            Self::Named(file) => file.stream_position(),
        }
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        match self {
            Self::Apart(file) => file.set_len(len).and_then(|()| file.seek(SeekFrom::Start(len)).map(drop)),
            Self::Whole(file, _) => {
                file.as_file().set_len(len).and_then(|()| file.seek(SeekFrom::Start(len)).map(drop))
            }
            Self::Named(file) => file.set_len(len).and_then(|()| file.seek(SeekFrom::Start(len)).map(drop)),
        }
    }

    /// The findings, from the first on.
    fn reader(&mut self) -> io::Result<&mut dyn Read> {
        match self {
            Self::Apart(file) => {
                file.seek(SeekFrom::Start(0))?;
                Ok(file)
            }
            Self::Whole(file, _) => {
                file.seek(SeekFrom::Start(0))?;
                Ok(file)
            }
            Self::Named(file) => {
                file.seek(SeekFrom::Start(0))?;
                Ok(file)
            }
        }
    }
}

/// One report and where it goes: a file, or standard output.
struct Output {
    report: Box<dyn Report>,
    file: Option<PathBuf>,
    /// Which of the spools has its findings.
    spool: usize,
}

/// All reports of a run.
pub(super) struct Outputs {
    all: Vec<Output>,
    /// Each with the report that encodes for it.
    spools: Vec<(Spool, usize)>,
    sync: Sync,
}

impl Outputs {
    /// Opens the reports: `files` with their formats, and standard output's format.
    pub(super) fn open(
        files: &[(Format, PathBuf)],
        stdout: Option<Format>,
        setting: &Setting,
        sync: Sync,
    ) -> Result<Self, Box<Diagnostic>> {
        let files = files.iter().map(|(format, path)| (*format, Some(path.clone())));
        let asked = files.chain(stdout.map(|format| (format, None)));
        let asked = asked.map(|(format, path)| (report(format, setting.clone()), path)).collect();
        Self::of(asked, sync).map_err(|(path, error)| Box::new(cannot_write(&path, &error)))
    }

    /// One report to a file, in a form that nobody asks for by name.
    pub(super) fn only(report: Box<dyn Report>, path: &Path) -> Result<Self, Box<Diagnostic>> {
        let opened = Self::of(vec![(report, Some(path.to_owned()))], Sync::Disk);
        opened.map_err(|(path, error)| Box::new(cannot_write(&path, &error)))
    }

    /// No report at all.
    pub(super) const fn none() -> Self {
        Self { all: Vec::new(), spools: Vec::new(), sync: Sync::Disk }
    }

    /// Reports that encode findings alike share them; they stand where one of them is written while the audit runs.
    fn of(asked: Vec<(Box<dyn Report>, Option<PathBuf>)>, sync: Sync) -> Result<Self, (PathBuf, io::Error)> {
        let holder = |index: usize| {
            let Some(form) = asked[index].0.form() else { return index };
            let alike = || (0..asked.len()).filter(|it| asked[*it].0.form() == Some(form));
            let streamed = alike().find(|it| asked[*it].0.streams() && asked[*it].1.is_some());
            streamed.or_else(|| alike().next()).unwrap_or(index)
        };
        let holders: Vec<usize> = (0..asked.len()).map(holder).collect();
        let (mut all, mut spools, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (report, file)) in asked.iter().enumerate() {
            let place = || file.clone().unwrap_or_else(|| PathBuf::from("-"));
            let opened = spool(&**report, file.as_deref(), sync).map_err(|error| (place(), error))?;
            if holders[index] == index {
                places.push(index);
                spools.push((opened, index));
            }
        }
        for (index, (report, file)) in asked.into_iter().enumerate() {
            let spool = places.iter().position(|it| *it == holders[index]).unwrap_or_default();
            all.push(Output { report, file, spool });
        }
        Ok(Self { all, spools, sync })
    }

    /// Appends the findings of a block, a buffer a spool.
    pub(super) fn append(spools: &mut Spools<'_>, buffers: &[Vec<u8>]) -> io::Result<()> {
        for (spool, buffer) in spools.0.iter_mut().zip(buffers) {
            spool.write_all(buffer)?;
        }
        Ok(())
    }

    /// Splits the reports, which workers read, from their spools, which the committer writes.
    pub(super) fn split(&mut self) -> (Sink<'_>, Spools<'_>) {
        let needs = self
            .all
            .iter()
            .map(|it| it.report.needs())
            .fold(crate::report::Needs::default(), crate::report::Needs::or);
        let worst = self.all.iter().any(|it| !it.report.streams());
        let wanted = Wanted {
            findings: needs.findings,
            message: needs.message,
            evidence: needs.evidence,
            id: needs.id,
            subject: needs.subject,
            worst,
            outcomes: false,
        };
        let (mut reports, mut spools): (Vec<(&dyn Report, bool)>, Vec<&mut Spool>) = (Vec::new(), Vec::new());
        for (spool, by) in &mut self.spools {
            let report = &*self.all[*by].report;
            reports.push((report, report.needs().findings));
            spools.push(spool);
        }
        (Sink { reports, wanted }, Spools(spools))
    }

    /// The files that are written while the audit runs, for messages.
    pub(super) fn places(&self) -> String {
        let streamed = self.spools.iter().filter(|it| matches!(it.0, Spool::Whole(..)));
        streamed
            .filter_map(|it| self.all[it.1].file.as_ref())
            .map(|it| it.display().to_string())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Where each report and its spool stand, to come back to.
    pub(super) fn marks(&mut self) -> io::Result<Vec<(usize, u64)>> {
        let all = &self.all;
        self.spools.iter_mut().map(|(spool, by)| Ok((all[*by].report.mark(), spool.position()?))).collect()
    }

    /// Forgets what was appended since.
    pub(super) fn rewind(&mut self, marks: &[(usize, u64)]) -> io::Result<()> {
        for ((spool, by), (mark, position)) in self.spools.iter_mut().zip(marks) {
            self.all[*by].report.rewind(*mark);
            spool.cut(*position)?;
        }
        Ok(())
    }

    /// Writes every report, side by side where they do not share a spool. Files first, standard output last.
    pub(super) fn finish(mut self, audit: &Audit) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
        let (all, sync) = (&self.all, self.sync);
        let finish =
            |number: usize, (spool, by): &mut (Spool, usize), alone: bool| -> Result<(), Box<Diagnostic>> {
                let own = |it: &(usize, &Output)| it.1.spool == number && it.1.goes_alone() == alone;
                for (index, output) in all.iter().enumerate().filter(own) {
                    let place = output.file.clone().unwrap_or_else(|| PathBuf::from("-"));
                    let done = output.finish(audit, spool, *by == index, sync);
                    done.map_err(|error| Box::new(cannot_write(&place, &error)))?;
                }
                Ok(())
            };
        let together = self.spools.par_iter_mut().enumerate().with_max_len(1);
        let done: Vec<_> = together.map(|(number, it)| finish(number, it, false)).collect();
        done.into_iter().collect::<Result<(), _>>()?;
        for (number, it) in self.spools.iter_mut().enumerate() {
            finish(number, it, true)?;
        }
        Ok(all.iter().filter_map(|it| it.file.clone()).collect())
    }
}

/// The spools of all outputs.
pub(super) struct Spools<'a>(Vec<&'a mut Spool>);

/// Where the findings of a report go until it is finished. That its file can be written is known from here on.
fn spool(report: &dyn Report, file: Option<&Path>, sync: Sync) -> io::Result<Spool> {
    match file {
        Some(path) if report.streams() => {
            let mut temporary = beside(path)?;
            report.begin(&mut temporary)?;
            let early = (sync == Sync::Disk).then(|| EarlySync::of(&temporary)).transpose()?;
            Ok(Spool::Whole(temporary, early))
        }
        Some(path) => {
            drop(beside(path)?);
            Ok(Spool::Apart(SpooledTempFile::new(SPOOL_BYTES)))
        }
        None => Ok(Spool::Apart(SpooledTempFile::new(SPOOL_BYTES))),
    }
}

impl Output {
    /// True for what must not be written beside others: standard output, and a format that says so.
    fn goes_alone(&self) -> bool {
        self.file.is_none() || self.report.goes_alone()
    }

    /// Writes the report; `is_own` where the spool may be the report itself.
    fn finish(&self, audit: &Audit, spool: &mut Spool, is_own: bool, sync: Sync) -> io::Result<()> {
        match &self.file {
            Some(path) if is_own && matches!(spool, Spool::Whole(..)) => name(spool, path, sync),
            Some(path) => {
                let temporary = beside(path)?;
                let mut out = io::BufWriter::with_capacity(1 << 16, temporary);
                whole(&*self.report, audit, spool, &mut out)?;
                keep(out.into_inner().map_err(io::IntoInnerError::into_error)?, path, sync)
            }
            None => {
                let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout());
                let done = whole(&*self.report, audit, spool, &mut out).and_then(|()| out.flush());
                match done {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    other => other,
                }
            }
        }
    }
}

/// Gives a report that was written while the audit ran its name; others can still read it.
fn name(spool: &mut Spool, path: &Path, sync: Sync) -> io::Result<()> {
    let Spool::Whole(temporary, _) = spool else { return Ok(()) };
    let again = temporary.reopen()?;
    if let Spool::Whole(temporary, _) = std::mem::replace(spool, Spool::Named(again)) {
        keep(temporary, path, sync)?;
    }
    Ok(())
}

fn whole(
    report: &dyn Report,
    audit: &Audit,
    spool: &mut Spool,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let mut findings = BufReader::with_capacity(1 << 16, spool.reader()?);
    if report.streams() {
        report.begin(out)?;
        io::copy(&mut findings, out)?;
        return Ok(());
    }
    report.finish(audit, &mut findings as &mut dyn Read, out)
}

/// Writes a file whole or not at all.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Box<Diagnostic>> {
    let written =
        beside(path).and_then(|mut it| it.write_all(bytes).and_then(|()| keep(it, path, Sync::Disk)));
    written.map_err(|error| Box::new(cannot_write(path, &error)))
}

/// Whether a file is to outlast a failure of the machine from the moment it has its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sync {
    /// It is on disk before it has.
    Disk,
    /// The system brings it there in its own time.
    Later,
}

/// A temporary file in the folder of `path`, which is made if it is not there. A link stays one: the file that it
/// leads to is written. What is neither file nor link is refused, since renaming would put a file in its place.
pub(super) fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let path = real(path);
    std::fs::create_dir_all(folder_of(&path))?;
    match std::fs::metadata(&path) {
        Ok(it) if it.is_dir() => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
        Ok(it) if !it.is_file() => {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "not a regular file"));
        }
        Ok(_) | Err(_) => {}
    }
    tempfile::Builder::new().prefix(".touchstone-").tempfile_in(folder_of(&path))
}

/// Gives a temporary file its name.
pub(super) fn keep(mut temporary: NamedTempFile, path: &Path, sync: Sync) -> io::Result<()> {
    let path = real(path);
    temporary.flush()?;
    readable(&temporary)?;
    if sync == Sync::Disk {
        temporary.as_file().sync_all()?;
    }
    temporary.persist(&path).map_err(|it| it.error)?;
    if sync == Sync::Disk {
        // The name is on disk as well where the system knows how; the file is whole either way.
        drop(std::fs::File::open(folder_of(&path)).and_then(|it| it.sync_all()));
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Where a link leads.
fn real(path: &Path) -> std::borrow::Cow<'_, Path> {
    match path.is_symlink().then(|| path.canonicalize()) {
        Some(Ok(real)) => real.into(),
        Some(Err(_)) | None => path.into(),
    }
}

/// Temporary files are private; a report is as readable as any new file.
#[cfg(unix)]
fn readable(temporary: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    temporary.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &NamedTempFile) -> io::Result<()> {
    Ok(())
}

/// The complaint about a file that cannot be written.
pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Diagnostic {
    let shown = path.display().to_string();
    let diagnostic = Diagnostic::error(wording::CANNOT_WRITE)
        .with("file", shown.clone())
        .with("reason", error.to_string());
    diagnostic.at(Place::File(shown.into()))
}

/// Encodes findings for every report.
pub(super) struct Sink<'a> {
    /// The reports, and whether each is made of its findings.
    reports: Vec<(&'a dyn Report, bool)>,
    wanted: Wanted,
}

impl FindingSink for Sink<'_> {
    fn wanted(&self) -> Wanted {
        self.wanted
    }

    fn outputs(&self) -> usize {
        self.reports.len()
    }

    fn encoder(&self) -> Box<dyn FindingEncoder + '_> {
        let all = self.reports.iter();
        Box::new(Encoders(all.map(|(report, encodes)| encodes.then(|| report.encoder())).collect()))
    }
}

/// The encoders of a worker, for each report that is made of its findings.
struct Encoders<'a>(Vec<Option<Box<dyn Encoder + 'a>>>);

impl FindingEncoder for Encoders<'_> {
    fn encode(&mut self, rule: usize, finding: &Finding<'_>, buffers: &mut [Vec<u8>]) {
        for (encoder, buffer) in self.0.iter_mut().zip(buffers) {
            if let Some(encoder) = encoder {
                encoder.finding(rule, finding, buffer);
            }
        }
    }
}
