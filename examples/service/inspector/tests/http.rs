//! What the inspector answers, over real sockets.

#![allow(
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    reason = "plugins that nobody else uses"
)]

mod shop;

use http_server::HttpPlugin;
use inspector::InspectorPlugin;
use pepperplug::prelude::*;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use shop::Application;

async fn ask(app: &Application, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Client::new().request(method, format!("{}{path}", app.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

async fn get(app: &Application, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let response = ask(app, Method::GET, path, headers).await;
    let status = response.status().as_u16();
    (status, response.text().await.expect("text"))
}

async fn post(
    app: &Application,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> (u16, String) {
    let mut request = Client::new().post(format!("{}{path}", app.url)).json(&body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    (status, response.text().await.expect("text"))
}

/// What a page is told.
struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    async fn open(app: &Application) -> Self {
        let response = ask(app, Method::GET, "/_plugins/stream", &[]).await;
        assert_eq!(response.status(), 200);
        let text = String::new();
        Self { response, text }
    }

    /// None once it has ended, in good order.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let line = |name: &str| {
                    let value = event.lines().find_map(|line| line.strip_prefix(name));
                    value.unwrap_or_default().to_owned()
                };
                let (name, data) = (line("event: "), line("data: "));
                self.text = rest.to_owned();
                if !name.is_empty() {
                    return Some((name, serde_json::from_str(&data).expect("JSON")));
                }
                continue;
            }
            let chunk = self.response.chunk().await.expect("no error")?;
            self.text
                .push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }

    /// Reads on to what is looked for.
    async fn find<T>(&mut self, wanted: &str, is: impl Fn(&Value) -> Option<T>) -> T {
        while let Some((name, data)) = self.next().await {
            let found = (name == wanted).then(|| is(&data)).flatten();
            if let Some(found) = found {
                return found;
            }
        }
        panic!("the stream ended before `{wanted}`");
    }

    async fn token(&mut self) -> String {
        let token = |told: &Value| told["token"].as_str().map(str::to_owned);
        self.find("application", token).await
    }

    /// Reads to its end.
    async fn ends(mut self) {
        while self.next().await.is_some() {}
    }
}

fn is_kind(kind: &'static str) -> impl Fn(&Value) -> Option<Value> {
    move |told| (told["kind"] == kind).then(|| told.clone())
}

fn setting(told: &Value, section: &str, key: &str) -> Option<Value> {
    let named = |of: &Value, name: &str, key: &str| {
        let of = of.as_array()?.iter().find(|one| one[name] == key)?;
        Some(of.clone())
    };
    let section = named(&told["settings"]["sections"], "name", section)?;
    named(&section["settings"], "key", key)
}

#[tokio::test]
async fn the_page_and_its_parts() {
    let app = Application::start().await;
    for (path, kind) in [
        ("/_plugins", "text/html; charset=utf-8"),
        ("/_plugins/", "text/html; charset=utf-8"),
        ("/_plugins/inspector.css", "text/css; charset=utf-8"),
        ("/_plugins/inspector.js", "text/javascript; charset=utf-8"),
        ("/_plugins/icon.svg", "image/svg+xml"),
    ] {
        let response = ask(&app, Method::GET, path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
        assert_eq!(header("content-type"), kind);
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
    }
    let (status, graph) = get(&app, "/_plugins/graph.svg", &[]).await;
    assert_eq!(status, 200);
    assert!(graph.contains(r#"data-plugin="warehouse""#), "{graph}");
    assert_eq!(get(&app, "/_plugins/nothing", &[]).await.0, 404);
    // Somebody else's path.
    assert_eq!(get(&app, "/_pluginsx", &[]).await.0, 404);
    let wrong = ask(&app, Method::POST, "/_plugins", &[]).await;
    assert_eq!(
        (wrong.status().as_u16(), &wrong.headers()["allow"]),
        (405, &"GET, HEAD".parse().expect("a value"))
    );
    let wrong = ask(&app, Method::GET, "/_plugins/reload", &[]).await;
    assert_eq!(wrong.status(), 405);
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn who_may_not_see_it_sees_nothing() {
    let app = Application::start().await;
    let from_afar = ("x-forwarded-for", "192.0.2.1");
    let paths = [
        "/_plugins",
        "/_plugins/stream",
        "/_plugins/graph.svg",
        "/_plugins/nothing",
    ];
    for path in paths {
        // The same as where nothing is.
        let nothing =
            format!(r#"{{"title":"Not Found","status":404,"detail":"nothing is at GET {path}"}}"#);
        assert_eq!(get(&app, path, &[from_afar]).await, (404, nothing.clone()));
        let user = [from_afar, ("authorization", "Role user")];
        assert_eq!(get(&app, path, &user).await, (404, nothing));
    }
    let (status, _) = post(&app, "/_plugins/reload", &[from_afar], json!({})).await;
    assert_eq!(status, 404);
    let admin = [from_afar, ("authorization", "Role admin")];
    assert_eq!(get(&app, "/_plugins", &admin).await.0, 200);

    app.change(
        "refresh = \"50ms\"",
        "allow_loopback = false\nrole = \"operator\"",
    );
    app.manager.reload().await.expect("it is well");
    assert_eq!(get(&app, "/_plugins", &[]).await.0, 404);
    assert_eq!(get(&app, "/_plugins", &admin).await.0, 404);
    let operator = [from_afar, ("authorization", "Role operator")];
    assert_eq!(get(&app, "/_plugins", &operator).await.0, 200);

    app.change("refresh = \"50ms\"", "enabled = false");
    app.manager.reload().await.expect("it is well");
    assert_eq!(get(&app, "/_plugins", &operator).await.0, 404);
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn a_page_is_told_what_there_is_and_what_comes() {
    let app = Application::start().await;
    app.order("before").await;
    let mut stream = Stream::open(&app).await;
    let told = stream.find("application", |told| Some(told.clone())).await;
    assert_eq!(told["records"], true);
    let plugins = told["description"]["plugins"].as_array().expect("a list");
    let state = |name: &str| {
        let plugin = plugins.iter().find(|plugin| plugin["name"] == name);
        plugin.expect(name)["state"].clone()
    };
    assert_eq!(
        (state("shop"), state("mail")),
        (json!("ready"), json!("failed"))
    );
    let server = setting(&told, "mail", "server").expect("it is set");
    assert_eq!(
        (&server["value"], &server["place"]["line"]),
        (&json!("mail.example:25"), &json!(8))
    );
    let password = setting(&told, "mail", "password").expect("it is set");
    assert_eq!(password["value"], Value::Null);
    assert!(!told.to_string().contains("hunter2"));
    let graph = stream
        .find("graph", |graph| graph.as_str().map(str::to_owned))
        .await;
    assert!(graph.starts_with("<svg "), "{graph}");

    let is_order = |told: &Value| {
        let is_it = told["event"] == "order.placed" && told["kind"] == "emitted";
        is_it.then(|| told.clone())
    };
    let before = stream.find("record", is_order).await;
    assert_eq!(
        (&before["kind"], &before["data"]),
        (&json!("emitted"), &Value::Null)
    );
    app.order("nothing").await;
    let emitted = stream.find("record", is_order).await;
    assert_eq!(emitted["data"], r#"{"item":"nothing"}"#);
    let failed = stream.find("record", is_kind("failed")).await;
    assert_eq!(
        (&failed["hook"], &failed["error"]),
        (&json!("pack"), &json!("there is nothing to be packed"))
    );
    assert_eq!(failed["correlation"], emitted["correlation"]);
    let counted = |told: &Value| {
        let hook = told
            .as_array()?
            .iter()
            .find(|hook| hook["hook"] == "pack")?;
        (hook["failed"] == 1).then(|| hook.clone())
    };
    let hook = stream.find("hooks", counted).await;
    assert_eq!(
        (&hook["calls"], &hook["plugin"]),
        (&json!(2), &json!("shop"))
    );
    assert!(hook["max"].as_f64() >= hook["p50"].as_f64(), "{hook}");
    assert_eq!(hook["last_error"], "there is nothing to be packed");
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn a_reload_takes_the_token_and_tells_what_came_of_it() {
    let app = Application::start().await;
    let mut stream = Stream::open(&app).await;
    let token = stream.token().await;
    let token = ("x-inspector-token", token.as_str());
    let reload = |headers: Vec<(&'static str, String)>| {
        let app = &app;
        async move {
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            post(app, "/_plugins/reload", &headers, json!({})).await
        }
    };
    let ours = ("origin", app.url.clone());
    let told = (token.0, token.1.to_owned());
    let (status, problem) = reload(vec![ours.clone()]).await;
    assert_eq!(
        (status, problem.contains("X-Inspector-Token")),
        (403, true),
        "{problem}"
    );
    let (status, problem) = reload(vec![
        told.clone(),
        ("origin", "http://evil.example".to_owned()),
    ])
    .await;
    assert_eq!(
        (status, problem.contains("another origin")),
        (403, true),
        "{problem}"
    );

    app.change("down = true", "down = 3");
    assert_eq!(reload(vec![told.clone(), ours.clone()]).await.0, 202);
    let failed = stream.find("record", is_kind("reloaded")).await;
    assert_eq!(failed["well"], false);
    let text = failed["text"].as_str().expect("text");
    assert!(text.contains("expected `true` or `false`"), "{text}");

    app.change("down = true", "down = false");
    assert_eq!(reload(vec![told, ours]).await.0, 202);
    let is_up = |told: &Value| (setting(told, "mail", "down")?["value"] == false).then_some(());
    stream.find("application", is_up).await;
    let (status, graph) = get(&app, "/_plugins/graph.svg", &[]).await;
    assert_eq!(
        (status, graph.contains("plugin failed")),
        (200, false),
        "{graph}"
    );
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn a_hook_that_was_taken_out_is_put_back() {
    let app = Application::start().await;
    let mut stream = Stream::open(&app).await;
    let token = stream.token().await;
    let enable = |hook: &'static str| {
        let (app, token) = (&app, token.as_str());
        let body = json!({"plugin": "shop", "hook": hook});
        async move {
            post(
                app,
                "/_plugins/hooks/enable",
                &[("x-inspector-token", token)],
                body,
            )
            .await
        }
    };
    let (status, problem) = enable("thank").await;
    assert_eq!(
        (status, problem.contains("no hook `thank` of plugin `shop`")),
        (404, true),
        "{problem}"
    );
    for _ in 0..2 {
        app.order("pepper").await;
    }
    let is_out = |told: &Value| {
        let events = told["description"]["events"].as_array()?;
        let mut hooks = events
            .iter()
            .flat_map(|event| event["hooks"].as_array().into_iter().flatten());
        hooks
            .find(|hook| hook["hook"] == "thank" && hook["disabled"] == true)
            .cloned()
    };
    stream.find("application", is_out).await;
    assert_eq!(enable("thank").await, (204, String::new()));
    app.manager.get::<shop::Shop>().expect("it runs").open();
    assert!(app.order("pepper").await);
    let (status, problem) = post(
        &app,
        "/_plugins/hooks/enable",
        &[("x-inspector-token", &token)],
        json!({"hook": 1}),
    )
    .await;
    assert_eq!(status, 400, "{problem}");
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn a_page_ends_with_the_inspector_that_tells_it() {
    let app = Application::start().await;
    let mut before = Stream::open(&app).await;
    let token = before.token().await;
    app.change("refresh = \"50ms\"", "refresh = \"60ms\"");
    app.manager.reload().await.expect("it is well");
    before.ends().await;
    let mut after = Stream::open(&app).await;
    let is_told = after.find("hello", |told| told["last"].as_u64()).await;
    assert!(is_told > 0, "the recorder stays");
    assert_ne!(after.token().await, token);
    // The server waits for its requests, and this one would never be done.
    app.manager.shutdown().await.expect("it stops");
    after.ends().await;
}

#[tokio::test]
async fn there_are_only_so_many_pages() {
    let app = Application::start().await;
    let mut streams = Vec::new();
    for _ in 0..32 {
        streams.push(Stream::open(&app).await);
    }
    let (status, problem) = get(&app, "/_plugins/stream", &[]).await;
    assert_eq!(
        (status, problem.contains("close one of them")),
        (503, true),
        "{problem}"
    );
    let healthy = get(&app, "/readyz", &[]).await.1;
    assert!(healthy.contains("32 of 32 pages open"), "{healthy}");
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn without_a_recorder_the_page_says_so() {
    static ALONE: PluginSet = plugins![HttpPlugin, InspectorPlugin];
    let settings = "[http]\nlisten = \"127.0.0.1:0\"\n";
    let manager = PluginManager::builder()
        .plugins(&ALONE)
        .settings(Settings::from_toml(settings).expect("settings"))
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("it starts");
    let http = manager.get::<HttpPlugin>().expect("it runs");
    let url = format!(
        "http://{}/_plugins/stream",
        http.address().expect("it listens")
    );
    let response = reqwest::get(url).await.expect("an answer");
    let mut stream = Stream {
        response,
        text: String::new(),
    };
    let records = stream
        .find("application", |told| told["records"].as_bool())
        .await;
    assert!(!records);
    manager.shutdown().await.expect("it stops");
}
