//! One score: the sum that leads to it, each point with the findings behind it.

use super::{
    audit::internal,
    exit,
    metrics::measured,
    plans::{Planned, PlannedSource, begin, planned},
    records::{bench, each_batch},
    verdict::written,
    weave::Records,
};
use crate::{
    audit::{ScoreResult, Scores},
    diagnostic::{Diagnostic, nearest},
    engine::{FindingEncoder, FindingSink, PlanColumn, RunError, Wanted, judge_groups, key_in, run_source},
    finding::{Alike, Finding, value_text},
    record::{Type, Value, Values},
    report::{score_entry, score_json, score_line, visible},
    rule::Period,
    score::item,
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, PoisonError, atomic::AtomicBool},
};

/// Findings shown of each item.
const FINDINGS_MAX: usize = 20;

/// Explains a score; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    let (loaded, voice) = begin(matches, asked, lang);
    let Some(planned) = planned(loaded, matches, voice) else { return exit::NOT_AS_ASKED };
    let out = explained(matches, &planned, voice.lang).and_then(|score| {
        written(matches, voice, &|| score.json(voice.lang), &|_| score.terminal(voice.lang))
    });
    out.unwrap_or_else(|diagnostic| {
        voice.complain(&[*diagnostic], &planned.texts, true);
        exit::NOT_AS_ASKED
    })
}

/// What a finding says, beside its rule.
#[derive(Debug)]
struct Fault {
    key: String,
    title: String,
    clause: Option<String>,
    message: String,
    origin: String,
}

/// The findings of a subject, by rule.
struct Faults<'a> {
    level: &'a str,
    name: &'a str,
    lang: Lang,
    found: Mutex<BTreeMap<String, Vec<Fault>>>,
}

impl FindingSink for Faults<'_> {
    fn wanted(&self) -> Wanted {
        Wanted { findings: true, message: true, subject: true, ..Wanted::default() }
    }

    fn outputs(&self) -> usize {
        0
    }

    fn encoder(&self) -> Box<dyn FindingEncoder + '_> {
        Box::new(self)
    }
}

impl FindingEncoder for &Faults<'_> {
    fn encode(&mut self, findings: &[(Alike, Finding<'_>)], _: &mut [Vec<u8>]) {
        let is_whose = |it: &(&str, &str)| it.0 == self.level && it.1 == self.name;
        let is_theirs =
            |it: &Finding<'_>| self.level == Period::All.name() || it.subject.iter().any(is_whose);
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, finding) in findings.iter().filter(|it| is_theirs(&it.1)) {
            let fault = Fault {
                key: finding.key.to_owned(),
                title: finding.rule.title.get(self.lang).to_owned(),
                clause: finding.rule.source.clone(),
                message: finding.message.to_owned(),
                origin: format!("{}:{}", finding.origin.file, finding.origin.row),
            };
            found.entry(finding.rule.id.clone()).or_default().push(fault);
        }
    }
}

/// A score with the findings behind it.
struct Explained {
    score: ScoreResult,
    faults: BTreeMap<String, Vec<Fault>>,
}

