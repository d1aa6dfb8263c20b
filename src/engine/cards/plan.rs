//! What scoring the records of a source takes.

use crate::{
    diagnostic::Diagnostic,
    engine::{
        PlannedPromise, PlannedRule, SourceAsk,
        groups::{Call, Grouping},
    },
    expr::Program,
    record::Type,
    rule::{Item, Pack, Period, Scorecard, Scored, Script},
    score::{ItemPlace, Part, Sums, item},
    script::{Aggregate, CompiledValue, FieldName, Names, Registry, compile_value},
    wording,
};
use std::sync::Arc;

/// A scorecard as far as the records of a source are concerned.
#[derive(Debug)]
pub struct PlannedCard {
    /// The scorecard.
    pub card: Arc<Scorecard>,
    /// The items that are about these records.
    pub part: Part,
    /// Who is scored: the outermost level first, the scored one last.
    pub levels: Vec<String>,
    /// The columns of these levels, as written.
    pub(super) level_columns: Vec<u32>,
    /// What each item of the part looks at.
    pub(super) looked_at: Vec<LookedAt>,
    /// How many numbers.
    pub(super) numbers: usize,
    pub(in crate::engine) grouping: Grouping,
}

/// Where the state of an item comes from.
#[derive(Debug)]
pub(super) enum LookedAt {
    /// Rules of the plan, by number: versions of one.
    Rules(Vec<usize>),
    /// The first column of a promise.
    Promise(u32),
    /// A number of the record.
    Field(Box<CompiledValue>),
    /// A promise whose breaches nobody asked for, or a rule that is switched off.
    Nothing,
}

/// What planning scorecards has to do with.
pub(in crate::engine) struct CardSetting<'a> {
    pub(in crate::engine) ask: &'a SourceAsk,
    pub(in crate::engine) packs: &'a [Pack],
    pub(in crate::engine) looked_at: (&'a [PlannedRule], &'a [PlannedPromise]),
    /// Who is scored: level and column, as written.
    pub(in crate::engine) subject: &'a [(String, u32)],
    /// Whether records have a date.
    pub(in crate::engine) has_date: bool,
    /// Columns before those of scorecards.
    pub(in crate::engine) columns: usize,
}

/// The fields that evaluators' items read of records of `kind`.
pub(in crate::engine) fn mentioned_by_cards(packs: &[Pack], kind: &str) -> Vec<String> {
    let items =
        packs.iter().flat_map(|it| &it.scorecards).flat_map(|it| &it.sections).flat_map(|it| &it.items);
    let fields = items.filter(|it| it.on.as_ref().is_some_and(|on| on.0 == kind));
    fields.filter_map(|it| if let Scored::Field(name) = &it.of { Some(name.clone()) } else { None }).collect()
}

/// Plans the scorecards that look at a source's records.
pub(in crate::engine) fn plan_cards(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    setting: &CardSetting<'_>,
) -> (Vec<PlannedCard>, Vec<Diagnostic>) {
    let (mut cards, mut diagnostics) = (Vec::new(), Vec::new());
    let mut first = setting.columns;
    for card in setting.packs.iter().flat_map(|it| &it.scorecards) {
        let kind_of = |item: &Item| kind_of(item, setting.packs);
        let Some(part) = Part::new(card, &setting.ask.kind, &kind_of) else { continue };
        let Some(at) = setting.subject.iter().position(|it| it.0 == card.subject.0) else { continue };
        if card.period != Period::All && !setting.has_date {
            let said = Diagnostic::error(wording::SCORECARD_WITHOUT_DATE).with("period", card.period.name());
            let said = said.with("name", setting.ask.id.clone()).at(card.place.clone());
            diagnostics.push(said.help(wording::HELP_SCORE_DATE));
            continue;
        }
        let mut looked_at = Vec::new();
        for place in &part.items {
            match looks_at((program, registry, names), item(card, *place), setting) {
                Ok(found) => looked_at.push(found),
                Err(wrong) => diagnostics.extend(wrong),
            }
        }
        if looked_at.len() < part.items.len() {
            continue;
        }
        // The scored level stands first in a subject, those that hold it behind.
        let levels: Vec<(String, u32)> = setting.subject[at..].iter().rev().cloned().collect();
        let numbers = Sums::len_of(card, &part);
        let grouping = grouping((program, registry, names), first, levels.len(), numbers);
        cards.push(PlannedCard {
            part,
            level_columns: levels.iter().map(|it| it.1).collect(),
            levels: levels.into_iter().map(|it| it.0).collect(),
            looked_at,
            numbers,
            grouping,
            card: Arc::new(card.clone()),
        });
        first += cards[cards.len() - 1].columns();
    }
    (cards, diagnostics)
}

