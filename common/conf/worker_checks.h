// What can only be said of the workers as a whole: names without properties, properties without a
// worker, settings that contradict each other.
#pragma once

#include "base/complaint.h"
#include "conf/properties.h"
#include "conf/worker_set.h"

namespace jk::conf {

/// Appends what is wrong or doubtful in `workers`. An error only for what cannot work: a Unix
/// socket whose path is relative or too long. What reading said stands in `complaints` already:
/// with all workers known some of it is reworded, and what is moot is taken out (check_unused()).
void check_workers(const Properties& properties, const WorkerSet& workers, Complaints& complaints);

}  // namespace jk::conf
