// An explanation as text and as JSON. Tested by tests/adapter/jkctl/explanation_test.cc.
#include "jkctl/explanation.h"

#include <utility>

#include "base/wording.h"

namespace jk::ctl {

namespace {

std::string shown_server(const Server& server)
{
    if (server.place.line == 0) {
        return "main server";
    }
    return concat({"virtual host ", server.name.empty() ? "without ServerName" : server.name, " (",
                   to_text(server.place), ")"});
}

std::string shown_rule(const route::Rule& rule)
{
    return concat({rule.is_exclusion ? "exclusion " : "",
                   rule.written.empty() ? rule.pattern : rule.written, " -> ", rule.target.worker,
                   " (", route::to_text(rule.source), ", ", to_text(rule.place), ")"});
}

std::string joined(const std::vector<std::string>& pieces, std::string_view between)
{
    std::string text;
    for (const std::string& one : pieces) {
        text += concat({text.empty() ? "" : between, one});
    }
    return text;
}

std::string result_line(const Explanation& one)
{
    switch (one.fate) {
    case Fate::refused: return concat({"refused with ", decimal(one.status)});
    case Fate::left_alone: return "not for mod_jk: httpd serves it";
    case Fate::status_page: return concat({"the status page of worker ", one.worker});
    case Fate::forwarded: break;
    }
    return one.member.members.empty() ? concat({"goes to worker ", one.worker})
                                      : concat({"goes to worker ", one.worker, ", member ",
                                                joined(one.member.members, " or ")});
}

Json to_json(const Place& place)
{
    return Json::Object{{"file", place.file}, {"line", place.line}};
}

Json to_json(const route::Rule* rule)
{
    if (rule == nullptr) {
        return {};
    }
    return Json::Object{{"pattern", rule->pattern},
                        {"worker", rule->target.worker},
                        {"source", std::string{route::to_text(rule->source)}},
                        {"place", to_json(rule->place)}};
}

Json to_json(const std::vector<std::string>& texts)
{
    return Json::Array(texts.begin(), texts.end());
}

Json or_null(const std::string& text)
{
    return text.empty() ? Json{} : Json{text};
}

}  // namespace

std::string_view to_text(Fate fate) noexcept
{
    switch (fate) {
    case Fate::refused: return "refused";
    case Fate::left_alone: return "left alone";
    case Fate::status_page: return "status page";
    case Fate::forwarded: break;
    }
    return "forwarded";
}

std::string to_text(const Explanation& one)
{
    std::string text = concat({result_line(one), "\n"});
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) {
            std::string label{name};
            label.resize(9, ' ');
            text += concat({"  ", label, value, "\n"});
        }
    };
    add("server", concat({shown_server(*one.server), ": ", one.why_server}));
    add("path", one.canonical.empty() ? escaped(one.path) : escaped(one.canonical));
    add("rule", one.rule == nullptr ? "" : shown_rule(*one.rule));
    add("", one.exclusion == nullptr ? "" : shown_rule(*one.exclusion));
    add("worker", one.worker.empty() ? "" : concat({one.worker, " (", one.worker_type, ")"}));
    if (one.worker_type == "lb") {
        add("member",
            concat({one.member.members.empty() ? "none" : joined(one.member.members, " or "), ": ",
                    joined(one.member.why, "; ")}));
    }
    for (const std::string& sentence : one.why) {
        add("why", sentence);
    }
    return text;
}

Json to_json(const Explanation& one)
{
    Json::Object all{
        {"result", std::string{to_text(one.fate)}},
        {"status", one.status == 0 ? Json{} : Json{one.status}},
        {"server", Json::Object{{"name", or_null(one.server->name)},
                                {"place", to_json(one.server->place)},
                                {"why", one.why_server}}},
        {"path", or_null(one.canonical.empty() ? one.path : one.canonical)},
        {"rule", to_json(one.rule)},
        {"exclusion", to_json(one.exclusion)},
        {"worker", or_null(one.worker)},
        {"type", or_null(one.worker_type)},
    };
    if (one.worker_type == "lb") {
        all.emplace_back("members", to_json(one.member.members));
        all.emplace_back("way", std::string{to_text(one.member.way)});
        all.emplace_back("session", or_null(one.member.session));
        all.emplace_back("route", or_null(one.member.route));
        all.emplace_back("member_why", to_json(one.member.why));
    }
    all.emplace_back("why", to_json(one.why));
    return all;
}

}  // namespace jk::ctl
