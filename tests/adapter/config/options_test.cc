// JkOptions: every word, the groups, and how two scopes merge (directives.md 3.8).
#include "config/options.h"

#include <initializer_list>
#include <string>

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Option;
using httpd::Options;

Options of(std::initializer_list<const char*> words)
{
    Options options;
    for (const char* const word : words) {
        bool deprecated = false;
        assert_true(options.add(word, deprecated).has_value());
        assert_false(deprecated);
    }
    return options;
}

struct Row {
    const char* word;
    Option option;
    bool is_default;
};

constexpr Row rows[] = {
    {"ForwardURIProxy", Option::forward_uri_proxy, true},
    {"ForwardURICompat", Option::forward_uri_compat, false},
    {"ForwardURICompatUnparsed", Option::forward_uri_compat_unparsed, false},
    {"ForwardURIEscaped", Option::forward_uri_escaped, false},
    {"ForwardDirectories", Option::forward_directories, false},
    {"ForwardLocalAddress", Option::forward_local_address, false},
    {"ForwardPhysicalAddress", Option::forward_physical_address, false},
    {"FlushPackets", Option::flush_packets, false},
    {"FlushHeader", Option::flush_header, false},
    {"DisableReuse", Option::disable_reuse, false},
    {"ForwardKeySize", Option::forward_key_size, true},
    {"ForwardSSLCertChain", Option::forward_ssl_cert_chain, false},
    {"RejectUnsafeURI", Option::reject_unsafe_uri, false},
    {"StrictConfig", Option::strict_config, false},
    {"AllowBackslash", Option::allow_backslash, false},
    {"AllowOverlongUTF8", Option::allow_overlong_utf8, false},
    {"StrictHost", Option::strict_host, false},
};

