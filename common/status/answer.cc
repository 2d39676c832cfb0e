// From query string to page: the checks of status.md 4 in their order, then the command, then the
// format. The first check that fails gives the message, and nothing but it is shown.
// Tested by tests/unit/status/answer_test.cc.
#include "status/answer.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "status/commands.h"
#include "status/formats.h"

namespace jk::status {

namespace {

constexpr int ok = 200;
constexpr int forbidden = 403;

/// What a check says: a literal message, empty where it passed.
struct Verdict {
    std::string_view message;
    int http_status = ok;
};

bool may_enter(const Asker& asker, const conf::StatusSettings& settings) noexcept
{
    const auto is_asker = [&](const std::string& name) {
        return settings.user_case_insensitive ? equals_caseless(name, asker.user)
                                              : name == asker.user;
    };
    const auto& users = settings.user;
    return users.empty() ||
           (!asker.user.empty() && std::any_of(users.begin(), users.end(), is_asker));
}

/// The checks that need no worker.
Verdict check(const Query& query, const Asker& asker, const Command* command,
              const Document& document)
{
    if (!may_enter(asker, *document.settings)) {
        return {"Access denied.", forbidden};
    }
    if (query.has_failed()) {
        return {"Error during parsing of URI"};
    }
    if (command != nullptr && command->effect != Effect::shows && document.is_read_only()) {
        return {"This command is not allowed in read only mode."};
    }
    if (command != nullptr && command->effect == Effect::changes && asker.is_head) {
        return {"HEAD changes nothing.", forbidden};
    }
    if (command == nullptr) {
        return {"Invalid command."};
    }
    if (find_format(document.page.format) == nullptr) {
        return {"Invalid mime type."};
    }
    return {};
}

/// Selects the workers and runs the command.
Verdict execute(const Command& command, Document& document)
{
    Target target;
    if (command.needs != Needs::nothing) {
        const SubWorker form =
            command.needs == Needs::pattern ? SubWorker::pattern : SubWorker::name;
        auto selected = select(document.page, form, *document.snapshot);
        if (!selected.has_value()) {
            return {selected.error().text};
        }
        target = std::move(*selected);
    }
    return {command.run(target, document)};
}

}  // namespace

Answer answer(std::string_view query_text, const Asker& asker, const conf::StatusSettings& settings,
              const Snapshot& snapshot)
{
    const Query query{query_text};
    Document document{.snapshot = &snapshot,
                      .settings = &settings,
                      .rating = Rating{settings},
                      .page = page_of(query)};
    const Command* const command = find_command(document.page.command);
    Verdict verdict = check(query, asker, command, document);
    if (verdict.message.empty()) {
        verdict = execute(*command, document);
    }
    document.error = verdict.message;
    if (verdict.message.empty()) {
        document.header = command->header;
    }
    const Format* const asked = find_format(document.page.format);
    const Format& format = asked != nullptr ? *asked : fallback_format();
    return {verdict.http_status, format.content_type, format.render(document), verdict.message};
}

}  // namespace jk::status
