//! How to write what runs row by row so that it runs over columns.
use super::{Wording, wordings};
use crate::wording::language::{
    REASON_ASSIGNMENT, REASON_CLOSURE, REASON_FUNCTION, REASON_INDEX, REASON_INTERPOLATION, REASON_LIST,
    REASON_LOOP, REASON_MIXED, REASON_OTHER, REASON_RECURSION, REASON_RETURN, REASON_STATEMENTS,
    REASON_SWITCH, REASON_VERDICT,
};

wordings! { HINTS;
    HINT_ASSIGNMENT = "give each value a name of its own with `let`, and choose with `if … else …`", "用 `let` 为每个值另取名字，用 `if … else …` 选择";
    HINT_CLOSURE = "`sum`, `mean`, `min`, `max`, `len` and `in` over a list run over columns", "对列表使用 `sum`、`mean`、`min`、`max`、`len` 和 `in` 可按列计算";
    HINT_FUNCTION = "`touchstone rules --functions` lists the functions that run over columns", "`touchstone rules --functions` 列出可按列计算的函数";
    HINT_INDEX = "give the element a field of its own in the data", "在数据中为该元素单设字段";
    HINT_INTERPOLATION = "compare the parts instead of what they make together", "分别比较各部分，而不是拼接后再比较";
    HINT_LIST = "write a list of constants, or compare one by one with `||`", "列表只写常量，或用 `||` 逐个比较";
    HINT_LOOP = "say it of the whole list: `sum`, `min`, `max`, `x in list`", "对整个列表下判断：`sum`、`min`、`max`、`x in 列表`";
    HINT_MIXED = "give all branches the same type, such as `2.0` beside `1.5`", "让各分支类型一致，例如 `1.5` 旁写 `2.0`";
    HINT_OTHER = "write it with operators, `if` and functions", "只用运算符、`if` 和函数书写";
    HINT_RECURSION = "write the calculation out", "把计算逐步写出";
    HINT_RETURN = "make the value the last expression: `if … { a } else { b }`", "把值写成最后的表达式：`if … { a } else { b }`";
    HINT_STATEMENTS = "name parts with `let` and end with one expression", "用 `let` 为各部分命名，以一个表达式结尾";
    HINT_SWITCH = "name texts, numbers or true and false in its arms, and end with `_ =>`", "各分支写文本、数字或真假值，并以 `_ =>` 结尾";
    HINT_VERDICT = "say in `when` what the rule looks at, and in `check` what must hold", "在 `when` 中写适用条件，在 `check` 中写必须成立的条件";
}

/// How to write it otherwise, for each reason that there is something to say about.
const OF_REASONS: [(Wording, Wording); 14] = [
    (REASON_ASSIGNMENT, HINT_ASSIGNMENT),
    (REASON_CLOSURE, HINT_CLOSURE),
    (REASON_FUNCTION, HINT_FUNCTION),
    (REASON_INDEX, HINT_INDEX),
    (REASON_INTERPOLATION, HINT_INTERPOLATION),
    (REASON_LIST, HINT_LIST),
    (REASON_LOOP, HINT_LOOP),
    (REASON_MIXED, HINT_MIXED),
    (REASON_OTHER, HINT_OTHER),
    (REASON_RECURSION, HINT_RECURSION),
    (REASON_RETURN, HINT_RETURN),
    (REASON_STATEMENTS, HINT_STATEMENTS),
    (REASON_SWITCH, HINT_SWITCH),
    (REASON_VERDICT, HINT_VERDICT),
];

/// How to write what runs row by row for this reason.
#[must_use]
pub fn hint_of(reason: &Wording) -> Option<Wording> {
    OF_REASONS.iter().find(|it| it.0 == *reason).map(|it| it.1)
}
