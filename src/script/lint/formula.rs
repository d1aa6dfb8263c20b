//! Conditions as formulas over what they look at: `m > 5 && tier == "vip"` is two statements, about `m`
//! and about `tier`, each with the set of values that make it true.

use super::Sight;
use crate::{
    expr::{Comparison, Constant, Domain, ExprId, FUNCTIONS, Fold, Key, Node, Set},
    record::Type,
};
use rhai::{Expr, Stmt};
use std::{
    collections::BTreeSet,
    ops::{Bound, Range},
};

/// Parts of the conditions of one script; beyond them nothing is concluded.
const PARTS_MAX: usize = 2_000;

/// What a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// The value of an expression.
    Value(ExprId),
    /// How two expressions compare: less, equal or greater.
    Pair(ExprId, ExprId),
}

/// A condition, as far as it can be understood.
#[derive(Clone, Debug)]
pub(super) enum Formula {
    /// It depends on what is not known here.
    Opaque,
    /// The same for every record; the flag tells `true` and `false` as written.
    Constant(bool, bool),
    /// The subject is one of these.
    Holds(Subject, Domain),
    /// `is_missing(field)`.
    Missing(ExprId),
    /// `!a`.
    Not(Box<Part>),
    /// `a && b`.
    All(Vec<Part>),
    /// `a || b`.
    Any(Vec<Part>),
    /// `if a { b } else { c }`.
    If(Box<[Part; 3]>),
}

/// A condition and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Its bytes in the script.
    pub(super) span: Range<usize>,
    pub(super) formula: Formula,
    /// Its node, where it has one.
    pub(super) node: Option<ExprId>,
    /// True where a parameter is in it: a house may set it to another value.
    pub(super) tunable: bool,
}

