//! A decision table as a grid: each input is cut where any row cuts it, and a row is the set of pieces
//! that its cells let through. What a cell can say (anything, values, spans) is a [`Domain`].

use crate::expr::{Domain, Key, Span};
use std::{collections::HashMap, ops::Bound};

/// Pieces of one input, a bit each.
pub(super) type Bits = Box<[u64]>;

/// The pieces of every input: a box of combinations.
pub(super) type Region = Vec<Bits>;

/// One input: piece 2i + 1 is the value `keys[i]`, piece 2i all that lies between `keys[i - 1]` and it.
#[derive(Debug)]
struct Axis {
    keys: Vec<Key>,
    /// The pieces that a value can be in at all.
    whole: Bits,
}

impl Axis {
    fn new(universe: &Domain, cells: &[&Domain]) -> Self {
        let bounds = cells.iter().copied().chain([universe]).flat_map(Domain::spans);
        let mut keys: Vec<Key> = bounds.flat_map(|it| [key(&it.from), key(&it.to)]).flatten().collect();
        keys.sort_unstable();
        keys.dedup();
        let mut axis = Self { keys, whole: Box::default() };
        let mut whole = axis.bits(universe);
        // Nothing lies between neighbouring whole numbers.
        for gap in 1..axis.keys.len() {
            let open = |at: usize| Bound::Excluded(axis.keys[at].clone());
            if Domain::between(open(gap - 1), open(gap)).is_empty() {
                whole[gap * 2 / 64] &= !(1 << (gap * 2 % 64));
            }
        }
        axis.whole = whole;
        axis
    }

    fn pieces(&self) -> usize {
        self.keys.len() * 2 + 1
    }

    fn bits(&self, domain: &Domain) -> Bits {
        let mut bits = vec![0_u64; self.pieces().div_ceil(64)].into_boxed_slice();
        let at = |key: &Key| self.keys.partition_point(|it| it < key) * 2 + 1;
        for span in domain.spans() {
            let from = match &span.from {
                Bound::Unbounded => 0,
                Bound::Included(it) => at(it),
                Bound::Excluded(it) => at(it) + 1,
            };
            let to = match &span.to {
                Bound::Unbounded => self.pieces() - 1,
                Bound::Included(it) => at(it),
                Bound::Excluded(it) => at(it) - 1,
            };
            (from..=to).for_each(|it| bits[it / 64] |= 1 << (it % 64));
        }
        bits
    }

    /// The values in some pieces, neighbouring ones as one span.
    fn domain(&self, bits: &Bits) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut start = None;
        for piece in 0..=self.pieces() {
            let inside = piece < self.pieces() && has(bits, piece);
            match (inside, start) {
                (true, None) => start = Some(piece),
                (false, Some(first)) => {
                    spans.push(Span { from: self.bound(first, true), to: self.bound(piece - 1, false) });
                    start = None;
                }
                _ => {}
            }
        }
        spans
    }

    fn bound(&self, piece: usize, is_start: bool) -> Bound<Key> {
        if piece % 2 == 1 {
            return Bound::Included(self.keys[piece / 2].clone());
        }
        let neighbour = if is_start { (piece / 2).checked_sub(1) } else { Some(piece / 2) };
        let key = neighbour.and_then(|it| self.keys.get(it));
        key.map_or(Bound::Unbounded, |it| Bound::Excluded(it.clone()))
    }
}

fn key(bound: &Bound<Key>) -> Option<Key> {
    match bound {
        Bound::Included(it) | Bound::Excluded(it) => Some(it.clone()),
        Bound::Unbounded => None,
    }
}

fn has(bits: &Bits, piece: usize) -> bool {
    bits[piece / 64] >> (piece % 64) & 1 == 1
}

fn and(a: &Bits, b: &Bits) -> Bits {
    a.iter().zip(&**b).map(|(a, b)| a & b).collect()
}

fn is_within(a: &Bits, b: &Bits) -> bool {
    a.iter().zip(&**b).all(|(a, b)| a & !b == 0)
}

fn meet(a: &Bits, b: &Bits) -> bool {
    a.iter().zip(&**b).any(|(a, b)| a & b != 0)
}

/// True where every combination of `a` is one of `b`.
pub(super) fn region_is_within(a: &Region, b: &Region) -> bool {
    a.iter().zip(b).all(|(a, b)| is_within(a, b))
}

/// A decision table's rows over the pieces of its inputs.
#[derive(Debug)]
pub(super) struct Grid {
    axes: Vec<Axis>,
    /// The rows in order.
    pub(super) rows: Vec<Region>,
}

/// How far a search may go: tables of thousands of rows are looked at as far as that.
#[derive(Debug)]
pub(super) struct Budget(pub(super) usize);

impl Grid {
    /// A grid over inputs that can be anything in `universes`, with a domain for each cell.
    pub(super) fn new(universes: &[Domain], cells: &[Vec<Domain>]) -> Self {
        let axes: Vec<Axis> = universes
            .iter()
            .enumerate()
            .map(|(input, universe)| {
                let column: Vec<&Domain> = cells.iter().filter_map(|row| row.get(input)).collect();
                Axis::new(universe, &column)
            })
            .collect();
        let region = |row: &Vec<Domain>| {
            axes.iter().zip(row).map(|(axis, cell)| and(&axis.bits(cell), &axis.whole)).collect()
        };
        let rows = cells.iter().map(region).collect();
        Self { axes, rows }
    }

    /// All combinations.
    pub(super) fn whole(&self) -> Region {
        self.axes.iter().map(|it| it.whole.clone()).collect()
    }

    /// True for a row that no value can match.
    pub(super) fn is_empty(&self, region: &Region) -> bool {
        region.iter().any(|it| it.iter().all(|word| *word == 0))
    }

