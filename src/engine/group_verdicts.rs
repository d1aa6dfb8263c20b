//! Rules over groups at work: each worker folds its records into groups; once all are read, the groups are
//! put together and judged as if they were records.

use super::{
    FindingEncoder, Judging, PlannedGroups,
    groups::{Chunk, Figure, Group, Lane, Table, merge, merge_tables},
    judge::{Verdicts, in_force, judge_rows},
    writer::{Writer, owned},
};
use crate::{
    audit::{Audit, GroupResult, Judged},
    expr::{CHUNK_LEN, Evaluator, Faults, Mask, Scratch, values_of},
    finding::{Alike, Evidence, Finding, FindingOrigin, Fingerprint, Shown, Standing, rounded, value_text},
    record::{Batch, Column, Value},
    rule::{MissingPolicy, Outcome, Severity, Waiver},
    script::RowRunner,
    sorting::{Sorter, Temporary},
    wording::{self, Lang},
};
use std::io;

/// One worker's groups, of all rules.
pub(super) struct GroupFolder<'a> {
    judging: &'a Judging<'a>,
    tables: Vec<Table>,
    sorter: Option<Sorter<Temporary>>,
}

impl<'a> GroupFolder<'a> {
    pub(super) fn new(judging: &'a Judging<'a>) -> Self {
        let tables = judging.plan.groupings().map(|_| Table::default()).collect();
        Self { judging, tables, sorter: None }
    }

    /// Takes in the evaluator's chunk; what joins no group, or could not be computed, is counted and listed.
    pub(super) fn fold<'b>(
        &mut self,
        evaluator: &mut Evaluator<'b, '_>,
        runner: Option<&RowRunner>,
        batch: &'b Batch,
        writer: &mut Writer<'_, '_>,
        result: &mut super::BlockResult,
    ) {
        let plan = self.judging.plan;
        let first = plan.rules.len();
        for ((number, planned), table) in (first..).zip(&plan.groups).zip(&mut self.tables) {
            let (mut active, mut faults) = in_force(&planned.as_rule, evaluator, plan, batch);
            if let Some(when) = &planned.when {
                let mut lane = Lane::new(when, evaluator, runner, batch, &active);
                active = lane.test();
                lane.faults.list.iter().for_each(|it| faults.add(&it.rows, it.cause.clone()));
            }
            let named = &*writer;
            let name = |row: usize, out: &mut String| {
                named.put_key(row, out);
            };
            let mut chunk = Chunk { evaluator, runner, batch, name: &name };
            let folded = table.fold(&planned.grouping, &mut chunk, &active);
            folded.faults.list.iter().for_each(|it| faults.add(&it.rows, it.cause.clone()));
            let (missing, error) = faults.split();
            result.counts[number].no_evidence += missing.count() as u64;
            result.counts[number].error += error.count() as u64;
            let low = evaluator.low();
            writer.list(number, &planned.as_rule, &Verdicts::of(faults), low, result);
        }
    }

    /// The tables of scorecards.
    pub(super) fn cards(&mut self) -> &mut [Table] {
        &mut self.tables[self.judging.plan.groups.len()..]
    }

    /// Hands over all groups where they hold more than the worker may.
    pub(super) fn relieve(&mut self) -> io::Result<()> {
        // The rest is for what is on its way to the file.
        let bound = self.judging.spill.bytes_max / 4 * 3;
        if self.tables.iter().map(Table::bytes_held).sum::<usize>() <= bound {
            return Ok(());
        }
        self.hand_over()
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let spill = self.judging.spill;
        let sorter = self.sorter.get_or_insert_with(|| Sorter::new(spill.bytes_max / 4, spill.make));
        for ((number, grouping), table) in (0..).zip(self.judging.plan.groupings()).zip(&mut self.tables) {
            table.hand_over(number, grouping, sorter)?;
        }
        Ok(())
    }

    /// What the worker has.
    pub(super) fn done(mut self) -> io::Result<GroupPart> {
        if self.sorter.is_some() {
            self.hand_over()?;
        }
        Ok(GroupPart { tables: self.tables, sorter: self.sorter })
    }
}

/// One worker's groups, once it has no more records.
pub struct GroupPart {
    /// In memory, a rule each.
    tables: Vec<Table>,
    /// All of them, where some did not fit.
    sorter: Option<Sorter<Temporary>>,
}

