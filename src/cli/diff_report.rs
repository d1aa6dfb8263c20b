//! What another rule set means for the same records, for people and tools.

use super::test_report::pretty;
use crate::{
    audit::OutcomeCounts,
    calendar::{Zone, format_time},
    finding::value_text,
    record::Value,
    report::{Style, visible},
    rule::{Outcome, Rule},
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

/// A rule in both sets.
pub(super) struct RuleDiff {
    pub(super) id: String,
    pub(super) on: String,
    title: UserText,
    status: Status,
    parts: Vec<String>,
    pub(super) was: Counted,
    pub(super) is: Counted,
    /// By outcome before and now, in the order of the first record.
    moves: Vec<Move>,
}

/// Outcomes, counted.
#[derive(Default)]
pub(super) struct Counted(OutcomeCounts);

impl Counted {
    pub(super) fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Pass => self.0.pass += 1,
            Outcome::Fail => self.0.fail += 1,
            Outcome::NotApplicable => self.0.not_applicable += 1,
            Outcome::NoEvidence => self.0.no_evidence += 1,
            Outcome::Error => self.0.error += 1,
        }
    }
}

/// One record whose outcome is another.
pub(super) struct Change<'a> {
    pub(super) from: Outcome,
    pub(super) to: Outcome,
    pub(super) key: &'a str,
    pub(super) levels: &'a [&'a str],
    pub(super) subjects: &'a [String],
}

/// Records that went from one outcome to another.
struct Move {
    from: Outcome,
    to: Outcome,
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
        Self {
            id: rule.id.clone(),
            on: rule.on.clone(),
            title: rule.title.clone(),
            status,
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
        self.to == Outcome::Fail
    }

    fn is_new_pass(&self) -> bool {
        self.from == Outcome::Fail && self.to == Outcome::Pass
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
    let status = match rule.status {
        Status::Same => wording::DIFF_SAME,
        Status::Changed => wording::DIFF_CHANGED,
        Status::Added => wording::DIFF_ADDED,
        Status::Removed => wording::DIFF_REMOVED,
    };
    out.push('\n');
    let counts = if rule.status == Status::Removed { &rule.was } else { &rule.is };
    let arguments = [
        ("parts", rule.parts.join(wording::DIFF_AND.text(lang))),
        ("failing", counts.0.fail.to_string()),
        ("assessed", counts.0.assessed().to_string()),
    ];
    Style::Bold.paint(&visible(&rule.id), colour, out);
    out.push_str("  ");
    say(&status.fill(lang, &arguments), Style::Plain, colour, out);
    say(&format!("  {}", rule.title.get(lang)), Style::Dim, colour, out);
    let (failing, passing) = (rule.newly_failing(), rule.newly_passing());
    record_lines(&failing, wording::DIFF_FAILING, &[], (lang, Style::Red, colour), out);
    record_lines(&passing, wording::DIFF_PASSING, &[], (lang, Style::Green, colour), out);
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

/// The comparison as one JSON object.
pub(super) fn json(diff: &Diff) -> String {
    let rule = |it| {
        let rule: &RuleDiff = it;
        JsonRule {
            id: &rule.id,
            title: rule.title.get(diff.lang),
            status: rule.status.name(),
            changes: &rule.parts,
            old: (rule.status != Status::Added).then(|| json_counts(&rule.was)),
            new: (rule.status != Status::Removed).then(|| json_counts(&rule.is)),
            newly_failing: rule.newly_failing(),
            newly_passing: rule.newly_passing(),
            other: rule
                .others()
                .map(|it| JsonMove { from: it.from.name(), to: it.to.name(), records: &it.records })
                .collect(),
        }
    };
    let sum = |of: fn(&RuleDiff) -> u64| diff.rules.iter().map(of).sum();
    let with = |status: Status| diff.rules.iter().filter(|it| it.status == status).count();
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
        rules: diff.rules.iter().map(rule).collect(),
    })
}
