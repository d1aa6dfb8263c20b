//! SARIF 2.1.0 (OASIS, 2020) as GitHub's code scanning takes it: the record is the first location, the rule's line
//! a related one; waived findings are suppressed, and with a baseline each says whether it is new. What is fixed is
//! counted and not listed: GitHub would open an alert for it.

use super::{
    Needs, Report, Setting, digest,
    encode::{comma, copy_elements, member},
    escape::{cut_chars, json_string, uri},
    places::At,
};
use crate::{
    audit::{Audit, Found},
    finding::{Finding, Fingerprint, Sink, Standing, put_digits},
    rule::{Rule, Severity},
    wording,
};
use std::{
    io::{self, Read, Write},
    sync::atomic::{AtomicU64, Ordering},
};

/// GitHub takes so many results of a run. Beyond that there is one for each rule.
const RESULTS_MAX: u64 = 25_000;
/// And so many bytes of a file, compressed.
const GZIP_MAX: u64 = 10_000_000;
/// Characters at most of a message; GitHub shows about as many.
const MESSAGE_CHARS_MAX: usize = 1_000;

/// See the file's head.
pub(super) struct Sarif {
    setting: Setting,
    /// How many findings were handed over.
    seen: AtomicU64,
}

impl Sarif {
    pub(super) const fn new(setting: Setting) -> Self {
        Self { setting, seen: AtomicU64::new(0) }
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

    /// The members of a result that tell where it is.
    fn places(&self, out: &mut Vec<u8>, rule: &Rule, at: &At) {
        out.put(",\"locations\":[{");
        location(out, at);
        out.put("}]");
        if let Some(at) = self.setting.places.of_rule(rule) {
            out.put(",\"relatedLocations\":[{\"id\":1,");
            location(out, &at);
            out.put(",\"message\":{\"text\":");
            json_string(out, &rule.id);
            out.put("}}]");
        }
    }

    /// One result for each rule with findings, where GitHub would not take them all.
    fn by_rule(&self, out: &mut Vec<u8>, audit: &Audit) {
        let rules = audit.rules.iter().map(|it| (&it.rule, it.findings));
        let all = rules.chain(audit.promises.iter().map(|it| (&it.rule, it.findings)));
        for (index, (rule, found)) in all.filter(|it| it.1.all() > 0).enumerate() {
            comma(out, index);
            let counts =
                [("count", found.all().to_string()), ("title", rule.title.get(self.setting.lang).to_owned())];
            let text = wording::SARIF_BY_RULE.fill(self.setting.lang, &counts);
            start(out, rule, &text);
            self.places(out, rule, &self.setting.places.of_rule_or_project(rule));
            fingerprint(out, Fingerprint::of_record("", &rule.id, "", 0));
            self.standing(out, of_rule(found));
            out.put("}");
        }
    }

    fn standing(&self, out: &mut Vec<u8>, standing: Standing) {
        match standing {
            Standing::New if self.setting.with_baseline => out.put(",\"baselineState\":\"new\""),
            Standing::New => {}
            Standing::Known => out.put(",\"baselineState\":\"unchanged\""),
            Standing::Waived => {
                out.put(",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\"}]");
            }
        }
    }

    fn tail(&self, audit: &Audit, said: Option<wording::Wording>) -> Vec<u8> {
        let mut out = Vec::new();
        out.put("],\n\"invocations\":[{\"executionSuccessful\":true");
        if let Some(said) = said {
            let count = audit.summary.found().all().to_string();
            let counts = [("count", count), ("limit", RESULTS_MAX.to_string())];
            out.put(",\"toolExecutionNotifications\":[{\"level\":\"note\",\"message\":{\"text\":");
            json_string(&mut out, &said.fill(self.setting.lang, &counts));
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

/// How the findings of a rule stand together: new if one is.
fn of_rule(found: Found) -> Standing {
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

fn start(out: &mut Vec<u8>, rule: &Rule, text: &str) {
    out.put("\n{\"ruleId\":");
    json_string(out, &rule.id);
    out.put(",\"level\":\"");
    out.put(level(rule.severity));
    out.put("\",\"message\":");
    message(out, text);
}

/// A message: `](` would make a link of it.
fn message(out: &mut Vec<u8>, text: &str) {
    out.put("{\"text\":");
    json_string(out, &cut_chars(text, MESSAGE_CHARS_MAX).replace("](", "] ("));
    out.put("}");
}

fn location(out: &mut Vec<u8>, at: &At) {
    out.put("\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    json_string(out, &uri(&at.path));
    out.put("},\"region\":{\"startLine\":");
    put_digits(out, at.line, 1);
    out.put("}}");
}

/// GitHub knows an alert again by `primaryLocationLineHash` alone.
fn fingerprint(out: &mut Vec<u8>, id: Fingerprint) {
    let id = id.to_string();
    out.put(",\"partialFingerprints\":{\"primaryLocationLineHash\":\"");
    out.put(&id);
    out.put("\",\"touchstone/v1\":\"");
    out.put(&id);
    out.put("\"}");
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
        Needs { message: true, findings: true, id: true, ..Needs::default() }
    }

    fn finding(&self, it: &Finding<'_>, out: &mut Vec<u8>) {
        // A source whose keys stand twice is judged twice: beyond twice the limit there are surely too many, and
        // what is encoded would be thrown away.
        if self.seen.fetch_add(1, Ordering::Relaxed) >= 2 * RESULTS_MAX {
            return;
        }
        out.put(",");
        start(out, it.rule, &digest::keyed(it.key, it.message));
        self.places(out, it.rule, &self.setting.places.of_finding(it));
        fingerprint(out, it.id);
        self.standing(out, it.standing);
        out.put("}");
    }

    fn finish(&self, audit: &Audit, findings: &mut dyn Read, out: &mut (dyn Write + Send)) -> io::Result<()> {
        let mut results = Vec::new();
        let said = if audit.summary.found().all() > RESULTS_MAX {
            Some(wording::SARIF_TOO_MANY)
        } else {
            copy_elements(findings, &mut results)?;
            is_too_large(&results)?.then_some(wording::SARIF_TOO_LARGE)
        };
        if said.is_some() {
            results.clear();
            self.by_rule(&mut results, audit);
        }
        out.write_all(&self.head(audit))?;
        out.write_all(&results)?;
        out.write_all(&self.tail(audit, said))
    }
}
