//! Findings and values as JSON, appended byte by byte: half a million findings are common, so
//! nothing is built in between.

use super::{
    Encoder, Ready, Setting,
    escape::{json_string, json_text, json_text_of},
};
use crate::{
    calendar::{Civil, Zone, duration_text},
    finding::{ByNumber, Evidence, FindingOrigin, Shown, Sink, pair, put_civil, put_date, put_int},
    record::{MICROS_PER_SECOND, Value},
};

/// Findings as objects.
pub(super) struct JsonObjects<'a> {
    setting: &'a Setting,
    classes: ByNumber<OfClass>,
}

/// What all findings of a class have in common.
struct OfClass {
    /// From the rule's id to the first quote of the key.
    head: Piece,
    levels: Names,
    /// From the end of the subject to the message, or to its end where all have the same.
    verdict: Piece,
    fields: Names,
    rests: Vec<Rest>,
    /// From the parameters to the end of the evidence.
    tail: Vec<u8>,
    /// After the row.
    end: Piece,
}

/// What stands between the last field and the row, where all fields can be read and no script gave a reason.
struct Rest {
    conjunct: Option<Box<str>>,
    missing: Option<Box<str>>,
    file: u32,
    text: Piece,
}

/// So many of them are kept.
const RESTS_MAX: usize = 16;

impl<'a> JsonObjects<'a> {
    pub(super) const fn new(setting: &'a Setting) -> Self {
        Self { setting, classes: ByNumber::new() }
    }
}

impl Encoder for JsonObjects<'_> {
    fn finding(&mut self, ready: &Ready<'_, '_>, out: &mut Vec<u8>) {
        let (setting, it) = (self.setting, ready.finding);
        let of_class = self.classes.get(ready.alike.class, || OfClass::new(ready, setting));
        out.put("{\"id\":\"");
        ready.put_id(out);
        of_class.head.put(out);
        json_text_of(out, it.key, ready.key);
        of_class.subject(out, ready);
        of_class.verdict.put(out);
        if !ready.alike.message {
            json_text_of(out, it.message, ready.message);
        }
        of_class.evidence(out, ready, &setting.zone);
        match it.origin.row {
            0 => out.put("null"),
            _ => ready.put_row(out),
        }
        of_class.end.put(out);
        out.put(if it.unstable { ",\"unstable\":true}" } else { "}" });
    }
}

impl OfClass {
    fn new(ready: &Ready<'_, '_>, setting: &Setting) -> Self {
        let it = ready.finding;
        let (mut head, mut verdict, mut tail) = (Vec::new(), Vec::new(), Vec::new());
        head.put("\",\"rule\":");
        json_string(&mut head, &it.rule.id);
        head.put(",\"title\":");
        json_string(&mut head, it.title(setting.lang));
        head.put(",\"severity\":\"");
        head.put(it.rule.severity.name());
        head.put("\",\"dimension\":");
        string_or_null(&mut head, it.rule.dimension.as_deref());
        head.put(",\"kind\":");
        json_string(&mut head, it.kind());
        head.put(",\"key\":\"");
        verdict.put("},\"outcome\":\"");
        verdict.put(it.outcome.name());
        verdict.put("\",\"message\":\"");
        if ready.alike.message {
            json_text(&mut verdict, it.message);
        }
        tail.put(",\"params\":{");
        for (index, param) in it.rule.params.iter().enumerate() {
            comma(&mut tail, index);
            member(&mut tail, &param.name);
            put_value(&mut tail, &param.value, &setting.zone);
        }
        tail.put("},\"rule_hash\":");
        json_string(&mut tail, it.evidence.rule_hash);
        tail.put("}");
        let end = ["},\"standing\":\"", it.standing.name(), "\",\"points\":null"].concat();
        let [head, verdict, end] = [&*head, &*verdict, end.as_bytes()].map(Piece::of);
        let (levels, fields, rests) = (Names::new(), Names::new(), Vec::new());
        Self { head, levels, verdict, fields, rests, tail, end }
    }

    /// From the end of the key to the last of those who are scored.
    fn subject(&mut self, out: &mut Vec<u8>, ready: &Ready<'_, '_>) {
        let encode = |out: &mut Vec<u8>, index, level: &str| {
            out.put(if index == 0 { "\",\"subject\":{" } else { "\"," });
            member(out, level);
            out.put("\"");
        };
        let subject = &*ready.finding.subject;
        for (index, (level, who)) in subject.iter().enumerate() {
            self.levels.put(out, index, (level, ready.alike.names), |out| encode(out, index, level));
            json_text_of(out, who, ready.subject);
        }
        out.put(if subject.is_empty() { "\",\"subject\":{" } else { "\"" });
    }

