//! A clock drawn as a time line, for people and tools.

use super::{
    calendar::{seconds, weekday},
    clock_verdict::{ClockVerdict, ClockVerdicts, Happens, Mark, Passes},
    verdict_report::in_force,
};
use crate::{
    calendar::{format_date, format_time, hours_text},
    finding::value_text,
    promise::{Event, Outcome, State, Target},
    record::{MICROS_PER_SECOND, Value},
    report::{Style, cut, visible, width},
    rule,
    wording::{self, Lang, Wording},
};
use serde_json::{Value as Json, json};

/// The width of the page.
const COLUMNS: usize = 80;
/// So many stretches of time between two events are told one by one; of more, the first and last few.
const SPANS_MAX: usize = 9;
const SPANS_AT_ENDS: usize = 3;

/// The clocks for a terminal.
pub(super) fn terminal(verdicts: &ClockVerdicts<'_>, colour: bool) -> String {
    let mut out = String::new();
    for (number, verdict) in verdicts.all.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        Page { verdict, lang: verdicts.lang, colour, out: &mut out }.write();
    }
    out
}

struct Page<'a, 'v> {
    verdict: &'a ClockVerdict<'v>,
    lang: Lang,
    colour: bool,
    out: &'a mut String,
}

impl Page<'_, '_> {
    fn write(&mut self) {
        let (verdict, lang) = (self.verdict, self.lang);
        let rule = verdict.rule;
        self.line(&format!("{}  {}", rule.id, rule.title.get(lang)), Style::Bold);
        let origin = format!("{}:{}", verdict.file, verdict.row);
        let key = verdict.key.clone().unwrap_or_else(|| origin.clone());
        let arguments = [("key", key), ("source", verdict.source.to_owned()), ("origin", origin)];
        self.line(&wording::EXPLAIN_RECORD.fill(lang, &arguments), Style::Plain);
        let (named, style) = outcome(verdict.outcome);
        let arguments = [("outcome", named.text(lang)), ("severity", rule.severity.wording().text(lang))];
        self.line(&wording::EXPLAIN_OUTCOME.fill(lang, &arguments), style);
        if let Some(lack) = &verdict.lack {
            self.line(&format!("  {lack}"), Style::Plain);
        }
        if let Some(message) = &verdict.message {
            self.fact(wording::EXPLAIN_MESSAGE, message);
        }
        if let Some(clause) = &rule.source {
            self.fact(wording::EXPLAIN_CLAUSE, clause);
        }
        self.force();
        if let Some(reason) = &rule.house_reason {
            self.fact(wording::EXPLAIN_HOUSE, reason);
        }
        self.terms();
        if !verdict.line.is_empty() {
            self.out.push('\n');
            self.draw();
            self.lengths();
            self.runs();
        }
        let (why, fix) = (rule.why.get(lang).to_owned(), rule.fix.get(lang).to_owned());
        if verdict.outcome == Some(Outcome::Breached) && !(why.is_empty() && fix.is_empty()) {
            self.out.push('\n');
            for (name, text) in [(wording::EXPLAIN_WHY, why), (wording::EXPLAIN_FIX, fix)] {
                if !text.is_empty() {
                    self.fact(name, &text);
                }
            }
        }
    }

    fn line(&mut self, text: &str, style: Style) {
        style.paint(&visible(text), self.colour, self.out);
        self.out.push('\n');
    }

    fn fact(&mut self, name: Wording, text: &str) {
        let colon = wording::PLACE_COLON.text(self.lang);
        self.line(&format!("{}{colon}{text}", name.text(self.lang)), Style::Plain);
    }

    /// When the promise is in force.
    fn force(&mut self) {
        let (effective, date) = (&self.verdict.rule.effective, self.verdict.date);
        if let Some(text) = in_force(effective, date, self.lang) {
            self.line(&text, Style::Plain);
        }
    }

