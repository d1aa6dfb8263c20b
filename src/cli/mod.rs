//! The command line: one file a subcommand. Only this room speaks to a terminal, looks at the
//! clock and the environment, and knows exit codes.

mod args;
mod audit;
mod baseline;
mod batches;
mod calendar;
mod calibrate;
mod cases;
mod check;
mod choice;
mod clock_report;
mod clock_verdict;
mod commands;
mod completions;
mod courses;
mod diff;
mod diff_report;
mod early_sync;
mod eval;
mod eval_report;
pub mod exit;
mod explain;
mod functions;
mod handbook;
mod joins;
mod memory;
mod metrics;
mod output;
mod plans;
mod progress;
mod records;
mod rejects;
mod rules;
mod sample;
mod schema;
mod score_verdict;
mod source_run;
mod spool;
mod standing;
mod test;
mod test_report;
mod usage;
mod verdict;
mod verdict_report;
mod watch;
mod weave;
mod windows;

pub use args::command;

use crate::{
    diagnostic::{Diagnostic, Level, Sources, render_all},
    wording::{self, Lang},
};
use std::{
    ffi::OsString,
    io::{self, IsTerminal, Write},
};

/// How a command speaks: its language, its colours, where it complains.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    /// The language of messages.
    pub(crate) lang: Lang,
    /// Colour on standard output.
    pub(crate) colour: bool,
    /// Colour on standard error.
    pub(crate) colour_err: bool,
    /// Whether what is worth knowing is told of rules that are not wrong.
    pub(crate) notes: bool,
}

impl Voice {
    fn new(lang: Lang, when: &str) -> Self {
        let on = |terminal: bool| match when {
            "always" => true,
            "never" => false,
            _ => terminal && std::env::var_os("NO_COLOR").is_none(),
        };
        Self {
            lang,
            colour: on(io::stdout().is_terminal()),
            colour_err: on(io::stderr().is_terminal()),
            notes: false,
        }
    }

    /// Writes diagnostics to standard error; notes only if asked. True if any is an error.
    pub(crate) fn complain(self, diagnostics: &[Diagnostic], sources: &Sources, notes: bool) -> bool {
        let shown: Vec<Diagnostic> =
            diagnostics.iter().filter(|it| notes || it.level > Level::Note).cloned().collect();
        self.say(&render_all(&shown, sources, self.lang, self.colour_err));
        // Somebody sits there and reads: files and pipelines have the codes.
        if let Some(first) = shown.first().filter(|_| io::stderr().is_terminal()) {
            self.say(&(wording::EXPLAIN_MORE.fill(self.lang, &[("code", first.code)]) + "\n"));
        }
        diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Writes to standard error; that it cannot be written to is nobody's business.
    pub(crate) fn say(self, text: &str) {
        drop(io::stderr().write_all(text.as_bytes()));
    }
}

/// Writes to standard output. A closed pipe is not an error.
///
/// # Errors
/// Anything but a closed pipe.
pub(crate) fn print(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Drives the clock of the last resort for scripts, ten ticks a second, for as long as the process lives.
fn drive_clock() {
    let tick = || {
        loop {
            std::thread::sleep(std::time::Duration::from_millis(100));
            crate::script::tick();
        }
    };
    // Without it the counted limits hold alone.
    drop(std::thread::Builder::new().spawn(tick));
}

/// What scripts at their limits of depth take of the stack, in debug builds too, and room to spare.
const STACK_SIZE: usize = 64 << 20;

/// Runs a command line; gives its exit code.
#[must_use]
pub fn run(arguments: &[OsString]) -> u8 {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK_SIZE);
        match builder.spawn_scoped(scope, || run_here(arguments)) {
            Ok(thread) => thread.join().unwrap_or(exit::NOT_AS_ASKED),
            // A system without another thread to give has the one that it started with.
            Err(_) => run_here(arguments),
        }
    })
}

fn run_here(arguments: &[OsString]) -> u8 {
    let from_environment = || {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let set = names.iter().find_map(|it| std::env::var(it).ok().filter(|it| !it.is_empty()));
        set.and_then(|it| Lang::from_tag(&it))
    };
    let asked = args::lang_of(arguments);
    let lang = asked.or_else(from_environment).unwrap_or_default();
    let matches = match command(lang).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error)
            if error.use_stderr()
                && error.kind() != clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            usage::complain(&error, Voice::new(lang, "auto"));
            return exit::NOT_AS_ASKED;
        }
        Err(error) => {
            drop(error.print());
            return if error.use_stderr() { exit::NOT_AS_ASKED } else { exit::HELD };
        }
    };
    drive_clock();
    match matches.subcommand() {
        Some(("audit", matches)) => audit::run(matches, asked, lang),
        Some(("baseline", matches)) => baseline::run(matches, asked, lang),
        Some(("check", matches)) => check::run(matches, asked, lang),
        Some(("test", matches)) => test::run(matches, asked, lang),
        Some(("explain", matches)) => explain::run(matches, asked, lang),
        Some(("eval", matches)) => eval::run(matches, asked, lang),
        Some(("diff", matches)) => diff::run(matches, asked, lang),
        Some(("rules", matches)) => rules::run(matches, asked, lang),
        Some(("calendar", matches)) => calendar::run(matches, asked, lang),
        Some(("sample", matches)) => sample::run(matches, asked, lang),
        Some(("calibrate", matches)) => calibrate::run(matches, asked, lang),
        Some(("schema", matches)) => schema::run(matches),
        Some(("completions", matches)) => completions::run(matches, lang),
        _ => exit::NOT_AS_ASKED,
    }
}
