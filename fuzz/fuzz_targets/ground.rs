//! A small project in a folder of this process: records with and without values, and a rule pack that
//! each input writes anew.

#[path = "../../tests/support/mod.rs"]
pub mod support;

use std::{fs, path::PathBuf};
use support::Subject;
use touchstone::engine::BlockResult;

const PROJECT: &str = r#"
[project]
name = "Fuzz"
timezone = "Asia/Shanghai"
packs = ["./rules"]
[[source]]
id = "records"
path = "records.ndjson"
kind = "record"
key = "id"
[source.fields]
id = { type = "text" }
m = { type = "int" }
n = { type = "int" }
x = { type = "float" }
amount = { type = "decimal" }
ok = { type = "bool" }
a = { type = "time" }
b = { type = "time" }
day = { type = "date" }
wait = { type = "duration" }
channel = { type = "choice", choices = ["phone", "chat"] }
"备注" = { type = "text" }
scores = { type = "list", of = "int" }
"#;

const RECORDS: &str = r#"{"id":"1","m":3,"n":0,"x":0.5,"amount":"1.50","ok":true,"a":"2026-03-02T09:00:00Z","b":"2026-03-02T10:00:00Z","day":"2026-03-02","wait":"90m","channel":"phone","备注":"不知道 ab","scores":[4,2,5]}
{"id":"2"}
{"id":"3","m":9223372036854775807,"n":-1,"x":-1e308,"amount":"79228162514264337593543950335","ok":false,"channel":"chat","备注":"😀é","scores":[]}
{"id":"4","m":"?","n":2,"x":"?","ok":"?","a":"?","scores":"?","备注":""}
"#;

pub const HEAD: &str = r#"
[pack]
id = "pack"
title = "Fuzz"
[[phrases]]
id = "taboo"
words = ["不知道", "no way"]
[[table]]
id = "limit-of"
inputs = ["channel"]
output = "int"
rows = [["phone", 15], ["*", 30]]
"#;

/// Where this process keeps its project.
pub fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("touchstone-fuzz-{}", std::process::id()));
    if !folder.join("audit.toml").exists() {
        fs::create_dir_all(folder.join("rules")).expect("a folder for the project");
        fs::write(folder.join("audit.toml"), PROJECT).expect("audit.toml");
        fs::write(folder.join("records.ndjson"), RECORDS).expect("records");
    }
    folder
}

/// Loads, plans and judges; `None` where something is wrong with the rules.
pub fn judged(row_by_row: bool) -> Option<Vec<BlockResult>> {
    let subject = Subject::load(&folder()).ok()?;
    let plan = subject.plan(&[], row_by_row).ok()?;
    let mut batches = subject.batches(&plan).ok()?;
    Some(subject.judge(&plan, &mut batches, true))
}
