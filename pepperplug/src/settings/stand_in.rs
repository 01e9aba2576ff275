//! Gives a type whatever it asks for, in the place of a value that is missing or wrong.
//!
//! serde stops at the first fault. So that one run can tell all of them, what is at fault is replaced by a stand-in and
//! the section is read again. The value that comes out is thrown away.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::access::KeyDeserializer;
use super::de::Log;
use super::fault::Fault;
use super::node::Value;
use super::path::Trail;
use super::wording::{expectation, one_of};

/// A type may hold itself, and then never has enough; no settings nest as deep as this.
const MAX_DEPTH: usize = 16;

/// Texts to give, one after the other where a type refuses them: what settings mostly read from text.
const TEXTS: [&str; 6] = [
    "1",
    "127.0.0.1",
    "127.0.0.1:1",
    "1s",
    "http://localhost/",
    "2000-01-01T00:00:00Z",
];

#[derive(Debug, Clone, Copy)]
pub(super) struct StandIn<'a> {
    text: &'static str,
    trail: Trail<'a>,
    log: &'a Log,
    depth: usize,
}

impl<'a> StandIn<'a> {
    /// A stand-in of which a type has refused so many texts.
    pub(super) fn new(refused: usize, trail: Trail<'a>, log: &'a Log) -> Self {
        Self {
            text: TEXTS.get(refused).copied().unwrap_or_default(),
            trail,
            log,
            depth: 0,
        }
    }

    fn inner(self) -> Result<Self, Fault> {
        match self.depth {
            MAX_DEPTH => Err(serde::de::Error::custom("nested too deeply")),
            depth => Ok(Self {
                depth: depth + 1,
                ..self
            }),
        }
    }

    /// Notes what is expected of the value itself, for the message that it is missing.
    fn note(self, expected: impl FnOnce() -> String) {
        if self.depth == 0 {
            self.log
                .asked
                .borrow_mut()
                .push((self.trail.to_path(), expected()));
        }
    }

    fn note_visitor<'de>(self, visitor: &impl Visitor<'de>) {
        self.note(|| expectation(&(visitor as &dyn Expected).to_string()));
    }
}

macro_rules! give {
    ($($method:ident => $visit:ident($value:expr),)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.note_visitor(&visitor);
            visitor.$visit($value)
        }
    )*};
}

/// What to put in the place of a stand-in of which a type has refused so many texts.
pub(super) fn after(refused: usize) -> Value {
    let next = refused + 1;
    if next < TEXTS.len() {
        Value::StandIn(next)
    } else {
        // Perhaps the type can do without the value.
        Value::Gone
    }
}

impl<'de> Deserializer<'de> for StandIn<'_> {
    type Error = Fault;

    // One rather than zero: what types refuse is mostly the empty value.
    give! {
        deserialize_bool => visit_bool(false),
        deserialize_i8 => visit_i64(1),
        deserialize_i16 => visit_i64(1),
        deserialize_i32 => visit_i64(1),
        deserialize_i64 => visit_i64(1),
        deserialize_i128 => visit_i64(1),
        deserialize_u8 => visit_u64(1),
        deserialize_u16 => visit_u64(1),
        deserialize_u32 => visit_u64(1),
        deserialize_u64 => visit_u64(1),
        deserialize_u128 => visit_u64(1),
        deserialize_f32 => visit_f64(1.0),
        deserialize_f64 => visit_f64(1.0),
        deserialize_char => visit_char('1'),
        deserialize_bytes => visit_bytes(b"1"),
        deserialize_byte_buf => visit_bytes(b"1"),
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.note_visitor(&visitor);
        visitor.visit_str(self.text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str("1")
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_none()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_tuple(0, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.note_visitor(&visitor);
        visitor.visit_seq(Items {
            left: length,
            item: self.inner()?,
        })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.note_visitor(&visitor);
        visitor.visit_map(Fields {
            left: fields.iter(),
            value: self.inner()?,
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.note(|| one_of(variants));
        visitor.visit_enum(Variant {
            name: variants.first().copied().unwrap_or_default(),
            value: self.inner()?,
        })
    }
}

/// The elements of a tuple.
struct Items<'a> {
    left: usize,
    item: StandIn<'a>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(self.item).map(Some)
    }
}

/// The fields of a struct, all of them.
struct Fields<'a> {
    left: core::slice::Iter<'static, &'static str>,
    value: StandIn<'a>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.left
            .next()
            .map(|key| seed.deserialize(KeyDeserializer(key)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        seed.deserialize(self.value)
    }
}

/// The first variant of an enum.
struct Variant<'a> {
    name: &'static str,
    value: StandIn<'a>,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        Ok((seed.deserialize(KeyDeserializer(self.name))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.value)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.value.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.value.deserialize_struct("", fields, visitor)
    }
}
