// Tests common/status/json_writer.
#include "status/json_writer.h"

#include <array>
#include <limits>

#include "support/check.h"

namespace {

using jk::status::JsonWriter;

START_TEST(commas_stand_between_values_only)
{
    JsonWriter json;
    json.begin_object();
    json.member("a", 1);
    json.name("b");
    json.begin_array();
    json.begin_object();
    json.end_object();
    json.begin_array();
    json.end_array();
    json.text("x");
    json.null();
    json.flag(true);
    json.end_array();
    json.member("c", false);
    json.member("d", "text");
    json.end_object();
    ck_assert_text_eq(json.finish(),
                      "{\"a\":1,\"b\":[{},[],\"x\",null,true],\"c\":false,\"d\":\"text\"}\n");
}
END_TEST

START_TEST(texts_and_names_are_escaped)
{
    JsonWriter json;
    json.begin_object();
    json.member("a\"b", "\\ \n\x01\x7f </script> \xff \xc3\xa9");
    json.end_object();
    ck_assert_text_eq(
        json.finish(),
        "{\"a\\\"b\":\"\\\\ \\u000A\\u0001\\u007F </script> \xef\xbf\xbd \xc3\xa9\"}\n");
}
END_TEST

START_TEST(numbers_are_whole)
{
    JsonWriter json;
    json.begin_array();
    json.number(std::numeric_limits<std::uint64_t>::max());
    json.number(std::numeric_limits<std::int64_t>::min());
    json.bare("7");
    json.end_array();
    ck_assert_text_eq(json.finish(), "[18446744073709551615,-9223372036854775808,7]\n");
}
END_TEST

struct SecondsCase {
    std::int64_t micros;
    std::string_view want;
};
constexpr std::array seconds_cases{
    SecondsCase{0, "0\n"},
    SecondsCase{1, "0.000001\n"},
    SecondsCase{1'500'000, "1.5\n"},
    SecondsCase{1'795'400'853'000'000, "1795400853\n"},
    SecondsCase{1'795'400'853'020'300, "1795400853.0203\n"},
    SecondsCase{-1, "-0.000001\n"},
    SecondsCase{-2'100'000, "-2.1\n"},
};

START_TEST(seconds)
{
    const SecondsCase& row = seconds_cases.at(static_cast<std::size_t>(_i));
    JsonWriter json;
    json.seconds(row.micros);
    ck_assert_text_eq(json.finish(), row.want);
}
END_TEST

}  // namespace

TCase* json_writer_tests()
{
    TCase* const tests = tcase_create("json_writer");
    tcase_add_test(tests, commas_stand_between_values_only);
    tcase_add_test(tests, texts_and_names_are_escaped);
    tcase_add_test(tests, numbers_are_whole);
    tcase_add_loop_test(tests, seconds, 0, seconds_cases.size());
    return tests;
}
