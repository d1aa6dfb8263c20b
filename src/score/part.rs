//! One record, or one subject's faults of a period, by the items of a scorecard that are about its kind.

use crate::rule::{Critical, Item, Scope, Scorecard, Scored, Section, Weighting, WithoutEvidence};
use std::collections::BTreeMap;

/// How an item stands on a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ItemState {
    /// It does not apply.
    NotApplicable,
    /// A value is missing.
    NoEvidence,
    /// It could not be computed.
    Error,
    /// No fault; for items that earn points: earned.
    Good,
    /// A fault.
    Bad,
    /// So much of full marks, from 0 to 1; the flag tells that the value is critically low.
    Share(f64, bool),
}

/// Where an item stands: section and place in it.
pub type ItemPlace = (usize, usize);

/// The items of a scorecard that are about one kind of record.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which items.
    pub items: Vec<ItemPlace>,
    /// By section the share of the section's weight that this part decides.
    shares: Vec<f64>,
}

/// What a part says of a record or a subject, in the scale of the scorecard's base, if it were all there is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    /// False where nothing applies: then there is no score.
    pub is_scored: bool,
    /// Base less what is lost.
    pub earned: f64,
    /// The same, but for critical items.
    pub score: f64,
    /// By section its score, in percent of the base.
    pub sections: Vec<Option<f64>>,
    /// By item of the part what it cost.
    pub lost: Vec<f64>,
    /// By item how often it cost or earned something.
    pub hits: Vec<f64>,
    /// By item whether it was assessed.
    pub assessed: Vec<f64>,
    /// By item whether it met a fault that is critical, if the item is.
    pub critical: Vec<f64>,
    /// What was lost beyond what sections have to lose.
    pub given_back: f64,
    /// Items with a verdict, and those that applied.
    pub coverage: (f64, f64),
    /// By item what it loses: points of its section, or a share of its own; `None` where it does not count.
    pub(super) amounts: Vec<Option<f64>>,
}

impl Part {
    /// The part of `card` that is about records of `kind`; `None` where no item is. `kind_of` tells which kind an
    /// item is about.
    #[must_use]
    pub fn new(card: &Scorecard, kind: &str, kind_of: &dyn Fn(&Item) -> Option<String>) -> Option<Self> {
        let mut items = Vec::new();
        for (section, of) in card.sections.iter().enumerate() {
            for (at, item) in of.items.iter().enumerate() {
                if !matches!(item.of, Scored::Metric(_)) && kind_of(item).as_deref() == Some(kind) {
                    items.push((section, at));
                }
            }
        }
        let own = |(at, section): (usize, &Section)| {
            let own: Vec<&Item> =
                items.iter().filter(|it| it.0 == at).map(|it| &section.items[it.1]).collect();
            weight_of(&own) / weight_of_section(section, kind_of).max(f64::MIN_POSITIVE)
        };
        let shares = card.sections.iter().enumerate().map(own).collect();
        (!items.is_empty()).then_some(Self { items, shares })
    }

    /// The weight that this part has in the scorecard, where of its sections only those count that `is_there`
    /// names.
    #[must_use]
    pub(super) fn weight(&self, card: &Scorecard, is_there: impl Fn(usize) -> bool) -> f64 {
        (0..card.sections.len()).filter(|it| is_there(*it)).map(|it| self.section_weight(card, it)).sum()
    }

    /// What a section weighs in this part.
    #[must_use]
    pub(super) fn section_weight(&self, card: &Scorecard, section: usize) -> f64 {
        match card.weighting {
            Weighting::Section => card.sections[section].weight * self.shares[section],
            Weighting::Points => {
                let own = self.items.iter().enumerate().filter(|it| it.1.0 == section);
                let counts = |it: &Item| !is_bonus(it) && !is_measure(it);
                own.filter(|it| counts(item(card, *it.1))).map(|it| self.worth(card, it.0)).sum()
            }
        }
    }

    /// How much of the weight of a section is this part's.
    #[must_use]
    pub(super) fn share(&self, section: usize) -> f64 {
        self.shares[section]
    }

