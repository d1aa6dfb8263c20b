//! A verdict step by step, for people and tools.

use super::test_report::{pretty, shown_place};
use crate::{
    calendar::{Zone, format_date, format_time},
    diagnostic::Sources,
    expr::Cause,
    finding::{literal_text as shown, value_text},
    project::Project,
    record::Value,
    report::{Style, visible, width},
    rule::{Effective, Outcome, Param, ParamOrigin, Rule, Script},
    script::{PartKind, Reached, RowVerdict, RuleTrace, Traced},
    wording::{self, Lang, Wording},
};
use serde::Serialize;

/// The widest that an expression stands before its value.
const TEXT_MAX: usize = 48;

/// Verdicts of one rule on the records with one key.
pub(super) struct Verdicts<'a> {
    pub(super) project: &'a Project,
    pub(super) as_of: i64,
    pub(super) lang: Lang,
    pub(super) all: Vec<Verdict<'a>>,
}

/// One verdict with everything that it rests on.
pub(super) struct Verdict<'a> {
    pub(super) source: &'a str,
    pub(super) rule: &'a Rule,
    pub(super) hash: &'a str,
    pub(super) key: Option<String>,
    pub(super) file: &'a str,
    pub(super) row: u64,
    pub(super) outcome: Outcome,
    /// The record's own day.
    pub(super) date: Option<i64>,
    pub(super) message: Option<String>,
    /// The names of the batch's columns.
    pub(super) columns: &'a [String],
    /// Cells of the record that could not be read: field and text.
    pub(super) bad_cells: Vec<(String, String)>,
    pub(super) trace: Option<RuleTrace>,
    /// Whose records, from when and to when a window holds.
    pub(super) window: Option<[String; 3]>,
}

impl Verdict<'_> {
    /// Whether the rule is in force on the record's day.
    pub(super) fn is_in_force(&self) -> bool {
        self.date.is_none_or(|day| self.rule.effective.includes(day))
    }

    /// The trace, where the rule was evaluated at all.
    fn walked(&self) -> Option<&RuleTrace> {
        self.trace.as_ref().filter(|_| self.is_in_force())
    }

    /// The part of the rule that decided: its script and bytes.
    fn decider(&self) -> Option<(&Script, &Traced)> {
        let trace = self.walked()?;
        match &trace.verdict {
            RowVerdict::Fail(conjunct, _) => Some((&self.rule.check, trace.check.get(*conjunct)?)),
            RowVerdict::NotApplicable => Some((self.rule.when.as_ref()?, first_false(trace.when.as_ref()?))),
            RowVerdict::Fault(..) => {
                let in_when = trace.when.as_ref().and_then(first_fault);
                let in_when = in_when.and_then(|it| Some((self.rule.when.as_ref()?, it)));
                in_when.or_else(|| Some((&self.rule.check, trace.check.iter().find_map(first_fault)?)))
            }
            RowVerdict::Pass => None,
        }
    }

    fn cause(&self) -> Option<&Cause> {
        match &self.walked()?.verdict {
            RowVerdict::Fault(_, cause) => Some(cause),
            RowVerdict::Pass | RowVerdict::NotApplicable | RowVerdict::Fail(..) => None,
        }
    }

    /// The field that was missing, or could not be read.
    fn missing(&self) -> Option<(&str, bool)> {
        let cause = self.cause()?;
        Some((cause.missing(self.columns)?, matches!(cause, Cause::Unreadable { .. })))
    }

    fn script_said(&self) -> Option<&str> {
        match &self.walked()?.verdict {
            RowVerdict::Fail(_, reason) => reason.as_deref(),
            RowVerdict::Pass | RowVerdict::NotApplicable | RowVerdict::Fault(..) => None,
        }
    }
}

