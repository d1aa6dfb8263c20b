//! All expressions of a plan in one arena, where equal nodes are one node.

use super::{
    Constant, DecisionTable, ExprId, FUNCTIONS, Kernel, Node, PhraseMatcher,
    node::{Arithmetic, Fold, is_int_like},
};
use crate::{
    calendar::{Calendar, Zone},
    record::Type,
};
use regex::Regex;
use std::collections::HashMap;

/// Expressions over the columns of one source, with what they look things up in.
#[derive(Debug)]
pub struct Program {
    nodes: Vec<Node>,
    types: Vec<Type>,
    /// True for nodes that are worth evaluating once a chunk.
    shared: Vec<bool>,
    known: HashMap<(Node, Type), ExprId>,
    /// The project's zone.
    pub zone: Zone,
    /// Phrase lists, by the number in [`Node::Phrases`].
    pub phrases: Vec<PhraseMatcher>,
    /// Regular expressions, by the number in [`Node::Matches`].
    pub regexes: Vec<Regex>,
    /// Calendars with their ids, by the number in [`Node::OpenTime`].
    pub calendars: Vec<(String, Calendar)>,
    /// Decision tables, by the number in [`Node::Table`].
    pub tables: Vec<DecisionTable>,
}

impl Program {
    /// No expressions yet.
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        Self {
            nodes: Vec::new(),
            types: Vec::new(),
            shared: Vec::new(),
            known: HashMap::new(),
            zone,
            phrases: Vec::new(),
            regexes: Vec::new(),
            calendars: Vec::new(),
            tables: Vec::new(),
        }
    }

    /// The node of an id.
    #[inline]
    #[must_use]
    pub fn node(&self, id: ExprId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The type of a node's values.
    #[inline]
    #[must_use]
    pub fn ty(&self, id: ExprId) -> Type {
        self.types[id.0 as usize]
    }

    /// Whether the node is evaluated once a chunk for all that use it.
    #[inline]
    #[must_use]
    pub fn is_shared(&self, id: ExprId) -> bool {
        self.shared[id.0 as usize]
    }

    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True without any node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Adds a node whose values are of type `ty`, or finds the equal one. Constant operations are
    /// folded where they have a value; where they would fault they stay, and fault record by record.
    pub fn add(&mut self, node: Node, ty: Type) -> ExprId {
        let node = self.folded(&node).map_or(node, Node::Constant);
        debug_assert!(self.is_well_typed(&node), "{node:?} is ill-typed");
        let next = ExprId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let id = *self.known.entry((node.clone(), ty)).or_insert(next);
        if id == next {
            self.nodes.push(node);
            self.types.push(ty);
            self.shared.push(false);
        }
        id
    }

    /// Adds a constant.
    pub fn constant(&mut self, constant: Constant, ty: Type) -> ExprId {
        self.add(Node::Constant(constant), ty)
    }

    /// Decides which nodes are shared, once all expressions are in: those that more than one place
    /// uses and that cost more than looking them up. `roots` are the expressions evaluated.
    pub fn share(&mut self, roots: &[ExprId]) {
        let mut uses = vec![0_u32; self.nodes.len()];
        let mut reached = vec![false; self.nodes.len()];
        let mut open = roots.to_vec();
        for root in roots {
            uses[root.0 as usize] += 1;
        }
        while let Some(id) = open.pop() {
            if std::mem::replace(&mut reached[id.0 as usize], true) {
                continue;
            }
            for operand in self.node(id).operands() {
                uses[operand.0 as usize] += 1;
                open.push(operand);
            }
        }
        for (index, node) in self.nodes.iter().enumerate() {
            let cheap = match node {
                Node::Constant(_) | Node::Field(_) | Node::Not(_) | Node::IsMissing(_) => true,
                Node::And(_)
                | Node::Or(_)
                | Node::If(..)
                | Node::Coalesce(..)
                | Node::Then(..)
                | Node::Compare(..) => false,
                Node::Arithmetic(..) | Node::Negate(_) | Node::ToFloat(_) | Node::ToDecimal(_) => false,
                Node::InSet(..) | Node::InRange(..) | Node::InList(..) => false,
                Node::InText(..) | Node::FoldList(..) => false,
                Node::Call(..) | Node::Phrases(..) | Node::Matches(..) | Node::Table(..) => false,
                Node::OpenTime(..) => false,
            };
            self.shared[index] = uses[index] > 1 && !cheap;
        }
    }

    /// Puts other nodes in place of some, so that a test can break an evaluator on purpose and see that
    /// it is noticed. Ill-typed replacements are left out.
    #[doc(hidden)]
    pub fn replace_nodes(&mut self, with: impl Fn(&Node) -> Option<Node>) {
        for index in 0..self.nodes.len() {
            if let Some(node) = with(&self.nodes[index]).filter(|it| self.is_well_typed(it)) {
                self.nodes[index] = node;
            }
        }
    }

    fn constant_of(&self, id: ExprId) -> Option<&Constant> {
        if let Node::Constant(constant) = self.node(id) { Some(constant) } else { None }
    }

    /// The value of an operation on constants, where it has one.
    fn folded(&self, node: &Node) -> Option<Constant> {
        let int = |id: ExprId| match self.constant_of(id)? {
            Constant::Int(it) => Some(*it),
            Constant::Bool(_) | Constant::Float(_) | Constant::Decimal(_) | Constant::Text(_) => None,
        };
        let float = |id: ExprId| match self.constant_of(id)? {
            Constant::Float(it) => Some(f64::from_bits(*it)),
            Constant::Bool(_) | Constant::Int(_) | Constant::Decimal(_) | Constant::Text(_) => None,
        };
        #[expect(clippy::cast_precision_loss, reason = "that is what a float is")]
        #[expect(clippy::wildcard_enum_match_arm, reason = "folding is an option, not a duty")]
        match node {
            Node::ToFloat(a) => Some(Constant::Float((int(*a)? as f64).to_bits())),
            Node::ToDecimal(a) => Some(Constant::Decimal(int(*a)?.into())),
            Node::Negate(a) => match self.constant_of(*a)? {
                Constant::Int(it) => it.checked_neg().map(Constant::Int),
                Constant::Float(it) => Some(Constant::Float((-f64::from_bits(*it)).to_bits())),
                Constant::Decimal(it) => Some(Constant::Decimal(-it)),
                Constant::Bool(_) | Constant::Text(_) => None,
            },
            Node::Arithmetic(operator, a, b) => {
                let (a, b) = (int(*a)?, int(*b)?);
                let value = match operator {
                    Arithmetic::Add => a.checked_add(b),
                    Arithmetic::Subtract => a.checked_sub(b),
                    Arithmetic::Multiply => a.checked_mul(b),
                    Arithmetic::Divide | Arithmetic::Remainder | Arithmetic::Power => None,
                };
                value.map(Constant::Int)
            }
            Node::Call(function, operands) => match (FUNCTIONS[*function as usize].kernel, &**operands) {
                (Kernel::IntToInt(code), [a]) => code(int(*a)?).map(Constant::Int),
                (Kernel::FloatToInt(code), [a]) => code(float(*a)?).map(Constant::Int),
                _ => None,
            },
            _ => None,
        }
    }

    /// The invariant that kernels rely on.
    fn is_well_typed(&self, node: &Node) -> bool {
        let family = |id: &ExprId| Family::of(self.ty(*id));
        match node {
            Node::Constant(_) | Node::Field(_) | Node::IsMissing(_) | Node::Then(..) => true,
            Node::Not(a) => family(a) == Family::Bool,
            Node::And(all) | Node::Or(all) => all.iter().all(|it| family(it) == Family::Bool),
            Node::If(c, a, b) => family(c) == Family::Bool && self.ty(*a) == self.ty(*b),
            Node::Coalesce(a, b) => self.ty(*a) == self.ty(*b),
            Node::Compare(_, a, b) => family(a) == family(b) && family(a) != Family::List,
            Node::Arithmetic(_, a, b) => family(a) == family(b) && family(a) != Family::Bool,
            Node::Negate(a) => matches!(family(a), Family::Int | Family::Float | Family::Decimal),
            Node::ToFloat(a) | Node::ToDecimal(a) => family(a) == Family::Int,
            Node::InSet(a, _) => !matches!(family(a), Family::Bool | Family::List),
            Node::InRange(a, b, c, _) => family(a) == family(b) && family(b) == family(c),
            Node::InText(a, b) => family(a) == Family::Text && family(b) == Family::Text,
            Node::InList(a, b, _) => self.ty(*b) == list_of(self.ty(*a)),
            Node::FoldList(fold, a) => {
                family(a) == Family::List && (*fold == Fold::Len || self.ty(*a) != list_of(Type::Text))
            }
            Node::Call(function, operands) => {
                let params = FUNCTIONS[*function as usize].params;
                params.len() == operands.len()
                    && params.iter().zip(operands).all(|(ty, id)| *ty == self.ty(*id))
            }
            Node::Phrases(a, ..) | Node::Matches(a, _) => family(a) == Family::Text,
            Node::OpenTime(a, b, _) => [a, b].iter().all(|it| self.ty(**it) == Type::Time),
            Node::Table(table, inputs) => {
                let wanted = &self.tables[*table as usize].inputs;
                wanted.len() == inputs.len() && wanted.iter().zip(inputs).all(|(ty, id)| *ty == self.ty(*id))
            }
        }
    }
}

/// The list type of an element type; an element that no list holds gives a list of text.
fn list_of(ty: Type) -> Type {
    use crate::record::Element;
    Type::List(match ty {
        Type::Bool => Element::Bool,
        Type::Int => Element::Int,
        Type::Float => Element::Float,
        Type::Text
        | Type::Decimal
        | Type::Date
        | Type::Time
        | Type::Duration
        | Type::Amount
        | Type::List(_) => Element::Text,
    })
}

/// How values are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Bool,
    Int,
    Float,
    Decimal,
    Text,
    List,
}

impl Family {
    const fn of(ty: Type) -> Self {
        match ty {
            _ if is_int_like(ty) => Self::Int,
            Type::Bool => Self::Bool,
            Type::Float => Self::Float,
            Type::Decimal => Self::Decimal,
            Type::Text => Self::Text,
            Type::List(_) | Type::Amount | Type::Int | Type::Date | Type::Time | Type::Duration => Self::List,
        }
    }
}
