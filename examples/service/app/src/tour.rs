//! A walk through everything, over real HTTP, against a service of its own in a temporary folder.

mod client;

use std::path::Path;
use std::time::Duration;

use http_server::HttpPlugin;
use pepperplug::{PluginManager, PluginState};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use self::client::Client;
use crate::serve::Failure;
use crate::settings::Place;
use crate::{first_start, plugins};

type Outcome<T = ()> = Result<T, Failure>;

/// Walks through everything, and stops at the first thing that is not as it should be.
pub(crate) async fn tour() -> Outcome {
    let folder = tempfile::tempdir().map_err(|source| Failure::Data {
        folder: std::env::temp_dir(),
        source,
    })?;
    let place = Place {
        settings: folder.path().join("service.toml"),
        data: folder.path().join("data"),
    };
    write(&place.settings, FIRST_SETTINGS)?;
    let (told, reloads) = unbounded_channel();
    let builder = plugins::builder(&place)?.on_reload(move |outcome| {
        let outcome = outcome.as_ref().map(ToString::to_string);
        // The tour may be over.
        let _ = told.send(outcome.map_err(ToString::to_string));
    });
    let manager = inspector::build(builder)?;
    heading("The start");
    manager.initialize().await?;
    let mut tour = Tour {
        client: Client::new(&address(&manager)?),
        manager,
        place,
        reloads,
    };
    let walked = tour.walk().await;
    heading("The shutdown");
    let stopped = tour.manager.shutdown().await;
    walked?;
    stopped?;
    say("every plugin was cleaned up, in reverse");
    println!("\nThat was the tour.");
    Ok(())
}

/// The plugin `welcome` cannot start with these.
const FIRST_SETTINGS: &str = "[http]\nlisten = \"127.0.0.1:0\"\n\n[welcome]\ngreeting = \"\"\n";

struct Tour {
    manager: PluginManager,
    client: Client,
    place: Place,
    reloads: UnboundedReceiver<Result<String, String>>,
}

impl Tour {
    async fn walk(&mut self) -> Outcome {
        self.client.get("/healthz").await?.is(200)?;
        say(&format!("serves at {}", self.client.url()));
        heading("Why each plugin is on or off");
        println!("{}", self.manager.report());
        self.goes_on_without_welcome().await?;
        let (ada, token) = self.register_and_log_in().await?;
        self.resources(&token).await?;
        self.reload().await?;
        self.inspect().await?;
        self.log_out(&ada, &token).await?;
        self.draw()
    }

    async fn goes_on_without_welcome(&mut self) -> Outcome {
        heading("One plugin fails, and the rest goes on");
        let welcome = self.manager.get_by_name("welcome")?;
        check(
            welcome.state() == PluginState::Failed,
            "`welcome` is to fail",
        )?;
        say(&format!(
            "welcome: {}",
            welcome.reason().unwrap_or_default()
        ));
        let ready = self.client.get("/readyz").await?.is(200)?;
        say(&format!("/readyz says {}", ready.json()?["ready"]));
        Ok(())
    }

    async fn register_and_log_in(&mut self) -> Outcome<(String, String)> {
        heading("Accounts and tokens");
        // A name of its own for each tour: a server's database is there for the next one, too.
        let name = format!("ada-{}", std::process::id());
        let who = json!({ "name": name, "password": "difference engine no. 1" });
        self.client.post("/register", None, &who).await?.is(201)?;
        say(&format!("{name} has registered"));
        self.client.get("/me").await?.is(401)?;
        say("a request without a token is refused");
        let wrong = json!({ "name": name, "password": "analytical engine" });
        self.client.post("/login", None, &wrong).await?.is(401)?;
        say("a wrong password is refused");
        let answer = self.client.post("/login", None, &who).await?.is(200)?;
        let token = answer.json()?["token"].as_str().map(str::to_owned);
        let token = token.ok_or_else(|| Failure::Other("the login gave no token".to_owned()))?;
        let me = self.client.get_as("/me", &token).await?.is(200)?;
        say(&format!("with its token, /me says {}", me.text()));
        Ok((name, token))
    }

