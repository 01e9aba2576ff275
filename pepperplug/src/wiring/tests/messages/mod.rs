//! Each text word for word.

use std::sync::LazyLock;

use super::parts::*;
use crate::inject::EdgeKind::{Lazy, Many, One, Optional};
use crate::inject::Target;
use crate::meta::{MetaRef, ServiceMeta};
use crate::registry::EventRef;
use crate::version::VersionReq;
use crate::wiring::{Candidate, problems};

static CACHE: ServiceMeta = service_meta("cache", "Cache", "api::cache", 3);
static OTHER_CACHE: ServiceMeta = service_meta("cache", "KeyValue", "api::kv", 9);
static CLOCK: ServiceMeta = service_meta("clock", "Clock", "api", 5);

/// Faults of a list that was written.
fn listed(metas: &[MetaRef], more: &[Candidate]) -> Vec<String> {
    let on = metas.iter().map(|meta| {
        let path = format!("{}::{}", meta.get().module(), meta.get().type_name());
        Candidate::new(path.leak(), "", true)
    });
    let candidates: Vec<Candidate> = on.chain(more.iter().copied()).collect();
    problems(metas, &candidates, &[])
}

#[track_caller]
fn assert_one(faults: Vec<String>, lines: &[&str]) {
    let [fault] = &faults[..] else {
        panic!("one fault, not {faults:#?}");
    };
    assert_eq!(fault.lines().collect::<Vec<_>>(), lines);
}

/// An entry that is switched off, as `plugins![…]` has it.
fn off(path: &'static str, cfg: &'static str) -> Candidate {
    Candidate::new(path, cfg, false)
}

#[test]
fn pp040_two_plugins_of_one_path() {
    // In two functions of one module, or in two versions of a crate.
    let [first, second] = [4, 8].map(|line| plugin("cache").line(line).done());
    assert_one(
        listed(&[first, second], &[]),
        &[
            "[PP040] two plugins are named `cache`: `cache::CachePlugin` and `cache::CachePlugin`",
            "declared at src/lib.rs:4 and src/lib.rs:8",
            r#"help: give this one another name: `#[plugin(name = "…")]` at src/lib.rs:8"#,
        ],
    );
}

#[test]
fn pp040_two_plugins_of_one_name() {
    let first = plugin("cache").line(4).done();
    let second = plugin_of("cache", "RedisCache", "fast_store::redis")
        .line(8)
        .done();
    assert_one(
        listed(&[first, second], &[]),
        &[
            "[PP040] two plugins are named `cache`: `cache::CachePlugin` and `fast_store::redis::RedisCache`",
            "declared at src/lib.rs:4 and src/lib.rs:8",
            r#"help: give this one another name: `#[plugin(name = "fast-store-cache")]` at src/lib.rs:8"#,
        ],
    );
    let same_words = plugin_of("cache", "MemoryCache", "memory_cache").done();
    assert_one(
        listed(&[first, same_words], &[]),
        &[
            "[PP040] two plugins are named `cache`: `cache::CachePlugin` and `memory_cache::MemoryCache`",
            "declared at src/lib.rs:4 and src/lib.rs:7",
            r#"help: give this one another name: `#[plugin(name = "memory-cache")]` at src/lib.rs:7"#,
        ],
    );
    let same_crate = plugin_of("cache", "Other", "cache").done();
    assert_one(
        listed(&[first, same_crate], &[]),
        &[
            "[PP040] two plugins are named `cache`: `cache::CachePlugin` and `cache::Other`",
            "declared at src/lib.rs:4 and src/lib.rs:7",
            r#"help: give this one another name: `#[plugin(name = "…")]` at src/lib.rs:7"#,
        ],
    );
}

#[test]
fn pp040_two_functions_of_one_name() {
    let first = plugin_of("warm-up", "warm_up", "cache").line(4).done();
    let second = plugin_of("warm-up", "warm_up", "auth").line(8).done();
    assert_one(
        listed(&[first, second], &[]),
        &[
            "[PP040] two plugins are named `warm-up`: `cache::warm_up` and `auth::warm_up`",
            "declared at src/lib.rs:4 and src/lib.rs:8",
            r#"help: give this one another name: `#[hook(…, name = "auth-warm-up")]` at src/lib.rs:8"#,
        ],
    );
}

