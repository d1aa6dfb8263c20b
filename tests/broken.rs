//! Every kind of complaint, brought about on purpose: the examples of `touchstone explain`, and the cases of
//! `tests/broken`, each a sound project with one fault.

mod common;

use common::broken::{Broken, complaints, parts};
use touchstone::wording::{
    Lang,
    explain::{in_language, pages},
};

/// The complaints of a run, and what was said.
fn said(excerpt: &str, lang: Lang) -> (Vec<common::broken::Complaint>, String) {
    let run = Broken::new(excerpt, |it| in_language(it, lang)).run(lang.tag(), &[]);
    let shown = format!("{}{}", run.out, run.err);
    (complaints(&shown), shown)
}

/// File and line of the mark in an excerpt, and what is marked; of the keys of a rule only the file.
fn marked(excerpt: &str) -> Option<(String, String)> {
    let (file, text) = parts(excerpt).into_iter().find(|it| it.1.contains('⟦'))?;
    let (_, rest) = text.split_once('⟦')?;
    Some((file, rest.split('⟧').next()?.to_owned()))
}

#[test]
fn the_wrong_example_of_each_page_is_told_and_the_right_one_is_not() {
    let mut faults = String::new();
    for page in pages().filter(|it| !it.wrong(Lang::En).is_empty()) {
        for lang in [Lang::En, Lang::Zh] {
            let (wrong, shown) = said(&page.wrong(lang), lang);
            let only = !wrong.is_empty() && wrong.iter().all(|it| it.code == page.code);
            let placed = marked(&page.wrong(lang)).is_none_or(|(file, marked)| {
                wrong.iter().any(|it| {
                    it.place.starts_with(&file)
                        && (it.under == marked || (it.under.is_empty() && !it.place.is_empty()))
                })
            });
            if !only || !placed {
                faults.push_str(&format!(
                    "==== {} {}, wrong (only {only}, placed {placed})\n{shown}\n",
                    page.code,
                    lang.tag()
                ));
            }
            let (right, shown) = said(&page.right(lang), lang);
            if !right.is_empty() {
                faults.push_str(&format!("==== {} {}, right\n{shown}\n", page.code, lang.tag()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn the_base_has_nothing_wrong() {
    for lang in [Lang::En, Lang::Zh] {
        let (found, shown) = said("", lang);
        assert!(found.is_empty(), "{shown}");
    }
}
