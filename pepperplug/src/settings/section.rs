//! One plugin's part of the settings, and all of them together.

use core::cell::RefCell;
use core::fmt;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::collect::{Finding, Issue, collect};
use super::de::{Log, NodeDeserializer};
use super::hooks::HOOKS;
use super::node::{Entry, Node, Value};
use super::path::KeyPath;
use super::plugins::PLUGINS;
use super::problem::{Code, SettingsError, SettingsProblem};
use super::source::Origin;
use super::wording::instead;
use super::{Settings, SettingsMeta, environment, hidden};
use crate::meta::PluginMeta;
use crate::plugin::AnySettings;
use crate::suggest::nearest;

/// Reads a section as one type, which the caller finds again in the `Any`.
pub(crate) type ParseFn =
    for<'a, 'b> fn(&'a Section<'b>) -> Result<AnySettings, Vec<SettingsProblem>>;

/// The settings of one plugin, not read yet.
pub(crate) struct Section<'a> {
    settings: &'a Settings,
    /// None where no plugin reads it.
    plugin: Option<&'static str>,
    name: &'a str,
    /// None where the settings have no such section.
    pub(super) node: Option<Cow<'a, Node>>,
    /// What was found to be a secret when it was last read.
    secrets: RefCell<BTreeSet<KeyPath>>,
}

impl<'a> Section<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        plugin: Option<&'static str>,
        name: &'a str,
        node: Option<Cow<'a, Node>>,
    ) -> Self {
        Self {
            settings,
            plugin,
            name,
            node,
            secrets: RefCell::default(),
        }
    }

    /// Reads the section as a `T`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the section. A section that is not there is read as if it were empty.
    pub(crate) fn parse<T: DeserializeOwned + Send + 'static>(
        section: &Section<'_>,
    ) -> Result<AnySettings, Vec<SettingsProblem>> {
        match section.read::<T>() {
            Ok(settings) => Ok(Box::new(settings)),
            Err(problems) => Err(problems),
        }
    }

    /// As [`parse`](Self::parse), with a type that is known.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<SettingsProblem>> {
        self.read_as(true)
    }

    /// As [`read`](Self::read); what the type does not have is not looked at.
    pub(super) fn read_some<T: DeserializeOwned>(&self) -> Result<T, Vec<SettingsProblem>> {
        self.read_as(false)
    }

    fn read_as<T: DeserializeOwned>(&self, is_strict: bool) -> Result<T, Vec<SettingsProblem>> {
        let absent = Node::empty();
        let node = self.node.as_deref().unwrap_or(&absent);
        let mut value = None;
        let findings = collect(node, is_strict, &mut |node, log| {
            let root = NodeDeserializer::root(node, self.node.is_none(), log);
            hidden::take_unannounced();
            value = Some(T::deserialize(root)?);
            self.note_secrets(log);
            Ok(())
        });
        match (findings, value) {
            (Ok(()), Some(value)) => Ok(value),
            (Ok(()), None) => Err(Vec::new()),
            (Err(findings), _) => {
                let problem = |finding| self.problem(finding);
                Err(findings.into_iter().map(problem).collect())
            }
        }
    }

    fn note_secrets(&self, log: &Log) {
        let mut secrets: BTreeSet<KeyPath> = log.secrets.take().into_iter().collect();
        if hidden::take_unannounced() {
            // One of them is a secret.
            secrets.extend(log.unknowing.take());
        }
        self.secrets.replace(secrets);
    }

    /// Whether what stands at `path` is secret, or part of what is, once the section has been read.
    #[cfg(feature = "garde")]
    pub(super) fn is_secret(&self, path: &KeyPath) -> bool {
        let secrets = self.secrets.borrow();
        secrets
            .iter()
            .any(|secret| path.steps().starts_with(secret.steps()))
    }

    /// What of it is secret, once it has been read.
    pub(super) fn secrets(&self) -> BTreeSet<KeyPath> {
        self.secrets.take()
    }

    pub(super) fn problem(&self, finding: Finding) -> SettingsProblem {
        let path = &finding.place.path;
        let key = (!path.is_root()).then(|| path.to_string());
        let (code, origin) = match (&finding.issue, path.parent()) {
            // What is not there has no place; its table has one, where it is a table of a file.
            (Issue::Missing { .. }, Some(table)) => {
                let table = self.origin(&table, false);
                (
                    Code::MissingKey,
                    table.filter(|table| table.source.is_text()),
                )
            }
            (Issue::Missing { .. }, None) => (Code::MissingKey, None),
            (Issue::Unknown { .. }, _) => (Code::UnknownKey, self.origin(path, true)),
            (Issue::Wrong(_), _) => (Code::WrongValue, self.origin(path, finding.place.on_key)),
        };
        let text = match finding.issue {
            Issue::Wrong(text) => text,
            Issue::Unknown { known } => unknown(path.last_key().unwrap_or_default(), known, origin),
            Issue::Missing { expected } => self.missing(expected.as_deref(), origin.is_none()),
        };
        let (place, order) = match origin {
            Some(origin) => (origin.place(), origin.source.order),
            None => self
                .settings
                .home(self.name, key.as_deref().unwrap_or_default()),
        };
        SettingsProblem {
            place,
            order,
            section: Some(self.name.to_owned()),
            plugin: self.plugin,
            key,
            code,
            text,
        }
    }

    fn missing(&self, expected: Option<&str>, has_no_table: bool) -> String {
        let mut text = "missing".to_owned();
        if let Some(expected) = expected {
            text.push_str("; expected ");
            text.push_str(expected);
        }
        if has_no_table {
            text.push_str(&format!("; add the section `[{}]`", self.name));
            if let Some(plugin) = self.plugin.filter(|plugin| *plugin != self.name) {
                text.push_str(&format!(" for plugin `{plugin}`"));
            }
        }
        text
    }

    fn origin(&self, path: &KeyPath, on_key: bool) -> Option<&Origin> {
        let node = self.node.as_deref()?;
        if on_key {
            node.key_origin(path)
        } else {
            node.get(path).map(|node| &node.origin)
        }
    }
}

