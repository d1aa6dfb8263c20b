//! Figures of the result of an audit in gates, found by their tokens and cut out: names of their own length stand
//! in for them, so that what stands around them is typed and evaluated like any other expression.

use super::{
    aggregates::arguments,
    steps::literal,
    tokens::{TokenKind, Tokens},
};
use crate::{diagnostic::Diagnostic, record::Type, rule::Script, wording};
use std::ops::Range;

/// What findings count for against a baseline and waivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Those that are not in the baseline.
    New,
    /// Those that are.
    Known,
    /// Those that are waived.
    Waived,
}

/// Which waivers are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaiverKind {
    /// Those whose time is over.
    Expired,
    /// Those that excuse nothing.
    Unused,
    /// Those by a condition that excuses most findings of their rule.
    Broad,
}

/// What is asked of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupFigure {
    /// What was compared; durations in seconds.
    Figure,
    /// The lower end of its 95 % interval.
    Lower,
    /// The upper end.
    Upper,
}

/// A figure of the result; names are of severities, rules, promises and dimensions, `None` is everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultFigure {
    /// How many findings; waived ones aside where no standing is named.
    Findings(Option<String>, Option<Counted>),
    /// passed / (passed + failed).
    Rate(Option<String>),
    /// kept / (kept + breached) of a promise.
    Kept(String),
    /// assessed / (assessed + no evidence + error).
    Coverage(Option<String>),
    /// The score of a scorecard and subject, in a period or in the last that there is.
    Score(String, String, Option<String>),
    /// The lowest score of a scorecard that is not provisional.
    Worst(String),
    /// What a rule over groups found of one group, by its key.
    Group(String, String, GroupFigure),
    /// Records judged.
    Records,
    /// Rows that could not be split into fields.
    Rejected,
    /// Cells that could not be read as their type.
    BadCells,
    /// Waivers, of one kind or all.
    Waivers(Option<WaiverKind>),
    /// Rules with more findings than the baseline holds of them.
    OverBudget,
}

/// A function of gates, for people.
#[derive(Clone, Copy, Debug)]
pub struct FigureEntry {
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
}

