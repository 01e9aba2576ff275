//! Sorting plugins by name, in time that grows with their number and no faster.
//!
//! Comparing names pair by pair follows a pointer to each side of each comparison. Here each name is read once: the
//! eight bytes after what all names begin with are a number, and numbers are sorted a byte at a time. Only names that
//! are alike in these bytes are compared.

use crate::meta::PluginMeta;

/// Fewer than this are sorted by comparison: counting bytes costs more.
const FEW: usize = 64;
const KEY: usize = size_of::<u64>();

#[derive(Clone, Copy)]
struct Entry {
    key: u64,
    meta: &'static PluginMeta,
}

/// The plugins, sorted by name.
pub(super) fn sorted(
    plugins: impl ExactSizeIterator<Item = &'static PluginMeta>,
) -> Vec<&'static PluginMeta> {
    let mut metas: Vec<&'static PluginMeta> = plugins.collect();
    if metas.len() < FEW {
        metas.sort_unstable_by_key(|meta| meta.name());
        return metas;
    }
    let common = common_prefix(&metas);
    let mut entries: Vec<Entry> = metas
        .iter()
        .map(|meta| Entry {
            key: key(&meta.name().as_bytes()[common..]),
            meta,
        })
        .collect();
    sort_by_key(&mut entries);
    for alike in entries.chunk_by_mut(|a, b| a.key == b.key) {
        if alike.len() > 1 {
            alike.sort_unstable_by_key(|entry| entry.meta.name());
        }
    }
    for (meta, entry) in metas.iter_mut().zip(&entries) {
        *meta = entry.meta;
    }
    metas
}

/// How many bytes all names begin with.
fn common_prefix(metas: &[&'static PluginMeta]) -> usize {
    let Some((first, rest)) = metas.split_first() else {
        return 0;
    };
    let first = first.name().as_bytes();
    rest.iter().fold(first.len(), |common, meta| {
        let pairs = first[..common].iter().zip(meta.name().as_bytes());
        pairs.take_while(|(a, b)| a == b).count()
    })
}

/// The first bytes as a number that is ordered as they are. One that ends earlier is like one that goes on with zeros.
fn key(name: &[u8]) -> u64 {
    if let Some(first) = name.first_chunk::<KEY>() {
        return u64::from_be_bytes(*first);
    }
    let read = |key, byte: &u8| (key << 8) | u64::from(*byte);
    let key = name.iter().fold(0, read);
    match name.len() {
        0 => 0,
        length => key << (8 * (KEY - length)),
    }
}

/// Counts one byte of the keys after the other, the least significant first, and skips those that are the same in all.
fn sort_by_key(entries: &mut Vec<Entry>) {
    let Some(first) = entries.first().copied() else {
        return;
    };
    let differs = entries
        .iter()
        .fold(0, |differs, entry| differs | (entry.key ^ first.key));
    let mut from = core::mem::take(entries);
    let mut to = vec![first; from.len()];
    for shift in (0..u64::BITS).step_by(8) {
        if (differs >> shift) & 0xff == 0 {
            continue;
        }
        let byte = |entry: &Entry| (entry.key >> shift) as u8 as usize;
        let mut places = [0usize; 256];
        for entry in &from {
            places[byte(entry)] += 1;
        }
        let mut total = 0;
        for place in &mut places {
            total += core::mem::replace(place, total);
        }
        for entry in &from {
            let place = &mut places[byte(entry)];
            to[*place] = *entry;
            *place += 1;
        }
        core::mem::swap(&mut from, &mut to);
    }
    *entries = from;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::tests::declare;
    use crate::graph::tests::sketch::PluginSketch;

    #[test]
    fn a_key_is_ordered_as_the_name_is() {
        let names: [&[u8]; 7] = [b"", b"\0", b"a", b"a0", b"aaaaaaaa", b"aaaaaaaab", b"\xff"];
        let keys: Vec<u64> = names.iter().map(|name| key(name)).collect();
        assert!(keys.is_sorted(), "{keys:x?}");
        assert_eq!(keys[2], u64::from(b'a') << 56);
    }

    /// Names that are much alike: some differ only after more bytes than a key has.
    fn names() -> impl Strategy<Value = Vec<String>> {
        let name = (
            prop_oneof![Just(""), Just("node-"), Just("a-much-longer-")],
            "[abé]{0,11}",
        );
        let name = name.prop_map(|(prefix, rest)| format!("{prefix}{rest}"));
        let common = prop_oneof![Just(""), Just("plugin-")];
        let names = prop::collection::vec(name, 0..4 * FEW);
        let under = |(common, names): (&str, Vec<String>)| {
            names.iter().map(|name| format!("{common}{name}")).collect()
        };
        (common, names).prop_map(under)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_is_the_order_of_the_names(mut names in names()) {
            let sketch: Vec<_> = names.iter().map(|name| PluginSketch::new(name, &[])).collect();
            let declared = declare(&sketch);
            let sorted = sorted(declared.iter().map(|plugin| plugin.get()));
            names.sort_unstable();
            let sorted: Vec<_> = sorted.iter().map(|meta| meta.name()).collect();
            prop_assert_eq!(sorted, names);
        }
    }
}
