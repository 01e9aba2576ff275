//! What a command prints, and how it ends.

use core::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

/// Everything that is to be printed.
#[derive(Default)]
pub(super) struct Output {
    data: String,
    /// Where the data goes instead of the standard output.
    pub(super) file: Option<PathBuf>,
    /// What is wrong, or worth knowing.
    messages: String,
    failed: bool,
}

impl Output {
    pub(super) fn print(&mut self, data: String) {
        self.data = data;
    }

    pub(super) fn error(&mut self, error: &dyn Display) {
        self.failed = true;
        self.message(AnsiColor::Red, "error", error);
    }

    pub(super) fn warn(&mut self, message: String) {
        self.message(AnsiColor::Yellow, "warning", &message);
    }

    pub(super) fn note(&mut self, message: String) {
        self.message(AnsiColor::Cyan, "note", &message);
    }

    fn message(&mut self, colour: AnsiColor, word: &str, message: &dyn Display) {
        let style: Style = colour.on_default().bold();
        self.messages
            .push_str(&format!("{style}{word}{style:#}: {message}\n"));
    }

    pub(super) fn has_errors(&self) -> bool {
        self.failed
    }

    /// Writes everything.
    pub(super) async fn deliver(self) -> ExitCode {
        // A file, a pipe or a terminal may block.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                let delivered = runtime.spawn_blocking(|| self.write());
                delivered.await.unwrap_or(ExitCode::FAILURE)
            }
            Err(_) => self.write(),
        }
    }

    fn write(mut self) -> ExitCode {
        if let Err(error) = self.write_data() {
            let error = match &self.file {
                Some(file) => format!("cannot write `{}`: {error}", file.display()),
                None => format!("cannot write to the standard output: {error}"),
            };
            self.error(&error);
        }
        // Where nobody listens to what is wrong, the exit code still says that something is.
        let _ = anstream::stderr()
            .lock()
            .write_all(self.messages.as_bytes());
        if self.failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    fn write_data(&self) -> io::Result<()> {
        if let Some(file) = &self.file {
            return std::fs::write(file, &self.data);
        }
        // Colours only where a terminal shows them, and `NO_COLOR` and its like do not say otherwise.
        let mut stdout = anstream::stdout().lock();
        let written = stdout
            .write_all(self.data.as_bytes())
            .and_then(|()| stdout.flush());
        match written {
            // Who reads it has enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }
}
