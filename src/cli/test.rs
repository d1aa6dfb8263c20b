//! `touchstone test`: the rules' own examples, judged as an audit would.

use super::{
    Voice,
    args::all,
    choice::{Choice, choice},
    exit,
    output::write_file,
    plans::{as_of, begin_rules},
    print,
    test_report::{TestReport, json, junit_text, terminal},
    watch,
};
use crate::{
    diagnostic::{Diagnostic, nearest},
    project::Project,
    rule::{Pack, Rule},
    trial::try_examples,
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::{path::PathBuf, sync::Arc};

/// How results are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Terminal,
    Json,
    Junit,
}

/// The forms by name, with the endings of their files.
const FORMS: [(&str, &[&str], Form); 3] = [
    ("terminal", &["txt"], Form::Terminal),
    ("json", &["json"], Form::Json),
    ("junit", &["xml"], Form::Junit),
];

/// Runs examples; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    if !matches.get_flag("watch") {
        return once(matches, asked, lang).0;
    }
    loop {
        let before_paths: Vec<PathBuf> =
            all::<PathBuf>(matches, "path").iter().map(|it| watch::folder_of(it)).collect();
        let (_, root, voice) = once(matches, asked, lang);
        let mut folders = if before_paths.is_empty() { vec![PathBuf::from(".")] } else { before_paths };
        folders.extend(all::<PathBuf>(matches, "rules").iter().map(|it| watch::folder_of(it)));
        folders.extend(root);
        let shown = folders.last().map(|it| it.display().to_string()).unwrap_or_default();
        let before = watch::look(&folders);
        voice.say(&format!("{}\n\n", wording::WATCHING.fill(voice.lang, &[("folder", shown)])));
        watch::wait(&folders, &before);
    }
}

/// One run: its exit code, the project's folder, and how to speak.
fn once(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> (u8, Option<PathBuf>, Voice) {
    let (loaded, voice, focus) = begin_rules(matches, asked, lang);
    let root = loaded.project.as_ref().map(|it| it.root.clone());
    let wrong = voice.complain(&loaded.diagnostics, &loaded.sources, false);
    let Some(project) = loaded.project.filter(|_| !wrong) else { return (exit::NOT_AS_ASKED, root, voice) };
    let code = match tried(matches, &project, focus.as_ref(), voice) {
        Ok(report) => written(matches, &report, &loaded.sources, voice),
        Err(diagnostics) => Err(diagnostics),
    };
    let code = code.unwrap_or_else(|diagnostics| {
        voice.complain(&diagnostics, &loaded.sources, true);
        exit::NOT_AS_ASKED
    });
    (code, root, voice)
}

fn tried(
    matches: &ArgMatches,
    project: &Project,
    focus: Option<&Arc<str>>,
    voice: Voice,
) -> Result<TestReport, Vec<Diagnostic>> {
    let one = |it: Box<Diagnostic>| vec![*it];
    let min_coverage = share(matches, "min-coverage").map_err(one)?;
    let min_branches = share(matches, "min-branches").map_err(one)?;
    let as_of = as_of(matches, &project.zone).map_err(one)?;
    let rules: Vec<String> = all(matches, "rule");
    unknown_rules(project, &rules)?;
    // Packs that the command line names are meant, built in or not.
    let named = project.sources.is_empty() || !rules.is_empty() || matches.get_flag("all");
    let admits = |pack: &Pack, rule: &Rule| {
        let is_own = !pack.from.starts_with("builtin:");
        focus.map_or(named || is_own, |it| *it == pack.from) && (rules.is_empty() || rules.contains(&rule.id))
    };
    let packs = try_examples(project, as_of, admits);
    if packs.iter().all(|it| it.examples().next().is_none()) {
        return Err(vec![Diagnostic::error(wording::NO_TESTS).help(wording::HELP_NO_TESTS)]);
    }
    Ok(TestReport { project: project.name.clone(), packs, min_coverage, min_branches, lang: voice.lang })
}

fn unknown_rules(project: &Project, rules: &[String]) -> Result<(), Vec<Diagnostic>> {
    let known: Vec<&str> = project.packs.iter().flat_map(|it| &it.rules).map(|it| it.id.as_str()).collect();
    let unknown = rules.iter().filter(|it| !known.contains(&it.as_str()));
    let complaint = |rule: &String| {
        let said = Diagnostic::error(wording::UNKNOWN_RULE).with("name", rule.clone());
        match nearest(rule, known.iter().copied()) {
            Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
            None => said,
        }
    };
    let all: Vec<Diagnostic> = unknown.map(complaint).collect();
    if all.is_empty() { Ok(()) } else { Err(all) }
}

/// A share of the command line, `80%` or `80`, as a fraction of 1.
fn share(matches: &ArgMatches, option: &'static str) -> Result<Option<f64>, Box<Diagnostic>> {
    let Some(text) = matches.get_one::<String>(option) else { return Ok(None) };
    let number = text.trim().trim_end_matches(['%', '％']).trim().parse::<f64>().ok();
    let percent = number.filter(|it| (0.0..=100.0).contains(it));
    percent.map(|it| Some(it / 100.0)).ok_or_else(|| {
        let said = Diagnostic::error(wording::BAD_VALUE).with("argument", text.clone());
        let said = said.with("option", format!("--{option}"));
        Box::new(said.help_with(wording::HELP_VALUES_LIKE, vec![("names", "80%, 100%".to_owned())]))
    })
}

/// Writes the results; gives the exit code.
fn written(
    matches: &ArgMatches,
    report: &TestReport,
    sources: &crate::diagnostic::Sources,
    voice: Voice,
) -> Result<u8, Vec<Diagnostic>> {
    let one = |it: Box<Diagnostic>| vec![*it];
    let bytes = |form: Form, colour: bool| match form {
        Form::Terminal => terminal(report, sources, colour, matches.get_flag("quiet")),
        Form::Json => json(report, sources),
        Form::Junit => junit_text(report, sources),
    };
    let names = FORMS.map(|it| (it.0, it.1));
    let Choice { stdout, files } = choice(matches, &names).map_err(one)?;
    for (form, path) in files {
        write_file(&path, bytes(FORMS[form].2, false).as_bytes()).map_err(one)?;
    }
    let out = bytes(stdout.map_or(Form::Terminal, |it| FORMS[it].2), voice.colour);
    if print(out.as_bytes()).is_err() {
        return Ok(exit::NOT_AS_ASKED);
    }
    Ok(if report.holds() { exit::HELD } else { exit::GATE_FAILED })
}
