//! Reports to files and standard output. A file is written under a temporary name beside it, brought to disk and
//! then renamed, so that nobody ever sees half a report and a failed audit or machine loses nothing. `--no-sync`
//! does not wait for the disk.

use super::spool::{Growing, Spool, late_head, len_of, rewound};
use crate::{
    audit::Audit,
    diagnostic::{Diagnostic, Place},
    engine::{FindingEncoder, FindingSink, Wanted},
    finding::{Alike, Finding, put_short},
    report::{Encoder, Format, Joints, Ready, Report, Setting, report},
    wording,
};
use rayon::prelude::*;
use std::{
    io::{self, IoSlice, Write},
    path::{Path, PathBuf},
};
use tempfile::{NamedTempFile, SpooledTempFile};

/// One report and where it goes: a file, or standard output.
struct Output {
    report: Box<dyn Report>,
    file: Option<PathBuf>,
    spool: Spool,
    /// Bytes of findings.
    len: u64,
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
        let files = files.iter().map(|(format, path)| (*format, Some(path.clone())));
        let asked = files.chain(stdout.map(|format| (format, None)));
        let opened = asked.map(|(format, path)| Output::open(report(format, setting.clone()), path, sync));
        Ok(Self { all: opened.collect::<Result<_, _>>()?, sync })
    }

    /// One report to a file, in a form that nobody asks for by name.
    pub(super) fn only(report: Box<dyn Report>, path: &Path) -> Result<Self, Box<Diagnostic>> {
        let opened = Output::open(report, Some(path.to_owned()), Sync::Disk)?;
        Ok(Self { all: vec![opened], sync: Sync::Disk })
    }

    /// No report at all.
    pub(super) const fn none() -> Self {
        Self { all: Vec::new(), sync: Sync::Disk }
    }

    /// Splits the reports, which workers read, from where findings go, which the committer writes.
    pub(super) fn split(&mut self) -> (Sink<'_>, Spools<'_>) {
        let needs = self.all.iter().map(|it| it.report.needs());
        let needs = needs.fold(crate::report::Needs::default(), crate::report::Needs::or);
        let wanted = Wanted {
            findings: needs.findings,
            message: needs.message,
            evidence: needs.evidence,
            id: needs.id,
            subject: needs.subject,
            worst: self.all.iter().any(|it| it.report.joints().is_none()),
            outcomes: false,
        };
        let (mut reports, mut spools) = (Vec::<(&dyn Report, _)>::new(), Vec::new());
        for Output { report, spool, len, .. } in &mut self.all {
            // The first that encodes findings just so does it for all.
            let form = report.form();
            let like = form.and_then(|form| reports.iter().position(|it| it.0.form() == Some(form)));
            reports.push((&**report, like));
            spools.push(Committing { spool, len, joints: report.joints().unwrap_or_default(), like });
        }
        (Sink { reports, wanted }, Spools(spools))
    }

    /// The files that are written while the audit runs, for messages.
    pub(super) fn places(&self) -> String {
        let streamed = self.all.iter().filter(|it| matches!(it.spool, Spool::Within(_)));
        streamed
            .filter_map(|it| it.file.as_ref())
            .map(|it| it.display().to_string())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Where each report and its findings stand, to come back to.
    pub(super) fn marks(&self) -> Vec<(usize, u64)> {
        self.all.iter().map(|it| (it.report.mark(), it.len)).collect()
    }

    /// Forgets what was appended since.
    pub(super) fn rewind(&mut self, marks: &[(usize, u64)]) -> io::Result<()> {
        for (output, (mark, len)) in self.all.iter_mut().zip(marks) {
            output.report.rewind(*mark);
            output.spool.cut(*len)?;
            output.len = *len;
        }
        Ok(())
    }

    /// Writes every report, side by side where they may be. Files first, standard output last.
    pub(super) fn finish(self, audit: &Audit) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
        let files = self.all.iter().filter_map(|it| it.file.clone()).collect();
        let (alone, together): (Vec<_>, Vec<_>) = self.all.into_iter().partition(Output::goes_alone);
        let finish = |it: Output| {
            let place = it.place();
            it.finish(audit, self.sync).map_err(|error| Box::new(cannot_write(&place, &error)))
        };
        let done: Vec<_> = together.into_par_iter().with_max_len(1).map(finish).collect();
        done.into_iter().collect::<Result<(), _>>()?;
        alone.into_iter().try_for_each(finish)?;
        Ok(files)
    }
}

