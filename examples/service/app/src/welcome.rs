//! A plugin that the service can do without.

use std::sync::atomic::{AtomicU64, Ordering};

use api::{Health, HealthCheck, UserRegistered};
use pepperplug::plugin;
use serde::Deserialize;

/// The section `[welcome]`.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WelcomeSettings {
    /// What is said to those who are new.
    greeting: String,
}

impl Default for WelcomeSettings {
    fn default() -> Self {
        Self {
            greeting: "Welcome".to_owned(),
        }
    }
}

/// Welcomes those who are new. Optional: where it cannot start, the service starts without it.
#[plugin(name = "welcome", description = "welcomes those who are new", optional)]
#[derive(Debug)]
pub(crate) struct WelcomePlugin {
    #[inject(settings)]
    settings: WelcomeSettings,
    welcomed: AtomicU64,
}

#[plugin]
impl WelcomePlugin {
    fn initialize(&mut self) -> Result<(), &'static str> {
        match self.settings.greeting.trim() {
            "" => Err("there is nothing to say: `welcome.greeting` is empty"),
            _ => Ok(()),
        }
    }

    #[hook("user.registered", on_error = ignore)]
    fn welcome(&self, registered: &UserRegistered) {
        self.welcomed.fetch_add(1, Ordering::Relaxed);
        println!("{}, {}!", self.settings.greeting, registered.user.name);
    }

    #[hook("health.check")]
    fn is_well(&self, _: &HealthCheck) -> Health {
        Health::well(format!(
            "welcomed {}",
            self.welcomed.load(Ordering::Relaxed)
        ))
    }
}
