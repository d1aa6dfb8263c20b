//! `touchstone calendar`: asks a business calendar, and shows what it counted.

use super::{
    Voice,
    args::{about, color, option},
    choice::choice,
    exit,
    plans::colour,
    print,
};
use crate::{
    calendar::{
        Calendar, Clock, DayEnd, DayKind, Roll, StartAt, Terms, civil_from_days, format_date, format_time,
        hours_text, parse_iso_date,
    },
    diagnostic::{Diagnostic, nearest},
    finding::value_text,
    project::{LoadOptions, Project, load},
    record::{Amount, MICROS_PER_SECOND, Value},
    rule::DeclaredCalendar,
    wording::{self, Lang, Wording},
};
use clap::{Arg, ArgMatches, Command};
use serde_json::{Value as Json, json};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};
use unicode_width::UnicodeWidthStr;

/// The subcommands.
pub(super) fn command(lang: Lang) -> Command {
    let position = |name: &'static str, value: &'static str, help: Wording| {
        Arg::new(name).required(true).value_name(value).help(help.text(lang))
    };
    let shared = |command: Command| {
        command.args([
            option(lang, "calendar", "ID", wording::OPTION_CALENDAR),
            Arg::new("path")
                .long("project")
                .value_name("PATH")
                .value_parser(clap::value_parser!(PathBuf))
                .help(wording::OPTION_PROJECT.text(lang)),
            option(lang, "format", "FORMAT", wording::OPTION_CALENDAR_FORMAT),
            color(lang),
        ])
    };
    let start = || position("start", "START", wording::OPTION_START);
    let elapsed = about(lang, Command::new("elapsed"), wording::ABOUT_CALENDAR_ELAPSED)
        .args([start(), position("end", "END", wording::OPTION_END)]);
    let due = about(lang, Command::new("due"), wording::ABOUT_CALENDAR_DUE).args([
        start(),
        position("amount", "AMOUNT", wording::OPTION_AMOUNT).allow_hyphen_values(true),
        option(lang, "day-end", "HOW", wording::OPTION_DAY_END)
            .value_parser(["same_time", "close"])
            .hide_possible_values(true),
        option(lang, "start-at", "HOW", wording::OPTION_START_AT)
            .value_parser(["next_open", "as_is"])
            .hide_possible_values(true),
        option(lang, "roll", "HOW", wording::OPTION_ROLL)
            .value_parser(["none", "next_open"])
            .hide_possible_values(true),
    ]);
    let days = about(lang, Command::new("days"), wording::ABOUT_CALENDAR_DAYS)
        .args([position("from", "FROM", wording::OPTION_FROM), position("to", "TO", wording::OPTION_TO)]);
    Command::new("calendar").subcommand_required(true).subcommands([elapsed, due, days].map(shared))
}

/// Answers; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    let Some((question, matches)) = matches.subcommand() else { return exit::NOT_AS_ASKED };
    let folder = matches.get_one::<PathBuf>("path").map_or(Path::new("."), PathBuf::as_path);
    let loaded = load(folder, &LoadOptions { lang: asked, ..LoadOptions::default() });
    let voice = Voice::new(loaded.project.as_ref().map_or(lang, |it| it.lang), colour(matches));
    let wrong = voice.complain(&loaded.diagnostics, &loaded.sources, false);
    let Some(project) = loaded.project.filter(|_| !wrong) else { return exit::NOT_AS_ASKED };
    let answer = ask(question, matches, &project, voice);
    match answer {
        Ok(out) if print(out.as_bytes()).is_ok() => exit::HELD,
        Ok(_) => exit::NOT_AS_ASKED,
        Err(said) => {
            voice.complain(&[*said], &loaded.sources, true);
            exit::NOT_AS_ASKED
        }
    }
}

