//! A sign of life for long work: on stderr, on a terminal only, and not before 300 ms have passed.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::console::Console;

/// Work that is done sooner shows nothing.
pub const QUIET_FOR: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(100);

/// Shows that something goes on until it is dropped.
pub struct Progress {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins; `what` says what goes on, as `checking rules/shop`.
    pub fn start(console: &Console, what: &str) -> Progress {
        if !console.err_is_terminal || !console.is_human() {
            return Progress {
                done: None,
                thread: None,
            };
        }
        let (done, waits) = channel::<()>();
        let what = what.to_owned();
        let color = console.err.color;
        let thread = std::thread::spawn(move || {
            if waits.recv_timeout(QUIET_FOR) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::new_spinner();
            let template = if color {
                "{spinner:.cyan} {msg} {elapsed:.dim}"
            } else {
                "{spinner} {msg} {elapsed}"
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_message(what);
            bar.enable_steady_tick(TICK);
            // Ends when the sender is dropped.
            let _ = waits.recv();
            bar.finish_and_clear();
        });
        Progress {
            done: Some(done),
            thread: Some(thread),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
