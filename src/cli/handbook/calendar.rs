//! The chapter on calendars: when time counts, in words.

use super::{fact, line};
use crate::{
    calendar::{HolidayScope, Hours, civil_from_days, format_date},
    cli::calendar::weekday,
    project::Project,
    rule::DeclaredCalendar,
    wording::{self, Lang},
};
use std::collections::BTreeMap;

pub(super) fn calendars(project: &Project, lang: Lang, out: &mut String) {
    if project.calendars.is_empty() {
        return;
    }
    line(out, &format!("\n## {}", wording::HANDBOOK_CALENDARS.text(lang)));
    for calendar in &project.calendars {
        article(calendar, lang, out);
    }
}

fn article(calendar: &DeclaredCalendar, lang: Lang, out: &mut String) {
    let spec = &calendar.spec;
    line(out, &format!("\n### `{}`\n", calendar.id));
    line(out, calendar.zone.name());
    fact(out, wording::HANDBOOK_HOURS, &by_weekday(&spec.hours, lang), lang);
    if spec.breaks.iter().any(|it| !it.is_empty()) || !spec.dated_breaks.is_empty() {
        let mut parts = Vec::new();
        if spec.breaks.iter().any(|it| !it.is_empty()) {
            parts.push(by_weekday(&spec.breaks, lang));
        }
        parts.extend(dated(&spec.dated_breaks, lang));
        fact(out, wording::HANDBOOK_BREAKS, &parts.join(wording::LIST_SEMICOLON.text(lang)), lang);
    }
    let comma = wording::LIST_COMMA.text(lang);
    let mut holidays: Vec<String> = Vec::new();
    if spec.china {
        holidays.push(wording::HANDBOOK_CHINA.text(lang).to_owned());
    }
    holidays.extend(spec.yearly.iter().map(|(month, day)| format!("*-{month:02}-{day:02}")));
    holidays.extend(runs(spec.holidays.iter().copied()));
    if !holidays.is_empty() {
        fact(out, wording::HANDBOOK_HOLIDAYS, &holidays.join(comma), lang);
    }
    if spec.holiday_scope == HolidayScope::Day {
        line(out, &format!("\n{}", wording::HANDBOOK_SCOPE_DAY.text(lang)));
    }
    if !spec.make_up.is_empty() {
        let days = runs(spec.make_up.iter().copied()).join(comma);
        fact(out, wording::HANDBOOK_MAKE_UP, &days, lang);
    }
    if !spec.days.is_empty() {
        let days = dated(&spec.days, lang).join(wording::LIST_SEMICOLON.text(lang));
        fact(out, wording::HANDBOOK_DAYS, &days, lang);
    }
}

/// Days of the week with the same hours stand together.
fn by_weekday(week: &[Vec<Hours>; 7], lang: Lang) -> String {
    // A Monday, in days since 1970-01-01.
    let name = |day: usize| weekday(4 + i64::try_from(day).unwrap_or(0)).text(lang);
    let mut parts: Vec<String> = Vec::new();
    let mut from = 0;
    while from < week.len() {
        let to = (from..week.len()).take_while(|it| week[*it] == week[from]).last().unwrap_or(from);
        let (first, last) = (name(from), name(to));
        let days = if from == to {
            first.to_owned()
        } else {
            wording::HANDBOOK_DAYS_TO.fill(lang, &[("first", first), ("last", last)])
        };
        if !week[from].is_empty() {
            parts.push(format!("{days} {}", hours(&week[from], lang)));
        }
        from = to + 1;
    }
    parts.join(wording::LIST_SEMICOLON.text(lang))
}

fn hours(all: &[Hours], lang: Lang) -> String {
    if all.is_empty() {
        return wording::HANDBOOK_CLOSED.text(lang).to_owned();
    }
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(wording::LIST_COMMA.text(lang))
}

fn dated(days: &BTreeMap<i64, Vec<Hours>>, lang: Lang) -> Vec<String> {
    days.iter().map(|(day, all)| format!("{} {}", format_date(*day), hours(all, lang))).collect()
}

/// Days on end are told by the first and the last.
fn runs(days: impl Iterator<Item = i64>) -> Vec<String> {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run) if run.1 + 1 == day && civil_from_days(run.0).0 == civil_from_days(day).0 => {
                run.1 = day
            }
            _ => runs.push((day, day)),
        }
    }
    let text = |(first, last): (i64, i64)| match first == last {
        true => format_date(first),
        false => format!("{} – {}", format_date(first), format_date(last)),
    };
    runs.into_iter().map(text).collect()
}
