// Text to field and field to text. set() tries one reader per kind of field; the alternative that
// the row holds decides. Tested by tests/unit/conf/property_spec_test.cc.
#include "conf/property_spec.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/wording.h"
#include "conf/value.h"

namespace jk::conf {

namespace {

/// Where a text comes from: at run time nobody reads a warning before it counts.
enum class Source : std::uint8_t { file, edit };

/// What holds where a text is no value of its row.
struct Terms {
    Source source;
    Limits limits;
    std::string_view fallback;
};

std::string with_default(std::string_view remark, std::string_view fallback)
{
    if (fallback.empty()) {
        return concat({remark, "; the default counts"});
    }
    return concat({remark, "; the default counts (", fallback, ")"});
}

Assignment unreadable(std::string_view remark, const Terms& terms)
{
    if (terms.source == Source::edit) {
        return {false, Severity::error, std::string{remark}};
    }
    return {false, Severity::warning, with_default(remark, terms.fallback)};
}

Assignment refused(std::string remark)
{
    return {false, Severity::error, std::move(remark)};
}

std::string below(int least)
{
    return concat({"is taken as ", decimal(least), ", the least it can be"});
}

/// Stores what was read, whatever its type.
template <class T> Assignment store(T& field, Reading<T> reading, const Terms& terms)
{
    if (!reading.value) {
        return unreadable(reading.remark, terms);
    }
    field = std::move(*reading.value);
    return {true, Severity::warning, std::string{reading.remark}};
}

/// Says what is wrong with a number at run time, empty for nothing.
std::string outside(std::int64_t number, const Limits& limits)
{
    if (number < limits.least) {
        return concat({"is less than ", decimal(limits.least), ", the least it can be"});
    }
    if (number < limits.least_edited) {
        return concat({"is less than ", decimal(limits.least_edited), ", the least of a change"});
    }
    if (number > limits.most_edited) {
        return concat({"is more than ", decimal(limits.most_edited), ", the most it can be"});
    }
    return {};
}

template <class T> Assignment set_number(T& field, std::string_view text, const Terms& terms)
{
    const Reading<std::int64_t> reading = read_integer(text);
    if (!reading.value) {
        return unreadable(reading.remark, terms);
    }
    if (terms.source == Source::edit && !outside(*reading.value, terms.limits).empty()) {
        return refused(outside(*reading.value, terms.limits));
    }
    if (*reading.value > terms.limits.most) {
        return unreadable("is too large a number", terms);
    }
    const int least = terms.limits.least;
    const bool is_below = *reading.value < least;
    field = static_cast<T>(is_below ? least : *reading.value);
    return {true, Severity::warning, is_below ? below(least) : std::string{reading.remark}};
}

Assignment set_text(std::string& field, Limits limits, std::string_view text)
{
    if (text.size() > static_cast<std::size_t>(limits.most)) {
        return refused(concat({"is ", decimal(static_cast<std::int64_t>(text.size())),
                               " bytes long; shorten it to at most ", decimal(limits.most)}));
    }
    // A name goes into cookies, paths and logs; in every other text a tab is as good as a blank.
    const bool is_name = limits.most < std::numeric_limits<int>::max();
    const auto is_bad = [is_name](char c) { return is_control(c) && (c != '\t' || is_name); };
    if (std::any_of(text.begin(), text.end(), is_bad)) {
        return refused("holds a control character; remove it");
    }
    field = text;
    return {};
}

std::string joined(const std::vector<std::string>& pieces)
{
    std::string text;
    for (const std::string& piece : pieces) {
        text += text.empty() ? piece : concat({",", piece});
    }
    return text;
}

std::string joined(const std::vector<int>& numbers)
{
    std::string text;
    for (const int number : numbers) {
        text += concat({text.empty() ? "" : ",", decimal(number)});
    }
    return text;
}

std::string shown(bool value)
{
    return value ? "True" : "False";
}
std::string shown(const std::string& value)
{
    return value;
}
std::string shown(const std::vector<std::string>& value)
{
    return joined(value);
}
std::string shown(const std::vector<int>& value)
{
    return joined(value);
}
std::string shown(int value)
{
    return decimal(value);
}
std::string shown(unsigned value)
{
    return decimal(value);
}
template <class Keyword> std::string shown(Keyword value)
{
    return std::string{to_text(value)};
}

/// Calls `use` with the member pointer that `field` holds. Not std::visit, whose table of functions
/// becomes a unique symbol.
template <class Settings, class Use, std::size_t at = 0>
void with_field(const Field<Settings>& field, const Use& use)
{
    if constexpr (at < std::variant_size_v<Field<Settings>>) {
        if (const auto* const member = std::get_if<at>(&field)) {
            return use(*member);
        }
        with_field<Settings, Use, at + 1>(field, use);
    }
}

/// Reads into one field; the overloads are the kinds of fields there are.
struct Setter {
    std::string_view text;
    Terms terms;

