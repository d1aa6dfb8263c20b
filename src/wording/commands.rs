//! What the commands `test`, `explain`, `eval` and `diff` say.
use super::{codes, wordings};

codes! { COMMAND_CODES;
    EXAMPLE_MISMATCH "example-mismatch" = "`{rule}`, example \"{example}\": expected {expected}, found {found}", "规则“{rule}”的示例“{example}”：预期{expected}，实际{found}";
    EXAMPLE_UNREAD "example-unread-field" = "`{rule}`, example \"{example}\": nothing reads the field `{name}`", "规则“{rule}”的示例“{example}”：字段“{name}”没有任何地方读取";
    EXAMPLE_IDLE "example-idle" = "`{rule}`, example \"{example}\": the rule reads none of its fields", "规则“{rule}”的示例“{example}”：规则不读取其中任何字段";
    EXAMPLE_TWIN "example-twin" = "`{rule}`, example \"{example}\" is like an earlier one in all that the rule reads", "规则“{rule}”的示例“{example}”与前面的示例在规则读取的内容上完全相同";
    EXAMPLE_NOT_JUDGED "example-not-judged" = "`{rule}`, example \"{example}\" cannot be judged", "规则“{rule}”的示例“{example}”无法判定";
    NO_SUCH_RECORD "no-such-record" = "there is no record `{key}` in {sources}", "{sources} 中没有记录“{key}”";
    RULE_IS_OFF "rule-off" = "the project switches `{rule}` off: {reason}", "项目已停用规则“{rule}”：{reason}";
    NO_AGGREGATE "no-aggregate" = "an expression over groups wants an aggregate", "按组计算的表达式需要聚合函数";
    WHICH_SOURCE "which-source" = "the expression fits more than one source: {names}", "此表达式适用于多个数据源：{names}";
    NO_SUCH_SOURCE "no-such-source" = "there is no source `{name}`", "没有数据源“{name}”";
    UNTRIED_TRUE "not-exercised" = "`{text}` is true in no example", "没有示例使“{text}”成立";
    UNTRIED_FALSE "not-exercised" = "`{text}` is false in no example", "没有示例使“{text}”不成立";
    UNTRIED_THERE "not-exercised" = "`{text}` has a value in no example", "没有示例给出“{text}”的值";
    UNTRIED_DEFAULT "not-exercised" = "`{text}` is missing in no example, so the default behind `??` is never used", "没有示例缺少“{text}”，“??”后的默认值从未用到";
    UNTRIED_TAKEN "not-exercised" = "no example takes the arm `{text}`", "没有示例走到分支“{text}”";
    UNTRIED_REACHED "not-exercised" = "no example comes to `{text}`", "没有示例走到“{text}”";
    DIFF_NO_DATA "no-data" = "two rule packs have no records of their own", "两个规则包本身没有记录可供判定";
    DATA_FAULTS "data-faults" = "rows left out: {rejected}, cells that cannot be read: {cells}", "未纳入的行：{rejected}，无法读取的单元格：{cells}";
    EXAMPLE_AS_OF "example-as-of" = "`{rule}`, example \"{example}\": the verdict depends on the day it is run", "规则“{rule}”的示例“{example}”：结论随运行日期而变";
    NO_TESTS "no-tests" = "there is no example to run", "没有可运行的示例";
}

