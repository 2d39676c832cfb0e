// The site of the status targets, and the check of what they write.
#include "site.h"

#include <array>

#include "input.h"
#include "lb/edited_settings.h"

namespace jk::fuzz {

namespace {

constexpr TimePoint now{std::chrono::seconds{1795400853}};

status::WorkerView worker(const char* name, const conf::AjpSettings& settings)
{
    status::WorkerView view;
    view.name = name;
    view.settings = &settings;
    view.address = "127.0.0.1:8009";
    view.used = 3;
    view.last_reset = now;
    view.state = lb::State::ok;
    return view;
}

status::MapView map(const char* uri)
{
    status::MapView view;
    view.server = "www.example.com:80";
    view.uri = uri;
    view.source = "JkMount";
    return view;
}

// What the HTML is made of; XML has names of its own, all with the same prefix.
constexpr std::array<std::string_view, 41> tags{
    "!doctype", "?xml", "a",        "body",    "button", "caption", "code", "dd",     "div",
    "dl",       "dt",   "fieldset", "footer",  "form",   "h1",      "h2",   "h3",     "head",
    "header",   "html", "input",    "label",   "legend", "link",    "main", "meta",   "nav",
    "option",   "p",    "pre",      "section", "select", "small",   "span", "strong", "style",
    "table",    "td",   "th",       "title",   "tr"};

bool is_own_tag(std::string_view tag) noexcept
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_";
    const auto is_it = [tag](std::string_view own) { return equals_caseless(own, tag); };
    return std::any_of(tags.begin(), tags.end(), is_it) ||
           (tag.starts_with("jk:") && tag.find_first_not_of(letters, 3) == std::string_view::npos);
}

/// The one script that there is.
bool is_own_script(std::string_view inside, bool is_end) noexcept
{
    return inside == (is_end ? "script" : "script src=\"./jk/assets/page.js\" defer");
}

/// Takes one attribute off the front of a tag's inside; false at its end.
bool take_attribute(std::string_view& rest)
{
    rest = trim(rest);
    const std::size_t end = std::min(rest.find_first_of("= \n"), rest.size());
    const std::string_view name = rest.substr(0, end);
    require(!starts_with_caseless(name, "on") && name.find('"') == std::string_view::npos,
            "no attribute is foreign");
    rest.remove_prefix(end);
    if (rest.starts_with("=\"")) {
        const std::size_t close = rest.find('"', 2);
        require(close != std::string_view::npos, "a value has its second quote");
        rest.remove_prefix(close + 1);
    } else {
        require(!rest.starts_with('='), "a value stands in quotes");
    }
    return !rest.empty();
}

/// Where the tag ends that begins at `from`: quotes may hold its last character.
std::size_t end_of_tag(std::string_view text, std::size_t from)
{
    bool is_quoted = false;
    for (std::size_t at = from; at < text.size(); ++at) {
        is_quoted = is_quoted != (text[at] == '"');
        if (text[at] == '>' && !is_quoted) {
            return at;
        }
    }
    require(false, "a tag has an end");
    return text.size();
}

}  // namespace

Site::Site()
{
    lb.balance_workers = {"node1", "node2"};
    node1.host = node2.host = single.host = "127.0.0.1";
    node1.route = "node1";
    node2.route = "node2";
    status::BalancerView& balancer = snapshot.balancers.emplace_back();
    balancer.name = "lb";
    balancer.settings = &lb;
    balancer.maps = {map("/app/*"), map("/other")};
    for (const auto& [name, settings] : {std::pair{"node1", &node1}, std::pair{"node2", &node2}}) {
        status::MemberView& member = balancer.members.emplace_back();
        member.worker = worker(name, *settings);
        member.state = lb::State::ok;
    }
    snapshot.workers.push_back(worker("single", single));
    snapshot.workers.back().maps.push_back(map("/one/*"));
    snapshot.others = {"st"};
    snapshot.server_name = "www.example.com";
    snapshot.web_server = "Apache";
    snapshot.jk_version = "mod_jk/1.2.49";
    snapshot.uri = "/jk";
    snapshot.now = now;
}

conf::AjpSettings* Site::settings_of(const status::Change& change) noexcept
{
    return change.worker == "node1"    ? &node1
           : change.worker == "node2"  ? &node2
           : change.worker == "single" ? &single
                                       : nullptr;
}

std::optional<status::Refusal> Site::carry_out(std::span<const status::Change> changes)
{
    const std::array before{node1, node2, single};
    const conf::LbSettings lb_before = lb;
    for (std::size_t at = 0; at < changes.size(); ++at) {
        const status::Change& change = changes[at];
        const bool is_balancers = change.kind == lb::EditKind::balancer;
        conf::AjpSettings* const settings = settings_of(change);
        require(change.balancer.empty() || change.balancer == "lb", "a change names a balancer");
        require(is_balancers ? change.worker.empty() : settings != nullptr,
                "a change names a worker");
        if (change.action != status::Action::edit) {
            continue;
        }
        const conf::Assignment done =
            is_balancers ? lb::set_edited(lb, change.property, change.value)
                         : lb::set_edited(change.kind, *settings, change.property, change.value);
        if (!done.is_set) {
            std::tie(node1, node2, single) = std::tie(before[0], before[1], before[2]);
            lb = lb_before;
            return status::Refusal{at, status::Reason::bad_value, done.remark};
        }
    }
    return std::nullopt;
}

void require_own_markup(std::string_view text)
{
    for (std::size_t at = text.find('<'); at < text.size(); at = text.find('<', at)) {
        const std::size_t end = end_of_tag(text, at);
        std::string_view inside = text.substr(at + 1, end - at - 1);
        const bool is_end = inside.starts_with('/');
        inside.remove_prefix(is_end ? 1 : 0);
        const std::string_view tag = inside.substr(0, inside.find_first_of(" \n/>"));
        require(is_own_tag(tag) || is_own_script(inside, is_end), "no tag is foreign");
        at = tag == "style" && !is_end ? text.find("</style>", end) : end;
        if (tag.starts_with('!') || tag.starts_with('?') || is_end) {
            continue;
        }
        inside.remove_prefix(tag.size());
        inside = inside.substr(0, inside.size() - (inside.ends_with('/') ? 1 : 0));
        while (!trim(inside).empty() && take_attribute(inside)) {
        }
    }
}

}  // namespace jk::fuzz
