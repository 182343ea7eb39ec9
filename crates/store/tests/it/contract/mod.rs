//! What every back end must do, each case a function over a fresh store that has the platform `haigang`.
//!
//! `contract!(suite, fresh)` makes one test of each; `fresh` gives something that holds a store as `store` and cleans up
//! after it. `contract!(suites, shared)` makes one of each kind, over something that is dear to start.

pub(crate) mod acts;
pub(crate) mod approvals;
pub(crate) mod attachments;
pub(crate) mod changes;
pub(crate) mod drafts;
pub(crate) mod erasure;
pub(crate) mod installation;
pub(crate) mod invitations;
pub(crate) mod ledgers;
pub(crate) mod notices;
pub(crate) mod partners;
pub(crate) mod payments;
pub(crate) mod records;
pub(crate) mod reports;
pub(crate) mod requests;
pub(crate) mod rotation;
pub(crate) mod services;
pub(crate) mod subjects;
pub(crate) mod thresholds;
pub(crate) mod tracks;
pub(crate) mod uploads;

macro_rules! suite {
    ($fresh:path: $($of:ident { $($case:ident),* $(,)? })*) => {$(
        mod $of {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let fresh = $fresh().await;
                    crate::contract::$of::$case(fresh.store.clone()).await;
                }
            )*
        }
    )*};
}
pub(crate) use suite;

/// The same with one test for each kind of case, whose cases share what `$shared` starts.
macro_rules! suites {
    ($shared:path: $($of:ident { $($case:ident),* $(,)? })*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $of() {
            let shared = $shared();
            $(
                eprintln!("{}::{}", stringify!($of), stringify!($case));
                let fresh = shared.fresh().await;
                crate::contract::$of::$case(fresh.store.clone()).await;
            )*
        }
    )*};
}
pub(crate) use suites;

