// Tokens: one for each status worker and user, the same as long as the secret stays.
#include "status/token.h"

#include "support/httpd_fakes.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::token_of;

void without_a_secret_there_is_none()
{
    fakes().retained.clear();
    assert_text_equal(token_of("st", "bob"), "");
}

void each_has_its_own()
{
    fakes().retained.clear();
    assert_true(httpd::make_token_secret());
    const std::string token = token_of("st", "bob");
    assert_int_equal(token.size(), 32);
    assert_true(token.find_first_not_of("0123456789abcdef") == std::string::npos);
    assert_text_equal(token_of("st", "bob"), token);
    for (const auto& [worker, user] : {std::pair{"st", "bo"}, std::pair{"st", ""},
                                       std::pair{"stb", "ob"}, std::pair{"", "stbob"}}) {
        assert_true(token_of(worker, user) != token);
    }
}

void the_secret_stays_until_the_parent_ends()
{
    fakes().retained.clear();
    assert_true(httpd::make_token_secret());
    const std::string token = token_of("st", "");
    assert_true(httpd::make_token_secret());
    assert_text_equal(token_of("st", ""), token);
    fakes().retained.clear();
    assert_true(httpd::make_token_secret());
    assert_true(token_of("st", "") != token);
}

}  // namespace

Group status_token_tests()
{
    return {"status/token",
            {
                jk_test(without_a_secret_there_is_none),
                jk_test(each_has_its_own),
                jk_test(the_secret_stays_until_the_parent_ends),
            }};
}

}  // namespace jk::test
