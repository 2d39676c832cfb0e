// Values of workers.properties. Keywords are read by their first letter, as files have relied on;
// a word that is not the keyword's gets a remark, since it may mean something else altogether
// ("ByRequests" reads as Busyness). Tested by tests/unit/conf/value_test.cc.
#include "conf/value.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"

namespace jk::conf {

namespace {

/// A word of the configuration, its old number, what the status shows for it, and what is said of
/// a text that only begins like it.
template <class T> struct Keyword {
    T value;
    char digit;
    std::string_view word;
    std::string_view shown;
    std::string_view remark = {};
};

// value, number, word, shown, remark
constexpr std::array activations{
    Keyword<Activation>{Activation::active, '0', "active", "ACT",
                        "is taken as active, by its beginning alone"},
    Keyword<Activation>{Activation::disabled, '1', "disabled", "DIS",
                        "is taken as disabled, by its beginning alone"},
    Keyword<Activation>{Activation::stopped, '2', "stopped", "STP",
                        "is taken as stopped, by its beginning alone"},
};
constexpr std::string_view no_activation = "is none of active, disabled, stopped";
constexpr std::array methods{
    Keyword<Method>{Method::request, '0', "request", "Request",
                    "is taken as Request, by its beginning alone"},
    Keyword<Method>{Method::traffic, '1', "traffic", "Traffic",
                    "is taken as Traffic, by its beginning alone"},
    Keyword<Method>{Method::busyness, '2', "busyness", "Busyness",
                    "is taken as Busyness, by its beginning alone"},
    Keyword<Method>{Method::sessions, '3', "sessions", "Sessions",
                    "is taken as Session, by its beginning alone"},
    Keyword<Method>{Method::next, '4', "next", "Next", "is taken as Next, by its beginning alone"},
};
constexpr std::string_view no_method = "is none of Request, Session, Next, Traffic, Busyness";
constexpr std::array locks{
    Keyword<Lock>{Lock::optimistic, '0', "optimistic", "Optimistic",
                  "is taken as Optimistic, by its beginning alone"},
    Keyword<Lock>{Lock::pessimistic, '1', "pessimistic", "Pessimistic",
                  "is taken as Pessimistic, by its beginning alone"},
};
constexpr std::string_view no_lock = "is none of Optimistic, Pessimistic";
constexpr std::array get_edits{
    Keyword<GetEdit>{GetEdit::scripts, '\0', "scripts", "scripts"},
    Keyword<GetEdit>{GetEdit::on, '\0', "on", "on"},
    Keyword<GetEdit>{GetEdit::off, '\0', "off", "off"},
};

bool is_meant(std::string_view text, std::string_view word) noexcept
{
    return starts_with_caseless(word, text) || starts_with_caseless(text, word);
}

/// `otherwise` is the remark on a text that is none of them.
template <class Table>
auto read_keyword(std::string_view text, const Table& table, std::string_view otherwise) noexcept
{
    using Value = decltype(table[0].value);
    for (const auto& row : table) {
        if (!text.empty() && text.front() == row.digit) {
            return Reading<Value>{row.value, text.size() == 1 ? std::string_view{} : row.remark};
        }
        if (!text.empty() && lower(text.front()) == row.word.front()) {
            return Reading<Value>{row.value,
                                  is_meant(text, row.word) ? std::string_view{} : row.remark};
        }
    }
    return Reading<Value>{std::nullopt, otherwise};
}

template <class T, class Table> std::string_view shown(T value, const Table& table) noexcept
{
    const auto row = std::find_if(table.begin(), table.end(),
                                  [&](const auto& one) { return one.value == value; });
    return row == table.end() ? std::string_view{} : row->shown;
}

std::size_t digits_end(std::string_view text) noexcept
{
    const std::size_t begin = text.find_first_of("0123456789");
    return std::min(text.find_first_not_of("0123456789", begin), text.size());
}

/// True where there are digits to read, behind blanks and a sign perhaps.
bool begins_with_number(std::string_view text) noexcept
{
    text = trim(text);
    const bool is_signed = text.starts_with('-') || text.starts_with('+');
    return text.size() > (is_signed ? 1U : 0U) && is_digit(text[is_signed ? 1 : 0]);
}

bool has_word_at(std::string_view text, std::size_t at) noexcept
{
    return at < text.size() &&
           (is_digit(text[at]) || (lower(text[at]) >= 'a' && lower(text[at]) <= 'z'));
}

/// True for "k", "M", "kB" and the like, but not for the beginning of another unit ("ms", "min").
bool is_size(std::string_view behind) noexcept
{
    const bool has_byte = behind.size() > 1 && lower(behind[1]) == 'b';
    return !has_word_at(behind, has_byte ? 2 : 1);
}

std::int64_t scale_of(std::string_view behind) noexcept
{
    const char suffix = behind.empty() ? '\0' : lower(behind.front());
    return suffix == 'k' ? 1024 : suffix == 'm' ? 1048576 : 1;
}

}  // namespace

Reading<std::int64_t> read_integer(std::string_view text) noexcept
{
    const std::optional<std::int64_t> number = parse_leading_integer(text);
    if (!number) {
        return {std::nullopt, begins_with_number(text) ? "is too large a number" : "is no number"};
    }
    const std::string_view behind = text.substr(digits_end(text));
    const std::int64_t written = scale_of(behind);
    const std::int64_t scale = is_size(behind) ? written : 1;
    const std::int64_t most = std::numeric_limits<std::int64_t>::max() / scale;
    if (*number > most || *number < -most) {
        return {std::nullopt, "is too large a number"};
    }
    if (scale != written) {
        return {*number, "is read as its number alone: k and m count only without a unit behind"};
    }
    const bool has_rest = behind.size() > (scale == 1 ? 0U : 1U);
    return {*number * scale, has_rest ? "is read only as far as its number goes" : ""};
}

Reading<bool> read_boolean(std::string_view text) noexcept
{
    constexpr std::array no{"off", "false", "no", "f", "n", "0"};
    constexpr std::array yes{"on", "true", "yes", "t", "y", "1"};
    const auto is_text = [&](std::string_view word) { return equals_caseless(text, word); };
    if (std::any_of(no.begin(), no.end(), is_text)) {
        return {false, ""};
    }
    if (std::any_of(yes.begin(), yes.end(), is_text)) {
        return {true, ""};
    }
    const char first = text.empty() ? '\0' : lower(text.front());
    if (first == 'f' || first == 'n') {
        return {false, "is read by its first letter, as false"};
    }
    if (first == 't' || first == 'y') {
        return {true, "is read by its first letter, as true"};
    }
    return {std::nullopt, "is neither true nor false"};
}

std::vector<std::string> read_list(std::string_view text)
{
    std::vector<std::string> list;
    while (const auto piece = next_piece(text, " \t,")) {
        list.emplace_back(*piece);
    }
    return list;
}

Reading<std::vector<int>> read_integer_list(std::string_view text)
{
    Reading<std::vector<int>> reading{std::vector<int>{}, ""};
    while (const auto piece = next_piece(text, " \t,")) {
        const std::int64_t number = parse_leading_integer(*piece).value_or(0);
        const bool fits =
            number >= -std::numeric_limits<int>::max() && number <= std::numeric_limits<int>::max();
        reading.value->push_back(fits ? static_cast<int>(number) : 0);
        if (reading.value->back() == 0 || digits_end(*piece) != piece->size()) {
            reading.remark = "holds something that is no whole number other than 0";
        }
    }
    return reading;
}

Reading<Activation> read_activation(std::string_view text) noexcept
{
    return read_keyword(text, activations, no_activation);
}

Reading<Method> read_method(std::string_view text) noexcept
{
    return read_keyword(text, methods, no_method);
}

Reading<Lock> read_lock(std::string_view text) noexcept
{
    return read_keyword(text, locks, no_lock);
}

Reading<GetEdit> read_get_edit(std::string_view text) noexcept
{
    for (const Keyword<GetEdit>& row : get_edits) {
        if (equals_caseless(text, row.word)) {
            return {row.value, ""};
        }
    }
    return {std::nullopt, "is none of scripts, on, off"};
}

std::string_view to_text(Activation activation) noexcept
{
    return shown(activation, activations);
}

std::string_view to_text(Method method) noexcept
{
    return shown(method, methods);
}

std::string_view to_text(Lock lock) noexcept
{
    return shown(lock, locks);
}

std::string_view to_text(GetEdit get_edit) noexcept
{
    return shown(get_edit, get_edits);
}

}  // namespace jk::conf
