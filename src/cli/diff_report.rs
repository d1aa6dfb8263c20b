//! What another rule set means for the same records, for people and tools.

use super::test_report::pretty;
use crate::{
    audit::OutcomeCounts,
    calendar::{Zone, format_time},
    finding::value_text,
    promise,
    record::Value,
    report::{Style, visible},
    rule::{Outcome, Promise, Rule},
    wording::{self, Lang, UserText, Wording},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The keys that are named of each change.
const KEYS_MAX: usize = 10;
/// The subjects that a terminal names of each change.
const SUBJECTS_MAX: usize = 5;

/// The comparison.
pub(super) struct Diff {
    pub(super) old: String,
    pub(super) new: String,
    pub(super) as_of: i64,
    pub(super) zone: Zone,
    pub(super) lang: Lang,
    pub(super) records: u64,
    pub(super) rules: Vec<RuleDiff>,
}

/// How a rule stands in both sets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Same,
    Changed,
    Added,
    Removed,
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// What a rule or a promise says of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A rule; also a promise without an outcome.
    Rule(Outcome),
    /// A promise.
    Clock(promise::Outcome),
}

impl Verdict {
    /// How a clock stands; without an outcome there was no evidence.
    pub(super) fn of_clock(outcome: Option<promise::Outcome>) -> Self {
        outcome.map_or(Self::Rule(Outcome::NoEvidence), Self::Clock)
    }

    fn is_failure(self) -> bool {
        matches!(self, Self::Rule(Outcome::Fail) | Self::Clock(promise::Outcome::Breached))
    }

    fn is_pass(self) -> bool {
        matches!(self, Self::Rule(Outcome::Pass) | Self::Clock(promise::Outcome::Kept))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Rule(outcome) => outcome.name(),
            Self::Clock(outcome) => outcome.name(),
        }
    }

    const fn wording(self) -> Wording {
        match self {
            Self::Rule(outcome) => outcome.wording(),
            Self::Clock(promise::Outcome::Kept) => wording::KEPT,
            Self::Clock(promise::Outcome::Breached) => wording::BREACHED,
            Self::Clock(promise::Outcome::Running) => wording::RUNNING,
            Self::Clock(promise::Outcome::AtRisk) => wording::AT_RISK,
            Self::Clock(promise::Outcome::NotApplicable) => wording::NOT_APPLICABLE,
        }
    }
}

/// A rule or a promise in both sets.
pub(super) struct RuleDiff {
    pub(super) id: String,
    pub(super) on: String,
    title: UserText,
    status: Status,
    is_promise: bool,
    parts: Vec<String>,
    pub(super) was: Counted,
    pub(super) is: Counted,
    /// By outcome before and now, in the order of the first record.
    moves: Vec<Move>,
}

/// Outcomes, counted: those of rules, then clocks that are still open.
#[derive(Default)]
pub(super) struct Counted(OutcomeCounts, [u64; 2]);

impl Counted {
    pub(super) fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Rule(Outcome::Pass) | Verdict::Clock(promise::Outcome::Kept) => self.0.pass += 1,
            Verdict::Rule(Outcome::Fail) | Verdict::Clock(promise::Outcome::Breached) => self.0.fail += 1,
            Verdict::Rule(Outcome::NotApplicable) | Verdict::Clock(promise::Outcome::NotApplicable) => {
                self.0.not_applicable += 1;
            }
            Verdict::Rule(Outcome::NoEvidence) => self.0.no_evidence += 1,
            Verdict::Rule(Outcome::Error) => self.0.error += 1,
            Verdict::Clock(promise::Outcome::Running) => self.1[0] += 1,
            Verdict::Clock(promise::Outcome::AtRisk) => self.1[1] += 1,
        }
    }

    /// Kept / (kept + breached).
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn kept_rate(&self) -> Option<f64> {
        let ended = self.0.pass + self.0.fail;
        (ended > 0).then(|| self.0.pass as f64 / ended as f64)
    }
}

/// One record whose outcome is another.
pub(super) struct Change<'a> {
    pub(super) from: Verdict,
    pub(super) to: Verdict,
    pub(super) key: &'a str,
    pub(super) levels: &'a [&'a str],
    pub(super) subjects: &'a [String],
}

/// Records that went from one outcome to another.
struct Move {
    from: Verdict,
    to: Verdict,
    records: Records,
}