/// Takes judged groups in: the number of their rule among the rules over groups, and findings, encoded, an
/// output a buffer.
pub type TakeJudged<'a> = &'a mut dyn FnMut(usize, Judged, &[Vec<u8>]) -> io::Result<()>;

/// Takes what was added up of a scorecard, by its number: for a period and levels from the outermost on (fewer
/// where these were put together), the sums.
pub type TakeSums<'a> = &'a mut dyn FnMut(usize, Vec<Value>, Vec<f64>);

/// Judges the groups of all workers, some at a time, in the order of rules and groups.
///
/// # Errors
/// A temporary file cannot be read; or what `each` gives.
pub fn judge_groups(
    judging: &Judging<'_>,
    parts: Vec<GroupPart>,
    each: TakeJudged<'_>,
    sums: TakeSums<'_>,
) -> io::Result<()> {
    let outputs = vec![Vec::new(); judging.sink.outputs()];
    let (encoded, room) = (Encoded { encoder: judging.sink.encoder(), outputs }, judging.room_for_worst());
    let mut line = Line { judging, encoded, waiting: Vec::new(), room, listed: [0; 2], each, sums };
    let groupings: Vec<_> = judging.plan.groupings().collect();
    if parts.iter().all(|it| it.sorter.is_none()) {
        let mut parts: Vec<_> = parts.into_iter().map(|it| it.tables.into_iter()).collect();
        for (rule, grouping) in (0..).zip(groupings) {
            let tables = parts.iter_mut().filter_map(Iterator::next).collect();
            merge_tables(rule, tables, grouping, &mut |group| line.take(group))?;
        }
        return line.judge();
    }
    let mut sorters = Vec::new();
    for part in parts {
        let spill = judging.spill;
        let mut sorter = part.sorter.unwrap_or_else(|| Sorter::new(spill.bytes_max / 4, spill.make));
        for ((rule, grouping), mut table) in (0..).zip(&groupings).zip(part.tables) {
            table.hand_over(rule, grouping, &mut sorter)?;
        }
        sorters.push(sorter);
    }
    merge(sorters, &groupings, &mut |group| line.take(group))?;
    line.judge()
}

/// Groups in line to be judged, of one rule.
struct Line<'a, 'e> {
    judging: &'a Judging<'a>,
    encoded: Encoded<'a>,
    waiting: Vec<Group>,
    room: [u64; 4],
    /// How many groups of the rule are listed: that fail, and others.
    listed: [usize; 2],
    each: TakeJudged<'e>,
    sums: TakeSums<'e>,
}

impl Line<'_, '_> {
    fn take(&mut self, group: Group) -> io::Result<()> {
        if let Some(card) = group.rule.checked_sub(self.judging.plan.groups.len()) {
            let sum = |it: &Figure| match it.value {
                Ok(Value::Float(sum)) => sum,
                _ => 0.0,
            };
            (self.sums)(card, group.key, group.figures.iter().map(sum).collect());
            return Ok(());
        }
        let is_next = self.waiting.first().is_some_and(|it| it.rule != group.rule);
        if self.waiting.len() == CHUNK_LEN || is_next {
            self.judge()?;
        }
        if is_next {
            self.listed = [0; 2];
        }
        self.waiting.push(group);
        Ok(())
    }

    fn judge(&mut self) -> io::Result<()> {
        let Some(first) = self.waiting.first() else { return Ok(()) };
        let number = first.rule;
        let planned = &self.judging.plan.groups[number];
        let chunk = GroupChunk { judging: self.judging, planned, groups: &self.waiting };
        self.encoded.outputs.iter_mut().for_each(Vec::clear);
        let judged = chunk.judge(&mut self.encoded, &mut self.room, &mut self.listed);
        self.waiting.clear();
        (self.each)(number, judged, &self.encoded.outputs)
    }
}

/// Groups of one rule, no more than a chunk.
struct GroupChunk<'a> {
    judging: &'a Judging<'a>,
    planned: &'a PlannedGroups,
    groups: &'a [Group],
}

/// What is told of a group.
struct Told {
    figure: Value,
    limit: Option<Value>,
    n: u64,
    coverage: Option<f64>,
    interval: Option<[Value; 2]>,
    /// The aggregate whose worst records are named.
    worst: usize,
}