    async fn resources(&mut self, token: &str) -> Outcome {
        heading("Resources");
        let client = &self.client;
        let content = "/resources/note/content?path=note.txt";
        let created = client.put(content, token, "a first note").await?.is(201)?;
        say(&format!("created at {}", created.header("location")));
        let again = json!({ "name": "note", "path": "note.txt" });
        client
            .post("/resources", Some(token), &again)
            .await?
            .is(409)?;
        say("a second one of that name is refused: 409");
        let note = client.get_as("/resources/note", token).await?.is(200)?;
        say(&format!("one: {}", note.text()));
        let change = json!({ "metadata": { "kind": "note" } });
        let tag = note.header("etag");
        client
            .patch("/resources/note", token, &tag, &change)
            .await?
            .is(200)?;
        let late = client
            .patch("/resources/note", token, &tag, &change)
            .await?;
        late.is(412)?;
        say("its metadata is updated; with the old tag, that is refused: 412");
        let list = client.get_as("/resources", token).await?.is(200)?;
        check(
            list.json()?.as_array().map(Vec::len) == Some(1),
            "one is listed",
        )?;
        client
            .delete("/resources/note?file=true", token)
            .await?
            .is(204)?;
        client.get_as("/resources/note", token).await?.is(404)?;
        say("deleted, and gone: 404");
        Ok(())
    }

    /// The file is saved, and that is all.
    async fn reload(&mut self) -> Outcome {
        heading("Settings change while it runs");
        let settings = FIRST_SETTINGS.replace("greeting = \"\"", "greeting = \"Hello\"");
        write(&self.place.settings, &settings)?;
        let reload = self.reloaded("welcome").await?;
        say(&format!("saved the file: {reload}"));
        let state = self.manager.get_by_name("welcome")?.state();
        check(state == PluginState::Ready, "`welcome` is to run")?;
        write(&self.place.settings, &settings.replace("listen", "lisen"))?;
        let error = match self.next_reload().await? {
            Ok(reload) => return Err(Failure::Other(format!("it was to fail: {reload}"))),
            Err(error) => error,
        };
        say(&format!("saved a mistake: {error}"));
        self.client.get("/healthz").await?.is(200)?;
        say("and everything runs as it did before");
        write(&self.place.settings, &settings)
    }

    async fn reloaded(&mut self, what: &str) -> Outcome<String> {
        loop {
            match self.next_reload().await? {
                // The watcher looks once when it begins.
                Ok(reload) if reload.contains(what) => return Ok(reload),
                Ok(_) => {}
                Err(error) => return Err(Failure::Other(error)),
            }
        }
    }

    async fn next_reload(&mut self) -> Outcome<Result<String, String>> {
        let next = tokio::time::timeout(Duration::from_secs(30), self.reloads.recv()).await;
        let late = || Failure::Other("nobody noticed that a file was saved".to_owned());
        next.ok().flatten().ok_or_else(late)
    }

    async fn inspect(&mut self) -> Outcome {
        heading("The inspector");
        let page = self.client.get("/_plugins").await?.is(200)?;
        let title = page.text().contains("<title>");
        check(title, "the inspector is a page")?;
        say(&format!("a page at {}/_plugins", self.client.url()));
        Ok(())
    }

    async fn log_out(&mut self, name: &str, token: &str) -> Outcome {
        heading("Logout");
        self.client
            .post("/logout", Some(token), &json!({}))
            .await?
            .is(204)?;
        self.client.get_as("/me", token).await?.is(401)?;
        say(&format!(
            "{name} has left, and the token is refused at once"
        ));
        if let Some(admin) = first_start::first_user(&self.place.data) {
            let who = json!({ "name": admin.name, "password": admin.password });
            let answer = self.client.post("/login", None, &who).await?;
            say(&format!(
                "the first user, {}, logs in: {}",
                admin.name,
                answer.status()
            ));
        }
        let log = std::fs::read_to_string(self.place.data.join("audit.jsonl"));
        let lines = log.map(|log| log.lines().count()).unwrap_or_default();
        say(&format!("the audit log has {lines} lines so far"));
        Ok(())
    }

    fn draw(&self) -> Outcome {
        heading("The graph");
        let file = std::env::temp_dir().join("service-graph.svg");
        write(&file, &self.manager.graph().svg())?;
        say(&format!("drawn into {}", file.display()));
        Ok(())
    }
}

fn address(manager: &PluginManager) -> Outcome<String> {
    let address = manager.get::<HttpPlugin>()?.address();
    let none = || Failure::Other("the server does not listen".to_owned());
    address
        .map(|address| format!("http://{address}"))
        .ok_or_else(none)
}

fn write(file: &Path, text: &str) -> Outcome {
    std::fs::write(file, text).map_err(|source| Failure::Data {
        folder: file.to_owned(),
        source,
    })
}

fn check(is_so: bool, what: &str) -> Outcome {
    match is_so {
        true => Ok(()),
        false => Err(Failure::Other(format!("it is not so: {what}"))),
    }
}

fn heading(text: &str) {
    println!("\n== {text}");
}

fn say(text: &str) {
    println!("   {text}");
}
