//! Random expressions and random batches for them.

use super::{BY_CHUNK, CODED, CODED_LIST, COLUMNS, LISTS, SCALARS, Shape, Tree, VIEWS};
use crate::{
    calendar::Zone,
    expr::{
        Arithmetic, CHUNK_LEN, CellTest, Comparison, Constant, DecisionTable, ExprId, FUNCTIONS, Fold, Node,
        PhraseMatcher, Program, Set,
    },
    record::{
        Batch, Bitmap, Column, Decimal, Dictionary, Element, ListColumn, TextColumn, Type, Values, View,
    },
};
use regex::Regex;
use std::{str::FromStr, sync::OnceLock};

const INTS: [i64; 15] =
    [0, 1, -1, 2, 3, 7, -7, 10, 60, i64::MAX, i64::MIN, i64::MAX - 1, 1 << 31, -(1 << 31), 3_037_000_500];
/// No rule can reckon a date beyond those that can be written.
const DATES: [i64; 5] = [0, 1, 20_514, -3_000_000, 2_900_000];
const FLOATS: [f64; 12] = [0.0, -0.0, 1.0, -1.0, 0.5, 2.5, 3.0, 1e308, -1e308, 5e-324, 9.3e18, 0.1];
const DECIMALS: [&str; 8] = [
    "0",
    "1",
    "-1",
    "0.10",
    "0.1",
    "99.99",
    "79228162514264337593543950335",
    "-79228162514264337593543950335",
];
const TEXTS: [&str; 12] =
    ["", "a", "b", "退款", "Refund", "refund", "ＡＢ１", "ab1", " x ", "不知道", "é", "no way"];

/// Decisions read off a list of numbers; behind its end always the first, which is the simplest.
pub(super) struct Choices<'a>(pub(super) std::slice::Iter<'a, u16>);

