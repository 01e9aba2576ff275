//! An application of whatever is linked, whose plugins do not fit together.

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
enum Cli {
    Plugins(PluginsCommand),
}

#[service("store")]
pub trait Store: Send + Sync {}

#[plugin(name = "needy", version = "1.0.0", requires("nowhere"))]
pub struct Needy {
    #[inject]
    _store: Arc<dyn Store>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli::Plugins(command) = Cli::parse();
    command.run(PluginManager::builder()).await
}
