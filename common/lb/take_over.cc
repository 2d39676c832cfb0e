// What a new segment takes over from the one before: each of its names is looked for there, and what
// stands under it is copied or added, field by field.
// Tested by tests/unit/lb/take_over_test.cc.
#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "lb/member_state.h"
#include "lb/segment.h"

namespace jk::lb {

namespace {

template <class T> void copy(Shared<T>& to, const Shared<T>& from) noexcept
{
    to.store(from.load());
}

void copy(WorkerSlot& to, const WorkerSlot& from) noexcept
{
    copy(to.used, from.used);
    copy(to.transferred, from.transferred);
    copy(to.read, from.read);
    copy(to.error_time, from.error_time);
    copy(to.errors, from.errors);
    copy(to.client_errors, from.client_errors);
    copy(to.reply_timeouts, from.reply_timeouts);
    copy(to.max_busy, from.max_busy);
    copy(to.max_connected, from.max_connected);
    copy(to.state, from.state);
    copy(to.last_reset, from.last_reset);
    copy(to.last_maintenance, from.last_maintenance);
    copy(to.used_snapshot, from.used_snapshot);
}

void copy(BalancerSlot& to, const BalancerSlot& from) noexcept
{
    copy(to.last_maintenance, from.last_maintenance);
    copy(to.last_reset, from.last_reset);
    copy(to.max_busy, from.max_busy);
}

void copy(MemberSlot& to, const MemberSlot& from) noexcept
{
    copy(to.standing, from.standing);
    end_probe_of(to, standing_of(to).prober);
    copy(to.lb_value, from.lb_value);
    copy(to.sessions, from.sessions);
    copy(to.used_snapshot, from.used_snapshot);
    copy(to.first_error_time, from.first_error_time);
    copy(to.last_error_time, from.last_error_time);
    copy(to.errors, from.errors);
}

bool is_same(const MemberSlot& a, const MemberSlot& b) noexcept
{
    return a.name.view() == b.name.view() && a.balancer.view() == b.balancer.view();
}
template <class Slot> bool is_same(const Slot& a, const Slot& b) noexcept
{
    return a.name.view() == b.name.view();
}

template <class Slot>
void copy_named(std::span<Slot> to, std::type_identity_t<std::span<const Slot>> from) noexcept
{
    for (Slot& slot : to) {
        const auto old = std::find_if(from.begin(), from.end(),
                                      [&](const Slot& other) { return is_same(slot, other); });
        if (!slot.name.view().empty() && old != from.end()) {
            copy(slot, *old);
        }
    }
}

}  // namespace

bool Segment::names(const Edit& edit) const noexcept
{
    const auto is_named = [](const auto& slots, std::string_view name) {
        return std::any_of(slots.begin(), slots.end(),
                           [&](const auto& slot) { return slot.name.view() == name; });
    };
    return edit.kind == EditKind::worker ? is_named(workers_, edit.worker)
                                         : is_named(balancers_, edit.balancer);
}

void Segment::take_over_measures(const Segment& old)
{
    for (const WorkerSlot& slot : workers_) {
        const auto same = std::find_if(old.workers_.begin(), old.workers_.end(),
                                       [&](const WorkerSlot& one) { return is_same(slot, one); });
        if (!slot.name.view().empty() && same != old.workers_.end()) {
            measures(slot).add(old.measures(*same));
        }
    }
}

void Segment::take_over(const Segment& old)
{
    copy_named(workers_, old.workers_);
    copy_named(balancers_, old.balancers_);
    copy_named(members_, old.members_);
    take_over_measures(old);
    constexpr std::uint32_t anybody = 1;
    const std::vector<Failure> failed = old.failures_.all();
    std::for_each(failed.rbegin(), failed.rend(),
                  [&](const Failure& one) { failures_.add(one, anybody); });
    std::uint32_t ignored = 0;
    for (const Edit& edit : old.edits_.all(ignored)) {
        if (names(edit)) {
            (void)edits_.write(edit, anybody);
        }
    }
}

}  // namespace jk::lb
