//! `touchstone sample`: the records that people are to review, by `[sampling]`, with the reason for each.

use super::{
    Voice,
    args::{color, option, path, rules},
    cases::{OpenedSource, open},
    choice::{Choice, choice},
    exit,
    output::write_file,
    plans::{as_of, begin},
    print,
    records::each_batch,
};
use crate::{
    diagnostic::{Diagnostic, Place, Sources, nearest},
    engine::{ExpressionPlan, Expressions, key_in, plan_expressions},
    finding::value_text,
    measure::{Candidate, Drawn, NORMAL, Quota, Reason, draw, sample_size},
    project::{Project, Source},
    record::{Type, Value},
    report::{csv_row, cut, visible, width},
    rule::{Sampling, Script},
    wording::{self, Lang, Wording},
};
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::{Value as Json, json};
use std::{collections::HashMap, fmt::Write as _, sync::Arc};

/// The options of the command.
pub(super) fn options(lang: Lang) -> Vec<Arg> {
    options_told(lang, wording::OPTION_SAMPLE_OUTPUT, wording::OPTION_SAMPLE_FORMAT)
}

/// The options of a command on reviews, with its words for what it writes.
pub(super) fn options_told(lang: Lang, output: Wording, format: Wording) -> Vec<Arg> {
    let text = |name, value, help| option(lang, name, value, help);
    vec![
        path(lang).num_args(0..=1),
        text("output", "FILE", output).short('o').action(ArgAction::Append),
        text("format", "FORMAT", format),
        text("as-of", "TIME", wording::OPTION_AS_OF),
        rules(lang),
        color(lang),
    ]
}

/// Draws; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    answered(matches, asked, lang, |project, voice, texts| {
        drawn(matches, project, voice, texts).and_then(|it| written(matches, &it, voice))
    })
}

/// Loads the project and answers by it; gives the exit code.
pub(super) fn answered(
    matches: &ArgMatches,
    asked: Option<Lang>,
    lang: Lang,
    answer: impl FnOnce(&Project, Voice, &Sources) -> Result<u8, Vec<Diagnostic>>,
) -> u8 {
    let (loaded, voice) = begin(matches, asked, lang);
    let texts = loaded.sources;
    let wrong = voice.complain(&loaded.diagnostics, &texts, false);
    let Some(project) = loaded.project.filter(|_| !wrong) else { return exit::NOT_AS_ASKED };
    match answer(&project, voice, &texts) {
        Ok(code) => code,
        Err(said) => {
            voice.complain(&said, &texts, true);
            exit::NOT_AS_ASKED
        }
    }
}

fn written(matches: &ArgMatches, worklist: &Worklist, voice: Voice) -> Result<u8, Vec<Diagnostic>> {
    let one = |it: Box<Diagnostic>| vec![*it];
    let forms: [(&str, &[&str]); 3] =
        [("terminal", &["txt"]), ("csv", &["csv"]), ("ndjson", &["ndjson", "jsonl"])];
    let Choice { stdout, files } = choice(matches, &forms).map_err(one)?;
    let bytes = |form: usize| match form {
        0 => worklist.terminal(voice.lang).into_bytes(),
        1 => worklist.csv(voice.lang),
        _ => worklist.ndjson(voice.lang),
    };
    for (form, path) in files {
        write_file(&path, &bytes(form)).map_err(one)?;
    }
    let code = if print(&bytes(stdout.unwrap_or(0))).is_err() { exit::NOT_AS_ASKED } else { exit::HELD };
    Ok(code)
}

/// A record to review.
struct Task {
    key: String,
    subject: String,
    stratum: usize,
    reason: Reason,
    file: String,
    row: u64,
}

/// What is drawn, and what it is drawn from.
struct Worklist {
    sampling: Sampling,
    /// By subject and key.
    tasks: Vec<Task>,
    /// Records and drawn ones of each stratum.
    strata: Vec<[u64; 2]>,
    records: u64,
    /// Records that are in no stratum, and without a key.
    without: [u64; 2],
    /// How many would have been drawn without a budget.
    wanted: u64,
}

/// A source with the expressions that are asked of it.
pub(super) struct Asked<'p> {
    pub(super) source: &'p Source,
    pub(super) opened: Arc<OpenedSource>,
    pub(super) plan: ExpressionPlan,
}

