//! Rings in a graph: the algorithms alone, over numbered nodes.

use super::list::NONE;

/// One edge, in the list of those that leave the same node.
#[derive(Clone, Copy)]
pub(super) struct Link {
    to: usize,
    next: usize,
}

impl Link {
    pub(super) const NONE: Self = Self {
        to: NONE,
        next: NONE,
    };
}

/// A graph in memory that is lent to it. Every slice has room for every node, and `links` for every edge.
pub(super) struct Graph<'a> {
    nodes: usize,
    link_count: usize,
    links: &'a mut [Link],
    /// Node → its last edge.
    heads: &'a mut [usize],
    /// Node → the next of its edges to follow.
    cursors: &'a mut [usize],
    /// Node → when it was found, from 1; 0 while it was not.
    found: &'a mut [usize],
    /// Node → the earliest node that can be reached from it and was open then (Tarjan's `lowlink`).
    low: &'a mut [usize],
    /// Nodes whose component is not complete.
    open: &'a mut [usize],
    /// The path from the root to the node that is looked at.
    path: &'a mut [usize],
    /// Node → the root of its component, the nodes that reach each other.
    component: &'a mut [usize],
}

/// The memory of a [`Graph`]: slices of one length.
pub(super) struct GraphRoom<'a> {
    pub(super) links: &'a mut [Link],
    pub(super) words: [&'a mut [usize]; 7],
}

impl<'a> Graph<'a> {
    /// A graph without nodes.
    pub(super) const fn new(room: GraphRoom<'a>) -> Self {
        let [heads, cursors, found, low, open, path, component] = room.words;
        Self {
            nodes: 0,
            link_count: 0,
            links: room.links,
            heads,
            cursors,
            found,
            low,
            open,
            path,
            component,
        }
    }

    /// Takes all nodes away.
    pub(super) const fn clear(&mut self) {
        self.nodes = 0;
        self.link_count = 0;
    }

    pub(super) const fn len(&self) -> usize {
        self.nodes
    }

    pub(super) const fn add_node(&mut self) -> usize {
        let node = self.nodes;
        self.heads[node] = NONE;
        self.nodes += 1;
        node
    }

    pub(super) const fn add_edge(&mut self, from: usize, to: usize) {
        self.links[self.link_count] = Link {
            to,
            next: self.heads[from],
        };
        self.heads[from] = self.link_count;
        self.link_count += 1;
    }

    /// Finds the components (Tarjan), and whether any of them is a ring or holds one.
    pub(super) const fn find_rings(&mut self) -> bool {
        let mut node = 0;
        while node < self.nodes {
            self.found[node] = 0;
            self.component[node] = NONE;
            self.cursors[node] = self.heads[node];
            node += 1;
        }
        let mut clock = 0;
        let mut rings = false;
        let mut root = 0;
        while root < self.nodes {
            if self.found[root] == 0 {
                rings |= self.search(root, &mut clock);
            }
            root += 1;
        }
        if rings {
            self.forget_low();
        }
        rings
    }

    /// What the search for components noted in `low` makes room for [`find_ring`](Self::find_ring).
    const fn forget_low(&mut self) {
        let mut node = 0;
        while node < self.nodes {
            self.low[node] = NONE;
            node += 1;
        }
    }

    /// Follows all edges from `root`, depth first.
    const fn search(&mut self, root: usize, clock: &mut usize) -> bool {
        let (mut rings, mut depth, mut open) = (false, 0, 0);
        let mut node = root;
        let mut enters = true;
        loop {
            if enters {
                *clock += 1;
                self.found[node] = *clock;
                self.low[node] = *clock;
                self.path[depth] = node;
                self.open[open] = node;
                open += 1;
                enters = false;
            }
            let link = self.cursors[node];
            if link != NONE {
                let Link { to, next } = self.links[link];
                self.cursors[node] = next;
                if self.found[to] == 0 {
                    depth += 1;
                    node = to;
                    enters = true;
                } else if self.component[to] == NONE {
                    rings = true;
                    if self.found[to] < self.low[node] {
                        self.low[node] = self.found[to];
                    }
                }
                continue;
            }
            let low = self.low[node];
            if low == self.found[node] {
                open = self.close(node, open);
            }
            if depth == 0 {
                return rings;
            }
            depth -= 1;
            node = self.path[depth];
            if low < self.low[node] {
                self.low[node] = low;
            }
        }
    }

    /// Completes the component of `root`: everything opened since.
    const fn close(&mut self, root: usize, mut open: usize) -> usize {
        loop {
            open -= 1;
            let node = self.open[open];
            self.component[node] = root;
            if node == root {
                return open;
            }
        }
    }

    /// The component of a node, by one of its nodes; after [`find_rings`](Self::find_rings).
    pub(super) const fn component(&self, node: usize) -> usize {
        self.component[node]
    }

    /// A note on a component, by its root; [`NONE`] until [`set_note`](Self::set_note).
    pub(super) const fn note(&self, component: usize) -> usize {
        // All edges have been followed, so every cursor is at its end, which is `NONE`.
        self.cursors[component]
    }

    pub(super) const fn set_note(&mut self, component: usize, note: usize) {
        self.cursors[component] = note;
    }

    /// The shortest ring through a node: afterwards [`after`](Self::after) follows it. False where there is none.
    pub(super) const fn find_ring(&mut self, start: usize) -> bool {
        // Breadth first. `open` is the queue, and `low` says from where a node was reached; both are free again.
        self.open[0] = start;
        let (mut done, mut waiting) = (0, 1);
        let mut last = NONE;
        while done < waiting && last == NONE {
            let from = self.open[done];
            done += 1;
            let mut link = self.heads[from];
            while link != NONE {
                let Link { to, next } = self.links[link];
                if to == start {
                    last = from;
                    break;
                }
                if self.low[to] == NONE && self.component[to] == self.component[start] {
                    self.low[to] = from;
                    self.open[waiting] = to;
                    waiting += 1;
                }
                link = next;
            }
        }
        if last != NONE {
            self.lay(start, last);
        }
        while waiting > 0 {
            waiting -= 1;
            self.low[self.open[waiting]] = NONE;
        }
        last != NONE
    }

    /// Lays the way back from `last` to `start` down forwards.
    const fn lay(&mut self, start: usize, last: usize) {
        self.path[last] = start;
        let mut node = last;
        while node != start {
            let before = self.low[node];
            self.path[before] = node;
            node = before;
        }
    }

    /// The node after `node` in the ring that was found last.
    pub(super) const fn after(&self, node: usize) -> usize {
        self.path[node]
    }
}
