//! An application whose plugins fit together. Its settings are the file that `SETTINGS` names.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::process::ExitCode;

use clap::Parser;
use pepperplug::cli::PluginsCommand;
use pepperplug::prelude::*;

#[derive(Parser)]
#[command(name = "application")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Plugins(PluginsCommand),
}

#[event("user.login")]
pub struct UserLogin;

#[service("store")]
pub trait Store: Send + Sync {}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheSettings {
    #[serde(default = "size")]
    pub size: u32,
}

fn size() -> u32 {
    16
}

#[plugin(name = "cache", version = "1.2.0", provides(dyn Store))]
pub struct Cache {
    #[inject(settings)]
    settings: CacheSettings,
}

impl Store for Cache {}

#[plugin]
impl Cache {
    async fn initialize(&mut self) -> Result<(), String> {
        match self.settings.size {
            0 => Err("there is no room".to_owned()),
            _ => Ok(()),
        }
    }
}

#[plugin(name = "mailer", version = "0.3.0", optional)]
pub struct Mailer {
    #[inject]
    _store: Option<Arc<dyn Store>>,
    #[inject(settings)]
    settings: MailerSettings,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct MailerSettings {
    server: String,
}

#[plugin]
impl Mailer {
    async fn initialize(&mut self) -> Result<(), String> {
        match self.settings.server.as_str() {
            "down" => Err("the server does not answer".to_owned()),
            _ => Ok(()),
        }
    }

    #[hook("user.login", timeout = "5s")]
    async fn greet(&self, _login: &UserLogin) {}
}

#[plugin(name = "stray", version = "0.1.0")]
pub struct Stray;

static PLUGINS: PluginSet = plugins![
    Cache,
    Mailer,
    #[cfg(any())]
    audit::Audit,
];

#[tokio::main]
async fn main() -> Result<ExitCode, pepperplug::Error> {
    let Command::Plugins(command) = Cli::parse().command;
    let mut builder = PluginManager::builder().plugins(&PLUGINS);
    if let Some(file) = std::env::var_os("SETTINGS") {
        builder = builder.settings(Settings::file(file)?);
    }
    Ok(command.run(builder).await)
}
