//! One finding a line as CSV (RFC 4180, lines ended by LF), written while the audit runs. No cell
//! becomes a formula: see `escape::csv_cell`.

use super::{
    Encoder, Joints, Needs, Ready, Report, Setting,
    encode::{Names, OfFile, Piece},
    escape::{self, Plain},
};
use crate::{
    audit::Audit,
    diagnostic::nearest,
    finding::{ByNumber, Sink, put_short, put_value_text},
    wording::{self, Lang},
};

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
    classes: ByNumber<OfClass>,
    file: OfFile,
}

/// What all findings of a class have in common.
struct OfClass {
    /// The cells that each has of its own. Before each stand those that are the same for all, and commas.
    cells: Vec<(Piece, Column)>,
    /// After the last of them.
    end: Piece,
    levels: Names,
    fields: Names,
    /// True where nothing stands in the way of their names.
    is_plain: bool,
}

impl OfClass {
    fn new(csv: &Csv, ready: &Ready<'_, '_>) -> Self {
        let it = ready.finding;
        let (mut cells, mut same) = (Vec::new(), Vec::new());
        for (index, column) in csv.columns.iter().enumerate() {
            same.put(if index > 0 { "," } else { "" });
            if !column.put_same(ready, &mut same) {
                cells.push((Piece::of(&same), *column));
                same.clear();
            }
        }
        let names = it.subject.iter().map(|it| it.0).chain(it.evidence.fields.iter().map(|it| it.0));
        let is_plain = names.map(Plain::of).fold(Plain::YES, Plain::and).csv;
        Self { cells, end: Piece::of(&same), levels: Names::new(), fields: Names::new(), is_plain }
    }

    /// Appends who is scored.
    fn subject(&mut self, ready: &Ready<'_, '_>, out: &mut Vec<u8>) {
        let start = out.len();
        for (index, (level, who)) in ready.finding.subject.iter().enumerate() {
            self.levels.put(out, index, (level, ready.alike.names), |out| put_name(out, index, ";", level));
            put_short(out, who);
        }
        let names = self.is_plain && ready.alike.names;
        escape::csv_cell_since(out, start, names && ready.subject.csv);
    }

    /// Appends fields and values.
    fn evidence(&mut self, ready: &Ready<'_, '_>, setting: &Setting, out: &mut Vec<u8>) {
        let start = out.len();
        for (index, (name, value)) in ready.finding.evidence.fields.iter().enumerate() {
            self.fields.put(out, index, (name, ready.alike.names), |out| put_name(out, index, "; ", name));
            put_value_text(out, value, &setting.zone, setting.lang);
        }
        let names = self.is_plain && ready.alike.names;
        escape::csv_cell_since(out, start, names && ready.values.csv);
    }
}

fn put_name(out: &mut Vec<u8>, index: usize, between: &str, name: &str) {
    out.put(if index > 0 { between } else { "" });
    out.put(name);
    out.put("=");
}

impl Column {
    /// Appends the cell, where all findings of a class have the same.
    fn put_same(self, ready: &Ready<'_, '_>, out: &mut Vec<u8>) -> bool {
        let it = ready.finding;
        match self {
            // Ids are names with hyphens and slashes, the others are words of ours: nothing to quote.
            Self::Rule => out.put(&it.rule.id),
            Self::Severity => out.put(it.rule.severity.name()),
            Self::Outcome => out.put(it.outcome.name()),
            Self::Standing => out.put(it.standing.name()),
            Self::Message if ready.alike.message => escape::csv_cell(out, it.message),
            Self::Dimension => escape::csv_cell(out, it.rule.dimension.as_deref().unwrap_or_default()),
            Self::Kind => escape::csv_cell(out, it.kind()),
            Self::Points => {}
            Self::Id
            | Self::Key
            | Self::Subject
            | Self::Message
            | Self::Evidence
            | Self::File
            | Self::Row => return false,
        }
        true
    }
}

impl Encoder for Lines<'_> {
    fn finding(&mut self, ready: &Ready<'_, '_>, out: &mut Vec<u8>) {
        let Self { csv, classes, file } = self;
        let (it, start) = (ready.finding, out.len());
        let of_class = classes.get(ready.alike.class, || OfClass::new(csv, ready));
        for index in 0..of_class.cells.len() {
            let (before, column) = &of_class.cells[index];
            before.put(out);
            match column {
                Column::Id => ready.put_id(out),
                Column::Key => escape::csv_cell_of(out, it.key, ready.key),
                Column::Message => escape::csv_cell_of(out, it.message, ready.message),
                Column::Subject => of_class.subject(ready, out),
                Column::Evidence => of_class.evidence(ready, &csv.setting, out),
                Column::File => {
                    file.put(out, ready.alike.file, |out| escape::csv_cell(out, it.origin.file));
                }
                Column::Row if it.origin.row > 0 => ready.put_row(out),
                Column::Row
                | Column::Outcome
                | Column::Standing
                | Column::Rule
                | Column::Severity
                | Column::Dimension
                | Column::Kind
                | Column::Points => {}
            }
        }
        of_class.end.put(out);
        // An empty line would be taken for no record at all.
        if csv.columns.len() == 1 && out.len() == start {
            out.put("\"\"");
        }
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

    fn joints(&self) -> Option<Joints> {
        Some(Joints::LINES)
    }

    fn head(&self, _: Option<&Audit>) -> Option<Vec<u8>> {
        let names: Vec<&str> = self.columns.iter().map(|it| it.name()).collect();
        let mark = if self.setting.bom { "\u{feff}" } else { "" };
        Some([mark, &names.join(","), "\n"].concat().into_bytes())
    }

    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(Lines { csv: self, classes: ByNumber::new(), file: OfFile::new() })
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
