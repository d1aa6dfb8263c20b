//! Expressions of any type over the records of a source.

use super::{
    Filter, PlanColumn, PlannedPromise, SourceAsk,
    plan::{Planning, mentioned_by_promises, names_of_columns, promises_of},
    prepare::{derive, run_clocks},
};
use crate::{
    calendar::Zone,
    diagnostic::Diagnostic,
    expr::{CHUNK_LEN, Cause, Evaluator, ExprId, Program, Scratch, values_of},
    promise::{Parts, Watch},
    record::{Batch, Schema, Type, Value},
    rule::{Pack, Script},
    script::{CompiledValue, FieldName, Library, Names, Registry, RowRunner, compile_value, names_in},
    wording::Lang,
};
use std::sync::Arc;

/// Everything that evaluating expressions needs.
#[derive(Debug)]
pub struct ExpressionPlan {
    pub(super) program: Arc<Program>,
    /// The columns to decode.
    pub columns: Vec<PlanColumn>,
    pub(super) derived: Vec<(ExprId, Type)>,
    /// The promises that the expressions read; their columns follow the derived ones.
    promises: Vec<PlannedPromise>,
    /// The column of the record's own date.
    date: Option<(u32, Type)>,
    /// The names of all columns, for what is missing.
    pub column_names: Vec<String>,
    /// The columns of the key, as written.
    pub key: Vec<u32>,
    /// The expressions.
    pub expressions: Vec<CompiledValue>,
}

/// Plans expressions over a source's records. They may use the decision tables and word lists of all
/// `packs`, of two with one name the first is meant; and read the promises given on such records.
pub fn plan_expressions(
    ask: &SourceAsk,
    schema: &Schema,
    packs: &[Pack],
    setting: (&Zone, i64),
    scripts: &[Script],
) -> (Option<ExpressionPlan>, Vec<Diagnostic>) {
    let (zone, as_of) = setting;
    let mut planning = Planning { ask, schema, columns: Vec::new(), diagnostics: Vec::new() };
    let read_only = Filter { without_promises: true, ..Filter::default() };
    let promises = promises_of(ask, packs, &read_only, scripts.iter());
    let mentioned: Vec<String> = scripts.iter().flat_map(names_in).collect();
    let mut fields = planning.fields([mentioned.clone(), mentioned_by_promises(&promises)].concat());
    let key = planning.written(&ask.key);
    let date = if promises.is_empty() { None } else { planning.date(&mut fields) };
    let mut libraries = Vec::new();
    for pack in packs {
        let (mut library, mut diagnostics) = Library::of(&pack.library);
        libraries.append(&mut library);
        planning.diagnostics.append(&mut diagnostics);
    }
    let mut program = Program::new(zone.clone());
    let mut registry = Registry::default();
    let mut names = Names {
        kind: ask.kind.clone(),
        fields,
        pack: String::new(),
        tables: packs.iter().flat_map(|it| &it.tables).collect(),
        phrases: packs.iter().flat_map(|it| &it.phrases).collect(),
        calendars: &ask.calendars,
        library: &libraries,
        as_of,
    };
    let mut derived = planning.derived(&mut program, &mut registry, &mut names);
    let all = (names.tables.clone(), names.phrases.clone());
    let tools = (&mut program, &mut registry, &mut names);
    // Nothing of a promise's is shown here: neither its message nor its title.
    let setting = (zone, Lang::En, date.is_some());
    let (promises, hidden) = planning.promises(&promises, mentioned, tools, &mut derived, setting);
    (names.tables, names.phrases) = all;
    names.fields.extend(unread_promises(ask, packs, &promises));
    let mut expressions = Vec::new();
    for script in scripts {
        let (compiled, mut diagnostics) = compile_value(&mut program, &mut registry, &names, &[], script);
        planning.diagnostics.append(&mut diagnostics);
        expressions.extend(compiled);
    }
    if planning.diagnostics.iter().any(Diagnostic::is_error) {
        return (None, planning.diagnostics);
    }
    let roots = derived.iter().map(|it| it.0).chain(expressions.iter().filter_map(|it| it.node));
    program.share(&roots.collect::<Vec<_>>());
    let total = planning.columns.len() + derived.len() + promises.len() * Parts::NAMES.len();
    let column_names = names_of_columns(&names, total, &[], hidden);
    let plan = ExpressionPlan {
        program: Arc::new(program),
        columns: planning.columns,
        derived,
        promises,
        date,
        column_names,
        key,
        expressions,
    };
    (Some(plan), planning.diagnostics)
}