impl Sight<'_> {
    /// The condition that a script ends with.
    pub(super) fn result(&self, statements: &[Stmt], node: Option<ExprId>) -> Option<Part> {
        let whole = 0..self.script.text.trim_end().len();
        let last = statements.last()?;
        if let Stmt::Expr(it) = last {
            return Some(self.part(it));
        }
        if let Stmt::FnCall(call, _) = last
            && call.name == "!"
            && let [inner] = &call.args[..]
        {
            let inner = self.part(inner);
            let tunable = inner.tunable;
            return Some(Part { span: whole, formula: Formula::Not(Box::new(inner)), node, tunable });
        }
        // The whole script is the condition where it is the only statement.
        let tunable = self.is_tunable_statement(last);
        node.filter(|_| statements.len() == 1).map(|it| self.of_node(it, whole, tunable))
    }

    /// A condition in Rhai's tree.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what has no parts of its own is known by its node")]
    pub(super) fn part(&self, it: &Expr) -> Part {
        let node = self.node(it);
        let span = self.span(it);
        let parts = |all: &[Expr]| all.iter().map(|it| self.part(it)).collect::<Vec<_>>();
        let formula = match it {
            Expr::And(all, _) => Formula::All(parts(all)),
            Expr::Or(all, _) => Formula::Any(parts(all)),
            Expr::FnCall(call, _) if call.name == "!" && call.args.len() == 1 => {
                Formula::Not(Box::new(self.part(&call.args[0])))
            }
            _ => {
                return match node {
                    Some(node) => self.of_node(node, span, self.is_tunable(it)),
                    None => Part { span, formula: Formula::Opaque, node, tunable: false },
                };
            }
        };
        Part { span, formula, node, tunable: false }
    }

    /// A condition known by its node only.
    fn of_node(&self, node: ExprId, span: Range<usize>, tunable: bool) -> Part {
        let one = |it: &ExprId| self.of_node(*it, span.clone(), tunable);
        // Nodes are shared, and a formula has a part for every use of one.
        let spent = self.parts.get() + 1;
        self.parts.set(spent);
        if spent > PARTS_MAX {
            return Part { span, formula: Formula::Opaque, node: Some(node), tunable };
        }
        let formula = match self.program.node(node) {
            Node::Constant(Constant::Bool(it)) if !tunable => Formula::Constant(*it, true),
            Node::Constant(_) => Formula::Opaque,
            Node::Not(a) => Formula::Not(Box::new(one(a))),
            Node::And(all) => Formula::All(all.iter().map(one).collect()),
            Node::Or(all) => Formula::Any(all.iter().map(one).collect()),
            Node::If(c, a, b) => Formula::If(Box::new([one(c), one(a), one(b)])),
            Node::IsMissing(a) if matches!(self.program.node(*a), Node::Field(_)) => Formula::Missing(*a),
            Node::Compare(comparison, a, b) => self.comparison(*comparison, *a, *b, tunable),
            Node::InSet(a, set) => self.about(*a, Domain::of(keys(set))),
            Node::InRange(a, from, to, inclusive) => match (self.constant(*from), self.constant(*to)) {
                (Some(from), Some(to)) => {
                    let to = if *inclusive { Bound::Included(to) } else { Bound::Excluded(to) };
                    self.about(*a, Domain::between(Bound::Included(from), to))
                }
                _ => Formula::Opaque,
            },
            Node::Then(_, last) => one(last).formula,
            Node::Coalesce(..)
            | Node::Field(_)
            | Node::IsMissing(_)
            | Node::InList(..)
            | Node::InText(..)
            | Node::Call(..)
            | Node::Phrases(..)
            | Node::Matches(..)
            | Node::Table(..) => self.about(node, Domain::of([Key::Bool(true)])),
            Node::Arithmetic(..)
            | Node::Negate(_)
            | Node::ToFloat(_)
            | Node::ToDecimal(_)
            | Node::OpenTime(..)
            | Node::FoldList(..) => Formula::Opaque,
        };
        Part { span, formula, node: Some(node), tunable }
    }

    fn constant(&self, node: ExprId) -> Option<Key> {
        if let Node::Constant(it) = self.program.node(node) { Some(Key::of(it)) } else { None }
    }

    fn comparison(&self, comparison: Comparison, a: ExprId, b: ExprId, tunable: bool) -> Formula {
        match (self.constant(a), self.constant(b)) {
            (Some(_), Some(_)) if tunable => Formula::Opaque,
            (Some(left), Some(right)) => Formula::Constant(comparison.holds(&left, &right), false),
            (None, Some(key)) => self.compared(a, comparison, key),
            (Some(key), None) => self.compared(b, comparison.flipped(), key),
            (None, None) if a == b => Formula::Constant(comparison.holds(&0, &0), false),
            (None, None) => {
                let (first, second, comparison) =
                    if a <= b { (a, b, comparison) } else { (b, a, comparison.flipped()) };
                let domain = Domain::compared(comparison, Key::Int(0));
                Formula::Holds(Subject::Pair(first, second), domain.intersect(&signs()))
            }
        }
    }

    /// A value and a constant. A whole number against a float is a whole number against its neighbour.
    fn compared(&self, value: ExprId, comparison: Comparison, key: Key) -> Formula {
        let Node::ToFloat(inner) = self.program.node(value) else {
            return self.about(value, Domain::compared(comparison, key));
        };
        if self.program.ty(*inner) != Type::Int {
            return self.about(value, Domain::compared(comparison, key));
        }
        let Some((below, above)) = key.neighbours() else { return Formula::Opaque };
        let is_whole = below == above;
        let domain = match comparison {
            Comparison::Equal if is_whole => Domain::of([below]),
            Comparison::Equal => Domain::none(),
            Comparison::NotEqual if is_whole => Domain::of([below]).complement(),
            Comparison::NotEqual => Domain::all(),
            Comparison::Less => Domain::compared(comparison, above),
            Comparison::GreaterOrEqual => Domain::compared(comparison, above),
            Comparison::LessOrEqual | Comparison::Greater => Domain::compared(comparison, below),
        };
        self.about(*inner, domain)
    }

    fn about(&self, value: ExprId, domain: Domain) -> Formula {
        Formula::Holds(Subject::Value(value), domain)
    }

    /// What a subject can be at all.
    pub(super) fn universe(&self, subject: Subject) -> Domain {
        let Subject::Value(value) = subject else { return signs() };
        if self.program.ty(value) == Type::Bool {
            return Domain::bools();
        }
        let from_zero = || Domain::compared(Comparison::GreaterOrEqual, Key::Int(0));
        let ints = |from, to| Domain::between(Bound::Included(Key::Int(from)), Bound::Included(Key::Int(to)));
        #[expect(clippy::wildcard_enum_match_arm, reason = "of the others nothing is known")]
        match self.program.node(value) {
            Node::Field(column) => match self.field(*column) {
                Some(field) if !field.choices.is_empty() => {
                    Domain::of(field.choices.iter().map(|it| Key::Text(it.as_str().into())))
                }
                _ => Domain::all(),
            },
            Node::FoldList(Fold::Len, _) | Node::Phrases(_, _, true) | Node::OpenTime(..) => from_zero(),
            Node::Call(function, operands) => {
                let constant = |at: usize| operands.get(at).and_then(|it| self.constant(*it));
                match FUNCTIONS[*function as usize].name {
                    "hour" => ints(0, 23),
                    "weekday" => ints(1, 7),
                    "len" => from_zero(),
                    "abs" if self.program.ty(value) == Type::Int => from_zero(),
                    "clamp" => match (constant(1), constant(2)) {
                        (Some(from), Some(to)) if from <= to => {
                            Domain::between(Bound::Included(from), Bound::Included(to))
                        }
                        _ => Domain::all(),
                    },
                    _ => Domain::all(),
                }
            }
            _ => Domain::all(),
        }
    }

    /// The fields without which an expression has no value, whatever the others are.
    pub(super) fn needed(&self, node: ExprId, found: &mut Vec<ExprId>) {
        self.needed_once(node, &mut BTreeSet::new(), found);
    }

    /// Nodes are shared: what was seen is not looked into again.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others need all their operands")]
    fn needed_once(&self, node: ExprId, seen: &mut BTreeSet<ExprId>, found: &mut Vec<ExprId>) {
        if !seen.insert(node) {
            return;
        }
        let mut look = |it: ExprId| self.needed_once(it, seen, found);
        match self.program.node(node) {
            Node::Field(_) => found.push(node),
            Node::And(all) | Node::Or(all) => all.iter().take(1).for_each(|it| look(*it)),
            Node::If(condition, ..) => look(*condition),
            // Absence of a field itself is looked at, absence in a computation is not.
            Node::Coalesce(a, _) | Node::IsMissing(a) => {
                if !matches!(self.program.node(*a), Node::Field(_)) {
                    look(*a);
                }
            }
            Node::Then(_, last) => look(*last),
            other => other.operands().into_iter().for_each(look),
        }
    }
}

fn signs() -> Domain {
    Domain::of([-1, 0, 1].map(Key::Int))
}

fn keys(set: &Set) -> Vec<Key> {
    match set {
        Set::Ints(all) => all.iter().map(|it| Key::Int(*it)).collect(),
        Set::Floats(all) => all.iter().map(|it| Key::of(&Constant::Float(*it))).collect(),
        Set::Decimals(all) => all.iter().map(|it| Key::Decimal(*it)).collect(),
        Set::Texts(all) => all.iter().map(|it| Key::Text(it.clone())).collect(),
    }
}
