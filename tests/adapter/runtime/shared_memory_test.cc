// The shared segment: made once, used again by the next configuration, exchanged for a larger one.
#include "runtime/shared_memory.h"

#include <sys/wait.h>
#include <unistd.h>

#include "httpd_api.h"
#include "support/httpd_fakes.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

constexpr lb::Shape small{2, 1, 2, 3};
constexpr TimePoint start = from_micros(1000000);

/// Names these workers; false where one finds no room.
struct Names {
    std::vector<const char*> all;

    static bool fit(lb::Segment& segment, void* data)
    {
        for (const char* const name : static_cast<Names*>(data)->all) {
            if (segment.worker(name, start) == nullptr) {
                return false;
            }
        }
        return true;
    }
};

lb::Segment segment_for(const lb::Shape& shape, std::vector<const char*> names)
{
    Names wanted{std::move(names)};
    return httpd::shared_segment(shape, Names::fit, &wanted);
}

void the_next_configuration_finds_the_same_segment()
{
    reset_fakes();
    lb::Segment first = segment_for(small, {"a"});
    first.worker("a", start)->used.add(7);
    lb::Segment second = segment_for(small, {"a", "b"});
    assert_ptr_equal(second.worker("a", start), first.worker("a", start));
    assert_int_equal(second.worker("a", start)->used.load(), 7);
    assert_int_equal(second.worker("b", start)->used.load(), 0);
}

void a_segment_that_is_too_small_hands_over()
{
    reset_fakes();
    lb::Segment first = segment_for(small, {"a", "b"});
    first.worker("a", start)->used.add(7);
    lb::Segment second = segment_for({8, 1, 2, 3}, {"a", "b", "c"});
    assert_int_equal(second.shape().workers, 8);
    assert_int_equal(second.worker("a", start)->used.load(), 7);
    assert_int_equal(second.worker("c", start)->used.load(), 0);
    lb::Segment third = segment_for({8, 1, 2, 3}, {"a"});
    assert_ptr_equal(third.worker("a", start), second.worker("a", start));
}

void more_children_need_a_new_segment()
{
    reset_fakes();
    lb::Segment first = segment_for(small, {"a"});
    first.worker("a", start)->errors.add(2);
    lb::Segment second = segment_for({2, 1, 2, 9}, {"a"});
    assert_int_equal(second.shape().columns, 9);
    assert_int_equal(second.worker("a", start)->errors.load(), 2);
}

void children_share_it()
{
    reset_fakes();
    lb::Segment segment = segment_for(small, {"a"});
    const pid_t child = ::fork();
    if (child == 0) {
        segment.worker("a", start)->used.add(3);
        ::_exit(0);
    }
    int status = 0;
    assert_int_equal(::waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(segment.worker("a", start)->used.load(), 3);
}

}  // namespace

Group runtime_shared_memory_tests()
{
    return {"runtime/shared_memory",
            {
                jk_test(the_next_configuration_finds_the_same_segment),
                jk_test(a_segment_that_is_too_small_hands_over),
                jk_test(more_children_need_a_new_segment),
                jk_test(children_share_it),
            }};
}

}  // namespace jk::test
