//! What only SQLite does.

use crate::common::{Fresh, database, number, refuses};
use api::{NewUser, UserStore};
use database::{DatabasePlugin, Query};
use pepperplug::Error;
use pepperplug::testing::TestManager;

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("corrupt.db");
    std::fs::write(
        &path,
        "no database, but a text that is long enough to be read as one. ".repeat(40),
    )
    .expect("it is written");
    let error = refuses(&format!("sqlite://{}", path.display()), "").await;
    let named = format!("cannot open the database, SQLite in {}: ", path.display());
    assert!(
        error.contains(&named) && error.contains("file is not a database"),
        "{error}"
    );
    // It is as it was.
    let text = std::fs::read_to_string(&path).expect("it is there");
    assert!(text.starts_with("no database"));
}

#[tokio::test]
async fn a_folder_that_is_missing_is_named() {
    let error = refuses("sqlite:///no/such/folder/service.db", "").await;
    assert!(
        error.contains("SQLite in /no/such/folder/service.db: "),
        "{error}"
    );
    assert!(
        error.contains("(`url` in the section `[database]` says where it is)"),
        "{error}"
    );
}

/// All tasks see the same one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_in_memory_has_one_connection() {
    let settings = crate::common::settings("sqlite::memory:", "pool_max_size = 8");
    let app = TestManager::only::<DatabasePlugin>()
        .settings(settings)
        .start()
        .await;
    let tasks = (0..32).map(|number: u32| {
        let database = database(&app);
        let user = NewUser {
            name: number.to_string(),
            roles: Vec::new(),
            password_hash: String::new(),
        };
        tokio::spawn(async move { database.create_user(user).await })
    });
    for task in futures::future::join_all(tasks).await {
        task.expect("no panic").expect("the name is free");
    }
    let database = database(&app);
    assert_eq!(database.count_users().await.expect("it answers"), 32);
    assert_eq!(database.pool_state().expect("it is open").max, 1);
    app.stop().await;
}

#[tokio::test]
async fn a_file_is_set_up_for_a_service() {
    let fresh = Fresh::sqlite();
    let app = fresh.start("").await;
    let database = database(&app);
    let mode = Query::new("SELECT journal_mode FROM pragma_journal_mode");
    let mode = database
        .fetchrow(mode)
        .await
        .expect("it answers")
        .expect("a row");
    assert_eq!(
        mode.get::<String>("journal_mode").expect("it is there"),
        "wal"
    );
    let keys = Query::new("SELECT foreign_keys AS found FROM pragma_foreign_keys");
    assert_eq!(number(&database, keys).await, 1);
    let busy = Query::new("SELECT timeout AS found FROM pragma_busy_timeout");
    assert_eq!(number(&database, busy).await, 5_000);
    app.stop().await;
}

#[test]
fn settings_that_make_no_sense() {
    for (text, said) in [
        (
            "url = \"mysql://hush-hush@host/name\"",
            "`url` is for `mysql`, which is neither",
        ),
        (
            "url = \"service.db\"",
            "`url` is no url of a database, such as",
        ),
        (
            "url = \"postgres://ada:hush-hush@host:port/name\"",
            "`url` is no url of a database, such as",
        ),
        ("pool_max_size = 0", "`pool_max_size` is 0"),
        (
            "pool_min_size = 3\npool_max_size = 2",
            "`pool_min_size` is 3, more than `pool_max_size`, which is 2",
        ),
        ("acquire_timeout = \"0s\"", "`acquire_timeout` is 0"),
        ("acquire_timeout = 5", "acquire_timeout"),
        ("statement_timeout = \"soon\"", "soon"),
        ("pool_size = 5", "pool_size: no such key"),
    ] {
        let settings = pepperplug::Settings::from_toml(&format!("[database]\n{text}\n"));
        let built = TestManager::only::<DatabasePlugin>()
            .settings(settings.expect("it is TOML"))
            .build();
        let Err(Error::Settings(error)) = built else {
            panic!("{text}: {built:?}");
        };
        let error = error.to_string();
        println!("{error}");
        assert!(error.contains(said), "{text}: {error}");
        assert!(!error.contains("hush-hush"), "{error}");
    }
}
