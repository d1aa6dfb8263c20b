//! `[[gate]]`: what must hold of the whole result.

use super::read::Reader;
use crate::rule::DeclaredGate;

/// Names of the gates that every audit has begin so, or are this.
const BUILT_IN: [&str; 2] = ["assessed", "fail-on"];

/// Reads one gate, with the place of its id. `None` where something it cannot be without is missing or wrong.
pub(super) fn read(mut table: Reader<'_>) -> Option<(DeclaredGate, std::ops::Range<usize>)> {
    let file = table.file;
    let place = table.place();
    let id = table.required_id("id");
    let check = table.required("check").and_then(|it| it.script());
    let choices = [("fail", false), ("hold", true)];
    let holds_without = table.one_of("missing", &choices).unwrap_or(false);
    table.finish();
    let (id, check) = (id?, check?);
    if BUILT_IN.contains(&id.text.as_str()) {
        file.error(crate::wording::GATE_BUILT_IN, &id.text, id.span);
        return None;
    }
    Some((DeclaredGate { id: id.text, check, holds_without, place }, id.span))
}
