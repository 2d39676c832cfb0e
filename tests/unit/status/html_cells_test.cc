// Tests common/status/html_cells.
#include "status/html_cells.h"

#include <algorithm>
#include <string>

#include "status/fields.h"
#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::Cell;
using jk::status::Column;

/// True when a row of the fields has that name, or none is asked for.
bool is_field(std::string_view name)
{
    const auto fields = jk::status::worker_fields();
    const auto is_named = [name](const jk::status::Field& field) { return field.name == name; };
    return name.empty() || std::any_of(fields.begin(), fields.end(), is_named);
}

START_TEST(columns_name_fields)
{
    for (const auto columns : {jk::status::member_columns(), jk::status::worker_columns()}) {
        for (const Column& column : columns) {
            ck_assert_msg(is_field(column.field), "no field '%s'", column.field.data());
            ck_assert_msg(is_field(column.second), "no field '%s'", column.second.data());
        }
    }
}
END_TEST

struct Fixture {
    jk::test::Sample sample;
    jk::status::Document document{.snapshot = &sample.snapshot,
                                  .settings = &sample.status,
                                  .rating = jk::status::Rating{sample.status},
                                  .page = {}};

    std::string cell(std::size_t member, const Column& column)
    {
        jk::status::Html html;
        jk::status::append_cell(html,
                                {.document = &document,
                                 .balancer = &sample.balancer(),
                                 .member = &sample.member(member),
                                 .worker = &sample.member(member).worker},
                                column);
        return html.take();
    }
    std::string direct_cell(std::size_t worker, const Column& column)
    {
        jk::status::Html html;
        const auto& view = sample.snapshot.workers.at(worker);
        jk::status::append_cell(html, {.document = &document, .worker = &view}, column);
        return html.take();
    }
};

START_TEST(states_have_a_word_a_code_and_a_grade)
{
    Fixture fixture;
    const Column state{"", "state", Cell::state};
    ck_assert_text_eq(fixture.cell(0, state),
                      "<td><span class=\"good\">working</span> <code>OK</code></td>");
    ck_assert_text_eq(fixture.cell(2, state),
                      "<td><span class=\"bad\">failed</span> <code>ERR</code></td>");
    fixture.sample.member(0).activation = jk::conf::Activation::disabled;
    ck_assert_text_eq(fixture.cell(0, state),
                      "<td><span class=\"degraded\">working</span> <code>OK</code></td>");
    ck_assert_text_eq(fixture.direct_cell(1, state),
                      "<td><span class=\"bad\">failed</span> <code>ERR</code></td>");
}
END_TEST

START_TEST(rates_are_per_second_since_the_reset)
{
    Fixture fixture;
    fixture.sample.member(0).worker.used = 100;
    fixture.sample.member(0).worker.read = 430000;
    ck_assert_text_eq(fixture.cell(0, {"", "elected", Cell::rate}),
                      "<td>100 <small>2/s</small></td>");
    ck_assert_text_eq(fixture.cell(0, {"", "read", Cell::size}),
                      "<td>420K <small>9.8K/s</small></td>");
    fixture.sample.member(0).worker.last_reset = fixture.sample.snapshot.now;
    ck_assert_text_eq(fixture.cell(0, {"", "elected", Cell::rate}), "<td>100</td>");
}
END_TEST

START_TEST(other_cells)
{
    Fixture fixture;
    ck_assert_text_eq(fixture.cell(0, {"", "activation", Cell::activation}),
                      "<td>active <code>ACT</code></td>");
    ck_assert_text_eq(fixture.cell(2, {"", "busy", Cell::pair, "max_busy"}), "<td>0 / 1</td>");
    ck_assert_text_eq(fixture.cell(0, {"", "error_time_datetime", Cell::since}), "<td></td>");
    ck_assert_text_eq(fixture.cell(2, {"", "error_time_datetime", Cell::since}),
                      "<td>2026-11-23 02:26:52 +0000 <small>41 s ago</small></td>");
    ck_assert_text_eq(
        fixture.cell(2, {"", "name", Cell::name}),
        "<th scope=\"row\"><a href=\"?cmd=show&amp;w=lb&amp;sw=node3\">node3</a></th>");
    ck_assert_text_eq(fixture.direct_cell(0, {"", "name", Cell::name}),
                      "<th scope=\"row\"><a href=\"?cmd=show&amp;w=single\">single</a></th>");
}
END_TEST

}  // namespace

TCase* html_cells_tests()
{
    TCase* tests = tcase_create("html_cells");
    tcase_add_test(tests, columns_name_fields);
    tcase_add_test(tests, states_have_a_word_a_code_and_a_grade);
    tcase_add_test(tests, rates_are_per_second_since_the_reset);
    tcase_add_test(tests, other_cells);
    return tests;
}
