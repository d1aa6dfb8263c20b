//! A pack: `pack.toml` and any number of `*.toml` beside it, of a folder or of the product itself.

use super::{
    builtin, promises,
    read::{File, Reader, Sink},
    rules, scorecards, tables,
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Place, Sources, nearest},
    rule::{LibraryFile, Pack, Script},
    wording::{self, UserText},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};
use walkdir::WalkDir;

/// Where a pack is found.
#[derive(Clone, Debug)]
pub(super) enum Home {
    /// In the product.
    Builtin(&'static builtin::Files),
    /// In a folder, with the folder as it is shown.
    Folder(PathBuf, String),
}

impl Home {
    /// The pack as it is shown.
    fn shown(&self) -> String {
        match self {
            Self::Builtin(files) => format!("builtin:{}", files.pack),
            Self::Folder(_, shown) => shown.clone(),
        }
    }

    fn shown_file(&self, name: &str) -> Arc<str> {
        let shown = self.shown();
        if shown.is_empty() || shown == "." {
            name.into()
        } else {
            format!("{}/{name}", shown.trim_end_matches('/')).into()
        }
    }

    /// Its TOML files by name, sorted.
    fn toml_files(&self) -> Result<Vec<String>, Box<Diagnostic>> {
        let mut names: Vec<String> = match self {
            Self::Builtin(files) => files.texts.iter().map(|it| it.0.to_owned()).collect(),
            Self::Folder(folder, _) => {
                let entries = fs::read_dir(folder).map_err(|it| cannot_read(&self.shown(), &it))?;
                // A link that leads nowhere is a file that cannot be read, and is told.
                let is_file = |it: &fs::DirEntry| it.path().is_file() || !it.path().exists();
                let files = entries.filter_map(Result::ok).filter(is_file);
                files.map(|it| it.file_name().to_string_lossy().into_owned()).collect()
            }
        };
        names.retain(|it| it.ends_with(".toml") && !it.starts_with('.'));
        names.sort();
        Ok(names)
    }

    /// The files of its function library, sorted: `lib/*.rhai`. Built-in packs have none.
    fn library_files(&self) -> Vec<String> {
        let Self::Folder(folder, _) = self else { return Vec::new() };
        let entries = fs::read_dir(folder.join("lib")).into_iter().flatten().filter_map(Result::ok);
        let files = entries.filter(|it| it.path().is_file());
        let mut names: Vec<String> = files.map(|it| it.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|it| it.ends_with(".rhai") && !it.starts_with('.'));
        names.sort();
        names
    }

