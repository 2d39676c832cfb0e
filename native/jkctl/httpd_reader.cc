// Walks an httpd configuration in the order in which httpd reads it. What httpd carries out while
// it still reads (Include, Define, conditions) is carried out here; modules count as loaded from
// their LoadModule line on. Tested by tests/adapter/jkctl/httpd_reader_test.cc.
#include "jkctl/httpd_reader.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/text.h"
#include "base/wording.h"
#include "jkctl/text_file.h"

namespace jk::ctl {

namespace {

constexpr int deepest_include = 20;            // as httpd
constexpr std::size_t most_files = 20000;      // of a configuration that includes itself
constexpr std::string_view own_module = "jk";  // checked for the module, loaded here or not

// Modules that httpd has built in, as Debian and the usual sources do.
constexpr std::array<std::string_view, 8> built_in{"core",       "http",  "so",      "watchdog",
                                                   "log_config", "logio", "version", "unixd"};

constexpr std::array<std::string_view, 6> conditions{"ifdefine",  "ifmodule",    "iffile",
                                                     "ifversion", "ifdirective", "ifsection"};

std::string lowered(std::string_view text)
{
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

bool is_one_of(std::string_view word, const auto& words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "mod_jk.c" and "jk_module" are both "jk"; MPMs are called event.c and mpm_event_module.
std::string module_stem(std::string_view name)
{
    std::string stem = lowered(name.substr(name.rfind('/') + 1));
    for (const std::string_view end : {"_module", ".so", ".c", ".cc"}) {
        if (stem.ends_with(end)) {
            stem.resize(stem.size() - end.size());
        }
    }
    for (const std::string_view begin : {"mod_", "mpm_"}) {
        if (stem.starts_with(begin)) {
            stem.erase(0, begin.size());
        }
    }
    return stem == "http_core" ? "http" : stem;
}

/// Compares dotted numbers; a part that is missing counts as 0.
int compare_versions(std::string_view a, std::string_view b)
{
    while (!a.empty() || !b.empty()) {
        const auto left = parse_digits(next_piece(a, ".").value_or("0")).value_or(0);
        const auto right = parse_digits(next_piece(b, ".").value_or("0")).value_or(0);
        if (left != right) {
            return left < right ? -1 : 1;
        }
    }
    return 0;
}

/// <IfVersion [operator] number>, for the httpd that the module is for: 2.4, whatever comes behind.
bool is_version_met(std::string_view arguments)
{
    std::string first = next_word(arguments);
    const std::string second = next_word(arguments);
    const std::string number = second.empty() ? first : second;
    const std::string sign = second.empty() ? "=" : first;
    const int order = compare_versions("2.4.60", number);
    const bool is_negated = sign.starts_with('!');
    const std::string_view plain = std::string_view{sign}.substr(is_negated ? 1 : 0);
    const bool is_met = (plain.find('<') != std::string_view::npos && order < 0) ||
                        (plain.find('>') != std::string_view::npos && order > 0) ||
                        (plain.find('=') != std::string_view::npos && order == 0);
    return is_met != is_negated;
}

/// Passes over all up to the end of a section, with those of the same name inside.
void skip_section(HttpdLines& lines, std::string_view name)
{
    int depth = 1;
    while (depth > 0) {
        const auto line = lines.next();
        if (!line) {
            return;
        }
        std::string_view rest = line->text;
        const std::string word = lowered(next_word(rest));
        if (word.starts_with("</") && word.substr(2, name.size()) == name) {
            --depth;
        } else if (word == concat({"<", name})) {
            ++depth;
        }
    }
}

/// The paths that a pattern stands for, sorted.
std::vector<std::string> matches_of(const std::string& pattern)
{
    std::vector<std::string> paths;
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    return paths;
}

}  // namespace

void HttpdReader::complain(const Place& place, std::string text)
{
    complaints_.push_back({Severity::error, place, std::move(text)});
}

std::string HttpdReader::from_server_root(std::string_view path) const
{
    return path.starts_with('/') ? std::string{path} : concat({server_root_, "/", path});
}

bool HttpdReader::read(const std::string& path)
{
    const std::optional<std::string> text = read_text_file(path, complaints_);
    if (!text) {
        return false;
    }
    if (std::find(files_.begin(), files_.end(), path) == files_.end()) {
        files_.push_back(path);
    }
    read_lines(*text, path);
    return true;
}

void HttpdReader::read_lines(std::string_view text, const std::string& path)
{
    const std::size_t outer = sections_.size();
    HttpdLines lines{text};
    while (const auto line = lines.next()) {
        take_line(lines, *line, path);
    }
    while (sections_.size() > outer) {
        const Section& section = sections_.back();
        complain(section.place, concat({"<", section.written, "> was not closed: </",
                                        section.written, "> is missing"}));
        close(section.written, section.place);
    }
}

void HttpdReader::take_line(HttpdLines& lines, const HttpdLine& line, const std::string& path)
{
    const Variables variables = [this](const std::string& name) { return variables_.value(name); };
    const std::string text = with_variables(line.text, variables);
    std::string_view rest = text;
    const std::string name = next_word(rest);
    const Place place{path, line.number};
    if (name.starts_with("</")) {
        close(std::string_view{name}.substr(2, name.find('>') - 2), place);
    } else if (name.starts_with('<')) {
        const std::size_t end = rest.rfind('>');
        open(lines, {std::string_view{name}.substr(1, name.find('>') - 1),
                     trim(rest.substr(0, end)), place});
    } else if (const Statement statement{name, rest, place}; !take_here(statement)) {
        taker_.take(statement, sections_);
    }
}

bool HttpdReader::take_here(const Statement& statement)
{
    std::string_view rest = statement.arguments;
    const std::string name = lowered(statement.name);
    if (name == "include" || name == "includeoptional") {
        include(statement);
    } else if (name == "define") {
        const std::string variable = next_word(rest);
        variables_.define(variable, next_word(rest));
    } else if (name == "undefine") {
        variables_.undefine(next_word(rest));
    } else if (name == "loadmodule") {
        load_module(rest);
    } else if (name == "serverroot") {
        server_root_ = next_word(rest);
        while (server_root_.size() > 1 && server_root_.ends_with('/')) {
            server_root_.pop_back();
        }
    } else if (name == "use") {
        complaints_.push_back(
            {Severity::note, statement.place,
             "macros are not followed: what Use would bring in is not looked at"});
    } else {
        return false;
    }
    return true;
}

void HttpdReader::load_module(std::string_view arguments)
{
    modules_.insert(module_stem(next_word(arguments)));
    modules_.insert(module_stem(next_word(arguments)));
}

bool HttpdReader::is_module_loaded(std::string_view name) const
{
    const std::string stem = module_stem(name);
    return stem == own_module || is_one_of(stem, built_in) || modules_.count(stem) != 0;
}

bool HttpdReader::is_condition_met(std::string_view name, std::string_view arguments) const
{
    if (name == "ifversion") {
        return is_version_met(arguments);
    }
    if (name == "ifdirective" || name == "ifsection") {
        return true;  // only httpd knows; what is inside is checked rather than passed over
    }
    std::string word = next_word(arguments);
    const bool is_negated = word.starts_with('!');
    word.erase(0, is_negated ? 1 : 0);
    bool is_met = false;
    if (name == "ifdefine") {
        is_met = variables_.is_defined(word);
    } else if (name == "ifmodule") {
        is_met = is_module_loaded(word);
    } else {
        std::error_code ignored;
        is_met = std::filesystem::exists(from_server_root(word), ignored);
    }
    return is_met != is_negated;
}

void HttpdReader::open(HttpdLines& lines, const Statement& statement)
{
    Section section{lowered(statement.name), std::string{statement.name},
                    std::string{statement.arguments}, statement.place};
    section.is_condition = is_one_of(section.name, conditions);
    const bool is_skipped =
        section.name == "macro" ||
        (section.is_condition && !is_condition_met(section.name, section.arguments));
    if (is_skipped) {
        skip_section(lines, section.name);
        return;
    }
    if (!section.is_condition) {
        taker_.open(section);
    }
    sections_.push_back(std::move(section));
}

void HttpdReader::close(std::string_view name, const Place& place)
{
    if (sections_.empty()) {
        complain(place, concat({"</", name, "> without a <", name, "> before it"}));
        return;
    }
    const Section section = sections_.back();
    if (lowered(name) != section.name) {
        complain(place,
                 concat({"</", name, "> where </", section.written,
                         "> is expected: that section was opened at ", to_text(section.place)}));
        const auto same = [&](const Section& one) { return one.name == lowered(name); };
        if (std::none_of(sections_.begin(), sections_.end(), same)) {
            return;
        }
    }
    sections_.pop_back();
    if (!section.is_condition) {
        taker_.close(section);
    }
    if (lowered(name) != section.name) {
        close(name, place);
    }
}

void HttpdReader::include(const Statement& statement)
{
    std::string_view rest = statement.arguments;
    const std::string pattern = from_server_root(next_word(rest));
    const bool is_optional = lowered(statement.name) == "includeoptional";
    const std::vector<std::string> paths = matches_of(pattern);
    if (paths.empty() && !is_optional) {
        complain(statement.place, concat({"there is no ", jk::quoted(pattern),
                                          " to include; IncludeOptional does without it"}));
    }
    if (depth_ >= deepest_include || reads_ >= most_files) {
        complain(statement.place, "files are included too deep: does one of them include itself?");
        return;
    }
    ++depth_;
    for (const std::string& path : paths) {
        include_folder(path);
    }
    --depth_;
}

void HttpdReader::include_folder(const std::string& path)
{
    struct ::stat info {};
    if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
        for (const std::string& one : matches_of(concat({path, "/*"}))) {
            include_folder(one);
        }
        return;
    }
    ++reads_;
    (void)read(path);
}

}  // namespace jk::ctl
