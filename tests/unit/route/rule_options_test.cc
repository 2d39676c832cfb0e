// Tests common/route/rule_options. U numbers are the rows of uriworkermap.md 7.
#include "route/rule_options.h"

#include <array>

#include "support/check.h"

namespace {

using jk::route::parse_target;
using jk::route::RuleTarget;

std::string joined(const std::vector<std::string>& lines, std::string_view end)
{
    std::string text;
    for (const std::string& line : lines) {
        text += line;
        text += end;
    }
    return text;
}

/// The options of a target in one line, as far as they are set.
std::string shown(const RuleTarget& target)
{
    const auto& o = target.options;
    std::string text = target.worker;
    const auto add = [&](bool is_set, std::string_view name, const std::string& value) {
        text += is_set ? "|" + std::string{name} + "=" + value : "";
    };
    add(o.reply_timeout.has_value(), "rt", std::to_string(o.reply_timeout.value_or(0)));
    add(o.sticky_ignore, "si", "1");
    add(o.stateless, "sl", "1");
    add(o.use_server_errors != 0, "use", std::to_string(o.use_server_errors));
    add(!o.active.empty(), "act", joined(o.active, ",") + o.active_text);
    add(!o.disabled.empty(), "dis", joined(o.disabled, ",") + o.disabled_text);
    add(!o.stopped.empty(), "stp", joined(o.stopped, ",") + o.stopped_text);
    std::string statuses;
    for (const int status : o.fail_on_status.value_or(std::vector<int>{})) {
        statuses += std::to_string(status) + ",";
    }
    add(o.fail_on_status.has_value(), "fos", statuses + o.fail_on_status_text);
    add(o.session_cookie.has_value(), "sc", o.session_cookie.value_or(""));
    add(o.session_path.has_value(), "sp", o.session_path.value_or(""));
    add(o.set_session_cookie.has_value(), "ssc", o.set_session_cookie.value_or(false) ? "1" : "0");
    add(o.session_cookie_path.has_value(), "scp", o.session_cookie_path.value_or(""));
    return text;
}

struct TargetCase {
    std::string_view id;
    std::string_view text;
    std::string_view shown;
    std::string_view warnings;
};
constexpr std::array target_cases{
    TargetCase{"", "w1", "w1", ""},
    TargetCase{"", "  w1\t", "w1", ""},
    TargetCase{"", "", "", ""},
    TargetCase{"", ";reply_timeout=1", "|rt=1", ""},
    TargetCase{"U11", "w1 ;reply_timeout=100", "w1|rt=100", ""},
    TargetCase{"U12", "w1=foo", "w1=foo", ""},
    TargetCase{"U29", "lb;stopped=w1,w2", "lb|stp=w1,w2,w1,w2", ""},
    TargetCase{"U31", "w1;unknown=1;reply_timeout=5", "w1|rt=5",
               "the rule extension \"unknown\" is unknown and is ignored; remove it\n"},
    TargetCase{"U32", "w1;REPLY_TIMEOUT=5", "w1",
               "the rule extension \"REPLY_TIMEOUT\" is unknown and is ignored; did you mean "
               "reply_timeout?\n"},
    TargetCase{"U33", "lb;session_path=;sid", "lb|sp=;sid", ""},
    TargetCase{"U33", "lb;session_path=sid", "lb|sp=;sid", ""},
    TargetCase{"", "lb;session_path=;sid;stateless=1", "lb|sl=1|sp=;sid", ""},
    TargetCase{"", "lb;session_path=;stateless=1", "lb|sl=1",
               "the rule extension session_path has no value and is ignored; write "
               "session_path=value\n"},
    TargetCase{"U34", "w1;fail_on_status=404 500", "w1|fos=404,500,404 500", ""},
    TargetCase{"", "w1;fail_on_status=-404,503", "w1|fos=-404,503,-404,503", ""},
    TargetCase{
        "", "w1;fail_on_status=40x", "w1|fos=40,40x",
        "the rule extension fail_on_status \"40x\" holds something that is no status; correct "
        "it\n"},
    TargetCase{"U35", "lb;set_session_cookie=1;session_cookie=EXT;session_cookie_path=/e",
               "lb|sc=EXT|ssc=1|scp=/e", ""},
    TargetCase{"", "lb;set_session_cookie=0", "lb|ssc=0", ""},
    TargetCase{"", "w;reply_timeout=1;reply_timeout=2", "w|rt=2", ""},
    TargetCase{"", "w;reply_timeout=0", "w|rt=0", ""},
    TargetCase{"", "w;reply_timeout=5;reply_timeout=-1", "w", ""},
    TargetCase{"", "w;reply_timeout=x", "w",
               "the rule extension reply_timeout \"x\" is no number and is ignored; correct it\n"},
    TargetCase{"", "w;reply_timeout=10s", "w|rt=10",
               "the rule extension reply_timeout \"10s\" is read only as far as its number goes; "
               "correct it\n"},
    TargetCase{"", "w;sticky_ignore=1;stateless=2", "w|si=1|sl=1", ""},
    TargetCase{"", "w;stateless=1;stateless=0", "w", ""},
    TargetCase{"", "w;use_server_errors=400", "w|use=400", ""},
    TargetCase{"", "w;use_server_errors=-1", "w", ""},
    TargetCase{"", "w;active=a;active=b", "w|act=a,a",
               "the rule extension active \"b\" stands there again and is ignored; remove one\n"},
    TargetCase{"", "lb;session_cookie=A;session_cookie=B", "lb|sc=A",
               "the rule extension session_cookie \"B\" stands there again and is ignored; remove "
               "one\n"},
    TargetCase{
        "", "lb;active=a b;disabled=c;stopped=b", "lb|act=a,b,a b|dis=c,c|stp=b,b",
        "the member \"b\" stands in two of active, disabled and stopped, and the last of them "
        "counts; remove one\n"},
    TargetCase{"", "w;stateless", "w",
               "the rule extension stateless has no value and is ignored; write stateless=value\n"},
    TargetCase{"", "w;stateless =1", "w",
               "the rule extension \"stateless \" ends with a blank and is ignored; "
               "write no blanks around its \"=\"\n"},
    TargetCase{"", "w; stateless=1 ;;", "w|sl=1", ""},
    TargetCase{"", "lb;session_cookie=A\nB", "lb",
               "the rule extension session_cookie \"A\\x0aB\" holds a control character and is "
               "ignored; correct it\n"},
};

START_TEST(reads_targets)
{
    const TargetCase& row = target_cases.at(static_cast<std::size_t>(_i));
    std::vector<std::string> warnings;
    ck_assert_text_eq(shown(parse_target(row.text, warnings)), row.shown);
    ck_assert_text_eq(joined(warnings, "\n"), row.warnings);
}
END_TEST

START_TEST(names_what_is_for_balancers_only)
{
    std::vector<std::string> warnings;
    const RuleTarget target =
        parse_target("w;reply_timeout=1;stopped=x;fail_on_status=500;stateless=1", warnings);
    ck_assert_text_eq(target.options.balancer_only, "stopped, stateless");
}
END_TEST

}  // namespace

TCase* rule_options_tests()
{
    TCase* tests = tcase_create("rule_options");
    tcase_add_loop_test(tests, reads_targets, 0, static_cast<int>(target_cases.size()));
    tcase_add_test(tests, names_what_is_for_balancers_only);
    return tests;
}
