//! Statements: variables, assignments, loops, jumps; and places, which calls may change as well.

use super::{
    cell::Cell,
    operators,
    tree::{Kind, Place, Step, Tree},
    walk::{Answer, Stop, Walker},
};
use crate::expr::{Arithmetic, Cause};
use std::{cell::RefCell, rc::Rc};

/// A step into a container, its index evaluated.
enum Taken {
    Key(Rc<str>),
    Index(i64),
}

impl<'b> Walker<'b> {
    pub(super) fn statement(&mut self, tree: &'b Tree) -> Answer<'b> {
        match &tree.kind {
            Kind::Let(slot, value) => {
                let value = self.eval(value)?;
                self.slots[self.base + usize::from(*slot)] = value;
            }
            Kind::Share(slots) => {
                for slot in slots {
                    let slot = &mut self.slots[self.base + usize::from(*slot)];
                    if !matches!(slot, Cell::Shared(_)) {
                        *slot = Cell::Shared(Rc::new(RefCell::new(std::mem::replace(slot, Cell::NOTHING))));
                    }
                }
            }
            Kind::Assign(place, operator, value) => self.assign(place, *operator, value)?,
            Kind::While(condition, body) => {
                while condition.as_ref().map_or(Ok(true), |it| self.truth(it))? {
                    self.budget.spend(1)?;
                    if let Some(given) = self.looped(body)? {
                        return Ok(given);
                    }
                }
            }
            Kind::DoWhile(body, condition, until) => loop {
                if let Some(given) = self.looped(body)? {
                    return Ok(given);
                }
                if self.truth(condition)? == *until {
                    break;
                }
            },
            Kind::For(it) => return self.for_each(it),
            Kind::Break(value) => return Err(Stop::Break(self.optional(value.as_deref())?)),
            Kind::Continue => return Err(Stop::Continue),
            Kind::Return(value) => return Err(Stop::Return(self.optional(value.as_deref())?)),
            _ => {}
        }
        Ok(Cell::NOTHING)
    }

    fn optional(&mut self, tree: Option<&'b Tree>) -> Answer<'b> {
        tree.map_or(Ok(Cell::NOTHING), |it| self.eval(it))
    }

    fn assign(
        &mut self,
        place: &'b Place,
        operator: Option<Arithmetic>,
        value: &'b Tree,
    ) -> Result<(), Stop<'b>> {
        let is_stored = operator.is_none() && !place.path.is_empty();
        let new = if is_stored { self.known(value)? } else { self.eval(value)? };
        self.edit(place, |walker, old| {
            *old = match operator {
                None => new,
                Some(operator) => {
                    let before = std::mem::replace(old, Cell::NOTHING);
                    // Both operands are there before one is looked at, the left one first.
                    for operand in [&before, &new] {
                        if let Cell::Absent(it) = operand {
                            return Err(walker.absent(*it, value));
                        }
                    }
                    walker.arithmetic(operator, before, new)?
                }
            };
            Ok(())
        })
    }

    /// Changes what stands at a place. `code` gets it as a value of its own to work on.
    pub(super) fn edit<T>(
        &mut self,
        place: &'b Place,
        code: impl FnOnce(&mut Self, &mut Cell<'b>) -> Result<T, Stop<'b>>,
    ) -> Result<T, Stop<'b>> {
        let mut path = Vec::with_capacity(place.path.len());
        for step in &place.path {
            path.push(match step {
                Step::Property(name) => Taken::Key((**name).into()),
                Step::Index(tree) => match self.known(tree)? {
                    Cell::Int(it) => Taken::Index(it),
                    other => match other.text() {
                        Some(key) => Taken::Key(key.into()),
                        None => return Err(operators::unfit("[]", &[&other]).into()),
                    },
                },
            });
        }
        let at = self.base + usize::from(place.slot);
        // Taken out while it is worked on, so that what nobody else holds is changed where it is.
        match std::mem::replace(&mut self.slots[at], Cell::NOTHING) {
            Cell::Shared(shared) => {
                self.slots[at] = Cell::Shared(Rc::clone(&shared));
                let mut value = std::mem::replace(&mut *shared.borrow_mut(), Cell::NOTHING);
                let answer = self.edit_in(&mut value, &path, code)?;
                // A captured variable that came to hold its own closure would never be freed.
                if matches!(value, Cell::Closure(_)) {
                    return Err(operators::unfit("=", &[&value]).into());
                }
                *shared.borrow_mut() = value;
                Ok(answer)
            }
            mut value => {
                let answer = self.edit_in(&mut value, &path, code)?;
                self.slots[at] = value;
                Ok(answer)
            }
        }
    }

    fn edit_in<T>(
        &mut self,
        value: &mut Cell<'b>,
        path: &[Taken],
        code: impl FnOnce(&mut Self, &mut Cell<'b>) -> Result<T, Stop<'b>>,
    ) -> Result<T, Stop<'b>> {
        let Some((first, rest)) = path.split_first() else {
            let answer = code(self, value)?;
            self.check_nesting(value.depth())?;
            return Ok(answer);
        };
        match (value, first) {
            (Cell::List(list), Taken::Index(index)) => {
                self.pay_for_copy(Rc::strong_count(list), list.items.len())?;
                let list = Rc::make_mut(list);
                let at = position(*index, list.items.len()).ok_or(Cause::OutOfBounds(*index))?;
                let answer = self.edit_in(&mut list.items[at], rest, code)?;
                list.depth = list.depth.max(1 + list.items[at].depth());
                Self::refuse_closure(&list.items[at])?;
                self.check_nesting(list.depth)?;
                Ok(answer)
            }
            (Cell::Map(map), Taken::Key(key)) => {
                self.pay_for_copy(Rc::strong_count(map), map.entries.len())?;
                let map = Rc::make_mut(map);
                if !map.entries.contains_key(key) {
                    self.budget.allocate(key.len() + 64)?;
                    self.check_map_len(map.entries.len() + 1)?;
                }
                let entry = map.entries.entry(Rc::clone(key)).or_insert(Cell::NOTHING);
                let answer = self.edit_in(entry, rest, code)?;
                map.depth = map.depth.max(1 + entry.depth());
                Self::refuse_closure(entry)?;
                self.check_nesting(map.depth)?;
                Ok(answer)
            }
            (other, _) => Err(operators::unfit("[]", &[other]).into()),
        }
    }

    /// A container that somebody else holds as well is copied before it is changed.
    pub(super) fn pay_for_copy(&mut self, holders: usize, len: usize) -> Result<(), Stop<'b>> {
        if holders > 1 { self.budget.allocate(size_of::<Cell<'_>>() * len) } else { Ok(()) }
    }

    /// Closures in containers could come to hold themselves, and would never be freed.
    pub(super) fn refuse_closure(value: &Cell<'b>) -> Result<(), Stop<'b>> {
        match value {
            Cell::Closure(_) => Err(operators::unfit("[]", &[value]).into()),
            _ => Ok(()),
        }
    }
}

/// The place of an element; from the end for numbers below zero.
pub(super) fn position(index: i64, len: usize) -> Option<usize> {
    let at = if index < 0 { i64::try_from(len).ok()?.checked_add(index)? } else { index };
    usize::try_from(at).ok().filter(|it| *it < len)
}
