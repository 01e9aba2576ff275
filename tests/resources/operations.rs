//! Each operation, and everything that it refuses.

use std::collections::BTreeMap;

use pepperplug::resources::{DeleteOptions, Revision};
use serde::Serialize;
use serde_json::json;

use super::{files, folder, open, refused};

#[tokio::test]
async fn the_life_of_a_resource() {
    let folder = folder(&[("config.yaml", "a: 1")]);
    let resources = open(folder.path()).await;
    let metadata = json!({"type": "yaml", "version": "1.0"});
    let created = resources
        .create_resource("config", "config.yaml", metadata)
        .await
        .expect("made");
    assert_eq!(created.name, "config");
    assert_eq!(created.path, "config.yaml");
    assert_eq!(created.size, Some(4));
    assert_eq!(created.media_type, "text/x-yaml");
    assert_eq!(
        json!(created.metadata),
        json!({"type": "yaml", "version": "1.0"})
    );
    let written = std::fs::metadata(folder.path().join("config.yaml")).expect("a file");
    assert_eq!(created.modified, written.modified().ok());
    assert!(!created.is_missing());
    assert_eq!(
        resources.get_resource("config").await.expect("an answer"),
        Some(created.clone())
    );

    let updated = resources
        .update_resource("config", json!({"version": "1.1"}))
        .await
        .expect("done");
    assert_eq!(
        json!(updated.metadata),
        json!({"type": "yaml", "version": "1.1"})
    );
    assert!(updated.revision > created.revision);
    assert_eq!(updated.content_tag, created.content_tag);

    resources.delete_resource("config").await.expect("deleted");
    assert_eq!(
        resources.get_resource("config").await.expect("an answer"),
        None
    );
    assert!(folder.path().join("config.yaml").exists());
}

#[tokio::test]
async fn they_are_listed_in_the_order_of_their_creation() {
    let folder = folder(&[("file", "")]);
    let resources = open(folder.path()).await;
    for name in ["c", "a", "b"] {
        resources
            .create_resource(name, "file", ())
            .await
            .expect("two may share a path");
    }
    resources
        .update_resource("c", json!({"later": true}))
        .await
        .expect("done");
    resources.delete_resource("a").await.expect("deleted");
    resources
        .create_resource("a", "file", ())
        .await
        .expect("made again");
    let list = open(folder.path())
        .await
        .list_resources()
        .await
        .expect("a list");
    let names: Vec<&str> = list.iter().map(|info| info.name.as_str()).collect();
    assert_eq!(names, ["c", "b", "a"]);
    assert_eq!(list, resources.list_resources().await.expect("a list"));
}

#[tokio::test]
async fn metadata_is_merged_at_the_top_only_and_null_takes_away() {
    #[derive(Serialize)]
    struct Note {
        author: &'static str,
        reviewer: Option<&'static str>,
    }
    let folder = folder(&[("file", "")]);
    let resources = open(folder.path()).await;
    let note = Note {
        author: "ada",
        reviewer: None,
    };
    let info = resources
        .create_resource("a", "file", &note)
        .await
        .expect("made");
    assert_eq!(json!(info.metadata), json!({"author": "ada"}));
    let map = BTreeMap::from([("tags", json!({"x": 1, "y": null}))]);
    resources.update_resource("a", map).await.expect("done");
    let change = json!({"tags": {"z": 2}, "author": null, "unknown": null});
    let info = resources.update_resource("a", change).await.expect("done");
    assert_eq!(json!(info.metadata), json!({"tags": {"z": 2}}));
    let info = resources
        .update_resource("a", ())
        .await
        .expect("nothing is something");
    assert_eq!(json!(info.metadata), json!({"tags": {"z": 2}}));
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let folder = folder(&[("file", "text"), ("in/other", "")]);
    let dir = folder.path().display();
    let resources = open(folder.path()).await;
    let before = resources
        .create_resource("config", "file", json!({"a": 1}))
        .await
        .expect("made");
    let bytes = || {
        [0, 1].map(|slot| std::fs::read(super::index(folder.path(), &format!("index.{slot}"))).ok())
    };
    let index = bytes();

    let create = |name: &'static str, path: &'static str| resources.create_resource(name, path, ());
    refused(
        create("config", "in/other").await,
        "PP276",
        "there is a resource `config` already, with the path `file`",
    );
    refused(
        create("", "file").await,
        "PP272",
        "`` is no name for a resource: it is empty",
    );
    refused(
        create("x", "../file").await,
        "PP273",
        "resource `x` cannot have the path `../file`: `..` is not allowed; write the path as it is without",
    );
    refused(
        create("x", "/file").await,
        "PP273",
        "resource `x` cannot have the path `/file`: it is absolute; write it as it is from the directory of the resources",
    );
    refused(
        create("x", "missing").await,
        "PP274",
        &format!("resource `x`: there is no file `missing` in `{dir}`"),
    );
    refused(
        create("x", "file/below").await,
        "PP274",
        &format!("resource `x`: there is no file `file/below` in `{dir}`"),
    );
    refused(
        create("x", "in").await,
        "PP275",
        &format!("resource `x`: `in` in `{dir}` is a folder, and a resource is a file"),
    );
    refused(
        resources.create_resource("x", "file", ["a", "b"]).await,
        "PP280",
        "the metadata of resource `x` cannot be kept: it is names with values, as of a struct, a map or `json!({…})`, and not a list",
    );
    refused(
        resources
            .update_resource("config", json!({"text": "x".repeat(70_000)}))
            .await,
        "PP280",
        "the metadata of resource `config` cannot be kept: it has 70017 bytes as JSON, and at most 65536 are kept; put them into the file",
    );
    let unknown = "there is no resource named `confg`; did you mean `config`?";
    refused(
        resources.update_resource("confg", ()).await,
        "PP277",
        unknown,
    );
    refused(resources.delete_resource("confg").await, "PP277", unknown);
    refused(resources.read_resource("confg").await, "PP277", unknown);
    refused(resources.write_resource("confg").await, "PP277", unknown);
    let far = "there is no resource named `something`";
    refused(resources.delete_resource("something").await, "PP277", far);

    assert_eq!(resources.list_resources().await.expect("a list"), [before]);
    assert_eq!(bytes(), index);
}

