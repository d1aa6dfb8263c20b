//! The sheets that are made of the audit's totals.

use super::{
    cell::Cell,
    sheet::{Looks, MIDDLE, NARROW, Names, Sheet, WIDE},
};
use crate::{
    audit::{Audit, ScoreResult},
    finding::value_text,
    record::Value,
    report::{Setting, digest, groups, scores},
    rule::Outcome,
    score::item,
    wording::{self, Lang, Wording},
};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

type Made = Result<Worksheet, XlsxError>;

/// A table that has a sheet of its own.
type Table = (Wording, bool, fn(&mut Sheet<'_>, &Audit, &Setting) -> Result<(), XlsxError>);

/// Every sheet that has something to say, but for the summary and the findings.
pub(super) fn all(
    book: &mut Workbook,
    looks: &Looks,
    names: &mut Names,
    audit: &Audit,
    setting: &Setting,
) -> Result<Vec<Worksheet>, XlsxError> {
    let tables: [Table; 7] = [
        (wording::RULES, !audit.rules.is_empty(), rules),
        (wording::PROMISES, !audit.promises.is_empty(), promises),
        (wording::SCORES, !audit.scores.is_empty(), |sheet, audit, setting| {
            score_rows(sheet, &scores::shown(audit), setting.lang)
        }),
        (wording::SHEET_POINTS, !audit.scores.is_empty(), |sheet, audit, setting| {
            point_rows(sheet, &scores::shown(audit), setting.lang)
        }),
        (wording::GROUPS, !audit.groups.is_empty(), group_rows),
        (wording::SHEET_NOT_ASSESSED, !audit.unassessed.is_empty(), not_assessed),
        (wording::SHEET_WAIVERS, !audit.waivers.is_empty(), waivers),
    ];
    let mut made = Vec::new();
    for (name, _, write) in tables.into_iter().filter(|it| it.1) {
        let mut sheet = Sheet::open(book, looks, &names.unique(name.text(setting.lang)))?;
        write(&mut sheet, audit, setting)?;
        made.push(sheet.close()?);
    }
    Ok(made)
}

/// The head of the only table of a sheet, which stays in sight.
fn head(sheet: &mut Sheet<'_>, lang: Lang, columns: &[(Wording, f64)]) -> Result<(), XlsxError> {
    sheet.widths(&columns.iter().map(|it| it.1).collect::<Vec<_>>())?;
    plain_head(sheet, lang, &columns.iter().map(|it| it.0).collect::<Vec<_>>())?;
    sheet.freeze(1)
}

fn plain_head(sheet: &mut Sheet<'_>, lang: Lang, columns: &[Wording]) -> Result<(), XlsxError> {
    sheet.head(&columns.iter().map(|it| it.text(lang)).collect::<Vec<_>>())
}

/// What was audited, verdicts, gates, files, and what the workbook does not hold.
pub(super) fn summary(
    book: &mut Workbook,
    looks: &Looks,
    name: &str,
    audit: &Audit,
    setting: &Setting,
    told: &[String],
) -> Made {
    let lang = setting.lang;
    let mut sheet = Sheet::open(book, looks, name)?;
    sheet.widths(&[MIDDLE, MIDDLE, NARROW, NARROW, NARROW, NARROW, NARROW, NARROW, NARROW])?;
    sheet.title(&audit.project)?;
    let time = value_text(&Value::Time(audit.as_of), &setting.zone, lang);
    let as_of = wording::AS_OF.fill(lang, &[("time", time.as_str()), ("zone", setting.zone.name())]);
    for line in [as_of, digest::counts_line(audit, lang), digest::verdict(audit, lang)] {
        sheet.line(&line)?;
    }
    for line in digest::standings(audit, lang).iter().chain(told) {
        sheet.line(line)?;
    }
    sheet.gap();
    severities(&mut sheet, audit, lang)?;
    gates(&mut sheet, audit, lang)?;
    inputs(&mut sheet, audit, lang)?;
    sheet.close()
}

fn severities(sheet: &mut Sheet<'_>, audit: &Audit, lang: Lang) -> Result<(), XlsxError> {
    let columns = [
        wording::SEVERITY,
        wording::FINDINGS,
        wording::WORKBOOK_NEW,
        wording::STANDING_KNOWN,
        wording::STANDING_WAIVED,
        wording::PASSED,
        wording::FAILED,
        wording::WITHOUT_EVIDENCE,
        wording::ERRORS,
        wording::COVERAGE,
    ];
    plain_head(sheet, lang, &columns)?;
    for it in digest::severities(audit) {
        let found = audit.summary.findings_of(it.severity);
        let counts = [found.all(), found.new, found.known, found.waived];
        let counts = counts.into_iter().chain([
            it.outcomes.pass,
            it.outcomes.fail,
            it.outcomes.no_evidence,
            it.outcomes.error,
        ]);
        let name = Cell::text(it.severity.wording().text(lang));
        let coverage = Cell::share(it.outcomes.coverage());
        sheet.row(std::iter::once(name).chain(counts.map(Cell::count)).chain([coverage]))?;
    }
    sheet.gap();
    Ok(())
}

fn gates(sheet: &mut Sheet<'_>, audit: &Audit, lang: Lang) -> Result<(), XlsxError> {
    if audit.gates.is_empty() {
        return Ok(());
    }
    let columns = [wording::GATE, wording::VERDICT, wording::FIGURE, wording::LIMIT, wording::WORKBOOK_WHY];
    plain_head(sheet, lang, &columns)?;
    for it in &audit.gates {
        let about = match &it.reason {
            Some(reason) => reason.text(lang),
            None => it.about.join(", "),
        };
        for line in digest::gate_lines(it) {
            let (indent, about) = if line.is_part { ("  ", "") } else { ("", about.as_str()) };
            sheet.row([
                Cell::Text(format!("{indent}{}", line.name)),
                Cell::text(digest::gate_wording(line.verdict).text(lang)),
                Cell::number(Some(line.figure)),
                Cell::Text(line.texts.1),
                Cell::text(about),
            ])?;
        }
    }
    sheet.gap();
    Ok(())
}

fn inputs(sheet: &mut Sheet<'_>, audit: &Audit, lang: Lang) -> Result<(), XlsxError> {
    let columns =
        [wording::WORKBOOK_FILE, wording::SOURCE, wording::RECORDS, wording::REJECTED, wording::BAD_CELLS];
    plain_head(sheet, lang, &columns)?;
    for it in &audit.inputs {
        let counts = [it.records, it.rejected, it.bad_cells].map(Cell::count);
        sheet.row([Cell::text(&it.file), Cell::text(&it.source)].into_iter().chain(counts))?;
    }
    Ok(())
}

fn rules(sheet: &mut Sheet<'_>, audit: &Audit, setting: &Setting) -> Result<(), XlsxError> {
    let columns = [
        (wording::RULE, MIDDLE),
        (wording::WORKBOOK_TITLE, WIDE),
        (wording::SEVERITY, NARROW),
        (wording::WORKBOOK_DIMENSION, NARROW),
        (wording::FINDINGS, NARROW),
        (wording::PASSED, NARROW),
        (wording::FAILED, NARROW),
        (wording::WORKBOOK_NOT_APPLICABLE, NARROW),
        (wording::WITHOUT_EVIDENCE, NARROW),
        (wording::ERRORS, NARROW),
        (wording::COVERAGE, NARROW),
    ];
    head(sheet, setting.lang, &columns)?;
    for it in &audit.rules {
        let rule = &it.rule;
        let names = [
            Cell::text(&rule.id),
            Cell::text(rule.title.get(setting.lang)),
            Cell::text(rule.severity.wording().text(setting.lang)),
            rule.dimension.as_ref().map_or(Cell::Empty, Cell::text),
            Cell::count(it.findings.all()),
        ];
        let counts = Outcome::ALL.map(|outcome| Cell::count(it.outcomes.get(outcome)));
        sheet.row(names.into_iter().chain(counts).chain([Cell::share(it.outcomes.coverage())]))?;
    }
    Ok(())
}

fn promises(sheet: &mut Sheet<'_>, audit: &Audit, setting: &Setting) -> Result<(), XlsxError> {
    let columns = [
        (wording::PROMISES, MIDDLE),
        (wording::WORKBOOK_TITLE, WIDE),
        (wording::WORKBOOK_RATE, NARROW),
        (wording::WORKBOOK_LOW, NARROW),
        (wording::WORKBOOK_HIGH, NARROW),
        (wording::KEPT, NARROW),
        (wording::BREACHED, NARROW),
        (wording::RUNNING, NARROW),
        (wording::AT_RISK, NARROW),
        (wording::WITHOUT_EVIDENCE, NARROW),
        (wording::WORKBOOK_NOT_APPLICABLE, NARROW),
        (wording::WORKBOOK_MEDIAN, MIDDLE),
        (wording::WORKBOOK_P90, NARROW),
        (wording::COVERAGE, NARROW),
    ];
    head(sheet, setting.lang, &columns)?;
    for it in &audit.promises {
        let interval = it.interval();
        let counts = [it.kept, it.breached, it.running, it.at_risk, it.no_evidence, it.not_applicable]
            .map(Cell::count);
        let names = [
            Cell::text(&it.rule.id),
            Cell::text(it.rule.title.get(setting.lang)),
            Cell::share(it.kept_rate()),
            Cell::share(interval.map(|it| it[0])),
            Cell::share(interval.map(|it| it[1])),
        ];
        let times = [
            Cell::seconds(it.open_elapsed.map(|it| it[0])),
            Cell::seconds(it.open_elapsed.map(|it| it[1])),
            Cell::share(it.coverage),
        ];
        sheet.row(names.into_iter().chain(counts).chain(times))?;
    }
    Ok(())
}

/// Scores, a line each.
pub(super) fn score_rows(sheet: &mut Sheet<'_>, all: &[&ScoreResult], lang: Lang) -> Result<(), XlsxError> {
    let columns = [
        (wording::WORKBOOK_SCORECARD, MIDDLE),
        (wording::WORKBOOK_LEVEL, NARROW),
        (wording::WORKBOOK_SUBJECT, MIDDLE),
        (wording::WORKBOOK_PERIOD, NARROW),
        (wording::SCORE, NARROW),
        (wording::WORKBOOK_LOW, NARROW),
        (wording::WORKBOOK_HIGH, NARROW),
        (wording::SCORE_N, NARROW),
        (wording::SCORE_GRADE, NARROW),
        (wording::SCORE_RANK, NARROW),
        (wording::WORKBOOK_EARNED, NARROW),
        (wording::COVERAGE, NARROW),
    ];
    head(sheet, lang, &columns)?;
    for it in all {
        let interval = it.interval;
        let grade = match (&it.grade, it.score.provisional) {
            (_, true) => Cell::text(wording::SCORE_PROVISIONAL.text(lang)),
            (grade, false) => grade.as_ref().map_or(Cell::Empty, Cell::text),
        };
        let own = [
            Cell::number(it.score.score),
            Cell::number(interval.map(|it| it[0])),
            Cell::number(interval.map(|it| it[1])),
            Cell::Number(it.score.n),
            grade,
            it.rank.map_or(Cell::Empty, |it| Cell::count(it as u64)),
            Cell::number(it.score.earned),
            Cell::share(it.score.coverage),
        ];
        sheet.row(who(it, lang).into_iter().chain(own))?;
    }
    Ok(())
}

/// Whose score it is.
fn who(it: &ScoreResult, lang: Lang) -> [Cell; 4] {
    let name = if it.subject.is_empty() { wording::SCORE_ALL.text(lang) } else { it.name() };
    [Cell::text(it.card.title.get(lang)), Cell::text(&it.level), Cell::text(name), Cell::text(&it.period)]
}

/// What scores are made of: for each the base and all points, which add up to it.
pub(super) fn point_rows(sheet: &mut Sheet<'_>, all: &[&ScoreResult], lang: Lang) -> Result<(), XlsxError> {
    let columns = [
        (wording::WORKBOOK_SCORECARD, MIDDLE),
        (wording::WORKBOOK_LEVEL, NARROW),
        (wording::WORKBOOK_SUBJECT, MIDDLE),
        (wording::WORKBOOK_PERIOD, NARROW),
        (wording::WORKBOOK_SECTION, MIDDLE),
        (wording::WORKBOOK_ITEM, WIDE),
        (wording::WORKBOOK_WHY, NARROW),
        (wording::WORKBOOK_COUNT, NARROW),
        (wording::WORKBOOK_POINTS, NARROW),
    ];
    head(sheet, lang, &columns)?;
    for it in all.iter().filter(|it| it.score.score.is_some()) {
        let base = [
            Cell::Empty,
            Cell::text(wording::WORKBOOK_BASE.text(lang)),
            Cell::Empty,
            Cell::Empty,
            Cell::Number(it.card.base),
        ];
        sheet.row(who(it, lang).into_iter().chain(base))?;
        for entry in &it.score.entries {
            let about = entry.item.map(|place| (&it.card.sections[place.0], item(&it.card, place).of.text()));
            let own = [
                about.map_or(Cell::Empty, |it| Cell::text(it.0.title.get(lang))),
                Cell::text(about.map_or(wording::SCORE_LIMIT.text(lang), |it| it.1)),
                Cell::text(entry.kind.name()),
                Cell::number((entry.count > 0.0).then_some(entry.count)),
                Cell::Number(entry.points),
            ];
            sheet.row(who(it, lang).into_iter().chain(own))?;
        }
    }
    Ok(())
}

fn group_rows(sheet: &mut Sheet<'_>, audit: &Audit, setting: &Setting) -> Result<(), XlsxError> {
    let columns = [
        (wording::RULE, MIDDLE),
        (wording::SOURCE, NARROW),
        (wording::WORKBOOK_GROUP, WIDE),
        (wording::WORKBOOK_OUTCOME, NARROW),
        (wording::FIGURE, NARROW),
        (wording::WORKBOOK_LOW, NARROW),
        (wording::WORKBOOK_HIGH, NARROW),
        (wording::LIMIT, NARROW),
        (wording::SCORE_N, NARROW),
        (wording::RECORDS, NARROW),
        (wording::COVERAGE, NARROW),
    ];
    head(sheet, setting.lang, &columns)?;
    for it in &audit.groups {
        let cell =
            |value: Option<&Value>| value.map_or(Cell::Empty, |it| Cell::of(it, &setting.zone, setting.lang));
        sheet.row([
            Cell::text(&it.rule.id),
            Cell::text(&*it.source),
            Cell::Text(groups::name(it, setting)),
            Cell::text(it.outcome.wording().text(setting.lang)),
            cell(Some(&it.figure)),
            cell(it.interval.as_ref().map(|it| &it[0])),
            cell(it.interval.as_ref().map(|it| &it[1])),
            cell(it.limit.as_ref()),
            Cell::count(it.n),
            Cell::count(it.records),
            Cell::share(it.coverage),
        ])?;
    }
    Ok(())
}

fn not_assessed(sheet: &mut Sheet<'_>, audit: &Audit, setting: &Setting) -> Result<(), XlsxError> {
    let columns = [
        (wording::RULE, MIDDLE),
        (wording::KEY, MIDDLE),
        (wording::WORKBOOK_FIELD, MIDDLE),
        (wording::WORKBOOK_WHY, WIDE),
    ];
    head(sheet, setting.lang, &columns)?;
    for it in &audit.unassessed {
        let why = if it.unreadable { wording::CANNOT_BE_READ } else { wording::NOT_THERE };
        sheet.row([
            Cell::text(&it.rule),
            Cell::text(&it.key),
            Cell::text(&it.field),
            Cell::text(why.text(setting.lang)),
        ])?;
    }
    Ok(())
}

fn waivers(sheet: &mut Sheet<'_>, audit: &Audit, setting: &Setting) -> Result<(), XlsxError> {
    let columns = [
        (wording::RULE, MIDDLE),
        (wording::WORKBOOK_SELECTOR, MIDDLE),
        (wording::FINDINGS, NARROW),
        (wording::WORKBOOK_REASON, WIDE),
        (wording::WORKBOOK_APPROVER, MIDDLE),
        (wording::WORKBOOK_EXPIRES, NARROW),
        (wording::WORKBOOK_EXPIRED, NARROW),
    ];
    head(sheet, setting.lang, &columns)?;
    for it in &audit.waivers {
        let waiver = &it.waiver;
        sheet.row([
            Cell::text(&waiver.rule),
            Cell::text(waiver.selector()),
            Cell::count(it.findings),
            Cell::text(&waiver.reason),
            Cell::text(&waiver.approver),
            Cell::of(&Value::<&str>::Date(waiver.expires), &setting.zone, setting.lang),
            Cell::Truth(it.expired),
        ])?;
    }
    Ok(())
}
