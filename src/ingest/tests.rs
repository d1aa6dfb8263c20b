//! The room as a whole: bytes on the disk to values.

use super::*;
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Place},
    record::{Batch, Element, Type, Value},
    wording::Lang,
};
use proptest::prelude::*;
use std::{fs, path::Path, sync::Arc};

pub(super) fn spec(root: &Path, pattern: &str) -> SourceSpec {
    SourceSpec {
        place: Some(Place::File("audit.toml".into())),
        ..SourceSpec::plain("calls", root, pattern, Zone::utc())
    }
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn given(name: &str, ty: Option<Type>) -> GivenField {
    GivenField {
        name: name.to_owned(),
        from: None,
        ty,
        choices: Vec::new(),
        format: None,
        separator: None,
        place: Place::File("audit.toml".into()),
    }
}

pub(super) struct Got {
    pub(super) opened: Arc<Opened>,
    /// Values by record and field.
    pub(super) records: Vec<Vec<Value>>,
    rows: Vec<u64>,
    pub(super) faults: Vec<Fault>,
}

impl Got {
    fn types(&self) -> Vec<Type> {
        self.opened.schema.fields.iter().map(|it| it.ty).collect()
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.opened.schema.fields.iter().map(|it| it.name.as_str()).collect()
    }

    pub(super) fn texts(&self) -> Vec<Vec<String>> {
        self.records.iter().map(|it| it.iter().map(text).collect()).collect()
    }

    fn kinds(&self) -> Vec<(u64, FaultKind)> {
        self.faults.iter().map(|it| (it.row, it.kind)).collect()
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Missing => String::new(),
        Value::Text(text) => text.to_string(),
        Value::Unreadable
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Duration(_)
        | Value::Amount(_)
        | Value::List(_) => format!("{value:?}"),
    }
}

pub(super) const SMALL: ReaderOptions = ReaderOptions { block_bytes: 7, record_bytes_max: 4096 };

pub(super) fn read_with(
    spec: &SourceSpec,
    options: ReaderOptions,
    as_written: bool,
) -> Result<Got, Vec<Diagnostic>> {
    let (opened, diagnostics) = open(spec);
    let opened = Arc::new(opened.ok_or(diagnostics)?);
    let wants = (0..opened.schema.fields.len())
        .map(|field| Want { field, as_written, coded: field % 2 == 0 })
        .collect();
    let reader = Reader::new(opened.clone(), wants, options).map_err(|it| vec![it])?;
    let (mut block, mut batch, mut decoder) = (Block::default(), Batch::default(), Decoder::new(&reader));
    let mut got = Got { opened, records: Vec::new(), rows: Vec::new(), faults: Vec::new() };
    while reader.next_block(&mut block).map_err(|it| vec![it])? {
        decoder.decode(&reader, &mut block, &mut batch, &mut got.faults);
        assert_eq!(batch.first_record, got.records.len() as u64);
        for index in 0..batch.len {
            got.records.push((0..batch.columns.len()).map(|it| batch.value(it, index)).collect());
            got.rows.push(batch.origin(index).row);
        }
    }
    Ok(got)
}

/// Reads with blocks of all sizes, which must not matter.
fn read(spec: &SourceSpec) -> Got {
    let large = read_with(spec, ReaderOptions::default(), false).unwrap();
    for block_bytes in [1, 7, 64] {
        let small = read_with(spec, ReaderOptions { block_bytes, ..SMALL }, false).unwrap();
        assert_eq!(small.records, large.records, "blocks of {block_bytes}");
        assert_eq!((&small.rows, &small.faults), (&large.rows, &large.faults), "blocks of {block_bytes}");
    }
    large
}

fn read_file(name: &str, bytes: &[u8]) -> Got {
    let folder = folder(&[(name, bytes)]);
    read(&spec(folder.path(), name))
}

fn complaints(spec: &SourceSpec) -> Vec<String> {
    match read_with(spec, SMALL, false) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => {
            diagnostics.iter().map(|it| format!("{}: {}", it.code, it.message(Lang::En))).collect()
        }
    }
}

