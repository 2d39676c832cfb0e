// Complaints. Tested by tests/unit/base/complaint_test.cc.
#include "base/complaint.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/wording.h"

namespace jk {

bool has_error(const Complaints& complaints) noexcept
{
    return std::any_of(complaints.begin(), complaints.end(),
                       [](const Complaint& one) { return one.severity == Severity::error; });
}

void append(Complaints& to, const Complaints& more)
{
    to.insert(to.end(), more.begin(), more.end());
}

void drop_repeated(Complaints& complaints)
{
    std::set<std::tuple<std::string, unsigned, std::string>> seen;
    Complaints kept;
    for (Complaint& one : complaints) {
        if (seen.emplace(one.place.file, one.place.line, one.text).second) {
            kept.push_back(std::move(one));
        }
    }
    complaints = std::move(kept);
}

void sort_by_place(Complaints& complaints)
{
    std::map<std::string, std::size_t> order;  // of files, by first appearance
    for (const Complaint& one : complaints) {
        order.emplace(one.place.file, order.size());
    }
    const auto key = [&](const Complaint& one) {
        return std::pair{order.at(one.place.file), one.place.line};
    };
    std::stable_sort(complaints.begin(), complaints.end(),
                     [&](const Complaint& a, const Complaint& b) { return key(a) < key(b); });
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
