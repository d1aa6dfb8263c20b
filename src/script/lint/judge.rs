//! What can be said of conditions without any record: which can never be true, which always are, and
//! which other condition decided it.

use super::{
    Sight,
    formula::{Formula, Part, Subject},
};
use crate::{
    diagnostic::{Diagnostic, Place},
    expr::{Domain, ExprId, Key, Node},
    wording::{self, Wording},
};
use std::{collections::HashMap, ops::Bound};

/// What is known where a condition is reached.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    domains: HashMap<Subject, (Domain, Vec<Place>)>,
    fields: HashMap<ExprId, Presence>,
}

/// What is known of a field's value.
#[derive(Clone, Debug)]
struct Presence {
    missing: bool,
    /// True where a condition needed it, false where one asked.
    needed: bool,
    place: Place,
}

/// Why an answer is known.
#[derive(Clone, Debug)]
pub(super) enum Why {
    /// It stands there as `true` or `false`.
    Written,
    /// It has been told.
    Told,
    /// Other conditions decided it; they stand there.
    Others(Vec<Place>),
}

/// The answer, where it is the same for every record that has one.
pub(super) type Answer = Option<(bool, Why)>;

pub(super) struct Judge<'a> {
    pub(super) sight: &'a Sight<'a>,
    pub(super) said: Vec<Diagnostic>,
}

impl Judge<'_> {
    pub(super) fn judge(&mut self, part: &Part, known: &Known) -> Answer {
        match &part.formula {
            Formula::Opaque => None,
            Formula::Constant(answer, true) => Some((*answer, Why::Written)),
            Formula::Constant(answer, false) => {
                let help = if part.node.is_some_and(|it| self.is_of_itself(it)) {
                    wording::HELP_ITSELF
                } else {
                    wording::HELP_CONSTANT
                };
                let said = self.settled(*answer, part).help(help);
                self.said.push(said);
                Some((*answer, Why::Told))
            }
            Formula::Holds(subject, domain) => self.holds(part, *subject, domain, known),
            Formula::Missing(field) => {
                let presence = known.fields.get(field)?;
                if !presence.missing && presence.needed && self.sight.is_here(&presence.place) {
                    let said = Diagnostic::warning(wording::LATE_GUARD)
                        .with("name", self.sight.name_of(*field))
                        .at(self.sight.place(part));
                    let said = said.also(presence.place.clone(), wording::NEEDED_HERE);
                    self.said.push(said.help(wording::HELP_LATE_GUARD));
                    return Some((false, Why::Told));
                }
                Some((presence.missing, Why::Others(vec![presence.place.clone()])))
            }
            Formula::Not(inner) => self.judge(inner, known).map(|(answer, why)| (!answer, why)),
            Formula::All(parts) => self.joined(parts, known, true),
            Formula::Any(parts) => self.joined(parts, known, false),
            Formula::If(parts) => {
                let [condition, yes, no] = &**parts;
                self.judge(condition, known);
                let mut then = known.clone();
                self.refine(&mut then, condition, true);
                let yes = self.judge(yes, &then);
                let mut otherwise = known.clone();
                self.refine(&mut otherwise, condition, false);
                let no = self.judge(no, &otherwise);
                yes.zip(no).filter(|(yes, no)| yes.0 == no.0).map(|(yes, _)| yes)
            }
        }
    }

    fn holds(&mut self, part: &Part, subject: Subject, domain: &Domain, known: &Known) -> Answer {
        let universe = self.sight.universe(subject);
        let answer = |of: &Domain| match () {
            () if of.intersect(domain).is_empty() => Some(false),
            () if of.is_within(domain) => Some(true),
            () => None,
        };
        if let Some(answer) = answer(&universe) {
            // A house may set a limit that nothing reaches.
            if part.tunable {
                return None;
            }
            let values = values(&universe);
            let mut said = self.settled(answer, part);
            if !values.is_empty() {
                said = said.help_with(wording::HELP_ITS_VALUES, vec![("values", values)]);
            }
            self.said.push(said);
            return Some((answer, Why::Told));
        }
        let (so_far, places) = known.domains.get(&subject)?;
        answer(so_far).map(|it| (it, Why::Others(places.clone())))
    }

    /// The operands of `&&` (`all`) or `||`, each reached where those before it did not decide.
    fn joined(&mut self, parts: &[Part], known: &Known, all: bool) -> Answer {
        let mut known = known.clone();
        let mut reasons = Some(Vec::new());
        for (index, part) in parts.iter().enumerate() {
            if self.is_repeated(&parts[..index], part) || self.reads_missing(part, &known) {
                reasons = None;
                continue;
            }
            match self.judge(part, &known) {
                Some((answer, why)) if answer != all => {
                    let Why::Others(places) = why else { return Some((answer, why)) };
                    if places.iter().all(|it| self.sight.is_here(it)) {
                        self.tell_of_clash(part, places, answer);
                        return Some((answer, Why::Told));
                    }
                    return Some((answer, Why::Others(places)));
                }
                Some((_, Why::Others(places))) => reasons.iter_mut().for_each(|it| it.extend(places.clone())),
                Some(_) => {}
                None => reasons = None,
            }
            self.refine(&mut known, part, all);
        }
        reasons.map(|places| (all, Why::Others(places)))
    }

    fn tell_of_clash(&mut self, part: &Part, places: Vec<Place>, answer: bool) {
        let about = if let Formula::Not(inner) = &part.formula { &inner.formula } else { &part.formula };
        let name = match about {
            Formula::Holds(Subject::Value(value), _) => self.sight.name_of_field(*value),
            Formula::Opaque
            | Formula::Constant(..)
            | Formula::Holds(..)
            | Formula::Missing(_)
            | Formula::Not(_)
            | Formula::All(_)
            | Formula::Any(_)
            | Formula::If(_) => None,
        };
        let help = if answer { wording::HELP_ONE_OF_THEM } else { wording::HELP_BOTH_AT_ONCE };
        let mut said = self.settled(answer, part);
        for place in places {
            said = said.also(place, wording::WITH_THIS);
        }
        said = match name {
            Some(name) => said.help_with(help, vec![("name", name)]),
            None => said,
        };
        self.said.push(said);
    }

    fn is_repeated(&mut self, before: &[Part], part: &Part) -> bool {
        let first = before.iter().find(|it| it.node.is_some() && it.node == part.node);
        let Some(first) = first else { return false };
        let said = Diagnostic::warning(wording::REPEATED_CONDITION).at(self.sight.place(part));
        let said = said.also(self.sight.place(first), wording::FIRST_STANDS_HERE);
        self.said.push(said.help(wording::HELP_REPEATED));
        true
    }

    fn reads_missing(&mut self, part: &Part, known: &Known) -> bool {
        let mut needed = Vec::new();
        part.node.iter().for_each(|it| self.sight.needed(*it, &mut needed));
        let gone = needed.iter().find_map(|it| Some((*it, known.fields.get(it).filter(|it| it.missing)?)));
        let Some((field, presence)) = gone else { return false };
        let name = self.sight.name_of(field);
        let said = Diagnostic::warning(wording::READS_MISSING).with("name", name.clone());
        let said = said.at(self.sight.place(part)).also(presence.place.clone(), wording::KNOWN_MISSING_HERE);
        self.said.push(said.help_with(wording::HELP_READS_MISSING, vec![("name", name)]));
        true
    }

    /// What is known after a part gave `answer`.
    pub(super) fn refine(&self, known: &mut Known, part: &Part, answer: bool) {
        let place = self.sight.place(part);
        match &part.formula {
            Formula::Holds(subject, domain) => {
                let domain = if answer { domain.clone() } else { domain.complement() };
                let universe = || (self.sight.universe(*subject), Vec::new());
                let (so_far, places) = known.domains.entry(*subject).or_insert_with(universe);
                *so_far = so_far.intersect(&domain);
                places.push(place.clone());
            }
            Formula::Missing(field) => {
                let presence = Presence { missing: answer, needed: false, place: place.clone() };
                known.fields.entry(*field).or_insert(presence);
            }
            Formula::Not(inner) => return self.refine(known, inner, !answer),
            Formula::All(parts) if answer => return self.refine_all(known, parts, answer),
            Formula::Any(parts) if !answer => return self.refine_all(known, parts, answer),
            Formula::Opaque | Formula::Constant(..) | Formula::All(_) | Formula::Any(_) | Formula::If(_) => {}
        }
        let mut needed = Vec::new();
        part.node.iter().for_each(|it| self.sight.needed(*it, &mut needed));
        for field in needed {
            let presence = Presence { missing: false, needed: true, place: place.clone() };
            known.fields.entry(field).or_insert(presence);
        }
    }

    fn refine_all(&self, known: &mut Known, parts: &[Part], answer: bool) {
        parts.iter().for_each(|it| self.refine(known, it, answer));
    }

    fn settled(&self, answer: bool, part: &Part) -> Diagnostic {
        let code = if answer { wording::ALWAYS_TRUE } else { wording::NEVER_TRUE };
        Diagnostic::warning(code).at(self.sight.place(part))
    }

    fn is_of_itself(&self, node: ExprId) -> bool {
        matches!(self.sight.program.node(node), Node::Compare(_, a, b) if a == b)
    }
}

