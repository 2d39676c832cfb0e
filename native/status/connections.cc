// The counts are those of the children's columns in shared memory: exact, but each read at a moment
// of its own. Tested by tests/adapter/status/connections_test.cc.
#include "status/connections.h"

#include "runtime/child.h"

namespace jk::httpd {

std::vector<status::WorkerConnections> connections_of(const Global& global)
{
    std::vector<status::WorkerConnections> all;
    const Runtime& runtime = *global.runtime;
    for (const Backend& backend : runtime.backends()) {
        status::WorkerConnections worker;
        worker.name = backend.worker->name;
        worker.address = backend.destination().address.text;
        worker.max_connected = backend.slot->max_connected.load();
        worker.max_busy = backend.slot->max_busy.load();
        worker.pool_size = backend.pool_size;
        worker.children = runtime.segment().shares(*backend.slot);
        for (const lb::WorkerShare& child : worker.children) {
            worker.connected += child.connected;
            worker.busy += child.busy;
        }
        all.push_back(std::move(worker));
    }
    return all;
}

}  // namespace jk::httpd
