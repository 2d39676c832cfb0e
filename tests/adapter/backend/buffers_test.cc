// Buffers: never shared, used again, and given back to the system beyond the number kept.
#include "backend/buffers.h"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::BufferLease;
using httpd::BufferPool;
using httpd::Buffers;

void a_set_that_was_given_back_is_used_again()
{
    BufferPool pool;
    const Buffers* first = nullptr;
    {
        const BufferLease lease = pool.lease();
        first = &*lease;
    }
    const BufferLease again = pool.lease();
    assert_ptr_equal(&*again, first);
}

void leases_do_not_share()
{
    BufferPool pool;
    const BufferLease one = pool.lease();
    const BufferLease other = pool.lease();
    assert_ptr_not_equal(&*one, &*other);
    one->read.fill(1);
    other->read.fill(2);
    assert_int_equal(one->read.front(), 1);
    assert_int_equal(one->read.back(), 1);
}

void each_part_holds_the_largest_packet()
{
    BufferPool pool;
    const BufferLease lease = pool.lease();
    assert_int_equal(lease->read.size(), 65536);
    assert_int_equal(lease->head.size(), 65536);
    assert_int_equal(lease->packet.size(), 65536);
}

/// Holds that many sets at once; a lease cannot be moved, so each has a call of its own.
void hold(BufferPool& pool, int count, std::set<const Buffers*>& seen)
{
    const BufferLease lease = pool.lease();
    assert_true(seen.insert(&*lease).second);
    if (count > 1) {
        hold(pool, count - 1, seen);
    }
}

void more_than_are_kept_can_be_leased()
{
    BufferPool pool;
    std::set<const Buffers*> seen;
    hold(pool, 70, seen);
    const BufferLease again = pool.lease();
    assert_true(seen.contains(&*again));
}

void threads_never_share_a_set()
{
    BufferPool pool;
    std::atomic<int> overwritten{0};
    std::vector<std::thread> threads;
    for (std::uint8_t number = 1; number <= 6; ++number) {
        threads.emplace_back([&pool, &overwritten, number] {
            for (int i = 0; i < 2000; ++i) {
                const BufferLease lease = pool.lease();
                lease->read[0] = number;
                lease->packet[65535] = number;
                std::this_thread::yield();
                if (lease->read[0] != number || lease->packet[65535] != number) {
                    ++overwritten;
                }
            }
        });
    }
    for (std::thread& one : threads) {
        one.join();
    }
    assert_int_equal(overwritten.load(), 0);
}

}  // namespace

Group backend_buffers_tests()
{
    return {"backend/buffers",
            {
                jk_test(a_set_that_was_given_back_is_used_again),
                jk_test(leases_do_not_share),
                jk_test(each_part_holds_the_largest_packet),
                jk_test(more_than_are_kept_can_be_leased),
                jk_test(threads_never_share_a_set),
            }};
}

}  // namespace jk::test
