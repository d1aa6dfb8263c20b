//! Scorecards with known answers: small ones in full, and the rows of `tests/data/scorecards.jsonl`.

use super::{EntryKind, ItemState, Measure, Part, Points, Score, Sums, finish};
use crate::{
    diagnostic::Place,
    rule::{Critical, Item, Period, Scope, Scorecard, Scored, Section, Weighting, WithoutEvidence},
    wording::UserText,
};
use serde_json::Value;

fn place() -> Place {
    Place::File("card.toml".into())
}

fn form(max: f64) -> Item {
    Item {
        of: Scored::Field("field".into()),
        deduct: None,
        bonus: None,
        cap: None,
        per: None,
        fault: None,
        critical: None,
        critical_cap: 0.0,
        critical_below: None,
        max: Some(max),
        scale: Vec::new(),
        weight: 1.0,
        min: 1,
        on: None,
        place: place(),
    }
}

fn rule(deduct: f64) -> Item {
    Item { of: Scored::Rule("rule".into()), deduct: Some(deduct), max: None, ..form(1.0) }
}

fn card(sections: Vec<(f64, Vec<Item>)>) -> Scorecard {
    let section = |(number, (weight, items)): (usize, (f64, Vec<Item>))| Section {
        id: format!("s{number}"),
        title: UserText::same("section"),
        weight,
        items,
    };
    Scorecard {
        id: "pack/card".into(),
        title: UserText::same("card"),
        subject: ("agent".into(), place()),
        period: Period::All,
        scope: Scope::Record,
        base: 100.0,
        floor: 0.0,
        ceiling: 100.0,
        min_records: 1,
        weighting: Weighting::Section,
        without_evidence: WithoutEvidence::Exclude,
        grades: Vec::new(),
        sections: sections.into_iter().enumerate().map(section).collect(),
        place: place(),
        id_place: place(),
    }
}

/// The score of records of one kind.
fn scored(card: &Scorecard, records: &[Vec<ItemState>], measure: Option<Measure>) -> Score {
    let part = Part::new(card, "ticket", &|_| Some("ticket".into())).unwrap();
    let mut sums = vec![0.0; Sums::len_of(card, &part)];
    let (mut points, mut numbers) = (Points::default(), Vec::new());
    for record in records {
        part.of_record(card, record, &mut points);
        let share = |number: usize| if let ItemState::Share(it, _) = record[number] { it } else { 0.0 };
        Sums::write(card, &points, share, &mut numbers);
        sums.iter_mut().zip(&numbers).for_each(|(sum, more)| *sum += more);
    }
    let score = finish(card, &[(&part, Sums::of_numbers(card, &sums))], |_| measure);
    if let Some(value) = score.score {
        let sum = card.base + score.entries.iter().map(|it| it.points).sum::<f64>();
        assert!((sum - value).abs() < 1e-9, "the points make {sum}: {score:?}");
    }
    score
}

fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|it| (it - expected).abs() < 1e-9), "{found:?}, not {expected}");
}

const GOOD: ItemState = ItemState::Good;
const BAD: ItemState = ItemState::Bad;

#[test]
fn deductions_cost_once_a_fault_and_no_more_than_there_is() {
    let fault = |deduct: f64| Item { fault: Some("carelessness".into()), ..rule(deduct) };
    let one =
        card(vec![(70.0, vec![rule(10.0), fault(5.0), fault(8.0)]), (30.0, vec![rule(60.0), rule(60.0)])]);
    near(scored(&one, &[vec![GOOD; 5]], None).score, 100.0);
    // Of the two that name the fault the dearer; a section has no more than 100 to lose.
    let all = scored(&one, &[vec![BAD; 5]], None);
    near(all.score, 0.7 * 82.0);
    assert_eq!(all.sections.iter().map(|it| it.score.unwrap().round()).collect::<Vec<_>>(), [82.0, 0.0]);
    // What does not apply leaves its section, and an empty section the whole.
    let na = ItemState::NotApplicable;
    near(scored(&one, &[vec![BAD, na, na, na, na]], None).score, 90.0);
    let none = scored(&one, &[vec![na; 5]], None);
    assert_eq!((none.score, none.coverage), (None, None));
    assert!(scored(&one, &[vec![na, na, na, GOOD, GOOD]], None).provisional, "less than half of the weight");
    // Records are averaged, with what is missing left out, or held against them.
    let lacks = ItemState::NoEvidence;
    let records = [vec![BAD, GOOD, GOOD, GOOD, GOOD], vec![lacks, GOOD, GOOD, GOOD, GOOD]];
    let lenient = scored(&one, &records, None);
    near(lenient.score, 96.5);
    near(lenient.coverage, 0.9);
    near(scored(&Scorecard { without_evidence: WithoutEvidence::Deduct, ..one }, &records, None).score, 93.0);
}

