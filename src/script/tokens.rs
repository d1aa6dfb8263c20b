//! The tokens of a script with their bytes: Rhai's syntax tree knows where a token starts, but not
//! where it ends, and a caret should stand under all of it.

use super::parse::TEXT_LEN_MAX;
use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name or a keyword.
    Name,
    /// A number.
    Number,
    /// Text or a character between quotes.
    Text,
    /// An operator or a bracket.
    Symbol,
    /// A comment.
    Comment,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Its bytes.
    pub(crate) range: Range<usize>,
}

/// Operators of more than one character, longest first.
const SYMBOLS: &[&str] = &[
    "<<=", ">>=", "**=", "..=", "===", "!==", "...", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "?[",
    "**", "=>", "->", "::", "+=", "-=", "*=", "/=", "%=", "<<", ">>", "..", "#{", "|>", "<|",
];

/// Splits a script into tokens. Whatever is no token of Rhai becomes a symbol of one character.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    while let Some(token) = token_from(text, found.last().map_or(0, |it| it.range.end)) {
        found.push(token);
    }
    found
}

/// The first token at `at` or behind it.
fn token_from(text: &str, at: usize) -> Option<Token> {
    let rest = text[at..].trim_start();
    let at = text.len() - rest.len();
    let first = rest.chars().next()?;
    let (kind, len) = if rest.starts_with("//") {
        (TokenKind::Comment, rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        (TokenKind::Comment, comment_len(rest))
    } else if matches!(first, '"' | '\'' | '`') {
        (TokenKind::Text, text_len(rest, first))
    } else if first.is_ascii_digit() {
        (TokenKind::Number, number_len(rest))
    } else if first.is_alphabetic() || first == '_' {
        (TokenKind::Name, rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()))
    } else {
        let known = SYMBOLS.iter().find(|it| rest.starts_with(**it));
        (TokenKind::Symbol, known.map_or(first.len_utf8(), |it| it.len()))
    };
    Some(Token { kind, range: at..at + len })
}

