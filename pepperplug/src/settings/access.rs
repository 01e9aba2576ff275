//! What a type goes through while it reads a node: the entries of a table, the elements of an array, keys.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::de::{KnownKeys, Log, NodeDeserializer};
use super::fault::Fault;
use super::node::{Entry, Node};
use super::path::Trail;

/// A table that is being read.
pub(super) struct Table<'a> {
    entries: std::vec::IntoIter<&'a Entry>,
    value: Option<&'a Entry>,
    known: KnownKeys,
    trail: Trail<'a>,
    log: &'a Log,
}

impl<'a> Table<'a> {
    pub(super) fn new(
        entries: &'a [Entry],
        known: KnownKeys,
        trail: Trail<'a>,
        log: &'a Log,
    ) -> Self {
        let mut entries: Vec<_> = entries
            .iter()
            .filter(|entry| !entry.node.is_gone())
            .collect();
        // What was repaired comes last. A type may still refuse a stand-in, and by then it has seen everything else.
        entries.sort_by_key(|entry| entry.node.is_repaired());
        Self {
            entries: entries.into_iter(),
            value: None,
            known,
            trail,
            log,
        }
    }
}

impl<'de> MapAccess<'de> for Table<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some(entry) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(entry);
        let trail = Trail::Key {
            parent: &self.trail,
            key: &entry.key,
        };
        let name = self.known.and_then(|known| entry.name_among(known));
        let key = seed.deserialize(KeyDeserializer(name.unwrap_or(&entry.key)));
        key.map(Some).map_err(|fault| fault.at_key(trail))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some(entry) = self.value.take() else {
            return Err(serde::de::Error::custom("a value was read before its key"));
        };
        let trail = Trail::Key {
            parent: &self.trail,
            key: &entry.key,
        };
        let value = NodeDeserializer::new(&entry.node, trail, self.log).beside(self.known);
        // Also what is wrong outside of the value's own reading, in `deserialize_with` say, is wrong with this value.
        seed.deserialize(value).map_err(|fault| fault.at(trail))
    }
}

/// An array that is being read.
pub(super) struct Array<'a> {
    items: core::iter::Enumerate<core::slice::Iter<'a, Node>>,
    trail: Trail<'a>,
    log: &'a Log,
}

impl<'a> Array<'a> {
    pub(super) fn new(items: &'a [Node], trail: Trail<'a>, log: &'a Log) -> Self {
        Self {
            items: items.iter().enumerate(),
            trail,
            log,
        }
    }

    /// The number of elements that were not read.
    pub(super) fn left(&self) -> usize {
        self.items.len()
    }
}

impl<'de> SeqAccess<'de> for Array<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some((index, node)) = self.items.by_ref().find(|(_, node)| !node.is_gone()) else {
            return Ok(None);
        };
        let trail = Trail::Index {
            parent: &self.trail,
            index,
        };
        let value = seed.deserialize(NodeDeserializer::new(node, trail, self.log));
        value.map(Some).map_err(|fault| fault.at(trail))
    }
}

/// A key to be read, or a word that names a variant.
pub(super) struct KeyDeserializer<'a>(pub(super) &'a str);

/// Maps may have numbers for keys, which TOML writes as text.
macro_rules! parsed {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.0.parse() {
                Ok(integer) => visit_integer(integer, visitor),
                Err(_) => visitor.visit_str(self.0),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for KeyDeserializer<'_> {
    type Error = Fault;

    parsed! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.parse() {
            Ok(boolean) => visitor.visit_bool(boolean),
            Err(_) => visitor.visit_str(self.0),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let word: StrDeserializer<'_, Fault> = self.0.into_deserializer();
        visitor.visit_enum(word)
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

pub(super) fn visit_integer<'de, V: Visitor<'de>>(
    integer: i128,
    visitor: V,
) -> Result<V::Value, Fault> {
    if let Ok(integer) = i64::try_from(integer) {
        visitor.visit_i64(integer)
    } else if let Ok(integer) = u64::try_from(integer) {
        visitor.visit_u64(integer)
    } else {
        visitor.visit_i128(integer)
    }
}
