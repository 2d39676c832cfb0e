// The command convert: files read, written, or left alone.
#include "jkctl/convert.h"

#include <sstream>

#include <sys/stat.h>

#include "jkctl/folder.h"
#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Exit;
using ctl::Form;

struct Outcome {
    Exit exit;
    std::string out;
    std::string err;
};

Outcome convert(const ctl::ConvertOptions& options)
{
    std::ostringstream out;
    std::ostringstream err;
    ctl::Console console{out, err};
    const Exit exit = ctl::convert(options, console);
    return {exit, out.str(), err.str()};
}

void the_result_is_printed()
{
    const Folder folder;
    const std::string file = folder.file("w", "worker.list=a\n");
    const Outcome to = convert({file, "", Form::directives});
    assert_int_equal(to.exit, Exit::fine);
    assert_text_equal(to.out, "JkWorkerProperty worker.list=a\n");
    assert_text_equal(to.err, "");
    const Outcome back = convert({folder.file("h", to.out), "", Form::properties});
    assert_text_equal(back.out, "worker.list=a\n");
}

void the_result_is_written()
{
    const Folder folder;
    const std::string file = folder.file("w", "worker.list=a\n");
    assert_int_equal(::chmod(file.c_str(), 0640), 0);
    const Outcome done = convert({file, folder.path("new"), Form::directives});
    assert_int_equal(done.exit, Exit::fine);
    assert_text_equal(done.out, "");
    assert_text_equal(folder.text_of("new"), "JkWorkerProperty worker.list=a\n");
    struct stat status {};
    assert_int_equal(::stat(folder.path("new").c_str(), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
}

void what_would_be_lost_leaves_the_output_alone()
{
    const Folder folder;
    const std::string file = folder.file("h", "JkWorkerProperty a=b\nJkWorkerProperty c=#d\n");
    const std::string output = folder.file("w", "old\n");
    const Outcome done = convert({file, output, Form::properties});
    assert_int_equal(done.exit, Exit::refused);
    assert_text_holds(done.err, file + ":2: error: a \"#\"");
    assert_text_equal(done.out, "");
    assert_text_equal(folder.text_of("w"), "old\n");
    assert_int_equal(folder.count(), 2);
}

void the_other_kind_is_misuse()
{
    const Folder folder;
    const Outcome httpd = convert({folder.file("h", "Listen 80\n"), "", Form::directives});
    assert_int_equal(httpd.exit, Exit::misuse);
    assert_text_holds(httpd.err, "--to properties");
    const Outcome mounts = convert({folder.file("u", "/a/*=w\n"), "", Form::directives});
    assert_int_equal(mounts.exit, Exit::misuse);
    assert_text_holds(mounts.err, "mount file");
    const Outcome workers = convert({folder.file("w", "worker.list=a\n"), "", Form::properties});
    assert_int_equal(workers.exit, Exit::misuse);
    assert_text_holds(workers.err, "no httpd configuration");
}

void unreadable_and_unwritable_files_are_misuse()
{
    const Folder folder;
    const Outcome gone = convert({folder.path("gone"), "", Form::directives});
    assert_int_equal(gone.exit, Exit::misuse);
    assert_text_holds(gone.err, "gone: error: the file cannot be read: No such file");
    const std::string file = folder.file("w", "worker.list=a\n");
    const Outcome done = convert({file, folder.path("no/where"), Form::directives});
    assert_int_equal(done.exit, Exit::misuse);
    assert_text_holds(done.err, "no/where: error: the file cannot be written");
}

}  // namespace

Group jkctl_convert_tests()
{
    return {"jkctl/convert",
            {
                jk_test(the_result_is_printed),
                jk_test(the_result_is_written),
                jk_test(what_would_be_lost_leaves_the_output_alone),
                jk_test(the_other_kind_is_misuse),
                jk_test(unreadable_and_unwritable_files_are_misuse),
            }};
}

}  // namespace jk::test
