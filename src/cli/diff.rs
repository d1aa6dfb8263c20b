//! `touchstone diff`: two rule sets on the same records.

use super::{
    Voice,
    args::all,
    cases::{OpenedSource, open},
    choice::{Choice, choice},
    diff_report::{Change, Diff, RuleDiff, Status, Verdict, json, terminal},
    exit,
    output::write_file,
    plans::{PlannedSource, as_of, colour, without_repeats},
    print,
    records::{Outcomes, faults_of_data, outcomes, who},
};
use crate::{
    diagnostic::{Diagnostic, Sources},
    engine::{Filter, SourcePlan, plan_source},
    project::{LoadOptions, Loaded, Project, Source, builtin_packs, load, load_files},
    rule::{DeclaredCalendar, Outcome, Pack, Pause, Promise, Reach, Rule, Script, snake_case},
    script::names_in,
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// One of the two rule sets.
struct Side {
    project: Project,
    texts: Sources,
    is_project: bool,
}

/// Compares two rule sets; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned().unwrap_or_default();
    let voice = Voice::new(lang, colour(matches));
    let (Some(old), Some(new)) = (side(&path("old"), asked, voice), side(&path("new"), asked, voice)) else {
        return exit::NOT_AS_ASKED;
    };
    let lang = asked.unwrap_or(if new.is_project { new.project.lang } else { lang });
    let voice = Voice::new(lang, colour(matches));
    let Some(desk) = records(matches, &new, voice) else { return exit::NOT_AS_ASKED };
    let of_desk = asked.is_none() && matches.contains_id("project");
    let voice = if of_desk { Voice::new(desk.lang, colour(matches)) } else { voice };
    let over_groups = |it: &&Rule| matches!(it.reach, Reach::Groups(_));
    let names: BTreeSet<&str> =
        rules(&old.project).chain(rules(&new.project)).filter(over_groups).map(|it| it.id.as_str()).collect();
    if !names.is_empty() {
        let names = names.into_iter().collect::<Vec<_>>().join(wording::LIST_COMMA.text(voice.lang));
        let said = Diagnostic::warning(wording::DIFF_GROUPS).with("names", names);
        voice.complain(&[said.help(wording::HELP_DIFF_GROUPS)], &new.texts, false);
    }
    match compared(matches, &old, &new, &desk, voice) {
        Ok(diff) => written(matches, &diff, voice).unwrap_or_else(|diagnostic| {
            voice.complain(&[*diagnostic], &new.texts, true);
            exit::NOT_AS_ASKED
        }),
        Err(Wrong { diagnostics, in_old }) => {
            voice.complain(&without_repeats(diagnostics), if in_old { &old.texts } else { &new.texts }, true);
            exit::NOT_AS_ASKED
        }
    }
}

/// Loads a project or a pack; complains, as if no record were there to judge.
fn side(path: &Path, asked: Option<Lang>, voice: Voice) -> Option<Side> {
    let is_project =
        path.join("audit.toml").is_file() || path.file_name().is_some_and(|it| it == "audit.toml");
    let is_pack = path.join("pack.toml").is_file() || builtin_packs().any(|it| path.as_os_str() == it);
    let options = LoadOptions { lang: asked, ..LoadOptions::default() };
    let loaded = if is_project || !is_pack {
        load(path, &options)
    } else {
        load_files(&LoadOptions { rules: vec![path.to_owned()], ..options })
    };
    let Loaded { project, diagnostics, sources: texts } = loaded;
    let wrong = voice.complain(&diagnostics, &texts, false);
    project.filter(|_| !wrong).map(|project| Side { project, texts, is_project })
}

