// Tests common/status/fields: the tables themselves, and the rows of balancers and maps.
#include "status/fields.h"

#include <set>

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::Field;
using jk::status::fields_of;
using jk::status::Kind;
using jk::status::Order;
using jk::status::Value;

START_TEST(every_kind_has_rows_with_names_of_their_own)
{
    for (std::size_t i = 0; i < jk::status::kind_count; ++i) {
        const auto fields = fields_of(static_cast<Kind>(i));
        std::set<std::string_view> names;
        for (const Field& field : fields) {
            ck_assert(!field.name.empty() && !field.title.empty() && field.read != nullptr);
            names.insert(field.name);
        }
        ck_assert_int_eq(names.empty(), static_cast<Kind>(i) == Kind::configuration);
        ck_assert_uint_eq(names.size(), fields.size());
    }
}
END_TEST

START_TEST(a_name_comes_first)
{
    for (const Kind kind : {Kind::balancer, Kind::member, Kind::worker, Kind::map}) {
        const auto fields = fields_of(kind);
        for (std::size_t i = 0; i < fields.size(); ++i) {
            ck_assert_int_eq(fields[i].is(jk::status::is_name), i == 0);
        }
    }
}
END_TEST

/// The values of one object, joined: "name=value name=value …".
std::string all_values(Kind kind, const jk::status::Subject& subject, Order order)
{
    std::string out;
    const auto add = [&out](const Field& field, const Value& value) {
        out += out.empty() ? "" : " ";
        out += std::string{field.name} + '=' + value.text;
    };
    jk::status::for_each_field(kind, subject, order, add);
    return out;
}

struct Fixture {
    jk::test::Sample sample;
    jk::status::Document document{.snapshot = &sample.snapshot,
                                  .settings = &sample.status,
                                  .rating = jk::status::Rating{sample.status},
                                  .page = {}};
};

START_TEST(balancer_settings_are_read)
{
    Fixture fixture;
    auto& lb = fixture.sample.lb;
    lb.sticky_session = false;
    lb.sticky_session_force = true;
    lb.retries = 11;
    lb.recover_time = 12;
    lb.error_escalation_time = 13;
    lb.max_reply_timeouts = 14;
    lb.method = jk::conf::Method::busyness;
    lb.lock = jk::conf::Lock::pessimistic;
    auto& balancer = fixture.sample.balancer();
    balancer.busy = 15;
    balancer.max_busy = 16;
    const std::string got = all_values(
        Kind::balancer, {.document = &fixture.document, .balancer = &balancer}, Order::markup);
    ck_assert_text_eq(
        got, "name=lb type=lb sticky_session=False sticky_session_force=True retries=11 "
             "recover_time=12 error_escalation_time=13 max_reply_timeouts=14 method=Busyness "
             "lock=Pessimistic member_count=3 good=2 degraded=0 bad=1 busy=15 max_busy=16 "
             "map_count=6 time_to_maintenance_min=17 time_to_maintenance_max=77 "
             "last_reset_at=1795400810 last_reset_ago=43");
}
END_TEST

START_TEST(map_types)
{
    Fixture fixture;
    jk::status::MapView map;
    map.is_exclusion = map.is_disabled = true;
    const jk::status::Subject subject{.document = &fixture.document,
                                      .balancer = &fixture.sample.balancer(),
                                      .map = &map,
                                      .map_id = 4};
    ck_assert_text_eq(read(Kind::map, "type", subject).text, "Disabled Unmount Exact");
    map.is_exclusion = false;
    map.is_wildcard = true;
    ck_assert_text_eq(read(Kind::map, "type", subject).text, "Disabled Wildchar");
    ck_assert_text_eq(read(Kind::map, "id", subject).text, "4");
}
END_TEST

START_TEST(only_maps_of_direct_workers_name_their_worker)
{
    Fixture fixture;
    const auto& worker = fixture.sample.snapshot.workers.front();
    jk::status::Subject subject{.document = &fixture.document, .worker = &worker};
    subject.map = &worker.maps.front();
    ck_assert_text_eq(read(Kind::map, "worker", subject).text, "single");
    ck_assert(!jk::test::holds(all_values(Kind::map, subject, Order::lines), "worker="));
    subject.worker = nullptr;
    subject.balancer = &fixture.sample.balancer();
    ck_assert(read(Kind::map, "worker", subject).type == Value::Type::absent);
}
END_TEST

START_TEST(numbers_are_told_from_text)
{
    Fixture fixture;
    const jk::status::Subject subject{.document = &fixture.document};
    ck_assert(read(Kind::server, "port", subject).type == Value::Type::number);
    ck_assert(read(Kind::server, "name", subject).type == Value::Type::text);
}
END_TEST

}  // namespace

TCase* fields_tests()
{
    TCase* tests = tcase_create("fields");
    tcase_add_test(tests, every_kind_has_rows_with_names_of_their_own);
    tcase_add_test(tests, a_name_comes_first);
    tcase_add_test(tests, balancer_settings_are_read);
    tcase_add_test(tests, map_types);
    tcase_add_test(tests, only_maps_of_direct_workers_name_their_worker);
    tcase_add_test(tests, numbers_are_told_from_text);
    return tests;
}
