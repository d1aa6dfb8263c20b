//! Pages of what is said about command lines, runs and examples of rules.

use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        "bad-argument",
        "The value after an option of the command cannot be used: a date that is none, a size without a unit.",
        "命令选项后面的值不可用：例如不是日期，或者大小没有单位。",
        "$ touchstone audit --as-of tomorrow",
        "$ touchstone audit --as-of 2026-03-31",
    ),
    page(
        "cannot-write",
        "The report cannot be written there: the folder is missing, the disk is full, or it is not allowed. No half-written file is left.",
        "报告无法写到该处：文件夹不存在、磁盘已满或没有权限。不会留下写了一半的文件。",
        "$ touchstone audit -o audit.toml/report.md",
        "$ touchstone audit -o report.md",
    ),
    page(
        "no-rule-at-all",
        "There is no rule that looks at any of the records, so the audit could only be green. Name a pack in `[project] packs`, and see that the `kind` of the source is what the rules have as `on`.",
        "没有任何规则适用于这些记录，审核只会“全部合格”。请在 `[project] packs` 中写明规则包，并确认数据源的 `kind` 与规则的 `on` 一致。",
        r#"# audit.toml
[project]
name = "Desk"
[[source]]
id = "tickets"
path = "data/tickets.csv"
kind = "ticket""#,
        r#"# audit.toml
[project]
name = "Desk"
packs = ["./rules/desk"]
[[source]]
id = "tickets"
path = "data/tickets.csv"
kind = "ticket""#,
    ),
    page(
        "no-records",
        "The files were read and there is no record in them, so nothing was judged. That is never a pass.",
        "文件读过了，但没有一条记录，所以什么也没有审核。这绝不等于合格。",
        "",
        "",
    ),
    page(
        "no-rules-given",
        "Data files are named on the command line, and no rules to judge them by.",
        "命令行给出了数据文件，却没有给出规则。",
        "$ touchstone audit data/tickets.csv",
        "$ touchstone audit .",
    ),
    page(
        "unused-kind",
        "Rules of a pack look at a kind of record that no source has, so they judge nothing. Either the `kind` of a source is misspelled, or the pack is not needed.",
        "规则包中的某些规则所针对的记录类型，没有任何数据源提供，因此这些规则不起作用。可能是数据源的 `kind` 写错了，也可能不需要这个规则包。",
        r#"[[rule]]
on = "tikcet"
check = 'signed'"#,
        r#"[[rule]]
on = "ticket"
check = 'signed'"#,
    ),
    page(
        "rule-error",
        "The rule could not be computed for this record: it divides by zero, a number grew too large, or a limit was reached. The record counts neither as passed nor as failed, and the other records are judged.",
        "对这条记录无法算出结果：除数为零、数字过大或达到了限制。这条记录既不算合格也不算不合格，其他记录照常审核。",
        "",
        "",
    ),
    page(
        "internal",
        "This is a fault of Touchstone itself, not of your files. Nothing wrong is reported as right: the audit stops. Please report it.",
        "这是程序自身的问题，不是您的文件有错。程序不会把错的当成对的：审核就此停止。请报告此问题。",
        "",
        "",
    ),
    page(
        "cancelled",
        "The audit was stopped before its end, and no report was written: half an audit would look like a whole one.",
        "审核在完成前被中止，没有写出任何报告：半份报告会被误认为是完整的。",
        "",
        "",
    ),
    page(
        "more-data-faults",
        "So many cells and rows could not be read that only the first are shown. `--rejects FILE` lists them all.",
        "无法读取的单元格和行太多，只显示了前面的一部分。`--rejects FILE` 可列出全部。",
        "",
        "",
    ),
    page(
        "same-output",
        "Two reports would be written into the same file, and one would be lost.",
        "两份报告要写入同一个文件，其中一份会丢失。",
        "$ touchstone audit -o report.md -o ./report.md",
        "$ touchstone audit -o report.md -o report.csv",
    ),
    page(
        "output-dash",
        "`-` is not a file name. What is to be printed is asked for with `--format`.",
        "`-` 不是文件名。要直接输出内容，请用 `--format`。",
        "$ touchstone audit -o -",
        "$ touchstone audit --format json",
    ),
    page(
        "errors-not-allowed",
        "Some evaluations could not be computed, and an audit with holes is not a result, so it ends with exit code 2. Mend the rules that are named, or say that you accept it with `--allow-errors`.",
        "有些判定没有算出结果。有缺口的审核不能作为结论，所以退出码为 2。请修正指出的规则，或用 `--allow-errors` 表示接受。",
        "",
        "",
    ),
    page(
        "cannot-spool",
        "A large audit keeps its findings in a temporary file, and that cannot be written, mostly because the disk is full.",
        "大型审核会把发现项暂存到临时文件，而临时文件写不进去，多半是磁盘已满。",
        "",
        "",
    ),
    page(
        "usage",
        "The command line names an option or a command that there is not, or leaves out something. `touchstone --help` lists what there is.",
        "命令行中有不存在的选项或命令，或者缺少必要的内容。`touchstone --help` 会列出可用的内容。",
        "$ touchstone audit --fromat json",
        "$ touchstone audit --format json",
    ),
    page(
        "no-key",
        "Some records have no key. They are judged and known by file and row, so their findings cannot be followed from one audit to the next.",
        "有些记录没有主键。它们照常审核，以文件和行号标识，因此无法跨审核追踪其发现项。",
        "# data/tickets.csv
transfers,ticket_id
1,",
        "# data/tickets.csv
transfers,ticket_id
1,T-1",
    ),
    page(
        "example-mismatch",
        "An example in a rule file shows a record and the verdict that people expect, and the rule judges otherwise. One of them is wrong: the rule, or the expectation.",
        "规则文件里的示例写明了一条记录和预期的结论，而规则判出了不同的结论。两者必有一错：要么规则错，要么预期错。",
        r#"check = 'transfers <= 2'
[[rule.example]]
name = "more than once"
record = { transfers = 3 }
expect = ⟦"pass"⟧
$ touchstone test"#,
        r#"check = 'transfers <= 2'
[[rule.example]]
name = "more than once"
record = { transfers = 3 }
expect = "fail"
$ touchstone test"#,
    ),
    page(
        "example-unread-field",
        "The example's record has a field that neither the rule nor the source knows: a typing error, most likely, and then the example tests nothing.",
        "示例记录中的某个字段，规则和数据源都不认识：多半是打错了字，这样的示例什么也没有验证。",
        r#"check = 'transfers <= 2'
[[rule.example]]
name = "more than once"
record = { transfers = 3, ⟦chanel⟧ = "phone" }
expect = "fail"
$ touchstone test"#,
        r#"check = 'transfers <= 2'
[[rule.example]]
name = "more than once"
record = { transfers = 3, channel = "phone" }
expect = "fail"
$ touchstone test"#,
    ),
    page(
        "example-idle",
        "The example's record holds nothing that the rule looks at, so it shows nothing about the rule.",
        "示例记录里没有规则要看的内容，因此说明不了规则是否正确。",
        r#"check = 'transfers <= 2'
[[rule.example]]
name = "more than once"
record = { channel = "phone" }
expect = "pass"
$ touchstone test"#,
        r#"check = 'transfers <= 2'
[[rule.example]]
name = "more than once"
record = { transfers = 3 }
expect = "fail"
$ touchstone test"#,
    ),
    page(
        "example-twin",
        "Two examples are alike in all that the rule looks at, so the second shows nothing new.",
        "两个示例在规则要看的内容上完全相同，后一个没有验证新的情形。",
        r#"check = 'transfers <= 2'
[[rule.example]]
name = "answered at once"
record = { transfers = 1, channel = "phone" }
expect = "pass"
[[rule.example]]
name = "more than once"
record = { transfers = 1, channel = "mail" }
expect = "pass"
$ touchstone test"#,
        r#"check = 'transfers <= 2'
[[rule.example]]
name = "answered at once"
record = { transfers = 1, channel = "phone" }
expect = "pass"
[[rule.example]]
name = "more than once"
record = { transfers = 3, channel = "mail" }
expect = "fail"
$ touchstone test"#,
    ),
    page(
        "example-not-judged",
        "The example could not be tried at all: its record does not fit the fields, or its rule has an error.",
        "示例根本无法运行：记录与字段不符，或者规则本身有错。",
        "",
        "",
    ),
    page(
        "no-data",
        "Two rule packs are compared, and there are no records to compare them by. Name data files with `--data`, or a project with `--project`.",
        "要比较两个规则包，却没有可供判定的记录。请用 `--data` 指定数据文件，或用 `--project` 指定项目。",
        "$ touchstone diff rules/desk rules/desk",
        "$ touchstone diff rules/desk rules/desk --project .",
    ),
    page(
        "data-faults",
        "Some rows or cells could not be read, and what is shown here leaves them out. `touchstone audit` with `--rejects FILE` lists them.",
        "有些行或单元格无法读取，此处的结果不包括它们。用 `touchstone audit` 加 `--rejects FILE` 可逐一列出。",
        "",
        "",
    ),
    page(
        "not-exercised",
        "`touchstone test` looks at every condition of a rule: each part should be true in one example and false in another, and every branch be taken. What no example exercises may be wrong, and nobody would see it. The line below says which example would help.",
        "`touchstone test` 会查看规则的每个条件：每一部分都应在某个示例中成立，在另一个示例中不成立，每个分支都应走到。示例没有走到的部分即使写错也不会有人发现。下一行说明补充什么示例即可。",
        "",
        "",
    ),
    page(
        "no-such-record",
        "No record of the sources that the rule looks at has this key. Keys are compared as they are written in the data, leading zeros included.",
        "规则所针对的数据源中，没有哪条记录的主键与此相同。主键按数据中的原样比较，前导零也算在内。",
        "$ touchstone explain --rule desk/basics --record T-9",
        "$ touchstone explain --rule desk/basics --record T-1",
    ),
    page(
        "rule-off",
        "The project switches this rule off, with the reason that stands there, so no record is judged by it.",
        "项目已停用这条规则，并写明了理由，因此不会用它判定任何记录。",
        "",
        "",
    ),
    page(
        "no-aggregate",
        "An expression with `--per` is worth one value for each group, so it must say how the records of a group become one: count them, add something up, take a mean or a share.",
        "带 `--per` 的表达式每组只得一个值，因此须说明如何把一组记录合成一个值：计数、求和、取平均或求占比。",
        "$ touchstone eval transfers --per agent",
        "$ touchstone eval mean(transfers) --per agent",
    ),
    page(
        "which-source",
        "Several sources have the fields that the expression reads, so it is not clear whose records are meant.",
        "有多个数据源都含有表达式读取的字段，无法确定用哪一个。",
        "",
        "",
    ),
    page(
        "no-such-source",
        "The project has no source of this name. Sources are named by their `id`.",
        "项目中没有此名称的数据源。数据源以 `id` 指定。",
        "$ touchstone eval transfers --source none",
        "$ touchstone eval transfers --source tickets",
    ),
    page(
        "no-sampling",
        "Which records people should review is said in audit.toml: from which source, keyed by which seed, and what share of which records.",
        "由人工复核哪些记录，写在 audit.toml 中：来自哪个数据源、以何种子抽取、哪些记录抽多大比例。",
        "$ touchstone sample",
        "# audit.toml\n[sampling]\nsource = \"tickets\"\nseed = \"2026-03\"\nstrata = [{ when = 'true', rate = 0.1 }]\n$ touchstone sample",
    ),
    page(
        "no-calibration",
        "Whose ratings are compared is said in audit.toml: in which source they stand, and which fields tell the record, the evaluator and the ratings.",
        "比较谁的评分，写在 audit.toml 中：评分在哪个数据源，哪些字段是记录、评分人和评分。",
        "$ touchstone calibrate",
        "# audit.toml\n[calibration]\nsource = \"tickets\"\nrecord = \"ticket_id\"\nevaluator = \"agent\"\nitems = [\"transfers\"]\n$ touchstone calibrate",
    ),
    page(
        "no-such-evaluator",
        "The evaluator whom others are held to has rated nothing under this name in the ratings at hand.",
        "作为参照的评分人在现有评分中没有出现。",
        "",
        "",
    ),
    page(
        "example-as-of",
        "The rule reads `as_of`, the moment of the audit, and the example gives none: it is judged as of today, and may hold today and fail next month.",
        "规则读取了审核时点 `as_of`，而示例没有写明，于是按今天判定：今天符合，下个月可能就不符合。",
        "",
        "",
    ),
    page(
        "no-tests",
        "There is no example to run. That is not a success: write at least one record that the rule must pass and one that it must fail.",
        "没有可运行的示例，这不等于通过。请至少写一条应当合格的记录和一条应当不合格的记录。",
        r#"check = 'transfers <= 2'
$ touchstone test"#,
        r#"check = 'transfers <= 2'
[[rule.example]]
name = "more than once"
record = { transfers = 3 }
expect = "fail"
$ touchstone test"#,
    ),
    page(
        "unknown-code",
        "Explanations are listed by the name that stands in square brackets behind “error” or “warning”.",
        "说明按“错误”或“警告”后面方括号里的名称查找。",
        "$ touchstone explain unknown-feild",
        "$ touchstone explain unknown-field",
    ),
];