void every_word_switches_its_option()
{
    for (const Row& row : rows) {
        assert_int_equal(Options{}.with_defaults().has(row.option), row.is_default);
        assert_true(of({row.word}).with_defaults().has(row.option));
        assert_true(of({("+" + std::string{row.word}).c_str()}).with_defaults().has(row.option));
        std::string small = row.word;
        for (char& c : small) {
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        assert_true(of({small.c_str()}).has(row.option));
    }
}

void a_word_switches_nothing_else()
{
    for (const Row& row : rows) {
        for (const Row& other : rows) {
            if (row.option != other.option) {
                assert_false(of({row.word}).has(other.option));
            }
        }
    }
}

void minus_takes_a_word_away_but_not_a_uri_form()
{
    for (const Row& row : rows) {
        Options options;
        bool deprecated = false;
        const Result<void> added = options.add("-" + std::string{row.word}, deprecated);
        const bool is_uri = std::string_view{row.word}.starts_with("ForwardURI");
        assert_int_equal(added.has_value(), !is_uri);
        if (is_uri) {
            assert_int_equal(added.error().code, Errc::bad_value);
        } else {
            assert_false(options.with_defaults().has(row.option));
        }
    }
}

void unknown_words_are_refused()
{
    for (const char* const word : {"", "+", "-", "Flush", "FlushPacketsX", "ForwardSSLKeySize",
                                   "++FlushPackets", " FlushPackets", "JkFlushPackets"}) {
        Options options;
        bool deprecated = false;
        const Result<void> added = options.add(word, deprecated);
        assert_false(added.has_value());
        assert_int_equal(added.error().code, Errc::unknown_name);
    }
}

void collapse_words_are_accepted_without_effect()
{
    for (const char* const word : {"CollapseSlashesAll", "+CollapseSlashesNone",
                                   "-CollapseSlashesUnmount", "collapseslashesall"}) {
        Options options;
        bool deprecated = false;
        assert_true(options.add(word, deprecated).has_value());
        assert_true(deprecated);
        for (const Row& row : rows) {
            assert_int_equal(options.with_defaults().has(row.option), row.is_default);
        }
    }
}

void the_last_uri_form_wins()
{
    const Options options = of({"ForwardURICompat", "+ForwardURIEscaped"}).with_defaults();
    assert_true(options.has(Option::forward_uri_escaped));
    assert_false(options.has(Option::forward_uri_compat));
    assert_false(options.has(Option::forward_uri_proxy));
}

void the_last_address_word_wins()
{
    const Options physical = of({"ForwardLocalAddress", "ForwardPhysicalAddress"});
    assert_true(physical.has(Option::forward_physical_address));
    assert_false(physical.has(Option::forward_local_address));
    // Either name, also with a minus, clears both first.
    const Options none = of({"ForwardLocalAddress", "-ForwardPhysicalAddress"});
    assert_false(none.has(Option::forward_local_address));
    assert_false(none.has(Option::forward_physical_address));
    const Options again = of({"-ForwardLocalAddress", "ForwardLocalAddress"});
    assert_true(again.has(Option::forward_local_address));
}

void minus_beats_plus_in_any_order()
{
    assert_false(of({"-FlushPackets", "+FlushPackets"}).has(Option::flush_packets));
    assert_false(of({"+FlushPackets", "-FlushPackets"}).has(Option::flush_packets));
    assert_false(of({"-ForwardKeySize"}).with_defaults().has(Option::forward_key_size));
}

void a_host_inherits_words_and_defaults()
{
    const Options main = of({"FlushPackets", "ForwardURICompat"}).with_defaults();
    const Options host = Options{}.over(main);
    assert_true(host.has(Option::flush_packets));
    assert_true(host.has(Option::forward_key_size));
    assert_true(host.has(Option::forward_uri_compat));
    assert_false(host.has(Option::forward_uri_proxy));
}

void a_minus_of_the_main_server_is_not_a_minus_of_the_host()
{
    const Options main = of({"-ForwardKeySize", "-FlushHeader"}).with_defaults();
    assert_false(Options{}.over(main).has(Option::forward_key_size));
    assert_true(of({"ForwardKeySize"}).over(main).has(Option::forward_key_size));
    assert_true(of({"FlushHeader"}).over(main).has(Option::flush_header));
}

void a_minus_of_the_host_beats_both_scopes()  // D3
{
    const Options main = of({"FlushPackets"}).with_defaults();
    assert_false(of({"-FlushPackets", "+FlushPackets"}).over(main).has(Option::flush_packets));
    assert_false(of({"-FlushPackets"}).over(main).has(Option::flush_packets));
}

void the_uri_form_of_the_host_replaces_that_of_the_main_server()
{
    const Options main = of({"ForwardURIEscaped"}).with_defaults();
    const Options host = of({"ForwardURIProxy"}).over(main);
    assert_true(host.has(Option::forward_uri_proxy));
    assert_false(host.has(Option::forward_uri_escaped));
}

void the_address_of_the_host_replaces_that_of_the_main_server()  // D34
{
    const Options main = of({"ForwardLocalAddress"}).with_defaults();
    const Options host = of({"ForwardPhysicalAddress"}).over(main);
    assert_true(host.has(Option::forward_physical_address));
    assert_false(host.has(Option::forward_local_address));
    const Options neither = of({"-ForwardPhysicalAddress"}).over(main);
    assert_false(neither.has(Option::forward_local_address));
    assert_false(neither.has(Option::forward_physical_address));
    assert_true(Options{}.over(main).has(Option::forward_local_address));
}

}  // namespace

Group config_options_tests()
{
    return {"config/options",
            {
                jk_test(every_word_switches_its_option),
                jk_test(a_word_switches_nothing_else),
                jk_test(minus_takes_a_word_away_but_not_a_uri_form),
                jk_test(unknown_words_are_refused),
                jk_test(collapse_words_are_accepted_without_effect),
                jk_test(the_last_uri_form_wins),
                jk_test(the_last_address_word_wins),
                jk_test(minus_beats_plus_in_any_order),
                jk_test(a_host_inherits_words_and_defaults),
                jk_test(a_minus_of_the_main_server_is_not_a_minus_of_the_host),
                jk_test(a_minus_of_the_host_beats_both_scopes),
                jk_test(the_uri_form_of_the_host_replaces_that_of_the_main_server),
                jk_test(the_address_of_the_host_replaces_that_of_the_main_server),
            }};
}

}  // namespace jk::test
