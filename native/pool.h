// C++ objects in APR pools, and texts of pools as views.
#pragma once

#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "httpd_api.h"

namespace jk::httpd {

/// Constructs a T in `pool`; its destructor runs when the pool is cleared or destroyed. The result
/// belongs to the pool. Requires: T's destructor does not throw.
template <class T, class... Args> T* make_in(apr_pool_t* pool, Args&&... args)
{
    static_assert(std::is_nothrow_destructible_v<T>);
    static_assert(alignof(T) <= 8, "APR aligns to 8 bytes");
    T* const object = new (apr_palloc(pool, sizeof(T))) T(std::forward<Args>(args)...);
    if constexpr (!std::is_trivially_destructible_v<T>) {
        const auto destroy = [](void* data) noexcept -> apr_status_t {
            static_cast<T*>(data)->~T();
            return APR_SUCCESS;
        };
        apr_pool_cleanup_register(pool, object, destroy, apr_pool_cleanup_null);
    }
    return object;
}

/// A C string or nullptr as a view; nullptr becomes empty.
[[nodiscard]] inline std::string_view view(const char* text) noexcept
{
    return text == nullptr ? std::string_view{} : std::string_view{text};
}

/// A zero-terminated copy of `text` in `pool`.
[[nodiscard]] inline char* copy_in(apr_pool_t* pool, std::string_view text) noexcept
{
    return apr_pstrmemdup(pool, text.data(), text.size());
}

}  // namespace jk::httpd
