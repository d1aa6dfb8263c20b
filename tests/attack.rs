//! Scripts and rule files that mean harm (`tests/corpus/attack/attacks.toml`): each is run as a process beside sound
//! rules, with bounds on time and memory, and ends as a diagnostic or as an `error` outcome. It never hangs, aborts or
//! panics, and what the sound rules say is what they say without it.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its project has failed")]

mod common;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::{self, File},
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What one process may take. A debug build on a busy machine must keep to it as well; what a limit of the sandbox
/// stops is stopped far earlier.
const SECONDS_MAX: u64 = 90;
/// Addresses, in KiB: the allocator and the threads' stacks reserve more than they use.
const ADDRESSES_MAX_KIB: u64 = 6 << 20;
/// Bytes that may really be in use, where the system tells.
const RESIDENT_MAX_KIB: u64 = 1536 << 10;
/// What the audit may write to its two outputs.
const OUTPUT_MAX: u64 = 64 << 20;

#[derive(serde::Deserialize)]
struct Attack {
    name: String,
    check: Option<String>,
    rule: Option<String>,
    pack: Option<String>,
    audit: Option<String>,
    #[serde(default)]
    pieces: Vec<(String, usize)>,
    ends: String,
}

impl Attack {
    /// `text` with its pieces in it.
    fn made(&self, text: &str) -> String {
        let Some((before, after)) = text.split_once("@@") else { return text.to_owned() };
        let mut made = before.to_owned();
        for (piece, times) in &self.pieces {
            let parts: Vec<&str> = piece.split("{n}").collect();
            for number in 0..*times {
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        let _ = write!(made, "{number}");
                    }
                    made.push_str(part);
                }
            }
        }
        made + after
    }

    /// Puts it into a project.
    fn lay(&self, folder: &Path) {
        let head = "[[rule]]\nid = \"hostile\"\ntitle = \"Hostile\"\non = \"ticket\"\nseverity = \"minor\"\n";
        let rules = match (&self.check, &self.rule, &self.pack) {
            (Some(check), None, None) => format!("{head}check = {}\n", basic_string(&self.made(check))),
            (None, Some(rule), None) => head.to_owned() + &self.made(rule),
            (None, None, Some(pack)) => self.made(pack),
            (None, None, None) => String::new(),
            _ => panic!("{} says in more than one way what it is", self.name),
        };
        fs::write(folder.join("rules/hostile.toml"), rules).unwrap();
        if let Some(audit) = &self.audit {
            let sound = fs::read_to_string(folder.join("audit.toml")).unwrap();
            fs::write(folder.join("audit.toml"), self.made(audit) + &sound).unwrap();
        }
    }
}

/// A text as TOML's basic string.
fn basic_string(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            _ => out.push(letter),
        }
    }
    out + "\""
}

/// What became of a process.
struct End {
    code: Option<i32>,
    out: Vec<u8>,
    err: String,
    seconds: f64,
    resident_kib: u64,
}

/// `touchstone audit` on a project; `None` where it did not end in time.
fn audit(folder: &Path) -> Option<End> {
    let (out, err) = (folder.join("stdout"), folder.join("stderr"));
    let binary = env!("CARGO_BIN_EXE_touchstone");
    let mut command = if cfg!(unix) {
        let mut command = Command::new("sh");
        let script = format!("ulimit -v {ADDRESSES_MAX_KIB}; ulimit -c 0; exec \"$0\" \"$@\"");
        command.args(["-c", &script, binary]);
        command
    } else {
        Command::new(binary)
    };
    command.args(["audit", "--as-of", common::AS_OF, "--format", "json", "--threads", "2"]);
    command.current_dir(folder).env("COLUMNS", "80").env("NO_COLOR", "1").env("LC_ALL", "C");
    command.stdin(Stdio::null());
    command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut resident_kib = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        resident_kib = resident_kib.max(resident(child.id()));
        if start.elapsed().as_secs() >= SECONDS_MAX {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        thread::sleep(Duration::from_millis(10));
    };
    let read = |path: &Path| {
        let mut bytes = Vec::new();
        File::open(path).unwrap().take(OUTPUT_MAX + 1).read_to_end(&mut bytes).unwrap();
        bytes
    };
    let seconds = start.elapsed().as_secs_f64();
    let err = String::from_utf8_lossy(&read(&err)).into_owned();
    Some(End { code: status.code(), out: read(&out), err, seconds, resident_kib })
}

/// The most memory that a process has used so far, where the system tells.
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    line.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// What the sound rules said: their entries in the report, and their findings.
fn sound_verdicts(report: &serde_json::Value) -> String {
    let mut said = String::new();
    for part in ["rules", "findings"] {
        for entry in report[part].as_array().into_iter().flatten() {
            let id = entry["id"].as_str().filter(|_| part == "rules").or(entry["rule"].as_str());
            let sound = ["desk/transfers", "desk/signed", "desk/answered", "desk/resolved"];
            if id.is_some_and(|it| sound.contains(&it)) {
                let _ = writeln!(said, "{entry}");
            }
        }
    }
    said
}

