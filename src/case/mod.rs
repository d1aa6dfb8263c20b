//! Cases: the events of one case id in the order of time, and what rules ask of them (SEMANTICS, section 5).
//!
//! Pure. A log is taken as complete: a step that it does not hold has not happened. How events are read, and
//! which rules ask what, is for others to say.

mod course;
mod log;
mod measure;
mod packed;
mod reckon;

#[cfg(test)]
mod tests;

pub use course::spells;
pub use log::{CaseEvents, Event, EventLog, Fetched, Left, LogBuilder};
pub use measure::{Measure, Moment, Part, Which};
pub use reckon::Reckoning;
