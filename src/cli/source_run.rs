//! One source judged: readers, judges and reports joined, duplicate keys found, results committed in order.

use super::{
    audit::{cancelled, cannot_go_on, cannot_spool, internal},
    cases::OpenedSource,
    output::{Outputs, Spools},
    plans::{Planned, PlannedSource},
    progress::Progress,
    rejects::Rejects,
    weave::Records,
    windows::windows,
};
use crate::{
    audit::{Audit, Block, Input, Judged, Path as Evaluated, Tally},
    diagnostic::{Diagnostic, Level, Place},
    engine::{
        Batches, BlockResult, Duplicates, Judging, KeyLog, Outcome, PlanColumn, PlannedCard, PlannedGroups,
        Repeated, Windows, judge_groups, key_hash, key_in, run_source,
    },
    finding::value_text,
    ingest::{Fault, FaultKind, Opened},
    record::{Batch, Origin, Type, Value},
    script::Form,
    sorting::{Spill, Temporary},
    wording::{self, Lang},
};
use std::{
    collections::BTreeMap,
    fs::File,
    io,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Hashes that are handed to the log at once when keys are read alone.
const LOGGED_AT_ONCE: usize = 1 << 12;

/// One source being judged.
pub(super) struct SourceRun<'a> {
    pub(super) source: &'a PlannedSource,
    pub(super) planned: &'a Planned,
    pub(super) threads: usize,
    pub(super) memory: usize,
    pub(super) cancelled: &'a AtomicBool,
    pub(super) show: bool,
    pub(super) lang: Lang,
}

