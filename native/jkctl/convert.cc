// The command convert: the files around a conversion. Nothing is written before all is converted.
// Tested by tests/adapter/jkctl/convert_test.cc.
#include "jkctl/convert.h"

#include <optional>
#include <ostream>

#include "jkctl/conversion.h"
#include "jkctl/kind.h"
#include "jkctl/report.h"
#include "jkctl/text_file.h"

namespace jk::ctl {

namespace {

/// What speaks against the conversion as a whole; empty: nothing.
std::string_view objection(Form form, std::string_view text) noexcept
{
    const Kind kind = kind_of(text);
    if (form == Form::properties) {
        return kind == Kind::httpd
                   ? ""
                   : "this is no httpd configuration; leave --to properties out to get "
                     "JkWorkerProperty lines";
    }
    switch (kind) {
    case Kind::httpd:
        return "this is an httpd configuration; write --to properties to get a workers file";
    case Kind::mounts:
        return "this is a mount file, which is named by JkMountFile; only workers files can be "
               "converted";
    case Kind::workers: break;
    }
    return "";
}

void tell(const Complaints& complaints, Console& console)
{
    for (const Complaint& one : complaints) {
        console.err << to_text(one, Colour::none);
    }
}

}  // namespace

Exit convert(const ConvertOptions& options, Console& console)
{
    Complaints complaints;
    const std::optional<std::string> text = read_text_file(options.file, complaints);
    if (!text.has_value()) {
        tell(complaints, console);
        return Exit::misuse;
    }
    if (const std::string_view wrong = objection(options.form, *text); !wrong.empty()) {
        console.err << "jkctl convert: " << options.file << ": " << wrong << '\n';
        return Exit::misuse;
    }
    const std::optional<std::string> converted =
        options.form == Form::directives ? to_directives(*text, options.file, complaints)
                                         : to_properties(*text, options.file, complaints);
    tell(complaints, console);
    if (!converted.has_value()) {
        return Exit::refused;
    }
    complaints.clear();
    if (options.output.empty()) {
        console.out << *converted;
    } else if (!replace_text_file(options.output, *converted, options.file, complaints)) {
        tell(complaints, console);
        return Exit::misuse;
    }
    return Exit::fine;
}

}  // namespace jk::ctl
