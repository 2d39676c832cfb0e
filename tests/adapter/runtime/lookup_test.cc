// Hosts that were edited, and what their names mean at the time; names that end in ".test" are
// those of a table here.
#include <dlfcn.h>
#include <netdb.h>

#include <set>

#include "runtime/child.h"
#include "support/generation.h"

#include "support/cmocka.h"

namespace {

/// What the resolver knows, and what else it is to do.
struct Resolver {
    std::map<std::string, std::string> names;
    int asked = 0;
    bool has_no_memory = false;
};

Resolver& resolver()
{
    static Resolver one;
    return one;
}

}  // namespace

/// In place of the C library's, also for APR.
extern "C" __attribute__((visibility("default"))) int
getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found)
{
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    const std::string text = name == nullptr ? "" : name;
    if (!text.ends_with(".test")) {
        return real(name, service, hints, found);
    }
    ++resolver().asked;
    const auto known = resolver().names.find(text);
    return known == resolver().names.end() ? EAI_AGAIN
                                           : real(known->second.c_str(), service, hints, found);
}

/// In place of APR's.
extern "C" __attribute__((visibility("default"))) apr_status_t
apr_pool_create_ex(apr_pool_t** made, apr_pool_t* parent, apr_abortfunc_t on_abort,
                   apr_allocator_t* allocator)
{
    static const auto real =
        reinterpret_cast<decltype(&apr_pool_create_ex)>(::dlsym(RTLD_NEXT, "apr_pool_create_ex"));
    return resolver().has_no_memory ? APR_ENOMEM : real(made, parent, on_abort, allocator);
}

