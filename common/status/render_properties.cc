// The properties format (status.md 8): "key=value" lines under <prefix>.<object>. What the first
// releases wrote under a key that is wrong stays, and stands again under the right one (S4).
// Tested by tests/unit/status/render_properties_test.cc.
#include "status/render.h"

#include <array>
#include <utility>

#include "status/escape.h"
#include "status/fields.h"

namespace jk::status {

namespace {

/// What precedes the field's name where the object has no name of its own, in the order of Kind.
constexpr std::array<std::string_view, kind_count> beginnings{
    "server_",  // server
    "time_",
    "",     // software
    "lb_",  // balancers
    "",        "",
    "ajp_",  // workers
    "",        "",
    "",  // configuration
    "result.",
};

class PropertyWriter final : public Visitor {
public:
    explicit PropertyWriter(const conf::StatusSettings& settings)
    {
        append_line(prefix_, settings.prefix, Place::key);
        prefix_ += '.';
    }

    std::string write(const Document& document)
    {
        walk(document, *this);
        return std::move(out_);
    }

    void begin(Kind kind, const Subject& subject) override
    {
        switch (kind) {
        case Kind::balancer: return balancer(subject);
        case Kind::member: return member(subject);
        case Kind::worker: return worker(subject);
        case Kind::map: return map(subject);
        case Kind::configuration: return configuration(*subject.document->snapshot->configuration);
        default: break;
        }
        const std::string owner = prefix_ + std::string{beginnings[static_cast<std::size_t>(kind)]};
        fields(kind, subject, owner);
    }

    void end(Kind /*kind*/) override {}

private:
    void balancer(const Subject& subject)
    {
        line(prefix_ + "list", subject.balancer->name);
        fields(Kind::balancer, subject, owner_of(subject.balancer->name));
    }

    void member(const Subject& subject)
    {
        const std::string balancer = owner_of(subject.balancer->name);
        const std::string owner = owner_of(subject.worker->name);
        line(balancer + "balance_workers", subject.worker->name);
        const auto write = [&](const Field& field, const Value& value) {
            if (!field.is(is_name)) {
                line((field.is(is_under_balancer) ? balancer : owner) + first_key(field),
                     value.text);
            }
        };
        for_each_field(Kind::member, subject, Order::lines, write);
        const auto correct = [&](const Field& field, const Value& value) {
            if (field.is(is_under_balancer)) {
                line(owner + std::string{field.name}, value.text);
            }
        };
        for_each_field(Kind::member, subject, Order::lines, correct);
    }

    void worker(const Subject& subject)
    {
        const std::string owner = owner_of(subject.worker->name);
        line(owner + "list", subject.worker->name);
        fields(Kind::worker, subject, owner);
        const auto correct = [&](const Field& field, const Value& value) {
            if (!field.old_key.empty()) {
                line(owner + std::string{field.name}, value.text);
            }
        };
        for_each_field(Kind::worker, subject, Order::lines, correct);
    }

    void map(const Subject& subject)
    {
        const bool is_direct = subject.worker != nullptr;
        std::string owner = owner_of(is_direct ? subject.worker->name : subject.balancer->name);
        owner += "map.";
        owner += read(Kind::map, "id", subject).text;
        fields(Kind::map, subject, owner + '.');
    }

    /// These begin with what they begin with in their file.
    void configuration(const std::vector<conf::ShownProperty>& properties)
    {
        for (const conf::ShownProperty& property : properties) {
            append_property(out_, property.name, property.value);
        }
    }

    /// All fields but the name, under the keys that they had first.
    void fields(Kind kind, const Subject& subject, const std::string& owner)
    {
        const auto write = [&](const Field& field, const Value& value) {
            if (!field.is(is_name)) {
                line(owner + first_key(field), value.text);
            }
        };
        for_each_field(kind, subject, Order::lines, write);
    }

    static std::string first_key(const Field& field)
    {
        return std::string{field.old_key.empty() ? field.name : field.old_key};
    }

    std::string owner_of(std::string_view name) const
    {
        std::string owner = prefix_;
        append_line(owner, name, Place::key);
        return owner + '.';
    }

    void line(const std::string& key, std::string_view value)
    {
        out_ += key;
        out_ += '=';
        append_line(out_, value, Place::property);
        out_ += '\n';
    }

    std::string prefix_;
    std::string out_;
};

}  // namespace

std::string render_properties(const Document& document)
{
    return PropertyWriter{*document.settings}.write(document);
}

}  // namespace jk::status
