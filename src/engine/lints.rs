//! What is looked at once a plan stands: tables as rules ask them, names that are in each other's way.

use super::plan::SourceAsk;
use crate::{
    calendar::Zone,
    diagnostic::Diagnostic,
    rule::{Outcome, Pack, Rule, snake_case},
    script::{Names, Registry, table_faults},
    wording,
};

/// True for a pack of the product: it names the values of several houses, in several languages.
fn is_builtin(pack: &Pack) -> bool {
    pack.from.starts_with("builtin:")
}

/// What is wrong with the tables that rules ask.
pub(super) fn of_tables<'a>(
    packs: impl Iterator<Item = &'a Pack>,
    registry: &Registry,
    zone: &Zone,
) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    for pack in packs {
        for table in &pack.tables {
            for inputs in registry.calls_of_table(&pack.id, &table.id) {
                said.extend(table_faults(table, inputs, zone, !is_builtin(pack)));
            }
        }
    }
    said
}

/// Tables that are called like a field: a rule could mean either.
pub(super) fn named_like_fields(pack: &Pack, names: &Names<'_>, ask: &SourceAsk) -> Vec<Diagnostic> {
    let clashes = pack.tables.iter().filter(|it| names.field(&snake_case(&it.id)).is_some());
    clashes
        .map(|table| {
            let said = Diagnostic::error(wording::TABLE_LIKE_FIELD).with("name", snake_case(&table.id));
            let source = vec![("source", ask.id.clone())];
            said.at(table.place.clone()).help_with(wording::HELP_TABLE_LIKE_FIELD, source)
        })
        .collect()
}

/// A rule with examples none of which fails: nobody has seen it find anything. A rule without any
/// example is a matter of coverage, which `test --min-coverage` asks for.
pub(super) fn without_failing_example(pack: &Pack, rule: &Rule) -> Option<Diagnostic> {
    let fails = rule.examples.iter().any(|it| it.expect == Outcome::Fail);
    if is_builtin(pack) || rule.examples.is_empty() || fails {
        return None;
    }
    let said = Diagnostic::note(wording::NO_FAILING_EXAMPLE).with("rule", rule.id.clone());
    Some(said.at(rule.place.clone()).help(wording::HELP_NO_FAILING_EXAMPLE))
}