/// Where the findings of all reports go.
pub(super) struct Spools<'a>(Vec<Committing<'a>>);

/// Where the findings of a report go.
struct Committing<'a> {
    spool: &'a mut Spool,
    /// Bytes that are there.
    len: &'a mut u64,
    joints: Joints,
    like: Option<usize>,
}

impl Spools<'_> {
    /// Appends the findings of a block, a buffer a report.
    pub(super) fn append(&mut self, buffers: &[Vec<u8>]) -> io::Result<()> {
        let joints: Vec<Joints> = self.0.iter().map(|it| it.joints).collect();
        for (it, buffer) in self.0.iter_mut().zip(buffers) {
            let mut parts = match it.like {
                None => vec![IoSlice::new(buffer)],
                Some(other) => rejoined(buffer, (&buffers[other], joints[other]), it.joints),
            };
            let mut parts = parts.as_mut_slice();
            if *it.len == 0 && it.joints.before.starts_with([',', '\n']) && len_of(parts) > 0 {
                IoSlice::advance_slices(&mut parts, 1);
            }
            let len = len_of(parts) as u64;
            it.spool.append(parts)?;
            *it.len += len;
        }
        Ok(())
    }
}

/// Findings of another report's buffer, by their lengths, joined as this one wants them.
fn rejoined<'b>(lens: &[u8], (bytes, other): (&'b [u8], Joints), own: Joints) -> Vec<IoSlice<'b>> {
    let mut parts = Vec::with_capacity(lens.len() / size_of::<Len>());
    let mut at = 0;
    for len in lens.as_chunks().0 {
        at += other.before.len();
        let end = at + Len::from_le_bytes(*len) as usize;
        // The end of the other's joint may be this one's.
        let (before, begin) = match other.before.ends_with(own.before) {
            true => ("", at - own.before.len()),
            false => (own.before, at),
        };
        let finding = bytes.get(begin..end).unwrap_or_default();
        let all = [before.as_bytes(), finding, own.after.as_bytes()];
        parts.extend(all.into_iter().filter(|it| !it.is_empty()).map(IoSlice::new));
        at = end + other.after.len();
    }
    parts
}

/// The length of a finding in bytes.
type Len = u64;

impl Output {
    /// That its file can be written is known from here on.
    fn open(report: Box<dyn Report>, file: Option<PathBuf>, sync: Sync) -> Result<Self, Box<Diagnostic>> {
        let opened = match &file {
            Some(path) if report.joints().is_some() => {
                let growing = Growing::open(path, report.head(None).as_deref(), sync);
                growing.map(|it| Spool::Within(Box::new(it)))
            }
            Some(path) => beside(path).map(|_| Spool::apart()),
            None => Ok(Spool::apart()),
        };
        match opened {
            Ok(spool) => Ok(Self { report, file, spool, len: 0 }),
            Err(error) => Err(Box::new(cannot_write(&file.unwrap_or_default(), &error))),
        }
    }

    fn place(&self) -> PathBuf {
        self.file.clone().unwrap_or_else(|| PathBuf::from("-"))
    }

    /// True for what must not be written beside others: standard output, and a format that says so.
    fn goes_alone(&self) -> bool {
        self.file.is_none() || self.report.goes_alone()
    }

