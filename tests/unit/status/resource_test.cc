// Tests common/status/resource.
#include "status/resource.h"

#include <array>

#include "support/check.h"

namespace {

using jk::status::Access;
using jk::status::Action;
using jk::status::ApiPath;
using jk::status::locate;
using jk::status::Location;
using jk::status::Resource;
using jk::status::split_api_path;

struct SplitCase {
    std::string_view path, base, resource;  ///< base "-": none of the API
    std::string_view mount = {};
};
constexpr std::array split_cases{
    SplitCase{"/jkmanager/api/v1", "/jkmanager", ""},
    SplitCase{"/jkmanager/api/v1/", "/jkmanager", ""},
    SplitCase{"/api/v1/balancers/lb", "", "balancers/lb"},
    SplitCase{"/a/api/v1/workers/api/v1", "/a/api/v1/workers", ""},
    SplitCase{"/api/v1/a/jk/api/v1/workers", "/api/v1/a/jk", "workers", "/api/v1/a/jk/"},
    SplitCase{"/api/v1/a/jk/api/v1/no", "/api/v1/a/jk", "no", "/api/v1/a/jk/"},
    SplitCase{"/api/v1/a/jk", "-", "", "/api/v1/a/jk"},
    SplitCase{"/api/v1/a/jk/metrics", "-", "", "/api/v1/a/jk/"},
    SplitCase{"/api/v1/a/jk", "", "a/jk"},
    SplitCase{"/api/v1/a/jk", "", "a/jk", "/other"},
    SplitCase{"/jk/api/v1/no", "/jk", "no", "/jk/"},
    SplitCase{"/jk/api/v1/no", "/jk", "no", "/jk/api/v1/"},
    SplitCase{"/jk/api/v1/workers/w", "/jk", "workers/w", "/jk/api/v1/workers/"},
    SplitCase{"/a/api/v10/api/v1/x", "/a/api/v10", "x"},
    SplitCase{"/jkmanager", "-", ""},
    SplitCase{"/jkmanager/api/v2/", "-", ""},
    SplitCase{"/xapi/v1", "-", ""},
    SplitCase{"", "-", ""},
};

START_TEST(paths_are_split)
{
    const SplitCase& row = split_cases.at(static_cast<std::size_t>(_i));
    const auto path = split_api_path(row.path, row.mount);
    ck_assert_text_eq(path ? path->base : "-", row.base);
    ck_assert_text_eq(path ? path->resource : "", row.resource);
}
END_TEST

struct LocateCase {
    std::string_view path;
    Resource resource;
    Access access;
    Action action;
    std::string_view balancer, worker;
};
constexpr auto edit = Action::edit;
constexpr std::array locate_cases{
    LocateCase{"", Resource::service, Access::read, edit, "", ""},
    LocateCase{"balancers", Resource::balancers, Access::read, edit, "", ""},
    LocateCase{"balancers/", Resource::balancers, Access::read, edit, "", ""},
    LocateCase{"balancers/lb", Resource::balancer, Access::settings, edit, "lb", ""},
    LocateCase{"balancers/a b/", Resource::balancer, Access::settings, edit, "a b", ""},
    LocateCase{"balancers/lb/reset", Resource::balancer, Access::action, Action::reset, "lb", ""},
    LocateCase{"balancers/lb/members", Resource::members, Access::read, edit, "lb", ""},
    LocateCase{"balancers/lb/members/m", Resource::member, Access::settings, edit, "lb", "m"},
    LocateCase{"balancers/members/members/members", Resource::member, Access::settings, edit,
               "members", "members"},
    LocateCase{"balancers/lb/members/m/reset", Resource::member, Access::action, Action::reset,
               "lb", "m"},
    LocateCase{"balancers/lb/members/m/recover", Resource::member, Access::action, Action::recover,
               "lb", "m"},
    LocateCase{"workers", Resource::workers, Access::read, edit, "", ""},
    LocateCase{"workers/w", Resource::worker, Access::settings, edit, "", "w"},
    LocateCase{"workers/w/reset", Resource::worker, Access::action, Action::reset, "", "w"},
    LocateCase{"connections", Resource::connections, Access::read, edit, "", ""},
    LocateCase{"mounts", Resource::mounts, Access::read, edit, "", ""},
    LocateCase{"failures", Resource::failures, Access::read, edit, "", ""},
};

START_TEST(paths_name_resources)
{
    const LocateCase& row = locate_cases.at(static_cast<std::size_t>(_i));
    const auto location = locate(row.path);
    ck_assert(location.has_value());
    ck_assert(location->row->resource == row.resource && location->row->access == row.access);
    ck_assert(location->row->action == row.action);
    ck_assert_text_eq(location->balancer, row.balancer);
    ck_assert_text_eq(location->worker, row.worker);
}
END_TEST

constexpr std::array<std::string_view, 12> nowhere{
    "nothing",
    "Balancers",
    "balancers//",
    "balancers//reset",
    "balancers/lb/recover",
    "balancers/lb/members//",
    "balancers/lb/members/m/restart",
    "balancers/lb/members/m/reset/x",
    "workers/w/recover",
    "workers/w/x/y",
    "failures/1",
    "*",
};

START_TEST(other_paths_name_nothing)
{
    const auto location = locate(nowhere.at(static_cast<std::size_t>(_i)));
    ck_assert(!location.has_value());
}
END_TEST

START_TEST(each_access_has_its_methods)
{
    ck_assert_text_eq(jk::status::allowed_methods(Access::read), "GET, HEAD");
    ck_assert_text_eq(jk::status::allowed_methods(Access::settings), "GET, HEAD, PATCH");
    ck_assert_text_eq(jk::status::allowed_methods(Access::action), "POST");
}
END_TEST

}  // namespace

TCase* resource_tests()
{
    TCase* const tests = tcase_create("resource");
    tcase_add_loop_test(tests, paths_are_split, 0, split_cases.size());
    tcase_add_loop_test(tests, paths_name_resources, 0, locate_cases.size());
    tcase_add_loop_test(tests, other_paths_name_nothing, 0, nowhere.size());
    tcase_add_test(tests, each_access_has_its_methods);
    return tests;
}
