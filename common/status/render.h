// Documents as text: one function per format.
#pragma once

#include <string>

#include "conf/settings.h"
#include "status/document.h"

namespace jk::status {

/// Each returns the whole answer, with everything foreign in it escaped for its place.
[[nodiscard]] std::string render_html(const Document& document);
[[nodiscard]] std::string render_xml(const Document& document);
[[nodiscard]] std::string render_text(const Document& document);
[[nodiscard]] std::string render_properties(const Document& document);

/// Returns the value of the Content-Security-Policy header that the HTML format needs and that
/// every answer may carry: only the page's own style and the stylesheet configured are loaded.
[[nodiscard]] std::string security_policy(const conf::StatusSettings& settings);

}  // namespace jk::status
