//! Before `initialize`, after `cleanup`, and what is under way at the time.

use std::future::ready;
use std::time::Duration;

use pepperplug::resources::{DeleteOptions, ResourceManager, ResourceOptions};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use super::{files, folder, index, open, refused};

async fn each_is_refused(resources: &ResourceManager, text: &str) {
    let revision = "0".parse().expect("a number");
    refused(
        resources.create_resource("a", "file", ()).await,
        "PP270",
        text,
    );
    // What is wrong with the rest of it does not matter then.
    refused(
        resources.create_resource("", "../x", [1]).await,
        "PP270",
        text,
    );
    refused(resources.get_resource("a").await, "PP270", text);
    refused(resources.list_resources().await, "PP270", text);
    refused(resources.update_resource("a", ()).await, "PP270", text);
    refused(resources.update_if("a", revision, ()).await, "PP270", text);
    refused(resources.delete_resource("a").await, "PP270", text);
    refused(resources.delete_if("a", revision).await, "PP270", text);
    refused(
        resources.delete_with("a", DeleteOptions::default()).await,
        "PP270",
        text,
    );
    refused(resources.read_resource("a").await, "PP270", text);
    refused(resources.write_resource("a").await, "PP270", text);
    refused(
        resources.write_new_resource("b", "b", ()).await,
        "PP270",
        text,
    );
}