/// The operand of `&&` that made the whole false.
fn first_false(part: &Traced) -> &Traced {
    if part.kind != PartKind::And {
        return part;
    }
    part.parts.iter().find(|it| it.reached == Reached::Value(Value::Bool(false))).unwrap_or(part)
}

/// The innermost part at which the evaluation ended.
fn first_fault(part: &Traced) -> Option<&Traced> {
    let is_fault = |it: &&Traced| matches!(it.reached, Reached::Fault(_));
    let is_absent = |it: &&Traced| matches!(&it.reached, Reached::Value(it) if !it.is_there());
    if is_fault(&part) {
        let below = part.parts.iter().find(is_fault).and_then(first_fault);
        return below.or_else(|| part.parts.iter().find(is_absent)).or(Some(part));
    }
    (is_absent(&part) && !is_statement(part)).then_some(part)
}

/// Whether a part is there for what it does: its value means nothing.
fn is_statement(part: &Traced) -> bool {
    part.kind == PartKind::Other && part.reached == Reached::Value(Value::Missing) && !part.parts.is_empty()
}

/// The verdicts for a terminal.
pub(super) fn terminal(verdicts: &Verdicts<'_>, texts: &Sources, colour: bool) -> String {
    let mut out = String::new();
    for (number, verdict) in verdicts.all.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        Page { verdicts, verdict, texts, colour, out: &mut out }.write();
    }
    out
}

struct Page<'a, 'v> {
    verdicts: &'a Verdicts<'v>,
    verdict: &'a Verdict<'v>,
    texts: &'a Sources,
    colour: bool,
    out: &'a mut String,
}

impl Page<'_, '_> {
    fn write(&mut self) {
        let (verdict, lang) = (self.verdict, self.verdicts.lang);
        let rule = verdict.rule;
        self.line(&format!("{}  {}", rule.id, rule.title.get(lang)), Style::Bold);
        let origin = format!("{}:{}", verdict.file, verdict.row);
        let key = verdict.key.clone().unwrap_or_else(|| origin.clone());
        let arguments = [("key", key), ("source", verdict.source.to_owned()), ("origin", origin)];
        self.line(&wording::EXPLAIN_RECORD.fill(lang, &arguments), Style::Plain);
        self.outcome();
        if let Some(clause) = &rule.source {
            self.fact(wording::EXPLAIN_CLAUSE, clause);
        }
        self.force();
        if let Some(reason) = &rule.house_reason {
            self.fact(wording::EXPLAIN_HOUSE, reason);
        }
        self.params();
        if let Some([of, from, to]) = &verdict.window {
            let said = wording::EXPLAIN_WINDOW.fill(lang, &[("of", of), ("from", from), ("to", to)]);
            self.line(&said, Style::Plain);
        }
        if let Some(trace) = verdict.walked() {
            if let (Some(when), Some(script)) = (&trace.when, &rule.when) {
                self.tree(wording::EXPLAIN_WHEN, script, &[when]);
            }
            self.tree(wording::EXPLAIN_CHECK, &rule.check, &trace.check.iter().collect::<Vec<_>>());
        }
        for (field, text) in &verdict.bad_cells {
            let said =
                wording::HELP_BAD_CELL.fill(lang, &[("name", field.as_str()), ("text", text.as_str())]);
            self.line(&said, Style::Yellow);
        }
        let (why, fix) = (rule.why.get(lang).to_owned(), rule.fix.get(lang).to_owned());
        if verdict.outcome == Outcome::Fail && !why.is_empty() {
            self.fact(wording::EXPLAIN_WHY, &why);
        }
        if verdict.outcome == Outcome::Fail && !fix.is_empty() {
            self.fact(wording::EXPLAIN_FIX, &fix);
        }
    }

    fn line(&mut self, text: &str, style: Style) {
        style.paint(&visible(text), self.colour, self.out);
        self.out.push('\n');
    }

    fn fact(&mut self, name: Wording, text: &str) {
        let lang = self.verdicts.lang;
        self.line(&format!("{}{}{text}", name.text(lang), wording::PLACE_COLON.text(lang)), Style::Plain);
    }

