// Tests common/status/representation: that every field is there with its type, and what JSON alone
// has.
#include "status/representation.h"

#include "status/fields.h"
#include "status/sample.h"
#include "support/check.h"

namespace {

using namespace jk::status;
using jk::test::holds;
using jk::test::Sample;

struct Scene {
    Sample sample;
    JsonWriter json;

    [[nodiscard]] Document document() const
    {
        return {.snapshot = &sample.snapshot,
                .settings = &sample.status,
                .rating = Rating{sample.status},
                .page = {}};
    }
};

void assert_holds(const std::string& text, std::initializer_list<const char*> parts)
{
    for (const char* const part : parts) {
        ck_assert_msg(holds(text, part), "%s in %s", part, text.c_str());
    }
}

void assert_fields(const std::string& text, Kind kind, const Subject& subject)
{
    for_each_field(kind, subject, Order::markup, [&](const Field& field, const Value&) {
        const std::string part = "\"" + std::string{field.name} + "\":";
        ck_assert_msg(holds(text, part), "%s in %s", part.c_str(), text.c_str());
    });
}

START_TEST(a_balancer_has_its_fields_and_members)
{
    Scene scene;
    const Document document = scene.document();
    const BalancerView& balancer = scene.sample.balancer();
    write_balancer(scene.json, document, balancer);
    const std::string text = scene.json.finish();
    assert_fields(text, Kind::balancer, {.document = &document, .balancer = &balancer});
    assert_holds(text,
                 {"{\"name\":\"lb\",\"type\":\"lb\",\"sticky_session\":true,", "\"member_count\":3",
                  "\"settings\":{\"retries\":2,", "\"configured\":{}",
                  "\"members\":[{\"name\":\"node1\"", "{\"name\":\"node3\"", "\"etag\":\"\\\""});
}
END_TEST

START_TEST(a_balancers_latency_is_that_of_all_its_members)
{
    Scene scene;
    auto& first = scene.sample.member(0).worker.latency.total;
    auto& second = scene.sample.member(1).worker.latency.total;
    first = {3, std::chrono::microseconds{30}, {{9, 3}}};
    second = {1, std::chrono::microseconds{20}, {{19, 1}}};
    scene.sample.member(2).worker.latency = {};
    write_balancer(scene.json, scene.document(), scene.sample.balancer());
    assert_holds(scene.json.finish(),
                 {"\"total\":{\"count\":4,\"sum\":0.00005,\"p50\":0.00001,\"p90\":0.00002"});
}
END_TEST

START_TEST(a_member_has_more_than_the_classic_fields)
{
    Scene scene;
    const Document document = scene.document();
    jk::conf::AjpSettings configured = scene.sample.node3;
    configured.reply_timeout = 0;
    MemberView& member = scene.sample.member(2);
    member.worker.configured = &configured;
    member.worker.attempts = 5;
    member.worker.verdicts = {{"connect-refused", 4}, {"reply-timeout", 1}};
    member.worker.latency.total = {.count = 1,
                                   .sum = std::chrono::microseconds{1500},
                                   .parts = {{jk::lb::bucket_of(1500), 1}}};
    const Subject subject{.document = &document,
                          .balancer = &scene.sample.balancer(),
                          .member = &member,
                          .worker = &member.worker};
    write_member(scene.json, subject);
    const std::string text = scene.json.finish();
    assert_fields(text, Kind::member, subject);
    assert_holds(text, {"\"state\":\"ERR\"", "\"balancer\":\"lb\"", "\"grade\":\"bad\"",
                        "\"configured\":{\"reply_timeout\":0}", "\"attempts\":5",
                        "\"connect\":{\"count\":0,\"sum\":0,\"p50\":null,\"p90\":null,"
                        "\"p99\":null}",
                        "\"total\":{\"count\":1,\"sum\":0.0015,\"p50\":0.0015",
                        "\"verdicts\":{\"connect-refused\":4,\"reply-timeout\":1}",
                        "\"error_time_ago\":41"});
}
END_TEST

START_TEST(a_direct_worker_has_its_own_fields)
{
    Scene scene;
    const Document document = scene.document();
    const WorkerView& worker = scene.sample.snapshot.workers.at(1);
    write_worker(scene.json, document, worker);
    const std::string text = scene.json.finish();
    assert_fields(text, Kind::worker, {.document = &document, .worker = &worker});
    assert_holds(text, {"\"name\":\"dead\"", "\"state\":\"ERR\"", "\"grade\":\"bad\"",
                        "\"settings\":{\"host\":"});
    ck_assert(!holds(text, "\"balancer\"") && !holds(text, "lbfactor"));
}
END_TEST

START_TEST(lists_have_their_time)
{
    for (const auto write : {write_balancers, write_workers}) {
        Scene scene;
        scene.sample.snapshot.generation = 7;
        write(scene.json, scene.document());
        ck_assert(scene.json.finish().starts_with("{\"time\":1795400853,"));
    }
    Scene scene;
    scene.sample.snapshot.generation = 7;
    write_balancers(scene.json, scene.document());
    ck_assert(holds(scene.json.finish(), "\"generation\":7,\"balancers\":[{"));
}
END_TEST

START_TEST(the_service_describes_itself)
{
    Scene scene;
    write_service(scene.json, scene.document(), {"/jk manager", "", "t0ken"});
    assert_holds(scene.json.finish(),
                 {"{\"version\":1,", "\"server\":{\"name\":\"www.example.com\",\"port\":22000}",
                  "\"software\":{\"web_server\":", "\"unix\":1795400853", "\"user\":null",
                  "\"read_only\":false", "\"token\":\"t0ken\"", "\"maintain\":60",
                  "\"balancers\":\"/jk%20manager/api/v1/balancers\"",
                  "\"properties\":{\"balancer\":[{\"name\":"});
}
END_TEST

START_TEST(failures_are_told)
{
    Scene scene;
    FailureView failure;
    failure.record.time = jk::from_micros(1'795'400'000'250'000);
    failure.record.member = "node1";
    failure.record.status = 502;
    failure.record.attempts = 2;
    failure.record.milliseconds = 12;
    failure.record.what = "it said \"no\"";
    failure.record.method = "GET";
    failure.record.path = "/\xff";
    failure.record.client = "192.0.2.1";
    failure.verdict = "connect-refused";
    failure.phase = "connect";
    scene.sample.snapshot.failures.push_back(failure);
    write_failures(scene.json, scene.sample.snapshot);
    assert_holds(scene.json.finish(),
                 {"{\"time\":1795400000.25,\"balancer\":null,\"member\":\"node1\",\"verdict\":"
                  "\"connect-refused\",\"phase\":\"connect\",\"status\":502,\"attempts\":2,"
                  "\"milliseconds\":12,\"what\":\"it said \\\"no\\\"\",\"method\":\"GET\","
                  "\"uri\":\"/\xef\xbf\xbd\",\"client\":\"192.0.2.1\"}"});
}
END_TEST

START_TEST(connections_are_told_by_child)
{
    Scene scene;
    WorkerConnections worker{.name = "w", .address = "127.0.0.1:8009"};
    worker.connected = 3;
    worker.children = {{17, 1, 2}, {18, 0, 1}};
    write_connections(scene.json, {worker});
    assert_holds(scene.json.finish(),
                 {"{\"workers\":[{\"name\":\"w\",\"address\":\"127.0.0.1:8009\",\"connected\":3,",
                  "\"children\":[{\"pid\":17,\"busy\":1,\"connected\":2},"
                  "{\"pid\":18,\"busy\":0,\"connected\":1}]"});
}
END_TEST

START_TEST(mounts_are_numbered_and_name_their_worker)
{
    Scene scene;
    const MapView map = scene.sample.balancer().maps.at(2);
    write_mounts(scene.json, scene.document(), {{map, "lb"}, {map, "*"}});
    assert_holds(scene.json.finish(), {"{\"mounts\":[{\"id\":1,", "\"uri\":\"/ext/*\"",
                                       "\"worker\":\"lb\"},{\"id\":2,", "\"worker\":\"*\"}]}"});
    JsonWriter json;
    Route route{"h", "/ext/x", "h:80", Mount{map, "lb"}, 3};
    write_route(json, scene.document(), "http://h/ext/x", route);
    assert_holds(json.finish(), {"{\"url\":\"http://h/ext/x\",\"host\":\"h\",\"path\":\"/ext/x\","
                                 "\"worker\":\"lb\",\"rule\":{\"id\":3,",
                                 "\"server\":\"h:80\"}"});
}
END_TEST

}  // namespace

TCase* representation_tests()
{
    TCase* const tests = tcase_create("representation");
    tcase_add_test(tests, a_balancer_has_its_fields_and_members);
    tcase_add_test(tests, a_balancers_latency_is_that_of_all_its_members);
    tcase_add_test(tests, a_member_has_more_than_the_classic_fields);
    tcase_add_test(tests, a_direct_worker_has_its_own_fields);
    tcase_add_test(tests, lists_have_their_time);
    tcase_add_test(tests, the_service_describes_itself);
    tcase_add_test(tests, failures_are_told);
    tcase_add_test(tests, connections_are_told_by_child);
    tcase_add_test(tests, mounts_are_numbered_and_name_their_worker);
    return tests;
}
