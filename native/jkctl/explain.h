// jkctl explain: which virtual host, rule, worker and member a request goes to, and why.
#pragma once

#include <string>
#include <vector>

#include "jkctl/console.h"
#include "jkctl/explanation.h"
#include "jkctl/site.h"
#include "jkctl/url.h"

namespace jk::ctl {

struct ExplainOptions {
    SiteOptions site;
    std::string url;
    std::string address;               ///< the IP address that the request comes to; empty: any
    std::vector<std::string> cookies;  ///< Cookie headers, e.g. "JSESSIONID=1.tc1; a=b"
    Format format = Format::text;
};

/// A request that nothing is set for: no variables, no other module that takes it.
struct ExplainedRequest {
    Url url;
    std::string address;
    std::vector<std::string> cookies;
};

/// Follows a request through httpd and the module. Requires: the site is readable and outlives the
/// result.
[[nodiscard]] Explanation explain_request(const Site& site, const ExplainedRequest& request);

/// The command. Ends with `fine` where the request goes to a worker, with `refused` where it does
/// not or httpd would not start, with `misuse` for a bad URL or an unreadable file.
[[nodiscard]] Exit explain(const ExplainOptions& options, Console& console);

}  // namespace jk::ctl
