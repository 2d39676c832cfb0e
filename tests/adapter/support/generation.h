// A configuration of one balancer, and its runtime. A second one over the same segment stands for
// another child, or for the configuration after a restart: it is the newest, which alone edits.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/global.h"
#include "runtime/runtime.h"
#include "support/site.h"

namespace jk::test {

using Lines = std::vector<const char*>;
using Retained = std::map<std::string, std::vector<char>>;

/// A configuration and its runtime, on the segment that `retained` leads to.
class Generation {
public:
    explicit Generation(const Lines& more = {}, Retained retained = {}, int daemons = 4)
    {
        Lines lines{"worker.list=lb", "worker.lb.type=lb", "worker.lb.balance_workers=a,b",
                    "worker.a.host=127.0.0.1", "worker.b.host=127.0.0.1"};
        lines.insert(lines.end(), more.begin(), more.end());
        for (const char* const line : lines) {
            site_.set_property(line);
        }
        complaints_ = site_.build();
        fakes().retained = std::move(retained);
        fakes().daemons = daemons;
        runtime_.emplace(site_.pool(), site_.config().global->workers, 4, complaints_);
    }

    [[nodiscard]] httpd::Runtime& runtime() { return *runtime_; }
    [[nodiscard]] lb::Balancer& balancer() { return *runtime_->balanced()[0].balancer; }
    [[nodiscard]] const httpd::Backend& a() { return runtime_->backends()[0]; }
    [[nodiscard]] std::string complaints() const { return text_of(complaints_); }

private:
    Site site_;
    Complaints complaints_;
    std::optional<httpd::Runtime> runtime_;
};

}  // namespace jk::test
