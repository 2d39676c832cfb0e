// The tests of common/conf.
#include "support/check.h"

TCase* ajp_properties_tests();
TCase* balancer_checks_tests();
TCase* exposure_checks_tests();
TCase* known_names_tests();
TCase* lb_properties_tests();
TCase* number_checks_tests();
TCase* properties_tests();
TCase* property_spec_tests();
TCase* setting_checks_tests();
TCase* settings_reader_tests();
TCase* shown_properties_tests();
TCase* statement_checks_tests();
TCase* status_properties_tests();
TCase* unused_checks_tests();
TCase* value_tests();
TCase* worker_checks_tests();
TCase* worker_set_tests();

int main()
{
    return jk::test::run(
        "conf", {ajp_properties_tests, balancer_checks_tests, exposure_checks_tests,
                 known_names_tests, lb_properties_tests, number_checks_tests, properties_tests,
                 property_spec_tests, setting_checks_tests, settings_reader_tests,
                 shown_properties_tests, statement_checks_tests, status_properties_tests,
                 unused_checks_tests, value_tests, worker_checks_tests, worker_set_tests});
}
