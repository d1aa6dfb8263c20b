//! A typed reader over TOML with spans: several errors in one go, each where it stands.

use super::{malformed, names, strings, values};
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    rule::Script,
    wording::{self, Code, UserText, Wording},
};
use std::{cell::RefCell, ops::Range, sync::Arc};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Where complaints are collected.
pub(super) type Sink = RefCell<Vec<Diagnostic>>;

/// A text file that people wrote.
#[derive(Clone)]
pub(super) struct File<'a> {
    /// The path as it is shown.
    pub(super) shown: Arc<str>,
    /// Its text.
    pub(super) text: &'a str,
    /// Where complaints go.
    pub(super) sink: &'a Sink,
    /// True where the file has syntax errors: what follows from them is not told.
    pub(super) quiet: bool,
}

impl<'a> File<'a> {
    /// Parses the file as far as possible and reports its syntax errors.
    pub(super) fn parse(shown: Arc<str>, text: &'a str, sink: &'a Sink) -> (Self, Spanned<DeTable<'a>>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let file = Self { shown, text, sink, quiet: !errors.is_empty() };
        let errors = errors.into_iter().map(|it| (it.message().to_owned(), it.span().unwrap_or(0..0)));
        sink.borrow_mut().extend(malformed::complaints(&file.shown, text, errors));
        (file, table)
    }

    /// A place in this file.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place::Text { file: self.shown.clone(), span }
    }

    /// Reports a complaint unless the file is known to be broken.
    pub(super) fn report(&self, diagnostic: Diagnostic) {
        if !self.quiet {
            self.sink.borrow_mut().push(diagnostic);
        }
    }

    /// Reports an error about `name` at `span`.
    pub(super) fn error(&self, code: Code, name: &str, span: Range<usize>) {
        self.report(Diagnostic::error(code).with("name", name).at(self.place(span)));
    }
}

/// A text with the bytes it stands at, quotes included.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// A key with its value.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    pub(super) file: &'a File<'a>,
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Entry<'a> {
    /// Where the value stands; for tables under a header of their own, the header.
    pub(super) fn span(&self) -> Range<usize> {
        self.value.span()
    }

    pub(super) fn place(&self) -> Place {
        self.file.place(self.span())
    }

    /// Complains that the value is of the wrong type.
    pub(super) fn wrong_type(&self, wanted: Wording) {
        let said = Diagnostic::error(wording::WRONG_TYPE).with("name", &self.key).at(self.place());
        self.file.report(said.help_with(wanted, vec![("name", self.key.clone())]));
    }

    /// Complains about the value.
    pub(super) fn error(&self, code: Code) {
        self.file.error(code, &self.key, self.span());
    }

    pub(super) fn text(&self) -> Option<Text> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(Text { text: text.to_string(), span: self.span() }),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                self.wrong_type(wording::WANTS_TEXT);
                None
            }
        }
    }

    pub(super) fn bool(&self) -> Option<bool> {
        let found = self.value.get_ref().as_bool();
        if found.is_none() {
            self.wrong_type(wording::WANTS_BOOL);
        }
        found
    }

    pub(super) fn table(&self) -> Option<Reader<'a>> {
        match self.value.get_ref().as_table() {
            Some(table) => Some(Reader::new(self.file, table, self.span(), &self.key)),
            None => {
                self.wrong_type(wording::WANTS_TABLE);
                None
            }
        }
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables(&self) -> Vec<Reader<'a>> {
        let Some(items) = self.value.get_ref().as_array() else {
            self.wrong_type(wording::WANTS_TABLES);
            return Vec::new();
        };
        self.items(items).iter().filter_map(Self::table).collect()
    }

    fn items(&self, items: &'a [Spanned<DeValue<'a>>]) -> Vec<Self> {
        let one =
            |value| Self { file: self.file, key: self.key.clone(), key_span: self.key_span.clone(), value };
        items.iter().map(one).collect()
    }

    /// The values of a list.
    pub(super) fn list(&self) -> Option<Vec<Self>> {
        match self.value.get_ref().as_array() {
            Some(items) => Some(self.items(items)),
            None => {
                self.wrong_type(wording::WANTS_LIST);
                None
            }
        }
    }

    /// A list of texts; what is no text is reported and left out.
    pub(super) fn texts(&self) -> Option<Vec<Text>> {
        match self.value.get_ref().as_array() {
            Some(items) => {
                let wrong = items.iter().any(|it| !it.get_ref().is_str());
                if wrong {
                    for item in self.items(items).iter().filter(|it| !it.value.get_ref().is_str()) {
                        item.wrong_type(wording::WANTS_TEXTS);
                    }
                }
                Some(
                    self.items(items)
                        .iter()
                        .filter(|it| it.value.get_ref().is_str())
                        .filter_map(Self::text)
                        .collect(),
                )
            }
            None => {
                self.wrong_type(wording::WANTS_TEXTS);
                None
            }
        }
    }

    /// Expression or script text with the way back to its bytes; empty text is an error.
    pub(super) fn script(&self) -> Option<Script> {
        let text = self.text()?;
        if text.text.trim().is_empty() {
            self.error(wording::EMPTY_TEXT);
            return None;
        }
        Some(self.file.script(&text))
    }

    /// A string, or one for each language.
    pub(super) fn user_text(&self) -> Option<(UserText, [Option<Text>; 2])> {
        match self.value.get_ref() {
            DeValue::String(_) => {
                let text = self.text()?;
                Some((UserText::same(&text.text), [Some(text.clone()), Some(text)]))
            }
            DeValue::Table(_) => {
                let mut table = self.table()?;
                let (en, zh) = (table.text("en"), table.text("zh"));
                let before = self.file.sink.borrow().len();
                table.finish();
                let told = self.file.sink.borrow().len() > before;
                if en.is_none() && zh.is_none() && !told {
                    self.error(wording::EMPTY_TEXT);
                }
                let text = |it: &Option<Text>| it.as_ref().map(|it| it.text.clone()).unwrap_or_default();
                Some((UserText { en: text(&en), zh: text(&zh) }, [en, zh]))
            }
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => {
                self.wrong_type(wording::WANTS_USER_TEXT);
                None
            }
        }
    }

    /// A date, as TOML's or as text, in days since 1970-01-01.
    pub(super) fn date(&self) -> Option<i64> {
        let found = values::date(self.value.get_ref());
        if found.is_none() {
            self.wrong_type(wording::WANTS_DATE);
        }
        found
    }
}

