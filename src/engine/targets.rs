//! How much time promises give: targets planned, always the same, by a table, by an expression, or changing.

use super::promises::{Planner, place_file, place_start, whole};
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    expr::{Constant, ExprId, Node},
    promise::TargetInput,
    record::{Amount, Element, Type, Value},
    rule::{Pack, Promise, Script, Table, Target, snake_case},
    script::compile_derived,
    wording,
};

impl<'n> Planner<'_, 'n> {
    pub(super) fn target(&mut self, pack: &'n Pack, promise: &Promise) -> Option<TargetInput> {
        if let Some(change) = &promise.target_change {
            // Without events nothing is known of changes, and that is told.
            let targets = &change.fields.as_ref()?.targets;
            if let Some((column, ty)) = targets.as_ref().and_then(|it| self.list(it)) {
                return self.changing_target(pack, promise, column, ty);
            }
        }
        match &promise.target {
            Target::Amount(amount, place) => {
                self.check_calendar(promise, *amount, place)?;
                Some(TargetInput::Amount(*amount))
            }
            Target::Table(id, place) => self.table(pack, promise, id, place),
            Target::Expression(script) => {
                self.check_call(pack, script)?;
                let (column, ty) = self.column(script)?;
                match target_kind(ty, script) {
                    Ok(TargetKind::Length) => {
                        self.check_negative(column, script)?;
                        Some(TargetInput::Durations(column))
                    }
                    Ok(TargetKind::Moment) => Some(TargetInput::Instants(column)),
                    Ok(TargetKind::Amount) => Some(TargetInput::Amounts(column)),
                    Err(said) => {
                        self.diagnostics.push(said);
                        None
                    }
                }
            }
        }
    }

    /// A target that changes: its values stand in lists, one element a change.
    fn changing_target(
        &mut self,
        pack: &'n Pack,
        promise: &Promise,
        column: u32,
        ty: Type,
    ) -> Option<TargetInput> {
        Some(match (&promise.target, ty) {
            (Target::Table(id, place), _) => {
                let (table, amounts) = self.amounts(pack, promise, id, place)?;
                self.hidden.push((column, format!("{}({})", table.id, table.inputs.join(", "))));
                TargetInput::Rows(column, amounts)
            }
            (target, ty) => {
                self.hidden.push((column, target.text()));
                match ty {
                    Type::List(Element::Time) => TargetInput::Instants(column),
                    Type::List(Element::Amount) => TargetInput::Amounts(column),
                    Type::List(_)
                    | Type::Bool
                    | Type::Int
                    | Type::Float
                    | Type::Decimal
                    | Type::Text
                    | Type::Date
                    | Type::Time
                    | Type::Duration
                    | Type::Amount => TargetInput::Durations(column),
                }
            }
        })
    }

    /// A field of lists.
    pub(super) fn list(&self, name: &str) -> Option<(u32, Type)> {
        let field = self.names.field(name)?;
        Some((field.column?, field.ty))
    }

    /// A table of amounts, and what its rows answer.
    fn amounts(
        &mut self,
        pack: &'n Pack,
        promise: &Promise,
        id: &str,
        place: &Place,
    ) -> Option<(&'n Table, Vec<Amount>)> {
        let known = || pack.tables.iter().map(|it| it.id.as_str());
        let Some(table) = pack.table(id) else {
            let said = Diagnostic::error(wording::UNKNOWN_TABLE).with("name", id).at(place.clone());
            self.diagnostics.push(match nearest(id, known()) {
                Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                None => said,
            });
            return None;
        };
        if table.output != Type::Amount {
            let said = Diagnostic::error(wording::TABLE_NOT_AMOUNT).with("name", id);
            let said = said.with("found", table.output.name()).at(place.clone());
            self.diagnostics.push(said.help(wording::HELP_AMOUNT));
            return None;
        }
        let mut amounts = Vec::new();
        for row in &table.rows {
            let Value::Amount(amount) = row.output else { continue };
            self.check_calendar(promise, amount, &row.place)?;
            amounts.push(amount);
        }
        Some((table, amounts))
    }

    /// A table of amounts, looked up by the number of the row that answers.
    fn table(&mut self, pack: &'n Pack, promise: &Promise, id: &str, place: &Place) -> Option<TargetInput> {
        let (table, amounts) = self.amounts(pack, promise, id, place)?;
        let (numbered, script) = numbered_call(table, place);
        let before = std::mem::take(&mut self.names.tables);
        let compiled = {
            let mut names = self.names.clone();
            names.tables = vec![&numbered];
            compile_derived(self.program, self.registry, &names, &script)
        };
        self.names.tables = before;
        let (compiled, said) = compiled;
        // The call is our own: whatever is wrong with it is wrong with the table's inputs.
        self.diagnostics.extend(said.into_iter().map(|it| match &it.place {
            Some(at) if place_file(at) == place_file(place) => it.at(place.clone()),
            _ => it,
        }));
        let (node, ty) = compiled?;
        let column = u32::try_from(self.decoded + self.derived.len()).ok()?;
        self.derived.push((node, ty));
        self.hidden.push((column, format!("{}({})", table.id, table.inputs.join(", "))));
        Some(TargetInput::Rows(column, amounts))
    }

    /// A table of amounts is not called: no column holds amounts.
    fn check_call(&mut self, pack: &Pack, script: &Script) -> Option<()> {
        let name = script.text.split('(').next().unwrap_or_default().trim();
        let table = pack.table(name).filter(|it| it.output == Type::Amount && script.text.contains('('));
        let Some(table) = table else { return Some(()) };
        let said = Diagnostic::error(wording::TABLE_OF_AMOUNTS).with("name", table.id.clone());
        let help = vec![("text", format!("target = {{ table = \"{}\" }}", table.id))];
        self.diagnostics.push(said.at(whole(script)).help_with(wording::HELP_TABLE_OF_AMOUNTS, help));
        None
    }

    /// The constants that an expression, whose column this is, may come to.
    pub(super) fn constants(&self, column: u32) -> Vec<Constant> {
        let at = (column as usize).checked_sub(self.decoded).and_then(|it| self.derived.get(it));
        let mut found = Vec::new();
        let mut open: Vec<ExprId> = at.map(|it| it.0).into_iter().collect();
        while let Some(node) = open.pop() {
            #[expect(clippy::wildcard_enum_match_arm, reason = "what is reckoned is no constant")]
            match self.program.node(node) {
                Node::Constant(constant) => found.push(constant.clone()),
                Node::If(_, one, other) | Node::Coalesce(one, other) => open.extend([*other, *one]),
                Node::Then(_, value) => open.push(*value),
                Node::Table(number, _) => {
                    found.extend(self.program.tables[*number as usize].answers.iter().cloned());
                }
                _ => {}
            }
        }
        found
    }

    fn check_negative(&mut self, column: u32, script: &Script) -> Option<()> {
        let is_negative = |it: &Constant| matches!(it, Constant::Int(micros) if *micros < 0);
        if !self.constants(column).iter().any(is_negative) {
            return Some(());
        }
        let said = Diagnostic::error(wording::NEGATIVE_TARGET).at(whole(script));
        self.diagnostics.push(said.help(wording::HELP_NEGATIVE_TARGET));
        None
    }
}

