// Edits of one request, tried on copies before anything is changed: all of them, or none.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conf/worker_set.h"
#include "lb/edited_settings.h"
#include "runtime/runtime.h"
#include "status/change.h"

namespace jk::httpd {

/// Resolves without a pool of the caller's: those of the configuration are for one thread. `why`
/// says what is wrong where the result is not valid.
[[nodiscard]] Address resolve_alone(const conf::AjpSettings& settings, std::string& why);
/// True where host and port are the same.
[[nodiscard]] bool is_same_place(const conf::AjpSettings& a, const conf::AjpSettings& b) noexcept;

/// True for "host" and "port".
[[nodiscard]] bool is_place(std::string_view property) noexcept;

/// The address of a worker with settings that it is to get.
struct FoundAddress {
    const conf::AjpWorker* worker = nullptr;
    conf::AjpSettings settings;
    Address address;
};

/// Lives as long as one call of Runtime::edit(); changes are added under its lock. Refusals carry
/// the index of the change.
class EditPlan {
public:
    /// Requires: all four outlive the plan. `edits` are those that are made already.
    EditPlan(const conf::WorkerSet& workers, std::span<const BalancedSet> balanced,
             const lb::EditList& edits, std::span<const status::Change> changes) noexcept
        : configured_(workers), balanced_(balanced), edits_(edits), changes_(changes)
    {}

    /// Sets what the change says on copies, on top of the changes added before.
    [[nodiscard]] std::optional<status::Refusal> add(std::size_t index);
    /// Looks at everything together: routes that two members would have (status.md S13), hosts that
    /// have no address. May block, for names are resolved: needs no lock.
    [[nodiscard]] std::optional<status::Refusal> check();
    /// The addresses that check() found.
    [[nodiscard]] const std::vector<FoundAddress>& found() const noexcept { return found_; }
    /// The changes that make a difference, in their order.
    [[nodiscard]] const std::vector<Edited>& made() const noexcept { return made_; }

private:
    template <class Settings> struct Draft {
        lb::EditTarget target;
        Settings before;
        Settings now;
    };
    using WorkerDraft = Draft<conf::AjpSettings>;

    [[nodiscard]] std::optional<status::Refusal> add_to_balancer(std::size_t index);
    [[nodiscard]] std::optional<status::Refusal> add_to_worker(std::size_t index);
    template <class Rows, class Settings, class Set>
    [[nodiscard]] std::optional<status::Refusal> put(std::size_t index, Rows rows,
                                                     Draft<Settings>& draft, Set set);
    template <class Settings>
    Draft<Settings>& draft_of(std::vector<Draft<Settings>>& drafts, const lb::EditTarget& target,
                              const Settings& configured) const;
    [[nodiscard]] const WorkerDraft* find(const lb::EditTarget& target) const noexcept;
    /// As they will be after all changes, each with its member; sorted.
    struct Routes {
        const BalancedSet* set;
        std::vector<std::pair<std::string_view, std::size_t>> all;
    };

    [[nodiscard]] std::optional<status::Refusal> check_route(std::size_t index);
    [[nodiscard]] std::optional<status::Refusal> check_address(std::size_t index);
    [[nodiscard]] Routes routes_of(const BalancedSet& set) const;
    [[nodiscard]] const Routes* find_routes(const std::string& balancer);

    const conf::WorkerSet& configured_;
    std::span<const BalancedSet> balanced_;
    const lb::EditList& edits_;
    std::span<const status::Change> changes_;
    std::vector<Draft<conf::LbSettings>> balancers_;
    std::vector<WorkerDraft> workers_;
    std::vector<Routes> routes_;  ///< of the balancers that were asked for
    std::vector<Edited> made_;
    std::vector<FoundAddress> found_;
};

}  // namespace jk::httpd
