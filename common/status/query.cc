// The query string: pieces between '&', each a raw name and an encoded value.
// Tested by tests/unit/status/query_test.cc.
#include "status/query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace jk::status {

namespace {

constexpr std::uint32_t max_refresh = 86400;

/// Returns the byte written as the two hexadecimal digits that `text` begins with; nullopt for
/// fewer, for other characters and for NUL.
std::optional<char> hexadecimal(std::string_view text) noexcept
{
    if (text.size() < 2) {
        return std::nullopt;
    }
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + 2, value, 16);
    if (error != std::errc{} || stop != text.data() + 2 || value == 0) {
        return std::nullopt;
    }
    return static_cast<char>(value);
}

std::optional<std::string> decode(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const auto byte = hexadecimal(text.substr(i + 1));
        if (!byte) {
            return std::nullopt;
        }
        out += *byte;
        i += 2;
    }
    return out;
}

std::uint32_t number(std::optional<std::string_view> text, std::uint32_t most) noexcept
{
    const std::int64_t value = parse_leading_integer(text.value_or("")).value_or(0);
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, most));
}

}  // namespace

Query::Query(std::string_view text, std::string_view body)
{
    read(text);
    if (!failed_) {
        read(body);
    }
}

void Query::read(std::string_view text)
{
    while (const auto piece = next_piece(text, "&")) {
        const std::size_t equals = piece->find('=');
        if (equals == std::string_view::npos || equals == 0) {
            continue;
        }
        auto value = decode(piece->substr(equals + 1));
        if (!value) {
            failed_ = true;
            return;
        }
        parameters_.push_back({piece->substr(0, equals), std::move(*value)});
    }
}

std::optional<std::string_view> Query::find(std::string_view name) const noexcept
{
    const auto is_named = [name](const Parameter& parameter) { return parameter.name == name; };
    const auto found = std::find_if(parameters_.rbegin(), parameters_.rend(), is_named);
    if (found == parameters_.rend()) {
        return std::nullopt;
    }
    return found->value;
}

bool Query::has_name_with(char first) const noexcept
{
    return std::any_of(parameters_.begin(), parameters_.end(), [first](const Parameter& parameter) {
        return parameter.name.front() == first;
    });
}

Page page_of(const Query& query) noexcept
{
    constexpr std::uint32_t any = 0xffffffff;
    Page page;
    page.command = query.find("cmd").value_or(page.command);
    page.format = query.find("mime").value_or(page.format);
    page.worker = query.find("w");
    page.member = query.find("sw");
    page.options = number(query.find("opt"), any);
    page.refresh = number(query.find("re"), max_refresh);
    page.from = query.find("from").value_or(page.from);
    page.from_member = query.find("psw");
    page.is_bare = !query.find("cmd") && !query.find("mime");
    return page;
}

}  // namespace jk::status
