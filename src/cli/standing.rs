//! Where findings stand: the waivers that are good on the day of an audit and what they came to, and the
//! baseline that its findings are compared with.

use super::plans::Planned;
use crate::{
    audit::{Audit, BaselineResult, Found, Tally, WaiverResult},
    calendar::format_date,
    diagnostic::{Diagnostic, Place, Sources},
    finding::{Baseline, KnownFinding, day_of},
    project::Project,
    rule::{Script, Waived, Waiver},
    wording,
};
use clap::ArgMatches;
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

/// The waivers of a project, without those whose time is over at `as_of`.
pub(super) fn good(project: &Project, as_of: i64) -> Vec<Option<Waiver>> {
    project.waivers.iter().map(|it| (!is_over(it, project, as_of)).then(|| it.clone())).collect()
}

/// The conditions of waivers on records of a kind: they may ask for steps.
pub(super) fn conditions<'w>(
    waivers: &'w mut [Option<Waiver>],
    project: &Project,
    kind: &str,
) -> Vec<&'w mut Script> {
    let rules = project.packs.iter().flat_map(|it| &it.rules).map(|it| (&it.id, &it.on));
    let promises = project.packs.iter().flat_map(|it| &it.promises).map(|it| (&it.id, &it.on));
    let ids: HashSet<&String> = rules.chain(promises).filter(|it| it.1 == kind).map(|it| it.0).collect();
    let about = waivers.iter_mut().flatten().filter(|it| ids.contains(&it.rule));
    about.filter_map(|it| if let Waived::Where(script) = &mut it.of { Some(script) } else { None }).collect()
}

/// The last day of a waiver counts, on the project's clock.
fn is_over(waiver: &Waiver, project: &Project, as_of: i64) -> bool {
    waiver.expires < day_of(project.zone.to_local(as_of))
}

/// Waivers whose time is over.
pub(super) fn expired(project: &Project, as_of: i64) -> impl Iterator<Item = Diagnostic> {
    let over = project.waivers.iter().filter(move |it| is_over(it, project, as_of));
    over.map(|it| {
        let said = Diagnostic::warning(wording::WAIVER_EXPIRED).with("date", format_date(it.expires));
        said.at(it.place.clone()).help(wording::HELP_WAIVER_EXPIRED)
    })
}

/// The baseline that is asked for.
pub(super) fn baseline(
    matches: &ArgMatches,
    texts: &mut Sources,
) -> Result<Option<Baseline>, Box<Diagnostic>> {
    let asked = matches.try_get_one::<PathBuf>("baseline").ok().flatten();
    asked.map(|it| read(it, texts)).transpose()
}

/// Reads a baseline.
pub(super) fn read(path: &Path, texts: &mut Sources) -> Result<Baseline, Box<Diagnostic>> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| {
        let said = Diagnostic::error(wording::BASELINE_NOT_THERE).with("reason", error.to_string());
        Box::new(said.at(Place::File(shown.as_str().into())).help(wording::HELP_BASELINE_WRITE))
    })?;
    texts.insert(shown.as_str(), text.as_str());
    Baseline::parse(&text).map_err(|span| {
        let said = Diagnostic::error(wording::BASELINE_LINE);
        let place = Place::Text { file: shown.as_str().into(), span };
        Box::new(said.at(place).help(wording::HELP_BASELINE_LINE))
    })
}

/// What judging met of waivers and baseline.
pub(super) struct Met {
    waived: Vec<u64>,
    fixed: Vec<KnownFinding>,
}

impl Met {
    /// As the tally of all sources tells it.
    pub(super) fn of(tally: &Tally, planned: &Planned) -> Self {
        let known = planned.baseline.iter().flat_map(Baseline::findings);
        let fixed = (0..).zip(known).filter(|it| !tally.has_met(it.0)).map(|it| it.1.clone()).collect();
        Self { waived: tally.waived.clone(), fixed }
    }

    /// Fills in what waivers came to and how the findings stand against the baseline.
    pub(super) fn stand(self, audit: &mut Audit, planned: &Planned) {
        let found: HashMap<String, Found> = {
            let rules = audit.rules.iter().map(|it| (it.rule.id.clone(), it.findings));
            rules.chain(audit.promises.iter().map(|it| (it.rule.id.clone(), it.findings))).collect()
        };
        for (number, waiver) in planned.project.waivers.iter().enumerate() {
            // Where nothing is left out a rule that was not judged is one that is switched off.
            let of = found.get(&waiver.rule).map(Found::all);
            audit.waivers.push(WaiverResult {
                expired: is_over(waiver, &planned.project, planned.as_of),
                findings: self.waived.get(number).copied().unwrap_or(0),
                of: of.or_else(|| planned.is_everything.then_some(0)),
                waiver: waiver.clone(),
            });
        }
        audit.diagnostics.extend(expired(&planned.project, planned.as_of));
        audit.diagnostics.extend(audit.waivers.iter().filter_map(about));
        let Some(baseline) = &planned.baseline else { return };
        let is_judged = |it: &&KnownFinding| planned.is_everything || found.contains_key(&it.rule);
        let budgets = baseline.budgets();
        let over = found.iter().map(|(id, found)| {
            let budget = budgets.get(id.as_str()).copied().unwrap_or(0);
            (id.clone(), found.counted(), budget)
        });
        let mut over_budget: Vec<(String, u64, u64)> = over.filter(|it| it.1 > it.2).collect();
        over_budget.sort_unstable();
        let fixed = self.fixed.iter().filter(is_judged).cloned().collect();
        audit.baseline = Some(BaselineResult { fixed, over_budget });
    }
}

/// What is worth saying of a waiver that is good.
fn about(it: &WaiverResult) -> Option<Diagnostic> {
    let waiver = &it.waiver;
    let said = if it.is_unused() {
        let said = Diagnostic::warning(wording::WAIVER_UNUSED).with("selector", waiver.selector());
        said.help(wording::HELP_WAIVER_UNUSED)
    } else if it.is_broad() {
        let said = Diagnostic::warning(wording::WAIVER_BROAD).with("count", it.findings.to_string());
        said.with("all", it.of.unwrap_or_default().to_string()).help(wording::HELP_WAIVER_BROAD)
    } else {
        return None;
    };
    Some(said.with("name", &waiver.rule).at(waiver.place.clone()))
}
