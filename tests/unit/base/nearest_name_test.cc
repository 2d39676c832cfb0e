// Tests common/base/nearest_name.
#include "base/nearest_name.h"

#include <array>

#include "support/check.h"

namespace {

constexpr std::array names{"host",   "port",          "route",        "retries", "recover_time",
                           "method", "reply_timeout", "ping_timeout", "ns",      "css"};

struct NearCase {
    std::string_view misspelt;
    std::string_view nearest;
};
constexpr std::array near_cases{
    NearCase{"hosts", "host"},                  // one too many
    NearCase{"prt", "port"},                    // one missing
    NearCase{"rotue", "route"},                 // two swapped
    NearCase{"PORT", "port"},                   // case is no step
    NearCase{"reply_timout", "reply_timeout"},  // one missing, among similar ones
    NearCase{"recovertime", "recover_time"},    // a mark missing
    NearCase{"retires", "retries"},             //
    NearCase{"mehtdo", "method"},               // two steps
    NearCase{"mehtdos", ""},                    // three
    NearCase{"replys_timeouts", "reply_timeout"},
    NearCase{"rely_timeoouts", "reply_timeout"},  // three steps in a long name
    NearCase{"recover-time", "recover_time"},     // "-" is "_"
    NearCase{"xx", ""},                           // two steps are too many for a short name
    NearCase{"n", "ns"},
    NearCase{"", ""},
    NearCase{"something_else", ""},
};

START_TEST(finds_the_closest)
{
    const NearCase& row = near_cases.at(static_cast<std::size_t>(_i));
    jk::NearestName nearest{row.misspelt};
    for (const std::string_view name : names) {
        nearest.offer(name);
    }
    ck_assert_text_eq(nearest.best(), row.nearest);
}
END_TEST

START_TEST(the_first_of_equals_stays)
{
    jk::NearestName nearest{"tc0"};
    nearest.offer("tc1");
    nearest.offer("tc2");
    ck_assert_text_eq(nearest.best(), "tc1");
}
END_TEST

START_TEST(long_names_are_passed_over)
{
    const std::string name(63, 'x');
    const std::string longer(64, 'x');
    jk::NearestName nearest{name};
    nearest.offer(longer);
    ck_assert(nearest.best().empty());
    nearest.offer(name);
    ck_assert_text_eq(nearest.best(), name);
    jk::NearestName other{longer};
    other.offer(name);
    ck_assert(other.best().empty());
}
END_TEST

}  // namespace

TCase* nearest_name_tests()
{
    TCase* tests = tcase_create("nearest_name");
    tcase_add_loop_test(tests, finds_the_closest, 0, static_cast<int>(near_cases.size()));
    tcase_add_test(tests, the_first_of_equals_stays);
    tcase_add_test(tests, long_names_are_passed_over);
    return tests;
}
