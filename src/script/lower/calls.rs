//! Calls: functions of the table, decision tables, phrase lists, properties; Rhai's own functions
//! run row by row.

use super::{Lowering, Shape, Typed, names::cell_text};
use crate::{
    calendar::{Zone, parse_iso_date, parse_iso_time},
    diagnostic::nearest,
    expr::{Constant, DecisionTable, FUNCTIONS, Fold, Node, PhraseMatcher, functions_named},
    record::{Amount, Element, MICROS_PER_SECOND, Type, Value},
    rule::{Table, TableCell},
    script::snake_case,
    wording,
};
use rhai::{Expr, FnCallExpr, Position};

/// Functions of Rhai's own library that rules may call; they run row by row. What is not here is
/// unknown, so that a typing error is seen before any record is.
pub(crate) const NATIVE: &[&str] = &[
    "all",
    "any",
    "bytes",
    "chars",
    "clear",
    "contains",
    "crop",
    "dedup",
    "drain",
    "ends_with",
    "extract",
    "filter",
    "find",
    "find_map",
    "for_each",
    "get",
    "index_of",
    "insert",
    "is_empty",
    "keys",
    "len",
    "map",
    "mixin",
    "order",
    "pad",
    "parse_float",
    "parse_int",
    "pop",
    "push",
    "range",
    "reduce",
    "reduce_rev",
    "remove",
    "replace",
    "retain",
    "reverse",
    "set",
    "shift",
    "some",
    "sort",
    "splice",
    "split",
    "split_rev",
    "starts_with",
    "sub_string",
    "to_array",
    "to_float",
    "to_int",
    "to_lower",
    "to_string",
    "to_upper",
    "truncate",
    "values",
    "zip",
    "append",
    "chop",
    "make_lower",
    "make_upper",
    "to_chars",
    "sqrt",
    "exp",
    "ln",
    "log",
    "sin",
    "cos",
    "tan",
    "hypot",
    "is_nan",
    "is_finite",
    "is_infinite",
    "sign",
    "is_zero",
    "is_odd",
    "is_even",
    "ceiling",
    "int",
    "fraction",
    "to_decimal",
    "print",
    "debug",
];

/// Words of Rhai that reach beyond a record or tell absence from presence behind our back.
const FORBIDDEN: &[&str] =
    &["eval", "type_of", "import", "is_def_var", "is_def_fn", "is_shared", "sleep", "timestamp", "Fn"];

pub(super) const VERDICTS: &[&str] = &["pass", "fail", "not_applicable"];