impl PlannedCard {
    /// True where some value of it is reckoned row by row.
    pub(in crate::engine) fn runs_by_rows(&self) -> bool {
        let fields =
            self.looked_at.iter().filter_map(|it| if let LookedAt::Field(it) = it { Some(it) } else { None });
        fields.into_iter().any(|it| it.node.is_none())
    }

    /// How many columns it appends.
    pub(super) fn columns(&self) -> usize {
        1 + self.levels.len() + self.numbers
    }

    /// The items that the part is about.
    pub fn items(&self) -> impl Iterator<Item = (ItemPlace, &Item)> {
        self.part.items.iter().map(|it| (*it, item(&self.card, *it)))
    }
}

/// The kind of record that an item is about.
fn kind_of(item: &Item, packs: &[Pack]) -> Option<String> {
    match &item.of {
        Scored::Rule(id) => {
            packs.iter().flat_map(|it| &it.rules).find(|it| it.id == *id).map(|it| it.on.clone())
        }
        Scored::Promise(id) => {
            packs.iter().flat_map(|it| &it.promises).find(|it| it.id == *id).map(|it| it.on.clone())
        }
        Scored::Metric(_) | Scored::Field(_) => item.on.as_ref().map(|it| it.0.clone()),
    }
}

/// Finds what an item looks at.
fn looks_at(
    (program, registry, names): (&mut Program, &mut Registry, &Names<'_>),
    item: &Item,
    setting: &CardSetting<'_>,
) -> Result<LookedAt, Vec<Diagnostic>> {
    match &item.of {
        Scored::Rule(id) => {
            let versions = setting.looked_at.0.iter().enumerate().filter(|it| it.1.rule.id == *id);
            Ok(LookedAt::Rules(versions.map(|it| it.0).collect()))
        }
        Scored::Promise(id) => {
            let found = setting.looked_at.1.iter().find(|it| it.as_rule.rule.id == *id);
            Ok(found.map_or(LookedAt::Nothing, |it| LookedAt::Promise(it.first_column)))
        }
        Scored::Metric(_) => Ok(LookedAt::Nothing),
        Scored::Field(name) => {
            let (file, at) = match &item.place {
                crate::diagnostic::Place::Text { file, span } => (file.clone(), span.start),
                crate::diagnostic::Place::Record { file, .. } | crate::diagnostic::Place::File(file) => {
                    (file.clone(), 0)
                }
            };
            let script = Script { text: name.clone(), file, runs: vec![(0, at)] };
            let (compiled, found) = compile_value(program, registry, names, &[], &script);
            // The name is looked up by a script of our own: what is wrong with it is wrong with the item.
            let here = |it: Diagnostic| it.at(item.place.clone());
            let Some(compiled) = compiled else { return Err(found.into_iter().map(here).collect()) };
            match compiled.ty {
                None | Some(Type::Int | Type::Float | Type::Decimal) => {
                    Ok(LookedAt::Field(Box::new(compiled)))
                }
                Some(other) => {
                    let said = Diagnostic::error(wording::FIELD_NO_NUMBER).with("name", name.clone());
                    Err(vec![here(said.with("found", other.name()))])
                }
            }
        }
    }
}

/// Sums by period, then by level, put together again level by level.
fn grouping(
    (program, registry, names): (&mut Program, &mut Registry, &Names<'_>),
    first: usize,
    levels: usize,
    numbers: usize,
) -> Grouping {
    let mut column = |at: usize, ty: Type| {
        let name = format!("scored_{at}");
        let field = FieldName { name: name.clone(), ty, choices: Vec::new(), column: u32::try_from(at).ok() };
        let own = Names { fields: vec![field], ..names.clone() };
        let script = Script { text: name, file: "".into(), runs: vec![(0, 0)] };
        compile_value(program, registry, &own, &[], &script).0
    };
    let per = (first..=first + levels).filter_map(|at| column(at, Type::Text)).collect();
    let calls = (first + levels + 1..=first + levels + numbers).filter_map(|at| {
        let of = crate::engine::Aggregation { aggregate: Aggregate::Sum, argument: Some(Type::Float) };
        Some(Call { of, argument: Some(column(at, Type::Float)?), worst: None })
    });
    let calls = calls.collect();
    Grouping { per, calls, rollup: true }
}
