//! What a rule that is well formed and well typed hardly means: conditions that decide nothing, texts
//! that never match, units that do not fit. Warnings only, and silence in doubt: a false alarm costs
//! more trust than a fault that is missed.

mod formula;
mod grid;
mod judge;
mod literals;
mod messages;
mod tables;
mod units;

pub(super) use literals::Spelling;
pub use tables::{TableInput, table_faults};

use self::{
    judge::{Answer, Judge, Known, Why, meaning},
    messages::Whole,
};
use super::{FieldName, Names, Registry, lower::Lowered, spans, tokens::Tokens};
use crate::{
    diagnostic::{Diagnostic, Place},
    expr::{ExprId, Node, Program},
    rule::{MissingPolicy, Param, Rule, Script},
    wording,
};
use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};
use std::{collections::HashMap, ops::Range};

/// A script that is parsed, typed and not wrong.
pub(super) struct Seen<'a> {
    pub(super) script: &'a Script,
    pub(super) tokens: &'a Tokens,
    pub(super) ast: &'a AST,
    pub(super) lowered: &'a Lowered,
}

/// Looks at a rule that is not wrong: `when`, where it has one, then `check`.
pub(super) fn review(
    program: &Program,
    registry: &mut Registry,
    names: &Names<'_>,
    rule: &Rule,
    parts: &[Seen<'_>],
) -> Vec<Diagnostic> {
    let (mut said, mut texts) = (Vec::new(), Vec::new());
    // What is known of a record that the check is reached with.
    let mut known = Known::default();
    let mut whole: Option<Vec<Whole<'_>>> = Some(Vec::new());
    for (index, seen) in parts.iter().enumerate() {
        let sight = Sight::new(program, names, rule, seen);
        let mut linted = sight.lint(seen, &known);
        let is_check = index + 1 == parts.len();
        // A missing value may be what the rule is about.
        if !is_check || rule.missing != MissingPolicy::Fail {
            let verdict = verdict(seen.script, is_check, &linted.answer, &mut linted.diagnostics);
            linted.diagnostics.extend(verdict);
        }
        said.append(&mut linted.diagnostics);
        texts.append(&mut linted.texts);
        known = linted.known;
        whole = whole.zip(seen.lowered.node).map(|(mut all, node)| {
            all.push((sight, seen.ast, node));
            all
        });
    }
    said.extend(literals::tell_of_spellings(&mut registry.spellings, &rule.id, texts));
    said.extend(whole.iter().flat_map(|it| messages::missing_in_message(rule, it)));
    said
}

/// A script that was lowered, as lints see it.
struct Sight<'a> {
    program: &'a Program,
    names: &'a Names<'a>,
    params: &'a [Param],
    script: &'a Script,
    tokens: &'a Tokens,
    /// The node of each expression, by where it is kept in the tree.
    nodes: &'a HashMap<usize, ExprId>,
    /// Local names that parameters have a part in.
    tunable: Vec<String>,
    /// Parts of formulas made so far.
    parts: std::cell::Cell<usize>,
}

/// What lints say of a script.
struct Linted {
    /// Warnings.
    diagnostics: Vec<Diagnostic>,
    /// What is known of a record for which the script is true.
    known: Known,
    /// Its answer, where it is always the same.
    answer: Answer,
    /// Texts that fields are compared with: column, text, place.
    texts: Vec<(u32, String, Place)>,
}

impl<'a> Sight<'a> {
    fn new(program: &'a Program, names: &'a Names<'a>, rule: &'a Rule, seen: &Seen<'a>) -> Self {
        let mut sight = Self {
            program,
            names,
            params: &rule.params,
            script: seen.script,
            tokens: seen.tokens,
            nodes: &seen.lowered.nodes,
            tunable: Vec::new(),
            parts: std::cell::Cell::new(0),
        };
        sight.note_tunable_locals(seen.ast);
        sight
    }

    /// Looks at a script; `given` is what is known where it is reached.
    fn lint(&self, seen: &Seen<'_>, given: &Known) -> Linted {
        let (mut diagnostics, mut texts) = (Vec::new(), Vec::new());
        seen.ast.walk(&mut |path| {
            let found = path.last().and_then(call_in);
            found.iter().for_each(|(call, _)| self.texts_of(call, &mut texts));
            diagnostics.extend(found.into_iter().flat_map(|(call, at)| self.lint_call(call, at)));
            if let Some(ASTNode::Expr(Expr::Dot(parts, ..))) = path.last() {
                diagnostics.extend(self.part_of_no_form(&parts.lhs, &parts.rhs));
            }
            true
        });
        let statements = seen.ast.statements();
        let mut judge = Judge { sight: self, said: Vec::new() };
        for statement in statements.iter().rev().skip(1) {
            if let Stmt::If(flow, _) = statement {
                judge.judge(&self.part(&flow.expr), &Known::default());
            }
        }
        let mut known = given.clone();
        let mut answer = None;
        if let Some(part) = self.result(statements, seen.lowered.result) {
            answer = judge.judge(&part, given);
            // What stands before may have given a verdict of its own.
            if statements.iter().rev().skip(1).any(|it| !matches!(it, Stmt::Var(..))) {
                answer = None;
            }
            judge.refine(&mut known, &part, true);
        }
        diagnostics.append(&mut judge.said);
        Linted { diagnostics, known, answer, texts }
    }

