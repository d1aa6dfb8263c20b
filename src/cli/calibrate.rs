//! `touchstone calibrate`: whether evaluators agree, by `[calibration]`, and who is out of tolerance.

use super::{
    Voice,
    choice::{Choice, choice},
    exit,
    output::write_file,
    plans::as_of,
    print,
    records::each_batch,
    sample::{Asked, answered, asked, field_script, options_told},
};
use crate::{
    diagnostic::{Diagnostic, Sources},
    engine::Expressions,
    finding::value_text,
    measure::{Agreement, Bias, Kappa, Level, NORMAL, Rating, Tolerance, agreement, biases, wilson},
    project::Project,
    record::{Type, Value},
    report::{cut, visible, width},
    rule::{Calibration, RatingLevel},
    wording::{self, Lang},
};
use clap::{Arg, ArgMatches};
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// The options of the command.
pub(super) fn options(lang: Lang) -> Vec<Arg> {
    options_told(lang, wording::OPTION_JSON_OUTPUT, wording::OPTION_JSON_FORMAT)
}

/// Compares; gives the exit code: 1 where an evaluator is out of tolerance.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    answered(matches, asked, lang, |project, voice, texts| {
        compared(matches, project, voice, texts).and_then(|it| written(matches, &it, voice))
    })
}

fn written(matches: &ArgMatches, compared: &Compared, voice: Voice) -> Result<u8, Vec<Diagnostic>> {
    let one = |it: Box<Diagnostic>| vec![*it];
    let Choice { stdout, files } =
        choice(matches, &[("terminal", &["txt"]), ("json", &["json"])]).map_err(one)?;
    let bytes = |form: usize| if form == 1 { compared.json() } else { compared.terminal(voice.lang) };
    for (form, path) in files {
        write_file(&path, bytes(form).as_bytes()).map_err(one)?;
    }
    if print(bytes(stdout.unwrap_or(0)).as_bytes()).is_err() {
        return Ok(exit::NOT_AS_ASKED);
    }
    Ok(if compared.out().next().is_some() { exit::GATE_FAILED } else { exit::HELD })
}

/// One item of the form.
struct Item {
    name: String,
    level: Level,
    agreement: Agreement,
    biases: Vec<Bias>,
}

/// What came of the comparison.
struct Compared {
    calibration: Calibration,
    evaluators: Vec<String>,
    items: Vec<Item>,
    records: usize,
    /// Ratings by somebody who had rated the record before.
    again: u64,
}

fn planned<'p>(
    project: &'p Project,
    calibration: &Calibration,
    as_of: i64,
) -> Result<(Asked<'p>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let names = [&calibration.record, &calibration.evaluator].into_iter().chain(&calibration.items);
    let scripts = names.map(|it| field_script(&it.0, &it.1)).collect();
    asked(project, &calibration.source, as_of, |_| scripts)
}

/// What is wrong with the comparison that a project asks for, if it does.
pub(super) fn faults(project: &Project, as_of: i64) -> Vec<Diagnostic> {
    let planned = project.calibration.as_ref().map(|it| planned(project, it, as_of));
    planned.map(|it| it.map_or_else(|wrong| wrong, |it| it.1)).unwrap_or_default()
}

fn compared(
    matches: &ArgMatches,
    project: &Project,
    voice: Voice,
    texts: &Sources,
) -> Result<Compared, Vec<Diagnostic>> {
    let Some(calibration) = project.calibration.clone() else {
        let said = Diagnostic::error(wording::NO_CALIBRATION).at(project.place.clone());
        return Err(vec![said.help(wording::HELP_NO_CALIBRATION)]);
    };
    let as_of = as_of(matches, &project.zone).map_err(|it| vec![*it])?;
    let (asked, said) = planned(project, &calibration, as_of)?;
    voice.complain(&said, texts, false);
    let plan = &asked.plan;
    let mut forms = Forms::new(calibration.items.len());
    let mut expressions = Expressions::new(plan);
    let text = |it: &Value| value_text(it, &project.zone, project.lang);
    let read = each_batch(&asked.opened, &plan.columns, |batch, _| {
        let values = expressions.values(batch);
        for row in 0..batch.len {
            let there = |of: usize| values.get(of)?.get(row)?.as_ref().ok().filter(|it| it.is_there());
            let Some((record, who)) = there(0).zip(there(1)) else { continue };
            forms.add(text(record), text(who), |item| there(2 + item).cloned());
        }
        Ok(true)
    });
    read.map_err(|it| vec![*it])?;
    let types = plan.expressions[2..].iter().map(|it| it.ty);
    forms.compared(calibration, types.collect())
}

/// The ratings of all forms.
struct Forms {
    records: BTreeMap<String, usize>,
    evaluators: BTreeMap<String, usize>,
    seen: BTreeSet<(usize, usize)>,
    /// By item: record, evaluator, rating.
    items: Vec<Vec<(usize, usize, Value)>>,
    again: u64,
}

