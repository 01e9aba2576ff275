//! What `plugins![…]` makes of its entries.

use crate::meta::MetaRef;

/// One entry of [`plugins![…]`](macro@crate::plugins), whether or not this build has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    path: &'static str,
    cfg: &'static str,
    on: bool,
}

impl Candidate {
    /// The entry written `path`, under the condition `cfg` (empty for none), which holds in this build or not.
    #[must_use]
    pub const fn new(path: &'static str, cfg: &'static str, on: bool) -> Self {
        Self { path, cfg, on }
    }

    /// The path as written.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The condition as written, such as `feature = "redis"`; empty for an entry that is always there.
    #[must_use]
    pub const fn cfg(&self) -> &'static str {
        self.cfg
    }

    /// Whether this build has the entry.
    #[must_use]
    pub const fn on(&self) -> bool {
        self.on
    }

    /// The feature that switches the entry on, where the condition is nothing else.
    #[must_use]
    pub const fn feature(&self) -> Option<&'static str> {
        let text = self.cfg.as_bytes();
        let (opening, closing) = (b"feature = \"", b"\"");
        if text.len() < opening.len() + closing.len() {
            return None;
        }
        let mut i = 0;
        while i < text.len() {
            let fits = if i < opening.len() {
                text[i] == opening[i]
            } else {
                (text[i] == b'"') == (i == text.len() - 1)
            };
            if !fits {
                return None;
            }
            i += 1;
        }
        let (_, quoted) = text.split_at(opening.len());
        let (name, _) = quoted.split_at(quoted.len() - closing.len());
        match core::str::from_utf8(name) {
            Ok(name) => Some(name),
            Err(_) => None,
        }
    }
}

/// The plugins of an application, with their wiring proved by the build. Made by [`plugins![…]`](macro@crate::plugins).
///
/// ```
/// use pepperplug::prelude::*;
///
/// #[plugin]
/// struct Greeter;
///
/// static PLUGINS: PluginSet = plugins![Greeter];
/// assert_eq!(PLUGINS.plugins().len(), 1);
/// assert_eq!(PLUGINS.candidates()[0].path(), "Greeter");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PluginSet {
    metas: &'static [MetaRef],
    candidates: &'static [Candidate],
}

impl PluginSet {
    #[doc(hidden)] // For generated code: only `plugins![…]` proves the wiring.
    #[must_use]
    pub const fn new(metas: &'static [MetaRef], candidates: &'static [Candidate]) -> Self {
        Self { metas, candidates }
    }

    /// The plugins of this build, in the order of the list.
    #[must_use]
    pub const fn plugins(&self) -> &'static [MetaRef] {
        self.metas
    }

    /// All entries of the list, those that this build leaves out included.
    #[must_use]
    pub const fn candidates(&self) -> &'static [Candidate] {
        self.candidates
    }
}