    /// From the end of the message to the row.
    fn evidence(&mut self, out: &mut Vec<u8>, ready: &Ready<'_, '_>, zone: &Zone) {
        const FIELDS: &str = "\",\"evidence\":{\"fields\":{";
        let encode = |out: &mut Vec<u8>, index, name: &str| {
            out.put(if index == 0 { FIELDS } else { "," });
            member(out, name);
        };
        let it = &ready.finding.evidence;
        if it.fields.is_empty() {
            out.put(FIELDS);
        }
        let mut is_plain = it.reason.is_none();
        for (index, (name, value)) in it.fields.iter().enumerate() {
            self.fields.put(out, index, (name, ready.alike.names), |out| encode(out, index, name));
            put_shown(out, value, ready, zone);
            is_plain &= !matches!(value, Value::Unreadable);
        }
        let origin = &ready.finding.origin;
        if !is_plain {
            return self.rest(out, it, origin);
        }
        let is_it = |rest: &&Rest| {
            rest.file == ready.alike.file
                && rest.conjunct.as_deref() == it.conjunct
                && rest.missing.as_deref() == it.missing
        };
        if let Some(known) = self.rests.iter().find(is_it) {
            return known.text.put(out);
        }
        let start = out.len();
        self.rest(out, it, origin);
        let own = |it: Option<&str>| it.map(Box::from);
        let (text, file) = (Piece::of(&out[start..]), ready.alike.file);
        // Files mostly come one after the other: what was of those before is of no use any more.
        if self.rests.len() == RESTS_MAX {
            self.rests.clear();
        }
        self.rests.push(Rest { conjunct: own(it.conjunct), missing: own(it.missing), file, text });
    }

    /// What follows the fields, up to the row.
    fn rest(&self, out: &mut Vec<u8>, it: &Evidence<'_>, origin: &FindingOrigin<'_>) {
        out.put("}");
        let mut unreadable = it.fields.iter().filter(|(_, value)| *value == Value::Unreadable).peekable();
        if unreadable.peek().is_some() {
            out.put(",\"unreadable\":[");
            for (index, (name, _)) in unreadable.enumerate() {
                comma(out, index);
                json_string(out, name);
            }
            out.put("]");
        }
        for (name, text) in [("conjunct", it.conjunct), ("missing", it.missing), ("reason", it.reason)] {
            out.put(",");
            member(out, name);
            string_or_null(out, text);
        }
        out.extend_from_slice(&self.tail);
        out.put(",\"origin\":{\"file\":");
        string_or_null(out, Some(origin.file).filter(|it| !it.is_empty()));
        out.put(",\"sheet\":");
        string_or_null(out, origin.sheet);
        out.put(",\"row\":");
    }
}

/// Appends a value of the evidence: see [`put_value`].
fn put_shown(out: &mut Vec<u8>, value: &Shown<'_>, ready: &Ready<'_, '_>, zone: &Zone) {
    if let Value::Text(text) = value {
        out.put("\"");
        json_text_of(out, text, ready.values);
        out.put("\"");
    } else {
        put_value(out, value, zone);
    }
}

/// Names in a list, which mostly are those of the list before: each as it was encoded.
pub(super) struct Names(Vec<(Box<str>, Piece)>);

impl Names {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Appends a name of a list, encoded unless it is known in this place; `is_known` where it cannot be another one than
    /// the one that was there before.
    #[inline]
    pub(super) fn put(
        &mut self,
        out: &mut Vec<u8>,
        index: usize,
        (name, is_known): (&str, bool),
        encode: impl FnOnce(&mut Vec<u8>),
    ) {
        if let Some((known, text)) = self.0.get(index)
            && (is_known || **known == *name)
        {
            debug_assert_eq!(**known, *name, "the same names were promised");
            return text.put(out);
        }
        let start = out.len();
        encode(out);
        if index == self.0.len() {
            self.0.push((name.into(), Piece::of(&out[start..])));
        }
    }
}

/// What was encoded once and is copied often.
pub(super) enum Piece {
    /// So many of the bytes: copied without a call, whatever its length.
    Short([u8; 64], usize),
    /// More than these.
    Long(Vec<u8>),
}

impl Piece {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut short = [0; 64];
        match short.get_mut(..bytes.len()) {
            Some(to) => {
                to.copy_from_slice(bytes);
                Self::Short(short, bytes.len())
            }
            None => Self::Long(bytes.to_vec()),
        }
    }

    #[inline]
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Short(bytes, len) => out.put_first(bytes, *len),
            Self::Long(bytes) => out.extend_from_slice(bytes),
        }
    }
}

/// What findings of a file have in common, as it was encoded last: they come file by file.
pub(super) struct OfFile(Option<(u32, Piece)>);

