//! Random records: of each field, ordinary values, extremes, texts of all scripts, missing and bad cells.

use proptest::prelude::*;
use std::fmt::Write as _;

/// The field, its declaration in audit.toml, and what its cells can be as CSV writes them.
pub(crate) type Field = (&'static str, &'static str, &'static [&'static str]);

const INTS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "3",
    "-7",
    "15",
    "30",
    "9223372036854775807",
    "-9223372036854775808",
    "4611686018427387904",
    "3037000500",
    "?!",
];
const FLOATS: &[&str] = &[
    "0.0",
    "-0.0",
    "0.1",
    "0.5",
    "2.5",
    "-7.25",
    "0.30000000000000004",
    "1e308",
    "-1e308",
    "1e-300",
    "5e-324",
    "9007199254740993",
    "1e16",
    "?!",
];
const DECIMALS: &[&str] = &[
    "0",
    "1.50",
    "1.5",
    "0.1",
    "-3.005",
    "2.5",
    "79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "-79228162514264337593543950335",
    "?!",
];
const BOOLS: &[&str] = &["true", "false", "true", "false", "true", "perhaps"];
const TIMES: &[&str] = &[
    "2026-03-02T09:00:00Z",
    "2026-03-02T09:10:00Z",
    "2026-03-01T23:59:59.999999Z",
    "2025-12-31T16:00:00Z",
    "2026-12-28T00:00:00+08:00",
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "soon",
];
const DATES: &[&str] =
    &["2026-03-02", "2025-12-29", "2026-01-01", "2024-02-29", "0001-01-01", "9999-12-31", "soon"];
const DURATIONS: &[&str] = &["10m", "4h", "0s", "3d", "00:15:00", "90s", "long"];
const TEXTS: &[&str] = &[
    "phone",
    "电话",
    "chat",
    "PHONE",
    "ＡＢ１",
    " ab ",
    "no way",
    "我不知道",
    "É",
    "e\u{301}",
    "don't",
    "😀😀",
    "👩\u{200d}👩\u{200d}👧",
    "2026-03",
    "straße",
    "İstanbul",
    "ﬁn",
    "\u{202e}abc",
    "ａ　ｂ",
    "一二三四五六七八九十",
    "say \"ab\", then ab",
    "\u{1f1e8}\u{1f1f3}",
    "ΑΣ",
    "0",
    "true",
];
const TIERS: &[&str] = &["vip", "gold", "standard", "vip", "none such"];
const SCORES: &[&str] = &["1", "1;2;3", "9223372036854775807;1", "-7;0", "3;3;3;3", "x;1"];
const MARKS: &[&str] = &["0.5", "2.5;0.1;0.2", "1e308;1e308", "-0.0;0.0", "x;1"];
const TAGS: &[&str] = &["phone", "ab;电话", "电话", "a;a;a"];

#[rustfmt::skip] // A table.
pub(crate) const FIELDS: &[Field] = &[
    ("m",       "type = \"int\"", INTS),
    ("n",       "type = \"int\"", INTS),
    ("次数",     "type = \"int\"", INTS),
    ("x",       "type = \"float\"", FLOATS),
    ("y",       "type = \"float\"", FLOATS),
    ("amount",  "type = \"decimal\"", DECIMALS),
    ("金额",     "type = \"decimal\"", DECIMALS),
    ("ok",      "type = \"bool\"", BOOLS),
    ("已结案",   "type = \"bool\"", BOOLS),
    ("a",       "type = \"time\"", TIMES),
    ("b",       "type = \"time\"", TIMES),
    ("受理时间", "type = \"time\"", TIMES),
    ("day",     "type = \"date\"", DATES),
    ("到期日",   "type = \"date\"", DATES),
    ("wait",    "type = \"duration\"", DURATIONS),
    ("channel", "type = \"text\"", TEXTS),
    ("备注",     "type = \"text\"", TEXTS),
    ("tier",    "type = \"choice\", choices = [\"vip\", \"gold\", \"standard\"]", TIERS),
    ("scores",  "type = \"list\", of = \"int\", separator = \";\"", SCORES),
    ("marks",   "type = \"list\", of = \"float\", separator = \";\"", MARKS),
    ("tags",    "type = \"list\", of = \"text\", separator = \";\"", TAGS),
];

/// Cells by field; none where the value is missing.
pub(crate) type Record = Vec<Option<String>>;

/// So many records.
pub(crate) fn records(count: std::ops::Range<usize>) -> BoxedStrategy<Vec<Record>> {
    let cell = |values: &'static [&'static str]| {
        prop_oneof![
            1 => Just(None),
            7 => proptest::sample::select(values).prop_map(|it| Some(it.to_owned())),
        ]
    };
    let record: Vec<_> = FIELDS.iter().map(|it| cell(it.2)).collect();
    proptest::collection::vec(record, count).boxed()
}

/// The records as CSV.
pub(crate) fn as_csv(records: &[Record]) -> String {
    let names: Vec<&str> = FIELDS.iter().map(|it| it.0).collect();
    let mut text = format!("id,{}\n", names.join(","));
    for (number, record) in records.iter().enumerate() {
        let quoted = |it: &str| {
            if it.contains(['"', ',']) { format!("\"{}\"", it.replace('"', "\"\"")) } else { it.to_owned() }
        };
        let cells: Vec<String> = record.iter().map(|it| quoted(it.as_deref().unwrap_or_default())).collect();
        let _ = writeln!(text, "{number},{}", cells.join(","));
    }
    text
}

/// The records as NDJSON: numbers and lists as JSON has them, missing values absent or null.
pub(crate) fn as_ndjson(records: &[Record]) -> String {
    let mut text = String::new();
    for (number, record) in records.iter().enumerate() {
        let mut members = vec![format!("\"id\":\"{number}\"")];
        for ((name, declared, _), cell) in FIELDS.iter().zip(record) {
            let quoted = |it: &str| serde_json::Value::from(it).to_string();
            let plain = ["\"int\"", "\"float\"", "\"bool\""].iter().any(|it| declared.ends_with(it));
            let value = match cell.as_deref() {
                None if number % 2 == 0 => continue,
                None => "null".to_owned(),
                Some(it) if plain && serde_json::from_str::<serde_json::Value>(it).is_ok() => it.to_owned(),
                Some(it) if matches!(*name, "scores" | "marks") => {
                    format!("[{}]", it.replace(';', ",").replace('x', "\"x\""))
                }
                Some(it) if *name == "tags" => {
                    format!("[{}]", it.split(';').map(quoted).collect::<Vec<_>>().join(","))
                }
                Some(it) => quoted(it),
            };
            members.push(format!("\"{name}\":{value}"));
        }
        let _ = writeln!(text, "{{{}}}", members.join(","));
    }
    text
}
