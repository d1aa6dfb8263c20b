//! `touchstone audit`: the main job.

use super::{
    Voice,
    args::all,
    exit, memory,
    metrics::measured,
    output::{Outputs, Sync, cannot_write},
    plans::{Planned, begin, planned},
    rejects::Rejects,
    source_run::{SourceRun, groups_in, path},
    standing,
};
use crate::{
    audit::{Audit, Gate, Tally},
    diagnostic::{Diagnostic, Level, Place},
    engine::RunError,
    report::{Format, Places, Setting, columns},
    rule::Severity,
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::{
    collections::{BTreeSet, HashMap},
    io::{self, IsTerminal},
    path::{Component, Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

/// Runs the audit; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    let started = Instant::now();
    let (loaded, voice) = begin(matches, asked, lang);
    let lang = voice.lang;
    let Some(planned) = planned(loaded, matches, voice) else { return exit::NOT_AS_ASKED };
    let cancelled = on_ctrl_c();
    let done =
        outputs(matches, &planned, voice).and_then(|it| judged(matches, &planned, voice, &cancelled, it));
    match done {
        Ok((audit, written)) => {
            if !matches.get_flag("quiet") {
                for file in written {
                    voice.say(&(wording::WROTE.fill(lang, &[("file", file.display().to_string())]) + "\n"));
                }
                let seconds = format!("{:.2}", started.elapsed().as_secs_f64());
                let records = audit.summary.records.to_string();
                voice.say(&(wording::TOOK.fill(lang, &[("records", records), ("seconds", seconds)]) + "\n"));
            }
            verdict(matches, &audit, voice, &planned)
        }
        Err(diagnostic) => {
            voice.complain(&[*diagnostic], &planned.texts, true);
            if cancelled.load(Ordering::Relaxed) { exit::INTERRUPTED } else { exit::NOT_AS_ASKED }
        }
    }
}

/// Set once somebody presses Ctrl-C.
pub(super) fn on_ctrl_c() -> Arc<AtomicBool> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancelled);
    // A second handler in one process (in tests) is refused, which is fine.
    drop(ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)));
    cancelled
}

/// The exit code, after complaints about data and single records.
fn verdict(matches: &ArgMatches, audit: &Audit, voice: Voice, planned: &Planned) -> u8 {
    if let Some(said) = not_as_asked(matches, audit) {
        voice.complain(&[said], &planned.texts, true);
        return exit::NOT_AS_ASKED;
    }
    if audit.gates_hold() { exit::HELD } else { exit::GATE_FAILED }
}

/// Why the audit is none: there was no record, or some could not be computed and that is not allowed.
pub(super) fn not_as_asked(matches: &ArgMatches, audit: &Audit) -> Option<Diagnostic> {
    if audit.summary.records == 0 {
        return Some(Diagnostic::error(wording::NO_RECORDS).help(wording::HELP_NO_RECORDS));
    }
    let errors = audit.summary.outcomes.error;
    if errors == 0 || matches.get_flag("allow-errors") {
        return None;
    }
    let said = Diagnostic::error(wording::ERRORS_NOT_ALLOWED).with("count", errors.to_string());
    Some(said.help(wording::HELP_ALLOW_ERRORS))
}

/// Judges every source and writes the reports.
pub(super) fn judged(
    matches: &ArgMatches,
    planned: &Planned,
    voice: Voice,
    cancelled: &AtomicBool,
    mut outputs: Outputs,
) -> Result<(Audit, Vec<PathBuf>), Box<Diagnostic>> {
    let rejects_path = matches.try_get_one::<PathBuf>("rejects").ok().flatten();
    let mut rejects = match rejects_path {
        Some(path) => Some(Rejects::open(path).map_err(|error| Box::new(cannot_write(path, &error)))?),
        None => None,
    };
    let threads = matches.get_one::<u16>("threads").map_or_else(available, |it| usize::from(*it));
    let mut tally = tally_in_order(planned, voice.lang);
    let memory = memory::bound(matches)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(16 << 20).build();
    let pool = pool.map_err(|error| internal(&error.to_string()))?;
    for source in &planned.sources {
        let show = !matches.get_flag("no-progress") && !matches.get_flag("quiet");
        let mut run = SourceRun { source, planned, threads, memory, cancelled, show, lang: voice.lang };
        pool.install(|| run.run(&mut tally, &mut outputs, &mut rejects))?;
    }
    let metrics = measured(&planned.metrics, &planned.project, &planned.sources)?;
    let mut audit = Audit {
        scores: Vec::new(),
        project: planned.project.name.clone(),
        zone: planned.project.zone.clone(),
        as_of: planned.as_of,
        inputs: Vec::new(),
        summary: crate::audit::Summary::default(),
        rules: Vec::new(),
        promises: Vec::new(),
        groups: Vec::new(),
        gates: tally.gates(fail_on(matches, planned)),
        waivers: Vec::new(),
        baseline: None,
        worst: Vec::new(),
        unassessed: Vec::new(),
        diagnostics: Vec::new(),
    };
    complain_of_unscored(&mut tally);
    let metric = |card: &str, place, key: &[String]| {
        metrics.get(&(card.to_owned(), place)).and_then(|it| it.get(key)).copied()
    };
    audit.scores = std::mem::take(&mut tally.scores).finish(&metric);
    let met = standing::Met::of(&tally, planned);
    tally.finish(&mut audit);
    met.stand(&mut audit, planned);
    let own: Vec<Gate> = planned.gates.iter().map(|it| it.judge(&audit)).collect();
    audit.gates.extend(own);
    complain_of_data(&audit, voice, planned);
    let mut written = pool.install(|| outputs.finish(&audit))?;
    if let (Some(rejects), Some(path)) = (rejects, rejects_path) {
        written.push(rejects.finish().map_err(|error| Box::new(cannot_write(path, &error)))?);
    }
    Ok((audit, written))
}