    /// How much time there is, and which time counts.
    fn terms(&mut self) {
        let (verdict, lang) = (self.verdict, self.lang);
        let found = match verdict.target {
            Some(Target::Amount(amount)) => amount.to_string(),
            Some(Target::Fixed(due)) => self.instant(due),
            None => String::new(),
        };
        let from = [&found, &verdict.target_from].map(String::as_str).into_iter();
        let text = from.filter(|it| !it.is_empty()).collect::<Vec<_>>().join("  ");
        let place = verdict.target_place.clone();
        let text = if text.is_empty() {
            place
        } else {
            wording::EXPLAIN_PLACE.fill(lang, &[("text", text), ("place", place)])
        };
        self.fact(wording::EXPLAIN_TARGET, &text);
        let text = match &verdict.calendar {
            Some((calendar, place)) => {
                let text = format!("{} · {}", calendar.id, calendar.zone.name());
                wording::EXPLAIN_PLACE.fill(lang, &[("text", text), ("place", place.clone())])
            }
            None if verdict.counts_always => wording::EXPLAIN_NO_CALENDAR.text(lang).to_owned(),
            // Why it is not known is told with the outcome.
            None => "–".to_owned(),
        };
        self.fact(wording::EXPLAIN_CALENDAR, &text);
    }

    fn instant(&self, at: i64) -> String {
        value_text(&Value::Time(at), self.verdict.zone, self.lang)
    }

    /// The time line, from top to bottom.
    fn draw(&mut self) {
        let line = &self.verdict.line;
        let stamps = line.iter().map(|it| {
            let (Mark::Point(at, ..) | Mark::Span(at, ..)) = it;
            let local = self.verdict.zone.to_local(*at).div_euclid(86_400 * MICROS_PER_SECOND);
            format!("{} {}", self.instant(*at), weekday(local).text(self.lang))
        });
        let stamps: Vec<String> = stamps.collect();
        let widest = stamps.iter().map(|it| width(it)).max().unwrap_or(0);
        let mut told_at = None;
        let mut at = 0;
        while at < line.len() {
            let run = line[at..].iter().take_while(|it| matches!(it, Mark::Span(..))).count();
            if run > SPANS_MAX {
                let hidden = at + SPANS_AT_ENDS..at + run - SPANS_AT_ENDS;
                for place in (at..hidden.start).chain(hidden.end..at + run) {
                    if place == hidden.end {
                        self.more(&line[hidden.clone()], widest);
                    }
                    self.mark(&line[place], &stamps[place], widest, &mut told_at);
                }
            } else {
                for place in at..(at + run.max(1)).min(line.len()) {
                    self.mark(&line[place], &stamps[place], widest, &mut told_at);
                }
            }
            at += run.max(1);
        }
    }

    /// One line; an instant is told once.
    fn mark(&mut self, mark: &Mark, stamp: &str, widest: usize, told_at: &mut Option<i64>) {
        let (Mark::Point(at, ..) | Mark::Span(at, ..)) = mark;
        let shown = if *told_at == Some(*at) { "" } else { stamp };
        *told_at = Some(*at);
        let (sign, text, style) = match mark {
            Mark::Point(_, happens, field) => {
                let (sign, said, style) = happening(*happens);
                let said = said.fill(self.lang, &[("name", field)]);
                // What happens of itself has no field.
                (sign, said.trim_end_matches([':', '：', ' ']).to_owned(), style)
            }
            Mark::Span(_, _, Passes::Carried(open)) => {
                let (sign, said, style) = passing(Passes::Carried(*open));
                (sign, format!("{}  {}", hours_text(*open), said.text(self.lang)), style)
            }
            Mark::Span(from, to, kind) => {
                let (sign, said, style) = passing(*kind);
                (sign, format!("{}  {}", hours_text(to - from), said.text(self.lang)), style)
            }
        };
        let left = format!("  {shown}{}  ", " ".repeat(widest - width(shown)));
        self.out.push_str(&left);
        let text = format!("{sign} {}", text.trim_end());
        let text = cut(&text, COLUMNS.saturating_sub(width(&left))).into_owned();
        self.line(&text, style);
    }

    fn more(&mut self, hidden: &[Mark], widest: usize) {
        let spans = hidden.iter().filter_map(|it| match it {
            Mark::Span(from, to, kind) if *kind != Passes::Closed => Some(to - from),
            Mark::Span(..) | Mark::Point(..) => None,
        });
        let open = hours_text(spans.sum());
        let said = [("count", hidden.len().to_string()), ("open", open)];
        let text = wording::CLOCK_MORE.fill(self.lang, &said);
        self.line(&format!("{}⋮ {text}", " ".repeat(widest + 4)), Style::Dim);
    }

