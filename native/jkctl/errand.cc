// Connects, and hands on to the command. Tested by tests/adapter/jkctl/errand_test.cc and
// tests/system/test_jkctl_remote.py.
#include "jkctl/errand.h"

#include <optional>
#include <ostream>
#include <thread>

namespace jk::ctl {

namespace {

using std::chrono::milliseconds;

/// Sets the activation of one member.
Exit activate(const Errand& errand, std::string_view command, const char* activation,
              Console& console)
{
    const std::optional<Service> service = connect(errand.connection, console);
    if (!service.has_value()) {
        return Exit::misuse;
    }
    const Edit change{command, errand.place, {{"activation", activation}}, errand.format};
    return edit(*service, change, console);
}

Exit act_at(const Errand& errand, std::string_view action, Console& console)
{
    const std::optional<Service> service = connect(errand.connection, console);
    return service.has_value() ? act(*service, {action, errand.place, errand.format}, console)
                               : Exit::misuse;
}

milliseconds system_time()
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<milliseconds>(now);
}

}  // namespace

Exit run_status(const Errand& errand, Console& console)
{
    const std::optional<Service> service = connect(errand.connection, console);
    return service.has_value() ? show_status(*service, errand.place, errand.format, console)
                               : Exit::misuse;
}

Exit run_members(const Errand& errand, Console& console)
{
    const std::optional<Service> service = connect(errand.connection, console);
    return service.has_value() ? show_members(*service, errand.place, errand.format, console)
                               : Exit::misuse;
}

Exit run_drain(const Errand& errand, Console& console)
{
    const std::optional<Service> service = connect(errand.connection, console);
    if (!service.has_value()) {
        return Exit::misuse;
    }
    DrainOptions options = errand.drain;
    options.balancer = errand.place.balancer;
    options.member = errand.place.member;
    options.format = errand.format;
    const Stopwatch stopwatch{system_time,
                              [](milliseconds time) { std::this_thread::sleep_for(time); }};
    return drain(*service, options, stopwatch, console);
}

Exit run_enable(const Errand& errand, Console& console)
{
    return activate(errand, "enable", "active", console);
}

Exit run_disable(const Errand& errand, Console& console)
{
    return activate(errand, "disable", "disabled", console);
}

Exit run_stop(const Errand& errand, Console& console)
{
    return activate(errand, "stop", "stopped", console);
}

Exit run_edit(const Errand& errand, Console& console)
{
    Edit change{"edit", errand.place, {}, errand.format};
    if (const std::string wrong = read_edit(errand.words, change); !wrong.empty()) {
        console.err << "jkctl edit: " << wrong << "\nTry jkctl edit --help\n";
        return Exit::misuse;
    }
    const std::optional<Service> service = connect(errand.connection, console);
    return service.has_value() ? edit(*service, change, console) : Exit::misuse;
}

Exit run_recover(const Errand& errand, Console& console)
{
    return act_at(errand, "recover", console);
}

Exit run_reset(const Errand& errand, Console& console)
{
    return act_at(errand, "reset", console);
}

}  // namespace jk::ctl
