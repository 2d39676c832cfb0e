// Whose word counts: that of another module, that of the variable, or none.
#include "request/indicator.h"

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using httpd::indicated_worker;

/// "/app/*" is mapped to w1.
struct Asked {
    Site site;

    Asked()
    {
        (void)site.set("JkMount", {"/app/*", "w1;reply_timeout=500"});
        (void)site.build();
    }
    /// What is said of `path`, "-" for nothing; no `note`, no `variable`: nullptr.
    std::string operator()(const char* path, const char* note, const char* variable)
    {
        request_rec* const request = site.request(path);
        if (note != nullptr) {
            apr_table_setn(request->notes, "JK_WORKER_NAME", note);
        }
        if (variable != nullptr) {
            set_env(request, "JK_WORKER_NAME", variable);
        }
        const char* const worker = indicated_worker(request);
        return worker == nullptr ? "-" : worker;
    }
};

void a_note_comes_before_the_variable()
{
    Asked asked;
    assert_text_equal(asked("/x", nullptr, nullptr), "-");
    assert_text_equal(asked("/x", nullptr, "w2;reply_timeout=7"), "w2;reply_timeout=7");
    assert_text_equal(asked("/x", "w3", nullptr), "w3");
    assert_text_equal(asked("/x", "w3", "w2"), "w3");
    assert_text_equal(asked("/app/x", "w3", nullptr), "w3");
}

void a_note_of_our_own_hides_no_extensions()
{
    Asked asked;
    assert_text_equal(asked("/app/x", "w1", nullptr), "-");
    assert_text_equal(asked("/app;a=b//x", "w1", nullptr), "-");
    assert_text_equal(asked("/x", "w2", "w2 ;reply_timeout=7"), "w2 ;reply_timeout=7");
    assert_text_equal(asked("/../x", "w1", nullptr), "w1");
}

void without_mounts_a_note_counts()
{
    Site site;
    (void)site.build();
    request_rec* const request = site.request("/x");
    apr_table_setn(request->notes, "JK_WORKER_NAME", "w1");
    assert_string_equal(indicated_worker(request), "w1");
}

}  // namespace

Group request_indicator_tests()
{
    return {"request/indicator",
            {
                jk_test(a_note_comes_before_the_variable),
                jk_test(a_note_of_our_own_hides_no_extensions),
                jk_test(without_mounts_a_note_counts),
            }};
}

}  // namespace jk::test