/// The parts of the other promises given on such records: known by name, for whoever misspells one.
fn unread_promises(ask: &SourceAsk, packs: &[Pack], read: &[PlannedPromise]) -> Vec<FieldName> {
    let all = packs.iter().flat_map(|it| &it.promises).filter(|it| it.on == ask.kind);
    let unread = all.filter(|it| read.iter().all(|read| read.as_rule.rule.id != it.id));
    let part = |name: &str, (part, ty): (&str, Type)| FieldName {
        name: format!("{name}.{part}"),
        ty,
        choices: Vec::new(),
        column: None,
    };
    unread.flat_map(|it| Parts::NAMES.map(|of| part(&it.name, of))).collect()
}

impl ExpressionPlan {
    /// Brings the columns that are not decoded: derived fields, then promises.
    pub(super) fn prepare(&self, scratch: &mut Scratch, watch: &mut Watch, batch: &mut Batch) {
        derive(&self.derived, &self.program, scratch, batch);
        run_clocks(&self.promises, self.date, &self.program.zone, batch, watch);
    }

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
    watch: Watch,
    runner: RowRunner,
}

impl<'a> Expressions<'a> {
    /// Gets ready.
    #[must_use]
    pub fn new(plan: &'a ExpressionPlan) -> Self {
        let runner = RowRunner::new(&plan.program);
        Self { plan, scratch: Scratch::default(), watch: Watch::default(), runner }
    }

    /// The values of every expression for the records of a batch, or why there is none; derived fields and
    /// promises are appended to the batch's columns.
    pub fn values(&mut self, batch: &mut Batch) -> Vec<Vec<Result<Value, Cause>>> {
        let program = &*self.plan.program;
        self.plan.prepare(&mut self.scratch, &mut self.watch, batch);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        expr::{FUNCTIONS, Function},
        record::{Bitmap, Column, Decimal, Field, TextColumn, Values, View},
    };

    const ROWS: usize = 60;
    /// Fields of each type, so that no two arguments need be the same.
    const FIELDS_A_TYPE: usize = 3;
    const TYPES: [Type; 8] = [
        Type::Bool,
        Type::Int,
        Type::Float,
        Type::Decimal,
        Type::Text,
        Type::Date,
        Type::Time,
        Type::Duration,
    ];

    fn name(ty: Type, number: usize) -> String {
        format!("{}_{number}", ty.name())
    }

