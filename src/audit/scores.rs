//! Scores of an audit: sums of all sources put together, scores reckoned, rolled up and ranked.

use crate::{
    measure::student,
    rule::{Period, Scorecard},
    score::{Contender, ItemPlace, Measure, Part, Score, Sums, finish, ranks},
};
use std::{collections::BTreeMap, sync::Arc};

/// A score of a subject and period, or of all subjects of a level above.
#[derive(Clone, Debug)]
pub struct ScoreResult {
    /// The scorecard.
    pub card: Arc<Scorecard>,
    /// Which level is scored: `agent`, `team`, or `all`.
    pub level: String,
    /// The level with its name, and those that hold it, outermost first; empty for `all`.
    pub subject: Vec<(String, String)>,
    /// The period: `2026-03`.
    pub period: String,
    /// The score with all that leads to it; for levels above over all their records.
    pub score: Score,
    /// The 95 % interval (Student, 1908).
    pub interval: Option<[f64; 2]>,
    /// The grade, where the score is not provisional.
    pub grade: Option<String>,
    /// The rank within the period, where it is known which differences are larger than chance.
    pub rank: Option<usize>,
    /// For levels above the mean of the scores of the level below, and of how many.
    pub of_scores: Option<(f64, usize)>,
}

impl ScoreResult {
    /// Who is scored; `*` for all.
    #[must_use]
    pub fn name(&self) -> &str {
        self.subject.last().map_or("*", |it| it.1.as_str())
    }

    /// True where it is a score of the level that the scorecard scores.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.level == self.card.subject.0
    }
}

/// What has been added up of a scorecard.
#[derive(Clone, Debug)]
struct CardTally {
    card: Arc<Scorecard>,
    /// Outermost first, the scored one last.
    levels: Vec<String>,
    /// By kind of record.
    parts: BTreeMap<String, Part>,
    /// By period and levels from the outermost on, then by kind of record.
    sums: BTreeMap<Vec<String>, BTreeMap<String, Vec<f64>>>,
    /// Records that count for nobody.
    without: u64,
}

/// The scorecards of an audit.
#[derive(Clone, Debug, Default)]
pub struct Scores(Vec<CardTally>);

/// The value of a metric: of which scorecard, which item, for which period and levels.
pub type Metric<'a> = &'a dyn Fn(&str, ItemPlace, &[String]) -> Option<Measure>;

impl Scores {
    /// The number of a scorecard, whose `part` is about records of `kind`.
    pub fn card(&mut self, card: &Arc<Scorecard>, levels: &[String], kind: &str, part: &Part) -> usize {
        let known = self.0.iter().position(|it| it.card.id == card.id);
        let at = known.unwrap_or_else(|| {
            self.0.push(CardTally {
                card: card.clone(),
                levels: levels.to_vec(),
                parts: BTreeMap::new(),
                sums: BTreeMap::new(),
                without: 0,
            });
            self.0.len() - 1
        });
        self.0[at].parts.insert(kind.to_owned(), part.clone());
        at
    }

    /// Adds the sums of a period and levels.
    pub fn add(&mut self, card: usize, kind: &str, key: Vec<String>, numbers: &[f64]) {
        // Without a period there is nothing to tell: years are not put together.
        if key.is_empty() {
            return;
        }
        let all = self.0[card].sums.entry(key).or_default().entry(kind.to_owned()).or_default();
        all.resize(numbers.len(), 0.0);
        all.iter_mut().zip(numbers).for_each(|(sum, more)| *sum += more);
    }

    /// Counts records that count for nobody.
    pub fn add_without(&mut self, card: usize, records: u64) {
        self.0[card].without += records;
    }

    /// By scorecard the records that count for nobody.
    pub fn without(&self) -> impl Iterator<Item = (&Scorecard, u64)> {
        self.0.iter().map(|it| (&*it.card, it.without)).filter(|it| it.1 > 0)
    }

    /// The scores, by scorecard, period, level from the scored one up, and name.
    #[must_use]
    pub fn finish(self, metric: Metric<'_>) -> Vec<ScoreResult> {
        self.0.into_iter().flat_map(|card| card.finish(metric)).collect()
    }
}

