//! Kano's classes of what customers want (N. Kano and others, "Attractive quality and must-be quality", 1984; the table
//! and the coefficients by C. Berger and others, "Kano's methods for understanding customer-defined quality", 1993).

use super::wilson;

/// An answer to "how would you feel if it were there", or "if it were not there".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KanoAnswer {
    /// I like it.
    Like,
    /// It must be that way.
    MustBe,
    /// I am neutral.
    Neutral,
    /// I can live with it.
    LiveWith,
    /// I dislike it.
    Dislike,
}

impl KanoAnswer {
    /// Reads an answer: a name in English or Chinese, or 1 to 5 in this order.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.trim() {
            "like" | "喜欢" | "1" => Self::Like,
            "must-be" | "理应如此" | "理所当然" | "2" => Self::MustBe,
            "neutral" | "无所谓" | "3" => Self::Neutral,
            "live-with" | "可以忍受" | "勉强接受" | "4" => Self::LiveWith,
            "dislike" | "不喜欢" | "5" => Self::Dislike,
            _ => return None,
        })
    }
}

/// What a customer wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KanoClass {
    /// Must be there: its absence angers, its presence is taken for granted.
    MustBe,
    /// One-dimensional: the more the better.
    OneDimensional,
    /// Attractive: not missed, and liked.
    Attractive,
    /// Indifferent.
    Indifferent,
    /// Reverse: not wanted.
    Reverse,
    /// Questionable: answers that contradict each other.
    Questionable,
}

impl KanoClass {
    /// All, in the order in which ties are broken.
    pub const ALL: [Self; 6] = [
        Self::MustBe,
        Self::OneDimensional,
        Self::Attractive,
        Self::Indifferent,
        Self::Reverse,
        Self::Questionable,
    ];

    /// Its place in [`Self::ALL`], by its letter.
    #[must_use]
    pub fn place_of(letter: &str) -> Option<usize> {
        Self::ALL.iter().position(|it| it.name() == letter)
    }

    /// Its letter.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MustBe => "M",
            Self::OneDimensional => "O",
            Self::Attractive => "A",
            Self::Indifferent => "I",
            Self::Reverse => "R",
            Self::Questionable => "Q",
        }
    }
}

/// A figure of how many customers are of which class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KanoFigure {
    /// [`KanoCounts::class`].
    Class,
    /// [`KanoCounts::better`].
    Better,
    /// [`KanoCounts::worse`].
    Worse,
}

/// The class of a pair of answers: if it were there, if it were not.
#[must_use]
pub const fn kano(functional: KanoAnswer, dysfunctional: KanoAnswer) -> KanoClass {
    use KanoAnswer::{Dislike, Like};
    match (functional, dysfunctional) {
        (Like, Like) | (Dislike, Dislike) => KanoClass::Questionable,
        (Like, Dislike) => KanoClass::OneDimensional,
        (Like, _) => KanoClass::Attractive,
        (Dislike, _) | (_, Like) => KanoClass::Reverse,
        (_, Dislike) => KanoClass::MustBe,
        _ => KanoClass::Indifferent,
    }
}

/// How many customers are of which class, in the order of [`KanoClass::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KanoCounts(pub [u64; 6]);

impl KanoCounts {
    /// The class that most are of; of several as common the first in the order M, O, A, I. `None` of none.
    #[must_use]
    pub fn class(&self) -> Option<KanoClass> {
        let most = self.0.into_iter().max().filter(|it| *it > 0)?;
        self.0.iter().position(|it| *it == most).map(|it| KanoClass::ALL[it])
    }

    /// How much its presence pleases, 0 to 1: (A + O) of A, O, M and I.
    #[must_use]
    pub fn better(&self) -> Option<f64> {
        let (hits, whole) = self.pleased();
        share(hits, whole)
    }

    /// How much its absence angers, -1 to 0: -(O + M) of A, O, M and I.
    #[must_use]
    pub fn worse(&self) -> Option<f64> {
        let (hits, whole) = self.angered();
        share(hits, whole).map(|it| -it)
    }

    /// The 95 % interval of a coefficient, as of a share (Wilson, 1927); a class has none.
    #[must_use]
    pub fn interval(&self, of: KanoFigure) -> Option<[f64; 2]> {
        let share = |(hits, whole)| wilson(hits, whole);
        match of {
            KanoFigure::Class => None,
            KanoFigure::Better => share(self.pleased()),
            KanoFigure::Worse => share(self.angered()).map(|[low, high]| [-high, -low]),
        }
    }

    fn pleased(&self) -> (u64, u64) {
        let [m, o, a, i, ..] = self.0;
        (a + o, m + o + a + i)
    }

    fn angered(&self) -> (u64, u64) {
        let [m, o, a, i, ..] = self.0;
        (o + m, m + o + a + i)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
