//! From sums to a score: each point with where it comes from.

use super::{ItemPlace, Part, Points, Sums, is_bonus, is_measure, item, part::measures_of};
use crate::rule::{Critical, Scope, Scorecard, Weighting};

/// A measured value of a subject and period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// How much of full marks it reaches, from 0 to 1.
    pub share: f64,
    /// Records behind it.
    pub n: f64,
    /// The standard error of the share, where it is known.
    pub error: Option<f64>,
}

/// Why points come or go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Faults.
    Deduction,
    /// A form or a measure below full marks.
    Measured,
    /// Something that only adds.
    Bonus,
    /// A critical item took what was left.
    Critical,
    /// A section, or the score, ended at its limit.
    Limit,
}

impl EntryKind {
    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deduction => "deduction",
            Self::Measured => "measured",
            Self::Bonus => "bonus",
            Self::Critical => "critical",
            Self::Limit => "limit",
        }
    }
}

/// A line of the sum that leads to a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Why.
    pub kind: EntryKind,
    /// Which item; `None` for limits.
    pub item: Option<ItemPlace>,
    /// How often.
    pub count: f64,
    /// Points, in those of the score.
    pub points: f64,
}

/// What a section came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SectionScore {
    /// In percent; `None` where nothing was assessed.
    pub score: Option<f64>,
    /// Its share of the score.
    pub weight: f64,
}

/// A score: base and the points of all entries make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The score; `None` where nothing was assessed.
    pub score: Option<f64>,
    /// What it would be without critical items.
    pub earned: Option<f64>,
    /// Records.
    pub n: f64,
    /// Its standard error, where it is known.
    pub error: Option<f64>,
    /// Items with a verdict, over those that applied.
    pub coverage: Option<f64>,
    /// True where it comes from too few records, or from less than half of the weights.
    pub provisional: bool,
    /// By section.
    pub sections: Vec<SectionScore>,
    /// What it is made of.
    pub entries: Vec<Entry>,
}

/// A part of the scorecard with its points and its weight.
struct Weighed<'a> {
    part: &'a Part,
    sums: &'a Sums,
    points: Points,
    /// Records that the points are the mean of.
    n: f64,
    weight: f64,
}

/// A measure with its weight.
struct WeighedMeasure {
    place: ItemPlace,
    measure: Measure,
    weight: f64,
}

/// Reckons a score from the sums of each part; `measure` gives the values of metrics.
#[must_use]
pub fn finish(
    card: &Scorecard,
    parts: &[(&Part, Sums)],
    measure: impl Fn(ItemPlace) -> Option<Measure>,
) -> Score {
    let weighed: Vec<Weighed<'_>> =
        parts.iter().filter_map(|(part, sums)| weighed(card, part, sums)).collect();
    let measures = measures(card, parts, measure);
    let whole =
        weighed.iter().map(|it| it.weight).sum::<f64>() + measures.iter().map(|it| it.weight).sum::<f64>();
    let n: f64 = parts.iter().map(|it| it.1.records).sum();
    let (assessed, applicable) =
        parts.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.1.assessed, sum.1 + it.1.applicable));
    let sections = sections(card, &weighed, &measures, whole);
    let present: f64 =
        card.sections.iter().zip(&sections).filter(|it| it.1.score.is_some()).map(|it| it.0.weight).sum();
    let n = if n > 0.0 { n } else { measures.iter().map(|it| it.measure.n).fold(0.0, f64::max) };
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    let too_few = n < card.min_records as f64;
    let mut score = Score {
        score: None,
        earned: None,
        n,
        error: None,
        coverage: (applicable > 0.0).then(|| assessed / applicable),
        provisional: too_few || 2.0 * present < 100.0,
        sections,
        entries: Vec::new(),
    };
    if whole > 0.0 {
        score.add_up(card, (&weighed, &measures, parts), whole);
    }
    score
}

