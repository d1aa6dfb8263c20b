//! An audit as JUnit's XML: a case for each gate, rule and promise. A rule with new findings has failed, with the
//! worst of them as its text; one with records that could not be computed is broken.

use super::{
    Case, Ending, Report, Setting, Suite,
    digest::{self, count},
    escape::{cut_chars, visible},
    junit,
};
use crate::{
    audit::{Audit, Found, GateVerdict},
    rule::Rule,
    wording::{self, Wording},
};
use std::io::{self, Read, Write};

/// Findings told at most of a rule.
const FINDINGS_MAX: usize = 20;
/// Characters at most of a message.
const MESSAGE_CHARS_MAX: usize = 300;

/// See the file's head.
pub(super) struct JunitAudit {
    setting: Setting,
}

impl JunitAudit {
    pub(super) const fn new(setting: Setting) -> Self {
        Self { setting }
    }

    fn gates(&self, audit: &Audit) -> Suite {
        let lang = self.setting.lang;
        let title = wording::GATES.text(lang);
        let case = |it: &crate::audit::Gate| {
            let line = digest::gate_line(it);
            let about =
                [it.about.join("\n"), it.reason.as_ref().map_or_else(String::new, |it| it.text(lang))]
                    .concat();
            let ending = match it.verdict {
                GateVerdict::Held => Ending::Passed,
                GateVerdict::Failed => {
                    Ending::Failed("gate".into(), line.clone(), format!("{line}\n{about}"))
                }
            };
            Case { class: title.to_owned(), name: it.id.clone(), ending }
        };
        Suite { name: title.to_owned(), cases: audit.gates.iter().map(case).collect() }
    }

    fn case(&self, audit: &Audit, rule: &Rule, found: Found, errors: u64) -> Case {
        let lang = self.setting.lang;
        let (pack, name) = rule.id.split_once('/').unwrap_or(("", &rule.id));
        let worst = audit.worst.iter().filter(|it| it.rule.id == rule.id).take(FINDINGS_MAX);
        let lines: Vec<String> = worst
            .map(|it| {
                let message = cut_chars(&it.message, MESSAGE_CHARS_MAX);
                format!("{} {}", visible(&digest::keyed(&it.key, &message)), digest::place(it))
            })
            .collect();
        let severity = rule.severity.name().to_owned();
        let line = |word: Wording, number| format!("{}: {}", word.text(lang), count(number));
        let ending = if errors > 0 {
            Ending::Broken(severity, line(wording::ERRORS, errors), lines.join("\n"))
        } else if found.new > 0 {
            Ending::Failed(severity, line(wording::FINDINGS, found.new), lines.join("\n"))
        } else {
            Ending::Passed
        };
        Case { class: pack.to_owned(), name: format!("{name}: {}", visible(rule.title.get(lang))), ending }
    }
}

impl Report for JunitAudit {
    fn finish(&self, audit: &Audit, _: &mut dyn Read, out: &mut (dyn Write + Send)) -> io::Result<()> {
        let rules = audit.rules.iter().map(|it| (&it.rule, it.findings, it.outcomes.error));
        let promises = audit.promises.iter().map(|it| (&it.rule, it.findings, 0));
        let mut suites = vec![self.gates(audit)];
        for (rule, found, errors) in rules.chain(promises) {
            let case = self.case(audit, rule, found, errors);
            match suites.iter_mut().skip(1).find(|it| it.name == case.class) {
                Some(suite) => suite.cases.push(case),
                None => suites.push(Suite { name: case.class.clone(), cases: vec![case] }),
            }
        }
        out.write_all(junit(&audit.project, &suites).as_bytes())
    }
}
