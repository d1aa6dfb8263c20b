//! GitLab's Code Quality report: a list of findings, each with a fingerprint of its own and a path from the
//! repository's root. Waived findings are said to be, and count as `info`.

use super::{
    Encoder, Joints, Needs, Ready, Report, Setting,
    digest::with_key,
    encode::{OfFile, Piece},
    escape::{cut_chars, json_string, json_text, json_text_of},
};
use crate::{
    audit::Audit,
    finding::{ByNumber, Finding, Sink, Standing, put_digits},
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
        Box::new(Elements { setting: &self.setting, classes: ByNumber::new(), text: String::new() })
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
    classes: ByNumber<OfClass>,
    /// To put descriptions and paths together.
    text: String,
}

/// What findings of a class have in common.
struct OfClass {
    /// From the end of the description to the fingerprint.
    named: Piece,
    /// From the end of the fingerprint to the row, where there is one.
    place: OfFile,
}

impl Encoder for Elements<'_> {
    fn finding(&mut self, ready: &Ready<'_, '_>, out: &mut Vec<u8>) {
        let Self { setting, classes, text } = self;
        let it = ready.finding;
        out.put("{\"description\":\"");
        description(out, ready, text);
        if it.standing == Standing::Waived {
            let standing = [("standing", wording::STANDING_WAIVED.text(setting.lang))];
            json_text(out, &wording::STANDING_BESIDE.fill(setting.lang, &standing));
        }
        let new = || OfClass { named: Piece::of(&named(it.rule)), place: OfFile::new() };
        let of_class = classes.get(ready.alike.class, new);
        of_class.named.put(out);
        ready.put_id(out);
        if it.origin.row == 0 {
            let line = place(out, it, setting, text);
            put_digits(out, line, 1);
        } else {
            of_class.place.put(out, ready.alike.file, |out| {
                place(out, it, setting, text);
            });
            ready.put_row(out);
        }
        out.put("}}}");
    }
}

/// Appends what stands between the fingerprint and the line; gives the line, which is the row where there is one.
fn place(out: &mut Vec<u8>, it: &Finding<'_>, setting: &Setting, text: &mut String) -> u64 {
    out.put("\",\"severity\":\"");
    out.put(if it.standing == Standing::Waived { "info" } else { severity(it.rule.severity) });
    let line = setting.places.of_finding(it, text);
    out.put("\",\"location\":{\"path\":");
    json_string(out, text);
    out.put(",\"lines\":{\"begin\":");
    line
}

/// The key, unless the message has it, and the message, cut where they are long.
fn description(out: &mut Vec<u8>, ready: &Ready<'_, '_>, text: &mut String) {
    let it = ready.finding;
    let parts = with_key(it.key, it.message);
    // A character has a byte at least.
    if it.key.len() + ": ".len() + it.message.len() <= DESCRIPTION_CHARS_MAX {
        let [key, between, message] = parts;
        if !between.is_empty() {
            json_text_of(out, key, ready.key);
            out.put(": ");
        }
        return json_text_of(out, message, ready.message);
    }
    text.clear();
    text.extend(parts);
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