/// The whole contract over one kind of store.
macro_rules! contract {
    ($suite:ident, $fresh:path) => {
        crate::contract::$suite! { $fresh:
                acts {
                    an_act_is_whole_or_nothing,
                    one_act_makes_many_people_and_each_is_as_if_made_alone,
                    a_failing_act_leaves_the_rest_of_its_group_alone,
                    a_moved_version_or_policy_fails,
                    each_act_is_of_the_version_in_force_at_its_instant,
                    what_touches_a_subject_moves_its_version_once,
                    a_request_that_comes_again_is_answered_and_not_repeated,
                    a_key_that_raced_itself_is_done_once,
                    keys_of_old_acts_are_dropped,
                    another_platform_knows_nothing,
                }
                approvals {
                    an_approval_is_given_once_and_dies_with_the_subject,
                }
                payments {
                    a_payment_goes_on_from_the_stage_it_was_read_at,
                    a_payment_is_of_a_record_and_its_open_ones_come_in_pages,
                }
                services {
                    a_record_asks_for_something_of_another_that_is_there,
                    of_one_record_one_request_is_open_and_each_ends_once,
                }
                attachments {
                    an_object_is_held_once_an_act_takes_it,
                    a_failed_act_leaves_the_object_loose,
                    what_is_loose_is_swept_and_what_is_held_stays,
                    nothing_is_attached_to_a_destroyed_part,
                    with_a_part_its_attachments_and_their_objects_go,
                    an_object_comes_back_in_any_window,
                }
                changes {
                    changes_are_those_of_the_acts_that_committed_in_their_order,
                    who_is_forgotten_stands_in_no_earlier_change,
                    a_webhook_hears_of_what_happens_after_it_came_and_of_each_until_it_took_it_in,
                    one_server_sends_for_a_webhook_at_a_time,
                    what_was_given_up_is_kept_and_sent_again_when_asked,
                }
                erasure {
                    a_destroyed_part_has_no_key_and_no_values,
                    destroying_twice_is_once_and_of_nothing_fails,
                    the_matter_itself_can_be_destroyed,
                    who_is_forgotten_cannot_be_found_or_acted_on,
                    a_token_dies_with_the_last_part_that_carries_it,
                }
                drafts {
                    a_draft_is_kept_by_its_fingerprint_until_it_is_dropped_or_published,
                }
                installation {
                    seats_are_kept_and_replaced,
                    service_tokens_are_found_by_hash,
                    sessions_end_one_by_one_and_all_of_a_subject,
                    tries_of_a_code_are_counted_down_once_each,
                    a_link_works_once_and_in_time,
                    a_try_is_answered_once_and_a_newer_takes_its_place,
                    a_ticket_is_used_by_one_of_many,
                    what_ended_is_dropped_and_the_rest_stays,
                }
                invitations {
                    a_link_leads_to_its_invitation_until_it_is_made_again,
                    one_of_two_who_use_a_link_joins,
                    a_failed_act_leaves_the_invitation_open,
                }
                ledgers {
                    parallel_load_gives_one_tree_without_gaps,
                    leaves_come_in_pages_and_tiles_as_wide_as_asked,
                    a_subject_finds_its_leaves_newest_first,
                    checkpoints_are_kept_by_size,
        an_act_of_a_clock_behind_the_ledger_is_not_taken, old_leaves_that_are_nobodys_are_emptied_and_still_proved,
                }
                partners {
                    a_party_stands_as_it_was_left_last,
                    a_number_is_bound_once_until_it_is_released,
                    an_assignment_that_is_over_binds_nothing,
                }
                records {
                    a_snapshot_is_the_state_with_its_version,
                    events_make_the_state_of_a_record,
                    records_come_up_when_they_end,
                    a_part_gives_the_newest_version_of_each_item,
                    values_need_a_key_and_keys_come_once,
                }
                reports {
                    records_come_in_pages_as_they_stand,
                    what_was_erased_comes_with_its_instant,
                    people_come_with_their_newest_leaves_and_who_is_forgotten_with_none,
                    r49_an_erasure_that_a_webhook_took_in_is_kept_with_the_instant,
                    every_cell_is_shown_and_what_was_destroyed_is_not,
                    every_token_is_listed,
                }
                notices {
                    a_publication_queues_notices_for_everybody_of_whom_something_is_held,
                    a_notice_is_sent_by_one_server_tried_again_and_told_once,
                    what_is_replaced_before_it_takes_effect_is_told_no_more,
                }
                requests {
                    requests_are_listed_until_they_are_closed,
                }
            rotation {
                a_platforms_keys_come_one_after_the_other,
                an_act_that_was_decided_on_other_keys_is_not_taken,
                a_part_key_is_wrapped_anew_where_it_lies_and_never_comes_back,
                a_value_is_sealed_anew_where_it_lies_and_never_comes_back,
                tokens_are_made_anew_while_people_come_and_go,
            }
                subjects {
                    one_of_sixteen_parallel_claims_wins,
                    many_tokens_are_looked_up_at_once,
                    the_first_birth_date_that_comes_in_is_the_one_that_decides,
                    a_token_may_be_claimed_again_by_its_holder_and_freed,
                    a_token_leads_to_the_part_that_carries_it,
                    an_organisation_is_found_by_its_number,
                    publications_follow_one_another,
                    a_registration_is_decided_on_the_state_it_will_make,
                    who_is_known_is_decided_on_the_consents_about_to_be_given,
                    consents_stand_until_they_are_withdrawn,
                    refusals_are_counted_until_the_consent_is_given,
                    a_device_permission_is_as_it_was_reported_last,
                }
                thresholds {
                    persons_are_counted_until_they_are_forgotten,
                    r34_a_person_with_several_faces_counts_once_until_the_last_is_erased,
                    a_threshold_is_reached_once_and_filed_for_once,
                }
                tracks {
                    steps_follow_and_a_page_is_kept_once,
                    an_act_closes_a_track_or_finds_that_it_moved,
                    tracks_go_with_their_record_or_when_nothing_came_of_them,
                }
                uploads {
                    parcels_follow_one_another_and_an_act_takes_the_whole_once,
                    who_asks_last_sends_the_next_parcel,
                    a_sweep_of_loose_objects_leaves_parcels_and_ends_the_one_that_is_late,
                    what_is_over_is_swept_with_its_parcels,
                    with_the_part_the_record_or_the_person_its_uploads_end,
                }
            }
    };
}
pub(crate) use contract;