/// The project whose records are judged: that of `--data`, of `--project`, else the new one.
fn records(matches: &ArgMatches, new: &Side, voice: Voice) -> Option<Project> {
    let data: Vec<PathBuf> = all(matches, "data");
    if !data.is_empty() {
        let promises = new.project.packs.iter().flat_map(|it| &it.promises);
        let kinds: BTreeSet<&str> =
            rules(&new.project).map(|it| it.on.as_str()).chain(promises.map(|it| it.on.as_str())).collect();
        let mut project = load_files(&LoadOptions { data, ..LoadOptions::default() }).project?;
        // Files of a project's sources are read as the project says; others by their names.
        for source in &mut project.sources {
            match new.project.sources.iter().find(|it| it.id == source.id) {
                Some(known) => {
                    let place = (source.spec.root.clone(), source.spec.pattern.clone());
                    *source = known.clone();
                    (source.spec.root, source.spec.pattern, source.spec.place) = (place.0, place.1, None);
                }
                None => {
                    if let (true, Some(only)) = (kinds.len() == 1, kinds.first()) {
                        (*only).clone_into(&mut source.kind);
                    }
                }
            }
        }
        if new.is_project {
            project.zone = new.project.zone.clone();
            project.calendars = new.project.calendars.clone();
        }
        return Some(project);
    }
    if let Some(path) = matches.get_one::<PathBuf>("project") {
        let loaded = load(path, &LoadOptions::default());
        let wrong = voice.complain(&loaded.diagnostics, &loaded.sources, false);
        return loaded.project.filter(|_| !wrong);
    }
    if new.is_project {
        return Some(new.project.clone());
    }
    let said = Diagnostic::error(wording::DIFF_NO_DATA).help(wording::HELP_DIFF_DATA);
    voice.complain(&[said], &Sources::default(), true);
    None
}

fn rules(project: &Project) -> impl Iterator<Item = &Rule> {
    project.packs.iter().flat_map(|it| &it.rules)
}

/// What is wrong, and whose files it is about.
struct Wrong {
    diagnostics: Vec<Diagnostic>,
    in_old: bool,
}

impl From<Box<Diagnostic>> for Wrong {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self { diagnostics: vec![*diagnostic], in_old: false }
    }
}

/// What is compared: packs, and the calendars by which their clocks run.
struct RuleSet<'a> {
    packs: Vec<Pack>,
    calendars: &'a [DeclaredCalendar],
}

impl<'a> RuleSet<'a> {
    /// Where one side is a pack, only that pack. A project has its own calendars; a pack has none and takes
    /// those that stand beside the records.
    fn new(side: &'a Side, other: &Side, desk: &'a Project) -> Self {
        let ids: BTreeSet<&str> = other.project.packs.iter().map(|it| it.id.as_str()).collect();
        let all = side.project.packs.iter();
        let packs =
            all.filter(|it| other.is_project || !side.is_project || ids.contains(it.id.as_str())).cloned();
        let calendars = if side.is_project { &side.project.calendars } else { &desk.calendars };
        Self { packs: packs.collect(), calendars }
    }
}

