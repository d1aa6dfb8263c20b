//! Every format of one small invented audit, hostile texts among it, in both languages.

use super::*;
use crate::{
    audit::{
        Found, Gate, GatePart, GateVerdict, Input, OutcomeCounts, OwnedFinding, Path as Evaluated,
        PromiseResult, RuleResult, Summary, Unassessed,
    },
    diagnostic::{Diagnostic, Place, Said},
    finding::{Alike, Fingerprint, Standing},
    record::Value,
    rule::{Effective, MissingPolicy, Outcome, Param, ParamOrigin, Rule, Script, Severity},
    wording::{self, UserText},
};
use std::sync::Arc;

const HOSTILE: &str = "=cmd|' /C calc'!A0 <script>\u{1b}[2J @team ![x](http://evil) \u{202e}fdp.exe \"quoted\", a|b\r\nsecond\0line";

fn place() -> Place {
    Place::Text { file: "rules/desk/rules.toml".into(), span: 10..20 }
}

fn rule(id: &str, severity: Severity, en: &str, zh: &str) -> Rule {
    let script = Script { text: "true".into(), file: "rules/desk/rules.toml".into(), runs: vec![(0, 0)] };
    let param = |name: &str, value: Value| Param {
        name: name.into(),
        own: value.clone(),
        value,
        set_by: ParamOrigin::Rule,
        place: place(),
    };
    Rule {
        id: id.into(),
        title: UserText { en: en.into(), zh: zh.into() },
        on: "ticket".into(),
        severity,
        dimension: Some("responsiveness".into()),
        touchpoint: None,
        source: None,
        effective: Effective::default(),
        params: vec![
            param("limit_hours", Value::Int(24)),
            param("channels", Value::List(vec![Value::Text("phone".into()), Value::Text("电话".into())])),
        ],
        reach: crate::rule::Reach::Record,
        when: None,
        check: script,
        message: None,
        why: UserText::default(),
        fix: UserText::default(),
        missing: MissingPolicy::Skip,
        examples: Vec::new(),
        house_reason: None,
        place: place(),
        message_scripts: None,
    }
}

fn finding(rule: &Rule, key: &str, message: &str, row: u64) -> OwnedFinding {
    OwnedFinding {
        id: Fingerprint::of_record("tickets", &rule.id, key, 0),
        rule: Arc::new(rule.clone()),
        key: key.into(),
        subject: vec![("agent".into(), "A1".into()), ("team".into(), "北区".into())],
        outcome: Outcome::Fail,
        message: message.into(),
        fields: vec![
            ("channel".into(), Value::Text("phone".into())),
            ("accepted_at".into(), Value::Time(1_772_413_200_000_000)),
            ("waited".into(), Value::Duration(9_000_000_000)),
            ("claim".into(), Value::Decimal("1200.50".parse().unwrap())),
            ("reply_due_at".into(), Value::Missing),
        ],
        conjunct: Some("reply_due_at - accepted_at <= hours(limit_hours)".into()),
        missing: None,
        reason: None,
        file: "data/tickets.csv".into(),
        row,
        standing: Standing::New,
        unstable: false,
        record: row - 2,
    }
}

fn worst(rules: &[Rule]) -> Vec<OwnedFinding> {
    let mut all = vec![
        finding(
            &rules[0],
            "T-1042",
            "T-1042: 未在 24 小时内告知客户回复时间，客户于次日再次来电投诉，受理人员没有记录原因，也没有转派给后台部门处理",
            17,
        ),
        finding(&rules[1], HOSTILE, HOSTILE, 18),
        finding(
            &rules[1],
            "-5",
            "no reply time was told within 24 h although the customer had asked for it twice and the agent had noted it in the record",
            1_204_117,
        ),
        finding(&rules[2], "+86 138", "a first reply was late", 20),
    ];
    all[1].fields.push(("note".into(), Value::Text("汉字与 long text ".repeat(20).into())));
    all[1].fields.push(("score".into(), Value::Unreadable));
    all[1].subject = vec![("agent".into(), "=A1".into())];
    all[1].file = "data/tickets/2026/03/north/front-office/telephone-and-chat/exported-by-system.csv".into();
    all[1].unstable = true;
    all[1].reason = Some("the script said so".into());
    all[2].standing = Standing::Known;
    all[3].standing = Standing::Waived;
    all[3].outcome = Outcome::NoEvidence;
    all[3].missing = Some("reply_due_at".into());
    all
}

