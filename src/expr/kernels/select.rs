//! One of two values, row by row.

use crate::expr::{Mask, Numbers, Texts, Vals, eval::view_at_end};
use std::rc::Rc;

/// The values of `yes` for the rows of `choose`, those of `no` for all others.
pub(in crate::expr) fn select<'b>(len: usize, choose: &Mask, yes: &Vals<'b>, no: &Vals<'b>) -> Vals<'b> {
    match (yes, no) {
        (Vals::Bool(yes), Vals::Bool(no)) => Vals::Bool(Mask::select(choose, yes, no)),
        (Vals::Int(yes), Vals::Int(no)) => Vals::Int(numbers(len, choose, yes, no)),
        (Vals::Float(yes), Vals::Float(no)) => Vals::Float(numbers(len, choose, yes, no)),
        (Vals::Decimal(yes), Vals::Decimal(no)) => Vals::Decimal(numbers(len, choose, yes, no)),
        (Vals::Text(yes), Vals::Text(no)) => Vals::Text(texts(len, choose, yes, no)),
        // Lists of two columns are not merged; the lowering leaves that to Rhai.
        _ => yes.clone(),
    }
}

fn numbers<'b, T: Copy>(
    len: usize,
    choose: &Mask,
    yes: &Numbers<'b, T>,
    no: &Numbers<'b, T>,
) -> Numbers<'b, T> {
    let pick = |row: usize| if choose.get(row) { yes.get(row) } else { no.get(row) };
    if let (Numbers::One(yes), Numbers::One(no)) = (yes, no) {
        let (yes, no) = (*yes, *no);
        return Numbers::Owned(Rc::new((0..len).map(|row| if choose.get(row) { yes } else { no }).collect()));
    }
    Numbers::Owned(Rc::new((0..len).map(pick).collect()))
}

fn texts<'b>(len: usize, choose: &Mask, yes: &Texts<'b>, no: &Texts<'b>) -> Texts<'b> {
    let mut views = Vec::with_capacity(len);
    let mut buffer = String::new();
    for row in 0..len {
        let text = if choose.get(row) { yes.get(row) } else { no.get(row) };
        views.push(view_at_end(&buffer, text.len()));
        buffer.push_str(text);
    }
    Texts::Owned(Rc::new((views, buffer)))
}
