//! One finding a line as CSV (RFC 4180, lines ended by LF), written while the audit runs. No cell
//! becomes a formula: see `escape::csv_cell`.

use super::{Encoder, Needs, Report, Setting, escape};
use crate::{
    diagnostic::nearest,
    finding::{Finding, write_value_text},
    wording::{self, Lang},
};
use std::io::{self, Write};

/// A column of CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The fingerprint.
    Id,
    /// The rule's id.
    Rule,
    /// The rule's severity.
    Severity,
    /// The rule's dimension; may be empty.
    Dimension,
    /// The kind of record.
    Kind,
    /// The record's key.
    Key,
    /// Who is scored: `agent=A1;team=north`.
    Subject,
    /// The outcome.
    Outcome,
    /// What the finding says.
    Message,
    /// Fields and values: `channel=phone; waited=2h`.
    Evidence,
    /// The file of the record.
    File,
    /// The row of the record in its file.
    Row,
    /// Against baseline and waivers.
    Standing,
    /// What the finding costs; empty without a scorecard.
    Points,
}

impl Column {
    /// All, in the order of the header.
    pub const ALL: [Self; 14] = [
        Self::Id,
        Self::Rule,
        Self::Severity,
        Self::Dimension,
        Self::Kind,
        Self::Key,
        Self::Subject,
        Self::Outcome,
        Self::Message,
        Self::Evidence,
        Self::File,
        Self::Row,
        Self::Standing,
        Self::Points,
    ];

    /// The name in the header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Rule => "rule",
            Self::Severity => "severity",
            Self::Dimension => "dimension",
            Self::Kind => "kind",
            Self::Key => "key",
            Self::Subject => "subject",
            Self::Outcome => "outcome",
            Self::Message => "message",
            Self::Evidence => "evidence",
            Self::File => "file",
            Self::Row => "row",
            Self::Standing => "standing",
            Self::Points => "points",
        }
    }
}

/// Reads the names of `--columns`, in their order.
///
/// # Errors
/// What to tell the user, in `lang`, of the first name that is no column: with a suggestion where
/// one is near, else with all names.
pub fn columns<S: AsRef<str>>(names: &[S], lang: Lang) -> Result<Vec<Column>, String> {
    let known = || Column::ALL.into_iter().map(Column::name);
    let read = |name: &S| {
        let name = name.as_ref().trim();
        Column::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| match nearest(name, known()) {
            Some(near) => wording::UNKNOWN_COLUMN_NEAR.fill(lang, &[("name", name), ("near", near)]),
            None => {
                let all = known().collect::<Vec<_>>().join(", ");
                wording::NO_SUCH_CSV_COLUMN.fill(lang, &[("name", name), ("names", &all)])
            }
        })
    };
    names.iter().map(read).collect()
}

/// Appends a line of cells, none of which becomes a formula.
pub(crate) fn csv_row<'c>(out: &mut Vec<u8>, cells: impl IntoIterator<Item = &'c str>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        escape::csv_cell(out, cell);
    }
    out.push(b'\n');
}

/// See the file's head.
pub(super) struct Csv {
    setting: Setting,
    columns: Vec<Column>,
}

impl Csv {
    pub(super) fn new(setting: Setting) -> Self {
        let columns = if setting.columns.is_empty() { Column::ALL.to_vec() } else { setting.columns.clone() };
        Self { setting, columns }
    }
}

/// Findings as lines.
struct Lines<'a> {
    csv: &'a Csv,
    /// To put cells together.
    text: String,
}

impl Lines<'_> {
    fn cell(&mut self, column: Column, it: &Finding<'_>, out: &mut Vec<u8>) {
        match column {
            Column::Id => escape::put_fingerprint(out, it.id),
            // Ids are names with hyphens and slashes, and these words are ours: nothing to quote.
            Column::Rule => out.extend_from_slice(it.rule.id.as_bytes()),
            Column::Severity => out.extend_from_slice(it.rule.severity.name().as_bytes()),
            Column::Dimension => escape::csv_cell(out, it.rule.dimension.as_deref().unwrap_or_default()),
            Column::Kind => escape::csv_cell(out, it.kind()),
            Column::Key => escape::csv_cell(out, it.key),
            Column::Subject => {
                self.text.clear();
                write_subject(&mut self.text, it);
                escape::csv_cell(out, &self.text);
            }
            Column::Outcome => out.extend_from_slice(it.outcome.name().as_bytes()),
            Column::Message => escape::csv_cell(out, it.message),
            Column::Evidence => {
                self.text.clear();
                write_evidence(&mut self.text, it, &self.csv.setting);
                escape::csv_cell(out, &self.text);
            }
            Column::File => escape::csv_cell(out, it.origin.file),
            Column::Row if it.origin.row == 0 => {}
            Column::Row => crate::finding::put_digits(out, it.origin.row, 1),
            Column::Standing => out.extend_from_slice(it.standing.name().as_bytes()),
            Column::Points => {}
        }
    }
}

fn write_evidence(text: &mut String, it: &Finding<'_>, setting: &Setting) {
    for (index, (name, value)) in it.evidence.fields.iter().enumerate() {
        text.push_str(if index > 0 { "; " } else { "" });
        text.push_str(name);
        text.push('=');
        write_value_text(text, value, &setting.zone, setting.lang);
    }
}

fn write_subject(text: &mut String, it: &Finding<'_>) {
    for (index, (level, who)) in it.subject.iter().enumerate() {
        text.push_str(if index > 0 { ";" } else { "" });
        text.push_str(level);
        text.push('=');
        text.push_str(who);
    }
}

impl Report for Csv {
    fn needs(&self) -> Needs {
        let has = |column| self.columns.contains(&column);
        Needs {
            message: has(Column::Message),
            evidence: has(Column::Evidence),
            findings: true,
            id: has(Column::Id),
            subject: has(Column::Subject),
        }
    }

    fn streams(&self) -> bool {
        true
    }

    fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.setting.bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let names: Vec<&str> = self.columns.iter().map(|it| it.name()).collect();
        writeln!(out, "{}", names.join(","))
    }

    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(Lines { csv: self, text: String::new() })
    }
}

impl Encoder for Lines<'_> {
    fn finding(&mut self, _: usize, finding: &Finding<'_>, out: &mut Vec<u8>) {
        let columns = &self.csv.columns;
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let start = out.len();
            self.cell(*column, finding, out);
            // An empty line would be taken for no record at all.
            if columns.len() == 1 && out.len() == start {
                out.extend_from_slice(b"\"\"");
            }
        }
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Zone;

    #[test]
    fn unknown_columns_are_told() {
        assert_eq!(columns(&["key", " rule"], Lang::En), Ok(vec![Column::Key, Column::Rule]));
        let told = columns(&["key", "mesage"], Lang::En).unwrap_err();
        assert!(told.contains("`mesage`") && told.contains("`message`"), "{told}");
        assert!(columns(&["汉字"], Lang::Zh).unwrap_err().contains("standing"));
    }

    #[test]
    fn columns_decide_what_is_computed() {
        let mut setting = Setting::plain(Lang::En, Zone::utc());
        assert_eq!(Csv::new(setting.clone()).needs(), Needs::ALL);
        setting.columns = vec![Column::Key, Column::Rule];
        assert_eq!(Csv::new(setting).needs(), Needs { findings: true, ..Needs::default() });
    }
}
