//! A strict scanner for JSON (RFC 8259) that copies nothing and never recurses.

/// What kind of value a piece of JSON is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// A value in a text: strings without their quotes, everything else as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The string holds escapes.
    pub(super) escaped: bool,
}

/// The text is no JSON at this byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) usize);

/// Containers may nest this deep; deeper ones are refused rather than counted for ever.
const DEPTH_MAX: usize = 1 << 20;

/// The position of the first byte at or after `at` that is no JSON white space.
#[inline]
pub(super) fn skip_space(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// Reads the members of an object that begins at `at`; gives the position after it.
pub(super) fn object(
    text: &[u8],
    at: usize,
    mut member: impl FnMut(Token, Token),
) -> Result<usize, Malformed> {
    let mut at = expect(text, at, b'{')?;
    at = skip_space(text, at);
    if text.get(at) == Some(&b'}') {
        return Ok(at + 1);
    }
    loop {
        let key = string(text, at)?;
        at = skip_space(text, key.end + 1);
        at = skip_space(text, expect(text, at, b':')?);
        let (found, after) = value(text, at)?;
        member(key, found);
        at = skip_space(text, after);
        match text.get(at) {
            Some(b',') => at = skip_space(text, at + 1),
            Some(b'}') => return Ok(at + 1),
            _ => return Err(Malformed(at)),
        }
    }
}

/// Reads the elements of an array that begins at `at`; gives the position after it.
pub(super) fn array(text: &[u8], at: usize, mut element: impl FnMut(Token)) -> Result<usize, Malformed> {
    let mut at = skip_space(text, expect(text, at, b'[')?);
    if text.get(at) == Some(&b']') {
        return Ok(at + 1);
    }
    loop {
        let (found, after) = value(text, at)?;
        element(found);
        at = skip_space(text, after);
        match text.get(at) {
            Some(b',') => at = skip_space(text, at + 1),
            Some(b']') => return Ok(at + 1),
            _ => return Err(Malformed(at)),
        }
    }
}

/// Reads the value that begins at `at`; gives it and the position after it.
#[inline]
pub(super) fn value(text: &[u8], at: usize) -> Result<(Token, usize), Malformed> {
    let token = |kind, end| Ok((Token { kind, start: at, end, escaped: false }, end));
    match text.get(at) {
        Some(b'"') => string(text, at).map(|it| (it, it.end + 1)),
        Some(b'-' | b'0'..=b'9') => token(Kind::Number, number(text, at)?),
        Some(b't') => token(Kind::Bool, word(text, at, b"true")?),
        Some(b'f') => token(Kind::Bool, word(text, at, b"false")?),
        Some(b'n') => token(Kind::Null, word(text, at, b"null")?),
        Some(b'[') => token(Kind::Array, nested(text, at)?),
        Some(b'{') => token(Kind::Object, nested(text, at)?),
        Some(_) | None => Err(Malformed(at)),
    }
}

fn expect(text: &[u8], at: usize, byte: u8) -> Result<usize, Malformed> {
    if text.get(at) == Some(&byte) { Ok(at + 1) } else { Err(Malformed(at)) }
}

fn word(text: &[u8], at: usize, word: &[u8]) -> Result<usize, Malformed> {
    if text[at..].starts_with(word) { Ok(at + word.len()) } else { Err(Malformed(at)) }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// For eight bytes at once: the high bit of the first byte that is a quote, a backslash or a
/// control character (bits above the first one mean nothing).
#[inline]
fn specials(word: u64) -> u64 {
    let zero = |it: u64| it.wrapping_sub(ONES) & !it;
    let quote = zero(word ^ (ONES * 0x22));
    let backslash = zero(word ^ (ONES * 0x5C));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & HIGH
}

/// Reads the string whose opening quote stands at `at`.
#[inline]
fn string(text: &[u8], at: usize) -> Result<Token, Malformed> {
    let start = expect(text, at, b'"')?;
    let (mut at, mut escaped) = (start, false);
    loop {
        while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let found = specials(u64::from_le_bytes(*eight));
            if found != 0 {
                at += found.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match text.get(at) {
            Some(b'"') => return Ok(Token { kind: Kind::String, start, end: at, escaped }),
            Some(b'\\') => {
                escaped = true;
                at = escape(text, at + 1)?;
            }
            Some(0..=0x1F) | None => return Err(Malformed(at)),
            Some(_) => at += 1,
        }
    }
}

fn escape(text: &[u8], at: usize) -> Result<usize, Malformed> {
    match text.get(at) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 1),
        Some(b'u') => {
            let digits = text.get(at + 1..at + 5).is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit));
            if digits { Ok(at + 5) } else { Err(Malformed(at)) }
        }
        Some(_) | None => Err(Malformed(at)),
    }
}

fn number(text: &[u8], mut at: usize) -> Result<usize, Malformed> {
    at += usize::from(text[at] == b'-');
    let digits = |from: usize| {
        let count = text[from..].iter().take_while(|it| it.is_ascii_digit()).count();
        if count == 0 { Err(Malformed(from)) } else { Ok(from + count) }
    };
    if text.get(at) == Some(&b'0') {
        at += 1;
    } else {
        at = digits(at)?;
    }
    if text.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        at = digits(at)?;
    }
    Ok(at)
}

