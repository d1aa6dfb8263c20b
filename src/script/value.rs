//! Expressions of any type: lowered to columns where they can be, walked row by row where not.

use super::{
    Names, Registry, RowRunner,
    compile::parse_expression,
    lower::{Lowering, help_of_value},
    parse::parser,
    rows::{Ground, RowScript, plant},
    tokens::Tokens,
};
use crate::{
    diagnostic::{Diagnostic, Said},
    expr::{Cause, ExprId, Program},
    record::{Batch, Type, Value},
    rule::{Param, Script},
    wording,
};

/// An expression, ready to be evaluated.
#[derive(Clone, Debug)]
pub struct CompiledValue {
    /// The type of its values; `None` where that shows only when it runs.
    pub ty: Option<Type>,
    /// Its node, where it lowers.
    pub node: Option<ExprId>,
    /// Why it does not.
    pub reason: Option<Said>,
    /// The parameters that it reads.
    pub params: Vec<String>,
    script: RowScript,
}

/// Compiles an expression that gives a value.
pub fn compile_value(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    params: &[Param],
    script: &Script,
) -> (Option<CompiledValue>, Vec<Diagnostic>) {
    let tokens = Tokens::new(&script.text);
    let ast = match parse_expression(&parser(), script, &tokens) {
        Ok(ast) => ast,
        Err(diagnostic) => return (None, vec![*diagnostic]),
    };
    let lowered = Lowering::new(program, registry, names, params, script, &tokens).run(&ast);
    let mut diagnostics = lowered.diagnostics;
    if lowered.is_unit && !diagnostics.iter().any(Diagnostic::is_error) {
        let place = script.place(0..script.text.trim_end().len());
        let help = help_of_value(ast.statements());
        diagnostics.push(Diagnostic::error(wording::NO_VALUE).at(place).help(help));
    }
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
    }
    match plant(Ground { program, registry, names, params }, script, &tokens, &ast) {
        Ok((planted, _)) => {
            let compiled = CompiledValue {
                ty: lowered.ty,
                node: lowered.node,
                reason: lowered.reason,
                params: lowered.params,
                script: planted,
            };
            (Some(compiled), diagnostics)
        }
        Err(diagnostic) => (None, vec![*diagnostic]),
    }
}

impl CompiledValue {
    /// Its value for one record, row by row, or why there is none.
    ///
    /// # Errors
    /// What was missing on the way, or could not be computed.
    pub fn value(&self, runner: &RowRunner, batch: &Batch, row: usize) -> Result<Value, Cause> {
        runner.value(&self.script, batch, row, false)
    }

    /// As [`CompiledValue::value`]; a value that is missing is a reason why there is none.
    ///
    /// # Errors
    /// What was missing, or could not be computed.
    pub fn required(&self, runner: &RowRunner, batch: &Batch, row: usize) -> Result<Value, Cause> {
        runner.value(&self.script, batch, row, true)
    }
}
