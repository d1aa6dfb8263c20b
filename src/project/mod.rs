//! What people write about an audit: audit.toml and rule packs, read, checked and resolved, with
//! the place of every part kept.
//!
//! [`load`] reads a project folder, [`load_files`] makes a project of data files and packs from the
//! command line. Both give what could be read together with all complaints about it: one bad file
//! never hides the others. Nothing here reads records or understands expressions.
//!
//! The way through: `read` (TOML with spans, typed), `audit_file`, `source` and `calendar` (audit.toml), `pack`,
//! `rules` and `tables` (packs), then `house` (the project's changes to packs) and `checks` (what
//! must hold between rules) and `unused` (what nothing mentions).

mod audit_file;
mod builtin;
mod calendar;
mod calibration;
mod checks;
mod gates;
mod holidays;
mod house;
mod joins;
mod load;
mod malformed;
mod names;
mod pack;
mod promises;
mod reach;
mod read;
mod rules;
mod sampling;
mod scorecards;
mod source;
mod strings;
mod table_file;
mod tables;
mod unused;
mod values;
mod waivers;

pub use builtin::names as builtin_packs;
pub use load::{load, load_files};

use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Place, Sources},
    ingest::SourceSpec,
    rule::{Calibration, DeclaredCalendar, DeclaredGate, Pack, Sampling, Script, Waiver},
    wording::Lang,
};
use std::path::PathBuf;

/// What the command line says beside the project.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// `pack/rule.param=value`, from `--set`.
    pub set: Vec<String>,
    /// Packs from `--rules`: folders, or names of built-in packs.
    pub rules: Vec<PathBuf>,
    /// Data files, for a run without a project.
    pub data: Vec<PathBuf>,
    /// The language of reports; the project's if left out.
    pub lang: Option<Lang>,
}

/// What came of loading.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The project as far as it could be read. `None` where there is no audit.toml to read at all.
    /// With errors among the diagnostics it is fit for looking at, not for judging records.
    pub project: Option<Project>,
    /// What is wrong, file by file, each from top to bottom.
    pub diagnostics: Vec<Diagnostic>,
    /// The files read, for rendering the diagnostics.
    pub sources: Sources,
}

/// An audit's settings, resolved.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// The folder of audit.toml.
    pub root: PathBuf,
    /// The zone that reports print times in, and that times without a zone are read in.
    pub zone: Zone,
    /// The language of reports.
    pub lang: Lang,
    /// Where records come from.
    pub sources: Vec<Source>,
    /// When time counts.
    pub calendars: Vec<DeclaredCalendar>,
    /// Findings that are excused.
    pub waivers: Vec<Waiver>,
    /// What must hold of the whole result.
    pub gates: Vec<DeclaredGate>,
    /// Which records people should review.
    pub sampling: Option<Sampling>,
    /// Which ratings of evaluators are compared.
    pub calibration: Option<Calibration>,
    /// The packs, house changes in place.
    pub packs: Vec<Pack>,
    /// Rules that the project switches off, each with the reason.
    pub disabled: Vec<(String, String)>,
    /// What a plain audit writes: `[output] files`.
    pub outputs: Vec<String>,
    /// Where `[project]` stands; the folder for a run without audit.toml.
    pub place: Place,
}

/// A name that people wrote, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// One source of records.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// The kind of its records: which rules look at them.
    pub kind: String,
    /// How its files are found and read.
    pub spec: SourceSpec,
    /// The fields that make the key; none: records are known by their origin.
    pub key: Vec<Name>,
    /// The field that holds the record's own date.
    pub date: Option<Name>,
    /// Who is scored: (subject, field).
    pub subject: Vec<(String, Name)>,
    /// New fields, in the order of the file.
    pub derive: Vec<Derived>,
    /// The sources that it brings fields in from.
    pub joins: Vec<Join>,
    /// The log of events that its records, which are cases, are put together from.
    pub events: Option<Events>,
}

/// A join: each record's partner in another source.
#[derive(Clone, Debug)]
pub struct Join {
    /// The id of the other source.
    pub source: Name,
    /// What rules call the partner.
    pub name: Name,
    /// The fields that meet: of the record, and of the partner; that of the key where it is not told.
    pub on: Vec<(Name, Option<Name>)>,
    /// Where it stands.
    pub place: Place,
}

/// A log of events.
#[derive(Clone, Debug)]
pub struct Events {
    /// How its files are found and read.
    pub spec: SourceSpec,
    /// The field of the case id.
    pub case: Name,
    /// The field of the step.
    pub activity: Name,
    /// The field of the time.
    pub at: Name,
    /// The field of who acted.
    pub actor: Option<Name>,
    /// What steps are called in the log, each with the step that is meant; other steps mean themselves.
    pub steps: Vec<(String, String)>,
    /// Where it stands.
    pub place: Place,
    /// True where cases have no records of their own.
    pub alone: bool,
}

/// A field computed from others.
#[derive(Clone, Debug)]
pub struct Derived {
    /// Its name.
    pub name: Name,
    /// The expression.
    pub script: Script,
}
