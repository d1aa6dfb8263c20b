//! The slow evaluator, straight from SEMANTICS 2.2 and 2.3, and the mistakes it can be told to make.

#![expect(clippy::wildcard_enum_match_arm, reason = "a shape that is forgotten here panics in the first run")]

use super::{Shape, Tree};
use crate::{
    expr::{Arithmetic, Cause, CellTest, Comparison, Constant, FUNCTIONS, Fold, Kernel, Program, Set},
    record::{Batch, Decimal, Type, Value},
};

/// What an expression gives for one record. Absent values remember their field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Missing(u32),
    Unreadable(u32),
    Bool(bool),
    Int(i64),
    Float(u64),
    Decimal(Decimal),
    Text(String),
    List(Vec<Cell>),
}

/// A mistake that the harness must notice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mistake {
    None,
    /// As in stock Rhai.
    ComparesMissingAsFalse,
    /// `m > 1/0` without `m` would be `no_evidence`.
    LooksAtEachOperandAtOnce,
    /// `(a - b) ?? d` would be `d`.
    DefaultGuardsComputations,
    /// `a && b` would compute `b` where `a` is false.
    EvaluatesGuardedOperands,
    /// An unreadable cell would be one that is not there.
    UnreadableIsMissing,
    /// Overflow would wrap.
    SumsWrap,
}

pub(super) const MISTAKES: [Mistake; 6] = [
    Mistake::ComparesMissingAsFalse,
    Mistake::LooksAtEachOperandAtOnce,
    Mistake::DefaultGuardsComputations,
    Mistake::EvaluatesGuardedOperands,
    Mistake::UnreadableIsMissing,
    Mistake::SumsWrap,
];

/// The slow evaluator.
pub(super) struct Reference<'a> {
    pub(super) batch: &'a Batch,
    pub(super) program: &'a Program,
    pub(super) row: usize,
    pub(super) mistake: Mistake,
}

pub(super) fn cell(value: Value, column: u32) -> Cell {
    match value {
        Value::Missing => Cell::Missing(column),
        Value::Unreadable => Cell::Unreadable(column),
        Value::Bool(it) => Cell::Bool(it),
        Value::Int(it) | Value::Date(it) | Value::Time(it) | Value::Duration(it) => Cell::Int(it),
        Value::Float(it) => Cell::Float(it.to_bits()),
        Value::Decimal(it) => Cell::Decimal(it),
        Value::Text(it) => Cell::Text(it.into()),
        Value::List(all) => Cell::List(all.into_iter().map(|it| cell(it, column)).collect()),
        Value::Amount(_) => unreachable!("no column holds amounts"),
    }
}

pub(super) fn there(cell: Cell) -> Result<Cell, Cause> {
    match cell {
        Cell::Missing(column) => Err(Cause::Missing { column }),
        Cell::Unreadable(column) => Err(Cause::Unreadable { column }),
        _ => Ok(cell),
    }
}

pub(super) fn of_constant(constant: &Constant) -> Cell {
    match constant {
        Constant::Bool(it) => Cell::Bool(*it),
        Constant::Int(it) => Cell::Int(*it),
        Constant::Float(it) => Cell::Float(*it),
        Constant::Decimal(it) => Cell::Decimal(*it),
        Constant::Text(it) => Cell::Text(it.to_string()),
    }
}

fn compared(left: &Cell, right: &Cell) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Cell::Bool(a), Cell::Bool(b)) => a.partial_cmp(b),
        (Cell::Int(a), Cell::Int(b)) => a.partial_cmp(b),
        (Cell::Float(a), Cell::Float(b)) => f64::from_bits(*a).partial_cmp(&f64::from_bits(*b)),
        (Cell::Decimal(a), Cell::Decimal(b)) => a.partial_cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.partial_cmp(b),
        unlike => panic!("{unlike:?} cannot be compared"),
    }
}

fn equal(left: &Cell, right: &Cell) -> bool {
    compared(left, right).is_some_and(|it| it.is_eq())
}

