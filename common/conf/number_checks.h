// Times that look as if another unit was meant: seconds for milliseconds, or the other way round.
#pragma once

#include "base/complaint.h"
#include "conf/properties.h"
#include "conf/worker_set.h"

namespace jk::conf {

/// Appends a warning for each written time that is far off in its own unit but usual in the other,
/// and a note for a port that other protocols have.
void check_numbers(const Properties& properties, const WorkerSet& workers, Complaints& complaints);

}  // namespace jk::conf
