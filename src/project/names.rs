//! Names: of rules and packs (kebab-case), of fields and parameters (identifiers).

use regex::Regex;
use std::sync::LazyLock;

/// Words that Rhai keeps for itself, so that no field, derived field or parameter can bear them.
pub(super) const RESERVED: &[&str] = &[
    "Fn",
    "as",
    "async",
    "await",
    "break",
    "call",
    "case",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "default",
    "do",
    "else",
    "eval",
    "export",
    "false",
    "fn",
    "for",
    "go",
    "goto",
    "if",
    "import",
    "in",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "let",
    "loop",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "return",
    "shared",
    "spawn",
    "static",
    "super",
    "switch",
    "sync",
    "this",
    "thread",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

#[expect(clippy::unwrap_used, reason = "the pattern is a constant, and every test of this room compiles it")]
static IDENTIFIER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^_*\p{XID_Start}\p{XID_Continue}*$").unwrap());

/// True for what the rule language reads as one name: letters of any script, digits and `_`, not
/// starting with a digit, and none of Rhai's own words.
pub(super) fn is_name(text: &str) -> bool {
    IDENTIFIER.is_match(text) && !RESERVED.contains(&text)
}

/// True for words joined by `-` or `_`: `first-response`, `工单`, `p1-reply`.
pub(super) fn is_id(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    parts.all(|it| !it.is_empty() && it.chars().all(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers() {
        for good in ["tier", "首次响应", "_x1", "été", "opened_at"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "_", "1st", "First Resp. (min)", "a-b", "if", "print", "a.b", "ⓐ", "x\n"] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn ids_are_kebab_case() {
        for good in ["reply-time-told", "s1", "工单", "p1_reply", "2fa"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", "-a", "a--b", "a b", "a/b", "a.b", "a-"] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn every_reserved_word_is_refused_by_rhai() {
        let engine = rhai::Engine::new();
        let accepts = |word: &&&str| engine.compile(format!("let {word} = 1; {word} + 1")).is_ok();
        let names: Vec<_> = RESERVED.iter().filter(accepts).collect();
        assert!(names.is_empty(), "names for Rhai: {names:?}");
    }
}
