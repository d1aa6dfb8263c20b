//! From a command line to plans: the project is loaded, its sources are opened and every rule is
//! compiled against their schemas. Everything wrong is told in one go.

use super::{
    Voice,
    args::all,
    cases::{OpenedSource, open},
    metrics::{PlannedMetric, plan_metrics},
    standing,
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Sources, nearest},
    engine::{Filter, GateSetting, PlannedGate, SourceAsk, SourcePlan, plan_gates, plan_source},
    finding::Baseline,
    project::{LoadOptions, Loaded, Project, Source, builtin_packs, load, load_files},
    record::MICROS_PER_SECOND,
    rule::{DeclaredCalendar, Severity},
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A project whose sources are open and whose rules are compiled.
pub(super) struct Planned {
    pub(super) project: Project,
    pub(super) sources: Vec<PlannedSource>,
    /// The files that people wrote, for diagnostics.
    pub(super) texts: Sources,
    pub(super) as_of: i64,
    pub(super) metrics: Vec<PlannedMetric>,
    pub(super) gates: Vec<PlannedGate>,
    /// Findings that are known.
    pub(super) baseline: Option<Baseline>,
    /// Whether every rule is judged.
    pub(super) is_everything: bool,
}

/// A source, ready to be judged.
pub(super) struct PlannedSource {
    pub(super) opened: Arc<OpenedSource>,
    pub(super) plan: SourcePlan,
}

