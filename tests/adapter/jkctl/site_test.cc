// A whole configuration, from its files to servers with rules.
#include "jkctl/site.h"

#include "jkctl/folder.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

struct Reading {
    Folder folder;
    ctl::SiteOptions options;
    Complaints complaints;
    ctl::Site site;

    void read(std::string_view text)
    {
        options.file = folder.file("httpd.conf", text);
        site = ctl::read_site(options, complaints);
    }
    [[nodiscard]] std::string worker(std::size_t server, std::string_view path) const
    {
        const route::Rule* const rule = site.servers.at(server).rules.match(path);
        return rule == nullptr ? "-" : rule->target.worker;
    }
    [[nodiscard]] std::string complained() const
    {
        std::string all;
        for (const Complaint& one : complaints) {
            all += to_text(one) + "\n";
        }
        return all;
    }
};

constexpr const char* whole = R"(ServerName main.example
JkWorkersFile w.properties
JkOptions +FlushPackets
AllowEncodedSlashes On
JkMount /m/* w1
<VirtualHost *:80>
  ServerName one.example
  JkMountCopy On
  JkMount /one/* w2
  JkOptions -FlushPackets
  <Location /here>
    JkMount w2
  </Location>
</VirtualHost>
<VirtualHost *:81>
  JkMountFile u.properties
  AllowEncodedSlashes Off
</VirtualHost>
)";

void servers_get_what_is_theirs()
{
    Reading reading;
    reading.folder.file("w.properties", "worker.list=w1,w2\nworker.w1.port=8009\n"
                                        "worker.w2.mount=/property\n");
    reading.folder.file("u.properties", "/u/*=$(JKCTL_TEST_WORKER)\n");
    reading.options.env_file = reading.folder.file("environment", "export JKCTL_TEST_WORKER=w2\n");
    reading.read(whole);
    assert_text_equal(reading.complained(), "");
    assert_false(reading.site.is_refused);
    assert_int_equal(reading.site.servers.size(), 3);
    assert_text_equal(reading.worker(0, "/m/x"), "w1");
    assert_text_equal(reading.worker(0, "/property"), "w2");
    assert_text_equal(reading.worker(0, "/one/x"), "-");
    assert_text_equal(reading.worker(1, "/m/x"), "w1");
    assert_text_equal(reading.worker(1, "/one/x"), "w2");
    assert_text_equal(reading.worker(1, "/here"), "w2");
    assert_text_equal(reading.worker(2, "/m/x"), "-");
    assert_text_equal(reading.worker(2, "/u/x"), "w2");
    const ctl::Server& one = reading.site.servers[1];
    assert_text_equal(one.name, "one.example");
    assert_int_equal(one.place.line, 6);
    assert_true(one.copies_main);
    assert_true(one.encoded_slashes == ctl::EncodedSlashes::decoded);
    assert_false(one.options.has(site::Option::flush_packets));
    assert_true(reading.site.servers[2].options.has(site::Option::flush_packets));
    assert_true(reading.site.servers[2].encoded_slashes == ctl::EncodedSlashes::refused);
    assert_int_equal(reading.site.files.size(), 3);
}

void complaints_come_in_the_modules_order()
{
    Reading reading;
    reading.folder.file("w.properties", "worker.list=w1\nworker.w1.port=0\n");
    reading.read("JkLogLevel loud\n"
                 "JkMount /a//b w1\n"
                 "JkMount /a nobody\n"
                 "JkWorkersFile w.properties\n"
                 "JkMuont /x w1\n");
    const std::string all = reading.complained();
    const std::size_t misspelt = all.find("did you mean JkMount?");
    const std::size_t port = all.find("w.properties:2");
    const std::size_t level = all.find("httpd.conf:1: JkLogLevel");
    const std::size_t never = all.find("httpd.conf:2:");
    const std::size_t nobody = all.find("httpd.conf:3:");
    if (nobody == std::string::npos || misspelt > port || port > level || level > never ||
        never > nobody) {
        print_error("%s\n", all.c_str());
        assert_true(false);
    }
    assert_true(reading.site.is_refused);
}

void only_what_httpd_would_refuse_refuses()
{
    struct {
        const char* text;
        bool is_refused;
        bool is_refused_strictly;
    } const rows[] = {
        {"JkWorkerProperty worker.list=w1\nJkWorkerProperty worker.w1.port=1\nJkMount /a w1", false,
         false},
        {"JkWorkerProperty worker.list=w\nJkMount /a nobody", false, true},
        {"JkOptions +StrictConfig\nJkWorkerProperty worker.list=w\nJkMount /a nobody", true, true},
        {"JkWorkerProperty worker.list=w1\nJkMount", true, true},
        {"JkWorkerProperty worker.list=w1\nJkWorkerProperty worker.w1.type=none", true, true},
        {"JkWorkerProperty worker.list=w1\nJkWorkerProperty worker.w1.port=1\n<IfModule "
         "x>\nJkMount\n</IfModule>",
         false, false},
    };
    for (const auto& row : rows) {
        Reading reading;
        reading.read(row.text);
        assert_int_equal(reading.site.is_refused, row.is_refused);
        Reading strictly;
        strictly.options.strictness = ctl::Strictness::strict;
        strictly.read(row.text);
        assert_int_equal(strictly.site.is_refused, row.is_refused_strictly);
    }
}

void the_environment_may_stand_beside_the_file()
{
    Reading reading;
    reading.folder.file("envvars", "export JKCTL_TEST_PATH=/from\n");
    reading.options.defines = {"WORKER=w1"};
    reading.read("JkWorkerProperty worker.list=w1\nJkMount ${JKCTL_TEST_PATH}/* ${WORKER}\n");
    assert_text_equal(reading.worker(0, "/from/x"), "w1");
}

void what_cannot_be_read_is_told()
{
    Reading reading;
    reading.options.file = reading.folder.path("none");
    reading.site = ctl::read_site(reading.options, reading.complaints);
    assert_false(reading.site.is_readable);
    assert_int_equal(reading.complaints.size(), 1);
}

void without_the_workers_file_no_worker_is_called_unknown()
{
    Reading reading;
    const std::string text = "JkWorkersFile w.properties\nJkMount /a//b w1\nJkUnMount /x w2\n";
    reading.read(text);
    assert_text_holds(reading.complained(), "'" + reading.folder.path("w.properties"));
    assert_text_holds(reading.complained(), "can never match");
    assert_true(reading.complained().find("worker.list") == std::string::npos);
    (void)reading.folder.file("w.properties", "worker.list=w1\nworker.w1.port=8009\n");
    reading.complaints.clear();
    reading.read(text);
    assert_text_holds(reading.complained(), "\"w2\", which is no worker of worker.list");
}

void the_root_is_given_or_the_folder()
{
    Reading reading;
    reading.read("");
    assert_text_equal(reading.site.server_root,
                      std::filesystem::canonical(reading.folder.path(".")).string());
    reading.options.root = "/somewhere";
    reading.read("");
    assert_text_equal(reading.site.server_root, "/somewhere");
    reading.read("ServerRoot /else\n");
    assert_text_equal(reading.site.server_root, "/else");
}

}  // namespace

Group jkctl_site_tests()
{
    return {"jkctl/site",
            {
                jk_test(servers_get_what_is_theirs),
                jk_test(complaints_come_in_the_modules_order),
                jk_test(only_what_httpd_would_refuse_refuses),
                jk_test(the_environment_may_stand_beside_the_file),
                jk_test(what_cannot_be_read_is_told),
                jk_test(without_the_workers_file_no_worker_is_called_unknown),
                jk_test(the_root_is_given_or_the_folder),
            }};
}

}  // namespace jk::test
