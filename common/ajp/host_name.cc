// RFC 1123 names and RFC 3986 ports. What stands in brackets is httpd's to check.
// Tested by tests/unit/ajp/host_name_test.cc.
#include "ajp/host_name.h"

#include <algorithm>

#include "base/text.h"

namespace jk::ajp {

namespace {

bool is_label_byte(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

Result<void> check_label(std::string_view label) noexcept
{
    if (label.empty()) {
        return failure(Errc::bad_name, "a label of the Host is empty");
    }
    if (label.front() == '-' || label.back() == '-') {
        return failure(Errc::bad_name, "a label of the Host begins or ends with a hyphen");
    }
    if (!std::all_of(label.begin(), label.end(), is_label_byte)) {
        return failure(Errc::bad_name,
                       "the Host holds something else than letters, digits, hyphens and dots");
    }
    return {};
}

Result<void> check_name(std::string_view name) noexcept
{
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    for (;;) {
        const std::size_t dot = name.find('.');
        const Result<void> label = check_label(name.substr(0, dot));
        if (!label.has_value() || dot == std::string_view::npos) {
            return label;
        }
        name.remove_prefix(dot + 1);
    }
}

Result<void> check_port(std::string_view port) noexcept
{
    constexpr std::uint64_t highest = 65535;
    if (!port.empty() && parse_digits(port).value_or(highest + 1) > highest) {
        return failure(Errc::bad_number, "the port of the Host is no number from 0 to 65535");
    }
    return {};
}

}  // namespace

Result<void> check_host(std::string_view host) noexcept
{
    if (host.empty()) {
        return {};
    }
    const std::size_t bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
    const bool is_literal = bracket != std::string_view::npos;
    const std::size_t end = is_literal ? bracket + 1 : host.find(':');
    if (!is_literal) {
        if (const Result<void> name = check_name(host.substr(0, end)); !name.has_value()) {
            return name;
        }
    }
    if (end == std::string_view::npos || end == host.size()) {
        return {};
    }
    if (host[end] != ':') {
        return failure(Errc::bad_name,
                       "something else than a port follows the address of the Host");
    }
    return check_port(host.substr(end + 1));
}

}  // namespace jk::ajp
