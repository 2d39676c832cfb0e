// Admissions are notes, which an internal redirect does not take along, and only of requests for
// which somebody looked for a user. Tested by tests/adapter/request/identity_test.cc and
// tests/system/test_security_attributes.py.
#include "request/identity.h"

namespace jk::httpd {

namespace {

constexpr const char* admission = "JK_ADMITTED";

/// Without credentials there is the kind of authentication alone.
bool has_identity(const request_rec* request) noexcept
{
    return request->user != nullptr || request->ap_auth_type != nullptr;
}

const request_rec* origin_of(const request_rec* request) noexcept
{
    return request->prev != nullptr ? request->prev : request->main;
}

}  // namespace

int note_admission(request_rec* request) noexcept
{
    if (has_identity(request)) {
        apr_table_setn(request->notes, admission, "1");
    }
    return DECLINED;
}

bool is_user_admitted(const request_rec* request) noexcept
{
    for (const request_rec* one = origin_of(request); one != nullptr; one = origin_of(one)) {
        if (has_identity(one) && apr_table_get(one->notes, admission) == nullptr) {
            return false;
        }
    }
    return true;
}

}  // namespace jk::httpd