#[test]
fn pp041_plugins_in_a_ring() {
    let auth = plugin("auth").done();
    let database = plugin("database")
        .injects(inject(Optional, Target::Plugin(auth), 14))
        .requires(requirement("config", VersionReq::ANY, 9))
        .done();
    let config = plugin("config")
        .injects(inject(One, Target::Service(&CLOCK), 11))
        .done();
    let auth = plugin("auth")
        .provides(&CLOCK)
        .injects(inject(Lazy, Target::Plugin(config), 10))
        .injects(inject(One, Target::Plugin(database), 12))
        .done();
    assert_one(
        listed(&[database, config, auth], &[]),
        &[
            "[PP041] plugins depend on each other in a ring: auth -> database -> auth",
            "src/lib.rs:12 injects `database`",
            "src/lib.rs:14 injects `auth`",
            "help: make one edge lazy: `Lazy<DatabasePlugin>` at src/lib.rs:12",
        ],
    );
}

#[test]
fn pp041_a_ring_that_no_lazy_edge_can_open() {
    let auth = plugin("auth")
        .requires(requirement("mail", VersionReq::ANY, 3))
        .done();
    let mail = plugin("mail")
        .requires(requirement("auth", VersionReq::ANY, 4))
        .done();
    assert_one(
        listed(&[auth, mail], &[]),
        &[
            "[PP041] plugins depend on each other in a ring: auth -> mail -> auth",
            "src/lib.rs:3 requires `mail`",
            "src/lib.rs:4 requires `auth`",
            "help: remove one of these requirements",
        ],
    );
    let mail = plugin("mail")
        .injects(inject(Optional, Target::Plugin(auth), 4))
        .done();
    assert_one(
        listed(&[auth, mail], &[]),
        &[
            "[PP041] plugins depend on each other in a ring: auth -> mail -> auth",
            "src/lib.rs:3 requires `mail`",
            "src/lib.rs:4 injects `auth`",
            "help: remove one of these edges, or make one lazy: `Lazy<AuthPlugin>` in place of the `Option` at src/lib.rs:4",
        ],
    );
}

#[test]
fn pp041_a_plugin_that_depends_on_itself() {
    let auth = plugin("auth").done();
    let by_type = plugin("auth")
        .injects(inject(One, Target::Plugin(auth), 3))
        .done();
    assert_one(
        listed(&[by_type], &[]),
        &[
            "[PP041] plugin `auth` depends on itself: auth -> auth",
            "src/lib.rs:3 injects `auth`",
            "help: remove the field: a method of `AuthPlugin` has it as `self`",
        ],
    );
    let by_service = plugin("auth")
        .provides(&CACHE)
        .injects(inject(Many, Target::Service(&CACHE), 3))
        .done();
    assert_one(
        listed(&[by_service], &[]),
        &[
            "[PP041] plugin `auth` depends on itself: auth -> auth",
            "src/lib.rs:3 injects service `cache`, which `auth` provides",
            "help: remove the field, or let another plugin alone provide `cache`",
        ],
    );
    let by_name = plugin("auth")
        .requires(requirement("auth", VersionReq::ANY, 4))
        .done();
    assert_one(
        listed(&[by_name], &[]),
        &[
            "[PP041] plugin `auth` depends on itself: auth -> auth",
            "src/lib.rs:4 requires `auth`",
            r#"help: remove `"auth"` from its `requires`"#,
        ],
    );
    let by_service = plugin("auth")
        .provides(&CACHE)
        .injects(inject(One, Target::Service(&CACHE), 3))
        .done();
    assert_one(
        listed(&[by_service], &[]),
        &[
            "[PP041] plugin `auth` depends on itself: auth -> auth",
            "src/lib.rs:3 injects service `cache`, which `auth` provides",
            "help: remove the field, or let another plugin alone provide `cache`",
        ],
    );
}

#[test]
fn pp041_a_ring_is_told_by_the_edges_that_close_it() {
    // What `auth` injects first is no edge while two services share the name.
    let auth = plugin("auth")
        .injects(inject(One, Target::Service(&OTHER_CACHE), 3))
        .requires(requirement("mail", VersionReq::ANY, 4))
        .done();
    let mail = plugin("mail")
        .provides(&CACHE)
        .provides(&OTHER_CACHE)
        .requires(requirement("auth", VersionReq::ANY, 5))
        .done();
    let faults = listed(&[auth, mail], &[]);
    let lines: Vec<&str> = faults[0].lines().collect();
    assert_eq!(lines[1], "src/lib.rs:4 requires `mail`");
    assert!(faults[1].starts_with("[PP053] "), "{faults:#?}");
    assert_eq!(faults.len(), 2);
}