/// Tells of groups, of which most are never asked for.
struct Telling<'c, 'b, 'p> {
    chunk: &'c GroupChunk<'c>,
    evaluator: Evaluator<'b, 'p>,
    /// For each conjunct that compares, the figures and limits of the chunk, once they are asked for.
    compared: Option<Vec<Option<Sides>>>,
}

/// Figures and limits, a group each.
type Sides = (Vec<Value>, Vec<Value>);

impl Telling<'_, '_, '_> {
    fn sides(&mut self) -> &[Option<Sides>] {
        let (chunk, evaluator) = (self.chunk, &mut self.evaluator);
        self.compared.get_or_insert_with(|| {
            let mut there = |node| {
                let all = values_of(evaluator, node).into_iter();
                all.map(|it| it.unwrap_or(Value::Missing)).collect::<Vec<_>>()
            };
            let compared = chunk.planned.compared.iter();
            compared.map(|it| it.as_ref().map(|it| (there(it.figure), there(it.limit)))).collect()
        })
    }

    /// What was compared of a group: in the conjunct that is false, else in the first that compares.
    fn told(&mut self, row: usize, verdicts: &Verdicts, judged: &Mask) -> Told {
        let (planned, group) = (self.chunk.planned, &self.chunk.groups[row]);
        let first = planned.compared.iter().position(Option::is_some);
        let decider = verdicts.deciders.iter().position(|it| it.get(row));
        let which = decider.filter(|it| planned.compared.get(*it).is_some_and(Option::is_some));
        let which = which.or(first);
        let compared = which.and_then(|it| planned.compared[it].as_ref());
        let calls: Vec<usize> =
            compared.map_or_else(|| (0..group.figures.len()).collect(), |it| it.calls.clone());
        let only = compared.map_or_else(|| (calls.len() == 1).then_some(0), |it| it.only);
        let of_calls = || calls.iter().map(|it| &group.figures[*it]);
        let pair = which.and_then(|it| self.sides()[it].as_ref());
        let own = || group.figures[calls[0]].value.clone().unwrap_or(Value::Missing);
        let figure = pair.map_or_else(own, |it| it.0[row].clone());
        Told {
            figure: if judged.get(row) || figure.is_there() { figure } else { own() },
            limit: pair.map(|it| it.1[row].clone()).filter(Value::is_there),
            n: of_calls().map(|it| it.n).min().unwrap_or_default(),
            coverage: of_calls().filter_map(Figure::coverage).min_by(f64::total_cmp),
            interval: only.and_then(|it| group.figures[it].interval()),
            worst: only.unwrap_or(calls[0]),
        }
    }
}

/// What encodes findings, and where to: a buffer an output.
struct Encoded<'a> {
    encoder: Box<dyn FindingEncoder + 'a>,
    outputs: Vec<Vec<u8>>,
}

