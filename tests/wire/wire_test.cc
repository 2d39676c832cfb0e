// Plays the conversations of tests/wire/*.txt to an exchange; README.md describes their form. Each
// is played four ways: line by line, with all that the container may send at once in one read, byte
// by byte, and with bytes behind the end of the response.
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "ajp/support.h"
#include "base/text.h"
#include "support/check.h"

namespace {

using namespace jk::ajp;
using jk::test::Attempt;
using jk::test::Buffer;

enum class Mode : std::uint8_t { line_by_line, whole, byte_by_byte, trailing };

struct Line {
    char kind;
    std::string text;
    std::size_t number;
    bool is_played = false;
};

constexpr std::array<std::string_view, 11> failure_names{
    "none",           "send",        "closed_no_head", "closed_in_packet",
    "closed_in_body", "protocol",    "reply_timeout",  "failing_status",
    "soft_status",    "client_gone", "client_body",
};
static_assert(failure_names.size() == static_cast<std::size_t>(Failure::client_body) + 1);

struct EventRow {
    std::string_view name;
    void (*tell)(Exchange&);
};
constexpr std::array events{
    EventRow{"closed", [](Exchange& exchange) { exchange.backend_closed(); }},
    EventRow{"timeout", [](Exchange& exchange) { exchange.timed_out(); }},
    EventRow{"write failed", [](Exchange& exchange) { exchange.write_failed(); }},
    EventRow{"client gone", [](Exchange& exchange) { exchange.client_gone(); }},
    EventRow{"client bad", [](Exchange& exchange) { exchange.client_body_bad(); }},
};

/// One conversation, played once.
class Player {
public:
    Player(const std::filesystem::path& path, Mode mode);
    void play();

private:
    [[nodiscard]] Line& current();
    std::string take(char kind, const char* step);
    void set(std::string_view setting);
    void tell(std::string_view event);
    Buffer bytes(std::string_view text) const;

    void write(const Action& action);
    void read_backend();
    void load();
    void read_client(const Action& action);
    void head(ResponseHead& head);
    void done(const Action& action);
    void failed(const Action& action);
    bool step();

    std::string name_;
    Mode mode_;
    std::vector<Line> lines_;
    Attempt attempt_;
    std::string kept_;
    std::vector<int> fail_on_status_;
    Buffer input_;   ///< of the container, not yet given
    Buffer client_;  ///< of the client, not yet given
};

Player::Player(const std::filesystem::path& path, Mode mode)
    : name_(path.filename().string()), mode_(mode)
{
    std::ifstream file{path};
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        const std::string_view text = jk::trim(line);
        if (!text.empty() && text.front() != '#') {
            lines_.push_back({text.front(), std::string{jk::trim(text.substr(1))}, number});
        }
    }
}

Line& Player::current()
{
    const auto line = std::find_if(lines_.begin(), lines_.end(),
                                   [](const Line& each) { return !each.is_played; });
    ck_assert_msg(line != lines_.end(), "%s: goes on behind its end", name_.c_str());
    return *line;
}

// Takes the next line, which must be of this kind.
std::string Player::take(char kind, const char* step)
{
    Line& line = current();
    ck_assert_msg(line.kind == kind, "%s:%zu: the exchange comes to '%s' here", name_.c_str(),
                  line.number, step);
    line.is_played = true;
    return line.text;
}

void Player::set(std::string_view setting)
{
    const std::string_view name = jk::next_piece(setting, " ").value_or("");
    const std::string_view value = jk::trim(setting);
    if (name == "method") {
        attempt_.plan.method = value;
    } else if (name == "body") {
        const bool is_known = value != "unknown";
        attempt_.plan.body = is_known ? BodyKind::sized : BodyKind::unknown;
        attempt_.plan.body_length = jk::parse_digits(value).value_or(0);
    } else if (name == "kept") {
        const Buffer kept = bytes(value);
        kept_.assign(kept.begin(), kept.end());
        attempt_.plan.kept_body = jk::as_bytes(kept_);
    } else if (name == "recovery_options") {
        attempt_.plan.retry = {true, static_cast<std::uint32_t>(*jk::parse_digits(value))};
    } else if (name == "fail_on_status") {
        fail_on_status_.push_back(static_cast<int>(*jk::parse_leading_integer(value)));
        attempt_.plan.fail_on_status = fail_on_status_;
    } else {
        ck_abort_msg("%s: unknown setting", name_.c_str());
    }
}

Buffer Player::bytes(std::string_view text) const
{
    if (text == "head") {
        return {attempt_.plan.head.begin(), attempt_.plan.head.end()};
    }
    if (text.starts_with("vector ")) {
        return jk::test::vector_bytes(jk::trim(text.substr(7)));
    }
    return jk::test::bytes_of(text);
}

void Player::tell(std::string_view event)
{
    for (const EventRow& row : events) {
        if (row.name == event) {
            return row.tell(attempt_.exchange[0]);
        }
    }
    ck_abort_msg("%s: unknown event", name_.c_str());
}

void Player::write(const Action& action)
{
    Buffer got;
    for (const jk::Bytes& piece : action.pieces) {
        got.insert(got.end(), piece.begin(), piece.end());
    }
    Buffer want;
    const std::size_t number = current().number;
    while (want.size() < got.size()) {
        const Buffer part = bytes(take('>', "write"));
        want.insert(want.end(), part.begin(), part.end());
    }
    ck_assert_msg(got == want, "%s:%zu: other bytes are sent", name_.c_str(), number);
    attempt_.exchange[0].written();
}

