// The only file of the module that includes nlohmann/json.hpp: it takes longer to compile than all
// the rest. No tree is built: the parser calls Members for each piece, and stops where it says no.
// Tested by tests/adapter/status/json_body_test.cc.
#include "status/json_body.h"

#include <algorithm>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/wording.h"

namespace jk::httpd {

namespace {

using Library = nlohmann::json;
using Type = status::BodyMember::Type;

/// Takes down the members of the outermost object. Each function returns whether to go on.
class Members final : public nlohmann::json_sax<Library> {
public:
    explicit Members(status::Body& body) noexcept : body_(body) {}

    bool null() override { return add(Type::null, {}); }
    bool boolean(bool value) override { return add(Type::flag, value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override
    {
        return add(Type::number, std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override
    {
        return add(Type::number, std::to_string(value));
    }
    bool number_float(number_float_t /*value*/, const string_t& text) override
    {
        return add(Type::number, text);
    }
    bool string(string_t& value) override { return add(Type::text, std::move(value)); }
    bool binary(binary_t& /*value*/) override { return false; }

    bool start_object(std::size_t /*size*/) override
    {
        return depth_ == 0 ? descend() : add(Type::nested, {}) && descend();
    }
    bool key(string_t& name) override
    {
        if (depth_ != 1) {
            return true;
        }
        // Each name is compared with all before it, so there is an end to them.
        if (body_.members.size() == status::most_body_members) {
            return refuse("The body names more than 64 properties.");
        }
        const auto is_same = [&](const status::BodyMember& one) { return one.name == name; };
        if (std::any_of(body_.members.begin(), body_.members.end(), is_same)) {
            return refuse(concat({"The body names ", jk::quoted(name), " twice."}));
        }
        name_ = std::move(name);
        return true;
    }
    bool end_object() override { return ascend(); }
    bool start_array(std::size_t /*size*/) override { return add(Type::nested, {}) && descend(); }
    bool end_array() override { return ascend(); }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const nlohmann::detail::exception& /*why*/) override
    {
        return refuse(concat({"The body is no JSON from byte ",
                              decimal(static_cast<std::int64_t>(position)), " on."}));
    }

private:
    /// Values deeper than the members say nothing that is looked at.
    bool add(Type type, std::string text)
    {
        if (depth_ == 0) {
            return refuse("The body is no object.");
        }
        if (depth_ == 1) {
            body_.members.push_back({std::move(name_), type, std::move(text)});
        }
        return true;
    }

    bool descend()
    {
        return ++depth_ <= status::most_body_depth ||
               refuse("The body is nested more than 8 levels deep.");
    }

    bool ascend() noexcept
    {
        --depth_;
        return true;
    }

    bool refuse(std::string remark)
    {
        body_.state = status::Body::State::malformed;
        body_.remark = std::move(remark);
        body_.members.clear();
        return false;
    }

    status::Body& body_;
    std::string name_;
    std::size_t depth_ = 0;
};

}  // namespace

status::Body read_json(std::string_view text)
{
    status::Body body;
    if (trim(text).empty()) {
        return body;
    }
    body.state = status::Body::State::object;
    Members members{body};
    Library::sax_parse(text, &members);
    return body;
}

}  // namespace jk::httpd
