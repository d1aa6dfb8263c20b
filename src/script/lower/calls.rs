//! Calls: functions of the table, decision tables, phrase lists, properties; Rhai's own functions
//! run row by row.

use super::{Lowering, Registry, Shape, Typed, regex_code};
use crate::{
    calendar::{Zone, parse_iso_date, parse_iso_time},
    diagnostic::nearest,
    expr::{
        ALIASES, Constant, FUNCTIONS, Fold, Node, PhraseMatcher, Program, ROW_FUNCTIONS, SPECIAL_FORMS,
        canonical, functions_named, row_function,
    },
    record::{Amount, Element, MICROS_PER_SECOND, Type, Value},
    rule::snake_case,
    script::{Names, library::Definitions},
    wording,
};
use rhai::{Expr, FnCallExpr, Position};

/// Bytes that a regular expression may take, compiled.
const REGEX_SIZE_MAX: usize = 1 << 20;

/// Words of Rhai that reach beyond a record or tell absence from presence behind our back.
const FORBIDDEN: &[&str] =
    &["eval", "type_of", "import", "is_def_var", "is_def_fn", "is_shared", "sleep", "timestamp", "Fn"];

pub(super) const VERDICTS: &[&str] = &["pass", "fail", "not_applicable"];

impl Lowering<'_> {
    /// A call or an operator.
    pub(super) fn call(&mut self, call: &FnCallExpr, position: Position) -> Typed {
        let (name, args) = (canonical(call.name.as_str()), &call.args);
        // `x in list` is `contains(list, x)` in Rhai's tree, without an operator's token.
        if let ("contains", [container, item]) = (name, &args[..])
            && matches!(self.script.text.get(self.range(position)), Some("in" | "!"))
        {
            return self.contains(container, item, false, position);
        }
        if call.op_token.is_some() {
            match (name, &args[..]) {
                (operator, [operand]) => return self.unary(operator, operand, position),
                (operator, [left, right]) => return self.binary(operator, left, right, position),
                _ => {}
            }
        }
        if name == "is_missing" {
            return self.is_missing(args, position);
        }
        if let ("contains_any" | "count_any", [text, list]) = (name, &args[..]) {
            let text = self.expression(text);
            return self.phrases(name == "count_any", text, list, position);
        }
        if let ("matches", [text, pattern]) = (name, &args[..]) {
            let text = self.expression(text);
            return self.matches(text, pattern, position);
        }
        if let ("open_time", [from, to, calendar]) = (name, &args[..]) {
            let operands = [self.expression(from), self.expression(to)];
            return self.open_time(operands, calendar, position);
        }
        if let ("date" | "time" | "amount", [Expr::StringConstant(text, at)]) = (name, &args[..]) {
            return self.literal(name, text, *at);
        }
        let written = match call.namespace.is_empty() {
            true => name.to_owned(),
            false => format!("{}::{name}", call.namespace),
        };
        let args: Vec<Typed> = args.iter().map(|it| self.expression(it)).collect();
        // A library that is not there was told of; its functions are not there either.
        if !call.namespace.is_empty() && self.diagnostics.iter().any(|it| it.code == wording::NO_LIBRARY.id) {
            return Typed::unknown();
        }
        self.named_call(&written, args, position)
    }

    fn named_call(&mut self, name: &str, args: Vec<Typed>, position: Position) -> Typed {
        let table = self.names.table(name);
        if let Some(table) = table {
            return self.table_call(table, args, position);
        }
        if FORBIDDEN.contains(&name) {
            return self.forbidden(name, position, wording::HELP_FORBIDDEN_POWERS);
        }
        // Closures with what they capture.
        if matches!(name, "curry" | "call") {
            return self.cannot(wording::REASON_CLOSURE, &[]);
        }
        if VERDICTS.contains(&name) {
            return self.cannot(wording::REASON_VERDICT, &[("name", name)]);
        }
        if self.definitions.find(name, args.len()).is_some() {
            return self.inline(name, args).unwrap_or_else(Typed::unknown);
        }
        if let (Some(fold), [one]) = (fold_named(name), &args[..])
            && let Shape::Of(Type::List(element)) = one.shape
        {
            return self.fold_list(fold, one, element, position);
        }
        if functions_named(name, false).next().is_some() {
            return self.function_call(name, args, position);
        }
        let row = row_function(name).filter(|it| (it.arity.0..=it.arity.1).contains(&args.len()));
        match row {
            Some(_) => self.cannot(wording::REASON_FUNCTION, &[("name", name)]),
            None => self.unknown_call(name, &args, position),
        }
    }

    fn is_missing(&mut self, args: &[Expr], position: Position) -> Typed {
        let known = Typed::of(Type::Bool, None);
        let [arg] = args else {
            let args: Vec<Typed> = args.iter().map(|it| self.expression(it)).collect();
            self.unknown_call("is_missing", &args, position);
            return known;
        };
        let typed = self.expression(arg);
        match typed.node {
            Some(node) => self.add(Node::IsMissing(node), Type::Bool),
            None => known,
        }
    }

    /// A function of the table: the first signature that fits, ints widened to floats or decimals
    /// if none fits as it is.
    pub(super) fn function_call(&mut self, name: &str, args: Vec<Typed>, position: Position) -> Typed {
        if args.iter().any(|it| matches!(it.shape, Shape::Unknown | Shape::List(_) | Shape::Range(..))) {
            return self.cannot(wording::REASON_FUNCTION, &[("name", name)]);
        }
        let types: Vec<Option<Type>> = args.iter().map(Typed::ty).collect();
        let fits = |param: Type, arg: Option<Type>, widen: bool| {
            arg == Some(param)
                || (widen && arg == Some(Type::Int) && matches!(param, Type::Float | Type::Decimal))
        };
        let find = |widen: bool| {
            functions_named(name, false).find(|(_, it)| {
                it.params.len() == types.len()
                    && it.params.iter().zip(&types).all(|(param, arg)| fits(*param, *arg, widen))
            })
        };
        if let Some((number, function)) = find(false).or_else(|| find(true)) {
            let args: Vec<Typed> =
                args.into_iter().zip(function.params).map(|(arg, param)| self.to(arg, *param)).collect();
            let nodes: Option<Box<[_]>> = args.iter().map(|it| it.node).collect();
            return match nodes {
                Some(nodes) => self.add(Node::Call(number, nodes), function.returns),
                None => Typed::of(function.returns, None),
            };
        }
        let is_list = |it: &Option<Type>| matches!(it, None | Some(Type::List(_)));
        let row = row_function(name).filter(|it| (it.arity.0..=it.arity.1).contains(&types.len()));
        if row.is_some()
            && (types.iter().any(is_list)
                || !functions_named(name, false).any(|it| it.1.params.len() == types.len()))
        {
            return self.cannot(wording::REASON_FUNCTION, &[("name", name)]);
        }
        let found = args.iter().map(|it| self.describe(it)).collect::<Vec<_>>().join(", ");
        let signature = |it: &crate::expr::Function| {
            format!("{}({})", it.name, it.params.iter().map(|ty| ty.name()).collect::<Vec<_>>().join(", "))
        };
        let signatures =
            functions_named(name, false).map(|(_, it)| signature(it)).collect::<Vec<_>>().join("; ");
        let diagnostic =
            self.error_in_call(wording::WRONG_ARGUMENTS, position).with("name", name).with("found", found);
        let diagnostic = diagnostic.help_with(wording::HELP_SIGNATURES, vec![("signatures", signatures)]);
        self.report(diagnostic)
    }

    fn fold_list(&mut self, fold: Fold, list: &Typed, element: Element, position: Position) -> Typed {
        let ty = match (fold, element) {
            (Fold::Len, _) => Type::Int,
            (Fold::Mean, Element::Int | Element::Float) | (_, Element::Float) => Type::Float,
            (_, Element::Int) => Type::Int,
            (_, Element::Bool | Element::Text | Element::Time | Element::Amount) => {
                return self.bad_list(list, position);
            }
        };
        match list.node {
            Some(node) => self.add(Node::FoldList(fold, node), ty),
            None => Typed::of(ty, None),
        }
    }

    fn bad_list(&mut self, list: &Typed, position: Position) -> Typed {
        let found = self.describe(list);
        let diagnostic =
            self.error_in_call(wording::WRONG_ARGUMENTS, position).with("name", "sum").with("found", found);
        self.report(diagnostic)
    }

    /// `a.b` and `a.f(…)`.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "Rhai's enum is not exhaustive: what it adds runs row by row"
    )]
    pub(super) fn dot(&mut self, left: &Expr, right: &Expr) -> Typed {
        match right {
            Expr::Property(property, at) => {
                if let Some(part) = self.part_of_promise(left, property.2.as_str(), *at) {
                    return part;
                }
                let value = self.expression(left);
                self.property(value, property.2.as_str(), *at)
            }
            Expr::MethodCall(call, at) => {
                let name = canonical(call.name.as_str());
                if name == "is_missing" && call.args.is_empty() {
                    return self.is_missing(std::slice::from_ref(left), *at);
                }
                let value = self.expression(left);
                match (name, &call.args[..]) {
                    ("contains_any" | "count_any", [list]) => {
                        return self.phrases(name == "count_any", value, list, *at);
                    }
                    ("matches", [pattern]) => return self.matches(value, pattern, *at),
                    ("open_time", [to, calendar]) => {
                        let to = self.expression(to);
                        return self.open_time([value, to], calendar, *at);
                    }
                    ("contains", [item]) if !matches!(value.shape, Shape::Of(Type::Text)) => {
                        return self.contains(left, item, true, *at);
                    }
                    _ => {}
                }
                let mut args = vec![value];
                args.extend(call.args.iter().map(|it| self.expression(it)));
                self.named_call(name, args, *at)
            }
            // `a.b.c` is `a.(b.c)` in Rhai's tree.
            Expr::Dot(parts, ..) => {
                let value = self.dot(left, &parts.lhs);
                self.chain(value, &parts.rhs)
            }
            other => {
                self.expression(left);
                self.expression(other);
                self.cannot(wording::REASON_INDEX, &[])
            }
        }
    }

    /// What stands behind a second dot.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "Rhai's enum is not exhaustive: what it adds runs row by row"
    )]
    fn chain(&mut self, value: Typed, right: &Expr) -> Typed {
        match right {
            Expr::Property(property, at) => self.property(value, property.2.as_str(), *at),
            Expr::MethodCall(call, at) => {
                let mut args = vec![value];
                args.extend(call.args.iter().map(|it| self.expression(it)));
                self.named_call(canonical(call.name.as_str()), args, *at)
            }
            Expr::Dot(parts, ..) => {
                let value = self.chain(value, &parts.lhs);
                self.chain(value, &parts.rhs)
            }
            other => {
                self.expression(other);
                self.cannot(wording::REASON_INDEX, &[])
            }
        }
    }

    fn property(&mut self, value: Typed, name: &str, position: Position) -> Typed {
        let Shape::Of(ty) = value.shape else {
            return self.cannot(wording::REASON_INDEX, &[]);
        };
        let found = functions_named(canonical(name), true).find(|(_, it)| it.params == [ty]);
        if let Some((number, function)) = found {
            return match value.node {
                Some(node) => self.add(Node::Call(number, [node].into()), function.returns),
                None => Typed::of(function.returns, None),
            };
        }
        let known: Vec<_> =
            FUNCTIONS.iter().filter(|it| it.property && it.params == [ty]).map(|it| it.name).collect();
        let mut diagnostic =
            self.error(wording::UNKNOWN_PROPERTY, position).with("type", ty.name()).with("name", name);
        if functions_named(canonical(name), false).any(|(_, it)| it.params == [ty]) {
            diagnostic = diagnostic.help_with(wording::HELP_WRITE, vec![("instead", format!(".{name}()"))]);
        } else if let Some(near) = nearest(name, known) {
            diagnostic = diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]);
        }
        self.report(diagnostic)
    }

    fn phrases(&mut self, count: bool, text: Typed, list: &Expr, position: Position) -> Typed {
        let ty = if count { Type::Int } else { Type::Bool };
        if text.ty().is_some_and(|it| it != Type::Text) {
            let found = self.describe(&text);
            let name = if count { "count_any" } else { "contains_any" };
            let diagnostic = self
                .error_in_call(wording::WRONG_ARGUMENTS, position)
                .with("name", name)
                .with("found", found);
            self.report(diagnostic);
        }
        let typed = self.expression(list);
        let at = list.start_position();
        let constant = typed.node.map(|it| self.program.node(it).clone());
        let Some(Node::Constant(Constant::Text(id))) = constant else {
            let name = if count { "count_any" } else { "contains_any" };
            let diagnostic = self.error(wording::PHRASES_NOT_NAMED, at).with("name", name);
            self.report(diagnostic);
            return Typed::of(ty, None);
        };
        let known = self.names.phrases.iter().find(|it| it.id == *id).copied();
        let Some(known) = known else {
            let names: Vec<&str> = self.names.phrases.iter().map(|it| it.id.as_str()).collect();
            let near = nearest(&id, names.iter().copied()).map(str::to_owned);
            let mut diagnostic = self.error(wording::UNKNOWN_PHRASES, at).with("name", id.to_string());
            diagnostic = match near {
                Some(near) => diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near)]),
                None if names.is_empty() => diagnostic,
                None => diagnostic.help_with(wording::HELP_PHRASES, vec![("names", names.join(", "))]),
            };
            self.report(diagnostic);
            return Typed::of(ty, None);
        };
        let Some(number) = phrase_list(self.program, self.registry, self.names, &known.id) else {
            return Typed::of(ty, None);
        };
        match text.node {
            Some(node) => self.add(Node::Phrases(node, number, count), ty),
            None => Typed::of(ty, None),
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "Rhai's enum is not exhaustive: what it adds runs row by row"
    )]
    fn matches(&mut self, text: Typed, pattern: &Expr, position: Position) -> Typed {
        if text.ty().is_some_and(|it| it != Type::Text) {
            let found = self.describe(&text);
            let diagnostic = self
                .error_in_call(wording::WRONG_ARGUMENTS, position)
                .with("name", "matches")
                .with("found", found);
            self.report(diagnostic);
        }
        let pattern = match pattern {
            Expr::StringConstant(pattern, at) => Some((pattern.to_string(), *at)),
            other => {
                let typed = self.expression(other);
                let constant = typed.node.and_then(|node| {
                    if let Node::Constant(Constant::Text(text)) = self.program.node(node) {
                        Some(text.to_string())
                    } else {
                        None
                    }
                });
                constant.map(|it| (it, other.start_position()))
            }
        };
        let Some((pattern, at)) = pattern else {
            let diagnostic = self.error(wording::PATTERN_NOT_FIXED, position);
            self.report(diagnostic);
            return Typed::of(Type::Bool, None);
        };
        let number = match regex(self.program, self.registry, &pattern) {
            Ok(number) => number,
            Err(detail) => {
                let diagnostic = self.error(regex_code(&detail), at).with("detail", detail);
                self.report(diagnostic);
                return Typed::of(Type::Bool, None);
            }
        };
        match text.node {
            Some(node) => self.add(Node::Matches(node, number), Type::Bool),
            None => Typed::of(Type::Bool, None),
        }
    }

    /// `open_time(from, to, "calendar")`.
    fn open_time(&mut self, operands: [Typed; 2], calendar: &Expr, position: Position) -> Typed {
        let typed = self.expression(calendar);
        let constant = typed.node.map(|it| self.program.node(it).clone());
        let id = if let Some(Node::Constant(Constant::Text(id))) = constant { Some(id) } else { None };
        if id.is_none() || operands.iter().any(|it| it.ty().is_some_and(|it| it != Type::Time)) {
            let found = operands.iter().chain([&typed]).map(|it| self.describe(it)).collect::<Vec<_>>();
            let diagnostic = self
                .error_in_call(wording::WRONG_ARGUMENTS, position)
                .with("name", "open_time")
                .with("found", found.join(", "));
            self.report(diagnostic.help(wording::HELP_OPEN_TIME));
            return Typed::of(Type::Duration, None);
        }
        let id = id.unwrap_or_default();
        let Some(number) = self::calendar(self.program, self.registry, self.names, &id) else {
            let at = calendar.start_position();
            let known = || self.names.calendars.iter().map(|it| it.id.as_str());
            let names = known().collect::<Vec<_>>().join(", ");
            let diagnostic = self.error(wording::UNKNOWN_CALENDAR, at).with("name", id.to_string());
            let diagnostic = match nearest(&id, known()) {
                Some(near) => diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                None if names.is_empty() => diagnostic.help(wording::HELP_CALENDAR_TABLE),
                None => diagnostic.help_with(wording::HELP_CALENDAR_IDS, vec![("names", names)]),
            };
            self.report(diagnostic);
            return Typed::of(Type::Duration, None);
        };
        match operands.map(|it| it.node) {
            [Some(from), Some(to)] => self.add(Node::OpenTime(from, to, number), Type::Duration),
            _ => Typed::of(Type::Duration, None),
        }
    }

    /// `date("2026-03-02")`, `time("…")`, `amount("3bd")`.
    fn literal(&mut self, name: &str, text: &str, position: Position) -> Typed {
        let zone = self.program.zone.clone();
        let (ty, value) = match name {
            "date" => (Type::Date, parse_iso_date(text).map(Value::Date)),
            "time" => (Type::Time, read_time(text, &zone).map(Value::Time)),
            _ => (Type::Amount, text.parse::<Amount>().ok().map(Value::Amount)),
        };
        match value {
            Some(value) => self.value(&value),
            None => {
                let diagnostic =
                    self.error(wording::BAD_LITERAL, position).with("text", text).with("type", ty.name());
                self.report(diagnostic);
                Typed::of(ty, None)
            }
        }
    }
}