#[test]
fn csv_becomes_typed_columns() {
    let got = read_file(
        "a.csv",
        b"id,ok,n,x,at,day,note\n007,true,1,1.5,2026-03-02 09:00:00,2026-03-02,\"a, \"\"b\"\"\nc\"\n008,false,,2,2026-03-02T09:30,,\n",
    );
    assert_eq!(
        got.types(),
        [Type::Text, Type::Bool, Type::Int, Type::Float, Type::Time, Type::Date, Type::Text]
    );
    let nine = 1_772_442_000_000_000;
    assert_eq!(
        got.records[0],
        [
            Value::Text("007".into()),
            Value::Bool(true),
            Value::Int(1),
            Value::Float(1.5),
            Value::Time(nine),
            Value::Date(20_514),
            Value::Text("a, \"b\"\nc".into())
        ]
    );
    assert_eq!(
        got.records[1][2..],
        [
            Value::Missing,
            Value::Float(2.0),
            Value::Time(nine + 1_800_000_000),
            Value::Missing,
            Value::Missing
        ]
    );
    assert_eq!(got.rows, [2, 3]);
}

#[test]
fn rows_that_do_not_fit_are_rejected_and_counted() {
    let got = read_file("a.csv", b"a,b\n1,2\n\n1,2,3\nx\n\"5\",6\n7,8");
    assert_eq!(got.rows, [2, 6, 7]);
    let count = |found| FaultKind::FieldCount { found, expected: 2 };
    assert_eq!(got.kinds(), [(4, count(3)), (5, count(1))]);
    assert_eq!(got.faults[0].text, "1,2,3");
}

#[test]
fn line_ends_of_every_kind() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a,b", "1,\"x\"", "2,y", ""].join(end);
        let got = read_file("a.csv", text.as_bytes());
        assert_eq!(got.records.len(), 2, "{end:?}");
        assert_eq!(got.records[0][1], Value::Text("x".into()), "{end:?}");
        assert_eq!(got.records[1][1], Value::Text("y".into()), "{end:?}");
    }
    assert_eq!(read_file("a.csv", b"").records.len(), 0);
    assert_eq!(read_file("a.csv", b"a,b\n").names(), ["a", "b"]);
    assert_eq!(read_file("a.csv", b"only\nx\n\ny\n").rows, [2, 4]);
}

#[test]
fn a_quote_never_closed_does_not_swallow_the_file() {
    let got = read_file("a.csv", b"a,b\n1,2\n3,\"4\n5,6\n7,8\n");
    assert_eq!(got.rows, [2, 4, 5]);
    assert_eq!(got.kinds(), [(3, FaultKind::OpenQuote)]);
    assert_eq!(got.faults[0].text, "3,\"4");
    let got = read_file("a.csv", b"a,b\n1,2\n3,\"4");
    assert_eq!((got.rows.as_slice(), got.kinds().as_slice()), (&[2][..], &[(3, FaultKind::OpenQuote)][..]));
}

#[test]
fn records_over_the_limit_are_rejected() {
    let long = "x".repeat(10_000);
    let folder = folder(&[
        ("a.csv", format!("a,b\n1,2\n{long},4\n5,6\n").as_bytes()),
        ("c.csv", format!("a,b\n1,2\n5,\"{}\n\"\n7,8\n", "y\n".repeat(3000)).as_bytes()),
        ("b.ndjson", format!("{{\"a\":1}}\n{{\"a\":\"{long}\"}}\n{{\"a\":3}}\n").as_bytes()),
    ]);
    let got = read_with(&spec(folder.path(), "a.csv"), SMALL, false).unwrap();
    assert_eq!((got.rows[0], got.kinds()[0], got.faults[0].text.len()), (2, (3, FaultKind::TooLarge), 200));
    assert_eq!(got.rows, [2, 4]);
    let got = read_with(&spec(folder.path(), "c.csv"), SMALL, true).unwrap();
    assert_eq!((got.kinds()[0], got.faults[0].text.as_str()), ((3, FaultKind::TooLarge), "5,\"y"));
    assert_eq!(got.texts().last().unwrap(), &["7", "8"]);
    let got = read_with(&spec(folder.path(), "b.ndjson"), SMALL, false).unwrap();
    assert_eq!((got.rows.as_slice(), got.kinds().as_slice()), (&[1, 3][..], &[(2, FaultKind::TooLarge)][..]));
}

