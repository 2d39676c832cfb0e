// The table of the Jk* directives, and looking names up in it.
#include "site/directives.h"

#include <algorithm>
#include <set>
#include <string>

#include "support/check.h"

namespace {

using namespace jk::site;

START_TEST(names_stand_once)
{
    std::set<std::string_view> names;
    for (const Directive& one : directives) {
        ck_assert(names.insert(one.name).second);
        ck_assert(std::string_view{one.name}.starts_with("Jk"));
        ck_assert(*one.help != '\0');
        ck_assert_ptr_eq(find_directive(one.name), &one);
    }
    ck_assert_uint_eq(names.size(), directive_count);
}
END_TEST

START_TEST(names_are_found_in_any_case)
{
    ck_assert_str_eq(find_directive("jkmountFILE")->name, "JkMountFile");
    ck_assert_ptr_null(find_directive("JkMountFiles"));
    ck_assert_ptr_null(find_directive(""));
}
END_TEST

START_TEST(only_mounts_stand_in_sections)
{
    const auto count = std::count_if(directives.begin(), directives.end(),
                                     [](const Directive& d) { return d.where == Where::section; });
    ck_assert_int_eq(count, 2);
    ck_assert(find_directive("JkMount")->where == Where::section);
    ck_assert(find_directive("JkUnMount")->where == Where::section);
    ck_assert(find_directive("JkWorkersFile")->where == Where::global);
    ck_assert(find_directive("JkMountFile")->where == Where::server);
}
END_TEST

START_TEST(a_misspelt_name_has_a_neighbour)
{
    ck_assert_text_eq(nearest_directive("JkWorkerFile"), "JkWorkersFile");
    ck_assert_text_eq(nearest_directive("JkUnmuont"), "JkUnMount");
    ck_assert_text_eq(nearest_directive("JkSomethingElse"), "");
}
END_TEST

}  // namespace

TCase* directives_tests()
{
    TCase* const all = tcase_create("directives");
    tcase_add_test(all, names_stand_once);
    tcase_add_test(all, names_are_found_in_any_case);
    tcase_add_test(all, only_mounts_stand_in_sections);
    tcase_add_test(all, a_misspelt_name_has_a_neighbour);
    return all;
}
