//! Measures of answers in the rule language, on the known answers of `tests/data/measures.jsonl`.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{project_of, run};
use serde_json::Value;
use std::fmt::Write as _;

const AUDIT: &str = "[project]\nname = \"Desk\"\n[[source]]\nid = \"answers\"\npath = \"answers.csv\"\nkind = \"answer\"\nkey = \"id\"\n";

/// What an expression gives over answers: the first group of `eval`.
fn eval(answers: &str, expression: &str) -> Value {
    let home = project_of(AUDIT, &[("answers.csv", answers)], "");
    let said = run(home.path(), &["eval", expression, ".", "--format", "json"]);
    assert_eq!(said.code, 0, "{expression}: {}", said.err);
    serde_json::from_str::<Value>(&said.out).unwrap()[0].clone()
}

fn scores(list: &Value) -> String {
    let mut text = "id,score\n".to_owned();
    for (at, score) in list.as_array().unwrap().iter().enumerate() {
        writeln!(text, "A{at},{score}").unwrap();
    }
    text
}

#[test]
fn known_answers_hold() {
    let rows = include_str!("data/measures.jsonl").lines();
    let mut seen = 0;
    for row in rows.map(|it| serde_json::from_str::<Value>(it).unwrap()) {
        let (expression, figure, times) = match row["kind"].as_str().unwrap() {
            "nps" => ("nps(score)", "nps", 1.0),
            "csat_top2" => ("csat(score)", "percent", 100.0),
            "csat_top1" => ("top_box(score, 5)", "percent", 100.0),
            "ces_mean" => ("ces(score)", "mean", 1.0),
            "ces_top3" => ("csat(score, 5)", "percent", 100.0),
            _ => continue,
        };
        let found = eval(&scores(&row["input"]["scores"]), expression);
        let (found, expected) = (found["value"].as_f64().unwrap(), row["expected"][figure].as_f64().unwrap());
        assert!((found * times - expected).abs() < 1e-9, "{}: {found}, not {expected}", row["id"]);
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn answers_off_the_scale_are_no_promoters() {
    let found = eval("id,score\nA,10\nB,99\nC,-1\nD,\nE,0\n", "nps(score)");
    assert_eq!(found["value"], 0.0);
    assert_eq!(
        (&found["n"], &found["left_out_missing"], &found["left_out_errors"]),
        (&2.into(), &1.into(), &2.into())
    );
    assert_eq!(eval("id,score\nA,7.5\nB,9.0\n", "nps(score)")["value"], 50.0);
}

/// The interval of a net score is that of its three points: 35.4 points of standard error for one of each and a half.
#[test]
fn a_net_score_in_a_rule_has_its_interval() {
    let rule = "[[rule]]\nid = \"nps\"\ntitle = \"Customers recommend us\"\non = \"answer\"\nseverity = \"minor\"\nper = [\"team\"]\nmin = 1\ncheck = \"nps(score) >= 30.0\"\n";
    let audit = AUDIT.replace("[[source]]", "packs = [\"./rules\"]\n[[source]]");
    let answers = "id,team,score\nA,n,6\nB,n,7\nC,n,8\nD,n,9\nE,s,10\nF,s,10\n";
    let home = project_of(&audit, &[("answers.csv", answers)], rule);
    let (_, report) = common::report(home.path(), &[]);
    let groups = report["groups"].as_array().unwrap();
    let of = |team: &str| groups.iter().find(|it| it["team"] == team).unwrap();
    assert_eq!((&of("n")["figure"], &of("n")["outcome"]), (&0.0.into(), &"fail".into()));
    let [low, high] = [0, 1].map(|at| of("n")["interval"][at].as_f64().unwrap());
    let half = 35.355_339_059_327_38 * 1.959_963_984_540_054;
    assert!((low + half).abs() < 1e-9 && (high - half).abs() < 1e-9, "{low} {high}");
    assert_eq!(of("s")["interval"], serde_json::json!([100.0, 100.0]));
}

#[test]
fn answers_have_kano_classes() {
    let answers = "id,with_it,without\n1,like,must-be\n2,must-be,dislike\n3,喜欢,不喜欢\n4,huh,like\n5,1,1\n6,neutral,live-with\n";
    let count = |letter: &str| {
        eval(answers, &format!("count(kano(with_it, without) == \"{letter}\")"))["value"].clone()
    };
    assert_eq!(["A", "M", "O", "", "Q", "I", "R"].map(count), [1, 1, 1, 1, 1, 1, 0].map(Value::from));
}

/// Below, at or above what was expected; whole numbers and fractions compare by value.
#[test]
fn expectations_are_classed() {
    let answers = "id,score,expected\n1,3,4.5\n2,4,4.0\n3,5,4.5\n4,5,\n";
    let count = |class: &str| {
        eval(answers, &format!("count(expectation_class(score, expected) == \"{class}\")"))["value"].clone()
    };
    assert_eq!(["below", "at", "above"].map(count), [1, 1, 1].map(Value::from));
    assert_eq!(eval(answers, "rate(期望比较(score, expected) == \"below\")")["n"], 3);
}

/// The class that most are of, ties in the order M, O, A, I; the coefficients leave out R and Q. Over groups, in
/// windows, and in Chinese; what is no answer is left out and counted.
#[test]
fn features_have_kano_classes_and_coefficients() {
    let answers = "id,feature,with_it,without\n1,a,like,must-be\n2,a,must-be,dislike\n3,a,喜欢,喜欢\n4,a,huh,like\n5,b,like,dislike\n6,b,1,5\n7,b,neutral,dislike\n8,b,dislike,like\n";
    let of = |expression: &str| eval(answers, expression);
    let class = of("kano_class(with_it, without)");
    assert_eq!(
        (&class["value"], &class["n"], &class["left_out_missing"]),
        (&"M".into(), &7.into(), &1.into())
    );
    let share = |expression: &str, expected: f64| {
        let found = of(expression)["value"].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-12, "{expression}: {found}");
    };
    share("kano_better(with_it, without)", 3.0 / 5.0);
    share("kano_worse(with_it, without)", -4.0 / 5.0);
    assert_eq!(
        of("卡诺归类(with_it, without) == \"M\" && 增加满意系数(with_it, without) < 0.7")["value"],
        true
    );
    let only = "id,with_it,without\n1,like,like\n";
    assert_eq!(eval(only, "kano_better(with_it, without)")["value"], Value::Null);
    assert_eq!(eval(only, "kano_class(with_it, without)")["value"], "Q");

    let rules = "[[rule]]\nid = \"class\"\ntitle = \"No must-be is missing\"\non = \"answer\"\nseverity = \"minor\"\nper = [\"feature\"]\nmin = 1\ncheck = 'kano_class(with_it, without) != \"M\"'\n[[rule]]\nid = \"worse\"\ntitle = \"None angers\"\non = \"answer\"\nseverity = \"minor\"\nper = [\"feature\"]\nmin = 1\ncheck = 'kano_worse(with_it, without) >= -0.5'\n";
    let audit = AUDIT.replace("[[source]]", "packs = [\"./rules\"]\n[[source]]");
    let home = project_of(&audit, &[("answers.csv", answers)], rules);
    let (_, report) = common::report(home.path(), &[]);
    let groups = report["groups"].as_array().unwrap();
    let of = |feature: &str, rule: &str| {
        groups
            .iter()
            .find(|it| it["feature"] == feature && it["rule"].as_str().unwrap().ends_with(rule))
            .unwrap()
    };
    assert_eq!(
        (&of("a", "class")["outcome"], &of("b", "class")["outcome"]),
        (&"fail".into(), &"pass".into())
    );
    assert_eq!(of("b", "worse")["figure"], -1.0);
    let interval = of("b", "worse")["interval"].as_array().unwrap();
    assert!(interval[0] == -1.0 && (interval[1].as_f64().unwrap() + 0.438_503).abs() < 1e-6, "{interval:?}");
}

/// What is perceived less what was expected, of answers that tell both; the arguments are expressions of their own.
#[test]
fn a_gap_is_the_mean_of_differences() {
    let answers = "id,p,e\n1,4,5\n2,3,\n3,5,4\n4,5,3\n";
    let gap = |text: &str| eval(answers, text);
    let plain = gap("gap(p, e)");
    assert!((plain["value"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12 && plain["n"] == 3, "{plain}");
    assert_eq!(gap("gap(p + p, e - 1) == mean((p + p) - (e - 1))")["value"], true);
    assert_eq!(gap("差距(p, e ?? 3)")["n"], 4);
}

/// Who answered of those who were asked; what stayed within its limit.
#[test]
fn response_rates_and_service_levels_are_shares() {
    let answers = "id,score,waited\n1,4,20\n2,,21\n3,5,\n4,,5\n";
    assert_eq!(eval(answers, "response_rate(score)")["value"], 0.5);
    let level = eval(answers, "service_level(waited, 20)");
    assert!((level["value"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12 && level["n"] == 3, "{level}");
    assert_eq!(eval(answers, "服务水平(waited + 1, 10 + 11) == rate(waited + 1 <= 21)")["value"], true);
}