/// Opens the source of this name for expressions; with what is worth telling.
pub(super) fn asked<'p>(
    project: &'p Project,
    named: &(String, Place),
    as_of: i64,
    scripts: impl FnOnce(&Source) -> Vec<Script>,
) -> Result<(Asked<'p>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let source = source_named(project, named).map_err(|it| vec![*it])?;
    let mut scripts = scripts(source);
    let mut more: Vec<&mut Script> = scripts.iter_mut().collect();
    let (opened, said) = open(source, project, &project.packs, as_of, &mut more);
    let Some(opened) = opened else { return Err(said) };
    let ask = opened.ask(source, &project.calendars);
    let setting = (&project.zone, as_of);
    let (plan, said) = plan_expressions(&ask, &opened.schema, &opened.packs, setting, &scripts);
    let said: Vec<Diagnostic> = said.into_iter().map(|it| opened.told(it)).collect();
    match plan {
        Some(plan) => Ok((Asked { source, opened: Arc::new(opened), plan }, said)),
        None => Err(said),
    }
}

/// A sample, ready to be drawn.
fn planned<'p>(
    project: &'p Project,
    sampling: &Sampling,
    as_of: i64,
) -> Result<(Asked<'p>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let scripts = |source: &Source| {
        let conditions = sampling.strata.iter().map(|it| it.when.clone());
        conditions.chain(per(source, sampling)).collect()
    };
    let (asked, mut said) = asked(project, &sampling.source, as_of, scripts)?;
    let conditions = asked.plan.expressions.iter().zip(&sampling.strata);
    let no_condition = conditions.filter(|it| it.0.ty.is_some_and(|ty| ty != Type::Bool)).map(|it| {
        let found = it.0.ty.map_or_else(String::new, |ty| ty.name().to_owned());
        Diagnostic::error(wording::NOT_BOOL).with("found", found).at(it.1.when.place(0..it.1.when.text.len()))
    });
    said.extend(no_condition);
    if said.iter().any(Diagnostic::is_error) { Err(said) } else { Ok((asked, said)) }
}

/// What is wrong with the sample that a project asks for, if it does.
pub(super) fn faults(project: &Project, as_of: i64) -> Vec<Diagnostic> {
    let planned = project.sampling.as_ref().map(|it| planned(project, it, as_of));
    planned.map(|it| it.map_or_else(|wrong| wrong, |it| it.1)).unwrap_or_default()
}

fn drawn(
    matches: &ArgMatches,
    project: &Project,
    voice: Voice,
    texts: &Sources,
) -> Result<Worklist, Vec<Diagnostic>> {
    let Some(sampling) = project.sampling.clone() else {
        let said = Diagnostic::error(wording::NO_SAMPLING).at(project.place.clone());
        return Err(vec![said.help(wording::HELP_NO_SAMPLING)]);
    };
    let as_of = as_of(matches, &project.zone).map_err(|it| vec![*it])?;
    let (Asked { source, opened, plan }, said) = planned(project, &sampling, as_of)?;
    voice.complain(&said, texts, false);
    let drawing = Drawing { project, source, sampling, opened: &opened, plan: &plan };
    drawing.drawn().map_err(|it| vec![*it])
}

/// The source of this name.
fn source_named<'p>(
    project: &'p Project,
    (name, place): &(String, Place),
) -> Result<&'p Source, Box<Diagnostic>> {
    project.sources.iter().find(|it| it.id == *name).ok_or_else(|| {
        let said = Diagnostic::error(wording::NO_SUCH_SOURCE).with("name", name.clone()).at(place.clone());
        let near = nearest(name, project.sources.iter().map(|it| it.id.as_str()));
        Box::new(match near {
            Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
            None => said,
        })
    })
}

/// The field that tells whose record it is: that of a subject of the source, or named itself.
fn per(source: &Source, sampling: &Sampling) -> Option<Script> {
    let (name, place) = sampling.per.as_ref()?;
    let field = source.subject.iter().find(|it| it.0 == *name).map_or(name.clone(), |it| it.1.text.clone());
    Some(field_script(&field, place))
}

/// A field as an expression that stands at a place.
pub(super) fn field_script(field: &str, place: &Place) -> Script {
    let (file, at) = match place {
        Place::Text { file, span } => (file.clone(), span.start),
        Place::Record { file, .. } | Place::File(file) => (file.clone(), 0),
    };
    Script { text: field.to_owned(), file, runs: vec![(0, at)] }
}

/// All that a draw needs.
struct Drawing<'a> {
    project: &'a Project,
    source: &'a Source,
    sampling: Sampling,
    opened: &'a Arc<OpenedSource>,
    plan: &'a ExpressionPlan,
}

