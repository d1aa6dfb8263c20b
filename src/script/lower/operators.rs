//! Operators: logic, comparison, arithmetic, membership, defaults.

use super::{Lowering, Shape, Typed};
use crate::{
    diagnostic::{Diagnostic, Level, nearest},
    expr::{Arithmetic, Comparison, Constant, ExprId, Node, Set, fold_text},
    record::{Decimal, Element, Type},
    script::habits,
    wording::{self, Wording},
};
use rhai::{Expr, Position};
use std::str::FromStr;

impl Lowering<'_> {
    /// `&&` and `||`.
    pub(super) fn logical(&mut self, parts: &[Expr], _position: Position, operator: &str) -> Typed {
        let nodes: Vec<Option<ExprId>> = parts.iter().map(|it| self.boolean(it)).collect();
        match nodes.into_iter().collect::<Option<Vec<_>>>() {
            Some(nodes) if operator == "&&" => self.add(Node::And(nodes.into()), Type::Bool),
            Some(nodes) => self.add(Node::Or(nodes.into()), Type::Bool),
            None => Typed::of(Type::Bool, None),
        }
    }

    /// `a ?? b ?? c`.
    pub(super) fn coalesce(&mut self, parts: &[Expr], position: Position) -> Typed {
        let mut all: Vec<Typed> = parts.iter().map(|it| self.expression(it)).collect();
        for (part, typed) in parts.iter().zip(&all).skip(1) {
            self.warn_of_operator(part, typed);
        }
        let Some(mut result) = all.pop() else { return Typed::unknown() };
        while let Some(value) = all.pop() {
            let default = result;
            let numbers = self.same_numbers(value.clone(), default.clone());
            result = match (value.ty(), default.ty()) {
                // What follows depends on which of them it is: `(m ?? 2.5) / 2` is 1 where `m` is 3.
                (Some(ty), Some(other)) if ty != other && numbers.0.ty() == numbers.1.ty() => {
                    self.cannot(wording::REASON_MIXED, &[])
                }
                (Some(ty), Some(other)) if ty != other => {
                    let diagnostic = self.error_over(wording::UNLIKE_TYPES, &[&value, &default], position);
                    let diagnostic = diagnostic.with("left", ty.name()).with("right", other.name());
                    self.report(diagnostic)
                }
                (Some(ty), _) => match (value.node, default.node) {
                    (Some(value), Some(default)) => self.add(Node::Coalesce(value, default), ty),
                    _ => Typed::of(ty, None),
                },
                (None, _) => Typed::unknown(),
            };
        }
        result
    }

    /// `a ?? 3 * 8` means `a ?? 24`: a default that is reckoned is rarely meant.
    fn warn_of_operator(&mut self, part: &Expr, typed: &Typed) {
        let Expr::FnCall(call, _) = part else { return };
        let written = call.op_token.is_some() && call.args.len() == 2;
        if written && typed.ty().is_some() && !self.is_in_brackets(typed) {
            let place = self.script.place(typed.span.clone());
            let text = self.tokens.slice(typed.span.clone()).to_owned();
            let diagnostic = Diagnostic::warning(wording::COALESCE_OPERATOR).with("text", text).at(place);
            self.report(diagnostic.help(wording::HELP_COALESCE));
        }
    }

    /// True where the token before the expression opens a bracket.
    fn is_in_brackets(&self, typed: &Typed) -> bool {
        self.tokens.before(typed.span.start).is_some_and(|it| self.tokens.text(it) == "(")
    }

    /// Operators of one operand.
    pub(super) fn unary(&mut self, operator: &str, operand: &Expr, position: Position) -> Typed {
        if operator == "!" {
            return match self.boolean(operand) {
                Some(node) => self.add(Node::Not(node), Type::Bool),
                None => Typed::of(Type::Bool, None),
            };
        }
        let typed = self.expression(operand);
        match (&typed.shape, typed.node) {
            (Shape::Of(ty @ (Type::Int | Type::Float | Type::Decimal | Type::Duration)), node) => {
                match (operator, node) {
                    ("-", Some(node)) => self.add(Node::Negate(node), *ty),
                    _ => typed,
                }
            }
            (Shape::Unknown, _) => typed,
            _ => self.bad_operands(operator, &[&typed], position),
        }
    }

    fn bad_operands(&mut self, operator: &str, operands: &[&Typed], position: Position) -> Typed {
        let found = operands.iter().map(|it| self.describe(it)).collect::<Vec<_>>().join(", ");
        let mut diagnostic = self
            .error_over(wording::BAD_OPERANDS, operands, position)
            .with("operator", operator)
            .with("found", found);
        let types: Vec<_> = operands.iter().filter_map(|it| it.ty()).collect();
        if types.contains(&Type::Duration) && (types.contains(&Type::Int) || types.contains(&Type::Float)) {
            diagnostic = diagnostic.help(wording::HELP_DURATION);
        }
        if types.contains(&Type::Time) && (types.contains(&Type::Int) || types.contains(&Type::Float)) {
            diagnostic = diagnostic.help(wording::HELP_DURATION);
        }
        if types.contains(&Type::Decimal) && types.contains(&Type::Float) {
            diagnostic = diagnostic.help(wording::HELP_DECIMAL);
        }
        if let Some(name) =
            operands.iter().find(|it| it.ty() == Some(Type::Text)).and_then(|it| it.name.clone())
        {
            diagnostic = diagnostic.help_with(wording::HELP_TEXT_NUMBER, vec![("name", name)]);
        }
        self.report(diagnostic)
    }

    /// Brings two numbers to one type: int meets float as float, and decimal as decimal; a float
    /// literal meets a decimal as the decimal it was written as.
    pub(super) fn same_numbers(&mut self, left: Typed, right: Typed) -> (Typed, Typed) {
        match (left.ty(), right.ty()) {
            (Some(Type::Int), Some(Type::Float)) => (self.to(left, Type::Float), right),
            (Some(Type::Float), Some(Type::Int)) => (left, self.to(right, Type::Float)),
            (Some(Type::Int | Type::Float), Some(Type::Decimal)) => (self.to(left, Type::Decimal), right),
            (Some(Type::Decimal), Some(Type::Int | Type::Float)) => (left, self.to(right, Type::Decimal)),
            _ => (left, right),
        }
    }

    /// A number as another type of number, where that can be done exactly enough.
    pub(super) fn to(&mut self, typed: Typed, ty: Type) -> Typed {
        let Some(node) = typed.node else {
            return if typed.ty() == Some(Type::Int) {
                Typed { span: typed.span, ..Typed::of(ty, None) }
            } else {
                typed
            };
        };
        match (typed.ty(), ty) {
            (Some(Type::Int), Type::Float) => {
                Typed { span: typed.span, ..self.add(Node::ToFloat(node), Type::Float) }
            }
            (Some(Type::Int), Type::Decimal) => {
                Typed { span: typed.span, ..self.add(Node::ToDecimal(node), Type::Decimal) }
            }
            (Some(Type::Float), Type::Decimal) => {
                let written = if let Node::Constant(Constant::Float(bits)) = self.program.node(node) {
                    Decimal::from_str(&f64::from_bits(*bits).to_string()).ok()
                } else {
                    None
                };
                match written {
                    Some(decimal) => {
                        Typed { span: typed.span, ..self.constant(Constant::Decimal(decimal), Type::Decimal) }
                    }
                    None => typed,
                }
            }
            _ => typed,
        }
    }

    /// Operators of two operands.
    pub(super) fn binary(&mut self, operator: &str, left: &Expr, right: &Expr, position: Position) -> Typed {
        let comparison = Comparison::from_symbol(operator);
        let arithmetic = Arithmetic::from_symbol(operator);
        let left = self.expression(left);
        let right = self.expression(right);
        if let Some(comparison) = comparison {
            return self.comparison(comparison, left, right, position);
        }
        if let Some(arithmetic) = arithmetic {
            return self.arithmetic(arithmetic, operator, left, right, position);
        }
        match operator {
            ".." | "..=" => {
                Typed { shape: Shape::Range(Box::new((left, right)), operator == "..="), ..Typed::unknown() }
            }
            "&" | "|" | "^" | "<<" | ">>" => self.no_operator(operator, position),
            _ => self.cannot(wording::REASON_FUNCTION, &[("name", operator)]),
        }
    }

    /// An operator on bits, which Rhai has and the rule language has not.
    fn no_operator(&mut self, operator: &str, position: Position) -> Typed {
        let diagnostic = self.error(wording::FORBIDDEN, position).with("name", operator);
        self.report(match operator {
            "&" | "|" => {
                let arguments = vec![("found", operator.to_owned()), ("instead", operator.repeat(2))];
                diagnostic.help_with(wording::HELP_WORD_OPERATOR, arguments)
            }
            _ => diagnostic.help(wording::HELP_OPERATORS),
        })
    }

    fn comparison(&mut self, comparison: Comparison, left: Typed, right: Typed, position: Position) -> Typed {
        if matches!(left.shape, Shape::Unit) || matches!(right.shape, Shape::Unit) {
            let diagnostic = self.error_over(wording::COMPARES_UNIT, &[&left, &right], position);
            let name = left.name.or(right.name).unwrap_or_else(|| "…".to_owned());
            let diagnostic = diagnostic.help_with(wording::HELP_IS_MISSING, vec![("name", name)]);
            self.report(diagnostic);
            return Typed::of(Type::Bool, None);
        }
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        // `grade < "C"` may well name an end that no record has.
        if !ordered {
            self.check_choice(&left, &right);
            self.check_choice(&right, &left);
        }
        let (left, right) = self.same_numbers(left, right);
        let (Shape::Of(left_ty), Shape::Of(right_ty)) = (&left.shape, &right.shape) else {
            let lists =
                [&left, &right].into_iter().any(|it| matches!(it.shape, Shape::List(_) | Shape::Range(..)));
            let (a, b) = (self.describe(&left), self.describe(&right));
            if lists
                && !matches!(left.shape, Shape::Unknown)
                && !matches!(right.shape, Shape::Unknown)
                && a != b
                && (ordered || !is_list_of(&left, &right))
            {
                self.unlike(&left, &right, position);
            } else {
                self.cannot(wording::REASON_LIST, &[]);
            }
            return Typed::of(Type::Bool, None);
        };
        if left_ty != right_ty {
            self.unlike(&left, &right, position);
            return Typed::of(Type::Bool, None);
        }
        if ordered && *left_ty == Type::Amount {
            let diagnostic = self.error_over(wording::AMOUNTS_UNORDERED, &[&left, &right], position);
            self.report(diagnostic.help(wording::HELP_AMOUNTS_UNORDERED));
            return Typed::of(Type::Bool, None);
        }
        if ordered && *left_ty == Type::Bool {
            self.no_order(&left, &right, position);
            return Typed::of(Type::Bool, None);
        }
        if matches!(left_ty, Type::List(_) | Type::Amount) {
            self.cannot(wording::REASON_LIST, &[]);
            return Typed::of(Type::Bool, None);
        }
        if *left_ty == Type::Text {
            self.note_coded(&left);
            self.note_coded(&right);
        }
        match (left.node, right.node) {
            (Some(left), Some(right)) => self.add(Node::Compare(comparison, left, right), Type::Bool),
            _ => Typed::of(Type::Bool, None),
        }
    }

    /// `signed > false`.
    fn no_order(&mut self, left: &Typed, right: &Typed, position: Position) {
        let diagnostic = self.error_over(wording::BOOL_ORDER, &[left, right], position);
        let diagnostic = match (&left.name, &right.name) {
            (Some(name), None) | (None, Some(name)) => {
                diagnostic.help_with(wording::HELP_BOOL_ALONE, vec![("name", name.clone())])
            }
            _ => diagnostic,
        };
        self.report(diagnostic);
    }

    /// A dictionary pays for a column whose texts are compared.
    pub(super) fn note_coded(&mut self, typed: &Typed) {
        if let Some(node) = typed.node
            && let Node::Field(column) = self.program.node(node)
            && !self.registry.coded.contains(column)
        {
            self.registry.coded.push(*column);
        }
    }

    fn unlike(&mut self, left: &Typed, right: &Typed, position: Position) {
        let (a, b) = (self.describe(left), self.describe(right));
        let mut diagnostic =
            self.error_over(wording::UNLIKE_TYPES, &[left, right], position).with("left", a).with("right", b);
        let types = (left.ty(), right.ty());
        let is =
            |one: Type, other: Type| types == (Some(one), Some(other)) || types == (Some(other), Some(one));
        if let Some((wording, instead)) = self.meant_instead(left, right) {
            let arguments = vec![("instead", instead.clone()), ("name", instead)];
            return self.report_only(diagnostic.help_with(wording, arguments));
        }
        if is(Type::Date, Type::Time) {
            diagnostic = diagnostic.help(wording::HELP_DATE_TIME);
        } else if is(Type::Duration, Type::Int) || is(Type::Duration, Type::Float) {
            diagnostic = diagnostic.help(wording::HELP_DURATION).help(wording::HELP_DURATION_NUMBER);
        } else if is(Type::Decimal, Type::Float) {
            diagnostic = diagnostic.help(wording::HELP_DECIMAL);
        } else if is(Type::Text, Type::Int) || is(Type::Text, Type::Float) {
            let text = if left.ty() == Some(Type::Text) { left } else { right };
            diagnostic = match text.name.clone() {
                Some(name) => diagnostic.help_with(wording::HELP_TEXT_NUMBER, vec![("name", name)]),
                None => diagnostic.help(wording::HELP_NUMBER_IN_QUOTES),
            };
        } else if is(Type::Time, Type::Text) {
            diagnostic = diagnostic.help(wording::HELP_TIME_LITERAL);
        } else if is(Type::Date, Type::Text) {
            diagnostic = diagnostic.help(wording::HELP_DATE_LITERAL);
        }
        self.report(diagnostic);
    }

    fn report_only(&mut self, diagnostic: Diagnostic) {
        self.report(diagnostic);
    }

    /// What was meant by two unlike values: a date without quotes, a chain of comparisons, a truth in
    /// quotes.
    fn meant_instead(&self, left: &Typed, right: &Typed) -> Option<(Wording, String)> {
        let text = |it: &Typed| self.tokens.slice(it.span.clone());
        let timely = |it: &Typed| matches!(it.ty(), Some(Type::Date | Type::Time));
        for (one, other) in [(left, right), (right, left)] {
            if let Some(date) = timely(one).then(|| habits::date(text(other))).flatten() {
                return Some((wording::HELP_DATE_INSTEAD, date));
            }
            if let (Some(Type::Bool), Some(name)) = (one.ty(), &one.name) {
                return Some((wording::HELP_BOOL_LITERAL, name.clone()));
            }
        }
        let (first, second) = (text(left), text(right));
        let signs = ["<=", ">=", "==", "!=", "<", ">"];
        let (at, sign) =
            signs.iter().filter_map(|it| first.rfind(it).map(|at| (at, it.len()))).max_by_key(|it| it.0)?;
        let middle = first.get(at + sign..)?.trim();
        let between = self.tokens.slice(left.span.end..right.span.start).trim();
        let is_chain =
            left.ty() == Some(Type::Bool) && !first.contains(['(', '&', '|']) && signs.contains(&between);
        is_chain.then(|| (wording::HELP_WRITE, format!("{first} && {middle} {between} {second}")))
    }

    /// A choice that is compared with a text outside its list.
    pub(super) fn check_choice(&mut self, choice: &Typed, value: &Typed) {
        let (Some((name, choices)), Some(node)) = (&choice.choices, value.node) else { return };
        let Node::Constant(Constant::Text(text)) = self.program.node(node) else { return };
        let text = text.to_string();
        if choices.contains(&text) {
            return;
        }
        let spelt = choices.iter().find(|it| is_spelling(it, &text)).cloned();
        // What stands there may be a parameter or a local name: then that is the place.
        let span = if value.span.is_empty() { choice.span.clone() } else { value.span.clone() };
        let near = nearest(&text, choices.iter().map(String::as_str)).map(str::to_owned);
        let mut diagnostic = Diagnostic::error(wording::IMPOSSIBLE_CHOICE)
            .with("name", name.clone())
            .with("value", text)
            .at(self.script.place(span));
        // Packs of the product do not know what a house calls its choices.
        if self.is_of_product() {
            diagnostic.level = Level::Warning;
        }
        if let Some(spelt) = spelt {
            diagnostic = diagnostic.help_with(wording::HELP_SPELLING, vec![("name", spelt)]);
        } else if let Some(near) = near {
            diagnostic = diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near)]);
        }
        let diagnostic =
            diagnostic.help_with(wording::HELP_POSSIBLE_VALUES, vec![("names", choices.join(", "))]);
        self.report(diagnostic);
    }

    /// True for a rule of a pack of the product, which names the values of several houses.
    fn is_of_product(&self) -> bool {
        self.script.file.starts_with("builtin:")
    }

    /// True where a list holds something that the choice can be.
    fn has_possible(&self, choice: &Typed, parts: &[Typed]) -> bool {
        let Some((_, choices)) = &choice.choices else { return true };
        parts.iter().filter_map(|it| it.node).any(|it| {
            let Node::Constant(Constant::Text(text)) = self.program.node(it) else { return true };
            choices.iter().any(|it| **it == **text)
        })
    }

    fn arithmetic(
        &mut self,
        arithmetic: Arithmetic,
        operator: &str,
        left: Typed,
        right: Typed,
        position: Position,
    ) -> Typed {
        let (left, right) = self.same_numbers(left, right);
        let (Some(a), Some(b)) = (left.ty(), right.ty()) else {
            let wrong = [&left, &right].into_iter().any(|it| matches!(it.shape, Shape::Unit));
            if wrong {
                return self.bad_operands(operator, &[&left, &right], position);
            }
            return self.cannot(wording::REASON_LIST, &[]);
        };
        // `2026/3/1` is a date that lacks its quotes; what it is compared with tells so.
        let text = self.tokens.slice(left.span.start..right.span.end.max(left.span.start));
        let of_constants = text.chars().all(|it| it.is_ascii_digit() || matches!(it, '/' | ' '));
        if a == Type::Int && b == Type::Int && arithmetic == Arithmetic::Divide && !of_constants {
            let mut diagnostic = self.error_over(wording::INT_DIVISION, &[&left, &right], position);
            diagnostic.level = Level::Warning;
            self.report(diagnostic.help(wording::HELP_INT_DIVISION));
        }
        let joins = |it: Type| matches!(it, Type::Text | Type::Int | Type::Float | Type::Bool);
        if arithmetic == Arithmetic::Add && (a == Type::Text || b == Type::Text) && joins(a) && joins(b) {
            self.cannot(wording::REASON_INTERPOLATION, &[]);
            return Typed::of(Type::Text, None);
        }
        let Some(ty) = arithmetic_type(arithmetic, a, b) else {
            return self.bad_operands(operator, &[&left, &right], position);
        };
        let (Some(left_node), Some(right_node)) = (left.node, right.node) else { return Typed::of(ty, None) };
        // Both sides are ints inside but for durations that are scaled or divided.
        match (a, b) {
            (Type::Duration, Type::Float) | (Type::Float, Type::Duration) => {
                self.cannot(wording::REASON_FUNCTION, &[("name", operator)]);
                Typed::of(ty, None)
            }
            (Type::Duration, Type::Duration) if arithmetic == Arithmetic::Divide => {
                let left = self.program.add(Node::ToFloat(left_node), Type::Float);
                let right = self.program.add(Node::ToFloat(right_node), Type::Float);
                self.add(Node::Arithmetic(arithmetic, left, right), Type::Float)
            }
            (Type::Date, Type::Date) => {
                let days = self.program.add(Node::Arithmetic(arithmetic, left_node, right_node), Type::Int);
                let day = self.program.constant(Constant::Int(86_400_000_000), Type::Int);
                self.add(Node::Arithmetic(Arithmetic::Multiply, days, day), Type::Duration)
            }
            _ => self.add(Node::Arithmetic(arithmetic, left_node, right_node), ty),
        }
    }

    /// `item in container`; Rhai reads it as `contains(container, item)`.
    pub(super) fn contains(
        &mut self,
        container: &Expr,
        item: &Expr,
        list_first: bool,
        position: Position,
    ) -> Typed {
        let (item, container) = if list_first {
            let container = self.expression(container);
            (self.expression(item), container)
        } else {
            (self.expression(item), self.expression(container))
        };
        let known = Typed::of(Type::Bool, None);
        let word = if list_first { "contains" } else { "in" };
        match (&container.shape, &item.shape) {
            (Shape::Of(Type::Text), Shape::Of(Type::Text)) => match (item.node, container.node) {
                (Some(item), Some(text)) => self.add(Node::InText(item, text), Type::Bool),
                _ => known,
            },
            (Shape::Of(Type::List(element)), Shape::Of(_)) => {
                let item = if *element == Element::Float { self.to(item, Type::Float) } else { item };
                if item.ty() != Some(element.as_type()) {
                    self.unlike(&item, &Typed::of(element.as_type(), None), position);
                    return known;
                }
                match (item.node, container.node) {
                    (Some(item), Some(list)) => self.add(Node::InList(item, list, list_first), Type::Bool),
                    _ => known,
                }
            }
            (Shape::List(parts), Shape::Of(_)) => {
                let parts = parts.clone();
                self.in_constants(item, parts, position)
            }
            (Shape::Range(ends, inclusive), Shape::Of(_)) => {
                let ((from, to), inclusive) = ((ends.0.clone(), ends.1.clone()), *inclusive);
                for end in [&from, &to] {
                    if end.ty() != item.ty() {
                        self.unlike(&item, end, position);
                        return known;
                    }
                }
                if item.ty() != Some(Type::Int) {
                    return self.bad_operands(word, &[&item], position);
                }
                match (item.node, from.node, to.node) {
                    (Some(item), Some(from), Some(to)) => {
                        self.add(Node::InRange(item, from, to, inclusive), Type::Bool)
                    }
                    _ => known,
                }
            }
            (Shape::Unknown, _) | (_, Shape::Unknown) => {
                self.cannot(wording::REASON_LIST, &[]);
                known
            }
            _ => {
                let operands = if list_first { [&container, &item] } else { [&item, &container] };
                self.bad_operands(word, &operands, position);
                known
            }
        }
    }

    /// `x in [constants]`; a list with values of fields in it is built row by row.
    fn in_constants(&mut self, item: Typed, parts: Vec<Typed>, position: Position) -> Typed {
        let known = Typed::of(Type::Bool, None);
        let mut constants = Vec::new();
        let mut item = item;
        // One list for several houses will do as long as something in it can be.
        let lenient = self.is_of_product() && self.has_possible(&item, &parts);
        for part in parts {
            if !lenient {
                self.check_choice(&item, &part);
            }
            let (as_item, part) = self.same_numbers(item, part);
            item = as_item;
            match (item.ty(), part.ty()) {
                (Some(ty), Some(other)) if ty != other => {
                    self.unlike(&item, &part, position);
                    return known;
                }
                _ => {}
            }
            let constant = part.node.and_then(|node| {
                if let Node::Constant(constant) = self.program.node(node) {
                    Some(constant.clone())
                } else {
                    None
                }
            });
            constants.push(constant);
        }
        let Some(constants) = constants.into_iter().collect::<Option<Vec<_>>>() else {
            self.cannot(wording::REASON_LIST, &[]);
            return known;
        };
        if item.ty() == Some(Type::Text) {
            self.note_coded(&item);
        }
        let (Some(node), Some(ty)) = (item.node, item.ty()) else { return known };
        match constant_set(ty, &constants) {
            Some(set) => self.add(Node::InSet(node, set), Type::Bool),
            None => {
                self.cannot(wording::REASON_LIST, &[]);
                known
            }
        }
    }
}

