// JSON text, value by value: an answer may be long, so nothing of it is kept but its text.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace jk::status {

/// Writes one document. In an object each value stands behind its name(). Commas come by
/// themselves; that what is begun is ended is the caller's to see to.
class JsonWriter {
public:
    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }

    /// The name of the next value.
    void name(std::string_view name);

    void text(std::string_view text);
    void flag(bool flag) { bare(flag ? "true" : "false"); }
    void null() { bare("null"); }
    void number(std::integral auto number) { bare(std::to_string(number)); }
    /// A number that is text already. Requires: it is a number of JSON.
    void bare(std::string_view number);
    /// Microseconds, written as seconds with all digits that are not 0.
    void seconds(std::int64_t micros);

    /// An object's member in one call.
    void member(std::string_view name, std::string_view value)
    {
        this->name(name);
        text(value);
    }
    void member(std::string_view name, const char* value) { member(name, std::string_view{value}); }
    void member(std::string_view name, std::same_as<bool> auto value)
    {
        this->name(name);
        flag(value);
    }
    template <std::integral T>
    requires(!std::same_as<T, bool>) void member(std::string_view name, T value)
    {
        this->name(name);
        number(value);
    }

    /// The document, with a line break behind it. Ends the writer's use.
    [[nodiscard]] std::string finish();

private:
    void open(char bracket);
    void close(char bracket);
    void separate();

    std::string out_;
    bool is_behind_value_ = false;
};

}  // namespace jk::status
