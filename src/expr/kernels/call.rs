//! Functions of the table, and decision tables.

use super::number::{map, map_checked};
use crate::{
    expr::{
        Cause, Comparison, Constant, DecisionTable, Evaluator, ExprId, FUNCTIONS, Kernel, Mask, Numbers,
        Texts, Vals,
        eval::{CodedAnswers, view_at_end},
    },
    record::{Decimal, Dictionary, Type},
};
use std::rc::Rc;

/// A call of function number `function`.
pub(super) fn call<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    id: ExprId,
    function: u32,
    operands: &[ExprId],
    active: &Mask,
) -> Vals<'b> {
    let kernel = FUNCTIONS[function as usize].kernel;
    match operands {
        [a] => {
            let [a] = evaluator.operands([*a], active);
            call_one(evaluator, kernel, a, active)
        }
        [a, b] => {
            let [a, b] = evaluator.operands([*a, *b], active);
            call_two(evaluator, id, kernel, a, b, active)
        }
        [a, b, c] => {
            let [a, b, c] = evaluator.operands([*a, *b, *c], active);
            let len = evaluator.len;
            match (kernel, a, b, c) {
                (Kernel::IntIntIntToInt(code), Vals::Int(a), Vals::Int(b), Vals::Int(c)) => {
                    Vals::Int(rows(len, |row| code(a.get(row), b.get(row), c.get(row))))
                }
                (Kernel::FloatFloatFloatToFloat(code), Vals::Float(a), Vals::Float(b), Vals::Float(c)) => {
                    Vals::Float(rows(len, |row| code(a.get(row), b.get(row), c.get(row))))
                }
                (_, a, _, _) => a,
            }
        }
        _ => Vals::Bool(Mask::NONE),
    }
}

/// The open time between two times; rows that reach beyond the calendar drop out.
pub(super) fn open_time<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    [from, to]: [Vals<'b>; 2],
    calendar: u32,
    active: &Mask,
) -> Vals<'b> {
    let (Vals::Int(from), Vals::Int(to)) = (&from, &to) else { return from };
    let (id, calendar) = &evaluator.program.calendars[calendar as usize];
    let mut values = vec![0; evaluator.len];
    let mut beyond = Mask::NONE;
    for row in active.without(&evaluator.faults.dead).rows() {
        match calendar.open_between(from.get(row), to.get(row)) {
            Some(open) => values[row] = open,
            None => beyond.insert(row),
        }
    }
    evaluator.faults.add(&beyond, Cause::BeyondCalendar(id.as_str().into()));
    Vals::Int(Numbers::Owned(Rc::new(values)))
}

fn rows<'b, T>(len: usize, code: impl Fn(usize) -> T) -> Numbers<'b, T> {
    Numbers::Owned(Rc::new((0..len).map(code).collect()))
}

fn call_one<'b>(evaluator: &mut Evaluator<'b, '_>, kernel: Kernel, a: Vals<'b>, active: &Mask) -> Vals<'b> {
    let len = evaluator.len;
    let zone = &evaluator.program.zone;
    match (kernel, a) {
        (Kernel::IntToInt(code), Vals::Int(a)) => {
            Vals::Int(map_checked(evaluator, active, &a, Cause::Overflow, code))
        }
        (Kernel::FloatToInt(code), Vals::Float(a)) => {
            Vals::Int(map_checked(evaluator, active, &a, Cause::Overflow, code))
        }
        (Kernel::IntToFloat(code), Vals::Int(a)) => Vals::Float(map(len, &a, code)),
        (Kernel::FloatToFloat(code), Vals::Float(a)) => Vals::Float(map(len, &a, code)),
        (Kernel::FloatToFinite(code), Vals::Float(a)) => {
            let finite = |it| Some(code(it)).filter(|it| it.is_finite());
            Vals::Float(map_checked(evaluator, active, &a, Cause::NotFinite, finite))
        }
        (Kernel::DecimalToDecimal(code), Vals::Decimal(a)) => Vals::Decimal(map(len, &a, code)),
        (Kernel::ZonedToInt(code), Vals::Int(a)) => Vals::Int(map(len, &a, |it| code(it, zone))),
        (Kernel::IntToText(code), Vals::Int(a)) => texts(len, active, |row, out| code(a.get(row), out)),
        (Kernel::ZonedToText(code), Vals::Int(a)) => {
            texts(len, active, |row, out| code(a.get(row), zone, out))
        }
        (Kernel::TextToInt(code), Vals::Text(a)) => {
            let mut values = vec![0; len];
            for row in active.rows() {
                values[row] = code(a.get(row));
            }
            Vals::Int(Numbers::Owned(Rc::new(values)))
        }
        (Kernel::TextToText(code), Vals::Text(a)) => texts(len, active, |row, out| code(a.get(row), out)),
        (_, a) => a,
    }
}

