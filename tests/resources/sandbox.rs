//! Nothing leaves the directory, and nothing waits for what is not a file.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{folder, open, refused};

#[tokio::test]
async fn links_that_lead_out_are_refused() {
    let outside = folder(&[("secret", "secret"), ("in/secret", "secret")]);
    let folder = folder(&[("file", "")]);
    let dir = folder.path();
    let out = outside.path();
    symlink(out.join("secret"), dir.join("absolute")).expect("a link");
    let name = out.file_name().expect("a name");
    symlink(
        Path::new("..").join(name).join("secret"),
        dir.join("relative"),
    )
    .expect("a link");
    symlink(out.join("in"), dir.join("folder")).expect("a link");
    symlink("absolute", dir.join("twice")).expect("a link");
    symlink("ring", dir.join("ring")).expect("a link");
    symlink(".pepperplug/index.0", dir.join("index")).expect("a link");
    symlink(".pepperplug", dir.join("own")).expect("a link");
    let resources = open(dir).await;
    for path in ["absolute", "relative", "folder/secret", "twice"] {
        let why = format!("a symbolic link in it leads out of `{}`", dir.display());
        let text = format!("resource `x` cannot have the path `{path}`: {why}");
        refused(
            resources.create_resource("x", path, ()).await,
            "PP273",
            &text,
        );
    }
    for path in ["index", "own/index.0"] {
        let why = "a symbolic link in it leads to files of pepperplug's own";
        let text = format!("resource `x` cannot have the path `{path}`: {why}");
        refused(
            resources.create_resource("x", path, ()).await,
            "PP273",
            &text,
        );
    }
    let error = resources
        .create_resource("x", "ring", ())
        .await
        .expect_err("it leads nowhere");
    assert_eq!(error.code(), "PP271");
    for path in ["folder/new", "folder/new/er", "own/new"] {
        let error = resources
            .write_new_resource("x", path, ())
            .await
            .expect_err("it leads out");
        assert_eq!(error.code(), "PP273", "{error}");
    }
    assert_eq!(resources.list_resources().await.expect("a list"), []);
}

#[tokio::test]
async fn what_a_link_leads_to_later_is_refused_too() {
    let outside = folder(&[("secret", "secret")]);
    let folder = folder(&[("file", "text")]);
    let resources = open(folder.path()).await;
    resources
        .create_resource("x", "file", ())
        .await
        .expect("made");
    std::fs::remove_file(folder.path().join("file")).expect("it was there");
    symlink(outside.path().join("secret"), folder.path().join("file")).expect("a link");
    let why = format!(
        "a symbolic link in it leads out of `{}`",
        folder.path().display()
    );
    let text = format!("resource `x` cannot have the path `file`: {why}");
    refused(resources.read_resource("x").await, "PP273", &text);
    refused(resources.write_resource("x").await, "PP273", &text);
    let info = resources
        .get_resource("x")
        .await
        .expect("an answer")
        .expect("it is there");
    assert!(info.is_missing(), "nothing is told of what is outside");
    // The link is deleted, and not what it leads to.
    let with_file = pepperplug::resources::DeleteOptions::default().with_file();
    resources
        .delete_with("x", with_file)
        .await
        .expect("deleted");
    assert!(!folder.path().join("file").is_symlink());
    assert!(outside.path().join("secret").exists());
}

fn make_pipe(path: &Path) {
    let status = Command::new("mkfifo").arg(path).status().expect("mkfifo");
    assert!(status.success());
}

#[tokio::test]
async fn what_is_no_file_is_refused_and_not_waited_for() {
    let folder = folder(&[("file", "text")]);
    let dir = folder.path();
    make_pipe(&dir.join("pipe"));
    let _socket = std::os::unix::net::UnixListener::bind(dir.join("socket")).expect("a socket");
    let resources = open(dir).await;
    let shown = dir.display();
    for (path, kind) in [("pipe", "a pipe"), ("socket", "a socket")] {
        let text =
            format!("resource `x`: `{path}` in `{shown}` is {kind}, and a resource is a file");
        refused(
            resources.create_resource("x", path, ()).await,
            "PP275",
            &text,
        );
    }
    resources
        .create_resource("x", "file", ())
        .await
        .expect("made");
    std::fs::remove_file(dir.join("file")).expect("it was there");
    make_pipe(&dir.join("file"));
    let text = format!("resource `x`: `file` in `{shown}` is a pipe, and a resource is a file");
    refused(resources.read_resource("x").await, "PP275", &text);
    refused(resources.write_resource("x").await, "PP275", &text);
}

