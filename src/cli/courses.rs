//! What promises read of the course of a case beside the moments of steps: pauses while a state holds, stops and
//! reopenings, targets that change. Each is a list for a case, in a field that rules cannot name.

use super::cases::field;
use crate::{
    case::{CaseEvents, Event, EventLog, spells},
    diagnostic::Diagnostic,
    engine::{
        ExpressionPlan, Expressions, SourceAsk, TargetKind, numbered_call, plan_expressions, target_kind,
    },
    expr::Cause,
    project::Events,
    record::{Batch, Column, Element, Field, Schema, Type, Value},
    rule::{ChangeFields, DeclaredCalendar, OfEvents, Pack, Pause, Promise, Script, Target, TargetChange},
    script::names_in,
    wording,
};

/// What is read of the courses of a source's cases.
#[derive(Default)]
pub(super) struct Courses {
    columns: Vec<Course>,
    expressions: Vec<OnEvents>,
}

/// A list for each case.
struct Course {
    name: String,
    ty: Type,
    of: Of,
}

/// What a list holds.
enum Of {
    /// Stops and reopenings by turns, by these steps.
    Turns(String, String),
    /// Beginnings and ends of what an expression says.
    Spells(usize),
    /// When a target changes: at the events of a step from which these expressions have values.
    Changes(String, Vec<usize>),
    /// What the last of these expressions says then.
    Values(String, Vec<usize>),
}

/// An expression on the events of a case: a field of the log is what was last told of it.
struct OnEvents {
    plan: ExpressionPlan,
    /// Where its columns come from, and their types.
    from: Vec<(From, Type)>,
}

/// Where a field that is read at an event comes from.
#[derive(Clone, Copy)]
enum From {
    Case,
    Step,
    At,
    Actor,
    /// A field of the log by its number among those asked for, and the record's own of that name, which counts
    /// where no event tells.
    Log(usize, Option<usize>),
    /// A field of the record, by its number.
    Own(usize),
}

/// What expressions on events are planned against.
pub(super) struct Setting<'a> {
    pub(super) events: &'a Events,
    pub(super) log: &'a Schema,
    /// Of the records, with what rules ask about steps.
    pub(super) schema: &'a Schema,
    pub(super) ask: SourceAsk,
    pub(super) setting: (&'a crate::calendar::Zone, i64),
    pub(super) calendars: &'a [DeclaredCalendar],
}

impl Courses {
    /// Plans what the promises of `packs` on records of the source's kind read, and tells them where it stands.
    /// `asked` takes the fields of the log that are read.
    pub(super) fn plan(
        packs: &mut [Pack],
        setting: &Setting<'_>,
        asked: &mut Vec<String>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut planner =
            Planner { setting, asked, courses: Self::default(), schema: moments(setting), wrong: Vec::new() };
        for pack in packs {
            let mut promises = std::mem::take(&mut pack.promises);
            let of_kind = promises.iter_mut().filter(|it| it.on == setting.ask.kind);
            of_kind.for_each(|it| planner.promise(it, pack));
            pack.promises = promises;
        }
        (planner.courses, planner.wrong)
    }