    /// What two rows have in common.
    pub(super) fn common(&self, a: usize, b: usize) -> Option<Region> {
        let (a, b) = (&self.rows[a], &self.rows[b]);
        let all = a.iter().zip(b).all(|(a, b)| meet(a, b));
        all.then(|| a.iter().zip(b).map(|(a, b)| and(a, b)).collect())
    }

    /// The parts of `region` that none of `rows` matches, at most `most` of them. `None` where the
    /// budget does not reach.
    pub(super) fn uncovered(
        &self,
        region: &Region,
        rows: impl Iterator<Item = usize>,
        most: usize,
        budget: &mut Budget,
    ) -> Option<Vec<Region>> {
        let touching = |row: &usize| self.rows[*row].iter().zip(region).all(|(a, b)| meet(a, b));
        let rows: Vec<usize> = rows.filter(touching).collect();
        let mut found = Vec::new();
        self.search(0, region, &rows, (most, budget, &mut found)).then_some(found)
    }

    /// False where the budget ran out.
    fn search(
        &self,
        axis: usize,
        region: &Region,
        rows: &[usize],
        (most, budget, found): (usize, &mut Budget, &mut Vec<Region>),
    ) -> bool {
        if found.len() >= most {
            return true;
        }
        if rows.is_empty() {
            found.push(region.clone());
            return true;
        }
        let covers =
            |row: &usize| region[axis..].iter().zip(&self.rows[*row][axis..]).all(|(a, b)| is_within(a, b));
        if axis == self.axes.len() || rows.iter().any(covers) {
            return true;
        }
        for (rows, pieces) in self.classes(axis, &region[axis], rows) {
            let Some(left) = budget.0.checked_sub(1 + rows.len()) else { return false };
            budget.0 = left;
            let mut inner = region.clone();
            inner[axis] = pieces;
            if !self.search(axis + 1, &inner, &rows, (most, &mut *budget, &mut *found)) {
                return false;
            }
        }
        true
    }

    /// Pieces of one input that the same rows match, with these rows.
    fn classes(&self, axis: usize, pieces: &Bits, rows: &[usize]) -> Vec<(Vec<usize>, Bits)> {
        let mut known: HashMap<Vec<usize>, usize> = HashMap::new();
        let mut classes: Vec<(Vec<usize>, Bits)> = Vec::new();
        for piece in (0..self.axes[axis].pieces()).filter(|it| has(pieces, *it)) {
            let matching: Vec<usize> =
                rows.iter().copied().filter(|row| has(&self.rows[*row][axis], piece)).collect();
            let class = *known.entry(matching).or_insert_with_key(|matching| {
                classes.push((matching.clone(), vec![0; pieces.len()].into_boxed_slice()));
                classes.len() - 1
            });
            classes[class].1[piece / 64] |= 1 << (piece % 64);
        }
        classes
    }

    /// A region in words: `tier = "gold", grade ≠ "urgent"`; inputs that can be anything are left out.
    pub(super) fn describe(
        &self,
        region: &Region,
        inputs: &[String],
        show: impl Fn(usize, &Key) -> String,
    ) -> String {
        let mut parts = Vec::new();
        for (input, (axis, bits)) in self.axes.iter().zip(region).enumerate() {
            if is_within(&axis.whole, bits) {
                continue;
            }
            let name = inputs.get(input).map_or("", String::as_str);
            let rest: Bits = axis.whole.iter().zip(&**bits).map(|(whole, it)| whole & !it).collect();
            let show = |it: &Key| show(input, it);
            let text = match (points(&axis.domain(bits)), points(&axis.domain(&rest))) {
                (Some(keys), _) => format!("{name} = {}", listed(&keys, show)),
                (None, Some(keys)) => format!("{name} ≠ {}", listed(&keys, show)),
                (None, None) => {
                    axis.domain(bits).first().map_or_else(String::new, |it| span_text(name, it, show))
                }
            };
            parts.push(text);
        }
        if parts.is_empty() { "*".to_owned() } else { parts.join(", ") }
    }
}

/// The values, where there are only single ones.
fn points(spans: &[Span]) -> Option<Vec<&Key>> {
    let one = |it: &'_ Span| matches!((&it.from, &it.to), (Bound::Included(a), Bound::Included(b)) if a == b);
    let all = spans.iter().all(one);
    all.then(|| {
        spans
            .iter()
            .filter_map(|it| if let Bound::Included(key) = &it.from { Some(key) } else { None })
            .collect()
    })
}

fn listed(keys: &[&Key], show: impl Fn(&Key) -> String) -> String {
    /// What is named of a long list.
    const NAMED: usize = 4;
    let mut texts: Vec<String> = keys.iter().take(NAMED).map(|it| show(it)).collect();
    if keys.len() > NAMED {
        texts.push("…".to_owned());
    }
    texts.join(" / ")
}

fn span_text(name: &str, span: &Span, show: impl Fn(&Key) -> String) -> String {
    let from = match &span.from {
        Bound::Unbounded => None,
        Bound::Included(it) => Some((show(it), "<=", ">=")),
        Bound::Excluded(it) => Some((show(it), "<", ">")),
    };
    let to = match &span.to {
        Bound::Unbounded => None,
        Bound::Included(it) => Some((show(it), "<=")),
        Bound::Excluded(it) => Some((show(it), "<")),
    };
    match (from, to) {
        (Some((from, sign, _)), Some((to, to_sign))) => format!("{from} {sign} {name} {to_sign} {to}"),
        (Some((from, _, sign)), None) => format!("{name} {sign} {from}"),
        (None, Some((to, sign))) => format!("{name} {sign} {to}"),
        (None, None) => name.to_owned(),
    }
}
