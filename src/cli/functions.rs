//! The functions of the rule language as people and editors read them, from the tables of functions and aggregates.

use crate::{
    expr::{Described, described},
    script::{AGGREGATES, AggregateEntry},
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
    for it in AGGREGATES {
        let [own, other, meaning] = told(&it, lang);
        let path = wording::FUNCTION_AGGREGATE.text(lang);
        out.push_str(&format!("{own} ({other})  {}  [{path}]\n", it.signature));
        out.push_str(&format!("    {meaning}\n    {}\n", it.example));
    }
    out
}

/// An aggregate's name for readers of `lang`, its other name, and what it gives.
fn told(it: &AggregateEntry, lang: Lang) -> [&'static str; 3] {
    match lang {
        Lang::En => [it.name, it.alias, it.en],
        Lang::Zh => [it.alias, it.name, it.zh],
    }
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
    out.push_str(&format!("\n## {}\n\n", wording::AGGREGATES_HEADING.text(lang)));
    for it in AGGREGATES {
        let [own, other, meaning] = told(&it, lang);
        out.push_str(&format!("- {own} ({other}), `{}`: {meaning}. `{}`\n", it.signature, it.example));
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
    let aggregate =
        |it: AggregateEntry| entry(it.name, it.alias, it.signature, it.example, [it.en, it.zh], "aggregate");
    let all: Vec<_> = described().into_iter().map(one).chain(AGGREGATES.into_iter().map(aggregate)).collect();
    serde_json::to_string_pretty(&all).map(|it| it + "\n").unwrap_or_default()
}
