//! One JSON object with everything, `touchstone.report/1`: pretty enough to read, one finding,
//! rule or file a line.

use super::{
    Encoder, Form, Joints, Needs, Report, Setting,
    encode::{JsonObjects, comma, member, put_float, put_time, string_or_null},
    escape::json_string,
    groups, scores,
};
use crate::{
    audit::{
        Audit, BaselineResult, Found, Gate, GateVerdict, Input, OutcomeCounts, Path, PromiseResult,
        RuleResult, Unassessed, WaiverResult,
    },
    diagnostic::{Diagnostic, Level, Place},
    finding::{Sink, Standing, put_date, put_digits},
    rule::{Outcome, Reach, Severity, Waived},
    wording::Lang,
};

/// The name and version of the format.
const SCHEMA: &str = "touchstone.report/1";

/// See the file's head.
pub(super) struct Json {
    setting: Setting,
}

impl Json {
    pub(super) fn new(setting: Setting) -> Self {
        Self { setting }
    }

    /// Everything before the findings.
    fn all_before(&self, audit: &Audit) -> Vec<u8> {
        let mut out = Vec::new();
        out.put("{\n  \"schema\": \"");
        out.put(SCHEMA);
        out.put("\",\n  \"project\": {\"name\":");
        json_string(&mut out, &audit.project);
        out.put(",\"timezone\":");
        json_string(&mut out, audit.zone.name());
        out.put("},\n  \"as_of\": \"");
        put_time(&mut out, audit.as_of, &self.setting.zone);
        out.put("\"");
        list(&mut out, "inputs", &audit.inputs, input);
        summary(&mut out, audit);
        list(&mut out, "rules", &audit.rules, |out, it| rule(out, it, self.setting.lang));
        list(&mut out, "promises", &audit.promises, |out, it| promise(out, it, self.setting.lang));
        list(&mut out, "scorecards", &audit.scores, |out, it| scores::json(out, it, self.setting.lang));
        list(&mut out, "groups", &audit.groups, |out, it| groups::json(out, it, &self.setting));
        list(&mut out, "gates", &audit.gates, |out, it| gate(out, it, self.setting.lang));
        list(&mut out, "waivers", &audit.waivers, waiver);
        if let Some(it) = &audit.baseline {
            baseline(&mut out, it);
        }
        out.put(",\n  \"findings\": [");
        out
    }
}

impl Report for Json {
    fn needs(&self) -> Needs {
        Needs::ALL
    }

    fn form(&self) -> Option<Form> {
        Some(Form::Json)
    }

    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(JsonObjects::new(&self.setting))
    }

    fn joints(&self) -> Option<Joints> {
        // As NDJSON has it but for the comma, so that NDJSON can be cut from it in one piece a finding.
        Some(Joints { before: ",\n", after: "", end: "\n  " })
    }

    fn head(&self, audit: Option<&Audit>) -> Option<Vec<u8>> {
        audit.map(|it| self.all_before(it))
    }

    fn tail(&self, audit: &Audit) -> Vec<u8> {
        let mut out = Vec::new();
        out.put("]");
        list(&mut out, "unassessed", &audit.unassessed, unassessed);
        list(&mut out, "diagnostics", &audit.diagnostics, |out, it| diagnostic(out, it, self.setting.lang));
        out.put("\n}\n");
        out
    }
}

/// Appends a member of the object that is a list, one element a line.
fn list<T>(out: &mut Vec<u8>, name: &str, items: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    out.put(",\n  ");
    json_string(out, name);
    out.put(": ");
    elements(out, items, put);
}

/// Appends a list, one element a line.
fn elements<T>(out: &mut Vec<u8>, items: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    out.put("[");
    for (index, item) in items.iter().enumerate() {
        comma(out, index);
        out.put("\n    ");
        put(out, item);
    }
    out.put(if items.is_empty() { "]" } else { "\n  ]" });
}

fn number(out: &mut Vec<u8>, name: &str, value: u64) {
    member(out, name);
    put_digits(out, value, 1);
}

fn input(out: &mut Vec<u8>, it: &Input) {
    out.put("{\"source\":");
    json_string(out, &it.source);
    out.put(",\"file\":");
    json_string(out, &it.file);
    for (name, value) in
        [("bytes", it.bytes), ("records", it.records), ("rejected", it.rejected), ("bad_cells", it.bad_cells)]
    {
        out.put(",");
        number(out, name, value);
    }
    out.put("}");
}

fn summary(out: &mut Vec<u8>, audit: &Audit) {
    let it = &audit.summary;
    out.put(",\n  \"summary\": {\n    ");
    for (name, value) in [
        ("records", it.records),
        ("rejected", it.rejected),
        ("bad_cells", it.bad_cells),
        ("keyless", it.keyless),
        ("duplicate_keys", it.duplicate_keys),
        ("rules", it.rules),
        ("evaluations", it.evaluations),
    ] {
        number(out, name, value);
        out.put(",\n    ");
    }
    outcomes(out, &it.outcomes);
    out.put(",\n    ");
    coverage(out, &it.outcomes);
    out.put(",\n    \"findings\":{");
    for (index, severity) in Severity::ALL.into_iter().enumerate() {
        comma(out, index);
        number(out, severity.name(), it.findings_of(severity).all());
    }
    out.put("},\n    \"standings\":");
    found(out, &it.found());
    out.put(",\n    \"unassessed\":{");
    number(out, "total", it.outcomes.no_evidence);
    out.put(",");
    number(out, "listed", audit.unassessed.len() as u64);
    out.put("}\n  }");
}

