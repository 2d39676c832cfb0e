// Which parameters are looked at depends on the target (status.md 10): those of other targets are
// ignored, as clients send whole forms. Tested by tests/unit/status/update_test.cc.
#include "status/update.h"

#include <algorithm>
#include <optional>

#include "base/wording.h"
#include "status/edit_names.h"

namespace jk::status {

namespace {

using lb::EditKind;

/// Makes the changes of one query.
class Reader {
public:
    Reader(const Query& query, Dialect dialect) noexcept : query_(query), dialect_(dialect) {}

    void balancer(const std::string& balancer)
    {
        for (const EditName& row : edit_names()) {
            if (row.kind == EditKind::balancer) {
                add(row, {.kind = row.kind, .balancer = balancer});
            }
        }
    }

    /// What belongs to the member alone, and what belongs to its worker in all balancers.
    void member(const std::string& balancer, const std::string& member)
    {
        for (const EditName& row : edit_names()) {
            if (row.kind == EditKind::member) {
                add(row, {.kind = row.kind, .balancer = balancer, .worker = member});
            }
        }
        add_old_activation({.kind = EditKind::member, .balancer = balancer, .worker = member});
        worker(member);
    }

    void worker(const std::string& worker)
    {
        for (const EditName& row : edit_names()) {
            if (row.kind == EditKind::worker) {
                add(row, {.kind = row.kind, .worker = worker});
            }
        }
    }

    /// One setting of all members, each with a value of its own: `val0`, `val1`, …
    void all_members(const BalancerView& balancer, const EditName& row)
    {
        for (std::size_t i = 0; i < balancer.members.size(); ++i) {
            const std::string name = "val" + decimal(static_cast<std::int64_t>(i));
            Change change{.kind = row.kind, .worker = balancer.members[i].worker.name};
            if (row.kind == EditKind::member) {
                change.balancer = balancer.name;
            }
            if (const auto value = query_.find(name)) {
                change.asked_as = name;
                put(row, std::move(change), *value);
            }
        }
    }

    [[nodiscard]] std::vector<Change> take() { return std::move(changes_); }

private:
    void add(const EditName& row, Change change)
    {
        const std::string_view name = dialect_ == Dialect::current ? row.name : row.old_name;
        if (dialect_ == Dialect::old_member && (name == "wa" || name == "wd")) {
            return;  // there `wd` is a boolean: add_old_activation()
        }
        const auto value = query_.find(name);
        if (!name.empty() && value) {
            change.asked_as = name;
            put(row, std::move(change), *value);
        }
    }

    void add_old_activation(Change change)
    {
        if (dialect_ != Dialect::old_member) {
            return;
        }
        if (const auto activation = old_activation(query_)) {
            change.asked_as = activation->asked_as;
            put(*find_edit_name("vwa"), std::move(change), activation->value);
        }
    }

    void put(const EditName& row, Change change, std::string_view value)
    {
        change.property = row.property;
        change.value = value;
        changes_.push_back(std::move(change));
    }

    const Query& query_;
    Dialect dialect_;
    std::vector<Change> changes_;
};

/// The name by which messages of status.md 4 call a property.
std::string_view spoken(std::string_view property) noexcept
{
    return property == "host" ? "host name" : property;
}

/// Remarks quote foreign text by double quotes, which would end the message in the text format.
std::string with_single_quotes(std::string text)
{
    std::replace(text.begin(), text.end(), '"', '\'');
    return text;
}

}  // namespace

Update read_update(const Query& query, const Target& target, Dialect dialect)
{
    Reader reader{query, dialect};
    const auto attribute = query.find("att");
    if (!target.members.empty()) {
        for (const MemberView* const member : target.members) {
            reader.member(target.balancer->name, member->worker.name);
        }
    } else if (target.balancer != nullptr && attribute) {
        const EditName* const row = find_edit_name(*attribute);
        if (row == nullptr || !may_be_set_for_all(*row)) {
            return {{},
                    concat({"Update failed: att='", escaped(*attribute), "' names no setting ",
                            "that can be set for all members"})};
        }
        reader.all_members(*target.balancer, *row);
    } else if (target.balancer != nullptr) {
        reader.balancer(target.balancer->name);
    } else if (target.worker != nullptr) {
        reader.worker(target.worker->name);
    } else {
        return {{}, "Update failed"};
    }
    return {reader.take(), {}};
}

std::string update_message(const Refusal& refusal, std::span<const Change> changes, SubWorker form)
{
    if (refusal.index >= changes.size()) {
        return concat({"Update failed: ", with_single_quotes(refusal.remark)});
    }
    const Change& change = changes[refusal.index];
    const std::string_view end =
        form == SubWorker::pattern ? " Aborting further wildcard updates." : "";
    constexpr std::string_view begin = "Update failed (at least partially): ";
    switch (refusal.reason) {
    case Reason::too_long:
        return concat({begin, "new ", spoken(change.property), " '", escaped(change.value),
                       "' too long for sub worker '", escaped(change.worker),
                       "', see log file for details.", end});
    case Reason::unresolved:
        return concat({begin, "could not resolve address '", with_single_quotes(refusal.remark),
                       "' for sub worker '", escaped(change.worker), "'.", end});
    case Reason::unknown:
    case Reason::bad_value:
    case Reason::taken:
    case Reason::wrong_state:
    case Reason::outdated:
    case Reason::failed: break;
    }
    return concat({"Update failed: ", escaped(change.asked_as), " ",
                   with_single_quotes(refusal.remark), "; nothing was changed"});
}

}  // namespace jk::status
