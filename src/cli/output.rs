//! Reports to files and standard output. A file is written under a temporary name beside it, brought to disk and
//! then renamed, so that nobody ever sees half a report and a failed audit or machine loses nothing. `--no-sync`
//! leaves out the bringing to disk: of half a million findings it takes longer than finding them.

use super::early_sync::EarlySync;
use crate::{
    audit::Audit,
    diagnostic::{Diagnostic, Place},
    engine::{FindingSink, Wanted},
    finding::Finding,
    report::{Format, Report, Setting, report},
    wording,
};
use std::{
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};
use tempfile::{NamedTempFile, SpooledTempFile};

/// Encoded findings are held in memory up to here, in a temporary file beyond.
const SPOOL_BYTES: usize = 8 << 20;

enum Spool {
    /// Joined later with what stands around it.
    Apart(SpooledTempFile),
    /// The report itself, where it streams to a file.
    Whole(NamedTempFile, Option<EarlySync>),
}

impl Spool {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Apart(file) => file.write_all(bytes),
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
        }
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        match self {
            Self::Apart(file) => file.set_len(len).and_then(|()| file.seek(SeekFrom::Start(len)).map(drop)),
            Self::Whole(file, _) => {
                file.as_file().set_len(len).and_then(|()| file.seek(SeekFrom::Start(len)).map(drop))
            }
        }
    }
}

/// One report and where it goes: a file, or standard output.
struct Output {
    report: Box<dyn Report>,
    file: Option<PathBuf>,
    spool: Spool,
}

/// All reports of a run.
pub(super) struct Outputs {
    all: Vec<Output>,
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
        let mut all = Vec::new();
        for (format, path) in files {
            all.push(
                Output::open(*format, Some(path), setting, sync)
                    .map_err(|error| Box::new(cannot_write(path, &error)))?,
            );
        }
        if let Some(format) = stdout {
            let opened = Output::open(format, None, setting, sync);
            all.push(opened.map_err(|error| Box::new(cannot_write(Path::new("-"), &error)))?);
        }
        Ok(Self { all, sync })
    }

    /// One report to a file, in a form that nobody asks for by name.
    pub(super) fn only(report: Box<dyn Report>, path: &Path) -> Result<Self, Box<Diagnostic>> {
        let opened = Output::of(report, Some(path.to_owned()), Sync::Disk);
        let all = vec![opened.map_err(|error| Box::new(cannot_write(path, &error)))?];
        Ok(Self { all, sync: Sync::Disk })
    }

    /// No report at all.
    pub(super) const fn none() -> Self {
        Self { all: Vec::new(), sync: Sync::Disk }
    }

    /// Appends the findings of a block, a buffer an output.
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
        for output in &mut self.all {
            reports.push((&*output.report, output.report.needs().findings));
            spools.push(&mut output.spool);
        }
        (Sink { reports, wanted }, Spools(spools))
    }

    /// The files that are written while the audit runs, for messages.
    pub(super) fn places(&self) -> String {
        let streamed = self.all.iter().filter(|it| matches!(it.spool, Spool::Whole(..)));
        streamed
            .filter_map(|it| it.file.as_ref())
            .map(|it| it.display().to_string())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Where each spool stands, to come back to.
    pub(super) fn marks(&mut self) -> io::Result<Vec<u64>> {
        self.all.iter_mut().map(|it| it.spool.position()).collect()
    }

    /// Forgets what was appended since.
    pub(super) fn rewind(&mut self, marks: &[u64]) -> io::Result<()> {
        self.all.iter_mut().zip(marks).try_for_each(|(output, mark)| output.spool.cut(*mark))
    }

    /// Writes every report. Files first, standard output last.
    pub(super) fn finish(self, audit: &Audit) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
        let mut written = Vec::new();
        for output in self.all {
            let place = output.file.clone().unwrap_or_else(|| PathBuf::from("-"));
            output.finish(audit, self.sync).map_err(|error| Box::new(cannot_write(&place, &error)))?;
            if place.as_os_str() != "-" {
                written.push(place);
            }
        }
        Ok(written)
    }
}

/// The spools of all outputs.
pub(super) struct Spools<'a>(Vec<&'a mut Spool>);

impl Output {
    fn open(format: Format, file: Option<&PathBuf>, setting: &Setting, sync: Sync) -> io::Result<Self> {
        Self::of(report(format, setting.clone()), file.cloned(), sync)
    }

    fn of(report: Box<dyn Report>, file: Option<PathBuf>, sync: Sync) -> io::Result<Self> {
        let spool = match &file {
            Some(path) if report.streams() => {
                let mut temporary = beside(path)?;
                report.begin(&mut temporary)?;
                let early = (sync == Sync::Disk).then(|| EarlySync::of(&temporary)).transpose()?;
                Spool::Whole(temporary, early)
            }
            // That the file can be written is known before the audit runs.
            Some(path) => {
                drop(beside(path)?);
                Spool::Apart(SpooledTempFile::new(SPOOL_BYTES))
            }
            None => Spool::Apart(SpooledTempFile::new(SPOOL_BYTES)),
        };
        Ok(Self { report, file, spool })
    }

    fn finish(self, audit: &Audit, sync: Sync) -> io::Result<()> {
        match (self.file, self.spool) {
            (Some(path), Spool::Whole(temporary, _)) => keep(temporary, &path, sync),
            (Some(path), Spool::Apart(mut spool)) => {
                let temporary = beside(&path)?;
                let mut out = io::BufWriter::with_capacity(1 << 16, temporary);
                whole(&*self.report, audit, &mut spool, &mut out)?;
                keep(out.into_inner().map_err(io::IntoInnerError::into_error)?, &path, sync)
            }
            (None, Spool::Apart(mut spool)) => {
                let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout());
                let done = whole(&*self.report, audit, &mut spool, &mut out).and_then(|()| out.flush());
                match done {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    other => other,
                }
            }
            (None, Spool::Whole(..)) => Ok(()),
        }
    }
}

fn whole(
    report: &dyn Report,
    audit: &Audit,
    spool: &mut SpooledTempFile,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    spool.seek(SeekFrom::Start(0))?;
    let mut findings = BufReader::with_capacity(1 << 16, spool);
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

    fn encode(&self, finding: &Finding<'_>, buffers: &mut [Vec<u8>]) {
        for ((report, encodes), buffer) in self.reports.iter().zip(buffers) {
            if *encodes {
                report.finding(finding, buffer);
            }
        }
    }
}
