// Settings that are each allowed, but contradict each other or leave something to be wished for.
#pragma once

#include "base/complaint.h"
#include "conf/properties.h"
#include "conf/worker_set.h"

namespace jk::conf {

/// Appends a warning for each setting of `workers` that another one makes useless, and a note for
/// what a balancer's members had better have.
void check_settings(const Properties& properties, const WorkerSet& workers, Complaints& complaints);

}  // namespace jk::conf
