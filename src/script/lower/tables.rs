//! Decision tables: their cells read as the types of their inputs.

use super::{Lowering, Registry, Typed, names::cell_text, read_time};
use crate::{
    calendar::{Zone, parse_iso_date},
    expr::{CellTest, Comparison, Constant, DecisionTable, Node, Program},
    record::{Type, Value},
    rule::{Bound, Table, TableCell, snake_case},
    script::Names,
    wording,
};
use rhai::Position;

impl Lowering<'_> {
    /// A call of a decision table by its name.
    pub(super) fn table_call(&mut self, table: &Table, args: Vec<Typed>, position: Position) -> Typed {
        let known = Typed::of(table.output, None);
        if args.len() != table.inputs.len() {
            let found = args.iter().map(|it| self.describe(it)).collect::<Vec<_>>().join(", ");
            let signature = format!("{}({})", snake_case(&table.id), table.inputs.join(", "));
            let diagnostic = self
                .error_in_call(wording::WRONG_ARGUMENTS, position)
                .with("name", table.id.clone())
                .with("found", found);
            let diagnostic = diagnostic.help_with(wording::HELP_SIGNATURES, vec![("signatures", signature)]);
            self.report(diagnostic);
            return known;
        }
        if args.iter().any(|it| it.ty().is_none()) {
            self.cannot(wording::REASON_FUNCTION, &[("name", &table.id)]);
            return known;
        }
        for arg in &args {
            self.note_coded(arg);
        }
        let types: Vec<Type> = args.iter().filter_map(Typed::ty).collect();
        self.note_call(table, &args);
        let Some(number) = self.compiled_table(table, &types) else { return known };
        if table.output == Type::Amount {
            self.cannot(wording::REASON_FUNCTION, &[("name", &table.id)]);
            return known;
        }
        match args.iter().map(|it| it.node).collect::<Option<Box<[_]>>>() {
            Some(nodes) => self.add(Node::Table(number, nodes), table.output),
            None => known,
        }
    }

    /// The table for inputs of these types, its cells read as them.
    fn compiled_table(&mut self, table: &Table, types: &[Type]) -> Option<u32> {
        let key = format!("{:?} {types:?}", table.place);
        if let Some(number) = self.registry.tables.get(&key) {
            return Some(*number);
        }
        let (cells, wrong) = read_cells(table, types, &self.program.zone);
        for (row, index) in &wrong {
            let row = &table.rows[*row];
            let found = row.cells[*index].values().map(cell_text).collect::<Vec<_>>().join(", ");
            let place = row.places.get(*index).unwrap_or(&row.place).clone();
            let diagnostic = crate::diagnostic::Diagnostic::error(wording::BAD_TABLE_CELL).at(place);
            let diagnostic = diagnostic.with("found", found).with("input", table.inputs[*index].clone());
            self.diagnostics.push(diagnostic.with("type", types[*index].name()));
        }
        if !wrong.is_empty() {
            return None;
        }
        let number = add_table(self.program, self.registry, self.names, table, types.to_vec(), cells);
        self.registry.tables.insert(key, number);
        Some(number)
    }
}

type Cells = Vec<Vec<Option<CellTest>>>;

/// The cells of a table as inputs of these types, and which (row, input) cannot be read so.
fn read_cells(table: &Table, types: &[Type], zone: &Zone) -> (Cells, Vec<(usize, usize)>) {
    let (mut cells, mut wrong) = (Vec::new(), Vec::new());
    for (number, row) in table.rows.iter().enumerate() {
        let mut line = Vec::new();
        for (index, cell) in row.cells.iter().enumerate() {
            let test = read_test(cell, types[index], zone);
            wrong.extend(test.is_none().then_some((number, index)));
            line.push(test.flatten());
        }
        cells.push(line);
    }
    (cells, wrong)
}

/// A cell as a test of an input of a type, `Some(None)` where anything passes; `None` where it cannot be
/// read so. Texts and truth values have no ranges.
pub(in crate::script) fn read_test(cell: &TableCell, ty: Type, zone: &Zone) -> Option<Option<CellTest>> {
    let read = |value: &Value| read_cell(value, ty, zone);
    Some(Some(match cell {
        TableCell::Any => return Some(None),
        TableCell::Is(value) => CellTest::OneOf(vec![read(value)?]),
        TableCell::OneOf(values) => CellTest::OneOf(values.iter().map(read).collect::<Option<_>>()?),
        TableCell::Within(_) if matches!(ty, Type::Text | Type::Bool | Type::Amount | Type::List(_)) => {
            return None;
        }
        TableCell::Within(bounds) => {
            let one = |(bound, value): &(Bound, Value)| {
                let comparison = match bound {
                    Bound::AtLeast => Comparison::GreaterOrEqual,
                    Bound::Above => Comparison::Greater,
                    Bound::AtMost => Comparison::LessOrEqual,
                    Bound::Below => Comparison::Less,
                };
                Some((comparison, read(value)?))
            };
            CellTest::Within(bounds.iter().map(one).collect::<Option<_>>()?)
        }
    }))
}

fn add_table(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    table: &Table,
    inputs: Vec<Type>,
    cells: Cells,
) -> u32 {
    let answers = table.rows.iter().filter_map(|it| Constant::from_value(&it.output)).collect();
    let amount = |it: &Value| if let Value::Amount(it) = it { Some(*it) } else { None };
    let amounts = table.rows.iter().filter_map(|it| amount(&it.output)).collect();
    let (id, output) = (table.id.clone(), table.output);
    program.tables.push(DecisionTable { id, inputs, output, cells, answers, amounts });
    let number = u32::try_from(program.tables.len() - 1).unwrap_or(u32::MAX);
    registry.table_names.push((names.pack.clone(), snake_case(&table.id), number));
    number
}

/// The table for inputs whose types nobody knows before it runs: those of the first cell of each that says one.
pub(in crate::script) fn untyped_table(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    table: &Table,
) -> Option<u32> {
    let ty = |index: usize| {
        let first = table.rows.iter().find_map(|row| row.cells.get(index)?.values().next());
        match first {
            Some(Value::Bool(_)) => Type::Bool,
            Some(Value::Int(_)) => Type::Int,
            Some(Value::Float(_)) => Type::Float,
            _ => Type::Text,
        }
    };
    let types: Vec<Type> = (0..table.inputs.len()).map(ty).collect();
    let (cells, wrong) = read_cells(table, &types, &program.zone.clone());
    if !wrong.is_empty() {
        return None;
    }
    Some(add_table(program, registry, names, table, types, cells))
}

/// A cell's value as an input's type.
fn read_cell(value: &Value, ty: Type, zone: &Zone) -> Option<Constant> {
    #[expect(clippy::cast_precision_loss, reason = "that is what a float is")]
    match (value, ty) {
        (Value::Int(it), Type::Float) => Some(Constant::Float((*it as f64).to_bits())),
        (Value::Int(it), Type::Decimal) => Some(Constant::Decimal((*it).into())),
        (Value::Text(it), Type::Date) => parse_iso_date(it).map(Constant::Int),
        (Value::Text(it), Type::Time) => read_time(it, zone).map(Constant::Int),
        (Value::Bool(_), Type::Bool)
        | (Value::Int(_), Type::Int)
        | (Value::Float(_), Type::Float)
        | (Value::Text(_), Type::Text)
        | (Value::Date(_), Type::Date)
        | (Value::Time(_), Type::Time)
        | (Value::Duration(_), Type::Duration)
        | (Value::Decimal(_), Type::Decimal) => Constant::from_value(value),
        _ => None,
    }
}