impl Choices<'_> {
    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % count
    }

    pub(super) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn constant(&mut self, ty: Type) -> Constant {
        match ty {
            Type::Bool => Constant::Bool(self.below(2) == 1),
            Type::Date => Constant::Int(self.of(&DATES)),
            Type::Float => Constant::Float(self.of(&FLOATS).to_bits()),
            Type::Decimal => Constant::Decimal(Decimal::from_str(self.of(&DECIMALS)).unwrap()),
            Type::Text => Constant::Text(self.of(&TEXTS).into()),
            Type::Int | Type::Time | Type::Duration | Type::Amount | Type::List(_) => {
                Constant::Int(self.of(&INTS))
            }
        }
    }

    fn set(&mut self, ty: Type) -> Set {
        let all: Vec<Constant> = (0..self.below(7)).map(|_| self.constant(ty)).collect();
        let (mut ints, mut floats, mut decimals, mut texts) = (vec![], vec![], vec![], vec![]);
        for one in all {
            match one {
                Constant::Int(it) => ints.push(it),
                Constant::Float(it) => floats.push(it),
                Constant::Decimal(it) => decimals.push(it),
                Constant::Text(it) => texts.push(it),
                Constant::Bool(_) => {}
            }
        }
        match ty {
            Type::Float => Set::Floats(floats),
            Type::Decimal => Set::Decimals(decimals),
            Type::Text => Set::Texts(texts),
            Type::Int
            | Type::Bool
            | Type::Date
            | Type::Time
            | Type::Duration
            | Type::Amount
            | Type::List(_) => Set::Ints(ints),
        }
    }

    fn field(&mut self, ty: Type) -> Tree {
        let fitting: Vec<usize> = (0..COLUMNS.len()).filter(|it| COLUMNS[*it] == ty).collect();
        Tree(Shape::Field(u32::try_from(self.of(&fitting)).unwrap()), ty, vec![])
    }

    pub(super) fn tree(&mut self, ty: Type, depth: usize, bound: &mut Vec<Type>) -> Tree {
        if matches!(ty, Type::List(_)) {
            return self.field(ty);
        }
        let choice = self.below(if depth == 0 { 3 } else { 20 });
        let Some(depth) = depth.checked_sub(1) else {
            return if choice == 2 {
                Tree(Shape::Constant(self.constant(ty)), ty, vec![])
            } else {
                self.field(ty)
            };
        };
        match choice {
            0..3 => self.field(ty),
            3 => Tree(Shape::Constant(self.constant(ty)), ty, vec![]),
            4 => self.node(Shape::If, ty, &[Type::Bool, ty, ty], depth, bound),
            5 | 6 => {
                let by_chunk = Tree(Shape::Field(u32::try_from(BY_CHUNK).unwrap()), Type::Bool, vec![]);
                let (yes, no) = (self.tree(ty, depth, bound), self.tree(ty, depth, bound));
                Tree(Shape::If, ty, vec![by_chunk, yes, no])
            }
            7 => self.node(Shape::Coalesce, ty, &[ty, ty], depth, bound),
            8 => {
                let named = self.of(&SCALARS);
                let value = self.tree(named, depth, bound);
                bound.push(named);
                let body = self.tree(ty, depth, bound);
                bound.pop();
                Tree(Shape::Let, ty, vec![value, body])
            }
            9 | 10 => {
                let fitting: Vec<usize> = (0..bound.len()).filter(|it| bound[*it] == ty).collect();
                if fitting.is_empty() {
                    self.field(ty)
                } else {
                    Tree(Shape::Bound(self.of(&fitting)), ty, vec![])
                }
            }
            11 => self.call(ty, depth, bound),
            _ => self.own(ty, depth, bound),
        }
    }

    fn node(
        &mut self,
        shape: Shape,
        ty: Type,
        operands: &[Type],
        depth: usize,
        bound: &mut Vec<Type>,
    ) -> Tree {
        let operands = operands.iter().map(|it| self.tree(*it, depth, bound)).collect();
        Tree(shape, ty, operands)
    }

    fn call(&mut self, ty: Type, depth: usize, bound: &mut Vec<Type>) -> Tree {
        let fitting: Vec<u32> =
            (0..).zip(FUNCTIONS).filter(|(_, it)| it.returns == ty).map(|it| it.0).collect();
        let function = self.of(&fitting);
        self.node(Shape::Call(function), ty, FUNCTIONS[function as usize].params, depth, bound)
    }

    /// What only values of this type come from.
    fn own(&mut self, ty: Type, depth: usize, bound: &mut Vec<Type>) -> Tree {
        use Arithmetic::{Add, Divide, Multiply, Power, Remainder, Subtract};
        let numeric = [Add, Subtract, Multiply, Divide, Remainder, Power];
        let choice = self.below(6);
        let (shape, operands): (Shape, Vec<Type>) = match (ty, choice) {
            (Type::Bool, _) => return self.own_bool(depth, bound),
            (Type::Int, 0) => (Shape::Fold(Fold::Len), vec![Type::List(self.of(&LISTS))]),
            (Type::Int, 1) => {
                (Shape::Fold(self.of(&[Fold::Sum, Fold::Min, Fold::Max])), vec![Type::List(Element::Int)])
            }
            (Type::Int, 2) => (Shape::Phrases(true), vec![Type::Text]),
            (Type::Int, 3) => (Shape::Table(0), vec![Type::Text]),
            (Type::Float, 0) => (Shape::ToFloat, vec![self.of(&[Type::Int, Type::Duration])]),
            (Type::Float, 1) => {
                (Shape::Fold(Fold::Mean), vec![Type::List(self.of(&[Element::Int, Element::Float]))])
            }
            (Type::Float, 2) => {
                (Shape::Fold(self.of(&[Fold::Sum, Fold::Min, Fold::Max])), vec![Type::List(Element::Float)])
            }
            (Type::Float, 3) => (Shape::Table(2), vec![Type::Float, Type::Bool]),
            (Type::Decimal, 0) => (Shape::ToDecimal, vec![Type::Int]),
            (Type::Decimal, 1..4) => (Shape::Arithmetic(self.of(&numeric[..5])), vec![ty, ty]),
            (Type::Int | Type::Float | Type::Decimal | Type::Duration, 4) => (Shape::Negate, vec![ty]),
            (Type::Int | Type::Float, _) => (Shape::Arithmetic(self.of(&numeric)), vec![ty, ty]),
            (Type::Decimal, _) => (Shape::Arithmetic(self.of(&numeric[..2])), vec![ty, ty]),
            (Type::Duration, 0) => (Shape::Arithmetic(Subtract), vec![Type::Time, Type::Time]),
            (Type::Duration, 1 | 2) => {
                (Shape::Arithmetic(self.of(&[Multiply, Divide])), vec![Type::Duration, Type::Int])
            }
            (Type::Duration, _) => (Shape::Arithmetic(self.of(&[Add, Subtract])), vec![ty, ty]),
            (Type::Time, _) => {
                (Shape::Arithmetic(self.of(&[Add, Subtract])), vec![Type::Time, Type::Duration])
            }
            (Type::Text, 0..4) => (Shape::Table(1), vec![Type::Text, Type::Text]),
            _ => return self.call(ty, depth, bound),
        };
        self.node(shape, ty, &operands, depth, bound)
    }

    fn own_bool(&mut self, depth: usize, bound: &mut Vec<Type>) -> Tree {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let all = [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual];
        let (shape, operands): (Shape, Vec<Type>) = match self.below(17) {
            0 => (Shape::Not, vec![Type::Bool]),
            1 | 2 => (Shape::And, vec![Type::Bool; 2 + self.below(2)]),
            3 | 4 => (Shape::Or, vec![Type::Bool; 2 + self.below(2)]),
            5 | 6 => {
                let of = self.of(&SCALARS);
                (Shape::IsMissing, vec![of])
            }
            7 => (Shape::IsMissing, vec![Type::List(self.of(&LISTS))]),
            8 => {
                let ty = self.of(&[Type::Int, Type::Text, Type::Float, Type::Decimal, Type::Time]);
                (Shape::InSet(self.set(ty)), vec![ty])
            }
            9 => (
                Shape::InRange(self.below(2) == 1),
                vec![self.of(&[Type::Int, Type::Float, Type::Decimal]); 3],
            ),
            10 => {
                let element = self.of(&LISTS);
                (Shape::InList, vec![element.as_type(), Type::List(element)])
            }
            11 => (Shape::Phrases(false), vec![Type::Text]),
            12 => (Shape::Matches, vec![Type::Text]),
            13 => (Shape::InText, vec![Type::Text; 2]),
            _ => {
                let ty = self.of(&SCALARS);
                let comparison = self.of(if ty == Type::Bool { &all[..2] } else { &all });
                (Shape::Compare(comparison), vec![ty; 2])
            }
        };
        self.node(shape, Type::Bool, &operands, depth, bound)
    }
}

