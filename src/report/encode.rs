//! Findings and values as JSON, appended byte by byte: half a million findings are common, so
//! nothing is built in between.

use super::{
    Encoder, Setting,
    escape::{json_string, put_fingerprint},
};
use crate::{
    calendar::{Civil, Zone, duration_text},
    finding::{Evidence, Finding, Sink, day_of, put_clock, put_date, put_digits, put_int},
    record::{MICROS_PER_SECOND, Value},
};
use std::io::{self, Read, Write};

/// Findings as objects, one a line.
pub(super) struct JsonLines<'a> {
    setting: &'a Setting,
    of_rules: OfRules<OfRule>,
}

/// What all findings of a rule have in common.
struct OfRule {
    /// From the rule's id to the name of the key.
    head: Vec<u8>,
    /// From the parameters to the end of the evidence.
    tail: Vec<u8>,
}

impl<'a> JsonLines<'a> {
    pub(super) const fn new(setting: &'a Setting) -> Self {
        Self { setting, of_rules: OfRules::new() }
    }
}

impl Encoder for JsonLines<'_> {
    fn finding(&mut self, rule: usize, it: &Finding<'_>, out: &mut Vec<u8>) {
        let setting = self.setting;
        let of_rule = self.of_rules.get(rule, || OfRule::new(it, setting));
        out.put("{\"id\":\"");
        put_fingerprint(out, it.id);
        out.extend_from_slice(&of_rule.head);
        json_string(out, it.key);
        out.put(",\"subject\":{");
        for (index, (level, who)) in it.subject.iter().enumerate() {
            comma(out, index);
            member(out, level);
            json_string(out, who);
        }
        out.put("},\"outcome\":\"");
        out.put(it.outcome.name());
        out.put("\",\"message\":");
        json_string(out, it.message);
        evidence(out, &it.evidence, &setting.zone);
        out.extend_from_slice(&of_rule.tail);
        out.put(",\"origin\":{\"file\":");
        string_or_null(out, Some(it.origin.file).filter(|it| !it.is_empty()));
        out.put(",\"sheet\":");
        string_or_null(out, it.origin.sheet);
        out.put(",\"row\":");
        match it.origin.row {
            0 => out.put("null"),
            row => put_digits(out, row, 1),
        }
        out.put("},\"standing\":\"");
        out.put(it.standing.name());
        out.put("\",\"points\":null");
        if it.unstable {
            out.put(",\"unstable\":true");
        }
        out.put("}\n");
    }
}

impl OfRule {
    fn new(it: &Finding<'_>, setting: &Setting) -> Self {
        let (mut head, mut tail) = (Vec::new(), Vec::new());
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
        head.put(",\"key\":");
        tail.put(",\"params\":{");
        for (index, param) in it.rule.params.iter().enumerate() {
            comma(&mut tail, index);
            member(&mut tail, &param.name);
            put_value(&mut tail, &param.value, &setting.zone);
        }
        tail.put("},\"rule_hash\":");
        json_string(&mut tail, it.evidence.rule_hash);
        tail.put("}");
        Self { head, tail }
    }
}

/// What findings of a rule have in common, by the rule's number.
pub(super) struct OfRules<T>(Vec<Option<T>>);

impl<T> OfRules<T> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Of a rule; made with its first finding.
    #[inline]
    pub(super) fn get(&mut self, rule: usize, make: impl FnOnce() -> T) -> &mut T {
        if self.0.len() <= rule {
            self.0.resize_with(rule + 1, || None);
        }
        self.0[rule].get_or_insert_with(make)
    }

    /// All there is.
    pub(super) fn take(&mut self) -> impl Iterator<Item = T> {
        std::mem::take(&mut self.0).into_iter().flatten()
    }
}

/// All but the parameters and the rule's hash.
fn evidence(out: &mut Vec<u8>, it: &Evidence<'_>, zone: &Zone) {
    out.put(",\"evidence\":{\"fields\":{");
    for (index, (name, value)) in it.fields.iter().enumerate() {
        comma(out, index);
        member(out, name);
        put_value(out, value, zone);
    }
    out.put("}");
    let unreadable = || it.fields.iter().filter(|(_, value)| *value == Value::Unreadable);
    if unreadable().next().is_some() {
        out.put(",\"unreadable\":[");
        for (index, (name, _)) in unreadable().enumerate() {
            comma(out, index);
            json_string(out, name);
        }
        out.put("]");
    }
    out.put(",\"conjunct\":");
    string_or_null(out, it.conjunct);
    out.put(",\"missing\":");
    string_or_null(out, it.missing);
    out.put(",\"reason\":");
    string_or_null(out, it.reason.as_deref());
}

/// Appends a value: numbers as they are written, dates, times (RFC 3339 in `zone`), durations and
/// amounts as text; `null` for what is not there or cannot be read.
pub(super) fn put_value(out: &mut Vec<u8>, value: &Value, zone: &Zone) {
    match value {
        Value::Missing | Value::Unreadable => out.put("null"),
        Value::Bool(true) => out.put("true"),
        Value::Bool(false) => out.put("false"),
        Value::Int(number) => put_int(out, *number),
        Value::Float(number) => put_float(out, *number),
        Value::Decimal(number) => display(out, number),
        Value::Text(text) => json_string(out, text),
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
            display(out, amount);
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
    let local = micros.saturating_add(offset * MICROS_PER_SECOND);
    put_date(out, day_of(local));
    out.put("T");
    put_clock(out, &Civil::from_micros(local), true);
    out.put(if offset < 0 { "-" } else { "+" });
    let minutes = offset.unsigned_abs() / 60;
    put_digits(out, minutes / 60, 2);
    out.put(":");
    put_digits(out, minutes % 60, 2);
}

/// Appends the fewest digits that read back as the same number; JSON has no other than finite ones.
pub(super) fn put_float(out: &mut Vec<u8>, number: f64) {
    if number.is_finite() {
        display(out, &format_args!("{number:?}"));
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

/// Writes the elements of a list that were encoded with a comma before each; true where there is none.
pub(super) fn copy_elements(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<bool> {
    let mut comma = Vec::new();
    Read::take(&mut *from, 1).read_to_end(&mut comma)?;
    if !comma.is_empty() {
        copy(from, to)?;
    }
    Ok(comma.is_empty())
}

/// Writes elements that stand on a line each as those of a list, a line each; true where there is none.
pub(super) fn copy_lines(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<bool> {
    let (mut piece, mut listed) = (vec![0; PIECE], Vec::with_capacity(2 * PIECE));
    let (mut is_empty, mut begins) = (true, true);
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => return Ok(is_empty),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        listed.clear();
        let mut rest = &piece[..read];
        while !rest.is_empty() {
            if begins {
                listed.put(if is_empty { "\n    " } else { ",\n    " });
                is_empty = false;
            }
            let end = memchr::memchr(b'\n', rest);
            begins = end.is_some();
            listed.extend_from_slice(&rest[..end.unwrap_or(rest.len())]);
            rest = &rest[end.map_or(rest.len(), |it| it + 1)..];
        }
        to.write_all(&listed)?;
    }
}

/// Findings are copied in pieces of so many bytes.
const PIECE: usize = 1 << 18;

/// Like [`io::copy`], in large pieces: findings come to hundreds of megabytes.
fn copy(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) => to.write_all(&piece[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Appends a string, or `null`.
pub(super) fn string_or_null(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => json_string(out, text),
        None => out.put("null"),
    }
}

fn display(out: &mut Vec<u8>, value: &impl std::fmt::Display) {
    // Appending to a vector cannot fail.
    let _ = write!(out, "{value}");
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
