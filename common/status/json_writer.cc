// A comma is due where a value or a name follows a value.
// Tested by tests/unit/status/json_writer_test.cc.
#include "status/json_writer.h"

#include <utility>

#include "status/escape.h"

namespace jk::status {

void JsonWriter::separate()
{
    if (is_behind_value_) {
        out_ += ',';
    }
    is_behind_value_ = true;
}

void JsonWriter::open(char bracket)
{
    separate();
    out_ += bracket;
    is_behind_value_ = false;
}

void JsonWriter::close(char bracket)
{
    out_ += bracket;
    is_behind_value_ = true;
}

void JsonWriter::name(std::string_view name)
{
    text(name);
    out_ += ':';
    is_behind_value_ = false;
}

void JsonWriter::text(std::string_view text)
{
    separate();
    out_ += '"';
    append_json(out_, text);
    out_ += '"';
}

void JsonWriter::bare(std::string_view number)
{
    separate();
    out_ += number;
}

void JsonWriter::seconds(std::int64_t micros)
{
    constexpr std::int64_t per_second = 1'000'000;
    std::string text = std::to_string(micros / per_second);
    if (const std::int64_t rest = micros % per_second; rest != 0) {
        const std::string digits = std::to_string(per_second + (rest < 0 ? -rest : rest));
        text += '.';
        text += digits.substr(1, digits.find_last_not_of('0'));
    }
    bare(micros < 0 && micros > -per_second ? "-" + text : text);
}

std::string JsonWriter::finish()
{
    out_ += '\n';
    return std::move(out_);
}

}  // namespace jk::status
