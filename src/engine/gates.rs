//! Gates of a project: their checks compiled once, their figures taken from the result of the audit.

use super::group_rules::{Compared, compared};
use crate::{
    audit::{
        Audit, Found, Gate, GatePart, GateVerdict, GroupResult, OutcomeCounts, PromiseResult, ScoreResult,
        WaiverResult,
    },
    calendar::Zone,
    diagnostic::{Diagnostic, Said, nearest},
    expr::{Cause, Comparison, Evaluator, Node, Program, Scratch, values_of},
    record::{Batch, Column, MICROS_PER_SECOND, Type, Value},
    rule::{DeclaredGate, Outcome, Pack, Reach, Rule, Severity},
    script::{
        CompiledValue, Counted, FIGURES, FieldName, FigureCall, GroupFigure, Names, Registry, ResultFigure,
        RowRunner, WaiverKind, compile_value, cut_figures,
    },
    wording,
};
use std::sync::Arc;

/// A gate, ready to be judged.
#[derive(Debug)]
pub struct PlannedGate {
    id: String,
    check: String,
    holds_without: bool,
    calls: Vec<FigureCall>,
    /// What each figure is about.
    about: Vec<About>,
    program: Arc<Program>,
    compiled: CompiledValue,
    /// The comparisons that it is made of, in order.
    compared: Vec<(Comparison, Compared)>,
}

/// What a figure is about.
#[derive(Clone, Debug)]
enum About {
    All,
    Severity(Severity),
    Dimension(String),
    /// A rule, a promise or a scorecard, by its full id.
    Id(String),
}

/// What gates may name.
pub struct GateSetting<'a> {
    /// The packs, house changes in place.
    pub packs: &'a [Pack],
    /// Rules that the project switches off.
    pub disabled: &'a [(String, String)],
    /// The project's zone.
    pub zone: &'a Zone,
    /// Microseconds since 1970 UTC.
    pub as_of: i64,
}

/// Plans gates; with what is wrong about them.
pub fn plan_gates(gates: &[DeclaredGate], setting: &GateSetting<'_>) -> (Vec<PlannedGate>, Vec<Diagnostic>) {
    let (mut planned, mut diagnostics) = (Vec::new(), Vec::new());
    for gate in gates {
        planned.extend(setting.plan(gate, &mut diagnostics));
    }
    (planned, diagnostics)
}

