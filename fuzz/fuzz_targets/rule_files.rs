//! Any text as a file of a rule pack: it is refused with diagnostics that can be shown, or judged.
#![no_main]

mod ground;

use libfuzzer_sys::fuzz_target;
use std::fs;
use touchstone::{
    diagnostic::render_all,
    project::{LoadOptions, load},
    wording::Lang,
};

fuzz_target!(|bytes: &[u8]| {
    let folder = ground::folder();
    fs::write(folder.join("rules/pack.toml"), ground::HEAD).expect("a pack");
    fs::write(folder.join("rules/rules.toml"), bytes).expect("a file of rules");
    let loaded = load(&folder, &LoadOptions::default());
    for lang in [Lang::En, Lang::Zh] {
        render_all(&loaded.diagnostics, &loaded.sources, lang, true);
    }
    ground::judged(false);
});
