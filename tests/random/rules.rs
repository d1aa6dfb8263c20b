//! Random rules: expressions of each type, grown from leaves by the forms of the language.
//!
//! A form is a pattern with holes: `{int}` is filled by an expression of that type, `{int=k}` too, and `{k}` repeats it.
//! `⟪A¦B⟫` stands for `A` in the rule and for `B` in its twin: a rule that means the same in other words, so that what
//! only runs row by row is held to what runs over columns. (A list with a hole cannot be read: `+ 0` keeps holes out.)

use proptest::{prelude::*, strategy::Union};
use std::collections::BTreeMap;

type Text = BoxedStrategy<String>;
/// By type, expressions of up to some depth.
type Level = BTreeMap<&'static str, Text>;

/// Expressions that need no others.
#[rustfmt::skip] // A table.
const LEAVES: &[(&str, &[&str])] = &[
    ("bool", &["ok", "已结案", "true", "false", "is_missing(m)", "is_missing(备注)", "is_missing(scores)", "is_missing(tier)",
        "is_missing(受理时间)", "tier == \"vip\"", "tier in [\"vip\", \"gold\"]", "tier != \"standard\""]),
    ("int", &["m", "n", "次数", "m", "0", "1", "3", "-7", "9223372036854775807", "p", "上限", "scores.len()", "sum(scores)",
        "max(scores)", "min(scores)", "tags.len()"]),
    ("float", &["x", "y", "x", "0.0", "0.5", "2.5", "1e300", "q", "mean(scores)", "sum(marks)", "max(marks)"]),
    ("decimal", &["amount", "金额", "amount"]),
    ("text", &["channel", "备注", "channel", "\"phone\"", "\"电话\"", "\"\"", "month(a)", "week(day)", "\"e\u{301}\"", "lower(tier)"]),
    ("time", &["a", "b", "受理时间", "as_of", "time(\"2026-03-02T09:00\")"]),
    ("date", &["day", "到期日", "date(\"2026-03-02\")", "date(a)"]),
    ("duration", &["wait", "hours(4)", "minutes(10)", "b - a", "受理时间 - a"]),
];

/// Every type has these.
const FORMS_OF_ALL: &[&str] = &[
    "(if {bool} { {T} } else { {T} })",
    "{ let v = {T}; if {bool} { v } else { {T} } }",
    "{ let 值 = {T}; let w = {T}; if {bool} { w } else { 值 } }",
    "({field} ?? {T})",
    "({field} ?? {field} ?? {T})",
    "(if {bool} { {T} } else if {bool} { {T} } else { {T} })",
    "⟪(switch {int=k} { 1 => {T=one}, -7 => {T=two}, _ => {one} })¦{ let s = {k}; if s == 1 { {one} } else if s == -7 { {two} } else { {one} } }⟫",
    "⟪(switch {int=k} { 0..10 => {T=one}, _ => {T=two} })¦{ let s = {k}; if s in 0..10 { {one} } else { {two} } }⟫",
    "⟪(switch {text=k} { \"phone\" => {T=one}, \"电话\" | \"chat\" => {one}, _ => {T=two} })¦{ let s = {k}; if s in [\"phone\", \"电话\", \"chat\"] { {one} } else { {two} } }⟫",
    "⟪(switch {bool=k} { true => {T=one}, false => {T=two} })¦(if {k} { {one} } else { {two} })⟫",
    "⟪{ let g = |v| v; g.call({T=k}) }¦{ let v = {k}; v }⟫",
    "⟪{ let r = {T=one}; if {bool=k} { r = {T=two}; } r }¦{ let r = {one}; if {k} { {two} } else { r } }⟫",
    "⟪{ let r = {T=one}; for i in 0..2 { if {bool=k} { break; } } r }¦{ let r = {one}; if {k} { r } else { r } }⟫",
    "⟪loop { if {bool=k} { break {T=one}; } break {T=two}; }¦(if {k} { {one} } else { {two} })⟫",
];

/// Of numbers, durations, texts: what is compared, and with what.
const COMPARED: &[(&str, &str)] = &[
    ("int", "int"),
    ("float", "float"),
    ("decimal", "decimal"),
    ("text", "text"),
    ("time", "time"),
    ("date", "date"),
    ("duration", "duration"),
    ("int", "float"),
    ("float", "int"),
    ("decimal", "int"),
    ("int", "decimal"),
];

