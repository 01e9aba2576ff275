//! The parts that the tests from outside do not reach: the bytes of the index, power that fails, and a model of all
//! operations.

mod bytes;
mod model;
mod paths;
mod power;

use serde_json::json;

use super::index::{Index, Metadata};

fn note(key: &str, value: u64) -> Metadata {
    let mut metadata = Metadata::new();
    metadata.insert(key.to_owned(), json!(value));
    metadata
}

/// An index with something of everything.
fn some_index() -> Index {
    let index = Index::default();
    let index = index.create("a", "a.txt", note("n", 1)).expect("a");
    let index = index
        .create("ü\"\\", "b/c.txt", Metadata::new())
        .expect("b");
    index.update("a", None, note("m", 2)).expect("an update")
}