    /// Scores one record, one state an item of the part.
    pub fn of_record(&self, card: &Scorecard, states: &[ItemState], points: &mut Points) {
        self.clear(card, points);
        for (number, (state, place)) in states.iter().zip(&self.items).enumerate() {
            let item = item(card, *place);
            let state = match (state, card.without_evidence) {
                (ItemState::NoEvidence, WithoutEvidence::Deduct) if !is_bonus(item) => {
                    points.coverage.1 += 1.0;
                    points.assessed[number] = 1.0;
                    points.hits[number] = f64::from(u8::from(item.deduct.is_some()));
                    continue;
                }
                (state, _) => state,
            };
            let applies = *state != ItemState::NotApplicable;
            points.coverage.1 += f64::from(u8::from(applies));
            match state {
                ItemState::NotApplicable | ItemState::NoEvidence | ItemState::Error => continue,
                ItemState::Good => points.hits[number] = f64::from(u8::from(is_bonus(item))),
                ItemState::Bad if is_bonus(item) => {}
                ItemState::Bad => {
                    points.hits[number] = 1.0;
                    points.critical[number] = 1.0;
                }
                ItemState::Share(_, is_critical) => {
                    points.critical[number] = f64::from(u8::from(*is_critical));
                }
            }
            points.coverage.0 += 1.0;
            points.assessed[number] = 1.0;
        }
        self.once_a_fault(card, &mut points.hits);
        if card.scope == Scope::Record {
            let share = |number: usize| match states[number] {
                ItemState::Share(share, _) => share,
                ItemState::NotApplicable
                | ItemState::NoEvidence
                | ItemState::Error
                | ItemState::Good
                | ItemState::Bad => 0.0,
            };
            self.reckon(card, share, 1.0, points);
        } else {
            points.is_scored = points.assessed.iter().any(|it| *it > 0.0);
        }
    }

    /// Scores a subject by how often its items cost something over `records` records; `shares` are the means of
    /// measured values. `points` holds hits and assessed.
    pub fn of_subject(&self, card: &Scorecard, shares: &[f64], records: f64, points: &mut Points) {
        points.sections = vec![None; card.sections.len()];
        points.lost = vec![0.0; self.items.len()];
        self.reckon(card, |number| shares[number], records, points);
    }

    fn clear(&self, card: &Scorecard, points: &mut Points) {
        let len = self.items.len();
        for list in [&mut points.lost, &mut points.hits, &mut points.assessed, &mut points.critical] {
            list.clear();
            list.resize(len, 0.0);
        }
        points.sections.clear();
        points.sections.resize(card.sections.len(), None);
        (points.is_scored, points.earned, points.score) = (false, 0.0, 0.0);
        (points.given_back, points.coverage) = (0.0, (0.0, 0.0));
    }

    /// Of the items that name the same fault and have met it only the dearest costs.
    fn once_a_fault(&self, card: &Scorecard, hits: &mut [f64]) {
        for (number, place) in self.items.iter().enumerate() {
            let Some(fault) = item(card, *place).fault.as_ref().filter(|_| hits[number] > 0.0) else {
                continue;
            };
            let cost = |number: usize| item(card, self.items[number]).deduct.unwrap_or(0.0);
            let dearer = |other: &usize| {
                let same = item(card, self.items[*other]).fault.as_ref() == Some(fault);
                let before = cost(*other) > cost(number) || cost(*other) >= cost(number) && *other < number;
                same && *other != number && hits[*other] > 0.0 && before
            };
            if (0..self.items.len()).any(|it| dearer(&it)) {
                hits[number] = 0.0;
            }
        }
    }

    /// From hits and shares to points.
    fn reckon(&self, card: &Scorecard, share: impl Fn(usize) -> f64, records: f64, points: &mut Points) {
        let mut amounts = std::mem::take(&mut points.amounts);
        amounts.clear();
        amounts
            .extend((0..self.items.len()).map(|number| self.amount(card, number, (&share, records), points)));
        let whole = match card.weighting {
            Weighting::Section => self.weight(card, |it| self.is_there(it, &amounts)),
            Weighting::Points => {
                let assessed = amounts.iter().enumerate().filter(|it| it.1.is_some());
                assessed.map(|it| self.worth(card, it.0)).sum()
            }
        };
        points.is_scored = amounts.iter().any(Option::is_some) && whole > 0.0;
        if points.is_scored {
            for section in 0..card.sections.len() {
                if self.is_there(section, &amounts) {
                    self.close_section(card, section, (&amounts, whole), points);
                }
            }
            self.close(card, points);
        }
        points.amounts = amounts;
    }

    /// From what items cost to a score.
    fn close(&self, card: &Scorecard, points: &mut Points) {
        let lost: f64 = points.lost.iter().sum();
        points.earned = card.base - lost + points.given_back;
        points.score = points.earned;
        for (number, place) in self.items.iter().enumerate() {
            let item = item(card, *place);
            let is_critical = item.critical == Some(Critical::Record) || item.critical_below.is_some();
            if is_critical && points.critical[number] > 0.0 {
                points.score = points.score.min(item.critical_cap);
            }
        }
    }

    /// True where an item of the section was assessed.
    fn is_there(&self, section: usize, amounts: &[Option<f64>]) -> bool {
        self.items.iter().zip(amounts).any(|(place, amount)| place.0 == section && amount.is_some())
    }

