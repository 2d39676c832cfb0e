// Fuzzes the JSON API: line 1 is the method, line 2 the path behind /api/v1/, line 3 the query,
// line 4 If-Match (an empty one is sent as the tag in force), line 5 the type of the body, the rest
// the body. The plan is carried out, and the answer is read.
#include <array>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "input.h"
#include "site.h"
#include "status/json_body.h"
#include "status/plan.h"

namespace {

using jk::fuzz::require;
using jk::fuzz::Site;
using jk::status::ApiAnswer;
using jk::status::ApiPlan;
using jk::status::ApiRequest;
using jk::status::Body;
using Json = nlohmann::json;

/// A body read is what the library's own tree says.
void check(const Body& body, std::string_view text)
{
    require(body.state != Body::State::empty || jk::trim(text).empty(), "nothing is empty");
    require((body.state == Body::State::malformed) == !body.remark.empty(),
            "what is wrong is said");
    require(!jk::fuzz::has_control(body.remark), "what is wrong is said in one line");
    if (body.state != Body::State::object) {
        require(body.members.empty(), "what is no object has no members");
        return;
    }
    const Json tree = Json::parse(text, nullptr, false);
    require(tree.is_object() && tree.size() == body.members.size(), "an object is one");
    for (const jk::status::BodyMember& member : body.members) {
        require(tree.contains(member.name), "a member is there");
        const Json& value = tree[member.name];
        using Type = jk::status::BodyMember::Type;
        require((member.type == Type::null) == value.is_null() &&
                    (member.type == Type::flag) == value.is_boolean() &&
                    (member.type == Type::number) == value.is_number() &&
                    (member.type == Type::text) == value.is_string(),
                "a member has its type");
        require(member.type != Type::text || value.get<std::string>() == member.text,
                "a text is what it was");
    }
}

void check(const ApiPlan& plan, const ApiRequest& request, const Body& body)
{
    const bool may_change = request.method == "PATCH" || request.method == "POST";
    require(plan.changes.empty() || (may_change && !plan.problem), "only what may changes");
    require(plan.problem || plan.location.row != nullptr, "a plan has a resource");
    require(request.method != "PATCH" || plan.problem || plan.changes.size() == body.members.size(),
            "each member is a change");
    for (const jk::status::Change& change : plan.changes) {
        require(!change.property.empty() || change.action != jk::status::Action::edit,
                "an edit has a property");
    }
}

void check(const ApiAnswer& answer)
{
    constexpr std::array known{200, 400, 403, 404, 405, 409, 412, 413, 415, 422, 503};
    require(std::find(known.begin(), known.end(), answer.http_status) != known.end(),
            "an answer has a status of the table");
    require(Json::accept(answer.body), "an answer is JSON");
    require((answer.http_status == 405) == !answer.allow.empty(), "405 says what is allowed");
    require(!jk::fuzz::has_control(answer.entity_tag), "a tag can stand in a header");
}

ApiAnswer ask(const ApiRequest& request, const Body& body, Site& site)
{
    const ApiPlan plan = jk::status::plan(request, body, site.status, site.snapshot);
    check(plan, request, body);
    jk::status::Findings findings;
    if (!plan.problem) {
        findings.refusal = site.carry_out(plan.changes);
    }
    if (plan.url && plan.url->starts_with('/')) {
        findings.route = jk::status::Route{"www.example.com", *plan.url, "www", {}, 0};
    }
    const jk::status::Document document{.snapshot = &site.snapshot,
                                        .settings = &site.status,
                                        .rating = jk::status::Rating{site.status},
                                        .page = {}};
    const ApiAnswer answer = jk::status::answer(request, plan, findings, document);
    check(answer);
    require(answer.http_status == 200 || plan.problem || findings.refusal || plan.url,
            "what was done is answered with 200");
    return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    jk::fuzz::Input input{data, size};
    ApiRequest request;
    request.method = input.line();
    request.path = {"/jk", input.line()};
    request.query = input.line();
    request.if_match = input.line();
    request.content_type = input.line();
    request.token = "token";
    const Body body = jk::httpd::read_json(input.rest_text());
    check(body, input.rest_text());

    Site site;
    std::string tag;
    if (request.if_match.empty()) {
        ApiRequest before = request;
        before.method = "GET";
        tag = ask(before, {}, site).entity_tag;
        request.if_match = tag;
    }
    const ApiAnswer answer = ask(request, body, site);
    require(answer.http_status != 412 || request.if_match != tag, "the tag in force is accepted");
    return 0;
}
