// Path → worker: the hooks that decide whether a request is ours, and what they keep with it.
#pragma once

#include <optional>

#include "httpd_api.h"
#include "route/rule_options.h"

namespace jk::httpd {

/// The handler's name, for SetHandler too.
inline constexpr const char* handler_name = "jakarta-servlet";

/// What mapping found out about one request. Lives in the request's pool.
struct RequestState {
    const route::RuleTarget* target = nullptr;  ///< nullptr: not mapped
    /// The decoded path before normalisation: what is forwarded, parameters and all.
    const char* forward_path = nullptr;
    /// The canonical path where httpd has decided on another spelling so far (handler.h).
    const char* unseen_path = nullptr;
    /// What stands for `forward_path` as the request's own path where a <Location> names our handler.
    const char* decided_path = nullptr;
    bool was_handled = false;  ///< forwarded, or attempted: it has a line in the request log
    bool is_admitted = false;  ///< passed httpd's access control (identity.h)
};

/// The state of `request`, made when there is none.
[[nodiscard]] RequestState& state_of(request_rec* request) noexcept;

/// Hooks (directives.md 4.1).
int translate_name(request_rec* request) noexcept;
int map_to_storage(request_rec* request) noexcept;

/// For requests that come to the handler without a mount (SetHandler): the worker that the
/// indicator variable names, or a rule for the current path. Returns OK with `state.target` set,
/// DECLINED where there is neither, HTTP_BAD_REQUEST for an ambiguous path, HTTP_NOT_FOUND for one
/// that +RejectUnsafeURI keeps from the container.
[[nodiscard]] int find_target(request_rec* request, RequestState& state);

}  // namespace jk::httpd
