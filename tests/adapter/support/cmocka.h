// The one way an adapter test includes cmocka: last, as the C that it is, and without those of its
// macros that are everyday words.
#pragma once

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>
#include <vector>

extern "C" {
#include <cmocka.h>
}
#undef fail
#undef mock
#undef skip

namespace jk::test {

/// The tests of one file. cmocka writes a TAP plan for each of its groups, and a second plan is an
/// error to automake: so main() puts all of these together and runs them as one.
struct Group {
    const char* name;
    std::vector<CMUnitTest> tests;
};

/// An exception that left a test would end the whole program.
template <void (*test)()> void run_one(void**)
{
    try {
        test();
    } catch (const std::exception& error) {
        print_error("exception: %s\n", error.what());
        _fail(__FILE__, __LINE__);
    }
}

/// Compares texts without a temporary that a failing assertion would leave behind.
inline void assert_text(std::string_view got, std::string_view want, const char* file, int line)
{
    if (got != want) {
        print_error("got '%.*s', want '%.*s'\n", static_cast<int>(got.size()), got.data(),
                    static_cast<int>(want.size()), want.data());
        _fail(file, line);
    }
}

inline void assert_other_text(std::string_view got, std::string_view other, const char* file,
                              int line)
{
    if (got == other) {
        print_error("got '%.*s'\n", static_cast<int>(got.size()), got.data());
        _fail(file, line);
    }
}

inline void assert_holds(std::string_view text, std::string_view part, const char* file, int line)
{
    if (text.find(part) == std::string_view::npos) {
        print_error("'%.*s' does not hold '%.*s'\n", static_cast<int>(text.size()), text.data(),
                    static_cast<int>(part.size()), part.data());
        _fail(file, line);
    }
}

}  // namespace jk::test

/// A test is a `void name()`.
#define jk_test(function)                                                                          \
    CMUnitTest                                                                                     \
    {                                                                                              \
#function, ::jk::test::run_one < function>, nullptr, nullptr, nullptr                      \
    }
#define assert_text_equal(got, want) ::jk::test::assert_text((got), (want), __FILE__, __LINE__)
#define assert_text_not_equal(got, other)                                                          \
    ::jk::test::assert_other_text((got), (other), __FILE__, __LINE__)
#define assert_text_holds(text, part) ::jk::test::assert_holds((text), (part), __FILE__, __LINE__)