/// Findings by where they stand.
fn found(out: &mut Vec<u8>, it: &Found) {
    for (index, standing) in Standing::ALL.into_iter().enumerate() {
        out.put(if index == 0 { "{" } else { "," });
        number(out, standing.name(), it.of(standing));
    }
    out.put("}");
}

/// The member of a rule or promise that tells where its findings stand, where some are not new.
fn standings(out: &mut Vec<u8>, it: &Found) {
    if it.new < it.all() {
        out.put(",\"standings\":");
        found(out, it);
    }
}

fn waiver(out: &mut Vec<u8>, it: &WaiverResult) {
    let waiver = &it.waiver;
    out.put("{\"rule\":");
    json_string(out, &waiver.rule);
    let selector = match &waiver.of {
        Waived::Key(_) => ",\"key\":",
        Waived::Where(_) => ",\"where\":",
    };
    out.put(selector);
    json_string(out, waiver.selector());
    for (name, text) in [("reason", &waiver.reason), ("approver", &waiver.approver)] {
        out.put(",");
        member(out, name);
        json_string(out, text);
    }
    out.put(",\"expires\":\"");
    put_date(out, waiver.expires);
    out.put("\",");
    number(out, "findings", it.findings);
    for (name, is_so) in [("expired", it.expired), ("unused", it.is_unused()), ("broad", it.is_broad())] {
        out.put(",");
        member(out, name);
        out.put(if is_so { "true" } else { "false" });
    }
    out.put("}");
}

/// What is known and no longer found, and the rules with more findings than they are allowed.
fn baseline(out: &mut Vec<u8>, it: &BaselineResult) {
    out.put(",\n  \"baseline\": {\"fixed\":");
    elements(out, &it.fixed, |out, it| {
        out.put("{\"id\":\"");
        out.put(&it.id.to_string());
        out.put("\",\"rule\":");
        json_string(out, &it.rule);
        out.put(",\"key\":");
        json_string(out, &it.key);
        out.put("}");
    });
    out.put(",\"over_budget\":");
    elements(out, &it.over_budget, |out, (rule, found, budget)| {
        out.put("{\"rule\":");
        json_string(out, rule);
        out.put(",");
        number(out, "findings", *found);
        out.put(",");
        number(out, "budget", *budget);
        out.put("}");
    });
    out.put("}");
}

fn outcomes(out: &mut Vec<u8>, counts: &OutcomeCounts) {
    out.put("\"outcomes\":{");
    for (index, outcome) in Outcome::ALL.into_iter().enumerate() {
        comma(out, index);
        number(out, outcome.name(), counts.get(outcome));
    }
    out.put("}");
}

/// `null` where nothing was applicable.
fn coverage(out: &mut Vec<u8>, counts: &OutcomeCounts) {
    out.put("\"coverage\":");
    put_float(out, counts.coverage().unwrap_or(f64::NAN));
}

fn rule(out: &mut Vec<u8>, it: &RuleResult, lang: Lang) {
    out.put("{\"id\":");
    json_string(out, &it.rule.id);
    out.put(",\"title\":");
    json_string(out, it.rule.title.get(lang));
    out.put(",\"severity\":");
    json_string(out, it.rule.severity.name());
    out.put(",\"dimension\":");
    string_or_null(out, it.rule.dimension.as_deref());
    out.put(",\"path\":");
    json_string(out, it.path.name());
    if let Path::Interpreted(reason) = &it.path {
        out.put(",\"reason\":");
        json_string(out, reason);
    }
    out.put(",");
    outcomes(out, &it.outcomes);
    out.put(",");
    coverage(out, &it.outcomes);
    out.put(",");
    number(out, "findings", it.findings.all());
    standings(out, &it.findings);
    if matches!(it.rule.reach, Reach::Window(_)) {
        out.put(",");
        number(out, "windows_reaching_before", it.windows_reaching);
    }
    if let Some(groups) = &it.groups {
        for (name, count) in [
            ("groups", groups.groups),
            ("below_min", groups.below_min),
            ("min", groups.min),
            ("without_group", groups.without_group),
        ] {
            out.put(",");
            number(out, name, count);
        }
    }
    out.put("}");
}