    Assignment operator()(int& field) const { return set_number(field, text, terms); }
    Assignment operator()(unsigned& field) const
    {
        if (read_integer(text).value.value_or(0) < 0) {
            return unreadable("is negative", terms);
        }
        return set_number(field, text, terms);
    }
    Assignment operator()(std::string& field) const { return set_text(field, terms.limits, text); }
    Assignment operator()(bool& field) const { return store(field, read_boolean(text), terms); }
    Assignment operator()(std::vector<std::string>& field) const
    {
        field = read_list(text);
        return {};
    }
    Assignment operator()(std::vector<int>& field) const
    {
        return store(field, read_integer_list(text), terms);
    }
    /// What is no activation is active in a file, whatever the old names for it say.
    Assignment operator()(Activation& field) const
    {
        Assignment result = store(field, read_activation(text), terms);
        if (!result.is_set && terms.source == Source::file) {
            field = Activation::active;
            result.is_set = true;
        }
        return result;
    }
    Assignment operator()(Method& field) const { return store(field, read_method(text), terms); }
    Assignment operator()(Lock& field) const { return store(field, read_lock(text), terms); }
    Assignment operator()(GetEdit& field) const { return store(field, read_get_edit(text), terms); }
};

template <class Settings>
Assignment read_into(const PropertySpec<Settings>& row, Settings& settings, std::string_view text,
                     Source source)
{
    Assignment result;
    const Setter setter{text,
                        {source, row.limits, row.derived.empty() ? row.fallback : row.derived}};
    with_field<Settings>(row.field, [&](auto member) { result = setter(settings.*member); });
    return result;
}

}  // namespace

bool Given::has(std::string_view name) const noexcept
{
    return std::find(names_.begin(), names_.end(), name) != names_.end();
}

template <class Settings>
Assignment set(const PropertySpec<Settings>& row, Settings& settings, std::string_view text)
{
    return read_into(row, settings, text, Source::file);
}

template <class Settings>
Assignment edit(const PropertySpec<Settings>& row, Settings& settings, std::string_view text)
{
    Assignment result = read_into(row, settings, text, Source::edit);
    if (result.is_set && (row.flags & flag::settled) != 0) {
        Given given;
        given.add(row.name);
        row.settle(settings, given);
    }
    return result;
}

template <class Settings>
void copy(const PropertySpec<Settings>& row, Settings& settings, const Settings& from)
{
    with_field<Settings>(row.field, [&](auto member) { settings.*member = from.*member; });
}

template <class Settings>
std::string get(const PropertySpec<Settings>& row, const Settings& settings)
{
    std::string text;
    with_field<Settings>(row.field, [&](auto member) { text = shown(settings.*member); });
    return text;
}

template Assignment set(const PropertySpec<AjpSettings>&, AjpSettings&, std::string_view);
template Assignment set(const PropertySpec<LbSettings>&, LbSettings&, std::string_view);
template Assignment set(const PropertySpec<StatusSettings>&, StatusSettings&, std::string_view);
template Assignment edit(const PropertySpec<AjpSettings>&, AjpSettings&, std::string_view);
template Assignment edit(const PropertySpec<LbSettings>&, LbSettings&, std::string_view);
template void copy(const PropertySpec<AjpSettings>&, AjpSettings&, const AjpSettings&);
template void copy(const PropertySpec<LbSettings>&, LbSettings&, const LbSettings&);
template std::string get(const PropertySpec<AjpSettings>&, const AjpSettings&);
template std::string get(const PropertySpec<LbSettings>&, const LbSettings&);
template std::string get(const PropertySpec<StatusSettings>&, const StatusSettings&);

}  // namespace jk::conf
