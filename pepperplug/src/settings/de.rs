//! Reads a type from a [`Node`] through serde.
//!
//! serde's own tools tell where a fault is, or which keys were ignored, or stop at the first fault. This deserializer
//! knows all of it, the keys that a type has, and how to go on after a fault: where the tree holds a stand-in, it gives
//! the type whatever it asks for.

use core::cell::RefCell;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use toml_datetime::de::DatetimeDeserializer;

use super::access::{Array, Table, visit_integer};
use super::fault::{Fault, Kind};
use super::hidden;
use super::node::{Node, Text, Value};
use super::path::{KeyPath, Trail};
use super::stand_in::StandIn;
use super::variant::{TableVariant, WordVariant};

/// The keys that a type has, where it says so.
pub(super) type KnownKeys = Option<&'static [&'static str]>;

/// What reading a section showed beside its result.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// The keys that the type does not have, and those it has.
    pub(super) unknown: RefCell<Vec<(KeyPath, &'static [&'static str])>>,
    /// What the type expected where it was given a stand-in.
    pub(super) asked: RefCell<Vec<(KeyPath, String)>>,
    /// The values that are secrets.
    pub(super) secrets: RefCell<Vec<KeyPath>>,
    /// The values that were read without knowing what they are for.
    pub(super) unknowing: RefCell<Vec<KeyPath>>,
}

/// A value to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeDeserializer<'a> {
    node: &'a Node,
    trail: Trail<'a>,
    /// The keys that belong beside this value's own.
    known: KnownKeys,
    /// Whether the text does not have this value: it is read as if it were empty.
    is_absent: bool,
    log: &'a Log,
}

impl<'a> NodeDeserializer<'a> {
    pub(super) fn root(node: &'a Node, is_absent: bool, log: &'a Log) -> Self {
        Self {
            is_absent,
            ..Self::new(node, Trail::Root, log)
        }
    }

    pub(super) fn new(node: &'a Node, trail: Trail<'a>, log: &'a Log) -> Self {
        Self {
            node,
            trail,
            known: None,
            is_absent: false,
            log,
        }
    }

    /// As one of the values of a table that may have the keys `known`.
    pub(super) fn beside(self, known: KnownKeys) -> Self {
        Self { known, ..self }
    }

    fn stand_in(self) -> Option<StandIn<'a>> {
        match self.node.value {
            Value::StandIn(refused) => Some(StandIn::new(refused, self.trail, self.log)),
            _ => None,
        }
    }

    fn is_empty_table(self) -> bool {
        matches!(self.node.shape(), Value::Table(entries) if entries.iter().all(|entry| entry.node.is_gone()))
    }

    fn visit_array<'de, V: Visitor<'de>>(
        self,
        items: &'a [Node],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let mut array = Array::new(items, self.trail, self.log);
        let value = visitor.visit_seq(&mut array)?;
        match array.left() {
            0 => Ok(value),
            // A tuple takes what it needs and leaves the rest, which its author did not write to be ignored.
            left => Err(Fault::new(Kind::Length {
                length: items.len(),
                expected: (items.len() - left).to_string(),
            })),
        }
    }

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_with(None, visitor)
    }

    fn visit_with<'de, V: Visitor<'de>>(
        self,
        known: KnownKeys,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let result = match self.node.shape() {
            Value::String(string) | Value::Text(Text { raw: string, .. }) => {
                visitor.visit_str(string)
            }
            Value::Integer(integer) => visit_integer(*integer, visitor),
            Value::Float(float) => visitor.visit_f64(*float),
            Value::Boolean(boolean) => visitor.visit_bool(*boolean),
            Value::Datetime(datetime) => visitor.visit_map(DatetimeDeserializer::new(*datetime)),
            Value::Array(items) => self.visit_array(items, visitor),
            Value::Table(entries) => {
                visitor.visit_map(Table::new(entries, known, self.trail, self.log))
            }
            Value::StandIn(refused) => {
                StandIn::new(*refused, self.trail, self.log).deserialize_any(visitor)
            }
            Value::Null => visitor.visit_unit(),
            Value::Gone => visitor.visit_none(),
        };
        result.map_err(|fault| fault.at(self.trail))
    }

    /// Text; also a date, for the types of other crates that read theirs from text.
    fn visit_text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Datetime(datetime) => visitor
                .visit_string(datetime.to_string())
                .map_err(|fault: Fault| fault.at(self.trail)),
            Value::Text(Text { raw, .. }) => visitor
                .visit_str(raw)
                .map_err(|fault: Fault| fault.at(self.trail)),
            _ => self.visit(visitor),
        }
    }

    /// A boolean; of a text also the numbers that stand for one.
    fn visit_switch<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Text(Text { raw, .. }) if matches!(raw.trim(), "0" | "1") => visitor
                .visit_bool(raw.trim() == "1")
                .map_err(|fault: Fault| fault.at(self.trail)),
            _ => self.visit(visitor),
        }
    }
}