/// The number of a phrase list in the program, registered if need be; `None` where the pack has none of that name.
pub(in crate::script) fn phrase_list(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    id: &str,
) -> Option<u32> {
    let known = names.phrases.iter().find(|it| it.id == id)?;
    // Lists of different packs may share an id: the place tells them apart.
    let key = format!("{:?}", known.place);
    if let Some(number) = registry.phrases.get(&key) {
        return Some(*number);
    }
    program.phrases.push(PhraseMatcher::new(&known.words, known.fold).ok()?);
    let number = u32::try_from(program.phrases.len() - 1).unwrap_or(u32::MAX);
    registry.phrases.insert(key, number);
    Some(number)
}

/// The number of a calendar in the program, registered if need be; `None` where the project has none of
/// that id.
pub(in crate::script) fn calendar(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    id: &str,
) -> Option<u32> {
    if let Some(number) = registry.calendars.get(id) {
        return Some(*number);
    }
    let known = names.calendars.iter().find(|it| it.id == id)?;
    program.calendars.push((known.id.clone(), known.ready()));
    let number = u32::try_from(program.calendars.len() - 1).unwrap_or(u32::MAX);
    registry.calendars.insert(id.to_owned(), number);
    Some(number)
}

/// The number of a regular expression in the program, registered if need be.
///
/// # Errors
/// What is wrong with it.
pub(in crate::script) fn regex(
    program: &mut Program,
    registry: &mut Registry,
    pattern: &str,
) -> Result<u32, String> {
    if let Some(number) = registry.regexes.get(pattern) {
        return Ok(*number);
    }
    let built = regex::RegexBuilder::new(pattern).size_limit(REGEX_SIZE_MAX).build();
    let regex = built.map_err(|error| {
        let said = error.to_string();
        said.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
    })?;
    program.regexes.push(regex);
    let number = u32::try_from(program.regexes.len() - 1).unwrap_or(u32::MAX);
    registry.regexes.insert(pattern.to_owned(), number);
    Ok(number)
}

