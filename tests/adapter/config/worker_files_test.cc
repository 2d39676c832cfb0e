// The workers file: read, completed by JkWorkerProperty lines, and what is wrong with it.
#include "config/worker_files.h"

#include <string>

#include <sys/stat.h>

#include "support/site.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

/// The workers of a site, and what was complained about.
std::string load(Site& site)
{
    site.finish();
    Complaints complaints;
    httpd::load_workers(site.pool(), *site.config().global, complaints);
    return text_of(complaints);
}

void a_file_is_read_whole()
{
    Site site;
    Complaints complaints;
    const std::string text = "a\0b\r\n" + std::string(100000, 'x');
    const auto got = httpd::read_file(site.pool(), site.file("f", text), complaints);
    assert_true(got.has_value());
    assert_true(*got == text);
    const auto empty = httpd::read_file(site.pool(), site.file("e", ""), complaints);
    assert_true(empty.has_value());
    assert_text_equal(*empty, "");
    assert_true(complaints.empty());
}

void a_file_that_cannot_be_read_is_an_error()
{
    Site site;
    Complaints complaints;
    assert_false(httpd::read_file(site.pool(), "/nonexistent/f", complaints).has_value());
    assert_int_equal(complaints.size(), 1);
    assert_int_equal(complaints[0].severity, Severity::error);
    assert_text_equal(complaints[0].place.file, "/nonexistent/f");
    assert_false(httpd::read_file(site.pool(), ap_server_root, complaints).has_value());
}

void without_anything_there_is_one_worker()
{
    Site site;
    assert_text_holds(load(site), "no worker.list");
    const conf::WorkerSet& workers = site.config().global->workers;
    assert_int_equal(workers.listed.size(), 1);
    assert_text_equal(workers.listed[0].name, "ajp13");
    assert_text_equal(workers.ajp[0].settings.host, "localhost");
    assert_int_equal(workers.ajp[0].settings.port, 8009);
}

void the_file_comes_after_the_lines()
{
    Site site;
    site.set_property("worker.w1.port=1111");
    site.set_property("worker.list=w1");
    (void)site.file("w.properties", "worker.list=w2\nworker.w1.port=2222\nworker.w2.host=h2\n");
    assert_text_equal(site.set("JkWorkersFile", {"w.properties"}), "");
    const std::string complaints = load(site);
    const conf::WorkerSet& workers = site.config().global->workers;
    assert_int_equal(workers.listed.size(), 2);  // a list accumulates
    assert_int_equal(workers.ajp[workers.find("w1")->index].settings.port, 2222);
    assert_text_holds(complaints, "w.properties:2: ");  // … a value is replaced, with a warning
}

void the_server_root_is_a_variable_of_the_file()
{
    Site site;
    (void)site.file("w.properties", "worker.list=w1\nworker.w1.host=unix:$(ServerRoot)/sock\n");
    (void)site.set("JkWorkersFile", {"w.properties"});
    assert_text_equal(load(site), "");
    assert_text_equal(site.config().global->workers.ajp[0].settings.host,
                      std::string{"unix:"} + ap_server_root + "/sock");
}

void references_are_resolved()
{
    Site site;
    site.set_property("worker.t.port=1234");
    site.set_property("worker.w1.reference=worker.t");
    site.set_property("worker.list=w1");
    assert_text_equal(load(site), "");
    assert_int_equal(site.config().global->workers.ajp[0].settings.port, 1234);
}

void every_error_is_reported_with_its_place()
{
    Site site;
    (void)site.file("w.properties", "worker.list=w1\nworker.w1.prot=1\nworker.w1.type=nothing\n");
    (void)site.set("JkWorkersFile", {"w.properties"});
    const std::string complaints = load(site);
    assert_text_holds(complaints, "w.properties:2: ");
    assert_text_holds(complaints, "w.properties:3: ");
    assert_true(site.config().global->properties.complaints().empty());  // handed over
}

void a_secret_that_everybody_can_read_is_told()
{
    Site site;
    const char* const path = site.file("w.properties", "worker.list=w1\nworker.w1.secret=s\n");
    (void)site.set("JkWorkersFile", {"w.properties"});
    assert_int_equal(httpd::permissions_of(path).value_or(0) & 0600, 0600);
    assert_int_equal(::chmod(ap_server_root, 0755), 0);
    assert_int_equal(::chmod(path, 0644), 0);
    assert_text_holds(load(site), "w.properties:2: worker.w1.secret is a secret, and every user");
    assert_int_equal(::chmod(path, 0640), 0);
    Site other;
    (void)other.file("w.properties", "worker.list=w1\nworker.w1.secret=s\n");
    (void)other.set("JkWorkersFile", {"w.properties"});
    assert_text_equal(load(other), "");
}

void a_file_that_went_away_is_an_error()
{
    Site site;
    const char* const path = site.file("w.properties", "worker.list=w1\n");
    (void)site.set("JkWorkersFile", {"w.properties"});
    apr_file_remove(path, site.pool());
    assert_text_holds(load(site), "w.properties: the file cannot be read");
}

}  // namespace

Group config_worker_files_tests()
{
    return {"config/worker_files",
            {
                jk_test(a_file_is_read_whole),
                jk_test(a_file_that_cannot_be_read_is_an_error),
                jk_test(without_anything_there_is_one_worker),
                jk_test(the_file_comes_after_the_lines),
                jk_test(the_server_root_is_a_variable_of_the_file),
                jk_test(references_are_resolved),
                jk_test(every_error_is_reported_with_its_place),
                jk_test(a_secret_that_everybody_can_read_is_told),
                jk_test(a_file_that_went_away_is_an_error),
            }};
}

}  // namespace jk::test
