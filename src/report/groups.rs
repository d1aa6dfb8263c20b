//! Groups of records as people and tools see them.

use super::{
    Setting,
    digest::count,
    encode::{comma, member, put_float, put_value},
    escape::json_string,
};
use crate::{
    audit::{Audit, GroupResult, RuleResult},
    finding::{Sink, put_digits, rounded, value_text},
    record::Value,
    rule::Outcome,
    wording::{self, Lang},
};

/// What a group says of itself: a group's value of that name stands in its `group`.
const TAKEN: [&str; 11] = [
    "rule", "source", "figure", "n", "coverage", "interval", "limit", "outcome", "records", "figures",
    "group",
];

/// Appends a group as an object: its rule, its values under the names of what makes it, then the figure that
/// was compared. Values are `null` where groups were put together.
pub(super) fn json(out: &mut Vec<u8>, it: &GroupResult, setting: &Setting) {
    let zone = &setting.zone;
    out.put("{\"rule\":");
    json_string(out, &it.rule.id);
    out.put(",\"source\":");
    json_string(out, &it.source);
    let parts = || it.names.iter().zip(&it.values);
    for (name, value) in parts().filter(|it| !TAKEN.contains(&it.0.as_str())) {
        out.put(",");
        member(out, name);
        put_value(out, value, zone);
    }
    let mut taken = parts().filter(|it| TAKEN.contains(&it.0.as_str())).peekable();
    if taken.peek().is_some() {
        out.put(",\"group\":{");
        for (index, (name, value)) in taken.enumerate() {
            comma(out, index);
            member(out, name);
            put_value(out, value, zone);
        }
        out.put("}");
    }
    out.put(",\"figure\":");
    put_value(out, &it.figure, zone);
    out.put(",\"n\":");
    put_digits(out, it.n, 1);
    out.put(",\"coverage\":");
    put_float(out, it.coverage.unwrap_or(f64::NAN));
    out.put(",\"interval\":");
    match &it.interval {
        Some(bounds) => put_value(out, &Value::List(bounds.to_vec()), zone),
        None => out.put("null"),
    }
    out.put(",\"limit\":");
    put_value(out, it.limit.as_ref().unwrap_or(&Value::Missing), zone);
    out.put(",\"outcome\":");
    json_string(out, it.outcome.name());
    out.put(",\"records\":");
    put_digits(out, it.records, 1);
    out.put(",\"figures\":[");
    for (index, (text, (value, n))) in it.texts.iter().zip(&it.figures).enumerate() {
        comma(out, index);
        out.put("{\"of\":");
        json_string(out, text);
        out.put(",\"value\":");
        put_value(out, value, zone);
        out.put(",\"n\":");
        put_digits(out, *n, 1);
        out.put("}");
    }
    out.put("]}");
}

/// The rules over groups, each with a line on how many groups there are.
pub(super) fn rules(audit: &Audit, lang: Lang) -> Vec<(&RuleResult, String)> {
    let line = |it: &RuleResult| {
        let counts = it.groups?;
        let wording = if counts.below_min > 0 { wording::GROUPS_LINE } else { wording::GROUPS_LINE_PLAIN };
        let arguments = [
            ("rule", it.rule.id.clone()),
            ("count", count(counts.groups)),
            ("fail", count(it.outcomes.fail)),
            ("below", count(counts.below_min)),
            ("min", count(counts.min)),
        ];
        Some(wording.fill(lang, &arguments))
    };
    audit.rules.iter().filter_map(|it| Some((it, line(it)?))).collect()
}

/// A group's values as people read them; those of all records together have a word.
pub(super) fn name(it: &GroupResult, setting: &Setting) -> String {
    let there = it.values.iter().filter(|it| it.is_there());
    let texts: Vec<String> = there.map(|it| value_text(it, &setting.zone, setting.lang)).collect();
    if texts.is_empty() { wording::GROUP_ALL.text(setting.lang).to_owned() } else { texts.join(" · ") }
}

/// `0.9123 [0.88, 0.94], limit 0.95`.
pub(super) fn figure(it: &GroupResult, setting: &Setting) -> String {
    let text = |value: &Value| value_text(&short(value), &setting.zone, setting.lang);
    let mut figure = text(&it.figure);
    if let Some([low, high]) = &it.interval {
        figure = format!("{figure} [{}, {}]", text(low), text(high));
    }
    match &it.limit {
        Some(limit) => {
            wording::GROUP_FIGURE.fill(setting.lang, &[("figure", figure), ("limit", text(limit))])
        }
        None => figure,
    }
}

/// A figure for people.
pub(super) fn short(value: &Value) -> Value {
    rounded(value, GroupResult::DECIMALS)
}

/// The groups that fail, worst rules first.
pub(super) fn failing(audit: &Audit) -> Vec<&GroupResult> {
    let mut failing: Vec<&GroupResult> =
        audit.groups.iter().filter(|it| it.outcome == Outcome::Fail).collect();
    failing.sort_by_key(|it| std::cmp::Reverse(it.rule.severity));
    failing
}
