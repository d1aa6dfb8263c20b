//! The table of functions that run over columns: such a function is added here and nowhere else.
//!
//! Each entry is one signature with one kernel; both evaluators call that kernel (one over columns, one
//! row by row), so that they cannot disagree. Functions without a column form, and special forms, which
//! are more than a call of a kernel (`is_missing`, `contains_any`, `matches`), stand in `row_functions.rs`
//! with the Chinese names of all.

use crate::{
    calendar::{Zone, format_date, format_month, format_quarter, format_week, format_year},
    measure::{KanoAnswer, kano, nps_points, wilson},
    record::{Decimal, MICROS_PER_SECOND, Type},
};

/// What a function computes for one record. `None` is a result out of range (an `error` outcome).
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names are the signatures")]
pub enum Kernel {
    IntToInt(fn(i64) -> Option<i64>),
    IntToFloat(fn(i64) -> f64),
    IntToText(fn(i64, &mut String)),
    FloatToFloat(fn(f64) -> f64),
    /// Where the result may not be finite.
    FloatToFinite(fn(f64) -> f64),
    FloatToInt(fn(f64) -> Option<i64>),
    DecimalToDecimal(fn(Decimal) -> Decimal),
    IntIntToInt(fn(i64, i64) -> i64),
    FloatFloatToFloat(fn(f64, f64) -> f64),
    FloatFloatToText(fn(f64, f64, &mut String)),
    FloatIntToFloat(fn(f64, i64) -> f64),
    DecimalDecimalToDecimal(fn(Decimal, Decimal) -> Decimal),
    IntIntIntToInt(fn(i64, i64, i64) -> i64),
    FloatFloatFloatToFloat(fn(f64, f64, f64) -> f64),
    TextToInt(fn(&str) -> i64),
    TextToText(fn(&str, &mut String)),
    TextTextToBool(fn(&str, &str) -> bool),
    TextTextToText(fn(&str, &str, &mut String)),
    ZonedToInt(fn(i64, &Zone) -> i64),
    ZonedToText(fn(i64, &Zone, &mut String)),
}

/// One signature of a function.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// What rules call.
    pub name: &'static str,
    /// True where it is read as a property: `d.minutes`.
    pub property: bool,
    /// The types it takes.
    pub params: &'static [Type],
    /// The type it gives.
    pub returns: Type,
    /// What it means, in English.
    pub en: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
    /// An expression that shows it.
    pub example: &'static str,
    /// How it is computed.
    pub kernel: Kernel,
}

const SECOND: i64 = MICROS_PER_SECOND;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A row of the table.
macro_rules! function {
    ($name:literal ($($param:ident),*) -> $returns:ident, $kernel:ident($code:expr), $example:literal, $en:literal, $zh:literal) => {
        Function { name: $name, property: false, params: &[$(Type::$param),*], returns: Type::$returns,
            en: $en, zh: $zh, example: $example, kernel: Kernel::$kernel($code) }
    };
}

/// A property of a duration.
macro_rules! property {
    ($name:literal, $micros:expr, $example:literal, $en:literal, $zh:literal) => {
        Function {
            name: $name,
            property: true,
            params: &[Type::Duration],
            returns: Type::Float,
            en: $en,
            zh: $zh,
            example: $example,
            kernel: Kernel::IntToFloat(|it| in_units(it, $micros)),
        }
    };
}

