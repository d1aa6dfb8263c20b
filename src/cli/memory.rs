//! How much memory a run may hold.

use crate::{diagnostic::Diagnostic, wording};
use clap::ArgMatches;

/// A quarter of the machine's memory where that is not known.
const QUARTER_UNKNOWN: usize = 1 << 30;

/// `--memory 512MB`: what may be held beside the blocks under work; a quarter of the
/// machine's memory if left out.
pub(super) fn bound(matches: &ArgMatches) -> Result<usize, Box<Diagnostic>> {
    let Some(text) = matches.get_one::<String>("memory") else { return Ok(quarter_of_machine()) };
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim();
    let unit = match upper[digits.len()..].trim() {
        "" | "B" => Some(1),
        "K" | "KB" | "KIB" => Some(1 << 10),
        "M" | "MB" | "MIB" => Some(1 << 20),
        "G" | "GB" | "GIB" => Some(1 << 30),
        _ => None,
    };
    let size = digits.parse::<usize>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    size.ok_or_else(|| {
        let diagnostic =
            Diagnostic::error(wording::BAD_VALUE).with("argument", text.clone()).with("option", "--memory");
        Box::new(diagnostic.help_with(wording::HELP_VALUES_LIKE, vec![("names", "512MB, 2GB".to_owned())]))
    })
}

/// A quarter of the memory that Linux tells of; elsewhere a GiB.
fn quarter_of_machine() -> usize {
    let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = told.lines().find_map(|it| it.strip_prefix("MemTotal:"));
    let kilobytes = total.and_then(|it| it.trim().strip_suffix("kB")?.trim().parse::<usize>().ok());
    kilobytes.map_or(QUARTER_UNKNOWN, |it| it / 4 * 1024)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quarter_of_the_machine_is_something() {
        assert!(super::quarter_of_machine() > 1 << 24);
    }
}
