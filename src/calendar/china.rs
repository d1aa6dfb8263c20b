//! Public holidays and make-up working days of mainland China, 2018 to 2026.
//!
//! Source: the yearly notices of the General Office of the State Council on the arrangement of public
//! holidays (国务院办公厅关于部分节假日安排的通知), as the libraries holidays-py, chinese-days and
//! chinese-workday give them. The table holds every day that differs from work on Monday to Friday.

use super::days_from_civil;

/// The days of a year that differ from the rule of the week, as `MMDD`.
struct Year {
    year: i64,
    /// Weekdays without work.
    off: &'static str,
    /// Days of the weekend with work.
    on: &'static str,
}

/// The years that the table holds.
pub const CHINA_YEARS: std::ops::RangeInclusive<i64> = 2018..=2026;

/// The days, in days since 1970-01-01, that differ from the rule of the week: true for a make-up
/// working day, false for a holiday.
pub(super) fn exceptions() -> impl Iterator<Item = (i64, bool)> {
    YEARS.iter().flat_map(|it| {
        let days = |list: &'static str, on: bool| {
            let year = it.year;
            list.split(' ').filter_map(move |day| {
                let (month, day) = day.split_at_checked(2)?;
                Some((days_from_civil(year, month.parse().ok()?, day.parse().ok()?), on))
            })
        };
        days(it.off, false).chain(days(it.on, true))
    })
}

#[rustfmt::skip] // A table.
const YEARS: &[Year] = &[
    Year { year: 2018, off: "0101 0215 0216 0219 0220 0221 0405 0406 0430 0501 0618 0924 1001 1002 1003 1004 1005 1231",
        on: "0211 0224 0408 0428 0929 0930 1229" },
    Year { year: 2019, off: "0101 0204 0205 0206 0207 0208 0405 0501 0502 0503 0607 0913 1001 1002 1003 1004 1007",
        on: "0202 0203 0428 0505 0929 1012" },
    Year { year: 2020, off: "0101 0124 0127 0128 0129 0130 0131 0406 0501 0504 0505 0625 0626 1001 1002 1005 1006 1007 1008",
        on: "0119 0426 0509 0628 0927 1010" },
    Year { year: 2021, off: "0101 0211 0212 0215 0216 0217 0405 0503 0504 0505 0614 0920 0921 1001 1004 1005 1006 1007",
        on: "0207 0220 0425 0508 0918 0926 1009" },
    Year { year: 2022, off: "0103 0131 0201 0202 0203 0204 0404 0405 0502 0503 0504 0603 0912 1003 1004 1005 1006 1007",
        on: "0129 0130 0402 0424 0507 1008 1009" },
    Year { year: 2023, off: "0102 0123 0124 0125 0126 0127 0405 0501 0502 0503 0622 0623 0929 1002 1003 1004 1005 1006",
        on: "0128 0129 0423 0506 0625 1007 1008" },
    Year { year: 2024, off: "0101 0212 0213 0214 0215 0216 0404 0405 0501 0502 0503 0610 0916 0917 1001 1002 1003 1004 1007",
        on: "0204 0218 0407 0428 0511 0914 0929 1012" },
    Year { year: 2025, off: "0101 0128 0129 0130 0131 0203 0204 0404 0501 0502 0505 0602 1001 1002 1003 1006 1007 1008",
        on: "0126 0208 0427 0928 1011" },
    Year { year: 2026, off: "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007",
        on: "0104 0214 0228 0509 0920 1010" },
];
