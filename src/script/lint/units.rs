//! Minutes against hours: numbers whose names tell a unit, and numbers taken from durations.

use super::Sight;
use crate::{
    diagnostic::Diagnostic,
    expr::canonical,
    record::{Type, Value},
    wording::{self, Wording},
};
use rhai::{Expr, FnCallExpr, Position};

/// A unit of time that a plain number is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    const ALL: [Self; 4] = [Self::Seconds, Self::Minutes, Self::Hours, Self::Days];

    /// The function that makes a duration of such numbers, and the property that gives them.
    const fn function(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    const fn says(self) -> Wording {
        match self {
            Self::Seconds => wording::IN_SECONDS,
            Self::Minutes => wording::IN_MINUTES,
            Self::Hours => wording::IN_HOURS,
            Self::Days => wording::IN_DAYS,
        }
    }

    fn called(name: &str) -> Option<Self> {
        let name = canonical(name);
        Self::ALL.into_iter().find(|it| it.function() == name)
    }

    /// The unit that a name tells: `reply_minutes`, `limit_hours`, `回复分钟`. None where it tells two.
    /// `min` is a smallest value more often than a minute, so it counts for fields only.
    fn told_by(name: &str, is_field: bool) -> Option<Self> {
        let lower = name.to_lowercase();
        let words: Vec<&str> = lower.split('_').collect();
        let has = |known: &[&str]| words.iter().any(|it| known.contains(it));
        let told = [
            (Self::Seconds, has(&["sec", "secs", "second", "seconds"]) || name.contains('秒')),
            (
                Self::Minutes,
                has(&["mins", "minute", "minutes"]) || (is_field && has(&["min"])) || name.contains("分钟"),
            ),
            (Self::Hours, has(&["hr", "hrs", "hour", "hours"]) || name.contains("小时")),
            (Self::Days, has(&["day", "days"]) || name.contains("天数")),
        ];
        let mut told = told.into_iter().filter(|it| it.1).map(|it| it.0);
        told.next().filter(|_| told.next().is_none())
    }
}

/// A number with a unit, and what to call it.
struct Measured {
    unit: Unit,
    name: String,
}

impl Sight<'_> {
    /// Two numbers of unlike units that meet in an operator, or one in a function that wants another.
    pub(super) fn unlike_units(&self, call: &FnCallExpr, at: Position) -> Option<Diagnostic> {
        let compared = ["==", "!=", "<", "<=", ">", ">=", "+", "-"].contains(&call.name.as_str());
        let place = || self.script.place(self.span_of_call(call, at));
        match &call.args[..] {
            [left, right] if compared && call.op_token.is_some() => {
                let (left, right) = (self.measured(left)?, self.measured(right)?);
                if left.unit == right.unit {
                    return None;
                }
                let said = Diagnostic::warning(wording::UNLIKE_UNITS)
                    .with("left", left.name.clone())
                    .with("right", right.name.clone());
                let said = said.at(place()).help_with(left.unit.says(), vec![("name", left.name)]);
                Some(said.help_with(right.unit.says(), vec![("name", right.name)]).help(wording::HELP_UNITS))
            }
            [only] if call.op_token.is_none() => {
                let wanted = Unit::called(&call.name)?;
                let given = self.measured(only).filter(|it| it.unit != wanted)?;
                let said = Diagnostic::warning(wording::UNIT_ARGUMENT)
                    .with("name", given.name.clone())
                    .with("function", wanted.function());
                let instead = format!("{}({})", given.unit.function(), given.name);
                let said = said.at(place()).help_with(given.unit.says(), vec![("name", given.name)]);
                Some(said.help_with(wording::HELP_UNIT_ARGUMENT, vec![("instead", instead)]))
            }
            _ => None,
        }
    }

    /// The unit of a number; none after it was multiplied or divided, which is how units are changed.
    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else it is has no unit")]
    fn measured(&self, it: &Expr) -> Option<Measured> {
        match it {
            Expr::Variable(variable, _, _) => {
                let name = variable.1.as_str();
                let field = self.names.field(name);
                let param = self.params.iter().find(|it| it.name == name);
                let is_number = match (field, param) {
                    (Some(field), _) => matches!(field.ty, Type::Int | Type::Float | Type::Decimal),
                    (None, Some(param)) => {
                        matches!(param.value, Value::Int(_) | Value::Float(_) | Value::Decimal(_))
                    }
                    (None, None) => false,
                };
                let unit = Unit::told_by(name, field.is_some()).filter(|_| is_number)?;
                Some(Measured { unit, name: name.to_owned() })
            }
            Expr::Dot(parts, ..) => {
                let Expr::Property(property, _) = &parts.rhs else { return None };
                let unit = Unit::called(property.2.as_str())?;
                Some(Measured { unit, name: self.tokens.slice(self.span(it)).to_owned() })
            }
            Expr::FnCall(call, _) => match (canonical(&call.name), &call.args[..]) {
                ("abs" | "round" | "floor" | "ceil" | "to_float" | "-", [first]) | ("round", [first, _]) => {
                    self.measured(first)
                }
                ("+" | "-", [left, right]) if call.op_token.is_some() => {
                    let (left, right) = (self.measured(left)?, self.measured(right)?);
                    (left.unit == right.unit).then_some(left)
                }
                _ => None,
            },
            Expr::Coalesce(parts, _) => self.measured(parts.first()?),
            _ => None,
        }
    }
}
