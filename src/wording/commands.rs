//! What the commands `test`, `explain`, `eval` and `diff` say.
use super::{codes, wordings};

codes! { COMMAND_CODES;
    EXAMPLE_MISMATCH "example-mismatch" = "`{rule}`, example \"{example}\": expected {expected}, found {found}", "规则“{rule}”的示例“{example}”：预期{expected}，实际{found}";
    EXAMPLE_UNREAD "example-unread-field" = "`{rule}`, example \"{example}\": nothing reads the field `{name}`", "规则“{rule}”的示例“{example}”：字段“{name}”没有任何地方读取";
    EXAMPLE_IDLE "example-idle" = "`{rule}`, example \"{example}\": the rule reads none of its fields", "规则“{rule}”的示例“{example}”：规则不读取其中任何字段";
    EXAMPLE_TWIN "example-twin" = "`{rule}`, example \"{example}\" is like an earlier one in all that the rule reads", "规则“{rule}”的示例“{example}”与前面的示例在规则读取的内容上完全相同";
    EXAMPLE_NOT_JUDGED "example-not-judged" = "`{rule}`, example \"{example}\" cannot be judged", "规则“{rule}”的示例“{example}”无法判定";
    DIFF_NO_DATA "no-data" = "two rule packs have no records of their own", "两个规则包本身没有记录可供判定";
    DATA_FAULTS "data-faults" = "rows left out: {rejected}, cells that cannot be read: {cells}", "未纳入的行：{rejected}，无法读取的单元格：{cells}";
    NO_TESTS "no-tests" = "there is no example to run", "没有可运行的示例";
}

wordings! { COMMAND_ARGUMENTS;
    ABOUT_TEST = "Run the examples of the rules and see what they cover", "运行规则自带的示例，并查看覆盖情况";
    OPTION_TEST_PATH = "A project folder, a rule pack, or the name of a built-in pack; \".\" if left out", "项目文件夹、规则包，或内置规则包名；省略则为“.”";
    OPTION_ALL = "Run the examples of built-in packs too", "同时运行内置规则包的示例";
    OPTION_TEST_RULE = "Run the examples of this rule only (repeatable)", "只运行此规则的示例（可重复）";
    OPTION_MIN_COVERAGE = "Fail if fewer rules than this have examples, such as 100%", "有示例的规则少于此比例即失败，如 100%";
    OPTION_TEST_OUTPUT = "Write the results to FILE: .xml for JUnit, .json, or FORMAT:FILE (repeatable)", "把结果写入 FILE：.xml 为 JUnit 格式，或 .json，或 FORMAT:FILE（可重复）";
    OPTION_TEST_FORMAT = "The format on standard output: terminal, json, junit", "标准输出的格式：terminal、json、junit";
    OPTION_TEST_AS_OF = "The moment of examples that give none of their own; now if left out", "未写明时点的示例按此时点判定；省略则为现在";
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

wordings! { COMMAND_HELP;
    HELP_EXAMPLE_UNREAD = "neither the rule nor the source knows it: take it out, or see how the rule spells its field", "规则和数据源都不认识此字段：请删去，或核对规则中的写法";
    HELP_EXAMPLE_IDLE = "give the record a field that `when` or `check` looks at", "请在记录中写出 `when` 或 `check` 用到的字段";
    HELP_EXAMPLE_TWIN = "it shows nothing new: change a value that the rule looks at, or take it out", "它没有验证新的情形：请改变规则用到的某个值，或删去此示例";
    WRONG_HERE = "here", "在此处";
    IS_FALSE = "this is false", "此处不成立";
    HELP_SCRIPT_SAID = "the script said: {reason}", "脚本给出的理由：{reason}";
    HELP_NOT_IN_FORCE = "the rule is not in force on the record's date", "规则在记录日期尚未生效或已失效";
    HELP_MISSING = "`{name}` is missing in the record", "记录中缺少“{name}”";
    HELP_UNREADABLE = "`{name}` is there, but cannot be read as its type", "“{name}”有内容，但无法按其类型读取";
    HELP_BAD_CELL = "`{text}` cannot be read as the type of `{name}`", "“{text}”无法读作“{name}”的类型";
    HELP_VALUES_READ = "it read {values}", "读取到：{values}";
    HELP_DIFF_DATA = "name data files with `--data`, or with `--project` the project whose sources hold them", "请用 `--data` 指定数据文件，或用 `--project` 指定含有数据源的项目";
    HELP_DATA_FAULTS = "`touchstone audit` lists them", "`touchstone audit` 会逐一列出";
    HELP_NO_TESTS = "write `[[rule.example]]` under a rule, with `name`, `record` and `expect`; `--all` also runs those of built-in packs", "请在规则之下写 `[[rule.example]]`，含 `name`、`record` 和 `expect`；`--all` 会同时运行内置规则包的示例";
}
