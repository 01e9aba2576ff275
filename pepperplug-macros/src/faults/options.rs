//! The form of options: what the one parser reports, whatever the attribute.

use super::reports;

#[test]
fn unknown_option() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(nmae = "auth", vers = "1.0.0", colour = "red", reqiures("a, b"))] struct A;"#,
        r#"#[plugin] impl A { #[hook("user.login", priorty = high)] fn on_login(&self, e: &E) {} }"#,
        r#"#[event("user.login", mod = first)] struct E;"#,
        r#"#[service("cache", multiple)] trait Cache: Send + Sync {}"#,
        r#"#[plugin] struct A { #[inject(verison = "1", optional)] b: Arc<B> }"#,
    ]));
}

#[test]
fn option_given_twice() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(name = "a", name = "b", optional, optional, name = 3)] struct A;"#,
        r#"#[event("e", retries = 1, retries = 2)] struct E;"#,
    ]));
}

#[test]
fn wrong_kind_of_value() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(name = auth, version = 1, description = 'c', timeout = 5.0, requires("a", b, 3), feature = ["x"])] struct A;"#,
        r#"#[event(user_login)] struct E;"#,
        r#"#[event(3, mode = "first", retries = "3", on_error = true)] struct E;"#,
        r#"#[plugin] impl A { #[hook("e", priority = "high", before = b, retries = 1.5)] fn h(&self, e: &E) {} }"#,
        r#"#[plugin(requires = "cache", provides = dyn Cache, name("auth"))] struct A;"#,
        r#"#[plugin(provides(dyn A, 3, dyn))] struct A;"#,
    ]));
}

#[test]
fn needs_or_takes_no_value() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(name, version =, optional = true, requires, provides(), requires())] struct A;"#,
        r#"#[event("e", sync(yes), mode, output =)] struct E;"#,
        r#"#[plugin] impl A { #[hook("e", parallel = false, before, after())] fn h(&self, e: &E) {} }"#,
    ]));
}

#[test]
fn syntax() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin("auth", name = "a" version = "1.0.0", , optional -> 3, = 5)] struct A;"#,
        r#"#[plugin] impl A { #[hook(priority = high, "user.login")] fn h(&self, e: &E) {} }"#,
        r#"#[plugin] impl A { #[hook("user.login" priority = high)] fn h(&self, e: &E) {} }"#,
        r#"#[plugin] impl A { #[hook = "user.login"] fn h(&self, e: &E) {} }"#,
        r#"#[event("e", mode = first, output = )] struct E;"#,
        r#"#[event("e", mode = collect, output = Vec<, retries = 1000)] struct E;"#,
    ]));
}

#[test]
fn crate_path() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(crate = "my_crate")] struct A;"#,
        r#"#[plugin(crate = "hub::pepperplug")] struct A { #[hub::pepperplug::inject] a: Box<B> }"#,
        r#"#[event("e", crate = "not a path")] struct E;"#,
        r#"#[event("e", crate = a::<b>)] struct E;"#,
        r#"#[plugin] impl A { #[hook("e", crate = my::path)] fn h(&self, e: &E) {} }"#,
        r#"plugins![crate = "x"; A]"#,
    ]));
}

#[test]
fn all_at_once() {
    insta::assert_snapshot!(reports(&[r#"
#[plugin(name = "Auth Plugin", versoin = "1", version = "1.0", requires("cache >= one", "Config"), timeout = "5")]
struct A {
    #[inject] #[inject] a: Arc<A>,
    #[inject("B")] b: Box<dyn B>,
    #[inject(settings)] s: S,
    #[inject(settings, version = "1")] t: S,
    #[init] c: u8,
}"#,]));
}

#[test]
fn name_under_a_key() {
    insta::assert_snapshot!(reports(&[
        r#"#[event(name = "User", mode = frist)] struct E;"#,
        r#"#[plugin] impl A { #[hook(event = "user.login", retries = 200)] fn h(&self, e: &E) {} }"#,
        r#"#[plugin] impl A { #[hook(priorty = high)] fn h(&self, e: &E) {} }"#,
    ]));
}

#[test]
fn in_cfg_attr() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin] struct A { #[cfg_attr(feature = "x", inject)] b: Arc<B> }"#,
        r#"#[plugin] impl A { #[cfg_attr(feature = "x", hook("e"))] fn h(&self, e: &E) {} }"#,
        r#"#[plugin] impl A { #[cfg_attr(hook, allow(dead_code), pepperplug::hook("e"), inline)] fn h(&self, e: &E) {} }"#,
        r#"#[plugin] struct A { #[cfg_attr(inject, serde(init), other::inject)] sound: Arc<B> }"#,
    ]));
}