/// Every function, by name and signature.
#[rustfmt::skip] // A table.
pub const FUNCTIONS: &[Function] = &[
    // Numbers.
    function!("abs"(Int) -> Int, IntToInt(i64::checked_abs), "abs(-3) == 3", "the number without its sign", "绝对值"),
    function!("abs"(Float) -> Float, FloatToFloat(f64::abs), "abs(-3.5) == 3.5", "the number without its sign", "绝对值"),
    function!("abs"(Decimal) -> Decimal, DecimalToDecimal(|it| it.abs()), "abs(balance) > 10", "the amount without its sign", "绝对值"),
    function!("abs"(Duration) -> Duration, IntToInt(i64::checked_abs), "abs(a - b) < hours(1)", "the duration without its sign", "时长的绝对值"),
    function!("floor"(Float) -> Float, FloatToFloat(f64::floor), "floor(2.7) == 2.0", "the whole number below", "向下取整"),
    function!("ceil"(Float) -> Float, FloatToFloat(f64::ceil), "ceil(2.2) == 3.0", "the whole number above", "向上取整"),
    function!("round"(Float) -> Float, FloatToFloat(f64::round), "round(2.5) == 3.0", "the nearest whole number, halves away from zero", "四舍五入取整"),
    function!("round"(Float, Int) -> Float, FloatIntToFloat(round_to), "round(2.345, 1) == 2.3", "rounded to that many decimal places, 0 to 15", "四舍五入到指定小数位（0 到 15）"),
    function!("round"(Decimal) -> Decimal, DecimalToDecimal(|it| it.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero)), "round(amount) == 3", "the nearest whole amount, halves away from zero", "金额四舍五入取整"),
    function!("min"(Int, Int) -> Int, IntIntToInt(i64::min), "min(a, 5)", "the smaller", "较小者"),
    function!("min"(Float, Float) -> Float, FloatFloatToFloat(f64::min), "min(a, 5.0)", "the smaller", "较小者"),
    function!("min"(Decimal, Decimal) -> Decimal, DecimalDecimalToDecimal(Decimal::min), "min(paid, claimed)", "the smaller amount", "较小金额"),
    function!("min"(Duration, Duration) -> Duration, IntIntToInt(i64::min), "min(d, hours(1))", "the shorter duration", "较短时长"),
    function!("min"(Time, Time) -> Time, IntIntToInt(i64::min), "min(a, b)", "the earlier time", "较早时间"),
    function!("max"(Int, Int) -> Int, IntIntToInt(i64::max), "max(a, 0)", "the larger", "较大者"),
    function!("max"(Float, Float) -> Float, FloatFloatToFloat(f64::max), "max(a, 0.0)", "the larger", "较大者"),
    function!("max"(Decimal, Decimal) -> Decimal, DecimalDecimalToDecimal(Decimal::max), "max(paid, claimed)", "the larger amount", "较大金额"),
    function!("max"(Duration, Duration) -> Duration, IntIntToInt(i64::max), "max(d, hours(1))", "the longer duration", "较长时长"),
    function!("max"(Time, Time) -> Time, IntIntToInt(i64::max), "max(a, b)", "the later time", "较晚时间"),
    function!("clamp"(Int, Int, Int) -> Int, IntIntIntToInt(|it, low, high| it.max(low).min(high)), "clamp(x, 0, 100)", "the number, not below the second and not above the third", "限制在区间内"),
    function!("clamp"(Float, Float, Float) -> Float, FloatFloatFloatToFloat(|it, low, high| it.max(low).min(high)), "clamp(x, 0.0, 1.0)", "the number, not below the second and not above the third", "限制在区间内"),
    function!("sqrt"(Float) -> Float, FloatToFinite(f64::sqrt), "sqrt(9.0) == 3.0", "the square root", "平方根"),
    function!("exp"(Float) -> Float, FloatToFinite(f64::exp), "exp(0.0) == 1.0", "e to that power", "e 的幂"),
    function!("ln"(Float) -> Float, FloatToFinite(f64::ln), "ln(1.0) == 0.0", "the natural logarithm", "自然对数"),
    function!("to_float"(Int) -> Float, IntToFloat(as_float), "to_float(a) / 2.0", "the number as a float", "转为小数"),
    function!("to_int"(Float) -> Int, FloatToInt(to_int), "to_int(2.9) == 2", "the whole part of the number", "取整数部分"),
    // Measures of answers.
    function!("nps_points"(Int) -> Int, IntToInt(|it| nps_points(as_float(it)).and_then(to_int)), "nps_points(recommend) == 100", "what an answer from 0 to 10 is worth: 100 from 9 on, -100 up to 6", "0 到 10 分的回答所值：9 分起为 100，6 分及以下为 -100"),
    function!("nps_points"(Float) -> Int, FloatToInt(|it| nps_points(it).and_then(to_int)), "nps_points(recommend) == 100", "what an answer from 0 to 10 is worth: 100 from 9 on, -100 up to 6", "0 到 10 分的回答所值：9 分起为 100，6 分及以下为 -100"),
    function!("wilson_low"(Float, Float) -> Float, FloatFloatToFloat(|hits, n| share_bound(hits, n, 0)), "wilson_low(count(solved), count()) >= 0.9", "the lower end of the 95 % interval of a share: hits, of how many (Wilson, 1927); 0 of none", "占比的 95 % 区间下限：命中数、总数（Wilson，1927）；总数为 0 时为 0"),
    function!("wilson_high"(Float, Float) -> Float, FloatFloatToFloat(|hits, n| share_bound(hits, n, 1)), "wilson_high(count(rude), count()) <= 0.05", "the upper end of the 95 % interval of a share: hits, of how many (Wilson, 1927); 1 of none", "占比的 95 % 区间上限：命中数、总数（Wilson，1927）；总数为 0 时为 1"),
    function!("kano"(Text, Text) -> Text, TextTextToText(kano_letter), "kano(with_it, without_it) == \"M\"", "the class of two answers (like, must-be, neutral, live-with, dislike) if it were there and if it were not: M O A I R Q; empty for what is no answer", "有与无两种情形的回答（喜欢、理应如此、无所谓、可以忍受、不喜欢）对应的 Kano 类别：M O A I R Q；不是回答时为空"),
    function!("expectation_class"(Float, Float) -> Text, FloatFloatToText(|perceived, expected, out| out.push_str(expectation_class(perceived, expected))), "expectation_class(score, expected) == \"below\"", "what is perceived against what was expected: below, at or above (dissatisfied, satisfied, delighted)", "感知与期望相比：below（低于）、at（符合）、above（超出），即不满、满意、惊喜"),
    // Text.
    function!("len"(Text) -> Int, TextToInt(chars), "note.len() >= 10", "the number of characters", "字符数"),
    function!("contains"(Text, Text) -> Bool, TextTextToBool(|it, part| it.contains(part)), "note.contains(\"refund\")", "whether the second text stands in the first", "是否包含"),
    function!("starts_with"(Text, Text) -> Bool, TextTextToBool(|it, part| it.starts_with(part)), "id.starts_with(\"T-\")", "whether the text begins so", "是否以此开头"),
    function!("ends_with"(Text, Text) -> Bool, TextTextToBool(|it, part| it.ends_with(part)), "file.ends_with(\".pdf\")", "whether the text ends so", "是否以此结尾"),
    function!("lower"(Text) -> Text, TextToText(|it, out| out.extend(it.chars().flat_map(char::to_lowercase))), "lower(city) == \"bonn\"", "in small letters", "转为小写"),
    function!("upper"(Text) -> Text, TextToText(|it, out| out.extend(it.chars().flat_map(char::to_uppercase))), "upper(code) == \"AB\"", "in capital letters", "转为大写"),
    function!("trim"(Text) -> Text, TextToText(|it, out| out.push_str(it.trim())), "trim(name) != \"\"", "without white space at its ends", "去除首尾空白"),
    function!("fold"(Text) -> Text, TextToText(fold_text), "fold(code) == \"ab1\"", "in small letters and half width: ＡＢ１ becomes ab1", "转为小写半角"),
    // Durations.
    function!("seconds"(Int) -> Duration, IntToInt(|it| it.checked_mul(SECOND)), "wait <= seconds(30)", "that many seconds", "若干秒"),
    function!("seconds"(Float) -> Duration, FloatToInt(|it| to_int(it * SECOND as f64)), "wait <= seconds(0.5)", "that many seconds", "若干秒"),
    function!("minutes"(Int) -> Duration, IntToInt(|it| it.checked_mul(MINUTE)), "wait <= minutes(10)", "that many minutes", "若干分钟"),
    function!("minutes"(Float) -> Duration, FloatToInt(|it| to_int(it * MINUTE as f64)), "wait <= minutes(1.5)", "that many minutes", "若干分钟"),
    function!("hours"(Int) -> Duration, IntToInt(|it| it.checked_mul(HOUR)), "wait <= hours(4)", "that many hours", "若干小时"),
    function!("hours"(Float) -> Duration, FloatToInt(|it| to_int(it * HOUR as f64)), "wait <= hours(1.5)", "that many hours", "若干小时"),
    function!("days"(Int) -> Duration, IntToInt(|it| it.checked_mul(DAY)), "age <= days(30)", "that many times 24 hours", "若干个 24 小时"),
    function!("days"(Float) -> Duration, FloatToInt(|it| to_int(it * DAY as f64)), "age <= days(1.5)", "that many times 24 hours", "若干个 24 小时"),
    property!("seconds", SECOND, "(b - a).seconds <= 30.0", "the length in seconds", "以秒计的长度"),
    property!("minutes", MINUTE, "(b - a).minutes <= 10.0", "the length in minutes", "以分钟计的长度"),
    property!("hours", HOUR, "(b - a).hours <= 4.0", "the length in hours", "以小时计的长度"),
    property!("days", DAY, "(b - a).days <= 30.0", "the length in days of 24 hours", "以 24 小时为一天计的长度"),
    // Times and dates, in the project's zone.
    function!("date"(Time) -> Date, ZonedToInt(local_day), "date(opened_at) == date(\"2026-03-02\")", "the date of the time", "时间所在日期"),
    function!("hour"(Time) -> Int, ZonedToInt(|it, zone| zone.to_local(it).rem_euclid(DAY) / HOUR), "hour(opened_at) >= 9", "the hour, 0 to 23", "小时，0 到 23"),
    function!("weekday"(Time) -> Int, ZonedToInt(|it, zone| iso_weekday(local_day(it, zone))), "weekday(opened_at) <= 5", "the day of the week: Monday is 1, Sunday 7 (ISO 8601)", "星期几：周一为 1，周日为 7"),
    function!("weekday"(Date) -> Int, IntToInt(|it| Some(iso_weekday(it))), "weekday(due_on) <= 5", "the day of the week: Monday is 1, Sunday 7 (ISO 8601)", "星期几：周一为 1，周日为 7"),
    function!("day"(Time) -> Text, ZonedToText(|it, zone, out| put(format_date, local_day(it, zone), out)), "day(opened_at) == \"2026-03-02\"", "the date as text", "日期文本"),
    function!("day"(Date) -> Text, IntToText(|it, out| put(format_date, it, out)), "day(due_on) == \"2026-03-02\"", "the date as text", "日期文本"),
    function!("week"(Time) -> Text, ZonedToText(|it, zone, out| put(format_week, local_day(it, zone), out)), "week(opened_at) == \"2026-W10\"", "the week as text (ISO 8601)", "周文本（ISO 8601）"),
    function!("week"(Date) -> Text, IntToText(|it, out| put(format_week, it, out)), "week(due_on) == \"2026-W10\"", "the week as text (ISO 8601)", "周文本（ISO 8601）"),
    function!("month"(Time) -> Text, ZonedToText(|it, zone, out| put(format_month, local_day(it, zone), out)), "month(opened_at) == \"2026-03\"", "the month as text", "月份文本"),
    function!("month"(Date) -> Text, IntToText(|it, out| put(format_month, it, out)), "month(due_on) == \"2026-03\"", "the month as text", "月份文本"),
    function!("quarter"(Time) -> Text, ZonedToText(|it, zone, out| put(format_quarter, local_day(it, zone), out)), "quarter(opened_at) == \"2026-Q1\"", "the quarter as text", "季度文本"),
    function!("quarter"(Date) -> Text, IntToText(|it, out| put(format_quarter, it, out)), "quarter(due_on) == \"2026-Q1\"", "the quarter as text", "季度文本"),
    function!("year"(Time) -> Text, ZonedToText(|it, zone, out| put(format_year, local_day(it, zone), out)), "year(opened_at) == \"2026\"", "the year as text", "年份文本"),
    function!("year"(Date) -> Text, IntToText(|it, out| put(format_year, it, out)), "year(due_on) == \"2026\"", "the year as text", "年份文本"),
];

