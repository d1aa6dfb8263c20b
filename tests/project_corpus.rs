//! Every folder of `tests/corpus/project` is a project with something wrong in it; what is said
//! about it, in both languages, is the snapshot.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
};
use touchstone::{
    diagnostic::render_all,
    project::{LoadOptions, load},
    wording::Lang,
};

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/project");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_dir()).collect();
    cases.sort();
    cases
}

#[test]
fn broken_projects_are_explained() {
    let cases = cases();
    assert!(cases.len() >= 25, "only {} cases", cases.len());
    for folder in cases {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        // A line of `set`, where there is one, is a `--set` of the command line.
        let set =
            fs::read_to_string(folder.join("set")).unwrap_or_default().lines().map(str::to_owned).collect();
        let loaded = load(&folder, &LoadOptions { set, ..LoadOptions::default() });
        let mut shown = String::new();
        for lang in [Lang::En, Lang::Zh] {
            shown.push_str(&format!("---- {}\n", lang.tag()));
            shown.push_str(&render_all(&loaded.diagnostics, &loaded.sources, lang, false));
        }
        // Where the sources lie on this machine is nobody's business.
        let shown = shown.replace(&*folder.to_string_lossy(), &name);
        assert!(!loaded.diagnostics.is_empty(), "{name} has nothing wrong");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "corpus/project" }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}
