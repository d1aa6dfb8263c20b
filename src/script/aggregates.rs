//! Aggregates in expressions over groups of records: found by their tokens, and cut out, so that what
//! stands inside them is evaluated record by record and what stands around them group by group.

use super::tokens::{TokenKind, Tokens};
use crate::{
    diagnostic::Diagnostic,
    expr::canonical,
    measure::KanoFigure,
    record::Type,
    rule::Script,
    wording::{self, Wording},
};
use std::ops::Range;

/// A reckoning over the records of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aggregate {
    /// `count()`: records; `count(condition)`: those for which it is true.
    Count,
    /// `rate(condition)`: the share of those for which it is true.
    Rate,
    /// `distinct(x)`: different values.
    Distinct,
    /// `sum(x)`
    Sum,
    /// `mean(x)`
    Mean,
    /// `min(x)`
    Min,
    /// `max(x)`
    Max,
    /// `median(x)`
    Median,
    /// `percentile(x, p)`, with p from 0 to 100: linear interpolation, type 7 of Hyndman and Fan (1996).
    Percentile(f64),
    /// `nps(x)`: the mean of what answers are worth (`nps_points`), with the interval of the three-point distribution.
    Nps,
    /// `kano_class(with_it, without_it)` and the coefficients `kano_better`, `kano_worse`: over the letters that
    /// `kano` gives each record.
    Kano(KanoFigure),
}

/// How an aggregate is called, for people.
#[derive(Clone, Copy, Debug)]
pub struct AggregateEntry {
    /// Its name.
    pub name: &'static str,
    /// Its Chinese name.
    pub alias: &'static str,
    /// How it is written.
    pub signature: &'static str,
    /// Where it may stand.
    pub example: &'static str,
    /// What it gives.
    pub en: &'static str,
    /// What it gives, in Chinese.
    pub zh: &'static str,
    /// True where the name is also that of a function over a list.
    of_lists: bool,
}

