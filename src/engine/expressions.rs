//! Expressions of any type over the records of a source.

use super::{
    PlanColumn, SourceAsk,
    judge::derive,
    plan::{Planning, column_name},
};
use crate::{
    calendar::Zone,
    diagnostic::Diagnostic,
    expr::{CHUNK_LEN, Cause, Evaluator, ExprId, Program, Scratch, values_of},
    record::{Batch, Schema, Type, Value},
    rule::{Pack, Script},
    script::{CompiledValue, Names, Registry, RowRunner, compile_value, names_in},
};
use std::sync::Arc;

/// Everything that evaluating expressions needs.
#[derive(Debug)]
pub struct ExpressionPlan {
    program: Arc<Program>,
    /// The columns to decode.
    pub columns: Vec<PlanColumn>,
    derived: Vec<(ExprId, Type)>,
    /// The names of all columns, for what is missing.
    pub column_names: Vec<String>,
    /// The columns of the key, as written.
    pub key: Vec<u32>,
    /// The expressions.
    pub expressions: Vec<CompiledValue>,
}

/// Plans expressions over a source's records. They may use the decision tables and word lists of all
/// `packs`; of two with one name the first is meant.
pub fn plan_expressions(
    ask: &SourceAsk,
    schema: &Schema,
    packs: &[Pack],
    setting: (&Zone, i64),
    scripts: &[Script],
) -> (Option<ExpressionPlan>, Vec<Diagnostic>) {
    let (zone, as_of) = setting;
    let mut planning = Planning { ask, schema, columns: Vec::new(), diagnostics: Vec::new() };
    let fields = planning.fields(scripts.iter().flat_map(names_in).collect());
    let key = planning.written(&ask.key);
    let mut program = Program::new(zone.clone());
    let mut registry = Registry::default();
    let mut names = Names {
        kind: ask.kind.clone(),
        fields,
        pack: String::new(),
        tables: packs.iter().flat_map(|it| &it.tables).collect(),
        phrases: packs.iter().flat_map(|it| &it.phrases).collect(),
        library: &[],
        as_of,
    };
    let derived = planning.derived(&mut program, &mut registry, &mut names);
    let mut expressions = Vec::new();
    for script in scripts {
        let (compiled, mut diagnostics) = compile_value(&mut program, &mut registry, &names, script);
        planning.diagnostics.append(&mut diagnostics);
        expressions.extend(compiled);
    }
    if planning.diagnostics.iter().any(Diagnostic::is_error) {
        return (None, planning.diagnostics);
    }
    let roots = derived.iter().map(|it| it.0).chain(expressions.iter().filter_map(|it| it.node));
    program.share(&roots.collect::<Vec<_>>());
    let total = planning.columns.len() + derived.len();
    let column_names =
        (0..total).map(|it| column_name(&names, u32::try_from(it).unwrap_or(u32::MAX))).collect();
    let plan = ExpressionPlan {
        program: Arc::new(program),
        columns: planning.columns,
        derived,
        column_names,
        key,
        expressions,
    };
    (Some(plan), planning.diagnostics)
}

impl ExpressionPlan {
    /// Whether an expression, by its number, gives lists.
    #[must_use]
    pub fn is_list(&self, number: usize) -> bool {
        self.expressions.get(number).is_some_and(|it| matches!(it.ty, Some(Type::List(_))))
    }
}

/// Evaluates the expressions of a plan block by block.
pub struct Expressions<'a> {
    plan: &'a ExpressionPlan,
    scratch: Scratch,
    runner: RowRunner,
}

impl<'a> Expressions<'a> {
    /// Gets ready.
    #[must_use]
    pub fn new(plan: &'a ExpressionPlan) -> Self {
        let runner = RowRunner::new(&plan.program);
        Self { plan, scratch: Scratch::default(), runner }
    }

    /// The values of every expression for the records of a batch, or why there is none; derived fields
    /// are appended to the batch's columns.
    pub fn values(&mut self, batch: &mut Batch) -> Vec<Vec<Result<Value, Cause>>> {
        let program = &*self.plan.program;
        derive(&self.plan.derived, program, &mut self.scratch, batch);
        let mut all = Vec::new();
        for expression in &self.plan.expressions {
            let mut values = Vec::with_capacity(batch.len);
            if let Some(node) = expression.node {
                let mut evaluator = Evaluator::new(program, batch, &mut self.scratch);
                let mut low = 0;
                while evaluator.go_to(low) {
                    values.append(&mut values_of(&mut evaluator, node));
                    low += CHUNK_LEN;
                }
            } else {
                values.extend((0..batch.len).map(|row| expression.value(&self.runner, batch, row)));
            }
            all.push(values);
        }
        all
    }
}