fn explained(matches: &ArgMatches, planned: &Planned, lang: Lang) -> Result<Explained, Box<Diagnostic>> {
    let text = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
    let (card, name) = (text("scorecard"), text("subject"));
    let known = || planned.project.packs.iter().flat_map(|it| &it.scorecards);
    let short = |id: &str| id.split_once('/').is_some_and(|it| it.1 == card);
    let Some(card) = known().find(|it| it.id == card || short(&it.id)) else {
        let said = Diagnostic::error(wording::UNKNOWN_SCORECARD).with("name", card);
        let ids: Vec<&str> = known().map(|it| it.id.as_str()).collect();
        let said = match nearest(card, ids.iter().copied()) {
            Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
            None => said.help_with(wording::HELP_SCORES_LIKE, vec![("names", ids.join(", "))]),
        };
        return Err(Box::new(said));
    };
    let every = Faults { level: "", name, lang, found: Mutex::default() };
    let mut scores = scores(planned, &every)?;
    scores.retain(|it| it.card.id == card.id);
    let period = matches.get_one::<String>("period").cloned();
    let mut own: Vec<&ScoreResult> = scores.iter().filter(|it| it.name() == name).collect();
    own.retain(|it| period.as_ref().is_none_or(|wanted| it.period == *wanted));
    // Someone may be called like a team: the level that is scored comes first.
    let Some(score) = own.iter().max_by_key(|it| (it.is_own(), &it.period)) else {
        let said = Diagnostic::error(wording::UNKNOWN_SCORE).with("name", name).with("card", card.id.clone());
        let mut names: Vec<String> =
            scores.iter().filter(|it| it.is_own()).map(|it| format!("{} {}", it.name(), it.period)).collect();
        names.truncate(12);
        return Err(Box::new(said.help_with(wording::HELP_SCORES_LIKE, vec![("names", names.join(", "))])));
    };
    let faults = Faults { level: &score.level, name, lang, found: Mutex::default() };
    self::scores(planned, &faults)?;
    let mut faults = faults.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut keys = HashSet::new();
    for source in planned.sources.iter().filter(|it| it.plan.cards.iter().any(|it| it.card.id == card.id)) {
        keys_of_period(planned, source, card.period, &score.period, &mut keys)?;
    }
    faults.retain(|rule, _| card.sections.iter().flat_map(|it| &it.items).any(|it| it.of.text() == rule));
    for all in faults.values_mut() {
        all.retain(|it| keys.contains(&it.key));
        all.sort_by(|a, b| a.key.cmp(&b.key));
    }
    Ok(Explained { score: (*score).clone(), faults })
}

/// All scores; findings go to `sink`.
fn scores(planned: &Planned, sink: &dyn FindingSink) -> Result<Vec<ScoreResult>, Box<Diagnostic>> {
    let mut scores = Scores::default();
    let never = AtomicBool::new(false);
    for PlannedSource { opened, plan } in &planned.sources {
        let files = Records::new(opened, &plan.columns)?;
        let bench = bench(opened, plan, &planned.project.zone)?;
        let judging = bench.judging(plan, sink);
        let cards: Vec<usize> =
            plan.cards.iter().map(|it| scores.card(&it.card, &it.levels, &plan.kind, &it.part)).collect();
        let source = &files;
        let (_, parts) =
            run_source(&source, &judging, 1, &never, |_, _| Ok(())).map_err(|error| match error {
                RunError::Data(diagnostic) => diagnostic,
                RunError::Write(error) => internal(&error.to_string()),
                RunError::Panic(said) => internal(&said),
            })?;
        let groups = parts.into_iter().map(|it| it.groups).collect();
        let text = |it: &Value| value_text(it, &planned.project.zone, Lang::En);
        let judged = judge_groups(&judging, groups, &mut |_, _, _| Ok(()), &mut |card, key, sums| {
            scores.add(cards[card], &plan.kind, key.iter().map(text).collect(), &sums);
        });
        judged.map_err(|error| internal(&error.to_string()))?;
    }
    let metrics = measured(&planned.metrics, &planned.project, &planned.sources)?;
    Ok(scores.finish(&|card, place, key| metrics.get(&(card.to_owned(), place))?.get(key).copied()))
}

/// The keys of a source's records in a period.
fn keys_of_period(
    planned: &Planned,
    source: &PlannedSource,
    period: Period,
    wanted: &str,
    keys: &mut HashSet<String>,
) -> Result<(), Box<Diagnostic>> {
    let PlannedSource { opened, plan } = source;
    let zone = &planned.project.zone;
    let date = plan.date.filter(|_| period != Period::All);
    let columns: Vec<PlanColumn> =
        plan.key.iter().copied().chain(date.map(|it| it.0)).map(|it| plan.columns[it as usize]).collect();
    let own: Vec<u32> = (0..).take(plan.key.len()).collect();
    let mut joined = String::new();
    each_batch(opened, &columns, |batch, _| {
        for row in 0..batch.len {
            let file = opened.files.get(batch.origin(row).file as usize).map_or("", |it| it.shown.as_str());
            let is_in = date.is_none_or(|(_, ty)| match &batch.columns[plan.key.len()].values {
                Values::Int(values) => {
                    let day = if ty == Type::Time {
                        zone.to_local(values[row]).div_euclid(86_400 * crate::record::MICROS_PER_SECOND)
                    } else {
                        values[row]
                    };
                    period.text(day) == wanted
                }
                Values::Bool(_)
                | Values::Float(_)
                | Values::Decimal(_)
                | Values::Text(_)
                | Values::Amount(_)
                | Values::List(_) => false,
            });
            if is_in {
                let origin = || format!("{file}:{}", batch.rows[row]);
                keys.insert(key_in(&own, batch, row, &mut joined).map_or_else(origin, str::to_owned));
            }
        }
        Ok(true)
    })
}

