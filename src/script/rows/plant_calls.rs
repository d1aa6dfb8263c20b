//! Calls, operators and what stands behind dots and in square brackets.

use super::{
    plant::{Planted, Planter},
    tree::{Call, Kind, Place, Step, Tree, Verdict},
};
use crate::{
    calendar::parse_iso_date,
    expr::{Arithmetic, Comparison, canonical, functions_named, row_function},
    record::{Amount, Value},
    script::lower,
    wording,
};
use rhai::{ASTFlags, Expr, FnCallExpr, Position};
use std::{ops::Range, sync::Arc};

impl<'a> Planter<'a> {
    /// An operator or a call.
    pub(super) fn call(&mut self, call: &FnCallExpr, position: Position) -> Planted<Tree> {
        let own = self.token(position);
        let (name, args) = (call.name.as_str(), &call.args[..]);
        let symbol = self.script.text.get(own.clone()).unwrap_or_default();
        if let ("contains", [container, item], "in" | "!") = (name, args, symbol) {
            let two = self.two(item, container)?;
            return Ok(self.node(Kind::In(two), own));
        }
        if call.op_token.is_some()
            && let Some(kind) = self.operator(name, args)?
        {
            return Ok(self.node(kind, own));
        }
        let written = if call.namespace.is_empty() {
            name.to_owned()
        } else {
            call.namespace.to_string() + "::" + name
        };
        self.named(&written, own, None, None, args, position)
    }

    fn operator(&mut self, name: &str, args: &[Expr]) -> Planted<Option<Kind>> {
        let comparison = Comparison::from_symbol(name);
        let arithmetic = Arithmetic::from_symbol(name);
        Ok(Some(match (args, comparison, arithmetic, name) {
            ([a, b], Some(it), ..) => Kind::Compare(it, self.two(a, b)?),
            ([a, b], _, Some(it), _) => Kind::Arithmetic(it, self.two(a, b)?),
            ([a, b], _, _, ".." | "..=") => Kind::Range(self.two(a, b)?, name == "..="),
            ([a], .., "!") => Kind::Not(self.boxed(a)?),
            ([a], .., "-") => Kind::Negate(self.boxed(a)?),
            _ => return Ok(None),
        }))
    }

    /// A call by name; `first` stands in front of the dot where there is one, at `place` where it can be changed.
    fn named(
        &mut self,
        written: &str,
        own: Range<usize>,
        first: Option<Tree>,
        place: Option<Place>,
        args: &[Expr],
        position: Position,
    ) -> Planted<Tree> {
        let name = canonical(written);
        let own = self.tokens.call(own);
        let text_of = |it: Option<&Expr>| match it {
            Some(Expr::StringConstant(text, _)) => Some(text.to_string()),
            _ => None,
        };
        if let (None, "date" | "time" | "amount", Some(text), 1) =
            (&first, name, text_of(args.first()), args.len())
            && let Some(value) = self.literal(name, &text)
        {
            return Ok(self.node(Kind::Value(value), own));
        }
        let place = match (place, args.first()) {
            (None, Some(Expr::Variable(variable, ..))) if first.is_none() => {
                self.slot(&variable.1).map(|slot| Place { slot, path: Vec::new() })
            }
            (place, _) => place,
        };
        let constants: Vec<Option<String>> =
            first.iter().map(|_| None).chain(args.iter().map(|it| self.text_constant(it))).collect();
        let mut all: Vec<Tree> = first.into_iter().collect();
        for arg in args {
            all.push(self.expression(arg)?);
        }
        let kind = self.called(name, &mut all, &constants, place)?;
        match kind {
            Some(kind) => Ok(self.node(kind, own)),
            None => Err(Box::new(self.unknown_function(written, position))),
        }
    }

    /// A literal text, or a parameter that is text.
    fn text_constant(&mut self, arg: &Expr) -> Option<String> {
        match arg {
            Expr::StringConstant(text, _) => Some(text.to_string()),
            Expr::Variable(variable, _, position) => match self.variable(&variable.1, *position) {
                Ok(Kind::Value(Value::Text(text))) => Some(text.into()),
                _ => None,
            },
            _ => None,
        }
    }

