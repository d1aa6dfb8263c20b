//! Where findings stand: the waivers of a source's rules, planned; a baseline is asked finding by finding.

use super::{groups::Lane, judge::Verdicts, plan::Planning, writer::Writer};
use crate::{
    diagnostic::Diagnostic,
    expr::{Evaluator, Program},
    record::{Batch, Type},
    rule::{Pack, Promise, Rule, Waived, Waiver},
    script::{CompiledValue, Names, Registry, RowRunner, compile_value, names_in},
    wording,
};
use std::collections::HashMap;

/// The waivers of one rule, by their numbers in the project.
#[derive(Debug, Default)]
struct RuleWaivers {
    keys: HashMap<Box<str>, Vec<u32>>,
    conditions: Vec<(u32, CompiledValue)>,
}

/// The waivers of a source's rules.
#[derive(Debug, Default)]
pub struct PlannedWaivers {
    /// By rule: those on records, then those over groups, then promises.
    of: Vec<Option<RuleWaivers>>,
    /// The project's waivers; `None` of those whose time is over.
    all: Vec<Option<Waiver>>,
}

impl Planning<'_> {
    /// Plans the waivers of rules with these ids, in the order in which they are judged.
    pub(super) fn waivers<'p>(
        &mut self,
        tools: (&mut Program, &mut Registry, &mut Names<'p>),
        packs: &'p [Pack],
        ids: &[String],
    ) -> PlannedWaivers {
        let (program, registry, names) = tools;
        let waivers = &self.ask.waivers;
        let mut planned = PlannedWaivers { of: Vec::new(), all: waivers.clone() };
        planned.of.resize_with(ids.len(), || None);
        for (number, waiver) in (0..).zip(waivers) {
            let Some(waiver) = waiver else { continue };
            for at in (0..ids.len()).filter(|it| ids[*it] == waiver.rule) {
                let of = planned.of[at].get_or_insert_default();
                match &waiver.of {
                    Waived::Key(key) => of.keys.entry(key.as_str().into()).or_default().push(number),
                    Waived::Where(script) => {
                        let pack = waiver.rule.split('/').next().unwrap_or_default();
                        if let Some(pack) = packs.iter().find(|it| it.id == pack) {
                            self.enter(pack, names);
                        }
                        let (compiled, found) = compile_value(program, registry, names, &[], script);
                        self.diagnostics.extend(found);
                        let Some(compiled) = compiled else { continue };
                        if let Some(other) = compiled.ty.filter(|it| *it != Type::Bool) {
                            let said = Diagnostic::error(wording::NOT_BOOL).with("found", other.name());
                            let place = script.place(0..script.text.trim_end().len());
                            self.diagnostics.push(said.at(place).help(wording::HELP_COMPARE));
                        }
                        of.conditions.push((number, compiled));
                    }
                }
            }
        }
        planned
    }
}

/// The names in conditions of waivers of these rules and promises.
pub(super) fn mentioned_by_waivers(
    waivers: &[Option<Waiver>],
    rules: &[(&Pack, &Rule)],
    promises: &[(&Pack, &Promise, bool)],
) -> Vec<String> {
    let is_judged =
        |id: &str| rules.iter().any(|it| it.1.id == id) || promises.iter().any(|it| it.1.id == id);
    let scripts = waivers.iter().flatten().filter(|it| is_judged(&it.rule)).filter_map(|it| match &it.of {
        Waived::Where(script) => Some(script),
        Waived::Key(_) => None,
    });
    scripts.flat_map(names_in).collect()
}

impl PlannedWaivers {
    /// True where some condition does not run over columns.
    pub(super) fn runs_by_rows(&self) -> bool {
        let all = self.of.iter().flatten().flat_map(|it| &it.conditions);
        all.into_iter().any(|it| it.1.node.is_none())
    }

    /// A count for each waiver, where there are any.
    pub(super) fn no_hits(&self) -> Vec<u64> {
        vec![0; self.all.len()]
    }

    /// A waiver, by its number.
    fn get(&self, number: u32) -> Option<&Waiver> {
        self.all.get(number as usize)?.as_ref()
    }

    /// The waiver that excuses a finding of a rule, by its number, on a row of a chunk with this key; the first in the
    /// project's order where several do.
    pub(super) fn of_row(
        &self,
        rule: usize,
        (key, row): (&str, usize),
        verdicts: &Verdicts,
    ) -> Option<&Waiver> {
        let by_key = self.of.get(rule)?.as_ref()?.keys.get(key).into_iter().flatten().copied();
        let by_condition = verdicts.waived_by.iter().filter(|it| it.1.get(row)).map(|it| it.0);
        self.get(by_key.chain(by_condition).min()?)
    }

    /// Notes which findings of a rule, by its number, are waived; `hits` counts by waiver.
    pub(super) fn excuse<'b>(
        &self,
        rule: usize,
        verdicts: &mut Verdicts,
        (evaluator, runner): (&mut Evaluator<'b, '_>, Option<&RowRunner>),
        (batch, writer): (&'b Batch, &Writer<'_, '_>),
        hits: &mut [u64],
    ) {
        let Some(Some(of)) = self.of.get(rule) else { return };
        let findings = verdicts.findings;
        if findings.is_none() {
            return;
        }
        let Verdicts { waived, waived_by, .. } = verdicts;
        if !of.keys.is_empty() {
            let mut key = String::new();
            for row in findings.rows() {
                key.clear();
                writer.put_key(evaluator.low() + row, &mut key);
                for number in of.keys.get(key.as_str()).into_iter().flatten() {
                    hits[*number as usize] += 1;
                    waived.insert(row);
                }
            }
        }
        for (number, condition) in &of.conditions {
            let mut lane = Lane::new(condition, evaluator, runner, batch, &findings);
            // Where the condition cannot be told nothing is excused.
            let holds = lane.test().and(&findings);
            hits[*number as usize] += holds.count() as u64;
            *waived = waived.or(&holds);
            waived_by.push((*number, holds));
        }
    }

    /// The first waiver that excuses a finding on a group.
    pub(super) fn of_group(&self, rule: usize, key: &str, hits: &mut [u64]) -> Option<&Waiver> {
        let numbers = self.of.get(rule)?.as_ref()?.keys.get(key)?;
        numbers.iter().for_each(|it| hits[*it as usize] += 1);
        self.get(*numbers.first()?)
    }
}
