//! The only room that knows Rhai: scripts are parsed, their names resolved and their types checked,
//! lowered to column expressions or kept to run row by row, in a sandbox.

mod compile;
mod lint;
mod lists;
mod lower;
mod names;
mod rewrite;
mod rows;
mod sandbox;
mod spans;
mod tokens;
mod values;

pub use compile::{
    ColumnRule, CompiledRule, Conjunct, Form, RowRule, compile_derived, compile_rule, names_in,
};
pub use lower::Registry;
pub use names::{FieldName, Names, snake_case};
pub use rows::{RowRunner, RowVerdict};
