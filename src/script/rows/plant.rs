//! From Rhai's syntax tree to a tree that can be walked: names become columns, constants and slots.
//! What lowering has found right is taken as it is; what it does not look into (closures, functions) is
//! looked at here.

use super::{
    script::RowScript,
    tree::{Arm, For, Function, Kind, Place, Switch, Tree},
};
use crate::{
    diagnostic::{Diagnostic, nearest},
    expr::{Arithmetic, Constant, Program, canonical},
    record::Type,
    rule::{Param, Script},
    script::{
        Names, Registry,
        library::{Definitions, Found},
        spans,
        switch::cases,
        tokens::Tokens,
    },
    wording::{self, Code},
};
use rhai::{AST, ASTFlags, Expr, OpAssignment, Position, Stmt};
use std::{collections::HashMap, ops::Range, sync::Arc};

pub(super) type Planted<T> = Result<T, Box<Diagnostic>>;

/// What a script is planted into.
pub(crate) struct Ground<'a> {
    pub(crate) program: &'a mut Program,
    pub(crate) registry: &'a mut Registry,
    pub(crate) names: &'a Names<'a>,
    pub(crate) params: &'a [Param],
}

/// One script being planted.
pub(super) struct Planter<'a> {
    pub(super) program: &'a mut Program,
    pub(super) registry: &'a mut Registry,
    pub(super) names: &'a Names<'a>,
    params: &'a [Param],
    pub(super) script: &'a Script,
    pub(super) tokens: &'a Tokens,
    pub(super) definitions: &'a Definitions<'a>,
    pub(super) functions: Vec<Option<Function>>,
    pub(super) known: HashMap<(String, usize), u16>,
    scopes: Vec<(String, u16)>,
    slots: usize,
    /// A function sees what it is given and nothing else.
    sealed: bool,
    reads: Vec<u32>,
}

/// Plants a script; with it the columns that it reads.
pub(crate) fn plant(
    ground: Ground<'_>,
    script: &Script,
    tokens: &Tokens,
    ast: &AST,
) -> Planted<(RowScript, Vec<u32>)> {
    let definitions = Definitions::new(ast, ground.names);
    let mut planter = Planter {
        program: ground.program,
        registry: ground.registry,
        names: ground.names,
        params: ground.params,
        script,
        tokens,
        definitions: &definitions,
        functions: Vec::new(),
        known: HashMap::new(),
        scopes: Vec::new(),
        slots: 0,
        sealed: false,
        reads: Vec::new(),
    };
    let trees = match ast.statements() {
        [Stmt::Expr(only)] => match &**only {
            // Each conjunct by itself, so that the finding can tell which was false.
            Expr::And(parts, _) => parts.iter().map(|it| planter.expression(it)).collect::<Planted<_>>()?,
            other => vec![planter.expression(other)?],
        },
        statements => vec![planter.block(statements, 0..script.text.trim_end().len())?],
    };
    let functions = planter.functions.into_iter().flatten().collect();
    let (slots, reads) = (planter.slots, planter.reads);
    Ok((RowScript { text: script.text.as_str().into(), trees, slots, functions }, reads))
}

impl<'a> Planter<'a> {
    pub(super) fn token(&self, position: Position) -> Range<usize> {
        spans::token(self.tokens, position)
    }

    pub(super) fn error(&self, code: Code, position: Position) -> Diagnostic {
        Diagnostic::error(code).at(self.script.place(self.token(position)))
    }

    /// A part of Rhai that rules do not have.
    pub(super) fn refuse<T>(&self, name: &str, position: Position) -> Planted<T> {
        let diagnostic = self.error(wording::FORBIDDEN, position).with("name", name);
        Err(Box::new(diagnostic.help(wording::HELP_FORBIDDEN_POWERS)))
    }

    /// A node over its parts and its own token, grown until its brackets are closed.
    pub(super) fn node(&self, kind: Kind, own: Range<usize>) -> Tree {
        let tree = Tree::new(kind, own.clone());
        let whole = tree.parts().iter().fold(own, |all, it| {
            let part = it.range();
            all.start.min(part.start)..all.end.max(part.end)
        });
        let whole = self.tokens.balanced(whole);
        Tree::new(tree.kind, whole)
    }

