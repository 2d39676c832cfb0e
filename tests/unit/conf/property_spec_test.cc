// Tests common/conf/property_spec: every kind of field, by rows of the tables.
#include "conf/property_spec.h"

#include <array>

#include "conf/ajp_properties.h"
#include "conf/lb_properties.h"
#include "conf/status_properties.h"
#include "support/check.h"

namespace {

using namespace jk::conf;

/// Sets the row `name` of `rows` and says what became of it: "text shown|remark".
template <class Settings>
std::string outcome(std::span<const PropertySpec<Settings>> rows, std::string_view name,
                    std::string_view text)
{
    for (const PropertySpec<Settings>& row : rows) {
        if (row.name == name) {
            Settings settings;
            const Assignment result = set(row, settings, text);
            return get(row, settings) + "|" + (result.is_set ? "" : "not set: ") +
                   (result.severity == jk::Severity::error ? "error: " : "") + result.remark;
        }
    }
    return "no such row";
}

struct SetCase {
    std::string_view name;
    std::string_view text;
    std::string_view outcome;
};
constexpr std::array ajp_cases{
    SetCase{"host", "tc1.example.org", "tc1.example.org|"},
    SetCase{"port", "8010", "8010|"},
    SetCase{"port", "x", "8009|not set: is no number; the default counts (8009)"},
    SetCase{"port", "-3", "0|is taken as 0, the least it can be"},
    SetCase{"port", "99999999999",
            "8009|not set: is too large a number; the default counts (8009)"},
    SetCase{"reply_timeout", "1k", "1024|"},                          // W9
    SetCase{"retries", "0", "1|is taken as 1, the least it can be"},  // W11
    SetCase{"distance", "-2", "-2|"},
    SetCase{"recovery_options", "25", "25|"},  // W27
    SetCase{"recovery_options", "-1", "0|not set: is negative; the default counts (0)"},
    SetCase{"recovery_options", "x", "0|not set: is no number; the default counts (0)"},
    SetCase{"socket_keepalive", "yes", "True|"},
    SetCase{"socket_keepalive", "maybe",
            "False|not set: is neither true nor false; the default counts (False)"},
    SetCase{"fail_on_status", "500 -404", "500,-404|"},  // W22
    SetCase{"fail_on_status", "x", "0|holds something that is no whole number other than 0"},
    SetCase{"mount", "/a /b/*", "/a,/b/*|"},
    SetCase{"activation", "d", "DIS|"},
    SetCase{"activation", "x",
            "ACT|is none of active, disabled, stopped; the default counts (ACT)"},
    SetCase{"connection_pool_size", "65535", "65535|"},
    SetCase{"connection_pool_size", "65536",
            "0|not set: is too large a number; the default counts (as many as a child has "
            "threads)"},
    SetCase{"route", "a\tb", "|not set: error: holds a control character; remove it"},
    SetCase{"secret", "a\xc3\xa9 b", "a\xc3\xa9 b|"},
    SetCase{"secret", "a\tb", "a\tb|"},
    SetCase{"secret", "a\rb", "|not set: error: holds a control character; remove it"},
    SetCase{"host", "a\tb", "localhost|not set: error: holds a control character; remove it"},
};
constexpr std::array lb_cases{
    SetCase{"method", "B", "Busyness|"},
    SetCase{"method", "Random", "Request|is taken as Request, by its beginning alone"},
    SetCase{"lock", "P", "Pessimistic|"},
    SetCase{"sticky_session", "0", "False|"},
    SetCase{"lb_retries", "-1", "1|is taken as 1, the least it can be"},
    SetCase{"balance_workers", "a,b c", "a,b,c|"},
};
constexpr std::array status_cases{
    SetCase{"allow_get_edit", "off", "off|"},
    SetCase{"allow_get_edit", "no",
            "scripts|not set: is none of scripts, on, off; the default counts "
            "(scripts)"},
    SetCase{"user", "bob", "bob|"},  // W41
    SetCase{"doctype", "<!DOCTYPE\tx>", "<!DOCTYPE\tx>|"},
    SetCase{"css", "/a\tb.css", "/a\tb.css|"},
    SetCase{"xmlns", "a=\"b\"\tc=\"d\"", "a=\"b\"\tc=\"d\"|"},
    SetCase{"read_only", "T", "True|"},
};

START_TEST(sets_fields_of_ajp_workers)
{
    const SetCase& row = ajp_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(outcome(ajp_properties(), row.name, row.text), row.outcome);
}
END_TEST

START_TEST(sets_fields_of_balancers)
{
    const SetCase& row = lb_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(outcome(lb_properties(), row.name, row.text), row.outcome);
}
END_TEST

START_TEST(sets_fields_of_status_workers)
{
    const SetCase& row = status_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(outcome(status_properties(), row.name, row.text), row.outcome);
}
END_TEST

START_TEST(limits_the_length_of_text)
{
    const std::string most(63, 'r');
    ck_assert_text_eq(outcome(ajp_properties(), "route", most), most + "|");
    for (const std::string_view name : {"route", "domain", "redirect"}) {
        ck_assert_text_eq(outcome(ajp_properties(), name, most + "r"),
                          "|not set: error: is 64 bytes long; shorten it to at most 63");
    }
    for (const std::string_view name : {"session_cookie", "session_path", "session_cookie_path"}) {
        ck_assert(outcome(lb_properties(), name, most + "r").ends_with("at most 63"));
    }
    const std::string host(253, 'h');
    ck_assert_text_eq(outcome(ajp_properties(), "host", host), host + "|");
    ck_assert(outcome(ajp_properties(), "host", host + "h").ends_with("at most 253"));
    ck_assert(outcome(ajp_properties(), "secret", std::string(8000, 's')).ends_with("s|"));
}
END_TEST

// More of it by properties that can be edited: tests/unit/lb/edited_settings_test.cc.
START_TEST(an_edit_is_taken_as_it_is_or_not_at_all)
{
    constexpr std::array rows{
        SetCase{"port", "8010", "8010|"},
        SetCase{"port", "-3", "8009|not set: is less than 0, the least it can be"},
        SetCase{"port", "70000", "8009|not set: is more than 65535, the most it can be"},
        SetCase{"port", "x", "8009|not set: is no number"},
        SetCase{"port", "99999999999", "8009|not set: is more than 65535, the most it can be"},
        SetCase{"reply_timeout", "99999999999",
                "0|not set: is more than 2147483647, the most it can be"},
        SetCase{"activation", "x", "ACT|not set: is none of active, disabled, stopped"},
        SetCase{"max_packet_size", "9000", "9216|"},
    };
    for (const SetCase& row : rows) {
        for (const PropertySpec<AjpSettings>& spec : ajp_properties()) {
            if (spec.name == row.name) {
                AjpSettings settings;
                const Assignment result = edit(spec, settings, row.text);
                ck_assert_text_eq(get(spec, settings) + "|" + (result.is_set ? "" : "not set: ") +
                                      result.remark,
                                  row.outcome);
                ck_assert(result.is_set || result.severity == jk::Severity::error);
            }
        }
    }
}
END_TEST

START_TEST(remembers_what_was_given)
{
    Given given;
    ck_assert(!given.has("a"));
    given.add("a");
    ck_assert(given.has("a"));
    ck_assert(!given.has("ab"));
}
END_TEST

}  // namespace

TCase* property_spec_tests()
{
    TCase* tests = tcase_create("property_spec");
    tcase_add_loop_test(tests, sets_fields_of_ajp_workers, 0, static_cast<int>(ajp_cases.size()));
    tcase_add_loop_test(tests, sets_fields_of_balancers, 0, static_cast<int>(lb_cases.size()));
    tcase_add_loop_test(tests, sets_fields_of_status_workers, 0,
                        static_cast<int>(status_cases.size()));
    tcase_add_test(tests, limits_the_length_of_text);
    tcase_add_test(tests, an_edit_is_taken_as_it_is_or_not_at_all);
    tcase_add_test(tests, remembers_what_was_given);
    return tests;
}