impl Forms {
    fn new(items: usize) -> Self {
        Self {
            records: BTreeMap::new(),
            evaluators: BTreeMap::new(),
            seen: BTreeSet::new(),
            items: vec![Vec::new(); items],
            again: 0,
        }
    }

    fn add(&mut self, record: String, who: String, rating: impl Fn(usize) -> Option<Value>) {
        let next = self.records.len();
        let record = *self.records.entry(record).or_insert(next);
        let next = self.evaluators.len();
        let who = *self.evaluators.entry(who).or_insert(next);
        if !self.seen.insert((record, who)) {
            self.again += 1;
            return;
        }
        for (item, all) in self.items.iter_mut().enumerate() {
            all.extend(rating(item).map(|it| (record, who, it)));
        }
    }

    fn compared(
        self,
        calibration: Calibration,
        types: Vec<Option<Type>>,
    ) -> Result<Compared, Vec<Diagnostic>> {
        // Numbered by name, so that the order of lines is no matter.
        let ranks = |names: &BTreeMap<String, usize>| {
            let mut ranks = vec![0; names.len()];
            names.values().enumerate().for_each(|(rank, number)| ranks[*number] = rank);
            ranks
        };
        let (records, who) = (ranks(&self.records), ranks(&self.evaluators));
        let evaluators: Vec<String> = self.evaluators.into_keys().collect();
        let reference = match &calibration.reference {
            None => None,
            Some(name) => match evaluators.iter().position(|it| it == name) {
                Some(at) => Some(at),
                None => {
                    let said = Diagnostic::error(wording::NO_SUCH_EVALUATOR).with("name", name.clone());
                    return Err(vec![said.at(calibration.place.clone())]);
                }
            },
        };
        let mut items = Vec::new();
        for ((all, ty), name) in self.items.into_iter().zip(types).zip(&calibration.items) {
            let level = level(calibration.level, ty);
            let codes: BTreeSet<String> = all.iter().filter_map(|it| words(&it.2)).collect();
            let codes: Vec<String> = codes.into_iter().collect();
            let rating = |(record, evaluator, value): &(usize, usize, Value)| {
                let value = number(value, &codes)?;
                Some(Rating { record: records[*record], evaluator: who[*evaluator], value })
            };
            let mut ratings: Vec<Rating> = all.iter().filter_map(rating).collect();
            ratings.sort_by_key(|it| (it.record, it.evaluator));
            // How far apart words are says nothing.
            let biases = if codes.is_empty() { biases(&ratings, reference) } else { Vec::new() };
            items.push(Item { name: name.0.clone(), level, agreement: agreement(&ratings, level), biases });
        }
        let records = self.records.len();
        Ok(Compared { calibration, evaluators, items, records, again: self.again })
    }
}

fn level(asked: Option<RatingLevel>, ty: Option<Type>) -> Level {
    match asked {
        Some(RatingLevel::Nominal) => Level::Nominal,
        Some(RatingLevel::Ordinal) => Level::Ordinal,
        Some(RatingLevel::Interval) => Level::Interval,
        None if matches!(ty, Some(Type::Int | Type::Float | Type::Decimal)) => Level::Ordinal,
        None => Level::Nominal,
    }
}

/// A rating that is a word.
fn words(value: &Value) -> Option<String> {
    if let Value::Text(text) = value { Some(text.to_string()) } else { None }
}

#[expect(clippy::cast_precision_loss, reason = "ratings far below 2^53")]
fn number(value: &Value, codes: &[String]) -> Option<f64> {
    match value {
        Value::Bool(it) => Some(f64::from(u8::from(*it))),
        Value::Int(it) => Some(*it as f64),
        Value::Float(it) => Some(*it).filter(|it| it.is_finite()),
        Value::Decimal(it) => it.to_string().parse().ok(),
        Value::Text(text) => codes.iter().position(|it| **it == **text).map(|it| it as f64),
        Value::Missing
        | Value::Unreadable
        | Value::Date(_)
        | Value::Time(_)
        | Value::Duration(_)
        | Value::Amount(_)
        | Value::List(_) => None,
    }
}

const fn level_name(level: Level) -> &'static str {
    match level {
        Level::Nominal => "nominal",
        Level::Ordinal => "ordinal",
        Level::Interval => "interval",
        Level::Ratio => "ratio",
    }
}

impl Compared {
    fn verdict(&self, bias: &Bias) -> Option<Tolerance> {
        self.calibration.tolerance.map(|it| bias.held_to(it))
    }

    /// Evaluators out of tolerance, by item.
    fn out(&self) -> impl Iterator<Item = (&Item, &Bias)> {
        let all = self.items.iter().flat_map(|item| item.biases.iter().map(move |it| (item, it)));
        all.filter(|it| self.verdict(it.1) == Some(Tolerance::Out))
    }

