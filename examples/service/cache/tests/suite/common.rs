//! Where the tests find a Redis server.

use std::time::Duration;

use api::Cache;
use cache::RedisCache;
use pepperplug::Settings;
use pepperplug::testing::TestManager;

/// The server of `REDIS_URL`, or of the default port, if it answers. If not, that is said on a line of its own, whatever the
/// runner has begun to print.
pub(crate) fn server(test: &str) -> Option<String> {
    let url = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379".to_owned());
    let answers = redis::Client::open(url.as_str())
        .and_then(|client| client.get_connection_with_timeout(Duration::from_secs(2)));
    match answers {
        Ok(_) => Some(url),
        Err(error) => {
            eprintln!("\nskipped {test}: no Redis at {url}: {error}");
            None
        }
    }
}

/// A prefix that no other test uses.
pub(crate) fn prefix(test: &str) -> String {
    format!("test:{}:{test}:", std::process::id())
}

/// With limits that a machine under load does not reach.
pub(crate) fn settings(url: &str, prefix: &str) -> Settings {
    let limits = "connect_timeout = \"20s\"\nresponse_timeout = \"20s\"";
    let text = format!("[cache]\nurl = \"{url}\"\nprefix = '{prefix}'\n{limits}\n");
    Settings::from_toml(&text).expect("it is TOML")
}

pub(crate) async fn started(url: &str, prefix: &str) -> TestManager {
    TestManager::only::<RedisCache>()
        .settings(settings(url, prefix))
        .start()
        .await
}

pub(crate) fn cache(app: &TestManager) -> std::sync::Arc<dyn Cache> {
    app.service::<dyn Cache>().expect("it is there")
}
