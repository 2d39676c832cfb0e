// Edits are applied through the rows of the properties, as the configuration is: a new property can
// be edited when its row says so, and nothing here changes.
//
// An edit carries a fingerprint of the value that was configured when it was made. With another one
// somebody has changed the file since, and means it.
// Tested by tests/unit/lb/edited_settings_test.cc.
#include "lb/edited_settings.h"

#include <algorithm>
#include <tuple>

#include "base/wording.h"
#include "conf/ajp_properties.h"
#include "conf/lb_properties.h"

namespace jk::lb {

namespace {

template <class Settings>
const conf::PropertySpec<Settings>* row_of(std::span<const conf::PropertySpec<Settings>> rows,
                                           std::string_view property) noexcept
{
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const auto& row) { return row.name == property; });
    return found == rows.end() ? nullptr : &*found;
}

conf::Assignment refused(std::string_view remark)
{
    return {false, Severity::error, std::string{remark}};
}

template <class Settings>
conf::Assignment set_row(const conf::PropertySpec<Settings>* row, InEdit<Settings> edit,
                         std::string_view text)
{
    if (row == nullptr) {
        return refused("is no property; look at the list of properties");
    }
    if ((row->flags & conf::flag::editable) == 0) {
        return refused("cannot be changed at run time; change the file and restart httpd");
    }
    if (conf::get(*row, edit.settings) == text) {
        return {};  // a form sends every value, also one that only the file may have
    }
    if (conf::get(*row, edit.configured) == text) {
        conf::copy(*row, edit.settings, edit.configured);
        return {};
    }
    conf::Assignment result = conf::edit(*row, edit.settings, text);
    if (!result.remark.empty()) {
        result.remark = concat({quoted(text), " ", result.remark});
    }
    return result;
}

/// A route with a dot names its domain, where none is given (status.md 10.2).
void follow_route(conf::AjpSettings& settings)
{
    const std::size_t dot = settings.route.find('.');
    if (settings.domain.empty() && dot != std::string::npos) {
        settings.domain = settings.route.substr(0, dot);
    }
}

bool is_known(const conf::WorkerSet& workers, const EditTarget& target) noexcept
{
    return target.kind == EditKind::balancer ? find_balancer(workers, target) != nullptr
                                             : find_worker(workers, target) != nullptr;
}

auto key_of(const EditTarget& target) noexcept
{
    return std::tuple{target.kind, target.balancer, target.worker};
}

}  // namespace

std::string to_text(const EditTarget& target)
{
    switch (target.kind) {
    case EditKind::balancer: return concat({"balancer ", escaped(target.balancer)});
    case EditKind::member:
        return concat({"member ", escaped(target.worker), " of ", escaped(target.balancer)});
    case EditKind::worker: break;
    }
    return concat({"worker ", escaped(target.worker)});
}

conf::Assignment set_edited(conf::LbSettings& settings, std::string_view property,
                            std::string_view text)
{
    return set_edited(InEdit<conf::LbSettings>{settings, settings}, property, text);
}

conf::Assignment set_edited(InEdit<conf::LbSettings> edit, std::string_view property,
                            std::string_view text)
{
    return set_row(row_of(conf::lb_properties(), property), edit, text);
}

conf::Assignment set_edited(EditKind kind, conf::AjpSettings& settings, std::string_view property,
                            std::string_view text)
{
    return set_edited(kind, InEdit<conf::AjpSettings>{settings, settings}, property, text);
}

conf::Assignment set_edited(EditKind kind, InEdit<conf::AjpSettings> edit,
                            std::string_view property, std::string_view text)
{
    const auto* const row = row_of(conf::ajp_properties(), property);
    const bool is_of_member = row != nullptr && (row->flags & conf::flag::member) != 0;
    if (is_of_member && kind == EditKind::worker) {
        return refused("is a property of a member; name the balancer, too");
    }
    const bool is_editable = row != nullptr && (row->flags & conf::flag::editable) != 0;
    if (is_editable && !is_of_member && kind == EditKind::member) {
        return refused("is a property of the worker in all its balancers; name none");
    }
    conf::Assignment result = set_row(row, edit, text);
    if (result.is_set && property == "route") {
        follow_route(edit.settings);
    }
    return result;
}

EditList::EditList(std::vector<Edit> edits) : edits_(std::move(edits))
{
    std::stable_sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) {
        return key_of(a.target()) < key_of(b.target());
    });
}

std::span<const Edit> EditList::of(const EditTarget& target) const noexcept
{
    const auto first = std::lower_bound(
        edits_.begin(), edits_.end(), target,
        [](const Edit& a, const EditTarget& b) { return key_of(a.target()) < key_of(b); });
    const auto last = std::find_if(first, edits_.end(),
                                   [&](const Edit& edit) { return edit.target() != target; });
    return {first, last};
}