/// Records that scorecards had to leave out.
fn complain_of_unscored(tally: &mut Tally) {
    for (card, records) in tally.scores.without() {
        let said = Diagnostic::warning(wording::WITHOUT_SUBJECT).with("name", card.id.clone());
        let said = said.with("level", card.subject.0.clone()).with("count", records.to_string());
        tally.diagnostics.push(said.at(card.place.clone()));
    }
}

/// A tally with the rules in the order of packs and files, whatever the order of sources.
fn tally_in_order(planned: &Planned, lang: Lang) -> Tally {
    let mut tally = Tally::default();
    let mut first = HashMap::new();
    for plan in planned.sources.iter().map(|it| &it.plan) {
        for rule in &plan.rules {
            first.entry(rule.rule.id.as_str()).or_insert((rule, None));
        }
        for groups in &plan.groups {
            first.entry(groups.as_rule.rule.id.as_str()).or_insert((&groups.as_rule, Some(groups)));
        }
    }
    for rule in planned.project.packs.iter().flat_map(|it| &it.rules) {
        match first.get(rule.id.as_str()) {
            Some((known, None)) => drop(tally.rule(&known.rule, &path(&known.compiled.form, lang))),
            Some((_, Some(groups))) => drop(groups_in(&mut tally, groups, lang)),
            None => {}
        }
    }
    for promise in planned.project.packs.iter().flat_map(|it| &it.promises) {
        let of = |it: &&crate::engine::PlannedPromise| it.as_rule.rule.id == promise.id && it.is_reported;
        if let Some(known) = planned.sources.iter().find_map(|it| it.plan.promises.iter().find(of)) {
            tally.promise(&known.as_rule.rule);
        }
    }
    tally
}

fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// From which severity on findings fail the audit: what the command line says; without gates of its own a project
/// fails on `critical`.
fn fail_on(matches: &ArgMatches, planned: &Planned) -> Option<Severity> {
    let asked =
        matches.try_get_one::<String>("fail-on").ok().flatten().and_then(|it| Severity::from_name(it));
    asked.or_else(|| planned.gates.is_empty().then_some(Severity::Critical))
}

fn outputs(matches: &ArgMatches, planned: &Planned, voice: Voice) -> Result<Outputs, Box<Diagnostic>> {
    let bad = |option: &str, argument: &str, reason: String| {
        let diagnostic =
            Diagnostic::error(wording::BAD_ARGUMENT).with("argument", argument).with("option", option);
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
        places: places(planned),
        with_baseline: planned.baseline.is_some(),
        sheet_per: sheet_per(matches, planned, voice.lang).map_err(|it| bad("--sheet-per", &it.0, it.1))?,
    };
    let mut files: Vec<(Format, PathBuf)> = Vec::new();
    let asked: Vec<String> = all(matches, "output");
    let own = planned.project.outputs.iter().map(|it| planned.project.root.join(it).display().to_string());
    let all_files: Vec<String> = if asked.is_empty() { own.collect() } else { asked };
    for text in all_files {
        let (format, path) = output_file(&text)?;
        let rejects = matches.get_one::<PathBuf>("rejects");
        let is_same = |other: &Path| plain(other).eq(plain(&path));
        if files.iter().any(|it| is_same(&it.1)) || rejects.is_some_and(|it| is_same(it)) {
            let diagnostic = Diagnostic::error(wording::SAME_OUTPUT).with("file", text);
            return Err(Box::new(diagnostic.help(wording::HELP_SAME_OUTPUT)));
        }
        files.push((format, path));
    }
    let stdout = match matches.get_one::<String>("format") {
        Some(name) => {
            let unknown = || {
                let diagnostic =
                    Diagnostic::error(wording::BAD_VALUE).with("argument", name).with("option", "--format");
                let names = vec![("names", Format::ALL.map(Format::name).join(", "))];
                Box::new(diagnostic.help_with(wording::HELP_VALUES, names))
            };
            let format = Format::from_name(name).ok_or_else(unknown)?;
            if !format.is_text() && io::stdout().is_terminal() {
                return Err(bad("--format", name, wording::NEEDS_FILE.text(voice.lang).to_owned()));
            }
            Some(format)
        }
        None if matches.get_flag("quiet") => None,
        None => Some(Format::Terminal),
    };
    let sync = if matches.get_flag("no-sync") { Sync::Later } else { Sync::Disk };
    Outputs::open(&files, stdout, &setting, sync)
}

