//! Logins at the provider that somebody else has begun, or ends.

use oauth_provider::Misbehavior;

use crate::app::{get, post};
use crate::oauth::{Begun, World, back, parameter};

const UNKNOWN: &str = "this login was not begun here, or too long ago: begin at /oauth/start";

#[tokio::test]
async fn a_state_is_of_use_once() {
    let world = World::start().await;
    let Begun { to, cookie } = world.begin().await;
    let path = world.at_provider(&to).await;
    assert_eq!(world.come_back(&path, &cookie).await.status, 200);
    let again = world.come_back(&path, &cookie).await;
    assert_eq!((again.status, again.detail()), (401, UNKNOWN));
    assert_eq!(
        world.provider.calls().token,
        1,
        "the code is not even tried"
    );
    world.stop().await;
}

#[tokio::test]
async fn of_two_that_bring_the_same_state_at_once_one_gets_in() {
    let world = World::start().await;
    let Begun { to, cookie } = world.begin().await;
    let path = world.at_provider(&to).await;
    let both = tokio::join!(
        world.come_back(&path, &cookie),
        world.come_back(&path, &cookie)
    );
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    world.stop().await;
}

#[tokio::test]
async fn another_browser_cannot_end_a_login() {
    let world = World::start().await;
    for cookie in ["", "oauth_login=", "oauth_login=x", "other=1"] {
        let Begun { to, .. } = world.begin().await;
        let path = world.at_provider(&to).await;
        let answer = world.come_back(&path, cookie).await;
        assert_eq!(
            (answer.status, answer.detail()),
            (401, UNKNOWN),
            "{cookie:?}"
        );
    }
    // An attacker's login in the victim's browser: the victim would be the attacker from then on.
    let victim = world.begin().await;
    let attacker = world.begin().await;
    let path = world.at_provider(&attacker.to).await;
    let answer = world.come_back(&path, &victim.cookie).await;
    assert_eq!((answer.status, answer.detail()), (401, UNKNOWN));
    assert_eq!(world.provider.calls().token, 0, "no code is tried");
    world.stop().await;
}

#[tokio::test]
async fn a_code_of_another_login_is_not_taken() {
    let world = World::start().await;
    // The attacker has the victim's code, and puts it into a login of their own: state and cookie fit, the verifier of
    // PKCE does not.
    let victim = world.begin().await;
    let stolen = parameter(&world.at_provider(&victim.to).await, "code");
    world.provider.log_in("mallory");
    let attacker = world.begin().await;
    let state = parameter(&attacker.to, "state");
    let path = format!("/oauth/callback?code={stolen}&state={state}");
    let answer = world.come_back(&path, &attacker.cookie).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.detail(), "the OAuth provider refused: invalid_grant");
    assert_eq!(world.provider.calls().token, 1);
    world.stop().await;
}

#[tokio::test]
async fn a_code_that_comes_again_ends_the_token_that_it_was_for() {
    // With the provider alone, as a thief would do it who has client and verifier.
    let world = World::start().await;
    let answer = world.log_in().await;
    assert_eq!(answer.status, 200);
    world.provider.misbehave(Some(Misbehavior::ReplayedCode));
    assert_eq!(
        world.log_in().await.detail(),
        "the OAuth provider refused: invalid_grant"
    );
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_login_that_takes_too_long_is_over() {
    let world = World::with("login_ttl = \"1m\"").await;
    let Begun { to, cookie } = world.begin().await;
    let state = parameter(&to, "state");
    tokio::time::advance(std::time::Duration::from_secs(61)).await;
    let path = format!("/oauth/callback?code=x&state={state}");
    let answer = world.come_back(&path, &cookie).await;
    assert_eq!((answer.status, answer.detail()), (401, UNKNOWN));
    assert_eq!(world.provider.calls().token, 0);
    world.stop().await;
}

#[tokio::test]
async fn what_brings_no_state_is_no_login() {
    let world = World::start().await;
    let Begun { cookie, .. } = world.begin().await;
    for path in [
        "/oauth/callback",
        "/oauth/callback?code=x",
        "/oauth/callback?state=",
        "/oauth/callback?state=%00&code=x",
    ] {
        let answer = world.app.ask(back(path, &cookie)).await;
        assert_eq!((answer.status, answer.detail()), (401, UNKNOWN), "{path}");
        assert!(
            answer.header("set-cookie").contains("Max-Age=0"),
            "{answer:?}"
        );
    }
    for ask in [post("/oauth/callback?state=x"), post("/oauth/start")] {
        let answer = world.app.ask(ask).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET"));
    }
    assert_eq!(world.app.ask(get("/oauth/elsewhere")).await.status, 404);
    world.stop().await;
}