#[test]
fn critical_items_take_the_record_or_the_period() {
    let of = |critical| Item { critical: Some(critical), deduct: None, ..rule(0.0) };
    let one = card(vec![(100.0, vec![rule(10.0), of(Critical::Record)])]);
    let records = [vec![BAD, BAD], vec![GOOD, GOOD]];
    let score = scored(&one, &records, None);
    near(score.score, 50.0);
    near(score.earned, 95.0);
    assert!(
        score.entries.iter().any(|it| it.kind == EntryKind::Critical && (it.points + 45.0).abs() < 1e-9),
        "{score:?}"
    );
    let all = card(vec![(100.0, vec![rule(10.0), of(Critical::Period)])]);
    near(scored(&all, &records, None).score, 0.0);
    let kept = Item { critical_cap: 60.0, ..of(Critical::Period) };
    near(scored(&card(vec![(100.0, vec![rule(10.0), kept])]), &records, None).score, 60.0);
    // Where subjects are scored both take the subject's.
    near(scored(&Scorecard { scope: Scope::Subject, ..one }, &records, None).score, 0.0);
}

#[test]
fn bonuses_are_capped_and_measures_weighed() {
    let bonus = Item { bonus: Some(2.0), cap: Some(5.0), deduct: None, ..rule(0.0) };
    let metric = Item { of: Scored::Rule("x".into()), ..rule(0.0) };
    let promise = Item { of: Scored::Promise("p".into()), deduct: None, ..metric };
    let one = card(vec![(80.0, vec![rule(10.0), bonus]), (20.0, vec![promise])]);
    let na = ItemState::NotApplicable;
    let records: Vec<Vec<ItemState>> = (0..4).map(|_| vec![BAD, GOOD, na]).collect();
    let measure = Measure { share: 0.5, n: 40.0, error: Some(0.01) };
    // 80 % of 90 and 20 % of 50, and the bonus up to its cap.
    let score = scored(&one, &records, Some(measure));
    near(score.score, 72.0 + 10.0 + 5.0);
    near(score.error, 0.2);
    // Without the measure its weight is not there.
    near(scored(&one, &records, None).score, 95.0);
}

#[test]
fn faults_of_a_period_may_be_per_hundred_records() {
    let per = Item { per: Some(100.0), cap: Some(40.0), ..rule(2.0) };
    let one = Scorecard { scope: Scope::Subject, ..card(vec![(100.0, vec![per])]) };
    let records: Vec<Vec<ItemState>> = (0..50).map(|it| vec![if it < 3 { BAD } else { GOOD }]).collect();
    near(scored(&one, &records, None).score, 88.0);
    near(scored(&one, &[vec![BAD]], None).score, 60.0);
}

/// Sections of questions with points, as `groups` in the rows of the file.
fn of_groups(input: &Value, weighting: Weighting) -> f64 {
    let mut states = Vec::new();
    let mut sections = Vec::new();
    for group in input["groups"].as_array().unwrap() {
        let questions = group["questions"].as_array().unwrap();
        let max = |it: &Value| it["max"].as_f64().unwrap();
        states.extend(questions.iter().map(|it| match it["points"].as_f64() {
            Some(points) => ItemState::Share(points / max(it), false),
            None => ItemState::NotApplicable,
        }));
        let item = |it: &Value| Item { weight: max(it), ..form(max(it)) };
        sections.push((group["weight"].as_f64().unwrap(), questions.iter().map(item).collect()));
    }
    let card = Scorecard { weighting, ..card(sections) };
    scored(&card, &[states], None).score.unwrap()
}

