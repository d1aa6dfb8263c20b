//! What is wrong with a file that is no TOML, in words for people: the parser's own are for programmers.

use crate::{
    diagnostic::{Diagnostic, Place},
    wording::{self, Code},
};
use std::{ops::Range, sync::Arc};

/// Marks that people type for a quote.
const QUOTES: [char; 9] = ['“', '”', '‘', '’', '「', '」', '『', '』', '＂'];

/// The complaints about what the parser stumbled over: (what it says, where). Of lines that follow each
/// other only the first is told of; the others follow from it.
pub(super) fn complaints(
    file: &Arc<str>,
    text: &str,
    errors: impl IntoIterator<Item = (String, Range<usize>)>,
) -> Vec<Diagnostic> {
    let mut errors: Vec<_> = errors.into_iter().collect();
    errors.sort_by_key(|it| it.1.start);
    let mut told = Vec::new();
    let mut last: Option<usize> = None;
    for (message, span) in errors {
        let line = text.get(..span.start).unwrap_or(text).matches('\n').count();
        let follows = last.is_some_and(|it| line == it || line == it + 1);
        last = Some(line);
        if !follows {
            told.push(complaint(file, text, &message, span));
        }
    }
    told
}

fn complaint(file: &Arc<str>, text: &str, message: &str, span: Range<usize>) -> Diagnostic {
    let name = text.get(span.clone()).unwrap_or_default().to_owned();
    let at = |code: Code, span: Range<usize>| {
        Diagnostic::error(code).with("name", &name).at(Place::Text { file: file.clone(), span })
    };
    let named = |name: &str| vec![("name", name.to_owned())];
    let says = |beginnings: &[&str]| beginnings.iter().any(|it| message.starts_with(it));
    if message == "duplicate key" {
        return at(wording::TOML_KEY_TWICE, span);
    }
    if says(&["string values must be quoted", "invalid boolean"]) {
        let small = name.to_lowercase();
        if matches!(small.as_str(), "true" | "false") {
            return at(wording::TOML_BAD_VALUE, span).help_with(wording::HELP_TRUE_FALSE, named(&small));
        }
        let plain = name.trim_matches(QUOTES);
        return at(wording::TOML_BARE_TEXT, span).help_with(wording::HELP_QUOTE_TEXT, named(plain));
    }
    if says(&["invalid basic string", "invalid literal string", "invalid multi-line"]) {
        let before = text.get(..span.start).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |it| it + 1);
        let open = before[line..].find(['"', '\'']).map_or(span.start, |it| line + it);
        let end = text[span.start..].find('\n').map_or(text.len(), |it| span.start + it);
        return at(wording::TOML_OPEN_TEXT, open..end).help(wording::HELP_CLOSE_TOML_TEXT);
    }
    if says(&["unclosed"]) {
        return at(wording::TOML_OPEN_BRACKET, span).help(wording::HELP_CLOSE_TOML_BRACKET);
    }
    if says(&["missing comma"]) {
        return at(wording::TOML_NO_COMMA, span).help(wording::HELP_CLOSE_TOML_BRACKET);
    }
    if says(&["missing escaped value", "too few unicode", "unicode hexadecimal"]) {
        return at(wording::TOML_ESCAPE, span).help(wording::HELP_TOML_BACKSLASH);
    }
    if says(&[
        "key with no value",
        "missing value for key",
        "missing value",
        "invalid unquoted key",
        "invalid key",
    ]) {
        return key(at, text, &name, span);
    }
    if says(&["unexpected key or value", "unexpected content"]) {
        let line = text[span.start..].lines().next().unwrap_or_default().trim_end();
        return at(wording::TOML_MORE, span.start..span.start + line.len())
            .help(wording::HELP_QUOTES_IN_QUOTES);
    }
    let is_value = says(&["invalid", "unexpected leading zero", "radix", "integers", "redundant", "value"]);
    if is_value && !name.trim().is_empty() {
        return at(wording::TOML_BAD_VALUE, span).help_with(wording::HELP_QUOTE_TEXT, named(&name));
    }
    at(wording::TOML_SYNTAX, span).with("reason", message)
}

/// A key, or what stands between it and its value.
fn key(
    at: impl Fn(Code, Range<usize>) -> Diagnostic,
    text: &str,
    name: &str,
    span: Range<usize>,
) -> Diagnostic {
    let rest = text.get(span.start..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let start = text[..span.start].rfind('\n').map_or(0, |it| it + 1);
    let whole = &text[start..span.start + line.len()];
    if let Some(found) = ["：", "＝", ":"].iter().find(|it| line.starts_with(**it)) {
        let span = span.start..span.start + found.len();
        return at(wording::TOML_NO_EQUALS, span).help(wording::HELP_NARROW_EQUALS);
    }
    if line.trim().is_empty() && whole.trim_end().ends_with('=') {
        return at(wording::TOML_NO_VALUE, span);
    }
    if !name.is_ascii() {
        let quoted = vec![("name", name.to_owned())];
        return at(wording::TOML_BARE_KEY, span).help_with(wording::HELP_QUOTE_KEY, quoted);
    }
    if whole.contains('=') && !name.is_empty() {
        return at(wording::TOML_BARE_KEY, span)
            .help_with(wording::HELP_QUOTE_KEY, vec![("name", name.to_owned())]);
    }
    at(wording::TOML_NO_EQUALS, span)
}
