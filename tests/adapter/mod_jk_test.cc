// The module record: what httpd finds in it.
#include <string>

#include "config/directives.h"
#include "support/httpd_fakes.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

void the_record_is_mod_jks()
{
    assert_string_equal(jk_module.name, "mod_jk.c");  // <IfModule mod_jk.c>
    assert_int_equal(jk_module.version, MODULE_MAGIC_NUMBER_MAJOR);
    assert_int_equal(jk_module.magic, MODULE_MAGIC_COOKIE);
    assert_ptr_equal(jk_module.cmds, httpd::directive_table.data());
    assert_null(jk_module.create_dir_config);
    assert_non_null(jk_module.create_server_config);
    assert_non_null(jk_module.merge_server_config);
}

void its_hooks_are_registered()
{
    reset_fakes();
    jk_module.register_hooks(nullptr);
    std::string all;
    for (const std::string& one : fakes().hooks) {
        all += one + " ";
    }
    assert_text_equal(all, "check_config post_config child_init child_status translate_name "
                           "map_to_storage fixups fixups handler log_transaction status_hook ");
}

}  // namespace

Group mod_jk_tests()
{
    return {"mod_jk",
            {
                jk_test(the_record_is_mod_jks),
                jk_test(its_hooks_are_registered),
            }};
}

}  // namespace jk::test
