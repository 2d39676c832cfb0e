// Runtime and child of a test.
#include "support/stage.h"

#include "config/global.h"

namespace jk::test {

Stage::Stage(std::uint16_t port, const std::vector<const char*>& properties, const char* options)
{
    (void)site_.set("JkOptions", {options});
    site_.set_property("worker.list=w");
    site_.set_property("worker.w.host=127.0.0.1");
    site_.set_property(apr_psprintf(site_.pool(), "worker.w.port=%d", static_cast<int>(port)));
    for (const char* const one : properties) {
        site_.set_property(apr_pstrcat(site_.pool(), "worker.w.", one, nullptr));
    }
    start();
}

Stage::Stage(const std::vector<const char*>& lines)
{
    for (const char* const line : lines) {
        site_.set_property(line);
    }
    start();
}

void Stage::start()
{
    complaints_ = site_.build();
    httpd::Global& shared = *site_.config().global;
    runtime_.emplace(site_.pool(), shared.workers, 4, complaints_);
    child_.emplace(*runtime_);
    shared.runtime = &*runtime_;
    shared.child = &*child_;
}

Trial::Trial(Stage& stage, const char* method)
    : stage_(stage), request_(stage.site().request("/app/x")), client_(request_),
      response_(request_, rule_), buffers_(stage.child().buffers().lease())
{
    request_->method = method;
    describe({});
    job_.emplace(httpd::Job{
        request_, stage.child(), description_, client_, response_, *buffers_, rule_, {}, {}});
}

void Trial::set_body(ajp::BodyKind kind, std::uint64_t length, std::string_view kept)
{
    if (kind == ajp::BodyKind::sized) {
        set_header(request_, "Content-Length", std::to_string(length).c_str());
    }
    describe({kind, length});
    job_->body = {kind, length};
    job_->kept_body = as_bytes(kept);
}

void Trial::describe(const httpd::BodyLength& body)
{
    httpd::RequestState state;
    state.forward_path = request_->uri;
    description_ = httpd::describe(request_, state, body).value();
}

httpd::Report Trial::run()
{
    httpd::Lease lease = stage_.child().pool(0).acquire(std::chrono::milliseconds{0});
    return httpd::attempt_with_retries(*job_, 0, std::move(lease));
}

}  // namespace jk::test