#[test]
fn pp041_a_ring_that_is_long_is_told_in_part() {
    let names: Vec<&'static str> = (0..30).map(|at| &*format!("p{at:02}").leak()).collect();
    let metas: Vec<MetaRef> = (0..30)
        .map(|at| {
            let next = requirement(names[(at + 1) % 30], VersionReq::ANY, 1);
            plugin(names[at]).requires(next).done()
        })
        .collect();
    let faults = listed(&metas, &[]);
    assert_eq!(faults.len(), 1);
    let shown = names[..25].join(" -> ");
    let mut lines = faults[0].lines();
    let first =
        format!("[PP041] plugins depend on each other in a ring: {shown} -> … -> p00 (30 plugins)");
    assert_eq!(lines.next(), Some(&*first));
    assert_eq!(lines.next(), Some("src/lib.rs:1 requires `p01`"));
    assert_eq!(lines.nth(22), Some("src/lib.rs:1 requires `p24`"));
    assert_eq!(lines.next(), Some("help: remove one of these requirements"));
    assert_eq!(lines.next(), None);
}

#[test]
fn pp042_a_required_plugin_that_nobody_has() {
    let auth = plugin("auth")
        .requires(requirement("chache", VersionReq::ANY, 9))
        .done();
    let mail = plugin("mail")
        .requires(requirement("chache", VersionReq::ANY, 8))
        .done();
    let cache = plugin("cache").done();
    assert_one(
        listed(&[auth, mail, cache], &[]),
        &[
            "[PP042] plugin `auth` requires plugin `chache`, and no plugin of this application has that name",
            "required at src/lib.rs:9; also by `mail`",
            r#"help: write `"cache"` at src/lib.rs:9"#,
        ],
    );
    assert_one(
        listed(
            &[auth],
            &[
                off("store::Disk", "feature = \"disk\""),
                off("os::Keys", "unix"),
            ],
        ),
        &[
            "[PP042] plugin `auth` requires plugin `chache`, and no plugin of this application has that name",
            "required at src/lib.rs:9",
            "help: add a plugin named `chache` to the list",
            "entries that are switched off here: `store::Disk` (feature `disk`), `os::Keys` (`cfg(unix)`)",
        ],
    );
    let redis = off("chache::ChachePlugin", "feature = \"fast\"");
    assert_one(
        listed(&[auth], &[redis]),
        &[
            "[PP042] plugin `auth` requires plugin `chache`, and no plugin of this application has that name",
            "required at src/lib.rs:9",
            "help: enable the feature `fast` (it adds `chache::ChachePlugin`)",
        ],
    );
    assert_one(
        problems(&[auth], &[], &[]),
        &[
            "[PP042] plugin `auth` requires plugin `chache`, and no plugin of this application has that name",
            "required at src/lib.rs:9",
            "help: link a plugin named `chache`: name its crate in the code, as in `use the_crate as _;`",
        ],
    );
}

#[test]
fn pp043_a_service_that_nobody_provides() {
    let users: Vec<MetaRef> = ["auth", "chat", "http", "mail", "shop", "wiki"]
        .map(|name| {
            plugin(name)
                .injects(inject(One, Target::Service(&CACHE), 9))
                .done()
        })
        .into();
    assert_one(
        listed(&users, &[]),
        &[
            "[PP043] plugin `auth` injects service `cache`, and no plugin of this application provides it",
            "injected at src/lib.rs:9; also by `chat`, `http`, `mail` and 2 more",
            "help: add a plugin with `provides(dyn Cache)` to the list",
        ],
    );
    let redis = off("redis_cache::Redis", "feature = \"redis\"");
    let memory = off("memory::Cache", "all(unix, feature = \"memory\")");
    assert_one(
        listed(&users[..1], &[redis, memory]),
        &[
            "[PP043] plugin `auth` injects service `cache`, and no plugin of this application provides it",
            "injected at src/lib.rs:9",
            r#"help: enable the feature `redis` (it adds `redis_cache::Redis`), or build with `cfg(all(unix, feature = "memory"))` (it adds `memory::Cache`)"#,
        ],
    );
    assert_one(
        problems(&users[..1], &[], &[]),
        &[
            "[PP043] plugin `auth` injects service `cache`, and no plugin of this application provides it",
            "injected at src/lib.rs:9",
            "help: link a plugin with `provides(dyn Cache)`: name its crate in the code, as in `use the_crate as _;`",
        ],
    );
}

#[test]
fn pp044_a_service_that_several_provide() {
    let auth = plugin("auth")
        .injects(inject(Optional, Target::Service(&CACHE), 9))
        .done();
    let memory = plugin("memory").provides(&CACHE).done();
    let redis = plugin("redis").provides(&CACHE).done();
    assert_one(
        listed(&[auth, memory, redis], &[]),
        &[
            "[PP044] plugin `auth` injects service `cache`, and 2 plugins provide it: `memory`, `redis`",
            r#"help: name one, `#[inject("memory")]`, or take all, `Vec<Arc<dyn Cache>>`, at src/lib.rs:9"#,
        ],
    );
}

