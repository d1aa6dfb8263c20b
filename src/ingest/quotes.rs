//! Where CSV records end: an exact state machine over quotes.

use memchr::{memchr, memchr2, memrchr};

/// The characters that give a CSV file its structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Between fields.
    pub(super) delimiter: u8,
    /// Around fields.
    pub(super) quote: u8,
    /// Before a quote inside quotes that does not close them, besides a doubled quote.
    pub(super) escape: Option<u8>,
    /// The last byte of a line's end: `\n`, or `\r` in files that know no `\n`.
    pub(super) newline: u8,
}

impl Dialect {
    /// RFC 4180.
    pub(super) const PLAIN: Self = Self { delimiter: b',', quote: b'"', escape: None, newline: b'\n' };

    /// True if a quote after `before` opens a quoted field.
    fn opens_after(self, before: Option<u8>) -> bool {
        before.is_none_or(|it| it == self.delimiter || it == self.newline)
    }
}

/// Walks through a growing buffer of whole records and remembers where lines ended outside quotes.
///
/// A quote opens only at the start of a field; elsewhere in an unquoted field it is literal. Inside
/// quotes a doubled quote is one quote, and a single one closes; what follows it up to the next
/// delimiter is kept as written, as Python's `csv` does.
#[derive(Debug, Default)]
pub(super) struct QuoteScanner {
    /// Everything before has been looked at.
    at: usize,
    quoted: bool,
    /// Where the present stretch outside quotes began.
    outside_from: usize,
    /// Earlier stretches outside quotes that may hold a line's end.
    outside: Vec<(usize, usize)>,
    /// Every quote so far opened a field, closed one, or was doubled: whether a byte lies inside
    /// quotes is then the parity of the quotes before it.
    regular: bool,
}

impl QuoteScanner {
    /// Begins at the start of a record.
    pub(super) fn restart(&mut self, at: usize) {
        self.at = at;
        self.quoted = false;
        self.outside_from = at;
        self.outside.clear();
        self.regular = true;
    }

    /// Looks at what has been appended to `bytes`. `ended`: nothing more will be.
    pub(super) fn scan(&mut self, bytes: &[u8], dialect: Dialect, ended: bool) {
        while self.at < bytes.len() {
            let rest = &bytes[self.at..];
            if !self.quoted {
                let Some(ahead) = memchr(dialect.quote, rest) else { break };
                let quote = self.at + ahead;
                self.at = quote + 1;
                if dialect.opens_after(quote.checked_sub(1).map(|it| bytes[it])) {
                    self.quoted = true;
                    self.outside.push((self.outside_from, quote));
                } else {
                    self.regular = false;
                }
                continue;
            }
            let found = match dialect.escape {
                Some(escape) => memchr2(dialect.quote, escape, rest),
                None => memchr(dialect.quote, rest),
            };
            let Some(ahead) = found else { break };
            let quote = self.at + ahead;
            if quote + 1 == bytes.len() && !ended {
                // What the next byte is decides whether this one closes.
                self.at = quote;
                return;
            }
            if bytes[quote] != dialect.quote {
                self.regular = false;
                self.at = quote + 2;
            } else if bytes.get(quote + 1) == Some(&dialect.quote) {
                self.at = quote + 2;
            } else {
                self.quoted = false;
                self.at = quote + 1;
                self.outside_from = self.at;
                self.regular &= ends_field(&bytes[self.at..], dialect);
            }
        }
        self.at = self.at.max(bytes.len());
    }

    /// The end of the last whole record so far, if there is one.
    pub(super) fn records_end(&self, bytes: &[u8], dialect: Dialect) -> Option<usize> {
        let newline = |from: usize, to: usize| {
            let to = to.min(bytes.len());
            memrchr(dialect.newline, bytes.get(from..to)?).map(|it| from + it + 1)
        };
        if !self.quoted
            && let Some(end) = newline(self.outside_from, self.at)
        {
            return Some(end);
        }
        self.outside.iter().rev().find_map(|(from, to)| newline(*from, *to))
    }

