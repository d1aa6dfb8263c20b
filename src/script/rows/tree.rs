//! A script as it is walked: names resolved to columns, parameters and slots, functions looked up,
//! every node with its bytes in the script's text.

use crate::{
    expr::{Arithmetic, Comparison, Constant, Native},
    record::{Type, Value},
};
use std::{ops::Range, sync::Arc};

/// A node of a script.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(super) kind: Kind,
    /// First byte in the script's text.
    start: u32,
    /// The byte behind the last.
    end: u32,
}

/// What a node does.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Constant(Constant, Type),
    /// A parameter, a literal of a type that no constant holds.
    Value(Value),
    /// `()`.
    Nothing,
    Field(u32),
    Slot(u16),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Coalesce(Vec<Tree>),
    Not(Box<Tree>),
    Negate(Box<Tree>),
    Compare(Comparison, Box<[Tree; 2]>),
    Arithmetic(Arithmetic, Box<[Tree; 2]>),
    /// With the flag, the end is in.
    Range(Box<[Tree; 2]>, bool),
    /// `item in container`: (item, container).
    In(Box<[Tree; 2]>),
    List(Vec<Tree>),
    Map(Vec<(Arc<str>, Tree)>),
    Interpolate(Vec<Tree>),
    IsMissing(Box<Tree>),
    If(Box<Tree>, Box<Tree>, Option<Box<Tree>>),
    Switch(Box<Switch>),
    Block(Vec<Tree>),
    Let(u16, Box<Tree>),
    /// The variables that the closure behind it captures.
    Share(Vec<u16>),
    Assign(Place, Option<Arithmetic>, Box<Tree>),
    /// A loop whose condition, where it has one, stands in front.
    While(Option<Box<Tree>>, Box<Tree>),
    /// With the flag, until the condition holds.
    DoWhile(Box<Tree>, Box<Tree>, bool),
    For(Box<For>),
    Break(Option<Box<Tree>>),
    Continue,
    Return(Option<Box<Tree>>),
    /// Functions of the table by number, those that fit the number of arguments.
    Call(Box<Call>),
    /// `value.name`.
    Property(Box<Tree>, Arc<str>, Vec<u32>),
    Index(Box<[Tree; 2]>),
    Phrases(Box<Tree>, u32, bool),
    /// A regular expression of the program.
    Matches(Box<Tree>, u32),
    /// Open time between two times, by a calendar of the program.
    OpenTime(Box<[Tree; 2]>, u32),
    /// Decision tables of that name, each for other types.
    Table(Vec<u32>, Vec<Tree>),
    /// A function that the script or the library defines.
    CallOwn(u16, Vec<Tree>),
    /// `closure.call(…)`.
    CallClosure(Box<Tree>, Vec<Tree>),
    Closure(u16, Vec<u16>),
    Verdict(Verdict, Option<Box<Tree>>),
}

/// A call of a function of the table.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: Arc<str>,
    pub(super) functions: Vec<u32>,
    pub(super) native: Option<Native>,
    /// It changes what it is called on.
    pub(super) changes: bool,
    /// Where the first argument is a variable that the function may change.
    pub(super) place: Option<Place>,
    pub(super) args: Vec<Tree>,
}

/// What ends a script with a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Pass,
    Fail,
    NotApplicable,
}

/// A variable, or what it holds.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) slot: u16,
    pub(super) path: Vec<Step>,
}

/// A step into what a variable holds.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Property(Arc<str>),
    Index(Tree),
}

/// `switch subject { … }`.
#[derive(Clone, Debug)]
pub(super) struct Switch {
    pub(super) subject: Tree,
    pub(super) arms: Vec<Arm>,
    pub(super) default: Option<Tree>,
}

/// An arm of a `switch`.
#[derive(Clone, Debug)]
pub(super) struct Arm {
    pub(super) values: Vec<(Constant, Type)>,
    /// Ints from, to, and whether the end is in.
    pub(super) ranges: Vec<(i64, i64, bool)>,
    pub(super) condition: Option<Tree>,
    pub(super) body: Tree,
}

/// `for (item, counter) in list { … }`.
#[derive(Clone, Debug)]
pub(super) struct For {
    pub(super) item: u16,
    pub(super) counter: Option<u16>,
    pub(super) over: Tree,
    pub(super) body: Tree,
}

/// A function or closure: its parameters stand in the first slots, the captured variables before them.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(super) name: Arc<str>,
    /// The script it stands in: its own or the library's.
    pub(super) text: Arc<str>,
    /// The parameters that callers give; those for captured variables stand before them.
    pub(super) params: usize,
    pub(super) slots: usize,
    pub(super) body: Tree,
}

impl Tree {
    pub(super) fn new(kind: Kind, range: Range<usize>) -> Self {
        let short = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Self { kind, start: short(range.start), end: short(range.end) }
    }

    /// Its bytes in the script's text.
    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The operands and branches right below it, in the order of the text.
    pub(super) fn parts(&self) -> Vec<&Tree> {
        match &self.kind {
            Kind::Constant(..)
            | Kind::Value(_)
            | Kind::Nothing
            | Kind::Field(_)
            | Kind::Slot(_)
            | Kind::Share(_)
            | Kind::Continue
            | Kind::Closure(..) => Vec::new(),
            Kind::And(all)
            | Kind::Or(all)
            | Kind::Coalesce(all)
            | Kind::List(all)
            | Kind::Interpolate(all)
            | Kind::Block(all)
            | Kind::Table(_, all)
            | Kind::CallOwn(_, all) => all.iter().collect(),
            Kind::Map(entries) => entries.iter().map(|it| &it.1).collect(),
            Kind::Not(a)
            | Kind::Negate(a)
            | Kind::IsMissing(a)
            | Kind::Let(_, a)
            | Kind::Property(a, ..)
            | Kind::Phrases(a, ..)
            | Kind::Matches(a, _) => vec![a],
            Kind::Compare(_, two)
            | Kind::Arithmetic(_, two)
            | Kind::Range(two, _)
            | Kind::OpenTime(two, _)
            | Kind::In(two)
            | Kind::Index(two) => two.iter().collect(),
            Kind::Assign(place, _, value) => place.parts().into_iter().chain([&**value]).collect(),
            Kind::If(condition, yes, no) => [condition, yes].into_iter().chain(no).map(|it| &**it).collect(),
            Kind::Switch(it) => {
                let arms = it.arms.iter().flat_map(|arm| arm.condition.iter().chain([&arm.body]));
                [&it.subject].into_iter().chain(arms).chain(&it.default).collect()
            }
            Kind::While(condition, body) => condition.iter().chain([body]).map(|it| &**it).collect(),
            Kind::DoWhile(body, condition, _) => vec![body, condition],
            Kind::For(it) => vec![&it.over, &it.body],
            Kind::Break(value) | Kind::Return(value) | Kind::Verdict(_, value) => {
                value.iter().map(|it| &**it).collect()
            }
            Kind::Call(call) => call.args.iter().collect(),
            Kind::CallClosure(closure, args) => [&**closure].into_iter().chain(args).collect(),
        }
    }
}

impl Place {
    fn parts(&self) -> Vec<&Tree> {
        let mut parts = Vec::new();
        for step in &self.path {
            if let Step::Index(tree) = step {
                parts.push(tree);
            }
        }
        parts
    }
}
