// The tests of common/site.
#include "support/check.h"

TCase* arguments_tests();
TCase* directives_tests();
TCase* doctor_tests();
TCase* mounts_tests();
TCase* options_tests();

int main()
{
    return jk::test::run(
        "site", {arguments_tests, directives_tests, doctor_tests, mounts_tests, options_tests});
}