/// The points of a part: the mean of its records, or those of the subject.
fn weighed<'a>(card: &Scorecard, part: &'a Part, sums: &'a Sums) -> Option<Weighed<'a>> {
    if sums.records <= 0.0 {
        return None;
    }
    let n = sums.records;
    let (points, n) = match card.scope {
        Scope::Record => {
            let mean = |sum: f64| sum / n;
            let points = Points {
                is_scored: true,
                earned: mean(sums.earned),
                score: mean(sums.score),
                sections: sums.sections.iter().map(|it| (it.0 > 0.0).then(|| it.1 / it.0)).collect(),
                lost: sums.items.iter().map(|it| mean(it.lost)).collect(),
                given_back: mean(sums.given_back),
                ..Points::default()
            };
            (points, n)
        }
        Scope::Subject => {
            let mut points = Points {
                hits: sums.items.iter().map(|it| it.hits).collect(),
                assessed: sums.items.iter().map(|it| it.assessed).collect(),
                critical: sums.items.iter().map(|it| it.critical).collect(),
                ..Points::default()
            };
            let share = |it: &super::ItemSums| if it.assessed > 0.0 { it.lost / it.assessed } else { 0.0 };
            let shares: Vec<f64> = sums.items.iter().map(share).collect();
            part.of_subject(card, &shares, n, &mut points);
            (points, 1.0)
        }
    };
    let weight = part.weight(card, |section| points.sections.get(section).is_some_and(Option::is_some));
    (points.is_scored && weight > 0.0).then_some(Weighed { part, sums, points, n, weight })
}

/// The measures that have a value: metrics, and kept rates of promises.
fn measures(
    card: &Scorecard,
    parts: &[(&Part, Sums)],
    metric: impl Fn(ItemPlace) -> Option<Measure>,
) -> Vec<WeighedMeasure> {
    let kept = |place: ItemPlace| {
        let of = |(part, sums): &(&Part, Sums)| {
            let at = part.items.iter().position(|it| *it == place)?;
            sums.items.get(at).copied()
        };
        let sums =
            parts.iter().filter_map(of).fold((0.0, 0.0), |all, it| (all.0 + it.assessed, all.1 + it.hits));
        (sums.0 > 0.0).then_some(sums)
    };
    let mut all = Vec::new();
    for (at, section) in card.sections.iter().enumerate() {
        for (number, item) in section.items.iter().enumerate().filter(|it| is_measure(it.1)) {
            let place = (at, number);
            let found = metric(place).or_else(|| {
                let (n, breached) = kept(place)?;
                let rate = 1.0 - breached / n;
                let error = (rate * (1.0 - rate) / n).sqrt() * slope(item, rate);
                Some(Measure { share: item.share(rate), n, error: Some(error) })
            });
            #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
            let Some(measure) = found.filter(|it| it.n >= item.min as f64) else { continue };
            let weight = match card.weighting {
                Weighting::Section => section.weight * item.weight / measures_and_parts(card, at, parts),
                Weighting::Points => section.weight * item.max.unwrap_or(1.0),
            };
            all.push(WeighedMeasure { place, measure, weight });
        }
    }
    all
}

/// What the items of a section weigh together, measures and parts.
fn measures_and_parts(card: &Scorecard, section: usize, parts: &[(&Part, Sums)]) -> f64 {
    let measures = measures_of(&card.sections[section]);
    let of_parts: f64 = parts.iter().map(|it| it.0.share(section)).sum();
    // Parts have their shares of the whole: what is left is the measures'.
    if of_parts >= 1.0 { measures } else { measures / (1.0 - of_parts) }
}

/// How steep the item's scale is at a value: by how much a small error of the value moves the share.
#[must_use]
pub fn slope(item: &crate::rule::Item, value: f64) -> f64 {
    let step = 1e-6;
    ((item.share(value + step) - item.share(value - step)) / (2.0 * step)).abs()
}

