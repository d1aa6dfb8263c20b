//! Words for values: severities, outcomes, units.
use super::wordings;

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
    CAUSE_OVERFLOW = "the result is too large", "结果超出范围";
    CAUSE_DIVISION = "division by zero", "除数为零";
    CAUSE_NOT_FINITE = "the result is not a finite number", "结果不是有限数";
    CAUSE_TABLE_GAP = "no row of the table `{detail}` matches", "决策表“{detail}”没有匹配的行";
    CAUSE_NOT_BOOL = "the script gave {detail}, not true or false", "脚本结果为 {detail}，而不是 true 或 false";
    CAUSE_LIMIT = "a limit was reached: {detail}", "达到限制：{detail}";
    CAUSE_SCRIPT = "the script failed: {detail}", "脚本出错：{detail}";
}
