//! `touchstone eval`: any expression of the rule language, for each record or for each group.

use super::{
    Voice,
    args::all,
    cases::{OpenedSource, open},
    choice::{Choice, choice},
    eval_report::{Answer, Answers, json, terminal},
    exit,
    output::write_file,
    plans::{as_of, begin, colour, optional},
    print,
    records::{each_batch, faults_of_data},
};
use crate::{
    diagnostic::{Diagnostic, Sources, nearest},
    engine::{ExpressionPlan, Expressions, GroupPlan, Groups, key_in, plan_expressions, plan_groups},
    ingest::FaultKind,
    project::{LoadOptions, Project, Source, load_files},
    rule::Script,
    script::has_aggregate,
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::{path::PathBuf, sync::Arc};

/// How the expression of the command line is called in messages.
const EXPRESSION: &str = "EXPR";
/// How the expressions of `--per` are called.
const PER: &str = "--per";

/// Evaluates; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    let data: Vec<PathBuf> = all(matches, "data");
    let (loaded, voice) = if data.is_empty() {
        begin(matches, asked, lang)
    } else {
        let options = LoadOptions { data, lang: Some(asked.unwrap_or(lang)), ..LoadOptions::default() };
        (load_files(&options), Voice::new(asked.unwrap_or(lang), colour(matches)))
    };
    let mut texts = loaded.sources;
    let wrong = voice.complain(&loaded.diagnostics, &texts, false);
    let Some(project) = loaded.project.filter(|_| !wrong) else { return exit::NOT_AS_ASKED };
    let asked = Asked::new(matches, &mut texts);
    match asked.answered(matches, &project, voice, &texts).and_then(|it| written(matches, &it, voice)) {
        Ok(code) => code,
        Err(diagnostics) => {
            voice.complain(&diagnostics, &texts, true);
            exit::NOT_AS_ASKED
        }
    }
}

fn written(matches: &ArgMatches, answers: &Answers, voice: Voice) -> Result<u8, Vec<Diagnostic>> {
    let one = |it: Box<Diagnostic>| vec![*it];
    let Choice { stdout, files } =
        choice(matches, &[("terminal", &["txt"]), ("json", &["json"])]).map_err(one)?;
    let bytes = |form: usize, colour: bool| if form == 1 { json(answers) } else { terminal(answers, colour) };
    for (form, path) in files {
        write_file(&path, bytes(form, false).as_bytes()).map_err(one)?;
    }
    let out = bytes(stdout.unwrap_or(0), voice.colour);
    Ok(if print(out.as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD })
}

/// What the command line asks.
#[derive(Clone)]
struct Asked {
    expression: Script,
    per: Vec<Script>,
}

/// An expression that fits a source.
enum Plan {
    Records(ExpressionPlan),
    Groups(GroupPlan),
}

impl Plan {
    fn records(&self) -> &ExpressionPlan {
        match self {
            Self::Records(plan) => plan,
            Self::Groups(plan) => &plan.records,
        }
    }
}

impl Asked {
    fn new(matches: &ArgMatches, texts: &mut Sources) -> Self {
        let script = |file: &str, text: String, texts: &mut Sources| {
            texts.insert(file, text.as_str());
            Script { text, file: file.into(), runs: vec![(0, 0)] }
        };
        let text = matches.get_one::<String>("expression").cloned().unwrap_or_default();
        let expression = script(EXPRESSION, text, texts);
        let per = optional(matches, "per").into_iter().enumerate().map(|(number, text)| {
            let file = if number == 0 { PER.to_owned() } else { format!("{PER} ({})", number + 1) };
            script(&file, text, texts)
        });
        let per = per.collect();
        Self { expression, per }
    }

    fn answered(
        &self,
        matches: &ArgMatches,
        project: &Project,
        voice: Voice,
        texts: &Sources,
    ) -> Result<Answers, Vec<Diagnostic>> {
        let as_of = as_of(matches, &project.zone).map_err(|it| vec![*it])?;
        let (source, opened, plan) = self.source(matches, project, as_of, voice, texts)?;
        let mut answers = Answers::new(project.zone.clone(), voice.lang, plan.records().column_names.clone());
        answers.per = self.per.iter().map(|it| it.text.trim().to_owned()).collect();
        self.evaluate(&opened, &plan, &mut answers).map_err(|it| vec![*it])?;
        let faults = faults_of_data(&source.id, answers.rejected, answers.bad_cells);
        voice.complain(&faults.into_iter().collect::<Vec<_>>(), texts, false);
        if answers.records == 0 {
            return Err(vec![Diagnostic::error(wording::NO_RECORDS).help(wording::HELP_NO_RECORDS)]);
        }
        Ok(answers)
    }

