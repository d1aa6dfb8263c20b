//! The vectorised evaluator held to a slow one that goes row by row: random well-typed programs over
//! random batches must mean the same in both, down to which fault decides and which field was missing.
//!
//! Cases are the same in every run; `PROPTEST_CASES` asks for more of them. That the harness can
//! fail is a test too: references with a deliberate mistake must be noticed.

mod draw;
mod reference;

use super::{
    Arithmetic, CHUNK_LEN, Cause, Comparison, Constant, Evaluator, ExprId, Fold, Mask, Scratch, Set, Vals,
    append_to_column,
};
use crate::record::{Batch, Column, Dictionary, Element, TextColumn, Type, Value, Values};
use draw::{Cells, Choices, add, program};
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use reference::{Cell, MISTAKES, Mistake, Reference};

/// An expression as it is written, with the type of its value.
#[derive(Clone, Debug)]
struct Tree(Shape, Type, Vec<Tree>);

#[derive(Clone, Debug)]
enum Shape {
    Constant(Constant),
    Field(u32),
    /// `let x = a; b`.
    Let,
    /// A name of a `let` around it, counted from the outermost.
    Bound(usize),
    Not,
    And,
    Or,
    If,
    Coalesce,
    IsMissing,
    Compare(Comparison),
    Arithmetic(Arithmetic),
    Negate,
    ToFloat,
    ToDecimal,
    InSet(Set),
    InRange(bool),
    InList,
    InText,
    Fold(Fold),
    Call(u32),
    Phrases(bool),
    Matches,
    Table(u32),
}

/// The columns of every batch, by number.
#[rustfmt::skip] // A table.
const COLUMNS: [Type; 17] = [
    Type::Bool, Type::Bool, Type::Int, Type::Int, Type::Float, Type::Decimal,
    Type::Text, Type::Text, Type::Text, Type::Text,
    Type::Date, Type::Time, Type::Duration,
    Type::List(Element::Int), Type::List(Element::Text), Type::List(Element::Text), Type::List(Element::Float),
];
/// True in one chunk and false in the next, so that branches take whole chunks.
const BY_CHUNK: usize = 1;
const CODED: [usize; 2] = [6, 7];
const VIEWS: usize = 8;
const CODED_LIST: usize = 14;

const SCALARS: [Type; 8] =
    [Type::Int, Type::Text, Type::Float, Type::Bool, Type::Duration, Type::Decimal, Type::Time, Type::Date];
const LISTS: [Element; 3] = [Element::Int, Element::Text, Element::Float];

/// What a case is made from: decisions for its expressions, a seed for its cells, how many records.
type Case = (Vec<u16>, u64, usize);

fn cases() -> impl Strategy<Value = Case> {
    // Rarely more than one chunk, which is slow.
    let rows = prop_oneof![12 => 1_usize..40, 1 => CHUNK_LEN + 1..CHUNK_LEN + 60];
    (proptest::collection::vec(any::<u16>(), 1..60), any::<u64>(), rows)
}