impl GateSetting<'_> {
    fn plan(&self, gate: &DeclaredGate, diagnostics: &mut Vec<Diagnostic>) -> Option<PlannedGate> {
        let (outer, calls) = match cut_figures(&gate.check) {
            Ok(cut) => cut,
            Err(mut wrong) => {
                diagnostics.append(&mut wrong);
                return None;
            }
        };
        let mut about = Vec::new();
        for call in &calls {
            match self.about(&call.figure) {
                Ok(of) => about.push(of),
                Err(said) => diagnostics.push(said.at(gate.check.place(call.range.clone()))),
            }
        }
        let whole = gate.check.place(0..gate.check.text.trim_end().len());
        let mut program = Program::new(self.zone.clone());
        let mut registry = Registry::default();
        let names = self.names(&calls);
        let (compiled, found) = compile_value(&mut program, &mut registry, &names, &[], &outer);
        diagnostics.extend(found.into_iter().map(|it| told(it, &calls)));
        let compiled = compiled.filter(|_| about.len() == calls.len())?;
        let said = match compiled.ty {
            Some(Type::Bool) | None if calls.is_empty() => {
                Some(Diagnostic::error(wording::GATE_WITHOUT_FIGURE).help(wording::HELP_GATE_FIGURE))
            }
            Some(Type::Bool) | None => None,
            Some(other) => {
                let said = Diagnostic::error(wording::NOT_BOOL).with("found", other.name());
                Some(said.help(wording::HELP_COMPARE))
            }
        };
        if let Some(said) = said {
            diagnostics.push(said.at(whole));
            return None;
        }
        let conjuncts = compiled.node.map_or_else(Vec::new, |node| {
            if let Node::And(all) = program.node(node) { all.to_vec() } else { vec![node] }
        });
        let compared = conjuncts.into_iter().filter_map(|it| compared(&program, it, 0)).collect();
        Some(PlannedGate {
            id: gate.id.clone(),
            check: gate.check.text.trim().to_owned(),
            holds_without: gate.holds_without,
            calls,
            about,
            program: Arc::new(program),
            compiled,
            compared,
        })
    }

    /// The figures by the names that stand in for them.
    fn names(&self, calls: &[FigureCall]) -> Names<'_> {
        let field = |(column, call): (u32, &FigureCall)| FieldName {
            name: call.name.clone(),
            ty: call.figure.ty(),
            choices: Vec::new(),
            column: Some(column),
        };
        Names {
            kind: "gate".to_owned(),
            fields: (0..).zip(calls).map(field).collect(),
            pack: String::new(),
            tables: Vec::new(),
            phrases: Vec::new(),
            calendars: &[],
            library: &[],
            as_of: self.as_of,
        }
    }

    /// What a figure names, found.
    fn about(&self, figure: &ResultFigure) -> Result<About, Diagnostic> {
        let promises = || self.packs.iter().flat_map(|it| &it.promises).map(|it| it.id.as_str());
        let cards = || self.packs.iter().flat_map(|it| &it.scorecards).map(|it| it.id.as_str());
        let over_groups = || {
            let rules = self.packs.iter().flat_map(|it| &it.rules);
            rules.filter(|it| matches!(it.reach, Reach::Groups(_))).map(|it| it.id.as_str())
        };
        match figure {
            ResultFigure::Records
            | ResultFigure::Rejected
            | ResultFigure::BadCells
            | ResultFigure::OverBudget
            | ResultFigure::Waivers(_) => Ok(About::All),
            ResultFigure::Findings(of, _) | ResultFigure::Rate(of) | ResultFigure::Coverage(of) => {
                of.as_ref().map_or(Ok(About::All), |it| self.part(it))
            }
            ResultFigure::Kept(name) => self.id(name, promises().collect()),
            ResultFigure::Group(name, ..) => self.id(name, over_groups().collect()),
            ResultFigure::Score(name, ..) | ResultFigure::Worst(name) => self.id(name, cards().collect()),
        }
    }

    /// A severity, a dimension, a rule or a promise.
    fn part(&self, name: &str) -> Result<About, Diagnostic> {
        if let Some(severity) = Severity::from_name(name) {
            return Ok(About::Severity(severity));
        }
        let rules = || self.packs.iter().flat_map(|it| &it.rules);
        let promises = || self.packs.iter().flat_map(|it| &it.promises);
        let own = rules().map(|it| &it.dimension).chain(promises().map(|it| &it.dimension));
        let mut dimensions: Vec<&str> = own.flatten().map(String::as_str).collect();
        dimensions.sort_unstable();
        dimensions.dedup();
        if dimensions.contains(&name) {
            return Ok(About::Dimension(name.to_owned()));
        }
        let mut ids: Vec<&str> =
            rules().map(|it| it.id.as_str()).chain(promises().map(|it| it.id.as_str())).collect();
        ids.dedup();
        let known = [dimensions, Severity::ALL.iter().map(|it| it.name()).collect()].concat();
        self.id(name, ids).map_err(|said| {
            let unfound = said.code == wording::UNKNOWN_IN_GATE.id && said.help.is_empty();
            match nearest(name, known.iter().copied()).filter(|_| unfound) {
                Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                None => said,
            }
        })
    }

    /// One of `known`, by its full id or without its pack.
    fn id(&self, name: &str, known: Vec<&str>) -> Result<About, Diagnostic> {
        let full = |id: &str| id == name || id.replacen("/promise:", "/", 1) == name;
        let short = |id: &str| {
            let rest = id.split_once('/').map_or(id, |it| it.1);
            rest.strip_prefix("promise:").unwrap_or(rest) == name || rest == name
        };
        let mut found: Vec<&str> = known.iter().copied().filter(|it| full(it)).collect();
        if found.is_empty() {
            found = known.iter().copied().filter(|it| short(it)).collect();
        }
        found.dedup();
        match found.as_slice() {
            [one] => Ok(About::Id((*one).to_owned())),
            [] if self.disabled.iter().any(|it| full(&it.0) || short(&it.0)) => {
                let said = Diagnostic::error(wording::GATE_OF_DISABLED).with("name", name);
                Err(said.help(wording::HELP_GATE_DISABLED))
            }
            [] => {
                let said = Diagnostic::error(wording::UNKNOWN_IN_GATE).with("name", name);
                let near = nearest(name, known.iter().copied());
                let near = near.or_else(|| {
                    let short = known.iter().filter_map(|it| it.rsplit(['/', ':']).next());
                    nearest(name, short)
                });
                Err(match near {
                    Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                    None if !known.is_empty() && known.len() <= NAMES_MAX => {
                        said.help_with(wording::HELP_IN_GATE, vec![("names", known.join(", "))])
                    }
                    None => said,
                })
            }
            several => {
                let said = Diagnostic::error(wording::GATE_AMBIGUOUS).with("name", name);
                let full = vec![("name", several[0].to_owned())];
                Err(said.with("names", several.join(", ")).help_with(wording::HELP_GATE_AMBIGUOUS, full))
            }
        }
    }
}

