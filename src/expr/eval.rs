//! Vectorised evaluation with selection: a tree is walked once a chunk of rows, and each operand is
//! evaluated only for the rows that the operators before it let through.

use super::{
    Absent, CHUNK_LEN, Cause, Constant, Evaluated, ExprId, Faults, Mask, Node, Numbers, Program, Texts, Vals,
    kernels,
};
use crate::record::{Batch, Column, Dictionary, Element, TextColumn, Type, Value, Values, View};
use std::{rc::Rc, sync::Arc};

/// What a worker keeps from chunk to chunk: answers for dictionary codes, by node. It belongs to
/// one program and to batches of one decoder, whose dictionaries only grow.
#[derive(Debug, Default)]
pub struct Scratch {
    /// For each node that was answered by dictionary: its answers.
    pub(super) coded: Vec<Option<CodedAnswers>>,
    /// For folding text.
    pub(super) text: String,
}

/// Answers for the codes of one or more dictionaries.
#[derive(Clone, Debug)]
pub(super) struct CodedAnswers {
    /// Of each dictionary, its size and its last text.
    dictionaries: Vec<(usize, Option<Arc<str>>)>,
    pub(super) answers: Rc<Vec<u32>>,
}

impl CodedAnswers {
    pub(super) fn new(dictionaries: &[&Dictionary], answers: Rc<Vec<u32>>) -> Self {
        let marks = dictionaries.iter().map(|it| (it.texts().len(), it.texts().last().cloned()));
        Self { dictionaries: marks.collect(), answers }
    }

    /// Whether the answers are for these dictionaries. A node may meet one column's in this chunk and
    /// another's in the next, where a branch took all rows; equal size does not make them the same.
    /// Each text is allocated by one dictionary, and they only grow, so the last text tells.
    pub(super) fn are_for(&self, dictionaries: &[&Dictionary]) -> bool {
        let same = |(known, now): (&(usize, Option<Arc<str>>), &&Dictionary)| {
            let last = match (&known.1, now.texts().last()) {
                (Some(known), Some(now)) => Arc::ptr_eq(known, now),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            last && known.0 == now.texts().len()
        };
        self.dictionaries.len() == dictionaries.len() && self.dictionaries.iter().zip(dictionaries).all(same)
    }
}

/// Evaluates expressions for one chunk of a batch.
pub struct Evaluator<'b, 'p> {
    pub(super) program: &'p Program,
    pub(super) scratch: &'p mut Scratch,
    batch: &'b Batch,
    /// First row of the chunk in the batch, a multiple of [`CHUNK_LEN`].
    low: usize,
    /// Number of rows in the chunk.
    pub(super) len: usize,
    all: Mask,
    /// The rows that dropped out of the expression under evaluation.
    pub faults: Faults,
    shared: Vec<Option<Rc<(Evaluated<'b>, Faults)>>>,
}

impl<'b, 'p> Evaluator<'b, 'p> {
    /// Starts at the batch's first chunk.
    pub fn new(program: &'p Program, batch: &'b Batch, scratch: &'p mut Scratch) -> Self {
        scratch.coded.resize(program.len(), None);
        let mut evaluator = Self {
            program,
            scratch,
            batch,
            low: 0,
            len: 0,
            all: Mask::NONE,
            faults: Faults::default(),
            shared: vec![None; program.len()],
        };
        evaluator.go_to(0);
        evaluator
    }

    /// Goes to the chunk that starts at row `low` of the batch; false behind the end.
    pub fn go_to(&mut self, low: usize) -> bool {
        self.low = low;
        self.len = self.batch.len.saturating_sub(low).min(CHUNK_LEN);
        self.all = Mask::first(self.len);
        self.shared.fill(None);
        self.faults = Faults::default();
        self.len > 0
    }

    /// First row of the chunk in the batch.
    #[must_use]
    pub fn low(&self) -> usize {
        self.low
    }

    /// The rows of the chunk.
    #[must_use]
    pub fn all(&self) -> &Mask {
        &self.all
    }

    /// Takes the faults so far and starts afresh.
    pub fn take_faults(&mut self) -> Faults {
        std::mem::take(&mut self.faults)
    }

    /// The rows of `active` for which a boolean expression is true. Rows whose value is missing
    /// drop out, as do those that fault on the way (see [`Evaluator::faults`]).
    pub fn test(&mut self, id: ExprId, active: &Mask) -> Mask {
        let evaluated = self.eval(id, active);
        self.require(&evaluated, active);
        self.truth(&evaluated).and(active).without(&self.faults.dead)
    }

