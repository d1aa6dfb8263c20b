//! Rules tried on their own examples: each record is read, typed and judged as an audit would, by the
//! rule's own parameters, and its verdict is held to the one that the example expects.
//!
//! Nothing here speaks to people or touches a file: examples are handed to the readers in memory, and
//! what is wrong with them comes back as diagnostics.

mod branches;
mod grouped;
mod judged;
mod kinds;
mod steps;
mod verdicts;

pub use branches::Branch;

use crate::{
    diagnostic::Diagnostic,
    project::Project,
    record::Value,
    rule::{Example, Outcome, Pack, Rule},
    wording::UserText,
};
use kinds::Kinds;
use std::sync::Arc;

/// What became of a pack's rules.
#[derive(Debug)]
pub struct PackTrial {
    /// The pack's id.
    pub id: String,
    /// What it is about.
    pub title: UserText,
    /// Its rules, in order; several versions of a rule stand side by side.
    pub rules: Vec<RuleTrial>,
}

/// What became of a rule's examples.
#[derive(Debug)]
pub struct RuleTrial {
    /// The rule, with parameters of its own.
    pub rule: Arc<Rule>,
    /// Its examples, in order.
    pub examples: Vec<ExampleTrial>,
    /// The branches of its conditions; none where it has no example that can be judged.
    pub branches: Vec<Branch>,
}

/// What became of an example.
#[derive(Debug)]
pub struct ExampleTrial {
    /// The example.
    pub example: Example,
    /// The verdict; `None` where the rule cannot be planned for its record.
    pub found: Option<Outcome>,
    /// The fields that the rule reads, with their values.
    pub values: Vec<(String, Value)>,
    /// What is wrong with it. An example without errors holds.
    pub diagnostics: Vec<Diagnostic>,
}

impl ExampleTrial {
    /// Whether the verdict is the one that is expected, and the example is worth something.
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

impl PackTrial {
    /// All its examples.
    pub fn examples(&self) -> impl Iterator<Item = &ExampleTrial> {
        self.rules.iter().flat_map(|it| &it.examples)
    }
}

/// Tries the rules that `admits` lets through. Examples without a moment of their own are judged at
/// `as_of`. Records are typed as the project's source of their kind declares, else by all examples of
/// the kind, whichever pack they stand in.
#[must_use]
pub fn try_examples(project: &Project, as_of: i64, admits: impl Fn(&Pack, &Rule) -> bool) -> Vec<PackTrial> {
    let prepared = steps::prepared(project, as_of);
    let project = prepared.as_ref().map_or(project, |it| &it.project);
    let kinds = Kinds::new(project);
    let mut trials = Vec::new();
    for pack in &project.packs {
        let rules: Vec<RuleTrial> = pack
            .rules
            .iter()
            .filter(|rule| admits(pack, rule))
            .map(|rule| judged::try_rule(project, &kinds, pack, rule, as_of))
            .collect();
        if !rules.is_empty() {
            trials.push(PackTrial { id: pack.id.clone(), title: pack.title.clone(), rules });
        }
    }
    match &prepared {
        Some(prepared) => prepared.as_written(trials),
        None => trials,
    }
}