/// Steps over an array or object. A bit for each open container says which it is.
fn nested(text: &[u8], mut at: usize) -> Result<usize, Malformed> {
    let mut open = OpenContainers::default();
    loop {
        // Here a value begins.
        match text.get(at) {
            Some(bracket @ (b'[' | b'{')) => {
                let is_object = *bracket == b'{';
                at = skip_space(text, at + 1);
                if text.get(at) == Some(if is_object { &b'}' } else { &b']' }) {
                    at += 1;
                } else {
                    open.push(is_object).ok_or(Malformed(at))?;
                    if is_object {
                        at = key(text, at)?;
                    }
                    continue;
                }
            }
            _ => at = value_flat(text, at)?,
        }
        // Here a value has ended.
        loop {
            let Some(is_object) = open.last() else { return Ok(at) };
            at = skip_space(text, at);
            match text.get(at) {
                Some(b',') => {
                    at = skip_space(text, at + 1);
                    if is_object {
                        at = key(text, at)?;
                    }
                    break;
                }
                Some(b'}') if is_object => {}
                Some(b']') if !is_object => {}
                _ => return Err(Malformed(at)),
            }
            at += 1;
            open.pop();
        }
    }
}

fn key(text: &[u8], at: usize) -> Result<usize, Malformed> {
    let key = string(text, at)?;
    let colon = skip_space(text, key.end + 1);
    Ok(skip_space(text, expect(text, colon, b':')?))
}

fn value_flat(text: &[u8], at: usize) -> Result<usize, Malformed> {
    match text.get(at) {
        Some(b'[' | b'{') | None => Err(Malformed(at)),
        Some(_) => value(text, at).map(|(_, end)| end),
    }
}

/// A stack of bits.
#[derive(Default)]
struct OpenContainers {
    words: Vec<u64>,
    len: usize,
}

impl OpenContainers {
    fn push(&mut self, bit: bool) -> Option<()> {
        if self.len == DEPTH_MAX {
            return None;
        }
        if self.len.is_multiple_of(64) {
            self.words.truncate(self.len / 64);
            self.words.push(0);
        }
        let word = &mut self.words[self.len / 64];
        *word = *word & !(1 << (self.len % 64)) | u64::from(bit) << (self.len % 64);
        self.len += 1;
        Some(())
    }

    fn last(&self) -> Option<bool> {
        let at = self.len.checked_sub(1)?;
        Some(self.words[at / 64] >> (at % 64) & 1 == 1)
    }

    fn pop(&mut self) {
        self.len -= 1;
    }
}

/// The text of a string token's bytes with the escapes resolved; `None` for half a surrogate pair.
pub(super) fn unescape(raw: &str, out: &mut String) -> Option<()> {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let escape = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        out.push(match escape {
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
                let high = unit(rest)?;
                rest = &rest[4..];
                if (0xD800..0xDC00).contains(&high) {
                    let low =
                        rest.strip_prefix("\\u").and_then(unit).filter(|it| (0xDC00..0xE000).contains(it))?;
                    rest = &rest[6..];
                    char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))?
                } else {
                    char::from_u32(high)?
                }
            }
            other => char::from(other),
        });
    }
    out.push_str(rest);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The whole text is one value.
    fn accepts(text: &[u8]) -> bool {
        let start = skip_space(text, 0);
        let end = match text.get(start) {
            Some(b'{') => object(text, start, |_, _| ()),
            Some(b'[') => array(text, start, |_| ()),
            _ => value(text, start).map(|(_, end)| end),
        };
        end.is_ok_and(|it| skip_space(text, it) == text.len())
    }

    #[test]
    fn agrees_with_serde_json_on_the_hard_cases() {
        let Some(folder) = super::super::torture::shared("torture/jsontestsuite/test_parsing") else {
            return;
        };
        let entries = std::fs::read_dir(folder).unwrap();
        let mut seen = 0;
        for path in entries.map(|it| it.unwrap().path()) {
            let bytes = std::fs::read(&path).unwrap();
            let Ok(text) = std::str::from_utf8(&bytes) else { continue };
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            match name.as_bytes()[0] {
                b'y' => assert!(accepts(text.as_bytes()), "{name}"),
                b'n' => assert!(!accepts(text.as_bytes()), "{name}"),
                _ => {}
            }
            seen += 1;
        }
        assert!(seen > 250);
    }

    #[test]
    fn depth_is_no_danger() {
        let bomb = "[".repeat(3_000_000);
        assert!(!accepts(bomb.as_bytes()));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(accepts(deep.as_bytes()));
    }

    #[test]
    fn escapes_are_resolved() {
        let read = |raw: &str| {
            let mut out = String::new();
            unescape(raw, &mut out).map(|()| out)
        };
        assert_eq!(read(r"a\n\u4e2d\ud83d\ude39\/\\"), Some("a\n中😹/\\".to_owned()));
        assert_eq!(read(r"\ud800"), None);
        assert_eq!(read(r"\udc00x"), None);
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(text in "[\\[\\]{}:,\"\\\\ a1e.0\\-+tnul]{0,12}|\\{\"a\": ?[\\[\\]{}:,\"1e.\\-\\\\u ]{0,9}\\}") {
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(accepts(text.as_bytes()), theirs, "{}", text);
        }
    }
}