impl Sight<'_> {
    /// What is known of a record without a field.
    pub(super) fn without(&self, column: u32) -> Known {
        let mut known = Known::default();
        let is_field = |it: &ExprId| matches!(self.program.node(*it), Node::Field(other) if *other == column);
        if let Some(field) = self.nodes.values().copied().find(is_field) {
            let place = self.script.place(0..0);
            known.fields.insert(field, Presence { missing: true, needed: false, place });
        }
        known
    }
}

/// The help that says what an answer means for the rule, and the code that stands for it by itself.
pub(super) const fn meaning(answer: bool, is_check: bool) -> (Wording, wording::Code) {
    match (answer, is_check) {
        (_, false) => (wording::HELP_SO_NEVER_APPLIES, wording::NEVER_APPLIES),
        (true, true) => (wording::HELP_SO_NEVER_FAILS, wording::NEVER_FAILS),
        (false, true) => (wording::HELP_SO_NEVER_PASSES, wording::NEVER_PASSES),
    }
}

/// A domain for people; empty where it is everything.
fn values(domain: &Domain) -> String {
    if domain.is_all() {
        return String::new();
    }
    let one = |it: &crate::expr::Span| match (&it.from, &it.to) {
        (Bound::Included(from), Bound::Included(to)) if from == to => from.to_string(),
        (from, to) => format!("{}..{}", end(from), end(to)),
    };
    domain.spans().iter().map(one).collect::<Vec<_>>().join(", ")
}

fn end(bound: &Bound<Key>) -> String {
    match bound {
        Bound::Included(it) | Bound::Excluded(it) => it.to_string(),
        Bound::Unbounded => String::new(),
    }
}