    pub(super) fn all(&mut self, parts: &[Expr]) -> Planted<Vec<Tree>> {
        parts.iter().map(|it| self.expression(it)).collect()
    }

    pub(super) fn boxed(&mut self, expression: &Expr) -> Planted<Box<Tree>> {
        self.expression(expression).map(Box::new)
    }

    pub(super) fn two(&mut self, a: &Expr, b: &Expr) -> Planted<Box<[Tree; 2]>> {
        Ok(Box::new([self.expression(a)?, self.expression(b)?]))
    }

    pub(super) fn expression(&mut self, expression: &Expr) -> Planted<Tree> {
        let own = self.token(expression.start_position());
        let constant = |it, ty| Kind::Constant(it, ty);
        let kind = match expression {
            Expr::BoolConstant(it, _) => constant(Constant::Bool(*it), Type::Bool),
            Expr::IntegerConstant(it, _) => constant(Constant::Int(*it), Type::Int),
            Expr::FloatConstant(it, _) => constant(Constant::Float(it.to_bits()), Type::Float),
            Expr::StringConstant(it, _) => constant(Constant::Text(it.as_str().into()), Type::Text),
            Expr::CharConstant(it, _) => constant(Constant::Text(it.to_string().into()), Type::Text),
            Expr::Unit(_) => Kind::Nothing,
            Expr::InterpolatedString(parts, _) => Kind::Interpolate(self.interpolated(parts, own.start + 1)?),
            Expr::Array(parts, _) => Kind::List(self.all(parts)?),
            Expr::Map(entries, _) => {
                let one = |(key, value): &(rhai::Ident, Expr)| {
                    Ok((Arc::from(key.name.as_str()), self.expression(value)?))
                };
                Kind::Map(entries.0.iter().map(one).collect::<Planted<_>>()?)
            }
            Expr::Variable(variable, _, position) => self.variable(&variable.1, *position)?,
            Expr::Stmt(block) => return self.block_expression(block.statements(), own),
            Expr::And(parts, _) => Kind::And(self.all(parts)?),
            Expr::Or(parts, _) => Kind::Or(self.all(parts)?),
            Expr::Coalesce(parts, _) => Kind::Coalesce(self.all(parts)?),
            Expr::FnCall(call, position) => return self.call(call, *position),
            Expr::Dot(parts, flags, _) => return self.chain(&parts.lhs, false, &parts.rhs, *flags),
            Expr::Index(parts, flags, _) => return self.chain(&parts.lhs, true, &parts.rhs, *flags),
            Expr::DynamicConstant(value, position) => {
                let Some(closure) = value.read_lock::<rhai::FnPtr>() else {
                    return self.refuse(value.type_name(), *position);
                };
                return self.closure(closure.fn_name(), &[], *position);
            }
            other => return self.refuse("this", other.position()),
        };
        // A literal below zero is one number of two tokens.
        let negative = self.script.text.get(own.clone()) == Some("-");
        let number = || own.start..self.tokens.range_at(own.end).end;
        let own = if negative && matches!(kind, Kind::Constant(..)) { number() } else { own };
        Ok(self.node(kind, own))
    }

    /// The parts of interpolated text, from `at` on. Rhai knows the places of expressions alone.
    fn interpolated(&mut self, parts: &[Expr], mut at: usize) -> Planted<Vec<Tree>> {
        let text = &self.script.text;
        let behind = |part: &str, from: usize| Some(from + text.get(from..)?.find(part)? + part.len());
        let mut trees = Vec::with_capacity(parts.len());
        for part in parts {
            let tree = self.expression(part)?;
            let (kind, range) = match part {
                Expr::StringConstant(it, _) => match behind(it, at) {
                    Some(end) => (tree.kind, end - it.len()..end),
                    None => (tree.kind, at..at),
                },
                _ => {
                    let range = tree.range();
                    at = behind("}", range.end).unwrap_or(range.end);
                    (tree.kind, range)
                }
            };
            trees.push(Tree::new(kind, range));
        }
        Ok(trees)
    }