/// Some records.
#[derive(Default, Clone, Serialize)]
struct Records {
    count: u64,
    /// The first of them.
    keys: Vec<String>,
    /// How many by subject, for each level.
    subjects: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Records {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.keys.extend(other.keys.iter().cloned());
        self.keys.truncate(KEYS_MAX);
        for (level, subjects) in &other.subjects {
            let own = self.subjects.entry(level.clone()).or_default();
            for (subject, count) in subjects {
                *own.entry(subject.clone()).or_default() += count;
            }
        }
    }
}

impl RuleDiff {
    pub(super) fn new(rule: &Rule, status: Status, parts: Vec<String>) -> Self {
        Self::of((&rule.id, &rule.on, &rule.title), false, status, parts)
    }

    pub(super) fn of_promise(promise: &Promise, status: Status, parts: Vec<String>) -> Self {
        Self::of((&promise.id, &promise.on, &promise.title), true, status, parts)
    }

    fn of(
        (id, on, title): (&str, &str, &UserText),
        is_promise: bool,
        status: Status,
        parts: Vec<String>,
    ) -> Self {
        Self {
            id: id.to_owned(),
            on: on.to_owned(),
            title: title.clone(),
            status,
            is_promise,
            parts,
            was: Counted::default(),
            is: Counted::default(),
            moves: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, change: Change<'_>) {
        let Change { from, to, key, levels, subjects } = change;
        let known = self.moves.iter().position(|it| it.from == from && it.to == to);
        let at = known.unwrap_or_else(|| {
            self.moves.push(Move { from, to, records: Records::default() });
            self.moves.len() - 1
        });
        let records = &mut self.moves[at].records;
        records.count += 1;
        if records.keys.len() < KEYS_MAX {
            records.keys.push(key.to_owned());
        }
        for (level, subject) in levels.iter().zip(subjects) {
            let of_level = records.subjects.entry((*level).to_owned()).or_default();
            *of_level.entry(subject.clone()).or_default() += 1;
        }
    }

    fn records(&self, of: impl Fn(&Move) -> bool) -> Records {
        let mut all = Records::default();
        self.moves.iter().filter(|it| of(it)).for_each(|it| all.add(&it.records));
        all
    }

    fn newly_failing(&self) -> Records {
        self.records(Move::is_new_failure)
    }

    fn newly_passing(&self) -> Records {
        self.records(Move::is_new_pass)
    }

    fn others(&self) -> impl Iterator<Item = &Move> {
        self.moves.iter().filter(|it| !it.is_new_failure() && !it.is_new_pass())
    }
}

impl Move {
    fn is_new_failure(&self) -> bool {
        self.to.is_failure()
    }

