//! Programs that must not build. What rustc says of each is in the `.stderr` beside it, in the words of one rustc.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test -p ui-tests --test fail`, then read what changed as someone
//! who has never seen the code. One case: `cargo test -p ui-tests --test fail -- mistake trybuild=ring_of_two`; without the
//! name of the test beside it, none runs.

#[test]
#[cfg_attr(
    not(wording_is_pinned_here),
    ignore = "the wording is that of the rustc which the file `toolchain` names"
)]
fn every_mistake_is_explained() {
    // One call, so one cargo project: trybuild builds all cases of it at once.
    trybuild::TestCases::new().compile_fail("fail/*/*.rs");
}
