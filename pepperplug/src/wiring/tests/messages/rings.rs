//! Plugins that share a name, and plugins in a ring.

use super::*;

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