impl Drawing<'_> {
    fn drawn(self) -> Result<Worklist, Box<Diagnostic>> {
        let (mut candidates, mut records) = (Vec::new(), Vec::new());
        let (mut subjects, mut names) = (HashMap::new(), Vec::new());
        let mut all = [0; 3];
        let mut strata = vec![[0; 2]; self.sampling.strata.len()];
        let mut expressions = Expressions::new(self.plan);
        let mut joined = String::new();
        each_batch(self.opened, &self.plan.columns, |batch, _| {
            let values = expressions.values(batch);
            for row in 0..batch.len {
                all[0] += 1;
                let is_true = |of: &Vec<Result<_, _>>| matches!(of[row], Ok(Value::Bool(true)));
                let Some(key) = key_in(&self.plan.key, batch, row, &mut joined) else {
                    all[2] += 1;
                    continue;
                };
                let Some(stratum) = values[..strata.len()].iter().position(is_true) else {
                    all[1] += 1;
                    continue;
                };
                strata[stratum][0] += 1;
                let subject = values.get(strata.len()).and_then(|it| it[row].as_ref().ok());
                let subject = subject.filter(|it| it.is_there());
                let subject = subject.map(|it| {
                    let name = value_text(it, &self.project.zone, self.project.lang);
                    *subjects.entry(name.clone()).or_insert_with(|| {
                        names.push(name);
                        names.len() - 1
                    })
                });
                candidates.push(Candidate { number: self.number(key), stratum, subject });
                records.push(batch.first_record + row as u64);
            }
            Ok(true)
        })?;
        let rates = self.sampling.strata.iter().map(|it| it.rate).collect();
        let count = |it: u64| usize::try_from(it).unwrap_or(usize::MAX);
        let mut quota = Quota { rates, min: count(self.sampling.min), budget: None };
        let wanted = draw(&candidates, &quota);
        quota.budget = self.sampling.budget.map(count);
        let drawn = draw(&candidates, &quota);
        drawn.iter().for_each(|it| strata[candidates[it.candidate].stratum][1] += 1);
        let tasks = self.tasks(&drawn, &candidates, &records, &names)?;
        let [records, outside, keyless] = all;
        let wanted = wanted.len() as u64;
        Ok(Worklist { sampling: self.sampling, tasks, strata, records, without: [outside, keyless], wanted })
    }

    /// A record's own number: of seed, source and key, and of nothing else.
    fn number(&self, key: &str) -> u64 {
        let parts =
            [self.sampling.seed.as_str(), &self.source.id, key].map(|it| format!("{}:{it}", it.len()));
        xxhash_rust::xxh3::xxh3_64(parts.concat().as_bytes())
    }

    /// Who the drawn records are: read once more, so that nothing else of a record is kept.
    fn tasks(
        &self,
        drawn: &[Drawn],
        candidates: &[Candidate],
        records: &[u64],
        names: &[String],
    ) -> Result<Vec<Task>, Box<Diagnostic>> {
        let (mut tasks, mut joined) = (Vec::new(), String::new());
        let mut next = drawn.iter().peekable();
        each_batch(self.opened, &self.plan.columns, |batch, _| {
            let end = batch.first_record + batch.len as u64;
            while let Some(it) = next.next_if(|it| records[it.candidate] < end) {
                let row = usize::try_from(records[it.candidate] - batch.first_record).unwrap_or_default();
                let candidate = candidates[it.candidate];
                let key = key_in(&self.plan.key, batch, row, &mut joined).unwrap_or_default().to_owned();
                let file =
                    self.opened.files.get(batch.origin(row).file as usize).map_or("", |it| it.shown.as_str());
                tasks.push(Task {
                    key,
                    subject: candidate.subject.map_or_else(String::new, |it| names[it].clone()),
                    stratum: candidate.stratum,
                    reason: it.reason,
                    file: file.to_owned(),
                    row: batch.rows[row],
                });
            }
            Ok(next.peek().is_some())
        })?;
        tasks.sort_by(|a, b| (&a.subject, &a.key).cmp(&(&b.subject, &b.key)));
        Ok(tasks)
    }
}

impl Worklist {
    fn per(&self) -> &str {
        self.sampling.per.as_ref().map_or("", |it| it.0.as_str())
    }

    /// Why a record is drawn, in words.
    fn reason(&self, it: &Task, lang: Lang) -> String {
        let stratum = &self.sampling.strata[it.stratum];
        match it.reason {
            Reason::Rate => {
                let rate = format!("{} %", stratum.rate * 100.0);
                wording::SAMPLE_RATE
                    .fill(lang, &[("rate", rate), ("when", stratum.when.text.trim().to_owned())])
            }
            Reason::Minimum => {
                let arguments = [
                    ("min", self.sampling.min.to_string()),
                    ("per", self.per().to_owned()),
                    ("name", it.subject.clone()),
                ];
                wording::SAMPLE_MINIMUM.fill(lang, &arguments)
            }
        }
    }

    /// How many records of its stratum a drawn one stands for.
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn weight(&self, stratum: usize) -> f64 {
        let [all, drawn] = self.strata[stratum];
        all as f64 / drawn.max(1) as f64
    }