/// How every command on a project begins: it is loaded, and spoken of in its own language unless the
/// command line asks for another.
pub(super) fn begin(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> (Loaded, Voice) {
    let paths: Vec<PathBuf> = all(matches, "path");
    let loaded = loaded(matches, asked, &paths);
    let lang = loaded.project.as_ref().map_or(lang, |it| it.lang);
    (loaded, Voice::new(lang, colour(matches)))
}

/// As [`begin`], for commands on rules: the path may also be a pack, by its folder or its name. A pack
/// that a project around it uses is loaded with that project, and it alone is meant: `focus` holds
/// its place as shown.
pub(super) fn begin_rules(
    matches: &ArgMatches,
    asked: Option<Lang>,
    lang: Lang,
) -> (Loaded, Voice, Option<Arc<str>>) {
    let paths: Vec<PathBuf> = all(matches, "path");
    let here = PathBuf::from(".");
    let path = paths.first().unwrap_or(&here);
    let is_head = path.file_name().is_some_and(|it| it == "pack.toml");
    let folder = if is_head { path.parent().unwrap_or(path) } else { path };
    let folder = if folder.as_os_str().is_empty() { &here } else { folder };
    let is_pack = folder.join("pack.toml").is_file() && !folder.join("audit.toml").is_file();
    let is_name = !path.exists() && builtin_packs().any(|it| path.as_os_str() == it);
    if paths.len() > 1 || !(is_pack || is_name) {
        let (loaded, voice) = begin(matches, asked, lang);
        return (loaded, voice, None);
    }
    let (loaded, focus) = if is_pack { around(folder, matches, asked) } else { None }.unwrap_or_else(|| {
        let rules = vec![path.clone()];
        (
            load_files(&LoadOptions { rules, lang: Some(asked.unwrap_or(lang)), ..LoadOptions::default() }),
            None,
        )
    });
    let lang = loaded.project.as_ref().map_or(lang, |it| it.lang);
    (loaded, Voice::new(lang, colour(matches)), focus)
}

/// The project that uses the pack in `folder`, and the pack's place as it is shown there.
fn around(folder: &Path, matches: &ArgMatches, asked: Option<Lang>) -> Option<(Loaded, Option<Arc<str>>)> {
    let real = folder.canonicalize().ok()?;
    let home = real.ancestors().find(|it| it.join("audit.toml").is_file())?;
    let options = LoadOptions { set: optional(matches, "set"), lang: asked, ..LoadOptions::default() };
    let loaded = load(home, &options);
    let project = loaded.project.as_ref()?;
    let is_it = |from: &str| home.join(from).canonicalize().is_ok_and(|it| it == real);
    let focus = project.packs.iter().find(|it| is_it(&it.from))?.from.clone();
    Some((loaded, Some(focus)))
}

pub(super) fn colour(matches: &ArgMatches) -> &str {
    matches.get_one::<String>("color").map_or("auto", String::as_str)
}

/// Loads what the command line names: a project, or data files with packs.
fn loaded(matches: &ArgMatches, asked: Option<Lang>, paths: &[PathBuf]) -> Loaded {
    let options = LoadOptions {
        set: optional(matches, "set"),
        rules: all(matches, "rules"),
        data: Vec::new(),
        lang: asked,
    };
    let is_project = |path: &Path| {
        path.join("audit.toml").is_file() || path.file_name().is_some_and(|it| it == "audit.toml")
    };
    let here = Path::new(".");
    match paths {
        [] if options.rules.is_empty() || is_project(here) => load(here, &options),
        [one] if is_project(one) || (options.rules.is_empty() && (one.is_dir() || !one.exists())) => {
            load(one, &options)
        }
        _ if options.rules.is_empty() => {
            let diagnostic = Diagnostic::error(wording::NO_PROJECT_OR_RULES).help(wording::HELP_GIVE_RULES);
            Loaded { project: None, diagnostics: vec![diagnostic], sources: Sources::default() }
        }
        data => load_files(&LoadOptions { data: data.to_vec(), ..options }),
    }
}

/// The values of an option that not every command has.
pub(super) fn optional(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches.try_get_many::<String>(name).ok().flatten().map(|it| it.cloned().collect()).unwrap_or_default()
}

/// Plans every source of a loaded project; complains about all that is wrong. `None` after errors.
pub(super) fn planned(loaded: Loaded, matches: &ArgMatches, voice: Voice) -> Option<Planned> {
    let Loaded { project, mut diagnostics, sources: mut texts } = loaded;
    let Some(project) = project else {
        voice.complain(&diagnostics, &texts, true);
        return None;
    };
    let as_of = as_of(matches, &project.zone).unwrap_or_else(|diagnostic| {
        diagnostics.push(*diagnostic);
        0
    });
    let filter = filter(matches, &project, &mut diagnostics);
    let baseline = standing::baseline(matches, &mut texts).unwrap_or_else(|said| {
        diagnostics.push(*said);
        None
    });
    let row_by_row = matches.try_get_one::<bool>("row-by-row").ok().flatten().copied().unwrap_or(false);
    let (mut sources, mut metrics, mut gates) = (Vec::new(), Vec::new(), Vec::new());
    if !diagnostics.iter().any(Diagnostic::is_error) {
        let setting = (&project.zone, as_of, project.lang);
        for source in &project.sources {
            let mut waivers = standing::good(&project, as_of);
            let mut conditions = standing::conditions(&mut waivers, &project, &source.kind);
            let (opened, mut found) = open(source, &project, &project.packs, as_of, &mut conditions);
            diagnostics.append(&mut found);
            let Some(opened) = opened else { continue };
            let (plan, found) = plan_source(
                &SourceAsk { waivers, ..opened.ask(source, &project.calendars) },
                &opened.schema,
                &opened.packs,
                setting,
                &filter,
                row_by_row,
            );
            diagnostics.extend(found.into_iter().map(|it| opened.told(it)));
            let plan = plan.map(|it| it.with_steps(&opened.steps));
            sources.extend(plan.map(|plan| PlannedSource { opened: Arc::new(opened), plan }));
        }
        if filter.is_everything() && !diagnostics.iter().any(Diagnostic::is_error) {
            metrics = plan_metrics(&project, &sources, as_of, &mut diagnostics);
        }
        let asked =
            GateSetting { packs: &project.packs, disabled: &project.disabled, zone: &project.zone, as_of };
        let (planned, mut found) = plan_gates(&project.gates, &asked);
        gates = planned;
        diagnostics.append(&mut found);
        unused_kinds(&project, &filter, &mut diagnostics);
        if sources.iter().all(|it| it.plan.is_idle()) && !diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.push(Diagnostic::error(wording::NO_RULE_AT_ALL).help(wording::HELP_NO_RULES));
        }
    }
    let diagnostics = without_repeats(diagnostics);
    let wrong = diagnostics.iter().any(Diagnostic::is_error);
    voice.complain(&diagnostics, &texts, voice.notes && !wrong);
    let is_everything = filter.is_everything();
    (!wrong).then_some(Planned { project, sources, texts, as_of, metrics, gates, baseline, is_everything })
}

