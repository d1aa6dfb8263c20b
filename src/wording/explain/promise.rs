//! Pages of what is said about promises.

use super::{Page, page};

/// A promise without a fault.
const KEPT: &str = r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = "4h""#;

pub(super) const PAGES: &[Page] = &[
    page(
        "negative-target",
        "A target is a length of time: below 0 every clock would be late before it starts.",
        "时限是一段时间：小于 0 时，任何计时在开始之前就已超时。",
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = '⟦if tier == "vip" { hours(-1) } else { hours(4) }⟧'"#,
        KEPT,
    ),
    page(
        "table-of-amounts",
        "Amounts such as `3bd` depend on a calendar and have no length of their own, so expressions cannot reckon with them. A promise names the table, and the clock counts by the row that fits.",
        "`3bd` 这类时限取决于工作日历，本身没有固定长度，表达式无法计算。承诺引用决策表，按匹配的行计时。",
        r#"# rules/desk/promises.toml
[[table]]
id = "grade-limit"
inputs = ["tier"]
output = "amount"
rows = [["vip", "1h"], ["*", "4h"]]
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = '⟦grade_limit(tier)⟧'"#,
        r#"# rules/desk/promises.toml
[[table]]
id = "grade-limit"
inputs = ["tier"]
output = "amount"
rows = [["vip", "1h"], ["*", "4h"]]
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = { table = "grade-limit" }"#,
    ),
    page(
        "bare-target",
        "A number alone is no length of time: 240 may be minutes, hours or seconds. The unit is written, so that nobody has to guess.",
        "单独一个数字不是时长：240 可能是分钟、小时或秒。请写出单位，免得各有各的理解。",
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = ⟦240⟧"#,
        KEPT,
    ),
    page(
        "rows-and-file",
        "The rows of a decision table stand in it, or in a file beside it: two sets of rows would leave it open which counts.",
        "决策表的各行写在表中，或写在旁边的文件里：两处都写就不知道以哪处为准。",
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
file = "limits.csv"
rows = ⟦[["*", 2]]⟧
# rules/desk/limits.csv
transfers,limit
*,2"#,
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
rows = [["*", 2]]"#,
    ),
    page(
        "bad-range",
        "A cell that begins like a range is one: a sign with a number, a date or a length of time, or two of these with dots between them.",
        "以范围的形式开头的单元格就是范围：比较符号加数字、日期或时长，或以两点相连的两个值。",
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
rows = [[⟦">= many"⟧, 1], ["*", 2]]"#,
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
rows = [[">= 5", 1], ["*", 2]]"#,
    ),
    page(
        "table-header",
        "The first line of a table's file names its columns: the inputs in the order in which the table declares them, then the answer. A column in the wrong place would answer the wrong question.",
        "表文件的首行是列名：先按声明的顺序写各输入，最后是结果。列的位置不对，就会答非所问。",
        "",
        "",
    ),
    page(
        "not-a-time",
        "A clock starts, stops and pauses at times. Another kind of value, a date without a time of day among them, would make it run from a moment that nobody chose.",
        "计时的起点、终点和暂停都应是时间。其他类型的值（包括没有时刻的日期）会让计时从谁也没有选定的时刻开始。",
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "⟦due_on⟧"
target = "4h""#,
        KEPT,
    ),
    page(
        "not-a-target",
        "A target is an amount of time (`4h`, `3bd`), a duration, or a time by which it must be done.",
        "时限应为时限量（`4h`、`3bd`）、时长，或应在其之前完成的时间。",
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = "⟦reply_minutes⟧""#,
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = "minutes(reply_minutes)""#,
    ),
    page(
        "table-not-amount",
        "A table of targets answers amounts: `output = \"amount\"`. Numbers have no unit.",
        "时限表的结果应为时限：`output = \"amount\"`。数字没有单位。",
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = { table = ⟦"reply-limit"⟧ }"#,
        KEPT,
    ),
    page(
        "unknown-table",
        "The promise takes its target from a table that its pack does not have; it may stand in another pack, or be spelled differently.",
        "承诺的时限取自一张本规则包中没有的表；它可能在别的规则包里，或者名字写法不同。",
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = { table = ⟦"grade-limit"⟧ }"#,
        KEPT,
    ),
    page(
        "business-days-need-calendar",
        "Business days are days on which a calendar is open: without one nobody knows which. Calendar days (`3d`) need none.",
        "工作日是日历上有工作时段的日子：没有日历就无从知道是哪些日子。日历日（`3d`）不需要日历。",
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = ⟦"3bd"⟧"#,
        KEPT,
    ),
    page(
        "promise-like-field",
        "Rules read promises and fields by name, and this name would mean both.",
        "规则按名称读取承诺和字段，这个名称会同时指两者。",
        r#"# rules/desk/promises.toml
[[promise]]
id = ⟦"transfers"⟧
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = "4h""#,
        KEPT,
    ),
    page(
        "unknown-promise-part",
        "Rules read of a promise how it stands and its times: .outcome .open .elapsed .due .overrun .remaining.",
        "规则可以读取承诺的状态和各项时间：.outcome .open .elapsed .due .overrun .remaining。",
        "",
        "",
    ),
    page(
        "records-beyond-calendar",
        "Some records have times in years whose holidays the calendar does not know. They have no verdict, rather than one that counts holidays as working days; list those years to judge them.",
        "有些记录的时间落在日历不知道节假日的年份。与其把假日算成工作日，不如不作判定；补充这些年份的安排后即可判定。",
        "",
        "",
    ),
];
