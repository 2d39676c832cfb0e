// The order of the checks of a configuration, and what they lead to.
#include "site/doctor.h"

#include <string>
#include <vector>

#include "site/mounts.h"

#include "support/check.h"
#include "support/complaints.h"

namespace {

using namespace jk;
using site::Options;

conf::Properties properties_of(std::string_view text)
{
    conf::Properties properties{{}};
    properties.add_file(text, "w");
    return properties;
}

Options strict()
{
    Options options;
    ck_assert(options.add("+StrictConfig").has_value());
    return options;
}

Complaints of(Severity severity)
{
    return {{severity, {"w", 1}, "something"}};
}

START_TEST(reading_comes_first_then_workers_then_ratings)
{
    conf::Properties properties = properties_of("worker.list=w1,s\n"
                                                "worker.w1.hots=a\n"
                                                "worker.w1.port=0\n"
                                                "worker.w1.host=localhost\n"
                                                "worker.s.type=status\n"
                                                "worker.s.good=nonsense\n");
    Complaints complaints{{Severity::note, {"before", 1}, "stays"}};
    const conf::WorkerSet workers = site::build_workers(properties, complaints);
    const std::string all = test::all_of(complaints);
    const std::size_t hots = all.find("w:2:"), port = all.find("w:3:");
    const std::size_t rating = all.find("nonsense");
    ck_assert_msg(all.find("before:1") < hots && hots < port && port < rating &&
                      rating != std::string::npos,
                  "%s", all.c_str());
    ck_assert(properties.complaints().empty());
    ck_assert_uint_eq(workers.listed.size(), 2);
}
END_TEST

START_TEST(references_are_resolved)
{
    conf::Properties properties = properties_of("worker.list=w1\n"
                                                "worker.t.port=9999\n"
                                                "worker.w1.reference=worker.t\n");
    Complaints complaints;
    const conf::WorkerSet workers = site::build_workers(properties, complaints);
    ck_assert_int_eq(workers.ajp.front().settings.port, 9999);
}
END_TEST

START_TEST(mounts_are_checked_one_by_one_then_together)
{
    conf::Properties properties = properties_of("worker.list=w1\nworker.w1.port=8009\n");
    Complaints ignored;
    const conf::WorkerSet workers = site::build_workers(properties, ignored);
    Complaints complaints;
    route::UriRules first, second;
    for (route::UriRules* const rules : {&first, &second}) {
        rules->add({"/a/*", "w1", route::Source::jk_mount, {"h", 1}, false}, complaints);
        rules->add({"/none", "w1", route::Source::jk_mount, {"h", 2}, true}, complaints);
        rules->add({"/b", "nobody", route::Source::jk_mount, {"h", 3}, false}, complaints);
        rules->finish();
    }
    const std::vector<const route::UriRules*> tables{&first, &second};
    site::check_mounts(tables, site::targets_of(workers), complaints);
    const std::string all = test::all_of(complaints);
    ck_assert_msg(complaints.size() == 2 && all.find("h:3:") < all.find("h:2:"), "%s", all.c_str());
}
END_TEST

START_TEST(errors_of_workers_stop_the_start)
{
    ck_assert(site::is_refused({}, of(Severity::error), {}));
    ck_assert(!site::is_refused({}, of(Severity::warning), {}));
    ck_assert(!site::is_refused({}, {}, of(Severity::error)));
    ck_assert(!site::is_refused({}, {}, {}));
}
END_TEST

START_TEST(strict_config_takes_warnings_for_errors)
{
    ck_assert(site::is_refused(strict(), of(Severity::warning), {}));
    ck_assert(site::is_refused(strict(), {}, of(Severity::warning)));
    ck_assert(site::is_refused(strict(), {}, of(Severity::error)));
    ck_assert(!site::is_refused(strict(), of(Severity::note), of(Severity::note)));
}
END_TEST

}  // namespace

TCase* doctor_tests()
{
    TCase* const all = tcase_create("doctor");
    tcase_add_test(all, reading_comes_first_then_workers_then_ratings);
    tcase_add_test(all, references_are_resolved);
    tcase_add_test(all, mounts_are_checked_one_by_one_then_together);
    tcase_add_test(all, errors_of_workers_stop_the_start);
    tcase_add_test(all, strict_config_takes_warnings_for_errors);
    return all;
}