/// The signatures of the function or property called `name`, with their indices in the table.
pub fn functions_named(name: &str, property: bool) -> impl Iterator<Item = (u32, &'static Function)> {
    let all = (0_u32..).zip(FUNCTIONS);
    all.filter(move |(_, it)| it.name == name && it.property == property)
}

/// An end of the interval of a share; of none everything is possible.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
fn share_bound(hits: f64, n: f64, end: usize) -> f64 {
    let (n, hits) = (n.max(0.0) as u64, hits.max(0.0) as u64);
    wilson(hits.min(n), n).unwrap_or([0.0, 1.0])[end]
}

/// How what is perceived compares with what was expected (R. Oliver, "A cognitive model of the antecedents and
/// consequences of satisfaction decisions", 1980).
fn expectation_class(perceived: f64, expected: f64) -> &'static str {
    if perceived < expected {
        "below"
    } else if perceived > expected {
        "above"
    } else {
        "at"
    }
}

fn kano_letter(with: &str, without: &str, out: &mut String) {
    let answers = KanoAnswer::from_name(with).zip(KanoAnswer::from_name(without));
    out.push_str(answers.map_or("", |(with, without)| kano(with, without).name()));
}

#[expect(clippy::cast_precision_loss, reason = "that is what a float is")]
fn as_float(it: i64) -> f64 {
    it as f64
}

