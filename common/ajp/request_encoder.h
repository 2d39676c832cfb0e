// Request → FORWARD_REQUEST packet.
#pragma once

#include "ajp/request.h"
#include "base/bytes.h"
#include "base/result.h"

namespace jk::ajp {

/// Writes `request` as one FORWARD_REQUEST packet to the front of `packet` and returns its size.
/// The size of `packet` is the packet size S: the limit that both sides agreed on.
///
/// Applies the duties of ajp13.md 10: drops Upgrade, HTTP2-Settings, Keep-Alive, Proxy-Connection,
/// Proxy-Authorization and Proxy, and nothing else; sends exactly one statement about the body:
///   none     `content-length: 0` behind the other headers, but not as header 101 (ajp13.md 5.2);
///            the client's own Content-Length and Transfer-Encoding are left out;
///   sized    the one Content-Length of the headers;
///   unknown  `chunked` where the headers have a Transfer-Encoding; Content-Length is left out.
/// Control characters but TAB become a blank each in every string but URI, query (refused) and
/// ssl_cert (PEM has lines). The ssl_ members are sent only where is_ssl.
///
/// Fails with
///   overflow   the packet, or one string, does not fit (413 to the client);
///   bad_name   a header name longer than 255 bytes, or no token (400);
///   bad_path   a URI that neither begins with "/" nor is "*" for OPTIONS, or a control character
///              in URI or query (400);
///   bad_value  a method that is no token, a Transfer-Encoding other than one `chunked`, or a sized
///              body without exactly one Content-Length of 1*DIGIT below 2^63, alone (400).
[[nodiscard]] Result<std::size_t> encode_request(const Request& request,
                                                 MutableBytes packet) noexcept;

}  // namespace jk::ajp
