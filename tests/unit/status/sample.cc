// The sample snapshot, and comparison with golden files.
#include "status/sample.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/check.h"

namespace jk::test {

namespace {

constexpr std::int64_t now = 1795400853;  // 2026-11-23 02:27:33 UTC

TimePoint at(std::int64_t seconds)
{
    return TimePoint{std::chrono::seconds{seconds}};
}

conf::AjpSettings member_settings(int port, const char* route)
{
    conf::AjpSettings settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.connection_pool_timeout = 600;
    settings.connect_timeout = 10000;
    settings.prepost_timeout = 10000;
    settings.connection_ping_interval = 100;
    settings.route = route;
    return settings;
}

status::WorkerView worker(const char* name, const conf::AjpSettings& settings)
{
    status::WorkerView view;
    view.name = name;
    view.settings = &settings;
    view.address = "127.0.0.1:" + std::to_string(settings.port);
    view.max_busy = 1;
    view.last_reset = at(now - 43);
    return view;
}

status::MemberView member(const char* name, const conf::AjpSettings& settings, unsigned requests)
{
    status::MemberView view;
    view.worker = worker(name, settings);
    view.worker.used = view.sessions = requests;
    view.worker.transferred = std::uint64_t{224} * requests;
    view.worker.read = std::uint64_t{268} * requests;
    view.worker.connected = view.worker.max_connected = 1;
    view.state = lb::State::ok;
    return view;
}

status::MapView map(const char* uri, const char* source)
{
    status::MapView view;
    view.server = "www.example.com:22000";
    view.uri = uri;
    view.source = source;
    view.is_wildcard = true;
    return view;
}

std::vector<status::MapView> balancer_maps()
{
    std::vector<status::MapView> maps{
        map("/ext/static/*", "uriworkermap"),
        map("/app/static/*", "JkMount"),
        map("/ext/*", "uriworkermap"),
        map("/off/*", "uriworkermap"),
        map("/app/*", "JkMount"),
        map("/only2/*", "JkMount"),
    };
    maps[0].is_exclusion = maps[1].is_exclusion = true;
    maps[2].reply_timeout = 5000;
    maps[2].sticky_ignore = maps[2].stateless = true;
    maps[2].fail_on_status = "500,-404";
    maps[2].active = "node1";
    maps[2].disabled = "node2";
    maps[2].stopped = "node3";
    maps[2].use_server_errors = 400;
    maps[3].is_disabled = true;
    maps[5].server = "two.example.com [127.0.0.1:22001]";
    return maps;
}

status::BalancerView balancer(const Sample& sample)
{
    status::BalancerView view;
    view.name = "lb";
    view.settings = &sample.lb;
    view.max_busy = 1;
    view.last_maintenance = view.last_reset = at(now - 43);
    view.maps = balancer_maps();
    view.members.push_back(member("node1", sample.node1, 3));
    view.members.push_back(member("node2", sample.node2, 5));
    view.members.push_back(member("node3", sample.node3, 0));
    view.members[0].lb_mult = 2;
    view.members[0].lb_value = 6;
    view.members[1].lb_value = 5;
    status::MemberView& failed = view.members[2];
    failed.lb_mult = failed.lb_value = 2;
    failed.worker.used = failed.sessions = 1;
    failed.worker.connected = failed.worker.max_connected = 0;
    failed.errors = 1;
    failed.worker.errors = 7;  // at worker level: shown for direct workers only
    failed.state = lb::State::error;
    failed.first_error_time = failed.last_error_time = at(now - 41);
    return view;
}

std::vector<status::WorkerView> direct_workers(const Sample& sample)
{
    std::vector<status::WorkerView> views{worker("single", sample.single),
                                          worker("dead", sample.dead)};
    views[0].used = views[1].used = 1;
    views[0].transferred = 210;
    views[0].read = 764;
    views[0].connected = views[0].max_connected = 1;
    views[0].state = lb::State::ok;
    views[0].maps.push_back(map("/one/*", "JkMount"));
    views[1].errors = 1;
    views[1].error_time = at(now - 41);
    views[1].state = lb::State::error;
    views[1].maps.push_back(map("/dead/*", "JkMount"));
    return views;
}

/// Returns the directory of the environment, of the build, or the one beside this source file.
std::string golden_directory()
{
    if (const char* const configured = std::getenv("GOLDEN_DIR")) {
        return configured;
    }
#ifdef GOLDEN_DIR
    return GOLDEN_DIR;
#else
    const std::string source = __FILE__;
    return source.substr(0, source.rfind('/') + 1) + "golden";
#endif
}

}  // namespace

Sample::Sample()
    : node1(member_settings(22011, "node1")), node2(member_settings(22012, "node2")),
      node3(member_settings(22019, "node3"))
{
    node1.redirect = "node2";
    node2.lbfactor = 2;
    node3.domain = "east";
    node3.reply_timeout = 30000;
    single.host = dead.host = "127.0.0.1";
    single.port = 22011;
    dead.port = 22018;
    snapshot.server_name = "www.example.com";
    snapshot.server_port = 22000;
    snapshot.web_server = "Apache/2.4.71 (Debian) mod_jk/1.2.48";
    snapshot.jk_version = "mod_jk/1.2.48";
    snapshot.uri = "/jkstatus";
    snapshot.now = at(now);
    snapshot.balancers.push_back(jk::test::balancer(*this));
    snapshot.workers = direct_workers(*this);
    snapshot.others = {"jkstatus", "jkro"};
    configuration = {{"ServerRoot", "/etc/httpd"},
                     {"worker.list", "lb,single,dead,jkstatus,jkro"},
                     {"worker.lb.balance_workers", "node1,node2,node3"},
                     {"worker.jkstatus.doctype", "<!DOCTYPE status SYSTEM \"status.dtd\">"},
                     {"a&b", "x=y&z"},
                     {"a<b", ""},
                     {"1st:name", "two\nlines"}};
    snapshot.configuration = &configuration;
}

status::Answer Sample::ask(std::string_view query) const
{
    return ask({.query = query, .form = {}, .asker = {}, .token = "t0ken"});
}

status::Answer Sample::ask(const status::Request& request) const
{
    status::Inquiry inquiry{request, status, snapshot};
    return inquiry.answer({});
}

std::size_t count(std::string_view text, std::string_view part)
{
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

bool holds(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string golden(const char* name, std::string_view got)
{
    const std::string path = golden_directory() + "/" + name;
    if (std::getenv("GOLDEN_UPDATE") != nullptr) {
        std::ofstream{path, std::ios::binary} << got;
    }
    std::ifstream file{path, std::ios::binary};
    ck_assert_msg(file.is_open(), "no golden file %s", path.c_str());
    return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

void assert_golden(const char* name, std::string_view got)
{
    const std::string kept = golden(name, got);
    std::string_view want = kept;
    for (int line = 1; got != want; ++line) {
        const std::string_view got_line = got.substr(0, got.find('\n'));
        const std::string_view want_line = want.substr(0, want.find('\n'));
        if (got_line != want_line) {
            ck_abort_msg("%s:%d: got '%.*s', want '%.*s'", name, line,
                         static_cast<int>(got_line.size()), got_line.data(),
                         static_cast<int>(want_line.size()), want_line.data());
        }
        got.remove_prefix(std::min(got_line.size() + 1, got.size()));
        want.remove_prefix(std::min(want_line.size() + 1, want.size()));
        ck_assert_msg(!(got.empty() && want.empty()), "%s: the last line break differs", name);
    }
}

}  // namespace jk::test
