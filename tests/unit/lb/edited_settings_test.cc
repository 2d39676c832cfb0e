// Tests common/lb/edited_settings: what may be edited, what an edit does, what a new configuration
// ends.
#include "lb/edited_settings.h"

#include <array>

#include "conf/properties.h"
#include "support/check.h"

namespace {

using jk::conf::AjpSettings;
using jk::conf::LbSettings;
using jk::lb::Edit;
using jk::lb::EditKind;
using jk::lb::EditList;
using jk::lb::EditTarget;
using jk::lb::set_edited;

struct Case {
    EditKind kind;
    std::string_view property;
    std::string_view text;
    std::string_view remark;  ///< empty: accepted
};
constexpr EditKind of_balancer = EditKind::balancer;
constexpr EditKind of_member = EditKind::member;
constexpr EditKind of_worker = EditKind::worker;

constexpr std::array cases{
    Case{of_balancer, "method", "B", ""},
    Case{of_balancer, "method", "x", "\"x\" is none of "},
    Case{of_balancer, "recover_time", "0", "\"0\" is less than 1, the least it can be"},
    Case{of_balancer, "error_escalation_time", "0", ""},  // S18
    Case{of_balancer, "sticky_session", "maybe", "\"maybe\" is neither true nor false"},
    Case{of_balancer, "lb_retries", "3", "cannot be changed at run time"},
    Case{of_balancer, "balance_workers", "a", "cannot be changed at run time"},
    Case{of_balancer, "nonsense", "a", "is no property"},
    Case{of_balancer, "route", "a", "is no property"},
    Case{of_member, "activation", "s", ""},
    Case{of_member, "activation", "x", "\"x\" is none of active, disabled, stopped"},  // S12
    Case{of_member, "lbfactor", "0", "\"0\" is less than 1, the least it can be"},
    Case{of_member, "lbfactor", "7x", "\"7x\" is read only as far as its number goes"},
    Case{of_member, "route", "a\nb", "\"a\\x0ab\" holds a control character"},  // S2
    Case{of_member, "port", "1", "is a property of the worker in all its balancers"},
    Case{of_member, "secret", "1", "cannot be changed at run time"},
    Case{of_worker, "port", "0", ""},
    Case{of_worker, "port", "65535", ""},
    Case{of_worker, "port", "65536", "\"65536\" is more than 65535, the most it can be"},  // S14
    Case{of_worker, "port", "x", "\"x\" is no number"},
    Case{of_worker, "reply_timeout", "-1", "\"-1\" is less than 0, the least it can be"},
    Case{of_worker, "recovery_options", "-1", "\"-1\" is negative"},
    Case{of_worker, "connection_ping_interval", "9", ""},  // S9
    Case{of_worker, "retry_interval", "0", "\"0\" is less than 1, the least of a change"},
    Case{of_worker, "max_packet_size", "7168", "\"7168\" is less than 7169, the least of a change"},
    Case{of_worker, "max_packet_size", "65537", "\"65537\" is more than 65536, the most it can be"},
    Case{of_member, "distance", "-1", "\"-1\" is less than 0, the least of a change"},
    Case{of_worker, "lbfactor", "1", "is a property of a member"},
    Case{of_worker, "connection_pool_size", "1", "cannot be changed at run time"},
};

START_TEST(refuses_what_the_row_does_not_allow)
{
    const Case& row = cases.at(static_cast<std::size_t>(_i));
    LbSettings lb;
    AjpSettings ajp;
    const jk::conf::Assignment result = row.kind == of_balancer
                                            ? set_edited(lb, row.property, row.text)
                                            : set_edited(row.kind, ajp, row.property, row.text);
    ck_assert(result.remark.starts_with(row.remark));
    ck_assert(!row.remark.empty() || result.remark.empty());
    const bool is_accepted = row.remark.empty() || row.text == "7x";
    ck_assert(result.is_set == is_accepted);
    ck_assert(result.is_set || result.severity == jk::Severity::error);
    ck_assert((lb == LbSettings{} && ajp == AjpSettings{}) == (!is_accepted));
}
END_TEST

START_TEST(an_edited_value_gets_its_final_form)
{
    AjpSettings settings;
    ck_assert(set_edited(of_worker, settings, "max_packet_size", "9000").is_set);
    ck_assert_int_eq(settings.max_packet_size, 9216);
    ck_assert(set_edited(of_worker, settings, "recovery_options", "0").is_set);
    ck_assert(!settings.has_recovery_options);  // shown as 0 and sent back: still not written out
    ck_assert(set_edited(of_worker, settings, "recovery_options", "1").is_set);
    ck_assert(settings.has_recovery_options);
    settings.ping_mode.push_back('C');
    settings.connect_timeout = 100;
    ck_assert(set_edited(of_worker, settings, "connect_timeout", "0").is_set);
    ck_assert_int_eq(settings.connect_timeout, 0);
}
END_TEST

// A form sends every value, also one that only the file may have.
struct InForce {
    std::string_view property;
    std::string_view text;
};
constexpr std::array in_force{InForce{"connection_ping_interval", "0"},
                              InForce{"retry_interval", "0"}, InForce{"distance", "-1"},
                              InForce{"max_packet_size", "7000"}, InForce{"domain", ""}};

START_TEST(a_value_in_force_is_accepted_and_changes_nothing)
{
    const InForce& row = in_force.at(static_cast<std::size_t>(_i));
    const bool is_of_member = row.property == "distance" || row.property == "domain";
    const EditKind kind = is_of_member ? of_member : of_worker;
    AjpSettings settings;
    settings.connection_ping_interval = 0;
    settings.retry_interval = 0;
    settings.distance = -1;
    settings.max_packet_size = 7000;
    const AjpSettings before = settings;
    const jk::conf::Assignment result = set_edited(kind, settings, row.property, row.text);
    ck_assert(result.is_set);
    ck_assert_text_eq(result.remark, "");
    ck_assert(settings == before);
    AjpSettings other;  // the same text where another value is in force
    other.domain = "west";
    other.connection_ping_interval = 9;
    ck_assert(set_edited(kind, other, row.property, row.text).is_set == row.text.empty());
}
END_TEST

START_TEST(the_configured_value_can_be_set_again)
{
    const InForce& row = in_force.at(static_cast<std::size_t>(_i));
    const bool is_of_member = row.property == "distance" || row.property == "domain";
    const EditKind kind = is_of_member ? of_member : of_worker;
    AjpSettings configured;
    configured.connection_ping_interval = 0;
    configured.retry_interval = 0;
    configured.distance = -1;
    configured.max_packet_size = 7000;
    AjpSettings settings = configured;
    settings.connection_ping_interval = settings.retry_interval = settings.distance = 9;
    settings.max_packet_size = 16384;
    settings.domain = "west";
    const jk::lb::InEdit<AjpSettings> edit{settings, configured};
    ck_assert(!set_edited(kind, edit, row.property, "-2").is_set || row.property == "domain");
    ck_assert(set_edited(kind, edit, row.property, row.text).is_set);
    const EditList list{{{kind, "lb", "a", std::string{row.property}, std::string{row.text}, 0}}};
    AjpSettings again = configured;  // as another process makes them of the edit
    list.apply({kind, "lb", "a"}, again);
    ck_assert(again == configured);
    settings.connection_ping_interval = settings.retry_interval = 0;
    settings.distance = -1;
    settings.max_packet_size = 7000;
    settings.domain = row.property == "domain" ? settings.domain : "";
    ck_assert(settings == configured);
}
END_TEST

// status.md 10.2.
START_TEST(a_route_names_a_domain_where_none_is_given)
{
    AjpSettings settings;
    ck_assert(set_edited(of_member, settings, "route", "west.b").is_set);
    ck_assert_text_eq(settings.domain, "west");
    ck_assert(set_edited(of_member, settings, "route", "east.c").is_set);
    ck_assert_text_eq(settings.domain, "west");
    ck_assert(set_edited(of_member, settings, "domain", "").is_set);
    ck_assert_text_eq(settings.domain, "");
}
END_TEST

START_TEST(edits_are_applied_to_whom_they_name_in_their_order)
{
    const EditList list{{{of_member, "lb", "a", "route", "west.a", 0},
                         {of_member, "lb2", "a", "route", "r2", 0},
                         {of_worker, "", "a", "port", "1", 0},
                         {of_balancer, "lb", "", "retries", "5", 0},
                         {of_member, "lb", "a", "domain", "", 0},
                         {of_worker, "", "ab", "port", "2", 0}}};
    AjpSettings member;
    list.apply({of_member, "lb", "a"}, member);
    ck_assert_text_eq(member.route, "west.a");
    ck_assert_text_eq(member.domain, "");
    ck_assert_int_eq(member.port, 8009);
    AjpSettings worker;
    list.apply({of_worker, "", "a"}, worker);
    ck_assert_int_eq(worker.port, 1);
    LbSettings lb;
    list.apply({of_balancer, "lb", ""}, lb);
    ck_assert_int_eq(lb.retries, 5);
    ck_assert(list.of({of_member, "lb", "b"}).empty());
    ck_assert_uint_eq(list.of({of_member, "lb2", "a"}).size(), 1);
    ck_assert(EditList{}.of({of_worker, "", "a"}).empty());
}
END_TEST

jk::conf::WorkerSet workers_of(std::string_view text)
{
    jk::Complaints complaints;
    jk::conf::Properties properties{{}};
    properties.add_file(text, "workers.properties");
    properties.resolve_references();
    return jk::conf::build_workers(properties, complaints);
}

Edit made(const jk::conf::WorkerSet& workers, Edit edit)
{
    edit.fingerprint = jk::lb::fingerprint(configured(workers, edit.target(), edit.property));
    return edit;
}

constexpr std::string_view before = "worker.list=lb\nworker.lb.type=lb\n"
                                    "worker.lb.balance_workers=a,b\nworker.a.lbfactor=3\n";

START_TEST(an_edit_survives_what_does_not_change_its_property)
{
    const jk::conf::WorkerSet old = workers_of(before);
    const std::vector<Edit> edits{made(old, {of_member, "lb", "a", "lbfactor", "5", 0}),
                                  made(old, {of_worker, "", "a", "port", "1", 0}),
                                  made(old, {of_balancer, "lb", "", "method", "B", 0})};
    jk::Complaints notes;
    ck_assert(ended_by(old, edits, notes).empty());
    const jk::conf::WorkerSet same = workers_of(std::string{before} + "worker.a.distance=2\n");
    ck_assert(ended_by(same, edits, notes).empty());
    ck_assert(notes.empty());
}
END_TEST

START_TEST(the_file_wins_where_it_changed_that_very_property)
{
    const jk::conf::WorkerSet old = workers_of(before);
    const std::vector<Edit> edits{made(old, {of_member, "lb", "a", "lbfactor", "5", 0}),
                                  made(old, {of_worker, "", "a", "port", "1", 0}),
                                  made(old, {of_balancer, "lb", "", "method", "B", 0})};
    const jk::conf::WorkerSet changed =
        workers_of("worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=a,b\n"
                   "worker.a.lbfactor=4\nworker.lb.method=T\n");
    jk::Complaints notes;
    const std::vector<Edit> ended = ended_by(changed, edits, notes);
    ck_assert_uint_eq(ended.size(), 2);
    ck_assert_text_eq(ended[0].property, "lbfactor");
    ck_assert_uint_eq(notes.size(), 2);
    ck_assert(notes[0].severity == jk::Severity::note);
    ck_assert_text_eq(notes[0].text, "member a of lb: lbfactor was \"5\" by a change at run time; "
                                     "the file now says \"4\", which counts");
    ck_assert(notes[1].text.starts_with("balancer lb: method was \"B\""));
}
END_TEST

START_TEST(a_route_that_another_member_got_is_ended)
{
    const jk::conf::WorkerSet old = workers_of(before);
    const std::vector<Edit> edits{made(old, {of_member, "lb", "a", "route", "c", 0})};
    jk::Complaints notes;
    ck_assert(ended_by(old, edits, notes).empty());
    const jk::conf::WorkerSet more = workers_of("worker.list=lb\nworker.lb.type=lb\n"
                                                "worker.lb.balance_workers=a,b,c\n"
                                                "worker.a.lbfactor=2\n");
    ck_assert_uint_eq(ended_by(more, edits, notes).size(), 1);
    ck_assert_uint_eq(notes.size(), 1);
    ck_assert_text_eq(notes[0].text, "member a of lb: route was \"c\" by a change at run time; the "
                                     "member \"c\" has that now, so that of the file counts");
    const std::vector<Edit> both{made(more, {of_member, "lb", "a", "route", "c", 0}),
                                 made(more, {of_member, "lb", "c", "route", "x", 0})};
    ck_assert(ended_by(more, both, notes).empty());  // the other one has a new one itself
    const std::vector<Edit> chain{made(old, {of_member, "lb", "a", "route", "b", 0}),
                                  made(old, {of_member, "lb", "b", "route", "c", 0})};
    ck_assert_uint_eq(ended_by(more, chain, notes).size(), 2);  // b gets its own back
}
END_TEST

START_TEST(what_is_gone_is_forgotten)
{
    const jk::conf::WorkerSet old = workers_of(before);
    const std::vector<Edit> edits{made(old, {of_member, "lb", "b", "lbfactor", "5", 0}),
                                  made(old, {of_worker, "", "b", "port", "1", 0}),
                                  made(old, {of_balancer, "lb", "", "method", "B", 0})};
    jk::Complaints notes;
    ck_assert_uint_eq(ended_by(workers_of("worker.list=b\n"), edits, notes).size(), 2);
    ck_assert(notes.empty());
    ck_assert_uint_eq(ended_by(workers_of("worker.list=x\n"), edits, notes).size(), 3);
}
END_TEST

}  // namespace

TCase* edited_settings_tests()
{
    TCase* tests = tcase_create("edited_settings");
    tcase_add_loop_test(tests, refuses_what_the_row_does_not_allow, 0,
                        static_cast<int>(cases.size()));
    tcase_add_test(tests, an_edited_value_gets_its_final_form);
    tcase_add_loop_test(tests, a_value_in_force_is_accepted_and_changes_nothing, 0,
                        static_cast<int>(in_force.size()));
    tcase_add_loop_test(tests, the_configured_value_can_be_set_again, 0,
                        static_cast<int>(in_force.size()));
    tcase_add_test(tests, a_route_names_a_domain_where_none_is_given);
    tcase_add_test(tests, edits_are_applied_to_whom_they_name_in_their_order);
    tcase_add_test(tests, an_edit_survives_what_does_not_change_its_property);
    tcase_add_test(tests, the_file_wins_where_it_changed_that_very_property);
    tcase_add_test(tests, a_route_that_another_member_got_is_ended);
    tcase_add_test(tests, what_is_gone_is_forgotten);
    return tests;
}
