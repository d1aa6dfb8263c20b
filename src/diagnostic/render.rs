//! How complaints look on a terminal: the line, carets under the span, related places, ways out.

use super::{Diagnostic, Level, Place};
use crate::wording::{self, Lang};
use annotate_snippets::{AnnotationKind, Element, Group, Level as Shown, Origin, Renderer, Snippet};
use std::{collections::BTreeMap, ops::Range, sync::Arc};

/// The most characters of one line that are underlined or shown after a span; what is longer is cut.
const CHARS_MAX: usize = 100;

/// The most complaints that are shown one by one; all are counted. Nobody reads more, and a file that is wrong on every
/// line would take minutes to show.
const COMPLAINTS_MAX: usize = 500;

/// The texts of the files that people wrote, by the path that is shown.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    texts: BTreeMap<Arc<str>, Lined>,
}

/// A text and where its lines start: thousands of complaints about one file look lines up.
#[derive(Clone, Debug)]
struct Lined {
    text: Arc<str>,
    line_starts: Arc<[usize]>,
}

impl Lined {
    fn new(text: Arc<str>) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|it| it.0 + 1)).collect();
        Self { text, line_starts }
    }

    /// The number of the line, from 0, that holds a byte, and its first byte.
    fn line(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|it| *it <= byte).saturating_sub(1);
        (line, self.line_starts.get(line).copied().unwrap_or(0))
    }
}

impl Sources {
    /// Keeps the text of a file.
    pub fn insert(&mut self, file: impl Into<Arc<str>>, text: impl Into<Arc<str>>) {
        self.texts.insert(file.into(), Lined::new(text.into()));
    }

    /// The text of `file`, as it is shown in a [`Place`].
    #[must_use]
    pub fn get(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(|it| &*it.text)
    }

    /// The line of `file`, from 1, that holds a byte.
    #[must_use]
    pub fn line(&self, file: &str, byte: usize) -> Option<u64> {
        self.texts.get(file).map(|it| it.line(byte).0 as u64 + 1)
    }

    /// All texts, in the order of their files' names.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.values().map(|it| &*it.text)
    }

    /// Takes over what `other` holds.
    pub fn extend(&mut self, other: Self) {
        self.texts.extend(other.texts);
    }
}

/// One complaint as lines of text, the last one ended.
///
/// Spans outside the text or inside a character are moved to the nearest character, and control
/// characters and escape sequences, of the files as well as of the message, are shown as pictures.
#[must_use]
pub fn render(diagnostic: &Diagnostic, sources: &Sources, lang: Lang, colour: bool) -> String {
    let (level, name) = match diagnostic.level {
        Level::Error => (Shown::ERROR, wording::LEVEL_ERROR),
        Level::Warning => (Shown::WARNING, wording::LEVEL_WARNING),
        Level::Note => (Shown::NOTE, wording::LEVEL_NOTE),
    };
    let title =
        level.with_name(name.text(lang)).primary_title(clean(&diagnostic.message(lang))).id(diagnostic.code);
    let mut group = Group::with_title(title);
    if let Some(place) = &diagnostic.place {
        group = group.element(element(place, sources, lang, AnnotationKind::Primary, None));
    }
    let mut elsewhere = Vec::new();
    for (place, said) in &diagnostic.related {
        let label = clean(&said.text(lang));
        match place {
            Place::Text { file, .. } if sources.get(file).is_some() => {
                group = group.element(element(place, sources, lang, AnnotationKind::Context, Some(label)));
            }
            Place::Text { .. } | Place::Record { .. } | Place::File(_) => {
                elsewhere.push(format!("{label}{}{}", colon(lang), shown(place, lang)));
            }
        }
    }
    for text in elsewhere {
        group = group.element(Shown::NOTE.no_name().message(text));
    }
    for said in &diagnostic.help {
        let name = wording::HELP_NAME.text(lang);
        let name = if colour { format!("\u{1b}[1m{name}\u{1b}[0m") } else { name.to_owned() };
        group = group.element(Shown::HELP.no_name().message(format!(
            "{name}{}{}",
            colon(lang),
            clean(&said.text(lang))
        )));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for line in renderer.render(&[group]).lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// All complaints in the order given, a blank line after each, and a last line that counts them;
/// nothing when there are none.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic], sources: &Sources, lang: Lang, colour: bool) -> String {
    let mut out = String::new();
    // Errors are shown before warnings where there are too many of both.
    let errors = diagnostics.iter().filter(|it| it.is_error()).count();
    let mut left = [errors.min(COMPLAINTS_MAX), COMPLAINTS_MAX - errors.min(COMPLAINTS_MAX)];
    for diagnostic in diagnostics {
        let left = &mut left[usize::from(!diagnostic.is_error())];
        if *left > 0 {
            *left -= 1;
            out.push_str(&render(diagnostic, sources, lang, colour));
            out.push('\n');
        }
    }
    if diagnostics.len() > COMPLAINTS_MAX {
        let shown = wording::COMPLAINTS_CUT.fill(lang, &[("count", COMPLAINTS_MAX.to_string())]);
        out.push_str(&shown);
        out.push('\n');
    }
    let kinds = [
        (Level::Error, wording::ONE_ERROR, wording::SOME_ERRORS),
        (Level::Warning, wording::ONE_WARNING, wording::SOME_WARNINGS),
        (Level::Note, wording::ONE_NOTE, wording::SOME_NOTES),
    ];
    let mut counts = Vec::new();
    for (level, one, some) in kinds {
        match diagnostics.iter().filter(|it| it.level == level).count() {
            0 => {}
            1 => counts.push(one.text(lang).to_owned()),
            count => counts.push(some.fill(lang, &[("count", count.to_string())])),
        }
    }
    if !counts.is_empty() {
        out.push_str(&counts.join(wording::LIST_COMMA.text(lang)));
        out.push('\n');
    }
    out
}

fn colon(lang: Lang) -> &'static str {
    match lang {
        Lang::En => ": ",
        Lang::Zh => "：",
    }
}

