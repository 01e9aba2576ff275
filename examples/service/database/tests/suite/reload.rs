//! New settings while the service runs, on both databases.

use std::path::Path;

use crate::common::{Fresh, database, on_both};
use api::{NewUser, UserStore};
use database::DatabasePlugin;
use pepperplug::Settings;
use pepperplug::testing::TestManager;

on_both!(another_url, a_url_that_is_wrong);

fn write(path: &Path, url: &str) {
    let text = format!("[database]\nurl = \"{url}\"\n");
    std::fs::write(path, text).expect("the file is written");
}

async fn started(path: &Path, url: &str) -> TestManager {
    write(path, url);
    let settings = Settings::file(path).expect("it is right");
    TestManager::only::<DatabasePlugin>()
        .settings(settings)
        .start()
        .await
}

async fn users(app: &TestManager) -> u64 {
    database(app).count_users().await.expect("it answers")
}

async fn add(app: &TestManager, name: &str) {
    let user = NewUser {
        name: name.to_owned(),
        roles: Vec::new(),
        password_hash: String::new(),
    };
    database(app)
        .create_user(user)
        .await
        .expect("the name is free");
}

async fn another_url(fresh: Fresh) {
    let folder = tempfile::tempdir().expect("a folder for the settings");
    let path = folder.path().join("service.toml");
    let other = fresh.another("another_url").await;
    let app = started(&path, &fresh.url).await;
    add(&app, "ada").await;

    // Somebody asks all the time, and is always answered.
    let asking = tokio::spawn({
        let manager = app.manager().clone();
        async move {
            for _ in 0..200 {
                let results = manager.emit(&api::HealthCheck {}).await;
                let results = results.expect("no hook fails");
                let health = results[0].outcome.as_ref().expect("the hook answers");
                assert!(health.well, "{health:?}");
            }
        }
    });
    let before = database(&app);
    write(&path, &other.url);
    app.reload().await.expect("the other database is there");
    assert_eq!(users(&app).await, 0);
    before
        .count_users()
        .await
        .expect_err("the old one is closed");
    write(&path, &fresh.url);
    app.reload().await.expect("the first one is still there");
    assert_eq!(users(&app).await, 1);
    asking.await.expect("it was always answered");
    app.stop().await;
    fresh.remove().await;
    other.remove().await;
}

async fn a_url_that_is_wrong(fresh: Fresh) {
    let folder = tempfile::tempdir().expect("a folder for the settings");
    let path = folder.path().join("service.toml");
    let app = started(&path, &fresh.url).await;
    add(&app, "ada").await;
    write(&path, "sqlite:///no/such/folder/service.db");
    let error = app
        .reload()
        .await
        .expect_err("there is no such folder")
        .to_string();
    assert!(
        error.contains("cannot open the database, SQLite in /no/such/folder/service.db"),
        "{error}"
    );
    // The old one goes on.
    assert_eq!(users(&app).await, 1);
    app.stop().await;
    fresh.remove().await;
}