    fn csv(&self, lang: Lang) -> Vec<u8> {
        let mut out = Vec::new();
        let mut head = vec!["key", "stratum", "weight", "reason", "file", "row"];
        if !self.per().is_empty() {
            head.insert(1, self.per());
        }
        csv_row(&mut out, head);
        for it in &self.tasks {
            let (stratum, weight) = ((it.stratum + 1).to_string(), self.weight(it.stratum).to_string());
            let (reason, row) = (self.reason(it, lang), it.row.to_string());
            let mut cells = vec![it.key.as_str(), &stratum, &weight, &reason, &it.file, &row];
            if !self.per().is_empty() {
                cells.insert(1, &it.subject);
            }
            csv_row(&mut out, cells);
        }
        out
    }

    fn ndjson(&self, lang: Lang) -> Vec<u8> {
        let line = |it: &Task| {
            let stratum = &self.sampling.strata[it.stratum];
            let reason = match it.reason {
                Reason::Rate => "rate",
                Reason::Minimum => "minimum",
            };
            let subject = (!it.subject.is_empty()).then_some(&it.subject);
            let task: Json = json!({
                "key": it.key, "per": self.per(), "subject": subject, "stratum": it.stratum + 1,
                "when": stratum.when.text.trim(), "rate": stratum.rate, "weight": self.weight(it.stratum),
                "reason": reason, "told": self.reason(it, lang),
                "origin": { "file": it.file, "row": it.row },
            });
            format!("{task}\n")
        };
        self.tasks.iter().map(line).collect::<String>().into_bytes()
    }

    /// What is drawn of what, and how much can be said by it.
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn terminal(&self, lang: Lang) -> String {
        let mut out = String::new();
        let counts = [("drawn", self.tasks.len().to_string()), ("records", self.records.to_string())];
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}", wording::SAMPLE_HEAD.fill(lang, &counts));
        for (stratum, [all, drawn]) in self.sampling.strata.iter().zip(&self.strata) {
            let rate = format!("{} %", stratum.rate * 100.0);
            let line = format!("{drawn:>8} / {all:<8} {rate:>6}  {}", stratum.when.text.trim());
            let _ = writeln!(out, "{}", cut(&visible(&line), 80));
        }
        for (said, count) in [wording::SAMPLE_OUTSIDE, wording::SAMPLE_KEYLESS].into_iter().zip(self.without)
        {
            if count > 0 {
                let _ = writeln!(out, "{}", said.fill(lang, &[("count", count.to_string())]));
            }
        }
        if self.wanted > self.tasks.len() as u64 {
            let counts = [("wanted", self.wanted.to_string()), ("drawn", self.tasks.len().to_string())];
            let _ = writeln!(out, "{}", wording::SAMPLE_BUDGET.fill(lang, &counts));
        }
        let population: u64 = self.strata.iter().map(|it| it[0]).sum();
        let (n, all) = (self.tasks.len() as f64, population as f64);
        if n > 0.0 && all > 1.0 {
            let margin = NORMAL * (0.25 / n * ((all - n) / (all - 1.0)).max(0.0)).sqrt();
            let margin = [("margin", format!("{:.1} %", margin * 100.0))];
            let _ = writeln!(out, "{}", wording::SAMPLE_MARGIN.fill(lang, &margin));
        }
        if let Some(margin) = self.sampling.margin {
            let needed = sample_size(Some(population), 0.5, margin, 0.95).unwrap_or(population);
            let counts = [("margin", format!("{:.1} %", margin * 100.0)), ("count", needed.to_string())];
            let _ = writeln!(out, "{}", wording::SAMPLE_NEEDED.fill(lang, &counts));
        }
        self.list(lang, &mut out);
        out
    }

    /// The first of the records.
    fn list(&self, lang: Lang, out: &mut String) {
        const SHOWN_MAX: usize = 20;
        let shown = || self.tasks.iter().take(SHOWN_MAX);
        let widest =
            |of: fn(&Task) -> &str| shown().map(|it| width(&visible(of(it)))).max().unwrap_or_default();
        let (key, subject) = (widest(|it| &it.key).min(30), widest(|it| &it.subject).min(20));
        out.push('\n');
        for it in shown() {
            let cell = |text: &str, size: usize| {
                let text = cut(&visible(text), size).into_owned();
                format!("{text}{}  ", " ".repeat(size.saturating_sub(width(&text))))
            };
            let subject = if subject == 0 { String::new() } else { cell(&it.subject, subject) };
            let line = format!("{}{subject}{}", cell(&it.key, key), visible(&self.reason(it, lang)));
            let _ = writeln!(out, "{}", cut(&line, 80));
        }
        if self.tasks.len() > SHOWN_MAX {
            let more = [("count", (self.tasks.len() - SHOWN_MAX).to_string())];
            let _ = writeln!(out, "{}", wording::SAMPLE_MORE.fill(lang, &more));
        }
    }
}
