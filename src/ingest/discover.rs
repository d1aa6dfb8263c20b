//! Which files a source has.

use super::{
    faults,
    spec::{FileInfo, Format, SourceSpec},
};
use crate::diagnostic::Diagnostic;
use globset::GlobBuilder;
use std::{
    fs, io,
    path::{Component, Path, PathBuf},
    sync::Arc,
};
use walkdir::{DirEntry, WalkDir};

/// The format that a file's name gives, `.gz` and `.zst` seen through.
pub(super) fn format_of(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    match name.rsplit_once('.')?.1 {
        "csv" | "txt" => Some(Format::Csv),
        "tsv" | "tab" => Some(Format::Tsv),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        "json" => Some(Format::Json),
        "toml" => Some(Format::Toml),
        _ => None,
    }
}

/// The files of a source, sorted by the path that is shown. Hidden files and folders below a glob
/// or folder are passed over, and symbolic links that lead out of the root are not followed.
pub(super) fn discover(spec: &SourceSpec) -> Result<Vec<FileInfo>, Vec<Diagnostic>> {
    let pattern = Path::new(&spec.pattern);
    if let Some(held) = &spec.held {
        let (path, shown, bytes) = (pattern.to_owned(), spec.pattern.clone(), held.len() as u64);
        return Ok(vec![FileInfo { path, shown, bytes, held: Some(Arc::clone(held)) }]);
    }
    let leaves_root = pattern.is_absolute() || pattern.components().any(|it| it == Component::ParentDir);
    if spec.place.is_some() && leaves_root {
        return Err(vec![faults::bad_pattern(spec, None)]);
    }
    let full = spec.root.join(pattern);
    if full.is_file() {
        if !may_follow(&full, spec) {
            return Err(vec![faults::bad_pattern(spec, None)]);
        }
        return Ok(vec![info(&full, spec).map_err(|it| vec![it])?]);
    }
    let (files, mut diagnostics) = if full.is_dir() {
        walk(&full, spec, |path| {
            format_of(path).is_some() && path.file_name().is_none_or(|it| it != "audit.toml")
        })
    } else {
        glob(spec)?
    };
    if files.is_empty() && diagnostics.is_empty() {
        diagnostics.push(faults::no_match(spec));
    }
    if diagnostics.is_empty() { Ok(files) } else { Err(diagnostics) }
}

type Found = (Vec<FileInfo>, Vec<Diagnostic>);

fn glob(spec: &SourceSpec) -> Result<Found, Vec<Diagnostic>> {
    let text = spec.pattern.strip_prefix("./").unwrap_or(&spec.pattern);
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    let matcher =
        glob.map_err(|it| vec![faults::bad_pattern(spec, Some(it.kind().to_string()))])?.compile_matcher();
    // Only the part before the first wildcard is certain.
    let fixed: PathBuf = Path::new(text)
        .components()
        .take_while(|it| !it.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let base = spec.root.join(&fixed);
    if !base.is_dir() {
        return Ok((Vec::new(), Vec::new()));
    }
    let absolute = Path::new(text).is_absolute();
    Ok(walk(&base, spec, |path| {
        let relative = if absolute { path } else { path.strip_prefix(&spec.root).unwrap_or(path) };
        matcher.is_match(relative)
    }))
}

fn walk(base: &Path, spec: &SourceSpec, wanted: impl Fn(&Path) -> bool) -> Found {
    let (mut files, mut diagnostics) = (Vec::new(), Vec::new());
    let visible = |entry: &DirEntry| {
        let hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        !hidden && (!entry.path_is_symlink() || may_follow(entry.path(), spec))
    };
    for entry in WalkDir::new(base).follow_links(true).into_iter().filter_entry(visible) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && wanted(entry.path()) => {
                match info(entry.path(), spec) {
                    Ok(file) => files.push(file),
                    Err(diagnostic) => diagnostics.push(diagnostic),
                }
            }
            Ok(_) => {}
            // A loop of links ends where it began; everything in it has been seen.
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => {
                let shown = shown(error.path().unwrap_or(base), spec);
                let error = error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into());
                diagnostics.push(faults::unreadable_path(&shown, &error));
            }
        }
    }
    files.sort_by(|a, b| a.shown.cmp(&b.shown));
    (files, diagnostics)
}

/// True unless the path leads out of the project folder. Files named on the command line may be anywhere.
fn may_follow(path: &Path, spec: &SourceSpec) -> bool {
    if spec.place.is_none() {
        return true;
    }
    match (fs::canonicalize(path), fs::canonicalize(&spec.root)) {
        (Ok(path), Ok(root)) => path.starts_with(root),
        // A link to nowhere is nothing to follow.
        (Err(_), _) | (_, Err(_)) => false,
    }
}

fn info(path: &Path, spec: &SourceSpec) -> Result<FileInfo, Diagnostic> {
    let shown = shown(path, spec);
    match fs::metadata(path) {
        Ok(metadata) => Ok(FileInfo { path: path.to_owned(), shown, bytes: metadata.len(), held: None }),
        Err(error) => Err(faults::unreadable_path(&shown, &error)),
    }
}

fn shown(path: &Path, spec: &SourceSpec) -> String {
    let relative = path.strip_prefix(&spec.root).ok().filter(|it| !it.as_os_str().is_empty()).unwrap_or(path);
    let text = relative.to_string_lossy();
    let text = text.strip_prefix("./").unwrap_or(&text);
    if std::path::MAIN_SEPARATOR == '/' {
        text.to_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}
