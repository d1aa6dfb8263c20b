//! Pages of what is said about rules over groups and windows.

use super::{Page, page};

/// A rule over groups without a fault.
const RATE: &str = r#"per = ["agent"]
min = 20
check = 'rate(signed) >= 0.9'"#;

/// A rule over windows without a fault.
const REPEAT: &str = r#"within = { of = ["agent"], time = "opened_at", last = "7d" }
check = 'count() <= 1'"#;

pub(super) const PAGES: &[Page] = &[
    page(
        "per-and-within",
        "`per` gives one verdict for each group of records, `within` one for each record, by those before it. A rule that had both would have two meanings.",
        "`per` 对每组记录给出一个判定，`within` 按之前的记录对每条记录给出判定。两者并用就有两种含义。",
        r#"per = ["agent"]
⟦within⟧ = { of = ["agent"], time = "opened_at", last = "7d" }
check = 'count() <= 1'"#,
        RATE,
    ),
    page(
        "needs-per",
        "`min` is how many records a group must have for a verdict, `rollup` puts groups together again: both are about groups, and `per` says which.",
        "`min` 是一组至少要有多少条记录才作判定，`rollup` 把各组再合并判定：两者都针对分组，须由 `per` 说明如何分组。",
        r#"⟦min⟧ = 20
check = 'transfers <= 2'"#,
        RATE,
    ),
    page(
        "per-type",
        "Groups are made of values that are the same. Two floats that look alike often differ far behind the point, and lists and lengths of promises have no order: made of these, groups would be many and of one record each.",
        "分组以取值相同为准。看似相同的浮点数往往在小数点后很远处不同，列表和时限也没有顺序：按它们分组会得到许多只有一条记录的组。",
        r#"per = ["⟦rating⟧"]
check = 'rate(signed) >= 0.9'"#,
        RATE,
    ),
    page(
        "window-of-nothing",
        "A window holds the records that have something in common with the one that is judged: a customer, a site, a topic. Without that it would hold everybody's.",
        "窗口收集与被判定记录有共同之处的记录：同一客户、同一网点、同一主题。若不说明，就会把所有人的记录算在一起。",
        r#"within = { of = ⟦[]⟧, time = "opened_at", last = "7d" }
check = 'count() <= 1'"#,
        REPEAT,
    ),
    page(
        "window-without-time",
        "A window reaches back from the moment of the record that is judged. Only the rule knows which of its times is meant: when it was opened, or when it was closed.",
        "窗口从被判定记录的时间向前推算。一条记录有多个时间（受理、办结），由规则写明以哪个为准。",
        r#"within = ⟦{ of = ["agent"], last = "7d" }⟧
check = 'count() <= 1'"#,
        REPEAT,
    ),
    page(
        "window-time-type",
        "Records are put in order by the window's time, and the window's length is counted back from it: it must be a time or a date.",
        "窗口按时间字段排序，并由它向前推算长度，因此须为时间或日期。",
        r#"within = { of = ["agent"], time = ⟦"note"⟧, last = "7d" }
check = 'count() <= 1'"#,
        REPEAT,
    ),
    page(
        "window-length",
        "The length of a window is a number with a unit of real time. Business days are none: how long a window is must not depend on where a weekend falls.",
        "窗口长度是带单位的实际时间。工作日不行：窗口的长度不应随周末而变。",
        r#"within = { of = ["agent"], time = "opened_at", last = ⟦"3bd"⟧ }
check = 'count() <= 1'"#,
        REPEAT,
    ),
    page(
        "record-and-records",
        "An example of a rule over groups or windows has `records`, of which the last is the one that is meant. `record` beside it would leave open which that is.",
        "分组或窗口规则的示例写 `records`，最后一条是要判定的记录。若另写 `record`，就不清楚指哪一条。",
        r#"per = ["agent"]
check = 'rate(signed) >= 0.9'
[[rule.example]]
name = "one of two"
record = { agent = "A-1", signed = true }
⟦records⟧ = [{ agent = "A-1", signed = true }, { agent = "A-1", signed = false }]
expect = "fail""#,
        r#"per = ["agent"]
check = 'rate(signed) >= 0.9'
[[rule.example]]
name = "one of two"
records = [{ agent = "A-1", signed = true }, { agent = "A-1", signed = false }]
expect = "fail""#,
    ),
    page(
        "explain-groups",
        "A rule over groups gives no verdict on a single record, so there is nothing to walk through. Its figures stand in the report, with n, interval, limit, and the records that weigh most.",
        "分组规则不对单条记录作判定，因此没有可逐步说明的过程。报告中有各组的数值、样本数、区间、限值和影响最大的记录。",
        "",
        "",
    ),
    page(
        "diff-groups",
        "`touchstone diff` tells which records have another verdict; a rule over groups has none on records.",
        "`touchstone diff` 说明哪些记录的判定有变；分组规则不对记录作判定。",
        "",
        "",
    ),
];
