//! Who the application is and where it runs: the part of the configuration that concerns every
//! plugin.
//!
//! What concerns one plugin only is in that plugin's own section of the settings.

use api::{Health, HealthCheck, HttpRequest, HttpResponse, Identity};
use pepperplug::prelude::*;
use serde::Deserialize;

/// The section `[app]`.
#[derive(Debug, Clone, Deserialize)]
pub struct AppSettings {
    /// The application's name.
    pub name: String,
    /// Where it runs.
    #[serde(default)]
    pub environment: Environment,
    /// The paths that anyone may ask for.
    #[serde(default)]
    pub public: Vec<String>,
}

/// Where the application runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// On a developer's machine.
    #[default]
    Development,
    /// Where others rely on it.
    Production,
}

/// The application-wide configuration.
#[plugin(description = "who the application is", settings = "app")]
#[derive(Debug)]
pub struct ConfigPlugin {
    #[inject(settings)]
    app: AppSettings,
}

impl ConfigPlugin {
    /// The application's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.app.name
    }

    /// Where it runs.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.app.environment
    }
}

#[plugin]
impl ConfigPlugin {
    #[hook("health.check")]
    fn check(&self, _: &HealthCheck) -> Health {
        Health::well(format!("{} in {:?}", self.app.name, self.app.environment))
    }

    /// Only where no other hook knows who it is.
    #[hook("http.request", priority = low)]
    fn let_anyone(&self, request: &HttpRequest) -> Option<Identity> {
        let anyone = || Identity {
            user: "anyone".into(),
            role: "none".into(),
            scheme: "none",
        };
        self.app.public.contains(&request.path).then(anyone)
    }

    /// Last of all, so that no other hook can put its own name there.
    #[hook("http.response", priority = low)]
    fn sign(&self, response: &mut HttpResponse) {
        response.headers.retain(|(name, _)| *name != "server");
        response.headers.push(("server", self.app.name.clone()));
    }
}
