// Tokens are SipHash of worker and user under two keys: 128 bits that nobody can guess or compute
// without the secret, and that nothing has to remember. The secret rests in httpd's retained data,
// which the parent keeps over restarts and children inherit; it is in no file and no shared memory.
// Tested by tests/adapter/status/token_test.cc.
#include "status/token.h"

#include <array>

namespace jk::httpd {

namespace {

constexpr const char* retained_key = "yoke-token-secret";

struct Secret {
    unsigned char keys[2][APR_SIPHASH_KSIZE];
};

void append_hexadecimal(std::string& out, std::uint64_t number)
{
    constexpr std::string_view digits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4) {
        out += digits[(number >> shift) & 0xfU];
    }
}

}  // namespace

bool make_token_secret() noexcept
{
    if (ap_retained_data_get(retained_key) != nullptr) {
        return true;
    }
    Secret made{};
    if (apr_generate_random_bytes(made.keys[0], sizeof made.keys) != APR_SUCCESS) {
        return false;
    }
    *static_cast<Secret*>(ap_retained_data_create(retained_key, sizeof(Secret))) = made;
    return true;
}

std::string token_of(std::string_view worker, std::string_view user)
{
    const auto* const secret = static_cast<const Secret*>(ap_retained_data_get(retained_key));
    if (secret == nullptr) {
        return {};
    }
    std::string whom{worker};
    whom += '\0';  // stands in no name: no two pairs give the same text
    whom += user;
    std::string token;
    for (const auto& key : secret->keys) {
        append_hexadecimal(token, apr_siphash24(whom.data(), whom.size(), key));
    }
    return token;
}

}  // namespace jk::httpd
