//! Promises planned: their expressions compiled to columns, their parts named for rules.

use super::{
    message::Message,
    plan::{PlannedRule, hash_of_parts},
};
use crate::{
    calendar::{Calendar, Zone},
    diagnostic::{Diagnostic, Place, nearest},
    expr::{Constant, ExprId, Node, Program},
    promise::{CalendarInput, ChangeInput, ClockPlan, CycleInput, Parts, PauseInput},
    record::{Amount, Element, Type},
    rule::{DeclaredCalendar, MissingPolicy, OfEvents, Pack, Pause, Promise, Rule, Script, Target},
    script::{ColumnRule, CompiledRule, FieldName, Form, Names, Registry, compile_derived},
    wording::{self, Lang},
};
use std::{collections::BTreeSet, sync::Arc};

/// A promise of the plan.
#[derive(Debug)]
pub struct PlannedPromise {
    /// The promise as what its breaches are findings of.
    pub as_rule: PlannedRule,
    /// How it is judged.
    pub clock: ClockPlan,
    /// The first of its columns, which stand in the order of [`Parts::NAMES`].
    pub first_column: u32,
    /// False where rules read it only and its own findings were not asked for.
    pub is_reported: bool,
    /// The names of the columns of its pauses.
    pub pause_names: Vec<(String, String)>,
    /// The names of the columns of its start and stop.
    pub moments: (String, String),
    /// Where the calendars that it uses come from, by id.
    pub calendar_ids: Vec<String>,
}

/// What planning promises adds to a plan.
pub(super) struct Planner<'a, 'n> {
    pub(super) program: &'a mut Program,
    pub(super) registry: &'a mut Registry,
    pub(super) names: &'a mut Names<'n>,
    /// Columns before the derived ones.
    pub(super) decoded: usize,
    pub(super) derived: &'a mut Vec<(ExprId, Type)>,
    /// The names of derived columns that only promises read.
    pub(super) hidden: &'a mut Vec<(u32, String)>,
    pub(super) calendars: &'a [DeclaredCalendar],
    /// Calendars that are ready, by their number.
    pub(super) ready: Vec<Option<Arc<Calendar>>>,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    pub(super) has_date: bool,
    /// The names that anything mentions.
    pub(super) mentioned: BTreeSet<String>,
}

/// A promise whose parts have columns, its own not yet.
struct Draft<'p> {
    promise: &'p Promise,
    clock: ClockPlan,
    pause_names: Vec<(String, String)>,
    calendar_ids: Vec<String>,
    is_reported: bool,
}

