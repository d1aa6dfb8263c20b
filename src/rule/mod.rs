//! What a standard is: packs, rules, phrase lists and decision tables, read from TOML with the
//! place of every part kept, so that a mistake is shown where it stands.

mod calibration;
mod gate;
mod pack;
mod parts;
mod promise;
mod reach;
mod sampling;
mod scorecard;
mod template;
mod waiver;

pub use calibration::{Calibration, RatingLevel};
pub use gate::DeclaredGate;
pub use pack::{Example, Pack, Rule, snake_case};
pub use parts::{
    Bound, DeclaredCalendar, Effective, LibraryFile, MissingPolicy, Outcome, Param, ParamOrigin, Phrases,
    Script, Severity, Table, TableCell, TableRow,
};
pub use promise::{ChangeFields, OfEvents, Pause, Promise, Reopen, Target, TargetChange};
pub use reach::{Per, Reach, Within};
pub use sampling::{Sampling, Stratum};
pub use scorecard::{Critical, Item, Period, Scope, Scorecard, Scored, Section, Weighting, WithoutEvidence};
pub use template::{Piece, Template, TemplateError};
pub use waiver::{Waived, Waiver};
