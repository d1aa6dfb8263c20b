//! Examples as records: written as NDJSON, typed once a kind.

use crate::{
    calendar::{format_date, format_time},
    diagnostic::Diagnostic,
    ingest::{self, Format, GivenField, SourceSpec},
    project::{Project, Source},
    record::Value,
    rule::Example,
};
use std::{collections::BTreeMap, sync::Arc};

/// What the records of a kind look like.
pub(super) struct Kind<'a> {
    /// The project's source of that kind.
    pub(super) source: Option<&'a Source>,
    /// All fields, each with its type.
    pub(super) fields: Vec<GivenField>,
    /// Why the examples cannot be typed.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The kinds that rules look at.
pub(super) struct Kinds<'a> {
    all: BTreeMap<&'a str, Kind<'a>>,
}

impl<'a> Kinds<'a> {
    pub(super) fn new(project: &'a Project) -> Self {
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for rule in project.packs.iter().flat_map(|it| &it.rules) {
            let text = texts.entry(&rule.on).or_default();
            rule.examples.iter().for_each(|it| text.push_str(&lines(it)));
        }
        let kind = |(kind, text): (&'a str, String)| (kind, typed(project, kind, text));
        Self { all: texts.into_iter().map(kind).collect() }
    }

    pub(super) fn get(&self, kind: &str) -> Option<&Kind<'a>> {
        self.all.get(kind)
    }
}

/// Types the records of a kind: as declared, else by the examples, else, for fields that no example
/// has, by the data.
fn typed<'a>(project: &'a Project, kind: &str, text: String) -> Kind<'a> {
    let source = project.sources.iter().find(|it| it.kind == kind);
    let declared = source.map(|it| it.spec.fields.clone()).unwrap_or_default();
    // Examples name fields as rules do, and write times in ISO 8601.
    let plain = |it: GivenField| GivenField { from: None, format: None, ..it };
    let mut fields: Vec<GivenField> = declared.into_iter().map(plain).collect();
    fields.extend(source.into_iter().flat_map(|it| joined(project, it)));
    let (opened, mut diagnostics) = ingest::open(&spec(project, source, text, fields.clone()));
    diagnostics.retain(Diagnostic::is_error);
    if let Some(opened) = opened {
        let known = std::mem::take(&mut fields);
        fields = opened.schema.fields.iter().map(|it| given(it, project)).collect();
        // Declared without a type, and in no example: text, as any field without a value.
        fields.extend(known.into_iter().filter(|it| opened.schema.position(&it.name).is_none()));
    }
    if let Some((Some(data), _)) = source.map(|it| ingest::open(&it.spec)) {
        let unknown = data.schema.fields.iter().filter(|it| fields.iter().all(|known| known.name != it.name));
        let unknown: Vec<GivenField> = unknown.map(|it| given(it, project)).collect();
        fields.extend(unknown);
    }
    Kind { source, fields, diagnostics }
}

/// The fields of a source's partners, typed as their own sources are.
fn joined(project: &Project, source: &Source) -> Vec<GivenField> {
    let mut all = Vec::new();
    for join in &source.joins {
        let other = project.sources.iter().find(|it| it.id == join.source.text);
        let Some(Some(opened)) = other.map(|it| ingest::open(&it.spec).0) else { continue };
        let named = |it: &crate::record::Field| GivenField {
            name: format!("{}.{}", join.name.text, it.name),
            ..given(it, project)
        };
        all.extend(opened.schema.fields.iter().map(named));
    }
    all
}

fn given(field: &crate::record::Field, project: &Project) -> GivenField {
    GivenField {
        name: field.name.clone(),
        from: None,
        ty: Some(field.ty),
        choices: field.choices.clone(),
        format: None,
        separator: field.separator.clone(),
        place: project.place.clone(),
    }
}

/// Records in memory, read as the source of their kind is.
pub(super) fn spec(
    project: &Project,
    source: Option<&Source>,
    text: String,
    fields: Vec<GivenField>,
) -> SourceSpec {
    let plain = SourceSpec::plain("examples", &project.root, "examples", project.zone.clone());
    let (zone, missing) = source
        .map_or((project.zone.clone(), Vec::new()), |it| (it.spec.zone.clone(), it.spec.missing.clone()));
    let held: Arc<[u8]> = text.into_bytes().into();
    SourceSpec { format: Some(Format::Ndjson), fields, zone, missing, held: Some(held), ..plain }
}

/// An example's records as lines of NDJSON, its own last.
pub(super) fn lines(example: &Example) -> String {
    example.before.iter().map(Vec::as_slice).chain([&example.record[..]]).map(line).collect()
}

/// A record as a line of NDJSON; the fields of a partner, `agent.years`, stand in an object of their own.
pub(super) fn line(record: &[(String, Value)]) -> String {
    let mut out = String::new();
    object(record.iter().map(|(name, value)| (name.as_str(), value)).collect(), &mut out);
    out.push('\n');
    out
}

fn object(fields: Vec<(&str, &Value)>, out: &mut String) {
    out.push('{');
    let mut partners: Vec<&str> = Vec::new();
    let mut is_first = true;
    for (name, value) in &fields {
        let partner = name.split_once('.').map(|it| it.0);
        if partner.is_some_and(|it| partners.contains(&it)) {
            continue;
        }
        if !std::mem::take(&mut is_first) {
            out.push(',');
        }
        out.push_str(&serde_json::Value::from(partner.unwrap_or(name)).to_string());
        out.push(':');
        let Some(partner) = partner else {
            json(value, out);
            continue;
        };
        partners.push(partner);
        let own =
            |it: &(&'_ str, &'_ Value)| it.0.strip_prefix(partner).is_some_and(|it| it.starts_with('.'));
        object(
            fields.iter().filter(|it| own(it)).map(|it| (&it.0[partner.len() + 1..], it.1)).collect(),
            out,
        );
    }
    out.push('}');
}

fn json(value: &Value, out: &mut String) {
    let text = |it: &str| serde_json::Value::from(it).to_string();
    match value {
        Value::Missing | Value::Unreadable => out.push_str("null"),
        Value::Bool(it) => out.push_str(&it.to_string()),
        Value::Int(it) => out.push_str(&it.to_string()),
        Value::Float(it) => out.push_str(&format!("{it:?}")),
        Value::Decimal(it) => out.push_str(&it.to_string()),
        Value::Text(it) => out.push_str(&text(it)),
        Value::Date(it) => out.push_str(&text(&format_date(*it))),
        Value::Time(it) => out.push_str(&text(&format_time(*it, 0))),
        Value::Duration(it) => out.push_str(&text(&format!("{}s", it / crate::record::MICROS_PER_SECOND))),
        Value::Amount(it) => out.push_str(&text(&it.to_string())),
        Value::List(all) => {
            out.push('[');
            for (number, value) in all.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                json(value, out);
            }
            out.push(']');
        }
    }
}