    fn json(&self) -> String {
        let kappa = |it: &Option<Kappa>| match it {
            Some(it) => json!({ "kappa": it.kappa, "error": it.error, "interval": it.interval() }),
            None => Json::Null,
        };
        let bias = |it: &Bias| {
            json!({
                "evaluator": self.evaluators[it.evaluator], "n": it.n, "alike": it.alike,
                "alike_interval": wilson(it.alike, it.n), "bias": it.mean, "interval": it.interval,
                "verdict": self.verdict(it).map(Tolerance::name),
            })
        };
        let item = |it: &Item| {
            let found = &it.agreement;
            let [plain, linear, quadratic] = &found.kappa;
            json!({
                "item": it.name, "level": level_name(it.level), "records": found.records,
                "pairs": found.pairs[0], "alike": found.pairs[1], "agreement": share(found.pairs),
                "interval": found.interval,
                "alpha": found.alpha.map(|it| it.0), "alpha_interval": found.alpha.and_then(|it| it.1),
                "fleiss": found.fleiss, "kappa": kappa(plain), "kappa_linear": kappa(linear),
                "kappa_quadratic": kappa(quadratic),
                "evaluators": it.biases.iter().map(bias).collect::<Vec<_>>(),
            })
        };
        let whole = json!({
            "schema": "touchstone.calibration/1", "source": self.calibration.source.0,
            "reference": self.calibration.reference, "tolerance": self.calibration.tolerance,
            "records": self.records, "rated_again": self.again,
            "items": self.items.iter().map(item).collect::<Vec<_>>(),
        });
        format!("{whole:#}\n")
    }

    fn terminal(&self, lang: Lang) -> String {
        let mut out = String::new();
        let counts =
            [("records", self.records.to_string()), ("evaluators", self.evaluators.len().to_string())];
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}", wording::CALIBRATION_HEAD.fill(lang, &counts));
        if self.again > 0 {
            let again = [("count", self.again.to_string())];
            let _ = writeln!(out, "{}", wording::CALIBRATION_AGAIN.fill(lang, &again));
        }
        for item in &self.items {
            let _ = writeln!(out, "\n{}", cut(&visible(&item.name), 80));
            for line in agreed(item, lang) {
                let _ = writeln!(out, "  {line}");
            }
            self.evaluated(item, lang, &mut out);
        }
        out
    }

    /// A line for each evaluator.
    fn evaluated(&self, item: &Item, lang: Lang, out: &mut String) {
        let name = |it: &Bias| cut(&visible(&self.evaluators[it.evaluator]), 24).into_owned();
        let widest = item.biases.iter().map(|it| width(&name(it))).max().unwrap_or_default();
        for it in &item.biases {
            let name = name(it);
            let pad = " ".repeat(widest - width(&name));
            let interval =
                it.interval.map_or_else(String::new, |[low, high]| format!(" ({low:+.2} … {high:+.2})"));
            let verdict = match self.verdict(it) {
                None | Some(Tolerance::Within) => String::new(),
                Some(Tolerance::Unclear) => format!("  {}", wording::CALIBRATION_UNCLEAR.text(lang)),
                Some(Tolerance::Out) => format!("  {}", wording::CALIBRATION_OUT.text(lang)),
            };
            let arguments = [
                ("bias", format!("{:+.2}{interval}", it.mean)),
                ("alike", it.alike.to_string()),
                ("n", it.n.to_string()),
            ];
            let line = wording::CALIBRATION_BIAS.fill(lang, &arguments);
            let _ = writeln!(out, "  {name}{pad}  {line}{verdict}");
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn share([all, alike]: [u64; 2]) -> Option<f64> {
    (all > 0).then(|| alike as f64 / all as f64)
}

/// What all evaluators come to on an item.
fn agreed(item: &Item, lang: Lang) -> Vec<String> {
    let found = &item.agreement;
    let Some((share, [low, high])) = share(found.pairs).zip(found.interval) else {
        return vec![wording::CALIBRATION_NONE.text(lang).to_owned()];
    };
    let percent = |it: f64| format!("{:.1}", it * 100.0);
    let interval = |low: f64, high: f64| format!("{low:.3} … {high:.3}");
    let arguments = [
        ("share", percent(share)),
        ("interval", format!("{} … {}", percent(low), percent(high))),
        ("n", found.pairs[0].to_string()),
    ];
    let mut lines = vec![wording::CALIBRATION_AGREEMENT.fill(lang, &arguments)];
    if let Some((alpha, of)) = found.alpha {
        let of = of.map_or_else(String::new, |[low, high]| format!(" ({})", interval(low, high)));
        lines.push(format!("Krippendorff α ({}) {alpha:.3}{of}", level_name(item.level)));
    }
    if let Some(fleiss) = found.fleiss {
        lines.push(format!("Fleiss κ {fleiss:.3}"));
    }
    let names = ["", " linear", " quadratic"];
    let kappas = found.kappa.iter().zip(names).filter_map(|(it, name)| it.as_ref().map(|it| (it, name)));
    let kappas: Vec<String> = kappas
        .map(|(it, name)| {
            let half = NORMAL * it.error;
            format!("κ{name} {:.3} (± {half:.3})", it.kappa)
        })
        .collect();
    if !kappas.is_empty() {
        lines.push(format!("Cohen {}", kappas.join(", ")));
    }
    lines
}
