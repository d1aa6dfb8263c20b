//! What it costs to encode a finding, by format. See `benches/README.md`.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot prepare its finding has failed")]

use divan::{Bencher, counter::BytesCount};
use touchstone::{
    calendar::Zone,
    finding::{Alike, Evidence, Finding, FindingOrigin, Fingerprint, Standing},
    project::{LoadOptions, load_files},
    record::Value,
    report::{Format, Ready, Setting, report},
    rule::Outcome,
    wording::Lang,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FORMATS: [&str; 4] = ["json", "ndjson", "csv", "gitlab"];

fn main() {
    divan::main();
}

#[divan::bench(args = FORMATS)]
fn encode(bencher: Bencher<'_, '_>, format: &str) {
    let rules = vec!["complaints".into()];
    let project = load_files(&LoadOptions { rules, ..LoadOptions::default() }).project.unwrap();
    let finding = Finding {
        id: Fingerprint::of_record("tickets", "complaints/reply-time-told", "C-1042", 0),
        rule: &project.packs[0].rules[0],
        key: "C-1042",
        subject: vec![("agent", "A1"), ("team", "北区")].into(),
        outcome: Outcome::Fail,
        message: "C-1042: no reply time was told within 24 h",
        evidence: Evidence {
            fields: vec![
                ("channel", Value::Text("phone".into())),
                ("accepted_at", Value::Time(1_772_413_200_000_000)),
                ("waited", Value::Duration(9_000_000_000)),
                ("claim", Value::Decimal("1200.50".parse().unwrap())),
                ("reply_due_at", Value::Missing),
            ]
            .into(),
            conjunct: Some("reply_due_at - accepted_at <= hours(limit_hours)"),
            rule_hash: "0123456789abcdef",
            ..Evidence::default()
        },
        origin: FindingOrigin { file: "data/tickets.csv", sheet: None, row: 17 },
        standing: Standing::New,
        waiver: None,
        unstable: false,
    };
    let report = report(Format::from_name(format).unwrap(), Setting::plain(Lang::En, Zone::utc()));
    let (mut encoder, mut out) = (report.encoder(), Vec::new());
    let alike = Alike { class: 0, file: 0, names: true, message: false };
    encoder.finding(&Ready::new(&finding, alike), &mut out);
    bencher.counter(BytesCount::new(out.len())).bench_local(|| {
        out.clear();
        encoder.finding(&Ready::new(&finding, alike), &mut out);
        divan::black_box(&out);
    });
}