    fn outcome(&mut self) {
        let (verdict, lang) = (self.verdict, self.verdicts.lang);
        let style = match verdict.outcome {
            Outcome::Pass => Style::Green,
            Outcome::Fail => Style::Red,
            Outcome::NotApplicable => Style::Dim,
            Outcome::NoEvidence | Outcome::Error => Style::Yellow,
        };
        let arguments = [
            ("outcome", verdict.outcome.wording().text(lang)),
            ("severity", verdict.rule.severity.wording().text(lang)),
        ];
        self.line(&wording::EXPLAIN_OUTCOME.fill(lang, &arguments), style);
        if let Some((script, part)) = verdict.decider() {
            let text = crate::report::cut(&one_line(script, part), TEXT_MAX).into_owned();
            let said = match verdict.outcome {
                Outcome::NoEvidence | Outcome::Error => wording::EXPLAIN_ENDED,
                Outcome::Pass | Outcome::Fail | Outcome::NotApplicable => wording::EXPLAIN_DECIDED,
            };
            let place = shown_place(&script.place(part.range.clone()), self.texts);
            self.line(&format!("  {}", said.fill(lang, &[("text", text), ("place", place)])), Style::Plain);
        }
        let mut more = Vec::new();
        if let Some((field, unreadable)) = verdict.missing() {
            let said = if unreadable { wording::HELP_UNREADABLE } else { wording::HELP_MISSING };
            more.push(said.fill(lang, &[("name", field)]));
        } else if let Some((said, detail)) = verdict.cause().map(Cause::says) {
            more.push(said.fill(lang, &[("detail", detail)]));
        }
        if let Some(reason) = verdict.script_said() {
            more.push(wording::HELP_SCRIPT_SAID.fill(lang, &[("reason", reason)]));
        }
        for text in more {
            self.line(&format!("  {text}"), Style::Plain);
        }
        if let Some(message) = &verdict.message {
            self.fact(wording::EXPLAIN_MESSAGE, message);
        }
    }

    fn force(&mut self) {
        let (effective, date) = (&self.verdict.rule.effective, self.verdict.date);
        if let Some(text) = in_force(effective, date, self.verdicts.lang) {
            self.line(&text, Style::Plain);
        }
    }

    fn params(&mut self) {
        let (rule, lang) = (self.verdict.rule, self.verdicts.lang);
        if rule.params.is_empty() {
            return;
        }
        let head = format!("{}{}", wording::EXPLAIN_PARAMS.text(lang), wording::PLACE_COLON.text(lang));
        self.line(head.trim_end(), Style::Plain);
        for param in &rule.params {
            let zone = &self.verdicts.project.zone;
            let (origin, place) = origin(param, self.texts, lang);
            let place =
                place.map_or_else(String::new, |it| format!("{}{it}", wording::PLACE_COLON.text(lang)));
            let value = format!("  {} = {}", param.name, shown(&param.value, zone, lang));
            let arguments = [("text", value), ("place", format!("{origin}{place}"))];
            let mut text = wording::EXPLAIN_PLACE.fill(lang, &arguments);
            if param.value != param.own {
                let own = shown(&param.own, zone, lang);
                text.push_str(&format!("  {}", wording::EXPLAIN_OWN.fill(lang, &[("value", own)])));
            }
            self.line(&text, Style::Plain);
        }
    }