fn compared(
    matches: &ArgMatches,
    old: &Side,
    new: &Side,
    desk: &Project,
    voice: Voice,
) -> Result<Diff, Wrong> {
    let as_of = as_of(matches, &desk.zone)?;
    let setting = (&desk.zone, as_of, voice.lang);
    let filter = Filter { rules: all(matches, "rule"), ..Filter::default() };
    let (old_set, new_set) = (RuleSet::new(old, new, desk), RuleSet::new(new, old, desk));
    let mut diff = Diff {
        old: named(matches, "old"),
        new: named(matches, "new"),
        as_of,
        zone: desk.zone.clone(),
        lang: voice.lang,
        records: 0,
        rules: rule_diffs(&old_set, &new_set, &filter),
    };
    diff.rules.extend(promise_diffs(&old_set, &new_set, &filter));
    if diff.rules.is_empty() {
        let said = Diagnostic::error(wording::NO_RULE_AT_ALL).help(wording::HELP_NO_RULES);
        return Err(Wrong { diagnostics: vec![said], in_old: false });
    }
    let mut warnings = Vec::new();
    for source in &desk.sources {
        if !diff.rules.iter().any(|it| it.on == source.kind) {
            continue;
        }
        let plan = |set: &RuleSet<'_>, in_old| {
            let (opened, diagnostics) = open(source, desk, &set.packs, as_of, &mut []);
            let Some(opened) = opened else { return Err(Wrong { diagnostics, in_old }) };
            let ask = opened.ask(source, set.calendars);
            let (plan, diagnostics) =
                plan_source(&ask, &opened.schema, &opened.packs, setting, &filter, false);
            let wrong = diagnostics.into_iter().filter(Diagnostic::is_error).map(|it| opened.told(it));
            let diagnostics = wrong.collect();
            let plan = plan.ok_or(Wrong { diagnostics, in_old })?.with_steps(&opened.steps);
            Ok(PlannedSource { opened: Arc::new(opened), plan })
        };
        let (before, planned) = (plan(&old_set, true)?, plan(&new_set, false)?);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let was = judged(&before.opened, &before.plan, desk, threads)?;
        let is = judged(&planned.opened, &planned.plan, desk, threads)?;
        warnings.extend(faults_of_data(&source.id, is.1.rejected, is.1.bad_cells));
        diff.records += is.1.records;
        changes(&mut diff, source, &planned, &was.0, &is.0)?;
    }
    voice.complain(&warnings, &new.texts, false);
    if diff.records == 0 {
        let said = Diagnostic::error(wording::NO_RECORDS).help(wording::HELP_NO_RECORDS);
        return Err(Wrong { diagnostics: vec![said], in_old: false });
    }
    Ok(diff)
}

fn named(matches: &ArgMatches, side: &str) -> String {
    matches.get_one::<PathBuf>(side).map(|it| it.display().to_string()).unwrap_or_default()
}

type ByRule = BTreeMap<String, Vec<Verdict>>;

/// Outcomes by the id of a rule or promise: of several versions, that of the one which looked at the record.
fn judged(
    opened: &Arc<OpenedSource>,
    plan: &SourcePlan,
    desk: &Project,
    threads: usize,
) -> Result<(ByRule, Outcomes), Wrong> {
    let mut found = outcomes(opened, plan, &desk.zone, threads)?;
    let mut by_rule = ByRule::new();
    for (planned, outcomes) in plan.rules.iter().zip(std::mem::take(&mut found.by_rule)) {
        let outcomes: Vec<Verdict> = outcomes.into_iter().map(Verdict::Rule).collect();
        match by_rule.get_mut(&planned.rule.id) {
            None => drop(by_rule.insert(planned.rule.id.clone(), outcomes)),
            Some(known) => {
                for (known, more) in known.iter_mut().zip(outcomes) {
                    if *known == Verdict::Rule(Outcome::NotApplicable) {
                        *known = more;
                    }
                }
            }
        }
    }
    let promises = plan.promises.iter().filter(|it| it.is_reported);
    for (promise, outcomes) in promises.zip(std::mem::take(&mut found.by_promise)) {
        let outcomes = outcomes.into_iter().map(Verdict::of_clock).collect();
        by_rule.insert(promise.as_rule.rule.id.clone(), outcomes);
    }
    Ok((by_rule, found))
}

/// Counts the records whose outcome is another, and tells who they are.
fn changes(
    diff: &mut Diff,
    source: &Source,
    planned: &PlannedSource,
    was: &ByRule,
    is: &ByRule,
) -> Result<(), Wrong> {
    let mut changed: Vec<(u64, usize, Verdict, Verdict)> = Vec::new();
    for (number, rule) in diff.rules.iter_mut().enumerate().filter(|(_, it)| it.on == source.kind) {
        let (old, new) = (was.get(&rule.id), is.get(&rule.id));
        old.into_iter().flatten().for_each(|it| rule.was.count(*it));
        new.into_iter().flatten().for_each(|it| rule.is.count(*it));
        let (Some(old), Some(new)) = (old, new) else { continue };
        let differ = (0_u64..).zip(old.iter().zip(new)).filter(|(_, (old, new))| old != new);
        changed.extend(differ.map(|(record, (old, new))| (record, number, *old, *new)));
    }
    changed.sort_unstable_by_key(|it| (it.0, it.1));
    let mut records: Vec<u64> = changed.iter().map(|it| it.0).collect();
    records.dedup();
    let who = who(planned, &records)?;
    let levels: Vec<&str> = planned.plan.subject.iter().map(|it| it.0.as_str()).collect();
    for (record, number, from, to) in changed {
        let Some(who) = records.binary_search(&record).ok().and_then(|it| who.get(it)) else { continue };
        diff.rules[number].add(Change { from, to, key: &who.key, levels: &levels, subjects: &who.subjects });
    }
    Ok(())
}