fn ask(
    question: &str,
    matches: &ArgMatches,
    project: &Project,
    voice: Voice,
) -> Result<String, Box<Diagnostic>> {
    let as_json = choice(matches, &[("text", &[]), ("json", &[])])?.stdout == Some(1);
    let declared = declared(matches, project)?;
    let asking = Asking { declared, calendar: declared.ready(), lang: voice.lang, as_json };
    match question {
        "elapsed" => asking.elapsed(asking.instant(matches, "start")?, asking.instant(matches, "end")?),
        "due" => asking.due(asking.instant(matches, "start")?, amount(matches)?, terms(matches)),
        _ => asking.days(day(matches, "from")?, day(matches, "to")?),
    }
}

/// The calendar that is asked for, or the only one.
fn declared<'p>(matches: &ArgMatches, project: &'p Project) -> Result<&'p DeclaredCalendar, Box<Diagnostic>> {
    let ids = || project.calendars.iter().map(|it| it.id.as_str());
    let wanted = matches.get_one::<String>("calendar");
    let found = match (wanted, project.calendars.as_slice()) {
        (Some(id), all) => all.iter().find(|it| it.id == *id),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    found.ok_or_else(|| {
        if project.calendars.is_empty() {
            return Box::new(Diagnostic::error(wording::NO_CALENDARS).help(wording::HELP_CALENDAR_TABLE));
        }
        let known = vec![("names", ids().collect::<Vec<_>>().join(", "))];
        let said = match wanted {
            Some(id) => {
                let said = Diagnostic::error(wording::UNKNOWN_CALENDAR).with("name", id);
                match nearest(id, ids()) {
                    Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                    None => said,
                }
            }
            None => Diagnostic::error(wording::WHICH_CALENDAR),
        };
        Box::new(said.help_with(wording::HELP_CALENDAR_IDS, known))
    })
}

fn text<'m>(matches: &'m ArgMatches, name: &str) -> &'m str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}

fn amount(matches: &ArgMatches) -> Result<Amount, Box<Diagnostic>> {
    let text = text(matches, "amount");
    text.parse().map_err(|_| {
        let said = Diagnostic::error(wording::BAD_AMOUNT).with("text", text);
        Box::new(said.help(wording::HELP_AMOUNT))
    })
}

fn day(matches: &ArgMatches, name: &str) -> Result<i64, Box<Diagnostic>> {
    let text = text(matches, name);
    parse_iso_date(text).ok_or_else(|| {
        let said = Diagnostic::error(wording::BAD_HOLIDAY).with("text", text);
        Box::new(said.help_with(wording::HELP_VALUES_LIKE, vec![("names", "2026-03-02".to_owned())]))
    })
}

fn terms(matches: &ArgMatches) -> Terms {
    let said = |name: &str, value: &str| text(matches, name) == value;
    let start_at = match text(matches, "start-at") {
        "next_open" => Some(StartAt::NextOpen),
        "as_is" => Some(StartAt::AsIs),
        _ => None,
    };
    Terms {
        day_end: if said("day-end", "close") { DayEnd::Close } else { DayEnd::SameTime },
        start_at,
        roll: if said("roll", "next_open") { Roll::NextOpen } else { Roll::Stay },
    }
}

/// A question to one calendar.
struct Asking<'p> {
    declared: &'p DeclaredCalendar,
    calendar: Calendar,
    lang: Lang,
    as_json: bool,
}

