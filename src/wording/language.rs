//! What is said about rules' expressions and scripts.
use super::{codes, wordings};

codes! { LANGUAGE_CODES;
    UNKNOWN_FIELD "unknown-field" = "there is no field `{name}` in `{kind}`", "“{kind}”没有字段“{name}”";
}

wordings! { LANGUAGE_HELP;
    DID_YOU_MEAN = "did you mean `{name}`?", "是否想写“{name}”？";
}
