// The choice of a virtual host.
#include "jkctl/virtual_hosts.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Address;
using ctl::Server;

Server host(std::vector<Address> addresses, std::string name, std::vector<std::string> aliases = {})
{
    Server server;
    server.addresses = std::move(addresses);
    server.name = std::move(name);
    server.aliases = std::move(aliases);
    return server;
}

/// A site of these virtual hosts; the main server is called main.
ctl::Site site_of(std::vector<Server> hosts)
{
    ctl::Site site;
    site.servers.push_back(host({}, "main"));
    for (Server& one : hosts) {
        site.servers.push_back(std::move(one));
    }
    return site;
}

int chosen(const ctl::Site& site, const char* url, const std::string& address = {})
{
    const ctl::ServerChoice choice = ctl::choose_server(site, ctl::parse_url(url).value(), address);
    assert_false(choice.why.empty());
    return static_cast<int>(choice.server);
}

void without_hosts_it_is_the_main_server()
{
    assert_int_equal(chosen(site_of({}), "http://any/"), 0);
}

void names_decide_in_a_set_and_the_first_is_the_default()
{
    const ctl::Site site =
        site_of({host({{"*", 80}}, "one"), host({{"*", 80}}, "two", {"due", "*.two", "t?o"}),
                 host({{"*", 81}}, "two"), host({{"*", 80}}, "due")});
    assert_int_equal(chosen(site, "http://one/"), 1);
    assert_int_equal(chosen(site, "http://TWO/"), 2);
    assert_int_equal(chosen(site, "http://due/"), 2);
    assert_int_equal(chosen(site, "http://a.b.two/"), 2);
    assert_int_equal(chosen(site, "http://txo/"), 2);
    assert_int_equal(chosen(site, "http://none/"), 1);
    assert_int_equal(chosen(site, "http://one:81/"), 3);
    assert_int_equal(chosen(site, "http://one:82/"), 0);
}

void a_host_without_a_name_has_the_main_servers()
{
    const ctl::Site site = site_of({host({{"*", 80}}, "one"), host({{"*", 80}}, "")});
    assert_int_equal(chosen(site, "http://main/"), 2);
    assert_int_equal(chosen(site, "http://none/"), 1);
}

void an_address_ranks_before_any()
{
    const ctl::Site site = site_of({host({{"*", 80}}, "one"), host({{"10.0.0.1", 80}}, "two"),
                                    host({{"10.0.0.1", 0}}, "three"), host({{"::1", 80}}, "six")});
    assert_int_equal(chosen(site, "http://one/", "10.0.0.1"), 2);
    assert_int_equal(chosen(site, "http://one/", "10.0.0.2"), 1);
    assert_int_equal(chosen(site, "http://three/", "10.0.0.1"), 2);
    assert_int_equal(chosen(site, "http://three:99/", "10.0.0.1"), 3);
    assert_int_equal(chosen(site, "http://10.0.0.1/"), 2);
    assert_int_equal(chosen(site, "http://[0:0::1]/"), 4);
    // not known which address: that of the host with the name
    assert_int_equal(chosen(site, "http://two/"), 2);
    assert_int_equal(chosen(site, "http://one/"), 1);
}

void default_is_any_address()
{
    const ctl::Site site =
        site_of({host({{"_default_", 0}}, "one"), host({{"0.0.0.0", 0}, {"*", 81}}, "two")});
    assert_int_equal(chosen(site, "http://two:77/"), 2);
    assert_int_equal(chosen(site, "http://one:81/"), 2);
    assert_int_equal(chosen(site, "http://x:80/"), 1);
    const ctl::Site exact = site_of({host({{"*", 0}}, "one"), host({{"*", 80}}, "two")});
    assert_int_equal(chosen(exact, "http://one:80/"), 2);
    assert_int_equal(chosen(exact, "http://two:81/"), 1);
}

void ports_are_listened_to()
{
    ctl::Site site = site_of({});
    assert_true(ctl::is_listened_to(site, 80));
    site.listens = {{"*", 80}, {"127.0.0.1", 81}};
    assert_true(ctl::is_listened_to(site, 81));
    assert_false(ctl::is_listened_to(site, 82));
}

}  // namespace

Group jkctl_virtual_hosts_tests()
{
    return {"jkctl/virtual_hosts",
            {
                jk_test(without_hosts_it_is_the_main_server),
                jk_test(names_decide_in_a_set_and_the_first_is_the_default),
                jk_test(a_host_without_a_name_has_the_main_servers),
                jk_test(an_address_ranks_before_any),
                jk_test(default_is_any_address),
                jk_test(ports_are_listened_to),
            }};
}

}  // namespace jk::test