/// A place in one line: `data/tickets.csv:17, column tier`.
fn shown(place: &Place, lang: Lang) -> String {
    clean(&match place {
        Place::Text { file, .. } | Place::File(file) => file.to_string(),
        Place::Record { file, row, column: None } => format!("{file}:{row}"),
        Place::Record { file, row, column: Some(column) } => {
            let arguments =
                [("file", file.to_string()), ("row", row.to_string()), ("column", column.clone())];
            wording::RECORD_COLUMN.fill(lang, &arguments)
        }
    })
}

fn element<'a>(
    place: &Place,
    sources: &Sources,
    lang: Lang,
    kind: AnnotationKind,
    label: Option<String>,
) -> Element<'a> {
    let Place::Text { file, span } = place else { return Origin::path(shown(place, lang)).into() };
    let Some(text) = sources.texts.get(file) else { return Origin::path(shown(place, lang)).into() };
    let excerpt = Excerpt::around(text, span);
    Snippet::source(excerpt.text)
        .path(clean(file))
        .line_start(excerpt.line)
        .annotation(kind.span(excerpt.span).label(label))
        .into()
}

/// The lines that hold a span.
struct Excerpt {
    text: String,
    /// The number of the first line, from 1.
    line: usize,
    /// The span in `text`.
    span: Range<usize>,
}

impl Excerpt {
    fn around(lined: &Lined, span: &Range<usize>) -> Self {
        let text = &*lined.text;
        let start = boundary_before(text, span.start);
        let mut end = boundary_after(text, span.end.max(start));
        // A span that ends with its line's break is shown as the line alone.
        while end > start && text[..end].ends_with(['\n', '\r']) {
            end -= 1;
        }
        let (line, first) = lined.line(start);
        let line_end = |from: usize| text[from..].find('\n').map_or(text.len(), |at| from + at);
        let mut last = line_end(end);
        if text[first..last].lines().any(|it| it.chars().nth(4 * CHARS_MAX).is_some()) {
            let first_line_end = line_end(start);
            end = end.min(first_line_end).min(nth_char(text, start, CHARS_MAX));
            last = first_line_end.min(nth_char(text, end, CHARS_MAX));
        }
        // The carriage return of a line's break is no text; a space keeps the bytes after it in place.
        let shown = text[first..last].replace("\r\n", " \n");
        let shown = shown.strip_suffix('\r').filter(|it| end - first <= it.len()).unwrap_or(&shown);
        let shown = shown.chars().map(same_length_picture).collect();
        Self { text: shown, line: line + 1, span: start - first..end - first }
    }
}

/// The byte `count` characters after `from`.
fn nth_char(text: &str, from: usize, count: usize) -> usize {
    text[from..].char_indices().nth(count).map_or(text.len(), |(at, _)| from + at)
}

