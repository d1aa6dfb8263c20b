//! Which branches of a rule its examples take: every operand of `&&`, `||` and `!`, every condition,
//! both sides of `??`, every arm of a `switch`; and what would exercise the rest.

use crate::{
    calendar::Zone,
    diagnostic::Diagnostic,
    expr::Comparison,
    finding::literal_text,
    record::Value,
    rule::{Rule, Script},
    script::{PartKind, Reached, RuleTrace, Traced},
    wording::{self, Lang, Wording},
};
use std::ops::Range;

/// The most characters of an expression that a message shows.
const CHARS_MAX: usize = 60;

/// One thing that an example should make happen.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Whether one does.
    pub seen: bool,
    /// What never happened, where, and what would make it happen.
    pub diagnostic: Diagnostic,
}

/// What is to be seen of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    True,
    False,
    /// The left side of `??` has a value.
    There,
    /// The right side of `??` is used.
    Default,
    /// An arm of a `switch` is taken.
    Arm,
}

struct Point {
    in_when: bool,
    range: Range<usize>,
    need: Need,
    seen: bool,
    diagnostic: Diagnostic,
}

/// The branches of a rule, over all its examples.
#[derive(Default)]
pub(super) struct Branches {
    points: Vec<Point>,
}

impl Branches {
    /// Takes in what happened in an example.
    pub(super) fn add(&mut self, rule: &Rule, trace: &RuleTrace) {
        if let (Some(when), Some(script)) = (&trace.when, &rule.when) {
            let mut visit = Visit { branches: self, words: Words { rule, script }, in_when: true };
            visit.truth(when, None);
        }
        let words = Words { rule, script: &rule.check };
        let mut visit = Visit { branches: self, words, in_when: false };
        for (number, conjunct) in trace.check.iter().enumerate() {
            let guard = number.checked_sub(1).map(|it| (&trace.check[it], true));
            visit.truth(conjunct, guard);
        }
    }

    /// All branches, in the order of the rule.
    pub(super) fn done(self) -> Vec<Branch> {
        self.points.into_iter().map(|it| Branch { seen: it.seen, diagnostic: it.diagnostic }).collect()
    }
}

/// The part in front that decides whether another is reached, and what it must be for that.
type Guard<'t> = Option<(&'t Traced, bool)>;

struct Visit<'a> {
    branches: &'a mut Branches,
    words: Words<'a>,
    in_when: bool,
}

impl Visit<'_> {
    /// A part that should be seen true and false.
    fn truth(&mut self, part: &Traced, guard: Guard<'_>) {
        if part.kind == PartKind::Constant {
            return;
        }
        let is = |truth: bool| match &part.reached {
            Reached::Value(value) => *value == Value::Bool(truth),
            Reached::Verdict(name) => *name == if truth { "pass" } else { "fail" },
            Reached::Not | Reached::Other(_) | Reached::Fault(_) | Reached::Jump => false,
        };
        for (need, truth) in [(Need::True, true), (Need::False, false)] {
            self.point(part, need, is(truth), guard);
        }
        // What `!` is not, its operand is.
        let inner = if part.kind == PartKind::Not { part.parts.first().unwrap_or(part) } else { part };
        self.below(inner, guard);
    }

    fn below(&mut self, part: &Traced, guard: Guard<'_>) {
        let reached = |it: &Traced| it.reached != Reached::Not;
        match part.kind {
            PartKind::And | PartKind::Or => {
                let passes = part.kind == PartKind::And;
                for (number, operand) in part.parts.iter().enumerate() {
                    let before = number.checked_sub(1).map(|it| (&part.parts[it], passes));
                    self.truth(operand, before.or(guard));
                }
            }
            PartKind::Not => part.parts.iter().for_each(|it| self.truth(it, guard)),
            PartKind::If => {
                let [condition, branches @ ..] = &part.parts[..] else { return };
                self.truth(condition, guard);
                for (branch, truth) in branches.iter().zip([true, false]) {
                    self.below(branch, Some((condition, truth)));
                }
            }
            PartKind::Coalesce => {
                for pair in part.parts.windows(2) {
                    let there = matches!(&pair[0].reached, Reached::Value(it) if it.is_there());
                    self.point(&pair[0], Need::There, there, guard);
                    self.point(&pair[0], Need::Default, reached(&pair[1]), guard);
                }
                part.parts.iter().for_each(|it| self.below(it, guard));
            }
            PartKind::Switch => {
                let [subject, arms @ ..] = &part.parts[..] else { return };
                self.below(subject, guard);
                for arm in arms {
                    self.point(arm, Need::Arm, reached(arm), guard);
                    self.below(arm, guard);
                }
            }
            PartKind::Constant
            | PartKind::Field(_)
            | PartKind::Compare(_)
            | PartKind::In
            | PartKind::IsMissing
            | PartKind::Other => part.parts.iter().for_each(|it| self.below(it, guard)),
        }
    }

    fn point(&mut self, part: &Traced, need: Need, seen: bool, guard: Guard<'_>) {
        let same = |it: &&mut Point| it.in_when == self.in_when && it.need == need && it.range == part.range;
        let reached = part.reached != Reached::Not;
        if let Some(known) = self.branches.points.iter_mut().find(same) {
            // Once it was reached, another way to it is no help.
            if reached && !known.seen {
                known.diagnostic = self.words.complaint(part, need, None);
            }
            known.seen |= seen;
            return;
        }
        let guard = guard.filter(|_| !reached);
        let diagnostic = self.words.complaint(part, need, guard);
        let (in_when, range) = (self.in_when, part.range.clone());
        self.branches.points.push(Point { in_when, range, need, seen, diagnostic });
    }
}

