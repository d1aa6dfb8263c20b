//! From a folder, or from files on the command line, to a project.

use super::{
    LoadOptions, Loaded, Name, Project, Source, audit_file, builtin, checks, holidays, house, joins,
    pack::{self, Draft, Home},
    read::{File, Reader, Sink, Text, suggest},
    scorecards,
    source::confined,
    unused, waivers,
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Place, Sources},
    ingest::SourceSpec,
    wording::{self, Lang},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The file that makes a folder a project.
const AUDIT_TOML: &str = "audit.toml";

/// Reads the project in `folder`, the folder of audit.toml. Paths are shown as below that folder.
#[must_use]
pub fn load(folder: &Path, options: &LoadOptions) -> Loaded {
    let is_file_itself = folder.file_name().is_some_and(|it| it == AUDIT_TOML) && folder.is_file();
    let folder = if is_file_itself { folder.parent().unwrap_or(folder) } else { folder };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let sink = Sink::default();
    let mut sources = Sources::default();
    let text = match audit_toml(folder) {
        Ok(text) => text,
        Err(said) => return Loaded { project: None, diagnostics: vec![*said], sources },
    };
    sources.insert(AUDIT_TOML, text.as_str());
    let (file, table) = File::parse(AUDIT_TOML.into(), &text, &sink);
    let mut audit = {
        let mut home = holidays::Home { folder, sources: &mut sources, sink: &sink };
        audit_file::read(Reader::new(&file, table.get_ref(), 0..0, ""), &mut home)
    };
    let mut drafts = Vec::new();
    let mut named: Vec<Text> = Vec::new();
    for text in std::mem::take(&mut audit.packs) {
        if let Some(first) = named.iter().find(|it| same_pack(&it.text, &text.text)) {
            let said =
                Diagnostic::error(wording::PACK_TWICE).with("name", &text.text).at(file.place(text.span));
            file.report(said.also(file.place(first.span.clone()), wording::FIRST_HERE));
            continue;
        }
        let place = file.place(text.span.clone());
        let home = home(&file, &text, folder);
        drafts.extend(home.and_then(|it| pack::read(&it, &place, &audit.zone, &mut sources, &sink)));
        named.push(text);
    }
    drafts.extend(packs_of_command_line(&options.rules, &audit.zone, &mut sources, &sink));
    checks::check(&drafts, &sink);
    let disabled = house::apply(&audit.house, &mut drafts, &audit.zone);
    house::set_from_command_line(&options.set, &mut drafts, &disabled, &audit.zone, &sink);
    let waivers = {
        let mut home = holidays::Home { folder, sources: &mut sources, sink: &sink };
        let mut read = waivers::read(&mut home);
        waivers::check(&mut read, &drafts, &disabled, &home);
        read
    };
    joins::check(&audit.sources, &sink);
    scorecards::check(&audit.sources, &drafts, &disabled, &sink);
    if !sink.borrow().iter().any(Diagnostic::is_error) {
        let said = unused::check(&audit.sources, &drafts, &sources);
        sink.borrow_mut().extend(said);
    }
    let project = Project {
        name: audit.name,
        root: folder.to_owned(),
        zone: audit.zone,
        lang: options.lang.unwrap_or(audit.lang),
        sources: audit.sources,
        calendars: audit.calendars,
        gates: audit.gates,
        sampling: audit.sampling,
        calibration: audit.calibration,
        waivers,
        packs: drafts.into_iter().map(|it| it.pack).collect(),
        disabled,
        outputs: audit.outputs,
        place: audit.place,
    };
    Loaded { project: Some(project), diagnostics: in_order(sink.into_inner()), sources }
}