impl Asking<'_> {
    fn instant(&self, matches: &ArgMatches, name: &str) -> Result<i64, Box<Diagnostic>> {
        let text = text(matches, name);
        let found = self.calendar.zone().instant(text).ok_or_else(|| {
            let names = "2026-03-02, 2026-03-02T09:00, 2026-03-02T09:00+08:00".to_owned();
            let said = Diagnostic::error(wording::BAD_TIME_ARGUMENT).with("text", text);
            Box::new(said.help_with(wording::HELP_VALUES_LIKE, vec![("names", names)]))
        })?;
        if self.calendar.reach().contains(&found) { Ok(found) } else { Err(self.beyond()) }
    }

    /// What is asked lies where the calendar knows nothing.
    fn beyond(&self) -> Box<Diagnostic> {
        let reach = self.calendar.reach();
        let date = |instant: i64| {
            let local = self.calendar.zone().to_local(instant);
            format_date(local.div_euclid(86_400 * MICROS_PER_SECOND))
        };
        let table = self.declared.spec.china;
        let code = if table { wording::BEYOND_CALENDAR } else { wording::BEYOND_YEARS };
        let said = Diagnostic::error(code)
            .with("name", &self.declared.id)
            .with("first", date(reach.start))
            .with("last", date(reach.end - 1))
            .at(self.declared.place.clone());
        Box::new(if table { said.help(wording::HELP_BEYOND) } else { said })
    }

    /// RFC 3339 on the calendar's clock.
    fn stamp(&self, instant: i64) -> String {
        format_time(instant, self.calendar.zone().offset_at(instant))
    }

    /// `2026-03-02 09:00 Mon`.
    fn shown(&self, instant: i64) -> String {
        let zone = self.calendar.zone();
        let day = zone.to_local(instant).div_euclid(86_400 * MICROS_PER_SECOND);
        let time = value_text(&Value::Time(instant), zone, self.lang);
        format!("{time} {}", weekday(day).text(self.lang))
    }

    fn head(&self) -> String {
        let zone = self.calendar.zone().name().to_owned();
        let said = [("name", self.declared.id.clone()), ("zone", zone)];
        wording::CALENDAR_HEAD.fill(self.lang, &said) + "\n"
    }

    fn elapsed(&self, start: i64, end: i64) -> Result<String, Box<Diagnostic>> {
        let open = self.calendar.open_between(start, end).ok_or_else(|| self.beyond())?;
        let spans = self.calendar.open_spans(start, end);
        let actual = (end - start).max(0);
        if self.as_json {
            let pair = |it: &(i64, i64)| json!([self.stamp(it.0), self.stamp(it.1)]);
            let intervals: Vec<Json> = spans.iter().map(pair).collect();
            return Ok(lines(&json!({
                "open_seconds": seconds(open),
                "actual_seconds": seconds(actual),
                "intervals": intervals,
            })));
        }
        let mut out = self.head();
        let fact = |what: Wording, value: String| (what.text(self.lang).to_owned(), value);
        let facts = [
            fact(wording::CALENDAR_OPEN, hours_text(open)),
            fact(wording::CALENDAR_ACTUAL, hours_text(actual)),
        ];
        put_facts(&mut out, &facts);
        if end < start {
            put(&mut out, wording::CALENDAR_REVERSED.text(self.lang));
        } else {
            put(&mut out, wording::CALENDAR_COUNTED.text(self.lang));
            if spans.is_empty() {
                put(&mut out, &format!("  {}", wording::CALENDAR_NOTHING.text(self.lang)));
            }
            for (from, to) in spans {
                let (from_text, to_text) = (self.shown(from), self.shown(to));
                put(&mut out, &format!("  {from_text} – {to_text}  {}", hours_text(to - from)));
            }
        }
        Ok(out)
    }

    fn due(&self, start: i64, amount: Amount, terms: Terms) -> Result<String, Box<Diagnostic>> {
        let clock = Clock::Calendar(&self.calendar);
        let due = clock.due(start, amount, terms).ok_or_else(|| self.beyond())?;
        let latest = clock.latest(due);
        if self.as_json {
            let latest = latest.map(|it| self.stamp(it));
            return Ok(lines(&json!({ "due": self.stamp(due), "due_latest": latest })));
        }
        let mut out = self.head();
        let mut facts = vec![(wording::CALENDAR_START, start)];
        facts.extend(
            clock
                .counts_from(start, amount, terms)
                .filter(|it| *it != start)
                .map(|it| (wording::CALENDAR_COUNTS_FROM, it)),
        );
        facts.push((wording::CALENDAR_DUE, due));
        facts.extend(latest.filter(|it| *it != due).map(|it| (wording::CALENDAR_DUE_LATEST, it)));
        let facts: Vec<_> =
            facts.into_iter().map(|(what, at)| (what.text(self.lang).to_owned(), self.shown(at))).collect();
        put_facts(&mut out, &facts);
        Ok(out)
    }

    fn days(&self, from: i64, to: i64) -> Result<String, Box<Diagnostic>> {
        let reach = self.calendar.reach();
        let midnight = |day: i64| self.calendar.zone().to_utc(day * 86_400 * MICROS_PER_SECOND).0;
        if from <= to && !(reach.contains(&midnight(from)) && reach.contains(&(midnight(to + 1) - 1))) {
            return Err(self.beyond());
        }
        let mut out = if self.as_json { String::new() } else { self.head() };
        let mut all = Vec::new();
        for day in from..=to {
            let (kind, open) = self.calendar.day(day);
            let hours: Vec<String> = open
                .iter()
                .map(|it| format!("{}-{}", clock_text(it.start, false), clock_text(it.end, true)))
                .collect();
            if self.as_json {
                let weekday = weekday(day).text(Lang::En).to_lowercase();
                all.push(json!({
                    "date": format_date(day), "weekday": weekday, "kind": kind.name(), "hours": hours,
                }));
                continue;
            }
            let (_, _, of_month) = civil_from_days(day);
            let hours = if hours.is_empty() {
                wording::CALENDAR_CLOSED.text(self.lang).to_owned()
            } else {
                hours.join(" ")
            };
            let why = match kind {
                DayKind::Weekly => "",
                DayKind::Holiday => wording::DAY_HOLIDAY.text(self.lang),
                DayKind::MakeUp => wording::DAY_MAKE_UP.text(self.lang),
                DayKind::Special => wording::DAY_SPECIAL.text(self.lang),
            };
            if of_month == 1 && day != from {
                out.push('\n');
            }
            let line = format!("{} {}  {hours:<24} {why}", format_date(day), weekday(day).text(self.lang));
            put(&mut out, line.trim_end());
        }
        Ok(if self.as_json { lines(&Json::Array(all)) } else { out })
    }
}

