//! The plan of a source: everything that is wrong with its rules is known here, before a record is
//! read, and everything that judging needs is looked up once.

use super::{
    cards::{CardSetting, PlannedCard, mentioned_by_cards, plan_cards},
    group_rules::{GroupSetting, PlannedGroups, plan_group_rule},
    groups::Grouping,
    lints,
    message::Message,
    promises::{PlannedPromise, Planner},
    standing::{PlannedWaivers, mentioned_by_waivers},
    windows::{PlannedWindow, WindowRule, plan_window_rule},
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Place},
    expr::{ExprId, Program},
    promise::Parts,
    record::{Schema, Type},
    rule::{DeclaredCalendar, Pack, Promise, Reach, Rule, Script, Severity, Waiver, Within},
    script::{
        CompiledRule, FieldName, Form, Library, Names, Registry, compile_derived, compile_rule, names_in,
    },
    wording::Lang,
};
use std::{collections::BTreeMap, sync::Arc};
use xxhash_rust::xxh3::xxh3_64;

/// What the project says of a source, as far as planning is concerned.
#[derive(Clone, Debug)]
pub struct SourceAsk {
    /// Its id.
    pub id: String,
    /// Its kind of record.
    pub kind: String,
    /// The fields of its key; none if empty.
    pub key: Vec<(String, Place)>,
    /// The field of the record's own date.
    pub date: Option<(String, Place)>,
    /// Who is scored: level and field.
    pub subject: Vec<(String, String, Place)>,
    /// Derived fields: name and expression.
    pub derive: Vec<(String, Script)>,
    /// The project's calendars.
    pub calendars: Vec<DeclaredCalendar>,
    /// The project's waivers; `None` of those whose time is over.
    pub waivers: Vec<Option<Waiver>>,
}

/// Which rules are judged.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Ids; all if empty.
    pub rules: Vec<String>,
    /// Severities; all if empty.
    pub severities: Vec<Severity>,
    /// Dimensions; all if empty.
    pub dimensions: Vec<String>,
    /// True where promises count only as far as rules read them.
    pub without_promises: bool,
}

impl Filter {
    /// Whether the rule is judged.
    #[must_use]
    pub fn admits(&self, rule: &Rule) -> bool {
        self.admits_all(&rule.id, rule.severity, rule.dimension.as_deref())
    }

    /// Whether the breaches of a promise are findings.
    #[must_use]
    pub fn admits_promise(&self, promise: &Promise) -> bool {
        !self.without_promises && self.admits_all(&promise.id, promise.severity, promise.dimension.as_deref())
    }

    /// True where nothing is left out: scores want all that they look at.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        let Self { rules, severities, dimensions, without_promises } = self;
        rules.is_empty() && severities.is_empty() && dimensions.is_empty() && !without_promises
    }

    fn admits_all(&self, id: &str, severity: Severity, dimension: Option<&str>) -> bool {
        let of = |all: &[String], one: &str| all.is_empty() || all.iter().any(|it| it == one);
        of(&self.rules, id)
            && (self.severities.is_empty() || self.severities.contains(&severity))
            && of(&self.dimensions, dimension.unwrap_or_default())
    }
}

/// A column that the plan wants decoded, in the order of the batch's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanColumn {
    /// Index into the schema's fields.
    pub field: usize,
    /// As text exactly as written.
    pub as_written: bool,
    /// A dictionary pays.
    pub coded: bool,
}

/// A rule of the plan.
#[derive(Debug)]
pub struct PlannedRule {
    /// The rule.
    pub rule: Arc<Rule>,
    /// How it is evaluated.
    pub compiled: CompiledRule,
    /// 16 hexadecimal digits over what the rule says and its parameters.
    pub hash: String,
    pub(super) message: Message,
    /// The names of its evidence columns.
    pub(super) evidence_names: Vec<String>,
    /// Its window, by number, where it is over one.
    pub window: Option<usize>,
}

