// A request's way through a configuration.
#include "jkctl/explain.h"

#include <sstream>

#include "jkctl/folder.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

using ctl::Exit;
using ctl::Fate;

constexpr const char* configuration = R"(Listen 80
JkWorkerProperty worker.list=w1,lb,st
JkWorkerProperty worker.lb.type=lb
JkWorkerProperty worker.lb.balance_workers=a,b
JkWorkerProperty worker.st.type=status
JkMount /app|/* lb
JkUnMount /app/static/* *
JkMount /one/* w1
JkMount /One.jsp w1
JkMount /dir/ w1
JkMount /st st
JkMount /gone nobody
JkOptions +RejectUnsafeURI
<VirtualHost *:80>
  ServerName bare
</VirtualHost>
<VirtualHost *:80>
  ServerName full
  JkMountCopy On
</VirtualHost>
)";

struct Asking {
    Folder folder;
    ctl::Site site;

    explicit Asking(std::string_view text = configuration)
    {
        Complaints complaints;
        ctl::SiteOptions options;
        options.file = folder.file("httpd.conf", text);
        site = ctl::read_site(options, complaints);
    }
    [[nodiscard]] ctl::Explanation operator()(const std::string& url) const
    {
        return ctl::explain_request(site, {ctl::parse_url(url).value(), "", {}});
    }
};

void requests_find_their_end()
{
    const Asking ask;
    struct {
        const char* url;
        Fate fate;
        int status;
        const char* worker;
        const char* why;  // holds; nullptr: nothing is said
    } const rows[] = {
        {"http://full/app/x", Fate::forwarded, 0, "lb", nullptr},
        {"http://full/one/x", Fate::forwarded, 0, "w1", nullptr},
        {"http://full/st", Fate::status_page, 0, "st", nullptr},
        {"http://full/app/static/x", Fate::left_alone, 0, "", "takes it out"},
        {"http://full/none", Fate::left_alone, 0, "", "no rule matches"},
        {"http://full/one", Fate::left_alone, 0, "", "takes /one/ but not /one"},
        {"http://full/dir", Fate::left_alone, 0, "", "takes /dir/ but not /dir"},
        {"http://full/st/", Fate::left_alone, 0, "", "without the slash"},
        {"http://full/one.JSP", Fate::left_alone, 0, "", "capital and small"},
        {"http://bare/one/x", Fate::left_alone, 0, "", "JkMountCopy On"},
        {"http://full/gone", Fate::refused, 500, "nobody", "worker.list"},
        {"http://full/one/%2541", Fate::refused, 404, "", "RejectUnsafeURI"},
        {"http://full/x/%5c", Fate::refused, 400, "", "ambiguous"},
        {"http://full/..;/x", Fate::refused, 400, "", "ambiguous"},
        {"http://full/../x", Fate::refused, 400, "", "httpd refuses"},
        {"http://bare/x/%5c", Fate::left_alone, 0, "", "nothing is mounted"},
        {"http://full:81/one/x", Fate::forwarded, 0, "w1", "no Listen takes port 81"},
    };
    for (const auto& row : rows) {
        const ctl::Explanation got = ask(row.url);
        if (got.fate != row.fate) {
            print_error("%s\n", row.url);
        }
        assert_int_equal(got.fate, row.fate);
        assert_int_equal(got.status, row.status);
        assert_text_equal(got.worker, row.worker);
        std::string why;
        for (const std::string& one : got.why) {
            why += one + "\n";
        }
        assert_text_holds(why, row.why == nullptr ? "" : row.why);
        assert_int_equal(row.why == nullptr, got.why.empty());
    }
}

void the_canonical_path_is_matched_and_the_whole_one_searched_for_sessions()
{
    const Asking ask;
    const ctl::Explanation got = ask("http://full//x;p=1/..;/app/y;jsessionid=1.b");
    assert_text_equal(got.canonical, "/app/y");
    assert_true(got.member.members == std::vector<std::string>{"b"});
    for (const char* const form :
         {"ForwardURIEscaped", "ForwardURICompat", "ForwardURICompatUnparsed", "ForwardURIProxy"}) {
        const Asking other{std::string{configuration} + "JkOptions +" + form + "\n"};
        assert_true(other("http://full/app/y;jsessionid=1.b").member.members ==
                    std::vector<std::string>{"b"});
        const bool is_refused = other("http://full/one/..%3b/app/y").status == 400;
        assert_int_equal(is_refused, form == std::string_view{"ForwardURICompatUnparsed"});
    }
}

void the_command_ends_with_what_became_of_it()
{
    const Asking ask;
    const auto run = [&](const char* url, const std::string& file) {
        std::ostringstream out;
        std::ostringstream err;
        ctl::Console console{out, err};
        ctl::ExplainOptions options;
        options.url = url;
        options.site.file = file;
        const Exit end = ctl::explain(options, console);
        assert_int_equal(end == Exit::misuse, out.str().empty());
        return std::pair{end, err.str()};
    };
    const std::string good = ask.folder.path("httpd.conf");
    assert_int_equal(run("http://full/one/x", good).first, Exit::fine);
    assert_int_equal(run("http://full/none", good).first, Exit::refused);
    assert_text_holds(run("full/none", good).second, "write http://host");
    assert_int_equal(run("full/none", good).first, Exit::misuse);
    assert_int_equal(run("http://full/", ask.folder.path("none")).first, Exit::misuse);
    const std::string bad = ask.folder.file("bad.conf", std::string{configuration} + "JkMount\n");
    assert_int_equal(run("http://full/one/x", bad).first, Exit::refused);
    assert_text_holds(run("http://full/one/x", bad).second, "would not start");
}

}  // namespace

Group jkctl_explain_tests()
{
    return {"jkctl/explain",
            {
                jk_test(requests_find_their_end),
                jk_test(the_canonical_path_is_matched_and_the_whole_one_searched_for_sessions),
                jk_test(the_command_ends_with_what_became_of_it),
            }};
}

}  // namespace jk::test
