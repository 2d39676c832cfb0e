// Workers that can be contacted, in a child that can serve: what requests run on.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "request/attempt.h"
#include "request/view.h"
#include "runtime/child.h"
#include "runtime/runtime.h"
#include "support/site.h"

namespace jk::test {

/// A site whose worker properties are complete, with runtime and child.
class Stage {
public:
    /// One worker "w" on this port of the loopback, and more properties of it: "retries=1".
    explicit Stage(std::uint16_t port, const std::vector<const char*>& properties = {},
                   const char* options = "");
    /// Workers as these lines say.
    explicit Stage(const std::vector<const char*>& lines);

    [[nodiscard]] Site& site() noexcept { return site_; }
    [[nodiscard]] httpd::Runtime& runtime() noexcept { return *runtime_; }
    [[nodiscard]] httpd::Child& child() noexcept { return *child_; }
    [[nodiscard]] httpd::Global& global() noexcept { return *site_.config().global; }
    /// What was complained about: by the configuration, and by the runtime.
    [[nodiscard]] std::string complaints() const { return text_of(complaints_); }
    /// How many connections to the first worker are counted as open.
    [[nodiscard]] std::uint32_t connections() { return child_->account(0).connections(); }

private:
    void start();

    Site site_;
    Complaints complaints_;
    std::optional<httpd::Runtime> runtime_;
    std::optional<httpd::Child> child_;
};

/// One request's attempts on the first worker of a stage.
class Trial {
public:
    explicit Trial(Stage& stage, const char* method = "GET");

    [[nodiscard]] request_rec* request() const noexcept { return request_; }
    [[nodiscard]] httpd::Job& job() noexcept { return *job_; }
    [[nodiscard]] httpd::Response& response() noexcept { return response_; }
    [[nodiscard]] route::RuleOptions& rule() noexcept { return rule_; }
    /// Gives the request a body of which these first bytes were read.
    void set_body(ajp::BodyKind kind, std::uint64_t length, std::string_view kept);

    /// Runs what a worker without a balancer runs.
    httpd::Report run();

private:
    void describe(const httpd::BodyLength& body);

    Stage& stage_;
    request_rec* request_;
    httpd::Description description_;
    httpd::ClientStream client_;
    route::RuleOptions rule_;
    httpd::Response response_;
    httpd::BufferLease buffers_;
    std::optional<httpd::Job> job_;
};

}  // namespace jk::test
