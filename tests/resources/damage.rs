//! Indexes that were damaged.

use std::path::Path;

use pepperplug::resources::ResourceManager;
use serde_json::json;

use super::{files, folder, index, open, refused};

/// Two resources, of which the second was the last operation: it is in `index.0`.
async fn some(dir: &Path) -> ResourceManager {
    let resources = open(dir).await;
    resources
        .create_resource("a", "file", ())
        .await
        .expect("made");
    resources
        .create_resource("b", "file", ())
        .await
        .expect("made");
    resources
}

fn damage(file: &Path) {
    let mut bytes = std::fs::read(file).expect("an index");
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    // As a disk does, and a program that writes in place: the file is the same.
    std::fs::write(file, bytes).expect("an index");
}

async fn names(resources: &ResourceManager) -> Vec<String> {
    let list = resources.list_resources().await.expect("a list");
    list.into_iter().map(|info| info.name).collect()
}

#[tokio::test]
async fn the_last_good_one_is_used_and_that_is_told() {
    let folder = folder(&[("file", "")]);
    let lost = some(folder.path())
        .await
        .get_resource("b")
        .await
        .expect("an answer")
        .expect("it");
    damage(&index(folder.path(), "index.0"));

    let resources = ResourceManager::new(folder.path());
    assert_eq!(resources.recovery(), None);
    resources.initialize().await.expect("it opens");
    let recovery = resources.recovery().expect("it was damaged");
    assert_eq!(recovery.file, index(folder.path(), "index.0"));
    let dir = index(folder.path(), "");
    assert_eq!(
        recovery.to_string(),
        format!(
            "the index `{0}index.0` was damaged (its checksum is wrong), a copy of it is `{0}index.0.damaged`; \
            the one before it is used, so the last operation may be lost",
            dir.display(),
        )
    );
    assert_eq!(names(&resources).await, ["a"]);
    let again = resources
        .create_resource("b", "file", ())
        .await
        .expect("made");
    assert!(
        again.revision > lost.revision,
        "no two states have one revision"
    );

    let other = open(folder.path()).await;
    assert_eq!(other.recovery(), None, "it was mended");
    assert_eq!(names(&other).await, ["a", "b"]);
    let own = files(folder.path());
    assert!(
        own.contains(&".pepperplug/index.0.damaged".to_owned()),
        "{own:?}"
    );
}

#[tokio::test]
async fn each_file_and_each_damage() {
    for file in ["index.0", "index.1"] {
        for length in [0, 5, 70, 120] {
            let folder = folder(&[("file", "")]);
            drop(some(folder.path()).await);
            let file = index(folder.path(), file);
            let bytes = std::fs::read(&file).expect("an index");
            std::fs::write(&file, &bytes[..length]).expect("an index");
            let resources = open(folder.path()).await;
            let recovery = resources.recovery().expect("it was damaged");
            assert_eq!(recovery.file, file);
            let expected: &[&str] = match file.ends_with("index.0") {
                true => &["a"],
                false => &["a", "b"],
            };
            assert_eq!(names(&resources).await, expected);
        }
    }
}

#[tokio::test]
async fn a_backup_does_under_the_name_of_the_other() {
    for (from, to) in [("index.0", "index.1"), ("index.1", "index.0")] {
        let folder = folder(&[("file", "")]);
        drop(some(folder.path()).await);
        let (from, to) = (index(folder.path(), from), index(folder.path(), to));
        std::fs::copy(&from, &to).expect("a backup");
        damage(&from);
        let resources = open(folder.path()).await;
        assert!(resources.recovery().is_some());
        resources
            .create_resource("c", "file", ())
            .await
            .expect("made");
        let other = open(folder.path()).await;
        assert_eq!(other.recovery(), None, "it was mended");
        assert!(names(&other).await.contains(&"c".to_owned()));
    }
}

#[tokio::test]
async fn also_while_it_runs() {
    let folder = folder(&[("file", "")]);
    let resources = some(folder.path()).await;
    let other = open(folder.path()).await;
    // Of another length, so that the beginning of the file says so too.
    std::fs::write(
        index(folder.path(), "index.0"),
        "pepperplug-resources 1 garbage\n",
    )
    .expect("an index");
    assert_eq!(names(&resources).await, ["a"]);
    assert!(resources.recovery().is_some());
    assert_eq!(names(&other).await, ["a"]);
    other
        .update_resource("a", json!({"n": 1}))
        .await
        .expect("done");
    assert_eq!(
        resources
            .get_resource("a")
            .await
            .expect("an answer")
            .expect("it")
            .metadata["n"],
        1
    );
}

#[tokio::test]
async fn without_a_good_one_nothing_is_done() {
    let folder = folder(&[("file", "")]);
    drop(some(folder.path()).await);
    damage(&index(folder.path(), "index.0"));
    std::fs::write(index(folder.path(), "index.1"), "").expect("an index");
    let before = files(folder.path());
    let dir = folder.path().display();
    refused(
        ResourceManager::new(folder.path()).initialize().await,
        "PP283",
        &format!(
            "the index of the resources in `{dir}` cannot be used: `index.0`: its checksum is wrong; `index.1`: its first line is cut off"
        ),
    );
    assert_eq!(files(folder.path()), before);
}

#[tokio::test]
async fn an_index_of_a_later_version_is_left_alone() {
    let folder = folder(&[("file", "")]);
    drop(some(folder.path()).await);
    let text = "pepperplug-resources 7 and whatever it may say\n";
    std::fs::write(index(folder.path(), "index.1"), text).expect("an index");
    let dir = folder.path().display();
    refused(
        ResourceManager::new(folder.path()).initialize().await,
        "PP283",
        &format!(
            "the index of the resources in `{dir}` cannot be used: a newer pepperplug wrote it, in format 7; this one reads format 1"
        ),
    );
    assert_eq!(
        std::fs::read_to_string(index(folder.path(), "index.1")).expect("an index"),
        text
    );
}

#[tokio::test]
async fn an_index_that_goes_away_while_it_is_used_is_missed() {
    let folder = folder(&[("file", "")]);
    let resources = some(folder.path()).await;
    for file in ["index.0", "index.1"] {
        std::fs::remove_file(index(folder.path(), file)).expect("an index");
    }
    let dir = folder.path().display();
    let gone = format!(
        "the index of the resources in `{dir}` cannot be used: both of its files, `index.0` and `index.1`, are gone"
    );
    refused(resources.list_resources().await, "PP283", &gone);
    refused(resources.delete_resource("a").await, "PP283", &gone);
}

#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_refuses_changes_nothing() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[("file", "")]);
    let resources = some(folder.path()).await;
    // A name that leads nowhere it may: writing the index fails before anything has changed, whoever runs the test.
    symlink("/", index(folder.path(), "index.next")).expect("a link");
    let error = resources
        .update_resource("a", json!({"n": 1}))
        .await
        .expect_err("refused");
    let dir = folder.path().display();
    let start = format!("[PP271] cannot write the index in `{dir}`: ");
    assert!(error.to_string().starts_with(&start), "{error}");
    assert!(
        resources
            .get_resource("a")
            .await
            .expect("an answer")
            .expect("it")
            .metadata
            .is_empty()
    );
    let new = resources
        .write_new_resource("c", "c", ())
        .await
        .expect("a writer");
    assert_eq!(new.commit().await.expect_err("refused").code(), "PP271");
    assert!(
        !folder.path().join("c").exists(),
        "no file without its resource"
    );
    std::fs::remove_file(index(folder.path(), "index.next")).expect("a link");
    resources
        .update_resource("a", json!({"n": 1}))
        .await
        .expect("done");
}