/// The names of everything that can be called.
pub(in crate::script) fn function_names(names: &Names<'_>, definitions: &Definitions<'_>) -> Vec<String> {
    let typed = FUNCTIONS.iter().filter(|it| !it.property).map(|it| it.name);
    let rows = ROW_FUNCTIONS.iter().map(|it| it.name);
    let table =
        typed.chain(rows).chain(SPECIAL_FORMS.iter().map(|it| it.name)).chain(ALIASES.iter().map(|it| it.0));
    let own = names.tables.iter().map(|it| snake_case(&it.id));
    table.map(str::to_owned).chain(own).chain(definitions.names().map(str::to_owned)).collect()
}

/// An ISO time, on `zone`'s clock unless it gives an offset.
pub(crate) fn read_time(text: &str, zone: &Zone) -> Option<i64> {
    let time = parse_iso_time(text)?;
    Some(match time.offset {
        Some(offset) => time.local - offset * MICROS_PER_SECOND,
        None => zone.to_utc(time.local).0,
    })
}

fn fold_named(name: &str) -> Option<Fold> {
    Some(match name {
        "len" => Fold::Len,
        "sum" => Fold::Sum,
        "mean" => Fold::Mean,
        "min" => Fold::Min,
        "max" => Fold::Max,
        _ => return None,
    })
}
