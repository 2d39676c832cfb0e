// httpd's own directives of a server, and the paths of sections.
#include "jkctl/server_settings.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::EncodedSlashes;

void addresses_are_read()
{
    struct {
        const char* text;
        const char* host;
        unsigned port;
    } const rows[] = {
        {"*:80", "*", 80},
        {"*", "*", 0},
        {"8080", "*", 8080},
        {"10.0.0.1:81", "10.0.0.1", 81},
        {"10.0.0.1", "10.0.0.1", 0},
        {"[::1]:82", "::1", 82},
        {"[FE80::1]", "fe80::1", 0},
        {"_default_:*", "_default_", 0},
        {"Name.Example:443", "name.example", 443},
        {"", "", 0},
        {"[", "", 0},
        {"x:99999", "x", 0},
    };
    for (const auto& row : rows) {
        const ctl::Address address = ctl::parse_address(row.text);
        assert_text_equal(address.host, row.host);
        assert_int_equal(address.port, row.port);
    }
}

void a_missing_port_is_the_main_servers()
{
    const auto addresses = ctl::host_addresses("* *:* 10.0.0.1 10.0.0.2:* [::1] _default_ x:7", 81);
    std::string ports;
    for (const ctl::Address& one : addresses) {
        ports += std::to_string(one.port) + " ";
    }
    assert_text_equal(ports, "0 0 81 0 81 81 7 ");
}

void a_server_has_names_and_settings()
{
    ctl::ServerDraft draft;
    std::vector<ctl::Address> listens;
    const auto set = [&](const char* name, const char* arguments) {
        ctl::set_server(name, arguments, draft, listens);
    };
    set("servername", "https://WWW.Example:444");
    set("ServerAlias", "a B.example");
    set("ServerAlias", "*.c");
    set("Listen", "127.0.0.1:81 https");
    set("Listen", "82");
    set("AllowEncodedSlashes", "NoDecode");
    set("MergeSlashes", "off");
    set("DocumentRoot", "/x");
    assert_text_equal(draft.server.name, "www.example");
    assert_int_equal(draft.server.port, 444);
    assert_true(draft.server.aliases == (std::vector<std::string>{"a", "b.example", "*.c"}));
    assert_int_equal(listens.size(), 2);
    assert_int_equal(listens[0].port + listens[1].port, 163);
    assert_true(draft.encoded_slashes == EncodedSlashes::kept);
    assert_true(draft.slashes == ctl::Slashes::left);
    set("AllowEncodedSlashes", "On");
    assert_true(draft.encoded_slashes == EncodedSlashes::decoded);
    set("AllowEncodedSlashes", "Off");
    assert_true(draft.encoded_slashes == EncodedSlashes::refused);
}

void sections_give_paths()
{
    struct {
        const char* name;
        const char* arguments;
        const char* want;  // nullptr: no path
    } const rows[] = {
        {"location", "/a", "/a"},
        {"location", "\"/a b\"", "/a b"},
        {"location", "~ ^/a", "^/a"},
        {"locationmatch", "^/a", "^/a"},
        {"directory", "/var/www", "/var/www/"},
        {"directory", "/", "/"},
        {"directorymatch", "^/var", "^/var"},
        {"files", "x.jsp", "x.jsp"},
        {"proxy", "*", "proxy:*"},
        {"if", "\"true\"", "*If"},
        {"limit", "GET", nullptr},
        {"requireall", "", nullptr},
        {"virtualhost", "*:80", nullptr},
    };
    for (const auto& row : rows) {
        const auto path = ctl::path_of({{row.name, row.name, row.arguments, {}}});
        assert_int_equal(path.has_value(), row.want != nullptr);
        assert_text_equal(path.value_or(""), row.want == nullptr ? "" : row.want);
    }
    assert_text_equal(
        ctl::path_of({{"location", "", "/a", {}}, {"limit", "", "GET", {}}}).value_or(""), "/a");
}

}  // namespace

Group jkctl_server_settings_tests()
{
    return {"jkctl/server_settings",
            {
                jk_test(addresses_are_read),
                jk_test(a_missing_port_is_the_main_servers),
                jk_test(a_server_has_names_and_settings),
                jk_test(sections_give_paths),
            }};
}

}  // namespace jk::test
