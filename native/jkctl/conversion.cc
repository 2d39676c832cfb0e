// Conversions keep the text of a statement byte for byte: what it means is decided by the same code
// (conf::Properties) wherever it came from. What differs is the way there. A workers file knows
// comments behind statements and `$(ServerRoot)`; httpd joins lines that end with a backslash,
// comments too, and replaces `${…}`.
// Tested by tests/adapter/jkctl/conversion_test.cc and tests/system/test_jkctl.py.
#include "jkctl/conversion.h"

#include <algorithm>

#include "base/lines.h"
#include "base/text.h"
#include "base/wording.h"

namespace jk::ctl {

namespace {

constexpr std::string_view directive = "JkWorkerProperty";

/// Cuts the next line off `rest`, without its line break.
std::string_view cut_line(std::string_view& rest) noexcept
{
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

/// One pass over a file: what was made of it, and what speaks against it.
class Conversion {
public:
    Conversion(const std::string& file, Complaints& complaints)
        : file_(file), complaints_(complaints)
    {}

    void refuse(unsigned line, std::string text)
    {
        complaints_.push_back({Severity::error, {file_, line}, std::move(text)});
        is_refused_ = true;
    }
    void add(std::initializer_list<std::string_view> pieces) { result_ += concat(pieces); }
    [[nodiscard]] bool is_empty() const noexcept { return result_.empty() && !is_refused_; }
    [[nodiscard]] std::optional<std::string> result()
    {
        return is_refused_ ? std::nullopt : std::optional{std::move(result_)};
    }

private:
    const std::string& file_;
    Complaints& complaints_;
    std::string result_;
    bool is_refused_ = false;
};

/// Returns the `${…}` that httpd would replace, empty where there is none.
std::string_view httpd_variable(std::string_view text) noexcept
{
    const std::size_t begin = text.find("${");
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
    return end == std::string_view::npos ? "" : text.substr(begin, end + 1 - begin);
}

/// httpd would join a line that ends with a backslash with the next one; a blank behind it, which
/// httpd and we trim, keeps it from doing so.
std::string_view guard_of(std::string_view line) noexcept
{
    return line.ends_with('\\') ? " " : "";
}

void add_comment(Conversion& conversion, std::string_view comment)
{
    conversion.add({comment, guard_of(comment), "\n"});
}

void add_directive(Conversion& conversion, std::string_view text, unsigned line)
{
    if (text.find('\0') != std::string_view::npos) {
        conversion.refuse(line,
                          "the line holds a NUL byte, at which httpd would end it; remove it");
    } else if (text.size() > line_limit) {
        conversion.refuse(line, concat({"the line is longer than ", decimal(line_limit),
                                        " bytes, so it is not read; shorten or split it"}));
    } else if (const std::string_view variable = httpd_variable(text); !variable.empty()) {
        conversion.refuse(line, concat({quoted(variable), " is plain text in a workers file, but ",
                                        "httpd would replace it; write the value in another way"}));
    } else if (text.find("$(ServerRoot)") != std::string_view::npos) {
        conversion.refuse(line, "$(ServerRoot) is known in a workers file only; write the path, or "
                                "${NAME} with a Define NAME in httpd.conf");
    } else {
        conversion.add({directive, " ", text, guard_of(text), "\n"});
    }
}

/// A directive of httpd.conf after joining: continued lines are one.
struct HttpdLine {
    std::string text;
    unsigned number = 0;  ///< of its last line, as httpd counts
};

HttpdLine next_httpd_line(std::string_view& rest, unsigned& number)
{
    HttpdLine line;
    for (bool is_continued = true; is_continued && !rest.empty();) {
        std::string_view piece = cut_line(rest);
        ++number;
        if (piece.ends_with('\r')) {
            piece.remove_suffix(1);
        }
        is_continued = piece.ends_with('\\');
        line.number = number;
        line.text += is_continued ? piece.substr(0, piece.size() - 1) : piece;
    }
    return line;
}

/// The argument of a JkWorkerProperty line, nullopt for every other line.
std::optional<std::string_view> property_of(std::string_view line) noexcept
{
    const auto end = std::find_if(line.begin(), line.end(), is_blank);
    const auto size = static_cast<std::size_t>(end - line.begin());
    return equals_caseless(line.substr(0, size), directive) ? std::optional{trim(line.substr(size))}
                                                            : std::nullopt;
}

void add_property(Conversion& conversion, std::string_view text, unsigned line)
{
    if (text.find('#') != std::string_view::npos) {
        const std::string_view name =
            text.substr(0, std::min(text.find_first_of(" \t="), text.find('#')));
        conversion.refuse(line, concat({"a \"#\" begins a comment in a workers file, wherever it ",
                                        "stands; change the value of ", escaped(name)}));
    } else if (text.size() > line_limit) {
        conversion.refuse(line, concat({"the property is longer than a line of a workers file may ",
                                        "be, ", decimal(line_limit), " bytes; shorten it"}));
    } else if (const std::string_view variable = httpd_variable(text); !variable.empty()) {
        conversion.refuse(line, concat({quoted(variable), " is httpd's to replace, and plain text ",
                                        "in a workers file; write the value, or $(",
                                        variable.substr(2, variable.size() - 3),
                                        ") where it is in the environment"}));
    } else {
        conversion.add({text, "\n"});
    }
}

}  // namespace

std::optional<std::string> to_directives(std::string_view text, const std::string& file,
                                         Complaints& complaints)
{
    Conversion conversion{file, complaints};
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    text.remove_prefix(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
    for (unsigned number = 1; !text.empty(); ++number) {
        const std::string_view line = cut_line(text);
        const std::size_t end = std::min(line.find('#'), line.size());
        const std::string_view statement = trim(line.substr(0, end));
        const std::string_view comment = trim(line.substr(end));
        if (!comment.empty() || statement.empty()) {
            add_comment(conversion, comment);
        }
        if (!statement.empty()) {
            add_directive(conversion, statement, number);
        }
    }
    return conversion.result();
}

std::optional<std::string> to_properties(std::string_view text, const std::string& file,
                                         Complaints& complaints)
{
    Conversion conversion{file, complaints};
    std::string comments;  // since the last directive
    for (unsigned number = 0; !text.empty();) {
        const HttpdLine line = next_httpd_line(text, number);
        const std::string_view said = trim(line.text);
        if (said.empty() || said.starts_with('#')) {
            comments += concat({said, "\n"});
            continue;
        }
        if (const auto property = property_of(said)) {
            conversion.add({comments});
            add_property(conversion, *property, line.number);
        }
        comments.clear();
    }
    if (conversion.is_empty()) {
        conversion.refuse(0, "there is no JkWorkerProperty line in this file; included files are "
                             "not looked at");
    }
    return conversion.result();
}

}  // namespace jk::ctl
