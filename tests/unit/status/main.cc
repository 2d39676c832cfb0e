// The tests of common/status.
#include "support/check.h"

TCase* access_tests();
TCase* answer_tests();
TCase* calendar_tests();
TCase* commands_tests();
TCase* document_tests();
TCase* edit_names_tests();
TCase* editable_tests();
TCase* escape_tests();
TCase* families_tests();
TCase* fields_tests();
TCase* formats_tests();
TCase* hostile_tests();
TCase* html_cells_tests();
TCase* html_forms_tests();
TCase* html_legend_tests();
TCase* html_tables_tests();
TCase* html_tests();
TCase* inputs_tests();
TCase* json_writer_tests();
TCase* legacy_names_tests();
TCase* openmetrics_tests();
TCase* patch_tests();
TCase* plan_tests();
TCase* problem_tests();
TCase* query_tests();
TCase* rating_tests();
TCase* reference_tests();
TCase* render_html_tests();
TCase* render_properties_tests();
TCase* render_text_tests();
TCase* render_xml_tests();
TCase* representation_tests();
TCase* resource_tests();
TCase* schedule_tests();
TCase* selection_tests();
TCase* update_tests();
TCase* words_tests();
TCase* worker_fields_tests();

int main()
{
    return jk::test::run("status",
                         {escape_tests,         calendar_tests,    words_tests,
                          schedule_tests,       rating_tests,      query_tests,
                          selection_tests,      commands_tests,    fields_tests,
                          worker_fields_tests,  document_tests,    formats_tests,
                          render_xml_tests,     render_text_tests, render_properties_tests,
                          html_tests,           html_cells_tests,  html_tables_tests,
                          html_forms_tests,     inputs_tests,      html_legend_tests,
                          render_html_tests,    answer_tests,      reference_tests,
                          hostile_tests,        access_tests,      edit_names_tests,
                          legacy_names_tests,   update_tests,      families_tests,
                          openmetrics_tests,    editable_tests,    json_writer_tests,
                          patch_tests,          plan_tests,        problem_tests,
                          representation_tests, resource_tests});
}