    fn is_new_pass(&self) -> bool {
        self.from.is_failure() && self.to.is_pass()
    }
}

/// The comparison for a terminal.
pub(super) fn terminal(diff: &Diff, colour: bool) -> String {
    let lang = diff.lang;
    let mut out = String::new();
    let arguments = [
        ("old", diff.old.clone()),
        ("new", diff.new.clone()),
        ("records", diff.records.to_string()),
        ("time", value_text(&Value::Time(diff.as_of), &diff.zone, lang)),
    ];
    say(&wording::DIFF_HEAD.fill(lang, &arguments), Style::Bold, colour, &mut out);
    let mut quiet = 0;
    for rule in &diff.rules {
        if rule.status == Status::Same && rule.moves.is_empty() {
            quiet += 1;
        } else {
            rule_lines(rule, lang, colour, &mut out);
        }
    }
    out.push('\n');
    if quiet > 0 {
        say(&wording::DIFF_QUIET.fill(lang, &[("count", quiet.to_string())]), Style::Plain, colour, &mut out);
    }
    let total = |of: fn(&RuleDiff) -> u64| diff.rules.iter().map(of).sum::<u64>().to_string();
    let totals = [
        ("failing", total(|it| it.newly_failing().count)),
        ("passing", total(|it| it.newly_passing().count)),
        ("other", total(|it| it.others().map(|it| it.records.count).sum())),
    ];
    say(&wording::DIFF_TOTAL.fill(lang, &totals), Style::Bold, colour, &mut out);
    out
}

fn say(text: &str, style: Style, colour: bool, out: &mut String) {
    style.paint(&visible(text), colour, out);
    out.push('\n');
}

fn rule_lines(rule: &RuleDiff, lang: Lang, colour: bool, out: &mut String) {
    let status = match (rule.status, rule.is_promise) {
        (Status::Same, _) => wording::DIFF_SAME,
        (Status::Changed, _) => wording::DIFF_CHANGED,
        (Status::Added, false) => wording::DIFF_ADDED,
        (Status::Removed, false) => wording::DIFF_REMOVED,
        (Status::Added, true) => wording::DIFF_PROMISE_ADDED,
        (Status::Removed, true) => wording::DIFF_PROMISE_REMOVED,
    };
    out.push('\n');
    let counts = if rule.status == Status::Removed { &rule.was } else { &rule.is };
    let arguments = [
        ("parts", rule.parts.join(wording::DIFF_AND.text(lang))),
        ("failing", counts.0.fail.to_string()),
        ("assessed", (counts.0.pass + counts.0.fail).to_string()),
    ];
    Style::Bold.paint(&visible(&rule.id), colour, out);
    out.push_str("  ");
    say(&status.fill(lang, &arguments), Style::Plain, colour, out);
    say(&format!("  {}", rule.title.get(lang)), Style::Dim, colour, out);
    let (failing, passing) = (rule.newly_failing(), rule.newly_passing());
    let said = match rule.is_promise {
        true => (wording::DIFF_BREACHED, wording::DIFF_KEPT),
        false => (wording::DIFF_FAILING, wording::DIFF_PASSING),
    };
    if rule.is_promise && rule.was.kept_rate() != rule.is.kept_rate() {
        let shown = |of: &Counted, status| match of.kept_rate().filter(|_| rule.status != status) {
            Some(rate) => format!("{:.1} %", rate * 100.0),
            None => "–".to_owned(),
        };
        let rates = [("was", shown(&rule.was, Status::Added)), ("is", shown(&rule.is, Status::Removed))];
        say(&format!("  {}", wording::DIFF_KEPT_RATE.fill(lang, &rates)), Style::Plain, colour, out);
    }
    record_lines(&failing, said.0, &[], (lang, Style::Red, colour), out);
    record_lines(&passing, said.1, &[], (lang, Style::Green, colour), out);
    for it in rule.others() {
        let arguments = [("from", it.from.wording().text(lang)), ("to", it.to.wording().text(lang))];
        record_lines(&it.records, wording::DIFF_MOVED, &arguments, (lang, Style::Yellow, colour), out);
    }
}

fn record_lines(
    records: &Records,
    said: Wording,
    arguments: &[(&str, &str)],
    (lang, style, colour): (Lang, Style, bool),
    out: &mut String,
) {
    if records.count == 0 {
        return;
    }
    let comma = wording::LIST_COMMA.text(lang);
    let mut keys = records.keys.join(comma);
    if records.count > records.keys.len() as u64 {
        keys.push_str(comma);
        keys.push('…');
    }
    let count = records.count.to_string();
    let arguments: Vec<(&str, &str)> =
        arguments.iter().copied().chain([("count", count.as_str()), ("keys", keys.as_str())]).collect();
    say(&format!("  {}", said.fill(lang, &arguments)), style, colour, out);
    for (level, subjects) in &records.subjects {
        let mut all: Vec<(&String, &u64)> = subjects.iter().collect();
        all.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let mut shown: Vec<String> =
            all.iter().take(SUBJECTS_MAX).map(|(who, count)| format!("{who} {count}")).collect();
        if all.len() > SUBJECTS_MAX {
            shown.push("…".to_owned());
        }
        let arguments = [("level", level.clone()), ("subjects", shown.join(comma))];
        say(&format!("    {}", wording::DIFF_SUBJECTS.fill(lang, &arguments)), Style::Plain, colour, out);
    }
}

#[derive(Serialize)]
struct JsonDiff<'a> {
    schema: &'static str,
    old: &'a str,
    new: &'a str,
    as_of: String,
    records: u64,
    summary: JsonSummary,
    rules: Vec<JsonRule<'a>>,
    promises: Vec<JsonPromise<'a>>,
}