    /// The values of an expression for the rows of `active`; for other rows they mean nothing.
    pub fn eval(&mut self, id: ExprId, active: &Mask) -> Evaluated<'b> {
        if !self.program.is_shared(id) {
            return self.eval_node(id, active);
        }
        let at = id.0 as usize;
        let known = match &self.shared[at] {
            Some(known) => Rc::clone(known),
            None => {
                // Evaluated for all rows, with faults of its own: what they mean is decided where it is used.
                let outer = std::mem::take(&mut self.faults);
                let all = self.all;
                let value = self.eval_node(id, &all);
                let inner = std::mem::replace(&mut self.faults, outer);
                let known = Rc::new((value, inner));
                self.shared[at] = Some(Rc::clone(&known));
                known
            }
        };
        for fault in &known.1.list {
            self.faults.add(&fault.rows.and(active), fault.cause.clone());
        }
        known.0.clone()
    }

    /// Rows of `active` whose operand is not there drop out: every operator but `is_missing` and
    /// `??` asks this of its operands, once all of them are evaluated.
    pub(super) fn require(&mut self, operand: &Evaluated<'b>, active: &Mask) {
        for absent in &operand.absent {
            let cause = if absent.unreadable {
                Cause::Unreadable { column: absent.column }
            } else {
                Cause::Missing { column: absent.column }
            };
            self.faults.add(&absent.rows.and(active), cause);
        }
    }

    /// Evaluates operands from left to right, then asks that they are there.
    pub(super) fn operands<const N: usize>(&mut self, ids: [ExprId; N], active: &Mask) -> [Vals<'b>; N] {
        let evaluated = ids.map(|id| self.eval(id, active));
        for one in &evaluated {
            self.require(one, active);
        }
        evaluated.map(|it| it.vals)
    }

    fn truth(&self, evaluated: &Evaluated<'b>) -> Mask {
        if let Vals::Bool(mask) = &evaluated.vals { *mask } else { Mask::NONE }
    }

    fn eval_node(&mut self, id: ExprId, active: &Mask) -> Evaluated<'b> {
        let program = self.program;
        match program.node(id) {
            Node::Constant(constant) => Evaluated::whole(constant_vals(constant)),
            Node::Field(column) => self.field(*column),
            Node::And(all) => Evaluated::whole(Vals::Bool(self.conjunction(all, active))),
            Node::Or(all) => Evaluated::whole(Vals::Bool(self.disjunction(all, active))),
            Node::If(condition, yes, no) => self.branch(*condition, *yes, *no, active),
            Node::Coalesce(value, default) => self.coalesce(*value, *default, active),
            Node::Then(first, second) => {
                self.eval(*first, active);
                let left = active.without(&self.faults.dead);
                self.eval(*second, &left)
            }
            // Not operators that anyone wrote: a missing int is a missing float.
            Node::ToFloat(value) => {
                let evaluated = self.eval(*value, active);
                Evaluated { vals: kernels::to_float(self.len, &evaluated.vals), ..evaluated }
            }
            Node::ToDecimal(value) => {
                let evaluated = self.eval(*value, active);
                Evaluated { vals: kernels::to_decimal(self.len, &evaluated.vals), ..evaluated }
            }
            Node::IsMissing(value) => {
                let evaluated = self.eval(*value, active);
                for absent in evaluated.absent.iter().filter(|it| it.unreadable) {
                    self.faults.add(&absent.rows.and(active), Cause::Unreadable { column: absent.column });
                }
                Evaluated::whole(Vals::Bool(evaluated.missing(false)))
            }
            Node::Not(value) => {
                let [value] = self.operands([*value], active);
                let Vals::Bool(mask) = value else { return Evaluated::whole(value) };
                Evaluated::whole(Vals::Bool(Mask::ALL.without(&mask)))
            }
            Node::Compare(..)
            | Node::Arithmetic(..)
            | Node::Negate(_)
            | Node::InSet(..)
            | Node::InRange(..)
            | Node::InList(..)
            | Node::InText(..)
            | Node::FoldList(..)
            | Node::Call(..)
            | Node::Phrases(..)
            | Node::Matches(..)
            | Node::OpenTime(..)
            | Node::Table(..) => Evaluated::whole(kernels::apply(self, id, active)),
        }
    }