    /// The value at `index` of a round of extremes; every seventh is missing.
    fn pick<T: Clone>(all: &[T], index: usize) -> (T, bool) {
        (all[index % all.len()].clone(), !index.is_multiple_of(7))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "columns of the other types are not drawn")]
    fn column(ty: Type, number: usize, text: &mut String) -> Column {
        let mut column = Column::new(ty);
        // Steps that have no factor in common with the lists' lengths meet every pair.
        let at = |row: usize| row * [1, 3, 7][number] + number;
        for row in 0..ROWS {
            let there = match &mut column.values {
                Values::Bool(bits) => {
                    let (value, there) = pick(&[true, false], at(row));
                    bits.push(value);
                    there
                }
                Values::Int(values) => {
                    let ints = [0, 1, -1, 3, -7, 15, i64::MAX, i64::MIN, 1 << 62, 40_000];
                    let days = [0, 20_514, -1, 2_932_896, -719_162];
                    let micros = [0, 1_772_442_000_000_000, -1, 253_402_300_799_000_000, 5_400_000_000];
                    let (value, there) = match ty {
                        Type::Date => pick(&days, at(row)),
                        Type::Time | Type::Duration => pick(&micros, at(row)),
                        _ => pick(&ints, at(row)),
                    };
                    values.push(value);
                    there
                }
                Values::Float(values) => {
                    let (value, there) =
                        pick(&[0.0, -0.0, 0.5, 2.5, -7.25, 1e308, -1e308, 1e-300, 9.3e18, 2.345], at(row));
                    values.push(value);
                    there
                }
                Values::Decimal(values) => {
                    let all = ["0", "1.50", "-3.005", "2.5", "79228162514264337593543950335"];
                    let (value, there) = pick(&all, at(row));
                    values.push(value.parse::<Decimal>().unwrap());
                    there
                }
                Values::Text(TextColumn::Views(views)) => {
                    let all = ["", "a", "电话", "ＡＢ１", " É ", "😀a", "phone a", "-5"];
                    let (value, there) = pick(&all, at(row));
                    let start = u32::try_from(text.len()).unwrap();
                    text.push_str(value);
                    views.push(View { start, len: u32::try_from(value.len()).unwrap() });
                    there
                }
                other => panic!("{other:?}"),
            };
            column.valid.push(there);
        }
        let mut unreadable = Bitmap::default();
        (0..ROWS).for_each(|row| unreadable.push(row == 7));
        column.unreadable = Some(unreadable);
        column
    }

    fn call(function: &Function) -> String {
        let mut args = function.params.iter().enumerate().map(|(at, ty)| name(*ty, at)).collect::<Vec<_>>();
        match function.property {
            true => format!("{}.{}", args.remove(0), function.name),
            false => format!("{}({})", function.name, args.join(", ")),
        }
    }

    #[test]
    fn every_function_gives_the_same_in_both_forms() {
        let mut batch = Batch { len: ROWS, ..Batch::default() };
        let mut schema = Schema::default();
        for (ty, number) in TYPES.into_iter().flat_map(|ty| (0..FIELDS_A_TYPE).map(move |it| (ty, it))) {
            let name = name(ty, number);
            let from = name.clone();
            let (choices, format, separator) = (Vec::new(), None, None);
            schema.fields.push(Field { name, from, ty, choices, format, separator, inferred: false });
        }
        let ask = SourceAsk {
            id: "records".into(),
            kind: "record".into(),
            key: Vec::new(),
            date: None,
            subject: Vec::new(),
            derive: Vec::new(),
            calendars: Vec::new(),
            waivers: Vec::new(),
        };
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let calls: Vec<String> = FUNCTIONS.iter().map(call).collect();
        let script = |it: &String| Script { text: it.clone(), file: "test".into(), runs: vec![(0, 0)] };
        let scripts: Vec<Script> = calls.iter().map(script).collect();
        let (plan, diagnostics) = plan_expressions(&ask, &schema, &[], (&zone, 0), &scripts);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let plan = plan.unwrap();
        for wanted in &plan.columns {
            let field = &schema.fields[wanted.field];
            let number = field.name.rsplit('_').next().unwrap().parse().unwrap();
            batch.columns.push(column(field.ty, number, &mut batch.text));
        }
        let by_columns = Expressions::new(&plan).values(&mut batch);
        let runner = RowRunner::new(&plan.program);
        for ((expression, by_columns), call) in plan.expressions.iter().zip(by_columns).zip(&calls) {
            assert!(expression.node.is_some(), "{call} does not run over columns");
            assert!(by_columns.iter().any(Result::is_ok), "{call} gives nothing");
            for (row, by_columns) in by_columns.iter().enumerate() {
                let by_rows = expression.value(&runner, &batch, row);
                assert_eq!(*by_columns, by_rows, "{call} of record {row}");
            }
        }
    }
}