void EditList::apply(const EditTarget& target, conf::LbSettings& settings) const
{
    for (const Edit& edit : of(target)) {
        (void)set_edited(settings, edit.property, edit.value);
    }
}

void EditList::apply(const EditTarget& target, conf::AjpSettings& settings) const
{
    for (const Edit& edit : of(target)) {
        (void)set_edited(edit.kind, settings, edit.property, edit.value);
    }
}

const conf::LbWorker* find_balancer(const conf::WorkerSet& workers,
                                    const EditTarget& target) noexcept
{
    const auto found =
        std::find_if(workers.lb.begin(), workers.lb.end(),
                     [&](const conf::LbWorker& one) { return one.name == target.balancer; });
    return found == workers.lb.end() ? nullptr : &*found;
}

const conf::AjpWorker* find_worker(const conf::WorkerSet& workers,
                                   const EditTarget& target) noexcept
{
    const auto found =
        std::find_if(workers.ajp.begin(), workers.ajp.end(),
                     [&](const conf::AjpWorker& one) { return one.name == target.worker; });
    if (found == workers.ajp.end() || target.kind == EditKind::worker) {
        return found == workers.ajp.end() ? nullptr : &*found;
    }
    const auto index = static_cast<std::size_t>(found - workers.ajp.begin());
    const conf::LbWorker* const balancer = find_balancer(workers, target);
    const bool is_member = balancer != nullptr &&
                           std::find(balancer->members.begin(), balancer->members.end(), index) !=
                               balancer->members.end();
    return is_member ? &*found : nullptr;
}

std::string configured(const conf::WorkerSet& workers, const EditTarget& target,
                       std::string_view property)
{
    if (target.kind == EditKind::balancer) {
        const conf::LbWorker* const balancer = find_balancer(workers, target);
        const auto* const row = row_of(conf::lb_properties(), property);
        return balancer == nullptr || row == nullptr ? "" : conf::get(*row, balancer->settings);
    }
    const conf::AjpWorker* const worker = find_worker(workers, target);
    const auto* const row = row_of(conf::ajp_properties(), property);
    return worker == nullptr || row == nullptr ? "" : conf::get(*row, worker->settings);
}

namespace {

/// The name of another member that has the route, by the file or by an edit that stays.
const std::string* other_with_route(const conf::WorkerSet& workers, const EditList& kept,
                                    const Edit& route)
{
    for (const std::size_t index : find_balancer(workers, route.target())->members) {
        const conf::AjpWorker& member = workers.ajp[index];
        conf::AjpSettings settings = member.settings;
        kept.apply({EditKind::member, route.balancer, member.name}, settings);
        if (member.name != route.worker && settings.route == route.value) {
            return &member.name;
        }
    }
    return nullptr;
}

/// Two members of one route would share their sessions (status.md S13): a new one may bring it.
/// Returns true where it took an edit out of those that stay, whose member then has another route.
bool end_taken_route(const conf::WorkerSet& workers, std::vector<Edit>& kept,
                     std::vector<Edit>& ended, Complaints& notes)
{
    const EditList list{kept};
    for (auto edit = kept.begin(); edit != kept.end(); ++edit) {
        if (edit->property != "route" || edit->value.empty()) {
            continue;
        }
        if (const std::string* const other = other_with_route(workers, list, *edit)) {
            notes.push_back({Severity::note,
                             {},
                             concat({to_text(edit->target()), ": route was ", quoted(edit->value),
                                     " by a change at run time; the member ", quoted(*other),
                                     " has that now, so that of the file counts"})});
            ended.push_back(*edit);
            kept.erase(edit);
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<Edit> ended_by(const conf::WorkerSet& workers, const std::vector<Edit>& edits,
                           Complaints& notes)
{
    std::vector<Edit> ended;
    std::vector<Edit> kept;
    for (const Edit& edit : edits) {
        const std::string in_file = configured(workers, edit.target(), edit.property);
        const bool is_there = is_known(workers, edit.target());
        if (is_there && fingerprint(in_file) == edit.fingerprint) {
            kept.push_back(edit);
            continue;
        }
        if (is_there) {
            notes.push_back({Severity::note,
                             {},
                             concat({to_text(edit.target()), ": ", escaped(edit.property), " was ",
                                     quoted(edit.value), " by a change at run time; the file now ",
                                     "says ", quoted(in_file), ", which counts"})});
        }
        ended.push_back(edit);
    }
    while (end_taken_route(workers, kept, ended, notes)) {
    }
    return ended;
}

}  // namespace jk::lb
