// Looking for a text in httpd's directive tree.
#include "config/mentions.h"

#include <string>

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

void common_variables_are_known_by_their_beginning()
{
    for (const char* const name : {"SERVER_NAME", "server_name", "REMOTE_ADDR", "HTTP_HOST", "PATH",
                                   "Document_Root", "AUTH_TYPE"}) {
        assert_true(httpd::is_common_var(name));
    }
    for (const char* const name : {"", "SSL_CIPHER", "HTTPS", "JK_REMOTE_ADDR", "tenant"}) {
        assert_false(httpd::is_common_var(name));
    }
}

void common_variables_are_read_where_something_names_one()
{
    const struct {
        const char* name;
        const char* args;
        bool is_read;
    } rows[] = {
        {"LogFormat", "\"%{REMOTE_ADDR}e\" x", true},
        {"LogFormat", "\"%!200{remote_addr}e\" x", true},
        {"LogFormat", "\"%{User-Agent}i %{tenant}e %{REMOTE_ADDR}n\" x", false},
        {"LogFormat", "\"%{REMOTE_ADDR", false},
        {"Header", "set X \"%{SERVER_NAME}e\"", true},
        {"Header", "set X y env=!HTTP_COOKIE", true},
        {"CustomLog", "logs/a common env=dontlog", false},
        {"CustomLog", "logs/a common \"expr=reqenv('SERVER_NAME') == 'a'\"", true},
        {"CustomLog", "logs/a common \"expr=osenv( \"SERVER_NAME\") == 'a'\"", true},
        {"CustomLog", "logs/a common \"expr=%{REMOTE_ADDR} == 'a'\"", false},
        {"RewriteCond", "%{ENV:REMOTE_USER} .", true},
        {"Header", "set X \"expr=%{reqenv:SERVER_NAME}\"", true},
        {"JkMount", "/env/HTTP_x w", false},
        {"SetEnv", "REMOTE_ADDR x", false},
        {"LuaHookLog", "a.lua f", true},
        {"PerlLogHandler", "A::b", true},
        {"Location", nullptr, false},
    };
    std::string wrong;
    for (const auto& row : rows) {
        ap_directive_t inner = directive(row.name, row.args);
        ap_directive_t root = directive("<Location", "/app>");
        root.first_child = &inner;
        ap_conftree = &root;
        const bool is_read = httpd::may_read_common_vars();
        ap_conftree = nullptr;
        wrong += is_read == row.is_read ? "" : std::string{row.name} + " ";
    }
    assert_text_equal(wrong, "");
}

}  // namespace

Group config_mentions_tests()
{
    return {"config/mentions",
            {
                jk_test(a_text_is_found_beside_and_below),
                jk_test(nothing_mentions_nothing),
                jk_test(the_balancer_notes_are_read_where_a_log_names_one_or_a_script_may),
                jk_test(common_variables_are_known_by_their_beginning),
                jk_test(common_variables_are_read_where_something_names_one),
            }};
}

}  // namespace jk::test
