//! Sets of values of one type, for reasoning about conditions before any record is judged: what a
//! comparison lets through, what a cell of a decision table matches, what a choice can be.

use super::{Comparison, Constant};
use crate::record::Decimal;
use std::{cmp::Ordering, ops::Bound, sync::Arc};

/// A value in the order of its type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// True or false.
    Bool(bool),
    /// Whole numbers, dates, times, durations.
    Int(i64),
    /// Finite floats.
    Float(Total),
    /// Decimals.
    Decimal(Decimal),
    /// Texts by code points, as rules compare them.
    Text(Arc<str>),
}

/// A float in IEEE 754's total order, zeros of both signs being one.
#[derive(Clone, Copy, Debug)]
pub struct Total(f64);

impl PartialEq for Total {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Total {}

impl PartialOrd for Total {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Total {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0 + 0.0).total_cmp(&(other.0 + 0.0))
    }
}

impl Key {
    /// The value of a constant.
    #[must_use]
    pub fn of(constant: &Constant) -> Self {
        match constant {
            Constant::Bool(it) => Self::Bool(*it),
            Constant::Int(it) => Self::Int(*it),
            Constant::Float(bits) => Self::Float(Total(f64::from_bits(*bits))),
            Constant::Decimal(it) => Self::Decimal(*it),
            Constant::Text(it) => Self::Text(it.clone()),
        }
    }

    /// The whole numbers next to a float, the same twice where it is one; `None` for all else and for
    /// floats too large to have a fraction.
    #[must_use]
    pub fn neighbours(&self) -> Option<(Self, Self)> {
        /// 2^53: from here on every float is a whole number.
        const FRACTIONS_END: f64 = 9_007_199_254_740_992.0;
        let Self::Float(Total(it)) = self else { return None };
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
        (it.abs() < FRACTIONS_END).then(|| (Self::Int(it.floor() as i64), Self::Int(it.ceil() as i64)))
    }
}

/// As people write it in rules.
impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(it) => it.fmt(f),
            Self::Int(it) => it.fmt(f),
            Self::Float(it) => it.0.fmt(f),
            Self::Decimal(it) => it.fmt(f),
            Self::Text(it) => write!(f, "\"{it}\""),
        }
    }
}

/// Values from one bound to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first value.
    pub from: Bound<Key>,
    /// The last value.
    pub to: Bound<Key>,
}

/// A set of values: spans in rising order that do not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    spans: Vec<Span>,
}

impl Domain {
    /// Every value.
    #[must_use]
    pub fn all() -> Self {
        Self { spans: vec![Span { from: Bound::Unbounded, to: Bound::Unbounded }] }
    }

    /// No value.
    #[must_use]
    pub const fn none() -> Self {
        Self { spans: Vec::new() }
    }

    /// These values.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = Key>) -> Self {
        let mut values: Vec<Key> = values.into_iter().collect();
        values.sort_unstable();
        values.dedup();
        let one = |it: Key| Span { from: Bound::Included(it.clone()), to: Bound::Included(it) };
        Self { spans: values.into_iter().map(one).collect() }
    }

    /// True and false.
    #[must_use]
    pub fn bools() -> Self {
        Self::of([Key::Bool(false), Key::Bool(true)])
    }

    /// The values between two bounds.
    #[must_use]
    pub fn between(from: Bound<Key>, to: Bound<Key>) -> Self {
        let span = Span { from: whole(from, 1), to: whole(to, -1) };
        Self { spans: if is_empty(&span) { Vec::new() } else { vec![span] } }
    }

    /// The values that stand in this relation to `key`.
    #[must_use]
    pub fn compared(comparison: Comparison, key: Key) -> Self {
        match comparison {
            Comparison::Equal => Self::of([key]),
            Comparison::NotEqual => Self::of([key]).complement(),
            Comparison::Less => Self::between(Bound::Unbounded, Bound::Excluded(key)),
            Comparison::LessOrEqual => Self::between(Bound::Unbounded, Bound::Included(key)),
            Comparison::Greater => Self::between(Bound::Excluded(key), Bound::Unbounded),
            Comparison::GreaterOrEqual => Self::between(Bound::Included(key), Bound::Unbounded),
        }
    }

    /// True without any value.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// True with every value.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.spans == Self::all().spans
    }

    /// Its spans, in rising order.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// What both hold.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut a, mut b, mut spans) = (0, 0, Vec::new());
        while let (Some(left), Some(right)) = (self.spans.get(a), other.spans.get(b)) {
            let from = if starts_later(&left.from, &right.from) { &left.from } else { &right.from };
            let left_ends = ends_earlier(&left.to, &right.to);
            let to = if left_ends { &left.to } else { &right.to };
            let span = Span { from: from.clone(), to: to.clone() };
            if !is_empty(&span) {
                spans.push(span);
            }
            if left_ends {
                a += 1;
            } else {
                b += 1;
            }
        }
        Self { spans }
    }

    /// Every value that it does not hold.
    #[must_use]
    pub fn complement(&self) -> Self {
        let mut spans = Vec::new();
        let mut from = Bound::Unbounded;
        for span in &self.spans {
            let before = match &span.from {
                Bound::Unbounded => None,
                Bound::Included(it) => Some(Bound::Excluded(it.clone())),
                Bound::Excluded(it) => Some(Bound::Included(it.clone())),
            };
            spans.extend(before.map(|to| Span { from: whole(from.clone(), 1), to: whole(to, -1) }));
            from = match &span.to {
                Bound::Unbounded => {
                    spans.retain(|it| !is_empty(it));
                    return Self { spans };
                }
                Bound::Included(it) => Bound::Excluded(it.clone()),
                Bound::Excluded(it) => Bound::Included(it.clone()),
            };
        }
        spans.push(Span { from: whole(from, 1), to: Bound::Unbounded });
        spans.retain(|it| !is_empty(it));
        Self { spans }
    }

    /// What it holds and `other` does not.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        self.intersect(&other.complement())
    }

    /// What either holds.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.complement().intersect(&other.complement()).complement()
    }

    /// True where `other` holds all that it holds.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.without(other).is_empty()
    }
}

