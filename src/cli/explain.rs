//! `touchstone explain`: why a record has its verdict.

use super::{Voice, exit, plans::colour, verdict};
use crate::{
    diagnostic::{Diagnostic, Sources},
    wording::{self, Lang},
};
use clap::ArgMatches;

/// Explains; gives the exit code.
pub(super) fn run(matches: &ArgMatches, asked: Option<Lang>, lang: Lang) -> u8 {
    if matches.contains_id("rule") && matches.contains_id("record") {
        return verdict::run(matches, asked, lang);
    }
    let said = Diagnostic::error(wording::EXPLAIN_WHAT).help(wording::HELP_EXPLAIN);
    Voice::new(lang, colour(matches)).complain(&[said], &Sources::default(), true);
    exit::NOT_AS_ASKED
}
