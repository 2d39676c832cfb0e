// What of a configuration is in force: includes, conditions, definitions, sections.
#include "jkctl/httpd_reader.h"

#include <string>

#include "jkctl/folder.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

/// Writes down what it is handed: "name arguments;", "<section arguments;", ">section;".
struct Writer final : ctl::StatementTaker {
    std::string all;
    void take(const ctl::Statement& statement, const std::vector<ctl::Section>&) override
    {
        all += std::string{statement.name} + " " + std::string{statement.arguments} + ";";
    }
    void open(const ctl::Section& section) override
    {
        all += "<" + section.name + " " + section.arguments + ";";
    }
    void close(const ctl::Section& section) override { all += ">" + section.name + ";"; }
};

struct Reading {
    Folder folder;
    ctl::HttpdVariables variables;
    Writer writer;
    Complaints complaints;
    ctl::HttpdReader reader{variables, writer, complaints};

    std::string operator()(std::string_view text)
    {
        reader.set_server_root(folder.path("."));
        (void)reader.read(folder.file("httpd.conf", text));
        return writer.all;
    }
    [[nodiscard]] std::string complained() const
    {
        std::string all;
        for (const Complaint& one : complaints) {
            all += std::to_string(one.place.line) + ": " + one.text + "\n";
        }
        return all;
    }
};

void conditions_decide()
{
    struct {
        const char* text;
        const char* want;
    } const rows[] = {
        {"<IfModule jk_module>\nA 1\n</IfModule>\nB 2", "A 1;B 2;"},
        {"<IfModule mod_jk.c>\nA\n</IfModule>", "A ;"},
        {"<IfModule !jk_module>\nA\n</IfModule>\nB", "B ;"},
        {"<IfModule ssl_module>\nA\n</IfModule>", ""},
        {"LoadModule ssl_module m/mod_ssl.so\n<IfModule mod_ssl.c>\nA\n</IfModule>", "A ;"},
        {"LoadModule mpm_event_module m/mod_mpm_event.so\n<IfModule event.c>\nA\n</IfModule>",
         "A ;"},
        {"<IfModule core.c>\n<IfModule nope.c>\nA\n<IfModule jk_module>\nB\n</IfModule>\n"
         "</IfModule>\nC\n</IfModule>",
         "C ;"},
        {"<IfDefine X>\nA\n</IfDefine>\nDefine X\n<IfDefine X>\nB\n</IfDefine>\nUnDefine X\n"
         "<IfDefine !X>\nC\n</IfDefine>",
         "B ;C ;"},
        {"<IfVersion >= 2.4>\nA\n</IfVersion>\n<IfVersion < 2.4>\nB\n</IfVersion>", "A ;"},
        {"<IfVersion 2.2>\nA\n</IfVersion>\n<IfVersion != 2.2>\nB\n</IfVersion>", "B ;"},
        {"<IfFile httpd.conf>\nA\n</IfFile>\n<IfFile none>\nB\n</IfFile>", "A ;"},
        {"Define X a b\nDefine Y \"${X} c\"\nA ${Y}${Z}", "A a c${Z};"},
        {"<Macro M $x>\nA\n</Macro>\nB", "B ;"},
        {"<VirtualHost *:80>\nA\n<Location \"/a b\">\nB\n</Location>\n</VirtualHost>",
         "<virtualhost *:80;A ;<location \"/a b\";B ;>location;>virtualhost;"},
    };
    for (const auto& row : rows) {
        Reading read;
        assert_text_equal(read(row.text), row.want);
        assert_text_equal(read.complained(), "");
    }
}

void files_are_included_in_order()
{
    Reading read;
    std::filesystem::create_directories(read.folder.path("d/sub"));
    read.folder.file("d/2.conf", "Two");
    read.folder.file("d/1.conf", "One\nInclude d/sub");
    read.folder.file("d/3.txt", "Three");
    read.folder.file("d/sub/x", "Sub");
    assert_text_equal(read("Include d/*.conf\nIncludeOptional none/*\nIncludeOptional none\nLast"),
                      "One ;Sub ;Two ;Last ;");
    assert_int_equal(read.reader.files().size(), 4);
    assert_text_equal(read.complained(), "");
}

void the_server_root_is_where_files_are()
{
    Reading read;
    std::filesystem::create_directories(read.folder.path("root"));
    read.folder.file("root/a", "A");
    (void)read("ServerRoot \"" + read.folder.path("root/") + "\"\nInclude a");
    assert_text_equal(read.writer.all, "A ;");
    assert_text_equal(read.reader.from_server_root("x/y"), read.folder.path("root") + "/x/y");
    assert_text_equal(read.reader.from_server_root("/x"), "/x");
}

void what_is_missing_is_told()
{
    struct {
        const char* text;
        const char* want;
    } const rows[] = {
        {"\nInclude none", "2: there is no "},
        {"Include none/*.conf", "1: there is no "},
        {"A\n<Location /a>\nB", "2: <Location> was not closed"},
        {"A\n</Location>", "2: </Location> without"},
        {"<Location /a>\n</Directory>\n</Location>", "2: </Directory> where </Location>"},
    };
    for (const auto& row : rows) {
        Reading read;
        (void)read(row.text);
        assert_int_equal(read.complaints.size(), 1);
        assert_int_equal(read.complaints.front().severity, Severity::error);
        assert_text_holds(read.complained(), row.want);
    }
}

void sections_end_with_their_file()
{
    Reading read;
    read.folder.file("open", "<VirtualHost *>\nA");
    assert_text_equal(read("Include open\nB"), "<virtualhost *;A ;>virtualhost;B ;");
    assert_text_holds(read.complained(), "was not closed");
}

void a_wrong_end_closes_what_it_names()
{
    Reading read;
    assert_text_equal(read("<VirtualHost *>\n<Location /a>\nA\n</VirtualHost>\nB"),
                      "<virtualhost *;<location /a;A ;>location;>virtualhost;B ;");
    assert_int_equal(read.complaints.size(), 1);
}

void a_file_that_includes_itself_ends()
{
    Reading read;
    (void)read("A\nInclude httpd.conf");
    assert_text_holds(read.complained(), "too deep");
}

void a_file_that_cannot_be_read_is_told()
{
    Reading read;
    assert_false(read.reader.read(read.folder.path("none")));
    assert_int_equal(read.complaints.size(), 1);
    assert_text_holds(read.complained(), "cannot be read");
}

}  // namespace

Group jkctl_httpd_reader_tests()
{
    return {"jkctl/httpd_reader",
            {
                jk_test(conditions_decide),
                jk_test(files_are_included_in_order),
                jk_test(the_server_root_is_where_files_are),
                jk_test(what_is_missing_is_told),
                jk_test(sections_end_with_their_file),
                jk_test(a_wrong_end_closes_what_it_names),
                jk_test(a_file_that_includes_itself_ends),
                jk_test(a_file_that_cannot_be_read_is_told),
            }};
}

}  // namespace jk::test
