//! The words of reports: terminal, Markdown, and messages of findings.
use super::wordings;

wordings! { SUMMARY;
    RECORDS = "records", "记录";
    /// The head of the terminal summary, before the moment the audit is held at.
    AS_OF = "as of {time} ({zone})", "审核时点 {time}（{zone}）";
    WHAT_WAS_READ = "Read", "读取";
    SOURCE = "source", "数据源";
    FILES = "files", "文件";
    REJECTED = "rejected", "拒收行";
    BAD_CELLS = "bad cells", "坏单元格";
    TOTAL = "total", "合计";
    KEYLESS = "without a key, judged under file and row: {count}", "没有主键、以文件与行号代替的记录：{count}";
    DUPLICATES = "sharing their key with another: {count}", "与其他记录主键相同的记录：{count}";
    VERDICTS = "Verdicts", "判定";
    SEVERITY = "severity", "严重度";
    PASSED = "pass", "合格";
    FAILED = "fail", "不合格";
    WITHOUT_EVIDENCE = "no evidence", "缺证据";
    ERRORS = "error", "出错";
    COVERAGE = "coverage", "覆盖率";
    FINDINGS = "findings", "发现项";
    RULES = "Rules", "规则";
    RULE = "rule", "规则";
    RULES_QUIET = "{count} more without findings", "另有 {count} 条规则没有发现项";
    RULES_ALL_QUIET = "no rule has findings ({count} in force)", "{count} 条规则均无发现项";
    RULES_MORE = "{count} more with findings", "另有 {count} 条规则有发现项";
    WORST_FINDINGS = "Worst findings", "最严重的发现项";
    WORST_OF = "{shown} of {count}", "共 {count} 项，列出 {shown} 项";
    KEY = "key", "主键";
    MESSAGE = "message", "说明";
    PLACE = "place", "位置";
    NOT_ASSESSED = "Not assessed for want of evidence", "因缺少证据未能判定";
    NOT_ASSESSED_COUNT = "{count}, most under:", "共 {count} 次，最多的规则：";
    NOT_ASSESSED_RULE = "{rule}  {count}", "{rule}  {count} 次";
    NOT_ASSESSED_FIELD = "{rule}  {count}, first at {key}: {field} is missing", "{rule}  {count} 次，首见于 {key}：{field} 缺失";
    NOT_ASSESSED_UNREADABLE = "{rule}  {count}, first at {key}: {field} cannot be read", "{rule}  {count} 次，首见于 {key}：{field} 无法读取";
    GATES = "Gates", "门禁";
    GATE = "gate", "门禁";
    FIGURE = "figure", "实际";
    VERDICT = "verdict", "结果";
    HELD = "held", "通过";
    NOT_HELD = "failed", "未通过";
    GATES_HOLD = "All gates hold.", "门禁全部通过。";
    GATES_NONE = "No gates.", "没有门禁。";
    GATES_FAILED = "{failed} of {count} gates failed.", "{count} 项门禁中有 {failed} 项未通过。";
    ABOUT_MORE = "{names} and {count} more", "{names} 等，另有 {count} 项";
    STANDING_BESIDE = " ({standing})", "（{standing}）";
    STANDING_KNOWN = "known", "已知";
    STANDING_WAIVED = "waived", "已豁免";
    COUNTS_LINE = "{records} records, {rules} rules, {findings} findings, coverage {coverage}", "{records} 条记录，{rules} 条规则，{findings} 个发现项，覆盖率 {coverage}";
    /// The line under the verdict of a comment.
    PROJECT_LINE = "{project}: {counts}; {as_of}", "{project}：{counts}；{as_of}";
    NOTHING_APPLICABLE = "–", "–";
    /// The unit of large counts: millions in English, ten thousands in Chinese.
    LARGE_UNIT = "M", "万";
    NO_SUCH_CSV_COLUMN = "there is no column `{name}`; there are {names}", "没有列“{name}”；可用的列：{names}";
    UNKNOWN_COLUMN_NEAR = "there is no column `{name}`; did you mean `{near}`?", "没有列“{name}”；是否想写“{near}”？";
}
