//! Statements: `let`, `if`, blocks; loops and the rest run row by row, but their names are checked.

use super::{Lowering, Shape, Typed};
use crate::{
    diagnostic::{Diagnostic, nearest},
    expr::{Comparison, Constant, ExprId, FUNCTIONS, Node, SPECIAL_FORMS, canonical, row_function},
    record::Type,
    script::{
        library::file_name,
        parse::parser,
        switch::cases,
        tokens::{Token, TokenKind, Tokens},
    },
    wording,
};
use rhai::{ASTFlags, Expr, FlowControl, Position, Stmt, SwitchCasesCollection};
use std::rc::Rc;

/// Functions that are written into each other; one that calls itself runs row by row.
const INLINED_MAX: usize = 8;

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
                } else if !self.is_fixed(&value) {
                    let is_list = matches!(value.shape, Shape::List(_) | Shape::Range(..));
                    let reason = if is_list { wording::REASON_LIST } else { wording::REASON_OTHER };
                    self.cannot(reason, &[]);
                }
                self.declare(variable.0.name.as_str(), value, variable.0.pos);
                result = Typed::unit();
                continue;
            }
            result = self.statement(statement);
            if !last && !matches!(statement, Stmt::Noop(_) | Stmt::Import(..)) {
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

    /// A list or range of constants: nothing in it can be missing or go wrong. One with values in it is
    /// looked at where it is built, whether or not it is ever used.
    fn is_fixed(&self, value: &Typed) -> bool {
        let constant =
            |it: &Typed| it.node.is_some_and(|it| matches!(self.program.node(it), Node::Constant(_)));
        match &value.shape {
            Shape::List(parts) => parts.iter().all(constant),
            Shape::Range(ends, _) => constant(&ends.0) && constant(&ends.1),
            Shape::Unknown | Shape::Unit | Shape::Of(_) => false,
        }
    }

    fn declare(&mut self, name: &str, value: Typed, position: Position) {
        // A function sees no fields: its own names are free.
        if !self.sealed && self.names.field(name).is_some() {
            let diagnostic = self.error(wording::ASSIGNS_FIELD, position).with("name", name);
            self.report(diagnostic);
        }
        // What is changed later may be of any type then.
        let value = if self.changed.iter().any(|it| it == name) { Typed::unknown() } else { value };
        self.locals.push((name.to_owned(), value));
    }

    /// The names that the script assigns to or calls something on that changes what they hold.
    pub(super) fn changed_names(tokens: &Tokens) -> Vec<String> {
        let all: Vec<&Token> = tokens.code().collect();
        let text = |at: usize| all.get(at).map_or("", |it| tokens.text(it));
        let assigns = |it: &str| matches!(it, "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "**=");
        let changes = |it: &str| row_function(canonical(it)).is_some_and(|it| it.changes);
        let any = (0..all.len()).any(|at| assigns(text(at)) || changes(text(at)));
        let mut names = Vec::new();
        for (at, token) in all.iter().enumerate().filter(|_| any) {
            // `let x = …` is no change.
            let declares = at > 0 && matches!(text(at - 1), "let" | "const");
            let passed = at > 1 && text(at - 1) == "(" && changes(text(at - 2));
            let next = text(at + 1);
            if token.kind == TokenKind::Name
                && !declares
                && (passed || assigns(next) || matches!(next, "." | "["))
            {
                names.push(tokens.text(token).to_owned());
            }
        }
        names
    }

    /// `import` stands at the top of a script and `export` nowhere, also not in a closure that nobody calls.
    pub(super) fn no_modules_inside(&mut self) {
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        let (tokens, mut depth) = (self.tokens, 0_usize);
        for token in tokens.code() {
            let word = tokens.text(token);
            match (token.kind, word) {
                (TokenKind::Symbol, "{") => depth += 1,
                (TokenKind::Symbol, "}") => depth = depth.saturating_sub(1),
                (TokenKind::Name, "export") => {}
                (TokenKind::Name, "import") if depth > 0 => {}
                _ => continue,
            }
            if token.kind == TokenKind::Name {
                let place = self.script.place(token.range.clone());
                let diagnostic = Diagnostic::error(wording::FORBIDDEN).with("name", word).at(place);
                self.report(diagnostic.help(wording::HELP_FORBIDDEN_POWERS));
            }
        }
    }

    /// A function that the script defines.
    pub(super) fn define_function(&mut self, name: &str) {
        let is_table = self.names.table(name).is_some();
        let is_of_table = FUNCTIONS.iter().any(|it| it.name == canonical(name))
            || row_function(canonical(name)).is_some()
            || SPECIAL_FORMS.iter().any(|it| it.name == canonical(name));
        if is_of_table || is_table {
            let place = self.tokens.code().find(|it| self.tokens.text(it) == name).map(|it| it.range.clone());
            let place = self.script.place(place.unwrap_or(0..0));
            let diagnostic = Diagnostic::error(wording::REDEFINES).with("name", name).at(place);
            self.report(diagnostic);
        }
    }

    /// A call of a function that the script or the library defines: its body in the place of the call.
    pub(super) fn inline(&mut self, name: &str, args: Vec<Typed>) -> Option<Typed> {
        let definitions = Rc::clone(&self.definitions);
        let (definition, place) = definitions.find(name, args.len())?;
        if self.inlined >= INLINED_MAX {
            return Some(self.cannot(wording::REASON_RECURSION, &[]));
        }
        let outer = (self.script, self.tokens, self.sealed);
        let changed = self.changed.clone();
        if let Some((script, tokens)) = place {
            (self.script, self.tokens) = (script, tokens);
            self.changed = Self::changed_names(tokens);
        }
        let before: Vec<ExprId> = args.iter().filter_map(|it| it.node).collect();
        let built = |it: &Typed| matches!(it.shape, Shape::List(_) | Shape::Range(..)) && !self.is_fixed(it);
        if args.iter().any(built) {
            self.cannot(wording::REASON_LIST, &[]);
        }
        let typed = |(name, arg): (&String, Typed)| {
            let arg = if self.changed.contains(name) { Typed::unknown() } else { arg };
            (name.clone(), arg)
        };
        let params = definition.params.iter().zip(args).map(typed).collect();
        let locals = std::mem::replace(&mut self.locals, params);
        self.sealed = true;
        self.inlined += 1;
        let mut result = self.statements(&definition.statements);
        self.inlined -= 1;
        self.locals = locals;
        (self.script, self.tokens, self.sealed) = outer;
        self.changed = changed;
        // The arguments are evaluated before the body, whatever it makes of them.
        if let (Some(mut node), Some(ty)) = (result.node, result.ty()) {
            for earlier in before.into_iter().rev() {
                node = self.program.add(Node::Then(earlier, node), ty);
            }
            result.node = Some(node);
        }
        Some(result)
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
            Stmt::Switch(switch, position) => self.switch(switch, *position),
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                if !matches!(flow.expr, Expr::Unit(_)) {
                    self.boolean(&flow.expr);
                }
                self.looped(&[], flow)
            }
            Stmt::For(parts, _) => {
                let (item, counter, flow) = &**parts;
                self.expression(&flow.expr);
                for own in std::iter::once(item).chain(counter) {
                    if !self.sealed && self.names.field(&own.name).is_some() {
                        let diagnostic = self.error(wording::ASSIGNS_FIELD, own.pos);
                        self.report(diagnostic.with("name", own.name.as_str()));
                    }
                }
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
            Stmt::Import(parts, position) => self.import(&parts.0, *position),
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
                let block = if matches!(yes.shape, Shape::Unit) { &flow.body } else { &flow.branch };
                let help = help_of_value(block.statements());
                self.report(Diagnostic::error(wording::NO_VALUE).at(place).help(help))
            }
            (Shape::Unit, Shape::Unit) => {
                self.cannot(wording::REASON_STATEMENTS, &[]);
                Typed::unit()
            }
            _ => self.cannot(wording::REASON_MIXED, &[]),
        }
    }

    /// `switch`: arms are tried in order, values before ranges.
    fn switch(&mut self, switch: &(Expr, SwitchCasesCollection), position: Position) -> Typed {
        let (subject_expression, collection) = switch;
        let subject = self.expression(subject_expression);
        let body = self.tokens.braced(self.range(position));
        let found = cases(&parser(), collection, self.tokens, body);
        let arms: Vec<(Option<Typed>, Typed)> = (0..collection.expressions.len())
            .map(|index| {
                let parts = &collection.expressions[index];
                let always = matches!(parts.lhs, Expr::BoolConstant(true, _));
                let condition = (!always).then(|| self.expression(&parts.lhs));
                condition.iter().for_each(|it| self.must_be_bool(it));
                (condition, self.typed(&parts.rhs))
            })
            .collect();
        let Some(found) = found else { return self.bad_case(position) };
        for case in &found {
            for (value, ty) in &case.values {
                self.check_case(&subject, value, *ty, position);
            }
        }
        let always = |wanted: &Constant| {
            found
                .iter()
                .any(|it| arms[it.index].0.is_none() && it.values.iter().any(|(value, _)| value == wanted))
        };
        let complete = match (&subject.choices, subject.ty()) {
            (Some((_, all)), _) => all.iter().all(|it| always(&Constant::Text(it.as_str().into()))),
            (None, Some(Type::Bool)) => [true, false].iter().all(|it| always(&Constant::Bool(*it))),
            (None, _) => false,
        };
        let default = collection.def_case.map(|it| arms[it].1.clone());
        if default.is_none() && !complete {
            self.cannot(wording::REASON_STATEMENTS, &[]);
            return Typed::unit();
        }
        self.lower_switch(&subject, &found, &arms, default)
    }

    /// A case that is a list, a map or `()`.
    fn bad_case(&mut self, position: Position) -> Typed {
        let body = self.tokens.braced(self.range(position));
        let inside = self.tokens.code().filter(|it| body.contains(&it.range.start));
        let (mut begins, mut place) = (false, None);
        for token in inside {
            let text = self.tokens.text(token);
            if begins && matches!(text, "[" | "#{" | "(") {
                place = Some(self.tokens.balanced(token.range.clone()));
                break;
            }
            begins = matches!(text, "{" | "," | "|" | "}");
        }
        let place = self.script.place(place.unwrap_or_else(|| self.range(position)));
        self.report(Diagnostic::error(wording::BAD_CASE).at(place).help(wording::HELP_CASES))
    }

    /// The value of an arm must be one that the subject can have.
    fn check_case(&mut self, subject: &Typed, value: &Constant, ty: Type, position: Position) {
        let node = self.program.constant(value.clone(), ty);
        let written = if let Constant::Text(text) = value { &**text } else { "" };
        let is = |it: &&Token| {
            it.kind == TokenKind::Text && self.tokens.text(it).trim_matches(['"', '\'', '`']) == written
        };
        let span = self.tokens.code().skip_while(|it| it.range.start < subject.span.end).find(is);
        let span = span.map_or_else(|| self.range(position), |it| it.range.clone());
        let value = Typed { span, ..Typed::of(ty, Some(node)) };
        self.check_choice(subject, &value);
        if subject.ty().is_some_and(|it| it != ty) {
            let (left, right) = (self.describe(subject), self.describe(&value));
            let diagnostic =
                self.error(wording::UNLIKE_TYPES, position).with("left", left).with("right", right);
            self.report(diagnostic);
        }
    }

    /// One `if` inside the other, from the last arm to the first.
    fn lower_switch(
        &mut self,
        subject: &Typed,
        found: &[crate::script::switch::Case],
        arms: &[(Option<Typed>, Typed)],
        default: Option<Typed>,
    ) -> Typed {
        let types: Vec<Option<Type>> = arms.iter().map(|it| it.1.ty()).collect();
        let Some(Some(ty)) = types.first().copied() else { return self.cannot(wording::REASON_MIXED, &[]) };
        if types.iter().any(|it| *it != Some(ty)) {
            return self.cannot(wording::REASON_MIXED, &[]);
        }
        let (Some(subject_node), Some(subject_ty)) = (subject.node, subject.ty()) else {
            return Typed::of(ty, None);
        };
        if subject_ty == Type::Text {
            self.note_coded(subject);
        }
        // A subject that no arm compares would not be looked at.
        if found.iter().all(|it| it.values.is_empty() && it.ranges.is_empty()) {
            self.cannot(wording::REASON_SWITCH, &[]);
            return Typed::of(ty, None);
        }
        let mut tests: Vec<(ExprId, usize)> = Vec::new();
        for case in found {
            for (value, of) in &case.values {
                let value = self.program.constant(value.clone(), *of);
                tests.push((
                    self.program.add(Node::Compare(Comparison::Equal, subject_node, value), Type::Bool),
                    case.index,
                ));
            }
        }
        for case in found {
            for (from, to, inclusive) in &case.ranges {
                let ends = [from, to].map(|it| self.program.constant(Constant::Int(*it), Type::Int));
                let node = Node::InRange(subject_node, ends[0], ends[1], *inclusive);
                tests.push((self.program.add(node, Type::Bool), case.index));
            }
        }
        let mut rest = default.map(|it| it.node);
        for (test, index) in tests.into_iter().rev() {
            let (condition, body) = &arms[index];
            let test = match condition.as_ref().map(|it| it.node) {
                None => Some(test),
                Some(Some(condition)) => {
                    Some(self.program.add(Node::And([test, condition].into()), Type::Bool))
                }
                Some(None) => None,
            };
            rest = Some(match (rest, test, body.node) {
                // Without a default the last arm is what is left.
                (None, _, node) => node,
                (Some(Some(rest)), Some(test), Some(body)) => {
                    Some(self.program.add(Node::If(test, body, rest), ty))
                }
                _ => None,
            });
        }
        Typed::of(ty, rest.flatten())
    }

    /// `import "dates" as d`: a file of the pack's own library, and nothing else.
    fn import(&mut self, path: &Expr, position: Position) -> Typed {
        let Expr::StringConstant(path, at) = path else {
            return self.forbidden("import", position, wording::HELP_FORBIDDEN_POWERS);
        };
        let name = file_name(path);
        let libraries = self.names.library;
        if !libraries.iter().any(|it| it.name == name) {
            let near = nearest(name, libraries.iter().map(|it| it.name.as_str())).map(str::to_owned);
            let diagnostic = self.error(wording::NO_LIBRARY, *at).with("name", path.as_str());
            let diagnostic = diagnostic.help(wording::HELP_LIBRARY);
            return match near {
                Some(near) => self.report(diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near)])),
                None => self.report(diagnostic),
            };
        }
        Typed::unit()
    }
}

/// What to do about statements that end without a value.
pub(in crate::script) fn help_of_value(statements: &[Stmt]) -> wording::Wording {
    match statements.last() {
        Some(Stmt::Switch(..)) => wording::HELP_DEFAULT_ARM,
        Some(Stmt::Var(..) | Stmt::While(..) | Stmt::Do(..) | Stmt::For(..)) => wording::HELP_RESULT,
        _ => wording::HELP_ELSE,
    }
}