/// So many names are told at most.
const NAMES_MAX: usize = 12;

/// What is said of a check, in its author's words.
fn told(said: Diagnostic, calls: &[FigureCall]) -> Diagnostic {
    let mut said = said
        .rewritten(|it| calls.iter().fold(it.to_owned(), |text, call| text.replace(&call.name, &call.text)));
    let codes = [wording::UNKNOWN_FIELD.id, wording::UNKNOWN_FUNCTION.id];
    if codes.contains(&said.code) {
        said.help.clear();
        let name = said.says.arguments.iter().find(|it| it.0 == "name").map(|it| it.1.clone());
        let known = || FIGURES.iter().flat_map(|it| [it.name, it.alias]);
        if let Some(near) = name.and_then(|it| nearest(&it, known())) {
            said = said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]);
        }
        let names = FIGURES.iter().map(|it| it.name).collect::<Vec<_>>().join(", ");
        said = said.help_with(wording::HELP_GATE_NAMES, vec![("names", names)]);
    }
    said
}

impl PlannedGate {
    /// Judges the gate on a result.
    #[must_use]
    pub fn judge(&self, audit: &Audit) -> Gate {
        let figures = self.calls.iter().zip(&self.about);
        let values: Vec<Value> =
            figures.map(|(call, about)| value(&call.figure, about, audit, &self.program.zone)).collect();
        let columns = self.calls.iter().zip(&values);
        let columns = columns.map(|(call, value)| Column::of_values(call.figure.ty(), [value])).collect();
        let batch = Batch { len: 1, columns, ..Batch::default() };
        let mut scratch = Scratch::default();
        let mut evaluator = Evaluator::new(&self.program, &batch, &mut scratch);
        let mut first = |node| values_of(&mut evaluator, node).pop().unwrap_or(Ok(Value::Missing));
        let verdict = match self.compiled.node {
            Some(node) => first(node),
            None => self.compiled.required(&RowRunner::new(&self.program), &batch, 0),
        };
        let part = |(comparison, it): &(Comparison, Compared)| {
            let (figure, limit) = (number(first(it.figure)), number(first(it.limit)));
            let missing = figure.is_nan() || limit.is_nan();
            let is_held = if missing { self.holds_without } else { holds(*comparison, figure, limit) };
            let texts: Vec<&str> = it.calls.iter().map(|it| self.calls[*it].text.as_str()).collect();
            GatePart {
                text: texts.join(", "),
                figure,
                relation: comparison.symbol(),
                limit,
                verdict: if is_held { GateVerdict::Held } else { GateVerdict::Failed },
            }
        };
        let mut parts: Vec<GatePart> = self.compared.iter().map(part).collect();
        let is_off = |it: &&GatePart| it.figure.is_nan() || it.verdict == GateVerdict::Failed;
        let told = parts.iter().find(is_off).or(parts.first());
        let told = told.map(|it| (it.figure, it.relation, it.limit));
        if parts.len() == 1 {
            parts.clear();
        }
        let (verdict, reason) = self.verdict(verdict, &values);
        // Without a comparison it is its first figure that is told.
        let own = values.first().map_or(f64::NAN, |it| number(Ok(it.clone())));
        Gate {
            id: self.id.clone(),
            check: Some(self.check.clone()),
            figure: told.map_or(own, |it| it.0),
            relation: told.map(|it| it.1),
            limit: told.map_or(f64::NAN, |it| it.2),
            verdict,
            about: Vec::new(),
            reason,
            parts,
        }
    }

