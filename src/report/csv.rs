//! One finding a line as CSV (RFC 4180, lines ended by LF), written while the audit runs. No cell
//! becomes a formula: see `escape::csv_cell`.

use super::{
    Encoder, Joints, Needs, Report, Setting,
    encode::{Last, Names, OfRules},
    escape,
};
use crate::{
    audit::Audit,
    diagnostic::nearest,
    finding::{Finding, Sink, put_digits, put_value_text},
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
    parts: Vec<Part>,
    of_rules: OfRules<OfRule>,
    levels: Names,
    file: Last<String>,
}

/// What all findings of a rule have in common.
struct OfRule {
    /// The cells of each [`Part::OfRule`].
    cells: Vec<Vec<u8>>,
    fields: Names,
}

/// Cells that stand side by side.
enum Part {
    /// The same for all findings of a rule.
    OfRule(Vec<Column>),
    /// One of the finding.
    Own(Column),
}

impl<'a> Lines<'a> {
    fn new(csv: &'a Csv) -> Self {
        let mut parts = Vec::new();
        for column in &csv.columns {
            match (column.is_of_rule(), parts.last_mut()) {
                (true, Some(Part::OfRule(columns))) => columns.push(*column),
                (true, _) => parts.push(Part::OfRule(vec![*column])),
                (false, _) => parts.push(Part::Own(*column)),
            }
        }
        Self { csv, parts, of_rules: OfRules::new(), levels: Names::new(), file: Last::new() }
    }
}

impl Column {
    /// Whether all findings of a rule have the same.
    const fn is_of_rule(self) -> bool {
        matches!(self, Self::Rule | Self::Severity | Self::Dimension | Self::Kind)
    }
}

/// Appends the cell of a column; names are those of levels and of the evidence's fields.
fn cell(column: Column, it: &Finding<'_>, setting: &Setting, names: [&mut Names; 2], out: &mut Vec<u8>) {
    let (start, [levels, fields]) = (out.len(), names);
    match column {
        Column::Id => escape::put_fingerprint(out, it.id),
        // Ids are names with hyphens and slashes, and these words are ours: nothing to quote.
        Column::Rule => out.put(&it.rule.id),
        Column::Severity => out.put(it.rule.severity.name()),
        Column::Dimension => escape::csv_cell(out, it.rule.dimension.as_deref().unwrap_or_default()),
        Column::Kind => escape::csv_cell(out, it.kind()),
        Column::Key => escape::csv_cell(out, it.key),
        Column::Subject => {
            for (index, (level, who)) in it.subject.iter().enumerate() {
                levels.put(out, index, level, |out| put_name(out, index, ";", level));
                out.put(who);
            }
            escape::csv_cell_since(out, start);
        }
        Column::Outcome => out.put(it.outcome.name()),
        Column::Message => escape::csv_cell(out, it.message),
        Column::Evidence => {
            for (index, (name, value)) in it.evidence.fields.iter().enumerate() {
                fields.put(out, index, name, |out| put_name(out, index, "; ", name));
                put_value_text(out, value, &setting.zone, setting.lang);
            }
            escape::csv_cell_since(out, start);
        }
        Column::File => escape::csv_cell(out, it.origin.file),
        Column::Row if it.origin.row == 0 => {}
        Column::Row => put_digits(out, it.origin.row, 1),
        Column::Standing => out.put(it.standing.name()),
        Column::Points => {}
    }
}

fn put_name(out: &mut Vec<u8>, index: usize, between: &str, name: &str) {
    out.put(if index > 0 { between } else { "" });
    out.put(name);
    out.put("=");
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
        Box::new(Lines::new(self))
    }
}

impl Encoder for Lines<'_> {
    fn finding(&mut self, rule: usize, finding: &Finding<'_>, out: &mut Vec<u8>) {
        let Self { csv, parts, of_rules, levels, file } = self;
        let start = out.len();
        let OfRule { cells, fields } = of_rules.get(rule, || OfRule::new(parts, finding, &csv.setting));
        let mut cells = cells.iter();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match part {
                Part::OfRule(_) => out.extend_from_slice(cells.next().map_or(&[], Vec::as_slice)),
                Part::Own(Column::File) => {
                    let path = finding.origin.file;
                    let encode = |out: &mut Vec<u8>| escape::csv_cell(out, path);
                    out.extend_from_slice(file.get(|it| it == path, || path.to_owned(), encode));
                }
                Part::Own(column) => cell(*column, finding, &csv.setting, [levels, fields], out),
            }
        }
        // An empty line would be taken for no record at all.
        if csv.columns.len() == 1 && out.len() == start {
            out.put("\"\"");
        }
    }
}

impl OfRule {
    fn new(parts: &[Part], it: &Finding<'_>, setting: &Setting) -> Self {
        let cells = |part: &Part| {
            let Part::OfRule(columns) = part else { return None };
            let mut out = Vec::new();
            for (index, column) in columns.iter().enumerate() {
                out.put(if index > 0 { "," } else { "" });
                cell(*column, it, setting, [&mut Names::new(), &mut Names::new()], &mut out);
            }
            Some(out)
        };
        Self { cells: parts.iter().filter_map(cells).collect(), fields: Names::new() }
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
