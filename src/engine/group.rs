//! Expressions over groups: aggregates are reckoned record by record, what stands around them once a
//! group.

use super::{
    Aggregation, ExpressionPlan, Figure, SourceAsk,
    groups::{Call, Chunk, Grouping, Table},
    plan_expressions,
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, nearest},
    expr::{CHUNK_LEN, Cause, Evaluator, Program, Scratch},
    promise::Watch,
    record::{Batch, Column, Schema, Type, Value},
    rule::{Pack, Script},
    script::{AggregateCall, CompiledValue, FieldName, Names, Registry, RowRunner, compile_value, split},
    wording::{self, Wording},
};
use std::sync::Arc;

/// An expression over groups, planned.
#[derive(Debug)]
pub struct GroupPlan {
    /// What is read of each record.
    pub records: ExpressionPlan,
    grouping: Grouping,
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
    let Some(mut records) = records else { return (None, diagnostics) };
    let mut expressions = std::mem::take(&mut records.expressions).into_iter();
    let mut grouping =
        Grouping { per: expressions.by_ref().take(per.len()).collect(), ..Grouping::default() };
    let mut fields: Vec<(FieldName, Origin)> = Vec::new();
    for (number, script) in per.iter().enumerate() {
        if let Some(ty) = grouping.per[number].ty {
            fields.push((field(script.text.trim(), ty, fields.len()), Origin::Key(number)));
        }
    }
    for (number, call) in parts.calls.iter().enumerate() {
        let argument = call.argument.as_ref().and_then(|_| expressions.next());
        let ty = argument.as_ref().and_then(|it| it.ty);
        match result_of(call, ty) {
            Some(result) => {
                fields.push((field(&call.name, result, fields.len()), Origin::Figure(number)));
            }
            None => diagnostics.push(unfit(expression, call, ty)),
        }
        grouping.calls.push(Call { of: aggregation(call, ty), argument, worst: None });
    }
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
    }
    let outer = if parts.outer.text.trim() == parts.calls[0].name {
        Some(Outer::Nothing)
    } else {
        outer(&parts.outer, fields, (ask, setting), schema, &mut diagnostics)
    };
    let plan = outer.map(|outer| GroupPlan { records, grouping, outer });
    (plan, diagnostics)
}

pub(super) fn field(name: &str, ty: Type, column: usize) -> FieldName {
    FieldName { name: name.to_owned(), ty, choices: Vec::new(), column: u32::try_from(column).ok() }
}

/// The type of an aggregate over arguments of type `ty`, which is `None` where it shows only when it runs.
pub(super) fn result_of(call: &AggregateCall, ty: Option<Type>) -> Option<Type> {
    let counts = call.argument.is_none() || call.aggregate.result(None).is_none() || ty.is_some();
    // Different values may be of any type.
    let counts = counts || call.aggregate == crate::script::Aggregate::Distinct;
    call.aggregate.result(ty).filter(|_| counts)
}

/// What is reckoned by a call whose argument is of type `ty`.
pub(super) fn aggregation(call: &AggregateCall, ty: Option<Type>) -> Aggregation {
    Aggregation { aggregate: call.aggregate, argument: ty }
}

pub(super) fn unfit(expression: &Script, call: &AggregateCall, ty: Option<Type>) -> Diagnostic {
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
        calendars: &ask.calendars,
        library: &[],
        as_of,
    };
    let mut program = Program::new(zone.clone());
    let (compiled, found) = compile_value(&mut program, &mut Registry::default(), &names, &[], script);
    diagnostics.extend(found.into_iter().map(|it| not_of_group(it, schema, wording::HELP_NOT_OF_GROUP)));
    Some(Outer::Around(Arc::new(program), Box::new(compiled?), sources))
}

/// Around aggregates only what makes the groups is known: says so of the fields of records, and names
/// nothing that stands for an aggregate.
pub(super) fn not_of_group(mut said: Diagnostic, schema: &Schema, help: Wording) -> Diagnostic {
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
        return of_record.help_with(help, vec![("name", name)]);
    }
    match nearest(&name, fields()) {
        Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
        None => said,
    }
}

/// Groups being filled.
pub struct Groups<'a> {
    plan: &'a GroupPlan,
    table: Table,
    scratch: Scratch,
    watch: Watch,
    runner: RowRunner,
    /// Records that belong to no group, since a value of theirs is missing or could not be computed.
    pub without: u64,
}

impl<'a> Groups<'a> {
    /// No groups yet.
    #[must_use]
    pub fn new(plan: &'a GroupPlan) -> Self {
        let runner = RowRunner::new(&plan.records.program);
        let (table, scratch, watch) = (Table::default(), Scratch::default(), Watch::default());
        Self { plan, table, scratch, watch, runner, without: 0 }
    }

    /// Takes in the records of a batch; derived fields are appended to its columns.
    pub fn add(&mut self, batch: &mut Batch) {
        let program = &*self.plan.records.program;
        self.plan.records.prepare(&mut self.scratch, &mut self.watch, batch);
        let grouping = &self.plan.grouping;
        let mut evaluator = Evaluator::new(program, batch, &mut self.scratch);
        let mut low = 0;
        while evaluator.go_to(low) {
            let all = *evaluator.all();
            let name = |_: usize, _: &mut String| ();
            let runner = Some(&self.runner);
            let mut chunk = Chunk { evaluator: &mut evaluator, runner, batch, name: &name };
            self.without += self.table.fold(grouping, &mut chunk, &all).without_group.count() as u64;
            low += CHUNK_LEN;
        }
    }

    /// The groups with their values, in the order of what makes them. Without any record there is none.
    #[must_use]
    pub fn finish(self) -> Vec<GroupValue> {
        let value = |group: (Vec<Value>, u64, Vec<Figure>)| {
            let value = match &self.plan.outer {
                Outer::Nothing => group.2[0].value.clone(),
                Outer::Around(program, expression, sources) => around(program, expression, sources, &group),
            };
            let (key, records, figures) = group;
            GroupValue { key, records, value, figures }
        };
        self.table.into_groups(&self.plan.grouping).into_iter().map(value).collect()
    }
}

/// The outer expression for one group, as if it were a record.
fn around(
    program: &Arc<Program>,
    expression: &CompiledValue,
    sources: &[(Origin, Type)],
    (key, _, figures): &(Vec<Value>, u64, Vec<Figure>),
) -> Result<Value, Cause> {
    let mut batch = Batch { len: 1, ..Batch::default() };
    for (source, ty) in sources {
        let value = match source {
            Origin::Key(number) => Ok(&key[*number]),
            Origin::Figure(number) => figures[*number].value.as_ref(),
        };
        // An aggregate that could not be computed leaves no value to go on with.
        let value = value.map_err(Clone::clone)?;
        batch.columns.push(Column::of_values(*ty, [value]));
    }
    let runner = RowRunner::new(program);
    expression.value(&runner, &batch, 0)
}