fn sections(
    card: &Scorecard,
    weighed: &[Weighed<'_>],
    measures: &[WeighedMeasure],
    whole: f64,
) -> Vec<SectionScore> {
    let one = |at: usize| {
        let mut shares: Vec<(f64, f64)> = Vec::new();
        for it in weighed {
            if let Some(Some(score)) = it.points.sections.get(at) {
                shares.push((it.part.section_weight(card, at), *score));
            }
        }
        let own = measures.iter().filter(|it| it.place.0 == at);
        shares.extend(own.map(|it| (it.weight, 100.0 * it.measure.share)));
        let weight: f64 = shares.iter().map(|it| it.0).sum();
        let score = shares.iter().map(|it| it.0 * it.1).sum::<f64>() / weight;
        let share = if whole > 0.0 { weight / whole } else { 0.0 };
        SectionScore { score: (weight > 0.0).then_some(score), weight: share }
    };
    (0..card.sections.len()).map(one).collect()
}

impl Score {
    fn add_up(
        &mut self,
        card: &Scorecard,
        (weighed, measures, parts): (&[Weighed<'_>], &[WeighedMeasure], &[(&Part, Sums)]),
        whole: f64,
    ) {
        let mut entries = Vec::new();
        let (mut spread, mut is_known) = (0.0, card.scope == Scope::Record);
        let mut critical_records = 0.0;
        for it in weighed {
            let share = it.weight / whole;
            for (number, place) in it.part.items.iter().enumerate() {
                let lost = it.points.lost[number];
                let is_form = matches!(item(card, *place).of, crate::rule::Scored::Field(_));
                if lost != 0.0 {
                    let (kind, count) = if is_form {
                        (EntryKind::Measured, it.sums.items[number].assessed)
                    } else {
                        (EntryKind::Deduction, it.sums.items[number].hits)
                    };
                    entries.push(Entry { kind, item: Some(*place), count, points: -share * lost });
                }
            }
            if it.points.given_back != 0.0 {
                let points = share * it.points.given_back;
                entries.push(Entry { kind: EntryKind::Limit, item: None, count: 0.0, points });
            }
            critical_records += share * (it.points.score - it.points.earned);
            if it.n >= 2.0 {
                let mean = it.points.score;
                let variance = ((it.sums.squares - it.n * mean * mean) / (it.n - 1.0)).max(0.0);
                spread += share * share * variance / it.n;
            } else {
                is_known = false;
            }
        }
        for it in measures {
            let share = it.weight / whole;
            let points = -share * card.base * (1.0 - it.measure.share);
            entries.push(Entry {
                kind: EntryKind::Measured,
                item: Some(it.place),
                count: it.measure.n,
                points,
            });
            match it.measure.error {
                Some(error) => spread += (share * card.base * error).powi(2),
                None => is_known = false,
            }
        }
        entries.extend(bonuses(card, parts));
        let open: f64 = card.base + entries.iter().map(|it| it.points).sum::<f64>();
        let limited = open.clamp(card.floor, card.ceiling);
        self.earned = Some(limited);
        self.error = is_known.then(|| spread.sqrt());
        let points = limited - open;
        if points.abs() > 0.0 {
            entries.push(Entry { kind: EntryKind::Limit, item: None, count: 0.0, points });
        }
        let score = with_critical(card, parts, (limited, critical_records), &mut entries);
        self.score = Some(score);
        self.entries = entries;
    }
}

/// What only adds: so much each time, up to its cap.
fn bonuses<'a>(card: &'a Scorecard, parts: &'a [(&'a Part, Sums)]) -> impl Iterator<Item = Entry> + 'a {
    let all = parts.iter().flat_map(|(part, sums)| part.items.iter().zip(&sums.items));
    all.filter(|(place, sums)| is_bonus(item(card, **place)) && sums.hits > 0.0).map(|(place, sums)| {
        let item = item(card, *place);
        let points = (item.bonus.unwrap_or(0.0) * sums.hits).min(item.cap.unwrap_or(f64::INFINITY));
        Entry { kind: EntryKind::Bonus, item: Some(*place), count: sums.hits, points }
    })
}

/// What critical items leave of a score.
fn with_critical(
    card: &Scorecard,
    parts: &[(&Part, Sums)],
    (earned, of_records): (f64, f64),
    entries: &mut Vec<Entry>,
) -> f64 {
    let mut score = earned;
    let items = || parts.iter().flat_map(|(part, sums)| part.items.iter().zip(&sums.items));
    let met = |whose: Critical| {
        let is_whose = move |place: ItemPlace| {
            let item = item(card, place);
            let own = item.critical.or(item.critical_below.map(|_| Critical::Record));
            own.map(|it| if card.scope == Scope::Subject { Critical::Period } else { it }) == Some(whose)
        };
        items().filter(move |(place, sums)| sums.critical > 0.0 && is_whose(**place))
    };
    if of_records != 0.0 {
        score = (earned + of_records).clamp(card.floor.min(0.0), card.ceiling);
        // One line: which of several critical faults took the points of a record cannot be told apart.
        let first = met(Critical::Record).next();
        let count = met(Critical::Record).map(|it| it.1.critical).sum();
        let points = score - earned;
        entries.push(Entry { kind: EntryKind::Critical, item: first.map(|it| *it.0), count, points });
    }
    for (place, sums) in met(Critical::Period) {
        let left = score.min(item(card, *place).critical_cap);
        if left < score {
            let (count, points) = (sums.critical, left - score);
            entries.push(Entry { kind: EntryKind::Critical, item: Some(*place), count, points });
        }
        score = left;
    }
    score
}