impl File<'_> {
    /// A text as a script.
    pub(super) fn script(&self, text: &Text) -> Script {
        let runs = strings::decode(self.text, text.span.clone()).map(|it| it.runs);
        Script {
            text: text.text.clone(),
            file: self.shown.clone(),
            runs: runs.unwrap_or_else(|| vec![(0, text.span.start)]),
        }
    }
}

/// One table: keys are asked for by name, and [`Reader::finish`] complains about those that nobody
/// asked for.
pub(super) struct Reader<'a> {
    pub(super) file: &'a File<'a>,
    table: &'a DeTable<'a>,
    /// Its header or braces.
    pub(super) span: Range<usize>,
    /// Its key.
    pub(super) name: String,
    known: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a File<'a>, table: &'a DeTable<'a>, span: Range<usize>, name: &str) -> Self {
        Self { file, table, span, name: name.to_owned(), known: Vec::new() }
    }

    pub(super) fn place(&self) -> Place {
        self.file.place(self.span.clone())
    }

    /// True where the key is there, known or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The entry of a known key.
    pub(super) fn entry(&mut self, key: &'static str) -> Option<Entry<'a>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let (name, value) = self.table.get_key_value(key)?;
        Some(Entry { file: self.file, key: key.to_owned(), key_span: name.span(), value })
    }

    /// As [`Self::entry`]; absent is an error.
    pub(super) fn required(&mut self, key: &'static str) -> Option<Entry<'a>> {
        let found = self.entry(key);
        if found.is_none() {
            let said = Diagnostic::error(wording::MISSING_KEY).with("name", key).with("table", &self.name);
            self.file.report(said.at(self.place()));
        }
        found
    }

    /// All entries of a table whose keys people choose, in the order of the file.
    pub(super) fn entries(&self) -> Vec<Entry<'a>> {
        let one = |(key, value): (&Spanned<_>, _)| {
            let key: &Spanned<std::borrow::Cow<'_, str>> = key;
            Entry { file: self.file, key: key.get_ref().to_string(), key_span: key.span(), value }
        };
        let mut all: Vec<_> = self.table.iter().map(one).collect();
        all.sort_by_key(|it| it.key_span.start);
        all
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Text> {
        self.entry(key)?.text()
    }

    /// A text that must be there and not be empty.
    pub(super) fn required_text(&mut self, key: &'static str) -> Option<Text> {
        let entry = self.required(key)?;
        let text = entry.text()?;
        if text.text.trim().is_empty() {
            entry.error(wording::EMPTY_TEXT);
            return None;
        }
        Some(text)
    }

    /// An id that must be there.
    pub(super) fn required_id(&mut self, key: &'static str) -> Option<Text> {
        let text = self.required_text(key)?;
        if !names::is_id(&text.text) {
            self.file.error(wording::BAD_ID, &text.text, text.span.clone());
        }
        Some(text)
    }

    pub(super) fn bool(&mut self, key: &'static str) -> Option<bool> {
        self.entry(key)?.bool()
    }

    /// One of the names of `choices`.
    pub(super) fn one_of<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let entry = self.entry(key)?;
        pick(&entry, &entry.text()?, choices)
    }

    pub(super) fn user_text(&mut self, key: &'static str) -> UserText {
        self.entry(key).and_then(|it| it.user_text()).map(|it| it.0).unwrap_or_default()
    }

    /// Complains about the keys that nobody asked for.
    pub(super) fn finish(self) {
        self.finish_with(&[], wording::KNOWN_KEYS);
    }

    /// As [`Self::finish`]; for `elsewhere` the help says where they belong.
    pub(super) fn finish_with(self, elsewhere: &[&str], there: Wording) {
        let known = &self.known;
        for entry in self.entries() {
            if known.contains(&entry.key.as_str()) {
                continue;
            }
            let mut said = Diagnostic::error(wording::UNKNOWN_KEY).with("name", &entry.key);
            if elsewhere.contains(&entry.key.as_str()) {
                said = said.help_with(there, vec![("name", entry.key.clone())]);
            } else {
                said = suggest(said, &entry.key, known.iter().copied());
                said = said.help_with(wording::KNOWN_KEYS, vec![("names", known.join(", "))]);
            }
            self.file.report(said.at(self.file.place(entry.key_span)));
        }
    }
}