impl Explained {
    fn of_item(&self, place: crate::score::ItemPlace) -> &[Fault] {
        self.faults.get(item(&self.score.card, place).of.text()).map_or(&[], Vec::as_slice)
    }

    fn terminal(&self, lang: Lang) -> String {
        let it = &self.score;
        let mut out =
            format!("{} · {} · {}\n", visible(it.card.title.get(lang)), visible(it.name()), it.period);
        out.push_str(&format!("{}\n", visible(&score_line(it, lang))));
        for (section, found) in it.card.sections.iter().zip(&it.score.sections) {
            let name = section.title.get(lang).to_owned();
            let text = match found.score {
                Some(score) => {
                    let weight = format!("{:.1}", 100.0 * found.weight);
                    let arguments = [("name", name), ("score", format!("{score:.1}")), ("weight", weight)];
                    wording::SCORE_SECTION.fill(lang, &arguments)
                }
                None => wording::SCORE_SECTION_EMPTY.fill(lang, &[("name", name)]),
            };
            out.push_str(&format!("  {}\n", visible(&text)));
        }
        let base = format!("{}", it.card.base);
        out.push_str(&format!("\n{}\n", wording::SCORE_STARTS.fill(lang, &[("base", base)])));
        for entry in &it.score.entries {
            out.push_str(&format!("  {}\n", visible(&score_entry(it, entry, lang))));
            let faults = entry.item.map_or(&[][..], |it| self.of_item(it));
            for fault in faults.iter().take(FINDINGS_MAX) {
                let text = format!("      {}  {}  {}", fault.key, fault.message, fault.origin);
                out.push_str(&format!("{}\n", visible(&text)));
            }
            if let Some(more) = faults.len().checked_sub(FINDINGS_MAX).filter(|it| *it > 0) {
                out.push_str(&format!("      … {more}\n"));
            }
            if let Some(clause) = faults.first().and_then(|it| it.clause.clone()) {
                let arguments = [("title", faults[0].title.clone()), ("source", clause)];
                out.push_str(&format!("      {}\n", visible(&wording::SCORE_CLAUSE.fill(lang, &arguments))));
            }
        }
        let score = it.score.score.map_or_else(|| "–".to_owned(), |it| format!("{it:.2}"));
        out.push_str(&format!("{} {score}\n", wording::SCORE_COMES_TO.text(lang)));
        if let Some((earned, _)) = it.score.earned.zip(it.score.score).filter(|(a, b)| (a - b).abs() > 1e-9) {
            let arguments = [("earned", format!("{earned:.2}"))];
            out.push_str(&format!("{}\n", wording::SCORE_EARNED.fill(lang, &arguments)));
        }
        out
    }

    /// The score as in reports, with the findings of its items.
    fn json(&self, lang: Lang) -> String {
        let score = String::from_utf8_lossy(&score_json(&self.score, lang)).into_owned();
        let mut findings = Vec::new();
        for (rule, faults) in &self.faults {
            for it in faults {
                findings.push(serde_json::json!({
                    "rule": rule, "key": it.key, "message": it.message, "origin": it.origin, "source": it.clause,
                }));
            }
        }
        let findings = serde_json::Value::Array(findings);
        format!("{{\"scorecard\": {score}, \"findings\": {findings}}}\n")
    }
}
