//! The application as a page shows it.

use std::collections::BTreeMap;

use pepperplug::{Description, PluginManager, SettingsDescription};
use serde::Serialize;

use crate::recorder::Recorder;

/// What does not change while a plugin lives.
#[derive(Debug, Clone)]
pub(crate) struct Overview {
    /// What orders of the page carry.
    pub(crate) token: String,
    /// Whether somebody looks on for us.
    pub(crate) records: bool,
}

/// What was told, by the name of the part.
pub(crate) type Told = BTreeMap<&'static str, String>;

#[derive(Serialize)]
struct Application<'a> {
    token: &'a str,
    records: bool,
    description: Description,
    settings: SettingsDescription,
}

impl Overview {
    /// The parts that are not as they were told, as JSON; the graph as SVG in it.
    pub(crate) fn look(
        &self,
        manager: &PluginManager,
        recorder: &Recorder,
        told: &mut Told,
    ) -> Vec<(&'static str, String)> {
        let application = Application {
            token: &self.token,
            records: self.records,
            description: manager.describe(),
            settings: manager.settings(),
        };
        let parts = [
            ("application", json(&application)),
            ("graph", json(&manager.graph().svg())),
            ("hooks", json(&recorder.hooks())),
            ("stats", json(&manager.get_stats())),
        ];
        let is_new = |(name, text): &(&'static str, String)| told.get(name) != Some(text);
        let new: Vec<_> = parts.into_iter().filter(is_new).collect();
        told.extend(new.iter().cloned());
        new
    }
}

fn json(of: &impl Serialize) -> String {
    // Plain data, with texts for keys.
    serde_json::to_string(of).unwrap_or_default()
}