wordings! { COMMAND_ARGUMENTS;
    ABOUT_TEST = "Run the examples of the rules and see what they cover", "运行规则自带的示例，并查看覆盖情况";
    OPTION_TEST_PATH = "A project folder, a rule pack, or the name of a built-in pack; \".\" if left out", "项目文件夹、规则包，或内置规则包名；省略则为“.”";
    OPTION_ALL = "Run the examples of built-in packs too", "同时运行内置规则包的示例";
    OPTION_TEST_RULE = "Run the examples of this rule only (repeatable)", "只运行此规则的示例（可重复）";
    OPTION_MIN_COVERAGE = "Fail if fewer rules than this have examples, such as 100%", "有示例的规则少于此比例即失败，如 100%";
    OPTION_MIN_BRANCHES = "Fail if fewer branches of the conditions than this are exercised", "示例走到的条件分支少于此比例即失败";
    OPTION_TEST_OUTPUT = "Write the results to FILE: .xml for JUnit, .json, or FORMAT:FILE (repeatable)", "把结果写入 FILE：.xml 为 JUnit 格式，或 .json，或 FORMAT:FILE（可重复）";
    OPTION_TEST_FORMAT = "The format on standard output: terminal, json, junit", "标准输出的格式：terminal、json、junit";
    OPTION_TEST_AS_OF = "The moment of examples that give none of their own; now if left out", "未写明时点的示例按此时点判定；省略则为现在";
    OPTION_EXPLAIN_RULE = "The rule", "规则";
    OPTION_EXPLAIN_RECORD = "The record: its key, or FILE:ROW", "记录：主键，或“文件:行号”";
    ABOUT_EVAL = "Evaluate an expression for each record, or an aggregate for each group", "对每条记录计算一个表达式，或按组计算聚合值";
    OPTION_EXPRESSION = "An expression of the rule language; count(), rate(condition), sum(x) and the like make it one over groups", "规则语言的表达式；含 count()、rate(条件)、sum(x) 等聚合函数时按组计算";
    OPTION_EVAL_DATA = "Evaluate over these files instead of a project's sources", "改用这些文件，而不用项目的数据源";
    OPTION_SOURCE = "The source whose records are meant; the only one that the expression fits if left out", "所用的数据源；省略则取唯一适用的一个";
    OPTION_PER = "One value for each group with the same value of this expression (repeatable)", "按此表达式的值分组，每组一个值（可重复）";
    ABOUT_DIFF = "Judge the same records by two rule sets: who newly fails or passes", "用两套规则判定同一批记录：谁新变为不合格或合格";
    OPTION_DIFF_OLD = "The rules as they were: a project folder, a rule pack, or the name of a built-in pack", "原有规则：项目文件夹、规则包，或内置规则包名";
    OPTION_DIFF_NEW = "The rules as they are to be; the records are those of this project's sources", "新规则；若为项目，则用其数据源中的记录";
    OPTION_DIFF_DATA = "Judge the records in these files instead", "改用这些文件中的记录";
    OPTION_DIFF_PROJECT = "Judge the records of this project instead", "改用此项目的记录";
    OPTION_DIFF_RULE = "Compare this rule only (repeatable)", "只比较此规则（可重复）";
    OPTION_JSON_OUTPUT = "Write the result to FILE: .json, .txt or FORMAT:FILE (repeatable)", "把结果写入 FILE：.json、.txt 或 FORMAT:FILE（可重复）";
    OPTION_JSON_FORMAT = "The format on standard output: terminal, json", "标准输出的格式：terminal、json";
    OPTION_WATCH = "Run again whenever a file of the project changes; Ctrl-C ends it", "项目文件有改动时自动重新运行；按 Ctrl-C 结束";
    OPTION_TEST_QUIET = "Print only what is wrong", "只输出有问题的内容";
}

wordings! { TEST_RESULTS;
    TEST_PACK_HOLDS = "{pack}  examples: {examples}, rules: {rules}, all hold", "{pack}  {rules} 条规则的 {examples} 个示例全部符合";
    TEST_PACK_FAILS = "{pack}  examples: {examples}, not as expected: {failed}", "{pack}  {examples} 个示例中有 {failed} 个不符合";
    TEST_NO_EXAMPLE = "without any example: {rules}", "没有示例的规则：{rules}";
    TEST_MORE = "{names} and {count} more", "{names} 等，另有 {count} 条";
    TEST_COVERAGE = "rules with examples: {covered} of {count} ({share})", "有示例的规则：{count} 条中的 {covered} 条（{share}）";
    TEST_BRANCHES = "branches exercised: {covered} of {count} ({share})", "示例走到的分支：{count} 个中的 {covered} 个（{share}）";
    PLACE_COLON = ": ", "：";
    TEST_MORE_BRANCHES = "… and {count} more; `--format json` lists them all", "……另有 {count} 处；`--format json` 可列出全部";
    TEST_BELOW_BRANCHES = "branches exercised: {share}, but at least {wanted} is asked for", "示例走到的分支占 {share}，低于要求的 {wanted}";
    TEST_SUMMARY_HOLDS = "examples: {examples}, all as expected", "{examples} 个示例，全部符合预期";
    TEST_SUMMARY_FAILS = "examples: {examples}, not as expected: {failed}", "{examples} 个示例，{failed} 个不符合预期";
    TEST_BELOW = "rules with examples: {share}, but at least {wanted} is asked for", "有示例的规则占 {share}，低于要求的 {wanted}";
    WATCHING = "waiting for changes below {folder} (Ctrl-C ends)", "等待 {folder} 下的文件改动（Ctrl-C 结束）";
}

