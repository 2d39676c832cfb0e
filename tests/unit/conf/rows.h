// What holds for the rows of every table.
#pragma once

#include <span>
#include <string>

#include "conf/property_spec.h"

namespace jk::test {

/// Returns what is wrong with `rows`, empty when nothing is: names and help are there, no name
/// comes twice, and the default that a row states is that of its field, unless it is derived.
template <class Settings> std::string fault_of(std::span<const conf::PropertySpec<Settings>> rows)
{
    const Settings defaults;
    std::string names = " ";
    for (const conf::PropertySpec<Settings>& row : rows) {
        const std::string name{row.name};
        if (name.empty() || row.help.empty()) {
            return "no name or no help: " + name;
        }
        if (names.find(" " + name + " ") != std::string::npos) {
            return "twice: " + name;
        }
        names += name + " ";
        if (conf::get(row, defaults) != row.fallback) {
            return name + " defaults to " + conf::get(row, defaults);
        }
    }
    return {};
}

}  // namespace jk::test