/// Everything that judging a source's records needs.
#[derive(Debug)]
pub struct SourcePlan {
    /// The source's id.
    pub id: String,
    /// The kind of its records.
    pub kind: String,
    /// All expressions.
    pub program: Arc<Program>,
    /// The columns to decode.
    pub columns: Vec<PlanColumn>,
    /// Derived fields: their columns follow the decoded ones.
    pub derived: Vec<(ExprId, Type)>,
    /// The names of all columns, for evidence.
    pub column_names: Vec<String>,
    /// The rules in the order of packs and files; several versions of a rule stand side by side.
    pub rules: Vec<PlannedRule>,
    /// The rules over groups.
    pub groups: Vec<PlannedGroups>,
    /// The scorecards that look at its records; their columns follow those of windows.
    pub cards: Vec<PlannedCard>,
    /// The windows of rules; their columns follow those of promises.
    pub windows: Vec<PlannedWindow>,
    /// The promises; their columns follow the derived ones.
    pub promises: Vec<PlannedPromise>,
    /// The columns of the key, as written.
    pub key: Vec<u32>,
    /// Who is scored: level and column, as written.
    pub subject: Vec<(String, u32)>,
    /// The column of the record's own date, and whether it is a time.
    pub date: Option<(u32, Type)>,
    /// Which findings are excused.
    pub waivers: PlannedWaivers,
    /// The language of messages.
    pub lang: Lang,
}

impl SourcePlan {
    /// True where nothing looks at the records.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let has_rules = !self.rules.is_empty() || !self.groups.is_empty();
        !has_rules && self.promises.is_empty() && self.cards.is_empty()
    }

    /// What is folded into groups: rules over groups first, then scorecards.
    pub(super) fn groupings(&self) -> impl Iterator<Item = &Grouping> {
        self.groups.iter().map(|it| &it.grouping).chain(self.cards.iter().map(|it| &it.grouping))
    }
}

/// Plans a source. `packs` may hold rules for other kinds. Errors mean that there is no plan;
/// warnings may come with one.
pub fn plan_source(
    ask: &SourceAsk,
    schema: &Schema,
    packs: &[Pack],
    setting: (&Zone, i64, Lang),
    filter: &Filter,
    row_by_row: bool,
) -> (Option<SourcePlan>, Vec<Diagnostic>) {
    let (zone, as_of, lang) = setting;
    let mut planning = Planning { ask, schema, columns: Vec::new(), diagnostics: Vec::new() };
    let rules = rules_of(ask, packs, filter);
    let read = rules.iter().flat_map(|(_, rule)| rule.scripts());
    let promises = promises_of(ask, packs, filter, read);
    let mentioned = mentioned(&rules);
    let cards = if filter.is_everything() { packs } else { &[] };
    let by_cards = mentioned_by_cards(cards, &ask.kind);
    let by_waivers = mentioned_by_waivers(&ask.waivers, &rules, &promises);
    let by_promises = mentioned_by_promises(&promises);
    let mut fields = planning.fields([mentioned.clone(), by_promises, by_cards, by_waivers].concat());
    let key = planning.written(&ask.key);
    let levels = planning.levels();
    let date = planning.date(&mut fields);

    let libraries = planning.libraries(&rules);
    let mut program = Program::new(zone.clone());
    let mut registry = Registry::default();
    let mut names = Names {
        kind: ask.kind.clone(),
        fields,
        pack: String::new(),
        tables: Vec::new(),
        phrases: Vec::new(),
        calendars: &ask.calendars,
        library: &[],
        as_of,
    };
    let mut derived = planning.derived(&mut program, &mut registry, &mut names);
    let subject = planning.subject(levels, &names);
    let tools = (&mut program, &mut registry, &mut names);
    let (promises, hidden) =
        planning.promises(&promises, mentioned, tools, &mut derived, (zone, lang, date.is_some()));
    if planning.diagnostics.iter().any(Diagnostic::is_error) {
        return (None, planning.diagnostics);
    }
    let mut tools = (&mut program, &mut registry, &mut names);
    let columns = planning.columns.len() + derived.len() + promises.len() * Parts::NAMES.len();
    let setting = GroupSetting { ask, schema, zone, lang, row_by_row, columns };
    let mut windows = Vec::new();
    let with = (&setting, date.is_some());
    let (planned, groups) = planning.rules(&rules, &libraries, &mut tools, with, &mut windows);
    planning.diagnostics.append(&mut lints::of_tables(packs.iter(), &registry, zone));
    let of_windows: usize = windows.iter().map(|it| it.names().len()).sum();
    let looked_at = (planned.as_slice(), promises.as_slice());
    let (has_date, columns_before) = (date.is_some(), columns + of_windows);
    let setting =
        CardSetting { ask, packs: cards, looked_at, subject: &subject, has_date, columns: columns_before };
    let (cards, mut found) = plan_cards(&mut program, &mut registry, &names, &setting);
    planning.diagnostics.append(&mut found);
    let ids = ids_in_order(&planned, &groups, &promises);
    let waivers = planning.waivers((&mut program, &mut registry, &mut names), packs, &ids);
    if planning.diagnostics.iter().any(Diagnostic::is_error) {
        return (None, planning.diagnostics);
    }
    share(&mut program, &planned, (&groups, &windows), &derived);
    let column_names = names_of_columns(&names, columns, &windows, hidden);
    for column in &registry.coded {
        if let Some(column) = planning.columns.get_mut(*column as usize) {
            column.coded = true;
        }
    }
    let plan = SourcePlan {
        id: ask.id.clone(),
        kind: ask.kind.clone(),
        program: Arc::new(program),
        columns: planning.columns,
        derived,
        column_names,
        rules: planned,
        groups,
        cards,
        windows,
        promises,
        key,
        subject,
        date,
        waivers,
        lang,
    };
    (Some(plan), planning.diagnostics)
}

