//! The arguments of the commands that try rules and expressions out.

use super::args::{color, flag, option, path, rules};
use crate::wording::{self, Lang};
use clap::{Arg, ArgAction, builder::ValueParser};
use std::path::PathBuf;

/// Of `touchstone test`.
pub(super) fn test(lang: Lang) -> Vec<Arg> {
    let text = |name, value, help| option(lang, name, value, help);
    vec![
        path(lang).num_args(0..=1).help(wording::OPTION_TEST_PATH.text(lang)),
        rules(lang),
        flag(lang, "all", wording::OPTION_ALL),
        text("rule", "ID", wording::OPTION_TEST_RULE).action(ArgAction::Append),
        text("min-coverage", "SHARE", wording::OPTION_MIN_COVERAGE),
        text("min-branches", "SHARE", wording::OPTION_MIN_BRANCHES),
        text("output", "FILE", wording::OPTION_TEST_OUTPUT).short('o').action(ArgAction::Append),
        text("format", "FORMAT", wording::OPTION_TEST_FORMAT),
        text("as-of", "TIME", wording::OPTION_TEST_AS_OF),
        flag(lang, "watch", wording::OPTION_WATCH).short('w'),
        flag(lang, "quiet", wording::OPTION_TEST_QUIET).short('q'),
        color(lang),
    ]
}

/// Of `touchstone explain`.
pub(super) fn explain(lang: Lang) -> Vec<Arg> {
    let text = |name, value, help| option(lang, name, value, help);
    vec![
        path(lang).value_name("CODE|PATH").num_args(0..=1).help(wording::OPTION_CODE.text(lang)),
        rules(lang),
        text("rule", "ID", wording::OPTION_EXPLAIN_RULE).requires("record"),
        text("scorecard", "ID", wording::OPTION_EXPLAIN_SCORECARD).requires("subject").conflicts_with("rule"),
        text("subject", "NAME", wording::OPTION_EXPLAIN_SUBJECT).requires("scorecard"),
        text("period", "PERIOD", wording::OPTION_EXPLAIN_PERIOD).requires("scorecard"),
        text("record", "KEY", wording::OPTION_EXPLAIN_RECORD).requires("rule"),
        text("set", "RULE.PARAM=VALUE", wording::OPTION_SET).action(ArgAction::Append),
        text("output", "FILE", wording::OPTION_JSON_OUTPUT).short('o').action(ArgAction::Append),
        text("format", "FORMAT", wording::OPTION_JSON_FORMAT),
        text("as-of", "TIME", wording::OPTION_AS_OF),
        color(lang),
    ]
}

/// Of `touchstone eval`.
pub(super) fn eval(lang: Lang) -> Vec<Arg> {
    let text = |name, value, help| option(lang, name, value, help);
    vec![
        Arg::new("expression")
            .value_name("EXPR")
            .required(true)
            .allow_hyphen_values(true)
            .help(wording::OPTION_EXPRESSION.text(lang)),
        path(lang).num_args(0..=1),
        text("data", "FILE", wording::OPTION_EVAL_DATA)
            .num_args(1..)
            .action(ArgAction::Append)
            .value_parser(paths())
            .conflicts_with("path"),
        text("source", "ID", wording::OPTION_SOURCE),
        text("per", "EXPR", wording::OPTION_PER).action(ArgAction::Append).allow_hyphen_values(true),
        text("output", "FILE", wording::OPTION_JSON_OUTPUT).short('o').action(ArgAction::Append),
        text("format", "FORMAT", wording::OPTION_JSON_FORMAT),
        text("as-of", "TIME", wording::OPTION_AS_OF),
        rules(lang),
        color(lang),
    ]
}

/// Of `touchstone diff`.
pub(super) fn diff(lang: Lang) -> Vec<Arg> {
    let text = |name, value, help| option(lang, name, value, help);
    let side = |name: &'static str, value: &'static str, help: wording::Wording| {
        Arg::new(name).value_name(value).required(true).value_parser(paths()).help(help.text(lang))
    };
    vec![
        side("old", "OLD", wording::OPTION_DIFF_OLD),
        side("new", "NEW", wording::OPTION_DIFF_NEW),
        text("data", "FILE", wording::OPTION_DIFF_DATA)
            .num_args(1..)
            .action(ArgAction::Append)
            .value_parser(paths()),
        text("project", "DIR", wording::OPTION_DIFF_PROJECT).value_parser(paths()).conflicts_with("data"),
        text("rule", "ID", wording::OPTION_DIFF_RULE).action(ArgAction::Append),
        text("output", "FILE", wording::OPTION_JSON_OUTPUT).short('o').action(ArgAction::Append),
        text("format", "FORMAT", wording::OPTION_JSON_FORMAT),
        text("as-of", "TIME", wording::OPTION_AS_OF),
        color(lang),
    ]
}

fn paths() -> ValueParser {
    clap::value_parser!(PathBuf)
}
