// Selection of workers by name, and of members by name or pattern.
// Tested by tests/unit/status/selection_test.cc.
#include "status/selection.h"

#include <algorithm>
#include <utility>

namespace jk::status {

namespace {

/// True when `name` matches `pattern`, where '*' is any characters and '?' is one. Takes time in
/// proportion to the product of their lengths at most: only the last '*' is ever tried again.
bool matches(std::string_view pattern, std::string_view name) noexcept
{
    constexpr std::size_t none = std::string_view::npos;
    std::size_t at = 0;
    std::size_t star = none;
    std::size_t star_name = 0;
    std::size_t i = 0;
    while (i < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            star_name = i;
        } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == name[i])) {
            ++at;
            ++i;
        } else if (star != none) {
            at = star + 1;
            i = ++star_name;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == none;
}

template <class Worker>
const Worker* find(const std::vector<Worker>& workers, std::string_view name) noexcept
{
    const auto is_named = [name](const Worker& worker) { return worker.name == name; };
    const auto found = std::find_if(workers.begin(), workers.end(), is_named);
    return found == workers.end() ? nullptr : &*found;
}

Result<Target> select_members(Target target, std::string_view name, SubWorker form)
{
    if (form == SubWorker::name && is_pattern(name)) {
        return failure(Errc::bad_value, "wildcard not allowed in sub worker for this command");
    }
    if (target.balancer == nullptr) {
        return failure(Errc::bad_value, "worker type has no sub workers");
    }
    for (const MemberView& member : target.balancer->members) {
        if (matches(name, member.worker.name)) {
            target.members.push_back(&member);
        }
    }
    if (target.members.empty()) {
        return failure(Errc::unknown_name, "could not find sub worker");
    }
    return target;
}

}  // namespace

bool is_pattern(std::string_view name) noexcept
{
    return name.find_first_of("*?") != std::string_view::npos;
}

Result<Target> select(const Page& page, SubWorker form, const Snapshot& snapshot)
{
    const std::string_view name = page.worker.value_or("");
    if (name.empty()) {
        return failure(Errc::bad_name, "NULL or EMPTY worker param");
    }
    if (page.member && page.member->empty()) {
        return failure(Errc::bad_name, "EMPTY sub worker param");
    }
    Target target;
    target.balancer = find(snapshot.balancers, name);
    target.worker = find(snapshot.workers, name);
    const auto& others = snapshot.others;
    if (target.balancer == nullptr && target.worker == nullptr &&
        std::find(others.begin(), others.end(), name) == others.end()) {
        return failure(Errc::unknown_name, "Could not find given worker");
    }
    return page.member ? select_members(std::move(target), *page.member, form)
                       : Result<Target>{std::move(target)};
}

}  // namespace jk::status
