//! Scorecards: those of other teams rebuilt from real records, which are not part of the source; and what holds of
//! every scorecard, on records of our own.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod common;
#[path = "real/oracle.rs"]
#[expect(dead_code, reason = "each test file uses its own part of this one")]
mod oracle;

use common::{Dice, audit, copy, project_of, report, root, run};
use oracle::Table;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

/// The folder of real records: `../shared`, or what `TOUCHSTONE_SHARED` names.
fn shared(name: &str) -> Option<PathBuf> {
    let shared =
        std::env::var_os("TOUCHSTONE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let data = shared.join("data").join(name);
    if data.is_dir() {
        return Some(data);
    }
    eprintln!("skipped: there are no real records `{name}` (TOUCHSTONE_SHARED may name their folder)");
    None
}

/// A copy of a project of `tests/real` with an empty folder for data.
fn real(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join(name);
    copy(&root().join("tests/real").join(name), &project);
    fs::create_dir(project.join("data")).unwrap();
    (folder, project)
}

/// The scores of the level that is scored, by subject. Of each it is held that base and points make the score.
fn scores(report: &Value) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for it in report["scorecards"].as_array().unwrap() {
        if let Some(score) = it["score"].as_f64() {
            let points = it["points"].as_array().unwrap().iter().map(|it| it["points"].as_f64().unwrap());
            let sum = it["base"].as_f64().unwrap() + points.sum::<f64>();
            assert!((sum - score).abs() < 1e-9, "the points make {sum}: {it}");
        }
        if it["level"] != "all" {
            all.insert(it["subject"].as_str().unwrap().to_owned(), it.clone());
        }
    }
    all
}

fn audited(project: &Path, more: &[&str]) -> Value {
    report(project, more).1
}

/// The points of each violation were fitted on half of the inspections; the rest is the city's own.
#[test]
fn scores_of_inspections_are_those_of_the_city() {
    let Some(data) = shared("inspections_sf") else { return };
    let (_folder, project) = real("inspections_card");
    let violations = Table::read(&data, &["violations.csv"]);
    let columns = violations.all(["business_id", "date", "description"]);
    let mut text = "business_id,date,description,inspection\n".to_owned();
    for it in &violations.records {
        let [business, date, description] = columns.map(|at| it.cells[at].as_str());
        // Behind some stands when they were mended.
        let description = description.split("[ date").next().unwrap().trim_end();
        text.push_str(&format!("{business},{date},\"{description}\",{business}|{date}\n"));
    }
    fs::write(project.join("data/violations.csv"), text).unwrap();
    let points = Table::read(&data, &["points_inferred.csv"]);
    let [description, worth] = points.all(["description", "points_inferred"]);
    let rows: BTreeMap<&str, &str> = points
        .records
        .iter()
        .map(|it| (it.cells[description].trim_end(), it.cells[worth].as_str()))
        .collect();
    let rows: String = rows.iter().map(|(name, points)| format!("\"{name}\",{points}\n")).collect();
    fs::write(project.join("rules/card/points.csv"), format!("description,points\n{rows}*,0\n")).unwrap();
    let scores = scores(&audited(&project, &[]));

    let inspections = Table::read(&data, &["inspections.csv"]);
    let [business, score, date] = inspections.all(["business_id", "score", "date"]);
    let (mut met, mut equal) = (0, 0);
    for it in &inspections.records {
        let Some(found) = scores.get(&format!("{}|{}", it.cells[business], it.cells[date])) else { continue };
        met += 1;
        let (own, theirs) = (found["score"].as_f64().unwrap(), it.number(score));
        equal += u32::from((own - theirs).abs() < 1e-9);
        let band = match own {
            own if own > 90.0 => "Good",
            own if own > 85.0 => "Adequate",
            own if own > 70.0 => "Needs Improvement",
            _ => "Poor",
        };
        assert_eq!(found["grade"], band, "{found}");
    }
    assert!(met > 10_000, "{met}");
    let share = f64::from(equal) / f64::from(met);
    assert!(share >= 0.99, "{equal} of {met}");
}

/// Speed from the two times, completeness, and their sum with the other parts.
#[test]
fn scores_of_messages_are_those_of_the_other_team() {
    let Some(data) = shared("messages_zh") else { return };
    let (_folder, project) = real("messages_card");
    let messages = Table::read(&data, &["messages.csv"]);
    let [key, asked, answered] = messages.all(["留言编号", "留言时间", "答复时间"]);
    let theirs = Table::read(&data, &["scores.csv"]);
    let parts =
        theirs.all(["留言编号", "f_first", "f_end", "f_complete", "conj_score", "rela_score", "FINAL_SCORE"]);
    let by: HashMap<&str, &oracle::Record> = theirs.by(parts[0]);
    let mut text = "留言编号,留言时间,答复时间,f_first,f_end,f_complete,关联,相关\n".to_owned();
    for it in &messages.records {
        let Some(other) = by.get(it.cells[key].as_str()) else { continue };
        let cells: Vec<&str> = parts[1..6].iter().map(|at| other.cells[*at].as_str()).collect();
        text.push_str(&format!(
            "{},{},{},{}\n",
            it.cells[key],
            it.cells[asked],
            it.cells[answered],
            cells.join(",")
        ));
    }
    fs::write(project.join("data/replies.csv"), text).unwrap();
    let scores = scores(&audited(&project, &[]));
    let mut equal = 0;
    for it in &theirs.records {
        let own = scores[it.cells[parts[0]].as_str()]["score"].as_f64().unwrap();
        equal += u32::from((own - it.number(parts[6])).abs() < 1e-9);
    }
    assert_eq!((equal, theirs.records.len()), (2_816, 2_816));
}

