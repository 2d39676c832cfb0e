// Tests common/conf/settings_reader.
#include "conf/settings_reader.h"

#include <array>

#include "conf/ajp_properties.h"
#include "conf/built.h"
#include "support/check.h"

namespace {

using namespace jk::conf;

struct RemarkCase {
    std::string_view file;
    std::string_view complaints;
};
constexpr std::array remark_cases{
    RemarkCase{"worker.w.port=8010", ""},
    RemarkCase{"\nworker.w.port=abc",
               "warning w:2: worker.w.port \"abc\" is no number; the default counts (8009)\n"},
    RemarkCase{"worker.w.port=2101$(x)",
               "warning w:1: worker.w.port \"2101$(x)\" is read only as far as its number goes\n"},
    RemarkCase{
        "worker.w.max_packet_size=9000",
        "warning w:1: worker.w.max_packet_size \"9000\" is taken as \"9216\"; write a multiple "
        "of 1024 from 8192 to 65536, equal to the backend's packetSize\n"},
    RemarkCase{"worker.w.port=70000",
               "warning w:1: worker.w.port \"70000\" is taken as \"0\"; write a port from 1 to "
               "65535\n"},
    RemarkCase{"worker.w.retries=0",
               "warning w:1: worker.w.retries \"0\" is taken as 1, the least it can be\n"},
    RemarkCase{"worker.w.jvm_route=a\tb",
               "error w:1: worker.w.jvm_route \"a\\x09b\" holds a control character; remove it\n"},
    RemarkCase{"p=a\x01b\nworker.w.secret=$(p)",
               "error w:2: worker.w.secret holds a control character; remove it\n"},
    RemarkCase{
        "worker.w.ping_mode=C\nworker.w.connect_timeout=0",
        "warning w:2: worker.w.connect_timeout \"0\" is taken as \"10000\"; take the C out of "
        "ping_mode to switch it off\n"},
};

START_TEST(says_where_what_and_how)
{
    const RemarkCase& row = remark_cases.at(static_cast<std::size_t>(_i));
    Properties properties{{}};
    properties.add_file(row.file, "w");
    AjpSettings settings;
    jk::Complaints complaints;
    SettingsReader{properties, complaints}.read("w", ajp_properties(), settings);
    ck_assert_text_eq(jk::test::all_of(complaints), row.complaints);
}
END_TEST

START_TEST(reads_only_its_own_worker)
{
    Properties properties{{}};
    properties.add_file("worker.ww.port=1\nworker.w.x.port=2\nport=3", "w");
    AjpSettings settings;
    jk::Complaints complaints;
    SettingsReader{properties, complaints}.read("w", ajp_properties(), settings);
    ck_assert_int_eq(settings.port, 8009);
}
END_TEST

}  // namespace

TCase* settings_reader_tests()
{
    TCase* tests = tcase_create("settings_reader");
    tcase_add_loop_test(tests, says_where_what_and_how, 0, static_cast<int>(remark_cases.size()));
    tcase_add_test(tests, reads_only_its_own_worker);
    return tests;
}