impl Reference<'_> {
    pub(super) fn value(&self, tree: &Tree, bound: &mut Vec<Cell>) -> Result<Cell, Cause> {
        let Tree(shape, ty, operands) = tree;
        match shape {
            Shape::Constant(constant) => Ok(of_constant(constant)),
            Shape::Field(column) => Ok(match cell(self.batch.value(*column as usize, self.row), *column) {
                Cell::Unreadable(it) if self.mistake == Mistake::UnreadableIsMissing => Cell::Missing(it),
                it => it,
            }),
            Shape::Bound(number) => Ok(bound[*number].clone()),
            Shape::Let => {
                let value = self.value(&operands[0], bound)?;
                bound.push(value);
                let result = self.value(&operands[1], bound);
                bound.pop();
                result
            }
            Shape::And | Shape::Or => {
                let ends = matches!(shape, Shape::Or);
                let mut result = !ends;
                for operand in operands {
                    if there(self.value(operand, bound)?)? == Cell::Bool(ends) {
                        result = ends;
                        if self.mistake != Mistake::EvaluatesGuardedOperands {
                            break;
                        }
                    }
                }
                Ok(Cell::Bool(result))
            }
            Shape::If => {
                let condition = there(self.value(&operands[0], bound)?)?;
                self.value(&operands[if condition == Cell::Bool(true) { 1 } else { 2 }], bound)
            }
            Shape::Coalesce => match self.value(&operands[0], bound) {
                Ok(Cell::Missing(_)) => self.value(&operands[1], bound),
                Err(Cause::Missing { .. }) if self.mistake == Mistake::DefaultGuardsComputations => {
                    self.value(&operands[1], bound)
                }
                other => there(other?),
            },
            Shape::IsMissing => match self.value(&operands[0], bound)? {
                Cell::Missing(_) => Ok(Cell::Bool(true)),
                other => there(other).map(|_| Cell::Bool(false)),
            },
            // Not operators that anyone wrote: a missing int is a missing float.
            Shape::ToFloat | Shape::ToDecimal => match self.value(&operands[0], bound)? {
                absent @ (Cell::Missing(_) | Cell::Unreadable(_)) => Ok(absent),
                value => self.reckon(shape, *ty, &[value]),
            },
            _ => self.strict(shape, *ty, operands, bound),
        }
    }

    /// Operators that compute all operands, then ask that they are there, then reckon.
    fn strict(
        &self,
        shape: &Shape,
        ty: Type,
        operands: &[Tree],
        bound: &mut Vec<Cell>,
    ) -> Result<Cell, Cause> {
        let order: &[usize] = &[0, 1, 2][..operands.len()];
        let mut cells = vec![Cell::Bool(false); operands.len()];
        for at in order {
            cells[*at] = self.value(&operands[*at], bound)?;
            if self.mistake == Mistake::LooksAtEachOperandAtOnce {
                there(cells[*at].clone())?;
            }
        }
        // A range is an operator of its own, which looks at its ends before the item is looked at.
        let looks: &[usize] = if matches!(shape, Shape::InRange(_)) { &[1, 2, 0] } else { order };
        for at in looks {
            match there(cells[*at].clone()) {
                Err(_)
                    if matches!(shape, Shape::Compare(_))
                        && self.mistake == Mistake::ComparesMissingAsFalse =>
                {
                    return Ok(Cell::Bool(false));
                }
                other => other?,
            };
        }
        self.reckon(shape, ty, &cells)
    }

    fn reckon(&self, shape: &Shape, ty: Type, cells: &[Cell]) -> Result<Cell, Cause> {
        let holds = |comparison: Comparison, a: &Cell, b: &Cell| {
            compared(a, b).is_some_and(|it| match comparison {
                Comparison::Equal => it.is_eq(),
                Comparison::NotEqual => it.is_ne(),
                Comparison::Less => it.is_lt(),
                Comparison::LessOrEqual => it.is_le(),
                Comparison::Greater => it.is_gt(),
                Comparison::GreaterOrEqual => it.is_ge(),
            })
        };
        Ok(match (shape, cells) {
            (Shape::Not, [Cell::Bool(it)]) => Cell::Bool(!it),
            (Shape::Compare(comparison), [a, b]) => Cell::Bool(holds(*comparison, a, b)),
            (Shape::Arithmetic(operator), [a, b]) => self.arithmetic(*operator, a, b)?,
            (Shape::Negate, [Cell::Int(it)]) => Cell::Int(it.checked_neg().ok_or(Cause::Overflow)?),
            (Shape::Negate, [Cell::Float(it)]) => Cell::Float((-f64::from_bits(*it)).to_bits()),
            (Shape::Negate, [Cell::Decimal(it)]) => Cell::Decimal(-it),
            (Shape::ToFloat, [Cell::Int(it)]) => Cell::Float((*it as f64).to_bits()),
            (Shape::ToDecimal, [Cell::Int(it)]) => Cell::Decimal((*it).into()),
            (Shape::InSet(set), [it]) => {
                let all: Vec<Cell> = match set {
                    Set::Ints(all) => all.iter().map(|it| Cell::Int(*it)).collect(),
                    Set::Floats(all) => all.iter().map(|it| Cell::Float(*it)).collect(),
                    Set::Decimals(all) => all.iter().map(|it| Cell::Decimal(*it)).collect(),
                    Set::Texts(all) => all.iter().map(|it| Cell::Text(it.to_string())).collect(),
                };
                Cell::Bool(all.iter().any(|one| equal(it, one)))
            }
            (Shape::InRange(inclusive), [it, from, to]) => {
                let upper = if *inclusive { Comparison::LessOrEqual } else { Comparison::Less };
                Cell::Bool(holds(Comparison::LessOrEqual, from, it) && holds(upper, it, to))
            }
            (Shape::InList, [it, Cell::List(all)]) => Cell::Bool(all.iter().any(|one| equal(it, one))),
            (Shape::InText, [Cell::Text(part), Cell::Text(text)]) => Cell::Bool(text.contains(&**part)),
            (Shape::Fold(fold), [Cell::List(all)]) => folded(*fold, all, ty)?,
            (Shape::Call(function), _) => self.call(FUNCTIONS[*function as usize].kernel, cells)?,
            (Shape::Phrases(count), [Cell::Text(it)]) => {
                let (phrases, mut scratch) = (&self.program.phrases[0], String::new());
                if *count {
                    Cell::Int(phrases.count_in(it, &mut scratch))
                } else {
                    Cell::Bool(phrases.is_in(it, &mut scratch))
                }
            }
            (Shape::Matches, [Cell::Text(it)]) => Cell::Bool(self.program.regexes[0].is_match(it)),
            (Shape::Table(table), _) => {
                let table = &self.program.tables[*table as usize];
                let row = table.cells.iter().position(|row| {
                    row.iter().zip(cells).all(|(wanted, it)| {
                        wanted.as_ref().is_none_or(|wanted| match wanted {
                            CellTest::OneOf(all) => all.iter().any(|one| equal(&of_constant(one), it)),
                            // Drawn as ranges of one value.
                            CellTest::Within(all) => all.iter().all(|one| equal(&of_constant(&one.1), it)),
                        })
                    })
                });
                of_constant(&table.answers[row.ok_or_else(|| Cause::TableGap(table.id.as_str().into()))?])
            }
            unlike => panic!("{unlike:?} is ill-typed"),
        })
    }

    fn arithmetic(&self, operator: Arithmetic, a: &Cell, b: &Cell) -> Result<Cell, Cause> {
        let divides = matches!(operator, Arithmetic::Divide | Arithmetic::Remainder);
        match (a, b) {
            (_, Cell::Int(0)) if divides => Err(Cause::DivisionByZero),
            (_, Cell::Decimal(b)) if divides && b.is_zero() => Err(Cause::DivisionByZero),
            (Cell::Int(a), Cell::Int(b))
                if self.mistake == Mistake::SumsWrap && operator == Arithmetic::Add =>
            {
                Ok(Cell::Int(a.wrapping_add(*b)))
            }
            (Cell::Int(a), Cell::Int(b)) => {
                let (a, b) = (i128::from(*a), i128::from(*b));
                let exact = match operator {
                    Arithmetic::Add => Some(a + b),
                    Arithmetic::Subtract => Some(a - b),
                    Arithmetic::Multiply => Some(a * b),
                    Arithmetic::Divide => Some(a / b),
                    // The quotient of the smallest number by -1 has no place, and so neither has what it leaves.
                    Arithmetic::Remainder => (a / b <= i128::from(i64::MAX)).then_some(a % b),
                    Arithmetic::Power => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
                };
                exact.and_then(|it| i64::try_from(it).ok()).map(Cell::Int).ok_or(Cause::Overflow)
            }
            (Cell::Float(a), Cell::Float(b)) => {
                let (a, b) = (f64::from_bits(*a), f64::from_bits(*b));
                let value = match operator {
                    Arithmetic::Add => a + b,
                    Arithmetic::Subtract => a - b,
                    Arithmetic::Multiply => a * b,
                    Arithmetic::Divide => a / b,
                    Arithmetic::Remainder => a % b,
                    Arithmetic::Power => a.powf(b),
                };
                match (value.is_finite(), divides && b.abs() <= 0.0) {
                    (true, _) => Ok(Cell::Float(value.to_bits())),
                    (false, true) => Err(Cause::DivisionByZero),
                    (false, false) => Err(Cause::NotFinite),
                }
            }
            (Cell::Decimal(a), Cell::Decimal(b)) => {
                let value = match operator {
                    Arithmetic::Add => a.checked_add(*b),
                    Arithmetic::Subtract => a.checked_sub(*b),
                    Arithmetic::Multiply => a.checked_mul(*b),
                    Arithmetic::Divide => a.checked_div(*b),
                    Arithmetic::Remainder => a.checked_rem(*b),
                    Arithmetic::Power => None,
                };
                value.map(Cell::Decimal).ok_or(Cause::Overflow)
            }
            unlike => panic!("{unlike:?} is ill-typed"),
        }
    }

    /// The kernels are the functions' meaning for both evaluators; what is tried here is how they are called.
    fn call(&self, kernel: Kernel, cells: &[Cell]) -> Result<Cell, Cause> {
        let (zone, mut out) = (&self.program.zone, String::new());
        let float = |bits: &u64| f64::from_bits(*bits);
        let floats = |it: f64| Cell::Float(it.to_bits());
        let checked = |it: Option<i64>| it.map(Cell::Int).ok_or(Cause::Overflow);
        Ok(match (kernel, cells) {
            (Kernel::IntToInt(code), [Cell::Int(a)]) => checked(code(*a))?,
            (Kernel::FloatToInt(code), [Cell::Float(a)]) => checked(code(float(a)))?,
            (Kernel::IntToFloat(code), [Cell::Int(a)]) => floats(code(*a)),
            (Kernel::FloatToFloat(code), [Cell::Float(a)]) => floats(code(float(a))),
            (Kernel::FloatToFinite(code), [Cell::Float(a)]) => match code(float(a)) {
                it if it.is_finite() => floats(it),
                _ => return Err(Cause::NotFinite),
            },
            (Kernel::DecimalToDecimal(code), [Cell::Decimal(a)]) => Cell::Decimal(code(*a)),
            (Kernel::IntIntToInt(code), [Cell::Int(a), Cell::Int(b)]) => Cell::Int(code(*a, *b)),
            (Kernel::FloatFloatToFloat(code), [Cell::Float(a), Cell::Float(b)]) => {
                floats(code(float(a), float(b)))
            }
            (Kernel::FloatIntToFloat(code), [Cell::Float(a), Cell::Int(b)]) => floats(code(float(a), *b)),
            (Kernel::DecimalDecimalToDecimal(code), [Cell::Decimal(a), Cell::Decimal(b)]) => {
                Cell::Decimal(code(*a, *b))
            }
            (Kernel::IntIntIntToInt(code), [Cell::Int(a), Cell::Int(b), Cell::Int(c)]) => {
                Cell::Int(code(*a, *b, *c))
            }
            (Kernel::FloatFloatFloatToFloat(code), [Cell::Float(a), Cell::Float(b), Cell::Float(c)]) => {
                floats(code(float(a), float(b), float(c)))
            }
            (Kernel::TextToInt(code), [Cell::Text(a)]) => Cell::Int(code(a)),
            (Kernel::TextTextToBool(code), [Cell::Text(a), Cell::Text(b)]) => Cell::Bool(code(a, b)),
            (Kernel::ZonedToInt(code), [Cell::Int(a)]) => Cell::Int(code(*a, zone)),
            _ => {
                match (kernel, cells) {
                    (Kernel::IntToText(code), [Cell::Int(a)]) => code(*a, &mut out),
                    (Kernel::ZonedToText(code), [Cell::Int(a)]) => code(*a, zone, &mut out),
                    (Kernel::FloatFloatToText(code), [Cell::Float(a), Cell::Float(b)]) => {
                        code(float(a), float(b), &mut out);
                    }
                    (Kernel::TextToText(code), [Cell::Text(a)]) => code(a, &mut out),
                    (Kernel::TextTextToText(code), [Cell::Text(a), Cell::Text(b)]) => code(a, b, &mut out),
                    unlike => panic!("{unlike:?} is ill-typed"),
                }
                Cell::Text(out)
            }
        })
    }
}