/// An open bound of whole numbers as the closed one beside it.
fn whole(bound: Bound<Key>, step: i64) -> Bound<Key> {
    match bound {
        Bound::Excluded(Key::Int(it)) => match it.checked_add(step) {
            Some(next) => Bound::Included(Key::Int(next)),
            None => Bound::Excluded(Key::Int(it)),
        },
        Bound::Included(_) | Bound::Excluded(_) | Bound::Unbounded => bound,
    }
}

fn is_empty(span: &Span) -> bool {
    match (&span.from, &span.to) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
            from >= to
        }
    }
}

fn starts_later(a: &Bound<Key>, b: &Bound<Key>) -> bool {
    match (a, b) {
        (Bound::Unbounded, _) => false,
        (_, Bound::Unbounded) => true,
        (Bound::Excluded(a), Bound::Included(b)) => a >= b,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a > b,
    }
}

fn ends_earlier(a: &Bound<Key>, b: &Bound<Key>) -> bool {
    match (a, b) {
        (Bound::Unbounded, _) => false,
        (_, Bound::Unbounded) => true,
        (Bound::Excluded(a), Bound::Included(b)) => a <= b,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a < b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_domain() -> impl Strategy<Value = Domain> {
        let bound = |from: bool| {
            (0..3, -4_i64..4).prop_map(move |(kind, at)| match (kind, from) {
                (0, _) => Bound::Unbounded,
                (1, _) => Bound::Included(Key::Int(at)),
                _ => Bound::Excluded(Key::Int(at)),
            })
        };
        let span = (bound(true), bound(false)).prop_map(|(from, to)| Domain::between(from, to));
        proptest::collection::vec(span, 0..4)
            .prop_map(|all| all.iter().fold(Domain::none(), |sum, it| sum.union(it)))
    }

    fn holds(domain: &Domain, value: i64) -> bool {
        let key = Key::Int(value);
        domain.spans().iter().any(|span| {
            let after = match &span.from {
                Bound::Unbounded => true,
                Bound::Included(it) => *it <= key,
                Bound::Excluded(it) => *it < key,
            };
            after
                && match &span.to {
                    Bound::Unbounded => true,
                    Bound::Included(it) => key <= *it,
                    Bound::Excluded(it) => key < *it,
                }
        })
    }

    proptest! {
        #[test]
        fn sets_are_sets(a in any_domain(), b in any_domain(), value in -6_i64..6) {
            let (in_a, in_b) = (holds(&a, value), holds(&b, value));
            prop_assert_eq!(holds(&a.intersect(&b), value), in_a && in_b);
            prop_assert_eq!(holds(&a.union(&b), value), in_a || in_b);
            prop_assert_eq!(holds(&a.without(&b), value), in_a && !in_b);
            prop_assert_eq!(holds(&a.complement(), value), !in_a);
            prop_assert_eq!(a.is_within(&b), (-6..6).all(|it| !holds(&a, it) || holds(&b, it)));
        }
    }

    #[test]
    fn nothing_lies_between_neighbours() {
        let above = Domain::compared(Comparison::Greater, Key::Int(5));
        assert!(above.intersect(&Domain::compared(Comparison::Less, Key::Int(6))).is_empty());
        let float = |it: f64| Key::of(&Constant::Float(it.to_bits()));
        let above = Domain::compared(Comparison::Greater, float(5.0));
        assert!(!above.intersect(&Domain::compared(Comparison::Less, float(6.0))).is_empty());
        assert!(Domain::of([float(0.0)]).is_within(&Domain::of([float(-0.0)])));
        let text = |it: &str| Key::Text(it.into());
        let vip = Domain::of([text("vip")]);
        assert!(vip.intersect(&Domain::of([text("gold")])).is_empty());
        assert!(vip.complement().union(&Domain::of([text("gold")]).complement()).is_all());
    }
}