    /// What an item loses; `None` where it was not assessed, or does not count here.
    fn amount(
        &self,
        card: &Scorecard,
        number: usize,
        (share, records): (&impl Fn(usize) -> f64, f64),
        points: &Points,
    ) -> Option<f64> {
        let item = item(card, self.items[number]);
        if points.assessed[number] <= 0.0 || is_bonus(item) || is_measure(item) {
            return None;
        }
        Some(if matches!(item.of, Scored::Field(_)) {
            1.0 - share(number)
        } else {
            let per = item.per.filter(|_| card.scope == Scope::Subject);
            let count = per.map_or(points.hits[number], |per| points.hits[number] * per / records);
            match card.weighting {
                Weighting::Section => {
                    (item.deduct.unwrap_or(0.0) * count).min(item.cap.unwrap_or(f64::INFINITY))
                }
                Weighting::Points => points.hits[number] / points.assessed[number],
            }
        })
    }

    /// What an item's points are worth where the weight of its section multiplies them.
    fn worth(&self, card: &Scorecard, number: usize) -> f64 {
        let (section, _) = self.items[number];
        let item = item(card, self.items[number]);
        let own = if item.critical.is_some() { 0.0 } else { 1.0 };
        card.sections[section].weight * item.max.or(item.deduct).unwrap_or(own)
    }

    fn close_section(
        &self,
        card: &Scorecard,
        section: usize,
        (amounts, whole): (&[Option<f64>], f64),
        points: &mut Points,
    ) {
        let own = || {
            let amounts = amounts.iter().enumerate().filter(|it| self.items[it.0].0 == section);
            amounts.filter_map(|(at, it)| Some((at, (*it)?)))
        };
        let mut left = card.base;
        if card.weighting == Weighting::Points {
            let (mut lost, mut all) = (0.0, 0.0);
            for (number, amount) in own() {
                let worth = self.worth(card, number);
                points.lost[number] = card.base * worth * amount / whole;
                lost += worth * amount;
                all += worth;
            }
            left -= if all > 0.0 { card.base * lost / all } else { 0.0 };
        } else {
            let scale = card.sections[section].weight * self.shares[section] / whole;
            let is_form = |number: usize| matches!(item(card, self.items[number]).of, Scored::Field(_));
            let weight = |number: usize| item(card, self.items[number]).weight;
            let forms: f64 = own().filter(|it| is_form(it.0)).map(|it| weight(it.0)).sum();
            for (number, amount) in own() {
                let of_form = if forms > 0.0 { card.base * weight(number) / forms * amount } else { 0.0 };
                let lost = if is_form(number) { of_form } else { amount };
                points.lost[number] = scale * lost;
                left -= lost;
            }
            if left < 0.0 {
                points.given_back += scale * -left;
                left = 0.0;
            }
        }
        points.sections[section] = Some(if card.base > 0.0 { 100.0 * left / card.base } else { 0.0 });
    }
}

/// An item by its place.
#[must_use]
pub fn item(card: &Scorecard, (section, at): ItemPlace) -> &Item {
    &card.sections[section].items[at]
}

/// True where the item can only add.
#[must_use]
pub fn is_bonus(item: &Item) -> bool {
    item.bonus.is_some()
}

/// True where the item is measured once a subject and period: a metric, or the kept rate of a promise.
#[must_use]
pub fn is_measure(item: &Item) -> bool {
    match item.of {
        Scored::Metric(_) => true,
        Scored::Promise(_) => item.deduct.is_none() && item.critical.is_none(),
        Scored::Rule(_) | Scored::Field(_) => false,
    }
}

/// What items of one kind weigh in their section: forms by their weights, and where there are none, rules as
/// one.
fn weight_of(items: &[&Item]) -> f64 {
    let forms: f64 = items.iter().filter(|it| matches!(it.of, Scored::Field(_))).map(|it| it.weight).sum();
    let is_rule = |it: &&&Item| !matches!(it.of, Scored::Field(_)) && !is_measure(it) && !is_bonus(it);
    let has_rules = items.iter().any(|it| is_rule(&it));
    if forms > 0.0 { forms } else { f64::from(u8::from(has_rules)) }
}

/// What all items of a section weigh: those of each kind of record, and measures.
fn weight_of_section(section: &Section, kind_of: &dyn Fn(&Item) -> Option<String>) -> f64 {
    let mut kinds: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
    for item in section.items.iter().filter(|it| !is_measure(it)) {
        kinds.entry(kind_of(item).unwrap_or_default()).or_default().push(item);
    }
    kinds.values().map(|it| weight_of(it)).sum::<f64>() + measures_of(section)
}

/// What the measures of a section weigh.
#[must_use]
pub(super) fn measures_of(section: &Section) -> f64 {
    section.items.iter().filter(|it| is_measure(it)).map(|it| it.weight).sum()
}
