// Runs the test groups of one program as one group of cmocka's.
#pragma once

#include <cstdio>
#include <list>
#include <span>
#include <string>

#include "support/cmocka.h"

namespace jk::test {

/// Runs the tests of all `files` under the name of the program; returns how many failed.
inline int run_groups(const char* program, std::span<Group (*const)()> files)
{
    (void)std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a test that hangs or dies leaves its name
    std::list<std::string> names;                    // cmocka keeps pointers to them
    std::vector<CMUnitTest> all;
    for (const auto file : files) {
        for (CMUnitTest test : file().tests) {
            test.name = names.emplace_back(std::string{file().name} + ": " + test.name).c_str();
            all.push_back(test);
        }
    }
    return _cmocka_run_group_tests(program, all.data(), all.size(), nullptr, nullptr);
}

}  // namespace jk::test
