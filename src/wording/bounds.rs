//! What is said where a project is larger than anything that people read or write.
use super::{codes, wordings};

codes! { BOUND_CODES;
    TOO_MANY_PHRASES "too-many-phrases" = "a list of phrases holds at most {words} phrases of {bytes} bytes in all", "一个词表最多 {words} 个词，合计 {bytes} 字节";
}

wordings! { BOUNDS;
    COMPLAINTS_CUT = "there is more: only {count} complaints are shown", "问题过多，仅显示 {count} 条";
    HELP_SEVERAL_LISTS = "several lists can be asked one after the other: `contains_any(text, \"one\") || contains_any(text, \"two\")`", "可以拆成几个词表依次检查：`contains_any(文本, \"词表一\") || contains_any(文本, \"词表二\")`";
}
