//! Expressions over groups: aggregates are reckoned record by record, what stands around them once a
//! group.

use super::{Aggregation, ExpressionPlan, Figure, Groups, SourceAsk, plan_expressions};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, nearest},
    expr::{Cause, Program},
    record::{Batch, Column, Schema, Type, Value},
    rule::{Pack, Script},
    script::{AggregateCall, CompiledValue, FieldName, Names, Registry, RowRunner, compile_value, split},
    wording,
};
use std::sync::Arc;

/// An expression over groups, planned.
#[derive(Debug)]
pub struct GroupPlan {
    /// The expressions evaluated for each record: the group's values, then the arguments of aggregates.
    pub records: ExpressionPlan,
    /// Its aggregates.
    pub calls: Vec<AggregateCall>,
    per: usize,
    outer: Outer,
}

/// What stands around the aggregates.
#[derive(Debug)]
enum Outer {
    /// Nothing: the value is that of the only one.
    Nothing,
    /// An expression over columns: those of the group's values that have names, then the aggregates.
    Around(Arc<Program>, Box<CompiledValue>, Vec<(Origin, Type)>),
}

/// Where a column of the outer expression comes from.
#[derive(Clone, Copy, Debug)]
enum Origin {
    Key(usize),
    Figure(usize),
}

/// A group with its value.
#[derive(Clone, Debug)]
pub struct GroupValue {
    /// The group's values.
    pub key: Vec<Value>,
    /// Its records.
    pub records: u64,
    /// What the expression came to; what an aggregate lacked for want of records is missing.
    pub value: Result<Value, Cause>,
    /// What its aggregates came to.
    pub figures: Vec<Figure>,
}

/// Plans an expression over the groups that `per` gives; one group of all records where it is empty.
pub fn plan_groups(
    ask: &SourceAsk,
    schema: &Schema,
    packs: &[Pack],
    setting: (&Zone, i64),
    (expression, per): (&Script, &[Script]),
) -> (Option<GroupPlan>, Vec<Diagnostic>) {
    let mut is_list = |script: &Script| {
        let one = std::slice::from_ref(script);
        let plan = plan_expressions(ask, schema, packs, setting, one).0;
        plan.is_some_and(|it| it.is_list(0))
    };
    let parts = match split(expression, &mut is_list) {
        Ok(parts) => parts,
        Err(diagnostics) => return (None, diagnostics),
    };
    if parts.calls.is_empty() {
        let place = expression.place(0..expression.text.trim_end().len());
        let said = Diagnostic::error(wording::NO_AGGREGATE).at(place).help(wording::HELP_NO_AGGREGATE);
        return (None, vec![said]);
    }
    let arguments = parts.calls.iter().filter_map(|it| it.argument.clone());
    let scripts: Vec<Script> = per.iter().cloned().chain(arguments).collect();
    let (records, mut diagnostics) = plan_expressions(ask, schema, packs, setting, &scripts);
    let Some(records) = records else { return (None, diagnostics) };
    let mut types = records.expressions[per.len()..].iter().map(|it| it.ty);
    let mut fields: Vec<(FieldName, Origin)> = Vec::new();
    for (number, script) in per.iter().enumerate() {
        if let Some(ty) = records.expressions[number].ty {
            fields.push((field(script.text.trim(), ty, fields.len()), Origin::Key(number)));
        }
    }
    for (number, call) in parts.calls.iter().enumerate() {
        let ty = if call.argument.is_some() { types.next().flatten() } else { None };
        let counts = call.argument.is_none() || call.aggregate.result(None).is_none() || ty.is_some();
        match call.aggregate.result(ty).filter(|_| counts) {
            Some(result) => {
                fields.push((field(&call.name, result, fields.len()), Origin::Figure(number)));
            }
            None => diagnostics.push(unfit(expression, call, ty)),
        }
    }
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
    }
    let outer = if parts.outer.text.trim() == parts.calls[0].name {
        Some(Outer::Nothing)
    } else {
        outer(&parts.outer, fields, (ask, setting), schema, &mut diagnostics)
    };
    let plan = outer.map(|outer| GroupPlan { records, calls: parts.calls, per: per.len(), outer });
    (plan, diagnostics)
}

fn field(name: &str, ty: Type, column: usize) -> FieldName {
    FieldName { name: name.to_owned(), ty, choices: Vec::new(), column: u32::try_from(column).ok() }
}