#[expect(clippy::cast_precision_loss, reason = "durations beyond 2^53 microseconds are 285 years")]
fn in_units(micros: i64, unit: i64) -> f64 {
    micros as f64 / unit as f64
}

#[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
fn to_int(it: f64) -> Option<i64> {
    // 2^63 is the first float that is too large.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&it).then_some(it as i64)
}

fn round_to(it: f64, places: i64) -> f64 {
    let scale = 10_f64.powi(i32::try_from(places.clamp(0, 15)).unwrap_or(0));
    let scaled = it * scale;
    if scaled.is_finite() { scaled.round() / scale } else { it }
}

fn chars(it: &str) -> i64 {
    // Most text is ASCII, where characters are bytes; to see that takes half the time of counting.
    let count = if it.is_ascii() { it.len() } else { it.chars().count() };
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn local_day(utc: i64, zone: &Zone) -> i64 {
    zone.to_local(utc).div_euclid(DAY)
}

fn iso_weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// Appends what `format` makes of a day.
fn put(format: fn(i64) -> String, days: i64, out: &mut String) {
    out.push_str(&format(days));
}

/// Appends `text` in small letters and half width, so that `ＡＢ１` meets `ab1` and the ideographic
/// space a space (the compatibility forms U+FF01–U+FF5E of Unicode's block "Halfwidth and Fullwidth
/// Forms").
pub fn fold_text(text: &str, out: &mut String) {
    for letter in text.chars() {
        let half = match letter {
            '\u{3000}' => ' ',
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
            _ => letter,
        };
        out.extend(half.to_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_unique() {
        for (index, one) in FUNCTIONS.iter().enumerate() {
            for other in &FUNCTIONS[..index] {
                let same =
                    one.name == other.name && one.property == other.property && one.params == other.params;
                assert!(!same, "{} stands twice", one.name);
            }
            assert!(one.example.contains(one.name) && !one.zh.is_empty());
        }
    }

    #[test]
    fn folding_is_by_width_and_case() {
        let mut out = String::new();
        fold_text("ＡＢ１　Ｘ不", &mut out);
        assert_eq!(out, "ab1 x不");
    }
}
