//! When time counts: zones, civil dates and how they are written, business calendars.
//!
//! The way through: `civil` and `zone` (clocks), `hours` (`09:00-12:00`), `week` (what a calendar says of
//! a day; `china` holds the public holidays of mainland China), `timeline` (open time between instants
//! by prefix sums), `due` (amounts of it from a start).

mod china;
mod civil;
mod due;
mod hours;
mod timeline;
mod week;
mod zone;

#[cfg(test)]
mod tests;

pub use china::CHINA_YEARS;
pub use civil::{
    Civil, IsoTime, civil_from_days, days_from_civil, duration_text, format_date, format_month,
    format_quarter, format_time, format_week, format_year, hours_text, iso_week, parse_iso_date,
    parse_iso_time,
};
pub use due::{Clock, DayEnd, Reopening, Retargeting, Roll, StartAt, Terms};
pub use hours::{Hours, HoursError, WEEKDAYS, weekdays};
pub use timeline::Calendar;
pub use week::{CalendarSpec, DayKind, HolidayScope};
pub use zone::{Resolution, Zone};
