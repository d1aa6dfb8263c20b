//! The packs of the product, built into it.

/// The files of one built-in pack.
#[derive(Debug)]
pub(super) struct Files {
    /// The pack's name: its folder's.
    pub(super) pack: &'static str,
    /// Its files by name.
    pub(super) texts: &'static [(&'static str, &'static str)],
}

/// Takes in the files of packs at the top-level folder `rules`.
macro_rules! packs {
    ($($pack:literal: $($file:literal)*;)*) => {
        /// Every built-in pack, sorted by name.
        pub(super) const ALL: &[Files] = &[$(Files {
            pack: $pack,
            texts: &[$(($file, include_str!(concat!("../../rules/", $pack, "/", $file)))),*],
        }),*];
    };
}

packs! {
    "appraisal": "pack.toml" "work.toml";
    "complaints": "acceptance.toml" "closing.toml" "handling.toml" "pack.toml" "patterns.toml";
    "customer-file": "files.toml" "pack.toml";
    "kano": "classes.toml" "pack.toml";
    "lifecycle": "orders.toml" "pack.toml";
    "moments": "pack.toml" "touchpoints.toml";
    "monitoring": "marks.toml" "pack.toml";
    "process": "pack.toml" "steps.toml";
    "promises": "pack.toml" "promises.toml";
    "servqual": "gaps.toml" "pack.toml";
    "standards": "conduct.toml" "evidence.toml" "pack.toml" "records.toml" "words.toml";
    "survey": "answers.toml" "pack.toml";
    "workload": "hours.toml" "pack.toml";
}

/// The built-in pack called `name`.
pub(super) fn find(name: &str) -> Option<&'static Files> {
    ALL.iter().find(|it| it.pack == name)
}

/// The names of the built-in packs.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|it| it.pack)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, path::Path};

    #[test]
    fn every_file_on_disk_is_built_in() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let mut on_disk = BTreeSet::new();
        for entry in walkdir::WalkDir::new(&root).min_depth(2) {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let below = entry.path().strip_prefix(&root).unwrap();
                on_disk.insert(below.to_string_lossy().replace('\\', "/"));
            }
        }
        let inside =
            |it: &Files| it.texts.iter().map(|(file, _)| format!("{}/{file}", it.pack)).collect::<Vec<_>>();
        assert_eq!(on_disk, ALL.iter().flat_map(inside).collect());
    }
}