// Takes the container's next bytes; but for line by line and byte by byte, all it may send without
// an answer of ours.
void Player::load()
{
    input_ = bytes(take('<', "read_backend"));
    if (mode_ == Mode::line_by_line || mode_ == Mode::byte_by_byte) {
        return;
    }
    for (Line& line : lines_) {
        if (!line.is_played && line.kind == '<') {
            const Buffer part = bytes(line.text);
            input_.insert(input_.end(), part.begin(), part.end());
            line.is_played = true;
        } else if (!line.is_played && line.kind != '=') {
            return;
        }
    }
    if (mode_ == Mode::trailing) {
        input_.push_back('A');
    }
}

void Player::read_backend()
{
    if (input_.empty()) {
        load();
    }
    const jk::MutableBytes space = attempt_.exchange[0].read_space();
    const std::size_t most = mode_ == Mode::byte_by_byte ? 1 : space.size();
    const std::size_t count = std::min(most, input_.size());
    std::memcpy(space.data(), input_.data(), count);
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(count));
    attempt_.exchange[0].received(count);
}

void Player::read_client(const Action& action)
{
    if (client_.empty()) {
        const std::string text = take('+', "read_client");
        if (text == "end") {
            return attempt_.exchange[0].client_end();
        }
        client_ = bytes(text);
    }
    const std::size_t count = std::min(action.space.size(), client_.size());
    std::memcpy(action.space.data(), client_.data(), count);
    client_.erase(client_.begin(), client_.begin() + static_cast<std::ptrdiff_t>(count));
    attempt_.exchange[0].client_data(count);
}

void Player::head(ResponseHead& head)
{
    std::string got = "head " + std::to_string(head.status);
    if (!head.reason.empty()) {
        got.append(" ").append(head.reason);
    }
    ck_assert_text_eq(got, take('=', "head"));
    while (const auto field = head.headers.next()) {
        got.assign("header ").append(field->name).append(": ").append(field->value);
        ck_assert_text_eq(jk::trim(got), take('=', "head"));
    }
}

void Player::done(const Action& action)
{
    const std::string want = take('=', "done");
    ck_assert_text_eq(want.substr(0, 4), "done");
    const bool is_reusable = want == "done reusable" && mode_ != Mode::trailing;
    ck_assert_msg(action.is_reusable == is_reusable, "%s: reusable or not?", name_.c_str());
}

void Player::failed(const Action& action)
{
    std::string got = "failed ";
    got.append(failure_names.at(static_cast<std::size_t>(action.failure)));
    got.append(action.may_retry ? ", again" : ", final");
    ck_assert_text_eq(got, take('=', "failed"));
}

// Returns false at the end.
bool Player::step()
{
    const Action action = attempt_.exchange[0].next();
    const bool is_request = action.step == Step::write || action.step == Step::read_client ||
                            (action.step == Step::read_backend && input_.empty());
    if (is_request && current().kind == '!') {
        tell(take('!', "an event"));
        return true;
    }
    switch (action.step) {
    case Step::write: write(action); return true;
    case Step::read_backend: read_backend(); return true;
    case Step::read_client: read_client(action); return true;
    case Step::head: head(*action.head); return true;
    case Step::flush: ck_assert_text_eq(take('=', "flush"), "flush"); return true;
    case Step::body: {
        const std::string want = take('=', "body");
        const Buffer data = bytes(std::string_view{want}.substr(5));
        ck_assert_text_eq(jk::as_text(action.data), jk::as_text(data));
        return true;
    }
    case Step::done: done(action); return false;
    case Step::failed: failed(action); return false;
    }
    return false;
}

void Player::play()
{
    for (Line& line : lines_) {
        if (line.kind == ':') {
            set(line.text);
            line.is_played = true;
        }
    }
    attempt_.start();
    while (step()) {
    }
    const bool is_whole =
        std::all_of(lines_.begin(), lines_.end(), [](const Line& line) { return line.is_played; });
    ck_assert_msg(is_whole, "%s: ends too early", name_.c_str());
}

std::vector<std::filesystem::path> conversations()
{
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator{jk::test::wire_directory()}) {
        if (entry.path().extension() == ".txt") {
            paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

void play(int row, Mode mode)
{
    Player{conversations().at(static_cast<std::size_t>(row)), mode}.play();
}

START_TEST(line_by_line)
{
    play(_i, Mode::line_by_line);
}
END_TEST

START_TEST(whole)
{
    play(_i, Mode::whole);
}
END_TEST

START_TEST(byte_by_byte)
{
    play(_i, Mode::byte_by_byte);
}
END_TEST

START_TEST(with_trailing_bytes)
{
    play(_i, Mode::trailing);
}
END_TEST

TCase* wire_tests()
{
    const int count = static_cast<int>(conversations().size());
    TCase* tests = tcase_create("wire");
    tcase_add_loop_test(tests, line_by_line, 0, count);
    tcase_add_loop_test(tests, whole, 0, count);
    tcase_add_loop_test(tests, byte_by_byte, 0, count);
    tcase_add_loop_test(tests, with_trailing_bytes, 0, count);
    return tests;
}

}  // namespace

int main()
{
    return jk::test::run("wire", {wire_tests});
}