/// Open times in seconds; `null` for what does not exist.
fn promise(out: &mut Vec<u8>, it: &PromiseResult, lang: Lang) {
    out.put("{\"id\":");
    json_string(out, &it.rule.id);
    out.put(",\"title\":");
    json_string(out, it.rule.title.get(lang));
    out.put(",\"severity\":");
    json_string(out, it.rule.severity.name());
    out.put(",\"dimension\":");
    string_or_null(out, it.rule.dimension.as_deref());
    out.put(",");
    number(out, "n", it.n());
    out.put(",\"outcomes\":{");
    for (index, (name, count)) in [
        ("kept", it.kept),
        ("breached", it.breached),
        ("running", it.running),
        ("at_risk", it.at_risk),
        ("no_evidence", it.no_evidence),
        ("not_applicable", it.not_applicable),
    ]
    .into_iter()
    .enumerate()
    {
        comma(out, index);
        number(out, name, count);
    }
    out.put("},\"kept_rate\":");
    put_float(out, it.kept_rate().unwrap_or(f64::NAN));
    out.put(",\"interval\":");
    match it.interval() {
        Some([low, high]) => {
            out.put("[");
            put_float(out, low);
            out.put(",");
            put_float(out, high);
            out.put("]");
        }
        None => out.put("null"),
    }
    let [median, p90] = it.open_elapsed.unwrap_or([f64::NAN; 2]);
    out.put(",\"open_elapsed\":{\"median\":");
    put_float(out, median);
    out.put(",\"p90\":");
    put_float(out, p90);
    out.put("},\"coverage\":");
    put_float(out, it.coverage.unwrap_or(f64::NAN));
    out.put(",");
    number(out, "findings", it.findings.all());
    standings(out, &it.findings);
    out.put("}");
}

/// What a gate compares, and how that ends.
fn compared(out: &mut Vec<u8>, (figure, relation, limit): (f64, Option<&str>, f64), verdict: GateVerdict) {
    out.put(",\"figure\":");
    put_float(out, figure);
    out.put(",\"relation\":");
    string_or_null(out, relation);
    out.put(",\"limit\":");
    put_float(out, limit);
    out.put(",\"verdict\":");
    json_string(out, verdict.name());
}

fn gate(out: &mut Vec<u8>, it: &Gate, lang: Lang) {
    out.put("{\"id\":");
    json_string(out, &it.id);
    if let Some(check) = &it.check {
        out.put(",\"check\":");
        json_string(out, check);
    }
    compared(out, (it.figure, it.relation, it.limit), it.verdict);
    out.put(",\"about\":");
    strings(out, it.about.iter().map(String::as_str));
    if !it.parts.is_empty() {
        out.put(",\"parts\":[");
        for (index, part) in it.parts.iter().enumerate() {
            comma(out, index);
            out.put("{\"of\":");
            json_string(out, &part.text);
            compared(out, (part.figure, Some(part.relation), part.limit), part.verdict);
            out.put("}");
        }
        out.put("]");
    }
    if let Some(reason) = &it.reason {
        out.put(",\"reason\":");
        json_string(out, &reason.text(lang));
    }
    out.put("}");
}

fn strings<'a>(out: &mut Vec<u8>, texts: impl Iterator<Item = &'a str>) {
    out.put("[");
    for (index, text) in texts.enumerate() {
        comma(out, index);
        json_string(out, text);
    }
    out.put("]");
}

fn unassessed(out: &mut Vec<u8>, it: &Unassessed) {
    out.put("{\"rule\":");
    json_string(out, &it.rule);
    out.put(",\"key\":");
    json_string(out, &it.key);
    out.put(",\"field\":");
    json_string(out, &it.field);
    out.put(if it.unreadable { ",\"unreadable\":true}" } else { ",\"unreadable\":false}" });
}

fn diagnostic(out: &mut Vec<u8>, it: &Diagnostic, lang: Lang) {
    let level = match it.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    out.put("{\"code\":");
    json_string(out, it.code);
    out.put(",\"level\":");
    json_string(out, level);
    out.put(",\"message\":");
    json_string(out, &it.message(lang));
    out.put(",\"place\":");
    match &it.place {
        Some(at) => place(out, at),
        None => out.put("null"),
    }
    if !it.related.is_empty() {
        out.put(",\"related\":[");
        for (index, (at, said)) in it.related.iter().enumerate() {
            comma(out, index);
            out.put("{\"message\":");
            json_string(out, &said.text(lang));
            out.put(",\"place\":");
            place(out, at);
            out.put("}");
        }
        out.put("]");
    }
    out.put(",\"help\":");
    let help: Vec<String> = it.help.iter().map(|said| said.text(lang)).collect();
    strings(out, help.iter().map(String::as_str));
    out.put("}");
}

fn place(out: &mut Vec<u8>, it: &Place) {
    let (Place::Text { file, .. } | Place::Record { file, .. } | Place::File(file)) = it;
    out.put("{\"file\":");
    json_string(out, file);
    match it {
        Place::Text { span, .. } => {
            out.put(",");
            number(out, "start", span.start as u64);
            out.put(",");
            number(out, "end", span.end as u64);
        }
        Place::Record { row, column, .. } => {
            out.put(",");
            number(out, "row", *row);
            out.put(",\"column\":");
            string_or_null(out, column.as_deref());
        }
        Place::File(_) => {}
    }
    out.put("}");
}