    /// A name: a variable, a field, a parameter.
    pub(super) fn variable(&mut self, name: &str, position: Position) -> Planted<Kind> {
        if let Some(slot) = self.slot(name) {
            return Ok(Kind::Slot(slot));
        }
        if !self.sealed {
            if let Some(column) = self.names.field(name).and_then(|it| it.column) {
                if !self.reads.contains(&column) {
                    self.reads.push(column);
                }
                return Ok(Kind::Field(column));
            }
            if let Some(param) = self.params.iter().find(|it| it.name == name) {
                return Ok(Kind::Value(param.value.clone()));
            }
        }
        match canonical(name) {
            "as_of" => Ok(Kind::Constant(Constant::Int(self.names.as_of), Type::Time)),
            word @ ("true" | "false") => Ok(Kind::Constant(Constant::Bool(word == "true"), Type::Bool)),
            _ => Err(Box::new(self.unknown(name, position))),
        }
    }

    fn unknown(&self, name: &str, position: Position) -> Diagnostic {
        let diagnostic = self.error(wording::UNKNOWN_FIELD, position).with("name", name);
        let diagnostic = diagnostic.with("kind", self.names.kind.clone());
        if self.sealed && (self.names.field(name).is_some() || self.params.iter().any(|it| it.name == name)) {
            return diagnostic.help_with(wording::HELP_SEALED, vec![("name", name.to_owned())]);
        }
        let fields = self.names.fields.iter().map(|it| it.name.as_str()).filter(|_| !self.sealed);
        let locals = self.scopes.iter().map(|it| it.0.as_str());
        match nearest(name, fields.chain(locals)) {
            Some(near) => diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
            None => diagnostic,
        }
    }

    pub(super) fn slot(&self, name: &str) -> Option<u16> {
        self.scopes.iter().rev().find(|it| it.0 == name).map(|it| it.1)
    }

    fn declare(&mut self, name: &str) -> u16 {
        let slot = u16::try_from(self.slots).unwrap_or(u16::MAX);
        self.slots += 1;
        self.scopes.push((name.to_owned(), slot));
        slot
    }

    /// A block that stands where a value is wanted; a closure with what it captures is one as well.
    fn block_expression(&mut self, statements: &[Stmt], own: Range<usize>) -> Planted<Tree> {
        if let [Stmt::Share(shared), Stmt::Expr(only)] = statements
            && let Expr::FnCall(call, position) = &**only
            && call.name == "curry"
            && let Some(Expr::DynamicConstant(value, _)) = call.args.first()
            && let Some(closure) = value.read_lock::<rhai::FnPtr>()
        {
            let captured: Vec<&str> = shared.iter().map(|it| it.0.name.as_str()).collect();
            let slots: Vec<u16> = captured.iter().filter_map(|it| self.slot(it)).collect();
            let closure = self.closure(closure.fn_name(), &captured, *position)?;
            let range = closure.range();
            return Ok(Tree::new(
                Kind::Block(vec![Tree::new(Kind::Share(slots), range.clone()), closure]),
                range,
            ));
        }
        self.block(statements, own)
    }

    pub(super) fn block(&mut self, statements: &[Stmt], own: Range<usize>) -> Planted<Tree> {
        let depth = self.scopes.len();
        let parts = statements.iter().map(|it| self.statement(it)).collect::<Planted<Vec<_>>>();
        self.scopes.truncate(depth);
        let mut parts = parts?;
        match parts.len() {
            1 if !matches!(parts[0].kind, Kind::Let(..)) => Ok(parts.remove(0)),
            _ => Ok(self.node(Kind::Block(parts), own)),
        }
    }