fn counts(pass: u64, fail: u64, no_evidence: u64, error: u64) -> OutcomeCounts {
    OutcomeCounts { pass, fail, not_applicable: 10, no_evidence, error }
}

fn inputs() -> Vec<Input> {
    let input = |source: &str, file: &str, records, rejected, bad_cells| Input {
        source: source.into(),
        file: file.into(),
        bytes: 1234,
        records,
        rejected,
        bad_cells,
    };
    vec![
        input("tickets", "data/tickets-1.csv", 120_000, 3, 12),
        input("tickets", "data/tickets-2.csv", 1000, 0, 0),
        input("员工", "data/agents.csv", 40, 0, 0),
    ]
}

fn promise(rule: &Rule) -> PromiseResult {
    PromiseResult {
        rule: Arc::new(rule.clone()),
        kept: 118_000,
        breached: 2,
        running: 7,
        at_risk: 3,
        no_evidence: 1200,
        not_applicable: 0,
        coverage: Some(0.99),
        findings: new(2),
        open_elapsed: Some([4320.0, 91_234.5]),
    }
}

fn new(new: u64) -> Found {
    Found { new, ..Found::default() }
}

fn rule_result(rule: &Rule, path: Evaluated, outcomes: OutcomeCounts, findings: u64) -> RuleResult {
    let rule = Arc::new(rule.clone());
    RuleResult { rule, path, outcomes, findings: new(findings), groups: None, windows_reaching: 0 }
}

/// One that holds, one of two parts, one without a figure, one that fails.
fn gates() -> Vec<Gate> {
    vec![
        Gate {
            id: "assessed".into(),
            check: None,
            figure: 0.0,
            relation: Some("<="),
            limit: 0.0,
            verdict: GateVerdict::Held,
            about: Vec::new(),
            reason: None,
            parts: Vec::new(),
        },
        Gate {
            id: "whole".into(),
            check: Some("coverage() >= 0.9 && findings(\"major\") <= 3".into()),
            figure: 12.0,
            relation: Some("<="),
            limit: 3.0,
            verdict: GateVerdict::Failed,
            about: Vec::new(),
            reason: None,
            parts: vec![
                GatePart {
                    text: "coverage()".into(),
                    figure: 0.93,
                    relation: ">=",
                    limit: 0.9,
                    verdict: GateVerdict::Held,
                },
                GatePart {
                    text: "findings(\"major\")".into(),
                    figure: 12.0,
                    relation: "<=",
                    limit: 3.0,
                    verdict: GateVerdict::Failed,
                },
            ],
        },
        Gate {
            id: "kept".into(),
            check: Some("kept(\"first-response\") >= 0.95".into()),
            figure: f64::NAN,
            relation: Some(">="),
            limit: 0.95,
            verdict: GateVerdict::Failed,
            about: Vec::new(),
            reason: Some(Said {
                wording: wording::GATE_MISSING,
                arguments: vec![("name", "kept(\"first-response\")".into())],
            }),
            parts: Vec::new(),
        },
        Gate {
            id: "fail-on:critical".into(),
            check: None,
            figure: 1.0,
            relation: Some("<="),
            limit: 0.0,
            verdict: GateVerdict::Failed,
            reason: None,
            about: (1..8).map(|it| format!("complaints/rule-{it}")).collect(),
            parts: Vec::new(),
        },
    ]
}

