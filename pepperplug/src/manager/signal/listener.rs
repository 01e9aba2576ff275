//! The one listener of the process: a signal is the process's, and not that of one of its managers.
//!
//! It has a thread and a runtime of its own, so that the second signal ends the process also while plugins block all
//! threads of the application's runtime. It is never taken away: a handler that tokio has installed stays for the life of
//! the process, and without somebody who listens Ctrl-C would do nothing any more.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Builder;
use tokio::sync::{OnceCell, oneshot, watch};

/// Begun by the first who wants to listen; one that could not begin is tried again by the next.
static LISTENER: OnceCell<()> = OnceCell::const_new();

/// Whether a thread listens.
static IS_THERE: AtomicBool = AtomicBool::new(false);

static RUNS: Mutex<Vec<Arc<Told>>> = Mutex::new(Vec::new());

/// Only pushes and removals happen under the lock.
fn runs() -> MutexGuard<'static, Vec<Arc<Told>>> {
    RUNS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a signal reaches.
struct Told {
    signal: watch::Sender<bool>,
    /// The plugins that are left behind if the process ends now.
    left_behind: Box<dyn Fn() -> Vec<String> + Send + Sync>,
}

/// An application that runs until a signal comes; until it is dropped.
pub(super) struct Run(Arc<Told>);

impl Run {
    /// Turns true when a signal has come.
    pub(super) fn begin(
        left_behind: impl Fn() -> Vec<String> + Send + Sync + 'static,
    ) -> (Self, watch::Receiver<bool>) {
        let (signal, told) = watch::channel(false);
        let run = Arc::new(Told {
            signal,
            left_behind: Box::new(left_behind),
        });
        runs().push(Arc::clone(&run));
        (Self(run), told)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        runs().retain(|run| !Arc::ptr_eq(run, &self.0));
    }
}

/// Once this has returned, signals come to the runs instead of ending the process.
pub(super) async fn listen() -> io::Result<()> {
    LISTENER.get_or_try_init(begin).await.copied()
}

async fn begin() -> io::Result<()> {
    let (tell, told) = oneshot::channel();
    let thread = std::thread::Builder::new().name("pepperplug-signals".to_owned());
    // Detached: it ends with the process.
    thread.spawn(|| run(tell))?;
    told.await.unwrap_or_else(|_| {
        let why = "the thread that listens to them ended early";
        Err(io::Error::other(why))
    })
}

fn run(tell: oneshot::Sender<io::Result<()>>) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(tell.send(Err(error))),
    };
    runtime.block_on(async {
        match Signals::new() {
            Ok(mut signals) => {
                // Two would hear the same signal, and the second would take it for another one.
                let is_there = IS_THERE.swap(true, Ordering::Relaxed);
                // Whoever waited for it may be gone: then the next finds that there is one.
                drop(tell.send(Ok(())));
                if is_there {
                    return;
                }
                loop {
                    came(signals.next().await);
                }
            }
            Err(error) => drop(tell.send(Err(error))),
        }
    });
}

/// A signal, by its name, and the code that a process exits with which it ends.
#[derive(Clone, Copy)]
struct Signal {
    name: &'static str,
    code: i32,
}

/// Tells all that have not been told; if all have, the process ends.
fn came(signal: Signal) {
    let Signal { name, code } = signal;
    let runs: Vec<Arc<Told>> = runs().clone();
    let mut is_first = false;
    for run in &runs {
        is_first |= !run.signal.send_replace(true);
    }
    if is_first {
        tracing::info!(target: "pepperplug::lifecycle", signal = name, "the application is to stop");
        return;
    }
    let left_behind: Vec<String> = runs.iter().flat_map(|run| (run.left_behind)()).collect();
    let mut text = format!("pepperplug: {name}");
    if !runs.is_empty() {
        text.push_str(" while the application stops");
    }
    text.push_str(": the process ends at once");
    if !left_behind.is_empty() {
        text.push_str("; not cleaned up: ");
        text.push_str(&left_behind.join("; "));
    }
    // Where nobody can read it, it ends all the same.
    let _ = writeln!(io::stderr(), "{text}");
    std::process::exit(code)
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> Signal {
        // 128 and the number of the signal, as shells have it.
        let (name, code) = tokio::select! {
            _ = self.terminate.recv() => ("SIGTERM", 128 + 15),
            _ = self.interrupt.recv() => ("SIGINT", 128 + 2),
        };
        Signal { name, code }
    }
}

#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            close: ctrl_close()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) -> Signal {
        let name = tokio::select! {
            _ = self.interrupt.recv() => "Ctrl-C",
            _ = self.close.recv() => "the console was closed",
            _ = self.shutdown.recv() => "the session ends",
        };
        // STATUS_CONTROL_C_EXIT.
        let code = 0xC000_013A_u32 as i32;
        Signal { name, code }
    }
}
