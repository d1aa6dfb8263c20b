//! From Rhai's syntax tree to typed expressions: every name is resolved and every operation typed,
//! whether or not the whole can be lowered. Mistakes become diagnostics; what is right but has no
//! column form makes the rule run row by row, with the reason told.

mod calls;
mod names;
mod operators;
mod statements;
mod tables;

pub(super) use calls::{calendar, function_names, phrase_list, read_time, regex};
pub(super) use statements::help_of_value;
pub(super) use tables::{read_test, untyped_table};

use super::{
    Names,
    library::Definitions,
    lint::{self, Spelling, TableInput},
    spans,
    syntax::regex_code,
    tokens::Tokens,
};
use crate::{
    diagnostic::{Diagnostic, Said},
    expr::{Constant, ExprId, Node, Program},
    record::Type,
    rule::{Param, Script},
    wording::{self, Code, Wording},
};
use rhai::{ASTFlags, Expr, Position};
use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    rc::Rc,
};

/// What an expression gives.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Not known before it runs: closures, maps, Rhai's own functions.
    Unknown,
    /// No value: `()`, an `if` without `else`, a statement.
    Unit,
    /// A value of a type.
    Of(Type),
    /// `[a, b, …]`.
    List(Vec<Typed>),
    /// `a..b`, with the flag `a..=b`.
    Range(Box<(Typed, Typed)>, bool),
}

/// An expression with its type and, where it can be lowered, its node.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    shape: Shape,
    node: Option<ExprId>,
    /// The choices of a choice field, and its name.
    choices: Option<(String, Vec<String>)>,
    /// The name of the field or parameter, where it is just that.
    name: Option<String>,
    /// Its bytes in the script.
    span: Range<usize>,
}

impl Typed {
    const fn unknown() -> Self {
        Self { shape: Shape::Unknown, node: None, choices: None, name: None, span: 0..0 }
    }

    const fn unit() -> Self {
        Self { shape: Shape::Unit, node: None, choices: None, name: None, span: 0..0 }
    }

    const fn of(ty: Type, node: Option<ExprId>) -> Self {
        Self { shape: Shape::Of(ty), node, choices: None, name: None, span: 0..0 }
    }

    fn ty(&self) -> Option<Type> {
        if let Shape::Of(ty) = self.shape { Some(ty) } else { None }
    }
}

/// What lowering a script gives.
#[derive(Debug)]
pub(super) struct Lowered {
    /// The node, where the script could be lowered and is not wrong.
    pub(super) node: Option<ExprId>,
    /// The type of the result, where it is known.
    pub(super) ty: Option<Type>,
    /// True where the result can be nothing at all.
    pub(super) is_unit: bool,
    /// Why it cannot be lowered.
    pub(super) reason: Option<Said>,
    /// The columns it reads, in order of the text.
    pub(super) reads: Vec<u32>,
    /// The parameters it reads.
    pub(super) params: Vec<String>,
    /// Mistakes.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The nodes of expressions, by what [`lint::key`] gives, for lints.
    pub(super) nodes: HashMap<usize, ExprId>,
    /// The node of the result, even where the script cannot be lowered as a whole.
    pub(super) result: Option<ExprId>,
}

/// Lists and tables that are registered in a program once, by id.
#[derive(Debug, Default)]
pub struct Registry {
    pub(super) phrases: HashMap<String, u32>,
    pub(super) tables: HashMap<String, u32>,
    pub(super) regexes: HashMap<String, u32>,
    /// Calendars, by id.
    pub(super) calendars: HashMap<String, u32>,
    /// Decision tables for row-by-row evaluation: pack, name in rules, number in the program.
    pub(super) table_names: Vec<(String, String, u32)>,
    /// Texts that fields are compared with, by column and folded text: each spelling with its rule and place.
    pub(super) spellings: HashMap<(u32, String), Vec<Spelling>>,
    /// What tables are asked about, by pack and id: what each input can be, once for each way of asking.
    pub(super) table_calls: BTreeMap<(String, String), Vec<Vec<TableInput>>>,
    /// Columns whose texts are compared or looked up, so that a dictionary pays.
    pub coded: Vec<u32>,
}

