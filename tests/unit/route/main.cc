// The tests of common/route.
#include "support/check.h"

TCase* pattern_checks_tests();
TCase* rule_checks_tests();
TCase* rule_conflicts_tests();
TCase* rule_index_tests();
TCase* rule_options_tests();
TCase* uri_file_tests();
TCase* uri_pattern_tests();
TCase* uri_rules_tests();
TCase* uri_text_tests();

int main()
{
    return jk::test::run("route", {pattern_checks_tests, rule_checks_tests, rule_conflicts_tests,
                                   rule_index_tests, rule_options_tests, uri_file_tests,
                                   uri_pattern_tests, uri_rules_tests, uri_text_tests});
}