impl Lowering<'_> {
    /// A call or an operator.
    pub(super) fn call(&mut self, call: &FnCallExpr, position: Position) -> Typed {
        let (name, args) = (call.name.as_str(), &call.args);
        // `x in list` is `contains(list, x)` in Rhai's tree, without an operator's token.
        if let ("contains", [container, item]) = (name, &args[..]) {
            return self.contains(container, item, position);
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
        if let ("date" | "time" | "amount", [Expr::StringConstant(text, at)]) = (name, &args[..]) {
            return self.literal(name, text, *at);
        }
        let args: Vec<Typed> = args.iter().map(|it| self.expression(it)).collect();
        self.named_call(name, args, position)
    }

    fn named_call(&mut self, name: &str, args: Vec<Typed>, position: Position) -> Typed {
        let table = self.names.tables.iter().find(|it| snake_case(&it.id) == name).copied();
        if let Some(table) = table {
            return self.table_call(table, args, position);
        }
        if FORBIDDEN.contains(&name) {
            return self.forbidden(name, position, wording::HELP_FORBIDDEN_POWERS);
        }
        if matches!(name, "curry" | "call") {
            return self.cannot(wording::REASON_CLOSURE, &[]);
        }
        if VERDICTS.contains(&name) {
            return self.cannot(wording::REASON_VERDICT, &[("name", name)]);
        }
        if self.own_functions.iter().any(|it| it == name) {
            return self.cannot(wording::REASON_CLOSURE, &[]);
        }
        if let (Some(fold), [one]) = (fold_named(name), &args[..])
            && let Shape::Of(Type::List(element)) = one.shape
        {
            return self.fold_list(fold, one, element, position);
        }
        if functions_named(name, false).next().is_some() {
            return self.function_call(name, args, position);
        }
        if NATIVE.contains(&name) || fold_named(name).is_some() {
            return self.cannot(wording::REASON_FUNCTION, &[("name", name)]);
        }
        self.unknown_call(name, &args, position)
    }

    fn is_missing(&mut self, args: &[Expr], position: Position) -> Typed {
        let known = Typed::of(Type::Bool, None);
        let [arg] = args else {
            let found = format!("{} …", args.len());
            let diagnostic = self
                .error_in_call(wording::WRONG_ARGUMENTS, position)
                .with("name", "is_missing")
                .with("found", found);
            self.report(diagnostic);
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
        if NATIVE.contains(&name) && types.iter().any(is_list) {
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
            (_, Element::Bool | Element::Text) => return self.bad_list(list, position),
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
                let value = self.expression(left);
                self.property(value, property.2.as_str(), *at)
            }
            Expr::MethodCall(call, at) => {
                let name = call.name.as_str();
                if name == "is_missing" {
                    return self.is_missing(std::slice::from_ref(left), *at);
                }
                let value = self.expression(left);
                match (name, &call.args[..]) {
                    ("contains_any" | "count_any", [list]) => {
                        return self.phrases(name == "count_any", value, list, *at);
                    }
                    ("matches", [pattern]) => return self.matches(value, pattern, *at),
                    ("contains", [item]) if !matches!(value.shape, Shape::Of(Type::Text)) => {
                        return self.contains(left, item, *at);
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
                self.named_call(call.name.as_str(), args, *at)
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
        let found = functions_named(name, true).find(|(_, it)| it.params == [ty]);
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
        if let Some(near) = nearest(name, known) {
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
        let Expr::StringConstant(id, at) = list else {
            self.expression(list);
            self.cannot(wording::REASON_FUNCTION, &[("name", "contains_any")]);
            return Typed::of(ty, None);
        };
        let known = self.names.phrases.iter().find(|it| it.id == id.as_str()).copied();
        let Some(known) = known else {
            let names: Vec<&str> = self.names.phrases.iter().map(|it| it.id.as_str()).collect();
            let near = nearest(id, names.iter().copied()).map(str::to_owned);
            let mut diagnostic = self.error(wording::UNKNOWN_PHRASES, *at).with("name", id.as_str());
            diagnostic = match near {
                Some(near) => diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near)]),
                None if names.is_empty() => diagnostic,
                None => diagnostic.help_with(wording::HELP_PHRASES, vec![("names", names.join(", "))]),
            };
            self.report(diagnostic);
            return Typed::of(ty, None);
        };
        // Lists of different packs may share an id: the place tells them apart.
        let key = format!("{:?}", known.place);
        let number = match self.registry.phrases.get(&key) {
            Some(number) => *number,
            None => match PhraseMatcher::new(&known.words, known.fold) {
                Ok(matcher) => {
                    self.program.phrases.push(matcher);
                    let number = u32::try_from(self.program.phrases.len() - 1).unwrap_or(u32::MAX);
                    self.registry.phrase_ids.push((self.names.pack.clone(), known.id.clone(), number));
                    self.registry.phrases.insert(key, number);
                    number
                }
                Err(detail) => {
                    let diagnostic = self.error(wording::BAD_REGEX, *at).with("detail", detail);
                    return self.report(diagnostic);
                }
            },
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
            self.cannot(wording::REASON_FUNCTION, &[("name", "matches")]);
            return Typed::of(Type::Bool, None);
        };
        let number = match self.registry.regexes.get(&pattern) {
            Some(number) => *number,
            None => match regex::RegexBuilder::new(&pattern).size_limit(1 << 20).build() {
                Ok(regex) => {
                    self.program.regexes.push(regex);
                    let number = u32::try_from(self.program.regexes.len() - 1).unwrap_or(u32::MAX);
                    self.registry.regexes.insert(pattern, number);
                    number
                }
                Err(error) => {
                    let said = error.to_string();
                    let detail =
                        said.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                    let diagnostic = self.error(wording::BAD_REGEX, at).with("detail", detail);
                    self.report(diagnostic);
                    return Typed::of(Type::Bool, None);
                }
            },
        };
        match text.node {
            Some(node) => self.add(Node::Matches(node, number), Type::Bool),
            None => Typed::of(Type::Bool, None),
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

    fn table_call(&mut self, table: &Table, args: Vec<Typed>, position: Position) -> Typed {
        let known = Typed::of(table.output, None);
        if args.len() != table.inputs.len() {
            let found = args.iter().map(|it| self.describe(it)).collect::<Vec<_>>().join(", ");
            let signature = format!("{}({})", snake_case(&table.id), table.inputs.join(", "));
            let diagnostic = self
                .error_in_call(wording::WRONG_ARGUMENTS, position)
                .with("name", table.id.clone())
                .with("found", found);
            let diagnostic = diagnostic.help_with(wording::HELP_SIGNATURES, vec![("signatures", signature)]);
            self.report(diagnostic);
            return known;
        }
        if args.iter().any(|it| it.ty().is_none()) {
            self.cannot(wording::REASON_FUNCTION, &[("name", &table.id)]);
            return known;
        }
        for arg in &args {
            self.note_coded(arg);
        }
        let types: Vec<Type> = args.iter().filter_map(Typed::ty).collect();
        let Some(number) = self.compiled_table(table, &types) else { return known };
        if table.output == Type::Amount {
            self.cannot(wording::REASON_FUNCTION, &[("name", &table.id)]);
            return known;
        }
        match args.iter().map(|it| it.node).collect::<Option<Box<[_]>>>() {
            Some(nodes) => self.add(Node::Table(number, nodes), table.output),
            None => known,
        }
    }

    /// The table for inputs of these types, its cells read as them.
    fn compiled_table(&mut self, table: &Table, types: &[Type]) -> Option<u32> {
        let key = format!("{:?} {types:?}", table.place);
        if let Some(number) = self.registry.tables.get(&key) {
            return Some(*number);
        }
        let (mut cells, mut wrong) = (Vec::new(), false);
        for row in &table.rows {
            let mut line = Vec::new();
            for (index, cell) in row.cells.iter().enumerate() {
                let read = match cell {
                    TableCell::Any => Some(None),
                    TableCell::Is(value) => read_cell(value, types[index], &self.program.zone).map(Some),
                };
                line.push(read.unwrap_or_else(|| {
                    wrong = true;
                    let found =
                        if let TableCell::Is(value) = cell { cell_text(value) } else { String::new() };
                    let place = row.places.get(index).unwrap_or(&row.place).clone();
                    let diagnostic = crate::diagnostic::Diagnostic::error(wording::BAD_TABLE_CELL).at(place);
                    let diagnostic =
                        diagnostic.with("found", found).with("input", table.inputs[index].clone());
                    self.diagnostics.push(diagnostic.with("type", types[index].name()));
                    None
                }));
            }
            cells.push(line);
        }
        let answers: Vec<Constant> =
            table.rows.iter().filter_map(|it| Constant::from_value(&it.output)).collect();
        if wrong {
            return None;
        }
        let inputs = types.to_vec();
        self.program.tables.push(DecisionTable {
            id: table.id.clone(),
            inputs,
            output: table.output,
            cells,
            answers,
        });
        let number = u32::try_from(self.program.tables.len() - 1).ok()?;
        self.registry.tables.insert(key, number);
        self.registry.table_names.push((self.names.pack.clone(), snake_case(&table.id), number));
        Some(number)
    }
}

/// A cell's value as an input's type.
fn read_cell(value: &Value, ty: Type, zone: &Zone) -> Option<Constant> {
    #[expect(clippy::cast_precision_loss, reason = "that is what a float is")]
    match (value, ty) {
        (Value::Int(it), Type::Float) => Some(Constant::Float((*it as f64).to_bits())),
        (Value::Int(it), Type::Decimal) => Some(Constant::Decimal((*it).into())),
        (Value::Text(it), Type::Date) => parse_iso_date(it).map(Constant::Int),
        (Value::Text(it), Type::Time) => read_time(it, zone).map(Constant::Int),
        (Value::Bool(_), Type::Bool)
        | (Value::Int(_), Type::Int)
        | (Value::Float(_), Type::Float)
        | (Value::Text(_), Type::Text)
        | (Value::Date(_), Type::Date)
        | (Value::Time(_), Type::Time)
        | (Value::Duration(_), Type::Duration)
        | (Value::Decimal(_), Type::Decimal) => Constant::from_value(value),
        _ => None,
    }
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
