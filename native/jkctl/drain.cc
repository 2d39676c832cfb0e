// Asks again and again, since the API tells states and not events.
// Tested by tests/adapter/jkctl/drain_test.cc, tests/system/test_jkctl_remote.py and
// test_rolling_update.py.
#include "jkctl/drain.h"

#include <algorithm>
#include <ostream>

#include "base/wording.h"
#include "jkctl/overview.h"

namespace jk::ctl {

namespace {

constexpr std::chrono::milliseconds between_looks{500};

/// One drain, from the change to its end.
class Drain {
public:
    Drain(const Service& service, const DrainOptions& options, const Stopwatch& stopwatch,
          Console& console)
        : service_(service), options_(options), stopwatch_(stopwatch), console_(console),
          path_(path_of({"balancers", options.balancer, "members", options.member})),
          began_(stopwatch.now())
    {}

    Exit run()
    {
        Asked<Json> member =
            service_.patch(path_, Json::Object{{"activation", options_.activation}});
        while (member.has_value() && options_.limit.has_value()) {
            if ((*member)["settings"]["activation"].text() != options_.activation) {
                return fail(concat({"somebody has changed it meanwhile: ", member_line(*member)}));
            }
            const bool is_idle = (*member)["busy"].number() == 0;
            if (is_idle && was_idle_) {
                break;
            }
            was_idle_ = is_idle;
            const auto left = *options_.limit - passed();
            if (left <= std::chrono::milliseconds::zero()) {
                return give_up(*member);
            }
            show(*member);
            stopwatch_.sleep(std::min<std::chrono::milliseconds>(left, between_looks));
            member = service_.get(path_);
        }
        return member.has_value() ? finish(*member) : fail(member.error().text);
    }

private:
    [[nodiscard]] std::chrono::milliseconds passed() const { return stopwatch_.now() - began_; }

    [[nodiscard]] std::string place() const
    {
        return concat({escaped(options_.balancer), "/", escaped(options_.member)});
    }

    void show(const Json& member)
    {
        if (console_.progress == Progress::line) {
            console_.err << "\r\x1b[K" << place() << ": " << member_line(member) << ", "
                         << passed().count() / 1000 << " s" << std::flush;
        }
    }

    void end_line()
    {
        if (console_.progress == Progress::line) {
            console_.err << "\r\x1b[K" << std::flush;
        }
    }

    Exit fail(const std::string& why)
    {
        end_line();
        console_.err << "jkctl drain: " << place() << ": " << why << '\n';
        return Exit::refused;
    }

    Exit give_up(const Json& member)
    {
        end_line();
        console_.err << "jkctl drain: " << place() << ": not drained within "
                     << options_.limit->count() << " s: " << member_line(member) << '\n';
        print(member);
        return Exit::too_late;
    }

    Exit finish(const Json& member)
    {
        end_line();
        print(member);
        return Exit::fine;
    }

    void print(const Json& member)
    {
        if (options_.format == Format::json) {
            console_.out << to_text(member);
        } else {
            console_.out << place() << ": " << member_line(member) << '\n';
        }
    }

    const Service& service_;
    const DrainOptions& options_;
    const Stopwatch& stopwatch_;
    Console& console_;
    std::string path_;
    std::chrono::milliseconds began_;
    bool was_idle_ = false;
};

}  // namespace

Exit drain(const Service& service, const DrainOptions& options, const Stopwatch& stopwatch,
           Console& console)
{
    return Drain{service, options, stopwatch, console}.run();
}

}  // namespace jk::ctl
