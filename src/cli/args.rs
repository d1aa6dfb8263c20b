//! The command line: one definition for parsing, help in both languages and completions.

use super::{baseline, calendar, calibrate, commands, sample, schema};
use crate::wording::{self, Lang, Wording};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::path::PathBuf;

/// The whole command, its help in `lang`.
#[must_use]
pub fn command(lang: Lang) -> Command {
    let sub = |name: &'static str, text: Wording| about(lang, Command::new(name), text);
    let with = |name, text, options: Vec<Arg>| sub(name, text).args(options);
    let calendar = with_help(lang, calendar::command(lang), wording::ABOUT_CALENDAR)
        .disable_help_subcommand(true)
        .arg_required_else_help(true)
        .help_template(template(lang, true));
    let baseline = with_help(lang, baseline::command(lang), wording::ABOUT_BASELINE)
        .disable_help_subcommand(true)
        .arg_required_else_help(true)
        .help_template(template(lang, true));
    let audit = with("audit", wording::ABOUT_AUDIT, audit_options(lang));
    let check = sub("check", wording::ABOUT_CHECK).args([path(lang), rules(lang), color(lang)]).arg(
        Arg::new("schema").long("schema").action(ArgAction::SetTrue).help(wording::OPTION_SCHEMA.text(lang)),
    );
    let list = sub("rules", wording::ABOUT_RULES)
        .args([path(lang), rules(lang), color(lang)])
        .arg(Arg::new("docs").long("docs").action(ArgAction::SetTrue).help(wording::OPTION_DOCS.text(lang)))
        .arg(
            Arg::new("functions")
                .long("functions")
                .action(ArgAction::SetTrue)
                .help(wording::OPTION_FUNCTIONS.text(lang)),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .requires("functions")
                .value_parser(["text", "json"])
                .hide_possible_values(true)
                .help(wording::OPTION_FUNCTIONS_FORMAT.text(lang)),
        );
    let test = with("test", wording::ABOUT_TEST, commands::test(lang));
    let explain = with("explain", wording::ABOUT_EXPLAIN, commands::explain(lang));
    let eval = with("eval", wording::ABOUT_EVAL, commands::eval(lang));
    let diff = with("diff", wording::ABOUT_DIFF, commands::diff(lang));
    let shell = Arg::new("shell")
        .required(true)
        .value_name("SHELL")
        .hide_possible_values(true)
        .help(wording::OPTION_SHELL.text(lang));
    let completions = sub("completions", wording::ABOUT_COMPLETIONS)
        .arg(shell.value_parser(clap::value_parser!(clap_complete::Shell)));
    let sample = with("sample", wording::ABOUT_SAMPLE, sample::options(lang));
    let calibrate = with("calibrate", wording::ABOUT_CALIBRATE, calibrate::options(lang));
    let schema = with("schema", wording::ABOUT_SCHEMA, schema::options(lang));
    with_help(lang, Command::new("touchstone"), wording::ABOUT)
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(wording::OPTION_VERSION.text(lang)),
        )
        .arg(lang_option(lang))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .help_template(template(lang, true))
        .subcommands([
            audit,
            baseline,
            check,
            test,
            explain,
            eval,
            diff,
            sample,
            calibrate,
            calendar,
            list,
            schema,
            completions,
        ])
}

/// A command with its help in `lang`.
pub(super) fn about(lang: Lang, command: Command, text: Wording) -> Command {
    with_help(lang, command, text).help_template(template(lang, false))
}

fn with_help(lang: Lang, command: Command, text: Wording) -> Command {
    command.about(text.text(lang)).disable_help_flag(true).arg(help_flag(lang))
}

fn template(lang: Lang, commands: bool) -> String {
    let heading = |it: Wording| it.text(lang);
    let usage = format!("{{about}}\n\n{} {{usage}}\n", heading(wording::HEADING_USAGE));
    let options = format!("\n{}\n{{options}}", heading(wording::HEADING_OPTIONS));
    if commands {
        return format!("{usage}\n{}\n{{subcommands}}\n{options}", heading(wording::HEADING_COMMANDS));
    }
    format!("{usage}\n{}\n{{positionals}}\n{options}", heading(wording::HEADING_ARGUMENTS))
}

fn help_flag(lang: Lang) -> Arg {
    Arg::new("help").short('h').long("help").action(ArgAction::Help).help(wording::OPTION_HELP.text(lang))
}

pub(super) fn path(lang: Lang) -> Arg {
    Arg::new("path")
        .value_name("PATH")
        .num_args(0..)
        .value_parser(clap::value_parser!(PathBuf))
        .help(wording::OPTION_PATH.text(lang))
}

