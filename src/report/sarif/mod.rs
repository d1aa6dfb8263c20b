//! SARIF 2.1.0 (OASIS, 2020) as GitHub's code scanning takes it: the record is the first location, the rule's line
//! a related one; waived findings are suppressed, with the reason, and with a baseline each says whether it is new.
//! What is fixed is counted and not listed: GitHub would open an alert for it.

mod results;

use super::{
    Encoder, Needs, Report, Setting,
    encode::{comma, member},
    escape::{cut_chars, json_string, put_uri},
    places::At,
};
use crate::{
    audit::{Audit, Found},
    finding::{Fingerprint, Sink, Standing, put_date, put_digits},
    rule::{Rule, Severity, Waiver},
    wording::{self, Lang},
};
use results::{ByGroup, Results};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Read, Write},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// GitHub takes so many results of a run. Beyond that there is one for each rule and group.
const RESULTS_MAX: u64 = 25_000;
/// And so many bytes of a file, compressed.
const GZIP_MAX: u64 = 10_000_000;
/// Characters at most of a message; GitHub shows about as many.
const MESSAGE_CHARS_MAX: usize = 1_000;

/// See the file's head.
pub(super) struct Sarif {
    setting: Setting,
    /// How many findings were handed over; no longer counted once there are too many.
    seen: AtomicU64,
    /// What each encoder has counted.
    parts: Mutex<Vec<ByGroup>>,
}

impl Sarif {
    pub(super) const fn new(setting: Setting) -> Self {
        Self { setting, seen: AtomicU64::new(0), parts: Mutex::new(Vec::new()) }
    }

    fn head(&self, audit: &Audit) -> Vec<u8> {
        let mut out = Vec::new();
        out.put("{\n\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\n\"version\":\"2.1.0\",\n\"runs\":[{");
        out.put("\"tool\":{\"driver\":{\"name\":\"Touchstone\",\"semanticVersion\":\"");
        out.put(env!("CARGO_PKG_VERSION"));
        out.put("\",\"rules\":[");
        let rules = audit.rules.iter().map(|it| &it.rule);
        for (index, rule) in rules.chain(audit.promises.iter().map(|it| &it.rule)).enumerate() {
            comma(&mut out, index);
            out.put("\n");
            self.rule(&mut out, rule);
        }
        out.put("]}},\n\"automationDetails\":{\"id\":");
        json_string(&mut out, &format!("touchstone/{}/", audit.project));
        out.put("},\n\"columnKind\":\"unicodeCodePoints\",\n\"results\":[");
        out
    }

    fn rule(&self, out: &mut Vec<u8>, rule: &Rule) {
        let lang = self.setting.lang;
        let title = rule.title.get(lang);
        let why = Some(rule.why.get(lang)).filter(|it| !it.is_empty()).unwrap_or(title);
        let fix = Some(rule.fix.get(lang)).filter(|it| !it.is_empty()).unwrap_or(why);
        out.put("{\"id\":");
        json_string(out, &rule.id);
        for (name, text) in [("shortDescription", title), ("fullDescription", why), ("help", fix)] {
            out.put(",");
            member(out, name);
            message(out, text);
        }
        out.put(",\"defaultConfiguration\":{\"level\":\"");
        out.put(level(rule.severity));
        out.put("\"},\"properties\":{\"tags\":[");
        let tags = [Some(rule.severity.name()), rule.dimension.as_deref(), rule.touchpoint.as_deref()];
        for (index, tag) in tags.into_iter().flatten().enumerate() {
            comma(out, index);
            json_string(out, tag);
        }
        out.put("]}}");
    }

    /// The member of a result that tells where its rule is.
    fn related(&self, out: &mut Vec<u8>, rule: &Rule) {
        if let Some(at) = self.setting.places.of_rule(rule) {
            out.put(",\"relatedLocations\":[{\"id\":1,");
            location(out, &at);
            out.put(",\"message\":{\"text\":");
            json_string(out, &rule.id);
            out.put("}}]");
        }
    }