    /// The fields that stand behind those of the records.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        self.columns.iter().map(|it| field(&it.name, it.ty))
    }

    /// The steps that are named.
    pub(super) fn steps(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().flat_map(|it| match &it.of {
            Of::Turns(stop, reopen) => vec![stop.as_str(), reopen.as_str()],
            Of::Changes(step, _) => vec![step.as_str()],
            Of::Spells(_) | Of::Values(..) => Vec::new(),
        })
    }

    /// The fields of records that a list, by its number, is read from.
    pub(super) fn own_fields(&self, number: usize) -> Vec<usize> {
        let expressions = match &self.columns[number].of {
            Of::Turns(..) => &[][..],
            Of::Spells(expression) => std::slice::from_ref(expression),
            Of::Changes(_, all) | Of::Values(_, all) => all,
        };
        let columns = expressions.iter().flat_map(|it| &self.expressions[*it].from);
        let own = columns.filter_map(|it| match &it.0 {
            From::Own(field) | From::Log(_, Some(field)) => Some(*field),
            From::Case | From::Step | From::At | From::Actor | From::Log(_, None) => None,
        });
        own.collect()
    }

    /// The lists, by their numbers, for cases with these events; `own` gives fields of their records.
    pub(super) fn columns<'c>(
        &self,
        numbers: &[usize],
        (log, cases): (&EventLog, &[(&str, CaseEvents<'_>)]),
        own: &dyn Fn(usize) -> Option<&'c Column>,
        text: &str,
    ) -> Vec<Column> {
        let mut said: Vec<Option<Vec<Answer>>> = vec![None; self.expressions.len()];
        let mut columns = Vec::new();
        for number in numbers {
            let Course { of, ty, .. } = &self.columns[*number];
            let needed = match of {
                Of::Turns(..) => &[][..],
                Of::Spells(expression) => std::slice::from_ref(expression),
                Of::Changes(_, all) | Of::Values(_, all) => all,
            };
            for expression in needed {
                said[*expression]
                    .get_or_insert_with(|| self.expressions[*expression].said(log, cases, own, text));
            }
            let mut first = 0;
            let values = cases.iter().map(|(_, events)| {
                let answers =
                    |it: &usize| said[*it].as_ref().map_or(&[][..], |it| &it[first..first + events.len()]);
                let answers: Vec<&[Answer]> = needed.iter().map(answers).collect();
                first += events.len();
                of.list((log, events), &answers)
            });
            columns.push(Column::of_values(*ty, &values.collect::<Vec<Value>>()));
        }
        columns
    }
}

/// What an expression says at an event.
type Answer = Result<Value, Cause>;

impl Of {
    /// The list of one case; `answers` are those of its expressions, one an event.
    fn list(&self, (log, events): (&EventLog, &[Event]), answers: &[&[Answer]]) -> Value {
        let times = |all: Vec<i64>| Value::List(all.into_iter().map(Value::Time).collect());
        match self {
            Self::Turns(stop, reopen) => times(log.turns(events, stop, reopen)),
            Self::Spells(_) => {
                let Some(answers) = answers.first() else { return Value::Missing };
                // A state that nobody has told yet does not hold; one that cannot be read may.
                if answers.iter().any(is_unknown) {
                    return Value::Unreadable;
                }
                times(spells(events, answers.iter().map(|it| *it == Ok(Value::Bool(true)))))
            }
            Self::Changes(step, _) => {
                times(self::changes(log, events, step, answers).map(|it| it.0).collect())
            }
            Self::Values(step, _) => {
                let Some(own) = answers.last() else { return Value::Missing };
                let mut values = Vec::new();
                for (_, number) in self::changes(log, events, step, answers) {
                    match &own[number] {
                        Ok(value) => values.push(plain(value)),
                        Err(Cause::Missing { .. }) => return Value::Missing,
                        Err(_) => return Value::Unreadable,
                    }
                }
                Value::List(values)
            }
        }
    }
}

/// Neither said nor missing.
fn is_unknown(answer: &Answer) -> bool {
    !matches!(answer, Ok(_) | Err(Cause::Missing { .. }))
}

/// As lists hold it: lengths of time are numbers there.
fn plain(value: &Value) -> Value {
    if let Value::Duration(length) = value { Value::Int(*length) } else { value.clone() }
}

/// When a target changes and at which events; what holds before the first change counts where it is known.
fn changes(
    log: &EventLog,
    events: &[Event],
    step: &str,
    answers: &[&[Answer]],
) -> impl Iterator<Item = (i64, usize)> {
    let known: Vec<bool> = (0..events.len()).map(|it| answers.iter().all(|all| all[it].is_ok())).collect();
    log.changes(events, step).into_iter().filter(move |it| it.0 > i64::MIN || known[it.1])
}

/// The fields that an expression on events sees: those of the log, and those of the record that it does not hide.
fn moments(setting: &Setting<'_>) -> Schema {
    let own = setting.schema.fields.iter().filter(|it| setting.log.position(&it.name).is_none());
    Schema { fields: setting.log.fields.iter().chain(own).cloned().collect() }
}

struct Planner<'a> {
    setting: &'a Setting<'a>,
    asked: &'a mut Vec<String>,
    courses: Courses,
    schema: Schema,
    wrong: Vec<Diagnostic>,
}

