//! Calls of the table's functions, by the kernels that the columns use as well; properties, elements,
//! phrase lists, regular expressions, decision tables.

use super::{
    cell::Cell,
    control::position,
    operators::{unfit, widened},
    tree::{Call, Kind, Tree},
    walk::{Answer, Stop, Walker},
};
use crate::{
    expr::{Cause, Comparison, Constant, FUNCTIONS, Function, Kernel},
    record::{Decimal, Type},
};
use std::rc::Rc;

impl<'b> Walker<'b> {
    pub(super) fn call(&mut self, tree: &'b Tree) -> Answer<'b> {
        match &tree.kind {
            Kind::Call(call) => self.call_named(call),
            Kind::Property(value, name, functions) => {
                let value = self.known(value)?;
                self.property(&value, name, functions)
            }
            Kind::Index(two) => {
                let [container, index] = self.two(two)?;
                self.element(&container, &index)
            }
            Kind::Phrases(text, list, count) => {
                let text = self.known(text)?;
                let Some(it) = text.text() else { return Err(unfit("contains_any", &[&text]).into()) };
                self.budget.spend(it.len() as u64 / 16)?;
                let matcher = &self.program.phrases[*list as usize];
                let mut scratch = String::new();
                Ok(match count {
                    true => Cell::Int(matcher.count_in(it, &mut scratch)),
                    false => Cell::Bool(matcher.is_in(it, &mut scratch)),
                })
            }
            Kind::Matches(text, regex) => {
                let text = self.known(text)?;
                let Some(it) = text.text() else { return Err(unfit("matches", &[&text]).into()) };
                self.budget.spend(it.len() as u64 / 4)?;
                Ok(Cell::Bool(self.program.regexes[*regex as usize].is_match(it)))
            }
            Kind::OpenTime(two, calendar) => {
                let [from, to] = self.two(two)?;
                if [&from, &to].iter().any(|it| !matches!(it, Cell::Time(_))) {
                    return Err(unfit("open_time", &[&from, &to]).into());
                }
                let (id, calendar) = &self.program.calendars[*calendar as usize];
                let open = calendar.open_between(int(&from), int(&to));
                open.map(Cell::Duration).ok_or_else(|| Cause::BeyondCalendar(id.as_str().into()).into())
            }
            Kind::Table(tables, inputs) => self.table(tables, inputs),
            _ => Ok(Cell::NOTHING),
        }
    }

    fn call_named(&mut self, call: &'b Call) -> Answer<'b> {
        let mut cells = [Cell::NOTHING, Cell::NOTHING, Cell::NOTHING];
        for (cell, arg) in cells.iter_mut().zip(&call.args) {
            *cell = self.eval(arg)?;
        }
        let cells = &mut cells[..call.args.len()];
        for (cell, arg) in cells.iter().zip(&call.args) {
            if let Cell::Absent(it) = cell {
                return Err(self.absent(*it, arg));
            }
        }
        if let Some((number, widen)) = fitting(&call.functions, cells) {
            if widen {
                for (cell, ty) in cells.iter_mut().zip(FUNCTIONS[number as usize].params) {
                    widened_to(cell, *ty);
                }
            }
            return self.kernel(&FUNCTIONS[number as usize], cells);
        }
        match call.native {
            Some(native) => self.native(native, call, cells),
            None => Err(unfit(&call.name, &cells.iter().collect::<Vec<_>>()).into()),
        }
    }

    /// Calls a kernel; the cells are of its types.
    fn kernel(&mut self, function: &Function, cells: &[Cell<'b>]) -> Answer<'b> {
        let returns = function.returns;
        let made = |code: &dyn Fn(&mut String)| {
            let mut out = String::new();
            code(&mut out);
            out
        };
        let finite =
            |it: f64| if it.is_finite() { Ok(Cell::Float(it)) } else { Err(Cause::NotFinite.into()) };
        let zone = &self.program.zone;
        let text = match function.kernel {
            Kernel::IntToInt(code) => return checked(code(int(&cells[0])), returns),
            Kernel::FloatToInt(code) => return checked(code(float(&cells[0])), returns),
            Kernel::IntToFloat(code) => return Ok(Cell::Float(code(int(&cells[0])))),
            Kernel::FloatToFloat(code) => return Ok(Cell::Float(code(float(&cells[0])))),
            Kernel::FloatToFinite(code) => return finite(code(float(&cells[0]))),
            Kernel::DecimalToDecimal(code) => return Ok(Cell::Decimal(code(decimal(&cells[0])))),
            Kernel::IntIntToInt(code) => {
                return Ok(Cell::of_int(returns, code(int(&cells[0]), int(&cells[1]))));
            }
            Kernel::FloatFloatToFloat(code) => {
                return Ok(Cell::Float(code(float(&cells[0]), float(&cells[1]))));
            }
            Kernel::FloatIntToFloat(code) => return Ok(Cell::Float(code(float(&cells[0]), int(&cells[1])))),
            Kernel::DecimalDecimalToDecimal(code) => {
                return Ok(Cell::Decimal(code(decimal(&cells[0]), decimal(&cells[1]))));
            }
            Kernel::IntIntIntToInt(code) => {
                let value = code(int(&cells[0]), int(&cells[1]), int(&cells[2]));
                return Ok(Cell::of_int(returns, value));
            }
            Kernel::FloatFloatFloatToFloat(code) => {
                return Ok(Cell::Float(code(float(&cells[0]), float(&cells[1]), float(&cells[2]))));
            }
            Kernel::ZonedToInt(code) => return Ok(Cell::of_int(returns, code(int(&cells[0]), zone))),
            Kernel::TextToInt(code) => {
                self.budget.spend(text(&cells[0]).len() as u64 / 64)?;
                return Ok(Cell::of_int(returns, code(text(&cells[0]))));
            }
            Kernel::TextTextToBool(code) => {
                self.budget.spend(text(&cells[0]).len() as u64 / 64)?;
                return Ok(Cell::Bool(code(text(&cells[0]), text(&cells[1]))));
            }
            Kernel::IntToText(code) => made(&|out| code(int(&cells[0]), out)),
            Kernel::ZonedToText(code) => made(&|out| code(int(&cells[0]), zone, out)),
            Kernel::FloatFloatToText(code) => made(&|out| code(float(&cells[0]), float(&cells[1]), out)),
            Kernel::TextToText(code) => made(&|out| code(text(&cells[0]), out)),
            Kernel::TextTextToText(code) => made(&|out| code(text(&cells[0]), text(&cells[1]), out)),
        };
        self.budget.allocate(text.len())?;
        Ok(Cell::made(text))
    }

    fn property(&mut self, value: &Cell<'b>, name: &str, functions: &[u32]) -> Answer<'b> {
        let cells = std::slice::from_ref(value);
        if let Some((number, _)) = fitting(functions, cells) {
            return self.kernel(&FUNCTIONS[number as usize], cells);
        }
        match value {
            Cell::Map(map) => Ok(map.entries.get(name).cloned().unwrap_or(Cell::NOTHING)),
            other => Err(unfit(&format!(".{name}"), &[other]).into()),
        }
    }

    /// `container[index]`: what a map does not hold is missing, what a list does not have is an error.
    fn element(&mut self, container: &Cell<'b>, index: &Cell<'b>) -> Answer<'b> {
        match (container, index) {
            (Cell::List(list), Cell::Int(index)) => match position(*index, list.items.len()) {
                Some(at) => Ok(list.items[at].clone()),
                None => Err(Cause::OutOfBounds(*index).into()),
            },
            (Cell::Map(map), index) if index.text().is_some() => {
                let key = index.text().unwrap_or_default();
                Ok(map.entries.get(key).cloned().unwrap_or(Cell::NOTHING))
            }
            (container, Cell::Int(index)) if container.text().is_some() => {
                let text = container.text().unwrap_or_default();
                self.budget.spend(1 + text.len() as u64 / 64)?;
                let at = position(*index, text.chars().count()).ok_or(Cause::OutOfBounds(*index))?;
                Ok(Cell::made(text.chars().nth(at).map(String::from).unwrap_or_default()))
            }
            _ => Err(unfit("[]", &[container, index]).into()),
        }
    }

    /// A decision table: of those of that name, the one for these types.
    fn table(&mut self, tables: &'b [u32], inputs: &'b [Tree]) -> Answer<'b> {
        let mut cells = inputs.iter().map(|it| self.eval(it)).collect::<Result<Vec<_>, Stop<'b>>>()?;
        for (cell, input) in cells.iter().zip(inputs) {
            if let Cell::Absent(it) = cell {
                return Err(self.absent(*it, input));
            }
        }
        let program = self.program;
        let of_types = |number: &&u32| {
            let types = &program.tables[**number as usize].inputs;
            types.len() == cells.len() && types.iter().zip(&cells).all(|(ty, cell)| fits(*ty, cell, true))
        };
        let Some(number) = tables.iter().find(of_types) else {
            return Err(unfit("table", &cells.iter().collect::<Vec<_>>()).into());
        };
        let table = &program.tables[*number as usize];
        for (cell, ty) in cells.iter_mut().zip(&table.inputs) {
            widened_to(cell, *ty);
        }
        self.budget.spend(table.cells.len() as u64)?;
        let row = table.row(|input, how, wanted| holds(&cells[input], how, wanted));
        let answer = match table.output {
            Type::Amount => row.and_then(|it| table.amounts.get(it)).map(|it| Cell::Amount(*it)),
            output => row.and_then(|it| table.answers.get(it)).map(|it| Cell::of_constant(it, output)),
        };
        answer.ok_or_else(|| Stop::Fault(Cause::TableGap(table.id.as_str().into())))
    }
}

/// How a cell compares with a constant of its type.
fn holds(cell: &Cell<'_>, how: Comparison, wanted: &Constant) -> bool {
    match wanted {
        Constant::Bool(wanted) => matches!(cell, Cell::Bool(it) if how.holds(it, wanted)),
        Constant::Int(wanted) => how.holds(&int(cell), wanted),
        Constant::Float(wanted) => how.holds(&float(cell), &f64::from_bits(*wanted)),
        Constant::Decimal(wanted) => how.holds(&decimal(cell), wanted),
        Constant::Text(wanted) => cell.text().is_some_and(|it| how.holds(it, &**wanted)),
    }
}

/// The function of the table that takes these cells, and whether ints must be widened for it.
fn fitting(functions: &[u32], cells: &[Cell<'_>]) -> Option<(u32, bool)> {
    let takes = |number: u32, widen: bool| {
        let params = FUNCTIONS[number as usize].params;
        params.len() == cells.len() && params.iter().zip(cells).all(|(ty, cell)| fits(*ty, cell, widen))
    };
    let find = |widen| functions.iter().copied().find(|it| takes(*it, widen)).map(|it| (it, widen));
    find(false).or_else(|| find(true))
}

fn fits(ty: Type, cell: &Cell<'_>, widen: bool) -> bool {
    let found = cell.ty();
    found == Some(ty) || (widen && found == Some(Type::Int) && matches!(ty, Type::Float | Type::Decimal))
}

fn widened_to(cell: &mut Cell<'_>, ty: Type) {
    if let (Cell::Int(it), Type::Float | Type::Decimal) = (&*cell, ty) {
        *cell = if ty == Type::Float { Cell::Float(widened(*it)) } else { Cell::Decimal((*it).into()) };
    }
}

fn checked<'b>(value: Option<i64>, ty: Type) -> Answer<'b> {
    value.map(|it| Cell::of_int(ty, it)).ok_or(Stop::Fault(Cause::Overflow))
}

/// The integer inside a value of one of the types that are kept as integers.
fn int(cell: &Cell<'_>) -> i64 {
    match cell {
        Cell::Int(it) | Cell::Date(it) | Cell::Time(it) | Cell::Duration(it) => *it,
        _ => 0,
    }
}

fn float(cell: &Cell<'_>) -> f64 {
    if let Cell::Float(it) = cell { *it } else { f64::NAN }
}

fn decimal(cell: &Cell<'_>) -> Decimal {
    if let Cell::Decimal(it) = cell { *it } else { Decimal::ZERO }
}

fn text<'c>(cell: &'c Cell<'_>) -> &'c str {
    cell.text().unwrap_or_default()
}

/// A list's elements to work on: the list itself where nobody else holds it.
pub(super) fn owned<'b>(list: Rc<super::cell::List<'b>>) -> Vec<Cell<'b>> {
    Rc::try_unwrap(list).map_or_else(|shared| shared.items.clone(), |it| it.items)
}
