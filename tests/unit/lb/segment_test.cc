// Tests common/lb/segment.
#include "lb/segment.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "lb/member_state.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Count;
using jk::lb::Segment;
using jk::lb::Shape;
using jk::lb::State;
using jk::test::Memory;

constexpr Shape shape{3, 2, 4, 3};
constexpr jk::TimePoint now = jk::from_micros(7'000'000);

START_TEST(opens_what_it_formatted)
{
    const Memory memory{Segment::size_for(shape)};
    Segment made = Segment::format(memory.data(), shape);
    made.worker("w1", now)->used.add(5);
    jk::Result<Segment> opened = Segment::open(memory.data(), memory.size());
    ck_assert(opened.has_value());
    ck_assert(opened->shape() == shape);
    ck_assert_uint_eq(opened->worker("w1", now)->used.load(), 5);
    ck_assert(Segment::open(memory.data(), memory.size() + 4096).has_value());
}
END_TEST

START_TEST(sh3_refuses_what_is_no_segment)
{
    const Memory memory{Segment::size_for(shape)};
    ck_assert(Segment::open(memory.data(), memory.size()).error().code == jk::Errc::bad_magic);
    ck_assert(Segment::open(nullptr, 0).error().code == jk::Errc::bad_value);
    ck_assert(Segment::open(memory.data(), 8).error().code == jk::Errc::bad_value);
    (void)Segment::format(memory.data(), shape);
    ck_assert(Segment::open(memory.data(), memory.size() - 1).error().code == jk::Errc::bad_value);
}
END_TEST

// A module with another layout does not take over what the one before it left.
START_TEST(sh3_another_layout_is_not_taken_over)
{
    constexpr std::size_t version = 4;  // the word behind magic and size
    const Memory memory{Segment::size_for(shape)};
    (void)Segment::format(memory.data(), shape);
    auto& word = static_cast<std::uint32_t*>(memory.data())[version];
    const std::uint32_t own = word;
    for (const std::uint32_t other : {0U, own - 1, own + 1, 0xffffffffU}) {
        word = other;
        const auto opened = Segment::open(memory.data(), memory.size());
        ck_assert(!opened.has_value() && opened.error().text.find("version") != std::string::npos);
    }
    word = own;
    ck_assert(Segment::open(memory.data(), memory.size()).has_value());
}
END_TEST

// security.md SH-3: whatever one word of the header holds, the view never spans more than the
// memory, and every slot and count of it can be touched.
START_TEST(sh3_a_spoiled_header_leads_nowhere)
{
    for (std::size_t word = 0; word < jk::lb::line / 4; ++word) {
        for (const std::uint32_t value : {0U, 1U, 2U, 255U, 0x7fffffffU, 0xffffffffU}) {
            const Memory memory{Segment::size_for(shape)};
            (void)Segment::format(memory.data(), shape);
            static_cast<std::uint32_t*>(memory.data())[word] = value;
            jk::Result<Segment> segment = Segment::open(memory.data(), memory.size());
            if (!segment.has_value()) {
                continue;
            }
            ck_assert_uint_le(Segment::size_for(segment->shape()), memory.size());
            (void)segment->worker("w", now);
            (void)segment->member("lb", "w", now);
            segment->claim_column(1).add(Count::member_busy, 3);
            (void)segment->total(Count::member_busy, 3);
        }
    }
}
END_TEST

// security.md SH-4.
START_TEST(sh4_garbage_in_the_slots_leads_nowhere)
{
    const Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    auto* const bytes = static_cast<unsigned char*>(memory.data());
    std::memset(bytes + jk::lb::line, 0x41, memory.size() - jk::lb::line);
    ck_assert(segment.worker("w", now) == nullptr || segment.worker("w", now)->name.view() == "w");
    (void)segment.has_room_for(shape);
    segment.release_column(0x41414141);
    segment.release_dead([](std::uint32_t) { return false; });
    const Memory fresh{Segment::size_for(shape)};
    Segment::format(fresh.data(), shape).take_over(segment);
}
END_TEST

