//! Rules over groups of records, planned: everything wrong with them is known before a record is read.

use super::{
    cut::{Cut, cut, record_value},
    group::{field, not_of_group},
    groups::{Grouping, Side},
    message::Message,
    plan::{PlannedRule, SourceAsk, hash_of},
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Said},
    expr::{Comparison, ExprId, Node, Program},
    record::{Schema, Type},
    rule::{Per, Rule},
    script::{Aggregate, ColumnRule, CompiledRule, CompiledValue, FieldName, Form, Names, Registry},
    wording::{self, Lang},
};
use std::sync::Arc;

/// What a conjunct of a check compares, where it is a comparison of figures with something else.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    /// What is made of aggregates.
    pub(super) figure: ExprId,
    /// What it is held to.
    pub(super) limit: ExprId,
    /// The aggregates in the figure.
    pub(super) calls: Vec<usize>,
    /// The aggregate that the figure is, where it is just one.
    pub(super) only: Option<usize>,
}

/// A rule over groups, ready to be judged.
#[derive(Debug)]
pub struct PlannedGroups {
    /// The rule; what is compiled there judges a batch whose records are groups: columns of the groups'
    /// values, then of the aggregates.
    pub as_rule: PlannedRule,
    /// Why it does not run over columns alone.
    pub reason: Option<Said>,
    /// The expressions that make the groups, as written.
    pub names: Arc<[String]>,
    /// The id of the source.
    pub(super) source: Arc<str>,
    /// Its aggregates, as written.
    pub(super) texts: Arc<[String]>,
    /// Which records it looks at.
    pub(super) when: Option<CompiledValue>,
    pub(super) grouping: Grouping,
    /// The expressions over groups.
    pub(super) program: Arc<Program>,
    /// Types of the columns of groups.
    pub(super) types: Vec<Type>,
    /// The names of those columns.
    pub(super) column_names: Vec<String>,
    /// Fewer arguments of an aggregate give no verdict.
    pub(super) min: u64,
    /// By conjunct.
    pub(super) compared: Vec<Option<Compared>>,
    /// Who is scored: level, and which of the group's values.
    pub(super) subject: Vec<(String, usize)>,
    /// What its messages may name.
    pub(super) message_fields: Vec<FieldName>,
}

/// What planning a rule over groups has to do with.
pub(super) struct GroupSetting<'a> {
    pub(super) ask: &'a SourceAsk,
    pub(super) schema: &'a Schema,
    pub(super) zone: &'a Zone,
    pub(super) lang: Lang,
    pub(super) row_by_row: bool,
    /// Columns of records before those of windows.
    pub(super) columns: usize,
}

/// Plans a rule over groups, with the names that its messages may use. `names` are those of records.
pub(super) fn plan_group_rule(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    (rule, per): (&Rule, &Per),
    setting: &GroupSetting<'_>,
) -> (Option<PlannedGroups>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let how = (rule, setting.row_by_row);
    let mut value = |script: &_, diagnostics: &mut Vec<Diagnostic>| {
        let compiled = record_value(program, registry, names, how, script);
        compiled.map_err(|mut wrong| diagnostics.append(&mut wrong)).ok()
    };
    let when = rule.when.as_ref().map(|script| {
        let compiled = value(script, &mut diagnostics)?;
        if compiled.ty.is_some_and(|it| it != Type::Bool) {
            let found = compiled.ty.map_or("?", Type::name);
            let place = script.place(0..script.text.trim_end().len());
            let said = Diagnostic::error(wording::NOT_BOOL).with("found", found).at(place);
            diagnostics.push(said.help(wording::HELP_COMPARE));
        }
        Some(compiled)
    });
    let mut by = Vec::new();
    for script in &per.by {
        let Some(compiled) = value(script, &mut diagnostics) else { continue };
        let fits = |ty: Type| !matches!(ty, Type::Float | Type::Amount | Type::List(_));
        match compiled.ty.filter(|it| fits(*it)) {
            Some(ty) => by.push((compiled, ty)),
            None => {
                let found = compiled.ty.map_or("?", Type::name);
                let place = script.place(0..script.text.trim_end().len());
                let said = Diagnostic::error(wording::PER_TYPE).with("found", found).at(place);
                diagnostics.push(said.help(wording::HELP_PER_TYPE));
            }
        }
    }
    let cut = cut(program, registry, names, rule, setting.row_by_row);
    let cut = cut.map_err(|mut wrong| diagnostics.append(&mut wrong)).ok();
    let (Some(cut), false) = (cut, diagnostics.iter().any(Diagnostic::is_error)) else {
        return (None, diagnostics);
    };
    let when = when.flatten();
    let planned = Parts { rule, per, when, by, cut }.plan(names, setting, &mut diagnostics);
    (planned.filter(|_| !diagnostics.iter().any(Diagnostic::is_error)), diagnostics)
}

