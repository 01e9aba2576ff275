//! Who is called what.

use super::{NodeId, to_u32};
use crate::meta::{Identity, PluginMeta};

/// A table of names by their hash, which the macros computed. Open, at most half full, in one allocation.
#[derive(Debug)]
pub(super) struct Names {
    /// One above the node, so that zero can mean none.
    slots: Box<[u32]>,
    shift: u32,
}

/// The hashes are good but for their upper bits, which a multiplication mixes: 2⁶⁴ divided by the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

impl Names {
    /// `None` where two plugins have one name, or two names one hash: neither can be told apart.
    pub(super) fn of(metas: &[&'static PluginMeta]) -> Option<Self> {
        let bits = (metas.len() * 2)
            .max(2)
            .next_power_of_two()
            .trailing_zeros();
        let mut names = Self {
            slots: vec![0; 1 << bits].into(),
            shift: u64::BITS - bits,
        };
        for (node, meta) in (0..).zip(metas) {
            match names.find(meta.identity.hash, metas) {
                Ok(_) => return None,
                Err(free) => names.slots[free] = to_u32(node + 1),
            }
        }
        Some(names)
    }

    /// The node of that hash, or the place where it would be.
    #[inline]
    fn find(&self, hash: u64, metas: &[&'static PluginMeta]) -> Result<NodeId, usize> {
        let mut at = (hash.wrapping_mul(MIX) >> self.shift) as usize;
        loop {
            let Some(node) = self.slots[at].checked_sub(1) else {
                return Err(at);
            };
            if metas[node as usize].identity.hash == hash {
                return Ok(node);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// The node of that name.
    pub(super) fn get(
        &self,
        name: &str,
        hash: u64,
        metas: &[&'static PluginMeta],
    ) -> Option<NodeId> {
        let node = self.find(hash, metas).ok()?;
        (metas[node as usize].name() == name).then_some(node)
    }

    /// The node of that plugin type.
    #[inline]
    pub(super) fn node_of(
        &self,
        plugin: &Identity,
        metas: &[&'static PluginMeta],
    ) -> Option<NodeId> {
        let node = self.find(plugin.hash, metas).ok()?;
        let found = &metas[node as usize].identity;
        // Nearly always the very same, which spares comparing what they consist of.
        (core::ptr::eq(found, plugin) || found.same_type(plugin)).then_some(node)
    }
}