const AUDIT: &str = r#"
[project]
name = "Desk"
timezone = "Asia/Shanghai"
packs = ["./rules"]

[[source]]
id = "tickets"
path = "tickets*.csv"
kind = "ticket"
key = "id"
date = "opened_at"
subject = { agent = "agent", team = "team" }

[[source]]
id = "surveys"
path = "surveys*.csv"
kind = "survey"
key = "id"
date = "asked_at"
subject = { agent = "agent", team = "team" }
"#;

const RULES: &str = r#"
[[rule]]
id = "greeting"
title = { en = "The customer is greeted", zh = "问候客户" }
on = "ticket"
severity = "minor"
source = "Standard 2.1"
check = 'greeted'

[[rule]]
id = "polite"
title = { en = "No rude word", zh = "不说服务忌语" }
on = "ticket"
severity = "critical"
check = 'rude_words == 0'

[[rule]]
id = "praised"
title = { en = "Praised by the customer", zh = "客户表扬" }
on = "ticket"
severity = "info"
when = 'praise > 0'
check = 'praise > 0'

[[promise]]
id = "answered"
title = { en = "Answered within two hours", zh = "两小时内答复" }
on = "ticket"
start = "opened_at"
stop = "answered_at"
target = "2h"

[[scorecard]]
id = "agent-month"
title = { en = "Agents by month", zh = "坐席月度评分" }
subject = "agent"
min_records = 5
grades = [[95, "A"], [80, "B"], [0, "C"]]
[[scorecard.section]]
id = "behaviour"
title = { en = "Behaviour", zh = "服务行为" }
weight = 60
items = [
  { rule = "desk/greeting", deduct = 20 },
  { rule = "desk/polite", critical = true },
  { rule = "desk/praised", bonus = 0.5, cap = 2 },
]
[[scorecard.section]]
id = "promises"
title = { en = "Promises", zh = "服务承诺" }
weight = 20
items = [{ promise = "desk/answered", scale = [[0.5, 0], [0.9, 100]] }]
[[scorecard.section]]
id = "customers"
title = { en = "Customers", zh = "客户评价" }
weight = 20
items = [{ metric = 'mean(score)', on = "survey", scale = [[1, 0], [5, 100]], min = 3 }]
"#;

/// Tickets and surveys of two months, a line each.
fn desk_records() -> [Vec<String>; 2] {
    let mut dice = Dice(11);
    let agent = |number: u64| {
        (
            ["Li Wei", "Wang Fang", "Zhao Min", "Chen Jie"][number as usize],
            ["north", "south"][number as usize / 2],
        )
    };
    let mut tickets = Vec::new();
    for id in 0..240 {
        let who = dice.below(4);
        let (name, team) = agent(who);
        let month = 1 + dice.below(2);
        let (day, hour) = (1 + dice.below(28), 8 + dice.below(8));
        let answered = hour + 1 + dice.below(3) * u64::from(dice.below(4) == 0);
        let greeted = match dice.below(20) {
            0 => "",
            draw if draw <= who + 1 => "false",
            _ => "true",
        };
        let rude = u64::from(who == 3 && dice.below(25) == 0);
        let praise = u64::from(dice.below(15) == 0);
        let date = format!("2026-{month:02}-{day:02}");
        tickets.push(format!(
            "T{id:04},{name},{team},{date} {hour:02}:00,{date} {answered:02}:30,{greeted},{rude},{praise}"
        ));
    }
    let mut surveys = Vec::new();
    for id in 0..60 {
        let (name, team) = agent(dice.below(4));
        let date = format!("2026-{:02}-{:02}", 1 + dice.below(2), 1 + dice.below(28));
        surveys.push(format!("S{id:03},{name},{team},{date} 12:00,{}", 2 + dice.below(4)));
    }
    [tickets, surveys]
}