    /// The source that is named, else the only one that the expression fits.
    fn source<'p>(
        &self,
        matches: &ArgMatches,
        project: &'p Project,
        as_of: i64,
        voice: Voice,
        texts: &Sources,
    ) -> Result<(&'p Source, Arc<OpenedSource>, Plan), Vec<Diagnostic>> {
        let named = matches.get_one::<String>("source");
        let known = || project.sources.iter().map(|it| it.id.as_str());
        if let Some(name) = named.filter(|it| known().all(|id| id != it.as_str())) {
            let said = Diagnostic::error(wording::NO_SUCH_SOURCE).with("name", name.clone());
            return Err(vec![match nearest(name, known()) {
                Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                None => {
                    let names = known().collect::<Vec<_>>().join(", ");
                    said.help_with(wording::KNOWN_CHOICES, vec![("names", names)])
                }
            }]);
        }
        let (mut fits, mut wrong): (Vec<_>, Vec<Vec<Diagnostic>>) = (Vec::new(), Vec::new());
        for source in project.sources.iter().filter(|it| named.is_none_or(|name| it.id == *name)) {
            let mut asked = self.clone();
            let mut more: Vec<&mut Script> = asked.per.iter_mut().chain([&mut asked.expression]).collect();
            let (opened, diagnostics) = open(source, project, &project.packs, as_of, &mut more);
            let Some(opened) = opened else {
                wrong.push(diagnostics);
                continue;
            };
            let (plan, diagnostics) = asked.plan(project, source, &opened, as_of);
            let diagnostics = diagnostics.into_iter().map(|it| opened.told(it)).collect();
            match plan {
                Some(plan) => fits.push((source, Arc::new(opened), plan, diagnostics)),
                None => wrong.push(diagnostics),
            }
        }
        if fits.len() > 1 {
            let names = fits.iter().map(|it| it.0.id.as_str()).collect::<Vec<_>>().join(", ");
            let said = Diagnostic::error(wording::WHICH_SOURCE).with("names", names);
            return Err(vec![said.help(wording::HELP_WHICH_SOURCE)]);
        }
        let Some((source, opened, plan, warnings)) = fits.pop() else {
            // The source that comes closest tells best what is wrong.
            let best = wrong.into_iter().min_by_key(Vec::len).unwrap_or_default();
            let none = Diagnostic::error(wording::NO_RECORDS).help(wording::HELP_NO_RECORDS);
            return Err(if best.is_empty() { vec![none] } else { best });
        };
        voice.complain(&warnings, texts, false);
        Ok((source, opened, plan))
    }

    fn plan(
        &self,
        project: &Project,
        source: &Source,
        opened: &OpenedSource,
        as_of: i64,
    ) -> (Option<Plan>, Vec<Diagnostic>) {
        let ask = opened.ask(source, &project.calendars);
        let setting = (&project.zone, as_of);
        let schema = &opened.schema;
        let mut is_list = |script: &Script| {
            let plan = plan_expressions(&ask, schema, &opened.packs, setting, std::slice::from_ref(script)).0;
            plan.is_some_and(|it| it.is_list(0))
        };
        if self.per.is_empty() && !has_aggregate(&self.expression, &mut is_list) {
            let scripts = std::slice::from_ref(&self.expression);
            let (plan, diagnostics) = plan_expressions(&ask, schema, &opened.packs, setting, scripts);
            return (plan.map(Plan::Records), diagnostics);
        }
        let (plan, diagnostics) =
            plan_groups(&ask, schema, &opened.packs, setting, (&self.expression, &self.per));
        (plan.map(Plan::Groups), diagnostics)
    }

    fn evaluate(
        &self,
        opened: &Arc<OpenedSource>,
        plan: &Plan,
        answers: &mut Answers,
    ) -> Result<(), Box<Diagnostic>> {
        let records = plan.records();
        let mut expressions = Expressions::new(records);
        let mut groups = match plan {
            Plan::Groups(plan) => Some(Groups::new(plan)),
            Plan::Records(_) => None,
        };
        let mut joined = String::new();
        each_batch(opened, &records.columns, |batch, faults| {
            let bad = faults.iter().filter(|it| it.kind == FaultKind::BadCell).count() as u64;
            answers.bad_cells += bad;
            answers.rejected += faults.len() as u64 - bad;
            answers.records += batch.len as u64;
            if let Some(groups) = &mut groups {
                groups.add(batch);
                return Ok(true);
            }
            let values = expressions.values(batch);
            let file = |row: usize| {
                opened.files.get(batch.origin(row).file as usize).map_or("", |it| it.shown.as_str())
            };
            for (row, value) in values.into_iter().flatten().enumerate() {
                let origin = || format!("{}:{}", file(row), batch.rows[row]);
                let key = key_in(&records.key, batch, row, &mut joined).map_or_else(origin, str::to_owned);
                answers.all.push(Answer { key, group: Vec::new(), value, figures: Vec::new() });
            }
            Ok(true)
        })?;
        if let Some(groups) = groups {
            answers.without = groups.without;
            answers.of_groups = true;
            answers.all = groups.finish().into_iter().map(Answer::of_group).collect();
        }
        Ok(())
    }
}