/// Makes a project of the data files and packs that the command line names, without audit.toml: one
/// source a file, called after the file; its kind too, unless all rules look at one kind.
#[must_use]
pub fn load_files(options: &LoadOptions) -> Loaded {
    let sink = Sink::default();
    let mut sources = Sources::default();
    let zone = Zone::utc();
    let mut drafts = packs_of_command_line(&options.rules, &zone, &mut sources, &sink);
    checks::check(&drafts, &sink);
    house::set_from_command_line(&options.set, &mut drafts, &[], &zone, &sink);
    let mut kinds: Vec<&str> = drafts.iter().flat_map(|it| &it.pack.rules).map(|it| it.on.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let only_kind = if let [only] = kinds.as_slice() { Some((*only).to_owned()) } else { None };
    let mut all: Vec<Source> = Vec::new();
    for path in &options.data {
        let mut source = source_of_file(path, only_kind.as_deref(), &zone);
        // Two files of one name are two sources.
        let twins = all
            .iter()
            .filter(|it| it.id == source.id || it.id.starts_with(&format!("{}-", source.id)))
            .count();
        if twins > 0 {
            source.id = format!("{}-{}", source.id, twins + 1);
            source.spec.id.clone_from(&source.id);
        }
        all.push(source);
    }
    let name = all.iter().map(|it| it.id.clone()).collect::<Vec<_>>().join(", ");
    let project = Project {
        name,
        root: PathBuf::from("."),
        zone,
        lang: options.lang.unwrap_or(Lang::En),
        sources: all,
        calendars: Vec::new(),
        gates: Vec::new(),
        sampling: None,
        calibration: None,
        waivers: Vec::new(),
        packs: drafts.into_iter().map(|it| it.pack).collect(),
        disabled: Vec::new(),
        outputs: Vec::new(),
        place: Place::File(".".into()),
    };
    Loaded { project: Some(project), diagnostics: in_order(sink.into_inner()), sources }
}

fn source_of_file(path: &Path, only_kind: Option<&str>, zone: &Zone) -> Source {
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let id = name.split('.').next().filter(|it| !it.is_empty()).unwrap_or(&name).to_owned();
    let spec = SourceSpec::plain(&id, ".", path.to_string_lossy(), zone.clone());
    let kind = only_kind.unwrap_or(&id).to_owned();
    Source {
        id,
        kind,
        spec,
        key: Vec::<Name>::new(),
        date: None,
        subject: Vec::new(),
        derive: Vec::new(),
        joins: Vec::new(),
        events: None,
    }
}

/// The text of audit.toml, or why there is none.
fn audit_toml(folder: &Path) -> Result<String, Box<Diagnostic>> {
    let path = folder.join(AUDIT_TOML);
    let shown = folder.to_string_lossy().into_owned();
    let at =
        |said: Diagnostic, path: &Path| Box::new(said.at(Place::File(Arc::from(&*path.to_string_lossy()))));
    if !folder.exists() {
        return Err(at(Diagnostic::error(wording::NO_FOLDER).with("name", shown), folder));
    }
    if !path.exists() {
        let code = if folder.is_dir() { wording::NO_PROJECT } else { wording::NOT_A_PROJECT };
        return Err(at(Diagnostic::error(code).with("name", shown).help(wording::HELP_NO_PROJECT), folder));
    }
    let bytes = fs::read(&path).map_err(|it| at(*pack::cannot_read(AUDIT_TOML, &it), &path))?;
    pack::text(bytes, AUDIT_TOML).map_err(|it| at(*it, &path))
}

fn same_pack(a: &str, b: &str) -> bool {
    let plain = |it: &str| it.trim_end_matches('/').to_owned();
    plain(a) == plain(b)
}

/// Where the pack is that audit.toml names, or a complaint.
fn home(file: &File<'_>, text: &Text, folder: &Path) -> Option<Home> {
    let name = text.text.as_str();
    let is_path = name.starts_with('.') || name.contains(['/', '\\']);
    let known = builtin::names().collect::<Vec<_>>().join(", ");
    let fail = |said: Diagnostic| {
        let said = said.help_with(wording::HELP_BUILTIN, vec![("names", known.clone())]);
        file.report(said.at(file.place(text.span.clone())));
        None
    };
    if !is_path {
        let Some(files) = builtin::find(name) else {
            let said = Diagnostic::error(wording::UNKNOWN_PACK).with("name", name);
            let said = suggest(said, name, builtin::names());
            return fail(said.help_with(wording::HELP_PACK_PATH, vec![("name", name.to_owned())]));
        };
        return Some(Home::Builtin(files));
    }
    if !confined(file, text) {
        return None;
    }
    match pack::below(folder, name, name) {
        Ok(real) if real.is_dir() => {
            let shown = name.trim_end_matches('/');
            Some(Home::Folder(folder.join(name), shown.strip_prefix("./").unwrap_or(shown).to_owned()))
        }
        Ok(_) => fail(Diagnostic::error(wording::NOT_A_PACK).with("name", name)),
        Err(said) if said.code == wording::NO_FILE.id => {
            fail(Diagnostic::error(wording::NO_PACK_FOLDER).with("name", name))
        }
        Err(said) => fail(*said),
    }
}

fn packs_of_command_line(packs: &[PathBuf], zone: &Zone, sources: &mut Sources, sink: &Sink) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for path in packs {
        let shown = path.to_string_lossy().into_owned();
        let place = Place::File(shown.as_str().into());
        // `--rules rules/house/pack.toml` means its folder.
        let is_head = path.file_name().is_some_and(|it| it == "pack.toml");
        let folder = if is_head { path.parent().unwrap_or(path) } else { path };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let home = if folder.is_dir() {
            Home::Folder(folder.to_owned(), folder.to_string_lossy().into_owned())
        } else if let Some(files) = builtin::find(&shown) {
            Home::Builtin(files)
        } else {
            let code = if path.exists() { wording::NOT_A_PACK } else { wording::NO_PACK_FOLDER };
            let names = builtin::names().collect::<Vec<_>>().join(", ");
            let said = Diagnostic::error(code).with("name", shown).at(place);
            sink.borrow_mut().push(said.help_with(wording::HELP_BUILTIN, vec![("names", names)]));
            continue;
        };
        drafts.extend(pack::read(&home, &place, zone, sources, sink));
    }
    drafts
}

/// File by file in the order in which each first has something to say, each from top to bottom;
/// what has no place comes last.
fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut files: Vec<Arc<str>> = Vec::new();
    for said in &diagnostics {
        if let Some(Place::Text { file, .. }) = &said.place
            && !files.contains(file)
        {
            files.push(file.clone());
        }
    }
    // audit.toml leads: what it says explains the rest.
    files.sort_by_key(|it| &**it != AUDIT_TOML);
    diagnostics.sort_by_key(|said| match &said.place {
        Some(Place::Text { file, span }) => (files.iter().position(|it| it == file).unwrap_or(0), span.start),
        Some(Place::Record { .. } | Place::File(_)) => (files.len(), 0),
        None => (files.len() + 1, 0),
    });
    diagnostics
}
