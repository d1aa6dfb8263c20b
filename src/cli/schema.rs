//! `touchstone schema [report|finding]`.

use super::{exit, print};
use crate::report::{Described, schema};
use clap::ArgMatches;

/// Prints the JSON Schema of reports.
pub(super) fn run(matches: &ArgMatches) -> u8 {
    let asked = matches.get_one::<String>("of").map_or(Described::Report.name(), String::as_str);
    let of = Described::ALL.into_iter().find(|it| it.name() == asked).unwrap_or(Described::Report);
    if print(schema(of).as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD }
}
