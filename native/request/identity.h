// Whether the user that a request carries is one whom httpd has let in.
//
// An authentication module sets the name before it looks at the password, and httpd hands it on to
// the ErrorDocument of the request that it then refuses. The status of that one does not tell: it is
// 401, but also 400 (Digest) or 500 (the passwords cannot be read). So a fixup, which runs only
// behind the checks, marks the requests that passed them, each for itself: a redirect or a part of a
// page does not inherit the mark.
#pragma once

#include "httpd_api.h"

namespace jk::httpd {

/// Hook, of all fixups the first: the request passed httpd's access control, authentication and
/// authorisation. Whether it has a user yet does not count: a later fixup may name one.
int note_admission(request_rec* request) noexcept;

/// False when a request that `request` came from, by a redirect of httpd or as a part of its page,
/// carries a user, or the kind of authentication, and was not let in: `request` may have it from
/// there.
[[nodiscard]] bool is_user_admitted(const request_rec* request) noexcept;

}  // namespace jk::httpd