#[rustfmt::skip] // A table.
const FORMS: &[(&str, &[&str])] = &[
    ("bool", &[
        "({bool} == {bool})", "({bool} != {bool})", "({bool} && {bool})", "({bool} || {bool})", "({bool} && {bool} && {bool})",
        "({bool} || {bool} && {bool})", "!{bool}", "!({bool})",
        "({int} in [1, 3, -7])", "({int} in [{int}, 3])", "({float} in [0.5, 2.5])", "({text} in [\"phone\", \"电话\", \"no way\"])",
        "({int} in 0..{int})", "({int} in -7..={int})", "({int} in {int}..{int})", "({int} in scores)", "({text} in tags)", "({float} in marks)",
        "{text}.contains({text})", "contains({text}, {text})", "{text}.starts_with({text})", "starts_with({text}, {text})",
        "ends_with({text}, {text})", "contains_any({text}, \"taboo\")", "contains_any({text}, \"禁语\")", "matches({text}, \"^[a-z]+$|话\")",
        "({text} in {text})", "any([{bool}, {bool}])", "all([{bool}, {bool}])",
        "(`${text}` == {text})", "(`${int}-${bool}` == {text})", "(`${channel}/${备注}` == {text})", "(`${ {int} }` == `${int}`)",
        "⟪[{int=one} + 0, {int=two} + 0].some(|e| e > {int=k})¦({ let e = {one} + 0; let f = {two} + 0; e > {k} || f > {k} })⟫",
        "⟪[{float=one} + 0.0, {float=two} + 0.0].all(|e| e > {float=k})¦({ let e = {one} + 0.0; let f = {two} + 0.0; e > {k} && f > {k} })⟫",
        "⟪([{int=one} + 0, {int=two} + 0].filter(|e| e > {int=k}).len() == 1)¦({ let e = {one} + 0; let f = {two} + 0; (if e > {k} { 1 } else { 0 }) + (if f > {k} { 1 } else { 0 }) } == 1)⟫",
        "⟪(#{ k: {int=one} }.k > {int=two})¦({one} + 0 > {two})⟫",
        "⟪{ let c = {int=one}; while c < 3 && c > -3 { c += 1; } c > {int=two} }¦({ let c = {one}; if c < 3 && c > -3 { 3 } else { c } } > {two})⟫",
    ]),
    ("int", &[
        "({int} + {int})", "({int} - {int})", "({int} * {int})", "({int} / {int})", "({int} % {int})", "min({int}, {int})",
        "max({int}, {int})", "-{int}", "({int} ** 3)", "({int} ** {int})", "abs({int})", "clamp({int}, {int}, 15)", "len({text})",
        "{text}.len()", "to_int({float})", "count_any({text}, \"taboo\")", "limit_of({text})", "限额({text})", "hour({time})", "weekday({date})",
        "weekday({time})", "sum([{int}, {int}, 1])", "max([{int}, {int}])",
        "⟪{ let c = {int=one}; c += {int=two}; c }¦({one} + {two})⟫", "⟪{ let c = {int=one}; c *= {int=two}; c -= 1; c }¦({one} * {two} - 1)⟫",
        "⟪[{int=one} + 0, {int=two} + 0][1]¦{ let e = {one} + 0; let f = {two} + 0; f }⟫",
        "⟪twice({int=k})¦{ let v = {k}; v + v }⟫",
        "⟪{ let t = 0; for e in [{int=one} + 0, {int=two} + 0] { if e > {int=k} { t += 1; } } t }¦{ let e = {one} + 0; let f = {two} + 0; (if e > {k} { 1 } else { 0 }) + (if f > {k} { 1 } else { 0 }) }⟫",
        "⟪{ let c = 0; while c < 3 && c < {int=k} { c += 1; } c }¦max(0, min(3, {k}))⟫",
        "⟪[{int=one} + 0, {int=two} + 0].reduce(|s, e| s + e, 0)¦{ let e = {one} + 0; let f = {two} + 0; 0 + e + f }⟫",
        "⟪{ let t = 0; for s in scores { t += s; } t }¦sum(scores)⟫",
    ]),
    ("float", &[
        "({float} + {float})", "({float} - {float})", "({float} * {float})", "({float} / {float})", "({float} % {float})",
        "({int} + {float})", "({float} - {int})", "({int} * {float})", "({float} / {int})", "({int} % {float})", "(m ?? {float})",
        "min({float}, {float})", "max({float}, {float})", "min({int}, {float})", "max({float}, {int})",
        "-{float}", "abs({float})", "floor({float})", "ceil({float})", "round({float})", "round({float}, 1)", "({float} ** 2.0)",
        "({float} ** {float})", "clamp({float}, 0.0, {float})", "to_float({int})", "({duration}).minutes", "({duration}).hours",
        "({duration} / {duration})", "mean([{float}, {float}])", "sum([{float}, {int}])", "min([{float}, 0.5])",
        "⟪{ let c = {float=one}; c /= {float=two}; c }¦({one} / {two})⟫",
    ]),
    ("decimal", &[
        "({decimal} + {decimal})", "({decimal} - {decimal})", "({decimal} * {decimal})", "({decimal} / {decimal})",
        "({decimal} % {decimal})", "min({decimal}, {decimal})", "max({decimal}, {decimal})", "({decimal} * {int})", "({int} - {decimal})",
        "({decimal} + 0.1)", "-{decimal}", "abs({decimal})", "round({decimal})",
    ]),
    ("text", &[
        "lower({text})", "upper({text})", "trim({text})", "fold({text})", "grade_of({int}, {bool})", "month({time})", "day({date})",
        "week({time})", "day({time})", "month({date})", "({text} + {text})", "`${text}`", "`<${int}>`", "`${channel}`", "`${tier}，${次数}次`",
        "⟪{ let s = {text=one}; s += {text=two}; s }¦({one} + {two})⟫",
    ]),
    ("time", &["({time} + {duration})", "({time} - {duration})", "({duration} + {time})", "min({time}, {time})", "max({time}, {time})"]),
    ("date", &["date({time})"]),
    ("duration", &[
        "({duration} + {duration})", "({duration} - {duration})", "max({duration}, {duration})", "min({duration}, {duration})",
        "({time} - {time})", "({date} - {date})", "({duration} * {int})", "({int} * {duration})", "({duration} / {int})",
        "({duration} * {float})", "({duration} / {float})", "minutes({int})", "hours({float})", "seconds({int})", "days({float})",
        "-({duration})", "abs({duration})", "open_time({time}, {time}, \"office\")", "工作时长({time}, {time}, \"office\")",
    ]),
];