#[tokio::test]
async fn only_if_nobody_was_faster() {
    let folder = folder(&[("file", "")]);
    let resources = open(folder.path()).await;
    let first = resources
        .create_resource("a", "file", ())
        .await
        .expect("made")
        .revision;
    let second = resources
        .update_if("a", first, json!({"n": 1}))
        .await
        .expect("done")
        .revision;
    let changed = format!("resource `a` has changed: its revision is {second}, not {first}");
    refused(
        resources.update_if("a", first, json!({"n": 2})).await,
        "PP278",
        &changed,
    );
    refused(resources.delete_if("a", first).await, "PP278", &changed);

    // As a server gives it out, and takes it back.
    let second: Revision = second.to_string().parse().expect("a revision");
    resources.delete_if("a", second).await.expect("deleted");
    let again = resources
        .create_resource("a", "file", ())
        .await
        .expect("made")
        .revision;
    assert!(again > second, "no two states have one revision");
    "x".parse::<Revision>().expect_err("no number");
}

#[tokio::test]
async fn a_file_is_deleted_where_nobody_else_has_it() {
    let folder = folder(&[("in/file", "")]);
    let resources = open(folder.path()).await;
    for name in ["a", "b", "c"] {
        resources
            .create_resource(name, "in/file", ())
            .await
            .expect("made");
    }
    let with_file = DeleteOptions::default().with_file();
    refused(
        resources.delete_with("a", with_file).await,
        "PP281",
        "the file `in/file` of resource `a` is also that of `b`, `c`: delete the resource without its file",
    );
    resources.delete_resource("b").await.expect("deleted");
    resources.delete_resource("c").await.expect("deleted");
    let revision = resources
        .get_resource("a")
        .await
        .expect("an answer")
        .expect("it is there")
        .revision;
    let stale = DeleteOptions::default()
        .with_file()
        .only_if("7".parse().expect("a number"));
    refused(
        resources.delete_with("a", stale).await,
        "PP278",
        &format!("resource `a` has changed: its revision is {revision}, not 7"),
    );
    assert!(folder.path().join("in/file").exists());
    resources
        .delete_with("a", with_file.only_if(revision))
        .await
        .expect("deleted");
    assert!(!folder.path().join("in/file").exists());
    assert_eq!(
        files(folder.path()),
        [
            ".pepperplug/index.0",
            ".pepperplug/index.1",
            ".pepperplug/lock"
        ]
    );
}

#[tokio::test]
async fn a_file_that_has_gone_is_told_and_its_resource_can_be_deleted() {
    let folder = folder(&[("file", "text")]);
    let resources = open(folder.path()).await;
    resources
        .create_resource("a", "file", ())
        .await
        .expect("made");
    std::fs::remove_file(folder.path().join("file")).expect("deleted by others");
    let info = resources
        .get_resource("a")
        .await
        .expect("an answer")
        .expect("it is there");
    assert!(info.is_missing());
    assert_eq!(
        (info.size, info.modified, info.content_tag),
        (None, None, None)
    );
    let dir = folder.path().display();
    let gone = format!("resource `a`: there is no file `file` in `{dir}`");
    refused(resources.read_resource("a").await, "PP274", &gone);
    refused(resources.write_resource("a").await, "PP274", &gone);
    resources
        .delete_with("a", DeleteOptions::default().with_file())
        .await
        .expect("deleted");
    assert_eq!(resources.list_resources().await.expect("a list"), []);
}

#[tokio::test]
async fn a_resource_as_a_server_sends_it() {
    let folder = folder(&[("logo.svg", "<svg/>"), ("data.unknown", "")]);
    let resources = open(folder.path()).await;
    let info = resources
        .create_resource("logo", "logo.svg", json!({"by": "ada"}))
        .await
        .expect("made");
    let file = std::fs::File::options()
        .write(true)
        .open(folder.path().join("logo.svg"))
        .expect("a file");
    let time = std::time::UNIX_EPOCH + std::time::Duration::new(1_700_000_000, 5);
    file.set_modified(time).expect("a time");
    let sent = resources
        .get_resource("logo")
        .await
        .expect("an answer")
        .expect("it is there");
    assert_ne!(sent.content_tag, info.content_tag);
    let tag = sent
        .content_tag
        .clone()
        .expect("it has contents")
        .to_string();
    assert!(
        tag.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        "{tag}"
    );
    assert_eq!(
        serde_json::to_value(&sent).expect("JSON"),
        json!({
            "name": "logo",
            "path": "logo.svg",
            "size": 6,
            "media_type": "image/svg+xml",
            "modified": "2023-11-14T22:13:20.000000005Z",
            "metadata": {"by": "ada"},
            "revision": 0,
            "content_tag": tag,
        })
    );
    let info = resources
        .create_resource("data", "data.unknown", ())
        .await
        .expect("made");
    assert_eq!(info.media_type, "application/octet-stream");
}
