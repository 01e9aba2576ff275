//! The settings in force, as data.

use core::fmt;
use std::collections::BTreeSet;

use serde::Serialize;

use super::hooks::HOOKS;
use super::node::{Node, Text, Value};
use super::path::KeyPath;
use super::place::SettingsPlace;
use super::plugins::PLUGINS;
use super::section::{Section, find};
use super::{Settings, SettingsMeta};
use crate::meta::PluginMeta;

/// The settings in force, by section and key, each with where it comes from. Secrets are not shown.
///
/// It prints as a table, and serializes to what tools and pages are made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SettingsDescription {
    /// The sections, by name.
    pub sections: Vec<SectionDescription>,
}

/// A section of the settings in force.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SectionDescription {
    /// Its name.
    pub name: String,
    /// The plugin that reads it; none for those of the library itself, and for what no plugin of this build reads.
    pub plugin: Option<&'static str>,
    /// What is set in it, in the order of the sources.
    pub settings: Vec<SettingDescription>,
}

/// A setting in force.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SettingDescription {
    /// The key in its section, such as `jwt.issuer`.
    pub key: String,
    /// The value, as far as it is shown. A secret is not, nor a value of which nobody can say whether it is one, since no plugin
    /// of this build reads it.
    pub value: Option<serde_json::Value>,
    /// Where it comes from.
    pub place: SettingsPlace,
}

impl fmt::Display for SettingsDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, section) in self.sections.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "\n" })?;
            section.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for SectionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[{}]", self.name)?;
        let lines: Vec<String> = self.settings.iter().map(line).collect();
        let width = lines.iter().map(|line| line.chars().count()).max();
        let width = width.unwrap_or_default();
        for (line, setting) in lines.iter().zip(&self.settings) {
            writeln!(f, "  {line:width$}  {}", setting.place)?;
        }
        Ok(())
    }
}

fn line(setting: &SettingDescription) -> String {
    let key = &setting.key;
    match &setting.value {
        Some(value) => format!("{key} = {value}"),
        None => format!("{key} = (not shown)"),
    }
}

/// What of a section is not to be shown.
enum Hidden {
    /// Nobody knows what in it is a secret.
    All,
    These(BTreeSet<KeyPath>),
}

impl Hidden {
    fn has(&self, path: &KeyPath) -> bool {
        match self {
            Self::All => true,
            Self::These(paths) => paths.contains(path),
        }
    }
}

/// Describes `settings`, which the plugins in `wanted` read.
pub(crate) fn describe(
    settings: &Settings,
    wanted: impl Iterator<Item = (&'static PluginMeta, SettingsMeta)>,
) -> SettingsDescription {
    let wanted: Vec<_> = wanted.collect();
    let mut claimed: Vec<&str> = wanted.iter().map(|(plugin, _)| plugin.section()).collect();
    let mut sections = Vec::new();
    let own = [HOOKS, PLUGINS];
    let own: Vec<&str> = own
        .into_iter()
        .filter(|name| !claimed.contains(name))
        .collect();
    claimed.extend(&own);
    for (plugin, meta) in &wanted {
        let name = plugin.section();
        let Some(node) = find(settings.root(), name, &claimed) else {
            continue;
        };
        // What its type takes for a secret shows only when it is read.
        let section = Section::new(settings, Some(plugin.name()), name, Some(node.clone()));
        let hidden = match (meta.parse)(&section) {
            Ok(_) => Hidden::These(section.secrets()),
            Err(_) => Hidden::All,
        };
        sections.push(section_of(name, Some(plugin.name()), &node, &hidden));
    }
    for name in own {
        if let Some(node) = find(settings.root(), name, &[]) {
            let hidden = Hidden::These(BTreeSet::new());
            sections.push(section_of(name, None, &node, &hidden));
        }
    }
    let mut rest = settings.root().clone();
    for name in &claimed {
        let whole = rest.remove(&[name]);
        if whole.is_none() {
            rest.remove(&name.split('.').collect::<Vec<_>>());
        }
    }
    for entry in rest.entries() {
        if !entry.node.entries().is_empty() {
            let section = section_of(&entry.key, None, &entry.node, &Hidden::All);
            sections.push(section);
        }
    }
    sections.sort_by(|a, b| a.name.cmp(&b.name));
    SettingsDescription { sections }
}

fn section_of(
    name: &str,
    plugin: Option<&'static str>,
    node: &Node,
    hidden: &Hidden,
) -> SectionDescription {
    let mut settings = Vec::new();
    leaves(node, &KeyPath::default(), hidden, &mut settings);
    SectionDescription {
        name: name.to_owned(),
        plugin,
        settings,
    }
}

/// Everything below the table `node` that is no table itself.
fn leaves(node: &Node, path: &KeyPath, hidden: &Hidden, to: &mut Vec<SettingDescription>) {
    for entry in node.entries() {
        let path = path.key(&entry.key);
        // A secret may be a table; a text that is a table is told as it was given.
        let is_inner = matches!(&entry.node.value, Value::Table(inner) if !inner.is_empty());
        let is_hidden = hidden.has(&path);
        if is_inner && (!is_hidden || matches!(hidden, Hidden::All)) {
            leaves(&entry.node, &path, hidden, to);
        } else {
            to.push(SettingDescription {
                key: path.to_string(),
                value: (!is_hidden).then(|| json(&entry.node, &path, hidden)),
                place: entry.origin.place(),
            });
        }
    }
}

/// A value as JSON, with a word in place of the secrets in it.
fn json(node: &Node, path: &KeyPath, hidden: &Hidden) -> serde_json::Value {
    use serde_json::Value as Json;

    if hidden.has(path) {
        return Json::String("(not shown)".to_owned());
    }
    match node.shape() {
        Value::String(text) | Value::Text(Text { raw: text, .. }) => text.as_str().into(),
        Value::Integer(integer) => {
            serde_json::to_value(integer).unwrap_or_else(|_| Json::String(integer.to_string()))
        }
        Value::Float(float) if float.is_finite() => (*float).into(),
        Value::Float(_) => node.describe().into(),
        Value::Boolean(boolean) => (*boolean).into(),
        Value::Datetime(datetime) => datetime.to_string().into(),
        Value::Array(items) => {
            let item = |(at, item): (usize, &Node)| json(item, &path.index(at), hidden);
            items.iter().enumerate().map(item).collect()
        }
        Value::Table(entries) => {
            let member = |entry: &super::node::Entry| {
                let value = json(&entry.node, &path.key(&entry.key), hidden);
                (entry.key.clone(), value)
            };
            entries.iter().map(member).collect()
        }
        Value::Null | Value::StandIn(_) | Value::Gone => Json::Null,
    }
}