namespace jk::test {

namespace {

using httpd::Runtime;
using lb::EditKind;

/// As another child writes it; not taken over yet.
void write(Generation& one, const char* property, const char* value, const char* configured)
{
    const std::vector<lb::Edit> edits{
        {EditKind::worker, {}, "a", property, value, lb::fingerprint(configured)}};
    assert_true(one.runtime().segment().edits().write(edits, 1).has_value());
}

void write_host(Generation& one, const char* host)
{
    write(one, "host", host, "127.0.0.1");
    assert_true(one.runtime().take_edits());
}

std::string address_of(Generation& one)
{
    return one.a().destination().address.text;
}

/// A runtime in a child that serves, and what its resolver knows.
struct Serving : Generation {
    explicit Serving(const std::map<std::string, std::string>& names = {})
    {
        resolver() = {names};
        runtime().begin_serving();
    }
};

void a_name_is_looked_up_when_it_was_taken_over()
{
    Serving one;
    write_host(one, "localhost");
    assert_text_equal(one.a().settings().host, "localhost");
    assert_text_equal(address_of(one), "127.0.0.1:8009");
    assert_int_equal(one.a().destination().id, 0);  // that of before
    assert_true(one.runtime().look_up_hosts().empty());
    assert_true(one.a().destination().address.is_valid());
    write_host(one, "127.0.0.2");  // nobody is to be asked
    assert_text_equal(address_of(one), "127.0.0.2:8009");
}

// DO-15: the old address is kept.
void a_name_that_nobody_knows_leaves_the_address()
{
    Serving one;
    write_host(one, "unknown.test");
    const std::string told = text_of(one.runtime().look_up_hosts());
    assert_text_holds(told, "worker a: its host \"unknown.test\"");
    assert_text_holds(told, "its connections go to 127.0.0.1:8009");
    assert_text_equal(address_of(one), "127.0.0.1:8009");
    assert_int_equal(one.balancer().activation(0), conf::Activation::active);
    assert_true(one.runtime().look_up_hosts().empty());  // not again at once
    one.runtime().maintain(httpd::now());
    assert_int_equal(one.runtime().look_up_hosts().size(), 1);
    write_host(one, "127.0.0.2");
    assert_text_equal(address_of(one), "127.0.0.2:8009");
    one.runtime().maintain(httpd::now());
    assert_true(one.runtime().look_up_hosts().empty());  // nobody wants it any more
}

/// At start nothing was in force before: a host that was edited away from is not asked again.
void a_name_that_nobody_knows_at_start_is_no_address()
{
    Serving first;
    write_host(first, "unknown.test");
    Generation second{{}, fakes().retained};
    assert_text_equal(address_of(second), "invalid");
    assert_int_equal(second.balancer().activation(0), conf::Activation::stopped);
    assert_text_holds(second.complaints(), "its address is invalid until a later attempt succeeds");
}

/// Nor in a child that is born after the edit: what the file says is what was edited away from.
void a_name_that_nobody_knows_in_a_new_child_is_no_address()
{
    resolver() = {};
    Generation one;
    write(one, "host", "late.test", "127.0.0.1");
    httpd::Child child{one.runtime()};
    child.begin_serving();
    assert_text_equal(address_of(one), "invalid");
    assert_int_equal(one.balancer().activation(0), conf::Activation::stopped);
    assert_int_equal(resolver().asked, 1);
    resolver().names["late.test"] = "127.0.0.3";
    one.runtime().maintain(httpd::now());
    assert_true(one.runtime().look_up_hosts().empty());
    assert_text_equal(address_of(one), "127.0.0.3:8009");
    assert_int_equal(one.balancer().activation(0), conf::Activation::active);
    resolver().names.clear();
    write_host(one, "later.test");  // from now on, what is in force goes on
    assert_int_equal(one.runtime().look_up_hosts().size(), 1);
    assert_text_equal(address_of(one), "127.0.0.3:8009");
}

void a_name_that_is_set_once_more_is_looked_up_once_more()
{
    Serving one{{{"moving.test", "127.0.0.2"}}};
    const auto look_up = [&] { return one.runtime().look_up_hosts().empty(); };
    write_host(one, "moving.test");
    assert_true(look_up());
    assert_text_equal(address_of(one), "127.0.0.2:8009");
    write_host(one, "127.0.0.1");
    resolver().names["moving.test"] = "127.0.0.3";
    write_host(one, "moving.test");
    assert_text_equal(address_of(one), "127.0.0.1:8009");  // as long as nobody has asked
    assert_true(look_up());
    assert_text_equal(address_of(one), "127.0.0.3:8009");
    resolver().names["moving.test"] = "127.0.0.4";
    write(one, "host", "127.0.0.1", "127.0.0.1");
    write_host(one, "moving.test");  // there and back in one go
    assert_true(look_up());
    assert_text_equal(address_of(one), "127.0.0.4:8009");
    assert_int_equal(resolver().asked, 3);
    write(one, "reply_timeout", "7", "0");
    assert_true(one.runtime().take_edits());
    assert_true(look_up());
    assert_text_equal(address_of(one), "127.0.0.4:8009");
    assert_int_equal(resolver().asked, 3);  // nobody has set the host
}

// An edit that failed is not tried again with each edit of something else.
void a_lookup_that_failed_waits_for_maintenance()
{
    Serving one;
    write_host(one, "unknown.test");
    assert_int_equal(one.runtime().look_up_hosts().size(), 1);
    for (int i = 0; i < 3; ++i) {
        const std::vector<lb::Edit> of_b{{EditKind::worker,
                                          {},
                                          "b",
                                          "reply_timeout",
                                          std::to_string(i + 1),
                                          lb::fingerprint("0")}};
        assert_true(one.runtime().segment().edits().write(of_b, 1).has_value());
        assert_true(one.runtime().take_edits());
        assert_true(one.runtime().look_up_hosts().empty());
    }
    assert_int_equal(resolver().asked, 1);
    write_host(one, "127.0.0.1");
    resolver().names["unknown.test"] = "127.0.0.2";
    write_host(one, "unknown.test");  // somebody who could look it up has set it
    assert_true(one.runtime().look_up_hosts().empty());
    assert_text_equal(address_of(one), "127.0.0.2:8009");
}

/// Edits the host of a, and looks at what requests look at.
void change_host(Generation& one, const char* host, std::set<const void*>& kept)
{
    status::Change change{.kind = EditKind::worker, .worker = "a"};
    change.property = "host";
    change.value = host;
    std::vector<httpd::Edited> made;
    assert_false(one.runtime().edit(std::vector{change}, made).has_value());
    kept.insert(&one.a().settings());
}

void what_is_kept_does_not_grow_with_edits_of_the_same_hosts()
{
    Serving one{{{"x.test", "127.0.0.2"}, {"y.test", "127.0.0.3"}}};
    std::set<const void*> kept;
    for (int i = 0; i < 20; ++i) {
        for (const char* const host : {"127.0.0.8", "x.test", "127.0.0.9", "y.test"}) {
            change_host(one, host, kept);
        }
    }
    assert_int_equal(kept.size(), 4);
    assert_text_equal(address_of(one), "127.0.0.3:8009");
    assert_int_equal(one.a().destination().id, 4);
}

void nor_where_they_are_taken_over()
{
    Serving one{{{"x.test", "127.0.0.2"}, {"y.test", "127.0.0.3"}}};
    std::set<const void*> kept;
    for (int i = 0; i < 20; ++i) {
        for (const char* const host : {"x.test", "y.test"}) {
            write_host(one, host);
            kept.insert(&one.a().settings());
            assert_true(one.runtime().look_up_hosts().empty());
            kept.insert(&one.a().settings());
        }
    }
    assert_true(kept.size() <= 6);  // each with its own address and those of before
    assert_int_equal(one.a().destination().id, 2);
    assert_int_equal(resolver().asked, 40);
}

void memory_that_runs_out_costs_one_attempt()
{
    Serving one{{{"x.test", "127.0.0.2"}}};
    write_host(one, "x.test");
    resolver().has_no_memory = true;
    assert_true(one.runtime().look_up_hosts().empty());
    assert_text_equal(address_of(one), "127.0.0.1:8009");
    resolver().has_no_memory = false;
    assert_true(one.runtime().look_up_hosts().empty());
    assert_int_equal(resolver().asked, 0);
    one.runtime().maintain(httpd::now());
    assert_true(one.runtime().look_up_hosts().empty());
    assert_text_equal(address_of(one), "127.0.0.2:8009");
}

}  // namespace

Group runtime_lookup_tests()
{
    return {"runtime/lookup",
            {
                jk_test(a_name_is_looked_up_when_it_was_taken_over),
                jk_test(a_name_that_nobody_knows_leaves_the_address),
                jk_test(a_name_that_nobody_knows_at_start_is_no_address),
                jk_test(a_name_that_nobody_knows_in_a_new_child_is_no_address),
                jk_test(a_name_that_is_set_once_more_is_looked_up_once_more),
                jk_test(a_lookup_that_failed_waits_for_maintenance),
                jk_test(what_is_kept_does_not_grow_with_edits_of_the_same_hosts),
                jk_test(nor_where_they_are_taken_over),
                jk_test(memory_that_runs_out_costs_one_attempt),
            }};
}

}  // namespace jk::test