/// Fields by type, for what stands before `??`.
const FIELDS_OF: &[(&str, &[&str])] = &[
    ("bool", &["ok", "已结案"]),
    ("int", &["m", "n", "次数"]),
    ("float", &["x", "y"]),
    ("decimal", &["amount", "金额"]),
    ("text", &["channel", "备注"]),
    ("time", &["a", "受理时间"]),
    ("date", &["day", "到期日"]),
    ("duration", &["wait"]),
];

fn chosen(all: &'static [&'static str]) -> Text {
    proptest::sample::select(all).prop_map(str::to_owned).boxed()
}

fn leaves() -> Level {
    LEAVES.iter().map(|(ty, all)| (*ty, chosen(all))).collect()
}

/// A pattern's pieces: text, and holes by their number in `holes`.
#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Hole(usize),
}

/// The strategy of a form: its holes drawn from left to right, each for itself.
fn shape(pattern: &str, ty: &'static str, below: &Level) -> Text {
    let (mut pieces, mut holes, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let word = rest[open + 1..].split('}').next().unwrap_or_default();
        let (kind, name) = word.split_once('=').map_or((word, ""), |(kind, name)| (kind.trim(), name));
        let known = names.iter().position(|it| !word.is_empty() && *it == word);
        let strategy = match kind {
            "T" => below.get(ty).cloned(),
            "field" => FIELDS_OF.iter().find(|it| it.0 == ty).map(|it| chosen(it.1)),
            kind => below.get(kind).cloned(),
        };
        let hole = match (known, strategy) {
            (Some(hole), _) => hole,
            (None, Some(strategy)) => {
                holes.push(strategy);
                names.push(name);
                holes.len() - 1
            }
            (None, None) => {
                pieces.push(Piece::Text(rest[..=open].to_owned()));
                rest = &rest[open + 1..];
                continue;
            }
        };
        // `${int}` interpolates what fills the hole.
        let interpolates = rest[..open].ends_with('$');
        pieces.push(Piece::Text(rest[..open].to_owned() + if interpolates { "{" } else { "" }));
        pieces.push(Piece::Hole(hole));
        rest = &rest[open + word.len() + 2..];
        if interpolates {
            pieces.push(Piece::Text("}".to_owned()));
        }
    }
    pieces.push(Piece::Text(rest.to_owned()));
    let filled = move |parts: Vec<String>| {
        let piece = |it: &Piece| match it {
            Piece::Text(text) => text.clone(),
            Piece::Hole(hole) => parts[*hole].clone(),
        };
        pieces.iter().map(piece).collect::<String>()
    };
    holes.prop_map(filled).boxed()
}

