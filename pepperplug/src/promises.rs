#![doc = include_str!("docs/promises.md")]

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    /// Which tests keep which promise: number, file and name.
    const KEPT_BY: &[(u32, &str, &[&str])] = &[
        (
            1,
            STARTING,
            &["each_begins_when_its_own_dependencies_are_ready_and_independent_ones_overlap"],
        ),
        (
            1,
            PROMISES_MANY,
            &["ten_thousand_start_and_stop_in_order_and_are_taken_back_where_the_last_fails"],
        ),
        (1, FAULTS, &["whatever_goes_wrong_the_promises_hold"]),
        (
            2,
            STARTING,
            &[
                "a_failure_ends_the_start_and_undoes_it_in_reverse",
                "two_that_fail_at_once_are_both_named_the_first_cause_first",
                "whoever_takes_too_long_is_cancelled_and_named_by_its_own_limit",
                "several_whose_time_is_up_at_once_are_cancelled_and_named_in_order",
                "a_rollback_has_a_deadline_of_its_own",
                "what_goes_wrong_in_a_rollback_is_told_with_its_cause",
                "a_hook_on_app_startup_that_fails_takes_the_start_back",
                "after_a_failed_start_another_one_begins_anew",
            ],
        ),
        (
            2,
            STOPPING,
            &["a_shutdown_during_the_start_takes_the_start_back"],
        ),
        (
            2,
            OPTIONAL,
            &[
                "what_is_optional_may_fail_and_takes_along_only_what_needs_it",
                "what_needs_an_optional_plugin_and_is_not_optional_fails_the_start",
                "a_start_that_is_taken_back_tells_as_well_what_it_was_without",
            ],
        ),
        (2, FAULTS, &["whatever_goes_wrong_the_promises_hold"]),
        (
            3,
            STARTING,
            &[
                "a_start_whose_caller_has_gone_goes_on",
                "a_runtime_that_ends_during_the_start_leaves_nobody_waiting",
            ],
        ),
        (
            3,
            STOPPING,
            &[
                "a_shutdown_whose_caller_has_gone_goes_on",
                "a_manager_dropped_during_the_start_takes_the_start_back",
                "a_manager_dropped_before_the_start_has_its_first_turn_begins_nothing",
            ],
        ),
        (3, FAULTS, &["whatever_goes_wrong_the_promises_hold"]),
        (
            4,
            STOPPING,
            &[
                "a_shutdown_keeps_going_past_every_failure_and_names_each",
                "each_cleanup_is_begun_even_when_the_time_of_the_whole_is_used_up",
                "a_manager_dropped_while_it_runs_lets_go_of_its_plugins",
            ],
        ),
        (
            4,
            BLOCKING,
            &[
                "one_that_blocks_its_thread_does_not_block_the_error_and_is_cleaned_up_when_it_ends",
                "one_that_ends_late_but_while_it_is_waited_for_is_rolled_back_with_the_others",
                "after_each_cleanup_that_blocks_its_thread_the_others_go_on",
            ],
        ),
        (
            4,
            "tests/running.rs",
            &[
                "the_value_of_the_work_is_returned_after_the_cleanup",
                "a_panic_of_the_work_goes_on_after_the_cleanup",
                "a_manager_that_is_dropped_while_it_runs_says_that_nothing_was_cleaned_up",
            ],
        ),
        (4, FAULTS, &["whatever_goes_wrong_the_promises_hold"]),
        (
            5,
            STARTING,
            &["a_panic_wherever_it_comes_from_is_an_error_that_names_the_plugin"],
        ),
        (
            5,
            "tests/phases.rs",
            &["a_plugin_that_panics_when_it_is_dropped_keeps_nobody_waiting"],
        ),
        (
            5,
            "tests/policies.rs",
            &["each_attempt_has_the_whole_time_and_a_panic_is_a_failed_attempt"],
        ),
        (
            5,
            TELLING,
            &["a_call_that_panics_or_looks_at_the_manager_is_in_nobodys_way"],
        ),
        (
            5,
            "tests/abort.rs",
            &["a_program_built_to_abort_says_so_when_it_starts"],
        ),
        (
            6,
            BLOCKING,
            &[
                "an_optional_one_that_blocks_its_thread_is_left_behind",
                "a_cleanup_that_blocks_its_thread_is_named_and_the_others_go_on",
                "one_that_blocks_the_only_thread_past_its_limit_is_too_late_although_it_succeeds",
                "those_that_come_after_one_that_blocks_its_thread_do_not_wait_for_its_limit",
            ],
        ),
        (
            6,
            "tests/blocking_hooks.rs",
            &["a_hook_that_blocks_its_thread_is_named_while_it_does"],
        ),
        (
            6,
            "tests/startup.rs",
            &["a_startup_hook_that_hangs_is_given_up_after_half_a_minute"],
        ),
        (
            6,
            "tests/phases.rs",
            &[
                "a_plugin_that_starts_its_own_manager_again_waits_no_longer_than_it_may",
                "a_plugin_that_stops_its_own_manager_waits_no_longer_than_it_may",
            ],
        ),
        (
            7,
            "tests/startup.rs",
            &[
                "every_plugin_is_ready_when_the_startup_is_told_and_none_is_stopped_when_the_shutdown_is",
                "shutdown_hooks_that_fail_are_told_and_stop_nothing",
            ],
        ),
        (
            7,
            "tests/interleavings.rs",
            &[
                "whatever_the_order_an_emit_is_refused_or_complete_and_no_hook_runs_after_its_plugins_cleanup",
            ],
        ),
        (
            7,
            "tests/soundness.rs",
            &["an_emit_that_is_forgotten_is_waited_for_no_longer_than_it_may"],
        ),
        (
            8,
            "pepperplug/src/settings/tests/files.rs",
            &[
                "tells_mistakes_of_syntax_with_line_and_column",
                "tells_the_mistakes_of_several_lines_at_once",
            ],
        ),
        (
            9,
            "tests/policies.rs",
            &[
                "a_hook_that_succeeds_is_not_tried_again",
                "a_hook_is_tried_again_after_pauses_that_double_up_to_a_second",
            ],
        ),
        (
            9,
            "tests/historic.rs",
            &["none_is_lost_and_none_is_doubled_while_others_emit"],
        ),
        (
            10,
            "tests/linked.rs",
            &[
                "all_that_is_linked_starts_in_an_order_that_the_linker_has_no_part_in",
                "hooks_run_in_that_order_too",
                "services_come_in_that_order_too",
            ],
        ),
        (10, FAULTS, &["whatever_goes_wrong_the_promises_hold"]),
        (
            11,
            "tests/two_managers.rs",
            &[
                "each_has_its_own_instances_with_their_own_settings",
                "an_event_reaches_only_the_hooks_of_the_manager_that_it_is_emitted_on",
                "a_hook_that_is_disabled_in_one_is_called_in_the_other",
                "stopping_one_leaves_the_other_running",
            ],
        ),
        (11, "tests/testing.rs", &["two_share_nothing"]),
        (
            12,
            TELLING,
            &["a_call_that_panics_or_looks_at_the_manager_is_in_nobodys_way"],
        ),
        (
            12,
            "tests/soundness.rs",
            &["a_hook_may_emit_the_event_that_it_was_called_for"],
        ),
    ];

    const FAULTS: &str = "pepperplug/src/lifecycle/tests/faults.rs";
    const BLOCKING: &str = "pepperplug/src/lifecycle/tests/blocking.rs";
    const STARTING: &str = "pepperplug/src/lifecycle/tests/promises/starting.rs";
    const STOPPING: &str = "pepperplug/src/lifecycle/tests/promises/stopping.rs";
    const OPTIONAL: &str = "pepperplug/src/lifecycle/tests/promises/optional.rs";
    const TELLING: &str = "pepperplug/src/lifecycle/tests/promises/telling.rs";
    const PROMISES_MANY: &str = "pepperplug/src/lifecycle/tests/promises/many.rs";

    #[test]
    fn each_promise_is_kept_by_tests_that_are_there() {
        let page = include_str!("docs/promises.md");
        let numbers = page.lines().filter_map(|line| {
            let (number, _) = line.strip_prefix("# ")?.split_once(". ")?;
            number.parse::<u32>().ok()
        });
        let kept: BTreeSet<u32> = KEPT_BY.iter().map(|(number, ..)| *number).collect();
        assert_eq!(
            numbers.collect::<Vec<_>>(),
            kept.into_iter().collect::<Vec<_>>()
        );
        for (number, file, tests) in KEPT_BY {
            let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            for test in *tests {
                let is_there = text.contains(&format!("fn {test}("));
                assert!(
                    is_there,
                    "{file} has no `{test}`, which keeps promise {number}"
                );
            }
        }
    }
}
