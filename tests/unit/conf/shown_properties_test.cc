// Tests common/conf/shown_properties.
#include "conf/shown_properties.h"

#include <array>

#include "support/check.h"

namespace {

using jk::conf::Properties;

/// Each property shown, as "name=value" on a line of its own.
std::string shown(std::string_view file)
{
    Properties properties{{}};
    properties.define("ServerRoot", "/etc/httpd");
    properties.add_file(file, "w");
    properties.resolve_references();
    std::string lines;
    for (const auto& [name, value] : jk::conf::shown_properties(properties)) {
        lines += name + "=" + value + "\n";
    }
    return lines;
}

struct ShownCase {
    std::string_view file;
    std::string_view lines;  ///< behind that of ServerRoot
};
constexpr std::array shown_cases{
    ShownCase{"", ""},
    ShownCase{"h=x\nworker.list=a\nworker.a.host=$(h)\nworker.list=b\n",
              "h=x\nworker.list=a,b\nworker.a.host=x\n"},
    ShownCase{"worker.t.port=1\nworker.a.reference=worker.t\nworker.b.port=2\n",
              "worker.t.port=1\nworker.a.reference=worker.t\nworker.b.port=2\nworker.a.port=1\n"},
    ShownCase{"worker.a.secret=x\nworker.a.secretkey=x\n", ""},
    ShownCase{"my.secret=x\nAppSecret=x\nAPP_SECRETKEY=x\nsecret=x\n", ""},
    ShownCase{"word=x\nworker.a.secret=$(word)\nother=$(word)\n", ""},
    ShownCase{"worker.t.secret=x\nworker.a.reference=worker.t\n", "worker.a.reference=worker.t\n"},
    ShownCase{"secrets=1\nsecret.name=2\n", "secrets=1\nsecret.name=2\n"},
};

START_TEST(everything_but_secrets)
{
    const ShownCase& row = shown_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(shown(row.file), "ServerRoot=/etc/httpd\n" + std::string{row.lines});
}
END_TEST

}  // namespace

TCase* shown_properties_tests()
{
    TCase* tests = tcase_create("shown_properties");
    tcase_add_loop_test(tests, everything_but_secrets, 0, static_cast<int>(shown_cases.size()));
    return tests;
}