/// The rules of both sides by id, those of the new one first.
fn rule_diffs(old: &RuleSet<'_>, new: &RuleSet<'_>, filter: &Filter) -> Vec<RuleDiff> {
    let (before, after) = (by_id(old, filter), by_id(new, filter));
    let mut all = Vec::new();
    for (id, versions) in &after {
        let (status, changes) = match before.iter().find(|it| it.0 == *id) {
            None => (Status::Added, Vec::new()),
            Some((_, known)) => {
                let changes = changed_parts(known, versions);
                (if changes.is_empty() { Status::Same } else { Status::Changed }, changes)
            }
        };
        all.extend(versions.first().map(|it| RuleDiff::new(it.rule, status, changes)));
    }
    for (_, versions) in before.iter().filter(|(id, _)| !after.iter().any(|it| it.0 == *id)) {
        all.extend(versions.first().map(|it| RuleDiff::new(it.rule, Status::Removed, Vec::new())));
    }
    all
}

/// The promises of both sides by id, those of the new one first.
fn promise_diffs(old: &RuleSet<'_>, new: &RuleSet<'_>, filter: &Filter) -> Vec<RuleDiff> {
    let (before, after) = (promises_of(old, filter), promises_of(new, filter));
    let mut all = Vec::new();
    for it in &after {
        let (status, parts) = match before.iter().find(|known| known.promise.id == it.promise.id) {
            None => (Status::Added, Vec::new()),
            Some(known) => {
                let parts = changed_parts_of_promise(known, it);
                (if parts.is_empty() { Status::Same } else { Status::Changed }, parts)
            }
        };
        all.push(RuleDiff::of_promise(it.promise, status, parts));
    }
    for it in before.iter().filter(|it| after.iter().all(|of| of.promise.id != it.promise.id)) {
        all.push(RuleDiff::of_promise(it.promise, Status::Removed, Vec::new()));
    }
    all
}

fn promises_of<'a>(set: &'a RuleSet<'_>, filter: &Filter) -> Vec<Promised<'a>> {
    let of = |pack: &'a Pack| {
        pack.promises.iter().map(move |promise| Promised { pack, calendars: set.calendars, promise })
    };
    set.packs.iter().flat_map(of).filter(|it| filter.admits_promise(it.promise)).collect()
}

/// A promise with what it uses.
struct Promised<'a> {
    pack: &'a Pack,
    calendars: &'a [DeclaredCalendar],
    promise: &'a Promise,
}

impl Promised<'_> {
    /// The rows of the table that gives the target, apart from where they stand.
    fn rows_of_target(&self) -> String {
        let rows = self.pack.table_of(&self.promise.target).into_iter().flat_map(|it| &it.rows);
        rows.map(|it| format!("{:?} {:?}\n", it.cells, it.output)).collect()
    }

    /// What the calendars by which it may run say, apart from where they stand.
    fn hours(&self) -> String {
        let Some(script) = &self.promise.calendar else { return String::new() };
        let is_named = |it: &&DeclaredCalendar| it.id == script.text.trim() || is_quoted(script, &it.id);
        let named: Vec<&DeclaredCalendar> = self.calendars.iter().filter(is_named).collect();
        // Where the name comes from a field, it may be any of them.
        if named.is_empty() { hours(self.calendars.iter()) } else { hours(named) }
    }
}

