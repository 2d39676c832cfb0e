// Tests common/route/uri_text: directives.md 4.2 and 5.1, and security.md C.1 (PT numbers). Paths
// are given as httpd hands them on, i.e. decoded.
#include "route/uri_text.h"

#include <array>
#include <string>
#include <vector>

#include "support/check.h"

namespace {

using namespace jk::route;
using namespace std::string_view_literals;

struct NormaliseCase {
    std::string_view id;
    std::string_view path;
    std::string_view normal;  ///< empty: refused
};
constexpr std::array normalise_cases{
    NormaliseCase{"", "/", "/"},
    NormaliseCase{"", "*", "*"},
    NormaliseCase{"", "/app/x", "/app/x"},
    NormaliseCase{"", "/app/", "/app/"},
    NormaliseCase{"PT-1", "/app/private", "/app/private"},
    NormaliseCase{"PT-2", "/app//private/a", "/app/private/a"},
    NormaliseCase{"PT-2", "//app/private/a", "/app/private/a"},
    NormaliseCase{"PT-2", "/app/x/..//private/a", "/app/private/a"},
    NormaliseCase{"PT-3", "/app/./private/a", "/app/private/a"},
    NormaliseCase{"PT-3", "/app/z/../private/a", "/app/private/a"},
    NormaliseCase{"PT-3", "/z/../app/private/a", "/app/private/a"},
    NormaliseCase{"PT-3", "/app/private/../private/a", "/app/private/a"},
    NormaliseCase{"PT-4", "/app/private;p=1/a", "/app/private/a"},
    NormaliseCase{"PT-4", "/app;x/private/a", "/app/private/a"},
    NormaliseCase{"PT-4", "/app/;p=1/private/a", "/app/private/a"},
    NormaliseCase{"PT-4", "/;/app/private/a", "/app/private/a"},
    NormaliseCase{"PT-4", "/jkstatus;", "/jkstatus"},
    NormaliseCase{"PT-4", "/jkstatus;a=b", "/jkstatus"},
    NormaliseCase{"PT-4", "/;x/jkstatus", "/jkstatus"},
    NormaliseCase{"PT-4", "/jkstatus/;", "/jkstatus/"},
    NormaliseCase{"PT-5", "/app/z/..;/private/a", "/app/private/a"},
    NormaliseCase{"PT-5", "/app/z/..;x=y/locked/a", "/app/locked/a"},
    NormaliseCase{"PT-6", "/app/%2e%2e/x", "/app/%2e%2e/x"},
    NormaliseCase{"PT-6", "/app/%70rivate/a", "/app/%70rivate/a"},
    NormaliseCase{"4.2", "/foo/..;x/app/y", "/app/y"},
    NormaliseCase{"", "/a/.", "/a/"},
    NormaliseCase{"", "/a/..", "/"},
    NormaliseCase{"", "/a/b/..", "/a/"},
    NormaliseCase{"", "/a/b/../..", "/"},
    NormaliseCase{"", "/a//../b", "/b"},
    NormaliseCase{"", "/a/;x/../b", "/b"},
    NormaliseCase{"", "/.;x/a", "/a"},
    NormaliseCase{"", "/...", "/..."},
    NormaliseCase{"", "/..a/.b/c..", "/..a/.b/c.."},
    NormaliseCase{"", "/a;b;c/d;e", "/a/d"},
    NormaliseCase{"", "///", "/"},
    NormaliseCase{"", "/;a/;b", "/"},
    NormaliseCase{"", "/a\\..\\b", "/a\\..\\b"},
    NormaliseCase{"", "/\xc3\xa9/\xff", "/\xc3\xa9/\xff"},
    NormaliseCase{"", "", ""},
    NormaliseCase{"", "app", ""},
    NormaliseCase{"", "**", ""},
    NormaliseCase{"", "*/a", ""},
    NormaliseCase{"", ";/a", ""},
    NormaliseCase{"", "/..", ""},
    NormaliseCase{"", "/../a", ""},
    NormaliseCase{"", "/a/../../b", ""},
    NormaliseCase{"", "/./..", ""},
    NormaliseCase{"", "/;x/..;y/a", ""},
    NormaliseCase{"", "http://h/a", ""},
};

START_TEST(brings_into_canonical_form)
{
    const NormaliseCase& row = normalise_cases.at(static_cast<std::size_t>(_i));
    std::vector<char> path(row.path.begin(), row.path.end());  // no byte to spare behind it
    const auto length = normalise(path.data(), path.size());
    ck_assert(length.has_value() == !row.normal.empty());
    if (length) {
        ck_assert_text_eq((std::string_view{path.data(), *length}), row.normal);
        const auto again = normalise(path.data(), *length);
        ck_assert(again.has_value() && *again == *length);
    } else {
        ck_assert(length.error().code == jk::Errc::bad_path);
    }
}
END_TEST

START_TEST(sees_dots_behind_parameters)
{
    for (const std::string_view path : {"/app/..;/x", "/app/.;a=b", "/;a/..;b", "/.", "/a/../b"}) {
        ck_assert(jk::route::has_hidden_dots(path));
    }
    for (const std::string_view path : {"/app/x", "/app/..a;b/c..;d", "/app/...;/x", "/;.", "/"}) {
        ck_assert(!jk::route::has_hidden_dots(path));
    }
}
END_TEST

START_TEST(refuses_targets_that_are_resolved_otherwise)
{
    for (const std::string_view target :
         {"/app/..%3b/x",   "/app/.%2e%3B", "/app/%3Ba/..;/x?q", "/a/e/;x/../p", "/a/e/;x/%2E./p",
          "/a/..;%2e/../p", "/a/.;/../b",   "/a/e/\\..;/../p",   "/a\\b",        "/a%5Cb/../c",
          "/a/x//../c",     "/a/x//%2E./c", "/a/x//./../c",      "//a/../c",     "http://h/a//../c",
          "/a/x/%2f/../c",  "/a/x/%2F../c", "/a/x%2fy/../c",     "/a/..%2fc",    "/a/..;p%2fc",
          "/;%2fopen/x",    "/a;b=c%2Fd?q"}) {
        ck_assert_msg(!jk::route::check_received(target, {}).has_value(), "%s",
                      std::string{target}.c_str());
    }
    for (const std::string_view target : {"/app/x",
                                          "/app/../x",
                                          "/app/%2e%2e/y",
                                          "/app/a%3Bb",
                                          "/app/a;b=c/d",
                                          "/a;..b/c..;d",
                                          "/foo/..;x/app/y",
                                          "/app/.;/y",
                                          "/;/app",
                                          "/a;b/../c",
                                          "/a/...;/../b",
                                          "/a/%3bb/../c",
                                          "/a/../b?c;%5c\\",
                                          "/",
                                          "",
                                          "/a//b",
                                          "/a//b;c%3b/d",
                                          "/a/../b/?//",
                                          "/a/..//b",
                                          "/a%2fb",
                                          "/a%2f;b",
                                          "/a/.../%2f/..b",
                                          "/a/./%2f//b",
                                          "http://h/a/../b",
                                          "http://h"}) {
        ck_assert_msg(jk::route::check_received(target, {}).has_value(), "%s",
                      std::string{target}.c_str());
    }
    ck_assert(jk::route::check_received("/a\\b%5c", {.allow_backslash = true}).has_value());
}
END_TEST

constexpr PathRules strict{};
constexpr PathRules backslash{true, false};
constexpr PathRules overlong{false, true};

struct SpellingCase {
    std::string_view id;
    std::string_view path;
    PathRules rules;
    std::string_view fault;  ///< begin of what is behind "the path holds ", empty: accepted
};
constexpr std::array spelling_cases{
    SpellingCase{"", "/app/x", strict, ""},
    SpellingCase{"", "", strict, ""},
    SpellingCase{"PT-9", "/app\\private/a", strict, "a backslash"},
    SpellingCase{"PT-9", "/app/z\\..\\private/a", strict, "a backslash"},
    SpellingCase{"PT-10", "/app\\private/a", backslash, ""},
    SpellingCase{"", "/a\\b", overlong, "a backslash"},
    SpellingCase{"C.1", "/\xc0\xae\xc0\xae/", strict, "an overlong"},
    SpellingCase{"C.1", "/\xc1\xbf", strict, "an overlong"},
    SpellingCase{"C.1", "/\xe0\x80\xaf", strict, "an overlong"},
    SpellingCase{"C.1", "/\xe0\x9f\xbf", strict, "an overlong"},
    SpellingCase{"C.1", "/\xf0\x80\x80\xaf", strict, "an overlong"},
    SpellingCase{"C.1", "/\xf0\x8f\x80", strict, "an overlong"},
    SpellingCase{"C.1", "/\xc0\xae", overlong, ""},
    SpellingCase{"C.1", "/\xc0\xae", backslash, "an overlong"},
    SpellingCase{"", "/\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80", strict, ""},
    SpellingCase{"", "/\xe9t\xe9\xff\xfe", strict, ""},
    SpellingCase{"", "/\xc0", strict, ""},
    SpellingCase{"", "/\xc0/\xe0x\xf0", strict, ""},
    SpellingCase{"", "/a\x01\x7f;x/%25", strict, ""},
    SpellingCase{"", "/a\0b"sv, strict, "a NUL"},
    SpellingCase{"", "/a\0b"sv, {true, true}, "a NUL"},
};

START_TEST(refuses_ambiguous_spellings)
{
    const SpellingCase& row = spelling_cases.at(static_cast<std::size_t>(_i));
    const auto result = check_spelling(row.path, row.rules);
    ck_assert(result.has_value() == row.fault.empty());
    if (!result) {
        ck_assert(result.error().code == jk::Errc::bad_path);
        ck_assert(result.error().text.substr("the path holds "sv.size()).starts_with(row.fault));
    }
}
END_TEST

/// Decoded path and what is sent; empty: refused.
struct ForwardCase {
    std::string_view path;
    std::string_view proxy;
    std::string_view compat;
    std::string_view escaped;
};
constexpr std::array forward_cases{
    ForwardCase{"/app/a b", "/app/a%20b", "/app/a b", "/app/a%20b"},
    ForwardCase{"/app/a;b", "/app/a;b", "/app/a;b", "/app/a;b"},
    ForwardCase{"/app/a;b=c/d", "/app/a;b=c/d", "/app/a;b=c/d", "/app/a;b=c/d"},
    ForwardCase{"/app/a%3Bb", "/app/a%253Bb", "/app/a%3Bb", "/app/a%253Bb"},
    ForwardCase{"/app/a%b", "/app/a%25b", "/app/a%b", "/app/a%25b"},
    ForwardCase{"/app/\xc3\xa9", "/app/%C3%A9", "/app/\xc3\xa9", "/app/%c3%a9"},
    ForwardCase{"/app/y", "/app/y", "/app/y", "/app/y"},
    ForwardCase{"/app/a\\b", "/app/a%5Cb", "/app/a\\b", "/app/a%5cb"},
    ForwardCase{"/app/[x]{y}|^", "/app/%5Bx%5D%7By%7D%7C%5E", "/app/[x]{y}|^",
                "/app/%5bx%5d%7by%7d%7c%5e"},
    ForwardCase{
        "/~$-_.+!*'(),;:@&=", "/~$-_.+!*'(),;:@&=", "/~$-_.+!*'(),;:@&=", "/~$-_.+!*'(),;:@&="},
    ForwardCase{"/azAZ09", "/azAZ09", "/azAZ09", "/azAZ09"},
    ForwardCase{"/?#\"<>`", "/%3F%23%22%3C%3E%60", "/?#\"<>`", "/%3f%23%22%3c%3e%60"},
    ForwardCase{"/a\nb\x7f", "/a%0Ab%7F", "", "/a%0ab%7f"},
    ForwardCase{"/a%2Fb", "/a%252Fb", "/a%2Fb", "/a%252Fb"},
};

/// Encodes into just as much room as there should be; empty where it fails with bad_path.
std::string encoded(std::string_view path, Forward form, EncodedSlash slashes)
{
    std::vector<std::uint8_t> out(encoded_size(path));
    const auto length = encode_path(path, form, out, slashes);
    if (!length) {
        ck_assert(length.error().code == jk::Errc::bad_path);
        return {};
    }
    for (std::size_t room = 0; room < *length; ++room) {
        const auto cut = encode_path(path, form, jk::MutableBytes{out}.first(room), slashes);
        ck_assert(!cut.has_value() && cut.error().code == jk::Errc::overflow);
    }
    const auto exact = encode_path(path, form, jk::MutableBytes{out}.first(*length), slashes);
    ck_assert(exact.has_value() && *exact == *length);
    return std::string{jk::as_text(jk::Bytes{out}.first(*length))};
}

START_TEST(encodes_as_the_option_says)
{
    const ForwardCase& row = forward_cases.at(static_cast<std::size_t>(_i));
    ck_assert_text_eq(encoded(row.path, Forward::proxy, EncodedSlash::decoded), row.proxy);
    ck_assert_text_eq(encoded(row.path, Forward::compat, EncodedSlash::decoded), row.compat);
    ck_assert_text_eq(encoded(row.path, Forward::escaped, EncodedSlash::decoded), row.escaped);
}
END_TEST

START_TEST(an_undecoded_slash_is_sent_once)
{
    ck_assert_text_eq(encoded("/a%2Fb%2fc%25%2", Forward::proxy, EncodedSlash::kept),
                      "/a%2Fb%2fc%2525%252");
    ck_assert_text_eq(encoded("/a%2Fb", Forward::escaped, EncodedSlash::kept), "/a%2Fb");
    ck_assert_text_eq(encoded("/a%2Fb", Forward::compat, EncodedSlash::kept), "/a%2Fb");
    ck_assert_text_eq(encoded("/a%2fprivate", Forward::proxy, EncodedSlash::decoded),
                      "/a%252fprivate");
}
END_TEST

struct StripCase {
    std::string_view path;
    std::string_view stripped;
};
constexpr std::array strip_cases{
    // directives.md 4.6
    StripCase{"/app;jsessionid=1/s.txt", "/app/s.txt"},
    StripCase{"/app/s.txt;jsessionid=1.tc1", "/app/s.txt"},
    StripCase{"/s.txt;jsessionid=1;v=2", "/s.txt;v=2"},
    StripCase{"/s.txt;jsessionidX", "/s.txt"},
    StripCase{"/a;jsessionid=1/b;jsessionid=2", "/a/b;jsessionid=2"},
    StripCase{"/s.txt;JSESSIONID=1", "/s.txt;JSESSIONID=1"},
    StripCase{"/s.txt", "/s.txt"},
    StripCase{"", ""},
};

START_TEST(cuts_the_session_out_once)
{
    const StripCase& row = strip_cases.at(static_cast<std::size_t>(_i));
    std::string path{row.path};
    path.resize(strip_session(path.data(), path.size(), ";jsessionid"));
    ck_assert_text_eq(path, row.stripped);
}
END_TEST

START_TEST(an_empty_identifier_cuts_nothing)
{
    std::string path = "/a;b";
    ck_assert_uint_eq(strip_session(path.data(), path.size(), ""), 4);
}
END_TEST

}  // namespace

TCase* uri_text_tests()
{
    TCase* tests = tcase_create("uri_text");
    tcase_add_loop_test(tests, brings_into_canonical_form, 0,
                        static_cast<int>(normalise_cases.size()));
    tcase_add_test(tests, sees_dots_behind_parameters);
    tcase_add_test(tests, refuses_targets_that_are_resolved_otherwise);
    tcase_add_loop_test(tests, refuses_ambiguous_spellings, 0,
                        static_cast<int>(spelling_cases.size()));
    tcase_add_loop_test(tests, encodes_as_the_option_says, 0,
                        static_cast<int>(forward_cases.size()));
    tcase_add_test(tests, an_undecoded_slash_is_sent_once);
    tcase_add_loop_test(tests, cuts_the_session_out_once, 0, static_cast<int>(strip_cases.size()));
    tcase_add_test(tests, an_empty_identifier_cuts_nothing);
    return tests;
}