impl<'n> Planner<'_, 'n> {
    /// Plans promises: the inputs of all of them first, then the columns of their own, which follow.
    pub(super) fn plan(
        &mut self,
        promises: &[(&'n Pack, &Promise, bool)],
        zone: &Zone,
        lang: Lang,
    ) -> Vec<PlannedPromise> {
        let mut drafts: Vec<Draft<'_>> = Vec::new();
        for (pack, promise, is_reported) in promises {
            if let Some(first) = drafts.iter().find(|it| it.promise.name == promise.name) {
                let said = Diagnostic::error(wording::ID_TWICE).with("name", &promise.name);
                let said = said.at(promise.id_place.clone());
                self.diagnostics.push(said.also(first.promise.id_place.clone(), wording::FIRST_HERE));
                continue;
            }
            drafts.extend(self.draft(pack, promise, zone, *is_reported));
        }
        // Rules enter their packs anew.
        self.names.pack.clear();
        let first = self.decoded + self.derived.len();
        let columns = (first..).step_by(Parts::NAMES.len());
        columns.zip(drafts).map(|(column, draft)| self.name(draft, column, zone, lang)).collect()
    }

    /// Compiles a promise of `pack`; says what is wrong with it.
    fn draft<'p>(
        &mut self,
        pack: &'n Pack,
        promise: &'p Promise,
        zone: &Zone,
        is_reported: bool,
    ) -> Option<Draft<'p>> {
        self.names.pack.clone_from(&pack.id);
        self.names.tables = pack.tables.iter().collect();
        self.names.phrases = pack.phrases.iter().collect();
        if self.names.field(&promise.name).is_some() {
            let said = Diagnostic::error(wording::PROMISE_LIKE_FIELD).with("name", &promise.name);
            self.diagnostics.push(said.at(promise.id_place.clone()).help(wording::HELP_RENAME_PROMISE));
        }
        if !promise.effective.is_always() && !self.has_date {
            let said = Diagnostic::error(wording::NO_RECORD_DATE).with("source", &self.names.kind);
            self.diagnostics.push(said.at(promise.place.clone()).help(wording::HELP_RECORD_DATE));
        }
        let when = promise.when.as_ref().map(|it| self.truth(it));
        let start = self.moment(&promise.start, "start");
        let stop = self.moment(&promise.stop, "stop");
        let mut pauses = Some(Vec::new());
        let mut pause_names = Vec::new();
        for pause in &promise.pauses {
            let (input, names) = self.pause(pause);
            pause_names.push(names);
            match (input, &mut pauses) {
                (Some(input), Some(all)) => all.push(input),
                _ => pauses = None,
            }
        }
        // A case that was closed is paused, too.
        pause_names.extend(promise.reopen.iter().map(|it| (it.stop.clone(), it.step.clone())));
        let cycles = promise.reopen.as_ref().map(|it| {
            let turns = self.of_events(it.turns.as_deref(), (&it.place, &it.step))?;
            Some(CycleInput { turns, reopening: it.policy })
        });
        let changes = promise.target_change.as_ref().map(|_| self.changes(promise));
        let mut calendar_ids = Vec::new();
        let calendar = self.calendar(promise, &mut calendar_ids);
        let target = self.target(pack, promise);
        let clock = ClockPlan {
            when: match when {
                None => None,
                Some(when) => Some(when?),
            },
            start: start?,
            stop: stop?,
            target: target?,
            calendar: calendar?,
            pauses: pauses?,
            cycles: cycles.map_or(Some(None), |it| it.map(Some))?,
            changes: changes.map_or(Some(None), |it| it.map(Some))?,
            terms: promise.terms,
            warn_at: promise.warn_at,
            zone: zone.clone(),
            as_of: self.names.as_of,
            outcomes: ClockPlan::outcome_names(),
            times_are_read: self.mentioned.contains(&promise.name),
            cycles_are_read: self.mentioned.contains(&promise.name)
                && Parts::NAMES[Parts::CYCLES..].iter().any(|it| self.mentioned.contains(it.0)),
        };
        Some(Draft { promise, clock, pause_names, calendar_ids, is_reported })
    }

    /// Gives a promise its columns, and rules their names.
    fn name(&mut self, draft: Draft<'_>, first_column: usize, zone: &Zone, lang: Lang) -> PlannedPromise {
        let first_column = u32::try_from(first_column).unwrap_or(u32::MAX);
        let promise = draft.promise;
        let choices = crate::promise::Outcome::ALL.map(|it| it.name().to_owned()).to_vec();
        for (column, (part, ty)) in (first_column..).zip(Parts::NAMES) {
            self.names.fields.push(FieldName {
                name: format!("{}.{part}", promise.name),
                ty,
                choices: if part == "outcome" { choices.clone() } else { Vec::new() },
                column: Some(column),
            });
        }
        let rule = rule_of(promise);
        let form = Form::Columns(ColumnRule { when: None, conjuncts: Vec::new() });
        PlannedPromise {
            as_rule: PlannedRule {
                message: Message::new(&rule, self.names, zone, lang),
                hash: hash_of_parts(&[&promise.id, &format!("{:?}", without_places(promise))]),
                rule: Arc::new(rule),
                compiled: CompiledRule { form, evidence: Vec::new() },
                evidence_names: Vec::new(),
                window: None,
            },
            clock: draft.clock,
            first_column,
            is_reported: draft.is_reported,
            pause_names: draft.pause_names,
            moments: (
                promise.start.text.trim().to_owned(),
                promise
                    .reopen
                    .as_ref()
                    .map_or_else(|| promise.stop.text.trim().to_owned(), |it| it.stop.clone()),
            ),
            calendar_ids: draft.calendar_ids,
        }
    }

    /// Where a pause is read, and the names of its beginning and its end.
    fn pause(&mut self, pause: &Pause) -> (Option<PauseInput>, (String, String)) {
        let written = |it: &Script| it.text.trim().to_owned();
        match pause {
            Pause::Span(from, to) => {
                let names = (written(from), to.as_ref().map_or_else(String::new, written));
                let ends = to.as_ref().map(|it| self.moment(it, "pause"));
                let input = match (self.moment(from, "pause"), ends) {
                    (Some(from), None) => Some(PauseInput::Span(from, None)),
                    (Some(from), Some(Some(to))) => Some(PauseInput::Span(from, Some(to))),
                    (None, _) | (Some(_), Some(None)) => None,
                };
                (input, names)
            }
            Pause::While(OfEvents { script, field }) => {
                let spells = self.of_events(field.as_deref(), (&whole(script), script.text.trim()));
                (spells.map(PauseInput::Spells), (format!("while {}", written(script)), String::new()))
            }
        }
    }

    /// The column in which answers about the events of a case stand.
    fn of_events(&mut self, field: Option<&str>, (place, shown): (&Place, &str)) -> Option<u32> {
        let list = Type::List(Element::Time);
        let found = field.and_then(|it| self.names.field(it)).filter(|it| it.ty == list);
        let column = found.map(|it| it.column);
        if found.is_none() {
            let said = Diagnostic::error(wording::NEEDS_EVENTS).with("source", &self.names.kind);
            self.diagnostics.push(said.at(place.clone()).help(wording::HELP_NEEDS_EVENTS));
        }
        let column = column??;
        self.hidden.push((column, shown.to_owned()));
        Some(column)
    }

    /// Where the changes of a target stand.
    fn changes(&mut self, promise: &Promise) -> Option<ChangeInput> {
        let change = promise.target_change.as_ref()?;
        let fields = change.fields.as_ref();
        let at = self.of_events(fields.map(|it| it.at.as_str()), (&change.place, &change.step))?;
        let list = |name: &Option<String>| name.as_ref().and_then(|it| self.list(it)).map(|it| it.0);
        let (targets, calendars) = (list(&fields?.targets), list(&fields?.calendars));
        Some(ChangeInput { at, targets, calendars, retargeting: change.policy })
    }

    /// The column of an expression, and its type.
    pub(super) fn column(&mut self, script: &Script) -> Option<(u32, Type)> {
        let field = self.names.field(script.text.trim()).filter(|it| it.column.is_some());
        if let Some((column, ty)) = field.map(|it| (it.column, it.ty)) {
            return Some((column?, ty));
        }
        let (compiled, mut said) = compile_derived(self.program, self.registry, self.names, script);
        self.diagnostics.append(&mut said);
        let (node, ty) = compiled?;
        if let Node::Field(column) = self.program.node(node) {
            return Some((*column, ty));
        }
        let column = u32::try_from(self.decoded + self.derived.len()).ok()?;
        self.derived.push((node, ty));
        self.hidden.push((column, script.text.trim().to_owned()));
        Some((column, ty))
    }

    fn truth(&mut self, script: &Script) -> Option<u32> {
        let (column, ty) = self.column(script)?;
        if ty == Type::Bool {
            return Some(column);
        }
        let said = Diagnostic::error(wording::NOT_BOOL).with("found", ty.name());
        self.diagnostics.push(said.at(whole(script)));
        None
    }

    fn moment(&mut self, script: &Script, name: &str) -> Option<u32> {
        let (column, ty) = self.column(script)?;
        if ty == Type::Time {
            return Some(column);
        }
        let said = Diagnostic::error(wording::NOT_A_MOMENT).with("name", name).with("found", ty.name());
        let said = match ty {
            Type::Date => said.help(wording::HELP_DATE_MOMENT),
            Type::Text => said.help(wording::HELP_TEXT_MOMENT),
            Type::Bool
            | Type::Int
            | Type::Float
            | Type::Decimal
            | Type::Time
            | Type::Duration
            | Type::Amount
            | Type::List(_) => said,
        };
        self.diagnostics.push(said.at(whole(script)));
        None
    }

    /// Ids of calendars that an expression spells out.
    fn check_ids(&mut self, column: u32, script: &Script) -> Option<()> {
        let is_known = |id: &str| self.calendars.iter().any(|it| it.id == id);
        let texts = self.constants(column).into_iter().filter_map(|it| match it {
            Constant::Text(text) => Some(text),
            Constant::Bool(_) | Constant::Int(_) | Constant::Float(_) | Constant::Decimal(_) => None,
        });
        let Some(unknown) = texts.into_iter().find(|it| !is_known(it)) else { return Some(()) };
        self.unknown_calendar(&unknown, script);
        None
    }

    /// Business days want a calendar.
    pub(super) fn check_calendar(&mut self, promise: &Promise, amount: Amount, place: &Place) -> Option<()> {
        if promise.calendar.is_some() || !matches!(amount, Amount::BusinessDays(_)) {
            return Some(());
        }
        let said = Diagnostic::error(wording::BD_NEEDS_CALENDAR).with("text", amount.to_string());
        self.diagnostics.push(said.at(place.clone()).help(wording::HELP_PROMISE_CALENDAR));
        None
    }

    /// One calendar by its id, or all of them by what an expression says.
    fn calendar(&mut self, promise: &Promise, ids: &mut Vec<String>) -> Option<CalendarInput> {
        let Some(script) = &promise.calendar else { return Some(CalendarInput::Always) };
        let changing = promise.target_change.as_ref().and_then(|it| it.fields.as_ref()?.calendars.as_ref());
        if let Some((column, _)) = changing.and_then(|it| self.list(it)) {
            self.hidden.push((column, script.text.trim().to_owned()));
            return Some(self.named(column, ids));
        }
        let id = script.text.trim();
        if let Some(number) = self.calendars.iter().position(|it| it.id == id) {
            ids.push(id.to_owned());
            return Some(CalendarInput::One(self.ready(number)));
        }
        let is_name = self.names.field(id).is_some();
        let is_id = id.chars().all(|it| it.is_alphanumeric() || it == '-' || it == '_');
        if is_id && !is_name {
            self.unknown_calendar(id, script);
            return None;
        }
        let (column, ty) = self.column(script)?;
        if ty != Type::Text {
            let said = Diagnostic::error(wording::UNLIKE_TYPES).with("left", ty.name());
            self.diagnostics.push(said.with("right", Type::Text.name()).at(whole(script)));
            return None;
        }
        self.check_ids(column, script)?;
        Some(self.named(column, ids))
    }

    /// All calendars, by their ids in a column.
    fn named(&mut self, column: u32, ids: &mut Vec<String>) -> CalendarInput {
        let mut all = Vec::new();
        for number in 0..self.calendars.len() {
            ids.push(self.calendars[number].id.clone());
            all.push((self.calendars[number].id.clone(), self.ready(number)));
        }
        CalendarInput::Named(column, all)
    }

    fn unknown_calendar(&mut self, id: &str, script: &Script) {
        let known = || self.calendars.iter().map(|it| it.id.as_str());
        let said = Diagnostic::error(wording::UNKNOWN_CALENDAR).with("name", id).at(whole(script));
        let said = match nearest(id, known()) {
            Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
            None => said,
        };
        let all = known().collect::<Vec<_>>().join(", ");
        self.diagnostics.push(if all.is_empty() {
            said.help(wording::HELP_CALENDAR_TABLE)
        } else {
            said.help_with(wording::HELP_CALENDAR_IDS, vec![("names", all)])
        });
    }

    fn ready(&mut self, number: usize) -> Arc<Calendar> {
        let made = || Arc::new(self.calendars[number].ready());
        self.ready[number].get_or_insert_with(made).clone()
    }
}

