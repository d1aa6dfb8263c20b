//! Ranks that chance does not make.

/// A score that may be ranked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contender {
    /// The score.
    pub score: f64,
    /// Its standard error.
    pub error: f64,
    /// Over how many records, at least 2.
    pub n: f64,
}

/// The rank of each: 1 and as many as are better beyond chance, so that those whom chance may have parted share
/// one. Two differ where Welch's test says so at 5 % (B. L. Welch, "The generalization of 'Student's' problem",
/// 1947); `student` gives the point that 2.5 % of Student's distribution lie beyond, for degrees of freedom.
#[must_use]
pub fn ranks(all: &[Contender], student: impl Fn(f64) -> f64) -> Vec<usize> {
    let is_better = |a: &Contender, b: &Contender| {
        let (va, vb) = (a.error * a.error, b.error * b.error);
        let spread = va + vb;
        if spread <= 0.0 {
            return a.score > b.score;
        }
        let freedom = spread * spread / (va * va / (a.n - 1.0) + vb * vb / (b.n - 1.0));
        (a.score - b.score) / spread.sqrt() > student(freedom)
    };
    all.iter().map(|one| 1 + all.iter().filter(|other| is_better(other, one)).count()).collect()
}
