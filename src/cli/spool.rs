//! Where the findings of a report go while the audit runs: into the report itself, where it is its findings with
//! something around them, and apart from it, where it is put together at the end or goes to standard output.

use super::{
    early_sync::EarlySync,
    output::{Sync, beside, keep},
};
use std::{
    io::{self, IoSlice, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};
use tempfile::{NamedTempFile, SpooledTempFile};

/// Findings are held in memory up to here, in a file beyond.
const HELD_MAX: usize = 1 << 20;

/// Bytes kept free in a file for a head that is known only at the end; what it does not need becomes spaces.
/// A larger head costs another copy of the report.
const ROOM: usize = 1 << 16;

/// See the file's head.
pub(super) enum Spool {
    /// Joined later with what stands around them.
    Apart(SpooledTempFile),
    /// In the report's own file.
    Within(Box<Growing>),
}

impl Spool {
    /// For findings that are joined later.
    pub(super) fn apart() -> Self {
        Self::Apart(SpooledTempFile::new(HELD_MAX))
    }

    /// Appends all of the parts.
    pub(super) fn append(&mut self, parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        match self {
            Self::Apart(file) => write_parts(file, parts),
            Self::Within(report) => report.append(parts),
        }
    }

    /// Forgets all but the first bytes.
    pub(super) fn cut(&mut self, len: u64) -> io::Result<()> {
        match self {
            Self::Apart(file) => file.set_len(len).and_then(|()| file.seek(SeekFrom::Start(len)).map(drop)),
            Self::Within(report) => report.cut(len),
        }
    }
}

/// A report that grows under a temporary name beside its own.
pub(super) struct Growing {
    path: PathBuf,
    sync: Sync,
    temporary: NamedTempFile,
    /// Brings it to disk meanwhile, once there is something to bring.
    early: Option<EarlySync>,
    /// The findings, as long as they are few and the head is not known.
    held: Option<Vec<u8>>,
    /// Where they begin in the file.
    begin: u64,
    /// Where what is written ends in the file.
    end: u64,
    /// To here the file has its place on the disk.
    reserved: u64,
}

impl Growing {
    /// Begins with the head, if that is known by now.
    pub(super) fn open(path: &Path, head: Option<&[u8]>, sync: Sync) -> io::Result<Self> {
        let mut temporary = beside(path)?;
        temporary.write_all(head.unwrap_or_default())?;
        let (held, begin) = match head {
            Some(head) => (None, head.len() as u64),
            None => (Some(Vec::new()), ROOM as u64),
        };
        // Small files do without.
        let reserved = HELD_MAX as u64;
        let path = path.to_owned();
        let mut it = Self { path, sync, temporary, early: None, held, begin, end: begin, reserved };
        if head.is_some() {
            it.sync_early()?;
        }
        Ok(it)
    }

    fn sync_early(&mut self) -> io::Result<()> {
        self.early = (self.sync == Sync::Disk).then(|| EarlySync::of(&self.temporary)).transpose()?;
        Ok(())
    }

    fn append(&mut self, parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        let len = len_of(parts);
        if let Some(held) = &mut self.held {
            if held.len() + len <= HELD_MAX {
                parts.iter().for_each(|it| held.extend_from_slice(it));
                return Ok(());
            }
            self.temporary.seek(SeekFrom::Start(self.begin))?;
            self.temporary.write_all(held)?;
            self.end += held.len() as u64;
            self.held = None;
            self.sync_early()?;
        }
        self.end += len as u64;
        if self.end > self.reserved {
            self.reserved = reserve(self.temporary.as_file(), self.end);
        }
        write_parts(&mut self.temporary, parts)?;
        self.early.iter_mut().for_each(|it| it.written(len));
        Ok(())
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        match &mut self.held {
            Some(held) => held.truncate(usize::try_from(len).unwrap_or(usize::MAX)),
            None => {
                self.end = self.begin + len;
                self.temporary.as_file().set_len(self.end)?;
                self.temporary.seek(SeekFrom::Start(self.end))?;
                self.reserved = self.end.max(HELD_MAX as u64);
            }
        }
        Ok(())
    }

    /// Ends the report and gives it its name; `head` where it was not known at first.
    pub(super) fn finish(mut self, head: Option<&[u8]>, tail: &[u8]) -> io::Result<()> {
        let file = &mut self.temporary;
        if self.held.is_none() {
            // What was reserved and is not needed.
            file.as_file().set_len(self.end)?;
        }
        match (head, self.held) {
            (None, _) => file.write_all(tail)?,
            (Some(head), Some(findings)) => file.write_all(&[head, &findings, tail].concat())?,
            (Some(head), None) if head.len() <= ROOM => {
                file.write_all(tail)?;
                file.seek(SeekFrom::Start(0))?;
                file.write_all(&filled(head))?;
            }
            (Some(head), None) => {
                let mut whole = beside(&self.path)?;
                whole.write_all(head)?;
                file.seek(SeekFrom::Start(self.begin))?;
                io::copy(file, &mut whole)?;
                whole.write_all(tail)?;
                self.temporary = whole;
            }
        }
        keep(self.temporary, &self.path, self.sync)
    }
}

/// So many bytes are given a place on the disk at once.
#[cfg(target_os = "linux")]
const RESERVED_AT_ONCE: u64 = 8 << 20;

/// Gives a file its place on the disk to `end` and beyond, which costs less than page by page; tells how far. Where
/// that is not to be had, writing tells why, if there is a reason to.
#[cfg(target_os = "linux")]
fn reserve(file: &std::fs::File, end: u64) -> u64 {
    let to = end + RESERVED_AT_ONCE;
    match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, to) {
        Ok(()) => to,
        Err(_) => u64::MAX,
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(_: &std::fs::File, _: u64) -> u64 {
    u64::MAX
}

/// Bytes of all parts.
pub(super) fn len_of(parts: &[IoSlice<'_>]) -> usize {
    parts.iter().map(|it| it.len()).sum()
}

/// Writes all parts, in as few calls as the system allows.
fn write_parts(to: &mut impl Write, mut parts: &mut [IoSlice<'_>]) -> io::Result<()> {
    IoSlice::advance_slices(&mut parts, 0);
    while !parts.is_empty() {
        match to.write_vectored(parts) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut parts, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A head with what it leaves of its room.
fn filled(head: &[u8]) -> Vec<u8> {
    let mut room = head.to_vec();
    room.resize(ROOM.max(head.len()), b' ');
    room
}

/// A head that is known only at the end, before so many bytes of findings that stand apart: as it would be in a file,
/// since a report is the same wherever it goes.
pub(super) fn late_head(head: Vec<u8>, findings: u64) -> Vec<u8> {
    if findings > HELD_MAX as u64 { filled(&head) } else { head }
}

/// Findings that stand apart, from the first on.
pub(super) fn rewound(file: &mut SpooledTempFile) -> io::Result<impl Read + '_> {
    file.seek(SeekFrom::Start(0))?;
    Ok(io::BufReader::with_capacity(1 << 16, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report of findings that are given in pieces, some of which are taken back.
    fn report(pieces: &[&[u8]], head: &[u8], is_late: bool) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let mut it = Growing::open(&path, Some(head).filter(|_| !is_late), Sync::Later).unwrap();
        let mut len = 0;
        for piece in pieces {
            let [first, second] = [&piece[..piece.len() / 3], &piece[piece.len() / 3..]];
            it.append(&mut [IoSlice::new(first), IoSlice::new(b""), IoSlice::new(second)]).unwrap();
            it.append(&mut [IoSlice::new(b"taken back")]).unwrap();
            len += piece.len() as u64;
            it.cut(len).unwrap();
        }
        it.finish(Some(head).filter(|_| is_late), b"tail").unwrap();
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing else is left");
        std::fs::read(path).unwrap()
    }

    #[test]
    fn heads_stand_before_findings_whenever_they_are_known() {
        let many = vec![b'f'; 3 * HELD_MAX / 4];
        let large = vec![b'h'; ROOM + 1];
        let few: &[&[u8]] = &[b"few"];
        for (pieces, head, is_late, spaces) in [
            (few, b"head".as_slice(), false, 0),
            (few, b"head", true, 0),
            (few, &large, true, 0),
            (&[], b"head", true, 0),
            (&[&many, &many, b"f"], b"head", false, 0),
            (&[&many, &many, b"f"], b"head", true, large.len() - 1 - b"head".len()),
            (&[&many, &many, b"f"], &large, true, 0),
        ] {
            let expected = [head, &vec![b' '; spaces], &pieces.concat(), b"tail"].concat();
            assert!(report(pieces, head, is_late) == expected, "{} {is_late} {spaces}", head.len());
        }
    }
}
