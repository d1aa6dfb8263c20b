//! Functions without a column form, each bounded by the budget while it works.

use super::{
    budget::TEXT_LEN_MAX,
    calls::owned,
    cell::{Cell, Closure, List, Map},
    control::position,
    operators::{compare, order, unfit, widened},
    tree::Call,
    walk::{Answer, Stop, Walker},
};
use crate::expr::{Cause, Comparison, Fold, Limit, Native, fold_floats, ints};
use std::{cmp::Ordering, rc::Rc};

impl<'b> Walker<'b> {
    /// Calls a function; its arguments are there.
    pub(super) fn native(&mut self, native: Native, call: &'b Call, cells: &mut [Cell<'b>]) -> Answer<'b> {
        let take = |cell: &mut Cell<'b>| std::mem::replace(cell, Cell::NOTHING);
        if let (true, Some(first)) = (call.changes, cells.first_mut()) {
            let first = take(first);
            let rest: Vec<Cell<'b>> = cells[1..].iter_mut().map(take).collect();
            return match &call.place {
                Some(place) => {
                    // The copy that was read is let go, so that the variable's own is changed in place.
                    drop(first);
                    self.edit(place, |walker, value| walker.change(native, &call.name, value, rest))
                }
                None => {
                    let mut value = first;
                    self.change(native, &call.name, &mut value, rest)
                }
            };
        }
        match (native, &*cells) {
            (Native::Print, [_]) => Ok(Cell::NOTHING),
            (Native::ToText, [value]) => {
                let mut text = String::new();
                self.write(value, &mut text)?;
                Ok(Cell::made(text))
            }
            (Native::Range, [Cell::Int(from), Cell::Int(to)]) => Ok(Cell::Range(*from, *to)),
            (Native::Range, [Cell::Int(from), Cell::Int(to), Cell::Int(step)]) => {
                self.stepped(*from, *to, *step)
            }
            (_, [Cell::List(list), rest @ ..]) => {
                let (list, rest) = (Rc::clone(list), rest.to_vec());
                self.on_list(native, &call.name, &list, &rest)
            }
            (_, [Cell::Map(map), rest @ ..]) => self.on_map(native, &call.name, &Rc::clone(map), rest),
            (Native::Len | Native::Contains, [range, rest @ ..])
                if matches!(range, Cell::Range(..) | Cell::RangeInclusive(..)) =>
            {
                match rest {
                    [item] => self.contains(range, item),
                    _ => Ok(Cell::Int(length(range))),
                }
            }
            (_, [text, rest @ ..]) if text.text().is_some() => {
                let text = text.clone();
                self.on_text(native, &call.name, text.text().unwrap_or_default(), rest)
            }
            _ => Err(unfit(&call.name, &cells.iter().collect::<Vec<_>>()).into()),
        }
    }

    fn stepped(&mut self, from: i64, to: i64, step: i64) -> Answer<'b> {
        if step == 0 {
            return Err(Cause::Unfit("range(…, 0)".into()).into());
        }
        let (mut at, mut all) = (from, Vec::new());
        while (step > 0 && at < to) || (step < 0 && at > to) {
            self.budget.spend(1)?;
            self.check_list_len(all.len() + 1)?;
            all.push(Cell::Int(at));
            let Some(next) = at.checked_add(step) else { break };
            at = next;
        }
        self.new_list(all)
    }

    fn on_list(&mut self, native: Native, name: &str, list: &Rc<List<'b>>, rest: &[Cell<'b>]) -> Answer<'b> {
        let items = &list.items;
        self.budget.spend(items.len() as u64)?;
        match (native, rest) {
            (Native::Len, []) => Ok(count(items.len())),
            (Native::IsEmpty, []) => Ok(Cell::Bool(items.is_empty())),
            (Native::Contains, [item]) => self.contains(&Cell::List(Rc::clone(list)), item),
            (Native::Get, [Cell::Int(index)]) => {
                Ok(position(*index, items.len()).map_or(Cell::NOTHING, |at| items[at].clone()))
            }
            (Native::Extract, [Cell::Int(start), more @ ..]) => {
                let (low, len) = part(*start, more.first(), items.len());
                self.new_list(items[low..low + len].to_vec())
            }
            (Native::Any | Native::All, []) => self.truths(items, native == Native::Any),
            (Native::Any | Native::All, [Cell::Closure(test)]) => {
                let decides = native == Native::Any;
                for (index, item) in items.iter().enumerate() {
                    if self.test(test, item, index)? == decides {
                        return Ok(Cell::Bool(decides));
                    }
                }
                Ok(Cell::Bool(!decides))
            }
            (Native::Filter | Native::Find | Native::IndexOf, [Cell::Closure(test)]) => {
                let mut found = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    if self.test(test, item, index)? {
                        match native {
                            Native::Find => return Ok(item.clone()),
                            Native::IndexOf => return Ok(count(index)),
                            _ => found.push(item.clone()),
                        }
                    }
                }
                match native {
                    Native::Find => Ok(Cell::NOTHING),
                    Native::IndexOf => Ok(Cell::Int(-1)),
                    _ => self.new_list(found),
                }
            }
            (Native::IndexOf, [item]) => {
                for (index, one) in items.iter().enumerate() {
                    if compare(Comparison::Equal, one, item, &mut self.budget)? {
                        return Ok(count(index));
                    }
                }
                Ok(Cell::Int(-1))
            }
            (Native::Map, [Cell::Closure(code)]) => {
                let mut made = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    made.push(self.given(code, vec![item.clone()], index)?);
                }
                self.new_list(made)
            }
            (Native::Reduce, [Cell::Closure(code), start @ ..]) => {
                let (mut total, skip) = match start {
                    [start] => (start.clone(), 0),
                    _ => (items.first().cloned().ok_or(Cause::EmptyList)?, 1),
                };
                for (index, item) in items.iter().enumerate().skip(skip) {
                    total = self.given(code, vec![total, item.clone()], index)?;
                }
                Ok(total)
            }
            (Native::Zip, [Cell::List(other), Cell::Closure(code)]) => {
                let mut made = Vec::new();
                for (index, (a, b)) in items.iter().zip(&other.items).enumerate() {
                    made.push(self.given(code, vec![a.clone(), b.clone()], index)?);
                }
                self.new_list(made)
            }
            (Native::Sum, []) => fold(Fold::Sum, items),
            (Native::Mean, []) => fold(Fold::Mean, items),
            (Native::Min, []) => fold(Fold::Min, items),
            (Native::Max, []) => fold(Fold::Max, items),
            _ => Err(unfit_call(name, &Cell::List(Rc::clone(list)), rest)),
        }
    }

    fn truths(&mut self, items: &[Cell<'b>], any: bool) -> Answer<'b> {
        let truth = |it: &Cell<'b>| match it {
            Cell::Bool(it) => Ok(*it),
            other => Err(Stop::Fault(unfit(if any { "any" } else { "all" }, &[other]))),
        };
        let all = items.iter().map(truth).collect::<Result<Vec<bool>, Stop<'b>>>()?;
        Ok(Cell::Bool(if any { all.contains(&true) } else { !all.contains(&false) }))
    }

    /// What a closure says of an element, which must be true or false.
    fn test(&mut self, code: &Closure<'b>, item: &Cell<'b>, index: usize) -> Result<bool, Stop<'b>> {
        match self.given(code, vec![item.clone()], index)? {
            Cell::Bool(it) => Ok(it),
            other => Err(Cause::NotBool(other.type_name().into()).into()),
        }
    }

    /// What a closure gives; one that takes an argument more than it must gets the element's number.
    fn given(&mut self, code: &Closure<'b>, mut args: Vec<Cell<'b>>, index: usize) -> Answer<'b> {
        if code.function.params == args.len() + 1 {
            args.push(count(index));
        }
        match self.call_closure(code, args)? {
            Cell::Absent(it) => Err(Stop::Fault(it.cause("|…|"))),
            value => Ok(value),
        }
    }

    fn on_map(&mut self, native: Native, name: &str, map: &Rc<Map<'b>>, rest: &[Cell<'b>]) -> Answer<'b> {
        self.budget.spend(1)?;
        match (native, rest) {
            (Native::Len, []) => Ok(count(map.entries.len())),
            (Native::IsEmpty, []) => Ok(Cell::Bool(map.entries.is_empty())),
            (Native::Contains, [key]) => self.contains(&Cell::Map(Rc::clone(map)), key),
            (Native::Get, [key]) if key.text().is_some() => {
                let found = key.text().and_then(|it| map.entries.get(it));
                Ok(found.cloned().unwrap_or(Cell::NOTHING))
            }
            (Native::Keys, []) => {
                let keys = map.entries.keys().map(|it| Cell::Made(Rc::clone(it))).collect();
                self.new_list(keys)
            }
            (Native::Values, []) => self.new_list(map.entries.values().cloned().collect()),
            _ => Err(unfit_call(name, &Cell::Map(Rc::clone(map)), rest)),
        }
    }

    fn on_text(&mut self, native: Native, name: &str, text: &str, rest: &[Cell<'b>]) -> Answer<'b> {
        self.budget.spend(1 + text.len() as u64 / 64)?;
        match (native, rest) {
            (Native::IsEmpty, []) => Ok(Cell::Bool(text.is_empty())),
            (Native::ParseInt, []) => match text.trim().parse() {
                Ok(it) => Ok(Cell::Int(it)),
                Err(_) => Err(Cause::NotReadable(excerpt(text).into()).into()),
            },
            (Native::ParseFloat, []) => match text.trim().parse::<f64>() {
                Ok(it) if it.is_finite() => Ok(Cell::Float(it)),
                Ok(_) | Err(_) => Err(Cause::NotReadable(excerpt(text).into()).into()),
            },
            (Native::Chars, []) => {
                self.check_list_len(text.len().min(text.chars().count()))?;
                self.budget.allocate(32 * text.len())?;
                let all = text.chars().map(|it| Cell::made(it.to_string())).collect();
                self.new_list(all)
            }
            (Native::Split, []) => self.split(text.split_whitespace()),
            (Native::Split, [separator]) if separator.text().is_some_and(|it| !it.is_empty()) => {
                self.split(text.split(separator.text().unwrap_or_default()))
            }
            (Native::IndexOf, [part]) if part.text().is_some() => {
                let found = text.find(part.text().unwrap_or_default());
                Ok(found.map_or(Cell::Int(-1), |at| count(text[..at].chars().count())))
            }
            (Native::SubString, [Cell::Int(start), more @ ..]) => {
                let (low, len) = part(*start, more.first(), text.chars().count());
                self.budget.allocate(len)?;
                Ok(Cell::made(text.chars().skip(low).take(len).collect()))
            }
            (Native::Replace, [part, other]) => match (part.text(), other.text()) {
                (Some(part), Some(other)) if !part.is_empty() => {
                    let times = text.matches(part).count();
                    let len = text.len() - times * part.len() + times * other.len();
                    if len > TEXT_LEN_MAX {
                        return super::budget::limit(Limit::TextLength, TEXT_LEN_MAX as u64);
                    }
                    self.budget.allocate(len)?;
                    Ok(Cell::made(text.replace(part, other)))
                }
                _ => Err(unfit(name, &[part, other]).into()),
            },
            _ => Err(unfit_call(name, &Cell::made(excerpt(text).to_owned()), rest)),
        }
    }

    fn split<'t>(&mut self, parts: impl Iterator<Item = &'t str>) -> Answer<'b> {
        let mut all = Vec::new();
        for part in parts {
            self.budget.allocate(32 + part.len())?;
            self.check_list_len(all.len() + 1)?;
            all.push(Cell::made(part.to_owned()));
        }
        self.new_list(all)
    }

    /// Changes a list or map.
    fn change(
        &mut self,
        native: Native,
        name: &str,
        value: &mut Cell<'b>,
        rest: Vec<Cell<'b>>,
    ) -> Answer<'b> {
        if native != Native::Sort {
            rest.iter().try_for_each(Self::refuse_closure)?;
        }
        let added = 1 + rest.iter().map(Cell::depth).max().unwrap_or(0);
        match std::mem::replace(value, Cell::NOTHING) {
            Cell::List(list) => {
                self.pay_for_copy(Rc::strong_count(&list), list.items.len())?;
                let depth = list.depth.max(added);
                let mut items = owned(list);
                let Some(answer) = self.change_list(native, &mut items, &rest)? else {
                    return Err(unfit_call(name, &Cell::list(items, 1), &rest));
                };
                self.check_list_len(items.len())?;
                *value = Cell::list(items, depth);
                Ok(answer)
            }
            Cell::Map(map) => {
                self.pay_for_copy(Rc::strong_count(&map), map.entries.len())?;
                let mut map = Rc::unwrap_or_clone(map);
                let answer = match (native, &rest[..]) {
                    (Native::Clear, []) => {
                        map.entries.clear();
                        Cell::NOTHING
                    }
                    (Native::Remove, [key]) if key.text().is_some() => {
                        map.entries.remove(key.text().unwrap_or_default()).unwrap_or(Cell::NOTHING)
                    }
                    (Native::Set, [key, new]) if key.text().is_some() => {
                        let key = key.text().unwrap_or_default();
                        self.budget.allocate(key.len() + 64)?;
                        map.depth = map.depth.max(added);
                        map.entries.insert(key.into(), new.clone());
                        self.check_map_len(map.entries.len())?;
                        Cell::NOTHING
                    }
                    _ => return Err(unfit_call(name, &Cell::Map(Rc::new(map)), &rest)),
                };
                *value = Cell::Map(Rc::new(map));
                Ok(answer)
            }
            other => Err(unfit_call(name, &other, &rest)),
        }
    }

    /// `None` where it means nothing for a list.
    fn change_list(
        &mut self,
        native: Native,
        items: &mut Vec<Cell<'b>>,
        rest: &[Cell<'b>],
    ) -> Result<Option<Cell<'b>>, Stop<'b>> {
        // Those that look at every element work as much.
        if !matches!(native, Native::Push | Native::Pop | Native::Set) {
            self.budget.spend(items.len() as u64)?;
        }
        let size = size_of::<Cell<'_>>();
        match (native, rest) {
            (Native::Push, [value]) => {
                self.budget.allocate(size)?;
                items.push(value.clone());
            }
            (Native::Append, [Cell::List(other)]) => {
                self.budget.allocate(size * other.items.len())?;
                items.extend(other.items.iter().cloned());
            }
            (Native::Insert, [Cell::Int(index), value]) => {
                self.budget.allocate(size)?;
                let at = position(*index, items.len() + 1).unwrap_or(items.len());
                items.insert(at, value.clone());
            }
            (Native::Pad, [Cell::Int(len), value]) => {
                let len = usize::try_from(*len).unwrap_or(0).max(items.len());
                self.check_list_len(len)?;
                self.budget.allocate(size * (len - items.len()))?;
                items.resize(len, value.clone());
            }
            (Native::Set, [Cell::Int(index), value]) => {
                let at = position(*index, items.len()).ok_or(Cause::OutOfBounds(*index))?;
                items[at] = value.clone();
            }
            (Native::Pop, []) => return Ok(Some(items.pop().unwrap_or(Cell::NOTHING))),
            (Native::Shift, []) => {
                return Ok(Some(if items.is_empty() { Cell::NOTHING } else { items.remove(0) }));
            }
            (Native::Remove, [Cell::Int(index)]) => {
                let at = position(*index, items.len());
                return Ok(Some(at.map_or(Cell::NOTHING, |at| items.remove(at))));
            }
            (Native::Clear, []) => items.clear(),
            (Native::Reverse, []) => items.reverse(),
            (Native::Truncate, [Cell::Int(len)]) => items.truncate(usize::try_from(*len).unwrap_or(0)),
            (Native::Chop, [Cell::Int(len)]) => {
                let keep = usize::try_from(*len).unwrap_or(0).min(items.len());
                items.drain(..items.len() - keep);
            }
            (Native::Dedup, []) => {
                let mut kept: Vec<Cell<'b>> = Vec::with_capacity(items.len());
                for item in items.drain(..) {
                    let repeated = match kept.last() {
                        Some(last) => compare(Comparison::Equal, last, &item, &mut self.budget)?,
                        None => false,
                    };
                    if !repeated {
                        kept.push(item);
                    }
                }
                *items = kept;
            }
            (Native::Sort, []) => self.sort(items, |_, a, b| {
                order(a, b).map(|it| it.unwrap_or(Ordering::Equal)).map_err(Stop::Fault)
            })?,
            (Native::Sort, [Cell::Closure(code)]) => {
                let code = Rc::clone(code);
                self.sort(items, |walker, a, b| {
                    match walker.given(&code, vec![a.clone(), b.clone()], 0)? {
                        Cell::Int(it) => Ok(it.cmp(&0)),
                        Cell::Float(it) => Ok(it.total_cmp(&0.0)),
                        Cell::Bool(true) => Ok(Ordering::Less),
                        Cell::Bool(false) => Ok(Ordering::Greater),
                        other => Err(unfit("sort", &[&other]).into()),
                    }
                })?;
            }
            _ => return Ok(None),
        }
        Ok(Some(Cell::NOTHING))
    }

    /// Merge sort: it stops where a comparison fails, and asks only so often whatever closures answer.
    fn sort(
        &mut self,
        items: &mut Vec<Cell<'b>>,
        mut order: impl FnMut(&mut Self, &Cell<'b>, &Cell<'b>) -> Result<Ordering, Stop<'b>>,
    ) -> Result<(), Stop<'b>> {
        let (mut width, len) = (1, items.len());
        while width < len {
            let mut merged = Vec::with_capacity(len);
            for low in (0..len).step_by(2 * width) {
                let (mut a, mut b) = (low, (low + width).min(len));
                let (a_end, b_end) = (b, (low + 2 * width).min(len));
                while a < a_end || b < b_end {
                    self.budget.spend(1)?;
                    let left =
                        b >= b_end || (a < a_end && order(self, &items[b], &items[a])? != Ordering::Less);
                    let from = if left { &mut a } else { &mut b };
                    merged.push(items[*from].clone());
                    *from += 1;
                }
            }
            *items = merged;
            width *= 2;
        }
        Ok(())
    }
}

