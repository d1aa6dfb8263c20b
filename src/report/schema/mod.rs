//! The JSON Schema (draft 2020-12) of what the JSON and NDJSON reports hold.

use serde_json::{Map, Value};

/// What JSON reports hold.
const REPORT: &str = include_str!("report-1.schema.json");

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Described {
    /// The JSON report.
    Report,
    /// A line of the NDJSON report.
    Finding,
}

impl Described {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Report, Self::Finding];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Finding => "finding",
        }
    }
}

/// The schema of a report or of one of its findings, which stands within that of the report.
#[must_use]
pub fn schema(of: Described) -> String {
    match of {
        Described::Report => REPORT.to_owned(),
        Described::Finding => {
            let whole: Map<String, Value> = serde_json::from_str(REPORT).unwrap_or_default();
            let mut own = Map::new();
            let kept = whole.into_iter().filter(|it| matches!(it.0.as_str(), "$schema" | "$defs"));
            own.extend(kept);
            own.insert("$id".into(), "urn:touchstone:finding:1".into());
            own.insert("title".into(), "Touchstone finding, version 1".into());
            own.insert("$ref".into(), "#/$defs/finding".into());
            format!("{:#}\n", Value::Object(own))
        }
    }
}
