//! Every text that a user sees, in English and Chinese, in one place.
//!
//! A [`Wording`] is a constant with both languages, so a text that exists in one only does not
//! compile. Placeholders are `{name}`; a test holds both languages to the same set of them.

mod bounds;
mod cases;
mod clock;
mod commands;
mod data;
pub mod explain;
mod gates;
mod groups;
mod help;
mod hints;
mod joins;
mod language;
mod lint;
mod project;
mod review;
mod scorecard;
mod standing;
mod summary;
mod syntax;
mod toml_syntax;
mod words;
mod workbook;

pub use bounds::*;
pub use cases::*;
pub use clock::*;
pub use commands::*;
pub use data::*;
pub use explain::{
    ABOUT_EXPLAIN, EXPLAIN, EXPLAIN_ALL, EXPLAIN_CODES, EXPLAIN_LIST, EXPLAIN_MORE, EXPLAIN_RIGHT,
    EXPLAIN_SAYS, EXPLAIN_WRONG, OPTION_CODE, UNKNOWN_CODE,
};
pub use gates::*;
pub use groups::*;
pub use help::*;
pub use hints::*;
pub use joins::*;
pub use language::*;
pub use lint::*;
pub use project::*;
pub use review::*;
pub use scorecard::*;
pub use standing::*;
pub use summary::*;
pub use syntax::*;
pub use toml_syntax::*;
pub use words::*;
pub use workbook::*;

/// The languages of everything people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// Reads `en`, `zh` and their regional forms (`zh-CN`, `zh_CN.UTF-8`).
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }

    /// `en` or `zh`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }
}

/// One text of the product in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wording {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

impl Wording {
    /// The text in `lang`, placeholders as they stand.
    #[must_use]
    pub const fn text(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }

    /// The text in `lang` with each `{name}` replaced; `{name~}` stands for names of types, which are read
    /// in `lang`. A placeholder without an argument stays.
    #[must_use]
    pub fn fill<V: AsRef<str>>(&self, lang: Lang, arguments: &[(&str, V)]) -> String {
        let mut out = String::new();
        let mut rest = self.text(lang);
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            let Some(close) = rest.find('}') else { break };
            let name = &rest[1..close];
            let types = name.strip_suffix('~');
            match arguments.iter().find(|(it, _)| *it == types.unwrap_or(name)) {
                Some((_, value)) if types.is_some() => out.push_str(&words::types(value.as_ref(), lang)),
                Some((_, value)) => out.push_str(value.as_ref()),
                None => out.push_str(&rest[..=close]),
            }
            rest = &rest[close + 1..];
        }
        out.push_str(rest);
        out
    }
}

/// Defines constants of type [`Wording`] and a list of them all for the completeness test.
macro_rules! wordings {
    ($list:ident; $($(#[$doc:meta])* $name:ident = $en:literal, $zh:literal;)*) => {
        $($(#[$doc])* #[doc = $en]
        pub const $name: $crate::wording::Wording = $crate::wording::Wording { en: $en, zh: $zh };)*
        /// All texts of this file by name, for the completeness test.
        pub const $list: &[(&str, $crate::wording::Wording)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use wordings;

/// The name of a kind of diagnostic and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The name that `touchstone explain` takes: `unknown-field`.
    pub id: &'static str,
    /// The message.
    pub says: Wording,
}

/// Defines constants of type [`Code`] and a list of them all for the completeness test.
macro_rules! codes {
    ($list:ident; $($(#[$doc:meta])* $name:ident $id:literal = $en:literal, $zh:literal;)*) => {
        $($(#[$doc])* #[doc = $en]
        pub const $name: $crate::wording::Code =
            $crate::wording::Code { id: $id, says: $crate::wording::Wording { en: $en, zh: $zh } };)*
        /// All diagnostics of this file by id, for the completeness test.
        pub const $list: &[(&str, $crate::wording::Wording)] = &[$(($id, $name.says)),*];
    };
}
pub(crate) use codes;

/// Text written by users: one string for both languages, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct UserText {
    /// The text for English readers; empty when only Chinese was written.
    pub en: String,
    /// The text for Chinese readers; empty when only English was written.
    pub zh: String,
}

impl UserText {
    /// One text for every language.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let en = text.into();
        Self { zh: en.clone(), en }
    }

    /// The text in `lang`, else in the other language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        let (first, second) = match lang {
            Lang::En => (&self.en, &self.zh),
            Lang::Zh => (&self.zh, &self.en),
        };
        if first.is_empty() { second } else { first }
    }

    /// True where nothing was written in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.en.is_empty() && self.zh.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|it| it.split('}').next()).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let all = [
            BOUND_CODES,
            BOUNDS,
            COMMAND_ARGUMENTS,
            COMMAND_CODES,
            COMMAND_HELP,
            TEST_RESULTS,
            DIFF_RESULTS,
            CLOCK_CODES,
            CLOCK_HELP,
            EXPLAIN_RESULTS,
            EVAL_RESULTS,
            DATA_CODES,
            DATA_HELP,
            EXPLAIN,
            EXPLAIN_CODES,
            GROUP_CODES,
            GROUP_HELP,
            SYNTAX_CODES,
            SYNTAX_HELP,
            TOML_CODES,
            TOML_HELP,
            HELP,
            HINTS,
            LANGUAGE_CODES,
            LANGUAGE_HELP,
            LINT_CODES,
            LINT_HELP,
            PROJECT_CODES,
            PROJECT_HELP,
            SUMMARY,
            CASE_CODES,
            CASE_TEXTS,
            GATE_CODES,
            GATE_TEXTS,
            JOIN_CODES,
            JOIN_TEXTS,
            REVIEW_CODES,
            REVIEW_TEXTS,
            SCORECARD_CODES,
            SCORECARD_TEXTS,
            STANDING_CODES,
            STANDING_TEXTS,
            WORKBOOK,
            WORDS,
            CAUSES,
            RUN_CODES,
            RUN_HELP,
        ]
        .concat();
        assert!(all.len() > 50);
        for (name, wording) in all {
            assert!(!wording.en.is_empty() && !wording.zh.is_empty(), "{name} lacks a language");
            assert_eq!(placeholders(wording.en), placeholders(wording.zh), "{name}");
        }
    }

    #[test]
    fn fill_replaces_what_it_is_given() {
        let wording = Wording { en: "{a} and {b}", zh: "{b}和{a}" };
        assert_eq!(wording.fill(Lang::Zh, &[("a", "1"), ("b", "2")]), "2和1");
        assert_eq!(wording.fill(Lang::En, &[("a", "{b}")]), "{b} and {b}");
    }
}
