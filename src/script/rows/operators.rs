//! Operators on single values, with the meaning that the kernels give them over columns.

use super::{
    budget::{Budget, LIST_LEN_MAX, MAP_LEN_MAX, limit},
    cell::{Cell, Map},
    trace::{Reached, Trace},
    tree::{Kind, Tree},
    walk::{Answer, Stop, Walker},
};
use crate::{
    expr::{Arithmetic, Cause, Comparison, Constant, Limit, decimals, floats, ints},
    record::{Decimal, Type},
};
use std::{cmp::Ordering, rc::Rc, str::FromStr};

/// What means nothing for values of these types.
pub(super) fn unfit(name: &str, cells: &[&Cell<'_>]) -> Cause {
    let types: Vec<&str> = cells.iter().map(|it| it.type_name()).collect();
    let is_operator = !name.starts_with(|it: char| it.is_alphabetic() || it == '_');
    Cause::Unfit(match &types[..] {
        [a, b] if is_operator => format!("{a} {name} {b}").into(),
        [a] if is_operator => format!("{name}{a}").into(),
        all => format!("{name}({})", all.join(", ")).into(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "that is what a float is")]
pub(super) fn widened(it: i64) -> f64 {
    it as f64
}

/// A float meets a decimal as the decimal that it prints as.
fn exact(it: f64) -> Result<Decimal, Cause> {
    Decimal::from_str(&it.to_string()).map_err(|_| Cause::Overflow)
}

/// How two values of one kind stand to each other: `None` for floats that do not compare.
pub(super) fn order<'b>(a: &Cell<'b>, b: &Cell<'b>) -> Result<Option<Ordering>, Cause> {
    Ok(match (a, b) {
        (Cell::Int(a), Cell::Int(b))
        | (Cell::Date(a), Cell::Date(b))
        | (Cell::Time(a), Cell::Time(b))
        | (Cell::Duration(a), Cell::Duration(b)) => Some(a.cmp(b)),
        (Cell::Float(a), Cell::Float(b)) => a.partial_cmp(b),
        (Cell::Int(a), Cell::Float(b)) => widened(*a).partial_cmp(b),
        (Cell::Float(a), Cell::Int(b)) => a.partial_cmp(&widened(*b)),
        (Cell::Decimal(a), Cell::Decimal(b)) => Some(a.cmp(b)),
        (Cell::Decimal(a), Cell::Int(b)) => Some(a.cmp(&(*b).into())),
        (Cell::Int(a), Cell::Decimal(b)) => Some(Decimal::from(*a).cmp(b)),
        (Cell::Decimal(a), Cell::Float(b)) => Some(a.cmp(&exact(*b)?)),
        (Cell::Float(a), Cell::Decimal(b)) => Some(exact(*a)?.cmp(b)),
        (Cell::Bool(a), Cell::Bool(b)) => Some(a.cmp(b)),
        _ => match (a.text(), b.text()) {
            (Some(a), Some(b)) => Some(a.cmp(b)),
            _ => return Err(unfit("==", &[a, b])),
        },
    })
}

/// `== != < <= > >=`.
pub(super) fn compare<'b>(
    comparison: Comparison,
    a: &Cell<'b>,
    b: &Cell<'b>,
    budget: &mut Budget,
) -> Result<bool, Cause> {
    let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    if equality && let Some(equal) = equal_containers(a, b, budget)? {
        return Ok(equal == (comparison == Comparison::Equal));
    }
    if !equality && matches!((a, b), (Cell::Bool(_), Cell::Bool(_))) {
        return Err(unfit("<", &[a, b]));
    }
    Ok(order(a, b)?.is_some_and(|it| comparison.holds(&it, &Ordering::Equal))
        || (comparison == Comparison::NotEqual && order(a, b)?.is_none()))
}

/// Equality of what has no order; `None` for all else.
fn equal_containers<'b>(a: &Cell<'b>, b: &Cell<'b>, budget: &mut Budget) -> Result<Option<bool>, Cause> {
    Ok(Some(match (a, b) {
        (Cell::Amount(a), Cell::Amount(b)) => a == b,
        (Cell::List(a), Cell::List(b)) => {
            a.items.len() == b.items.len() && all_equal(a.items.iter().zip(&b.items), budget)?
        }
        (Cell::Map(a), Cell::Map(b)) => {
            a.entries.keys().eq(b.entries.keys())
                && all_equal(a.entries.values().zip(b.entries.values()), budget)?
        }
        (Cell::Range(a, b), Cell::Range(c, d)) | (Cell::RangeInclusive(a, b), Cell::RangeInclusive(c, d)) => {
            (a, b) == (c, d)
        }
        _ => return Ok(None),
    }))
}