fn unfit(expression: &Script, call: &AggregateCall, ty: Option<Type>) -> Diagnostic {
    let name = call.text.split('(').next().unwrap_or_default().trim().to_owned();
    let found = ty.map_or("?", Type::name);
    let said = Diagnostic::error(wording::WRONG_ARGUMENTS).with("name", name).with("found", found);
    said.at(expression.place(call.range.clone())).help(wording::HELP_AGGREGATES)
}

fn outer(
    script: &Script,
    fields: Vec<(FieldName, Origin)>,
    (ask, (zone, as_of)): (&SourceAsk, (&Zone, i64)),
    schema: &Schema,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Outer> {
    let sources: Vec<(Origin, Type)> = fields.iter().map(|it| (it.1, it.0.ty)).collect();
    let names = Names {
        kind: ask.kind.clone(),
        fields: fields.into_iter().map(|it| it.0).collect(),
        pack: String::new(),
        tables: Vec::new(),
        phrases: Vec::new(),
        library: &[],
        as_of,
    };
    let mut program = Program::new(zone.clone());
    let (compiled, found) = compile_value(&mut program, &mut Registry::default(), &names, script);
    diagnostics.extend(found.into_iter().map(|it| not_of_group(it, schema)));
    Some(Outer::Around(Arc::new(program), Box::new(compiled?), sources))
}

/// Around aggregates only what makes the groups is known: says so of the fields of records, and names
/// nothing that stands for an aggregate.
fn not_of_group(mut said: Diagnostic, schema: &Schema) -> Diagnostic {
    if said.code != wording::UNKNOWN_FIELD.id {
        return said;
    }
    said.help.clear();
    let name = said.says.arguments.iter().find(|it| it.0 == "name").map(|it| it.1.clone());
    let name = name.unwrap_or_default();
    let fields = || schema.fields.iter().map(|it| it.name.as_str());
    if fields().any(|it| it == name) {
        let of_record = Diagnostic::error(wording::NOT_OF_GROUP).with("name", name.clone());
        let of_record = Diagnostic { place: said.place, ..of_record };
        return of_record.help_with(wording::HELP_NOT_OF_GROUP, vec![("name", name)]);
    }
    match nearest(&name, fields()) {
        Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
        None => said,
    }
}

impl GroupPlan {
    /// Groups to be filled.
    #[must_use]
    pub fn groups(&self) -> Groups {
        let mut arguments = self.records.expressions[self.per..].iter().map(|it| it.ty);
        let aggregation = |call: &AggregateCall| Aggregation {
            aggregate: call.aggregate,
            argument: call.argument.as_ref().and_then(|_| arguments.next().flatten()),
        };
        Groups::new(self.calls.iter().map(aggregation).collect())
    }

    /// Takes in the records of a batch, whose expressions came to `values`.
    pub fn add(&self, groups: &mut Groups, values: &[Vec<Result<Value, Cause>>], records: usize) {
        let (keys, arguments) = values.split_at(self.per);
        for row in 0..records {
            let key = keys.iter().map(|it| it[row].clone()).collect();
            let mut next = arguments.iter();
            let of_call =
                |call: &AggregateCall| call.argument.as_ref().and_then(|_| next.next()).map(|it| &it[row]);
            groups.add(key, &self.calls.iter().map(of_call).collect::<Vec<_>>());
        }
    }

    /// The groups with their values.
    #[must_use]
    pub fn finish(&self, groups: Groups) -> Vec<GroupValue> {
        let value = |group: super::Group| {
            let value = match &self.outer {
                Outer::Nothing => group.figures[0].value.clone(),
                Outer::Around(program, expression, sources) => around(program, expression, sources, &group),
            };
            GroupValue { key: group.key, records: group.records, value, figures: group.figures }
        };
        groups.finish().into_iter().map(value).collect()
    }
}

/// The outer expression for one group, as if it were a record.
fn around(
    program: &Arc<Program>,
    expression: &CompiledValue,
    sources: &[(Origin, Type)],
    group: &super::Group,
) -> Result<Value, Cause> {
    let mut batch = Batch { len: 1, ..Batch::default() };
    for (source, ty) in sources {
        let value = match source {
            Origin::Key(number) => Ok(&group.key[*number]),
            Origin::Figure(number) => group.figures[*number].value.as_ref(),
        };
        // An aggregate that could not be computed leaves no value to go on with.
        let value = value.map_err(Clone::clone)?;
        batch.columns.push(Column::of_one(*ty, value));
    }
    let runner = RowRunner::new(program);
    expression.value(&runner, &batch, 0)
}