/// True where one is a list and the other is written out with elements of the same type.
fn is_list_of(left: &Typed, right: &Typed) -> bool {
    let ((Shape::List(parts), Shape::Of(Type::List(element)))
    | (Shape::Of(Type::List(element)), Shape::List(parts))) = (&left.shape, &right.shape)
    else {
        return false;
    };
    parts.iter().all(|it| it.ty().is_none_or(|ty| ty == element.as_type()))
}

/// True for texts that differ in case, width or spaces around them only.
pub(in crate::script) fn is_spelling(one: &str, other: &str) -> bool {
    let folded = |text: &str| {
        let mut out = String::new();
        fold_text(text, &mut out);
        out.trim().to_owned()
    };
    folded(one) == folded(other)
}

/// The type of an operation, or `None` where there is none.
fn arithmetic_type(arithmetic: Arithmetic, a: Type, b: Type) -> Option<Type> {
    use Arithmetic::{Add, Divide, Multiply, Power, Remainder, Subtract};
    Some(match (arithmetic, a, b) {
        (_, Type::Int, Type::Int) => Type::Int,
        (_, Type::Float, Type::Float) => Type::Float,
        (Add | Subtract | Multiply | Divide | Remainder, Type::Decimal, Type::Decimal) => Type::Decimal,
        (Add | Subtract, Type::Time, Type::Duration) | (Add, Type::Duration, Type::Time) => Type::Time,
        (Subtract, Type::Time, Type::Time) | (Subtract, Type::Date, Type::Date) => Type::Duration,
        (Add | Subtract, Type::Duration, Type::Duration) => Type::Duration,
        (Multiply | Divide, Type::Duration, Type::Int | Type::Float) => Type::Duration,
        (Multiply, Type::Int | Type::Float, Type::Duration) => Type::Duration,
        (Divide, Type::Duration, Type::Duration) => Type::Float,
        (Add | Subtract | Multiply | Divide | Remainder | Power, _, _) => return None,
    })
}

fn constant_set(ty: Type, constants: &[Constant]) -> Option<Set> {
    fn all<T>(constants: &[Constant], one: impl Fn(&Constant) -> Option<T>) -> Option<Vec<T>> {
        constants.iter().map(one).collect()
    }
    match ty {
        Type::Int | Type::Date | Type::Time | Type::Duration => {
            all(constants, |it| if let Constant::Int(it) = it { Some(*it) } else { None }).map(Set::Ints)
        }
        Type::Float => {
            all(constants, |it| if let Constant::Float(it) = it { Some(*it) } else { None }).map(Set::Floats)
        }
        Type::Decimal => all(constants, |it| if let Constant::Decimal(it) = it { Some(*it) } else { None })
            .map(Set::Decimals),
        Type::Text => all(constants, |it| if let Constant::Text(it) = it { Some(it.clone()) } else { None })
            .map(Set::Texts),
        Type::Bool | Type::Amount | Type::List(_) => None,
    }
}
