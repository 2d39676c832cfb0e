// Settings of balancers and their members that contradict each other.
#pragma once

#include "base/complaint.h"
#include "conf/properties.h"
#include "conf/worker_set.h"

namespace jk::conf {

/// Appends a warning for each setting of a balancer that another one makes useless, and a note for
/// what its members had better have.
void check_balancers(const Properties& properties, const WorkerSet& workers,
                     Complaints& complaints);

}  // namespace jk::conf
