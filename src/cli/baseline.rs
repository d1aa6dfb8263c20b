//! `touchstone baseline`: findings that are known from now on, what a baseline holds, and what is fixed.

use super::{
    Voice,
    args::{about, color, flag, judging_options},
    audit::{judged, not_as_asked, on_ctrl_c},
    exit,
    output::{Outputs, write_file},
    plans::{Planned, begin, colour, planned},
    print, standing,
};
use crate::{
    diagnostic::{Diagnostic, Place, Sources},
    finding::{Baseline, KnownFinding},
    report::Known,
    wording::{self, Lang},
};
use clap::{Arg, ArgMatches, Command};
use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

/// The subcommands.
pub(super) fn command(lang: Lang) -> Command {
    let file = || {
        let value = clap::value_parser!(PathBuf);
        Arg::new("file")
            .required(true)
            .value_name("FILE")
            .value_parser(value)
            .help(wording::OPTION_BASELINE_FILE.text(lang))
    };
    let write = about(lang, Command::new("write"), wording::ABOUT_BASELINE_WRITE)
        .arg(file())
        .arg(flag(lang, "unstable", wording::OPTION_UNSTABLE))
        .arg(flag(lang, "allow-growth", wording::OPTION_GROWTH))
        .args(judging_options(lang));
    let show = about(lang, Command::new("show"), wording::ABOUT_BASELINE_SHOW).args([file(), color(lang)]);
    let prune = about(lang, Command::new("prune"), wording::ABOUT_BASELINE_PRUNE)
        .arg(file())
        .args(judging_options(lang));
    Command::new("baseline").subcommand_required(true).subcommands([write, show, prune])
}

/// Does what is asked; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    let Some((what, matches)) = matches.subcommand() else { return exit::NOT_AS_ASKED };
    let Some(file) = matches.get_one::<PathBuf>("file") else { return exit::NOT_AS_ASKED };
    if what == "show" {
        return show(file, Voice::new(lang, colour(matches)));
    }
    let (loaded, voice) = begin(matches, asked, lang);
    let Some(mut planned) = planned(loaded, matches, voice) else { return exit::NOT_AS_ASKED };
    let cancelled = on_ctrl_c();
    let changing = Changing { matches, voice, file, cancelled: &cancelled };
    let done = if what == "write" { changing.write(&mut planned) } else { changing.prune(&mut planned) };
    match done {
        Ok(said) => {
            if !matches.get_flag("quiet") {
                voice.say(&(said + "\n"));
            }
            exit::HELD
        }
        Err(said) => {
            voice.complain(&[*said], &planned.texts, true);
            if cancelled.load(Ordering::Relaxed) { exit::INTERRUPTED } else { exit::NOT_AS_ASKED }
        }
    }
}

fn show(file: &Path, voice: Voice) -> u8 {
    let mut texts = Sources::default();
    let baseline = match standing::read(file, &mut texts) {
        Ok(baseline) => baseline,
        Err(said) => {
            voice.complain(&[*said], &texts, true);
            return exit::NOT_AS_ASKED;
        }
    };
    let budgets = baseline.budgets();
    let mut out = String::new();
    for (rule, count) in &budgets {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{count:>8}  {rule}");
    }
    let counts = [("count", baseline.findings().len().to_string()), ("rules", budgets.len().to_string())];
    let _ = writeln!(out, "{}", wording::BASELINE_TOTAL.fill(voice.lang, &counts));
    if print(out.as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD }
}

/// A baseline that is written or pruned.
struct Changing<'a> {
    matches: &'a ArgMatches,
    voice: Voice,
    file: &'a Path,
    cancelled: &'a std::sync::atomic::AtomicBool,
}

impl Changing<'_> {
    /// Makes the findings of an audit known; gives what is said of it.
    fn write(&self, planned: &mut Planned) -> Result<String, Box<Diagnostic>> {
        let before = match fs::exists(self.file) {
            Ok(false) => None,
            Ok(true) | Err(_) => Some(standing::read(self.file, &mut planned.texts)?),
        };
        let temporary = |error: io::Error| super::audit::cannot_spool("", &error);
        let folder = tempfile::tempdir().map_err(temporary)?;
        let found = folder.path().join("found");
        let outputs = Outputs::only(Box::new(Known), &found)?;
        let (audit, _) = judged(self.matches, planned, self.voice, self.cancelled, outputs)?;
        if let Some(said) = not_as_asked(self.matches, &audit) {
            return Err(Box::new(said));
        }
        let text = fs::read_to_string(&found).map_err(temporary)?;
        let (found, unstable) = self.known(&text);
        if unstable > 0 {
            let said = Diagnostic::warning(wording::BASELINE_UNSTABLE).with("count", unstable.to_string());
            self.voice.complain(&[said.help(wording::HELP_BASELINE_UNSTABLE)], &planned.texts, false);
        }
        if let Some(said) =
            before.filter(|_| !self.matches.get_flag("allow-growth")).and_then(|it| grown(&it, &found))
        {
            return Err(Box::new(said.at(Place::File(self.file.display().to_string().into()))));
        }
        write_file(self.file, found.text().as_bytes())?;
        let count = found.findings().len().to_string();
        Ok(wording::BASELINE_WROTE.fill(self.voice.lang, &[("count", count)]))
    }

    /// The findings that were written down, and how many were left out as unstable.
    fn known(&self, text: &str) -> (Baseline, u64) {
        let (mut all, mut left_out) = (Vec::new(), 0);
        for line in text.lines() {
            let stable = line.strip_prefix(Known::UNSTABLE);
            if stable.is_some() && !self.matches.get_flag("unstable") {
                left_out += 1;
                continue;
            }
            all.extend(KnownFinding::parse(stable.unwrap_or(line)));
        }
        (Baseline::new(all), left_out)
    }

    /// Takes out what is fixed; gives what is said of it.
    fn prune(&self, planned: &mut Planned) -> Result<String, Box<Diagnostic>> {
        let before = standing::read(self.file, &mut planned.texts)?;
        planned.baseline = Some(before.clone());
        let (audit, _) = judged(self.matches, planned, self.voice, self.cancelled, Outputs::none())?;
        if let Some(said) = not_as_asked(self.matches, &audit) {
            return Err(Box::new(said));
        }
        let fixed = audit.baseline.map(|it| it.fixed).unwrap_or_default();
        let is_fixed = |it: &KnownFinding| fixed.binary_search(it).is_ok();
        let left: Vec<KnownFinding> = before.findings().iter().filter(|it| !is_fixed(it)).cloned().collect();
        let left = Baseline::new(left);
        write_file(self.file, left.text().as_bytes())?;
        let counts = [("fixed", fixed.len().to_string()), ("left", left.findings().len().to_string())];
        Ok(wording::BASELINE_PRUNED.fill(self.voice.lang, &counts))
    }
}

/// The complaint about rules with more findings than before.
fn grown(before: &Baseline, found: &Baseline) -> Option<Diagnostic> {
    let allowed = before.budgets();
    let grown = found.budgets().into_iter().filter_map(|(rule, count)| {
        let allowed = allowed.get(rule).copied().unwrap_or(0);
        (count > allowed).then(|| format!("{rule} {allowed} → {count}"))
    });
    let names: Vec<String> = grown.collect();
    if names.is_empty() {
        return None;
    }
    let said = Diagnostic::error(wording::BASELINE_GROWS).with("names", names.join(", "));
    Some(said.help(wording::HELP_BASELINE_GROWS))
}
