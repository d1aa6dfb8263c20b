//! Text from data made harmless: one function a kind of output, each with its table of hostile
//! cases below.

use crate::finding::{Fingerprint, put_short};
use std::borrow::Cow;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// True for characters that move, hide or reorder what stands around them: bidirectional controls
/// (Unicode UAX 9), line and paragraph separators, invisible format characters, tags.
pub(super) const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Appends a JSON string (RFC 8259) with its quotes. Besides what must be escaped, so are DEL, C1
/// controls, U+2028, U+2029 and bidirectional controls, so that a report can be looked at safely.
pub(super) fn json_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    json_text(out, text);
    out.push(b'"');
}

/// Appends text of a JSON string, without quotes.
#[inline]
pub(super) fn json_text(out: &mut Vec<u8>, text: &str) {
    if json_plain(text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
    } else {
        json_escaped(out, text);
    }
}

/// Whether text can be written as it is, found out once for several formats: what may stand in its way, in JSON and in
/// a cell of CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plain {
    /// True where JSON needs no escape.
    pub(super) json: bool,
    /// True where CSV needs no quotes, and nothing has to be left out; see [`runs_as_formula`] for what it begins with.
    pub(super) csv: bool,
}

impl Plain {
    /// Of no text at all: nothing stands in its way.
    pub(super) const YES: Self = Self { json: true, csv: true };

    /// Looks at a text.
    pub(super) fn of(text: &str) -> Self {
        // What most texts are made of is told at less cost.
        if is_ordinary(text.as_bytes()) {
            return Self::YES;
        }
        Self { json: json_plain(text.as_bytes()), csv: no_byte(text.as_bytes(), csv_suspect) }
    }

    /// Of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self { json: self.json && other.json, csv: self.csv && other.csv }
    }
}

/// True where all bytes are printable ASCII that no format has to look at.
fn is_ordinary(bytes: &[u8]) -> bool {
    let mut found = bytes.as_chunks().0.iter().fold(0, |all, it| all | unordinary(u64::from_le_bytes(*it)));
    // What is left behind whole words is looked at as the last whole word, or as the beginning and the end of half a
    // one; the shortest have ordinary bytes before them.
    if let Some(last) = bytes.last_chunk() {
        found |= unordinary(u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [u32::from_le_bytes(*first), u32::from_le_bytes(*last)];
        found |= unordinary(u64::from(first) << 32 | u64::from(last));
    } else {
        found |=
            unordinary(bytes.iter().fold(u64::from_le_bytes([b'0'; 8]), |all, it| all << 8 | u64::from(*it)));
    }
    found == 0
}

/// The bytes of a word that are not ordinary, by their highest bits: all at once, where the compiler would take them one
/// by one. A bit too many may be set, but only where there is one.
#[inline]
const fn unordinary(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const fn has(word: u64, byte: u8) -> u64 {
        let word = word ^ (ONES * byte as u64);
        word.wrapping_sub(ONES) & !word
    }
    let controls = word.wrapping_sub(ONES * 0x20) & !word;
    let marks = has(word, b'"') | has(word, b',') | has(word, b'\\') | has(word, 0x7f);
    (word | controls | marks) & (ONES << 7)
}

/// True where no byte could need escaping.
fn json_plain(bytes: &[u8]) -> bool {
    no_byte(bytes, json_suspect)
}

/// True for what may need escaping: 0xC2 and 0xE2 start the C1 controls, and U+2028 with the bidirectional controls.
#[inline]
fn json_suspect(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\') | (byte == 0x7f) | (byte == 0xc2) | (byte == 0xe2)
}

/// True where `suspect` holds of no byte. Chunks are looked at without a branch, which compiles to vector instructions.
#[inline]
fn no_byte(bytes: &[u8], suspect: impl Fn(u8) -> bool) -> bool {
    let found = |bytes: &[u8]| bytes.iter().fold(false, |found, byte| found | suspect(*byte));
    // What is left behind whole chunks is looked at as the last whole chunk, in one go.
    if let Some(last) = bytes.last_chunk::<16>() {
        return !bytes.as_chunks::<16>().0.iter().any(|it| found(it)) && !found(last);
    }
    // Less than a chunk is looked at as its beginning and its end, which share what is between.
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        return !found([*first, *last].as_flattened());
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return !found([*first, *last].as_flattened());
    }
    !found(bytes)
}

fn json_escaped(out: &mut Vec<u8>, text: &str) {
    let mut done = 0;
    for (at, c) in text.char_indices() {
        let escape: &[u8] = match c {
            '"' => b"\\\"",
            '\\' => b"\\\\",
            '\n' => b"\\n",
            '\r' => b"\\r",
            '\t' => b"\\t",
            _ if c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => b"",
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[done..at]);
        done = at + c.len_utf8();
        if escape.is_empty() {
            let code = c as usize;
            out.extend_from_slice(b"\\u");
            out.extend([12, 8, 4, 0].map(|shift| HEX[code >> shift & 15]));
        } else {
            out.extend_from_slice(escape);
        }
    }
    out.extend_from_slice(&text.as_bytes()[done..]);
}

