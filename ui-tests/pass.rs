//! Programs that must build, with every lint that they deny, and run: a rule is not met by refusing too much.

#[test]
fn every_sound_program_builds_and_runs() {
    trybuild::TestCases::new().pass("pass/*.rs");
}