fn boundary_before(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn boundary_after(text: &str, byte: usize) -> usize {
    (byte.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// True for what turns the direction of the text around it or cannot be seen.
fn misleads(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A harmless character of the same number of bytes, so that spans stay right. The renderer itself
/// replaces ASCII's control characters, and it has to see tabs to align them.
fn same_length_picture(c: char) -> char {
    match c {
        '\u{80}'..='\u{9f}' | '\u{61c}' => '·',
        c if misleads(c) => '\u{fffd}',
        c => c,
    }
}

/// One line without control characters.
fn clean(text: &str) -> String {
    let picture = |c: char| match c {
        '\n' | '\t' | '\r' => ' ',
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        c if misleads(c) => '\u{fffd}',
        c => c,
    };
    text.trim_end_matches(['\r', '\n']).chars().map(picture).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(file: &str, span: Range<usize>) -> Diagnostic {
        let place = Place::Text { file: file.into(), span };
        Diagnostic::error(wording::UNKNOWN_KEY).with("name", "tile").at(place)
    }

    fn sources(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.insert("audit.toml", text);
        sources
    }

    #[test]
    fn carets_stand_under_wide_characters() {
        let text = "[project]\n名称 = 1\n";
        let shown = render(&at("audit.toml", 10..16), &sources(text), Lang::Zh, false);
        assert_eq!(
            shown,
            "错误[unknown-key]: 未知的键“tile”\n --> audit.toml:2:1\n  |\n2 | 名称 = 1\n  | ^^^^\n"
        );
    }

    #[test]
    fn escapes_are_shown_not_sent() {
        let text = "a = \"\u{1b}[31m\u{9b}31m\u{202e}\"\r\nb = 1";
        let mut said = at("audit.toml", 4..20).with("name", "\u{1b}]0;x\u{7}");
        said.says.arguments.swap(0, 1);
        let shown = render(&said, &sources(text), Lang::En, false);
        assert!(!shown.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}', '\r']), "{shown:?}");
        assert!(shown.contains('␛'));
    }

    #[test]
    fn long_lines_are_cut_around_the_span() {
        let text = format!("{}KEY{}", "中 ".repeat(4000), " y".repeat(4000));
        let start = text.find("KEY").unwrap();
        let shown = render(&at("audit.toml", start..start + 3), &sources(&text), Lang::En, false);
        assert!(
            shown.contains("KEY") && shown.contains("audit.toml:1:8001") && shown.len() < 1000,
            "{shown}"
        );
        let shown = render(&at("audit.toml", 0..text.len()), &sources(&text), Lang::En, false);
        assert!(shown.len() < 1500, "{shown}");
    }

    #[test]
    fn records_files_and_unknown_texts_have_places_too() {
        let record = Place::Record { file: "data/tickets.csv".into(), row: 17, column: Some("tier".into()) };
        let said = Diagnostic::warning(wording::UNKNOWN_KEY).with("name", "x").at(record.clone());
        let shown = render(&said, &Sources::default(), Lang::En, false);
        assert!(shown.contains("--> data/tickets.csv:17, column tier\n"), "{shown}");
        let said = at("gone.toml", 3..9).also(record, wording::FIRST_HERE).help(wording::HELP_NO_PROJECT);
        let shown = render(&said, &Sources::default(), Lang::Zh, false);
        assert!(
            shown.contains("--> gone.toml")
                && shown.contains("data/tickets.csv:17")
                && shown.contains("= 帮助："),
            "{shown}"
        );
    }

    #[test]
    fn counts_in_both_languages() {
        let all = [at("x", 0..0), at("x", 0..0), Diagnostic::warning(wording::UNKNOWN_KEY)];
        assert!(render_all(&all, &Sources::default(), Lang::En, false).ends_with("\n2 errors, 1 warning\n"));
        assert!(render_all(&all, &Sources::default(), Lang::Zh, true).ends_with("\n2 个错误，1 个警告\n"));
        assert_eq!(render_all(&[], &Sources::default(), Lang::En, false), "");
    }

    proptest! {
        #[test]
        fn never_panics(text in "(?s)[a中\u{301}\t\r\n\u{1b}🙂\u{85}]{0,40}", start in 0_usize..200, end in 0_usize..200, colour: bool) {
            let said = at("audit.toml", start..end)
                .also(Place::Text { file: "audit.toml".into(), span: end..start }, wording::FIRST_HERE);
            let shown = render(&said, &sources(&text), Lang::En, colour);
            prop_assert!(shown.contains("unknown-key"));
        }
    }
}
