// Tests common/status/html_tables: which blocks a page has, and how they are hidden.
#include <array>
#include <string>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::test::holds;

struct BlockCase {
    const char* options;
    const char* text;  ///< in the page where the block is shown
    const char* what;  ///< in the label of its switch
};
constexpr std::array block_cases{
    BlockCase{"1", "<caption>Members</caption>", "members"},
    BlockCase{"2", "<caption>Mounts,", "mounts"},
    BlockCase{"4", "<dl>\n<dt>", "legend"},
    BlockCase{"8", "<h3>Balancer", "balancers"},
    BlockCase{"16", "<h3>Worker", "workers"},
    BlockCase{"64", "<th scope=\"col\">Method</th>", "balancer settings"},
    BlockCase{"128", "<caption>Summary</caption>", "balancer summary"},
    BlockCase{"256", "<th scope=\"col\">Host</th>", "connection settings"},
};

START_TEST(blocks_are_hidden_and_shown)
{
    const BlockCase& row = block_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Sample sample;
    const std::string shown = sample.body("");
    const std::string hidden = sample.body(std::string{"opt="} + row.options);
    const std::string label = std::string{row.what} + "</a>";
    ck_assert(holds(shown, row.text));
    ck_assert(!holds(hidden, row.text));
    ck_assert(holds(shown, std::string{"<a href=\"?cmd=list&amp;opt="} + row.options + "\">Hide " +
                               label));
    ck_assert(holds(hidden, "<a href=\"?cmd=list\">Show " + label));
}
END_TEST

START_TEST(one_member_alone)
{
    const jk::test::Sample sample;
    const std::string body = sample.body("cmd=show&w=lb&sw=node3");
    ck_assert(holds(body, "sw=node3\">node3</a></th>"));
    ck_assert(!holds(body, ">node1</a></th>") && !holds(body, "<th scope=\"row\">node1</th>"));
    ck_assert(holds(body, "<h3>Balancer <a href=\"?cmd=show&amp;w=lb\">lb</a></h3>"));
    ck_assert(!holds(body, "<h2>Balancers"));
}
END_TEST

START_TEST(nothing_inside_is_said)
{
    jk::test::Sample sample;
    sample.balancer().members.clear();
    sample.balancer().maps.clear();
    const std::string body = sample.body("cmd=show&w=lb");
    ck_assert(holds(body, "<p>This balancer has no members.</p>"));
    ck_assert(holds(body, "<p>No mount leads here.</p>"));
}
END_TEST

START_TEST(heads_and_cells_agree)
{
    const jk::test::Sample sample;
    const std::string body = sample.body("");
    std::string_view rest = body;
    std::size_t columns = 0;
    for (std::size_t at = rest.find("<tr>"); at != std::string_view::npos; at = rest.find("<tr>")) {
        rest.remove_prefix(at + 4);
        const std::string_view row = rest.substr(0, rest.find("</tr>"));
        std::size_t cells = 0;
        for (std::size_t cell = row.find("<t"); cell != std::string_view::npos;
             cell = row.find("<t", cell + 1)) {
            ++cells;
        }
        columns = holds(row, "scope=\"col\"") ? cells : columns;
        ck_assert_uint_eq(cells, columns);
    }
    ck_assert_uint_ne(columns, 0);
}
END_TEST

}  // namespace

TCase* html_tables_tests()
{
    TCase* tests = tcase_create("html_tables");
    tcase_add_loop_test(tests, blocks_are_hidden_and_shown, 0,
                        static_cast<int>(block_cases.size()));
    tcase_add_test(tests, one_member_alone);
    tcase_add_test(tests, nothing_inside_is_said);
    tcase_add_test(tests, heads_and_cells_agree);
    return tests;
}