impl GroupChunk<'_> {
    fn judge(&self, encoded: &mut Encoded<'_>, room: &mut [u64; 4], listed: &mut [usize; 2]) -> Judged {
        let planned = self.planned;
        let batch = self.batch();
        let mut scratch = Scratch::default();
        let mut evaluator = Evaluator::new(&planned.program, &batch, &mut scratch);
        let mut judged = Judged::default();
        let (mut enough, mut faults) = (Mask::NONE, Faults::default());
        for (row, group) in self.groups.iter().enumerate() {
            let broken = group.figures.iter().find_map(|it| it.value.as_ref().err());
            let least = group.figures.iter().map(|it| it.n).min().unwrap_or_default();
            let mut one = Mask::NONE;
            one.insert(row);
            match broken.filter(|it| !it.is_missing()) {
                _ if least < planned.min => judged.below_min += 1,
                Some(cause) => faults.add(&one, cause.clone()),
                None => enough = enough.or(&one),
            }
        }
        let active = enough.or(&faults.dead);
        let runner = RowRunner::new(&planned.program);
        let mut verdicts = judge_rows(
            (&planned.as_rule, None),
            &mut evaluator,
            Some(&runner),
            &batch,
            (&active, faults),
            &mut judged.counts,
        );
        judged.counts.no_evidence += judged.below_min;
        if planned.as_rule.rule.missing == MissingPolicy::Fail {
            let below = evaluator.all().without(&active);
            verdicts.findings = verdicts.findings.or(&below);
        }
        let mut telling = Telling { chunk: self, evaluator, compared: None };
        self.conclude((&batch, &verdicts, &active), &mut telling, (encoded, room, listed), &mut judged);
        judged
    }

    /// The groups as records: their values, then their aggregates.
    fn batch(&self) -> Batch {
        let keys = self.planned.names.len();
        let column = |(number, ty): (usize, &crate::record::Type)| {
            let value = |group: &Group| match number.checked_sub(keys) {
                None => group.key.get(number).cloned().unwrap_or(Value::Missing),
                Some(figure) => group.figures[figure].value.clone().unwrap_or(Value::Missing),
            };
            let values: Vec<Value> = self.groups.iter().map(value).collect();
            Column::of_values(*ty, &values)
        };
        let columns = self.planned.types.iter().enumerate().map(column).collect();
        Batch { len: self.groups.len(), columns, ..Batch::default() }
    }

    fn conclude(
        &self,
        (batch, verdicts, judged_rows): (&Batch, &Verdicts, &Mask),
        telling: &mut Telling<'_, '_, '_>,
        (encoded, room, listed): (&mut Encoded<'_>, &mut [u64; 4], &mut [usize; 2]),
        judged: &mut Judged,
    ) {
        let planned = self.planned;
        let rule = &planned.as_rule.rule;
        let severity = Severity::ALL.iter().position(|it| *it == rule.severity).unwrap_or(0);
        judged.waived = self.judging.plan.waivers.no_hits();
        let (_, errors) = verdicts.faults.split();
        for (row, group) in self.groups.iter().enumerate() {
            let outcome = match () {
                () if verdicts.pass.get(row) => Outcome::Pass,
                () if errors.get(row) => Outcome::Error,
                () if verdicts.faults.dead.get(row) || !judged_rows.get(row) => Outcome::NoEvidence,
                () => Outcome::Fail,
            };
            if let Some(cause) = verdicts.faults.cause(row).filter(|it| !it.is_missing()) {
                judged.errors.push((self.key(group), cause.says()));
            }
            if verdicts.findings.get(row) {
                let (standing, waiver) = self.standing(group, judged);
                judged.findings.add(standing, outcome == Outcome::Fail);
                let is_new = standing == Standing::New;
                let for_worst = is_new && self.judging.sink.wanted().worst && room[severity] > 0;
                room[severity] -= u64::from(for_worst);
                let encoded = (&mut *encoded, for_worst);
                let told = telling.told(row, verdicts, judged_rows);
                let worst = self.finding(batch, row, (outcome, standing, waiver), (verdicts, &told), encoded);
                judged.worst.extend(worst);
            }
            judged.met += 1;
            let listed = &mut listed[usize::from(outcome != Outcome::Fail)];
            if *listed < Audit::GROUPS_MAX {
                *listed += 1;
                let told = telling.told(row, verdicts, judged_rows);
                judged.groups.push((judged.met - 1, self.result(group, told, outcome)));
            }
        }
    }

    /// Where a finding on a group stands, and what excuses it: waived beats known.
    fn standing(&self, group: &Group, judged: &mut Judged) -> (Standing, Option<&Waiver>) {
        let plan = self.judging.plan;
        let key = self.key(group);
        let number = plan.rules.len() + group.rule;
        if let Some(waiver) = plan.waivers.of_group(number, &key, &mut judged.waived) {
            return (Standing::Waived, Some(waiver));
        }
        let id = Fingerprint::of_record(&plan.id, &self.planned.as_rule.rule.id, &key, 0);
        match self.judging.baseline.and_then(|it| it.number(id)) {
            Some(number) => {
                judged.known.push(number);
                (Standing::Known, None)
            }
            None => (Standing::New, None),
        }
    }

    fn result(&self, group: &Group, told: Told, outcome: Outcome) -> GroupResult {
        let planned = self.planned;
        let mut values = group.key.clone();
        values.resize(planned.names.len(), Value::Missing);
        let figure = |it: &Figure| (it.value.clone().unwrap_or(Value::Missing), it.n);
        GroupResult {
            rule: planned.as_rule.rule.clone(),
            source: planned.source.clone(),
            names: planned.names.clone(),
            values,
            number: 0,
            records: group.records,
            figure: told.figure,
            n: told.n,
            coverage: told.coverage,
            interval: told.interval,
            limit: told.limit,
            outcome,
            texts: planned.texts.clone(),
            figures: group.figures.iter().map(figure).collect(),
        }
    }

    fn key(&self, group: &Group) -> String {
        GroupResult::key(&group.key, self.planned.names.len(), self.judging.zone)
    }

    fn finding(
        &self,
        batch: &Batch,
        row: usize,
        (outcome, standing, waiver): (Outcome, Standing, Option<&Waiver>),
        (verdicts, told): (&Verdicts, &Told),
        (encoded, for_worst): (&mut Encoded<'_>, bool),
    ) -> Option<crate::audit::OwnedFinding> {
        let (judging, planned, group) = (self.judging, self.planned, &self.groups[row]);
        let rule = &planned.as_rule.rule;
        let key = self.key(group);
        let mut message = String::new();
        let last = planned.types.len();
        planned.as_rule.message.write_values(judging.zone, &mut message, |column| match column {
            _ if column >= group.key.len() && column < planned.names.len() => {
                Value::Text(wording::GROUP_ALL.text(judging.plan.lang).into())
            }
            _ if column == last => Value::Int(i64::try_from(told.n).unwrap_or(i64::MAX)),
            _ if column > last => rounded(&told.figure, GroupResult::DECIMALS),
            _ => rounded(&batch.value(column, row), GroupResult::DECIMALS),
        });
        let texts: Vec<(&str, String)> = planned
            .subject
            .iter()
            .filter_map(|(level, at)| {
                Some((level.as_str(), value_text(group.key.get(*at)?, judging.zone, Lang::En)))
            })
            .collect();
        let decider = verdicts.deciders.iter().position(|it| it.get(row));
        let conjunct = decider.and_then(|it| planned.as_rule.compiled.form.conjunct_text(it));
        let finding = Finding {
            id: Fingerprint::of_record(&judging.plan.id, &rule.id, &key, 0),
            rule,
            key: &key,
            subject: texts.iter().map(|(level, who)| (*level, who.as_str())).collect(),
            outcome,
            message: &message,
            evidence: Evidence {
                fields: self.evidence(group, told).into(),
                conjunct,
                missing: None,
                reason: None,
                rule_hash: &planned.as_rule.hash,
            },
            origin: FindingOrigin::default(),
            standing,
            waiver,
            unstable: false,
        };
        // They stand in no file, not every group has all figures, and messages tell them.
        let class = Alike::class(judging.plan.rules.len() + group.rule, outcome, standing);
        let alike = Alike { class, file: 0, names: false, message: false };
        let findings = [(alike, finding)];
        if judging.sink.wanted().findings {
            encoded.encoder.encode(&findings, &mut encoded.outputs);
        }
        for_worst.then(|| owned(&findings[0].1, &planned.as_rule, u64::MAX))
    }

    /// The aggregates with their values; n, coverage, interval and limit of the one that was compared; the
    /// records that weigh most.
    fn evidence<'g>(&'g self, group: &'g Group, told: &'g Told) -> Vec<(&'g str, Shown<'g>)> {
        let texts = &self.planned.column_names[self.planned.names.len()..];
        let mut fields: Vec<(&str, Shown<'g>)> = texts
            .iter()
            .zip(&group.figures)
            .map(|(text, it)| (text.as_str(), it.value.as_ref().map_or(Value::Missing, Value::with_texts)))
            .collect();
        fields.push(("n", Value::Int(i64::try_from(told.n).unwrap_or(i64::MAX))));
        fields.extend(told.coverage.map(|it| ("coverage", Value::Float(it))));
        let interval = told.interval.as_ref();
        fields
            .extend(interval.map(|it| ("interval", Value::List(it.iter().map(Value::with_texts).collect()))));
        fields.extend(told.limit.as_ref().map(|it| ("limit", it.with_texts())));
        let worst = &group.figures[told.worst];
        let keys: Vec<Shown<'g>> = worst.worst().map(|it| Value::Text(it.into())).collect();
        if !keys.is_empty() {
            fields.push(("worst", Value::List(keys)));
        }
        fields
    }
}