fn call_two<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    id: ExprId,
    kernel: Kernel,
    a: Vals<'b>,
    b: Vals<'b>,
    active: &Mask,
) -> Vals<'b> {
    let len = evaluator.len;
    match (kernel, a, b) {
        (Kernel::IntIntToInt(code), Vals::Int(a), Vals::Int(b)) => {
            Vals::Int(rows(len, |row| code(a.get(row), b.get(row))))
        }
        (Kernel::FloatFloatToFloat(code), Vals::Float(a), Vals::Float(b)) => {
            Vals::Float(rows(len, |row| code(a.get(row), b.get(row))))
        }
        (Kernel::FloatFloatToText(code), Vals::Float(a), Vals::Float(b)) => {
            texts(len, active, |row, out| code(a.get(row), b.get(row), out))
        }
        (Kernel::FloatIntToFloat(code), Vals::Float(a), Vals::Int(b)) => {
            Vals::Float(rows(len, |row| code(a.get(row), b.get(row))))
        }
        (Kernel::DecimalDecimalToDecimal(code), Vals::Decimal(a), Vals::Decimal(b)) => {
            Vals::Decimal(rows(len, |row| code(a.get(row), b.get(row))))
        }
        (Kernel::TextTextToBool(code), Vals::Text(a), Vals::Text(Texts::One(b))) => {
            Vals::Bool(super::text::test_each(evaluator, id, &a, active, |text, _| code(text, &b)))
        }
        (Kernel::TextTextToBool(code), Vals::Text(a), Vals::Text(b)) => {
            Vals::Bool(super::text::each(active, |row| code(a.get(row), b.get(row))))
        }
        (Kernel::TextTextToText(code), Vals::Text(a), Vals::Text(b)) => {
            texts(len, active, |row, out| code(a.get(row), b.get(row), out))
        }
        (_, a, _) => a,
    }
}

/// Texts computed for the rows of `active`, empty for all others.
fn texts<'b>(len: usize, active: &Mask, code: impl Fn(usize, &mut String)) -> Vals<'b> {
    let (mut views, mut buffer) = (Vec::with_capacity(len), String::new());
    for row in 0..len {
        let start = buffer.len();
        if active.get(row) {
            code(row, &mut buffer);
        }
        let mut view = view_at_end(&buffer, buffer.len() - start);
        view.start -= view.len;
        views.push(view);
    }
    Vals::Text(Texts::Owned(Rc::new((views, buffer))))
}

/// Answers for all combinations of dictionary codes are kept up to this many.
const COMBINATIONS_MAX: usize = 4096;
/// The answer where no row matches.
const GAP: u32 = u32::MAX;

/// A decision table.
pub(super) fn table<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    id: ExprId,
    table: u32,
    inputs: &[ExprId],
    active: &Mask,
) -> Vals<'b> {
    let evaluated: Vec<_> = inputs.iter().map(|input| evaluator.eval(*input, active)).collect();
    for one in &evaluated {
        evaluator.require(one, active);
    }
    let inputs: Vec<Vals<'b>> = evaluated.into_iter().map(|it| it.vals).collect();
    let table = &evaluator.program.tables[table as usize];
    let active = active.without(&evaluator.faults.dead);
    let matched = match all_coded(&inputs) {
        Some(coded) => by_codes(evaluator, id, table, &coded, &active),
        None => {
            let mut matched = vec![GAP; evaluator.len];
            for row in active.rows() {
                let found = table.row(|input, how, wanted| holds(&inputs[input], row, how, wanted));
                matched[row] = found.and_then(|it| u32::try_from(it).ok()).unwrap_or(GAP);
            }
            matched
        }
    };
    let gaps = Mask::build(evaluator.len, |row| matched[row] == GAP).and(&active);
    evaluator.faults.add(&gaps, Cause::TableGap(table.id.as_str().into()));
    answers(table, &matched)
}

