// Tests common/status/update: which changes a query asks for, and what a refusal reads like.
#include "status/update.h"

#include <array>
#include <string>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::Change;
using jk::status::Query;
using jk::status::Reason;
using jk::status::Refusal;
using jk::status::SubWorker;
using jk::status::Update;

Update read(const jk::test::Sample& sample, std::string_view text)
{
    const Query query{text};
    const auto dialect = jk::status::dialect_of(query);
    const auto page = in_place(page_of(query), dialect, query);
    const auto target = select(page, SubWorker::pattern, sample.snapshot);
    ck_assert(target.has_value());
    return read_update(query, *target, dialect);
}

/// "balancer/worker property=value (asked as)" of each change.
std::string text_of(const Update& update)
{
    std::string text = update.error;
    for (const Change& one : update.changes) {
        text += text.empty() ? "" : " ";
        text += one.balancer;
        text += "/" + one.worker + "." + one.property;
        text += "=" + one.value + "(" + one.asked_as + ")";
    }
    return text;
}

struct ReadCase {
    std::string_view query;
    std::string_view changes;
};
constexpr std::array read_cases{
    ReadCase{"w=lb&vlr=3&vlm=b&vwa=d&vact=9&foo=1", "lb/.retries=3(vlr) lb/.method=b(vlm)"},
    ReadCase{"w=lb&sw=node2&vlr=3&vwn=r%26&vwa=d&vact=9",
             "lb/node2.activation=d(vwa) lb/node2.route=r&(vwn) /node2.connect_timeout=9(vact)"},
    ReadCase{"w=lb&sw=node%3f&vwf=2",
             "lb/node1.lbfactor=2(vwf) lb/node2.lbfactor=2(vwf) lb/node3.lbfactor=2(vwf)"},
    ReadCase{"w=single&vlr=3&vwf=1&vamps=8192", "/single.max_packet_size=8192(vamps)"},
    ReadCase{"w=lb&att=vwf&val0=5&val2=7&val9=1",
             "lb/node1.lbfactor=5(val0) lb/node3.lbfactor=7(val2)"},
    ReadCase{"w=lb&att=var&val1=3", "/node2.retries=3(val1)"},
    ReadCase{"w=lb&att=foo&val1=3",
             "Update failed: att='foo' names no setting that can be set for all members"},
    ReadCase{"w=lb&att=vahst&val1=h",
             "Update failed: att='vahst' names no setting that can be set for all members"},
    ReadCase{"w=lb&att=vlr&val1=3",
             "Update failed: att='vlr' names no setting that can be set for all members"},
    ReadCase{"w=jkstatus&vlr=3", "Update failed"},
    ReadCase{"w=lb", ""},
    ReadCase{"w=lb&lr=3&ls=0", "lb/.retries=3(lr) lb/.sticky_session=0(ls)"},
    ReadCase{"w=lb&sw=node1&wd=4&wa=s", "lb/node1.activation=s(wa) lb/node1.distance=4(wd)"},
    ReadCase{"w=node1&l=lb&wf=2&wd=true&ws=false&wr=&wc=",
             "lb/node1.lbfactor=2(wf) lb/node1.redirect=(wr) lb/node1.domain=(wc) "
             "lb/node1.activation=disabled(wd)"},
};

START_TEST(changes_of_a_query)
{
    const ReadCase& row = read_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Sample sample;
    ck_assert_text_eq(text_of(read(sample, row.query)), row.changes);
}
END_TEST

struct MessageCase {
    Reason reason;
    std::string_view property;
    std::string_view remark;
    SubWorker form;
    std::string_view message;
};
constexpr std::array message_cases{
    MessageCase{Reason::too_long, "route", "", SubWorker::name,
                "Update failed (at least partially): new route 'v' too long for sub worker 'm', "
                "see log file for details."},
    MessageCase{Reason::too_long, "host", "", SubWorker::pattern,
                "Update failed (at least partially): new host name 'v' too long for sub worker "
                "'m', see log file for details. Aborting further wildcard updates."},
    MessageCase{Reason::unresolved, "host", "h:1", SubWorker::name,
                "Update failed (at least partially): could not resolve address 'h:1' for sub "
                "worker 'm'."},
    MessageCase{Reason::bad_value, "lbfactor", "\"v\" is no number", SubWorker::pattern,
                "Update failed: asked 'v' is no number; nothing was changed"},
};

START_TEST(messages)
{
    const MessageCase& row = message_cases.at(static_cast<std::size_t>(_i));
    Change change;
    change.worker = "m";
    change.property = row.property;
    change.value = "v";
    change.asked_as = "asked";
    const std::array changes{Change{}, change};
    const Refusal refusal{1, row.reason, std::string{row.remark}};
    ck_assert_text_eq(update_message(refusal, changes, row.form), row.message);
}
END_TEST

START_TEST(foreign_text_stays_on_its_line)
{
    Change change;
    change.value = std::string(5000, 'x') + "\n\"'";
    change.worker = "m";
    change.property = "route";
    const std::array changes{change};
    const std::string message = update_message({0, Reason::too_long, ""}, changes, SubWorker::name);
    ck_assert(message.size() < 500);
    ck_assert(message.find_first_of("\n\"") == std::string::npos);
}
END_TEST

}  // namespace

TCase* update_tests()
{
    TCase* tests = tcase_create("update");
    tcase_add_loop_test(tests, changes_of_a_query, 0, static_cast<int>(read_cases.size()));
    tcase_add_loop_test(tests, messages, 0, static_cast<int>(message_cases.size()));
    tcase_add_test(tests, foreign_text_stays_on_its_line);
    return tests;
}
