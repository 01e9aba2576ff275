//! Who may begin when, and what a failure means for the others. Pure: it is told what happens, and answers.

use std::sync::Arc;

use crate::graph::{Dependency, Free, Graph, NodeId};

/// Where a plugin is in a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Waiting,
    Begun,
    Ready,
    Failed,
    /// Neither ready nor failed when the start was given up.
    Cancelled,
    /// Not begun, since a plugin that it needs failed.
    Skipped {
        needs: NodeId,
    },
}

/// One start, step by step.
#[derive(Debug)]
pub(crate) struct Plan {
    graph: Arc<Graph>,
    steps: Vec<Step>,
    ready: Vec<NodeId>,
    doomed: bool,
    /// How many have begun, as long as each was ready before the next began: then the start order alone says who is
    /// next, and nothing is counted.
    in_order: Option<usize>,
    /// How many dependencies of each are not settled yet; nothing as long as all is in order.
    unsettled: Vec<u32>,
    /// Those that may begin, by their place in the start order; nothing as long as all is in order.
    free: Free,
}

impl Plan {
    pub(crate) fn new(graph: &Arc<Graph>) -> Self {
        Self {
            steps: vec![Step::Waiting; graph.len()],
            ready: Vec::with_capacity(graph.len()),
            doomed: false,
            in_order: Some(0),
            unsettled: Vec::new(),
            free: Free::new(0),
            graph: Arc::clone(graph),
        }
    }

    /// `node` is not begun: it runs already, or the application does without it. To be said before any begins.
    pub(crate) fn keep(&mut self, node: NodeId, runs: bool) {
        self.in_order = None;
        self.steps[node as usize] = if runs { Step::Ready } else { Step::Failed };
    }

    /// The next plugin that may begin, which counts as begun from now on. None once the start is doomed.
    pub(crate) fn next(&mut self) -> Option<NodeId> {
        if self.doomed {
            return None;
        }
        self.look();
        let node = match &mut self.in_order {
            Some(begun) => {
                let node = *self.graph.order().get(*begun)?;
                *begun += 1;
                node
            }
            None => self.graph.order()[self.free.take_least()? as usize],
        };
        self.steps[node as usize] = Step::Begun;
        Some(node)
    }

    /// Whether all is still in order.
    #[inline]
    fn look(&mut self) {
        match self.in_order {
            Some(begun) if begun <= self.ready.len() => {}
            _ => self.count(),
        }
    }

    /// From now on it is counted who waits for whom.
    #[cold]
    fn count(&mut self) {
        self.in_order = None;
        if !self.unsettled.is_empty() {
            return;
        }
        let (graph, steps) = (&*self.graph, &self.steps);
        self.free = Free::new(graph.len());
        self.unsettled = Vec::with_capacity(graph.len());
        for (node, _) in graph.metas() {
            let open =
                |on: &&Dependency| !matches!(steps[on.node as usize], Step::Ready | Step::Failed);
            let unsettled = graph.dependencies(node).iter().filter(open).count();
            self.unsettled
                .push(u32::try_from(unsettled).unwrap_or(u32::MAX));
            if unsettled == 0 && steps[node as usize] == Step::Waiting {
                self.free.insert(graph.rank(node));
            }
        }
    }

    /// `node` is initialized.
    pub(crate) fn ready(&mut self, node: NodeId) {
        self.steps[node as usize] = Step::Ready;
        self.ready.push(node);
        if self.in_order.is_some() {
            return;
        }
        let graph = &*self.graph;
        for dependent in graph.dependents(node) {
            if settles(&mut self.unsettled, &self.steps, dependent.node) {
                self.free.insert(graph.rank(dependent.node));
            }
        }
    }

    /// Whether some may begin now.
    pub(crate) fn has_next(&mut self) -> bool {
        self.look();
        !self.doomed
            && match self.in_order {
                Some(begun) => begun < self.graph.len(),
                None => !self.free.is_empty(),
            }
    }

    /// `node` has failed, but initialized after all: it is to be stopped like those that are ready, if they are.
    pub(crate) fn ready_too_late(&mut self, node: NodeId) {
        self.ready.push(node);
    }

    /// `node` failed. The start is doomed unless it is optional, as must be all that need it.
    pub(crate) fn failed(&mut self, node: NodeId) {
        self.drop_out(node, Step::Failed);
    }

    /// `node` was cancelled, since the start is doomed.
    pub(crate) fn cancelled(&mut self, node: NodeId) {
        self.drop_out(node, Step::Cancelled);
    }

    /// No new plugin begins.
    pub(crate) fn doom(&mut self) {
        self.doomed = true;
    }

    pub(crate) fn is_doomed(&self) -> bool {
        self.doomed
    }

    pub(crate) fn step(&self, node: NodeId) -> Step {
        self.steps[node as usize]
    }

    /// Whether nothing more was to come of `node` when the start ended.
    pub(crate) fn is_settled(&self, node: NodeId) -> bool {
        match self.step(node) {
            Step::Ready | Step::Failed => true,
            Step::Waiting | Step::Begun | Step::Cancelled => false,
            Step::Skipped { needs } => self.is_settled(needs),
        }
    }

    /// What is ready, in the order in which it became so; to be stopped in reverse. What initialized too late is part of
    /// it only where all are to be stopped.
    pub(crate) fn into_ready(mut self) -> Vec<NodeId> {
        if !self.doomed {
            let steps = &self.steps;
            self.ready
                .retain(|node| steps[*node as usize] == Step::Ready);
        }
        self.ready
    }

    fn drop_out(&mut self, node: NodeId, step: Step) {
        self.count();
        self.steps[node as usize] = step;
        if !self.graph.meta(node).is_optional() {
            self.doomed = true;
        }
        let graph = Arc::clone(&self.graph);
        for dependent in graph.dependents(node) {
            let on = dependent.node;
            if dependent.needed && self.steps[on as usize] == Step::Waiting {
                self.drop_out(on, Step::Skipped { needs: node });
            } else if settles(&mut self.unsettled, &self.steps, on) {
                self.free.insert(graph.rank(on));
            }
        }
    }
}

/// One dependency less for `node` to wait for. Whether it may begin now.
#[inline]
fn settles(unsettled: &mut [u32], steps: &[Step], node: NodeId) -> bool {
    let unsettled = &mut unsettled[node as usize];
    *unsettled = unsettled.saturating_sub(1);
    *unsettled == 0 && steps[node as usize] == Step::Waiting
}