type Remedy = (Wording, Vec<(&'static str, String)>);

/// Finds the words for parts of a script.
#[derive(Clone, Copy)]
struct Words<'a> {
    rule: &'a Rule,
    script: &'a Script,
}

impl Words<'_> {
    /// What never happened, and what would make it happen.
    fn complaint(self, part: &Traced, need: Need, guard: Guard<'_>) -> Diagnostic {
        let code = match need {
            _ if guard.is_some() => wording::UNTRIED_REACHED,
            Need::True => wording::UNTRIED_TRUE,
            Need::False => wording::UNTRIED_FALSE,
            Need::There => wording::UNTRIED_THERE,
            Need::Default => wording::UNTRIED_DEFAULT,
            Need::Arm => wording::UNTRIED_TAKEN,
        };
        let diagnostic =
            Diagnostic::note(code).with("text", self.text(part)).at(self.script.place(part.range.clone()));
        let (said, arguments) = match (guard, need) {
            (Some((guard, truth)), _) => self.remedy(guard, truth),
            (None, Need::True) => self.remedy(part, true),
            (None, Need::False) => self.remedy(part, false),
            (None, Need::There) => (wording::REMEDY_VALUE, vec![("left", self.text(part))]),
            (None, Need::Default) => (wording::REMEDY_LEAVE_OUT, vec![("left", self.text(part))]),
            (None, Need::Arm) => (wording::REMEDY_ARM, vec![("left", self.text(part))]),
        };
        diagnostic.help_with(said, arguments)
    }

    /// What makes a part true or false.
    fn remedy(self, part: &Traced, truth: bool) -> Remedy {
        let left = || vec![("left", self.text(part))];
        let first = || vec![("left", part.parts.first().map(|it| self.text(it)).unwrap_or_default())];
        match part.kind {
            PartKind::Compare(comparison) => {
                if let [a, b] = &part.parts[..] {
                    return self.compared(comparison, a, b, truth);
                }
            }
            PartKind::Not => {
                if let [only] = &part.parts[..] {
                    return self.remedy(only, !truth);
                }
            }
            PartKind::IsMissing if truth => return (wording::REMEDY_LEAVE_OUT, first()),
            PartKind::IsMissing => return (wording::REMEDY_VALUE, first()),
            PartKind::Field(_) => {
                let arguments = vec![("left", self.text(part)), ("right", truth.to_string())];
                return (wording::REMEDY_WITH, arguments);
            }
            PartKind::In => {
                if let [item, list] = &part.parts[..] {
                    let arguments = vec![("left", self.text(item)), ("right", self.text(list))];
                    return (if truth { wording::REMEDY_IN } else { wording::REMEDY_NOT_IN }, arguments);
                }
            }
            PartKind::Constant
            | PartKind::And
            | PartKind::Or
            | PartKind::Coalesce
            | PartKind::If
            | PartKind::Switch
            | PartKind::Other => {}
        }
        (if truth { wording::REMEDY_TRUE } else { wording::REMEDY_FALSE }, left())
    }

    fn compared(self, comparison: Comparison, a: &Traced, b: &Traced, truth: bool) -> Remedy {
        // The field stands in front.
        let swap = a.kind == PartKind::Constant;
        let (a, b) = if swap { (b, a) } else { (a, b) };
        let comparison = if swap { comparison.flipped() } else { comparison };
        let wanted = if truth { comparison } else { negated(comparison) };
        let is_plain = matches!(a.kind, PartKind::Field(_)) && b.kind == PartKind::Constant;
        let said = match wanted {
            Comparison::Equal | Comparison::LessOrEqual | Comparison::GreaterOrEqual if is_plain => {
                wording::REMEDY_WITH
            }
            Comparison::Equal => wording::REMEDY_EQUAL,
            Comparison::NotEqual => wording::REMEDY_OTHER,
            Comparison::Less => wording::REMEDY_BELOW,
            Comparison::LessOrEqual => wording::REMEDY_AT_MOST,
            Comparison::Greater => wording::REMEDY_ABOVE,
            Comparison::GreaterOrEqual => wording::REMEDY_AT_LEAST,
        };
        (said, vec![("left", self.text(a)), ("right", self.text(b))])
    }

    /// A part as written, on one line.
    fn text(self, part: &Traced) -> String {
        let text = self.script.text.get(part.range.clone()).unwrap_or_default();
        if let Some(param) =
            self.rule.params.iter().find(|it| part.kind == PartKind::Constant && it.name == text)
        {
            let value = literal_text(&param.value, &Zone::utc(), Lang::En);
            return format!("{value} ({text})");
        }
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(CHARS_MAX) {
            None => line,
            Some((at, _)) => format!("{}…", &line[..at]),
        }
    }
}

const fn negated(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}
