//! In which forms a command's results are written, and where to.

use super::plans::optional;
use crate::{diagnostic::Diagnostic, wording};
use clap::ArgMatches;
use std::path::{Path, PathBuf};

/// What `--format` and `--output` ask for, forms by their number.
pub(super) struct Choice {
    /// The form on standard output, where one is asked for.
    pub(super) stdout: Option<usize>,
    /// Files with their forms.
    pub(super) files: Vec<(usize, PathBuf)>,
}

/// Reads what is asked for; `forms` are the names and file endings that there are.
pub(super) fn choice(matches: &ArgMatches, forms: &[(&str, &[&str])]) -> Result<Choice, Box<Diagnostic>> {
    let names = || forms.iter().map(|it| it.0).collect::<Vec<_>>().join(", ");
    let named = |name: &str| forms.iter().position(|it| it.0 == name);
    let stdout = match matches.get_one::<String>("format") {
        None => None,
        Some(name) => Some(named(name).ok_or_else(|| {
            let said =
                Diagnostic::error(wording::BAD_VALUE).with("argument", name).with("option", "--format");
            Box::new(said.help_with(wording::HELP_VALUES, vec![("names", names())]))
        })?),
    };
    let mut files = Vec::new();
    for text in optional(matches, "output") {
        if text == "-" || text.ends_with(":-") {
            return Err(Box::new(Diagnostic::error(wording::OUTPUT_DASH).help(wording::HELP_OUTPUT_DASH)));
        }
        let prefixed = text.split_once(':').filter(|it| !it.1.is_empty());
        let prefixed = prefixed.and_then(|(name, file)| Some((named(name)?, PathBuf::from(file))));
        let ending = Path::new(&text).extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
        let by_ending = || {
            let ending = ending.as_deref()?;
            Some((forms.iter().position(|it| it.1.contains(&ending))?, PathBuf::from(&text)))
        };
        files.push(prefixed.or_else(by_ending).ok_or_else(|| {
            let said = Diagnostic::error(wording::UNKNOWN_FORMAT).with("file", text.clone());
            Box::new(said.help_with(wording::HELP_FORMATS, vec![("names", names())]))
        })?);
    }
    Ok(Choice { stdout, files })
}
