// What a command line wants of a running server, and the doing of it.
#pragma once

#include <string>
#include <vector>

#include "jkctl/connection.h"
#include "jkctl/console.h"
#include "jkctl/drain.h"
#include "jkctl/remote.h"

namespace jk::ctl {

struct Errand {
    ConnectionOptions connection{};
    Place place{};
    std::vector<std::string> words{};  ///< of edit: what follows the balancer
    Format format = Format::text;
    DrainOptions drain{};  ///< activation and limit
};

/// The commands. Each fails with misuse where the errand itself is wrong, before anybody is asked,
/// with refused where the server does not do it, and drain with too_late.
[[nodiscard]] Exit run_status(const Errand& errand, Console& console);
[[nodiscard]] Exit run_members(const Errand& errand, Console& console);
[[nodiscard]] Exit run_drain(const Errand& errand, Console& console);
[[nodiscard]] Exit run_enable(const Errand& errand, Console& console);
[[nodiscard]] Exit run_disable(const Errand& errand, Console& console);
[[nodiscard]] Exit run_stop(const Errand& errand, Console& console);
[[nodiscard]] Exit run_edit(const Errand& errand, Console& console);
[[nodiscard]] Exit run_recover(const Errand& errand, Console& console);
[[nodiscard]] Exit run_reset(const Errand& errand, Console& console);

}  // namespace jk::ctl
