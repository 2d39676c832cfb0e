// A snapshot with one of everything, for the tests of every format: a balancer with three members,
// one of them in error, two direct workers, and mounts of all kinds.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conf/settings.h"
#include "status/answer.h"
#include "status/snapshot.h"

namespace jk::test {

/// The snapshot and what it points to. Not copied: the snapshot points into it.
struct Sample {
    Sample();
    Sample(const Sample&) = delete;
    Sample& operator=(const Sample&) = delete;

    conf::LbSettings lb;
    conf::AjpSettings node1, node2, node3, single, dead;
    conf::StatusSettings status;
    std::vector<conf::ShownProperty> configuration;
    status::Snapshot snapshot;

    [[nodiscard]] status::BalancerView& balancer() { return snapshot.balancers.front(); }
    [[nodiscard]] status::MemberView& member(std::size_t index)
    {
        return balancer().members.at(index);
    }
    /// What the status answers to anybody that is no browser. A change always succeeds, and does
    /// nothing.
    [[nodiscard]] status::Answer ask(std::string_view query) const;
    /// As above, where more than the query matters. What it wants changed is said to be done.
    [[nodiscard]] status::Answer ask(const status::Request& request) const;
    [[nodiscard]] std::string body(std::string_view query) const { return ask(query).body; }
};

/// True when `text` holds `part`.
[[nodiscard]] bool holds(std::string_view text, std::string_view part);

/// How many times `text` holds `part`.
[[nodiscard]] std::size_t count(std::string_view text, std::string_view part);

/// Returns the file of that name in the golden directory (GOLDEN_DIR, or the one beside this file).
/// Where GOLDEN_UPDATE is set, it is first written from `got`.
[[nodiscard]] std::string golden(const char* name, std::string_view got);

/// Fails with the first line that differs.
void assert_golden(const char* name, std::string_view got);

}  // namespace jk::test
