//! The walk over a script for one record: operands before their operator, from left to right, and
//! nothing but what guards let through. What is missing travels as a value until an operator looks at it.

use super::{
    budget::{Budget, CALL_DEPTH_MAX, NESTING_MAX, limit},
    cell::{Absence, Cell, Closure, Map},
    operators,
    script::RowScript,
    trace::Trace,
    tree::{Arm, For, Function, Kind, Switch, Tree, Verdict},
};
use crate::{
    expr::{Cause, Limit, Program},
    record::Batch,
};
use std::{collections::BTreeMap, rc::Rc};

/// Why the walk does not go on where it is.
#[derive(Debug)]
pub(super) enum Stop<'b> {
    Fault(Cause),
    Pass,
    Fail(Box<str>),
    NotApplicable,
    Break(Cell<'b>),
    Continue,
    Return(Cell<'b>),
}

impl From<Cause> for Stop<'_> {
    fn from(cause: Cause) -> Self {
        Self::Fault(cause)
    }
}

pub(super) type Answer<'b> = Result<Cell<'b>, Stop<'b>>;

/// One walk.
pub(super) struct Walker<'b> {
    pub(super) batch: &'b Batch,
    pub(super) row: usize,
    pub(super) program: &'b Program,
    pub(super) script: &'b RowScript,
    /// The text that is being walked: the script's, or that of the function's file.
    pub(super) text: &'b str,
    pub(super) slots: Vec<Cell<'b>>,
    /// The first slot of the function that is running.
    pub(super) base: usize,
    pub(super) budget: Budget,
    pub(super) trace: Option<Trace>,
}

impl<'b> Walker<'b> {
    /// Evaluates a part of the script at its top; `slots` of earlier parts are forgotten.
    pub(super) fn run(&mut self, script: &'b RowScript, tree: &'b Tree) -> Answer<'b> {
        self.script = script;
        self.text = &script.text;
        self.base = 0;
        self.slots.clear();
        self.slots.resize(script.slots, Cell::NOTHING);
        self.budget.start();
        match self.eval(tree) {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }

