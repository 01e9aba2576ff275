//! What emits and look-ups read: the tables of all events, and the running plugins.

#![allow(unsafe_code, reason = "tables point into themselves")]

use core::ptr;
use std::sync::Arc;

use super::call::Call;
use super::roster::HookSource;
use super::table::Table;
use crate::plugin::Instance;

/// The tables of all events. Never changed: a change makes new ones.
pub(crate) struct Tables {
    /// One for each of the tables, so that an emit finds what it needs at once.
    pub(super) entries: Box<[Entry]>,
    pub(super) by_slot: Box<[Option<Arc<Table>>]>,
    /// The running plugins, by the slots of their types: an instance is of the type whose slot it has.
    pub(super) plugins: Plugins,
}

/// Plugins by the slots of their types.
pub(super) type Plugins = Arc<[Option<Instance>]>;

/// Where the hooks of an event are that are one run. The table is kept by the same tables.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// Null where the table is to be looked at: there is none, or its hooks are not one run.
    pub(super) run: *const [Call],
    pub(super) table: *const Table,
}

// SAFETY: pointers to what is shared between threads, kept by the tables that they are part of.
unsafe impl Send for Entry {}
// SAFETY: as above.
unsafe impl Sync for Entry {}

impl Tables {
    /// No hooks, and a gate that is closed.
    pub(super) fn closed() -> Self {
        Self::of(Vec::new(), Arc::new([]))
    }

    pub(super) fn of(by_slot: Vec<Option<Arc<Table>>>, plugins: Plugins) -> Self {
        let none: *const [Call] = ptr::slice_from_raw_parts(ptr::null(), 0);
        let entry = |table: &Option<Arc<Table>>| {
            let whole = table.as_ref().filter(|table| table.is_one_run);
            Entry {
                run: whole.map_or(none, |table| &raw const *table.calls),
                table: whole.map_or(ptr::null(), Arc::as_ptr),
            }
        };
        Self {
            entries: by_slot.iter().map(entry).collect(),
            by_slot: by_slot.into(),
            plugins,
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.by_slot.iter().flatten()
    }
}

/// The plugins of `sources`.
pub(super) fn by_slot(sources: &[HookSource]) -> Plugins {
    let mut plugins: Vec<Option<Instance>> = Vec::new();
    for source in sources {
        let slot = (source.plugin.vtable.slot)().index();
        if plugins.len() <= slot {
            plugins.resize(slot + 1, None);
        }
        plugins[slot] = Some(Arc::clone(&source.instance));
    }
    plugins.into()
}
