//! What people write who come from spreadsheets, databases, other languages or plain Chinese, and what
//! the rule language has instead.

/// Words that are operators elsewhere, with ours.
const OPERATORS: &[(&str, &str)] = &[
    ("and", "&&"),
    ("or", "||"),
    ("not", "!"),
    ("并且", "&&"),
    ("而且", "&&"),
    ("且", "&&"),
    ("或者", "||"),
    ("或", "||"),
    ("不是", "!="),
    ("非", "!"),
    ("等于", "=="),
    ("不等于", "!="),
    ("大于", ">"),
    ("小于", "<"),
    ("大于等于", ">="),
    ("小于等于", "<="),
    ("不小于", ">="),
    ("不大于", "<="),
    ("不超过", "<="),
    ("至少", ">="),
    ("elif", "else if"),
    ("elseif", "else if"),
    ("elsif", "else if"),
];

/// Signs that are written otherwise elsewhere.
const SIGNS: &[(&str, &str)] = &[("===", "=="), ("!==", "!="), ("=>", ">=")];

/// Functions of spreadsheets and databases, in small letters, with what stands for them here.
const FUNCTIONS: &[(&str, &str)] = &[
    ("and", "a && b"),
    ("or", "a || b"),
    ("not", "!a"),
    ("isblank", "is_missing(…)"),
    ("isnull", "is_missing(…)"),
    ("is_null", "is_missing(…)"),
    ("isna", "is_missing(…)"),
    ("isempty", "is_missing(…)"),
    ("is_empty", "is_missing(…)"),
    ("ifnull", "a ?? b"),
    ("nvl", "a ?? b"),
    ("coalesce", "a ?? b"),
    ("length", "len(…)"),
    ("strlen", "len(…)"),
    ("size", "len(…)"),
    ("today", "as_of"),
    ("now", "as_of"),
    ("countif", "count_any(…)"),
    ("search", "contains(…)"),
    ("find", "contains(…)"),
    ("substitute", "matches(…)"),
];

/// Values that have other names elsewhere.
const VALUES: &[(&str, &str)] = &[
    ("true", "true"),
    ("yes", "true"),
    ("真", "true"),
    ("是", "true"),
    ("false", "false"),
    ("no", "false"),
    ("假", "false"),
    ("否", "false"),
    ("null", "is_missing(…)"),
    ("none", "is_missing(…)"),
    ("nil", "is_missing(…)"),
    ("undefined", "is_missing(…)"),
    ("nan", "is_missing(…)"),
    ("空", "is_missing(…)"),
    ("today", "as_of"),
    ("now", "as_of"),
];

fn look(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let small = word.to_lowercase();
    table.iter().find(|it| it.0 == small).map(|it| it.1)
}

/// The operator that a word stands for.
pub(super) fn operator(word: &str) -> Option<&'static str> {
    look(OPERATORS, word)
}

/// The operator that a sign stands for.
pub(super) fn sign(sign: &str) -> Option<&'static str> {
    look(SIGNS, sign)
}

/// What stands for a function of other programs.
pub(super) fn function(name: &str) -> Option<&'static str> {
    look(FUNCTIONS, name)
}

/// What stands for a value of other programs.
pub(super) fn value(name: &str) -> Option<&'static str> {
    look(VALUES, name)
}

/// The ASCII character that a full-width or typographic one stands for.
pub(super) fn narrow(wide: char) -> Option<&'static str> {
    const PAIRS: &[(&str, &str)] = &[
        ("“”「」『』＂", "\""),
        ("‘’＇", "\""),
        ("（", "("),
        ("）", ")"),
        ("［【〔", "["),
        ("］】〕", "]"),
        ("｛", "{"),
        ("｝", "}"),
        ("，、", ","),
        ("。．", "."),
        ("；", ";"),
        ("：", ":"),
        ("！", "!"),
        ("＝", "="),
        ("＞", ">"),
        ("＜", "<"),
        ("＆", "&"),
        ("｜", "|"),
        ("＋", "+"),
        ("－—–−", "-"),
        ("＊×", "*"),
        ("／÷", "/"),
        ("％", "%"),
        ("≥⩾", ">="),
        ("≤⩽", "<="),
        ("≠", "!="),
        ("＿", "_"),
        ("　\u{a0}", " "),
        ("０", "0"),
        ("１", "1"),
        ("２", "2"),
        ("３", "3"),
        ("４", "4"),
        ("５", "5"),
        ("６", "6"),
        ("７", "7"),
        ("８", "8"),
        ("９", "9"),
    ];
    PAIRS.iter().find(|it| it.0.contains(wide)).map(|it| it.1)
}

/// A number with a unit, as the function that makes a length of time of it: `4h` is `hours(4)`.
pub(super) fn duration(number: &str, unit: &str) -> Option<String> {
    const UNITS: &[(&str, &str)] = &[
        ("s sec secs second seconds 秒", "seconds"),
        ("m min mins minute minutes 分 分钟", "minutes"),
        ("h hour hours hr hrs 小时 时", "hours"),
        ("d day days 天 日", "days"),
    ];
    let unit = unit.to_lowercase();
    let (_, function) = UNITS.iter().find(|it| it.0.split(' ').any(|word| word == unit))?;
    Some(format!("{function}({number})"))
}

/// A whole number in percent as a share: `95` is `0.95`.
pub(super) fn share(percent: &str) -> Option<String> {
    let value: f64 = percent.parse().ok()?;
    Some(format!("{}", value / 100.0))
}

/// A date as it must be written, from one that stands there without quotes: `2026-3-1`, `2026/03/01`.
pub(super) fn date(text: &str) -> Option<String> {
    let mut parts = text.split(['-', '/']).map(str::trim);
    let mut next = || parts.next()?.parse::<u32>().ok();
    let (year, month, day) = (next()?, next()?, next()?);
    let is_date = parts.next().is_none()
        && (1000..10_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day);
    is_date.then(|| format!("date(\"{year:04}-{month:02}-{day:02}\")"))
}
