// Tests common/status/document: the order of the objects, and what hides them.
#include "status/document.h"

#include <array>
#include <string>

#include "status/commands.h"
#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::Kind;

/// Writes down what it is shown: a letter per object, brackets around what holds others.
class Notes final : public jk::status::Visitor {
public:
    void begin(Kind kind, const jk::status::Subject& /*subject*/) override
    {
        constexpr std::string_view letters = "stvBbmWwpcr";  // in the order of Kind
        text += letters[static_cast<std::size_t>(kind)];
        if (holds(kind)) {
            text += '(';
        }
    }
    void end(Kind kind) override { text += holds(kind) ? ")" : ""; }

    std::string text;

private:
    static bool holds(Kind kind)
    {
        return kind == Kind::balancers || kind == Kind::balancer || kind == Kind::workers;
    }
};

struct WalkCase {
    std::string_view query;
    std::string_view want;
};
constexpr std::array walk_cases{
    WalkCase{"cmd=list", "stvB(b(mmmpppppp))W(wpwp)r"},
    WalkCase{"cmd=list&opt=1", "stvB(b(pppppp))W(wpwp)r"},
    WalkCase{"cmd=list&opt=2", "stvB(b(mmm))W(ww)r"},
    WalkCase{"cmd=list&opt=3", "stvB(b())W(ww)r"},
    WalkCase{"cmd=list&opt=8", "stvW(wpwp)r"},
    WalkCase{"cmd=list&opt=16", "stvB(b(mmmpppppp))r"},
    WalkCase{"cmd=list&opt=24", "stvr"},
    WalkCase{"cmd=list&opt=484", "stvB(b(mmmpppppp))W(wpwp)r"},
    WalkCase{"cmd=list&w=nope", "stvB(b(mmmpppppp))W(wpwp)r"},
    WalkCase{"cmd=show&w=lb", "stvb(mmmpppppp)r"},
    WalkCase{"cmd=show&w=lb&opt=24", "stvb(mmmpppppp)r"},
    WalkCase{"cmd=show&w=lb&sw=node3", "stvb(mpppppp)r"},
    WalkCase{"cmd=show&w=lb&sw=node3&opt=3", "stvb()r"},
    WalkCase{"cmd=show&w=dead", "stvwpr"},
    WalkCase{"cmd=show&w=jkro", "stvr"},
    WalkCase{"cmd=version", "stvr"},
    WalkCase{"cmd=dump", "stvcr"},
    WalkCase{"cmd=edit&w=lb", "sr"},
};

/// Runs the command of a query that is right.
std::string notes_of(const jk::test::Sample& sample, std::string_view text)
{
    const jk::status::Query query{text};
    jk::status::Document document{.snapshot = &sample.snapshot,
                                  .settings = &sample.status,
                                  .rating = jk::status::Rating{sample.status},
                                  .page = jk::status::page_of(query)};
    const auto* const command = jk::status::find_command(document.page.command);
    jk::status::Target target;
    if (command->needs != jk::status::Needs::nothing) {
        target = *jk::status::select(document.page, jk::status::SubWorker::name, sample.snapshot);
    }
    document.header = command->header;
    std::vector<jk::status::Change> changes;
    document.error = command->run({query, target, document, changes});
    Notes notes;
    jk::status::walk(document, notes);
    return notes.text;
}

START_TEST(objects_come_in_order)
{
    const WalkCase& row = walk_cases.at(static_cast<std::size_t>(_i));
    const jk::test::Sample sample;
    ck_assert_text_eq(notes_of(sample, row.query), row.want);
}
END_TEST

START_TEST(a_list_of_no_workers_has_no_section)
{
    jk::test::Sample sample;
    sample.snapshot.balancers.clear();
    ck_assert_text_eq(notes_of(sample, "cmd=list"), "stvW(wpwp)r");
    sample.snapshot.workers.clear();
    ck_assert_text_eq(notes_of(sample, "cmd=list"), "stvr");
}
END_TEST

START_TEST(the_header_has_three_lengths)
{
    const jk::test::Sample sample;
    jk::status::Document document{.snapshot = &sample.snapshot,
                                  .settings = &sample.status,
                                  .rating = jk::status::Rating{sample.status},
                                  .page = {}};
    Notes none;
    jk::status::walk(document, none);
    ck_assert_text_eq(none.text, "r");
    document.header = jk::status::Header::server;
    Notes server;
    jk::status::walk(document, server);
    ck_assert_text_eq(server.text, "sr");
}
END_TEST

}  // namespace

TCase* document_tests()
{
    TCase* tests = tcase_create("document");
    tcase_add_loop_test(tests, objects_come_in_order, 0, static_cast<int>(walk_cases.size()));
    tcase_add_test(tests, a_list_of_no_workers_has_no_section);
    tcase_add_test(tests, the_header_has_three_lengths);
    return tests;
}