/// The rules that are judged on a source's records.
fn rules_of<'p>(ask: &SourceAsk, packs: &'p [Pack], filter: &Filter) -> Vec<(&'p Pack, &'p Rule)> {
    let all = packs.iter().flat_map(|pack| pack.rules.iter().map(move |rule| (pack, rule)));
    all.filter(|(_, rule)| rule.on == ask.kind && filter.admits(rule)).collect()
}

/// The ids of rules on records, rules over groups and promises, in the order of their numbers.
fn ids_in_order(rules: &[PlannedRule], groups: &[PlannedGroups], promises: &[PlannedPromise]) -> Vec<String> {
    let reported = promises.iter().filter(|it| it.is_reported).map(|it| &it.as_rule);
    let all = rules.iter().chain(groups.iter().map(|it| &it.as_rule)).chain(reported);
    all.map(|it| it.rule.id.clone()).collect()
}

/// The promises that are judged on a source's records, each with whether its breaches are findings; those
/// that are not are read by `scripts`.
pub(super) fn promises_of<'p, 's>(
    ask: &SourceAsk,
    packs: &'p [Pack],
    filter: &Filter,
    scripts: impl Iterator<Item = &'s Script>,
) -> Vec<(&'p Pack, &'p Promise, bool)> {
    let read: Vec<String> = scripts.flat_map(names_in).collect();
    let all = packs.iter().flat_map(|pack| pack.promises.iter().map(move |it| (pack, it)));
    let of_kind = all.filter(|(_, it)| it.on == ask.kind);
    let judged = of_kind.map(|(pack, it)| (pack, it, filter.admits_promise(it)));
    judged.filter(|(_, it, reported)| *reported || read.contains(&it.name)).collect()
}

/// The names that promises mention.
pub(super) fn mentioned_by_promises(promises: &[(&Pack, &Promise, bool)]) -> Vec<String> {
    let mut mentioned = Vec::new();
    for (pack, promise, _) in promises {
        mentioned.extend(promise.scripts().flat_map(names_in));
        mentioned.extend(promise.fields_of_events().cloned());
        mentioned.extend(pack.table_of(&promise.target).into_iter().flat_map(|it| it.inputs.clone()));
    }
    mentioned
}

/// Marks what is worth evaluating once a chunk for all rules.
fn share(
    program: &mut Program,
    rules: &[PlannedRule],
    (groups, windows): (&[PlannedGroups], &[PlannedWindow]),
    derived: &[(ExprId, Type)],
) {
    let mut roots: Vec<ExprId> = derived.iter().map(|it| it.0).collect();
    roots.extend(groups.iter().flat_map(PlannedGroups::roots));
    roots.extend(windows.iter().flat_map(PlannedWindow::roots));
    for planned in rules {
        if let Form::Columns(rule) = &planned.compiled.form {
            roots.extend(rule.when);
            roots.extend(rule.conjuncts.iter().map(|it| it.node));
        }
    }
    program.share(&roots);
}

