// Tests common/lb/edits: two views over one segment stand for two processes.
#include "lb/edits.h"

#include <cstring>
#include <string>

#include "conf/ajp_properties.h"
#include "conf/lb_properties.h"
#include "lb/segment.h"
#include "lb/support.h"
#include "support/check.h"

namespace {

using jk::lb::Edit;
using jk::lb::EditKind;
using jk::lb::Segment;
using jk::lb::Shape;
using jk::test::Memory;

constexpr Shape shape{2, 1, 2, 3};
constexpr jk::TimePoint now = jk::from_micros(7'000'000);
constexpr std::uint32_t me = 10;

Edit factor_of(const char* member, const char* value)
{
    return {EditKind::member, "lb", member, "lbfactor", value, 7};
}

std::vector<Edit> one(const Edit& edit)
{
    return {edit};
}

/// "a.lbfactor=2 b.lbfactor=3", in the order in which they were made.
std::string text_of(const Segment& segment)
{
    std::string text;
    std::uint32_t seen = 0;
    for (const Edit& edit : segment.edits().all(seen)) {
        text += (text.empty() ? "" : " ") + edit.worker + "." + edit.property + "=" + edit.value;
    }
    return text;
}

struct Pair {
    Memory memory{Segment::size_for(shape)};
    Segment writer = Segment::format(memory.data(), shape);
    Segment reader = Segment::open(memory.data(), memory.size()).value();
};

START_TEST(what_one_writes_the_other_reads)
{
    Pair pair;
    ck_assert_uint_eq(pair.reader.edits().generation(), 0);
    ck_assert_text_eq(text_of(pair.reader), "");
    ck_assert(pair.writer.edits().write(factor_of("a", "2"), me).has_value());
    ck_assert_uint_ne(pair.reader.edits().generation(), 0);
    std::uint32_t seen = 0;
    const std::vector<Edit> edits = pair.reader.edits().all(seen);
    ck_assert_uint_eq(seen, pair.reader.edits().generation());
    ck_assert_uint_eq(edits.size(), 1);
    ck_assert(edits[0].kind == EditKind::member && edits[0].fingerprint == 7);
    ck_assert_text_eq(edits[0].balancer, "lb");
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=2");
}
END_TEST

START_TEST(the_last_edit_of_a_property_counts)
{
    Pair pair;
    for (const char* value : {"2", "3", "4"}) {
        ck_assert(pair.writer.edits().write(factor_of("a", value), me).has_value());
        ck_assert(pair.writer.edits().write(factor_of("b", "9"), me).has_value());
        ck_assert_text_eq(text_of(pair.reader),
                          std::string{"a.lbfactor="} + value + " b.lbfactor=9");
    }
    ck_assert(pair.writer.edits().write(factor_of("a", "5"), me).has_value());
    ck_assert_text_eq(text_of(pair.reader), "b.lbfactor=9 a.lbfactor=5");
}
END_TEST

START_TEST(several_are_one_change)
{
    Pair pair;
    (void)pair.writer.edits().write(factor_of("a", "1"), me);
    const std::uint32_t before = pair.reader.edits().generation();
    const std::vector<Edit> edits{factor_of("b", "2"), factor_of("a", "3"), factor_of("b", "4"),
                                  factor_of("c", "5")};
    ck_assert(pair.writer.edits().write(edits, me).has_value());
    ck_assert_uint_eq(pair.reader.edits().generation(), before + 1);
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=3 b.lbfactor=4 c.lbfactor=5");
    ck_assert(pair.writer.edits().write(std::vector<Edit>{}, me).has_value());
    ck_assert_uint_eq(pair.reader.edits().generation(), before + 1);
}
END_TEST

START_TEST(of_several_all_fail)
{
    Pair pair;
    (void)pair.writer.edits().write(factor_of("a", "1"), me);
    const std::uint32_t before = pair.reader.edits().generation();
    Edit long_one = factor_of("b", "2");
    long_one.value = std::string(256, 'v');
    ck_assert(!pair.writer.edits()
                   .write(std::vector<Edit>{factor_of("a", "3"), long_one}, me)
                   .has_value());
    std::vector<Edit> many;
    for (int i = 0; i < 1000; ++i) {
        many.push_back({EditKind::worker, "", "a", "p" + std::to_string(i), "1", 0});
    }
    ck_assert(pair.writer.edits().write(many, me).error().code == jk::Errc::overflow);
    ck_assert_uint_eq(pair.reader.edits().generation(), before);
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=1");
    ck_assert(pair.writer.edits().write(factor_of("a", "4"), me).has_value());
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=4");
}
END_TEST

START_TEST(an_erased_edit_is_gone)
{
    Pair pair;
    (void)pair.writer.edits().write(factor_of("a", "2"), me);
    (void)pair.writer.edits().write(factor_of("a", "3"), me);
    (void)pair.writer.edits().write(factor_of("b", "4"), me);
    const std::uint32_t before = pair.reader.edits().generation();
    ck_assert(pair.writer.edits().erase(factor_of("a", ""), me).has_value());
    ck_assert_uint_ne(pair.reader.edits().generation(), before);
    ck_assert_text_eq(text_of(pair.reader), "b.lbfactor=4");
}
END_TEST

START_TEST(texts_have_limits)
{
    Pair pair;
    Edit edit = factor_of("a", "2");
    edit.value = std::string(255, 'v');
    ck_assert(pair.writer.edits().write(edit, me).has_value());
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=" + edit.value);
    edit.value += 'v';
    ck_assert(pair.writer.edits().write(edit, me).error().code == jk::Errc::overflow);
    edit = factor_of("a", "2");
    edit.property = std::string(32, 'p');
    ck_assert(pair.writer.edits().write(edit, me).error().code == jk::Errc::overflow);
    edit = factor_of("a", "2");
    edit.worker = std::string(64, 'w');
    ck_assert(pair.writer.edits().write(edit, me).error().code == jk::Errc::overflow);
}
END_TEST

/// Every property that can be edited, of everything that the shape has room for, fits at once.
START_TEST(there_is_room_for_every_property)
{
    Pair pair;
    const auto write = [&](EditKind kind, const char* balancer, const std::string& worker,
                           std::string_view property) {
        for (const char* value : {"1", "2"}) {
            ck_assert(pair.writer.edits()
                          .write({kind, balancer, worker, std::string{property}, value, 0}, me)
                          .has_value());
        }
    };
    std::size_t count = 0;
    for (const char* worker : {"a", "b"}) {
        for (const auto& row : jk::conf::ajp_properties()) {
            const bool is_member = (row.flags & jk::conf::flag::member) != 0;
            if ((row.flags & jk::conf::flag::editable) != 0) {
                write(is_member ? EditKind::member : EditKind::worker, is_member ? "lb" : "",
                      worker, row.name);
                ++count;
            }
        }
    }
    for (const auto& row : jk::conf::lb_properties()) {
        if ((row.flags & jk::conf::flag::editable) != 0) {
            write(EditKind::balancer, "lb", "", row.name);
            ++count;
        }
    }
    std::uint32_t seen = 0;
    ck_assert_uint_eq(pair.reader.edits().all(seen).size(), count);
}
END_TEST

START_TEST(a_full_table_says_so_and_still_replaces_nothing)
{
    Pair pair;
    jk::Result<void> result;
    int written = 0;
    for (; result.has_value() && written < 1000; ++written) {
        result = pair.writer.edits().write(
            {EditKind::worker, "", "a", "p" + std::to_string(written), "1", 0}, me);
    }
    ck_assert(result.error().code == jk::Errc::overflow);
    std::uint32_t seen = 0;
    ck_assert_uint_eq(pair.reader.edits().all(seen).size(), static_cast<std::size_t>(written) - 1);
    ck_assert(pair.writer.edits().erase({EditKind::worker, "", "a", "p0", "", 0}, me).has_value());
    ck_assert(pair.writer.edits().write(factor_of("a", "2"), me).has_value());
}
END_TEST

/// Where the words of the table's control stand: only measures and failures come behind the edits.
struct Words {
    explicit Words(Pair& pair)
        : bytes(static_cast<unsigned char*>(pair.memory.data()) + Segment::size_for(shape) -
                jk::lb::Failures::size() - jk::lb::Measures::size_for(shape) -
                jk::lb::Edits::size_for(shape))
    {}
    [[nodiscard]] std::uint32_t& writer() const
    {
        return reinterpret_cast<std::uint32_t*>(bytes)[1];
    }
    unsigned char* bytes;
};

START_TEST(one_writes_at_a_time)
{
    Pair pair;
    Words words{pair};
    words.writer() = 77;  // another process is at it
    ck_assert(pair.writer.edits().write(factor_of("a", "2"), me).error().code ==
              jk::Errc::conflict);
    ck_assert(pair.writer.edits().erase(factor_of("a", "2"), me).error().code ==
              jk::Errc::conflict);
    pair.reader.release_column(78);
    ck_assert_uint_eq(words.writer(), 77);
    const std::uint32_t before = pair.reader.edits().generation();
    pair.reader.release_column(77);  // it died
    ck_assert_uint_ne(pair.reader.edits().generation(), before);
    ck_assert(pair.writer.edits().write(factor_of("a", "2"), me).has_value());
    words.writer() = 79;
    pair.reader.release_dead([](std::uint32_t pid) { return pid == 79; });
    ck_assert_uint_eq(words.writer(), 79);
    pair.reader.release_dead([](std::uint32_t) { return false; });
    ck_assert_uint_eq(words.writer(), 0);
}
END_TEST

// Killed at any moment: edits_race_test.cc.
START_TEST(a_generation_may_be_asked_for)
{
    Pair pair;
    const std::uint32_t before = pair.writer.edits().generation();
    ck_assert(pair.writer.edits()
                  .write(one(factor_of("a", "2")), me, {before, std::nullopt})
                  .has_value());
    const std::uint32_t after = pair.writer.edits().generation();
    const auto late =
        pair.reader.edits().write(one(factor_of("a", "3")), me + 1, {before, std::nullopt});
    ck_assert(late.error().code == jk::Errc::bad_value);
    ck_assert_uint_eq(pair.reader.edits().generation(), after);
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=2");
    ck_assert(pair.reader.edits()
                  .write(one(factor_of("a", "3")), me + 1, {after, std::nullopt})
                  .has_value());
    ck_assert_text_eq(text_of(pair.writer), "a.lbfactor=3");
}
END_TEST

// A child of the configuration before knows other members and routes than the new one's.
START_TEST(who_plans_on_an_older_configuration_is_refused)
{
    Pair pair;
    pair.writer.begin_generation();
    const std::uint32_t before = pair.writer.generation();
    ck_assert(pair.writer.edits()
                  .write(one(factor_of("a", "2")), me, {std::nullopt, before})
                  .has_value());
    pair.reader.begin_generation();
    const std::uint32_t edits = pair.writer.edits().generation();
    const auto late = pair.writer.edits().write(one(factor_of("a", "3")), me, {edits, before});
    ck_assert(late.error().code == jk::Errc::bad_value);
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=2");
    const std::uint32_t newest = pair.reader.generation();
    ck_assert_uint_ne(newest, before);
    ck_assert(pair.writer.edits().write(one(factor_of("a", "3")), me, {edits, newest}).has_value());
}
END_TEST

START_TEST(a_writer_can_be_waited_for)
{
    Pair pair;
    Words words{pair};
    const std::uint32_t before = pair.reader.edits().generation();
    words.writer() = 77;
    ck_assert(pair.reader.edits().await_writer(me).error().code == jk::Errc::conflict);
    ck_assert_uint_eq(words.writer(), 77);
    words.writer() = 0;
    ck_assert(pair.reader.edits().await_writer(me).has_value());
    ck_assert_uint_eq(words.writer(), 0);
    ck_assert_uint_eq(pair.reader.edits().generation(), before);  // nothing was changed
}
END_TEST

// The same value once more is another edit than the one before.
START_TEST(each_edit_has_a_number)
{
    Pair pair;
    std::uint64_t last = 0;
    std::uint32_t seen = 0;
    for (const char* const value : {"2", "3", "2"}) {
        for (const char* const member : {"a", "b"}) {
            ck_assert(pair.writer.edits().write(factor_of(member, value), me).has_value());
            const Edit newest = pair.reader.edits().all(seen).back();
            ck_assert_text_eq(newest.worker, member);
            ck_assert_uint_gt(newest.number, last);
            last = newest.number;
        }
    }
    ck_assert_uint_lt(pair.reader.edits().all(seen).front().number, last);
}
END_TEST

START_TEST(a_writer_may_die_between_publishing_and_retiring)
{
    Pair pair;
    (void)pair.writer.edits().write(factor_of("a", "2"), me);
    (void)pair.writer.edits().write(factor_of("a", "3"), me);
    // 2 is retired by the next change only: a death right here leaves both, and 3 counts
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=3");
    Words words{pair};
    words.writer() = me;
    pair.reader.release_column(me);
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=3");
    (void)pair.writer.edits().write(factor_of("b", "4"), me);
    ck_assert_text_eq(text_of(pair.reader), "a.lbfactor=3 b.lbfactor=4");
}
END_TEST

START_TEST(garbage_leads_nowhere)
{
    Pair pair;
    Words words{pair};
    for (const int filling : {0x41, 0xff, 0x01}) {
        std::memset(words.bytes, filling, jk::lb::Edits::size_for(shape));
        std::uint32_t seen = 0;
        (void)pair.reader.edits().all(seen);
        (void)pair.writer.edits().write(factor_of("a", "2"), me);
        words.writer() = 0;
        (void)pair.writer.edits().write(factor_of("a", "2"), me);
        (void)pair.writer.edits().erase(factor_of("a", "2"), me);
    }
}
END_TEST

START_TEST(a_new_segment_takes_over_what_it_names)
{
    Pair pair;
    (void)pair.writer.edits().write(factor_of("a", "2"), me);
    (void)pair.writer.edits().write({EditKind::worker, "", "a", "port", "1", 0}, me);
    (void)pair.writer.edits().write({EditKind::worker, "", "gone", "port", "1", 0}, me);
    (void)pair.writer.edits().write({EditKind::balancer, "lb", "", "method", "B", 0}, me);
    (void)pair.writer.edits().write({EditKind::balancer, "lb2", "", "method", "B", 0}, me);
    Pair fresh;
    (void)fresh.writer.balancer("lb", now);
    (void)fresh.writer.worker("a", now);
    fresh.writer.take_over(pair.reader);
    ck_assert_text_eq(text_of(fresh.reader), "a.lbfactor=2 a.port=1 .method=B");
}
END_TEST

START_TEST(a_view_over_nothing_holds_nothing)
{
    jk::lb::Edits none;
    std::uint32_t seen = 5;
    ck_assert(none.all(seen).empty());
    ck_assert_uint_eq(seen, 0);
    ck_assert_uint_eq(none.generation(), 0);
    ck_assert(none.write(factor_of("a", "2"), me).error().code == jk::Errc::conflict);
    none.release(me);
    none.release_dead([](std::uint32_t) { return false; });
}
END_TEST

}  // namespace

TCase* edits_tests()
{
    TCase* tests = tcase_create("edits");
    tcase_add_test(tests, what_one_writes_the_other_reads);
    tcase_add_test(tests, the_last_edit_of_a_property_counts);
    tcase_add_test(tests, several_are_one_change);
    tcase_add_test(tests, of_several_all_fail);
    tcase_add_test(tests, an_erased_edit_is_gone);
    tcase_add_test(tests, texts_have_limits);
    tcase_add_test(tests, there_is_room_for_every_property);
    tcase_add_test(tests, a_full_table_says_so_and_still_replaces_nothing);
    tcase_add_test(tests, one_writes_at_a_time);
    tcase_add_test(tests, a_generation_may_be_asked_for);
    tcase_add_test(tests, who_plans_on_an_older_configuration_is_refused);
    tcase_add_test(tests, a_writer_can_be_waited_for);
    tcase_add_test(tests, each_edit_has_a_number);
    tcase_add_test(tests, a_writer_may_die_between_publishing_and_retiring);
    tcase_add_test(tests, garbage_leads_nowhere);
    tcase_add_test(tests, a_new_segment_takes_over_what_it_names);
    tcase_add_test(tests, a_view_over_nothing_holds_nothing);
    return tests;
}
