//! Several processes at one directory.

use std::collections::BTreeSet;

use pepperplug::resources::{ResourceManager, Revision};
use serde_json::json;

use super::child::Process;
use super::{folder, open};

const PROCESSES: u64 = 3;
const ROUNDS: u64 = 60;

/// Counts together with others, and makes resources: some of its own, some that others want to make too. It says which
/// revision each of its changes was given.
pub(crate) async fn count(resources: &ResourceManager, process: u64, say: fn(Revision)) {
    for round in 0..ROUNDS {
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
                Ok(info) => break say(info.revision),
                Err(error) => assert_eq!(error.code(), "PP278", "{error}"),
            }
        }
        let own = resources
            .create_resource(&format!("{process}-{round}"), "file", ())
            .await;
        say(own.expect("nobody else makes it").revision);
        match resources
            .create_resource(&format!("all-{round}"), "file", ())
            .await
        {
            Ok(info) => say(info.revision),
            Err(error) => assert_eq!(error.code(), "PP276", "{error}"),
        }
        if round >= 10 {
            let earlier = format!("{process}-{}", round - 10);
            resources
                .delete_resource(&earlier)
                .await
                .expect("nobody else deletes it");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_see_what_the_others_do() {
    let folder = folder(&[("file", "")]);
    let resources = open(folder.path()).await;
    resources
        .create_resource("count", "file", json!({"n": 0}))
        .await
        .expect("made");
    let start = |process| Process::start("count", folder.path(), process);
    let processes: Vec<Process> = (0..PROCESSES).map(start).collect();
    // This one takes part, and its readers never see a count that goes back.
    let reader = tokio::spawn({
        let resources = resources.clone();
        async move {
            let mut last = 0;
            while last < (PROCESSES + 1) * ROUNDS {
                let count = resources
                    .get_resource("count")
                    .await
                    .expect("an answer")
                    .expect("it");
                let now = count.metadata["n"].as_u64().expect("a number");
                assert!(now >= last, "{now} after {last}");
                last = now;
            }
        }
    });
    count(&resources, PROCESSES, |_| {}).await;
    let mut revisions = BTreeSet::new();
    for mut process in processes {
        let (heard, status) = tokio::task::spawn_blocking(move || {
            let mut heard = Vec::new();
            while let Some(revision) = process.hear() {
                heard.push(revision);
            }
            (heard, process.child.wait().expect("it ends"))
        })
        .await
        .expect("no panic");
        assert!(status.success(), "{status}");
        for revision in heard {
            assert!(
                revisions.insert(revision.clone()),
                "{revision} was given twice"
            );
        }
    }
    reader.await.expect("it saw the last count");
    let list = resources.list_resources().await.expect("a list");
    assert_eq!(list[0].metadata["n"], (PROCESSES + 1) * ROUNDS);
    let expected = 1 + ROUNDS + (PROCESSES + 1) * 10;
    assert_eq!(list.len() as u64, expected);
    assert!(revisions.len() as u64 >= PROCESSES * ROUNDS * 2);
    assert_eq!(resources.recovery(), None);
}
