//! Gates, as written: conditions over the whole result of an audit.

use super::Script;
use crate::diagnostic::Place;

/// A named condition over the whole result.
#[derive(Clone, Debug)]
pub struct DeclaredGate {
    /// Its id.
    pub id: String,
    /// What must hold: an expression over figures of the result.
    pub check: Script,
    /// True where the gate holds although its figure does not exist.
    pub holds_without: bool,
    /// Where its table stands.
    pub place: Place,
}
