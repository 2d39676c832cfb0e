// All property names: those of the three tables with their old names, those that are no setting of
// a worker, and those that only live on in old files. Tested by tests/unit/conf/known_names_test.cc.
#include "conf/known_names.h"

#include <array>

#include "base/nearest_name.h"
#include "conf/ajp_properties.h"
#include "conf/lb_properties.h"
#include "conf/status_properties.h"

namespace jk::conf {

namespace {

// name, use, list, secret, instead
constexpr std::array common_names{
    KnownName{"list", NameUse::current, true},
    KnownName{"maintain"},
    KnownName{"type"},
    KnownName{"reference"},
};
constexpr std::array dead_names{
    KnownName{"secretkey", NameUse::dead, false, true, "secret"},
    KnownName{"recycle_timeout", NameUse::dead, false, false, "connection_pool_timeout"},
    KnownName{"local_worker", NameUse::dead, false, false, "distance"},
    KnownName{"local_worker_only", NameUse::dead, false, false, "distance"},
    KnownName{"sysprops", NameUse::dead},
    KnownName{"stderr", NameUse::dead},
    KnownName{"stdout", NameUse::dead},
    KnownName{"mx", NameUse::dead},
    KnownName{"ms", NameUse::dead},
    KnownName{"class_path", NameUse::dead},
    KnownName{"bridge", NameUse::dead},
    KnownName{"jvm_lib", NameUse::dead},
    KnownName{"ld_path", NameUse::dead},
    KnownName{"cmd_line", NameUse::dead},
    KnownName{"native_lib", NameUse::dead},
};

/// What the same thing is called elsewhere: in Tomcat, and in other load balancers.
struct ForeignName {
    std::string_view name;
    std::string_view instead;
};
constexpr std::array foreign_names{
    ForeignName{"address", "host"},
    ForeignName{"hostname", "host"},
    ForeignName{"keepalive", "socket_keepalive"},
    ForeignName{"members", "balance_workers"},
    ForeignName{"packetSize", "max_packet_size"},
    ForeignName{"requiredSecret", "secret"},
    ForeignName{"status", "activation"},
    ForeignName{"stickysession", "sticky_session"},
    ForeignName{"weight", "lbfactor"},
};

template <class Settings> KnownName current_name(const PropertySpec<Settings>& row) noexcept
{
    const bool is_old = (row.flags & flag::old) != 0;
    return {row.name, is_old ? NameUse::old : NameUse::current, (row.flags & flag::list) != 0,
            (row.flags & flag::secret) != 0, is_old ? row.help : std::string_view{}};
}

template <class Settings> KnownName old_name(const PropertySpec<Settings>& row) noexcept
{
    return {row.old_name, NameUse::old, (row.flags & flag::list) != 0,
            (row.flags & flag::secret) != 0, row.name};
}

/// Calls `use` with every name of `rows` until it says true.
template <class Settings, class Use>
bool any_of_rows(std::span<const PropertySpec<Settings>> rows, const Use& use)
{
    for (const PropertySpec<Settings>& row : rows) {
        if (use(current_name(row)) || (!row.old_name.empty() && use(old_name(row)))) {
            return true;
        }
    }
    return false;
}

/// Calls `use` with every name there is until it says true.
template <class Use> void any_name(const Use& use)
{
    for (const KnownName& known : common_names) {
        if (use(known)) {
            return;
        }
    }
    if (any_of_rows(ajp_properties(), use) || any_of_rows(lb_properties(), use) ||
        any_of_rows(status_properties(), use)) {
        return;
    }
    for (const KnownName& known : dead_names) {
        if (use(known)) {
            return;
        }
    }
}

/// True for a name alone, false for "activation=stopped".
bool is_name(std::string_view instead) noexcept
{
    return instead.find('=') == std::string_view::npos;
}

/// The current name for one of the names there are.
std::string_view todays_name(std::string_view name) noexcept
{
    for (const ForeignName& row : foreign_names) {
        if (row.name == name) {
            return row.instead;
        }
    }
    const std::optional<KnownName> known = find_known_name(name);
    return known && known->use == NameUse::old ? known->instead : name;
}

}  // namespace

std::optional<KnownName> find_known_name(std::string_view name) noexcept
{
    std::optional<KnownName> found;
    any_name([&](const KnownName& known) {
        if (known.name == name) {
            found = known;
        }
        return found.has_value();
    });
    return found;
}

std::string_view nearest_known_name(std::string_view misspelt) noexcept
{
    NearestName nearest{misspelt};
    const auto offer = [&](NameUse use) {
        any_name([&](const KnownName& known) {
            if (known.use == use && (use == NameUse::current || is_name(known.instead))) {
                nearest.offer(known.name);
            }
            return false;
        });
    };
    offer(NameUse::current);
    offer(NameUse::old);
    for (const ForeignName& row : foreign_names) {
        nearest.offer(row.name);
    }
    return todays_name(nearest.best());
}

}  // namespace jk::conf