fn all_equal<'c, 'b: 'c>(
    mut pairs: impl Iterator<Item = (&'c Cell<'b>, &'c Cell<'b>)>,
    budget: &mut Budget,
) -> Result<bool, Cause> {
    pairs.try_fold(true, |all, (a, b)| {
        // A list may hold another a thousand times.
        budget.charge(1)?;
        Ok(all && compare(Comparison::Equal, a, b, budget)?)
    })
}

/// Whether a value is that of a `switch` arm; values of other types are not.
pub(super) fn same<'b>(cell: &Cell<'b>, constant: &'b Constant, ty: Type) -> bool {
    order(cell, &Cell::of_constant(constant, ty)).is_ok_and(|it| it == Some(Ordering::Equal))
}

pub(super) fn negate<'b>(value: &Cell<'b>) -> Result<Cell<'b>, Cause> {
    Ok(match value {
        Cell::Int(it) => Cell::Int(it.checked_neg().ok_or(Cause::Overflow)?),
        Cell::Duration(it) => Cell::Duration(it.checked_neg().ok_or(Cause::Overflow)?),
        Cell::Float(it) => Cell::Float(-it),
        Cell::Decimal(it) => Cell::Decimal(-it),
        other => return Err(unfit("-", &[other])),
    })
}

/// The depth of a list of these elements.
pub(super) fn depth_of(items: &[Cell<'_>]) -> u16 {
    1 + items.iter().map(Cell::depth).max().unwrap_or(0)
}

/// Arithmetic that allocates nothing; `None` where it is not on numbers and times.
fn on_numbers<'b>(operator: Arithmetic, a: &Cell<'b>, b: &Cell<'b>) -> Option<Result<Cell<'b>, Cause>> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    let micros = |it: Result<i64, Cause>| it.map(Cell::Duration);
    Some(match (operator, a, b) {
        (_, Cell::Int(a), Cell::Int(b)) => ints(operator, *a, *b).map(Cell::Int),
        (_, Cell::Float(a), Cell::Float(b)) => floats(operator, *a, *b).map(Cell::Float),
        (_, Cell::Int(a), Cell::Float(b)) => floats(operator, widened(*a), *b).map(Cell::Float),
        (_, Cell::Float(a), Cell::Int(b)) => floats(operator, *a, widened(*b)).map(Cell::Float),
        (Arithmetic::Power, ..) => return None,
        (_, Cell::Decimal(a), Cell::Decimal(b)) => decimals(operator, *a, *b).map(Cell::Decimal),
        (_, Cell::Decimal(a), Cell::Int(b)) => decimals(operator, *a, (*b).into()).map(Cell::Decimal),
        (_, Cell::Int(a), Cell::Decimal(b)) => decimals(operator, (*a).into(), *b).map(Cell::Decimal),
        (_, Cell::Decimal(a), Cell::Float(b)) => {
            exact(*b).and_then(|b| decimals(operator, *a, b)).map(Cell::Decimal)
        }
        (_, Cell::Float(a), Cell::Decimal(b)) => {
            exact(*a).and_then(|a| decimals(operator, a, *b)).map(Cell::Decimal)
        }
        (Subtract, Cell::Time(a), Cell::Time(b)) => micros(ints(Subtract, *a, *b)),
        (Add | Subtract, Cell::Time(a), Cell::Duration(b)) => ints(operator, *a, *b).map(Cell::Time),
        (Add, Cell::Duration(a), Cell::Time(b)) => ints(Add, *a, *b).map(Cell::Time),
        (Subtract, Cell::Date(a), Cell::Date(b)) => {
            micros(ints(Subtract, *a, *b).and_then(|it| ints(Multiply, it, 86_400_000_000)))
        }
        (Add | Subtract, Cell::Duration(a), Cell::Duration(b)) => micros(ints(operator, *a, *b)),
        (Multiply | Divide, Cell::Duration(a), Cell::Int(b)) => micros(ints(operator, *a, *b)),
        (Multiply, Cell::Int(a), Cell::Duration(b)) => micros(ints(Multiply, *a, *b)),
        (Multiply | Divide, Cell::Duration(a), Cell::Float(b)) => micros(scaled(operator, widened(*a), *b)),
        (Multiply, Cell::Float(a), Cell::Duration(b)) => micros(scaled(Multiply, *a, widened(*b))),
        (Divide, Cell::Duration(a), Cell::Duration(b)) => {
            floats(Divide, widened(*a), widened(*b)).map(Cell::Float)
        }
        _ => return None,
    })
}

/// A duration scaled by a float, in whole microseconds, cut off.
#[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
fn scaled(operator: Arithmetic, a: f64, b: f64) -> Result<i64, Cause> {
    match floats(operator, a, b) {
        Ok(micros) if micros.abs() < 9.2e18 => Ok(micros as i64),
        Err(Cause::DivisionByZero) => Err(Cause::DivisionByZero),
        Ok(_) | Err(_) => Err(Cause::Overflow),
    }
}

