// Tests common/lb/failures: the ring, what is cut, writers at once, and one that is killed.
#include "lb/failures.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Failure;
using jk::lb::Failures;

constexpr std::uint32_t pid = 7;

Failure failure_of(std::uint32_t number)
{
    const std::string letters(40, static_cast<char>('a' + number % 26));
    Failure failure;
    failure.time = jk::from_micros(number);
    failure.balancer = failure.member = failure.what = failure.path = letters;
    failure.attempts = number;
    return failure;
}

bool is_whole(const Failure& failure)
{
    const Failure want = failure_of(failure.attempts);
    return failure.time == want.time && failure.balancer == want.balancer &&
           failure.member == want.member && failure.what == want.what && failure.path == want.path;
}

START_TEST(gives_back_what_it_got)
{
    const jk::test::Memory memory{Failures::size()};
    Failures failures{memory.data()};
    ck_assert(failures.all().empty());
    Failure one = failure_of(3);
    one.verdict = 21;
    one.phase = 6;
    one.status = 503;
    one.milliseconds = 12;
    one.method = "PROPFIND";
    one.client = "2001:db8::1";
    failures.add(one, pid);
    const std::vector<Failure> all = failures.all();
    ck_assert_uint_eq(all.size(), 1);
    ck_assert(is_whole(all[0]));
    ck_assert_uint_eq(all[0].verdict, 21);
    ck_assert_uint_eq(all[0].phase, 6);
    ck_assert_uint_eq(all[0].status, 503);
    ck_assert_uint_eq(all[0].milliseconds, 12);
    ck_assert_text_eq(all[0].method, "PROPFIND");
    ck_assert_text_eq(all[0].client, "2001:db8::1");
}
END_TEST

START_TEST(keeps_the_last_ones_newest_first)
{
    const jk::test::Memory memory{Failures::size()};
    Failures failures{memory.data()};
    constexpr std::uint32_t count = 3 * Failures::capacity + 5;
    for (std::uint32_t i = 1; i <= count; ++i) {
        failures.add(failure_of(i), pid);
    }
    const std::vector<Failure> all = failures.all();
    ck_assert_uint_eq(all.size(), Failures::capacity);
    for (std::uint32_t i = 0; i < Failures::capacity; ++i) {
        ck_assert_uint_eq(all[i].attempts, count - i);
        ck_assert(is_whole(all[i]));
    }
}
END_TEST

START_TEST(long_texts_are_cut_between_characters)
{
    const jk::test::Memory memory{Failures::size()};
    Failures failures{memory.data()};
    Failure one;
    one.method = std::string(500, 'M');
    one.path = '/' + std::string(126, 'x') + "\xc3\xa4" + "tail";
    failures.add(one, pid);
    const Failure got = failures.all().at(0);
    ck_assert_text_eq(got.path, '/' + std::string(126, 'x'));
    ck_assert_text_eq(got.method, std::string(24, 'M'));

    using jk::lb::cut;
    ck_assert_text_eq(cut("abc", 3), "abc");
    ck_assert_text_eq(cut("ab\xe2\x82\xac", 4), "ab");
    ck_assert_text_eq(cut("ab\xe2\x82\xac", 5), "ab\xe2\x82\xac");
    ck_assert_text_eq(cut("a\xf0\x9f\x98\x80z", 4), "a");
    ck_assert_text_eq(cut("\x80\x80\x80\x80\x80\x80", 5), "\x80\x80\x80\x80\x80");  // no UTF-8
    ck_assert_text_eq(cut("abc", 0), "");
}
END_TEST

START_TEST(a_path_has_neither_query_nor_parameters)
{
    const struct {
        const char* uri;
        const char* path;
    } rows[] = {{"/app/x", "/app/x"},
                {"/app/x?secret=1", "/app/x"},
                {"/app;jsessionid=ABC.n1", "/app"},
                {"/a;b=1/c;d=2/e", "/a/c/e"},
                {"/a;b?c/d", "/a"},
                {";", ""},
                {"", ""}};
    for (const auto& row : rows) {
        ck_assert_text_eq(jk::lb::plain_path(row.uri), row.path);
    }
}
END_TEST

START_TEST(none_keeps_nothing)
{
    Failures none;
    none.add(failure_of(1), pid);
    none.release(pid);
    ck_assert(none.all().empty());
}
END_TEST

START_TEST(readers_never_see_half_a_record)
{
    const jk::test::Memory memory{Failures::size()};
    std::atomic<bool> is_over{false};
    std::atomic<int> torn{0};
    std::vector<std::thread> writers, readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            do {
                for (const Failure& one : Failures{memory.data()}.all()) {
                    torn += is_whole(one) ? 0 : 1;
                }
            } while (!is_over.load());
        });
    }
    for (std::uint32_t i = 0; i < 4; ++i) {
        writers.emplace_back([&memory, i] {
            for (std::uint32_t round = 0; round < 4000; ++round) {
                Failures{memory.data()}.add(failure_of(round * 4 + i), 100 + i);
            }
        });
    }
    for (std::thread& one : writers) {
        one.join();
    }
    is_over.store(true);
    for (std::thread& one : readers) {
        one.join();
    }
    ck_assert_int_eq(torn.load(), 0);
    ck_assert_uint_ge(Failures{memory.data()}.all().size(), Failures::capacity - 4);
}
END_TEST

START_TEST(a_writer_that_is_killed_costs_its_record)
{
    void* const memory = ::mmap(nullptr, Failures::size(), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Failures failures{memory};
    for (int round = 0; round < 30; ++round) {
        const pid_t writer = ::fork();
        if (writer == 0) {
            for (std::uint32_t i = 0;; ++i) {
                failures.add(failure_of(i), static_cast<std::uint32_t>(::getpid()));
            }
        }
        ::usleep(static_cast<useconds_t>(300 + 97 * round));
        ::kill(writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
        for (const Failure& one : failures.all()) {
            ck_assert(is_whole(one));
        }
        failures.release(static_cast<std::uint32_t>(writer));
    }
    for (std::uint32_t i = 0; i < Failures::capacity; ++i) {
        failures.add(failure_of(i), pid);
    }
    ck_assert_uint_eq(failures.all().size(), Failures::capacity);
    ck_assert_uint_eq(failures.all().back().attempts, 0);  // each place could be written again
    ::munmap(memory, Failures::size());
}
END_TEST

}  // namespace

TCase* failures_tests()
{
    TCase* tests = tcase_create("failures");
    tcase_add_test(tests, gives_back_what_it_got);
    tcase_add_test(tests, keeps_the_last_ones_newest_first);
    tcase_add_test(tests, long_texts_are_cut_between_characters);
    tcase_add_test(tests, a_path_has_neither_query_nor_parameters);
    tcase_add_test(tests, none_keeps_nothing);
    tcase_add_test(tests, readers_never_see_half_a_record);
    tcase_add_test(tests, a_writer_that_is_killed_costs_its_record);
    return tests;
}
