//! Edges whose other end is missing, not clear, or not what was asked for.

use super::*;

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