fn folded(fold: Fold, all: &[Cell], ty: Type) -> Result<Cell, Cause> {
    if fold == Fold::Len {
        return Ok(Cell::Int(all.len().try_into().unwrap()));
    }
    if fold != Fold::Sum && all.is_empty() {
        return Err(Cause::EmptyList);
    }
    let ints = || all.iter().filter_map(|it| if let Cell::Int(it) = it { Some(*it) } else { None });
    if ty == Type::Int {
        let value = match fold {
            Fold::Min => ints().min(),
            Fold::Max => ints().max(),
            Fold::Sum | Fold::Mean | Fold::Len => ints().try_fold(0_i64, i64::checked_add),
        };
        return value.map(Cell::Int).ok_or(Cause::Overflow);
    }
    let floats = || {
        all.iter().map(|it| match it {
            Cell::Int(it) => *it as f64,
            Cell::Float(it) => f64::from_bits(*it),
            unlike => panic!("{unlike:?} cannot be reckoned"),
        })
    };
    let value = match fold {
        Fold::Min => floats().fold(f64::INFINITY, f64::min),
        Fold::Max => floats().fold(f64::NEG_INFINITY, f64::max),
        Fold::Mean => floats().sum::<f64>() / all.len() as f64,
        Fold::Sum | Fold::Len => floats().sum(),
    };
    if value.is_finite() { Ok(Cell::Float(value.to_bits())) } else { Err(Cause::NotFinite) }
}
