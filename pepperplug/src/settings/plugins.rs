//! The section `[plugins]`: which plugins are part of the application.

use super::Settings;
use super::node::{Entry, Node};
use super::path::KeyPath;
use super::place::SettingsPlace;
use super::problem::{Code, SettingsError, SettingsProblem};
use super::section::{Section, find, inside, section_key};
use crate::suggest::nearest;

/// Its name. A plugin whose section has the same name has it instead.
pub(crate) const PLUGINS: &str = "plugins";

/// What the settings say of whether a plugin is part of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PluginSwitch {
    pub(crate) plugin: String,
    pub(crate) enabled: bool,
    /// Where they say so.
    pub(crate) place: SettingsPlace,
}

/// What can be said of a plugin.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Switch {
    enabled: Option<bool>,
}

/// Reads the section. `names` are those of all plugins that there are, and `is_off` says of any other name whether a plugin of
/// another build has it.
///
/// # Errors
/// Everything that is wrong with it, names that no plugin has included.
pub(crate) fn read_plugins(
    settings: &Settings,
    names: &[&str],
    is_off: impl Fn(&str) -> bool,
) -> Result<Vec<PluginSwitch>, SettingsError> {
    let Some(entry) = settings.root().entry(PLUGINS) else {
        return Ok(Vec::new());
    };
    let mut switches = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        let Some(node) = find(&entry.node, name, names) else {
            continue;
        };
        let place = node.entry("enabled").map(|entry| entry.origin.place());
        let section = format!("{PLUGINS}.{name}");
        let of_plugin = Section::new(settings, None, &section, Some(node));
        match (of_plugin.read::<Switch>(), place) {
            (
                Ok(Switch {
                    enabled: Some(enabled),
                }),
                Some(place),
            ) => switches.push(PluginSwitch {
                plugin: (*name).to_owned(),
                enabled,
                place,
            }),
            (Ok(_), _) => {}
            (Err(found), _) => problems.extend(found),
        }
    }
    let mut unknown = Unknown {
        names,
        is_off: &is_off,
        problems: &mut problems,
    };
    unknown.find(&entry.node, &KeyPath::default(), "");
    if problems.is_empty() {
        Ok(switches)
    } else {
        Err(SettingsError::new(problems))
    }
}

/// Finds names that no plugin has.
struct Unknown<'a> {
    names: &'a [&'a str],
    is_off: &'a dyn Fn(&str) -> bool,
    problems: &'a mut Vec<SettingsProblem>,
}

impl Unknown<'_> {
    /// Looks through the table `node` at `path`, the beginning `outer` of the names of some plugins.
    fn find(&mut self, node: &Node, path: &KeyPath, outer: &str) {
        for entry in node.entries() {
            let path = path.key(&entry.key);
            let key = section_key(entry, outer, self.names);
            let name = match outer {
                "" => key.to_owned(),
                outer => format!("{outer}.{key}"),
            };
            let holds_others = || {
                self.names
                    .iter()
                    .any(|other| inside(other, &name).is_some())
            };
            if self.names.contains(&name.as_str()) || (self.is_off)(&name) {
                continue;
            } else if entry.is_table() && holds_others() {
                self.find(&entry.node, &path, &name);
            } else {
                let problem = self.problem(entry, &path, &name);
                self.problems.push(problem);
            }
        }
    }

    fn problem(&self, entry: &Entry, path: &KeyPath, name: &str) -> SettingsProblem {
        let text = match nearest(name, self.names.iter().copied()) {
            Some(meant) => format!("there is no plugin of this name; did you mean `{meant}`?"),
            None => "there is no plugin of this name; its section is named after the plugin: `[plugins.auth]`".to_owned(),
        };
        SettingsProblem {
            place: entry.origin.place(),
            order: entry.origin.source.order,
            section: Some(PLUGINS.to_owned()),
            plugin: None,
            key: Some(path.to_string()),
            code: Code::UnknownKey,
            text,
        }
    }
}