pub(super) fn program() -> Program {
    static ZONE: OnceLock<Zone> = OnceLock::new();
    let text = |it: &str| Constant::Text(it.into());
    let mut program = Program::new(ZONE.get_or_init(|| Zone::named("Europe/London").unwrap()).clone());
    program.phrases.push(PhraseMatcher::new(&["退款", "no way", "ab1"].map(String::from), true).unwrap());
    static REGEX: OnceLock<Regex> = OnceLock::new();
    program.regexes.push(REGEX.get_or_init(|| Regex::new("(?i)^ref|a$").unwrap()).clone());
    let table = |id: &str, inputs: &[Type], output, rows: Vec<(Vec<Option<Constant>>, Constant)>| {
        let (cells, answers): (Vec<_>, _) = rows.into_iter().unzip();
        // Every other cell is written as a range of one value.
        let test = |(number, it): (usize, Constant)| match number % 2 {
            0 => CellTest::OneOf(vec![it]),
            _ => CellTest::Within(vec![
                (Comparison::GreaterOrEqual, it.clone()),
                (Comparison::LessOrEqual, it),
            ]),
        };
        let line = |line: Vec<Option<Constant>>| {
            line.into_iter().enumerate().map(|(number, it)| it.map(|it| test((number, it)))).collect()
        };
        let cells: Vec<Vec<Option<CellTest>>> = cells.into_iter().map(line).collect();
        DecisionTable { id: id.into(), inputs: inputs.into(), output, cells, answers, amounts: Vec::new() }
    };
    let one = [(Some("a"), 1), (Some("退款"), 2), (Some(""), 3)]
        .map(|(cell, answer)| (vec![cell.map(text)], Constant::Int(answer)));
    let two = [
        (Some("a"), None, "first"),
        (None, Some("b"), "second"),
        (Some("refund"), Some("a"), ""),
        (Some("b"), None, "b"),
    ]
    .map(|(a, b, answer)| (vec![a.map(text), b.map(text)], text(answer)));
    let mixed = [(Some(7.0), None, 0.5), (None, Some(true), 2.5), (Some(0.0), Some(false), 1e308)].map(
        |(a, b, answer): (Option<f64>, _, f64)| {
            (
                vec![a.map(|it| Constant::Float(it.to_bits())), b.map(Constant::Bool)],
                Constant::Float(answer.to_bits()),
            )
        },
    );
    program.tables.push(table("one", &[Type::Text], Type::Int, one.into()));
    program.tables.push(table("two", &[Type::Text, Type::Text], Type::Text, two.into()));
    program.tables.push(table("mixed", &[Type::Float, Type::Bool], Type::Float, mixed.into()));
    program
}

