//! Two nodes and more, joined by a server.

mod support;

use std::time::Duration;

use api::{Work, remote};
use async_nats::jetstream;
use futures::StreamExt;
use pepperplug::Error;
use pepperplug::prelude::*;
use serde_json::json;

use support::{
    Counted, Job, Kind, fresh, health, node, remove, says, server, unstarted, until, worker,
};

/// A server and a stream for this test; or else it ends here.
macro_rules! server_or_skip {
    ($test:literal) => {
        match server($test) {
            Some(url) => (url, fresh()),
            None => return,
        }
    };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_for_everyone_runs_the_hooks_of_each_node_once() {
    let (url, stream) = server_or_skip!("an_event_for_everyone");
    let (a, b, c) = tokio::join!(
        node(&url, &stream, "a", ""),
        node(&url, &stream, "b", ""),
        node(&url, &stream, "c", ""),
    );
    for id in 0..20 {
        let context = remote(Work::Everyone)
            .metadata("tenant", "acme")
            .correlation_id(format!("request-{id}"));
        a.emit_with(&Job::new(id), context)
            .await
            .expect("it is sent");
    }
    // Nothing of this leaves the node.
    a.emit(&Job::new(100)).await.expect("nothing fails");
    let all: Vec<u64> = (0..20).collect();
    for other in [&b, &c] {
        let worker = worker(other);
        until("all have arrived", || worker.ids().len() >= 20).await;
    }
    // So that what should not arrive has time to.
    tokio::time::sleep(Duration::from_millis(300)).await;
    for other in [&b, &c] {
        let worker = worker(other);
        assert_eq!(worker.ids(), all);
        for seen in worker.done() {
            assert_eq!(seen.correlation, format!("request-{}", seen.id));
            assert_eq!(seen.tenant.as_deref(), Some("acme"));
        }
        // What a hook emits is not sent as well: the hook runs here too.
        assert_eq!(worker.noted().len(), 20);
    }
    let own = worker(&a);
    assert_eq!(own.ids(), [0; 0], "its own events do not come back");
    assert_eq!(own.done().len(), 21);
    let well = health(&a).await;
    assert!(well.well && well.detail.contains("20 sent"), "{well:?}");
    for node in [a, b, c] {
        node.shutdown().await.expect("nothing is left");
    }
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_delivered_again_until_its_hooks_succeed() {
    let (url, stream) = server_or_skip!("an_event_is_delivered_again");
    let a = node(&url, &stream, "a", "").await;
    let b = node(&url, &stream, "b", "").await;
    let kind = Kind::Fails(2);
    let job = Job { id: 7, kind };
    a.emit_with(&job, remote(Work::Everyone))
        .await
        .expect("it is sent");
    let worker = worker(&b);
    until("it is done", || worker.ids() == [7]).await;
    assert_eq!(worker.tries(7), 3);
    says(&b, "2 tries failed").await;
    a.shutdown().await.expect("nothing is left");
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_always_fails_is_a_dead_letter() {
    let (url, stream) = server_or_skip!("an_event_that_always_fails");
    let a = node(&url, &stream, "a", "").await;
    let b = node(&url, &stream, "b", "max_tries = 3").await;
    let kind = Kind::Fails(u32::MAX);
    a.emit_with(&Job { id: 7, kind }, remote(Work::Everyone))
        .await
        .expect("it is sent");
    let client = async_nats::connect(&url).await.expect("it answers");
    let context = jetstream::new(client);
    // And one that is no event at all.
    context
        .publish(format!("{stream}.everyone.job.made"), "{".into())
        .await
        .expect("it is sent")
        .await
        .expect("it is kept");
    let dead = context
        .get_stream(format!("{stream}-DEAD"))
        .await
        .expect("the bridge made it");
    let config = jetstream::consumer::pull::Config::default();
    let consumer = dead.create_consumer(config).await.expect("it is new");
    let mut letters = consumer.messages().await.expect("it is there");
    let (mut failed, mut garbage) = (Vec::new(), Vec::new());
    while failed.is_empty() || garbage.len() < 2 {
        let letter = letters
            .next()
            .await
            .expect("it goes on")
            .expect("it is one");
        let headers = letter.headers.clone().expect("they are added");
        let header = |name: &str| headers.get(name).map(ToString::to_string);
        assert_eq!(letter.subject.as_str(), format!("{stream}.dead.job.made"));
        if &*letter.payload == b"{" {
            assert_eq!(header("Dead-Tries").as_deref(), Some("1"));
            garbage.push(header("Dead-Node").expect("it is added"));
            continue;
        }
        let reason = header("Dead-Reason").expect("it is added");
        assert!(reason.contains("try 3 is to fail"), "{reason}");
        assert_eq!(header("Dead-Tries").as_deref(), Some("3"));
        assert_eq!(header("Dead-Node").as_deref(), Some("b"));
        assert!(header("Original-Nats-Msg-Id").is_some());
        failed.push(letter);
    }
    garbage.sort();
    assert_eq!(garbage, ["a", "b"], "each node has found it to be none");
    assert_eq!(worker(&b).tries(7), 3);
    says(&b, "2 dead letters").await;
    a.shutdown().await.expect("nothing is left");
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_comes_twice_is_handled_once() {
    let (url, stream) = server_or_skip!("an_event_that_comes_twice");
    let b = node(&url, &stream, "b", "queues = [\"mail\"]").await;
    let client = async_nats::connect(&url).await.expect("it answers");
    let context = jetstream::new(client);
    let event = json!({
        "event": "job.made", "node": "elsewhere", "correlation": "c", "data": Job::new(1),
    });
    // Each stream takes the id once, and the node gets it from both.
    for subject in [
        "everyone.job.made",
        "work.mail.job.made",
        "everyone.job.made",
    ] {
        let message = jetstream::message::PublishMessage::build()
            .message_id("the-same")
            .payload(event.to_string().into());
        context
            .send_publish(format!("{stream}.{subject}"), message)
            .await
            .expect("it is sent")
            .await
            .expect("it is kept");
    }
    let worker = worker(&b);
    says(&b, "1 handled, 1 duplicates").await;
    assert_eq!(worker.ids(), [1]);
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_of_a_queue_is_done_by_one_node() {
    let (url, stream) = server_or_skip!("work_of_a_queue");
    // Before anybody works on it: it waits.
    let a = node(&url, &stream, "a", "").await;
    for id in 0..30 {
        a.emit_with(&Job::new(id), remote(Work::Queue("mail".into())))
            .await
            .expect("it is sent");
    }
    let b = node(&url, &stream, "b", "queues = [\"mail\"]").await;
    let c = node(&url, &stream, "c", "queues = [\"mail\"]").await;
    for id in 30..60 {
        // Whoever emits may be the one who does it.
        b.emit_with(&Job::new(id), remote(Work::Queue("mail".into())))
            .await
            .expect("it is sent");
    }
    let (of_a, of_b, of_c) = (worker(&a), worker(&b), worker(&c));
    until("all are done", || of_b.ids().len() + of_c.ids().len() >= 60).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut all = of_b.ids();
    all.extend(of_c.ids());
    all.sort_unstable();
    assert_eq!(all, (0..60).collect::<Vec<_>>());
    assert!(of_a.done().is_empty(), "it does not work on the queue");
    for node in [a, b, c] {
        node.shutdown().await.expect("nothing is left");
    }
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_node_gets_no_more_than_it_can_handle() {
    let (url, stream) = server_or_skip!("a_slow_node");
    let a = node(&url, &stream, "a", "").await;
    let b = node(&url, &stream, "b", "max_in_flight = 4\nack_wait = \"1s\"").await;
    let kind = Kind::Gated;
    for id in 0..20 {
        a.emit_with(&Job { id, kind }, remote(Work::Everyone))
            .await
            .expect("it is sent");
    }
    let worker = worker(&b);
    until("as many as may", || worker.within().0 == 4).await;
    // Longer than the server waits for those of which it hears nothing.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(worker.within(), (4, 4));
    worker.gate.add_permits(20);
    until("all are done", || worker.ids().len() == 20).await;
    assert_eq!(worker.ids(), (0..20).collect::<Vec<_>>());
    let once = (0..20).all(|id| worker.tries(id) == 1);
    assert!(once, "the server heard that they are being handled");
    assert_eq!(worker.within().1, 4);
    a.shutdown().await.expect("nothing is left");
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_waits_for_what_is_being_handled_and_leaves_the_rest() {
    let (url, stream) = server_or_skip!("a_shutdown_waits");
    let a = node(&url, &stream, "a", "").await;
    let b = node(&url, &stream, "b", "max_in_flight = 2").await;
    let kind = Kind::Gated;
    for id in 0..6 {
        a.emit_with(&Job { id, kind }, remote(Work::Everyone))
            .await
            .expect("it is sent");
    }
    let before = worker(&b);
    until("two are within", || before.within().0 == 2).await;
    let stopping = tokio::spawn({
        let b = b.clone();
        async move { b.shutdown().await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!stopping.is_finished());
    before.gate.add_permits(2);
    let stopped = stopping.await.expect("no panic");
    stopped.expect("both came to an end");
    let done = before.ids();
    assert_eq!(done.len(), 2);
    // The same node, in another life.
    let b = node(&url, &stream, "b", "max_in_flight = 2").await;
    let after = worker(&b);
    after.gate.add_permits(6);
    until("the rest is done", || after.ids().len() == 4).await;
    let mut all = done;
    all.extend(after.ids());
    all.sort_unstable();
    assert_eq!(all, (0..6).collect::<Vec<_>>());
    a.shutdown().await.expect("nothing is left");
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_gives_back_what_takes_too_long() {
    let (url, stream) = server_or_skip!("a_shutdown_gives_back");
    let a = node(&url, &stream, "a", "").await;
    let b = node(
        &url,
        &stream,
        "b",
        "drain_timeout = \"100ms\"\nack_wait = \"60s\"",
    )
    .await;
    let kind = Kind::Gated;
    a.emit_with(&Job { id: 1, kind }, remote(Work::Everyone))
        .await
        .expect("it is sent");
    let before = worker(&b);
    until("it is within", || before.within().0 == 1).await;
    let error = b.shutdown().await.expect_err("one is not done");
    let text = error.to_string();
    assert!(
        text.contains("1 events were still being handled after 100ms"),
        "{text}"
    );
    let b = node(&url, &stream, "b", "ack_wait = \"60s\"").await;
    let after = worker(&b);
    after.gate.add_permits(1);
    // Long before the server would deliver it by itself.
    until("it is done", || after.ids() == [1]).await;
    a.shutdown().await.expect("nothing is left");
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_is_an_error() {
    let (url, stream) = server_or_skip!("what_cannot_be_sent");
    let a = node(&url, &stream, "a", "").await;
    let fails = |error: Error, wanted: &str| {
        let text = error.to_string();
        assert!(text.contains(wanted), "{text}");
    };
    let queue = remote(Work::Queue("a b".into()));
    let error = a.emit_with(&Job::new(1), queue).await.expect_err("bad");
    fails(error, "event `job.made` is for the queue `a b`");
    let mark = remote(Work::Everyone).metadata(api::REMOTE, "all");
    let error = a.emit_with(&Job::new(1), mark).await.expect_err("bad");
    fails(error, "has the metadata `remote: \"all\"`, which is none");
    let check = api::HealthCheck::default();
    let error = a.emit_with(&check, remote(Work::Everyone)).await;
    let answers = error.expect("each answers for itself");
    let told = answers.into_iter().find_map(|answer| answer.outcome.err());
    let text = told.expect("the bridge refuses it").to_string();
    assert!(
        text.contains("event `health.check` is in mode `collect`"),
        "{text}"
    );
    let large = remote(Work::Everyone).metadata("large", "x".repeat(2 << 20));
    let error = a.emit_with(&Job::new(1), large).await.expect_err("bad");
    fails(error, "event `job.made` cannot go to other nodes: ");
    let error = a.events().emit_sync_with(&Counted, remote(Work::Everyone));
    fails(
        error.expect_err("bad"),
        "event `job.counted` is declared `sync`",
    );
    a.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_something_else_is_left_alone() {
    let (url, stream) = server_or_skip!("a_stream_that_is_something_else");
    let client = async_nats::connect(&url).await.expect("it answers");
    let config = jetstream::stream::Config {
        name: stream.clone(),
        subjects: vec![format!("{stream}.other")],
        max_bytes: 1_000_000,
        ..Default::default()
    };
    let created = jetstream::new(client).create_stream(config).await;
    created.expect("it is new");
    let a = unstarted(&url, &stream, "a", "");
    let text = a.initialize().await.expect_err("another's").to_string();
    let wanted =
        format!("the stream `{stream}` at NATS is not one of the bridge: its retention is Limits");
    assert!(text.contains(&wanted), "{text}");
    remove(&url, &stream).await;
}

#[tokio::test]
async fn without_a_server_the_start_says_so() {
    let a = unstarted(
        "nats://127.0.0.1:9",
        "service",
        "a",
        "connect_timeout = \"2s\"",
    );
    let text = a.initialize().await.expect_err("no server").to_string();
    assert!(
        text.contains("cannot connect to NATS at 127.0.0.1:9"),
        "{text}"
    );
}

#[test]
fn bad_settings_are_told() {
    let text = "[bridge]\nqueues = [\"a.b\"]\nack_wait = \"5 parsecs\"\nservers = [\"::\"]\n";
    let settings = Settings::from_toml(text).expect("it is TOML");
    let builder = PluginManager::builder().plugins(&support::PLUGINS);
    let built = builder.settings(settings).build();
    let text = built.expect_err("all three").to_string();
    for wanted in [
        "3 problems",
        "[bridge] queues[0]: found \"a.b\", expected 1 to 64 letters, digits, `-` and `_`",
        "[bridge] ack_wait",
        "[bridge] servers[0]: found \"::\", expected an address such as `nats://127.0.0.1:4222`",
    ] {
        assert!(text.contains(wanted), "{text}");
    }
}
