//! Progress on long runs: rate and remaining time, on a terminal only.

use crate::wording::{self, Lang};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{io::IsTerminal, time::Duration};

/// A bar on standard error; it shows itself only when the run takes longer than a moment.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar over `bytes`; hidden unless standard error is a terminal and `show` is true.
    pub(super) fn new(bytes: u64, show: bool, lang: Lang) -> Self {
        let visible = show && std::io::stderr().is_terminal();
        let target =
            if visible { ProgressDrawTarget::stderr_with_hz(5) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(bytes), target);
        let style =
            ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(wording::PROGRESS_READING.text(lang));
        if visible {
            bar.enable_steady_tick(Duration::from_millis(500));
        }
        Self { bar }
    }

    /// So many bytes are read.
    pub(super) fn at(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