    /// A function or closure by name and number of parameters, planted once.
    pub(super) fn function(&mut self, name: &str, params: usize, captured: &[&str]) -> Planted<Option<u16>> {
        let key = (name.to_owned(), params + captured.len());
        if let Some(number) = self.known.get(&key) {
            return Ok(Some(*number));
        }
        let Some(found) = self.definitions.find(name, params + captured.len()) else { return Ok(None) };
        let number = u16::try_from(self.functions.len()).unwrap_or(u16::MAX);
        self.functions.push(None);
        self.known.insert(key, number);
        let function = self.function_body(name, params, captured, found)?;
        self.functions[usize::from(number)] = Some(function);
        Ok(Some(number))
    }

    fn function_body(
        &mut self,
        name: &str,
        params: usize,
        captured: &[&str],
        (definition, place): Found<'a, 'a>,
    ) -> Planted<Function> {
        let closure = name.starts_with("anon$");
        let outer = (self.script, self.tokens, self.sealed);
        let outer_scopes = std::mem::take(&mut self.scopes);
        let outer_slots = std::mem::replace(&mut self.slots, 0);
        if let Some((script, tokens)) = place {
            (self.script, self.tokens) = (script, tokens);
        }
        self.sealed = !closure || self.sealed;
        for param in &definition.params {
            // What a closure captures of fields and parameters it reads from the record, like all else.
            let is_local =
                !captured.contains(&param.as_str()) || outer_scopes.iter().any(|it| it.0 == *param);
            if is_local {
                self.declare(param);
            }
        }
        let body = self.block(&definition.statements, self.tokens.range_at(0));
        let slots = std::mem::replace(&mut self.slots, outer_slots);
        self.scopes = outer_scopes;
        let text = self.script.text.as_str().into();
        (self.script, self.tokens, self.sealed) = outer;
        let name = if closure { "|…|" } else { name };
        Ok(Function { name: name.into(), text, params, slots, body: body? })
    }

    fn closure(&mut self, name: &str, captured: &[&str], position: Position) -> Planted<Tree> {
        let own = self.token(position);
        let slots: Vec<u16> = captured.iter().filter_map(|it| self.slot(it)).collect();
        let all = self.definitions.arity(name).unwrap_or(captured.len());
        match self.function(name, all.saturating_sub(captured.len()), captured)? {
            Some(number) => {
                let body =
                    self.functions[usize::from(number)].as_ref().map_or(own.end, |it| it.body.range().end);
                Ok(Tree::new(Kind::Closure(number, slots), self.tokens.closure(own, body)))
            }
            None => self.refuse("Fn", position),
        }
    }

