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

}  // namespace

Group jkctl_json_tests()
{
    return {"jkctl/json",
            {
                jk_test(each_kind_of_value_has_its_text),
                jk_test(members_stay_in_their_order),
                jk_test(bytes_that_are_no_utf8_are_replaced),
            }};
}

}  // namespace jk::test
