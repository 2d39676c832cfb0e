// What one answer shows, whatever its format: the objects in their order, and the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conf/settings.h"
#include "status/query.h"
#include "status/rating.h"
#include "status/snapshot.h"

namespace jk::status {

/// How much of the header an answer has (status.md 5.1).
enum class Header : std::uint8_t { none, server, full };

/// What the command edit is asked to prepare a form for: one of the first three, `member` with its
/// balancer. All null: there is no form.
struct Form {
    const BalancerView* balancer = nullptr;
    const MemberView* member = nullptr;
    const WorkerView* worker = nullptr;  ///< a direct one
    std::string_view attribute{};        ///< of all members of `balancer`: `att` (status.md 10.4)
};

/// An answer before it is written. Points to what it was made of, which must outlive it.
struct Document {
    const Snapshot* snapshot = nullptr;              ///< never null
    const conf::StatusSettings* settings = nullptr;  ///< never null
    Rating rating;
    Page page{};
    Header header = Header::none;
    bool is_list = false;  ///< with a count and a wrapper around each kind of worker
    std::vector<const BalancerView*> balancers{};
    const MemberView* only_member = nullptr;  ///< of the one balancer; null: all
    std::vector<const WorkerView*> workers{};
    Form form{};
    bool is_dump = false;  ///< shows the configuration
    std::string error{};   ///< the message of a failure; empty = success
    /// What the forms of this page must send as `token` for a change; empty where it may not.
    std::string token{};

    /// True when nothing may be changed by this request.
    [[nodiscard]] bool is_read_only() const noexcept
    {
        return settings->read_only || page.has(read_only);
    }
};

/// The kinds of object that an answer is made of.
enum class Kind : std::uint8_t {
    server,
    time,
    software,
    balancers,  ///< holds each balancer of a list
    balancer,   ///< holds its members and maps
    member,
    workers,  ///< holds each direct worker of a list and its maps
    worker,
    map,
    configuration,  ///< holds the properties of the snapshot, and has no fields
    result,
};
inline constexpr std::size_t kind_count = 11;

/// One object of a document: what its fields are read from. What it does not need is null.
struct Subject {
    const Document* document = nullptr;  ///< never null
    const BalancerView* balancer = nullptr;
    const MemberView* member = nullptr;  ///< of `balancer`
    const WorkerView* worker = nullptr;  ///< the member's own, or a direct one
    const MapView* map = nullptr;
    std::size_t map_id = 0;  ///< from 1
};

/// Takes the objects of a document, one after the other.
class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void begin(Kind kind, const Subject& subject) = 0;
    /// The end of an object and of what it holds.
    virtual void end(Kind kind) = 0;

protected:
    Visitor() = default;
    Visitor(const Visitor&) = default;
    Visitor& operator=(const Visitor&) = default;
};

/// Shows `visitor` every object of `document` in the order of the machine formats, without those
/// that its option bits hide. Everything but maps of direct workers stands inside what holds it.
void walk(const Document& document, Visitor& visitor);

}  // namespace jk::status