impl SourceRun<'_> {
    /// Judges the source. Keys are checked on the way; only where some stand twice is it judged
    /// again, now that those are known.
    pub(super) fn run(
        &mut self,
        tally: &mut Tally,
        outputs: &mut Outputs,
        rejects: &mut Option<Rejects>,
    ) -> Result<(), Box<Diagnostic>> {
        let places = outputs.places();
        let write = |error: io::Error| cannot_spool(&places, &error);
        let marks = outputs.marks();
        let reject_mark = rejects.as_mut().map(Rejects::mark).transpose().map_err(write)?;
        let before = tally.clone();
        let PlannedSource { opened, plan } = self.source;
        opened.read_events(self.spill().bytes_max, self.cancelled)?;
        let windows = windows(opened, plan, self.threads, self.spill(), self.cancelled)?;
        let repeated = match self.judge((&Duplicates::default(), &windows), tally, outputs, rejects, true)? {
            Repeated::Hashes(hashes) => hashes,
            Repeated::Unknown => self.log_keys()?,
        };
        if repeated.is_empty() {
            return Ok(());
        }
        let (duplicates, diagnostics) = self.duplicates(&repeated)?;
        if duplicates.ordinals.is_empty() {
            return Ok(());
        }
        *tally = before;
        outputs.rewind(&marks).map_err(write)?;
        if let (Some(rejects), Some(mark)) = (rejects.as_mut(), reject_mark) {
            rejects.rewind(mark).map_err(write)?;
        }
        self.judge((&duplicates, &windows), tally, outputs, rejects, false)?;
        tally.summary.duplicate_keys += duplicates.ordinals.len() as u64;
        tally.diagnostics.extend(diagnostics);
        Ok(())
    }

    /// One pass; tells of keys that stand more than once, if asked for.
    fn judge(
        &self,
        (duplicates, windows): (&Duplicates, &Windows),
        tally: &mut Tally,
        outputs: &mut Outputs,
        rejects: &mut Option<Rejects>,
        check_keys: bool,
    ) -> Result<Repeated, Box<Diagnostic>> {
        let PlannedSource { opened, plan } = self.source;
        let files = Records::new(opened, &plan.columns)?;
        let shown: Vec<String> = opened.files.iter().map(|it| it.shown.clone()).collect();
        let places = outputs.places();
        let (sink, spools) = outputs.split();
        let counters = tally.findings().map(AtomicU64::new);
        let hash_keys = AtomicBool::new(false);
        let judging = Judging {
            hash_keys: &hash_keys,
            plan,
            sink: &sink,
            duplicates,
            files: &shown,
            zone: &self.planned.project.zone,
            committed: &counters,
            spill: self.spill().part(self.threads),
            windows,
            baseline: self.planned.baseline.as_ref(),
        };
        let progress = Progress::new(files.bytes().0, self.show, self.lang);
        let mut numbers: Vec<usize> =
            plan.rules.iter().map(|it| tally.rule(&it.rule, &path(&it.compiled.form, self.lang))).collect();
        numbers.extend(plan.groups.iter().map(|it| groups_in(tally, it, self.lang)));
        let reported = plan.promises.iter().filter(|it| it.is_reported);
        numbers.extend(reported.map(|it| tally.promise(&it.as_rule.rule)));
        let mut scored = |it: &PlannedCard| tally.scores.card(&it.card, &it.levels, &plan.kind, &it.part);
        let cards: Vec<usize> = plan.cards.iter().map(&mut scored).collect();
        let mut commit = Commit {
            opened,
            cards: &cards,
            numbers: &numbers,
            tally,
            spools,
            rejects,
            hash_keys: &hash_keys,
            keys: check_keys.then(|| self.key_log()),
            inputs: inputs(opened),
            listed: 0,
            more: 0,
            records: 0,
            keyless: 0,
            faults: Vec::new(),
            errors: Vec::new(),
            counters: &counters,
        };
        let source = &files;
        let outcome = run_source(&source, &judging, self.threads, self.cancelled, |result, faults| {
            progress.at(files.bytes().1);
            commit.commit(result, &faults)
        });
        progress.finish();
        let parts = match outcome {
            Ok((Outcome::Done, parts)) => parts,
            Ok((Outcome::Cancelled, _)) => return Err(cancelled()),
            Err(error) => return Err(cannot_go_on(error, &places)),
        };
        let first = plan.rules.len();
        let promises = &numbers[first + plan.groups.len()..];
        parts.iter().for_each(|it| commit.tally.add_open_times(promises, &it.open_times));
        commit.tally.diagnostics.extend(files.told());
        let groups = parts.into_iter().map(|it| it.groups).collect();
        let mut added = Vec::new();
        let judged = judge_groups(
            &judging,
            groups,
            &mut |rule, judged, outputs| commit.groups(numbers[first + rule], judged, outputs),
            &mut |card, key, sums| added.push((card, key, sums)),
        );
        judged.map_err(|error| cannot_spool(&places, &error))?;
        let text = |it: &Value| value_text(it, &self.planned.project.zone, Lang::En);
        for (card, key, sums) in added {
            let key = key.iter().map(text).collect();
            commit.tally.scores.add(cards[card], &plan.kind, key, &sums);
        }
        commit.finish(plan)
    }

    /// What groups may hold, and before them windows; the rest is for keys, blocks and reports.
    fn spill(&self) -> Spill {
        Spill { bytes_max: self.memory / 2, make: temporary }
    }

    fn key_log(&self) -> KeyLog<File> {
        KeyLog::new(self.memory / 16, tempfile::tempfile)
    }

    /// Reads the keys alone: each with its record's number and place.
    fn each_key(
        &self,
        mut each: impl FnMut(&str, u64, Origin) -> Result<(), Box<Diagnostic>>,
    ) -> Result<(), Box<Diagnostic>> {
        let PlannedSource { opened, plan } = self.source;
        let columns: Vec<PlanColumn> = plan.key.iter().map(|it| plan.columns[*it as usize]).collect();
        let places: Vec<u32> = (0..).take(columns.len()).collect();
        let files = Records::new(opened, &columns)?;
        let source = &files;
        let mut worker = source.worker();
        let (mut batch, mut joined) = (Batch::default(), String::new());
        while source.next(&mut worker, &mut batch)?.is_some() {
            for row in 0..batch.len {
                if let Some(key) = key_in(&places, &batch, row, &mut joined) {
                    each(key, batch.first_record + row as u64, batch.origin(row))?;
                }
            }
        }
        Ok(())
    }

    /// The hashes of keys that stand more than once, where they rose at first and were not logged.
    fn log_keys(&self) -> Result<Vec<u64>, Box<Diagnostic>> {
        let mut log = self.key_log();
        let write = |error: io::Error| cannot_spool("", &error);
        let mut hashes = Vec::new();
        self.each_key(|key, _, _| {
            hashes.push(key_hash(key));
            if hashes.len() == LOGGED_AT_ONCE {
                log.append(std::mem::take(&mut hashes), None).map_err(write)?;
            }
            Ok(())
        })?;
        log.append(hashes, None).map_err(write)?;
        match log.repeated().map_err(write)? {
            Repeated::Hashes(hashes) => Ok(hashes),
            Repeated::Unknown => Err(internal("keys were not logged")),
        }
    }

    /// Which records share their key: those whose key's hash is known to stand twice are looked at
    /// again, by the text of the key.
    fn duplicates(&self, repeated: &[u64]) -> Result<(Duplicates, Vec<Diagnostic>), Box<Diagnostic>> {
        let opened = &self.source.opened;
        let mut groups: BTreeMap<String, Vec<(u64, Place)>> = BTreeMap::new();
        self.each_key(|key, record, origin| {
            if repeated.binary_search(&key_hash(key)).is_ok() {
                let file = opened.files.get(origin.file as usize).map_or("", |it| it.shown.as_str());
                let place = Place::Record { file: file.into(), row: origin.row, column: None };
                groups.entry(key.to_owned()).or_default().push((record, place));
            }
            Ok(())
        })?;
        groups.retain(|_, records| records.len() > 1);
        let mut duplicates = Duplicates::default();
        let mut diagnostics = Vec::new();
        for (key, records) in groups {
            for (ordinal, (record, _)) in (1..).zip(&records) {
                duplicates.ordinals.insert(*record, ordinal);
            }
            if diagnostics.len() < Audit::DIAGNOSTICS_MAX {
                let mut places = records.into_iter().map(|it| it.1);
                let first = places.next();
                let mut diagnostic = Diagnostic::warning(wording::DUPLICATE_KEY)
                    .with("key", key)
                    .help(wording::HELP_DUPLICATE);
                diagnostic.place = places.next();
                if let Some(first) = first {
                    diagnostic = diagnostic.also(first, wording::FIRST_HERE);
                }
                diagnostics.push(diagnostic);
            }
        }
        Ok((duplicates, diagnostics))
    }
}