impl CardTally {
    fn finish(self, metric: Metric<'_>) -> Vec<ScoreResult> {
        let mut keys: Vec<&Vec<String>> = self.sums.keys().collect();
        keys.sort_by(|a, b| a[0].cmp(&b[0]).then(b.len().cmp(&a.len())).then_with(|| a[1..].cmp(&b[1..])));
        let mut scores: BTreeMap<&Vec<String>, Score> = BTreeMap::new();
        for key in &keys {
            let parts: Vec<(&Part, Sums)> = self
                .parts
                .iter()
                .map(|(kind, part)| {
                    let numbers = self.sums[*key].get(kind).map_or(&[][..], Vec::as_slice);
                    let full = vec![0.0; Sums::len_of(&self.card, part)];
                    let numbers = if numbers.is_empty() { &full } else { numbers };
                    (part, Sums::of_numbers(&self.card, numbers))
                })
                .collect();
            let measure = |place: ItemPlace| metric(&self.card.id, place, key);
            scores.insert(key, finish(&self.card, &parts, measure));
        }
        let ranks = self.ranks(&scores);
        keys.iter().map(|key| self.result(key, &scores, ranks.get(*key).copied())).collect()
    }

    fn result(
        &self,
        key: &Vec<String>,
        scores: &BTreeMap<&Vec<String>, Score>,
        rank: Option<usize>,
    ) -> ScoreResult {
        let score = scores[key].clone();
        let card = &self.card;
        let subject: Vec<(String, String)> =
            self.levels.iter().cloned().zip(key[1..].iter().cloned()).collect();
        let interval = score.score.zip(score.error).filter(|_| score.n >= 2.0).map(|(value, error)| {
            let half = student(whole(score.n - 1.0)) * error;
            [value - half, value + half].map(|it| it.clamp(card.floor.min(0.0), card.ceiling))
        });
        let graded = score.score.filter(|_| !score.provisional);
        let grade =
            graded.and_then(|value| card.grades.iter().find(|it| value >= it.0)).map(|it| it.1.clone());
        // Those that begin with a key follow it.
        let held = scores.range::<&Vec<String>, _>(key..).take_while(|it| it.0.starts_with(key));
        let below = held.filter(|it| it.0.len() == key.len() + 1);
        let counted: Vec<f64> = below.filter(|it| !it.1.provisional).filter_map(|it| it.1.score).collect();
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
        let mean = counted.iter().sum::<f64>() / counted.len() as f64;
        ScoreResult {
            card: card.clone(),
            level: subject.last().map_or_else(|| Period::All.name().to_owned(), |it| it.0.clone()),
            subject,
            period: key[0].clone(),
            score,
            interval,
            grade,
            rank,
            of_scores: (!counted.is_empty()).then_some((mean, counted.len())),
        }
    }

    /// The ranks of those who are scored, within each period.
    fn ranks<'k>(&self, scores: &BTreeMap<&'k Vec<String>, Score>) -> BTreeMap<&'k Vec<String>, usize> {
        let mut periods: BTreeMap<&str, Vec<(&'k Vec<String>, Contender)>> = BTreeMap::new();
        for (key, score) in scores.iter().filter(|it| it.0.len() == self.levels.len() + 1) {
            let (Some(value), Some(error), false) = (score.score, score.error, score.provisional) else {
                continue;
            };
            if score.n >= 2.0 {
                let contender = Contender { score: value, error, n: score.n };
                periods.entry(&key[0]).or_default().push((key, contender));
            }
        }
        let mut all = BTreeMap::new();
        for contenders in periods.into_values() {
            let found = ranks(&contenders.iter().map(|it| it.1).collect::<Vec<_>>(), |freedom| {
                student(whole(freedom.max(1.0)))
            });
            all.extend(contenders.iter().map(|it| it.0).zip(found));
        }
        all
    }
}

/// Whole degrees of freedom: fewer are the more careful choice.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of at least 1")]
fn whole(freedom: f64) -> u64 {
    freedom.floor() as u64
}