pub(super) fn rules(lang: Lang) -> Arg {
    let value = clap::value_parser!(PathBuf);
    Arg::new("rules")
        .long("rules")
        .value_name("PACK")
        .action(ArgAction::Append)
        .value_parser(value)
        .help(wording::OPTION_RULES_OPTION.text(lang))
}

fn lang_option(lang: Lang) -> Arg {
    Arg::new("lang")
        .long("lang")
        .value_name("LANG")
        .global(true)
        .value_parser(["en", "zh"])
        .hide_possible_values(true)
        .help(wording::OPTION_LANG.text(lang))
}

pub(super) fn color(lang: Lang) -> Arg {
    let choices = ["auto", "always", "never"];
    Arg::new("color")
        .long("color")
        .value_name("WHEN")
        .default_value("auto")
        .hide_default_value(true)
        .hide_possible_values(true)
        .value_parser(choices)
        .help(wording::OPTION_COLOR.text(lang))
}

/// An option with a value.
pub(super) fn option(lang: Lang, name: &'static str, value: &'static str, help: Wording) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help.text(lang))
}

/// An option without one.
pub(super) fn flag(lang: Lang, name: &'static str, help: Wording) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help.text(lang))
}

fn audit_options(lang: Lang) -> Vec<Arg> {
    let text = |name, value, help| option(lang, name, value, help);
    let flag = |name, help| flag(lang, name, help);
    let severities = ["critical", "major", "minor", "info"];
    let own = vec![
        text("output", "FILE", wording::OPTION_OUTPUT).short('o').action(ArgAction::Append),
        text("format", "FORMAT", wording::OPTION_FORMAT),
        text("rule", "ID", wording::OPTION_RULE).action(ArgAction::Append),
        text("severity", "SEVERITY", wording::OPTION_SEVERITY)
            .action(ArgAction::Append)
            .value_parser(severities)
            .hide_possible_values(true),
        text("dimension", "NAME", wording::OPTION_DIMENSION).action(ArgAction::Append),
        text("rejects", "FILE", wording::OPTION_REJECTS).value_parser(clap::value_parser!(PathBuf)),
        text("baseline", "FILE", wording::OPTION_BASELINE).value_parser(clap::value_parser!(PathBuf)),
        text("fail-on", "SEVERITY", wording::OPTION_FAIL_ON)
            .value_parser(severities)
            .hide_possible_values(true),
        text("columns", "A,B", wording::OPTION_COLUMNS).value_delimiter(','),
        flag("bom", wording::OPTION_BOM),
        text("sheet-per", "LEVEL", wording::OPTION_SHEET_PER),
        flag("no-sync", wording::OPTION_NO_SYNC),
        flag("row-by-row", wording::OPTION_ROW_BY_ROW),
    ];
    let mut all = judging_options(lang);
    // What most people ask for stands first, behind the paths.
    all.splice(2..2, own);
    all
}

/// The options of every command that judges a project whole.
pub(super) fn judging_options(lang: Lang) -> Vec<Arg> {
    let text = |name, value, help| option(lang, name, value, help);
    let flag = |name, help| flag(lang, name, help);
    vec![
        path(lang).value_name("PATH").help(wording::OPTION_PATHS.text(lang)),
        rules(lang),
        text("as-of", "TIME", wording::OPTION_AS_OF),
        text("threads", "N", wording::OPTION_THREADS).value_parser(clap::value_parser!(u16).range(1..=1024)),
        text("set", "RULE.PARAM=VALUE", wording::OPTION_SET).action(ArgAction::Append),
        text("memory", "SIZE", wording::OPTION_MEMORY),
        flag("allow-errors", wording::OPTION_ALLOW_ERRORS),
        flag("quiet", wording::OPTION_QUIET).short('q'),
        flag("no-progress", wording::OPTION_NO_PROGRESS),
        color(lang),
    ]
}

/// All values of a repeatable option.
pub(super) fn all<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Vec<T> {
    matches.get_many::<T>(name).map(|it| it.cloned().collect()).unwrap_or_default()
}

/// The language that `--lang` asks for, looked for before the line is parsed, so that even its
/// errors are in that language.
#[must_use]
pub(super) fn lang_of(arguments: &[std::ffi::OsString]) -> Option<Lang> {
    let mut arguments = arguments.iter().filter_map(|it| it.to_str());
    while let Some(argument) = arguments.next() {
        let value = argument
            .strip_prefix("--lang=")
            .or_else(|| if argument == "--lang" { arguments.next() } else { None });
        if let Some(lang) = value.and_then(Lang::from_tag) {
            return Some(lang);
        }
    }
    None
}
