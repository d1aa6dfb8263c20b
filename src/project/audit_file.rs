//! audit.toml: `[project]`, `[[source]]`, house changes and `[output]`.

use super::{
    Name, Source, calendar, calibration, gates,
    holidays::Home,
    house::House,
    read::{Entry, File, Reader, Text, suggest},
    sampling, source,
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Place},
    rule::{Calibration, DeclaredCalendar, DeclaredGate, Sampling},
    wording::{self, Lang},
};
use std::ops::Range;

/// audit.toml as read; packs and house changes are resolved later.
pub(super) struct AuditFile<'a> {
    pub(super) name: String,
    pub(super) zone: Zone,
    pub(super) lang: Lang,
    pub(super) packs: Vec<Text>,
    pub(super) sources: Vec<Source>,
    pub(super) calendars: Vec<DeclaredCalendar>,
    pub(super) gates: Vec<DeclaredGate>,
    pub(super) sampling: Option<Sampling>,
    pub(super) calibration: Option<Calibration>,
    pub(super) house: House<'a>,
    pub(super) outputs: Vec<String>,
    pub(super) place: Place,
}

const PACK_KEYS: [&str; 6] = ["pack", "rule", "phrases", "table", "promise", "scorecard"];

/// Cities that people look for and the zone that is meant.
const ZONES_MEANT: [(&str, &str); 3] =
    [("Asia/Beijing", "Asia/Shanghai"), ("China/Beijing", "Asia/Shanghai"), ("北京", "Asia/Shanghai")];

/// Reads the whole file.
pub(super) fn read<'a>(mut root: Reader<'a>, home: &mut Home<'_>) -> AuditFile<'a> {
    let file = root.file;
    let start = root.span.clone();
    let mut out = AuditFile {
        name: String::new(),
        zone: Zone::utc(),
        lang: Lang::En,
        packs: Vec::new(),
        sources: Vec::new(),
        calendars: Vec::new(),
        gates: Vec::new(),
        sampling: None,
        calibration: None,
        house: House::default(),
        outputs: Vec::new(),
        place: file.place(start.clone()),
    };
    match root.entry("project") {
        Some(entry) => {
            if let Some(table) = entry.table() {
                out.place = table.place();
                project(table, &mut out);
            }
        }
        None => file.error(wording::NO_PROJECT_TABLE, "[project]", start),
    }
    if let Some(entry) = root.entry("source") {
        let read: Vec<_> =
            entry.tables().into_iter().filter_map(|it| source::read(it, home.folder, &out.zone)).collect();
        twice(file, read.iter().map(|it| (it.0.id.as_str(), it.1.clone())));
        out.sources = read.into_iter().map(|it| it.0).collect();
    }
    if let Some(entry) = root.entry("calendar") {
        let read: Vec<_> =
            entry.tables().into_iter().filter_map(|it| calendar::read(it, &out.zone, home)).collect();
        twice(file, read.iter().map(|it| (it.0.id.as_str(), it.1.clone())));
        out.calendars = read.into_iter().map(|it| it.0).collect();
    }
    if let Some(entry) = root.entry("gate") {
        let read: Vec<_> = entry.tables().into_iter().filter_map(gates::read).collect();
        twice(file, read.iter().map(|it| (it.0.id.as_str(), it.1.clone())));
        out.gates = read.into_iter().map(|it| it.0).collect();
    }
    out.sampling = root.entry("sampling").and_then(|it| it.table()).and_then(sampling::read);
    out.calibration = root.entry("calibration").and_then(|it| it.table()).and_then(calibration::read);
    for (key, tables) in [("params", &mut out.house.params), ("rules", &mut out.house.rules)] {
        if let Some(table) = root.entry(key).and_then(|it| it.table()) {
            *tables = table.entries();
        }
    }
    if let Some(mut table) = root.entry("output").and_then(|it| it.table()) {
        let files = table.entry("files").and_then(|it| it.texts()).unwrap_or_default();
        out.outputs = files.into_iter().map(|it| it.text).collect();
        table.finish();
    }
    root.finish_with(&PACK_KEYS, wording::BELONGS_IN_PACK);
    out
}

fn project(mut table: Reader<'_>, out: &mut AuditFile<'_>) {
    out.name = table.required_text("name").map(|it| it.text).unwrap_or_default();
    if let Some(zone) = table.entry("timezone").and_then(|it| zone(&it)) {
        out.zone = zone;
    }
    let languages = [("en", Lang::En), ("zh", Lang::Zh)];
    out.lang = table.one_of("language", &languages).unwrap_or_default();
    out.packs = table.entry("packs").and_then(|it| it.texts()).unwrap_or_default();
    table.finish();
}

/// The zone that an entry names, or a complaint with the nearest name.
pub(super) fn zone(entry: &Entry<'_>) -> Option<Zone> {
    let text = entry.text()?;
    let found = Zone::named(&text.text);
    if found.is_none() {
        let said = Diagnostic::error(wording::UNKNOWN_ZONE).with("text", &text.text);
        let meant = ZONES_MEANT.iter().find(|it| it.0 == text.text).map(|it| it.1.to_owned());
        let said = if let Some(meant) = meant {
            said.help_with(wording::DID_YOU_MEAN, vec![("name", meant)])
        } else {
            let names: Vec<String> = jiff::tz::db().available().map(|it| it.as_str().to_owned()).collect();
            suggest(said, &text.text, names.iter().map(String::as_str))
        };
        entry.file.report(said.help(wording::HELP_ZONE).at(entry.place()));
    }
    found
}

/// Complains about ids that stand more than once, at the later place.
pub(super) fn twice<'n>(file: &File<'_>, ids: impl Iterator<Item = (&'n str, Range<usize>)>) {
    let mut seen: Vec<(&str, Range<usize>)> = Vec::new();
    for (id, span) in ids {
        if let Some((_, first)) = seen.iter().find(|it| it.0 == id) {
            let said = Diagnostic::error(wording::ID_TWICE).with("name", id).at(file.place(span));
            file.report(said.also(file.place(first.clone()), wording::FIRST_HERE));
        } else {
            seen.push((id, span));
        }
    }
}

/// A text as a name with its place.
pub(super) fn name(file: &File<'_>, text: Text) -> Name {
    Name { text: text.text, place: file.place(text.span) }
}