    /// The value of a node, written down where the walk is traced.
    pub(super) fn eval(&mut self, tree: &'b Tree) -> Answer<'b> {
        self.budget.spend(1)?;
        if self.trace.is_none() || self.budget.calls > 0 {
            return self.value(tree);
        }
        self.trace.iter_mut().for_each(Trace::enter);
        let answer = self.value(tree);
        self.trace.iter_mut().for_each(|it| it.leave(tree, &answer));
        answer
    }

    fn value(&mut self, tree: &'b Tree) -> Answer<'b> {
        match &tree.kind {
            Kind::Constant(constant, ty) => Ok(Cell::of_constant(constant, *ty)),
            Kind::Value(value) => Ok(Cell::of_value(value)),
            Kind::Nothing => Ok(Cell::NOTHING),
            Kind::Field(column) => Ok(Cell::of_column(self.batch, *column, self.row)),
            Kind::Slot(slot) => Ok(self.slot(*slot)),
            Kind::And(parts) => self.logical(parts, false),
            Kind::Or(parts) => self.logical(parts, true),
            Kind::Coalesce(parts) => self.coalesce(parts),
            Kind::Not(part) => Ok(Cell::Bool(!self.truth(part)?)),
            Kind::Negate(part) => {
                let value = self.known(part)?;
                operators::negate(&value).map_err(Stop::Fault)
            }
            Kind::Compare(comparison, two) => {
                let [a, b] = self.two(two)?;
                operators::compare(*comparison, &a, &b, &mut self.budget).map(Cell::Bool).map_err(Stop::Fault)
            }
            Kind::Arithmetic(operator, two) => {
                let [a, b] = self.two(two)?;
                self.arithmetic(*operator, a, b)
            }
            Kind::Range(two, inclusive) => match (self.two(two)?, inclusive) {
                ([Cell::Int(from), Cell::Int(to)], false) => Ok(Cell::Range(from, to)),
                ([Cell::Int(from), Cell::Int(to)], true) => Ok(Cell::RangeInclusive(from, to)),
                ([a, b], _) => Err(operators::unfit("..", &[&a, &b]).into()),
            },
            Kind::In(two) => self.is_in(two),
            Kind::List(parts) => self.list(parts),
            Kind::Map(entries) => self.map(entries),
            Kind::Interpolate(parts) => self.interpolate(parts),
            Kind::IsMissing(part) => match self.eval(part)? {
                Cell::Absent(it) if it.unreadable => Err(self.absent(it, part)),
                value => Ok(Cell::Bool(matches!(value, Cell::Absent(_)))),
            },
            Kind::If(condition, yes, no) => match (self.truth(condition)?, no) {
                (true, _) => self.eval(yes),
                (false, Some(no)) => self.eval(no),
                (false, None) => Ok(Cell::NOTHING),
            },
            Kind::Switch(switch) => self.switch(switch),
            Kind::Block(parts) => self.block(parts),
            Kind::Let(..)
            | Kind::Share(_)
            | Kind::Assign(..)
            | Kind::While(..)
            | Kind::DoWhile(..)
            | Kind::For(_)
            | Kind::Break(_)
            | Kind::Continue
            | Kind::Return(_) => self.statement(tree),
            Kind::Call(_)
            | Kind::Property(..)
            | Kind::Index(_)
            | Kind::Phrases(..)
            | Kind::Matches(..)
            | Kind::OpenTime(..)
            | Kind::Table(..) => self.call(tree),
            Kind::CallOwn(function, args) => {
                let args = args.iter().map(|it| self.eval(it)).collect::<Result<Vec<_>, _>>()?;
                self.call_function(&self.script.functions[usize::from(*function)], Vec::new(), args)
            }
            Kind::CallClosure(closure, args) => {
                let function = self.known(closure)?;
                let args = args.iter().map(|it| self.eval(it)).collect::<Result<Vec<_>, _>>()?;
                match function {
                    Cell::Closure(it) => self.call_closure(&it, args),
                    other => Err(operators::unfit("call", &[&other]).into()),
                }
            }
            Kind::Closure(function, captured) => self.closure(*function, captured),
            Kind::Verdict(verdict, reason) => self.verdict(*verdict, reason.as_deref()),
        }
    }

    /// What a slot holds.
    fn slot(&self, slot: u16) -> Cell<'b> {
        match &self.slots[self.base + usize::from(slot)] {
            Cell::Shared(it) => it.borrow().clone(),
            other => other.clone(),
        }
    }

    /// The end of the evaluation for want of a value.
    pub(super) fn absent(&self, absence: Absence, tree: &Tree) -> Stop<'b> {
        let text = self.text.get(tree.range()).unwrap_or_default();
        Stop::Fault(absence.cause(text))
    }

    /// A value that an operator looks at.
    pub(super) fn known(&mut self, tree: &'b Tree) -> Answer<'b> {
        match self.eval(tree)? {
            Cell::Absent(it) => Err(self.absent(it, tree)),
            value => Ok(value),
        }
    }

    /// Both operands first, then the look at what is missing.
    pub(super) fn two(&mut self, two: &'b [Tree; 2]) -> Result<[Cell<'b>; 2], Stop<'b>> {
        let a = self.eval(&two[0])?;
        let b = self.eval(&two[1])?;
        match (&a, &b) {
            (Cell::Absent(it), _) => Err(self.absent(*it, &two[0])),
            (_, Cell::Absent(it)) => Err(self.absent(*it, &two[1])),
            _ => Ok([a, b]),
        }
    }

