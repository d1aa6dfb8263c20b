//! What is said about rules and tables that are well formed and yet hardly meant.
use super::{codes, wordings};

codes! { LINT_CODES;
    NEVER_TRUE "never-true" = "this can never be true", "这个条件永远不会成立";
    ALWAYS_TRUE "always-true" = "this is always true", "这个条件总是成立";
    NEVER_APPLIES "never-applies" = "the rule applies to no record", "这条规则对任何记录都不适用";
    NEVER_FAILS "never-fails" = "no record can fail this check", "没有记录会被这项检查判为不合格";
    NEVER_PASSES "never-passes" = "no record can pass this check", "没有记录能通过这项检查";
    REPEATED_CONDITION "repeated-condition" = "the same condition stands here a second time", "同一个条件写了两遍";
    LATE_GUARD "late-guard" = "this comes too late: `{name}` was needed before", "判断得太晚：前面已经用到“{name}”";
    READS_MISSING "reads-missing" = "`{name}` is missing wherever this is reached", "走到这里时“{name}”必然缺失";
    TEXT_CASE "text-case" = "`{text}` differs from `{other}` only in case or width", "“{text}”与“{other}”只差大小写或全角半角";
    TEXT_SPACE "text-space" = "`{text}` begins or ends with a space", "“{text}”的开头或结尾有空格";
    UNLIKE_UNITS "unlike-units" = "`{left}` and `{right}` are in different units", "“{left}”与“{right}”的单位不同";
    UNIT_ARGUMENT "unlike-units" = "`{name}` is in another unit than `{function}` takes", "“{name}”的单位与“{function}”要的不同";
    FLOAT_EQUALITY "float-equality" = "two floats are rarely exactly equal", "两个浮点数很少恰好相等";
}

wordings! { LINT_HELP;
    WITH_THIS = "together with this", "与这里一起看";
    FIRST_STANDS_HERE = "it stands here already", "这里已经写过";
    NEEDED_HERE = "needed here", "这里已经用到";
    KNOWN_MISSING_HERE = "missing after this", "由此可知缺失";
    SPELT_HERE = "spelt like this here", "这里是这样写的";
    HELP_BOTH_AT_ONCE = "no value of `{name}` does both at once; was `||` meant?", "“{name}”不可能同时满足两者；是否想写“||”？";
    HELP_ONE_OF_THEM = "whatever `{name}` is, one of the two holds; was `&&` meant?", "无论“{name}”是什么，总有一个成立；是否想写“&&”？";
    HELP_ITS_VALUES = "what it can be: {values}", "它的取值只有：{values}";
    HELP_ITSELF = "both sides are the same", "两边是同一个值";
    HELP_CONSTANT = "it looks at no field: the answer is the same for every record", "它没有用到任何字段：对每条记录结果都一样";
    HELP_SO_NEVER_APPLIES = "so the rule applies to no record", "因此这条规则对任何记录都不适用";
    HELP_SO_NEVER_FAILS = "so no record can fail the check", "因此没有记录会被判为不合格";
    HELP_SO_NEVER_PASSES = "so no record can pass the check", "因此没有记录能通过检查";
    HELP_WHEN_SAYS_SO = "`when` has settled it: compare the two", "`when` 已经决定了结果：请对照两处";
    HELP_NEVER_FAILS = "a check says what must hold; a record fails where it is false", "检查写的是必须成立的条件，不成立的记录才算不合格";
    HELP_LATE_GUARD = "a missing value has made the outcome `no_evidence` by then; put this first", "值若缺失，到这里结果早已是“证据不足”；请把这个判断放到前面";
    HELP_READS_MISSING = "it gives `no_evidence` every time; was `!is_missing({name})` meant?", "这样每次都只会得到“证据不足”；是否想写 `!is_missing({name})`？";
    HELP_REPEATED = "take one away, or change what was meant to differ", "删去一个，或改正本应不同的部分";
    FORM_SMALL = "`lower` gives small letters only", "`lower` 的结果全是小写字母";
    FORM_CAPITAL = "`upper` gives capitals only", "`upper` 的结果全是大写字母";
    FORM_TRIMMED = "`trim` leaves no spaces around the text", "`trim` 的结果首尾没有空格";
    FORM_MONTH = "`month` gives text like `2026-03`", "`month` 的结果形如 `2026-03`";
    FORM_WEEK = "`week` gives text like `2026-W09`", "`week` 的结果形如 `2026-W09`";
    FORM_DAY = "`day` gives text like `2026-03-02`", "`day` 的结果形如 `2026-03-02`";
    HELP_TEXT_CASE = "texts are compared letter by letter; spell both alike, or compare `lower(…)`", "文本逐字比较；请统一写法，或用 `lower(…)` 比较";
    HELP_TEXT_SPACE = "texts are compared letter by letter, spaces too; take it away, or use `trim(…)`", "文本逐字比较，空格也算；请去掉空格，或用 `trim(…)`";
    HELP_UNITS = "bring both to one unit first; durations compare as they are: `minutes(…) <= hours(…)`", "请先换算成同一单位；时长可以直接比较：`minutes(…) <= hours(…)`";
    HELP_UNIT_ARGUMENT = "write `{instead}`", "请写 `{instead}`";
    HELP_FLOAT_EQUALITY = "ask for a distance, `abs(a - b) < 0.001`, or round first; for money give the field `type = \"decimal\"`", "请比较差距：`abs(a - b) < 0.001`，或先取整；金额请把字段设为 `type = \"decimal\"`";
    IN_SECONDS = "`{name}` is in seconds", "“{name}”以秒计";
    IN_MINUTES = "`{name}` is in minutes", "“{name}”以分钟计";
    IN_HOURS = "`{name}` is in hours", "“{name}”以小时计";
    IN_DAYS = "`{name}` is in days", "“{name}”以天计";
}
