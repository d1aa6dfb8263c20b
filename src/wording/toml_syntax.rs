//! What is said about settings files that are not well formed, in the words of people who never heard of TOML.
use super::{codes, wordings};

codes! { TOML_CODES;
    TOML_SYNTAX "toml-syntax" = "this is not valid TOML ({reason})", "不是合法的 TOML（{reason}）";
    TOML_BARE_TEXT "toml-syntax" = "text stands in quotes", "文字须加引号";
    TOML_OPEN_TEXT "toml-syntax" = "this text is not closed: its second quote is missing", "文字没有结束：缺少后一个引号";
    TOML_OPEN_BRACKET "toml-syntax" = "a bracket is not closed here", "括号没有闭合";
    TOML_NO_COMMA "toml-syntax" = "a comma is missing, or the list above is not closed", "缺少逗号，或者前面的列表没有闭合";
    TOML_BARE_KEY "toml-syntax" = "`{name}` cannot stand in a key without quotes", "不加引号的键不能含有“{name}”";
    TOML_NO_EQUALS "toml-syntax" = "between a key and its value stands `=`", "键和值之间要写 `=`";
    TOML_NO_VALUE "toml-syntax" = "a value is missing here", "此处缺少值";
    TOML_ESCAPE "toml-syntax" = "a backslash in this text stands before a letter that it does not go with", "文字中的反斜杠后面跟了不能搭配的字符";
    TOML_MORE "toml-syntax" = "the line should end here, and something follows", "此行到这里应当结束，后面却还有内容";
    TOML_BAD_VALUE "toml-syntax" = "`{name}` is neither a number nor a date nor another value", "“{name}”既不是数字、日期，也不是其他值";
}

wordings! { TOML_HELP;
    HELP_QUOTE_KEY = "keys of other than ASCII letters stand in quotes: \"{name}\"", "含非 ASCII 字母的键须加引号：\"{name}\"";
    HELP_QUOTE_TEXT = "write it in quotes: \"{name}\"", "请加上引号：\"{name}\"";
    HELP_TRUE_FALSE = "write `{name}`, in small letters", "请用小写：`{name}`";
    HELP_CLOSE_TOML_TEXT = "put a quote at its end", "请在末尾补上引号";
    HELP_CLOSE_TOML_BRACKET = "write `]` where the list or header ends, `}` where the braces end", "请在列表或标题结束处写 `]`，在花括号内容结束处写 `}`";
    HELP_NARROW_EQUALS = "write `=`, no colon and no full-width sign", "请写半角的 `=`，不要用冒号或全角符号";
    HELP_TOML_BACKSLASH = "put the text in single quotes, or write the backslash twice: `\\\\`", "请把文字放在单引号里，或把反斜杠写两遍：`\\\\`";
    HELP_QUOTES_IN_QUOTES = "text that has double quotes in it stands in single quotes: `'…\"…\"…'`", "含有双引号的文字请放在单引号里：`'…\"…\"…'`";
}
