//! Audits of real records that nobody here wrote, held to what the records say of themselves and to
//! counts made without the product. The records are not part of the source; without them these
//! tests say so and pass.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

#[path = "real/oracle.rs"]
mod oracle;
#[path = "real/trial.rs"]
mod trial;

use oracle::{DAY_FIRST, MONTH_FIRST, Record, Table, YEAR_FIRST, days, hour, rome, seconds, weekday};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use trial::{Fail, NoEvidence, NotApplicable, Pass, Trial, is, known, shared};

/// One column as the key.
fn cell(at: usize) -> impl Fn(&Record) -> String {
    move |it| it.cells[at].clone()
}

/// A list key.
fn joined<const N: usize>(at: [usize; N]) -> impl Fn(&Record) -> String {
    move |it| at.map(|at| it.cells[at].as_str()).join("|")
}

/// The city's own verdict, closed request by closed request.
#[test]
fn boston311() {
    let Some(data) = shared("boston311") else { return };
    let types = [
        "Building Inspection Request",
        "CE Collection",
        "Electrical",
        "General Comments For a Program or Policy",
    ];
    let more = ["Graffiti Removal", "Rodent Activity", "Street Light Outages", "Unsafe Dangerous Conditions"];
    let files: Vec<String> = types.iter().chain(&more).map(|it| format!("{it}.csv")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let table = Table::read(&data, &files);
    let trial = Trial::run("boston311", &data, &files);
    trial.evaluations(&[(&table, 7)]);

    let [id, opened, target, closed, verdict, status] =
        table.all(["CASE_ENQUIRY_ID", "OPEN_DT", "TARGET_DT", "CLOSED_DT", "OnTime_Status", "CASE_STATUS"]);
    let time = |it: &Record, at| it.get(at, "").map(|it| seconds(it, MONTH_FIRST));
    let by_status = |it: &Record| match (it.get(closed, ""), it.get(verdict, ""), it.get(target, "")) {
        (None, _, _) | (_, None, _) => NotApplicable,
        (_, _, None) => NoEvidence,
        (_, Some(verdict), _) => is(verdict == "ONTIME"),
    };
    let counts = trial.holds("on-time", &table, cell(id), false, by_status);
    assert_eq!(counts, [18_765, 7_951, 5_210, 1]);
    let counts = trial.holds("on-time-script", &table, cell(id), false, by_status);
    assert_eq!(counts, [18_765, 7_951, 5_210, 1]);

    let late = |it: &Record| Some(time(it, closed)? > time(it, target)?);
    let counts = trial.holds("verdict-holds", &table, cell(id), false, |it| match it.get(closed, "") {
        None => NotApplicable,
        Some(_) => {
            known(late(it).zip(it.get(verdict, "")).map(|(late, verdict)| late == (verdict == "OVERDUE")))
        }
    });
    assert_eq!(counts, [26_716, 0, 5_181, 30]);

    let as_of = days(2016, 1, 13) * 86_400;
    let counts = trial.holds("open-verdict-holds", &table, cell(id), false, |it| match it.get(closed, "") {
        Some(_) => NotApplicable,
        None => known(
            time(it, target)
                .zip(it.get(verdict, ""))
                .map(|(due, verdict)| (due < as_of) == (verdict == "OVERDUE")),
        ),
    });
    assert_eq!(counts, [5_124, 0, 26_746, 57]);

    let counts = trial.holds("closed-after-opened", &table, cell(id), false, |it| {
        known(time(it, closed).zip(time(it, opened)).map(|(closed, opened)| closed >= opened))
    });
    assert_eq!(counts, [26_744, 2, 0, 5_181]);

    let counts = trial.holds("has-verdict", &table, cell(id), true, |it| match &it.cells[status][..] {
        "Closed" => known(it.get(verdict, "").map(|it| ["ONTIME", "OVERDUE"].contains(&it))),
        _ => NotApplicable,
    });
    assert_eq!(counts, [26_717, 0, 5_181, 29]);

    trial.holds("office-hours", &table, cell(id), false, |it| {
        let opened = time(it, opened).unwrap();
        is(weekday(opened) <= 5 && (8..17).contains(&hour(opened)))
    });
}

/// `?` for nothing, days and months without zeros, a decision table.
#[test]
fn incidents() {
    let Some(data) = shared("incidents") else { return };
    let table = Table::read(&data, &["incident_events.csv"]);
    let trial = Trial::run("incidents", &data, &["incident_events.csv"]);
    trial.evaluations(&[(&table, 8)]);

    let key = table.all(["number", "sys_mod_count", "sys_updated_at"]);
    let [number, state, made_sla, priority] = table.all(["number", "incident_state", "made_sla", "priority"]);
    let [opened, created, updated, resolved, closed] =
        table.all(["opened_at", "sys_created_at", "sys_updated_at", "resolved_at", "closed_at"]);
    let [person, group, symptom, impact, urgency] =
        table.all(["assigned_to", "assignment_group", "u_symptom", "impact", "urgency"]);
    let time = |it: &Record, at| it.get(at, "?").map(|it| seconds(it, DAY_FIRST));
    let text = |it: &Record, at: usize| it.cells[at].clone();

    let counts = trial.holds("made-sla", &table, joined(key), false, |it| match &it.cells[state][..] {
        "Closed" => is(it.cells[made_sla] == "true"),
        _ => NotApplicable,
    });
    assert_eq!(counts, [836, 1_173, 12_032, 0]);
    // The last event of each incident has the verdict on the incident.
    let last: HashMap<&str, &Record> = table.by(number);
    let broken = last.values().filter(|it| it.cells[made_sla] == "false").map(|it| joined(key)(it));
    let told = trial.told("made-sla", "made_sla");
    let found = last.values().map(|it| joined(key)(it)).filter(|it| told.contains_key(it.as_str()));
    let (broken, found): (BTreeSet<_>, BTreeSet<_>) = (broken.collect(), found.collect());
    assert_eq!((last.len(), broken.len()), (2_000, 1_167));
    assert_eq!(broken, found);

    let counts = trial.holds("updated-after-opened", &table, joined(key), false, |it| {
        is(time(it, updated) >= time(it, opened))
    });
    assert_eq!(counts, [14_036, 5, 0, 0]);
    let counts = trial.holds("created-within-a-day", &table, joined(key), false, |it| {
        known(time(it, created).map(|it_was| it_was - time(it, opened).unwrap() <= 86_400))
    });
    assert_eq!(counts[3], 4_028);
    let counts = trial.holds("resolved-in-order", &table, joined(key), false, |it| {
        let (opened, closed) = (time(it, opened).unwrap(), time(it, closed).unwrap());
        known(time(it, resolved).map(|it| opened <= it && it <= closed))
    });
    assert_eq!(counts[3], 129);
    trial.holds("resolved-in-93-hours", &table, joined(key), false, |it| {
        match (&it.cells[priority][..], &it.cells[state][..]) {
            ("3 - Moderate", "Closed") => {
                known(time(it, resolved).map(|at| at - time(it, opened).unwrap() <= 93 * 3600))
            }
            _ => NotApplicable,
        }
    });
    trial.holds("assigned", &table, joined(key), false, |it| {
        is(text(it, person) != "?" || text(it, group) != "?")
    });
    let counts = trial.holds("symptom", &table, joined(key), true, |it| {
        known(it.get(symptom, "?").map(|it| it.starts_with("Symptom ")))
    });
    assert_eq!(counts[3], 4_549);
    let counts = trial.holds("priority-by-table", &table, joined(key), false, |it| {
        let rank = |at: usize| i32::from(it.cells[at].as_bytes()[0] - b'0');
        // High and low weigh each other out.
        is(rank(priority) == (rank(impact) + rank(urgency) - 1).min(4))
    });
    assert_eq!(counts, [14_041, 0, 0, 0]);
}

/// Chinese names and texts, in UTF-8 and in GB18030 that nobody announced; a scorecard of others.
#[test]
#[expect(clippy::too_many_lines, reason = "one data set, told from top to bottom")]
fn messages_zh() {
    let Some(data) = shared("messages_zh") else { return };
    let files = ["messages.csv", "explained.gb18030.csv", "scores.csv"];
    let messages = Table::read(&data, &files[..1]);
    let bytes = std::fs::read(data.join(files[1])).unwrap();
    assert!(std::str::from_utf8(&bytes).is_err());
    let (text, _, faulty) = encoding_rs::GB18030.decode(&bytes);
    assert!(!faulty);
    let explained = Table::of([(files[1], text.into_owned())].into_iter());
    let scores = Table::read(&data, &files[2..]);
    let trial = Trial::run("messages_zh", &data, &files);
    trial.evaluations(&[(&messages, 7), (&explained, 3), (&scores, 5)]);
    for table in [&messages, &explained, &scores] {
        assert_eq!(table.records.len(), 2_816);
    }

    // What was read is what stands there, in both encodings.
    let [id, subject, reply, asked, replied] =
        messages.all(["留言编号", "留言主题", "答复意见", "留言时间", "答复时间"]);
    let [other_id, other_reply] = explained.all(["留言编号", "答复意见"]);
    let subjects = trial.told("原文", "留言主题");
    for it in &messages.records {
        assert_eq!(subjects[it.cells[id].as_str()], it.cells[subject].as_str());
    }
    let explanations = trial.told("解释原文", "答复意见");
    for it in &explained.records {
        assert_eq!(explanations[it.cells[other_id].as_str()], it.cells[other_reply].as_str());
    }
    // Half of the replies are the same letter for letter; the others were cleaned of spaces and addresses.
    let replies = trial.told("原文", "答复意见");
    assert_eq!(replies.len(), explanations.len());
    let equal = replies.iter().filter(|(key, text)| explanations[*key] == **text).count();
    assert_eq!(equal, 1_369);

    trial.holds("答复够长", &messages, cell(id), false, |it| is(it.cells[reply].chars().count() >= 200));
    trial.holds("解释够长", &explained, cell(other_id), false, |it| {
        is(it.cells[other_reply].chars().count() >= 200)
    });
    trial.holds("没有网址", &messages, cell(id), false, |it| is(!it.cells[reply].contains("https://")));
    trial.holds("两头没有空白", &messages, cell(id), false, |it| {
        is(it.cells[reply].trim().len() == it.cells[reply].len())
    });
    trial.holds("说了您好", &messages, cell(id), false, |it| {
        is(["您好", "你好"].iter().any(|word| it.cells[reply].contains(word)))
    });
    let [first, end, complete] = explained.all(["f_first", "f_end", "f_complete"]);
    trial.holds("办结", &explained, cell(other_id), false, |it| {
        is(it.cells[first] == "完整" && it.cells[end] == "完整" && it.cells[complete] == "已解决")
    });

    // The others' score for speed, from the days between question and answer.
    let [score_id, speed] = scores.all(["留言编号", "speed_score"]);
    let scored = scores.by(score_id);
    let (day_counts, speeds) = (trial.told("速度", "天数"), trial.told("速度", "速度分"));
    for it in &messages.records {
        let key = it.cells[id].as_str();
        let days = (seconds(&it.cells[replied], YEAR_FIRST) - seconds(&it.cells[asked], YEAR_FIRST))
            .div_euclid(86_400);
        assert_eq!(day_counts.get(key).and_then(|it| it.as_f64()), Some(days as f64), "{key}");
        assert_eq!(speeds.get(key).and_then(|it| it.as_f64()), Some(scored[key].number(speed)), "{key}");
    }
    trial.holds("满分", &messages, cell(id), false, |it| {
        is(scored[it.cells[id].as_str()].cells[speed] == "1")
    });

    let [complete, conj, rela, total, alike] =
        scores.all(["COMPLETE", "conj_score", "rela_score", "FINAL_SCORE", "相似度"]);
    let parts = scores.all(["f_score", "e_score", "com_score"]);
    let sum = |it: &Record| it.number(speed) + it.number(complete) + it.number(conj) + it.number(rela);
    let counts = trial
        .holds("总分", &scores, cell(score_id), false, |it| is((sum(it) - it.number(total)).abs() <= 1e-9));
    assert_eq!(counts, [2_816, 0, 0, 0]);
    // To the last bit only where the others added in the same order.
    let counts = trial.holds("总分分毫不差", &scores, cell(score_id), false, |it| {
        is(sum(it).total_cmp(&it.number(total)).is_eq())
    });
    assert_eq!(counts, [2_706, 110, 0, 0]);
    let counts = trial.holds("完整性", &scores, cell(score_id), false, |it| {
        let [first, end, done] = parts.map(|at| it.number(at));
        is((first + end + done).total_cmp(&it.number(complete)).is_eq())
    });
    assert_eq!(counts, [2_816, 0, 0, 0]);
    let words = scores.all(["f_first", "f_end", "f_complete"]);
    let counts = trial.holds("完整性三部分", &scores, cell(score_id), false, |it| {
        let full = ["0.3", "0.3", "0.4"];
        let given =
            |at: usize| if ["完整", "已解决"].contains(&&*it.cells[words[at]]) { full[at] } else { "0" };
        is((0..3).all(|at| it.cells[parts[at]] == given(at)))
    });
    assert_eq!(counts, [2_816, 0, 0, 0]);
    trial.holds("相关性", &scores, cell(score_id), false, |it| {
        is((it.number(alike) * 1.347_583_9 - it.number(rela)).abs() <= 1e-6)
    });
}

/// Bands of a legend, dates without dashes, a rule in force from a day on, three sources.
#[test]
fn inspections_sf() {
    let Some(data) = shared("inspections_sf") else { return };
    let files = ["inspections.csv", "violations.csv", "legend.csv"];
    let [inspections, violations, legend] = files.map(|it| Table::read(&data, &[it]));
    let trial = Trial::run("inspections_sf", &data, &files);
    trial.evaluations(&[(&inspections, 5), (&violations, 2), (&legend, 1)]);
    assert_eq!((inspections.records.len(), violations.records.len()), (14_233, 39_006));

    let key = inspections.all(["business_id", "date", "type"]);
    let [score, date, kind] = inspections.all(["score", "date", "type"]);
    let [low, high, name] = legend.all(["Minimum_Score", "Maximum_Score", "Description"]);
    let band = |it: &Record| {
        let mut bands =
            legend.records.iter().filter(|band| (band.int(low)..=band.int(high)).contains(&it.int(score)));
        bands.next().unwrap().cells[name].clone()
    };
    let mut bands: BTreeMap<String, u64> = BTreeMap::new();
    for it in &inspections.records {
        *bands.entry(band(it)).or_default() += 1;
    }
    let [poor, lacking, adequate, good] =
        ["Poor", "Needs Improvement", "Adequate", "Good"].map(|it| bands[it]);
    let counts = trial.holds("good", &inspections, joined(key), false, |it| is(band(it) == "Good"));
    assert_eq!(counts, [good, poor + lacking + adequate, 0, 0]);
    let counts = trial.holds("adequate", &inspections, joined(key), false, |it| {
        is(["Adequate", "Good"].contains(&&*band(it)))
    });
    assert_eq!(counts, [adequate + good, poor + lacking, 0, 0]);
    let counts = trial.holds("not-poor", &inspections, joined(key), false, |it| is(band(it) != "Poor"));
    assert_eq!(counts, [lacking + adequate + good, poor, 0, 0]);
    trial.holds("band-by-switch", &inspections, joined(key), false, |_| Pass);
    trial.holds("routine-high", &inspections, joined(key), false, |it| {
        let asked = it.int(date) >= 20_170_101 && it.cells[kind] == "routine";
        if asked { is(it.int(score) >= 90) } else { NotApplicable }
    });
    trial.holds("bounds", &legend, cell(name), false, |_| Pass);
    // The comparison can fail: by a verdict, and by a key.
    let fails = |it: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(it)).is_err();
    let verdict = |it: &Record| {
        if it.row == 4 && it.file.ends_with("inspections.csv") { Fail } else { is(band(it) == "Good") }
    };
    assert!(fails(&|| _ = trial.holds("good", &inspections, joined(key), false, verdict)));
    assert!(
        fails(&|| _ = trial.holds("good", &inspections, cell(score), false, |it| is(band(it) == "Good")))
    );

    let key = violations.all(["business_id", "date", "description"]);
    let [found_on, description] = violations.all(["date", "description"]);
    let grave = ["Unclean or unsanitary food contact surfaces", "High risk vermin infestation"];
    trial.holds("not-grave", &violations, joined(key), false, |it| {
        is(!grave.contains(&&*it.cells[description]))
    });
    trial.holds("no-vermin", &violations, joined(key), false, |it| match it.int(found_on) >= 20_150_101 {
        true => is(!it.cells[description].to_lowercase().contains("vermin")),
        false => NotApplicable,
    });
    // Records with one key are told, and each is judged.
    let repeated = |table: &Table, key: &dyn Fn(&Record) -> String| {
        let mut times: BTreeMap<String, u64> = BTreeMap::new();
        for it in &table.records {
            *times.entry(key(it)).or_default() += 1;
        }
        times.values().filter(|it| **it > 1).sum::<u64>()
    };
    let of_inspections = repeated(&inspections, &joined(inspections.all(["business_id", "date", "type"])));
    let all = of_inspections + repeated(&violations, &joined(key));
    assert_eq!(trial::number(&trial.report["summary"]["duplicate_keys"]), all);
}

