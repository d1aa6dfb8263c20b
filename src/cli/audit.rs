//! `touchstone audit`: the main job.

use super::{
    Voice,
    args::all,
    batches::Files,
    exit,
    output::{Outputs, Spools, cannot_write},
    plans::{Planned, PlannedSource, loaded, planned},
    progress::Progress,
    rejects::Rejects,
};
use crate::{
    audit::{Audit, Block, Input, Path as Evaluated, Tally},
    diagnostic::{Diagnostic, Level, Place},
    engine::{Batches, BlockResult, Duplicates, Judging, KeyLog, Outcome, RunError, run_source},
    ingest::{Fault, FaultKind, Opened},
    record::Batch,
    report::{Format, Setting, columns},
    rule::Severity,
    script::Form,
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::{
    collections::BTreeMap,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

/// Runs the audit; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    let started = Instant::now();
    let when = matches.get_one::<String>("color").map_or("auto", String::as_str);
    let paths: Vec<PathBuf> = all(matches, "path");
    let loaded = loaded(matches, asked, &paths);
    let lang = loaded.project.as_ref().map_or(lang, |it| it.lang);
    let voice = Voice::new(lang, when);
    let Some(planned) = planned(loaded, matches, voice) else { return exit::NOT_AS_ASKED };
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancelled);
    // A second handler in one process (in tests) is refused, which is fine.
    drop(ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)));
    match judged(matches, &planned, voice, &cancelled) {
        Ok((audit, written)) => {
            for file in written {
                voice.say(&(wording::WROTE.fill(lang, &[("file", file.display().to_string())]) + "\n"));
            }
            let seconds = format!("{:.2}", started.elapsed().as_secs_f64());
            let records = audit.summary.records.to_string();
            voice.say(&(wording::TOOK.fill(lang, &[("records", records), ("seconds", seconds)]) + "\n"));
            verdict(matches, &audit, voice, &planned)
        }
        Err(diagnostic) => {
            voice.complain(&[*diagnostic], &planned.texts, true);
            if cancelled.load(Ordering::Relaxed) { exit::INTERRUPTED } else { exit::NOT_AS_ASKED }
        }
    }
}

/// The exit code, after complaints about data and single records.
fn verdict(matches: &ArgMatches, audit: &Audit, voice: Voice, planned: &Planned) -> u8 {
    if audit.summary.records == 0 {
        let diagnostic = Diagnostic::error(wording::NO_RECORDS).help(wording::HELP_NO_RECORDS);
        voice.complain(&[diagnostic], &planned.texts, true);
        return exit::NOT_AS_ASKED;
    }
    let errors = audit.summary.outcomes.error;
    if errors > 0 && !matches.get_flag("allow-errors") {
        let diagnostic = Diagnostic::error(wording::ERRORS_NOT_ALLOWED).with("count", errors.to_string());
        voice.complain(&[diagnostic.help(wording::HELP_ALLOW_ERRORS)], &planned.texts, true);
        return exit::NOT_AS_ASKED;
    }
    if audit.gates_hold() { exit::HELD } else { exit::GATE_FAILED }
}

/// Judges every source and writes the reports.
fn judged(
    matches: &ArgMatches,
    planned: &Planned,
    voice: Voice,
    cancelled: &AtomicBool,
) -> Result<(Audit, Vec<PathBuf>), Box<Diagnostic>> {
    let mut outputs = outputs(matches, planned, voice)?;
    let rejects_path = matches.get_one::<PathBuf>("rejects");
    let mut rejects = match rejects_path {
        Some(path) => Some(Rejects::open(path).map_err(|error| Box::new(cannot_write(path, &error)))?),
        None => None,
    };
    let threads = matches.get_one::<u16>("threads").map_or_else(available, |it| usize::from(*it));
    let mut tally = tally_in_order(planned, voice.lang);
    let memory = memory(matches)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(16 << 20).build();
    let pool = pool.map_err(|error| internal(&error.to_string()))?;
    for source in &planned.sources {
        let show = !matches.get_flag("no-progress") && !matches.get_flag("quiet");
        let mut run = SourceRun { source, planned, threads, memory, cancelled, show, lang: voice.lang };
        pool.install(|| run.run(&mut tally, &mut outputs, &mut rejects))?;
    }
    let mut audit = Audit {
        project: planned.project.name.clone(),
        zone: planned.project.zone.clone(),
        as_of: planned.as_of,
        inputs: Vec::new(),
        summary: crate::audit::Summary::default(),
        rules: Vec::new(),
        gates: tally.gates(fail_on(matches)),
        worst: Vec::new(),
        unassessed: Vec::new(),
        diagnostics: Vec::new(),
    };
    tally.finish(&mut audit);
    complain_of_data(&audit, voice, planned);
    let mut written = outputs.finish(&audit)?;
    if let (Some(rejects), Some(path)) = (rejects, rejects_path) {
        written.push(rejects.finish().map_err(|error| Box::new(cannot_write(path, &error)))?);
    }
    Ok((audit, written))
}

