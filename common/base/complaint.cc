// Complaints. Tested by tests/unit/base/complaint_test.cc.
#include "base/complaint.h"

#include <algorithm>

#include "base/wording.h"

namespace jk {

bool has_error(const Complaints& complaints) noexcept
{
    return std::any_of(complaints.begin(), complaints.end(),
                       [](const Complaint& one) { return one.severity == Severity::error; });
}

std::string to_text(const Place& place)
{
    return place.line == 0 ? place.file : concat({place.file, ":", decimal(place.line)});
}

std::string to_text(const Complaint& complaint)
{
    if (complaint.place.file.empty()) {
        return complaint.text;
    }
    return concat({to_text(complaint.place), ": ", complaint.text});
}

}  // namespace jk
