//! Why a record has its verdict: what every part of a rule's expressions gave.

use super::SourcePlan;
use crate::{
    record::Batch,
    script::{Form, RowRunner, RowVerdict, RuleTrace},
};

/// Evaluates rules part by part. The plan must have been made row by row; its verdicts are those of the
/// plan over columns, and its batches have the same columns.
pub struct Tracer<'a> {
    plan: &'a SourcePlan,
    runner: RowRunner,
}

impl<'a> Tracer<'a> {
    /// Gets ready.
    #[must_use]
    pub fn new(plan: &'a SourcePlan) -> Self {
        Self { plan, runner: RowRunner::new(&plan.program) }
    }

    /// What the parts of a planned rule, by its number, gave for a record of a batch whose derived
    /// fields are in place. `None` for a rule that runs over columns.
    #[must_use]
    pub fn trace(&self, rule: usize, batch: &Batch, row: usize) -> Option<RuleTrace> {
        let planned = self.plan.rules.get(rule)?;
        let Form::Rows(form) = &planned.compiled.form else { return None };
        let mut trace = self.runner.trace(form, batch, row);
        let is_asked = !matches!(trace.verdict, RowVerdict::NotApplicable | RowVerdict::Fault(true, _));
        if let Some(window) = planned.window.filter(|_| is_asked)
            && let Some(cause) = self.plan.windows[window].lack(batch, row)
        {
            trace.verdict = RowVerdict::Fault(false, cause);
        }
        Some(trace)
    }
}
