//! What is wrong with a script that cannot be read, in words for people who know neither Rhai nor any
//! other language. Rhai says where it stopped; what was meant stands in the tokens around.

use super::{
    habits,
    tokens::{Token, TokenKind, Tokens},
};
use crate::{
    diagnostic::Diagnostic,
    rule::Script,
    wording::{self, Code},
};
use rhai::{LexError, ParseErrorType};
use std::ops::Range;

/// The complaint about a script that Rhai gave up on, at the bytes of `range`.
pub(super) fn explain(
    error: &ParseErrorType,
    script: &Script,
    tokens: &Tokens,
    range: Range<usize>,
) -> Diagnostic {
    let reading = Reading { script, tokens, code: tokens.code().collect() };
    let found = tokens.slice(range.clone());
    if matches!(found, "import" | "export") {
        let diagnostic = reading.error(wording::FORBIDDEN, range.clone()).with("name", found);
        return diagnostic.help(wording::HELP_FORBIDDEN_POWERS);
    }
    reading
        .habit()
        .or_else(|| reading.letter(error, &range))
        .or_else(|| reading.bracket())
        .or_else(|| reading.operator(error, &range))
        .unwrap_or_else(|| reading.as_told(error, range))
}

/// The complaint about a pattern of which the parser says `detail`.
pub(super) fn regex_code(detail: &str) -> Code {
    match detail {
        it if it.starts_with("unclosed") || it.starts_with("unopened") => wording::BAD_REGEX_BRACKET,
        it if it.starts_with("repetition") => wording::BAD_REGEX_REPEAT,
        _ => wording::BAD_REGEX,
    }
}

struct Reading<'a> {
    script: &'a Script,
    tokens: &'a Tokens,
    code: Vec<&'a Token>,
}