/// Ninety-three columns, four of one name, one space for nothing; dimensions as the survey has them.
#[test]
fn survey_kr() {
    let Some(data) = shared("survey_kr") else { return };
    let table = Table::read(&data, &["p21data_satis.csv"]);
    let trial = Trial::run("survey_kr", &data, &["p21data_satis.csv"]);
    trial.evaluations(&[(&table, 11)]);
    assert_eq!(table.records.len(), 9_820);

    let pid = table.at("pid");
    let between = |from: &str, to: &str| (table.at(from)..table.at(to)).collect::<Vec<_>>();
    let mean = |it: &Record, of: &[usize]| of.iter().map(|at| it.number(*at)).sum::<f64>() / of.len() as f64;
    let sns: Vec<usize> = (0..4).map(|nth| table.nth("sns_score_1", nth)).collect();
    let satis = between("satis_1", "satis");
    let dimensions = [
        ("sns", sns.clone(), "sns_score_all", 4),
        ("pc", between("p21d25040", "pc_ability"), "pc_ability", 21),
        ("pc-by-list", between("p21d25040", "pc_ability"), "pc_ability", 21),
        ("smart", between("p21d25061", "smart_ability"), "smart_ability", 25),
        ("satis", satis.clone(), "satis", 3),
    ];
    for (rule, items, score, count) in dimensions {
        assert_eq!(items.len(), count, "{rule}");
        let score = table.at(score);
        let counts = trial.holds(rule, &table, cell(pid), false, |it| {
            is((mean(it, &items) - it.number(score)).abs() <= 1e-9)
        });
        assert_eq!(counts, [9_820, 0, 0, 0], "{rule}");
    }
    let items = between("p21h01001", "esteem");
    let reversed = ["p21h01003", "p21h01005", "p21h01008", "p21h01009", "p21h01010"].map(|it| table.at(it));
    let [esteem, bare, satis_score] = table.all(["esteem", "esteem1", "satis"]);
    let counts = trial.holds("esteem", &table, cell(pid), false, |it| {
        let points = items.iter().map(|at| if reversed.contains(at) { 5 - it.int(*at) } else { it.int(*at) });
        is(points.sum::<i64>() == it.int(esteem))
    });
    assert_eq!(counts, [9_820, 0, 0, 0]);
    let counts = trial.holds("esteem-bare", &table, cell(pid), false, |it| {
        let points = items.iter().filter(|at| !reversed.contains(at)).map(|at| it.int(*at));
        is(points.sum::<i64>() == it.int(bare))
    });
    assert_eq!(counts, [9_820, 0, 0, 0]);
    // The file has nine decimal places, so only means that need no more are the same to the last bit.
    trial.holds("satis-exact", &table, cell(pid), false, |it| {
        is(mean(it, &satis).total_cmp(&it.number(satis_score)).is_eq())
    });

    let frequencies: Vec<usize> = ["sns_freq_1", "sns_freq_2", "sns_freq_4"].map(|it| table.at(it)).to_vec();
    let [takes_part, age] = table.all(["sns_yes", "p21age1"]);
    let frequency =
        |it: &Record, nth: usize| it.get(frequencies[nth], " ").map(|it| it.parse::<i64>().unwrap());
    trial.holds("score-of-frequency", &table, cell(pid), false, |it| {
        let first = if it.cells[takes_part] == "1" { frequency(it, 0).map(|it| 10 - it) } else { Some(0) };
        let last = frequency(it, 2).map_or(0, |it| 10 - it);
        known(first.map(|first| it.int(sns[0]) == first && it.int(sns[3]) == last))
    });
    let counts = trial.holds("score-of-frequency-bare", &table, cell(pid), false, |it| {
        known(frequency(it, 1).map(|frequency| it.int(sns[1]) == 10 - frequency))
    });
    assert_eq!(counts, [5_146, 0, 0, 4_674]);
    trial.holds("content", &table, cell(pid), false, |it| {
        if it.int(age) >= 30 { is(it.number(satis_score) >= 4.5) } else { NotApplicable }
    });
}

