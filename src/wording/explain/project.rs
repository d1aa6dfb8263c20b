//! Pages of what is said about audit.toml and rule packs.

use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        "unknown-key",
        "Nothing of this name can be set here. Left alone, a setting with a typing error would have no effect, and nobody would notice; so it is an error.",
        "此处没有这个设置项。如果放过不管，写错名称的设置就不起作用，而且没人会发现，所以要报错。",
        r#"[[rule]]
⟦severty⟧ = "minor"
check = 'signed'"#,
        r#"[[rule]]
severity = "minor"
check = 'signed'"#,
    ),
    page(
        "missing-key",
        "Something that cannot be guessed is not said: where the records lie, what a rule demands.",
        "缺少无法推断的内容，例如记录在哪里、规则要求什么。",
        r#"# audit.toml
[project]
name = "Desk"
packs = ["./rules/desk"]
⟦[[source]]⟧
id = "tickets"
kind = "ticket""#,
        r#"# audit.toml
[project]
name = "Desk"
packs = ["./rules/desk"]
[[source]]
id = "tickets"
kind = "ticket"
path = "data/tickets.csv""#,
    ),
    page(
        "wrong-type",
        "The setting is there, but its value is of another kind than is wanted: a number where a text is due, one text where a list is due. The help line shows how it is written.",
        "设置项写了，但值的种类不对：该写文字的地方写了数字，或该写列表的地方写了单个文字。帮助中给出了写法。",
        r#"# audit.toml
[project]
packs = ⟦"./rules/desk"⟧"#,
        r#"# audit.toml
[project]
packs = ["./rules/desk"]"#,
    ),
    page(
        "empty-text",
        "The text is there and says nothing. Write what is meant, or leave the whole setting out.",
        "写了这一项，内容却是空的。请填写内容，或者整项删去。",
        "check = ⟦''⟧",
        "check = 'signed'",
    ),
    page(
        "empty-list",
        "A list without anything in it: nothing would be looked for, or nothing would be allowed.",
        "列表是空的：什么也不会查，或者什么也不允许。",
        r#"# audit.toml
[source.fields]
tier = { type = "choice", choices = ⟦[]⟧ }"#,
        r#"# audit.toml
[source.fields]
tier = { type = "choice", choices = ["vip", "gold", "standard"] }"#,
    ),
    page(
        "unknown-choice",
        "Only certain words can stand here; the help line lists them.",
        "此处只能写规定的几个词，帮助中已列出。",
        r#"[[rule]]
severity = ⟦"mojor"⟧
check = 'signed'"#,
        r#"[[rule]]
severity = "major"
check = 'signed'"#,
    ),
    page(
        "toml-syntax",
        "The file does not keep to the form that all settings files have: `name = value`, texts in quotes, headers in square brackets. Nothing in the file can be relied on until this place is mended.",
        "文件不符合设置文件的书写格式：`名称 = 值`，文字加引号，标题加方括号。改好这里之前，整个文件都无法采用。",
        r#"# audit.toml
[project]
language = ⟦zh⟧"#,
        r#"# audit.toml
[project]
language = "zh""#,
    ),
    page(
        "duplicate-key-in-file",
        "The same setting is given twice, and it is not clear which one counts. Take one of them out.",
        "同一设置写了两次，不知道以哪个为准。请删去其中一个。",
        r#"# audit.toml
[project]
timezone = "UTC"
⟦timezone⟧ = "Asia/Shanghai""#,
        r#"# audit.toml
[project]
timezone = "Asia/Shanghai""#,
    ),
    page(
        "not-built-yet",
        "This is part of the format and is not in this version of Touchstone. It is an error, so that nobody relies on a part of the standard that is not judged.",
        "这是格式中已有、但当前版本还没有实现的部分。这里要报错，以免有人以为这部分标准已经在审核。",
        r#"# audit.toml
[[ source ]]
id = "archive"
kind = "ticket"
path = "data/tickets.csv"
format = ⟦"parquet"⟧"#,
        r#"# audit.toml
[[ source ]]
id = "archive"
kind = "ticket"
path = "data/tickets.csv"
format = "csv""#,
    ),
    page(
        "bad-id",
        "An id stands in reports, on the command line and in other files, so it holds letters and digits only, joined by hyphens.",
        "id 会出现在报告、命令行和其他文件里，所以只能用文字和数字，中间可用连字符相连。",
        r#"[[rule]]
id = ⟦"answered soon!"⟧
check = 'signed'"#,
        r#"[[rule]]
id = "answered-soon"
check = 'signed'"#,
    ),
    page(
        "bad-name",
        "Rules name the field in their conditions, so its name must be one word: letters of any script, digits and `_`, no spaces. Keep the column's own name with `from`.",
        "规则的条件里要写字段名，所以它必须是一个完整的词：文字、数字和“_”，不含空格。原来的列名可以用 `from` 保留。",
        r#"# audit.toml
[source.fields]
⟦"closed at"⟧ = { type = "time" }"#,
        r#"# audit.toml
[source.fields]
closed_at = { type = "time" }"#,
    ),
    page(
        "reserved-name",
        "The name is a word of the rule language, such as `if`, `in` or `case`, so a rule could not speak of the field. Give it another name, and say with `from` what the data call it.",
        "这个名称是规则语言自己的词，例如 `if`、`in`、`case`，规则里无法用它指代字段。请另取名称，并用 `from` 写明数据里的列名。",
        r#"params = { ⟦case⟧ = 3 }
check = 'transfers <= 3'"#,
        r#"params = { limit = 3 }
check = 'transfers <= limit'"#,
    ),
    page(
        "duplicate-id",
        "Two things have the same id, and findings, waivers and scores could not tell them apart.",
        "两处用了同一个 id，发现项、豁免和评分就分不清是哪一个。",
        r#"[[rule]]
id = "answered"
check = 'signed'
[[rule]]
id = ⟦"answered"⟧
check = 'transfers <= 2'"#,
        r#"[[rule]]
id = "answered"
check = 'signed'
[[rule]]
id = "answered-soon"
check = 'transfers <= 2'"#,
    ),
    page(
        "no-project-table",
        "audit.toml begins with `[project]` and the project's name, which stands at the head of every report.",
        "audit.toml 应以 `[project]` 和项目名称开头，每份报告的抬头都要用到它。",
        r#"# audit.toml (the whole file)
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
        "no-pack-table",
        "pack.toml says in `[pack]` what the pack is called: the first half of each rule's full name.",
        "pack.toml 要在 `[pack]` 中写明规则包的名称：它是每条规则全名的前半部分。",
        r#"# audit.toml
[project]
packs = ["./rules/desk", "./rules/new"]
# rules/new/pack.toml
[[rule]]
id = "greeting"
title = "The customer is greeted"
on = "ticket"
severity = "minor"
check = 'signed'"#,
        r#"# audit.toml
[project]
packs = ["./rules/desk", "./rules/new"]
# rules/new/pack.toml
[pack]
id = "new"
title = "New rules"
[[rule]]
id = "greeting"
title = "The customer is greeted"
on = "ticket"
severity = "minor"
check = 'signed'"#,
    ),
    page(
        "unknown-zone",
        "Times without a zone are read in this one, so a wrong zone shifts every deadline by hours. Zones are named by continent and city.",
        "没有写时区的时间按此时区理解，时区写错会让所有期限偏差若干小时。时区按“洲/城市”书写。",
        r#"# audit.toml
[project]
timezone = ⟦"Asia/Peking"⟧"#,
        r#"# audit.toml
[project]
timezone = "Asia/Shanghai""#,
    ),
    page(
        "path-leaves",
        "A project reads only what lies in its own folder, so that it can be copied, kept and checked as a whole, and a foreign rule pack cannot read other files.",
        "项目只读取自己文件夹里的内容，这样才能整体复制、保存和核对，外来的规则包也读不到别的文件。",
        r#"# audit.toml
[[source]]
path = ⟦"../other/tickets.csv"⟧"#,
        r#"# audit.toml
[[source]]
path = "data/tickets.csv""#,
    ),
    page(
        "not-for-type",
        "This setting belongs to fields of another type: choices to a `choice`, a format to times and dates.",
        "这个设置属于其他类型的字段：`choices` 用于 choice，`format` 用于日期和时间。",
        r#"# audit.toml
[source.fields]
transfers = { type = "int", choices = ⟦["many"]⟧ }"#,
        r#"# audit.toml
[source.fields]
transfers = { type = "int" }"#,
    ),
    page(
        "unknown-pack",
        "A name without `./` is that of a pack that comes with Touchstone. Packs of your own are named by their folder: `\"./rules/desk\"`.",
        "不带 `./` 的名称指随程序提供的规则包。自己的规则包用文件夹指定：`\"./rules/desk\"`。",
        r#"# audit.toml
[project]
packs = ["./rules/desk", ⟦"complaint"⟧]"#,
        r#"# audit.toml
[project]
packs = ["./rules/desk"]"#,
    ),
    page(
        "no-pack-folder",
        "The project names a folder of rules that is not there. Paths are looked up below the folder of audit.toml.",
        "项目指定的规则文件夹不存在。路径以 audit.toml 所在的文件夹为起点。",
        r#"# audit.toml
[project]
packs = ["./rules/desk", ⟦"./rules/dosk"⟧]"#,
        r#"# audit.toml
[project]
packs = ["./rules/desk"]"#,
    ),
    page(
        "not-a-pack",
        "A pack is a folder with pack.toml and rule files in it, and here a file is named. Name its folder.",
        "规则包是一个文件夹，内含 pack.toml 和规则文件；这里写的却是文件。请写文件夹。",
        r#"# audit.toml
[project]
packs = [⟦"./rules/desk/pack.toml"⟧]"#,
        r#"# audit.toml
[project]
packs = ["./rules/desk"]"#,
    ),
    page(
        "no-pack-toml",
        "A folder becomes a pack by the file pack.toml in it, which holds the pack's id and title.",
        "文件夹里有 pack.toml 才是规则包，其中写明规则包的 id 和标题。",
        r#"# audit.toml
[project]
packs = ["./rules/desk", ⟦"./rules/new"⟧]
# rules/new/rules.toml
[[rule]]
id = "greeting"
title = "The customer is greeted"
on = "ticket"
severity = "minor"
check = 'signed'"#,
        r#"# audit.toml
[project]
packs = ["./rules/desk", "./rules/new"]
# rules/new/pack.toml
[pack]
id = "new"
title = "New rules"
# rules/new/rules.toml
[[rule]]
id = "greeting"
title = "The customer is greeted"
on = "ticket"
severity = "minor"
check = 'signed'"#,
    ),
    page(
        "duplicate-pack",
        "The pack is named twice, and its rules would count twice.",
        "同一个规则包写了两次，其中的规则会重复计算。",
        r#"# audit.toml
[project]
packs = ["./rules/desk", ⟦"./rules/desk"⟧]"#,
        r#"# audit.toml
[project]
packs = ["./rules/desk"]"#,
    ),
    page(
        "no-rules",
        "The pack has a name and nothing to judge by. An audit without rules would always be green.",
        "规则包只有名称，没有规则。没有规则的审核永远“合格”，所以要提出来。",
        r#"# audit.toml
[project]
packs = ["./rules/desk", "./rules/new"]
# rules/new/pack.toml
[pack]
id = ⟦"new"⟧
title = "New rules""#,
        r#"# audit.toml
[project]
packs = ["./rules/desk", "./rules/new"]
# rules/new/pack.toml
[pack]
id = "new"
title = "New rules"
[[rule]]
id = "greeting"
title = "The customer is greeted"
on = "ticket"
severity = "minor"
check = 'signed'"#,
    ),
    page(
        "no-file",
        "A rule or a table names a file that is not there. Files are looked up beside the file that names them.",
        "规则或表引用的文件不存在。文件应与引用它的文件放在同一文件夹。",
        r#"[[rule]]
script = ⟦"answered.rhai"⟧"#,
        r#"[[rule]]
script = "answered.rhai"
# rules/desk/answered.rhai
signed"#,
    ),
    page(
        "cannot-read",
        "The file is there and the system does not let it be read, mostly for want of permission.",
        "文件存在，但系统不允许读取，多半是没有权限。",
        "",
        "",
    ),
    page(
        "not-utf8",
        "Settings and rules are text in the encoding UTF-8; this file was saved in another one, and its Chinese or accented letters would be garbled. In the editor, choose “Save as” with UTF-8. (Data files may have other encodings.)",
        "设置和规则文件必须是 UTF-8 编码；此文件用了别的编码（如 GBK），中文会变成乱码。请在编辑器中另存为 UTF-8。（数据文件可以是其他编码。）",
        "",
        "",
    ),
    page(
        "no-folder",
        "There is nothing at the path on the command line. See whether it is spelled right, and in which folder the command was started.",
        "命令行给出的路径不存在。请检查拼写，以及命令是在哪个文件夹里运行的。",
        "$ touchstone check desk",
        "$ touchstone check .",
    ),
    page(
        "no-project",
        "A folder is a project when audit.toml lies in it: it says where the records are and by which rules they are judged.",
        "文件夹里有 audit.toml 才是项目：它写明记录在哪里、按哪些规则审核。",
        "$ touchstone check data",
        "$ touchstone check .",
    ),
    page(
        "not-a-project",
        "The command wants the folder of a project, and a single file is named.",
        "命令需要项目文件夹，给出的却是一个文件。",
        "",
        "",
    ),
    page(
        "check-and-script",
        "What must hold is said twice, as `check` and as `script`, and it is not clear which counts.",
        "同一条规则既写了 `check` 又写了 `script`，不知道以哪个为准。",
        r#"check = 'signed'
⟦script⟧ = '''
transfers <= 2
'''"#,
        r#"script = '''
signed && transfers <= 2
'''"#,
    ),
    page(
        "bad-template",
        "In a message, names stand in braces, which come in pairs. A brace that is meant as such is written twice: `{{`.",
        "消息里的名称写在花括号中，花括号必须成对。如果要写花括号本身，请写两次：`{{`。",
        r#"check = 'signed'
message = "⟦{⟧agent was late""#,
        r#"check = 'signed'
message = "{agent} was late""#,
    ),
    page(
        "effective-reversed",
        "The rule would end before it begins, so it would never be in force.",
        "规则的失效日期早于生效日期，永远不会生效。",
        r#"# audit.toml
[[source]]
date = "opened_at"
# rules/desk/rules.toml
effective = ⟦{ from = 2026-07-01, to = 2026-01-01 }⟧
check = 'signed'"#,
        r#"# audit.toml
[[source]]
date = "opened_at"
# rules/desk/rules.toml
effective = { from = 2026-01-01, to = 2026-07-01 }
check = 'signed'"#,
    ),
    page(
        "versions-overlap",
        "A rule may have several versions that follow each other. Here two are in force on the same day, and a record of that day would be judged by both.",
        "同一规则可以有先后几个版本。这里有两个版本在同一天生效，当天的记录会被判两次。",
        r#"# audit.toml
[[source]]
date = "opened_at"
# rules/desk/rules.toml
[[rule]]
id = "answered"
effective = { from = 2026-01-01, to = 2026-06-30 }
check = 'signed'
[[rule]]
id = ⟦"answered"⟧
effective = { from = 2026-06-01 }
check = 'transfers <= 2'"#,
        r#"# audit.toml
[[source]]
date = "opened_at"
# rules/desk/rules.toml
[[rule]]
id = "answered"
effective = { from = 2026-01-01, to = 2026-06-30 }
check = 'signed'
[[rule]]
id = "answered"
effective = { from = 2026-07-01 }
check = 'transfers <= 2'"#,
    ),
    page(
        "odd-dimension",
        "The dimension is almost one of the usual five, so it is probably a typing error; the rule would be counted apart from the others. A dimension of your own is welcome.",
        "所写的维度与常用的五个维度之一只差一点，多半是打错了字；这条规则会被单独统计。自定维度不受影响。",
        r#"[[rule]]
dimension = ⟦"responsivness"⟧
check = 'signed'"#,
        r#"[[rule]]
dimension = "responsiveness"
check = 'signed'"#,
    ),
    page(
        "cell-count",
        "Each row of a decision table has one cell for each input and one for the answer.",
        "决策表的每一行应为每个输入写一格，再加一格结果。",
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
rows = [⟦[5]⟧, ["*", 2]]"#,
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
rows = [[5, 1], ["*", 2]]"#,
    ),
    page(
        "bad-output",
        "The answer in this row is not of the kind that the table says it gives (`output`).",
        "这一行的结果与表声明的结果类型（`output`）不符。",
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
rows = [[5, ⟦"two"⟧], ["*", 2]]"#,
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
rows = [[5, 1], ["*", 2]]"#,
    ),
    page(
        "unknown-rule",
        "There is no rule of this name to change or to judge by. Rules are named in full: the pack, a stroke, the rule.",
        "没有这个名称的规则可供修改或使用。规则要写全名：规则包/规则。",
        r#"# audit.toml
[rules.⟦"desk/no-rule"⟧]
enabled = false
reason = "no telephone here""#,
        r#"# audit.toml
[rules."desk/basics"]
enabled = false
reason = "no telephone here"
# rules/desk/rules.toml
check = 'signed'"#,
    ),
    page(
        "unknown-param",
        "The rule has no such value to be set. Left alone, the house value would have no effect.",
        "该规则没有这个可调的数值。放过不管的话，所写的值就不起作用。",
        r#"# audit.toml
[params."desk/rule"]
⟦limt⟧ = 5
# rules/desk/rules.toml
params = { limit = 3 }
check = 'transfers <= limit'"#,
        r#"# audit.toml
[params."desk/rule"]
limit = 5
# rules/desk/rules.toml
params = { limit = 3 }
check = 'transfers <= limit'"#,
    ),
    page(
        "param-type",
        "The new value is of another kind than the parameter: a text for a number, say.",
        "新的值与参数原来的类型不同，例如用文字代替数字。",
        r#"# audit.toml
[params."desk/rule"]
limit = ⟦"many"⟧
# rules/desk/rules.toml
params = { limit = 3 }
check = 'transfers <= limit'"#,
        r#"# audit.toml
[params."desk/rule"]
limit = 5
# rules/desk/rules.toml
params = { limit = 3 }
check = 'transfers <= limit'"#,
    ),
    page(
        "param-clash",
        "A parameter is named like a table or a word list of the pack, and a reader could not tell which is meant.",
        "参数与规则包中的决策表或词表同名，看规则的人分不清指的是哪一个。",
        r#"params = { ⟦reply_limit⟧ = 3 }
check = 'transfers <= reply_limit'"#,
        r#"params = { limit = 3 }
check = 'transfers <= limit'"#,
    ),
    page(
        "bad-set",
        "`--set` changes one parameter for this run: pack, rule, parameter and value are all needed.",
        "`--set` 在本次运行中改变一个参数：规则包、规则、参数和值缺一不可。",
        "$ touchstone audit --set limit=3",
        "$ touchstone audit --set desk/basics.transfers_max=3",
    ),
    page(
        "set-disabled",
        "A value is set for a rule that the project switches off, so it would have no effect.",
        "为已停用的规则设置了值，不会起作用。",
        r#"# audit.toml
[rules."desk/basics"]
enabled = false
reason = "no telephone here"
# rules/desk/rules.toml
check = 'signed'
$ touchstone audit --set desk/basics.transfers_max=3"#,
        r#"$ touchstone audit --set desk/basics.transfers_max=3"#,
    ),
];