    /// The shown path and the text of a file beside pack.toml, or a complaint without a place.
    pub(super) fn read(&self, name: &str) -> Result<(Arc<str>, String), Box<Diagnostic>> {
        let shown = self.shown_file(name);
        match self {
            Self::Builtin(files) => match files.texts.iter().find(|it| it.0 == name) {
                Some((_, text)) => Ok((shown, (*text).to_owned())),
                None => Err(Box::new(Diagnostic::error(wording::NO_FILE).with("name", &*shown))),
            },
            Self::Folder(folder, _) => {
                // A link that leads out of the pack would undo the check of the path's text.
                let real = below(folder, name, &shown)?;
                text(fs::read(&real).map_err(|it| cannot_read(&shown, &it))?, &shown)
                    .map(|text| (shown, text))
            }
        }
    }
}

/// The real path of `name` below `folder`, links followed, or a complaint without a place.
pub(super) fn below(folder: &Path, name: &str, shown: &str) -> Result<PathBuf, Box<Diagnostic>> {
    let real = folder.join(name).canonicalize().map_err(|it| {
        let said = cannot_read(shown, &it);
        let near = if it.kind() == io::ErrorKind::NotFound { near_file(folder, name) } else { None };
        match near {
            Some(near) => Box::new(said.help_with(wording::DID_YOU_MEAN, vec![("name", near)])),
            None => said,
        }
    })?;
    let home = folder.canonicalize().map_err(|it| cannot_read(shown, &it))?;
    if real.starts_with(home) {
        Ok(real)
    } else {
        Err(Box::new(Diagnostic::error(wording::PATH_LEAVES).with("name", shown)))
    }
}

/// The file below `folder` that `name` may mean; looked for among the first few thousand.
fn near_file(folder: &Path, name: &str) -> Option<String> {
    const FILES_MAX: usize = 4096;
    let files = WalkDir::new(folder).max_depth(4).into_iter().filter_map(Result::ok).take(FILES_MAX);
    let files = files.filter(|it| it.file_type().is_file());
    let below = |it: walkdir::DirEntry| {
        let path = it.path().strip_prefix(folder).ok()?;
        Some(path.components().map(|it| it.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    };
    let mut names: Vec<String> = files.filter_map(below).collect();
    names.sort();
    nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}

/// A complaint, without a place, about a file that could not be read.
pub(super) fn cannot_read(shown: &str, error: &io::Error) -> Box<Diagnostic> {
    let code = if error.kind() == io::ErrorKind::NotFound { wording::NO_FILE } else { wording::CANNOT_READ };
    Box::new(Diagnostic::error(code).with("name", shown).with("reason", error.to_string()))
}

/// Bytes as text, or a complaint, without a place, where they are no UTF-8.
pub(super) fn text(bytes: Vec<u8>, shown: &str) -> Result<String, Box<Diagnostic>> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..good].iter().filter(|it| **it == b'\n').count() + 1;
        let said = Diagnostic::error(wording::NOT_UTF8).with("name", shown).with("line", line.to_string());
        Box::new(said.help(wording::HELP_UTF8))
    })
}

/// What reading a pack needs beside its files.
pub(super) struct Reading<'r> {
    pub(super) home: &'r Home,
    pub(super) zone: &'r Zone,
    pub(super) sources: &'r mut Sources,
}

/// A pack as read, with the places of its ids.
pub(super) struct Draft {
    pub(super) pack: Pack,
    /// Where the pack's id stands.
    pub(super) id_place: Place,
    /// Where each rule's id stands.
    pub(super) rule_ids: Vec<Place>,
    /// Where each phrase list's id stands.
    pub(super) phrases_ids: Vec<Place>,
    /// Where each table's id stands.
    pub(super) table_ids: Vec<Place>,
    /// Full ids of rules that are there but could not be read.
    pub(super) unreadable: Vec<String>,
    /// True where a file has syntax errors, so that rules may be hidden.
    pub(super) broken: bool,
}

/// Reads a pack. `None` where there is none at `home`; `place` is where the project names it.
pub(super) fn read(
    home: &Home,
    place: &Place,
    zone: &Zone,
    sources: &mut Sources,
    sink: &Sink,
) -> Option<Draft> {
    let shown: Arc<str> = home.shown().into();
    let fail = |said: Diagnostic| sink.borrow_mut().push(said.at(place.clone()));
    let names = match home.toml_files() {
        Ok(names) => names,
        Err(said) => {
            fail(*said);
            return None;
        }
    };
    if !names.iter().any(|it| it == "pack.toml") {
        fail(Diagnostic::error(wording::NO_PACK_TOML).with("name", &*shown).help(wording::HELP_PACK_TOML));
        return None;
    }
    let mut texts = Vec::new();
    let mut broken = false;
    for name in &names {
        match home.read(name) {
            Ok(file) => texts.push(file),
            Err(said) => {
                broken = true;
                fail(*said);
            }
        }
    }
    let mut draft = Draft {
        pack: Pack {
            id: String::new(),
            title: UserText::default(),
            from: shown,
            rules: vec![],
            promises: vec![],
            scorecards: vec![],
            phrases: vec![],
            tables: vec![],
            library: library(home, place, sources, sink),
        },
        id_place: place.clone(),
        rule_ids: Vec::new(),
        phrases_ids: Vec::new(),
        table_ids: Vec::new(),
        unreadable: Vec::new(),
        broken,
    };
    for (file, text) in &texts {
        sources.insert(file.clone(), text.as_str());
    }
    // The id comes first: rules in files that sort before pack.toml need it.
    let head = home.shown_file("pack.toml");
    texts.sort_by_key(|it| it.0 != head);
    for (shown, text) in texts {
        let is_head = shown == head;
        let (file, table) = File::parse(shown, &text, sink);
        draft.broken |= file.quiet;
        let root = Reader::new(&file, table.get_ref(), 0..0, "");
        pack_file(root, is_head, &mut draft, &mut Reading { home, zone, sources });
    }
    if draft.pack.rules.is_empty()
        && draft.pack.promises.is_empty()
        && draft.pack.scorecards.is_empty()
        && draft.unreadable.is_empty()
        && !draft.broken
    {
        let said = Diagnostic::warning(wording::NO_RULES).with("name", &draft.pack.id);
        sink.borrow_mut().push(said.at(draft.id_place.clone()));
    }
    Some(draft)
}

