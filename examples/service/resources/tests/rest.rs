//! The whole of it, over a real socket and on a real disk.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use api::{HttpRequest, Identity, User};
use http_server::HttpPlugin;
use pepperplug::plugins::ResourcePlugin;
use pepperplug::prelude::*;
use reqwest::{Client, Method, Response};
use resources::ResourcesPlugin;
use serde_json::{Value, json};
use tempfile::TempDir;

#[plugin(name = "door")]
pub struct Door;

#[plugin]
impl Door {
    #[hook("http.request")]
    fn knows_everyone(&self, _: &HttpRequest) -> Option<Identity> {
        Some(Identity {
            user: User {
                id: "1".to_owned(),
                name: "ada".to_owned(),
                roles: Vec::new(),
            },
            scheme: "Test".to_owned(),
            session: None,
        })
    }
}

static PLUGINS: PluginSet = plugins![Door, HttpPlugin, ResourcePlugin, ResourcesPlugin];

struct App {
    manager: PluginManager,
    folder: TempDir,
    url: String,
    client: Client,
}

impl App {
    async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let settings = format!(
            "[http]\nlisten = \"127.0.0.1:0\"\nmax_body = 1000000\n\
             [resource_manager]\nresource_dir = '{}'\n",
            folder.path().display()
        );
        let manager = PluginManager::builder()
            .plugins(&PLUGINS)
            .settings(Settings::from_toml(&settings).expect("settings"))
            .build()
            .expect("the build proved the wiring");
        manager.initialize().await.expect("it starts");
        let http = manager.get::<HttpPlugin>().expect("it runs");
        let url = format!("http://{}/resources", http.address().expect("it listens"));
        Self {
            manager,
            folder,
            url,
            client: Client::new(),
        }
    }

    fn file(&self, name: &str, contents: &str) {
        std::fs::write(self.folder.path().join(name), contents).expect("a file");
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Response {
        let url = format!("{}{path}", self.url);
        let mut request = self.client.request(method, url);
        request = request.header("authorization", "Test ada");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request = match body {
            Body::None => request,
            Body::Json(json) => request.json(&json),
            Body::Bytes(bytes) => request.body(bytes),
        };
        request.send().await.expect("an answer")
    }

    async fn create(&self, name: &str, path: &str) -> Response {
        let body = json!({"name": name, "path": path, "metadata": {"kind": "text"}});
        self.ask(Method::POST, "", &[], Body::Json(body)).await
    }
}

enum Body {
    None,
    Json(Value),
    Bytes(Vec<u8>),
}

fn status(response: &Response) -> u16 {
    response.status().as_u16()
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name).expect(name);
    value.to_str().expect("text").to_owned()
}

async fn json_of(response: Response) -> Value {
    response.json().await.expect("JSON")
}

async fn detail(response: Response) -> (u16, String) {
    assert_eq!(
        header(&response, "content-type"),
        "application/problem+json"
    );
    let status = status(&response);
    let problem = json_of(response).await;
    (status, problem["detail"].as_str().expect("text").to_owned())
}