/// The same complaint about a rule that looks at two sources is made once.
pub(super) fn without_repeats(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut told = HashSet::new();
    let mut once = Vec::new();
    for diagnostic in diagnostics {
        if told.insert(diagnostic.clone()) {
            once.push(diagnostic);
        }
    }
    once
}

pub(super) fn ask(source: &Source, calendars: &[DeclaredCalendar]) -> SourceAsk {
    SourceAsk {
        id: source.id.clone(),
        kind: source.kind.clone(),
        key: source.key.iter().map(|it| (it.text.clone(), it.place.clone())).collect(),
        date: source.date.as_ref().map(|it| (it.text.clone(), it.place.clone())),
        subject: source
            .subject
            .iter()
            .map(|(level, it)| (level.clone(), it.text.clone(), it.place.clone()))
            .collect(),
        derive: source.derive.iter().map(|it| (it.name.text.clone(), it.script.clone())).collect(),
        calendars: calendars.to_vec(),
        waivers: Vec::new(),
    }
}

/// `--as-of`, on the project's clock unless it gives an offset; now if left out.
pub(super) fn as_of(matches: &ArgMatches, zone: &Zone) -> Result<i64, Box<Diagnostic>> {
    let Some(text) = matches.try_get_one::<String>("as-of").ok().flatten() else {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let seconds = now.map_or(0, |it| i64::try_from(it.as_secs()).unwrap_or(0));
        return Ok(seconds * MICROS_PER_SECOND);
    };
    zone.instant(text).ok_or_else(|| {
        let diagnostic =
            Diagnostic::error(wording::BAD_VALUE).with("argument", text.clone()).with("option", "--as-of");
        let names = "2026-03-31, 2026-03-31T18:00, 2026-03-31T18:00+08:00".to_owned();
        Box::new(diagnostic.help_with(wording::HELP_VALUES_LIKE, vec![("names", names)]))
    })
}

fn filter(matches: &ArgMatches, project: &Project, diagnostics: &mut Vec<Diagnostic>) -> Filter {
    let severities = optional(matches, "severity");
    let filter = Filter {
        rules: optional(matches, "rule"),
        severities: severities.iter().filter_map(|it| Severity::from_name(it)).collect(),
        dimensions: optional(matches, "dimension"),
        without_promises: false,
    };
    let rules = project.packs.iter().flat_map(|it| &it.rules).map(|it| it.id.as_str());
    let promises = project.packs.iter().flat_map(|it| &it.promises).map(|it| it.id.as_str());
    let known: Vec<&str> = rules.chain(promises).collect();
    for rule in &filter.rules {
        if !known.contains(&rule.as_str()) {
            let mut diagnostic = Diagnostic::error(wording::UNKNOWN_RULE).with("name", rule.clone());
            if let Some(near) = nearest(rule, known.iter().copied()) {
                diagnostic = diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]);
            }
            diagnostics.push(diagnostic);
        }
    }
    filter
}

/// Rules that look at a kind of record that no source has.
fn unused_kinds(project: &Project, filter: &Filter, diagnostics: &mut Vec<Diagnostic>) {
    for pack in &project.packs {
        let mut unused: BTreeMap<&str, usize> = BTreeMap::new();
        for rule in pack.rules.iter().filter(|it| filter.admits(it)) {
            if !project.sources.iter().any(|it| it.kind == rule.on) {
                *unused.entry(&rule.on).or_default() += 1;
            }
        }
        for (kind, count) in unused {
            let diagnostic =
                Diagnostic::warning(wording::UNUSED_KIND).with("kind", kind).with("count", count.to_string());
            let diagnostic = diagnostic.with("pack", pack.id.clone());
            diagnostics.push(match nearest(kind, project.sources.iter().map(|it| it.kind.as_str())) {
                Some(near) => diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                None => diagnostic,
            });
        }
    }
}