pub(super) fn path(form: &Form, lang: Lang) -> Evaluated {
    match form {
        Form::Columns(_) => Evaluated::Vectorised,
        Form::Rows(rule) => Evaluated::Interpreted(rule.reason.text(lang)),
    }
}

/// The number of a rule over groups.
pub(super) fn groups_in(tally: &mut Tally, groups: &PlannedGroups, lang: Lang) -> usize {
    let path = match &groups.reason {
        None => Evaluated::Vectorised,
        Some(reason) => Evaluated::Interpreted(reason.text(lang)),
    };
    tally.groups(&groups.as_rule.rule, &path, groups.min())
}

/// A temporary file that is gone once it is closed.
pub(super) fn temporary() -> io::Result<Temporary> {
    tempfile::tempfile().map(|it| -> Temporary { Box::new(it) })
}

fn inputs(opened: &Opened) -> Vec<Input> {
    let input = |it: &crate::ingest::FileInfo| Input {
        source: opened.spec.id.clone(),
        file: it.shown.clone(),
        bytes: it.bytes,
        records: 0,
        rejected: 0,
        bad_cells: 0,
    };
    opened.files.iter().map(input).collect()
}

/// Takes in blocks in order.
struct Commit<'a, 'o> {
    opened: &'a OpenedSource,
    /// The numbers of scorecards.
    cards: &'a [usize],
    numbers: &'a [usize],
    tally: &'a mut Tally,
    spools: Spools<'o>,
    rejects: &'a mut Option<Rejects>,
    keys: Option<KeyLog<File>>,
    hash_keys: &'a AtomicBool,
    inputs: Vec<Input>,
    /// Faults that are listed, and those that are not.
    listed: usize,
    more: u64,
    records: u64,
    keyless: u64,
    faults: Vec<Diagnostic>,
    errors: Vec<Diagnostic>,
    counters: &'a [AtomicU64; 4],
}