    fn conjunction(&mut self, all: &[ExprId], active: &Mask) -> Mask {
        let mut left = *active;
        for operand in all {
            if left.is_none() {
                break;
            }
            left = self.test(*operand, &left);
        }
        left
    }

    fn disjunction(&mut self, all: &[ExprId], active: &Mask) -> Mask {
        let (mut left, mut holds) = (*active, Mask::NONE);
        for operand in all {
            if left.is_none() {
                break;
            }
            let here = self.test(*operand, &left);
            holds = holds.or(&here);
            left = left.without(&here).without(&self.faults.dead);
        }
        holds
    }

    fn branch(&mut self, condition: ExprId, yes: ExprId, no: ExprId, active: &Mask) -> Evaluated<'b> {
        let chosen = self.test(condition, active);
        let other = active.without(&chosen).without(&self.faults.dead);
        if other.is_none() {
            return self.eval(yes, &chosen);
        }
        if chosen.is_none() {
            return self.eval(no, &other);
        }
        let yes = self.eval(yes, &chosen);
        let no = self.eval(no, &other);
        self.merge(&chosen, yes, &other, no)
    }

    fn coalesce(&mut self, value: ExprId, default: ExprId, active: &Mask) -> Evaluated<'b> {
        let mut value = self.eval(value, active);
        let missing = value.missing(false).and(active).without(&self.faults.dead);
        for absent in value.absent.iter().filter(|it| it.unreadable) {
            self.faults.add(&absent.rows.and(active), Cause::Unreadable { column: absent.column });
        }
        value.absent.clear();
        if missing.is_none() {
            return value;
        }
        let default = self.eval(default, &missing);
        let there = active.without(&missing);
        self.merge(&there, value, &missing, default)
    }

    /// The values of `left` for its rows, those of `right` for its own.
    fn merge(
        &self,
        left_rows: &Mask,
        left: Evaluated<'b>,
        right_rows: &Mask,
        right: Evaluated<'b>,
    ) -> Evaluated<'b> {
        let narrowed = |absent: Vec<Absent>, rows: &Mask| {
            let cut = absent.into_iter().map(|it| Absent { rows: it.rows.and(rows), ..it });
            cut.filter(|it| !it.rows.is_none()).collect::<Vec<_>>()
        };
        let mut absent = narrowed(left.absent, left_rows);
        absent.extend(narrowed(right.absent, right_rows));
        Evaluated { vals: kernels::select(self.len, left_rows, &left.vals, &right.vals), absent }
    }

    /// A column's part in this chunk.
    fn field(&self, number: u32) -> Evaluated<'b> {
        let column: &'b Column = &self.batch.columns[number as usize];
        let range = self.low..self.low + self.len;
        let vals = match &column.values {
            Values::Bool(bits) => Vals::Bool(Mask::from_words(&bits.words()[self.low / 64..])),
            Values::Int(values) => Vals::Int(Numbers::Slice(&values[range])),
            Values::Float(values) => Vals::Float(Numbers::Slice(&values[range])),
            Values::Decimal(values) => Vals::Decimal(Numbers::Slice(&values[range])),
            Values::Text(TextColumn::Coded(codes, dictionary)) => {
                Vals::Text(Texts::Coded(&codes[range], dictionary))
            }
            Values::Text(TextColumn::Views(views)) => {
                Vals::Text(Texts::Views(&views[range], &self.batch.text))
            }
            Values::Text(TextColumn::Owned(views, own)) => Vals::Text(Texts::Views(&views[range], own)),
            Values::List(list) => Vals::List(list, &self.batch.text, self.low),
            // Amounts take no part in expressions; the type checker refuses them.
            Values::Amount(_) => Vals::Bool(Mask::NONE),
        };
        let mut absent = Vec::new();
        let gone = self.all.without(&Mask::from_words(&column.valid.words()[self.low / 64..]));
        if !gone.is_none() {
            let unreadable = column.unreadable.as_ref();
            let unreadable =
                unreadable.map_or(Mask::NONE, |it| Mask::from_words(&it.words()[self.low / 64..])).and(&gone);
            for (rows, unreadable) in [(gone.without(&unreadable), false), (unreadable, true)] {
                if !rows.is_none() {
                    absent.push(Absent { rows, column: number, unreadable });
                }
            }
        }
        Evaluated { vals, absent }
    }
}

