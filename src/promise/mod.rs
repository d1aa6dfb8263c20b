//! Clocks: from start, stop, target, calendar and pauses to an outcome, by record (SEMANTICS, section 4).
//!
//! Pure: columns in, columns out. Which fields the columns hold, and what becomes of a breach, is for
//! `engine` to say; calendars answer for themselves.

mod clock;
mod course;
mod direct;
mod marks;
mod open_times;
mod run;
mod sheet;
mod watch;

#[cfg(test)]
mod direct_tests;
#[cfg(test)]
mod tests;

pub use clock::{
    Begun, Carried, Event, Fault, Outcome, Paused, Reading, State, Target, cut, judge, timeline,
};
pub use course::Cycles;
pub use marks::Marks;
pub use open_times::OpenTimes;
pub use run::{
    CalendarInput, ChangeInput, ClockPlan, Counts, CycleInput, InForce, Lack, Parts, PauseInput, Read,
    Standing, TargetInput,
};
pub use watch::Watch;
