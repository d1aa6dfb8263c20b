//! Pages of what is said about rules and tables that are well formed and yet hardly meant.

use super::{Page, page};

pub(super) const PAGES: &[Page] = &[
    page(
        "never-true",
        "The parts of this condition exclude each other, so it can never hold. Mostly “or” (`||`) was meant where “and” (`&&`) stands, or a comparison is turned round.",
        "条件的各部分互相矛盾，永远不会成立。多半是该写“或者”（`||`）的地方写成了“并且”（`&&`），或者大于、小于写反了。",
        "when = 'transfers > 5 && ⟦transfers < 3⟧ || signed'
check = 'rating > 2.0'",
        "when = 'transfers > 5 || transfers < 3'
check = 'rating > 2.0'",
    ),
    page(
        "always-true",
        "This holds for every record, so it demands nothing. Mostly “and” (`&&`) was meant where “or” (`||`) stands.",
        "这个条件对每条记录都成立，等于没有要求。多半是该写“并且”（`&&`）的地方写成了“或者”（`||`）。",
        r#"check = '(channel != "phone" || ⟦channel != "mail"⟧) && signed'"#,
        r#"check = 'channel != "phone" && channel != "mail" && signed'"#,
    ),
    page(
        "never-applies",
        "`when` excludes every record, so the rule judges nobody and the standard behind it is not looked at.",
        "`when` 把所有记录都排除了，这条规则不会审核任何记录，它背后的标准也就没有人查。",
        "when = '⟦false⟧'
check = 'signed'",
        "when = 'transfers > 5'
check = 'signed'",
    ),
    page(
        "never-fails",
        "Whatever the record says, the check holds: the rule is always green and protects nobody.",
        "不管记录怎样，检查都成立：这条规则永远“合格”，起不到作用。",
        r#"when = 'tier == "vip"'
check = '⟦tier != "gold"⟧'"#,
        r#"when = 'tier != "standard"'
check = 'tier != "gold"'"#,
    ),
    page(
        "never-passes",
        "Whatever the record says, the check does not hold: every record would be a finding. A check says what must hold, not what is forbidden.",
        "不管记录怎样，检查都不成立：每条记录都会被判不合格。`check` 写的是必须做到的，而不是禁止的。",
        r#"when = 'tier == "vip"'
check = '⟦tier in ["gold", "standard"]⟧'"#,
        r#"when = 'tier == "vip"'
check = 'channel in ["phone", "counter"]'"#,
    ),
    page(
        "repeated-condition",
        "The same condition stands twice. Either one of them is too many, or one was copied and its field or value was not changed.",
        "同一个条件写了两遍。要么多余，要么是复制之后忘了改字段或数值。",
        "check = 'transfers <= 2 && signed && ⟦transfers <= 2⟧'",
        "check = 'transfers <= 2 && signed'",
    ),
    page(
        "late-guard",
        "Conditions are read from left to right. Where the value is missing, the verdict is settled before this question is reached. Ask first whether it is there.",
        "条件从左到右判断。值缺失时，还没走到这个判断，结果就已经定了。请先判断有没有值，再使用它。",
        "check = 'transfers <= 2 || ⟦is_missing(transfers)⟧'",
        "check = 'is_missing(transfers) || transfers <= 2'",
    ),
    page(
        "reads-missing",
        "The rule looks at a value exactly where it is known to be missing. Mostly the question is the wrong way round: “is missing” for “is not missing”.",
        "规则恰好在已知缺失的地方使用这个值。多半是把“没有缺失”写成了“缺失”。",
        "check = 'is_missing(transfers) && ⟦transfers <= 2⟧'",
        "check = '!is_missing(transfers) && transfers <= 2'",
    ),
    page(
        "text-case",
        "Two texts look alike and are not: capitals and small letters, or full-width and half-width characters, differ. Texts are compared letter by letter, so this comparison misses what people mean.",
        "两个文字看起来一样，其实不同：大小写不同，或者全角半角不同。文字是逐字比较的，这样写就比不中。",
        "",
        "",
    ),
    page(
        "text-space",
        "A space at the beginning or end of a text counts in comparisons, and nobody sees it.",
        "文字开头或结尾的空格也参与比较，却看不出来。",
        r#"check = 'note != ⟦"late "⟧'"#,
        r#"check = 'note != "late"'"#,
    ),
    page(
        "unlike-units",
        "Minutes are held against hours, say: the names tell so. The comparison can be reckoned, and its answer is off by a factor of 60.",
        "例如拿分钟数与小时数相比，从名称就能看出来。这样能算出结果，但相差 60 倍。",
        "params = { limit_hours = 4 }
check = '⟦reply_minutes <= limit_hours⟧'",
        "params = { limit_hours = 4 }
check = 'minutes(reply_minutes) <= hours(limit_hours)'",
    ),
    page(
        "float-equality",
        "Numbers with a fraction are rarely exactly equal: 0.1 + 0.2 is not quite 0.3. Ask for a distance or a bound; for money use the type `decimal`, which is exact.",
        "带小数的数很少恰好相等：0.1 + 0.2 并不正好是 0.3。请比较差距或上下限；金额请用精确的 decimal 类型。",
        "check = '⟦rating == 0.1⟧'",
        "check = 'rating > 0.1'",
    ),
    page(
        "message-missing",
        "The rule finds records that lack a value, and its message shows that very value: people would read an empty place.",
        "规则查出的正是缺少某个值的记录，信息里却要显示这个值：看到的只会是空白。",
        r##"check = '!is_missing(note)'
message = "{ticket_id}: {⟦note⟧} is not enough""##,
        r##"check = '!is_missing(note)'
message = "{ticket_id}: there is no note""##,
    ),
    page(
        "no-failing-example",
        "The rule has examples, and none of them fails: nobody has seen it find anything yet. A rule that can find nothing is always green. `touchstone check` tells it as a note; rules without any example are a matter for `touchstone test --min-coverage`.",
        "规则有例子，却没有一个不合格：谁也没见它查出过问题。查不出问题的规则永远“合格”。这一条只由 `touchstone check` 作为提示给出；完全没有例子的规则由 `touchstone test --min-coverage` 管。",
        r##"$ touchstone check
# rules/desk/more.toml
⟦[[rule]]⟧
id = "signed"
title = "Answered soon"
on = "ticket"
severity = "minor"
check = 'signed'
[[rule.example]]
name = "1"
record = { signed = true }
expect = "pass""##,
        r##"$ touchstone check
# rules/desk/more.toml
[[rule]]
id = "signed"
title = "Answered soon"
on = "ticket"
severity = "minor"
check = 'signed'
[[rule.example]]
name = "1"
record = { signed = false }
expect = "fail""##,
    ),
    page(
        "unused-field",
        "The project gives a field a type or derives it, and no file mentions it again. That does no harm; mostly a rule is missing, or the name was changed in one place only. `touchstone check` tells it as a note; a mention in a comment is enough to keep it.",
        "项目为字段写了类型，或写了派生字段，此后却没有任何文件提到它。这没有害处，但多半是漏了规则，或者只在一处改了名字。这一条只由 `touchstone check` 作为提示给出；在注释里提到它就算用到。",
        r##"$ touchstone check
# audit.toml
[source.derive]
⟦waiting⟧ = 'closed_at - opened_at'"##,
        r##"check = 'waiting <= hours(48)'
$ touchstone check
# audit.toml
[source.derive]
waiting = 'closed_at - opened_at'"##,
    ),
    page(
        "unused-phrases",
        "No rule looks for the words of this list: they may be said without anybody noticing. Mostly the rule is missing, or names another list.",
        "没有规则查这个词表里的词：说了也没人发现。多半是漏了规则，或者规则写的是另一个词表。",
        r##"# rules/desk/words.toml
[[phrases]]
id = ⟦"promises"⟧
words = ["at once"]"##,
        r##"check = '!contains_any(note, "promises")'
# rules/desk/words.toml
[[phrases]]
id = "promises"
words = ["at once"]"##,
    ),
    page(
        "unused-table",
        "No rule asks this decision table, so what it lays down has no effect.",
        "没有规则用到这张决策表，表里的规定不起作用。",
        r##"# rules/desk/tables.toml
[[table]]
id = ⟦"limits"⟧
inputs = ["tier"]
output = "int"
rows = [["vip", 30], ["*", 60]]"##,
        r##"check = 'reply_minutes <= limits(tier)'
# rules/desk/tables.toml
[[table]]
id = "limits"
inputs = ["tier"]
output = "int"
rows = [["vip", 30], ["*", 60]]"##,
    ),
    page(
        "table-like-field",
        "Rules call a decision table by its id. Where a field has the same name, nobody who reads a rule knows which of the two is meant.",
        "规则按 id 使用决策表。如果字段也叫这个名字，读规则的人就分不清指的是哪一个。",
        r##"# rules/desk/tables.toml
⟦[[table]]⟧
id = "transfers"
inputs = ["tier"]
output = "int"
rows = [["vip", 1], ["*", 3]]"##,
        r##"check = 'transfers <= transfers_allowed(tier)'
# rules/desk/tables.toml
[[table]]
id = "transfers_allowed"
inputs = ["tier"]
output = "int"
rows = [["vip", 1], ["*", 3]]"##,
    ),
    page(
        "table-gap",
        "There is a combination of inputs that no row matches. A record with it ends in an error, not in a verdict. What an input can be is known for choices and for true and false; for anything else a last row with `*` is needed.",
        "有一种输入组合没有任何一行能对上。遇到这样的记录只会报错，得不出结论。选项字段和是非字段的取值是已知的；其他字段需要在最后加一行“*”。",
        r##"check = 'reply_minutes <= limits(tier, signed)'
# rules/desk/tables.toml
⟦[[table]]⟧
id = "limits"
inputs = ["tier", "signed"]
output = "int"
rows = [
  ["vip", true, 30],
  ["gold", "*", 60],
  ["standard", "*", 90],
]"##,
        r##"check = 'reply_minutes <= limits(tier, signed)'
# rules/desk/tables.toml
[[table]]
id = "limits"
inputs = ["tier", "signed"]
output = "int"
rows = [
  ["vip", "*", 30],
  ["gold", "*", 60],
  ["standard", "*", 90],
]"##,
    ),
    page(
        "dead-row",
        "The first row that matches counts, and every record that this row matches is caught by rows above it. Mostly a general row stands above its exception.",
        "以最先对上的一行为准，而能对上这一行的记录，前面的行都已经对上了。多半是通用的行写在了例外的前面。",
        r##"check = 'reply_minutes <= limits(tier, signed)'
# rules/desk/tables.toml
[[table]]
id = "limits"
inputs = ["tier", "signed"]
output = "int"
rows = [
  ["vip", "*", 30],
  ⟦["vip", true, 15]⟧,
  ["*", "*", 60],
]"##,
        r##"check = 'reply_minutes <= limits(tier, signed)'
# rules/desk/tables.toml
[[table]]
id = "limits"
inputs = ["tier", "signed"]
output = "int"
rows = [
  ["vip", true, 15],
  ["vip", "*", 30],
  ["*", "*", 60],
]"##,
    ),
    page(
        "duplicate-row",
        "The same row stands in the table twice. The second has no effect; perhaps it was copied and not changed.",
        "同一行在表里写了两遍。第二行不起作用，也许是复制后忘了改。",
        r##"check = 'reply_minutes <= limits(tier, signed)'
# rules/desk/tables.toml
[[table]]
id = "limits"
inputs = ["tier", "signed"]
output = "int"
rows = [
  ["vip", "*", 30],
  ⟦["vip", "*", 30]⟧,
  ["*", "*", 60],
]"##,
        r##"check = 'reply_minutes <= limits(tier, signed)'
# rules/desk/tables.toml
[[table]]
id = "limits"
inputs = ["tier", "signed"]
output = "int"
rows = [
  ["vip", "*", 30],
  ["gold", "*", 45],
  ["*", "*", 60],
]"##,
    ),
    page(
        "overlapping-rows",
        "Two rows match the same records and answer differently, and neither is the general case of the other. The earlier one counts, and a reader can hardly see whether that is meant.",
        "两行能对上同样的记录，答案却不同，又不是一行笼统、一行例外的关系。实际以前面一行为准，但看的人很难知道这是不是本意。",
        r##"check = 'reply_minutes <= limits(tier, signed)'
# rules/desk/tables.toml
[[table]]
id = "limits"
inputs = ["tier", "signed"]
output = "int"
rows = [
  ["vip", "*", 30],
  ⟦["*", true, 20]⟧,
  ["*", "*", 60],
]"##,
        r##"check = 'reply_minutes <= limits(tier, signed)'
# rules/desk/tables.toml
[[table]]
id = "limits"
inputs = ["tier", "signed"]
output = "int"
rows = [
  ["vip", true, 20],
  ["vip", "*", 30],
  ["*", true, 20],
  ["*", "*", 60],
]"##,
    ),
];