    /// One result for all findings of a rule, or those of one of its groups.
    fn together(&self, out: &mut Vec<u8>, rule: &Rule, (group, found): (&str, Found)) {
        let count = found.all().to_string();
        let said = if group.is_empty() { wording::SARIF_BY_RULE } else { wording::SARIF_BY_GROUP };
        let title = rule.title.get(self.setting.lang);
        let text = said.fill(self.setting.lang, &[("count", &*count), ("title", title), ("name", group)]);
        results::start(out, rule);
        json_string(out, &cut_text(&text));
        out.put("},\"locations\":[{");
        location(out, &self.setting.places.of_rule_or_project(rule));
        out.put("}]");
        self.related(out, rule);
        results::fingerprints(out, Fingerprint::of_record("", &rule.id, group, 0));
        self.standing(out, of_all(found), None);
        out.put("}");
    }

    /// The rules with findings, and how many.
    fn rules(audit: &Audit) -> impl Iterator<Item = (&Rule, Found)> {
        let rules = audit.rules.iter().map(|it| (&*it.rule, it.findings));
        let all = rules.chain(audit.promises.iter().map(|it| (&*it.rule, it.findings)));
        all.filter(|it| it.1.all() > 0)
    }

    /// One result for each rule and group with findings; `None` where these are too many as well, or
    /// nothing is in a group.
    fn by_group(&self, audit: &Audit) -> Option<Vec<u8>> {
        let mut groups: BTreeMap<&str, BTreeMap<&str, Found>> = BTreeMap::new();
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        for (rule, of) in parts.iter().flatten() {
            let rule = groups.entry(rule).or_default();
            of.iter().for_each(|(group, found)| rule.entry(group).or_default().merge(found));
        }
        let is_in_groups = groups.values().any(|it| it.keys().any(|group| !group.is_empty()));
        if !is_in_groups || groups.values().map(|it| it.len() as u64).sum::<u64>() > RESULTS_MAX {
            return None;
        }
        let mut out = Vec::new();
        for (rule, _) in Self::rules(audit) {
            let of = groups.get(rule.id.as_str()).into_iter().flatten();
            of.for_each(|(group, found)| self.together(&mut out, rule, (group, *found)));
        }
        Some(out)
    }

    /// One result for each rule with findings.
    fn by_rule(&self, audit: &Audit) -> Vec<u8> {
        let mut out = Vec::new();
        Self::rules(audit).for_each(|(rule, found)| self.together(&mut out, rule, ("", found)));
        out
    }

    /// The results, in as much detail as is taken, and what to say if that is not all.
    fn results(&self, audit: &Audit, findings: &mut dyn Read) -> io::Result<(Vec<u8>, Option<String>)> {
        let mut results = Vec::new();
        let said = if audit.summary.found().all() > RESULTS_MAX {
            wording::SARIF_TOO_MANY
        } else {
            findings.read_to_end(&mut results)?;
            if !is_too_large(&results)? {
                return Ok((results, None));
            }
            wording::SARIF_TOO_LARGE
        };
        let mut unit = wording::SARIF_OF_GROUPS;
        results = match self.by_group(audit) {
            Some(results) if !is_too_large(&results)? => results,
            Some(_) | None => {
                unit = wording::SARIF_OF_RULES;
                self.by_rule(audit)
            }
        };
        let (lang, count) = (self.setting.lang, audit.summary.found().all().to_string());
        let counts = [("count", &*count), ("limit", &RESULTS_MAX.to_string()), ("unit", unit.text(lang))];
        Ok((results, Some(said.fill(lang, &counts))))
    }

