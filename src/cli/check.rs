//! `touchstone check`: everything that can be known before a record is judged.

use super::{
    Voice, calibrate, exit,
    plans::{Planned, begin, planned},
    print, sample, standing,
};
use crate::{
    diagnostic::Said,
    engine::{PlannedPromise, SourcePlan},
    record::Type,
    rule::Rule,
    script::Form,
    wording::{self, Lang},
};
use clap::ArgMatches;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// Checks a project; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    let (loaded, voice) = begin(matches, asked, lang);
    let lang = voice.lang;
    let voice = Voice { notes: true, ..voice };
    let Some(planned) = planned(loaded, matches, voice) else { return exit::NOT_AS_ASKED };
    let over: Vec<_> = standing::expired(&planned.project, planned.as_of).collect();
    voice.complain(&over, &planned.texts, false);
    let reviews = [sample::faults, calibrate::faults].map(|it| it(&planned.project, planned.as_of));
    if voice.complain(&reviews.concat(), &planned.texts, false) {
        return exit::NOT_AS_ASKED;
    }
    let mut out = String::new();
    if matches.get_flag("schema") {
        schemas(&planned, lang, &mut out);
    } else {
        paths_of_rules(&planned, lang, &mut out);
    }
    if print(out.as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD }
}

/// The rules of a plan, each with the reason why it does not run over columns.
fn reasons(plan: &SourcePlan) -> impl Iterator<Item = (&Rule, Option<&Said>)> {
    let groups = plan.groups.iter().map(|it| (&*it.as_rule.rule, it.reason.as_ref()));
    let rules = plan.rules.iter().map(|it| match &it.compiled.form {
        Form::Columns(_) => (&*it.rule, None),
        Form::Rows(rows) => (&*it.rule, Some(&rows.reason)),
    });
    rules.chain(groups)
}

/// One line a rule: its id, and the path that it takes.
fn paths_of_rules(planned: &Planned, lang: Lang, out: &mut String) {
    let rules = || planned.sources.iter().flat_map(|it| reasons(&it.plan));
    let clocks = planned.sources.iter().flat_map(|it| &it.plan.promises).filter(|it| it.is_reported);
    let ids = rules().map(|it| it.0.id.width()).chain(clocks.map(|it| it.as_rule.rule.id.width()));
    let widest = ids.max().unwrap_or(0).min(48);
    let (mut columns, mut rows) = (0, 0);
    for (rule, reason) in rules() {
        let path = match reason {
            None => {
                columns += 1;
                wording::BY_COLUMNS.text(lang).to_owned()
            }
            Some(reason) => {
                rows += 1;
                wording::BY_ROWS.fill(lang, &[("reason", reason.text(lang))])
            }
        };
        let gap = " ".repeat((widest + 2).saturating_sub(rule.id.width()).max(1));
        line(out, &format!("{}{gap}{path}", rule.id));
        if let Some(hint) = reason.and_then(|it| wording::hint_of(&it.wording)) {
            let hint = wording::BY_ROWS_HINT.fill(lang, &[("hint", hint.text(lang))]);
            line(out, &format!("{}{hint}", " ".repeat(widest + 2)));
        }
    }
    let mut promises = 0;
    for promise in planned.sources.iter().flat_map(|it| &it.plan.promises).filter(|it| it.is_reported) {
        promises += 1;
        let id = &promise.as_rule.rule.id;
        let gap = " ".repeat((widest + 2).saturating_sub(id.width()).max(1));
        line(out, &format!("{id}{gap}{}", path_of_promise(planned, promise, lang)));
    }
    for (rule, reason) in &planned.project.disabled {
        let gap = " ".repeat((widest + 2).saturating_sub(rule.width()).max(1));
        line(out, &format!("{rule}{gap}{}", wording::DISABLED.fill(lang, &[("reason", reason)])));
    }
    let counts = [
        ("rules", (columns + rows).to_string()),
        ("columns", columns.to_string()),
        ("rows", rows.to_string()),
    ];
    line(out, "");
    line(out, &wording::CHECKED.fill(lang, &counts));
    if promises > 0 {
        line(out, &wording::CHECKED_PROMISES.fill(lang, &[("count", promises.to_string())]));
    }
    if !planned.gates.is_empty() {
        line(out, &wording::CHECKED_GATES.fill(lang, &[("count", planned.gates.len().to_string())]));
    }
}

/// The path of a promise, and what it counts by.
fn path_of_promise(planned: &Planned, promise: &PlannedPromise, lang: Lang) -> String {
    let mut all = planned.project.packs.iter().flat_map(|it| &it.promises);
    let declared = all.rfind(|it| it.id == promise.as_rule.rule.id);
    let target = declared.map_or_else(String::new, |it| it.target.text());
    let calendar = declared
        .and_then(|it| it.calendar.as_ref())
        .map_or_else(|| wording::HANDBOOK_ALWAYS.text(lang).to_owned(), |it| it.text.trim().to_owned());
    let path = wording::BY_COLUMNS.text(lang).to_owned();
    wording::CHECKED_PROMISE.fill(lang, &[("path", path), ("target", target), ("calendar", calendar)])
}

/// The frozen schemas, as they could stand in audit.toml.
fn schemas(planned: &Planned, lang: Lang, out: &mut String) {
    for source in &planned.sources {
        let count = source.opened.sampled.to_string();
        line(
            out,
            &format!("# {}: {}", source.opened.spec.id, wording::SAMPLED.fill(lang, &[("count", count)])),
        );
        line(out, "[source.fields]");
        for field in &source.opened.schema.fields {
            let mut parts = Vec::new();
            if field.from != field.name {
                parts.push(format!("from = {:?}", field.from));
            }
            parts.push(if !field.choices.is_empty() {
                format!("type = \"choice\", choices = {:?}", field.choices)
            } else if let Type::List(element) = field.ty {
                format!("type = \"list\", of = {:?}", element.as_type().name())
            } else {
                format!("type = {:?}", field.ty.name())
            });
            parts.extend(field.format.as_ref().map(|it| format!("format = {it:?}")));
            parts.extend(field.separator.as_ref().map(|it| format!("separator = {it:?}")));
            line(out, &format!("{:?} = {{ {} }}", field.name, parts.join(", ")));
        }
        line(out, "");
    }
}

fn line(out: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{text}");
}
