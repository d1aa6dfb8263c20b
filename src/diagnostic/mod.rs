//! Complaints about the user's own files: what is wrong, where, why, and a way out.

mod render;
mod suggest;

pub use render::{Sources, render, render_all};
pub use suggest::nearest;

use crate::wording::{Code, Lang, Wording};
use std::{ops::Range, sync::Arc};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Probably not meant.
    Warning,
    /// The audit cannot be carried out as asked.
    Error,
}

/// What a diagnostic is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A part of a text file that people wrote, in bytes.
    Text {
        /// The path as it is shown.
        file: Arc<str>,
        /// Bytes of the file.
        span: Range<usize>,
    },
    /// A record, and where it matters a column of it.
    Record {
        /// The path as it is shown.
        file: Arc<str>,
        /// The row, counted as in [`crate::record::Origin`].
        row: u64,
        /// The column's or key's name in the data.
        column: Option<String>,
    },
    /// A whole file or folder.
    File(Arc<str>),
}

/// A text with its arguments, in no language yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Said {
    /// The text.
    pub wording: Wording,
    /// What stands for its placeholders.
    pub arguments: Vec<(&'static str, String)>,
}

impl Said {
    /// The text in `lang`.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        self.wording.fill(lang, &self.arguments)
    }
}

/// One complaint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Its kind.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub says: Said,
    /// Where.
    pub place: Option<Place>,
    /// Other places that matter, each with what it is.
    pub related: Vec<(Place, Said)>,
    /// Why, and ways out.
    pub help: Vec<Said>,
}

impl Diagnostic {
    /// An error of kind `code` without a place.
    #[must_use]
    pub fn error(code: Code) -> Self {
        let says = Said { wording: code.says, arguments: Vec::new() };
        Self { code: code.id, level: Level::Error, says, place: None, related: Vec::new(), help: Vec::new() }
    }

    /// A warning of kind `code` without a place.
    #[must_use]
    pub fn warning(code: Code) -> Self {
        Self { level: Level::Warning, ..Self::error(code) }
    }

    /// A note of kind `code` without a place.
    #[must_use]
    pub fn note(code: Code) -> Self {
        Self { level: Level::Note, ..Self::error(code) }
    }

    /// Gives the message's placeholder `name` a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.says.arguments.push((name, value.into()));
        self
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn also(mut self, place: Place, wording: Wording) -> Self {
        self.related.push((place, Said { wording, arguments: Vec::new() }));
        self
    }

    /// Adds a reason or a way out.
    #[must_use]
    pub fn help(self, wording: Wording) -> Self {
        self.help_with(wording, Vec::new())
    }

    /// The same with other texts in place of its arguments.
    #[must_use]
    pub fn rewritten(mut self, text: impl Fn(&str) -> String) -> Self {
        let help = self.help.iter_mut().chain(self.related.iter_mut().map(|it| &mut it.1));
        for part in std::iter::once(&mut self.says).chain(help) {
            for (_, argument) in &mut part.arguments {
                *argument = text(argument);
            }
        }
        self
    }

    /// Adds a reason or a way out with arguments.
    #[must_use]
    pub fn help_with(mut self, wording: Wording, arguments: Vec<(&'static str, String)>) -> Self {
        self.help.push(Said { wording, arguments });
        self
    }

    /// True for errors.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }

    /// The message alone, in `lang`.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        self.says.text(lang)
    }
}
