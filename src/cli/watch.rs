//! Waiting for files to change: modification times are looked at a few times a second, which works on
//! every file system, also over a network.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use walkdir::WalkDir;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(300);

/// The files below some folders, as they were at a look.
#[derive(PartialEq, Eq)]
pub(super) struct Look(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

/// Looks at all files below `folders` but hidden ones.
pub(super) fn look(folders: &[PathBuf]) -> Look {
    let mut seen = BTreeMap::new();
    for folder in folders {
        let is_visible =
            |it: &walkdir::DirEntry| it.depth() == 0 || !it.file_name().to_string_lossy().starts_with('.');
        let entries = WalkDir::new(folder).into_iter().filter_entry(is_visible).filter_map(Result::ok);
        for entry in entries.filter(|it| it.file_type().is_file()) {
            let Ok(metadata) = entry.metadata() else { continue };
            seen.insert(entry.into_path(), (metadata.modified().ok(), metadata.len()));
        }
    }
    Look(seen)
}

/// Waits until the files are not as they were at `before`, and have come to rest.
pub(super) fn wait(folders: &[PathBuf], before: &Look) {
    let mut last = look(folders);
    loop {
        std::thread::sleep(PAUSE);
        let now = look(folders);
        if now != *before && now == last {
            return;
        }
        last = now;
    }
}

/// The folder to watch for a path of the command line.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    let folder = if path.is_file() { path.parent().unwrap_or(path) } else { path };
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
}
