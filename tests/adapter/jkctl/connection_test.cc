// Options of a connection: what is refused before anybody is asked.
#include "jkctl/connection.h"

#include <cstdlib>

#include "jkctl/answers.h"
#include "jkctl/folder.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::ConnectionOptions;

void assert_refused(const ConnectionOptions& options, std::string_view part)
{
    Written written;
    assert_false(connect(options, written.console).has_value());
    assert_text_holds(written.err.str(), part);
}

void the_url_comes_from_the_options_the_environment_or_nowhere()
{
    Written written;
    ::unsetenv("JKCTL_URL");
    assert_text_equal(connect({}, written.console)->url(), ctl::usual_url);
    ::setenv("JKCTL_URL", "http://named/jk", 1);
    assert_text_equal(connect({}, written.console)->url(), "http://named/jk");
    assert_text_equal(connect({.url = "http://given/jk/"}, written.console)->url(),
                      "http://given/jk");
    ::setenv("JKCTL_URL", "", 1);
    assert_text_equal(connect({}, written.console)->url(), ctl::usual_url);
    ::unsetenv("JKCTL_URL");
    assert_text_equal(written.err.str(), "");
}

void wrong_options_are_named()
{
    assert_refused({.url = "localhost/jk"}, "localhost/jk does not begin with http://");
    assert_refused({.url = "http://a:b@h/"}, "--password-file");
    assert_refused({.url = "http://h/", .user = "joe"}, "belong together");
    assert_refused({.url = "http://h/", .password_file = "x"}, "belong together");
}

void the_password_is_the_first_line_of_a_file()
{
    const Folder folder;
    Written written;
    const std::string good = folder.file("good", "secret\r\nmore\n");
    ConnectionOptions options{.url = "http://h/", .user = "joe", .password_file = good};
    assert_true(connect(options, written.console).has_value());
    options.password_file = folder.file("empty", "\nsecret\n");
    assert_refused(options, "no password in the first line");
    options.password_file = folder.path("none");
    assert_refused(options, "cannot be read");
}

}  // namespace

Group jkctl_connection_tests()
{
    return {"jkctl/connection",
            {
                jk_test(the_url_comes_from_the_options_the_environment_or_nowhere),
                jk_test(wrong_options_are_named),
                jk_test(the_password_is_the_first_line_of_a_file),
            }};
}

}  // namespace jk::test
