// What was changed at run time, in shared memory: who is meant, which property, and its new value.
// What the values mean is edited_settings.h; here they are text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lb/columns.h"

namespace jk::lb {

/// Whose property it is. A worker has one value in all balancers, a member one in each.
enum class EditKind : std::uint32_t { balancer, member, worker };

/// Of a balancer without `worker`, of a worker without `balancer`.
struct EditTarget {
    EditKind kind = EditKind::balancer;
    std::string_view balancer;
    std::string_view worker;

    bool operator==(const EditTarget&) const = default;
};

/// One property that has another value than the configuration says.
struct Edit {
    EditKind kind = EditKind::balancer;
    std::string balancer;
    std::string worker;
    std::string property;
    std::string value;
    /// Of the configured value's text at the time: with another one the file wins.
    std::uint64_t fingerprint = 0;
    /// Of the edits of one segment another one each, the greater the later it was made; 0 where it
    /// does not come from there.
    std::uint64_t number = 0;

    [[nodiscard]] EditTarget target() const noexcept { return {kind, balancer, worker}; }
};

/// What stands for a text: equal for equal texts, in every version of this module (FNV-1a).
[[nodiscard]] std::uint64_t fingerprint(std::string_view text) noexcept;

/// What a change was planned on. It is not made where that is not the newest any more; what is not
/// given may be any.
struct Basis {
    std::optional<std::uint32_t> generation{};     ///< Edits::generation()
    std::optional<std::uint32_t> configuration{};  ///< Segment::generation()
};

/// The table of a segment, a view. Any process and thread. Readers never wait: one writes at a
/// time, and who ends in the middle of it leaves the edits as they were before.
class Edits {
public:
    Edits() = default;  ///< none: nothing is edited, nothing can be
    /// Requires: size_for(shape) zeroed bytes from the beginning of a cache line, and a
    /// `configuration`, the number of the newest one, that stays as long.
    Edits(void* memory, const Shape& shape, const Shared<std::uint32_t>& configuration) noexcept;
    /// Room for every property of everything that the shape has room for.
    [[nodiscard]] static std::size_t size_for(const Shape& shape) noexcept;

    /// Another number after each change. One relaxed load: what a request pays.
    [[nodiscard]] std::uint32_t generation() const noexcept;
    /// The edits, in the order in which they were made; `seen` becomes the generation that they
    /// belong to, or an older one.
    [[nodiscard]] std::vector<Edit> all(std::uint32_t& seen) const;

    /// Puts each edit in the place of the one of the same property: all of them at once, so that
    /// readers see none or all; of two of one property the later one counts. `pid` is the caller's
    /// process. Fails with overflow (a text is too long, or the table is full: never, where only
    /// properties that can be edited are), conflict (somebody else writes now; try again soon),
    /// bad_value (there is a newer generation or configuration than that of the basis).
    [[nodiscard]] Result<void> write(std::span<const Edit> edits, std::uint32_t pid,
                                     const Basis& basis = {});
    [[nodiscard]] Result<void> write(const Edit& edit, std::uint32_t pid)
    {
        return write(std::span{&edit, 1}, pid);
    }
    /// Forgets the edit of this property. Fails with conflict.
    [[nodiscard]] Result<void> erase(const Edit& edit, std::uint32_t pid);
    /// Succeeds where nobody writes: what was planned on the configuration before the newest one is
    /// readable then, or will be refused. Fails with conflict.
    [[nodiscard]] Result<void> await_writer(std::uint32_t pid) noexcept;

    /// A process is gone: it does not write any more.
    void release(std::uint32_t pid) noexcept;
    void release_dead(bool (*is_alive)(std::uint32_t pid)) noexcept;

private:
    struct Control;
    struct Record;
    struct Content;
    struct Batch;

    /// Who writes, on what basis, and how many.
    struct Writer {
        std::uint32_t pid;
        Basis basis{};
        std::size_t records = 1;
    };

    [[nodiscard]] Result<void> lock(std::uint32_t pid) noexcept;
    void unlock() noexcept;
    [[nodiscard]] Result<void> check(const Basis& basis) const noexcept;
    template <class Change> Result<void> locked(const Writer& writer, Change change);
    [[nodiscard]] Result<void> put(Batch& batch, std::uint64_t number) noexcept;
    void find_places(Batch& batch) noexcept;
    void sweep() noexcept;
    void retire_replaced(Record& by, std::uint64_t number) noexcept;
    [[nodiscard]] std::size_t in_use() const noexcept;

    Control* control_ = nullptr;
    Record* records_ = nullptr;
    const Shared<std::uint32_t>* configuration_ = nullptr;
    std::size_t count_ = 0;
};

}  // namespace jk::lb
