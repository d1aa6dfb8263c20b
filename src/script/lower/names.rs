//! Names: locals, fields, parameters, `as_of`.

use super::{Lowering, Shape, Typed, calls::function_names};
use crate::script::STEPS;
use crate::{
    diagnostic::{Diagnostic, nearest},
    expr::{Constant, Node, SPECIAL_FORMS, SpecialForm, canonical, row_function},
    record::{Type, Value},
    rule::{Table, snake_case},
    script::{TableInput, habits, spans},
    wording::{self, Wording},
};
use rhai::{Expr, Position};

impl Lowering<'_> {
    /// A name that stands by itself.
    pub(super) fn variable(&mut self, name: &str, position: Position) -> Typed {
        if let Some((_, typed)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            return typed.clone();
        }
        if let Some(field) = self.names.field(name).filter(|_| !self.sealed) {
            return self.field(field.clone());
        }
        if let Some(param) = self.params.iter().find(|it| it.name == name).filter(|_| !self.sealed) {
            if !self.used_params.iter().any(|it| it == name) {
                self.used_params.push(name.to_owned());
            }
            let value = param.value.clone();
            return Typed { name: Some(name.to_owned()), ..self.value(&value) };
        }
        match canonical(name) {
            "as_of" => return self.constant(Constant::Int(self.names.as_of), Type::Time),
            word @ ("true" | "false") => return self.constant(Constant::Bool(word == "true"), Type::Bool),
            _ => {}
        }
        let diagnostic = self.unknown_name(name, position);
        self.report(diagnostic)
    }

    /// `promise.part`: a column like a field's; `None` where `left` is no promise.
    pub(super) fn part_of_promise(&mut self, left: &Expr, part: &str, position: Position) -> Option<Typed> {
        let Expr::Variable(variable, ..) = left else { return None };
        let name = variable.1.as_str();
        if self.locals.iter().any(|(local, _)| local == name) {
            return None;
        }
        if let Some(field) = self.names.field(&format!("{name}.{part}")) {
            return Some(self.field(field.clone()));
        }
        let prefix = format!("{name}.");
        let parts: Vec<&str> =
            self.names.fields.iter().filter_map(|it| it.name.strip_prefix(&prefix)).collect();
        if parts.is_empty() {
            return None;
        }
        let is_promise = parts.contains(&"outcome");
        let code = if is_promise { wording::UNKNOWN_PROMISE_PART } else { wording::UNKNOWN_JOINED };
        let said = self.error(code, position).with("name", part).with("source", name);
        let all = parts.iter().take(12).copied().collect::<Vec<_>>().join(", ");
        let said = match nearest(part, parts) {
            Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
            None => said,
        };
        Some(self.report(if is_promise {
            said.help(wording::HELP_PROMISE_PARTS)
        } else {
            said.help_with(wording::HELP_JOINED_FIELDS, vec![("source", name.to_owned()), ("names", all)])
        }))
    }

    fn field(&mut self, field: crate::script::FieldName) -> Typed {
        let Some(column) = field.column else { return Typed::unknown() };
        if !self.reads.contains(&column) {
            self.reads.push(column);
        }
        let node = self.program.add(Node::Field(column), field.ty);
        if field.ty == Type::Amount {
            self.cannot(wording::REASON_OTHER, &[]);
        }
        let choices = (!field.choices.is_empty()).then(|| (field.name.clone(), field.choices.clone()));
        Typed { choices, name: Some(field.name), ..Typed::of(field.ty, Some(node)) }
    }

    /// A value that is known: a parameter, an answer of a table.
    pub(super) fn value(&mut self, value: &Value) -> Typed {
        let ty = match value {
            Value::Bool(_) => Type::Bool,
            Value::Int(_) => Type::Int,
            Value::Float(_) => Type::Float,
            Value::Decimal(_) => Type::Decimal,
            Value::Text(_) => Type::Text,
            Value::Date(_) => Type::Date,
            Value::Time(_) => Type::Time,
            Value::Duration(_) => Type::Duration,
            Value::Amount(_) => {
                self.cannot(wording::REASON_OTHER, &[]);
                return Typed::of(Type::Amount, None);
            }
            Value::List(all) => {
                let parts = all.iter().map(|it| self.value(it)).collect();
                return Typed { shape: Shape::List(parts), ..Typed::unknown() };
            }
            Value::Missing | Value::Unreadable => return Typed::unit(),
        };
        match Constant::from_value(value) {
            Some(constant) => self.constant(constant, ty),
            None => Typed::of(ty, None),
        }
    }

    /// A call of what is no function, or of one that has no use for these arguments.
    pub(super) fn unknown_call(&mut self, name: &str, args: &[Typed], position: Position) -> Typed {
        let row = || row_function(canonical(name)).map(|it| it.signature);
        if let Some(signature) = special_form(canonical(name)).map(|it| it.signature).or_else(row) {
            let found = args.iter().map(|it| self.describe(it)).collect::<Vec<_>>().join(", ");
            let diagnostic = self
                .error_in_call(wording::WRONG_ARGUMENTS, position)
                .with("name", name)
                .with("found", found);
            let signatures = vec![("signatures", signature.to_owned())];
            return self.report(diagnostic.help_with(wording::HELP_SIGNATURES, signatures));
        }
        let known = function_names(self.names, &self.definitions);
        let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        let mut diagnostic = self.error(wording::UNKNOWN_FUNCTION, position).with("name", name);
        let told =
            self.diagnostics.iter().flat_map(|it| &it.help).any(|it| it.wording == wording::HELP_KEBAB);
        if told && self.kebab(position).is_some() {
            return Typed::unknown();
        }
        if name.eq_ignore_ascii_case("if") || name.eq_ignore_ascii_case("iif") {
            return self.report(diagnostic.help(wording::HELP_IF));
        }
        if STEPS.iter().any(|it| it.name == name || it.alias == name) && name != "count" {
            return self.report(diagnostic.help(wording::HELP_STEPS_WANT_EVENTS));
        }
        if let Some(instead) = habits::function(name) {
            let arguments = vec![("instead", instead.to_owned())];
            return self.report(diagnostic.help_with(wording::HELP_WRITE, arguments));
        }
        if let Some(near) = near {
            diagnostic = diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near)]);
        }
        self.report(diagnostic)
    }

    /// What a table is asked about decides whether it has gaps.
    pub(super) fn note_call(&mut self, table: &Table, args: &[Typed]) {
        let input = |it: &Typed| {
            let choices = it.choices.as_ref().map(|it| it.1.clone()).unwrap_or_default();
            Some(TableInput { ty: it.ty()?, choices })
        };
        let inputs: Vec<TableInput> = args.iter().filter_map(input).collect();
        let calls = self.registry.table_calls.entry((self.names.pack.clone(), table.id.clone())).or_default();
        if !calls.contains(&inputs) {
            calls.push(inputs);
        }
    }

    /// What a name that is none was meant for: a text without quotes, a field behind its kind of record,
    /// an id as it stands in TOML.
    fn meant_by(&self, name: &str, position: Position) -> Option<(Wording, &'static str, String)> {
        if self.names.fields.iter().any(|it| it.choices.iter().any(|choice| choice == name)) {
            return Some((wording::HELP_QUOTED, "name", name.to_owned()));
        }
        let range = spans::token(self.tokens, position);
        let after = self.script.text.get(range.end..).unwrap_or_default();
        if name == self.names.kind && after.starts_with('.') {
            let field = after.split(|c: char| !c.is_alphanumeric() && c != '_').nth(1).unwrap_or_default();
            return Some((wording::HELP_NO_KIND, "instead", field.to_owned()));
        }
        self.kebab(position).map(|it| (wording::HELP_KEBAB, "instead", it))
    }

    /// The name of a table whose id stands at a position as it does in TOML, with hyphens.
    fn kebab(&self, position: Position) -> Option<String> {
        let at = spans::token(self.tokens, position).start;
        let stands = |id: &str| {
            self.script.text.match_indices(id).any(|(from, _)| (from..from + id.len()).contains(&at))
        };
        let table = self.names.tables.iter().find(|it| it.id.contains('-') && stands(&it.id))?;
        Some(snake_case(&table.id))
    }

    fn unknown_name(&self, name: &str, position: Position) -> Diagnostic {
        let mut diagnostic = self.error(wording::UNKNOWN_FIELD, position).with("name", name);
        diagnostic = diagnostic.with("kind", self.names.kind.clone());
        if self.sealed && (self.names.field(name).is_some() || self.params.iter().any(|it| it.name == name)) {
            return diagnostic.help_with(wording::HELP_SEALED, vec![("name", name.to_owned())]);
        }
        if let Some(instead) = habits::operator(name).or_else(|| habits::value(name)) {
            let arguments = vec![("found", name.to_owned()), ("instead", instead.to_owned())];
            return diagnostic.help_with(wording::HELP_WORD_OPERATOR, arguments);
        }
        let prefix = format!("{name}.");
        if self.names.fields.iter().any(|it| it.name.starts_with(&prefix)) {
            return diagnostic.help(wording::HELP_PROMISE_PARTS);
        }
        if let Some((wording, argument, text)) = self.meant_by(name, position) {
            return diagnostic.help_with(wording, vec![(argument, text)]);
        }
        let fields = self.names.fields.iter().map(|it| it.name.as_str());
        let params = self.params.iter().map(|it| it.name.as_str());
        let locals = self.locals.iter().map(|(name, _)| name.as_str());
        let known: Vec<&str> = fields.clone().chain(params).chain(locals).chain(["as_of"]).collect();
        match nearest(name, known.iter().copied()) {
            Some(near) => diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
            None => {
                let mut names = fields.take(12).collect::<Vec<_>>().join(", ");
                if self.names.fields.len() > 12 {
                    names.push_str(", …");
                }
                let kind = ("kind", self.names.kind.clone());
                let map = vec![("name", name.to_owned())];
                diagnostic
                    .help_with(wording::HELP_FIELDS, vec![kind, ("names", names)])
                    .help_with(wording::HELP_MAP_FIELD, map)
            }
        }
    }
}

/// A special form: it is lowered by a path of its own.
fn special_form(name: &str) -> Option<&'static SpecialForm> {
    SPECIAL_FORMS.iter().find(|it| it.name == name)
}

/// A cell as it stands in its table.
pub(super) fn cell_text(value: &Value) -> String {
    match value {
        Value::Text(it) => format!("{it:?}"),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Float(it) => it.to_string(),
        Value::Decimal(it) => it.to_string(),
        Value::Date(_) | Value::Time(_) | Value::Duration(_) | Value::Amount(_) | Value::List(_) => {
            "…".to_owned()
        }
        Value::Missing | Value::Unreadable => String::new(),
    }
}
