//! Scores as people and tools see them.

use super::{
    digest::count,
    encode::{comma, member, put_float, string_or_null},
    escape::json_string,
};
use crate::{
    audit::{Audit, ScoreResult},
    finding::{Sink, put_digits},
    score::{Entry, EntryKind, item},
    wording::{self, Lang},
};

/// Scores are shown with so many decimals.
const DECIMALS: usize = 1;

/// Appends a score as an object. Base and the points of all entries make the score.
pub(super) fn json(out: &mut Vec<u8>, it: &ScoreResult, lang: Lang) {
    let float = |out: &mut Vec<u8>, name: &str, value: Option<f64>| {
        out.put(",");
        member(out, name);
        put_float(out, value.unwrap_or(f64::NAN));
    };
    out.put("{\"id\":");
    json_string(out, &it.card.id);
    out.put(",\"title\":");
    json_string(out, it.card.title.get(lang));
    out.put(",\"level\":");
    json_string(out, &it.level);
    out.put(",\"subject\":");
    json_string(out, it.name());
    out.put(",\"of\":{");
    for (index, (level, name)) in it.subject.iter().enumerate() {
        comma(out, index);
        member(out, level);
        json_string(out, name);
    }
    out.put("},\"period\":");
    json_string(out, &it.period);
    float(out, "score", it.score.score);
    float(out, "earned", it.score.earned);
    float(out, "n", Some(it.score.n));
    out.put(",\"interval\":");
    match it.interval {
        Some([low, high]) => {
            out.put("[");
            put_float(out, low);
            out.put(",");
            put_float(out, high);
            out.put("]");
        }
        None => out.put("null"),
    }
    out.put(",\"grade\":");
    string_or_null(out, it.grade.as_deref());
    out.put(if it.score.provisional { ",\"provisional\":true" } else { ",\"provisional\":false" });
    float(out, "coverage", it.score.coverage);
    out.put(",\"rank\":");
    match it.rank {
        Some(rank) => put_digits(out, rank as u64, 1),
        None => out.put("null"),
    }
    if !it.is_own() {
        let (mean, of) = it.of_scores.map_or((None, 0), |it| (Some(it.0), it.1));
        float(out, "mean_of_scores", mean);
        out.put(",\"scores\":");
        put_digits(out, of as u64, 1);
    }
    out.put(",\"weighting\":");
    json_string(out, it.card.weighting.name());
    float(out, "base", Some(it.card.base));
    sections(out, it);
    points(out, it);
    out.put("}");
}

fn sections(out: &mut Vec<u8>, it: &ScoreResult) {
    out.put(",\"sections\":[");
    for (index, (section, found)) in it.card.sections.iter().zip(&it.score.sections).enumerate() {
        comma(out, index);
        out.put("{\"id\":");
        json_string(out, &section.id);
        out.put(",\"weight\":");
        put_float(out, section.weight);
        out.put(",\"score\":");
        put_float(out, found.score.unwrap_or(f64::NAN));
        out.put("}");
    }
    out.put("]");
}

fn points(out: &mut Vec<u8>, it: &ScoreResult) {
    out.put(",\"points\":[");
    for (index, entry) in it.score.entries.iter().enumerate() {
        comma(out, index);
        let about = entry.item.map(|place| (&it.card.sections[place.0].id, item(&it.card, place).of.text()));
        out.put("{\"rule\":");
        string_or_null(out, about.map(|it| it.1));
        out.put(",\"section\":");
        string_or_null(out, about.map(|it| it.0.as_str()));
        out.put(",\"kind\":");
        json_string(out, entry.kind.name());
        out.put(",\"count\":");
        put_float(out, entry.count);
        out.put(",\"points\":");
        put_float(out, entry.points);
        out.put("}");
    }
    out.put("]");
}

/// Those that people are shown first: of each scorecard all together, then the lowest scores.
pub(super) fn shown(audit: &Audit) -> Vec<&ScoreResult> {
    let mut all: Vec<&ScoreResult> = audit.scores.iter().collect();
    let value = |it: &ScoreResult| it.score.score.unwrap_or(f64::INFINITY);
    all.sort_by(|a, b| {
        let own = a.card.id.cmp(&b.card.id).then(a.is_own().cmp(&b.is_own()));
        own.then(a.subject.len().cmp(&b.subject.len())).then(value(a).total_cmp(&value(b)))
    });
    all
}

/// Who is scored, and when: `Li Wei · 2026-03`.
pub(super) fn name(it: &ScoreResult, lang: Lang) -> String {
    let who = if it.subject.is_empty() { wording::SCORE_ALL.text(lang) } else { it.name() };
    if it.period == crate::rule::Period::All.name() {
        who.to_owned()
    } else {
        format!("{who} · {}", it.period)
    }
}

/// Score, interval, n, grade and rank, as cells.
pub(super) fn cells(it: &ScoreResult, lang: Lang) -> [String; 5] {
    let round = |value: f64| format!("{value:.DECIMALS$}");
    let score = it.score.score.map_or_else(|| "–".to_owned(), round);
    let interval =
        it.interval.map_or_else(String::new, |[low, high]| format!("{}–{}", round(low), round(high)));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of records")]
    let n = count(it.score.n as u64);
    let grade = match (&it.grade, it.score.provisional) {
        (_, true) => wording::SCORE_PROVISIONAL.text(lang).to_owned(),
        (Some(grade), false) => grade.clone(),
        (None, false) => String::new(),
    };
    let rank = it.rank.map_or_else(String::new, |it| it.to_string());
    [score, interval, n, grade, rank]
}

/// `−2.50 standards/greeting (12)`: what a line of the sum says, for people.
#[must_use]
pub fn score_entry(it: &ScoreResult, of: &Entry, lang: Lang) -> String {
    let name = |place| item(&it.card, place).of.text().to_owned();
    let about = match (of.item, of.kind) {
        (Some(place), EntryKind::Critical) => wording::SCORE_CRITICAL.fill(lang, &[("name", name(place))]),
        (Some(place), _) => name(place),
        (None, _) => wording::SCORE_LIMIT.text(lang).to_owned(),
    };
    let sign = if of.points < 0.0 { "−" } else { "+" };
    let times = if of.count > 0.0 { format!(" ({})", of.count) } else { String::new() };
    format!("{sign}{:.2} {about}{times}", of.points.abs())
}

/// A score as JSON, as it stands in reports.
#[must_use]
pub fn score_json(it: &ScoreResult, lang: Lang) -> Vec<u8> {
    let mut out = Vec::new();
    json(&mut out, it, lang);
    out
}

/// Score, interval, records, grade and rank in one line, for people.
#[must_use]
pub fn score_line(it: &ScoreResult, lang: Lang) -> String {
    let [score, interval, n, grade, rank] = cells(it, lang);
    let interval = if interval.is_empty() { interval } else { format!("[{interval}]") };
    let rank = if rank.is_empty() { rank } else { format!("{} {rank}", wording::SCORE_RANK.text(lang)) };
    let n = format!("n {n}");
    [score, interval, n, grade, rank].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ")
}
