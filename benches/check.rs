//! What it costs to know that thousands of rules are right: read, parsed, typed, looked at by lints. The
//! cost of a rule must not grow with the number of rules, tables and word lists. See `benches/README.md`.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot prepare its files has failed")]

use divan::{Bencher, counter::ItemsCount};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

const AUDIT: &str = r#"
[project]
name = "Many rules"
packs = ["./rules"]
[[source]]
id = "tickets"
path = "data/tickets.csv"
kind = "ticket"
key = "ticket_id"
[source.fields]
tier = { type = "choice", choices = ["vip", "gold", "standard"] }
opened_at = { type = "time" }
closed_at = { type = "time" }
"#;

/// A project of so many rules, a tenth as many tables and word lists, and sixty fields.
fn project(rules: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("check-{rules}"));
    fs::create_dir_all(folder.join("rules")).unwrap();
    fs::create_dir_all(folder.join("data")).unwrap();
    let mut header = "ticket_id,tier,opened_at,closed_at,transfers,note".to_owned();
    let mut record = "T-1,vip,2026-03-02T09:00,2026-03-02T12:00,1,hello".to_owned();
    for field in 0..60 {
        let _ = write!(header, ",f{field}");
        record.push_str(",5");
    }
    let mut text = "[pack]\nid = \"many\"\ntitle = \"Many\"\n".to_owned();
    (0..rules).for_each(|it| text.push_str(&rule(it)));
    fs::write(folder.join("audit.toml"), AUDIT).unwrap();
    fs::write(folder.join("data/tickets.csv"), format!("{header}\n{record}\n")).unwrap();
    fs::write(folder.join("rules/pack.toml"), text).unwrap();
    folder
}

fn rule(number: usize) -> String {
    let (library, first, second) = (number / 10 * 10, number % 60, (number + 7) % 60);
    let mut text = String::new();
    if number == library {
        text += &format!("[[phrases]]\nid = \"words-{number}\"\nwords = [\"no way {number}\", \"没办法\"]\n");
        text +=
            &format!("[[table]]\nid = \"limit-{number}\"\ninputs = [\"tier\", \"n\"]\noutput = \"int\"\n");
        text += &format!("rows = [[\"vip\", 1, {number}], [\"vip\", \"*\", 2], [\"*\", \"*\", 3]]\n");
    }
    text + &format!(
        r#"[[rule]]
id = "rule-{number}"
title = {{ en = "Rule {number}", zh = "规则 {number}" }}
on = "ticket"
severity = "minor"
params = {{ limit_hours = 4, most = 3 }}
when = 'tier != "gold" && !is_missing(f{first}) && f{first} > 2'
check = '(closed_at - opened_at <= hours(limit_hours) || transfers <= most) && !contains_any(note, "words-{library}") && f{second} < limit_{library}(tier, f{first}) + {number}'
message = "{{ticket_id}}: {{f{first}}} beyond {{limit_hours}} h"
"#
    )
}

/// The whole command, as people wait for it. An item is a rule.
#[divan::bench(args = [500, 2_000, 8_000], sample_count = 10, sample_size = 1)]
fn check(bencher: Bencher<'_, '_>, rules: usize) {
    let folder = project(rules);
    bencher.counter(ItemsCount::new(rules)).bench(|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_touchstone"));
        let run = command.arg("check").arg(&folder).stdout(Stdio::null()).stderr(Stdio::piped()).output();
        let run = run.unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    });
}
