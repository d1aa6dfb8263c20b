//! The typed expression language: a closed set of nodes over columns, the table of functions, and
//! vectorised evaluation with selection.
//!
//! Invariants: a [`Program`] is well typed (its builder refuses all else); equal nodes are one node;
//! kernels never raise: rows that cannot be computed drop out by mask (SEMANTICS 2.2 and 2.3).

mod domain;
mod eval;
mod fault;
mod functions;
mod kernels;
mod mask;
mod node;
mod phrases;
mod program;
mod row_functions;
mod scalar;
mod table;
#[cfg(test)]
mod tests;
mod values;

pub use domain::{Domain, Key, Span};
pub(crate) use eval::value_at;
pub use eval::{Evaluator, Scratch, append_to_column, values_of};
pub use fault::{Cause, Fault, Faults, Limit};
pub use functions::{FUNCTIONS, Function, Kernel, fold_text, functions_named};
pub(crate) use kernels::fold_floats;
pub use mask::{CHUNK_LEN, Mask};
pub use node::{Arithmetic, Comparison, Constant, ExprId, Fold, Node, Set};
pub use phrases::PhraseMatcher;
pub use program::Program;
pub(crate) use row_functions::row_function;
pub use row_functions::{
    ALIASES, Described, Native, ROW_FUNCTIONS, RowFunction, SPECIAL_FORMS, SpecialForm, canonical, described,
};
pub(crate) use scalar::{decimals, floats, ints};
pub use table::{CellTest, DecisionTable};
pub use values::{Absent, Evaluated, Numbers, Texts, Vals};
