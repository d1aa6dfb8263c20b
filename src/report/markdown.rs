//! A short comment for a pull request, worst first: verdict, gates, severities, rules, findings.
//! All text from data is escaped, so that it cannot mark up, mention, link or embed anything.

use super::{
    Report, Setting,
    digest::{self, count, coverage},
    escape::markdown,
    groups, scores,
};
use crate::{
    audit::{Audit, GateVerdict, OwnedFinding},
    finding::value_text,
    record::Value,
    wording::{self, Wording},
};
use std::io::{self, Read, Write};

/// Rules shown at most.
const RULES_MAX: usize = 20;
/// Findings shown at most.
const WORST_MAX: usize = 20;
/// Groups shown at most.
const GROUPS_MAX: usize = 20;
/// Scores shown at most.
const SCORES_MAX: usize = 20;
/// Characters shown at most of a message.
const MESSAGE_CHARS_MAX: usize = 300;
/// Characters shown at most of a name, key or path.
const NAME_CHARS_MAX: usize = 100;
/// Names shown at most of what a gate is about.
const ABOUT_MAX: usize = 5;

/// See the file's head.
pub(super) struct Markdown {
    setting: Setting,
}

impl Markdown {
    pub(super) fn new(setting: Setting) -> Self {
        Self { setting }
    }

