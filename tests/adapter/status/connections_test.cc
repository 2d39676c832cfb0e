// Connections by child, from the columns of the segment.
#include "status/connections.h"

#include "support/stage.h"

#include "support/cmocka.h"

namespace jk::test {

namespace {

void each_worker_tells_its_own()
{
    Stage stage{{"worker.list=a,b", "worker.a.host=127.0.0.1", "worker.a.port=8101",
                 "worker.b.host=127.0.0.1", "worker.b.port=8102"}};
    stage.child().account(1).connected();
    stage.child().account(1).connected();
    (void)stage.child().account(1).begin(0);
    const auto all = httpd::connections_of(stage.global());
    assert_int_equal(all.size(), 2);
    assert_text_equal(all[0].name, "a");
    assert_int_equal(all[0].connected, 0);
    assert_text_equal(all[1].address, "127.0.0.1:8102");
    assert_int_equal(all[1].connected, 2);
    assert_int_equal(all[1].busy, 1);
    assert_true(all[1].pool_size > 0);
    assert_int_equal(all[1].children.size(), 1);
    assert_int_equal(all[1].children[0].pid, stage.child().pid());
    assert_int_equal(all[1].children[0].connected, 2);
}

}  // namespace

Group status_connections_tests()
{
    return {"status/connections", {jk_test(each_worker_tells_its_own)}};
}

}  // namespace jk::test