/// What calendars say, apart from where they stand.
fn hours<'a>(calendars: impl IntoIterator<Item = &'a DeclaredCalendar>) -> String {
    let mut all: Vec<String> =
        calendars.into_iter().map(|it| format!("{} {} {:?}\n", it.id, it.zone.name(), it.spec)).collect();
    all.sort_unstable();
    all.concat()
}

/// Whether an id stands in a script as a text.
fn is_quoted(script: &Script, id: &str) -> bool {
    script.text.contains(&format!("\"{id}\""))
}

/// What of a promise is another: keys of the rule file.
fn changed_parts_of_promise(old: &Promised<'_>, new: &Promised<'_>) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = |name: &str, of: &dyn Fn(&Promise) -> String| {
        let (was, is) = (of(old.promise), of(new.promise));
        if was != is {
            // What fits into a line is told.
            let short = was.chars().count() + is.chars().count() <= SHOWN_CHARS_MAX;
            let told = short && !was.is_empty() && !is.is_empty();
            parts.push(if told { format!("{name}: {was} → {is}") } else { name.to_owned() });
        }
    };
    let text = |it: &Script| it.text.trim().to_owned();
    part("on", &|it| it.on.clone());
    part("effective", &|it| format!("{:?}", it.effective));
    part("when", &|it| it.when.as_ref().map(text).unwrap_or_default());
    part("start", &|it| text(&it.start));
    part("stop", &|it| text(&it.stop));
    part("target", &|it| it.target.text());
    part("calendar", &|it| it.calendar.as_ref().map(text).unwrap_or_default());
    part("pause", &|it| {
        let one = |it: &Pause| match it {
            Pause::Span(from, to) => {
                format!("{} – {}", text(from), to.as_ref().map(text).unwrap_or_default())
            }
            Pause::While(holds) => format!("while {}", text(&holds.script)),
        };
        it.pauses.iter().map(one).collect::<Vec<_>>().join(", ")
    });
    part("reopen", &|it| {
        it.reopen
            .as_ref()
            .map(|it| format!("{}, {:?}", it.step, it.policy))
            .unwrap_or_default()
            .to_lowercase()
    });
    part("target_change", &|it| {
        let change = it.target_change.as_ref();
        change.map(|it| format!("{}, {:?}", it.step, it.policy)).unwrap_or_default().to_lowercase()
    });
    part("day_end, start_at, roll", &|it| format!("{:?}", it.terms));
    part("warn_at", &|it| it.warn_at.to_string());
    part("severity", &|it| it.severity.name().to_owned());
    for (name, is_another) in [
        ("table", old.rows_of_target() != new.rows_of_target()),
        ("[[calendar]]", old.hours() != new.hours()),
    ] {
        parts.extend(is_another.then(|| name.to_owned()));
    }
    parts
}

/// A change is told in full up to this length.
const SHOWN_CHARS_MAX: usize = 60;

/// The versions of each rule.
fn by_id<'a>(set: &'a RuleSet<'_>, filter: &Filter) -> Vec<(&'a str, Vec<Version<'a>>)> {
    let mut found: Vec<(&str, Vec<Version<'_>>)> = Vec::new();
    for pack in &set.packs {
        for rule in pack.rules.iter().filter(|it| filter.admits(it)) {
            let version = Version { pack, calendars: set.calendars, rule };
            match found.iter_mut().find(|it| it.0 == rule.id) {
                Some(known) => known.1.push(version),
                None => found.push((&rule.id, vec![version])),
            }
        }
    }
    found
}

/// A rule with its pack.
struct Version<'a> {
    pack: &'a Pack,
    calendars: &'a [DeclaredCalendar],
    rule: &'a Rule,
}