/// What an expression says of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// How much open time there is.
    Length,
    /// When it is due.
    Moment,
    /// A promised time.
    Amount,
}

/// What an expression of this type says of a target.
///
/// # Errors
/// It is none: what is said of it.
pub fn target_kind(ty: Type, script: &Script) -> Result<TargetKind, Diagnostic> {
    let number = match ty {
        Type::Duration => return Ok(TargetKind::Length),
        Type::Time => return Ok(TargetKind::Moment),
        Type::Amount => return Ok(TargetKind::Amount),
        Type::Int | Type::Float | Type::Decimal => true,
        Type::Bool | Type::Text | Type::Date | Type::List(_) => false,
    };
    let said = Diagnostic::error(wording::NOT_A_TARGET).with("found", ty.name());
    let said = if number { said.help(wording::HELP_NUMBER_TARGET) } else { said };
    Err(said.at(whole(script)).help(wording::HELP_AMOUNT))
}

/// A table of amounts as one that answers the numbers of its rows, and a call of it that stands at `place`: no
/// expression holds amounts.
#[must_use]
pub fn numbered_call(table: &Table, place: &Place) -> (Table, Script) {
    let numbered = numbered(table);
    let text = format!("{}({})", snake_case(&numbered.id), table.inputs.join(", "));
    let script = Script { text, file: place_file(place), runs: vec![(0, place_start(place))] };
    (numbered, script)
}

/// The table with the numbers of its rows as answers, under a name that no other table can have.
fn numbered(table: &Table) -> Table {
    let mut table = table.clone();
    table.id.push_str("·row");
    table.output = Type::Int;
    for (number, row) in (0..).zip(&mut table.rows) {
        row.output = Value::Int(number);
    }
    // Tables are known by their place: this one is another.
    if let Place::Text { span, .. } = &mut table.place {
        span.end = span.start;
    }
    table
}
