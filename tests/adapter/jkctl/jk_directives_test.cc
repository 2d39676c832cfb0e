// The Jk* directives: what is taken, and what is refused in which words.
#include "jkctl/jk_directives.h"

#include "jkctl/folder.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Context;
using ctl::ServerKind;

const Context in_main{};
const Context in_host{ServerKind::virtual_host, std::nullopt, "VirtualHost"};
const Context in_location{ServerKind::main, "/here", "Location"};

struct Directives {
    Folder folder;
    conf::Properties properties{{}};
    ctl::JkDirectives jk{properties, [this](std::string_view path) { return folder.path(path); }};
    ctl::ServerDraft draft;

    std::string operator()(const char* name, std::string_view arguments,
                           const Context& context = in_main)
    {
        return jk.take({site::find_directive(name), arguments, {"httpd.conf", 7}}, context, draft);
    }
};

void arguments_are_counted_as_httpd_does()
{
    Directives set;
    for (const site::Directive& one : site::directives) {
        const bool is_line = one.arguments == site::Arguments::line;
        const bool is_flag = one.arguments == site::Arguments::flag;
        const std::string refusal = set(one.name, "");
        const std::string many = set(one.name, "a b c");
        if (is_flag) {
            assert_text_equal(refusal, std::string{one.name} + " must be On or Off");
        } else if (!is_line) {
            const std::string takes = one.arguments == site::Arguments::one
                                          ? " takes one argument, "
                                          : " takes 1-2 arguments, ";
            assert_text_equal(refusal, one.name + takes + one.help);
            assert_text_equal(many, one.name + takes + one.help);
        }
    }
    assert_text_equal(set("JkExtractSSL", "on"), "");
}

void places_are_watched()
{
    Directives set;
    assert_text_equal(set("JkOptions", "+FlushPackets", in_location),
                      "JkOptions not allowed in <Location> context");
    assert_text_equal(set("JkWorkersFile", "x", in_host),
                      "JkWorkersFile cannot occur within <VirtualHost> section");
    assert_text_equal(set("JkLogLevel", "info", in_host), "");
}

void mounts_become_lines()
{
    Directives set;
    assert_text_equal(set("JkMount", "/a/* w1"), "");
    assert_text_equal(set("JkUnMount", "\"/a/b c\" w2"), "");
    assert_text_equal(set("JkMount", "w3", in_location), "");
    assert_int_equal(set.draft.lines.size(), 3);
    assert_text_equal(set.draft.lines[1].pattern, "/a/b c");
    assert_true(set.draft.lines[1].is_exclusion);
    assert_int_equal(set.draft.lines[1].place.line, 7);
    assert_text_equal(set.draft.lines[2].pattern, "/here");
    assert_text_equal(set.draft.lines[2].target, "w3");
    assert_text_holds(set("JkMount", "/a"), "needs a path and a worker here");
    assert_text_holds(set("JkMount", "/a w", in_location), "inside <Location /here>");
    assert_text_holds(set("JkMount", "a w"), "must begin with a slash");
    assert_int_equal(set.draft.lines.size(), 3);
}

void files_must_exist()
{
    Directives set;
    set.folder.file("w", "");
    assert_text_holds(set("JkMountFile", "none"), "is not an existing file");
    assert_text_holds(set("JkMountFile", "."), "is not an existing file");
    assert_text_equal(set("JkMountFile", "w"), "");
    assert_text_equal(set.draft.mount_file, set.folder.path("w"));
    assert_text_equal(set("JkWorkersFile", "w"), "");
    assert_text_equal(set.jk.workers_file(), set.folder.path("w"));
    assert_text_holds(set("JkWorkersFile", "w"), "only once");
}

void properties_are_lines()
{
    Directives set;
    assert_text_equal(set("JkWorkerProperty", "worker.list=w1"), "");
    assert_text_equal(set("JkWorkerProperty", "worker.w1.secret=a#\"b"), "");
    assert_text_equal(set.properties.of_worker("w1", "secret").value_or(""), "a#\"b");
    assert_text_equal(set("JkWorkerProperty", "worker.w1.hots=x"), "");
    assert_true(has_error(set.properties.complaints()));
    assert_int_equal(set.properties.complaints().front().place.line, 7);
}

void options_are_words()
{
    Directives set;
    assert_text_equal(set("JkOptions", "+FlushPackets -ForwardKeySize"), "");
    assert_true(set.draft.words.with_defaults().has(site::Option::flush_packets));
    assert_false(set.draft.words.with_defaults().has(site::Option::forward_key_size));
    assert_text_equal(set("JkOptions", "+FlushPacket"),
                      "JkOptions: '+FlushPacket' is no JkOptions word; did you mean FlushPackets?");
    assert_text_holds(set("JkOptions", "-ForwardURIProxy"), "cannot be taken away");
    assert_int_equal(set.draft.doubts.size(), 0);
    assert_text_equal(set("JkOptions", "+CollapseSlashesAll"), "");
    assert_int_equal(set.draft.doubts.size(), 1);
}

void words_are_words()
{
    Directives set;
    assert_text_equal(set("JkMountCopy", "ON"), "");
    assert_true(set.draft.copy == site::MountCopy::on);
    assert_text_equal(set("JkMountCopy", "off"), "");
    assert_true(set.draft.copy == site::MountCopy::off);
    assert_text_equal(set("JkMountCopy", "All"), "");
    assert_true(set.draft.copy == site::MountCopy::all);
    assert_text_holds(set("JkMountCopy", "All", in_host), "for the main server");
    assert_text_holds(set("JkMountCopy", "yes"), "none of On, Off, All");
    assert_text_holds(set("JkStripSession", "yes"), "neither On nor Off");
    assert_text_equal(set("JkStripSession", "On ;sid"), "");
    assert_text_equal(set("JkLogLevel", "loud"), "");
    assert_int_equal(set.draft.doubts.size(), 1);
}

}  // namespace

Group jkctl_jk_directives_tests()
{
    return {"jkctl/jk_directives",
            {
                jk_test(arguments_are_counted_as_httpd_does),
                jk_test(places_are_watched),
                jk_test(mounts_become_lines),
                jk_test(files_must_exist),
                jk_test(properties_are_lines),
                jk_test(options_are_words),
                jk_test(words_are_words),
            }};
}

}  // namespace jk::test