const fn entry(
    [name, alias]: [&'static str; 2],
    [signature, example]: [&'static str; 2],
    [en, zh]: [&'static str; 2],
    of_lists: bool,
) -> AggregateEntry {
    AggregateEntry { name, alias, signature, example, en, zh, of_lists }
}

/// All aggregates. What is left out because it is missing is counted beside the figure.
#[rustfmt::skip] // A table.
pub const AGGREGATES: [AggregateEntry; 20] = [
    entry(["count", "计数"], ["count(); count(condition)", "count(reopened) <= 2"],
        ["the records; those for which the condition is true", "记录数；满足条件的记录数"], false),
    entry(["rate", "占比"], ["rate(condition) -> float", "rate(first_response.outcome == \"kept\") >= 0.95"],
        ["the share of the records for which the condition is true", "满足条件的记录所占比例"], false),
    entry(["distinct", "去重计数"], ["distinct(any) -> int", "distinct(owner) <= 3"],
        ["how many different values there are", "不同取值的个数"], false),
    entry(["median", "中位数"], ["median(number or duration)", "median(closed_at - opened_at) <= hours(8)"],
        ["the middle value, exact; between the two middle ones", "精确的中位数；偶数个时取中间两值之间"], false),
    entry(["percentile", "百分位数"], ["percentile(number or duration, p)", "percentile(reply_minutes, 90) <= 60"],
        ["the value below which p of 100 lie, exact (R type 7)", "精确的 p 百分位数（R 第 7 类）"], false),
    entry(["nps", "净推荐值"], ["nps(answer, 0 to 10) -> float", "nps(recommend) >= 30.0"],
        ["promoters (9, 10) less detractors (0 to 6) of 100 answers (Reichheld, 2003)", "每百份回答中推荐者（9、10）减去贬损者（0 到 6）（Reichheld，2003）"], false),
    entry(["csat", "满意率"], ["csat(score) -> float; csat(score, from)", "csat(score) >= 0.8"],
        ["the share of the scores from 4 on (top two of five), or from another", "4 分及以上（五分制前两档）或指定分数及以上所占比例"], false),
    entry(["top_box", "高分占比"], ["top_box(score, from) -> float", "top_box(effort, 5) >= 0.6"],
        ["the share of the scores from there on", "该分数及以上所占比例"], false),
    entry(["bottom_box", "低分占比"], ["bottom_box(score, upto) -> float", "bottom_box(score, 2) <= 0.1"],
        ["the share of the scores up to there", "该分数及以下所占比例"], false),
    entry(["ces", "费力度"], ["ces(score) -> float", "ces(effort) >= 5.0"],
        ["the mean of the scores for effort", "费力度评分的平均值"], false),
    entry(["gap", "差距"], ["gap(perceived, expected) -> float", "gap(empathy_p, empathy_e) >= 0.0"],
        ["the mean of what is perceived less what was expected (SERVQUAL: Parasuraman, Zeithaml and Berry, 1988), of records that tell both", "感知减期望的平均值（SERVQUAL：Parasuraman、Zeithaml、Berry，1988），只计两者俱全的记录"], false),
    entry(["response_rate", "回应率"], ["response_rate(field) -> float", "response_rate(score) >= 0.3"],
        ["the share of the records in which the field is there", "该字段有值的记录所占比例"], false),
    entry(["service_level", "服务水平"], ["service_level(number or duration, limit) -> float", "service_level(waited, seconds(20)) >= 0.8"],
        ["the share of the records that stay within the limit, those at it among them", "不超过限值（含等于）的记录所占比例"], false),
    entry(["kano_class", "卡诺归类"], ["kano_class(with_it, without_it) -> text", "kano_class(with_it, without_it) in [\"A\", \"O\"]"],
        ["the class (M O A I R Q) that most pairs of answers are of; of several as common the first in this order (Kano and others, 1984)", "最多的 Kano 类别（M O A I R Q）；并列时按此顺序取前者（Kano 等，1984）"], false),
    entry(["kano_better", "增加满意系数"], ["kano_better(with_it, without_it) -> float", "kano_better(with_it, without_it) >= 0.5"],
        ["how much its presence pleases, 0 to 1: (A + O) / (A + O + M + I) (Berger and others, 1993)", "具备时提升满意的程度，0 到 1：(A + O) / (A + O + M + I)（Berger 等，1993）"], false),
    entry(["kano_worse", "降低不满系数"], ["kano_worse(with_it, without_it) -> float", "kano_worse(with_it, without_it) <= -0.5"],
        ["how much its absence angers, -1 to 0: -(O + M) / (A + O + M + I) (Berger and others, 1993)", "不具备时引起不满的程度，-1 到 0：-(O + M) / (A + O + M + I)（Berger 等，1993）"], false),
    entry(["sum", "求和"], ["sum(number or duration)", "sum(settlement_amount) <= 10000"],
        ["the sum, exact whatever the order", "总和，与顺序无关的精确值"], true),
    entry(["mean", "均值"], ["mean(number or duration)", "mean(score) >= 4.0"],
        ["the mean", "平均值"], true),
    entry(["min", "最小"], ["min(number, duration, date or time)", "min(score) >= 2"],
        ["the smallest value", "最小值"], true),
    entry(["max", "最大"], ["max(number, duration, date or time)", "max(transfers) <= 5"],
        ["the largest value", "最大值"], true),
];

fn entry_of(name: &str) -> Option<&'static AggregateEntry> {
    AGGREGATES.iter().find(|it| it.name == name)
}

impl Aggregate {
    /// The type of its result for arguments of type `ty`; `None` where it has no use for them.
    #[must_use]
    pub fn result(self, ty: Option<Type>) -> Option<Type> {
        match (self, ty) {
            (Self::Count, None | Some(Type::Bool)) | (Self::Distinct, _) => Some(Type::Int),
            (Self::Rate, None | Some(Type::Bool)) => Some(Type::Float),
            (Self::Mean | Self::Median | Self::Percentile(_) | Self::Nps, Some(Type::Int | Type::Float)) => {
                Some(Type::Float)
            }
            (Self::Kano(KanoFigure::Class), Some(Type::Text)) => Some(Type::Text),
            (Self::Kano(_), Some(Type::Text)) => Some(Type::Float),
            (Self::Min | Self::Max, Some(ty @ (Type::Date | Type::Time))) => Some(ty),
            (
                Self::Sum | Self::Min | Self::Max | Self::Mean | Self::Median | Self::Percentile(_),
                Some(ty @ (Type::Int | Type::Float | Type::Decimal | Type::Duration)),
            ) => Some(ty),
            _ => None,
        }
    }
}

/// One aggregate of an expression.
#[derive(Clone, Debug)]
pub struct AggregateCall {
    /// What is reckoned.
    pub aggregate: Aggregate,
    /// Over what; nothing for `count()`.
    pub argument: Option<Script>,
    /// As written.
    pub text: String,
    /// Its bytes in the expression.
    pub range: Range<usize>,
    /// What stands for it in the outer expression.
    pub name: String,
}

/// An expression over groups, taken apart.
#[derive(Clone, Debug)]
pub struct Split {
    /// The expression with names in place of its aggregates, byte for byte as long.
    pub outer: Script,
    /// Its aggregates, in order.
    pub calls: Vec<AggregateCall>,
}

fn english(name: &str) -> &str {
    AGGREGATES.iter().find(|it| it.alias == name).map_or_else(|| canonical(name), |it| it.name)
}

/// Whether an expression has an aggregate; `is_list` tells whether an argument is a list of a record.
pub fn has_aggregate(script: &Script, is_list: &mut dyn FnMut(&Script) -> bool) -> bool {
    split(script, is_list).map_or(true, |it| !it.calls.is_empty())
}

/// Takes an expression over groups apart.
///
/// # Errors
/// Aggregates with too few or too many arguments, or with a percentile that is no number.
pub fn split(script: &Script, is_list: &mut dyn FnMut(&Script) -> bool) -> Result<Split, Vec<Diagnostic>> {
    let tokens = Tokens::new(&script.text);
    let all: Vec<(TokenKind, Range<usize>)> =
        tokens.with_interpolated().map(|it| (it.kind, it.range)).collect();
    let text = |at: usize| all.get(at).map_or("", |it| &script.text[it.1.clone()]);
    let (mut calls, mut wrong, mut outer) = (Vec::new(), Vec::new(), script.text.clone());
    let mut at = 0;
    while at < all.len() {
        let name = english(text(at));
        let entry = entry_of(name).filter(|_| all[at].0 == TokenKind::Name);
        let is_call = entry.is_some() && text(at + 1) == "(" && (at == 0 || text(at - 1) != ".");
        let arguments = if is_call { arguments(&all, script, at + 1) } else { None };
        let Some((arguments, end)) = arguments else {
            at += 1;
            continue;
        };
        let part = |range: &Range<usize>| part_of(script, range);
        let mut is_list = |only: &Range<usize>| is_literal_list(&tokens, only) || is_list(&part(only));
        let is_aggregate =
            entry.is_some_and(|it| !it.of_lists) || matches!(&arguments[..], [only] if !is_list(only));
        if !is_aggregate {
            at += 1;
            continue;
        }
        let range = all[at].1.start..all[end].1.end;
        match aggregate(name, &arguments, script) {
            Some((aggregate, around)) => {
                let width = range.len();
                let name = format!("{:_<width$}", format!("a{}", calls.len()));
                outer.replace_range(range.clone(), &name);
                let argument = arguments.first().map(|it| wrapped(part(it), around));
                let text = script.text[range.clone()].to_owned();
                calls.push(AggregateCall { aggregate, argument, text, range, name });
            }
            None => {
                let found = arguments.iter().map(|it| script.text[it.clone()].to_owned()).collect::<Vec<_>>();
                let said = Diagnostic::error(wording::WRONG_ARGUMENTS).with("name", name);
                let said = said.with("found", found.join(", ")).at(script.place(range));
                wrong.push(said.help(signature(name)));
            }
        }
        at = end + 1;
    }
    if wrong.is_empty() {
        Ok(Split { outer: Script { text: outer, ..script.clone() }, calls })
    } else {
        Err(wrong)
    }
}

/// `[…]` and nothing around it.
fn is_literal_list(tokens: &Tokens, range: &Range<usize>) -> bool {
    let first = tokens.range_at(range.start);
    tokens.slice(first.clone()) == "[" && tokens.balanced(first) == *range
}

/// How an aggregate is written.
fn signature(name: &str) -> Wording {
    match name {
        "count" => wording::HELP_COUNT,
        "rate" => wording::HELP_RATE,
        "percentile" => wording::HELP_PERCENTILE,
        "distinct" => wording::HELP_DISTINCT,
        "median" => wording::HELP_MEDIAN,
        "nps" | "csat" | "ces" | "gap" | "response_rate" | "service_level" | "top_box" | "bottom_box" => {
            wording::HELP_MEASURE
        }
        "kano_class" | "kano_better" | "kano_worse" => wording::HELP_KANO,
        _ => wording::HELP_OF_NUMBERS,
    }
}

/// The aggregate, and what is written around its argument: measures of answers are shares and means.
fn aggregate(name: &str, arguments: &[Range<usize>], script: &Script) -> Option<(Aggregate, [String; 2])> {
    let number = |it: &Range<usize>| {
        let text = script.text[it.clone()].trim();
        text.parse::<f64>().ok().filter(|it| it.is_finite()).map(|_| text.to_owned())
    };
    let share = |sign: &str, limit: String| (Aggregate::Rate, ["(".to_owned(), format!(") {sign} {limit}")]);
    let plain = |aggregate| (aggregate, [String::new(), String::new()]);
    Some(match (name, arguments) {
        ("nps", [_]) => (Aggregate::Nps, ["nps_points(".to_owned(), ")".to_owned()]),
        ("kano_class" | "kano_better" | "kano_worse", [_, without]) => {
            let figure = match name {
                "kano_class" => KanoFigure::Class,
                "kano_better" => KanoFigure::Better,
                _ => KanoFigure::Worse,
            };
            let without = &script.text[without.clone()];
            (Aggregate::Kano(figure), ["kano(".to_owned(), format!(", {without})")])
        }
        ("ces", [_]) => plain(Aggregate::Mean),
        ("response_rate", [_]) => (Aggregate::Rate, ["!is_missing(".to_owned(), ")".to_owned()]),
        ("service_level", [_, limit]) => {
            (Aggregate::Rate, ["(".to_owned(), format!(") <= ({})", &script.text[limit.clone()])])
        }
        ("gap", [_, expected]) => {
            (Aggregate::Mean, ["(".to_owned(), format!(") - ({})", &script.text[expected.clone()])])
        }
        ("csat", [_]) => share(">=", CSAT_FROM.to_owned()),
        ("csat" | "top_box", [_, from]) => share(">=", number(from)?),
        ("bottom_box", [_, upto]) => share("<=", number(upto)?),
        _ => plain(of_values(name, arguments, script)?),
    })
}

/// The lowest score of five that is a satisfied customer's.
const CSAT_FROM: &str = "4";

/// A script with something written around it.
fn wrapped(script: Script, [before, after]: [String; 2]) -> Script {
    let len = before.len();
    let first = script.runs.first().map_or(0, |it| it.1);
    let runs = script.runs.into_iter().map(|(at, file)| (at + len, file));
    let runs = (len > 0).then_some((0, first)).into_iter().chain(runs).collect();
    Script { text: format!("{before}{}{after}", script.text), runs, ..script }
}

fn of_values(name: &str, arguments: &[Range<usize>], script: &Script) -> Option<Aggregate> {
    Some(match (name, arguments) {
        ("count", [] | [_]) => Aggregate::Count,
        ("rate", [_]) => Aggregate::Rate,
        ("distinct", [_]) => Aggregate::Distinct,
        ("sum", [_]) => Aggregate::Sum,
        ("mean", [_]) => Aggregate::Mean,
        ("min", [_]) => Aggregate::Min,
        ("max", [_]) => Aggregate::Max,
        ("median", [_]) => Aggregate::Median,
        ("percentile", [_, p]) => {
            let p: f64 = script.text[p.clone()].trim().parse().ok()?;
            Aggregate::Percentile((0.0..=100.0).contains(&p).then_some(p)?)
        }
        _ => return None,
    })
}

/// A part of a script as a script.
fn part_of(script: &Script, range: &Range<usize>) -> Script {
    let text = script.text[range.clone()].to_owned();
    // Runs that begin inside the part, after the one that it begins in.
    let first = script.span(range.start..range.start).start;
    let inside = script.runs.iter().filter(|it| it.0 > range.start && it.0 < range.end);
    let runs = std::iter::once((0, first)).chain(inside.map(|it| (it.0 - range.start, it.1))).collect();
    Script { text, file: script.file.clone(), runs }
}

/// The arguments of a call whose bracket opens at token `open`, and the token that closes it.
pub(super) fn arguments(
    all: &[(TokenKind, Range<usize>)],
    script: &Script,
    open: usize,
) -> Option<(Vec<Range<usize>>, usize)> {
    let (mut depth, mut arguments, mut start) = (0_i32, Vec::new(), None);
    for (at, (_, range)) in all.iter().enumerate().skip(open) {
        let ends = match &script.text[range.clone()] {
            "(" | "[" | "{" | "#{" => {
                depth += 1;
                if depth == 1 {
                    continue;
                }
                false
            }
            ")" | "]" | "}" => {
                depth -= 1;
                depth == 0
            }
            "," => depth == 1,
            _ => false,
        };
        if ends {
            // Interpolated text ends behind the tokens inside of it.
            let end = all[open + 1..at].iter().map(|it| it.1.end).max();
            arguments.extend(start.take().zip(end).map(|(start, end)| start..end));
            if depth == 0 {
                return Some((arguments, at));
            }
        } else {
            start.get_or_insert(range.start);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Script {
        Script { text: text.into(), file: "EXPR".into(), runs: vec![(0, 0)] }
    }

    #[test]
    fn aggregates_are_cut_out() {
        let whole = script("count(a == \"(\") / count() > 0.5 && max(f(x, [1, 2])) < min(a, b) + sum(l)");
        let split = split(&whole, &mut |it| it.text == "l").unwrap();
        assert_eq!(split.outer.text.len(), whole.text.len());
        let calls: Vec<_> = split.calls.iter().map(|it| (it.text.as_str(), it.aggregate)).collect();
        let expected = [
            ("count(a == \"(\")", Aggregate::Count),
            ("count()", Aggregate::Count),
            ("max(f(x, [1, 2]))", Aggregate::Max),
        ];
        assert_eq!(calls, expected);
        assert_eq!(split.calls[2].argument.as_ref().unwrap().runs, [(0, whole.text.find("f(x").unwrap())]);
        assert!(split.outer.text.ends_with("< min(a, b) + sum(l)"), "{}", split.outer.text);
    }

    #[test]
    fn wrong_arguments_are_told() {
        for text in [
            "percentile(x)",
            "percentile(x, 101)",
            "percentile(x, p)",
            "rate()",
            "median(a, b)",
            "gap(a)",
            "service_level(a)",
            "kano_class(a)",
        ] {
            assert!(split(&script(text), &mut |_| false).is_err(), "{text}");
        }
        assert!(has_aggregate(&script("占比(合格) > 0.9"), &mut |_| false));
        assert!(!has_aggregate(&script("t.count() + x.max"), &mut |_| false));
    }
}
