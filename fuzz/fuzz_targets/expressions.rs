//! Any text as the check of a rule: it is refused with a diagnostic, or judged alike over columns and
//! row by row.
#![no_main]

mod ground;

use libfuzzer_sys::{Corpus, fuzz_target};
use std::fs;

fuzz_target!(|text: &str| -> Corpus {
    let rule = "[[rule]]\nid = \"r\"\ntitle = \"Rule\"\non = \"record\"\nseverity = \"minor\"\nparams = { p = 3 }\n";
    // JSON's escapes are TOML's.
    let check = serde_json::to_string(text).expect("a text");
    let pack = format!("{}{rule}check = {check}\n", ground::HEAD);
    fs::write(ground::folder().join("rules/pack.toml"), pack).expect("a pack");
    let columns = ground::judged(false);
    let rows = ground::judged(true);
    assert_eq!(columns.is_some(), rows.is_some(), "one way is refused, the other is not");
    let (Some(columns), Some(rows)) = (columns, rows) else { return Corpus::Keep };
    for (by_columns, by_rows) in columns.iter().zip(&rows) {
        assert_eq!(by_columns.counts, by_rows.counts);
        let outputs = |it: &touchstone::engine::BlockResult| {
            it.outputs.iter().map(|it| String::from_utf8_lossy(it).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(outputs(by_columns), outputs(by_rows));
        let listed = |it: &touchstone::engine::BlockResult| format!("{:?} {:?}", it.unassessed, it.errors);
        assert_eq!(listed(by_columns), listed(by_rows));
    }
    Corpus::Keep
});