/// One form more on top of the expressions of a level; leaves keep expressions small.
fn grown(below: &Level) -> Level {
    let mut above = Level::new();
    for (ty, forms) in FORMS {
        let mut all: Vec<(u32, Text)> = forms.iter().map(|it| (4, shape(it, ty, below))).collect();
        all.extend(FORMS_OF_ALL.iter().map(|it| (1, shape(it, ty, below))));
        if *ty == "bool" {
            for operator in ["==", "!=", "<", "<=", ">", ">="] {
                for (left, right) in COMPARED {
                    all.push((3, shape(&format!("({{{left}}} {operator} {{{right}}})"), ty, below)));
                }
            }
        }
        let total: u32 = all.iter().map(|it| it.0).sum();
        all.push((total / 2, below[ty].clone()));
        above.insert(ty, Union::new_weighted(all).boxed());
    }
    above
}

/// What stands at the top of a check.
const TOPS: &[&str] = &[
    "{bool} && {bool} && {bool}",
    "let v = {int}; v > {int} && {bool}",
    "let 时长 = {duration}; let 上 = {duration}; 时长 <= 上 || {bool}",
    "⟪if {bool=k} { return {bool=one}; } {bool=two}¦if {k} { {one} } else { {two} }⟫",
    "⟪if {bool=k} { pass(); } {bool=one}¦({k}) || ({one})⟫",
    "⟪if {bool=k} { fail(\"no\"); } {bool=one}¦!({k}) && ({one})⟫",
    "if {bool} { not_applicable(); } {bool}",
    "if {bool} { fail(`${text}`); } {bool}",
];

/// A rule of a project.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(crate) struct Tried {
    pub(crate) check: String,
    pub(crate) when: Option<String>,
    pub(crate) missing: Option<String>,
    /// The same in other words.
    #[serde(default)]
    pub(crate) twin: Option<String>,
}

/// `text` with one side of every `⟪A¦B⟫`.
fn side(text: &str, first: bool) -> String {
    let mut out = String::new();
    // For every open bracket: whether its current side is wanted.
    let mut open: Vec<bool> = Vec::new();
    for letter in text.chars() {
        match letter {
            '⟪' => open.push(first),
            '¦' => {
                if let Some(last) = open.last_mut() {
                    *last = !first;
                }
            }
            '⟫' => drop(open.pop()),
            other if open.iter().all(|it| *it) => out.push(other),
            _ => {}
        }
    }
    if out.contains("twice(") { format!("fn twice(v) {{ v + v }} {out}") } else { out }
}

/// Rules, of which about one in three has a twin.
pub(crate) fn rule() -> BoxedStrategy<Tried> {
    let one = grown(&leaves());
    let two = grown(&one);
    let three = grown(&two);
    let tops: Vec<Text> = TOPS.iter().map(|it| shape(it, "bool", &one)).collect();
    let check = prop_oneof![
        3 => three["bool"].clone(), 2 => two["bool"].clone(), 1 => one["bool"].clone(), 1 => Union::new(tops)
    ];
    let missing = proptest::option::weighted(0.2, Just("fail".to_owned()));
    let when = proptest::option::weighted(0.3, one["bool"].clone());
    let made = |(check, when, missing): (String, Option<String>, _)| {
        let twin = check.contains('⟪').then(|| side(&check, false));
        Tried { check: side(&check, true), when: when.map(|it| side(&it, true)), missing, twin }
    };
    (check, when, missing).prop_map(made).boxed()
}