/// What people call choices elsewhere, and in Chinese.
#[rustfmt::skip] // A table.
const SYNONYMS: &[(&str, &str)] = &[
    ("string", "text"), ("str", "text"), ("varchar", "text"), ("文字", "text"), ("文本", "text"), ("字符串", "text"),
    ("integer", "int"), ("整数", "int"), ("number", "int"), ("数字", "int"),
    ("double", "float"), ("real", "float"), ("小数", "float"), ("浮点数", "float"),
    ("money", "decimal"), ("currency", "decimal"), ("金额", "decimal"), ("精确小数", "decimal"),
    ("boolean", "bool"), ("真假", "bool"), ("是否", "bool"), ("布尔", "bool"),
    ("datetime", "time"), ("timestamp", "time"), ("时间", "time"), ("日期时间", "time"), ("日期", "date"),
    ("时长", "duration"), ("interval", "duration"), ("enum", "choice"), ("选项", "choice"), ("枚举", "choice"),
    ("array", "list"), ("列表", "list"), ("时限", "amount"),
    ("致命", "critical"), ("严重", "major"), ("一般", "minor"), ("轻微", "minor"), ("提示", "info"),
    ("blocker", "critical"), ("high", "critical"), ("medium", "major"), ("error", "major"), ("warning", "minor"), ("low", "minor"),
    ("cn", "zh"), ("chinese", "zh"), ("中文", "zh"), ("english", "en"), ("英文", "en"),
    ("合格", "pass"), ("通过", "pass"), ("不合格", "fail"), ("不通过", "fail"), ("不适用", "not_applicable"),
    ("缺少证据", "no_evidence"), ("缺证据", "no_evidence"), ("出错", "error"),
];

/// The choice that `text` names, or a complaint with all of them.
pub(super) fn pick<T: Copy>(entry: &Entry<'_>, text: &Text, choices: &[(&str, T)]) -> Option<T> {
    let found = choices.iter().find(|it| it.0 == text.text).map(|it| it.1);
    if found.is_none() {
        let names: Vec<&str> = choices.iter().map(|it| it.0).collect();
        let said =
            Diagnostic::error(wording::UNKNOWN_CHOICE).with("name", &entry.key).with("text", &text.text);
        let meant = SYNONYMS.iter().find(|it| it.0 == text.text.to_lowercase() && names.contains(&it.1));
        let said = match meant {
            Some((_, name)) => said.help_with(wording::DID_YOU_MEAN, vec![("name", (*name).to_owned())]),
            None => suggest(said, &text.text, names.iter().copied()),
        };
        let said = said.help_with(wording::KNOWN_CHOICES, vec![("names", names.join(", "))]);
        entry.file.report(said.at(entry.file.place(text.span.clone())));
    }
    found
}

/// Adds "did you mean …?" where a known name is like enough.
pub(super) fn suggest<'k>(
    said: Diagnostic,
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Diagnostic {
    match nearest(name, known) {
        Some(meant) => said.help_with(wording::DID_YOU_MEAN, vec![("name", meant.to_owned())]),
        None => said,
    }
}
