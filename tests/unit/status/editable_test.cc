// Tests common/status/editable.
#include "status/editable.h"

#include <algorithm>

#include "conf/ajp_properties.h"
#include "conf/lb_properties.h"
#include "status/sample.h"
#include "support/check.h"

namespace {

using namespace jk::status;
using jk::conf::AjpSettings;
using jk::conf::LbSettings;
using jk::lb::EditKind;
using jk::test::holds;

template <class Write> std::string written(Write write)
{
    JsonWriter json;
    write(json);
    return json.finish();
}

/// All that may be edited, and nothing else, whoever adds a row.
template <class Rows> void assert_complete(const Editables& editables, const Rows& rows)
{
    std::size_t count = 0;
    for (const auto& row : rows) {
        if ((row.flags & jk::conf::flag::editable) != 0) {
            const Editable* const found = find(editables, row.name);
            ck_assert_msg(found != nullptr, "%s is missing", std::string{row.name}.c_str());
            ++count;
        }
    }
    ck_assert_uint_eq(editables.size(), count);
}

START_TEST(everything_that_may_be_edited_is_there)
{
    assert_complete(editables_of_balancer({}), jk::conf::lb_properties());
    assert_complete(editables_of_member({}), jk::conf::ajp_properties());
    for (const Editable& one : editables_of_worker({})) {
        ck_assert(one.kind == EditKind::worker);
    }
    ck_assert(find(editables_of_worker({}), "activation") == nullptr);
}
END_TEST

START_TEST(values_have_their_types)
{
    AjpSettings settings;
    settings.activation = jk::conf::Activation::disabled;
    settings.route = "a\"b";
    settings.distance = -1;
    const std::string member =
        written([&](JsonWriter& json) { write_settings(json, editables_of_member(settings)); });
    for (const char* const part :
         {"\"activation\":\"disabled\"", "\"lbfactor\":1", "\"route\":\"a\\\"b\"",
          "\"distance\":-1", "\"host\":\"localhost\"", "\"port\":8009"}) {
        ck_assert_msg(holds(member, part), "%s in %s", part, member.c_str());
    }
    LbSettings balancer;
    balancer.method = jk::conf::Method::busyness;
    const std::string text =
        written([&](JsonWriter& json) { write_settings(json, editables_of_balancer(balancer)); });
    ck_assert(holds(text, "\"sticky_session\":true"));
    ck_assert(holds(text, "\"method\":\"Busyness\""));
}
END_TEST

START_TEST(what_differs_is_told)
{
    AjpSettings configured;
    AjpSettings in_force = configured;
    const auto text = [&] {
        return written([&](JsonWriter& json) {
            write_differing(json, editables_of_member(configured), editables_of_member(in_force));
        });
    };
    ck_assert_text_eq(text(), "{}\n");
    in_force.lbfactor = 7;
    in_force.activation = jk::conf::Activation::stopped;
    ck_assert_text_eq(text(), "{\"activation\":\"active\",\"lbfactor\":1}\n");
}
END_TEST

START_TEST(the_description_has_limits_and_choices)
{
    const std::string text =
        written([](JsonWriter& json) { write_description(json, editables_of_member({})); });
    for (const char* const part :
         {"{\"name\":\"activation\",\"parameter\":\"vwa\",\"type\":\"choice\",\"choices\":"
          "[\"active\",\"disabled\",\"stopped\"],\"help\":\"",
          "{\"name\":\"port\",\"parameter\":\"vaprt\",\"type\":\"number\",\"min\":0,"
          "\"max\":65535,\"help\":",
          "{\"name\":\"distance\",\"parameter\":\"vwd\",\"type\":\"number\",\"min\":0,\"help\":",
          "{\"name\":\"max_packet_size\",\"parameter\":\"vamps\",\"type\":\"number\",\"min\":7169,"
          "\"max\":65536,\"help\":",
          "{\"name\":\"route\",\"parameter\":\"vwn\",\"type\":\"text\",\"max\":63,"}) {
        ck_assert_msg(holds(text, part), "%s in %s", part, text.c_str());
    }
}
END_TEST

START_TEST(each_setting_is_in_the_entity_tag)
{
    AjpSettings settings;
    const std::string before = entity_tag(editables_of_member(settings));
    ck_assert(before.size() > 2 && before.front() == '"' && before.back() == '"');
    settings.secret = "not to be edited";
    ck_assert_text_eq(entity_tag(editables_of_member(settings)), before);
    settings.reply_timeout = 1;
    const std::string after = entity_tag(editables_of_member(settings));
    ck_assert(after != before);
    settings.reply_timeout = 0;
    ck_assert_text_eq(entity_tag(editables_of_member(settings)), before);
}
END_TEST

START_TEST(if_match_is_a_list)
{
    ck_assert(is_match("\"a\"", "\"a\"") && is_match("*", "\"a\""));
    ck_assert(is_match("\"b\", \"a\"", "\"a\"") && is_match("\"b\",\"a\"", "\"a\""));
    ck_assert(!is_match("\"b\"", "\"a\"") && !is_match("a", "\"a\""));
    ck_assert(!is_match("W/\"a\"", "\"a\""));  // a strong comparison
}
END_TEST

/// mod_deflate and mod_brotli put what they did into the tags of what they compress.
START_TEST(the_tag_of_a_compressed_answer_is_a_match)
{
    ck_assert(is_match("\"a-gzip\"", "\"a\"") && is_match("\"a-br\"", "\"a\""));
    ck_assert(is_match("\"b\", \"a-gzip\"", "\"a\""));
    for (const char* const other :
         {"\"b-gzip\"", "\"a-gzip-br\"", "\"a-zip\"", "\"a-\"", "\"-gzip\"", "\"a-gzip", "a-gzip\"",
          "\"a\"-gzip", "W/\"a-gzip\"", "\""}) {
        ck_assert_msg(!is_match(other, "\"a\""), "%s is a match", other);
    }
}
END_TEST

}  // namespace

TCase* editable_tests()
{
    TCase* const tests = tcase_create("editable");
    tcase_add_test(tests, everything_that_may_be_edited_is_there);
    tcase_add_test(tests, values_have_their_types);
    tcase_add_test(tests, what_differs_is_told);
    tcase_add_test(tests, the_description_has_limits_and_choices);
    tcase_add_test(tests, each_setting_is_in_the_entity_tag);
    tcase_add_test(tests, if_match_is_a_list);
    tcase_add_test(tests, the_tag_of_a_compressed_answer_is_a_match);
    return tests;
}
