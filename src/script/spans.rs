//! Where an expression stands, from its first to its last byte: Rhai's tree knows where tokens start
//! and nothing of brackets, so ends come from our own tokens.

use super::tokens::Tokens;
use rhai::{Expr, Position, Stmt};
use std::ops::Range;

/// The bytes of the token at a position.
pub(super) fn token(tokens: &Tokens, position: Position) -> Range<usize> {
    tokens.range(position.line().unwrap_or(1), position.position().unwrap_or(1))
}

/// The bytes of a whole expression, without brackets around all of it.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "Rhai's enum is not exhaustive; the rest are single tokens"
)]
pub(super) fn expression(tokens: &Tokens, it: &Expr) -> Range<usize> {
    let at = || token(tokens, it.position());
    match it {
        Expr::FnCall(call, _) if call.op_token.is_some() || is_infix(tokens, &call.name, it.position()) => {
            tokens.balanced(over(tokens, call.args.iter(), at()))
        }
        Expr::FnCall(..) | Expr::MethodCall(..) => tokens.call(at()),
        Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => {
            tokens.balanced(over(tokens, parts.iter(), at()))
        }
        Expr::Dot(parts, ..) | Expr::Index(parts, ..) => {
            tokens.balanced(over(tokens, [&parts.lhs, &parts.rhs].into_iter(), at()))
        }
        Expr::Array(..) | Expr::Map(..) | Expr::Unit(_) => tokens.balanced(at()),
        Expr::Stmt(block) => match block.statements() {
            [Stmt::If(_, position) | Stmt::Switch(_, position)] => tokens.braced(token(tokens, *position)),
            _ => tokens.balanced(at()),
        },
        _ => at(),
    }
}

/// `x in list` is a call of `contains` in the tree.
fn is_infix(tokens: &Tokens, name: &str, position: Position) -> bool {
    name == "contains" && tokens.slice(token(tokens, position)) != name
}

fn over<'a>(tokens: &Tokens, parts: impl Iterator<Item = &'a Expr>, own: Range<usize>) -> Range<usize> {
    parts.map(|it| expression(tokens, it)).fold(own, |all, it| all.start.min(it.start)..all.end.max(it.end))
}
