//! What is said about audit.toml and rule packs.
use super::{codes, wordings};

codes! { PROJECT_CODES;
    UNKNOWN_KEY "unknown-key" = "unknown key `{name}`", "未知的键“{name}”";
}

wordings! { PROJECT_HELP;
    KNOWN_KEYS = "known here: {names}", "此处可用：{names}";
}
