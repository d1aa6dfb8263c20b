//! `waivers.toml` and `waivers.csv` beside audit.toml: findings that are excused for a time.

use super::{
    holidays::{Home, cells_at},
    pack::{Draft, cannot_read, text},
    read::{File, Reader, suggest},
    table_file::{never_closed, quoted_lines},
};
use crate::{
    calendar::parse_iso_date,
    diagnostic::{Diagnostic, Place},
    rule::{Reach, Script, Waived, Waiver},
    wording,
};
use std::{fs, ops::Range, sync::Arc};

/// The columns of waivers.csv, which are the keys of waivers.toml.
const KEYS: [&str; 6] = ["rule", "key", "where", "reason", "approver", "expires"];

/// Reads the files that are there.
pub(super) fn read(home: &mut Home<'_>) -> Vec<Waiver> {
    let mut all = Vec::new();
    for name in ["waivers.toml", "waivers.csv"] {
        let path = home.folder.join(name);
        if !path.exists() {
            continue;
        }
        let found = fs::read(&path).map_err(|it| cannot_read(name, &it)).and_then(|it| text(it, name));
        let content = match found {
            Ok(content) => content,
            Err(said) => {
                home.sink.borrow_mut().push(said.at(Place::File(name.into())));
                continue;
            }
        };
        home.sources.insert(name, content.as_str());
        if name.ends_with(".csv") {
            all.extend(csv(&content, name.into(), home));
            continue;
        }
        let (file, table) = File::parse(name.into(), &content, home.sink);
        let mut root = Reader::new(&file, table.get_ref(), 0..0, "");
        let tables = root.entry("waiver").map(|it| it.tables()).unwrap_or_default();
        all.extend(tables.into_iter().filter_map(one));
        root.finish();
    }
    all
}

fn one(mut table: Reader<'_>) -> Option<Waiver> {
    let (file, place) = (table.file, table.place());
    let rule = table.required_text("rule");
    let key = table.entry("key").map(|it| it.text());
    let condition = table.entry("where").map(|it| it.script());
    let reason = table.required_text("reason");
    let approver = table.required_text("approver");
    let expires = table.required("expires").and_then(|it| it.date());
    table.finish();
    let of = match (key, condition) {
        (Some(key), None) => Waived::Key(key?.text),
        (None, Some(condition)) => Waived::Where(condition?),
        (None, None) | (Some(_), Some(_)) => {
            file.report(Diagnostic::error(wording::WAIVER_OF_WHAT).at(place).help(wording::HELP_WAIVER));
            return None;
        }
    };
    let (rule, reason, approver) = (rule?, reason?, approver?);
    let rule_place = file.place(rule.span);
    Some(Waiver {
        rule: rule.text,
        of,
        reason: reason.text,
        approver: approver.text,
        expires: expires?,
        place,
        rule_place,
    })
}

/// Lines with a header that names the columns, in any order; a cell in quotes may hold line breaks.
fn csv(content: &str, shown: Arc<str>, home: &Home<'_>) -> Vec<Waiver> {
    let place = |span: Range<usize>| Place::Text { file: shown.clone(), span };
    let complain = |said: Diagnostic| home.sink.borrow_mut().push(said);
    let (lines, open) = quoted_lines(content, true);
    if let Some(quote) = open {
        complain(never_closed(place(quote)));
        return Vec::new();
    }
    let mut lines = lines.into_iter();
    let Some((span, header)) = lines.next() else { return Vec::new() };
    let columns: Vec<String> = cells_at(header, 0).into_iter().map(|it| it.text.trim().to_owned()).collect();
    for name in columns.iter().filter(|it| !KEYS.contains(&it.as_str())) {
        let said = Diagnostic::error(wording::UNKNOWN_KEY).with("name", name).at(place(span.clone()));
        let said = suggest(said, name, KEYS);
        complain(said.help_with(wording::KNOWN_KEYS, vec![("names", KEYS.join(", "))]));
    }
    let mut all = Vec::new();
    for (span, line) in lines {
        let cells = cells_at(line, span.start);
        let cell = |name: &str| {
            let at = columns.iter().position(|it| it == name)?;
            cells.get(at).filter(|it| !it.text.trim().is_empty())
        };
        let required = |name: &'static str| {
            let found = cell(name);
            if found.is_none() {
                let said = Diagnostic::error(wording::MISSING_KEY).with("name", name).with("table", "waiver");
                complain(said.at(place(span.clone())));
            }
            found
        };
        let (rule, reason) = (required("rule"), required("reason"));
        let (approver, expires) = (required("approver"), required("expires"));
        let (Some(rule), Some(reason), Some(approver), Some(expires)) = (rule, reason, approver, expires)
        else {
            continue;
        };
        let Some(day) = parse_iso_date(expires.text.trim()) else {
            let said = Diagnostic::error(wording::WAIVER_DATE).with("text", expires.text.trim());
            complain(said.at(place(expires.span.clone())).help(wording::HELP_WAIVER_DATE));
            continue;
        };
        let script = |text: String, runs| Script { text, file: shown.clone(), runs };
        let of = match (cell("key"), cell("where")) {
            (Some(key), None) => Waived::Key(key.text.clone()),
            (None, Some(it)) => Waived::Where(script(it.text.clone(), it.runs.clone())),
            (None, None) | (Some(_), Some(_)) => {
                let said = Diagnostic::error(wording::WAIVER_OF_WHAT).at(place(span.clone()));
                complain(said.help(wording::HELP_WAIVER));
                continue;
            }
        };
        all.push(Waiver {
            rule: rule.text.trim().to_owned(),
            of,
            reason: reason.text.clone(),
            approver: approver.text.clone(),
            expires: day,
            place: place(span.clone()),
            rule_place: place(rule.span.clone()),
        });
    }
    all
}

/// What must hold between waivers and rules; the ids of promises are written out.
pub(super) fn check(
    waivers: &mut Vec<Waiver>,
    drafts: &[Draft],
    disabled: &[(String, String)],
    home: &Home<'_>,
) {
    let rules = || drafts.iter().flat_map(|it| &it.pack.rules);
    let promises = || drafts.iter().flat_map(|it| &it.pack.promises);
    let hidden = |id: &str| {
        disabled.iter().any(|it| it.0 == id)
            || drafts.iter().any(|it| it.broken || it.unreadable.iter().any(|it| it == id))
    };
    waivers.retain_mut(|it| {
        let short = |id: &str| id.replacen("/promise:", "/", 1) == it.rule;
        if let Some(rule) = rules().find(|rule| rule.id == it.rule) {
            if let (Reach::Groups(_), Waived::Where(script)) = (&rule.reach, &it.of) {
                let said = Diagnostic::error(wording::WAIVER_OF_GROUPS).with("name", &it.rule);
                let said = said.at(script.place(0..script.text.len())).help(wording::HELP_WAIVER_OF_GROUPS);
                home.sink.borrow_mut().push(said);
                return false;
            }
            return true;
        }
        if let Some(promise) = promises().find(|promise| promise.id == it.rule || short(&promise.id)) {
            it.rule.clone_from(&promise.id);
            return true;
        }
        if hidden(&it.rule) {
            return true;
        }
        let known = rules().map(|it| it.id.as_str()).chain(promises().map(|it| it.id.as_str()));
        let said = Diagnostic::error(wording::WAIVER_OF_UNKNOWN).with("name", &it.rule);
        home.sink.borrow_mut().push(suggest(said.at(it.rule_place.clone()), &it.rule, known));
        false
    });
}
