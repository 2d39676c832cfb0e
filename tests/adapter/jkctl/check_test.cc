// The command check: which file is read as what, what it means for the exit status.
#include "jkctl/check.h"

#include <sstream>

#include "jkctl/folder.h"
#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::CheckOptions;
using ctl::Exit;
using ctl::Format;
using ctl::Kind;
using ctl::Strictness;

struct Outcome {
    Exit exit;
    std::string out;
    std::string err;
};

Outcome check(const CheckOptions& options)
{
    std::ostringstream out;
    std::ostringstream err;
    ctl::Console console{out, err};
    const Exit exit = ctl::check(options, console);
    return {exit, out.str(), err.str()};
}

CheckOptions files(std::vector<std::string> names)
{
    CheckOptions options;
    options.files = std::move(names);
    return options;
}

constexpr std::string_view good_workers =
    "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=tc1,tc2\nworker.lb.secret=s\n"
    "worker.tc1.host=10.0.0.1\nworker.tc1.route=r1\nworker.tc1.reply_timeout=60000\n"
    "worker.tc2.host=10.0.0.2\nworker.tc2.route=r2\nworker.tc2.reply_timeout=60000\n";

void good_files_have_no_complaints()
{
    const Folder folder;
    const Outcome done =
        check(files({folder.file("u", "/app/*=lb;active=tc1\n"), folder.file("w", good_workers)}));
    assert_text_equal(done.out, "no complaints in 2 files\n");
    assert_text_equal(done.err, "");
    assert_int_equal(done.exit, Exit::fine);
}

void complaints_have_their_places()
{
    const Folder folder;
    const std::string workers =
        folder.file("w", "worker.list=a\nworker.a.hots=x\nworker.a.port=8009\n");
    const std::string mounts = folder.file("u", "\n/x/*=b\n");
    const Outcome done = check(files({mounts, workers}));
    assert_text_holds(done.out, workers + ":2: error: worker.a.hots: there is no property");
    assert_text_holds(done.out, mounts + ":2: warning: the rule \"/x/*\" names \"b\"");
    assert_true(done.out.find(workers + ":2") < done.out.find(mounts + ":2"));
    assert_text_holds(done.out, "in 2 files: httpd would not start\n");
    assert_int_equal(done.exit, Exit::refused);
}

void complaints_are_in_the_order_of_the_lines()
{
    const Folder folder;
    const std::string workers = folder.file("w", "worker.list=b,a\nworker.a.port=0\n"
                                                 "worker.b.cachesize=2\nworker.b.prot=1\n");
    const std::string said = check(files({workers})).out;
    const std::size_t second = said.find(workers + ":2:");
    const std::size_t third = said.find(workers + ":3:");
    assert_true(second < third && third < said.find(workers + ":4:"));
    assert_true(said.find(workers + ":4:") != std::string::npos);
}

void workers_files_are_read_as_one()
{
    const Folder folder;
    const std::string first = folder.file("1", "port=8009\nworker.list=a\nworker.a.source=h\n");
    const std::string second = folder.file("2", "worker.a.port=$(port)\n");
    assert_text_equal(check(files({first, second})).out, "no complaints in 2 files\n");
    assert_text_holds(check(files({second, first})).out, "$(port)");
}

void mounts_alone_are_not_asked_for_workers()
{
    const Folder folder;
    const std::string mounts =
        folder.file("u", "/x/*=b;active=m1\n!/x/y=b\n/y=a;use_server_errors=400\n");
    assert_text_equal(check(files({mounts})).out, "no complaints in 1 file\n");
    const Outcome bad = check(files({folder.file("v", "x*=b\n/ok=a\n/a=b;fail_on_statis=5\n")}));
    assert_text_holds(bad.out, ":1: ");
    assert_text_holds(bad.out, ":3: warning: ");
}

void strictness_refuses_warnings()
{
    const Folder folder;
    CheckOptions options =
        files({folder.file("w", good_workers), folder.file("u", "/x/*=nosuch\n")});
    assert_int_equal(check(options).exit, Exit::fine);
    options.site.strictness = Strictness::strict;
    assert_int_equal(check(options).exit, Exit::refused);
    const CheckOptions notes = [&] {
        CheckOptions made =
            files({folder.file("n", "worker.list=a\nworker.a.host=localhost\nworker.b.host=h\n")});
        made.site.strictness = Strictness::strict;
        return made;
    }();
    const Outcome done = check(notes);
    assert_text_holds(done.out, ":3: note: ");
    assert_int_equal(done.exit, Exit::fine);
}

void the_kind_may_be_said()
{
    const Folder folder;
    CheckOptions options = files({folder.file("f", "home=/opt\n")});
    options.kind = Kind::mounts;
    assert_text_holds(check(options).out, "home");
    options.kind = Kind::workers;
    assert_text_holds(check(options).out, "there is no worker.list");
}

void server_root_is_the_folder_unless_it_is_said()
{
    const Folder folder;
    CheckOptions options = files({folder.file(
        "w", "worker.list=a\nworker.a.host=unix:$(ServerRoot)/a.sock\nworker.a.secret=s\n")});
    assert_int_equal(check(options).exit, Exit::fine);
    options.site.root = "/" + std::string(120, 'x');
    const Outcome done = check(options);
    assert_text_holds(done.out, ":2: error: worker.a.host");
    assert_int_equal(done.exit, Exit::refused);
}

void unreadable_files_are_misuse_all_of_them()
{
    const Folder folder;
    const Outcome done =
        check(files({folder.path("1"), folder.file("w", good_workers), folder.path("2")}));
    assert_int_equal(done.exit, Exit::misuse);
    assert_text_equal(done.out, "");
    assert_text_holds(done.err, "jkctl check: " + folder.path("1") + ": the file cannot be read");
    assert_text_holds(done.err, folder.path("2") + ": the file cannot be read");
}

void the_report_may_be_json()
{
    const Folder folder;
    CheckOptions options = files({folder.file("w", good_workers)});
    options.format = Format::json;
    const Outcome done = check(options);
    assert_text_holds(done.out, "\"complaints\": [],");
    assert_text_holds(done.out, "\"verdict\": \"starts\"");
    assert_int_equal(done.exit, Exit::fine);
}

}  // namespace

Group jkctl_check_tests()
{
    return {"jkctl/check",
            {
                jk_test(good_files_have_no_complaints),
                jk_test(complaints_have_their_places),
                jk_test(complaints_are_in_the_order_of_the_lines),
                jk_test(workers_files_are_read_as_one),
                jk_test(mounts_alone_are_not_asked_for_workers),
                jk_test(strictness_refuses_warnings),
                jk_test(the_kind_may_be_said),
                jk_test(server_root_is_the_folder_unless_it_is_said),
                jk_test(unreadable_files_are_misuse_all_of_them),
                jk_test(the_report_may_be_json),
            }};
}

}  // namespace jk::test
