//! What the tests know without the product: tables read by a CSV reader of their own, times and
//! zones reckoned by hand.

use std::{collections::HashMap, path::Path};

/// A table as its file has it; cells are text.
pub(crate) struct Table {
    header: Vec<String>,
    pub(crate) records: Vec<Record>,
}

/// One record with where it stands.
pub(crate) struct Record {
    pub(crate) cells: Vec<String>,
    /// As reports show it.
    pub(crate) file: String,
    /// The header is row 1.
    pub(crate) row: u64,
}

impl Table {
    pub(crate) fn read(folder: &Path, files: &[&str]) -> Self {
        let texts = files
            .iter()
            .map(|file| (*file, String::from_utf8(std::fs::read(folder.join(file)).unwrap()).unwrap()));
        Self::of(texts)
    }

    pub(crate) fn of<'a>(texts: impl Iterator<Item = (&'a str, String)>) -> Self {
        let mut table = Self { header: Vec::new(), records: Vec::new() };
        for (file, text) in texts {
            let mut rows = split(&text).into_iter();
            table.header = rows.next().unwrap();
            for (cells, row) in rows.zip(2..) {
                assert_eq!(cells.len(), table.header.len(), "{file}, record {row}");
                table.records.push(Record { cells, file: format!("data/{file}"), row });
            }
        }
        table
    }

    /// The place of a column; of several with one name the `nth`, from 0.
    pub(crate) fn nth(&self, name: &str, nth: usize) -> usize {
        let mut found = self.header.iter().enumerate().filter(|(_, it)| *it == name);
        found.nth(nth).unwrap_or_else(|| panic!("no column {name}")).0
    }

    pub(crate) fn at(&self, name: &str) -> usize {
        self.nth(name, 0)
    }

    /// The places of several columns.
    pub(crate) fn all<const N: usize>(&self, names: [&str; N]) -> [usize; N] {
        names.map(|it| self.at(it))
    }

    pub(crate) fn by(&self, key: usize) -> HashMap<&str, &Record> {
        self.records.iter().map(|it| (it.cells[key].as_str(), it)).collect()
    }
}

impl Record {
    /// The cell's text, unless it is one of the marks for nothing.
    pub(crate) fn get(&self, at: usize, missing: &str) -> Option<&str> {
        Some(self.cells[at].as_str()).filter(|it| *it != missing)
    }

    pub(crate) fn number(&self, at: usize) -> f64 {
        self.cells[at].parse().unwrap()
    }

    pub(crate) fn int(&self, at: usize) -> i64 {
        self.cells[at].parse().unwrap()
    }
}

/// RFC 4180, letter by letter.
fn split(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut begun) = (false, false);
    let mut letters = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            _ if quoted => cell.push(letter),
            ',' => cells.push(std::mem::take(&mut cell)),
            '\r' if letters.peek() == Some(&'\n') => continue,
            '\n' => {
                cells.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut cells));
            }
            _ => cell.push(letter),
        }
        begun = letter != '\n' || quoted;
    }
    if begun {
        cells.push(cell);
        rows.push(cells);
    }
    rows
}

/// Days since 1970-01-01, counted by years and months.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let lengths = |year| [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let years: i64 = (1970..year).map(|it| 365 + i64::from(leap(it))).sum();
    let months: i64 = lengths(year)[..usize::try_from(month - 1).unwrap()].iter().sum();
    years + months + day - 1
}

/// The numbers in a text, in order.
fn numbers(text: &str) -> Vec<i64> {
    text.split(|it: char| !it.is_ascii_digit())
        .filter(|it| !it.is_empty())
        .map(|it| it.parse().unwrap())
        .collect()
}

/// Seconds since 1970 on the written clock, of a date in the order that `order` says (the places of
/// year, month and day) and a time of day, which may be left out.
pub(crate) fn seconds(text: &str, order: [usize; 3]) -> i64 {
    let mut all = numbers(text);
    all.resize(6, 0);
    if text.ends_with("AM") || text.ends_with("PM") {
        all[3] = all[3] % 12 + if text.ends_with("PM") { 12 } else { 0 };
    }
    days(all[order[0]], all[order[1]], all[order[2]]) * 86_400 + all[3] * 3600 + all[4] * 60 + all[5]
}

pub(crate) const YEAR_FIRST: [usize; 3] = [0, 1, 2];
pub(crate) const MONTH_FIRST: [usize; 3] = [2, 0, 1];
pub(crate) const DAY_FIRST: [usize; 3] = [2, 1, 0];

pub(crate) fn hour(seconds: i64) -> i64 {
    seconds.rem_euclid(86_400) / 3600
}

/// Monday is 1; 1970-01-01 was a Thursday.
pub(crate) fn weekday(seconds: i64) -> i64 {
    (seconds.div_euclid(86_400) + 3).rem_euclid(7) + 1
}

/// What a clock in Rome showed at an instant: from the last Sunday of March, 01:00 UTC, to the last
/// one of October two hours ahead, else one.
pub(crate) fn rome(utc: i64) -> i64 {
    let year = (1970..2100).rfind(|it| days(*it, 1, 1) * 86_400 <= utc).unwrap();
    let last_sunday = |month| {
        let last = days(year, month, 31) * 86_400;
        last - weekday(last) % 7 * 86_400 + 3600
    };
    let summer = (last_sunday(3)..last_sunday(10)).contains(&utc);
    utc + if summer { 7200 } else { 3600 }
}
