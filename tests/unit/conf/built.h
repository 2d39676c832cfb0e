// A configuration from its text to its workers, for the tests of this folder.
#pragma once

#include <string>
#include <string_view>

#include "conf/properties.h"
#include "conf/worker_set.h"
#include "support/complaints.h"

namespace jk::test {

/// The environment that the tests know: P is 8123.
inline std::optional<std::string> environment(std::string_view name)
{
    return name == "P" ? std::optional<std::string>{"8123"} : std::nullopt;
}

struct Built {
    conf::Properties properties{environment};
    Complaints complaints;
    conf::WorkerSet workers;

    /// The settings of the ajp13 worker of that name, wherever it is used.
    [[nodiscard]] const conf::AjpSettings& ajp(std::string_view name) const
    {
        for (const conf::AjpWorker& worker : workers.ajp) {
            if (worker.name == name) {
                return worker.settings;
            }
        }
        static const conf::AjpSettings nothing;
        return nothing;
    }
};

/// Reads `text` as the file "w" and builds the workers; the complaints of both.
inline Built build(std::string_view text)
{
    Built built;
    built.properties.add_file(text, "w");
    built.properties.resolve_references();
    built.complaints = built.properties.complaints();
    built.workers = build_workers(built.properties, built.complaints);
    return built;
}

}  // namespace jk::test