/// Bytes of a fingerprint.
pub(super) const FINGERPRINT_LEN: usize = Fingerprint::TAG.len() + 1 + 32;

/// A fingerprint; the same text as its `Display` gives.
pub(super) fn fingerprint(id: Fingerprint) -> [u8; FINGERPRINT_LEN] {
    const DIGITS: usize = FINGERPRINT_LEN - 32;
    let mut text = [b'-'; FINGERPRINT_LEN];
    text[..DIGITS - 1].copy_from_slice(Fingerprint::TAG.as_bytes());
    let mut put = |at: usize, number: u128| text[DIGITS + at..][..8].copy_from_slice(&hex(number as u32));
    put(0, id.0 >> 96);
    put(8, id.0 >> 64);
    put(16, id.0 >> 32);
    put(24, id.0);
    text
}

/// Eight hexadecimal digits, all at once: each takes a byte of one number.
fn hex(number: u32) -> [u8; 8] {
    let mut it = u64::from(number);
    it = (it << 16 | it) & 0x0000_ffff_0000_ffff;
    it = (it << 8 | it) & 0x00ff_00ff_00ff_00ff;
    it = (it << 4 | it) & 0x0f0f_0f0f_0f0f_0f0f;
    // 1 where the digit is a letter: letters stand 39 behind the digits.
    let letters = (it + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
    (it + 0x3030_3030_3030_3030 + letters * 39).to_be_bytes()
}

/// Makes a cell of the text that stands from here on, as [`csv_cell`] does; `is_plain` where nothing in it is suspect.
#[inline]
pub(super) fn csv_cell_since(out: &mut Vec<u8>, start: usize, is_plain: bool) {
    if may_run(&out[start..]) || !is_plain && !no_byte(&out[start..], csv_suspect) {
        let text = out.split_off(start);
        csv_cell(out, &String::from_utf8_lossy(&text));
    }
}

/// True where the first byte is not reason enough to say that it is no formula: 0xEF starts the full-width signs.
#[inline]
fn may_run(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'+' | b'-' | b'=' | b'@' | b'\t' | b'\r' | b'\n' | 0xef))
}

/// Appends a cell of CSV; `plain` says what stands in its way.
#[inline]
pub(super) fn csv_cell_of(out: &mut Vec<u8>, text: &str, plain: Plain) {
    if plain.csv && !may_run(text.as_bytes()) {
        put_short(out, text);
    } else {
        csv_cell(out, text);
    }
}

/// Appends text of a JSON string, without quotes; `plain` says what stands in its way.
#[inline]
pub(super) fn json_text_of(out: &mut Vec<u8>, text: &str, plain: Plain) {
    if plain.json {
        put_short(out, text);
    } else {
        json_text(out, text);
    }
}

/// True for what may need quotes or must be left out. 0xC2 starts the C1 controls.
#[inline]
fn csv_suspect(byte: u8) -> bool {
    (byte < 0x20) | (byte == b',') | (byte == b'"') | (byte == 0x7f) | (byte == 0xc2)
}

/// Appends a cell of CSV (RFC 4180): quoted where it has to be. A cell that a spreadsheet would run
/// as a formula gets a `'` before it (OWASP, "CSV injection"); numbers stay as they are. Control
/// characters other than tab and line breaks become U+FFFD.
pub(super) fn csv_cell(out: &mut Vec<u8>, text: &str) {
    // Most cells need nothing, and are told in one pass.
    if no_byte(text.as_bytes(), csv_suspect) {
        if runs_as_formula(text) {
            out.push(b'\'');
        }
        return out.extend_from_slice(text.as_bytes());
    }
    // Text with commas is common, control characters are not: bytes are looked at before letters.
    let control =
        |byte| ((byte < 0x20) & !matches!(byte, b'\t' | b'\n' | b'\r')) | (byte == 0x7f) | (byte == 0xc2);
    let text = if no_byte(text.as_bytes(), control) { Cow::Borrowed(text) } else { without_controls(text) };
    let guard = runs_as_formula(&text);
    let quote = memchr::memchr3(b',', b'"', b'\n', text.as_bytes()).is_some() || text.contains('\r');
    if quote {
        out.push(b'"');
    }
    if guard {
        out.push(b'\'');
    }
    if quote {
        let mut parts = text.split('"');
        out.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
        for part in parts {
            out.extend_from_slice(b"\"\"");
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

fn without_controls(text: &str) -> Cow<'_, str> {
    let breaks = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    if !text.contains(breaks) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if breaks(c) { '\u{fffd}' } else { c }).collect())
}

