//! Row-by-row evaluation: a walk of our own over the tree that Rhai parsed, with outcome, error and
//! evidence as the columns would give them (SEMANTICS 2.4).
//!
//! Why not Rhai's own evaluator: there a missing value that is compared is `false`, and keeping it from
//! that by overloads for every pair of types costs several times this walk (`cargo bench --bench rows`) and
//! leaves leaks; and its limits do not hold inside native functions. Here what is missing is a value that no
//! operator accepts, and every function pays for its work while it works.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "values are of any type here: what fits no arm is an error of the script, said in one place"
)]

mod budget;
mod calls;
mod cell;
mod control;
mod natives;
mod operators;
mod plant;
mod plant_calls;
mod script;
mod trace;
mod tree;
mod walk;

pub use budget::tick;
pub(crate) use plant::{Ground, plant};
pub use script::RowRule;
pub(crate) use script::RowScript;
pub use trace::{PartKind, Reached, Traced};

use crate::{
    expr::{Cause, Program},
    record::{Batch, Value},
};
use budget::Budget;
use cell::Cell;
use std::sync::Arc;
use trace::{ELEMENTS_MAX, Trace, outline};
use tree::Tree;
use walk::{Answer, Stop, Walker};

/// What a rule says of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowVerdict {
    /// The check holds.
    Pass,
    /// It does not: the number of the first false conjunct, and what `fail(...)` said.
    Fail(usize, Option<Box<str>>),
    /// The rule does not look at the record.
    NotApplicable,
    /// There is no verdict; whether it was `when` that gave none, and why.
    Fault(bool, Cause),
}

/// A rule's evaluation for one record, part by part.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleTrace {
    /// The verdict.
    pub verdict: RowVerdict,
    /// `when`, where the rule has one.
    pub when: Option<Traced>,
    /// The conjuncts of `check` in order; a script is one.
    pub check: Vec<Traced>,
}

/// Runs scripts; one a worker.
pub struct RowRunner {
    program: Arc<Program>,
}

impl RowRunner {
    /// Gets ready for the lists and tables of a program.
    #[must_use]
    pub fn new(program: &Arc<Program>) -> Self {
        Self { program: Arc::clone(program) }
    }

    /// Judges one record.
    pub fn judge(&self, rule: &RowRule, batch: &Batch, row: usize) -> RowVerdict {
        let mut walker = self.walker(&rule.check, batch, row);
        if let Some(when) = &rule.when {
            for tree in &when.trees {
                if let Some(verdict) = verdict_of_when(walker.run(when, tree)) {
                    return verdict;
                }
            }
        }
        for (number, tree) in rule.check.trees.iter().enumerate() {
            let answer = walker.run(&rule.check, tree);
            if let Some(verdict) = verdict_of_check(answer, number, tree, &rule.check) {
                return verdict;
            }
        }
        RowVerdict::Pass
    }

    /// The value of an expression for one record, or why there is none: where it must be `there`, a
    /// missing value is a reason as well.
    pub(crate) fn value(
        &self,
        script: &RowScript,
        batch: &Batch,
        row: usize,
        there: bool,
    ) -> Result<Value, Cause> {
        let mut walker = self.walker(script, batch, row);
        let mut value = Value::Missing;
        for tree in &script.trees {
            value = match walker.run(script, tree) {
                Ok(Cell::Absent(it)) if there || script.trees.len() > 1 => {
                    return Err(it.cause(script.text.get(tree.range()).unwrap_or_default()));
                }
                Ok(cell) => match cell.to_value(&mut ELEMENTS_MAX.clone()) {
                    Some(value) => value,
                    None => return Err(Cause::Unfit(cell.type_name().into())),
                },
                Err(Stop::Fault(cause)) => return Err(cause),
                Err(_) => return Err(Cause::Unfit("pass, fail, not_applicable".into())),
            };
            if value == Value::Bool(false) {
                break;
            }
        }
        Ok(value)
    }

