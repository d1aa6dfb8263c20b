//! The summary that people see: what was read, verdicts, rules with findings or problems, the
//! worst findings with their evidence, what could not be assessed, gates. Times taken are told by
//! whoever measured them, not here, so that the same audit prints the same bytes.

use super::{
    Report, Setting,
    digest::{self, count, count_short, coverage},
    escape::{cut_chars, visible},
    groups,
    layout::{Cell, Line, Style, Table, cut, cut_middle, pad, width, wrap},
    scores,
};
use crate::{
    audit::{Audit, Gate, GateVerdict, OutcomeCounts, OwnedFinding, RuleResult},
    finding::value_text,
    record::Value,
    rule::{Reach, Severity},
    wording::{self, Wording},
};
use std::{
    cmp::Reverse,
    io::{self, Read, Write},
};

/// Rules shown at most.
const RULES_MAX: usize = 20;
/// Findings shown at most.
const WORST_MAX: usize = 10;
/// Scores shown at most.
const SCORES_MAX: usize = 12;
/// Groups shown at most.
const GROUPS_MAX: usize = 12;
/// Rules named at most of those that could not assess something.
const UNASSESSED_MAX: usize = 3;
/// Names shown at most of what a gate is about.
const ABOUT_MAX: usize = 5;
/// Characters shown at most of a message.
const MESSAGE_CHARS_MAX: usize = 240;
/// Fields of the evidence shown at most.
const EVIDENCE_MAX: usize = 8;
/// Columns that a value of the evidence may take.
const VALUE_WIDTH_MAX: usize = 36;
/// Columns that a name may take beside other text.
const NAME_WIDTH_MAX: usize = 36;
/// Spaces before the text of a finding.
const HANG: usize = 4;

/// See the file's head.
pub(super) struct Terminal {
    setting: Setting,
    width: usize,
}

impl Terminal {
    pub(super) fn new(setting: Setting) -> Self {
        let width = setting.width.clamp(60, 120);
        Self { setting, width }
    }