    fn statement(&mut self, statement: &Stmt) -> Planted<Tree> {
        let own = self.token(statement.position());
        let kind = match statement {
            Stmt::Noop(_) => Kind::Nothing,
            Stmt::Expr(expression) => return self.expression(expression),
            Stmt::FnCall(call, position) => return self.call(call, *position),
            Stmt::Block(block) => return self.block(block.statements(), own),
            Stmt::Var(variable, ..) => {
                let value = self.boxed(&variable.1)?;
                Kind::Let(self.declare(variable.0.name.as_str()), value)
            }
            Stmt::If(flow, _) => {
                let condition = self.boxed(&flow.expr)?;
                let yes = self.block(flow.body.statements(), self.token(flow.body.position()))?;
                let no = match flow.branch.statements() {
                    [] => None,
                    other => Some(Box::new(self.block(other, self.token(flow.branch.position()))?)),
                };
                Kind::If(condition, Box::new(yes), no)
            }
            Stmt::Switch(switch, position) => return self.switch(switch, *position),
            Stmt::While(flow, _) => {
                let endless = matches!(flow.expr, Expr::Unit(_));
                let condition = if endless { None } else { Some(self.boxed(&flow.expr)?) };
                Kind::While(condition, Box::new(self.block(flow.body.statements(), own.clone())?))
            }
            Stmt::Do(flow, flags, _) => {
                let body = self.block(flow.body.statements(), own.clone())?;
                let until = flags.intersects(ASTFlags::NEGATED);
                Kind::DoWhile(Box::new(body), self.boxed(&flow.expr)?, until)
            }
            Stmt::For(parts, _) => {
                let (item, counter, flow) = &**parts;
                let over = self.expression(&flow.expr)?;
                let depth = self.scopes.len();
                let item = self.declare(item.name.as_str());
                let counter = counter.as_ref().map(|it| self.declare(it.name.as_str()));
                let body = self.block(flow.body.statements(), own.clone());
                self.scopes.truncate(depth);
                Kind::For(Box::new(For { item, counter, over, body: body? }))
            }
            Stmt::Assignment(parts) => return self.assignment(&parts.0, &parts.1.lhs, &parts.1.rhs),
            Stmt::BreakLoop(value, flags, _) => {
                let value = value.as_ref().map(|it| self.boxed(it)).transpose()?;
                if flags.intersects(ASTFlags::BREAK) { Kind::Break(value) } else { Kind::Continue }
            }
            Stmt::Return(value, flags, position) => {
                if flags.intersects(ASTFlags::BREAK) {
                    return self.refuse("throw", *position);
                }
                Kind::Return(value.as_ref().map(|it| self.boxed(it)).transpose()?)
            }
            Stmt::Import(..) => Kind::Nothing,
            Stmt::Share(variables) => {
                Kind::Share(variables.iter().filter_map(|it| self.slot(it.0.name.as_str())).collect())
            }
            Stmt::TryCatch(_, position) => return self.refuse("try", *position),
            // The enum is not exhaustive.
            other => return self.refuse("…", other.position()),
        };
        Ok(self.node(kind, own))
    }

    fn switch(&mut self, switch: &(Expr, rhai::SwitchCasesCollection), position: Position) -> Planted<Tree> {
        let own = self.token(position);
        let subject = self.expression(&switch.0)?;
        let body = self.tokens.braced(own.clone());
        let engine = crate::script::parse::parser();
        let Some(cases) = cases(&engine, &switch.1, self.tokens, body.clone()) else {
            return self.refuse("switch", position);
        };
        let mut arms = Vec::new();
        for case in cases {
            let parts = &switch.1.expressions[case.index];
            let always = matches!(parts.lhs, Expr::BoolConstant(true, _));
            let condition = if always { None } else { Some(self.expression(&parts.lhs)?) };
            let body = self.expression(&parts.rhs)?;
            arms.push(Arm { values: case.values, ranges: case.ranges, condition, body });
        }
        let default =
            switch.1.def_case.map(|it| self.expression(&switch.1.expressions[it].rhs)).transpose()?;
        let kind = Kind::Switch(Box::new(Switch { subject, arms, default }));
        Ok(self.node(kind, own.start..body.end.max(own.end)))
    }

    fn assignment(&mut self, operator: &OpAssignment, target: &Expr, value: &Expr) -> Planted<Tree> {
        let own = self.token(operator.position());
        let Some(place) = self.place(target)? else { return self.refuse("=", operator.position()) };
        let operator = match operator.get_op_assignment_info().map(|it| it.5) {
            None => None,
            Some(symbol) => match Arithmetic::from_symbol(symbol) {
                Some(known) => Some(known),
                None => return self.refuse(symbol, operator.position()),
            },
        };
        let value = self.boxed(value)?;
        let start = self.token(target.start_position()).start;
        let kind = Kind::Assign(place, operator, value);
        Ok(self.node(kind, start..own.end))
    }

    /// A variable or what it holds; `None` for all else.
    fn place(&mut self, target: &Expr) -> Planted<Option<Place>> {
        match target {
            Expr::Variable(variable, ..) => {
                Ok(self.slot(&variable.1).map(|slot| Place { slot, path: Vec::new() }))
            }
            Expr::Dot(parts, flags, _) => Ok(self.links(&parts.lhs, false, &parts.rhs, *flags)?.1),
            Expr::Index(parts, flags, _) => Ok(self.links(&parts.lhs, true, &parts.rhs, *flags)?.1),
            _ => Ok(None),
        }
    }
}
