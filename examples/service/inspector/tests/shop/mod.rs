//! A small application to be looked at.

use std::sync::atomic::{AtomicBool, Ordering};

use api::{HttpRequest, Identity, User};
use http_server::HttpPlugin;
use inspector::InspectorPlugin;
use pepperplug::Secret;
use pepperplug::prelude::*;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

#[event("order.placed")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub item: String,
}

#[service("stock")]
pub trait Stock: Send + Sync {}

#[plugin(
    name = "warehouse",
    version = "2.1.0",
    description = "knows what there is",
    provides(dyn Stock)
)]
pub struct Warehouse;

impl Stock for Warehouse {}

#[derive(Debug, Deserialize)]
pub struct MailSettings {
    pub server: String,
    pub password: Secret<String>,
    #[serde(default)]
    pub down: bool,
}

#[plugin(name = "mail", description = "tells customers", optional)]
pub struct Mail {
    #[inject(settings)]
    settings: MailSettings,
}

#[plugin]
impl Mail {
    async fn initialize(&mut self) -> Result<(), String> {
        let MailSettings {
            server, password, ..
        } = &self.settings;
        if self.settings.down || password.expose().is_empty() {
            return Err(format!("{server} does not answer"));
        }
        Ok(())
    }
}

#[plugin(name = "shop", version = "1.2.3", description = "sells things")]
pub struct Shop {
    #[inject]
    _stock: Arc<dyn Stock>,
    #[inject]
    _mail: Option<Arc<Mail>>,
    is_open: AtomicBool,
}

#[plugin]
impl Shop {
    #[hook("order.placed")]
    async fn pack(&self, order: &OrderPlaced) -> Result<(), String> {
        match order.item.as_str() {
            "nothing" => Err("there is nothing to be packed".to_owned()),
            _ => Ok(()),
        }
    }

    #[hook("order.placed", priority = low, on_error = disable, disable_after = 2)]
    fn thank(&self, _: &OrderPlaced) -> Result<(), &'static str> {
        match self.is_open.load(Ordering::Relaxed) {
            true => Ok(()),
            false => Err("there is nobody to say thank you"),
        }
    }
}

impl Shop {
    pub fn open(&self) {
        self.is_open.store(true, Ordering::Relaxed);
    }
}

#[plugin(name = "door", description = "knows who it is by their word")]
pub struct Door;

#[plugin]
impl Door {
    #[hook("http.request")]
    fn knows(&self, request: &HttpRequest) -> Option<Identity> {
        let role = request.authorization.as_deref()?.strip_prefix("Role ")?;
        Some(Identity {
            user: User {
                id: "1".to_owned(),
                name: "ada".to_owned(),
                roles: vec![role.to_owned()],
            },
            scheme: "Role".to_owned(),
            session: None,
        })
    }
}

static PLUGINS: PluginSet = plugins![HttpPlugin, InspectorPlugin, Door, Warehouse, Mail, Shop,];

pub const SETTINGS: &str = "\
[http]
listen = \"127.0.0.1:0\"

[inspector]
refresh = \"50ms\"

[mail]
server = \"mail.example:25\"
password = \"hunter2\"
down = true
";

pub struct Application {
    pub manager: PluginManager,
    pub folder: TempDir,
    pub url: String,
}

impl Application {
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("shop.toml");
        std::fs::write(&file, SETTINGS).expect("a file");
        let builder = PluginManager::builder()
            .plugins(&PLUGINS)
            .settings(Settings::file(&file).expect("settings"));
        let manager = inspector::build(builder).expect("the build proved the wiring");
        manager.initialize().await.expect("it starts");
        let http = manager.get::<HttpPlugin>().expect("it runs");
        let url = format!("http://{}", http.address().expect("it listens"));
        Self {
            manager,
            folder,
            url,
        }
    }

    /// Changes the settings file, and nothing else.
    pub fn change(&self, from: &str, to: &str) {
        assert!(SETTINGS.contains(from), "{from}");
        let file = self.folder.path().join("shop.toml");
        std::fs::write(file, SETTINGS.replace(from, to)).expect("a file");
    }

    /// Whether nobody complained.
    pub async fn order(&self, item: &str) -> bool {
        let item = item.to_owned();
        self.manager.emit(&OrderPlaced { item }).await.is_ok()
    }
}
