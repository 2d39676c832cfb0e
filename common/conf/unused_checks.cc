// Workers that nothing uses: old files are full of samples, and one remark about each is enough.
// Properties are gathered by worker, with their places, in the order of the file; what was said at
// these places goes out. Tested by tests/unit/conf/unused_checks_test.cc.
#include "conf/unused_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/nearest_name.h"
#include "base/text.h"
#include "base/wording.h"
#include "conf/statement_checks.h"

namespace jk::conf {

namespace {

constexpr std::string_view prefix = "worker.";

using Names = std::set<std::string_view>;
using Line = std::pair<std::string_view, unsigned>;  // of a file

/// A worker's name and the properties that are written with it, the first one at the front.
struct Unused {
    std::string_view name;
    std::vector<const Property*> properties;
};

Names created_names(const WorkerSet& workers)
{
    Names names;
    for (const AjpWorker& worker : workers.ajp) {
        names.insert(worker.name);
    }
    for (const ListedWorker& worker : workers.listed) {
        names.insert(worker.name);
    }
    return names;
}

/// Adds what is mentioned without being created: templates, and members that cannot be any.
void add_mentioned(const Properties& properties, const WorkerSet& workers, Names& names)
{
    for (const LbWorker& balancer : workers.lb) {
        names.insert(balancer.settings.balance_workers.begin(),
                     balancer.settings.balance_workers.end());
    }
    for (const Property& property : properties.all()) {
        const std::string_view value = property.value;
        if (last_part(property.name) == "reference" && value.starts_with(prefix)) {
            names.insert(value.substr(prefix.size()));
        }
    }
}

std::vector<Unused> unused_workers(const Properties& properties, const Names& used)
{
    std::vector<Unused> unused;
    std::map<std::string_view, std::size_t> at;
    for (const Property& property : properties.all()) {
        const std::string_view owner = owner_of(property.name);
        if (owner.empty() || property.name != property.written || used.find(owner) != used.end()) {
            continue;
        }
        const auto [known, is_new] = at.emplace(owner, unused.size());
        if (is_new) {
            unused.push_back({owner, {}});
        }
        unused[known->second].properties.push_back(&property);
    }
    return unused;
}

/// The worker in use whose name differs from `name` in case alone, empty where there is none.
std::string_view same_but_for_case(std::string_view name, const Names& created) noexcept
{
    const auto found = std::find_if(created.begin(), created.end(), [name](std::string_view one) {
        return equals_caseless(one, name);
    });
    return found == created.end() ? std::string_view{} : *found;
}

/// The workers in use that have no properties.
std::vector<std::string_view> bare_workers(const Properties& properties, const WorkerSet& workers)
{
    std::vector<std::string_view> bare;
    for (const AjpWorker& worker : workers.ajp) {
        if (!properties.has_worker(worker.name)) {
            bare.push_back(worker.name);
        }
    }
    return bare;
}

std::string_view nearest_of(std::string_view name, const std::vector<std::string_view>& candidates)
{
    NearestName nearest{name};
    for (const std::string_view candidate : candidates) {
        nearest.offer(candidate);
    }
    return nearest.best();
}

/// Where a worker of this type may be named: nowhere when its type is none.
std::string_view lists_for(std::string_view type) noexcept
{
    if (type == to_text(WorkerType::ajp13)) {
        return "name it in worker.list or in a balance_workers";
    }
    const bool is_type = type == to_text(WorkerType::lb) || type == to_text(WorkerType::status);
    return is_type ? "name it in worker.list" : "";
}

std::string advice_on(const Unused& unused, std::string_view lists)
{
    const auto count = static_cast<std::int64_t>(unused.properties.size());
    const std::string removal = count == 1 ? std::string{"remove its property"}
                                           : concat({"remove its ", decimal(count), " properties"});
    return lists.empty() ? removal : concat({removal, ", or ", lists});
}

Complaint never_used(const Unused& unused, const std::string& advice)
{
    return {Severity::note, unused.properties.front()->place,
            concat({"the worker ", quoted(unused.name), " is never used; ", advice})};
}

/// `meant` is in use, `same` is empty or the same name in other case.
Complaint misspelt(const Unused& unused, std::string_view meant, std::string_view same)
{
    const std::string advice = concat(
        {"did you mean ", quoted(meant), "?", same.empty() ? "" : " Names count with their case"});
    Complaint complaint = never_used(unused, advice);
    complaint.severity = Severity::warning;
    return complaint;
}

void add_lines(const Unused& unused, std::set<Line>& lines)
{
    for (const Property* const property : unused.properties) {
        lines.emplace(property->place.file, property->place.line);
        for (const auto& [end, place] : property->earlier) {
            lines.emplace(place.file, place.line);
        }
    }
}

/// Takes out what was said of these lines, but for errors.
void forget(const std::set<Line>& lines, Complaints& complaints)
{
    const auto is_moot = [&](const Complaint& one) {
        return one.severity != Severity::error && one.place.line != 0 &&
               lines.find({one.place.file, one.place.line}) != lines.end();
    };
    complaints.erase(std::remove_if(complaints.begin(), complaints.end(), is_moot),
                     complaints.end());
}

}  // namespace

void check_unused(const Properties& properties, const WorkerSet& workers, Complaints& complaints)
{
    const Names created = created_names(workers);
    Names used = created;
    add_mentioned(properties, workers, used);
    const bool has_list = properties.find("worker.list") != nullptr;
    const std::vector<std::string_view> bare =
        has_list ? bare_workers(properties, workers) : std::vector<std::string_view>{};
    std::set<Line> moot;
    Complaints remarks;
    for (const Unused& one : unused_workers(properties, used)) {
        const std::string_view same = same_but_for_case(one.name, created);
        const std::string_view meant = same.empty() ? nearest_of(one.name, bare) : same;
        if (!meant.empty()) {
            remarks.push_back(misspelt(one, meant, same));
            continue;
        }
        const std::string_view lists =
            lists_for(properties.of_worker(one.name, "type").value_or("ajp13"));
        const bool is_wanted = !has_list && !lists.empty();
        remarks.push_back(never_used(one, is_wanted ? std::string{lists} : advice_on(one, lists)));
        if (!is_wanted) {
            add_lines(one, moot);
        }
    }
    forget(moot, complaints);
    complaints.insert(complaints.end(), remarks.begin(), remarks.end());
}

}  // namespace jk::conf