/// Puts a tree into the program's arena.
pub(super) fn add(program: &mut Program, tree: &Tree, bound: &mut Vec<ExprId>) -> ExprId {
    let Tree(shape, ty, operands) = tree;
    if let Shape::Bound(number) = shape {
        return bound[*number];
    }
    let mut ids = Vec::new();
    for operand in operands {
        if matches!(shape, Shape::Let) && ids.len() == 1 {
            bound.push(ids[0]);
        }
        ids.push(add(program, operand, bound));
    }
    let node = match shape {
        Shape::Let => {
            bound.pop();
            Node::Then(ids[0], ids[1])
        }
        Shape::Constant(constant) => Node::Constant(constant.clone()),
        Shape::Field(column) => Node::Field(*column),
        Shape::Bound(_) => return bound[0],
        Shape::Not => Node::Not(ids[0]),
        Shape::And => Node::And(ids.into()),
        Shape::Or => Node::Or(ids.into()),
        Shape::If => Node::If(ids[0], ids[1], ids[2]),
        Shape::Coalesce => Node::Coalesce(ids[0], ids[1]),
        Shape::IsMissing => Node::IsMissing(ids[0]),
        Shape::Compare(comparison) => Node::Compare(*comparison, ids[0], ids[1]),
        Shape::Arithmetic(operator) => Node::Arithmetic(*operator, ids[0], ids[1]),
        Shape::Negate => Node::Negate(ids[0]),
        Shape::ToFloat => Node::ToFloat(ids[0]),
        Shape::ToDecimal => Node::ToDecimal(ids[0]),
        Shape::InSet(set) => Node::InSet(ids[0], set.clone()),
        Shape::InRange(inclusive) => Node::InRange(ids[0], ids[1], ids[2], *inclusive),
        Shape::InList => Node::InList(ids[0], ids[1], false),
        Shape::InText => Node::InText(ids[0], ids[1]),
        Shape::Fold(fold) => Node::FoldList(*fold, ids[0]),
        Shape::Call(function) => Node::Call(*function, ids.into()),
        Shape::Phrases(count) => Node::Phrases(ids[0], 0, *count),
        Shape::Matches => Node::Matches(ids[0], 0),
        Shape::Table(table) => Node::Table(*table, ids.into()),
    };
    program.add(node, *ty)
}

/// Numbers for the cells of batches (splitmix64, Steele, Lea and Flood 2014).
pub(super) struct Cells(pub(super) u64);