const fn entry(
    [name, alias]: [&'static str; 2],
    [signature, example]: [&'static str; 2],
    [en, zh]: [&'static str; 2],
) -> FigureEntry {
    FigureEntry { name, alias, signature, example, en, zh }
}

/// All figures that gates may ask for.
#[rustfmt::skip] // A table.
pub const FIGURES: [FigureEntry; 14] = [
    entry(["findings", "发现数"], ["findings(); findings(\"severity, rule or dimension\"); findings(\"…\", \"new\") -> int", "findings(\"critical\") == 0"],
        ["how many findings, waived ones aside; or those that are `new`, `known` or `waived`", "发现的数量，豁免的除外；或仅数 new（新增）、known（已知）、waived（豁免）的"]),
    entry(["rate", "合格率"], ["rate(); rate(\"severity, rule or dimension\") -> float", "rate(\"support-desk/greeting\") >= 0.95"],
        ["the share of verdicts that are a pass: passed / (passed + failed)", "合格的比例：合格 /（合格 + 不合格）"]),
    entry(["kept", "兑现率"], ["kept(\"promise\") -> float", "kept(\"first-response\") >= 0.95"],
        ["the kept rate of a promise: kept / (kept + breached)", "承诺的兑现率：兑现 /（兑现 + 违约）"]),
    entry(["coverage", "覆盖率"], ["coverage(); coverage(\"severity, rule, promise or dimension\") -> float", "coverage() >= 0.9"],
        ["the share of what was looked at that has a verdict", "适用对象中得出判定的比例"]),
    entry(["score", "得分"], ["score(\"scorecard\", \"subject\"); score(\"scorecard\", \"subject\", \"period\") -> float", "score(\"agent-month\", \"*\") >= 85"],
        ["the score of a subject, `*` for all together, in a period or the last one; missing while it is provisional", "某对象（* 表示全部）在某周期或最后一个周期的得分；暂定时缺失"]),
    entry(["worst", "最低得分"], ["worst(\"scorecard\") -> float", "worst(\"agent-month\") >= 60"],
        ["the lowest score of all subjects and periods, provisional ones aside", "所有对象和周期中的最低得分，暂定的除外"]),
    entry(["figure", "分组数值"], ["figure(\"rule\", \"group\") -> float", "figure(\"survey/recommended\", \"2026-03\") >= 20"],
        ["what a rule over groups found of one group (`north|2026-03` where it has two values, `*` for all), durations in seconds; missing where the group has no verdict, or is not among the groups that the report lists", "分组规则在某一组上的数值（两个取值写作 `北区|2026-03`，* 表示全部），时长以秒计；该组没有结论或未列入报告时缺失"]),
    entry(["lower", "分组下限"], ["lower(\"rule\", \"group\") -> float", "lower(\"survey/recommended\", \"2026-03\") >= 0"],
        ["the lower end of the 95 % interval of that figure; missing where it has none", "该数值 95 % 区间的下限；没有区间时缺失"]),
    entry(["upper", "分组上限"], ["upper(\"rule\", \"group\") -> float", "upper(\"workload/faults-with-load\", \"*\") <= 0.05"],
        ["the upper end of the 95 % interval of that figure; missing where it has none", "该数值 95 % 区间的上限；没有区间时缺失"]),
    entry(["waivers", "豁免数"], ["waivers(); waivers(\"expired\"); waivers(\"unused\"); waivers(\"broad\") -> int", "waivers(\"expired\") == 0"],
        ["how many waivers there are, have expired, excuse nothing, or excuse most findings of their rule", "豁免的数量，或已到期、没有用到、过宽的豁免数量"]),
    entry(["over_budget", "超出预算"], ["over_budget -> int", "over_budget == 0"],
        ["rules with more findings than the baseline holds of them; missing without a baseline", "发现数超过基线的规则数；没有基线时缺失"]),
    entry(["records", "记录数"], ["records -> int", "rejected <= 0.001 * records"],
        ["records that were judged", "已判定的记录数"]),
    entry(["rejected", "拒收行数"], ["rejected -> int", "rejected == 0"],
        ["rows that could not be split into fields", "无法拆分为字段的行数"]),
    entry(["bad_cells", "无法读取数"], ["bad_cells -> int", "bad_cells < 10"],
        ["cells that could not be read as their type", "无法按类型读取的单元格数"]),
];

/// A figure that was cut out.
#[derive(Clone, Debug)]
pub struct FigureCall {
    /// The name that stands in for it.
    pub name: String,
    /// As written.
    pub text: String,
    /// Where.
    pub range: Range<usize>,
    /// What is asked.
    pub figure: ResultFigure,
}

impl ResultFigure {
    /// The type of its value.
    #[must_use]
    pub const fn ty(&self) -> Type {
        match self {
            Self::Findings(..)
            | Self::Records
            | Self::Rejected
            | Self::BadCells
            | Self::Waivers(_)
            | Self::OverBudget => Type::Int,
            Self::Rate(_)
            | Self::Kept(_)
            | Self::Coverage(_)
            | Self::Score(..)
            | Self::Worst(_)
            | Self::Group(..) => Type::Float,
        }
    }
}

/// A check with names in place of its figures, byte for byte as long.
///
/// # Errors
/// Figures that are not written as such.
pub fn cut_figures(script: &Script) -> Result<(Script, Vec<FigureCall>), Vec<Diagnostic>> {
    let tokens = Tokens::new(&script.text);
    let all: Vec<(TokenKind, Range<usize>)> =
        tokens.with_interpolated().map(|it| (it.kind, it.range)).collect();
    let text = |at: usize| all.get(at).map_or("", |it| &script.text[it.1.clone()]);
    let (mut outer, mut calls, mut wrong) = (script.text.clone(), Vec::new(), Vec::new());
    let mut at = 0;
    while at < all.len() {
        let entry = FIGURES.iter().find(|it| it.name == text(at) || it.alias == text(at));
        let Some(entry) = entry.filter(|_| all[at].0 == TokenKind::Name && (at == 0 || text(at - 1) != "."))
        else {
            at += 1;
            continue;
        };
        let called = if text(at + 1) == "(" { arguments(&all, script, at + 1) } else { None };
        let (ranges, end) = called.unwrap_or((Vec::new(), at));
        let written: Vec<&str> = ranges.iter().map(|it| &script.text[it.clone()]).collect();
        let range = all[at].1.start..all[end].1.end;
        match figure(entry.name, &written, end > at) {
            Some(figure) => {
                let width = range.len();
                let name = format!("{:_<width$}", format!("f{}", calls.len()));
                outer.replace_range(range.clone(), &name);
                calls.push(FigureCall { name, text: script.text[range.clone()].to_owned(), range, figure });
            }
            None => {
                let said = Diagnostic::error(wording::FIGURE_ARGUMENTS).with("name", text(at));
                let said = said.help_with(wording::HELP_FIGURE, vec![("text", entry.signature.to_owned())]);
                wrong.push(said.at(script.place(range)));
            }
        }
        at = end + 1;
    }
    if wrong.is_empty() { Ok((Script { text: outer, ..script.clone() }, calls)) } else { Err(wrong) }
}

/// What is asked; `None` where it is not written as such.
fn figure(name: &str, arguments: &[&str], is_call: bool) -> Option<ResultFigure> {
    let texts: Option<Vec<String>> = arguments.iter().map(|it| literal(it)).collect();
    let texts = texts?;
    let of = || texts.first().cloned();
    let is_value = matches!(name, "records" | "rejected" | "bad_cells" | "over_budget");
    (is_value != is_call).then_some(())?;
    Some(match (name, texts.as_slice()) {
        ("records", []) => ResultFigure::Records,
        ("rejected", []) => ResultFigure::Rejected,
        ("bad_cells", []) => ResultFigure::BadCells,
        ("over_budget", []) => ResultFigure::OverBudget,
        ("findings", [] | [_]) => ResultFigure::Findings(of(), None),
        ("findings", [_, standing]) => {
            let standing = match standing.as_str() {
                "new" => Counted::New,
                "known" => Counted::Known,
                "waived" => Counted::Waived,
                _ => return None,
            };
            ResultFigure::Findings(of(), Some(standing))
        }
        ("waivers", []) => ResultFigure::Waivers(None),
        ("waivers", [kind]) => ResultFigure::Waivers(Some(match kind.as_str() {
            "expired" => WaiverKind::Expired,
            "unused" => WaiverKind::Unused,
            "broad" => WaiverKind::Broad,
            _ => return None,
        })),
        ("rate", [] | [_]) => ResultFigure::Rate(of()),
        ("coverage", [] | [_]) => ResultFigure::Coverage(of()),
        ("kept", [promise]) => ResultFigure::Kept(promise.clone()),
        ("worst", [card]) => ResultFigure::Worst(card.clone()),
        ("figure", [rule, key]) => ResultFigure::Group(rule.clone(), key.clone(), GroupFigure::Figure),
        ("lower", [rule, key]) => ResultFigure::Group(rule.clone(), key.clone(), GroupFigure::Lower),
        ("upper", [rule, key]) => ResultFigure::Group(rule.clone(), key.clone(), GroupFigure::Upper),
        ("score", [card, subject]) => ResultFigure::Score(card.clone(), subject.clone(), None),
        ("score", [card, subject, period]) => {
            ResultFigure::Score(card.clone(), subject.clone(), Some(period.clone()))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Script {
        Script { text: text.into(), file: "EXPR".into(), runs: vec![(0, 0)] }
    }

    #[test]
    fn figures_are_cut_out() {
        let text = "findings(\"critical\", \"new\") == 0 && rejected <= 3 && 兑现率(\"reply\") > 0.9";
        let (outer, calls) = cut_figures(&script(text)).unwrap();
        assert_eq!(outer.text.len(), text.len());
        let figures: Vec<_> = calls.iter().map(|it| it.figure.clone()).collect();
        let expected = [
            ResultFigure::Findings(Some("critical".into()), Some(Counted::New)),
            ResultFigure::Rejected,
            ResultFigure::Kept("reply".into()),
        ];
        assert_eq!(figures, expected);
    }

    #[test]
    fn wrong_arguments_are_told() {
        let wrong = [
            "findings(critical)",
            "findings",
            "kept()",
            "rejected()",
            "score(\"a\")",
            "figure(\"a\")",
            "findings(\"a\", \"old\")",
        ];
        for text in wrong {
            assert!(cut_figures(&script(text)).is_err(), "{text}");
        }
    }
}
