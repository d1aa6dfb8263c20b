//! The functions of the rule language as people and editors read them, from the tables of functions and aggregates.

use crate::{
    expr::{Described, described},
    script::{AGGREGATES, STEPS},
    wording::{self, Lang},
};

/// What a function is called, by readers of `lang` and by others.
fn names(it: &Described, lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::En => (it.name, it.alias),
        Lang::Zh => (it.alias, it.name),
    }
}

fn meaning(it: &Described, lang: Lang) -> &'static str {
    match lang {
        Lang::En => it.en,
        Lang::Zh => it.zh,
    }
}

fn path(it: &Described, lang: Lang) -> &'static str {
    let path = if it.by_columns { wording::FUNCTION_COLUMNS } else { wording::FUNCTION_ROWS };
    path.text(lang)
}

/// The functions for a terminal: a block for each way to call one.
pub(super) fn text(lang: Lang) -> String {
    let mut out = String::new();
    for it in described() {
        let (own, other) = names(&it, lang);
        out.push_str(&format!("{own} ({other})  {}  [{}]\n", it.signature, path(&it, lang)));
        out.push_str(&format!("    {}\n    {}\n", meaning(&it, lang), it.example));
    }
    for it in beyond_records() {
        let [own, other, meaning] = it.told(lang);
        let path = if it.of_cases { wording::FUNCTION_STEPS } else { wording::FUNCTION_AGGREGATE };
        out.push_str(&format!("{own} ({other})  {}  [{}]\n", it.signature, path.text(lang)));
        out.push_str(&format!("    {meaning}\n    {}\n", it.example));
    }
    out
}

/// A function that looks beyond one record: an aggregate, or a question about steps.
struct Beyond {
    of_cases: bool,
    names: [&'static str; 2],
    signature: &'static str,
    example: &'static str,
    meaning: [&'static str; 2],
}

impl Beyond {
    /// The name for readers of `lang`, the other name, and what it gives.
    fn told(&self, lang: Lang) -> [&'static str; 3] {
        let ([name, alias], [en, zh]) = (self.names, self.meaning);
        match lang {
            Lang::En => [name, alias, en],
            Lang::Zh => [alias, name, zh],
        }
    }
}

fn beyond_records() -> impl Iterator<Item = Beyond> {
    let aggregates = AGGREGATES.into_iter().map(|it| Beyond {
        of_cases: false,
        names: [it.name, it.alias],
        signature: it.signature,
        example: it.example,
        meaning: [it.en, it.zh],
    });
    aggregates.chain(STEPS.into_iter().map(|it| Beyond {
        of_cases: true,
        names: [it.name, it.alias],
        signature: it.signature,
        example: it.example,
        meaning: [it.en, it.zh],
    }))
}

/// The functions as a chapter of the handbook, in Markdown.
pub(super) fn chapter(lang: Lang, out: &mut String) {
    out.push_str(&format!("\n## {}\n", wording::FUNCTIONS_HEADING.text(lang)));
    let mut before = "";
    for it in described() {
        let (own, other) = names(&it, lang);
        if own != before {
            let other = wording::FUNCTION_OTHER_NAME.fill(lang, &[("name", other)]);
            out.push_str(&format!("\n### {own}\n\n{other}\n\n"));
            before = own;
        }
        let meaning = meaning(&it, lang);
        out.push_str(&format!("- `{}`, {}: {meaning}. `{}`\n", it.signature, path(&it, lang), it.example));
    }
    for (heading, of_cases) in [(wording::AGGREGATES_HEADING, false), (wording::STEPS_HEADING, true)] {
        out.push_str(&format!("\n## {}\n\n", heading.text(lang)));
        for it in beyond_records().filter(|it| it.of_cases == of_cases) {
            let [own, other, meaning] = it.told(lang);
            out.push_str(&format!("- {own} ({other}), `{}`: {meaning}. `{}`\n", it.signature, it.example));
        }
    }
}

/// The functions as JSON, for the completion of editors.
pub(super) fn json() -> String {
    let entry = |name: &str, alias: &str, signature: &str, example: &str, [en, zh]: [&str; 2], path: &str| {
        serde_json::json!({
            "name": name, "alias": alias, "signature": signature, "example": example, "en": en, "zh": zh, "path": path,
        })
    };
    let one = |it: Described| {
        let path = if it.by_columns { "vectorised" } else { "interpreted" };
        entry(it.name, it.alias, &it.signature, it.example, [it.en, it.zh], path)
    };
    let beyond = |it: Beyond| {
        let path = if it.of_cases { "cases" } else { "aggregate" };
        entry(it.names[0], it.names[1], it.signature, it.example, it.meaning, path)
    };
    let all: Vec<_> = described().into_iter().map(one).chain(beyond_records().map(beyond)).collect();
    serde_json::to_string_pretty(&all).map(|it| it + "\n").unwrap_or_default()
}
