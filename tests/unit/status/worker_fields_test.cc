// Tests common/status/worker_fields: each row reads its own source, and is shown where it belongs.
#include <string>

#include "status/fields.h"
#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::Field;
using jk::status::Kind;
using jk::status::Order;
using jk::status::Subject;
using jk::status::Value;

/// Gives every field of a worker a value that no other has.
void number_settings(jk::conf::AjpSettings& settings)
{
    settings.host = "h";
    settings.port = 1;
    settings.source = "s";
    settings.connection_pool_timeout = 2;
    settings.ping_timeout = 3;
    settings.connect_timeout = 4;
    settings.prepost_timeout = 5;
    settings.reply_timeout = 6;
    settings.connection_ping_interval = 7;
    settings.retries = 8;
    settings.recovery_options = 4294967295U;
    settings.busy_limit = 10;
    settings.max_packet_size = 11;
    settings.lbfactor = 12;
    settings.route = "r";
    settings.redirect = "rr";
    settings.domain = "d";
    settings.distance = 13;
}

void number_counters(jk::status::WorkerView& worker)
{
    worker.address = "a";
    worker.used = 18446744073709551615U;
    worker.client_errors = 21;
    worker.reply_timeouts = 22;
    worker.transferred = 23;
    worker.read = 24;
    worker.busy = 25;
    worker.max_busy = 26;
    worker.connected = 27;
    worker.max_connected = 28;
    worker.errors = 29;
}

std::string all_values(Kind kind, const Subject& subject, Order order)
{
    std::string out;
    const auto add = [&out](const Field& field, const Value& value) {
        out += std::string{field.name} + '=' + value.text + ' ';
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
    Subject member()
    {
        return {.document = &document,
                .balancer = &sample.balancer(),
                .member = &sample.member(2),
                .worker = &sample.member(2).worker};
    }
    Subject direct() { return {.document = &document, .worker = &sample.snapshot.workers[1]}; }
};

START_TEST(member_rows_read_their_sources)
{
    Fixture fixture;
    number_settings(fixture.sample.node3);
    auto& member = fixture.sample.member(2);
    number_counters(member.worker);
    member.activation = jk::conf::Activation::stopped;
    member.lb_mult = 31;
    member.lb_value = 32;
    member.sessions = 33;
    member.errors = 34;
    ck_assert_text_eq(
        all_values(Kind::member, fixture.member(), Order::markup),
        "name=node3 type=ajp13 host=h port=1 address=a source=s connection_pool_timeout=2 "
        "ping_timeout=3 connect_timeout=4 prepost_timeout=5 reply_timeout=6 "
        "connection_ping_interval=7 retries=8 recovery_options=4294967295 busy_limit=10 "
        "max_packet_size=11 activation=STP lbfactor=12 route=r redirect=rr domain=d distance=13 "
        "state=ERR lbmult=31 lbvalue=32 elected=18446744073709551615 sessions=33 errors=34 "
        "client_errors=21 reply_timeouts=22 transferred=23 read=24 busy=25 max_busy=26 "
        "connected=27 max_connected=28 time_to_recover_min=19 time_to_recover_max=79 "
        "last_reset_at=1795400810 last_reset_ago=43 error_time_datetime=20261123022652 "
        "error_time_tz=+0000 error_time_unix_seconds=1795400812 error_time_ago=41 ");
}
END_TEST

START_TEST(direct_rows_read_their_sources)
{
    Fixture fixture;
    number_settings(fixture.sample.dead);
    number_counters(fixture.sample.snapshot.workers[1]);
    ck_assert_text_eq(
        all_values(Kind::worker, fixture.direct(), Order::lines),
        "name=dead type=ajp13 host=h port=1 address=a source=s connection_pool_timeout=2 "
        "ping_timeout=3 connect_timeout=4 prepost_timeout=5 reply_timeout=6 retries=8 "
        "connection_ping_interval=7 recovery_options=4294967295 busy_limit=10 max_packet_size=11 "
        "used=18446744073709551615 errors=29 client_errors=21 reply_timeouts=22 transferred=23 "
        "read=24 busy=25 max_busy=26 connected=27 max_connected=28 map_count=1 "
        "last_reset_at=1795400810 last_reset_ago=43 error_time_datetime=20261123022652 "
        "error_time_tz=+0000 error_time_unix_seconds=1795400812 error_time_ago=41 ");
}
END_TEST

START_TEST(a_time_zone_moves_the_error_time)
{
    Fixture fixture;
    fixture.sample.snapshot.utc_offset = -3600;
    const std::string got = all_values(Kind::worker, fixture.direct(), Order::markup);
    ck_assert(jk::test::holds(got, "error_time_datetime=20261123012652 error_time_tz=-0100 "
                                   "error_time_unix_seconds=1795400812 "));
}
END_TEST

START_TEST(without_an_error_there_is_no_error_time)
{
    Fixture fixture;
    fixture.sample.member(2).first_error_time.reset();
    fixture.sample.snapshot.workers[1].error_time.reset();
    const std::string member = all_values(Kind::member, fixture.member(), Order::markup);
    const std::string direct = all_values(Kind::worker, fixture.direct(), Order::markup);
    ck_assert(!jk::test::holds(member, "error_time"));
    ck_assert(!jk::test::holds(direct, "error_time"));
}
END_TEST

START_TEST(no_source_is_undefined)
{
    Fixture fixture;
    ck_assert_text_eq(read(Kind::worker, "source", fixture.direct()).text, "undefined");
}
END_TEST

}  // namespace

TCase* worker_fields_tests()
{
    TCase* tests = tcase_create("worker_fields");
    tcase_add_test(tests, member_rows_read_their_sources);
    tcase_add_test(tests, direct_rows_read_their_sources);
    tcase_add_test(tests, a_time_zone_moves_the_error_time);
    tcase_add_test(tests, without_an_error_there_is_no_error_time);
    tcase_add_test(tests, no_source_is_undefined);
    return tests;
}
