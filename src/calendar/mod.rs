//! When time counts: zones, civil dates and how they are written.
//!
//! Business hours, holidays and make-up days will live here too.

mod civil;
mod zone;

pub use civil::{
    Civil, IsoTime, civil_from_days, days_from_civil, duration_text, format_date, format_time, iso_week,
    parse_iso_date, parse_iso_time,
};
pub use zone::{Resolution, Zone};
