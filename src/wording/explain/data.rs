//! Pages of what is said about record files.

use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        "bad-cell",
        "A cell cannot be read as what its column holds. It counts as missing, never as zero: rules that need it say “no evidence”. Mend the data; or, if the text means that there is no value, list it in the source's `missing`.",
        "单元格的内容读不成这一列应有的类型。它按缺失处理，绝不当作零：用到它的规则会判为“缺少证据”。请改正数据；如果这个文字就表示“没有值”，请写进数据源的 `missing`。",
        "# data/tickets.csv
transfers,ticket_id
⟦many⟧,T-1",
        "# data/tickets.csv
transfers,ticket_id
2,T-1",
    ),
    page(
        "rejected-row",
        "The row cannot be split into the columns of the header, so nobody knows which value belongs where, and it is left out, counted and listed. Mostly a comma stands in a text that is not in quotes.",
        "这一行无法按表头分列，分不清哪个值属于哪一列，因此不纳入审核，但会计数并列出。多半是文字里含有逗号而没有加引号。",
        "# data/tickets.csv
ticket_id,note
⟦T-1,late, very late⟧
T-2,fine",
        r#"# data/tickets.csv
ticket_id,note
T-1,"late, very late"
T-2,fine"#,
    ),
    page(
        "duplicate-key",
        "Two records have the same key. Both are judged, but their findings cannot be told apart from one audit to the next, so a baseline does not take them.",
        "两条记录的主键相同。两条都会审核，但前后两次审核之间无法区分它们的发现项，因此不会计入基线。",
        "# data/tickets.csv
transfers,ticket_id
1,T-1
⟦2⟧,T-1",
        "# data/tickets.csv
transfers,ticket_id
1,T-1
2,T-2",
    ),
    page(
        "no-files",
        "The source's path matches no file, so there would be nothing to judge. Paths start from the folder of audit.toml.",
        "数据源的路径没有匹配到任何文件，也就没有可审核的内容。路径以 audit.toml 所在的文件夹为起点。",
        r#"# audit.toml
[[source]]
path = "data/tikets.csv""#,
        r#"# audit.toml
[[source]]
path = "data/tickets.csv""#,
    ),
    page(
        "bad-pattern",
        "The path has a bracket or brace without its other half. `*` stands for any part of a name, `**` for any folders.",
        "路径中的括号没有成对。`*` 代表名称的任意部分，`**` 代表任意层文件夹。",
        r#"# audit.toml
[[source]]
path = "data/[tickets.csv""#,
        r#"# audit.toml
[[source]]
path = "data/*.csv""#,
    ),
    page(
        "outside-project",
        "A file that the path finds lies outside the project folder, by way of a link. A project reads only what lies in it.",
        "路径找到的文件通过链接指向了项目文件夹之外。项目只读取自己文件夹里的内容。",
        "",
        "",
    ),
    page(
        "unreadable-file",
        "The system does not let the file be read: it is locked, on a drive that is gone, or its owner does not allow it.",
        "系统不允许读取此文件：文件被占用、所在磁盘已断开，或者没有权限。",
        "",
        "",
    ),
    page(
        "cut-off-file",
        "A compressed file ends in the middle: it was copied or downloaded incompletely. The records in the part that is lost cannot be judged, so the audit stops.",
        "压缩文件在中途结束，说明复制或下载不完整。丢失部分的记录无法审核，所以停止审核。",
        "",
        "",
    ),
    page(
        "unknown-format",
        "Neither the file's ending nor a setting says how it is to be read or written.",
        "无论文件后缀还是设置，都没有说明按什么格式读写。",
        "$ touchstone audit -o report.pdf",
        "$ touchstone audit -o report.md",
    ),
    page(
        "unknown-encoding",
        "There is no encoding of this name. Leave the setting out, and it is found out from the file.",
        "没有这个名称的编码。省略此设置，程序会自动识别。",
        "",
        "",
    ),
    page(
        "bad-header",
        "The first line of a table names its columns, and here it never ends: a quote in it is not closed.",
        "表格的第一行是列名，而这里的第一行没有结束：其中的引号没有成对。",
        "",
        "",
    ),
    page(
        "empty-source",
        "The files are there and nothing is in them. An audit of nothing would always be green.",
        "文件存在，但里面什么也没有。对空内容的审核永远“合格”，所以要提出来。",
        "",
        "",
    ),
    page(
        "unknown-column",
        "The project counts on a column that the data do not have. Either the name is misspelled, or the export has changed. If the data call it otherwise, say so with `from`.",
        "项目要用的列在数据中不存在。可能是名称写错了，也可能是导出的表变了。如果数据里用的是别的名称，请用 `from` 写明。",
        r#"# audit.toml
[source.fields]
⟦closed_at⟧ = { from = "opend_at", type = "time" }"#,
        r#"# audit.toml
[source.fields]
closed_at = { from = "closed_at", type = "time" }"#,
    ),
    page(
        "unseen-key",
        "None of the first records has this key. In files where each record names its own keys that may be right, but mostly it is a typing error.",
        "前面的记录里都没有这个键。每条记录自带键名的文件里可能确实如此，但多半是写错了名称。",
        "",
        "",
    ),
    page(
        "same-field-name",
        "Two columns would have the same name in rules, and it could not be told which is meant.",
        "两列在规则中会用同一个名称，分不清指的是哪一列。",
        "",
        "",
    ),
    page(
        "bad-time-format",
        "The format does not tell how dates or times of this column are written: a part is missing or unknown.",
        "所写的格式说明不了这一列的日期或时间怎样书写：缺少某一部分，或含有不认识的部分。",
        r#"# audit.toml
[source.fields]
closed_at = { type = "time", format = "%Y-%q" }"#,
        r#"# audit.toml
[source.fields]
closed_at = { type = "time", format = "%Y-%m-%dT%H:%M" }"#,
    ),
    page(
        "ambiguous-dates",
        "Dates like 03/04/2026 may be the third of April or the fourth of March, and nobody guesses here: the column stays text until the format is given.",
        "像 03/04/2026 这样的日期，可能是 4 月 3 日，也可能是 3 月 4 日。程序不会去猜：在写明格式之前，这一列按文字处理。",
        "",
        "",
    ),
    page(
        "json-shape",
        "Records are objects with names and values: a list of them, or one on each line.",
        "每条记录应是带名称和值的对象：写成一个列表，或者每行一个。",
        "",
        "",
    ),
    page(
        "json-malformed",
        "At the element named, the file breaks the rules of JSON: a comma, quote or bracket is wrong. What follows cannot be read.",
        "在指出的元素处，文件不符合 JSON 的书写规则：逗号、引号或括号有误，其后的内容无法读取。",
        "",
        "",
    ),
    page(
        "json-cut-off",
        "The file ends in the middle of its list: it was saved or copied incompletely.",
        "文件在列表中途结束，说明保存或复制不完整。",
        "",
        "",
    ),
    page(
        "json-trailing",
        "After the end of the list something else follows. If each line is a record of its own, the format is `ndjson`.",
        "列表结束之后还有别的内容。如果每行是一条独立的记录，格式应为 `ndjson`。",
        "",
        "",
    ),
    page(
        "bad-toml",
        "The records of a TOML file are one array of tables, each under the same header `[[record]]`.",
        "TOML 数据文件中的记录应是同一个表数组，每条都写在相同的标题之下，如 `[[record]]`。",
        "",
        "",
    ),
];
