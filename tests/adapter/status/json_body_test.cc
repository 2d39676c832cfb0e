// JSON bodies as the API takes them.
#include "status/json_body.h"

#include <string>

#include "support/groups.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::read_json;
using status::Body;
using Type = status::BodyMember::Type;

void members_come_in_their_order()
{
    const Body body =
        read_json(R"({"a": -7, "b": 18446744073709551615, "c": 1.50, "d": true, "e": null,)"
                  R"( "f\u00e9": "x\n", "g": [{"a": 1}], "h": {"a": 1, "i": 2}, "j": false})");
    assert_true(body.state == Body::State::object);
    struct Want {
        const char* name;
        Type type;
        const char* text;
    };
    constexpr Want wanted[] = {
        {"a", Type::number, "-7"},   {"b", Type::number, "18446744073709551615"},
        {"c", Type::number, "1.50"}, {"d", Type::flag, "true"},
        {"e", Type::null, ""},       {"f\xc3\xa9", Type::text, "x\n"},
        {"g", Type::nested, ""},     {"h", Type::nested, ""},
        {"j", Type::flag, "false"},
    };
    assert_int_equal(body.members.size(), std::size(wanted));
    for (std::size_t i = 0; i < std::size(wanted); ++i) {
        assert_text_equal(body.members[i].name, wanted[i].name);
        assert_true(body.members[i].type == wanted[i].type);
        assert_text_equal(body.members[i].text, wanted[i].text);
    }
}

void nothing_is_empty()
{
    for (const char* const text : {"", " ", "\r\n\t"}) {
        assert_true(read_json(text).state == Body::State::empty);
    }
    assert_true(read_json("{}").state == Body::State::object);
}

void what_is_no_object_is_malformed()
{
    for (const char* const text : {"[]", "7", "\"x\"", "null", "true", "{", "{}}", "{\"a\"}",
                                   "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":01}", "{\"a\":NaN}",
                                   "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}", "{\"a\":1}//"}) {
        const Body body = read_json(text);
        assert_true(body.state == Body::State::malformed);
        assert_true(body.members.empty());
        assert_text_holds(body.remark, "The body ");
    }
}

void a_name_may_be_there_once()
{
    const Body body = read_json(R"({"a": 1, "b": {"a": 2, "a": 3}, "a": 4})");
    assert_true(body.state == Body::State::malformed);
    assert_text_equal(body.remark, "The body names \"a\" twice.");
}

void the_number_of_names_is_limited()
{
    const auto body_of = [](std::size_t count) {
        std::string text = "{\"x\":{\"a\":1";
        for (std::size_t i = 0; i < 1000; ++i) {  // these do not count
            text += ",\"" + std::to_string(i) + "\":1";
        }
        text += "}";
        for (std::size_t i = 1; i < count; ++i) {
            text += ",\"" + std::to_string(i) + "\":1";
        }
        return text + "}";
    };
    assert_int_equal(read_json(body_of(status::most_body_members)).members.size(),
                     status::most_body_members);
    const Body body = read_json(body_of(status::most_body_members + 1));
    assert_true(body.state == Body::State::malformed);
    assert_text_equal(body.remark, "The body names more than 64 properties.");
}

void nesting_is_limited()
{
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    assert_true(read_json(nested(status::most_body_depth)).state == Body::State::object);
    assert_true(read_json(nested(status::most_body_depth + 1)).state == Body::State::malformed);
    assert_true(read_json(std::string(status::most_body_bytes, '[')).state ==
                Body::State::malformed);
    assert_true(read_json("{\"a\":" + std::string(60000, '[')).state == Body::State::malformed);
}

}  // namespace

Group status_json_body_tests()
{
    return {"status/json_body",
            {
                jk_test(members_come_in_their_order),
                jk_test(nothing_is_empty),
                jk_test(what_is_no_object_is_malformed),
                jk_test(a_name_may_be_there_once),
                jk_test(the_number_of_names_is_limited),
                jk_test(nesting_is_limited),
            }};
}

}  // namespace jk::test
