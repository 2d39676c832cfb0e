// Each command is one request, or two where a name may be that of a balancer or of a direct worker.
// Values go as texts: the server knows their types, and says what is wrong with them.
// Tested by tests/adapter/jkctl/remote_test.cc and tests/system/test_jkctl_remote.py.
#include "jkctl/remote.h"

#include <array>
#include <ostream>

#include "base/wording.h"
#include "jkctl/overview.h"

namespace jk::ctl {

namespace {

constexpr int not_found = 404;

/// The names in the list behind `path`, ", " between them; empty where there are none.
std::string names_in(const Service& service, const std::string& path, std::string_view list)
{
    std::string names;
    if (const Asked<Json> answer = service.get(path); answer.has_value()) {
        for (const Json& one : (*answer)[list].items()) {
            names += concat({names.empty() ? "" : ", ", escaped(one["name"].text())});
        }
    }
    return names;
}

std::string or_none(const std::string& names)
{
    return names.empty() ? "none" : names;
}

/// Says which names there are instead of those of `place`.
Failure missing(const Service& service, const Place& place)
{
    const std::string balancers = or_none(names_in(service, "balancers", "balancers"));
    if (place.member.empty()) {
        return {not_found, concat({"there is no balancer or direct worker ", quoted(place.balancer),
                                   "; balancers: ", balancers, "; direct workers: ",
                                   or_none(names_in(service, "workers", "workers"))})};
    }
    const std::string members =
        names_in(service, path_of({"balancers", place.balancer, "members"}), "members");
    if (members.empty()) {
        return {not_found, concat({"there is no balancer ", quoted(place.balancer),
                                   "; there are: ", balancers})};
    }
    return {not_found, concat({"balancer ", quoted(place.balancer), " has no member ",
                               quoted(place.member), "; it has: ", members})};
}

/// Calls `ask` with the path of the place, and what follows it.
template <class Ask>
Asked<Json> ask_at(const Service& service, const Place& place, std::string_view more, Ask ask)
{
    const std::string path = place.member.empty()
                                 ? path_of({"balancers", place.balancer})
                                 : path_of({"balancers", place.balancer, "members", place.member});
    Asked<Json> answer = ask(concat({path, more}));
    if (answer.has_value() || answer.error().status != not_found) {
        return answer;
    }
    if (place.member.empty()) {
        answer = ask(concat({path_of({"workers", place.balancer}), more}));
        if (answer.has_value() || answer.error().status != not_found) {
            return answer;
        }
    }
    return detail::unexpected<Failure>(missing(service, place));
}

Asked<Json> get_at(const Service& service, const Place& place)
{
    return ask_at(service, place, "", [&](const std::string& path) { return service.get(path); });
}

Exit refuse(std::string_view command, const Failure& failure, Console& console)
{
    console.err << "jkctl " << command << ": " << failure.text << '\n';
    return Exit::refused;
}

bool is_balancer(const Json& thing)
{
    return thing["type"].text() == "lb";
}

bool is_member(const Json& thing)
{
    return !thing["balancer"].is_null();
}

/// One balancer, member or worker.
void print(const Json& thing, Format format, Console& console)
{
    if (format == Format::json) {
        console.out << to_text(thing);
        return;
    }
    if (is_balancer(thing)) {
        console.out << balancer_table({thing}, console.colour) << '\n'
                    << member_table(thing["members"].items(), console.colour);
    } else {
        console.out << (is_member(thing) ? member_table({thing}, console.colour)
                                         : worker_table({thing}, console.colour));
    }
}

/// The members of all these balancers.
Json::Array members_of(const Json& balancers)
{
    Json::Array members;
    for (const Json& balancer : balancers.items()) {
        const Json::Array& own = balancer["members"].items();
        members.insert(members.end(), own.begin(), own.end());
    }
    return members;
}

/// Everything, under each other.
void print_all(const Json& balancers, const Json& workers, Console& console)
{
    if (!balancers.items().empty()) {
        console.out << balancer_table(balancers.items(), console.colour) << '\n'
                    << member_table(members_of(balancers), console.colour);
    }
    if (!workers.items().empty()) {
        console.out << (balancers.items().empty() ? "" : "\n")
                    << worker_table(workers.items(), console.colour);
    }
    if (balancers.items().empty() && workers.items().empty()) {
        console.out << "worker.list names no balancer and no ajp13 worker\n";
    }
}

Exit show_all(const Service& service, Format format, Console& console)
{
    const Asked<Json> balancers = service.get("balancers");
    if (!balancers.has_value()) {
        return refuse("status", balancers.error(), console);
    }
    const Asked<Json> workers = service.get("workers");
    if (!workers.has_value()) {
        return refuse("status", workers.error(), console);
    }
    if (format == Format::json) {
        console.out << to_text(Json::Object{{"time", (*balancers)["time"]},
                                            {"balancers", (*balancers)["balancers"]},
                                            {"workers", (*workers)["workers"]}});
    } else {
        print_all((*balancers)["balancers"], (*workers)["workers"], console);
    }
    return Exit::fine;
}

}  // namespace

Exit show_status(const Service& service, const Place& place, Format format, Console& console)
{
    if (place.balancer.empty()) {
        return show_all(service, format, console);
    }
    const Asked<Json> answer = get_at(service, place);
    if (!answer.has_value()) {
        return refuse("status", answer.error(), console);
    }
    print(*answer, format, console);
    return Exit::fine;
}

Exit show_members(const Service& service, const Place& place, Format format, Console& console)
{
    const Asked<Json> answer =
        place.balancer.empty() ? service.get("balancers") : get_at(service, place);
    if (!answer.has_value()) {
        return refuse("members", answer.error(), console);
    }
    if (!place.member.empty()) {
        print(*answer, format, console);
        if (format == Format::text) {
            console.out << '\n' << setting_lines(*answer);
        }
        return Exit::fine;
    }
    const Json::Array members =
        place.balancer.empty() ? members_of((*answer)["balancers"]) : (*answer)["members"].items();
    if (format == Format::json) {
        console.out << to_text(members);
    } else {
        console.out << member_table(members, console.colour);
    }
    return Exit::fine;
}

Exit edit(const Service& service, const Edit& edit, Console& console)
{
    const Asked<Json> answer = ask_at(service, edit.place, "", [&](const std::string& path) {
        return service.patch(path, edit.settings);
    });
    if (!answer.has_value()) {
        return refuse(edit.name, answer.error(), console);
    }
    print(*answer, edit.format, console);
    return Exit::fine;
}

Exit act(const Service& service, const Action& action, Console& console)
{
    const Asked<Json> answer = ask_at(service, action.place, concat({"/", action.name}),
                                      [&](const std::string& path) { return service.post(path); });
    if (!answer.has_value()) {
        return refuse(action.name, answer.error(), console);
    }
    print(*answer, action.format, console);
    return Exit::fine;
}

std::string read_edit(const std::vector<std::string>& words, Edit& edit)
{
    for (const std::string& word : words) {
        const std::size_t mark = word.find('=');
        if (mark == std::string::npos && edit.place.member.empty() && edit.settings.empty()) {
            edit.place.member = word;
        } else if (mark == std::string::npos || mark == 0) {
            return quoted(word) + " is no property=value";
        } else {
            edit.settings.emplace_back(word.substr(0, mark), Json{word.substr(mark + 1)});
        }
    }
    return edit.settings.empty() ? "there is nothing to change: write property=value" : "";
}

}  // namespace jk::ctl