START_TEST(finds_slots_by_name)
{
    const Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    auto* const one = segment.worker("one", now);
    ck_assert_int_eq(one->last_reset.load(), jk::to_micros(now));
    ck_assert_int_eq(one->last_maintenance.load(), jk::to_micros(now));
    ck_assert_ptr_eq(segment.worker("one", now + std::chrono::seconds{1}), one);
    ck_assert_int_eq(one->last_reset.load(), jk::to_micros(now));
    ck_assert_ptr_ne(segment.worker("on", now), one);
    ck_assert_uint_eq(segment.index_of(*segment.worker("on", now)), 1);
    auto* const member = segment.member("lb1", "one", now);
    ck_assert_ptr_ne(segment.member("lb2", "one", now), member);
    ck_assert_ptr_eq(segment.member("lb1", "one", now), member);
    ck_assert_text_eq(member->balancer.view(), "lb1");
    ck_assert_ptr_ne(segment.balancer("lb1", now), nullptr);
    ck_assert_uint_eq(segment.index_of(*segment.balancer("lb2", now)), 1);
}
END_TEST

START_TEST(names_have_limits)
{
    const Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    ck_assert_ptr_null(segment.worker("", now));
    ck_assert_ptr_null(segment.worker(std::string(64, 'x'), now));
    ck_assert_ptr_null(segment.member("", "x", now));
    const std::string longest(63, 'x');
    ck_assert_text_eq(segment.worker(longest, now)->name.view(), longest);
}
END_TEST

START_TEST(room_is_what_the_shape_says)
{
    const Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    ck_assert(segment.has_room_for(shape));
    for (const char* name : {"a", "b", "c"}) {
        ck_assert_ptr_nonnull(segment.worker(name, now));
    }
    ck_assert_ptr_null(segment.worker("d", now));
    ck_assert_ptr_nonnull(segment.worker("a", now));
    ck_assert(!segment.has_room_for({1, 0, 0, 0}));
    ck_assert(segment.has_room_for({0, 2, 4, 3}));
    ck_assert(!segment.has_room_for({0, 2, 4, 4}));
}
END_TEST

// balancing.md 1.4: a name that is gone from the configuration is forgotten.
START_TEST(forgets_what_a_configuration_did_not_name)
{
    const Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    for (const char* names : {"abc", "ab", "abc"}) {
        segment.begin_generation();
        for (const char* name = names; *name != '\0'; ++name) {
            auto* const slot = segment.worker({name, 1}, now);
            ck_assert_ptr_nonnull(slot);
            slot->used.add(1);
        }
    }
    ck_assert_uint_eq(segment.worker("a", now)->used.load(), 3);
    ck_assert_uint_eq(segment.worker("c", now)->used.load(), 1);
}
END_TEST

START_TEST(gives_forgotten_places_to_other_names)
{
    const Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    jk::lb::Column old = segment.claim_column(1);
    segment.begin_generation();
    for (const char* name : {"a", "b", "c"}) {
        (void)segment.worker(name, now);
    }
    old.add(Count::worker_busy, 2);  // an old child still has a request with c
    segment.begin_generation();
    ck_assert_ptr_nonnull(segment.worker("a", now));
    ck_assert_ptr_null(segment.worker("d", now));
    segment.begin_generation();
    ck_assert_ptr_nonnull(segment.worker("a", now));
    ck_assert_ptr_nonnull(segment.worker("d", now));
    ck_assert_uint_eq(segment.index_of(*segment.worker("d", now)), 1);
    ck_assert_ptr_null(segment.worker("e", now));
    segment.release_column(1);
    ck_assert_ptr_nonnull(segment.worker("e", now));
}
END_TEST

START_TEST(a_new_name_begins_with_empty_measures)
{
    const Memory memory{Segment::size_for(shape)};
    Segment segment = Segment::format(memory.data(), shape);
    segment.begin_generation();
    jk::lb::WorkerSlot* const first = segment.worker("first", now);
    segment.measures(*first).ended(1);
    segment.measures(*first).took(jk::lb::Timing::connect, std::chrono::seconds{1});
    for (int i = 0; i < 3; ++i) {
        segment.begin_generation();
    }
    jk::lb::WorkerSlot* const second = segment.worker("second", now);
    ck_assert_ptr_eq(second, first);
    ck_assert_uint_eq(segment.measures(*second).endings(1), 0);
    ck_assert_uint_eq(segment.measures(*second).distribution(jk::lb::Timing::connect).count, 0);
}
END_TEST

