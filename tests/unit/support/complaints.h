// Complaints as one text, so that a test states all of them, word for word.
#pragma once

#include <string>

#include "base/complaint.h"

namespace jk::test {

/// A line each: "error file:line: sentence".
inline std::string all_of(const Complaints& complaints)
{
    std::string text;
    for (const Complaint& one : complaints) {
        text += one.severity == Severity::error     ? "error "
                : one.severity == Severity::warning ? "warning "
                                                    : "note ";
        text += to_text(one) + "\n";
    }
    return text;
}

}  // namespace jk::test
