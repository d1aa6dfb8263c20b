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
