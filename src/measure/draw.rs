//! Which records people are to review: by strata, with a minimum for each subject and within a budget. A record is drawn
//! by its own number, which is made of its key, so that neither the order of records nor the number of files matters.

use std::collections::BTreeMap;

/// A record that may be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its own number, as good as random; small ones are drawn first.
    pub number: u64,
    /// Its stratum.
    pub stratum: usize,
    /// Its subject, where the sample has a minimum for each.
    pub subject: Option<usize>,
}

/// Why a record is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// By the rate of its stratum.
    Rate,
    /// For the minimum of its subject.
    Minimum,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Quota {
    /// The share of each stratum that is drawn, 0 to 1, rounded up to whole records.
    pub rates: Vec<f64>,
    /// How many of each subject at least, as far as it has as many.
    pub min: usize,
    /// How many in all at most.
    pub budget: Option<usize>,
}

/// A record that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Which of the candidates.
    pub candidate: usize,
    /// Why.
    pub reason: Reason,
}

/// Draws. Of each stratum the records with the smallest numbers, as many as its rate says; then, of subjects with too
/// few, those with the next smallest. Where that is more than the budget, minimums come first, in rounds, and strata
/// are cut by the same share. The result is in the order of candidates.
#[must_use]
pub fn draw(candidates: &[Candidate], quota: &Quota) -> Vec<Drawn> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by_key(|it| (candidates[*it].number, *it));
    // How far down its stratum each record that is drawn by rate stands: 0 at the top, 1 at the end.
    let mut depth: BTreeMap<usize, f64> = BTreeMap::new();
    for (stratum, rate) in quota.rates.iter().enumerate() {
        let of: Vec<usize> = order.iter().copied().filter(|it| candidates[*it].stratum == stratum).collect();
        let wanted = share_of(of.len(), *rate);
        depth.extend(of.iter().take(wanted).enumerate().map(|(at, it)| (*it, share(at, wanted))));
    }
    // Which of its subject's records each is: those for the minimum in rounds, drawn ones first.
    let mut rounds: BTreeMap<usize, usize> = BTreeMap::new();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    let is_drawn = |it: &usize| depth.contains_key(it);
    for it in order.iter().filter(|it| is_drawn(it)).chain(order.iter().filter(|it| !is_drawn(it))) {
        let Some(subject) = candidates[*it].subject else { continue };
        let count = counts.entry(subject).or_default();
        if *count < quota.min {
            rounds.insert(*it, *count);
            *count += 1;
        }
    }
    let mut all: Vec<usize> = depth.keys().chain(rounds.keys()).copied().collect();
    all.sort_unstable();
    all.dedup();
    if let Some(budget) = quota.budget.filter(|it| *it < all.len()) {
        let rank = |it: &usize| {
            let round = rounds.get(it).copied().unwrap_or(usize::MAX);
            let down = if round == usize::MAX { depth.get(it).copied().unwrap_or(1.0) } else { 0.0 };
            (round, down, candidates[*it].number, *it)
        };
        all.sort_by(|a, b| {
            let (a, b) = (rank(a), rank(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then((a.2, a.3).cmp(&(b.2, b.3)))
        });
        all.truncate(budget);
        all.sort_unstable();
    }
    let reason = |it: &usize| if depth.contains_key(it) { Reason::Rate } else { Reason::Minimum };
    all.into_iter().map(|it| Drawn { candidate: it, reason: reason(&it) }).collect()
}

/// So much of `len`, rounded up; what is whole but for the last digit is whole.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
fn share_of(len: usize, rate: f64) -> usize {
    ((len as f64 * rate - 1e-9).ceil().max(0.0) as usize).min(len)
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn share(at: usize, of: usize) -> f64 {
    at as f64 / of as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(candidates: &[Candidate], rates: &[f64], min: usize, budget: Option<usize>) -> Vec<Drawn> {
        draw(candidates, &Quota { rates: rates.to_vec(), min, budget })
    }

    fn of(strata: &[(usize, usize)]) -> Vec<Candidate> {
        let mut number = 7_u64;
        let mut next = || {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            number
        };
        let of_stratum = |(stratum, (len, subjects)): (usize, &(usize, usize))| {
            (0..*len).map(|it| (stratum, stratum * 100 + it % subjects)).collect::<Vec<_>>()
        };
        let all = strata.iter().enumerate().flat_map(of_stratum);
        all.map(|(stratum, subject)| Candidate { number: next(), stratum, subject: Some(subject) }).collect()
    }

    #[test]
    fn strata_have_their_rates_and_subjects_their_minimum() {
        let candidates = of(&[(1_000, 10), (200, 40)]);
        let all = drawn(&candidates, &[0.03, 0.10], 0, None);
        let in_stratum = |all: &[Drawn], stratum| {
            all.iter().filter(|it| candidates[it.candidate].stratum == stratum).count()
        };
        assert_eq!((in_stratum(&all, 0), in_stratum(&all, 1)), (30, 20));
        let more = drawn(&candidates, &[0.03, 0.10], 2, None);
        for subject in (0..10).chain(100..140) {
            let count = more.iter().filter(|it| candidates[it.candidate].subject == Some(subject)).count();
            assert!(count >= 2, "{subject}: {count}");
        }
        // Nobody who was drawn by rate is left out for the minimum's sake.
        assert!(all.iter().all(|it| more.contains(it)));
        let cut = drawn(&candidates, &[0.30, 0.30], 0, Some(36));
        assert_eq!((in_stratum(&cut, 0), in_stratum(&cut, 1)), (30, 6));
        let tight = drawn(&candidates, &[0.03, 0.10], 2, Some(50));
        let subjects: std::collections::BTreeSet<_> =
            tight.iter().map(|it| candidates[it.candidate].subject).collect();
        assert_eq!((tight.len(), subjects.len()), (50, 50), "the first round of minimums");
    }

    proptest! {
        #[test]
        fn the_order_of_records_is_no_matter(seed in 0_u64..1_000, budget in 1_usize..60, min in 0_usize..4) {
            let candidates = of(&[(60, 5), (40, 3), (7, 7)]);
            let mut shuffled = candidates.clone();
            let len = shuffled.len();
            let mut dice = seed;
            for at in 0..len {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                shuffled.swap(at, usize::try_from(dice >> 33).unwrap() % len);
            }
            let numbers = |of: &[Candidate]| {
                let all = drawn(of, &[0.2, 0.5, 1.0], min, Some(budget));
                let mut all: Vec<_> = all.iter().map(|it| (of[it.candidate].number, it.reason == Reason::Rate)).collect();
                all.sort_unstable();
                all
            };
            prop_assert_eq!(numbers(&candidates), numbers(&shuffled));
            prop_assert!(numbers(&candidates).len() <= budget);
        }
    }
}
