//! Constants that never match what they are compared with: texts in a form that a function never gives,
//! texts with spaces around them, floats that are computed.

use super::Sight;
use crate::{
    diagnostic::{Diagnostic, Place},
    expr::{Constant, ExprId, FUNCTIONS, Node, canonical, fold_text},
    record::Type,
    wording::{self, Wording},
};
use rhai::{Expr, FnCallExpr, Position};
use std::collections::HashMap;

/// One way in which a text that fields are compared with is spelt.
#[derive(Clone, Debug)]
pub(in crate::script) struct Spelling {
    text: String,
    rule: String,
    place: Place,
}

/// Texts of a rule that differ from those of other rules, for the same field, in case or width only. A
/// rule that has both spellings means both.
pub(super) fn tell_of_spellings(
    known: &mut HashMap<(u32, String), Vec<Spelling>>,
    rule: &str,
    texts: Vec<(u32, String, Place)>,
) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    for (column, text, place) in &texts {
        let mut folded = String::new();
        fold_text(text, &mut folded);
        let spellings = known.entry((*column, folded.trim().to_owned())).or_default();
        if spellings.iter().any(|it| it.text == *text) {
            continue;
        }
        let own = |it: &Spelling| texts.iter().any(|(other, text, _)| other == column && *text == it.text);
        let other = spellings.iter().find(|it| it.rule != rule);
        if let Some(other) = other.filter(|_| !spellings.iter().any(own)) {
            let diagnostic = Diagnostic::warning(wording::TEXT_CASE)
                .with("text", text.clone())
                .with("other", other.text.clone())
                .at(place.clone())
                .also(other.place.clone(), wording::SPELT_HERE);
            said.push(diagnostic.help(wording::HELP_TEXT_CASE));
        }
        spellings.push(Spelling { text: text.clone(), rule: rule.to_owned(), place: place.clone() });
    }
    said
}

impl Sight<'_> {
    /// The texts that a comparison holds a field against.
    pub(super) fn texts_of(&self, call: &FnCallExpr, found: &mut Vec<(u32, String, Place)>) {
        let [left, right] = &call.args[..] else { return };
        let mut note = |field: &Expr, literals: &[Expr]| {
            let Some(Node::Field(column)) = self.node(field).map(|it| self.program.node(it)) else { return };
            for literal in literals {
                if let Expr::StringConstant(text, _) = literal {
                    found.push((*column, text.to_string(), self.script.place(self.span(literal))));
                }
            }
        };
        match (call.name.as_str(), left) {
            ("==" | "!=", _) => {
                note(left, std::slice::from_ref(right));
                note(right, std::slice::from_ref(left));
            }
            ("contains", Expr::Array(parts, _)) => note(right, parts),
            _ => {}
        }
    }

    /// `a.minutes == 5.0`, `x == 0.1`.
    pub(super) fn floats_equal(&self, call: &FnCallExpr, at: Position) -> Option<Diagnostic> {
        let [left, right] = &call.args[..] else { return None };
        if !matches!(call.name.as_str(), "==" | "!=") || call.op_token.is_none() {
            return None;
        }
        let nodes = [self.node(left)?, self.node(right)?];
        if !nodes.iter().any(|it| self.program.ty(*it) == Type::Float) {
            return None;
        }
        #[expect(clippy::wildcard_enum_match_arm, reason = "in doubt it is as written in the data")]
        let is_inexact = |it: ExprId| match self.program.node(it) {
            Node::Constant(Constant::Float(bits)) => {
                // Fractions of 2 are exact: halves, quarters, eighths.
                (f64::from_bits(*bits) * 1024.0).fract().abs() > 0.0
            }
            Node::Arithmetic(..) => true,
            Node::Call(function, _) => {
                let name = FUNCTIONS[*function as usize].name;
                FUNCTIONS[*function as usize].property && !matches!(name, "len")
            }
            _ => false,
        };
        if !nodes.into_iter().any(is_inexact) {
            return None;
        }
        let place = self.script.place(self.span_of_call(call, at));
        Some(Diagnostic::warning(wording::FLOAT_EQUALITY).at(place).help(wording::HELP_FLOAT_EQUALITY))
    }

    /// `lower(x) == "VIP"`, `month(t) in ["2026-3"]`, `x == " vip"`.
    pub(super) fn texts_of_no_match(&self, call: &FnCallExpr) -> Vec<Diagnostic> {
        let [left, right] = &call.args[..] else { return Vec::new() };
        let mut said = Vec::new();
        match canonical(&call.name) {
            "==" | "!=" => {
                said.extend(self.text_of_no_match(left, right));
                said.extend(self.text_of_no_match(right, left));
            }
            // `x in [a, b]` is a call of `contains` with the list first.
            "contains" => {
                if let Expr::Array(parts, _) = left {
                    said.extend(parts.iter().filter_map(|it| self.text_of_no_match(right, it)));
                } else {
                    said.extend(self.text_of_no_form(left, right));
                }
            }
            "starts_with" | "ends_with" => said.extend(self.text_of_no_form(left, right)),
            _ => {}
        }
        said
    }

    /// `lower(x).contains("VIP")`.
    pub(super) fn part_of_no_form(&self, value: &Expr, method: &Expr) -> Option<Diagnostic> {
        let Expr::MethodCall(call, _) = method else { return None };
        match (canonical(&call.name), &call.args[..]) {
            ("contains" | "starts_with" | "ends_with", [literal]) => self.text_of_no_form(value, literal),
            _ => None,
        }
    }

    fn text_of_no_match(&self, value: &Expr, literal: &Expr) -> Option<Diagnostic> {
        let Expr::StringConstant(text, _) = literal else { return None };
        let spaced = text.trim().len() < text.len() && !text.trim().is_empty();
        if let Some(said) = self.text_of_no_form(value, literal) {
            return Some(said);
        }
        let node = self.node(value)?;
        if !spaced || !matches!(self.program.node(node), Node::Field(_)) {
            return None;
        }
        let place = self.script.place(self.span(literal));
        let said = Diagnostic::warning(wording::TEXT_SPACE).with("text", text.as_str()).at(place);
        Some(said.help(wording::HELP_TEXT_SPACE))
    }

    /// A text that a function never gives, whole or in part.
    fn text_of_no_form(&self, value: &Expr, literal: &Expr) -> Option<Diagnostic> {
        let Expr::StringConstant(text, _) = literal else { return None };
        let Node::Call(function, _) = self.program.node(self.node(value)?) else { return None };
        let name = FUNCTIONS[*function as usize].name;
        let digits = |form: &str| {
            form.len() == text.len()
                && form
                    .bytes()
                    .zip(text.bytes())
                    .all(|(form, it)| if form == b'0' { it.is_ascii_digit() } else { it == form })
        };
        let form: Wording = match name {
            "lower" if text.to_lowercase() != text.as_str() => wording::FORM_SMALL,
            "upper" if text.to_uppercase() != text.as_str() => wording::FORM_CAPITAL,
            "trim" if text.trim() != text.as_str() => wording::FORM_TRIMMED,
            "month" if !digits("0000-00") => wording::FORM_MONTH,
            "week" if !digits("0000-W00") => wording::FORM_WEEK,
            "day" if !digits("0000-00-00") => wording::FORM_DAY,
            _ => return None,
        };
        let place = self.script.place(self.span(literal));
        Some(Diagnostic::warning(wording::NEVER_TRUE).at(place).help(form))
    }
}
