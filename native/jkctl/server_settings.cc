// httpd's own directives, a row each. Tested by tests/adapter/jkctl/server_settings_test.cc.
#include "jkctl/server_settings.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/wording.h"
#include "jkctl/httpd_lines.h"

namespace jk::ctl {

namespace {

std::string lowered(std::string_view text)
{
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

bool is_number(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

unsigned port_of(std::string_view text) noexcept
{
    const auto number = parse_digits(text);
    return number && *number < 65536 ? static_cast<unsigned>(*number) : 0;
}

using Listens = std::vector<Address>;

void set_name(std::string_view arguments, ServerDraft& draft, Listens&)
{
    std::string name = next_word(arguments);
    if (const std::size_t scheme = name.find("://"); scheme != std::string::npos) {
        name.erase(0, scheme + 3);
    }
    const Address address = parse_address(name);
    draft.server.name = lowered(is_number(name) ? name : address.host);
    draft.server.port = is_number(name) ? 0 : address.port;
}

void add_aliases(std::string_view arguments, ServerDraft& draft, Listens&)
{
    while (!arguments.empty()) {
        draft.server.aliases.push_back(lowered(next_word(arguments)));
    }
}

void add_listen(std::string_view arguments, ServerDraft&, Listens& listens)
{
    listens.push_back(parse_address(next_word(arguments)));
}

void set_encoded_slashes(std::string_view arguments, ServerDraft& draft, Listens&)
{
    const std::string word = lowered(next_word(arguments));
    draft.encoded_slashes = word == "on"         ? EncodedSlashes::decoded
                            : word == "nodecode" ? EncodedSlashes::kept
                                                 : EncodedSlashes::refused;
}

void set_slashes(std::string_view arguments, ServerDraft& draft, Listens&)
{
    draft.slashes = lowered(next_word(arguments)) == "off" ? Slashes::left : Slashes::merged;
}

struct Row {
    std::string_view name;
    void (*set)(std::string_view arguments, ServerDraft& draft, Listens& listens);
};
constexpr std::array rows{
    Row{"ServerName", set_name},      Row{"ServerAlias", add_aliases},
    Row{"Listen", add_listen},        Row{"AllowEncodedSlashes", set_encoded_slashes},
    Row{"MergeSlashes", set_slashes},
};

/// What <NAME …> makes of the path of the sections around it.
std::optional<std::string> own_path(const Section& section)
{
    std::string_view rest = section.arguments;
    const std::string first = next_word(rest);
    const bool is_pattern = first == "~" || section.name.ends_with("match");
    const std::string path = first == "~" ? next_word(rest) : first;
    if (section.name.starts_with("location") || section.name.starts_with("files")) {
        return path;
    }
    if (section.name.starts_with("directory")) {
        return is_pattern || path.ends_with('/') ? path : concat({path, "/"});
    }
    if (section.name.starts_with("proxy")) {
        return concat({is_pattern ? "" : "proxy:", path});
    }
    const bool is_expression =
        section.name == "if" || section.name == "elseif" || section.name == "else";
    return is_expression ? std::optional<std::string>{"*If"} : std::nullopt;
}

}  // namespace

Address parse_address(std::string_view text)
{
    if (is_number(text)) {
        return {"*", port_of(text)};
    }
    if (text.starts_with('[')) {
        const std::size_t end = std::min(text.find(']'), text.size());
        const std::string_view rest = text.substr(std::min(end + 1, text.size()));
        return {lowered(text.substr(1, end - 1)),
                port_of(rest.substr(rest.starts_with(':') ? 1 : 0))};
    }
    const std::size_t colon = text.rfind(':');
    const bool is_ipv6 = colon != text.find(':');
    if (colon == std::string_view::npos || is_ipv6) {
        return {lowered(text), 0};
    }
    return {lowered(text.substr(0, colon)), port_of(text.substr(colon + 1))};
}

std::vector<Address> host_addresses(std::string_view arguments, unsigned main_port)
{
    std::vector<Address> addresses;
    while (!arguments.empty()) {
        const std::string word = next_word(arguments);
        Address& address = addresses.emplace_back(parse_address(word));
        if (address.port == 0 && word != "*" && !word.ends_with(":*")) {
            address.port = main_port;
        }
    }
    return addresses;
}

void set_server(std::string_view name, std::string_view arguments, ServerDraft& draft,
                std::vector<Address>& listens)
{
    for (const Row& row : rows) {
        if (equals_caseless(row.name, name)) {
            row.set(arguments, draft, listens);
        }
    }
}

std::optional<std::string> path_of(const std::vector<Section>& sections)
{
    std::optional<std::string> path;
    for (const Section& section : sections) {
        if (std::optional<std::string> own = own_path(section)) {
            path = std::move(own);
        }
    }
    return path;
}

}  // namespace jk::ctl