/// True where a spreadsheet takes the cell for a formula.
pub(super) fn runs_as_formula(text: &str) -> bool {
    match text.chars().next() {
        Some('+' | '-') => !is_number(text),
        Some('=' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => true,
        Some(_) | None => false,
    }
}

/// An optional sign, digits with at most one point, an optional exponent.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok()
}

/// Text for a terminal, on one line: control characters are shown as their pictures (`␛`), unseen
/// ones by their code (`<U+202E>`), tabs and line breaks are spaces.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control() || is_unseen(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{7f}' => out.push('␡'),
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            _ if c.is_control() || is_unseen(c) => out.push_str(&format!("<U+{:04X}>", c as u32)),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Appends a path as part of a URI (RFC 3986): all but unreserved characters and `/` become their bytes.
pub(super) fn put_uri(out: &mut Vec<u8>, path: &str) {
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte);
        } else {
            out.push(b'%');
            out.extend([byte >> 4, byte & 15].map(|it| HEX[usize::from(it)].to_ascii_uppercase()));
        }
    }
}

/// The message of a workflow command: a line break would begin another command.
pub(super) fn command_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a workflow command.
pub(super) fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text for XML 1.0. Characters that XML cannot hold at all are left out; in an attribute, line breaks
/// and tabs are kept by reference.
pub(super) fn xml(out: &mut String, text: &str, attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            '\n' | '\t' => out.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
}

/// The first `chars_max` characters, with `…` where something was cut.
pub(crate) fn cut_chars(text: &str, chars_max: usize) -> Cow<'_, str> {
    // A character has a byte at least.
    if text.len() <= chars_max {
        return Cow::Borrowed(text);
    }
    match text.char_indices().nth(chars_max) {
        None => Cow::Borrowed(text),
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
    }
}

/// Stands between a sign and the word after it, so that these are no mention, reference or link:
/// sites look for those after Markdown's own escapes are undone.
const GAP: &str = "&#8203;";

