// Runs the cases of one folder under Check; what is printed is TAP where the environment asks for it.
#include "support/check.h"

#include <cstdlib>

namespace jk::test {

int run(const char* suite, std::initializer_list<TCase* (*)()> cases)
{
    Suite* all = suite_create(suite);
    for (auto* const make : cases) {
        suite_add_tcase(all, make());
    }
    SRunner* runner = srunner_create(all);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace jk::test
