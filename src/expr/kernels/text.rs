//! Text: tests are made once a dictionary entry where the column is coded.

use crate::{
    expr::{Comparison, Evaluator, ExprId, Mask, Numbers, Texts, Vals, eval::CodedAnswers},
    record::Dictionary,
};
use std::{rc::Rc, sync::Arc};

/// Rows for which the comparison holds.
pub(super) fn compare(comparison: Comparison, len: usize, left: &Texts<'_>, right: &Texts<'_>, active: &Mask) -> Mask {
    match (left, right) {
        (Texts::Coded(codes, dictionary), Texts::One(one)) => compare_coded(comparison, len, codes, dictionary, one),
        (Texts::One(one), Texts::Coded(codes, dictionary)) => {
            compare_coded(comparison.flipped(), len, codes, dictionary, one)
        }
        _ => each(active, |row| comparison.holds(left.get(row), right.get(row))),
    }
}

fn compare_coded(comparison: Comparison, len: usize, codes: &[u16], dictionary: &Dictionary, one: &str) -> Mask {
    match (comparison, dictionary.find(one)) {
        (Comparison::Equal, Some(code)) => Mask::build(len, |row| codes[row] == code),
        (Comparison::NotEqual, Some(code)) => Mask::build(len, |row| codes[row] != code),
        (Comparison::Equal, None) => Mask::NONE,
        (Comparison::NotEqual, None) => Mask::ALL,
        (Comparison::Less | Comparison::LessOrEqual | Comparison::Greater | Comparison::GreaterOrEqual, _) => {
            Mask::build(len, |row| comparison.holds(dictionary.text(codes[row]), one))
        }
    }
}

/// Rows whose text is one of `wanted`.
pub(super) fn in_set(evaluator: &mut Evaluator<'_, '_>, id: ExprId, texts: &Texts<'_>, wanted: &[Arc<str>], active: &Mask) -> Mask {
    if let Texts::Coded(codes, dictionary) = texts
        && wanted.len() <= 4
    {
        let codes = &codes[..evaluator.len];
        let one = |all: Mask, code: u16| all.or(&Mask::build(codes.len(), |row| codes[row] == code));
        return wanted.iter().filter_map(|it| dictionary.find(it)).fold(Mask::NONE, one);
    }
    test_each(evaluator, id, texts, active, |text, _| wanted.iter().any(|it| **it == *text))
}

/// Rows of `active` whose text passes `test`, which is given a string to work in.
pub(super) fn test_each(
    evaluator: &mut Evaluator<'_, '_>,
    id: ExprId,
    texts: &Texts<'_>,
    active: &Mask,
    test: impl Fn(&str, &mut String) -> bool,
) -> Mask {
    match texts {
        Texts::One(one) => if test(one, &mut evaluator.scratch.text) { *active } else { Mask::NONE },
        Texts::Coded(codes, dictionary) => {
            let answers = by_dictionary(evaluator, id, dictionary, |text, scratch| u32::from(test(text, scratch)));
            let codes = &codes[..evaluator.len];
            // A missing value's code means nothing, not even that the dictionary has it.
            Mask::build(codes.len(), |row| answers.get(usize::from(codes[row])).is_some_and(|it| *it == 1))
        }
        Texts::Views(..) | Texts::Owned(_) => {
            let scratch = &mut evaluator.scratch.text;
            let mut mask = Mask::NONE;
            for row in active.rows() {
                if test(texts.get(row), scratch) {
                    mask.insert(row);
                }
            }
            mask
        }
    }
}

/// An answer for each entry of the dictionary, kept from chunk to chunk.
fn by_dictionary(
    evaluator: &mut Evaluator<'_, '_>,
    id: ExprId,
    dictionary: &Dictionary,
    answer: impl Fn(&str, &mut String) -> u32,
) -> Rc<Vec<u32>> {
    let at = id.0 as usize;
    if let Some(known) = &evaluator.scratch.coded[at]
        && known.are_for(&[dictionary])
    {
        return Rc::clone(&known.answers);
    }
    let scratch = &mut evaluator.scratch.text;
    let answers: Rc<Vec<u32>> = Rc::new(dictionary.texts().iter().map(|it| answer(it, scratch)).collect());
    evaluator.scratch.coded[at] = Some(CodedAnswers::new(&[dictionary], Rc::clone(&answers)));
    answers
}

/// `contains_any` or `count_any`.
pub(super) fn phrases<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    id: ExprId,
    value: &Vals<'b>,
    phrases: u32,
    count: bool,
    active: &Mask,
) -> Vals<'b> {
    let Vals::Text(texts) = value else { return value.clone() };
    let matcher = &evaluator.program.phrases[phrases as usize];
    if !count {
        return Vals::Bool(test_each(evaluator, id, texts, active, |text, scratch| matcher.is_in(text, scratch)));
    }
    let mut counts = vec![0; evaluator.len];
    for row in active.rows() {
        counts[row] = matcher.count_in(texts.get(row), &mut evaluator.scratch.text);
    }
    Vals::Int(Numbers::Owned(Rc::new(counts)))
}

/// The rows of `active` that pass.
pub(super) fn each(active: &Mask, test: impl Fn(usize) -> bool) -> Mask {
    let mut mask = Mask::NONE;
    for row in active.rows() {
        if test(row) {
            mask.insert(row);
        }
    }
    mask
}