impl Commit<'_, '_> {
    fn commit(&mut self, result: &mut BlockResult, faults: &[Fault]) -> io::Result<()> {
        self.records += result.records;
        self.keyless += result.keyless;
        let input = &mut self.inputs[result.file as usize];
        input.records += result.records;
        if let Some(keys) = &mut self.keys {
            let rising = keys.append(std::mem::take(&mut result.key_hashes), result.rising_keys.take())?;
            self.hash_keys.store(!rising, Ordering::Relaxed);
        }
        self.spools.append(&result.outputs)?;
        for fault in faults {
            let input = &mut self.inputs[fault.file as usize];
            match fault.kind {
                FaultKind::BadCell => input.bad_cells += 1,
                FaultKind::FieldCount { .. }
                | FaultKind::BadJson
                | FaultKind::OpenQuote
                | FaultKind::TooLarge => input.rejected += 1,
            }
            if self.listed < Audit::DIAGNOSTICS_MAX {
                self.listed += 1;
                self.faults.push(fault_diagnostic(self.opened, fault));
            } else {
                self.more += 1;
            }
        }
        if let Some(rejects) = self.rejects {
            rejects.add(self.opened, faults)?;
        }
        for (counter, more) in self.counters.iter().zip(result.new_by_severity) {
            counter.fetch_add(more, Ordering::Relaxed);
        }
        for (rule, key, cause, Origin { file, row }) in std::mem::take(&mut result.errors) {
            if self.errors.len() < Audit::DIAGNOSTICS_MAX {
                let (says, detail) = cause.says();
                let rule = self.tally.rule_id(self.numbers[rule]).to_owned();
                let diagnostic = Diagnostic::error(wording::RULE_ERROR).with("rule", rule).with("key", key);
                let file = self.opened.files.get(file as usize).map_or("", |it| it.shown.as_str());
                let place = Place::Record { file: file.into(), row, column: None };
                let mut diagnostic =
                    diagnostic.at(place).help_with(says, vec![("detail", detail.to_owned())]);
                diagnostic.level = Level::Warning;
                self.errors.push(diagnostic);
            }
        }
        for (card, records) in self.cards.iter().zip(&result.unscored) {
            self.tally.scores.add_without(*card, *records);
        }
        self.tally.add(Block {
            rules: self.numbers,
            counts: &result.counts,
            findings: &result.findings,
            reaching: &result.reaching,
            promises: &result.promises,
            waived: &result.waived,
            known: &result.known,
            worst: std::mem::take(&mut result.worst),
            unassessed: std::mem::take(&mut result.unassessed),
        });
        Ok(())
    }

    /// Takes in groups that a rule has judged.
    fn groups(&mut self, rule: usize, mut judged: Judged, outputs: &[Vec<u8>]) -> io::Result<()> {
        self.spools.append(outputs)?;
        let id = self.tally.rule_id(rule).to_owned();
        for (key, (says, detail)) in std::mem::take(&mut judged.errors) {
            if self.errors.len() < Audit::DIAGNOSTICS_MAX {
                let diagnostic = Diagnostic::warning(wording::RULE_ERROR).with("rule", &id).with("key", key);
                self.errors.push(diagnostic.help_with(says, vec![("detail", detail)]));
            }
        }
        self.tally.add_groups(rule, judged);
        Ok(())
    }

