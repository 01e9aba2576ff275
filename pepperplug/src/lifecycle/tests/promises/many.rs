//! An application far larger than any that people write.

use super::super::stage::What;
use super::*;

const COUNT: usize = 10_000;

/// Each needs one that stands near before it and one that stands anywhere before it; every tenth awaits something.
fn roles() -> Vec<Role> {
    let role = |number: usize| {
        let wants = match number {
            0 => Vec::new(),
            _ => vec![
                Want::Arc(number - 1 - number % number.min(3)),
                Want::Lazy(number / 2),
            ],
        };
        let after = if number % 10 == 0 { 2 } else { 0 };
        let act = Act::Ends(after, End::Well);
        role(&format!("plugin-{number:05}"), &wants, act.clone()).cleans_up(act)
    };
    (0..COUNT).map(role).collect()
}

async fn start_and_stop(stage: &Stage, manager: PluginManager) {
    manager.initialize().await.expect("it goes well");
    assert_eq!(stage.alive(), COUNT);
    let of = |log: &[super::super::stage::Entry], what: &What| -> Vec<usize> {
        let of_it = log.iter().filter(|entry| entry.what == *what);
        of_it.map(|entry| entry.plugin).collect()
    };
    let mut ready = of(&stage.take_log(), &What::Ready);
    assert_eq!(ready.len(), COUNT);
    let mut place = vec![0; COUNT];
    for (at, plugin) in ready.iter().enumerate() {
        place[*plugin] = at;
    }
    for (number, role) in stage.roles.iter().enumerate() {
        for want in &role.plugin.wants {
            if let Want::Arc(on) = want {
                assert!(place[*on] < place[number], "{number} needs {on}");
            }
        }
    }
    manager.shutdown().await.expect("it goes well");
    ready.reverse();
    assert_eq!(of(&stage.take_log(), &What::Cleaned), ready);
    drop(manager);
    assert_eq!(stage.alive(), 0);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_start_and_stop_in_order() {
    let (stage, manager) = Stage::raise(roles(), |builder| {
        builder.shutdown_timeout(Duration::from_secs(3_600))
    });
    start_and_stop(&stage, manager).await;
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_start_and_stop_in_order_as_on_several_threads() {
    let (stage, manager) = Stage::raise(roles(), |builder| {
        builder
            .on_several_threads()
            .shutdown_timeout(Duration::from_secs(3_600))
    });
    start_and_stop(&stage, manager).await;
}

#[tokio::test(start_paused = true)]
async fn the_last_of_ten_thousand_fails_and_all_the_others_are_taken_back() {
    let mut roles = roles();
    roles[COUNT - 1].initialize = Act::Ends(0, End::InError);
    let (stage, manager) = Stage::raise(roles, |builder| {
        builder.shutdown_timeout(Duration::from_secs(3_600))
    });
    let error = manager.initialize().await.expect_err("the last fails");
    let Error::Start(error) = error else {
        panic!("another error: {error}")
    };
    assert_eq!(error.failed().collect::<Vec<_>>(), ["plugin-09999"]);
    let log = stage.take_log();
    let count = |what: &What| log.iter().filter(|entry| entry.what == *what).count();
    assert_eq!(error.rolled_back().count(), count(&What::Ready));
    assert_eq!(count(&What::Cleaned), count(&What::Ready));
    drop(log);
    assert_eq!(stage.alive(), 0);
}
