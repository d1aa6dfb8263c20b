//! Files of holidays beside a calendar: TOML with the calendar's own keys, CSV, iCalendar (RFC 5545).

use super::{
    calendar::{self, Dates},
    pack::{below, cannot_read, text},
    read::{File, Reader, Sink, Text},
    source::confined,
};
use crate::{
    calendar::{civil_from_days, parse_iso_date},
    diagnostic::{Diagnostic, Place, Sources},
    wording::{self, Wording},
};
use std::{fs, ops::Range, path::Path, sync::Arc};

/// What reading files of holidays needs.
pub(super) struct Home<'r> {
    pub(super) folder: &'r Path,
    pub(super) sources: &'r mut Sources,
    pub(super) sink: &'r Sink,
}

/// True where a text in a list of holidays names a file of them.
pub(super) fn is_file(text: &str) -> bool {
    ending(text).is_some() || text.contains(['/', '\\'])
}

fn ending(text: &str) -> Option<&'static str> {
    ["toml", "csv", "ics"].into_iter().find(|it| {
        text.rsplit_once('.')
            .is_some_and(|(name, ending)| !name.is_empty() && ending.eq_ignore_ascii_case(it))
    })
}

/// Adds the days of the file that `text` names; complaints about the file itself stand there.
pub(super) fn read(file: &File<'_>, name: &Text, dates: &mut Dates, home: &mut Home<'_>) {
    let Some(ending) = ending(&name.text) else {
        return file.error(wording::HOLIDAY_FILE_KIND, &name.text, name.span.clone());
    };
    if !confined(file, name) {
        return;
    }
    let found = below(home.folder, &name.text, &name.text)
        .and_then(|path| fs::read(path).map_err(|it| cannot_read(&name.text, &it)))
        .and_then(|bytes| text(bytes, &name.text));
    let content = match found {
        Ok(content) => content,
        Err(said) => return file.report(said.help(wording::HELP_HOLIDAY).at(file.place(name.span.clone()))),
    };
    let shown: Arc<str> = name.text.as_str().into();
    home.sources.insert(shown.clone(), content.as_str());
    let before = dates.len();
    let lines = Lines { shown: &shown, text: &content, sink: home.sink };
    match ending {
        "toml" => {
            let (inner, table) = File::parse(shown.clone(), &content, home.sink);
            let mut root = Reader::new(&inner, table.get_ref(), 0..0, &name.text);
            calendar::dates(&mut root, dates, None);
            root.finish();
        }
        "csv" => csv(&lines, dates),
        _ => icalendar(&lines, dates),
    }
    if dates.len() == before {
        let said = Diagnostic::warning(wording::HOLIDAY_FILE_EMPTY).with("name", &name.text);
        file.report(said.at(file.place(name.span.clone())));
    }
}

/// A text file, line by line.
struct Lines<'a> {
    shown: &'a Arc<str>,
    text: &'a str,
    sink: &'a Sink,
}

impl<'a> Lines<'a> {
    /// Each line with its number from 1 and its bytes.
    fn all(&self) -> impl Iterator<Item = (usize, Range<usize>, &'a str)> {
        let text = self.text;
        let mut start = 0;
        text.split_inclusive('\n').enumerate().map(move |(index, line)| {
            let plain = line.trim_end_matches(['\n', '\r']);
            let span = start..start + plain.len();
            start += line.len();
            (index + 1, span, plain)
        })
    }

    fn complain(&self, line: usize, span: Range<usize>, reason: Wording, found: &str) {
        let said = Diagnostic::error(wording::HOLIDAY_FILE).with("line", line.to_string());
        let place = Place::Text { file: self.shown.clone(), span };
        self.sink.borrow_mut().push(said.at(place).help_with(reason, vec![("text", found.to_owned())]));
    }
}

/// `date[,kind[,hours]]`, with or without a header; other columns are left alone.
fn csv(lines: &Lines<'_>, dates: &mut Dates) {
    let mut columns: Vec<String> = ["date", "kind", "hours"].map(str::to_owned).to_vec();
    for (number, span, line) in lines.all() {
        let line = line.trim_start_matches('\u{feff}');
        let cells = cells(line);
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if number == 1 && cells.iter().any(|it| it.eq_ignore_ascii_case("date")) {
            columns = cells.iter().map(|it| it.to_ascii_lowercase()).collect();
            continue;
        }
        let cell = |name: &str| {
            let at = columns.iter().position(|it| it == name)?;
            cells.get(at).map(|it| it.trim()).filter(|it| !it.is_empty())
        };
        let Some(day) = cell("date").and_then(parse_iso_date) else {
            lines.complain(number, span, wording::REASON_CSV_DATE, "");
            continue;
        };
        let hours: Result<Vec<_>, &str> = cell("hours")
            .into_iter()
            .flat_map(|it| it.split([' ', ';']).filter(|it| !it.is_empty()))
            .map(|it| it.parse().map_err(|_| it))
            .collect();
        match (cell("kind").unwrap_or("holiday"), hours) {
            (_, Err(bad)) => lines.complain(number, span, wording::REASON_CSV_HOURS, bad),
            (_, Ok(hours)) if !hours.is_empty() => drop(dates.days.insert(day, hours)),
            ("make_up" | "workday", Ok(_)) => drop(dates.make_up.insert(day)),
            ("holiday", Ok(_)) => drop(dates.holidays.insert(day)),
            (kind, Ok(_)) => lines.complain(number, span, wording::REASON_CSV_KIND, kind),
        }
    }
}

