//! The proof of the graph: what is wrong with the wiring of plugins, found in a `const` while the application is checked.
//!
//! Three askers, from the earliest: a plugin's own crate ([`check_ring`], and [`check_injected_name`] and its like for one
//! edge), the application's list ([`Wiring`]), and a manager that was given no list (`problems`). All run the same rules.
//!
//! The analysis marks entries in about linear time and keeps a few words an entry. Texts are only put together where there
//! is something to say, and what they need is then found anew: an error may cost more than none.

mod analysis;
mod clash;
mod edge;
mod faults;
mod graph;
mod help;
mod hooks;
mod list;
mod local;
mod message;
mod missing;
mod names;
mod pattern;
mod report;
mod ring;
mod room;
mod set;
pub(crate) mod text;
mod topics;

pub(crate) use self::help::may_be_off;
pub use self::local::{
    Written, check_event_name, check_historic, check_injected_name, check_injected_version,
    check_next, check_parallel, check_phase_return, check_reference, check_return,
};
pub(crate) use self::message::Message;
pub use self::message::{refuse, refuse_if};
pub use self::ring::check_ring;
pub use self::set::{Candidate, PluginSet};

use core::fmt;

use self::list::{List, Mark, NONE, Table, mark};
use self::report::Report;
use self::room::{with_arrays, with_vectors};
use crate::meta::MetaRef;
use crate::registry::EventRef;

/// The wiring of a list of `N` plugins: what is wrong with each, and with all together. `plugins![…]` makes one, and asks it
/// at each entry.
pub struct Wiring<const N: usize> {
    metas: &'static [MetaRef],
    candidates: &'static [Candidate],
    module: &'static str,
    heads: [usize; N],
    next: [usize; N],
    marks: [Mark; N],
    rings: [usize; N],
}

impl<const N: usize> Wiring<N> {
    /// Analyses the plugins `metas`, which are what this build has of the entries `candidates`.
    #[must_use]
    pub const fn new(metas: &'static [MetaRef], candidates: &'static [Candidate]) -> Self {
        let mut this = Self {
            metas,
            candidates,
            module: "",
            heads: [NONE; N],
            next: [NONE; N],
            marks: [0; N],
            rings: [NONE; N],
        };
        let mut table = Table {
            heads: &mut this.heads,
            next: &mut this.next,
            marks: &mut this.marks,
        };
        list::index(metas, &mut table);
        let list = List::new(metas, candidates, &this.heads, &this.next);
        with_arrays(
            list,
            &mut this.marks,
            &mut this.rings,
            NONE,
            &mut Message::new(),
        );
        this
    }

    /// The same, with the module that the list is written in: what is proposed is to be written there.
    #[must_use]
    pub const fn seen_from(mut self, module: &'static str) -> Self {
        self.module = module;
        self
    }

    /// What is wrong with the plugin at a place of the list.
    #[must_use]
    pub const fn fault_of(&self, entry: usize) -> Option<Message> {
        // That a later entry shares its name is told there.
        if self.marks[entry] & !mark::SHARED == 0 {
            return None;
        }
        let mut message = Message::new();
        self.report().write_entry(entry, &mut message);
        if self.marks[entry] & mark::RING != 0 {
            self.report().write_ring_of(entry, false, &mut message);
        }
        if self.marks[entry] & mark::HOOK != 0 {
            let (mut marks, mut rings) = (self.marks, [NONE; N]);
            with_arrays(self.list(), &mut marks, &mut rings, entry, &mut message);
        }
        self.report().write_shared(entry, &mut message);
        message.if_any()
    }

    const fn list(&self) -> List<'_> {
        List::new(self.metas, self.candidates, &self.heads, &self.next).seen_from(self.module)
    }

    const fn report(&self) -> Report<'_> {
        Report {
            list: self.list(),
            marks: &self.marks,
            rings: &self.rings,
        }
    }
}

impl<const N: usize> fmt::Debug for Wiring<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wiring")
            .field("metas", &self.metas)
            .finish_non_exhaustive()
    }
}

/// Everything that is wrong with the wiring of `metas`, one text each, in a stable order if the order of `metas` is. Hooks may
/// name the events `linked` besides those that the plugins take or emit.
pub(crate) fn problems(
    metas: &[MetaRef],
    candidates: &[Candidate],
    linked: &[EventRef],
) -> Vec<String> {
    let count = metas.len();
    let (mut heads, mut next) = (vec![NONE; count], vec![NONE; count]);
    let (mut marks, mut rings) = (vec![0; count], vec![NONE; count]);
    list::index(
        metas,
        &mut Table {
            heads: &mut heads,
            next: &mut next,
            marks: &mut marks,
        },
    );
    let list = List::new(metas, candidates, &heads, &next).knowing(linked);
    with_vectors(list, &mut marks, &mut rings, NONE, &mut Message::new());
    let mut texts = Vec::new();
    let report = Report {
        list,
        marks: &marks,
        rings: &rings,
    };
    for entry in 0..count {
        let mut message = Message::new();
        report.write_entry(entry, &mut message);
        if marks[entry] & mark::RING != 0 {
            report.write_ring_of(entry, true, &mut message);
        }
        if marks[entry] & mark::HOOK != 0 {
            let (mut marks, mut rings) = (marks.clone(), vec![NONE; count]);
            with_vectors(list, &mut marks, &mut rings, entry, &mut message);
        }
        texts.extend(message.faults());
        let mut message = Message::new();
        report.write_shared(entry, &mut message);
        texts.extend(message.faults());
    }
    texts
}

#[cfg(test)]
pub(crate) mod tests;