#[tokio::test]
async fn records() {
    let app = App::start().await;
    app.file("a.txt", "hello");
    let created = app.create("greeting", "a.txt").await;
    assert_eq!(status(&created), 201);
    assert_eq!(header(&created, "location"), "/resources/greeting");
    let tag = header(&created, "etag");
    let again = app.create("greeting", "a.txt").await;
    assert_eq!(
        detail(again).await,
        (
            409,
            "there is a resource `greeting` already, with the path `a.txt`".to_owned()
        )
    );
    let none = app.create("other", "b.txt").await;
    assert_eq!(
        detail(none).await,
        (422, "resource `other`: there is no file `b.txt`".to_owned())
    );
    let out = app.create("other", "../b.txt").await;
    assert_eq!(detail(out).await.0, 422);

    let got = app.ask(Method::GET, "/greeting", &[], Body::None).await;
    assert_eq!((status(&got), header(&got, "etag")), (200, tag.clone()));
    let info = json_of(got).await;
    assert_eq!(
        (
            &info["name"],
            &info["size"],
            &info["media_type"],
            &info["metadata"]
        ),
        (
            &json!("greeting"),
            &json!(5),
            &json!("text/plain"),
            &json!({"kind": "text"})
        )
    );
    let same = [("if-none-match", tag.as_str())];
    let same = app.ask(Method::GET, "/greeting", &same, Body::None).await;
    assert_eq!(status(&same), 304);

    let change = || Body::Json(json!({"metadata": {"version": "2"}}));
    let seen = [("if-match", tag.as_str())];
    let updated = app.ask(Method::PATCH, "/greeting", &seen, change()).await;
    assert_eq!(status(&updated), 200);
    assert_ne!(header(&updated, "etag"), tag);
    let info = json_of(updated).await;
    assert_eq!(info["metadata"], json!({"kind": "text", "version": "2"}));
    // Somebody else was faster.
    let late = app.ask(Method::PATCH, "/greeting", &seen, change()).await;
    assert_eq!(detail(late).await.0, 412);
    let late = app
        .ask(Method::DELETE, "/greeting", &seen, Body::None)
        .await;
    assert_eq!(status(&late), 412);
    let weak = [("if-match", "W/\"1\"")];
    let weak = app.ask(Method::PATCH, "/greeting", &weak, change()).await;
    assert_eq!(status(&weak), 400);

    let list = app.ask(Method::GET, "", &[], Body::None).await;
    let list = json_of(list).await;
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    let gone = app
        .ask(Method::DELETE, "/greeting?file=true", &[], Body::None)
        .await;
    assert_eq!(status(&gone), 204);
    assert!(!app.folder.path().join("a.txt").exists());
    let gone = app.ask(Method::GET, "/greeting", &[], Body::None).await;
    assert_eq!(
        detail(gone).await,
        (404, "there is no resource named `greeting`".to_owned())
    );
    let gone = app.ask(Method::DELETE, "/greeting", &[], Body::None).await;
    assert_eq!(status(&gone), 404);
    let gone = app.ask(Method::PATCH, "/greeting", &[], change()).await;
    assert_eq!(status(&gone), 404);
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn contents() {
    let app = App::start().await;
    let bytes: Vec<u8> = (0..200_000u32).map(|n| n.to_le_bytes()[0]).collect();
    let put = |path: &'static str, tag: Option<String>, bytes: Vec<u8>| {
        let app = &app;
        async move {
            let headers: Vec<_> = tag.iter().map(|tag| ("if-match", tag.as_str())).collect();
            app.ask(Method::PUT, path, &headers, Body::Bytes(bytes))
                .await
        }
    };
    let created = put("/logo/content?path=logo.png", None, bytes.clone()).await;
    assert_eq!(status(&created), 201);
    let got = app.ask(Method::GET, "/logo/content", &[], Body::None).await;
    assert_eq!(header(&got, "content-type"), "image/png");
    assert_eq!(header(&got, "content-length"), "200000");
    let tag = header(&got, "etag");
    assert_eq!(got.bytes().await.expect("all of it"), bytes);

    let updated = put("/logo/content", Some(tag.clone()), b"new".to_vec()).await;
    assert_eq!(status(&updated), 200);
    let late = put("/logo/content", Some(tag.clone()), b"other".to_vec()).await;
    assert_eq!(detail(late).await.0, 412);
    let long = put("/logo/content", None, vec![0; 1_000_001]).await;
    assert_eq!(status(&long), 413);
    let got = app.ask(Method::GET, "/logo/content", &[], Body::None).await;
    assert_eq!(got.bytes().await.expect("all of it"), "new");
    let none = put("/nothing/content", None, b"x".to_vec()).await;
    assert_eq!(status(&none), 404);
    app.manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn who_asks_wrongly_is_told() {
    let app = App::start().await;
    let unknown = app.client.get(&app.url).send().await.expect("an answer");
    assert_eq!(status(&unknown), 401);
    let not_json = app
        .ask(Method::POST, "", &[], Body::Bytes(b"{".to_vec()))
        .await;
    assert_eq!(status(&not_json), 400);
    let unknown_key = json!({"name": "a", "path": "b", "meta": {}});
    let unknown_key = app
        .ask(Method::POST, "", &[], Body::Json(unknown_key))
        .await;
    let (code, text) = detail(unknown_key).await;
    assert_eq!((code, text.contains("meta")), (400, true), "{text}");
    let method = app.ask(Method::PUT, "/a", &[], Body::None).await;
    assert_eq!(header(&method, "allow"), "GET, HEAD, PATCH, DELETE");
    assert_eq!(status(&method), 405);
    let flag = app
        .ask(Method::DELETE, "/a?file=yes", &[], Body::None)
        .await;
    assert_eq!(status(&flag), 400);
    let elsewhere = app.ask(Method::GET, "/a/b/c", &[], Body::None).await;
    assert_eq!(status(&elsewhere), 404);
    app.manager.shutdown().await.expect("it stops");
}