    /// Writes the report.
    fn finish(self, audit: &Audit, sync: Sync) -> io::Result<()> {
        let Self { report, file, spool, len } = self;
        match (spool, file) {
            (Spool::Within(growing), _) => {
                let late = if report.head(None).is_none() { report.head(Some(audit)) } else { None };
                growing.finish(late.as_deref(), &tail(&*report, audit, len))
            }
            (Spool::Apart(findings), Some(path)) => {
                let mut out = io::BufWriter::with_capacity(1 << 16, beside(&path)?);
                whole(&*report, audit, (findings, len), &mut out)?;
                keep(out.into_inner().map_err(io::IntoInnerError::into_error)?, &path, sync)
            }
            (Spool::Apart(findings), None) => {
                let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout());
                let done = whole(&*report, audit, (findings, len), &mut out).and_then(|()| out.flush());
                match done {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    other => other,
                }
            }
        }
    }
}

/// What stands after so many bytes of findings.
fn tail(report: &dyn Report, audit: &Audit, len: u64) -> Vec<u8> {
    let end = report.joints().filter(|_| len > 0).map_or("", |it| it.end);
    [end.as_bytes(), &report.tail(audit)].concat()
}

/// Writes a report whose findings stand apart.
fn whole(
    report: &dyn Report,
    audit: &Audit,
    (mut findings, len): (SpooledTempFile, u64),
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let mut findings = rewound(&mut findings)?;
    if report.joints().is_none() {
        return report.finish(audit, &mut findings, out);
    }
    let head = match report.head(None) {
        Some(head) => head,
        None => late_head(report.head(Some(audit)).unwrap_or_default(), len),
    };
    out.write_all(&head)?;
    io::copy(&mut findings, out)?;
    out.write_all(&tail(report, audit, len))
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
    /// The reports, each with the one whose findings are just so, if that comes first.
    reports: Vec<(&'a dyn Report, Option<usize>)>,
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
        let mut encoders = Encoders { own: Vec::new(), like: Vec::new() };
        let all = self.reports.iter().enumerate().filter(|(_, it)| it.0.needs().findings);
        for (number, (report, like)) in all {
            let joints = report.joints().unwrap_or_default();
            match encoders.own.iter().position(|it| Some(it.number) == *like) {
                Some(other) => encoders.like.push((number, other)),
                None => {
                    encoders.own.push(Own { number, encoder: report.encoder(), joints, lens: Vec::new() })
                }
            }
        }
        Box::new(encoders)
    }
}

/// The encoders of a worker.
struct Encoders<'a> {
    own: Vec<Own<'a>>,
    /// Reports, by their numbers, whose findings are just so in the buffer of another, by its place in `own`: their
    /// buffers are for the lengths.
    like: Vec<(usize, usize)>,
}

/// What encodes findings for a report.
struct Own<'a> {
    number: usize,
    encoder: Box<dyn Encoder + 'a>,
    joints: Joints,
    /// Bytes of each finding that was encoded last.
    lens: Vec<Len>,
}

impl Own<'_> {
    fn encode(&mut self, findings: &[Ready<'_, '_>], out: &mut Vec<u8>) {
        self.lens.clear();
        for it in findings {
            let start = out.len();
            put_short(out, self.joints.before);
            let from = out.len();
            self.encoder.finding(it, out);
            match out.len() - from {
                // Not every report has every finding.
                0 => out.truncate(start),
                len => {
                    put_short(out, self.joints.after);
                    self.lens.push(len as Len);
                }
            }
        }
    }
}

impl FindingEncoder for Encoders<'_> {
    fn encode(&mut self, findings: &[(Alike, Finding<'_>)], buffers: &mut [Vec<u8>]) {
        let ready: Vec<Ready<'_, '_>> = findings.iter().map(|(alike, it)| Ready::new(it, *alike)).collect();
        for it in &mut self.own {
            it.encode(&ready, &mut buffers[it.number]);
        }
        for (number, other) in &self.like {
            let lens = self.own[*other].lens.iter().map(|it| it.to_le_bytes());
            buffers[*number].extend(lens.flatten());
        }
    }
}