/// The codes of every input, where all of them are coded columns.
fn all_coded<'b, 'v>(inputs: &'v [Vals<'b>]) -> Option<Vec<(&'v [u16], &'b Dictionary)>> {
    let coded = |it: &'v Vals<'b>| {
        if let Vals::Text(Texts::Coded(codes, dictionary)) = it { Some((*codes, *dictionary)) } else { None }
    };
    let all: Vec<_> = inputs.iter().map(coded).collect::<Option<_>>()?;
    let mut sizes = all.iter().map(|(_, dictionary)| dictionary.texts().len().max(1));
    // Many inputs have more combinations than a number can hold.
    let combinations = sizes.try_fold(1, usize::checked_mul)?;
    (combinations <= COMBINATIONS_MAX).then_some(all)
}

/// The matching row of every combination of codes is worked out once, then looked up.
fn by_codes(
    evaluator: &mut Evaluator<'_, '_>,
    id: ExprId,
    table: &DecisionTable,
    inputs: &[(&[u16], &Dictionary)],
    active: &Mask,
) -> Vec<u32> {
    let sizes: Vec<usize> = inputs.iter().map(|(_, dictionary)| dictionary.texts().len().max(1)).collect();
    let dictionaries: Vec<&Dictionary> = inputs.iter().map(|it| it.1).collect();
    let at = id.0 as usize;
    let known = evaluator.scratch.coded[at].as_ref().filter(|it| it.are_for(&dictionaries));
    let rows = known.map(|it| Rc::clone(&it.answers)).unwrap_or_else(|| {
        let combination = |index: usize| {
            let mut rest = index;
            let codes: Vec<usize> = sizes.iter().map(|size| (rest % size, rest /= size).0).collect();
            let text = |input: usize| inputs[input].1.texts().get(codes[input]).map_or("", |it| it);
            let found = table
                .row(|input, how, wanted| matches!(wanted, Constant::Text(wanted) if how.holds(text(input), &**wanted)));
            found.and_then(|it| u32::try_from(it).ok()).unwrap_or(GAP)
        };
        Rc::new((0..sizes.iter().product()).map(combination).collect::<Vec<u32>>())
    });
    let mut matched = vec![GAP; evaluator.len];
    if let [(codes, _)] = inputs {
        for (slot, code) in matched.iter_mut().zip(*codes) {
            *slot = rows.get(usize::from(*code)).copied().unwrap_or(GAP);
        }
    } else {
        for row in active.rows() {
            let index = inputs
                .iter()
                .zip(&sizes)
                .rev()
                .fold(0, |all, ((codes, _), size)| all * size + usize::from(codes[row]));
            matched[row] = rows[index];
        }
    }
    evaluator.scratch.coded[at] = Some(CodedAnswers::new(&dictionaries, rows));
    matched
}

fn holds(vals: &Vals<'_>, row: usize, how: Comparison, wanted: &Constant) -> bool {
    match (vals, wanted) {
        (Vals::Bool(mask), Constant::Bool(wanted)) => how.holds(&mask.get(row), wanted),
        (Vals::Int(numbers), Constant::Int(wanted)) => how.holds(&numbers.get(row), wanted),
        (Vals::Float(numbers), Constant::Float(wanted)) => {
            how.holds(&numbers.get(row), &f64::from_bits(*wanted))
        }
        (Vals::Decimal(numbers), Constant::Decimal(wanted)) => how.holds(&numbers.get(row), wanted),
        (Vals::Text(texts), Constant::Text(wanted)) => how.holds(texts.get(row), &**wanted),
        _ => false,
    }
}

/// The answers of the matched rows.
fn answers<'b>(table: &DecisionTable, matched: &[u32]) -> Vals<'b> {
    let answer = |row: usize| table.answers.get(matched[row] as usize);
    let len = matched.len();
    match table.output {
        Type::Bool => Vals::Bool(Mask::build(len, |row| matches!(answer(row), Some(Constant::Bool(true))))),
        Type::Float => Vals::Float(rows(len, |row| {
            if let Some(Constant::Float(it)) = answer(row) { f64::from_bits(*it) } else { 0.0 }
        })),
        Type::Decimal => Vals::Decimal(rows(len, |row| {
            if let Some(Constant::Decimal(it)) = answer(row) { *it } else { Decimal::ZERO }
        })),
        Type::Text => texts(len, &Mask::ALL, |row, out| {
            if let Some(Constant::Text(it)) = answer(row) {
                out.push_str(it);
            }
        }),
        Type::Int | Type::Date | Type::Time | Type::Duration | Type::Amount | Type::List(_) => {
            Vals::Int(rows(len, |row| if let Some(Constant::Int(it)) = answer(row) { *it } else { 0 }))
        }
    }
}