    fn called(
        &mut self,
        name: &str,
        all: &mut Vec<Tree>,
        constants: &[Option<String>],
        place: Option<Place>,
    ) -> Planted<Option<Kind>> {
        let take = |all: &mut Vec<Tree>| Box::new(all.remove(0));
        let second = constants.get(1).and_then(Option::as_deref);
        Ok(Some(match (name, all.len(), second) {
            ("is_missing", 1, _) => Kind::IsMissing(take(all)),
            ("contains_any" | "count_any", 2, Some(id)) => {
                let Some(number) = lower::phrase_list(self.program, self.registry, self.names, id) else {
                    return Ok(None);
                };
                Kind::Phrases(take(all), number, name == "count_any")
            }
            ("matches", 2, Some(pattern)) => match lower::regex(self.program, self.registry, pattern) {
                Ok(number) => Kind::Matches(take(all), number),
                Err(_) => return Ok(None),
            },
            ("open_time", 3, _) => {
                let id = constants.get(2).and_then(Option::as_deref).unwrap_or_default();
                let Some(number) = lower::calendar(self.program, self.registry, self.names, id) else {
                    return Ok(None);
                };
                let from = all.remove(0);
                Kind::OpenTime(Box::new([from, all.remove(0)]), number)
            }
            ("pass", 0, _) => Kind::Verdict(Verdict::Pass, None),
            ("not_applicable", 0, _) => Kind::Verdict(Verdict::NotApplicable, None),
            ("fail", 0, _) => Kind::Verdict(Verdict::Fail, None),
            ("fail", 1, _) => Kind::Verdict(Verdict::Fail, Some(take(all))),
            ("call", 1.., _) => {
                let closure = take(all);
                Kind::CallClosure(closure, std::mem::take(all))
            }
            _ => return self.call_of_table(name, all, place),
        }))
    }

    /// A decision table, a function of the script or the library, a function of the table.
    fn call_of_table(
        &mut self,
        name: &str,
        all: &mut Vec<Tree>,
        place: Option<Place>,
    ) -> Planted<Option<Kind>> {
        if let Some(table) = self.names.table(name) {
            let of = |it: &&(String, String, u32)| it.0 == self.names.pack && it.1 == name;
            let mut numbers: Vec<u32> = self.registry.table_names.iter().filter(of).map(|it| it.2).collect();
            if numbers.is_empty() {
                numbers.extend(lower::untyped_table(self.program, self.registry, self.names, table));
            }
            return Ok(Some(Kind::Table(numbers, std::mem::take(all))));
        }
        if let Some(number) = self.function(name, all.len(), &[])? {
            return Ok(Some(Kind::CallOwn(number, std::mem::take(all))));
        }
        let fits = |it: &(u32, &crate::expr::Function)| it.1.params.len() == all.len();
        let functions: Vec<u32> = functions_named(name, false).filter(fits).map(|it| it.0).collect();
        let row = row_function(name).filter(|it| (it.arity.0..=it.arity.1).contains(&all.len()));
        if functions.is_empty() && row.is_none() {
            return Ok(None);
        }
        let changes = row.is_some_and(|it| it.changes);
        let call = Call {
            name: name.into(),
            functions,
            native: row.map(|it| it.native),
            changes,
            place: place.filter(|_| changes),
            args: std::mem::take(all),
        };
        Ok(Some(Kind::Call(Box::new(call))))
    }

    fn literal(&self, name: &str, text: &str) -> Option<Value> {
        match name {
            "date" => parse_iso_date(text).map(Value::Date),
            "amount" => text.parse::<Amount>().ok().map(Value::Amount),
            _ => lower::read_time(text, &self.program.zone).map(Value::Time),
        }
    }

    fn unknown_function(&self, name: &str, position: Position) -> crate::diagnostic::Diagnostic {
        let known = lower::function_names(self.names, self.definitions);
        let diagnostic = self.error(wording::UNKNOWN_FUNCTION, position).with("name", name);
        match crate::diagnostic::nearest(name, known.iter().map(String::as_str)) {
            Some(near) => diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
            None => diagnostic,
        }
    }