/// The parts of a rule, as far as they are about records.
struct Parts<'a> {
    rule: &'a Rule,
    per: &'a Per,
    when: Option<CompiledValue>,
    by: Vec<(CompiledValue, Type)>,
    cut: Cut,
}

impl Parts<'_> {
    fn plan(
        self,
        names: &Names<'_>,
        setting: &GroupSetting<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<PlannedGroups> {
        let rule = self.rule;
        let outer_names = self.names(names);
        let mut message_names = outer_names.clone();
        for (name, column) in ["n", "figure"].into_iter().zip(self.by.len() + self.cut.calls.len()..) {
            message_names.fields.push(field(name, Type::Text, column));
        }
        let clashing = rule.params.iter().filter(|it| names.field(&it.name).is_some());
        for param in clashing {
            let said = Diagnostic::error(wording::PARAM_LIKE_FIELD).with("name", param.name.clone());
            diagnostics.push(said.at(param.place.clone()).help(wording::HELP_RENAME_PARAM));
        }
        let scripts = self.when.iter().chain(self.by.iter().map(|it| &it.0));
        let mut used: Vec<String> = scripts.flat_map(|it| it.params.clone()).collect();
        used.extend(self.message_names());
        let mut program = Program::new(setting.zone.clone());
        let mut registry = Registry::default();
        // What is compiled judges groups, whatever records `when` admits, and on whatever day.
        let mut of_groups = rule.clone();
        (of_groups.when, of_groups.message) = (None, None);
        let tools = (&mut program, &mut registry);
        let (compiled, found) = self.cut.compile(tools, &outer_names, &of_groups, &used, setting.row_by_row);
        let of_group = |it| not_of_group(it, setting.schema, wording::HELP_NOT_OF_GROUP_RULE);
        diagnostics.extend(found.into_iter().map(of_group));
        let compiled = compiled?;
        // What is compared is told the same way however the check is evaluated.
        let tools = (&mut program, &mut registry);
        let lowered = self.cut.compile(tools, &outer_names, &of_groups, &used, false).0;
        let compared = match lowered.as_ref().map(|it| &it.form) {
            Some(Form::Columns(columns)) => compared_in(&program, columns, self.by.len()),
            Some(Form::Rows(_)) | None => Vec::new(),
        };
        let reason = self.reason(&compiled);
        let mut grouping = Grouping {
            per: self.by.iter().map(|it| it.0.clone()).collect(),
            calls: self.cut.calls,
            rollup: self.per.rollup,
        };
        for (side, compared) in &compared {
            let (Some(side), Some(only)) = (side, compared.only) else { continue };
            let call = &mut grouping.calls[only];
            let is_condition = matches!(call.of.aggregate, Aggregate::Count | Aggregate::Rate);
            call.worst = call.worst.or(Some(match (side, is_condition) {
                (Side::Large, true) => Side::True,
                (_, true) => Side::False,
                (side, false) => *side,
            }));
        }
        let texts: Vec<String> = self.per.by.iter().map(|it| it.text.trim().to_owned()).collect();
        let subject =
            setting.ask.subject.iter().filter_map(|(level, field, _)| {
                Some((level.clone(), texts.iter().position(|it| it == field)?))
            });
        let subject = subject.collect();
        let types = self.by.iter().map(|it| it.1).chain(self.cut.types.iter().copied()).collect();
        let written = self.cut.written.iter().map(|it| it.text.clone());
        let column_names: Vec<String> = texts.iter().cloned().chain(written).collect();
        let evidence_names =
            compiled.evidence.iter().filter_map(|it| column_names.get(*it as usize).cloned()).collect();
        Some(PlannedGroups {
            as_rule: PlannedRule {
                rule: Arc::new(rule.clone()),
                hash: hash_of(rule),
                message: Message::new(rule, &message_names, setting.zone, setting.lang),
                compiled,
                evidence_names,
                window: None,
            },
            reason,
            source: setting.ask.id.as_str().into(),
            texts: column_names[texts.len()..].into(),
            names: texts.into(),
            when: self.when,
            grouping,
            program: Arc::new(program),
            types,
            column_names,
            min: self.per.min,
            compared: compared.into_iter().map(|it| Some(it.1).filter(|it| !it.calls.is_empty())).collect(),
            subject,
            message_fields: message_names.fields,
        })
    }

    /// What may be named around aggregates: the group's values and the aggregates.
    fn names<'n>(&self, of_records: &Names<'n>) -> Names<'n> {
        let mut fields: Vec<FieldName> = Vec::new();
        for (script, (_, ty)) in self.per.by.iter().zip(&self.by) {
            let choices = of_records.field(script.text.trim()).map(|it| it.choices.clone());
            let named = field(script.text.trim(), *ty, fields.len());
            fields.push(FieldName { choices: choices.unwrap_or_default(), ..named });
        }
        let first = fields.len();
        fields.extend(self.cut.fields(u32::try_from(first).unwrap_or(u32::MAX)));
        Names { fields, ..of_records.clone() }
    }

    fn message_names(&self) -> Vec<String> {
        let templates = self.rule.message.iter().flat_map(|(en, zh)| [en, zh]);
        templates.flat_map(|it| it.names()).map(|it| it.0.to_owned()).collect()
    }

    /// Why not everything runs over columns.
    fn reason(&self, compiled: &CompiledRule) -> Option<Said> {
        let arguments = self.cut.calls.iter().filter_map(|it| it.argument.as_ref());
        let values = self.when.iter().chain(self.by.iter().map(|it| &it.0)).chain(arguments);
        let of_values = values.filter(|it| it.node.is_none()).find_map(|it| it.reason.clone());
        of_values.or_else(|| match &compiled.form {
            Form::Columns(_) => None,
            Form::Rows(rows) => Some(rows.reason.clone()),
        })
    }
}

