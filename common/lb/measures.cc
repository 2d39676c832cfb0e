// The measures of the workers in shared memory: Slot … | three histograms' buckets … , by the
// index of the worker's slot. The slots are small and lie together; the buckets are large and are
// only looked at where a slot says that something is in them.
// Tested by tests/unit/lb/measures_test.cc.
#include "lb/measures.h"

namespace jk::lb {

struct alignas(line) WorkerMeasures::Slot {
    std::array<HistogramSlot, timing_count> histograms;
    alignas(line) std::array<Shared<std::uint64_t>, ending_room> endings;
};

void WorkerMeasures::ended(std::size_t way) noexcept
{
    if (way < ending_room) {
        slot_->endings[way].add(1);
    }
}

void WorkerMeasures::took(Timing timing, std::chrono::nanoseconds time) noexcept
{
    histogram(timing).record(time);
}

std::uint64_t WorkerMeasures::endings(std::size_t way) const noexcept
{
    return way < ending_room ? slot_->endings[way].load() : 0;
}

Distribution WorkerMeasures::distribution(Timing timing) const
{
    return histogram(timing).read();
}

Histogram WorkerMeasures::histogram(Timing timing) const noexcept
{
    const auto index = static_cast<std::size_t>(timing);
    return {slot_->histograms[index], (*buckets_)[index]};
}

void WorkerMeasures::clear() noexcept
{
    for (Shared<std::uint64_t>& count : slot_->endings) {
        count.store(0);
    }
    for (std::size_t i = 0; i < timing_count; ++i) {
        histogram(static_cast<Timing>(i)).clear();
    }
}

void WorkerMeasures::add(const WorkerMeasures& other)
{
    for (std::size_t i = 0; i < ending_room; ++i) {
        if (const std::uint64_t count = other.endings(i); count > 0) {
            slot_->endings[i].add(count);
        }
    }
    for (std::size_t i = 0; i < timing_count; ++i) {
        histogram(static_cast<Timing>(i)).add(other.distribution(static_cast<Timing>(i)));
    }
}

Measures::Measures(void* memory, const Shape& shape) noexcept
    : slots_(static_cast<WorkerMeasures::Slot*>(memory)),
      buckets_(reinterpret_cast<WorkerMeasures::Buckets*>(slots_ + shape.workers))
{}

std::size_t Measures::size_for(const Shape& shape) noexcept
{
    return shape.workers * (sizeof(WorkerMeasures::Slot) + sizeof(WorkerMeasures::Buckets));
}

WorkerMeasures Measures::of(std::size_t worker) const noexcept
{
    return {slots_[worker], buckets_[worker]};
}

}  // namespace jk::lb