fn unknown(key: &str, known: &[&str], origin: Option<&Origin>) -> String {
    let variable = origin.and_then(|origin| {
        let name = nearest(key, known.iter().copied())?;
        environment::meant(&origin.source, key, name)
    });
    match variable {
        Some(variable) => format!("no such key; did you mean `{variable}`?"),
        None => format!("no such key{}", instead(key, known)),
    }
}

impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the values, of which some are passwords.
        f.debug_struct("Section")
            .field("plugin", &self.plugin)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Reads a section that is no plugin's.
pub(super) fn read_one(
    settings: &Settings,
    name: &str,
    parse: ParseFn,
) -> Result<AnySettings, Vec<SettingsProblem>> {
    let node = find(settings.root(), name, &[name]);
    parse(&Section::new(settings, None, name, node))
}

/// A plugin's wish for its section.
pub(super) struct Wish<'a> {
    pub(super) node: usize,
    pub(super) plugin: &'static str,
    pub(super) section: &'a str,
    pub(super) parse: ParseFn,
}

/// Reads the section of every plugin in `wanted`, which comes with the plugin's node in the graph.
///
/// `is_off` says of a section that none of them reads whether a plugin that is switched off would.
///
/// # Errors
///
/// Every problem of every section, and every section that nobody reads.
pub(crate) fn read_all(
    settings: &Settings,
    wanted: impl Iterator<Item = (usize, &'static PluginMeta, SettingsMeta)>,
    is_off: impl Fn(&str) -> bool,
) -> Result<Vec<(usize, AnySettings)>, SettingsError> {
    let wishes = wanted.map(|(node, plugin, settings)| Wish {
        node,
        plugin: plugin.name(),
        section: plugin.section(),
        parse: settings.parse,
    });
    read_wishes(settings, &wishes.collect::<Vec<_>>(), &is_off)
}

pub(super) fn read_wishes(
    settings: &Settings,
    wishes: &[Wish<'_>],
    is_off: &dyn Fn(&str) -> bool,
) -> Result<Vec<(usize, AnySettings)>, SettingsError> {
    let mut claimed: Vec<&str> = wishes.iter().map(|wish| wish.section).collect();
    // Where no plugin has these sections, they are read for all of them.
    claimed.extend([HOOKS, PLUGINS]);
    claimed.sort_unstable();
    claimed.dedup();

    let mut values = Vec::with_capacity(wishes.len());
    let mut problems = Vec::new();
    for wish in wishes {
        let node = find(settings.root(), wish.section, &claimed);
        let section = Section::new(settings, Some(wish.plugin), wish.section, node);
        match (wish.parse)(&section) {
            Ok(value) => values.push((wish.node, value)),
            Err(found) => problems.extend(found),
        }
    }
    let mut unclaimed = Unclaimed {
        claimed: &claimed,
        is_off,
        problems: &mut problems,
    };
    unclaimed.find(settings.root(), &KeyPath::default(), "");
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(SettingsError::new(problems))
    }
}

/// The section `name`. A name with dots is a section in a section, unless it is in quotes.
pub(super) fn find<'a>(root: &'a Node, name: &str, claimed: &[&str]) -> Option<Cow<'a, Node>> {
    let nested = || {
        let (outer, last) = name.rsplit_once('.')?;
        let table = outer
            .split('.')
            .try_fold(root, |node, key| Some(&node.entry(key)?.node))?;
        table.entry(last)
    };
    let entry = root.entry(name).or_else(nested)?;
    if matches!(entry.node.value, Value::Null) {
        return None;
    }
    let mut node = Cow::Borrowed(&entry.node);
    for inner in claimed.iter().filter_map(|other| inside(other, name)) {
        // It belongs to another plugin.
        node.to_mut().remove(&inner.split('.').collect::<Vec<_>>());
    }
    // A table without a header of its own is there only for what is in it.
    (!entry.is_implied() || !node.entries().is_empty()).then_some(node)
}