// B8: a dead prober's member is in error at once, whether it had a column of its own or not.
// Memory that is only looked at is taken as well: no page of the buckets may be.
START_TEST(naming_many_workers_leaves_their_measures_alone)
{
    constexpr std::uint32_t count = 512;
    constexpr Shape many{count, 1, 1, 2};
    const std::size_t size = Segment::size_for(many);
    void* const memory =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(memory != MAP_FAILED);
    Segment segment = Segment::format(memory, many);
    segment.begin_generation();
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t end = size - jk::lb::Failures::size();
    const std::size_t begin = end - jk::lb::Measures::size_for(many);
    const std::size_t first = (begin + page - 1) / page * page;
    ck_assert_int_eq(
        ::mprotect(static_cast<char*>(memory) + first, end / page * page - first, PROT_NONE), 0);
    for (std::uint32_t i = 0; i < count; ++i) {
        ck_assert(segment.worker("w" + std::to_string(i), now) != nullptr);
    }
    ck_assert(segment.worker("w7", now) != nullptr);
    ::munmap(memory, size);
}
END_TEST

START_TEST(a_dead_prober_gives_its_members_back)
{
    for (const bool by_list : {false, true}) {
        const Memory memory{Segment::size_for(shape)};
        Segment segment = Segment::format(memory.data(), shape);
        for (const std::uint32_t pid : {21U, 22U, 23U}) {
            auto* const slot = segment.member("lb", "w" + std::to_string(pid), now);
            slot->standing.store(static_cast<std::uint64_t>(State::forced));
            (void)segment.claim_column(pid);
            ck_assert(begin_probe(*slot, jk::lb::standing_of(*slot), pid));
        }
        if (by_list) {
            segment.release_dead([](std::uint32_t pid) { return pid == 21; });
        } else {
            segment.release_column(22);
            segment.release_column(23);
        }
        const auto state = [&](const char* name) {
            return jk::lb::standing_of(*segment.member("lb", name, now)).state;
        };
        ck_assert(state("w21") == State::probing);
        ck_assert(state("w22") == State::error && state("w23") == State::error);
        ck_assert_uint_eq(segment.claimed_columns(), 1);
    }
}
END_TEST

START_TEST(a_view_over_nothing_does_nothing)
{
    Segment nothing;
    ck_assert_ptr_null(nothing.worker("w", now));
    ck_assert_ptr_null(nothing.balancer("lb", now));
    ck_assert_ptr_null(nothing.member("lb", "w", now));
    nothing.begin_generation();
    nothing.release_column(1);
    nothing.claim_column(1).add(Count::worker_busy, 0);
    ck_assert_uint_eq(nothing.total(Count::worker_busy, 0), 0);
    ck_assert(!nothing.has_room_for({}));
    const Memory memory{Segment::size_for({})};
    Segment least = Segment::format(memory.data(), {});
    ck_assert(least.claim_column(1).is_shared());
    ck_assert(Segment::open(memory.data(), memory.size()).has_value());
}
END_TEST

}  // namespace

TCase* segment_tests()
{
    TCase* tests = tcase_create("segment");
    tcase_add_test(tests, opens_what_it_formatted);
    tcase_add_test(tests, sh3_refuses_what_is_no_segment);
    tcase_add_test(tests, sh3_another_layout_is_not_taken_over);
    tcase_add_test(tests, sh3_a_spoiled_header_leads_nowhere);
    tcase_add_test(tests, sh4_garbage_in_the_slots_leads_nowhere);
    tcase_add_test(tests, finds_slots_by_name);
    tcase_add_test(tests, names_have_limits);
    tcase_add_test(tests, room_is_what_the_shape_says);
    tcase_add_test(tests, forgets_what_a_configuration_did_not_name);
    tcase_add_test(tests, gives_forgotten_places_to_other_names);
    tcase_add_test(tests, a_new_name_begins_with_empty_measures);
    tcase_add_test(tests, naming_many_workers_leaves_their_measures_alone);
    tcase_add_test(tests, a_dead_prober_gives_its_members_back);
    tcase_add_test(tests, a_view_over_nothing_does_nothing);
    return tests;
}
