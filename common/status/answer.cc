// From query string to page: the checks of status.md 4 in their order, then the command, then the
// format. The first check that fails gives the message, and nothing but it is shown.
// Tested by tests/unit/status/answer_test.cc.
#include "status/answer.h"

#include <utility>

#include "status/formats.h"
#include "status/selection.h"

namespace jk::status {

namespace {

constexpr int forbidden = 403;

/// The line that clients of old updates look at, before everything else.
std::string plain_line(const std::string& error)
{
    return error.empty() ? "OK - Action finished\n" : "FAIL - " + error + "\n";
}

/// The asker with the token from where it is: the header, else the parameter.
Asker with_token(Asker asker, const Query& query) noexcept
{
    if (asker.token.empty()) {
        asker.token = query.find("token").value_or("");
    }
    return asker;
}

/// The command and its parameters in the names of today.
Dialect dialect_in(const Query& query)
{
    return page_of(query).command == "update" ? dialect_of(query) : Dialect::current;
}

}  // namespace

Inquiry::Inquiry(const Request& request, const conf::StatusSettings& settings,
                 const Snapshot& snapshot)
    : query_{request.query, request.form}, command_{find_command(page_of(query_).command)},
      dialect_{dialect_in(query_)}, document_{.snapshot = &snapshot,
                                              .settings = &settings,
                                              .rating = Rating{settings},
                                              .page = in_place(page_of(query_), dialect_, query_),
                                              .token = std::string{request.token}}
{
    document_.error = find_fault(with_token(request.asker, query_));
    if (document_.error.empty()) {
        document_.error = run();
    }
    if (!document_.error.empty()) {
        changes_.clear();
    }
}

/// The checks that need no worker. Returns the message of the first that fails.
std::string Inquiry::find_fault(const Asker& asker)
{
    if (!may_enter(asker, *document_.settings)) {
        http_status_ = forbidden;
        return "Access denied.";
    }
    if (query_.has_failed()) {
        return "Error during parsing of URI";
    }
    const Effect effect = command_ == nullptr ? Effect::shows : command_->effect;
    if (effect != Effect::shows && document_.is_read_only()) {
        return "This command is not allowed in read only mode.";
    }
    if (effect == Effect::changes) {
        const std::string_view refusal =
            refuse_change(asker, document_.settings->allow_get_edit, document_.token);
        if (!refusal.empty()) {
            http_status_ = forbidden;
            return std::string{refusal};
        }
    }
    if (command_ == nullptr) {
        return "Invalid command.";
    }
    return find_format(document_.page.format) == nullptr ? "Invalid mime type." : "";
}

/// Selects the workers and runs the command.
std::string Inquiry::run()
{
    Target target;
    if (command_->needs != Needs::nothing) {
        const SubWorker form =
            command_->needs == Needs::pattern ? SubWorker::pattern : SubWorker::name;
        auto selected = select(document_.page, form, *document_.snapshot);
        if (!selected.has_value()) {
            return std::string{selected.error().text};
        }
        target = std::move(*selected);
    }
    return command_->run({query_, target, document_, changes_});
}

Answer Inquiry::answer(const std::optional<Refusal>& refusal)
{
    if (refusal) {
        document_.error = command_->explain(*refusal, changes_, document_.page);
    }
    if (document_.error.empty()) {
        document_.header = command_->header;
    }
    const Format* const asked = find_format(document_.page.format);
    const Format& format = asked != nullptr ? *asked : fallback_format();
    Answer answer{http_status_, format.content_type, format.render(document_), document_.error, {}};
    if (document_.page.format == "txt" && wants_plain_line(dialect_, query_)) {
        answer.body.insert(0, plain_line(document_.error));
    }
    if (dialect_ != Dialect::current) {
        answer.warning = "the update has parameter names of mod_jk up to 1.2.26; change the client "
                         "to those that begin with v";
    }
    return answer;
}

}  // namespace jk::status