fn comment_len(rest: &str) -> usize {
    // Comments nest.
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn text_len(rest: &str, quote: char) -> usize {
    let mut letters = rest.char_indices().skip(1);
    let mut depth = 0_usize;
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' if quote != '`' => drop(letters.next()),
            '$' if quote == '`' && rest[at..].starts_with("${") => depth += 1,
            '}' if depth > 0 => depth -= 1,
            _ if letter == quote && depth == 0 => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn number_len(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let part = match bytes[at] {
            b'0'..=b'9' | b'_' | b'a'..=b'z' | b'A'..=b'Z' => true,
            // A point belongs to the number when a digit follows: `1..5` and `1.len()` are not floats.
            b'.' => bytes.get(at + 1).is_some_and(u8::is_ascii_digit) && !rest[..at].contains('.'),
            b'+' | b'-' => matches!(bytes[at - 1], b'e' | b'E') && !rest.starts_with("0x"),
            _ => false,
        };
        if !part {
            break;
        }
        at += 1;
    }
    at
}

/// For each bracket the index of its other half, for all else its own.
fn partners(text: &str, all: &[Token]) -> Vec<usize> {
    let mut found: Vec<usize> = (0..all.len()).collect();
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (index, token) in all.iter().enumerate().filter(|it| it.1.kind == TokenKind::Symbol) {
        match &text[token.range.clone()] {
            "(" => open.push((index, ")")),
            "[" | "?[" => open.push((index, "]")),
            "{" | "#{" => open.push((index, "}")),
            close @ (")" | "]" | "}") => {
                if let Some((first, _)) = open.pop_if(|it| it.1 == close) {
                    found[first] = index;
                    found[index] = first;
                }
            }
            _ => {}
        }
    }
    found
}

/// Line and column of each token, and of those in the interpolations of texts, in rising order.
fn starts(text: &str, all: &[Token]) -> Vec<((usize, usize), Range<usize>)> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for token in all {
        ranges.push(token.range.clone());
        if token.kind == TokenKind::Text && text.as_bytes()[token.range.start] == b'`' {
            inner_ranges(text, &token.range, &mut ranges);
        }
    }
    let (mut line, mut column, mut at) = (1, 1, 0);
    let mut found = Vec::with_capacity(ranges.len());
    for range in ranges {
        for letter in text[at..range.start].chars() {
            (line, column) = if letter == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        at = range.start;
        found.push(((line, column), range));
    }
    found
}

/// The tokens between `${` and `}` of a text.
fn inner_ranges(text: &str, outer: &Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let mut from = outer.start + 1;
    while let Some(open) = text[from..outer.end].find("${").map(|it| from + it + 2) {
        let mut depth = 1_usize;
        from = outer.end;
        let mut at = open;
        while let Some(token) = token_from(&text[..outer.end], at) {
            let range = token.range;
            at = range.end;
            match &text[range.clone()] {
                "{" | "#{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                from = range.end;
                break;
            }
            ranges.push(range);
        }
    }
}

/// The tokens that a range touches.
fn touched(all: &[Token], range: &Range<usize>) -> Range<usize> {
    let first = all.partition_point(|it| it.range.end <= range.start);
    let last = all.partition_point(|it| it.range.start < range.end);
    first..last.max(first)
}

/// The first token of code that starts at a byte or after it.
fn after(all: &[Token], byte: usize) -> Option<usize> {
    let from = all.partition_point(|it| it.range.start < byte);
    (from..all.len()).find(|it| all[*it].kind != TokenKind::Comment)
}

/// A script's text with its tokens and lines, for finding the token at a position of Rhai's.
#[derive(Debug)]
pub(crate) struct Tokens {
    all: Vec<Token>,
    /// For each bracket its other half, for all else and for brackets without one the token itself.
    partners: Vec<usize>,
    /// The tokens inside interpolated text with their partners.
    inner: (Vec<Token>, Vec<usize>),
    /// Line and column of each token, those inside interpolated text as well, with its bytes.
    starts: Vec<((usize, usize), Range<usize>)>,
    line_starts: Vec<usize>,
    text: String,
}

impl Tokens {
    /// Takes a script apart.
    pub(crate) fn new(text: &str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        // What is longer is refused before anybody looks at a token.
        let all = if text.len() > TEXT_LEN_MAX { Vec::new() } else { tokens(text) };
        let starts = starts(text, &all);
        let is_inner = |range: &Range<usize>| {
            let before = all.partition_point(|it| it.range.start <= range.start);
            all[..before].last().is_some_and(|it| it.kind == TokenKind::Text && it.range != *range)
        };
        let inner = starts.iter().map(|it| &it.1).filter(|it| is_inner(it));
        let inner: Vec<Token> = inner.filter_map(|it| token_from(&text[..it.end], it.start)).collect();
        let inner_partners = partners(text, &inner);
        Self {
            partners: partners(text, &all),
            all,
            inner: (inner, inner_partners),
            starts,
            line_starts,
            text: text.to_owned(),
        }
    }

    /// A comment that runs to the end of the text without being closed: Rhai takes it as closed.
    pub(crate) fn open_comment(&self) -> Option<Range<usize>> {
        let last = self.all.last().filter(|it| it.kind == TokenKind::Comment)?;
        let text = &self.text[last.range.clone()];
        let depth = text.matches("/*").count().saturating_sub(text.matches("*/").count());
        (text.starts_with("/*") && depth > 0).then(|| last.range.clone())
    }

    /// All tokens but comments.
    pub(crate) fn code(&self) -> impl Iterator<Item = &Token> {
        self.all.iter().filter(|it| it.kind != TokenKind::Comment)
    }

    /// The tokens of code, those inside interpolated text as well, each behind the text it stands in.
    pub(crate) fn with_interpolated(&self) -> impl Iterator<Item = Token> {
        let token = |range: &Range<usize>| token_from(&self.text[..range.end], range.start);
        self.starts.iter().filter_map(move |it| token(&it.1)).filter(|it| it.kind != TokenKind::Comment)
    }

    /// The first bracket without its other half.
    pub(crate) fn lonely_bracket(&self) -> Option<&Token> {
        let is_bracket = |it: &Token| {
            it.kind == TokenKind::Symbol
                && matches!(self.text(it), "(" | "[" | "{" | "#{" | "?[" | ")" | "]" | "}")
        };
        let lonely = |(index, it): &(usize, &Token)| self.partners[*index] == *index && is_bracket(it);
        self.all.iter().enumerate().find(lonely).map(|it| it.1)
    }

    /// The text of a token.
    pub(crate) fn text(&self, token: &Token) -> &str {
        &self.text[token.range.clone()]
    }

    /// The text of a range.
    pub(crate) fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// The bytes of the token at a line and column, both from 1, columns counted in characters.
    pub(crate) fn range(&self, line: usize, column: usize) -> Range<usize> {
        match self.starts.binary_search_by_key(&(line, column), |it| it.0) {
            Ok(found) => self.starts[found].1.clone(),
            Err(_) => self.range_at(self.byte(line, column)),
        }
    }

    /// The byte at a line and column.
    pub(crate) fn byte(&self, line: usize, column: usize) -> usize {
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let skip = column.saturating_sub(1);
        self.text[start..].char_indices().nth(skip).map_or(self.text.len(), |(at, _)| start + at)
    }

    /// The bytes of the token at a byte; of one character where no token starts there.
    pub(crate) fn range_at(&self, byte: usize) -> Range<usize> {
        match self.index_at(byte) {
            Some(found) => self.all[found].range.clone(),
            None => {
                let len = self.text.get(byte..).and_then(|it| it.chars().next()).map_or(0, char::len_utf8);
                byte..byte + len
            }
        }
    }

    fn index_at(&self, byte: usize) -> Option<usize> {
        let found = self.all.partition_point(|it| it.range.end <= byte);
        self.all.get(found).filter(|it| it.range.contains(&byte)).map(|_| found)
    }

    /// The tokens that a range touches.
    fn touched(&self, range: &Range<usize>) -> Range<usize> {
        touched(&self.all, range)
    }

    /// The tokens that a range is made of, with their partners: those inside interpolated text where it
    /// lies there.
    fn level(&self, range: &Range<usize>) -> (&[Token], &[usize]) {
        let is_inside = |it: &Token| it.kind == TokenKind::Text && it.range != *range;
        let around = self.index_at(range.start).map(|it| &self.all[it]).filter(|it| is_inside(it));
        match around.filter(|it| it.range.start < range.start && range.end < it.range.end) {
            Some(_) => (&self.inner.0, &self.inner.1),
            None => (&self.all, &self.partners),
        }
    }

    /// A range made wider until each bracket in it has its other half: Rhai's tree knows no brackets.
    pub(crate) fn balanced(&self, mut range: Range<usize>) -> Range<usize> {
        let (all, partners) = self.level(&range);
        loop {
            let before = range.clone();
            for index in touched(all, &before) {
                let partner = &all[partners[index]].range;
                range = range.start.min(partner.start)..range.end.max(partner.end);
            }
            if range == before {
                return range;
            }
        }
    }

    /// A name with the brackets after it: a call. The name alone where there are none.
    pub(crate) fn call(&self, name: Range<usize>) -> Range<usize> {
        let (all, partners) = self.level(&name);
        match after(all, name.end) {
            Some(next) if matches!(self.text(&all[next]), "(" | "[" | "{") => {
                name.start..all[partners[next]].range.end
            }
            _ => name,
        }
    }

    /// `|a, b| …` from its first bar on; `body` ends where its body's last part does.
    pub(crate) fn closure(&self, bar: Range<usize>, body: usize) -> Range<usize> {
        let (all, partners) = self.level(&bar);
        let is_bar = |it: &&Token| matches!(self.text(it), "|" | "||") && it.range.start >= bar.end;
        let bars = if self.slice(bar.clone()) == "|" {
            all.iter().find(is_bar).map_or(bar.end, |it| it.range.end)
        } else {
            bar.end
        };
        let block = after(all, bars).filter(|it| self.text(&all[*it]) == "{");
        bar.start..block.map_or(body, |it| all[partners[it]].range.end).max(bar.end)
    }

    /// `if … { … } else { … }` from its first word on; `switch … { … }` as well.
    pub(crate) fn braced(&self, word: Range<usize>) -> Range<usize> {
        let mut end = word.end;
        let mut from = self.touched(&word).end;
        while let Some(open) = (from..self.all.len()).find(|it| self.text(&self.all[*it]) == "{") {
            let close = self.partners[open];
            end = self.all[close].range.end;
            let follows = self.index_after(end).filter(|it| self.text(&self.all[*it]) == "else");
            let Some(follows) = follows else { break };
            from = follows + 1;
        }
        word.start..end
    }

    /// The first token of code that starts at a byte or after it.
    fn index_after(&self, byte: usize) -> Option<usize> {
        after(&self.all, byte)
    }

    /// The token of code before a byte.
    pub(crate) fn before(&self, byte: usize) -> Option<&Token> {
        let until = self.all.partition_point(|it| it.range.end <= byte);
        self.all[..until].iter().rev().find(|it| it.kind != TokenKind::Comment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|it| &text[it.range]).collect()
    }

    #[test]
    fn splits_like_rhai() {
        assert_eq!(
            split("a>=1.5e-3&&渠道==\"电\\\"话\""),
            ["a", ">=", "1.5e-3", "&&", "渠道", "==", "\"电\\\"话\""]
        );
        assert_eq!(
            split("x in 1..=5 // no\n y.len()"),
            ["x", "in", "1", "..=", "5", "// no", "y", ".", "len", "(", ")"]
        );
        assert_eq!(split("`a ${b + `c`} d` /* /* */ */ ??"), ["`a ${b + `c`} d`", "/* /* */ */", "??"]);
        assert_eq!(split("\"open"), ["\"open"]);
    }

    #[test]
    fn positions_find_tokens() {
        let tokens = Tokens::new("投诉 ==\n 渠道");
        assert_eq!(tokens.range(2, 2), 11..17);
        assert_eq!(tokens.range(9, 9).len(), 0);
        let text = "`${a} 中 ${超时}`";
        assert_eq!(&text[Tokens::new(text).range(1, 11)], "超时");
    }

    #[test]
    fn ranges_are_widened_over_brackets() {
        let text = "(a + f(b)[1]) * (c - d) // )";
        let tokens = Tokens::new(text);
        let at = |part: &str| text.find(part).map(|it| it..it + part.len()).unwrap();
        assert_eq!(&text[tokens.balanced(at("a + f(b)[1]) * (c - d"))], "(a + f(b)[1]) * (c - d)");
        assert_eq!(&text[tokens.balanced(at("a + f(b"))], "a + f(b)");
        assert_eq!(&text[tokens.call(at("f"))], "f(b)");
        let text = "1 + if a { #{} } else if b { 2 } - 3";
        let tokens = Tokens::new(text);
        assert_eq!(&text[tokens.braced(4..6)], "if a { #{} } else if b { 2 }");
    }
}