impl Registry {
    /// How rules ask the table `id` of a pack: what each input can be.
    #[must_use]
    pub fn calls_of_table(&self, pack: &str, id: &str) -> &[Vec<TableInput>] {
        self.table_calls.get(&(pack.to_owned(), id.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// One script on its way down.
pub(super) struct Lowering<'a> {
    pub(super) program: &'a mut Program,
    pub(super) registry: &'a mut Registry,
    pub(super) names: &'a Names<'a>,
    pub(super) params: &'a [Param],
    pub(super) script: &'a Script,
    pub(super) tokens: &'a Tokens,
    /// Functions that the script and its pack's library define.
    definitions: Rc<Definitions<'a>>,
    locals: Vec<(String, Typed)>,
    /// Names of the script whose values change.
    changed: Vec<String>,
    /// Inside a function nothing is seen but what it is given.
    sealed: bool,
    /// Functions being inlined within each other.
    inlined: usize,
    reason: Option<Said>,
    reads: Vec<u32>,
    used_params: Vec<String>,
    diagnostics: Vec<Diagnostic>,
    nodes: HashMap<usize, ExprId>,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(
        program: &'a mut Program,
        registry: &'a mut Registry,
        names: &'a Names<'a>,
        params: &'a [Param],
        script: &'a Script,
        tokens: &'a Tokens,
    ) -> Self {
        Self {
            program,
            registry,
            names,
            params,
            script,
            tokens,
            definitions: Rc::default(),
            locals: Vec::new(),
            changed: Self::changed_names(tokens),
            sealed: false,
            inlined: 0,
            reason: None,
            reads: Vec::new(),
            used_params: Vec::new(),
            diagnostics: Vec::new(),
            nodes: HashMap::new(),
        }
    }

    /// Lowers the statements of a script; the value of the last is its result.
    pub(super) fn run(mut self, ast: &rhai::AST) -> Lowered {
        self.definitions = Rc::new(Definitions::new(ast, self.names));
        for function in ast.iter_functions() {
            if function.name.starts_with("anon$") {
                self.cannot(wording::REASON_CLOSURE, &[]);
            } else {
                self.define_function(function.name);
            }
        }
        let result = self.statements(ast.statements());
        self.no_modules_inside();
        let wrong = self.diagnostics.iter().any(Diagnostic::is_error);
        let node = if wrong || self.reason.is_some() { None } else { result.node };
        let reason = match (node, self.reason) {
            (None, None) => Some(Said { wording: wording::REASON_OTHER, arguments: Vec::new() }),
            (_, reason) => reason,
        };
        Lowered {
            node,
            ty: result.ty(),
            is_unit: matches!(result.shape, Shape::Unit),
            reason,
            reads: self.reads,
            params: self.used_params,
            diagnostics: self.diagnostics,
            nodes: self.nodes,
            result: result.node,
        }
    }

    /// Notes why the script cannot be lowered; the first reason is told.
    fn cannot(&mut self, wording: Wording, arguments: &[(&'static str, &str)]) -> Typed {
        let owned = arguments.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.reason.get_or_insert(Said { wording, arguments: owned });
        Typed::unknown()
    }

    /// The bytes of the token at a position.
    fn range(&self, position: Position) -> Range<usize> {
        spans::token(self.tokens, position)
    }

    /// About the token at a position.
    fn error(&self, code: Code, position: Position) -> Diagnostic {
        Diagnostic::error(code).at(self.script.place(self.range(position)))
    }

    /// About a call: its name is at the position.
    fn error_in_call(&self, code: Code, position: Position) -> Diagnostic {
        Diagnostic::error(code).at(self.script.place(self.tokens.call(self.range(position))))
    }

    /// About an operation: the operands with what is between them.
    fn error_over(&self, code: Code, operands: &[&Typed], position: Position) -> Diagnostic {
        let own = self.range(position);
        let known = operands.iter().map(|it| &it.span).filter(|it| !it.is_empty());
        let whole = known.fold(own, |all, it| all.start.min(it.start)..all.end.max(it.end));
        Diagnostic::error(code).at(self.script.place(self.tokens.balanced(whole)))
    }

    fn report(&mut self, diagnostic: Diagnostic) -> Typed {
        self.diagnostics.push(diagnostic);
        Typed::unknown()
    }

    fn add(&mut self, node: Node, ty: Type) -> Typed {
        Typed::of(ty, Some(self.program.add(node, ty)))
    }

    fn constant(&mut self, constant: Constant, ty: Type) -> Typed {
        Typed::of(ty, Some(self.program.constant(constant, ty)))
    }

    /// An expression whose value is used: there must be one.
    fn expression(&mut self, expression: &Expr) -> Typed {
        let mut typed = self.typed(expression);
        typed.span = spans::expression(self.tokens, expression);
        self.nodes.extend(typed.node.map(|node| (lint::key(expression), node)));
        if matches!((expression, &typed.shape), (Expr::Stmt(_), Shape::Unit)) {
            let place = self.script.place(typed.span.clone());
            let is_switch = self.tokens.slice(typed.span.clone()).starts_with("switch");
            let help = if is_switch { wording::HELP_DEFAULT_ARM } else { wording::HELP_ELSE };
            let diagnostic = Diagnostic::error(wording::NO_VALUE).at(place).help(help);
            return Typed { span: typed.span, ..self.report(diagnostic) };
        }
        typed
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "Rhai's enum is not exhaustive: what it adds runs row by row"
    )]
    fn typed(&mut self, expression: &Expr) -> Typed {
        match expression {
            Expr::BoolConstant(it, _) => self.constant(Constant::Bool(*it), Type::Bool),
            Expr::IntegerConstant(it, _) => self.constant(Constant::Int(*it), Type::Int),
            // Rhai reads digits beyond all floats as an infinite one.
            Expr::FloatConstant(it, position) if !it.is_finite() => {
                let text = self.script.text.get(self.range(*position)).unwrap_or_default();
                let text: String = text.chars().take(20).collect();
                let diagnostic = self.error(wording::BAD_LITERAL, *position).with("text", text + "…");
                self.report(diagnostic.with("type", Type::Float.name()))
            }
            Expr::FloatConstant(it, _) => self.constant(Constant::Float(it.to_bits()), Type::Float),
            Expr::StringConstant(it, _) => self.constant(Constant::Text(it.as_str().into()), Type::Text),
            Expr::InterpolatedString(parts, _) => {
                for part in parts.iter() {
                    self.expression(part);
                }
                self.cannot(wording::REASON_INTERPOLATION, &[]);
                Typed::of(Type::Text, None)
            }
            Expr::Array(parts, _) => {
                let parts = parts.iter().map(|it| self.expression(it)).collect();
                Typed { shape: Shape::List(parts), ..Typed::unknown() }
            }
            Expr::Map(entries, _) => {
                for (_, value) in &entries.0 {
                    self.expression(value);
                }
                self.cannot(wording::REASON_INDEX, &[])
            }
            Expr::Unit(_) => Typed::unit(),
            // Rules have no modules: a name is written as it is.
            Expr::Variable(variable, _, position) if !variable.2.is_empty() => {
                self.forbidden("::", *position, wording::HELP_FORBIDDEN_POWERS)
            }
            Expr::Variable(variable, _, position) => self.variable(&variable.1, *position),
            Expr::Stmt(block) => self.block(block.statements()),
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::And(parts, position) => self.logical(parts, *position, "&&"),
            Expr::Or(parts, position) => self.logical(parts, *position, "||"),
            Expr::Coalesce(parts, position) => self.coalesce(parts, *position),
            Expr::Dot(parts, flags, position) => {
                if flags.intersects(ASTFlags::NEGATED) {
                    return self.forbidden("?.", *position, wording::HELP_FORBIDDEN_ELVIS);
                }
                self.dot(&parts.lhs, &parts.rhs)
            }
            Expr::Index(parts, flags, position) => {
                if flags.intersects(ASTFlags::NEGATED) {
                    return self.forbidden("?[", *position, wording::HELP_FORBIDDEN_ELVIS);
                }
                self.expression(&parts.lhs);
                self.expression(&parts.rhs);
                self.cannot(wording::REASON_INDEX, &[])
            }
            Expr::CharConstant(it, _) => self.constant(Constant::Text(it.to_string().into()), Type::Text),
            Expr::DynamicConstant(..) | Expr::ThisPtr(_) => self.cannot(wording::REASON_CLOSURE, &[]),
            // Property and method calls stand behind a dot only.
            _ => self.cannot(wording::REASON_OTHER, &[]),
        }
    }

    fn forbidden(&mut self, name: &str, position: Position, help: Wording) -> Typed {
        let diagnostic = self.error(wording::FORBIDDEN, position).with("name", name).help(help);
        self.report(diagnostic)
    }

    /// What to call a value in a message.
    fn describe(&self, typed: &Typed) -> String {
        match &typed.shape {
            Shape::Unknown => "?".to_owned(),
            Shape::Unit => "()".to_owned(),
            Shape::Of(ty) => ty.name().to_owned(),
            Shape::List(_) => "list".to_owned(),
            Shape::Range(..) => "range".to_owned(),
        }
    }

    /// An operand that must be true or false.
    fn boolean(&mut self, expression: &Expr) -> Option<ExprId> {
        let typed = self.expression(expression);
        // `a && || b`: what follows the first operator is read as a function without a name.
        let text = self.tokens.slice(typed.span.clone());
        if text.starts_with("||") {
            let place = self.script.place(typed.span.start..typed.span.start + 2);
            self.report(Diagnostic::error(wording::SYNTAX_NO_LEFT).with("found", "||").at(place));
            return None;
        }
        self.must_be_bool(&typed);
        typed.node.filter(|_| typed.ty() == Some(Type::Bool))
    }

    fn must_be_bool(&mut self, typed: &Typed) {
        let wrong = match &typed.shape {
            Shape::Unknown => false,
            Shape::Of(ty) => *ty != Type::Bool,
            Shape::Unit | Shape::List(_) | Shape::Range(..) => true,
        };
        if wrong {
            let found = self.describe(typed);
            let place = self.script.place(typed.span.clone());
            let said = Diagnostic::error(wording::NOT_BOOL).with("found", found).at(place);
            self.report(said.help(wording::HELP_COMPARE));
        }
    }
}
