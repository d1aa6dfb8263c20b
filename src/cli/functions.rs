//! The functions of the rule language as people and editors read them, from the tables of functions and aggregates.

use crate::{
    expr::{Described, described},
    script::{AGGREGATES, FIGURES, STEPS},
    wording::{self, Lang, Wording},
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
        out.push_str(&format!("{own} ({other})  {}  [{}]\n", it.signature, it.over.path.text(lang)));
        out.push_str(&format!("    {meaning}\n    {}\n", it.example));
    }
    out
}

/// What functions look at that look beyond one record.
struct Over {
    /// In files.
    name: &'static str,
    path: Wording,
    heading: Wording,
}

/// In the order of the handbook: aggregates, questions about steps, figures of the result.
static OVERS: [Over; 3] = [
    Over { name: "aggregate", path: wording::FUNCTION_AGGREGATE, heading: wording::AGGREGATES_HEADING },
    Over { name: "cases", path: wording::FUNCTION_STEPS, heading: wording::STEPS_HEADING },
    Over { name: "gates", path: wording::FUNCTION_GATES, heading: wording::GATES_HEADING },
];

/// A function that looks beyond one record.
struct Beyond {
    over: &'static Over,
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
    let [groups, cases, gates] = &OVERS;
    let one = |over, names, [signature, example]: [&'static str; 2], meaning| Beyond {
        over,
        names,
        signature,
        example,
        meaning,
    };
    let aggregates = AGGREGATES
        .into_iter()
        .map(move |it| one(groups, [it.name, it.alias], [it.signature, it.example], [it.en, it.zh]));
    let steps = STEPS
        .into_iter()
        .map(move |it| one(cases, [it.name, it.alias], [it.signature, it.example], [it.en, it.zh]));
    let figures = FIGURES
        .into_iter()
        .map(move |it| one(gates, [it.name, it.alias], [it.signature, it.example], [it.en, it.zh]));
    aggregates.chain(steps).chain(figures)
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
    for over in &OVERS {
        out.push_str(&format!("\n## {}\n\n", over.heading.text(lang)));
        for it in beyond_records().filter(|it| it.over.name == over.name) {
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
    let beyond =
        |it: Beyond| entry(it.names[0], it.names[1], it.signature, it.example, it.meaning, it.over.name);
    let all: Vec<_> = described().into_iter().map(one).chain(beyond_records().map(beyond)).collect();
    serde_json::to_string_pretty(&all).map(|it| it + "\n").unwrap_or_default()
}
