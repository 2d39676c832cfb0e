// Tests common/route/rule_index: the same answers as trying every rule in turn.
#include "route/rule_index.h"

#include <array>
#include <string>

#include "route/uri_pattern.h"
#include "route/uri_rules.h"
#include "support/check.h"

namespace {

using jk::route::no_rule;
using jk::route::Rule;
using jk::route::RuleIndex;

std::vector<Rule> rules_of(std::initializer_list<const char*> patterns)
{
    std::vector<Rule> rules;
    for (const char* const pattern : patterns) {
        rules.push_back({});
        rules.back().pattern = pattern;
        rules.back().target.worker = "w";
    }
    return rules;
}

RuleIndex index_of(const std::vector<Rule>& rules)
{
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t number = 0; number < rules.size(); ++number) {
        numbers.push_back(number);
    }
    RuleIndex index;
    index.build(rules, std::move(numbers));
    return index;
}

START_TEST(an_empty_index_finds_nothing)
{
    const std::vector<Rule> rules;
    ck_assert_uint_eq(index_of(rules).first_match(rules, "/a", {}), no_rule);
    ck_assert_uint_eq(RuleIndex{}.first_match(rules, "", {}), no_rule);
}
END_TEST

START_TEST(the_lowest_number_wins)
{
    const auto rules = rules_of({"/*/b/*", "/a/b", "/a/*", "/a*", "/*"});
    const RuleIndex index = index_of(rules);
    ck_assert_uint_eq(index.first_match(rules, "/a/b/c", {}), 0);
    ck_assert_uint_eq(index.first_match(rules, "/a/b", {}), 1);
    ck_assert_uint_eq(index.first_match(rules, "/a/", {}), 2);
    ck_assert_uint_eq(index.first_match(rules, "/ab", {}), 3);
    ck_assert_uint_eq(index.first_match(rules, "/b", {}), 4);
    ck_assert_uint_eq(index.first_match(rules, "", {}), no_rule);
    ck_assert_uint_eq(index.first_match(rules, "*", {}), no_rule);
}
END_TEST

START_TEST(asks_for_a_worker)
{
    auto rules = rules_of({"/a/*", "/a*", "/*"});
    rules[0].target.worker = "x";
    rules[1].target.worker = "*";
    const RuleIndex index = index_of(rules);
    ck_assert_uint_eq(index.first_match(rules, "/a/b", "x"), 0);
    ck_assert_uint_eq(index.first_match(rules, "/a/b", "w"), 1);
    ck_assert_uint_eq(index.first_match(rules, "/b", "w"), 2);
    ck_assert_uint_eq(index.first_match(rules, "/b", "x"), no_rule);
}
END_TEST

START_TEST(survives_copy_of_the_rules)
{
    const auto rules = rules_of({"/a/*", "/a*"});
    const RuleIndex index = index_of(rules);
    const std::vector<Rule> copy = rules;
    const RuleIndex other = index;
    ck_assert_uint_eq(other.first_match(copy, "/ax", {}), 1);
}
END_TEST

/// Texts over a small alphabet, so that beginnings nest and collide.
std::string text_of(std::size_t number, std::string_view letters, std::size_t length)
{
    std::string text = "/";
    for (; length > 0; --length) {
        text += letters[number % letters.size()];
        number /= letters.size();
    }
    return text;
}

START_TEST(agrees_with_trying_every_rule)
{
    std::vector<Rule> rules;
    for (std::size_t number = 0; number < 400; ++number) {
        rules.push_back({});
        rules.back().pattern = text_of(number * 2654435761U >> 3, "/ab*\xff", 1 + number % 6);
        rules.back().target.worker = "w";
    }
    const RuleIndex index = index_of(rules);
    for (std::size_t number = 0; number < 3000; ++number) {
        const std::string path = text_of(number, "/ab\xff", number % 7);
        std::uint32_t expected = no_rule;
        for (std::uint32_t at = 0; at < rules.size() && expected == no_rule; ++at) {
            expected = jk::route::matches(rules[at].pattern, path) ? at : no_rule;
        }
        ck_assert_uint_eq(index.first_match(rules, path, {}), expected);
    }
}
END_TEST

}  // namespace

TCase* rule_index_tests()
{
    TCase* tests = tcase_create("rule_index");
    tcase_add_test(tests, an_empty_index_finds_nothing);
    tcase_add_test(tests, the_lowest_number_wins);
    tcase_add_test(tests, asks_for_a_worker);
    tcase_add_test(tests, survives_copy_of_the_rules);
    tcase_add_test(tests, agrees_with_trying_every_rule);
    return tests;
}
