//! Findings on their way into a workbook: encoded on the workers, written row by row once all are known, on the
//! sheet of findings and on that of their subject.

use super::{
    cell::{Cell, put_text, take, take_text},
    sheet::{Looks, MIDDLE, NARROW, Names, Sheet, WIDE},
    tables,
};
use crate::{
    audit::{Audit, ScoreResult},
    finding::{Finding, Fingerprint, Standing},
    report::Setting,
    rule::{Outcome, Rule},
    wording::{self, Lang, Wording},
};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{self, Read},
    sync::{PoisonError, RwLock},
};

/// Fields with a column of their own; programs grow slow with very wide sheets.
const FIELDS_MAX: usize = 100;
/// Subjects with a sheet of their own: each is a temporary file while the workbook is made.
const SUBJECTS_MAX: usize = 200;

/// What columns and sheets there will be: names that the findings have.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    levels: BTreeSet<String>,
    fields: BTreeSet<String>,
    /// The names at the level that has sheets of its own.
    subjects: BTreeSet<String>,
}

/// See [`Seen`]; filled by all workers.
#[derive(Default)]
pub(super) struct Collected(RwLock<Seen>);

impl Collected {
    fn add(&self, it: &Finding<'_>, sheet_per: Option<&str>) {
        let subjects = || it.subject.iter().filter(|it| Some(it.0) == sheet_per);
        let is_known = |seen: &Seen| {
            it.subject.iter().all(|it| seen.levels.contains(it.0))
                && it.evidence.fields.iter().all(|it| seen.fields.contains(it.0))
                && subjects().all(|it| seen.subjects.contains(it.1))
        };
        if is_known(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        seen.levels.extend(it.subject.iter().map(|it| it.0.to_owned()));
        seen.fields.extend(it.evidence.fields.iter().map(|it| it.0.to_owned()));
        seen.subjects.extend(subjects().map(|it| it.1.to_owned()));
    }

    pub(super) fn get(&self) -> Seen {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Appends a finding, for [`Row::decode`].
pub(super) fn encode(it: &Finding<'_>, setting: &Setting, collected: &Collected, out: &mut Vec<u8>) {
    collected.add(it, setting.sheet_per.as_deref());
    let count = |out: &mut Vec<u8>, count: usize| {
        out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    };
    for text in [&it.rule.id, it.kind(), it.key, it.message, it.origin.file] {
        put_text(out, text);
    }
    out.extend_from_slice(&it.id.0.to_le_bytes());
    out.extend_from_slice(&it.origin.row.to_le_bytes());
    let outcome = Outcome::ALL.iter().position(|other| *other == it.outcome).unwrap_or_default();
    let standing = Standing::ALL.iter().position(|other| *other == it.standing).unwrap_or_default();
    count(out, outcome);
    count(out, standing);
    count(out, it.subject.len());
    for (level, who) in it.subject.iter() {
        put_text(out, level);
        put_text(out, who);
    }
    count(out, it.evidence.fields.len());
    for (name, value) in it.evidence.fields.iter() {
        put_text(out, name);
        Cell::of(value, &setting.zone, setting.lang).encode(out);
    }
}

/// A finding as it was encoded.
struct Row {
    rule: String,
    kind: String,
    key: String,
    message: String,
    file: String,
    id: Fingerprint,
    row: u64,
    outcome: Outcome,
    standing: Standing,
    subject: BTreeMap<String, String>,
    fields: BTreeMap<String, Cell>,
}

impl Row {
    /// The next one; `None` at the end.
    fn decode(from: &mut dyn Read) -> io::Result<Option<Self>> {
        let mut first = Vec::new();
        Read::take(&mut *from, 1).read_to_end(&mut first)?;
        if first.is_empty() {
            return Ok(None);
        }
        let mut whole = first.chain(from);
        let from: &mut dyn Read = &mut whole;
        let count = |from: &mut dyn Read| take(from).map(|it| u32::from_le_bytes(it) as usize);
        let [rule, kind, key, message, file] =
            [take_text(from)?, take_text(from)?, take_text(from)?, take_text(from)?, take_text(from)?];
        let id = Fingerprint(u128::from_le_bytes(take(from)?));
        let row = u64::from_le_bytes(take(from)?);
        let outcome = Outcome::ALL.get(count(from)?).copied().unwrap_or(Outcome::Fail);
        let standing = Standing::ALL.get(count(from)?).copied().unwrap_or(Standing::New);
        let mut subject = BTreeMap::new();
        for _ in 0..count(from)? {
            subject.insert(take_text(from)?, take_text(from)?);
        }
        let mut fields = BTreeMap::new();
        for _ in 0..count(from)? {
            fields.insert(take_text(from)?, Cell::decode(from)?);
        }
        Ok(Some(Self { rule, kind, key, message, file, id, row, outcome, standing, subject, fields }))
    }
}

/// The columns of findings.
struct Columns<'a> {
    lang: Lang,
    levels: Vec<String>,
    fields: Vec<String>,
    /// The heads of `fields`.
    heads: Vec<String>,
    rules: HashMap<&'a str, &'a Rule>,
}

impl<'a> Columns<'a> {
    fn of(audit: &'a Audit, seen: &Seen, lang: Lang) -> Self {
        let rules = audit.rules.iter().map(|it| &*it.rule);
        let rules = rules.chain(audit.promises.iter().map(|it| &*it.rule)).map(|it| (it.id.as_str(), it));
        let fields: Vec<String> = seen.fields.iter().take(FIELDS_MAX).cloned().collect();
        // No two columns have the same head: people filter and pivot by it.
        let head = |it: &String| if seen.levels.contains(it) { format!("evidence.{it}") } else { it.clone() };
        Self {
            lang,
            heads: fields.iter().map(head).collect(),
            fields,
            levels: seen.levels.iter().cloned().collect(),
            rules: rules.collect(),
        }
    }

    /// Names and widths.
    fn head(&self) -> Vec<(&str, f64)> {
        let say = |wording: Wording, width| (wording.text(self.lang), width);
        let before = [
            say(wording::SEVERITY, NARROW),
            say(wording::KEY, MIDDLE),
            say(wording::RULE, MIDDLE),
            say(wording::WORKBOOK_TITLE, MIDDLE),
            say(wording::MESSAGE, WIDE),
        ];
        let after = [
            say(wording::WORKBOOK_OUTCOME, NARROW),
            say(wording::WORKBOOK_STANDING, NARROW),
            say(wording::WORKBOOK_FILE, MIDDLE),
            say(wording::WORKBOOK_ROW, NARROW),
            say(wording::WORKBOOK_DIMENSION, NARROW),
            say(wording::WORKBOOK_KIND, NARROW),
            say(wording::WORKBOOK_ID, MIDDLE),
        ];
        let mut head = before.to_vec();
        head.extend(self.levels.iter().map(|it| (it.as_str(), NARROW)));
        head.extend(after);
        head.extend(self.heads.iter().map(|it| (it.as_str(), MIDDLE)));
        head
    }

    /// How many columns are printed: up to the row; what a finding rests on would make the letters too small.
    fn printed(&self) -> usize {
        5 + self.levels.len() + 4
    }

    fn cells(&self, it: &Row) -> Vec<Cell> {
        let rule = self.rules.get(it.rule.as_str());
        let of_rule = |text: fn(&Rule, Lang) -> String| {
            rule.map_or(Cell::Empty, |rule| Cell::Text(text(rule, self.lang)))
        };
        let mut cells = vec![
            of_rule(|rule, lang| rule.severity.wording().text(lang).to_owned()),
            Cell::text(&it.key),
            Cell::text(&it.rule),
            of_rule(|rule, lang| rule.title.get(lang).to_owned()),
            Cell::text(&it.message),
        ];
        let level = |name| it.subject.get(name).map_or(Cell::Empty, Cell::text);
        cells.extend(self.levels.iter().map(level));
        cells.extend([
            Cell::text(it.outcome.wording().text(self.lang)),
            Cell::text(standing(it.standing).text(self.lang)),
            Cell::text(&it.file),
            if it.row == 0 { Cell::Empty } else { Cell::count(it.row) },
            of_rule(|rule, _| rule.dimension.clone().unwrap_or_default()),
            Cell::text(&it.kind),
            Cell::text(it.id.to_string()),
        ]);
        cells.extend(self.fields.iter().map(|name| it.fields.get(name).cloned().unwrap_or(Cell::Empty)));
        cells
    }

    /// The head of the findings on a sheet.
    fn begin(&self, sheet: &mut Sheet<'_>) -> Result<(), XlsxError> {
        let (names, widths): (Vec<&str>, Vec<f64>) = self.head().into_iter().unzip();
        sheet.widths(&widths)?;
        sheet.printed(self.printed());
        sheet.head(&names)
    }
}

const fn standing(standing: Standing) -> Wording {
    match standing {
        Standing::New => wording::WORKBOOK_NEW,
        Standing::Known => wording::STANDING_KNOWN,
        Standing::Waived => wording::STANDING_WAIVED,
    }
}

/// The sheets of findings.
pub(super) struct Written {
    /// All findings: on one sheet or, where they are more than a sheet has rows, on several.
    pub(super) all: Vec<Worksheet>,
    /// Those of each subject on its own.
    pub(super) subjects: Vec<Worksheet>,
    /// What the workbook does not hold.
    pub(super) told: Vec<String>,
}

/// Writes all findings.
pub(super) fn write(
    book: &mut Workbook,
    looks: &Looks,
    names: &mut Names,
    (audit, seen, setting): (&Audit, &Seen, &Setting),
    findings: &mut dyn Read,
) -> Result<Written, XlsxError> {
    let columns = Columns::of(audit, seen, setting.lang);
    let open = |book: &mut Workbook, names: &mut Names| {
        let name = names.unique(wording::SHEET_FINDINGS.text(setting.lang));
        let mut sheet = Sheet::open(book, looks, &name)?;
        columns.begin(&mut sheet)?;
        sheet.freeze(2)?;
        Ok::<_, XlsxError>(sheet)
    };
    let mut sheet = open(book, names)?;
    let who = of_level(audit, seen, setting);
    let mut subjects = subjects(book, looks, names, (audit, &who, setting), &columns)?;
    let (mut cut, mut all) = (0, Vec::new());
    while let Some(row) = Row::decode(findings)? {
        if sheet.is_full() {
            let full = std::mem::replace(&mut sheet, open(book, names)?);
            cut += full.cut;
            all.push(full.close()?);
        }
        let cells = columns.cells(&row);
        let who = setting.sheet_per.as_ref().and_then(|level| row.subject.get(level));
        if let Some(own) = who.and_then(|who| subjects.get_mut(who)).filter(|it| !it.is_full()) {
            own.row(cells.clone())?;
        }
        sheet.row(cells)?;
    }
    cut += sheet.cut;
    all.push(sheet.close()?);
    let subjects = subjects.into_values().map(Sheet::close).collect::<Result<_, _>>()?;
    Ok(Written { all, subjects, told: told((seen, &who), setting, cut) })
}

/// The names at the level that has sheets of its own: of findings and of scores.
fn of_level(audit: &Audit, seen: &Seen, setting: &Setting) -> BTreeSet<String> {
    let scored = audit.scores.iter().filter(|it| setting.sheet_per.as_ref() == Some(&it.level));
    seen.subjects.iter().cloned().chain(scored.map(|it| it.name().to_owned())).collect()
}

/// What the workbook does not hold.
fn told((seen, who): (&Seen, &BTreeSet<String>), setting: &Setting, cut: u64) -> Vec<String> {
    let mut told = Vec::new();
    if cut > 0 {
        told.push(wording::WORKBOOK_CUT.fill(setting.lang, &[("count", cut.to_string())]));
    }
    if let Some(more) = seen.fields.len().checked_sub(FIELDS_MAX).filter(|it| *it > 0) {
        let counts = [("shown", FIELDS_MAX.to_string()), ("count", more.to_string())];
        told.push(wording::WORKBOOK_FIELDS.fill(setting.lang, &counts));
    }
    if let Some(level) = &setting.sheet_per
        && who.len() > SUBJECTS_MAX
    {
        let counts =
            [("level", level.clone()), ("count", who.len().to_string()), ("shown", SUBJECTS_MAX.to_string())];
        told.push(wording::WORKBOOK_SHEETS.fill(setting.lang, &counts));
    }
    told
}

/// A sheet for each subject of the level that was asked for, in the order of names: its scores with their points,
/// and the head of its findings.
fn subjects<'a>(
    book: &mut Workbook,
    looks: &'a Looks,
    names: &mut Names,
    (audit, who, setting): (&Audit, &BTreeSet<String>, &Setting),
    columns: &Columns<'_>,
) -> Result<BTreeMap<String, Sheet<'a>>, XlsxError> {
    let Some(level) = &setting.sheet_per else { return Ok(BTreeMap::new()) };
    let mut sheets = BTreeMap::new();
    for who in who.iter().take(SUBJECTS_MAX) {
        let name = names.unique(who);
        let mut sheet = Sheet::open(book, looks, &name)?;
        let shown = if who.is_empty() { wording::NOT_THERE.text(setting.lang) } else { who };
        let arguments = [("level", level.as_str()), ("name", shown)];
        sheet.title(&wording::WORKBOOK_WHO.fill(setting.lang, &arguments))?;
        sheet.gap();
        let scores: Vec<&ScoreResult> =
            audit.scores.iter().filter(|it| it.level == *level && it.name() == who).collect();
        if !scores.is_empty() {
            tables::score_rows(&mut sheet, &scores, setting.lang)?;
            sheet.gap();
            tables::point_rows(&mut sheet, &scores, setting.lang)?;
            sheet.gap();
        }
        columns.begin(&mut sheet)?;
        sheets.insert(who.clone(), sheet);
    }
    Ok(sheets)
}