/// Runs cases until one differs, which is made as small as possible.
fn search(count_min: u32, mistake: Mistake) -> Result<(), TestError<Case>> {
    let asked = ProptestConfig::default();
    let config = ProptestConfig {
        cases: asked.cases.max(count_min),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..asked
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(&cases(), |case| differ(&case, mistake).map_or(Ok(()), |it| Err(TestCaseError::fail(it))))
}

/// How the two evaluators differ on a case.
fn differ((decisions, seed, rows): &Case, mistake: Mistake) -> Option<String> {
    let mut choices = Choices(decisions.iter());
    let types = [Type::Bool, choices.of(&SCALARS), Type::Bool];
    let shared = choices.below(4) != 0;
    let trees: Vec<Tree> = types.iter().map(|ty| choices.tree(*ty, 4, &mut Vec::new())).collect();
    differ_on(&trees, shared, *seed, *rows, mistake)
}

fn differ_on(trees: &[Tree], shared: bool, seed: u64, rows: usize, mistake: Mistake) -> Option<String> {
    let mut program = program();
    let roots: Vec<ExprId> = trees.iter().map(|it| add(&mut program, it, &mut Vec::new())).collect();
    if shared {
        program.share(&roots);
    }
    let (mut cells, mut scratch, mut dictionaries) =
        (Cells(seed), Scratch::default(), <[Dictionary; 3]>::default());
    // Two batches, so that what is kept from chunk to chunk meets dictionaries that have grown.
    for _ in 0..2 {
        let batch = cells.batch(rows, &mut dictionaries);
        let mut evaluator = Evaluator::new(&program, &batch, &mut scratch);
        let mut low = 0;
        while evaluator.go_to(low) {
            for (tree, root) in trees.iter().zip(&roots) {
                let active = if cells.below(2) == 0 {
                    *evaluator.all()
                } else {
                    evaluator.all().and(&some(&mut cells))
                };
                let reference = Reference { batch: &batch, program: &program, row: 0, mistake };
                if let Some(difference) = differ_in_chunk(&mut evaluator, reference, tree, *root, &active) {
                    return Some(difference);
                }
            }
            low += CHUNK_LEN;
        }
        for (tree, root) in trees.iter().zip(&roots) {
            if let Some(difference) = differ_as_column(&program, &batch, tree, *root, mistake) {
                return Some(difference);
            }
        }
    }
    None
}

fn some(cells: &mut Cells) -> Mask {
    let mut mask = Mask::NONE;
    (0..CHUNK_LEN).filter(|_| cells.below(3) > 0).for_each(|row| mask.insert(row));
    mask
}

fn differ_in_chunk(
    evaluator: &mut Evaluator<'_, '_>,
    mut reference: Reference<'_>,
    tree: &Tree,
    root: ExprId,
    active: &Mask,
) -> Option<String> {
    let low = evaluator.low();
    evaluator.take_faults();
    let evaluated = evaluator.eval(root, active);
    let faults = evaluator.take_faults();
    let passed = (tree.1 == Type::Bool).then(|| evaluator.test(root, active));
    let tested = evaluator.take_faults();
    if !faults.dead.without(active).is_none() || passed.is_some_and(|it| !it.without(active).is_none()) {
        return Some(format!("{tree:?} reaches rows that were not asked for"));
    }
    for row in active.rows() {
        reference.row = low + row;
        let expected = reference.value(tree, &mut Vec::new());
        let absent = evaluated.absent.iter().find(|it| it.rows.get(row));
        let found = match (faults.cause(row), absent) {
            (Some(cause), _) => Err(cause.clone()),
            (None, Some(absent)) if absent.unreadable => Ok(Cell::Unreadable(absent.column)),
            (None, Some(absent)) => Ok(Cell::Missing(absent.column)),
            (None, None) => Ok(value_at(&evaluated.vals, row)),
        };
        let difference =
            || Some(format!("row {}: {found:?}, but by reference {expected:?}, for {tree:?}", low + row));
        let same = match (&found, &expected) {
            (Ok(found), Ok(expected)) => same(found, expected),
            (found, expected) => found == expected,
        };
        if !same {
            return difference();
        }
        if let Some(passed) = passed {
            let expected = expected.clone().and_then(reference::there);
            if passed.get(row) != (expected == Ok(Cell::Bool(true)))
                || tested.cause(row) != expected.as_ref().err()
            {
                return difference();
            }
        }
    }
    None
}

/// As a derived field: what lacks evidence is missing there, what could not be computed unreadable.
fn differ_as_column(
    program: &super::Program,
    batch: &Batch,
    tree: &Tree,
    root: ExprId,
    mistake: Mistake,
) -> Option<String> {
    let mut column = Column::new(tree.1);
    if tree.1 == Type::Text {
        column.values = Values::Text(TextColumn::Owned(Vec::new(), String::new()));
    }
    let mut scratch = Scratch::default();
    let mut evaluator = Evaluator::new(program, batch, &mut scratch);
    let mut low = 0;
    while evaluator.go_to(low) {
        append_to_column(&mut evaluator, root, &mut column);
        low += CHUNK_LEN;
    }
    (0..batch.len).find_map(|row| {
        let expected = Reference { batch, program, row, mistake }.value(tree, &mut Vec::new());
        let found = column.value(row, "");
        let same = match (&expected, found.clone()) {
            (Ok(Cell::Missing(_)) | Err(Cause::Missing { .. }), found) => found == Value::Missing,
            (Ok(Cell::Unreadable(_)) | Err(_), found) => found == Value::Unreadable,
            (Ok(expected), found) => found.is_there() && same(&reference::cell(found, 0), expected),
        };
        (!same).then(|| {
            format!("row {row} of a derived field: {found:?}, but by reference {expected:?}, for {tree:?}")
        })
    })
}

fn value_at(vals: &Vals<'_>, row: usize) -> Cell {
    match vals {
        Vals::Bool(mask) => Cell::Bool(mask.get(row)),
        Vals::Int(numbers) => Cell::Int(numbers.get(row)),
        Vals::Float(numbers) => Cell::Float(numbers.get(row).to_bits()),
        Vals::Decimal(numbers) => Cell::Decimal(numbers.get(row)),
        Vals::Text(texts) => Cell::Text(texts.get(row).to_owned()),
        Vals::List(..) => Cell::List(Vec::new()),
    }
}

/// Equal values; the sign of a zero does not matter.
fn same(left: &Cell, right: &Cell) -> bool {
    left == right
        || matches!((left, right), (Cell::Float(a), Cell::Float(b)) if f64::from_bits(*a).abs() + f64::from_bits(*b).abs() <= 0.0)
}

#[test]
fn both_evaluators_mean_the_same() {
    if let Err(TestError::Fail(reason, case)) = search(4_000, Mistake::None) {
        panic!("{reason}\ncase: {case:?}");
    }
}

/// What random cases found once: here it is looked for on purpose.
#[test]
fn what_differed_once() {
    let field = |number: u32| Tree(Shape::Field(number), COLUMNS[number as usize], vec![]);
    let other = Tree(Shape::If, Type::Text, vec![field(BY_CHUNK as u32), field(6), field(7)]);
    let trees = [
        // The branches take whole chunks, and so the operator meets another dictionary in each.
        Tree(Shape::Phrases(false), Type::Bool, vec![other.clone()]),
        Tree(Shape::Matches, Type::Bool, vec![other.clone()]),
        Tree(Shape::Table(0), Type::Int, vec![other]),
        // A record that lacks evidence for a `let` has an unreadable value as well.
        Tree(Shape::Let, Type::Text, vec![Tree(Shape::ToFloat, Type::Float, vec![field(2)]), field(6)]),
    ];
    for seed in 0..12 {
        assert_eq!(differ_on(&trees, true, seed, CHUNK_LEN + 40, Mistake::None), None);
    }
}

#[test]
fn mistakes_are_noticed() {
    for mistake in MISTAKES {
        let noticed = matches!(search(4_000, mistake), Err(TestError::Fail(..)));
        assert!(noticed, "{mistake:?} goes unnoticed");
    }
}
