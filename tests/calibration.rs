//! `touchstone calibrate`: evaluators on the same records, by names and numbers, held to a reference.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{Dice, project_of, run};
use serde_json::Value;

const AUDIT: &str = r#"
[project]
name = "Desk"
[[source]]
id = "forms"
path = "forms.csv"
kind = "form"
key = ["call_id", "who"]
[calibration]
source = "forms"
record = "call_id"
evaluator = "who"
items = ["tone", "greeted", "grade"]
reference = "Lead"
tolerance = 0.5
"#;

/// Thirty calls: Mild rates a point higher, Odd now and then, Fair as the lead does.
fn rows() -> Vec<String> {
    let mut dice = Dice(3);
    let mut rows = Vec::new();
    for call in 0..30 {
        let tone = 1 + dice.below(4);
        let grade = |tone: u64| if tone > 2 { "good" } else { "bad" };
        let mut rate = |who: &str, tone: u64, greeted: bool| {
            rows.push(format!("C{call:02},{who},{tone},{greeted},{}", grade(tone)));
        };
        rate("Lead", tone, call % 3 > 0);
        rate("Mild", tone + 1, call % 3 > 0);
        rate("Fair", tone, call % 5 > 0);
        if call % 2 == 0 {
            rate("Odd", if call < 4 { 5 } else { tone }, true);
        }
    }
    rows
}

fn compared(audit: &str, rows: &[String], code: i32) -> Value {
    let text = format!("call_id,who,tone,greeted,grade\n{}\n", rows.join("\n"));
    let home = project_of(audit, &[("forms.csv", &text)], "");
    let said = run(home.path(), &["calibrate", ".", "--format", "json"]);
    assert_eq!(said.code, code, "{}{}", said.out, said.err);
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn who_is_out_of_tolerance_is_found() {
    let all = compared(AUDIT, &rows(), 1);
    let item = |name: &str| all["items"].as_array().unwrap().iter().find(|it| it["item"] == name).unwrap();
    let told = |name: &str, who: &str| {
        let all = item(name)["evaluators"].as_array().unwrap();
        all.iter().find(|it| it["evaluator"] == who).unwrap().clone()
    };
    let mild = told("tone", "Mild");
    assert_eq!((&mild["bias"], &mild["verdict"], &mild["n"]), (&1.0.into(), &"out".into(), &30.into()));
    let fair = told("tone", "Fair");
    assert_eq!(
        (&fair["bias"], &fair["verdict"], &fair["alike"]),
        (&0.0.into(), &"within".into(), &30.into())
    );
    assert_eq!(told("tone", "Odd")["n"], 15);
    assert_eq!((&item("tone")["level"], &item("greeted")["level"]), (&"ordinal".into(), &"nominal".into()));
    // Words are alike or not: they have no bias.
    assert!(item("grade")["evaluators"].as_array().unwrap().is_empty());
    let alpha = item("greeted")["alpha"].as_f64().unwrap();
    let [low, high] = [0, 1].map(|at| item("greeted")["alpha_interval"][at].as_f64().unwrap());
    assert!(low <= alpha && alpha <= high && alpha < 1.0, "{low} {alpha} {high}");
}

#[test]
fn the_order_of_forms_is_no_matter() {
    let mut shuffled = rows();
    Dice(9).shuffle(&mut shuffled);
    assert_eq!(compared(AUDIT, &shuffled, 1), compared(AUDIT, &rows(), 1));
}

#[test]
fn two_evaluators_have_a_kappa_and_people_read_it() {
    let two: Vec<String> =
        rows().into_iter().filter(|it| it.contains(",Lead,") || it.contains(",Fair,")).collect();
    let all = compared(AUDIT, &two, 0);
    let item = &all["items"][1];
    // Greeted: 30 calls, alike but where one of 3 and 5 divides the number.
    assert_eq!((&item["pairs"], &item["alike"]), (&30.into(), &18.into()));
    // Seen 0.6; chance 2/3 × 4/5 + 1/3 × 1/5 = 0.6.
    assert!(item["kappa"]["kappa"].as_f64().unwrap().abs() < 1e-12, "{item}");
    assert_eq!(all["items"][0]["kappa_quadratic"]["kappa"], 1.0);
    let text = format!("call_id,who,tone,greeted,grade\n{}\n", rows().join("\n"));
    let home = project_of(AUDIT, &[("forms.csv", &text)], "");
    for (lang, out) in [("en", "out of tolerance"), ("zh", "超出容许偏差")] {
        let said = run(home.path(), &["calibrate", ".", "--lang", lang]);
        assert!(said.out.contains(out) && said.out.contains("Krippendorff α (ordinal)"), "{}", said.out);
        assert!(said.out.lines().all(|it| it.chars().count() <= 80), "{}", said.out);
    }
}

#[test]
fn what_cannot_be_compared_is_told() {
    let broken = [
        ("reference = \"Lead\"", "reference = \"Boss\"", "`Boss`"),
        ("\"tone\",", "\"tonee\",", "tonee"),
        ("tolerance = 0.5", "tolerance = -1", "0 or more"),
        ("source = \"forms\"", "source = \"form\"", "did you mean `forms`"),
        ("record = \"call_id\"\n", "", "record"),
    ];
    let text = format!("call_id,who,tone,greeted,grade\n{}\n", rows().join("\n"));
    for (old, new, told) in broken {
        let audit = AUDIT.replacen(old, new, 1);
        assert_ne!(audit, AUDIT);
        let said = run(project_of(&audit, &[("forms.csv", &text)], "").path(), &["calibrate", "."]);
        assert_eq!(said.code, 2, "{new}: {}", said.out);
        assert!(said.err.contains(told) && said.err.contains("audit.toml"), "{new}: {}", said.err);
    }
    let once: Vec<String> = rows().into_iter().filter(|it| it.contains(",Lead,")).collect();
    let all = compared(AUDIT, &once, 0);
    assert_eq!(all["items"][0]["records"], 0);
    assert!(all["items"][0]["alpha"].is_null());
}
