// The module's log: its lines, its stamps, and what foreign bytes become in it.
#include "runtime/log.h"

#include <regex.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "config/server_config.h"
#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::Level;
using httpd::LogContext;
using httpd::LogFile;

/// An open log of one server.
struct Logbook {
    Site site;
    LogFile log;

    explicit Logbook(const char* stamp = "", Level level = Level::trace)
    {
        log.file = httpd::open_log(site.pool(), site.main(), "jk.log");
        log.level = level;
        log.stamp_format = stamp;
        assert_non_null(log.file);
    }
    [[nodiscard]] LogContext context(const char* id = nullptr) const
    {
        return {&log, site.main(), id};
    }
    [[nodiscard]] std::string text() const
    {
        return site.read(apr_pstrcat(site.pool(), ap_server_root, "/jk.log", nullptr));
    }
};

/// True when the whole text matches the POSIX expression.
bool matches(const std::string& text, const std::string& pattern)
{
    regex_t compiled{};
    if (::regcomp(&compiled, ("^" + pattern + "$").c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
        return false;
    }
    const int result = ::regexec(&compiled, text.c_str(), 0, nullptr, 0);
    ::regfree(&compiled);
    return result == 0;
}

void levels_are_words()
{
    constexpr const char* words[] = {"trace", "debug", "info", "warn", "error", "emerg"};
    for (std::size_t i = 0; i < std::size(words); ++i) {
        assert_int_equal(httpd::parse_level(words[i]).value(), static_cast<Level>(i));
    }
    assert_int_equal(httpd::parse_level("EmErG").value(), Level::emerg);
    for (const char* const word : {"", "warning", "notice", "crit", " info", "infos"}) {
        assert_false(httpd::parse_level(word).has_value());
    }
}

void a_line_has_its_layout()
{
    const Logbook book{"stamp "};
    JK_LOG(book.context(), Level::info, "%s is %d", "x", 5);
    const std::string pid = std::to_string(::getpid());
    assert_true(
        matches(book.text(), "stamp \\[NO-ID\\] \\[" + pid +
                                 ":[0-9]+\\] \\[info\\] log_test\\.cc \\([0-9]+\\): x is 5\n"));
}

void a_line_names_its_request()
{
    const Logbook book;
    JK_LOG(book.context("abc@1"), Level::error, "%s", "x");
    assert_true(matches(book.text(), "\\[abc@1\\] \\[[0-9]+:[0-9]+\\] \\[error\\] .*: x\n"));
}

void lines_below_the_level_are_not_written()
{
    const Logbook book{"", Level::warn};
    int evaluated = 0;
    for (int level = 0; level < 6; ++level) {
        JK_LOG(book.context(), static_cast<Level>(level), "%d", ++evaluated);
    }
    assert_int_equal(evaluated, 3);
    assert_true(matches(book.text(), ".*warn.*: 1\n.*error.*: 2\n.*emerg.*: 3\n"));
}

void lg1_control_characters_are_escaped()
{
    const Logbook book;
    JK_LOG(book.context("i\nd"), Level::info, "%s", "a\r\nb\x1b[0m\x7f\tc\xc3\xa9");
    assert_text_holds(book.text(), "[i\\x0ad] [");
    assert_text_holds(book.text(), ": a\\x0d\\x0ab\\x1b[0m\\x7f\\x09c\xc3\xa9\n");
}

void a_long_message_is_cut_and_still_one_line()
{
    const Logbook book{"stamp "};
    const std::string text(20000, 'x');
    JK_LOG(book.context(std::string(20000, 'i').c_str()), Level::info, "%s", text.c_str());
    JK_LOG(book.context(), Level::info, "%s", text.c_str());
    const std::string control(20000, '\n');
    JK_LOG(book.context(), Level::info, "%s", control.c_str());
    const std::string all = book.text();
    assert_int_equal(std::count(all.begin(), all.end(), '\n'), 3);
    assert_true(all.ends_with("...\n"));
    assert_in_range(all.size(), 3 * 4090, 3 * 4096);  // what a pipe takes in one piece
}

/// The stamp that a format gives, up to the id.
std::string stamp(const char* format)
{
    const Logbook book{format};
    JK_LOG(book.context(), Level::info, "%s", "x");
    const std::string text = book.text();
    return text.substr(0, text.find("[NO-ID]"));
}

void the_default_stamp_is_mod_jks()
{
    assert_true(matches(stamp(nullptr), "\\[[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9]{2} "
                                        "[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} [0-9]{4}\\] "));
}

void stamps_have_fractions()
{
    assert_true(matches(stamp("%Q "), "[0-9]{3} "));
    assert_true(matches(stamp("%q "), "[0-9]{6} "));
    assert_true(matches(stamp("%H:%M:%S.%q|"), "[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}\\|"));
}

void only_one_fraction_is_honoured()
{
    assert_true(matches(stamp("%q %Q %Q|"), "[^|]*q [0-9]{3} [^|]*Q\\|"));
    assert_true(matches(stamp("%q %q|"), "[0-9]{6} [^|]*q\\|"));
}

void a_fraction_far_to_the_right_is_not_honoured()
{
    const std::string right(60, '.');
    assert_true(matches(stamp((right + "%Q").c_str()), "\\.{60}[0-9]{3}"));
    assert_true(matches(stamp((right + ".%Q").c_str()), "\\.{61}%?Q"));
    const std::string less(57, '.');
    assert_true(matches(stamp((less + "%q").c_str()), "\\.{57}[0-9]{6}"));
    assert_true(matches(stamp((less + ".%q").c_str()), "\\.{58}%?q"));
}

void a_format_with_a_fraction_is_cut()
{
    const std::string text = stamp(("%Q" + std::string(100, '.')).c_str());
    assert_in_range(text.size(), 60, 64);
}

void without_a_log_lines_go_to_httpd()
{
    Site site;
    const LogContext context{nullptr, site.main(), nullptr};
    JK_LOG(context, Level::info, "%s", "quiet");
    JK_LOG(context, Level::warn, "%s", "a\nb");
    JK_LOG(context, Level::error, "%s", "e");
    assert_int_equal(fakes().log.size(), 2);
    assert_true(fakes().has_logged(APLOG_WARNING, "mod_jk: a\\x0ab"));
    assert_true(fakes().has_logged(APLOG_ERR, "mod_jk: e"));
}

void a_log_is_opened_for_appending()
{
    Site site;
    const char* const path = site.file("old.log", "old\n");
    LogFile log{httpd::open_log(site.pool(), site.main(), "old.log"), Level::info, ""};
    const LogContext context{&log, site.main(), nullptr};
    JK_LOG(context, Level::info, "%s", "new");
    assert_true(matches(site.read(path), "old\n.*: new\n"));
}

void sh5_a_new_log_can_be_read_by_all()
{
    const ::mode_t before = ::umask(0);
    const Logbook book;
    ::umask(before);
    struct stat info {};
    assert_int_equal(::stat((std::string{ap_server_root} + "/jk.log").c_str(), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0644);
}

void a_log_that_cannot_be_opened_says_why()
{
    Site site;
    assert_null(httpd::open_log(site.pool(), site.main(), "none/jk.log"));
    assert_true(fakes().has_logged(APLOG_ERR, "none/jk.log"));
}

void a_pipe_is_httpds_business()
{
    Site site;
    assert_null(httpd::open_log(site.pool(), site.main(), "|/bin/prog -x"));
    assert_text_equal(fakes().piped_command, "/bin/prog -x");
    assert_true(fakes().has_logged(APLOG_ERR, "'/bin/prog -x' could not be started"));
    const Logbook book;
    fakes().pipe = book.log.file;
    assert_ptr_equal(httpd::open_log(site.pool(), site.main(), "||/bin/prog"), book.log.file);
    assert_text_equal(fakes().piped_command, "|/bin/prog");
}

void complaints_have_place_and_level()
{
    const Logbook book;
    log_complaints(book.context("CONFIG"), {{Severity::error, {"w.properties", 3}, "wrong"},
                                            {Severity::warning, {"w.properties", 0}, "odd"},
                                            {Severity::note, {"u.properties", 1}, "by the way"}});
    const std::string text = book.text();
    assert_text_holds(text, "[error] log.cc (");
    assert_text_holds(text, "): w.properties:3: wrong\n");
    assert_text_holds(text, "[warn]");
    assert_text_holds(text, "): w.properties: odd\n");
    assert_text_holds(text, "[info]");
    assert_text_holds(text, "): u.properties:1: by the way\n");
}

}  // namespace

Group runtime_log_tests()
{
    return {"runtime/log",
            {
                jk_test(levels_are_words),
                jk_test(a_line_has_its_layout),
                jk_test(a_line_names_its_request),
                jk_test(lines_below_the_level_are_not_written),
                jk_test(lg1_control_characters_are_escaped),
                jk_test(a_long_message_is_cut_and_still_one_line),
                jk_test(the_default_stamp_is_mod_jks),
                jk_test(stamps_have_fractions),
                jk_test(only_one_fraction_is_honoured),
                jk_test(a_fraction_far_to_the_right_is_not_honoured),
                jk_test(a_format_with_a_fraction_is_cut),
                jk_test(without_a_log_lines_go_to_httpd),
                jk_test(a_log_is_opened_for_appending),
                jk_test(sh5_a_new_log_can_be_read_by_all),
                jk_test(a_log_that_cannot_be_opened_says_why),
                jk_test(a_pipe_is_httpds_business),
                jk_test(complaints_have_place_and_level),
            }};
}

}  // namespace jk::test