    fn standing(&self, out: &mut Vec<u8>, standing: Standing, waiver: Option<&Waiver>) {
        match standing {
            Standing::New if self.setting.with_baseline => out.put(",\"baselineState\":\"new\""),
            Standing::New => {}
            Standing::Waived => suppression(out, waiver, self.setting.lang),
            Standing::Known => out.put(",\"baselineState\":\"unchanged\""),
        }
    }

    /// What follows the results, and what is said of them.
    fn end(audit: &Audit, said: Option<&str>) -> Vec<u8> {
        let mut out = Vec::new();
        out.put("],\n\"invocations\":[{\"executionSuccessful\":true");
        if let Some(said) = said {
            out.put(",\"toolExecutionNotifications\":[{\"level\":\"note\",\"message\":{\"text\":");
            json_string(&mut out, said);
            out.put("}}]");
        }
        out.put("}],\n\"properties\":{\"findings\":");
        put_digits(&mut out, audit.summary.found().all(), 1);
        if let Some(baseline) = &audit.baseline {
            out.put(",\"fixed\":");
            put_digits(&mut out, baseline.fixed.len() as u64, 1);
        }
        out.put("}\n}]\n}\n");
        out
    }
}

/// How findings stand together: new if one is.
fn of_all(found: Found) -> Standing {
    match (found.new, found.known) {
        (0, 0) => Standing::Waived,
        (0, _) => Standing::Known,
        _ => Standing::New,
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::Major => "error",
        Severity::Minor => "warning",
        Severity::Info => "note",
    }
}

fn message(out: &mut Vec<u8>, text: &str) {
    out.put("{\"text\":");
    json_string(out, &cut_text(text));
    out.put("}");
}

/// The text of a message: `](` would make a link of it.
fn cut_text(text: &str) -> Cow<'_, str> {
    let text = cut_chars(text, MESSAGE_CHARS_MAX);
    if text.contains("](") { text.replace("](", "] (").into() } else { text }
}

/// The member of a result that says that it is excused, and why.
fn suppression(out: &mut Vec<u8>, waiver: Option<&Waiver>, lang: Lang) {
    out.put(",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\"");
    if let Some(it) = waiver {
        let mut expires = String::new();
        put_date(&mut expires, it.expires);
        let said = [("reason", &*it.reason), ("approver", &*it.approver), ("date", &*expires)];
        out.put(",\"justification\":");
        json_string(out, &cut_text(&wording::SARIF_WAIVED.fill(lang, &said)));
    }
    out.put("}]");
}

fn location(out: &mut Vec<u8>, at: &At) {
    out.put("\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
    put_uri(out, &at.path);
    out.put("\"},\"region\":{\"startLine\":");
    put_digits(out, at.line, 1);
    out.put("}}");
}

/// Whether results are more than is taken of a file, with room for what stands around them.
fn is_too_large(results: &[u8]) -> io::Result<bool> {
    if (results.len() as u64) < GZIP_MAX {
        return Ok(false);
    }
    let mut packed = flate2::write::GzEncoder::new(Counted(0), flate2::Compression::default());
    packed.write_all(results)?;
    Ok(packed.finish()?.0 > GZIP_MAX * 9 / 10)
}

/// Counts bytes and forgets them.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Report for Sarif {
    fn needs(&self) -> Needs {
        Needs { message: true, findings: true, id: true, subject: true, ..Needs::default() }
    }

    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(Results::new(self))
    }

    fn mark(&self) -> usize {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn rewind(&self, mark: usize) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.truncate(mark);
        let left = parts.iter().flatten().flat_map(|it| it.1.values());
        self.seen.store(left.map(Found::all).sum(), Ordering::Relaxed);
    }

    fn finish(&self, audit: &Audit, findings: &mut dyn Read, out: &mut (dyn Write + Send)) -> io::Result<()> {
        let (results, said) = self.results(audit, findings)?;
        out.write_all(&self.head(audit))?;
        // A comma stands before each.
        out.write_all(results.get(1..).unwrap_or_default())?;
        out.write_all(&Self::end(audit, said.as_deref()))
    }
}
