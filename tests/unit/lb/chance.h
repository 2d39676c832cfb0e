// Requests by chance, for the tests that throw dice: each step of a request is drawn, and so is its
// end. They remember what they count as in flight, so that it can be compared with the segment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lb/attempts.h"
#include "lb/support.h"
#include "lb/worker_account.h"

namespace jk::test {

/// Who makes a request: a process with its column.
struct Maker {
    lb::Balancer* balancer = nullptr;
    lb::Segment segment;
    lb::Column column;
    std::uint32_t pid = 0;
};

/// One request, and what it is at.
class ChanceRequest {
public:
    ChanceRequest(const Maker& maker, Dice& dice);
    /// Given up in order, at any time. Without a destructor it is what a killed child leaves.
    ~ChanceRequest();
    ChanceRequest(const ChanceRequest&) = delete;
    ChanceRequest& operator=(const ChanceRequest&) = delete;

    /// One step. Returns false when it is over.
    bool step(Dice& dice, TimePoint now);

    /// The member it is in flight on; none before began() and after report().
    [[nodiscard]] std::optional<std::size_t> member() const;
    [[nodiscard]] bool is_refused() const { return is_refused_; }  ///< by the busy limit
    /// The member that the last step chose among all for its load; none where it did not.
    [[nodiscard]] std::optional<std::size_t> chosen_by_load() const { return chosen_by_load_; }

private:
    void begin(TimePoint now);
    [[nodiscard]] lb::Outcome draw_outcome(Dice& dice) const;

    Maker maker_;
    lb::Attempts attempts_;
    std::optional<lb::Candidate> candidate_;
    std::optional<lb::WorkerAccount> account_;
    std::optional<std::size_t> chosen_by_load_;
    bool is_first_ = true;  ///< it has not tried any member yet
    bool is_refused_ = false;
};

/// One thread of a child process, with its requests. Destroyed it ends nothing: it was killed.
class Child {
public:
    explicit Child(const Maker& maker) : maker_(maker) {}

    void accept(Dice& dice);
    /// One step of one of its requests; now and then one is given up instead.
    void step(Dice& dice, TimePoint now);
    void finish(Dice& dice, TimePoint now);  ///< steps until no request is left
    /// As that of the request which made the last step, where it is still there.
    [[nodiscard]] std::optional<std::size_t> chosen_by_load() const { return chosen_by_load_; }

    [[nodiscard]] std::uint32_t pid() const { return maker_.pid; }
    [[nodiscard]] std::size_t size() const { return requests_.size(); }
    /// Adds what it has in flight: per member, as the balancer and as the worker count it.
    void count(std::vector<std::uint32_t>& members, std::vector<std::uint32_t>& workers) const;

private:
    struct Room {
        alignas(ChanceRequest) std::byte bytes[sizeof(ChanceRequest)];
    };
    struct Entry {
        std::unique_ptr<Room> memory;
        ChanceRequest* request;
    };
    Maker maker_;
    std::vector<Entry> requests_;
    std::optional<std::size_t> chosen_by_load_;
};

}  // namespace jk::test
