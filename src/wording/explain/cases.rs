//! Pages of what is said about cases put together from events.

use super::{Page, page};

/// A source of cases, its log, and a rule that asks `$check`.
macro_rules! cases {
    ($events:literal, $check:expr) => {
        concat!(
            "# audit.toml\n[[ source ]]\nid = \"complaints\"\nkind = \"complaint\"\nkey = \"case_id\"\n",
            $events,
            "\n# data/events.csv\ncase_id,step,time,who\nC-1,accept,2026-03-02T09:00:00,Li\nC-1,reply,2026-03-02T10:00:00,Wu\n",
            "# rules/desk/complaints.toml\n[[rule]]\nid = \"replied\"\ntitle = \"Answered soon\"\non = \"complaint\"\nseverity = \"major\"\n",
            $check
        )
    };
    ($check:expr) => {
        cases!(
            "events = { path = \"data/events.csv\", case = \"case_id\", activity = \"step\", at = \"time\", actor = \"who\" }",
            $check
        )
    };
}

/// A promise on such cases that stops at `$stop` and whose target, with what follows it, is `$target`.
macro_rules! clock {
    ($stop:literal, $target:literal) => {
        cases!(concat!(
            "check = 'count(\"reply\") > 0'\n[[promise]]\nid = \"solved\"\ntitle = \"Solved in time\"\non = \"complaint\"\n",
            "start = { step = \"accept\" }\nstop = ",
            $stop,
            "\ntarget = ",
            $target
        ))
    };
}

pub(super) const PAGES: &[Page] = &[
    page(
        "step-arguments",
        "Questions about steps name them as texts, written out: what is asked must be known before the log is read.",
        "询问步骤时须直接写出步骤名称（文本）：读取日志之前就要知道问的是什么。",
        cases!("check = '⟦first(\"reply\")⟧ > first(\"accept\").at'"),
        cases!("check = 'first(\"reply\").at > first(\"accept\").at'"),
    ),
    page(
        "needs-events",
        "Pauses while a state holds, reopening and changes of a target are read off the events of a case. Without events a clock knows its start, its stop and pauses with a beginning and an end.",
        "按状态暂停、重新打开、时限变更都要看案件的事件。没有事件时，计时只知道起点、终点，以及有起止时间的暂停。",
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = "4h"
pause = [{ while = '⟦state == "waiting"⟧' }]"#,
        r#"# rules/desk/promises.toml
[[promise]]
id = "answered"
title = "Answered soon"
on = "ticket"
start = "opened_at"
stop = "first_reply_at"
target = "4h""#,
    ),
    page(
        "reopen-stop",
        "A case that is opened again is closed again. So its clock stops at a step, each time that it is taken, and not at one moment.",
        "重新打开的案件会再次结案，所以计时在某一步骤停止（每次发生都算），而不是停在某一个时刻。",
        clock!("⟦{ step = \"reply\", which = \"last\" }⟧", "\"4h\"\nreopen = { on = { step = \"accept\" } }"),
        clock!("{ step = \"reply\" }", "\"4h\"\nreopen = { on = { step = \"accept\" } }"),
    ),
    page(
        "target-never-changes",
        "A target changes with what the events of the case tell: its table or its expression reads a field of the log, or its calendar does. An amount that is always the same has nothing to change.",
        "时限随案件事件中的内容变更：表或表达式（或工作日历）读取日志字段。固定不变的时限没有可变之处。",
        clock!("{ step = \"reply\" }", "\"4h\"\ntarget_change = ⟦{ on = { step = \"accept\" } }⟧"),
        clock!(
            "{ step = \"reply\" }",
            "'if who == \"Li\" { hours(4) } else { hours(8) }'\ntarget_change = { on = { step = \"accept\" } }"
        ),
    ),
    page(
        "unknown-event-field",
        "An event has `.at`, `.actor`, and the other fields of the log by their names.",
        "事件有 `.at`、`.actor`，以及日志中按名称引用的其他字段。",
        cases!("check = '⟦first(\"reply\").whom⟧ == \"Wu\"'"),
        cases!("check = 'first(\"reply\").who == \"Wu\"'"),
    ),
    page(
        "events-field",
        "`case`, `activity`, `at` and `actor` name fields of the events, by their names in rules.",
        "`case`、`activity`、`at`、`actor` 指向事件的字段（规则中的名称）。",
        cases!(
            "events = { path = \"data/events.csv\", case = ⟦\"case\"⟧, activity = \"step\", at = \"time\" }",
            "check = 'count(\"reply\") > 0'"
        ),
        cases!("check = 'count(\"reply\") > 0'"),
    ),
    page(
        "events-time",
        "Events are put in the order of their time. Without a time of day it is not known which came first.",
        "事件按时间排序。没有时刻就不知道谁先谁后。",
        cases!(
            "events = { path = \"data/events.csv\", case = \"case_id\", activity = \"step\", at = ⟦\"who\"⟧ }",
            "check = 'count(\"reply\") > 0'"
        ),
        cases!("check = 'count(\"reply\") > 0'"),
    ),
    page(
        "events-without-key",
        "The case id joins events to their case: the source names the field that holds it.",
        "案件编号把事件归到案件：数据源须写明该字段。",
        r#"# audit.toml
⟦[[ source ]]⟧
id = "complaints"
kind = "complaint"
events = { path = "data/events.csv", case = "case_id", activity = "step", at = "time" }
# data/events.csv
case_id,step,time,who
C-1,accept,2026-03-02T09:00:00,Li
# rules/desk/complaints.toml
[[rule]]
id = "replied"
title = "Answered soon"
on = "complaint"
severity = "major"
check = 'count("accept") > 0'"#,
        cases!("check = 'count(\"reply\") > 0'"),
    ),
    page(
        "unknown-step",
        "A step that no event has is a typing error, mostly, or a step that was never taken: then every case is without it. The audit goes on, and says so.",
        "没有任何事件的步骤多半是写错了，或者从未发生：那么每个案件都没有它。审核照常进行，并作提示。",
        cases!("check = 'count(\"reply\") > 0 && count(\"acept\") == 0'"),
        cases!("check = 'count(\"reply\") > 0 && count(\"accept\") == 1'"),
    ),
    page(
        "events-left-out",
        "An event without a case id belongs to nothing, and one without a time has no place in the order: both are counted and left out.",
        "没有案件编号的事件无所归属，没有时间的事件无法排序：两者都计数并略去。",
        "",
        "",
    ),
    page(
        "events-without-record",
        "Where cases have records of their own, these are what is judged. Events of cases that no record tells of hint at records that are missing.",
        "案件有自己的记录时，判定的是记录。只有事件而无记录的案件，说明记录可能有缺。",
        "",
        "",
    ),
    page(
        "events-at-one-moment",
        "Events at one moment have no order in time: they keep the order in which they stand in the files.",
        "同一时刻的事件没有先后之分，按文件中的顺序排列。",
        "",
        "",
    ),
];
