// Fuzzes workers.properties: the text of a file → property list → workers. The first line is one
// JkWorkerProperty, the rest the file.
//
// What was read is written down and read once more: the same must come out.
#include <set>
#include <string>

#include "conf/properties.h"
#include "conf/shown_properties.h"
#include "conf/worker_set.h"
#include "input.h"

namespace {

using jk::conf::Properties;
using jk::conf::Property;
using jk::conf::WorkerSet;
using jk::fuzz::require;

std::optional<std::string> environment(std::string_view name)
{
    return name.starts_with('E') ? std::optional<std::string>{"x" + std::string{name.substr(1)}}
                                 : std::nullopt;
}

/// Whatever file holds it, a line is one that there is.
void check(const jk::Complaints& complaints, std::size_t lines)
{
    for (const jk::Complaint& complaint : complaints) {
        require(!complaint.text.empty() && !jk::fuzz::has_control(complaint.text),
                "a complaint is one line of text");
        require(complaint.place.line <= lines, "a complaint's line is one of the file");
        require(complaint.place.line == 0 || !complaint.place.file.empty(),
                "a line is one of a file");
    }
}

void check(const Properties& properties)
{
    std::set<std::string_view> names;
    for (const Property& property : properties.all()) {
        require(!property.name.empty(), "a property has a name");
        require(names.insert(property.name).second, "a property is there once");
        require(properties.find(property.name) == &property, "a property is found by its name");
        require(!property.place.file.empty() && property.place.line > 0, "a property has a line");
    }
}

void check(const WorkerSet& workers)
{
    for (const jk::conf::ListedWorker& listed : workers.listed) {
        const jk::conf::ListedWorker* const found = workers.find(listed.name);
        require(found == &listed, "a listed worker is found by its name");
        const std::size_t count = listed.type == jk::conf::WorkerType::ajp13 ? workers.ajp.size()
                                  : listed.type == jk::conf::WorkerType::lb  ? workers.lb.size()
                                                                            : workers.status.size();
        require(listed.index < count, "a listed worker is there");
    }
    for (const jk::conf::LbWorker& balancer : workers.lb) {
        const std::set<std::size_t> members{balancer.members.begin(), balancer.members.end()};
        require(members.size() == balancer.members.size(), "a member is one once");
        require(members.empty() || *members.rbegin() < workers.ajp.size(), "a member is there");
    }
    for (const jk::conf::AjpWorker& worker : workers.ajp) {
        require(worker.settings.max_packet_size >= 8192 && worker.settings.max_packet_size <= 65536,
                "a packet size is one that the wire allows");
        require(worker.settings.port >= 0 && worker.settings.port <= 65535, "a port is one");
        require(!jk::fuzz::has_control(worker.settings.host), "a host is text");
    }
}

/// Secrets are not shown, whatever refers to them.
void check_shown(const Properties& properties)
{
    for (const jk::conf::ShownProperty& shown : jk::conf::shown_properties(properties)) {
        const Property* const property = properties.find(shown.name);
        require(property != nullptr && property->value == shown.value, "what is shown is there");
        require(!property->holds_secret, "no secret is shown");
        require(!shown.name.ends_with(".secret"), "nothing named a secret is shown");
    }
}

/// True where the written values mean themselves: no variable, short enough for a line, and not
/// copied by a reference from variables, whose names are those of no property.
bool is_writable(const Property& property)
{
    const bool is_variable = !property.written.starts_with("worker.");
    return property.name.starts_with("worker.") != is_variable &&
           property.value.find("$(") == std::string::npos &&
           property.value.find('#') == std::string::npos &&
           property.name.size() + property.value.size() < jk::line_limit;
}

void check_again(const Properties& properties)
{
    std::string text = "\n";  // a byte order mark is one at the begin of a file alone
    for (const Property& property : properties.all()) {
        if (!is_writable(property) || property.name.find('#') != std::string::npos) {
            return;
        }
        text += property.name + "=" + property.value + "\n";
    }
    Properties again{environment};
    again.add_file(text, "again");
    for (const Property& property : properties.all()) {
        const Property* const found = again.find(property.name);
        require(found != nullptr && found->value == property.value,
                "what was written is read as it was");
    }
    require(again.all().size() == properties.all().size(), "nothing else is read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    jk::fuzz::Input input{data, size};
    Properties properties{environment};
    properties.add_line(input.line(), {"httpd.conf", 1});
    const std::string_view file = input.rest_text();
    properties.add_file(file, "workers.properties");
    properties.resolve_references();
    const auto lines = static_cast<std::size_t>(std::count(file.begin(), file.end(), '\n')) + 1;
    check(properties.complaints(), lines);
    check(properties);
    check_shown(properties);
    check_again(properties);
    jk::Complaints complaints;
    check(jk::conf::build_workers(properties, complaints));
    check(complaints, lines);
    return 0;
}