fn constant_vals<'b>(constant: &Constant) -> Vals<'b> {
    match constant {
        Constant::Bool(it) => Vals::Bool(if *it { Mask::ALL } else { Mask::NONE }),
        Constant::Int(it) => Vals::Int(Numbers::One(*it)),
        Constant::Float(it) => Vals::Float(Numbers::One(f64::from_bits(*it))),
        Constant::Decimal(it) => Vals::Decimal(Numbers::One(*it)),
        Constant::Text(it) => Vals::Text(Texts::One(it.clone())),
    }
}

/// Copies an expression's values into a column, row after row: a derived field. Rows that dropped
/// out for want of evidence are missing there; those that could not be computed are unreadable.
pub fn append_to_column(evaluator: &mut Evaluator<'_, '_>, id: ExprId, column: &mut Column) {
    let all = *evaluator.all();
    evaluator.faults = Faults::default();
    let evaluated = evaluator.eval(id, &all);
    let faults = evaluator.take_faults();
    // A row that dropped out on the way keeps that reason, whatever its value would have been.
    let absent = |unreadable: bool| evaluated.missing(unreadable).without(&faults.dead);
    let (mut missing, mut unreadable) = (absent(false), absent(true));
    for fault in &faults.list {
        let side = if matches!(fault.cause, Cause::Missing { .. }) { &mut missing } else { &mut unreadable };
        *side = side.or(&fault.rows);
    }
    let start = column.valid.len();
    for row in 0..evaluator.len {
        push_value(&evaluated.vals, row, &mut column.values);
        column.valid.push(!missing.get(row) && !unreadable.get(row));
    }
    if !unreadable.is_none() || column.unreadable.is_some() {
        let bits = column.unreadable.get_or_insert_default();
        while bits.len() < start {
            bits.push(false);
        }
        for row in 0..evaluator.len {
            bits.push(unreadable.get(row));
        }
    }
}

/// The values of an expression for the rows of a chunk, or why a row has none.
pub fn values_of(evaluator: &mut Evaluator<'_, '_>, id: ExprId) -> Vec<Result<Value, Cause>> {
    let all = *evaluator.all();
    evaluator.faults = Faults::default();
    let evaluated = evaluator.eval(id, &all);
    let faults = evaluator.take_faults();
    let (missing, unreadable) = (evaluated.missing(false), evaluated.missing(true));
    let ty = evaluator.program.ty(id);
    let value = |row| match faults.cause(row) {
        Some(cause) => Err(cause.clone()),
        None if missing.get(row) => Ok(Value::Missing),
        None if unreadable.get(row) => Ok(Value::Unreadable),
        None => Ok(value_at(&evaluated.vals, ty, row)),
    };
    (0..evaluator.len).map(value).collect()
}

/// The value of a row, read as `ty`.
pub(crate) fn value_at(vals: &Vals<'_>, ty: Type, row: usize) -> Value {
    match vals {
        Vals::Bool(mask) => Value::Bool(mask.get(row)),
        Vals::Int(numbers) => Values::Int(vec![numbers.get(row)]).value(ty, 0, ""),
        Vals::Float(numbers) => Value::Float(numbers.get(row)),
        Vals::Decimal(numbers) => Value::Decimal(numbers.get(row)),
        Vals::Text(texts) => Value::Text(texts.get(row).into()),
        Vals::List(list, buffer, low) => {
            let element = if let Type::List(element) = ty { element } else { Element::Text };
            let one = |at| list.elements.value(element.as_type(), at, buffer);
            Value::List(list.range(low + row).map(one).collect())
        }
    }
}

fn push_value(vals: &Vals<'_>, row: usize, out: &mut Values) {
    match (vals, out) {
        (Vals::Bool(mask), Values::Bool(bits)) => bits.push(mask.get(row)),
        (Vals::Int(numbers), Values::Int(values)) => values.push(numbers.get(row)),
        (Vals::Float(numbers), Values::Float(values)) => values.push(numbers.get(row)),
        (Vals::Decimal(numbers), Values::Decimal(values)) => values.push(numbers.get(row)),
        (Vals::Text(texts), Values::Text(TextColumn::Owned(views, own))) => {
            let text = texts.get(row);
            views.push(view_at_end(own, text.len()));
            own.push_str(text);
        }
        // The types of a derived field and its expression are the same.
        _ => {}
    }
}

/// Where a text of `len` bytes will stand once it is pushed.
pub(super) fn view_at_end(buffer: &str, len: usize) -> View {
    View { start: u32::try_from(buffer.len()).unwrap_or(u32::MAX), len: u32::try_from(len).unwrap_or(0) }
}
