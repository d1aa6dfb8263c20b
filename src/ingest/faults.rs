//! What is said when a source cannot be used.

use super::{
    clock::BadFormat,
    feed::{FeedError, Structure},
    layout::LayoutError,
    spec::{FileInfo, GivenField, Opened, SourceSpec},
};
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    record::Field,
    wording::*,
};
use std::io;

fn file_place(info: &FileInfo) -> Place {
    Place::File(info.shown.as_str().into())
}

/// A path that cannot be read.
pub(super) fn unreadable_path(shown: &str, error: &io::Error) -> Diagnostic {
    let cut_off = error.kind() == io::ErrorKind::UnexpectedEof;
    let diagnostic =
        if cut_off { Diagnostic::error(CUT_OFF_FILE) } else { Diagnostic::error(UNREADABLE_FILE) };
    let diagnostic =
        diagnostic.with("file", shown).with("reason", error.to_string()).at(Place::File(shown.into()));
    let help = [
        (io::ErrorKind::PermissionDenied, HELP_PERMISSION),
        (io::ErrorKind::UnexpectedEof, HELP_CUT_OFF),
        (io::ErrorKind::InvalidData, HELP_DAMAGED),
        (io::ErrorKind::InvalidInput, HELP_DAMAGED),
    ];
    let found = help.iter().find(|(kind, _)| *kind == error.kind());
    diagnostic.help(found.map_or(HELP_FILE_CHANGED, |(_, help)| *help))
}

/// A file that could not be read to its end.
pub(super) fn unreadable(info: &FileInfo, error: &FeedError) -> Diagnostic {
    match error {
        FeedError::Read(error) => unreadable_path(&info.shown, error),
        FeedError::Structure { element, reason } => {
            let place = Place::Record { file: info.shown.as_str().into(), row: *element, column: None };
            let diagnostic = Diagnostic::error(reason.wording())
                .with("file", &info.shown)
                .with("row", element.to_string());
            let help = match reason {
                Structure::Trailing => HELP_NDJSON,
                Structure::NotRecords => HELP_JSON_SHAPE,
                Structure::Malformed | Structure::CutOff => HELP_JSON_CHECK,
            };
            diagnostic.at(place).help(help)
        }
    }
}

/// A file whose beginning cannot be used.
pub(super) fn bad_layout(info: &FileInfo, spec: &SourceSpec, error: &LayoutError) -> Diagnostic {
    match error {
        LayoutError::Read(error) => unreadable_path(&info.shown, error),
        LayoutError::UnknownEncoding(label) => {
            let diagnostic =
                Diagnostic::error(UNKNOWN_ENCODING).with("name", label).at(source_place(spec, info));
            let known = [
                "utf-8",
                "utf-16",
                "utf-16le",
                "utf-16be",
                "gb18030",
                "gbk",
                "big5",
                "shift_jis",
                "euc-kr",
                "windows-1252",
            ];
            did_you_mean(diagnostic, label, known).help(HELP_ENCODINGS)
        }
        LayoutError::OpenHeader => {
            Diagnostic::error(BAD_HEADER).with("file", &info.shown).at(file_place(info)).help(HELP_HEADER)
        }
    }
}

/// Where the source's settings stand, else the file.
fn source_place(spec: &SourceSpec, info: &FileInfo) -> Place {
    spec.place.clone().unwrap_or_else(|| file_place(info))
}

fn did_you_mean<'a>(
    diagnostic: Diagnostic,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match nearest(name, known) {
        Some(near) => diagnostic.help_with(DID_YOU_MEAN, vec![("name", near.to_owned())]),
        None => diagnostic,
    }
}

/// TOML that is not one array of tables.
pub(super) fn bad_toml(info: &FileInfo, reason: &str) -> Diagnostic {
    Diagnostic::error(BAD_TOML)
        .with("file", &info.shown)
        .with("reason", reason)
        .at(file_place(info))
        .help(HELP_TOML_SHAPE)
}

/// A `format` that no time can be read with.
pub(super) fn bad_format(opened: &Opened, field: &Field, error: &BadFormat) -> Diagnostic {
    let given = opened.spec.fields.iter().find(|it| it.name == field.name);
    let format = field.format.clone().unwrap_or_default();
    let diagnostic = Diagnostic::error(BAD_TIME_FORMAT).with("format", format).with("name", &field.name);
    let diagnostic = diagnostic.with("type", field.ty.name()).with("reason", &error.0).help(HELP_TIME_FORMAT);
    match given {
        Some(given) => diagnostic.at(given.place.clone()),
        None => diagnostic,
    }
}

/// A pattern that finds no file.
pub(super) fn no_match(spec: &SourceSpec) -> Diagnostic {
    let diagnostic = Diagnostic::error(NO_FILES).with("pattern", &spec.pattern).help(HELP_NO_FILES);
    match &spec.place {
        Some(place) => diagnostic.at(place.clone()),
        None => diagnostic,
    }
}

/// A pattern that cannot be used, or may not.
pub(super) fn bad_pattern(spec: &SourceSpec, reason: Option<String>) -> Diagnostic {
    let diagnostic = match reason {
        Some(reason) => Diagnostic::error(BAD_PATTERN).with("reason", reason).help(HELP_PATTERN),
        None => Diagnostic::error(OUTSIDE_PROJECT).help(HELP_OUTSIDE_PROJECT),
    };
    let diagnostic = diagnostic.with("pattern", &spec.pattern);
    match &spec.place {
        Some(place) => diagnostic.at(place.clone()),
        None => diagnostic,
    }
}

/// A file whose ending says nothing.
pub(super) fn unknown_ending(info: &FileInfo) -> Diagnostic {
    Diagnostic::error(UNKNOWN_ENDING).with("file", &info.shown).at(file_place(info)).help(HELP_UNKNOWN_ENDING)
}

/// A given field that the data lack. In JSON, where a key may well come later, a warning.
pub(super) fn unknown_column(
    given: &GivenField,
    known: &[&str],
    spec: &SourceSpec,
    certain: bool,
) -> Diagnostic {
    let from = given.from.as_deref().unwrap_or(&given.name);
    let diagnostic =
        if certain { Diagnostic::error(UNKNOWN_COLUMN) } else { Diagnostic::warning(UNSEEN_KEY) };
    let diagnostic = diagnostic.with("name", from).with("source", &spec.id).at(given.place.clone());
    let diagnostic = did_you_mean(diagnostic, from, known.iter().copied());
    let names = known.iter().take(40).copied().collect::<Vec<_>>().join(", ");
    diagnostic.help_with(HELP_COLUMNS, vec![("names", names)])
}

/// Two fields with one name.
pub(super) fn same_name(given: &GivenField, spec: &SourceSpec) -> Diagnostic {
    Diagnostic::error(SAME_FIELD_NAME)
        .with("name", &given.name)
        .with("source", &spec.id)
        .at(given.place.clone())
        .help(HELP_SAME_FIELD_NAME)
}

/// Dates that may be read in two ways.
pub(super) fn ambiguous_dates(name: &str, example: &str, formats: [&str; 2], info: &FileInfo) -> Diagnostic {
    Diagnostic::note(AMBIGUOUS_DATES)
        .with("name", name)
        .with("example", example)
        .at(file_place(info))
        .help_with(
            HELP_AMBIGUOUS_DATES,
            vec![("first", formats[0].to_owned()), ("second", formats[1].to_owned())],
        )
}