/// Text for Markdown (GitHub's and GitLab's), anywhere inside a line or a table's cell: it stays
/// text. No markup, HTML, image, link, mention, reference, emoji or formula comes of it; line
/// breaks and controls are spaces, unseen characters are left out.
pub(super) fn markdown(text: &str, chars_max: usize) -> String {
    let text = cut_chars(text, chars_max);
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = ['\0'; 3];
    let text: String = text.chars().filter(|c| !is_unseen(*c)).collect();
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let next = rest.chars().next().unwrap_or(' ');
        let in_word = next.is_alphanumeric() || matches!(next, '_' | '-' | '/' | '"' | '+');
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' => out.push_str("&#124;"),
            '\\' => out.push_str("&#92;"),
            '$' => out.push_str("<span>$</span>"),
            '`' | '*' | '_' | '[' | ']' | '(' | ')' => out.extend(['\\', c]),
            '@' | '#' | '!' | '~' => {
                out.extend(['\\', c]);
                if in_word {
                    out.push_str(GAP);
                }
            }
            ':' if next == '/' || (in_word && rest.contains(':')) => {
                out.push(c);
                out.push_str(GAP);
            }
            '%' | '^' if in_word && !next.is_ascii_digit() => {
                out.push(c);
                out.push_str(GAP);
            }
            '.' if before.iter().collect::<String>().eq_ignore_ascii_case("www") => {
                out.push_str(GAP);
                out.push(c);
            }
            '-' if before[1..].iter().collect::<String>().eq_ignore_ascii_case("gh") => {
                out.push_str(GAP);
                out.push(c);
            }
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
        before = [before[1], before[2], c];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_strings_hold_anything() {
        let cases = [
            ("", r#""""#),
            ("plain text that is longer than a chunk", r#""plain text that is longer than a chunk""#),
            ("汉字“引号”…©", r#""汉字“引号”…©""#),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("\0\u{1b}[31m\n\r\t\u{7f}", r#""\u0000\u001b[31m\n\r\t\u007f""#),
            ("\u{9b}\u{2028}\u{2029}\u{202e}\u{2066}", r#""\u009b\u2028\u2029\u202e\u2066""#),
            ("</script>", r#""</script>""#),
            ("😀", r#""😀""#),
        ];
        for (text, json) in cases {
            let out = bytes(|out| json_string(out, text));
            assert_eq!(out, json);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn what_is_plain_is_found_out_wherever_it_stands() {
        for c in (0..0x250).chain([0x2014, 0x2028, 0x6c49, 0x1f600]).filter_map(char::from_u32) {
            for (before, after) in
                (0..20).flat_map(|before| [0, 1, 2, 3, 7, 8, 17].map(|after| (before, after)))
            {
                let text = ["0".repeat(before), c.into(), "~".repeat(after)].concat();
                let plain = Plain::of(&text);
                let (json, csv) = (bytes(|out| json_string(out, &text)), bytes(|out| csv_cell(out, &text)));
                assert!(!plain.json || json == format!("\"{text}\""), "{text:?} as JSON");
                assert!(!plain.csv || may_run(text.as_bytes()) || csv == text, "{text:?} as CSV");
                let ordinary = matches!(c, ' '..='~') && !matches!(c, '"' | ',' | '\\');
                assert_eq!(is_ordinary(text.as_bytes()), ordinary, "{text:?}");
                assert!(plain == Plain::YES || !ordinary, "{text:?}");
            }
        }
    }

    #[test]
    fn every_character_survives_json() {
        for start in (0..0x11_0000_u32).step_by(509) {
            let text: String = (start..start + 509).filter_map(char::from_u32).collect();
            assert_eq!(serde_json::from_str::<String>(&bytes(|out| json_string(out, &text))).unwrap(), text);
        }
    }

    #[test]
    fn spreadsheets_run_nothing() {
        let cases = [
            ("T-1042", "T-1042"),
            ("-5", "-5"),
            ("+5.25", "+5.25"),
            ("-1e9", "-1e9"),
            ("-.5", "-.5"),
            ("-inf", "'-inf"),
            ("-", "'-"),
            ("=1+1", "'=1+1"),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("+86 138", "'+86 138"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("\n=1", "\"'\n=1\""),
            ("＝1+1", "'＝1+1"),
            ("＠x", "'＠x"),
            ("a,b", "\"a,b\""),
            ("say \"so\"", "\"say \"\"so\"\"\""),
            ("a\r\nb", "\"a\r\nb\""),
            ("nul\0esc\u{1b}[2J", "nul\u{fffd}esc\u{fffd}[2J"),
            ("汉字", "汉字"),
        ];
        for (text, cell) in cases {
            assert_eq!(bytes(|out| csv_cell(out, text)), cell, "{text:?}");
        }
    }

    #[test]
    fn terminals_are_sent_no_commands() {
        let cases = [
            ("plain 汉字", "plain 汉字"),
            ("\u{1b}[31mred\u{1b}]0;title\u{7}", "␛[31mred␛]0;title␇"),
            ("\u{9b}31m", "<U+009B>31m"),
            ("a\r\nb\tc", "a  b c"),
            ("nul\0del\u{7f}", "nul␀del␡"),
            ("user\u{202e}txt.exe\u{2069}", "user<U+202E>txt.exe<U+2069>"),
            ("zero\u{200b}width\u{feff}", "zero<U+200B>width<U+FEFF>"),
        ];
        for (text, shown) in cases {
            assert_eq!(visible(text), shown, "{text:?}");
        }
    }

    #[test]
    fn markdown_stays_text() {
        let cases = [
            ("T-1042", "T-1042"),
            ("a|b\\|c", "a&#124;b&#92;&#124;c"),
            ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert\\(1\\)&gt;"),
            ("![x](http://evil/p.png)", "\\!\\[x\\]\\(http:&#8203;//evil/p.png\\)"),
            ("**b** _i_ `c` ~~s~~", "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~\\~&#8203;s\\~\\~"),
            (
                "@team/lead #12 owner/repo#7 !3",
                "\\@&#8203;team/lead \\#&#8203;12 owner/repo\\#&#8203;7 \\!&#8203;3",
            ),
            ("a@b.example", "a\\@&#8203;b.example"),
            ("www.evil.example WWW.x", "www&#8203;.evil.example WWW&#8203;.x"),
            ("GH-12", "GH&#8203;-12"),
            (":smile: fail-on:critical 09:00", ":&#8203;smile: fail-on:&#8203;critical 09:00"),
            ("fail-on:critical", "fail-on:critical"),
            ("$x$", "<span>$</span>x<span>$</span>"),
            ("&lt;script&gt;", "&amp;lt;script&amp;gt;"),
            ("a\n\n# b\r- c", "a  \\# b - c"),
            ("a\u{202e}b\u{2066}c\0d", "abc d"),
        ];
        for (text, markup) in cases {
            assert_eq!(markdown(text, 200), markup, "{text:?}");
        }
        let huge = "汉*".repeat(100_000);
        let cut = markdown(&huge, 200);
        assert!(cut.ends_with('…') && cut.len() < 1000);
    }

    #[test]
    fn fingerprints_are_printed_alike() {
        for number in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let id = Fingerprint(number);
            assert_eq!(fingerprint(id), id.to_string().as_bytes());
        }
    }
}