impl Planner<'_> {
    fn promise(&mut self, promise: &mut Promise, pack: &Pack) {
        for pause in &mut promise.pauses {
            let Pause::While(OfEvents { script, field }) = pause else { continue };
            let Some((expression, ty)) = self.expression(script, pack, false) else { continue };
            if ty == Type::Bool {
                *field = Some(self.course(Type::List(Element::Time), Of::Spells(expression)));
            } else {
                let said = Diagnostic::error(wording::NOT_BOOL).with("found", ty.name());
                self.wrong.push(said.at(script.place(0..script.text.trim_end().len())));
            }
        }
        if let Some(reopen) = &mut promise.reopen {
            let of = Of::Turns(reopen.stop.clone(), reopen.step.clone());
            reopen.turns = Some(self.course(Type::List(Element::Time), of));
        }
        if let Some(mut change) = promise.target_change.take() {
            self.change(&mut change, promise, pack);
            promise.target_change = Some(change);
        }
    }

    fn change(&mut self, change: &mut TargetChange, promise: &Promise, pack: &Pack) {
        let before = self.wrong.len();
        let target = self.target(promise, pack);
        let is_id = |it: &Script| self.setting.calendars.iter().any(|known| known.id == it.text.trim());
        let calendar = promise.calendar.as_ref().filter(|it| !is_id(it));
        let calendar = calendar.and_then(|script| {
            let (expression, ty) = self.expression(script, pack, true)?;
            if ty != Type::Text {
                let said = Diagnostic::error(wording::UNLIKE_TYPES).with("left", ty.name());
                let said = said.with("right", Type::Text.name());
                self.wrong.push(said.at(script.place(0..script.text.trim_end().len())));
            }
            Some(expression)
        });
        if target.is_none() && calendar.is_none() {
            if self.wrong.len() == before {
                let said = Diagnostic::error(wording::TARGET_NEVER_CHANGES).at(change.place.clone());
                self.wrong.push(said.help(wording::HELP_TARGET_CHANGE));
            }
            return;
        }
        let all: Vec<usize> = target.iter().map(|it| it.0).chain(calendar).collect();
        let mut values = |own: usize, ty: Type| {
            let mut all: Vec<usize> = all.iter().copied().filter(|it| *it != own).collect();
            all.push(own);
            self.course(ty, Of::Values(change.step.clone(), all))
        };
        let targets = target.map(|(expression, ty)| values(expression, ty));
        let calendars = calendar.map(|it| values(it, Type::List(Element::Text)));
        let at = self.course(Type::List(Element::Time), Of::Changes(change.step.clone(), all));
        change.fields = Some(ChangeFields { at, targets, calendars });
    }

    /// The expression of a target that may change, and the type of its list.
    fn target(&mut self, promise: &Promise, pack: &Pack) -> Option<(usize, Type)> {
        match &promise.target {
            Target::Amount(..) => None,
            Target::Table(id, place) => {
                // A table that is not there is told where the promise is planned.
                let table = pack.table(id).filter(|it| it.output == Type::Amount)?;
                let (numbered, call) = numbered_call(table, place);
                let pack = Pack { tables: vec![numbered], ..pack.clone() };
                let before = self.wrong.len();
                let found = self.expression(&call, &pack, true);
                // The call is our own: whatever is wrong with it is wrong with the table's inputs.
                let said = self.wrong.split_off(before).into_iter().map(|it| it.at(place.clone()));
                self.wrong.extend(said);
                found.map(|it| (it.0, Type::List(Element::Int)))
            }
            Target::Expression(script) => {
                let (expression, ty) = self.expression(script, pack, true)?;
                match target_kind(ty, script) {
                    Ok(TargetKind::Length) => Some((expression, Type::List(Element::Int))),
                    Ok(TargetKind::Moment) => Some((expression, Type::List(Element::Time))),
                    Ok(TargetKind::Amount) => Some((expression, Type::List(Element::Amount))),
                    Err(said) => {
                        self.wrong.push(said);
                        None
                    }
                }
            }
        }
    }

    /// A new list, by the name of its field.
    fn course(&mut self, ty: Type, of: Of) -> String {
        let name = format!("course{}_", self.courses.columns.len());
        self.courses.columns.push(Course { name: name.clone(), ty, of });
        name
    }

    /// Plans an expression; where `or_own`, the record's own field counts if no event tells.
    fn expression(&mut self, script: &Script, pack: &Pack, or_own: bool) -> Option<(usize, Type)> {
        let Setting { log, schema, setting, .. } = *self.setting;
        let ask = &self.setting.ask;
        let ask = SourceAsk {
            key: Vec::new(),
            date: None,
            subject: Vec::new(),
            waivers: Vec::new(),
            derive: mentioned(&ask.derive, script, pack),
            ..ask.clone()
        };
        let only = Pack { promises: Vec::new(), ..pack.clone() };
        let one = std::slice::from_ref(script);
        let (plan, mut wrong) = plan_expressions(&ask, &self.schema, &[only], setting, one);
        self.wrong.append(&mut wrong);
        let plan = plan?;
        let ty = plan.expressions.first()?.ty?;
        let mut from = Vec::new();
        for column in &plan.columns {
            let name = self.schema.fields[column.field].name.clone();
            let own = schema.position(&name);
            let found = match log.field(&name) {
                None => From::Own(own?),
                Some(field) => {
                    let own = own.filter(|it| or_own && schema.fields[*it].ty == field.ty);
                    self.of_log(&name, own)
                }
            };
            from.push((found, self.schema.fields[column.field].ty));
        }
        self.courses.expressions.push(OnEvents { plan, from });
        Some((self.courses.expressions.len() - 1, ty))
    }

    fn of_log(&mut self, name: &str, own: Option<usize>) -> From {
        let events = self.setting.events;
        let actor = events.actor.as_ref().is_some_and(|it| it.text == name);
        match () {
            () if name == events.case.text => From::Case,
            () if name == events.activity.text => From::Step,
            () if name == events.at.text => From::At,
            () if actor => From::Actor,
            () => {
                let known = self.asked.iter().position(|it| it == name);
                let number = known.unwrap_or_else(|| {
                    self.asked.push(name.to_owned());
                    self.asked.len() - 1
                });
                From::Log(number, own)
            }
        }
    }
}

