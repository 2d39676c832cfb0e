// Files read and replaced.
#include "jkctl/text_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "jkctl/folder.h"
#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::read_text_file;
using ctl::replace_text_file;

using ctl::permissions_of;

unsigned mode_of(const std::string& path)
{
    struct stat status {};
    assert_int_equal(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777U;
}

void a_file_is_read_whole()
{
    const Folder folder;
    const std::string text = std::string(200000, 'x') + std::string("\0\r\n", 3);
    Complaints complaints;
    assert_text_equal(read_text_file(folder.file("f", text), complaints).value_or("-"), text);
    assert_text_equal(read_text_file(folder.file("e", ""), complaints).value_or("-"), "");
    assert_true(complaints.empty());
}

void what_cannot_be_read_is_told()
{
    const Folder folder;
    Complaints complaints;
    assert_false(read_text_file(folder.path("gone"), complaints).has_value());
    assert_false(read_text_file(folder.path("."), complaints).has_value());
    assert_int_equal(complaints.size(), 2);
    assert_text_equal(to_text(complaints[0]),
                      folder.path("gone") + ": the file cannot be read: No such file or directory");
    assert_text_holds(complaints[1].text, "Is a directory");
}

void permissions_are_those_of_chmod()
{
    const Folder folder;
    const std::string path = folder.file("f", "");
    assert_int_equal(::chmod(path.c_str(), 0604), 0);
    assert_int_equal(permissions_of(path).value_or(1), 0604);
    assert_false(permissions_of(folder.path("gone")).has_value());
}

void a_file_is_replaced_and_keeps_its_mode()
{
    const Folder folder;
    Complaints complaints;
    const std::string old = folder.file("old", "old");
    assert_int_equal(::chmod(old.c_str(), 0604), 0);
    assert_true(replace_text_file(old, "new", folder.path("gone"), complaints));
    assert_text_equal(folder.text_of("old"), "new");
    assert_int_equal(mode_of(old), 0604);
    assert_true(replace_text_file(folder.path("more"), "more", old, complaints));
    assert_int_equal(mode_of(folder.path("more")), 0604);
    assert_true(replace_text_file(folder.path("most"), "most", folder.path("gone"), complaints));
    assert_int_equal(mode_of(folder.path("most")), 0600);
    assert_int_equal(folder.count(), 3);
    assert_true(complaints.empty());
}

void a_link_stays_a_link()
{
    const Folder folder;
    Complaints complaints;
    folder.file("real", "old");
    assert_int_equal(::symlink("real", folder.path("link").c_str()), 0);
    assert_true(replace_text_file(folder.path("link"), "new", "", complaints));
    assert_text_equal(folder.text_of("real"), "new");
    assert_true(std::filesystem::is_symlink(folder.path("link")));
}

void a_device_is_written_to()
{
    Complaints complaints;
    assert_true(replace_text_file("/dev/null", "gone", "", complaints));
    assert_true(std::filesystem::is_character_file("/dev/null"));
    assert_false(replace_text_file("/dev/full", "gone", "", complaints));
    assert_text_holds(to_text(complaints.at(0)), "/dev/full: the file cannot be written: No space");
}

void a_failure_leaves_nothing_behind()
{
    const Folder folder;
    Complaints complaints;
    std::filesystem::create_directory(folder.path("folder"));
    assert_false(replace_text_file(folder.path("folder"), "x", "", complaints));
    assert_false(replace_text_file(folder.path("no/where"), "x", "", complaints));
    assert_int_equal(complaints.size(), 2);
    assert_int_equal(folder.count(), 1);
}

void folders_are_absolute()
{
    const Folder folder;
    assert_text_equal(ctl::folder_of(folder.path("x")) + "/x", folder.path("x"));
    assert_text_equal(ctl::folder_of("x"), std::filesystem::current_path().string());
    assert_text_equal(ctl::folder_of("/no/such/x"), "/no/such/");
    assert_text_equal(ctl::folder_of("/x"), "/");
    assert_text_equal(ctl::folder_of("no/such/x"), "/");
}

}  // namespace

Group jkctl_text_file_tests()
{
    return {"jkctl/text_file",
            {
                jk_test(a_file_is_read_whole),
                jk_test(what_cannot_be_read_is_told),
                jk_test(permissions_are_those_of_chmod),
                jk_test(a_file_is_replaced_and_keeps_its_mode),
                jk_test(a_link_stays_a_link),
                jk_test(a_device_is_written_to),
                jk_test(a_failure_leaves_nothing_behind),
                jk_test(folders_are_absolute),
            }};
}

}  // namespace jk::test
