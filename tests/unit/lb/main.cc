// The tests of common/lb.
#include "support/check.h"

TCase* affinity_tests();
TCase* attempts_tests();
TCase* balancer_tests();
TCase* candidates_tests();
TCase* columns_tests();
TCase* distribution_tests();
TCase* edited_settings_tests();
TCase* edits_race_tests();
TCase* edits_tests();
TCase* endings_tests();
TCase* failures_tests();
TCase* histogram_tests();
TCase* marks_tests();
TCase* measures_tests();
TCase* member_slot_tests();
TCase* member_state_tests();
TCase* policies_tests();
TCase* property_tests();
TCase* scenarios_tests();
TCase* segment_tests();
TCase* stress_tests();
TCase* take_over_tests();
TCase* units_tests();
TCase* worker_account_tests();

int main()
{
    return jk::test::run(
        "lb", {affinity_tests, attempts_tests,     balancer_tests,        candidates_tests,
               columns_tests,  distribution_tests, edited_settings_tests, edits_race_tests,
               edits_tests,    endings_tests,      failures_tests,        histogram_tests,
               marks_tests,    measures_tests,     member_slot_tests,     member_state_tests,
               policies_tests, property_tests,     scenarios_tests,       segment_tests,
               stress_tests,   take_over_tests,    units_tests,           worker_account_tests});
}