impl Reading<'_> {
    fn error(&self, code: Code, range: Range<usize>) -> Diagnostic {
        Diagnostic::error(code).at(self.script.place(range))
    }

    fn unexpected(&self, range: &Range<usize>) -> Diagnostic {
        let found = self.tokens.slice(range.clone());
        self.error(wording::SYNTAX_UNEXPECTED, range.clone()).with("found", found)
    }

    /// The text of the token at an index; empty beyond both ends.
    fn text(&self, index: usize) -> &str {
        self.code.get(index).map_or("", |it| self.tokens.text(it))
    }

    fn kind(&self, index: usize) -> Option<TokenKind> {
        self.code.get(index).map(|it| it.kind)
    }

    fn range(&self, from: usize, to: usize) -> Range<usize> {
        let at = |index: usize| self.code.get(index).map_or(0..0, |it| it.range.clone());
        at(from).start..at(to).end
    }

    /// True where no space stands before the token.
    fn touches(&self, index: usize) -> bool {
        index > 0 && self.range(index - 1, index - 1).end == self.range(index, index).start
    }

    /// True for a token that a value ends with.
    fn ends_value(&self, index: usize) -> bool {
        match self.kind(index) {
            Some(TokenKind::Name) => habits::operator(self.text(index)).is_none(),
            Some(TokenKind::Number | TokenKind::Text) => true,
            Some(TokenKind::Symbol) => matches!(self.text(index), ")" | "]" | "}"),
            Some(TokenKind::Comment) | None => false,
        }
    }

    /// What is written so elsewhere: the first of such places.
    fn habit(&self) -> Option<Diagnostic> {
        (0..self.code.len()).find_map(|index| match self.kind(index)? {
            TokenKind::Name => self.word(index),
            TokenKind::Text => self.quotes(index),
            TokenKind::Symbol => self.sign(index),
            TokenKind::Number => self.number(index),
            TokenKind::Comment => None,
        })
    }

    fn word(&self, index: usize) -> Option<Diagnostic> {
        let word = self.text(index);
        let whole = self.range(index, index);
        let name = if index > 0 { self.text(index - 1) } else { "" };
        let named = |name: &str| vec![("name", name.to_owned())];
        let after_value = index > 0 && self.ends_value(index - 1);
        if after_value && matches!(word, "is" | "IS") {
            let (negated, last) = (matches!(self.text(index + 1), "not" | "NOT"), index + 1);
            let what = self.text(if negated { last + 1 } else { last });
            let absent = habits::value(what) == Some("is_missing(…)");
            let instead = match (absent, negated) {
                (true, false) => format!("is_missing({name})"),
                (true, true) => format!("!is_missing({name})"),
                (false, false) => "==".to_owned(),
                (false, true) => "!=".to_owned(),
            };
            return Some(self.instead(whole, instead));
        }
        if after_value && matches!(word, "not" | "NOT") && self.text(index + 1) == "in" {
            return Some(self.unexpected(&whole).help_with(wording::HELP_NOT_IN, named(name)));
        }
        if after_value && matches!(word, "between" | "BETWEEN") {
            return Some(self.unexpected(&whole).help(wording::HELP_BETWEEN));
        }
        if after_value && matches!(word, "like" | "LIKE" | "contains" | "包含") && self.text(index + 1) != "("
        {
            return Some(self.instead(whole, format!("{name}.contains(\"…\")")));
        }
        if word == "in" && self.text(index + 1) == "(" {
            return self.round_list(index + 1);
        }
        if word == "null" {
            return self.null(index);
        }
        if word == "then" || self.is_function_if(index) {
            return Some(self.unexpected(&whole).help(wording::HELP_IF));
        }
        let unit_of = self.code.get(index.wrapping_sub(1)).filter(|it| it.kind == TokenKind::Number);
        if let Some(instead) = unit_of.and_then(|it| habits::duration(self.tokens.text(it), word)) {
            return Some(self.instead(whole, instead));
        }
        let instead = habits::operator(word)?;
        let is_negation = instead == "!" && self.kind(index + 1) == Some(TokenKind::Name);
        let is_call = self.text(index + 1) == "(";
        if !after_value && (is_call || !is_negation) {
            return None;
        }
        let arguments = vec![("found", word.to_owned()), ("instead", instead.to_owned())];
        Some(self.unexpected(&whole).help_with(wording::HELP_WORD_OPERATOR, arguments))
    }

    fn instead(&self, range: Range<usize>, instead: String) -> Diagnostic {
        self.unexpected(&range).help_with(wording::HELP_WRITE, vec![("instead", instead)])
    }

    /// `x == null`, `x != null`, and `null` alone.
    fn null(&self, index: usize) -> Option<Diagnostic> {
        let name = self.text(index.wrapping_sub(2));
        let instead = match self.text(index.wrapping_sub(1)) {
            "==" | "=" => format!("is_missing({name})"),
            "!=" => format!("!is_missing({name})"),
            _ => "is_missing(…)".to_owned(),
        };
        Some(self.instead(self.range(index, index), instead))
    }

    /// `if(a, b, c)`: a comma within the brackets of a condition.
    fn is_function_if(&self, index: usize) -> bool {
        if self.text(index) != "if" || self.text(index + 1) != "(" {
            return false;
        }
        let mut depth = 0_usize;
        for at in index + 1..self.code.len() {
            match self.text(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth <= 1 => return false,
                ")" | "]" | "}" => depth -= 1,
                "," if depth == 1 => return true,
                _ => {}
            }
        }
        false
    }

    /// `x in ("a", "b")`.
    fn round_list(&self, open: usize) -> Option<Diagnostic> {
        let close = (open..self.code.len()).find(|it| self.text(*it) == ")")?;
        let comma = (open..close).any(|it| self.text(it) == ",");
        let range = self.range(open, close);
        let inner = self.tokens.slice(range.start + 1..range.end - 1);
        let help = vec![("instead", format!("[{inner}]"))];
        comma.then(|| self.error(wording::SYNTAX_ROUND_LIST, range).help_with(wording::HELP_SQUARE, help))
    }

    fn quotes(&self, index: usize) -> Option<Diagnostic> {
        let text = self.text(index);
        let range = self.range(index, index);
        let quote = text.chars().next()?;
        let inner = text.strip_prefix(quote)?;
        let is_closed = inner.ends_with(quote) && !inner.ends_with("\\\"");
        if !is_closed {
            // It runs on to the end of the script; what was meant ends with the line at the latest.
            let line = text.lines().next().unwrap_or(text).trim_end();
            let range = range.start..range.start + line.len();
            return Some(self.error(wording::SYNTAX_OPEN_TEXT, range).help(wording::HELP_TEXT_QUOTES));
        }
        if quote == '\'' {
            let inner = inner.strip_suffix(quote).unwrap_or(inner);
            let help = vec![("instead", format!("\"{inner}\""))];
            let diagnostic = self.error(wording::SYNTAX_SINGLE_QUOTES, range);
            return Some(diagnostic.help_with(wording::HELP_WRITE, help));
        }
        None
    }

    fn number(&self, index: usize) -> Option<Diagnostic> {
        let text = self.text(index);
        let range = self.range(index, index);
        let digits = text.find(|c: char| c.is_ascii_alphabetic()).filter(|_| !text.starts_with('0'));
        if let Some(instead) = digits.and_then(|at| habits::duration(&text[..at], &text[at..])) {
            let arguments = vec![("instead", instead)];
            return Some(self.error(wording::SYNTAX_NUMBER, range).help_with(wording::HELP_WRITE, arguments));
        }
        None
    }

    fn sign(&self, index: usize) -> Option<Diagnostic> {
        let sign = self.text(index);
        let range = self.range(index, index);
        let number = self.kind(index.wrapping_sub(1)) == Some(TokenKind::Number);
        if matches!(sign, "%" | "％") && number && !self.begins_value(index + 1) {
            let value = self.text(index - 1).to_owned();
            let instead = habits::share(&value).unwrap_or_default();
            let arguments = vec![("number", value), ("instead", instead)];
            return Some(self.unexpected(&range).help_with(wording::HELP_PERCENT, arguments));
        }
        if let Some(instead) = sign.chars().next().and_then(habits::narrow) {
            let arguments = vec![("found", sign.to_owned()), ("instead", instead.to_owned())];
            return Some(self.unexpected(&range).help_with(wording::HELP_FULL_WIDTH, arguments));
        }
        let joined = self.touches(index + 1).then(|| self.text(index + 1));
        match (sign, joined) {
            ("<", Some(">")) => return Some(self.replaced(self.range(index, index + 1), "!=")),
            ("=", Some("<")) => return Some(self.replaced(self.range(index, index + 1), "<=")),
            ("#", _) => return Some(self.unexpected(&range).help(wording::HELP_COMMENT)),
            ("?", _) => return Some(self.unexpected(&range).help(wording::HELP_IF)),
            ("$" | "€" | "£" | "¥" | "￥", _) => {
                return Some(self.unexpected(&range).help(wording::HELP_CURRENCY));
            }
            (":", _) if self.code[..index].iter().any(|it| self.tokens.text(it) == "if") => {
                return Some(self.unexpected(&range).help(wording::HELP_IF));
            }
            (",", Some(after))
                if number && after.len() == 3 && self.touches(index) && !self.in_brackets(index) =>
            {
                let instead = format!("{}{after}", self.text(index - 1));
                let arguments = vec![("instead", instead)];
                return Some(self.unexpected(&range).help_with(wording::HELP_THOUSANDS, arguments));
            }
            _ => {}
        }
        habits::sign(sign).map(|instead| self.replaced(range, instead))
    }

    fn replaced(&self, range: Range<usize>, instead: &str) -> Diagnostic {
        let found = self.tokens.slice(range.clone()).to_owned();
        let arguments = vec![("found", found), ("instead", instead.to_owned())];
        self.unexpected(&range).help_with(wording::HELP_WORD_OPERATOR, arguments)
    }

    /// True for a token that a value can begin with.
    fn begins_value(&self, index: usize) -> bool {
        match self.kind(index) {
            Some(TokenKind::Name | TokenKind::Number | TokenKind::Text) => true,
            Some(TokenKind::Symbol) => matches!(self.text(index), "(" | "[" | "{" | "#{" | "!" | "-" | "+"),
            Some(TokenKind::Comment) | None => false,
        }
    }

    /// True inside brackets where commas part values.
    fn in_brackets(&self, index: usize) -> bool {
        let mut depth = 0_i32;
        for at in 0..index {
            match self.text(at) {
                "(" | "[" => depth += 1,
                ")" | "]" => depth -= 1,
                _ => {}
            }
        }
        depth > 0
    }

    /// A full-width space, or a backslash before what it does not go with.
    fn letter(&self, error: &ParseErrorType, range: &Range<usize>) -> Option<Diagnostic> {
        let found = self.tokens.slice(range.clone());
        if let Some(instead) = found.chars().next().and_then(habits::narrow) {
            let arguments = vec![("found", found.to_owned()), ("instead", instead.to_owned())];
            return Some(self.unexpected(range).help_with(wording::HELP_FULL_WIDTH, arguments));
        }
        let ParseErrorType::BadInput(LexError::MalformedEscapeSequence(_)) = error else { return None };
        let range = self.tokens.range_at(range.start);
        Some(self.error(wording::SYNTAX_ESCAPE, range).help(wording::HELP_BACKSLASH))
    }

    /// A bracket without its other half.
    fn bracket(&self) -> Option<Diagnostic> {
        let token = self.tokens.lonely_bracket()?;
        let found = self.tokens.text(token);
        let close = match found {
            "(" => ")",
            "[" | "?[" => "]",
            "{" | "#{" => "}",
            _ => "",
        };
        let code =
            if close.is_empty() { wording::SYNTAX_EXTRA_BRACKET } else { wording::SYNTAX_OPEN_BRACKET };
        let diagnostic = self.error(code, token.range.clone()).with("found", found);
        Some(match close {
            "" => diagnostic.help(wording::HELP_TAKE_AWAY),
            _ => diagnostic.help_with(wording::HELP_BRACKET, vec![("instead", close.to_owned())]),
        })
    }

    /// An operator without what it works on, two values without an operator.
    fn operator(&self, error: &ParseErrorType, range: &Range<usize>) -> Option<Diagnostic> {
        const INFIX: &[&str] =
            &["&&", "||", "==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "??", "in", "**", "="];
        let is_infix = |index: usize| INFIX.contains(&self.text(index));
        let last = self.code.len().checked_sub(1)?;
        if is_infix(last) {
            return Some(self.error(wording::SYNTAX_INCOMPLETE, self.range(last, last)));
        }
        let here = self.code.iter().position(|it| it.range.start >= range.start)?;
        let first = here == 0;
        let only_infix = is_infix(here) && !matches!(self.text(here), "-" | "+");
        if only_infix && (first || is_infix(here - 1) || matches!(self.text(here - 1), "(" | "[" | "," | "!"))
        {
            let found = self.text(here).to_owned();
            return Some(self.error(wording::SYNTAX_NO_LEFT, self.range(here, here)).with("found", found));
        }
        if self.text(here) == "=" {
            return Some(self.unexpected(range).help(wording::HELP_SINGLE_EQUALS));
        }
        let is_value = matches!(self.kind(here)?, TokenKind::Name | TokenKind::Number | TokenKind::Text);
        let is_told = matches!(error, ParseErrorType::MissingToken(..));
        if is_told && !first && is_value && self.ends_value(here - 1) {
            return Some(self.side_by_side(here));
        }
        None
    }

    fn side_by_side(&self, here: usize) -> Diagnostic {
        let range = self.range(here, here);
        // `1.2.3` and `2026.03.01`.
        if self.text(here).starts_with('.')
            || (self.kind(here) == Some(TokenKind::Number) && self.touches(here))
        {
            return self.error(wording::SYNTAX_NUMBER, range);
        }
        let found = self.text(here).to_owned();
        // `if a b else c`: what stands after the condition wants braces.
        if self.code[..here].iter().any(|it| self.tokens.text(it) == "if") {
            return self.unexpected(&range).help(wording::HELP_IF);
        }
        let diagnostic = self.error(wording::SYNTAX_NO_OPERATOR, range).with("found", found);
        diagnostic.help(wording::HELP_NO_OPERATOR)
    }

    /// What Rhai's parser says, in our words.
    fn as_told(&self, error: &ParseErrorType, range: Range<usize>) -> Diagnostic {
        use ParseErrorType as Told;
        let found = self.tokens.slice(range.clone()).to_owned();
        let at = |code: Code| self.error(code, range.clone());
        #[expect(clippy::wildcard_enum_match_arm, reason = "what hardly occurs is told in Rhai's words")]
        match error {
            Told::UnexpectedEOF => at(wording::SYNTAX_INCOMPLETE),
            _ if range.is_empty() => at(wording::SYNTAX_INCOMPLETE),
            Told::MissingToken(token, _) if token == ";" => {
                at(wording::SYNTAX_NO_OPERATOR).with("found", found).help(wording::HELP_NO_OPERATOR)
            }
            Told::MissingToken(token, _) => at(wording::SYNTAX_MISSING).with("token", token.clone()),
            Told::BadInput(LexError::MalformedNumber(_)) => at(wording::SYNTAX_NUMBER),
            Told::PropertyExpected if found.starts_with(|it: char| it.is_ascii_digit()) => {
                at(wording::SYNTAX_NUMBER)
            }
            Told::BadInput(_)
            | Told::UnknownOperator(_)
            | Told::ExprExpected(_)
            | Told::PropertyExpected
            | Told::VariableExpected
            | Told::MalformedIndexExpr(_)
            | Told::WrongFnDefinition
            | Told::MissingSymbol(_) => at(wording::SYNTAX_UNEXPECTED).with("found", found),
            Told::Reserved(word) => at(wording::SYNTAX_RESERVED).with("found", word.clone()),
            Told::AssignmentToConstant(_) | Told::AssignmentToInvalidLHS(_) => {
                at(wording::SYNTAX_ASSIGNMENT).help(wording::HELP_SINGLE_EQUALS)
            }
            Told::FnDuplicatedDefinition(..)
            | Told::FnDuplicatedParam(..)
            | Told::DuplicatedVariable(_)
            | Told::DuplicatedProperty(_) => at(wording::SYNTAX_TWICE),
            Told::FnMissingName | Told::FnMissingParams(_) | Told::FnMissingBody(_) => {
                at(wording::SYNTAX_FUNCTION)
            }
            Told::LoopBreak => at(wording::SYNTAX_LOOP).with("found", found),
            Told::MismatchedType(wanted, _) if wanted.contains("bool") => self.not_true_or_false(range),
            other => at(wording::SYNTAX).with("detail", other.to_string()),
        }
    }

    /// `channel == "phone" || "mail"`.
    fn not_true_or_false(&self, range: Range<usize>) -> Diagnostic {
        let diagnostic = self.error(wording::BAD_CONDITION, range.clone());
        let here = self.code.iter().position(|it| it.range == range).unwrap_or(0);
        let before = |back: usize| self.text(here.wrapping_sub(back));
        if before(1) == "||" && before(3) == "==" && here >= 4 {
            let instead = format!("{} in [{}, {}]", before(4), before(2), self.text(here));
            return diagnostic.help_with(wording::HELP_IN_LIST, vec![("instead", instead)]);
        }
        diagnostic.help(wording::HELP_COMPARE)
    }
}
