// Where the shared segment lives. Its address rests in httpd's retained data, the only thing that
// outlives the unloading of the module at a restart: so counters, states and error times survive
// every restart that keeps the parent. No file, hence nothing to defend (balancing.md 1.4).
// Tested by tests/adapter/runtime/shared_memory_test.cc and tests/system/test_restart.py.
#include "runtime/shared_memory.h"

#include <sys/mman.h>

#include <new>

namespace jk::httpd {

namespace {

constexpr const char* retained_key = "yoke-shared-segment";

/// Plain data on purpose: the module that reads it back may be a newer one.
struct Retained {
    void* address;
    std::size_t size;
};

Retained& retained() noexcept
{
    void* data = ap_retained_data_get(retained_key);
    if (data == nullptr) {
        data = ap_retained_data_create(retained_key, sizeof(Retained));  // zeroed
    }
    return *static_cast<Retained*>(data);
}

Retained map(std::size_t size)
{
    void* const address =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) {
        throw std::bad_alloc();
    }
    return {address, size};
}

}  // namespace

lb::Segment shared_segment(const lb::Shape& shape, bool (*fits)(lb::Segment& segment, void* data),
                           void* data)
{
    Retained& kept = retained();
    Result<lb::Segment> old = failure(Errc::bad_value, "there is no segment yet");
    if (kept.address != nullptr) {
        old = lb::Segment::open(kept.address, kept.size);
    }
    if (old.has_value()) {
        old->begin_generation();  // also where it is left: nobody edits there any more
        if (old->shape().columns >= shape.columns && fits(*old, data)) {
            return *old;
        }
    }
    const Retained fresh = map(lb::Segment::size_for(shape));
    lb::Segment segment = lb::Segment::format(fresh.address, shape);
    segment.begin_generation();
    (void)fits(segment, data);  // names the slots, so that they can take over
    if (old.has_value()) {
        segment.take_over(*old);
    }
    if (kept.address != nullptr) {  // children of the old generation have their own mapping of it
        (void)::munmap(kept.address, kept.size);
    }
    kept = fresh;
    return segment;
}

}  // namespace jk::httpd
