//! The JSON Schema of all settings of an application.

#[cfg(feature = "secrets")]
use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
#[cfg(feature = "secrets")]
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};
#[cfg(feature = "secrets")]
use zeroize::Zeroize;

#[cfg(feature = "secrets")]
use super::Secret;
use super::SettingsMeta;
use super::hooks::HOOKS;
use super::plugins::PLUGINS;
use crate::inject::Target;
use crate::meta::PluginMeta;

/// The schema of the settings of `plugins`. Where it `is_open`, there may be more in them than this build reads.
pub(crate) fn schema(plugins: &[&PluginMeta], is_open: bool) -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let mut root = Table::default();
    root.add(HOOKS, hooks());
    root.add(PLUGINS, switches(plugins, is_open));
    for plugin in plugins {
        if let Some(settings) = settings_of(plugin) {
            let section = section(plugin, settings, &mut generator);
            root.add(plugin.section(), section);
        }
    }
    let definitions = generator.take_definitions(true);
    let mut schema = root.into_schema(&definitions, is_open);
    schema.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".to_owned(), json!("Settings"));
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), Value::Object(definitions));
    }
    Value::Object(schema)
}

fn settings_of(plugin: &PluginMeta) -> Option<SettingsMeta> {
    plugin
        .injections()
        .iter()
        .find_map(|injection| match injection.edge().target() {
            Target::Settings(settings) => Some(settings),
            _ => None,
        })
}

/// What is known of the section of `plugin`, whatever else may stand in it.
fn section(
    plugin: &PluginMeta,
    settings: SettingsMeta,
    generator: &mut SchemaGenerator,
) -> Map<String, Value> {
    let described = settings.schema.map(|schema| (schema.describe)(generator));
    let mut schema = match described.map(Value::from) {
        Some(Value::Object(schema)) => schema,
        // Of a type that does not describe itself, or takes anything.
        _ => Map::new(),
    };
    if !plugin.describe().is_empty() {
        schema.insert("description".to_owned(), json!(plugin.describe()));
    }
    schema
}

/// A table whose keys are sections, or beginnings of the names of sections.
#[derive(Default)]
struct Table {
    /// Where it is a section itself.
    own: Option<Map<String, Value>>,
    inner: BTreeMap<String, Table>,
}

impl Table {
    /// Adds the section `name`, instead of one that is there by that name.
    fn add(&mut self, name: &str, schema: Map<String, Value>) {
        let table = name.split('.').fold(self, |table, key| {
            table.inner.entry(key.to_owned()).or_default()
        });
        table.own = Some(schema);
    }

    fn into_schema(self, definitions: &Map<String, Value>, is_open: bool) -> Map<String, Value> {
        let is_section = self.own.is_some();
        let mut schema = self.own.unwrap_or_default();
        if !self.inner.is_empty() {
            open(&mut schema, definitions);
        }
        let lists_keys = lists_keys(&schema, definitions, MAX_DEPTH);
        let mut required = Vec::new();
        let mut properties = Map::new();
        for (key, table) in self.inner {
            let inner = table.into_schema(definitions, is_open);
            // A section that is not there is read as if it were empty.
            if is_required(&inner, definitions) {
                required.push(Value::String(key.clone()));
            }
            properties.insert(key, Value::Object(inner));
        }
        extend(&mut schema, "properties", Value::Object(properties));
        extend(&mut schema, "required", Value::Array(required));
        if !is_section {
            schema.insert("type".to_owned(), json!("object"));
        }
        // What no plugin reads is an error, except in what other builds read.
        if lists_keys || (!is_section && !is_open) {
            schema.insert("unevaluatedProperties".to_owned(), json!(false));
        }
        schema
    }
}

/// Puts what a reference stands for in its place, where that allows no other keys: the sections within are others.
fn open(schema: &mut Map<String, Value>, definitions: &Map<String, Value>) {
    let closed =
        |schema: &Map<String, Value>| schema.get("additionalProperties") == Some(&json!(false));
    if let Some(definition) = definition(schema, definitions).filter(|one| closed(one)) {
        schema.remove("$ref");
        for (key, value) in definition {
            schema.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    if closed(schema) {
        schema.remove("additionalProperties");
    }
}

/// How many references are followed. A type may be one of its own forms, so that they do not end.
const MAX_DEPTH: usize = 16;

/// Whether it says which keys there are. All others are then wrong, which serde's types do not say of themselves.
fn lists_keys(schema: &Map<String, Value>, definitions: &Map<String, Value>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let is_no_table = |schema: &Map<String, Value>| {
        let kind = schema.get("type");
        kind.is_some_and(|kind| kind != "object") || schema.contains_key("const")
    };
    let lists = |schema: &Value| {
        let schema = schema.as_object();
        schema.is_some_and(|schema| is_no_table(schema) || lists_keys(schema, definitions, depth))
    };
    let forms = ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| schema.get(*key)?.as_array());
    schema.contains_key("properties")
        || forms.is_some_and(|forms| forms.iter().all(lists))
        || definition(schema, definitions).is_some_and(|one| lists_keys(one, definitions, depth))
}

fn is_required(schema: &Map<String, Value>, definitions: &Map<String, Value>) -> bool {
    let requires = |schema: &Map<String, Value>| schema.contains_key("required");
    requires(schema) || definition(schema, definitions).is_some_and(requires)
}

/// What `schema` refers to, where it does.
fn definition<'a>(
    schema: &Map<String, Value>,
    definitions: &'a Map<String, Value>,
) -> Option<&'a Map<String, Value>> {
    let name = schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
    definitions.get(name)?.as_object()
}

/// Adds `more` to the object or array under `key`.
fn extend(schema: &mut Map<String, Value>, key: &str, more: Value) {
    match (schema.get_mut(key), more) {
        (Some(Value::Object(there)), Value::Object(more)) => there.extend(more),
        (Some(Value::Array(there)), Value::Array(more)) => there.extend(more),
        (_, Value::Object(more)) if more.is_empty() => {}
        (_, Value::Array(more)) if more.is_empty() => {}
        (_, more) => {
            schema.insert(key.to_owned(), more);
        }
    }
}

/// `[hooks."user.login"]`.
fn hooks() -> Map<String, Value> {
    let count = json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
    let duration = json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$" });
    object(json!({
        "description": "Policies for the hooks of an event, by its name or a pattern of names.",
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {
                "timeout": duration,
                "retries": count,
                "backoff": duration,
                "on_error": { "enum": ["fail", "ignore", "disable"] },
                "disable_after": count,
                "disable_within": duration,
            },
            "additionalProperties": false,
        },
    }))
}

/// `[plugins.auth]`.
fn switches(plugins: &[&PluginMeta], is_open: bool) -> Map<String, Value> {
    let switch = json!({
        "type": "object",
        "properties": { "enabled": { "type": "boolean" } },
    });
    let mut switches = Table::default();
    for plugin in plugins {
        switches.add(plugin.name(), object(switch.clone()));
    }
    let mut schema = switches.into_schema(&Map::new(), is_open);
    schema.insert("description".to_owned(), json!("Which plugins run."));
    if is_open {
        schema.insert("additionalProperties".to_owned(), switch);
    }
    schema
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// As what it hides. Editors that know of passwords do not show it.
#[cfg(feature = "secrets")]
impl<T: JsonSchema + Zeroize> JsonSchema for Secret<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Secret_{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = generator.subschema_for::<T>();
        schema.insert("writeOnly".to_owned(), json!(true));
        schema
    }
}
