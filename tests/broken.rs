//! Every kind of complaint, brought about on purpose: the examples of `touchstone explain`, and the cases of
//! `tests/broken`, each a sound project with one fault.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has failed")]

mod common;

use common::broken::{Broken, complaints, parts};
use std::fs;
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
    let file = file.trim_end_matches(" (the whole file)").to_owned();
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

/// A case of `tests/broken`: `== name`, an excerpt, `-> code: a part of the help or the message`.
struct Case {
    name: String,
    excerpt: String,
    code: String,
    told: String,
}

fn cases(theme: &str) -> Vec<Case> {
    let text = fs::read_to_string(common::root().join(format!("tests/broken/{theme}.txt"))).unwrap();
    let case = |text: &str| {
        let (name, rest) = text.split_once('\n').unwrap();
        let (excerpt, expected) = rest.rsplit_once("-> ").unwrap();
        let (code, told) = expected.trim_end_matches('\n').split_once(": ").unwrap();
        let [name, excerpt, code, told] = [name, excerpt, code, told].map(str::to_owned);
        Case { name, excerpt, code, told }
    };
    text.trim_start_matches("== ").split("\n== ").map(case).collect()
}

/// Each case is told once, by its code, at its place, with a way out; both languages as people see it
/// are the snapshots.
fn told(theme: &str) {
    let (mut faults, mut shown) = (String::new(), [Lang::En, Lang::Zh].map(|it| (it, String::new())));
    for case in cases(theme) {
        let project = Broken::new(&case.excerpt, str::to_owned);
        for (lang, shown) in &mut shown {
            let run = project.run(lang.tag(), &[]);
            let text = format!("{}{}", run.err, run.out);
            let found = complaints(&text);
            let placed = |it: &common::broken::Complaint| {
                marked(&case.excerpt).is_none_or(|(file, marked)| {
                    it.place.starts_with(&file) && (it.under == marked || it.under.is_empty())
                })
            };
            let fits = match &found[..] {
                [one] => {
                    one.code == case.code && placed(one) && (*lang == Lang::Zh || text.contains(&case.told))
                }
                _ => false,
            };
            if !fits {
                faults.push_str(&format!("==== {}: {} {:?}\n{text}\n", case.name, case.code, case.told));
            }
            shown.push_str(&format!("== {}\n{}\n", case.name, run.err));
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
    for (lang, shown) in shown {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "broken/snapshots" }, {
            insta::assert_snapshot!(format!("{theme}-{}", lang.tag()), shown);
        });
    }
}

#[test]
fn faults_of_syntax_are_told() {
    told("syntax");
}

#[test]
fn faults_of_names_are_told() {
    told("names");
}

#[test]
fn faults_of_gates_are_told() {
    told("gates");
}

#[test]
fn faults_of_waivers_and_baselines_are_told() {
    told("standing");
}

#[test]
fn faults_of_types_are_told() {
    told("types");
}

#[test]
fn faults_of_projects_are_told() {
    told("project");
}

#[test]
fn faults_of_packs_are_told() {
    told("packs");
}

#[test]
fn faults_of_data_are_told() {
    told("data");
}

#[test]
fn there_are_enough_cases() {
    let themes = ["syntax", "names", "types", "project", "packs", "data", "gates", "standing"];
    let count: usize = themes.iter().map(|it| cases(it).len()).sum();
    assert!(count >= 200, "{count}");
}

#[test]
fn faults_of_clocks_are_told() {
    told("clocks");
}
