// OpenMetrics: a family of metrics per row, and for each row a pass over the objects that have it.
// A family belongs to one kind of object, whose name is part of the family's: jk_member_requests.
//
// Histograms show the powers of two of a microsecond, from 64 us to 71 min. Those are bounds of the
// shared buckets, so that the counts below them are exact.
// Tested by tests/unit/status/openmetrics_test.cc and tests/system/test_metrics.py.
#include "status/openmetrics.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "status/escape.h"
#include "status/families.h"
#include "status/words.h"

namespace jk::status {

namespace {

using lb::State;
constexpr std::array states{State::idle, State::ok,    State::recovering, State::forced,
                            State::busy, State::error, State::probing};
static_assert(states.size() == lb::state_count);
constexpr std::array activations{conf::Activation::active, conf::Activation::disabled,
                                 conf::Activation::stopped};

// --- Writing ----------------------------------------------------------------------------------

constexpr std::uint64_t micros_per_second = 1'000'000;

void append_number(std::string& out, std::uint64_t number)
{
    std::array<char, 20> digits{};
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

/// Exactly: "0.000064", "1.048576", "3.0".
void append_seconds(std::string& out, std::uint64_t micros)
{
    append_number(out, micros / micros_per_second);
    out += '.';
    std::uint64_t rest = micros % micros_per_second;
    for (std::uint64_t unit = micros_per_second / 10; unit > 0; unit /= 10) {
        // cppcheck-suppress zerodivcond ; it takes `rest` for `unit`, which is not 0 in here
        out += static_cast<char>('0' + rest / unit);
        rest %= unit;
        if (rest == 0) {
            break;
        }
    }
}

std::string_view type_name(MetricType type) noexcept
{
    switch (type) {
    case MetricType::counter:
    case MetricType::verdicts: return "counter";
    case MetricType::gauge: return "gauge";
    case MetricType::states:
    case MetricType::activations: return "stateset";
    case MetricType::histogram: return "histogram";
    }
    return "unknown";
}

/// The unit that ends the name, which OpenMetrics wants to hear of; empty for none.
std::string_view unit_of(std::string_view name) noexcept
{
    for (const std::string_view unit : {std::string_view{"seconds"}, std::string_view{"bytes"}}) {
        if (name.ends_with(unit)) {
            return unit;
        }
    }
    return {};
}

/// The samples of one family. `labels` holds those of the object, without braces.
class Samples {
public:
    Samples(std::string& out, const Family& family, std::string_view name) noexcept
        : out_(out), family_(family), name_(name)
    {}

    void add(const Measured& object, std::string_view labels);

private:
    /// A sample's name and labels; `label` may be empty. Its value follows.
    void begin(std::string_view suffix, std::string_view labels, std::string_view label = {},
               std::string_view value = {});
    void sample(std::string_view suffix, std::string_view labels, std::uint64_t number);
    void add_state(std::string_view one, std::string_view now, std::string_view labels);
    void add_verdicts(const std::vector<VerdictCount>& verdicts, std::string_view labels);
    void add_histogram(const lb::Distribution& times, std::string_view labels);

    std::string& out_;
    const Family& family_;
    std::string_view name_;
    std::string bound_;
};

void Samples::begin(std::string_view suffix, std::string_view labels, std::string_view label,
                    std::string_view value)
{
    out_ += name_;
    out_ += suffix;
    out_ += '{';
    out_ += labels;
    if (!label.empty()) {
        out_ += ',';
        out_ += label;
        out_ += "=\"";
        out_ += value;
        out_ += '"';
    }
    out_ += "} ";
}

void Samples::sample(std::string_view suffix, std::string_view labels, std::uint64_t number)
{
    begin(suffix, labels);
    append_number(out_, number);
    out_ += '\n';
}

void Samples::add_state(std::string_view one, std::string_view now, std::string_view labels)
{
    begin({}, labels, name_, one);
    out_ += one == now ? "1\n" : "0\n";
}

void Samples::add_verdicts(const std::vector<VerdictCount>& verdicts, std::string_view labels)
{
    for (const VerdictCount& one : verdicts) {
        begin("_total", labels, "verdict", one.code);
        append_number(out_, one.count);
        out_ += '\n';
    }
}

void Samples::add_histogram(const lb::Distribution& times, std::string_view labels)
{
    constexpr std::uint64_t first = 64;
    std::uint64_t below = 0;
    auto part = times.parts.begin();
    for (std::uint64_t bound = first; bound <= lb::longest_micros; bound *= 2) {
        for (; part != times.parts.end() && lb::upper_bound(part->bucket) <= bound; ++part) {
            below += part->count;
        }
        bound_.clear();
        append_seconds(bound_, bound);
        begin("_bucket", labels, "le", bound_);
        append_number(out_, below);
        out_ += '\n';
    }
    begin("_bucket", labels, "le", "+Inf");
    append_number(out_, times.count);
    out_ += '\n';
    sample("_count", labels, times.count);
    begin("_sum", labels);
    append_seconds(out_, static_cast<std::uint64_t>(times.sum.count()));
    out_ += '\n';
}

void Samples::add(const Measured& object, std::string_view labels)
{
    switch (family_.type) {
    case MetricType::counter: sample("_total", labels, family_.number(object)); break;
    case MetricType::gauge: sample({}, labels, family_.number(object)); break;
    case MetricType::states:
        for (const State one : states) {
            add_state(to_text(one), family_.state(object), labels);
        }
        break;
    case MetricType::activations:
        for (const conf::Activation one : activations) {
            add_state(in_words(one), family_.state(object), labels);
        }
        break;
    case MetricType::histogram: add_histogram(family_.times(object), labels); break;
    case MetricType::verdicts: add_verdicts(object.worker->verdicts, labels); break;
    }
}

std::string label(std::string_view name, std::string_view value)
{
    std::string text{name};
    text += "=\"";
    append_label(text, value);
    text += '"';
    return text;
}

void append_head(std::string& out, const Family& family, std::string_view name)
{
    const auto line = [&](std::string_view what, std::string_view value) {
        out += what;
        out += name;
        out += ' ';
        out += value;
        out += '\n';
    };
    line("# TYPE ", type_name(family.type));
    if (const std::string_view unit = unit_of(name); !unit.empty()) {
        line("# UNIT ", unit);
    }
    line("# HELP ", family.help);
}

/// One kind's objects with their labels.
struct Group {
    MetricKind kind;
    std::string_view prefix;
    std::vector<std::pair<Measured, std::string>> objects{};
};

std::array<Group, 3> groups_of(const Snapshot& snapshot)
{
    std::array<Group, 3> groups{Group{of_balancers, "jk_balancer_"},
                                Group{of_members, "jk_member_"}, Group{of_workers, "jk_worker_"}};
    for (const BalancerView& balancer : snapshot.balancers) {
        const std::string of_balancer = label("balancer", balancer.name);
        groups[0].objects.emplace_back(Measured{&balancer}, of_balancer);
        for (const MemberView& member : balancer.members) {
            groups[1].objects.emplace_back(Measured{&balancer, &member, &member.worker},
                                           of_balancer + ',' + label("member", member.worker.name));
        }
    }
    for (const WorkerView& worker : snapshot.workers) {
        groups[2].objects.emplace_back(Measured{nullptr, nullptr, &worker},
                                       label("worker", worker.name));
    }
    return groups;
}

void append_group(std::string& out, const Group& group)
{
    for (const Family& family : families()) {
        if ((family.kinds & group.kind) == 0 || group.objects.empty()) {
            continue;
        }
        const std::string name = std::string{group.prefix} += family.name;
        append_head(out, family, name);
        Samples samples{out, family, name};
        for (const auto& [object, labels] : group.objects) {
            samples.add(object, labels);
        }
    }
}

}  // namespace

std::string openmetrics(const Snapshot& snapshot)
{
    std::string out = "# TYPE jk_build info\n# HELP jk_build The module and its server.\n"
                      "jk_build_info{";
    out += label("version", snapshot.jk_version) + ',' + label("server", snapshot.web_server);
    out += "} 1\n";
    for (const Group& group : groups_of(snapshot)) {
        append_group(out, group);
    }
    out += "# EOF\n";
    return out;
}

}  // namespace jk::status