/// Methods in which a stand-in must know what is asked for, and a node goes by what it is.
macro_rules! typed {
    ($visit:ident: $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.stand_in() {
                Some(stand_in) => stand_in.$method(visitor),
                None => self.$visit(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = Fault;

    typed! { visit:
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf deserialize_seq deserialize_map
    }

    typed! { visit_switch: deserialize_bool }

    typed! { visit_text: deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let mut unknowing = self.log.unknowing.borrow_mut();
        unknowing.push(self.trail.to_path());
        drop(unknowing);
        self.visit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let is_none = self.is_absent
            || matches!(
                self.node.value,
                Value::StandIn(_) | Value::Gone | Value::Null
            );
        let result = if is_none {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        };
        result.map_err(|fault| fault.at(self.trail))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.stand_in() {
            Some(stand_in) => stand_in.deserialize_unit(visitor),
            None if self.is_empty_table() => visitor.visit_unit(),
            None => self.visit(visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == hidden::SECRET {
            hidden::announce();
            self.log.secrets.borrow_mut().push(self.trail.to_path());
        }
        visitor
            .visit_newtype_struct(self)
            .map_err(|fault| fault.at(self.trail))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.stand_in() {
            Some(stand_in) => stand_in.deserialize_tuple(length, visitor),
            None => self.visit(visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.stand_in() {
            Some(stand_in) => stand_in.deserialize_struct(name, fields, visitor),
            // Derived types would take the elements for their fields in order, which nobody means in a file of keys.
            None if matches!(self.node.shape(), Value::Array(_)) => {
                let fault = Fault::invalid_type(Unexpected::Seq, &visitor);
                Err(fault.at(self.trail))
            }
            None => self.visit_with(Some(fields), visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if let Some(stand_in) = self.stand_in() {
            return stand_in.deserialize_enum(name, variants, visitor);
        }
        let mut live = self
            .node
            .entries()
            .iter()
            .filter(|entry| !entry.node.is_gone());
        let result = match (self.node.shape(), live.next(), live.next()) {
            (Value::String(word) | Value::Text(Text { raw: word, .. }), ..) => {
                visitor.visit_enum(WordVariant(word))
            }
            (Value::Table(_), Some(entry), None) => {
                let variant = TableVariant::new(entry, variants, self.trail, self.log);
                visitor.visit_enum(variant)
            }
            _ if hidden::is_reading() => Err(Fault::unknown_variant("", variants)),
            _ => Err(Fault::new(Kind::Variant {
                found: self.node.describe(),
                word: None,
                allowed: variants,
            })),
        };
        result.map_err(|fault| fault.at(self.trail))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        // A type may have a field only to ignore it, such as a key of old; then the key is known.
        if let (Some(known), Trail::Key { key, .. }) = (self.known, self.trail) {
            if !known.contains(&key) {
                self.log
                    .unknown
                    .borrow_mut()
                    .push((self.trail.to_path(), known));
            }
        }
        visitor.visit_unit()
    }
}