    /// How many runs there were, and how long they were open.
    fn runs(&mut self) {
        let Some(cycles) = self.verdict.cycles else { return };
        let lengths = [
            (wording::CLOCK_WORST, cycles.worst),
            (wording::CLOCK_LAST, cycles.last),
            (wording::CLOCK_TOTAL, cycles.total),
        ];
        let mut all = vec![wording::CLOCK_RUNS.fill(self.lang, &[("count", cycles.count.to_string())])];
        let told =
            |(said, it): (Wording, Option<i64>)| Some(said.fill(self.lang, &[("length", hours_text(it?))]));
        all.extend(lengths.into_iter().filter_map(told));
        self.line(&all.join(" · "), Style::Plain);
    }

    /// How long it took, and how much there was.
    fn lengths(&mut self) {
        let State { open, elapsed, overrun, remaining, .. } = self.verdict.state;
        let lengths = [
            (wording::CALENDAR_OPEN, open),
            (wording::CALENDAR_ACTUAL, elapsed),
            (wording::CLOCK_OVERRUN, overrun.filter(|it| *it > 0)),
            (wording::CLOCK_REMAINING, remaining.filter(|_| overrun == Some(0))),
        ];
        let all: Vec<String> = lengths
            .into_iter()
            .filter_map(|(name, it)| Some(format!("{} {}", name.text(self.lang), hours_text(it?))))
            .collect();
        if !all.is_empty() {
            self.out.push('\n');
            self.line(&all.join(" · "), Style::Plain);
        }
    }
}

fn outcome(outcome: Option<Outcome>) -> (Wording, Style) {
    match outcome {
        Some(Outcome::Kept) => (wording::KEPT, Style::Green),
        Some(Outcome::Breached) => (wording::BREACHED, Style::Red),
        Some(Outcome::Running) => (wording::RUNNING, Style::Plain),
        Some(Outcome::AtRisk) => (wording::AT_RISK, Style::Yellow),
        Some(Outcome::NotApplicable) => (rule::Outcome::NotApplicable.wording(), Style::Dim),
        None => (wording::NO_EVIDENCE, Style::Yellow),
    }
}

fn happening(happens: Happens) -> (&'static str, Wording, Style) {
    match happens {
        Happens::Clock(Event::Start) => ("●", wording::CLOCK_START, Style::Bold),
        Happens::Clock(Event::TargetChanges) => ("△", wording::CLOCK_TARGET_CHANGES, Style::Plain),
        Happens::Clock(Event::CountsFrom) => ("○", wording::CLOCK_COUNTS_FROM, Style::Plain),
        Happens::Clock(Event::PauseBegins(_)) => ("‖", wording::CLOCK_PAUSE_BEGINS, Style::Plain),
        Happens::Clock(Event::PauseEnds(_)) => ("▸", wording::CLOCK_PAUSE_ENDS, Style::Plain),
        Happens::Clock(Event::Due) => ("◆", wording::CLOCK_DUE, Style::Yellow),
        Happens::Clock(Event::DueLatest) => ("◇", wording::CLOCK_DUE_LATEST, Style::Yellow),
        Happens::Clock(Event::Stop) => ("■", wording::CLOCK_STOP, Style::Bold),
        Happens::Now => ("▪", wording::CLOCK_NOW, Style::Bold),
    }
}

fn passing(kind: Passes) -> (&'static str, Wording, Style) {
    match kind {
        Passes::Open => ("┃", wording::CLOCK_COUNTS, Style::Plain),
        Passes::Carried(_) => ("┇", wording::CLOCK_CARRIED, Style::Plain),
        Passes::Over => ("█", wording::CLOCK_OVER, Style::Red),
        Passes::Paused => ("╎", wording::CLOCK_PAUSED, Style::Dim),
        Passes::Left => ("│", wording::CLOCK_LEFT, Style::Plain),
        Passes::Closed => ("┊", wording::CLOCK_CLOSED, Style::Dim),
    }
}

