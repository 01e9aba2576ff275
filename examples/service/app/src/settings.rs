//! Where settings come from.

use std::path::{Path, PathBuf};

use pepperplug::Settings;
use serde_json::json;

use crate::first_start;
use crate::serve::Failure;

/// Where a service has its settings and its data.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) settings: PathBuf,
    pub(crate) data: PathBuf,
}

impl Place {
    /// The settings: what is in the data folder by default, then the secrets of the first start, the operator's file, and the
    /// environment.
    pub(crate) fn read(&self) -> Result<Settings, Failure> {
        std::fs::create_dir_all(&self.data).map_err(|source| Failure::Data {
            folder: self.data.clone(),
            source,
        })?;
        let secrets = first_start::secrets(&self.data)?;
        let mut defaults = json!({
            "audit": { "path": self.data.join("audit.jsonl") },
            "resource_manager": { "resource_dir": self.data.join("resources") },
        });
        // The database plugin asks the environment itself.
        if std::env::var_os("DATABASE_URL").is_none() {
            defaults["database"] = json!({ "url": sqlite(&self.data.join("service.db")) });
        }
        let settings = Settings::builder()
            .defaults(&defaults)
            .file(secrets)
            .optional_file(&self.settings)
            .env("SERVICE")
            .build()?;
        Ok(settings)
    }
}

fn sqlite(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}
