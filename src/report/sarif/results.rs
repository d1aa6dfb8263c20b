//! Findings as results, and how many of each rule and group there are, for where there are too many.

use super::{RESULTS_MAX, Sarif, cut_text, level};
use crate::{
    audit::Found,
    finding::{ByNumber, Finding, Fingerprint, Sink, put_digits},
    report::{
        Encoder, Ready,
        digest::with_key,
        escape::{cut_chars, fingerprint, json_string, put_uri},
    },
    rule::Rule,
};
use std::{
    collections::{BTreeMap, HashMap},
    hash::BuildHasher,
    sync::{PoisonError, atomic::Ordering},
};

/// Findings by rule, then by group: the widest subject, `team north`; empty where there are no subjects.
pub(super) type ByGroup = Vec<(String, BTreeMap<String, Found>)>;

/// Characters at most of a group's name: a cell may hold megabytes.
const GROUP_CHARS_MAX: usize = 200;

/// Findings as results, a comma before each.
pub(super) struct Results<'a> {
    sarif: &'a Sarif,
    classes: ByNumber<OfClass>,
    /// To put groups, messages and paths together.
    text: String,
}

/// What findings of a class have in common, and how many there are.
struct OfClass {
    id: String,
    /// To the text of the message.
    head: Vec<u8>,
    /// The line of the rule, where it is a file's.
    related: Vec<u8>,
    /// By the level of the widest subject, then by who it is.
    groups: Vec<(String, HashMap<String, Found, ahash::RandomState>)>,
}

impl<'a> Results<'a> {
    pub(super) const fn new(sarif: &'a Sarif) -> Self {
        Self { sarif, classes: ByNumber::new(), text: String::new() }
    }
}

impl OfClass {
    fn new(rule: &Rule, sarif: &Sarif) -> Self {
        let (mut head, mut related) = (Vec::new(), Vec::new());
        start(&mut head, rule);
        sarif.related(&mut related, rule);
        Self { id: rule.id.clone(), head, related, groups: Vec::new() }
    }

    fn count(&mut self, it: &Finding<'_>) {
        let (level, who) = it.subject.last().copied().unwrap_or_default();
        let who = cut_chars(who, GROUP_CHARS_MAX);
        let of_level = match self.groups.iter().position(|it| it.0 == level) {
            Some(known) => known,
            None => {
                self.groups.push((level.to_owned(), HashMap::with_hasher(hasher())));
                self.groups.len() - 1
            }
        };
        let groups = &mut self.groups[of_level].1;
        // Whether it failed or lacked evidence makes no difference here.
        if let Some(found) = groups.get_mut(&*who) {
            return found.add(it.standing, true);
        }
        // Groups beyond so many are not told apart: their results would be too many as well.
        let who = if groups.len() as u64 > RESULTS_MAX { String::new() } else { who.into_owned() };
        groups.entry(who).or_default().add(it.standing, true);
    }

    /// Findings by group.
    fn by_group(self) -> BTreeMap<String, Found> {
        let named = |level: &str, who: String| if level.is_empty() { who } else { format!("{level} {who}") };
        let groups = self.groups.into_iter();
        groups.flat_map(|(level, of)| of.into_iter().map(move |it| (named(&level, it.0), it.1))).collect()
    }
}

/// A fast way to hash, which nobody who writes data can foresee.
fn hasher() -> ahash::RandomState {
    ahash::RandomState::with_seed(std::hash::RandomState::new().hash_one(0) as usize)
}

impl Encoder for Results<'_> {
    fn finding(&mut self, ready: &Ready<'_, '_>, out: &mut Vec<u8>) {
        let (sarif, text, it) = (self.sarif, &mut self.text, ready.finding);
        let of_class = self.classes.get(ready.alike.class, || OfClass::new(it.rule, sarif));
        of_class.count(it);
        // What is encoded beyond the limit would be thrown away, and to count on would cost more than all else here: the
        // number would go to and fro between the workers.
        if sarif.seen.load(Ordering::Relaxed) > RESULTS_MAX {
            return;
        }
        sarif.seen.fetch_add(1, Ordering::Relaxed);
        out.extend_from_slice(&of_class.head);
        text.clear();
        text.extend(with_key(it.key, it.message));
        json_string(out, &cut_text(text));
        out.put("},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
        let line = sarif.setting.places.of_finding(it, text);
        put_uri(out, text);
        out.put("\"},\"region\":{\"startLine\":");
        put_digits(out, line, 1);
        out.put("}}}]");
        out.extend_from_slice(&of_class.related);
        fingerprints(out, it.id);
        sarif.standing(out, it.standing, it.waiver);
        out.put("}");
    }
}

impl Drop for Results<'_> {
    fn drop(&mut self) {
        let part = self.classes.take().map(|it| (it.id.clone(), it.by_group())).collect();
        self.sarif.parts.lock().unwrap_or_else(PoisonError::into_inner).push(part);
    }
}

/// The start of a result, to the text of its message.
pub(super) fn start(out: &mut Vec<u8>, rule: &Rule) {
    out.put(",\n{\"ruleId\":");
    json_string(out, &rule.id);
    out.put(",\"level\":\"");
    out.put(level(rule.severity));
    out.put("\",\"message\":{\"text\":");
}

/// GitHub knows an alert again by `primaryLocationLineHash` alone.
pub(super) fn fingerprints(out: &mut Vec<u8>, id: Fingerprint) {
    let id = fingerprint(id);
    out.put(",\"partialFingerprints\":{\"primaryLocationLineHash\":\"");
    out.put_ascii(&id);
    out.put("\",\"touchstone/v1\":\"");
    out.put_ascii(&id);
    out.put("\"}");
}
