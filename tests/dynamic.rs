//! Events by name: those without a type, and those of a type that are made of data.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;

use pepperplug::prelude::*;
use pepperplug::{EmitError, Error, HookOptions};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[event("user.login")]
#[derive(Serialize, Deserialize)]
pub struct UserLogin {
    user: String,
}

#[event("user.named", mode = first, output = String)]
#[derive(Deserialize)]
pub struct UserNamed {
    id: u32,
}

#[event("user.roles", mode = collect, output = Vec<String>)]
#[derive(Deserialize)]
pub struct UserRoles {}

#[event("user.renamed", mode = transform)]
#[derive(Serialize, Deserialize)]
pub struct UserRenamed {
    name: String,
}

#[event("user.opaque")]
pub struct Opaque;

pub struct Secret;

#[event("user.secret", mode = first, output = Secret)]
#[derive(Deserialize)]
pub struct UserSecret {}

#[plugin(name = "users")]
pub struct Users {
    seen: Mutex<Vec<String>>,
    #[inject]
    _events: Events,
}

impl Users {
    fn see(&self, what: String) {
        self.seen.lock().expect("no panic").push(what);
    }
}

#[plugin]
impl Users {
    #[hook("user.login")]
    async fn log_in(&self, login: &UserLogin) {
        tokio::task::yield_now().await;
        self.see(format!("login of {}", login.user));
    }

    #[hook("user.named")]
    fn name(&self, named: &UserNamed) -> Option<String> {
        (named.id == 7).then(|| "ada".to_owned())
    }

    #[hook("user.roles")]
    fn roles(&self, _: &UserRoles) -> Vec<String> {
        vec!["admin".to_owned()]
    }

    #[hook("user.roles", priority = low)]
    fn no_roles(&self, _: &UserRoles) -> Result<Vec<String>, &'static str> {
        Err("nobody knows")
    }

    #[hook("user.renamed")]
    fn rename(&self, renamed: &mut UserRenamed) {
        renamed.name.make_ascii_uppercase();
    }

    #[hook("data.*")]
    fn heard(&self, ctx: &EventContext) {
        let data = ctx.data().expect("it is nothing but data");
        self.see(format!("{} {data}", ctx.event()));
    }
}

static PLUGINS: PluginSet = plugins![Users];

async fn started() -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    manager
}

fn take(manager: &PluginManager) -> Vec<String> {
    let users = manager.get::<Users>().expect("it runs");
    std::mem::take(&mut *users.seen.lock().expect("no panic"))
}

#[tokio::test]
async fn hooks_of_a_type_get_it_made_of_data_and_their_answers_are_data() {
    let manager = started().await;
    let emit = async |name, data| manager.emit_dynamic(name, data).await;
    let told = emit("user.login", json!({ "user": "ada" })).await;
    assert_eq!(told.expect("no hook fails"), Value::Null);
    assert_eq!(take(&manager), ["login of ada"]);
    let told = emit("user.named", json!({ "id": 7 })).await;
    assert_eq!(told.expect("no hook fails"), json!("ada"));
    let told = emit("user.named", json!({ "id": 8 })).await;
    assert_eq!(told.expect("no hook fails"), Value::Null);
    let told = emit("user.renamed", json!({ "name": "ada" })).await;
    assert_eq!(told.expect("no hook fails"), json!({ "name": "ADA" }));
    let told = emit("user.roles", json!({})).await.expect("it is a list");
    assert_eq!(
        told,
        json!([
            { "plugin": "users", "hook": "roles", "answer": ["admin"] },
            { "plugin": "users", "hook": "no_roles", "error": "hook `no_roles` of plugin `users` failed on event `user.roles`: nobody knows" },
        ])
    );
}

