//! Statements: `let`, `if`, blocks; loops and the rest run row by row, but their names are checked.

use super::{Lowering, Shape, Typed, calls::VERDICTS, names::SPECIAL};
use crate::{
    diagnostic::Diagnostic,
    expr::{ExprId, FUNCTIONS, Node},
    script::snake_case,
    wording,
};
use rhai::{ASTFlags, Expr, FlowControl, Position, Stmt};

impl Lowering<'_> {
    /// A block with a scope of its own.
    pub(super) fn block(&mut self, statements: &[Stmt]) -> Typed {
        let depth = self.locals.len();
        let typed = self.statements(statements);
        self.locals.truncate(depth);
        typed
    }

    /// Statements in order; the last one's value is the result.
    pub(super) fn statements(&mut self, statements: &[Stmt]) -> Typed {
        let mut before: Vec<ExprId> = Vec::new();
        let mut result = Typed::unit();
        for (index, statement) in statements.iter().enumerate() {
            let last = index + 1 == statements.len();
            if let Stmt::Var(variable, ..) = statement {
                let value = self.expression(&variable.1);
                if let Some(node) = value.node {
                    before.push(node);
                } else if !matches!(value.shape, Shape::List(_) | Shape::Range(..)) {
                    self.cannot(wording::REASON_OTHER, &[]);
                }
                self.declare(variable.0.name.as_str(), value, variable.0.pos);
                result = Typed::unit();
                continue;
            }
            result = self.statement(statement);
            if !last && !matches!(statement, Stmt::Noop(_)) {
                self.cannot(wording::REASON_STATEMENTS, &[]);
            }
        }
        let Some(mut node) = result.node else { return result };
        let Some(ty) = result.ty() else { return result };
        for earlier in before.into_iter().rev() {
            node = self.program.add(Node::Then(earlier, node), ty);
        }
        Typed { node: Some(node), ..result }
    }

    fn declare(&mut self, name: &str, value: Typed, position: Position) {
        if self.names.field(name).is_some() {
            let diagnostic = self.error(wording::ASSIGNS_FIELD, position).with("name", name);
            self.report(diagnostic);
        }
        self.locals.push((name.to_owned(), value));
    }

    /// A function that the script defines.
    pub(super) fn define_function(&mut self, name: &str) {
        let special = SPECIAL.iter().map(|it| it.0).chain(VERDICTS.iter().copied()).chain(["known"]);
        let is_table = self.names.tables.iter().any(|it| snake_case(&it.id) == name);
        if is_table || special.chain(FUNCTIONS.iter().map(|it| it.name)).any(|it| it == name) {
            let place = self.tokens.code().find(|it| self.tokens.text(it) == name).map(|it| it.range.clone());
            let place = self.script.place(place.unwrap_or(0..0));
            let diagnostic = Diagnostic::error(wording::REDEFINES).with("name", name).at(place);
            self.report(diagnostic);
        }
        self.own_functions.push(name.to_owned());
    }

    fn statement(&mut self, statement: &Stmt) -> Typed {
        match statement {
            Stmt::Noop(_) => Typed::unit(),
            Stmt::Expr(expression) => {
                // As a statement it need not have a value.
                if let Expr::Stmt(block) = &**expression {
                    return self.block(block.statements());
                }
                self.expression(expression)
            }
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Block(block) => self.block(block.statements()),
            Stmt::If(flow, position) => self.branch(flow, *position),
            Stmt::Var(..) => Typed::unit(),
            Stmt::Switch(switch, _) => {
                self.expression(&switch.0);
                for case in &switch.1.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                }
                self.cannot(wording::REASON_SWITCH, &[])
            }
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                if !matches!(flow.expr, Expr::Unit(_)) {
                    self.boolean(&flow.expr);
                }
                self.looped(&[], flow)
            }
            Stmt::For(parts, _) => {
                let (item, counter, flow) = &**parts;
                self.expression(&flow.expr);
                let names: Vec<&str> =
                    std::iter::once(item).chain(counter).map(|it| it.name.as_str()).collect();
                self.looped(&names, flow)
            }
            Stmt::Assignment(parts) => {
                self.assignment(&parts.1.lhs);
                self.expression(&parts.1.rhs);
                self.cannot(wording::REASON_ASSIGNMENT, &[]);
                Typed::unit()
            }
            Stmt::TryCatch(_, position) => self.forbidden("try", *position, wording::HELP_FORBIDDEN_TRY),
            Stmt::Return(value, flags, position) => {
                if flags.intersects(ASTFlags::BREAK) {
                    return self.forbidden("throw", *position, wording::HELP_FORBIDDEN_TRY);
                }
                if let Some(value) = value {
                    self.expression(value);
                }
                self.cannot(wording::REASON_RETURN, &[])
            }
            Stmt::BreakLoop(value, ..) => {
                if let Some(value) = value {
                    self.expression(value);
                }
                self.cannot(wording::REASON_LOOP, &[])
            }
            Stmt::Import(_, position) => self.forbidden("import", *position, wording::HELP_FORBIDDEN_POWERS),
            Stmt::Export(_, position) => self.forbidden("export", *position, wording::HELP_FORBIDDEN_POWERS),
            // Captured variables are read by the closure that follows.
            Stmt::Share(_) => self.cannot(wording::REASON_CLOSURE, &[]),
            // The enum is not exhaustive.
            _ => self.cannot(wording::REASON_OTHER, &[]),
        }
    }

    fn looped(&mut self, names: &[&str], flow: &FlowControl) -> Typed {
        let depth = self.locals.len();
        self.locals.extend(names.iter().map(|name| ((*name).to_owned(), Typed::unknown())));
        self.block(flow.body.statements());
        self.block(flow.branch.statements());
        self.locals.truncate(depth);
        // `break x` gives a loop a value.
        self.cannot(wording::REASON_LOOP, &[])
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "Rhai's enum is not exhaustive: what it adds runs row by row"
    )]
    fn assignment(&mut self, target: &Expr) {
        match target {
            Expr::Variable(variable, _, position) => {
                let name = variable.1.as_str();
                let local = self.locals.iter().rev().find(|(local, _)| local == name);
                let fixed = local.is_none()
                    && (self.names.field(name).is_some() || self.params.iter().any(|it| it.name == name));
                if fixed {
                    let diagnostic = self.error(wording::ASSIGNS_FIELD, *position).with("name", name);
                    self.report(diagnostic.help(wording::HELP_SINGLE_EQUALS));
                } else {
                    self.expression(target);
                }
            }
            // `m.x = …` and `m[i] = …` change what the name in front stands for.
            Expr::Dot(parts, ..) => self.assignment(&parts.lhs),
            Expr::Index(parts, ..) => {
                self.assignment(&parts.lhs);
                self.expression(&parts.rhs);
            }
            other => drop(self.expression(other)),
        }
    }

    fn branch(&mut self, flow: &FlowControl, position: Position) -> Typed {
        let condition = self.boolean(&flow.expr);
        let yes = self.block(flow.body.statements());
        let has_else = !flow.branch.statements().is_empty();
        let no = self.block(flow.branch.statements());
        if !has_else {
            // As a statement that is fine; where its value is used, `()` is what the message tells.
            self.cannot(wording::REASON_STATEMENTS, &[]);
            return Typed::unit();
        }
        match (&yes.shape, &no.shape) {
            (Shape::Of(yes_ty), Shape::Of(no_ty)) if yes_ty == no_ty => {
                let (ty, parts) = (*yes_ty, (condition, yes.node, no.node));
                if let (Some(condition), Some(yes), Some(no)) = parts {
                    return self.add(Node::If(condition, yes, no), ty);
                }
                Typed::of(ty, None)
            }
            (Shape::Of(_), Shape::Unit) | (Shape::Unit, Shape::Of(_)) => {
                let place = self.script.place(self.tokens.braced(self.range(position)));
                self.report(Diagnostic::error(wording::NO_VALUE).at(place).help(wording::HELP_ELSE))
            }
            (Shape::Unit, Shape::Unit) => {
                self.cannot(wording::REASON_STATEMENTS, &[]);
                Typed::unit()
            }
            _ => self.cannot(wording::REASON_MIXED, &[]),
        }
    }
}