    /// Judges one record and writes down what every part of the rule gave.
    pub fn trace(&self, rule: &RowRule, batch: &Batch, row: usize) -> RuleTrace {
        let mut walker = self.walker(&rule.check, batch, row);
        let mut trace = Self::outline(rule);
        trace.verdict = RowVerdict::Pass;
        if let Some(when) = &rule.when {
            let mut parts = Vec::new();
            for tree in &when.trees {
                walker.trace = Some(Trace::default());
                let verdict = verdict_of_when(walker.run(when, tree));
                parts.extend(walker.trace.take().and_then(|it| it.done));
                if let Some(verdict) = verdict {
                    trace.verdict = verdict;
                    break;
                }
            }
            if let Some(of_when) = &mut trace.when {
                put_in(of_when, parts, when.trees.len());
            }
        }
        if trace.verdict == RowVerdict::Pass {
            for (number, tree) in rule.check.trees.iter().enumerate() {
                walker.trace = Some(Trace::default());
                let answer = walker.run(&rule.check, tree);
                let verdict = verdict_of_check(answer, number, tree, &rule.check);
                if let Some(done) = walker.trace.take().and_then(|it| it.done) {
                    trace.check[number] = done;
                }
                if let Some(verdict) = verdict {
                    trace.verdict = verdict;
                    break;
                }
            }
        }
        trace
    }

    /// The parts of a rule, none of them reached; the verdict means nothing.
    #[must_use]
    pub fn outline(rule: &RowRule) -> RuleTrace {
        let when = rule.when.as_ref().map(|it| match &it.trees[..] {
            [only] => outline(only),
            all => joined(all),
        });
        let check = rule.check.trees.iter().map(outline).collect();
        RuleTrace { verdict: RowVerdict::NotApplicable, when, check }
    }

    fn walker<'b>(&'b self, script: &'b RowScript, batch: &'b Batch, row: usize) -> Walker<'b> {
        Walker {
            batch,
            row,
            program: &self.program,
            script,
            text: &script.text,
            slots: Vec::new(),
            base: 0,
            budget: Budget::default(),
            trace: None,
        }
    }
}

/// The conjuncts of `when` as one part.
fn joined(trees: &[Tree]) -> Traced {
    let parts: Vec<Traced> = trees.iter().map(outline).collect();
    let start = parts.first().map_or(0, |it| it.range.start);
    let end = parts.last().map_or(0, |it| it.range.end);
    Traced { kind: PartKind::And, range: start..end, reached: Reached::Not, parts }
}

/// Puts what was reached of `when` in its place.
fn put_in(when: &mut Traced, reached: Vec<Traced>, conjuncts: usize) {
    if conjuncts == 1 {
        if let Some(only) = reached.into_iter().next() {
            *when = only;
        }
        return;
    }
    if let Some(last) = reached.last() {
        when.reached = last.reached.clone();
    }
    for (place, part) in when.parts.iter_mut().zip(reached) {
        *place = part;
    }
}

/// The verdict that a conjunct of `when` brings; `None` where it holds.
fn verdict_of_when(answer: Answer<'_>) -> Option<RowVerdict> {
    match answer {
        Ok(Cell::Bool(true)) | Err(Stop::Pass) => None,
        Ok(Cell::Bool(false)) | Err(Stop::Fail(_) | Stop::NotApplicable) => Some(RowVerdict::NotApplicable),
        Ok(Cell::Absent(it)) => Some(RowVerdict::Fault(true, it.cause("when"))),
        Ok(other) => Some(RowVerdict::Fault(true, Cause::NotBool(other.type_name().into()))),
        Err(Stop::Fault(cause)) => Some(RowVerdict::Fault(true, cause)),
        // The parser keeps jumps inside loops.
        Err(Stop::Break(_) | Stop::Continue | Stop::Return(_)) => None,
    }
}

/// The verdict that a conjunct of `check` brings; `None` where it holds.
fn verdict_of_check(
    answer: Answer<'_>,
    number: usize,
    tree: &Tree,
    script: &RowScript,
) -> Option<RowVerdict> {
    match answer {
        Ok(Cell::Bool(true)) => None,
        Ok(Cell::Bool(false)) => Some(RowVerdict::Fail(number, None)),
        Ok(Cell::Absent(it)) => {
            let text = script.text.get(tree.range()).unwrap_or_default();
            Some(RowVerdict::Fault(false, it.cause(text)))
        }
        Ok(other) => Some(RowVerdict::Fault(false, Cause::NotBool(other.type_name().into()))),
        Err(Stop::Pass) => Some(RowVerdict::Pass),
        Err(Stop::Fail(why)) => Some(RowVerdict::Fail(number, Some(why).filter(|it| !it.is_empty()))),
        Err(Stop::NotApplicable) => Some(RowVerdict::NotApplicable),
        Err(Stop::Fault(cause)) => Some(RowVerdict::Fault(false, cause)),
        Err(Stop::Break(_) | Stop::Continue | Stop::Return(_)) => None,
    }
}
