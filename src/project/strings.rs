//! TOML strings with the way back: which bytes of the file made which bytes of the text.

use std::ops::Range;

/// A TOML string undone, and its runs as [`crate::rule::Script`] keeps them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    /// The text.
    pub(super) text: String,
    /// (byte of the text, byte of the file).
    pub(super) runs: Vec<(usize, usize)>,
}

impl Decoded {
    fn run(&mut self, in_file: usize) {
        let run = (self.text.len(), in_file);
        if self.runs.last() != Some(&run) {
            self.runs.push(run);
        }
    }
}

/// Decodes the TOML string that stands at `span` of `file`, quotes included; `None` where there
/// is no valid one (the parser has complained already, or the span is not a string's).
pub(super) fn decode(file: &str, span: Range<usize>) -> Option<Decoded> {
    let raw = file.get(span.clone())?;
    let (quotes, escapes) = match raw {
        _ if raw.len() >= 6 && raw.starts_with("\"\"\"") => (3, true),
        _ if raw.len() >= 6 && raw.starts_with("\'\'\'") => (3, false),
        _ if raw.len() >= 2 && raw.starts_with('"') => (1, true),
        _ if raw.len() >= 2 && raw.starts_with('\'') => (1, false),
        _ => return None,
    };
    let mut start = quotes;
    if quotes == 3 {
        // A line break right after the opening quotes is no part of the text.
        start += ["\r\n", "\n"].into_iter().find(|it| raw[3..].starts_with(it)).map_or(0, str::len);
    }
    let end = raw.len() - quotes;
    let inner = raw.get(start..end)?;
    let base = span.start + start;
    let mut out = Decoded { text: String::new(), runs: vec![(0, base)] };
    if !escapes {
        out.text.push_str(inner);
    } else {
        undo_escapes(inner, base, &mut out)?;
    }
    out.run(base + inner.len());
    Some(out)
}

fn undo_escapes(inner: &str, base: usize, out: &mut Decoded) -> Option<()> {
    let mut at = 0;
    while let Some(plain) = inner[at..].find('\\') {
        out.text.push_str(&inner[at..at + plain]);
        at += plain;
        out.run(base + at);
        let after = &inner[at + 1..];
        let gap = after.len() - after.trim_start_matches([' ', '\t', '\r', '\n']).len();
        if gap > 0 {
            at += 1 + gap;
        } else {
            let (c, len) = escape(after)?;
            out.text.push(c);
            at += 1 + len;
        }
        out.run(base + at);
    }
    out.text.push_str(&inner[at..]);
    Some(())
}

/// The character of an escape and how many bytes it takes after the backslash (TOML 1.1).
fn escape(after: &str) -> Option<(char, usize)> {
    let code = |digits: usize| {
        let value = u32::from_str_radix(after.get(1..=digits)?, 16).ok()?;
        Some((char::from_u32(value)?, digits + 1))
    };
    match after.chars().next()? {
        'b' => Some(('\u{8}', 1)),
        't' => Some(('\t', 1)),
        'n' => Some(('\n', 1)),
        'f' => Some(('\u{c}', 1)),
        'r' => Some(('\r', 1)),
        'e' => Some(('\u{1b}', 1)),
        '"' => Some(('"', 1)),
        '\\' => Some(('\\', 1)),
        'x' => code(2),
        'u' => code(4),
        'U' => code(8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Script;
    use proptest::prelude::*;

    /// The pieces of a string as written: (as it stands in the file, what it means).
    fn pieces(multi_line: bool, literal: bool) -> impl Strategy<Value = Vec<(String, String)>> {
        let plain = |text: &'static str| (text.to_owned(), text.to_owned());
        let with = |raw: &'static str, text: &'static str| (raw.to_owned(), text.to_owned());
        let mut all = vec![plain("a"), plain("中"), plain("🙂"), plain(" && "), plain("\t")];
        if !literal {
            all.extend([with("\\n", "\n"), with("\\\"", "\""), with("\\\\", "\\"), with("\\u4e2d", "中")]);
            all.extend([
                with("\\U0001F642", "🙂"),
                with("\\x41", "A"),
                with("\\e", "\u{1b}"),
                with("\\t", "\t"),
            ]);
        } else {
            all.extend([plain("\\"), plain("\"")]);
        }
        if multi_line {
            all.extend([plain("\n"), plain("\r\n"), plain("'x"), plain("\n\n")]);
            if !literal {
                all.extend([with("\\\n   \t", ""), with("\\  \r\n\n ", ""), plain("''x")]);
            }
        }
        proptest::collection::vec(proptest::sample::select(all), 0..12)
    }

    fn check(quotes: &str, pieces: &[(String, String)], first_break: &str) {
        let inner: String = pieces.iter().map(|it| it.0.as_str()).collect();
        let file = format!("# 中\nx = {quotes}{first_break}{inner}{quotes} # end\n");
        let table = toml::de::DeTable::parse(&file).unwrap();
        let value = &table.get_ref()["x"];
        let decoded = decode(&file, value.span()).unwrap();
        assert_eq!(Some(decoded.text.as_str()), value.get_ref().as_str(), "{file:?}");
        let script = Script { text: decoded.text, file: "x".into(), runs: decoded.runs };
        let mut in_file = file.find("x = ").unwrap() + 4 + quotes.len() + first_break.len();
        let mut in_text = 0;
        for (raw, text) in pieces {
            if !text.is_empty() {
                assert_eq!(
                    script.span(in_text..in_text + text.len()),
                    in_file..in_file + raw.len(),
                    "{file:?} {script:?}"
                );
            }
            let mut byte = in_text;
            for c in text.chars() {
                let span = script.span(byte..byte + c.len_utf8());
                // One character is either itself in the file or one whole escape.
                assert!(
                    file[span.clone()].starts_with('\\') || file[span.clone()] == c.to_string(),
                    "{span:?}"
                );
                byte += c.len_utf8();
            }
            in_text += text.len();
            in_file += raw.len();
        }
        assert_eq!(script.span(in_text..in_text), in_file..in_file);
    }

    /// A line-ending backslash eats every white space that follows it, so that cannot come first.
    fn stand_alone(pieces: Vec<(String, String)>) -> Vec<(String, String)> {
        let mut out: Vec<(String, String)> = Vec::new();
        for piece in pieces {
            let eaten = piece.0.starts_with([' ', '\t', '\n', '\r']);
            if !(eaten && out.last().is_some_and(|it| it.1.is_empty())) {
                out.push(piece);
            }
        }
        out
    }

    proptest! {
        #[test]
        fn basic_strings_lead_back(pieces in pieces(false, false)) {
            check("\"", &pieces, "");
        }

        #[test]
        fn literal_strings_lead_back(pieces in pieces(false, true)) {
            check("'", &pieces, "");
        }

        #[test]
        fn long_basic_strings_lead_back(pieces in pieces(true, false), first in "(\n|\r\n)") {
            check("\"\"\"", &stand_alone(pieces), &first);
        }

        #[test]
        fn long_literal_strings_lead_back(pieces in pieces(true, true), first in "(\n|\r\n)") {
            check("\'\'\'", &pieces, &first);
        }
    }

    #[test]
    fn what_is_no_string_is_nothing() {
        for raw in ["", "'", "12", "\"\\q\"", "\"\\u12\""] {
            assert_eq!(decode(raw, 0..raw.len()), None, "{raw}");
        }
        assert_eq!(decode("x", 5..9), None);
    }
}
