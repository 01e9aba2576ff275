//! A panic cannot be caught where the process aborts: then it is said at the start.

#[path = "support/fixture.rs"]
mod fixture;

use fixture::{Fixture, errors, printed};

#[test]
fn a_program_built_to_abort_says_so_when_it_starts() {
    let fixture = Fixture::copy_of("abort");
    let output = fixture.cargo(&["run"]);
    assert!(output.status.success(), "{}", errors(&output));
    assert_eq!(
        printed(&output),
        "built with `panic = \"abort\"`: a panic in a plugin ends the process instead of being an error\n\
         it runs\n"
    );
}