#[test]
fn bad_cells_are_unreadable_and_told() {
    let folder = folder(&[("a.csv", "n,t,c,d\n1, x ,vip,1.10\n-,y,gold,1e\nx,z,lead,2\n".as_bytes())]);
    let mut spec = spec(folder.path(), "*.csv");
    spec.missing = vec!["-".to_owned()];
    spec.fields = vec![given("n", Some(Type::Int)), given("c", None), given("d", Some(Type::Decimal))];
    spec.fields[1].choices = vec!["vip".to_owned(), "gold".to_owned()];
    let got = read(&spec);
    assert_eq!(got.records[0][1], Value::Text(" x ".into()));
    let column = |at: usize| got.records.iter().map(|it| it[at].clone()).collect::<Vec<_>>();
    assert_eq!(column(0), [Value::Int(1), Value::Missing, Value::Unreadable]);
    assert_eq!(column(2), [Value::Text("vip".into()), Value::Text("gold".into()), Value::Unreadable]);
    assert_eq!(column(3)[1], Value::Unreadable);
    let told: Vec<_> = got.faults.iter().map(|it| (it.row, it.field, it.text.as_str())).collect();
    assert_eq!(told, [(3, Some(3), "1e"), (4, Some(0), "x"), (4, Some(2), "lead")]);
}

#[test]
fn files_are_united_by_column_name() {
    let folder = folder(&[
        ("d/b.csv", b"b;c\n3;4\n"),
        ("d/a.csv", b"a,b\n1,2\n"),
        ("d/.hidden.csv", b"z\n1\n"),
        ("d/e/c.tsv", b"c\ta\n5\t6\n"),
    ]);
    for pattern in ["d", "d/**/*.{csv,tsv}", "./d/**"] {
        let got = read(&spec(folder.path(), pattern));
        assert_eq!(got.names(), ["a", "b", "c"], "{pattern}");
        assert_eq!(
            got.opened.files.iter().map(|it| it.shown.as_str()).collect::<Vec<_>>(),
            ["d/a.csv", "d/b.csv", "d/e/c.tsv"]
        );
        let one = |it| Value::Int(it);
        assert_eq!(
            got.records,
            [
                [one(1), one(2), Value::Missing],
                [Value::Missing, one(3), one(4)],
                [one(6), Value::Missing, one(5)]
            ]
        );
    }
}

#[test]
fn ndjson_and_json_and_toml_give_the_same_records() {
    let lines = r#"{"id":"T1","n":1,"x":1.5,"ok":true,"at":"2026-03-02T09:00:00+08:00","tags":["a\n","b"],"who":{"name":"Li","at":{"site":"N"}}}
{"n":2,"id":"T\u4e2d","id":"T2","x":null,"ok":false,"who":{"name":"Wu"}}
"#;
    let json = format!("[\n{}\n]\n", lines.trim().replace('\n', ",\n"));
    let toml = "[[r]]\nid='T1'\nn=1\nx=1.5\nok=true\nat=2026-03-02T09:00:00+08:00\ntags=[\"a\\n\",\"b\"]\nwho={name='Li',at={site='N'}}\n[[r]]\nid='T2'\nn=2\nok=false\nwho={name='Wu'}\n";
    let folder =
        folder(&[("a.jsonl", lines.as_bytes()), ("a.json", json.as_bytes()), ("a.toml", toml.as_bytes())]);
    let mut before: Option<Vec<Vec<Value>>> = None;
    for name in ["a.jsonl", "a.json", "a.toml"] {
        let mut spec = spec(folder.path(), name);
        spec.fields = vec![given("site", None)];
        spec.fields[0].from = Some("who.at.site".to_owned());
        let got = read(&spec);
        let id = got.opened.schema.position("id").unwrap();
        assert_eq!(got.records[1][id], Value::Text("T2".into()));
        assert_eq!(got.opened.schema.field("tags").unwrap().ty, Type::List(Element::Text));
        let tags = got.opened.schema.position("tags").unwrap();
        assert_eq!(
            got.records[0][tags],
            Value::List(vec![Value::Text("a\n".into()), Value::Text("b".into())])
        );
        let site = got.opened.schema.position("site").unwrap();
        assert_eq!(
            (&got.records[0][site], &got.records[1][site]),
            (&Value::Text("N".into()), &Value::Missing)
        );
        let who = got.opened.schema.position("who").unwrap();
        let rest: Vec<Vec<Value>> = got.records.iter().map(|it| it[..who].to_vec()).collect();
        assert_eq!(before.get_or_insert_with(|| rest.clone()), &rest, "{name}");
    }
}