fn audit() -> Audit {
    let rules = [
        rule(
            "complaints/reply-time-told",
            Severity::Critical,
            "A reply time is told",
            "受理时告知客户回复时间",
        ),
        rule("complaints/<b>hostile</b>|x-of-a-name-that-is-long", Severity::Major, HOSTILE, HOSTILE),
        rule("投诉/首次响应", Severity::Minor, "First reply in time", "首次响应及时"),
        rule("desk/quiet", Severity::Info, "Quiet", "安静"),
    ];
    let result = |at: usize, path, outcomes, findings| rule_result(&rules[at], path, outcomes, findings);
    let text = Place::Record { file: "data/tickets-1.csv".into(), row: 7, column: Some("score".into()) };
    Audit {
        scores: Vec::new(),
        project: "Support desk 客服".into(),
        zone: Zone::named("Asia/Shanghai").unwrap(),
        as_of: 1_774_951_200_000_000,
        inputs: inputs(),
        summary: Summary {
            records: 121_040,
            rejected: 3,
            bad_cells: 12,
            keyless: 1,
            duplicate_keys: 2,
            rules: 4,
            evaluations: 484_000,
            outcomes: counts(480_000, 4, 1200, 1),
            findings: [1, 2, 1, 0].map(new),
        },
        rules: vec![
            result(3, Evaluated::Vectorised, counts(121_000, 0, 0, 0), 0),
            result(2, Evaluated::Vectorised, counts(120_000, 1, 1200, 0), 1),
            result(1, Evaluated::Interpreted("a loop is not lowered".into()), counts(118_000, 2, 0, 1), 2),
            result(0, Evaluated::Vectorised, counts(12_345_678, 1, 0, 0), 1),
        ],
        promises: vec![promise(&rules[1])],
        groups: Vec::new(),
        gates: gates(),
        waivers: Vec::new(),
        baseline: None,
        worst: worst(&rules),
        unassessed: vec![Unassessed {
            rule: "投诉/首次响应".into(),
            key: "T-7".into(),
            field: "first_reply_at".into(),
            unreadable: true,
            record: 6,
        }],
        diagnostics: vec![
            Diagnostic::warning(wording::BAD_CELL)
                .with("text", HOSTILE)
                .with("type", "int")
                .at(text.clone())
                .also(text, wording::RECORDS),
            Diagnostic::error(wording::UNKNOWN_KEY)
                .with("name", "tytle")
                .at(place())
                .help(wording::KNOWN_KEYS),
            Diagnostic::note(wording::UNKNOWN_KEY),
        ],
    }
}

fn setting(lang: Lang) -> Setting {
    Setting::plain(lang, Zone::named("Asia/Shanghai").unwrap())
}

/// What the command line does with a format.
fn written(format: Format, setting: Setting, audit: &Audit) -> String {
    let report = report(format, setting);
    let joints = report.joints().unwrap_or_default();
    let mut findings = Vec::new();
    if report.needs().findings {
        let mut encoder = report.encoder();
        for (rule, it) in audit.worst.iter().enumerate() {
            findings.extend_from_slice(
                &joints.before.as_bytes()[usize::from(rule == 0 && !joints.before.is_empty())..],
            );
            let alike = Alike { class: rule, file: rule as u32, names: false, message: rule % 2 == 0 };
            encoder.finding(&Ready::new(&it.as_finding(), alike), &mut findings);
            findings.extend_from_slice(joints.after.as_bytes());
        }
    }
    let mut out = Vec::new();
    if report.joints().is_some() {
        let end = if findings.is_empty() { "" } else { joints.end };
        out = [report.head(Some(audit)).unwrap(), findings, end.into(), report.tail(audit)].concat();
    } else {
        report.finish(audit, &mut findings.as_slice(), &mut out).unwrap();
    }
    if format.is_text() { String::from_utf8(out).unwrap() } else { sheets(out) }
}

/// The cells of a workbook, a row a line, sheet by sheet.
fn sheets(book: Vec<u8>) -> String {
    use calamine::Reader;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(book)).unwrap();
    let mut text = String::new();
    for (name, range) in book.worksheets() {
        text.push_str(&format!("== {name}\n"));
        for row in range.rows() {
            let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
            text.push_str(cells.join(" | ").trim_end());
            text.push('\n');
        }
    }
    text
}

