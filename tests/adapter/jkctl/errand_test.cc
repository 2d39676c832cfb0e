// Errands that end before anybody answers; those that are done are in tests/system.
#include "jkctl/errand.h"

#include "jkctl/answers.h"
#include "jkctl/folder.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Errand;
using ctl::Exit;

constexpr Exit (*all[])(const Errand&, ctl::Console&) = {
    ctl::run_status, ctl::run_members, ctl::run_drain,   ctl::run_enable, ctl::run_disable,
    ctl::run_stop,   ctl::run_edit,    ctl::run_recover, ctl::run_reset,
};

Errand errand(const std::string& url, const std::string& socket = "")
{
    Errand errand;
    errand.connection.url = url;
    errand.connection.socket = socket;
    errand.place = {"lb", "tc1"};
    errand.words = {"lbfactor=2"};
    return errand;
}

void a_wrong_url_is_misuse()
{
    for (const auto run : all) {
        Written written;
        assert_int_equal(run(errand("nowhere"), written.console), Exit::misuse);
        assert_text_holds(written.err.str(), "nowhere does not begin with http://");
    }
}

void a_server_that_is_not_there_is_named()
{
    const Folder folder;
    for (const auto run : all) {
        Written written;
        assert_int_equal(run(errand("http://h/jk", folder.path("none")), written.console),
                         Exit::refused);
        assert_text_holds(written.err.str(), "http://h/jk cannot be reached: ");
        assert_text_equal(written.out.str(), "");
    }
}

void an_edit_of_nothing_is_misuse()
{
    Written written;
    Errand nothing = errand("http://h/jk");
    nothing.words = {};
    assert_int_equal(run_edit(nothing, written.console), Exit::misuse);
    assert_text_holds(written.err.str(), "property=value");
}

}  // namespace

Group jkctl_errand_tests()
{
    return {"jkctl/errand",
            {
                jk_test(a_wrong_url_is_misuse),
                jk_test(a_server_that_is_not_there_is_named),
                jk_test(an_edit_of_nothing_is_misuse),
            }};
}

}  // namespace jk::test
