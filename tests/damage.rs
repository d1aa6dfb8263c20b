//! A project with everything in it, damaged anywhere: each command says what is wrong, or does its work. None
//! panics, hangs or fails by itself.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{Dice, project_of, run};
use std::fs;

const AUDIT: &str = r#"
[project]
name = "Desk"
timezone = "UTC"
packs = ["./rules"]
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-12:00", "13:00-17:00"] }
holidays = ["2026-03-06"]
[[source]]
id = "tickets"
kind = "ticket"
key = "id"
path = "tickets.csv"
date = "opened"
subject = { team = "team", agent = "agent" }
[source.events]
path = "events.csv"
case = "id"
activity = "step"
at = "time"
actor = "who"
fields = { sla = { type = "amount" } }
steps = { open = ["open", "new"], close = "close" }
[source.fields]
score = { type = "int" }
[source.derive]
important = 'tier == "vip"'
[[source.join]]
source = "agents"
as = "person"
on = "agent"
[[source]]
id = "agents"
kind = "agent"
key = "agent"
path = "agents.csv"
[sampling]
source = "tickets"
seed = "2026-03"
budget = 4
per = "agent"
min = 1
margin = 0.05
strata = [ { when = 'score < 3', rate = 0.10 }, { when = 'true', rate = 0.03 } ]
[calibration]
source = "tickets"
record = "record"
evaluator = "agent"
items = ["score"]
level = "ordinal"
reference = "Li"
tolerance = 0.5
[[gate]]
id = "kept"
check = 'kept("soon") >= 0.5 && lower("enough", "north|2026-03") >= 0.1'
missing = "hold"
"#;

const RULES: &str = r#"
[[promise]]
id = "soon"
title = "Solved within the day"
on = "ticket"
severity = "major"
start = { step = "open" }
stop = { step = "close" }
target = { table = "target" }
calendar = "office"
pause = [{ while = 'state == "waiting"' }]
reopen = { on = { step = "reopen" }, policy = "resume" }
[[promise]]
id = "told"
title = "Solved as agreed"
on = "ticket"
start = { step = "open" }
stop = { step = "close" }
target = 'sla'
target_change = { on = { step = "priority" }, policy = "carry" }
[[table]]
id = "target"
inputs = ["tier"]
output = "amount"
rows = [["vip", "2h"], ["*", "1bd"]]
[[phrases]]
id = "rude"
words = ["idiot", "shut up"]
[[rule]]
id = "polite"
title = { en = "Nobody is rude", zh = "不粗鲁" }
on = "ticket"
severity = "critical"
params = { least = 2 }
when = 'count("open") > 0'
check = '!contains_any(note, "rude") && score >= least'
message = { en = "{id}: {score}", zh = "{id}：{score}" }
[[rule.example]]
name = "rude"
record = { id = "T1", note = "idiot", score = 5 }
events = [{ step = "open", at = "2026-03-02T09:00" }]
expect = "fail"
[[rule]]
id = "enough"
title = "Most are content"
on = "ticket"
severity = "minor"
per = ["team", "month(opened)"]
min = 1
rollup = true
check = 'rate(score >= 4) >= 0.5'
[[rule]]
id = "calm"
title = "No bursts"
on = "ticket"
severity = "minor"
within = { of = ["team"], time = "opened", last = "1h" }
check = 'count() <= 2'
[[scorecard]]
id = "agent-month"
title = "Agents by month"
subject = "agent"
min_records = 1
grades = [[80, "A"], [0, "B"]]
[[scorecard.section]]
id = "all"
weight = 100
items = [{ rule = "desk/polite", deduct = 20 }, { promise = "desk/told", scale = [[0.5, 0], [1.0, 10]] }]
"#;

const TICKETS: &str = "id,record,team,agent,opened,tier,score,note\n\
    T1,A,north,Li,2026-03-02T09:00,vip,5,fine\nT2,A,north,Wu,2026-03-02T09:20,,4,idiot\n\
    T3,B,north,Li,2026-03-02T09:40,gold,,\nT4,B,south,Wu,2026-03-03T09:00,vip,2,x\n";
const AGENTS: &str = "agent,tenure\nLi,300\nWu,20\n";
const EVENTS: &str = "id,step,time,who,state,sla\n\
    T1,new,2026-03-02T09:00,Li,,4h\nT1,priority,2026-03-02T10:00,Li,waiting,1bd\nT1,close,2026-03-02T16:00,Li,,\n\
    T2,open,2026-03-02T09:20,Wu,waiting,30m\nT2,close,2026-03-03T09:20,Wu,,\nT2,reopen,2026-03-04T09:00,Wu,,\n\
    T3,open,2026-03-02T09:40,Li,,x\nT4,open,2026-03-03T09:00,Wu,,2h\n";

/// What is put in place of what is cut out.
const BITS: [&str; 22] = [
    "",
    "",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "=",
    ".",
    "\\",
    "中",
    "\u{1b}",
    "\n",
    "1",
    "-",
    "#",
    ",",
    "(",
    "||",
    "9999999999",
    "\u{202e}",
];

/// `text` with up to 12 characters somewhere replaced.
fn damaged(text: &str, dice: &mut Dice) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = usize::try_from(dice.below(chars.len() as u64)).unwrap();
    let end = (at + usize::try_from(dice.below(13)).unwrap()).min(chars.len());
    let bit = BITS[usize::try_from(dice.below(BITS.len() as u64)).unwrap()];
    chars[..at].iter().copied().chain(bit.chars()).chain(chars[end..].iter().copied()).collect()
}

#[test]
fn no_damage_is_fatal() {
    let records = [("tickets.csv", TICKETS), ("agents.csv", AGENTS), ("events.csv", EVENTS)];
    let home = project_of(AUDIT, &records, RULES);
    let path = |name: &str| home.path().join(name);
    let pack = format!("[pack]\nid = \"desk\"\n{RULES}");
    let files =
        [("audit.toml", AUDIT), ("rules/pack.toml", &pack), ("tickets.csv", TICKETS), ("events.csv", EVENTS)];
    let commands: [&[&str]; 5] = [
        &["check"],
        &["audit", ".", "--quiet", "--format", "json", "--as-of", "2026-03-09"],
        &["test"],
        &["sample"],
        &["calibrate"],
    ];
    for command in commands {
        let said = run(home.path(), command);
        assert!(said.code < 2, "{command:?} of the sound project: {}", said.err);
    }
    let (mut dice, mut told) = (Dice(2026), 0);
    for round in 0..120 {
        let (name, text) = files[round % files.len()];
        fs::write(path(name), damaged(text, &mut dice)).unwrap();
        for command in commands {
            let said = run(home.path(), command);
            let whole = || fs::read_to_string(path(name)).unwrap();
            let is_fatal = said.err.contains("panicked") || said.err.contains("[internal]");
            assert!((0..=2).contains(&said.code) && !is_fatal, "{command:?}: {}\n{}", said.err, whole());
            assert!(said.code < 2 || said.err.contains("error["), "{command:?}: {}\n{}", said.err, whole());
            told += usize::from(said.code == 2);
        }
        fs::write(path(name), text).unwrap();
    }
    assert!(told > 100, "only {told} complaints");
}