/// Rows and cells of RFC 4180.
fn parsed(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = csv.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty());
    rows
}

#[test]
fn every_format_in_both_languages() {
    for format in Format::ALL {
        for lang in [Lang::En, Lang::Zh] {
            let text = written(format, setting(lang), &audit());
            insta::assert_snapshot!(format!("{}_{}", format.name(), lang.tag()), text);
        }
    }
}

#[test]
fn formats_have_names_and_endings() {
    for format in Format::ALL {
        assert_eq!(Format::from_name(format.name()), Some(format));
        for ending in format.endings() {
            assert_eq!(Format::from_ending(Path::new(&format!("out/a.b.{ending}"))), Some(format));
        }
    }
    assert_eq!(Format::from_ending(Path::new("REPORT.JSON")), Some(Format::Json));
    assert_eq!(Format::from_ending(Path::new("report")), None);
    assert_eq!(Format::from_name("pdf"), None);
}

#[test]
fn the_object_has_its_members_in_order() {
    let audit = audit();
    let text = written(Format::Json, setting(Lang::En), &audit);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names = [
        "schema",
        "project",
        "as_of",
        "inputs",
        "summary",
        "rules",
        "promises",
        "scorecards",
        "groups",
        "gates",
        "waivers",
        "findings",
        "unassessed",
        "diagnostics",
    ];
    let places: Vec<usize> = names.iter().map(|it| text.find(&format!("\n  \"{it}\": ")).unwrap()).collect();
    assert!(places.is_sorted());
    assert_eq!(json.as_object().unwrap().len(), names.len());
    assert_eq!(json["as_of"], "2026-03-31T18:00:00+08:00");
    assert_eq!(json["rules"][2]["reason"], "a loop is not lowered");
    assert_eq!(json["findings"].as_array().unwrap().len(), 4);
    assert_eq!(json["findings"][1]["message"], HOSTILE);
    assert_eq!(json["findings"][1]["evidence"]["unreadable"], serde_json::json!(["score"]));
    assert_eq!(json["findings"][0]["evidence"]["fields"]["reply_due_at"], serde_json::Value::Null);
    assert_eq!(json["findings"][0].get("unstable"), None);
    assert!(text.contains("\"claim\":1200.50"));
}

#[test]
fn an_empty_audit_is_reported_too() {
    let empty = Audit {
        inputs: Vec::new(),
        summary: Summary::default(),
        rules: Vec::new(),
        groups: Vec::new(),
        gates: Vec::new(),
        worst: Vec::new(),
        unassessed: Vec::new(),
        diagnostics: Vec::new(),
        ..audit()
    };
    for lang in [Lang::En, Lang::Zh] {
        let json: serde_json::Value =
            serde_json::from_str(&written(Format::Json, setting(lang), &empty)).unwrap();
        assert_eq!(json["summary"]["coverage"], serde_json::Value::Null);
        assert_eq!(json["findings"], serde_json::json!([]));
        assert_eq!(written(Format::Ndjson, setting(lang), &empty), "");
        assert_eq!(written(Format::Csv, setting(lang), &empty).lines().count(), 1);
        assert!(!written(Format::Terminal, setting(lang), &empty).is_empty());
        assert!(!written(Format::Markdown, setting(lang), &empty).is_empty());
    }
}

#[test]
fn each_line_of_ndjson_is_the_finding_of_json() {
    let audit = audit();
    let json: serde_json::Value =
        serde_json::from_str(&written(Format::Json, setting(Lang::Zh), &audit)).unwrap();
    let lines = written(Format::Ndjson, setting(Lang::Zh), &audit);
    let lines: Vec<serde_json::Value> = lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(json["findings"], serde_json::Value::Array(lines));
}

