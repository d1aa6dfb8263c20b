//! `touchstone schema [report|finding]`.

use super::{exit, print};
use crate::{
    report::{Described, schema},
    wording::{self, Lang},
};
use clap::{Arg, ArgMatches};

/// What the command takes.
pub(super) fn options(lang: Lang) -> Vec<Arg> {
    let of = Arg::new("of")
        .value_name("report|finding")
        .value_parser(Described::ALL.map(Described::name))
        .hide_possible_values(true)
        .help(wording::OPTION_SCHEMA_OF.text(lang));
    vec![of]
}

/// Prints the JSON Schema of reports.
pub(super) fn run(matches: &ArgMatches) -> u8 {
    let asked = matches.get_one::<String>("of").map_or(Described::Report.name(), String::as_str);
    let of = Described::ALL.into_iter().find(|it| it.name() == asked).unwrap_or(Described::Report);
    if print(schema(of).as_bytes()).is_err() { exit::NOT_AS_ASKED } else { exit::HELD }
}
