//! Reads the variants of enums: a word, or a table of one key.

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};

use super::access::KeyDeserializer;
use super::de::{Log, NodeDeserializer};
use super::fault::{Fault, Kind};
use super::node::Entry;
use super::path::Trail;

/// A word: a variant without a value.
pub(super) struct WordVariant<'a>(pub(super) &'a str);

impl WordVariant<'_> {
    fn needs_value<T>(&self) -> Result<T, Fault> {
        let word = self.0;
        Err(Fault::new(Kind::Refused(format!(
            "`{word}` needs a value: write `{{ {word} = … }}`"
        ))))
    }
}

impl<'de> EnumAccess<'de> for WordVariant<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        Ok((seed.deserialize(KeyDeserializer(self.0))?, self))
    }
}

impl<'de> VariantAccess<'de> for WordVariant<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Fault> {
        self.needs_value()
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Fault> {
        self.needs_value()
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        self.needs_value()
    }
}

/// A table of one key: the variant and its value.
pub(super) struct TableVariant<'a> {
    entry: &'a Entry,
    /// The variant as its type writes it, where that has it.
    name: &'a str,
    parent: Trail<'a>,
    log: &'a Log,
}

impl<'a> TableVariant<'a> {
    pub(super) fn new(
        entry: &'a Entry,
        variants: &[&'static str],
        parent: Trail<'a>,
        log: &'a Log,
    ) -> Self {
        Self {
            entry,
            name: entry.name_among(variants).unwrap_or(&entry.key),
            parent,
            log,
        }
    }

    /// Reads the value, with its place for what is wrong with it.
    fn value<T>(
        &self,
        read: impl FnOnce(NodeDeserializer<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let trail = self.trail();
        read(NodeDeserializer::new(&self.entry.node, trail, self.log))
            .map_err(|fault| fault.at(trail))
    }

    fn trail(&self) -> Trail<'_> {
        Trail::Key {
            parent: &self.parent,
            key: &self.entry.key,
        }
    }
}

impl<'de> EnumAccess<'de> for TableVariant<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let variant = seed.deserialize(KeyDeserializer(self.name));
        let variant = variant.map_err(|fault| fault.at_key(self.trail()))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for TableVariant<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        let word = &self.entry.key;
        let takes_none = |_| {
            Fault::new(Kind::Refused(format!(
                "`{word}` takes no value: write `{word:?}`"
            )))
        };
        self.value(|value| serde::Deserialize::deserialize(value).map_err(takes_none))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        self.value(|value| seed.deserialize(value))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.value(|value| value.deserialize_tuple(length, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.value(|value| value.deserialize_struct("", fields, visitor))
    }
}
