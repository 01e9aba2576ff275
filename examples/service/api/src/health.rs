//! Whether everyone is well.

use pepperplug::event;
use serde::{Deserialize, Serialize};

/// Is everyone well? Everyone answers: mode `collect`.
#[event("health.check", mode = collect, output = Health, timeout = "2s", parallel)]
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct HealthCheck {}

/// One plugin's answer to [`HealthCheck`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Whether it can do its work.
    pub well: bool,
    /// What it says of itself.
    pub detail: String,
}

impl Health {
    /// It can do its work.
    pub fn well(detail: impl Into<String>) -> Self {
        Self {
            well: true,
            detail: detail.into(),
        }
    }

    /// It cannot.
    pub fn ill(detail: impl Into<String>) -> Self {
        Self {
            well: false,
            detail: detail.into(),
        }
    }
}
