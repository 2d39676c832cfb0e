// The one way a unit test includes Check: last, with its macro `fail` taken away (it breaks
// libstdc++ and our own names), and with assertions that compare string_views without a temporary.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <check.h>
#undef fail

namespace jk::test {

/// For messages: Check's string macros keep a pointer past the full expression, so a temporary
/// std::string would be used after its end. This compares first and formats inside the call.
inline void assert_text(std::string_view got, std::string_view want, const char* file, int line)
{
    if (got != want) {
        ck_abort_msg("%s:%d: got '%.*s', want '%.*s'", file, line, static_cast<int>(got.size()),
                     got.data(), static_cast<int>(want.size()), want.data());
    }
}

}  // namespace jk::test

#define ck_assert_text_eq(got, want) ::jk::test::assert_text((got), (want), __FILE__, __LINE__)

// The folder's main.cc lists the cases of its tests and is one program, one suite:
//     TCase* bytes_tests();  // tests/unit/base/bytes_test.cc
//     int main() { return jk::test::run("base", {bytes_tests, text_tests}); }
namespace jk::test {

int run(const char* suite, std::initializer_list<TCase* (*)()> cases);

}  // namespace jk::test
