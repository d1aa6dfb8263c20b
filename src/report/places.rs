//! Where findings point: to the record's file, and to the line that its rule stands on, both by paths from the
//! folder that the audit was started in, which tools of version control know.

use crate::{
    finding::{Finding, FindingOrigin},
    rule::Rule,
};
use std::collections::HashMap;

/// Paths and lines of an audit.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// What stands before the paths of the project's files: `samples/desk/`; nothing where the project is that
    /// folder, or is not below it: then paths start from the project.
    pub folder: String,
    /// By a rule's id the file and the line, from 1, that it starts on; those of built-in packs are not there.
    pub rules: HashMap<String, (String, u64)>,
}

/// A place in a file.
pub(super) struct At {
    pub(super) path: String,
    pub(super) line: u64,
}

impl Places {
    fn at(&self, file: &str, line: u64) -> At {
        // Windows shows paths in its own way; tools want one.
        At { path: format!("{}{}", self.folder, file.replace('\\', "/")), line: line.max(1) }
    }

    /// The line of a rule.
    pub(super) fn of_rule(&self, rule: &Rule) -> Option<At> {
        self.rules.get(&rule.id).map(|(file, line)| self.at(file, *line))
    }

    /// The line of a rule, or of the project where the rule is built in.
    pub(super) fn of_rule_or_project(&self, rule: &Rule) -> At {
        self.of_rule(rule).unwrap_or_else(|| self.at("audit.toml", 1))
    }

    /// The record of a finding, or the rule of one on a group, which has no row: the path in memory that is at hand;
    /// gives the line.
    pub(super) fn of_finding(&self, it: &Finding<'_>, path: &mut String) -> u64 {
        path.clear();
        let FindingOrigin { file, row, .. } = it.origin;
        if row == 0 || file.is_empty() || file.contains('\\') {
            let at = self.of_record(it.rule, file, row);
            path.push_str(&at.path);
            return at.line;
        }
        path.push_str(&self.folder);
        path.push_str(file);
        row
    }

    /// A row of a file; the rule where there is none.
    pub(super) fn of_record(&self, rule: &Rule, file: &str, row: u64) -> At {
        if row == 0 || file.is_empty() { self.of_rule_or_project(rule) } else { self.at(file, row) }
    }
}
