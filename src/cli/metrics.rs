//! The metrics of scorecards: aggregates over records of a kind of their own, for every subject and period.

use super::{plans::PlannedSource, records::each_batch};
use crate::{
    diagnostic::{Diagnostic, Place},
    engine::{GroupPlan, GroupValue, Groups, plan_groups},
    finding::value_text,
    measure::NORMAL,
    project::{Project, Source},
    record::Value,
    rule::{Item, Pack, Period, Scorecard, Scored, Script},
    score::{ItemPlace, Measure, slope},
    wording::{self, Lang},
};
use std::collections::HashMap;

/// The values of metrics, by scorecard and item, then by period and levels.
pub(super) type Metrics = HashMap<(String, ItemPlace), HashMap<Vec<String>, Measure>>;

/// A metric of a scorecard, ready to be reckoned.
pub(super) struct PlannedMetric {
    card: String,
    place: ItemPlace,
    item: Item,
    /// The number of the source among those planned.
    source: usize,
    /// One for each number of levels.
    plans: Vec<GroupPlan>,
}

/// Plans the metrics of all scorecards.
pub(super) fn plan_metrics(
    project: &Project,
    sources: &[PlannedSource],
    as_of: i64,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<PlannedMetric> {
    let mut all = Vec::new();
    for (pack, card) in project.packs.iter().flat_map(|pack| pack.scorecards.iter().map(move |it| (pack, it)))
    {
        for (section, of) in card.sections.iter().enumerate() {
            for (number, item) in of.items.iter().enumerate() {
                let Scored::Metric(script) = &item.of else { continue };
                let place = (section, number);
                let planned =
                    plan_metric((project, pack, sources, as_of), card, (place, item, script), diagnostics);
                all.extend(planned);
            }
        }
    }
    all
}

fn plan_metric(
    (project, pack, sources, as_of): (&Project, &Pack, &[PlannedSource], i64),
    card: &Scorecard,
    (place, item, script): (ItemPlace, &Item, &Script),
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<PlannedMetric> {
    let kind = &item.on.as_ref()?.0;
    let mut of_kind = project.sources.iter().filter(|it| it.kind == *kind);
    let (source, other) = (of_kind.next()?, of_kind.next());
    if let Some(other) = other {
        let said = Diagnostic::error(wording::METRIC_SOURCES).with("kind", kind.clone());
        let said = said.with("first", source.id.clone()).with("second", other.id.clone());
        diagnostics.push(said.at(item.place.clone()).help(wording::HELP_METRIC_SOURCES));
        return None;
    }
    let number = sources.iter().position(|it| it.plan.id == source.id)?;
    let opened = &sources[number].opened;
    let per = per_level(card, source, diagnostics)?;
    let mut plans = Vec::new();
    for depth in 1..=per.len() {
        // Tables and phrases are those of the scorecard's pack.
        let Some(own) = opened.packs.iter().find(|it| it.id == pack.id) else { continue };
        let script = script_in(own, &card.id, place).unwrap_or(script);
        let packs = std::slice::from_ref(own);
        let ask = opened.ask(source, &project.calendars);
        let setting = (&project.zone, as_of);
        let (plan, mut found) = plan_groups(&ask, &opened.schema, packs, setting, (script, &per[..depth]));
        diagnostics.append(&mut found);
        plans.push(plan?);
    }
    Some(PlannedMetric { card: card.id.clone(), place, item: item.clone(), source: number, plans })
}

/// The metric at a place of a scorecard, as the source's rules are asked.
fn script_in<'p>(pack: &'p Pack, card: &str, (section, item): ItemPlace) -> Option<&'p Script> {
    let card = pack.scorecards.iter().find(|it| it.id == card)?;
    match &card.sections.get(section)?.items.get(item)?.of {
        Scored::Metric(script) => Some(script),
        Scored::Rule(_) | Scored::Promise(_) | Scored::Field(_) => None,
    }
}

/// The expressions of the period and of the levels, outermost first.
fn per_level(card: &Scorecard, source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<Script>> {
    let script = |text: String, place: &Place| {
        let (file, at) = match place {
            Place::Text { file, span } => (file.clone(), span.start),
            Place::Record { file, .. } | Place::File(file) => (file.clone(), 0),
        };
        Script { text, file, runs: vec![(0, at)] }
    };
    let at = source.subject.iter().position(|it| it.0 == card.subject.0)?;
    let mut per = Vec::new();
    match (&source.date, card.period) {
        (_, Period::All) => per.push(script(format!("\"{}\"", Period::All.name()), &card.place)),
        (Some(date), period) => per.push(script(format!("{}({})", period.name(), date.text), &date.place)),
        (None, period) => {
            let said = Diagnostic::error(wording::SCORECARD_WITHOUT_DATE).with("period", period.name());
            let said = said.with("name", source.id.clone()).at(card.place.clone());
            diagnostics.push(said.help(wording::HELP_SCORE_DATE));
            return None;
        }
    }
    per.extend(source.subject[at..].iter().rev().map(|(_, field)| script(field.text.clone(), &field.place)));
    Some(per)
}

/// Reckons all metrics.
///
/// # Errors
/// A file cannot be read.
pub(super) fn measured(
    metrics: &[PlannedMetric],
    project: &Project,
    sources: &[PlannedSource],
) -> Result<Metrics, Box<Diagnostic>> {
    let mut all = Metrics::new();
    for metric in metrics {
        let of = all.entry((metric.card.clone(), metric.place)).or_default();
        for plan in &metric.plans {
            let mut groups = Groups::new(plan);
            each_batch(&sources[metric.source].opened, &plan.records.columns, |batch, _| {
                groups.add(batch);
                Ok(true)
            })?;
            for group in groups.finish() {
                let text = |it: &Value| value_text(it, &project.zone, Lang::En);
                let key = group.key.iter().map(text).collect();
                of.extend(measure(&metric.item, &group).map(|it| (key, it)));
            }
        }
    }
    Ok(all)
}

/// A group's value on the item's scale.
fn measure(item: &Item, group: &GroupValue) -> Option<Measure> {
    let number = |value: &Value| match value {
        Value::Float(it) => Some(*it),
        #[expect(clippy::cast_precision_loss, reason = "counts and scores far below 2^53")]
        Value::Int(it) => Some(*it as f64),
        Value::Decimal(it) => it.to_string().parse().ok(),
        Value::Missing
        | Value::Unreadable
        | Value::Bool(_)
        | Value::Text(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Duration(_)
        | Value::Amount(_)
        | Value::List(_) => None,
    };
    let value = number(group.value.as_ref().ok()?)?;
    let n = group.figures.iter().map(|it| it.n).min()?;
    // How far from the truth a figure may be is known where it stands alone.
    let half = match group.figures.as_slice() {
        [only] if only.value == group.value => only.interval(),
        _ => None,
    };
    let half = half.and_then(|[low, high]| Some((number(&high)? - number(&low)?) / 2.0));
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    let n = n as f64;
    Some(Measure { share: item.share(value), n, error: half.map(|it| it / NORMAL * slope(item, value)) })
}
