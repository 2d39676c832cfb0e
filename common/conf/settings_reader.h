// The properties of one worker → its settings, by the rows of its type.
#pragma once

#include <span>
#include <string_view>

#include "base/complaint.h"
#include "conf/properties.h"
#include "conf/property_spec.h"

namespace jk::conf {

/// Reads the workers of one property list.
class SettingsReader {
public:
    /// Requires: both outlive the reader.
    SettingsReader(const Properties& properties, Complaints& complaints) noexcept
        : properties_(properties), complaints_(complaints)
    {}

    /// Reads every property worker.<worker>.<row> into `settings`, which holds the defaults, then
    /// lets the rows settle. An old name counts where the new one is absent or, of a number,
    /// negative. Complaints name the property, its text (unless secret) and what to do.
    template <class Settings>
    void read(std::string_view worker, std::span<const PropertySpec<Settings>> rows,
              Settings& settings);

private:
    template <class Settings>
    void set_given(std::string_view worker, const PropertySpec<Settings>& row, Settings& settings,
                   Given& given);
    template <class Settings>
    void settle(std::string_view worker, const PropertySpec<Settings>& row, Settings& settings,
                const Given& given);

    const Properties& properties_;
    Complaints& complaints_;
};

}  // namespace jk::conf