    fn tree(&mut self, name: Wording, script: &Script, parts: &[&Traced]) {
        let lang = self.verdicts.lang;
        let place = shown_place(&script.place(0..script.text.len()), self.texts);
        let arguments = [("text", name.text(lang)), ("place", place.as_str())];
        self.line(&wording::EXPLAIN_PLACE.fill(lang, &arguments), Style::Bold);
        let mut lines: Vec<(String, &Traced)> = Vec::new();
        for part in parts {
            flat(script, part, 1, &mut lines);
        }
        let widest = lines.iter().map(|it| width(&it.0)).max().unwrap_or_default().min(TEXT_MAX + 2);
        let decider = self.verdict.decider().map(|it| it.1.range.clone());
        for (text, part) in lines {
            let (value, style) = self.value(part);
            self.out.push_str(&visible(&text));
            if value.is_empty() {
                self.out.push('\n');
                continue;
            }
            self.out.push_str(&" ".repeat(widest.saturating_sub(width(&text))));
            let is_decider = decider.as_ref() == Some(&part.range) && part.reached != Reached::Not;
            let mark = match self.verdict.outcome {
                _ if !is_decider => "",
                Outcome::NoEvidence | Outcome::Error => wording::EXPLAIN_MARK_ENDED.text(lang),
                Outcome::Pass | Outcome::Fail | Outcome::NotApplicable => wording::EXPLAIN_MARK.text(lang),
            };
            self.line(&format!("  {value}{mark}"), style);
        }
    }

    fn value(&self, part: &Traced) -> (String, Style) {
        let lang = self.verdicts.lang;
        match &part.reached {
            _ if is_statement(part) => (String::new(), Style::Plain),
            Reached::Not => (wording::EXPLAIN_NOT_REACHED.text(lang).to_owned(), Style::Dim),
            Reached::Value(value) => {
                let style = match value {
                    Value::Bool(true) => Style::Green,
                    Value::Bool(false) => Style::Red,
                    Value::Missing | Value::Unreadable => Style::Yellow,
                    Value::Int(_)
                    | Value::Float(_)
                    | Value::Decimal(_)
                    | Value::Text(_)
                    | Value::Date(_)
                    | Value::Time(_)
                    | Value::Duration(_)
                    | Value::Amount(_)
                    | Value::List(_) => Style::Plain,
                };
                (shown(value, &self.verdicts.project.zone, lang), style)
            }
            Reached::Other(name) => (wording::EXPLAIN_KIND.fill(lang, &[("kind", *name)]), Style::Plain),
            Reached::Fault(cause) if cause.is_missing() => {
                (wording::NO_EVIDENCE.text(lang).to_owned(), Style::Yellow)
            }
            Reached::Fault(cause) => {
                let (said, detail) = cause.says();
                (said.fill(lang, &[("detail", detail)]), Style::Yellow)
            }
            Reached::Verdict(name) => {
                (outcome_named(name).map_or("", |it| it.text(lang)).to_owned(), Style::Plain)
            }
            Reached::Jump => (wording::EXPLAIN_LEFT.text(lang).to_owned(), Style::Dim),
        }
    }
}

/// Whether a rule or promise is in force on the record's day, in words; `None` where it always is.
pub(super) fn in_force(effective: &Effective, date: Option<i64>, lang: Lang) -> Option<String> {
    if effective.is_always() {
        return None;
    }
    let open = || wording::EXPLAIN_OPEN.text(lang).to_owned();
    let arguments = [
        ("from", effective.from.map_or_else(open, format_date)),
        ("to", effective.to.map_or_else(open, format_date)),
        ("date", date.map_or_else(open, format_date)),
    ];
    let holds = date.is_none_or(|day| effective.includes(day));
    let said = if holds { wording::EXPLAIN_IN_FORCE } else { wording::EXPLAIN_NOT_IN_FORCE };
    Some(said.fill(lang, &arguments))
}

fn outcome_named(name: &str) -> Option<Wording> {
    Outcome::ALL.into_iter().find(|it| it.name() == name).map(Outcome::wording)
}

