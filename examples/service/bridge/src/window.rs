//! Which events this node has handled already.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The ids of the last events, and of those that are being handled.
#[derive(Debug)]
pub(crate) struct Window {
    most: usize,
    ids: Mutex<Ids>,
}

#[derive(Debug, Default)]
struct Ids {
    running: HashSet<String>,
    done: HashSet<String>,
    /// The oldest one first.
    order: VecDeque<String>,
}

/// What is known of an event that arrives.
#[derive(Debug)]
pub(crate) enum Seen<'w> {
    Never(Running<'w>),
    /// It is being handled at this moment.
    Running,
    Done,
}

/// An event that is being handled.
#[derive(Debug)]
pub(crate) struct Running<'w> {
    window: &'w Window,
    id: String,
}

impl Window {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            ids: Mutex::default(),
        }
    }

    pub(crate) fn begin(&self, id: &str) -> Seen<'_> {
        let mut ids = self.ids();
        if ids.done.contains(id) {
            return Seen::Done;
        }
        if !ids.running.insert(id.to_owned()) {
            return Seen::Running;
        }
        Seen::Never(Running {
            window: self,
            id: id.to_owned(),
        })
    }

    fn ids(&self) -> MutexGuard<'_, Ids> {
        // Nothing that holds it can panic half way.
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running<'_> {
    /// All its hooks have succeeded.
    pub(crate) fn done(self) {
        let mut ids = self.window.ids();
        if ids.order.len() >= self.window.most
            && let Some(oldest) = ids.order.pop_front()
        {
            ids.done.remove(&oldest);
        }
        ids.order.push_back(self.id.clone());
        ids.done.insert(self.id.clone());
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.window.ids().running.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, Window};

    fn handle(window: &Window, id: &str) -> bool {
        match window.begin(id) {
            Seen::Never(running) => {
                running.done();
                true
            }
            Seen::Running | Seen::Done => false,
        }
    }

    #[test]
    fn the_last_ones_are_remembered() {
        let window = Window::new(2);
        assert!(handle(&window, "a"));
        assert!(handle(&window, "b"));
        assert!(!handle(&window, "a"));
        assert!(handle(&window, "c"));
        assert!(handle(&window, "a"), "forgotten: the oldest of three");
        assert!(!handle(&window, "c"));
    }

    #[test]
    fn what_fails_is_not_done() {
        let window = Window::new(2);
        let running = window.begin("a");
        assert!(matches!(running, Seen::Never(_)));
        assert!(matches!(window.begin("a"), Seen::Running));
        drop(running);
        assert!(matches!(window.begin("a"), Seen::Never(_)));
    }
}
