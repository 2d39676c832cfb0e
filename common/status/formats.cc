// The table of formats. Tested by tests/unit/status/formats_test.cc.
#include "status/formats.h"

#include <algorithm>
#include <array>

#include "status/render.h"

namespace jk::status {

namespace {

// name, title, content type, renderer
constexpr std::array rows{
    Format{"html", "HTML", "text/html; charset=utf-8", render_html},
    Format{"xml", "XML", "text/xml", render_xml},
    Format{"txt", "Text", "text/plain", render_text},
    Format{"prop", "Properties", "text/plain", render_properties},
};

}  // namespace

std::span<const Format> formats() noexcept
{
    return rows;
}

const Format* find_format(std::string_view name) noexcept
{
    const auto is_named = [name](const Format& format) { return format.name == name; };
    const auto* const found = std::find_if(rows.begin(), rows.end(), is_named);
    return found == rows.end() ? nullptr : found;
}

const Format& fallback_format() noexcept
{
    return rows.back();
}

}  // namespace jk::status