#[test]
fn pp045_a_provider_that_is_not_there_or_does_not_provide() {
    let auth = plugin("auth")
        .injects(inject(One, Target::Service(&CACHE), 9).name("rdis"))
        .done();
    let redis = plugin("redis").provides(&CACHE).done();
    let memory = plugin("memory").provides(&CACHE).done();
    let mail = plugin("mail").line(4).done();
    assert_one(
        listed(&[auth, memory, redis], &[]),
        &[
            "[PP045] plugin `auth` injects service `cache` of plugin `rdis`, and no plugin of this application has that name",
            "injected at src/lib.rs:9",
            r#"help: write `#[inject("redis")]` at src/lib.rs:9"#,
        ],
    );
    assert_one(
        listed(&[auth, mail], &[]),
        &[
            "[PP045] plugin `auth` injects service `cache` of plugin `rdis`, and no plugin of this application has that name",
            "injected at src/lib.rs:9",
            "help: add a plugin named `rdis` to the list",
        ],
    );
    let auth = plugin("auth")
        .injects(inject(Optional, Target::Service(&CACHE), 9).name("mail"))
        .done();
    assert_one(
        listed(&[auth, memory, mail], &[]),
        &[
            "[PP045] plugin `auth` injects service `cache` of plugin `mail`, which does not provide it",
            r#"help: write `#[inject("memory")]` at src/lib.rs:9"#,
        ],
    );
    assert_one(
        listed(&[auth, mail], &[]),
        &[
            "[PP045] plugin `auth` injects service `cache` of plugin `mail`, which does not provide it",
            "injected at src/lib.rs:9",
            "help: add `provides(dyn Cache)` to `MailPlugin` at src/lib.rs:4",
        ],
    );
}

#[test]
fn pp046_a_version_outside_the_range() {
    let auth = plugin("auth")
        .requires(requirement("cache", from_major(2), 9))
        .done();
    let cache = plugin("cache").line(5).provides(&CACHE).done();
    assert_one(
        listed(&[auth, cache], &[]),
        &[
            "[PP046] plugin `auth` 1.0.0 requires `cache` >=2, and the one linked is 1.0.0",
            "required at src/lib.rs:9, declared at src/lib.rs:5",
            r#"help: link a version in that range, or widen the range: `"cache >=1.0.0"`"#,
        ],
    );
    let auth = plugin("auth")
        .injects(inject(One, Target::Service(&CACHE), 9).version(from_major(2)))
        .done();
    assert_one(
        listed(&[auth, cache], &[]),
        &[
            "[PP046] plugin `auth` 1.0.0 injects service `cache` >=2, and `cache`, which provides it, is 1.0.0",
            "injected at src/lib.rs:9, declared at src/lib.rs:5",
            r#"help: link a version in that range, or widen the range: `version = ">=1.0.0"`"#,
        ],
    );
}

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
fn pp051_an_injected_plugin_that_is_not_listed() {
    let cache = plugin("cache").done();
    let auth = plugin("auth")
        .injects(inject(Lazy, Target::Plugin(cache), 9))
        .done();
    let mail = plugin("mail")
        .requires(requirement("cache", VersionReq::ANY, 4))
        .done();
    assert_one(
        listed(&[mail, auth], &[]),
        &[
            "[PP051] plugin `auth` injects plugin `cache`, which is not in the list",
            "injected at src/lib.rs:9; also by `mail`",
            "help: add `cache::CachePlugin` to the list",
        ],
    );
    assert_one(
        listed(&[auth], &[off("cache::CachePlugin", "feature = \"cache\"")]),
        &[
            "[PP051] plugin `auth` injects plugin `cache`, which is not in the list",
            "injected at src/lib.rs:9",
            "help: enable the feature `cache` (it adds `cache::CachePlugin`)",
        ],
    );
    let other = plugin_of("cache", "MemoryCache", "memory").done();
    assert_one(
        listed(&[auth, other], &[]),
        &[
            "[PP051] plugin `auth` injects plugin `cache`, which is not in the list",
            "injected at src/lib.rs:9",
            "another plugin of that name is: `memory::MemoryCache`",
            "help: add `cache::CachePlugin` to the list",
        ],
    );
    assert_one(
        problems(&[auth], &[], &[]),
        &[
            "[PP051] plugin `auth` injects plugin `cache`, which is not in the list",
            "injected at src/lib.rs:9",
            "help: add `cache::CachePlugin` to the list",
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
