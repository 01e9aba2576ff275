//! One plugin's part of the settings, and all of them together.

use core::fmt;
use core::ops::Range;
use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::collect::{Finding, Issue, collect};
use super::de::NodeDeserializer;
use super::hooks::HOOKS;
use super::node::{Entry, Node, Value};
use super::path::KeyPath;
use super::problem::{Code, SettingsError, SettingsProblem};
use super::wording::instead;
use super::{Settings, SettingsMeta};
use crate::meta::PluginMeta;
use crate::plugin::AnySettings;
use crate::suggest::nearest;

/// Reads a section as one type, which the caller finds again in the `Any`.
pub(crate) type ParseFn =
    for<'a, 'b> fn(&'a Section<'b>) -> Result<AnySettings, Vec<SettingsProblem>>;

/// The settings of one plugin, not read yet.
pub(crate) struct Section<'a> {
    settings: &'a Settings,
    plugin: &'static str,
    name: &'a str,
    /// None where the settings have no such section.
    pub(super) node: Option<Cow<'a, Node>>,
}

impl<'a> Section<'a> {
    pub(super) fn of_no_plugin(
        settings: &'a Settings,
        name: &'a str,
        node: Option<Cow<'a, Node>>,
    ) -> Self {
        Self {
            settings,
            plugin: "pepperplug",
            name,
            node,
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
        let absent = Node {
            span: 0..0,
            value: Value::Table(Vec::new()),
        };
        let node = section.node.as_deref().unwrap_or(&absent);
        let findings = collect(node, |node, log| {
            let root = NodeDeserializer::root(node, section.node.is_none(), log);
            T::deserialize(root).map(|settings| Box::new(settings) as AnySettings)
        });
        findings.map_err(|findings| {
            findings
                .into_iter()
                .map(|finding| section.problem(finding))
                .collect()
        })
    }

    pub(super) fn problem(&self, finding: Finding) -> SettingsProblem {
        let path = &finding.place.path;
        let (code, text) = match finding.issue {
            Issue::Wrong(text) => (Code::WrongValue, text),
            Issue::Unknown { known } => {
                let instead = instead(path.last_key().unwrap_or_default(), known);
                (Code::UnknownKey, format!("no such key{instead}"))
            }
            Issue::Missing { ref expected } => {
                (Code::MissingKey, self.missing(expected.as_deref()))
            }
        };
        let span = match (code, path.parent()) {
            // What is not there has no place; its table has one.
            (Code::MissingKey, Some(table)) => self.span_of(&table, false),
            _ => self.span_of(path, finding.place.on_key),
        };
        SettingsProblem {
            file: self.settings.source().name().to_owned(),
            position: span.map(|span| self.settings.source().position(span.start)),
            section: Some(self.name.to_owned()),
            plugin: Some(self.plugin),
            key: (!path.is_root()).then(|| path.to_string()),
            code,
            text,
        }
    }

    fn missing(&self, expected: Option<&str>) -> String {
        let mut text = "missing".to_owned();
        if let Some(expected) = expected {
            text.push_str("; expected ");
            text.push_str(expected);
        }
        if self.node.is_none() {
            text.push_str(&format!("; add the section `[{}]`", self.name));
            if self.name != self.plugin {
                text.push_str(&format!(" for plugin `{}`", self.plugin));
            }
        }
        text
    }

    fn span_of(&self, path: &KeyPath, on_key: bool) -> Option<Range<usize>> {
        let node = self.node.as_deref()?;
        if on_key {
            node.key_span(path)
        } else {
            node.get(path).map(|node| node.span.clone())
        }
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
    parse(&Section::of_no_plugin(settings, name, node))
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
    // Where no plugin has that section, it is read for all of them.
    claimed.push(HOOKS);
    claimed.sort_unstable();
    claimed.dedup();

    let mut values = Vec::with_capacity(wishes.len());
    let mut problems = Vec::new();
    for wish in wishes {
        let section = Section {
            settings,
            plugin: wish.plugin,
            name: wish.section,
            node: find(settings.root(), wish.section, &claimed),
        };
        match (wish.parse)(&section) {
            Ok(value) => values.push((wish.node, value)),
            Err(found) => problems.extend(found),
        }
    }
    let mut unclaimed = Unclaimed {
        settings,
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
fn find<'a>(root: &'a Node, name: &str, claimed: &[&str]) -> Option<Cow<'a, Node>> {
    let nested = || {
        let (outer, last) = name.rsplit_once('.')?;
        let table = outer
            .split('.')
            .try_fold(root, |node, key| Some(&node.entry(key)?.node))?;
        table.entry(last)
    };
    let entry = root.entry(name).or_else(nested)?;
    let mut node = Cow::Borrowed(&entry.node);
    for inner in claimed.iter().filter_map(|other| inside(other, name)) {
        // It belongs to another plugin.
        node.to_mut().remove(&inner.split('.').collect::<Vec<_>>());
    }
    // A table without a header of its own is there only for what is in it.
    let is_implied = entry.is_table() && entry.node.span == entry.span;
    (!is_implied || !node.entries().is_empty()).then_some(node)
}

/// What remains of a section's name inside of the section `outer`.
fn inside<'a>(name: &'a str, outer: &str) -> Option<&'a str> {
    if outer.is_empty() {
        return Some(name);
    }
    name.strip_prefix(outer)?.strip_prefix('.')
}

/// Finds what belongs to nobody.
struct Unclaimed<'a> {
    settings: &'a Settings,
    claimed: &'a [&'a str],
    is_off: &'a dyn Fn(&str) -> bool,
    problems: &'a mut Vec<SettingsProblem>,
}

impl Unclaimed<'_> {
    /// Looks through the table `node` at `path`, the beginning `outer` of the names of some sections.
    fn find(&mut self, node: &Node, path: &KeyPath, outer: &str) {
        for entry in node.entries() {
            let path = path.key(&entry.key);
            let name = if outer.is_empty() {
                entry.key.clone()
            } else {
                format!("{outer}.{}", entry.key)
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
        let source = self.settings.source();
        // A header stands around its key, a value behind it.
        let is_section = entry.is_table() || entry.node.span.start < entry.span.start;
        let start = entry.node.span.start.min(entry.span.start);
        let text = match nearest(name, self.claimed.iter().copied()) {
            _ if !is_section => {
                "no plugin reads this key; a setting stands in the section of its plugin".to_owned()
            }
            Some(meant) => format!("no plugin reads this section; did you mean `[{meant}]`?"),
            None => "no plugin reads this section".to_owned(),
        };
        SettingsProblem {
            file: source.name().to_owned(),
            position: Some(source.position(start)),
            section: is_section.then(|| path.to_string()),
            plugin: None,
            key: (!is_section).then(|| path.to_string()),
            code: Code::UnclaimedSection,
            text,
        }
    }
}
