//! GitLab's Code Quality report: a list of findings, each with a fingerprint of its own and a path from the
//! repository's root. Waived findings are said to be, and count as `info`.

use super::{
    Needs, Report, Setting, digest,
    encode::copy_elements,
    escape::{cut_chars, json_string},
};
use crate::{
    audit::Audit,
    finding::{Finding, Sink, Standing, put_digits},
    rule::Severity,
    wording,
};
use std::io::{self, Read, Write};

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

    fn finding(&self, it: &Finding<'_>, out: &mut Vec<u8>) {
        let is_waived = it.standing == Standing::Waived;
        let beside = if is_waived {
            let standing = [("standing", wording::STANDING_WAIVED.text(self.setting.lang))];
            wording::STANDING_BESIDE.fill(self.setting.lang, &standing)
        } else {
            String::new()
        };
        out.put(",\n{\"description\":");
        let keyed = digest::keyed(it.key, it.message);
        let text = format!("{}{beside}", cut_chars(&keyed, DESCRIPTION_CHARS_MAX));
        json_string(out, &text);
        out.put(",\"check_name\":");
        json_string(out, &it.rule.id);
        out.put(",\"fingerprint\":\"");
        out.put(&it.id.to_string());
        out.put("\",\"severity\":\"");
        out.put(if is_waived { "info" } else { severity(it.rule.severity) });
        out.put("\",\"location\":{\"path\":");
        let at = self.setting.places.of_finding(it);
        json_string(out, &at.path);
        out.put(",\"lines\":{\"begin\":");
        put_digits(out, at.line, 1);
        out.put("}}}");
    }

    fn finish(&self, _: &Audit, findings: &mut dyn Read, out: &mut (dyn Write + Send)) -> io::Result<()> {
        out.write_all(b"[")?;
        copy_elements(findings, out)?;
        out.write_all(b"\n]\n")
    }
}
