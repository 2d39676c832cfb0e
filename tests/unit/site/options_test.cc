// JkOptions: every word, the groups, and how two scopes merge (directives.md 3.8).
#include "site/options.h"

#include <initializer_list>
#include <string>

#include "support/check.h"

namespace {

using namespace jk;
using site::Option;
using site::Options;

Options of(std::initializer_list<const char*> words)
{
    Options options;
    for (const char* const word : words) {
        ck_assert(options.add(word).has_value());
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

START_TEST(every_word_switches_its_option)
{
    for (const Row& row : rows) {
        ck_assert(Options{}.with_defaults().has(row.option) == row.is_default);
        ck_assert(of({row.word}).with_defaults().has(row.option));
        ck_assert(of({("+" + std::string{row.word}).c_str()}).with_defaults().has(row.option));
        std::string small = row.word;
        for (char& c : small) {
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        ck_assert(of({small.c_str()}).has(row.option));
    }
}
END_TEST

START_TEST(a_word_switches_nothing_else)
{
    for (const Row& row : rows) {
        for (const Row& other : rows) {
            if (row.option != other.option) {
                ck_assert(!of({row.word}).has(other.option));
            }
        }
    }
}
END_TEST

START_TEST(minus_takes_a_word_away_but_not_a_uri_form)
{
    for (const Row& row : rows) {
        Options options;
        const Result<void> added = options.add("-" + std::string{row.word});
        const bool is_uri = std::string_view{row.word}.starts_with("ForwardURI");
        ck_assert(added.has_value() == !is_uri);
        if (is_uri) {
            ck_assert(added.error().code == Errc::bad_value);
        } else {
            ck_assert(!options.with_defaults().has(row.option));
        }
    }
}
END_TEST

START_TEST(unknown_words_are_refused)
{
    for (const char* const word : {"", "+", "-", "Flush", "FlushPacketsX", "ForwardSSLKeySize",
                                   "++FlushPackets", " FlushPackets", "JkFlushPackets"}) {
        Options options;
        const Result<void> added = options.add(word);
        ck_assert(!added.has_value());
        ck_assert(added.error().code == Errc::unknown_name);
    }
}
END_TEST

START_TEST(collapse_words_are_accepted_without_effect)
{
    for (const char* const word : {"CollapseSlashesAll", "+CollapseSlashesNone",
                                   "-CollapseSlashesUnmount", "collapseslashesall"}) {
        Options options;
        ck_assert(options.add(word).has_value());
        for (const Row& row : rows) {
            ck_assert(options.with_defaults().has(row.option) == row.is_default);
        }
    }
}
END_TEST

START_TEST(the_last_uri_form_wins)
{
    const Options options = of({"ForwardURICompat", "+ForwardURIEscaped"}).with_defaults();
    ck_assert(options.has(Option::forward_uri_escaped));
    ck_assert(!options.has(Option::forward_uri_compat));
    ck_assert(!options.has(Option::forward_uri_proxy));
}
END_TEST

START_TEST(the_last_address_word_wins)
{
    const Options physical = of({"ForwardLocalAddress", "ForwardPhysicalAddress"});
    ck_assert(physical.has(Option::forward_physical_address));
    ck_assert(!physical.has(Option::forward_local_address));
    // Either name, also with a minus, clears both first.
    const Options none = of({"ForwardLocalAddress", "-ForwardPhysicalAddress"});
    ck_assert(!none.has(Option::forward_local_address));
    ck_assert(!none.has(Option::forward_physical_address));
    const Options other = of({"-ForwardLocalAddress", "ForwardPhysicalAddress"});
    ck_assert(other.has(Option::forward_physical_address));
}
END_TEST

START_TEST(minus_beats_plus_in_any_order)
{
    ck_assert(!of({"-FlushPackets", "+FlushPackets"}).has(Option::flush_packets));
    ck_assert(!of({"+FlushPackets", "-FlushPackets"}).has(Option::flush_packets));
    ck_assert(!of({"-ForwardKeySize"}).with_defaults().has(Option::forward_key_size));
    const auto local = Option::forward_local_address;
    ck_assert(!of({"-ForwardLocalAddress", "+ForwardLocalAddress"}).has(local));
    ck_assert(!of({"+ForwardLocalAddress", "-ForwardLocalAddress"}).has(local));
}
END_TEST

START_TEST(a_host_inherits_words_and_defaults)
{
    const Options main = of({"FlushPackets", "ForwardURICompat"}).with_defaults();
    const Options host = Options{}.over(main);
    ck_assert(host.has(Option::flush_packets));
    ck_assert(host.has(Option::forward_key_size));
    ck_assert(host.has(Option::forward_uri_compat));
    ck_assert(!host.has(Option::forward_uri_proxy));
}
END_TEST

START_TEST(a_minus_of_the_main_server_is_not_a_minus_of_the_host)
{
    const Options main = of({"-ForwardKeySize", "-FlushHeader"}).with_defaults();
    ck_assert(!Options{}.over(main).has(Option::forward_key_size));
    ck_assert(of({"ForwardKeySize"}).over(main).has(Option::forward_key_size));
    ck_assert(of({"FlushHeader"}).over(main).has(Option::flush_header));
}
END_TEST

START_TEST(a_minus_of_the_host_beats_both_scopes)  // D3
{
    const Options main = of({"FlushPackets"}).with_defaults();
    ck_assert(!of({"-FlushPackets", "+FlushPackets"}).over(main).has(Option::flush_packets));
    ck_assert(!of({"-FlushPackets"}).over(main).has(Option::flush_packets));
}
END_TEST

START_TEST(the_uri_form_of_the_host_replaces_that_of_the_main_server)
{
    const Options main = of({"ForwardURIEscaped"}).with_defaults();
    const Options host = of({"ForwardURIProxy"}).over(main);
    ck_assert(host.has(Option::forward_uri_proxy));
    ck_assert(!host.has(Option::forward_uri_escaped));
}
END_TEST

START_TEST(the_address_of_the_host_replaces_that_of_the_main_server)  // D34
{
    const Options main = of({"ForwardLocalAddress"}).with_defaults();
    const Options host = of({"ForwardPhysicalAddress"}).over(main);
    ck_assert(host.has(Option::forward_physical_address));
    ck_assert(!host.has(Option::forward_local_address));
    ck_assert(Options{}.over(main).has(Option::forward_local_address));
}
END_TEST

/// What is sent: the local address, the physical one, or that of the client.
char address_of(const Options& options)
{
    return options.has(Option::forward_local_address)      ? 'L'
           : options.has(Option::forward_physical_address) ? 'P'
                                                           : 'c';
}

START_TEST(the_addresses_of_two_scopes)
{
    using Words = std::initializer_list<const char*>;
    constexpr const char* local = "ForwardLocalAddress";
    constexpr const char* physical = "ForwardPhysicalAddress";
    constexpr const char* no_local = "-ForwardLocalAddress";
    constexpr const char* no_physical = "-ForwardPhysicalAddress";
    const struct {
        Words main;
        std::string_view sent;  // one letter for each of `hosts`
    } mains[] = {
        {{physical}, "PLcPcPcP"},        {{local}, "cLLcLcLL"}, {{no_physical, local}, "cLLcLcLL"},
        {{no_local, local}, "cLcccccc"}, {{}, "cLcccccc"},
    };
    for (const auto& row : mains) {
        const Options main = of(row.main).with_defaults();
        const Words hosts[] = {{no_local},
                               {local},
                               {no_physical},
                               {no_local, local},
                               {local, no_physical},
                               {physical, no_local},
                               {no_physical, physical},
                               {}};
        std::string sent;
        for (const Words& host : hosts) {
            sent += address_of(of(host).over(main));
        }
        ck_assert_text_eq(sent, row.sent);
    }
}
END_TEST

START_TEST(a_misspelt_word_has_a_neighbour)
{
    ck_assert_text_eq(site::nearest_option("+ForwardKeysize"), "ForwardKeySize");
    ck_assert_text_eq(site::nearest_option("-FlushPacket"), "FlushPackets");
    ck_assert_text_eq(site::nearest_option("StrictConifg"), "StrictConfig");
    ck_assert_text_eq(site::nearest_option("Everything"), "");
    ck_assert_text_eq(site::nearest_option(""), "");
}
END_TEST

}  // namespace

TCase* options_tests()
{
    TCase* const all = tcase_create("options");
    tcase_add_test(all, every_word_switches_its_option);
    tcase_add_test(all, a_word_switches_nothing_else);
    tcase_add_test(all, minus_takes_a_word_away_but_not_a_uri_form);
    tcase_add_test(all, unknown_words_are_refused);
    tcase_add_test(all, collapse_words_are_accepted_without_effect);
    tcase_add_test(all, the_last_uri_form_wins);
    tcase_add_test(all, the_last_address_word_wins);
    tcase_add_test(all, minus_beats_plus_in_any_order);
    tcase_add_test(all, a_host_inherits_words_and_defaults);
    tcase_add_test(all, a_minus_of_the_main_server_is_not_a_minus_of_the_host);
    tcase_add_test(all, a_minus_of_the_host_beats_both_scopes);
    tcase_add_test(all, the_uri_form_of_the_host_replaces_that_of_the_main_server);
    tcase_add_test(all, the_address_of_the_host_replaces_that_of_the_main_server);
    tcase_add_test(all, the_addresses_of_two_scopes);
    tcase_add_test(all, a_misspelt_word_has_a_neighbour);
    return all;
}
