//! Contents as streams.

use pepperplug::resources::ResourceManager;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use super::{files, folder, open, refused};

async fn read(resources: &ResourceManager, name: &str) -> String {
    let mut reader = resources.read_resource(name).await.expect("a reader");
    let mut text = String::new();
    reader.read_to_string(&mut text).await.expect("a text");
    text
}

#[tokio::test]
async fn readers_keep_what_they_have_opened() {
    let folder = folder(&[("file.txt", "old contents")]);
    let resources = open(folder.path()).await;
    resources
        .create_resource("a", "file.txt", ())
        .await
        .expect("made");
    let mut reader = resources.read_resource("a").await.expect("a reader");
    assert_eq!(reader.info().size, Some(12));
    let mut start = [0; 4];
    reader.read_exact(&mut start).await.expect("bytes");

    let mut writer = resources.write_resource("a").await.expect("a writer");
    writer.write_all(b"new").await.expect("it takes bytes");
    writer.shutdown().await.expect("nothing more comes");
    assert_eq!(
        read(&resources, "a").await,
        "old contents",
        "nobody said `commit`"
    );
    let info = writer.commit().await.expect("in place");
    assert_eq!(info.size, Some(3));
    assert_ne!(info.content_tag, reader.info().content_tag);
    assert_eq!(
        info.revision,
        reader.info().revision,
        "the record is the same"
    );
    assert_eq!(read(&resources, "a").await, "new");

    reader
        .seek(std::io::SeekFrom::Start(0))
        .await
        .expect("a place");
    let mut text = String::new();
    reader.read_to_string(&mut text).await.expect("a text");
    assert_eq!(text, "old contents");
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_nothing() {
    let folder = folder(&[("in/file.txt", "old")]);
    let resources = open(folder.path()).await;
    resources
        .create_resource("a", "in/file.txt", ())
        .await
        .expect("made");
    let before = files(folder.path());
    let mut writer = resources.write_resource("a").await.expect("a writer");
    writer
        .write_all(&vec![b'x'; 1 << 20])
        .await
        .expect("it takes bytes");
    assert_eq!(files(folder.path()).len(), before.len() + 1);
    drop(writer);
    let new = resources
        .write_new_resource("b", "not/yet/there.txt", ())
        .await
        .expect("a writer");
    drop(new);
    // Deleting them waits for the disk, elsewhere.
    while files(folder.path()) != before {
        tokio::task::yield_now().await;
    }
    assert!(!folder.path().join("not").exists());
    assert_eq!(read(&resources, "a").await, "old");
}

#[tokio::test]
async fn what_killed_processes_left_is_deleted_and_what_others_write_is_not() {
    let folder = folder(&[
        ("in/file.txt", "old"),
        ("in/.pepperplug-0123456789abcdef.tmp", "half"),
        (".pepperplug-fedcba9876543210.tmp", ""),
        ("in/.pepperplug.tmp", "not ours"),
    ]);
    let resources = open(folder.path()).await;
    resources
        .create_resource("a", "in/file.txt", ())
        .await
        .expect("made");
    let mut writer = resources.write_resource("a").await.expect("a writer");
    writer.write_all(b"new").await.expect("it takes bytes");
    let own = |path: &String| path.contains(".pepperplug-");
    assert_eq!(
        files(folder.path()).iter().filter(|path| own(path)).count(),
        2
    );
    let other = open(folder.path()).await;
    assert_eq!(
        files(folder.path()).iter().filter(|path| own(path)).count(),
        1
    );
    writer.commit().await.expect("in place");
    assert_eq!(read(&other, "a").await, "new");
    assert!(folder.path().join("in/.pepperplug.tmp").exists());
}

#[tokio::test]
async fn a_new_resource_is_there_with_its_contents_or_not_at_all() {
    let folder = folder(&[("taken.txt", "taken")]);
    let resources = open(folder.path()).await;
    let new = |name: &'static str, path: &'static str| {
        resources.write_new_resource(name, path, json!({"n": 1}))
    };
    let mut writer = new("a", "deep/er/a.txt").await.expect("a writer");
    writer.write_all(b"text").await.expect("it takes bytes");
    assert_eq!(resources.get_resource("a").await.expect("an answer"), None);
    let info = writer.commit().await.expect("in place");
    assert_eq!((info.size, &info.metadata["n"]), (Some(4), &json!(1)));
    assert_eq!(read(&resources, "a").await, "text");
    let left: Vec<String> = files(folder.path())
        .into_iter()
        .filter(|path| path.contains("tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");

    refused(
        new("b", "taken.txt").await,
        "PP282",
        "resource `b`: there is a file `taken.txt` already; `create_resource` makes a resource of a file that is there",
    );
    refused(
        new("a", "b.txt").await,
        "PP276",
        "there is a resource `a` already, with the path `deep/er/a.txt`",
    );

    // And again by the commit: whatever was free then may be taken now.
    let (one, other) = (
        new("b", "b.txt").await.expect("a writer"),
        new("b", "b.txt").await.expect("a writer"),
    );
    let (path, name) = (
        new("c", "c.txt").await.expect("a writer"),
        new("b", "d.txt").await.expect("a writer"),
    );
    one.commit().await.expect("in place");
    std::fs::write(folder.path().join("c.txt"), "by others").expect("a file");
    let exists = "there is a resource `b` already, with the path `b.txt`";
    refused(other.commit().await, "PP276", exists);
    refused(name.commit().await, "PP276", exists);
    refused(
        path.commit().await,
        "PP282",
        "resource `c`: there is a file `c.txt` already; `create_resource` makes a resource of a file that is there",
    );
    assert_eq!(
        std::fs::read_to_string(folder.path().join("c.txt")).expect("a file"),
        "by others"
    );
    assert!(!folder.path().join("d.txt").exists());
}

#[tokio::test]
async fn contents_only_if_nobody_was_faster() {
    let folder = folder(&[("file", "first")]);
    let resources = open(folder.path()).await;
    let tag = resources
        .create_resource("a", "file", ())
        .await
        .expect("made")
        .content_tag
        .expect("contents");
    let mut slow = resources.write_resource("a").await.expect("a writer");
    slow.write_all(b"slow").await.expect("it takes bytes");
    let mut fast = resources.write_resource("a").await.expect("a writer");
    fast.write_all(b"fast").await.expect("it takes bytes");
    let found = fast
        .commit_if(tag.clone())
        .await
        .expect("in place")
        .content_tag
        .expect("contents");
    refused(
        slow.commit_if(tag.clone()).await,
        "PP279",
        &format!("the contents of resource `a` have changed: their tag is {found}, not {tag}"),
    );
    assert_eq!(read(&resources, "a").await, "fast");

    let late = resources.write_resource("a").await.expect("a writer");
    std::fs::remove_file(folder.path().join("file")).expect("deleted by others");
    refused(
        late.commit_if(found.clone()).await,
        "PP279",
        &format!(
            "the contents of resource `a` have changed: their tag is none, since the file is gone, not {found}"
        ),
    );
    let new = resources
        .write_new_resource("b", "b", ())
        .await
        .expect("a writer");
    assert_eq!(
        new.commit_if(found)
            .await
            .expect_err("there were none")
            .code(),
        "PP279"
    );
}

#[tokio::test]
async fn a_writer_does_not_write_to_another_resource_of_the_name() {
    let folder = folder(&[("one", "1"), ("two", "2")]);
    let resources = open(folder.path()).await;
    let first = resources
        .create_resource("a", "one", ())
        .await
        .expect("made")
        .revision;
    let writer = resources.write_resource("a").await.expect("a writer");
    let late = resources.write_resource("a").await.expect("a writer");
    resources.delete_resource("a").await.expect("deleted");
    refused(
        writer.commit().await,
        "PP277",
        "there is no resource named `a`",
    );
    let second = resources
        .create_resource("a", "two", ())
        .await
        .expect("made")
        .revision;
    refused(
        late.commit().await,
        "PP278",
        &format!("resource `a` has changed: its revision is {second}, not {first}"),
    );
    assert_eq!(
        std::fs::read_to_string(folder.path().join("one")).expect("a file"),
        "1"
    );
    assert_eq!(read(&resources, "a").await, "2");
}

#[cfg(unix)]
#[tokio::test]
async fn permissions_stay_and_links_within_the_directory_are_followed() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = folder(&[("data/real.txt", "old")]);
    let real = folder.path().join("data/real.txt");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink("data/real.txt", folder.path().join("link.txt")).expect("a link");
    let resources = open(folder.path()).await;
    resources
        .create_resource("a", "link.txt", ())
        .await
        .expect("made");
    let mut writer = resources.write_resource("a").await.expect("a writer");
    writer.write_all(b"new").await.expect("it takes bytes");
    writer.commit().await.expect("in place");
    let metadata = std::fs::metadata(&real).expect("a file");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o640);
    assert_eq!(std::fs::read_to_string(&real).expect("a file"), "new");
    assert!(folder.path().join("link.txt").is_symlink());
    assert_eq!(read(&resources, "a").await, "new");
}