/// Puts one after the other of some things at a path, until it is told to stop.
struct Swapper {
    is_over: std::sync::Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Swapper {
    fn new(at: PathBuf, makers: Vec<fn(&Path, &Path)>, outside: PathBuf) -> Self {
        let is_over = std::sync::Arc::new(AtomicBool::new(false));
        let stop = std::sync::Arc::clone(&is_over);
        let run = move || {
            let next = at.with_extension("next");
            for maker in makers.iter().cycle() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                remove(&next);
                maker(&next, &outside);
                // A folder and a file do not replace each other.
                if std::fs::rename(&next, &at).is_err() {
                    let old = at.with_extension("old");
                    let _ = std::fs::rename(&at, &old);
                    let _ = std::fs::rename(&next, &at);
                    remove(&old);
                }
            }
        };
        Self {
            is_over,
            thread: Some(std::thread::spawn(run)),
        }
    }
}

impl Drop for Swapper {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("it is joined once");
        assert!(thread.join().is_ok() || std::thread::panicking());
    }
}

fn remove(path: &Path) {
    // Of a link, the link.
    let _ = std::fs::remove_dir_all(path).or_else(|_| std::fs::remove_file(path));
}

fn make_link(at: &Path, outside: &Path) {
    symlink(outside.join("secret"), at).expect("a link");
}

fn make_file(at: &Path, _: &Path) {
    std::fs::write(at, "inside").expect("a file");
}

fn make_a_pipe(at: &Path, _: &Path) {
    make_pipe(at);
}

fn make_folder(at: &Path, _: &Path) {
    std::fs::create_dir(at).expect("a folder");
    std::fs::write(at.join("secret"), "inside").expect("a file");
}

fn make_link_to_folder(at: &Path, outside: &Path) {
    symlink(outside, at).expect("a link");
}

#[tokio::test]
async fn a_file_that_is_swapped_for_a_link_or_a_pipe_at_any_moment() {
    let outside = folder(&[("secret", "secret")]);
    let folder = folder(&[("file", "inside")]);
    let resources = open(folder.path()).await;
    resources
        .create_resource("x", "file", ())
        .await
        .expect("made");
    let makers = vec![
        make_file as fn(&Path, &Path),
        make_link,
        make_file,
        make_a_pipe,
    ];
    let _swapper = Swapper::new(
        folder.path().join("file"),
        makers,
        outside.path().to_owned(),
    );
    let (mut read, mut refused) = (0, 0);
    for attempt in 0_u32.. {
        match resources.read_resource("x").await {
            Ok(mut reader) => {
                let mut text = String::new();
                reader.read_to_string(&mut text).await.expect("a text");
                assert!(["inside", "written"].contains(&text.as_str()), "{text}");
                read += 1;
            }
            Err(error) => {
                assert!(["PP273", "PP275"].contains(&error.code()), "{error}");
                refused += 1;
            }
        }
        match resources.write_resource("x").await {
            Ok(mut writer) => {
                writer.write_all(b"written").await.expect("it takes bytes");
                if let Err(error) = writer.commit().await {
                    assert_eq!(error.code(), "PP271", "{error}");
                }
            }
            Err(error) => assert!(["PP273", "PP275"].contains(&error.code()), "{error}"),
        }
        let secret = std::fs::read_to_string(outside.path().join("secret"));
        assert_eq!(secret.expect("a secret"), "secret");
        // Both have been seen, or never will be.
        if attempt > 500 && read > 0 && refused > 0 || attempt > 20_000 {
            break;
        }
    }
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused");
}

#[tokio::test]
async fn a_folder_that_is_swapped_for_a_link_at_any_moment() {
    let outside = folder(&[("secret", "secret")]);
    let folder = folder(&[("in/secret", "inside")]);
    let resources = open(folder.path()).await;
    resources
        .create_resource("x", "in/secret", ())
        .await
        .expect("made");
    let makers = vec![make_folder as fn(&Path, &Path), make_link_to_folder];
    let _swapper = Swapper::new(folder.path().join("in"), makers, outside.path().to_owned());
    for attempt in 0..400 {
        if let Ok(mut reader) = resources.read_resource("x").await {
            let mut text = String::new();
            reader.read_to_string(&mut text).await.expect("a text");
            assert!(["inside", "written"].contains(&text.as_str()), "{text}");
        }
        if let Ok(mut writer) = resources.write_resource("x").await {
            writer.write_all(b"written").await.expect("it takes bytes");
            let _ = writer.commit().await;
        }
        let name = format!("new-{attempt}");
        let new = resources
            .write_new_resource(&name, format!("in/{name}"), ())
            .await;
        if let Ok(writer) = new {
            let _ = writer.commit().await;
        }
        let found: Vec<_> = std::fs::read_dir(outside.path())
            .expect("a folder")
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        let secret = std::fs::read_to_string(outside.path().join("secret"));
        assert_eq!(secret.expect("a secret"), "secret");
    }
}
