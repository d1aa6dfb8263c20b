//! Packs and rules.

use super::{
    Effective, LibraryFile, MissingPolicy, Outcome, Param, Phrases, Promise, Reach, Scorecard, Script,
    Severity, Table, Target, Template,
};
use crate::{diagnostic::Place, record::Value, wording::UserText};
use std::sync::Arc;

/// A set of rules with the lists and tables they use.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The first part of its rules' ids.
    pub id: String,
    /// What it is about.
    pub title: UserText,
    /// Where it was found, as shown; `builtin:complaints` for packs of the product.
    pub from: Arc<str>,
    /// Its rules, files in the order of their names, each from top to bottom.
    pub rules: Vec<Rule>,
    /// Its promises.
    pub promises: Vec<Promise>,
    /// Its scorecards.
    pub scorecards: Vec<Scorecard>,
    /// Its word lists.
    pub phrases: Vec<Phrases>,
    /// Its decision tables.
    pub tables: Vec<Table>,
    /// Its function library, files by name.
    pub library: Vec<LibraryFile>,
}

/// How rules write an id: `first-response` is read as `first_response`.
#[must_use]
pub fn snake_case(id: &str) -> String {
    id.replace('-', "_")
}

impl Pack {
    /// The decision table that `name` means: its id, as it stands or as rules write it.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|it| it.id == name || snake_case(&it.id) == name)
    }

    /// The table that gives a target, where one does.
    #[must_use]
    pub fn table_of(&self, target: &Target) -> Option<&Table> {
        if let Target::Table(id, _) = target { self.table(id) } else { None }
    }

    /// The pack with other rules.
    #[must_use]
    pub fn with_rules(&self, rules: Vec<Rule>) -> Self {
        let Self { id, title, from, rules: _, phrases, tables, library, promises, scorecards } = self;
        let (id, title, from) = (id.clone(), title.clone(), Arc::clone(from));
        let (phrases, tables, library) = (phrases.clone(), tables.clone(), library.clone());
        let (promises, scorecards) = (promises.clone(), scorecards.clone());
        Self { id, title, from, rules, phrases, tables, library, promises, scorecards }
    }
}

/// One standard.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `<pack>/<rule>`.
    pub id: String,
    /// What it demands, in one line.
    pub title: UserText,
    /// The kind of record that it looks at.
    pub on: String,
    /// How much a finding matters.
    pub severity: Severity,
    /// The quality dimension it is filed under.
    pub dimension: Option<String>,
    /// The moment of contact it is filed under.
    pub touchpoint: Option<String>,
    /// The clause of the standard that it comes from.
    pub source: Option<String>,
    /// When it is in force, by the record's own date.
    pub effective: Effective,
    /// Its parameters, house values in place.
    pub params: Vec<Param>,
    /// What it judges in one go.
    pub reach: Reach,
    /// Which records it looks at; all when left out.
    pub when: Option<Script>,
    /// What must hold. An expression, or a script of several statements.
    pub check: Script,
    /// What a finding says; the title when left out.
    pub message: Option<(Template, Template)>,
    /// Why the rule is there.
    pub why: UserText,
    /// What should be done instead.
    pub fix: UserText,
    /// What a missing value makes of a record.
    pub missing: MissingPolicy,
    /// Its examples.
    pub examples: Vec<Example>,
    /// The reason of a house change to the rule (severity), if there is one.
    pub house_reason: Option<String>,
    /// Where its table stands.
    pub place: Place,
    /// Where its message stands, as written: (English, Chinese).
    pub message_scripts: Option<(Script, Script)>,
}

impl Rule {
    /// What it is made of, in the order in which it is evaluated.
    pub fn scripts(&self) -> impl Iterator<Item = &Script> {
        let per: &[Script] = if let Reach::Groups(per) = &self.reach { &per.by } else { &[] };
        self.when.iter().chain(per).chain([&self.check])
    }

    /// The fields that it names beside its scripts.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let window = if let Reach::Window(within) = &self.reach { Some(within) } else { None };
        window.into_iter().flat_map(|it| it.of.iter().chain([&it.time])).map(|it| it.0.as_str())
    }
}

/// A record with a known verdict.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// Its fields, as written.
    pub record: Vec<(String, Value)>,
    /// The events of its case, as written.
    pub events: Vec<Vec<(String, Value)>>,
    /// The records before it, for rules that look beyond one record.
    pub before: Vec<Vec<(String, Value)>>,
    /// Arguments that an aggregate wants in this example, whatever the rule says.
    pub min: u64,
    /// The verdict: of the record; of a rule over groups, of the group that it is in.
    pub expect: Outcome,
    /// Parameters of its own.
    pub params: Vec<(String, Value)>,
    /// The moment it is judged at, as written.
    pub as_of: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// Where the name of each field of `record` stands.
    pub field_places: Vec<Place>,
    /// Where the verdict stands.
    pub expect_place: Place,
}