/// Column names with colons, instants with an offset, a zone with summer time, repeated keys.
#[test]
fn helpdesk() {
    let Some(data) = shared("helpdesk") else { return };
    let table = Table::read(&data, &["helpdesk.csv"]);
    let trial = Trial::run("helpdesk", &data, &["helpdesk.csv"]);
    trial.evaluations(&[(&table, 7)]);
    assert_eq!(table.records.len(), 21_348);

    let key = table.all(["case:concept:name", "time:timestamp", "concept:name"]);
    let [activity, variant, number] = table.all(["concept:name", "case:variant", "case:variant-index"]);
    let in_rome = |it: &Record| {
        let text = it.cells[key[1]].strip_suffix("+00:00").unwrap();
        rome(seconds(text, YEAR_FIRST))
    };
    let road = ["Assign seriousness", "Take in charge ticket", "Resolve ticket", "Closed"];
    let counts = trial.holds("no-wait", &table, joined(key), false, |it| is(it.cells[activity] != "Wait"));
    assert_eq!(counts, [19_885, 1_463, 0, 0]);
    let told = trial.told("no-wait", "activity");
    let cases: BTreeSet<&str> = told.keys().filter_map(|it| it.split('|').next()).collect();
    assert_eq!(cases.len(), 1_236);
    trial.holds("main-road", &table, joined(key), false, |it| is(road.contains(&&*it.cells[activity])));
    trial.holds("common-variant", &table, joined(key), false, |it| is(it.int(number) <= 10));
    trial.holds("variant-named", &table, joined(key), false, |it| {
        is(it.cells[variant] == format!("Variant {}", it.cells[number]))
    });
    trial.holds("same-twice", &table, joined(key), false, |_| Pass);
    let counts =
        trial.holds("night", &table, joined(key), false, |it| is((7..20).contains(&hour(in_rome(it)))));
    assert_ne!(counts[1], 0);
    trial.holds("closed-on-weekdays", &table, joined(key), false, |it| match &it.cells[activity][..] {
        "Closed" => is(weekday(in_rome(it)) <= 5),
        _ => NotApplicable,
    });
    let mut times: HashMap<String, u64> = HashMap::new();
    for it in &table.records {
        *times.entry(joined(key)(it)).or_default() += 1;
    }
    let repeated: u64 = times.into_values().filter(|it| *it > 1).sum();
    assert_eq!(trial::number(&trial.report["summary"]["duplicate_keys"]), repeated);
}

