//! Small changes to a script before Rhai runs it row by row, where Rhai would let a missing value
//! pass unseen: the subject of a `switch` and the values inside interpolated text go through `known`,
//! which turns a missing value into "no evidence"; what stands before `??` goes through `readable`,
//! which does so with a value that could not be read. Nothing else changes, so positions stay near.

use super::tokens::{Token, TokenKind, tokens};

/// The script as Rhai is to see it.
pub(super) fn rewrite(text: &str) -> String {
    let text = &with_readable_values(text);
    let all = tokens(text);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut index = 0;
    while index < all.len() {
        let token = &all[index];
        let word = &text[token.range.clone()];
        if token.kind == TokenKind::Name && word == "switch" {
            // The subject ends at the first opening brace that stands outside brackets.
            let mut depth = 0_i32;
            let subject = &all[index + 1..];
            let end = subject.iter().find(|it| {
                match &text[it.range.clone()] {
                    "(" | "[" => depth += 1,
                    ")" | "]" => depth -= 1,
                    _ => {}
                }
                depth == 0 && &text[it.range.clone()] == "{"
            });
            if let Some(end) = end {
                out.push_str(&text[done..token.range.end]);
                out.push_str(" known(");
                out.push_str(&rewrite(&text[token.range.end..end.range.start]));
                out.push_str(") ");
                done = end.range.start;
                index += 1 + subject.iter().take_while(|it| it.range.start < end.range.start).count();
                continue;
            }
        }
        if token.kind == TokenKind::Text && word.starts_with('`') {
            out.push_str(&text[done..token.range.start]);
            out.push_str(&rewrite_text(word));
            done = token.range.end;
        }
        index += 1;
    }
    out.push_str(&text[done..]);
    out
}

/// `a ?? b` as `readable(a) ?? b`, where `a` is a name or stands in brackets: what any operator or
/// call gives has been read.
fn with_readable_values(text: &str) -> String {
    let all: Vec<Token> = tokens(text).into_iter().filter(|it| it.kind != TokenKind::Comment).collect();
    let word = |at: usize| &text[all[at].range.clone()];
    let mut calls: Vec<(usize, &str)> = Vec::new();
    for at in (1..all.len()).filter(|it| word(*it) == "??") {
        let last = at - 1;
        let first = match (all[last].kind, word(last)) {
            (TokenKind::Name, _) if last == 0 || word(last - 1) != "." => last,
            (_, ")") => {
                let mut depth = 0_i32;
                let opens = (0..=last).rev().find(|it| {
                    depth += i32::from(word(*it) == ")") - i32::from(word(*it) == "(");
                    depth == 0
                });
                match opens {
                    Some(opens) if opens == 0 || all[opens - 1].kind != TokenKind::Name => opens,
                    _ => continue,
                }
            }
            _ => continue,
        };
        calls.push((all[first].range.start, "readable("));
        calls.push((all[last].range.end, ")"));
    }
    // Brackets may stand in brackets.
    calls.sort_by_key(|it| it.0);
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for (at, piece) in calls {
        out.push_str(&text[done..at]);
        out.push_str(piece);
        done = at;
    }
    out.push_str(&text[done..]);
    out
}

/// `a ${b} c` with what stands in `${…}` made known.
fn rewrite_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("${") {
        out.push_str(&rest[..open]);
        let inner = &rest[open + 2..];
        let mut depth = 1;
        let end = inner.char_indices().find(|(_, letter)| {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let Some((end, _)) = end else { break };
        out.push_str("${known(");
        out.push_str(&rewrite(&inner[..end]));
        out.push_str(")}");
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_leaks_are_changed() {
        assert_eq!(rewrite("a && b"), "a && b");
        assert_eq!(rewrite("(a ?? b ?? 3) == f(c) ?? 1"), "(readable(a) ?? readable(b) ?? 3) == f(c) ?? 1");
        assert_eq!(rewrite("((a) ?? b) ?? \"??\""), "readable((readable((a)) ?? b)) ?? \"??\"");
        assert_eq!(rewrite("switch a ?? 1 { _ => 2 }"), "switch known( readable(a) ?? 1 ) { _ => 2 }");
        assert_eq!(
            rewrite("switch m { 1 => true, _ => false }"),
            "switch known( m ) { 1 => true, _ => false }"
        );
        assert_eq!(rewrite("f(`x ${m} ${n + `${k}`}`)"), "f(`x ${known(m)} ${known(n + `${known(k)}`)}`)");
    }
}
