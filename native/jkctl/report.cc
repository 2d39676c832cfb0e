// Reports. Text: a line per complaint in the form of compilers, so that editors find the place, and
// a summary. Tested by tests/adapter/jkctl/report_test.cc.
#include "jkctl/report.h"

#include <array>
#include <string_view>

#include "base/wording.h"

namespace jk::ctl {

namespace {

/// How a severity looks; in the order of the enumeration.
struct Look {
    std::string_view word;
    std::string_view begin;  ///< of its colour
};
constexpr std::array looks{
    Look{"note", "\x1b[36m"},
    Look{"warning", "\x1b[33m"},
    Look{"error", "\x1b[1;31m"},
};
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";

const Look& look_of(Severity severity) noexcept
{
    return looks[static_cast<std::size_t>(severity)];
}

std::string coloured(std::string_view text, std::string_view begin, Colour colour)
{
    return colour == Colour::none ? std::string{text} : concat({begin, text, plain});
}

/// "2 errors", "1 note".
std::string counted(std::size_t number, std::string_view one)
{
    return concat({decimal(static_cast<std::int64_t>(number)), " ", one, number == 1 ? "" : "s"});
}

/// "1 error, 2 warnings", "no complaints".
std::string to_text(const Counts& counts)
{
    struct Part {
        std::size_t number;
        std::string_view one;
    };
    std::string text;
    for (const Part part : {Part{counts.errors, "error"}, Part{counts.warnings, "warning"},
                            Part{counts.notes, "note"}}) {
        if (part.number != 0) {
            text += (text.empty() ? "" : ", ") + counted(part.number, part.one);
        }
    }
    return text.empty() ? "no complaints" : text;
}

std::string summary(const Report& report)
{
    return concat({to_text(count(report.complaints)), " in ", counted(report.files.size(), "file"),
                   report.is_refused ? ": httpd would not start" : "", "\n"});
}

}  // namespace

Counts count(const Complaints& complaints) noexcept
{
    Counts counts;
    for (const Complaint& one : complaints) {
        switch (one.severity) {
        case Severity::note: ++counts.notes; break;
        case Severity::warning: ++counts.warnings; break;
        case Severity::error: ++counts.errors; break;
        }
    }
    return counts;
}

std::string_view to_text(Severity severity) noexcept
{
    return look_of(severity).word;
}

std::string to_text(const Complaint& complaint, Colour colour)
{
    const Look& look = look_of(complaint.severity);
    const std::string place =
        complaint.place.file.empty() ? "" : jk::to_text(complaint.place) + ": ";
    return concat({coloured(place, bold, colour), coloured(look.word, look.begin, colour), ": ",
                   complaint.text, "\n"});
}

std::string to_text(const Report& report, Colour colour)
{
    std::string text;
    for (const Complaint& one : report.complaints) {
        text += to_text(one, colour);
    }
    return text + summary(report);
}

Json to_json(const Report& report)
{
    Json::Array files(report.files.begin(), report.files.end());
    Json::Array complaints;
    for (const Complaint& one : report.complaints) {
        complaints.emplace_back(Json::Object{
            {"file", one.place.file.empty() ? Json{} : Json{one.place.file}},
            {"line", one.place.line == 0 ? Json{} : Json{one.place.line}},
            {"severity", to_text(one.severity)},
            {"text", one.text},
        });
    }
    const Counts counts = count(report.complaints);
    return Json::Object{
        {"files", std::move(files)},
        {"complaints", std::move(complaints)},
        {"counts", Json::Object{{"errors", counts.errors},
                                {"warnings", counts.warnings},
                                {"notes", counts.notes}}},
        {"verdict", report.is_refused ? "refused" : "starts"},
    };
}

}  // namespace jk::ctl
