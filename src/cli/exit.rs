//! Exit codes.

/// The gates hold.
pub const HELD: u8 = 0;
/// A gate failed.
pub const GATE_FAILED: u8 = 1;
/// The audit could not be carried out as asked: bad project, rule, input or output; records that
/// could not be computed; no rule or no record. It beats [`GATE_FAILED`].
pub const NOT_AS_ASKED: u8 = 2;
/// Someone pressed Ctrl-C; nothing was written.
pub const INTERRUPTED: u8 = 130;
