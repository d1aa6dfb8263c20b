//! One rule, one record: what every part of the rule gave, and so how the verdict came about.

use super::{
    Voice,
    audit::internal,
    choice::{Choice, choice},
    clock_report, clock_verdict, exit,
    output::write_file,
    plans::{Planned, PlannedSource, begin, planned},
    print,
    records::{bench, each_batch},
    verdict_report::{Verdict, Verdicts, json, terminal},
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, nearest},
    engine::{Filter, FindingEncoder, FindingSink, Judge, SourcePlan, Tracer, Wanted, key_in, plan_source},
    finding::{Alike, Finding, day_of, value_text},
    ingest::Fault,
    project::Project,
    record::{Batch, Value},
    rule::{Outcome, Reach},
    script::RuleTrace,
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::sync::{Mutex, PoisonError};

/// Keys that are looked at for one that is like the one asked for.
const KEYS_MAX: usize = 100_000;
/// Records with one key that are explained.
const RECORDS_MAX: usize = 20;

/// Explains a verdict; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    let (loaded, voice) = begin(matches, asked, lang);
    let disabled = loaded.project.as_ref().map(|it| it.disabled.clone()).unwrap_or_default();
    let rule = matches.get_one::<String>("rule").cloned().unwrap_or_default();
    if let Some((_, reason)) = disabled.into_iter().find(|it| it.0 == rule) {
        let said = Diagnostic::error(wording::RULE_IS_OFF).with("rule", rule).with("reason", reason);
        voice.complain(&[said], &loaded.sources, true);
        return exit::NOT_AS_ASKED;
    }
    if let Some(said) = loaded.project.as_ref().and_then(|it| over_groups(it, &rule)) {
        voice.complain(&[said], &loaded.sources, true);
        return exit::NOT_AS_ASKED;
    }
    let promises = loaded.project.iter().flat_map(|it| &it.packs).flat_map(|it| &it.promises);
    let is_promise = promises.into_iter().any(|it| it.id == rule);
    let Some(planned) = planned(loaded, matches, voice) else { return exit::NOT_AS_ASKED };
    let texts = &planned.texts;
    let out = if is_promise {
        clock_verdict::explained(matches, &planned, voice).and_then(|all| {
            written(matches, voice, &|| clock_report::json(&all), &|colour| {
                clock_report::terminal(&all, colour)
            })
        })
    } else {
        explained(matches, &planned, voice).and_then(|all| {
            let shown = |text: String| {
                planned.sources.iter().fold(text, |text, it| it.opened.steps.as_written(&text))
            };
            written(matches, voice, &|| shown(json(&all, texts)), &|colour| {
                shown(terminal(&all, texts, colour))
            })
        })
    };
    match out {
        Ok(code) => code,
        Err(diagnostic) => {
            voice.complain(&[*diagnostic], &planned.texts, true);
            exit::NOT_AS_ASKED
        }
    }
}

/// What is said of a rule over groups: no record has a verdict of its own.
fn over_groups(project: &Project, id: &str) -> Option<Diagnostic> {
    let rule = project.packs.iter().flat_map(|it| &it.rules).find(|it| it.id == id)?;
    let Reach::Groups(per) = &rule.reach else { return None };
    let per: String = per.by.iter().map(|it| format!(" --per '{}'", it.text.trim())).collect();
    let said = Diagnostic::error(wording::EXPLAIN_GROUPS).with("rule", id).at(rule.place.clone());
    let arguments = vec![("check", rule.check.text.trim().to_owned()), ("per", per)];
    Some(said.help_with(wording::HELP_EXPLAIN_GROUPS, arguments))
}

pub(super) fn written(
    matches: &ArgMatches,
    voice: Voice,
    json: &dyn Fn() -> String,
    terminal: &dyn Fn(bool) -> String,
) -> Result<u8, Box<Diagnostic>> {
    let Choice { stdout, files } = choice(matches, &[("terminal", &["txt"]), ("json", &["json"])])?;
    let bytes = |form: usize, colour: bool| if form == 1 { json() } else { terminal(colour) };
    for (form, path) in files {
        write_file(&path, bytes(form, false).as_bytes())?;
    }
    let out = bytes(stdout.unwrap_or(0), voice.colour);
    Ok(if print(out.as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD })
}

fn explained<'a>(
    matches: &ArgMatches,
    planned: &'a Planned,
    voice: Voice,
) -> Result<Verdicts<'a>, Box<Diagnostic>> {
    let key = matches.get_one::<String>("record").cloned().unwrap_or_default();
    let mut verdicts =
        Verdicts { project: &planned.project, as_of: planned.as_of, lang: voice.lang, all: Vec::new() };
    for (source, records) in found(planned, &key, voice.lang, |it| !it.rules.is_empty())? {
        explain(planned, source, &records, &mut verdicts.all)?;
    }
    Ok(verdicts)
}