    /// `a.b`, `a.f(…)`, `a[i]` and what follows them.
    pub(super) fn chain(&mut self, base: &Expr, index: bool, right: &Expr, flags: ASTFlags) -> Planted<Tree> {
        Ok(self.links(base, index, right, flags)?.0)
    }

    /// A chain from left to right, with the place that it leads to where it is one.
    pub(super) fn links(
        &mut self,
        base: &Expr,
        index: bool,
        right: &Expr,
        flags: ASTFlags,
    ) -> Planted<(Tree, Option<Place>)> {
        let mut place = match base {
            Expr::Variable(variable, ..) => {
                self.slot(&variable.1).map(|slot| Place { slot, path: Vec::new() })
            }
            _ => None,
        };
        let mut value = if self.is_promise(base) { None } else { Some(self.expression(base)?) };
        let (mut index, mut right, mut flags) = (index, right, flags);
        loop {
            if flags.intersects(ASTFlags::NEGATED) {
                return self.refuse(if index { "?[" } else { "?." }, right.start_position());
            }
            // Rhai's chains hang to the right: what follows a link stands inside of it.
            let (link, rest) = match right {
                _ if flags.intersects(ASTFlags::BREAK) => (right, None),
                Expr::Dot(parts, flags, _) => (&parts.lhs, Some((false, &parts.rhs, *flags))),
                Expr::Index(parts, flags, _) => (&parts.lhs, Some((true, &parts.rhs, *flags))),
                other => (other, None),
            };
            let (linked, at) = match value {
                Some(value) => self.link(value, place, index, link)?,
                None => (self.part_of_promise(base, link)?, None),
            };
            let Some(next) = rest else { return Ok((linked, at)) };
            (value, place) = (Some(linked), at);
            (index, right, flags) = next;
        }
    }

    /// True for the name of a promise, which is no value itself: its parts are columns.
    fn is_promise(&self, base: &Expr) -> bool {
        let Expr::Variable(variable, ..) = base else { return false };
        let prefix = format!("{}.", variable.1);
        self.slot(&variable.1).is_none() && self.names.fields.iter().any(|it| it.name.starts_with(&prefix))
    }

    /// `promise.part`.
    fn part_of_promise(&mut self, promise: &Expr, part: &Expr) -> Planted<Tree> {
        if let (Expr::Variable(variable, _, position), Expr::Property(property, at)) = (promise, part) {
            let name = format!("{}.{}", variable.1, property.2);
            let kind = self.variable(&name, *position)?;
            let whole = self.token(*position).start..self.token(*at).end;
            return Ok(self.node(kind, whole));
        }
        self.expression(promise)
    }

    fn link(
        &mut self,
        value: Tree,
        place: Option<Place>,
        index: bool,
        link: &Expr,
    ) -> Planted<(Tree, Option<Place>)> {
        if index {
            let at = self.expression(link)?;
            let place = place.map(|mut it| {
                it.path.push(Step::Index(at.clone()));
                it
            });
            let own = at.range();
            return Ok((self.node(Kind::Index(Box::new([value, at])), own), place));
        }
        match link {
            Expr::Property(property, position) => {
                let written = property.2.as_str();
                let name = canonical(written);
                let functions: Vec<u32> = functions_named(name, true).map(|it| it.0).collect();
                // A map's keys are what they are, whatever they are called elsewhere.
                let key: Arc<str> = written.into();
                let place = place.map(|mut it| {
                    it.path.push(Step::Property(Arc::clone(&key)));
                    it
                });
                let own = self.token(*position);
                Ok((self.node(Kind::Property(Box::new(value), key, functions), own), place))
            }
            Expr::MethodCall(call, position) => {
                let own = self.token(*position);
                let called =
                    self.named(call.name.as_str(), own, Some(value), place, &call.args, *position)?;
                Ok((called, None))
            }
            other => self.refuse(".", other.start_position()),
        }
    }
}