pub(super) fn whole(script: &Script) -> Place {
    script.place(0..script.text.trim_end().len())
}

pub(super) fn place_file(place: &Place) -> Arc<str> {
    let (Place::Text { file, .. } | Place::Record { file, .. } | Place::File(file)) = place;
    file.clone()
}

pub(super) fn place_start(place: &Place) -> usize {
    if let Place::Text { span, .. } = place { span.start } else { 0 }
}

/// What decides a promise's verdicts, without where it stands.
fn without_places(promise: &Promise) -> Vec<String> {
    let text = |it: &Script| it.text.clone();
    let target = match &promise.target {
        Target::Amount(amount, _) => amount.to_string(),
        Target::Table(id, _) => id.clone(),
        Target::Expression(script) => text(script),
    };
    let mut parts: Vec<String> = promise.scripts().map(text).collect();
    parts.push(target);
    parts.push(format!("{:?} {:?} {}", promise.effective, promise.terms, promise.warn_at));
    parts.extend(promise.reopen.iter().map(|it| format!("{} {} {:?}", it.stop, it.step, it.policy)));
    parts.extend(promise.target_change.iter().map(|it| format!("{} {:?}", it.step, it.policy)));
    parts
}

/// The promise as a rule: what its breaches are findings of.
fn rule_of(promise: &Promise) -> Rule {
    Rule {
        id: promise.id.clone(),
        title: promise.title.clone(),
        on: promise.on.clone(),
        severity: promise.severity,
        dimension: promise.dimension.clone(),
        touchpoint: promise.touchpoint.clone(),
        source: promise.source.clone(),
        effective: promise.effective,
        params: Vec::new(),
        reach: crate::rule::Reach::Record,
        when: promise.when.clone(),
        check: promise.stop.clone(),
        message: None,
        why: promise.why.clone(),
        fix: promise.fix.clone(),
        missing: MissingPolicy::Skip,
        examples: Vec::new(),
        house_reason: promise.house_reason.clone(),
        place: promise.place.clone(),
        message_scripts: None,
    }
}
