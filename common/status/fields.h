// Every field that the status shows: one row each, saying what it is called, where it is shown and
// how it is read. Formats walk the rows and know no field of their own (status.md 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "status/document.h"

namespace jk::status {

/// A field's value as text. Numbers are decimal, so that a format with types may write them bare;
/// flags are True or False.
struct Value {
    enum class Type : std::uint8_t { absent, number, flag, text };
    Type type = Type::absent;
    std::string text;
};

/// How a field is treated; a set of these. What is not said is shown everywhere.
enum FieldTrait : unsigned {
    is_name = 1U,             ///< names its object: part of the key in properties
    is_quoted = 2U,           ///< in double quotes in the text format
    is_setting = 4U,          ///< configuration, as against what happens at run time
    is_of_members = 8U,       ///< members only, not direct workers
    is_of_direct = 16U,       ///< direct workers only
    is_after_next = 32U,      ///< changes places with the following row in text and properties
    is_under_balancer = 64U,  ///< a member's stands under its balancer's name in properties (S4)
    is_markup_only = 128U,    ///< not in text and properties
};

/// A row.
struct Field {
    std::string_view name;   ///< in XML, in text and as last part of a property's key
    std::string_view title;  ///< for people: the heading of a column
    unsigned traits;
    Value (*read)(const Subject& subject);
    std::string_view old_key = {};  ///< properties: the name under which it stood first (S4)

    [[nodiscard]] constexpr bool is(FieldTrait trait) const noexcept
    {
        return (traits & trait) != 0;
    }
};

/// Returns the fields of an object in the order of the XML format.
[[nodiscard]] std::span<const Field> fields_of(Kind kind) noexcept;
/// The rows of members and direct workers (status.md 5.3); use fields_of().
[[nodiscard]] std::span<const Field> worker_fields() noexcept;

/// Returns the field's value: absent where `subject` has no such field, or has none now.
[[nodiscard]] Value read(const Field& field, const Subject& subject);
/// Returns the value of the field of that name. Requires: fields_of(kind) has it.
[[nodiscard]] Value read(Kind kind, std::string_view name, const Subject& subject);

/// The orders in which the fields of an object are written.
enum class Order : std::uint8_t { markup, lines };

/// Calls `use(field, value)` for each field that `subject` has, in the order of the format.
template <class Use> void for_each_field(Kind kind, const Subject& subject, Order order, Use use)
{
    const std::span<const Field> fields = fields_of(kind);
    const auto show = [&](const Field& field) {
        const bool is_hidden = order == Order::lines && field.is(is_markup_only);
        if (const Value value = read(field, subject);
            !is_hidden && value.type != Value::Type::absent) {
            use(field, value);
        }
    };
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (order == Order::lines && fields[i].is(is_after_next)) {
            show(fields[i + 1]);
            show(fields[i]);
            ++i;
        } else {
            show(fields[i]);
        }
    }
}

}  // namespace jk::status