/// The records with a key in the sources whose plan is `wanted`; an error where there is none.
pub(super) fn found<'a>(
    planned: &'a Planned,
    key: &str,
    lang: Lang,
    wanted: impl Fn(&SourcePlan) -> bool,
) -> Result<Vec<(&'a PlannedSource, Vec<u64>)>, Box<Diagnostic>> {
    let mut known = Vec::new();
    let mut all = Vec::new();
    let sources = || planned.sources.iter().filter(|it| wanted(&it.plan));
    for source in sources() {
        let records = find(source, key, &mut known)?;
        if !records.is_empty() {
            all.push((source, records));
        }
    }
    if !all.is_empty() {
        return Ok(all);
    }
    let kinds: Vec<&str> = sources().map(|it| it.plan.id.as_str()).collect();
    let comma = wording::LIST_COMMA.text(lang);
    let said = Diagnostic::error(wording::NO_SUCH_RECORD).with("key", key).with("sources", kinds.join(comma));
    Err(Box::new(match nearest(key, known.iter().map(String::as_str)) {
        Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
        None => {
            let some = known.iter().take(3).cloned().collect::<Vec<_>>().join(comma);
            said.help_with(wording::HELP_RECORDS, vec![("names", some)])
        }
    }))
}

/// The numbers of the records with a key, or with that origin (`file:row`); keys that there are.
fn find(source: &PlannedSource, key: &str, known: &mut Vec<String>) -> Result<Vec<u64>, Box<Diagnostic>> {
    let PlannedSource { opened, plan } = source;
    let columns: Vec<_> = plan.key.iter().map(|it| plan.columns[*it as usize]).collect();
    let places: Vec<u32> = (0..).take(columns.len()).collect();
    let (mut found, mut joined) = (Vec::new(), String::new());
    each_batch(opened, &columns, |batch, _| {
        for row in 0..batch.len {
            let file = opened.files.get(batch.origin(row).file as usize).map_or("", |it| it.shown.as_str());
            let origin_row = key.strip_prefix(file).and_then(|it| it.strip_prefix(':')?.parse::<u64>().ok());
            let own = key_in(&places, batch, row, &mut joined);
            if own == Some(key) || origin_row == Some(batch.rows[row]) {
                found.push(batch.first_record + row as u64);
            }
            if known.len() < KEYS_MAX {
                known.push(own.map_or_else(|| format!("{file}:{}", batch.rows[row]), str::to_owned));
            }
        }
        Ok(found.len() < RECORDS_MAX)
    })?;
    found.truncate(RECORDS_MAX);
    Ok(found)
}

/// Judges the blocks that hold the records, and walks through the rule for each.
fn explain<'a>(
    planned: &'a Planned,
    source: &'a PlannedSource,
    records: &[u64],
    all: &mut Vec<Verdict<'a>>,
) -> Result<(), Box<Diagnostic>> {
    let PlannedSource { opened, plan } = source;
    let traced = row_by_row(planned, source)?;
    let tracer = Tracer::new(&traced);
    let bench = bench(opened, plan, &planned.project.zone)?;
    let kept = Messages::default();
    let judging = bench.judging(plan, &kept);
    let mut judge = Judge::new(&judging);
    let mut next = records.iter().peekable();
    each_batch(opened, &plan.columns, |batch, faults| {
        let end = batch.first_record + batch.len as u64;
        if next.peek().is_some_and(|it| **it < end) {
            let result = judge.judge(batch);
            let messages = kept.take();
            while let Some(record) = next.next_if(|it| **it < end) {
                let row = usize::try_from(record - batch.first_record).unwrap_or_default();
                let told =
                    Told { source, batch, row, faults, messages: &messages, zone: &planned.project.zone };
                let versions = result.outcomes.iter().enumerate().map(|(number, outcomes)| {
                    told.verdict(number, outcomes[row], tracer.trace(number, batch, row))
                });
                all.extend(only_in_force(versions.collect()));
            }
        }
        Ok(next.peek().is_some())
    })
}

