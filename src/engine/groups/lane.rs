//! The values of an expression for the rows of a chunk: over columns where it lowers, else row by row.

use super::{key, sum::Number};
use crate::{
    expr::{CHUNK_LEN, Cause, Evaluator, Faults, Mask, Vals},
    measure::KanoClass,
    record::{Batch, Type, Value},
    script::{CompiledValue, RowRunner},
};

/// Values of rows, and why the others have none.
pub(in crate::engine) struct Lane<'b> {
    ty: Option<Type>,
    /// Over columns.
    vals: Option<Vals<'b>>,
    /// Row by row.
    rows: Vec<Value>,
    /// The rows that have one.
    pub(in crate::engine) there: Mask,
    /// The others, missing ones too.
    pub(in crate::engine) faults: Faults,
}

impl<'b> Lane<'b> {
    /// Evaluates an expression for the rows of `active`.
    pub(in crate::engine) fn new(
        expression: &CompiledValue,
        evaluator: &mut Evaluator<'b, '_>,
        runner: Option<&RowRunner>,
        batch: &Batch,
        active: &Mask,
    ) -> Self {
        if let Some(node) = expression.node {
            evaluator.faults = Faults::default();
            let evaluated = evaluator.eval(node, active);
            let mut faults = evaluator.take_faults();
            for absent in &evaluated.absent {
                let column = absent.column;
                let cause =
                    if absent.unreadable { Cause::Unreadable { column } } else { Cause::Missing { column } };
                faults.add(&absent.rows.and(active), cause);
            }
            let there = active.without(&faults.dead);
            return Self { ty: expression.ty, vals: Some(evaluated.vals), rows: Vec::new(), there, faults };
        }
        let (mut there, mut faults) = (Mask::NONE, Faults::default());
        let mut rows = vec![Value::Missing; CHUNK_LEN];
        for row in active.rows() {
            match runner.map(|it| expression.required(it, batch, evaluator.low() + row)) {
                Some(Ok(value)) => {
                    rows[row] = value;
                    there.insert(row);
                }
                Some(Err(cause)) => {
                    let mut one = Mask::NONE;
                    one.insert(row);
                    faults.add(&one, cause);
                }
                None => {}
            }
        }
        Self { ty: expression.ty, vals: None, rows, there, faults }
    }

    /// The truth of a row.
    pub(in crate::engine) fn truth(&self, row: usize) -> Option<bool> {
        match (&self.vals, self.rows.get(row)) {
            (Some(Vals::Bool(mask)), _) => Some(mask.get(row)),
            (None, Some(Value::Bool(it))) => Some(*it),
            _ => None,
        }
    }

    /// The rows for which it is true; those for which it is neither true nor false become faults.
    pub(in crate::engine) fn test(&mut self) -> Mask {
        let mut holds = Mask::NONE;
        if let Some(Vals::Bool(mask)) = &self.vals {
            return mask.and(&self.there);
        }
        for row in self.there.rows() {
            match self.truth(row) {
                Some(true) => holds.insert(row),
                Some(false) => {}
                None => {
                    let mut one = Mask::NONE;
                    one.insert(row);
                    let found = self.rows.get(row).map(|it| format!("{it:?}")).unwrap_or_default();
                    self.faults.add(&one, Cause::NotBool(found.into()));
                }
            }
        }
        holds
    }

    /// The number of a row.
    pub(in crate::engine) fn number(&self, row: usize) -> Option<Number> {
        match &self.vals {
            Some(Vals::Int(numbers)) => Some(Number::Int(numbers.get(row))),
            Some(Vals::Float(numbers)) => Some(Number::Float(numbers.get(row))),
            Some(Vals::Decimal(numbers)) => Some(Number::Decimal(numbers.get(row))),
            Some(Vals::Bool(_) | Vals::Text(_) | Vals::List(..)) => None,
            None => Number::of(self.rows.get(row)?),
        }
    }

    /// The place of a row's class among those of Kano.
    pub(in crate::engine) fn kano(&self, row: usize) -> Option<Number> {
        let letter = match (&self.vals, self.rows.get(row)) {
            (Some(Vals::Text(texts)), _) => texts.get(row),
            (None, Some(Value::Text(text))) => text.as_ref(),
            _ => return None,
        };
        Number::Int(i64::try_from(KanoClass::place_of(letter)?).ok()?).into()
    }

    /// Appends the value of a row, which is there, as bytes.
    pub(in crate::engine) fn put(&self, row: usize, out: &mut Vec<u8>) {
        match (&self.vals, self.ty) {
            (Some(vals), Some(ty)) => key::put_row(out, vals, ty, row),
            (Some(_), None) => {}
            (None, _) => key::put_value(out, &self.rows[row]),
        }
    }
}
