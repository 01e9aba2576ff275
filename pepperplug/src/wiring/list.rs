//! The plugins that are checked together, with a table of their names.

use super::set::Candidate;
use crate::meta::{Identity, MetaRef, PluginMeta};
use crate::registry::EventRef;

/// No entry, node or edge.
pub(super) const NONE: usize = usize::MAX;

/// What the analysis found out about an entry, a bit each: enough to say on the way of the sound ones that there is nothing
/// to say. The words are found when they are needed.
pub(super) type Mark = u16;

/// The bits of a [`Mark`].
pub(super) mod mark {
    use super::Mark;

    /// An earlier entry is the same plugin. Such an entry counts for nothing else.
    pub(in crate::wiring) const TWICE: Mark = 1;
    /// An earlier entry has the same name.
    pub(in crate::wiring) const NAMESAKE: Mark = 2;
    /// A later entry has the same name.
    pub(in crate::wiring) const SHARED: Mark = 4;
    /// Something it injects or requires is not as it must be.
    pub(in crate::wiring) const EDGE: Mark = 8;
    /// It is the first of a ring.
    pub(in crate::wiring) const RING: Mark = 16;
    /// An earlier entry reads the same section of the settings.
    pub(in crate::wiring) const SECTION: Mark = 32;
    /// It is the first of hooks whose order contradicts itself.
    pub(in crate::wiring) const HOOK: Mark = 64;
    /// It uses a service or event of which there is another of the same name.
    pub(in crate::wiring) const CLASH: Mark = 128;
    /// It hooks an event by name that nobody knows.
    pub(in crate::wiring) const UNKNOWN: Mark = 256;
}

/// The plugins of an application. A plugin is known by its place in `metas`, its entry.
#[derive(Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) metas: &'a [MetaRef],
    /// What was written, entries that are switched off included.
    pub(super) candidates: &'a [Candidate],
    /// Hash of a name → the first entry in its bucket.
    heads: &'a [usize],
    /// Entry → the next in its bucket.
    next: &'a [usize],
    /// Events that are known without anybody who names them; none in a `const`.
    pub(super) linked: &'a [EventRef],
    /// Where the list is written; empty where nobody wrote one.
    pub(super) module: &'a str,
}

/// What [`List::new`] fills: three slices as long as the list.
pub(super) struct Table<'a> {
    pub(super) heads: &'a mut [usize],
    pub(super) next: &'a mut [usize],
    pub(super) marks: &'a mut [Mark],
}

impl<'a> List<'a> {
    /// A list whose table was made before.
    pub(super) const fn new(
        metas: &'a [MetaRef],
        candidates: &'a [Candidate],
        heads: &'a [usize],
        next: &'a [usize],
    ) -> Self {
        Self {
            metas,
            candidates,
            heads,
            next,
            linked: &[],
            module: "",
        }
    }

    /// The same list, written in `module`.
    pub(super) const fn seen_from(mut self, module: &'a str) -> Self {
        self.module = module;
        self
    }

    pub(super) const fn len(&self) -> usize {
        self.metas.len()
    }

    pub(super) const fn meta(&self, entry: usize) -> &'static PluginMeta {
        self.metas[entry].get()
    }

    const fn bucket(&self, hash: u64) -> usize {
        match self.heads.len() {
            0 => NONE,
            count => self.heads[bucket(hash, count)],
        }
    }

    /// The first entry of this name.
    pub(super) const fn named(&self, name: &str, hash: u64) -> usize {
        let mut entry = self.bucket(hash);
        while entry != NONE {
            if self.meta(entry).identity.is_named(name, hash) {
                return entry;
            }
            entry = self.next[entry];
        }
        NONE
    }

    /// The entry of a plugin type.
    pub(super) const fn of_type(&self, plugin: &Identity) -> usize {
        let mut entry = self.bucket(plugin.hash);
        while entry != NONE {
            let found = &self.meta(entry).identity;
            if found.hash == plugin.hash && found.same_declaration(plugin) {
                return entry;
            }
            entry = self.next[entry];
        }
        NONE
    }

    /// The same list, where events `linked` are known besides those that the plugins name.
    pub(super) const fn knowing(mut self, linked: &'a [EventRef]) -> Self {
        self.linked = linked;
        self
    }
}

const fn bucket(hash: u64, count: usize) -> usize {
    (hash % count as u64) as usize
}

/// Fills the table, and marks entries that share a name or are there twice.
pub(super) const fn index(metas: &[MetaRef], table: &mut Table<'_>) {
    let count = metas.len();
    let mut i = 0;
    while i < count {
        table.heads[i] = NONE;
        i += 1;
    }
    let mut entry = 0;
    while entry < count {
        let plugin = &metas[entry].get().identity;
        let head = bucket(plugin.hash, count);
        let mut other = table.heads[head];
        while other != NONE && metas[other].get().identity.hash != plugin.hash {
            other = table.next[other];
        }
        if other == NONE {
            table.next[entry] = table.heads[head];
            table.heads[head] = entry;
        } else {
            insert_beside(metas, table, entry, other);
        }
        entry += 1;
    }
}

/// Puts an entry behind an earlier one of the same hash, so that the earlier one is found first.
const fn insert_beside(metas: &[MetaRef], table: &mut Table<'_>, entry: usize, first: usize) {
    let plugin = &metas[entry].get().identity;
    let mut last = first;
    let mut other = first;
    while other != NONE {
        let found = &metas[other].get().identity;
        if found.same_name(plugin) {
            if found.same_declaration(plugin) {
                table.marks[entry] = mark::TWICE;
                return;
            }
            table.marks[entry] |= mark::NAMESAKE;
            table.marks[other] |= mark::SHARED;
        }
        last = other;
        other = table.next[other];
    }
    table.next[last] = entry;
    table.next[entry] = NONE;
}