#[test]
fn bad_lines_are_rejected_with_their_number() {
    let got = read_file(
        "a.ndjson",
        b"{\"a\":1}\n\n[1]\n{\"a\":2\n{\"a\":{\"b\":1}}\n{\"a\":\"3\"} x\n{\"a\":\"\"}",
    );
    assert_eq!(got.rows, [1, 5, 7]);
    assert_eq!(got.kinds(), [(3, FaultKind::BadJson), (4, FaultKind::BadJson), (6, FaultKind::BadJson)]);
    assert_eq!(got.faults[0].detail, "not an object");
    assert!(got.faults[1].detail.starts_with("column 6"), "{}", got.faults[1].detail);
    assert_eq!(got.records[1][0], Value::Text("{\"b\":1}".into()));
    assert_eq!(got.records[2][0], Value::Text("".into()));
}

#[test]
fn malformed_arrays_are_errors() {
    for (text, code) in [
        ("[{}", "json-cut-off: "),
        ("[{},", "json-cut-off: "),
        ("[{} {}]", "json-malformed: "),
        ("[{}]]", "json-trailing: "),
        ("{}\n{}", "json-trailing: "),
        ("[,{}]", "json-malformed: "),
        ("[{},]", "json-malformed: "),
        ("42", "json-shape: "),
    ] {
        let folder = folder(&[("a.json", text.as_bytes())]);
        let said = complaints(&spec(folder.path(), "a.json"));
        assert!(said.len() == 1 && said[0].starts_with(code), "{text}: {said:?}");
    }
    let bomb = folder(&[("a.json", "[".repeat(200_000).as_bytes())]);
    assert!(!complaints(&spec(bomb.path(), "a.json")).is_empty());
    assert_eq!(read_file("a.json", b" [ ] ").records.len(), 0);
    assert_eq!(read_file("a.json", b" {\"a\": 1} ").records, [[Value::Int(1)]]);
}

#[test]
fn malformed_bytes_spoil_their_cell_only() {
    let got = read_file(
        "a.csv",
        b"a,b\n\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD,\"x\xFF\"\n\xEF\xBF\xBD,y\n\"\xFE\"\"\",z\n\"open,w\n",
    );
    let bad = |row, field| (row, Some(field));
    assert_eq!(
        got.faults[..2].iter().map(|it| (it.row, it.field)).collect::<Vec<_>>(),
        [bad(2, 1), bad(4, 0)]
    );
    assert_eq!(got.faults[2].kind, FaultKind::OpenQuote);
    assert_eq!(got.faults[2].text, "\"open,w");
    assert_eq!(got.records[1][0], Value::Text("\u{FFFD}".into()));
    assert_eq!(got.records[0], [Value::Text("中文中".into()), Value::Unreadable]);
    let got = read_file("a.json", b"[{\"a\":\"\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\"},{\"a\":\"\xFF\"},{\"a\":\"z\"},{\"a\":\"\\ud800\"}]");
    assert_eq!(got.records[1..], [[Value::Unreadable], [Value::Text("z".into())], [Value::Unreadable]]);
}

#[test]
fn everything_wrong_is_told_at_once_with_a_way_out() {
    let folder = folder(&[("a.csv", b"channel,at\nphone,1/2/2026\n"), ("b.dat", b"x")]);
    let mut wrong = spec(folder.path(), "a.csv");
    wrong.fields = vec![given("chanel", None), given("at", Some(Type::Time)), given("channel", None)];
    wrong.fields[1].format = Some("%Y-%Q".to_owned());
    wrong.fields[2].from = Some("at".to_owned());
    let (opened, diagnostics) = open(&wrong);
    assert!(opened.is_none());
    let codes: Vec<_> = diagnostics.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["unknown-column", "ambiguous-dates", "same-field-name", "bad-time-format"]);
    assert!(diagnostics.iter().all(|it| it.place.is_some() && !it.help.is_empty()));
    assert_eq!(diagnostics[0].help[0].text(Lang::En), "did you mean `channel`?");
    for (pattern, code) in [
        ("*.tsv", "no-files"),
        ("../*.csv", "outside-project"),
        ("/etc/*.csv", "outside-project"),
        ("a[.csv", "bad-pattern"),
        ("b.dat", "unknown-format"),
    ] {
        assert!(complaints(&spec(folder.path(), pattern))[0].starts_with(code), "{pattern}");
    }
    let mut unknown = spec(folder.path(), "a.csv");
    unknown.encoding = Some("utf-9".to_owned());
    assert_eq!(complaints(&unknown), ["unknown-encoding: there is no encoding called `utf-9`"]);
}