/// The cells of a line of CSV, quotes undone.
pub(super) fn cells(line: &str) -> Vec<String> {
    cells_at(line, 0).into_iter().map(|it| it.text).collect()
}

/// A cell of a line of CSV, quotes undone.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Its bytes in the file, quotes included.
    pub(super) span: Range<usize>,
    /// As those of a script.
    pub(super) runs: Vec<(usize, usize)>,
}

/// The cells of the line that starts at byte `start` of its file.
pub(super) fn cells_at(line: &str, start: usize) -> Vec<Cell> {
    let mut cells = Vec::new();
    let new = |at: usize| Cell { text: String::new(), span: at..at, runs: vec![(0, at)] };
    let (mut cell, mut quoted) = (new(start), false);
    let mut letters = line.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let at = start + at;
        cell.span.end = at + letter.len_utf8();
        match letter {
            // A quote that is written twice stands for itself.
            '"' if quoted && letters.peek().is_some_and(|it| it.1 == '"') => {
                letters.next();
                cell.span.end += 1;
                cell.text.push('"');
                cell.runs.push((cell.text.len(), at + 2));
            }
            '"' => {
                quoted = !quoted;
                cell.runs.push((cell.text.len(), at + 1));
            }
            ',' if !quoted => {
                cell.span.end = at;
                cells.push(std::mem::replace(&mut cell, new(at + 1)));
            }
            letter => cell.text.push(letter),
        }
    }
    cells.push(cell);
    cells
}

/// An event in the making.
#[derive(Default)]
struct Event {
    start: Option<i64>,
    end: Option<i64>,
    yearly: bool,
    works: bool,
}

/// All-day events are holidays; those whose summary says 补班 or 上班 are make-up days.
fn icalendar(lines: &Lines<'_>, dates: &mut Dates) {
    let mut event: Option<Event> = None;
    for (number, span, line) in lines.all() {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let name = name.split(';').next().unwrap_or_default().to_ascii_uppercase();
        match (name.as_str(), &mut event) {
            ("BEGIN", _) if value == "VEVENT" => event = Some(Event::default()),
            ("DTSTART", Some(event)) => event.start = basic_date(value),
            ("DTEND", Some(event)) => event.end = basic_date(value),
            ("SUMMARY", Some(event)) => event.works = value.contains("补班") || value.contains("上班"),
            ("RRULE", Some(event)) => {
                event.yearly = value.split(';').any(|it| it == "FREQ=YEARLY");
                let plain = |it: &str| ["FREQ=YEARLY", "INTERVAL=1"].contains(&it);
                if !value.split(';').all(plain) {
                    lines.complain(number, span, wording::REASON_ICS_RULE, value);
                }
            }
            ("END", Some(done)) if value == "VEVENT" => {
                match done.start {
                    Some(start) => done.add(start, dates),
                    None => lines.complain(number, span, wording::REASON_ICS_DATE, ""),
                }
                event = None;
            }
            _ => {}
        }
    }
}

impl Event {
    /// The end of an all-day event is the day after it.
    fn add(&self, start: i64, dates: &mut Dates) {
        let end = self.end.unwrap_or(start + 1).clamp(start + 1, start + 366);
        for day in start..end {
            if self.works {
                dates.make_up.insert(day);
            } else if self.yearly {
                let (_, month, of_month) = civil_from_days(day);
                dates.yearly.insert((month, of_month));
            } else {
                dates.holidays.insert(day);
            }
        }
    }
}

/// `20260101`, whatever follows.
fn basic_date(text: &str) -> Option<i64> {
    let digits = text.get(..8).filter(|it| it.bytes().all(|it| it.is_ascii_digit()))?;
    parse_iso_date(&format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ending: &str, text: &str) -> (Dates, usize) {
        let (sink, shown) = (Sink::default(), Arc::from("holidays"));
        let lines = Lines { shown: &shown, text, sink: &sink };
        let mut dates = Dates::default();
        if ending == "csv" {
            csv(&lines, &mut dates)
        } else {
            icalendar(&lines, &mut dates)
        }
        (dates, sink.into_inner().len())
    }

    #[test]
    fn csv_is_read() {
        let text = "\u{feff}name,date,kind,hours\r\n\"New Year, first\",2026-01-01,holiday,\n春节补班,2026-02-14,make_up,\n,2026-02-13,,09:00-12:00\nx,2026-13-01,,\ny,2026-01-02,fun,\n";
        let (dates, faults) = of("csv", text);
        assert_eq!((dates.holidays.len(), dates.make_up.len(), dates.days.len(), faults), (1, 1, 1, 2));
        assert_eq!(of("csv", "2026-01-01\n2026-01-02\n").0.holidays.len(), 2);
    }

    #[test]
    fn icalendar_is_read() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260215\r\nDTEND;VALUE=DATE:20260224\r\nSUMMARY:春节\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260214\r\nSUMMARY:春节 补班\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20261225T000000\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let (dates, faults) = of("ics", text);
        assert_eq!((dates.holidays.len(), dates.make_up.len(), dates.yearly.len(), faults), (9, 1, 1, 0));
    }
}
