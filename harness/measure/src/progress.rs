//! Shows how far a long run is: a bar on a terminal, one line per scenario elsewhere.

use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// The bar of one scenario; gone when it is dropped.
pub struct Progress {
    bar: ProgressBar,
    label: String,
}

impl Progress {
    /// A bar of `length` steps.
    #[must_use]
    pub fn new(label: String, length: u32) -> Self {
        let bar = ProgressBar::new(length.into());
        let style = ProgressStyle::with_template("{msg:32} {wide_bar} {pos}/{len} rounds, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(label.clone());
        Self { bar, label }
    }

    /// One step further.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// Takes the bar away, and says in one line what was done where there is no terminal to show it on.
    pub fn done(self, elapsed: Duration) {
        let rounds = self.bar.position();
        let hidden = self.bar.is_hidden();
        self.bar.finish_and_clear();
        if hidden {
            eprintln!("{}: {rounds} rounds in {}", self.label, HumanDuration(elapsed));
        }
    }
}