    /// The verdict, and why there is no other where a figure does not exist.
    fn verdict(&self, of: Result<Value, Cause>, values: &[Value]) -> (GateVerdict, Option<Said>) {
        let missing = match &of {
            Err(Cause::Missing { column } | Cause::Unreadable { column }) => self.calls.get(*column as usize),
            Ok(Value::Missing | Value::Unreadable) => {
                self.calls.iter().zip(values).find(|it| !it.1.is_there()).map(|it| it.0)
            }
            Ok(_) | Err(_) => None,
        };
        let said =
            |wording, name, text: &str| Some(Said { wording, arguments: vec![(name, text.to_owned())] });
        match of {
            Ok(Value::Bool(true)) => (GateVerdict::Held, None),
            Ok(Value::Bool(false)) => (GateVerdict::Failed, None),
            Ok(_) | Err(Cause::Missing { .. } | Cause::Unreadable { .. }) => {
                let name = missing.map_or(self.check.as_str(), |it| it.text.as_str());
                let verdict = if self.holds_without { GateVerdict::Held } else { GateVerdict::Failed };
                (verdict, said(wording::GATE_MISSING, "name", name))
            }
            Err(cause) => {
                let (wording, detail) = cause.says();
                (GateVerdict::Failed, said(wording, "detail", &detail))
            }
        }
    }
}

/// A number; none where there is no value.
fn number(value: Result<Value, Cause>) -> f64 {
    match value {
        Ok(Value::Int(it)) => whole(it),
        Ok(Value::Float(it)) => it,
        Ok(Value::Decimal(it)) => rust_decimal::prelude::ToPrimitive::to_f64(&it).unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn whole(it: i64) -> f64 {
    it as f64
}

#[expect(clippy::float_cmp, reason = "what the check itself compares")]
fn holds(comparison: Comparison, figure: f64, limit: f64) -> bool {
    match comparison {
        Comparison::Equal => figure == limit,
        Comparison::NotEqual => figure != limit,
        Comparison::Less => figure < limit,
        Comparison::LessOrEqual => figure <= limit,
        Comparison::Greater => figure > limit,
        Comparison::GreaterOrEqual => figure >= limit,
    }
}

/// A figure of a result.
fn value(figure: &ResultFigure, about: &About, audit: &Audit, zone: &Zone) -> Value {
    let count = |it: u64| Value::Int(i64::try_from(it).unwrap_or(i64::MAX));
    let float = |it: Option<f64>| it.map_or(Value::Missing, Value::Float);
    match figure {
        ResultFigure::Records => count(audit.summary.records),
        ResultFigure::Rejected => count(audit.summary.rejected),
        ResultFigure::BadCells => count(audit.summary.bad_cells),
        ResultFigure::Findings(_, counted) => {
            let of = |found: Found| match counted {
                None => found.counted(),
                Some(Counted::New) => found.new,
                Some(Counted::Known) => found.known,
                Some(Counted::Waived) => found.waived,
            };
            findings(about, audit).map_or(Value::Missing, |it| count(of(it)))
        }
        ResultFigure::Waivers(kind) => {
            let is_meant = |it: &&WaiverResult| match kind {
                None => true,
                Some(WaiverKind::Expired) => it.expired,
                Some(WaiverKind::Unused) => it.is_unused(),
                Some(WaiverKind::Broad) => it.is_broad(),
            };
            count(audit.waivers.iter().filter(is_meant).count() as u64)
        }
        ResultFigure::OverBudget => {
            let over = audit.baseline.as_ref().map(|it| it.over_budget.len() as u64);
            over.map_or(Value::Missing, count)
        }
        ResultFigure::Rate(_) | ResultFigure::Kept(_) => float(match promise(about, audit) {
            Some(promise) => promise.kept_rate_unexcused(),
            None => outcomes(about, audit).rate(),
        }),
        ResultFigure::Coverage(_) => float(match promise(about, audit) {
            Some(promise) => promise.coverage,
            None => outcomes(about, audit).coverage(),
        }),
        ResultFigure::Score(_, subject, period) => float(score(about, subject, period.as_deref(), audit)),
        ResultFigure::Group(_, key, of) => float(group(about, key, *of, audit, zone)),
        ResultFigure::Worst(_) => {
            let own = audit.scores.iter().filter(|it| is_of(it, about) && it.is_own());
            float(own.filter_map(reckoned).min_by(f64::total_cmp))
        }
    }
}

/// What a rule found of a group that it could judge; durations in seconds.
fn group(about: &About, key: &str, of: GroupFigure, audit: &Audit, zone: &Zone) -> Option<f64> {
    let is_meant = |it: &&GroupResult| {
        matches!(about, About::Id(id) if it.rule.id == *id)
            && GroupResult::key(&it.values, it.names.len(), zone) == key
    };
    let found = audit.groups.iter().find(is_meant)?;
    matches!(found.outcome, Outcome::Pass | Outcome::Fail).then_some(())?;
    let [low, high] = [0, 1].map(|end| found.interval.as_ref().map(|it| &it[end]));
    let asked = match of {
        GroupFigure::Figure => Some(&found.figure),
        GroupFigure::Lower => low,
        GroupFigure::Upper => high,
    };
    let asked = asked?;
    let found = if let Value::Duration(it) = asked {
        whole(*it) / whole(MICROS_PER_SECOND)
    } else {
        number(Ok(asked.clone()))
    };
    Some(found).filter(|it| !it.is_nan())
}

/// How many findings; `None` of a rule that was not judged.
fn findings(about: &About, audit: &Audit) -> Option<Found> {
    let rules = audit.rules.iter().map(|it| (&it.rule, it.findings));
    let mut all = rules.chain(audit.promises.iter().map(|it| (&it.rule, it.findings)));
    match about {
        About::All => Some(audit.summary.found()),
        About::Severity(severity) => Some(audit.summary.findings_of(*severity)),
        About::Dimension(name) => {
            Some(all.filter(|it| it.0.dimension.as_ref() == Some(name)).map(|it| it.1).sum())
        }
        About::Id(id) => all.find(|it| it.0.id == *id).map(|it| it.1),
    }
}

fn promise<'a>(about: &About, audit: &'a Audit) -> Option<&'a PromiseResult> {
    audit.promises.iter().find(|it| matches!(about, About::Id(id) if it.rule.id == *id))
}

