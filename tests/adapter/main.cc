// The tests of native/, all in one cmocka group (support/cmocka.h says why).
#include <apr_general.h>

#include "support/groups.h"

namespace jk::test {

Group backend_address_tests();
Group backend_buffers_tests();
Group backend_closing_tests();
Group backend_ping_tests();
Group backend_pool_tests();
Group backend_socket_tests();
Group config_directives_tests();
Group config_mentions_tests();
Group config_mount_reload_tests();
Group config_mount_table_tests();
Group config_server_config_tests();
Group config_worker_files_tests();
Group mod_jk_tests();
Group request_attempt_given_up_tests();
Group request_attempt_limit_tests();
Group request_attempt_tests();
Group request_attempt_time_tests();
Group request_auto_alias_tests();
Group request_balancer_notes_tests();
Group request_client_stream_tests();
Group request_handler_tests();
Group request_identity_tests();
Group request_indicator_tests();
Group request_mapper_paths_tests();
Group request_mapper_tests();
Group request_request_log_tests();
Group request_response_length_tests();
Group request_response_tests();
Group request_trail_tests();
Group request_verdict_tests();
Group request_view_tests();
Group request_view_tls_tests();
Group runtime_child_tests();
Group runtime_edit_plan_tests();
Group runtime_edit_tests();
Group runtime_log_tests();
Group runtime_lookup_tests();
Group runtime_runtime_tests();
Group runtime_shared_memory_tests();
Group runtime_startup_tests();
Group status_api_tests();
Group status_asking_tests();
Group status_assets_tests();
Group status_connections_tests();
Group status_execution_tests();
Group status_figures_tests();
Group status_handler_tests();
Group status_json_body_tests();
Group status_metrics_tests();
Group status_mounts_tests();
Group status_server_status_tests();
Group status_survey_tests();
Group status_token_tests();

}  // namespace jk::test

int main()
{
    using namespace jk::test;
    constexpr Group (*files[])() = {
        backend_address_tests,
        backend_buffers_tests,
        backend_closing_tests,
        backend_ping_tests,
        backend_pool_tests,
        backend_socket_tests,
        config_directives_tests,
        config_mentions_tests,
        config_mount_reload_tests,
        config_mount_table_tests,
        config_server_config_tests,
        config_worker_files_tests,
        mod_jk_tests,
        request_attempt_given_up_tests,
        request_attempt_limit_tests,
        request_attempt_tests,
        request_attempt_time_tests,
        request_auto_alias_tests,
        request_balancer_notes_tests,
        request_client_stream_tests,
        request_handler_tests,
        request_identity_tests,
        request_indicator_tests,
        request_mapper_paths_tests,
        request_mapper_tests,
        request_request_log_tests,
        request_response_length_tests,
        request_response_tests,
        request_trail_tests,
        request_verdict_tests,
        request_view_tests,
        request_view_tls_tests,
        runtime_child_tests,
        runtime_edit_plan_tests,
        runtime_edit_tests,
        runtime_log_tests,
        runtime_lookup_tests,
        runtime_runtime_tests,
        runtime_shared_memory_tests,
        runtime_startup_tests,
        status_asking_tests,
        status_assets_tests,
        status_figures_tests,
        status_metrics_tests,
        status_execution_tests,
        status_handler_tests,
        status_server_status_tests,
        status_survey_tests,
        status_token_tests,
        status_api_tests,
        status_connections_tests,
        status_json_body_tests,
        status_mounts_tests,
    };
    apr_initialize();
    const int failed = run_groups("adapter", files);
    apr_terminate();
    return failed == 0 ? 0 : 1;
}
