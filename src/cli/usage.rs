//! What is wrong with a command line, in the user's language.

use super::Voice;
use crate::{
    diagnostic::{Diagnostic, Said, Sources},
    wording,
};
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// Says what is wrong with the command line.
pub(super) fn complain(error: &Error, voice: Voice) {
    #[expect(clippy::wildcard_enum_match_arm, reason = "clap's list of kinds is open")]
    let wording = match error.kind() {
        ErrorKind::UnknownArgument => wording::USAGE_UNKNOWN_OPTION,
        ErrorKind::InvalidSubcommand => wording::USAGE_UNKNOWN_COMMAND,
        ErrorKind::MissingRequiredArgument => wording::USAGE_MISSING,
        ErrorKind::MissingSubcommand => wording::USAGE_NO_COMMAND,
        ErrorKind::ArgumentConflict => wording::USAGE_TWICE,
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value(error).is_empty() => {
            wording::USAGE_NO_VALUE
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => wording::USAGE_BAD_VALUE,
        _ => wording::USAGE_OTHER,
    };
    let said = Said { wording, arguments: vec![("argument", argument(error)), ("value", value(error))] };
    let mut diagnostic = Diagnostic::error(wording::USAGE).with("detail", said.text(voice.lang));
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue] {
        if let Some(name) = texts(error.get(kind)).into_iter().next() {
            diagnostic = diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", name)]);
        }
    }
    let valid = [ContextKind::ValidValue, ContextKind::ValidSubcommand].map(|it| texts(error.get(it)));
    let valid = valid.concat().join(", ");
    if !valid.is_empty() {
        diagnostic = diagnostic.help_with(wording::HELP_VALUES, vec![("names", valid)]);
    }
    voice.complain(&[diagnostic.help(wording::HELP_SEE_HELP)], &Sources::default(), true);
}

/// The option or command that it is about.
fn argument(error: &Error) -> String {
    let kinds = [ContextKind::InvalidArg, ContextKind::InvalidSubcommand];
    let found = kinds.iter().find_map(|it| texts(error.get(*it)).into_iter().next());
    found.unwrap_or_else(|| "COMMAND".to_owned())
}

fn value(error: &Error) -> String {
    texts(error.get(ContextKind::InvalidValue)).into_iter().next().unwrap_or_default()
}

fn texts(value: Option<&ContextValue>) -> Vec<String> {
    match value {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        Some(ContextValue::Number(number)) => vec![number.to_string()],
        Some(ContextValue::Bool(_) | ContextValue::None) | None => Vec::new(),
        // The list of kinds is open.
        Some(_) => Vec::new(),
    }
}
