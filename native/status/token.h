// The token that a browser shows with a change (status.md S1).
#pragma once

#include <string>
#include <string_view>

#include "httpd_api.h"

namespace jk::httpd {

/// Makes the secret that tokens are derived from, where there is none yet. Call in the parent before
/// there are children: they inherit it, and it stays until the parent ends. False where the system
/// has no random bytes.
[[nodiscard]] bool make_token_secret() noexcept;

/// Returns the token of a user ("" = none) for a status worker: the same in every child, 32
/// characters that need no escaping. Empty, which no request can show, without a secret.
[[nodiscard]] std::string token_of(std::string_view worker, std::string_view user);

}  // namespace jk::httpd