/// Who set a parameter, and where.
fn origin(param: &Param, texts: &Sources, lang: Lang) -> (&'static str, Option<String>) {
    let (said, has_place) = match param.set_by {
        ParamOrigin::Rule => (wording::SET_BY_RULE, true),
        ParamOrigin::House => (wording::SET_BY_HOUSE, true),
        ParamOrigin::CommandLine => (wording::SET_BY_COMMAND_LINE, false),
    };
    (said.text(lang), has_place.then(|| shown_place(&param.place, texts)))
}

/// A part as written, on one line and not too long.
fn one_line(script: &Script, part: &Traced) -> String {
    let text = script.text.get(part.range.clone()).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parts with their texts, each set back by its depth; what is its own value is left out.
fn flat<'t>(script: &Script, part: &'t Traced, depth: usize, out: &mut Vec<(String, &'t Traced)>) {
    let text = one_line(script, part);
    let room = TEXT_MAX.saturating_sub(2 * depth).max(12);
    out.push((format!("{}{}", "  ".repeat(depth), crate::report::cut(&text, room)), part));
    for below in part.parts.iter().filter(|_| part.reached != Reached::Not) {
        if !is_plain(script, below) {
            flat(script, below, depth + 1, out);
        }
    }
}

/// Literals: a reader sees what they are.
fn is_plain(script: &Script, part: &Traced) -> bool {
    let text = script.text.get(part.range.clone()).unwrap_or_default();
    let is_name = || text.starts_with(char::is_alphabetic) && !matches!(text, "true" | "false");
    let is_list = || text.starts_with('[') && part.parts.iter().all(|it| is_plain(script, it));
    (part.kind == PartKind::Constant && !is_name()) || is_list()
}

#[derive(Serialize)]
struct JsonVerdicts<'a> {
    schema: &'static str,
    as_of: String,
    rule: JsonRule<'a>,
    records: Vec<JsonVerdict<'a>>,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    id: &'a str,
    title: &'a str,
    severity: &'static str,
    source: Option<&'a str>,
    why: &'a str,
    fix: &'a str,
}

#[derive(Serialize)]
struct JsonVerdict<'a> {
    key: Option<&'a str>,
    source: &'a str,
    origin: JsonOrigin<'a>,
    outcome: &'static str,
    in_force: bool,
    effective: JsonEffective,
    rule_hash: &'a str,
    decided_by: Option<String>,
    missing: Option<&'a str>,
    error: Option<String>,
    reason: Option<&'a str>,
    message: Option<&'a str>,
    params: Vec<JsonParam>,
    when: Option<JsonPart>,
    check: Vec<JsonPart>,
}

#[derive(Serialize)]
struct JsonOrigin<'a> {
    file: &'a str,
    row: u64,
}

#[derive(Serialize)]
struct JsonEffective {
    from: Option<String>,
    to: Option<String>,
    date: Option<String>,
}

#[derive(Serialize)]
struct JsonParam {
    name: String,
    value: serde_json::Value,
    own: serde_json::Value,
    set_by: &'static str,
    place: Option<String>,
}

#[derive(Serialize)]
struct JsonPart {
    text: String,
    reached: bool,
    value: serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<JsonPart>,
}

/// A value for tools: numbers and truth as they are, times with their offset, all else as text.
pub(super) fn json_value(value: &Value, zone: &Zone) -> serde_json::Value {
    match value {
        Value::Missing | Value::Unreadable => serde_json::Value::Null,
        Value::Bool(it) => (*it).into(),
        Value::Int(it) => (*it).into(),
        Value::Float(it) => (*it).into(),
        Value::Text(it) => (**it).into(),
        Value::Time(it) => format_time(*it, zone.offset_at(*it)).into(),
        Value::List(all) => all.iter().map(|it| json_value(it, zone)).collect(),
        // Money is a number as long as a float holds all its digits.
        Value::Decimal(it) => match it.to_string().parse::<f64>() {
            Ok(number) if it.mantissa().unsigned_abs() < 1 << 53 => number.into(),
            _ => it.to_string().into(),
        },
        Value::Date(_) | Value::Duration(_) | Value::Amount(_) => value_text(value, zone, Lang::En).into(),
    }
}

