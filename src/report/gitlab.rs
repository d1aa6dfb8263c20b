//! GitLab's Code Quality report: a list of findings, each with a fingerprint of its own and a path from the
//! repository's root. Waived findings are said to be, and count as `info`.

use super::{
    Encoder, Joints, Needs, Report, Setting,
    digest::with_key,
    encode::{Last, OfRules},
    escape::{cut_chars, json_string, json_text, put_fingerprint},
};
use crate::{
    audit::Audit,
    finding::{Finding, Sink, Standing, put_digits},
    rule::{Rule, Severity},
    wording,
};

/// Characters at most of a description.
const DESCRIPTION_CHARS_MAX: usize = 1_000;

/// See the file's head.
pub(super) struct Gitlab {
    setting: Setting,
}

impl Gitlab {
    pub(super) const fn new(setting: Setting) -> Self {
        Self { setting }
    }
}

const fn severity(it: Severity) -> &'static str {
    match it {
        Severity::Critical => "critical",
        Severity::Major => "major",
        Severity::Minor => "minor",
        Severity::Info => "info",
    }
}

impl Report for Gitlab {
    fn needs(&self) -> Needs {
        Needs { message: true, findings: true, id: true, ..Needs::default() }
    }

    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(Elements {
            setting: &self.setting,
            of_rules: OfRules::new(),
            text: String::new(),
            path: Last::new(),
        })
    }

    fn joints(&self) -> Option<Joints> {
        Some(Joints { before: ",\n", after: "", end: "" })
    }

    fn head(&self, _: Option<&Audit>) -> Option<Vec<u8>> {
        Some(b"[".into())
    }

    fn tail(&self, _: &Audit) -> Vec<u8> {
        b"\n]\n".into()
    }
}

/// Findings as elements of the list.
struct Elements<'a> {
    setting: &'a Setting,
    of_rules: OfRules<Vec<u8>>,
    /// To put descriptions and paths together.
    text: String,
    path: Last<String>,
}

impl Encoder for Elements<'_> {
    fn finding(&mut self, rule: usize, it: &Finding<'_>, out: &mut Vec<u8>) {
        let (is_waived, text) = (it.standing == Standing::Waived, &mut self.text);
        out.put("{\"description\":\"");
        description(out, it, text);
        if is_waived {
            let standing = [("standing", wording::STANDING_WAIVED.text(self.setting.lang))];
            json_text(out, &wording::STANDING_BESIDE.fill(self.setting.lang, &standing));
        }
        out.extend_from_slice(self.of_rules.get(rule, || named(it.rule)));
        put_fingerprint(out, it.id);
        out.put("\",\"severity\":\"");
        out.put(if is_waived { "info" } else { severity(it.rule.severity) });
        let line = self.setting.places.of_finding(it, text);
        let encode = |out: &mut Vec<u8>| {
            out.put("\",\"location\":{\"path\":");
            json_string(out, text);
            out.put(",\"lines\":{\"begin\":");
        };
        let path = &*text;
        out.extend_from_slice(self.path.get(|it| it == path, || path.clone(), encode));
        put_digits(out, line, 1);
        out.put("}}}");
    }
}

/// The key, unless the message has it, and the message, cut where they are long.
fn description(out: &mut Vec<u8>, it: &Finding<'_>, text: &mut String) {
    // A character has a byte at least.
    if it.key.len() + ": ".len() + it.message.len() <= DESCRIPTION_CHARS_MAX {
        for part in with_key(it.key, it.message) {
            json_text(out, part);
        }
        return;
    }
    text.clear();
    text.extend(with_key(it.key, it.message));
    json_text(out, &cut_chars(text, DESCRIPTION_CHARS_MAX));
}

/// From the end of the description to the fingerprint.
fn named(rule: &Rule) -> Vec<u8> {
    let mut out = Vec::new();
    out.put("\",\"check_name\":");
    json_string(&mut out, &rule.id);
    out.put(",\"fingerprint\":\"");
    out
}
