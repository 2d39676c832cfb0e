// Buffers of exchanges. Tested by tests/adapter/backend/buffers_test.cc.
#include "backend/buffers.h"

#include <utility>

namespace jk::httpd {

BufferLease::~BufferLease()
{
    pool_.give_back(std::move(buffers_));
}

BufferPool::~BufferPool()
{
    for (std::atomic<Buffers*>& cell : cells_) {
        delete cell.load(std::memory_order_relaxed);
    }
}

BufferLease BufferPool::lease()
{
    for (std::atomic<Buffers*>& cell : cells_) {
        if (cell.load(std::memory_order_relaxed) == nullptr) {
            continue;
        }
        if (Buffers* const found = cell.exchange(nullptr, std::memory_order_acquire)) {
            return {*this, std::unique_ptr<Buffers>{found}};
        }
    }
    // Default initialisation on purpose: zeroing 192 KiB would touch every page.
    return {*this, std::make_unique_for_overwrite<Buffers>()};
}

void BufferPool::give_back(std::unique_ptr<Buffers> buffers) noexcept
{
    for (std::atomic<Buffers*>& cell : cells_) {
        Buffers* none = nullptr;
        if (cell.load(std::memory_order_relaxed) == nullptr &&
            cell.compare_exchange_strong(none, buffers.get(), std::memory_order_release)) {
            (void)buffers.release();
            return;
        }
    }
}

}  // namespace jk::httpd