/// The plan whose rules can be walked through.
fn row_by_row(planned: &Planned, source: &PlannedSource) -> Result<SourcePlan, Box<Diagnostic>> {
    let project = &planned.project;
    let known = project.sources.iter().find(|it| it.id == source.plan.id);
    let filter = Filter {
        rules: source.plan.rules.iter().map(|it| it.rule.id.clone()).collect(),
        ..Filter::default()
    };
    let setting = (&project.zone, planned.as_of, project.lang);
    let plan = known.and_then(|known| {
        plan_source(
            &source.opened.ask(known, &project.calendars),
            &source.opened.schema,
            &source.opened.packs,
            setting,
            &filter,
            true,
        )
        .0
    });
    let plan = plan.ok_or_else(|| internal("the rule cannot be planned row by row"))?;
    Ok(plan.with_steps(&source.opened.steps))
}

/// Of several versions of a rule the one in force; all where none is.
fn only_in_force(mut versions: Vec<Verdict<'_>>) -> Vec<Verdict<'_>> {
    if versions.iter().any(Verdict::is_in_force) {
        versions.retain(Verdict::is_in_force);
    }
    versions
}

/// Everything about a record that a verdict tells.
struct Told<'a, 'b> {
    source: &'a PlannedSource,
    batch: &'b Batch,
    row: usize,
    faults: &'b [Fault],
    messages: &'b [(u64, String)],
    zone: &'b Zone,
}

impl<'a> Told<'a, '_> {
    fn verdict(&self, rule: usize, outcome: Outcome, trace: Option<RuleTrace>) -> Verdict<'a> {
        let PlannedSource { opened, plan } = self.source;
        let (batch, row) = (self.batch, batch_row(self.batch, self.row));
        let planned = &plan.rules[rule];
        let mut joined = String::new();
        let message = self.messages.iter().find(|it| it.0 == row && outcome != Outcome::NotApplicable);
        let bad = self.faults.iter().filter(|it| it.row == row && it.file == batch.origin(self.row).file);
        let field =
            |it: &Fault| it.field.and_then(|it| opened.schema.fields.get(it)).map(|it| it.name.clone());
        Verdict {
            source: &plan.id,
            rule: &planned.rule,
            hash: &planned.hash,
            key: plan.key_of(batch, self.row, &mut joined).map(str::to_owned),
            file: opened.files.get(batch.origin(self.row).file as usize).map_or("", |it| it.shown.as_str()),
            row,
            outcome,
            date: date_of(self.source, batch, self.row, self.zone),
            message: message.map(|it| it.1.clone()),
            columns: &plan.column_names,
            window: self.window(rule),
            bad_cells: bad.filter_map(|it| Some((field(it)?, it.text.clone()))).collect(),
            trace,
        }
    }
}

impl Told<'_, '_> {
    /// What the window of a rule holds.
    fn window(&self, rule: usize) -> Option<[String; 3]> {
        let plan = &self.source.plan;
        let window = &plan.windows[plan.rules[rule].window?];
        let (of, from, to) = window.of_record(self.batch, self.row)?;
        let text = |value: &Value| value_text(value, self.zone, plan.lang);
        let part = |column: &u32| {
            let value = self.batch.value(*column as usize, self.row);
            format!("{} = {}", plan.column_names[*column as usize], text(&value))
        };
        let of: Vec<String> = of.iter().map(part).collect();
        Some([of.join(wording::LIST_COMMA.text(plan.lang)), text(&from), text(&to)])
    }
}

/// A record's own day.
pub(super) fn date_of(source: &PlannedSource, batch: &Batch, row: usize, zone: &Zone) -> Option<i64> {
    let (column, _) = source.plan.date?;
    match batch.value(column as usize, row) {
        Value::Date(day) => Some(day),
        Value::Time(time) => Some(day_of(zone.to_local(time))),
        Value::Missing
        | Value::Unreadable
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::Text(_)
        | Value::Duration(_)
        | Value::Amount(_)
        | Value::List(_) => None,
    }
}

fn batch_row(batch: &Batch, row: usize) -> u64 {
    batch.rows.get(row).copied().unwrap_or_default()
}

/// Keeps what findings say, by row.
#[derive(Default)]
pub(super) struct Messages(Mutex<Vec<(u64, String)>>);

impl Messages {
    pub(super) fn take(&self) -> Vec<(u64, String)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl FindingSink for Messages {
    fn wanted(&self) -> Wanted {
        Wanted { findings: true, message: true, outcomes: true, ..Wanted::default() }
    }

    fn outputs(&self) -> usize {
        0
    }

    fn encoder(&self) -> Box<dyn FindingEncoder + '_> {
        Box::new(self)
    }
}

impl FindingEncoder for &Messages {
    fn encode(&mut self, findings: &[(Alike, Finding<'_>)], _: &mut [Vec<u8>]) {
        let said = findings.iter().map(|(_, it)| (it.origin.row, it.message.to_owned()));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(said);
    }
}
