//! Pages of what is said about rules' expressions and scripts.

use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        "syntax",
        "The condition cannot be read, so the rule would judge nothing. Most often a bracket or a quote is not closed, a word of another program was used (AND, OR, =, <>), or a full-width character came in from a Chinese keyboard. Compare with `==`, join with `&&` (and) and `||` (or), negate with `!`, and put text in double quotes.",
        "条件读不懂，这条规则就什么也审核不了。最常见的原因：括号或引号没有成对，用了其他软件的写法（AND、OR、=、<>），或者混入了全角标点。比较写 `==`，“并且”写 `&&`，“或者”写 `||`，“不是”写 `!`，文字放在英文双引号里。",
        "check = 'signed ⟦and⟧ transfers < 3'",
        "check = 'signed && transfers < 3'",
    ),
    page(
        "unclosed-comment",
        "Everything behind the opening of a comment is left out until the comment is closed. Without an end the rest of the rule would silently be gone.",
        "注释开始之后的内容在注释结束之前都不起作用。没有结束符，规则后面的部分就会悄悄失效。",
        "check = 'transfers < 3 ⟦/*⟧ && signed'",
        "check = 'transfers < 3 /* few */ && signed'",
    ),
    page(
        "amounts-unordered",
        "A promised time such as 1bd or 4h is no length of time: how long it is depends on the calendar and the day it starts. So two of them can be the same or not, but not longer or shorter.",
        "时限（如 1bd、4h）并不是一段固定的时长：究竟多长取决于工作日历和起算的日子。因此只能判断两个时限是否相同，不能比较长短。",
        "",
        "",
    ),
    page(
        "script-too-long",
        "The script is longer than any rule that people read. A limit keeps one file from holding up the audit.",
        "脚本太长，没有人会写这么长的规则。设置上限是为了不让一个文件拖住整个审核。",
        "",
        "",
    ),
    page(
        "script-too-many-words",
        "The script has more words and signs than any rule that people read. Long lists of words belong in `[[phrases]]`, long lists of cases in `[[table]]`.",
        "脚本中的词和符号太多。很长的词语清单请写成 `[[phrases]]`，很多种情况请写成 `[[table]]`。",
        "",
        "",
    ),
    page(
        "script-too-deep",
        "Brackets stand within brackets more often than anyone can follow. Split the rule, or give parts of it names with `let`.",
        "括号套括号的层数太多，没有人能看懂。请拆成几条规则，或用 `let` 给其中的部分取名。",
        "",
        "",
    ),
    page(
        "library-statement",
        "A file of the pack's library gives functions to rules and does nothing by itself, so it holds functions only.",
        "函数库文件只为规则提供函数，本身不做任何事，所以其中只能写函数。",
        r#"# rules/desk/lib/house.rhai
fn is_short(text) { text.len() < 5 }
⟦let⟧ x = 1;
# rules/desk/rules.toml
check = 'import "house" as house; !house::is_short(note)'"#,
        r#"# rules/desk/lib/house.rhai
fn is_short(text) { text.len() < 2 }
# rules/desk/rules.toml
check = 'import "house" as house; !house::is_short(note)'"#,
    ),
    page(
        "function-like-field",
        "A function of the pack's library and a field of the records have the same name, and a reader could not tell which is meant.",
        "函数库中的函数与记录的字段同名，看规则的人分不清指的是哪一个。",
        r#"# rules/desk/lib/house.rhai
fn ⟦note⟧(text) { text.len() < 2 }
# rules/desk/rules.toml
check = 'import "house" as house; !house::note(note)'"#,
        r#"# rules/desk/lib/house.rhai
fn is_short(text) { text.len() < 2 }
# rules/desk/rules.toml
check = 'import "house" as house; !house::is_short(note)'"#,
    ),
    page(
        "no-library",
        "The rule wants functions from a file that the pack does not have. Such files stand in the pack's folder `lib`.",
        "规则要用的函数库文件不存在。这类文件放在规则包的 `lib` 文件夹里。",
        r#"# rules/desk/lib/house.rhai
fn is_short(text) { text.len() < 2 }
# rules/desk/rules.toml
check = 'import ⟦"hose"⟧ as house; !house::is_short(note)'"#,
        r#"# rules/desk/lib/house.rhai
fn is_short(text) { text.len() < 2 }
# rules/desk/rules.toml
check = 'import "house" as house; !house::is_short(note)'"#,
    ),
    page(
        "phrases-not-named",
        "Which word list is meant must be known before any record is read, so its name stands in quotes.",
        "用哪个词表必须事先确定，所以词表名要写在引号里。",
        "check = '!contains_any(note, ⟦agent⟧)'",
        r#"check = '!contains_any(note, "taboo")'"#,
    ),
    page(
        "pattern-not-fixed",
        "The pattern must be known before any record is read, so it stands in quotes or is a parameter.",
        "匹配模式必须事先确定，所以要写在引号里，或者写成参数。",
        "check = 'note.⟦matches⟧(agent)'",
        r#"check = 'note.matches("[0-9]+")'"#,
    ),
    page(
        "unknown-field",
        "The rule names something that the records do not have, mostly because of a typing error. It is an error and not silently false: a rule on a field that does not exist would pass or fail everybody. See the list of fields in the help line; if the data call it otherwise, give it this name in `[source.fields]` with `from`.",
        "规则里写了记录中不存在的字段，多半是打错了字。这里一定要报错，不能当作“不成立”：依据不存在的字段去判定，所有人都会被误判。请对照帮助中列出的字段；如果数据里用的是别的列名，请在 `[source.fields]` 里用 `from` 对应起来。",
        r#"check = '⟦chanel⟧ == "phone"'"#,
        r#"check = 'channel == "phone"'"#,
    ),
    page(
        "unknown-function",
        "A name with brackets after it is a function, and the rule language has none of this name. The help line shows the nearest one.",
        "后面带括号的名称是函数，而规则语言里没有这个函数。帮助中会给出最接近的名称。",
        r#"check = '⟦starts_wth⟧(note, "T")'"#,
        r#"check = 'starts_with(note, "T")'"#,
    ),
    page(
        "unknown-property",
        "After a point stands what is wanted of a value: `.minutes` of a length of time, `.len()` of a text. This kind of value does not have what was asked for.",
        "小数点后面写的是要取值的哪一部分：时长可以取 `.minutes`（分钟数），文字可以取 `.len()`（字数）。这种值没有所写的这一部分。",
        "check = '(closed_at - opened_at).⟦minuts⟧ <= 240.0'",
        "check = '(closed_at - opened_at).minutes <= 240.0'",
    ),
    page(
        "unknown-phrases",
        "The rule looks for words of a list that its pack does not have. Lists stand in the pack under `[[phrases]]`, each with an id.",
        "规则要在某个词表里查找，而规则包里没有这个词表。词表写在规则包的 `[[phrases]]` 之下，各有一个 id。",
        r#"check = '!contains_any(note, ⟦"tabo"⟧)'"#,
        r#"check = '!contains_any(note, "taboo")'"#,
    ),
    page(
        "unknown-placeholder",
        "What stands in braces in a message is replaced by a value of the record or by a parameter. There is none of this name, so the reader of the report would learn nothing.",
        "消息里花括号中的名称会换成记录的值或参数。没有叫这个名字的字段或参数，看报告的人就看不到内容。",
        r#"check = 'signed'
message = "{⟦agnt⟧} was late""#,
        r#"check = 'signed'
message = "{agent} was late""#,
    ),
    page(
        "wrong-arguments",
        "The function wants other values, or another number of them, between its brackets. The help line lists what it takes.",
        "函数括号里的值的种类或个数不对。帮助中列出了它接受的写法。",
        r#"check = '⟦starts_with(note)⟧'"#,
        r#"check = 'starts_with(note, "T")'"#,
    ),
    page(
        "unlike-types",
        "Two values of different kinds are compared, such as a number with a text. The answer could only ever be “no”, and everybody would be judged by it, so it is an error. A number stands without quotes; a date is written `date(\"2026-03-02\")`, a length of time `hours(4)`.",
        "把两种不同的值拿来比较，例如数字和文字。这样比出来永远是“不相等”，会让所有人都被误判，所以要报错。数字不加引号；日期写作 `date(\"2026-03-02\")`，时长写作 `hours(4)`。",
        r#"check = '⟦transfers == "2"⟧'"#,
        r#"check = 'transfers == 2'"#,
    ),
    page(
        "bad-operands",
        "This sign (`+`, `-`, `*`, `&&`, …) does not work on values of these kinds: a text cannot be multiplied, a number is neither true nor false.",
        "这个运算符（`+`、`-`、`*`、`&&` 等）不能用于这种值：文字不能相乘，数字也没有真假之分。",
        "check = '⟦note * 2⟧ > 4'",
        "check = 'transfers * 2 > 4'",
    ),
    page(
        "not-bool",
        "A condition must come out true or false: either the standard was met or it was not. This one gives a number, a text or another value. Say what it must be: equal, more, less.",
        "条件的结果必须是“成立”或“不成立”：标准要么达到，要么没有达到。这里得到的却是数字、文字或别的值。请写明要求：等于、大于还是小于多少。",
        "check = '⟦transfers⟧'",
        "check = 'transfers == 0'",
    ),
    page(
        "compares-unit",
        "`()` means “nothing”, and a missing value is not equal to it: the comparison would be the same for every record, missing or not. Ask `is_missing(…)`.",
        "`()` 表示“什么也没有”，但缺失的值并不等于它：无论有没有值，比较的结果都一样。要判断是否缺失，请用 `is_missing(…)`。",
        "check = '⟦note != ()⟧'",
        "check = '!is_missing(note)'",
    ),
    page(
        "impossible-choice",
        "The field has a closed list of values, and this is none of them, so the comparison can never be true. Mostly it is a typing error.",
        "这个字段只能取固定的几个值，所写的值不在其中，比较永远不会成立。多半是打错了字。",
        r#"check = 'channel == ⟦"fone"⟧'"#,
        r#"check = 'channel == "phone"'"#,
    ),
    page(
        "forbidden",
        "Rules decide about people, so they may do nothing but look at their record: they read no files, run no other text as a rule, and hide no errors. What is named here is therefore left out of the language.",
        "规则的结论关系到人，所以规则只能看记录本身：不读文件，不把别的文字当规则来运行，也不掩盖错误。因此规则语言里没有这一功能。",
        r#"check = '⟦eval⟧("signed")'"#,
        "check = 'signed'",
    ),
    page(
        "assigns-field",
        "A rule looks at a record and does not change it. To keep something in mind within a rule, use a name of your own with `let`.",
        "规则只看记录，不改记录。如果要在规则里暂存一个值，请用 `let` 另取名称。",
        "check = '''
⟦transfers⟧ = transfers - 1;
transfers <= 2
'''",
        "check = '''
let counted = transfers - 1;
counted <= 2
'''",
    ),
    page(
        "redefines",
        "A function of the rule language would mean something else in this rule alone, and nobody who reads it would know. Give your own function another name.",
        "如果在一条规则里改变了语言自带函数的含义，看规则的人就会误解。请给自己的函数另取名称。",
        "check = 'fn ⟦is_missing⟧(x) { false } !is_missing(note)'",
        "check = 'fn is_short(x) { x.len() < 5 } !is_short(note)'",
    ),
    page(
        "no-value",
        "There is a case in which the rule says nothing: an `if` without an `else`, say. Then there would be no verdict. Say what holds in the other case.",
        "有一种情况下规则没有给出结论，例如只写了 `if` 而没有写 `else`。请写明其余情况怎么判定。",
        r#"check = '⟦if channel == "phone" { signed }⟧'"#,
        r#"check = 'if channel == "phone" { signed } else { true }'"#,
    ),
    page(
        "bad-literal",
        "What stands in the quotes is to be a date, a time or another value and cannot be read as one: a day that the calendar does not have, a month 13. Dates are written year-month-day.",
        "引号里的内容应当是日期、时间或其他值，却读不出来：例如日历上没有的日子，或者 13 月。日期按“年-月-日”书写。",
        r#"check = 'due_on > date(⟦"2026-02-30"⟧)'"#,
        r#"check = 'due_on > date("2026-02-28")'"#,
    ),
    page(
        "bad-regex",
        "The pattern that texts are held against is not well formed: mostly a bracket in it is not closed.",
        "用来匹配文字的模式写得不完整，多半是其中的括号没有成对。",
        r#"check = 'note.matches(⟦"[0-9"⟧)'"#,
        r#"check = 'note.matches("[0-9]+")'"#,
    ),
    page(
        "unused-param",
        "The rule has a value to be set, but neither its condition nor its message looks at it: whoever changes it changes nothing. Use it, or take it out.",
        "规则里有一个可调的数值，但条件和消息都没有用到它：改了也不起作用。请用上它，或者删去。",
        "params = { ⟦limit⟧ = 3 }
check = 'transfers <= 2'",
        "params = { limit = 3 }
check = 'transfers <= limit'",
    ),
    page(
        "param-like-field",
        "A parameter and a field of the records have the same name, and a reader of the rule could not tell which is meant.",
        "参数与记录的字段同名，看规则的人分不清指的是哪一个。请给参数换个名字。",
        "params = { ⟦transfers⟧ = 3 }
check = 'transfers <= 2'",
        "params = { limit = 3 }
check = 'transfers <= limit'",
    ),
    page(
        "int-division",
        "Whole numbers are divided without remainder: 5 / 2 gives 2. If the fraction matters, make one of them a number with a decimal point.",
        "整数相除只保留整数部分：5 / 2 得 2。如果小数部分重要，请先换成带小数点的数。",
        "check = '⟦transfers / 2⟧ <= 1'",
        "check = 'to_float(transfers) / 2.0 <= 1.0'",
    ),
    page(
        "coalesce-operator",
        "`a ?? b` means: a, or b where a is missing. What follows is reckoned first, so `a ?? 1 * 2` means `a ?? (1 * 2)`. Say by brackets what is meant.",
        "`a ?? b` 的意思是：取 a，缺失时取 b。后面的运算会先算，所以 `a ?? 1 * 2` 等于 `a ?? (1 * 2)`。请用括号写明本意。",
        "check = 'transfers ?? ⟦1 * 2⟧ <= 4'",
        "check = '(transfers ?? 1) * 2 <= 4'",
    ),
    page(
        "no-record-date",
        "The rule is in force from a certain day on, and it must be known of each record whether it lies before or after. Tell the source which field is the record's own date.",
        "规则从某一天起生效，因此必须知道每条记录的日期在此之前还是之后。请在数据源中写明哪个字段是记录日期。",
        "⟦[[rule]]⟧
effective = { from = 2026-01-01 }
check = 'signed'",
        r#"# audit.toml
[[source]]
date = "opened_at"
# rules/desk/rules.toml
effective = { from = 2026-01-01 }
check = 'signed'"#,
    ),
    page(
        "bad-table-cell",
        "A cell of a decision table is compared with a field, and its value is of another kind: the row could never match.",
        "决策表的单元格要与字段比较，但两者的值不是同一种：这一行永远不会匹配。",
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
rows = [[⟦"many"⟧, 1], ["*", 2]]"#,
        r#"check = 'grade_limit(transfers) > 0'
[[table]]
id = "grade-limit"
inputs = ["transfers"]
output = "int"
rows = [[5, 1], ["*", 2]]"#,
    ),
    page(
        "derive-not-lowered",
        "A derived field is one expression, reckoned for all records in one go. Steps, loops and several statements are for rules.",
        "派生字段只能是一个表达式，对所有记录一次算出。循环和多个步骤请写在规则里。",
        r#"# audit.toml
[source.derive]
tag_count = '⟦let n = 0; for tag in tags { n += 1 } n⟧'"#,
        r#"# audit.toml
[source.derive]
tag_count = 'tags.len()'"#,
    ),
];
