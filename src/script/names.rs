//! What a rule can name: the fields of its kind, tables, phrase lists and the audit's moment.

use super::Library;
use crate::{
    record::Type,
    rule::{DeclaredCalendar, Phrases, Table},
};

/// A field that rules can read.
#[derive(Clone, Debug)]
pub struct FieldName {
    /// The name.
    pub name: String,
    /// The type of its values.
    pub ty: Type,
    /// The closed list of a choice.
    pub choices: Vec<String>,
    /// Its column in the batch; `None` where the plan does not read it.
    pub column: Option<u32>,
}

/// Everything that rules over one source can name besides their own parameters.
#[derive(Clone, Debug)]
pub struct Names<'a> {
    /// The source's kind of record.
    pub kind: String,
    /// Its fields, derived ones last.
    pub fields: Vec<FieldName>,
    /// The id of the rule's pack.
    pub pack: String,
    /// The decision tables of the rule's pack.
    pub tables: Vec<&'a Table>,
    /// The phrase lists of the rule's pack.
    pub phrases: Vec<&'a Phrases>,
    /// The project's calendars.
    pub calendars: &'a [DeclaredCalendar],
    /// The function library of the rule's pack.
    pub library: &'a [Library],
    /// "Now": microseconds since 1970 UTC.
    pub as_of: i64,
}

impl<'a> Names<'a> {
    /// The decision table that rules call `name`.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&'a Table> {
        self.tables.iter().copied().find(|it| is_snake_case_of(name, &it.id))
    }

    /// The field called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldName> {
        self.fields.iter().find(|it| it.name == name)
    }
}

/// True where rules read `id` as `name`; for looking through many ids.
fn is_snake_case_of(name: &str, id: &str) -> bool {
    let same = |(a, b): (u8, u8)| a == b || (a == b'_' && b == b'-');
    name.len() == id.len() && name.bytes().zip(id.bytes()).all(same)
}