/// How it ended, in the words of the corpus; or what it must not do.
fn judged(end: &End, sound: &str) -> Result<&'static str, String> {
    let code = end.code.ok_or("killed by a signal")?;
    for word in ["panicked", "stack overflow", "overflowed its stack", "memory allocation", "RUST_BACKTRACE"]
    {
        if end.err.contains(word) {
            return Err(format!("it says: {word}"));
        }
    }
    if end.out.len().max(end.err.len()) as u64 > OUTPUT_MAX {
        return Err(format!("{} and {} bytes written at least", end.out.len(), end.err.len()));
    }
    if end.resident_kib > RESIDENT_MAX_KIB {
        return Err(format!("{} MiB in use", end.resident_kib >> 10));
    }
    if end.err.chars().any(|it| it.is_control() && it != '\n') {
        return Err("control characters reach the terminal".to_owned());
    }
    if String::from_utf8_lossy(&end.out).contains("TOUCHSTONE-FLOOD\nTOUCHSTONE-FLOOD") {
        return Err("a script writes to standard output".to_owned());
    }
    if end.out.is_empty() {
        let told = end.err.contains("error[") && code == 2;
        return if told { Ok("refused") } else { Err(format!("no report, no diagnostic, exit code {code}")) };
    }
    let report: serde_json::Value = serde_json::from_slice(&end.out).map_err(|it| it.to_string())?;
    let said = sound_verdicts(&report);
    if said != sound {
        return Err(format!("the sound rules say\n{said}instead of\n{sound}"));
    }
    let rules = report["rules"].as_array().ok_or("no rules")?;
    let hostile =
        rules.iter().find(|it| it["id"] == "desk/hostile").ok_or("the rule is not in the report")?;
    let count = |outcome: &str| hostile["outcomes"][outcome].as_u64().unwrap_or(0);
    if count("error") == 0 {
        return Ok("judged");
    }
    if code != 2 || !end.err.contains("desk/hostile") {
        return Err(format!("an error outcome without a word of the rule, exit code {code}"));
    }
    if count("pass") + count("fail") > 0 {
        return Err(format!("stopped on some records only: {}", hostile["outcomes"]));
    }
    Ok("stopped")
}

/// Runs one attack in a project of its own; what is wrong with its end.
fn tried(attack: &Attack, sound: &str, log: &Mutex<Vec<(f64, u64, String)>>) -> Result<(), String> {
    let project = common::desk();
    attack.lay(project.path());
    let end = audit(project.path()).ok_or_else(|| format!("still running after {SECONDS_MAX} s"))?;
    let how = judged(&end, sound);
    let entry = format!("{}: {}", attack.name, how.as_ref().copied().unwrap_or("wrong"));
    log.lock().unwrap().push((end.seconds, end.resident_kib, entry));
    let how = how.map_err(|why| format!("{why}\n{}", start_of(&end.err)))?;
    if attack.ends.split('|').any(|it| it == how) {
        return Ok(());
    }
    Err(format!("{how}, not {}\n{}", attack.ends, start_of(&end.err)))
}

fn start_of(text: &str) -> String {
    let lines: Vec<String> = text.lines().take(12).map(|it| it.chars().take(160).collect()).collect();
    format!("    {}\n", lines.join("\n    "))
}

fn corpus() -> Vec<Attack> {
    #[derive(serde::Deserialize)]
    struct Corpus {
        attack: Vec<Attack>,
    }
    let text = fs::read_to_string(common::root().join("tests/corpus/attack/attacks.toml")).unwrap();
    let all: Corpus = toml::from_str(&text).unwrap();
    all.attack
}

/// The verdicts of the sound rules by themselves.
fn sound_alone() -> String {
    let end = audit(common::desk().path()).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&end.out).unwrap();
    let said = sound_verdicts(&report);
    assert!(said.lines().count() > 4, "four rules and a finding: {said}");
    said
}

