// Tests common/status/html_legend.
#include <string>

#include "status/sample.h"
#include "status/words.h"
#include "support/check.h"

namespace {

START_TEST(it_explains_every_state)
{
    const jk::test::Sample sample;
    const std::string body = sample.body("opt=24");
    const std::string legend = body.substr(body.find("id=\"legend\""));
    for (std::uint32_t i = 0; i < 7; ++i) {
        const std::string state{jk::status::to_text(static_cast<jk::lb::State>(i))};
        ck_assert_msg(jk::test::holds(legend, state + ":"), "%s is missing", state.c_str());
    }
}
END_TEST

START_TEST(it_can_be_hidden)
{
    const jk::test::Sample sample;
    ck_assert(jk::test::holds(sample.body(""), ">Hide legend</a>"));
    const std::string body = sample.body("opt=4");
    ck_assert(jk::test::holds(body, "<a href=\"?cmd=list\">Show legend</a>"));
    ck_assert(!jk::test::holds(body, "ERR/FRC:"));
}
END_TEST

}  // namespace

TCase* html_legend_tests()
{
    TCase* tests = tcase_create("html_legend");
    tcase_add_test(tests, it_explains_every_state);
    tcase_add_test(tests, it_can_be_hidden);
    return tests;
}
