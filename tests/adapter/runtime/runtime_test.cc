// The runtime: addresses, sizes of pools, members, and what a restart keeps.
#include "runtime/runtime.h"

#include <string>

#include "config/global.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Backend;
using httpd::Runtime;

/// A configuration; several of them follow each other in one httpd.
struct Configuration {
    Site site;
    Complaints complaints;

    explicit Configuration(const std::vector<const char*>& lines)
    {
        for (const char* const line : lines) {
            site.set_property(line);
        }
        complaints = site.build();
    }
    Runtime make(std::size_t threads = 4)
    {
        return Runtime{site.pool(), site.config().global->workers, threads, complaints};
    }
};

void a_backend_is_resolved()
{
    Configuration configuration{{"worker.list=w", "worker.w.host=127.0.0.1", "worker.w.port=8010"}};
    const Runtime runtime = configuration.make(25);
    assert_int_equal(runtime.backends().size(), 1);
    const Backend& backend = runtime.backends()[0];
    assert_text_equal(backend.address.text, "127.0.0.1:8010");
    assert_int_equal(backend.pool_size, 25);
    assert_text_equal(backend.slot->name.view(), "w");
    assert_false(has_error(configuration.complaints));
}

void a_pool_has_the_size_it_is_given()
{
    Configuration configuration{
        {"worker.list=w,v", "worker.w.connection_pool_size=7", "worker.v.connection_pool_size=0"}};
    const Runtime runtime = configuration.make(25);
    assert_int_equal(runtime.backends()[0].pool_size, 7);
    assert_true(runtime.backends()[1].pool_size >= 1);
}

void a_member_without_address_starts_stopped()
{
    Configuration configuration{{"worker.list=lb", "worker.lb.type=lb",
                                 "worker.lb.balance_workers=m1,m2", "worker.m1.host=127.0.0.1",
                                 "worker.m2.host=127.0.0.1", "worker.m2.port=0"}};
    Runtime runtime = configuration.make();
    const lb::Balancer& balancer = *runtime.balanced()[0].balancer;
    assert_int_equal(balancer.activation(0), conf::Activation::active);
    assert_int_equal(balancer.activation(1), conf::Activation::stopped);
    const std::string complaints = text_of(configuration.complaints);
    assert_text_holds(complaints, "worker m2 cannot be contacted: its port is 0");
    assert_true(complaints.find("worker m1 cannot") == std::string::npos);
}

void a_balancer_knows_its_members()
{
    Configuration configuration{
        {"worker.list=lb,m2", "worker.lb.type=lb", "worker.lb.balance_workers=m1,m2",
         "worker.m1.host=127.0.0.1", "worker.m2.host=127.0.0.1", "worker.m1.lbfactor=3",
         "worker.m1.max_packet_size=16384", "worker.m2.max_packet_size=12288", "worker.m1.route=r1",
         "worker.m1.busy_limit=9"}};
    Runtime runtime = configuration.make();
    assert_int_equal(runtime.backends().size(), 2);
    const httpd::BalancedSet& set = runtime.balanced()[0];
    assert_text_equal(set.worker->name, "lb");
    assert_int_equal(set.packet_size_in_force.load(), 12288);
    assert_int_equal(set.backends.size(), 2);
    const lb::Balancer& balancer = *set.balancer;
    assert_text_equal(balancer.route(0), "r1");
    assert_text_equal(balancer.route(1), "m2");
    assert_int_equal(balancer.factor(0), 3);
    assert_int_equal(balancer.busy_limit(0), 9);
    for (std::size_t i = 0; i < 2; ++i) {
        const Backend& backend = runtime.backends()[set.backends[i]];
        assert_ptr_equal(balancer.members()[i].worker, backend.slot);
        assert_text_equal(balancer.members()[i].name, backend.worker->name);
    }
}

void columns_are_twice_the_children_and_one()
{
    Configuration configuration{{"worker.list=w", "worker.w.host=127.0.0.1"}};
    fakes().daemons = 16;
    Runtime runtime = configuration.make();
    assert_int_equal(runtime.segment().shape().columns, 33);
}

void counters_outlive_a_restart()
{
    std::map<std::string, std::vector<char>> retained;
    {
        Configuration first{{"worker.list=w", "worker.w.host=127.0.0.1"}};
        const Runtime runtime = first.make();
        runtime.backends()[0].slot->errors.add(5);
        retained = fakes().retained;
    }
    Configuration second{{"worker.list=v,w", "worker.w.host=127.0.0.1", "worker.v.host=127.0.0.1"}};
    fakes().retained = retained;
    const Runtime runtime = second.make();
    assert_int_equal(runtime.backends()[0].slot->errors.load(), 0);
    assert_int_equal(runtime.backends()[1].slot->errors.load(), 5);
}

void columns_of_the_dead_are_released()
{
    std::map<std::string, std::vector<char>> retained;
    {
        Configuration first{{"worker.list=w", "worker.w.host=127.0.0.1"}};
        Runtime runtime = first.make();
        (void)runtime.segment().claim_column(static_cast<std::uint32_t>(::getpid()));
        (void)runtime.segment().claim_column(0x7fffffff);  // no process has this number
        assert_int_equal(runtime.segment().claimed_columns(), 2);
        retained = fakes().retained;
    }
    Configuration second{{"worker.list=w", "worker.w.host=127.0.0.1"}};
    fakes().retained = retained;
    Runtime runtime = second.make();
    assert_int_equal(runtime.segment().claimed_columns(), 1);
}

}  // namespace

Group runtime_runtime_tests()
{
    return {"runtime/runtime",
            {
                jk_test(a_backend_is_resolved),
                jk_test(a_pool_has_the_size_it_is_given),
                jk_test(a_member_without_address_starts_stopped),
                jk_test(a_balancer_knows_its_members),
                jk_test(columns_are_twice_the_children_and_one),
                jk_test(counters_outlive_a_restart),
                jk_test(columns_of_the_dead_are_released),
            }};
}

}  // namespace jk::test