/// The pack's function library.
fn library(home: &Home, place: &Place, sources: &mut Sources, sink: &Sink) -> Vec<LibraryFile> {
    let mut files = Vec::new();
    for name in home.library_files() {
        match home.read(&format!("lib/{name}")) {
            Ok((shown, text)) => {
                sources.insert(shown.clone(), text.as_str());
                let script = Script { text, file: shown, runs: vec![(0, 0)] };
                files.push(LibraryFile { name: name.trim_end_matches(".rhai").to_owned(), script });
            }
            Err(said) => sink.borrow_mut().push(said.at(place.clone())),
        }
    }
    files
}

const PROJECT_KEYS: [&str; 10] =
    ["project", "source", "calendar", "gate", "params", "rules", "sampling", "calibration", "output", "pack"];

fn pack_file(mut root: Reader<'_>, is_head: bool, draft: &mut Draft, reading: &mut Reading<'_>) {
    let file = root.file;
    if is_head {
        match root.entry("pack").and_then(|it| it.table()) {
            Some(mut table) => {
                if let Some(id) = table.required_id("id") {
                    draft.id_place = file.place(id.span);
                    draft.pack.id = id.text;
                }
                draft.pack.title = table.user_text("title");
                table.finish();
            }
            None => file.error(wording::NO_PACK_TABLE, "[pack]", 0..0),
        }
    }
    for table in root.entry("rule").map(|it| it.tables()).unwrap_or_default() {
        let id = draft.pack.id.clone();
        match rules::read(table, &id, reading) {
            Some((_, Some(rule), place)) => {
                draft.pack.rules.push(rule);
                draft.rule_ids.push(place);
            }
            Some((id, None, _)) => draft.unreadable.push(id),
            None => draft.broken = true,
        }
    }
    for table in root.entry("promise").map(|it| it.tables()).unwrap_or_default() {
        match promises::read(table, &draft.pack.id) {
            Some(promise) => draft.pack.promises.push(promise),
            None => draft.broken = true,
        }
    }
    for table in root.entry("scorecard").map(|it| it.tables()).unwrap_or_default() {
        match scorecards::read(table, &draft.pack.id) {
            Some(scorecard) => draft.pack.scorecards.push(scorecard),
            None => draft.broken = true,
        }
    }
    for table in root.entry("phrases").map(|it| it.tables()).unwrap_or_default() {
        if let Some((phrases, place)) = tables::phrases(table) {
            draft.pack.phrases.push(phrases);
            draft.phrases_ids.push(place);
        }
    }
    for table in root.entry("table").map(|it| it.tables()).unwrap_or_default() {
        if let Some((table, place)) = tables::table(table, reading) {
            draft.pack.tables.push(table);
            draft.table_ids.push(place);
        }
    }
    root.finish_with(&PROJECT_KEYS, wording::BELONGS_IN_AUDIT);
}
