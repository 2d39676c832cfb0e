// Tests common/route/rule_index: the same answers as trying every rule in turn.
#include "route/rule_index.h"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <tuple>

#include "route/uri_pattern.h"
#include "route/uri_rules.h"
#include "support/check.h"

namespace {

using jk::route::Mount;
using jk::route::no_rule;
using jk::route::Rule;
using jk::route::RuleIndex;
using jk::route::Source;

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

/// The definition of first_match(): every rule in turn.
std::uint32_t first_of_all(const std::vector<Rule>& rules, std::string_view path,
                           std::string_view worker)
{
    for (std::uint32_t at = 0; at < rules.size(); ++at) {
        const std::string& name = rules[at].target.worker;
        if ((worker.empty() || name == "*" || name == worker) &&
            jk::route::matches(rules[at].pattern, path)) {
            return at;
        }
    }
    return no_rule;
}

/// The same numbers in each run.
class Chance {
public:
    explicit Chance(unsigned seed) : source_(seed) {}

    std::size_t below(std::size_t limit) { return source_() % limit; }
    std::string text(std::string_view letters, std::size_t length)
    {
        std::string text = "/";
        for (; length > 0; --length) {
            text += letters[below(letters.size())];
        }
        return text;
    }

private:
    std::minstd_rand source_;
};

constexpr std::array workers{"v", "w", "*"};

START_TEST(agrees_with_trying_every_rule)
{
    Chance chance{1};
    for (const std::size_t size : {3, 10, 30, 100, 300, 1000, 3000}) {
        std::vector<Rule> rules(size);
        for (Rule& rule : rules) {
            rule.pattern = chance.text("/aab**?\xff", chance.below(12));
            rule.target.worker = workers.at(chance.below(3));
        }
        const RuleIndex index = index_of(rules);
        for (int count = 0; count < 16000; ++count) {
            const std::string path = chance.text("/aab\xff", chance.below(10));
            const std::string_view worker = chance.below(2) == 0 ? "" : workers.at(chance.below(2));
            if (index.first_match(rules, path, worker) != first_of_all(rules, path, worker)) {
                ck_abort_msg("%zu rules, %s for \"%s\"", size, path.c_str(), worker.data());
            }
        }
    }
}
END_TEST

/// Rules that differ in a number only, which stands between these texts.
struct Family {
    std::string_view before;
    std::string_view behind;
};
constexpr std::array families{
    Family{"/app", ""},      Family{"/app", "/*"},         Family{"/*.e", ""},
    Family{"/*/app", "/*"},  Family{"/t/*/a", "/*.do"},    Family{"/*a*a*a*b", ""},
    Family{"/?/app", "?/*"}, Family{"/*/t/*/app", "/x*y"},
};

/// Of ten thousand: those whose number begins or ends the number wanted, and as many by accident.
constexpr std::size_t most_looked_at = 8;

START_TEST(agrees_on_ten_thousand_that_are_alike)
{
    const Family& family = families.at(static_cast<std::size_t>(_i));
    std::vector<Rule> rules(10000);
    const auto pattern_of = [&](std::size_t number) {
        return std::string{family.before} + std::to_string(number) + std::string{family.behind};
    };
    for (std::size_t at = 0; at < rules.size(); ++at) {
        rules[at].pattern = pattern_of(at * 7919 % rules.size());
    }
    const RuleIndex index = index_of(rules);
    Chance chance{2};
    for (int count = 0; count < 500; ++count) {
        std::string path = pattern_of(chance.below(2 * rules.size()));
        for (std::size_t at = path.find_first_of("*?"); at != std::string::npos;
             at = path.find_first_of("*?", at + 1)) {
            path.replace(at, 1, chance.text("/a0", chance.below(4)));
        }
        const std::uint32_t expected = first_of_all(rules, path, {});
        ck_assert_uint_eq(index.first_match(rules, path, {}), expected);
        std::size_t budget = rules.size();
        ck_assert_uint_eq(index.first_cover(rules, path, {}, budget), expected);
        ck_assert_uint_le(rules.size() - budget, most_looked_at);
    }
}
END_TEST

/// The rules of a table as their author wrote them: `line` is the place in the vector.
std::vector<Mount> random_mounts(Chance& chance, std::size_t size)
{
    constexpr std::array sources{Source::uriworkermap, Source::jk_mount, Source::worker_definition};
    std::set<std::string> mounted;
    std::vector<Mount> mounts;
    while (mounts.size() < size) {
        const Source source = sources.at(chance.below(3));
        const std::string pattern = chance.text("/ab**?", chance.below(8));
        const std::string mark = chance.below(3) == 0 ? "!" : "";
        const std::string worker = workers.at(chance.below(mark.empty() ? 2 : 3));
        const auto line = static_cast<unsigned>(mounts.size());
        if (source != Source::jk_mount) {
            const std::string disabled = chance.below(8) == 0 ? "-" : "";
            mounts.push_back({disabled + mark + pattern, worker, source, {"u", line}, false});
        } else if (mounted.insert(mark + pattern).second) {  // a later one would replace it
            mounts.push_back({pattern, worker, source, {"u", line}, !mark.empty()});
        }
    }
    return mounts;
}

/// Brings the rules in the order in which a path is compared with them.
std::vector<Mount> in_order_of_rank(std::vector<Mount> mounts)
{
    const auto rank = [](const Mount& mount) {
        const std::string pattern = mount.pattern.substr(mount.pattern.find('/'));
        return std::tuple{std::count(pattern.begin(), pattern.end(), '/'), pattern.size(),
                          -static_cast<int>(mount.source)};
    };
    std::stable_sort(mounts.begin(), mounts.end(),
                     [&](const Mount& a, const Mount& b) { return rank(a) > rank(b); });
    return mounts;
}

constexpr unsigned no_line = 0xffffffff;

/// The definition of UriRules::match(). Returns the line of the rule, `no_line` where none maps.
unsigned line_by_definition(const std::vector<Mount>& ordered, std::string_view path)
{
    const Mount* winner = nullptr;
    const auto does_match = [&](const Mount& mount, bool is_exclusion) {
        const std::size_t slash = mount.pattern.find('/');
        const std::string_view marks = std::string_view{mount.pattern}.substr(0, slash);
        return (mount.is_exclusion || marks == "!") == is_exclusion && !marks.starts_with('-') &&
               jk::route::matches(std::string_view{mount.pattern}.substr(slash), path);
    };
    for (const Mount& mount : ordered) {
        if (winner == nullptr && does_match(mount, false)) {
            winner = &mount;
        }
    }
    for (const Mount& mount : ordered) {
        if (winner != nullptr && (mount.target == "*" || mount.target == winner->target) &&
            does_match(mount, true)) {
            return no_line;
        }
    }
    return winner == nullptr ? no_line : winner->place.line;
}

START_TEST(a_table_answers_by_its_definition)
{
    Chance chance{3};
    for (int table = 0; table < 200; ++table) {
        const std::vector<Mount> mounts = random_mounts(chance, 1 + chance.below(80));
        const std::vector<Mount> ordered = in_order_of_rank(mounts);
        jk::route::UriRules rules;
        jk::Complaints complaints;
        for (const Mount& mount : mounts) {
            rules.add(mount, complaints);
        }
        rules.finish();
        for (int count = 0; count < 500; ++count) {
            const std::string path = chance.text("/ab", chance.below(10));
            const Rule* const rule = rules.match(path);
            const unsigned line = rule == nullptr ? no_line : rule->place.line;
            if (line != line_by_definition(ordered, path)) {
                ck_abort_msg("table %d, %s: line %u", table, path.c_str(), line);
            }
        }
    }
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

START_TEST(covers_and_overlaps_as_trying_every_rule_says)
{
    std::vector<Rule> rules;
    for (std::size_t number = 0; number < 400; ++number) {
        rules.push_back({});
        rules.back().pattern = text_of(number * 2654435761U >> 3, "/ab*?", 1 + number % 6);
        rules.back().target.worker = "w";
    }
    const RuleIndex index = index_of(rules);
    for (const Rule& rule : rules) {
        std::uint32_t expected = no_rule;
        bool overlaps = false;
        for (std::uint32_t at = 0; at < rules.size(); ++at) {
            const std::string& pattern = rules[at].pattern;
            const bool is_first = expected == no_rule && jk::route::covers(pattern, rule.pattern);
            expected = is_first ? at : expected;
            overlaps = overlaps || jk::route::may_overlap(pattern, rule.pattern);
        }
        std::size_t budget = 100000;
        ck_assert_uint_eq(index.first_cover(rules, rule.pattern, {}, budget), expected);
        ck_assert((index.some_overlap(rules, rule.pattern, "w", budget) != no_rule) == overlaps);
        ck_assert_uint_eq(index.some_overlap(rules, rule.pattern, "x", budget), no_rule);
    }
}
END_TEST

START_TEST(finds_what_begins_longer)
{
    const auto rules = rules_of({"/a/b/*", "/c"});
    const RuleIndex index = index_of(rules);
    std::size_t budget = 100;
    ck_assert_uint_eq(index.some_overlap(rules, "/a*", {}, budget), 0);
    ck_assert_uint_eq(index.some_overlap(rules, "/*", {}, budget), 0);
    ck_assert_uint_eq(index.some_overlap(rules, "/a/b/c", {}, budget), 0);
    ck_assert_uint_eq(index.some_overlap(rules, "/b*", {}, budget), no_rule);
    ck_assert_uint_eq(RuleIndex{}.some_overlap({}, "/*", {}, budget), no_rule);
}
END_TEST

START_TEST(stops_at_the_end_of_the_budget)
{
    const auto rules = rules_of({"/a", "/b", "/*"});
    const RuleIndex index = index_of(rules);
    std::size_t budget = 1;
    ck_assert_uint_eq(index.first_cover(rules, "/c", {}, budget), 2);
    ck_assert_uint_eq(budget, 0);
    ck_assert_uint_eq(index.first_cover(rules, "/c", {}, budget), no_rule);
    ck_assert_uint_ne(index.some_overlap(rules, "/a", {}, budget), no_rule);
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
    tcase_add_loop_test(tests, agrees_on_ten_thousand_that_are_alike, 0,
                        static_cast<int>(families.size()));
    tcase_add_test(tests, a_table_answers_by_its_definition);
    tcase_add_test(tests, covers_and_overlaps_as_trying_every_rule_says);
    tcase_add_test(tests, finds_what_begins_longer);
    tcase_add_test(tests, stops_at_the_end_of_the_budget);
    return tests;
}