#[tokio::test]
async fn what_does_not_fit_is_told_before_any_hook_is_called() {
    let manager = started().await;
    let emit = async |name: &str, data: Value| {
        let error = manager
            .emit_dynamic(name, data)
            .await
            .expect_err("it does not fit");
        error.to_string()
    };
    assert_eq!(
        emit("user.login", json!({ "name": "ada" })).await,
        "[PP246] the data does not fit event `user.login`: missing field `user`"
    );
    assert_eq!(
        emit("user.opaque", json!({})).await,
        "[PP246] event `user.opaque` cannot be made of data: derive `serde::Deserialize` for `Opaque`"
    );
    assert_eq!(
        emit("user.secret", json!({})).await,
        "[PP246] what the hooks of event `user.secret` answer, `Option<Secret>`, cannot be told as data: derive `serde::Serialize` for it"
    );
    assert_eq!(
        emit("user.logn", json!({})).await,
        "[PP247] there is no event named `user.logn`; did you mean `user.login`?"
    );
    assert_eq!(
        emit("whatever", json!({})).await,
        "[PP247] there is no event named `whatever`: declare a type with `#[event]`, or make it known with `events.register`"
    );
    assert!(take(&manager).is_empty());
}

#[tokio::test]
async fn a_registered_name_is_heard_by_patterns_and_closures_at_once() {
    let manager = started().await;
    let events = manager.events();
    let unknown = manager.on_dynamic_sync(
        "data.created",
        HookOptions::new(),
        |_: &EventContext<'_>| {},
    );
    assert!(matches!(
        unknown,
        Err(Error::Emit(EmitError::UnknownEvent { .. }))
    ));
    let log = Arc::new(Mutex::new(Vec::new()));
    let note = |log: &Arc<Mutex<Vec<String>>>| {
        let log = Arc::clone(log);
        move |ctx: &EventContext<'_>| {
            let line = format!("{} {}", ctx.event(), ctx.data().expect("it is data"));
            log.lock().expect("no panic").push(line);
        }
    };
    let all = manager
        .on_dynamic_sync("**", HookOptions::new().priority(-1), note(&log))
        .expect("a pattern");
    events
        .register_types([
            ("data", vec!["created", "deleted"]),
            ("app", vec!["startup"]),
        ])
        .expect("names");
    events.register("data.created").expect("twice is once");
    assert!(events.names().contains(&"data.created"));
    manager
        .emit_dynamic("data.created", json!([1]))
        .await
        .expect("no hook fails");
    assert_eq!(take(&manager), ["data.created [1]"]);
    let taken = || std::mem::take(&mut *log.lock().expect("no panic"));
    assert_eq!(taken(), ["data.created [1]"]);
    // Typed emits reach it as well.
    manager
        .emit(&UserLogin { user: "eve".into() })
        .await
        .expect("no hook fails");
    assert_eq!(taken(), ["user.login {\"user\":\"eve\"}"]);
    drop(all);
    let one = manager.on_dynamic("data.deleted", HookOptions::new(), {
        let log = Arc::clone(&log);
        move |ctx: &EventContext<'_>| {
            let (log, event) = (Arc::clone(&log), ctx.event());
            async move {
                tokio::task::yield_now().await;
                log.lock().expect("no panic").push(event.to_owned());
            }
        }
    });
    let _one = one.expect("it is known");
    for name in ["data.created", "data.deleted"] {
        manager
            .emit_dynamic(name, Value::Null)
            .await
            .expect("no hook fails");
    }
    assert_eq!(taken(), ["data.deleted"]);
}

#[tokio::test]
async fn names_are_checked_and_managers_share_none() {
    let (one, other) = (started().await, started().await);
    for name in ["", "a..b", "a.*", "a b", "."] {
        let refused = one.events().register(name);
        let Err(Error::Emit(EmitError::BadName { why })) = refused else {
            panic!("{name}")
        };
        assert!(why.contains(&format!("`{name}`")), "{why}");
    }
    let refused = one.events().register_types([("ok", ["fine", "not fine"])]);
    assert!(refused.is_err());
    assert!(!one.events().names().contains(&"ok.fine"), "all or none");
    one.events().register("only.one").expect("a name");
    let error = other.emit_dynamic("only.one", Value::Null).await;
    assert_eq!(error.map_err(|error| error.code()), Err("PP247"));
    one.shutdown().await.expect("nothing is under way");
    let error = one.emit_dynamic("only.one", Value::Null).await;
    assert_eq!(error.map_err(|error| error.code()), Err("PP241"));
}
