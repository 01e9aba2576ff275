//! What each command does: from a builder to what is printed.

use std::process::ExitCode;

use serde::Serialize;

use super::output::Output;
use super::{Action, PluginsCommand, graph, list};
use crate::introspect::{Description, GraphDrawing, Report};
use crate::lifecycle::PluginState;
use crate::manager::{PluginManager, PluginManagerBuilder};

impl PluginsCommand {
    /// Does what the command says with the application that `builder` is for, and prints it.
    ///
    /// It takes a builder, and not a manager, since wrong wiring and wrong settings are for it to report. The application is
    /// not run; where `--start` is given, its plugins are started and stopped again.
    ///
    /// What is wrong is printed to the standard error: the exit code is 1 then, and nothing but it. A standard output that
    /// nobody reads any more (`plugins list | head -1`) is no fault.
    ///
    /// # Cancel safety
    /// As [`PluginManager::initialize`] and [`PluginManager::shutdown`]: plugins that were started stay so, until the last
    /// handle of their manager is dropped.
    pub async fn run(&self, builder: PluginManagerBuilder) -> ExitCode {
        let mut output = Output::default();
        if let Action::Schema = self.action {
            // Also where the settings are wrong: it is what says how they are to be.
            schema(&builder, &mut output);
            return output.deliver().await;
        }
        match builder.build() {
            Ok(manager) => self.look_at(&manager, &mut output).await,
            Err(error) => output.error(&error),
        }
        output.deliver().await
    }

    async fn look_at(&self, manager: &PluginManager, output: &mut Output) {
        if self.starts() {
            if let Err(error) = manager.initialize().await {
                output.error(&error);
            }
        }
        let description = manager.describe();
        // In any case: what has failed to start is shut down at once, and what has not was asked for.
        if self.starts() {
            if let Err(error) = manager.shutdown().await {
                output.error(&error);
            }
        }
        self.show(description, output);
    }

    fn starts(&self) -> bool {
        match &self.action {
            Action::List { start, .. }
            | Action::Graph { start, .. }
            | Action::Report { start, .. }
            | Action::Check { start } => start.wanted,
            Action::Schema => false,
        }
    }

    fn show(&self, description: Description, output: &mut Output) {
        match &self.action {
            Action::List { states, json, .. } => {
                let description = list::only(description, states);
                if *json {
                    output.print(to_json(&list::AsJson::new(&description)));
                } else {
                    output.print(list::table(&description));
                }
            }
            Action::Graph {
                format,
                output: file,
                ..
            } => {
                let format = graph::format(*format, file.as_deref());
                output.file = file.clone();
                output.print(format.draw(&GraphDrawing::new(description)));
            }
            Action::Report { json: true, .. } => output.print(to_json(&description)),
            Action::Report { json: false, .. } => {
                output.print(format!("{}\n", Report::new(description)));
            }
            Action::Check { .. } => check(&description, self.starts(), output),
            // Shown before.
            Action::Schema => {}
        }
    }
}

fn check(description: &Description, started: bool, output: &mut Output) {
    for plugin in &description.unlisted {
        let (name, path) = (plugin.name, &plugin.path);
        output.note(format!(
            "plugin `{name}` is linked, but not in the list: add `{path}` to `plugins![…]` if it is to be part of the application"
        ));
    }
    for plugin in &description.plugins {
        let failed = matches!(plugin.state, PluginState::Failed | PluginState::Skipped);
        // Of an application that did not start, the error says which plugin failed, and why.
        if let (Some(why), true, false) = (&plugin.reason, failed, output.has_errors()) {
            let (name, state) = (plugin.name, plugin.state);
            output.warn(format!("plugin `{name}` is optional, and {state}: {why}"));
        }
    }
    if output.has_errors() {
        return;
    }
    let (count, fit) = match description.plugins.len() {
        1 => ("1 plugin".to_owned(), "fits"),
        count => (format!("{count} plugins"), "fit"),
    };
    let started = if started {
        "; they were started and stopped"
    } else {
        ""
    };
    output.print(format!(
        "{count} {fit} together, and so do the settings{started}\n"
    ));
}

#[cfg(feature = "schema")]
fn schema(builder: &PluginManagerBuilder, output: &mut Output) {
    output.print(to_json(&builder.settings_schema()));
}

#[cfg(not(feature = "schema"))]
fn schema(_: &PluginManagerBuilder, output: &mut Output) {
    output.error(
        &"this program is built without it: turn on the feature `schema` of pepperplug, as with `cargo add pepperplug --features schema`",
    );
}

fn to_json(value: &impl Serialize) -> String {
    // Data of names, texts and finite numbers: nothing that JSON does not have.
    let json = serde_json::to_string_pretty(value);
    json.map_or_else(|error| error.to_string(), |json| json + "\n")
}