    /// True if parity tells what lies inside quotes.
    pub(super) fn is_regular(&self) -> bool {
        self.regular
    }
}

fn ends_field(rest: &[u8], dialect: Dialect) -> bool {
    match rest {
        [] | [b'\r'] => true,
        [b'\r', next, ..] if *next == dialect.newline => true,
        [next, ..] => *next == dialect.delimiter || *next == dialect.newline,
    }
}

/// The text of a cell that begins with a quote: `Ok` with the range of `cell` if it can stay where
/// it is, else the text put together anew.
pub(super) fn unquote(cell: &str, dialect: Dialect) -> Result<std::ops::Range<usize>, String> {
    let bytes = cell.as_bytes();
    let closing = bytes.len() - 1;
    if closing > 0 && bytes[closing] == dialect.quote && dialect.escape.is_none() {
        let inner = &bytes[1..closing];
        if memchr(dialect.quote, inner).is_none() {
            return Ok(1..closing);
        }
    }
    let mut out = String::with_capacity(cell.len());
    let mut quoted = true;
    let mut rest = &cell[1..];
    while quoted {
        let special = |it: char| {
            it == char::from(dialect.quote) || dialect.escape.is_some_and(|by| it == char::from(by))
        };
        let Some(at) = rest.find(special) else { break };
        out.push_str(&rest[..at]);
        let (first, after) = rest[at..].split_at(1);
        let escaped = first.as_bytes()[0] != dialect.quote;
        match after.chars().next() {
            Some(next) if escaped || next == char::from(dialect.quote) => {
                out.push(next);
                rest = &after[next.len_utf8()..];
            }
            Some(_) | None => {
                if escaped {
                    out.push_str(first);
                }
                quoted = false;
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Err(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str, pieces: usize) -> (Option<usize>, bool, bool) {
        let mut scanner = QuoteScanner::default();
        scanner.restart(0);
        let mut seen = 0;
        while seen < text.len() {
            seen = (seen + pieces).min(text.len());
            scanner.scan(&text.as_bytes()[..seen], Dialect::PLAIN, seen == text.len());
        }
        (scanner.records_end(text.as_bytes(), Dialect::PLAIN), scanner.quoted, scanner.is_regular())
    }

    #[test]
    fn boundaries_do_not_depend_on_how_the_bytes_arrive() {
        let cases = [
            ("a,b\nc,d\n", Some(8), false, true),
            ("a,\"b\nc\",d\ne", Some(10), false, true),
            ("a,\"b \"\"x\"\"\n\"\"\",d\n\"", Some(17), true, true),
            ("a,5\" disk\nb,\"c\nd", Some(10), true, false),
            ("\"a\" b\"\nc,\"\"\"\n", Some(7), true, false),
            ("\"\"\n\"\"\"\"\n", Some(8), false, true),
        ];
        for (text, end, quoted, regular) in cases {
            for pieces in 1..=text.len() {
                assert_eq!(ends(text, pieces), (end, quoted, regular), "{text:?} in pieces of {pieces}");
            }
        }
    }

    #[test]
    fn cells_are_unquoted_leniently() {
        let read =
            |cell: &str, dialect| unquote(cell, dialect).map_or_else(|it| it, |range| cell[range].to_owned());
        for (cell, text) in [
            ("\"a,b\"", "a,b"),
            ("\"\"", ""),
            ("\"a\"\"b\"", "a\"b"),
            ("\"\"\"\"", "\""),
            ("\"a\" b", "a b"),
            ("\"a\"b\"", "ab\""),
            ("\"", ""),
            ("\"中\"\"文\"", "中\"文"),
        ] {
            assert_eq!(read(cell, Dialect::PLAIN), text, "{cell}");
        }
        let escaping = Dialect { escape: Some(b'\\'), ..Dialect::PLAIN };
        assert_eq!(read(r#""a \"b\" \\ c""#, escaping), r#"a "b" \ c"#);
    }
}
