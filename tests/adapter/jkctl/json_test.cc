// JSON texts.
#include "jkctl/json.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Json;

void each_kind_of_value_has_its_text()
{
    struct {
        Json json;
        const char* text;
    } const rows[] = {
        {Json{}, "null\n"},
        {Json{true}, "true\n"},
        {Json{-7}, "-7\n"},
        {Json{7U}, "7\n"},
        {Json{0.25}, "0.25\n"},
        {Json{"a pointer is a text"}, "\"a pointer is a text\"\n"},
        {Json{std::string_view{"q\"\\\n\x01"}}, "\"q\\\"\\\\\\n\\u0001\"\n"},
        {Json{Json::Array{}}, "[]\n"},
        {Json{Json::Object{}}, "{}\n"},
    };
    for (const auto& row : rows) {
        assert_text_equal(to_text(row.json), row.text);
    }
}

void members_stay_in_their_order()
{
    const Json json{Json::Object{{"z", Json::Array{1, "x"}}, {"a", Json{}}}};
    assert_text_equal(to_text(json), "{\n  \"z\": [\n    1,\n    \"x\"\n  ],\n  \"a\": null\n}\n");
}

void bytes_that_are_no_utf8_are_replaced()
{
    assert_text_equal(to_text(Json{"\xe4z"}), "\"\xef\xbf\xbdz\"\n");
    assert_text_equal(to_text(Json{"\xc3\xa4"}), "\"\xc3\xa4\"\n");
}

void what_was_written_is_read_again()
{
    const char* const text =
        "{\n  \"a\": [\n    1,\n    2.5,\n    true,\n    null,\n    \"x\"\n  ]\n}\n";
    const auto json = ctl::parse_json(text);
    assert_true(json.has_value());
    assert_text_equal(to_text(*json), text);
    assert_int_equal((*json)["a"].items().size(), 5);
    assert_text_equal((*json)["a"].items().back().text(), "x");
}

void values_that_are_none_are_empty()
{
    const Json json = ctl::parse_json("{\"big\": 18446744073709551615}").value();
    assert_true(json["big"].number() > 1.8e19);
    assert_true(json["a"]["b"].is_null());
    assert_true(json["big"].items().empty() && json["big"].members().empty());
    assert_text_equal(json["big"].text(), "");
    assert_true(Json{"7"}.number() == 0);
}

void what_is_no_json_is_refused()
{
    for (const char* const text : {"", "{", "nope", "{\"a\": 1} x", "[1,]", "\"\xff\""}) {
        assert_false(ctl::parse_json(text).has_value());
    }
    assert_true(ctl::parse_json(std::string(32, '[') + std::string(32, ']')).has_value());
    assert_false(ctl::parse_json(std::string(33, '[') + std::string(33, ']')).has_value());
    assert_false(ctl::parse_json(std::string(100000, '[')).has_value());
}

}  // namespace

Group jkctl_json_tests()
{
    return {"jkctl/json",
            {
                jk_test(each_kind_of_value_has_its_text),
                jk_test(members_stay_in_their_order),
                jk_test(bytes_that_are_no_utf8_are_replaced),
                jk_test(what_was_written_is_read_again),
                jk_test(values_that_are_none_are_empty),
                jk_test(what_is_no_json_is_refused),
            }};
}

}  // namespace jk::test