#[test]
fn csv_reads_back() {
    let audit = audit();
    let text = written(Format::Csv, setting(Lang::En), &audit);
    let rows = parsed(&text);
    assert_eq!(
        rows[0].join(","),
        "id,rule,severity,dimension,kind,key,subject,outcome,message,evidence,file,row,standing,points"
    );
    assert!(rows.iter().all(|it| it.len() == 14));
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[1][6], "agent=A1;team=北区");
    assert_eq!(rows[2][8], format!("'{}", HOSTILE.replace(['\0', '\u{1b}'], "\u{fffd}")));
    assert_eq!((rows[3][5].as_str(), rows[4][5].as_str()), ("-5", "'+86 138"));
    for cell in rows.iter().flatten().filter(|it| it.parse::<f64>().is_err()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']), "{cell}");
    }

    let chosen = Setting { columns: vec![Column::Row, Column::Key], bom: true, ..setting(Lang::En) };
    let text = written(Format::Csv, chosen, &audit);
    assert!(text.starts_with("\u{feff}row,key\n17,T-1042\n"));
    let lone = Setting { columns: vec![Column::Points], ..setting(Lang::En) };
    assert_eq!(written(Format::Csv, lone, &audit), "points\n\"\"\n\"\"\n\"\"\n\"\"\n");
}

/// The same audit with figures and names as large as they come.
fn huge() -> Audit {
    let mut audit = audit();
    audit.project = "汉".repeat(300);
    for it in &mut audit.rules {
        it.outcomes = counts(u64::MAX / 1_000_000_000, 99_999_999_999, 9_999_999, 9_999_999);
        it.findings = new(99_999_999_999);
        Arc::make_mut(&mut it.rule).id = "规则集/一条名字很长的规则-".repeat(9);
    }
    audit.summary.findings = [new(99_999_999_999); 4];
    audit.summary.outcomes = audit.rules[0].outcomes;
    for it in &mut audit.inputs {
        it.source = "source-with-a-long-name-".repeat(9);
        it.records = 99_999_999_999;
    }
    for it in &mut audit.worst {
        let rule = Arc::make_mut(&mut it.rule);
        rule.id = "规则集/一条名字很长的规则-".repeat(9);
        it.key = "K".repeat(500);
        it.message = format!("{}{}", "字".repeat(9000), "e\u{301}❤️👩‍👩‍👧".repeat(100));
        it.file = "folder/".repeat(50);
        it.fields = vec![("字段".repeat(90), Value::Text("汉字与 long text".repeat(5000).into())); 40];
    }
    audit.gates[2].id = "gate-".repeat(50);
    audit
}

#[test]
fn no_line_is_wider_than_the_terminal_or_commands_it() {
    for audit in [audit(), huge()] {
        for lang in [Lang::En, Lang::Zh] {
            for width in [80, 100, 120] {
                let text = written(Format::Terminal, Setting { width, ..setting(lang) }, &audit);
                for line in text.lines() {
                    assert!(layout::width(line) <= width, "{} > {width}: {line}", layout::width(line));
                    assert_eq!(line.trim_end(), line, "no blanks at ends");
                }
                assert!(!text.contains(|c: char| c != '\n' && (c.is_control() || escape::is_unseen(c))));
                assert!(text.lines().count() < 160, "a summary, however large the data");
            }
        }
    }
}

#[test]
fn colours_are_all_that_they_add() {
    let plain = written(Format::Terminal, setting(Lang::Zh), &audit());
    let coloured = written(Format::Terminal, Setting { colour: true, ..setting(Lang::Zh) }, &audit());
    let mut bare = String::new();
    for (index, part) in coloured.split("\u{1b}[").enumerate() {
        bare.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_ne!(plain, coloured);
    assert_eq!(plain, bare);
}

#[test]
fn comments_hold_no_markup_of_the_data() {
    for audit in [audit(), huge()] {
        let text = written(Format::Markdown, setting(Lang::En), &audit);
        let ours = text.replace("<br>", "").replace("<span>$</span>", "");
        assert!(!ours.contains(['<', '>', '`']), "{ours}");
        assert!(!ours.replace("\\[", "").contains('[') && !ours.contains("@team"));
        assert!(text.len() < 60_000, "a comment may have 65,536 characters");
        for line in text.lines().filter(|it| it.starts_with('|')) {
            assert!(line.ends_with('|'));
        }
    }
}
