//! What is said about rules that look beyond one record: groups and windows.
use super::{codes, wordings};

codes! { GROUP_CODES;
    PER_AND_WITHIN "per-and-within" = "a rule has `per` or `within`, not both", "规则只能有 `per` 或 `within` 之一";
    NEEDS_PER "needs-per" = "`{name}` says nothing without `per`", "没有 `per`，“{name}”不起作用";
    PER_TYPE "per-type" = "groups cannot be made of {found~}", "不能按{found~}分组";
    NO_AGGREGATE_RULE "no-aggregate" = "a rule over groups or windows wants an aggregate", "分组或窗口规则需要聚合函数";
    WINDOW_OF_NOTHING "window-of-nothing" = "a window is over records that have something in common, and `of` is empty", "窗口只看有共同之处的记录，而 `of` 为空";
    WINDOW_WITHOUT_TIME "window-without-time" = "a window wants a `time`: the field that says when a record was", "窗口需要 `time`：表示记录时间的字段";
    WINDOW_TIME_TYPE "window-time-type" = "the time of a window is a time or a date, `{name}` is {found~}", "窗口的时间字段应为时间或日期，“{name}”是{found~}";
    WINDOW_LENGTH "window-length" = "`{text}` is no length of a window", "“{text}”不是窗口长度";
    EXPLAIN_GROUPS "explain-groups" = "`{rule}` judges groups of records, not single records", "“{rule}”判定的是分组，不是单条记录";
    DIFF_GROUPS "diff-groups" = "rules over groups are not compared: {names}", "未比较分组规则：{names}";
    RECORD_AND_RECORDS "record-and-records" = "an example has `record` or `records`, not both", "示例只能有 `record` 或 `records` 之一";
}

wordings! { GROUP_HELP;
    HELP_PER_AND_WITHIN = "`per` judges groups of records, `within` each record by those before it: make two rules of it", "`per` 判定记录的分组，`within` 按之前的记录判定每条记录：请分成两条规则";
    HELP_NEEDS_PER = "a rule over groups says what makes them: `per = [\"team\", \"month(opened_at)\"]`", "分组规则须写明如何分组：`per = [\"team\", \"month(opened_at)\"]`";
    HELP_PER_TYPE = "groups are made of texts, whole numbers, dates, or true and false; steps of a number are made with `to_int(x / 10.0)`", "可按文本、整数、日期或真假分组；数值请先分段，例如 `to_int(x / 10.0)`";
    HELP_NOT_OF_GROUP_RULE = "put `{name}` inside an aggregate, such as `distinct({name})` or `count({name} == …)`, or make groups of it: `per = [\"{name}\"]`", "请把“{name}”写进聚合函数，例如 `distinct({name})` 或 `count({name} == …)`，或按它分组：`per = [\"{name}\"]`";
    HELP_WINDOW_OF = "name the fields that must be the same: `of = [\"customer_id\"]`; a rule over all records is one over groups: `per = []`", "请写明须相同的字段：`of = [\"customer_id\"]`；针对全部记录的规则是分组规则：`per = []`";
    HELP_WINDOW_TIME = "such as `within = { of = [\"customer_id\"], time = \"accepted_at\", last = \"7d\" }`", "例如 `within = { of = [\"customer_id\"], time = \"accepted_at\", last = \"7d\" }`";
    HELP_WINDOW_TIME_TYPE = "a source gives its fields types: `{name} = { type = \"time\" }`", "数据源可声明字段类型：`{name} = { type = \"time\" }`";
    HELP_WINDOW_LENGTH = "a number above 0 with `s`, `m`, `h` or `d`: `last = \"7d\"`, `last = \"2h\"`; a day of a window is 24 hours", "应为大于 0 的数字加 `s`、`m`、`h` 或 `d`：`last = \"7d\"`、`last = \"2h\"`；窗口中的一天为 24 小时";
    HELP_WINDOW_BUSINESS_DAYS = "windows slide over real time, not over business days; a field of your own may hold the day: `[source.derive]`", "窗口按实际时间滑动，不按工作日；可用 `[source.derive]` 自行定义日期字段";
    HELP_WINDOW_FIELD = "a window is over fields; an expression becomes one in `[source.derive]`", "窗口只能用字段；表达式可在 `[source.derive]` 中定义为字段";
    HELP_EXPLAIN_GROUPS = "the report holds its groups with their figures; `touchstone eval '{check}'{per}` reckons them", "报告中有各组的数值；也可用 `touchstone eval '{check}'{per}` 计算";
    HELP_DIFF_GROUPS = "audit the same records with either set and compare `groups` of the JSON reports", "请用两套规则分别审计同一批记录，再比较 JSON 报告中的 `groups`";
    HANDBOOK_PER = "Judged for each group by", "按以下内容分组判定";
    HANDBOOK_PER_MIN = "{by}, of at least {min} records", "{by}，每组至少 {min} 条记录";
    HANDBOOK_PER_ALL = "all records together", "全部记录合为一组";
    HANDBOOK_ROLLUP = "{by}; again without the last of these, and so on to all records", "{by}；再依次去掉最后一项，直到全部记录";
    HANDBOOK_WITHIN = "Judged by the records before it", "按之前的记录判定";
    HANDBOOK_WINDOW = "those with the same {of}, in the {last} up to {time}", "{of}相同、截至{time}的 {last} 内的记录";
    EXPLAIN_WINDOW = "window: records with {of}, after {from} and up to {to}", "窗口：{of} 的记录，晚于 {from}、不晚于 {to}";
    FUNCTION_AGGREGATE = "over groups and windows", "用于分组和窗口";
    AGGREGATES_HEADING = "Aggregates of groups and windows", "分组和窗口的聚合函数";
    GROUPS = "Groups", "分组";
    GROUPS_BESIDE = "{fail} of {count} fail", "{count} 组中 {fail} 组不合格";
    GROUPS_LINE = "{rule}: {count} groups, {fail} fail, {below} below {min} records", "{rule}：{count} 组，{fail} 组不合格，{below} 组不足 {min} 条";
    GROUPS_LINE_PLAIN = "{rule}: {count} groups, {fail} fail", "{rule}：{count} 组，{fail} 组不合格";
    GROUPS_WITHOUT = "{rule}: records in no group, since a value is missing: {count}", "{rule}：因缺少值不属于任何组的记录：{count} 条";
    GROUPS_MORE = "groups that fail besides: {count}", "另有 {count} 组不合格";
    GROUP_FIGURE = "{figure}, limit {limit}", "{figure}，限值 {limit}";
    GROUP_N = "n {n}", "n {n}";
    GROUP_ALL = "all", "全部";
    WINDOW_REACH = "{rule}: windows that reach before the first record: {count}", "{rule}：窗口起点早于最早记录的有 {count} 条";
}
