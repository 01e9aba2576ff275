//! Cleanups one after the other in a task of their own, where a runtime has several threads: one that blocks its thread
//! blocks that task, which is left behind, and another goes on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Instant, sleep_until};

use super::held::{Waiting, spawn_beside};
use super::runner::SLICE;
use super::stop::{Called, Problem, Round, Turn, ended_early, not_in_time};
use crate::graph::NodeId;

/// Where a walker is, told to whoever watches it.
struct Walk {
    round: Arc<Round>,
    state: Mutex<State>,
}

struct State {
    /// How many have been stopped, or left behind.
    done: usize,
    problems: Vec<Problem>,
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
pub(super) async fn walk(round: Arc<Round>) -> Vec<Problem> {
    let mut walk = Walk::new(round, 0, Vec::new());
    while let Some((node, problem)) = watch(&walk).await {
        walk = walk.go_on(node, problem);
        walk.round.tell();
    }
    walk.problems()
}

/// Sends a walker off and watches it. The plugin at which it could not go on, if any, and what became of that.
async fn watch(walk: &Arc<Walk>) -> Option<(NodeId, Option<String>)> {
    let mut walker = spawn_beside(Arc::clone(walk).run());
    loop {
        tokio::select! {
            biased;
            joined = &mut walker => return match joined {
                Ok(End::Done) => None,
                Ok(End::Waits(turn, waiting)) => {
                    Some((turn.node, walk.round.wait(turn, waiting).await))
                }
                // The runtime shuts down: a panic does not get here.
                Err(error) => Some((walk.next()?, Some(ended_early(error)))),
            },
            () = sleep_until(walk.deadline()) => {
                if let Some(turn) = walk.leave_behind() {
                    return Some((turn.node, Some(not_in_time(turn.limit, walker).await)));
                }
            }
        }
    }
}

impl Walk {
    fn new(round: Arc<Round>, done: usize, problems: Vec<Problem>) -> Arc<Self> {
        let state = State {
            done,
            problems,
            at: None,
            left_behind: false,
        };
        Arc::new(Self {
            round,
            state: Mutex::new(state),
        })
    }

    /// No plugin's code runs under the lock, so no panic leaves it half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next to be stopped.
    fn next(&self) -> Option<NodeId> {
        self.round.nodes.get(self.lock().done).copied()
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

    fn problems(&self) -> Vec<Problem> {
        core::mem::take(&mut self.lock().problems)
    }

    /// The same walk for the next walker, after one that could not go on.
    fn go_on(&self, last: NodeId, problem: Option<String>) -> Arc<Self> {
        let mut problems = self.problems();
        problems.extend(self.round.stopped(last, problem));
        let done = self.lock().done + 1;
        Self::new(Arc::clone(&self.round), done, problems)
    }

    async fn run(self: Arc<Self>) -> End {
        let first = self.lock().done;
        let mut now = Instant::now();
        let mut until = now + SLICE;
        for node in self.round.nodes[first..].iter().copied() {
            if now >= until {
                tokio::task::yield_now().await;
                now = Instant::now();
                until = now + SLICE;
            }
            let turn = self.round.turn(node, now);
            self.lock().at = Some(turn);
            let problem = match self.round.call(turn) {
                Called::Ended(problem) => problem,
                Called::Waits(waiting) => return self.hand_over(turn, waiting),
            };
            now = Instant::now();
            let goes_on = self.settle(turn, problem, now);
            self.round.tell();
            if !goes_on {
                break;
            }
        }
        End::Done
    }

    /// Tells what became of a cleanup. Whether to go on.
    fn settle(&self, turn: Turn, problem: Option<String>, now: Instant) -> bool {
        let mut state = self.lock();
        if state.left_behind {
            return false;
        }
        let problem = problem.or_else(|| turn.overran(now));
        state
            .problems
            .extend(self.round.stopped(turn.node, problem));
        state.done += 1;
        state.at = None;
        true
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
