//! A manager without a list applies the rules of the proof to whatever is linked.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "tests, and plugins that nobody else uses"
)]

use pepperplug::prelude::*;

#[event("user.login")]
pub struct UserLogin;

#[plugin(name = "audit")]
pub struct Audit;

#[plugin]
impl Audit {
    #[hook("user.login", before = "auth")]
    fn record(&self, _login: &UserLogin) {}
}

#[plugin(name = "auth")]
pub struct Auth;

#[plugin]
impl Auth {
    #[hook("user.login", before = "audit")]
    fn on_login(&self, _login: &UserLogin) {}
}

#[test]
fn hooks_that_contradict_each_other_are_refused_without_a_list_too() {
    let error = PluginManager::linked().expect_err("they contradict each other");
    assert_eq!(error.code(), "PP200");
    let text = error.to_string();
    let line = "hooks on event `user.login` contradict each other: audit before auth before audit";
    assert!(text.contains(line), "{text}");
}
