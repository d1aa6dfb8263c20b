//! What is said about record files.
use super::{codes, wordings};

codes! { DATA_CODES;
    BAD_CELL "bad-cell" = "`{text}` cannot be read as {type}", "“{text}”无法读作 {type}";
    REJECTED_ROW "rejected-row" = "this row cannot be split into fields: {reason}", "此行无法拆分为字段：{reason}";
    DUPLICATE_KEY "duplicate-key" = "the key `{key}` stands more than once", "主键“{key}”出现多次";
}

wordings! { DATA_HELP;
    HELP_MISSING_TOKENS = "if `{text}` means that there is no value, add it to `missing = [...]` of the source", "如果“{text}”表示没有值，请加入该数据源的 `missing = [...]`";
}
