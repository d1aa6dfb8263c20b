//! The only room that knows Rhai: scripts are parsed, their names resolved and their types checked,
//! lowered to column expressions or kept to run row by row, within limits.

mod aggregates;
mod compile;
mod figures;
mod habits;
mod library;
mod lint;
mod lower;
mod names;
mod parse;
mod rows;
mod spans;
mod steps;
mod switch;
mod syntax;
mod tokens;
mod value;

pub use aggregates::{AGGREGATES, Aggregate, AggregateCall, AggregateEntry, Split, has_aggregate, split};
pub use compile::{ColumnRule, CompiledRule, Conjunct, Form, compile_derived, compile_rule, names_in};
pub use figures::{
    Counted, FIGURES, FigureCall, FigureEntry, GroupFigure, ResultFigure, WaiverKind, cut_figures,
};
pub use library::Library;
pub use lint::{TableInput, table_faults};
pub use lower::Registry;
pub use names::{FieldName, Names};
pub use rows::{PartKind, Reached, RowRule, RowRunner, RowVerdict, RuleTrace, Traced, tick};
pub use steps::{STEPS, StepCall, StepCalls, StepEntry};
pub use value::{CompiledValue, compile_value};
