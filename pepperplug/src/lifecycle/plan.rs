//! Who may begin when, and what a failure means for the others. Pure: it is told what happens, and answers.

use std::sync::Arc;

use crate::graph::{Free, Graph, NodeId};

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
    /// How many dependencies of each are not settled yet.
    unsettled: Vec<u32>,
    /// Those that may begin, by their place in the start order.
    free: Free,
    ready: Vec<NodeId>,
    doomed: bool,
}

impl Plan {
    pub(crate) fn new(graph: &Arc<Graph>) -> Self {
        let mut plan = Self {
            graph: Arc::clone(graph),
            steps: vec![Step::Waiting; graph.len()],
            unsettled: Vec::with_capacity(graph.len()),
            free: Free::new(graph.len()),
            ready: Vec::with_capacity(graph.len()),
            doomed: false,
        };
        for (node, _) in graph.metas() {
            let dependencies = graph.dependencies(node).len();
            plan.unsettled
                .push(u32::try_from(dependencies).unwrap_or(u32::MAX));
            if dependencies == 0 {
                plan.free.insert(graph.rank(node));
            }
        }
        plan
    }

    /// The next plugin that may begin, which counts as begun from now on. None once the start is doomed.
    pub(crate) fn next(&mut self) -> Option<NodeId> {
        if self.doomed {
            return None;
        }
        let node = self.graph.order()[self.free.take_least()? as usize];
        self.steps[node as usize] = Step::Begun;
        Some(node)
    }

    /// `node` is initialized.
    pub(crate) fn ready(&mut self, node: NodeId) {
        self.steps[node as usize] = Step::Ready;
        self.ready.push(node);
        let graph = &*self.graph;
        for dependent in graph.dependents(node) {
            if settles(&mut self.unsettled, &self.steps, dependent.node) {
                self.free.insert(graph.rank(dependent.node));
            }
        }
    }

    /// Whether some may begin now.
    pub(crate) fn has_next(&self) -> bool {
        !self.doomed && !self.free.is_empty()
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
