//! `[[calendar]]`: opening hours, holidays, make-up days, breaks.

use super::{
    audit_file::zone,
    holidays::{self, Home},
    read::{Entry, Reader, Text, suggest},
    values,
};
use crate::{
    calendar::{
        CalendarSpec, HolidayScope, Hours, HoursError, WEEKDAYS, Zone, civil_from_days, parse_iso_date,
        weekdays,
    },
    diagnostic::Diagnostic,
    rule::DeclaredCalendar,
    wording::{self, Code, Wording},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// Days that differ from the week.
#[derive(Default)]
pub(super) struct Dates {
    pub(super) holidays: BTreeSet<i64>,
    pub(super) yearly: BTreeSet<(i64, i64)>,
    pub(super) make_up: BTreeSet<i64>,
    pub(super) days: BTreeMap<i64, Vec<Hours>>,
}

impl Dates {
    pub(super) fn len(&self) -> usize {
        self.holidays.len() + self.yearly.len() + self.make_up.len() + self.days.len()
    }
}

/// Reads one calendar, with the bytes of its id.
pub(super) fn read(
    mut table: Reader<'_>,
    project_zone: &Zone,
    home: &mut Home<'_>,
) -> Option<(DeclaredCalendar, Range<usize>)> {
    let file = table.file;
    let id = table.required_id("id");
    table.user_text("title");
    let zone = table.entry("timezone").and_then(|it| zone(&it)).unwrap_or_else(|| project_zone.clone());
    let before = file.sink.borrow().len();
    let hours = table.required("hours");
    let hours = hours.map(|it| week(&it)).unwrap_or_default();
    let mut dates = Dates::default();
    self::dates(&mut table, &mut dates, Some(home));
    let china = table.entry("region").is_some_and(|it| region(&it));
    let (breaks, dated_breaks) = table.entry("breaks").map(|it| breaks(&it)).unwrap_or_default();
    let scopes = [("shift", HolidayScope::Shift), ("day", HolidayScope::Day)];
    let holiday_scope = table.one_of("holiday_scope", &scopes).unwrap_or_default();
    let place = table.place();
    table.finish();
    let id = id?;
    // Hours that could not be read were told of.
    let told = file.sink.borrow().len() > before;
    let is_shut = hours.iter().all(Vec::is_empty) && dates.days.values().all(Vec::is_empty);
    if is_shut && !told {
        let said = Diagnostic::warning(wording::CALENDAR_NEVER_OPENS).with("name", &id.text);
        file.report(said.at(file.place(id.span.clone())).help(wording::HELP_HOURS));
    }
    let spec = CalendarSpec {
        hours,
        holidays: dates.holidays,
        yearly: dates.yearly,
        days: dates.days,
        make_up: dates.make_up,
        breaks,
        dated_breaks,
        holiday_scope,
        china,
    };
    Some((DeclaredCalendar { id: id.text, spec, zone, place }, id.span))
}

/// `holidays`, `make_up` and `days` of a calendar, or of a file of holidays, which names no further files.
pub(super) fn dates(table: &mut Reader<'_>, dates: &mut Dates, mut home: Option<&mut Home<'_>>) {
    if let Some(entry) = table.entry("holidays") {
        let items = if entry.value.get_ref().is_array() { entry.list() } else { Some(vec![entry.clone()]) };
        for item in items.unwrap_or_default() {
            holiday(&item, dates, home.as_deref_mut());
        }
    }
    for item in table.entry("make_up").and_then(|it| it.list()).unwrap_or_default() {
        dates.make_up.extend(item.date());
    }
    let Some(days) = table.entry("days").and_then(|it| it.table()) else { return };
    for entry in days.entries() {
        match parse_iso_date(&entry.key) {
            Some(day) => drop(dates.days.insert(day, hours(&entry))),
            None => bad_key(&entry, wording::HELP_HOLIDAY, wording::BAD_HOLIDAY),
        }
    }
}

fn bad_key(entry: &Entry<'_>, help: Wording, code: Code) {
    let said = Diagnostic::error(code).with("name", &entry.key).with("text", &entry.key);
    let said = suggest(said, &entry.key, WEEKDAYS);
    entry.file.report(said.help(help).at(entry.file.place(entry.key_span.clone())));
}

/// A date, `*-10-01`, or a file.
fn holiday(item: &Entry<'_>, dates: &mut Dates, home: Option<&mut Home<'_>>) {
    if let Some(day) = values::date(item.value.get_ref()) {
        dates.holidays.insert(day);
        return;
    }
    let Some(text) = item.text() else { return };
    if let Some(day) = text.text.strip_prefix("*-") {
        // 2000 has a 29th of February.
        if let Some(found) = parse_iso_date(&format!("2000-{day}")) {
            let (_, month, of_month) = civil_from_days(found);
            dates.yearly.insert((month, of_month));
            return;
        }
    }
    match home {
        Some(home) if holidays::is_file(&text.text) => holidays::read(item.file, &text, dates, home),
        _ => {
            let said = Diagnostic::error(wording::BAD_HOLIDAY).with("text", &text.text);
            item.file.report(said.at(item.file.place(text.span)).help(wording::HELP_HOLIDAY));
        }
    }
}

/// Opening hours by day of the week.
fn week(entry: &Entry<'_>) -> [Vec<Hours>; 7] {
    let mut week: [Vec<Hours>; 7] = Default::default();
    let mut given: Vec<usize> = Vec::new();
    let Some(table) = entry.table() else { return week };
    for entry in table.entries() {
        let Some(days) = weekdays(&entry.key) else {
            bad_key(&entry, wording::HELP_WEEKDAYS_ONLY, wording::BAD_WEEKDAY);
            continue;
        };
        let hours = hours(&entry);
        for day in days {
            if given.contains(&day) {
                let said = Diagnostic::error(wording::WEEKDAY_TWICE).with("name", WEEKDAYS[day]);
                entry.file.report(said.at(entry.file.place(entry.key_span.clone())));
                break;
            }
            given.push(day);
            week[day].clone_from(&hours);
        }
    }
    for day in 0..7 {
        let into_next = |it: &Hours| it.seconds().end - 86_400;
        let clash = week[day].iter().find_map(|first| {
            let next = week[(day + 1) % 7].iter().find(|next| next.seconds().start < into_next(first))?;
            Some((*first, *next))
        });
        if let Some((first, next)) = clash {
            overlap(entry, first, next);
            break;
        }
    }
    week
}

/// Breaks by day of the week and by date.
fn breaks(entry: &Entry<'_>) -> ([Vec<Hours>; 7], BTreeMap<i64, Vec<Hours>>) {
    let mut week: [Vec<Hours>; 7] = Default::default();
    let mut dated = BTreeMap::new();
    let entries = entry.table().map(|it| it.entries()).unwrap_or_default();
    for entry in entries {
        if let Some(day) = parse_iso_date(&entry.key) {
            dated.insert(day, hours(&entry));
        } else if let Some(days) = weekdays(&entry.key) {
            let hours = hours(&entry);
            days.into_iter().for_each(|it| week[it].extend(hours.iter().copied()));
        } else {
            bad_key(&entry, wording::HELP_DAYS_OF_WEEK, wording::BAD_WEEKDAY);
        }
    }
    (week, dated)
}

/// The hours of a day.
fn hours(entry: &Entry<'_>) -> Vec<Hours> {
    let Some(items) = entry.value.get_ref().as_array().and_then(|_| entry.list()) else {
        entry.wrong_type(wording::WANTS_HOURS);
        return Vec::new();
    };
    let mut all: Vec<Hours> = Vec::new();
    for item in items {
        let Some(text) = item.text() else { continue };
        match text.text.parse::<Hours>() {
            Ok(hours) => {
                let apart = |it: &Hours| {
                    it.seconds().end <= hours.seconds().start || hours.seconds().end <= it.seconds().start
                };
                if let Some(other) = all.iter().find(|it| !apart(it)) {
                    overlap(&item, *other, hours);
                }
                all.push(hours);
            }
            Err(error) => bad_hours(&item, &text, error),
        }
    }
    all
}

fn overlap(entry: &Entry<'_>, first: Hours, second: Hours) {
    let said = Diagnostic::warning(wording::HOURS_OVERLAP).with("first", first.to_string());
    entry.file.report(said.with("second", second.to_string()).at(entry.place()));
}

fn bad_hours(entry: &Entry<'_>, text: &Text, error: HoursError) {
    let (code, help) = match error {
        HoursError::Shape => (wording::BAD_HOURS, wording::HELP_HOURS),
        HoursError::Range => (wording::HOURS_NEVER, wording::HOURS_BEYOND_DAY),
        HoursError::Empty => (wording::HOURS_NEVER, wording::HOURS_ARE_EMPTY),
    };
    let mut said = Diagnostic::error(code).with("text", &text.text);
    // Full-width signs are what people mistype most.
    let plain: String =
        text.text.replace(['：', '︰'], ":").replace(['－', '—', '～', '至'], "-").replace(' ', "");
    let plain = plain.split('-').map(clock_time).collect::<Vec<_>>().join("-");
    if plain != text.text && plain.parse::<Hours>().is_ok() {
        said = said.help_with(wording::DID_YOU_MEAN, vec![("name", plain)]);
    }
    entry.file.report(said.help(help).at(entry.file.place(text.span.clone())));
}

/// `9`, `9:30` and `930` as a clock shows them; anything else as it is.
fn clock_time(text: &str) -> String {
    let (hours, minutes) = match text.split_once([':', '.']) {
        Some(parts) => parts,
        None if text.len() > 2 && text.is_ascii() => text.split_at(text.len() - 2),
        None => (text, "0"),
    };
    match (hours.parse::<u8>(), minutes.parse::<u8>()) {
        (Ok(hours), Ok(minutes)) => format!("{hours:02}:{minutes:02}"),
        _ => text.to_owned(),
    }
}

fn region(entry: &Entry<'_>) -> bool {
    let Some(text) = entry.text() else { return false };
    if text.text == "CN" {
        return true;
    }
    let said = Diagnostic::error(wording::UNKNOWN_REGION).with("text", &text.text);
    let said = if ["cn", "china", "chn", "中国"].contains(&text.text.to_lowercase().as_str()) {
        said.help_with(wording::DID_YOU_MEAN, vec![("name", "CN".to_owned())])
    } else {
        said
    };
    entry.file.report(said.help(wording::HELP_REGION).at(entry.file.place(text.span)));
    false
}
