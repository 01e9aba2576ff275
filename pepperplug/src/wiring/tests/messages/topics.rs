//! What plugins have in common by name: events and the order of their hooks, services, sections, entries.

use super::*;

static LOGIN: LazyLock<EventRef> = LazyLock::new(EventRef::of::<UserLogin>);

#[test]
fn pp047_hooks_that_contradict_each_other() {
    let auth = plugin("auth")
        .hooks(hook_on(*LOGIN, "on_login", 20).before(&["audit"]))
        .done();
    let audit = plugin("audit")
        .hooks(hook_named("user.*", "record", 30).before(&["auth"]))
        .done();
    assert_one(
        listed(&[auth, audit], &[]),
        &[
            "[PP047] hooks on event `user.login` contradict each other: audit before auth before audit",
            r#"src/lib.rs:30 hook `record` of `audit` says `before = "auth"`"#,
            r#"src/lib.rs:20 hook `on_login` of `auth` says `before = "audit"`"#,
            "help: remove one of the two",
        ],
    );
    let mail = plugin("mail")
        .hooks(
            hook_on(*LOGIN, "greet", 40)
                .after(&["auth"])
                .before(&["audit"]),
        )
        .done();
    let auth = plugin("auth").hooks(hook_on(*LOGIN, "on_login", 20)).done();
    assert_one(
        listed(&[auth, audit, mail], &[]),
        &[
            "[PP047] hooks on event `user.login` contradict each other: audit before auth before mail before audit",
            r#"src/lib.rs:30 hook `record` of `audit` says `before = "auth"`"#,
            r#"src/lib.rs:40 hook `greet` of `mail` says `after = "auth"`"#,
            r#"src/lib.rs:40 hook `greet` of `mail` says `before = "audit"`"#,
            "help: remove one of them",
        ],
    );
    let auth = plugin("auth")
        .hooks(hook_named("user.**", "on_user", 20).before(&["audit"]))
        .done();
    assert_one(
        listed(&[auth, audit], &[]),
        &[
            "[PP047] hooks on events `user.*` contradict each other: audit before auth before audit",
            r#"src/lib.rs:30 hook `record` of `audit` says `before = "auth"`"#,
            r#"src/lib.rs:20 hook `on_user` of `auth` says `before = "audit"`"#,
            "help: remove one of the two",
        ],
    );
}

/// The pattern where they meet need not be one whose hooks say anything themselves.
#[test]
fn pp047_hooks_on_patterns_that_meet_on_another() {
    let hook = |pattern, line| hook_named(pattern, "record", line);
    let admin = plugin("admin")
        .hooks(hook("**", 20).before(&["api"]))
        .done();
    let api = plugin("api").hooks(hook("user.*", 30)).done();
    let audit = plugin("audit")
        .hooks(hook("**", 40).before(&["admin"]).after(&["api"]))
        .done();
    assert_one(
        listed(&[admin, api, audit], &[]),
        &[
            "[PP047] hooks on events `user.*` contradict each other: admin before api before audit before admin",
            r#"src/lib.rs:20 hook `record` of `admin` says `before = "api"`"#,
            r#"src/lib.rs:40 hook `record` of `audit` says `after = "api"`"#,
            r#"src/lib.rs:40 hook `record` of `audit` says `before = "admin"`"#,
            "help: remove one of them",
        ],
    );
}

#[test]
fn pp049_a_section_that_two_plugins_read() {
    let http = plugin("http")
        .line(3)
        .section("limits")
        .injects(settings(4))
        .done();
    let mail = plugin("mail")
        .line(5)
        .section("limits")
        .injects(settings(6))
        .done();
    let limits = plugin("limits").line(7).injects(settings(8)).done();
    assert_one(
        listed(&[http, mail], &[]),
        &[
            "[PP049] plugins `http` and `mail` both read the settings section `limits`",
            "declared at src/lib.rs:3 and src/lib.rs:5",
            r#"help: give `mail` a section of its own: `#[plugin(settings = "mail")]` at src/lib.rs:5"#,
        ],
    );
    assert_one(
        listed(&[http, limits], &[]),
        &[
            "[PP049] plugins `http` and `limits` both read the settings section `limits`",
            "declared at src/lib.rs:3 and src/lib.rs:7",
            r#"help: give `http` a section of its own: `#[plugin(settings = "http")]` at src/lib.rs:3"#,
        ],
    );
    assert_one(
        listed(&[limits, http], &[]),
        &[
            "[PP049] plugins `limits` and `http` both read the settings section `limits`",
            "declared at src/lib.rs:7 and src/lib.rs:3",
            r#"help: give `http` a section of its own: `#[plugin(settings = "http")]` at src/lib.rs:3"#,
        ],
    );
}

