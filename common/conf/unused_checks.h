// Workers that are written of, but that nothing uses.
#pragma once

#include "base/complaint.h"
#include "conf/properties.h"
#include "conf/worker_set.h"

namespace jk::conf {

/// Appends a remark for each worker that has properties, but is neither listed, nor a member, nor
/// a template. What else `complaints` says of the lines of such a worker is taken out, errors
/// excepted, unless its name looks like a misspelt one or there is no worker.list: then its lines
/// are wanted. Call when everything else that is to be said was said.
void check_unused(const Properties& properties, const WorkerSet& workers, Complaints& complaints);

}  // namespace jk::conf
