// Tests common/status/plan: which check refuses what, and what a plan holds.
#include "status/plan.h"

#include "status/sample.h"
#include "support/check.h"

namespace {

using namespace jk::status;
using jk::test::holds;
using jk::test::Sample;
using Type = BodyMember::Type;

/// A request by curl, to be changed.
struct Trial {
    Sample sample;
    ApiRequest request{.method = "GET",
                       .path = {"/jk", ""},
                       .content_type = "application/json",
                       .token = "the-token"};
    Body body;
    Findings findings;

    Trial(std::string_view method, std::string_view resource)
    {
        request.method = method;
        request.path.resource = resource;
    }
    void give(std::vector<BodyMember> members)
    {
        body = {Body::State::object, std::move(members), {}};
    }
    [[nodiscard]] ApiPlan plan() const
    {
        return jk::status::plan(request, body, sample.status, sample.snapshot);
    }
    [[nodiscard]] int problem() const
    {
        const ApiPlan made = plan();
        ck_assert(!made.problem || made.changes.empty());
        return made.problem ? made.problem->http_status : 200;
    }
    /// The problem that there is whatever the body is, 200 for none.
    [[nodiscard]] int problem_without_body() const
    {
        const auto found = refuse_unread(request, sample.status, sample.snapshot);
        return found ? found->http_status : 200;
    }
    [[nodiscard]] ApiAnswer answer() const
    {
        const Document document{.snapshot = &sample.snapshot,
                                .settings = &sample.status,
                                .rating = Rating{sample.status},
                                .page = {}};
        return jk::status::answer(request, plan(), findings, document);
    }
};

const std::vector<BodyMember> good_patch{{"lbfactor", Type::number, "2"}};

START_TEST(a_good_patch_is_planned)
{
    Trial trial{"PATCH", "balancers/lb/members/node1"};
    trial.give(good_patch);
    ck_assert_int_eq(trial.problem(), 200);
    ck_assert_uint_eq(trial.plan().changes.size(), 1);
    trial.give({});
    ck_assert_int_eq(trial.problem(), 200);
    ck_assert(trial.plan().changes.empty());
}
END_TEST

START_TEST(what_is_not_there_is_404)
{
    for (const char* const path : {"nothing", "balancers/x", "balancers/x/members",
                                   "balancers/lb/members/x", "workers/node1", "workers/x"}) {
        ck_assert_int_eq(Trial("GET", path).problem(), 404);
        ck_assert_int_eq(Trial("PATCH", path).problem(), 404);
    }
    ck_assert_int_eq(Trial("GET", "workers/single").problem(), 200);
}
END_TEST

START_TEST(other_methods_are_405_and_told_what_is_allowed)
{
    Trial trial{"DELETE", "balancers/lb"};
    ck_assert_int_eq(trial.problem(), 405);
    ck_assert_text_eq(trial.answer().allow, "GET, HEAD, PATCH");
    ck_assert_int_eq(Trial("PATCH", "balancers").problem(), 405);
    ck_assert_int_eq(Trial("POST", "balancers/lb").problem(), 405);
    for (const char* const method : {"GET", "HEAD", "PATCH", "OPTIONS"}) {
        Trial reset{method, "balancers/lb/reset"};
        ck_assert_int_eq(reset.problem(), 405);
        ck_assert_text_eq(reset.answer().allow, "POST");
    }
}
END_TEST

START_TEST(who_may_not_enter_learns_nothing)
{
    for (const char* const path : {"", "balancers/lb", "nothing"}) {
        Trial trial{"GET", path};
        trial.sample.status.user = {"admin"};
        trial.request.asker.user = "eve";
        ck_assert_int_eq(trial.problem(), 403);
        ck_assert(!trial.answer().refusal.empty());
        ck_assert(!holds(trial.answer().body, "the-token"));
        trial.request.asker.user = "admin";
        ck_assert(trial.problem() != 403);
    }
}
END_TEST

START_TEST(read_only_refuses_changes)
{
    Trial trial{"PATCH", "balancers/lb"};
    trial.sample.status.read_only = true;
    trial.give({});
    ck_assert_int_eq(trial.problem(), 403);
    trial.request.method = "GET";
    ck_assert_int_eq(trial.problem(), 200);
}
END_TEST

START_TEST(a_browser_needs_the_token_and_the_own_origin)
{
    Trial trial{"PATCH", "balancers/lb/members/node1"};
    trial.give(good_patch);
    Asker& asker = trial.request.asker;
    asker.host = "www.example.com";
    asker.agent = "Mozilla/5.0";
    ck_assert_int_eq(trial.problem(), 403);
    asker.token = "another-tok";
    ck_assert_int_eq(trial.problem(), 403);
    asker.token = "the-token";
    ck_assert_int_eq(trial.problem(), 200);
    asker.origin = "http://evil.example";
    ck_assert_int_eq(trial.problem(), 403);
    ck_assert(!trial.answer().refusal.empty());
    asker.origin = "http://www.example.com";
    ck_assert_int_eq(trial.problem(), 200);
}
END_TEST

START_TEST(no_form_can_be_the_body)
{
    Trial trial{"PATCH", "balancers/lb/members/node1"};
    trial.give(good_patch);
    for (const char* const type : {"", "text/plain", "application/x-www-form-urlencoded",
                                   "multipart/form-data", "application/json-patch+json"}) {
        trial.request.content_type = type;
        ck_assert_int_eq(trial.problem(), 415);
    }
    for (const char* const type : {"Application/JSON", "application/json; charset=utf-8"}) {
        trial.request.content_type = type;
        ck_assert_int_eq(trial.problem(), 200);
    }
}
END_TEST

START_TEST(bodies_that_are_none)
{
    Trial trial{"PATCH", "workers/single"};
    ck_assert_int_eq(trial.problem(), 400);  // empty
    trial.body = {Body::State::malformed, {}, "The body is no JSON."};
    ck_assert_int_eq(trial.problem(), 400);
    ck_assert(holds(trial.answer().body, "The body is no JSON."));
    trial.body = {Body::State::cut_off, {}, {}};
    ck_assert_int_eq(trial.problem(), 400);
    trial.body = {Body::State::too_large, {}, {}};
    ck_assert_int_eq(trial.problem(), 413);
}
END_TEST

START_TEST(a_body_is_looked_at_last)
{
    const auto is_refused_unread = [](const Trial& trial, int problem) {
        ck_assert_int_eq(trial.problem(), problem);
        ck_assert_int_eq(trial.problem_without_body(), problem);
    };
    is_refused_unread({"PATCH", "nothing"}, 404);
    is_refused_unread({"PATCH", "balancers/x"}, 404);
    is_refused_unread({"PATCH", "balancers"}, 405);
    Trial trial{"PATCH", "balancers/lb"};
    trial.body = {Body::State::malformed, {}, "The body is no JSON."};
    trial.request.if_match = "\"none\"";
    ck_assert_int_eq(trial.problem(), 400);
    ck_assert_int_eq(trial.problem_without_body(), 200);
    trial.request.content_type = "text/plain";
    is_refused_unread(trial, 415);
    trial.request.asker.agent = "Mozilla/5.0";
    is_refused_unread(trial, 403);
    trial.request.asker.agent = "";
    trial.sample.status.read_only = true;
    is_refused_unread(trial, 403);
    trial.sample.status.user = {"admin"};
    trial.request.path.resource = "nothing";
    is_refused_unread(trial, 403);
}
END_TEST

START_TEST(if_match_is_honoured)
{
    Trial trial{"PATCH", "balancers/lb/members/node1"};
    trial.give(good_patch);
    trial.request.method = "GET";
    const std::string tag = trial.answer().entity_tag;
    ck_assert(holds(trial.answer().body, "\"etag\":\"\\\"" + tag.substr(1, tag.size() - 2)));
    trial.request.method = "PATCH";
    trial.request.if_match = tag;
    ck_assert_int_eq(trial.problem(), 200);
    ck_assert(trial.plan().generation == trial.sample.snapshot.generation);
    trial.sample.node1.lbfactor = 9;
    ck_assert_int_eq(trial.problem(), 412);
    trial.request.if_match = "*";
    ck_assert_int_eq(trial.problem(), 200);
    trial.request.if_match = "";
    ck_assert(!trial.plan().generation.has_value());
}
END_TEST

START_TEST(a_bad_value_is_422_and_names_its_property)
{
    Trial trial{"PATCH", "balancers/lb/members/node1"};
    trial.give({{"distance", Type::number, "1"}, {"lbfactor", Type::text, "much"}});
    ck_assert_int_eq(trial.problem(), 422);
    ck_assert(holds(trial.answer().body, "\"property\":\"lbfactor\""));
}
END_TEST

START_TEST(actions_take_no_properties)
{
    Trial trial{"POST", "balancers/lb/members/node3/recover"};
    ck_assert_int_eq(trial.problem(), 200);
    const ApiPlan plan = trial.plan();
    ck_assert_uint_eq(plan.changes.size(), 1);
    ck_assert(plan.changes[0].action == Action::recover);
    ck_assert(plan.changes[0].kind == jk::lb::EditKind::member);
    trial.give({});
    ck_assert_int_eq(trial.problem(), 200);
    trial.give(good_patch);
    ck_assert_int_eq(trial.problem(), 400);
    ck_assert(Trial("POST", "balancers/lb/reset").plan().changes[0].kind ==
              jk::lb::EditKind::balancer);
    ck_assert(Trial("POST", "workers/single/reset").plan().changes[0].kind ==
              jk::lb::EditKind::worker);
}
END_TEST

struct ReasonCase {
    Reason reason;
    int status;
};
constexpr std::array reason_cases{
    ReasonCase{Reason::unknown, 422},  ReasonCase{Reason::bad_value, 422},
    ReasonCase{Reason::too_long, 422}, ReasonCase{Reason::unresolved, 422},
    ReasonCase{Reason::taken, 422},    ReasonCase{Reason::wrong_state, 409},
    ReasonCase{Reason::outdated, 412}, ReasonCase{Reason::failed, 503},
};

START_TEST(a_refused_change_is_a_problem)
{
    const ReasonCase& row = reason_cases.at(static_cast<std::size_t>(_i));
    Trial trial{"PATCH", "balancers/lb/members/node1"};
    trial.give(good_patch);
    trial.findings.refusal = Refusal{0, row.reason, "is wrong"};
    const ApiAnswer answer = trial.answer();
    ck_assert_int_eq(answer.http_status, row.status);
    ck_assert(holds(answer.body, "\"detail\":\"lbfactor is wrong\",\"property\":\"lbfactor\""));
    ck_assert_text_eq(answer.refusal, "lbfactor is wrong");
}
END_TEST

START_TEST(a_url_is_looked_up)
{
    Trial trial{"GET", "mounts"};
    ck_assert(!trial.plan().url.has_value());
    trial.request.query = "url=http%3A%2F%2Fx%2Fa%20b";
    ck_assert_text_eq(*trial.plan().url, "http://x/a b");
    ck_assert_int_eq(trial.answer().http_status, 400);  // the adapter found it to be none
    trial.findings.route = Route{"x", "/a b", "x:80"};
    ck_assert(holds(trial.answer().body, "\"worker\":null,\"rule\":null,\"server\":\"x:80\""));
    trial.request.query = "url=%zz";
    ck_assert_int_eq(trial.problem(), 400);
}
END_TEST

}  // namespace

TCase* plan_tests()
{
    TCase* const tests = tcase_create("plan");
    tcase_add_test(tests, a_good_patch_is_planned);
    tcase_add_test(tests, what_is_not_there_is_404);
    tcase_add_test(tests, other_methods_are_405_and_told_what_is_allowed);
    tcase_add_test(tests, who_may_not_enter_learns_nothing);
    tcase_add_test(tests, read_only_refuses_changes);
    tcase_add_test(tests, a_browser_needs_the_token_and_the_own_origin);
    tcase_add_test(tests, no_form_can_be_the_body);
    tcase_add_test(tests, bodies_that_are_none);
    tcase_add_test(tests, a_body_is_looked_at_last);
    tcase_add_test(tests, if_match_is_honoured);
    tcase_add_test(tests, a_bad_value_is_422_and_names_its_property);
    tcase_add_test(tests, actions_take_no_properties);
    tcase_add_loop_test(tests, a_refused_change_is_a_problem, 0, reason_cases.size());
    tcase_add_test(tests, a_url_is_looked_up);
    return tests;
}
