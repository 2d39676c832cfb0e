// Tests common/status/html_forms.
#include "status/html_forms.h"

#include "status/sample.h"
#include "support/check.h"

namespace {

using jk::status::Document;
using jk::status::Html;
using jk::test::count;
using jk::test::holds;
using jk::test::Sample;

/// A page of somebody who may change things.
Document document_of(const Sample& sample)
{
    Document document{.snapshot = &sample.snapshot,
                      .settings = &sample.status,
                      .rating = jk::status::Rating{sample.status}};
    document.is_list = true;
    document.token = "t0k\"en";
    return document;
}

std::string edit(const Document& document)
{
    Html html;
    jk::status::append_edit(html, document);
    return html.take();
}

std::string actions(const jk::status::Subject& subject)
{
    Html html;
    jk::status::append_actions(html, subject);
    return html.take();
}

jk::status::Subject member_of(const Document& document, std::size_t index)
{
    const jk::status::BalancerView& balancer = document.snapshot->balancers.front();
    const jk::status::MemberView& member = balancer.members.at(index);
    return {
        .document = &document, .balancer = &balancer, .member = &member, .worker = &member.worker};
}

// A browser sends nothing of a form with a value that its limits do not admit.
START_TEST(a_number_may_be_what_it_is_and_what_is_configured)
{
    Sample sample;
    jk::conf::AjpSettings in_force, configured;
    in_force.distance = -1;
    in_force.connection_ping_interval = 9;
    in_force.port = 70000;
    configured.retry_interval = 0;
    configured.connection_ping_interval = 0;
    jk::status::BalancerView& balancer = sample.snapshot.balancers.front();
    balancer.members.front().worker.settings = &in_force;
    balancer.members.front().worker.configured = &configured;
    Document document = document_of(sample);
    document.page.worker = "lb";
    document.form.balancer = &balancer;
    document.form.member = &balancer.members.front();
    const std::string form = edit(document);
    const auto has = [&](const char* name, const char* limits) {
        return holds(form, "name=\"" + std::string{name} + "\" aria-describedby=\"help-" + name +
                               "\" " + limits);
    };
    ck_assert(has("vwd", "min=\"-1\" max=\"2147483647\" value=\"-1\""));
    ck_assert(has("vacpi", "min=\"0\" max=\"2147483647\" value=\"9\""));
    ck_assert(has("vari", "min=\"0\" max=\"2147483647\" value=\"100\""));
    ck_assert(has("vaprt", "min=\"0\" max=\"70000\" value=\"70000\""));
    ck_assert(has("vamps", "min=\"7169\" max=\"65536\" value=\"8192\""));
}
END_TEST

START_TEST(a_form_is_posted_with_the_token)
{
    const Sample sample;
    Document document = document_of(sample);
    document.page.worker = "lb";
    document.form.balancer = &sample.snapshot.balancers.front();
    const std::string form = edit(document);
    ck_assert(holds(form, "<form method=\"post\" action=\"?\">"));
    ck_assert(holds(form, "name=\"cmd\" value=\"update\">"));
    ck_assert(holds(form, "name=\"w\" value=\"lb\">"));
    ck_assert(holds(form, "name=\"token\" value=\"t0k&quot;en\">"));
    ck_assert(!holds(form, "name=\"sw\"") && !holds(form, "name=\"att\""));
}
END_TEST

START_TEST(a_flag_that_is_cleared_is_sent_too)
{
    const Sample sample;
    Document document = document_of(sample);
    document.form.balancer = &sample.snapshot.balancers.front();
    const std::string form = edit(document);
    const std::size_t hidden = form.find("<input type=\"hidden\" name=\"vls\" value=\"0\">");
    const std::size_t box = form.find("<input type=\"checkbox\" value=\"1\" id=\"vls\"");
    ck_assert(hidden != std::string::npos && box != std::string::npos && hidden < box);
    ck_assert(holds(form, "name=\"vls\" aria-describedby=\"help-vls\" checked>"));
    ck_assert(holds(form, "name=\"vlf\" aria-describedby=\"help-vlf\">"));
}
END_TEST

START_TEST(every_input_has_a_label)
{
    const Sample sample;
    Document document = document_of(sample);
    document.form.balancer = &sample.snapshot.balancers.front();
    ck_assert_uint_eq(count(edit(document), "<label for="), 9);
    document.form.member = &document.form.balancer->members.front();
    const std::string form = edit(document);
    ck_assert_uint_eq(count(form, "<label for="), 19);
    ck_assert_uint_eq(count(form, " id=\"v"), 19);
    ck_assert_uint_eq(count(form, " aria-describedby=\"help-v"), 19);
    document.form = {.worker = &sample.snapshot.workers.front()};
    ck_assert_uint_eq(count(edit(document), "<label for="), 13);
}
END_TEST

START_TEST(the_form_of_a_member_has_what_is_in_force)
{
    Sample sample;
    sample.node1.route = "a\"<b";
    sample.node1.activation = jk::conf::Activation::disabled;
    Document document = document_of(sample);
    document.form.balancer = &sample.snapshot.balancers.front();
    document.form.member = &document.form.balancer->members.front();
    const std::string form = edit(document);
    ck_assert(holds(form, "maxlength=\"63\" value=\"a&quot;&lt;b\">"));
    ck_assert(holds(form, "<option value=\"disabled\" selected>disabled</option>"));
    ck_assert(!holds(form, "<option value=\"active\" selected>"));
    ck_assert(holds(form, "min=\"0\" max=\"65535\" value=\"22011\">"));
}
END_TEST

START_TEST(one_setting_of_all_members)
{
    const Sample sample;
    Document document = document_of(sample);
    document.form.balancer = &sample.snapshot.balancers.front();
    document.form.attribute = "vwf";
    const std::string form = edit(document);
    ck_assert(holds(form, "name=\"att\" value=\"vwf\">"));
    ck_assert(holds(form, "<label for=\"val1\">node2</label>"));
    ck_assert(holds(
        form,
        "name=\"val1\" aria-describedby=\"help-vwf\" min=\"1\" max=\"2147483647\" value=\"2\">"));
    ck_assert_uint_eq(count(form, "<label for="), 3);
}
END_TEST

START_TEST(no_link_changes_anything)
{
    const Sample sample;
    const Document document = document_of(sample);
    const std::string all = actions(member_of(document, 2));
    ck_assert(holds(all, "<a href=\"?cmd=edit&amp;w=lb&amp;sw=node3\""));
    ck_assert(holds(all, "aria-label=\"Edit node3\""));
    ck_assert_uint_eq(count(all, "<form method=\"post\""), 2);
    ck_assert_uint_eq(count(all, "name=\"token\""), 2);
    ck_assert(holds(all, "value=\"reset\"") && holds(all, "aria-label=\"Recover node3\""));
    ck_assert(!holds(all, "cmd=reset") && !holds(all, "cmd=recover"));
}
END_TEST

START_TEST(only_what_has_failed_is_recovered)
{
    Sample sample;
    const Document document = document_of(sample);
    ck_assert(!holds(actions(member_of(document, 0)), "recover"));
    sample.member(0).state = jk::lb::State::probing;
    ck_assert(holds(actions(member_of(document, 0)), "value=\"recover\""));
}
END_TEST

START_TEST(a_change_leads_back_to_where_it_began)
{
    const Sample sample;
    Document document = document_of(sample);
    document.is_list = false;
    document.page.command = "show";
    document.page.worker = "lb";
    document.page.member = "node1";
    document.page.options = 2;
    const std::string all = actions(member_of(document, 0));
    ck_assert(holds(all, "sw=node1&amp;opt=2&amp;from=show&amp;psw=node1\""));
    ck_assert(holds(all, "name=\"from\" value=\"show\">"));
    ck_assert(holds(all, "name=\"psw\" value=\"node1\">"));
}
END_TEST

START_TEST(who_may_not_change_sees_no_form)
{
    Sample sample;
    Document document = document_of(sample);
    document.token.clear();
    ck_assert_text_eq(actions(member_of(document, 2)), "");
    document.token = "t";
    document.page.options = jk::status::read_only;
    ck_assert_text_eq(actions(member_of(document, 2)), "");
    Html html;
    jk::status::append_attribute_choice(html, member_of(document, 2));
    ck_assert_text_eq(html.take(), "");
}
END_TEST

START_TEST(seventeen_settings_to_choose_from)
{
    const Sample sample;
    const Document document = document_of(sample);
    Html html;
    jk::status::append_attribute_choice(
        html, {.document = &document, .balancer = &sample.snapshot.balancers.front()});
    const std::string form = html.take();
    ck_assert_uint_eq(count(form, "<option value="), 17);
    ck_assert(holds(form, "<form method=\"get\"") && holds(form, "name=\"cmd\" value=\"edit\">"));
    ck_assert(!holds(form, "token"));
    ck_assert(holds(form, "<label for=\"att-lb\">") && holds(form, "<select id=\"att-lb\""));
}
END_TEST

}  // namespace

TCase* html_forms_tests()
{
    TCase* tests = tcase_create("html_forms");
    for (const TTest* const test :
         {a_number_may_be_what_it_is_and_what_is_configured, a_form_is_posted_with_the_token,
          a_flag_that_is_cleared_is_sent_too, every_input_has_a_label,
          the_form_of_a_member_has_what_is_in_force, one_setting_of_all_members,
          no_link_changes_anything, only_what_has_failed_is_recovered,
          a_change_leads_back_to_where_it_began, who_may_not_change_sees_no_form,
          seventeen_settings_to_choose_from}) {
        tcase_add_test(tests, test);
    }
    return tests;
}
