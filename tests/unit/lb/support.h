// What the tests of common/lb share: a balancer on memory of its own, and requests that walk it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lb/attempts.h"
#include "lb/worker_account.h"

namespace jk::test {

/// Zeroed memory on a cache line.
class Memory {
public:
    explicit Memory(std::size_t size);
    [[nodiscard]] void* data() const { return data_.get(); }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };
    std::unique_ptr<void, Free> data_;
    std::size_t size_;
};

/// A generator of its own: the tests have no other chance than this.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    [[nodiscard]] std::uint64_t roll(std::uint64_t sides);

private:
    std::uint64_t state_;
};

/// How an attempt on a member ends.
struct Fate {
    lb::Ending ending = lb::Ending::success;
    bool may_retry = true;
    bool was_sent = true;
    std::uint32_t reply_timeouts = 0;
};
inline constexpr Fate answers{};
inline constexpr Fate closes{.ending = lb::Ending::failed};  ///< after it read the request
inline constexpr Fate refuses{.ending = lb::Ending::failed, .was_sent = false};
inline constexpr Fate has_no_slot{.ending = lb::Ending::no_connection, .was_sent = false};
inline constexpr Fate hangs{.ending = lb::Ending::reply_timeout, .reply_timeouts = 2};

inline constexpr std::uint32_t child = 100;  ///< the pid of the process that the tests are

/// A balancer "lb" with members a, b, c … Change `settings` and `config` before balancer(), or call
/// put_in_force() behind that.
class Stage {
public:
    explicit Stage(const std::vector<std::uint64_t>& factors = {1, 1, 1});

    [[nodiscard]] lb::Balancer& balancer();
    void put_in_force() { balancer().put_in_force(settings, config.members); }
    [[nodiscard]] lb::Member& member(char name) { return config.members[index(name)]; }
    [[nodiscard]] lb::MemberSlot& slot(char name) { return *member(name).slot; }
    [[nodiscard]] lb::WorkerSlot& worker(char name) { return *member(name).worker; }
    [[nodiscard]] lb::WorkerAccount account(char name);
    [[nodiscard]] lb::State state(char name) { return balancer().state(index(name)); }
    /// The states of all members as the status shows them: "OK OK/IDLE ERR".
    [[nodiscard]] std::string states();
    /// The loads: "6 3 2".
    [[nodiscard]] std::string loads();
    void set(char name, lb::State state);
    void pass(std::chrono::seconds time) { now += time; }

    [[nodiscard]] static std::size_t index(char name)
    {
        return static_cast<std::size_t>(name - 'a');
    }

    TimePoint now = from_micros(1'700'000'000'000'000);
    conf::LbSettings settings;
    Memory memory;
    lb::Segment segment;
    lb::Column column;
    lb::BalancerConfig config;
    std::vector<Fate> fates;  ///< one per member: what run() meets there

private:
    std::unique_ptr<lb::Balancer> balancer_;
};

/// One request: Attempts, and the member's account, as a caller uses them.
class Visitor {
public:
    /// `session`: the value of the session cookie, empty for none.
    explicit Visitor(Stage& stage, std::string_view session = {}, const lb::Traits& traits = {});
    /// Asks what to do: the member's name, '.' for a pause (which passes), '!' for giving up.
    char next();
    /// Begins on the member. Returns false where its busy limit refused.
    bool begin();
    void end(const Fate& fate);
    /// next() and begin().
    char go();

private:
    std::string cookie_;  ///< what the ids of `attempts` are views of

public:
    lb::Candidate candidate;
    lb::Attempts attempts;

private:
    Stage* stage_;
    TimePoint began_{};
    bool has_begun_ = false;
};

/// The affinity of a request with this Cookie header, which must outlive it; empty for none.
[[nodiscard]] lb::Affinity affinity_of(std::string_view cookie);

/// Runs one request against the members' fates and returns what it did, "ab" or "a.b!".
std::string run(Stage& stage, std::string_view session = {}, const lb::Traits& traits = {});
/// So many requests, one after the other, as one text.
std::string run_times(Stage& stage, int count, const lb::Traits& traits = {});

}  // namespace jk::test