fn count<'b>(len: usize) -> Cell<'b> {
    Cell::Int(i64::try_from(len).unwrap_or(i64::MAX))
}

fn length(range: &Cell<'_>) -> i64 {
    match range {
        Cell::Range(from, to) => to.saturating_sub(*from).max(0),
        Cell::RangeInclusive(from, to) => to.saturating_sub(*from).saturating_add(1).max(0),
        _ => 0,
    }
}

/// Where a part begins and how long it is: `start` from the end where it is below zero, all that is left without a count.
fn part(start: i64, len: Option<&Cell<'_>>, of: usize) -> (usize, usize) {
    let size = i64::try_from(of).unwrap_or(i64::MAX);
    let low = if start < 0 { size.saturating_add(start).max(0) } else { start.min(size) };
    let low = usize::try_from(low).unwrap_or(0);
    let len = match len {
        Some(Cell::Int(len)) => usize::try_from(*len).unwrap_or(0),
        _ => usize::MAX,
    };
    (low, len.min(of - low))
}

fn excerpt(text: &str) -> &str {
    let end = text.char_indices().nth(40).map_or(text.len(), |it| it.0);
    &text[..end]
}

fn unfit_call<'b>(name: &str, first: &Cell<'b>, rest: &[Cell<'b>]) -> Stop<'b> {
    let all: Vec<&Cell<'b>> = std::iter::once(first).chain(rest).collect();
    unfit(name, &all).into()
}

/// Ints stay ints unless a float is among them.
fn fold<'b>(how: Fold, items: &[Cell<'b>]) -> Answer<'b> {
    if let Some(other) = items.iter().find(|it| !matches!(it, Cell::Int(_) | Cell::Float(_))) {
        let name = match how {
            Fold::Min => "min",
            Fold::Max => "max",
            Fold::Mean => "mean",
            Fold::Len | Fold::Sum => "sum",
        };
        return Err(unfit(name, &[other]).into());
    }
    if items.is_empty() && how != Fold::Sum {
        return Err(Cause::EmptyList.into());
    }
    let as_int = |it: &Cell<'b>| if let Cell::Int(it) = it { Some(*it) } else { None };
    let whole: Option<Vec<i64>> = items.iter().map(as_int).collect();
    if let (Some(whole), true) = (whole, how != Fold::Mean) {
        let mut all = whole.into_iter();
        let result = match how {
            Fold::Min => all.min().ok_or(Cause::EmptyList),
            Fold::Max => all.max().ok_or(Cause::EmptyList),
            Fold::Len | Fold::Mean | Fold::Sum => {
                all.try_fold(0, |total, it| ints(crate::expr::Arithmetic::Add, total, it))
            }
        };
        return result.map(Cell::Int).map_err(Stop::Fault);
    }
    let as_float = |it: &Cell<'b>| match it {
        Cell::Int(it) => widened(*it),
        Cell::Float(it) => *it,
        _ => f64::NAN,
    };
    let result = fold_floats(how, items.iter().map(as_float));
    if result.is_finite() { Ok(Cell::Float(result)) } else { Err(Cause::NotFinite.into()) }
}