/// A tally with the rules in the order of packs and files, whatever the order of sources.
fn tally_in_order(planned: &Planned, lang: Lang) -> Tally {
    let mut tally = Tally::default();
    for rule in planned.project.packs.iter().flat_map(|it| &it.rules) {
        let of = |it: &&crate::engine::PlannedRule| it.rule.id == rule.id;
        if let Some(known) = planned.sources.iter().find_map(|it| it.plan.rules.iter().find(of)) {
            tally.rule(&known.rule, &path(&known.compiled.form, lang));
        }
    }
    tally
}

fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn fail_on(matches: &ArgMatches) -> Severity {
    let asked = matches.get_one::<String>("fail-on").and_then(|it| Severity::from_name(it));
    asked.unwrap_or(Severity::Critical)
}

/// `--memory 512MB`: what may be held beside the blocks under work; a quarter of a GiB if left out.
fn memory(matches: &ArgMatches) -> Result<usize, Box<Diagnostic>> {
    let Some(text) = matches.get_one::<String>("memory") else { return Ok(256 << 20) };
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim();
    let unit = match upper[digits.len()..].trim() {
        "" | "B" => Some(1),
        "K" | "KB" | "KIB" => Some(1 << 10),
        "M" | "MB" | "MIB" => Some(1 << 20),
        "G" | "GB" | "GIB" => Some(1 << 30),
        _ => None,
    };
    let size = digits.parse::<usize>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    size.ok_or_else(|| {
        let diagnostic = Diagnostic::error(wording::BAD_ARGUMENT).with("argument", text.clone()).with("option", "--memory");
        Box::new(diagnostic.with("reason", "512MB, 2GB"))
    })
}

fn outputs(matches: &ArgMatches, planned: &Planned, voice: Voice) -> Result<Outputs, Box<Diagnostic>> {
    let bad = |option: &str, argument: &str, reason: String| {
        let diagnostic = Diagnostic::error(wording::BAD_ARGUMENT).with("argument", argument).with("option", option);
        Box::new(diagnostic.with("reason", reason))
    };
    let names: Vec<String> = all(matches, "columns");
    let columns = columns(&names, voice.lang).map_err(|reason| bad("--columns", &names.join(","), reason))?;
    let width = columns_of_terminal();
    let setting = Setting {
        lang: planned.project.lang,
        zone: planned.project.zone.clone(),
        columns,
        bom: matches.get_flag("bom"),
        colour: voice.colour,
        width,
    };
    let mut files: Vec<(Format, PathBuf)> = Vec::new();
    let asked: Vec<String> = all(matches, "output");
    let own = planned.project.outputs.iter().map(|it| planned.project.root.join(it).display().to_string());
    let all_files: Vec<String> = if asked.is_empty() { own.collect() } else { asked };
    for text in all_files {
        files.push(output_file(&text)?);
    }
    let stdout = match matches.get_one::<String>("format") {
        Some(name) => {
            let known = || Format::ALL.map(Format::name).join(", ");
            Some(Format::from_name(name).ok_or_else(|| bad("--format", name, known()))?)
        }
        None if matches.get_flag("quiet") => None,
        None => Some(Format::Terminal),
    };
    Outputs::open(&files, stdout, &setting)
}

