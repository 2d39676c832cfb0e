// The rules of all servers, and where a URL leads.
#include "status/mounts.h"

#include <string>

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

/// A main server and a virtual host "two" on port 81, each with a mount.
struct TwoServers {
    Site site;
    server_rec* host = nullptr;

    TwoServers()
    {
        site.set_property("worker.list=w,v");
        site.set_property("worker.w.host=127.0.0.1");
        site.set_property("worker.v.host=127.0.0.1");
        (void)site.set("JkMount", {"/main/*", "w"});
        (void)site.set("JkUnMount", {"/main/static/*", "w"});
        host = site.add_host();
        (void)site.set(host, "JkMount", {"/host/*", "v"});
        host->server_hostname = apr_pstrdup(site.pool(), "two.example.com");
        auto* const address =
            static_cast<server_addr_rec*>(apr_pcalloc(site.pool(), sizeof(server_addr_rec)));
        address->host_port = 81;
        address->virthost = apr_pstrdup(site.pool(), "*");
        host->addrs = address;
        host->is_virtual = 1;
        (void)site.build();
    }
    std::optional<status::Route> find(const char* url)
    {
        return httpd::find_route(site.request("/"), url);
    }
};

void all_servers_tell_theirs()
{
    TwoServers servers;
    const auto mounts = httpd::all_mounts(servers.site.request("/"));
    assert_int_equal(mounts.size(), 3);
    std::size_t exclusions = 0;
    for (const status::Mount& mount : mounts) {
        exclusions += mount.map.is_exclusion ? 1 : 0;
        const bool is_host = mount.map.uri == "/host/*";
        assert_text_equal(mount.worker, is_host ? "v" : "w");
        const bool names_host =
            mount.map.server.find("two.example.com [*:81]") != std::string::npos;
        assert_true(names_host == is_host);
    }
    assert_int_equal(exclusions, 1);
}

void a_url_leads_to_a_rule()
{
    TwoServers servers;
    const auto found = servers.find("http://TWO.example.com:81/host/%61;v=1");
    assert_true(found.has_value() && found->rule.has_value());
    assert_text_equal(found->path, "/host/a");
    assert_text_equal(found->rule->worker, "v");
    assert_int_equal(found->rule_id, 3);
    assert_text_equal(found->server, "two.example.com [*:81]");
    assert_true(servers.find("/main/x")->rule.has_value());
    assert_false(servers.find("/main/static/x")->rule.has_value());
    assert_false(servers.find("http://two.example.com/host/x")->rule.has_value());
    assert_false(servers.find("http://two.example.com:81/main/x")->rule.has_value());
}

void what_no_request_could_ask_for_leads_nowhere()
{
    TwoServers servers;
    for (const char* const url : {"", "main/x", "ftp://x/main/x", "/../main", "/main/%00",
                                  "/main/%2fx", "/main/%", "/a\\b", "http://"}) {
        assert_false(servers.find(url).has_value());
    }
}

}  // namespace

Group status_mounts_tests()
{
    return {"status/mounts",
            {
                jk_test(all_servers_tell_theirs),
                jk_test(a_url_leads_to_a_rule),
                jk_test(what_no_request_could_ask_for_leads_nowhere),
            }};
}

}  // namespace jk::test