#[test]
fn pp050_a_plugin_that_is_listed_twice() {
    let auth = plugin("auth").done();
    assert_one(
        listed(&[auth, auth], &[]),
        &[
            "[PP050] plugin `auth` is listed twice",
            "help: remove one of the two",
        ],
    );
    let paths = [
        Candidate::new("auth::AuthPlugin", "", true),
        off("x::Y", "unix"),
        Candidate::new("Auth", "", true),
    ];
    assert_one(
        problems(&[auth, auth], &paths, &[]),
        &[
            "[PP050] plugin `auth` is listed twice: as `auth::AuthPlugin` and as `Auth`",
            "help: remove one of the two",
        ],
    );
}

#[test]
fn pp052_two_events_of_one_name() {
    let auth = plugin("auth").hooks(hook_on(*LOGIN, "on_login", 20)).done();
    let audit = plugin("audit")
        .hooks(hook_on(EventRef::of::<SignIn>(), "record", 30))
        .done();
    assert_one(
        listed(&[auth, audit], &[]),
        &[
            "[PP052] two event types are named `user.login`: `events::UserLogin` and `events::SignIn`",
            "plugin `auth` uses the one at src/lib.rs:3, plugin `audit` the one at src/lib.rs:11",
            r#"help: use one and the same, or give the second another name: `#[event("…")]` at src/lib.rs:11"#,
        ],
    );
}

#[test]
fn pp053_two_services_of_one_name() {
    let memory = plugin("memory").provides(&CACHE).done();
    let auth = plugin("auth")
        .injects(inject(One, Target::Service(&OTHER_CACHE), 9))
        .done();
    assert_one(
        listed(&[auth, memory], &[]),
        &[
            "[PP053] two services are named `cache`: `api::cache::Cache` and `api::kv::KeyValue`",
            "plugin `memory` uses the one at src/lib.rs:3, plugin `auth` the one at src/lib.rs:9",
            r#"help: use one and the same, or give the second another name: `#[service("…")]` at src/lib.rs:9"#,
        ],
    );
    let both = plugin("memory")
        .provides(&CACHE)
        .provides(&OTHER_CACHE)
        .done();
    assert_one(
        listed(&[both], &[]),
        &[
            "[PP053] two services are named `cache`: `api::cache::Cache` and `api::kv::KeyValue`",
            "plugin `memory` uses both: src/lib.rs:3 and src/lib.rs:9",
            r#"help: use one and the same, or give the second another name: `#[service("…")]` at src/lib.rs:9"#,
        ],
    );
}

#[test]
fn a_long_list_with_many_faults_has_a_text_for_each() {
    let metas: Vec<MetaRef> = (0..200)
        .map(|at| plugin(format!("p{at:03}").leak()).done())
        .collect();
    let faults = listed(&[&metas[..], &metas[..]].concat(), &[]);
    assert_eq!(faults.len(), 200);
    assert_eq!(
        faults[199],
        "[PP050] plugin `p199` is listed twice\nhelp: remove one of the two"
    );
}

#[test]
fn pp054_a_hook_on_an_event_that_nobody_knows() {
    let auth = plugin("auth")
        .emits(*LOGIN)
        .hooks(hook_named("user.login", "note", 19))
        .hooks(hook_named("app.shutdown", "note", 20))
        .done();
    let audit = plugin("audit")
        .hooks(hook_named("user.logni", "record", 30))
        .done();
    assert_one(
        listed(&[auth, audit], &[]),
        &[
            "[PP054] hook `record` of plugin `audit` is on event `user.logni`, and no plugin of this application takes or emits one of that name",
            r#"help: write `#[hook("user.login")]` at src/lib.rs:30"#,
        ],
    );
    let audit = plugin("audit")
        .hooks(hook_named("order.placed", "record", 30))
        .done();
    assert_one(
        listed(&[auth, audit], &[]),
        &[
            "[PP054] hook `record` of plugin `audit` is on event `order.placed`, and no plugin of this application takes or emits one of that name",
            "hooked at src/lib.rs:30",
            "help: take the event by its type, or say who emits it: `#[plugin(emits(Event))]`",
        ],
    );
}

#[test]
fn an_event_that_is_linked_is_known_where_there_is_no_list() {
    let audit = plugin("audit")
        .hooks(hook_named("user.login", "record", 30))
        .done();
    assert_eq!(problems(&[audit], &[], &[]).len(), 1);
    assert_eq!(problems(&[audit], &[], &[*LOGIN]), Vec::<String>::new());
}