/// The level that `--sheet-per` asks for; what it asks for, and why not, where no source has it.
fn sheet_per(
    matches: &ArgMatches,
    planned: &Planned,
    lang: Lang,
) -> Result<Option<String>, (String, String)> {
    let Some(level) = matches.get_one::<String>("sheet-per") else { return Ok(None) };
    let sources = planned.project.sources.iter().flat_map(|it| &it.subject);
    let levels: BTreeSet<&str> = sources.map(|it| it.0.as_str()).collect();
    if levels.contains(level.as_str()) {
        return Ok(Some(level.clone()));
    }
    let names = levels.into_iter().collect::<Vec<_>>().join(", ");
    Err((level.clone(), wording::NO_SUCH_LEVEL.fill(lang, &[("names", names)])))
}

/// Where the project's files and rules stand, from the folder that this process is in.
fn places(planned: &Planned) -> Places {
    let real = |path: &Path| path.canonicalize().ok();
    let here = real(Path::new("."));
    let root = real(&planned.project.root);
    let below = root.as_deref().zip(here.as_deref()).and_then(|(root, here)| root.strip_prefix(here).ok());
    let mut folder = String::new();
    for part in below.into_iter().flat_map(Path::components) {
        folder.push_str(&part.as_os_str().to_string_lossy());
        folder.push('/');
    }
    let mut rules = HashMap::new();
    for plan in planned.sources.iter().map(|it| &it.plan) {
        let groups = plan.groups.iter().map(|it| &it.as_rule);
        let promises = plan.promises.iter().map(|it| &it.as_rule);
        for rule in plan.rules.iter().chain(groups).chain(promises).map(|it| &it.rule) {
            let Place::Text { file, span } = &rule.place else { continue };
            // Packs that are built in are no files of the project.
            let is_there = planned.project.root.join(&**file).is_file();
            if let Some(line) = planned.texts.line(file, span.start).filter(|_| is_there) {
                rules.insert(rule.id.clone(), (file.to_string(), line));
            }
        }
    }
    Places { folder, rules }
}

/// The width of the terminal, as the environment tells it; 80 where it does not.
pub(super) fn columns_of_terminal() -> usize {
    std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok()).unwrap_or(80)
}

/// `FILE` or `FORMAT:FILE`.
fn output_file(text: &str) -> Result<(Format, PathBuf), Box<Diagnostic>> {
    if text == "-" || text.ends_with(":-") {
        return Err(Box::new(Diagnostic::error(wording::OUTPUT_DASH).help(wording::HELP_OUTPUT_DASH)));
    }
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
pub(super) fn cannot_spool(places: &str, error: &io::Error) -> Box<Diagnostic> {
    let folder = std::env::temp_dir().display().to_string();
    let file = if places.is_empty() { folder } else { format!("{places}, {folder}") };
    let diagnostic =
        Diagnostic::error(wording::TEMPORARY_FULL).with("file", file).with("reason", error.to_string());
    Box::new(diagnostic.help(wording::HELP_SPACE))
}

/// The complaint about a run that could not go on; `places` is where findings were to go.
pub(super) fn cannot_go_on(error: RunError, places: &str) -> Box<Diagnostic> {
    match error {
        RunError::Data(diagnostic) => diagnostic,
        RunError::Write(error) => cannot_spool(places, &error),
        RunError::Panic(said) => internal(&said),
    }
}

pub(super) fn cancelled() -> Box<Diagnostic> {
    Box::new(Diagnostic::error(wording::CANCELLED))
}

pub(super) fn internal(reason: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(wording::INTERNAL).with("reason", reason).help(wording::HELP_REPORT_BUG))
}

/// How many complaints of each kind about data and single records are shown on standard error.
const SHOWN_OF_A_KIND_MAX: usize = 3;

/// Complaints about data and single records, the first of them; the rest is in the JSON report.
fn complain_of_data(audit: &Audit, voice: Voice, planned: &Planned) {
    let mut shown: Vec<Diagnostic> = Vec::new();
    let mut more = 0_usize;
    for diagnostic in audit.diagnostics.iter().filter(|it| it.level > Level::Note) {
        // A few of every kind tell more than many of one; what helps is said once.
        let alike = shown.iter().filter(|it| it.code == diagnostic.code).count();
        if alike >= SHOWN_OF_A_KIND_MAX {
            more += 1;
            continue;
        }
        let mut diagnostic = diagnostic.clone();
        if alike > 0 && diagnostic.code != wording::RULE_ERROR.id {
            diagnostic.help.clear();
        }
        shown.push(diagnostic);
    }
    voice.complain(&shown, &planned.texts, false);
    if more > 0 {
        voice.say(&(wording::MORE_FAULTS.fill(voice.lang, &[("count", more.to_string())]) + "\n\n"));
    }
}

/// The parts of a path: `./a` and `a` are one file.
fn plain(path: &Path) -> impl Iterator<Item = Component<'_>> {
    path.components().filter(|it| *it != Component::CurDir)
}