    fn say(&self, wording: Wording) -> &'static str {
        wording.text(self.setting.lang)
    }

    fn paint(&self, style: Style, text: &str, out: &mut String) {
        style.paint(text, self.setting.colour, out);
    }

    fn table(&self, table: &Table, out: &mut String) {
        table.render(self.width, self.setting.colour, out);
    }

    /// An empty line, a heading, and what is said beside it.
    fn heading(&self, wording: Wording, beside: &str, out: &mut String) {
        out.push('\n');
        self.paint(Style::Bold, self.say(wording), out);
        if !beside.is_empty() {
            out.push_str("  ");
            self.paint(Style::Dim, beside, out);
        }
        out.push('\n');
    }

    /// A text wrapped behind `indent` spaces.
    fn wrapped(&self, text: &str, indent: usize, style: Style, out: &mut String) {
        for line in wrap(text, self.width - indent) {
            pad(out, indent);
            self.paint(style, line, out);
            out.push('\n');
        }
    }

    fn head(&self, audit: &Audit, out: &mut String) {
        let time = value_text(&Value::Time(audit.as_of), &self.setting.zone, self.setting.lang);
        let as_of = wording::AS_OF
            .fill(self.setting.lang, &[("time", time.as_str()), ("zone", self.setting.zone.name())]);
        let project = visible(&audit.project);
        let room = self.width.saturating_sub(width(&as_of) + 3).max(8);
        self.paint(Style::Bold, &cut(&project, room), out);
        out.push_str(" · ");
        out.push_str(&as_of);
        out.push('\n');
    }

    fn read(&self, audit: &Audit, out: &mut String) {
        let lang = self.setting.lang;
        self.heading(wording::WHAT_WAS_READ, "", out);
        let head = [wording::SOURCE, wording::FILES, wording::RECORDS, wording::REJECTED, wording::BAD_CELLS];
        let mut table = Table::new(2, &head.map(|it| self.say(it)));
        let fault = |number: u64| {
            Cell::new(count_short(number, lang), if number > 0 { Style::Yellow } else { Style::Plain })
        };
        let sources = digest::sources(audit);
        for it in &sources {
            table.push(vec![
                Cell::plain(visible(it.source)),
                Cell::plain(count_short(it.files, lang)),
                Cell::plain(count_short(it.records, lang)),
                fault(it.rejected),
                fault(it.bad_cells),
            ]);
        }
        if sources.len() > 1 {
            let summary = &audit.summary;
            table.push(vec![
                Cell::plain(self.say(wording::TOTAL)),
                Cell::plain(count_short(audit.inputs.len() as u64, lang)),
                Cell::plain(count_short(summary.records, lang)),
                fault(summary.rejected),
                fault(summary.bad_cells),
            ]);
        }
        self.table(&table, out);
        for (number, wording) in
            [(audit.summary.keyless, wording::KEYLESS), (audit.summary.duplicate_keys, wording::DUPLICATES)]
        {
            if number > 0 {
                self.wrapped(&wording.fill(lang, &[("count", count(number))]), 2, Style::Yellow, out);
            }
        }
    }

    /// The cells of outcomes and coverage, as in the heads of verdicts and rules.
    fn outcome_cells(&self, it: &OutcomeCounts) -> Vec<Cell> {
        let lang = self.setting.lang;
        let problem = |number: u64, style| {
            Cell::new(count_short(number, lang), if number > 0 { style } else { Style::Plain })
        };
        vec![
            Cell::plain(count_short(it.pass, lang)),
            problem(it.fail, Style::Bold),
            problem(it.no_evidence, Style::Yellow),
            problem(it.error, Style::Red),
            Cell::plain(coverage(it, lang)),
        ]
    }

    fn verdicts(&self, audit: &Audit, out: &mut String) {
        self.heading(wording::VERDICTS, "", out);
        let head = [
            wording::SEVERITY,
            wording::PASSED,
            wording::FAILED,
            wording::WITHOUT_EVIDENCE,
            wording::ERRORS,
            wording::COVERAGE,
            wording::FINDINGS,
        ];
        let mut table = Table::new(2, &head.map(|it| self.say(it)));
        for it in digest::severities(audit) {
            let style = if it.findings > 0 { severity_style(it.severity) } else { Style::Plain };
            let mut cells = vec![Cell::new(self.say(it.severity.wording()), style)];
            cells.extend(self.outcome_cells(&it.outcomes));
            cells.push(Cell::new(count_short(it.findings, self.setting.lang), style));
            table.push(cells);
        }
        self.table(&table, out);
    }

    fn rules(&self, audit: &Audit, out: &mut String) {
        let lang = self.setting.lang;
        let loud = digest::loud_rules(audit);
        let quiet = audit.rules.len() - loud.len();
        self.heading(wording::RULES, "", out);
        if loud.is_empty() {
            let text = wording::RULES_ALL_QUIET.fill(lang, &[("count", count(quiet as u64))]);
            self.wrapped(&text, 2, Style::Green, out);
            return self.reaching(audit, out);
        }
        let head =
            ["", self.say(wording::PASSED), self.say(wording::FAILED), self.say(wording::WITHOUT_EVIDENCE)];
        let head = [&head[..], &[self.say(wording::ERRORS), self.say(wording::COVERAGE)]].concat();
        let mut table = Table::new(4, &head);
        let mut above = None;
        for it in loud.iter().take(RULES_MAX) {
            if above != Some(it.rule.severity) {
                above = Some(it.rule.severity);
                let name = self.say(it.rule.severity.wording());
                table.lines.push(Line::Across(Cell::new(name, severity_style(it.rule.severity))));
            }
            let mut cells = vec![Cell::plain(visible(&it.rule.id))];
            cells.extend(self.outcome_cells(&it.outcomes));
            table.push(cells);
        }
        self.table(&table, out);
        for (number, wording) in
            [(loud.len().saturating_sub(RULES_MAX), wording::RULES_MORE), (quiet, wording::RULES_QUIET)]
        {
            if number > 0 {
                let text = wording.fill(lang, &[("count", count(number as u64))]);
                self.wrapped(&text, 2, Style::Dim, out);
            }
        }
        self.reaching(audit, out);
    }

    /// Windows that would see more if the data began earlier.
    fn reaching(&self, audit: &Audit, out: &mut String) {
        for it in audit.rules.iter().filter(|it| it.windows_reaching > 0) {
            let rule = cut(&visible(&it.rule.id), NAME_WIDTH_MAX).into_owned();
            let arguments = [("rule", rule), ("count", count(it.windows_reaching))];
            self.hanging(&wording::WINDOW_REACH.fill(self.setting.lang, &arguments), out);
        }
    }

    fn promises(&self, audit: &Audit, out: &mut String) {
        if audit.promises.is_empty() {
            return;
        }
        self.heading(wording::PROMISES, "", out);
        for it in &audit.promises {
            let [rate, counts, times] = digest::promise(it, self.setting.lang);
            let room = self.width.saturating_sub(width(&rate) + 4).max(12);
            let id = visible(&it.rule.id);
            let id = cut_middle(&id, room);
            pad(out, 2);
            out.push_str(&id);
            pad(out, room - width(&id) + 2);
            self.paint(if it.breached > 0 { Style::Bold } else { Style::Green }, &rate, out);
            out.push('\n');
            self.wrapped(&counts, HANG, Style::Plain, out);
            self.wrapped(&times, HANG, Style::Dim, out);
        }
    }

    /// Of each scorecard all together, then the lowest scores.
    fn scores(&self, audit: &Audit, out: &mut String) {
        let lang = self.setting.lang;
        let all = scores::shown(audit);
        let Some(_) = all.first() else { return };
        self.heading(wording::SCORES, "", out);
        let head = [
            "",
            self.say(wording::SCORE),
            self.say(wording::SCORE_INTERVAL),
            self.say(wording::SCORE_N),
            self.say(wording::SCORE_GRADE),
            self.say(wording::SCORE_RANK),
        ];
        let mut table = Table::new(4, &head);
        let mut above = "";
        for it in all.iter().take(SCORES_MAX) {
            if above != it.card.id {
                above = &it.card.id;
                table.lines.push(Line::Across(Cell::new(visible(it.card.title.get(lang)), Style::Bold)));
            }
            let style = if it.score.provisional { Style::Dim } else { Style::Plain };
            let mut cells = vec![Cell::new(visible(&scores::name(it, lang)), style)];
            cells.extend(scores::cells(it, lang).map(|text| Cell::new(visible(&text), style)));
            table.push(cells);
        }
        self.table(&table, out);
        if let Some(more) = all.len().checked_sub(SCORES_MAX).filter(|it| *it > 0) {
            let text = wording::SCORES_MORE.fill(lang, &[("count", count(more as u64))]);
            self.wrapped(&text, 2, Style::Dim, out);
        }
    }

    fn worst(&self, audit: &Audit, out: &mut String) {
        if audit.worst.is_empty() {
            return;
        }
        let shown = audit.worst.len().min(WORST_MAX);
        let all = digest::new_findings(audit);
        let beside = [("shown", shown.to_string()), ("count", count(all))];
        let beside = if all > shown as u64 {
            wording::WORST_OF.fill(self.setting.lang, &beside)
        } else {
            String::new()
        };
        self.heading(wording::WORST_FINDINGS, &beside, out);
        for (index, it) in audit.worst.iter().take(WORST_MAX).enumerate() {
            if index > 0 {
                out.push('\n');
            }
            self.one_finding(it, out);
        }
    }

    /// `critical  pack/rule  key        file:row`, then the message and the evidence.
    fn one_finding(&self, it: &OwnedFinding, out: &mut String) {
        let severity = self.say(it.rule.severity.wording());
        let standing = digest::standing_wording(it).map_or("", |wording| self.say(wording));
        let standing_room = if standing.is_empty() { 0 } else { width(standing) + 2 };
        let room = self.width - 2 - width(severity) - 2 - standing_room;
        let rule = visible(&it.rule.id);
        let rule = cut(&rule, room.saturating_sub(14));
        let key = visible(&it.key);
        let key = cut(&key, room.saturating_sub(width(&rule) + 2));
        let place = digest::place(it);
        pad(out, 2);
        self.paint(severity_style(it.rule.severity), severity, out);
        pad(out, 2);
        out.push_str(&rule);
        pad(out, 2);
        self.paint(Style::Bold, &key, out);
        if standing_room > 0 {
            pad(out, 2);
            self.paint(Style::Dim, standing, out);
        }
        let left = room.saturating_sub(width(&rule) + 2 + width(&key));
        let beside = left >= width(&place) + 2 || place.is_empty();
        if beside && !place.is_empty() {
            pad(out, left - width(&place));
            self.paint(Style::Dim, &place, out);
        }
        out.push('\n');
        self.wrapped(&visible(&cut_chars(&it.message, MESSAGE_CHARS_MAX)), HANG, Style::Plain, out);
        let is_group = matches!(it.rule.reach, Reach::Groups(_));
        self.evidence(&it.fields, is_group, out);
        if let Some(reason) = it.reason.as_deref().filter(|reason| !it.message.contains(reason)) {
            self.wrapped(&visible(&cut_chars(reason, MESSAGE_CHARS_MAX)), HANG, Style::Dim, out);
        }
        if !beside {
            self.wrapped(&cut_middle(&place, self.width - HANG), HANG, Style::Dim, out);
        }
    }

    /// `field = value · field = value`, broken between fields where that is possible.
    fn evidence(&self, fields: &[(String, Value)], is_group: bool, out: &mut String) {
        let mut line = String::new();
        for (name, value) in fields.iter().take(EVIDENCE_MAX) {
            // What is reckoned has more digits than anyone reads.
            let item = self.evidence_item(name, &if is_group { groups::short(value) } else { value.clone() });
            if !line.is_empty() && HANG + width(&line) + 3 + width(&item) > self.width {
                self.wrapped(&std::mem::take(&mut line), HANG, Style::Dim, out);
            }
            line.push_str(if line.is_empty() { "" } else { " · " });
            line.push_str(&item);
        }
        if fields.len() > EVIDENCE_MAX {
            line.push_str(" · …");
        }
        self.wrapped(&line, HANG, Style::Dim, out);
    }

    fn evidence_item(&self, name: &str, value: &Value) -> String {
        let text = value_text(value, &self.setting.zone, self.setting.lang);
        // Far more characters than are shown need not be looked at.
        let text = cut_chars(&text, 4 * VALUE_WIDTH_MAX);
        format!("{} = {}", cut(&visible(name), NAME_WIDTH_MAX), cut(&visible(&text), VALUE_WIDTH_MAX))
    }

    /// How often evidence was missing, and where most.
    fn unassessed(&self, audit: &Audit, out: &mut String) {
        let lang = self.setting.lang;
        let total = audit.summary.outcomes.no_evidence;
        if total == 0 {
            return;
        }
        let beside = wording::NOT_ASSESSED_COUNT.fill(lang, &[("count", count(total))]);
        self.heading(wording::NOT_ASSESSED, &beside, out);
        let mut rules: Vec<&RuleResult> =
            audit.rules.iter().filter(|it| it.outcomes.no_evidence > 0).collect();
        rules.sort_by_key(|it| Reverse(it.outcomes.no_evidence));
        for it in rules.into_iter().take(UNASSESSED_MAX) {
            let first = audit.unassessed.iter().find(|unassessed| unassessed.rule == it.rule.id);
            let wording = match first {
                None => wording::NOT_ASSESSED_RULE,
                Some(first) if first.unreadable => wording::NOT_ASSESSED_UNREADABLE,
                Some(_) => wording::NOT_ASSESSED_FIELD,
            };
            let short = |text: &str| cut(&visible(text), NAME_WIDTH_MAX).into_owned();
            let arguments = [
                ("rule", short(&it.rule.id)),
                ("count", count(it.outcomes.no_evidence)),
                ("key", first.map(|first| short(&first.key)).unwrap_or_default()),
                ("field", first.map(|first| short(&first.field)).unwrap_or_default()),
            ];
            self.hanging(&wording.fill(lang, &arguments), out);
        }
    }

    /// How many groups there are, and those that fail.
    fn groups(&self, audit: &Audit, out: &mut String) {
        let rules = groups::rules(audit, self.setting.lang);
        if rules.is_empty() {
            return;
        }
        self.heading(wording::GROUPS, "", out);
        for (_, line) in &rules {
            self.hanging(&visible(line), out);
        }
        for it in audit.rules.iter() {
            let without = it.groups.map_or(0, |it| it.without_group);
            if without > 0 {
                let arguments = [("rule", visible(&it.rule.id).into_owned()), ("count", count(without))];
                self.hanging(&wording::GROUPS_WITHOUT.fill(self.setting.lang, &arguments), out);
            }
        }
        let failing = groups::failing(audit);
        let mut above = "";
        let mut table = Table::new(4, &["", "n", self.say(wording::FIGURE)]);
        for it in failing.iter().take(GROUPS_MAX) {
            if above != it.rule.id {
                above = &it.rule.id;
                let name = visible(above).into_owned();
                table.lines.push(Line::Across(Cell::new(name, severity_style(it.rule.severity))));
            }
            table.push(vec![
                Cell::plain(visible(&groups::name(it, &self.setting)).into_owned()),
                Cell::plain(count_short(it.n, self.setting.lang)),
                Cell::plain(visible(&groups::figure(it, &self.setting)).into_owned()),
            ]);
        }
        if !failing.is_empty() {
            self.table(&table, out);
        }
        let all: u64 = rules.iter().map(|it| it.0.outcomes.fail).sum();
        let more = all.saturating_sub(failing.len().min(GROUPS_MAX) as u64);
        if more > 0 {
            let text = wording::GROUPS_MORE.fill(self.setting.lang, &[("count", count(more))]);
            self.wrapped(&text, 2, Style::Dim, out);
        }
    }

    /// Behind two spaces, further lines behind four.
    fn hanging(&self, text: &str, out: &mut String) {
        let lines = wrap(text, self.width - HANG);
        for (index, line) in lines.into_iter().enumerate() {
            pad(out, if index == 0 { 2 } else { HANG });
            out.push_str(line);
            out.push('\n');
        }
    }

    fn gates(&self, audit: &Audit, out: &mut String) {
        if !audit.gates.is_empty() {
            self.heading(wording::GATES, "", out);
            let head = [wording::GATE, wording::FIGURE, wording::LIMIT, wording::VERDICT];
            let mut table = Table::new(2, &head.map(|it| self.say(it)));
            for it in audit.gates.iter().flat_map(digest::gate_lines) {
                let verdict = Cell::new(self.say(digest::gate_wording(it.verdict)), gate_style(it.verdict));
                let (figure, limit) = it.texts;
                let name = format!("{}{}", if it.is_part { "  " } else { "" }, visible(it.name));
                table.push(vec![Cell::plain(name), Cell::plain(figure), Cell::plain(limit), verdict]);
            }
            self.table(&table, out);
            for it in audit.gates.iter().filter(|it| !it.about.is_empty()) {
                self.about(it, out);
            }
            for it in &audit.gates {
                let Some(reason) = &it.reason else { continue };
                let reason = visible(&reason.text(self.setting.lang)).into_owned();
                self.hanging(&format!("{}: {reason}", cut(&visible(&it.id), NAME_WIDTH_MAX)), out);
            }
        }
        out.push('\n');
        let style = if audit.gates_hold() { Style::Green } else { Style::Red };
        self.paint(style, &digest::verdict(audit, self.setting.lang), out);
        out.push('\n');
        self.wrapped(&digest::counts_line(audit, self.setting.lang), 0, Style::Dim, out);
        if let Some(standings) = digest::standings(audit, self.setting.lang) {
            self.wrapped(&standings, 0, Style::Dim, out);
        }
    }

    fn about(&self, gate: &Gate, out: &mut String) {
        let short = |text: &String| cut(&visible(text), NAME_WIDTH_MAX).into_owned();
        let mut names = gate.about.iter().take(ABOUT_MAX).map(short).collect::<Vec<_>>().join(", ");
        let more = gate.about.len().saturating_sub(ABOUT_MAX);
        if more > 0 {
            names = wording::ABOUT_MORE
                .fill(self.setting.lang, &[("names", names), ("count", count(more as u64))]);
        }
        self.hanging(&format!("{}: {names}", short(&gate.id)), out);
    }
}

/// The colour of a severity.
const fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => Style::Red,
        Severity::Major => Style::Yellow,
        Severity::Minor => Style::Cyan,
        Severity::Info => Style::Dim,
    }
}

/// The colour of a gate's verdict.
const fn gate_style(verdict: GateVerdict) -> Style {
    match verdict {
        GateVerdict::Held => Style::Green,
        GateVerdict::Failed => Style::Red,
    }
}

impl Report for Terminal {
    fn finish(
        &self,
        audit: &Audit,
        _findings: &mut dyn Read,
        out: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        let mut text = String::new();
        self.head(audit, &mut text);
        self.read(audit, &mut text);
        self.verdicts(audit, &mut text);
        self.promises(audit, &mut text);
        self.scores(audit, &mut text);
        self.rules(audit, &mut text);
        self.groups(audit, &mut text);
        self.worst(audit, &mut text);
        self.unassessed(audit, &mut text);
        self.gates(audit, &mut text);
        out.write_all(text.as_bytes())
    }
}