/// A card of deductions with counts.
fn of_faults(input: &Value) -> f64 {
    let number = |it: &Value, name: &str| it[name].as_f64().unwrap();
    let mut items = Vec::new();
    let mut records: Vec<Vec<ItemState>> = Vec::new();
    let all = |name: &str| input[name].as_array().unwrap().iter();
    let len = all("faults").len() + all("bonuses").len();
    for fault in all("faults") {
        for _ in 0..fault["count"].as_u64().unwrap() {
            let mut record = vec![GOOD; all("faults").len()];
            record.resize(len, BAD);
            record[items.len()] = BAD;
            records.push(record);
        }
        items.push(Item { cap: fault["cap"].as_f64(), ..rule(number(fault, "points")) });
    }
    for bonus in all("bonuses") {
        records[0][items.len()] = GOOD;
        items.push(Item { bonus: bonus["points"].as_f64(), deduct: None, ..rule(0.0) });
    }
    let card = Scorecard { scope: Scope::Subject, ..card(vec![(100.0, items)]) };
    scored(&card, &records, None).score.unwrap()
}

fn answer(kind: &str, input: &Value) -> Vec<f64> {
    let numbers =
        |it: &Value| -> Vec<f64> { it.as_array().unwrap().iter().map(|it| it.as_f64().unwrap()).collect() };
    match kind {
        "scorecard_genesys" => vec![of_groups(input, Weighting::Points)],
        "scorecard_section_percent" => vec![of_groups(input, Weighting::Section)],
        "deduction_card" => vec![of_faults(input)],
        "category_score" => {
            let ends = numbers(&input["scale"]);
            let item = Item { scale: vec![(ends[0], 0.0), (ends[1], 100.0)], ..form(1.0) };
            numbers(&input["selected"]).iter().map(|it| 100.0 * item.share(*it)).collect()
        }
        "review_score" => {
            let categories = input["categories"].as_array().unwrap();
            let weight = |it: &Value| it["weight"].as_f64().unwrap();
            let card = card(categories.iter().map(|it| (weight(it), vec![form(100.0)])).collect());
            let share = |it: &Value| ItemState::Share(it["score"].as_f64().unwrap() / 100.0, false);
            vec![scored(&card, &[categories.iter().map(share).collect()], None).score.unwrap()]
        }
        "auto_fail" => {
            let critical = Item { critical: Some(Critical::Record), deduct: None, ..rule(0.0) };
            let share = input["score"].as_f64().unwrap() / 100.0;
            let card = card(vec![(100.0, vec![form(1.0), critical])]);
            let score = scored(&card, &[vec![ItemState::Share(share, false), BAD]], None);
            vec![score.score.unwrap(), score.earned.unwrap()]
        }
        kind => panic!("no such kind: {kind}"),
    }
}

#[test]
fn known_answers_hold() {
    let rows = include_str!("../../tests/data/scorecards.jsonl");
    let mut seen = 0;
    for row in rows.lines().map(|it| serde_json::from_str::<Value>(it).unwrap()) {
        let found = answer(row["kind"].as_str().unwrap(), &row["input"]);
        let expected: Vec<f64> = match row["expected"]["scores"].as_array() {
            None => ["score", "earned"].iter().filter_map(|it| row["expected"][it].as_f64()).collect(),
            Some(scores) => scores.iter().map(|it| it.as_f64().unwrap()).collect(),
        };
        let tolerance = row["tolerance"].as_f64().unwrap();
        let fits = found.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= tolerance);
        assert!(found.len() == expected.len() && fits, "{}: {found:?}, not {expected:?}", row["id"]);
        seen += 1;
    }
    assert_eq!(seen, 8);
}