/// The names of all columns; `hidden` are those of columns that rules cannot name.
pub(super) fn names_of_columns(
    names: &Names<'_>,
    columns: usize,
    windows: &[PlannedWindow],
    hidden: Vec<(u32, String)>,
) -> Vec<String> {
    let own = |it: usize| column_name(names, u32::try_from(it).unwrap_or(u32::MAX));
    let of_windows = windows.iter().flat_map(|it| it.names().to_vec());
    let mut all: Vec<String> = (0..columns).map(own).chain(of_windows).collect();
    for (column, name) in hidden {
        all[column as usize] = name;
    }
    all
}

pub(super) fn column_name(names: &Names<'_>, column: u32) -> String {
    let field = names.fields.iter().find(|it| it.column == Some(column));
    field.map_or_else(String::new, |it| it.name.clone())
}

/// 16 hexadecimal digits over the parts.
pub(super) fn hash_of_parts(parts: &[&str]) -> String {
    format!("{:016x}", xxh3_64(parts.join("\0").as_bytes()))
}

/// 64 bits of XXH3 over what decides a rule's verdicts.
pub(super) fn hash_of(rule: &Rule) -> String {
    let when = rule.when.as_ref().map_or("", |it| it.text.as_str());
    let params = rule.params.iter().map(|it| format!("{}={:?};", it.name, it.value)).collect::<String>();
    let text = format!(
        "{}\0{when}\0{}\0{params}\0{:?}\0{:?}",
        rule.id, rule.check.text, rule.effective, rule.missing
    );
    let text = text + reach_text(&rule.reach).as_str();
    format!("{:016x}", xxh3_64(text.as_bytes()))
}

/// How far a rule looks, as text; nothing for rules on single records.
fn reach_text(reach: &Reach) -> String {
    match reach {
        Reach::Record => String::new(),
        Reach::Groups(per) => {
            let by = per.by.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join("\0");
            format!("\0per {by}\0{}\0{}", per.min, per.rollup)
        }
        Reach::Window(within) => {
            let of = within.of.iter().map(|it| it.0.as_str()).collect::<Vec<_>>().join("\0");
            format!("\0within {of}\0{}\0{}", within.time.0, within.last)
        }
    }
}

/// The names that rules and their messages mention.
fn mentioned(rules: &[(&Pack, &Rule)]) -> Vec<String> {
    let mut mentioned = Vec::new();
    for (_, rule) in rules {
        mentioned.extend(rule.scripts().flat_map(names_in));
        mentioned.extend(rule.fields().map(str::to_owned));
        for template in rule.message.iter().flat_map(|(en, zh)| [en, zh]) {
            mentioned.extend(template.names().map(|(name, _)| name.to_owned()));
        }
    }
    mentioned
}

