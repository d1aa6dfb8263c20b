//! GitLab's Code Quality report: a list of findings, each with a fingerprint of its own and a path from the
//! repository's root. Waived findings are said to be, and count as `info`.

use super::{
    Encoder, Needs, Report, Setting,
    digest::with_key,
    encode::{OfRules, copy_elements},
    escape::{cut_chars, json_string, put_fingerprint},
};
use crate::{
    audit::Audit,
    finding::{Finding, Sink, Standing, put_digits},
    rule::{Rule, Severity},
    wording,
};
use std::{
    borrow::Cow,
    io::{self, Read, Write},
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
        Box::new(Elements { setting: &self.setting, of_rules: OfRules::new(), text: String::new() })
    }

    fn finish(&self, _: &Audit, findings: &mut dyn Read, out: &mut (dyn Write + Send)) -> io::Result<()> {
        out.write_all(b"[")?;
        copy_elements(findings, out)?;
        out.write_all(b"\n]\n")
    }
}

/// Findings as elements of the list, a comma before each.
struct Elements<'a> {
    setting: &'a Setting,
    of_rules: OfRules<Vec<u8>>,
    /// To put descriptions and paths together.
    text: String,
}

impl Encoder for Elements<'_> {
    fn finding(&mut self, rule: usize, it: &Finding<'_>, out: &mut Vec<u8>) {
        let is_waived = it.standing == Standing::Waived;
        let text = &mut self.text;
        text.clear();
        with_key(text, it.key, it.message);
        if let Cow::Owned(cut) = cut_chars(text, DESCRIPTION_CHARS_MAX) {
            *text = cut;
        }
        if is_waived {
            let standing = [("standing", wording::STANDING_WAIVED.text(self.setting.lang))];
            text.push_str(&wording::STANDING_BESIDE.fill(self.setting.lang, &standing));
        }
        out.put(",\n{\"description\":");
        json_string(out, text);
        out.extend_from_slice(self.of_rules.get(rule, || named(it.rule)));
        put_fingerprint(out, it.id);
        out.put("\",\"severity\":\"");
        out.put(if is_waived { "info" } else { severity(it.rule.severity) });
        out.put("\",\"location\":{\"path\":");
        let line = self.setting.places.of_finding(it, text);
        json_string(out, text);
        out.put(",\"lines\":{\"begin\":");
        put_digits(out, line, 1);
        out.put("}}}");
    }
}

/// From the rule's name to the fingerprint.
fn named(rule: &Rule) -> Vec<u8> {
    let mut out = Vec::new();
    out.put(",\"check_name\":");
    json_string(&mut out, &rule.id);
    out.put(",\"fingerprint\":\"");
    out
}