/// The verdicts as one JSON object.
pub(super) fn json(verdicts: &Verdicts<'_>, texts: &Sources) -> String {
    let (zone, lang) = (&verdicts.project.zone, verdicts.lang);
    let Some(first) = verdicts.all.first() else { return String::new() };
    let rule = JsonRule {
        id: &first.rule.id,
        title: first.rule.title.get(lang),
        severity: first.rule.severity.name(),
        source: first.rule.source.as_deref(),
        why: first.rule.why.get(lang),
        fix: first.rule.fix.get(lang),
    };
    let param = |it: &Param| JsonParam {
        name: it.name.clone(),
        value: json_value(&it.value, zone),
        own: json_value(&it.own, zone),
        set_by: match it.set_by {
            ParamOrigin::Rule => "rule",
            ParamOrigin::House => "house",
            ParamOrigin::CommandLine => "command-line",
        },
        place: origin(it, texts, lang).1,
    };
    let record = |it| {
        let verdict: &Verdict<'_> = it;
        let (rule, effective) = (verdict.rule, &verdict.rule.effective);
        let trace = verdict.walked();
        let when = trace.and_then(|it| Some((it.when.as_ref()?, rule.when.as_ref()?)));
        let error = verdict.cause().filter(|it| !it.is_missing()).map(Cause::says);
        JsonVerdict {
            key: verdict.key.as_deref(),
            source: verdict.source,
            origin: JsonOrigin { file: verdict.file, row: verdict.row },
            outcome: verdict.outcome.name(),
            in_force: verdict.is_in_force(),
            effective: JsonEffective {
                from: effective.from.map(format_date),
                to: effective.to.map(format_date),
                date: verdict.date.map(format_date),
            },
            rule_hash: verdict.hash,
            decided_by: verdict.decider().map(|(script, part)| one_line(script, part)),
            missing: verdict.missing().map(|it| it.0),
            error: error.map(|(said, detail)| said.fill(lang, &[("detail", detail)])),
            reason: verdict.script_said(),
            message: verdict.message.as_deref(),
            params: rule.params.iter().map(param).collect(),
            when: when.map(|(part, script)| json_part(part, script, zone, lang)),
            check: trace.map_or_else(Vec::new, |it| {
                it.check.iter().map(|it| json_part(it, &rule.check, zone, lang)).collect()
            }),
        }
    };
    pretty(&JsonVerdicts {
        schema: "touchstone.explain/1",
        as_of: format_time(verdicts.as_of, zone.offset_at(verdicts.as_of)),
        rule,
        records: verdicts.all.iter().map(record).collect(),
    })
}

fn json_part(part: &Traced, script: &Script, zone: &Zone, lang: Lang) -> JsonPart {
    let (value, fault) = match &part.reached {
        Reached::Not | Reached::Jump => (serde_json::Value::Null, None),
        Reached::Value(Value::Missing) => (serde_json::Value::Null, Some("missing".to_owned())),
        Reached::Value(Value::Unreadable) => (serde_json::Value::Null, Some("unreadable".to_owned())),
        Reached::Value(value) => (json_value(value, zone), None),
        Reached::Other(name) | Reached::Verdict(name) => ((*name).into(), None),
        Reached::Fault(cause) if cause.is_missing() => {
            (serde_json::Value::Null, Some("no_evidence".to_owned()))
        }
        Reached::Fault(cause) => {
            let (said, detail) = cause.says();
            (serde_json::Value::Null, Some(said.fill(lang, &[("detail", detail)])))
        }
    };
    JsonPart {
        text: script.text.get(part.range.clone()).unwrap_or_default().to_owned(),
        reached: part.reached != Reached::Not,
        value,
        fault,
        parts: part.parts.iter().map(|it| json_part(it, script, zone, lang)).collect(),
    }
}
