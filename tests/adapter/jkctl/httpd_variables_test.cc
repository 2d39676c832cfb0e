// Definitions, and the environment that a script gives to httpd.
#include "jkctl/httpd_variables.h"

#include <cstdlib>

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::HttpdVariables;

void definitions_come_and_go()
{
    HttpdVariables variables;
    variables.define("SSL");
    variables.define("PORT=81");
    variables.define("NAME", "a b");
    assert_true(variables.is_defined("SSL"));
    assert_true(variables.is_defined("PORT"));
    assert_false(variables.value("SSL").has_value());
    assert_text_equal(variables.value("PORT").value_or(""), "81");
    assert_text_equal(variables.value("NAME").value_or(""), "a b");
    variables.undefine("NAME");
    assert_false(variables.is_defined("NAME"));
    assert_false(variables.value("NAME").has_value());
}

void a_script_gives_the_environment()
{
    ::setenv("JKCTL_TEST_OUTER", "outer", 1);
    HttpdVariables variables;
    variables.add_script("# comment A=1\n"
                         "unset HOME_OF\n"
                         "if [ \"$X\" = \"\" ]; then\n"
                         "\tSUFFIX=\"-x\"\n"
                         "else\n"
                         "\tSUFFIX=\n"
                         "fi\n"
                         "export RUN=/run/httpd$SUFFIX\n"
                         "export LOG=\"${RUN}/log dir\"\n"
                         "export LANG=C # plain\n"
                         ": ${Y:=1}\n"
                         "export OUT=$JKCTL_TEST_OUTER.1\n");
    assert_text_equal(variables.value("RUN").value_or(""), "/run/httpd");
    assert_text_equal(variables.value("LOG").value_or(""), "/run/httpd/log dir");
    assert_text_equal(variables.value("LANG").value_or(""), "C");
    assert_text_equal(variables.environment("OUT").value_or(""), "outer.1");
    assert_text_equal(variables.value("JKCTL_TEST_OUTER").value_or(""), "outer");
    assert_false(variables.value("JKCTL_TEST_NONE").has_value());
    assert_false(variables.is_defined("RUN"));
}

void definitions_hide_the_environment_from_httpd_only()
{
    HttpdVariables variables;
    variables.add_script("A=script\n");
    variables.define("A", "defined");
    assert_text_equal(variables.value("A").value_or(""), "defined");
    assert_text_equal(variables.environment("A").value_or(""), "script");
}

}  // namespace

Group jkctl_httpd_variables_tests()
{
    return {"jkctl/httpd_variables",
            {
                jk_test(definitions_come_and_go),
                jk_test(a_script_gives_the_environment),
                jk_test(definitions_hide_the_environment_from_httpd_only),
            }};
}

}  // namespace jk::test
