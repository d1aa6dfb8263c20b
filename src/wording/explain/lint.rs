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
];
