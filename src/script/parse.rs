//! Rhai as a parser, within limits that hold in debug and release builds alike.

use super::tokens::{TokenKind, Tokens};
use rhai::{AST, ASTNode, Engine};

/// Brackets, blocks and calls within each other, in a script and in a function.
const DEPTH_MAX: usize = 64;
const FUNCTION_DEPTH_MAX: usize = 32;
/// Bytes of a script.
pub(super) const TEXT_LEN_MAX: usize = 256 << 10;
/// Tokens of a script.
pub(super) const TOKENS_MAX: usize = 10_000;
/// Nodes within each other: `1 + 1 + 1 + …` nests without brackets.
pub(super) const NESTING_MAX: usize = 200;
const VARIABLES_MAX: usize = 1_000;
const FUNCTIONS_MAX: usize = 100;

/// An engine that parses: nothing is folded, so that the tree is as written.
pub(super) fn parser() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(rhai::OptimizationLevel::None);
    engine.set_max_expr_depths(DEPTH_MAX, FUNCTION_DEPTH_MAX);
    engine.set_max_string_size(TEXT_LEN_MAX);
    engine.set_max_variables(VARIABLES_MAX);
    engine.set_max_functions(FUNCTIONS_MAX);
    engine
}

/// What of a script is more than there may be, before Rhai sees it: (what the limit is, of what).
pub(super) fn excess(tokens: &Tokens, text: &str) -> Option<(usize, Excess)> {
    if text.len() > TEXT_LEN_MAX {
        return Some((TEXT_LEN_MAX, Excess::Bytes));
    }
    let (mut depth, mut deepest, mut count) = (0_usize, 0, 0);
    for token in tokens.code() {
        count += 1;
        match (token.kind, tokens.text(token)) {
            (TokenKind::Symbol, "(" | "[" | "{" | "#{") => depth += 1,
            (TokenKind::Symbol, ")" | "]" | "}") => depth = depth.saturating_sub(1),
            // Text in text in text.
            (TokenKind::Text, text) => deepest = deepest.max(depth + text.matches("${").count()),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if count > TOKENS_MAX {
        return Some((TOKENS_MAX, Excess::Tokens));
    }
    (deepest > NESTING_MAX).then_some((NESTING_MAX, Excess::Nesting))
}

/// What there is too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Excess {
    Bytes,
    Tokens,
    Nesting,
}

/// Whether nodes nest deeper than the walks over the tree can follow. It is counted on the path that
/// Rhai's own walk keeps.
pub(super) fn is_too_deep(ast: &AST) -> bool {
    let mut deep = false;
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        deep = deep || path.len() > NESTING_MAX;
        !deep
    });
    deep
}