/// What remains of a section's name inside of the section `outer`.
pub(super) fn inside<'a>(name: &'a str, outer: &str) -> Option<&'a str> {
    if outer.is_empty() {
        return Some(name);
    }
    name.strip_prefix(outer)?.strip_prefix('.')
}

/// The key of `entry` as `names` write it, of which `outer` is the beginning.
pub(super) fn section_key<'e>(entry: &'e Entry, outer: &str, names: &[&'e str]) -> &'e str {
    if !entry.is_loose() {
        return &entry.key;
    }
    let inner = names.iter().filter_map(|name| inside(name, outer));
    let mut keys: Vec<&str> = inner.filter_map(|name| name.split('.').next()).collect();
    keys.sort_unstable();
    keys.dedup();
    entry.name_among(&keys).unwrap_or(&entry.key)
}

/// Finds what belongs to nobody.
struct Unclaimed<'a> {
    claimed: &'a [&'a str],
    is_off: &'a dyn Fn(&str) -> bool,
    problems: &'a mut Vec<SettingsProblem>,
}

impl Unclaimed<'_> {
    /// Looks through the table `node` at `path`, the beginning `outer` of the names of some sections.
    fn find(&mut self, node: &Node, path: &KeyPath, outer: &str) {
        for entry in node.entries() {
            let path = path.key(&entry.key);
            let key = section_key(entry, outer, self.claimed);
            let name = if outer.is_empty() {
                key.to_owned()
            } else {
                format!("{outer}.{key}")
            };
            let holds_claimed = || {
                self.claimed
                    .iter()
                    .any(|other| inside(other, &name).is_some())
            };
            if self.claimed.contains(&name.as_str()) || entry.is_table() && (self.is_off)(&name) {
                continue;
            } else if entry.is_table() && holds_claimed() {
                self.find(&entry.node, &path, &name);
            } else {
                let problem = self.problem(entry, &path, &name);
                self.problems.push(problem);
            }
        }
    }

    fn problem(&self, entry: &Entry, path: &KeyPath, name: &str) -> SettingsProblem {
        // A header stands around its key, a value behind it.
        let (key, value) = (&entry.origin, &entry.node.origin);
        let has_header = Arc::ptr_eq(&key.source, &value.source) && value.start < key.start;
        let is_section = entry.is_table() || has_header;
        let origin = if has_header { value } else { key };
        let text = match nearest(name, self.claimed.iter().copied()) {
            _ if !is_section => {
                "no plugin reads this key; a setting stands in the section of its plugin".to_owned()
            }
            Some(meant) => format!("no plugin reads this section; did you mean `[{meant}]`?"),
            None => "no plugin reads this section".to_owned(),
        };
        SettingsProblem {
            place: origin.place(),
            order: origin.source.order,
            section: is_section.then(|| path.to_string()),
            plugin: None,
            key: (!is_section).then(|| path.to_string()),
            code: Code::UnclaimedSection,
            text,
        }
    }
}
