//! Checks with aggregates, cut in two: what stands inside an aggregate is evaluated for each record, what
//! stands around it reads the aggregates as columns.

use super::{
    group::{aggregation, result_of, unfit},
    groups::Call,
};
use crate::{
    diagnostic::{Diagnostic, Said},
    expr::Program,
    record::Type,
    rule::{Rule, Script},
    script::{
        AggregateCall, CompiledRule, CompiledValue, FieldName, Form, Names, Registry, compile_rule,
        compile_value, split,
    },
    wording,
};

/// A check whose aggregates are named columns.
pub(super) struct Cut {
    outer: Script,
    pub(super) written: Vec<AggregateCall>,
    pub(super) calls: Vec<Call>,
    /// The types of the aggregates.
    pub(super) types: Vec<Type>,
    /// The parameters that arguments read.
    pub(super) params: Vec<String>,
}

/// Compiles an expression over records, as the rest of a rule would be.
pub(super) fn record_value(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    (rule, row_by_row): (&Rule, bool),
    script: &Script,
) -> Result<CompiledValue, Vec<Diagnostic>> {
    let (compiled, diagnostics) = compile_value(program, registry, names, &rule.params, script);
    let Some(mut compiled) = compiled else { return Err(diagnostics) };
    if row_by_row && compiled.node.take().is_some() {
        compiled.reason = Some(Said { wording: wording::REASON_ASKED, arguments: Vec::new() });
    }
    Ok(compiled)
}

/// Cuts a rule's check, and compiles the arguments of its aggregates.
pub(super) fn cut(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    rule: &Rule,
    row_by_row: bool,
) -> Result<Cut, Vec<Diagnostic>> {
    let mut is_list = |script: &Script| {
        let (compiled, _) = compile_value(program, registry, names, &rule.params, script);
        compiled.is_some_and(|it| matches!(it.ty, Some(Type::List(_))))
    };
    let parts = split(&rule.check, &mut is_list)?;
    if parts.calls.is_empty() {
        let place = rule.check.place(0..rule.check.text.trim_end().len());
        let said = Diagnostic::error(wording::NO_AGGREGATE_RULE).at(place);
        return Err(vec![said.help(wording::HELP_NO_AGGREGATE)]);
    }
    let mut cut = Cut {
        outer: parts.outer,
        written: Vec::new(),
        calls: Vec::new(),
        types: Vec::new(),
        params: Vec::new(),
    };
    let mut diagnostics = Vec::new();
    for call in parts.calls {
        let argument = call.argument.as_ref();
        let compiled =
            argument.map(|it| record_value(program, registry, names, (rule, row_by_row), it)).transpose();
        let argument = match compiled {
            Ok(argument) => argument,
            Err(mut wrong) => {
                diagnostics.append(&mut wrong);
                continue;
            }
        };
        let ty = argument.as_ref().and_then(|it| it.ty);
        match result_of(&call, ty) {
            Some(result) => cut.types.push(result),
            None => diagnostics.push(unfit(&rule.check, &call, ty)),
        }
        cut.params.extend(argument.iter().flat_map(|it| it.params.clone()));
        cut.calls.push(Call { of: aggregation(&call, ty), argument, worst: None });
        cut.written.push(call);
    }
    if diagnostics.is_empty() { Ok(cut) } else { Err(diagnostics) }
}

impl Cut {
    /// The aggregates as names of columns from `first` on: as they are written, for people, and as they
    /// stand in the outer expression.
    pub(super) fn fields(&self, first: u32) -> Vec<FieldName> {
        let mut fields = Vec::new();
        for ((call, ty), column) in self.written.iter().zip(&self.types).zip(first..) {
            for name in [&call.text, &call.name] {
                let (name, column) = (name.clone(), Some(column));
                fields.push(FieldName { name, ty: *ty, choices: Vec::new(), column });
            }
        }
        fields
    }

    /// Compiles what stands around the aggregates as a rule; `names` has the aggregates among its fields,
    /// `used` are parameters that are read elsewhere.
    pub(super) fn compile(
        &self,
        (program, registry): (&mut Program, &mut Registry),
        names: &Names<'_>,
        rule: &Rule,
        used: &[String],
        row_by_row: bool,
    ) -> (Option<CompiledRule>, Vec<Diagnostic>) {
        let mut outer = rule.clone();
        outer.check = self.outer.clone();
        let is_read = |name: &String| used.contains(name) || self.params.contains(name);
        let in_outer = crate::script::names_in(&self.outer);
        outer.params.retain(|it| !is_read(&it.name) || in_outer.contains(&it.name));
        let (mut compiled, diagnostics) = compile_rule(program, registry, names, &outer, row_by_row);
        match compiled.as_mut().map(|it| &mut it.form) {
            Some(Form::Columns(columns)) => {
                columns.conjuncts.iter_mut().for_each(|it| it.text = self.as_written(&it.text));
            }
            Some(Form::Rows(rows)) => rows.show_check_as(&rule.check.text),
            None => {}
        }
        (compiled, diagnostics.into_iter().map(|it| self.told(it)).collect())
    }

    /// A text of the outer expression with its aggregates as they are written.
    pub(super) fn as_written(&self, text: &str) -> String {
        self.written.iter().fold(text.to_owned(), |text, call| text.replace(&call.name, &call.text))
    }

    fn told(&self, said: Diagnostic) -> Diagnostic {
        said.rewritten(|it| self.as_written(it))
    }
}
