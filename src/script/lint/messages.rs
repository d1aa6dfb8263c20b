//! Messages that name a field which may be missing where they are shown.

use super::{Sight, judge::Judge};
use crate::{
    diagnostic::Diagnostic,
    expr::{ExprId, Node},
    rule::Rule,
    wording,
};
use rhai::AST;

/// A script that lowers as a whole: what lints see of it, its tree, its node.
pub(super) type Whole<'a> = (Sight<'a>, &'a AST, ExprId);

/// Fields in a rule's message that `when` and `check` look at through `is_missing` alone, where
/// a record without them can fail. A field that is also needed somewhere is left alone: its absence is
/// one of several things that the message may be about.
pub(super) fn missing_in_message(rule: &Rule, parts: &[Whole<'_>]) -> Vec<Diagnostic> {
    let (Some((en, zh)), Some((sight, ..))) = (&rule.message, parts.last()) else { return Vec::new() };
    let scripts = rule.message_scripts.as_ref();
    let mut said: Vec<Diagnostic> = Vec::new();
    for (template, script) in [(en, scripts.map(|it| &it.0)), (zh, scripts.map(|it| &it.1))] {
        for (name, range) in template.names() {
            let column = sight.names.field(name).and_then(|it| it.column);
            let Some(column) = column.filter(|it| is_asked_only(parts, *it)) else { continue };
            if !fails_without(parts, column) {
                continue;
            }
            let place = script.map_or_else(|| rule.place.clone(), |it| it.place(range));
            let diagnostic = Diagnostic::warning(wording::MESSAGE_MISSING).with("name", name).at(place);
            let diagnostic = diagnostic.help(wording::HELP_MESSAGE_MISSING);
            // One text may stand for both languages.
            if !said.contains(&diagnostic) {
                said.push(diagnostic);
            }
        }
    }
    said
}

/// True where a field is asked whether it is there, and nothing else.
fn is_asked_only(parts: &[Whole<'_>], column: u32) -> bool {
    let (mut asked, mut needed) = (false, false);
    for (sight, _, root) in parts {
        let is_field = |it: ExprId| matches!(sight.program.node(it), Node::Field(other) if *other == column);
        needed |= is_field(*root);
        let mut open = vec![*root];
        while let Some(id) = open.pop() {
            let node = sight.program.node(id);
            let operands = node.operands();
            let guards = usize::from(matches!(node, Node::IsMissing(_)));
            asked |= operands.iter().take(guards).any(|it| is_field(*it));
            needed |= operands.iter().skip(guards).any(|it| is_field(*it));
            open.extend(operands);
        }
    }
    asked && !needed
}

/// True where a record without the field can fail.
fn fails_without(parts: &[Whole<'_>], column: u32) -> bool {
    let last = parts.len().saturating_sub(1);
    parts.iter().enumerate().all(|(index, (sight, ast, root))| {
        let Some(part) = sight.result(ast.statements(), Some(*root)) else { return false };
        let mut judge = Judge { sight, said: Vec::new() };
        let answer = judge.judge(&part, &sight.without(column)).map(|it| it.0);
        // `when` must let it through, `check` must not.
        answer != Some(index == last)
    })
}