    fn lint_call(&self, call: &FnCallExpr, at: Position) -> Vec<Diagnostic> {
        let mut said = Vec::new();
        said.extend(self.floats_equal(call, at));
        said.extend(self.unlike_units(call, at));
        said.extend(self.texts_of_no_match(call));
        said
    }

    fn node(&self, it: &Expr) -> Option<ExprId> {
        self.nodes.get(&key(it)).copied()
    }

    fn span(&self, it: &Expr) -> Range<usize> {
        spans::expression(self.tokens, it)
    }

    /// The bytes of an operation: its operator and its operands.
    fn span_of_call(&self, call: &FnCallExpr, at: Position) -> Range<usize> {
        let own = spans::token(self.tokens, at);
        if call.op_token.is_none() {
            return self.tokens.call(own);
        }
        let whole = call.args.iter().map(|it| self.span(it));
        self.tokens.balanced(whole.fold(own, |all, it| all.start.min(it.start)..all.end.max(it.end)))
    }

    fn place(&self, part: &formula::Part) -> Place {
        self.script.place(part.span.clone())
    }

    /// True for a place in this script.
    fn is_here(&self, place: &Place) -> bool {
        let Place::Text { file, span } = place else { return false };
        let whole = self.script.span(0..self.script.text.len());
        *file == self.script.file && whole.start <= span.start && span.end <= whole.end
    }

    fn field(&self, column: u32) -> Option<&FieldName> {
        self.names.fields.iter().find(|it| it.column == Some(column))
    }

    /// The name of the field that a node is.
    fn name_of_field(&self, node: ExprId) -> Option<String> {
        let Node::Field(column) = self.program.node(node) else { return None };
        self.field(*column).map(|it| it.name.clone())
    }

    fn name_of(&self, node: ExprId) -> String {
        self.name_of_field(node).unwrap_or_else(|| "…".to_owned())
    }

    fn is_param(&self, name: &str) -> bool {
        self.names.field(name).is_none() && self.params.iter().any(|it| it.name == name)
    }

    fn is_tunable(&self, it: &Expr) -> bool {
        let mut found = false;
        it.walk(&mut Vec::new(), &mut |path| {
            if let Some(ASTNode::Expr(Expr::Variable(variable, _, _))) = path.last() {
                let name = variable.1.as_str();
                found |= self.is_param(name) || self.tunable.iter().any(|it| it == name);
            }
            !found
        });
        found
    }

    fn is_tunable_statement(&self, it: &Stmt) -> bool {
        let mut found = false;
        it.walk(&mut Vec::new(), &mut |path| {
            if let Some(ASTNode::Expr(it)) = path.last() {
                found |= self.is_tunable(it);
            }
            !found
        });
        found
    }

    fn note_tunable_locals(&mut self, ast: &AST) {
        for statement in ast.statements() {
            if let Stmt::Var(variable, ..) = statement
                && self.is_tunable(&variable.1)
            {
                self.tunable.push(variable.0.name.to_string());
            }
        }
    }
}

/// By what an expression is known in the table of nodes.
pub(super) fn key(it: &Expr) -> usize {
    std::ptr::from_ref(it).addr()
}

fn call_in<'a>(node: &ASTNode<'a>) -> Option<(&'a FnCallExpr, Position)> {
    if let ASTNode::Expr(Expr::FnCall(call, at) | Expr::MethodCall(call, at))
    | ASTNode::Stmt(Stmt::FnCall(call, at)) = node
    {
        return Some((call, *at));
    }
    None
}

/// What the answers of `when` and `check` mean for a rule, said where nothing else has said it.
fn verdict(script: &Script, is_check: bool, answer: &Answer, said: &mut [Diagnostic]) -> Option<Diagnostic> {
    let (answer, why) = answer.as_ref()?;
    // `when` that is always true is no `when`.
    if !is_check && *answer {
        return None;
    }
    let (help, code) = meaning(*answer, is_check);
    let places = match why {
        Why::Told => {
            let last = said.last_mut()?;
            *last = last.clone().help(help);
            return None;
        }
        // `check = 'false'` finds every record that `when` lets through: a habit, not a slip.
        Why::Written if is_check && !*answer => return None,
        Why::Written => &Vec::new(),
        Why::Others(places) => places,
    };
    let whole = script.place(0..script.text.trim_end().len());
    let mut diagnostic = Diagnostic::warning(code).at(whole);
    for place in places {
        diagnostic = diagnostic.also(place.clone(), wording::WITH_THIS);
    }
    Some(if places.is_empty() {
        diagnostic.help(if is_check { wording::HELP_NEVER_FAILS } else { wording::HELP_NEVER_APPLIES })
    } else {
        diagnostic.help(wording::HELP_WHEN_SAYS_SO)
    })
}