impl Version<'_> {
    /// The tables, word lists, calendars and promises that it uses.
    fn lookups(&self) -> String {
        let scripts = || self.rule.scripts();
        let names: Vec<String> = scripts().flat_map(names_in).collect();
        let tables = self.pack.tables.iter().filter(|it| names.contains(&snake_case(&it.id)));
        let tables = tables.map(|it| {
            let rows: Vec<String> =
                it.rows.iter().map(|it| format!("{:?}{:?}", it.cells, it.output)).collect();
            format!("{} {:?} {rows:?}", it.id, it.output)
        });
        let is_used = |id: &str| scripts().any(|it| is_quoted(it, id));
        let phrases = self.pack.phrases.iter().filter(|it| is_used(&it.id));
        let phrases = phrases.map(|it| format!("{} {:?} {}", it.id, it.words, it.fold));
        let promises = self.pack.promises.iter().filter(|it| names.contains(&it.name)).map(|it| {
            let scripts: Vec<&str> = it.scripts().map(|it| it.text.as_str()).collect();
            let used = Promised { pack: self.pack, calendars: self.calendars, promise: it };
            let used = format!("{}{}", used.rows_of_target(), used.hours());
            format!("{} {scripts:?} {:?} {:?} {} {used}", it.name, it.terms, it.effective, it.warn_at)
        });
        let calendars = hours(self.calendars.iter().filter(|it| is_used(&it.id)));
        tables.chain(phrases).chain(promises).chain([calendars]).collect::<Vec<_>>().join("\n")
    }
}

/// What of a rule is another: keys of the rule file, parameters with their values.
fn changed_parts(old: &[Version<'_>], new: &[Version<'_>]) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = |name: &str, of: &dyn Fn(&Version<'_>) -> String| {
        let texts = |all: &[Version<'_>]| all.iter().map(of).collect::<Vec<_>>();
        if texts(old) != texts(new) {
            parts.push(name.to_owned());
        }
    };
    part("on", &|it| it.rule.on.clone());
    part("effective", &|it| format!("{:?}", it.rule.effective));
    part("when", &|it| it.rule.when.as_ref().map(|it| it.text.clone()).unwrap_or_default());
    part("per, within", &|it| match &it.rule.reach {
        Reach::Record => String::new(),
        Reach::Groups(per) => {
            let by: Vec<&str> = per.by.iter().map(|it| it.text.trim()).collect();
            format!("{by:?} {} {}", per.min, per.rollup)
        }
        Reach::Window(within) => {
            let of: Vec<&str> = within.of.iter().map(|it| it.0.as_str()).collect();
            format!("{of:?} {} {}", within.time.0, within.last)
        }
    });
    part("check", &|it| it.rule.check.text.clone());
    part("missing", &|it| format!("{:?}", it.rule.missing));
    part("severity", &|it| it.rule.severity.name().to_owned());
    part("tables, phrases, calendars, promises", &|it| it.lookups());
    let values = |all: &[Version<'_>]| {
        let params = all.iter().flat_map(|it| &it.rule.params);
        params.map(|it| (it.name.clone(), it.value.clone())).collect::<Vec<_>>()
    };
    let (was, is) = (values(old), values(new));
    let names: BTreeSet<&String> = was.iter().chain(&is).map(|it| &it.0).collect();
    for name in names {
        let of = |all: &[(String, crate::record::Value)]| {
            let shown = |it: &crate::record::Value| {
                crate::finding::value_text(it, &crate::calendar::Zone::utc(), Lang::En)
            };
            let texts: Vec<String> = all.iter().filter(|it| it.0 == *name).map(|it| shown(&it.1)).collect();
            if texts.is_empty() { "–".to_owned() } else { texts.join(", ") }
        };
        if of(&was) != of(&is) {
            parts.push(format!("{name}: {} → {}", of(&was), of(&is)));
        }
    }
    parts
}

fn written(matches: &ArgMatches, diff: &Diff, voice: Voice) -> Result<u8, Box<Diagnostic>> {
    let Choice { stdout, files } = choice(matches, &[("terminal", &["txt"]), ("json", &["json"])])?;
    let bytes = |form: usize, colour: bool| if form == 1 { json(diff) } else { terminal(diff, colour) };
    for (form, path) in files {
        write_file(&path, bytes(form, false).as_bytes())?;
    }
    let out = bytes(stdout.unwrap_or(0), voice.colour);
    Ok(if print(out.as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD })
}