impl OfFile {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    /// Appends that of a file, by its number; encoded unless it is the one before.
    #[inline]
    pub(super) fn put(&mut self, out: &mut Vec<u8>, file: u32, encode: impl FnOnce(&mut Vec<u8>)) {
        if let Some((_, text)) = self.0.as_ref().filter(|it| it.0 == file) {
            return text.put(out);
        }
        let start = out.len();
        encode(out);
        self.0 = Some((file, Piece::of(&out[start..])));
    }
}

/// Appends a value: numbers as they are written, dates, times (RFC 3339 in `zone`), durations and
/// amounts as text; `null` for what is not there or cannot be read.
pub(super) fn put_value<T: AsRef<str>>(out: &mut Vec<u8>, value: &Value<T>, zone: &Zone) {
    match value {
        Value::Missing | Value::Unreadable => out.put("null"),
        Value::Bool(true) => out.put("true"),
        Value::Bool(false) => out.put("false"),
        Value::Int(number) => put_int(out, *number),
        Value::Float(number) => put_float(out, *number),
        Value::Decimal(number) => out.put_display(number),
        Value::Text(text) => json_string(out, text.as_ref()),
        Value::Date(days) => {
            out.put("\"");
            put_date(out, *days);
            out.put("\"");
        }
        Value::Time(micros) => {
            out.put("\"");
            put_time(out, *micros, zone);
            out.put("\"");
        }
        Value::Duration(micros) => json_string(out, &duration_text(*micros)),
        Value::Amount(amount) => {
            out.put("\"");
            out.put_display(amount);
            out.put("\"");
        }
        Value::List(values) => {
            out.put("[");
            for (index, value) in values.iter().enumerate() {
                comma(out, index);
                put_value(out, value, zone);
            }
            out.put("]");
        }
    }
}

/// Appends `2026-03-02T09:00:00+08:00`; the same text as [`crate::calendar::format_time`] gives.
pub(super) fn put_time(out: &mut Vec<u8>, micros: i64, zone: &Zone) {
    let offset = zone.offset_at(micros);
    let civil = Civil::from_micros(micros.saturating_add(offset * MICROS_PER_SECOND));
    put_civil(out, &civil, b'T', true);
    let minutes = offset.abs() / 60;
    let ([h, o], [m, n]) = (pair(minutes / 60), pair(minutes % 60));
    out.put_ascii(&[if offset < 0 { b'-' } else { b'+' }, h, o, b':', m, n]);
}

/// Appends the fewest digits that read back as the same number; JSON has no other than finite ones.
pub(super) fn put_float(out: &mut Vec<u8>, number: f64) {
    if number.is_finite() {
        out.put_display(&format_args!("{number:?}"));
    } else {
        out.put("null");
    }
}

/// Appends a comma before all but the first of a list.
pub(super) fn comma(out: &mut Vec<u8>, index: usize) {
    if index > 0 {
        out.put(",");
    }
}

/// Appends a member's name and its colon.
pub(super) fn member(out: &mut Vec<u8>, name: &str) {
    json_string(out, name);
    out.put(":");
}

/// Appends a string, or `null`.
pub(super) fn string_or_null(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => json_string(out, text),
        None => out.put("null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::format_time;

    fn encoded(value: &Value, zone: &Zone) -> String {
        let mut out = Vec::new();
        put_value(&mut out, value, zone);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        for name in ["Asia/Shanghai", "America/St_Johns", "UTC"] {
            let zone = Zone::named(name).unwrap();
            for step in -3_000..3_000_i64 {
                let micros = step * 1_000_003_000_500 + step % 3;
                let mut out = Vec::new();
                put_time(&mut out, micros, &zone);
                assert_eq!(String::from_utf8(out).unwrap(), format_time(micros, zone.offset_at(micros)));
            }
        }
    }

    #[test]
    fn values_are_exact() {
        let zone = Zone::utc();
        let cases = [
            (Value::Decimal("12345678901234567890.10".parse().unwrap()), "12345678901234567890.10"),
            (Value::Decimal("-0.5".parse().unwrap()), "-0.5"),
            (Value::Float(1.0), "1.0"),
            (Value::Float(1e300), "1e300"),
            (Value::Float(f64::NAN), "null"),
            (Value::Int(i64::MIN), "-9223372036854775808"),
            (Value::Date(0), "\"1970-01-01\""),
            (Value::Duration(5_400_000_000), "\"1h 30m\""),
            (Value::Amount("3bd".parse().unwrap()), "\"3bd\""),
            (Value::List(vec![Value::Text("a\"".into()), Value::Missing]), "[\"a\\\"\",null]"),
        ];
        for (value, json) in cases {
            assert_eq!(encoded(&value, &zone), json);
        }
    }
}
