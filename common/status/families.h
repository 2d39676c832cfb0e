// The families of metrics: one row each, saying what it is called, whose it is and how it is read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "status/snapshot.h"

namespace jk::status {

/// What a family is read from; what it is not, is null.
struct Measured {
    const BalancerView* balancer = nullptr;
    const MemberView* member = nullptr;  ///< of `balancer`
    const WorkerView* worker = nullptr;  ///< the member's own, or a direct one
};

/// The type of a family, and how its samples are made.
enum class MetricType : std::uint8_t {
    counter,
    gauge,
    states,       ///< a stateset over State
    activations,  ///< a stateset over Activation
    histogram,
    verdicts,  ///< a counter with a sample per verdict
};

/// The kinds of object that have a family; a set of these.
enum MetricKind : unsigned { of_balancers = 1U, of_members = 2U, of_workers = 4U };

/// A row.
struct Family {
    std::string_view name;  ///< behind "jk_member_" and its like
    MetricType type;
    unsigned kinds;
    std::string_view help;
    std::uint64_t (*number)(const Measured& object) = nullptr;           ///< of a counter or gauge
    std::string_view (*state)(const Measured& object) = nullptr;         ///< of a stateset
    const lb::Distribution& (*times)(const Measured& object) = nullptr;  ///< of a histogram
};

/// Returns all rows, in the order in which they are shown.
[[nodiscard]] std::span<const Family> families() noexcept;

}  // namespace jk::status
