//! Files that others wrote to be hard to read.

use super::{
    FaultKind, ReaderOptions,
    tests::{SMALL, read_with, spec},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Files that others wrote, kept beside the project; `None`, with a word, where they are not there.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(super) fn shared(part: &str) -> Option<PathBuf> {
    let root = std::env::var("TOUCHSTONE_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let path = Path::new(&root).join("data").join(part);
    if path.exists() {
        return Some(path.canonicalize().unwrap());
    }
    println!("skipped: {} is not there", path.display());
    None
}

#[test]
fn csv_spectrum() {
    let Some(root) = shared("torture/csv_spectrum") else { return };
    for entry in fs::read_dir(root.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if stem == "location_coordinates" {
            continue; // Its expected JSON is wrong in the source.
        }
        let expected = fs::read_to_string(root.join("json").join(format!("{stem}.json"))).unwrap();
        let expected: Vec<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_str(&expected).unwrap();
        let got = read_with(&spec(&root, &format!("csvs/{stem}.csv")), SMALL, true).unwrap();
        assert_eq!(got.records.len(), expected.len(), "{stem}");
        for (texts, expected) in got.texts().iter().zip(&expected) {
            for (name, text) in got.names().iter().zip(texts) {
                assert_eq!(expected[*name], *text, "{stem}");
            }
        }
    }
}

#[test]
fn json_test_suite() {
    let Some(root) = shared("torture/jsontestsuite/test_parsing") else { return };
    let mut accepted = 0;
    for entry in fs::read_dir(&root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut spec = spec(&root, &name);
        spec.encoding = Some("utf-8".to_owned());
        let got = read_with(&spec, SMALL, true);
        let sound = got.as_ref().is_ok_and(|it| it.faults.is_empty());
        let bytes = fs::read(&path).unwrap();
        let value = serde_json::from_slice::<serde_json::Value>(&bytes);
        let holds_records = value.is_ok_and(|it| {
            it.is_object() || it.as_array().is_some_and(|all| all.iter().all(serde_json::Value::is_object))
        });
        match name.as_bytes()[0] {
            b'y' if holds_records => {
                assert!(sound, "{name}");
                accepted += 1;
            }
            // An empty file holds no records, which is no fault.
            b'n' if !bytes.trim_ascii().is_empty() && bytes != b"\xEF\xBB\xBF" => assert!(!sound, "{name}"),
            _ => {}
        }
    }
    assert!(accepted > 10);
}

#[test]
fn encodings_are_read_without_loss() {
    let Some(root) = shared("torture/encodings") else { return };
    let mut read = 0;
    for folder in ["GB2312", "UTF-16", "UTF-16LE", "UTF-16BE", "utf-8-sig"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let found = super::bytes::detect_encoding(&bytes, true);
            let expected = match folder {
                "GB2312" => encoding_rs::GB18030,
                "UTF-16LE" => encoding_rs::UTF_16LE,
                "UTF-16BE" => encoding_rs::UTF_16BE,
                "utf-8-sig" => encoding_rs::UTF_8,
                _ => found,
            };
            assert_eq!(found, expected, "{}", path.display());
            let mut out = Vec::new();
            let mut stream =
                super::bytes::open_text(super::bytes::Store::Disk(&path), found, &Arc::default()).unwrap();
            std::io::Read::read_to_end(&mut stream, &mut out).unwrap();
            assert_eq!(String::from_utf8_lossy(&out), found.decode(&bytes).0, "{}", path.display());
            read += 1;
        }
    }
    assert!(read > 20);
}

#[test]
fn the_same_messages_in_two_encodings() {
    let Some(root) = shared("messages_zh") else { return };
    let as_text = |name: &str| {
        let got = read_with(&spec(&root, name), ReaderOptions::default(), true).unwrap();
        assert!(got.faults.is_empty(), "{name}: {:?}", &got.faults[..1]);
        got
    };
    let (one, other) = (as_text("messages.csv"), as_text("explained.gb18030.csv"));
    assert_eq!(one.records.len(), 2816);
    assert_eq!(other.opened.layouts[0].encoding, encoding_rs::GB18030);
    assert!(!other.records.is_empty());
    assert!(other.texts().iter().flatten().all(|it| !it.contains('\u{FFFD}')));
}

#[test]
fn a_survey_with_repeated_headers_and_blank_cells() {
    let Some(root) = shared("survey_kr") else { return };
    let mut spec = spec(&root, "*.csv");
    spec.missing = vec![" ".to_owned()];
    let got = read_with(&spec, ReaderOptions::default(), false).unwrap();
    assert_eq!((got.records.len(), got.opened.schema.fields.len()), (9820, 93));
    assert!(got.faults.iter().all(|it| it.kind == FaultKind::BadCell));
    assert_eq!(got.opened.schema.fields.iter().filter(|it| it.from.contains("#")).count(), 3);
}
