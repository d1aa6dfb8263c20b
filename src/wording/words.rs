//! Words for values: severities, outcomes, units.
use super::{Lang, wordings};

wordings! { WORDS;
    CRITICAL = "critical", "致命";
    MAJOR = "major", "严重";
    MINOR = "minor", "一般";
    INFO = "info", "提示";
    PASS = "pass", "合格";
    FAIL = "fail", "不合格";
    NOT_APPLICABLE = "not applicable", "不适用";
    NO_EVIDENCE = "no evidence", "缺少证据";
    ERROR_OUTCOME = "error", "出错";
    YES = "yes", "是";
    NO = "no", "否";
    NOT_THERE = "(missing)", "（缺失）";
    CANNOT_BE_READ = "(unreadable)", "（无法读取）";
}

wordings! { CAUSES;
    CAUSE_OVERFLOW = "the result is out of range", "结果超出范围";
    CAUSE_DIVISION = "division by zero", "除数为零";
    CAUSE_NOT_FINITE = "the result is not a finite number", "结果不是有限数";
    CAUSE_TABLE_GAP = "no row of the table `{detail}` matches", "决策表“{detail}”没有匹配的行";
    CAUSE_NOT_BOOL = "the script gave {detail~}, not true or false", "脚本结果为{detail~}，而不是真假值";
    CAUSE_NOTHING = "`{detail}` gives no value", "“{detail}”没有给出值";
    CAUSE_UNFIT = "`{detail}` means nothing for these types", "“{detail}”对这些类型没有意义";
    CAUSE_OUT_OF_BOUNDS = "the list has no element {detail}", "列表没有第 {detail} 个元素";
    CAUSE_EMPTY_LIST = "an empty list has no mean, smallest or largest", "空列表没有平均值、最小值或最大值";
    CAUSE_BEYOND_CALENDAR = "the time lies beyond the years that the calendar `{detail}` knows", "时间超出工作日历“{detail}”所知的年份";
    CAUSE_NOT_READABLE = "`{detail}` cannot be read as a number", "“{detail}”不能读作数字";
    LIMIT_OPERATIONS = "a limit was reached: more than {detail} steps", "达到限制：超过 {detail} 步";
    LIMIT_SECONDS = "a limit was reached: more than {detail} seconds", "达到限制：超过 {detail} 秒";
    LIMIT_MEMORY = "a limit was reached: more than {detail} bytes of memory", "达到限制：内存超过 {detail} 字节";
    LIMIT_CALL_DEPTH = "a limit was reached: more than {detail} calls within each other", "达到限制：函数嵌套调用超过 {detail} 层";
    LIMIT_TEXT_LENGTH = "a limit was reached: a text of more than {detail} bytes", "达到限制：文本超过 {detail} 字节";
    LIMIT_LIST_LENGTH = "a limit was reached: a list of more than {detail} elements", "达到限制：列表超过 {detail} 个元素";
    LIMIT_MAP_LENGTH = "a limit was reached: a map of more than {detail} entries", "达到限制：映射超过 {detail} 项";
    LIMIT_NESTING = "a limit was reached: lists nested more than {detail} deep", "达到限制：列表嵌套超过 {detail} 层";
}

/// Names of types with what Chinese readers call them.
const TYPES: &[(&str, &str)] = &[
    ("list of bool", "真假值列表"),
    ("list of int", "整数列表"),
    ("list of float", "小数列表"),
    ("list of text", "文字列表"),
    ("bool", "真假值"),
    ("int", "整数"),
    ("float", "小数"),
    ("decimal", "精确小数"),
    ("text", "文字"),
    ("date", "日期"),
    ("time", "时间"),
    ("duration", "时长"),
    ("amount", "时限"),
    ("choice", "固定选项"),
    ("list", "列表"),
    ("range", "区间"),
    ("closure", "函数"),
    ("map", "映射"),
    ("()", "空值"),
    ("?", "未知类型"),
];

/// Names of types, parted by commas, as readers in `lang` call them; what is no type stays.
pub(super) fn types(names: &str, lang: Lang) -> String {
    let one = |name: &str| match lang {
        Lang::En => name.to_owned(),
        Lang::Zh => TYPES.iter().find(|it| it.0 == name).map_or(name, |it| it.1).to_owned(),
    };
    let comma = if lang == Lang::Zh { "，" } else { ", " };
    names.split(", ").map(one).collect::<Vec<_>>().join(comma)
}
