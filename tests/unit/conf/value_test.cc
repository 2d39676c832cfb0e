// Tests common/conf/value.
#include "conf/value.h"

#include <array>

#include "support/check.h"

namespace {

using namespace jk::conf;

struct IntegerCase {
    std::string_view text;
    std::optional<std::int64_t> value;
    std::string_view remark;
};
constexpr std::string_view not_scaled =
    "is read as its number alone: k and m count only without a unit behind";
constexpr std::array integer_cases{
    IntegerCase{"12", 12, ""},
    IntegerCase{"-12", -12, ""},
    IntegerCase{"+12", 12, ""},
    IntegerCase{" 12", 12, ""},
    IntegerCase{"1k", 1024, ""},
    IntegerCase{"2K", 2048, ""},
    IntegerCase{"1m", 1048576, ""},
    IntegerCase{"-1M", -1048576, ""},
    IntegerCase{"1 k", 1, "is read only as far as its number goes"},
    IntegerCase{"1kB", 1024, "is read only as far as its number goes"},
    IntegerCase{"2MB", 2097152, "is read only as far as its number goes"},
    IntegerCase{"500ms", 500, not_scaled},
    IntegerCase{"30000ms", 30000, not_scaled},
    IntegerCase{"5min", 5, not_scaled},
    IntegerCase{"-2Months", -2, not_scaled},
    IntegerCase{"10km", 10, not_scaled},
    IntegerCase{"10kbit", 10, not_scaled},
    IntegerCase{"1m30s", 1, not_scaled},
    IntegerCase{"1k ", 1024, "is read only as far as its number goes"},
    IntegerCase{"99999999999999999ms", 99999999999999999, not_scaled},
    IntegerCase{"99999999999999999m", std::nullopt, "is too large a number"},
    IntegerCase{"10s", 10, "is read only as far as its number goes"},
    IntegerCase{"2101$(x)", 2101, "is read only as far as its number goes"},
    IntegerCase{"1*2", 1, "is read only as far as its number goes"},
    IntegerCase{"abc", std::nullopt, "is no number"},
    IntegerCase{"", std::nullopt, "is no number"},
    IntegerCase{"k", std::nullopt, "is no number"},
    IntegerCase{"99999999999999999999", std::nullopt, "is too large a number"},
    IntegerCase{"-99999999999999999999", std::nullopt, "is too large a number"},
    IntegerCase{"--5", std::nullopt, "is no number"},
    IntegerCase{"9223372036854775807m", std::nullopt, "is too large a number"},
    IntegerCase{"-9223372036854775808k", std::nullopt, "is too large a number"},
};

START_TEST(reads_integers)
{
    const IntegerCase& row = integer_cases.at(static_cast<std::size_t>(_i));
    const auto reading = read_integer(row.text);
    ck_assert(reading.value == row.value);
    ck_assert_text_eq(reading.remark, row.remark);
}
END_TEST

struct BooleanCase {
    std::string_view text;
    std::optional<bool> value;
    bool has_remark;
};
constexpr std::array boolean_cases{
    BooleanCase{"off", false, false},
    BooleanCase{"OFF", false, false},
    BooleanCase{"False", false, false},
    BooleanCase{"f", false, false},
    BooleanCase{"No", false, false},
    BooleanCase{"0", false, false},
    BooleanCase{"on", true, false},
    BooleanCase{"On", true, false},
    BooleanCase{"TRUE", true, false},
    BooleanCase{"t", true, false},
    BooleanCase{"yes", true, false},
    BooleanCase{"1", true, false},
    BooleanCase{"fales", false, true},
    BooleanCase{"never", false, true},
    BooleanCase{"ture", true, true},
    BooleanCase{"yeah", true, true},
    BooleanCase{"00", std::nullopt, true},
    BooleanCase{"10", std::nullopt, true},
    BooleanCase{"offline", std::nullopt, true},
    BooleanCase{"only", std::nullopt, true},
    BooleanCase{"", std::nullopt, true},
    BooleanCase{"2", std::nullopt, true},
};

START_TEST(reads_booleans)
{
    const BooleanCase& row = boolean_cases.at(static_cast<std::size_t>(_i));
    const auto reading = read_boolean(row.text);
    ck_assert(reading.value == row.value);
    ck_assert(reading.remark.empty() != row.has_remark);
}
END_TEST

START_TEST(splits_lists)
{
    const std::vector<std::string> list = read_list(" a,b c\t,, d/e,");
    ck_assert_uint_eq(list.size(), 4);
    ck_assert_text_eq(list[0], "a");
    ck_assert_text_eq(list[1], "b");
    ck_assert_text_eq(list[2], "c");
    ck_assert_text_eq(list[3], "d/e");
    ck_assert(read_list(" ,\t").empty());
}
END_TEST

struct NumbersCase {
    std::string_view text;
    std::array<int, 3> numbers;
    std::size_t count;
    bool has_remark;
};
constexpr std::array numbers_cases{
    NumbersCase{"500,-404", {500, -404}, 2, false},  // W22
    NumbersCase{"404 500", {404, 500}, 2, false},   NumbersCase{"404 x 5k", {404, 0, 5}, 3, true},
    NumbersCase{"99999999999", {0}, 1, true},       NumbersCase{"", {}, 0, false},
};

START_TEST(reads_lists_of_integers)
{
    const NumbersCase& row = numbers_cases.at(static_cast<std::size_t>(_i));
    const auto reading = read_integer_list(row.text);
    ck_assert_uint_eq(reading.value->size(), row.count);
    for (std::size_t at = 0; at < row.count; ++at) {
        ck_assert_int_eq((*reading.value)[at], row.numbers[at]);
    }
    ck_assert(reading.remark.empty() != row.has_remark);
}
END_TEST

struct MethodCase {
    std::string_view text;
    std::optional<Method> method;
    std::string_view remark;
};
constexpr std::array method_cases{
    MethodCase{"R", Method::request, ""},
    MethodCase{"Requests", Method::request, ""},
    MethodCase{"0", Method::request, ""},
    MethodCase{"t", Method::traffic, ""},
    MethodCase{"1", Method::traffic, ""},
    MethodCase{"Busyness", Method::busyness, ""},
    MethodCase{"2", Method::busyness, ""},
    MethodCase{"Session", Method::sessions, ""},
    MethodCase{"3", Method::sessions, ""},
    MethodCase{"Next", Method::next, ""},
    MethodCase{"4", Method::next, ""},
    MethodCase{"ByRequests", Method::busyness, "is taken as Busyness, by its beginning alone"},
    MethodCase{"Random", Method::request, "is taken as Request, by its beginning alone"},
    MethodCase{"12", Method::traffic, "is taken as Traffic, by its beginning alone"},
    MethodCase{"weighted", std::nullopt, "is none of Request, Session, Next, Traffic, Busyness"},
    MethodCase{"5", std::nullopt, "is none of Request, Session, Next, Traffic, Busyness"},
    MethodCase{"", std::nullopt, "is none of Request, Session, Next, Traffic, Busyness"},
};

START_TEST(reads_methods)
{
    const MethodCase& row = method_cases.at(static_cast<std::size_t>(_i));
    const auto reading = read_method(row.text);
    ck_assert(reading.value == row.method);
    ck_assert_text_eq(reading.remark, row.remark);
}
END_TEST

START_TEST(reads_the_other_keywords)
{
    ck_assert(read_activation("A").value == Activation::active);
    ck_assert(read_activation("0").value == Activation::active);
    ck_assert(read_activation("disabled").value == Activation::disabled);
    ck_assert(read_activation("1").value == Activation::disabled);
    ck_assert(read_activation("Stop").value == Activation::stopped);
    ck_assert(read_activation("2").value == Activation::stopped);
    ck_assert(!read_activation("off").value.has_value());
    ck_assert(read_lock("O").value == Lock::optimistic);
    ck_assert(read_lock("0").value == Lock::optimistic);
    ck_assert(read_lock("pessimistic").value == Lock::pessimistic);
    ck_assert(read_lock("1").value == Lock::pessimistic);
    ck_assert(!read_lock("x").value.has_value());
    ck_assert(read_get_edit("Scripts").value == GetEdit::scripts);
    ck_assert(read_get_edit("on").value == GetEdit::on);
    ck_assert(read_get_edit("off").value == GetEdit::off);
    ck_assert(!read_get_edit("o").value.has_value());
}
END_TEST

START_TEST(shows_keywords)
{
    ck_assert_text_eq(to_text(Activation::active), "ACT");
    ck_assert_text_eq(to_text(Activation::disabled), "DIS");
    ck_assert_text_eq(to_text(Activation::stopped), "STP");
    ck_assert_text_eq(to_text(Method::request), "Request");
    ck_assert_text_eq(to_text(Method::traffic), "Traffic");
    ck_assert_text_eq(to_text(Method::busyness), "Busyness");
    ck_assert_text_eq(to_text(Method::sessions), "Sessions");
    ck_assert_text_eq(to_text(Method::next), "Next");
    ck_assert_text_eq(to_text(Lock::optimistic), "Optimistic");
    ck_assert_text_eq(to_text(Lock::pessimistic), "Pessimistic");
    ck_assert_text_eq(to_text(GetEdit::scripts), "scripts");
}
END_TEST

}  // namespace

TCase* value_tests()
{
    TCase* tests = tcase_create("value");
    tcase_add_loop_test(tests, reads_integers, 0, static_cast<int>(integer_cases.size()));
    tcase_add_loop_test(tests, reads_booleans, 0, static_cast<int>(boolean_cases.size()));
    tcase_add_test(tests, splits_lists);
    tcase_add_loop_test(tests, reads_lists_of_integers, 0, static_cast<int>(numbers_cases.size()));
    tcase_add_loop_test(tests, reads_methods, 0, static_cast<int>(method_cases.size()));
    tcase_add_test(tests, reads_the_other_keywords);
    tcase_add_test(tests, shows_keywords);
    return tests;
}