impl<'b> Walker<'b> {
    /// `+ - * / % **`; `+` also joins texts, lists and maps.
    pub(super) fn arithmetic(&mut self, operator: Arithmetic, a: Cell<'b>, b: Cell<'b>) -> Answer<'b> {
        if let Some(answer) = on_numbers(operator, &a, &b) {
            return answer.map_err(Stop::Fault);
        }
        match (operator, &a, &b) {
            (Arithmetic::Add, Cell::List(left), Cell::List(right)) => {
                let count = left.items.len() + right.items.len();
                self.check_list_len(count)?;
                let all = left.items.iter().chain(&right.items).cloned().collect();
                self.new_list(all)
            }
            (Arithmetic::Add, Cell::Map(left), Cell::Map(right)) => {
                self.budget.allocate(64 * (left.entries.len() + right.entries.len()))?;
                let mut entries = left.entries.clone();
                entries.extend(right.entries.iter().map(|(key, value)| (key.clone(), value.clone())));
                self.check_map_len(entries.len())?;
                Ok(Cell::Map(Rc::new(Map { entries, depth: left.depth.max(right.depth) })))
            }
            (Arithmetic::Add, ..) if a.text().is_some() || b.text().is_some() => {
                let mut text = String::new();
                self.write(&a, &mut text)?;
                self.write(&b, &mut text)?;
                Ok(Cell::made(text))
            }
            _ => Err(unfit(operator.symbol(), &[&a, &b]).into()),
        }
    }

    pub(super) fn check_list_len(&self, len: usize) -> Result<(), Stop<'b>> {
        if len > LIST_LEN_MAX { limit(Limit::ListLength, LIST_LEN_MAX as u64) } else { Ok(()) }
    }

    pub(super) fn check_map_len(&self, len: usize) -> Result<(), Stop<'b>> {
        if len > MAP_LEN_MAX { limit(Limit::MapLength, MAP_LEN_MAX as u64) } else { Ok(()) }
    }

    /// `item in container`. A list that stands there as such is not built: the item and all elements are
    /// operands, looked at from left to right.
    pub(super) fn is_in(&mut self, two: &'b [Tree; 2]) -> Answer<'b> {
        let (item_tree, container_tree) = (&two[0], &two[1]);
        let Kind::List(parts) = &container_tree.kind else {
            let [item, container] = self.two(two)?;
            return self.contains(&container, &item);
        };
        let item = self.eval(item_tree)?;
        if parts.iter().all(|it| matches!(it.kind, Kind::Constant(..))) && self.trace.is_none() {
            return self.is_constant_in(&item, item_tree, parts);
        }
        self.trace.iter_mut().for_each(Trace::enter);
        let cells = parts.iter().map(|it| self.eval(it)).collect::<Result<Vec<_>, _>>();
        self.trace.iter_mut().for_each(|it| it.leave_as(container_tree, Reached::Other("list")));
        let cells = cells?;
        for (cell, part) in std::iter::once((&item, item_tree)).chain(cells.iter().zip(parts)) {
            if let Cell::Absent(it) = cell {
                return Err(self.absent(*it, part));
            }
        }
        let list = self.new_list(cells)?;
        self.contains(&list, &item)
    }

    fn is_constant_in(&mut self, item: &Cell<'b>, item_tree: &'b Tree, parts: &'b [Tree]) -> Answer<'b> {
        if let Cell::Absent(it) = item {
            return Err(self.absent(*it, item_tree));
        }
        self.budget.spend(parts.len() as u64)?;
        for part in parts {
            let Kind::Constant(constant, ty) = &part.kind else { continue };
            let constant = Cell::of_constant(constant, *ty);
            if compare(Comparison::Equal, item, &constant, &mut self.budget)? {
                return Ok(Cell::Bool(true));
            }
        }
        Ok(Cell::Bool(false))
    }

    /// Whether the container holds the item.
    pub(super) fn contains(&mut self, container: &Cell<'b>, item: &Cell<'b>) -> Answer<'b> {
        let found = match (container, item) {
            (Cell::List(list), item) => {
                self.budget.spend(list.items.len() as u64)?;
                let mut found = false;
                for one in &list.items {
                    found = found || compare(Comparison::Equal, item, one, &mut self.budget)?;
                }
                found
            }
            (Cell::Range(from, to), Cell::Int(it)) => from <= it && it < to,
            (Cell::RangeInclusive(from, to), Cell::Int(it)) => from <= it && it <= to,
            (Cell::Map(map), item) if item.text().is_some() => {
                item.text().is_some_and(|it| map.entries.contains_key(it))
            }
            (container, item) => match (container.text(), item.text()) {
                (Some(text), Some(part)) => {
                    self.budget.spend(text.len() as u64 / 64)?;
                    text.contains(part)
                }
                _ => return Err(unfit("in", &[item, container]).into()),
            },
        };
        Ok(Cell::Bool(found))
    }
}
