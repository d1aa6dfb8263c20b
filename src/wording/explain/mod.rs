//! What `touchstone explain CODE` says of each kind of complaint: why it is made and why it matters, a
//! wrong example and a right one.
//!
//! Examples are excerpts of a small project, laid over `tests/broken/base` by a test that holds the wrong
//! one to exactly this complaint at the place marked, and the right one to none at all. Lines before
//! any header are keys of a rule; `# FILE` says which file the next lines are of, `$ …` is a command
//! line, and `⟦…⟧` marks what the carets stand under. Names are written in English and read in Chinese by
//! a glossary, so that both languages have the same example.

mod cases;
mod clock;
mod data;
mod gates;
mod glossary;
mod groups;
mod joins;
mod language;
mod lint;
mod project;
mod promise;
mod run;
mod scorecard;
mod standing;

use super::{Code, Lang, Wording};

/// The explanation of one code.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The code.
    pub code: &'static str,
    /// What the complaint means, why it is made, and what to do.
    pub why: Wording,
    wrong: &'static str,
    right: &'static str,
}

impl Page {
    /// What brings the complaint about, with names in `lang`, `⟦…⟧` around the place that it points at.
    /// Empty where no file of a project can show it.
    #[must_use]
    pub fn wrong(&self, lang: Lang) -> String {
        glossary::in_language(self.wrong, lang)
    }

    /// The same without the fault.
    #[must_use]
    pub fn right(&self, lang: Lang) -> String {
        glossary::in_language(self.right, lang)
    }
}

/// An excerpt of the examples' project with its names in `lang`.
#[must_use]
pub fn in_language(text: &str, lang: Lang) -> String {
    glossary::in_language(text, lang)
}

const fn page(
    code: &'static str,
    en: &'static str,
    zh: &'static str,
    wrong: &'static str,
    right: &'static str,
) -> Page {
    Page { code, why: Wording { en, zh }, wrong, right }
}

/// All pages: one for each code.
pub fn pages() -> impl Iterator<Item = &'static Page> {
    [
        language::PAGES,
        lint::PAGES,
        project::PAGES,
        clock::PAGES,
        promise::PAGES,
        groups::PAGES,
        cases::PAGES,
        joins::PAGES,
        scorecard::PAGES,
        gates::PAGES,
        standing::PAGES,
        data::PAGES,
        run::PAGES,
    ]
    .into_iter()
    .flatten()
}

/// All texts of complaints with their codes. A new list of codes is added here.
fn texts() -> impl Iterator<Item = &'static (&'static str, Wording)> {
    let lists = [
        super::SYNTAX_CODES,
        super::LANGUAGE_CODES,
        super::LINT_CODES,
        super::TOML_CODES,
        super::PROJECT_CODES,
        super::CLOCK_CODES,
        super::DATA_CODES,
        super::RUN_CODES,
        super::COMMAND_CODES,
        super::GROUP_CODES,
        super::CASE_CODES,
        super::JOIN_CODES,
        super::SCORECARD_CODES,
        super::GATE_CODES,
        super::REVIEW_CODES,
        super::STANDING_CODES,
        EXPLAIN_CODES,
    ];
    lists.into_iter().flatten()
}

/// All codes in the order of the files that define them, each with its first text.
#[must_use]
pub fn codes() -> Vec<Code> {
    let mut codes: Vec<Code> = Vec::new();
    for (id, says) in texts() {
        if !codes.iter().any(|it| it.id == *id) {
            codes.push(Code { id, says: *says });
        }
    }
    codes
}

/// The texts of a code: one complaint may be worded for several occasions.
pub fn texts_of(code: &str) -> impl Iterator<Item = Wording> {
    texts().filter(move |it| it.0 == code).map(|it| it.1)
}

super::wordings! { EXPLAIN;
    ABOUT_EXPLAIN = "Tell more of a complaint (CODE), or how a verdict came about (--rule, --record)", "详细说明某种报错（CODE），或逐步说明一个判定的由来（--rule、--record）";
    OPTION_CODE = "The name in square brackets of a complaint, such as unknown-field; with --rule the project folder", "报错方括号中的名称，例如 unknown-field；配合 --rule 时为项目文件夹";
    EXPLAIN_SAYS = "It says", "报错内容";
    EXPLAIN_WRONG = "Wrong", "错误写法";
    EXPLAIN_RIGHT = "Right", "正确写法";
    EXPLAIN_LIST = "`touchstone explain CODE` tells more of each of these.", "`touchstone explain 名称` 可查看每一项的详细说明。";
    EXPLAIN_ALL = "`touchstone explain` lists them all", "`touchstone explain` 可列出全部";
    EXPLAIN_MORE = "what it means, with a right example: touchstone explain {code}", "含义和正确写法：touchstone explain {code}";
}

super::codes! { EXPLAIN_CODES;
    UNKNOWN_CODE "unknown-code" = "there is no complaint called `{name}`", "没有名为“{name}”的报错";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new code wants a page: what it means, and an example that brings it about.
    #[test]
    fn every_code_has_one_page() {
        let codes: Vec<&str> = codes().iter().map(|it| it.id).collect();
        let lacking: Vec<_> = codes.iter().filter(|it| pages().all(|page| page.code != **it)).collect();
        assert!(lacking.is_empty(), "write a page in src/wording/explain for: {lacking:?}");
        for page in pages() {
            assert!(codes.contains(&page.code), "{} is the code of no complaint", page.code);
            assert_eq!(pages().filter(|it| it.code == page.code).count(), 1, "{}", page.code);
            assert!(!page.why.en.is_empty() && !page.why.zh.is_empty(), "{}", page.code);
            assert_eq!(page.wrong.is_empty(), page.right.is_empty(), "{}", page.code);
        }
    }
}