/// Outcomes of rules put together, or of one; none of a rule that was not judged.
fn outcomes(about: &About, audit: &Audit) -> OutcomeCounts {
    let is_meant = |rule: &Rule| match about {
        About::All => true,
        About::Severity(severity) => rule.severity == *severity,
        About::Dimension(name) => rule.dimension.as_ref() == Some(name),
        About::Id(id) => rule.id == *id,
    };
    let mut sum = OutcomeCounts::default();
    for it in audit.rules.iter().filter(|it| is_meant(&it.rule)) {
        sum.merge(&it.outcomes);
        sum.fail -= it.findings.waived_fails.min(sum.fail);
    }
    sum
}

fn is_of(score: &ScoreResult, about: &About) -> bool {
    matches!(about, About::Id(id) if score.card.id == *id)
}

/// The score, unless it is provisional.
fn reckoned(score: &ScoreResult) -> Option<f64> {
    score.score.score.filter(|_| !score.score.provisional)
}

/// The score of a subject in a period, or the last that it has. Where several are called so, those of the level
/// that the scorecard scores come first, and of these the lowest.
fn score(about: &About, subject: &str, period: Option<&str>, audit: &Audit) -> Option<f64> {
    let own = || audit.scores.iter().filter(|it| is_of(it, about) && it.name() == subject);
    let period = period.or_else(|| own().map(|it| it.period.as_str()).max())?;
    let mut all: Vec<&ScoreResult> = own().filter(|it| it.period == period).collect();
    if all.iter().any(|it| it.is_own()) {
        all.retain(|it| it.is_own());
    }
    let all: Option<Vec<f64>> = all.into_iter().map(reckoned).collect();
    all?.into_iter().min_by(f64::total_cmp)
}