#[test]
fn every_attack_ends_within_its_limits_and_harms_no_other_rule() {
    let attacks = corpus();
    assert!(attacks.len() >= 60, "only {} attacks", attacks.len());
    let names: BTreeSet<&str> = attacks.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), attacks.len(), "two attacks have one name");
    // One attack by name, while looking into it.
    let only = std::env::var("TOUCHSTONE_ATTACK").ok();
    let attacks: Vec<&Attack> = attacks
        .iter()
        .filter(|it| only.as_ref().is_none_or(|only| it.name.contains(only.as_str())))
        .collect();
    let sound = sound_alone();
    let (next, wrong, log) = (AtomicUsize::new(0), Mutex::new(String::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from).min(4) {
            scope.spawn(|| {
                while let Some(attack) = attacks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = tried(attack, &sound, &log) {
                        let _ = writeln!(wrong.lock().unwrap(), "{}: {why}", attack.name);
                    }
                }
            });
        }
    });
    let mut log = log.into_inner().unwrap();
    log.sort_by(|a, b| b.0.total_cmp(&a.0));
    #[expect(clippy::print_stderr, reason = "shown where the test fails, or with --nocapture")]
    for (seconds, kib, what) in log.iter().take(if only.is_some() { 300 } else { 12 }) {
        eprintln!("{seconds:6.2} s {:5} MiB  {what}", kib >> 10);
    }
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// What a table of texts cannot hold: bytes that are no text, links that lead out of the project, odd files.
#[cfg(unix)]
#[test]
fn files_that_are_no_rules() {
    use std::os::unix::fs::symlink;
    let sound = sound_alone();
    type Lay = fn(&Path);
    let cases: &[(&str, &str, Lay)] = &[
        ("bytes that are no UTF-8", "refused", |it| {
            fs::write(it.join("rules/hostile.toml"), b"x = \"\xff\xfe\"").unwrap()
        }),
        ("NUL bytes", "refused", |it| fs::write(it.join("rules/hostile.toml"), [0; 5000]).unwrap()),
        ("UTF-16", "refused", |it| fs::write(it.join("rules/hostile.toml"), b"\xff\xfe[\0a\0]\0").unwrap()),
        ("a mark and then a rule", "judged", |it| {
            let rule = "\u{feff}[[rule]]\nid = \"hostile\"\ntitle = \"x\"\non = \"ticket\"\nseverity = \"minor\"\ncheck = 'true'\n";
            fs::write(it.join("rules/hostile.toml"), rule).unwrap();
        }),
        ("a link to itself", "refused", |it| symlink("hostile.toml", it.join("rules/hostile.toml")).unwrap()),
        ("a link to a file of the system", "refused", |it| {
            symlink("/etc/passwd", it.join("rules/hostile.toml")).unwrap()
        }),
        ("a folder in place of a file", "judged|refused", |it| {
            fs::create_dir(it.join("rules/hostile.toml")).unwrap()
        }),
        ("a script that is not there", "refused", |it| with_script(it, "gone.rhai")),
        ("a script above the project", "refused", |it| with_script(it, "../../../../../../etc/passwd")),
        ("a script by absolute path", "refused", |it| with_script(it, "/etc/passwd")),
        ("a script that links out of the project", "refused", |it| {
            symlink("/etc/passwd", it.join("rules/out.rhai")).unwrap();
            with_script(it, "out.rhai");
        }),
        ("a script of NUL bytes", "refused", |it| {
            fs::write(it.join("rules/nul.rhai"), [0; 5000]).unwrap();
            with_script(it, "nul.rhai");
        }),
        ("a script that is no UTF-8", "refused", |it| {
            fs::write(it.join("rules/bytes.rhai"), b"true \xff").unwrap();
            with_script(it, "bytes.rhai");
        }),
        ("a script of 50 MiB", "refused", |it| {
            fs::write(it.join("rules/huge.rhai"), "true || ".repeat(50 << 17)).unwrap();
            with_script(it, "huge.rhai");
        }),
        ("a script of 50 MiB of remarks", "refused|judged", |it| {
            fs::write(it.join("rules/huge.rhai"), "// true\n".repeat(50 << 17) + "true").unwrap();
            with_script(it, "huge.rhai");
        }),
    ];
    let mut wrong = String::new();
    for (name, wanted, lay) in cases {
        let project = common::desk();
        lay(project.path());
        let said = match audit(project.path()) {
            None => Err(format!("still running after {SECONDS_MAX} s")),
            Some(end) => match judged(&end, &sound) {
                Ok(how) if wanted.split('|').any(|it| it == how) => Ok(()),
                // The report of a project that the case left as it was names no hostile rule.
                Err(why) if why.contains("not in the report") && wanted.contains("judged") => Ok(()),
                Ok(how) => Err(format!("{how}, not {wanted}\n{}", start_of(&end.err))),
                Err(why) => Err(format!("{why}\n{}", start_of(&end.err))),
            },
        };
        if let Err(why) = said {
            let _ = writeln!(wrong, "{name}: {why}");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A rule whose script stands in a file.
#[cfg(unix)]
fn with_script(folder: &Path, file: &str) {
    let rule = "[[rule]]\nid = \"hostile\"\ntitle = \"Hostile\"\non = \"ticket\"\nseverity = \"minor\"\n";
    fs::write(folder.join("rules/hostile.toml"), format!("{rule}script = \"{file}\"\n")).unwrap();
}