    fn say(&self, wording: Wording) -> &'static str {
        wording.text(self.setting.lang)
    }

    /// A heading and the head of a table; columns from `numbers` on stand right.
    fn table(&self, title: Wording, head: &[Wording], numbers: usize, out: &mut String) {
        out.push_str("\n### ");
        out.push_str(self.say(title));
        out.push_str("\n\n|");
        for wording in head {
            out.push_str(&format!(" {} |", self.say(*wording)));
        }
        out.push_str("\n|");
        for index in 0..head.len() {
            out.push_str(if index < numbers { " --- |" } else { " ---: |" });
        }
        out.push('\n');
    }

    fn verdict(&self, audit: &Audit, out: &mut String) {
        let lang = self.setting.lang;
        let sign = if audit.gates_hold() { "✅" } else { "❌" };
        let verdict = digest::verdict(audit, lang);
        let project = markdown(&audit.project, NAME_CHARS_MAX);
        let counts = digest::counts_line(audit, lang);
        let time = value_text(&Value::Time(audit.as_of), &self.setting.zone, lang);
        let as_of = wording::AS_OF.fill(lang, &[("time", time.as_str()), ("zone", self.setting.zone.name())]);
        let line =
            wording::PROJECT_LINE.fill(lang, &[("project", project), ("counts", counts), ("as_of", as_of)]);
        out.push_str(&format!("{sign} **{verdict}** {line}\n"));
        if let Some(standings) = digest::standings(audit, lang) {
            out.push_str(&format!("\n{standings}\n"));
        }
    }

    fn gates(&self, audit: &Audit, out: &mut String) {
        if audit.gates.is_empty() {
            return;
        }
        let head = [wording::GATE, wording::VERDICT, wording::FIGURE, wording::LIMIT];
        self.table(wording::GATES, &head, 2, out);
        let of = |verdict| audit.gates.iter().filter(move |it| it.verdict == verdict);
        for it in of(GateVerdict::Failed).chain(of(GateVerdict::Held)) {
            let mut lines = digest::gate_lines(it).into_iter();
            let (figure, limit) = lines.next().map(|it| it.texts).unwrap_or_default();
            let about: Vec<String> =
                it.about.iter().take(ABOUT_MAX).map(|it| markdown(it, NAME_CHARS_MAX)).collect();
            let more = it.about.len().saturating_sub(ABOUT_MAX);
            let about = match (about.is_empty(), more) {
                (true, _) => it.reason.as_ref().map_or_else(String::new, |reason| {
                    format!(": {}", markdown(&reason.text(self.setting.lang), MESSAGE_CHARS_MAX))
                }),
                (false, 0) => format!(": {}", about.join(", ")),
                (false, more) => {
                    let arguments = [("names", about.join(", ")), ("count", count(more as u64))];
                    format!(": {}", wording::ABOUT_MORE.fill(self.setting.lang, &arguments))
                }
            };
            let id = markdown(&it.id, NAME_CHARS_MAX);
            let verdict = self.say(digest::gate_wording(it.verdict));
            out.push_str(&format!("| {id}{about} | {verdict} | {figure} | {limit} |\n"));
            for it in lines {
                let (name, verdict) =
                    (markdown(it.name, NAME_CHARS_MAX), self.say(digest::gate_wording(it.verdict)));
                let (figure, limit) = it.texts;
                out.push_str(&format!("| – {name} | {verdict} | {figure} | {limit} |\n"));
            }
        }
    }

    fn severities(&self, audit: &Audit, out: &mut String) {
        let head = [
            wording::SEVERITY,
            wording::FINDINGS,
            wording::PASSED,
            wording::FAILED,
            wording::WITHOUT_EVIDENCE,
            wording::ERRORS,
            wording::COVERAGE,
        ];
        self.table(wording::VERDICTS, &head, 1, out);
        for it in digest::severities(audit) {
            let numbers =
                [it.findings, it.outcomes.pass, it.outcomes.fail, it.outcomes.no_evidence, it.outcomes.error];
            let numbers = numbers.map(count).join(" | ");
            let coverage = coverage(&it.outcomes, self.setting.lang);
            out.push_str(&format!("| {} | {numbers} | {coverage} |\n", self.say(it.severity.wording())));
        }
    }

    fn rules(&self, audit: &Audit, out: &mut String) {
        let mut rules = digest::loud_rules(audit);
        rules.retain(|it| it.findings.all() > 0);
        if rules.is_empty() {
            return;
        }
        let head = [wording::RULE, wording::SEVERITY, wording::FINDINGS, wording::COVERAGE];
        self.table(wording::RULES, &head, 2, out);
        for it in rules.iter().take(RULES_MAX) {
            let id = markdown(&it.rule.id, NAME_CHARS_MAX);
            let title = markdown(it.rule.title.get(self.setting.lang), NAME_CHARS_MAX);
            let severity = self.say(it.rule.severity.wording());
            let coverage = coverage(&it.outcomes, self.setting.lang);
            out.push_str(&format!(
                "| {id}<br>{title} | {severity} | {} | {coverage} |\n",
                count(it.findings.all())
            ));
        }
        let more = rules.len().saturating_sub(RULES_MAX);
        if more > 0 {
            let text = wording::RULES_MORE.fill(self.setting.lang, &[("count", count(more as u64))]);
            out.push_str(&format!("\n{text}\n"));
        }
    }

    fn worst(&self, audit: &Audit, out: &mut String) {
        if audit.worst.is_empty() {
            return;
        }
        let head = [wording::SEVERITY, wording::KEY, wording::MESSAGE, wording::PLACE];
        self.table(wording::WORST_FINDINGS, &head, head.len(), out);
        for it in audit.worst.iter().take(WORST_MAX) {
            self.one_finding(it, out);
        }
        let (shown, all) = (audit.worst.len().min(WORST_MAX), digest::new_findings(audit));
        if all > shown as u64 {
            let arguments = [("shown", shown.to_string()), ("count", count(all))];
            out.push_str(&format!("\n{}\n", wording::WORST_OF.fill(self.setting.lang, &arguments)));
        }
    }

    fn promises(&self, audit: &Audit, out: &mut String) {
        if audit.promises.is_empty() {
            return;
        }
        let head = [wording::PROMISES, wording::KEPT_RATE, wording::VERDICT];
        self.table(wording::PROMISES, &head, 3, out);
        for it in &audit.promises {
            let [rate, counts, times] = digest::promise(it, self.setting.lang);
            let id = markdown(&it.rule.id, NAME_CHARS_MAX);
            out.push_str(&format!("| {id} | {rate} | {counts}<br>{times} |\n"));
        }
    }

    fn scores(&self, audit: &Audit, out: &mut String) {
        let all = scores::shown(audit);
        if all.is_empty() {
            return;
        }
        let lang = self.setting.lang;
        let head = [
            wording::SCORES,
            wording::SCORE,
            wording::SCORE_INTERVAL,
            wording::SCORE_N,
            wording::SCORE_GRADE,
            wording::SCORE_RANK,
        ];
        self.table(wording::SCORES, &head, 6, out);
        for it in all.iter().take(SCORES_MAX) {
            let title = markdown(it.card.title.get(lang), NAME_CHARS_MAX);
            let name = markdown(&scores::name(it, lang), NAME_CHARS_MAX);
            let cells = scores::cells(it, lang).map(|it| markdown(&it, NAME_CHARS_MAX)).join(" | ");
            out.push_str(&format!("| {title}: {name} | {cells} |\n"));
        }
        if let Some(more) = all.len().checked_sub(SCORES_MAX).filter(|it| *it > 0) {
            let text = wording::SCORES_MORE.fill(lang, &[("count", count(more as u64))]);
            out.push_str(&format!("\n{text}\n"));
        }
    }

    fn one_finding(&self, it: &OwnedFinding, out: &mut String) {
        let severity = self.say(it.rule.severity.wording());
        let beside = |word| wording::STANDING_BESIDE.fill(self.setting.lang, &[("standing", self.say(word))]);
        let standing = digest::standing_wording(it).map(beside).unwrap_or_default();
        let key = markdown(&it.key, NAME_CHARS_MAX);
        let message = markdown(&it.message, MESSAGE_CHARS_MAX);
        let rule = markdown(&it.rule.id, NAME_CHARS_MAX);
        let place = markdown(&digest::place(it), NAME_CHARS_MAX);
        out.push_str(&format!("| {severity}{standing} | {key} | {message}<br>{rule} | {place} |\n"));
    }

    /// The groups that fail, below how many there are.
    fn groups(&self, audit: &Audit, out: &mut String) {
        let rules = groups::rules(audit, self.setting.lang);
        if rules.is_empty() {
            return;
        }
        let failing = groups::failing(audit);
        let head = [wording::GROUPS, wording::RULE, wording::RECORDS, wording::FIGURE];
        self.table(wording::GROUPS, &head, 2, out);
        for it in failing.iter().take(GROUPS_MAX) {
            let name = markdown(&groups::name(it, &self.setting), NAME_CHARS_MAX);
            let rule = markdown(&it.rule.id, NAME_CHARS_MAX);
            let figure = markdown(&groups::figure(it, &self.setting), NAME_CHARS_MAX);
            out.push_str(&format!("| {name} | {rule} | {} | {figure} |\n", count(it.n)));
        }
        out.push('\n');
        for (_, line) in rules {
            out.push_str(&format!("- {}\n", markdown(&line, MESSAGE_CHARS_MAX)));
        }
    }
}

impl Report for Markdown {
    fn finish(
        &self,
        audit: &Audit,
        _findings: &mut dyn Read,
        out: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        let mut text = String::new();
        self.verdict(audit, &mut text);
        self.gates(audit, &mut text);
        self.severities(audit, &mut text);
        self.promises(audit, &mut text);
        self.scores(audit, &mut text);
        self.rules(audit, &mut text);
        self.groups(audit, &mut text);
        self.worst(audit, &mut text);
        out.write_all(text.as_bytes())
    }
}