wordings! { DIFF_RESULTS;
    DIFF_HEAD = "{old} → {new}   records: {records}, as of {time}", "{old} → {new}   记录 {records} 条，审核时点 {time}";
    DIFF_SAME = "the same in its text", "规则文本未变";
    DIFF_CHANGED = "changed: {parts}", "有改动：{parts}";
    DIFF_ADDED = "added: fails {failing} of {assessed} assessed", "新增：判定 {assessed} 条，不合格 {failing} 条";
    DIFF_REMOVED = "removed: failed {failing} of {assessed} assessed", "已删除：原判定 {assessed} 条，不合格 {failing} 条";
    DIFF_AND = "; ", "；";
    DIFF_FAILING = "newly failing: {count}  ({keys})", "新变为不合格：{count}  （{keys}）";
    DIFF_PASSING = "newly passing: {count}  ({keys})", "新变为合格：{count}  （{keys}）";
    DIFF_MOVED = "{from} → {to}: {count}  ({keys})", "{from} → {to}：{count}  （{keys}）";
    DIFF_SUBJECTS = "by {level}: {subjects}", "按 {level}：{subjects}";
    DIFF_QUIET = "rules without any difference: {count}", "没有差异的规则：{count} 条";
    DIFF_TOTAL = "newly failing: {failing}, newly passing: {passing}, other changes: {other}", "新变为不合格：{failing}，新变为合格：{passing}，其他变化：{other}";
}

wordings! { EXPLAIN_RESULTS;
    EXPLAIN_RECORD = "record {key} of {source}  ({origin})", "{source} 的记录 {key}  （{origin}）";
    EXPLAIN_OUTCOME = "outcome: {outcome}  (severity: {severity})", "结论：{outcome}  （严重度：{severity}）";
    EXPLAIN_DECIDED = "decided by `{text}`, which is false  ({place})", "起决定作用的是“{text}”，它不成立  （{place}）";
    EXPLAIN_ENDED = "the evaluation ended at `{text}`  ({place})", "计算在“{text}”处中止  （{place}）";
    EXPLAIN_MESSAGE = "message", "说明";
    EXPLAIN_CLAUSE = "clause of the standard", "标准条款";
    EXPLAIN_IN_FORCE = "in force: from {from} to {to}; the record's date is {date}", "生效期：{from} 至 {to}；记录日期 {date}，规则有效";
    EXPLAIN_NOT_IN_FORCE = "not in force: from {from} to {to}; the record's date is {date}", "生效期：{from} 至 {to}；记录日期 {date}，规则未生效";
    EXPLAIN_OPEN = "(open)", "（不限）";
    EXPLAIN_HOUSE = "changed by the project", "本项目的改动";
    EXPLAIN_PARAMS = "parameters", "参数";
    EXPLAIN_OWN = "instead of the rule's own {value}", "规则原值为 {value}";
    EXPLAIN_PLACE = "{text}  ({place})", "{text}  （{place}）";
    SET_BY_RULE = "the rule", "规则自带";
    SET_BY_HOUSE = "the project", "项目设定";
    SET_BY_COMMAND_LINE = "the command line", "命令行指定";
    EXPLAIN_WHEN = "applies when", "适用条件";
    EXPLAIN_CHECK = "must hold", "须成立";
    EXPLAIN_NOT_REACHED = "– (not reached)", "–（未计算）";
    EXPLAIN_LEFT = "– (left here)", "–（在此离开）";
    EXPLAIN_MARK = "   ← decides", "   ← 起决定作用";
    EXPLAIN_MARK_ENDED = "   ← ends here", "   ← 在此中止";
    EXPLAIN_WHY = "why", "理由";
    EXPLAIN_FIX = "instead", "应做法";
}

wordings! { EVAL_RESULTS;
    EVAL_VALUE = "value", "值";
    EVAL_NO_EVIDENCE = "(no evidence: {name} is missing)", "（缺少证据：{name} 缺失）";
    EVAL_ERROR = "(error: {reason})", "（出错：{reason}）";
    EVAL_LEFT_OUT = "records that could not be computed are left out ({group}): {reason}", "无法计算的记录未计入（{group}）：{reason}";
    EVAL_WITHOUT_GROUP = "records without a group, since a value that makes it is missing: {count}", "因分组值缺失而不属于任何组的记录：{count} 条";
}

