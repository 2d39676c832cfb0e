// Which rules a server has (directives.md 3.4): own lines, copies, `mount` properties, the file.
#include "site/mounts.h"

#include <string>
#include <vector>

#include "site/doctor.h"

#include "support/check.h"
#include "support/complaints.h"

namespace {

using namespace jk;
using site::MountCopy;
using site::ServerMounts;

route::Mount mount(const char* pattern, const char* worker)
{
    return {pattern, worker, route::Source::jk_mount, {"httpd.conf", 1}, false};
}
route::Mount unmount(const char* pattern, const char* worker)
{
    return {pattern, worker, route::Source::jk_mount, {"httpd.conf", 2}, true};
}

/// Workers w1 to w3; w3 has a `mount` property.
conf::WorkerSet workers()
{
    conf::Properties properties{{}};
    properties.add_file("worker.list=w1,w2,w3,lb\nworker.w3.mount=/property/*\n"
                        "worker.lb.type=lb\nworker.lb.balance_workers=m1,m2\n",
                        "w");
    Complaints complaints;
    return site::build_workers(properties, complaints);
}

/// The rules of one server, composed.
struct Composed {
    route::UriRules rules;
    std::string file;
    Complaints of_rules;

    Composed(const ServerMounts& own, const ServerMounts& main)
    {
        site::MountComplaints complaints;
        site::Composition made = site::compose(own, main, workers(), complaints);
        rules = std::move(made.fixed);
        file = made.file;
        of_rules = std::move(complaints.of_rules);
        rules.finish();
    }
    [[nodiscard]] std::string operator()(std::string_view path) const
    {
        const route::Rule* const rule = rules.match(path);
        return rule == nullptr ? "none" : rule->target.worker;
    }
};

const std::vector<route::Mount> main_lines{mount("/m/*", "w1"), mount("/both", "w1"),
                                           unmount("/m/no/*", "*")};
const ServerMounts main_server{main_lines, MountCopy::unset, "main.properties"};

START_TEST(the_main_server_has_its_lines_and_the_properties)
{
    const Composed of_main{main_server, main_server};
    ck_assert_text_eq(of_main("/m/x"), "w1");
    ck_assert_text_eq(of_main("/m/no/x"), "none");
    ck_assert_text_eq(of_main("/property/x"), "w3");
    ck_assert_text_eq(of_main.file, "main.properties");
}
END_TEST

START_TEST(a_host_has_its_own_lines_only)
{
    const std::vector<route::Mount> lines{mount("/h/*", "w2")};
    for (const MountCopy copy : {MountCopy::unset, MountCopy::off, MountCopy::all}) {
        const Composed host{{lines, copy, {}}, main_server};
        ck_assert_text_eq(host("/h/x"), "w2");
        ck_assert_text_eq(host("/m/x"), "none");
        ck_assert_text_eq(host("/property/x"), "none");
        ck_assert_text_eq(host.file, "");
    }
}
END_TEST

START_TEST(a_copy_brings_lines_and_file_but_not_the_properties)
{
    const std::vector<route::Mount> lines{mount("/h/*", "w2"), mount("/both", "w2")};
    const Composed host{{lines, MountCopy::on, {}}, main_server};
    ck_assert_text_eq(host("/h/x"), "w2");
    ck_assert_text_eq(host("/m/x"), "w1");
    ck_assert_text_eq(host("/m/no/x"), "none");
    ck_assert_text_eq(host("/both"), "w2");
    ck_assert_text_eq(host("/property/x"), "none");
    ck_assert_text_eq(host.file, "main.properties");
}
END_TEST

START_TEST(a_host_that_only_copies_has_the_properties_too)
{
    const Composed host{{{}, MountCopy::on, {}}, main_server};
    ck_assert_text_eq(host("/property/x"), "w3");
    const Composed with_file{{{}, MountCopy::on, "own.properties"}, main_server};
    ck_assert_text_eq(with_file("/property/x"), "none");
    ck_assert_text_eq(with_file("/m/x"), "w1");
    ck_assert_text_eq(with_file.file, "own.properties");
}
END_TEST

START_TEST(all_is_on_for_those_who_say_nothing)
{
    ck_assert(site::inherited(MountCopy::unset, MountCopy::all) == MountCopy::on);
    ck_assert(site::inherited(MountCopy::off, MountCopy::all) == MountCopy::off);
    ck_assert(site::inherited(MountCopy::unset, MountCopy::on) == MountCopy::unset);
    ck_assert(site::inherited(MountCopy::on, MountCopy::unset) == MountCopy::on);
}
END_TEST

START_TEST(targets_know_who_waits_least)
{
    conf::Properties properties{{}};
    properties.add_file("worker.list=w,v,lb\nworker.w.socket_timeout=20\nworker.lb.type=lb\n"
                        "worker.lb.balance_workers=m1,m2,m3\nworker.m1.socket_timeout=90\n"
                        "worker.m2.socket_timeout=30\nworker.m3.socket_timeout=0",
                        "w");
    Complaints complaints;
    const conf::WorkerSet set = site::build_workers(properties, complaints);
    const route::TargetWorkers targets = site::targets_of(set);
    ck_assert_int_eq(targets.at("w").socket_timeout, 20);
    ck_assert(targets.at("w").least_patient == "w");
    ck_assert_int_eq(targets.at("v").socket_timeout, 0);
    ck_assert_int_eq(targets.at("lb").socket_timeout, 30);
    ck_assert(targets.at("lb").least_patient == "m2");
}
END_TEST

START_TEST(balancers_know_their_members)
{
    const conf::WorkerSet set = workers();
    const route::TargetWorkers targets = site::targets_of(set);
    ck_assert_uint_eq(targets.size(), 4);
    ck_assert(!targets.at("w1").is_balancer);
    ck_assert(targets.at("lb").is_balancer);
    ck_assert(targets.at("lb").members == (std::set<std::string_view>{"m1", "m2"}));
}
END_TEST

}  // namespace

TCase* mounts_tests()
{
    TCase* const all = tcase_create("mounts");
    tcase_add_test(all, the_main_server_has_its_lines_and_the_properties);
    tcase_add_test(all, a_host_has_its_own_lines_only);
    tcase_add_test(all, a_copy_brings_lines_and_file_but_not_the_properties);
    tcase_add_test(all, a_host_that_only_copies_has_the_properties_too);
    tcase_add_test(all, all_is_on_for_those_who_say_nothing);
    tcase_add_test(all, balancers_know_their_members);
    tcase_add_test(all, targets_know_who_waits_least);
    return all;
}