/// The width of the terminal, as the environment tells it; 80 where it does not.
fn columns_of_terminal() -> usize {
    std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok()).unwrap_or(80)
}

/// `FILE` or `FORMAT:FILE`.
fn output_file(text: &str) -> Result<(Format, PathBuf), Box<Diagnostic>> {
    if let Some((format, file)) = text.split_once(':')
        && let Some(format) = Format::from_name(format)
        && !file.is_empty()
    {
        return Ok((format, PathBuf::from(file)));
    }
    match Format::from_ending(Path::new(text)) {
        Some(format) => Ok((format, PathBuf::from(text))),
        None => {
            let names = Format::ALL.map(Format::name).join(", ");
            let diagnostic = Diagnostic::error(wording::UNKNOWN_FORMAT).with("file", text);
            Err(Box::new(diagnostic.help_with(wording::HELP_FORMATS, vec![("names", names)])))
        }
    }
}

/// The complaint about findings that cannot be kept: a full disk, mostly.
fn cannot_spool(places: &str, error: &io::Error) -> Box<Diagnostic> {
    let folder = std::env::temp_dir().display().to_string();
    let file = if places.is_empty() { folder } else { format!("{places}, {folder}") };
    let diagnostic = Diagnostic::error(wording::TEMPORARY_FULL).with("file", file).with("reason", error.to_string());
    Box::new(diagnostic.help(wording::HELP_SPACE))
}

fn internal(reason: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(wording::INTERNAL).with("reason", reason).help(wording::HELP_REPORT_BUG))
}

/// One source being judged.
struct SourceRun<'a> {
    source: &'a PlannedSource,
    planned: &'a Planned,
    threads: usize,
    memory: usize,
    cancelled: &'a AtomicBool,
    show: bool,
    lang: Lang,
}

