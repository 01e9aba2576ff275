//! Cleanups one after the other in a task of their own, where a runtime has several threads: one that blocks its thread
//! blocks that task, which is left behind, and another goes on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Instant, sleep_until};

use super::held::{Waiting, spawn_beside};
use super::stop::{Called, Round, Stopped, Turn, ended_early, not_in_time};

/// Where a walker is, told to whoever watches it.
struct Walk {
    round: Arc<Round>,
    state: Mutex<State>,
}

struct State {
    stopped: Vec<Stopped>,
    /// Whose cleanup runs.
    at: Option<Turn>,
    /// Nobody waits for it any more: what it does from now on is not its turn.
    left_behind: bool,
}

/// Why a walker ended.
enum End {
    Done,
    Waits(Turn, Waiting<Option<String>>),
}

/// A whole round, however many walkers it takes.
pub(super) async fn walk(round: Arc<Round>) -> Vec<Stopped> {
    let walk = Arc::new(Walk {
        state: Mutex::new(State {
            stopped: Vec::with_capacity(round.nodes.len()),
            at: None,
            left_behind: false,
        }),
        round,
    });
    leg(walk).await
}

async fn leg(mut walk: Arc<Walk>) -> Vec<Stopped> {
    loop {
        let mut walker = spawn_beside(Arc::clone(&walk).run());
        let (node, problem) = loop {
            tokio::select! {
                biased;
                joined = &mut walker => match joined {
                    Ok(End::Done) => return core::mem::take(&mut walk.lock().stopped),
                    Ok(End::Waits(turn, waiting)) => {
                        break (turn.node, walk.round.wait(turn, waiting).await);
                    }
                    // The runtime shuts down: a panic does not get here.
                    Err(error) => {
                        let Some(node) = walk.next() else {
                            return core::mem::take(&mut walk.lock().stopped);
                        };
                        break (node, Some(ended_early(error)));
                    }
                },
                () = sleep_until(walk.deadline()) => {
                    if let Some(turn) = walk.leave_behind() {
                        break (turn.node, Some(not_in_time(turn.limit, walker).await));
                    }
                }
            }
        };
        let stopped = walk.round.stopped(node, problem);
        walk = walk.go_on(stopped);
    }
}

impl Walk {
    /// No plugin's code runs under the lock, so no panic leaves it half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next to be stopped.
    fn next(&self) -> Option<crate::graph::NodeId> {
        self.round.nodes.get(self.lock().stopped.len()).copied()
    }

    /// When to look whether the walker is blocked.
    fn deadline(&self) -> Instant {
        let at = self.lock().at;
        at.map_or_else(|| Instant::now() + self.round.limit, |turn| turn.deadline())
    }

    /// Leaves the walker behind, if the time of the cleanup that it is at is up.
    fn leave_behind(&self) -> Option<Turn> {
        let mut state = self.lock();
        let turn = state.at.filter(|turn| turn.deadline() <= Instant::now())?;
        state.left_behind = true;
        Some(turn)
    }

    /// The same walk for the next walker, after one that did not end well.
    fn go_on(&self, last: Stopped) -> Arc<Self> {
        let mut stopped = core::mem::take(&mut self.lock().stopped);
        stopped.push(last);
        Arc::new(Self {
            round: Arc::clone(&self.round),
            state: Mutex::new(State {
                stopped,
                at: None,
                left_behind: false,
            }),
        })
    }

    async fn run(self: Arc<Self>) -> End {
        let first = self.lock().stopped.len();
        let mut now = Instant::now();
        for node in self.round.nodes[first..].iter().copied() {
            let turn = self.round.turn(node, now);
            self.lock().at = Some(turn);
            let problem = match self.round.call(turn) {
                Called::Ended(problem) => problem,
                Called::Waits(waiting) => return self.hand_over(turn, waiting),
            };
            now = Instant::now();
            let mut state = self.lock();
            if state.left_behind {
                break;
            }
            let problem = problem.or_else(|| turn.overran(now));
            let stopped = self.round.stopped(node, problem);
            state.stopped.push(stopped);
            state.at = None;
        }
        End::Done
    }

    fn hand_over(&self, turn: Turn, waiting: Waiting<Option<String>>) -> End {
        let mut state = self.lock();
        if state.left_behind {
            drop(state);
            // Cancelled at its first await, as one that is not left behind would be.
            drop(waiting);
            return End::Done;
        }
        state.at = None;
        drop(state);
        End::Waits(turn, waiting)
    }
}
