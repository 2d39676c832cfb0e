// Histograms in shared memory: an array of counters, and a mask of the octaves in use, so that
// reading and clearing look at those alone. Every operation is one relaxed atomic: a bucket counts
// for itself, and nothing else is published through it.
// Tested by tests/unit/lb/histogram_test.cc.
#include "lb/histogram.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace jk::lb {

namespace {

static_assert(octaves <= 32, "the mask has a bit for each");
static_assert(bucket_of(longest_micros) == bucket_count - 1);
static_assert(upper_bound(bucket_count - 1) == longest_micros);

constexpr std::uint32_t bit_of(std::size_t octave) noexcept
{
    return std::uint32_t{1} << octave;
}

std::uint64_t micros_of(std::chrono::nanoseconds took) noexcept
{
    const std::int64_t micros = std::chrono::ceil<std::chrono::microseconds>(took).count();
    return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::max<std::int64_t>(1, micros)),
                                     1, longest_micros);
}

/// Calls `use` for each bucket of the octaves in use.
template <class Use> void for_each_bucket(const HistogramSlot& slot, Use use)
{
    const std::uint32_t touched = slot.touched.load();
    for (std::size_t octave = 0; octave < octaves; ++octave) {
        if ((touched & bit_of(octave)) == 0) {
            continue;
        }
        for (std::size_t i = 0; i < buckets_per_octave; ++i) {
            use(octave * buckets_per_octave + i);
        }
    }
}

}  // namespace

std::chrono::microseconds Distribution::quantile(double share) const noexcept
{
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count)));
    std::uint64_t seen = 0;
    for (const Part& part : parts) {
        seen += part.count;
        if (seen >= wanted) {
            return std::chrono::microseconds{upper_bound(part.bucket)};
        }
    }
    return std::chrono::microseconds{parts.empty() ? 0 : upper_bound(parts.back().bucket)};
}

void Distribution::add(const Distribution& other)
{
    std::vector<Part> merged;
    merged.reserve(parts.size() + other.parts.size());
    std::merge(parts.begin(), parts.end(), other.parts.begin(), other.parts.end(),
               std::back_inserter(merged),
               [](const Part& a, const Part& b) { return a.bucket < b.bucket; });
    parts.clear();
    for (const Part& part : merged) {
        if (!parts.empty() && parts.back().bucket == part.bucket) {
            parts.back().count += part.count;
        } else {
            parts.push_back(part);
        }
    }
    count += other.count;
    sum += other.sum;
}

/// Before the count, so that a count that is there is also seen.
void Histogram::touch(std::size_t bucket) noexcept
{
    const std::uint32_t bit = bit_of(bucket / buckets_per_octave);
    std::uint32_t seen = slot_->touched.load();
    while ((seen & bit) == 0 && !slot_->touched.replace(seen, seen | bit)) {
    }
}

void Histogram::record(std::chrono::nanoseconds took) noexcept
{
    const std::uint64_t micros = micros_of(took);
    const std::size_t bucket = bucket_of(micros);
    touch(bucket);
    buckets_->counts[bucket].add(1);
    slot_->sum.add(micros);
}

Distribution Histogram::read() const
{
    Distribution read;
    read.sum = std::chrono::microseconds{slot_->sum.load()};
    for_each_bucket(*slot_, [&](std::size_t bucket) {
        const std::uint64_t count = buckets_->counts[bucket].load();
        if (count > 0) {
            read.parts.push_back({static_cast<std::uint32_t>(bucket), count});
            read.count += count;
        }
    });
    return read;
}

void Histogram::clear() noexcept
{
    for_each_bucket(*slot_, [&](std::size_t bucket) { buckets_->counts[bucket].store(0); });
    slot_->sum.store(0);
}

void Histogram::add(const Distribution& other) noexcept
{
    for (const Distribution::Part& part : other.parts) {
        touch(part.bucket);
        buckets_->counts[part.bucket].add(part.count);
    }
    if (other.sum.count() > 0) {  // else it would take memory for nothing
        slot_->sum.add(static_cast<std::uint64_t>(other.sum.count()));
    }
}

}  // namespace jk::lb
