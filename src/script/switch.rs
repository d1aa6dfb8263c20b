//! The cases of a `switch`: Rhai's tree keeps only hashes of their values, so that the literals that
//! stand in the text are hashed the same way and looked up.

use super::tokens::{TokenKind, Tokens};
use crate::{expr::Constant, record::Type};
use rhai::{Dynamic, Engine, Expr, RangeCase, Stmt, SwitchCasesCollection};
use std::{
    hash::{Hash, Hasher},
    ops::Range,
};

/// An arm: what it is taken for, and which of the collection's expressions it is.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) values: Vec<(Constant, Type)>,
    /// From, to, and whether the end is in.
    pub(super) ranges: Vec<(i64, i64, bool)>,
    pub(super) index: usize,
}

/// The arms in order, the default aside. `None` where a case is a literal that rules do not know: a
/// list, a map, `()`.
pub(super) fn cases(
    engine: &Engine,
    switch: &SwitchCasesCollection,
    tokens: &Tokens,
    body: Range<usize>,
) -> Option<Vec<Case>> {
    let mut arms: Vec<Case> = (0..switch.expressions.len())
        .map(|index| Case { values: Vec::new(), ranges: Vec::new(), index })
        .collect();
    let literals = literals(engine, tokens, body);
    #[expect(clippy::iter_over_hash_type, reason = "the values of each arm are sorted below")]
    for (hash, case) in &switch.cases {
        let is_range = || switch.ranges.iter().any(|it| case.blocks.contains(&index_of(it)));
        match literals.iter().find(|it| it.0 == *hash) {
            Some((_, constant, ty)) => {
                for block in &case.blocks {
                    arms[*block].values.push((constant.clone(), *ty));
                }
            }
            None if is_range() => {}
            None => return None,
        }
    }
    for range in &switch.ranges {
        let (from, to, inclusive, index) = match range {
            RangeCase::ExclusiveInt(it, index) => (it.start, it.end, false, *index),
            RangeCase::InclusiveInt(it, index) => (*it.start(), *it.end(), true, *index),
        };
        arms[index].ranges.push((from, to, inclusive));
    }
    // The order of a hash table is nobody's.
    arms.iter_mut().for_each(|it| it.values.sort_by_key(|value| format!("{value:?}")));
    Some(arms.into_iter().filter(|it| Some(it.index) != switch.def_case).collect())
}

fn index_of(range: &RangeCase) -> usize {
    match range {
        RangeCase::ExclusiveInt(_, index) | RangeCase::InclusiveInt(_, index) => *index,
    }
}

/// The literals of a part of the text with the hashes that Rhai gives them.
fn literals(engine: &Engine, tokens: &Tokens, body: Range<usize>) -> Vec<(u64, Constant, Type)> {
    let mut found = Vec::new();
    let inside = tokens.code().filter(|it| body.start <= it.range.start && it.range.end <= body.end);
    for token in inside {
        let text = tokens.text(token);
        let written = match token.kind {
            TokenKind::Number => vec![text.to_owned(), format!("-{text}")],
            TokenKind::Text => vec![text.to_owned()],
            TokenKind::Name if matches!(text, "true" | "false") => vec![text.to_owned()],
            TokenKind::Name | TokenKind::Symbol | TokenKind::Comment => Vec::new(),
        };
        found.extend(written.iter().filter_map(|it| literal(engine, it)));
    }
    found
}

#[expect(clippy::wildcard_enum_match_arm, reason = "Rhai's enums are not exhaustive")]
fn literal(engine: &Engine, text: &str) -> Option<(u64, Constant, Type)> {
    let ast = engine.compile_expression(text).ok()?;
    let [Stmt::Expr(only)] = ast.statements() else { return None };
    let (value, constant, ty) = match &**only {
        Expr::BoolConstant(it, _) => (Dynamic::from(*it), Constant::Bool(*it), Type::Bool),
        Expr::IntegerConstant(it, _) => (Dynamic::from(*it), Constant::Int(*it), Type::Int),
        Expr::FloatConstant(it, _) => (Dynamic::from(**it), Constant::Float(it.to_bits()), Type::Float),
        Expr::StringConstant(it, _) => {
            (Dynamic::from(it.clone()), Constant::Text(it.as_str().into()), Type::Text)
        }
        Expr::CharConstant(it, _) => (Dynamic::from(*it), Constant::Text(it.to_string().into()), Type::Text),
        _ => return None,
    };
    let mut hasher = ahash::AHasher::default();
    value.hash(&mut hasher);
    Some((hasher.finish(), constant, ty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_found_again() {
        let text = r#"switch x { "a" | 'b' => 1, -3 => 2, 2.5 if y => 3, true => 4, 1..5 | 7..=9 => 5, "a" if z => 6, _ => 7 }"#;
        let engine = super::super::parse::parser();
        let ast = engine.compile(text).unwrap();
        let tokens = Tokens::new(text);
        let [Stmt::Switch(switch, _)] = ast.statements() else { panic!("{ast:?}") };
        let cases = cases(&engine, &switch.1, &tokens, 0..text.len()).unwrap();
        let shown: Vec<String> =
            cases.iter().map(|it| format!("{}: {:?} {:?}", it.index, it.values, it.ranges)).collect();
        assert_eq!(
            shown,
            [
                "0: [(Text(\"a\"), Text), (Text(\"b\"), Text)] []",
                "1: [(Int(-3), Int)] []",
                "2: [(Float(4612811918334230528), Float)] []",
                "3: [(Bool(true), Bool)] []",
                "4: [] [(1, 5, false), (7, 9, true)]",
                "5: [(Text(\"a\"), Text)] []",
            ]
        );
    }
}
