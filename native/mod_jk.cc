// The module record and its hooks: each is one line into the part of native/ that does the work.
// Tested by tests/adapter/mod_jk_test.cc and tests/system/test_basic.py.
#include "config/directives.h"
#include "config/server_config.h"
#include "httpd_api.h"
#include "request/handler.h"
#include "request/identity.h"
#include "request/mapper.h"
#include "request/request_log.h"
#include "runtime/startup.h"
#include "status/server_status.h"

namespace {

void register_hooks(apr_pool_t*) noexcept
{
    using namespace jk::httpd;
    ap_hook_check_config(check_config, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_post_config(post_config, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_child_init(child_init, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_child_status(child_status, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_translate_name(translate_name, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_map_to_storage(map_to_storage, nullptr, nullptr, APR_HOOK_MIDDLE);
    // First: other modules make requests of their own out of a fixup.
    ap_hook_fixups(note_admission, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
    // Last: only then the handler, the worker's variable and the directory's index are known.
    ap_hook_fixups(decide_on_canonical_path, nullptr, nullptr, APR_HOOK_REALLY_LAST);
    ap_hook_handler(handle, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_log_transaction(log_transaction, nullptr, nullptr, APR_HOOK_MIDDLE);
    // Of mod_status, which need not be there: nobody calls it then.
    APR_OPTIONAL_HOOK(ap, status_hook, show_on_server_status, nullptr, nullptr, APR_HOOK_MIDDLE);
}

}  // namespace

extern "C" {

// The file name is spelled out as mod_jk.c: <IfModule mod_jk.c> of old configurations compares it.
// NOLINTNEXTLINE(*-avoid-non-const-global-variables): httpd writes to it
[[gnu::visibility("default")]] module_struct jk_module = {
    MODULE_MAGIC_NUMBER_MAJOR,
    MODULE_MAGIC_NUMBER_MINOR,
    -1,
    "mod_jk.c",
    nullptr,
    nullptr,
    MODULE_MAGIC_COOKIE,
    nullptr,
    nullptr,
    nullptr,
    jk::httpd::create_server_config,
    jk::httpd::merge_server_config,
    jk::httpd::directive_table.data(),
    register_hooks,
    0,
};
}