/// A plan in the making.
pub(super) struct Planning<'a> {
    pub(super) ask: &'a SourceAsk,
    pub(super) schema: &'a Schema,
    pub(super) columns: Vec<PlanColumn>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Planning<'_> {
    /// Compiles the rules, those on records and those over groups; those that are wrong are left out.
    fn rules<'p>(
        &mut self,
        rules: &[(&'p Pack, &Rule)],
        libraries: &'p BTreeMap<&str, Vec<Library>>,
        tools: &mut (&mut Program, &mut Registry, &mut Names<'p>),
        (setting, has_date): (&GroupSetting<'_>, bool),
        windows: &mut Vec<PlannedWindow>,
    ) -> (Vec<PlannedRule>, Vec<PlannedGroups>) {
        let (mut planned, mut groups) = (Vec::new(), Vec::new());
        for (pack, rule) in rules {
            let (program, registry, names) = (&mut *tools.0, &mut *tools.1, &mut *tools.2);
            self.enter(pack, names);
            names.library = libraries.get(pack.id.as_str()).map_or(&[], Vec::as_slice);
            self.check_in_force(rule, has_date);
            self.diagnostics.extend(lints::without_failing_example(pack, rule));
            if let Reach::Groups(per) = &rule.reach {
                let (found, diagnostics) = plan_group_rule(program, registry, names, (rule, per), setting);
                self.diagnostics.extend(diagnostics);
                if let Some(found) = found {
                    let fields = found.message_fields.clone();
                    self.check_message(rule, &Names { fields, ..names.clone() });
                    groups.push(found);
                }
                continue;
            }
            if let Reach::Window(within) = &rule.reach {
                self.window_rule((rule, within), tools, setting, &mut planned, windows);
                continue;
            }
            let (compiled, mut diagnostics) =
                compile_rule(program, registry, names, rule, setting.row_by_row);
            self.diagnostics.append(&mut diagnostics);
            self.check_message(rule, names);
            let Some(compiled) = compiled else { continue };
            let evidence_names = compiled.evidence.iter().map(|it| column_name(names, *it)).collect();
            planned.push(PlannedRule {
                rule: Arc::new((*rule).clone()),
                hash: hash_of(rule),
                compiled,
                message: Message::new(rule, names, setting.zone, setting.lang),
                evidence_names,
                window: None,
            });
        }
        (planned, groups)
    }

    /// Compiles a rule over windows, whose aggregates become the next columns.
    fn window_rule(
        &mut self,
        (rule, within): (&Rule, &Within),
        (program, registry, names): &mut (&mut Program, &mut Registry, &mut Names<'_>),
        setting: &GroupSetting<'_>,
        planned: &mut Vec<PlannedRule>,
        windows: &mut Vec<PlannedWindow>,
    ) {
        let before = windows.iter().map(|it| it.names().len()).sum::<usize>();
        let first = u32::try_from(setting.columns + before).unwrap_or(u32::MAX);
        let (found, diagnostics) =
            plan_window_rule(program, registry, names, (rule, within), (first, setting.row_by_row));
        self.diagnostics.extend(diagnostics);
        let Some(WindowRule { window, compiled, hash, fields }) = found else { return };
        let fields = names.fields.iter().cloned().chain(fields).collect();
        let names = Names { fields, ..names.clone() };
        self.check_message(rule, &names);
        planned.push(PlannedRule {
            rule: Arc::new(rule.clone()),
            hash,
            evidence_names: compiled.evidence.iter().map(|it| column_name(&names, *it)).collect(),
            compiled,
            message: Message::new(rule, &names, setting.zone, setting.lang),
            window: Some(windows.len()),
        });
        windows.push(window);
    }

    /// Plans promises; gives them, and the names of derived columns that only they read. `mentioned` are the
    /// names that rules and expressions read.
    pub(super) fn promises<'n>(
        &mut self,
        promises: &[(&'n Pack, &Promise, bool)],
        mut mentioned: Vec<String>,
        (program, registry, names): (&mut Program, &mut Registry, &mut Names<'n>),
        derived: &mut Vec<(ExprId, Type)>,
        (zone, lang, has_date): (&Zone, Lang, bool),
    ) -> (Vec<PlannedPromise>, Vec<(u32, String)>) {
        let mut hidden = Vec::new();
        let own = promises.iter().flat_map(|it| it.1.scripts());
        mentioned.extend(own.chain(self.ask.derive.iter().map(|it| &it.1)).flat_map(names_in));
        // `first_response.due` in a message is one name.
        let head = |it: String| it.split('.').next().unwrap_or_default().to_owned();
        let mut planner = Planner {
            program,
            registry,
            names,
            decoded: self.columns.len(),
            derived,
            hidden: &mut hidden,
            calendars: &self.ask.calendars,
            ready: vec![None; self.ask.calendars.len()],
            diagnostics: &mut self.diagnostics,
            has_date,
            mentioned: mentioned.into_iter().map(head).collect(),
        };
        (planner.plan(promises, zone, lang), hidden)
    }

    /// Compiles the derived fields, each of which may read those before it, and names them.
    pub(super) fn derived(
        &mut self,
        program: &mut Program,
        registry: &mut Registry,
        names: &mut Names<'_>,
    ) -> Vec<(ExprId, Type)> {
        let mut derived = Vec::new();
        for (name, script) in &self.ask.derive {
            let (compiled, mut diagnostics) = compile_derived(program, registry, names, script);
            self.diagnostics.append(&mut diagnostics);
            let Some((node, ty)) = compiled else { continue };
            let column = u32::try_from(self.columns.len() + derived.len()).ok();
            derived.push((node, ty));
            names.fields.push(FieldName { name: name.clone(), ty, choices: Vec::new(), column });
        }
        derived
    }

    /// Takes the names of a pack's library in.
    pub(super) fn enter<'a>(&mut self, pack: &'a Pack, names: &mut Names<'a>) {
        if names.pack == pack.id && !names.pack.is_empty() {
            return;
        }
        names.pack.clone_from(&pack.id);
        names.tables = pack.tables.iter().collect();
        names.phrases = pack.phrases.iter().collect();
        self.diagnostics.append(&mut lints::named_like_fields(pack, names, self.ask));
    }
}
