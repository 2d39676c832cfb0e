// Kinds of files, by their content.
#include "jkctl/kind.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Kind;

void the_first_decisive_line_decides()
{
    struct {
        const char* text;
        Kind kind;
    } const rows[] = {
        {"worker.list=a", Kind::workers},
        {"# Listen 80\n\nps = /\nworkers.tomcat_home=/opt\nworker.list = a", Kind::workers},
        {"home=/opt\n", Kind::workers},
        {"/a/*=w", Kind::mounts},
        {"x=y\n!/a/*=w", Kind::mounts},
        {"-/a|/*=w", Kind::mounts},
        {"!-/a=w", Kind::mounts},
        {"Listen 80", Kind::httpd},
        {"<VirtualHost *:80>", Kind::httpd},
        {"\xef\xbb\xbf# c\nSetEnv A=b\nworker.list=a", Kind::httpd},
        {"JkWorkerProperty worker.list=a", Kind::httpd},
        {"Include conf/*.conf", Kind::httpd},
        {"", Kind::httpd},
        {"# nothing\n", Kind::httpd},
        {"worker.list a", Kind::httpd},
        {"=w\n", Kind::httpd},
    };
    for (const auto& row : rows) {
        if (ctl::kind_of(row.text) != row.kind) {
            print_error("%s\n", row.text);
        }
        assert_int_equal(ctl::kind_of(row.text), row.kind);
    }
}

}  // namespace

Group jkctl_kind_tests()
{
    return {"jkctl/kind", {jk_test(the_first_decisive_line_decides)}};
}

}  // namespace jk::test
