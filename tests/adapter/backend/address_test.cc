// Addresses: what is resolved, what is taken as it is, and what has none.
#include "backend/address.h"

#include <netinet/in.h>

#include <string>

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Address;

struct Resolved {
    Address address;
    std::string why;
};

Resolved resolve(const conf::AjpSettings& settings)
{
    const Site site;
    Resolved all;
    all.address = httpd::resolve(site.pool(), settings, all.why);
    return all;
}

conf::AjpSettings host(const char* name, int port = 8009)
{
    conf::AjpSettings settings;
    settings.host = name;
    settings.port = port;
    return settings;
}

void a_number_is_taken_as_it_is()
{
    const Resolved got = resolve(host("127.0.0.9", 8010));
    assert_true(got.address.is_valid());
    assert_text_equal(got.address.text, "127.0.0.9:8010");
    assert_text_equal(got.why, "");
    const auto* const to = reinterpret_cast<const sockaddr_in*>(&got.address.storage);
    assert_int_equal(to->sin_family, AF_INET);
    assert_int_equal(ntohs(to->sin_port), 8010);
    assert_int_equal(ntohl(to->sin_addr.s_addr), 0x7f000009);
    assert_int_equal(got.address.source_size, 0);
}

void a_name_is_resolved()
{
    const Resolved got = resolve(host("localhost"));
    assert_true(got.address.is_valid());
    assert_text_equal(got.why, "");
}

void what_asks_nobody_is_at_hand()
{
    for (const char* const name : {"127.0.0.1", "::1", "unix:/run/ajp.sock"}) {
        assert_true(httpd::is_at_hand(host(name)));
    }
    assert_true(httpd::is_at_hand(host("tomcat.example", 0)));
    for (const char* const name : {"localhost", "tomcat.example", "127.0.0.1.example", ""}) {
        assert_false(httpd::is_at_hand(host(name)));
    }
    conf::AjpSettings bound = host("127.0.0.1");
    bound.source = "127.0.0.2";
    assert_true(httpd::is_at_hand(bound));
    bound.source = "front.example";
    assert_false(httpd::is_at_hand(bound));
}

void port_zero_is_no_address()
{
    const Resolved got = resolve(host("127.0.0.1", 0));
    assert_false(got.address.is_valid());
    assert_text_equal(got.address.text, "invalid");
    assert_text_holds(got.why, "port is 0");
}

void a_name_that_nobody_knows_is_no_address()
{
    for (const std::string& name :
         {std::string(70, 'a') + ".invalid", std::string{"a b"}, std::string{"127.0.0.1:8009"}}) {
        const Resolved got = resolve(host(name.c_str()));
        assert_false(got.address.is_valid());
        assert_text_equal(got.address.text, "invalid");
        assert_text_holds(got.why, name);
    }
}

void a_unix_path_needs_no_resolver()
{
    conf::AjpSettings settings = host("unix:/run/tomcat/ajp.sock", 0);
    settings.source = "127.0.0.1";
    const Resolved got = resolve(settings);
    assert_true(got.address.is_valid());
    assert_text_equal(got.address.text, "unix:/run/tomcat/ajp.sock");
    const auto* const to = reinterpret_cast<const sockaddr_un*>(&got.address.storage);
    assert_int_equal(to->sun_family, AF_UNIX);
    assert_string_equal(to->sun_path, "/run/tomcat/ajp.sock");
    assert_int_equal(got.address.source_size, 0);
}

void a_path_that_does_not_fit_is_no_address()
{
    const Resolved got = resolve(host(("unix:/" + std::string(107, 'x')).c_str(), 0));
    assert_false(got.address.is_valid());
    assert_text_equal(got.why, "the path of its socket is too long");
}

void the_longest_unix_path_fits()
{
    const std::string path = "/" + std::string(106, 'p');
    const Resolved got = resolve(host(("unix:" + path).c_str()));
    const auto* const to = reinterpret_cast<const sockaddr_un*>(&got.address.storage);
    assert_string_equal(to->sun_path, path.c_str());
    assert_true(got.address.size <= sizeof(sockaddr_un));
}

void an_ipv6_address_needs_no_brackets()
{
    const Resolved got = resolve(host("::1"));
    assert_true(got.address.is_valid());
    const auto* const to = reinterpret_cast<const sockaddr_in6*>(&got.address.storage);
    assert_int_equal(to->sin6_family, AF_INET6);
    assert_int_equal(ntohs(to->sin6_port), 8009);
    assert_int_equal(got.address.size, sizeof(sockaddr_in6));
    assert_text_holds(got.address.text, "::1");
    assert_text_holds(got.address.text, ":8009");
}

void a_wish_for_ipv6_is_no_condition()
{
    conf::AjpSettings settings = host("127.0.0.1");
    settings.prefer_ipv6 = true;
    assert_text_equal(resolve(settings).address.text, "127.0.0.1:8009");
}

void a_source_is_resolved_too()
{
    conf::AjpSettings settings = host("127.0.0.1");
    settings.source = "127.0.0.2";
    const Address address = resolve(settings).address;
    assert_int_equal(address.source_size, sizeof(sockaddr_in));
    const auto* const from = reinterpret_cast<const sockaddr_in*>(&address.source);
    assert_int_equal(ntohl(from->sin_addr.s_addr), 0x7f000002);
    assert_int_equal(from->sin_port, 0);
}

void a_source_that_nobody_knows_is_not_bound()
{
    conf::AjpSettings settings = host("127.0.0.1");
    settings.source = "a b";
    const Address address = resolve(settings).address;
    assert_true(address.is_valid());
    assert_int_equal(address.source_size, 0);
}

}  // namespace

Group backend_address_tests()
{
    return {"backend/address",
            {
                jk_test(a_number_is_taken_as_it_is),
                jk_test(a_name_is_resolved),
                jk_test(what_asks_nobody_is_at_hand),
                jk_test(port_zero_is_no_address),
                jk_test(a_name_that_nobody_knows_is_no_address),
                jk_test(a_unix_path_needs_no_resolver),
                jk_test(a_path_that_does_not_fit_is_no_address),
                jk_test(the_longest_unix_path_fits),
                jk_test(an_ipv6_address_needs_no_brackets),
                jk_test(a_wish_for_ipv6_is_no_condition),
                jk_test(a_source_is_resolved_too),
                jk_test(a_source_that_nobody_knows_is_not_bound),
            }};
}

}  // namespace jk::test
