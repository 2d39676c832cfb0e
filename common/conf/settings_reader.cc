// Reads a worker's settings in two passes over the rows: set what is written, then settle what
// follows from it. A written number that settling changed is pointed out.
// Tested by tests/unit/conf/settings_reader_test.cc.
#include "conf/settings_reader.h"

#include "base/text.h"
#include "base/wording.h"

namespace jk::conf {

namespace {

/// `worker.tc1.port "x"`, or without the text where it must not be seen.
std::string subject(const Property& property)
{
    if (property.holds_secret) {
        return concat({escaped(property.written), " "});
    }
    return concat({escaped(property.written), " ", quoted(property.value), " "});
}

template <class Settings> bool is_number(const PropertySpec<Settings>& row) noexcept
{
    return std::holds_alternative<int Settings::*>(row.field);
}

/// Returns the property to read the row from: its own, or that of its old name.
template <class Settings>
const Property* source_of(const PropertySpec<Settings>& row, std::string_view worker,
                          const Properties& properties)
{
    const Property* const own = properties.find_of_worker(worker, row.name);
    if (row.old_name.empty()) {
        return own;
    }
    const bool is_absent =
        own == nullptr || (is_number(row) && parse_leading_integer(own->value).value_or(0) < 0);
    const Property* const old =
        is_absent ? properties.find_of_worker(worker, row.old_name) : nullptr;
    return old == nullptr ? own : old;
}

}  // namespace

template <class Settings>
void SettingsReader::set_given(std::string_view worker, const PropertySpec<Settings>& row,
                               Settings& settings, Given& given)
{
    const Property* const property = source_of(row, worker, properties_);
    if (property == nullptr) {
        return;
    }
    const Assignment result = set(row, settings, property->value);
    if (!result.remark.empty()) {
        complaints_.push_back(
            {result.severity, property->place, subject(*property) + result.remark});
    }
    if (result.is_set) {
        given.add(row.name);
    }
}

template <class Settings>
void SettingsReader::settle(std::string_view worker, const PropertySpec<Settings>& row,
                            Settings& settings, const Given& given)
{
    if (row.settle == nullptr) {
        return;
    }
    const std::string written = get(row, settings);
    row.settle(settings, given);
    const std::string settled = get(row, settings);
    if (!is_number(row) || !given.has(row.name) || written == settled) {
        return;
    }
    const Property* const property = source_of(row, worker, properties_);
    complaints_.push_back(
        {Severity::warning, property->place,
         concat({subject(*property), "is taken as ", quoted(settled), "; ", row.advice})});
}

template <class Settings>
void SettingsReader::read(std::string_view worker, std::span<const PropertySpec<Settings>> rows,
                          Settings& settings)
{
    Given given;
    for (const PropertySpec<Settings>& row : rows) {
        set_given(worker, row, settings, given);
    }
    for (const PropertySpec<Settings>& row : rows) {
        settle(worker, row, settings, given);
    }
}

template void SettingsReader::read(std::string_view, std::span<const PropertySpec<AjpSettings>>,
                                   AjpSettings&);
template void SettingsReader::read(std::string_view, std::span<const PropertySpec<LbSettings>>,
                                   LbSettings&);
template void SettingsReader::read(std::string_view, std::span<const PropertySpec<StatusSettings>>,
                                   StatusSettings&);

}  // namespace jk::conf
