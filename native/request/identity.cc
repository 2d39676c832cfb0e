// The mark stands in what mapping has kept with the request already: it costs no memory, and unlike
// a note nobody else can set it, nor does it come along from a sub-request that httpd takes over.
// Tested by tests/adapter/request/identity_test.cc and tests/system/test_security_identity.py.
#include "request/identity.h"

#include "request/mapper.h"

namespace jk::httpd {

namespace {

/// Without credentials there is the kind of authentication alone.
bool has_identity(const request_rec* request) noexcept
{
    return request->user != nullptr || request->ap_auth_type != nullptr;
}

bool is_admitted(const request_rec* request) noexcept
{
    const void* const state = ap_get_module_config(request->request_config, &jk_module);
    return state != nullptr && static_cast<const RequestState*>(state)->is_admitted;
}

const request_rec* origin_of(const request_rec* request) noexcept
{
    return request->prev != nullptr ? request->prev : request->main;
}

}  // namespace

int note_admission(request_rec* request) noexcept
{
    state_of(request).is_admitted = true;
    return DECLINED;
}

bool is_user_admitted(const request_rec* request) noexcept
{
    for (const request_rec* one = origin_of(request); one != nullptr; one = origin_of(one)) {
        if (has_identity(one) && !is_admitted(one)) {
            return false;
        }
    }
    return true;
}

}  // namespace jk::httpd