    /// Ends the source; tells of keys that stand more than once.
    fn finish(mut self, plan: &crate::engine::SourcePlan) -> Result<Repeated, Box<Diagnostic>> {
        let repeated = match &mut self.keys {
            Some(keys) if !plan.key.is_empty() => {
                keys.repeated().map_err(|error| cannot_spool("", &error))?
            }
            _ => Repeated::Hashes(Vec::new()),
        };
        self.tally.summary.rejected += self.inputs.iter().map(|it| it.rejected).sum::<u64>();
        self.tally.summary.bad_cells += self.inputs.iter().map(|it| it.bad_cells).sum::<u64>();
        self.tally.summary.keyless += self.keyless;
        self.tally.inputs.append(&mut self.inputs);
        let (mut of_events, mut inputs) = self.opened.events_told();
        self.tally.diagnostics.append(&mut of_events);
        self.tally.summary.rejected += inputs.iter().map(|it| it.rejected).sum::<u64>();
        self.tally.summary.bad_cells += inputs.iter().map(|it| it.bad_cells).sum::<u64>();
        self.tally.inputs.append(&mut inputs);
        self.tally.diagnostics.append(&mut self.faults);
        if self.more > 0 {
            let diagnostic = Diagnostic::warning(wording::FAULT_TOTALS).with("count", self.more.to_string());
            self.tally.diagnostics.push(diagnostic.help(wording::HELP_REJECTS_FILE));
        }
        if self.keyless > 0 {
            let diagnostic =
                Diagnostic::warning(wording::RECORDS_WITHOUT_KEY).with("count", self.keyless.to_string());
            self.tally.diagnostics.push(diagnostic);
        }
        self.tally.diagnostics.append(&mut self.errors);
        self.tally.end_source(self.numbers, self.records);
        Ok(repeated)
    }
}

pub(super) fn fault_diagnostic(opened: &Opened, fault: &Fault) -> Diagnostic {
    let field = fault.field.and_then(|it| opened.schema.fields.get(it));
    let file = opened.files.get(fault.file as usize).map_or("", |it| it.shown.as_str());
    let place = Place::Record { file: file.into(), row: fault.row, column: field.map(|it| it.from.clone()) };
    let diagnostic = match (fault.kind, field) {
        (FaultKind::BadCell, Some(field)) if !field.choices.is_empty() => {
            let diagnostic = Diagnostic::warning(wording::NOT_A_CHOICE)
                .with("text", fault.text.clone())
                .with("field", field.name.clone());
            diagnostic.help_with(wording::HELP_ADD_CHOICE, vec![("names", field.choices.join(", "))])
        }
        (FaultKind::BadCell, field) => {
            let ty = field.map_or("?", |it| it.ty.name());
            let diagnostic =
                Diagnostic::warning(wording::BAD_CELL).with("text", fault.text.clone()).with("type", ty);
            // Only bytes that are no characters make a text unreadable.
            if field.is_some_and(|it| it.ty == Type::Text) {
                diagnostic.help(wording::HELP_ENCODINGS)
            } else {
                diagnostic.help_with(wording::HELP_MISSING_TOKENS, vec![("text", fault.text.clone())])
            }
        }
        (FaultKind::FieldCount { found, expected }, _) => {
            let diagnostic = Diagnostic::warning(wording::FIELD_COUNT).with("found", found.to_string());
            diagnostic.with("expected", expected.to_string()).help(wording::HELP_FIELD_COUNT)
        }
        (FaultKind::BadJson, _) => Diagnostic::warning(wording::BAD_JSON)
            .with("detail", fault.detail.clone())
            .help(wording::HELP_ONE_OBJECT),
        (FaultKind::OpenQuote, _) => Diagnostic::warning(wording::OPEN_QUOTE).help(wording::HELP_CLOSE_QUOTE),
        (FaultKind::TooLarge, _) => Diagnostic::warning(wording::TOO_LARGE).with("limit", "16"),
    };
    diagnostic.at(place)
}