/// For each conjunct what it compares, and on which side figures fail.
fn compared_in(program: &Program, columns: &ColumnRule, first: usize) -> Vec<(Option<Side>, Compared)> {
    let side = |comparison| match comparison {
        Comparison::Less | Comparison::LessOrEqual => Some(Side::Large),
        Comparison::Greater | Comparison::GreaterOrEqual => Some(Side::Small),
        Comparison::Equal | Comparison::NotEqual => None,
    };
    let one = |node: ExprId| match compared(program, node, first) {
        Some((comparison, compared)) => (side(comparison), compared),
        None => (None, Compared { figure: node, limit: node, calls: Vec::new(), only: None }),
    };
    columns.conjuncts.iter().map(|it| one(it.node)).collect()
}

/// What a condition compares: figures, which are columns from `first` on, with something that reads none.
pub(super) fn compared(program: &Program, node: ExprId, first: usize) -> Option<(Comparison, Compared)> {
    let Node::Compare(comparison, left, right) = program.node(node) else { return None };
    let of = |side: ExprId| aggregates_in(program, side, first);
    let (figure, limit, comparison) = match (of(*left), of(*right)) {
        (calls, others) if !calls.is_empty() && others.is_empty() => (*left, *right, *comparison),
        (calls, others) if calls.is_empty() && !others.is_empty() => (*right, *left, comparison.flipped()),
        _ => return None,
    };
    let only = column_of(program, figure).and_then(|it| it.checked_sub(first));
    Some((comparison, Compared { figure, limit, calls: of(figure), only }))
}

/// The column that an expression is, conversions aside.
fn column_of(program: &Program, node: ExprId) -> Option<usize> {
    let node = program.node(node);
    if let Node::Field(column) = node {
        return Some(*column as usize);
    }
    if let Node::ToFloat(inner) | Node::ToDecimal(inner) = node { column_of(program, *inner) } else { None }
}

/// The aggregates that an expression reads.
fn aggregates_in(program: &Program, node: ExprId, first: usize) -> Vec<usize> {
    let own = column_of(program, node).and_then(|it| it.checked_sub(first));
    let inner = program.node(node).operands().into_iter();
    let mut found: Vec<usize> = inner.flat_map(|it| aggregates_in(program, it, first)).chain(own).collect();
    found.sort_unstable();
    found.dedup();
    found
}

impl PlannedGroups {
    /// Fewer arguments of an aggregate give no verdict.
    #[must_use]
    pub fn min(&self) -> u64 {
        self.min
    }

    /// The nodes of expressions over records, to be shared with those of other rules.
    pub(super) fn roots(&self) -> impl Iterator<Item = ExprId> {
        let arguments = self.grouping.calls.iter().filter_map(|it| it.argument.as_ref());
        self.when.iter().chain(&self.grouping.per).chain(arguments).filter_map(|it| it.node)
    }
}