#[test]
fn settings_override_what_is_found() {
    let folder = folder(&[("a.csv", b"made by hand\na;b\n'x;\\'1';2,5\n")]);
    let mut spec = spec(folder.path(), "a.csv");
    (spec.skip_lines, spec.delimiter, spec.quote, spec.escape) = (1, Some(b';'), Some(b'\''), Some(b'\\'));
    let got = read(&spec);
    assert_eq!((got.texts(), got.rows), (vec![vec!["x;'1".to_owned(), "2,5".to_owned()]], vec![3]));
}

#[test]
fn repeated_headers_are_told_apart() {
    let folder = folder(&[("a.csv", b"a,a,,a\n1,2,3,4\n")]);
    let mut spec = spec(folder.path(), "a.csv");
    spec.fields = vec![given("second", None)];
    spec.fields[0].from = Some("a#2".to_owned());
    let got = read(&spec);
    assert_eq!(got.names(), ["a", "second", "column_3", "a_3"]);
    assert_eq!(got.records, [[1, 2, 3, 4].map(Value::Int)]);
}

#[test]
fn cut_off_archives_are_errors() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for number in 0..5000 {
        writeln!(encoder, "{number},{}", number * 7919 % 1000).unwrap();
    }
    let whole = encoder.finish().unwrap();
    let folder = folder(&[("whole.csv.gz", &whole), ("cut.csv", &whole[..whole.len() / 2])]);
    assert_eq!(
        read_with(&spec(folder.path(), "whole.csv.gz"), ReaderOptions::default(), false)
            .unwrap()
            .records
            .len(),
        4999
    );
    assert!(complaints(&spec(folder.path(), "cut.csv"))[0].starts_with("cut-off-file: `cut.csv`"));
}

#[test]
fn workers_agree_on_row_numbers() {
    let mut text = String::from("n,t\n");
    for number in 0..20_000 {
        text.push_str(&if number % 97 == 0 { format!("{number}\n") } else { format!("{number},\"x\ny\"\n") });
    }
    let folder = folder(&[("a.csv", text.as_bytes())]);
    let opened = Arc::new(open(&spec(folder.path(), "a.csv")).0.unwrap());
    let wants = vec![Want { field: 0, as_written: false, coded: false }];
    let reader =
        Reader::new(opened, wants, ReaderOptions { block_bytes: 1000, ..ReaderOptions::default() }).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (mut block, mut batch, mut decoder) =
                    (Block::default(), Batch::default(), Decoder::new(&reader));
                while reader.next_block(&mut block).unwrap() {
                    decoder.decode(&reader, &mut block, &mut batch, &mut Vec::new());
                    for index in 0..batch.len {
                        let number = batch.rows[index] - 2;
                        assert_eq!(batch.value(0, index), Value::Int(number as i64));
                        assert_eq!(batch.first_record + index as u64, number - number / 97 - 1);
                    }
                }
            });
        }
    });
    assert!(reader.bytes_read() == reader.bytes_total() && reader.bytes_total() == text.len() as u64);
}

#[test]
fn a_block_that_is_dropped_ends_the_reading() {
    let folder = folder(&[("a.csv", b"a\n1\n2\n3\n4\n")]);
    let opened = Arc::new(open(&spec(folder.path(), "a.csv")).0.unwrap());
    let reader = Reader::new(opened, Vec::new(), ReaderOptions { block_bytes: 2, ..SMALL }).unwrap();
    let mut block = Block::default();
    assert!(reader.next_block(&mut block).unwrap());
    assert!(!reader.next_block(&mut block).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// [`read`] compares blocks of several sizes.
    #[test]
    fn blocks_do_not_matter_whatever_the_bytes(
        csv in prop::collection::vec(prop::sample::select(&b"aab1,,,\n\n\"\"\"\r \xFF\xE4\xB8\xAD"[..]), 0..60),
        lines in "(\\{(\"[ab]\": ?([0-9\\[\\]{}\"]{1,4}|null|\"\\\\u00[0-9]{2}\"),?){0,3}\\}?[\n ]{0,2}){0,6}",
    ) {
        let folder = folder(&[("a.csv", &[b"x,y\n1,2\n", csv.as_slice()].concat()), ("a.ndjson", lines.as_bytes())]);
        for name in ["a.csv", "a.ndjson"] {
            let mut spec = spec(folder.path(), name);
            spec.encoding = Some("utf-8".to_owned());
            spec.delimiter = Some(b',');
            read(&spec);
        }
    }
}