fn lines(value: &Json) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn put(out: &mut String, line: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{line}");
}

fn put_facts(out: &mut String, facts: &[(String, String)]) {
    let widest = facts.iter().map(|it| it.0.width()).max().unwrap_or(0);
    for (what, value) in facts {
        put(out, &format!("  {what}{}  {value}", " ".repeat(widest - what.width())));
    }
}

pub(super) fn weekday(day: i64) -> Wording {
    let names = [
        wording::WEEKDAY_1,
        wording::WEEKDAY_2,
        wording::WEEKDAY_3,
        wording::WEEKDAY_4,
        wording::WEEKDAY_5,
        wording::WEEKDAY_6,
        wording::WEEKDAY_7,
    ];
    // 1970-01-01 was a Thursday.
    names[usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)]
}

/// Whole seconds as a whole number.
pub(super) fn seconds(micros: i64) -> Json {
    if micros % MICROS_PER_SECOND == 0 {
        return json!(micros / MICROS_PER_SECOND);
    }
    #[expect(clippy::cast_precision_loss, reason = "spans of time far below 2^53 microseconds")]
    let seconds = micros as f64 / 1e6;
    json!(seconds)
}

/// A wall time in seconds since a midnight; on the next day it starts anew, and an end may be 24:00.
fn clock_text(second: i64, is_end: bool) -> String {
    let of_day = if is_end && second == 86_400 { second } else { second.rem_euclid(86_400) };
    let text = format!("{:02}:{:02}", of_day / 3600, of_day / 60 % 60);
    if of_day % 60 == 0 { text } else { format!("{text}:{:02}", of_day % 60) }
}
