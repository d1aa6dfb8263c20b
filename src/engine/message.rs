//! Messages of findings: templates with their names looked up once.

use crate::{
    calendar::Zone,
    finding::{Shown, put_value_text, value_text},
    record::{Batch, Value},
    rule::{Piece, Rule, Template},
    script::Names,
    wording::Lang,
};

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Column(u32),
}

/// A message, ready to be filled from a batch.
#[derive(Clone, Debug)]
pub(super) struct Message {
    parts: Vec<Part>,
    lang: Lang,
}

impl Message {
    /// The message of a rule in `lang`: its template, or its title. Names were checked before; one
    /// that is unknown stays as it is written.
    pub(super) fn new(rule: &Rule, names: &Names<'_>, zone: &Zone, lang: Lang) -> Self {
        let own = rule.message.as_ref().map(|(en, zh)| if lang == Lang::Zh { zh } else { en });
        let title = Template { pieces: vec![Piece::Text(rule.title.get(lang).to_owned())] };
        let part = |piece: &Piece| match piece {
            Piece::Text(text) => Part::Text(text.clone()),
            Piece::Name(name, _) => {
                let param = rule.params.iter().find(|it| it.name == *name);
                let column = names.field(name).and_then(|it| it.column);
                match (param, column) {
                    (Some(param), _) => Part::Text(value_text(&param.value, zone, lang)),
                    (None, Some(column)) => Part::Column(column),
                    (None, None) => Part::Text(format!("{{{name}}}")),
                }
            }
        };
        let mut parts = Vec::new();
        for part in own.unwrap_or(&title).pieces.iter().map(part) {
            match (parts.last_mut(), part) {
                (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
                (_, part) => parts.push(part),
            }
        }
        Self { parts, lang }
    }

    /// The message, where it is the same of all records.
    pub(super) fn fixed(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Appends the message with the values of columns as they are given.
    pub(super) fn write_values(&self, zone: &Zone, out: &mut String, value: impl Fn(usize) -> Value) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Column(column) => put_value_text(out, &value(*column as usize), zone, self.lang),
            }
        }
    }

    /// Appends the message about a record.
    pub(super) fn write(&self, batch: &Batch, row: usize, zone: &Zone, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Column(column) => {
                    let column = &batch.columns[*column as usize];
                    let value: Shown<'_> = column.value(row, &batch.text);
                    put_value_text(out, &value, zone, self.lang);
                }
            }
        }
    }
}