#[tokio::test]
async fn nothing_works_before_and_after() {
    let folder = folder(&[("file", "")]);
    let dir = folder.path().display();
    let resources = ResourceManager::new(folder.path());
    let too_early = format!("the resources in `{dir}` are not open yet: call `initialize` first");
    each_is_refused(&resources, &too_early).await;
    resources.cleanup().await;
    each_is_refused(&resources, &too_early).await;
    assert_eq!(files(folder.path()), ["file"], "nothing was made");

    resources.initialize().await.expect("it opens");
    resources.initialize().await.expect("it is open");
    resources
        .create_resource("a", "file", ())
        .await
        .expect("made");
    let mut writer = resources.write_resource("a").await.expect("a writer");
    writer.write_all(b"too late").await.expect("it takes bytes");

    resources.cleanup().await;
    resources.cleanup().await;
    let too_late = format!("the resources in `{dir}` are closed: `cleanup` has been called");
    each_is_refused(&resources, &too_late).await;
    refused(writer.commit().await, "PP270", &too_late);
    assert_eq!(
        std::fs::read(folder.path().join("file")).expect("a file"),
        b""
    );

    resources.initialize().await.expect("it opens again");
    assert_eq!(resources.list_resources().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn the_directory_is_made_and_what_cannot_be_one_is_refused() {
    let folder = folder(&[("file", "")]);
    let dir = folder.path().join("not/there/yet");
    open(&dir).await;
    assert!(dir.is_dir());

    let file = folder.path().join("file");
    let resources = ResourceManager::new(&file);
    let error = resources
        .initialize()
        .await
        .expect_err("a file is no directory");
    assert_eq!(error.code(), "PP271");
    let start = format!(
        "[PP271] cannot open the directory of the resources, `{}`: ",
        file.display()
    );
    assert!(error.to_string().starts_with(&start), "{error}");
    // It can be tried again.
    std::fs::remove_file(&file).expect("it is gone");
    resources.initialize().await.expect("it opens now");
}

#[test]
fn without_a_runtime_it_says_so() {
    let folder = folder(&[]);
    let resources = ResourceManager::new(folder.path());
    let mut initialize = Box::pin(resources.initialize());
    let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = initialize.as_mut().poll(context) else {
        panic!("there is nothing to wait for");
    };
    assert_eq!(result.expect_err("no runtime").code(), "PP225");
}

#[tokio::test]
async fn an_operation_whose_future_is_dropped_is_done_wholly() {
    let folder = folder(&[("file", "")]);
    let resources = open(folder.path()).await;
    tokio::select! {
        biased;
        _ = resources.create_resource("a", "file", json!({"n": 1})) => panic!("it waits for the disk"),
        () = ready(()) => {}
    }
    resources.cleanup().await;
    let list = open(folder.path())
        .await
        .list_resources()
        .await
        .expect("a list");
    assert_eq!(json!(list[0].metadata), json!({"n": 1}));
}

#[tokio::test]
async fn one_that_waits_for_its_turn_and_is_dropped_is_not_done() {
    let folder = folder(&[("file", "")]);
    let resources = open(folder.path()).await;
    let first = resources.create_resource("a", "file", ());
    tokio::pin!(first);
    tokio::select! {
        biased;
        _ = &mut first => panic!("it waits for the disk"),
        // In one poll, so that the first cannot be done before.
        _ = resources.create_resource("b", "file", ()) => panic!("it waits for its turn"),
        () = ready(()) => {}
    }
    first.await.expect("made");
    let list = resources.list_resources().await.expect("a list");
    assert_eq!(list.len(), 1, "{list:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_at_once() {
    let folder = folder(&[("file", "")]);
    let resources = open(folder.path()).await;
    resources
        .create_resource("count", "file", json!({"n": 0}))
        .await
        .expect("made");
    let task = |task: usize| {
        let resources = resources.clone();
        tokio::spawn(async move {
            resources
                .create_resource(&task.to_string(), "file", ())
                .await
                .expect("made");
            let same = resources.create_resource("same", "file", ()).await.is_ok();
            loop {
                let count = resources
                    .get_resource("count")
                    .await
                    .expect("an answer")
                    .expect("it");
                let next = count.metadata["n"].as_u64().expect("a number") + 1;
                match resources
                    .update_if("count", count.revision, json!({"n": next}))
                    .await
                {
                    Ok(_) => return same,
                    Err(error) => assert_eq!(error.code(), "PP278"),
                }
            }
        })
    };
    let tasks: Vec<_> = (0..50).map(task).collect();
    let mut made = 0;
    for task in tasks {
        made += usize::from(task.await.expect("no panic"));
    }
    assert_eq!(made, 1, "one task has made the one that all wanted to");
    let count = resources
        .get_resource("count")
        .await
        .expect("an answer")
        .expect("it");
    assert_eq!(count.metadata["n"], 50);
    assert_eq!(resources.list_resources().await.expect("a list").len(), 52);
}

#[tokio::test]
async fn who_keeps_it_locked_is_told() {
    let folder = folder(&[("file", "")]);
    let options = ResourceOptions::new(folder.path()).lock_timeout(Duration::from_millis(20));
    let resources = ResourceManager::with_options(options);
    resources.initialize().await.expect("it opens");
    resources
        .create_resource("a", "file", ())
        .await
        .expect("made");
    let lock = std::fs::File::open(index(folder.path(), "lock")).expect("the lock");
    lock.lock().expect("it is free");
    let error = resources
        .update_resource("a", ())
        .await
        .expect_err("it is locked");
    assert_eq!(error.code(), "PP284");
    let dir = folder.path().display();
    let start = format!(
        "[PP284] the resources in `{dir}` are locked by process {}, ",
        std::process::id()
    );
    assert!(error.to_string().starts_with(&start), "{error}");
    // Reading needs no lock.
    assert!(
        resources
            .get_resource("a")
            .await
            .expect("an answer")
            .is_some()
    );
    lock.unlock().expect("it was locked");
    resources
        .update_resource("a", ())
        .await
        .expect("it is free again");
}

#[tokio::test]
async fn a_lock_that_somebody_deletes_is_made_anew() {
    let folder = folder(&[("file", "")]);
    let (one, other) = (open(folder.path()).await, open(folder.path()).await);
    one.create_resource("a", "file", ()).await.expect("made");
    std::fs::remove_file(index(folder.path(), "lock")).expect("the lock");
    one.create_resource("b", "file", ()).await.expect("made");
    other.create_resource("c", "file", ()).await.expect("made");
    assert_eq!(one.list_resources().await.expect("a list").len(), 3);
}
