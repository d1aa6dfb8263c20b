//! Operators over whole chunks. A kernel evaluates its operands, lets rows drop out where an
//! operand is missing, computes, and lets rows drop out where there is no result.

mod call;
mod list;
mod number;
mod select;
mod text;

pub(crate) use list::fold_floats;
pub(super) use number::{to_decimal, to_float};
pub(super) use select::select;

use super::{Comparison, Evaluator, ExprId, Mask, Node, Numbers, Set, Vals};

/// Applies the operator of node `id`; control flow is not its business.
pub(super) fn apply<'b>(evaluator: &mut Evaluator<'b, '_>, id: ExprId, active: &Mask) -> Vals<'b> {
    let program = evaluator.program;
    match program.node(id) {
        Node::Compare(comparison, left, right) => {
            let [left, right] = evaluator.operands([*left, *right], active);
            Vals::Bool(compare(*comparison, evaluator.len, &left, &right, active))
        }
        Node::Arithmetic(operator, left, right) => {
            let [left, right] = evaluator.operands([*left, *right], active);
            number::arithmetic(evaluator, *operator, &left, &right, active)
        }
        Node::Negate(value) => {
            let [value] = evaluator.operands([*value], active);
            number::negate(evaluator, &value, active)
        }
        Node::InSet(value, set) => {
            let [value] = evaluator.operands([*value], active);
            Vals::Bool(in_set(evaluator, id, &value, set, active))
        }
        Node::InRange(value, from, to, inclusive) => {
            // A range is an operator of its own, which looks at its ends before the item is looked at.
            let evaluated = [*value, *from, *to].map(|it| evaluator.eval(it, active));
            for index in [1, 2, 0] {
                evaluator.require(&evaluated[index], active);
            }
            let [value, from, to] = evaluated.map(|it| it.vals);
            let upper = if *inclusive { Comparison::LessOrEqual } else { Comparison::Less };
            let above = compare(Comparison::LessOrEqual, evaluator.len, &from, &value, active);
            Vals::Bool(compare(upper, evaluator.len, &value, &to, active).and(&above))
        }
        Node::InList(item, list, list_first) => {
            let [item, list] = if *list_first {
                let [list, item] = evaluator.operands([*list, *item], active);
                [item, list]
            } else {
                evaluator.operands([*item, *list], active)
            };
            Vals::Bool(list::contains(&list, &item, active))
        }
        Node::InText(part, text) => {
            let [part, text] = evaluator.operands([*part, *text], active);
            let (Vals::Text(part), Vals::Text(text)) = (&part, &text) else { return Vals::Bool(Mask::NONE) };
            Vals::Bool(text::each(active, |row| text.get(row).contains(part.get(row))))
        }
        Node::FoldList(fold, list) => {
            let [list] = evaluator.operands([*list], active);
            list::fold(evaluator, *fold, &list, active)
        }
        Node::Call(function, operands) => call::call(evaluator, id, *function, operands, active),
        Node::Phrases(value, phrases, count) => {
            let [value] = evaluator.operands([*value], active);
            text::phrases(evaluator, id, &value, *phrases, *count, active)
        }
        Node::Matches(value, regex) => {
            let [value] = evaluator.operands([*value], active);
            let Vals::Text(texts) = &value else { return Vals::Bool(Mask::NONE) };
            let regex = &program.regexes[*regex as usize];
            Vals::Bool(text::test_each(evaluator, id, texts, active, |text, _| regex.is_match(text)))
        }
        Node::OpenTime(from, to, calendar) => {
            let operands = evaluator.operands([*from, *to], active);
            call::open_time(evaluator, operands, *calendar, active)
        }
        Node::Table(table, inputs) => call::table(evaluator, id, *table, inputs, active),
        Node::Constant(_)
        | Node::ToFloat(_)
        | Node::ToDecimal(_)
        | Node::Field(_)
        | Node::Not(_)
        | Node::And(_)
        | Node::Or(_)
        | Node::If(..)
        | Node::Coalesce(..)
        | Node::Then(..)
        | Node::IsMissing(_) => Vals::Bool(Mask::NONE),
    }
}

/// Rows for which a comparison of two values of one kind holds.
fn compare(comparison: Comparison, len: usize, left: &Vals<'_>, right: &Vals<'_>, active: &Mask) -> Mask {
    match (left, right) {
        (Vals::Bool(left), Vals::Bool(right)) => {
            let same = Mask::ALL.without(&left.without(right)).without(&right.without(left));
            if comparison == Comparison::Equal { same } else { Mask::ALL.without(&same) }
        }
        (Vals::Int(left), Vals::Int(right)) => number::compare(comparison, len, left, right),
        (Vals::Float(left), Vals::Float(right)) => number::compare(comparison, len, left, right),
        (Vals::Decimal(left), Vals::Decimal(right)) => number::compare(comparison, len, left, right),
        (Vals::Text(left), Vals::Text(right)) => text::compare(comparison, len, left, right, active),
        _ => Mask::NONE,
    }
}

fn in_set<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    id: ExprId,
    value: &Vals<'b>,
    set: &Set,
    active: &Mask,
) -> Mask {
    let len = evaluator.len;
    match (value, set) {
        (Vals::Int(numbers), Set::Ints(wanted)) => any_of(len, numbers, wanted.iter().copied()),
        (Vals::Float(numbers), Set::Floats(wanted)) => {
            any_of(len, numbers, wanted.iter().map(|it| f64::from_bits(*it)))
        }
        (Vals::Decimal(numbers), Set::Decimals(wanted)) => any_of(len, numbers, wanted.iter().copied()),
        (Vals::Text(texts), Set::Texts(wanted)) => text::in_set(evaluator, id, texts, wanted, active),
        _ => Mask::NONE,
    }
}

fn any_of<T: Copy + PartialOrd>(
    len: usize,
    numbers: &Numbers<'_, T>,
    wanted: impl Iterator<Item = T>,
) -> Mask {
    let one = |all: Mask, it| all.or(&number::compare(Comparison::Equal, len, numbers, &Numbers::One(it)));
    wanted.fold(Mask::NONE, one)
}
