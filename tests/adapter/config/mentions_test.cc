// Looking for a text in httpd's directive tree.
#include "config/mentions.h"

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::mentions;

ap_directive_t directive(const char* name, const char* args)
{
    ap_directive_t one{};
    one.directive = name;
    one.args = args;
    return one;
}

void a_text_is_found_beside_and_below()
{
    ap_directive_t log = directive("LogFormat", "\"%{JK_LB_LAST_NAME}n %T\" jk");
    ap_directive_t location = directive("<Location", "/app>");
    ap_directive_t root = directive("ServerRoot", "/srv");
    assert_false(mentions(&root, "JK_LB_"));
    root.next = &location;
    assert_false(mentions(&root, "JK_LB_"));
    location.first_child = &log;
    assert_true(mentions(&root, "JK_LB_"));
    assert_false(mentions(&root, "JK_LC_"));
}

void nothing_mentions_nothing()
{
    ap_directive_t bare = directive("</VirtualHost>", nullptr);
    assert_false(mentions(nullptr, "JK_LB_"));
    assert_false(mentions(&bare, "JK_LB_"));
}

void the_balancer_notes_are_read_where_a_log_names_one_or_a_script_may()
{
    ap_directive_t log = directive("LogFormat", "\"%{JK_LB_FIRST_STATE}n\" jk");
    ap_conftree = nullptr;
    fakes().linked_modules = {};
    assert_false(httpd::may_read_balancer_notes());
    fakes().linked_modules = {"mod_lua.c"};
    assert_true(httpd::may_read_balancer_notes());
    fakes().linked_modules = {};
    ap_conftree = &log;
    assert_true(httpd::may_read_balancer_notes());
    ap_conftree = nullptr;
}

}  // namespace

Group config_mentions_tests()
{
    return {"config/mentions",
            {
                jk_test(a_text_is_found_beside_and_below),
                jk_test(nothing_mentions_nothing),
                jk_test(the_balancer_notes_are_read_where_a_log_names_one_or_a_script_may),
            }};
}

}  // namespace jk::test
