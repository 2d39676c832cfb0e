// Tests common/status/words.
#include "status/words.h"

#include "support/check.h"

namespace {

namespace conf = jk::conf;
using jk::lb::State;
using jk::status::in_words;
using jk::status::to_text;

START_TEST(texts_that_clients_compare)
{
    ck_assert_text_eq(to_text(State::idle), "OK/IDLE");
    ck_assert_text_eq(to_text(State::ok), "OK");
    ck_assert_text_eq(to_text(State::recovering), "ERR/REC");
    ck_assert_text_eq(to_text(State::forced), "ERR/FRC");
    ck_assert_text_eq(to_text(State::busy), "OK/BUSY");
    ck_assert_text_eq(to_text(State::error), "ERR");
    ck_assert_text_eq(to_text(State::probing), "ERR/PRB");
}
END_TEST

START_TEST(every_code_has_words)
{
    for (std::uint32_t i = 0; i < 7; ++i) {
        ck_assert(!in_words(static_cast<State>(i)).empty());
    }
    ck_assert_text_eq(in_words(conf::Activation::disabled), "disabled");
}
END_TEST

START_TEST(a_code_outside_its_table_does_no_harm)
{
    ck_assert_text_eq(to_text(static_cast<State>(99)), "ERR");
}
END_TEST

}  // namespace

TCase* words_tests()
{
    TCase* tests = tcase_create("words");
    tcase_add_test(tests, texts_that_clients_compare);
    tcase_add_test(tests, every_code_has_words);
    tcase_add_test(tests, a_code_outside_its_table_does_no_harm);
    return tests;
}