/// The clocks as one JSON object.
pub(super) fn json(verdicts: &ClockVerdicts<'_>) -> String {
    let (zone, lang) = (&verdicts.project.zone, verdicts.lang);
    let Some(first) = verdicts.all.first() else { return String::new() };
    let rule = first.rule;
    let report = json!({
        "schema": "touchstone.explain/1",
        "as_of": format_time(verdicts.as_of, zone.offset_at(verdicts.as_of)),
        "rule": {
            "id": rule.id,
            "title": rule.title.get(lang),
            "severity": rule.severity.name(),
            "source": rule.source,
            "why": rule.why.get(lang),
            "fix": rule.fix.get(lang),
        },
        "records": verdicts.all.iter().map(record).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

fn record(verdict: &ClockVerdict<'_>) -> Json {
    let zone = verdict.zone;
    let effective = &verdict.rule.effective;
    let time = |it: i64| Json::from(format_time(it, zone.offset_at(it)));
    let seconds = |it: Option<i64>| it.map_or(Json::Null, seconds);
    let target = verdict.target.map_or(Json::Null, |it| match it {
        Target::Amount(amount) => amount.to_string().into(),
        Target::Fixed(due) => time(due),
    });
    let state = &verdict.state;
    json!({
        "key": verdict.key,
        "source": verdict.source,
        "origin": { "file": verdict.file, "row": verdict.row },
        "outcome": verdict.outcome.map_or(rule::Outcome::NoEvidence.name(), Outcome::name),
        "in_force": verdict.is_in_force(),
        "effective": {
            "from": effective.from.map(format_date),
            "to": effective.to.map(format_date),
            "date": verdict.date.map(format_date),
        },
        "rule_hash": verdict.hash,
        "missing": verdict.missing,
        "reason": verdict.lack,
        "message": verdict.message,
        "house_reason": verdict.rule.house_reason,
        "target": { "value": target, "from": verdict.target_from, "place": verdict.target_place },
        "calendar": verdict.calendar.as_ref().map(|(it, place)| {
            json!({ "id": it.id, "timezone": it.zone.name(), "place": place })
        }),
        "due": state.due.map(time),
        "due_latest": verdict.due_latest.map(time),
        "open_seconds": seconds(state.open),
        "elapsed_seconds": seconds(state.elapsed),
        "overrun_seconds": seconds(state.overrun),
        "remaining_seconds": seconds(state.remaining),
        "cycles": verdict.cycles.map(|it| json!({
            "count": it.count,
            "worst_seconds": seconds(it.worst),
            "last_seconds": seconds(it.last),
            "total_seconds": seconds(it.total),
        })),
        "timeline": verdict.line.iter().filter_map(|it| match it {
            Mark::Point(at, happens, field) => {
                let field = (!field.is_empty()).then_some(field);
                Some(json!({ "at": time(*at), "event": event_name(*happens), "field": field }))
            }
            Mark::Span(..) => None,
        }).collect::<Vec<_>>(),
        "intervals": verdict.line.iter().filter_map(|it| match it {
            Mark::Span(from, to, kind) => {
                let counted = if let Passes::Carried(open) = kind { *open } else { to - from };
                let (kind, seconds) = (kind_name(*kind), self::seconds(counted));
                Some(json!({ "from": time(*from), "to": time(*to), "kind": kind, "seconds": seconds }))
            }
            Mark::Point(..) => None,
        }).collect::<Vec<_>>(),
    })
}

fn event_name(happens: Happens) -> &'static str {
    match happens {
        Happens::Clock(Event::Start) => "start",
        Happens::Clock(Event::TargetChanges) => "target_changes",
        Happens::Clock(Event::CountsFrom) => "counts_from",
        Happens::Clock(Event::PauseBegins(_)) => "pause",
        Happens::Clock(Event::PauseEnds(_)) => "resume",
        Happens::Clock(Event::Due) => "due",
        Happens::Clock(Event::DueLatest) => "due_latest",
        Happens::Clock(Event::Stop) => "stop",
        Happens::Now => "now",
    }
}

fn kind_name(kind: Passes) -> &'static str {
    match kind {
        Passes::Open => "open",
        Passes::Carried(_) => "carried",
        Passes::Over => "over",
        Passes::Paused => "paused",
        Passes::Left => "left",
        Passes::Closed => "closed",
    }
}
