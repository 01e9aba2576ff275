//! A node that changes while events flow, and one that was never well.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use api::{Work, remote};
use async_nats::jetstream::{self, consumer};
use futures::StreamExt;
use pepperplug::prelude::*;

use support::{Job, PLUGINS, fresh, health, node, remove, server, until, worker};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_loses_no_event() {
    let Some(url) = server("a_reload_loses_no_event") else {
        return;
    };
    let (stream, folder) = (fresh(), tempfile::tempdir().expect("there is room"));
    let file = folder.path().join("b.toml");
    let write = |in_flight: usize| {
        let text = format!(
            "[bridge]\nservers = [\"{url}\"]\nstream = \"{stream}\"\nnode = \"b\"\nqueues = [\"mail\"]\nmax_bytes = 20000000\nack_wait = \"2s\"\nmax_in_flight = {in_flight}\n"
        );
        fs::write(&file, text).expect("there is room");
    };
    write(8);
    let settings = Settings::file(&file).expect("it is TOML");
    let builder = PluginManager::builder().plugins(&PLUGINS);
    let b = builder
        .settings(settings)
        .build()
        .expect("the settings fit");
    b.initialize().await.expect("NATS answers");
    let a = node(&url, &stream, "a", "").await;
    let emitting = tokio::spawn({
        let a = a.clone();
        async move {
            for id in 0..600 {
                let work = if id % 2 == 0 {
                    Work::Everyone
                } else {
                    Work::Queue("mail".into())
                };
                let sent = a.emit_with(&Job::new(id), remote(work)).await;
                sent.expect("the server is there");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    });
    let worker = worker(&b);
    for round in 1..=3 {
        let so_many = round * 100;
        until("the stream flows", || worker.ids().len() > so_many).await;
        write(8 + round);
        let reload = b.reload().await.expect("NATS is there");
        assert_eq!(reload.restarted, ["bridge"]);
        assert_eq!(reload.problems, [""; 0]);
    }
    emitting.await.expect("each is sent");
    let all: BTreeSet<u64> = (0..600).collect();
    until("all have arrived", || {
        worker.ids().into_iter().collect::<BTreeSet<_>>() == all
    })
    .await;
    assert!(health(&b).await.well);
    a.shutdown().await.expect("nothing is left");
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_which_no_try_comes_to_an_end_is_a_dead_letter() {
    let Some(url) = server("an_event_of_which_no_try_comes_to_an_end") else {
        return;
    };
    let stream = fresh();
    let a = node(&url, &stream, "a", "").await;
    let client = async_nats::connect(&url).await.expect("it answers");
    let context = jetstream::new(client);
    // A node that ends whenever it gets an event: nothing is ever answered.
    let config = consumer::pull::Config {
        durable_name: Some("node-b".to_owned()),
        deliver_policy: consumer::DeliverPolicy::New,
        ack_wait: Duration::from_millis(100),
        ..Default::default()
    };
    let ends = context.create_consumer_on_stream(config, stream.as_str());
    let ends = ends.await.expect("the bridge made the stream");
    a.emit_with(&Job::new(1), remote(Work::Everyone))
        .await
        .expect("it is sent");
    for _ in 0..3 {
        let asking = ends.batch().max_messages(1).expires(Duration::from_secs(5));
        let mut got = asking.messages().await.expect("it is there");
        let message = got.next().await.expect("it comes again");
        message.expect("it is one");
    }
    let b = node(&url, &stream, "b", "max_tries = 3").await;
    let dead = context.get_stream(format!("{stream}-DEAD")).await;
    let config = consumer::pull::Config::default();
    let consumer = dead.expect("it is there").create_consumer(config).await;
    let consumer = consumer.expect("it is new");
    let mut letters = consumer.messages().await.expect("it is there");
    let letter = letters
        .next()
        .await
        .expect("it goes on")
        .expect("it is one");
    let headers = letter.headers.clone().expect("they are added");
    let reason = headers.get("Dead-Reason").expect("it is added");
    assert!(
        reason.as_str().contains("no try came to an end"),
        "{reason}"
    );
    assert_eq!(worker(&b).tries(1), 0);
    a.shutdown().await.expect("nothing is left");
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_the_server_has_forgotten_makes_itself_known_again() {
    let Some(url) = server("a_node_that_the_server_has_forgotten") else {
        return;
    };
    let stream = fresh();
    let a = node(&url, &stream, "a", "").await;
    let b = node(&url, &stream, "b", "").await;
    let client = async_nats::connect(&url).await.expect("it answers");
    let context = jetstream::new(client);
    let forgotten = context.delete_consumer_from_stream("node-b", stream.as_str());
    forgotten.await.expect("it is there");
    let worker = worker(&b);
    let begun = tokio::time::Instant::now();
    let mut id = 0;
    // Events in between are not for it.
    while worker.ids().is_empty() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{:?}",
            health(&b).await
        );
        a.emit_with(&Job::new(id), remote(Work::Everyone))
            .await
            .expect("it is sent");
        id += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(health(&b).await.well);
    a.shutdown().await.expect("nothing is left");
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_for_a_node_is_dropped_when_it_is_forgotten() {
    let Some(url) = server("what_is_kept_for_a_node") else {
        return;
    };
    let stream = fresh();
    let a = node(&url, &stream, "a", "").await;
    let b = node(&url, &stream, "b", "forget_node_after = \"1s\"").await;
    b.shutdown().await.expect("nothing is left");
    a.emit_with(&Job::new(1), remote(Work::Everyone))
        .await
        .expect("it is sent");
    let client = async_nats::connect(&url).await.expect("it answers");
    let context = jetstream::new(client);
    let mut kept = context.get_stream(&stream).await.expect("it is there");
    let begun = tokio::time::Instant::now();
    let mut had = 0;
    loop {
        let state = kept.info().await.expect("it is there").state.clone();
        had = had.max(state.messages);
        if had > 0 && state.messages == 0 && state.consumer_count == 1 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{state:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    a.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limits_of_the_streams_follow_the_settings() {
    let Some(url) = server("the_limits_of_the_streams") else {
        return;
    };
    let stream = fresh();
    let a = node(&url, &stream, "a", "max_age = \"1h\"").await;
    let b = node(&url, &stream, "b", "max_age = \"2h\"").await;
    let client = async_nats::connect(&url).await.expect("it answers");
    let context = jetstream::new(client);
    for (suffix, hours) in [("", 2), ("-WORK", 2), ("-DEAD", 8)] {
        let mut kept = context.get_stream(format!("{stream}{suffix}")).await;
        let kept = kept.as_mut().expect("it is there");
        let config = &kept.info().await.expect("it is there").config;
        assert_eq!(config.max_age, Duration::from_secs(hours * 60 * 60));
        assert_eq!(config.max_bytes, 20_000_000);
    }
    a.shutdown().await.expect("nothing is left");
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_that_is_too_large_has_no_data() {
    let Some(url) = server("a_dead_letter_that_is_too_large") else {
        return;
    };
    let stream = fresh();
    let b = node(&url, &stream, "b", "").await;
    let client = async_nats::connect(&url).await.expect("it answers");
    let most = client.server_info().max_payload;
    let context = jetstream::new(client);
    let large = "x".repeat(most - 100);
    let sent = context.publish(format!("{stream}.everyone.job.made"), large.into());
    sent.await.expect("it just fits").await.expect("it is kept");
    let dead = context.get_stream(format!("{stream}-DEAD")).await;
    let config = consumer::pull::Config::default();
    let consumer = dead.expect("it is there").create_consumer(config).await;
    let consumer = consumer.expect("it is new");
    let mut letters = consumer.messages().await.expect("it is there");
    let letter = letters
        .next()
        .await
        .expect("it goes on")
        .expect("it is one");
    let headers = letter.headers.clone().expect("they are added");
    let bytes = headers.get("Dead-Payload-Bytes").expect("it is added");
    assert_eq!(bytes.as_str(), (most - 100).to_string());
    assert!(letter.payload.is_empty());
    b.shutdown().await.expect("nothing is left");
    remove(&url, &stream).await;
}
