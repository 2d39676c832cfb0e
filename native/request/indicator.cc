// The note before the variable. Our own note comes along from a sub-request that httpd has taken
// over: what made it, a rule or the variable, has the extensions, too, so that decides once more.
// Tested by tests/adapter/request/indicator_test.cc and tests/system/test_old_habits.py.
#include "request/indicator.h"

#include "base/text.h"
#include "config/mount_table.h"
#include "config/server_config.h"
#include "pool.h"
#include "request/environment.h"
#include "route/uri_text.h"

namespace jk::httpd {

namespace {

bool has_rule_to(const request_rec* request, std::string_view worker) noexcept
{
    const ServerConfig& config = config_of(request);
    const std::string_view path = request->uri;
    if (config.table == nullptr) {
        return false;
    }
    char* const copy = copy_in(request->pool, path);
    const Result<std::size_t> length = route::normalise(copy, path.size());
    const route::Rule* const rule =
        length.has_value() ? config.table->rules_for(request->pool).match({copy, *length})
                           : nullptr;
    return rule != nullptr && rule->target.worker == worker;
}

bool is_for(std::string_view target, std::string_view worker) noexcept
{
    return trim(target.substr(0, target.find(';'))) == worker;
}

}  // namespace

const char* indicated_worker(request_rec* request) noexcept
{
    const char* const variable = env(request, config_of(request).worker_indicator);
    const char* const note = apr_table_get(request->notes, "JK_WORKER_NAME");
    if (note == nullptr || (variable != nullptr && is_for(variable, note))) {
        return variable;
    }
    return has_rule_to(request, note) ? nullptr : note;
}

}  // namespace jk::httpd
