// The XML format (status.md 6): an attribute per line, two columns further in than its element.
// Tested by tests/unit/status/render_xml_test.cc.
#include "status/render.h"

#include <array>
#include <set>
#include <utility>

#include "status/escape.h"
#include "status/fields.h"

namespace jk::status {

namespace {

enum class Shape : std::uint8_t { empty, container };

/// How a kind of object is written.
struct Element {
    Kind kind;
    std::string_view name;
    std::size_t indent;
    Shape shape;
};

constexpr std::array<Element, kind_count> elements{{
    {Kind::server, "server", 0, Shape::empty},
    {Kind::time, "time", 0, Shape::empty},
    {Kind::software, "software", 0, Shape::empty},
    {Kind::balancers, "balancers", 0, Shape::container},
    {Kind::balancer, "balancer", 2, Shape::container},
    {Kind::member, "member", 6, Shape::empty},
    {Kind::workers, "ajp_workers", 0, Shape::container},
    {Kind::worker, "ajp", 2, Shape::empty},
    {Kind::map, "map", 6, Shape::empty},
    {Kind::configuration, "configuration", 2, Shape::empty},
    {Kind::result, "result", 2, Shape::empty},
}};

constexpr bool is_in_order() noexcept
{
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (static_cast<std::size_t>(elements[i].kind) != i) {
            return false;
        }
    }
    return true;
}
static_assert(is_in_order());

class XmlWriter final : public Visitor {
public:
    explicit XmlWriter(const conf::StatusSettings& settings) : settings_(settings) {}

    std::string write(const Document& document)
    {
        out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n";
        if (!settings_.doctype.empty()) {
            out_ += settings_.doctype;
            out_ += '\n';
        }
        tag("<", "status");
        if (!settings_.xmlns.empty()) {
            out_ += "\n  ";
            out_ += settings_.xmlns;
            out_ += ">\n";
        } else {
            out_ += "\n>\n";
        }
        walk(document, *this);
        tag("</", "status");
        out_ += ">\n";
        return std::move(out_);
    }

    void begin(Kind kind, const Subject& subject) override
    {
        const Element& element = elements[static_cast<std::size_t>(kind)];
        indent(element.indent);
        tag("<", element.name);
        out_ += '\n';
        const auto write = [&](const Field& field, const Value& value) {
            attribute(element.indent + 2, field.name, value.text);
        };
        for_each_field(kind, subject, Order::markup, write);
        if (kind == Kind::configuration) {
            configuration(element.indent + 2, *subject.document->snapshot->configuration);
        }
        indent(element.indent);
        out_ += element.shape == Shape::empty ? "/>\n" : ">\n";
    }

    void end(Kind kind) override
    {
        const Element& element = elements[static_cast<std::size_t>(kind)];
        if (element.shape == Shape::container) {
            indent(element.indent);
            tag("</", element.name);
            out_ += ">\n";
        }
    }

private:
    void indent(std::size_t columns) { out_.append(columns, ' '); }

    void attribute(std::size_t columns, std::string_view name, std::string_view value)
    {
        indent(columns);
        out_ += name;
        out_ += "=\"";
        append_markup(out_, value);
        out_ += "\"\n";
    }

    /// Names that XML cannot hold may become alike: a further '_' tells them apart.
    void configuration(std::size_t columns, const std::vector<conf::ShownProperty>& properties)
    {
        std::set<std::string> names;
        for (const conf::ShownProperty& property : properties) {
            std::string name;
            append_attribute_name(name, property.name);
            while (!names.insert(name).second) {
                name += '_';
            }
            attribute(columns, name, property.value);
        }
    }

    void tag(std::string_view opening, std::string_view name)
    {
        out_ += opening;
        out_ += settings_.ns;
        out_ += name;
    }

    const conf::StatusSettings& settings_;
    std::string out_;
};

}  // namespace

std::string render_xml(const Document& document)
{
    return XmlWriter{*document.settings}.write(document);
}

}  // namespace jk::status