    /// A condition.
    pub(super) fn truth(&mut self, tree: &'b Tree) -> Result<bool, Stop<'b>> {
        match self.known(tree)? {
            Cell::Bool(it) => Ok(it),
            other => Err(Cause::NotBool(other.type_name().into()).into()),
        }
    }

    /// `&&` goes on while operands are true, `||` while they are false.
    fn logical(&mut self, parts: &'b [Tree], decides: bool) -> Answer<'b> {
        for part in parts {
            if self.truth(part)? == decides {
                return Ok(Cell::Bool(decides));
            }
        }
        Ok(Cell::Bool(!decides))
    }

    fn coalesce(&mut self, parts: &'b [Tree]) -> Answer<'b> {
        let mut last = Cell::NOTHING;
        for (index, part) in parts.iter().enumerate() {
            last = self.eval(part)?;
            match last {
                Cell::Absent(it) if it.unreadable && index + 1 < parts.len() => {
                    return Err(self.absent(it, part));
                }
                Cell::Absent(_) => {}
                _ => return Ok(last),
            }
        }
        Ok(last)
    }

    fn list(&mut self, parts: &'b [Tree]) -> Answer<'b> {
        let items = parts.iter().map(|it| self.eval(it)).collect::<Result<Vec<_>, _>>()?;
        for (item, part) in items.iter().zip(parts) {
            if let Cell::Absent(it) = item {
                return Err(self.absent(*it, part));
            }
        }
        self.new_list(items)
    }

    /// A list of these elements, as long and as deep as lists may be.
    pub(super) fn new_list(&mut self, items: Vec<Cell<'b>>) -> Answer<'b> {
        let depth = operators::depth_of(&items);
        self.check_nesting(depth)?;
        items.iter().try_for_each(Self::refuse_closure)?;
        self.budget.allocate(size_of::<Cell<'_>>() * items.len())?;
        Ok(Cell::list(items, depth))
    }

    pub(super) fn check_nesting(&self, depth: u16) -> Result<(), Stop<'b>> {
        if depth > NESTING_MAX { limit(Limit::Nesting, u64::from(NESTING_MAX)) } else { Ok(()) }
    }

    fn map(&mut self, parts: &'b [(std::sync::Arc<str>, Tree)]) -> Answer<'b> {
        let mut entries: BTreeMap<Rc<str>, Cell<'b>> = BTreeMap::new();
        for (key, part) in parts {
            let value = self.known(part)?;
            Self::refuse_closure(&value)?;
            self.budget.allocate(key.len() + 64)?;
            entries.insert((**key).into(), value);
        }
        let depth = 1 + entries.values().map(Cell::depth).max().unwrap_or(0);
        self.check_nesting(depth)?;
        Ok(Cell::Map(Rc::new(Map { entries, depth })))
    }

    fn interpolate(&mut self, parts: &'b [Tree]) -> Answer<'b> {
        let mut text = String::new();
        for part in parts {
            let value = self.known(part)?;
            self.write(&value, &mut text)?;
        }
        Ok(Cell::made(text))
    }

    /// Appends a value as text, within what a text may have.
    pub(super) fn write(&mut self, value: &Cell<'b>, text: &mut String) -> Result<(), Stop<'b>> {
        let before = text.len();
        value.write(&self.program.zone, text, &mut self.budget)?;
        self.budget.allocate(text.len() - before)
    }

    fn switch(&mut self, switch: &'b Switch) -> Answer<'b> {
        let subject = self.known(&switch.subject)?;
        let ranged = |arm: &&Arm| {
            let Cell::Int(it) = subject else { return false };
            arm.ranges
                .iter()
                .any(|(from, to, inclusive)| it >= *from && (it < *to || *inclusive && it == *to))
        };
        // Rhai looks at values first, then at ranges.
        let of_value =
            |arm: &&'b Arm| arm.values.iter().any(|(value, ty)| operators::same(&subject, value, *ty));
        let arms = switch.arms.iter().filter(of_value);
        for arm in arms.chain(switch.arms.iter().filter(ranged)) {
            let holds = match &arm.condition {
                Some(condition) => self.truth(condition)?,
                None => true,
            };
            if holds {
                return self.eval(&arm.body);
            }
        }
        switch.default.as_ref().map_or(Ok(Cell::NOTHING), |it| self.eval(it))
    }

    pub(super) fn block(&mut self, parts: &'b [Tree]) -> Answer<'b> {
        let mut last = Cell::NOTHING;
        for part in parts {
            last = self.eval(part)?;
        }
        Ok(last)
    }

    /// Runs the body of a loop; `Some` is what the loop gives.
    pub(super) fn looped(&mut self, body: &'b Tree) -> Result<Option<Cell<'b>>, Stop<'b>> {
        match self.eval(body) {
            Ok(_) | Err(Stop::Continue) => Ok(None),
            Err(Stop::Break(value)) => Ok(Some(value)),
            Err(other) => Err(other),
        }
    }

    pub(super) fn for_each(&mut self, it: &'b For) -> Answer<'b> {
        let over = self.known(&it.over)?;
        let mut given = None;
        let set = |walker: &mut Self, item: Cell<'b>, index: usize| {
            walker.slots[walker.base + usize::from(it.item)] = item;
            if let Some(counter) = it.counter {
                let index = i64::try_from(index).unwrap_or(i64::MAX);
                walker.slots[walker.base + usize::from(counter)] = Cell::Int(index);
            }
            walker.looped(&it.body)
        };
        match over {
            Cell::List(list) => {
                for (index, item) in list.items.iter().enumerate() {
                    given = set(self, item.clone(), index)?;
                    if given.is_some() {
                        break;
                    }
                }
            }
            Cell::Range(from, to) => {
                for (index, item) in (from..to).enumerate() {
                    given = set(self, Cell::Int(item), index)?;
                    if given.is_some() {
                        break;
                    }
                }
            }
            Cell::RangeInclusive(from, to) => {
                for (index, item) in (from..=to).enumerate() {
                    given = set(self, Cell::Int(item), index)?;
                    if given.is_some() {
                        break;
                    }
                }
            }
            other => return Err(operators::unfit("for", &[&other]).into()),
        }
        Ok(given.unwrap_or(Cell::NOTHING))
    }

    fn closure(&mut self, function: u16, captured: &'b [u16]) -> Answer<'b> {
        self.budget.allocate(64 + 16 * captured.len())?;
        let captured: Vec<Cell<'b>> =
            captured.iter().map(|it| self.slots[self.base + usize::from(*it)].clone()).collect();
        let depth = 1 + captured.iter().map(Cell::depth).max().unwrap_or(0);
        self.check_nesting(depth)?;
        let function = &self.script.functions[usize::from(function)];
        Ok(Cell::Closure(Rc::new(Closure { function, captured, depth })))
    }

    pub(super) fn call_closure(&mut self, closure: &Closure<'b>, args: Vec<Cell<'b>>) -> Answer<'b> {
        self.call_function(closure.function, closure.captured.clone(), args)
    }

    fn call_function(
        &mut self,
        function: &'b Function,
        captured: Vec<Cell<'b>>,
        args: Vec<Cell<'b>>,
    ) -> Answer<'b> {
        if args.len() != function.params {
            let what = format!("{}({} …)", function.name, args.len());
            return Err(Cause::Unfit(what.into()).into());
        }
        if self.budget.calls >= CALL_DEPTH_MAX {
            return limit(Limit::CallDepth, CALL_DEPTH_MAX as u64);
        }
        self.budget.allocate(size_of::<Cell<'_>>() * function.slots)?;
        let (base, outer, text) = (self.slots.len(), self.base, self.text);
        self.text = &function.text;
        self.slots.extend(captured.into_iter().chain(args));
        self.slots.resize(base + function.slots, Cell::NOTHING);
        self.base = base;
        self.budget.calls += 1;
        let answer = self.eval(&function.body);
        self.budget.calls -= 1;
        (self.base, self.text) = (outer, text);
        self.slots.truncate(base);
        match answer {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }

    fn verdict(&mut self, verdict: Verdict, reason: Option<&'b Tree>) -> Answer<'b> {
        let reason = match reason {
            Some(tree) => Some(self.known(tree)?),
            None => None,
        };
        Err(match verdict {
            Verdict::Pass => Stop::Pass,
            Verdict::NotApplicable => Stop::NotApplicable,
            Verdict::Fail => {
                let mut text = String::new();
                if let Some(reason) = reason {
                    self.write(&reason, &mut text)?;
                }
                Stop::Fail(text.into())
            }
        })
    }
}
