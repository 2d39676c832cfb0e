// What becomes of one request, and why: the answer of `jkctl explain`, for people and for scripts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jkctl/json.h"
#include "jkctl/member_choice.h"
#include "jkctl/site.h"
#include "route/uri_rules.h"

namespace jk::ctl {

enum class Fate : std::uint8_t {
    refused,      ///< answered with `status`, before any backend is asked
    left_alone,   ///< not ours: httpd serves it
    status_page,  ///< of a status worker
    forwarded,    ///< to `worker`, or to one of its members
};

[[nodiscard]] std::string_view to_text(Fate fate) noexcept;

/// Points into the site that it was made from, which must outlive it.
struct Explanation {
    Fate fate = Fate::left_alone;
    int status = 0;  ///< where refused
    const Server* server = nullptr;
    std::string why_server;
    std::string path;                        ///< as httpd decodes it
    std::string canonical;                   ///< as rules see it; empty where it got not so far
    const route::Rule* rule = nullptr;       ///< that matches
    const route::Rule* exclusion = nullptr;  ///< that takes it out again
    std::string worker;
    std::string worker_type;
    MemberChoice member;           ///< of a balancer
    std::vector<std::string> why;  ///< a sentence each, in the order in which things happen
};

[[nodiscard]] std::string to_text(const Explanation& explanation);
[[nodiscard]] Json to_json(const Explanation& explanation);

}  // namespace jk::ctl
