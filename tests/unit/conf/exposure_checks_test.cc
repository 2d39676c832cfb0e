// Tests common/conf/exposure_checks: secrets in files that every user can read.
#include "conf/exposure_checks.h"

#include <array>
#include <map>

#include "support/check.h"
#include "support/complaints.h"

namespace {

using jk::test::all_of;

constexpr std::string_view said_of_line_2 =
    "warning /etc/jk/w:2: worker.a.secret is a secret, and every user of this machine can read the "
    "file; take that right away (chmod o-r), httpd reads the file before it becomes another user\n";

std::optional<std::string> environment(std::string_view name)
{
    return name == "PASS" ? std::optional<std::string>{"from-outside"} : std::nullopt;
}

std::string said_of(std::string_view text, const std::map<std::string, unsigned>& permissions)
{
    jk::conf::Properties properties{environment};
    properties.add_file(text, "/etc/jk/w");
    properties.resolve_references();
    jk::Complaints complaints;
    const auto look = [&](const std::string& path) {
        const auto found = permissions.find(path);
        return found == permissions.end() ? std::nullopt : std::optional{found->second};
    };
    check_exposure(properties, look, complaints);
    return all_of(complaints);
}

struct RightsCase {
    std::map<std::string, unsigned> permissions;
    bool is_exposed;
};
const std::array rights_cases{
    RightsCase{{{"/etc/jk/w", 0644}, {"/etc/jk", 0755}, {"/etc", 0755}}, true},
    RightsCase{{{"/etc/jk/w", 0604}, {"/etc/jk", 0711}, {"/etc", 0755}}, true},
    RightsCase{{{"/etc/jk/w", 0640}, {"/etc/jk", 0755}, {"/etc", 0755}}, false},
    RightsCase{{{"/etc/jk/w", 0642}, {"/etc/jk", 0755}, {"/etc", 0755}}, false},
    RightsCase{{{"/etc/jk/w", 0644}, {"/etc/jk", 0750}, {"/etc", 0755}}, false},
    RightsCase{{{"/etc/jk/w", 0644}, {"/etc/jk", 0754}, {"/etc", 0755}}, false},
    RightsCase{{{"/etc/jk/w", 0644}, {"/etc/jk", 0755}, {"/etc", 0700}}, false},
    RightsCase{{}, false},
};

START_TEST(needs_a_way_to_the_file)
{
    const RightsCase& row = rights_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(said_of("worker.list=a\nworker.a.secret=x\n", row.permissions),
                      row.is_exposed ? said_of_line_2 : "");
}
END_TEST

struct SecretCase {
    std::string_view text;
    std::string_view said;
};
const std::array secret_cases{
    SecretCase{"worker.list=a\nworker.a.port=8009\n", ""},
    SecretCase{"#\nworker.a.secret=$(PASS)\n", ""},
    SecretCase{"#\nworker.a.secret=\n", ""},
    SecretCase{"#\nworker.a.secret=x$(PASS)\n", said_of_line_2},
    SecretCase{"#\nworker.a.secret=x\nworker.b.secret=y\n", said_of_line_2},
    SecretCase{"worker.b.reference=worker.a\nworker.a.secret=x\n", said_of_line_2},
    SecretCase{"worker.a.secret=$(PASS)\nworker.a.secret=x\n", said_of_line_2},
    SecretCase{"worker.a.secret=x\nworker.a.secret=$(PASS)\n", ""},
    SecretCase{"#\nmine=x\nworker.a.secret=$(mine)\n",
               "warning /etc/jk/w:2: mine is a secret, and every user of this machine can read the "
               "file; take that right away (chmod o-r), httpd reads the file before it becomes "
               "another user\n"},
};

START_TEST(names_the_first_secret_that_is_spelled_out)
{
    const SecretCase& row = secret_cases.at(static_cast<std::size_t>(_i));
    const std::map<std::string, unsigned> open{
        {"/etc/jk/w", 0644}, {"/etc/jk", 0755}, {"/etc", 0755}};
    ck_assert_text_eq(said_of(row.text, open), row.said);
}
END_TEST

START_TEST(says_nothing_where_nobody_knows_the_files)
{
    jk::conf::Properties properties{environment};
    properties.add_file("worker.a.secret=x\n", "/etc/jk/w");
    jk::Complaints complaints;
    check_exposure(properties, {}, complaints);
    ck_assert(complaints.empty());
}
END_TEST

}  // namespace

TCase* exposure_checks_tests()
{
    TCase* tests = tcase_create("exposure_checks");
    tcase_add_loop_test(tests, needs_a_way_to_the_file, 0, static_cast<int>(rights_cases.size()));
    tcase_add_loop_test(tests, names_the_first_secret_that_is_spelled_out, 0,
                        static_cast<int>(secret_cases.size()));
    tcase_add_test(tests, says_nothing_where_nobody_knows_the_files);
    return tests;
}