/// The means of these tests, tested without any records.
#[test]
fn oracles_reckon_rightly() {
    let table = Table::of([("a.csv", "\u{feff}a,a\r\n\"x\r\n\"\"y\"\"\",\r\n,2".to_owned())].into_iter());
    let cells: Vec<_> = table.records.iter().map(|it| (it.row, it.cells.clone())).collect();
    assert_eq!(
        cells,
        [(2, vec!["x\r\n\"y\"".to_owned(), String::new()]), (3, vec![String::new(), "2".to_owned()])]
    );
    assert_eq!(table.nth("a", 1), 1);
    assert_eq!(days(2016, 2, 29), 16_860);
    assert_eq!(seconds("01/02/2015 12:30:55 AM", MONTH_FIRST), days(2015, 1, 2) * 86_400 + 30 * 60 + 55);
    assert_eq!(seconds("29/2/2016 01:16", DAY_FIRST), days(2016, 2, 29) * 86_400 + 76 * 60);
    assert_eq!(weekday(seconds("2026-03-02", YEAR_FIRST)), 1);
    for (utc, ahead) in [
        ("2014-03-30 00:59:59", 1),
        ("2014-03-30 01:00:00", 2),
        ("2013-10-27 00:59:59", 2),
        ("2013-10-27 01:00:00", 1),
    ] {
        let utc = seconds(utc, YEAR_FIRST);
        assert_eq!(rome(utc) - utc, ahead * 3600);
    }
}
