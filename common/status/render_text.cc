// The text format (status.md 7): a line per object, "name=value" between single blanks.
// Tested by tests/unit/status/render_text_test.cc.
#include "status/render.h"

#include <array>
#include <utility>

#include "status/escape.h"
#include "status/fields.h"

namespace jk::status {

namespace {

/// What the line of each kind of object begins with, in the order of Kind.
constexpr std::array<std::string_view, kind_count> beginnings{
    "Server:",  // server
    "Time:",       "Software:", "Balancer Workers:", "Balancer Worker:", "Member:", "AJP Workers:",
    "AJP Worker:", "Map:",      "Configuration:",    "Result:",
};

class TextWriter final : public Visitor {
public:
    std::string write(const Document& document)
    {
        walk(document, *this);
        return std::move(out_);
    }

    void begin(Kind kind, const Subject& subject) override
    {
        out_ += beginnings[static_cast<std::size_t>(kind)];
        const auto word = [this](const Field& field, const Value& value) {
            const bool quoted = field.is(is_quoted);
            out_ += ' ';
            out_ += field.name;
            out_ += quoted ? "=\"" : "=";
            append_line(out_, value.text, quoted ? Place::quoted : Place::word);
            out_ += quoted ? "\"" : "";
        };
        for_each_field(kind, subject, Order::lines, word);
        out_ += '\n';
        if (kind == Kind::configuration) {
            properties(*subject.document->snapshot->configuration);
        }
    }

    void end(Kind /*kind*/) override {}

private:
    void properties(const std::vector<conf::ShownProperty>& all)
    {
        for (const conf::ShownProperty& property : all) {
            append_property(out_, property.name, property.value);
        }
    }

    std::string out_;
};

}  // namespace

std::string render_text(const Document& document)
{
    return TextWriter{}.write(document);
}

}  // namespace jk::status
