//! A walk written down: what every part of a rule's expressions gave for one record.

use super::{
    tree::{Kind, Tree},
    walk::{Answer, Stop},
};
use crate::{
    expr::{Cause, Comparison},
    record::Value,
};
use std::ops::Range;

/// What a part of an expression gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Reached {
    /// A guard kept the evaluation away from it.
    Not,
    /// A value, missing ones among them.
    Value(Value),
    /// A value that is shown by its kind alone: a closure, a map, a range, a very long list.
    Other(&'static str),
    /// The evaluation ended here.
    Fault(Cause),
    /// A verdict of a script: `pass`, `fail`, `not_applicable`.
    Verdict(&'static str),
    /// A jump: `return`, `break`, `continue`.
    Jump,
}

/// What a part of an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Something that stands there as its value.
    Constant,
    /// A field of the record, by its column.
    Field(u32),
    /// `a && b`
    And,
    /// `a || b`
    Or,
    /// `!a`
    Not,
    /// `a ?? b`
    Coalesce,
    /// `if`: condition, branch, and the other branch where there is one.
    If,
    /// `switch`: the subject, then conditions and bodies of the arms in order.
    Switch,
    /// A comparison.
    Compare(Comparison),
    /// `x in …`
    In,
    /// `is_missing(a)`
    IsMissing,
    /// Anything else.
    Other,
}

/// A part of an expression and what it gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    /// What it is.
    pub kind: PartKind,
    /// Its bytes in the script's text.
    pub range: Range<usize>,
    /// What it gave; the last time, in a loop.
    pub reached: Reached,
    /// The parts right below it, in the order of the text.
    pub parts: Vec<Traced>,
}

/// So many parts are written down at most: a loop could give millions.
const PARTS_MAX: usize = 20_000;
/// Elements of a list that is written down.
pub(super) const ELEMENTS_MAX: usize = 1_000;

/// A walk being written down.
#[derive(Debug, Default)]
pub(super) struct Trace {
    open: Vec<Vec<Traced>>,
    count: usize,
    /// The outermost part, once it is left.
    pub(super) done: Option<Traced>,
}

impl Trace {
    pub(super) fn enter(&mut self) {
        self.open.push(Vec::new());
    }

    pub(super) fn leave(&mut self, tree: &Tree, answer: &Answer<'_>) {
        let reached = match answer {
            Ok(cell) => match cell.to_value(&mut ELEMENTS_MAX.clone()) {
                Some(value) => Reached::Value(value),
                None => Reached::Other(cell.type_name()),
            },
            Err(Stop::Fault(cause)) => Reached::Fault(cause.clone()),
            Err(Stop::Pass) => Reached::Verdict("pass"),
            Err(Stop::Fail(_)) => Reached::Verdict("fail"),
            Err(Stop::NotApplicable) => Reached::Verdict("not_applicable"),
            Err(Stop::Break(_) | Stop::Continue | Stop::Return(_)) => Reached::Jump,
        };
        self.leave_as(tree, reached);
    }

    /// Leaves a part of which it is known what it gave.
    pub(super) fn leave_as(&mut self, tree: &Tree, reached: Reached) {
        let reached_parts = self.open.pop().unwrap_or_default();
        self.count += 1;
        let parts = with_unreached(tree, reached_parts);
        let traced = Traced { kind: kind_of(tree), range: tree.range(), reached, parts };
        match self.open.last_mut() {
            Some(above) if self.count <= PARTS_MAX => {
                // Of a part that runs many times, the last is kept.
                above.retain(|it| it.range != traced.range);
                above.push(traced);
            }
            Some(_) => {}
            None => self.done = Some(traced),
        }
    }
}

/// All parts of a node in order: as reached, or as never reached.
fn with_unreached(tree: &Tree, mut reached: Vec<Traced>) -> Vec<Traced> {
    let part = |it: &Tree| match reached.iter().position(|one| one.range == it.range()) {
        Some(at) => reached.swap_remove(at),
        None => outline(it),
    };
    // A closure, because each reached part is used once.
    let mut part = part;
    tree.parts().into_iter().map(&mut part).collect()
}

/// The parts of an expression that nothing has reached.
pub(super) fn outline(tree: &Tree) -> Traced {
    let parts = tree.parts().into_iter().map(outline).collect();
    Traced { kind: kind_of(tree), range: tree.range(), reached: Reached::Not, parts }
}

fn kind_of(tree: &Tree) -> PartKind {
    match &tree.kind {
        Kind::Constant(..) | Kind::Value(_) | Kind::Nothing => PartKind::Constant,
        Kind::Field(column) => PartKind::Field(*column),
        Kind::And(_) => PartKind::And,
        Kind::Or(_) => PartKind::Or,
        Kind::Not(_) => PartKind::Not,
        Kind::Coalesce(_) => PartKind::Coalesce,
        Kind::If(..) => PartKind::If,
        Kind::Switch(_) => PartKind::Switch,
        Kind::Compare(comparison, _) => PartKind::Compare(*comparison),
        Kind::In(_) => PartKind::In,
        Kind::IsMissing(_) => PartKind::IsMissing,
        Kind::Slot(_)
        | Kind::Negate(_)
        | Kind::Arithmetic(..)
        | Kind::Range(..)
        | Kind::List(_)
        | Kind::Map(_)
        | Kind::Interpolate(_)
        | Kind::Block(_)
        | Kind::Let(..)
        | Kind::Share(_)
        | Kind::Assign(..)
        | Kind::While(..)
        | Kind::DoWhile(..)
        | Kind::For(_)
        | Kind::Break(_)
        | Kind::Continue
        | Kind::Return(_)
        | Kind::Call(_)
        | Kind::Property(..)
        | Kind::Index(_)
        | Kind::Phrases(..)
        | Kind::Matches(..)
        | Kind::OpenTime(..)
        | Kind::Table(..)
        | Kind::CallOwn(..)
        | Kind::CallClosure(..)
        | Kind::Closure(..)
        | Kind::Verdict(..) => PartKind::Other,
    }
}
