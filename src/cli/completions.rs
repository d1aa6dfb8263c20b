//! `touchstone completions SHELL`.

use super::{args::command, exit, print};
use crate::wording::Lang;
use clap::ArgMatches;

/// Prints the completions of a shell.
pub(super) fn run(matches: &ArgMatches, lang: Lang) -> u8 {
    let Some(shell) = matches.get_one::<clap_complete::Shell>("shell") else { return exit::NOT_AS_ASKED };
    let mut out = Vec::new();
    clap_complete::generate(*shell, &mut command(lang), "touchstone", &mut out);
    if print(&out).is_err() { exit::NOT_AS_ASKED } else { exit::HELD }
}