wordings! { COMMAND_HELP;
    HELP_EXAMPLE_UNREAD = "neither the rule nor the source knows it: take it out, or see how the rule spells its field", "规则和数据源都不认识此字段：请删去，或核对规则中的写法";
    HELP_EXAMPLE_IDLE = "give the record a field that `when` or `check` looks at", "请在记录中写出 `when` 或 `check` 用到的字段";
    HELP_EXAMPLE_AS_OF = "the rule reads `as_of`: give the example a moment, such as `as_of = \"2026-03-31\"`", "规则读取了 `as_of`：请为示例写明时点，例如 `as_of = \"2026-03-31\"`";
    HELP_EXAMPLE_TWIN = "it shows nothing new: change a value that the rule looks at, or take it out", "它没有验证新的情形：请改变规则用到的某个值，或删去此示例";
    WRONG_HERE = "here", "在此处";
    IS_FALSE = "this is false", "此处不成立";
    HELP_SCRIPT_SAID = "the script said: {reason}", "脚本给出的理由：{reason}";
    HELP_NOT_IN_FORCE = "the rule is not in force on the record's date", "规则在记录日期尚未生效或已失效";
    HELP_MISSING = "`{name}` is missing in the record", "记录中缺少“{name}”";
    HELP_UNREADABLE = "`{name}` is there, but cannot be read as its type", "“{name}”有内容，但无法按其类型读取";
    HELP_BAD_CELL = "`{text}` cannot be read as the type of `{name}`", "“{text}”无法读作“{name}”的类型";
    HELP_VALUES_READ = "it read {values}", "读取到：{values}";
    REMEDY_WITH = "add an example with {left} = {right}", "请补充示例：{left} = {right}";
    REMEDY_EQUAL = "add an example in which `{left}` equals `{right}`", "请补充“{left}”等于“{right}”的示例";
    REMEDY_OTHER = "add an example in which `{left}` is other than `{right}`", "请补充“{left}”不等于“{right}”的示例";
    REMEDY_BELOW = "add an example in which `{left}` is below `{right}`", "请补充“{left}”小于“{right}”的示例";
    REMEDY_AT_MOST = "add an example in which `{left}` is at most `{right}`", "请补充“{left}”不大于“{right}”的示例";
    REMEDY_ABOVE = "add an example in which `{left}` is above `{right}`", "请补充“{left}”大于“{right}”的示例";
    REMEDY_AT_LEAST = "add an example in which `{left}` is at least `{right}`", "请补充“{left}”不小于“{right}”的示例";
    REMEDY_IN = "add an example in which `{left}` is one of `{right}`", "请补充“{left}”属于“{right}”的示例";
    REMEDY_NOT_IN = "add an example in which `{left}` is none of `{right}`", "请补充“{left}”不属于“{right}”的示例";
    REMEDY_LEAVE_OUT = "add an example without `{left}`", "请补充缺少“{left}”的示例";
    REMEDY_VALUE = "add an example with a value of `{left}`", "请补充“{left}”有值的示例";
    REMEDY_ARM = "add an example for which `switch` comes to `{left}`", "请补充使 `switch` 走到“{left}”的示例";
    REMEDY_TRUE = "add an example in which `{left}` is true", "请补充使“{left}”成立的示例";
    REMEDY_FALSE = "add an example in which `{left}` is false", "请补充使“{left}”不成立的示例";
    HELP_EXPLAIN_VERDICT = "a verdict: `touchstone explain [PATH] --rule ID --record KEY`", "解释判定：`touchstone explain [PATH] --rule 规则 --record 主键`";
    HELP_RECORDS = "records are known by their key as written, such as {names}; those without one by FILE:ROW", "记录以原样书写的主键指定，如 {names}；没有主键的用“文件:行号”";
    HELP_NO_AGGREGATE = "aggregates: count(), count(condition), rate(condition), sum(x), mean(x), min(x), max(x), median(x), percentile(x, p), distinct(x)", "聚合函数：count()、count(条件)、rate(条件)、sum(x)、mean(x)、min(x)、max(x)、median(x)、percentile(x, p)、distinct(x)";
    HELP_AGGREGATES = "count and rate take a condition; sum, mean, min, max, median and percentile take numbers or durations; min and max take dates and times as well", "count 和 rate 的参数是条件；sum、mean、min、max、median、percentile 的参数是数字或时长；min 和 max 也可用于日期和时间";
    HELP_WHICH_SOURCE = "name one with `--source`", "请用 `--source` 指定其一";
    HELP_DIFF_DATA = "name data files with `--data`, or with `--project` the project whose sources hold them", "请用 `--data` 指定数据文件，或用 `--project` 指定含有数据源的项目";
    HELP_DATA_FAULTS = "`touchstone audit` lists them", "`touchstone audit` 会逐一列出";
    HELP_NO_TESTS = "write `[[rule.example]]` under a rule, with `name`, `record` and `expect`; `--all` also runs those of built-in packs", "请在规则之下写 `[[rule.example]]`，含 `name`、`record` 和 `expect`；`--all` 会同时运行内置规则包的示例";
}
