//! Whatever happens to the bytes of an index, it is noticed.

use proptest::prelude::*;
use serde_json::json;

use super::some_index;
use crate::resources::format::{Fault, HEADER, decode, encode};
use crate::resources::index::Index;

#[test]
fn what_is_written_is_read() {
    for index in [Index::default(), some_index()] {
        let bytes = encode(&index).expect("bytes");
        assert_eq!(bytes[HEADER - 1], b'\n');
        assert_eq!(decode(&bytes), Ok(index));
    }
}

#[test]
fn the_format_is_the_one_that_earlier_versions_wrote() {
    let text = "pepperplug-resources 1 0000000000000003 00000000000000ac fd5ad40d\n\
        {\"next_revision\":3}\n\
        {\"name\":\"a\",\"path\":\"a.txt\",\"metadata\":{\"m\":2,\"n\":1},\"revision\":2,\"created\":0}\n\
        {\"name\":\"ü\\\"\\\\\",\"path\":\"b/c.txt\",\"metadata\":{},\"revision\":1,\"created\":1}\n";
    assert_eq!(decode(text.as_bytes()), Ok(some_index()));
    let bytes = encode(&some_index()).expect("bytes");
    // A build in which another crate lets JSON keep the order of its keys writes those of metadata in that order.
    let (ours, theirs) = (
        String::from_utf8_lossy(&bytes),
        "\"metadata\":{\"n\":1,\"m\":2}",
    );
    if !ours.contains(theirs) {
        assert_eq!(ours, text);
    }
}

#[test]
fn every_wrong_bit_and_every_length_is_noticed() {
    let bytes = encode(&some_index()).expect("bytes");
    for at in 0..bytes.len() * 8 {
        let mut wrong = bytes.clone();
        wrong[at / 8] ^= 1 << (at % 8);
        assert!(decode(&wrong).is_err(), "bit {at}");
    }
    for length in 0..bytes.len() {
        assert!(
            matches!(decode(&bytes[..length]), Err(Fault::Damaged(_))),
            "{length} bytes"
        );
    }
    let longer = [bytes.as_slice(), b"\n"].concat();
    assert!(matches!(decode(&longer), Err(Fault::Damaged(_))));
}

#[test]
fn a_later_format_is_no_damage() {
    let later = b"pepperplug-resources 2 anything that it may say\nand more";
    assert_eq!(decode(later), Err(Fault::Newer(2)));
}

/// With a checksum that is right, so that only sense is left to look for.
#[test]
fn records_that_contradict_each_other_are_noticed() {
    let record = |name: &str, revision: u64, created: u64| {
        let record = json!({"name": name, "path": "p", "metadata": {}, "revision": revision, "created": created});
        serde_json::from_value(record).expect("a record")
    };
    let read = |records| Index::from_parts(1, 5, records).is_some();
    assert!(read(vec![record("a", 4, 1), record("b", 2, 2)]));
    assert!(
        !read(vec![record("a", 4, 1), record("a", 2, 2)]),
        "one name"
    );
    assert!(
        !read(vec![record("a", 4, 2), record("b", 2, 1)]),
        "out of order"
    );
    assert!(!read(vec![record("a", 5, 1)]), "a revision to come");
    assert!(!read(vec![record("a", 1, 2)]), "older than itself");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(decode(&bytes).is_err());
        let headed = [b"pepperplug-resources 1 ".as_slice(), &bytes].concat();
        prop_assert!(decode(&headed).is_err());
    }
}
