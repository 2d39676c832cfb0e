// Tests common/lb/units: balancing.md 3.1 and B23.
#include "lb/units.h"

#include <limits>
#include <vector>

#include "support/check.h"

namespace {

using jk::lb::Units;

struct Row {
    std::vector<std::uint64_t> factors;
    std::vector<std::uint64_t> units;
    bool are_scaled;
};
const std::vector<Row>& rows()
{
    static const std::vector<Row> all{
        {{1, 2, 3}, {6, 3, 2}, false},
        {{5, 7, 11}, {77, 55, 35}, false},
        {{1, 1, 1}, {1, 1, 1}, false},
        {{0, 2}, {2, 1}, false},
        {{7}, {1}, false},
        // 2^41 is too much: 1000, and 1 for what would be less than a thousandth
        {{std::uint64_t{1} << 41, 1}, {1, 1000}, true},
    };
    return all;
}

START_TEST(a_unit_is_the_common_multiple_by_the_factor)
{
    for (const Row& row : rows()) {
        const Units units{row.factors};
        for (std::size_t i = 0; i < row.factors.size(); ++i) {
            ck_assert_uint_eq(units.of(row.factors[i]), row.units[i]);
        }
        ck_assert(units.are_scaled() == row.are_scaled);
    }
}
END_TEST

START_TEST(products_stay_at_the_greatest_number)
{
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    ck_assert_uint_eq(jk::lb::multiply_saturating(3, 5), 15);
    ck_assert_uint_eq(jk::lb::multiply_saturating(0, most), 0);
    ck_assert_uint_eq(jk::lb::multiply_saturating(2, most), most);
}
END_TEST

}  // namespace

TCase* units_tests()
{
    TCase* tests = tcase_create("units");
    tcase_add_test(tests, a_unit_is_the_common_multiple_by_the_factor);
    tcase_add_test(tests, products_stay_at_the_greatest_number);
    return tests;
}