/// A project of desk records, those of each source in as many files.
fn desk(records: &[Vec<String>; 2], files: usize) -> tempfile::TempDir {
    let folder = project_of(AUDIT, &[], RULES);
    let heads =
        ["id,agent,team,opened_at,answered_at,greeted,rude_words,praise", "id,agent,team,asked_at,score"];
    for ((lines, head), name) in records.iter().zip(heads).zip(["tickets", "surveys"]) {
        for (number, lines) in lines.chunks(lines.len().div_ceil(files)).enumerate() {
            let text = format!("{head}\n{}\n", lines.join("\n"));
            fs::write(folder.path().join(format!("{name}{number}.csv")), text).unwrap();
        }
    }
    folder
}

#[test]
fn scores_do_not_depend_on_threads_files_order_or_memory() {
    let records = desk_records();
    let folder = desk(&records, 1);
    let of = |report: &Value| serde_json::to_string(&report["scorecards"]).unwrap();
    let whole = report(folder.path(), &[]).1;
    assert_eq!(whole["scorecards"].as_array().unwrap().len(), 2 * (1 + 2 + 4), "all, teams, agents");
    scores(&whole);
    for more in [&["--threads", "1"][..], &["--threads", "3"], &["--memory", "1KB"], &["--row-by-row"]] {
        assert_eq!(of(&whole), of(&report(folder.path(), more).1), "{more:?}");
    }
    let mut dice = Dice(5);
    for files in [1, 3] {
        let mut shuffled = records.clone();
        shuffled.iter_mut().for_each(|it| dice.shuffle(it));
        assert_eq!(of(&whole), of(&report(desk(&shuffled, files).path(), &[]).1), "{files} files");
    }
}

/// A second reckoning, record by record, of one agent's month.
#[test]
fn a_score_is_what_its_rules_make_of_it() {
    let records = desk_records();
    let found = scores(&report(desk(&records, 1).path(), &[]).1);
    let own = |line: &&String| line.contains(",Chen Jie,") && line.contains("2026-02");
    let cells = |line: &String| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let tickets: Vec<Vec<String>> = records[0].iter().filter(own).map(cells).collect();
    let behaviour = |it: &Vec<String>| match (it[6].as_str(), it[5].as_str()) {
        ("1", _) => 0.0,
        (_, "false") => 80.0,
        _ => 100.0,
    };
    let count = |all: usize| u32::try_from(all).map(f64::from).unwrap();
    let behaviour = tickets.iter().map(behaviour).sum::<f64>() / count(tickets.len());
    let hour =
        |text: &str| text[11..13].parse::<f64>().unwrap() + text[14..16].parse::<f64>().unwrap() / 60.0;
    let kept =
        count(tickets.iter().filter(|it| hour(&it[4]) - hour(&it[3]) <= 2.0).count()) / count(tickets.len());
    let promises = ((kept - 0.5) / 0.4).clamp(0.0, 1.0) * 100.0;
    let answers: Vec<f64> = records[1].iter().filter(own).map(|it| cells(it)[4].parse().unwrap()).collect();
    let customers = (answers.iter().sum::<f64>() / count(answers.len()) - 1.0) / 4.0 * 100.0;
    let bonus = (count(tickets.iter().filter(|it| it[7] == "1").count()) * 0.5).min(2.0);
    let expected = (0.6 * behaviour + 0.2 * promises + 0.2 * customers + bonus).clamp(0.0, 100.0);
    let score = found["Chen Jie"]["score"].as_f64().unwrap();
    assert!((score - expected).abs() < 1e-9, "{score}, not {expected}: {}", found["Chen Jie"]);
    assert_eq!(found["Chen Jie"]["period"], "2026-02");
}

#[test]
fn people_read_scores() {
    let folder = desk(&desk_records(), 1);
    for lang in ["en", "zh"] {
        let shown = audit(folder.path(), &["--lang", lang]).out;
        let head = if lang == "en" { "Scorecards" } else { "评分" };
        let section: Vec<&str> =
            shown.lines().skip_while(|it| *it != head).take_while(|it| !it.is_empty()).collect();
        insta::assert_snapshot!(format!("scores-{lang}"), section.join("\n"));
        let arguments =
            ["explain", ".", "--scorecard", "agent-month", "--subject", "Chen Jie", "--period", "2026-02"];
        let told =
            run(folder.path(), &[&arguments[..], &["--as-of", common::AS_OF, "--lang", lang]].concat());
        assert_eq!(told.code, 0, "{}", told.err);
        insta::assert_snapshot!(format!("score-explained-{lang}"), told.out);
    }
    let arguments =
        ["explain", ".", "--scorecard", "desk/agent-month", "--subject", "north", "--format", "json"];
    let told = run(folder.path(), &arguments);
    let json: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(json["scorecard"]["level"], "team");
    assert!(!json["findings"].as_array().unwrap().is_empty());
}

#[test]
fn points_of_every_sample_make_its_scores() {
    let mut count = 0;
    for entry in fs::read_dir(root().join("samples")).unwrap() {
        let folder = entry.unwrap().path();
        if folder.join("audit.toml").exists() {
            let report = audited(&folder, &[]);
            // This sums the points up.
            count += scores(&report).len();
        }
    }
    assert!(count >= 8, "{count}");
}