#[derive(Serialize)]
struct JsonSummary {
    newly_failing: u64,
    newly_passing: u64,
    other: u64,
    added: usize,
    removed: usize,
    changed: usize,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    id: &'a str,
    title: &'a str,
    status: &'static str,
    changes: &'a [String],
    old: Option<JsonCounts>,
    new: Option<JsonCounts>,
    newly_failing: Records,
    newly_passing: Records,
    other: Vec<JsonMove<'a>>,
}

#[derive(Serialize)]
struct JsonPromise<'a> {
    id: &'a str,
    title: &'a str,
    status: &'static str,
    changes: &'a [String],
    old: Option<JsonClocks>,
    new: Option<JsonClocks>,
    newly_breached: Records,
    newly_kept: Records,
    other: Vec<JsonMove<'a>>,
}

#[derive(Serialize)]
struct JsonClocks {
    kept: u64,
    breached: u64,
    running: u64,
    at_risk: u64,
    no_evidence: u64,
    not_applicable: u64,
    kept_rate: Option<f64>,
}

#[derive(Serialize)]
struct JsonMove<'a> {
    from: &'static str,
    to: &'static str,
    #[serde(flatten)]
    records: &'a Records,
}

#[derive(Serialize)]
struct JsonCounts {
    pass: u64,
    fail: u64,
    not_applicable: u64,
    no_evidence: u64,
    error: u64,
}

fn json_counts(counted: &Counted) -> JsonCounts {
    let OutcomeCounts { pass, fail, not_applicable, no_evidence, error } = counted.0;
    JsonCounts { pass, fail, not_applicable, no_evidence, error }
}

fn json_clocks(counted: &Counted) -> JsonClocks {
    let OutcomeCounts { pass: kept, fail: breached, not_applicable, no_evidence, error: _ } = counted.0;
    let [running, at_risk] = counted.1;
    let kept_rate = counted.kept_rate();
    JsonClocks { kept, breached, running, at_risk, no_evidence, not_applicable, kept_rate }
}

fn json_moves(rule: &RuleDiff) -> Vec<JsonMove<'_>> {
    rule.others()
        .map(|it| JsonMove { from: it.from.name(), to: it.to.name(), records: &it.records })
        .collect()
}

fn json_rule(rule: &RuleDiff, lang: Lang) -> JsonRule<'_> {
    JsonRule {
        id: &rule.id,
        title: rule.title.get(lang),
        status: rule.status.name(),
        changes: &rule.parts,
        old: (rule.status != Status::Added).then(|| json_counts(&rule.was)),
        new: (rule.status != Status::Removed).then(|| json_counts(&rule.is)),
        newly_failing: rule.newly_failing(),
        newly_passing: rule.newly_passing(),
        other: json_moves(rule),
    }
}

fn json_promise(promise: &RuleDiff, lang: Lang) -> JsonPromise<'_> {
    JsonPromise {
        id: &promise.id,
        title: promise.title.get(lang),
        status: promise.status.name(),
        changes: &promise.parts,
        old: (promise.status != Status::Added).then(|| json_clocks(&promise.was)),
        new: (promise.status != Status::Removed).then(|| json_clocks(&promise.is)),
        newly_breached: promise.newly_failing(),
        newly_kept: promise.newly_passing(),
        other: json_moves(promise),
    }
}

/// The comparison as one JSON object.
pub(super) fn json(diff: &Diff) -> String {
    let sum = |of: fn(&RuleDiff) -> u64| diff.rules.iter().map(of).sum();
    let with = |status: Status| diff.rules.iter().filter(|it| it.status == status).count();
    let (promises, rules): (Vec<&RuleDiff>, Vec<&RuleDiff>) = diff.rules.iter().partition(|it| it.is_promise);
    pretty(&JsonDiff {
        schema: "touchstone.diff/1",
        old: &diff.old,
        new: &diff.new,
        as_of: format_time(diff.as_of, diff.zone.offset_at(diff.as_of)),
        records: diff.records,
        summary: JsonSummary {
            newly_failing: sum(|it| it.newly_failing().count),
            newly_passing: sum(|it| it.newly_passing().count),
            other: sum(|it| it.others().map(|it| it.records.count).sum()),
            added: with(Status::Added),
            removed: with(Status::Removed),
            changed: with(Status::Changed),
        },
        rules: rules.into_iter().map(|it| json_rule(it, diff.lang)).collect(),
        promises: promises.into_iter().map(|it| json_promise(it, diff.lang)).collect(),
    })
}
