//! GitHub's workflow commands: gates that fail and the worst findings as annotations. GitHub shows ten errors and ten
//! warnings of a step, so that there are no more; the whole table is the Markdown report, which the step's
//! summary takes.

use super::{
    Report, Setting, digest,
    escape::{command_data, command_property, cut_chars, visible},
};
use crate::{
    audit::{Audit, OwnedFinding},
    rule::Severity,
    wording,
};
use std::io::{self, Read, Write};

/// Annotations of each level.
const LEVEL_MAX: usize = 10;
/// Characters at most of a message.
const MESSAGE_CHARS_MAX: usize = 500;

/// See the file's head.
pub(super) struct Github {
    setting: Setting,
}

impl Github {
    pub(super) const fn new(setting: Setting) -> Self {
        Self { setting }
    }

    fn gates(&self, audit: &Audit) -> Vec<String> {
        let lang = self.setting.lang;
        let told = digest::failed_gates(audit).into_iter().map(|it| {
            let verdict = wording::NOT_HELD.text(lang);
            let title = format!("{}: {}", wording::GATE.text(lang), it.id);
            command(
                "error",
                &[("title", &title)],
                &format!("{}: {verdict}, {}", it.id, digest::gate_line(it)),
            )
        });
        told.collect()
    }

    fn finding(&self, it: &OwnedFinding) -> (usize, String) {
        let (number, level) = match it.rule.severity {
            Severity::Critical | Severity::Major => (0, "error"),
            Severity::Minor => (1, "warning"),
            Severity::Info => (2, "notice"),
        };
        let at = self.setting.places.of_record(&it.rule, &it.file, it.row);
        let line = at.line.to_string();
        let title = format!("{} {}", it.rule.id, it.key);
        let properties = [("file", at.path.as_str()), ("line", &line), ("title", &title)];
        (number, command(level, &properties, &it.message))
    }
}

/// `::error file=a.csv,line=3,title=…::message`
fn command(level: &str, properties: &[(&str, &str)], message: &str) -> String {
    let harmless = |text: &str| visible(&cut_chars(text, MESSAGE_CHARS_MAX)).into_owned();
    let properties: Vec<String> = properties
        .iter()
        .map(|(name, value)| format!("{name}={}", command_property(&harmless(value))))
        .collect();
    format!("::{level} {}::{}\n", properties.join(","), command_data(&harmless(message)))
}

impl Report for Github {
    fn finish(&self, audit: &Audit, _: &mut dyn Read, out: &mut (dyn Write + Send)) -> io::Result<()> {
        let mut levels = [self.gates(audit), Vec::new(), Vec::new()];
        for it in &audit.worst {
            let (level, command) = self.finding(it);
            levels[level].push(command);
        }
        let mut shown = levels.iter().flat_map(|it| it.iter().take(LEVEL_MAX));
        shown.try_for_each(|it| out.write_all(it.as_bytes()))?;
        writeln!(out, "{}", visible(&digest::verdict(audit, self.setting.lang)))?;
        writeln!(out, "{}", digest::counts_line(audit, self.setting.lang))
    }
}