impl Cells {
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((it ^ (it >> 31)) >> 33).unwrap() % count
    }

    /// `rows` records; the dictionaries grow from batch to batch, as those of a decoder do.
    pub(super) fn batch(&mut self, rows: usize, dictionaries: &mut [Dictionary; 3]) -> Batch {
        let mut batch = Batch { len: rows, ..Batch::default() };
        let words = 1 + self.below(TEXTS.len());
        for (number, ty) in COLUMNS.iter().enumerate() {
            let mut column = Column::new(*ty);
            // How often, of 12 cells, one is missing, and one unreadable.
            let (missing, unreadable) =
                [(0, 0), (2, 0), (3, 2), (12, 0)][self.below(8).min(3) * usize::from(number != BY_CHUNK)];
            let mut gone = Bitmap::default();
            for _ in 0..rows {
                let lot = self.below(12);
                column.valid.push(lot >= missing + unreadable);
                gone.push(lot >= missing && lot < missing + unreadable);
            }
            column.unreadable = (gone.count() > 0).then_some(gone);
            column.values = self.values(number, *ty, rows, words, &mut batch.text, dictionaries);
            if let Values::Text(TextColumn::Coded(codes, _)) = &mut column.values {
                (0..rows).filter(|it| !column.valid.get(*it)).for_each(|it| codes[it] = 0);
            }
            batch.columns.push(column);
        }
        batch
    }

    fn values(
        &mut self,
        number: usize,
        ty: Type,
        rows: usize,
        words: usize,
        text: &mut String,
        dictionaries: &mut [Dictionary; 3],
    ) -> Values {
        match ty {
            Type::Bool => {
                let mut bits = Bitmap::default();
                (0..rows).for_each(|row| {
                    bits.push(if number == BY_CHUNK {
                        (row / CHUNK_LEN).is_multiple_of(2)
                    } else {
                        self.below(2) == 1
                    })
                });
                Values::Bool(bits)
            }
            Type::Date => Values::Int((0..rows).map(|_| DATES[self.below(DATES.len())]).collect()),
            Type::Float => Values::Float((0..rows).map(|_| FLOATS[self.below(FLOATS.len())]).collect()),
            Type::Decimal => Values::Decimal(
                (0..rows).map(|_| Decimal::from_str(DECIMALS[self.below(DECIMALS.len())]).unwrap()).collect(),
            ),
            Type::Text if CODED.contains(&number) || number == CODED_LIST => {
                let dictionary = &mut dictionaries
                    [[CODED[0], CODED[1], CODED_LIST].iter().position(|it| *it == number).unwrap()];
                // The coded columns hold different texts, as often in equal number.
                let word = |lot: usize| TEXTS[if number == CODED[1] { TEXTS.len() - 1 - lot } else { lot }];
                let codes = (0..rows).map(|_| dictionary.code(word(self.below(words))).unwrap()).collect();
                Values::Text(TextColumn::Coded(codes, dictionary.clone()))
            }
            Type::Text => {
                let mut own = String::new();
                let buffer = if number == VIEWS + 1 { &mut own } else { text };
                let views = (0..rows).map(|_| {
                    let (start, word) = (buffer.len(), TEXTS[self.below(TEXTS.len())]);
                    buffer.push_str(word);
                    View { start: u32::try_from(start).unwrap(), len: u32::try_from(word.len()).unwrap() }
                });
                let views = views.collect();
                Values::Text(if number == VIEWS + 1 {
                    TextColumn::Owned(views, own)
                } else {
                    TextColumn::Views(views)
                })
            }
            Type::List(element) => {
                let ends: Vec<u32> = (0..rows)
                    .scan(0, |end, _| {
                        *end += u32::try_from(self.below(4)).unwrap();
                        Some(*end)
                    })
                    .collect();
                let count = ends.last().map_or(0, |it| *it as usize);
                let elements = self.values(number, element.as_type(), count, words, text, dictionaries);
                Values::List(Box::new(ListColumn { ends, elements }))
            }
            Type::Int | Type::Time | Type::Duration | Type::Amount => {
                Values::Int((0..rows).map(|_| INTS[self.below(INTS.len())]).collect())
            }
        }
    }
}
