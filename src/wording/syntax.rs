//! What is said about scripts that cannot be read, in the words of people who write no programs.
use super::{codes, wordings};

codes! { SYNTAX_CODES;
    SYNTAX "syntax" = "this is no expression of the rule language ({detail})", "这不是规则语言的表达式（{detail}）";
    SYNTAX_INCOMPLETE "syntax" = "the expression breaks off here", "表达式在此处中断";
    SYNTAX_MISSING "syntax" = "`{token}` is missing before this", "此处之前缺少“{token}”";
    SYNTAX_UNEXPECTED "syntax" = "`{found}` cannot stand here", "此处不能写 `{found}`";
    SYNTAX_RESERVED "syntax" = "`{found}` is a reserved word and no name", "“{found}”是保留字，不能作名称";
    SYNTAX_OPEN_TEXT "syntax" = "this text is not closed: its second quote is missing", "文字没有结束：缺少后一个引号";
    SYNTAX_SINGLE_QUOTES "syntax" = "text does not stand in single quotes", "文字不能放在单引号里";
    SYNTAX_ESCAPE "syntax" = "a backslash in this text stands before a letter that it does not go with", "文字中的反斜杠后面跟了不能搭配的字符";
    SYNTAX_OPEN_BRACKET "syntax" = "the bracket `{found}` is not closed", "括号 `{found}` 没有闭合";
    SYNTAX_EXTRA_BRACKET "syntax" = "no bracket opens before this `{found}`", "这个 `{found}` 前面没有对应的左括号";
    SYNTAX_NO_LEFT "syntax" = "nothing stands before `{found}`", "`{found}` 前面缺少内容";
    SYNTAX_NO_OPERATOR "syntax" = "an operator is missing before `{found}`", "`{found}` 之前缺少运算符";
    SYNTAX_ROUND_LIST "syntax" = "a list does not stand in round brackets", "列表不能用圆括号";
    SYNTAX_NUMBER "syntax" = "this is no number", "这不是一个数字";
    SYNTAX_TWICE "syntax" = "a name is given twice", "同一名称重复定义";
    SYNTAX_LOOP "syntax" = "`{found}` stands in no loop", "`{found}` 不在循环中";
    SYNTAX_ASSIGNMENT "syntax" = "this is no name that a value can be given to", "此处不是可以赋值的名称";
    BAD_CONDITION "not-bool" = "this must be true or false, and it is a value", "此处应为真假条件，实际却是一个值";
    SYNTAX_FUNCTION "syntax" = "this function is not written out", "函数没有写完整";
}

wordings! { SYNTAX_HELP;
    HELP_FULL_WIDTH = "`{found}` is a full-width or typographic character; write `{instead}`", "`{found}` 不是半角字符，请写 `{instead}`";
    HELP_SINGLE_EQUALS = "to compare, write `==`", "比较请写“==”";
    HELP_WORD_OPERATOR = "write `{instead}` for `{found}`", "请用“{instead}”代替“{found}”";
    HELP_WRITE = "write `{instead}`", "请写 `{instead}`";
    HELP_IF = "write `if … { … } else { … }`", "请写 `if 条件 { … } else { … }`";
    HELP_TEXT_QUOTES = "text stands in double quotes, at the beginning and at the end: `\"…\"`", "文字前后都要有英文双引号：`\"…\"`";
    HELP_BACKSLASH = "a backslash that is meant as such is written twice: `\\\\`", "表示反斜杠本身时须写两个：`\\\\`";
    HELP_BRACKET = "write `{instead}` where it ends", "请在它结束的地方写 `{instead}`";
    HELP_TAKE_AWAY = "take it away, or open it before", "请删去，或在前面补上左括号";
    HELP_SQUARE = "write square brackets: `{instead}`", "请用方括号：`{instead}`";
    HELP_PERCENT = "`%` is no unit: write {number} % as `{instead}` where shares are meant", "`%` 不是单位：如果指比例，{number} % 请写作 `{instead}`";
    HELP_REMAINDER = "`%` gives the remainder of a division and wants a number after it", "`%` 表示相除取余，后面要有一个数";
    HELP_THOUSANDS = "numbers have no separators: `{instead}`", "数字不加千位分隔符：`{instead}`";
    HELP_COMMENT = "a comment begins with `//`", "注释以 `//` 开头";
    HELP_CURRENCY = "amounts stand without a currency", "金额不写货币符号";
    HELP_BETWEEN = "write `x >= 1 && x <= 3`", "请写 `x >= 1 && x <= 3`";
    HELP_NOT_IN = "write `!` before the whole: `!({name} in […])`", "请在整体前写 `!`：`!({name} in […])`";
    HELP_NO_OPERATOR = "between two values stands an operator, such as `==`, `<`, `&&` or `||`; a name has no spaces in it", "两个值之间要有运算符，例如 `==`、`<`、`&&` 或 `||`；名称中不能有空格";
    HELP_QUOTED = "text stands in quotes: `\"{name}\"`", "文字要加引号：`\"{name}\"`";
    HELP_BOOL_LITERAL = "`true` and `false` stand without quotes; a field of this kind needs no comparison: `{name}`, or `!{name}`", "`true` 和 `false` 不加引号；这种字段不必比较，直接写 `{name}` 或 `!{name}`";
    HELP_COMPARE = "say what it must be: compare it with `==`, `<`, `>=`, …", "请写明要求：用 `==`、`<`、`>=` 等进行比较";
    HELP_NO_QUOTES = "fields stand without quotes", "字段不加引号";
    HELP_DATE_INSTEAD = "a date is written `{instead}`", "日期请写作 `{instead}`";
    HELP_NO_KIND = "fields stand alone, without the kind of record before them: write `{instead}`", "直接写字段名，前面不加记录类型：请写 `{instead}`";
    HELP_KEBAB = "`-` is minus; the id is written with `_` here: `{instead}`", "`-` 是减号；此处 id 用“_”书写：`{instead}`";
    HELP_IN_LIST = "for one of several values write `{instead}`", "表示几个值之一，请写 `{instead}`";
}