/// The derived fields that an expression mentions, or that those mention.
fn mentioned(derive: &[(String, Script)], script: &Script, pack: &Pack) -> Vec<(String, Script)> {
    let mut names = names_in(script);
    names.extend(pack.tables.iter().flat_map(|it| it.inputs.clone()));
    let mut all: Vec<&(String, Script)> = Vec::new();
    for one in derive.iter().rev() {
        if names.contains(&one.0) {
            names.extend(names_in(&one.1));
            all.push(one);
        }
    }
    all.into_iter().rev().cloned().collect()
}

impl OnEvents {
    /// What it says at each event of these cases, one after the other.
    fn said<'c>(
        &self,
        log: &EventLog,
        cases: &[(&str, CaseEvents<'_>)],
        own: &dyn Fn(usize) -> Option<&'c Column>,
        text: &str,
    ) -> Vec<Answer> {
        let len = cases.iter().map(|it| it.1.len()).sum();
        let column = |(from, ty): &(From, Type)| {
            let mut values = Vec::with_capacity(len);
            for (row, (id, events)) in cases.iter().enumerate() {
                let of_record = |field: Option<usize>| {
                    field.and_then(own).map_or(Value::Missing, |it| it.value(row, text))
                };
                match from {
                    From::Case => values.extend(events.iter().map(|_| Value::Text((*id).into()))),
                    From::Step => {
                        values.extend(events.iter().map(|it| Value::Text(log.text(it.step).into())))
                    }
                    From::At => values.extend(events.iter().map(|it| Value::Time(it.at))),
                    From::Actor => {
                        let actor = |it: &Event| {
                            it.actor.map_or(Value::Missing, |it| Value::Text(log.text(it).into()))
                        };
                        last_told(events.iter().map(actor), Value::Missing, &mut values);
                    }
                    From::Log(number, field) => {
                        let one = |at| events.field(at, *number).cloned().unwrap_or(Value::Missing);
                        let told = || (0..events.len()).map(one);
                        let nobody = told().all(|it| it == Value::Missing);
                        let first = if nobody { of_record(*field) } else { Value::Missing };
                        last_told(told(), first, &mut values);
                    }
                    From::Own(field) => values.extend(vec![of_record(Some(*field)); events.len()]),
                }
            }
            Column::of_values(*ty, &values)
        };
        let columns = self.from.iter().map(column).collect();
        let rows = (0..len as u64).collect();
        let mut batch = Batch { len, columns, rows, ..Batch::default() };
        let mut said = Expressions::new(&self.plan).values(&mut batch).pop().unwrap_or_default();
        // A field that stands alone may be given as it is.
        for answer in &mut said {
            match answer {
                Ok(Value::Missing) => *answer = Err(Cause::Missing { column: 0 }),
                Ok(Value::Unreadable) => *answer = Err(Cause::Unreadable { column: 0 }),
                Ok(_) | Err(_) => {}
            }
        }
        said
    }
}

/// Of each moment what was last told up to it.
fn last_told(told: impl Iterator<Item = Value>, first: Value, values: &mut Vec<Value>) {
    let mut last = first;
    for value in told {
        if value != Value::Missing {
            last = value;
        }
        values.push(last.clone());
    }
}