impl SourceRun<'_> {
    /// Judges the source. Keys are checked on the way; only where some stand twice is it judged
    /// again, now that those are known.
    fn run(&mut self, tally: &mut Tally, outputs: &mut Outputs, rejects: &mut Option<Rejects>) -> Result<(), Box<Diagnostic>> {
        let places = outputs.places();
        let write = |error: io::Error| cannot_spool(&places, &error);
        let marks = outputs.marks().map_err(write)?;
        let reject_mark = rejects.as_mut().map(Rejects::mark).transpose().map_err(write)?;
        let before = tally.clone();
        let repeated = self.judge(&Duplicates::default(), tally, outputs, rejects, true)?;
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
        self.judge(&duplicates, tally, outputs, rejects, false)?;
        tally.summary.duplicate_keys += duplicates.ordinals.len() as u64;
        tally.diagnostics.extend(diagnostics);
        Ok(())
    }

    /// One pass; gives the hashes of keys that stand more than once, if asked for.
    fn judge(
        &self,
        duplicates: &Duplicates,
        tally: &mut Tally,
        outputs: &mut Outputs,
        rejects: &mut Option<Rejects>,
        check_keys: bool,
    ) -> Result<Vec<u64>, Box<Diagnostic>> {
        let PlannedSource { opened, plan } = self.source;
        let files = Files::new(opened, &plan.columns)?;
        let shown: Vec<String> = opened.files.iter().map(|it| it.shown.clone()).collect();
        let places = outputs.places();
        let (sink, spools) = outputs.split();
        let counters = tally.findings().map(AtomicU64::new);
        let judging = Judging { plan, sink: &sink, duplicates, files: &shown, zone: &self.planned.project.zone, committed: &counters };
        let progress = Progress::new(files.reader.bytes_total(), self.show, self.lang);
        let numbers: Vec<usize> = plan.rules.iter().map(|it| tally.rule(&it.rule, &path(&it.compiled.form, self.lang))).collect();
        let mut commit = Commit {
            opened,
            numbers: &numbers,
            tally,
            spools,
            rejects,
            keys: check_keys.then(|| KeyLog::new(self.memory / 16, tempfile::tempfile)),
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
            progress.at(files.reader.bytes_read());
            commit.commit(result, &faults)
        });
        progress.finish();
        match outcome {
            Ok(Outcome::Done) => {}
            Ok(Outcome::Cancelled) => return Err(Box::new(Diagnostic::error(wording::CANCELLED))),
            Err(RunError::Data(diagnostic)) => return Err(diagnostic),
            Err(RunError::Write(error)) => return Err(cannot_spool(&places, &error)),
            Err(RunError::Panic(said)) => return Err(internal(&said)),
        }
        commit.finish(plan)
    }

    /// Which records share their key: those whose key's hash is known to stand twice are looked at
    /// again, by the text of the key.
    fn duplicates(&self, repeated: &[u64]) -> Result<(Duplicates, Vec<Diagnostic>), Box<Diagnostic>> {
        let PlannedSource { opened, plan } = self.source;
        let files = Files::new(opened, &plan.columns)?;
        let source = &files;
        let mut worker = source.worker();
        let mut batch = Batch::default();
        let mut groups: BTreeMap<String, Vec<(u64, Place)>> = BTreeMap::new();
        let mut joined = String::new();
        while source.next(&mut worker, &mut batch)?.is_some() {
            for row in 0..batch.len {
                let Some(key) = plan.key_of(&batch, row, &mut joined) else { continue };
                if repeated.binary_search(&crate::engine::key_hash(key)).is_err() {
                    continue;
                }
                let file = opened.files.get(batch.file as usize).map_or("", |it| it.shown.as_str());
                let place = Place::Record { file: file.into(), row: batch.rows[row], column: None };
                groups.entry(key.to_owned()).or_default().push((batch.first_record + row as u64, place));
            }
        }
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
                let mut diagnostic = Diagnostic::warning(wording::DUPLICATE_KEY).with("key", key).help(wording::HELP_DUPLICATE);
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

fn path(form: &Form, lang: Lang) -> Evaluated {
    match form {
        Form::Columns(_) => Evaluated::Vectorised,
        Form::Rows(rule) => Evaluated::Interpreted(rule.reason.text(lang)),
    }
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
    opened: &'a Opened,
    numbers: &'a [usize],
    tally: &'a mut Tally,
    spools: Spools<'o>,
    rejects: &'a mut Option<Rejects>,
    keys: Option<KeyLog<File>>,
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
    fn commit(&mut self, mut result: BlockResult, faults: &[Fault]) -> io::Result<()> {
        self.records += result.records;
        self.keyless += result.keyless;
        let input = &mut self.inputs[result.file as usize];
        input.records += result.records;
        if let Some(keys) = &mut self.keys {
            keys.append(std::mem::take(&mut result.key_hashes), result.rising_keys.take())?;
        }
        Outputs::append(&mut self.spools, &result.outputs)?;
        for fault in faults {
            let input = &mut self.inputs[fault.file as usize];
            match fault.kind {
                FaultKind::BadCell => input.bad_cells += 1,
                FaultKind::FieldCount { .. } | FaultKind::BadJson | FaultKind::OpenQuote | FaultKind::TooLarge => input.rejected += 1,
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
        for (counter, more) in self.counters.iter().zip(result.by_severity) {
            counter.fetch_add(more, Ordering::Relaxed);
        }
        let file: Arc<str> = self.opened.files[result.file as usize].shown.as_str().into();
        for (rule, key, cause, row) in result.errors {
            if self.errors.len() < Audit::DIAGNOSTICS_MAX {
                let (says, detail) = cause.says();
                let rule = self.tally.rule_id(self.numbers[rule]).to_owned();
                let diagnostic = Diagnostic::error(wording::RULE_ERROR).with("rule", rule).with("key", key);
                let place = Place::Record { file: file.clone(), row, column: None };
                let mut diagnostic = diagnostic.at(place).help_with(says, vec![("detail", detail.to_owned())]);
                diagnostic.level = Level::Warning;
                self.errors.push(diagnostic);
            }
        }
        self.tally.add(Block {
            rules: self.numbers,
            counts: &result.counts,
            findings: &result.findings,
            by_severity: result.by_severity,
            worst: result.worst,
            unassessed: result.unassessed,
        });
        Ok(())
    }

    /// Ends the source; gives the hashes of keys that stand more than once.
    fn finish(mut self, plan: &crate::engine::SourcePlan) -> Result<Vec<u64>, Box<Diagnostic>> {
        let repeated = match &mut self.keys {
            Some(keys) if !plan.key.is_empty() => keys.repeated().map_err(|error| cannot_spool("", &error))?,
            _ => Vec::new(),
        };
        self.tally.summary.rejected += self.inputs.iter().map(|it| it.rejected).sum::<u64>();
        self.tally.summary.bad_cells += self.inputs.iter().map(|it| it.bad_cells).sum::<u64>();
        self.tally.summary.keyless += self.keyless;
        self.tally.inputs.append(&mut self.inputs);
        self.tally.diagnostics.append(&mut self.faults);
        if self.more > 0 {
            let diagnostic = Diagnostic::warning(wording::FAULT_TOTALS).with("count", self.more.to_string());
            self.tally.diagnostics.push(diagnostic.help(wording::HELP_REJECTS_FILE));
        }
        if self.keyless > 0 {
            let diagnostic = Diagnostic::warning(wording::RECORDS_WITHOUT_KEY).with("count", self.keyless.to_string());
            self.tally.diagnostics.push(diagnostic);
        }
        self.tally.diagnostics.append(&mut self.errors);
        self.tally.end_source(self.numbers, self.records);
        Ok(repeated)
    }
}

fn fault_diagnostic(opened: &Opened, fault: &Fault) -> Diagnostic {
    let field = fault.field.and_then(|it| opened.schema.fields.get(it));
    let file = opened.files.get(fault.file as usize).map_or("", |it| it.shown.as_str());
    let place = Place::Record { file: file.into(), row: fault.row, column: field.map(|it| it.from.clone()) };
    let diagnostic = match (fault.kind, field) {
        (FaultKind::BadCell, Some(field)) if !field.choices.is_empty() => {
            let diagnostic = Diagnostic::warning(wording::NOT_A_CHOICE).with("text", fault.text.clone()).with("field", field.name.clone());
            diagnostic.help_with(wording::HELP_ADD_CHOICE, vec![("names", field.choices.join(", "))])
        }
        (FaultKind::BadCell, field) => {
            let ty = field.map_or("?", |it| it.ty.name());
            let diagnostic = Diagnostic::warning(wording::BAD_CELL).with("text", fault.text.clone()).with("type", ty);
            diagnostic.help_with(wording::HELP_MISSING_TOKENS, vec![("text", fault.text.clone())])
        }
        (FaultKind::FieldCount { found, expected }, _) => {
            let diagnostic = Diagnostic::warning(wording::FIELD_COUNT).with("found", found.to_string());
            diagnostic.with("expected", expected.to_string()).help(wording::HELP_FIELD_COUNT)
        }
        (FaultKind::BadJson, _) => {
            Diagnostic::warning(wording::BAD_JSON).with("detail", fault.detail.clone()).help(wording::HELP_ONE_OBJECT)
        }
        (FaultKind::OpenQuote, _) => Diagnostic::warning(wording::OPEN_QUOTE).help(wording::HELP_CLOSE_QUOTE),
        (FaultKind::TooLarge, _) => Diagnostic::warning(wording::TOO_LARGE).with("limit", "16"),
    };
    diagnostic.at(place)
}

/// How many complaints about data and single records are shown on standard error.
const SHOWN_MAX: usize = 8;

/// Complaints about data and single records, the first of them; the rest is in the JSON report.
fn complain_of_data(audit: &Audit, voice: Voice, planned: &Planned) {
    let mut shown: Vec<Diagnostic> = audit.diagnostics.iter().filter(|it| it.level > Level::Note).cloned().collect();
    let more = shown.len().saturating_sub(SHOWN_MAX);
    shown.truncate(SHOWN_MAX);
    voice.complain(&shown, &planned.texts, false);
    if more > 0 {
        voice.say(&(wording::MORE_FAULTS.fill(voice.lang, &[("count", more.to_string())]) + "\n\n"));
    }
}
